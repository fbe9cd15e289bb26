/* Lanes: bounded queues and the workers behind them. */
#include "web/server_parts.h"

#include <stdlib.h>

enum { BATCH_MOST = 64 };

static void push(struct lane_queue *q, struct task *t)
{
    t->next = NULL;
    *q->last = t;
    q->last = &t->next;
    q->n++;
    pthread_cond_signal(&q->work);
}

static struct task *pop(struct lane_queue *q)
{
    struct task *t = q->first;
    q->first = t->next;
    if (q->first == NULL)
        q->last = &q->first;
    q->n--;
    return t;
}

bool lane_push(struct lane_queue *q, struct exchange *x)
{
    x->task = (struct task){.x = x};
    pthread_mutex_lock(&q->lock);
    bool room = q->n < q->server->cfg.queue_max && !q->stop;
    if (room)
        push(q, &x->task);
    pthread_mutex_unlock(&q->lock);
    return room;
}

void server_on_write_lane(struct server *s, void (*fn)(void *worker, void *arg), void *arg)
{
    struct lane_queue *q = &s->lane[LANE_WRITE];
    struct task t = {.fn = fn, .arg = arg};
    pthread_mutex_lock(&q->lock);
    push(q, &t); /* past the bound: there are no more of these than slow workers */
    while (!t.done)
        pthread_cond_wait(&q->called, &q->lock);
    pthread_mutex_unlock(&q->lock);
}

static void run_one(struct server *s, void *worker, struct exchange *x)
{
    if (!lane_is_slow(x->lane) || exchange_read_forms(x))
        s->app.run(s->app.self, worker, x);
    exchange_bytes_ready(x); /* here and not on the listener, which has others to serve */
    listener_done(&x, 1);
}

static void run_batch(struct server *s, void *worker, struct exchange **x, size_t n)
{
    s->app.run_batch(s->app.self, worker, x, n);
    listener_done(x, n); /* which makes their bytes: of writers there is one */
}

static void serve_lane(struct lane_queue *q, void *worker)
{
    struct server *s = q->server;
    size_t most = q->lane == LANE_WRITE ? s->cfg.batch_max : 1;
    struct exchange *batch[BATCH_MOST];
    pthread_mutex_lock(&q->lock);
    for (;;) {
        while (q->first == NULL && !q->stop)
            pthread_cond_wait(&q->work, &q->lock);
        if (q->stop)
            break;
        struct task *t = pop(q);
        if (t->x == NULL) {
            pthread_mutex_unlock(&q->lock);
            t->fn(worker, t->arg);
            pthread_mutex_lock(&q->lock);
            t->done = true;
            pthread_cond_broadcast(&q->called);
            continue;
        }
        size_t n = 0;
        batch[n++] = t->x;
        while (n < most && q->first != NULL && q->first->x != NULL)
            batch[n++] = pop(q)->x;
        pthread_mutex_unlock(&q->lock);
        if (q->lane == LANE_WRITE)
            run_batch(s, worker, batch, n);
        else
            run_one(s, worker, batch[0]);
        pthread_mutex_lock(&q->lock);
    }
    pthread_mutex_unlock(&q->lock);
}

static void *worker_main(void *arg)
{
    struct worker_thread *t = arg;
    struct server *s = t->queue->server;
    void *worker = s->app.worker_open(s->app.self, t->queue->lane);
    pthread_mutex_lock(&s->ready_lock);
    s->ready_n++;
    s->failed_n += worker == NULL;
    pthread_cond_signal(&s->ready);
    pthread_mutex_unlock(&s->ready_lock);
    if (worker == NULL)
        return NULL;
    serve_lane(t->queue, worker);
    s->app.worker_close(s->app.self, worker);
    return NULL;
}

enum err lanes_start(struct server *s, struct failure *f)
{
    const unsigned threads[LANES] = {[LANE_READ] = s->cfg.readers, [LANE_WRITE] = s->cfg.writers, [LANE_SLOW] = s->cfg.slow, [LANE_PASSWORD] = s->cfg.slow};
    unsigned wanted = 0;
    if (s->cfg.batch_max > BATCH_MOST)
        s->cfg.batch_max = BATCH_MOST;
    for (int i = 0; i < LANES; i++) {
        struct lane_queue *q = &s->lane[i];
        q->thread = arena_many(s->arena, struct worker_thread, threads[i]);
        q->threads = threads[i];
        for (unsigned k = 0; k < threads[i]; k++) {
            q->thread[k].queue = q;
            q->thread[k].started = pthread_create(&q->thread[k].id, NULL, worker_main, &q->thread[k]) == 0;
            if (!q->thread[k].started)
                return fail_with(f, E_IO, "サーバーのスレッドを作れません。");
            wanted++;
        }
    }
    pthread_mutex_lock(&s->ready_lock);
    while (s->ready_n < wanted)
        pthread_cond_wait(&s->ready, &s->ready_lock);
    unsigned failed = s->failed_n;
    pthread_mutex_unlock(&s->ready_lock);
    return failed == 0 ? OK : fail_with(f, E_IO, "サーバーの準備ができません。データベースにつながりません。");
}

/* Whoever still waits in the queue has nobody left to hear the answer. */
void lane_stop(struct lane_queue *q)
{
    pthread_mutex_lock(&q->lock);
    q->stop = true;
    pthread_cond_broadcast(&q->work);
    pthread_mutex_unlock(&q->lock);
    for (unsigned i = 0; i < q->threads; i++) {
        if (q->thread[i].started)
            pthread_join(q->thread[i].id, NULL);
        q->thread[i].started = false;
    }
}
