/* The server over socket pairs: pipelining, cut bytes, deadlines, lanes, stopping. A toy application stands behind it. */
#include "test.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <arpa/inet.h>
#include <unistd.h>

#include "web/server.h"

/* --- the toy application --- */

struct toy {
    _Atomic int opened, closed, asked, runs, batches, batched, largest, finished, refused, last_refused;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool hold;   /* handlers wait while it is set */
    int held;
    struct server *server;
};

static int64_t body_limit(void *self, struct request *r)
{
    (void)self;
    if (strcmp(r->path, "/forbidden") == 0)
        return -403;
    return strcmp(r->path, "/large") == 0 ? 1 << 20 : 1024;
}

static bool at_once(void *self, struct exchange *x, enum lane *lane)
{
    struct request *r = exchange_request(x);
    atomic_fetch_add(&((struct toy *)self)->asked, 1);
    if (strcmp(r->path, "/fast") == 0) {
        sb_add(&exchange_response(x)->body, "fast");
        return true;
    }
    if (strcmp(r->path, "/bytes") == 0) {
        static const char ready[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nready";
        exchange_bytes(x, ready, sizeof ready - 1, NULL, NULL);
        return true;
    }
    *lane = r->method == HTTP_POST ? strcmp(r->path, "/slow") == 0 ? LANE_SLOW : LANE_WRITE : LANE_READ;
    return false;
}

static void *worker_open(void *self, enum lane lane)
{
    struct toy *t = self;
    (void)lane;
    atomic_fetch_add(&t->opened, 1);
    return t;
}

static void worker_close(void *self, void *worker)
{
    (void)worker;
    atomic_fetch_add(&((struct toy *)self)->closed, 1);
}

static void may_hold(struct toy *t, const struct request *r)
{
    if (strcmp(r->path, "/hold") != 0)
        return;
    pthread_mutex_lock(&t->lock);
    t->held++;
    pthread_cond_broadcast(&t->changed);
    while (t->hold)
        pthread_cond_wait(&t->changed, &t->lock);
    t->held--;
    pthread_mutex_unlock(&t->lock);
}

static void answer(struct toy *t, struct exchange *x)
{
    struct request *r = exchange_request(x);
    struct response *w = exchange_response(x);
    may_hold(t, r);
    if (exchange_fault(x) != 0) {
        CHECK_INT(r->body.n, 0);
        w->status = exchange_fault(x);
        return;
    }
    atomic_fetch_add(&t->runs, 1);
    w->type = "text/plain";
    if (strcmp(r->path, "/big") == 0) {
        for (int i = 0; i < 100000; i++)
            sb_add(&w->body, "0123456789");
        return;
    }
    sb_printf(&w->body, "%s|", r->path);
    if (form_get(&r->query, "q") != NULL)
        sb_add(&w->body, form_get(&r->query, "q"));
    if (form_get(&r->form, "a") != NULL)
        sb_printf(&w->body, "a=%s", form_get(&r->form, "a"));
    else
        sb_add_n(&w->body, r->body.p, r->body.n);
    sb_printf(&w->body, "|%s|%d", r->peer, r->https);
}

struct note { struct toy *t; struct exchange *x; };
static void on_write_lane(void *worker, void *arg)
{
    (void)worker;
    struct note *n = arg;
    answer(n->t, n->x);
}

static void run(void *self, void *worker, struct exchange *x)
{
    struct toy *t = self;
    (void)worker;
    if (strcmp(exchange_request(x)->path, "/slow") == 0)
        server_on_write_lane(t->server, on_write_lane, &(struct note){t, x});
    else
        answer(t, x);
}

static void run_batch(void *self, void *worker, struct exchange **x, size_t n)
{
    struct toy *t = self;
    (void)worker;
    atomic_fetch_add(&t->batches, 1);
    atomic_fetch_add(&t->batched, (int)n);
    if ((int)n > atomic_load(&t->largest))
        atomic_store(&t->largest, (int)n);
    for (size_t i = 0; i < n; i++)
        answer(t, x[i]);
}

static void finished(void *self, struct exchange *x, int64_t micros)
{
    (void)x;
    CHECK(micros >= 0);
    atomic_fetch_add(&((struct toy *)self)->finished, 1);
}

static void refused(void *self, const char *peer, int status)
{
    (void)peer;
    atomic_fetch_add(&((struct toy *)self)->refused, 1);
    atomic_store(&((struct toy *)self)->last_refused, status);
}

/* Reads that the toy calls short run on the listener; all its workers are alike. */
static bool is_short(void *self, struct exchange *x)
{
    (void)self;
    return strcmp(exchange_request(x)->path, "/short") == 0;
}

static struct server_app toy_app(struct toy *t)
{
    return (struct server_app){.self = t, .body_limit = body_limit, .at_once = at_once, .is_short = is_short, .worker_open = worker_open,
                               .worker_close = worker_close, .run = run, .run_batch = run_batch, .finished = finished, .refused = refused};
}

static struct server *toy_start(struct toy *t, struct server_config cfg)
{
    *t = (struct toy){0};
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->changed, NULL);
    const struct server_app app = toy_app(t);
    ARENA struct arena *a = arena_new();
    struct failure f;
    failure_init(&f, a);
    enum err e = server_start(&cfg, &app, &t->server, &f);
    if (e != OK) {
        printf("%s\n", f.message);
        return NULL;
    }
    return t->server;
}

