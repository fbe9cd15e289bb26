/* Between the records and the index. Writers leave a line in finder_touched for every record they change, inside their own savepoint, so that what is
 * rolled back is forgotten with it. With SQLite the lines are worked off before the commit. With PostgreSQL every node works them off for itself.
 *
 * A node's cursor over the lines' ids must not trust their order: ids become visible out of order, and a cursor that only moves forward loses
 * rows. So it keeps the gaps it has seen below itself, and asks for them again until they are filled or older than any transaction lives. */
#include "core/finder.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "core/app.h"

enum { PIECE = 500, SOON = 100, GAPS_MAX = 40, RECENT = 10000 };
#define GAP_LIFE ((int64_t)3600)
/* A node that slept longer than the lines are kept makes its index anew. */
#define TOUCHED_KEPT ((int64_t)7 * 24 * 3600)

const struct finder_source *finder_source_at(const struct ctx *c, size_t i)
{
    for (const struct area *const *area = c->app->areas; *area != NULL; area++)
        for (const struct finder_source *s = (*area)->finder; s != NULL && s->kind != NULL; s++)
            if (i-- == 0)
                return s;
    return NULL;
}

const struct finder_source *finder_source(const struct ctx *c, const char *kind)
{
    const struct finder_source *s = NULL;
    for (size_t i = 0; (s = finder_source_at(c, i)) != NULL; i++)
        if (strcmp(s->kind, kind) == 0)
            return s;
    return NULL;
}

static bool in_same_file(const struct ctx *c)
{
    return db_env_engine(c->app->env) == DB_SQLITE;
}

static enum err index_failed(struct ctx *c, enum err e)
{
    if (db_error(c->db) != OK)
        return fail_db(c);
    return fail(c, e, "%s", tr(c, "検索の索引が使えません。管理者に知らせてください。"));
}
#define TRY_INDEX(c, call)                     \
    do {                                       \
        enum err index_err_ = (call);          \
        if (index_err_ != OK)                  \
            return index_failed(c, index_err_); \
    } while (0)

/* --- writing --- */

enum err finder_touch(struct ctx *c, const char *kind, int64_t record)
{
    TRY_DB(c, db_exec(c->db, "INSERT INTO finder_touched (kind, record, at) VALUES ($1, $2, $3)", P(kind, record, c->now)));
    return OK;
}

static bool same_doc(const struct finder_doc *x, const struct finder_doc *y)
{
    return x->gone == y->gone && x->rank == y->rank && text_eq(x->name, y->name) && text_eq(x->body, y->body);
}

/* Documents on their way into the index. They go in by ascending number: FTS5 gathers tokens in memory until a number falls, and a fall costs it a
 * segment on disk (measured: 27,835 organizations, open and ended ones mixed, took three times as long). */
struct batch { struct arena *arena; struct search_doc *v; size_t n, cap; };

static void batch_add(struct batch *b, const struct finder_source *source, int64_t record, unsigned audience, const struct finder_doc *d)
{
    if (!d->gone)
        ARENA_PUSH(b->arena, b->v, b->n, b->cap) = (struct search_doc){.kind = source->number, .record = record, .rank = d->rank, .audience = audience,
                                                                       .name = d->name, .body = d->body};
}

static void batch_add_both(struct batch *b, const struct finder_source *source, int64_t record, const struct finder_doc *public, const struct finder_doc *staff)
{
    if (same_doc(public, staff)) {
        batch_add(b, source, record, SEARCH_PUBLIC | SEARCH_STAFF, public);
        return;
    }
    batch_add(b, source, record, SEARCH_PUBLIC, public);
    batch_add(b, source, record, SEARCH_STAFF, staff);
}

static int by_number(const void *x, const void *y)
{
    int64_t a = search_doc_id(x), b = search_doc_id(y);
    return a < b ? -1 : a > b ? 1 : 0;
}

static enum err batch_write(struct ctx *c, struct search_index *s, struct batch *b)
{
    if (b->n > 1)
        qsort(b->v, b->n, sizeof *b->v, by_number);
    for (size_t i = 0; i < b->n; i++)
        TRY_INDEX(c, search_put(s, &b->v[i]));
    b->v = NULL;
    b->n = b->cap = 0;
    return OK;
}

