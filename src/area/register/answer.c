/* Answers of sections: saving statements, deciding on last year's projects, handing in, sending back. */
#include "area/register/rounds.h"
#include "area/organization/organization.h"
#include "base/date.h"
#include "base/text.h"
#include "core/finder.h"
#include "core/outbox.h"
#include "core/preset.h"

/* --- one answer and what may be done with it --- */

static bool is_by(const struct answer_case *k, unsigned who)
{
    return ((who & BY_SECRETARIAT) && k->secretariat) || ((who & BY_COLLATOR) && k->collator) || ((who & BY_APPROVER) && k->approver) ||
           /* The secretariat writes for a section once it has said how the answer reached it. */
           ((who & BY_SECTION) && (k->own || (k->secretariat && k->answer.entered_how)));
}

bool answer_may(const struct answer_case *k, const char *action)
{
    if (k->closed)
        return false;
    for (const struct answer_move *m = answer_moves; m->action; m++)
        if (text_eq(m->action, action) && text_eq(m->from, k->answer.state) && is_by(k, m->who))
            return true;
    return false;
}

static enum err not_theirs(struct ctx *c, const struct answer_case *k, unsigned who)
{
    if (who & BY_SECTION)
        return k->secretariat ? fail(c, E_FORBIDDEN, "%s", tr(c, "事務局が代わりに入力するときは、先に受け取り方を書いてください。"))
                              : fail(c, E_FORBIDDEN, tr(c, "回答できるのは、%sの推進員と担当者です。"), k->section_name);
    if (who & BY_COLLATOR)
        return fail(c, E_FORBIDDEN, tr(c, "この操作は、%sの部局とりまとめだけができます。"), k->department.name);
    if (who & BY_APPROVER)
        return fail(c, E_FORBIDDEN, tr(c, "この操作は、%sの確認者だけができます。"), k->section_name);
    return fail(c, E_FORBIDDEN, "%s", tr(c, "この操作は事務局の人だけができます。"));
}

enum err answer_need(struct ctx *c, const struct answer_case *k, const char *action)
{
    if (answer_may(k, action))
        return OK;
    if (k->closed)
        return fail(c, E_CONFLICT, "%s", tr(c, "照会は閉じられました。回答は変えられません。事務局に連絡してください。"));
    for (const struct answer_move *m = answer_moves; m->action; m++)
        if (text_eq(m->action, action) && text_eq(m->from, k->answer.state))
            return not_theirs(c, k, m->who);
    return fail(c, E_CONFLICT, tr(c, "この回答は「%s」です。この操作はできません。"), answer_label(k->answer.state, false));
}

/* The section's department, and who stands between it and the secretariat. */
static enum err way_load(struct ctx *c, struct answer_case *k)
{
    int64_t n = 0;
    k->department = k->section;
    for (int depth = 0; k->department.parent != NONE && depth < 8; depth++)
        TRY(record_load(c, &section_entity, k->department.parent, &k->department));
    TRY_DB(c, db_get_int(c->db, "SELECT COUNT(*) FROM duty d JOIN account a ON a.id=d.account WHERE d.role='collator' AND d.unit=$1 AND a.active "
                                "AND d.since<=$2 AND (d.until IS NULL OR d.until>$2)", P(k->department.unit, c->now), &n));
    k->has_collator = n > 0;
    /* What came on paper was approved on paper. */
    k->asks_approval = !k->answer.entered_how && (k->department.approval || text_eq(setting(c, "approval"), "1"));
    TRY(user_on_section(c, SECTION_ROLES, k->section.unit, &k->own));
    TRY(user_on_section(c, ROLE_APPROVER, k->section.unit, &k->approver));
    return user_on_section(c, ROLE_COLLATOR, k->department.unit, &k->collator);
}

