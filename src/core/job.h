/* Jobs: work at an instant or again and again, in the database; a failed job is the operator's to-do. */
#ifndef KYODO_CORE_JOB_H
#define KYODO_CORE_JOB_H

#include "core/ctx.h"

struct job_kind {
    const char *name;                               /* "edition.publish"; a table ends with NULL */
    enum err (*run)(struct ctx *c, int64_t subject); /* in a write transaction of its own, rolled back on failure */
    int64_t every;                                  /* seconds; 0: only when put */
};
enum err job_put(struct ctx *c, const char *kind, int64_t subject, int64_t at);
/* Runs what is due; called by the server's clock thread and by `kyodo jobs`. */
enum err jobs_run_due(struct app *app, struct db *writer);

#endif
