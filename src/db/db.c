/* Connections, transactions, the statement cache and rows: what both engines have in common. */
#include "db/engine.h"
#include "db/search.h"

#include <assert.h>
#include <ctype.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

/* --- environment --- */

static bool is_postgres(const char *where)
{
    return strncmp(where, "postgresql://", 13) == 0 || strncmp(where, "postgres://", 11) == 0;
}

enum err db_env_open(const char *where, struct db_env **out, struct failure *f)
{
    *out = NULL;
    struct db_env *env = calloc(1, sizeof *env);
    assert(env != NULL);
    env->engine = is_postgres(where) ? &postgres_engine : &sqlite_engine;
    const char *directory = is_postgres(where) ? getenv("KYODO_DATA") : where;
    env->where = strdup(where);
    env->directory = directory != NULL ? strdup(directory) : NULL;
    pthread_mutex_init(&env->lock, NULL);
    enum err e = env->engine->env_open(env, f);
    if (e != OK) {
        db_env_close(env);
        return e;
    }
    *out = env;
    return OK;
}

bool db_exists(const char *where)
{
    if (is_postgres(where))
        return true;
    ARENA struct arena *a = arena_new();
    return access(arena_printf(a, "%s/kyodo.db", where), F_OK) == 0;
}

void db_env_close(struct db_env *env)
{
    if (env == NULL)
        return;
    for (size_t i = 0; i < env->tables; i++)
        free(env->table[i]);
    pthread_mutex_destroy(&env->lock);
    free(env->where);
    free(env->directory);
    free(env);
}

enum db_engine db_env_engine(const struct db_env *env)
{
    return env->engine->kind;
}

const char *db_env_directory(const struct db_env *env)
{
    return env->directory;
}

/* --- connection --- */

enum err db_open(struct db_env *env, enum db_mode mode, struct db **out, struct failure *f)
{
    *out = NULL;
    struct db *db = calloc(1, sizeof *db);
    assert(db != NULL);
    db->env = env;
    db->mode = mode;
    enum err e = env->engine->open(db, f);
    if (e != OK) {
        db_close(db);
        return e;
    }
    *out = db;
    return OK;
}

struct db_env *db_env_of(struct db *db)
{
    return db->env;
}

enum err db_fault(struct db *db, enum err code, const char *format, ...)
{
    if (db->error != OK)
        return db->error;
    db->error = code;
    va_list args;
    va_start(args, format);
    vsnprintf(db->error_text, sizeof db->error_text, format, args);
    va_end(args);
    return code;
}

enum err db_error(const struct db *db)
{
    return db->error;
}

const char *db_error_text(const struct db *db)
{
    return db->error_text;
}

static void clear_error(struct db *db)
{
    db->error = OK;
    db->error_text[0] = '\0';
    db->lost = false;
}

void db_fail_at(struct db *db, int64_t k)
{
    db->fail_at = k;
    db->fail_count = 0;
}

int64_t db_fail_count(const struct db *db)
{
    return db->fail_count;
}

/* Before every statement: the error that stands, or the one that a test asked for. */
static enum err may_run(struct db *db, const char *sql)
{
    if (db->error != OK)
        return db->error;
    if (db->streaming != NULL || db->bulk != NULL)
        return db_fault(db, E_BUG, "rows are being streamed or loaded on this connection: %s", sql);
    if (++db->fail_count == db->fail_at)
        return db_fault(db, E_DB, "made to fail for a test: %s", sql);
    return OK;
}

enum err db_may_run(struct db *db, const char *sql) { return may_run(db, sql); }

/* After an error an engine may have given the whole transaction up; then no savepoint can be gone back to. */
static void look_after_error(struct db *db)
{
    if (db->in_transaction && !db->env->engine->alive(db))
        db->lost = true;
}

void db_look_after_error(struct db *db) { look_after_error(db); }

/* --- the statement cache --- */

static uint64_t hash_of(const char *sql, size_t n, const unsigned char *types, size_t types_n)
{
    uint64_t h = 14695981039346656037u ^ n;
    for (uint64_t part; n > 0; sql += sizeof part, n -= n < sizeof part ? n : sizeof part) {
        part = 0;
        memcpy(&part, sql, n < sizeof part ? n : sizeof part);
        h = (h ^ part) * 1099511628211u;
        h ^= h >> 29;
    }
    for (size_t i = 0; i < types_n; i++)
        h = (h ^ (types[i] + 1u)) * 1099511628211u;
    return h;
}