/* What must come is waited for as long as the slowest machine may need; that nothing comes is seen for a moment. */
enum { LONG = 60000, MOMENT = 200 };

/* Until the listeners have taken up n requests. With one listener, whatever it does next comes after they stand in their queues. */
static void wait_asked(struct toy *t, int n)
{
    for (int i = 0; i < LONG && atomic_load(&t->asked) < n; i++)
        usleep(1000);
    CHECK_INT(atomic_load(&t->asked), n);
}

static const struct server_config small = {.listeners = 2, .readers = 2, .writers = 1, .slow = 1, .batch_max = 64};

static void hold(struct toy *t, bool on)
{
    pthread_mutex_lock(&t->lock);
    t->hold = on;
    pthread_cond_broadcast(&t->changed);
    pthread_mutex_unlock(&t->lock);
}

static void wait_held(struct toy *t, int n)
{
    pthread_mutex_lock(&t->lock);
    while (t->held < n)
        pthread_cond_wait(&t->changed, &t->lock);
    pthread_mutex_unlock(&t->lock);
}

static void toy_stop(struct toy *t)
{
    hold(t, false);
    server_stop(t->server, 5);
    CHECK_INT(atomic_load(&t->opened), atomic_load(&t->closed));
    pthread_mutex_destroy(&t->lock);
    pthread_cond_destroy(&t->changed);
}

/* --- the other side --- */

/* A connection on which something has been said already when the server sees it. */
static int connect_saying(struct server *s, const char *first)
{
    int fd[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd) != 0)
        return -1;
    CHECK(send(fd[0], first, strlen(first), MSG_NOSIGNAL) == (ssize_t)strlen(first));
    CHECK_INT(server_adopt(s, fd[1]), OK);
    return fd[0];
}

static int connect_pair(struct server *s) { return connect_saying(s, ""); }

static bool send_all(int fd, const char *p, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, p, n, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN) {
            poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, LONG);
            continue;
        }
        if (sent < 0)
            return false;
        p += sent;
        n -= (size_t)sent;
    }
    return true;
}

static void say(int fd, const char *s) { CHECK(send_all(fd, s, strlen(s))); }

struct heard { char *p; size_t n; bool closed; };

/* Everything until `answers` answers are whole, the other side closes, or nothing comes for `ms`. */
static struct heard hear(struct arena *a, int fd, int answers, int ms)
{
    struct heard h = {.p = arena_alloc(a, 1)};
    size_t cap = 0;
    for (;;) {
        int whole = 0;
        for (const char *at = h.p; at != NULL;) {
            const char *end = strstr(at, "\r\n\r\n"), *length = strstr(at, "Content-Length: ");
            if (end == NULL)
                break;
            size_t body = length != NULL && length < end ? strtoul(length + 16, NULL, 10) : 0;
            if ((size_t)(end + 4 - h.p) + body > h.n)
                break;
            at = end + 4 + body;
            whole += strncmp(at - body - 4, "\r\n\r\n", 4) == 0;
        }
        if (answers > 0 && whole >= answers)
            return h;
        if (poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, ms) <= 0)
            return h;
        if (h.n + 65536 > cap) {
            char *more = arena_alloc(a, (h.n + 65536) * 2 + 1);
            memcpy(more, h.p, h.n);
            h.p = more;
            cap = (h.n + 65536) * 2;
        }
        ssize_t n = recv(fd, h.p + h.n, 65536, 0);
        if (n < 0 && errno == EAGAIN)
            continue;
        if (n <= 0) {
            h.closed = true;
            return h;
        }
        h.n += (size_t)n;
        h.p[h.n] = '\0';
    }
}

