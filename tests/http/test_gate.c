/* What stands between a request and its handler, and what happens on the lanes, with a toy area: rights, CSRF, forms taken once,
 * savepoints and the common commit, the page cache, the view log, headers. */
#include "http/client.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "core/audit.h"
#include "core/gate.h"
#include "core/page.h"
#include "core/preset.h"
#include "core/session.h"
#include "core/worker.h"
#include "web/server.h"

/* --- the toy area --- */

static _Atomic int drawn;
static _Atomic bool slow_waits;
static _Atomic int slow_begun;

static enum err draw(struct ctx *c, struct response *w, const char *action)
{
    struct page p = {.title = "例", .year = NONE};
    page_begin(c, w, &p);
    if (action != NULL) {
        form_begin(c, &w->body, url_back(c->arena, action), NULL, NULL);
        sb_add(&w->body, "<input type=\"hidden\" name=\"note\" value=\"\">");
        form_end(c, &w->body);
    }
    page_end(c, w, &p);
    csrf_cookie(c, w);
    return OK;
}

static enum err toy_public(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    int64_t n;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM finder_touched", P0, &n));
    sb_printf(&w->body, "notes %lld drawn %d %0800d\n", (long long)n, atomic_fetch_add(&drawn, 1), 0);
    return OK;
}

static enum err toy_count(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    int64_t n;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM idempotency", P0, &n));
    sb_printf(&w->body, "count %lld\n", (long long)n);
    return OK;
}

static enum err toy_until(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    w->valid_until = c->now + 60;
    sb_printf(&w->body, "drawn %d\n", atomic_fetch_add(&drawn, 1));
    return OK;
}

static enum err toy_form(struct ctx *c, struct request *r, struct response *w)
{
    return draw(c, w, r->text_param != NULL ? arena_printf(c->arena, "/toy/%s", r->text_param) : NULL);
}

static enum err toy_secret(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    return draw(c, w, NULL);
}

/* A GET that tries to write: the reader refuses, and nothing is kept where the connection is a writer. */
static enum err toy_sly(struct ctx *c, struct request *r, struct response *w)
{
    (void)r, (void)w;
    TRY_DB(c, db_exec(c->db, "INSERT INTO finder_touched (kind, record, at) VALUES ('toy', 666, $1)", P(c->now)));
    return OK;
}

static enum err note(struct ctx *c, void *arg)
{
    int64_t id;
    TRY_DB(c, db_insert(c->db, "INSERT INTO finder_touched (kind, record, at) VALUES ('toy', $1, $2) RETURNING id", P(*(int64_t *)arg, c->now), &id));
    return OK;
}

static enum err toy_write(struct ctx *c, struct request *r, struct response *w)
{
    const char *how = form_get(&r->form, "note");
    int64_t record = 1;
    TRY(note(c, &record));
    TRY(audit_note(c, "toy", "toy", record, how));
    if (how == NULL || text_eq(how, "ok") || text_starts(how, "other"))
        return page_done(c, w, url_path(c->arena, "/toy/form/%s", "write"), "保存しました。");
    if (text_eq(how, "input"))
        return fail(c, E_INPUT, "これは受け取れません。");
    if (text_eq(how, "drawn")) {
        w->status = 422;
        return draw(c, w, "/toy/write");
    }
    if (text_eq(how, "page"))
        return draw(c, w, "/toy/write");
    if (text_eq(how, "broken"))
        TRY_DB(c, db_exec(c->db, "INSERT INTO finder_touched (kind) VALUES ('toy')", P0));
    return fail(c, E_CONFLICT, "いまはできません。");
}

static enum err toy_slow(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    CHECK(c->db == NULL);
    atomic_fetch_add(&slow_begun, 1);
    for (int i = 0; atomic_load(&slow_waits) && i < 6000; i++)
        usleep(10 * 1000);
    int64_t record = 2;
    TRY(in_write(c, note, &record));
    CHECK(c->db == NULL);
    return page_done(c, w, url_path(c->arena, "/toy/form/%s", "slow"), "終わりました。");
}

static const struct route toy_routes[] = {
    {HTTP_GET, "/toy", ANYONE, toy_public, LANE_READ, ROUTE_CACHE, 0},
    {HTTP_GET, "/toy/count", ANYONE, toy_count, LANE_READ, ROUTE_CACHE, 0},
    {HTTP_GET, "/toy/until", ANYONE, toy_until, LANE_READ, ROUTE_CACHE, 0},
    {HTTP_GET, "/toy/form/:name", ANYONE, toy_form, LANE_READ, 0, 0},
    {HTTP_GET, "/toy/secret/:id", STAFF_ROLES, toy_secret, LANE_READ, ROUTE_VIEW_LOG, 0},
    {HTTP_GET, "/toy/sly", ANYONE, toy_sly, LANE_READ, 0, 0},
    {HTTP_POST, "/toy/write", ANYONE, toy_write, LANE_WRITE, 0, 0},
    {HTTP_POST, "/toy/staff", STAFF_ROLES, toy_write, LANE_WRITE, 0, 0},
    {HTTP_POST, "/toy/slow", SIGNED_IN, toy_slow, LANE_SLOW, 0, 0},
    {0},
};
static const struct area toy = {.name = "toy", .routes = toy_routes};

