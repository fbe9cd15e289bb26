/* A listener: one thread, one epoll set, its own connections. Edge-triggered: a connection is registered once, and whoever may go on
 * reads or writes until the kernel says no. A parked connection (its request is in a lane) is not touched by events; it goes on when
 * the worker hands the exchange back. Connections are freed only after a whole batch of events, since a later event may name them. */
#include "web/server_parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "base/date.h"
#include "base/log.h"

enum {
    EVENTS = 256,
    ACCEPTS = 64,               /* per turn, so that those connected are served too */
    STEPS_A_TURN = 128,         /* of one connection that never lets go, likewise */
    INPUT_FIRST = 2 * 1024,
    BODY_FIRST = 16 * 1024,
    LINGER_MS = 3000,
    WRITE_MS = 60 * 1000,       /* without progress */
    ACCEPT_PAUSE_MS = 500,
    SHORT_READS = 8,            /* per turn */
    POOL = 32,
    LOG_MS = 10                 /* a record waits this long for others to leave with */
};

enum phase { PHASE_HEAD, PHASE_BODY, PHASE_PARKED, PHASE_WRITE, PHASE_LINGER };
enum timer { TIMER_HEAD, TIMER_BODY, TIMER_IDLE, TIMER_WRITE, TIMER_LINGER, TIMERS, TIMER_NONE = TIMERS };

struct conn {
    int fd;
    struct listener *listener;
    enum phase phase;
    struct exchange *x;         /* NULL between requests */
    char *in; size_t in_n, in_cap;      /* the head, and what came with it */
    size_t in_used;                     /* of it, taken by the request under way */
    bool in_new;                        /* not yet looked at */
    char *raw; size_t raw_n, raw_cap;   /* a chunked body as sent; afterwards what came behind it */
    char peer[INET6_ADDRSTRLEN];
    bool trusted;               /* a proxy on this machine: its X-Forwarded-… count */
    bool dead, queued, served;
    bool drained;               /* nothing to read until the next event */
    enum timer timer;
    int64_t deadline;
    struct conn *timer_prev, *timer_next;
    struct conn *prev, *next;   /* all of the listener's */
    struct conn *link;          /* list of the dead, or of those to go on */
};

struct timer_list { struct conn *first, *last; };

struct listener {
    struct server *server;
    pthread_t thread;
    bool started;
    int epoll, event, sock;
    bool accepting;
    int64_t accept_again;       /* 0: when a connection ends or is idle */
    unsigned count, count_max;
    int64_t now;
    struct conn *all, *dead, *again;
    struct timer_list timer[TIMERS];
    struct exchange *pool; unsigned pool_n;
    int64_t date_at; char date[32];
    int64_t logged;             /* when the log was flushed last */
    struct arena *arena;        /* for the date */
    void *worker;               /* for short reads; NULL: none are run here */
    unsigned run_here;          /* in this turn */
    /* Handed over by other threads. */
    pthread_mutex_t lock;
    struct exchange *done;
    int *adopted; size_t adopted_n, adopted_cap;
};

/* --- timers: each kind has one length, so each list is in order --- */

static void timer_off(struct conn *c)
{
    if (c->timer == TIMER_NONE)
        return;
    struct timer_list *t = &c->listener->timer[c->timer];
    *(c->timer_prev != NULL ? &c->timer_prev->timer_next : &t->first) = c->timer_next;
    *(c->timer_next != NULL ? &c->timer_next->timer_prev : &t->last) = c->timer_prev;
    c->timer = TIMER_NONE;
}

static int timer_length(const struct server *s, enum timer kind)
{
    switch (kind) {
    case TIMER_HEAD: return s->cfg.head_ms;
    case TIMER_BODY: return s->cfg.body_ms;
    case TIMER_IDLE: return s->cfg.idle_ms;
    case TIMER_WRITE: return WRITE_MS;
    case TIMER_LINGER:
    case TIMER_NONE: break;
    }
    return LINGER_MS;
}

