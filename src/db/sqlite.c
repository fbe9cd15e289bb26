/* SQLite: WAL, every commit on disk before it is acknowledged, strict tables. */
#include "db/engine.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { BUSY_MILLISECONDS = 10000, NAME_BYTES = 4096, LEAST_ROOM = 128 * 1024 };

static sqlite3 *handle(struct db *db)
{
    return db->handle;
}

void *db_sqlite_handle(struct db *db)
{
    return db->env->engine->kind == DB_SQLITE ? db->handle : NULL;
}

static enum err code_of(int rc)
{
    switch (rc) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
        return E_CONFLICT;
    case SQLITE_FULL:
        return E_FULL;
    default:
        return (rc & 0xff) == SQLITE_BUSY || (rc & 0xff) == SQLITE_LOCKED ? E_BUSY : E_DB;
    }
}

static enum err fault(struct db *db, const char *sql)
{
    int rc = sqlite3_extended_errcode(handle(db));
    return db_fault(db, code_of(rc), "SQLite %d: %s: %s", rc, sqlite3_errmsg(handle(db)), sql);
}

/* --- environment and connection --- */

static enum err make_directory(const char *path, struct failure *f)
{
    struct stat st;
    if (stat(path, &st) == 0)
        return S_ISDIR(st.st_mode) ? OK : fail_with(f, E_IO, "%s はフォルダではありません。", path);
    const char *slash = strrchr(path, '/');
    if (slash != NULL && slash > path && slash[1] != '\0') {
        char *above = strndup(path, (size_t)(slash - path));
        enum err e = make_directory(above, f);
        free(above);
        TRY(e);
    }
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return fail_with(f, E_IO, "%s を作れません(%s)。", path, strerror(errno));
    return OK;
}

static enum err sqlite_env_open(struct db_env *env, struct failure *f)
{
    /* Counting its memory takes SQLite a lock for each piece. Refused, and done already, from the second environment on. */
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (*env->where == '\0' || strlen(env->where) > NAME_BYTES - 20)
        return fail_with(f, E_INPUT, "データを置くフォルダの名前が正しくありません。");
    TRY(make_directory(env->where, f));
    /* Made here once, in WAL mode and for the owner alone, so that connections opened at the same time find it done. */
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%s/kyodo.db", env->where);
    int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail_with(f, E_IO, "データベース %s を開けません(%s)。", name, strerror(errno));
    close(fd);
    struct db *first = NULL;
    TRY(db_open(env, DB_WRITER, &first, f));
    db_close(first);
    return OK;
}

static enum err sqlite_open(struct db *db, struct failure *f)
{
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "%s/kyodo.db", db->env->where);
    sqlite3 *s = NULL;
    int rc = sqlite3_open_v2(name, &s, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, wal_vfs());
    db->handle = s;
    if (rc == SQLITE_OK) {
        sqlite3_busy_timeout(s, BUSY_MILLISECONDS);
        sqlite3_db_config(s, SQLITE_DBCONFIG_DQS_DML, 0, (int *)NULL);
        sqlite3_db_config(s, SQLITE_DBCONFIG_DQS_DDL, 0, (int *)NULL);
        sqlite3_db_config(s, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)NULL);
        sqlite3_db_config(s, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
        /* 16 MiB of log before it goes into the file: most of its pages are there several times by then, and each goes once. */
        rc = sqlite3_exec(s, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                             "PRAGMA case_sensitive_like = ON; PRAGMA temp_store = MEMORY;"
                             "PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 4000", NULL, NULL, NULL);
        /* A writer's transaction must fit: pages that do not are written to the journal once for every time they change. */
        if (rc == SQLITE_OK)
            rc = sqlite3_exec(s, db->mode == DB_WRITER ? "PRAGMA cache_size = -65536" : "PRAGMA cache_size = -16384", NULL, NULL, NULL);
    }
    if (rc == SQLITE_OK && db->mode == DB_READER)
        rc = sqlite3_exec(s, "PRAGMA query_only = ON", NULL, NULL, NULL);
    if (rc == SQLITE_OK)
        return OK;
    const char *why = s != NULL ? sqlite3_errmsg(s) : sqlite3_errstr(rc);
    struct statvfs disk;
    /* Without another process that has it open, reading too needs a few files beside it. */
    if (code_of(rc) != E_BUSY && statvfs(db->env->where, &disk) == 0 && disk.f_bavail * disk.f_frsize < LEAST_ROOM) {
        enum err full = fail_with(f, E_FULL, "ディスクの空きがないので、データベース %s を開けません。1MBほど空けてから、もう一度試してください。", name);
        f->detail = arena_dup(f->arena, why);
        return full;
    }
    enum err e = fail_with(f, code_of(rc) == E_BUSY ? E_BUSY : E_IO, "データベース %s を開けません。", name);
    f->detail = arena_dup(f->arena, why);
    return e;
}

