/* Inquiries (照会): to whom, opening with last year's projects carried over, reminding, closing. */
#include "area/register/rounds.h"
#include "base/date.h"
#include "base/text.h"
#include "core/finder.h"
#include "core/outbox.h"
#include "core/preset.h"

static const char *unit_text(struct ctx *c, int64_t unit) { return arena_printf(c->arena, "%lld", (long long)unit); }

static bool in_set(const struct set *s, const char *code)
{
    for (size_t i = 0; i < s->n; i++)
        if (text_eq(s->v[i], code))
            return true;
    return false;
}

/* Held until the commit: opening, handing in and closing of one round come one after the other. */
static enum err inquiry_lock(struct ctx *c, int64_t id, struct inquiry *q)
{
    TRY_DB(c, db_exec(c->db, "UPDATE inquiry SET state=state WHERE id=$1", P(id)));
    return record_load(c, &inquiry_entity, id, q);
}

/* --- saving --- */

/* An inquiry at the time of the budget (予算編成時期) asks about a year that has not begun: its tree may not exist yet. */
static enum err tree_ready(struct ctx *c, int64_t year)
{
    int64_t here = 0, newest = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT COUNT(*) FROM section WHERE year=$1", P(year), &here));
    if (here > 0)
        return OK;
    TRY_DB(c, db_get_int(c->db, "SELECT MAX(year) FROM section WHERE year<$1", P(year), &newest));
    if (newest == NONE)
        return fail(c, E_CONFLICT, tr(c, "%sの所属がまだ登録されていません。先に「設定」の「所属と推進員」で加えてください。"), fiscal_year_long(c->arena, year));
    return sections_carry_over(c, newest, year);
}

static enum err inquiry_fits(struct ctx *c, const struct inquiry *q)
{
    enum err e = record_check(c, &inquiry_entity, q, q->year, true);
    if (e != OK && e != E_INPUT)
        return e;
    if (q->scope && !text_eq(q->scope, "all") && !text_eq(q->scope, "part"))
        e = fail_field(&c->fail, "scope", "%s", tr(c, "あて先を選んでください"));
    if (text_eq(q->scope, "part") && q->units.n == 0)
        e = fail_field(&c->fail, "units", "%s", tr(c, "あて先の所属を1つ以上選んでください"));
    if (q->year != NONE && (q->year < 2000 || q->year > this_year(c) + 1))
        e = fail_field(&c->fail, "year", tr(c, "年度は、%sまでの年度にしてください"), fiscal_year_era(c->arena, this_year(c) + 1));
    return e;
}

/* 令和8年度 PSプロジェクト照会: what a title would say anyway. */
static const char *plain_title(struct ctx *c, const struct inquiry *q)
{
    if (q->year == NONE || !q->scheme || !word_find(c, "scheme", q->scheme, q->year))
        return NULL;
    return arena_printf(c->arena, tr(c, "%s %s照会"), fiscal_year_era(c->arena, q->year), word_label(c, "scheme", q->scheme, q->year));
}

enum err inquiry_save(struct ctx *c, const struct inquiry *before, struct inquiry *after)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    if (!after->title)
        after->title = plain_title(c, after);
    if (!before) {
        after->state = "draft";
        after->version = 1;
        after->opened_at = after->closed_at = NONE;
    } else {
        after->state = before->state;
        after->opened_at = before->opened_at;
        after->closed_at = before->closed_at;
        if (text_eq(before->state, "closed"))
            return fail(c, E_CONFLICT, "%s", tr(c, "この照会は閉じられています。変えられません。"));
        /* Sections have begun to answer: what they were asked stays as it was, but for words and a longer time. */
        if (text_eq(before->state, "open")) {
            after->year = before->year;
            after->scheme = before->scheme;
            after->round = before->round;
            after->scope = before->scope;
            after->units = before->units;
        }
    }
    if (text_eq(after->scope, "all"))
        after->units = (struct set){NULL, 0};
    TRY(inquiry_fits(c, after));
    TRY(tree_ready(c, after->year));
    return record_save(c, &inquiry_entity, before, after, before ? "inquiry.change" : "inquiry.new");
}