/* The real areas and the toy: the login page is needed. */
static void with_toy(struct client *cl)
{
    size_t n = 0;
    while (areas[n] != NULL)
        n++;
    const struct area **all = arena_many(client_ctx(cl)->arena, const struct area *, n + 2);
    memcpy(all, areas, n * sizeof *all);
    all[n] = &toy;
    client_app(cl)->areas = all;
}

#define NOTES "SELECT count(*) FROM finder_touched WHERE kind = 'toy'"

/* --- routes --- */

static const char *fault_of(struct client *cl, const struct route *routes)
{
    struct arena *a = client_ctx(cl)->arena;
    const struct area area = {.name = "bad", .routes = routes};
    const struct area *const only[] = {&area, NULL}, *const *kept = client_app(cl)->areas;
    struct gate g;
    struct failure f;
    failure_init(&f, a);
    client_app(cl)->areas = only;
    gate_open(&g, client_app(cl), a);
    enum err e = gate_check(&g, &f);
    gate_close(&g);
    client_app(cl)->areas = kept;
    return e == OK ? NULL : f.message;
}

TEST(routes_are_checked)
{
    EACH_ENGINE(cl) {
        with_toy(cl);
#define FAULT(part, ...) CHECK(fault_of(cl, (const struct route[]){__VA_ARGS__, {0}}) != NULL && strstr(fault_of(cl, (const struct route[]){__VA_ARGS__, {0}}), part) != NULL)
        CHECK(fault_of(cl, toy_routes) == NULL);
        FAULT("nobody", {HTTP_GET, "/a", 0, toy_public, LANE_READ, 0, 0});
        FAULT("nobody", {HTTP_GET, "/a", 1 << 30, toy_public, LANE_READ, 0, 0});
        FAULT("handler", {HTTP_GET, "/a", ANYONE, NULL, LANE_READ, 0, 0});
        FAULT("lane", {HTTP_POST, "/a", ANYONE, toy_public, LANE_READ, 0, 0});
        FAULT("lane", {HTTP_GET, "/a", ANYONE, toy_public, LANE_WRITE, 0, 0});
        FAULT("cache", {HTTP_GET, "/a", SIGNED_IN, toy_public, LANE_READ, ROUTE_CACHE, 0});
        FAULT("neither", {HTTP_HEAD, "/a", ANYONE, toy_public, LANE_READ, 0, 0});
        FAULT("twice", {HTTP_GET, "/a/:id", ANYONE, toy_public, LANE_READ, 0, 0}, {HTTP_GET, "/a/:year", ANYONE, toy_public, LANE_READ, 0, 0});
        FAULT("twice", {HTTP_GET, "/healthz", ANYONE, toy_public, LANE_READ, 0, 0});
        CHECK(fault_of(cl, (const struct route[]){{HTTP_GET, "/a/:id", ANYONE, toy_public, LANE_READ, 0, 0},
                                                  {HTTP_GET, "/a/:name", ANYONE, toy_public, LANE_READ, 0, 0},
                                                  {HTTP_POST, "/a/:id", ANYONE, toy_write, LANE_WRITE, 0, 0}, {0}}) == NULL);
        /* And the product's own stand. */
        struct gate g;
        struct failure f;
        failure_init(&f, client_ctx(cl)->arena);
        gate_open(&g, client_app(cl), client_ctx(cl)->arena);
        if (gate_check(&g, &f) != OK)
            test_fault(__FILE__, __LINE__, "%s", f.message);
        gate_close(&g);
    }
}