static int count(const char *s, const char *what)
{
    int n = 0;
    for (; (s = strstr(s, what)) != NULL; s++)
        n++;
    return n;
}

#define GET(target) "GET " target " HTTP/1.1\r\nHost: a\r\n\r\n"
#define POST(target, body, length) "POST " target " HTTP/1.1\r\nHost: a\r\nContent-Length: " length "\r\n\r\n" body

TEST(one_request_after_the_other)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server *s = toy_start(&t, small);
    int fd = connect_pair(s);
    say(fd, GET("/one?q=%E7%A6%8F"));
    struct heard h = hear(a, fd, 1, LONG);
    CHECK(strncmp(h.p, "HTTP/1.1 200 OK\r\nDate: ", 23) == 0);
    CHECK(strstr(h.p, "/one|福|test|0") != NULL);
    CHECK(strstr(h.p, "Connection: close") == NULL);
    say(fd, GET("/fast"));
    h = hear(a, fd, 1, LONG);
    CHECK(strstr(h.p, "\r\n\r\nfast") != NULL);
    say(fd, GET("/bytes"));
    h = hear(a, fd, 1, LONG);
    CHECK(strstr(h.p, "\r\n\r\nready") != NULL && strstr(h.p, "1970") == NULL && count(h.p, "Date: ") == 1);
    int last = connect_pair(s); /* the answer to HEAD names a length that does not come: all is heard once the connection ends */
    say(last, "HEAD /bytes HTTP/1.1\r\nHost: a\r\n\r\nGET /two HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    h = hear(a, last, 0, LONG);
    CHECK(h.closed && strstr(h.p, "ready") == NULL && strstr(h.p, "/two|") != NULL);
    close(last);
    say(fd, POST("/write", "hello", "5"));
    h = hear(a, fd, 1, LONG);
    CHECK(strstr(h.p, "/write|hello|") != NULL);
    say(fd, POST("/slow", "hello", "5"));
    h = hear(a, fd, 1, LONG);
    CHECK(strstr(h.p, "/slow|hello|") != NULL);
    say(fd, "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" GET("/ignored"));
    h = hear(a, fd, 0, LONG);
    CHECK(h.closed && strstr(h.p, "Connection: close") != NULL && strstr(h.p, "ignored") == NULL);
    close(fd);
    toy_stop(&t);
    CHECK_INT(atomic_load(&t.finished), 8);
    CHECK_INT(atomic_load(&t.refused), 0);
}

TEST(forms_and_proxies)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server *s = toy_start(&t, small);
    int fd = connect_pair(s);
    say(fd, "POST /w HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 14\r\n"
            "X-Forwarded-For: 6.6.6.6, 203.0.113.7\r\nX-Forwarded-Proto: https\r\n\r\nb=1&a=%E7%A6%8F");
    CHECK(strstr(hear(a, fd, 1, LONG).p, "HTTP/1.1 400") != NULL); /* the length cuts a character */
    close(fd);
    fd = connect_pair(s);
    say(fd, "POST /w HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 15\r\n"
            "X-Forwarded-For: 6.6.6.6, 203.0.113.7\r\nX-Forwarded-Proto: https\r\n\r\nb=1&a=%E7%A6%8F");
    CHECK(strstr(hear(a, fd, 1, LONG).p, "/w|a=福|203.0.113.7|1") != NULL);
    say(fd, "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: <script>\r\n\r\n");
    CHECK(strstr(hear(a, fd, 1, LONG).p, "/||test|0") != NULL);
    say(fd, GET("/?q=%ff"));
    CHECK(strstr(hear(a, fd, 1, LONG).p, "HTTP/1.1 400") != NULL);
    say(fd, GET("/still%20here/"));
    CHECK(strstr(hear(a, fd, 1, LONG).p, "/still here||") != NULL);
    close(fd);
    toy_stop(&t);
}