enum err inquiry_discard(struct ctx *c, int64_t inquiry)
{
    struct inquiry q;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(inquiry_lock(c, inquiry, &q));
    if (!text_eq(q.state, "draft"))
        return fail(c, E_CONFLICT, "%s", tr(c, "送った照会は消せません。"));
    return record_save(c, &inquiry_entity, &q, NULL, "inquiry.discard");
}

/* --- addressees --- */

enum err inquiry_addressees(struct ctx *c, const struct inquiry *q, struct section_node **out, size_t *n)
{
    struct section_node *v = NULL;
    size_t v_n = 0, k = 0;
    TRY(sections_of_year(c, q->year, &v, &v_n));
    struct section_node *to = arena_many(c->arena, struct section_node, v_n + 1);
    bool *in = arena_many(c->arena, bool, v_n + 1);
    bool all = text_eq(q->scope, "all");
    for (size_t i = 0; i < v_n; i++) {
        in[i] = all || in_set(&q->units, unit_text(c, v[i].s.unit));
        /* Parents come before children. */
        for (size_t p = 0; !in[i] && v[i].s.parent != NONE && p < i; p++)
            if (v[p].s.id == v[i].s.parent)
                in[i] = in[p];
        if (in[i] && v[i].s.answers)
            to[k++] = v[i];
    }
    *out = to;
    *n = k;
    return OK;
}

enum err section_recipients(struct ctx *c, const struct section *s, struct recipient **out, size_t *n)
{
    TRY(role_recipients(c, ROLE_PROMOTER, s, out, n));
    if (*n > 0)
        return OK;
    *out = arena_make(c->arena, struct recipient);
    **out = (struct recipient){0, "ご担当者", s->mail, arena_printf(c->arena, tr(c, "%s(推進員がいないので課あて)"), s->name)};
    *n = 1;
    return OK;
}

enum err role_recipients(struct ctx *c, enum role role, const struct section *s, struct recipient **out, size_t *n)
{
    struct recipient *v = NULL;
    struct section_move *m = NULL;
    size_t cap = 0, moves = 0;
    int64_t unit[UNITS_MOST];
    *n = 0;
    TRY(section_moves(c, NONE, &m, &moves));
    size_t units = units_after(m, moves, s->unit, s->year, this_year(c), unit);
    for (size_t i = 0; i < units; i++)
        for (struct db_rows *q = db_query(c->db, c->arena,
                                          "SELECT a.id, a.name, a.mail FROM duty d JOIN account a ON a.id = d.account "
                                          "WHERE d.unit=$1 AND d.role=$3 AND d.since<=$2 AND (d.until IS NULL OR d.until>$2) AND a.active "
                                          "ORDER BY a.id", P(unit[i], c->now, role_name(role)));
             db_next(q);) {
            bool there = false;
            for (size_t k = 0; k < *n; k++)
                there = there || v[k].account == db_int(q, 0);
            if (!there)
                ARENA_PUSH(c->arena, v, *n, cap) = (struct recipient){db_int(q, 0), db_text(q, 1), db_text(q, 2), NULL};
        }
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < *n; i++)
        v[i].why = arena_printf(c->arena, tr(c, "%sの%s"), s->name, word_label(c, "role", role_name(role), s->year));
    *out = v;
    return OK;
}

/* --- carrying over --- */