static enum err index_record(struct ctx *c, const struct finder_source *source, int64_t record, struct batch *b)
{
    struct finder_doc public = {0}, staff = {0};
    TRY(source->document(c, record, SEARCH_PUBLIC, &public));
    TRY(source->document(c, record, SEARCH_STAFF, &staff));
    batch_add_both(b, source, record, &public, &staff);
    return OK;
}

/* A context whose memory goes back after every piece, so that 50,000 records need no more than a few hundred. */
static struct ctx context_on(const struct ctx *c, struct arena *scratch)
{
    struct ctx sub = *c;
    sub.arena = scratch;
    failure_init(&sub.fail, scratch);
    return sub;
}

static enum err passed_on(struct ctx *c, const struct ctx *sub, enum err e)
{
    if (e != OK && c->fail.message == NULL) {
        fail(c, e, "%s", sub->fail.message != NULL ? sub->fail.message : tr(c, "検索の索引を作れませんでした。"));
        c->fail.detail = arena_dup(c->arena, sub->fail.detail);
    }
    return e;
}

static enum err rebuild_kind(struct ctx *c, struct search_index *s, const struct finder_source *source, int64_t *documents)
{
    ARENA struct arena *scratch = arena_new();
    for (int64_t record = 0; record != NONE;) {
        arena_reset(scratch);
        struct ctx sub = context_on(c, scratch);
        struct batch b = {.arena = scratch};
        enum err e = OK;
        for (size_t i = 0; i < PIECE && e == OK; i++) {
            e = source->next(&sub, record, &record);
            if (e != OK || record == NONE)
                break;
            e = index_record(&sub, source, record, &b);
            ++*documents;
        }
        TRY(passed_on(c, &sub, e));
        TRY(batch_write(c, s, &b));
    }
    return OK;
}

static enum err rebuild_into(struct ctx *c, struct search_index *s, int64_t *documents)
{
    TRY_INDEX(c, search_clear(s));
    const struct finder_source *source;
    for (size_t i = 0; (source = finder_source_at(c, i)) != NULL; i++)
        TRY(rebuild_kind(c, s, source, documents));
    TRY_INDEX(c, search_settle(s));
    return OK;
}

/* Opens the index for writing; one that is new or of an older form is filled first. */
static enum err open_for_writing(struct ctx *c, struct search_index **s, bool *filled)
{
    TRY(search_open(c->db, s, &c->fail));
    bool fresh = false;
    TRY_INDEX(c, search_prepare(*s, &fresh));
    *filled = fresh;
    int64_t documents = 0;
    return fresh ? rebuild_into(c, *s, &documents) : OK;
}

struct touched { int64_t id, record; const char *kind; };

static int by_record(const void *x, const void *y)
{
    const struct touched *a = x, *b = y;
    int kind = strcmp(a->kind, b->kind);
    return kind != 0 ? kind : a->record < b->record ? -1 : a->record > b->record ? 1 : 0;
}

static enum err work_off(struct ctx *c, struct search_index *s, struct touched *v, size_t n)
{
    if (n == 0)
        return OK;
    ARENA struct arena *scratch = arena_new();
    qsort(v, n, sizeof *v, by_record);
    for (size_t i = 0; i < n;) {
        arena_reset(scratch);
        struct ctx sub = context_on(c, scratch);
        struct batch b = {.arena = scratch};
        for (size_t end = i + PIECE < n ? i + PIECE : n; i < end; i++) {
            const struct finder_source *source = finder_source(c, v[i].kind);
            if (source == NULL || (i > 0 && by_record(&v[i - 1], &v[i]) == 0))
                continue; /* a line of a newer program's area; a record touched twice */
            TRY_INDEX(c, search_remove(s, source->number, v[i].record));
            TRY(passed_on(c, &sub, index_record(&sub, source, v[i].record, &b)));
        }
        TRY(batch_write(c, s, &b));
    }
    return OK;
}

enum err finder_flush(struct ctx *c)
{
    if (!in_same_file(c))
        return OK;
    struct touched *v = NULL;
    size_t n = 0, cap = 0;
    int64_t last = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id, kind, record FROM finder_touched ORDER BY id", P0); db_next(q);) {
        ARENA_PUSH(c->arena, v, n, cap) = (struct touched){.id = db_int(q, 0), .kind = db_text(q, 1), .record = db_int(q, 2)};
        last = db_int(q, 0);
    }
    TRY_DB(c, db_error(c->db));
    if (n == 0)
        return OK;
    struct search_index *s = NULL;
    bool filled = false;
    TRY(open_for_writing(c, &s, &filled));
    if (!filled) /* else what was touched is in it already */
        TRY(work_off(c, s, v, n));
    TRY_DB(c, db_exec(c->db, "DELETE FROM finder_touched WHERE id <= $1", P(last)));
    return OK;
}

