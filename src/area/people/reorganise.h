/* The sections of a new year made from those of the year before: what each becomes, looked at as a whole, then taken in one step.
 *
 * A plan is a list of lines "old section → new section". Everything else follows from it: an old section with one line goes on (its number stays, also
 * under a new name or in another department), with several it is split, a new one with several lines is a merger, a line without a new name abolishes,
 * one without an old section founds. An old section without a line goes on as it is. */
#ifndef KYODO_AREA_REORGANISE_H
#define KYODO_AREA_REORGANISE_H

#include "area/register/register.h"
#include "core/section.h"
#include "web/web.h"

struct reorg_line {
    int64_t at;                     /* row of the file or place on the page; for messages */
    int64_t from;                   /* number of the old section; NONE: a new one */
    const char *above, *name;       /* "土木部" or "本部/課"; above NULL: goes with its old parent; name NULL: abolished */
    const char *level, *phone, *mail; /* NULL: as before */
};
struct reorg_plan { int64_t year; const char *place; /* "所属.xlsx" or NULL: the page */ struct reorg_line *v; size_t n, cap; };

enum reorg_fate { REORG_KEEP, REORG_RENAME, REORG_MOVE, REORG_SPLIT, REORG_MERGE, REORG_NEW };
struct reorg_node {
    const char *path, *name, *level, *phone, *mail, *was; /* was: names of the old sections; NULL: new */
    size_t parent;                  /* index of a node before it; SIZE_MAX: on top */
    int depth;
    bool answers, approval, demo;
    int64_t unit;                   /* NONE: gets a new number */
    enum reorg_fate fate;
};
struct reorg_link { int64_t from; const char *from_name; size_t node; const char *kind; }; /* node SIZE_MAX: abolished */
struct reorg {
    int64_t year, old_year;
    struct section_node *old; size_t olds;
    struct reorg_node *node; size_t nodes, nodes_cap; /* parents before children */
    struct reorg_link *link; size_t links, links_cap;  /* what does not go on as it was */
};

/* Which year's tree the new one is made from: the newest before it. E_NOT_FOUND. */
enum err reorg_old_year(struct ctx *c, int64_t year, int64_t *out);
/* From the page's table (kind.N, name.N, above.N by number of the old section; fresh: lines "部局,課"). Faults at these names. */
enum err reorg_from_form(struct ctx *c, const struct form *f, struct reorg_plan *plan);
/* From a file with a heading (旧番号 or 旧部局 and 旧名称; 新部局, 新名称 …). Needs no transaction but for `old`. Faults name sheet, row, column. */
struct workbook;
enum err reorg_from_book(struct ctx *c, const struct workbook *w, struct reorg_plan *plan);
/* The plan as one text, for the form that takes it, and back. */
const char *reorg_text(struct ctx *c, const struct reorg_plan *plan);
enum err reorg_from_text(struct ctx *c, const char *text, int64_t year, struct reorg_plan *plan);
/* What the plan means for the whole tree. Nothing is written. Faults (field "plan") name the line. */
enum err reorg_resolve(struct ctx *c, const struct reorg_plan *plan, struct reorg *out);
/* Where a project of a split section goes, by the new section's path: its number is given when the plan is taken. */
struct reorg_choice { int64_t project; const char *path; };
/* Takes it in one step: tree, mapping, duties, projects, open answers. E_CONFLICT when the year was reorganised already. Rights: the secretariat. */
enum err reorg_take(struct ctx *c, const struct reorg_plan *plan, const struct reorg_choice *choice, size_t choices);
/* Midnight in Tokyo of 1 April: from when it holds, or now when that has passed. */
int64_t reorg_from_when(struct ctx *c, int64_t year);

#endif
