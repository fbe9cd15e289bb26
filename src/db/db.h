/* One interface over SQLite and PostgreSQL. Only db/ knows an engine's name.
 *
 * SQL is a string literal beside the function that uses it (a variable does not compile), in the dialect of docs/dialect.md,
 * with $1, $2 … parameters. An error is sticky: once a statement failed, every further call on the connection returns the same
 * error until the rollback. Statements are prepared once per connection and cached by text (at most 200).
 * A connection belongs to one thread at a time. Texts returned live in the arena given to db_query.
 */
#ifndef KYODO_DB_DB_H
#define KYODO_DB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/none.h"

/* --- environment: one per process and database --- */

struct db_env;
struct db;
enum db_engine { DB_SQLITE, DB_POSTGRES };

/* `where` is a directory (SQLite: DIR/kyodo.db, made if absent) or postgresql://… */
enum err db_env_open(const char *where, struct db_env **out, struct failure *f);
void db_env_close(struct db_env *env);
/* Has anything been made there yet? A wrong path must not become an empty database. PostgreSQL: true, it says so itself. */
bool db_exists(const char *where);
enum db_engine db_env_engine(const struct db_env *env);
/* The directory of an instance for files and keys; with PostgreSQL what --data or KYODO_DATA names. NULL: none. */
const char *db_env_directory(const struct db_env *env);

enum db_mode { DB_READER, DB_WRITER };
/* A reader can never write (query_only / READ ONLY). Close with db_close. */
enum err db_open(struct db_env *env, enum db_mode mode, struct db **out, struct failure *f);
void db_close(struct db *db);
struct db_env *db_env_of(struct db *db);

/* --- transactions --- */

enum err db_begin(struct db *db);  /* reader: READ ONLY snapshot; writer: BEGIN IMMEDIATE / READ COMMITTED */
enum err db_commit(struct db *db); /* then marks the tables written as changed (db_changed) */
void db_rollback(struct db *db);   /* clears the sticky error */
bool db_in_transaction(const struct db *db);
/* Nested: name is a literal identifier. After db_rollback_to the sticky error is cleared and the savepoint is gone. */
enum err db_savepoint(struct db *db, const char *name);
enum err db_release(struct db *db, const char *name);
void db_rollback_to(struct db *db, const char *name);
/* DB_NOTE bytes of memory that share the open transaction's fate: zero when it begins, and going back to a savepoint takes what they held then with
 * it. Whoever asked for them is called before the commit, to write down what they hold; an error then is the commit's. For one module alone: the
 * audit log keeps the head of its chain there. NULL outside a transaction. */
#define DB_NOTE 128
typedef enum err db_note_keep(struct db *db, void *note);
void *db_note(struct db *db, db_note_keep *keep);

/* A small number (1, 2 …) that no other writer of this database holds at the same time: kept by this connection until it is closed.
 * Each writer's chain of the audit log has it as its name. SQLite lets one transaction write at a time: always 1. */
enum err db_writer_slot(struct db *db, int64_t *slot);

/* The sticky error and its text for the log (the user's sentence is the caller's business). */
enum err db_error(const struct db *db);
const char *db_error_text(const struct db *db);

/* Fault injection for tests: the k-th statement from now (1-based; BEGIN, COMMIT, SAVEPOINT and RELEASE count) fails with E_DB; 0 turns it off.
 * db_fail_count returns how many statements ran since it was set. */
void db_fail_at(struct db *db, int64_t k);
int64_t db_fail_count(const struct db *db);

/* --- parameters --- */

enum db_type { DB_INT, DB_TEXT, DB_BYTES, DB_BOOL };
struct bytes { const void *p; size_t n; };
struct db_value {
    enum db_type type;
    bool null;
    int64_t i;
    struct bytes b;
};
struct db_params { const struct db_value *v; size_t n; };

static inline struct db_value db_v_int(int64_t i) { return (struct db_value){.type = DB_INT, .null = i == NONE, .i = i}; }
static inline struct db_value db_v_bool(bool b) { return (struct db_value){.type = DB_BOOL, .i = b}; }
struct db_value db_v_text(const char *s);            /* NULL: SQL NULL of type text */
static inline struct db_value db_v_bytes(struct bytes b) { return (struct db_value){.type = DB_BYTES, .null = b.p == NULL, .b = b}; }

#define DB_V(x)                                                                                        \
    _Generic((x), bool: db_v_bool, char *: db_v_text, const char *: db_v_text, struct bytes: db_v_bytes, \
             default: db_v_int)(x)
