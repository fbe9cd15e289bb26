/* The index: an FTS5 table without content over bigrams, and a plain table with the folded texts (FTS5 wants the old text to take a document out).
 *
 * Each token is a character and the one after it; the last character of a text stands alone. So a phrase of consecutive bigrams is found exactly
 * where the text contains the characters, and a single character is found as a prefix. Nothing has to be looked at again.
 *
 * A document's number is rank, kind, audience and record in one integer: results come in the order of the numbers without sorting, and
 * kind and audience are tested on the number alone. */
#include "db/search.h"

#include <assert.h>
#include <sqlite3.h>
#include <string.h>

#include "base/sb.h"
#include "base/text.h"
#include "db/engine.h"

enum { RANK_BITS = 20, KIND_BITS = 4, AUDIENCE_BITS = 2, RECORD_BITS = 34 };
enum { AUDIENCE_SHIFT = RECORD_BITS, KIND_SHIFT = RECORD_BITS + AUDIENCE_BITS, RANK_SHIFT = KIND_SHIFT + KIND_BITS };
enum { TERMS_MAX = 16, COUNT_MAX = 1001 };

/* Changes when folding or tokens change: an index made by another one is made anew. */
#define INDEX_FORM "1"

enum statement_id { PUT_DOC, PUT_TEXT, OLD_DOCS, DROP_TEXT, DROP_DOC, FIND, COUNT, NOTE_GET, NOTE_SET, STATEMENTS };
static const char *const statements[STATEMENTS] = {
    [PUT_DOC] = "INSERT INTO search_doc (key, id, name, body) VALUES (?1, ?2, ?3, ?4)",
    [PUT_TEXT] = "INSERT INTO search_text (rowid, name, body) VALUES (?1, ?2, ?3)",
    [OLD_DOCS] = "SELECT key, id, name, body FROM search_doc WHERE key BETWEEN ?1 AND ?2",
    [DROP_TEXT] = "INSERT INTO search_text (search_text, rowid, name, body) VALUES ('delete', ?1, ?2, ?3)",
    [DROP_DOC] = "DELETE FROM search_doc WHERE key = ?1",
    [FIND] = "SELECT rowid FROM search_text WHERE search_text MATCH ?1 AND rowid > ?2 AND (rowid & ?3) != 0 AND (?4 = 0 OR (rowid & ?5) = ?4)"
             " ORDER BY rowid LIMIT ?6",
    [COUNT] = "SELECT count(*) FROM (SELECT 1 FROM search_text WHERE search_text MATCH ?1 AND rowid > ?2 AND (rowid & ?3) != 0 AND (?4 = 0 OR (rowid & ?5) = ?4)"
              " LIMIT ?6)",
    [NOTE_GET] = "SELECT value FROM search_note WHERE key = ?1",
    [NOTE_SET] = "INSERT INTO search_note (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
};

struct search_index {
    struct db *db;       /* the connection it belongs to */
    sqlite3 *file;       /* db's own with SQLite, else the node's index file */
    bool own;            /* `file` is ours to close */
    bool there;          /* the tables were seen; on a reader asked again until they are */
    sqlite3_stmt *st[STATEMENTS];
    struct arena *scratch; /* folded texts of one document */
};

/* --- the tokenizer --- */

static size_t character(const char *p, const char *end)
{
    size_t n = 1;
    while (p + n < end && ((unsigned char)p[n] & 0xC0) == 0x80)
        n++;
    return n;
}

static int tokenizer_create(void *context, const char **args, int n, Fts5Tokenizer **out)
{
    (void)args;
    (void)n;
    *out = context; /* it has no state; FTS5 wants something that is not NULL */
    return SQLITE_OK;
}

static void tokenizer_delete(Fts5Tokenizer *t)
{
    (void)t;
}

static int tokenize(Fts5Tokenizer *t, void *context, int flags, const char *text, int n,
                    int (*token)(void *context, int flags, const char *p, int n, int start, int end))
{
    (void)t;
    const char *p = text, *end = text + n;
    for (bool first = true; p < end; first = false) {
        size_t one = character(p, end);
        size_t two = p + one < end ? one + character(p + one, end) : one;
        if (two == one && !first && (flags & FTS5_TOKENIZE_QUERY))
            break; /* the last character was asked for with the one before it */
        int rc = token(context, 0, p, (int)two, (int)(p - text), (int)((size_t)(p - text) + two));
        if (rc != SQLITE_OK)
            return rc;
        p += one;
    }
    return SQLITE_OK;
}