/* Absolute: a timer that runs already is not set again. */
static void timer_on(struct conn *c, enum timer kind)
{
    if (c->timer == kind)
        return;
    timer_off(c);
    struct listener *l = c->listener;
    struct timer_list *t = &l->timer[kind];
    c->timer = kind;
    c->deadline = l->now + timer_length(l->server, kind);
    c->timer_prev = t->last;
    c->timer_next = NULL;
    *(t->last != NULL ? &t->last->timer_next : &t->first) = c;
    t->last = c;
}

/* --- connections --- */

static struct exchange *exchange_take(struct listener *l)
{
    struct exchange *x = l->pool;
    if (x == NULL)
        x = exchange_new();
    else {
        l->pool = x->next;
        l->pool_n--;
    }
    x->next = NULL;
    x->listener = l;
    return x;
}

static const char *next_id(struct server *s, struct exchange *x)
{
    return arena_printf(x->arena, "%s-%llx", s->run, (unsigned long long)atomic_fetch_add(&s->requests, 1));
}

static void exchange_give(struct listener *l, struct exchange *x)
{
    exchange_end(x);
    if (l->pool_n >= POOL) {
        exchange_free(x);
        return;
    }
    x->next = l->pool;
    l->pool = x;
    l->pool_n++;
}

static void exchange_over(struct conn *c)
{
    struct exchange *x = c->x;
    struct server *s = c->listener->server;
    if (x->refused) {
        if (s->app.refused != NULL)
            s->app.refused(s->app.self, c->peer, x->response.status);
    } else if (x->bytes != NULL && s->app.finished != NULL) {
        s->app.finished(s->app.self, x, server_now_us() - x->began);
    }
    c->x = NULL;
    exchange_give(c->listener, x);
}

static void conn_close(struct conn *c)
{
    struct listener *l = c->listener;
    if (c->dead)
        return;
    timer_off(c);
    if (c->x != NULL)
        exchange_over(c);
    close(c->fd);
    *(c->prev != NULL ? &c->prev->next : &l->all) = c->next;
    if (c->next != NULL)
        c->next->prev = c->prev;
    l->count--;
    c->dead = true;
    if (!c->queued) { /* else it is taken to the dead where the list is walked */
        c->link = l->dead;
        l->dead = c;
    }
}

static void bury(struct listener *l)
{
    while (l->dead != NULL) {
        struct conn *c = l->dead;
        l->dead = c->link;
        free(c->in);
        free(c->raw);
        free(c);
    }
}

static bool grow(char **p, size_t *cap, size_t need, size_t first)
{
    if (need <= *cap)
        return true;
    size_t to = *cap > 0 ? *cap : first;
    while (to < need)
        to *= 2;
    char *q = realloc(*p, to);
    if (q == NULL)
        return false;
    *p = q;
    *cap = to;
    return true;
}

static void conn_open(struct listener *l, int fd, const char *peer, bool trusted)
{
    struct conn *c = calloc(1, sizeof *c);
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    if (c == NULL || epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &e) != 0) {
        free(c);
        close(fd);
        return;
    }
    c->fd = fd;
    c->listener = l;
    c->timer = TIMER_NONE;
    c->trusted = trusted;
    memccpy(c->peer, peer, '\0', sizeof c->peer - 1);
    c->next = l->all;
    if (l->all != NULL)
        l->all->prev = c;
    l->all = c;
    l->count++;
    timer_on(c, TIMER_HEAD); /* the first event, "may write", comes at once and reads */
}

enum step { GO_ON, WAIT };

