#include "core/gate.h"

#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "core/page.h"
#include "core/session.h"

static const char lang_cookie[] = "lang";

/* --- routes --- */

static enum err healthz(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    int64_t heads;
    w->type = "text/plain; charset=utf-8";
    w->no_cache = true;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM audit_head", P0, &heads));
    sb_add(&w->body, "ok\n");
    return OK;
}

static const struct route own_routes[] = {
    {HTTP_GET, "/healthz", ANYONE, healthz, LANE_READ, 0, 0},
    {0},
};

/* "/x/:id" and "/x/:year" are one route; "/x/:name" takes what no number is. */
static bool same_pattern(const char *x, const char *y)
{
    while (*x != '\0' && *y != '\0') {
        if (*x == ':' && *y == ':') {
            size_t x_n = strcspn(x, "/"), y_n = strcspn(y, "/");
            bool x_text = x_n == 5 && memcmp(x, ":name", 5) == 0, y_text = y_n == 5 && memcmp(y, ":name", 5) == 0;
            if (x_text != y_text)
                return false;
            x += x_n;
            y += y_n;
        } else if (*x++ != *y++) {
            return false;
        }
    }
    return *x == *y;
}

static const char *fault_of(const struct route *t)
{
    if (t->who == 0 || (t->who & ~ANYONE) != 0)
        return "says of nobody that they may";
    if (t->run == NULL || t->pattern[0] != '/')
        return "has no handler or no path";
    if (t->method != HTTP_GET && t->method != HTTP_POST)
        return "is neither GET nor POST";
    if ((t->method == HTTP_POST) != (t->lane == LANE_WRITE) && !lane_is_slow(t->lane))
        return "is on the wrong lane";
    if ((t->flags & ROUTE_CACHE) && (t->lane != LANE_READ || !(t->who & ROLE_NOBODY) || (t->flags & ROUTE_VIEW_LOG)))
        return "cannot come from the page cache";
    return NULL;
}

void gate_open(struct gate *g, struct app *app, struct arena *a)
{
    size_t n = 0;
    for (const struct area *const *area = app->areas; *area != NULL; area++)
        n++;
    const struct route **tables = arena_many(a, const struct route *, n + 2);
    size_t tables_n = 0;
    tables[tables_n++] = own_routes;
    for (const struct area *const *area = app->areas; *area != NULL; area++)
        if ((*area)->routes != NULL)
            tables[tables_n++] = (*area)->routes;
    *g = (struct gate){.app = app, .tables = tables};
    pthread_mutex_init(&g->lock, NULL);
}

enum err gate_check(const struct gate *g, struct failure *f)
{
    for (size_t i = 0; g->tables[i] != NULL; i++) {
        for (const struct route *t = g->tables[i]; t->pattern != NULL; t++) {
            const char *fault = fault_of(t);
            for (size_t k = 0; k <= i && fault == NULL; k++)
                for (const struct route *u = g->tables[k]; u->pattern != NULL && u != t && fault == NULL; u++)
                    if (u->method == t->method && same_pattern(u->pattern, t->pattern))
                        fault = "stands twice";
            if (fault != NULL)
                return fail_with(f, E_BUG, "route %s %s", t->pattern, fault);
        }
    }
    return OK;
}

void gate_close(struct gate *g)
{
    pthread_mutex_destroy(&g->lock);
}

void visit_find(struct visit *v, struct gate *g, struct request *r, struct response *w)
{
    *v = (struct visit){.gate = g, .r = r, .w = w};
    v->route = route_find(g->tables, r, &v->other);
}

/* --- a request begins --- */

void visit_begin(struct visit *v)
{
    struct arena *a = v->r->arena;
    const char *lang = request_cookie(v->r, lang_cookie);
    response_init(v->w, a);
    v->c = (struct ctx){.token_hash = v->token_hash, .csrf_subject = v->csrf_subject, .csrf = v->csrf, .arena = a, .app = v->gate->app, .user = &user_nobody, .now = v->gate->app->clock(), .request_id = v->r->id, .request = v->r,
                        .locale = lang != NULL && strcmp(lang, "en") == 0 ? LOCALE_EN : LOCALE_JA};
    failure_init(&v->c.fail, a);
}

bool visit_shared(const struct visit *v)
{
    /* A session; a sentence to be shown once; the key of a form for people not signed in. */
    static const char *const personal[] = {"kyodo", "__Host-kyodo", "notice", "__Host-notice", "kyodo-form", "__Host-kyodo-form"};
    if (v->route == NULL || !(v->route->flags & ROUTE_CACHE))
        return false;
    for (size_t i = 0; i < sizeof personal / sizeof *personal; i++)
        if (request_cookie(v->r, personal[i]) != NULL)
            return false;
    return true;
}

