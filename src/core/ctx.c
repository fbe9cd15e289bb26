#include "core/ctx.h"

#include <assert.h>
#include <string.h>

#include "base/date.h"
#include "base/embed.h"
#include "core/app.h"
#include "core/finder.h"
#include "core/preset.h"
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
    case E_FULL:
        fail(c, e, "%s", tr(c, "サーバーのディスクがいっぱいで、保存できません。保存されていませんが、入力した内容は残っています。管理者に知らせてください。"));
        break;
    default:
        fail(c, e, "%s", tr(c, "いま保存や表示ができません。入力した内容は残っています。"));
        break;
    }
    if (c->fail.detail == NULL)
        c->fail.detail = detail;
    return e;
}

/* The catalogue is a file of lines "原文<TAB>translation" in the order of their bytes, read where it lies in the program: halved until the line is found.
 * A line break at the end of a command's sentence stands in no key. */
static const char *english(const struct ctx *c, const char *japanese)
{
    const struct embedded *file = embedded_find("locale/en.txt");
    if (file == NULL)
        return NULL;
    const char *low = (const char *)file->p, *high = low + file->n;
    size_t n = strlen(japanese);
    bool line_break = n > 0 && japanese[n - 1] == '\n';
    n -= line_break;
    while (low < high) {
        const char *line = low + (high - low) / 2;
        while (line > low && line[-1] != '\n')
            line--;
        const char *end = memchr(line, '\n', (size_t)(high - line));
        if (end == NULL)
            end = high;
        const char *tab = memchr(line, '\t', (size_t)(end - line));
        size_t key = (size_t)((tab != NULL ? tab : end) - line);
        int d = memcmp(japanese, line, n < key ? n : key);
        if (d == 0)
            d = (n > key) - (n < key);
        if (d == 0)
            return tab != NULL ? arena_printf(c->arena, "%.*s%s", (int)(end - tab) - 1, tab + 1, line_break ? "\n" : "") : NULL;
        if (d < 0)
            high = line;
        else
            low = end < high ? end + 1 : high;
    }
    return NULL;
}

const char *tr(const struct ctx *c, const char *japanese)
{
    if (c->locale == LOCALE_JA)
        return preset_wording(c, japanese);
    const char *found = english(c, japanese);
    return found != NULL ? found : preset_wording(c, japanese);
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