/* P(a, b, …): one to twenty parameters, each typed by its C type (int64_t with NONE, const char *, bool, struct bytes). */
#define P(...) ((struct db_params){(const struct db_value[]){DB_MAP(__VA_ARGS__)}, DB_COUNT(__VA_ARGS__)})
#define P0 ((struct db_params){NULL, 0})
#define DB_COUNT(...) DB_COUNT_(__VA_ARGS__, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1)
#define DB_COUNT_(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, N, ...) N
#define DB_CAT(x, y) DB_CAT_(x, y)
#define DB_CAT_(x, y) x##y
#define DB_MAP(...) DB_CAT(DB_MAP, DB_COUNT(__VA_ARGS__))(__VA_ARGS__)
#define DB_MAP1(a) DB_V(a)
#define DB_MAP2(a, ...) DB_V(a), DB_MAP1(__VA_ARGS__)
#define DB_MAP3(a, ...) DB_V(a), DB_MAP2(__VA_ARGS__)
#define DB_MAP4(a, ...) DB_V(a), DB_MAP3(__VA_ARGS__)
#define DB_MAP5(a, ...) DB_V(a), DB_MAP4(__VA_ARGS__)
#define DB_MAP6(a, ...) DB_V(a), DB_MAP5(__VA_ARGS__)
#define DB_MAP7(a, ...) DB_V(a), DB_MAP6(__VA_ARGS__)
#define DB_MAP8(a, ...) DB_V(a), DB_MAP7(__VA_ARGS__)
#define DB_MAP9(a, ...) DB_V(a), DB_MAP8(__VA_ARGS__)
#define DB_MAP10(a, ...) DB_V(a), DB_MAP9(__VA_ARGS__)
#define DB_MAP11(a, ...) DB_V(a), DB_MAP10(__VA_ARGS__)
#define DB_MAP12(a, ...) DB_V(a), DB_MAP11(__VA_ARGS__)
#define DB_MAP13(a, ...) DB_V(a), DB_MAP12(__VA_ARGS__)
#define DB_MAP14(a, ...) DB_V(a), DB_MAP13(__VA_ARGS__)
#define DB_MAP15(a, ...) DB_V(a), DB_MAP14(__VA_ARGS__)
#define DB_MAP16(a, ...) DB_V(a), DB_MAP15(__VA_ARGS__)
#define DB_MAP17(a, ...) DB_V(a), DB_MAP16(__VA_ARGS__)
#define DB_MAP18(a, ...) DB_V(a), DB_MAP17(__VA_ARGS__)
#define DB_MAP19(a, ...) DB_V(a), DB_MAP18(__VA_ARGS__)
#define DB_MAP20(a, ...) DB_V(a), DB_MAP19(__VA_ARGS__)
#define DB_MAP21(a, ...) DB_V(a), DB_MAP20(__VA_ARGS__)
#define DB_MAP22(a, ...) DB_V(a), DB_MAP21(__VA_ARGS__)
#define DB_MAP23(a, ...) DB_V(a), DB_MAP22(__VA_ARGS__)
#define DB_MAP24(a, ...) DB_V(a), DB_MAP23(__VA_ARGS__)

/* --- statements --- */

/* Runs a statement that returns no rows. */
#define db_exec(db, literal, params) db_exec_text((db), "" literal "", (params))
/* Rows: for (struct db_rows *q = db_query(db, arena, "SELECT …", P(x)); db_next(q);) { … db_int(q, 0) … }
 * Never NULL. db_next is false at the end and at an error; db_error(db) tells which. Leaving the loop early needs db_done(q).
 * The parameters may go after db_query. A table is not written while rows of it are open (E_BUG: collect them first), and rows end with
 * their transaction. */
#define db_query(db, arena, literal, params) db_query_text((db), (arena), "" literal "", (params))
/* One row's first column. *out = NONE / NULL and E_NOT_FOUND when there is no row. */
#define db_get_int(db, literal, params, out) db_get_int_text((db), "" literal "", (params), (out))
#define db_get_text(db, arena, literal, params, out) db_get_text_text((db), (arena), "" literal "", (params), (out))
/* INSERT … RETURNING id, read and closed at once. */
#define db_insert(db, literal, params, id) db_get_int_text((db), "" literal "", (params), (id))

/* Rows as the engine finds them, never the whole result in memory: for what may be larger than that. Until they have ended (or db_done) nothing
 * else runs on the connection (E_BUG on both engines). Their texts live in the arena, which the caller may empty between two rows. */
struct db_rows *db_stream_text(struct db *db, struct arena *a, const char *sql, struct db_params p);
#define db_stream(db, arena, literal, params) db_stream_text((db), (arena), "" literal "", (params))

