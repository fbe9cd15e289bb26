/* Inside db/: what the two engines give to db.c, and what db.c, migrate.c and search.c share. Nobody else includes it. */
#ifndef KYODO_DB_ENGINE_H
#define KYODO_DB_ENGINE_H

#include <pthread.h>
#include <stdatomic.h>

#include "db/db.h"

#define STATEMENTS_MAX 200
#define TABLES_MAX 128
#define SAVEPOINTS_MAX 16
#define NAME_MAX_SQL 40
#define CHAINS_MAX 64
#define INSERTS_MAX 32
#define SIMPLE_MAX 12

/* What the scanner found in a statement's text: see track.c. */
struct sql_info {
    struct table_set reads, writes;
    bool schema;      /* CREATE, ALTER, DROP: touches everything */
    bool transaction; /* BEGIN, COMMIT …: refused, there are functions for them */
    size_t params;    /* the highest $n */
};

struct statement {
    uint64_t hash;
    char *text;
    unsigned char *types; /* enum db_type of each parameter: part of the key on PostgreSQL, unused on SQLite (types_n 0) */
    size_t types_n;
    struct sql_info info;
    void *handle;     /* sqlite3_stmt * */
    char name[24];    /* PostgreSQL's name of it */
    bool busy;        /* rows of it are open */
    bool cached;
    bool plain_id;    /* SQLite: INSERT … RETURNING id, run without RETURNING */
    uint64_t used;    /* tick of the last use */
};

struct db_rows {
    struct db *db;
    struct arena *arena;
    struct statement *st;
    void *result;      /* PGresult * */
    int row, rows;     /* PostgreSQL; SQLite: rows given of a plain_id */
    int64_t id;        /* SQLite: what a plain_id inserted */
    int columns;
    bool open, cut;    /* cut: closed by the end of its transaction */
    bool stream;       /* rows come one by one, alone on the connection */
    unsigned level;    /* how many savepoints stood when it was opened */
    struct db_rows *next;
};

/* What db_poll_foreign saw at its last look. */
struct poll {
    bool done, in_flight, doubt;
    int64_t version;
    uint64_t started;
    int64_t chain[CHAINS_MAX], n[CHAINS_MAX];
    size_t heads;
};

struct search_index;
struct entity;
struct bulk;
struct db {
    struct db_env *env;
    struct search_index *search; /* search.c's, opened on first use, closed before the handle */
    enum db_mode mode;
    void *handle;      /* sqlite3 * or PGconn * */
    bool in_transaction, lost; /* lost: the engine itself gave the transaction up */
    enum err error;
    char error_text[1200];
    struct { char name[NAME_MAX_SQL]; unsigned char note[DB_NOTE]; bool noted; } savepoint[SAVEPOINTS_MAX];
    unsigned savepoints;
    struct statement *cache[512]; /* open addressing over hash */
    size_t cached;
    uint64_t tick, named;
    struct db_rows *rows; /* open ones */
    struct db_rows *streaming; /* the one that has the connection for itself */
    struct bulk *bulk;    /* bulk.c's; NULL: none is open */
    int64_t bulk_failed;
    struct db_rows *spare, *spare_last; /* closed ones, oldest first */
    size_t spare_n;
    int64_t changes;
    uint64_t writes;
    int64_t fail_at, fail_count;
    bool watching;
    struct table_set watched, written;
    bool written_all;
    _Alignas(16) unsigned char note[DB_NOTE];
    db_note_keep *note_keep; /* NULL: nobody has asked for the note in this transaction */
    int64_t slot;         /* db_writer_slot; 0: none yet */
    bool begun;           /* a writer that has committed: */
    int64_t own_version;  /* foreign_version then */
    uint64_t own_started; /* commits_started then */
    struct poll poll;
    struct { char *text; void *handle; } simple[SIMPLE_MAX]; /* SQLite: BEGIN, COMMIT, SAVEPOINT … prepared */
    struct { const struct entity *e; bool child, with_id; char *text; } insert[INSERTS_MAX]; /* entity.c: texts of INSERTs */
};

struct db_env {
    const struct engine *engine;
    char *where, *directory;
    pthread_mutex_t lock;
    char *table[TABLES_MAX];
    size_t tables;
    int64_t own_slot[CHAINS_MAX]; /* of this process's writers */
    size_t own_slots;
    _Atomic uint64_t stamp, changed[TABLES_MAX];
    _Atomic uint64_t commits_started, commits_done;
};