enum err inquiry_carried(struct ctx *c, const struct inquiry *q, const struct section_node *to, size_t to_n, struct carried **out, size_t *n)
{
    struct carried *v = NULL;
    struct section_move *m = NULL;
    size_t cap = 0, moves = 0;
    int64_t last = NONE;
    *n = 0;
    TRY(section_moves(c, NONE, &m, &moves));
    for (struct db_rows *r = db_query(c->db, c->arena,
                                      "SELECT s.id, s.project, x.unit, s.decision, s.name, x.name, x.year, p.lead_unit FROM statement s JOIN inquiry i ON i.id = s.inquiry "
                                      "JOIN answer a ON a.id = s.answer JOIN section x ON x.id = s.lead JOIN project p ON p.id = s.project "
                                      "WHERE i.scheme=$1 AND i.state='closed' AND i.id<>$2 AND (i.year=$3 OR i.year=$4) "
                                      "AND (a.state='submitted' OR a.state='none') AND p.merged_into IS NULL "
                                      "ORDER BY s.project, i.year DESC, i.closed_at DESC, s.id DESC",
                                      P(q->scheme, q->id, q->year, q->year - 1));
         db_next(r);) {
        int64_t project = db_int(r, 1);
        if (project == last)
            continue;
        last = project;
        const char *decision = db_text(r, 3);
        if (!decision || text_eq(decision, "ended"))
            continue;
        struct carried k = {.statement = db_int(r, 0), .project = project, .addressee = SIZE_MAX, .name = db_text(r, 4), .section = db_text(r, 5)};
        k.unit = unit_after(m, moves, db_int(r, 2), db_int(r, 6), q->year, db_int(r, 7), &k.undecided);
        for (size_t i = 0; i < to_n; i++)
            if (k.unit != NONE && to[i].s.unit == k.unit) {
                k.addressee = i;
                break;
            }
        ARENA_PUSH(c->arena, v, *n, cap) = k;
    }
    TRY_DB(c, db_error(c->db));
    *out = v;
    return OK;
}

/* The joint sections in the year of `nodes`: each as what it became; a split one as all of its parts, which know best. */
static enum err joint_now(struct ctx *c, struct statement *s, int64_t year, const struct section_node *nodes, size_t n)
{
    struct section_move *m = NULL;
    struct statement_section *v = NULL;
    size_t moves = 0, k = 0, cap = 0;
    if (s->joint_n == 0)
        return OK;
    TRY(section_moves(c, NONE, &m, &moves));
    for (size_t i = 0; i < s->joint_n; i++) {
        struct section x;
        int64_t unit[UNITS_MOST];
        if (s->joint[i].section == NONE)
            continue;
        TRY(record_load(c, &section_entity, s->joint[i].section, &x));
        size_t units = units_after(m, moves, x.unit, x.year, year, unit);
        for (size_t u = 0; u < units; u++)
            for (size_t j = 0; j < n; j++) {
                bool there = nodes[j].s.unit != unit[u] || nodes[j].s.id == s->lead || nodes[j].s.gone;
                for (size_t t = 0; t < k && !there; t++)
                    there = v[t].section == nodes[j].s.id;
                if (there)
                    continue;
                struct statement_section one;
                entity_init(&statement_section_entity, &one);
                one.section = nodes[j].s.id;
                ARENA_PUSH(c->arena, v, k, cap) = one;
            }
    }
    s->joint = v;
    s->joint_n = k;
    return OK;
}

static void outcomes_ask(struct ctx *c, struct statement *s, int64_t year)
{
    size_t had = s->outcomes_n, n = had, cap = had;
    struct statement_outcome *v = s->outcomes;
    for (size_t i = 0; i < had; i++) {
        bool there = !s->outcomes[i].name;
        for (size_t k = 0; k < n && !there; k++)
            there = v[k].year == year && text_eq(v[k].name, s->outcomes[i].name) && text_eq(v[k].unit, s->outcomes[i].unit);
        if (there)
            continue;
        struct statement_outcome o;
        entity_init(&statement_outcome_entity, &o);
        o.name = s->outcomes[i].name;
        o.unit = s->outcomes[i].unit;
        o.year = year;
        ARENA_PUSH(c->arena, v, n, cap) = o;
    }
    s->outcomes = v;
    s->outcomes_n = n;
}