/* An answer to what is no request; nothing of the application sees it, and the connection ends. */
static enum step refuse(struct conn *c, int status)
{
    static const struct { int status; const char *sentence; } sentences[] = {
        {400, "400 Bad Request: 通信の形が正しくないため、受け取れません。"},
        {408, "408 Request Timeout: 時間内に届かなかったため、受け取れません。もう一度送ってください。"},
        {413, "413 Content Too Large: 送られたデータが大きすぎます。"},
        {414, "414 URI Too Long: アドレスが長すぎます。"},
        {417, "417 Expectation Failed: Expect の値を扱えません。"},
        {431, "431 Request Header Fields Too Large: 送られたヘッダーが大きすぎます。"},
        {501, "501 Not Implemented: この転送符号化は扱えません。"},
        {503, "503 Service Unavailable: いま混み合っています。少し待って、もう一度試してください。"},
        {505, "505 HTTP Version Not Supported: HTTP/1.1 で送ってください。"},
    };
    const char *sentence = "この要求は受け取れません。";
    for (size_t i = 0; i < sizeof sentences / sizeof *sentences; i++)
        if (sentences[i].status == status)
            sentence = sentences[i].sentence;
    if (c->x == NULL) {
        c->x = exchange_take(c->listener);
        c->x->conn = c;
        exchange_begin(c->x, next_id(c->listener->server, c->x));
    }
    /* A head that could not be read must not decide how the answer looks. */
    if (c->phase == PHASE_HEAD) {
        c->x->refused = true;
        c->x->request.method = HTTP_OTHER;
    }
    c->x->close = true;
    exchange_plain(c->x, status, sentence);
    exchange_bytes_ready(c->x);
    c->phase = PHASE_WRITE;
    return GO_ON;
}

/* A read that came back short has emptied the socket; what comes later, its end too, is a new event. */
static ssize_t receive(struct conn *c, char *p, size_t n)
{
    ssize_t got;
    if (c->drained) {
        errno = EAGAIN;
        return -1;
    }
    do
        got = recv(c->fd, p, n, 0);
    while (got < 0 && errno == EINTR);
    c->drained = got > 0 && (size_t)got < n;
    return got;
}

