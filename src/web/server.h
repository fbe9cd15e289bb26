/* The server: listeners (one epoll thread per core, SO_REUSEPORT) parse requests and answer what the application answers at once
 * (cached pages, static files); everything else goes through a lane of worker threads. Answers leave through the listener that owns
 * the connection. Absolute deadlines for head (10 s) and body (30 s), keep-alive 60 s, bounded queues (a full one: 503 with Retry-After).
 */
#ifndef KYODO_WEB_SERVER_H
#define KYODO_WEB_SERVER_H

#include "web/web.h"

struct server;
struct exchange; /* one request under way, with its arena, request and response */

struct request *exchange_request(struct exchange *x);
struct response *exchange_response(struct exchange *x);
/* Ready-made bytes (head and body, as response_bytes makes them for a connection kept alive) in place of the response; they must live until
 * release(owner) is called; release may be NULL for bytes in the request's arena. The server adds Date and Connection. */
void exchange_bytes(struct exchange *x, const char *p, size_t n, void (*release)(void *owner), void *owner);
/* 0, or the status with which the body was refused (413, or what body_limit said): the application is asked for the page that says so, as
 * for a request without a body; then the connection is closed. */
int exchange_fault(const struct exchange *x);
/* For the application's own use, e.g. the route found. */
void **exchange_data(struct exchange *x);

struct server_app {
    void *self;
    /* On a listener thread, after the head is parsed and before the body is read: the body's limit in bytes, or a negative HTTP status to refuse. */
    int64_t (*body_limit)(void *self, struct request *r);
    /* On a listener thread, the whole request is there, query and form not yet read. true: the response is ready. false: queue it on *lane. */
    bool (*at_once)(void *self, struct exchange *x, enum lane *lane);
    /* On a listener thread, for what at_once left to the read lane: true when it is expected to take so little time that handing it over would cost
     * as much. The listener then runs it itself, with a worker of its own. NULL: never. */
    bool (*is_short)(void *self, struct exchange *x);
    /* Worker threads of the read and slow lanes: each calls worker_open once and passes what it gave to run. */
    void *(*worker_open)(void *self, enum lane lane);
    void (*worker_close)(void *self, void *worker);
    /* Read and slow lane: one exchange at a time. */
    void (*run)(void *self, void *worker, struct exchange *x);
    /* Write lane: a batch that is committed together (at most 64). With batch_max 1 it is one exchange. */
    void (*run_batch)(void *self, void *worker, struct exchange **x, size_t n);
    /* After the answer was handed to the socket, for the access log. */
    void (*finished)(void *self, struct exchange *x, int64_t micros);
    /* A connection was refused before there was a request (framing, deadline of the head). May be NULL. */
    void (*refused)(void *self, const char *peer, int status);
    /* On a listener thread, form read, before the write lane's queue: what can be made ready for the one thread that writes. May be NULL. */
    void (*prepare)(void *self, struct exchange *x);
};

struct server_config {
    const char *listen;     /* "127.0.0.1:8080", "[::1]:8080", "unix:/run/kyodo/kyodo.sock"; port 0: any; NULL: adopted connections alone */
    unsigned listeners, readers, writers, slow; /* threads; 0: default (cores, cores, 1, 2) */
    unsigned batch_max;     /* 64 on SQLite, 1 on PostgreSQL */
    size_t queue_max;       /* per lane; 0: 1024 */
    int head_ms, body_ms, idle_ms; /* deadlines; 0: 10 s, 30 s, 60 s */
    unsigned connections_max;      /* 0: what the process's limit of open files allows, at most 8192 */
};

/* *out is set before the first worker opens, and NULL again after a failure. */
enum err server_start(const struct server_config *cfg, const struct server_app *app, struct server **out, struct failure *f);
/* "127.0.0.1:40123": the address really bound. */
const char *server_address(const struct server *s);
/* Runs a function on the write lane between batches, in order, and waits for its end: the caller is a worker of the slow lane or a thread of
 * the application's own that is joined before server_stop. */
void server_on_write_lane(struct server *s, void (*fn)(void *worker, void *arg), void *arg);
/* Stops taking connections, finishes requests under way (at most `seconds`), joins all threads. */
void server_stop(struct server *s, int seconds);

/* Feeds one connection from a socket of a pair, without a port: for tests. */
enum err server_adopt(struct server *s, int fd);

/* For tests: does in this thread what a connection does with the bytes of one request, the worker standing for all lanes' workers.
 * The raw answer, in the arena. No deadlines, no log; bytes behind the request are ignored, a request cut short is 400. */
const char *server_answer(const struct server_app *app, void *worker, struct arena *a, const char *p, size_t n, size_t *answer_n);

/* Status line, Content-Length and our headers; the listener adds Date. Returns the body, which is gzip when asked for and it pays. */
struct slice response_head(const struct response *w, bool keep_alive, bool gzip, struct sb *out);
/* Head and body in one. */
void response_bytes(const struct response *w, bool keep_alive, bool gzip, struct sb *out);

#endif
