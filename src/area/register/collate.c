/* An answer between its section and the secretariat: the approver's click, the department's choice, passing on, passing over. */
#include "area/register/rounds.h"
#include "base/date.h"
#include "base/text.h"
#include "core/outbox.h"
#include "core/preset.h"

enum { REASON_LONGEST = 1000, WHY_LONGEST = 200 };

/* --- letters --- */

enum err round_letters(struct ctx *c, const struct answer_case *k, const struct recipient *r, size_t n, const char *place, const char *subject, const char *text)
{
    const char *base = c->app && c->app->base_url ? c->app->base_url : "";
    for (size_t i = 0; i < n; i++) {
        struct letter l = {.to_name = arena_printf(c->arena, "%s %s", place, r[i].name), .to_mail = r[i].mail, .subject = subject, .about = "inquiry",
                           .about_id = k->inquiry.id, .account = r[i].account ? r[i].account : NONE, .why = r[i].why};
        l.body = arena_printf(c->arena, "%s 様\n\n%s\n\n回答の画面: %s/answers/%lld\n", l.to_name, text, base, (long long)k->answer.id);
        TRY(outbox_put(c, &l, NULL));
    }
    return OK;
}

enum err answer_holders(struct ctx *c, const struct answer_case *k, struct recipient **out, size_t *n, const char **place)
{
    if (text_eq(k->answer.state, "collating")) {
        *place = k->department.name;
        return role_recipients(c, ROLE_COLLATOR, &k->department, out, n);
    }
    *place = k->section_name;
    if (text_eq(k->answer.state, "approving"))
        return role_recipients(c, ROLE_APPROVER, &k->section, out, n);
    return section_recipients(c, &k->section, out, n);
}

/* The last one of a department makes the letter: one an answer would be thirty in an afternoon. */
static enum err all_collating(struct ctx *c, const struct answer_case *k, bool *all)
{
    int64_t others = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT COUNT(*) FROM answer a JOIN section x ON x.id=a.section WHERE a.inquiry=$1 AND a.state IN ('open', 'draft', 'approving', 'returned') "
                                "AND (x.id=$2 OR x.parent=$2 OR x.parent IN (SELECT id FROM section WHERE parent=$2))",
                         P(k->inquiry.id, k->department.id), &others));
    *all = others == 0;
    return OK;
}

enum err answer_arrived(struct ctx *c, int64_t answer)
{
    struct answer_case k;
    struct recipient *r = NULL;
    size_t n = 0;
    const char *place = NULL;
    bool all = true;
    TRY(record_load(c, &answer_entity, answer, &k.answer));
    if (!answer_on_the_way(k.answer.state))
        return OK;
    TRY(answer_case_load(c, answer, false, &k));
    bool collating = text_eq(k.answer.state, "collating");
    if (collating)
        TRY(all_collating(c, &k, &all));
    if (!all)
        return OK;
    TRY(answer_holders(c, &k, &r, &n, &place));
    return collating ? round_letters(c, &k, r, n, place, arena_printf(c->arena, "部局の回答がそろいました: %s", k.inquiry.title),
                                     arena_printf(c->arena, "「%s」に、%sのすべての課が回答しました。載せる事業を選び、事務局に送ってください。", k.inquiry.title, k.department.name))
                     : round_letters(c, &k, r, n, place, arena_printf(c->arena, "確認のお願い: %s", k.inquiry.title),
                                     arena_printf(c->arena, "「%s」に、%sの回答ができました。内容を確かめてください。", k.inquiry.title, k.section_name));
}

/* --- the approver --- */

enum err answer_approve(struct ctx *c, int64_t answer, const char *post)
{
    struct answer_case k;
    struct answer after;
    TRY(answer_case_for_step(c, answer, &k));
    TRY(answer_need(c, &k, "approve"));
    if (!post)
        return fail_field(&c->fail, "approver_post", "%s", tr(c, "確認した人の職を入力してください。例 課長"));
    entity_copy(c->arena, &answer_entity, &after, &k.answer);
    after.approver_post = post;
    after.approved_on = instant_date(c->arena, c->now);
    after.approved_by = c->user->id;
    TRY(record_check(c, &answer_entity, &after, k.inquiry.year, false));
    TRY(answer_take_step(c, &k, &after, "approve"));
    return answer_arrived(c, answer);
}