bool accepts_gzip(const struct request *r)
{
    const char *s = request_header(r, "Accept-Encoding");
    const char *at = s != NULL ? strstr(s, "gzip") : NULL;
    if (at == NULL)
        return false;
    at += 4;
    at += strspn(at, " \t");
    if (*at != ';')
        return true;
    at += strcspn(at, "=,");
    return *at != '=' || strtod(at + 1, NULL) > 0;
}

/* --- before the handler --- */

static enum err no_such_page(struct visit *v)
{
    if (v->other)
        v->w->status = 405;
    return E_NOT_FOUND;
}

static enum err enter(struct visit *v)
{
    struct ctx *c = &v->c;
    const struct route *t = v->route;
    TRY(session_user(c, v->r, &c->user));
    if (t == NULL)
        return no_such_page(v);
    bool post = v->r->method == HTTP_POST && !(t->flags & ROUTE_NO_CSRF);
    if (!user_is(c->user, t->who)) {
        if (c->user->id != 0)
            return E_FORBIDDEN;
        /* The login page that follows keeps what was typed: not what another site has typed. */
        if (post)
            TRY(csrf_origin(c, v->r));
        return E_LOGIN;
    }
    return post ? csrf_check(c, v->r) : OK;
}

enum err visit_run(struct visit *v)
{
    TRY(enter(v));
    return v->route->run(&v->c, v->r, v->w);
}

/* --- a form is taken once --- */

struct taken { const char *key, *body_hash; int64_t who, status; const char *location; bool before, same; };

/* With a key from outside the database: a form's hash gives nobody its content. */
static const char *body_hash(struct ctx *c, const struct request *r)
{
    const struct form *f = &r->form;
    struct part *parts = arena_many(c->arena, struct part, f->n * 2 + f->files * 3 + 3);
    size_t n = 0;
    parts[n++] = PART("form 1");
    parts[n++] = PART(r->path);
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->v[i].name, FORM_CSRF) == 0)
            continue;
        parts[n++] = PART(f->v[i].name);
        parts[n++] = PART(f->v[i].value);
    }
    for (size_t i = 0; i < f->files; i++) {
        parts[n++] = PART(f->file[i].name);
        parts[n++] = PART(f->file[i].filename);
        parts[n++] = (struct part){f->file[i].p, f->file[i].n};
    }
    return hash_hex(c->arena, crypto_hmac_with(&c->app->hmac, parts, n));
}

