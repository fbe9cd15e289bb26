/* The application's side of the server: what happens on which lane, transactions, the page cache, files of assets/, the clock's work,
 * start and stop. What stands between a request and its handler is in gate.c. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/embed.h"
#include "base/log.h"
#include "base/text.h"
#include "core/audit.h"
#include "core/finder.h"
#include "core/gate.h"
#include "core/job.h"
#include "core/kept.h"
#include "core/outbox.h"
#include "core/page.h"
#include "core/preset.h"
#include "core/run.h"
#include "core/session.h"
#include "core/worker.h"
#include "web/server.h"

enum {
    BODY_MAX = 64 * 1024,
    BATCH_MAX = 64,
    TRIES = 3,
    STOP_SECONDS = 30,
    POLL_MS = 250,
    CATCH_UP_MS = 1000,
    JOBS_MS = 5000,
    OUTBOX_MS = 10000,
    RUNS_MS = 200,
    RUNS_LOOK = 60 /* turns of the jobs */
};

struct serving;
struct first_look { const char *site, *code; };

/* The clock's work: one thread a kind, so that a slow mail server holds up nothing else. */
struct chore {
    struct serving *serving;
    int every_ms;
    void (*run)(struct chore *ch);
    struct worker *worker;
    pthread_t thread;
    bool started;
    int64_t turn;
};
enum { CHORES = 6 };

/* What reads of a route have lately taken. The listener runs a read itself while its route's reads are short: handing one over costs some 40 µs. */
enum { COSTS = 1024, SHORT_US = 400, COST_SHARE = 8, COST_SLOW_SHARE = 4 };

struct serving {
    struct gate gate;
    struct app *app;
    struct arena *arena;
    struct cache *cache; /* NULL: off */
    bool postgres;
    _Atomic int64_t cost[COSTS]; /* microseconds, by route; two routes in one place only share an estimate. 0: not known yet */
    struct first_look first;
    int64_t started;
    struct chore chore[CHORES];
    bool chores_begun, chores_stop;
    pthread_mutex_t chores_lock;
    pthread_cond_t chores_end;
};

/* --- page cache --- */

static const char *cache_key(const struct serving *s, const struct visit *v, bool gzip)
{
    const char *lang = request_cookie(v->r, "lang");
    return arena_printf(v->r->arena, "%c%c%c %s", lang != NULL && strcmp(lang, "en") == 0 ? 'e' : 'j', gzip ? 'z' : 'p', s->app->https || v->r->https ? 's' : 'h',
                        v->r->target);
}

static bool from_cache(struct serving *s, struct visit *v, struct exchange *x)
{
    if (s->cache == NULL || !visit_shared(v))
        return false;
    const char *key = cache_key(s, v, accepts_gzip(v->r));
    struct cache_entry *e = cache_get(s->cache, key);
    if (e == NULL)
        return false;
    struct depends d;
    memcpy(&d, cache_note(e), sizeof d);
    if (s->app->clock() >= cache_until(e) || !db_unchanged(s->app->env, d.tables, d.stamp)) {
        cache_release(e);
        cache_drop(s->cache, key);
        return false;
    }
    size_t n;
    const char *p = cache_bytes(e, &n);
    exchange_bytes(x, p, n, cache_release, e);
    return true;
}

static void into_cache(struct serving *s, struct visit *v, struct exchange *x, struct depends d)
{
    struct response *w = v->w;
    bool gzip = accepts_gzip(v->r);
    struct sb *out = arena_make(v->r->arena, struct sb);
    sb_init(out, v->r->arena);
    response_bytes(w, true, gzip, out);
    unsigned char note[CACHE_NOTE] = {0};
    memcpy(note, &d, sizeof d);
    /* Any page may speak of today. */
    int64_t midnight = instant_next_midnight(v->c.now), until = w->valid_until != NONE && w->valid_until < midnight ? w->valid_until : midnight;
    cache_put(s->cache, cache_key(s, v, gzip), out->p, out->n, note, until);
    exchange_bytes(x, out->p, out->n, NULL, NULL);
}

/* --- assets --- */