enum err answer_case_load(struct ctx *c, int64_t answer, bool lock, struct answer_case *k)
{
    if (lock)
        TRY_DB(c, db_exec(c->db, "UPDATE answer SET state=state WHERE id=$1", P(answer)));
    TRY(record_load(c, &answer_entity, answer, &k->answer));
    TRY(record_load(c, &inquiry_entity, k->answer.inquiry, &k->inquiry));
    TRY(record_load(c, &section_entity, k->answer.section, &k->section));
    k->section_name = section_full_name(c, k->section.id);
    TRY(way_load(c, k));
    k->secretariat = user_is(c->user, ROLE_SECRETARIAT);
    k->closed = !text_eq(k->inquiry.state, "open");
    k->due_on = k->answer.extended_to ? k->answer.extended_to : k->inquiry.due_on;
    k->overdue = k->due_on && instant_end_of_day(k->due_on) < c->now;
    k->nothing = false;
    k->may_edit = answer_may(k, "edit");
    /* What a section has not handed in is no business of its department yet. */
    bool shown = text_eq(k->answer.state, "collating") || text_eq(k->answer.state, "returned") || answer_handed_in(k->answer.state);
    if (!k->own && !k->secretariat && !k->approver && !(k->collator && shown))
        return fail(c, E_FORBIDDEN, tr(c, "この回答は、%sの推進員と担当者、事務局の人だけが見られます。見たいときは事務局に聞いてください。"), k->section_name);
    return OK;
}

enum err rounds_lock(struct ctx *c, int64_t answer)
{
    struct answer a;
    TRY(record_load(c, &answer_entity, answer, &a));
    TRY_DB(c, db_exec(c->db, "UPDATE inquiry SET state=state WHERE year=(SELECT year FROM inquiry WHERE id=$1) "
                             "AND scheme=(SELECT scheme FROM inquiry WHERE id=$1)", P(a.inquiry)));
    return OK;
}

/* The rounds first (all that share their receipt numbers), then the answer: reminding and closing take the locks in this order too. */
enum err answer_case_for_step(struct ctx *c, int64_t answer, struct answer_case *k)
{
    TRY(rounds_lock(c, answer));
    int64_t going = 0;
    TRY(answer_case_load(c, answer, true, k));
    TRY_DB(c, db_get_int(c->db, "SELECT COUNT(*) FROM statement s JOIN project p ON p.id=s.project WHERE s.answer=$1 AND p.merged_into IS NULL "
                                "AND (s.decision IS NULL OR s.decision<>'ended')", P(answer), &going));
    k->nothing = going == 0;
    return OK;
}

enum err answer_statements(struct ctx *c, int64_t answer, struct statement **out, size_t *n)
{
    struct sql tail;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE answer=$ ORDER BY id", P(answer));
    TRY_DB(c, entity_select(c->db, c->arena, &statement_entity, &tail, false, out, n));
    return OK;
}

enum err statement_case_load(struct ctx *c, int64_t answer, int64_t statement, bool lock, struct answer_case *k, struct statement *s)
{
    TRY(answer_case_load(c, answer, lock, k));
    TRY(record_load(c, &statement_entity, statement, s));
    if (s->answer != answer)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この回答に、その事業はありません。"));
    return OK;
}

const char *statement_shown(struct ctx *c, const struct field *f, const struct statement *s)
{
    if (!text_eq(f->name, "partners"))
        return field_shown(c, f, s, s->year);
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < s->partners_n; i++) {
        const struct statement_partner *p = &s->partners[i];
        sb_printf(&b, "%s%s", i ? "\n" : "", p->name ? p->name : tr(c, "(名前なし)"));
        if (p->kind)
            sb_printf(&b, tr(c, "・%s"), word_label(c, "partner_kind", p->kind, s->year));
        if (p->role)
            sb_printf(&b, tr(c, "・役割 %s"), p->role);
        const char *linked = p->organization != NONE ? organization_label(c, p->organization) : NULL;
        if (linked)
            sb_printf(&b, tr(c, "(登録団体: %s)"), linked);
    }
    return s->partners_n ? sb_str(&b) : NULL;
}

/* --- what changed against last year --- */

static bool is_content(const struct field *f)
{
    static const char *const beside[] = {"id", "version", "inquiry", "answer", "previous", "year", "decision", "end_reason", "scheme", "continuity",
                                         "lead", "project", "settled", "outcomes", "note", "demo"};
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++)
        if (text_eq(f->name, beside[i]))
            return false;
    return true;
}

/* What carrying over made of last year's statement. */
static enum err baseline(struct ctx *c, const struct statement *now, struct statement *last, struct statement *out)
{
    struct section_node *nodes = NULL;
    size_t n = 0;
    struct inquiry q;
    TRY(record_load(c, &statement_entity, now->previous, last));
    TRY(record_load(c, &inquiry_entity, now->inquiry, &q));
    if (last->joint_n > 0) /* the tree is only asked for where joint sections are now */
        TRY(sections_of_year(c, now->year, &nodes, &n));
    return statement_carry(c, last, &q, now->answer, now->lead, nodes, n, out);
}