enum err statement_carry(struct ctx *c, const struct statement *previous, const struct inquiry *q, int64_t answer, int64_t lead,
                         const struct section_node *nodes, size_t nodes_n, struct statement *out) {
    entity_copy(c->arena, &statement_entity, out, previous);
    bool same_year = previous->year == q->year;
    out->id = NONE;
    out->version = 1;
    out->inquiry = q->id;
    out->answer = answer;
    out->previous = previous->id;
    out->year = q->year;
    out->decision = NULL;
    out->end_reason = NULL;
    out->scheme = q->scheme;
    out->lead = lead;
    if (!same_year) {
        /* What began last year goes on this year; a second round of the same year says the same of it as the first. */
        out->continuity = "continued";
        out->settled = NONE;
        outcomes_ask(c, out, q->year - 1);
    }
    TRY(joint_now(c, out, q->year, nodes, nodes_n));
    for (size_t i = 0; i < out->partners_n; i++)
        out->partners[i].id = NONE;
    for (size_t i = 0; i < out->roles_n; i++)
        out->roles[i].id = NONE;
    for (size_t i = 0; i < out->contributions_n; i++)
        out->contributions[i].id = NONE;
    for (size_t i = 0; i < out->outcomes_n; i++)
        out->outcomes[i].id = NONE;
    return OK;
}

/* --- opening --- */

static enum err letter_put(struct ctx *c, const struct inquiry *q, const struct section_node *to, int64_t answer, const char *subject, const char *text)
{
    struct recipient *r = NULL;
    size_t n = 0;
    TRY(section_recipients(c, &to->s, &r, &n));
    const char *base = c->app && c->app->base_url ? c->app->base_url : "";
    for (size_t i = 0; i < n; i++) {
        struct letter l = {.to_name = arena_printf(c->arena, "%s%s%s %s", to->department ? to->department : "",
                                                   to->department && to->depth > 0 ? " " : "", to->depth > 0 || !to->department ? to->s.name : "", r[i].name),
                           .to_mail = r[i].mail, .subject = subject, .about = "inquiry", .about_id = q->id,
                           .account = r[i].account ? r[i].account : NONE, .why = r[i].why};
        l.body = arena_printf(c->arena, "%s 様\n\n%s\n\n回答の画面: %s/answers/%lld\n様式(Excel): %s/answers/%lld/sheet\n締切: %s\n(締切を過ぎても、照会が閉じられるまで回答できます。)\n",
                              l.to_name, text, base, (long long)answer, base, (long long)answer, instant_long(c->arena, instant_end_of_day(q->due_on)));
        int64_t id = NONE;
        TRY(outbox_put(c, &l, &id));
    }
    return OK;
}

static enum err answer_open(struct ctx *c, const struct inquiry *q, const struct section_node *to, int64_t *id)
{
    struct answer a;
    entity_init(&answer_entity, &a);
    a.version = 1;
    a.inquiry = q->id;
    a.section = to->s.id;
    a.state = "open";
    a.demo = q->demo;
    TRY(record_save(c, &answer_entity, NULL, &a, "answer.open"));
    *id = a.id;
    return OK;
}

enum err inquiry_open(struct ctx *c, int64_t inquiry)
{
    struct inquiry before, q;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(inquiry_lock(c, inquiry, &before));
    if (!text_eq(before.state, "draft"))
        return fail(c, E_CONFLICT, "%s", tr(c, "この照会はもう送られています。"));
    TRY(inquiry_fits(c, &before));
    if (instant_end_of_day(before.due_on) < c->now)
        return fail_field(&c->fail, "due_on", "%s", tr(c, "締切の日が過ぎています。これからの日にしてください"));
    const struct word *categories = NULL;
    size_t categories_n = 0;
    TRY(words(c, "category", before.scheme, before.year, &categories, &categories_n));
    if (categories_n == 0)
        return fail(c, E_CONFLICT, tr(c, "%sの取りまとめ区分がありません。先に区分を登録してください。"), fiscal_year_long(c->arena, before.year));
    TRY(tree_ready(c, before.year));

