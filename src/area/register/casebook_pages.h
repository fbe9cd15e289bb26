/* What the templates of the HTML edition are given. */
#ifndef KYODO_AREA_REGISTER_CASEBOOK_PAGES_H
#define KYODO_AREA_REGISTER_CASEBOOK_PAGES_H

#include "area/register/casebook.h"

struct casebook_link { const char *name, *section; struct url to; };
struct casebook_contents { const char *key, *label; int64_t first; struct casebook_link *line; size_t n, cap; };
struct casebook_page_view {
    const struct casebook *b;
    size_t part, parts, from, to;
    bool first, has_prev, has_next;
    const struct statistics_view *statistics;
    const char *issued;
    struct url to_edition, to_first, prev, next, pdf, xlsx, csv, json, register_pdf;
    struct casebook_contents *group; size_t groups;
    struct casebook_contents *department; size_t departments;
    struct casebook_contents *place; size_t places;
};
struct casebook_case_view { const struct project_page_view *v; const char *id, *name; int64_t position; struct url to; };

#endif