static bool not_now(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

/* --- head --- */

static enum step head_done(struct conn *c);

static enum step step_head(struct conn *c)
{
    struct listener *l = c->listener;
    if (c->in_n > 0)
        timer_on(c, TIMER_HEAD);
    if (c->in_new) {
        c->in_new = false;
        struct exchange *x = exchange_take(l);
        int status = http_parse_head(c->in, c->in_n, &x->head);
        if (status == 0) {
            c->x = x;
            x->conn = c;
            return head_done(c);
        }
        exchange_give(l, x);
        if (status > 0)
            return refuse(c, status);
    }
    if (!grow(&c->in, &c->in_cap, c->in_n + 1, INPUT_FIRST)) {
        conn_close(c);
        return WAIT;
    }
    ssize_t n = receive(c, c->in + c->in_n, c->in_cap - c->in_n);
    if (n > 0) {
        c->in_n += (size_t)n;
        c->in_new = true;
        return GO_ON;
    }
    if (n == 0 || !not_now()) {
        conn_close(c);
        return WAIT;
    }
    if (c->in_n == 0 && c->served) {
        if (atomic_load(&l->server->stopping)) {
            conn_close(c);
            return WAIT;
        }
        timer_on(c, TIMER_IDLE);
    }
    return WAIT;
}

/* --- body --- */

static enum step dispatch(struct conn *c);

static enum step refuse_body(struct conn *c, int status);

static enum step head_done(struct conn *c)
{
    struct exchange *x = c->x;
    struct server *s = c->listener->server;
    exchange_begin(x, next_id(s, x));
    exchange_fill(x, c->peer, c->trusted);
    c->in_used = x->head.size;
    if (!x->head.chunked && x->head.content_length == 0)
        return dispatch(c);
    int64_t limit = s->app.body_limit(s->app.self, &x->request);
    c->phase = PHASE_BODY;
    timer_on(c, TIMER_BODY);
    if (limit < 0)
        return refuse_body(c, (int)-limit);
    if (x->head.content_length > (uint64_t)limit)
        return refuse_body(c, 413);
    x->body_limit = (uint64_t)limit;
    size_t here = c->in_n - c->in_used;
    if (x->head.chunked) {
        if (!grow(&c->raw, &c->raw_cap, here + 1, BODY_FIRST)) /* + 1: room to read into */
            return refuse(c, 503);
        memcpy(c->raw, c->in + c->in_used, here);
        c->raw_n = here;
    } else {
        if (here > x->head.content_length)
            here = (size_t)x->head.content_length;
        if (!grow(&x->body, &x->body_cap, here + 1, BODY_FIRST))
            return refuse(c, 503);
        memcpy(x->body, c->in + c->in_used, here);
        x->body_n = here;
    }
    c->in_used += here;
    if (x->head.expect_continue && here == 0) {
        static const char go[] = "HTTP/1.1 100 Continue\r\n\r\n";
        if (send(c->fd, go, sizeof go - 1, MSG_NOSIGNAL) != (ssize_t)sizeof go - 1) {
            conn_close(c);
            return WAIT;
        }
    }
    return GO_ON;
}

/* The request is known, its body is not taken: the application draws the page. */
static enum step refuse_body(struct conn *c, int status)
{
    c->x->fault = status;
    c->x->close = true;
    c->x->body_n = 0;
    return dispatch(c);
}

/* 1: all there; 0: more is needed; else a status. */
static int body_whole(struct conn *c)
{
    struct exchange *x = c->x;
    if (!x->head.chunked)
        return x->body_n == x->head.content_length;
    size_t used, got;
    bool complete;
    if (!grow(&x->body, &x->body_cap, x->body_n + c->raw_n, BODY_FIRST))
        return 503;
    int status = http_parse_chunked(c->raw, c->raw_n, x->body + x->body_n, (size_t)x->body_limit - x->body_n, &used, &got, &complete);
    if (status > 0)
        return status;
    x->body_n += got;
    c->raw_n -= used;
    memmove(c->raw, c->raw + used, c->raw_n);
    return complete;
}

static enum step step_body(struct conn *c)
{
    struct exchange *x = c->x;
    int whole = body_whole(c);
    if (whole == 1)
        return dispatch(c);
    if (whole == 413)
        return refuse_body(c, 413);
    if (whole != 0)
        return refuse(c, whole);
    char **p = x->head.chunked ? &c->raw : &x->body;
    size_t *n = x->head.chunked ? &c->raw_n : &x->body_n, *cap = x->head.chunked ? &c->raw_cap : &x->body_cap;
    if (!grow(p, cap, *n + 1, BODY_FIRST))
        return refuse(c, 503);
    size_t room = *cap - *n;
    if (!x->head.chunked && room > x->head.content_length - x->body_n)
        room = (size_t)(x->head.content_length - x->body_n); /* what follows belongs to the next request */
    ssize_t got = receive(c, *p + *n, room);
    if (got > 0) {
        *n += (size_t)got;
        return GO_ON;
    }
    if (got == 0 || !not_now())
        conn_close(c);
    return WAIT;
}

/* --- the request is whole --- */

/* A short read costs less than two changes of thread. Only so many in a row, that others of this turn find the read lane's threads. */
static bool run_here(struct listener *l, struct exchange *x)
{
    struct server *s = l->server;
    if (l->worker == NULL || l->run_here >= SHORT_READS || !s->app.is_short(s->app.self, x))
        return false;
    l->run_here++;
    s->app.run(s->app.self, l->worker, x);
    exchange_bytes_ready(x);
    return true;
}

static enum step dispatch(struct conn *c)
{
    struct exchange *x = c->x;
    struct server *s = c->listener->server;
    timer_off(c);
    x->request.body = (struct slice){x->body, x->body_n};
    c->phase = PHASE_WRITE;
    if (s->app.at_once(s->app.self, x, &x->lane) || (!lane_is_slow(x->lane) && !exchange_read_forms(x))) {
        exchange_bytes_ready(x);
        return GO_ON;
    }
    if (x->lane == LANE_READ && run_here(c->listener, x))
        return GO_ON;
    if (x->lane == LANE_WRITE && s->app.prepare != NULL)
        s->app.prepare(s->app.self, x);
    c->phase = PHASE_PARKED;
    if (lane_push(&s->lane[x->lane], x))
        return WAIT; /* the worker's from here on */
    c->phase = PHASE_WRITE;
    exchange_plain(x, 503, "いま混み合っています。少し待って、もう一度試してください。");
    exchange_bytes_ready(x);
    return GO_ON;
}

/* A listener is woken once it has all that is its own: on one core it would else run between two of a batch. */
void listener_done(struct exchange **x, size_t n)
{
    struct listener *l = n > 0 ? x[0]->listener : NULL;
    for (size_t i = 0; i < n;) {
        struct listener *next = NULL;
        pthread_mutex_lock(&l->lock);
        bool first = l->done == NULL;
        while (i < n && (next = x[i]->listener) == l) {
            x[i]->next = l->done;
            l->done = x[i++];
        }
        pthread_mutex_unlock(&l->lock);
        if (first)
            listener_wake(l);
        l = next;
    }
}

/* --- answer --- */

/* The bytes may be shared: Date and Connection, which are this answer's own, are put between the status line and the rest. */
static void write_begin(struct conn *c)
{
    struct listener *l = c->listener;
    struct exchange *x = c->x;
    int64_t second = clock_now();
    if (second != l->date_at) {
        arena_reset(l->arena);
        l->date_at = second;
        snprintf(l->date, sizeof l->date, "%s", instant_http(l->arena, second));
    }
    const char *end = memmem(x->bytes, x->bytes_n, "\r\n", 2);
    x->line_n = (size_t)(end - x->bytes) + 2;
    x->close = x->close || !x->head.keep_alive || atomic_load(&l->server->stopping);
    int n = snprintf(x->between, sizeof x->between, "Date: %s\r\n%s", l->date, x->close ? "Connection: close\r\n" : "");
    x->between_n = (size_t)n;
    x->sent = 0;
}

static enum step write_done(struct conn *c)
{
    bool last = c->x->close;
    exchange_over(c);
    timer_off(c);
    c->served = true;
    /* What came behind the request is the next one's beginning. */
    size_t rest = c->in_n - c->in_used;
    memmove(c->in, c->in + c->in_used, rest);
    c->in_n = rest;
    c->in_used = 0;
    if (c->raw_n > 0) {
        if (!grow(&c->in, &c->in_cap, c->in_n + c->raw_n, INPUT_FIRST)) {
            conn_close(c);
            return WAIT;
        }
        memcpy(c->in + c->in_n, c->raw, c->raw_n);
        c->in_n += c->raw_n;
    }
    free(c->raw);
    c->raw = NULL;
    c->raw_n = c->raw_cap = 0;
    c->in_new = c->in_n > 0;
    if (!last) {
        c->phase = PHASE_HEAD;
        return GO_ON;
    }
    /* Closing over unread input would send a reset, and the peer might lose the answer: end our side and read theirs out. */
    shutdown(c->fd, SHUT_WR);
    c->phase = PHASE_LINGER;
    timer_on(c, TIMER_LINGER);
    return GO_ON;
}

static void add_piece(struct iovec *v, int *count, const char *p, size_t n, size_t *skip)
{
    if (*skip >= n) {
        *skip -= n;
        return;
    }
    v[(*count)++] = (struct iovec){(void *)(uintptr_t)(p + *skip), n - *skip};
    *skip = 0;
}

static enum step step_write(struct conn *c)
{
    struct exchange *x = c->x;
    if (x->between_n == 0)
        write_begin(c);
    size_t total = x->bytes_n + x->between_n + x->rest.n;
    while (x->sent < total) {
        struct iovec v[4];
        int count = 0;
        size_t skip = x->sent;
        add_piece(v, &count, x->bytes, x->line_n, &skip);
        add_piece(v, &count, x->between, x->between_n, &skip);
        add_piece(v, &count, x->bytes + x->line_n, x->bytes_n - x->line_n, &skip);
        add_piece(v, &count, x->rest.p, x->rest.n, &skip);
        struct msghdr m = {.msg_iov = v, .msg_iovlen = (size_t)count};
        ssize_t n = sendmsg(c->fd, &m, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && not_now()) {
            timer_on(c, TIMER_WRITE);
            return WAIT;
        }
        if (n < 0) {
            conn_close(c);
            return WAIT;
        }
        x->sent += (size_t)n;
        if (c->timer == TIMER_WRITE)
            timer_off(c); /* progress */
    }
    return write_done(c);
}

static enum step step_linger(struct conn *c)
{
    char waste[16 * 1024];
    ssize_t n = receive(c, waste, sizeof waste);
    if (n > 0)
        return GO_ON;
    if (n == 0 || !not_now())
        conn_close(c);
    return WAIT;
}

static void go_on_later(struct conn *c)
{
    struct listener *l = c->listener;
    if (c->queued)
        return;
    c->queued = true;
    c->link = l->again;
    l->again = c;
}

static void conn_step(struct conn *c)
{
    enum step next = GO_ON;
    for (int turns = 0; next == GO_ON && !c->dead; turns++) {
        if (turns >= STEPS_A_TURN) {
            go_on_later(c);
            return;
        }
        switch (c->phase) {
        case PHASE_HEAD: next = step_head(c); break;
        case PHASE_BODY: next = step_body(c); break;
        case PHASE_PARKED: next = WAIT; break;
        case PHASE_WRITE: next = step_write(c); break;
        case PHASE_LINGER: next = step_linger(c); break;
        }
    }
}

/* --- the listener's turn --- */

static void accept_stop(struct listener *l, int64_t again)
{
    if (!l->accepting)
        return;
    epoll_ctl(l->epoll, EPOLL_CTL_DEL, l->sock, NULL);
    l->accepting = false;
    l->accept_again = again;
}

static void accept_start(struct listener *l)
{
    struct epoll_event e = {.events = EPOLLIN | EPOLLEXCLUSIVE, .data.ptr = &l->sock};
    if (l->accepting || l->sock == SOCKET_NONE || atomic_load(&l->server->stopping))
        return;
    l->accepting = epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->sock, &e) == 0;
}

