/* Jobs: work at an instant or again and again, in the database; a failed job is the operator's to-do.
 *
 * The rule for failures is one for all kinds: tried again after 1, 5, 30 minutes and 2 hours, then "failed" until the operator puts it again.
 * A repeating job that has failed is still run at its usual time, and is well again when it once succeeds. */
#ifndef KYODO_CORE_JOB_H
#define KYODO_CORE_JOB_H

#include "core/ctx.h"
#include "core/todo.h"

struct job_kind {
    const char *name;                               /* "edition.publish"; a table ends with NULL */
    enum err (*run)(struct ctx *c, int64_t subject); /* in a write transaction of its own, rolled back on failure */
    int64_t every;                                  /* seconds; 0: only when put */
    int hour;                                       /* for daily ones: the hour of the day in Tokyo (1 … 23); 0: whenever it was first put */
    bool alone;                                     /* long, and repeating: run without a transaction, in pieces by in_read and in_write; on a thread of its own */
};
/* Puts a job in the open transaction. An equal one that is still due moves to `at`. */
enum err job_put(struct ctx *c, const char *kind, int64_t subject, int64_t at);
/* Takes back what is due and not yet done. */
enum err job_cancel(struct ctx *c, const char *kind, int64_t subject);
/* Runs what is due; called by the server's clock thread and by `kyodo jobs`. OK also when a job failed: that stands in its row. */
enum err jobs_run_due(struct app *app, struct db *writer);
/* The same for the long ones alone, or for all others; writer NULL: each job by itself through the write lane. */
enum err jobs_run(struct app *app, struct db *reader, struct db *writer, bool alone);

/* Jobs that failed, newest first; those due next after them. For the operator's page. */
struct job_line { int64_t id, subject, due_at, tries; const char *kind, *state, *error; };
enum err jobs_list(struct ctx *c, size_t most, struct job_line **out, size_t *n);
/* A failed job is run again at once. Rights: the operator. */
enum err job_again(struct ctx *c, int64_t id);

enum err job_todos(struct ctx *c, struct todos *list);

#endif
