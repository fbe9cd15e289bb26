/* The secretariat and one section's answer: more time for a reason, and wording mended after it was handed in. */
#include "area/register/rounds.h"
#include "base/date.h"
#include "base/text.h"
#include "core/finder.h"

enum { WHY_LONGEST = 200 };

enum err answer_extend(struct ctx *c, int64_t answer, const char *to, const char *why)
{
    struct answer_case k;
    struct answer after;
    struct recipient *r = NULL;
    size_t n = 0, faults = c->fail.faults_n;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(answer_case_for_step(c, answer, &k));
    TRY(answer_need(c, &k, "extend"));
    const char *on = to ? date_parse(c->arena, to) : NULL;
    if (!on)
        fail_field(&c->fail, "extended_to", "%s", tr(c, "新しい締切の日は、R8.6.20 や 2026/6/20 のように入力してください"));
    else if (strcmp(on, k.inquiry.due_on) <= 0)
        fail_field(&c->fail, "extended_to", tr(c, "新しい締切の日は、照会の締切(%s)より後にしてください"), date_era(c->arena, k.inquiry.due_on));
    else if (instant_end_of_day(on) < c->now)
        fail_field(&c->fail, "extended_to", "%s", tr(c, "新しい締切の日は、今日からの日にしてください"));
    if (!why)
        fail_field(&c->fail, "extended_why", "%s", tr(c, "のばす理由を入力してください"));
    else if (text_length(why) > WHY_LONGEST)
        fail_field(&c->fail, "extended_why", tr(c, "のばす理由は%d字までにしてください"), (int)WHY_LONGEST);
    if (c->fail.faults_n > faults)
        return E_INPUT;
    entity_copy(c->arena, &answer_entity, &after, &k.answer);
    after.extended_to = on;
    after.extended_why = why;
    after.warned_at = NONE;
    TRY(answer_take_step(c, &k, &after, "extend"));
    TRY(section_recipients(c, &k.section, &r, &n));
    return round_letters(c, &k, r, n, k.section_name, arena_printf(c->arena, "締切をのばしました: %s", k.inquiry.title),
                         arena_printf(c->arena, "「%s」の%sの締切を、%sまでのばしました。\n\n理由: %s", k.inquiry.title, k.section.name,
                                      instant_long(c->arena, instant_end_of_day(on)), why));
}

/* What the letter says of one field. */
static void change_words(struct ctx *c, struct sb *b, const struct change *v, const struct statement *before, const struct statement *after)
{
    const char *was = statement_shown(c, v->field, before), *is = statement_shown(c, v->field, after);
    sb_printf(b, "\n■ %s\n直す前: %s\n直した後: %s\n", v->field->label, was ? was : "(記載なし)", is ? is : "(記載なし)");
}

enum err statement_mend(struct ctx *c, const struct answer_case *k, const struct statement *before, struct statement *after)
{
    struct change *v = NULL;
    struct recipient *r = NULL;
    struct sb b;
    size_t n = 0, shown = 0;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(answer_need(c, k, "mend"));
    TRY(statement_fit(c, before, after));
    sb_init(&b, c->arena);
    size_t changes = entity_diff(c->arena, &statement_entity, before, after, &v);
    for (size_t i = 0; i < changes; i++)
        if (field_audience(v[i].field) <= AUDIENCE_STAFF && !text_eq(v[i].field->name, "decision")) {
            change_words(c, &b, &v[i], before, after);
            shown++;
        }
    if (changes == 0)
        return OK;
    if (text_eq(after->decision, "same") && shown > 0)
        after->decision = "changed";
    TRY(statement_store(c, before, after, "statement.mend"));
    TRY(finder_touch(c, "project", after->project));
    if (shown == 0) /* the secretariat's own note: nothing that the section wrote */
        return OK;
    TRY(audit_note(c, "answer.mend", "answer", k->answer.id, arena_printf(c->arena, "%s%s", after->name ? after->name : "", sb_str(&b))));
    TRY(section_recipients(c, &k->section, &r, &n));
    return round_letters(c, k, r, n, k->section_name, arena_printf(c->arena, "字句を直しました: %s", after->name ? after->name : k->inquiry.title),
                         arena_printf(c->arena, "事務局が、「%s」に出された「%s」の字句を直しました。ちがうときは、知らせてください。\n%s", k->inquiry.title,
                                      after->name ? after->name : "", sb_str(&b)));
}

/* --- 48 hours before --- */

/* Sections that have begun, or not even that: one letter, once, and none to anybody who has nothing to do. */
static enum err warn_one(struct ctx *c, int64_t answer)
{
    struct answer_case k;
    struct answer after;
    struct recipient *r = NULL;
    struct statement *s = NULL;
    size_t n = 0, statements = 0, undecided = 0;
    TRY(answer_case_load(c, answer, true, &k));
    if (k.closed || answer_handed_in(k.answer.state) || answer_on_the_way(k.answer.state) || k.answer.warned_at != NONE)
        return OK;
    TRY(section_recipients(c, &k.section, &r, &n));
    TRY(answer_statements(c, answer, &s, &statements));
    for (size_t i = 0; i < statements; i++)
        undecided += s[i].decision == NULL;
    entity_copy(c->arena, &answer_entity, &after, &k.answer);
    after.warned_at = c->now;
    TRY(record_save(c, &answer_entity, &k.answer, &after, "answer.warn"));
    const char *state = text_eq(k.answer.state, "returned") ? "差し戻された回答が、まだ出されていません。"
                        : text_eq(k.answer.state, "draft") ? "回答の下書きがありますが、まだ提出されていません。" : "回答がまだ始められていません。";
    const char *open = undecided ? arena_printf(c->arena, "\n続けるかどうかが決まっていない昨年度の事業が%zu件あります。", undecided) : "";
    return round_letters(c, &k, r, n, k.section_name, arena_printf(c->arena, "締切まで2日です: %s", k.inquiry.title),
                         arena_printf(c->arena, "「%s」の締切は%sです。%s%s\n\n該当する事業がないときは、「該当なし」と回答してください。", k.inquiry.title,
                                      instant_long(c->arena, instant_end_of_day(k.due_on)), state, open));
}

enum err answers_warn(struct ctx *c, int64_t subject)
{
    int64_t *answer = NULL;
    size_t n = 0, cap = 0;
    (void)subject;
    /* Two days ahead by the calendar of Tokyo; the instant itself is looked at below. */
    const char *today = instant_date(c->arena, c->now), *ahead = instant_date(c->arena, c->now + 2 * 86400);
    for (struct db_rows *q = db_query(c->db, c->arena,
                                      "SELECT a.id FROM answer a JOIN inquiry i ON i.id=a.inquiry WHERE i.state='open' AND a.state IN ('open', 'draft', 'returned') AND a.warned_at IS NULL "
                                      "AND coalesce(a.extended_to, i.due_on)>=$1 AND coalesce(a.extended_to, i.due_on)<=$2 AND i.opened_at<$3 ORDER BY a.id",
                                      P(today, ahead, c->now - 86400));
         db_next(q);)
        ARENA_PUSH(c->arena, answer, n, cap) = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < n; i++) {
        const char *due = NULL;
        TRY_DB(c, db_get_text(c->db, c->arena, "SELECT coalesce(a.extended_to, i.due_on) FROM answer a JOIN inquiry i ON i.id=a.inquiry WHERE a.id=$1", P(answer[i]), &due));
        int64_t left = instant_end_of_day(due) - c->now;
        if (left > 0 && left <= 48 * 3600)
            TRY(warn_one(c, answer[i]));
    }
    return OK;
}