static bool peer_name(const struct sockaddr_storage *a, char *out, size_t n)
{
    if (a->ss_family == AF_INET) {
        const struct sockaddr_in *in = (const struct sockaddr_in *)a;
        inet_ntop(AF_INET, &in->sin_addr, out, (socklen_t)n);
        return (ntohl(in->sin_addr.s_addr) >> 24) == 127;
    }
    if (a->ss_family == AF_INET6) {
        const struct sockaddr_in6 *in = (const struct sockaddr_in6 *)a;
        inet_ntop(AF_INET6, &in->sin6_addr, out, (socklen_t)n);
        if (IN6_IS_ADDR_V4MAPPED(&in->sin6_addr))
            return in->sin6_addr.s6_addr[12] == 127;
        return IN6_IS_ADDR_LOOPBACK(&in->sin6_addr);
    }
    snprintf(out, n, "unix");
    return true;
}

static void accept_some(struct listener *l)
{
    for (int i = 0; i < ACCEPTS; i++) {
        struct conn *idle = l->timer[TIMER_IDLE].first;
        if (l->count >= l->count_max && idle == NULL) {
            accept_stop(l, 0);
            return;
        }
        struct sockaddr_storage a = {0};
        socklen_t n = sizeof a;
        int fd = accept4(l->sock, (struct sockaddr *)&a, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EINTR || errno == ECONNABORTED)
                continue;
            if (!not_now()) /* no descriptors, no memory: a moment later */
                accept_stop(l, l->now + ACCEPT_PAUSE_MS);
            return;
        }
        if (l->count >= l->count_max) /* who waits longest without a request makes room */
            conn_close(idle);
        char peer[INET6_ADDRSTRLEN] = "";
        bool trusted = peer_name(&a, peer, sizeof peer);
        if (a.ss_family != AF_UNIX)
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
        conn_open(l, fd, peer, trusted);
    }
}

