/* Full-text search: SQLite FTS5 with our own bigram tokenizer over folded text (text_fold), on both engines.
 *
 * With SQLite the index lives in the same file and transaction; with PostgreSQL every node keeps an index file of its own, DIR/search.db, fed by
 * the table finder_touched (core/finder.c) and rebuilt at any time. The set of results equals a brute-force scan: a term matches where the folded
 * name or the folded body contains the folded term, single characters, blanks and hyphens included.
 */
#ifndef KYODO_DB_SEARCH_H
#define KYODO_DB_SEARCH_H

#include "db/db.h"

struct search_index;

/* Who may find a document; bits, since most documents are the same for both. */
enum search_audience { SEARCH_PUBLIC = 1, SEARCH_STAFF = 2 };

/* One document. Results come by rank, then kind, then record. */
struct search_doc {
    int kind;          /* 1 … 15 */
    int64_t record;    /* 1 … 2^34 - 1 */
    int64_t rank;      /* 0 … 2^20 - 1; small is shown first */
    unsigned audience; /* SEARCH_PUBLIC | SEARCH_STAFF */
    const char *name;  /* both are folded here; NULL: empty */
    const char *body;
};
/* A document's number, in whose order hits come. Putting many in by ascending number is much faster. */
int64_t search_doc_id(const struct search_doc *doc);
/* What search_find returns per hit, and what a cursor holds. */
int search_id_kind(int64_t id);
int64_t search_id_record(int64_t id);

/* The index that belongs to a connection: opened on first use, closed with it. E_DB, E_IO with a sentence. */
enum err search_open(struct db *db, struct search_index **out, struct failure *f);
/* Makes what the index needs, unless it is there: on a writer, in its transaction. *fresh: there was none, or one of an older program: it must be
 * filled (finder_rebuild). With PostgreSQL the file is made by search_open already. */
enum err search_prepare(struct search_index *s, bool *fresh);
/* Frees what search_open made; called by db_close. */
void search_close(struct search_index *s);

/* With PostgreSQL changes to the index file need a transaction of its own; with SQLite both do nothing, the connection's own is open. */
enum err search_begin(struct search_index *s);
enum err search_commit(struct search_index *s);
void search_rollback(struct search_index *s);

/* Adds a document; one of the same kind, record and audience must not be there. */
enum err search_put(struct search_index *s, const struct search_doc *doc);
/* Removes the record's documents, if any. */
enum err search_remove(struct search_index *s, int kind, int64_t record);
enum err search_clear(struct search_index *s);
/* After many documents were added: lays the lists of each word together, so that a search walks one instead of twenty. Takes a fraction of adding them. */
enum err search_settle(struct search_index *s);
/* A small text kept beside the index (a node's cursor); *value NULL: not set. */
enum err search_note_get(struct search_index *s, struct arena *a, const char *key, const char **value);
enum err search_note_set(struct search_index *s, const char *key, const char *value);

/* What people type: several words (all must be found), -not, "a quoted phrase"; blanks of either width. At most 16 terms count. */
struct search_query {
    const char **term; size_t terms;       /* folded, never "" */
    const char **without; size_t withouts;
};
void search_parse(struct arena *a, const char *typed, struct search_query *q);

struct search_cursor { bool past_names; int64_t after; }; /* {0}: from the start */
struct search_hits {
    int64_t *id; size_t n;       /* those with every term in the name first, then the others, each by ascending id */
    size_t names;                /* how many of them are of the first sort */
    bool more;
    struct search_cursor next;   /* to go on after the last of them */
};
/* At most `limit` hits after the cursor. kind 0: all. No term: no hits. least_rank: no document of that kind has a smaller rank, so that those of other
 * kinds before it are not passed one by one; 0: unknown. */
enum err search_find(struct search_index *s, struct arena *a, const struct search_query *q, int kind, int64_t least_rank, enum search_audience who,
                     struct search_cursor from, size_t limit, struct search_hits *out);
/* Their number, counted to at most 1,001. */
enum err search_count(struct search_index *s, const struct search_query *q, int kind, int64_t least_rank, enum search_audience who, int64_t *count);
/* The plain truth, for tests. */
bool search_matches(const struct search_query *q, const char *folded_name, const char *folded_body);

/* A piece of `text` (at most `characters` long) around the first match, with the places of all matches in it: byte offsets into `piece`.
 * Without a match the beginning. cut_before, cut_after: the text goes on there. */
struct search_snippet { const char *piece; size_t *from, *to; size_t n; bool cut_before, cut_after; };
void search_snippet(struct arena *a, const struct search_query *q, const char *text, size_t characters, struct search_snippet *out);

#endif