enum err finder_give(struct ctx *c, const char *kind, const struct finder_given *v, size_t n)
{
    if (!in_same_file(c)) {
        for (size_t i = 0; i < n; i++)
            TRY(finder_touch(c, kind, v[i].record));
        return OK;
    }
    const struct finder_source *source = finder_source(c, kind);
    assert(source != NULL);
    struct search_index *s = NULL;
    bool filled = false;
    TRY(open_for_writing(c, &s, &filled));
    if (filled)
        return OK;
    ARENA struct arena *scratch = arena_new();
    struct batch b = {.arena = scratch};
    for (size_t i = 0; i < n; i++) {
        if (v[i].old)
            TRY_INDEX(c, search_remove(s, source->number, v[i].record));
        batch_add_both(&b, source, v[i].record, &v[i].public, &v[i].staff);
    }
    return batch_write(c, s, &b);
}

/* --- a node's own index (PostgreSQL) --- */

struct gap { int64_t first, last, since; };
struct cursor_state {
    int64_t id, at;            /* the highest line seen, and when the node last looked */
    struct gap gap[GAPS_MAX];
    size_t gaps;
};

/* "id at first-last-since …" */
static void state_read(const char *text, struct cursor_state *s)
{
    *s = (struct cursor_state){0};
    char *p = NULL;
    s->id = strtoll(text, &p, 10);
    s->at = strtoll(p, &p, 10);
    while (*p == ' ' && s->gaps < GAPS_MAX) {
        struct gap g = {0};
        g.first = strtoll(p + 1, &p, 10);
        g.last = strtoll(p + (*p == ':'), &p, 10);
        g.since = strtoll(p + (*p == ':'), &p, 10);
        s->gap[s->gaps++] = g;
    }
}

static const char *state_text(struct ctx *c, const struct cursor_state *s)
{
    struct sb o;
    sb_init(&o, c->arena);
    sb_printf(&o, "%lld %lld", (long long)s->id, (long long)s->at);
    for (size_t i = 0; i < s->gaps; i++)
        sb_printf(&o, " %lld:%lld:%lld", (long long)s->gap[i].first, (long long)s->gap[i].last, (long long)s->gap[i].since);
    return sb_str(&o);
}

static void gap_add(struct cursor_state *s, struct gap g)
{
    if (g.first > g.last)
        return;
    if (s->gaps == GAPS_MAX) /* the last one grows over what lies between: asked for again, never lost */
        s->gap[GAPS_MAX - 1].last = g.last;
    else
        s->gap[s->gaps++] = g;
}

/* The line `id` was seen: it fills a gap, or moves the cursor and leaves the ids between as a gap. Ids come in ascending order within one look. */
static void state_saw(struct cursor_state *s, int64_t id, int64_t now)
{
    if (id > s->id) {
        gap_add(s, (struct gap){s->id + 1, id - 1, now});
        s->id = id;
        return;
    }
    for (size_t i = 0; i < s->gaps; i++) {
        struct gap *g = &s->gap[i];
        if (id < g->first || id > g->last)
            continue;
        if (id == g->first) {
            g->first++;
        } else if (id == g->last) {
            g->last--;
        } else if (s->gaps < GAPS_MAX) {
            struct gap rest = {id + 1, g->last, g->since};
            g->last = id - 1;
            memmove(&s->gap[i + 2], &s->gap[i + 1], (s->gaps - i - 1) * sizeof s->gap[0]);
            s->gap[i + 1] = rest;
            s->gaps++;
        }
        return;
    }
}

static void state_forget_old_gaps(struct cursor_state *s, int64_t now)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->gaps; i++)
        if (s->gap[i].first <= s->gap[i].last && s->gap[i].since > now - GAP_LIFE)
            s->gap[kept++] = s->gap[i];
    s->gaps = kept;
}

