/* Writing a backup. What reads one is in backup_read.c. */
#include "core/backup_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/json.h"
#include "base/text.h"
#include "core/app.h"

enum { BUFFER = 1024 * 1024 };

const char *backup_hex(struct arena *a, const void *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char *s = arena_alloc(a, 2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        s[2 * i] = digits[((const unsigned char *)p)[i] >> 4];
        s[2 * i + 1] = digits[((const unsigned char *)p)[i] & 15];
    }
    return s;
}

struct writing {
    FILE *to;
    const struct backup_how *how;
    struct backup_report *out;
    struct hash whole;
    int64_t schema;
};

/* A line that the whole file's hash takes in: all but rows and pieces, which their own hashes stand for. */
static void chained_line(struct writing *w, struct sb *line)
{
    w->whole = backup_chain(w->whole, sb_str(line));
    fprintf(w->to, "%s\n", sb_str(line));
}

static void head_line(struct ctx *c, struct writing *w)
{
    struct sb line;
    struct json j;
    sb_init(&line, c->arena);
    json_init(&j, &line);
    json_object(&j, NULL);
    json_text(&j, "kyodo", "backup");
    json_int(&j, "format", BACKUP_FORMAT);
    json_int(&j, "schema", w->schema);
    json_int(&j, "at", c->now);
    json_text(&j, "from", db_env_engine(c->app->env) == DB_SQLITE ? "sqlite" : "postgresql");
    json_text(&j, "key", backup_hex(c->arena, c->app->key.b, KEY_BYTES));
    json_end(&j, '}');
    chained_line(w, &line);
}

/* --- tables --- */

static void table_line(struct ctx *c, struct writing *w, const struct schema_table *t)
{
    struct sb line;
    struct json j;
    sb_init(&line, c->arena);
    json_init(&j, &line);
    json_object(&j, NULL);
    json_text(&j, "table", t->name);
    json_array(&j, "columns");
    for (size_t i = 0; i < t->columns_n; i++)
        json_text(&j, NULL, t->column[i].name);
    json_end(&j, ']');
    json_end(&j, '}');
    chained_line(w, &line);
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
            json_text(&j, "hex", backup_hex(a, b.p, b.n));
            json_end(&j, '}');
        }
    }
    json_end(&j, ']');
}

static bool no_room(int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; }

static enum err not_written(struct ctx *c, const char *table, int64_t row)
{
    int error = errno;
    return fail(c, no_room(error) ? E_FULL : E_IO, tr(c, "控えを書けません(%s)。表 %s の %lld 行目まで書いたところで止めました。途中のファイルは消しました。前の控えはそのままです。"),
                no_room(error) ? tr(c, "ディスクの空きがありません") : strerror(error), table, (long long)row);
}

enum err backup_table_rows(struct ctx *c, const struct schema_table *t, FILE *to, const struct backup_how *how, struct backup_rows *out)
{
    *out = (struct backup_rows){0};
    ARENA struct arena *rows = arena_new();
    enum err e = OK;
    /* The rows' texts live in an arena of their own, emptied now and then: a table may be larger than memory. */
    struct db_rows *q = db_stream_text(c->db, rows, schema_select(c->arena, t), P0);
    while (e == OK && db_next(q)) {
        struct sb row;
        sb_init(&row, rows);
        row_line(rows, t, q, &row);
        out->hash = backup_chain(out->hash, sb_str(&row));
        out->rows++;
        if (to != NULL && (fwrite(row.p, 1, row.n, to) != row.n || fputc('\n', to) == EOF))
            e = not_written(c, t->name, out->rows);
        if (out->rows % BACKUP_LOOK == 0)
            arena_reset(rows);
        if (out->rows % BACKUP_SAY == 0)
            backup_say(how, t->name, out->rows, false);
    }
    db_done(q);
    if (e == OK && db_error(c->db) != OK) {
        const char *detail = arena_dup(c->fail.arena, db_error_text(c->db));
        e = fail(c, db_error(c->db), tr(c, "表 %s を読めません(%lld 行目のあと)。"), t->name, (long long)out->rows);
        c->fail.detail = detail;
    }
    return e;
}