TEST(pipelined_requests_are_answered_in_order)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server *s = toy_start(&t, small);
    int fd = connect_pair(s);
    struct sb b;
    sb_init(&b, a);
    for (int i = 0; i < 300; i++) {
        if (i % 3 == 0)
            sb_printf(&b, "GET /fast HTTP/1.1\r\nHost: a\r\n\r\n");
        else if (i % 3 == 1)
            sb_printf(&b, "GET /n%d HTTP/1.1\r\nHost: a\r\n\r\n", i);
        else if (i % 2 == 0)
            sb_printf(&b, "POST /n%d HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", i);
        else
            sb_printf(&b, "POST /n%d HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", i);
    }
    CHECK(send_all(fd, b.p, b.n));
    struct heard h = hear(a, fd, 300, LONG);
    CHECK_INT(count(h.p, "HTTP/1.1 200 OK"), 300);
    const char *at = h.p;
    for (int i = 0; i < 300 && at != NULL; i++) {
        if (i % 3 == 0)
            continue;
        at = strstr(at, arena_printf(a, "/n%d|", i));
        if (!CHECK(at != NULL))
            break;
        CHECK((i % 3 == 2) == (strncmp(strchr(at, '|'), "|abc|", 5) == 0));
    }
    close(fd);
    toy_stop(&t);
}

/* Each request sent in two pieces, cut at every byte, and byte for byte. */
TEST(cut_bytes)
{
    ARENA struct arena *a = arena_new();
    static const char *const requests[] = {
        GET("/a?q=b"), POST("/w", "hello", "5"), "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n",
    };
    static const char *const answers[] = {"/a|b|", "/w|hello|", "/c|abcde|"};
    struct toy t;
    struct server *s = toy_start(&t, small);
    int fd = connect_pair(s);
    for (size_t k = 0; k < sizeof requests / sizeof *requests; k++) {
        size_t n = strlen(requests[k]);
        for (size_t i = 1; i < n; i++) {
            CHECK(send_all(fd, requests[k], i));
            if (i % 16 == 0)
                usleep(500); /* else both pieces may be read at once, which is a case too */
            CHECK(send_all(fd, requests[k] + i, n - i));
            struct heard h = hear(a, fd, 1, LONG);
            if (strstr(h.p, answers[k]) == NULL)
                test_fault(__FILE__, __LINE__, "request %zu cut at %zu: %s", k, i, h.p);
            arena_reset(a);
        }
        for (size_t i = 0; i < n; i++) {
            CHECK(send_all(fd, requests[k] + i, 1));
            usleep(100);
        }
        CHECK(strstr(hear(a, fd, 1, LONG).p, answers[k]) != NULL);
    }
    close(fd);
    toy_stop(&t);
}

TEST(faults_of_framing_end_the_connection)
{
    ARENA struct arena *a = arena_new();
    static const struct { const char *request; int status; } bad[] = {
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello" GET("/smuggled"), 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello" GET("/smuggled"), 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" GET("/smuggled"), 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n" GET("/smuggled"), 501},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5 \r\nhello\r\n0\r\n\r\n" GET("/smuggled"), 400},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1025\r\n\r\nhello" GET("/smuggled"), 413},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n" GET("/smuggled"), 413},
        {"POST /forbidden HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello" GET("/smuggled"), 403},
        {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
        {"GET / HTTP/1.1\r\n\r\n", 400},
    };
    struct toy t;
    struct server *s = toy_start(&t, small);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int fd = connect_pair(s);
        say(fd, bad[i].request);
        struct heard h = hear(a, fd, 0, LONG);
        if (!h.closed || strtol(h.p + 9, NULL, 10) != bad[i].status || count(h.p, "\r\nDate: ") != 1 || strstr(h.p, "Connection: close") == NULL)
            test_fault(__FILE__, __LINE__, "case %zu: %s", i, h.p);
        close(fd);
    }
    toy_stop(&t);
    CHECK_INT(atomic_load(&t.runs), 0); /* the application saw none of it */
    CHECK_INT(atomic_load(&t.refused), 6);
}

TEST(expect_100_continue)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server *s = toy_start(&t, small);
    int fd = connect_pair(s);
    say(fd, "POST /w HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    CHECK_TEXT(hear(a, fd, 1, LONG).p, "HTTP/1.1 100 Continue\r\n\r\n");
    say(fd, "hello");
    CHECK(strstr(hear(a, fd, 1, LONG).p, "/w|hello|") != NULL);
    /* No invitation to what is too large. */
    say(fd, "POST /w HTTP/1.1\r\nHost: a\r\nContent-Length: 5000\r\nExpect: 100-continue\r\n\r\n");
    CHECK(strncmp(hear(a, fd, 0, LONG).p, "HTTP/1.1 413 ", 13) == 0);
    close(fd);
    toy_stop(&t);
}

