#include "core/job.h"

#include <string.h>

#include "base/date.h"
#include "core/app.h"
#include "core/audit.h"

/* Seconds until the next try after the first, second … failure. */
static const int64_t wait_after[] = {60, 5 * 60, 30 * 60, 2 * 3600};
enum { TRIES = sizeof wait_after / sizeof wait_after[0] + 1, AT_ONCE = 50 };

static const struct job_kind *kind_named(const struct app *app, const char *name)
{
    for (const struct area *const *a = app->areas; a != NULL && *a != NULL; a++)
        for (const struct job_kind *k = (*a)->jobs; k != NULL && k->name != NULL; k++)
            if (strcmp(k->name, name) == 0)
                return k;
    return NULL;
}

enum err job_put(struct ctx *c, const char *kind, int64_t subject, int64_t at)
{
    if (kind_named(c->app, kind) == NULL)
        return fail(c, E_BUG, "no job kind %s", kind);
    TRY_DB(c, db_exec(c->db, "UPDATE job SET due_at = $3 WHERE kind = $1 AND subject = $2 AND state = 'due'", P(kind, subject, at)));
    if (db_changes(c->db) > 0)
        return OK;
    int64_t id;
    TRY_DB(c, db_insert(c->db, "INSERT INTO job (kind, subject, due_at, state, tries) VALUES ($1, $2, $3, 'due', 0) RETURNING id",
                        P(kind, subject, at), &id));
    return OK;
}

enum err job_cancel(struct ctx *c, const char *kind, int64_t subject)
{
    TRY_DB(c, db_exec(c->db, "DELETE FROM job WHERE kind = $1 AND subject = $2 AND state IN ('due', 'failed')", P(kind, subject)));
    return OK;
}

struct due { int64_t id, subject, tries; const char *kind; bool taken; };

/* When a repeating kind is due after `now`. */
static int64_t next_time(const struct job_kind *k, int64_t now)
{
    if (k->hour == 0)
        return now + k->every;
    int64_t tonight = instant_next_midnight(now) + k->hour * 3600, today = tonight - 86400;
    return today > now ? today : tonight;
}

/* Every repeating kind has one row. */
static enum err put_repeating(struct ctx *c, void *arg)
{
    (void)arg;
    for (const struct area *const *a = c->app->areas; a != NULL && *a != NULL; a++)
        for (const struct job_kind *k = (*a)->jobs; k != NULL && k->name != NULL; k++) {
            int64_t n = 0;
            if (k->every > 0)
                TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM job WHERE kind = $1 AND state IN ('due', 'failed')", P(k->name), &n));
            if (k->every > 0 && n == 0)
                TRY(job_put(c, k->name, 0, next_time(k, c->now)));
        }
    return OK;
}

struct due_list { struct due *v; size_t n, cap; bool alone; };

