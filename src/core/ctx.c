#include "core/ctx.h"

#include <assert.h>
#include <string.h>

#include "base/date.h"
#include "base/embed.h"
#include "core/app.h"
#include "core/finder.h"
#include "core/worker.h"
#include "web/server.h"

enum { WRITE_TRIES = 3 };

enum err fail_db(struct ctx *c)
{
    enum err e = db_error(c->db);
    if (e == OK)
        e = E_DB;
    const char *detail = arena_dup(c->fail.arena, db_error_text(c->db)); /* it outlives an arena lent to c for a piece of the work */
    switch (e) {
    case E_BUSY:
        fail(c, e, "%s", tr(c, "いま混み合っています。少し待って、もう一度試してください。入力した内容は残っています。"));
        break;
    case E_CONFLICT:
        fail(c, e, "%s", tr(c, "ほかの人が先に同じものを保存しました。新しい内容を確かめてください。"));
        break;
    default:
        fail(c, e, "%s", tr(c, "いま保存や表示ができません。入力した内容は残っています。"));
        break;
    }
    if (c->fail.detail == NULL)
        c->fail.detail = detail;
    return e;
}

/* The catalogue is a file of lines "原文<TAB>translation", read where it lies in the program: a look-up is a scan for the key at a line's start.
 * Pages in Japanese, the source, never come here. */
const char *tr(const struct ctx *c, const char *japanese)
{
    if (c->locale == LOCALE_JA)
        return japanese;
    const struct embedded *file = embedded_find("locale/en.txt");
    if (file == NULL)
        return japanese;
    const char *p = (const char *)file->p, *end = p + file->n;
    size_t n = strlen(japanese);
    while (p < end) {
        const char *line_end = memchr(p, '\n', (size_t)(end - p));
        if (line_end == NULL)
            line_end = end;
        if ((size_t)(line_end - p) > n && p[n] == '\t' && memcmp(p, japanese, n) == 0)
            return arena_dup_n(c->arena, p + n + 1, (size_t)(line_end - p) - n - 1);
        p = line_end + 1;
    }
    return japanese;
}

int64_t this_year(const struct ctx *c)
{
    return instant_fiscal_year(c->now);
}

/* --- transactions around a use case --- */

struct work {
    struct ctx *c;
    enum err (*fn)(struct ctx *c, void *arg);
    void *arg;
    enum err result;
};

/* Runs the work in a transaction of its own on `db`; tries again when the engine asks for it. What was touched goes into the search index before the commit. */
static enum err transact(struct db *db, bool writing, struct ctx *c, enum err (*fn)(struct ctx *c, void *arg), void *arg)
{
    enum err e = E_BUSY;
    for (int i = 0; i < WRITE_TRIES && e == E_BUSY; i++) {
        failure_clear(&c->fail);
        c->db = db;
        if (db_begin(db) != OK)
            e = fail_db(c);
        else if ((e = fn(c, arg)) == OK && (!writing || (e = finder_flush(c)) == OK) && db_commit(db) != OK)
            e = fail_db(c);
        if (e != OK)
            db_rollback(db);
        c->db = NULL;
    }
    return e;
}

static void on_write_lane(void *worker, void *arg)
{
    struct work *w = arg;
    w->result = transact(((struct worker *)worker)->writer, true, w->c, w->fn, w->arg);
}

enum err in_write(struct ctx *c, enum err (*fn)(struct ctx *c, void *arg), void *arg)
{
    if (c->db != NULL)
        return fn(c, arg);
    if (c->writer != NULL)
        return transact(c->writer, true, c, fn, arg);
    assert(c->app->server != NULL);
    struct work w = {.c = c, .fn = fn, .arg = arg, .result = E_BUG};
    server_on_write_lane(c->app->server, on_write_lane, &w);
    return w.result;
}

enum err in_read(struct ctx *c, enum err (*fn)(struct ctx *c, void *arg), void *arg)
{
    if (c->db != NULL)
        return fn(c, arg);
    struct db *db = c->reader != NULL ? c->reader : c->writer;
    assert(db != NULL);
    return transact(db, false, c, fn, arg);
}