static int register_tokenizer(sqlite3 *file)
{
    fts5_api *api = NULL;
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(file, "SELECT fts5(?1)", -1, &st, NULL);
    if (rc != SQLITE_OK)
        return rc;
    sqlite3_bind_pointer(st, 1, &api, "fts5_api_ptr", NULL);
    sqlite3_step(st);
    sqlite3_finalize(st);
    if (api == NULL)
        return SQLITE_ERROR;
    fts5_tokenizer bigram = {tokenizer_create, tokenizer_delete, tokenize};
    return api->xCreateTokenizer(api, "kyodo_bigram", file, &bigram, NULL);
}

/* --- opening --- */

static enum err refused(struct search_index *s)
{
    int rc = sqlite3_extended_errcode(s->file);
    enum err e = (rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED ? E_BUSY : E_DB;
    /* On SQLite it is the transaction that failed; on PostgreSQL only the node's index did, and the caller decides. */
    return s->own ? e : db_fault(s->db, e, "search index: %s", sqlite3_errmsg(s->file));
}

static enum err run(struct search_index *s, const char *sql)
{
    return sqlite3_exec(s->file, sql, NULL, NULL, NULL) == SQLITE_OK ? OK : refused(s);
}

static bool tables_there(struct search_index *s)
{
    sqlite3_stmt *st = NULL;
    bool there = sqlite3_prepare_v2(s->file, "SELECT 1 FROM sqlite_master WHERE name = 'search_text'", -1, &st, NULL) == SQLITE_OK &&
                 sqlite3_step(st) == SQLITE_ROW;
    sqlite3_finalize(st);
    return there;
}

static enum err open_file(struct search_index *s, struct failure *f)
{
    const char *directory = db_env_directory(db_env_of(s->db));
    if (directory == NULL)
        return fail_with(f, E_IO, "検索の索引を置く場所がありません。環境変数 KYODO_DATA でディレクトリを指定してください。");
    ARENA struct arena *a = arena_new();
    const char *path = arena_printf(a, "%s/search.db", directory);
    s->own = true;
    if (sqlite3_open_v2(path, &s->file, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return fail_with(f, E_IO, "検索の索引 %s が開けません(%s)。", path, s->file != NULL ? sqlite3_errmsg(s->file) : "out of memory");
    sqlite3_busy_timeout(s->file, 20000);
    /* The file can be made anew from the database at any time: it need not survive a power cut. */
    if (sqlite3_exec(s->file, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384", NULL, NULL, NULL) != SQLITE_OK)
        return fail_with(f, E_IO, "検索の索引 %s が使えません(%s)。消すと、次に開いたときに作り直します。", path, sqlite3_errmsg(s->file));
    return OK;
}

enum err search_open(struct db *db, struct search_index **out, struct failure *f)
{
    *out = NULL;
    if (db->search != NULL) {
        *out = db->search;
        return OK;
    }
    struct search_index *s = calloc(1, sizeof *s);
    assert(s != NULL);
    s->db = db;
    s->scratch = arena_new();
    s->file = db_sqlite_handle(db);
    enum err e = OK;
    if (s->file == NULL)
        e = open_file(s, f);
    if (e == OK && register_tokenizer(s->file) != SQLITE_OK)
        e = fail_with(f, E_IO, "この SQLite には FTS5 がありません。");
    if (e == OK && s->own) {
        bool fresh = false;
        e = search_begin(s);
        if (e == OK && (e = search_prepare(s, &fresh)) == OK)
            e = search_commit(s);
        if (e != OK) {
            fail_with(f, e, "検索の索引を用意できません(%s)。", sqlite3_errmsg(s->file));
            search_rollback(s);
        }
    }
    if (e != OK) {
        search_close(s);
        return e;
    }
    *out = db->search = s;
    return OK;
}

void search_close(struct search_index *s)
{
    if (s == NULL)
        return;
    for (size_t i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(s->st[i]);
    if (s->own)
        sqlite3_close(s->file);
    arena_free(s->scratch);
    free(s);
}

static enum err form_of(struct search_index *s, bool *same)
{
    const char *form = NULL;
    TRY(search_note_get(s, s->scratch, "form", &form));
    *same = text_eq(form, INDEX_FORM);
    return OK;
}

enum err search_prepare(struct search_index *s, bool *fresh)
{
    arena_reset(s->scratch);
    *fresh = true;
    bool same = false;
    if (tables_there(s)) {
        s->there = true;
        TRY(form_of(s, &same));
        *fresh = !same;
        if (same)
            return OK;
        for (size_t i = 0; i < STATEMENTS; i++) {
            sqlite3_finalize(s->st[i]);
            s->st[i] = NULL;
        }
        TRY(run(s, "DROP TABLE search_text; DROP TABLE search_doc; DROP TABLE search_note"));
    }
    TRY(run(s, "CREATE TABLE search_doc (key INTEGER PRIMARY KEY, id INTEGER NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL) STRICT;"
               "CREATE TABLE search_note (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;"
               "CREATE VIRTUAL TABLE search_text USING fts5 (name, body, content = '', columnsize = 0, detail = full, tokenize = 'kyodo_bigram');"
               /* An import's tokens gather in memory until its commit, instead of as many small segments that have to be merged. */
               "INSERT INTO search_text (search_text, rank) VALUES ('hashsize', 33554432), ('automerge', 8)"));
    s->there = true;
    return search_note_set(s, "form", INDEX_FORM);
}

/* --- transactions of the node's own file --- */

enum err search_begin(struct search_index *s)
{
    return s->own ? run(s, "BEGIN IMMEDIATE") : OK;
}

enum err search_commit(struct search_index *s)
{
    return s->own ? run(s, "COMMIT") : OK;
}

void search_rollback(struct search_index *s)
{
    if (s->own && !sqlite3_get_autocommit(s->file))
        sqlite3_exec(s->file, "ROLLBACK", NULL, NULL, NULL);
}

/* --- statements --- */

static enum err statement(struct search_index *s, enum statement_id id, sqlite3_stmt **out)
{
    *out = NULL;
    if (!s->own && db_error(s->db) != OK)
        return db_error(s->db);
    if (s->st[id] == NULL && sqlite3_prepare_v3(s->file, statements[id], -1, SQLITE_PREPARE_PERSISTENT, &s->st[id], NULL) != SQLITE_OK)
        return refused(s);
    *out = s->st[id];
    return OK;
}

static void done(sqlite3_stmt **st)
{
    if (*st != NULL)
        sqlite3_reset(*st);
}
#define STATEMENT __attribute__((cleanup(done))) sqlite3_stmt

/* The caller keeps the text until the statement has run. */
static void bind_text(sqlite3_stmt *st, int i, const char *text)
{
    sqlite3_bind_text(st, i, text, -1, SQLITE_STATIC);
}

static enum err step_to_end(struct search_index *s, sqlite3_stmt *st)
{
    return sqlite3_step(st) == SQLITE_DONE ? OK : refused(s);
}

/* --- documents --- */

static int64_t doc_key(int kind, int64_t record, unsigned audience)
{
    return (int64_t)kind << (RECORD_BITS + AUDIENCE_BITS) | record << AUDIENCE_BITS | audience;
}

int search_id_kind(int64_t id)
{
    return (int)(id >> KIND_SHIFT & ((1 << KIND_BITS) - 1));
}

int64_t search_id_record(int64_t id)
{
    return id & (((int64_t)1 << RECORD_BITS) - 1);
}

int64_t search_doc_id(const struct search_doc *doc)
{
    return doc->rank << RANK_SHIFT | (int64_t)doc->kind << KIND_SHIFT | (int64_t)doc->audience << AUDIENCE_SHIFT | doc->record;
}

enum err search_put(struct search_index *s, const struct search_doc *doc)
{
    assert(doc->kind > 0 && doc->kind < 1 << KIND_BITS && doc->audience > 0 && doc->audience < 1u << AUDIENCE_BITS);
    assert(doc->record > 0 && doc->record < (int64_t)1 << RECORD_BITS && doc->rank >= 0 && doc->rank < (int64_t)1 << RANK_BITS);
    int64_t id = search_doc_id(doc);
    arena_reset(s->scratch);
    const char *name = text_fold(s->scratch, doc->name != NULL ? doc->name : "");
    const char *body = text_fold(s->scratch, doc->body != NULL ? doc->body : "");
    STATEMENT *put = NULL, *text = NULL;
    TRY(statement(s, PUT_DOC, &put));
    sqlite3_bind_int64(put, 1, doc_key(doc->kind, doc->record, doc->audience));
    sqlite3_bind_int64(put, 2, id);
    bind_text(put, 3, name);
    bind_text(put, 4, body);
    TRY(step_to_end(s, put));
    TRY(statement(s, PUT_TEXT, &text));
    sqlite3_bind_int64(text, 1, id);
    bind_text(text, 2, name);
    bind_text(text, 3, body);
    TRY(step_to_end(s, text));
    if (!s->own)
        db_touched(s->db, "search_doc", true);
    return OK;
}

enum err search_remove(struct search_index *s, int kind, int64_t record)
{
    struct { int64_t key, id; const char *name, *body; } old[4];
    size_t n = 0;
    {
        STATEMENT *find = NULL;
        TRY(statement(s, OLD_DOCS, &find));
        sqlite3_bind_int64(find, 1, doc_key(kind, record, 0));
        sqlite3_bind_int64(find, 2, doc_key(kind, record, 3));
        arena_reset(s->scratch);
        int rc;
        while ((rc = sqlite3_step(find)) == SQLITE_ROW && n < sizeof old / sizeof old[0]) {
            old[n].key = sqlite3_column_int64(find, 0);
            old[n].id = sqlite3_column_int64(find, 1);
            old[n].name = arena_dup(s->scratch, (const char *)sqlite3_column_text(find, 2));
            old[n].body = arena_dup(s->scratch, (const char *)sqlite3_column_text(find, 3));
            n++;
        }
        if (rc != SQLITE_DONE)
            return refused(s);
    }
    for (size_t i = 0; i < n; i++) {
        STATEMENT *text = NULL, *doc = NULL;
        TRY(statement(s, DROP_TEXT, &text));
        sqlite3_bind_int64(text, 1, old[i].id);
        bind_text(text, 2, old[i].name);
        bind_text(text, 3, old[i].body);
        TRY(step_to_end(s, text));
        TRY(statement(s, DROP_DOC, &doc));
        sqlite3_bind_int64(doc, 1, old[i].key);
        TRY(step_to_end(s, doc));
        if (!s->own)
            db_touched(s->db, "search_doc", true);
    }
    return OK;
}

enum err search_clear(struct search_index *s)
{
    if (!s->own)
        db_touched(s->db, "search_doc", true);
    return run(s, "INSERT INTO search_text (search_text) VALUES ('delete-all'); DELETE FROM search_doc");
}

enum err search_settle(struct search_index *s) { return run(s, "INSERT INTO search_text (search_text) VALUES ('optimize')"); }

enum err search_note_get(struct search_index *s, struct arena *a, const char *key, const char **value)
{
    *value = NULL;
    STATEMENT *st = NULL;
    TRY(statement(s, NOTE_GET, &st));
    bind_text(st, 1, key);
    int rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        *value = arena_dup(a, (const char *)sqlite3_column_text(st, 0));
    return rc == SQLITE_ROW || rc == SQLITE_DONE ? OK : refused(s);
}

enum err search_note_set(struct search_index *s, const char *key, const char *value)
{
    STATEMENT *st = NULL;
    TRY(statement(s, NOTE_SET, &st));
    bind_text(st, 1, key);
    bind_text(st, 2, value);
    return step_to_end(s, st);
}

/* --- what people type --- */

static const char *trimmed(struct arena *a, const char *p, size_t n)
{
    while (n > 0 && *p == ' ') {
        p++;
        n--;
    }
    while (n > 0 && p[n - 1] == ' ')
        n--;
    return n > 0 ? arena_dup_n(a, p, n) : NULL;
}

/* A quotation mark's length at p: ASCII (full-width ones are folded to it) and the curly ones of input methods. */
static size_t quote_at(const char *p)
{
    if (*p == '"')
        return 1;
    return text_starts(p, "\u201C") || text_starts(p, "\u201D") ? 3 : 0;
}

void search_parse(struct arena *a, const char *typed, struct search_query *q)
{
    *q = (struct search_query){.term = arena_many(a, const char *, TERMS_MAX), .without = arena_many(a, const char *, TERMS_MAX)};
    const char *p = typed != NULL ? text_fold(a, typed) : "";
    while (*p != '\0' && q->terms + q->withouts < TERMS_MAX) {
        if (*p == ' ') {
            p++;
            continue;
        }
        bool without = *p == '-' && p[1] != ' ' && p[1] != '\0';
        p += without;
        size_t quote = quote_at(p);
        const char *start = p + quote, *end = start;
        while (*end != '\0' && (quote > 0 ? quote_at(end) == 0 : *end != ' ' && quote_at(end) == 0))
            end++;
        p = end + (quote > 0 ? quote_at(end) : 0);
        const char *term = trimmed(a, start, (size_t)(end - start));
        if (term == NULL)
            continue;
        if (without)
            q->without[q->withouts++] = term;
        else
            q->term[q->terms++] = term;
    }
}

bool search_matches(const struct search_query *q, const char *folded_name, const char *folded_body)
{
    for (size_t i = 0; i < q->terms; i++)
        if (strstr(folded_name, q->term[i]) == NULL && strstr(folded_body, q->term[i]) == NULL)
            return false;
    for (size_t i = 0; i < q->withouts; i++)
        if (strstr(folded_name, q->without[i]) != NULL || strstr(folded_body, q->without[i]) != NULL)
            return false;
    return q->terms > 0;
}

/* --- finding --- */

static void add_term(struct sb *o, const char *term)
{
    sb_char(o, '"');
    for (const char *p = term; *p != '\0'; p++) {
        if (*p == '"')
            sb_char(o, '"');
        sb_char(o, *p);
    }
    sb_char(o, '"');
    if (character(term, term + strlen(term)) == strlen(term))
        sb_add(o, " *");
}

static void add_terms(struct sb *o, const char *const *term, size_t n, const char *between)
{
    sb_char(o, '(');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            sb_add(o, between);
        add_term(o, term[i]);
    }
    sb_char(o, ')');
}

enum part { IN_NAME, NOT_IN_NAME, ANYWHERE };

static const char *match_text(struct arena *a, const struct search_query *q, enum part part)
{
    struct sb o;
    sb_init(&o, a);
    sb_char(&o, '(');
    if (part != IN_NAME)
        add_terms(&o, q->term, q->terms, " AND ");
    if (part == NOT_IN_NAME)
        sb_add(&o, " NOT ");
    if (part != ANYWHERE) {
        sb_add(&o, "(name : ");
        add_terms(&o, q->term, q->terms, " AND ");
        sb_char(&o, ')');
    }
    sb_char(&o, ')');
    if (q->withouts > 0) {
        sb_add(&o, " NOT ");
        add_terms(&o, q->without, q->withouts, " OR ");
    }
    return sb_str(&o);
}

/* A reader may come before the first writer made the tables: then nothing is found, and that is true. */
static bool nothing_yet(struct search_index *s)
{
    if (!s->own)
        db_touched(s->db, "search_doc", false);
    if (!s->there || s->db->mode == DB_WRITER) /* a writer may have made them in a transaction that it rolled back */
        s->there = tables_there(s);
    return !s->there;
}

static const int64_t kind_mask = (int64_t)((1 << KIND_BITS) - 1) << KIND_SHIFT;

static enum err find_part(struct search_index *s, struct arena *a, const struct search_query *q, enum part part, int kind,
                          enum search_audience who, int64_t after, size_t limit, struct search_hits *out)
{
    STATEMENT *st = NULL;
    TRY(statement(s, FIND, &st));
    bind_text(st, 1, match_text(a, q, part));
    sqlite3_bind_int64(st, 2, after);
    sqlite3_bind_int64(st, 3, (int64_t)who << AUDIENCE_SHIFT);
    sqlite3_bind_int64(st, 4, (int64_t)kind << KIND_SHIFT);
    sqlite3_bind_int64(st, 5, kind_mask);
    sqlite3_bind_int64(st, 6, (int64_t)limit);
    int rc;
    while ((rc = sqlite3_step(st)) == SQLITE_ROW)
        out->id[out->n++] = sqlite3_column_int64(st, 0);
    return rc == SQLITE_DONE ? OK : refused(s);
}

/* The number before the first that a kind can have. */
static int64_t before_kind(int64_t least_rank) { return (least_rank << RANK_SHIFT) - 1; }
static int64_t later(int64_t x, int64_t y) { return x > y ? x : y; }

enum err search_find(struct search_index *s, struct arena *a, const struct search_query *q, int kind, int64_t least_rank, enum search_audience who,
                     struct search_cursor from, size_t limit, struct search_hits *out)
{
    *out = (struct search_hits){.id = arena_many(a, int64_t, limit + 1), .next = from};
    if (q->terms == 0 || nothing_yet(s))
        return OK;
    /* One more than asked for tells whether there is more. */
    if (!from.past_names)
        TRY(find_part(s, a, q, IN_NAME, kind, who, later(from.after, before_kind(least_rank)), limit + 1, out));
    out->names = out->n;
    if (out->n <= limit)
        TRY(find_part(s, a, q, NOT_IN_NAME, kind, who, later(from.past_names ? from.after : 0, before_kind(least_rank)), limit + 1 - out->n, out));
    out->more = out->n > limit;
    if (out->more)
        out->n = limit;
    if (out->names > out->n)
        out->names = out->n;
    if (out->n > 0)
        out->next = (struct search_cursor){.past_names = out->n > out->names, .after = out->id[out->n - 1]};
    return OK;
}

enum err search_count(struct search_index *s, const struct search_query *q, int kind, int64_t least_rank, enum search_audience who, int64_t *count)
{
    *count = 0;
    if (q->terms == 0 || nothing_yet(s))
        return OK;
    ARENA struct arena *a = arena_new();
    STATEMENT *st = NULL;
    TRY(statement(s, COUNT, &st));
    bind_text(st, 1, match_text(a, q, ANYWHERE));
    sqlite3_bind_int64(st, 2, before_kind(least_rank));
    sqlite3_bind_int64(st, 3, (int64_t)who << AUDIENCE_SHIFT);
    sqlite3_bind_int64(st, 4, (int64_t)kind << KIND_SHIFT);
    sqlite3_bind_int64(st, 5, kind_mask);
    sqlite3_bind_int64(st, 6, COUNT_MAX);
    if (sqlite3_step(st) != SQLITE_ROW)
        return refused(s);
    *count = sqlite3_column_int64(st, 0);
    return OK;
}

/* --- the match in its context --- */

struct found { size_t from, to; };

static int by_place(const void *x, const void *y)
{
    const struct found *a = x, *b = y;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return a->to < b->to ? 1 : a->to > b->to ? -1 : 0;
}

/* All matches as byte ranges of the text itself, in order, those that touch or overlap made one. */
static size_t matches(struct arena *a, const struct search_query *q, const char *text, struct found **out)
{
    size_t *map = NULL, n = 0, cap = 0;
    const char *folded = text_fold_map(a, text, &map);
    size_t length = strlen(folded);
    struct found *v = NULL;
    for (size_t i = 0; i < q->terms; i++) {
        size_t term = strlen(q->term[i]);
        for (const char *p = folded; (p = strstr(p, q->term[i])) != NULL; p += character(p, folded + length)) {
            size_t from = (size_t)(p - folded), to = from + term;
            /* A character may fold to several (㈱ to (株)): the mark covers it whole. */
            while (to < length && map[to] <= map[from + term - 1])
                to++;
            ARENA_PUSH(a, v, n, cap) = (struct found){map[from], to < length ? map[to] : strlen(text)};
        }
    }
    if (n == 0)
        return 0;
    qsort(v, n, sizeof *v, by_place);
    size_t kept = 1;
    for (size_t i = 1; i < n; i++) {
        if (v[i].from <= v[kept - 1].to) {
            if (v[i].to > v[kept - 1].to)
                v[kept - 1].to = v[i].to;
        } else {
            v[kept++] = v[i];
        }
    }
    *out = v;
    return kept;
}

void search_snippet(struct arena *a, const struct search_query *q, const char *text, size_t characters, struct search_snippet *out)
{
    *out = (struct search_snippet){.piece = ""};
    if (text == NULL)
        return;
    struct found *v = NULL;
    size_t n = matches(a, q, text, &v);
    const char *end = text + strlen(text), *start = text;
    if (n > 0) {
        /* A third of the piece stands before the first match, so that what follows can be read. */
        start = text + v[0].from;
        for (size_t back = characters / 3; back > 0 && start > text; back--)
            do
                start--;
            while (start > text && ((unsigned char)*start & 0xC0) == 0x80);
    }
    const char *stop = start;
    for (size_t k = 0; k < characters && stop < end; k++)
        stop += character(stop, end);
    /* Near the end of the text the room left over goes to what stands before. */
    for (size_t room = characters - text_length(arena_dup_n(a, start, (size_t)(stop - start))); room > 0 && start > text; room--)
        do
            start--;
        while (start > text && ((unsigned char)*start & 0xC0) == 0x80);
    out->piece = arena_dup_n(a, start, (size_t)(stop - start));
    out->cut_before = start > text;
    out->cut_after = stop < end;
    out->from = arena_many(a, size_t, n + 1);
    out->to = arena_many(a, size_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        size_t from = v[i].from, to = v[i].to, low = (size_t)(start - text), high = (size_t)(stop - text);
        if (to <= low || from >= high)
            continue;
        out->from[out->n] = from > low ? from - low : 0;
        out->to[out->n++] = (to < high ? to : high) - low;
    }
}