static const char *type_of(const char *name)
{
    static const struct { const char *end, *type; } types[] = {
        {".css", "text/css; charset=utf-8"}, {".js", "text/javascript; charset=utf-8"}, {".svg", "image/svg+xml"},         {".png", "image/png"},
        {".ico", "image/x-icon"},            {".txt", "text/plain; charset=utf-8"},     {".webmanifest", "application/manifest+json"},
        {".woff2", "font/woff2"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (text_ends(name, types[i].end))
            return types[i].type;
    return NULL;
}

/* Files carried inside the program; only those of a type meant for browsers. false: there is none of that name. */
static bool serve_asset(struct serving *s, struct visit *v, struct exchange *x)
{
    struct request *r = v->r;
    if (!text_starts(r->path, "/assets/") || (r->method != HTTP_GET && r->method != HTTP_HEAD))
        return false;
    const char *name = r->path + strlen("/assets/"), *type = type_of(name);
    const struct embedded *file = type != NULL ? embedded_find(r->path + 1) : NULL;
    if (file == NULL)
        return false;
    bool gzip = accepts_gzip(r), fixed = strstr(r->target, arena_printf(r->arena, "?v=%s", file->hash)) != NULL, https = s->app->https || r->https;
    const char *key = arena_printf(r->arena, "asset %d%d%d %s", gzip, fixed, https, name);
    struct cache_entry *e = s->cache != NULL ? cache_get(s->cache, key) : NULL;
    size_t n;
    if (e != NULL) {
        const char *p = cache_bytes(e, &n);
        exchange_bytes(x, p, n, cache_release, e);
        return true;
    }
    struct response *w = v->w;
    w->type = type;
    sb_add_n(&w->body, (const char *)file->p, file->n);
    response_header(w, "Cache-Control", fixed ? "public, max-age=31536000, immutable" : "public, max-age=300");
    headers_of_all(w, https);
    struct sb *out = arena_make(r->arena, struct sb);
    sb_init(out, r->arena);
    response_bytes(w, true, gzip, out);
    if (s->cache != NULL)
        cache_put(s->cache, key, out->p, out->n, (unsigned char[CACHE_NOTE]){0}, INT64_MAX);
    exchange_bytes(x, out->p, out->n, NULL, NULL);
    return true;
}

/* --- on the listener --- */

static struct visit *visit_of(struct exchange *x) { return *exchange_data(x); }

static int64_t body_limit(void *self, struct request *r)
{
    const struct serving *s = self;
    bool other;
    const struct route *t = route_find(s->gate.tables, r, &other);
    return t != NULL && t->body_max > 0 ? t->body_max : BODY_MAX;
}

/* ?format=… : the query is not yet read, but its names are plain. */
static bool asks_for_file(const struct request *r)
{
    struct slice q = r->head->query;
    const char *at = q.p != NULL && q.n > 0 ? memmem(q.p, q.n, "format=", 7) : NULL;
    return at != NULL && (at == q.p || at[-1] == '&');
}

static bool at_once(void *self, struct exchange *x, enum lane *lane)
{
    struct serving *s = self;
    struct request *r = exchange_request(x);
    struct visit *v = arena_make(r->arena, struct visit);
    *exchange_data(x) = v;
    visit_find(v, &s->gate, r, exchange_response(x));
    v->c.user = &user_nobody;
    v->file = v->route != NULL && (v->route->flags & ROUTE_FILE) && asks_for_file(r);
    /* What has no route is a page too, which a reader draws. */
    *lane = v->file ? LANE_SLOW : v->route != NULL && exchange_fault(x) == 0 ? v->route->lane : LANE_READ;
    v->cached = serve_asset(s, v, x) || from_cache(s, v, x);
    return v->cached;
}

/* --- short reads --- */

static _Atomic int64_t *cost_of(struct serving *s, const struct route *t)
{
    return &s->cost[(uintptr_t)t / sizeof *t % COSTS];
}

static int64_t micros_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* A mean over the last ones, in which a slow one counts at once and for some while. */
static void cost_learn(struct serving *s, const struct route *t, int64_t micros)
{
    int64_t old = atomic_load(cost_of(s, t)), mean = old + (micros - old) / COST_SHARE, least = micros / COST_SLOW_SHARE;
    atomic_store(cost_of(s, t), mean > least ? mean > 0 ? mean : 1 : least);
}

/* A line in the view log waits for a commit, PostgreSQL for its network: neither is for a listener. */
static bool is_short(void *self, struct exchange *x)
{
    struct serving *s = self;
    const struct visit *v = visit_of(x);
    if (v->route == NULL || (v->route->flags & ROUTE_VIEW_LOG) || exchange_fault(x) != 0)
        return false;
    int64_t cost = atomic_load(cost_of(s, v->route));
    return cost > 0 && cost < SHORT_US;
}

static void prepare(void *self, struct exchange *x)
{
    (void)self;
    struct visit *v = visit_of(x);
    if (v->route != NULL && v->r->body.n <= BODY_MAX)
        visit_prepare(v);
}

static const char *lane_name(const struct visit *v)
{
    static const char *const names[] = {[LANE_READ] = "read", [LANE_WRITE] = "write", [LANE_SLOW] = "slow", [LANE_PASSWORD] = "password"};
    return v->cached ? "cache" : names[v->file ? LANE_SLOW : v->route != NULL ? v->route->lane : LANE_READ];
}

static void digits(char *out, size_t n, int64_t v)
{
    char text[24], *p = text + sizeof text;
    *--p = '\0';
    for (uint64_t rest = v > 0 ? (uint64_t)v : 0; rest > 0 || *p == '\0'; rest /= 10)
        *--p = (char)('0' + rest % 10);
    memccpy(out, p, '\0', n);
}

static void finished(void *self, struct exchange *x, int64_t micros)
{
    (void)self;
    const struct visit *v = visit_of(x);
    const struct request *r = exchange_request(x);
    char status[16], time[24], user[24];
    digits(status, sizeof status, exchange_response(x)->status);
    digits(time, sizeof time, micros);
    digits(user, sizeof user, v != NULL && v->c.user != NULL ? v->c.user->id : 0);
    static const char *const methods[] = {"GET", "HEAD", "POST", "other"};
    /* The path alone: a query may hold what people search for. */
    log_event(LOG_INFO, "request", "id", r->id, "method", methods[r->method], "path", r->path, "status", status, "micros", time, "user", user, "lane",
              v != NULL ? lane_name(v) : "none", "peer", r->peer, NULL);
}

static void refused(void *self, const char *peer, int status)
{
    (void)self;
    char text[16];
    snprintf(text, sizeof text, "%d", status);
    log_event(LOG_WARN, "refused", "peer", peer, "status", text, NULL);
}

/* --- read lane --- */

/* The line in the view log stands before the page leaves. */
static void leave_view(struct visit *v)
{
    if (v->route == NULL || !(v->route->flags & ROUTE_VIEW_LOG) || v->w->status >= 300 || v->c.user->id == 0)
        return;
    enum err e = view_log(&v->c, v->r->path);
    if (e != OK)
        visit_error(v, e, 503);
}

static enum err read_once(struct serving *s, struct worker *worker, struct exchange *x, bool share, struct depends *d)
{
    struct visit *v = visit_of(x);
    struct db *db = worker->reader != NULL ? worker->reader : worker->writer;
    d->stamp = db_stamp(s->app->env); /* before the snapshot: what is committed in between makes the page old, never young */
    visit_begin(v);
    v->c.reader = worker->reader;
    v->c.writer = worker->reader != NULL ? NULL : worker->writer;
    v->c.snapshot = worker->reader != NULL ? d->stamp + 1 : 0;
    v->c.db = db;
    if (share)
        db_watch_begin(db);
    enum err e = db_begin(db) != OK ? fail_db(&v->c) : exchange_fault(x) != 0 ? E_TOO_LARGE : visit_run(v);
    /* What is withheld, a label, a reason: a look-up that answers without a code may have failed. A page made after that is none. */
    if (e == OK && db_error(db) != OK)
        e = fail_db(&v->c);
    if (share)
        d->tables = db_watch_end(db);
    return e;
}

static void run_read(struct serving *s, struct worker *worker, struct exchange *x)
{
    struct visit *v = visit_of(x);
    struct depends d;
    int64_t began = micros_now();
    bool share = s->cache != NULL && visit_shared(v);
    enum err e = read_once(s, worker, x, share, &d);
    if (e == E_BUSY) { /* a lost connection is made anew by the rollback: its next user need not suffer for it */
        db_rollback(v->c.db);
        e = read_once(s, worker, x, share, &d);
    }
    if (e != OK)
        visit_error(v, e, 0);
    db_rollback(v->c.db);
    v->c.db = NULL;
    leave_view(v);
    visit_headers(v);
    if (share && v->w->status == 200 && !v->w->no_cache && v->c.form_cookie == NULL)
        into_cache(s, v, x, d);
    if (v->route != NULL)
        cost_learn(s, v->route, micros_now() - began);
}

/* --- slow lane --- */

static void run_slow(struct worker *worker, struct exchange *x)
{
    struct visit *v = visit_of(x);
    visit_begin(v);
    v->c.reader = worker->reader;
    v->c.writer = worker->writer;
    enum err e = visit_run_slow(v);
    if (e != OK)
        visit_error(v, e, 0);
    leave_view(v);
    visit_headers(v);
}

static void run(void *self, void *worker, struct exchange *x)
{
    const struct visit *v = visit_of(x);
    if (v->route != NULL && (v->file || lane_is_slow(v->route->lane)) && exchange_fault(x) == 0)
        run_slow(worker, x);
    else
        run_read(self, worker, x);
}

/* --- write lane --- */

enum outcome { KEPT, NOT_KEPT, AGAIN, LOST };

/* Without a savepoint: SQLite copies every page that is changed under one. Whoever fails before writing anything needs none. Else AGAIN. */
static enum outcome write_lightly(struct visit *v, struct db *db)
{
    uint64_t before = db_writes(db);
    visit_begin(v);
    v->c.db = db;
    enum err e = visit_run_once(v);
    if (db_error(db) != OK)
        return AGAIN;
    if (e == OK && v->w->status < 400)
        return KEPT;
    if (db_writes(db) != before || e == E_BUSY)
        return AGAIN;
    if (e != OK)
        visit_error(v, e, 0);
    return NOT_KEPT;
}

/* In a savepoint of its own, so that what fails takes nothing of its neighbours with it. */
static enum outcome write_one(struct visit *v, struct db *db, bool last_try)
{
    visit_begin(v);
    v->c.db = db;
    enum err e = db_savepoint(db, "request") != OK ? fail_db(&v->c) : visit_run_once(v);
    if (e == OK && db_error(db) != OK)
        e = fail_db(&v->c);
    if (e == OK && v->w->status < 400) {
        if (db_release(db, "request") == OK)
            return KEPT;
        e = fail_db(&v->c);
    }
    db_rollback_to(db, "request");
    if (db_error(db) != OK) /* the engine has given up the whole transaction */
        return LOST;
    if (e == E_BUSY && !last_try)
        return AGAIN;
    if (e != OK)
        visit_error(v, e, 0);
    return NOT_KEPT;
}

/* The search index is brought up to date once for all of them. */
static enum err commit(struct serving *s, struct worker *worker, struct failure *f)
{
    struct ctx c = {.arena = worker->arena, .app = s->app, .user = &user_system, .now = s->app->clock(), .request_id = "batch", .db = worker->writer};
    failure_init(&c.fail, worker->arena);
    enum err e = finder_flush(&c);
    if (e == OK && db_commit(worker->writer) != OK)
        e = fail_db(&c);
    *f = c.fail;
    return e;
}

/* Nobody was told "saved" yet: now each hears that it is not. */
static void tell_all(struct visit **v, size_t n, struct worker *worker, enum err e, const struct failure *f)
{
    for (size_t i = 0; i < n; i++) {
        if (v[i]->w->status >= 400)
            continue;
        failure_clear(&v[i]->c.fail);
        v[i]->c.fail.detail = arena_dup(v[i]->r->arena, f->detail != NULL ? f->detail : f->message);
        v[i]->c.db = NULL;
        v[i]->c.writer = worker->writer;
        visit_error(v[i], e, e == E_FULL ? 0 : 503);
    }
}

/* One attempt at a batch: OK when everybody has the answer. The first one is made lightly. */
static enum err try_batch(struct serving *s, struct worker *worker, struct visit **v, size_t n, int attempt, struct failure *f)
{
    struct db *db = worker->writer;
    struct ctx c = {.arena = worker->arena, .db = db};
    failure_init(&c.fail, worker->arena);
    bool kept = false;
    enum err e = OK;
    for (size_t i = 0; i < n; i++)
        visit_begin(v[i]);
    if (db_begin(db) != OK) {
        e = fail_db(&c);
        *f = c.fail;
        return e;
    }
    for (size_t i = 0; i < n; i++) {
        enum outcome o = attempt == 0 ? write_lightly(v[i], db) : write_one(v[i], db, attempt == TRIES || n > 1);
        if (o == AGAIN)
            return E_BUSY;
        if (o == LOST) {
            e = fail_db(&c);
            *f = c.fail;
            return e;
        }
        kept = kept || o == KEPT;
    }
    if (!kept) {
        db_rollback(db);
        return OK;
    }
    return commit(s, worker, f);
}

static void run_batch(void *self, void *w, struct exchange **x, size_t n)
{
    struct serving *s = self;
    struct worker *worker = w;
    struct visit *v[BATCH_MAX];
    struct failure f;
    enum err e = E_BUSY;
    for (size_t i = 0; i < n; i++)
        v[i] = visit_of(x[i]);
    failure_init(&f, worker->arena);
    for (int i = n > 1 ? 0 : 1; i <= TRIES && e == E_BUSY; i++) {
        e = try_batch(s, worker, v, n, i, &f);
        if (e != OK)
            db_rollback(worker->writer);
    }
    if (e != OK)
        tell_all(v, n, worker, e, &f);
    for (size_t i = 0; i < n; i++)
        visit_headers(v[i]);
    arena_reset(worker->arena);
}

/* --- workers --- */

static void worker_close(void *self, void *worker)
{
    (void)self;
    struct worker *w = worker;
    if (w->reader != NULL)
        db_close(w->reader);
    if (w->writer != NULL)
        db_close(w->writer);
    arena_free(w->arena);
    free(w);
}

static struct worker *worker_make(struct serving *s, bool reader, bool writer)
{
    struct worker *w = calloc(1, sizeof *w);
    if (w == NULL)
        abort();
    struct failure f;
    w->app = s->app;
    w->arena = arena_new();
    failure_init(&f, w->arena);
    if ((!reader || db_open(s->app->env, DB_READER, &w->reader, &f) == OK) && (!writer || db_open(s->app->env, DB_WRITER, &w->writer, &f) == OK))
        return w;
    log_event(LOG_ERROR, "no connection", "message", f.message != NULL ? f.message : "", "detail", f.detail != NULL ? f.detail : "", NULL);
    worker_close(s, w);
    return NULL;
}

/* SQLite has one writer, the write lane's. On PostgreSQL a slow request writes on a connection of its own. */
static void *worker_open(void *self, enum lane lane)
{
    struct serving *s = self;
    return worker_make(s, lane != LANE_WRITE, lane == LANE_WRITE || (lane_is_slow(lane) && s->postgres));
}

/* --- the clock's work --- */

static struct ctx chore_ctx(struct chore *ch, const char *name)
{
    struct worker *w = ch->worker;
    struct ctx c = {.arena = w->arena, .app = w->app, .user = &user_system, .now = w->app->clock(), .request_id = name, .reader = w->reader, .writer = w->writer};
    failure_init(&c.fail, w->arena);
    return c;
}

static void chore_failed(const struct ctx *c, enum err e)
{
    log_event(e == E_BUSY ? LOG_WARN : LOG_ERROR, "failed", "request", c->request_id, "code", err_name(e), "detail",
              c->fail.detail != NULL ? c->fail.detail : c->fail.message != NULL ? c->fail.message : "", NULL);
}

static enum err catch_up(struct ctx *c, void *arg)
{
    (void)arg;
    return finder_catch_up(c);
}

/* What other processes have written: pages kept here are looked at again, and, with PostgreSQL, this node's search index follows. */
static void look_around(struct chore *ch)
{
    db_poll_foreign(ch->worker->reader);
    if (!ch->serving->postgres || ch->turn++ % (CATCH_UP_MS / POLL_MS) != 0)
        return;
    struct ctx c = chore_ctx(ch, "search index");
    enum err e = in_read(&c, catch_up, NULL);
    if (e != OK)
        chore_failed(&c, e);
}

/* Each job goes to the write lane by itself (SQLite), so that requests come between two of them. */
static void run_jobs(struct chore *ch, bool alone)
{
    struct worker *w = ch->worker;
    enum err e = jobs_run(w->app, w->reader, w->writer, alone);
    struct ctx c = chore_ctx(ch, "jobs");
    if (e != OK)
        chore_failed(&c, e);
}

static void do_jobs(struct chore *ch)
{
    if (ch->turn++ % RUNS_LOOK == 0) {
        struct ctx c = chore_ctx(ch, "runs");
        enum err e = runs_abandoned(&c, ch->serving->started);
        if (e != OK)
            chore_failed(&c, e);
    }
    run_jobs(ch, false);
}

static void do_long_jobs(struct chore *ch) { run_jobs(ch, true); }

static void do_runs(struct chore *ch)
{
    while (runs_next(ch->worker->app, ch->worker->reader, ch->worker->writer))
        ;
}

static void send_mail(struct chore *ch)
{
    int64_t sent, failed;
    struct ctx c = chore_ctx(ch, "outbox");
    enum err e = outbox_send_due(&c, &sent, &failed);
    if (e != OK)
        chore_failed(&c, e);
}

static void *chore_main(void *arg)
{
    struct chore *ch = arg;
    struct serving *s = ch->serving;
    pthread_mutex_lock(&s->chores_lock);
    while (!s->chores_stop) {
        pthread_mutex_unlock(&s->chores_lock);
        ch->run(ch);
        arena_reset(ch->worker->arena);
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += ch->every_ms / 1000;
        until.tv_nsec += (long)(ch->every_ms % 1000) * 1000000;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        pthread_mutex_lock(&s->chores_lock);
        while (!s->chores_stop && pthread_cond_timedwait(&s->chores_end, &s->chores_lock, &until) != ETIMEDOUT)
            ;
    }
    pthread_mutex_unlock(&s->chores_lock);
    return NULL;
}

static enum err chores_start(struct serving *s, struct failure *f)
{
    static const struct { int every_ms; void (*run)(struct chore *ch); bool writes; } kinds[CHORES] = {
        {POLL_MS, look_around, false}, {JOBS_MS, do_jobs, true},   {JOBS_MS, do_long_jobs, true},
        {OUTBOX_MS, send_mail, true},  {RUNS_MS, do_runs, true},   {RUNS_MS, do_runs, true}};
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_mutex_init(&s->chores_lock, NULL);
    pthread_cond_init(&s->chores_end, &monotonic);
    pthread_condattr_destroy(&monotonic);
    s->chores_begun = true;
    for (size_t i = 0; i < CHORES; i++) {
        struct chore *ch = &s->chore[i];
        *ch = (struct chore){.serving = s, .every_ms = kinds[i].every_ms, .run = kinds[i].run};
        ch->worker = worker_make(s, true, kinds[i].writes && s->postgres);
        ch->started = ch->worker != NULL && pthread_create(&ch->thread, NULL, chore_main, ch) == 0;
        if (!ch->started)
            return fail_with(f, E_IO, "サーバーの準備ができません。");
    }
    return OK;
}

static void chores_stop(struct serving *s)
{
    if (!s->chores_begun)
        return;
    runs_stop(s->app->runs);
    pthread_mutex_lock(&s->chores_lock);
    s->chores_stop = true;
    pthread_cond_broadcast(&s->chores_end);
    pthread_mutex_unlock(&s->chores_lock);
    for (size_t i = 0; i < CHORES; i++) {
        if (s->chore[i].started)
            pthread_join(s->chore[i].thread, NULL);
        if (s->chore[i].worker != NULL)
            worker_close(s, s->chore[i].worker);
    }
    pthread_cond_destroy(&s->chores_end);
    pthread_mutex_destroy(&s->chores_lock);
}

/* --- start and stop --- */

static struct server_app server_app_of(struct serving *s)
{
    return (struct server_app){.self = s, .body_limit = body_limit, .at_once = at_once, .worker_open = worker_open, .worker_close = worker_close,
                               .is_short = s->postgres ? NULL : is_short, .run = run, .run_batch = run_batch, .finished = finished, .refused = refused, .prepare = prepare};
}

static struct server_config config_of(const struct serving *s, const char *listen, unsigned threads)
{
    struct server_config cfg = {.listen = listen, .listeners = threads, .readers = threads, .writers = 1, .slow = 2, .batch_max = BATCH_MAX};
    if (s->postgres) {
        cfg.readers = 8;
        cfg.writers = 4;
        cfg.batch_max = 1;
    }
    return cfg;
}

static enum err look_first(struct ctx *c, void *arg)
{
    struct first_look *first = arg;
    first->site = setting(c, "site_url");
    first->code = setup_code(c);
    return OK;
}

/* Where links in letters lead, and whether browsers come by https. */
static enum err read_settings(struct serving *s, const char *listen, struct failure *f)
{
    struct app *app = s->app;
    struct ctx c;
    enum err e = ctx_open(app, s->arena, DB_READER, &user_system, &c);
    if (e == OK)
        e = in_read(&c, look_first, &s->first);
    if (e != OK)
        fail_with(f, e, "%s", c.fail.message != NULL ? c.fail.message : "データベースを読めません。");
    ctx_close(&c);
    const char *site = s->first.site;
    app->https = site != NULL && text_starts(site, "https://");
    if (site != NULL)
        app->base_url = site;
    else if (listen != NULL && !text_starts(listen, "unix:"))
        app->base_url = arena_printf(s->arena, "http://%s", listen);
    return e;
}

enum err app_start(struct app *app, const char *listen, unsigned threads, bool clock_work, struct failure *f)
{
    struct serving *s = calloc(1, sizeof *s);
    if (s == NULL)
        abort();
    app->serving = s;
    s->arena = arena_new();
    s->app = app;
    s->cache = app->cache;
    s->postgres = db_env_engine(app->env) == DB_POSTGRES;
    gate_open(&s->gate, app, s->arena);
    enum err e = gate_check(&s->gate, f);
    if (e == OK)
        e = read_settings(s, listen, f);
    const struct server_app side = server_app_of(s);
    const struct server_config cfg = config_of(s, listen, threads);
    if (e == OK)
        e = server_start(&cfg, &side, &app->server, f);
    s->started = app->clock();
    if (e == OK && clock_work) {
        app->runs = runs_new();
        e = chores_start(s, f);
    }
    if (e != OK)
        app_stop(app, 0);
    return e;
}

void app_stop(struct app *app, int seconds)
{
    struct serving *s = app->serving;
    if (s == NULL)
        return;
    chores_stop(s); /* first: they write through the write lane */
    if (app->server != NULL)
        server_stop(app->server, seconds);
    runs_free(app->runs);
    app->runs = NULL;
    app->server = NULL;
    app->serving = NULL;
    gate_close(&s->gate);
    arena_free(s->arena);
    free(s);
}

static void say_ready(struct serving *s)
{
    const char *address = server_address(s->app->server);
    bool local = text_starts(address, "unix:");
    log_event(LOG_INFO, "listening", "address", arena_printf(s->arena, local ? "%s" : "http://%s", address), NULL);
    if (s->first.code != NULL)
        fprintf(stderr, "まだ利用者がいません。%s/setup を開いて、この番号を入れてください: %s\n", s->app->base_url != NULL ? s->app->base_url : "", s->first.code);
}

enum err app_serve(struct app *app, const char *listen, unsigned threads, bool ready_line, struct failure *f)
{
    /* Blocked in every thread; this one waits for them. */
    sigset_t ends, before;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, &before);
    signal(SIGPIPE, SIG_IGN); /* libpq and libcurl write to sockets of their own */
    enum err e = app_start(app, listen, threads, true, f);
    if (e == OK) {
        int signal = 0;
        if (ready_line)
            say_ready(app->serving);
        while (sigwait(&ends, &signal) != 0)
            ;
        log_event(LOG_INFO, "stopping", "signal", signal == SIGINT ? "INT" : "TERM", NULL);
        pthread_sigmask(SIG_UNBLOCK, &ends, NULL); /* a second one ends the process at once */
        app_stop(app, STOP_SECONDS);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return e;
}

/* --- one request in this thread --- */

const char *app_handle(struct app *app, struct db *db, struct arena *a, const char *raw, size_t n, size_t *answer_n)
{
    struct serving s = {.app = app, .postgres = db_env_engine(app->env) == DB_POSTGRES};
    ARENA struct arena *own = arena_new();
    struct worker worker = {.app = app, .arena = own, .writer = db};
    gate_open(&s.gate, app, a);
    const struct server_app side = server_app_of(&s);
    const char *answer = server_answer(&side, &worker, a, raw, n, answer_n);
    gate_close(&s.gate);
    return answer;
}
