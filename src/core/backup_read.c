/* Reading a backup: verifying it, and restoring it. */
#include "core/backup_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/json.h"
#include "base/text.h"
#include "core/app.h"
#include "core/finder.h"
#include "core/preset.h"

enum { NAME_MOST = 400, BUFFER = 1024 * 1024 };

/* A reader of the file, line by line. The sentence names what is wrong and where; what to do with it follows. */
struct reading {
    FILE *from;
    char *line;
    size_t cap;
    int64_t number;            /* of the line */
    const char *part;          /* the table or file it stands in; NULL: none yet */
    int64_t format, schema, at;
    struct key key;
    struct hash whole;
    const struct backup_how *how;
    struct backup_report *out;
    struct arena *arena;
    struct failure *fail;
    const char *after;         /* the sentence's end: what was left undone */
    /* What is done with each part; NULL: it is only verified. */
    enum err (*table)(struct reading *r, const char *name, const struct json_value *columns);
    enum err (*row)(struct reading *r, struct arena *a, const struct json_value *row);
    enum err (*table_end)(struct reading *r, const struct backup_table *t, int64_t last);
    enum err (*file)(struct reading *r, const char *name);
    enum err (*piece)(struct reading *r, const void *p, size_t n);
    enum err (*file_end)(struct reading *r);
    struct restoring *to;
};

