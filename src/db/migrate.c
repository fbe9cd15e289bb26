/* Migrations: migrations/NNNN_name.sql, forward only, each in a transaction of its own, its checksum kept. */
#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "base/crypto.h"
#include "base/date.h"
#include "base/embed.h"
#include "base/sb.h"
#include "db/engine.h"

/* --- the portable dialect of CREATE TABLE --- */

static bool name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* The length of what stands at p: blank, comment, quoted text, word, or one other character. */
static size_t piece(const char *p, const char *end)
{
    const char *from = p;
    if (end - p >= 2 && p[0] == '-' && p[1] == '-') {
        while (p < end && *p != '\n')
            p++;
    } else if (*p == '\'' || *p == '"') {
        char quote = *p++;
        while (p < end && *p != quote)
            p++;
        p += p < end;
    } else if (isspace((unsigned char)*p)) {
        while (p < end && isspace((unsigned char)*p))
            p++;
    } else if (name_char(*p)) {
        while (p < end && name_char(*p))
            p++;
    } else
        p++;
    return (size_t)(p - from);
}

static bool blank(const char *p, size_t n)
{
    return isspace((unsigned char)*p) || (n >= 2 && p[0] == '-' && p[1] == '-');
}

static bool word_is(const char *p, size_t n, const char *word)
{
    return strlen(word) == n && strncasecmp(p, word, n) == 0;
}

static const char *spelled(const struct engine *e, const char *p, size_t n)
{
    static const char *const portable[] = {[SPELL_ID] = "id", [SPELL_INT64] = "int64", [SPELL_TEXT] = "text", [SPELL_BYTES] = "bytes", [SPELL_BOOL] = "bool"};
    for (size_t i = 0; i < sizeof portable / sizeof portable[0]; i++)
        if (strlen(portable[i]) == n && strncmp(portable[i], p, n) == 0)
            return e->spell[i];
    return NULL;
}

static bool constraint_word(const char *p, size_t n)
{
    return word_is(p, n, "PRIMARY") || word_is(p, n, "UNIQUE") || word_is(p, n, "FOREIGN") || word_is(p, n, "CHECK") || word_is(p, n, "CONSTRAINT");
}

/* One statement. The types stand after a column's name: at the beginning of CREATE TABLE's list, after its commas, and after ADD COLUMN. */
static enum err translate(struct arena *a, const struct engine *e, const char *p, const char *end, const char **out, const struct migration *m, struct failure *f)
{
    struct sb b;
    sb_init(&b, a);
    bool create = false, alter = false, first = true;
    enum { NOT_HERE, NAME, TYPE } expect = NOT_HERE;
    int depth = 0;
    const char *before = "";
    size_t before_n = 0, n;
    for (; p < end; p += n) {
        n = piece(p, end);
        if (blank(p, n)) {
            sb_add_n(&b, p, n);
            continue;
        }
        const char *type = NULL;
        if (word_is(p, n, "TABLE") && word_is(before, before_n, "CREATE"))
            create = true;
        else if (word_is(p, n, "TABLE") && word_is(before, before_n, "ALTER"))
            alter = true;
        else if (*p == '(' && n == 1) {
            if (create && depth == 0 && first)
                expect = NAME;
            depth++;
        } else if (*p == ')' && n == 1)
            depth--;
        else if (*p == ',' && n == 1 && create && depth == 1)
            expect = NAME;
        else if (alter && word_is(p, n, "COLUMN") && word_is(before, before_n, "ADD"))
            expect = NAME;
        else if (expect == NAME)
            expect = constraint_word(p, n) ? NOT_HERE : TYPE;
        else if (expect == TYPE) {
            type = spelled(e, p, n);
            if (type == NULL)
                return fail_with(f, E_BUG, "migrations/%s: unknown type %.*s", m->name, (int)n, p);
            expect = NOT_HERE;
        }
        if (type != NULL)
            sb_add(&b, type);
        else
            sb_add_n(&b, p, n);
        if (create && *p == ')' && n == 1 && depth == 0 && first) {
            sb_add(&b, e->table_end);
            first = false;
        }
        before = p;
        before_n = n;
    }
    *out = before_n > 0 ? sb_str(&b) : NULL;
    return OK;
}