static enum err write_table(struct ctx *c, struct writing *w, const struct schema_table *t)
{
    int64_t last;
    struct backup_rows rows;
    table_line(c, w, t);
    TRY(backup_table_rows(c, t, w->to, w->how, &rows));
    TRY_DB(c, db_ids_last(c->db, t->name, &last));
    struct sb line;
    struct json j;
    sb_init(&line, c->arena);
    json_init(&j, &line);
    json_object(&j, NULL);
    json_int(&j, "rows", rows.rows);
    json_text(&j, "hash", hash_hex(c->arena, rows.hash));
    json_int(&j, "last", last);
    json_end(&j, '}');
    chained_line(w, &line);
    ARENA_PUSH(c->arena, w->out->table, w->out->tables, w->out->tables_cap) =
        (struct backup_table){t->name, hash_hex(c->arena, rows.hash), rows.rows};
    w->out->rows += rows.rows;
    backup_say(w->how, t->name, rows.rows, true);
    return OK;
}

/* --- files --- */

struct names { const char **v; size_t n, cap; };

static void look_into(struct arena *a, const char *directory, const char *below, struct names *out)
{
    const char *path = arena_printf(a, "%s/%s", directory, below);
    DIR *d = opendir(path);
    for (const struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        struct stat st;
        const char *name = arena_printf(a, "%s/%s", below, e->d_name);
        if (e->d_name[0] == '.' || lstat(arena_printf(a, "%s/%s", directory, name), &st) != 0)
            continue;
        if (S_ISDIR(st.st_mode))
            look_into(a, directory, name, out);
        else if (S_ISREG(st.st_mode))
            ARENA_PUSH(a, out->v, out->n, out->cap) = name;
    }
    if (d != NULL)
        closedir(d);
}

static int by_name(const void *x, const void *y) { return strcmp(*(const char *const *)x, *(const char *const *)y); }

void backup_files(struct arena *a, const char *directory, const char ***names, size_t *n)
{
    struct names all = {0};
    if (directory != NULL) {
        struct stat st;
        if (stat(arena_printf(a, "%s/smtp-password", directory), &st) == 0 && S_ISREG(st.st_mode))
            ARENA_PUSH(a, all.v, all.n, all.cap) = "smtp-password";
        look_into(a, directory, "files", &all);
    }
    if (all.n > 1)
        qsort(all.v, all.n, sizeof *all.v, by_name);
    *names = all.v;
    *n = all.n;
}

static enum err copy_file(struct ctx *c, struct writing *w, const char *name, FILE *from)
{
    static const char piece[] = "{\"hex\":\"%s\"}";
    ARENA struct arena *a = arena_new();
    struct hash h = {{0}};
    int64_t bytes = 0;
    unsigned char *buffer = arena_alloc(c->arena, FILE_PIECE);
    for (size_t n; (n = fread(buffer, 1, FILE_PIECE, from)) > 0; bytes += (int64_t)n) {
        arena_reset(a);
        const char *line = arena_printf(a, piece, backup_hex(a, buffer, n));
        h = backup_chain(h, line);
        if (fputs(line, w->to) == EOF || fputc('\n', w->to) == EOF)
            return not_written(c, name, bytes);
    }
    if (ferror(from))
        return fail(c, E_IO, tr(c, "ファイル %s を読めません(%s)。"), name, strerror(errno));
    struct sb line;
    sb_init(&line, c->arena);
    sb_printf(&line, "{\"bytes\":%" PRId64 ",\"hash\":\"%s\"}", bytes, hash_hex(c->arena, h));
    chained_line(w, &line);
    return OK;
}

static enum err write_files(struct ctx *c, struct writing *w)
{
    const char **names;
    size_t n;
    backup_files(c->arena, c->app->directory, &names, &n);
    for (size_t i = 0; i < n; i++) {
        FILE *from = fopen(arena_printf(c->arena, "%s/%s", c->app->directory, names[i]), "re");
        if (from == NULL)
            return fail(c, E_IO, tr(c, "ファイル %s を読めません(%s)。"), names[i], strerror(errno));
        struct sb line;
        struct json j;
        sb_init(&line, c->arena);
        json_init(&j, &line);
        json_object(&j, NULL);
        json_text(&j, "file", names[i]);
        json_end(&j, '}');
        chained_line(w, &line);
        enum err e = copy_file(c, w, names[i], from);
        fclose(from);
        TRY(e);
        w->out->files++;
    }
    backup_say(w->how, "files", w->out->files, true);
    return OK;
}