enum err answer_skip(struct ctx *c, int64_t answer, const char *reason)
{
    struct answer_case k;
    struct answer after;
    struct recipient *r = NULL;
    size_t n = 0;
    const char *place = NULL;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(answer_case_for_step(c, answer, &k));
    TRY(answer_need(c, &k, "skip"));
    if (!reason)
        return fail_field(&c->fail, "reason", "%s", tr(c, "とばす理由を入力してください"));
    if (text_length(reason) > WHY_LONGEST)
        return fail_field(&c->fail, "reason", tr(c, "とばす理由は%d字までにしてください"), (int)WHY_LONGEST);
    TRY(answer_holders(c, &k, &r, &n, &place));
    entity_copy(c->arena, &answer_entity, &after, &k.answer);
    after.passed_why = reason;
    TRY(answer_take_step(c, &k, &after, "skip"));
    const char *text = arena_printf(c->arena, "「%s」の%sの回答を、%sの確認を待たずに先へ進めました。\n\n理由: %s", k.inquiry.title, k.section_name,
                                    text_eq(k.answer.state, "collating") ? "部局" : "確認者", reason);
    TRY(round_letters(c, &k, r, n, place, arena_printf(c->arena, "確認を待たずに進めました: %s", k.inquiry.title), text));
    TRY(section_recipients(c, &k.section, &r, &n));
    TRY(round_letters(c, &k, r, n, k.section_name, arena_printf(c->arena, "確認を待たずに進めました: %s", k.inquiry.title), text));
    return answer_arrived(c, answer);
}

/* --- the department --- */

const char *left_out_reason(struct ctx *c, int64_t statement)
{
    const char *reason = NULL;
    return db_get_text(c->db, c->arena, "SELECT reason FROM left_out WHERE statement=$1", P(statement), &reason) == OK ? reason : NULL;
}

enum err collate_choose(struct ctx *c, int64_t statement, const char *reason)
{
    struct statement s;
    struct answer_case k;
    TRY(record_load(c, &statement_entity, statement, &s));
    TRY(answer_case_for_step(c, s.answer, &k));
    TRY(answer_need(c, &k, "choose"));
    if (text_eq(s.decision, "ended"))
        return fail(c, E_CONFLICT, "%s", tr(c, "終わる事業は、はじめから台帳に載りません。"));
    if (reason && text_length(reason) > REASON_LONGEST)
        return fail_field(&c->fail, "reason", tr(c, "載せない理由は%d字までにしてください"), (int)REASON_LONGEST);
    const char *before = left_out_reason(c, statement);
    TRY_DB(c, db_error(c->db));
    if (text_eq(before, reason))
        return OK;
    if (reason)
        TRY_DB(c, db_exec(c->db, "INSERT INTO left_out (statement, reason, account, at) VALUES ($1, $2, $3, $4) "
                                 "ON CONFLICT (statement) DO UPDATE SET reason=excluded.reason, account=excluded.account, at=excluded.at",
                          P(statement, reason, c->user->id, c->now)));
    else
        TRY_DB(c, db_exec(c->db, "DELETE FROM left_out WHERE statement=$1", P(statement)));
    return audit_note(c, reason ? "statement.leave_out" : "statement.put_in", "statement", statement, reason ? reason : before);
}

static enum err pass_one(struct ctx *c, int64_t answer, bool *passed)
{
    struct answer_case k;
    struct answer after;
    *passed = false;
    TRY(record_load(c, &answer_entity, answer, &after));
    /* Withdrawn at this moment: then nothing of it is shown here, and the others are passed on. */
    if (!text_eq(after.state, "collating"))
        return OK;
    TRY(answer_case_for_step(c, answer, &k));
    TRY(answer_need(c, &k, "pass"));
    entity_copy(c->arena, &answer_entity, &after, &k.answer);
    after.passed_at = c->now;
    TRY(answer_take_step(c, &k, &after, "pass"));
    *passed = true;
    return OK;
}

enum err collate_pass(struct ctx *c, const int64_t *answers, size_t n, size_t *passed)
{
    *passed = 0;
    TRY(need_role(c, ROLE_COLLATOR));
    if (n == 0)
        return fail_field(&c->fail, "answers", "%s", tr(c, "送る課を1つ以上選んでください"));
    TRY(rounds_lock(c, answers[0]));
    for (size_t i = 0; i < n; i++) {
        bool one = false;
        TRY(pass_one(c, answers[i], &one));
        *passed += one;
    }
    if (*passed == 0)
        return fail(c, E_CONFLICT, "%s", tr(c, "選んだ回答は、もう部局にありません。課が取り下げたか、事務局に送られています。"));
    return OK;
}
