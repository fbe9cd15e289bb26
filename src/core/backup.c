#include "core/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/date.h"
#include "base/json.h"
#include "base/text.h"
#include "core/app.h"
#include "core/finder.h"
#include "db/schema.h"

enum { ROWS_BETWEEN_RESETS = 500 };

/* The hash of a table: each row's line is chained to what stood before it. */
static struct hash chain(struct hash before, const char *line)
{
    struct part parts[] = {{before.b, sizeof before.b}, PART(line)};
    return crypto_hash(parts, 2);
}

static const char *hex_of(struct arena *a, const void *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char *s = arena_alloc(a, 2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        s[2 * i] = digits[((const unsigned char *)p)[i] >> 4];
        s[2 * i + 1] = digits[((const unsigned char *)p)[i] & 15];
    }
    return s;
}

static bool hex_read(const char *s, unsigned char *out, size_t n)
{
    for (size_t i = 0; i < 2 * n; i++) {
        const char *digits = "0123456789abcdef", *d = s[i] != '\0' ? strchr(digits, s[i]) : NULL;
        if (d == NULL)
            return false;
        out[i / 2] = (unsigned char)((unsigned)out[i / 2] << 4 | (unsigned)(d - digits));
    }
    return s[2 * n] == '\0';
}

/* --- writing --- */

struct writing {
    FILE *to;
    int64_t rows;
};

static void head_line(struct ctx *c, struct sb *line)
{
    struct json j;
    json_init(&j, line);
    json_object(&j, NULL);
    json_text(&j, "kyodo", "backup");
    json_int(&j, "schema", schema_newest());
    json_int(&j, "at", c->now);
    json_text(&j, "key", hex_of(c->arena, c->app->key.b, KEY_BYTES));
    json_end(&j, '}');
}

static void table_line(const struct schema_table *t, struct sb *line)
{
    struct json j;
    json_init(&j, line);
    json_object(&j, NULL);
    json_text(&j, "table", t->name);
    json_array(&j, "columns");
    for (size_t i = 0; i < t->columns_n; i++)
        json_text(&j, NULL, t->column[i].name);
    json_end(&j, ']');
    json_end(&j, '}');
}

static void row_line(struct arena *a, const struct schema_table *t, struct db_rows *q, struct sb *line)
{
    struct json j;
    json_init(&j, line);
    json_array(&j, NULL);
    for (size_t i = 0; i < t->columns_n; i++) {
        int k = (int)i;
        if (db_null(q, k))
            json_text(&j, NULL, NULL);
        else if (t->column[i].type == DB_INT)
            json_int(&j, NULL, db_int(q, k));
        else if (t->column[i].type == DB_BOOL)
            json_bool(&j, NULL, db_bool(q, k));
        else if (t->column[i].type == DB_TEXT)
            json_text(&j, NULL, db_text(q, k));
        else {
            struct bytes b = db_bytes(q, k);
            json_object(&j, NULL);
            json_text(&j, "hex", hex_of(a, b.p, b.n));
            json_end(&j, '}');
        }
    }
    json_end(&j, ']');
}

static enum err write_table(struct ctx *c, struct writing *w, const struct schema_table *t)
{
    struct sb line;
    sb_init(&line, c->arena);
    table_line(t, &line);
    fprintf(w->to, "%s\n", sb_str(&line));

    ARENA struct arena *rows = arena_new();
    struct sql select;
    sql_init(&select, c->arena);
    sql_add_text(&select, schema_select(c->arena, t), P0);
    struct hash h = {{0}};
    int64_t n = 0;
    /* The rows' texts live in an arena of their own, emptied now and then: a table may be larger than memory. */
    struct db_rows *q = db_query_text(c->db, rows, select.text, P0);
    while (db_next(q)) {
        struct sb row;
        sb_init(&row, rows);
        row_line(rows, t, q, &row);
        h = chain(h, sb_str(&row));
        fprintf(w->to, "%s\n", sb_str(&row));
        if (++n % ROWS_BETWEEN_RESETS == 0)
            arena_reset(rows);
    }
    TRY_DB(c, db_error(c->db));
    fprintf(w->to, "{\"rows\":%" PRId64 ",\"hash\":\"%s\"}\n", n, hash_hex(c->arena, h));
    w->rows += n;
    return OK;
}

static enum err write_all(struct ctx *c, void *arg)
{
    struct writing *w = arg;
    struct sb head;
    sb_init(&head, c->arena);
    head_line(c, &head);
    fprintf(w->to, "%s\n", sb_str(&head));
    const struct schema *s = schema_read(c->arena);
    for (size_t i = 0; i < s->tables_n; i++)
        TRY(write_table(c, w, &s->table[i]));
    fputs("{\"end\":true}\n", w->to);
    return OK;
}