TEST(statuses_and_headers)
{
    EACH_ENGINE(cl) {
        with_toy(cl);
        CHECK_INT(client_get(cl, "/healthz"), 200);
        CHECK_TEXT(client_body(cl), "ok\n");
        CHECK_INT(client_get(cl, "/no/such/page"), 404);
        CHECK(client_header_of(cl, "Content-Security-Policy") != NULL);
        CHECK_INT(client_post(cl, "/toy", "a=b"), 405);
        CHECK_TEXT(client_header_of(cl, "Allow"), "GET, HEAD");
        CHECK_INT(client_get(cl, "/toy/write"), 405);
        CHECK_TEXT(client_header_of(cl, "Allow"), "POST");
        CHECK_INT(client_raw(cl, "DELETE /toy HTTP/1.1\r\nHost: a\r\n\r\n", 34), 405);
        CHECK_INT(client_get(cl, "/toy"), 200);
        CHECK_TEXT(client_header_of(cl, "Cache-Control"), "max-age=0, must-revalidate");
        CHECK_TEXT(client_header_of(cl, "Content-Security-Policy"),
                   "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'");
        CHECK_TEXT(client_header_of(cl, "X-Content-Type-Options"), "nosniff");
        CHECK_TEXT(client_header_of(cl, "Referrer-Policy"), "same-origin");
        CHECK(client_header_of(cl, "Strict-Transport-Security") == NULL);
        client_header(cl, "X-Forwarded-Proto: https");
        CHECK_INT(client_get(cl, "/toy"), 200);
        CHECK(client_header_of(cl, "Strict-Transport-Security") != NULL);
        CHECK_INT(client_raw(cl, "HEAD /toy HTTP/1.1\r\nHost: a\r\n\r\n", 32), 200);
        CHECK_INT(client_body_n(cl), 0);
        CHECK(strtol(client_header_of(cl, "Content-Length"), NULL, 10) > 800);
        CHECK_INT(client_get(cl, "/toy/sly"), 200); /* the tests' connection may write, but a GET keeps nothing */
        CHECK_INT(client_int(cl, NOTES), 0);
        CHECK_INT(client_get(cl, "/assets/kyodo.css"), 200);
        CHECK_TEXT(client_header_of(cl, "Content-Type"), "text/css; charset=utf-8");
        CHECK_TEXT(client_header_of(cl, "Cache-Control"), "public, max-age=300");
        CHECK_INT(client_get(cl, "/assets/no.css"), 404);
        CHECK_INT(client_get(cl, "/assets/common-passwords.txt/x"), 404);
    }
}

TEST(who_may)
{
    EACH_ENGINE(cl) {
        with_toy(cl);
        CHECK_INT(client_get(cl, "/toy/secret/1"), 303);
        CHECK(text_starts(client_header_of(cl, "Location"), "/login?"));
        /* A POST of somebody whose session has ended keeps what was typed; from another site it is not even looked at. */
        CHECK_INT(client_post(cl, "/toy/staff", "note=ok"), 401);
        client_header(cl, "Sec-Fetch-Site: cross-site");
        CHECK_INT(client_post(cl, "/toy/staff", "note=ok"), 403);
        CHECK(!client_sees(cl, "keep.note"));
        client_user(cl, "member", NONE, NONE);
        CHECK_INT(client_get(cl, "/toy/secret/1"), 403);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM view_log"), 0);
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/toy/secret/17"), 200);
        CHECK_TEXT(client_header_of(cl, "Cache-Control"), "no-store");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM view_log"), 1);
        CHECK_TEXT(client_text(cl, "SELECT path FROM view_log"), "/toy/secret/17");
        CHECK_INT(client_int(cl, NOTES), 0);
    }
}

TEST(csrf)
{
    EACH_ENGINE(cl) {
        with_toy(cl);
        CHECK_INT(client_post(cl, "/toy/write", "note=ok"), 403);
        CHECK_INT(client_get(cl, "/toy/form/write"), 200);
        client_form(cl, "/toy/write");
        client_set(cl, "csrf", "0000000000000000000000000000000000000000000000000000000000000000");
        CHECK_INT(client_send(cl), 403);
        CHECK_INT(client_get(cl, "/toy/form/write"), 200);
        client_form(cl, "/toy/write");
        client_header(cl, "Sec-Fetch-Site: cross-site");
        CHECK_INT(client_send(cl), 403);
        CHECK_INT(client_get(cl, "/toy/form/write"), 200);
        client_form(cl, "/toy/write");
        CHECK_INT(client_send(cl), 303);
    }
}

/* --- savepoints --- */

static int post_note(struct client *cl, const char *how)
{
    CHECK_INT(client_get(cl, "/toy/form/write"), 200);
    client_form(cl, "/toy/write");
    client_set(cl, "note", how);
    return client_send(cl);
}

TEST(what_fails_keeps_nothing)
{
    EACH_ENGINE(cl) {
        with_toy(cl);
        /* The index would take the notes in: a trace that stays is the key's row. */
        const char *keys = "SELECT count(*) FROM idempotency";
        CHECK_INT(post_note(cl, "input"), 422);
        CHECK_INT(post_note(cl, "drawn"), 422);
        CHECK(client_form(cl, "/toy/write"));
        CHECK_INT(post_note(cl, "conflict"), 409);
        CHECK_INT(post_note(cl, "broken"), 500);
        CHECK_INT(client_int(cl, keys), 0);
        CHECK_INT(post_note(cl, "page"), 200);
        CHECK_INT(client_int(cl, keys), 0);
        CHECK_INT(post_note(cl, "ok"), 303);
        CHECK_INT(client_int(cl, keys), 1);
        CHECK_TEXT(client_text(cl, "SELECT location FROM idempotency"), "/toy/form/write");
    }
}

