/* The inside of the server, shared by server.c (start and stop), listener.c (connections) and lane.c (queues, workers). Nobody else includes it.
 *
 * An exchange belongs to its connection, a connection to its listener. While a request is in a lane the worker alone touches the
 * exchange and the listener leaves the connection alone; the done list hands it back.
 */
#ifndef KYODO_WEB_SERVER_PARTS_H
#define KYODO_WEB_SERVER_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "web/server.h"

#define LANES 4

struct conn;
struct listener;

/* What waits in a lane: an exchange, or a function that somebody waits for. */
struct task {
    struct task *next;
    struct exchange *x;
    void (*fn)(void *worker, void *arg);
    void *arg;
    bool done;
};

struct exchange {
    struct arena *arena;
    struct request request;
    struct response response;
    struct http_head head;      /* slices into the connection's input, which stays where it is meanwhile */
    struct conn *conn;
    struct listener *listener;
    struct exchange *next;      /* done list, pool */
    struct task task;
    enum lane lane;
    int64_t began;              /* microseconds, monotonic */
    void *data;
    bool refused;               /* no request: an answer to a fault of framing */
    bool close;                 /* after the answer */
    int fault;
    char *body; size_t body_n, body_cap; uint64_t body_limit;
    struct sb out;
    const char *bytes; size_t bytes_n; /* the head, and the body unless that is `rest` */
    struct slice rest;
    void (*release)(void *owner);
    void *owner;
    char between[80]; size_t between_n; /* Date and Connection, sent after the status line */
    size_t line_n, sent;
};

struct lane_queue {
    struct server *server;
    enum lane lane;
    pthread_mutex_t lock;
    pthread_cond_t work, called;
    struct task *first, **last;
    size_t n;
    bool stop;
    struct worker_thread *thread; unsigned threads;
};

struct worker_thread {
    struct lane_queue *queue;
    pthread_t id;
    bool started;
};

struct server {
    struct arena *arena;
    struct server_config cfg;
    struct server_app app;
    const char *address;
    const char *unix_path;      /* NULL: TCP */
    uint64_t unix_inode;
    struct lane_queue lane[LANES];
    struct listener *listener;
    int *sock;                  /* one a listener; the same for all with a Unix socket */
    _Atomic unsigned next_adopted;
    _Atomic bool stopping;
    _Atomic int64_t stop_at;    /* milliseconds, monotonic */
    _Atomic uint64_t requests;
    char run[9];                /* this run's part of a request id */
    /* Workers report here that they have opened what they need. */
    pthread_mutex_t ready_lock;
    pthread_cond_t ready;
    unsigned ready_n, failed_n;
};

int64_t server_now_ms(void);
int64_t server_now_us(void);

/* lane.c */
enum err lanes_start(struct server *s, struct failure *f);
void lane_stop(struct lane_queue *q); /* joins */
bool lane_push(struct lane_queue *q, struct exchange *x); /* false: full */

/* listener.c */
#define SOCKET_NONE (-1)
struct listener *listener_new(struct server *s, unsigned n);
enum err listener_start(struct server *s, unsigned i, int sock, struct failure *f);
void listener_join(struct server *s, unsigned i);
void listener_free(struct server *s, unsigned i);
bool listener_running(struct server *s, unsigned i);
void listener_wake(struct listener *l);
struct listener *listener_at(struct server *s, unsigned i);
void listener_adopt(struct listener *l, int fd);
/* From a worker: these exchanges are ready to be sent. */
void listener_done(struct exchange **x, size_t n);

/* exchange.c */
struct exchange *exchange_new(void);
void exchange_free(struct exchange *x);
void exchange_begin(struct exchange *x, const char *id);
/* Everything of the request but query and form. */
void exchange_fill(struct exchange *x, const char *peer, bool trusted);
/* Query and form; false: the response says why not. */
bool exchange_read_forms(struct exchange *x);
void exchange_plain(struct exchange *x, int status, const char *sentence);
/* Makes the bytes unless they are there. */
void exchange_bytes_ready(struct exchange *x);
void exchange_end(struct exchange *x);

#endif