/* Only the deadline in question is short: a slow machine does not reach another one first. */
static struct server *start_with(struct toy *t, int head_ms, int body_ms, int idle_ms)
{
    struct server_config cfg = small;
    cfg.head_ms = head_ms;
    cfg.body_ms = body_ms;
    cfg.idle_ms = idle_ms;
    return toy_start(t, cfg);
}

TEST(deadline_of_a_head)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server *s = start_with(&t, 150, LONG, LONG);
    int silent = connect_pair(s), head = connect_saying(s, "GET / HT");
    /* A byte now and then does not move an absolute deadline: it comes while they do. */
    struct heard h = {0};
    for (int i = 0; i < 3000 && !h.closed; i++) {
        send(head, "x", 1, MSG_NOSIGNAL);
        struct heard more = hear(a, head, 0, 20);
        h = h.n == 0 ? more : h;
        h.closed = more.closed;
    }
    CHECK(h.closed && strncmp(h.p, "HTTP/1.1 408 ", 13) == 0);
    h = hear(a, silent, 0, LONG); /* who never said anything is told nothing */
    CHECK(h.closed && h.n == 0);
    close(head), close(silent);
    toy_stop(&t);
    CHECK_INT(atomic_load(&t.refused), 1);
    CHECK_INT(atomic_load(&t.last_refused), 408);
}

TEST(deadline_of_a_body)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server *s = start_with(&t, LONG, 150, LONG);
    int body = connect_saying(s, "POST /w HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");
    struct heard h = hear(a, body, 0, LONG);
    CHECK(h.closed && strncmp(h.p, "HTTP/1.1 408 ", 13) == 0);
    close(body);
    toy_stop(&t);
}

TEST(deadline_of_an_idle_connection)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server *s = start_with(&t, LONG, LONG, 150);
    int idle = connect_saying(s, GET("/fast"));
    struct heard h = hear(a, idle, 0, LONG);
    CHECK(h.closed && count(h.p, "HTTP/1.1 ") == 1);
    close(idle);
    toy_stop(&t);
    CHECK_INT(atomic_load(&t.refused), 0);
}

TEST(a_request_in_a_lane_has_no_deadline_of_the_clients)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server *s = start_with(&t, 150, 150, 150);
    hold(&t, true);
    int parked = connect_saying(s, GET("/hold"));
    wait_held(&t, 1);
    usleep(400 * 1000); /* past all of them */
    hold(&t, false);
    CHECK(strstr(hear(a, parked, 1, LONG).p, "/hold|") != NULL);
    close(parked);
    toy_stop(&t);
}

TEST(a_parked_connection_ignores_input)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server *s = toy_start(&t, small);
    int fd = connect_pair(s), gone = connect_pair(s);
    hold(&t, true);
    say(fd, GET("/hold"));
    say(gone, GET("/hold"));
    wait_held(&t, 2);
    say(fd, GET("/fast"));
    say(fd, "garbage\r\n\r\n");
    close(gone); /* the answer will find nobody */
    CHECK_INT(hear(a, fd, 1, MOMENT).n, 0);
    hold(&t, false);
    struct heard h = hear(a, fd, 0, LONG);
    CHECK(h.closed && count(h.p, "HTTP/1.1 200") == 2 && count(h.p, "HTTP/1.1 400") == 1);
    close(fd);
    toy_stop(&t);
}

TEST(short_reads_need_no_thread_of_the_lane)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server *s = toy_start(&t, small);
    int held[2] = {connect_pair(s), connect_pair(s)}, fd = connect_pair(s);
    hold(&t, true);
    say(held[0], GET("/hold"));
    say(held[1], GET("/hold"));
    wait_held(&t, 2); /* both readers */
    say(fd, GET("/other"));
    CHECK_INT(hear(a, fd, 1, MOMENT).n, 0);
    int another = connect_pair(s);
    char many[20 * sizeof GET("/short?q=1")] = ""; /* more than one turn may answer, and in one piece, so that it is one turn */
    for (size_t i = 0; i < 20; i++)
        memcpy(many + i * (sizeof GET("/short?q=1") - 1), GET("/short?q=1"), sizeof GET("/short?q=1"));
    say(another, many);
    CHECK_INT(count(hear(a, another, 8, LONG).p, "/short|1|"), 8);
    CHECK_INT(hear(a, another, 1, MOMENT).n, 0);
    hold(&t, false);
    CHECK_INT(count(hear(a, another, 12, LONG).p, "/short|1|"), 12);
    CHECK(strstr(hear(a, fd, 1, LONG).p, "/other|") != NULL);
    close(held[0]);
    close(held[1]);
    close(fd);
    close(another);
    toy_stop(&t);
}