TEST(a_form_is_taken_once)
{
    EACH_ENGINE(cl) {
        with_toy(cl);
        CHECK_INT(client_get(cl, "/toy/form/write"), 200);
        struct arena *a = client_ctx(cl)->arena;
        client_form(cl, "/toy/write");
        const char *key = arena_dup(a, client_value(cl, "key")), *csrf = arena_dup(a, client_value(cl, "csrf"));
        const char *ok = arena_printf(a, "csrf=%s&key=%s&note=ok", csrf, key);
        CHECK_INT(client_post(cl, "/toy/write", ok), 303);
        const char *location = arena_dup(a, client_header_of(cl, "Location"));
        CHECK_INT(client_post(cl, "/toy/write", ok), 303);
        CHECK_TEXT(client_header_of(cl, "Location"), location);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "同じ内容は、もう受け付けてあります。"));
        /* Another body under the same key: told so, with what was typed kept under a key of its own. */
        CHECK_INT(client_post(cl, "/toy/write", arena_printf(a, "csrf=%s&key=%s&note=other+%%E7%%A6%%8F", csrf, key)), 409);
        CHECK(client_sees(cl, "まだ保存していません"));
        CHECK(client_form(cl, "/toy/write"));
        CHECK_TEXT(client_value(cl, "note"), "other 福");
        CHECK(!text_eq(client_value(cl, "key"), key));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM idempotency"), 2);
        /* The same body by another person. */
        client_user(cl, "officer", NONE, NONE);
        CHECK_INT(client_get(cl, "/toy/form/write"), 200);
        client_form(cl, "/toy/write");
        client_set(cl, "key", key);
        client_set(cl, "note", "ok");
        CHECK_INT(client_send(cl), 409);
        CHECK_INT(client_post(cl, "/toy/write", arena_printf(a, "csrf=%s&key=%070d", client_value(cl, "csrf"), 1)), 422);
    }
}

TEST(a_slow_form_is_taken_once)
{
    EACH_ENGINE(cl) {
        with_toy(cl);
        struct arena *a = client_ctx(cl)->arena;
        client_user(cl, "officer", NONE, NONE);
        CHECK_INT(client_get(cl, "/toy/form/slow"), 200);
        client_form(cl, "/toy/slow");
        const char *body = arena_printf(a, "csrf=%s&key=%s&note=a", client_value(cl, "csrf"), client_value(cl, "key"));
        int64_t before = client_int(cl, "SELECT count(*) FROM idempotency");
        CHECK_INT(client_post(cl, "/toy/slow", body), 303);
        CHECK_INT(client_post(cl, "/toy/slow", body), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "同じ内容は、もう受け付けてあります。"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM idempotency"), before + 1);
        CHECK_INT(client_post(cl, "/toy/slow", arena_printf(a, "%sb", body)), 409);
    }
}

/* --- with the server --- */

static int connect_pair(struct server *s)
{
    int fd[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fd) != 0 || server_adopt(s, fd[1]) != OK)
        return -1;
    return fd[0];
}

static void say(int fd, const char *s)
{
    CHECK(send(fd, s, strlen(s), MSG_NOSIGNAL) == (ssize_t)strlen(s));
}

/* One whole answer, as text. */
static const char *hear(struct arena *a, int fd)
{
    char *b = arena_alloc(a, 1 << 17);
    size_t n = 0;
    for (;;) {
        const char *end = strstr(b, "\r\n\r\n"), *length = strcasestr(b, "Content-Length: ");
        if (end != NULL && (length == NULL || n >= (size_t)(end + 4 - b) + strtoul(length + 16, NULL, 10)))
            return b;
        if (poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 20000) <= 0)
            return "";
        ssize_t got = recv(fd, b + n, (1 << 17) - 1 - n, 0);
        if (got <= 0)
            return b;
        n += (size_t)got;
    }
}

static const char *ask(struct arena *a, int fd, const char *target, const char *fields)
{
    say(fd, arena_printf(a, "GET %s HTTP/1.1\r\nHost: a\r\n%s\r\n", target, fields));
    return hear(a, fd);
}

static int status_of(const char *answer)
{
    return (int)strtol(answer + strcspn(answer, " "), NULL, 10);
}

