/* Search over records: which documents there are, what they say, how a hit is shown. One visibility rule: the public index holds what the public may see. */
#ifndef KYODO_CORE_FINDER_H
#define KYODO_CORE_FINDER_H

#include "core/ctx.h"
#include "db/search.h"
#include "web/web.h"

/* A document as an area gives it. Ids for the index are laid down as (rank, then record): rank small = shown first
 * (open before closed, newest year first): id = (rank << 40) | (kind << 36) | record, staff and public documents apart. */
struct finder_doc { const char *name, *body; int64_t rank; /* 0 … 2^20 */ bool gone; /* not visible to this audience */ };
struct finder_hit { const char *title, *where; struct url to; const char *text; /* from which the snippet is cut */ };
struct finder_source {
    const char *kind, *label;  /* "project", "事業" */
    int number;                /* 1 … 15, stable */
    /* What one record says to an audience. */
    enum err (*document)(struct ctx *c, int64_t record, enum search_audience who, struct finder_doc *out);
    /* The next record's id after `after`, for a rebuild; NONE at the end. */
    enum err (*next)(struct ctx *c, int64_t after, int64_t *record);
    enum err (*hit)(struct ctx *c, int64_t record, enum search_audience who, struct finder_hit *out);
};
/* A record changed: its documents are made anew at the end of the batch, before the commit (SQLite) or by the node within a second (PostgreSQL). */
enum err finder_touch(struct ctx *c, const char *kind, int64_t record);
enum err finder_flush(struct ctx *c);
enum err finder_rebuild(struct ctx *c);

/* Ids of one kind for lists with free text (?q=): at most `most`, in search order. */
enum err finder_ids(struct ctx *c, const char *kind, const char *q, size_t most, int64_t **out, size_t *n);

#endif
