#include "area/operation/operation.h"

#include <sys/statvfs.h>

#include "base/text.h"
#include "core/audit.h"
#include "core/preset.h"
#include "core/version.h"
#include "db/schema.h"

enum err fact_load(struct ctx *c, const char *name, struct fact *out)
{
    *out = (struct fact){.at = NONE, .upto = NONE};
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT at, ok, words, upto FROM operation_fact WHERE name = $1", P(name)); db_next(q);)
        *out = (struct fact){db_int(q, 0), db_bool(q, 1), db_text(q, 2), db_int(q, 3)};
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err fact_save(struct ctx *c, const char *name, const struct fact *f)
{
    TRY_DB(c, db_exec(c->db, "INSERT INTO operation_fact (name, at, ok, words, upto) VALUES ($1, $2, $3, $4, $5)"
                             " ON CONFLICT (name) DO UPDATE SET at = excluded.at, ok = excluded.ok, words = excluded.words, upto = excluded.upto",
                      P(name, f->at, f->ok, f->words, f->upto)));
    return OK;
}

/* --- settings --- */

int64_t retention_years(struct ctx *c)
{
    const char *s = setting(c, "retention_years");
    int64_t n = s != NULL ? strtoll(s, NULL, 10) : 0;
    return n >= RETENTION_LEAST && n <= RETENTION_MOST ? n : RETENTION_DEFAULT;
}

enum err retention_set(struct ctx *c, const char *typed)
{
    TRY(need_role(c, ROLE_OPERATOR));
    const char *digits = typed != NULL ? text_fold(c->arena, typed) : ""; /* ５ is 5 */
    char *end = NULL;
    int64_t n = strtoll(digits, &end, 10);
    if (*digits == '\0' || *end != '\0' || n < RETENTION_LEAST || n > RETENTION_MOST)
        return fail_field(&c->fail, "retention_years", tr(c, "保存期間は%dから%dまでの年数を、数字で入れてください"), RETENTION_LEAST, RETENTION_MOST);
    return setting_set(c, "retention_years", arena_printf(c->arena, "%lld", (long long)n));
}

/* --- the log, verified --- */

struct verdict { bool ok; const char *words; };

static enum err keep_verdict(struct ctx *c, void *arg)
{
    const struct verdict *v = arg;
    return fact_save(c, "verify", &(struct fact){c->app->clock(), v->ok, v->words, NONE});
}

static enum err verify_in_read(struct ctx *c, void *arg)
{
    return audit_verify(c, arg);
}

enum err verify_log(struct ctx *c)
{
    struct audit_report r = {0};
    enum err e = in_read(c, verify_in_read, &r);
    if (e != OK && r.fault == NULL) /* it was not read to the end: no verdict */
        return e;
    struct verdict v = {e == OK, e != OK ? arena_dup(c->arena, r.fault)
                                         : arena_printf(c->arena, "%lld行、%lld列", (long long)r.rows, (long long)r.chains)};
    failure_clear(&c->fail);
    TRY(in_write(c, keep_verdict, &v));
    return e == OK ? OK : fail(c, E_CONFLICT, "%s", v.words);
}

enum err operation_now(struct ctx *c, const char *kind)
{
    TRY(need_role(c, ROLE_OPERATOR));
    bool known = false;
    for (const struct job_kind *k = operation_jobs; k->name != NULL; k++)
        known = known || text_eq(k->name, kind);
    if (!known)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "その仕事はありません。"));
    TRY_DB(c, db_exec(c->db, "UPDATE job SET state = 'due', due_at = $2 WHERE kind = $1 AND state IN ('due', 'failed')", P(kind, c->now)));
    if (db_changes(c->db) == 0)
        TRY(job_put(c, kind, 0, c->now));
    return audit_note(c, "operation.now", NULL, NONE, kind);
}

/* --- how it is --- */

static enum err count(struct ctx *c, const char *sql, int64_t *n)
{
    TRY_DB(c, db_get_int_text(c->db, sql, P0, n));
    return OK;
}

static enum err last_backup(struct ctx *c, struct condition *out)
{
    out->backup_at = out->backup_rows = NONE;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT title, state, ended_at, done, message FROM run WHERE kind = 'backup' ORDER BY id DESC LIMIT 1", P0);
         db_next(q);) {
        out->backup_file = db_text(q, 0);
        out->backup_ok = text_eq(db_text(q, 1), "done");
        out->backup_at = db_int(q, 2);
        out->backup_rows = db_int(q, 3);
        out->backup_message = db_text(q, 4);
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err condition_load(struct ctx *c, struct condition *out)
{
    TRY(need_role(c, ROLE_OPERATOR));
    *out = (struct condition){.version = KYODO_VERSION, .engine = db_env_engine(c->app->env) == DB_SQLITE ? "SQLite" : "PostgreSQL",
                              .schema = schema_newest(), .disk_free = NONE, .disk_total = NONE, .years = retention_years(c)};
    struct statvfs disk;
    if (c->app->directory != NULL && statvfs(c->app->directory, &disk) == 0) {
        out->disk_free = (int64_t)(disk.f_bavail * disk.f_frsize);
        out->disk_total = (int64_t)(disk.f_blocks * disk.f_frsize);
    }
    TRY_DB(c, db_size(c->db, &out->size));
    TRY(count(c, "SELECT count(*) FROM job WHERE state = 'due'", &out->jobs_due));
    TRY(count(c, "SELECT count(*) FROM job WHERE state = 'failed'", &out->jobs_failed));
    TRY(count(c, "SELECT count(*) FROM run WHERE state = 'running'", &out->runs_running));
    TRY(count(c, "SELECT count(*) FROM run WHERE state IN ('broken', 'failed') AND handled_at IS NULL", &out->runs_open));
    TRY(count(c, "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'sending')", &out->letters_waiting));
    TRY(count(c, "SELECT count(*) FROM outbox WHERE state = 'failed'", &out->letters_failed));
    TRY(last_backup(c, out));
    TRY(fact_load(c, "verify", &out->verify));
    return fact_load(c, "sweep", &out->sweep);
}