static const char *value_after(struct arena *a, const char *s, const char *before, const char *ends)
{
    const char *p = strstr(s, before);
    return p == NULL ? "" : arena_dup_n(a, p + strlen(before), strcspn(p + strlen(before), ends));
}

static struct server *start(struct client *cl)
{
    struct failure f;
    failure_init(&f, client_ctx(cl)->arena);
    with_toy(cl);
    if (app_start(client_app(cl), NULL, 2, false, &f) != OK) {
        test_fault(__FILE__, __LINE__, "%s", f.message);
        return NULL;
    }
    return client_app(cl)->server;
}

struct visitor { const char *cookie, *csrf, *key; };

static struct visitor visit(struct arena *a, int fd, const char *cookie, const char *form)
{
    const char *page = ask(a, fd, form, cookie != NULL ? arena_printf(a, "Cookie: %s\r\n", cookie) : "");
    struct visitor v = {.cookie = cookie != NULL ? cookie : value_after(a, page, "Set-Cookie: ", ";"), .csrf = value_after(a, page, "name=\"csrf\" value=\"", "\""),
                        .key = value_after(a, page, "name=\"key\" value=\"", "\"")};
    CHECK(strlen(v.csrf) == 64 && strlen(v.key) == 32);
    return v;
}

static const char *post_of(struct arena *a, const struct visitor *v, const char *key, const char *how)
{
    const char *body = arena_printf(a, "csrf=%s&key=%s&note=%s", v->csrf, key, how);
    return arena_printf(a, "POST /toy/write HTTP/1.1\r\nHost: a\r\nOrigin: http://a\r\nCookie: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                           "Content-Length: %zu\r\n\r\n%s", v->cookie, strlen(body), body);
}

TEST(sixteen_equal_posts_make_one)
{
    EACH_ENGINE(cl) {
        struct arena *a = client_ctx(cl)->arena;
        struct server *s = start(cl);
        int fd[16];
        for (int i = 0; i < 16; i++)
            fd[i] = connect_pair(s);
        struct visitor v = visit(a, fd[0], NULL, "/toy/form/write");
        for (int i = 0; i < 16; i++)
            say(fd[i], post_of(a, &v, v.key, "ok"));
        for (int i = 0; i < 16; i++) {
            const char *answer = hear(a, fd[i]);
            CHECK_INT(status_of(answer), 303);
            CHECK_TEXT(value_after(a, answer, "Location: ", "\r"), "/toy/form/write");
        }
        CHECK_INT(client_int(cl, "SELECT count(*) FROM idempotency"), 1);
        for (int i = 0; i < 16; i++)
            close(fd[i]);
        app_stop(client_app(cl), 5);
    }
}

static enum err verify(struct ctx *c, void *arg) { return audit_verify(c, arg); }

#define LOG_STANDS(cl)                                              \
    do {                                                            \
        struct audit_report report;                                 \
        CHECK_INT(in_read(client_ctx(cl), verify, &report), OK);    \
        CHECK(report.rows > 0);                                     \
    } while (0)

static void hold(void *worker, void *arg)
{
    (void)worker;
    while (!atomic_load((_Atomic bool *)arg))
        usleep(1000);
}

struct holding { struct server *s; _Atomic bool over; };
static void *hold_the_writer(void *arg)
{
    struct holding *h = arg;
    server_on_write_lane(h->s, hold, &h->over);
    return NULL;
}

/* Together in a batch with others, some of whom fail before they have written anything and some after: each hears its own answer, and what is kept is
 * what the kept ones wrote. */
TEST(who_fails_takes_nothing_of_the_others_along)
{
    static const struct { const char *how; int status; } posts[] = {
        {"ok", 303}, {"input", 422}, {"ok", 303}, {"broken", 500}, {"page", 200}, {"drawn", 422}, {"conflict", 409}, {"ok", 303},
    };
    enum { POSTS = sizeof posts / sizeof *posts };
    EACH_ENGINE(cl) {
        struct arena *a = client_ctx(cl)->arena;
        struct server *s = start(cl);
        int fd[POSTS];
        for (int i = 0; i < POSTS; i++)
            fd[i] = connect_pair(s);
        struct visitor v = visit(a, fd[0], NULL, "/toy/form/write");
        for (int round = 0; round < 3; round++) {
            struct holding h = {.s = s};
            pthread_t holder;
            pthread_create(&holder, NULL, hold_the_writer, &h);
            for (int i = 0; i < POSTS; i++)
                say(fd[i], post_of(a, &v, arena_printf(a, "r%d-%d", round, i), round == 0 && posts[i].status >= 400 ? "ok" : posts[i].how));
            usleep(20 * 1000); /* until all wait behind it */
            atomic_store(&h.over, true);
            pthread_join(holder, NULL);
            for (int i = 0; i < POSTS; i++)
                CHECK_INT(status_of(hear(a, fd[i])), round == 0 && posts[i].status >= 400 ? 303 : posts[i].status);
        }
        CHECK_INT(client_int(cl, "SELECT count(*) FROM idempotency"), 7 + 3 + 3);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what = 'toy'"), 8 + 4 + 4);
        LOG_STANDS(cl);
        for (int i = 0; i < POSTS; i++)
            close(fd[i]);
        app_stop(client_app(cl), 5);
    }
}

struct fault { int64_t k, count; };
static void set_fault(void *worker, void *arg) { db_fail_at(((struct worker *)worker)->writer, ((struct fault *)arg)->k); }
static void read_count(void *worker, void *arg) { ((struct fault *)arg)->count = db_fail_count(((struct worker *)worker)->writer); }

/* Eight writes at once while the k-th statement of the write lane fails, for every k up to and with the COMMIT: whoever is told 303 is
 * kept, everybody else is told that it is not, and nothing else is there. SQLite: there one thread writes and all share a commit. */
TEST(a_commit_that_fails)
{
    EACH_ENGINE(cl) {
        if (strcmp(client_engine(cl), "sqlite") != 0)
            continue;
        struct arena *a = client_ctx(cl)->arena;
        struct server *s = start(cl);
        int fd[8];
        for (int i = 0; i < 8; i++)
            fd[i] = connect_pair(s);
        struct visitor v = visit(a, fd[0], NULL, "/toy/form/write");
        struct fault fault = {0};
        server_on_write_lane(s, set_fault, &fault);
        say(fd[0], post_of(a, &v, "measure", "ok"));
        CHECK_INT(status_of(hear(a, fd[0])), 303);
        server_on_write_lane(s, read_count, &fault);
        int64_t alone = fault.count;
        CHECK(alone > 5);
        int64_t kept = 1;
        bool common = false;
        for (int64_t k = 1; k <= alone * 8; k++) {
            fault.k = k;
            server_on_write_lane(s, set_fault, &fault);
            int told = 0, refused = 0;
            for (int i = 0; i < 8; i++)
                say(fd[i], post_of(a, &v, arena_printf(a, "k%d-%d", (int)k, i), "ok"));
            for (int i = 0; i < 8; i++) {
                const char *answer = hear(a, fd[i]);
                int status = status_of(answer);
                if (status != 303 && status != 503 && status != 500)
                    test_fault(__FILE__, __LINE__, "k=%d: status %d", (int)k, status);
                told += status == 303;
                refused += status == 503;
            }
            common = common || refused > 1;
            kept += told;
            int64_t there = client_int(cl, "SELECT count(*) FROM idempotency");
            if (there != kept) {
                test_fault(__FILE__, __LINE__, "k=%d: %d told, %d there", (int)k, (int)kept, (int)there);
                kept = there;
            }
        }
        CHECK(common); /* at least once several shared a commit that failed */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what = 'toy'"), kept);
        LOG_STANDS(cl);
        for (int i = 0; i < 8; i++)
            close(fd[i]);
        app_stop(client_app(cl), 5);
    }
}

TEST(pages_are_kept_until_their_tables_change)
{
    EACH_ENGINE(cl) {
        struct arena *a = client_ctx(cl)->arena;
        struct server *s = start(cl);
        int fd = connect_pair(s);
        const char *first = ask(a, fd, "/toy", ""), *drawn_first = value_after(a, first, "drawn ", " ");
        CHECK_TEXT(value_after(a, ask(a, fd, "/toy", ""), "drawn ", " "), drawn_first);
        CHECK_TEXT(value_after(a, ask(a, fd, "/toy", "Cookie: other=1\r\n"), "drawn ", " "), drawn_first);
        /* Another language, another address, another encoding, somebody's own page: not the same. */
        CHECK(!text_eq(value_after(a, ask(a, fd, "/toy", "Cookie: lang=en\r\n"), "drawn ", " "), drawn_first));
        CHECK(!text_eq(value_after(a, ask(a, fd, "/toy?x=1", ""), "drawn ", " "), drawn_first));
        CHECK(!text_eq(value_after(a, ask(a, fd, "/toy", "Cookie: kyodo=1\r\n"), "drawn ", " "), drawn_first));
        CHECK(!text_eq(value_after(a, ask(a, fd, "/toy", "Cookie: notice=1\r\n"), "drawn ", " "), drawn_first));
        const char *packed = ask(a, fd, "/toy", "Accept-Encoding: gzip\r\n");
        CHECK(strstr(packed, "Content-Encoding: gzip\r\n") != NULL);
        CHECK(strstr(ask(a, fd, "/toy", "Accept-Encoding: gzip;q=0\r\n"), "Content-Encoding") == NULL);
        CHECK_TEXT(value_after(a, ask(a, fd, "/toy", ""), "drawn ", " "), drawn_first);
        say(fd, "HEAD /toy HTTP/1.1\r\nHost: a\r\n\r\n");
        char head[4096] = "";
        size_t head_n = 0;
        for (ssize_t got = 1; got > 0 && strstr(head, "\r\n\r\n") == NULL; head_n += (size_t)(got > 0 ? got : 0))
            got = poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 20000) > 0 ? recv(fd, head + head_n, sizeof head - 1 - head_n, 0) : 0;
        CHECK(strstr(head, "notes") == NULL && strstr(head, "Content-Length: 8") != NULL);
        /* A write to the table by a request: its answer comes after the page has become old. */
        struct visitor v = visit(a, fd, NULL, "/toy/form/write");
        say(fd, post_of(a, &v, v.key, "ok"));
        CHECK_INT(status_of(hear(a, fd)), 303);
        CHECK(!text_eq(value_after(a, ask(a, fd, "/toy", ""), "drawn ", " "), drawn_first));
        const char *second = value_after(a, ask(a, fd, "/toy", ""), "drawn ", " ");
        CHECK_TEXT(value_after(a, ask(a, fd, "/toy", ""), "drawn ", " "), second);
        /* One that fails changes nothing. */
        v = visit(a, fd, v.cookie, "/toy/form/write");
        say(fd, post_of(a, &v, v.key, "input"));
        CHECK_INT(status_of(hear(a, fd)), 422);
        CHECK_TEXT(value_after(a, ask(a, fd, "/toy", ""), "drawn ", " "), second);
        close(fd);
        app_stop(client_app(cl), 5);
    }
}

