/* PostgreSQL by libpq: every statement prepared with the types of its parameters, which travel in binary; results come as text. */
#include "db/engine.h"

#include <assert.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <string.h>

/* Types by their fixed object numbers (pg_type.dat). */
enum { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_TEXT = 25 };

/* Advisory locks of this program: the high half says "kyodo". */
#define LOCK_BASE INT64_C(0x6b796f0000000000)
enum { LOCK_MIGRATE = 0, SLOTS_MOST = 1000 };

static PGconn *handle(struct db *db)
{
    return db->handle;
}

static enum err code_of(PGconn *c, const char *state)
{
    if (PQstatus(c) == CONNECTION_BAD || state == NULL)
        return E_BUSY; /* the connection went: worth another try */
    if (strcmp(state, "23505") == 0)
        return E_CONFLICT;
    if (strcmp(state, "53100") == 0)
        return E_FULL;
    static const char *const busy[] = {"40001", "40P01", "55P03", "57P01", "57P02", "57P03", "53300", NULL};
    for (size_t i = 0; busy[i] != NULL; i++)
        if (strcmp(state, busy[i]) == 0)
            return E_BUSY;
    return strncmp(state, "08", 2) == 0 ? E_BUSY : E_DB;
}

/* The primary message alone: the detail would carry the row's values into the log. */
static enum err fault(struct db *db, const PGresult *r, const char *sql)
{
    const char *state = r != NULL ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *message = r != NULL ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (message == NULL)
        message = PQerrorMessage(handle(db));
    return db_fault(db, code_of(handle(db), state), "PostgreSQL %s: %s: %s", state != NULL ? state : "-", message, sql);
}

/* --- connection --- */

static void no_notices(void *arg, const PGresult *r)
{
    (void)arg;
    (void)r;
}

static bool command(PGconn *c, const char *sql)
{
    PGresult *r = PQexec(c, sql);
    bool ok = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
    PQclear(r);
    return ok;
}

/* What every session of ours starts with. A reader's transactions are snapshots that cannot write. */
static bool prepare_session(PGconn *c, enum db_mode mode)
{
    PQsetNoticeReceiver(c, no_notices, NULL);
    return PQsetClientEncoding(c, "UTF8") == 0 &&
           command(c, "SET standard_conforming_strings = on; SET TimeZone = 'UTC'; SET lock_timeout = '10s'; SET bytea_output = 'hex';"
                      "SET client_min_messages = error") &&
           command(c, mode == DB_READER ? "SET default_transaction_read_only = on; SET default_transaction_isolation = 'repeatable read'"
                                        : "SET default_transaction_read_only = off; SET default_transaction_isolation = 'read committed'");
}

static enum err postgres_open(struct db *db, struct failure *f)
{
    const char *const keywords[] = {"dbname", "fallback_application_name", "connect_timeout", NULL};
    const char *const values[] = {db->env->where, "kyodo", "10", NULL};
    PGconn *c = PQconnectdbParams(keywords, values, 1);
    db->handle = c;
    if (PQstatus(c) == CONNECTION_OK && prepare_session(c, db->mode))
        return OK;
    enum err e = fail_with(f, E_IO, "データベース(PostgreSQL)に接続できません。動いていること、接続先の書き方、許可を確かめてください。");
    f->detail = arena_dup(f->arena, PQerrorMessage(c));
    return e;
}

static void postgres_close(struct db *db)
{
    PQfinish(handle(db));
}

static enum err postgres_env_open(struct db_env *env, struct failure *f)
{
    struct db *db = NULL;
    TRY(db_open(env, DB_WRITER, &db, f));
    const char *encoding = PQparameterStatus(handle(db), "server_encoding");
    enum err e = OK;
    if (encoding == NULL || strcmp(encoding, "UTF8") != 0)
        e = fail_with(f, E_INPUT, "データベースの文字コードが UTF8 ではありません(%s)。「createdb -E UTF8 -T template0」で作ってください。", encoding != NULL ? encoding : "?");
    else if (PQserverVersion(handle(db)) < 130000)
        e = fail_with(f, E_INPUT, "PostgreSQL が古すぎます。13以降(確かめたのは15)を使ってください。");
    db_close(db);
    return e;
}