enum err statement_changes(struct ctx *c, const struct statement *now, struct shown_change **out, size_t *n)
{
    struct statement last, base;
    struct change *v = NULL;
    struct shown_change *shown = NULL;
    size_t cap = 0;
    *n = 0;
    *out = NULL;
    if (now->previous == NONE)
        return OK;
    TRY(baseline(c, now, &last, &base));
    size_t k = entity_diff(c->arena, &statement_entity, &base, now, &v);
    for (size_t i = 0; i < k; i++)
        if (is_content(v[i].field))
            ARENA_PUSH(c->arena, shown, *n, cap) =
                (struct shown_change){v[i].field->name, tr(c, v[i].field->label), statement_shown(c, v[i].field, &base), statement_shown(c, v[i].field, now)};
    *out = shown;
    return OK;
}

/* --- saving --- */

enum err answer_take_step(struct ctx *c, const struct answer_case *k, struct answer *after, const char *action)
{
    const struct answer_move *m = answer_step(k, action);
    if (!m)
        return answer_need(c, k, action);
    after->state = m->to;
    return record_save(c, &answer_entity, &k->answer, after, arena_printf(c->arena, "answer.%s", action));
}

/* The first thing written makes 未着手 a draft. */
static enum err answer_begun(struct ctx *c, const struct answer_case *k)
{
    struct answer after;
    if (!text_eq(k->answer.state, "open"))
        return OK;
    entity_copy(c->arena, &answer_entity, &after, &k->answer);
    return answer_take_step(c, k, &after, "edit");
}

/* References that a form may carry: a wrong number is the typist's fault, not the database's. */
static enum err references_ok(struct ctx *c, const struct statement *s)
{
    enum err e = OK;
    for (size_t i = 0; i < s->partners_n; i++)
        if (s->partners[i].organization != NONE && *organization_label(c, s->partners[i].organization) == '\0')
            e = fail_field(&c->fail, arena_printf(c->arena, "partners.%zu.organization", i), "%s", tr(c, "選んだ団体は登録されていません。選びなおしてください"));
    for (size_t i = 0; i < s->joint_n; i++) {
        int64_t found = NONE;
        enum err d = db_get_int(c->db, "SELECT id FROM section WHERE id=$1 AND year=$2", P(s->joint[i].section, s->year), &found);
        if (d != OK && d != E_NOT_FOUND)
            return fail_db(c);
        if (found == NONE)
            e = fail_field(&c->fail, arena_printf(c->arena, "joint.%zu.section", i), "%s", tr(c, "共に担当する課を一覧から選んでください"));
    }
    return e;
}

/* A project that is put in for the first time may have run for years: in an installation's first inquiry all of them. */
static const char *continuity_of(const struct statement *s)
{
    return s->first_year != NONE && s->first_year < s->year ? "continued" : "new";
}

/* Words for その他 that somebody wrote and then chose otherwise are not published. */
static void words_for_other_only(struct ctx *c, struct statement *s)
{
    bool other = s->forms.n == 0;
    if (s->category && !word_is_other(word_find(c, "category", s->category, s->year)))
        s->category_other = NULL;
    for (size_t i = 0; i < s->forms.n; i++)
        other = other || word_is_other(word_find(c, "form", s->forms.v[i], s->year));
    if (!other)
        s->form_other = NULL;
}

enum err statement_fit(struct ctx *c, const struct statement *stored, struct statement *s)
{
    s->id = stored->id;
    s->project = stored->project;
    s->inquiry = stored->inquiry;
    s->answer = stored->answer;
    s->previous = stored->previous;
    s->year = stored->year;
    s->scheme = stored->scheme;
    s->lead = stored->lead;
    s->demo = stored->demo;
    s->continuity = stored->previous == NONE ? continuity_of(s) : stored->continuity;
    if (s->forms.n == 1 && !s->main_form)
        s->main_form = s->forms.v[0];
    words_for_other_only(c, s);
    enum err e = record_check(c, &statement_entity, s, s->year, true), f = statement_check(c, s), refs = references_ok(c, s);
    return e != OK ? e : f != OK ? f : refs;
}