static enum err look_up(struct ctx *c, void *arg)
{
    struct taken *t = arg;
    t->before = false;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT who, body_hash, location FROM idempotency WHERE key = $1", P(t->key)); db_next(q);) {
        t->before = true;
        t->location = db_text(q, 2);
        t->same = db_int(q, 0) == t->who && text_eq(db_text(q, 1), t->body_hash);
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* SQLite lets one transaction write at a time: whoever looked first writes the key's row at the end, with the answer in it. Elsewhere the row goes
 * in first: another transaction with the same key is waited for; then its row is there. */
static bool writes_alone(const struct ctx *c)
{
    return db_env_engine(c->app->env) == DB_SQLITE;
}

static enum err take_key(struct ctx *c, struct taken *t)
{
    if (writes_alone(c))
        return look_up(c, t);
    TRY_DB(c, db_exec(c->db, "INSERT INTO idempotency (key, who, at, body_hash, status, location) VALUES ($1, $2, $3, $4, 0, NULL) ON CONFLICT (key) DO NOTHING",
                      P(t->key, t->who, c->now, t->body_hash)));
    if (db_changes(c->db) == 0)
        return look_up(c, t);
    t->before = false;
    return OK;
}

static enum err note_done(struct ctx *c, void *arg)
{
    const struct taken *t = arg;
    TRY_DB(c, db_exec(c->db, "INSERT INTO idempotency (key, who, at, body_hash, status, location) VALUES ($1, $2, $3, $4, 303, $5) ON CONFLICT (key) DO NOTHING",
                      P(t->key, t->who, c->now, t->body_hash, t->location)));
    return OK;
}

static const char *location_of(const struct response *w)
{
    for (size_t i = 0; w->status == 303 && i < w->headers; i++)
        if (strcmp(w->header[i].name, "Location") == 0)
            return w->header[i].value;
    return NULL;
}

/* What was typed is kept: a button sends it on under a key of its own. */
static void draw_sent_before(struct visit *v, const struct taken *t)
{
    struct ctx *c = &v->c;
    struct sb *o = &v->w->body;
    const struct form *f = &v->r->form;
    struct page p = {.title = tr(c, "この画面からは、もう送ってあります"), .year = NONE};
    v->w->status = 409;
    v->w->no_cache = true;
    page_begin(c, v->w, &p);
    sb_add(o, "<p>");
    html_text(o, tr(c, "先に送った内容は保存してあります。いま入力した内容は、まだ保存していません。"));
    sb_add(o, "</p>\n");
    if (t->location != NULL) {
        sb_add(o, "<p><a href=\"");
        html_url(o, url_back(c->arena, t->location));
        sb_add(o, "\">");
        html_text(o, tr(c, "保存した内容を見る"));
        sb_add(o, "</a></p>\n");
    }
    if (f->files == 0) {
        form_begin(c, o, url_back(c->arena, v->r->target), NULL, NULL);
        for (size_t i = 0; i < f->n; i++) {
            const char *name = f->v[i].name;
            if (strcmp(name, FORM_CSRF) == 0 || strcmp(name, FORM_KEY) == 0 || strstr(name, "password") != NULL)
                continue;
            sb_add(o, "<input type=\"hidden\" name=\"");
            html_text(o, name);
            sb_add(o, "\" value=\"");
            html_text(o, f->v[i].value);
            sb_add(o, "\">\n");
        }
        sb_add(o, "<div class=\"actions\"><button class=\"button\" type=\"submit\">");
        html_text(o, tr(c, "いまの内容も送る"));
        sb_add(o, "</button></div>\n");
        form_end(c, o);
    }
    page_end(c, v->w, &p);
}

static enum err answer_again(struct visit *v, const struct taken *t)
{
    if (t->same && t->location != NULL)
        return page_done(&v->c, v->w, (struct url){t->location}, "同じ内容は、もう受け付けてあります。");
    draw_sent_before(v, t);
    return OK;
}

static const char *key_sent(const struct visit *v)
{
    return form_get(&v->r->form, FORM_KEY);
}

void visit_prepare(struct visit *v)
{
    visit_begin(v);
    session_prepare(&v->c, v->r);
    v->token_hash = v->c.token_hash;
    v->csrf_subject = v->c.csrf_subject;
    v->csrf = v->c.csrf;
    if (v->token_hash != NULL && key_sent(v) != NULL)
        v->body_hash = body_hash(&v->c, v->r);
}

static enum err key_of(struct visit *v, struct taken *t)
{
    *t = (struct taken){.key = key_sent(v)};
    if (t->key == NULL)
        return OK;
    if (strlen(t->key) > GATE_KEY)
        return fail(&v->c, E_INPUT, "%s", tr(&v->c, "送られたフォームの形が正しくないため、受け取れません。"));
    t->who = v->c.user->id; /* the handler may end the session */
    t->body_hash = v->body_hash != NULL ? v->body_hash : body_hash(&v->c, v->r);
    return OK;
}

enum err visit_run_once(struct visit *v)
{
    struct ctx *c = &v->c;
    struct taken t;
    TRY(enter(v));
    TRY(key_of(v, &t));
    if (t.key != NULL) {
        TRY(take_key(c, &t));
        if (t.before)
            return answer_again(v, &t);
    }
    TRY(v->route->run(c, v->r, v->w));
    if (t.key == NULL || v->w->status >= 400)
        return OK;
    /* A page instead of a redirect (a draft saved as one types) leaves nothing that could be answered again. */
    t.location = location_of(v->w);
    if (writes_alone(c))
        return t.location != NULL ? note_done(c, &t) : OK;
    if (t.location != NULL)
        TRY_DB(c, db_exec(c->db, "UPDATE idempotency SET status = 303, location = $2 WHERE key = $1", P(t.key, t.location)));
    else
        TRY_DB(c, db_exec(c->db, "DELETE FROM idempotency WHERE key = $1", P(t.key)));
    return OK;
}

/* --- the same where no transaction spans the work --- */

static bool work_begins(struct gate *g, const char *key)
{
    char *free_place = NULL;
    bool at_work = false;
    pthread_mutex_lock(&g->lock);
    for (size_t i = 0; i < GATE_AT_WORK; i++) {
        if (strcmp(g->at_work[i], key) == 0)
            at_work = true;
        else if (g->at_work[i][0] == '\0')
            free_place = g->at_work[i];
    }
    if (!at_work && free_place != NULL)
        memcpy(free_place, key, strlen(key) + 1);
    pthread_mutex_unlock(&g->lock);
    return !at_work;
}

static void work_ends(struct gate *g, const char *key)
{
    pthread_mutex_lock(&g->lock);
    for (size_t i = 0; i < GATE_AT_WORK; i++)
        if (strcmp(g->at_work[i], key) == 0)
            g->at_work[i][0] = '\0';
    pthread_mutex_unlock(&g->lock);
}

static enum err run_slow(struct visit *v, struct taken *t, int64_t who)
{
    struct ctx *c = &v->c;
    TRY(in_read(c, look_up, t));
    if (t->before)
        return answer_again(v, t);
    TRY(v->route->run(c, v->r, v->w));
    t->location = location_of(v->w);
    if (t->location == NULL || c->user->id != who)
        return OK;
    /* The work is done and committed: the answer stands even if this line does not. */
    struct failure kept = c->fail;
    if (in_write(c, note_done, t) != OK)
        log_event(LOG_WARN, "key not kept", "request", c->request_id, "detail", c->fail.detail != NULL ? c->fail.detail : "", NULL);
    c->fail = kept;
    return OK;
}

/* A list as a file: its handler is that of the page, and finds what that finds. */
static enum err run_handler(struct ctx *c, void *arg)
{
    struct visit *v = arg;
    response_drop(v->w); /* a second try begins anew */
    response_init(v->w, v->r->arena);
    return v->route->run(c, v->r, v->w);
}

enum err visit_run_slow(struct visit *v)
{
    struct ctx *c = &v->c;
    struct taken t;
    TRY(enter(v));
    if (v->file)
        return in_read(c, run_handler, v);
    TRY(key_of(v, &t));
    /* A login answered again would lack its cookie: those not signed in are not remembered. */
    if (t.key == NULL || c->user->id == 0 || v->r->method != HTTP_POST)
        return v->route->run(c, v->r, v->w);
    if (!work_begins(v->gate, t.key))
        return fail(c, E_CONFLICT, "%s", tr(c, "同じ内容を、いま処理しています。少し待って、結果を確かめてください。"));
    enum err e = run_slow(v, &t, c->user->id);
    work_ends(v->gate, t.key);
    return e;
}

/* --- after the handler --- */

static void log_failure(const struct visit *v, enum err e)
{
    const struct failure *f = &v->c.fail;
    log_event(e == E_BUSY ? LOG_WARN : LOG_ERROR, "failed", "request", v->r->id, "code", err_name(e), "path", v->r->path, "detail",
              f->detail != NULL ? f->detail : f->message != NULL ? f->message : "", NULL);
}

static const char *allowed(struct visit *v)
{
    struct request probe = *v->r;
    bool other;
    struct sb b;
    sb_init(&b, v->r->arena);
    probe.method = HTTP_GET;
    if (route_find(v->gate->tables, &probe, &other) != NULL)
        sb_add(&b, "GET, HEAD");
    probe.method = HTTP_POST;
    if (route_find(v->gate->tables, &probe, &other) != NULL)
        sb_add(&b, b.n > 0 ? ", POST" : "POST");
    return sb_str(&b);
}

void visit_error(struct visit *v, enum err e, int status)
{
    struct response *w = v->w;
    if (e >= E_BUSY)
        log_failure(v, e);
    if (status == 0)
        status = w->status == 405 ? 405 : err_http(e);
    response_drop(w);
    response_init(w, v->r->arena);
    w->status = status;
    if (v->route != NULL && v->route->run == healthz) { /* read by programs */
        w->type = "text/plain; charset=utf-8";
        w->status = 503;
        sb_add(&w->body, "no database\n");
        return;
    }
    page_error(&v->c, w, e);
    if (status == 405)
        response_header(w, "Allow", allowed(v));
}

void headers_of_all(struct response *w, bool https)
{
    response_header(w, "Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
    response_header(w, "X-Content-Type-Options", "nosniff");
    response_header(w, "Referrer-Policy", "same-origin");
    response_header(w, "Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    response_header(w, "Cross-Origin-Opener-Policy", "same-origin");
    if (https)
        response_header(w, "Strict-Transport-Security", "max-age=31536000");
}

void visit_headers(struct visit *v)
{
    struct response *w = v->w;
    bool said = false;
    csrf_cookie(&v->c, w);
    for (size_t i = 0; i < w->headers; i++)
        said = said || strcmp(w->header[i].name, "Cache-Control") == 0;
    bool open = v->c.user->id == 0 && !w->no_cache && w->status == 200 && v->r->method != HTTP_POST && v->c.form_cookie == NULL;
    if (!said)
        response_header(w, "Cache-Control", open ? "max-age=0, must-revalidate" : "no-store");
    headers_of_all(w, v->gate->app->https || v->r->https);
}