enum err migrate_translate(struct arena *a, const struct engine *e, const struct migration *m, const char ***out, size_t *n, struct failure *f)
{
    const char **list = NULL;
    size_t cap = 0;
    *n = 0;
    const char *p = m->text, *end = m->text + m->n, *from = p;
    for (size_t step; p < end || from < end; p += step) {
        step = p < end ? piece(p, end) : 1;
        if (p < end && *p != ';')
            continue;
        const char *sql = NULL;
        TRY(translate(a, e, from, p < end ? p : end, &sql, m, f));
        if (sql != NULL)
            ARENA_PUSH(a, list, *n, cap) = sql;
        from = p + step;
    }
    *out = list;
    return OK;
}

/* --- what the program carries, and what the database has --- */

static const char *checksum(struct arena *a, const struct migration *m)
{
    struct part parts[] = {{m->text, m->n}};
    return hash_hex(a, crypto_hash(parts, 1));
}

static struct migration *embedded_migrations(struct arena *a, size_t *n)
{
    struct migration *list = NULL;
    size_t cap = 0;
    *n = 0;
    const struct embedded *e;
    for (size_t i = 0; (e = embedded_at(i)) != NULL; i++)
        if (strncmp(e->name, "migrations/", 11) == 0)
            ARENA_PUSH(a, list, *n, cap) = (struct migration){.number = strtoll(e->name + 11, NULL, 10), .name = e->name + 11, .text = (const char *)e->p, .n = e->n};
    /* The files come in the order of their names; their numbers run from 1. */
    for (size_t i = 0; i < *n; i++)
        assert(list[i].number == (int64_t)i + 1);
    return list;
}

static enum err refused(struct db *db, struct failure *f, const char *sentence)
{
    enum err e = fail_with(f, db_error(db) != OK ? db_error(db) : E_DB, "%s", sentence);
    if (f->detail == NULL)
        f->detail = arena_dup(f->arena, db_error_text(db));
    return e;
}

struct applied { int64_t number; const char *name, *checksum; };

static enum err read_applied(struct db *db, struct arena *a, struct applied **out, size_t *n, struct failure *f)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    if (!db->env->engine->table_exists(db, "schema_migration"))
        return db_error(db) == OK ? OK : refused(db, f, "データベースの版を調べられません。");
    struct db_rows *q = db_query(db, a, "SELECT number, name, checksum FROM schema_migration ORDER BY number", P0);
    while (db_next(q))
        ARENA_PUSH(a, *out, *n, cap) = (struct applied){db_int(q, 0), db_text(q, 1), db_text(q, 2)};
    return db_error(db) == OK ? OK : refused(db, f, "データベースの版を調べられません。");
}

static enum err compare(struct arena *a, const struct applied *done, size_t done_n, const struct migration *m, size_t n, struct failure *f)
{
    for (size_t i = 0; i < done_n && i < n; i++)
        if (done[i].number != m[i].number || strcmp(done[i].checksum, checksum(a, &m[i])) != 0)
            return fail_with(f, E_CONFLICT, "データベースの版 %s は、このプログラムのものと内容が違います。同じ配布元のプログラムを使ってください。", done[i].name);
    if (done_n > n)
        return fail_with(f, E_CONFLICT, "データベースの版(%" PRId64 ")は、このプログラムの版(%zu)より新しいものです。新しい kyodo を使ってください。",
                         done[done_n - 1].number, n);
    return OK;
}

/* --- applying --- */

static enum err apply_one(struct db *db, struct arena *a, const struct migration *m, struct failure *f)
{
    const char **sql = NULL;
    size_t n = 0;
    TRY(migrate_translate(a, db->env->engine, m, &sql, &n, f));
    for (size_t i = 0; i < n; i++)
        if (db_exec_text(db, sql[i], P0) != OK)
            return refused(db, f, arena_printf(a, "データベースの版 %s にできませんでした。何も変えていません。", m->name));
    if (db_exec(db, "INSERT INTO schema_migration (number, name, checksum, at) VALUES ($1, $2, $3, $4)", P(m->number, m->name, checksum(a, m), clock_now())) != OK)
        return refused(db, f, "データベースの版を書けませんでした。");
    return OK;
}