enum err backup_write(struct ctx *c, const char *file, int64_t *rows)
{
    const char *part = arena_printf(c->arena, "%s.part", file);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    struct writing w = {.to = fd >= 0 ? fdopen(fd, "w") : NULL};
    if (w.to == NULL) {
        if (fd >= 0)
            close(fd);
        return fail(c, E_IO, tr(c, "%s に書けません(%s)。"), part, strerror(errno));
    }
    enum err e = in_read(c, write_all, &w);
    bool written = fflush(w.to) == 0 && !ferror(w.to) && fsync(fd) == 0;
    fclose(w.to);
    if (e == OK && (!written || rename(part, file) != 0))
        e = fail(c, E_IO, tr(c, "%s に書けません。ディスクの空きを確かめてください。"), file);
    if (e != OK)
        unlink(part);
    *rows = w.rows;
    return e;
}

/* --- reading back --- */

struct reading {
    FILE *from;
    char *line;
    size_t cap;
    int64_t number, rows;
    struct key key;
};

static enum err broken(struct ctx *c, const struct reading *r, const char *what)
{
    return fail(c, E_FORM, tr(c, "控えのファイルの%lld行目: %s。何も戻していません。"), (long long)r->number, what);
}

/* The next line's JSON in `a`; the line itself stays in r->line without its newline. */
static enum err next_line(struct ctx *c, struct reading *r, struct arena *a, struct json_value **out)
{
    ssize_t n = getline(&r->line, &r->cap, r->from);
    r->number++;
    if (n <= 0 || r->line[n - 1] != '\n')
        return broken(c, r, tr(c, "途中で終わっています"));
    r->line[n - 1] = '\0';
    struct failure f;
    failure_init(&f, a);
    if (json_read(a, r->line, (size_t)n - 1, out, &f) != OK)
        return broken(c, r, tr(c, "読めない行があります"));
    return OK;
}

static struct db_value value_of(struct arena *a, const struct schema_column *col, const struct json_value *v, bool *ok)
{
    *ok = true;
    if (v->type == JSON_NULL)
        return (struct db_value){.type = col->type, .null = true};
    if (col->type == DB_INT && v->type == JSON_INT)
        return db_v_int(v->i);
    if (col->type == DB_BOOL && v->type == JSON_BOOL)
        return db_v_bool(v->i != 0);
    if (col->type == DB_TEXT && v->type == JSON_TEXT)
        return db_v_text(v->text);
    const struct json_value *hex = v->type == JSON_OBJECT ? json_get(v, "hex") : NULL;
    if (col->type == DB_BYTES && hex != NULL && hex->type == JSON_TEXT && strlen(hex->text) % 2 == 0) {
        size_t n = strlen(hex->text) / 2;
        unsigned char *p = arena_alloc(a, n + 1);
        *ok = hex_read(hex->text, p, n);
        return db_v_bytes((struct bytes){p, n});
    }
    *ok = false;
    return (struct db_value){.type = col->type, .null = true};
}

/* A row that points at another of its own table is put in without the pointer, which follows when all rows are there. */
static enum err read_row(struct ctx *c, struct reading *r, struct arena *a, const struct schema_table *t, const struct json_value *row)
{
    if (row->n != t->columns_n)
        return broken(c, r, tr(c, "列の数が合いません"));
    struct db_value *v = arena_many(a, struct db_value, t->columns_n);
    const struct json_value *cell = row->child;
    for (size_t i = 0; i < t->columns_n; i++, cell = cell->next) {
        bool ok;
        v[i] = value_of(a, &t->column[i], cell, &ok);
        if (!ok)
            return broken(c, r, tr(c, "値の種類が合いません"));
        if (t->column[i].refers_to_itself)
            v[i] = (struct db_value){.type = DB_INT, .null = true};
    }
    TRY_DB(c, db_exec_text(c->db, schema_insert(a, t), (struct db_params){v, t->columns_n}));
    return OK;
}

static enum err point_back(struct ctx *c, struct arena *a, const struct schema_table *t, const struct json_value *row)
{
    const struct json_value *cell = row->child;
    for (size_t i = 0; i < t->columns_n; i++, cell = cell->next)
        if (t->column[i].refers_to_itself && cell->type == JSON_INT) {
            struct sql q;
            sql_init(&q, a);
            sql_add_text(&q, arena_printf(a, "UPDATE %s SET %s = $ WHERE id = $", t->name, t->column[i].name), P(cell->i, row->child->i));
            TRY_DB(c, sql_exec(c->db, &q));
        }
    return OK;
}

static enum err read_rows(struct ctx *c, struct reading *r, const struct schema_table *t, bool pointers)
{
    ARENA struct arena *a = arena_new();
    struct hash h = {{0}};
    for (int64_t n = 0;; n++) {
        arena_reset(a);
        struct json_value *v = NULL;
        TRY(next_line(c, r, a, &v));
        if (v->type == JSON_OBJECT) {
            const struct json_value *rows = json_get(v, "rows"), *hash = json_get(v, "hash");
            if (rows == NULL || rows->i != n || hash == NULL || !text_eq_secret(hash->text, hash_hex(a, h)))
                return broken(c, r, tr(c, "照合番号が合いません。ファイルが変わっています"));
            return OK;
        }
        if (v->type != JSON_ARRAY)
            return broken(c, r, tr(c, "読めない行があります"));
        h = chain(h, r->line);
        if (pointers)
            TRY(point_back(c, a, t, v));
        else {
            TRY(read_row(c, r, a, t, v));
            r->rows++;
        }
    }
}

