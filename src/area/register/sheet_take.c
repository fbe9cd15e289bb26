/* Taking a plan over: the same use cases as the form, for all rows of a file in one transaction. */
#include <string.h>

#include "area/register/sheets.h"
#include "base/json.h"
#include "base/text.h"
#include "core/audit.h"

struct taking { struct book *b; const struct sheet_plan *p; struct sheet_take *t; };

/* --- nothing may have changed since the plan --- */

static enum err changed_meanwhile(struct ctx *c)
{
    return fail(c, E_CONFLICT, "%s", tr(c, "ほかの人が先に保存しました。違うところを見て、もう一度確かめてください。"));
}

static enum err answers_still(struct ctx *c, const struct taking *x)
{
    for (size_t i = 0; i < x->b->answers; i++) {
        const struct answer *a = &x->b->answer[i].k.answer;
        int64_t version = NONE;
        if (!x->p->answer[i].touched)
            continue;
        TRY_DB(c, db_exec(c->db, "UPDATE answer SET state=state WHERE id=$1", P(a->id))); /* held until the commit */
        enum err e = db_get_int(c->db, "SELECT version FROM answer WHERE id=$1", P(a->id), &version);
        if (e != OK && e != E_NOT_FOUND)
            return fail_db(c);
        if (version != a->version)
            return changed_meanwhile(c);
    }
    return OK;
}

static enum err statement_still(struct ctx *c, const struct statement *s)
{
    int64_t version = NONE;
    enum err e = db_get_int(c->db, "SELECT version FROM statement WHERE id=$1", P(s->id), &version);
    if (e != OK && e != E_NOT_FOUND)
        return fail_db(c);
    return version == s->version ? OK : changed_meanwhile(c);
}

/* --- one row --- */

static enum err row_take(struct ctx *c, const struct plan_row *row)
{
    struct statement after, now;
    entity_copy(c->arena, &statement_entity, &after, &row->after);
    if (row->before == NULL)
        return statement_save(c, NULL, &after);
    TRY(statement_still(c, row->before));
    now = *row->before;
    if (row->content) {
        /* The decision is its own step, with its own rules; saving may itself make 変更なし a 変更あり. */
        after.decision = row->before->decision;
        after.end_reason = row->before->end_reason;
        TRY(statement_save(c, row->before, &after));
        now = after;
    }
    bool decided = !text_eq(row->decision, now.decision) || (text_eq(row->decision, "ended") && !text_eq(row->end_reason, now.end_reason));
    return decided && row->decision != NULL ? statement_decide(c, row->before->id, row->decision, row->end_reason) : OK;
}

/* A fault that only saving finds is told with the row's number. */
static enum err row_failed(struct ctx *c, const struct ctx *sub, const struct plan_row *row, enum err e)
{
    const struct field_fault *f = sub->fail.faults;
    const char *message = f != NULL ? f->message : sub->fail.message;
    c->fail.detail = arena_dup(c->arena, sub->fail.detail);
    if (e == E_INPUT)
        return fail(c, E_INPUT, tr(c, "%lld行目「%s」: %s。1行も取り込んでいません。"), (long long)row->line, row->name != NULL ? row->name : "", message != NULL ? message : "");
    return fail(c, e, "%s", message != NULL ? arena_dup(c->arena, message) : tr(c, "取り込めませんでした。1行も取り込んでいません。"));
}

/* Its memory goes with the row: a file of 3,000 would else keep all that each of them read. */
static enum err row_take_apart(struct ctx *c, struct arena *scratch, const struct plan_row *row)
{
    struct ctx sub = *c;
    arena_reset(scratch);
    sub.arena = scratch;
    failure_init(&sub.fail, scratch);
    enum err e = row_take(&sub, row);
    return e == OK ? OK : row_failed(c, &sub, row, e);
}

/* --- one answer --- */