enum { SLOTS = 512 };
static_assert(SLOTS >= 2 * STATEMENTS_MAX, "open addressing needs room");

static size_t slot_of(const struct db *db, uint64_t hash, const char *sql, const unsigned char *types, size_t types_n)
{
    size_t i = hash % SLOTS;
    for (; db->cache[i] != NULL; i = (i + 1) % SLOTS) {
        const struct statement *st = db->cache[i];
        if (st->hash == hash && strcmp(st->text, sql) == 0 && st->types_n == types_n && (types_n == 0 || memcmp(st->types, types, types_n) == 0))
            break;
    }
    return i;
}

static void statement_free(struct db *db, struct statement *st, bool unprepare)
{
    if (unprepare)
        db->env->engine->unprepare(db, st);
    free(st->types);
    free(st->text);
    free(st);
}

/* Takes the statement out of the table; those after it in its run move up, so that no hole cuts a run. */
static void cache_remove(struct db *db, size_t hole)
{
    db->cache[hole] = NULL;
    db->cached--;
    for (size_t i = (hole + 1) % SLOTS; db->cache[i] != NULL; i = (i + 1) % SLOTS) {
        size_t home = db->cache[i]->hash % SLOTS;
        bool may_stay = hole < i ? home > hole && home <= i : home > hole || home <= i;
        if (!may_stay) {
            db->cache[hole] = db->cache[i];
            db->cache[i] = NULL;
            hole = i;
        }
    }
}

static void cache_evict(struct db *db)
{
    size_t oldest = SLOTS;
    for (size_t i = 0; i < SLOTS; i++)
        if (db->cache[i] != NULL && !db->cache[i]->busy && (oldest == SLOTS || db->cache[i]->used < db->cache[oldest]->used))
            oldest = i;
    if (oldest == SLOTS)
        return;
    struct statement *st = db->cache[oldest];
    cache_remove(db, oldest);
    statement_free(db, st, true);
}

void db_forget_statements(struct db *db, bool unprepare)
{
    for (size_t i = 0; i < SLOTS; i++) {
        struct statement *st = db->cache[i];
        db->cache[i] = NULL;
        if (st == NULL)
            continue;
        if (st->busy)
            st->cached = false; /* its rows free it */
        else
            statement_free(db, st, unprepare);
    }
    db->cached = 0;
}

static enum err statement_for(struct db *db, const char *sql, struct db_params p, struct statement **out)
{
    unsigned char local[64], *types = p.n <= sizeof local ? local : malloc(p.n);
    assert(types != NULL);
    for (size_t i = 0; i < p.n; i++)
        types[i] = (unsigned char)p.v[i].type;
    size_t types_n = db->env->engine->typed ? p.n : 0;
    uint64_t hash = hash_of(sql, strlen(sql), types, types_n);
    size_t slot = slot_of(db, hash, sql, types, types_n);
    struct statement *st = db->cache[slot];
    enum err e = OK;
    if (st == NULL || st->busy) {
        bool keep = st == NULL;
        st = calloc(1, sizeof *st);
        assert(st != NULL);
        st->hash = hash;
        st->text = strdup(sql);
        st->types_n = types_n;
        if (types_n > 0) {
            st->types = malloc(types_n);
            assert(st->types != NULL);
            memcpy(st->types, types, types_n);
        }
        sql_scan(db->env, sql, &st->info);
        if (st->info.transaction)
            e = db_fault(db, E_BUG, "transactions are begun and ended by db_begin and its like: %s", sql);
        else
            e = db->env->engine->prepare(db, st, p);
        if (e != OK) {
            statement_free(db, st, false);
            st = NULL;
        } else if (keep) {
            if (db->cached >= STATEMENTS_MAX)
                cache_evict(db);
            if (db->cached < STATEMENTS_MAX) {
                st->cached = true;
                db->cache[slot_of(db, hash, sql, types, types_n)] = st;
                db->cached++;
            }
        }
    }
    if (st != NULL && st->info.params != p.n)
        e = db_fault(db, E_BUG, "%zu parameters given, %zu named: %s", p.n, st->info.params, sql);
    if (types != local)
        free(types);
    *out = st;
    return e;
}

/* --- rows --- */