struct db_rows;
bool db_next(struct db_rows *q);
void db_done(struct db_rows *q);
bool db_null(struct db_rows *q, int column);
int64_t db_int(struct db_rows *q, int column);       /* NULL: NONE */
const char *db_text(struct db_rows *q, int column);  /* NULL: NULL; in the arena */
bool db_bool(struct db_rows *q, int column);         /* NULL: false */
struct bytes db_bytes(struct db_rows *q, int column);
/* After rows with ids of their own were inserted by SQL: the ids that the engine gives next lie past them. A table without id: nothing. */
enum err db_ids_given(struct db *db, const char *table);
int64_t db_changes(struct db *db); /* rows touched by the last db_exec */
uint64_t db_writes(const struct db *db); /* how many statements that write were run on this connection */

/* The highest id that the engine ever gave in a table, deleted rows included; NONE: none yet, or no id there. */
enum err db_ids_last(struct db *db, const char *table, int64_t *last);
/* As db_ids_given, and past `last` too: a number is never given twice, not even in another database that took the rows over. */
enum err db_ids_past(struct db *db, const char *table, int64_t last);

/* Many rows into one table as fast as the engine takes them (PostgreSQL: COPY), inside a transaction; between begin and end nothing else runs
 * on the connection. References may point at rows that come later: they are looked at when the table is done. Each value has its column's type. */
enum err db_bulk_begin(struct db *db, const char *table, const char *const *columns, const enum db_type *types, size_t n);
enum err db_bulk_row(struct db *db, const struct db_value *v);
enum err db_bulk_end(struct db *db);
int64_t db_bulk_failed(const struct db *db); /* which row (from 1) the engine refused; NONE: it did not say */

/* Bytes that the database takes. */
enum err db_size(struct db *db, int64_t *bytes);

/* For db/ itself and the builder below; everybody else uses the macros. */
enum err db_exec_text(struct db *db, const char *sql, struct db_params p);
struct db_rows *db_query_text(struct db *db, struct arena *a, const char *sql, struct db_params p);
enum err db_get_int_text(struct db *db, const char *sql, struct db_params p, int64_t *out);
enum err db_get_text_text(struct db *db, struct arena *a, const char *sql, struct db_params p, const char **out);

/* --- a statement built from literals and parameters (lists, filters) --- */

struct sql {
    struct arena *arena;
    char *text;
    size_t n, cap;
    struct db_value *v;
    size_t v_n, v_cap;
};
void sql_init(struct sql *q, struct arena *a);
/* Appends; each bare $ takes the next parameter: sql_add(&q, " AND form = $", P(x)). */
#define sql_add(q, literal, params) sql_add_text((q), "" literal "", (params))
void sql_add_text(struct sql *q, const char *text, struct db_params p);
struct db_rows *sql_query(struct db *db, struct sql *q);
enum err sql_exec(struct db *db, struct sql *q);

/* --- what changed: for the page cache --- */

/* Tables are found by the db layer itself in the SQL (FROM, JOIN, INTO, UPDATE): so no triggers, views or cascades. */
struct table_set { uint64_t bits[2]; };
/* Starts collecting the tables that statements on this connection name; db_watch_end gives them. */
void db_watch_begin(struct db *db);
struct table_set db_watch_end(struct db *db);
/* The same for a part of the work: what was collected before goes on with what the part adds. */
struct watch { bool on; struct table_set tables; };
struct watch db_watch_part(struct db *db);
struct table_set db_watch_part_end(struct db *db, struct watch before);
/* Adds tables whose content was used without a statement: from a copy in memory. */
void db_watch_add(struct db *db, struct table_set tables);
/* The commit counter. Read it before the snapshot is taken. */
uint64_t db_stamp(struct db_env *env);
/* true while none of the tables has changed since the stamp. */
bool db_unchanged(struct db_env *env, struct table_set tables, uint64_t stamp);
/* Looks whether another process has written (PRAGMA data_version; on PostgreSQL the heads of audit chains that no writer of this process holds)
 * and if so marks all tables as changed. Called again and again on one connection, outside a transaction; the first look marks too. A write that
 * fell together with one of ours is seen at the second look after it at the latest. */
void db_poll_foreign(struct db *reader);

/* --- migrations --- */

/* Applies what is missing, one transaction each; forward only, checksummed. `applied` may be NULL. */
enum err db_migrate(struct db *writer, int *applied, struct failure *f);
/* The same up to a number: a backup is restored into the schema that it was taken from, and migrated from there. */
enum err db_migrate_to(struct db *writer, int64_t number, int *applied, struct failure *f);
/* The newest migration that the database has; 0: none. E_CONFLICT when it is not one of this program's. */
enum err db_schema_number(struct db *db, int64_t *number, struct failure *f);
/* OK when the schema is this program's; E_CONFLICT with a sentence that names `kyodo migrate` when it is older, another when it is newer. */
enum err db_schema_check(struct db *db, struct failure *f);

#endif