static enum err find_due(struct ctx *c, void *arg)
{
    struct due_list *list = arg;
    *list = (struct due_list){.alone = list->alone};
    for (struct db_rows *q = db_query(c->db, c->arena,
             "SELECT id, kind, subject, tries, state FROM job WHERE state IN ('due', 'failed') AND due_at <= $1 ORDER BY due_at, id LIMIT 200", P(c->now));
         db_next(q);) {
        const struct job_kind *k = kind_named(c->app, db_text(q, 1));
        if (strcmp(db_text(q, 4), "failed") == 0 && (k == NULL || k->every == 0))
            continue;
        if ((k != NULL && k->alone) != list->alone)
            continue;
        if (list->n < AT_ONCE)
            ARENA_PUSH(c->arena, list->v, list->n, list->cap) =
                (struct due){.id = db_int(q, 0), .subject = db_int(q, 2), .tries = db_int(q, 3), .kind = db_text(q, 1)};
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* The row is taken and the work done in one transaction: on PostgreSQL another node that wants the same row waits, then finds it taken. */
static enum err run_one(struct ctx *c, void *arg)
{
    struct due *d = arg;
    const struct job_kind *k = kind_named(c->app, d->kind);
    if (k == NULL)
        return fail(c, E_BUG, tr(c, "この版の kyodo は仕事「%s」を知りません。"), d->kind);
    if (k->every > 0)
        TRY_DB(c, db_exec(c->db, "UPDATE job SET state = 'due', tries = 0, error = NULL, done_at = $2, due_at = $3 WHERE id = $1 AND due_at <= $2",
                          P(d->id, c->now, next_time(k, c->now))));
    else
        TRY_DB(c, db_exec(c->db, "UPDATE job SET state = 'done', error = NULL, done_at = $2 WHERE id = $1 AND state = 'due'", P(d->id, c->now)));
    d->taken = db_changes(c->db) > 0; /* else somebody else does it */
    return k->alone || !d->taken ? OK : k->run(c, d->subject);
}

/* Taken first, in a step of its own: no other node begins it as well. A repeating one that fails is due again by note_failure. */
static enum err run_alone(struct ctx *c, struct due *d)
{
    TRY(in_write(c, run_one, d));
    const struct job_kind *k = kind_named(c->app, d->kind);
    return d->taken ? k->run(c, d->subject) : OK;
}

struct failed { const struct due *d; const char *message; };

static enum err note_failure(struct ctx *c, void *arg)
{
    const struct failed *f = arg;
    const struct job_kind *k = kind_named(c->app, f->d->kind);
    int64_t tries = f->d->tries + 1;
    bool last = tries >= TRIES;
    int64_t next = c->now + (last ? (k != NULL && k->every > 0 ? k->every : 0) : wait_after[tries - 1]);
    TRY_DB(c, db_exec(c->db, "UPDATE job SET state = $2, tries = $3, error = $4, due_at = $5 WHERE id = $1 AND state IN ('due', 'failed')",
                      P(f->d->id, last ? "failed" : "due", tries, f->message, next)));
    return OK;
}

enum err jobs_run(struct app *app, struct db *reader, struct db *writer, bool alone)
{
    ARENA struct arena *a = arena_new();
    struct ctx c = {.arena = a, .app = app, .user = &user_system, .now = app->clock(), .request_id = "job", .reader = reader, .writer = writer};
    failure_init(&c.fail, a);
    if (!alone)
        TRY(in_write(&c, put_repeating, NULL));
    struct due_list list = {.alone = alone};
    TRY(in_read(&c, find_due, &list));
    for (size_t i = 0; i < list.n; i++) {
        enum err e = alone ? run_alone(&c, &list.v[i]) : in_write(&c, run_one, &list.v[i]);
        if (e == OK || (e == E_BUSY && !alone)) /* busy: its time has not passed, the next round tries again */
            continue;
        struct failed f = {&list.v[i], arena_dup(a, c.fail.message != NULL ? c.fail.message : err_name(e))};
        TRY(in_write(&c, note_failure, &f));
    }
    return OK;
}

enum err jobs_run_due(struct app *app, struct db *writer)
{
    TRY(jobs_run(app, NULL, writer, false));
    return jobs_run(app, NULL, writer, true);
}

enum err jobs_list(struct ctx *c, size_t most, struct job_line **out, size_t *n)
{
    TRY(need_role(c, ROLE_OPERATOR));
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (struct db_rows *q = db_query(c->db, c->arena,
             "SELECT id, kind, subject, state, tries, error, due_at FROM job WHERE state IN ('due', 'failed') "
             "ORDER BY CASE WHEN state = 'failed' THEN 0 ELSE 1 END, due_at, id LIMIT $1", P((int64_t)most));
         db_next(q);)
        ARENA_PUSH(c->arena, *out, *n, cap) = (struct job_line){.id = db_int(q, 0), .kind = db_text(q, 1), .subject = db_int(q, 2), .state = db_text(q, 3),
                                                                .tries = db_int(q, 4), .error = db_text(q, 5), .due_at = db_int(q, 6)};
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err job_again(struct ctx *c, int64_t id)
{
    TRY(need_role(c, ROLE_OPERATOR));
    TRY_DB(c, db_exec(c->db, "UPDATE job SET state = 'due', tries = 0, due_at = $2 WHERE id = $1 AND state = 'failed'", P(id, c->now)));
    if (db_changes(c->db) == 0)
        return fail(c, E_CONFLICT, "%s", tr(c, "この仕事は、もう失敗していません。"));
    return audit_note(c, "job.again", "job", id, "");
}

enum err job_todos(struct ctx *c, struct todos *list)
{
    if (!user_is(c->user, ROLE_OPERATOR))
        return OK;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT kind, error FROM job WHERE state = 'failed' ORDER BY id", P0); db_next(q);)
        todo_add(c, list, (struct todo){.text = tr(c, "失敗した仕事を見る"),
                                        .about = arena_printf(c->arena, "%s: %s", db_text(q, 0), db_text(q, 1) != NULL ? db_text(q, 1) : ""),
                                        .to = url_path(c->arena, "/jobs"), .due = NONE});
    TRY_DB(c, db_error(c->db));
    return OK;
}