static _Atomic int64_t own_clock;
static int64_t read_own_clock(void) { return atomic_load(&own_clock); }

TEST(pages_that_depend_on_the_clock)
{
    EACH_ENGINE(cl) {
        struct arena *a = client_ctx(cl)->arena;
        atomic_store(&own_clock, 1781103000); /* 2026-06-10 23:50 in Tokyo */
        client_app(cl)->clock = read_own_clock;
        struct server *s = start(cl);
        int fd = connect_pair(s);
        const char *until = value_after(a, ask(a, fd, "/toy/until", ""), "drawn ", "\n"), *today = value_after(a, ask(a, fd, "/toy", ""), "drawn ", " ");
        atomic_fetch_add(&own_clock, 59);
        CHECK_TEXT(value_after(a, ask(a, fd, "/toy/until", ""), "drawn ", "\n"), until);
        atomic_fetch_add(&own_clock, 1);
        CHECK(!text_eq(value_after(a, ask(a, fd, "/toy/until", ""), "drawn ", "\n"), until));
        CHECK_TEXT(value_after(a, ask(a, fd, "/toy", ""), "drawn ", " "), today);
        atomic_store(&own_clock, 1781103600); /* midnight */
        CHECK(!text_eq(value_after(a, ask(a, fd, "/toy", ""), "drawn ", " "), today));
        close(fd);
        app_stop(client_app(cl), 5);
    }
}