/* --- the whole --- */

static enum err write_all(struct ctx *c, void *arg)
{
    struct writing *w = arg;
    rewind(w->to); /* a lost connection: from the beginning */
    if (ftruncate(fileno(w->to), 0) != 0)
        return not_written(c, "-", 0);
    w->whole = (struct hash){{0}};
    *w->out = (struct backup_report){.schema = w->schema, .at = c->now};
    head_line(c, w);
    const struct schema *s = schema_read_at(c->arena, w->schema);
    for (size_t i = 0; i < s->tables_n; i++)
        TRY(write_table(c, w, &s->table[i]));
    TRY(write_files(c, w));
    fprintf(w->to, "{\"end\":true,\"tables\":%zu,\"rows\":%" PRId64 ",\"files\":%" PRId64 ",\"hash\":\"%s\"}\n", w->out->tables, w->out->rows, w->out->files,
            hash_hex(c->arena, w->whole));
    return fflush(w->to) == 0 && !ferror(w->to) ? OK : not_written(c, "-", w->out->rows);
}

/* The name itself must be on the disk, too. */
static bool sync_directory(struct arena *a, const char *file)
{
    const char *slash = strrchr(file, '/');
    int fd = open(slash == NULL ? "." : slash == file ? "/" : arena_dup_n(a, file, (size_t)(slash - file)), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return ok;
}

static bool give_name(const char *part, const char *file, bool force)
{
    if (force)
        return rename(part, file) == 0;
    if (renameat2(AT_FDCWD, part, AT_FDCWD, file, RENAME_NOREPLACE) == 0)
        return true;
    /* A file system that does not know it. */
    return (errno == EINVAL || errno == ENOSYS) && access(file, F_OK) != 0 && rename(part, file) == 0;
}

static enum err is_there(struct ctx *c, const char *file)
{
    return fail(c, E_CONFLICT, tr(c, "%s はもうあります。別の名前にするか、書きかえてよければ --force を付けてください。何も変えていません。"), file);
}

static enum err finish(struct ctx *c, struct writing *w, const char *part, const char *file)
{
    bool force = w->how != NULL && w->how->force;
    struct stat st;
    if (fsync(fileno(w->to)) != 0 || fstat(fileno(w->to), &st) != 0)
        return not_written(c, "-", w->out->rows);
    w->out->bytes = st.st_size;
    if (!give_name(part, file, force))
        return errno == EEXIST ? is_there(c, file) : fail(c, E_IO, tr(c, "%s に書けません(%s)。"), file, strerror(errno));
    return sync_directory(c->arena, file) ? OK : fail(c, E_IO, tr(c, "%s をディスクに書き終えられません(%s)。"), file, strerror(errno));
}

static enum err find_schema(struct ctx *c, void *arg)
{
    return db_schema_number(c->db, arg, &c->fail);
}

enum err backup_write(struct ctx *c, const char *file, const struct backup_how *how, struct backup_report *out)
{
    const char *part = arena_printf(c->arena, "%s.part", file);
    struct writing w = {.how = how, .out = out};
    *out = (struct backup_report){0};
    if ((how == NULL || !how->force) && access(file, F_OK) == 0)
        return is_there(c, file);
    TRY(in_read(c, find_schema, &w.schema));
    int fd = open(part, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return fail(c, E_CONFLICT, tr(c, "%s には、いま別の控えを書いています。"), file);
    }
    w.to = fd >= 0 && fchmod(fd, 0600) == 0 ? fdopen(fd, "w+") : NULL;
    if (w.to == NULL) {
        int error = errno;
        if (fd >= 0)
            close(fd);
        return fail(c, no_room(error) ? E_FULL : E_IO, tr(c, "%s に書けません(%s)。"), part, strerror(error));
    }
    setvbuf(w.to, NULL, _IOFBF, BUFFER);
    enum err e = in_read(c, write_all, &w);
    if (e == OK)
        e = finish(c, &w, part, file);
    if (e != OK) /* before it is closed: the lock keeps others from it */
        unlink(part);
    fclose(w.to);
    return e;
}