TEST(writes_come_in_batches)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server_config cfg = small;
    cfg.listeners = 1;
    struct server *s = toy_start(&t, cfg);
    int fd[18];
    hold(&t, true);
    fd[16] = connect_pair(s);
    say(fd[16], POST("/hold", "hello", "5"));
    wait_held(&t, 1);
    for (int i = 0; i < 16; i++) {
        fd[i] = connect_pair(s);
        say(fd[i], POST("/w", "hello", "5"));
    }
    wait_asked(&t, 17);
    fd[17] = connect_saying(s, GET("/fast"));
    CHECK(strstr(hear(a, fd[17], 1, LONG).p, "fast") != NULL);
    hold(&t, false);
    for (int i = 0; i < 16; i++)
        CHECK(strstr(hear(a, fd[i], 1, LONG).p, "/w|hello|") != NULL);
    for (int i = 0; i < 18; i++)
        close(fd[i]);
    toy_stop(&t);
    CHECK_INT(atomic_load(&t.batched), 17);
    CHECK_INT(atomic_load(&t.largest), 16);
    CHECK_INT(atomic_load(&t.batches), 2);
}

TEST(a_full_queue_says_so)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server_config cfg = small;
    cfg.queue_max = 2;
    cfg.listeners = 1;
    struct server *s = toy_start(&t, cfg);
    int fd[5];
    hold(&t, true);
    for (int i = 0; i < 5; i++)
        fd[i] = connect_pair(s);
    say(fd[0], GET("/hold"));
    say(fd[1], GET("/hold"));
    wait_held(&t, 2);
    say(fd[2], GET("/a"));
    say(fd[3], GET("/a"));
    wait_asked(&t, 4);
    say(fd[4], GET("/a"));
    struct heard h = hear(a, fd[4], 1, LONG);
    CHECK(strncmp(h.p, "HTTP/1.1 503 ", 13) == 0 && strstr(h.p, "Retry-After: ") != NULL);
    say(fd[4], GET("/fast")); /* the connection lives on, and so does what needs no lane */
    CHECK(strstr(hear(a, fd[4], 1, LONG).p, "fast") != NULL);
    hold(&t, false);
    CHECK(strstr(hear(a, fd[3], 1, LONG).p, "/a|") != NULL);
    for (int i = 0; i < 5; i++)
        close(fd[i]);
    toy_stop(&t);
}

TEST(large_bodies_and_answers)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server *s = toy_start(&t, small);
    int fd = connect_pair(s);
    struct sb b;
    sb_init(&b, a);
    size_t n = 700000;
    sb_printf(&b, "POST /large HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n", n);
    for (size_t i = 0; i < n; i++)
        sb_char(&b, (char)('a' + i % 26));
    sb_add(&b, GET("/after"));
    const char *sent = strstr(b.p, "\r\n\r\n") + 4;
    for (size_t i = 0; i < b.n;) { /* answers are read meanwhile, or both sides would wait */
        size_t piece = b.n - i < 100000 ? b.n - i : 100000;
        CHECK(send_all(fd, b.p + i, piece));
        i += piece;
    }
    struct heard h = hear(a, fd, 2, LONG);
    const char *got = strstr(h.p, "/large|");
    CHECK(got != NULL && memcmp(got + 7, sent, n) == 0);
    CHECK(strstr(got + 7 + n, "/after|") != NULL);
    /* One large chunk, then small ones. */
    sb_init(&b, a);
    sb_add(&b, "POST /large HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    sb_printf(&b, "%zx\r\n", n);
    sb_add_n(&b, sent, n);
    sb_add(&b, "\r\n");
    for (int i = 0; i < 3000; i++)
        sb_add(&b, "2\r\nxy\r\n");
    sb_add(&b, "0\r\n\r\n" GET("/after"));
    CHECK(send_all(fd, b.p, b.n));
    h = hear(a, fd, 2, LONG);
    got = strstr(h.p, "/large|");
    CHECK(got != NULL && memcmp(got + 7, sent, n) == 0 && strncmp(got + 7 + n + 5998, "xy|", 3) == 0);
    CHECK(got != NULL && strstr(got + 7 + n, "/after|") != NULL);
    /* An answer larger than the socket takes at once, read late. */
    say(fd, GET("/big") GET("/after"));
    usleep(100 * 1000);
    h = hear(a, fd, 2, LONG);
    CHECK(h.n > 1000000 && strstr(h.p + 1000000, "/after|") != NULL);
    close(fd);
    toy_stop(&t);
}