static enum err postgres_simple(struct db *db, const char *sql)
{
    PGresult *r = PQexec(handle(db), sql);
    enum err e = OK;
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        e = fault(db, r, sql);
    else if (strcmp(sql, "COMMIT") == 0 && strcmp(PQcmdStatus(r), "COMMIT") != 0)
        e = db_fault(db, E_DB, "PostgreSQL answered COMMIT with %s", PQcmdStatus(r));
    PQclear(r);
    return e;
}

/* A lost connection is made anew, without anything that the old one had: prepared statements, the writer's slot. */
static void postgres_rollback(struct db *db)
{
    PGconn *c = handle(db);
    if (PQstatus(c) == CONNECTION_OK && PQtransactionStatus(c) != PQTRANS_IDLE)
        command(c, "ROLLBACK");
    if (PQstatus(c) == CONNECTION_OK && PQtransactionStatus(c) == PQTRANS_IDLE)
        return;
    db_forget_statements(db, false);
    if (db->slot != 0)
        track_own_slot(db->env, db->slot, false);
    db->slot = 0;
    PQreset(c);
    if (PQstatus(c) == CONNECTION_OK)
        prepare_session(c, db->mode);
}

/* A failed statement spoils the transaction, but a savepoint mends it; a lost connection is the end of it. */
static bool postgres_alive(struct db *db)
{
    PGTransactionStatusType status = PQtransactionStatus(handle(db));
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

/* --- statements --- */

static Oid oid_of(enum db_type type)
{
    switch (type) {
    case DB_INT:
        return OID_INT8;
    case DB_BOOL:
        return OID_BOOL;
    case DB_TEXT:
        return OID_TEXT;
    case DB_BYTES:
        return OID_BYTEA;
    }
    return 0;
}

static enum err postgres_prepare(struct db *db, struct statement *st, struct db_params p)
{
    Oid few[32], *types = p.n <= 32 ? few : calloc(p.n, sizeof *types);
    assert(types != NULL);
    for (size_t i = 0; i < p.n; i++)
        types[i] = oid_of(p.v[i].type);
    snprintf(st->name, sizeof st->name, "k%" PRIu64, ++db->named);
    PGresult *r = PQprepare(handle(db), st->name, st->text, (int)p.n, types);
    enum err e = PQresultStatus(r) == PGRES_COMMAND_OK ? OK : fault(db, r, st->text);
    PQclear(r);
    if (types != few)
        free(types);
    return e;
}

/* In a spoilt transaction the server refuses; then its copy stays until the session ends, which costs it a little memory. */
static void postgres_unprepare(struct db *db, struct statement *st)
{
    char sql[48];
    snprintf(sql, sizeof sql, "DEALLOCATE %s", st->name);
    if (PQstatus(handle(db)) == CONNECTION_OK && PQtransactionStatus(handle(db)) != PQTRANS_INERROR)
        command(handle(db), sql);
}

struct binary { const char *p; int n; unsigned char b[8]; };

static void to_binary(const struct db_value *v, struct binary *out)
{
    out->p = NULL;
    out->n = 0;
    if (v->null)
        return;
    if (v->type == DB_TEXT || v->type == DB_BYTES) {
        out->p = v->b.n > 0 ? v->b.p : "";
        out->n = (int)v->b.n;
        return;
    }
    out->p = (const char *)out->b;
    out->n = v->type == DB_BOOL ? 1 : 8;
    if (v->type == DB_BOOL)
        out->b[0] = v->i != 0;
    else
        for (int i = 0; i < 8; i++)
            out->b[i] = (unsigned char)((uint64_t)v->i >> (56 - 8 * i));
}

enum { FEW = 32 };

/* Runs it, or, for a stream, sends it alone: NULL then. */
static PGresult *run(struct db *db, const struct statement *st, struct db_params p, bool stream, bool *sent)
{
    struct binary few[FEW], *b = p.n <= FEW ? few : calloc(p.n, sizeof *b);
    const char *few_p[FEW] = {NULL}, **values = p.n <= FEW ? few_p : calloc(p.n, sizeof *values);
    int few_n[FEW] = {0}, few_f[FEW] = {0}, *lengths = p.n <= FEW ? few_n : calloc(p.n, sizeof *lengths), *formats = p.n <= FEW ? few_f : calloc(p.n, sizeof *formats);
    assert(b != NULL && values != NULL && lengths != NULL && formats != NULL);
    for (size_t i = 0; i < p.n; i++) {
        to_binary(&p.v[i], &b[i]);
        values[i] = b[i].p;
        lengths[i] = b[i].n;
        formats[i] = 1;
    }
    PGresult *r = NULL;
    if (stream)
        *sent = PQsendQueryPrepared(handle(db), st->name, (int)p.n, values, lengths, formats, 0) == 1 && PQsetSingleRowMode(handle(db)) == 1;
    else
        r = PQexecPrepared(handle(db), st->name, (int)p.n, values, lengths, formats, 0);
    if (p.n > FEW) {
        free(b);
        free(values);
        free(lengths);
        free(formats);
    }
    return r;
}

static enum err postgres_start(struct db_rows *q, struct db_params p, bool keep)
{
    (void)keep;
    bool sent = false;
    PGresult *r = run(q->db, q->st, p, q->stream, &sent);
    if (q->stream)
        return sent ? OK : fault(q->db, NULL, q->st->text);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
        const char *state = r != NULL ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
        /* "cached plan must not change result type": another node has migrated; prepared anew it will do. */
        if (state != NULL && strcmp(state, "0A000") == 0 && q->st->info.params == p.n && strstr(PQresultErrorMessage(r), "cached plan") != NULL) {
            db_fault(q->db, E_BUSY, "PostgreSQL: the schema has changed under a prepared statement: %s", q->st->text);
            db_forget_statements(q->db, true);
        } else
            fault(q->db, r, q->st->text);
        PQclear(r);
        return q->db->error;
    }
    q->result = r;
    q->row = -1;
    q->rows = PQntuples(r);
    q->columns = PQnfields(r);
    return OK;
}