static enum err broken(struct reading *r, const char *what)
{
    return fail_with(r->fail, E_FORM, "控えのファイルの%lld行目%s%s%s: %s。%s", (long long)r->number, r->part != NULL ? "(" : "", r->part != NULL ? r->part : "",
                     r->part != NULL ? ")" : "", what, r->after);
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

/* The next line's JSON in `a`; the line itself stays in r->line without its newline. */
static enum err next_line(struct reading *r, struct arena *a, struct json_value **out)
{
    ssize_t n = getline(&r->line, &r->cap, r->from);
    r->number++;
    if (n <= 0 || r->line[n - 1] != '\n')
        return broken(r, "途中で終わっています");
    r->line[n - 1] = '\0';
    struct failure f;
    failure_init(&f, a);
    if (json_read(a, r->line, (size_t)n - 1, out, &f) != OK)
        return broken(r, "読めない行があります");
    return OK;
}

static void take_in(struct reading *r) { r->whole = backup_chain(r->whole, r->line); }

static enum err read_head(struct reading *r)
{
    ARENA struct arena *a = arena_new();
    struct json_value *v = NULL;
    TRY(next_line(r, a, &v));
    const char *key = v->type == JSON_OBJECT ? json_get_text(v, "key") : NULL;
    if (key == NULL || !text_eq(json_get_text(v, "kyodo"), "backup") || !hex_read(key, r->key.b, KEY_BYTES) || json_get_int(v, "schema") == NONE)
        return broken(r, "kyodo の控えではありません");
    r->format = json_get_int(v, "format") == NONE ? 1 : json_get_int(v, "format"); /* the first release did not say */
    r->schema = json_get_int(v, "schema");
    r->at = json_get_int(v, "at");
    if (r->format > BACKUP_FORMAT || r->schema > schema_newest())
        return broken(r, "新しい kyodo で取った控えです。同じか新しい版のプログラムを使ってください");
    r->out->schema = r->schema;
    r->out->at = r->at;
    take_in(r);
    return OK;
}

/* Rows up to the line that counts them. */
static enum err read_rows(struct reading *r, const char *name)
{
    ARENA struct arena *a = arena_new();
    struct backup_rows have = {0};
    for (;;) {
        arena_reset(a);
        struct json_value *v = NULL;
        TRY(next_line(r, a, &v));
        if (v->type == JSON_ARRAY) {
            have.hash = backup_chain(have.hash, r->line);
            have.rows++;
            if (r->row != NULL)
                TRY(r->row(r, a, v));
            if (have.rows % BACKUP_SAY == 0)
                backup_say(r->how, name, have.rows, false);
            continue;
        }
        if (v->type != JSON_OBJECT || !text_eq_secret(json_get_text(v, "hash"), hash_hex(a, have.hash)))
            return broken(r, "照合番号が合いません。この表の行が変わっています");
        if (json_get_int(v, "rows") != have.rows)
            return broken(r, "行の数が合いません");
        take_in(r);
        struct backup_table t = {arena_dup(r->arena, name), hash_hex(r->arena, have.hash), have.rows};
        ARENA_PUSH(r->arena, r->out->table, r->out->tables, r->out->tables_cap) = t;
        r->out->rows += have.rows;
        if (r->table_end != NULL)
            TRY(r->table_end(r, &t, json_get_int(v, "last")));
        backup_say(r->how, name, have.rows, true);
        return OK;
    }
}

/* A name of ours: below the instance's directory, wherever the file came from. */
static bool name_ok(const char *s)
{
    if (s == NULL || strlen(s) > NAME_MOST || (!text_eq(s, "smtp-password") && !text_starts(s, "files/")))
        return false;
    for (const char *p = s; *p != '\0'; p++)
        if (strchr("/.-_", *p) == NULL && !((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9')))
            return false;
    return strstr(s, "/.") == NULL && strstr(s, "//") == NULL && s[strlen(s) - 1] != '/';
}

static enum err read_file(struct reading *r, const char *name)
{
    ARENA struct arena *a = arena_new();
    struct hash h = {{0}};
    int64_t bytes = 0;
    if (!name_ok(name))
        return broken(r, "ファイルの名前が正しくありません");
    if (r->file != NULL)
        TRY(r->file(r, name));
    for (;;) {
        arena_reset(a);
        struct json_value *v = NULL;
        TRY(next_line(r, a, &v));
        const char *hex = v->type == JSON_OBJECT ? json_get_text(v, "hex") : NULL;
        if (hex == NULL) {
            if (v->type != JSON_OBJECT || json_get_int(v, "bytes") != bytes || !text_eq_secret(json_get_text(v, "hash"), hash_hex(a, h)))
                return broken(r, "照合番号が合いません。このファイルの中身が変わっています");
            take_in(r);
            r->out->files++;
            return r->file_end != NULL ? r->file_end(r) : OK;
        }
        size_t n = strlen(hex) / 2;
        unsigned char *p = arena_alloc(a, n + 1);
        if (!hex_read(hex, p, n))
            return broken(r, "読めない行があります");
        h = backup_chain(h, r->line);
        bytes += (int64_t)n;
        if (r->piece != NULL)
            TRY(r->piece(r, p, n));
    }
}

static enum err read_end(struct reading *r, const struct json_value *v)
{
    if (r->format >= 2 && (json_get_int(v, "tables") != (int64_t)r->out->tables || json_get_int(v, "rows") != r->out->rows || json_get_int(v, "files") != r->out->files ||
                           !text_eq_secret(json_get_text(v, "hash"), hash_hex(r->arena, r->whole))))
        return broken(r, "全体の照合番号が合いません");
    r->out->bytes = ftello(r->from);
    if (fgetc(r->from) != EOF)
        return broken(r, "終わりのあとに何かあります");
    return OK;
}

static enum err read_all(struct reading *r)
{
    rewind(r->from);
    r->number = 0;
    r->part = NULL;
    r->whole = (struct hash){{0}};
    *r->out = (struct backup_report){0};
    TRY(read_head(r));
    for (;;) {
        ARENA struct arena *a = arena_new();
        struct json_value *v = NULL;
        TRY(next_line(r, a, &v));
        if (v->type != JSON_OBJECT)
            return broken(r, "読めない行があります");
        if (json_get(v, "end") != NULL)
            return read_end(r, v);
        take_in(r);
        const char *table = json_get_text(v, "table"), *file = json_get_text(v, "file");
        const struct json_value *columns = json_get(v, "columns");
        r->part = table != NULL ? table : file;
        if (file != NULL)
            TRY(read_file(r, file));
        else if (table == NULL || columns == NULL || columns->type != JSON_ARRAY)
            return broken(r, "読めない行があります");
        else {
            if (r->table != NULL)
                TRY(r->table(r, table, columns));
            TRY(read_rows(r, table));
        }
        r->part = NULL;
    }
}

static enum err open_file(struct reading *r, const char *file)
{
    r->from = fopen(file, "re");
    if (r->from == NULL)
        return fail_with(r->fail, E_NOT_FOUND, "控えのファイル %s が開けません(%s)。", file, strerror(errno));
    setvbuf(r->from, NULL, _IOFBF, BUFFER);
    return OK;
}

static void close_file(struct reading *r)
{
    free(r->line);
    if (r->from != NULL)
        fclose(r->from);
}

enum err backup_verify(struct arena *a, const char *file, const struct backup_how *how, struct backup_report *out, struct failure *f)
{
    crypto_init();
    struct reading r = {.arena = a, .fail = f, .how = how, .out = out, .after = "この控えは使わないでください。"};
    enum err e = open_file(&r, file);
    if (e == OK)
        e = read_all(&r);
    close_file(&r);
    return e;
}

/* --- restoring --- */

struct restoring {
    struct ctx *c;
    const struct schema *schema;
    const struct schema_table *table; /* with the file's columns */
    struct db_value *value;
    int64_t rows;
    const char *file; /* being written: its path with .part */
    FILE *out;
};

static enum err not_taken(struct reading *r, enum err e)
{
    struct restoring *to = r->to;
    int64_t row = db_bulk_failed(to->c->db);
    const char *detail = arena_dup(r->arena, db_error_text(to->c->db));
    const char *place = row != NONE ? arena_printf(r->arena, " の %lld 行目", (long long)row) : "";
    e = fail_with(r->fail, e, "表 %s%s がデータベースに入りません%s。%s", to->table->name, place, e == E_FULL ? "(ディスクの空きがありません)" : "", r->after);
    r->fail->detail = detail;
    return e;
}

static enum err load_table(struct reading *r, const char *name, const struct json_value *columns)
{
    struct restoring *to = r->to;
    struct arena *a = r->arena;
    const struct schema_table *t = schema_table(to->schema, name);
    if (t == NULL)
        return broken(r, "知らない表があります");
    /* An instance that has a newer schema already: what came later takes what the migration gave it. */
    to->table = schema_narrow(a, t, columns);
    if (to->table->columns_n != columns->n)
        return broken(r, "知らない列があります");
    size_t n = to->table->columns_n;
    const char **column = arena_many(a, const char *, n);
    enum db_type *type = arena_many(a, enum db_type, n);
    for (size_t i = 0; i < n; i++) {
        column[i] = to->table->column[i].name;
        type[i] = to->table->column[i].type;
    }
    to->value = arena_many(a, struct db_value, n);
    to->rows = 0;
    enum err e = db_bulk_begin(to->c->db, t->name, column, type, n);
    return e == OK ? OK : not_taken(r, e);
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
    const char *hex = v->type == JSON_OBJECT ? json_get_text(v, "hex") : NULL;
    if (col->type == DB_BYTES && hex != NULL && strlen(hex) % 2 == 0) {
        size_t n = strlen(hex) / 2;
        unsigned char *p = arena_alloc(a, n + 1);
        *ok = hex_read(hex, p, n);
        return db_v_bytes((struct bytes){p, n});
    }
    *ok = false;
    return (struct db_value){.type = col->type, .null = true};
}

static enum err load_row(struct reading *r, struct arena *a, const struct json_value *row)
{
    struct restoring *to = r->to;
    if (row->n != to->table->columns_n)
        return broken(r, "列の数が合いません");
    const struct json_value *cell = row->child;
    for (size_t i = 0; i < row->n; i++, cell = cell->next) {
        bool ok;
        to->value[i] = value_of(a, &to->table->column[i], cell, &ok);
        if (!ok)
            return broken(r, "値の種類が合いません");
    }
    to->rows++;
    enum err e = db_bulk_row(to->c->db, to->value);
    return e == OK ? OK : not_taken(r, e);
}

/* What stands in the database now is read back: equal there too, or nothing is kept. */
static enum err load_end(struct reading *r, const struct backup_table *t, int64_t last)
{
    struct restoring *to = r->to;
    struct ctx *c = to->c;
    enum err e = db_bulk_end(c->db);
    if (e == OK)
        e = db_ids_past(c->db, t->name, last);
    if (e != OK)
        return not_taken(r, e);
    struct backup_rows have;
    e = backup_table_rows(c, to->table, NULL, NULL, &have);
    if (e != OK)
        return fail_with(r->fail, e, "%s", c->fail.message);
    if (have.rows != t->rows || !text_eq(hash_hex(r->arena, have.hash), t->hash))
        return fail_with(r->fail, E_DB, "表 %s は、入れたあとに読み直すと控えと違いました。%s", t->name, r->after);
    return OK;
}

static enum err no_file(struct reading *r)
{
    return fail_with(r->fail, errno == ENOSPC ? E_FULL : E_IO, "ファイル %s を書けません(%s)。%s", r->to->file, strerror(errno), r->after);
}

static enum err file_begin(struct reading *r, const char *name)
{
    struct restoring *to = r->to;
    const char *directory = to->c->app->directory;
    for (const char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/'))
        if (mkdir(arena_printf(r->arena, "%s/%s", directory, arena_dup_n(r->arena, name, (size_t)(slash - name))), 0700) != 0 && errno != EEXIST) {
            to->file = name;
            return no_file(r);
        }
    to->file = arena_printf(r->arena, "%s/%s", directory, name);
    const char *part = arena_printf(r->arena, "%s.part", to->file);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    to->out = fd >= 0 ? fdopen(fd, "w") : NULL;
    return to->out != NULL ? OK : no_file(r);
}

static enum err file_piece(struct reading *r, const void *p, size_t n)
{
    return fwrite(p, 1, n, r->to->out) == n ? OK : no_file(r);
}

static enum err file_finish(struct reading *r)
{
    struct restoring *to = r->to;
    bool ok = fflush(to->out) == 0 && fsync(fileno(to->out)) == 0;
    ok = fclose(to->out) == 0 && ok;
    to->out = NULL;
    return ok && rename(arena_printf(r->arena, "%s.part", to->file), to->file) == 0 ? OK : no_file(r);
}

static enum err expect_empty(struct ctx *c, void *arg)
{
    const char *where = arg;
    int64_t number = 0;
    TRY(db_schema_number(c->db, &number, &c->fail));
    const struct schema *s = schema_read_at(c->arena, number);
    for (size_t i = 0; i < s->tables_n; i++) {
        int64_t n = 0;
        TRY_DB(c, db_get_int_text(c->db, arena_printf(c->arena, "SELECT count(*) FROM %s", s->table[i].name), P0, &n));
        if (n > 0)
            return fail(c, E_CONFLICT, tr(c, "%s にはもう中身があります(表 %s)。空のところに戻してください。何も変えていません。"), where, s->table[i].name);
    }
    return OK;
}

static enum err key_write(struct ctx *c, const struct key *key)
{
    const char *path = arena_printf(c->arena, "%s/key", c->app->directory), *part = arena_printf(c->arena, "%s.part", path);
    int fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool ok = fd >= 0 && write(fd, key->b, KEY_BYTES) == KEY_BYTES && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    ok = ok && rename(part, path) == 0;
    if (!ok)
        unlink(part);
    return ok ? OK : fail(c, E_IO, tr(c, "鍵のファイル %s に書けません。"), path);
}

/* Files and key stand before the commit: with the rows there is all that belongs to them. */
static enum err load_all(struct ctx *c, void *arg)
{
    struct reading *r = arg;
    int64_t number = 0;
    TRY(db_schema_number(c->db, &number, &c->fail));
    *r->to = (struct restoring){.c = c, .schema = schema_read_at(c->arena, number)};
    failure_clear(r->fail);
    enum err e = read_all(r);
    if (r->to->out != NULL) {
        fclose(r->to->out);
        unlink(arena_printf(c->arena, "%s.part", r->to->file));
    }
    if (e != OK) {
        const char *detail = r->fail->detail;
        e = fail(c, e, "%s", r->fail->message);
        c->fail.detail = detail;
        return e;
    }
    return key_write(c, &r->key);
}

/* The search index is made of the rows; no backup holds it. */
static enum err rebuild_index(struct ctx *c, void *arg)
{
    (void)arg;
    return finder_rebuild(c, NULL);
}

static enum err restore_into(struct ctx *c, const char *where, struct reading *r)
{
    TRY(in_read(c, expect_empty, (void *)(uintptr_t)where));
    TRY(db_migrate_to(c->writer, r->schema, NULL, &c->fail));
    TRY(in_write(c, load_all, r));
    app_key_set(c->app, &r->key);
    if (r->how != NULL && r->how->keep_schema)
        return OK;
    TRY(db_migrate(c->writer, NULL, &c->fail));
    return in_write(c, rebuild_index, NULL);
}

static enum err open_and_restore(struct reading *r, const char *where)
{
    struct db_env *env = NULL;
    struct ctx c;
    TRY(instance_env(where, &env, r->fail));
    struct app app = {.env = env, .directory = db_env_directory(env), .areas = areas, .clock = clock_now};
    struct failure *told = r->fail, own;
    failure_init(&own, r->arena);
    enum err e = ctx_open(&app, r->arena, DB_WRITER, &user_system, &c);
    r->fail = &own;
    app.preset = preset_new(env); /* words in memory: the index asks for them with every record */
    if (e == OK)
        e = restore_into(&c, where, r);
    r->fail = told;
    if (e != OK) {
        fail_with(told, e, "%s", c.fail.message != NULL ? c.fail.message : err_name(e));
        told->detail = c.fail.detail;
    }
    ctx_close(&c);
    preset_free(app.preset);
    db_env_close(env);
    return e;
}

enum err backup_restore(struct arena *a, const char *where, const char *file, const struct backup_how *how, struct backup_report *out, struct failure *f)
{
    struct backup_how quiet = how != NULL ? *how : (struct backup_how){0};
    quiet.progress = NULL;
    TRY(backup_verify(a, file, &quiet, out, f));
    struct restoring to = {0};
    struct reading r = {.arena = a, .fail = f, .how = how, .out = out, .after = "何も戻していません。", .schema = out->schema, .table = load_table, .row = load_row,
                        .table_end = load_end, .file = file_begin, .piece = file_piece, .file_end = file_finish, .to = &to};
    enum err e = open_file(&r, file);
    if (e == OK)
        e = open_and_restore(&r, where);
    close_file(&r);
    return e;
}
