#include "core/run.h"

#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "core/app.h"

enum { QUEUE_MOST = 20, SAY_SECONDS = 1, SILENT_SECONDS = 3600 };

struct run {
    struct run *next;
    const struct run_kind *kind;
    void *arg;
    struct arena *arena;
    struct user user;
    enum locale locale;
    const char *title, *report, *place;
    int64_t id, said_at, done, total;
    _Atomic bool *stop;
};

struct runs {
    pthread_mutex_t lock;
    struct run *first, **last;
    size_t n;
    _Atomic bool stop;
};

struct runs *runs_new(void)
{
    struct runs *r = calloc(1, sizeof *r);
    if (r == NULL)
        abort();
    pthread_mutex_init(&r->lock, NULL);
    r->last = &r->first;
    return r;
}

void runs_free(struct runs *r)
{
    if (r == NULL)
        return;
    for (struct run *x = r->first, *next; x != NULL; x = next) {
        next = x->next;
        arena_free(x->arena);
    }
    pthread_mutex_destroy(&r->lock);
    free(r);
}

void runs_stop(struct runs *r)
{
    if (r != NULL)
        atomic_store(&r->stop, true);
}

/* The node of a run: two that share a database have folders of their own. */
static const char *node_name(struct arena *a, const struct app *app)
{
    char host[256] = "", path[PATH_MAX];
    if (gethostname(host, sizeof host - 1) != 0)
        host[0] = '\0';
    const char *real = app->directory != NULL ? realpath(app->directory, path) : NULL;
    return arena_printf(a, "%s:%s", host, real != NULL ? real : "");
}

/* --- the row --- */

struct new_row { const struct run_kind *kind; const char *title; int64_t id; };

static enum err insert(struct ctx *c, void *arg)
{
    struct new_row *n = arg;
    TRY_DB(c, db_insert(c->db, "INSERT INTO run (kind, title, account, node, state, started_at, seen_at, done, page)"
                               " VALUES ($1, $2, $3, $4, 'running', $5, $5, 0, $6) RETURNING id",
                        P(n->kind->kind, n->title, c->user->id, node_name(c->arena, c->app), c->now, n->kind->page), &n->id));
    return OK;
}

static enum err say(struct ctx *c, void *arg)
{
    const struct run *r = arg;
    TRY_DB(c, db_exec(c->db, "UPDATE run SET done = $2, total = $3, place = $4, seen_at = $5 WHERE id = $1 AND state = 'running'",
                      P(r->id, r->done, r->total, r->place, r->said_at)));
    return OK;
}

struct ended { const struct run *r; const char *state, *message; };

static enum err end(struct ctx *c, void *arg)
{
    const struct ended *e = arg;
    const struct run *r = e->r;
    TRY_DB(c, db_exec(c->db, "UPDATE run SET state = $2, message = $3, report = $4, done = $5, total = $6, place = $7, seen_at = $8, ended_at = $8 WHERE id = $1",
                      P(r->id, e->state, e->message, r->report, r->done, r->total, r->place, c->app->clock())));
    return OK;
}

/* --- inside the work --- */

enum err run_progress(struct ctx *c, int64_t done, int64_t total, const char *place)
{
    struct run *r = c->run;
    if (r == NULL)
        return OK;
    r->done = done;
    r->total = total;
    if (place != NULL && !text_eq(r->place, place))
        r->place = arena_dup(r->arena, place);
    if (r->stop != NULL && atomic_load(r->stop))
        return fail(c, E_BUSY, "%s", tr(c, "サーバーを止めるので、ここで中断しました。"));
    int64_t now = c->app->clock();
    if (now - r->said_at < SAY_SECONDS && done != total)
        return OK;
    r->said_at = now;
    return in_write(c, say, r);
}

void run_report(struct ctx *c, const char *json)
{
    if (c->run != NULL)
        c->run->report = arena_dup(c->run->arena, json);
}

/* --- doing it --- */

/* A fault of what was sent is told to who sent it; everything else is the operator's business. */
static const char *state_after(enum err e, bool stopped, bool wrote)
{
    if (e == OK)
        return "done";
    return stopped ? "broken" : e < E_BUSY && !wrote ? "refused" : "failed";
}