/* A connection takes no other command until every result was fetched. */
static void drain(PGconn *c)
{
    for (PGresult *r; (r = PQgetResult(c)) != NULL;)
        PQclear(r);
}

static bool stream_step(struct db_rows *q)
{
    PQclear(q->result);
    q->result = PQgetResult(handle(q->db));
    if (q->result != NULL && PQresultStatus(q->result) == PGRES_SINGLE_TUPLE) {
        q->row = 0;
        q->columns = PQnfields(q->result);
        return true;
    }
    if (q->result == NULL || PQresultStatus(q->result) != PGRES_TUPLES_OK)
        fault(q->db, q->result, q->st->text);
    drain(handle(q->db));
    return false;
}

static bool postgres_step(struct db_rows *q)
{
    return q->stream ? stream_step(q) : ++q->row < q->rows;
}

static void cancel(PGconn *c)
{
    char why[256];
    PGcancel *wish = PQgetCancel(c);
    if (wish != NULL && PQtransactionStatus(c) == PQTRANS_ACTIVE)
        PQcancel(wish, why, sizeof why);
    PQfreeCancel(wish);
}

/* A stream left early is read to its end; where its transaction ends with it, it is cancelled, which spoils the transaction. */
static void postgres_finish(struct db_rows *q)
{
    PQclear(q->result);
    q->result = NULL;
    if (!q->stream)
        return;
    if (q->cut || q->db->error != OK)
        cancel(handle(q->db));
    drain(handle(q->db));
}

static bool postgres_null(struct db_rows *q, int column)
{
    return PQgetisnull(q->result, q->row, column);
}