/* The structs belong to the connection, not to the caller's arena, which may be emptied between two rows. Closed ones wait before they
 * are used again, so that a late db_done or db_next finds its own. */
enum { ROWS_WAITING = 256 };

static struct db_rows *rows_new(struct db *db)
{
    struct db_rows *q = NULL;
    if (db->spare_n > ROWS_WAITING) {
        q = db->spare;
        db->spare = q->next;
        db->spare_n--;
        *q = (struct db_rows){0};
    } else {
        q = calloc(1, sizeof *q);
        assert(q != NULL);
    }
    q->db = db;
    q->level = db->savepoints;
    return q;
}

static void rows_retire(struct db *db, struct db_rows *q)
{
    q->next = NULL;
    if (db->spare == NULL)
        db->spare = q;
    else
        db->spare_last->next = q;
    db->spare_last = q;
    db->spare_n++;
}

static void rows_unlink(struct db *db, struct db_rows *q)
{
    for (struct db_rows **at = &db->rows; *at != NULL; at = &(*at)->next)
        if (*at == q) {
            *at = q->next;
            return;
        }
}

static void note_write(struct db *db, const struct sql_info *info)
{
    db->writes++;
    if (db->in_transaction) {
        tables_add(&db->written, info->writes);
        db->written_all = db->written_all || info->schema;
    } else
        track_mark(db->env, info->writes, info->schema);
}

void db_note_write(struct db *db, const char *sql)
{
    struct sql_info info;
    sql_scan(db->env, sql, &info);
    note_write(db, &info);
}

static bool writes(const struct sql_info *info)
{
    return info->schema || info->writes.bits[0] != 0 || info->writes.bits[1] != 0;
}

static void autocommit_started(struct db *db, const struct statement *st)
{
    if (!db->in_transaction && writes(&st->info))
        atomic_fetch_add(&db->env->commits_started, 1);
}

static void rows_close(struct db_rows *q, bool cut)
{
    if (!q->open)
        return;
    struct db *db = q->db;
    q->open = false;
    q->cut = cut;
    if (db->streaming == q)
        db->streaming = NULL;
    rows_unlink(db, q);
    db->env->engine->finish(q);
    if (writes(&q->st->info)) {
        note_write(db, &q->st->info);
        if (!db->in_transaction)
            atomic_fetch_add(&db->env->commits_done, 1);
    }
    q->st->busy = false;
    if (!q->st->cached)
        statement_free(db, q->st, true);
    q->st = NULL;
    rows_retire(db, q);
}

static void rows_close_from(struct db *db, unsigned level)
{
    for (struct db_rows *q = db->rows, *next; q != NULL; q = next) {
        next = q->next;
        if (q->level >= level)
            rows_close(q, true);
    }
}

/* SQLite reads while one loops, PostgreSQL has read everything before: a loop that writes what it reads would differ. Refused on both. */
static enum err look_for_open_rows(struct db *db, const struct statement *st)
{
    for (const struct db_rows *q = db->rows; q != NULL; q = q->next)
        if (tables_meet(q->st->info.reads, st->info.writes) || (st->info.schema && db->rows != NULL))
            return db_fault(db, E_BUG, "rows are open of a table that is written: collect them first, or end the loop with db_done.\n  open: %s\n  writes: %s",
                            q->st->text, st->text);
    return OK;
}

/* Where it fails, the rows are closed and given back. */
static enum err rows_start(struct db_rows *q, const char *sql, struct db_params p, bool keep)
{
    struct db *db = q->db;
    if (may_run(db, sql) != OK) {
        rows_retire(db, q);
        return db->error;
    }
    struct statement *st;
    enum err e = statement_for(db, sql, p, &st);
    if (e != OK) {
        if (st != NULL && !st->cached)
            statement_free(db, st, true);
        look_after_error(db);
        rows_retire(db, q);
        return e;
    }
    if (db->watching) {
        tables_add(&db->watched, st->info.reads);
        tables_add(&db->watched, st->info.writes);
    }
    q->st = st;
    st->used = ++db->tick;
    if (writes(&st->info))
        e = look_for_open_rows(db, st);
    st->busy = true;
    q->open = true;
    q->next = db->rows;
    db->rows = q;
    autocommit_started(db, st);
    if (e == OK)
        e = db->env->engine->start(q, p, keep);
    if (e != OK) {
        rows_close(q, false);
        look_after_error(db);
    } else if (q->stream)
        db->streaming = q;
    return e;
}