static void do_run(struct app *app, struct run *r, struct db *reader, struct db *writer)
{
    struct ctx c = {.arena = r->arena, .app = app, .user = &r->user, .now = app->clock(), .locale = r->locale, .request_id = "run", .reader = reader,
                    .writer = writer, .run = r};
    failure_init(&c.fail, r->arena);
    enum err e = r->stop != NULL && atomic_load(r->stop) ? E_BUSY : r->kind->work(&c, r->arg);
    bool stopped = e == E_BUSY && r->stop != NULL && atomic_load(r->stop);
    const char *message = e == OK ? NULL : arena_dup(r->arena, c.fail.message != NULL ? c.fail.message : err_name(e));
    if (e >= E_BUSY && !stopped)
        log_event(LOG_ERROR, "failed", "request", "run", "kind", r->kind->kind, "code", err_name(e), "detail", c.fail.detail != NULL ? c.fail.detail : message, NULL);
    c.run = NULL;
    failure_clear(&c.fail);
    struct ended x = {r, state_after(e, stopped, r->done > 0), message};
    if (in_write(&c, end, &x) != OK) /* it stays "running" and is found broken */
        log_event(LOG_ERROR, "failed", "request", "run", "kind", r->kind->kind, "detail", c.fail.detail, NULL);
}

bool runs_next(struct app *app, struct db *reader, struct db *writer)
{
    struct runs *q = app->runs;
    pthread_mutex_lock(&q->lock);
    struct run *r = q->first;
    if (r != NULL) {
        q->first = r->next;
        q->n--;
        if (q->first == NULL)
            q->last = &q->first;
    }
    pthread_mutex_unlock(&q->lock);
    if (r == NULL)
        return false;
    do_run(app, r, reader, writer);
    arena_free(r->arena);
    return true;
}

static bool put(struct runs *q, struct run *r)
{
    pthread_mutex_lock(&q->lock);
    bool room = q->n < QUEUE_MOST && !atomic_load(&q->stop);
    if (room) {
        *q->last = r;
        q->last = &r->next;
        q->n++;
    }
    pthread_mutex_unlock(&q->lock);
    return room;
}

static struct user user_copy(struct arena *a, const struct user *u)
{
    struct user copy = *u;
    struct duty *duty = arena_many(a, struct duty, u->duties + 1);
    for (size_t i = 0; i < u->duties; i++)
        duty[i] = u->duty[i];
    copy.duty = duty;
    copy.name = u->name != NULL ? arena_dup(a, u->name) : NULL;
    copy.mail = u->mail != NULL ? arena_dup(a, u->mail) : NULL;
    copy.session = NULL;
    return copy;
}

enum err run_begin(struct ctx *c, const struct run_kind *kind, const char *title, void *arg, struct arena *arena, int64_t *id)
{
    struct runs *q = c->app->runs;
    struct new_row row = {kind, title, NONE};
    enum err e = in_write(c, insert, &row);
    if (e != OK) {
        arena_free(arena);
        return e;
    }
    *id = row.id;
    struct run *r = arena_make(arena, struct run);
    *r = (struct run){.kind = kind, .arg = arg, .arena = arena, .user = user_copy(arena, c->user), .locale = c->locale, .title = title, .id = row.id,
                      .total = NONE, .stop = q != NULL ? &q->stop : NULL};
    if (q == NULL) {
        do_run(c->app, r, c->reader, c->writer);
        arena_free(arena);
        return OK;
    }
    if (put(q, r))
        return OK;
    struct ended full = {r, "refused", tr(c, "いま動いている仕事が多すぎます。少し待って、もう一度試してください。")};
    e = in_write(c, end, &full);
    arena_free(arena);
    return e != OK ? e : fail(c, E_BUSY, "%s", full.message);
}

struct note { const char *kind, *title, *message; int64_t started_at, rows; bool ok; };

static enum err insert_note(struct ctx *c, void *arg)
{
    const struct note *n = arg;
    int64_t id;
    TRY_DB(c, db_insert(c->db, "INSERT INTO run (kind, title, account, node, state, started_at, seen_at, ended_at, done, total, message)"
                               " VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $8, $9) RETURNING id",
                        P(n->kind, n->title, c->user->id, node_name(c->arena, c->app), n->ok ? "done" : "failed", n->started_at, c->app->clock(), n->rows,
                          n->message), &id));
    return OK;
}

enum err run_note(struct ctx *c, const char *kind, const char *title, int64_t started_at, int64_t rows, bool ok, const char *message)
{
    struct note n = {kind, title, message, started_at, rows, ok};
    return in_write(c, insert_note, &n);
}

