/* What a worker thread of the server owns: between core/serve.c, which makes it, and core/ctx.c, whose in_write runs on it. */
#ifndef KYODO_CORE_WORKER_H
#define KYODO_CORE_WORKER_H

#include "core/app.h"

struct worker {
    struct app *app;
    struct arena *arena;          /* for the worker's own bookkeeping; a request has its own */
    struct db *reader, *writer;   /* read and slow lanes: reader; write lane: writer */
};

#endif
