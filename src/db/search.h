/* Full-text search: SQLite FTS5 with our own bigram tokenizer over folded text (text_fold), on both engines.
 *
 * With SQLite the index lives in the same file and transaction; with PostgreSQL every node keeps an index file of its own in the
 * instance's directory, fed by the table search_doc (see core/search.h), and rebuilt at any time. The set of results
 * equals a brute-force scan of the folded text: a term matches where the folded text contains the folded term.
 */
#ifndef KYODO_DB_SEARCH_H
#define KYODO_DB_SEARCH_H

#include "db/db.h"

struct search_index;

/* One document. `id` orders the results: a smaller id is shown first (see core/search.h for how it is laid down). */
struct search_doc {
    int64_t id;
    const char *name; /* folded by the index */
    const char *body; /* folded by the index; the texts of all SEARCH fields joined by '\n' */
    const char *kind; /* "project", "organization", "section" */
    enum search_audience { SEARCH_PUBLIC, SEARCH_STAFF } audience;
};

/* Registers the tokenizer on a SQLite connection and opens the index: `db` is a SQLite connection of ours, or, with PostgreSQL,
 * NULL and `file` names the node's own index file. */
enum err search_open(struct db *db, const char *file, struct search_index **out, struct failure *f);
void search_close(struct search_index *s);
/* Replaces or removes one document; inside the caller's transaction with SQLite. */
enum err search_put(struct search_index *s, const struct search_doc *doc);
enum err search_remove(struct search_index *s, int64_t id);
enum err search_clear(struct search_index *s);

/* What people type: several words (all must be found), -not, "a quoted phrase"; blanks of either width. */
struct search_query {
    const char **term; size_t terms;   /* folded */
    const char **without; size_t withouts;
};
void search_parse(struct arena *a, const char *typed, struct search_query *q);

struct search_hits {
    int64_t *id; size_t n;  /* hits in the name first, then the others, each by ascending id */
    bool more;
    int64_t count;          /* all hits, counted to at most 1,001 */
};
/* At most `limit` hits after the cursor (name_first: whether the cursor lies among the hits in the name; after = 0, true: from the start). kind NULL: all. */
enum err search_find(struct search_index *s, struct arena *a, const struct search_query *q, const char *kind, enum search_audience who,
                     bool cursor_in_name, int64_t after, size_t limit, struct search_hits *out);
/* The plain truth, for tests: scans name and body with strstr. */
bool search_matches(struct arena *a, const struct search_query *q, const char *folded_name, const char *folded_body);

/* A piece of `text` around the first match, with the places of all matches in it: offsets into `piece`. */
struct search_snippet { const char *piece; size_t *from, *to; size_t n; };
void search_snippet(struct arena *a, const struct search_query *q, const char *text, size_t characters, struct search_snippet *out);

#endif
