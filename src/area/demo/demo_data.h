/* The invented prefectures, one for each preset: who and what there is. Nothing here names a real person, group or place; names contain 例. */
#ifndef KYODO_AREA_DEMO_DATA_H
#define KYODO_AREA_DEMO_DATA_H

#include <stddef.h>
#include <stdint.h>

struct demo_municipality { const char *code, *name; };
extern const struct demo_municipality demo_municipalities[]; /* ended by NULL, like all tables here */

/* A department (level department or regional) with its sections, joined by '|'. `under` "部局/課": it stands below that section and answers itself. */
struct demo_department { const char *name, *level, *sections, *under; };
extern const struct demo_department demo_departments[];

struct demo_organization { const char *key, *name, *kana, *kind, *city, *fields, *summary, *wants, *offers; };
extern const struct demo_organization demo_organizations[];

/* What projects of one kind have in common, in every prefecture. */
struct demo_theme {
    const char *key, *kinds, *fields;
    const char *reason, *spread, *purpose_government, *purpose_partner, *effect, *activity, *cost_sharing;
    const char *task[3], *who[3], *strength[3];
    const char *gives[2], *giver[2], *what[2];
    const char *outcome, *unit;
};
extern const struct demo_theme demo_themes[];

/* from: 0 in the edition before last, 1 new in last year's, 2 new in this year's answers. ends: 0 goes on, 1 ended after the first, 2 this year.
 * Partners are keys joined by '|', "=name" for one without a record. budget in 千円, -1: not stated. */
struct demo_project {
    const char *section, *theme, *scheme, *category, *forms, *name, *summary, *partners;
    int budget, since, from, ends;
    const char *how, *place, *city;
    int outcome, step; /* value in the year before the first edition, and what comes to it each year */
    const char *relation, *domain, *kinds; /* kinds NULL: the theme's */
};
extern const struct demo_project demo_projects[];

struct demo_prefecture {
    const char *preset, *name, *secretariat;
    const char *schemes[2];          /* asked about, the first one also this year; NULL: no more */
    const char *partner_kind;        /* of partners without a record */
    const char *open[3];             /* sections that have not answered this year: those of the accounts, promoter (two) and officer */
    const char *accounts[3];         /* the same as "部局/課" */
    const char *renamed[2];          /* a section's name before and after this year's reorganisation */
    const struct demo_municipality *municipality;
    const struct demo_department *department;
    const struct demo_organization *organization;
    const struct demo_project *project;
};
extern const struct demo_prefecture demo_kumamoto, demo_chiba, demo_saga;

#endif