struct db_rows *db_stream_text(struct db *db, struct arena *a, const char *sql, struct db_params p)
{
    struct db_rows *q = rows_new(db);
    q->arena = a;
    q->stream = true;
    rows_start(q, sql, p, false);
    return q;
}

struct db_rows *db_query_text(struct db *db, struct arena *a, const char *sql, struct db_params p)
{
    struct db_rows *q = rows_new(db);
    q->arena = a;
    rows_start(q, sql, p, false);
    return q;
}

bool db_next(struct db_rows *q)
{
    struct db *db = q->db;
    if (q->cut)
        db_fault(db, E_BUG, "rows were read after the end of their transaction");
    if (!q->open)
        return false;
    if (db->error == OK && db->env->engine->step(q))
        return true;
    rows_close(q, false);
    if (db->error != OK)
        look_after_error(db);
    return false;
}

void db_done(struct db_rows *q)
{
    rows_close(q, false);
}

enum err db_exec_text(struct db *db, const char *sql, struct db_params p)
{
    struct db_rows *q = rows_new(db);
    db->changes = 0;
    TRY(rows_start(q, sql, p, true));
    while (db->env->engine->step(q))
        ;
    if (db->error == OK && writes(&q->st->info))
        db->changes = db->env->engine->changes(q);
    rows_close(q, false);
    if (db->error != OK)
        look_after_error(db);
    return db->error;
}

uint64_t db_writes(const struct db *db)
{
    return db->writes;
}

int64_t db_changes(struct db *db)
{
    return db->changes;
}

static struct db_rows *checked(struct db_rows *q, int column)
{
    assert(q->open && column >= 0 && column < q->columns);
    return q;
}

bool db_null(struct db_rows *q, int column)
{
    return q->db->env->engine->null(checked(q, column), column);
}

int64_t db_int(struct db_rows *q, int column)
{
    int64_t v = NONE;
    if (!q->db->env->engine->get_int(checked(q, column), column, &v)) {
        db_fault(q->db, E_BUG, "column %d is no integer: %s", column, q->st->text);
        return NONE;
    }
    return v;
}

bool db_bool(struct db_rows *q, int column)
{
    int64_t v = db_int(q, column);
    return v != NONE && v != 0;
}

const char *db_text(struct db_rows *q, int column)
{
    size_t n = 0;
    const char *s = q->db->env->engine->get_text(checked(q, column), column, &n);
    return arena_dup_n(q->arena, s, n);
}

struct bytes db_bytes(struct db_rows *q, int column)
{
    if (db_null(q, column))
        return (struct bytes){NULL, 0};
    return q->db->env->engine->get_bytes(q, column);
}

enum err db_get_int_text(struct db *db, const char *sql, struct db_params p, int64_t *out)
{
    *out = NONE;
    struct db_rows *q = rows_new(db);
    TRY(rows_start(q, sql, p, true));
    bool found = db_next(q);
    if (found)
        *out = db_int(q, 0);
    /* To its end: SQLite has done an INSERT … RETURNING only then. */
    while (db_next(q))
        ;
    return db->error != OK ? db->error : found ? OK : E_NOT_FOUND;
}

enum err db_get_text_text(struct db *db, struct arena *a, const char *sql, struct db_params p, const char **out)
{
    *out = NULL;
    struct db_rows *q = rows_new(db);
    q->arena = a;
    TRY(rows_start(q, sql, p, true));
    bool found = db_next(q);
    if (found)
        *out = db_text(q, 0);
    while (db_next(q))
        ;
    return db->error != OK ? db->error : found ? OK : E_NOT_FOUND;
}

/* --- transactions --- */

bool db_in_transaction(const struct db *db)
{
    return db->in_transaction;
}

static void end_transaction(struct db *db)
{
    db->in_transaction = false;
    db->savepoints = 0;
    db->written = (struct table_set){{0}};
    db->written_all = false;
    db->note_keep = NULL;
}

void *db_note(struct db *db, db_note_keep *keep)
{
    if (!db->in_transaction)
        return NULL;
    if (db->note_keep == NULL)
        memset(db->note, 0, sizeof db->note);
    assert(db->note_keep == NULL || db->note_keep == keep);
    db->note_keep = keep;
    return db->note;
}

