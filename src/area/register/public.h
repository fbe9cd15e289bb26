/* What the public sees of the register: lists, one project over the years, exports. Everything here reads frozen rows of editions. */
#ifndef KYODO_AREA_REGISTER_PUBLIC_H
#define KYODO_AREA_REGISTER_PUBLIC_H

#include "area/register/freeze.h"
#include "core/finder.h"
#include "core/listing.h"
#include "core/page.h"

/* --- the list --- */
struct project_filter {
    int64_t edition, year;
    const char *scheme, *category, *continuity, *form, *field, *municipality, *relation, *domain, *q;
    int64_t department, section;
    bool by_name; /* else in the edition's order */
};
struct project_line {
    int64_t project, year, position, budget;
    const char *name, *continuity, *category, *scheme, *section, *department, *partners, *summary;
    struct url to;
    bool demo;
};
/* Lines after (or before) the cursor, at most `limit`, in order; *more: there is another page in that direction. */
enum err projects_list(struct ctx *c, const struct project_filter *f, const struct cursor *at, size_t limit, struct project_line **out, size_t *n, bool *more);
/* The one-line summary, which lists leave out. */
enum err project_line_summary(struct ctx *c, const struct project_filter *f, struct project_line *l);
/* Is there a single scheme in the year? Then nobody has to choose one, and its categories stand alone. */
bool one_scheme(struct ctx *c, int64_t year);
/* How many, counted to at most 1,001. */
enum err projects_count(struct ctx *c, const struct project_filter *f, int64_t *n);

/* --- exports: the fields that are public, in the entity's order; amounts in 千円 --- */
/* The filter must live on. */
struct listing projects_listing(struct ctx *c, const struct project_filter *f);
enum err projects_json(struct ctx *c, const struct project_filter *f, struct json_sink *out, int64_t *rows);
json_writer projects_json_now; /* arg: the filter */
/* Whether a field of a statement goes into them; its value in words for a cell (amounts in 千円, sets joined by 、). */
bool field_exported(struct ctx *c, const struct field *f);
const char *frozen_cell(struct ctx *c, const struct frozen_words *w, const struct field *f, const void *row);
enum err project_json(struct ctx *c, struct json *j, const struct frozen *f);

/* The edition that shows a project: the newest published one of the year (NONE: of the project's newest year). E_NOT_FOUND. */
enum err project_frozen(struct ctx *c, int64_t project, int64_t year, struct frozen *f, int64_t *edition);

/* Fiscal years with a published edition, newest first. */
/* Of each year the newest published edition, newest year first. */
struct published { int64_t year, edition, number; };
enum err editions_published(struct ctx *c, struct published **out, size_t *n);
enum err years_published(struct ctx *c, int64_t **out, size_t *n);
void take_years(struct page *p, const int64_t *years, size_t n); /* into the page's year selector, as many as it holds */

/* Handlers: public_pages.c, statistics_pages.c, edition_pages.c */
const char *edition_name(struct ctx *c, int64_t of_year, int64_t number); /* 令和8年度(2026年度) 第2版 */
handler front_page, project_list_page, project_page, withhold_page, withhold_post, statistics_page, edition_list_page, edition_page, edition_new_page, edition_new_post,
    edition_publish_page, edition_publish_post, edition_discard_post;
extern const struct finder_source register_finder[]; /* public_finder.c */
extern const struct command register_commands[];   /* register_commands.c */

#endif