static enum err statement_new(struct ctx *c, const struct answer_case *k, struct statement *s)
{
    struct project p;
    entity_init(&project_entity, &p);
    p.first_year = k->inquiry.year;
    p.lead_unit = k->section.unit;
    p.made_at = c->now;
    p.demo = k->inquiry.demo;
    TRY(record_save(c, &project_entity, NULL, &p, "project.new"));
    s->version = 1;
    s->project = p.id;
    s->inquiry = k->inquiry.id;
    s->answer = k->answer.id;
    s->previous = NONE;
    s->year = k->inquiry.year;
    s->scheme = k->inquiry.scheme;
    s->lead = k->section.id;
    s->decision = "new";
    s->continuity = continuity_of(s);
    s->demo = k->inquiry.demo;
    return statement_store(c, NULL, s, "statement.new");
}

enum err statement_save(struct ctx *c, const struct statement *before, struct statement *after)
{
    struct answer_case k;
    TRY(answer_case_load(c, before ? before->answer : after->answer, true, &k));
    if (before && !answer_may(&k, "edit") && answer_may(&k, "mend"))
        return statement_mend(c, &k, before, after);
    TRY(answer_need(c, &k, "edit"));
    after->year = k.inquiry.year;
    if (after->forms.n == 1 && !after->main_form)
        after->main_form = after->forms.v[0];
    words_for_other_only(c, after);
    enum err e = record_check(c, &statement_entity, after, k.inquiry.year, false);
    if (e != OK && e != E_INPUT)
        return e;
    enum err refs = references_ok(c, after);
    if (e != OK || refs != OK)
        return e != OK ? e : refs;
    if (!k.secretariat)
        after->note = before ? before->note : NULL;
    if (!before) {
        if (!after->name)
            return fail_field(&c->fail, "name", "%s", tr(c, "事業名を入力してください"));
        TRY(statement_new(c, &k, after));
        return answer_begun(c, &k);
    }
    after->id = before->id;
    after->project = before->project;
    after->inquiry = before->inquiry;
    after->answer = before->answer;
    after->previous = before->previous;
    after->scheme = before->scheme;
    after->continuity = before->previous == NONE ? continuity_of(after) : before->continuity;
    after->lead = before->lead;
    after->demo = before->demo;
    /* "As last year" and a change cannot both be true: what was written decides. */
    if (after->previous != NONE && (!after->decision || text_eq(after->decision, "same"))) {
        struct shown_change *v = NULL;
        size_t n = 0;
        TRY(statement_changes(c, after, &v, &n));
        if (n > 0)
            after->decision = "changed";
    }
    TRY(statement_store(c, before, after, "statement.change"));
    TRY(finder_touch(c, "project", after->project)); /* the secretariat searches working rows */
    return answer_begun(c, &k);
}

enum err statement_decide(struct ctx *c, int64_t statement, const char *decision, const char *end_reason)
{
    struct statement before, after;
    struct answer_case k;
    TRY(record_load(c, &statement_entity, statement, &before));
    TRY(answer_case_load(c, before.answer, true, &k));
    TRY(record_load(c, &statement_entity, statement, &before));
    TRY(answer_need(c, &k, "edit"));
    if (before.previous == NONE)
        return fail(c, E_CONFLICT, "%s", tr(c, "新しい事業には、続けるかどうかの答えはいりません。"));
    if (!text_eq(decision, "same") && !text_eq(decision, "changed") && !text_eq(decision, "ended"))
        return fail_field(&c->fail, "decision", "%s", tr(c, "「そのまま続ける」「変えて続ける」「終わる」から選んでください"));
    entity_copy(c->arena, &statement_entity, &after, &before);
    after.decision = decision;
    after.end_reason = text_eq(decision, "ended") ? end_reason : NULL;
    if (text_eq(decision, "same") && text_eq(before.decision, "changed")) {
        /* Back to what last year's statement says; last year's settled amount and outcomes are this year's answer and stay. */
        struct statement last, base;
        TRY(baseline(c, &before, &last, &base));
        base.id = before.id;
        base.version = before.version;
        base.settled = before.settled;
        base.outcomes = before.outcomes;
        base.outcomes_n = before.outcomes_n;
        base.note = before.note;
        base.decision = decision;
        after = base;
    }
    TRY(statement_store(c, &before, &after, "statement.decide"));
    TRY(finder_touch(c, "project", after.project));
    return answer_begun(c, &k);
}

