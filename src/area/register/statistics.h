/* The table over the years: imported history as printed, continued by the figures of published editions. Source: document 002 §3.
 *
 * A blank is blank (NONE), never 0. A scheme whose figures stand without categories is a row of its own, outside every total; a row whose form
 * begins with うち is part of its scheme's total and not added. A total is the sum of the scheme's category rows, blank where all are blank.
 * A break lies before a year; years without any figure are left out, and such a gap counts as a break for every scheme.
 */
#ifndef KYODO_AREA_REGISTER_STATISTICS_H
#define KYODO_AREA_REGISTER_STATISTICS_H

#include "area/register/register.h"

enum stat_kind { STAT_CATEGORY, STAT_TOTAL, STAT_SCHEME, STAT_PART };
struct stat_cell { int64_t value; int64_t edition; /* NONE: imported, no link */ };
struct stat_row {
    enum stat_kind kind;
    const char *scheme, *label;          /* as printed; label of a STAT_SCHEME is the scheme, of a STAT_TOTAL 計 */
    const char *scheme_code, *category;  /* NULL: not in the vocabulary */
    struct stat_cell *cell;              /* one a year */
};
struct stat_table {
    int64_t *year; size_t years;
    bool *gap;                           /* years were left out before this one */
    struct stat_row *row; size_t rows, rows_cap;
    struct stat_break { const char *scheme; int64_t before; } *brk; size_t breaks, breaks_cap;
    const char **note; size_t notes, notes_cap;
    struct stat_source { const char *label; int64_t from, to; } *source; size_t sources, sources_cap;
};
enum err statistics_table(struct ctx *c, struct stat_table *out);
/* The same as a printed edition shows it: up to its year, with its own figures in that year whatever came after it. */
enum err statistics_table_of(struct ctx *c, int64_t edition, int64_t year, struct stat_table *out);
/* What a printed edition shows of its statistics: the years up to its own, charts, and its tables. statistics_pages.c, public_views.h */
struct statistics_view;
enum err statistics_of_edition(struct ctx *c, int64_t edition, int64_t year, struct statistics_view *v);
/* true when the scheme's series breaks (a mark or a gap) before years[i]. */
bool stat_breaks(const struct stat_table *t, const char *scheme, size_t i);

/* The layout that `import history` reads, with a total row 「scheme,計」 for each scheme that has categories; UTF-8 with BOM. */
const char *statistics_csv(struct ctx *c, const struct stat_table *t);
const char *statistics_json(struct ctx *c, const struct stat_table *t);
/* The same layout as a list, with its notes and breaks; people: headings in words instead of those that `import history` reads. */
struct listing;
struct listing statistics_listing(struct ctx *c, const struct stat_table *t, bool people);

#endif