static enum err hand_in(struct ctx *c, const struct taking *x, size_t i)
{
    const struct answer_case *k = &x->b->answer[i].k;
    if (x->t->approver_post != NULL || x->t->approved_on != NULL) {
        struct answer given;
        entity_init(&answer_entity, &given);
        given.approver_post = x->t->approver_post;
        given.approved_on = x->t->approved_on;
        TRY(answer_approver(c, k->answer.id, &given));
    }
    return answer_submit(c, k->answer.id);
}

static enum err answer_after(struct ctx *c, const struct taking *x, size_t i)
{
    const struct plan_answer *a = &x->p->answer[i];
    if (a->rows == 0 || a->handed_in)
        return OK;
    if (a->none) {
        x->t->none++;
        return answer_none(c, x->b->answer[i].k.answer.id);
    }
    if (x->t->submit && a->whole) {
        x->t->submitted++;
        return hand_in(c, x, i);
    }
    x->t->drafts += a->touched;
    return OK;
}

static const char *report_json(struct ctx *c, const struct taking *x)
{
    static const char *const names[PLAN_ACTIONS] = {"added", "changed", "ended", "decided", "none", "unchanged"};
    struct sb b;
    struct json j;
    sb_init(&b, c->arena);
    json_init(&j, &b);
    json_object(&j, NULL);
    json_text(&j, "file", x->p->in->file);
    for (size_t i = 0; i < PLAN_ACTIONS; i++)
        json_int(&j, names[i], x->p->count[i]);
    json_int(&j, "submitted", x->t->submitted);
    json_int(&j, "drafts", x->t->drafts);
    json_array(&j, "answers");
    for (size_t i = 0; i < x->b->answers; i++)
        if (x->p->answer[i].rows > 0)
            json_int(&j, NULL, x->b->answer[i].k.answer.id);
    json_end(&j, ']');
    json_end(&j, '}');
    return sb_str(&b);
}

static enum err upload_done(struct ctx *c, const struct taking *x)
{
    const char *report = report_json(c, x);
    if (x->t->upload == NONE)
        return audit_note(c, "answers.import", "inquiry", x->b->q.id, report);
    TRY_DB(c, db_exec(c->db, "UPDATE sheet_upload SET state='taken', done_at=$1, report=$2 WHERE id=$3 AND state='waiting'", P(c->now, report, x->t->upload)));
    if (db_changes(c->db) == 0)
        return fail(c, E_CONFLICT, "%s", tr(c, "このファイルは、もう取り込んだか捨てたものです。"));
    return audit_note(c, "answers.import", "sheet_upload", x->t->upload, report);
}

/* Something of the answer is written: a row of it, or that it is handed in. */
static bool is_written(const struct taking *x, size_t i)
{
    const struct plan_answer *a = &x->p->answer[i];
    return a->touched || (x->t->submit && a->whole && a->rows > 0 && !a->handed_in);
}

static enum err take_all(struct ctx *c, void *arg)
{
    struct taking *x = arg;
    ARENA struct arena *scratch = arena_new();
    x->t->submitted = x->t->drafts = x->t->none = 0; /* run again after a lost connection */
    TRY(answers_still(c, x));
    for (size_t i = 0; i < x->b->answers; i++) {
        const struct answer_case *k = &x->b->answer[i].k;
        if (is_written(x, i) && !k->may_edit)
            TRY(answer_enter(c, k->answer.id, x->t->entry.why, x->t->entry.how, x->t->entry.on, NULL));
    }
    for (size_t i = 0; i < x->p->rows; i++)
        if (x->p->row[i].action != PLAN_SAME && x->p->row[i].action != PLAN_NONE)
            TRY(row_take_apart(c, scratch, &x->p->row[i]));
    for (size_t i = 0; i < x->b->answers; i++)
        TRY(answer_after(c, x, i));
    return upload_done(c, x);
}

enum err sheet_plan_take(struct ctx *c, struct book *b, const struct sheet_plan *p, struct sheet_take *t)
{
    struct taking x = {b, p, t};
    if (p->faults > 0)
        return fail(c, E_INPUT, "%s", tr(c, "直すところがあるので、取り込めません。"));
    return in_write(c, take_all, &x);
}
