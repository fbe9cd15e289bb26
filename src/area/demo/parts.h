/* Between the files of this area. */
#ifndef KYODO_AREA_DEMO_PARTS_H
#define KYODO_AREA_DEMO_PARTS_H

#include "area/demo/demo_data.h"
#include "core/ctx.h"
#include "core/section.h"

enum { DEMO_ORGANIZATIONS_MAX = 64 };
struct demo {
    const struct demo_prefecture *of;
    int64_t real_now;
    int64_t last;                                   /* last fiscal year; editions are made for it and the one before */
    int64_t organization[DEMO_ORGANIZATIONS_MAX];   /* ids, in the order of the prefecture's organizations */
};

/* The number of a section named "部局/課" in the tree of a year. E_BUG when the tables do not fit each other. */
enum err demo_unit(struct ctx *c, const struct section_node *v, size_t n, const char *name, int64_t *unit);
/* "a b" or "a|b" in pieces. */
size_t demo_split(struct arena *a, const char *s, const char *separators, const char ***out);
/* Noon in Tokyo of a date "MM-DD" in a calendar year. */
int64_t demo_noon(struct arena *a, int64_t calendar_year, const char *month_day);

/* Three years of inquiries, answers and editions. */
enum err demo_rounds(struct ctx *c, struct demo *d);
/* Takes everything out, in the open transaction. */
enum err demo_remove_all(struct ctx *c);

#endif
