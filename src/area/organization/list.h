/* The public list of organizations: filters, paging by key, export. */
#ifndef KYODO_AREA_ORGANIZATION_LIST_H
#define KYODO_AREA_ORGANIZATION_LIST_H

#include "area/organization/parts.h"
#include "core/listing.h"

enum { LIST_PAGE = 20 };

struct organization_filter {
    const char *q, *kind, *field, *prefecture, *city; /* NULL: all */
    bool closed;                                      /* those that have ended, instead of those that are active */
    bool all;                                         /* both */
};
struct organization_line {
    int64_t id;
    const char *name, *sort_key, *kind, *prefecture, *city, *number, *state;
    bool demo;
};
struct organization_list {
    struct organization_line *v; size_t n;
    bool before, after;          /* is there more in either direction? */
    const char *prev, *next;     /* cursors */
    int64_t count;               /* to at most 1,001 */
};
/* One page at the cursor text `at` (NULL: the first). With q in search order (name first), which can only be paged forward. */
enum err organizations_list(struct ctx *c, const struct organization_filter *f, const char *at, struct organization_list *out);

/* How many of what the other filters leave there are of each city of a prefecture: for the filter's choices. */
struct city_choice { const char *city; int64_t count; };
enum err cities_of(struct ctx *c, const char *prefecture, bool closed, struct city_choice **out, size_t *n);

/* All that the filter leaves, in the list's order, as a file: the fields that `who` may see; for AUDIENCE_PUBLIC those of the public list. The filter must live on. */
struct listing organizations_listing(struct ctx *c, const struct organization_filter *f, enum audience who);
/* The same for programs: public fields, codes. *rows: how many. */
enum err organizations_write_json(struct ctx *c, const struct organization_filter *f, struct json_sink *out, int64_t *rows);

#endif