static void take_over(struct listener *l)
{
    uint64_t ignored;
    while (read(l->event, &ignored, sizeof ignored) < 0 && errno == EINTR)
        ;
    pthread_mutex_lock(&l->lock);
    struct exchange *x = l->done;
    l->done = NULL;
    size_t adopted_n = l->adopted_n;
    int *adopted = l->adopted;
    l->adopted = NULL;
    l->adopted_n = l->adopted_cap = 0;
    pthread_mutex_unlock(&l->lock);
    while (x != NULL) {
        struct exchange *next = x->next;
        exchange_bytes_ready(x);
        x->conn->phase = PHASE_WRITE;
        conn_step(x->conn);
        x = next;
    }
    for (size_t i = 0; i < adopted_n; i++)
        conn_open(l, adopted[i], "test", true);
    free(adopted);
}

static void run_again(struct listener *l)
{
    struct conn *c = l->again;
    l->again = NULL;
    while (c != NULL) {
        struct conn *next = c->link;
        c->queued = false;
        if (c->dead) {
            c->link = l->dead;
            l->dead = c;
        } else {
            conn_step(c);
        }
        c = next;
    }
}

static void expire(struct listener *l)
{
    for (int kind = 0; kind < TIMERS; kind++) {
        struct conn *c;
        while ((c = l->timer[kind].first) != NULL && c->deadline <= l->now) {
            bool begun = (kind == TIMER_HEAD && c->in_n > 0) || kind == TIMER_BODY;
            timer_off(c);
            if (!begun) {
                conn_close(c);
                continue;
            }
            refuse(c, 408);
            conn_step(c);
        }
    }
}