/* --- looking --- */

static struct run_line line_of(struct ctx *c, struct db_rows *q)
{
    struct run_line l = {.id = db_int(q, 0), .kind = db_text(q, 1), .title = db_text(q, 2), .account = db_int(q, 3), .state = db_text(q, 4),
                         .started_at = db_int(q, 5), .seen_at = db_int(q, 6), .ended_at = db_int(q, 7), .done = db_int(q, 8), .total = db_int(q, 9),
                         .place = db_text(q, 10), .message = db_text(q, 11), .report = db_text(q, 12), .handled = !db_null(q, 13)};
    const char *page = db_text(q, 14);
    l.who = db_text(q, 15);
    if (page != NULL)
        l.to = url_back(c->arena, arena_printf(c->arena, "%s%lld", page, (long long)l.id));
    return l;
}

#define RUN_COLUMNS "run.id, kind, title, account, state, started_at, seen_at, ended_at, done, total, place, message, report, handled_at, page, account.name"
#define RUN_FROM " FROM run LEFT JOIN account ON account.id = run.account"

enum err run_load(struct ctx *c, int64_t id, struct run_line *out)
{
    *out = (struct run_line){.id = NONE};
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT " RUN_COLUMNS RUN_FROM " WHERE run.id = $1", P(id)); db_next(q);)
        *out = line_of(c, q);
    TRY_DB(c, db_error(c->db));
    if (out->id == NONE)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この仕事の記録はありません。"));
    if (out->account != c->user->id)
        TRY(need_role(c, ROLE_SECRETARIAT | ROLE_OPERATOR));
    return OK;
}

enum err runs_list(struct ctx *c, size_t most, struct run_line **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    TRY(need_role(c, ROLE_OPERATOR));
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT " RUN_COLUMNS RUN_FROM " ORDER BY run.id DESC LIMIT $1", P((int64_t)most)); db_next(q);)
        ARENA_PUSH(c->arena, *out, *n, cap) = line_of(c, q);
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err run_handled(struct ctx *c, int64_t id)
{
    struct run_line l;
    TRY(run_load(c, id, &l));
    if (!text_eq(l.state, "broken") && !text_eq(l.state, "failed"))
        return fail(c, E_CONFLICT, "%s", tr(c, "この仕事は、中断も失敗もしていません。"));
    TRY_DB(c, db_exec(c->db, "UPDATE run SET handled_at = $2 WHERE id = $1 AND handled_at IS NULL", P(id, c->now)));
    return OK;
}

enum err run_todos(struct ctx *c, struct todos *list)
{
    bool operator = user_is(c->user, ROLE_OPERATOR);
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id, title, state, done, total, place FROM run WHERE state IN ('broken', 'failed')"
                                                       " AND handled_at IS NULL AND ($1 OR account = $2) ORDER BY id LIMIT 50", P(operator, c->user->id));
         db_next(q);) {
        const char *where = db_text(q, 5) != NULL ? db_text(q, 5)
                            : db_null(q, 4)       ? arena_printf(c->arena, tr(c, "%lld行のあと"), (long long)db_int(q, 3))
                                                  : arena_printf(c->arena, tr(c, "%lld行のうち%lld行のあと"), (long long)db_int(q, 4), (long long)db_int(q, 3));
        todo_add(c, list, (struct todo){.text = tr(c, strcmp(db_text(q, 2), "broken") == 0 ? "途中で止まった仕事を確かめる" : "失敗した仕事を確かめる"),
                                        .about = arena_printf(c->arena, "%s(%s)", db_text(q, 1), where),
                                        .to = url_path(c->arena, "/runs/%lld", (long long)db_int(q, 0)), .due = NONE});
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err mark(struct ctx *c, void *arg)
{
    const int64_t *started = arg;
    TRY_DB(c, db_exec(c->db, "UPDATE run SET state = 'broken', ended_at = $1, message = $2 WHERE state = 'running' AND ((node = $3 AND started_at < $4) OR seen_at < $5)",
                      P(c->now, tr(c, "サーバーが止まったので、途中で終わりました。"), node_name(c->arena, c->app), *started, c->now - SILENT_SECONDS)));
    return OK;
}

enum err runs_abandoned(struct ctx *c, int64_t started)
{
    return in_write(c, mark, &started);
}