static enum err keep_note(struct db *db)
{
    return db->note_keep != NULL && db->error == OK ? db->note_keep(db, db->note) : db->error;
}

enum err db_begin(struct db *db)
{
    const struct engine *e = db->env->engine;
    TRY(may_run(db, "BEGIN"));
    if (db->in_transaction)
        return db_fault(db, E_BUG, "a transaction is open already");
    rows_close_from(db, 0);
    TRY(e->simple(db, e->begin[db->mode]));
    end_transaction(db);
    db->in_transaction = true;
    if (db->mode == DB_WRITER)
        track_begun(db);
    return db->error;
}

enum err db_commit(struct db *db)
{
    if (db->in_transaction)
        TRY(keep_note(db));
    TRY(may_run(db, "COMMIT"));
    if (!db->in_transaction)
        return db_fault(db, E_BUG, "no transaction is open");
    rows_close_from(db, 0);
    bool wrote = db->written_all || db->written.bits[0] != 0 || db->written.bits[1] != 0;
    if (wrote)
        atomic_fetch_add(&db->env->commits_started, 1);
    enum err e = db->error != OK ? db->error : db->env->engine->simple(db, "COMMIT");
    if (wrote) {
        /* After an error too: the answer to a COMMIT can get lost when the commit did not. */
        track_mark(db->env, db->written, db->written_all);
        atomic_fetch_add(&db->env->commits_done, 1);
    }
    if (e == OK)
        end_transaction(db);
    return e;
}

void db_rollback(struct db *db)
{
    bulk_drop(db);
    rows_close_from(db, 0);
    db->env->engine->rollback(db);
    end_transaction(db);
    clear_error(db);
}

/* --- savepoints --- */

static enum err savepoint_sql(struct db *db, const char *verb, const char *name, char *sql, size_t n)
{
    size_t len = strlen(name);
    bool ok = len > 0 && len < NAME_MAX_SQL;
    for (size_t i = 0; i < len; i++)
        ok = ok && (isalpha((unsigned char)name[i]) || name[i] == '_' || (i > 0 && isdigit((unsigned char)name[i])));
    if (!ok)
        return db_fault(db, E_BUG, "no name for a savepoint: %s", name);
    snprintf(sql, n, "%s %s", verb, name);
    return OK;
}

/* The newest savepoint of that name; savepoints when there is none. */
static unsigned savepoint_find(const struct db *db, const char *name)
{
    for (unsigned i = db->savepoints; i > 0; i--)
        if (strcmp(db->savepoint[i - 1].name, name) == 0)
            return i - 1;
    return db->savepoints;
}

enum err db_savepoint(struct db *db, const char *name)
{
    char sql[80];
    TRY(may_run(db, "SAVEPOINT"));
    TRY(savepoint_sql(db, "SAVEPOINT", name, sql, sizeof sql));
    if (!db->in_transaction || db->savepoints == SAVEPOINTS_MAX)
        return db_fault(db, E_BUG, "%s", db->in_transaction ? "too many savepoints" : "a savepoint outside a transaction");
    if (db->env->engine->simple(db, sql) != OK) {
        look_after_error(db);
        return db->error;
    }
    memcpy(db->savepoint[db->savepoints].name, name, strlen(name) + 1); /* savepoint_sql has looked at its length */
    db->savepoint[db->savepoints].noted = db->note_keep != NULL;
    memcpy(db->savepoint[db->savepoints].note, db->note, sizeof db->note);
    db->savepoints++;
    return OK;
}

enum err db_release(struct db *db, const char *name)
{
    char sql[80];
    TRY(may_run(db, "RELEASE"));
    TRY(savepoint_sql(db, "RELEASE", name, sql, sizeof sql));
    unsigned at = savepoint_find(db, name);
    if (at == db->savepoints)
        return db_fault(db, E_BUG, "no such savepoint: %s", name);
    rows_close_from(db, at + 1);
    if (db->error != OK)
        return db->error;
    if (db->env->engine->simple(db, sql) != OK) {
        look_after_error(db);
        return db->error;
    }
    db->savepoints = at;
    return OK;
}

