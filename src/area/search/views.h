#ifndef KYODO_AREA_SEARCH_VIEWS_H
#define KYODO_AREA_SEARCH_VIEWS_H

#include "core/page.h"

struct search_kind { const char *label; struct url to; const char *count; bool chosen; };
struct search_line { struct url to; const char *kind, *where; struct html title, text; };
struct search_view {
    const char *q, *empty, *heading;
    struct search_kind *kind; size_t kinds;
    struct search_line *line; size_t n;
    struct pager pager;
    struct url first;
    bool asked, later;
};

#endif
