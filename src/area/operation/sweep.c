/* What is past its time. Each step takes a few hundred rows, so that nobody waits for it. */
#include "area/operation/operation.h"

#include "base/date.h"
#include "core/audit.h"
#include "core/run.h"

enum { ROWS = 500, DAY = 86400, RUN_DAYS = 400, JOB_DAYS = 90 };
static const int64_t year_seconds = 31556952; /* the mean of the calendar's */

/* --- personal values of the log --- */

/* The log's rows from `from` up to `upto`, walked in the order of their time; equal times by chain and number. */
struct erasing { int64_t upto, at, chain, n, values; size_t rows; };
struct place { int64_t at, chain, n; };

static enum err erase_some(struct ctx *c, void *arg)
{
    struct erasing *e = arg;
    struct place *v = arena_many(c->arena, struct place, ROWS);
    e->rows = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT at, chain, n FROM audit WHERE (at, chain, n) > ($1, $2, $3) AND at < $4"
                                      " ORDER BY at, chain, n LIMIT 500", P(e->at, e->chain, e->n, e->upto));
         db_next(q);)
        v[e->rows++] = (struct place){db_int(q, 0), db_int(q, 1), db_int(q, 2)};
    TRY_DB(c, db_error(c->db));
    int64_t values = 0;
    for (size_t i = 0; i < e->rows; i++) {
        /* With the salt goes the last way to try out values against the hash. */
        TRY_DB(c, db_exec(c->db, "UPDATE audit_value SET before = NULL, after = NULL, salt = '', erased_at = $3"
                                 " WHERE chain = $1 AND n = $2 AND personal AND erased_at IS NULL", P(v[i].chain, v[i].n, c->now)));
        values += db_changes(c->db);
    }
    if (e->rows == 0)
        return OK;
    struct fact done = {.at = c->now, .ok = true, .upto = v[e->rows - 1].at};
    TRY(fact_save(c, "erased", &done)); /* the next night goes on from here */
    e->at = v[e->rows - 1].at;
    e->chain = v[e->rows - 1].chain;
    e->n = v[e->rows - 1].n;
    e->values += values;
    return OK;
}

static enum err find_start(struct ctx *c, void *arg)
{
    struct fact *f = arg;
    return fact_load(c, "erased", f);
}

static enum err erase(struct ctx *c, int64_t cutoff, struct swept *out)
{
    struct fact done;
    TRY(in_read(c, find_start, &done));
    /* Rows of the second at which it stopped are looked at again: others may have come in it. */
    struct erasing e = {.upto = cutoff, .at = done.upto != NONE ? done.upto - 1 : 0, .chain = INT64_MAX, .n = INT64_MAX};
    do
        TRY(in_write(c, erase_some, &e));
    while (e.rows == ROWS);
    out->values = e.values;
    return OK;
}

/* --- the rest --- */

enum old_rows { VIEWS, LETTERS, RUNS, JOBS };
struct some { enum old_rows what; int64_t before, n; };

static enum err some_rows(struct ctx *c, void *arg)
{
    struct some *s = arg;
    switch (s->what) {
    case VIEWS:
        TRY_DB(c, db_exec(c->db, "DELETE FROM view_log WHERE id IN (SELECT id FROM view_log WHERE at < $1 ORDER BY at LIMIT 500)", P(s->before)));
        break;
    case LETTERS:
        TRY_DB(c, db_exec(c->db, "UPDATE outbox SET to_name = NULL, to_mail = NULL, body = $2 WHERE id IN (SELECT id FROM outbox WHERE made_at < $1"
                                 " AND state IN ('sent', 'handed', 'failed', 'paper') AND body <> $2 ORDER BY id LIMIT 500)",
                          P(s->before, "(保存期間を過ぎたので、本文と宛先を消しました。)")));
        break;
    case RUNS:
        TRY_DB(c, db_exec(c->db, "DELETE FROM run WHERE id IN (SELECT id FROM run WHERE ended_at < $1 AND (state IN ('done', 'refused') OR handled_at IS NOT NULL)"
                                 " ORDER BY id LIMIT 500)", P(s->before)));
        break;
    case JOBS:
        TRY_DB(c, db_exec(c->db, "DELETE FROM job WHERE id IN (SELECT id FROM job WHERE state = 'done' AND done_at < $1 ORDER BY id LIMIT 500)", P(s->before)));
        break;
    }
    s->n = db_changes(c->db);
    return OK;
}

static enum err all_rows(struct ctx *c, enum old_rows what, int64_t before, int64_t *n)
{
    struct some s = {.what = what, .before = before};
    *n = 0;
    do {
        TRY(in_write(c, some_rows, &s));
        *n += s.n;
    } while (s.n == ROWS);
    return OK;
}

static enum err keep_result(struct ctx *c, void *arg)
{
    const struct swept *s = arg;
    const char *words = arena_printf(c->arena, "記録の個人の値 %lld、閲覧の記録 %lld、手紙 %lld、仕事の記録 %lld", (long long)s->values, (long long)s->views,
                                     (long long)s->letters, (long long)(s->runs + s->jobs));
    TRY(fact_save(c, "sweep", &(struct fact){c->now, true, words, NONE}));
    if (s->values + s->views + s->letters == 0)
        return OK;
    return audit_note(c, "operation.sweep", NULL, NONE, words);
}

static enum err read_years(struct ctx *c, void *arg)
{
    *(int64_t *)arg = retention_years(c);
    return OK;
}

enum err sweep(struct ctx *c, struct swept *out)
{
    *out = (struct swept){0};
    TRY(need_role(c, ROLE_OPERATOR));
    int64_t years = RETENTION_DEFAULT;
    TRY(in_read(c, read_years, &years));
    int64_t cutoff = c->now - years * year_seconds;
    TRY(erase(c, cutoff, out));
    TRY(all_rows(c, VIEWS, cutoff, &out->views));
    TRY(all_rows(c, LETTERS, cutoff, &out->letters));
    TRY(all_rows(c, RUNS, c->now - (int64_t)RUN_DAYS * DAY, &out->runs));
    TRY(all_rows(c, JOBS, c->now - (int64_t)JOB_DAYS * DAY, &out->jobs));
    return in_write(c, keep_result, out);
}

static enum err sweep_job(struct ctx *c, int64_t subject)
{
    struct swept s;
    (void)subject;
    return sweep(c, &s);
}

static enum err verify_job(struct ctx *c, int64_t subject)
{
    (void)subject;
    return verify_log(c);
}

const struct job_kind operation_jobs[] = {
    {"operation.sweep", sweep_job, DAY, 2, true},
    {"operation.verify", verify_job, DAY, 3, true},
    {NULL, NULL, 0, 0, false},
};
