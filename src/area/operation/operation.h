/* The operator's room: how the instance is, long work, what the nights bring (the log verified, old things erased). */
#ifndef KYODO_AREA_OPERATION_OPERATION_H
#define KYODO_AREA_OPERATION_OPERATION_H

#include "core/app.h"
#include "core/job.h"

extern const struct area operation_area;
extern const struct job_kind operation_jobs[];

/* What a kind of nightly work found last. at NONE: it was not done yet. */
struct fact { int64_t at; bool ok; const char *words; int64_t upto; };
enum err fact_load(struct ctx *c, const char *name, struct fact *out);
enum err fact_save(struct ctx *c, const char *name, const struct fact *f);

/* Years after which personal values of the log and the view log go: the setting retention_years, else 5. */
#define RETENTION_DEFAULT 5
#define RETENTION_LEAST 1
#define RETENTION_MOST 30
int64_t retention_years(struct ctx *c);
/* E_INPUT at retention_years. Rights: the operator. */
enum err retention_set(struct ctx *c, const char *typed);

/* Erases and throws away what is past its time, in pieces, with no transaction open: personal values of the log (their hashes stay, so that the log
 * still verifies), lines of the view log, letters' texts (retention); sessions, codes, answers to forms, finished jobs and runs, by their own time. */
struct swept { int64_t values, views, letters, runs, jobs; };
enum err sweep(struct ctx *c, struct swept *out);
/* Verifies the whole log and keeps the result for the page. A fault found is E_CONFLICT and stands there, too. */
enum err verify_log(struct ctx *c);
/* The nightly work `kind` is due now. Rights: the operator. */
enum err operation_now(struct ctx *c, const char *kind);

/* How the instance is. */
struct condition {
    const char *version, *engine;
    int64_t schema, size, disk_free, disk_total; /* bytes; NONE: not known */
    int64_t jobs_due, jobs_failed, runs_running, runs_open, letters_waiting, letters_failed;
    int64_t backup_at, backup_rows;              /* NONE: none is known */
    bool backup_ok;
    const char *backup_file, *backup_message;
    struct fact verify, sweep;
    int64_t years;
};
enum err condition_load(struct ctx *c, struct condition *out);

#endif
