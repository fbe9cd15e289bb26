/* Search over records: which documents there are, what they say, how a hit is shown. One visibility rule: the public index holds what the public may see. */
#ifndef KYODO_CORE_FINDER_H
#define KYODO_CORE_FINDER_H

#include "core/ctx.h"
#include "db/search.h"
#include "web/web.h"

/* A document as an area gives it: what one record says to one audience. */
struct finder_doc {
    const char *name, *body;
    int64_t rank; /* 0 … 2^20 - 1, small shown first: open before closed, newest year first. Within a rank by kind, then by the record's number. */
    bool gone;    /* not visible to this audience */
};
struct finder_hit {
    const char *title;  /* NULL: the record is gone, or not for this user; the hit is passed over */
    const char *where;  /* what tells equal titles apart; NULL: nothing */
    struct url to;
    const char *text;   /* from which the snippet is cut; NULL: none */
};
/* A table ends with kind NULL. */
struct finder_source {
    const char *kind, *label;  /* "project", "事業" */
    int number;                /* 1 … 15, stable */
    int64_t least_rank;        /* none of its documents has a smaller rank: with the kind asked for, those before are not looked at */
    enum err (*document)(struct ctx *c, int64_t record, enum search_audience who, struct finder_doc *out);
    /* The next record's id after `after`, for a rebuild; NONE at the end. */
    enum err (*next)(struct ctx *c, int64_t after, int64_t *record);
    enum err (*hit)(struct ctx *c, int64_t record, enum search_audience who, struct finder_hit *out);
    /* Records that the public cannot find and this user may see by a duty of theirs, at most `most` that match; `hit` is asked for them with
     * SEARCH_STAFF. NULL: there are none of that sort. */
    enum err (*own)(struct ctx *c, const struct search_query *q, size_t most, int64_t **record, size_t *n);
    /* The record that has what was typed as its number, which is not part of its text (法人番号); NONE: there is none. May be NULL. */
    enum err (*exact)(struct ctx *c, const char *q, int64_t *record);
};
/* NULL: there is no such kind. `at`: the i-th of all areas, NULL after the last. */
const struct finder_source *finder_source(const struct ctx *c, const char *kind);
const struct finder_source *finder_source_at(const struct ctx *c, size_t i);

/* A record changed: its documents are made anew at the end of the batch, before the commit (SQLite) or by each node within a second (PostgreSQL). */
enum err finder_touch(struct ctx *c, const char *kind, int64_t record);
/* The same for an import, which knows the texts already. `old`: the record may be in the index. */
struct finder_given { int64_t record; bool old; struct finder_doc public, staff; };
enum err finder_give(struct ctx *c, const char *kind, const struct finder_given *v, size_t n);
/* Takes in what was touched; called once before each commit (in_write, the write lane). With PostgreSQL it does nothing. */
enum err finder_flush(struct ctx *c);
/* With PostgreSQL: takes into this node's index what was committed since; called by the clock thread every second. A search
 * takes in a piece itself first, so that who has just saved finds it. With SQLite nothing is to be done. c->db is a reader in its transaction. */
enum err finder_catch_up(struct ctx *c);
/* Makes the index anew. With SQLite in a write transaction, with PostgreSQL a reader will do. *documents may be NULL. */
enum err finder_rebuild(struct ctx *c, int64_t *documents);

/* The secretariat searches working rows, everybody else what the public may see: a section's drafts are no business of another's, not even
 * as a count. What is a user's own comes by finder_source.own. */
enum search_audience finder_audience(const struct ctx *c);
enum err finder_find(struct ctx *c, const struct search_query *q, const char *kind, struct search_cursor from, size_t limit, struct search_hits *out);
enum err finder_count(struct ctx *c, const struct search_query *q, const char *kind, int64_t *count); /* to at most 1,001; kind NULL: all */
/* Ids of one kind for public lists with free text (?q=), by their public text, whoever looks: at most `most`, in search order. */
enum err finder_ids(struct ctx *c, const char *kind, const char *q, size_t most, int64_t **out, size_t *n);

#endif