static bool postgres_get_int(struct db_rows *q, int column, int64_t *v)
{
    const char *s = PQgetvalue(q->result, q->row, column);
    if (postgres_null(q, column)) {
        *v = NONE;
        return true;
    }
    if (PQftype(q->result, column) == OID_BOOL) {
        *v = *s == 't';
        return true;
    }
    bool minus = *s == '-';
    int64_t n = 0;
    const char *p = s + minus;
    if (*p == '\0')
        return false;
    for (; *p >= '0' && *p <= '9'; p++)
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_sub_overflow(n, *p - '0', &n))
            return false;
    if (*p != '\0' || (!minus && n == INT64_MIN))
        return false;
    *v = minus ? n : -n;
    return true;
}

static const char *postgres_get_text(struct db_rows *q, int column, size_t *n)
{
    if (postgres_null(q, column))
        return NULL;
    const char *s = PQgetvalue(q->result, q->row, column);
    *n = (size_t)PQgetlength(q->result, q->row, column);
    if (PQftype(q->result, column) == OID_BOOL) /* as SQLite prints it */
        return *s == 't' ? "1" : "0";
    return s;
}

static unsigned hex(char c)
{
    return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static struct bytes postgres_get_bytes(struct db_rows *q, int column)
{
    const char *s = PQgetvalue(q->result, q->row, column);
    size_t length = (size_t)PQgetlength(q->result, q->row, column);
    if (PQftype(q->result, column) != OID_BYTEA) {
        return (struct bytes){arena_dup_n(q->arena, s, length), length};
    }
    /* \x and two digits a byte */
    size_t n = (length - 2) / 2;
    unsigned char *b = arena_alloc(q->arena, n + 1);
    for (size_t i = 0; i < n; i++)
        b[i] = (unsigned char)(hex(s[2 + 2 * i]) << 4 | hex(s[3 + 2 * i]));
    return (struct bytes){b, n};
}

static int64_t postgres_changes(struct db_rows *q)
{
    return strtoll(PQcmdTuples(q->result), NULL, 10);
}

/* --- what differs --- */

static bool postgres_table_exists(struct db *db, const char *table)
{
    int64_t n = 0;
    db_get_int(db, "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = $1", P(table), &n);
    return db_error(db) == OK && n > 0;
}

/* Looks whether the identity's counter stands below the highest id, and moves it. The lock keeps others from taking numbers meanwhile; only
 * where there is something to move, so that it is rare. */
static enum err sequence_of(struct db *db, struct arena *a, const char *table, const char **sequence)
{
    return db_get_text(db, a, "SELECT pg_get_serial_sequence(attrelid::regclass::text, 'id') FROM pg_catalog.pg_attribute "
                              "WHERE attrelid = to_regclass($1) AND attname = 'id' AND attidentity <> ''", P(table), sequence);
}

static enum err postgres_ids_past(struct db *db, const char *table, int64_t last)
{
    ARENA struct arena *a = arena_new();
    const char *sequence = NULL;
    enum err e = sequence_of(db, a, table, &sequence);
    if (e == E_NOT_FOUND)
        return OK;
    TRY(e);
    int64_t behind = 0, least = last == NONE ? 0 : last;
    const char *look = arena_printf(a, "SELECT greatest(coalesce(max(id), 0), $2) - coalesce(pg_sequence_last_value($1::regclass), 0) FROM %s", table);
    TRY(db_get_int_text(db, look, P(sequence, least), &behind));
    if (behind <= 0)
        return OK;
    TRY(db_exec_text(db, arena_printf(a, "LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE", table), P0));
    int64_t moved;
    return db_get_int_text(db, arena_printf(a, "SELECT setval($1::regclass, greatest(max(id), $2)) FROM %s", table), P(sequence, least), &moved);
}

static enum err postgres_ids_last(struct db *db, const char *table, int64_t *last)
{
    ARENA struct arena *a = arena_new();
    const char *sequence = NULL;
    *last = NONE;
    enum err e = sequence_of(db, a, table, &sequence);
    if (e != OK)
        return e == E_NOT_FOUND ? OK : e;
    return db_get_int(db, "SELECT pg_sequence_last_value($1::regclass)", P(sequence), last);
}

/* --- COPY --- */

static enum err postgres_bulk_begin(struct db *db, const char *sql)
{
    PGresult *r = PQexec(handle(db), sql);
    enum err e = PQresultStatus(r) == PGRES_COPY_IN ? OK : fault(db, r, sql);
    PQclear(r);
    return e;
}

static enum err postgres_bulk_put(struct db *db, const char *p, size_t n)
{
    return PQputCopyData(handle(db), p, (int)n) == 1 ? OK : fault(db, NULL, "COPY");
}

/* "COPY statement, line 12" alone: behind it the row's values may stand. */
static int64_t line_of(const char *context)
{
    const char *p = context != NULL ? strstr(context, ", line ") : NULL;
    int64_t n = p != NULL ? strtoll(p + 7, NULL, 10) : 0;
    return n > 0 ? n : NONE;
}

static enum err postgres_bulk_end(struct db *db, bool give_up)
{
    PGconn *c = handle(db);
    PQputCopyEnd(c, give_up ? "given up" : NULL);
    for (PGresult *r; (r = PQgetResult(c)) != NULL; PQclear(r))
        if (!give_up && PQresultStatus(r) != PGRES_COMMAND_OK) {
            db->bulk_failed = line_of(PQresultErrorField(r, PG_DIAG_CONTEXT));
            fault(db, r, "COPY");
        }
    return db->error;
}

static enum err postgres_size(struct db *db, int64_t *bytes) { return db_get_int(db, "SELECT pg_database_size(current_database())", P0, bytes); }

static enum err postgres_slot(struct db *db, int64_t *slot)
{
    ARENA struct arena *a = arena_new();
    const char *sql = arena_printf(a, "SELECT k FROM generate_series(1, %d) AS k WHERE pg_try_advisory_lock(%" PRId64 " + k) LIMIT 1", SLOTS_MOST, LOCK_BASE);
    enum err e = db_get_int_text(db, sql, P0, slot);
    return e == E_NOT_FOUND ? db_fault(db, E_BUSY, "more than %d writers at a time", SLOTS_MOST) : e;
}

static enum err postgres_migrate_lock(struct db *db)
{
    ARENA struct arena *a = arena_new();
    const char *sql = arena_printf(a, "SELECT CASE WHEN pg_advisory_xact_lock(%" PRId64 ") IS NULL THEN 0 ELSE 1 END", LOCK_BASE + LOCK_MIGRATE);
    int64_t locked;
    TRY(db_exec(db, "SET LOCAL lock_timeout = 0", P0)); /* another node may be long at it */
    return db_get_int_text(db, sql, P0, &locked);
}

static int64_t postgres_foreign_version(struct db *db)
{
    (void)db;
    return NONE;
}

const struct engine postgres_engine = {
    .kind = DB_POSTGRES,
    .typed = true,
    .env_open = postgres_env_open,
    .open = postgres_open,
    .close = postgres_close,
    .begin = {[DB_READER] = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", [DB_WRITER] = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"},
    .simple = postgres_simple,
    .rollback = postgres_rollback,
    .alive = postgres_alive,
    .prepare = postgres_prepare,
    .unprepare = postgres_unprepare,
    .start = postgres_start,
    .step = postgres_step,
    .finish = postgres_finish,
    .null = postgres_null,
    .get_int = postgres_get_int,
    .get_text = postgres_get_text,
    .get_bytes = postgres_get_bytes,
    .changes = postgres_changes,
    .table_exists = postgres_table_exists,
    .ids_past = postgres_ids_past,
    .ids_last = postgres_ids_last,
    .bulk_begin = postgres_bulk_begin,
    .bulk_put = postgres_bulk_put,
    .bulk_end = postgres_bulk_end,
    .size = postgres_size,
    .slot = postgres_slot,
    .migrate_lock = postgres_migrate_lock,
    .foreign_version = postgres_foreign_version,
    .spell = {[SPELL_ID] = "bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY", [SPELL_INT64] = "bigint", [SPELL_TEXT] = "text COLLATE \"C\"",
              [SPELL_BYTES] = "bytea", [SPELL_BOOL] = "boolean"},
    .table_end = "",
};