static int until_next(const struct listener *l)
{
    int64_t next = INT64_MAX;
    if (l->again != NULL)
        return 0;
    for (int kind = 0; kind < TIMERS; kind++)
        if (l->timer[kind].first != NULL && l->timer[kind].first->deadline < next)
            next = l->timer[kind].first->deadline;
    if (!l->accepting && l->accept_again > 0 && l->accept_again < next)
        next = l->accept_again;
    if (atomic_load(&l->server->stopping) && atomic_load(&l->server->stop_at) < next)
        next = atomic_load(&l->server->stop_at);
    if (log_waits() && l->logged + LOG_MS < next)
        next = l->logged + LOG_MS;
    if (next == INT64_MAX)
        return -1;
    int64_t wait = next - server_now_ms();
    return wait < 0 ? 0 : wait > 60 * 1000 ? 60 * 1000 : (int)wait;
}

static void close_idle(struct listener *l)
{
    for (struct conn *c = l->all, *next; c != NULL; c = next) {
        next = c->next;
        if (c->phase == PHASE_HEAD && c->in_n == 0)
            conn_close(c);
    }
}

static void conn_event(struct conn *c, uint32_t events)
{
    if (c->dead)
        return;
    if (events & ~(uint32_t)EPOLLOUT)
        c->drained = false;
    conn_step(c);
}