static void *stop_soon(void *arg)
{
    server_stop(((struct toy *)arg)->server, 5);
    return NULL;
}

TEST(stopping_finishes_what_is_under_way)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server_config cfg = small;
    cfg.listeners = 1;
    struct server *s = toy_start(&t, cfg);
    int under_way = connect_pair(s), idle = connect_pair(s), queued = connect_pair(s);
    hold(&t, true);
    say(under_way, POST("/hold", "hello", "5"));
    wait_held(&t, 1);
    say(queued, POST("/w", "hello", "5"));
    wait_asked(&t, 2);
    say(idle, GET("/fast"));
    CHECK(strstr(hear(a, idle, 1, LONG).p, "fast") != NULL);
    pthread_t thread;
    pthread_create(&thread, NULL, stop_soon, &t);
    CHECK(hear(a, idle, 0, LONG).closed); /* so the stop has begun */
    hold(&t, false);
    struct heard h = hear(a, under_way, 0, LONG);
    CHECK(h.closed && strstr(h.p, "/hold|hello|") != NULL && strstr(h.p, "Connection: close") != NULL);
    CHECK(strstr(hear(a, queued, 0, LONG).p, "/w|hello|") != NULL);
    close(under_way), close(idle), close(queued);
    pthread_join(thread, NULL);
    CHECK_INT(atomic_load(&t.opened), atomic_load(&t.closed));
}

TEST(stopping_does_not_wait_for_ever)
{
    struct toy t;
    struct server_config cfg = small;
    cfg.head_ms = cfg.body_ms = cfg.idle_ms = 10 * LONG;
    struct server *s = toy_start(&t, cfg);
    int half = connect_saying(s, "GET / HTTP/1.1\r\n"), reader = connect_saying(s, GET("/big")); /* never read */
    wait_asked(&t, 1);
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    server_stop(s, 1);
    clock_gettime(CLOCK_MONOTONIC, &to);
    CHECK(to.tv_sec - from.tv_sec < LONG / 1000); /* it would be ten times that if it waited for the deadlines */
    close(half), close(reader);
}

/* --- real sockets --- */

