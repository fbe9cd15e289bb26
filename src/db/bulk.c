/* Many rows into one table: by PostgreSQL's COPY in its binary form, by one prepared INSERT elsewhere. */
#include <assert.h>
#include <string.h>

#include "base/sb.h"
#include "db/engine.h"

enum { BUFFER = 256 * 1024 };

struct bulk {
    char *table, *sql;
    enum db_type *types;
    size_t columns, n;
    int64_t rows;
    char buffer[BUFFER];
};

static bool by_copy(const struct db *db) { return db->env->engine->bulk_begin != NULL; }

static void names(struct sb *b, const char *const *columns, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sb_printf(b, "%s%s", i > 0 ? ", " : "", columns[i]);
}

static char *statement(const struct db *db, const char *table, const char *const *columns, size_t n)
{
    ARENA struct arena *a = arena_new();
    struct sb b;
    sb_init(&b, a);
    sb_printf(&b, by_copy(db) ? "COPY %s (" : "INSERT INTO %s (", table);
    names(&b, columns, n);
    if (by_copy(db))
        sb_add(&b, ") FROM STDIN (FORMAT binary)");
    else
        sb_add(&b, ") VALUES (");
    for (size_t i = 0; i < n && !by_copy(db); i++)
        sb_printf(&b, "%s$%zu", i > 0 ? ", " : "", i + 1);
    if (!by_copy(db))
        sb_add(&b, ")");
    char *copy = strdup(sb_str(&b));
    assert(copy != NULL);
    return copy;
}

static void bulk_free(struct db *db)
{
    struct bulk *b = db->bulk;
    db->bulk = NULL;
    if (b == NULL)
        return;
    free(b->table);
    free(b->sql);
    free(b->types);
    free(b);
}

/* --- COPY's binary form: a header, for each row the number of its columns and each value behind its length (-1: NULL), big-endian --- */

static enum err flush(struct db *db)
{
    struct bulk *b = db->bulk;
    size_t n = b->n;
    b->n = 0;
    return n == 0 ? OK : db->env->engine->bulk_put(db, b->buffer, n);
}

static enum err put(struct db *db, const void *p, size_t n)
{
    struct bulk *b = db->bulk;
    if (n > BUFFER - b->n)
        TRY(flush(db));
    if (n > BUFFER)
        return db->env->engine->bulk_put(db, p, n);
    memcpy(b->buffer + b->n, p, n);
    b->n += n;
    return OK;
}

static enum err put_number(struct db *db, uint64_t v, size_t bytes)
{
    unsigned char big[8];
    for (size_t i = 0; i < bytes; i++)
        big[i] = (unsigned char)(v >> (8 * (bytes - 1 - i)));
    return put(db, big, bytes);
}

static enum err put_value(struct db *db, const struct db_value *v)
{
    if (v->null)
        return put_number(db, UINT32_MAX, 4);
    if (v->type == DB_INT) {
        TRY(put_number(db, 8, 4));
        return put_number(db, (uint64_t)v->i, 8);
    }
    if (v->type == DB_BOOL) {
        TRY(put_number(db, 1, 4));
        return put_number(db, v->i != 0, 1);
    }
    TRY(put_number(db, v->b.n, 4));
    return v->b.n == 0 ? OK : put(db, v->b.p, v->b.n);
}

static enum err copy_row(struct db *db, const struct db_value *v)
{
    TRY(put_number(db, db->bulk->columns, 2));
    for (size_t i = 0; i < db->bulk->columns; i++)
        TRY(put_value(db, &v[i]));
    return OK;
}

/* --- the interface --- */

enum err db_bulk_begin(struct db *db, const char *table, const char *const *columns, const enum db_type *types, size_t n)
{
    static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
    db->bulk_failed = NONE;
    TRY(db_may_run(db, table));
    assert(db->in_transaction && db->rows == NULL);
    struct bulk *b = calloc(1, sizeof *b);
    assert(b != NULL);
    *b = (struct bulk){.columns = n, .table = strdup(table), .sql = statement(db, table, columns, n), .types = calloc(n + 1, sizeof *types)};
    assert(b->table != NULL && b->types != NULL);
    memcpy(b->types, types, n * sizeof *types);
    enum err e = OK;
    if (by_copy(db))
        e = db->env->engine->bulk_begin(db, b->sql);
    else
        e = db->env->engine->bulk_defer(db);
    db->bulk = b;
    if (e == OK && by_copy(db))
        e = put(db, header, sizeof header - 1);
    if (e != OK) {
        bulk_free(db);
        db_look_after_error(db);
    }
    return e;
}

static enum err insert_row(struct db *db, const struct db_value *v)
{
    struct bulk *b = db->bulk;
    db->bulk = NULL; /* the statement is the load's own */
    enum err e = db_exec_text(db, b->sql, (struct db_params){v, b->columns});
    db->bulk = b;
    return e;
}

enum err db_bulk_row(struct db *db, const struct db_value *v)
{
    struct bulk *b = db->bulk;
    if (db->error != OK)
        return db->error;
    assert(b != NULL);
    b->rows++;
    for (size_t i = 0; i < b->columns; i++)
        if (v[i].type != b->types[i])
            return db_fault(db, E_BUG, "column %zu of %s has another type", i, b->table);
    enum err e = by_copy(db) ? copy_row(db, v) : insert_row(db, v);
    if (e != OK && !by_copy(db))
        db->bulk_failed = b->rows;
    return e;
}

enum err db_bulk_end(struct db *db)
{
    struct bulk *b = db->bulk;
    if (b == NULL)
        return db->error;
    enum err e = db->error;
    if (e == OK && by_copy(db) && (e = put_number(db, UINT16_MAX, 2)) == OK)
        e = flush(db);
    if (by_copy(db))
        e = db->env->engine->bulk_end(db, e != OK);
    db->bulk = NULL;
    if (e == OK && by_copy(db)) {
        ARENA struct arena *a = arena_new();
        db_note_write(db, arena_printf(a, "INSERT INTO %s", b->table));
    }
    if (e == OK && !by_copy(db))
        e = db->env->engine->bulk_check(db, b->table);
    db->bulk = b;
    bulk_free(db);
    if (e != OK)
        db_look_after_error(db);
    return e;
}

int64_t db_bulk_failed(const struct db *db) { return db->bulk_failed; }

void bulk_drop(struct db *db)
{
    if (db->bulk == NULL)
        return;
    if (by_copy(db))
        db->env->engine->bulk_end(db, true);
    bulk_free(db);
}

/* --- what else is asked of an engine --- */

enum err db_ids_last(struct db *db, const char *table, int64_t *last)
{
    *last = NONE;
    TRY(db_may_run(db, table));
    enum err e = db->env->engine->ids_last(db, table, last);
    if (e != OK)
        db_look_after_error(db);
    return e;
}

enum err db_size(struct db *db, int64_t *bytes)
{
    *bytes = NONE;
    TRY(db_may_run(db, "size"));
    return db->env->engine->size(db, bytes);
}