struct engine {
    enum db_engine kind;
    bool typed; /* a prepared statement holds for one list of parameter types only */
    enum err (*env_open)(struct db_env *env, struct failure *f);
    enum err (*open)(struct db *db, struct failure *f);
    void (*close)(struct db *db);
    const char *begin[2]; /* by mode */
    /* One of our own statements without parameters and rows. Sets the error. */
    enum err (*simple)(struct db *db, const char *sql);
    void (*rollback)(struct db *db); /* ends what there is; a lost connection is made anew */
    bool (*alive)(struct db *db);    /* after an error: is the transaction still there? */
    /* Fills handle or name. Sets the error. */
    enum err (*prepare)(struct db *db, struct statement *st, struct db_params p);
    void (*unprepare)(struct db *db, struct statement *st);
    /* Binds and, on PostgreSQL, runs. keep: the parameters outlive the statement's run. */
    enum err (*start)(struct db_rows *q, struct db_params p, bool keep);
    bool (*step)(struct db_rows *q); /* false: end or error */
    void (*finish)(struct db_rows *q);
    bool (*null)(struct db_rows *q, int column);
    bool (*get_int)(struct db_rows *q, int column, int64_t *v); /* NULL: NONE; false: not an integer */
    const char *(*get_text)(struct db_rows *q, int column, size_t *n); /* NULL: NULL */
    struct bytes (*get_bytes)(struct db_rows *q, int column);
    int64_t (*changes)(struct db_rows *q);
    bool (*table_exists)(struct db *db, const char *table);
    enum err (*ids_past)(struct db *db, const char *table, int64_t last); /* the ids made next lie above the highest one there is, and above `last` */
    enum err (*ids_last)(struct db *db, const char *table, int64_t *last);
    /* Bulk loading; NULL: by prepared INSERTs. `sql` is a COPY. bulk_end sets bulk_failed where it can. */
    enum err (*bulk_begin)(struct db *db, const char *sql);
    enum err (*bulk_put)(struct db *db, const char *p, size_t n);
    enum err (*bulk_end)(struct db *db, bool give_up);
    /* References that point nowhere wait until bulk_check. */
    enum err (*bulk_defer)(struct db *db);
    enum err (*bulk_check)(struct db *db, const char *table);
    enum err (*size)(struct db *db, int64_t *bytes);
    enum err (*slot)(struct db *db, int64_t *slot);
    enum err (*migrate_lock)(struct db *db);                            /* inside the transaction */
    int64_t (*foreign_version)(struct db *db); /* moves when another connection has written; NONE: the engine has no such thing */
    /* How the five portable types are spelled, in the order of enum spelled. */
    const char *spell[5];
    const char *table_end; /* after the closing parenthesis of CREATE TABLE */
};
enum spelled { SPELL_ID, SPELL_INT64, SPELL_TEXT, SPELL_BYTES, SPELL_BOOL };

extern const struct engine sqlite_engine, postgres_engine;

/* Sets the sticky error (the first stands). Returns the error that stands. */
enum err db_fault(struct db *db, enum err code, const char *format, ...) __attribute__((format(printf, 3, 4)));
void db_forget_statements(struct db *db, bool unprepare);
/* bulk.c: gives an open bulk load up. */
void bulk_drop(struct db *db);
/* What a statement that db.c did not run has written. */
void db_note_write(struct db *db, const char *sql);
/* Before a statement of db/ itself: the error that stands, or the one that a test asked for. */
enum err db_may_run(struct db *db, const char *sql);
void db_look_after_error(struct db *db);

/* wal_file.c: the name of the VFS that SQLite's connections are opened with. */
const char *wal_vfs(void);

/* track.c */
void sql_scan(struct db_env *env, const char *sql, struct sql_info *out);
void track_own_slot(struct db_env *env, int64_t slot, bool own);
/* A writer holds the write lock: has another process committed since this one's last commit? */
void track_begun(struct db *writer);
void track_mark(struct db_env *env, struct table_set tables, bool all);
static inline void tables_add(struct table_set *to, struct table_set more)
{
    to->bits[0] |= more.bits[0];
    to->bits[1] |= more.bits[1];
}
static inline bool tables_meet(struct table_set a, struct table_set b)
{
    return (a.bits[0] & b.bits[0]) != 0 || (a.bits[1] & b.bits[1]) != 0;
}

/* For search.c: the SQLite connection under db (sqlite3 *; NULL with PostgreSQL), and tables read or written on it without db_query. */
void *db_sqlite_handle(struct db *db);
void db_touched(struct db *db, const char *table, bool written);

/* For migrate.c and its tests: a list of migrations in place of the embedded ones. Ordered by number, from 1 without gaps. */
struct migration { int64_t number; const char *name, *text; size_t n; };
enum err migrate_apply(struct db *writer, const struct migration *m, size_t n, int *applied, struct failure *f);
enum err migrate_check(struct db *db, const struct migration *m, size_t n, struct failure *f);
/* The statements of one migration as this engine wants them; one string each. */
enum err migrate_translate(struct arena *a, const struct engine *e, const struct migration *m, const char ***out, size_t *n, struct failure *f);

#endif
