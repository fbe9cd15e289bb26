/* Between the server and a handler: who is it, may they, is the form ours, was it sent before; afterwards errors and headers.
 * It opens no connection and ends no transaction: serve.c does, who knows the lanes. */
#ifndef KYODO_CORE_GATE_H
#define KYODO_CORE_GATE_H

#include <pthread.h>

#include "core/app.h"

enum { GATE_AT_WORK = 32, GATE_KEY = 64 };
struct gate {
    struct app *app;
    const struct route *const *tables; /* ended by NULL */
    /* Keys of forms that the slow lane is working on: it has no transaction that would hold the second of two equal ones back. */
    pthread_mutex_t lock;
    char at_work[GATE_AT_WORK][GATE_KEY + 1];
};
/* Collects the areas' routes. */
void gate_open(struct gate *g, struct app *app, struct arena *a);
/* E_BUG, with the route's name, for one that says nobody may, that stands twice, or that would write on the read lane. */
enum err gate_check(const struct gate *g, struct failure *f);
void gate_close(struct gate *g);

/* One request on its way. Lives in the request's arena. */
struct visit {
    struct gate *gate;
    const struct route *route;  /* NULL: 404, or 405 when `other` */
    bool other;
    bool cached;                /* answered from the page cache */
    bool file;                  /* ROUTE_FILE, and a file is asked for: slow lane */
    /* visit_prepare's: */
    const char *token_hash, *csrf_subject, *csrf, *body_hash;
    struct request *r;
    struct response *w;
    struct ctx c;
};
void visit_find(struct visit *v, struct gate *g, struct request *r, struct response *w);
/* A clean context and response: before each attempt. */
void visit_begin(struct visit *v);
/* Hashes that a POST of the write lane will need, made by the thread that took the request in: of those there are many, of writers one. */
void visit_prepare(struct visit *v);
/* Session, rights, CSRF, handler. c->db is a transaction, or NULL on the slow lane. After an error nothing is drawn yet. */
enum err visit_run(struct visit *v);
/* The same for a POST on the write lane, with the form's key taken first; in the request's savepoint. */
enum err visit_run_once(struct visit *v);
/* The same for a POST on the slow lane, which has no transaction. */
enum err visit_run_slow(struct visit *v);
/* Draws the page for an error, logs what is the operator's business. status 0: the error's own. */
void visit_error(struct visit *v, enum err e, int status);
/* Headers of every answer; after it nothing is added. */
void visit_headers(struct visit *v);
void headers_of_all(struct response *w, bool https);

/* May this request be answered with a page made for somebody else, and its own page be kept for others? */
bool visit_shared(const struct visit *v);
bool accepts_gzip(const struct request *r);

#endif