static const struct migration first = {
    .name = "schema_migration",
    .text = "CREATE TABLE schema_migration (number int64 PRIMARY KEY, name text NOT NULL, checksum text NOT NULL, at int64 NOT NULL)",
};

static enum err make_first(struct db *db, struct arena *a, struct failure *f)
{
    struct migration m = first;
    m.n = strlen(m.text);
    const char **sql = NULL;
    size_t n = 0;
    TRY(migrate_translate(a, db->env->engine, &m, &sql, &n, f));
    if (db_exec_text(db, sql[0], P0) != OK)
        return refused(db, f, "データベースに表を作れませんでした。");
    return OK;
}

/* The next missing migration, in the open transaction. What is there is read again each time: another node may migrate too. */
static enum err apply_next(struct db *db, const struct migration *m, size_t n, bool *more, struct failure *f)
{
    ARENA struct arena *a = arena_new();
    struct applied *done;
    size_t done_n;
    *more = false;
    if (db->env->engine->migrate_lock(db) != OK)
        return refused(db, f, "データベースを使えるようになるまで待ちましたが、空きませんでした。");
    if (!db->env->engine->table_exists(db, "schema_migration"))
        TRY(make_first(db, a, f));
    TRY(read_applied(db, a, &done, &done_n, f));
    TRY(compare(a, done, done_n, m, n, f));
    if (done_n == n)
        return OK;
    TRY(apply_one(db, a, &m[done_n], f));
    *more = true;
    return OK;
}

enum err migrate_apply(struct db *db, const struct migration *m, size_t n, int *applied, struct failure *f)
{
    int count = 0;
    bool more = true;
    while (more) {
        if (db_begin(db) != OK) {
            enum err e = refused(db, f, "データベースに書き込めません。");
            db_rollback(db);
            return e;
        }
        enum err e = apply_next(db, m, n, &more, f);
        if (e == OK && db_commit(db) != OK)
            e = refused(db, f, "データベースの変更を保存できませんでした。");
        if (e != OK) {
            db_rollback(db);
            return e;
        }
        count += more;
        /* Statements prepared before may name columns that are no longer what they were. */
        db_forget_statements(db, true);
    }
    if (applied != NULL)
        *applied = count;
    return OK;
}

enum err migrate_check(struct db *db, const struct migration *m, size_t n, struct failure *f)
{
    ARENA struct arena *a = arena_new();
    struct applied *done;
    size_t done_n;
    TRY(read_applied(db, a, &done, &done_n, f));
    if (done_n == 0)
        return fail_with(f, E_CONFLICT, "このデータベースには、まだ Kyodo の表がありません。「kyodo init」で作ってください。前からお使いのときは「kyodo migrate」を実行してください。");
    TRY(compare(a, done, done_n, m, n, f));
    if (done_n < n)
        return fail_with(f, E_CONFLICT, "データベースの版(%zu)が、このプログラムの版(%zu)より古いものです。「kyodo migrate」を実行してください(先に控えを取ります)。", done_n, n);
    return OK;
}

enum err db_migrate_to(struct db *writer, int64_t number, int *applied, struct failure *f)
{
    ARENA struct arena *a = arena_new();
    size_t n;
    struct migration *m = embedded_migrations(a, &n);
    return migrate_apply(writer, m, number < (int64_t)n ? (size_t)number : n, applied, f);
}

enum err db_migrate(struct db *writer, int *applied, struct failure *f) { return db_migrate_to(writer, INT64_MAX, applied, f); }

enum err db_schema_number(struct db *db, int64_t *number, struct failure *f)
{
    ARENA struct arena *a = arena_new();
    size_t n, done_n;
    struct applied *done;
    const struct migration *m = embedded_migrations(a, &n);
    TRY(read_applied(db, a, &done, &done_n, f));
    *number = (int64_t)done_n;
    return compare(a, done, done_n, m, n, f);
}

enum err db_schema_check(struct db *db, struct failure *f)
{
    ARENA struct arena *a = arena_new();
    size_t n;
    struct migration *m = embedded_migrations(a, &n);
    return migrate_check(db, m, n, f);
}