enum err statement_remove(struct ctx *c, int64_t statement)
{
    struct statement s;
    struct project p;
    struct answer_case k;
    int64_t others = 0;
    TRY(record_load(c, &statement_entity, statement, &s));
    TRY(answer_case_load(c, s.answer, true, &k));
    TRY(answer_need(c, &k, "edit"));
    if (!text_eq(s.decision, "new"))
        return fail(c, E_CONFLICT, "%s", tr(c, "昨年度からの事業は消せません。「終わる」を選んで理由を書いてください。"));
    TRY_DB(c, db_exec(c->db, "DELETE FROM left_out WHERE statement=$1", P(statement)));
    TRY_DB(c, db_exec(c->db, "DELETE FROM joint_remark WHERE statement=$1", P(statement)));
    TRY(statement_store(c, &s, NULL, "statement.remove"));
    TRY(finder_touch(c, "project", s.project));
    TRY_DB(c, db_get_int(c->db, "SELECT COUNT(*) FROM statement WHERE project=$1", P(s.project), &others));
    if (others == 0) {
        TRY_DB(c, db_exec(c->db, "DELETE FROM not_double WHERE one=$1 OR other=$1", P(s.project)));
        TRY(record_load(c, &project_entity, s.project, &p));
        TRY(record_save(c, &project_entity, &p, NULL, "project.remove"));
    }
    return answer_begun(c, &k);
}

enum err answer_enter(struct ctx *c, int64_t answer, const char *why, const char *how, const char *received_on, const char *received_by)
{
    struct answer_case k;
    struct answer after;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(answer_case_load(c, answer, true, &k));
    TRY(answer_need(c, &k, "enter"));
    size_t faults = c->fail.faults_n;
    if (!entered_how_label(how))
        fail_field(&c->fail, "entered_how", "%s", tr(c, "受け取り方を選んでください"));
    if (!why)
        fail_field(&c->fail, "entered_for", "%s", tr(c, "代わりに入力する理由を入力してください"));
    else if (text_length(why) > 200)
        fail_field(&c->fail, "entered_for", "%s", tr(c, "代わりに入力する理由は200字までにしてください"));
    const char *on = received_on ? date_parse(c->arena, received_on) : NULL;
    if (!on)
        fail_field(&c->fail, "received_on", "%s", tr(c, "受け取った日は、R8.6.1 や 2026/6/1 のように入力してください"));
    else if (strcmp(on, instant_date(c->arena, c->now)) > 0)
        fail_field(&c->fail, "received_on", "%s", tr(c, "受け取った日は、今日までの日にしてください"));
    if (received_by && text_length(received_by) > 60)
        fail_field(&c->fail, "received_by", "%s", tr(c, "受け取った人は60字までにしてください"));
    if (c->fail.faults_n > faults)
        return E_INPUT;
    entity_copy(c->arena, &answer_entity, &after, &k.answer);
    after.entered_for = why;
    after.entered_how = how;
    after.received_on = on;
    after.received_by = received_by ? received_by : c->user->name;
    return answer_take_step(c, &k, &after, "enter");
}

enum err answer_approver(struct ctx *c, int64_t answer, const struct answer *given)
{
    struct answer_case k;
    struct answer after;
    TRY(answer_case_load(c, answer, true, &k));
    TRY(answer_need(c, &k, "edit"));
    entity_copy(c->arena, &answer_entity, &after, &k.answer);
    after.approver_post = given->approver_post;
    after.approved_on = given->approved_on;
    TRY(record_check(c, &answer_entity, &after, k.inquiry.year, false));
    return answer_take_step(c, &k, &after, "edit");
}

enum err answer_merged(struct ctx *c, int64_t answer, struct merged **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT s.id, p.id FROM statement s JOIN project p ON p.id=s.project WHERE s.answer=$1 AND p.merged_into IS NOT NULL", P(answer));
         db_next(q);)
        ARENA_PUSH(c->arena, *out, *n, cap) = (struct merged){db_int(q, 0), db_int(q, 1)};
    TRY_DB(c, db_error(c->db));
    return OK;
}

bool is_merged(const struct merged *v, size_t n, int64_t statement)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].statement == statement)
            return true;
    return false;
}

/* --- handing in --- */

static void fault_add(struct ctx *c, struct answer_fault **v, size_t *n, size_t *cap, const struct statement *s, const char *field, const char *message)
{
    const struct field *f = field ? entity_field(&statement_entity, field) : NULL;
    ARENA_PUSH(c->arena, *v, *n, *cap) = (struct answer_fault){s->id, s->name ? s->name : "(事業名なし)", field, f ? f->label : NULL, message};
}