/* Ascending, so that those left out by the limit lie above the cursor that the others move. */
static enum err lines_since(struct ctx *c, const struct cursor_state *s, size_t most, struct touched **v, size_t *n)
{
    struct sql q;
    size_t cap = 0;
    *v = NULL;
    *n = 0;
    sql_init(&q, c->arena);
    sql_add(&q, "SELECT id, kind, record FROM finder_touched WHERE id > $", P(s->id));
    for (size_t i = 0; i < s->gaps; i++)
        sql_add(&q, " OR id BETWEEN $ AND $", P(s->gap[i].first, s->gap[i].last));
    sql_add(&q, " ORDER BY id LIMIT $", P((int64_t)most));
    for (struct db_rows *r = sql_query(c->db, &q); db_next(r);)
        ARENA_PUSH(c->arena, *v, *n, cap) = (struct touched){.id = db_int(r, 0), .kind = db_text(r, 1), .record = db_int(r, 2)};
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* Which database an index file belongs to: the first line of its log, which no other has. */
static enum err identity(struct ctx *c, const char **out)
{
    enum err e = db_get_text(c->db, c->arena, "SELECT hash FROM audit ORDER BY at, chain, n LIMIT 1", P0, out);
    if (e == E_NOT_FOUND)
        *out = "-";
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* In the index file's transaction: makes it anew, with the cursor at the newest line that this snapshot sees. */
static enum err refill(struct ctx *c, struct search_index *s, int64_t *documents)
{
    struct cursor_state state = {.at = c->now};
    int64_t newest = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT max(id) FROM finder_touched", P0, &newest));
    if (newest != NONE) {
        state.id = newest;
        /* Lines below that other transactions have not committed yet. */
        int64_t before = newest > RECENT ? newest - RECENT : 0;
        struct touched *seen = NULL;
        size_t n = 0;
        gap_add(&state, (struct gap){before + 1, newest, c->now});
        TRY(lines_since(c, &state, RECENT, &seen, &n));
        for (size_t i = 0; i < n; i++)
            state_saw(&state, seen[i].id, c->now);
        state_forget_old_gaps(&state, c->now);
    }
    const char *whose = NULL;
    TRY(identity(c, &whose));
    TRY(rebuild_into(c, s, documents));
    TRY_INDEX(c, search_note_set(s, "database", whose));
    TRY_INDEX(c, search_note_set(s, "cursor", state_text(c, &state)));
    return OK;
}

static enum err take_in(struct ctx *c, struct search_index *s, void *arg)
{
    size_t *taken = arg;
    const char *text = NULL, *database = NULL, *whose = NULL;
    TRY_INDEX(c, search_note_get(s, c->arena, "cursor", &text));
    TRY_INDEX(c, search_note_get(s, c->arena, "database", &database));
    TRY(identity(c, &whose));
    struct cursor_state state;
    int64_t documents = 0;
    if (text == NULL || !text_eq(database, whose))
        return refill(c, s, &documents);
    state_read(text, &state);
    if (state.at < c->now - TOUCHED_KEPT)
        return refill(c, s, &documents);
    struct touched *v = NULL;
    size_t n = 0;
    TRY(lines_since(c, &state, PIECE, &v, &n));
    *taken = n;
    for (size_t i = 0; i < n; i++)
        state_saw(&state, v[i].id, c->now);
    state_forget_old_gaps(&state, c->now);
    state.at = c->now;
    TRY(work_off(c, s, v, n));
    TRY_INDEX(c, search_note_set(s, "cursor", state_text(c, &state)));
    return OK;
}

/* Runs fn in a transaction of the index file. */
static enum err in_index(struct ctx *c, struct search_index *s, enum err (*fn)(struct ctx *c, struct search_index *s, void *arg), void *arg)
{
    TRY_INDEX(c, search_begin(s));
    enum err e = fn(c, s, arg);
    if (e == OK && (e = search_commit(s)) != OK)
        e = index_failed(c, e);
    if (e != OK)
        search_rollback(s);
    return e;
}

/* A look without the file's lock first: most of the time there is nothing. */
static enum err is_behind(struct ctx *c, struct search_index *s, bool *behind, size_t *lines)
{
    const char *text = NULL, *database = NULL, *whose = NULL;
    *behind = true;
    *lines = 0;
    TRY_INDEX(c, search_note_get(s, c->arena, "cursor", &text));
    TRY_INDEX(c, search_note_get(s, c->arena, "database", &database));
    TRY(identity(c, &whose));
    if (text == NULL || !text_eq(database, whose))
        return OK;
    struct cursor_state state;
    struct touched *v = NULL;
    size_t n = 0;
    state_read(text, &state);
    TRY(lines_since(c, &state, SOON + 1, &v, &n));
    *lines = n;
    *behind = n > 0 || state.at < c->now - GAP_LIFE;
    return OK;
}

static enum err catch_up(struct ctx *c, size_t pieces)
{
    if (in_same_file(c))
        return OK;
    struct search_index *s = NULL;
    bool behind = true;
    size_t lines = 0;
    TRY(search_open(c->db, &s, &c->fail));
    TRY(is_behind(c, s, &behind, &lines));
    while (behind && pieces-- > 0) {
        size_t taken = 0;
        TRY(in_index(c, s, take_in, &taken));
        behind = taken == PIECE;
    }
    return OK;
}

enum err finder_catch_up(struct ctx *c)
{
    return catch_up(c, SIZE_MAX);
}

/* A search waits for what was just saved, not for the 27,835 lines of an import: those the clock thread is taking in, piece after piece, and whoever
 * asked for the file's lock meanwhile would stand in line behind all of them. Where nobody else does it (a command, a test) a search takes a piece. */
static enum err catch_up_for_search(struct ctx *c)
{
    struct search_index *s = NULL;
    bool behind = true;
    size_t lines = 0;
    if (in_same_file(c))
        return OK;
    if (c->app->server != NULL) {
        TRY(search_open(c->db, &s, &c->fail));
        TRY(is_behind(c, s, &behind, &lines));
        if (lines > SOON)
            return OK;
    }
    return catch_up(c, 1);
}

static enum err refill_all(struct ctx *c, struct search_index *s, void *arg)
{
    return refill(c, s, arg);
}

enum err finder_rebuild(struct ctx *c, int64_t *documents)
{
    int64_t none = 0;
    if (documents == NULL)
        documents = &none;
    *documents = 0;
    struct search_index *s = NULL;
    TRY(search_open(c->db, &s, &c->fail));
    if (!in_same_file(c))
        return in_index(c, s, refill_all, documents);
    bool fresh = false;
    TRY_INDEX(c, search_prepare(s, &fresh));
    TRY(rebuild_into(c, s, documents));
    TRY_DB(c, db_exec(c->db, "DELETE FROM finder_touched", P0));
    return OK;
}

/* --- finding --- */

enum search_audience finder_audience(const struct ctx *c)
{
    return user_audience(c->user) >= AUDIENCE_SECRETARIAT ? SEARCH_STAFF : SEARCH_PUBLIC;
}

static enum err open_for_search(struct ctx *c, const char *kind, struct search_index **s, struct finder_source *of)
{
    *of = (struct finder_source){0};
    if (kind != NULL) {
        const struct finder_source *source = finder_source(c, kind);
        assert(source != NULL);
        *of = *source;
    }
    TRY(catch_up_for_search(c));
    return search_open(c->db, s, &c->fail);
}

static enum err find(struct ctx *c, const struct search_query *q, const char *kind, enum search_audience who, struct search_cursor from, size_t limit,
                     struct search_hits *out)
{
    struct search_index *s = NULL;
    struct finder_source of;
    *out = (struct search_hits){0};
    TRY(open_for_search(c, kind, &s, &of));
    TRY_INDEX(c, search_find(s, c->arena, q, of.number, of.least_rank, who, from, limit, out));
    return OK;
}

enum err finder_find(struct ctx *c, const struct search_query *q, const char *kind, struct search_cursor from, size_t limit, struct search_hits *out)
{
    return find(c, q, kind, finder_audience(c), from, limit, out);
}

enum err finder_count(struct ctx *c, const struct search_query *q, const char *kind, int64_t *count)
{
    struct search_index *s = NULL;
    struct finder_source of;
    *count = 0;
    TRY(open_for_search(c, kind, &s, &of));
    TRY_INDEX(c, search_count(s, q, of.number, of.least_rank, finder_audience(c), count));
    return OK;
}

enum err finder_ids(struct ctx *c, const char *kind, const char *q, size_t most, int64_t **out, size_t *n)
{
    struct search_query query;
    struct search_hits hits;
    *out = NULL;
    *n = 0;
    search_parse(c->arena, q, &query);
    TRY(find(c, &query, kind, SEARCH_PUBLIC, (struct search_cursor){0}, most, &hits));
    for (size_t i = 0; i < hits.n; i++)
        hits.id[i] = search_id_record(hits.id[i]);
    *out = hits.id;
    *n = hits.n;
    return OK;
}
