/* Long work: imports and the like. It goes on after the answer to the request that began it, on a thread of its own; how far it has come, and how
 * it ended, stands in the table run, for its page and for the operator's. When the server ends it stops between two pieces; what a crash or a stop cut off
 * is "broken", a to-do of the operator and of whoever began it, which names the row. */
#ifndef KYODO_CORE_RUN_H
#define KYODO_CORE_RUN_H

#include "core/ctx.h"
#include "core/todo.h"
#include "web/web.h"

struct run;
/* Without a transaction: it writes in pieces, by in_write. Its context and arena live as long as it. */
typedef enum err long_work(struct ctx *c, void *arg);
struct run_kind {
    const char *kind;   /* "organizations.import" */
    const char *page;   /* "/organizations/import/": the page of a run, without its number */
    long_work *work;
};
/* Begins it. `arena` holds the title and what arg points to, and belongs to the run from now on, whatever is returned. With a server the work goes on after the return; without
 * (commands, tests) it is done then. The work's own failure is no failure of run_begin: it stands in the row. */
enum err run_begin(struct ctx *c, const struct run_kind *kind, const char *title, void *arg, struct arena *arena, int64_t *id);
/* Inside the work: `done` of `total` rows are there (NONE: unknown); `place` names the last one. Writes at most once a second. E_BUSY: the server ends,
 * the work stops here. Outside of a run it does nothing. */
enum err run_progress(struct ctx *c, int64_t done, int64_t total, const char *place);
/* What came of it, as JSON, for its page; kept also when the work fails. */
void run_report(struct ctx *c, const char *json);

struct run_line {
    int64_t id, account, started_at, seen_at, ended_at, done, total;
    const char *kind, *title, *who, *state, *place, *message, *report;
    struct url to;
    bool handled;
};
/* One run. E_NOT_FOUND. Rights: who began it, the secretariat, the operator. */
enum err run_load(struct ctx *c, int64_t id, struct run_line *out);
/* The newest first. Rights: the operator. */
enum err runs_list(struct ctx *c, size_t most, struct run_line **out, size_t *n);
/* A broken or failed one is no to-do any more. Rights: as run_load. */
enum err run_handled(struct ctx *c, int64_t id);
enum err run_todos(struct ctx *c, struct todos *list);

/* What was done by a command in one go, e.g. a backup. ok false: `message` says why not. */
enum err run_note(struct ctx *c, const char *kind, const char *title, int64_t started_at, int64_t rows, bool ok, const char *message);

/* --- for core/serve.c: the queue, NULL when not serving --- */
struct runs;
struct runs *runs_new(void);
void runs_free(struct runs *r);
void runs_stop(struct runs *r);      /* those under way stop at their next piece, those in the queue are not begun */
/* Runs what waits, in this thread; false: nothing did. */
bool runs_next(struct app *app, struct db *reader, struct db *writer);
/* What this node began before it was started at `started`, and what no node has spoken of for an hour, is broken. */
enum err runs_abandoned(struct ctx *c, int64_t started);

#endif