static void sqlite_close_it(struct db *db)
{
    for (size_t i = 0; i < SIMPLE_MAX; i++) {
        sqlite3_finalize(db->simple[i].handle);
        free(db->simple[i].text);
    }
    int rc = sqlite3_close_v2(handle(db));
    assert(rc == SQLITE_OK);
    (void)rc;
}

/* Prepared once: a write runs four of these, and to prepare one costs more than to run it. */
static sqlite3_stmt *simple_statement(struct db *db, const char *sql)
{
    size_t i = 0;
    while (i < SIMPLE_MAX && db->simple[i].text != NULL && strcmp(db->simple[i].text, sql) != 0)
        i++;
    if (i == SIMPLE_MAX)
        return NULL;
    if (db->simple[i].text == NULL) {
        sqlite3_stmt *stmt = NULL;
        if (sqlite3_prepare_v3(handle(db), sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
            return NULL;
        db->simple[i].text = strdup(sql);
        assert(db->simple[i].text != NULL);
        db->simple[i].handle = stmt;
    }
    return db->simple[i].handle;
}

static enum err sqlite_simple(struct db *db, const char *sql)
{
    sqlite3_stmt *stmt = simple_statement(db, sql);
    if (stmt == NULL)
        return sqlite3_exec(handle(db), sql, NULL, NULL, NULL) == SQLITE_OK ? OK : fault(db, sql);
    enum err e = sqlite3_step(stmt) == SQLITE_DONE ? OK : fault(db, sql);
    sqlite3_reset(stmt);
    return e;
}

static void sqlite_rollback(struct db *db)
{
    if (!sqlite3_get_autocommit(handle(db)))
        sqlite3_exec(handle(db), "ROLLBACK", NULL, NULL, NULL);
}

static bool sqlite_alive(struct db *db)
{
    return !sqlite3_get_autocommit(handle(db));
}

/* --- statements --- */

/* $1 is to SQLite the name of a parameter, ?1 its number. */
static char *numbered(const char *sql)
{
    char *copy = strdup(sql), quote = '\0';
    assert(copy != NULL);
    for (char *p = copy; *p != '\0'; p++) {
        if (quote != '\0')
            quote = *p == quote ? '\0' : quote;
        else if (*p == '\'' || *p == '"')
            quote = *p;
        else if (p[0] == '-' && p[1] == '-')
            p += strcspn(p, "\n") - 1;
        else if (*p == '$' && isdigit((unsigned char)p[1]))
            *p = '?';
    }
    return copy;
}

/* RETURNING costs SQLite a table of its own for each run, more than the insert itself (measured: 0.4 s of 0.8 for 27,835 organizations). The id of
 * one inserted row is the connection's last rowid, so that an INSERT of one row RETURNING id can do without. */
static const char returning_id[] = " RETURNING id";

/* After the closing parenthesis of the one at p; texts are passed over. */
static const char *past_parentheses(const char *p)
{
    int depth = 0;
    bool quoted = false;
    for (; *p != '\0'; p++) {
        quoted = quoted != (*p == '\'');
        if (!quoted && *p == '(')
            depth++;
        else if (!quoted && *p == ')' && --depth == 0)
            return p + 1;
    }
    return p;
}

/* INSERT INTO t (…) VALUES (…) RETURNING id: nothing between, so that it is one row which is surely inserted. */
static bool is_plain_id(const char *sql)
{
    if (strncmp(sql, "INSERT INTO ", 12) != 0)
        return false;
    const char *p = sql + 12 + strcspn(sql + 12, " (");
    p = past_parentheses(p + strspn(p, " "));
    return strncmp(p, " VALUES (", 9) == 0 && strcmp(past_parentheses(p + 8), returning_id) == 0;
}

static enum err sqlite_prepare_it(struct db *db, struct statement *st, struct db_params p)
{
    (void)p;
    char *sql = numbered(st->text);
    st->plain_id = is_plain_id(sql);
    if (st->plain_id)
        sql[strlen(sql) - (sizeof returning_id - 1)] = '\0';
    sqlite3_stmt *stmt = NULL;
    const char *rest = NULL;
    int rc = sqlite3_prepare_v3(handle(db), sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, &rest);
    enum err e = OK;
    if (rc != SQLITE_OK)
        e = fault(db, st->text);
    else if (stmt == NULL || rest[strspn(rest, " \t\r\n;")] != '\0')
        e = db_fault(db, E_BUG, "not one statement: %s", st->text);
    free(sql);
    if (e != OK) {
        sqlite3_finalize(stmt);
        return e;
    }
    st->handle = stmt;
    return OK;
}

static void sqlite_unprepare(struct db *db, struct statement *st)
{
    (void)db;
    sqlite3_finalize(st->handle);
}

static int bind(sqlite3_stmt *stmt, int i, const struct db_value *v, bool keep)
{
    sqlite3_destructor_type life = keep ? SQLITE_STATIC : SQLITE_TRANSIENT;
    if (v->null)
        return sqlite3_bind_null(stmt, i);
    switch (v->type) {
    case DB_INT:
        return sqlite3_bind_int64(stmt, i, v->i);
    case DB_BOOL:
        return sqlite3_bind_int(stmt, i, v->i != 0);
    case DB_TEXT:
        return sqlite3_bind_text64(stmt, i, v->b.p, v->b.n, life, SQLITE_UTF8);
    case DB_BYTES:
        return sqlite3_bind_blob64(stmt, i, v->b.p, v->b.n, life);
    }
    return SQLITE_MISUSE;
}

static enum err sqlite_start(struct db_rows *q, struct db_params p, bool keep)
{
    sqlite3_stmt *stmt = q->st->handle;
    for (size_t i = 0; i < p.n; i++)
        if (bind(stmt, (int)i + 1, &p.v[i], keep) != SQLITE_OK)
            return fault(q->db, q->st->text);
    q->columns = q->st->plain_id ? 1 : sqlite3_column_count(stmt);
    q->row = 0;
    return OK;
}

static bool sqlite_step_it(struct db_rows *q)
{
    if (q->st->plain_id && q->row > 0)
        return false;
    int rc = sqlite3_step(q->st->handle);
    if (rc == SQLITE_ROW)
        return true;
    if (rc != SQLITE_DONE) {
        fault(q->db, q->st->text);
        return false;
    }
    if (!q->st->plain_id)
        return false;
    q->row = 1;
    q->id = sqlite3_last_insert_rowid(handle(q->db));
    return true;
}

static void sqlite_finish(struct db_rows *q)
{
    sqlite3_reset(q->st->handle);
}

static bool sqlite_null(struct db_rows *q, int column)
{
    return !q->st->plain_id && sqlite3_column_type(q->st->handle, column) == SQLITE_NULL;
}

static bool sqlite_get_int(struct db_rows *q, int column, int64_t *v)
{
    if (q->st->plain_id) {
        *v = q->id;
        return true;
    }
    sqlite3_value *value = sqlite3_column_value(q->st->handle, column); /* asked once, not once for type and once for value */
    int type = sqlite3_value_type(value);
    *v = type == SQLITE_NULL ? NONE : sqlite3_value_int64(value);
    return type == SQLITE_INTEGER || type == SQLITE_NULL;
}

static const char *sqlite_get_text(struct db_rows *q, int column, size_t *n)
{
    if (q->st->plain_id) {
        const char *digits = arena_printf(q->arena, "%" PRId64, q->id);
        *n = strlen(digits);
        return digits;
    }
    sqlite3_value *value = sqlite3_column_value(q->st->handle, column);
    if (sqlite3_value_type(value) == SQLITE_NULL)
        return NULL;
    const char *s = (const char *)sqlite3_value_text(value);
    *n = (size_t)sqlite3_value_bytes(value);
    return s;
}

static struct bytes sqlite_get_bytes(struct db_rows *q, int column)
{
    const void *p = sqlite3_column_blob(q->st->handle, column);
    size_t n = (size_t)sqlite3_column_bytes(q->st->handle, column);
    void *copy = arena_alloc(q->arena, n + 1);
    if (n > 0)
        memcpy(copy, p, n);
    return (struct bytes){copy, n};
}

static int64_t sqlite_changes_of(struct db_rows *q)
{
    return sqlite3_changes64(handle(q->db));
}

static bool sqlite_table_exists(struct db *db, const char *table)
{
    int64_t n = 0;
    db_get_int(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1", P(table), &n);
    return db_error(db) == OK && n > 0;
}

/* AUTOINCREMENT keeps the highest number ever given, those given by hand too. */
static enum err sqlite_ids_past(struct db *db, const char *table, int64_t last)
{
    int64_t n = 0, id = 0;
    if (last == NONE)
        return OK;
    TRY(db_get_int(db, "SELECT count(*) FROM pragma_table_info($1) WHERE name = 'id'", P(table), &id));
    if (id == 0)
        return OK;
    TRY(db_exec(db, "UPDATE sqlite_sequence SET seq = $2 WHERE name = $1 AND seq < $2", P(table, last)));
    TRY(db_get_int(db, "SELECT count(*) FROM sqlite_sequence WHERE name = $1", P(table), &n));
    return n > 0 ? OK : db_exec(db, "INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)", P(table, last));
}

static enum err sqlite_ids_last(struct db *db, const char *table, int64_t *last)
{
    enum err e = db_get_int(db, "SELECT seq FROM sqlite_sequence WHERE name = $1", P(table), last);
    return e == E_NOT_FOUND ? OK : e;
}

static enum err sqlite_bulk_defer(struct db *db) { return db_exec(db, "PRAGMA defer_foreign_keys = ON", P0); }

static enum err sqlite_bulk_check(struct db *db, const char *table)
{
    ARENA struct arena *a = arena_new();
    int64_t row = NONE;
    const char *parent = NULL;
    for (struct db_rows *q = db_query_text(db, a, arena_printf(a, "PRAGMA foreign_key_check(%s)", table), P0); db_next(q);)
        if (parent == NULL) {
            row = db_int(q, 1);
            parent = db_text(q, 2);
        }
    TRY(db_error(db));
    return parent == NULL ? OK : db_fault(db, E_DB, "SQLite: %s, rowid %" PRId64 " refers to a row of %s that is not there", table, row, parent);
}

static enum err sqlite_size(struct db *db, int64_t *bytes)
{
    int64_t pages, page;
    TRY(db_get_int(db, "PRAGMA page_count", P0, &pages));
    TRY(db_get_int(db, "PRAGMA page_size", P0, &page));
    char name[NAME_BYTES];
    struct stat st;
    snprintf(name, sizeof name, "%s/kyodo.db-wal", db->env->where);
    *bytes = pages * page + (stat(name, &st) == 0 ? (int64_t)st.st_size : 0);
    return OK;
}

static enum err sqlite_slot(struct db *db, int64_t *slot)
{
    (void)db;
    *slot = 1;
    return OK;
}

/* BEGIN IMMEDIATE has locked already. */
static enum err sqlite_migrate_lock(struct db *db)
{
    (void)db;
    return OK;
}

static int64_t sqlite_foreign_version(struct db *db)
{
    int64_t version = 0, count = db->fail_count, at = db->fail_at;
    bool watching = db->watching;
    db->fail_at = 0;
    db->watching = false;
    db_get_int(db, "PRAGMA data_version", P0, &version);
    db->fail_at = at;
    db->fail_count = count;
    db->watching = watching;
    return version;
}

const struct engine sqlite_engine = {
    .kind = DB_SQLITE,
    .typed = false,
    .env_open = sqlite_env_open,
    .open = sqlite_open,
    .close = sqlite_close_it,
    .begin = {[DB_READER] = "BEGIN", [DB_WRITER] = "BEGIN IMMEDIATE"},
    .simple = sqlite_simple,
    .rollback = sqlite_rollback,
    .alive = sqlite_alive,
    .prepare = sqlite_prepare_it,
    .unprepare = sqlite_unprepare,
    .start = sqlite_start,
    .step = sqlite_step_it,
    .finish = sqlite_finish,
    .null = sqlite_null,
    .get_int = sqlite_get_int,
    .get_text = sqlite_get_text,
    .get_bytes = sqlite_get_bytes,
    .changes = sqlite_changes_of,
    .table_exists = sqlite_table_exists,
    .ids_past = sqlite_ids_past,
    .ids_last = sqlite_ids_last,
    .bulk_defer = sqlite_bulk_defer,
    .bulk_check = sqlite_bulk_check,
    .size = sqlite_size,
    .slot = sqlite_slot,
    .migrate_lock = sqlite_migrate_lock,
    .foreign_version = sqlite_foreign_version,
    .spell = {[SPELL_ID] = "INTEGER PRIMARY KEY AUTOINCREMENT", [SPELL_INT64] = "INTEGER", [SPELL_TEXT] = "TEXT", [SPELL_BYTES] = "BLOB", [SPELL_BOOL] = "INTEGER"},
    .table_end = " STRICT",
};