static void *listener_main(void *arg)
{
    struct listener *l = arg;
    struct epoll_event events[EVENTS];
    bool stopping = false;
    log_gather();
    accept_start(l);
    for (;;) {
        int n = epoll_wait(l->epoll, events, EVENTS, until_next(l));
        l->now = server_now_ms();
        if (l->now - l->logged >= LOG_MS) {
            l->logged = l->now;
            log_flush();
        }
        l->run_here = 0;
        for (int i = 0; i < n; i++) {
            void *p = events[i].data.ptr;
            if (p == &l->event)
                take_over(l);
            else if (p == &l->sock)
                accept_some(l);
            else
                conn_event(p, events[i].events);
        }
        run_again(l);
        expire(l);
        if (atomic_load(&l->server->stopping)) {
            if (!stopping)
                accept_stop(l, 0);
            stopping = true;
            close_idle(l);
            if (l->all == NULL || l->now >= atomic_load(&l->server->stop_at))
                break;
        } else if (!l->accepting && (l->count < l->count_max || l->timer[TIMER_IDLE].first != NULL) && l->now >= l->accept_again) {
            accept_start(l);
        }
        bury(l);
    }
    bury(l);
    log_flush();
    return NULL;
}

/* --- for server.c --- */

struct listener *listener_at(struct server *s, unsigned i) { return &s->listener[i]; }

struct listener *listener_new(struct server *s, unsigned n)
{
    return arena_many(s->arena, struct listener, n);
}

enum err listener_start(struct server *s, unsigned i, int sock, struct failure *f)
{
    struct listener *l = &s->listener[i];
    l->server = s;
    l->sock = sock;
    l->count_max = s->cfg.connections_max / s->cfg.listeners > 0 ? s->cfg.connections_max / s->cfg.listeners : 1;
    l->now = server_now_ms();
    l->arena = arena_new();
    pthread_mutex_init(&l->lock, NULL);
    l->epoll = epoll_create1(EPOLL_CLOEXEC);
    l->event = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = &l->event};
    if (l->epoll < 0 || l->event < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, l->event, &e) != 0)
        return fail_with(f, E_IO, "サーバーを始められません(%s)。", strerror(errno));
    if (s->app.is_short != NULL) {
        l->worker = s->app.worker_open(s->app.self, LANE_READ);
        if (l->worker == NULL)
            return fail_with(f, E_IO, "サーバーの準備ができません。データベースにつながりません。");
    }
    l->started = pthread_create(&l->thread, NULL, listener_main, l) == 0;
    return l->started ? OK : fail_with(f, E_IO, "サーバーのスレッドを作れません。");
}

bool listener_running(struct server *s, unsigned i) { return s->listener[i].started; }

void listener_wake(struct listener *l)
{
    uint64_t one = 1;
    while (write(l->event, &one, sizeof one) < 0 && errno == EINTR)
        ;
}

void listener_adopt(struct listener *l, int fd)
{
    pthread_mutex_lock(&l->lock);
    if (l->adopted_n == l->adopted_cap) {
        l->adopted_cap = l->adopted_cap > 0 ? l->adopted_cap * 2 : 8;
        l->adopted = realloc(l->adopted, l->adopted_cap * sizeof *l->adopted);
        if (l->adopted == NULL)
            abort();
    }
    l->adopted[l->adopted_n++] = fd;
    pthread_mutex_unlock(&l->lock);
    listener_wake(l);
}

void listener_join(struct server *s, unsigned i)
{
    struct listener *l = &s->listener[i];
    if (l->started)
        pthread_join(l->thread, NULL);
    l->started = false;
}

/* After its thread and all workers have ended: what the deadline cut off goes too. */
void listener_free(struct server *s, unsigned i)
{
    struct listener *l = &s->listener[i];
    if (l->server == NULL)
        return;
    l->done = NULL;
    while (l->all != NULL)
        conn_close(l->all);
    run_again(l);
    bury(l);
    while (l->pool != NULL) {
        struct exchange *x = l->pool;
        l->pool = x->next;
        exchange_free(x);
    }
    for (size_t k = 0; k < l->adopted_n; k++)
        close(l->adopted[k]);
    free(l->adopted);
    if (l->worker != NULL)
        s->app.worker_close(s->app.self, l->worker);
    if (l->epoll >= 0)
        close(l->epoll);
    if (l->event >= 0)
        close(l->event);
    pthread_mutex_destroy(&l->lock);
    arena_free(l->arena);
}