void db_rollback_to(struct db *db, const char *name)
{
    char sql[80];
    unsigned at = savepoint_find(db, name);
    /* Without that savepoint, or with the whole transaction gone, the error stays: only db_rollback ends it. */
    if (!db->in_transaction || at == db->savepoints || db->lost)
        return;
    bulk_drop(db);
    rows_close_from(db, at + 1);
    clear_error(db);
    savepoint_sql(db, "ROLLBACK TO", name, sql, sizeof sql);
    if (db->env->engine->simple(db, sql) == OK) {
        savepoint_sql(db, "RELEASE", name, sql, sizeof sql);
        db->env->engine->simple(db, sql);
    }
    db->savepoints = at;
    if (!db->savepoint[at].noted)
        db->note_keep = NULL;
    memcpy(db->note, db->savepoint[at].note, sizeof db->note);
    if (db->error != OK)
        db->lost = true;
}

/* --- the rest --- */

enum err db_ids_given(struct db *db, const char *table) { return db_ids_past(db, table, NONE); }

enum err db_ids_past(struct db *db, const char *table, int64_t last)
{
    TRY(may_run(db, "ids given"));
    bool alone = !db->in_transaction; /* it takes a lock, which only a transaction can hold */
    if (alone)
        TRY(db_begin(db));
    enum err e = db->env->engine->ids_past(db, table, last);
    if (e == OK && alone)
        e = db_commit(db);
    if (e != OK)
        look_after_error(db);
    return e;
}

enum err db_writer_slot(struct db *db, int64_t *slot)
{
    TRY(may_run(db, "writer slot"));
    if (db->slot == 0) {
        enum err e = db->env->engine->slot(db, &db->slot);
        if (e != OK) {
            look_after_error(db);
            return e;
        }
        track_own_slot(db->env, db->slot, true);
    }
    *slot = db->slot;
    return OK;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    search_close(db->search);
    bulk_drop(db);
    if (db->handle != NULL) {
        rows_close_from(db, 0);
        db_forget_statements(db, db->env->engine->kind == DB_SQLITE); /* PostgreSQL drops a session's statements with it */
        if (db->slot != 0)
            track_own_slot(db->env, db->slot, false);
        db->env->engine->close(db);
    }
    for (struct db_rows *q = db->spare, *next; q != NULL; q = next) {
        next = q->next;
        free(q);
    }
    for (size_t i = 0; i < INSERTS_MAX; i++)
        free(db->insert[i].text);
    free(db);
}

/* --- parameters and the builder --- */

struct db_value db_v_text(const char *s)
{
    return (struct db_value){.type = DB_TEXT, .null = s == NULL, .b = {s, s != NULL ? strlen(s) : 0}};
}

void sql_init(struct sql *q, struct arena *a)
{
    *q = (struct sql){.arena = a, .text = arena_dup(a, "")};
}

static void append(struct sql *q, const char *s, size_t n)
{
    if (q->n + n + 1 > q->cap) {
        q->cap = (q->n + n + 1) * 2 > 256 ? (q->n + n + 1) * 2 : 256;
        char *bigger = arena_alloc(q->arena, q->cap);
        memcpy(bigger, q->text, q->n);
        q->text = bigger;
    }
    memcpy(q->text + q->n, s, n);
    q->n += n;
    q->text[q->n] = '\0';
}

/* Entities are put together from hundreds of pieces: snprintf took a seventh of the time of an insert. */
static void append_number(struct sql *q, size_t n)
{
    char digits[24], *p = digits + sizeof digits;
    do
        *--p = (char)('0' + n % 10);
    while ((n /= 10) > 0);
    *--p = '$';
    append(q, p, (size_t)(digits + sizeof digits - p));
}

void sql_add_text(struct sql *q, const char *text, struct db_params p)
{
    for (size_t used = 0; used < p.n; used++) {
        const char *dollar = strchr(text, '$');
        assert(dollar != NULL && !isdigit((unsigned char)dollar[1]));
        append(q, text, (size_t)(dollar - text));
        ARENA_PUSH(q->arena, q->v, q->v_n, q->v_cap) = p.v[used];
        append_number(q, q->v_n);
        text = dollar + 1;
    }
    assert(p.n == 0 || strchr(text, '$') == NULL);
    append(q, text, strlen(text));
}

struct db_rows *sql_query(struct db *db, struct sql *q)
{
    return db_query_text(db, q->arena, q->text, (struct db_params){q->v, q->v_n});
}

enum err sql_exec(struct db *db, struct sql *q)
{
    return db_exec_text(db, q->text, (struct db_params){q->v, q->v_n});
}