enum err answer_faults(struct ctx *c, const struct answer_case *k, const struct statement *s, size_t n, struct answer_fault **out, size_t *out_n)
{
    struct answer_fault *v = NULL;
    struct merged *gone = NULL;
    size_t cap = 0, gone_n = 0;
    *out_n = 0;
    TRY(answer_merged(c, k->answer.id, &gone, &gone_n));
    for (size_t i = 0; i < n; i++) {
        if (is_merged(gone, gone_n, s[i].id))
            continue;
        if (!s[i].decision) {
            fault_add(c, &v, out_n, &cap, &s[i], "decision", "「そのまま続ける」「変えて続ける」「終わる」から選んでください");
            continue;
        }
        if (text_eq(s[i].decision, "ended")) {
            if (!s[i].end_reason)
                fault_add(c, &v, out_n, &cap, &s[i], "end_reason", "終わる理由を入力してください");
            continue;
        }
        if (text_eq(s[i].decision, "changed")) {
            struct shown_change *changes = NULL;
            size_t changed = 0;
            TRY(statement_changes(c, &s[i], &changes, &changed));
            if (changed == 0)
                fault_add(c, &v, out_n, &cap, &s[i], "decision", "変えたところがありません。変えるところを書くか、「そのまま続ける」を選んでください");
        }
        /* The checks speak into the failure of the context; theirs are gathered here, one project after the other. */
        struct failure kept = c->fail;
        failure_init(&c->fail, c->arena);
        enum err e = record_check(c, &statement_entity, &s[i], k->inquiry.year, true);
        if (e == OK || e == E_INPUT)
            e = statement_check(c, &s[i]);
        struct failure said = c->fail;
        if (e != OK && e != E_INPUT)
            return e;
        c->fail = kept;
        for (const struct field_fault *f = said.faults; f; f = f->next)
            fault_add(c, &v, out_n, &cap, &s[i], f->field, f->message);
    }
    *out = v;
    return OK;
}

/* The number stays when an answer is handed in again; it counts over all rounds of the scheme in the year. */
static enum err receipt_next(struct ctx *c, const struct answer_case *k, const char **out)
{
    int64_t n = 0;
    if (k->answer.receipt) {
        *out = k->answer.receipt;
        return OK;
    }
    /* answer_case_for_step holds all rounds that share the numbers, or two sections would get the same one. */
    TRY_DB(c, db_get_int(c->db, "SELECT COUNT(*) FROM answer a JOIN inquiry i ON i.id = a.inquiry WHERE i.year=$1 AND i.scheme=$2 AND a.receipt IS NOT NULL",
                         P(k->inquiry.year, k->inquiry.scheme), &n));
    *out = receipt_number(c->arena, k->inquiry.year, k->inquiry.scheme, n + 1);
    return OK;
}

static enum err hand_in(struct ctx *c, const struct answer_case *k, const char *action)
{
    struct answer after;
    entity_copy(c->arena, &answer_entity, &after, &k->answer);
    TRY(receipt_next(c, k, &after.receipt));
    after.submitted_at = c->now;
    /* What was sent back may come again after the due date. What came on paper came on the day on which it was received. */
    if (!text_eq(k->answer.state, "returned") || !k->answer.receipt)
        after.late = k->answer.received_on ? strcmp(k->answer.received_on, k->due_on) > 0 : k->overdue;
    after.comment = NULL;
    after.approved_by = NONE;
    after.passed_at = NONE;
    after.passed_why = NULL;
    TRY(answer_take_step(c, k, &after, action));
    return answer_arrived(c, k->answer.id);
}