static int connect_tcp(const char *address)
{
    char host[64];
    const char *colon = strrchr(address, ':');
    snprintf(host, sizeof host, "%.*s", (int)(colon - address), address);
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10))};
    inet_pton(AF_INET, host, &a.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

TEST(tcp_and_an_address_in_use)
{
    ARENA struct arena *a = arena_new();
    struct toy t, other;
    struct server_config cfg = small;
    cfg.listen = "127.0.0.1:0";
    struct server *s = toy_start(&t, cfg);
    if (!CHECK(s != NULL))
        return;
    const char *address = arena_dup(a, server_address(s));
    for (int i = 0; i < 8; i++) {
        int fd = connect_tcp(address);
        say(fd, GET("/tcp"));
        CHECK(strstr(hear(a, fd, 1, LONG).p, "/tcp||127.0.0.1|0") != NULL);
        close(fd);
    }
    cfg.listen = address;
    CHECK(toy_start(&other, cfg) == NULL);
    static const char *const wrong[] = {"8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:99999", ":8080", "127.0.0.1:http", "::1:8080", "unix:"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        cfg.listen = wrong[i];
        CHECK(toy_start(&other, cfg) == NULL);
    }
    toy_stop(&t);
    CHECK_INT(connect_tcp(address), -1);
}

TEST(more_connections_than_allowed)
{
    ARENA struct arena *a = arena_new();
    struct toy t;
    struct server_config cfg = small;
    cfg.listen = "127.0.0.1:0";
    cfg.listeners = 1;
    cfg.connections_max = 4;
    struct server *s = toy_start(&t, cfg);
    int fd[8];
    /* Those that are idle make room for those that come. */
    for (int i = 0; i < 8; i++) {
        fd[i] = connect_tcp(server_address(s));
        say(fd[i], GET("/fast"));
        CHECK(strstr(hear(a, fd[i], 1, LONG).p, "fast") != NULL);
    }
    CHECK(hear(a, fd[0], 0, LONG).closed);
    say(fd[7], GET("/fast"));
    CHECK(strstr(hear(a, fd[7], 1, LONG).p, "fast") != NULL);
    /* When none is idle, the next one waits until one ends. */
    hold(&t, true);
    for (int i = 4; i < 8; i++)
        say(fd[i], GET("/hold"));
    wait_held(&t, 2);
    wait_asked(&t, 13); /* the other two wait in the queue */
    int late = connect_tcp(server_address(s));
    say(late, GET("/fast"));
    CHECK_INT(hear(a, late, 1, MOMENT).n, 0);
    hold(&t, false);
    CHECK(strstr(hear(a, late, 1, LONG).p, "fast") != NULL);
    close(late);
    for (int i = 0; i < 8; i++)
        close(fd[i]);
    toy_stop(&t);
}

TEST(a_unix_socket)
{
    ARENA struct arena *a = arena_new();
    char directory[] = "/tmp/kyodo-test-XXXXXX";
    if (!CHECK(mkdtemp(directory) != NULL))
        return;
    const char *path = arena_printf(a, "%s/sock", directory), *listen_on = arena_printf(a, "unix:%s", path);
    /* A file that a server left behind when it was killed. */
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int stale = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK_INT(bind(stale, (struct sockaddr *)&address, sizeof address), 0);
    close(stale);
    struct toy t, other;
    struct server_config cfg = small;
    cfg.listen = listen_on;
    struct server *s = toy_start(&t, cfg);
    if (!CHECK(s != NULL))
        return;
    CHECK_TEXT(server_address(s), listen_on);
    struct stat st;
    CHECK_INT(stat(path, &st), 0);
    CHECK_INT(st.st_mode & 0777, 0660);
    for (int i = 0; i < 4; i++) {
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        CHECK_INT(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
        say(fd, GET("/unix"));
        CHECK(strstr(hear(a, fd, 1, LONG).p, "/unix||unix|0") != NULL);
        close(fd);
    }
    CHECK(toy_start(&other, cfg) == NULL); /* somebody listens: nothing is taken away */
    CHECK_INT(stat(path, &st), 0);
    toy_stop(&t);
    CHECK(stat(path, &st) != 0);
    /* A file that is no socket is left alone. */
    FILE *f = fopen(path, "w");
    fputs("mine", f);
    fclose(f);
    CHECK(toy_start(&other, cfg) == NULL);
    CHECK_INT(stat(path, &st), 0);
    unlink(path);
    rmdir(directory);
}

static void *open_nothing(void *self, enum lane lane)
{
    return lane == LANE_SLOW ? NULL : worker_open(self, lane);
}

TEST(a_worker_that_cannot_open)
{
    ARENA struct arena *a = arena_new();
    struct toy t = {0};
    struct failure f;
    failure_init(&f, a);
    struct server_app app = toy_app(&t);
    app.worker_open = open_nothing;
    CHECK(server_start(&small, &app, &t.server, &f) != OK);
    CHECK(t.server == NULL);
    CHECK(f.message != NULL);
    CHECK_INT(atomic_load(&t.opened), atomic_load(&t.closed));
}

TEST(without_a_server)
{
    ARENA struct arena *a = arena_new();
    struct toy t = {0};
    pthread_mutex_init(&t.lock, NULL);
    const struct server_app app = toy_app(&t);
    static const struct { const char *request, *answer; } cases[] = {
        {GET("/a?q=b"), "/a|b|"},
        {POST("/w", "hello", "5"), "/w|hello|"},
        {"POST /w HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "/w|abc|"},
        {POST("/w", "hell", "5"), "HTTP/1.1 400 "},
        {"GET / HTTP/1.1\r\nHost: a\r\n", "HTTP/1.1 400 "},
        {POST("/w", "hell", "5000"), "HTTP/1.1 413 "},
        {GET("/bytes"), "ready"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n;
        const char *got = server_answer(&app, NULL, a, cases[i].request, strlen(cases[i].request), &n);
        if (strstr(got, cases[i].answer) == NULL || n != strlen(got))
            test_fault(__FILE__, __LINE__, "case %zu: %s", i, got);
    }
    pthread_mutex_destroy(&t.lock);
}

TEST_MAIN