    struct section_node *to = NULL, *nodes = NULL;
    struct carried *carry = NULL;
    size_t n = 0, nodes_n = 0, carry_n = 0;
    TRY(inquiry_addressees(c, &before, &to, &n));
    if (n == 0)
        return fail(c, E_INPUT, "%s", tr(c, "あて先になる所属がありません。あて先を確かめてください。"));
    TRY(sections_of_year(c, before.year, &nodes, &nodes_n));
    TRY(inquiry_carried(c, &before, to, n, &carry, &carry_n));

    entity_copy(c->arena, &inquiry_entity, &q, &before);
    q.state = "open";
    q.opened_at = c->now;
    TRY(record_save(c, &inquiry_entity, &before, &q, "inquiry.open"));

    int64_t *answer = arena_many(c->arena, int64_t, n);
    for (size_t i = 0; i < n; i++)
        TRY(answer_open(c, &q, &to[i], &answer[i]));
    for (size_t i = 0; i < carry_n; i++) {
        struct statement last, s;
        size_t k = carry[i].addressee;
        if (k == SIZE_MAX)
            continue;
        TRY(record_load(c, &statement_entity, carry[i].statement, &last));
        TRY(statement_carry(c, &last, &q, answer[k], to[k].s.id, nodes, nodes_n, &s));
        TRY(statement_store(c, NULL, &s, "statement.carry"));
        TRY(finder_touch(c, "project", s.project));
    }
    const char *text = arena_printf(c->arena, "「%s」の回答をお願いします。%s%s", q.title, q.body ? "\n\n" : "", q.body ? q.body : "");
    for (size_t i = 0; i < n; i++)
        TRY(letter_put(c, &q, &to[i], answer[i], arena_printf(c->arena, "照会: %s", q.title), text));
    return OK;
}

/* --- the board --- */