static const char *sign_in(struct arena *a, int fd, const char *login)
{
    struct visitor v = visit(a, fd, NULL, "/login");
    const char *body = arena_printf(a, "csrf=%s&key=%s&login=%s&password=%s", v.csrf, v.key, login, CLIENT_PASSWORD);
    say(fd, arena_printf(a, "POST /login HTTP/1.1\r\nHost: a\r\nCookie: %s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
                         v.cookie, strlen(body), body));
    const char *answer = hear(a, fd);
    CHECK_INT(status_of(answer), 303);
    return arena_printf(a, "kyodo=%s", value_after(a, answer, "Set-Cookie: kyodo=", ";"));
}

TEST(two_equal_slow_forms_at_once)
{
    EACH_ENGINE(cl) {
        struct arena *a = client_ctx(cl)->arena;
        const char *login = client_user(cl, "officer", NONE, NONE);
        struct server *s = start(cl);
        int fd[2] = {connect_pair(s), connect_pair(s)};
        const char *cookie = sign_in(a, fd[0], login);
        struct visitor v = visit(a, fd[0], cookie, "/toy/form/slow");
        const char *body = arena_printf(a, "csrf=%s&key=%s&note=a", v.csrf, v.key);
        const char *post = arena_printf(a, "POST /toy/slow HTTP/1.1\r\nHost: a\r\nCookie: %s\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                                           "Content-Length: %zu\r\n\r\n%s", cookie, strlen(body), body);
        atomic_store(&slow_waits, true);
        atomic_store(&slow_begun, 0);
        say(fd[0], post);
        for (int i = 0; atomic_load(&slow_begun) == 0 && i < 6000; i++)
            usleep(10 * 1000);
        say(fd[1], post);
        CHECK_INT(status_of(hear(a, fd[1])), 409);
        atomic_store(&slow_waits, false);
        CHECK_INT(status_of(hear(a, fd[0])), 303);
        say(fd[1], post); /* now it is done: the same answer */
        CHECK_INT(status_of(hear(a, fd[1])), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM idempotency WHERE location = '/toy/form/slow'"), 1);
        close(fd[0]), close(fd[1]);
        app_stop(client_app(cl), 5);
    }
}

TEST(a_body_that_is_too_large)
{
    EACH_ENGINE(cl) {
        struct arena *a = client_ctx(cl)->arena;
        with_toy(cl);
        char *post = arena_alloc(a, 80000);
        int n = snprintf(post, 80000, "POST /toy/write HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\n\r\n");
        memset(post + n, 'a', 70000);
        CHECK_INT(client_raw(cl, post, (size_t)n + 70000), 413);
        CHECK(client_sees(cl, "大きすぎます"));
        CHECK(client_sees(cl, "</html>"));
        struct server *s = start(cl);
        int fd = connect_pair(s);
        say(fd, post);
        const char *answer = hear(a, fd);
        CHECK_INT(status_of(answer), 413);
        CHECK(strstr(answer, "Connection: close\r\n") != NULL && strstr(answer, "</html>") != NULL);
        close(fd);
        app_stop(client_app(cl), 5);
    }
}

/* One writer, four readers: whoever has been told "saved" sees it, although pages come from the cache. */
struct reading { struct server *s; _Atomic int64_t told; _Atomic bool stop; _Atomic int faults, hits; };

static void *read_on(void *arg)
{
    struct reading *w = arg;
    ARENA struct arena *a = arena_new();
    int fd = connect_pair(w->s);
    int64_t last = 0;
    while (!atomic_load(&w->stop)) {
        int64_t told = atomic_load(&w->told);
        const char *answer = ask(a, fd, "/toy/count", "");
        int64_t seen = strtoll(value_after(a, answer, "count ", "\n"), NULL, 10);
        if (status_of(answer) != 200 || seen < told)
            atomic_fetch_add(&w->faults, 1);
        atomic_fetch_add(&w->hits, seen == last);
        last = seen;
        arena_reset(a);
    }
    close(fd);
    return NULL;
}

TEST(ones_own_write_is_seen_through_the_cache)
{
    EACH_ENGINE(cl) {
        struct arena *a = client_ctx(cl)->arena;
        struct server *s = start(cl);
        struct reading w = {.s = s};
        int fd = connect_pair(s);
        struct visitor v = visit(a, fd, NULL, "/toy/form/write");
        pthread_t readers[4];
        for (int i = 0; i < 4; i++)
            pthread_create(&readers[i], NULL, read_on, &w);
        for (int64_t i = 1; i <= 100; i++) {
            say(fd, post_of(a, &v, arena_printf(a, "w%d", (int)i), "ok"));
            CHECK_INT(status_of(hear(a, fd)), 303);
            atomic_store(&w.told, i);
            usleep(2000);
        }
        for (int i = 0; atomic_load(&w.hits) == 0 && i < 6000; i++) /* nothing is written any more: the next read sees what the last one saw */
            usleep(10 * 1000);
        atomic_store(&w.stop, true);
        for (int i = 0; i < 4; i++)
            pthread_join(readers[i], NULL);
        CHECK_INT(atomic_load(&w.faults), 0);
        CHECK(atomic_load(&w.hits) > 0);
        close(fd);
        app_stop(client_app(cl), 5);
    }
}

TEST(lanes_of_the_server)
{
    EACH_ENGINE(cl) {
        struct arena *a = client_ctx(cl)->arena;
        struct server *s = start(cl);
        int fd = connect_pair(s);
        CHECK_INT(status_of(ask(a, fd, "/healthz", "")), 200);
        CHECK_INT(status_of(ask(a, fd, "/toy/sly", "")), 500); /* a reader cannot write */
        CHECK_INT(status_of(ask(a, fd, "/no/such", "")), 404);
        const char *asset = ask(a, fd, "/assets/kyodo.css", "Accept-Encoding: gzip\r\n");
        CHECK(status_of(asset) == 200 && strstr(asset, "Content-Encoding: gzip") != NULL);
        CHECK_INT(status_of(ask(a, fd, "/assets/kyodo.css", "Accept-Encoding: gzip\r\n")), 200);
        close(fd);
        app_stop(client_app(cl), 5);
        CHECK_INT(client_int(cl, NOTES), 0);
    }
}

TEST_MAIN