static enum err read_table(struct ctx *c, struct reading *r, const struct schema_table *t)
{
    bool itself = false;
    for (size_t i = 0; i < t->columns_n; i++)
        itself = itself || t->column[i].refers_to_itself;
    long start = ftell(r->from);
    int64_t line = r->number;
    TRY(read_rows(c, r, t, false));
    if (itself) {
        if (fseek(r->from, start, SEEK_SET) != 0)
            return fail(c, E_IO, "%s", tr(c, "控えのファイルを読み直せません。"));
        r->number = line;
        TRY(read_rows(c, r, t, true));
    }
    TRY_DB(c, db_ids_given(c->db, t->name));
    return OK;
}

static enum err read_all(struct ctx *c, void *arg)
{
    struct reading *r = arg;
    rewind(r->from);
    r->number = r->rows = 0;
    struct json_value *v = NULL;
    TRY(next_line(c, r, c->arena, &v));
    const struct json_value *kyodo = json_get(v, "kyodo"), *version = json_get(v, "schema"), *key = json_get(v, "key");
    if (kyodo == NULL || !text_eq(kyodo->text, "backup") || version == NULL || key == NULL || key->type != JSON_TEXT || !hex_read(key->text, r->key.b, KEY_BYTES))
        return broken(c, r, tr(c, "kyodo の控えではありません"));
    if (version->i > schema_newest())
        return broken(c, r, tr(c, "新しい kyodo で取った控えです。同じか新しい版のプログラムで戻してください"));
    const struct schema *s = schema_read(c->arena);
    for (;;) {
        TRY(next_line(c, r, c->arena, &v));
        const struct json_value *end = json_get(v, "end"), *name = json_get(v, "table");
        if (end != NULL)
            return OK;
        const struct schema_table *t = name != NULL && name->type == JSON_TEXT ? schema_table(s, name->text) : NULL;
        const struct json_value *columns = json_get(v, "columns");
        if (t == NULL || columns == NULL)
            return broken(c, r, tr(c, "知らない表があります"));
        /* An older backup may lack columns that came later: they take what the migration gave them. */
        TRY(read_table(c, r, schema_narrow(c->arena, t, columns)));
    }
}

static enum err expect_empty(struct ctx *c, void *arg)
{
    const char *where = arg;
    const struct schema *s = schema_read(c->arena);
    for (size_t i = 0; i < s->tables_n; i++) {
        int64_t n = 0;
        TRY_DB(c, db_get_int_text(c->db, arena_printf(c->arena, "SELECT count(*) FROM %s", s->table[i].name), P0, &n));
        if (n > 0)
            return fail(c, E_CONFLICT, tr(c, "%s にはもう中身があります(表 %s)。空のところに戻してください。何も変えていません。"), where, s->table[i].name);
    }
    return OK;
}

static enum err key_write(struct ctx *c, const char *directory, const struct key *key)
{
    const char *path = arena_printf(c->arena, "%s/key", directory);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, key->b, KEY_BYTES) == KEY_BYTES && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok ? OK : fail(c, E_IO, tr(c, "鍵のファイル %s に書けません。"), path);
}

/* The search index is made of the rows; no backup holds it. */
static enum err rebuild_index(struct ctx *c, void *arg)
{
    (void)arg;
    return finder_rebuild(c, NULL);
}

static enum err restore_into(struct ctx *c, const char *where, struct reading *r)
{
    TRY(db_migrate(c->writer, NULL, &c->fail));
    TRY(in_read(c, expect_empty, (void *)(uintptr_t)where));
    TRY(in_write(c, read_all, r));
    TRY(key_write(c, c->app->directory, &r->key));
    c->app->key = r->key;
    return in_write(c, rebuild_index, NULL);
}

enum err backup_restore(struct arena *a, const char *where, const char *file, int64_t *rows, struct failure *f)
{
    crypto_init();
    struct reading r = {.from = fopen(file, "r")};
    if (r.from == NULL)
        return fail_with(f, E_NOT_FOUND, "控えのファイル %s が開けません(%s)。", file, strerror(errno));
    struct db_env *env = NULL;
    enum err e = db_env_open(where, &env, f);
    if (e == OK) {
        struct app app = {.env = env, .directory = db_env_directory(env), .areas = areas, .clock = clock_now};
        struct ctx c;
        e = ctx_open(&app, a, DB_WRITER, &user_system, &c);
        if (e == OK)
            e = restore_into(&c, where, &r);
        if (e != OK) {
            fail_with(f, e, "%s", c.fail.message != NULL ? c.fail.message : err_name(e));
            f->detail = c.fail.detail;
        }
        ctx_close(&c);
        db_env_close(env);
    }
    *rows = r.rows;
    free(r.line);
    fclose(r.from);
    return e;
}