/* Which of the departments among the nodes have a collator. */
static enum err collated_departments(struct ctx *c, const struct section_node *nodes, size_t n, bool **out)
{
    *out = arena_many(c->arena, bool, n + 1);
    for (struct db_rows *q = db_query(c->db, c->arena,
                                      "SELECT DISTINCT d.unit FROM duty d JOIN account a ON a.id=d.account WHERE d.role='collator' AND a.active "
                                      "AND d.since<=$1 AND (d.until IS NULL OR d.until>$1) ORDER BY d.unit", P(c->now));
         db_next(q);)
        for (size_t i = 0; i < n; i++)
            (*out)[i] = (*out)[i] || (nodes[i].depth == 0 && nodes[i].s.unit == db_int(q, 0));
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err inquiry_lines(struct ctx *c, const struct inquiry *q, struct answer_line **out, size_t *n)
{
    struct section_node *nodes = NULL;
    struct answer_line *found = NULL, *v;
    size_t nodes_n = 0, found_n = 0, cap = 0, k = 0;
    TRY(sections_of_year(c, q->year, &nodes, &nodes_n));
    for (struct db_rows *r = db_query(c->db, c->arena,
                                      "SELECT id, section, state, submitted_at, reminded_at, receipt, late, entered_how, extended_to, going, carried FROM answer "
                                      "WHERE inquiry=$1 ORDER BY id", P(q->id));
         db_next(r);)
        ARENA_PUSH(c->arena, found, found_n, cap) = (struct answer_line){
            .id = db_int(r, 0), .section = db_int(r, 1), .state = db_text(r, 2), .submitted_at = db_int(r, 3), .reminded_at = db_int(r, 4),
            .receipt = db_text(r, 5), .late = db_bool(r, 6), .entered = !db_null(r, 7), .extended_to = db_text(r, 8), .projects = db_int(r, 9), .last_year = db_int(r, 10),
            .department_id = NONE};
    TRY_DB(c, db_error(c->db));
    v = arena_many(c->arena, struct answer_line, found_n + 1);
    bool *collated = NULL, approval = false;
    TRY(collated_departments(c, nodes, nodes_n, &collated));
    /* Tree order; the answers were made in it, the tree may have been changed since. */
    for (size_t i = 0, top = 0; i < nodes_n; i++) {
        if (nodes[i].depth == 0) {
            top = i;
            approval = nodes[i].s.approval || text_eq(setting(c, "approval"), "1");
        }
        for (size_t f = 0; f < found_n; f++)
            if (found[f].section == nodes[i].s.id) {
                v[k] = found[f];
                v[k].name = nodes[i].s.name;
                v[k].unit = nodes[i].s.unit;
                v[k].department = nodes[i].department ? nodes[i].department : nodes[i].s.name;
                v[k].department_id = nodes[i].department_id;
                v[k].promoters = nodes[i].promoters;
                v[k].department_unit = nodes[top].s.unit;
                v[k].has_collator = collated[top];
                v[k].asks_approval = approval && !v[k].entered;
                k++;
            }
    }
    *out = v;
    *n = k;
    return OK;
}

/* --- reminding and closing --- */

enum err inquiry_remind(struct ctx *c, int64_t inquiry, const int64_t *answers, size_t n, const char *text)
{
    struct inquiry q;
    size_t sent = 0;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(inquiry_lock(c, inquiry, &q));
    if (!text_eq(q.state, "open"))
        return fail(c, E_CONFLICT, "%s", tr(c, "受付中の照会だけ催促できます。"));
    if (!text)
        return fail_field(&c->fail, "text", "%s", tr(c, "催促の文を入力してください"));
    if (n == 0)
        return fail_field(&c->fail, "answers", "%s", tr(c, "あて先を1つ以上選んでください"));
    for (size_t i = 0; i < n; i++) {
        struct answer before, a;
        TRY(record_load(c, &answer_entity, answers[i], &before));
        if (before.inquiry != q.id)
            return fail(c, E_INPUT, "%s", tr(c, "この照会のあて先ではない所属が選ばれています。"));
        /* Handed in since the list was drawn: nobody is reminded of what they have done. */
        if (text_eq(before.state, "submitted") || text_eq(before.state, "none"))
            continue;
        struct answer_case k;
        struct recipient *r = NULL;
        size_t r_n = 0;
        const char *place = NULL;
        TRY(answer_case_load(c, before.id, false, &k));
        /* Whose turn it is: the section's, its approver's, the department's. */
        TRY(answer_holders(c, &k, &r, &r_n, &place));
        if (r_n == 0)
            continue;
        entity_copy(c->arena, &answer_entity, &a, &before);
        a.reminded_at = c->now;
        TRY(record_save(c, &answer_entity, &before, &a, "answer.remind"));
        TRY(round_letters(c, &k, r, r_n, place, arena_printf(c->arena, "お願い: %s", q.title),
                          arena_printf(c->arena, "%s\n\n締切: %s\n(締切を過ぎても、照会が閉じられるまで回答できます。)", text, instant_long(c->arena, instant_end_of_day(k.due_on)))));
        sent++;
    }
    if (sent == 0)
        return fail(c, E_CONFLICT, "%s", tr(c, "選んだ所属は、みな回答しました。催促は送っていません。"));
    return OK;
}

enum err inquiry_close(struct ctx *c, int64_t inquiry)
{
    struct inquiry before, q;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(inquiry_lock(c, inquiry, &before));
    if (!text_eq(before.state, "open"))
        return fail(c, E_CONFLICT, text_eq(before.state, "draft") ? "この照会はまだ送られていません。" : "この照会はもう閉じられています。");
    entity_copy(c->arena, &inquiry_entity, &q, &before);
    q.state = "closed";
    q.closed_at = c->now;
    return record_save(c, &inquiry_entity, &before, &q, "inquiry.close");
}