enum err answer_submit(struct ctx *c, int64_t answer)
{
    struct answer_case k;
    struct statement *v = NULL;
    struct answer_fault *f = NULL;
    size_t n = 0, faults = 0, going = 0;
    TRY(answer_case_for_step(c, answer, &k));
    TRY(answer_need(c, &k, "submit"));
    TRY(answer_statements(c, answer, &v, &n));
    TRY(answer_faults(c, &k, v, n, &f, &faults));
    for (size_t i = 0; i < faults; i++)
        fail_field(&c->fail, arena_printf(c->arena, "project.%lld.%s", (long long)f[i].statement, f[i].field ? f[i].field : "name"), "%s: %s", f[i].name, f[i].message);
    if (faults)
        return E_INPUT;
    struct merged *gone = NULL;
    size_t gone_n = 0;
    TRY(answer_merged(c, answer, &gone, &gone_n));
    for (size_t i = 0; i < n; i++)
        going += !text_eq(v[i].decision, "ended") && !is_merged(gone, gone_n, v[i].id);
    if (going == 0)
        return fail_field(&c->fail, "none", "%s", tr(c, "続ける事業も新しい事業もありません。「該当なしで回答する」を選んでください"));
    return hand_in(c, &k, "submit");
}

enum err answer_none(struct ctx *c, int64_t answer)
{
    struct answer_case k;
    struct statement *v = NULL;
    struct merged *gone = NULL;
    size_t n = 0, gone_n = 0, undecided = 0, kept = 0, unsaid = 0;
    TRY(answer_case_for_step(c, answer, &k));
    TRY(answer_need(c, &k, "none"));
    TRY(answer_statements(c, answer, &v, &n));
    TRY(answer_merged(c, answer, &gone, &gone_n));
    for (size_t i = 0; i < n; i++) {
        if (is_merged(gone, gone_n, v[i].id))
            continue;
        undecided += !v[i].decision;
        kept += v[i].decision && !text_eq(v[i].decision, "ended");
        unsaid += text_eq(v[i].decision, "ended") && !v[i].end_reason;
    }
    if (undecided)
        return fail_field(&c->fail, "none", tr(c, "昨年度の事業が%zu件、まだ決まっていません。続けないときは「終わる」を選んで理由を書いてください"), undecided);
    if (kept)
        return fail_field(&c->fail, "none", tr(c, "続ける事業か新しい事業が%zu件あります。該当なしでは回答できません"), kept);
    if (unsaid)
        return fail_field(&c->fail, "none", tr(c, "終わる理由が書かれていない事業が%zu件あります"), unsaid);
    return hand_in(c, &k, "none");
}

enum err answer_withdraw(struct ctx *c, int64_t answer)
{
    struct answer_case k;
    struct answer after;
    TRY(answer_case_for_step(c, answer, &k));
    TRY(answer_need(c, &k, "withdraw"));
    entity_copy(c->arena, &answer_entity, &after, &k.answer);
    after.submitted_at = NONE;
    after.late = false;
    after.approved_by = NONE;
    after.passed_at = NONE;
    after.passed_why = NULL;
    return answer_take_step(c, &k, &after, "withdraw");
}

enum err answer_return(struct ctx *c, int64_t answer, const char *comment)
{
    struct answer_case k;
    struct answer after;
    struct recipient *r = NULL;
    size_t n = 0;
    TRY(answer_case_for_step(c, answer, &k));
    TRY(answer_need(c, &k, "return"));
    if (!comment)
        return fail_field(&c->fail, "comment", "%s", tr(c, "直してほしいところを入力してください"));
    if (text_length(comment) > 2000)
        return fail_field(&c->fail, "comment", "%s", tr(c, "コメントは2,000字までにしてください"));
    entity_copy(c->arena, &answer_entity, &after, &k.answer);
    after.comment = comment;
    TRY(answer_take_step(c, &k, &after, "return"));
    TRY(section_recipients(c, &k.section, &r, &n));
    const char *by = text_eq(k.answer.state, "collating") ? "部局とりまとめ" : text_eq(k.answer.state, "approving") ? "確認者" : "事務局";
    const char *subject = arena_printf(c->arena, "差し戻し: %s", k.inquiry.title);
    TRY(round_letters(c, &k, r, n, k.section_name, subject,
                      arena_printf(c->arena, "%sが「%s」の回答を差し戻しました。コメントを読んで直し、もう一度提出してください。締切後でも提出できます。\n\n%s", by, k.inquiry.title, comment)));
    if (!answer_handed_in(k.answer.state) || !k.has_collator)
        return OK;
    /* What the department had passed on comes back past it: it is told. */
    TRY(role_recipients(c, ROLE_COLLATOR, &k.department, &r, &n));
    return round_letters(c, &k, r, n, k.department.name, subject,
                         arena_printf(c->arena, "事務局が「%s」の%sの回答を差し戻しました。課が直すと、もう一度部局に届きます。\n\n%s", k.inquiry.title, k.section_name, comment));
}
