/* Pages of a section's answer: list, last year's projects to decide on, confirmation, receipt; the secretariat's steps beside them. */
#include "area/register/answer.html.h"
#include "area/register/answer_views.h"
#include "area/register/merge.h"
#include "area/register/register_pages.h"
#include "base/date.h"
#include "core/listing.h"
#include "core/outbox.h"
#include "core/todo.h"

enum { OPEN_SHOWN = 100, PAST_SHOWN = 20, PAST_IN_FILE = 10000, YEARS_FIRST = 5, EVENTS_SHOWN = 50 };

struct url url_answer(struct ctx *c, int64_t id, const char *rest)
{
    return (struct url){arena_printf(c->arena, "/answers/%lld%s", (long long)id, rest)};
}

struct url url_statement(struct ctx *c, const struct statement *s, const char *rest)
{
    return (struct url){arena_printf(c->arena, "/answers/%lld/projects/%lld%s", (long long)s->answer, (long long)s->id, rest)};
}

const char *decision_label(const char *d)
{
    return text_eq(d, "same") ? "そのまま続ける" : text_eq(d, "changed") ? "変えて続ける" : text_eq(d, "ended") ? "終わる" : text_eq(d, "new") ? "新しい事業" : "未確認";
}

const char *decision_tag(const char *d)
{
    return text_eq(d, "ended") ? "tag tag-gray" : text_eq(d, "new") ? "tag tag-blue" : d ? "tag tag-green" : "tag tag-red";
}

const char *saved_sentence(struct ctx *c)
{
    return arena_printf(c->arena, tr(c, "下書きを保存しました(%s)。まだ提出していません。"), instant_clock(c->arena, c->now));
}

static bool handed_in(const struct answer *a) { return answer_handed_in(a->state) || answer_on_the_way(a->state); }

/* あと3日; あと5時間 in the last two days. */
static const char *time_left(struct ctx *c, const struct answer_case *k)
{
    int64_t left = instant_end_of_day(k->due_on) - c->now;
    if (k->closed || handed_in(&k->answer))
        return NULL;
    if (left < 0)
        return tr(c, "締切を過ぎました。まだ回答できます(期限後の印がつきます)");
    if (left < 48 * 3600)
        return arena_printf(c->arena, tr(c, "あと%lld時間。まだ提出していません"), (long long)((left + 3599) / 3600));
    return arena_printf(c->arena, tr(c, "あと%lld日"), (long long)(left / 86400));
}

enum err answer_head_make(struct ctx *c, const struct answer_case *k, struct answer_head *h)
{
    const struct answer *a = &k->answer;
    const struct word *scheme = word_find(c, "scheme", k->inquiry.scheme, k->inquiry.year);
    *h = (struct answer_head){.k = k, .state = tr(c, answer_label(a->state, k->closed)), .tag = answer_tag(a->state, k->closed),
                              .due = instant_long(c->arena, instant_end_of_day(k->due_on)), .left = time_left(c, k),
                              .year = fiscal_year_long(c->arena, k->inquiry.year), .scheme = word_label(c, "scheme", k->inquiry.scheme, k->inquiry.year),
                              .definition = scheme ? scheme->definition : NULL, .unsent = !handed_in(a), .overdue = k->overdue && !k->closed && !handed_in(a),
                              .returned = text_eq(a->state, "returned") && a->comment != NULL,
                              .to = url_answer(c, a->id, ""), .check = url_answer(c, a->id, "/check"), .receipt = url_answer(c, a->id, "/receipt"),
                              .withdraw = url_answer(c, a->id, "/withdraw"), .give_back = url_answer(c, a->id, "/return"),
                              .enter = url_answer(c, a->id, "/enter"), .skip = url_answer(c, a->id, "/skip"), .extend = url_answer(c, a->id, "/extend"), .list = url_path(c->arena, "/answers")};
    if (h->unsent && !k->closed && !k->overdue && instant_end_of_day(k->due_on) - c->now < 48 * 3600)
        h->soon = tr(c, "48時間以内");
    if (a->entered_how)
        h->entered = arena_printf(c->arena, tr(c, "%sに%sで%sが受け取り、事務局が入力しています。理由: %s"), date_long(c->arena, a->received_on),
                                  tr(c, entered_how_label(a->entered_how)), a->received_by ? a->received_by : tr(c, "事務局"), a->entered_for);
    if (k->has_collator || k->asks_approval || answer_on_the_way(a->state))
        h->place = answer_place(c, a->state, k->asks_approval, k->has_collator);
    if (a->passed_why)
        h->skipped = arena_printf(c->arena, tr(c, "事務局が、部局や確認者の確認を待たずに進めました。理由: %s"), a->passed_why);
    if (a->extended_to)
        h->extended = arena_printf(c->arena, tr(c, "この課の締切は%sまでのびています。理由: %s"), date_long(c->arena, a->extended_to), a->extended_why);
    return OK;
}

struct page answer_page_of(struct ctx *c, const char *title, const struct answer_case *k, bool inside)
{
    struct page p = {.title = title, .place = k->inquiry.title, .menu = k->own || (k->approver && !k->secretariat) ? "answers" : k->collator && !k->secretariat ? "collations" : "inquiries", .year = NONE};
    if (k->own || (k->approver && !k->secretariat))
        p.crumb[p.crumbs++] = (struct crumb){tr(c, "照会への回答"), url_path(c->arena, "/answers")};
    else if (k->collator && !k->secretariat) {
        p.crumb[p.crumbs++] = (struct crumb){tr(c, "部局とりまとめ"), url_path(c->arena, "/collations")};
        p.crumb[p.crumbs++] = (struct crumb){arena_printf(c->arena, tr(c, "%sの回答"), k->department.name),
                                             url_path(c->arena, "/collations/%lld/%lld", (long long)k->inquiry.id, (long long)k->department.unit)};
    } else {
        p.crumb[p.crumbs++] = (struct crumb){tr(c, "照会"), url_path(c->arena, "/inquiries")};
        p.crumb[p.crumbs++] = (struct crumb){k->inquiry.title, url_path(c->arena, "/inquiries/%lld", (long long)k->inquiry.id)};
    }
    if (inside)
        p.crumb[p.crumbs++] = (struct crumb){arena_printf(c->arena, tr(c, "%sの回答"), k->section.name), url_answer(c, k->answer.id, "")};
    return p;
}

/* --- the list --- */

/* Answers of the sections on which the user has a duty: open ones by due date, the others newest first, from `at` on, none of a year
 * before `since`: its sections stand by year, so that an old section's answers are not all looked at. */
static enum err answers_of_user(struct ctx *c, bool open, const struct cursor *at, int64_t since, int64_t most, struct db_rows **out)
{
    struct sql q;
    int64_t *unit = NULL;
    size_t n = 0;
    TRY(units_of_user(c, SECTION_ROLES | ROLE_APPROVER, &unit, &n));
    sql_init(&q, c->arena);
    sql_add(&q, "SELECT a.id, i.title, i.year, coalesce(a.extended_to, i.due_on), i.state, a.state, a.late, a.receipt, x.id, x.name FROM answer a "
                "JOIN inquiry i ON i.id = a.inquiry JOIN section x ON x.id = a.section WHERE ", P0);
    if (open)
        sql_add(&q, "i.state='open' AND x.year IN (SELECT year FROM inquiry WHERE state='open') AND x.unit IN ($", P((int64_t)-1));
    else
        sql_add(&q, "i.state<>'open' AND x.unit IN ($", P((int64_t)-1));
    for (size_t i = 0; i < n; i++)
        sql_add(&q, ", $", P(unit[i]));
    if (open)
        sql_add(&q, ") ORDER BY coalesce(a.extended_to, i.due_on), a.id LIMIT $", P(most));
    else if (at->set && at->back)
        sql_add(&q, ") AND x.year >= $ AND (i.year, a.id) > ($, $) ORDER BY i.year, a.id LIMIT $", P(at->key_n, at->key_n, at->id, most));
    else if (at->set)
        sql_add(&q, ") AND x.year >= $ AND (i.year, a.id) < ($, $) ORDER BY i.year DESC, a.id DESC LIMIT $", P(since, at->key_n, at->id, most));
    else
        sql_add(&q, ") AND x.year >= $ ORDER BY i.year DESC, a.id DESC LIMIT $", P(since, most));
    *out = sql_query(c->db, &q);
    return OK;
}

static struct answer_row answer_row_of(struct ctx *c, struct db_rows *q)
{
    const char *due = db_text(q, 3), *state = db_text(q, 5);
    bool closed = !text_eq(db_text(q, 4), "open");
    int64_t end = due ? instant_end_of_day(due) : NONE;
    return (struct answer_row){.id = db_int(q, 0), .of = db_int(q, 2), .to = url_answer(c, db_int(q, 0), ""), .title = db_text(q, 1), .year = fiscal_year_long(c->arena, db_int(q, 2)),
                               .due = due ? instant_long(c->arena, end) : NULL, .state = tr(c, answer_label(state, closed)), .tag = answer_tag(state, closed),
                               .late = db_bool(q, 6), .receipt = db_text(q, 7),
                               .overdue = !closed && due && end < c->now && !answer_handed_in(state) && !answer_on_the_way(state),
                               .section = arena_printf(c->arena, "%lld", (long long)db_int(q, 8))};
}

/* The names afterwards: one statement at a time on a connection. */
static void name_sections(struct ctx *c, struct answer_row *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t id = NONE;
        if (text_parse_int(v[i].section, &id))
            v[i].section = section_full_name(c, id);
    }
}

static enum err joint_rows(struct ctx *c, struct answer_list_view *v)
{
    size_t cap = 0;
    struct sql q;
    int64_t *unit = NULL;
    size_t n = 0;
    TRY(units_of_user(c, SECTION_ROLES, &unit, &n));
    sql_init(&q, c->arena);
    sql_add(&q, "SELECT s.id, s.answer, s.name, s.year, m.name FROM statement_section j JOIN statement s ON s.id = j.owner JOIN section m ON m.id = s.lead "
                "WHERE j.section IN (SELECT id FROM section WHERE year>=$ AND unit IN (-1", P(this_year(c)));
    for (size_t i = 0; i < n; i++)
        sql_add(&q, ", $", P(unit[i]));
    sql_add(&q, ")) AND s.year>=$ AND (s.decision IS NULL OR s.decision<>'ended') ORDER BY s.id DESC LIMIT 50", P(this_year(c)));
    for (struct db_rows *r = sql_query(c->db, &q); db_next(r);)
        ARENA_PUSH(c->arena, v->joint, v->joint_n, cap) =
            (struct joint_row){url_path(c->arena, "/answers/%lld/projects/%lld", (long long)db_int(r, 1), (long long)db_int(r, 0)),
                               url_path(c->arena, "/answers/%lld/projects/%lld/remarks", (long long)db_int(r, 1), (long long)db_int(r, 0)), db_text(r, 2), db_text(r, 4),
                               fiscal_year_long(c->arena, db_int(r, 3))};
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* What waits and what was answered, in this order, as on the page. */
static enum err list_file(struct ctx *c, struct request *r, struct response *w, const struct answer_list_view *v)
{
    static const struct table_column column[] = {{.title = "照会", .width = 44}, {.title = "所属", .width = 32}, {.title = "年度", .width = 22}, {.title = "状態"},
                                                 {.title = "締切", .width = 40}, {.title = "期限後"}, {.title = "受付番号", .width = 20}};
    enum { COLUMNS = sizeof column / sizeof column[0] };
    size_t n = v->now_n + v->past_n;
    const char **cell = arena_many(c->arena, const char *, n * COLUMNS + 1), **to = cell;
    for (size_t i = 0; i < n; i++) {
        const struct answer_row *row = i < v->now_n ? &v->now[i] : &v->past[i - v->now_n];
        const char *const text[COLUMNS] = {row->title, row->section, row->year, row->state, row->due,
                                           row->late ? tr(c, "期限後") : row->overdue ? tr(c, "期限超過") : NULL, row->receipt};
        for (size_t k = 0; k < COLUMNS; k++)
            *to++ = text[k];
    }
    return file_answer_texts(c, r, w, "照会への回答", column, COLUMNS, cell, n);
}

/* A page of what was answered; in a file as much as anybody has. */
static enum err past_rows(struct ctx *c, const struct cursor *at, size_t most, struct answer_list_view *v)
{
    struct db_rows *q = NULL;
    size_t cap = 0;
    int64_t newest = at->set ? at->key_n : this_year(c) + 1;
    for (int64_t since = newest - YEARS_FIRST; v->past_n <= most && since != NONE; since = since == 0 ? NONE : 0) {
        v->past_n = 0;
        TRY(answers_of_user(c, false, at, since, (int64_t)most + 1, &q));
        while (db_next(q))
            ARENA_PUSH(c->arena, v->past, v->past_n, cap) = answer_row_of(c, q);
        TRY_DB(c, db_error(c->db));
    }
    bool more = v->past_n > most;
    v->past_n -= more;
    for (size_t i = 0; at->set && at->back && i < v->past_n / 2; i++) {
        struct answer_row swap = v->past[i];
        v->past[i] = v->past[v->past_n - 1 - i];
        v->past[v->past_n - 1 - i] = swap;
    }
    v->pager = (struct pager){.count = NONE, .from = NONE, .to = NONE, .has_prev = v->past_n > 0 && (at->back ? more : at->set), .has_next = v->past_n > 0 && (at->back || more)};
    if (v->past_n > 0) {
        const struct answer_row *first = &v->past[0], *last = &v->past[v->past_n - 1];
        struct url here = url_path(c->arena, "/answers");
        v->pager.prev = url_with(c->arena, here, "at", cursor_write(c, "year", true, NULL, first->of, first->id));
        v->pager.next = url_with(c->arena, here, "at", cursor_write(c, "year", false, NULL, last->of, last->id));
    }
    return OK;
}

enum err answer_list_page(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_list_view v = {0};
    struct db_rows *q = NULL;
    struct cursor at = {0};
    size_t cap = 0;
    TRY(need_role(c, STAFF_ROLES));
    TRY(answers_of_user(c, true, &at, 0, OPEN_SHOWN, &q));
    while (db_next(q))
        ARENA_PUSH(c->arena, v.now, v.now_n, cap) = answer_row_of(c, q);
    TRY_DB(c, db_error(c->db));
    if (!file_asked(c, r))
        cursor_read(c, form_get(&r->query, "at"), "year", &at);
    TRY(past_rows(c, &at, file_asked(c, r) ? PAST_IN_FILE : PAST_SHOWN, &v));
    name_sections(c, v.now, v.now_n);
    name_sections(c, v.past, v.past_n);
    if (file_asked(c, r))
        return list_file(c, r, w, &v);
    TRY(joint_rows(c, &v));
    struct page p = {.title = tr(c, "照会への回答"), .menu = "answers", .year = NONE};
    page_begin(c, w, &p);
    answer_list_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* --- one answer --- */

static const char *input_name(struct ctx *c, char what, int64_t id) { return arena_printf(c->arena, "%c.%lld", what, (long long)id); }
static const char *outcome_name(struct ctx *c, int64_t id, size_t i) { return arena_printf(c->arena, "o.%lld.%zu", (long long)id, i); }

static bool is_asked(const struct statement *s, const struct statement_outcome *o) { return o->name && o->year == s->year - 1; }

const char *statement_facts(struct ctx *c, const struct statement *s)
{
    struct sb b;
    sb_init(&b, c->arena);
    sb_add(&b, s->category ? word_label(c, "category", s->category, s->year) : tr(c, "区分なし"));
    if (s->budget != NONE)
        sb_add(&b, arena_printf(c->arena, tr(c, "・予算額 %s千円"), yen1000(c, s->budget)));
    for (size_t i = 0; i < s->partners_n && i < 3; i++)
        sb_printf(&b, "%s%s", i ? "、" : tr(c, "・相手 "), s->partners[i].name ? s->partners[i].name : "");
    if (s->partners_n > 3)
        sb_add(&b, arena_printf(c->arena, tr(c, "ほか%zu"), s->partners_n - 3));
    return sb_str(&b);
}

static enum err carried_make(struct ctx *c, const struct statement *s, struct carried_row *row)
{
    size_t cap = 0;
    *row = (struct carried_row){.s = s, .facts = statement_facts(c, s), .decision = tr(c, decision_label(s->decision)), .tag = decision_tag(s->decision),
                                .radio = input_name(c, 'd', s->id), .reason = input_name(c, 'e', s->id), .settled = input_name(c, 's', s->id),
                                .version = input_name(c, 'v', s->id), .edit = arena_printf(c->arena, "edit.%lld", (long long)s->id),
                                .settled_value = s->settled == NONE ? NULL : yen1000(c, s->settled), .ended = text_eq(s->decision, "ended"),
                                .changed = text_eq(s->decision, "changed"), .to = url_statement(c, s, "")};
    if (!row->ended)
        TRY(statement_changes(c, s, &row->change, &row->changes));
    for (size_t i = 0; i < s->outcomes_n; i++)
        if (is_asked(s, &s->outcomes[i]))
            ARENA_PUSH(c->arena, row->ask, row->asks, cap) =
                (struct outcome_ask){outcome_name(c, s->id, i), arena_printf(c->arena, tr(c, "%s(%s、%s)"), s->outcomes[i].name,
                                                                              fiscal_year_era(c->arena, s->outcomes[i].year), s->outcomes[i].unit ? s->outcomes[i].unit : tr(c, "単位なし")),
                                     s->outcomes[i].value == NONE ? NULL : milli(c, s->outcomes[i].value)};
    return OK;
}

/* What happened to the answer, newest first; each step once. */
static enum err events_make(struct ctx *c, const struct answer_case *k, struct answer_view *v)
{
    static const struct { const char *what, *words; } steps[] = {
        {"answer.open", "照会が届きました"}, {"answer.edit", "下書きを始めました"}, {"answer.submit", "提出しました"}, {"answer.none", "該当なしで回答しました"},
        {"answer.withdraw", "取り下げました"}, {"answer.return", "差し戻しました"}, {"answer.remind", "催促しました"}, {"answer.enter", "事務局が代わりに入力を始めました"},
        {"answer.approve", "確認者が確認しました"}, {"answer.pass", "部局が事務局に送りました"}, {"answer.skip", "事務局が確認を待たずに進めました"},
        {"answer.extend", "締切をのばしました"}, {"answer.mend", "事務局が字句を直しました"},
    };
    struct audit_line *line = NULL;
    size_t n = 0, cap = 0;
    TRY(audit_history(c, "answer", k->answer.id, EVENTS_SHOWN, &line, &n));
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
            if (!text_eq(line[i].what, steps[s].what))
                continue;
            bool again = i > 0 && line[i].at == line[i - 1].at && text_eq(line[i].what, line[i - 1].what);
            if (!again)
                ARENA_PUSH(c->arena, v->event, v->events, cap) = (struct event_row){instant_short(c->arena, line[i].at), tr(c, steps[s].words), line[i].who, NULL};
            if (text_eq(steps[s].what, "answer.return") && text_eq(line[i].field, entity_field(&answer_entity, "comment")->label))
                v->event[v->events - 1].words = line[i].after;
        }
    return OK;
}

/* Into which project it went, and for the secretariat the way back while there is one. */
static enum err merged_make(struct ctx *c, int64_t project, const char **into, struct url *part)
{
    struct merge_line m;
    TRY(merge_of(c, project, &m));
    if (m.id == NONE)
        return OK;
    *into = arena_printf(c->arena, tr(c, "「%s」(事業番号 %lld)"), m.name ? m.name : "", (long long)m.survivor);
    if (m.undoable && user_is(c->user, ROLE_SECRETARIAT))
        *part = url_path(c->arena, "/merges/%lld/undo", (long long)m.id);
    return OK;
}

/* What somebody else saved while this page was open: shown beside what was typed. */
struct stale_mark { int64_t statement; };

static enum err answer_draw(struct ctx *c, struct response *w, const struct answer_case *k, const struct stale_mark *stale, size_t stale_n, const char *saved)
{
    struct answer_view v = {.may_edit = k->may_edit, .may_withdraw = answer_may(k, "withdraw"), .may_return = answer_may(k, "return"),
                            .may_enter = answer_may(k, "enter") && !k->own && !k->answer.entered_how, .may_skip = answer_may(k, "skip"),
                            .may_extend = answer_may(k, "extend"), .saved = saved, .action = url_answer(c, k->answer.id, "")};
    struct statement *s = NULL;
    struct answer_fault *f = NULL;
    size_t n = 0, faults = 0;
    TRY(answer_head_make(c, k, &v.h));
    TRY(answer_statements(c, k->answer.id, &s, &n));
    if (k->may_edit)
        TRY(answer_faults(c, k, s, n, &f, &faults));
    v.carried = arena_many(c->arena, struct carried_row, n + 1);
    v.fresh = arena_many(c->arena, struct new_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        size_t wrong = 0;
        for (size_t x = 0; x < faults; x++)
            wrong += f[x].statement == s[i].id;
        if (s[i].previous != NONE) {
            struct carried_row *row = &v.carried[v.carried_n++];
            TRY(carried_make(c, &s[i], row));
            row->left_out = left_out_reason(c, s[i].id);
            TRY(merged_make(c, s[i].project, &row->merged, &row->part));
            v.decided += s[i].decision != NULL;
            for (size_t x = 0; x < stale_n; x++)
                if (stale[x].statement == s[i].id)
                    row->stored = row->decision;
        } else
            v.fresh[v.fresh_n++] = (struct new_row){.s = &s[i], .name = s[i].name ? s[i].name : tr(c, "(事業名なし)"), .complete = wrong == 0,
                                                    .state = arena_printf(c->arena, tr(c, "あと%zu項目"), wrong), .to = url_statement(c, &s[i], ""),
                                                    .remove = url_statement(c, &s[i], "/remove"), .left_out = left_out_reason(c, s[i].id)};
        if (s[i].previous == NONE)
            TRY(merged_make(c, s[i].project, &v.fresh[v.fresh_n - 1].merged, &v.fresh[v.fresh_n - 1].part));
    }
    TRY(events_make(c, k, &v));
    struct page p = answer_page_of(c, arena_printf(c->arena, tr(c, "%sの回答"), k->section.name), k, false);
    page_begin(c, w, &p);
    answer_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err answer_page(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    TRY(need_role(c, STAFF_ROLES));
    TRY(answer_case_load(c, r->param[0], false, &k));
    return answer_draw(c, w, &k, NULL, 0, NULL);
}

/* Last year's figures as typed beside the decision. */
static void figures_take(struct ctx *c, const struct request *r, const struct statement *s, struct statement *after)
{
    const char *settled = input_name(c, 's', s->id), *typed_value = form_get(&r->form, settled);
    int64_t n = NONE;
    if (form_has(&r->form, settled)) {
        if (!typed_value)
            after->settled = NONE;
        else if (text_eq(typed_value, s->settled == NONE ? NULL : yen1000(c, s->settled)))
            after->settled = s->settled; /* an amount that is no whole 千円 stays what it is */
        else if (text_parse_int(typed_value, &n) && n >= 0 && n <= INT64_MAX / 1000)
            after->settled = n * 1000;
        else
            fail_field(&c->fail, settled, "%s", tr(c, "昨年度の決算額は数字で入力してください(単位は千円)"));
    }
    for (size_t i = 0; i < after->outcomes_n; i++) {
        const char *input = outcome_name(c, s->id, i);
        if (!is_asked(s, &after->outcomes[i]) || !form_has(&r->form, input))
            continue;
        const char *value = form_get(&r->form, input);
        if (!value)
            after->outcomes[i].value = NONE;
        else if (text_parse_milli(value, &n))
            after->outcomes[i].value = n;
        else
            fail_field(&c->fail, input, tr(c, "%sは数字で入力してください(小数は3けたまで)"), after->outcomes[i].name);
    }
}

static enum err decision_take(struct ctx *c, const struct request *r, int64_t id)
{
    struct statement before, after;
    const char *decision = form_get(&r->form, input_name(c, 'd', id)), *reason = form_get(&r->form, input_name(c, 'e', id));
    size_t faults = c->fail.faults_n;
    TRY(record_load(c, &statement_entity, id, &before));
    if (reason && text_length(reason) > 1000)
        return fail_field(&c->fail, input_name(c, 'e', id), "%s", tr(c, "終わる理由は1,000字までで入力してください"));
    if (decision && (!text_eq(decision, before.decision) || (text_eq(decision, "ended") && !text_eq(reason, before.end_reason)))) {
        TRY(statement_decide(c, id, decision, reason));
        TRY(record_load(c, &statement_entity, id, &before));
    }
    entity_copy(c->arena, &statement_entity, &after, &before);
    figures_take(c, r, &before, &after);
    if (c->fail.faults_n > faults)
        return E_INPUT;
    struct change *v = NULL;
    return entity_diff(c->arena, &statement_entity, &before, &after, &v) == 0 ? OK : statement_save(c, &before, &after);
}

static bool differs(struct ctx *c, const struct request *r, const struct statement *s)
{
    const char *decision = form_get(&r->form, input_name(c, 'd', s->id)), *reason = form_get(&r->form, input_name(c, 'e', s->id));
    return !text_eq(decision, s->decision) || (text_eq(decision, "ended") && !text_eq(reason, s->end_reason));
}

enum err answer_post(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    struct statement *s = NULL;
    struct stale_mark *stale;
    size_t n = 0, stale_n = 0;
    const char *go = form_get(&r->form, "go");
    enum err e = OK;
    TRY(need_role(c, STAFF_ROLES));
    TRY(answer_case_load(c, r->param[0], true, &k));
    TRY(answer_statements(c, k.answer.id, &s, &n));
    stale = arena_many(c->arena, struct stale_mark, n + 1);
    if (!k.may_edit)
        return fail(c, k.closed ? E_CONFLICT : E_FORBIDDEN, "%s",
                    k.closed ? tr(c, "照会は閉じられました。回答は変えられません。事務局に連絡してください。") : tr(c, "いまは回答を変えられません。提出ずみのときは、先に取り下げてください。"));
    for (size_t i = 0; i < n; i++) {
        const char *version = input_name(c, 'v', s[i].id);
        if (s[i].previous != NONE && form_has(&r->form, version) && form_int(&r->form, version) != s[i].version && differs(c, r, &s[i]))
            stale[stale_n++].statement = s[i].id;
    }
    if (stale_n) {
        w->status = 409;
        fail(c, E_CONFLICT, "%s", tr(c, "ほかの人が先に保存しました。違うところを見て、残すほうを選んでください。"));
        return answer_draw(c, w, &k, stale, stale_n, NULL);
    }
    /* All or nothing: half a page saved would be told as "not saved". */
    TRY_DB(c, db_savepoint(c->db, "decisions"));
    for (size_t i = 0; i < n; i++)
        if (s[i].previous != NONE && form_has(&r->form, input_name(c, 'v', s[i].id))) {
            enum err one = decision_take(c, r, s[i].id);
            if (one != OK && one != E_INPUT)
                return one;
            e = one != OK ? one : e;
        }
    if (e == E_INPUT) {
        db_rollback_to(c->db, "decisions");
        w->status = 422;
        return answer_draw(c, w, &k, NULL, 0, NULL);
    }
    TRY_DB(c, db_release(c->db, "decisions"));
    if (form_has(&r->form, "draft")) {
        TRY(answer_case_load(c, r->param[0], false, &k));
        return answer_draw(c, w, &k, NULL, 0, saved_sentence(c));
    }
    if (go && text_starts(go, "edit.")) {
        int64_t id = NONE;
        for (size_t i = 0; i < n; i++)
            if (text_parse_int(go + strlen("edit."), &id) && id == s[i].id) {
                response_redirect(w, url_statement(c, &s[i], "").s);
                return OK;
            }
    }
    if (text_eq(go, "new") || text_eq(go, "none") || text_eq(go, "check")) {
        response_redirect(w, url_answer(c, k.answer.id, text_eq(go, "new") ? "/projects/new" : text_eq(go, "none") ? "/none" : "/check").s);
        return OK;
    }
    return page_done(c, w, url_answer(c, k.answer.id, ""), saved_sentence(c));
}

/* --- confirmation --- */

static bool is_listed(const struct field *f)
{
    static const char *const elsewhere[] = {"id", "inquiry", "answer", "previous", "year", "decision", "end_reason", "name", "scheme", "project"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        if (text_eq(f->name, elsewhere[i]))
            return false;
    return !(f->flags & INTERNAL);
}

/* A name of up to 200 characters before each fault would bury what is wrong. */
static const char *brief_name(struct ctx *c, const char *name)
{
    size_t n = 0, characters = 0;
    for (; name[n] != '\0'; n++)
        if (((unsigned char)name[n] & 0xC0) != 0x80 && characters++ == 24)
            return arena_printf(c->arena, "%.*s…", (int)n, name);
    return name;
}

static enum err check_project_make(struct ctx *c, const struct statement *s, const struct answer_fault *f, size_t faults, bool posted, struct check_project *p)
{
    size_t cap = 0, fault_cap = 0;
    *p = (struct check_project){.s = s, .name = s->name ? s->name : tr(c, "(事業名なし)"), .brief = s->name ? brief_name(c, s->name) : tr(c, "(事業名なし)"),
                                .decision = tr(c, decision_label(s->decision)), .tag = decision_tag(s->decision),
                                .reason = s->end_reason, .left_out = left_out_reason(c, s->id), .ended = text_eq(s->decision, "ended"), .whole = text_eq(s->decision, "new"),
                                .id = arena_printf(c->arena, "changes-%lld", (long long)s->id), .edit = url_statement(c, s, "")};
    if (!p->ended) {
        TRY(statement_changes(c, s, &p->change, &p->changes));
        p->notices = statement_notices(c, s, &p->notice);
    }
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *x = &statement_entity.fields[i];
        if (!is_listed(x) || field_audience(x) > user_audience(c->user))
            continue;
        const char *shown = statement_shown(c, x, s);
        if (shown)
            ARENA_PUSH(c->arena, p->fact, p->facts, cap) = (struct fact_row){tr(c, x->label), shown};
    }
    for (size_t i = 0; i < faults; i++) {
        if (f[i].statement != s->id)
            continue;
        bool decision = text_eq(f[i].field, "decision") || text_eq(f[i].field, "end_reason");
        const char *name = arena_printf(c->arena, "project.%lld.%s", (long long)s->id, f[i].field ? f[i].field : "name");
        const char *to = decision ? arena_printf(c->arena, "/answers/%lld#%c-%lld", (long long)s->answer, text_eq(f[i].field, "decision") ? 'd' : 'e', (long long)s->id)
                                  : arena_printf(c->arena, "/answers/%lld/projects/%lld?check=1#%s", (long long)s->answer, (long long)s->id,
                                                 field_id(c, f[i].field ? f[i].field : "name"));
        ARENA_PUSH(c->arena, p->fault, p->faults, fault_cap) = (struct fault_row){field_id(c, name), f[i].label, f[i].message, {to}};
    }
    (void)posted;
    return OK;
}

static enum err check_draw(struct ctx *c, struct response *w, const struct answer_case *k, bool posted)
{
    struct check_view v = {.posted = posted, .may_submit = answer_may(k, "submit"), .may_edit = k->may_edit, .may_approve = answer_may(k, "approve"), .action = url_answer(c, k->answer.id, "/submit"),
                           .none = url_answer(c, k->answer.id, "/none")};
    struct statement *s = NULL;
    struct answer_fault *f = NULL;
    TRY(answer_head_make(c, k, &v.h));
    TRY(answer_statements(c, k->answer.id, &s, &v.projects));
    if (k->may_edit)
        TRY(answer_faults(c, k, s, v.projects, &f, &v.faults));
    v.project = arena_many(c->arena, struct check_project, v.projects + 1);
    for (size_t i = 0; i < v.projects; i++) {
        TRY(check_project_make(c, &s[i], f, v.faults, posted, &v.project[i]));
        v.going += s[i].decision && !v.project[i].ended;
    }
    struct page p = answer_page_of(c, k->may_edit ? tr(c, "回答の確認") : tr(c, "回答の内容"), k, true);
    page_begin(c, w, &p);
    check_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err answer_check_page(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    TRY(need_role(c, STAFF_ROLES));
    TRY(answer_case_load(c, r->param[0], false, &k));
    return check_draw(c, w, &k, false);
}

enum err answer_submit_post(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    struct answer given;
    TRY(need_role(c, STAFF_ROLES));
    TRY(answer_case_for_step(c, r->param[0], &k));
    entity_copy(c->arena, &answer_entity, &given, &k.answer);
    TRY_DB(c, db_savepoint(c->db, "submit"));
    enum err e = record_from_form(c, &answer_entity, &r->form, k.inquiry.year, &given);
    if (e == OK && (!text_eq(given.approver_post, k.answer.approver_post) || !text_eq(given.approved_on, k.answer.approved_on)))
        e = answer_approver(c, k.answer.id, &given);
    if (e == OK)
        e = answer_submit(c, k.answer.id);
    if (e == E_INPUT) {
        db_rollback_to(c->db, "submit");
        w->status = 422;
        return check_draw(c, w, &k, true);
    }
    TRY(e);
    TRY_DB(c, db_release(c->db, "submit"));
    response_redirect(w, url_answer(c, k.answer.id, "/receipt").s);
    return OK;
}

enum err answer_receipt_page(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    struct receipt_view v = {0};
    struct statement *s = NULL;
    TRY(need_role(c, STAFF_ROLES));
    TRY(answer_case_load(c, r->param[0], false, &k));
    if (!handed_in(&k.answer))
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この回答は、まだ提出していません。"));
    TRY(answer_head_make(c, &k, &v.h));
    TRY(answer_statements(c, k.answer.id, &s, &v.projects));
    v.project = arena_many(c->arena, struct check_project, v.projects + 1);
    for (size_t i = 0; i < v.projects; i++)
        v.project[i] = (struct check_project){.name = s[i].name, .decision = tr(c, decision_label(s[i].decision))};
    v.none = true;
    for (size_t i = 0; i < v.projects; i++)
        v.none = v.none && text_eq(s[i].decision, "ended");
    v.at = instant_long(c->arena, k.answer.submitted_at);
    v.office = setting(c, "secretariat_name");
    if (!v.office)
        v.office = tr(c, "事務局");
    struct page p = answer_page_of(c, v.none ? tr(c, "該当なしで回答しました") : tr(c, "提出しました"), &k, true);
    page_begin(c, w, &p);
    receipt_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* --- 該当なし, withdrawing, sending back, entering for a section --- */

static enum err none_draw(struct ctx *c, struct response *w, const struct answer_case *k)
{
    struct step_view v = {.action = url_answer(c, k->answer.id, "/none")};
    struct statement *s = NULL;
    size_t n = 0;
    TRY(answer_head_make(c, k, &v.h));
    TRY(answer_statements(c, k->answer.id, &s, &n));
    v.ended = arena_many(c->arena, struct check_project, n + 1);
    for (size_t i = 0; i < n; i++)
        if (text_eq(s[i].decision, "ended"))
            v.ended[v.ended_n++] = (struct check_project){.name = s[i].name, .reason = s[i].end_reason ? s[i].end_reason : tr(c, "(理由なし)")};
    struct page p = answer_page_of(c, tr(c, "該当なしで回答する"), k, true);
    page_begin(c, w, &p);
    none_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err answer_none_page(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    TRY(need_role(c, STAFF_ROLES));
    TRY(answer_case_load(c, r->param[0], false, &k));
    if (!answer_may(&k, "none"))
        return fail(c, E_CONFLICT, tr(c, "この回答は「%s」です。この操作はできません。"), tr(c, answer_label(k.answer.state, k.closed)));
    return none_draw(c, w, &k);
}

enum err answer_none_post(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    TRY(need_role(c, STAFF_ROLES));
    enum err e = answer_none(c, r->param[0]);
    if (e == E_INPUT) {
        w->status = 422;
        TRY(answer_case_load(c, r->param[0], false, &k));
        return none_draw(c, w, &k);
    }
    TRY(e);
    response_redirect(w, url_answer(c, r->param[0], "/receipt").s);
    return OK;
}

enum err answer_withdraw_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, STAFF_ROLES));
    TRY(answer_withdraw(c, r->param[0]));
    return page_done(c, w, url_answer(c, r->param[0], ""), "提出を取り下げました。まだ提出していません。");
}

static enum err return_draw(struct ctx *c, struct response *w, const struct answer_case *k)
{
    struct step_view v = {.action = url_answer(c, k->answer.id, "/return"), .text = k->section.name};
    TRY(answer_head_make(c, k, &v.h));
    struct page p = answer_page_of(c, tr(c, "回答を差し戻す"), k, true);
    page_begin(c, w, &p);
    return_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err answer_return_page(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    TRY(answer_case_load(c, r->param[0], false, &k));
    TRY(answer_need(c, &k, "return"));
    return return_draw(c, w, &k);
}

enum err answer_return_post(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    enum err e = answer_return(c, r->param[0], form_get(&r->form, "comment"));
    if (e == E_INPUT) {
        w->status = 422;
        TRY(answer_case_load(c, r->param[0], false, &k));
        return return_draw(c, w, &k);
    }
    TRY(e);
    return page_done(c, w, url_answer(c, r->param[0], ""), mail_configured(c) ? "差し戻しました。課に手紙を出しました。"
                                                                : user_is(c->user, ROLE_SECRETARIAT) ? "差し戻しました。課への手紙は、メールの設定がないので、印刷して渡してください。"
                                                                                                      : "差し戻しました。メールの設定がないので、手紙は事務局が印刷して渡します。いそぐときは、課に直接知らせてください。");
}

static enum err enter_draw(struct ctx *c, struct response *w, const struct answer_case *k)
{
    struct step_view v = {.action = url_answer(c, k->answer.id, "/enter"), .today = date_short(c->arena, instant_date(c->arena, c->now))};
    for (const struct entered_how *h = entered_hows; h->code && v.hows < sizeof v.how / sizeof v.how[0]; h++)
        v.how[v.hows++] = (struct choice){h->code, tr(c, h->label), NONE, false};
    TRY(answer_head_make(c, k, &v.h));
    struct page p = answer_page_of(c, tr(c, "課に代わって入力する"), k, true);
    page_begin(c, w, &p);
    enter_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err answer_enter_page(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(answer_case_load(c, r->param[0], false, &k));
    if (!answer_may(&k, "enter"))
        return fail(c, E_CONFLICT, tr(c, "この回答は「%s」です。この操作はできません。"), tr(c, answer_label(k.answer.state, k.closed)));
    return enter_draw(c, w, &k);
}

enum err answer_enter_post(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    enum err e = answer_enter(c, r->param[0], form_get(&r->form, "entered_for"), form_get(&r->form, "entered_how"), form_get(&r->form, "received_on"),
                              form_get(&r->form, "received_by"));
    if (e == E_INPUT) {
        w->status = 422;
        TRY(answer_case_load(c, r->param[0], false, &k));
        return enter_draw(c, w, &k);
    }
    TRY(e);
    return page_done(c, w, url_answer(c, r->param[0], ""), "課に代わって入力できます。書いたら提出してください。");
}

/* --- 今日やること --- */

enum err answer_todos(struct ctx *c, struct todos *list)
{
    struct db_rows *q = NULL;
    if (!user_is(c->user, SECTION_ROLES | ROLE_APPROVER))
        return OK;
    TRY(answers_of_user(c, true, &(struct cursor){0}, 0, OPEN_SHOWN, &q));
    while (db_next(q)) {
        const char *state = db_text(q, 5);
        bool writes = user_is(c->user, SECTION_ROLES), approving = text_eq(state, "approving") && user_is(c->user, ROLE_APPROVER);
        if (answer_handed_in(state) || text_eq(state, "collating") || (text_eq(state, "approving") && !approving) || (!approving && !writes))
            continue;
        if (approving) {
            todo_add(c, list, (struct todo){.text = tr(c, "課の回答を確かめる"), .about = arena_printf(c->arena, "%s・%s", db_text(q, 9), db_text(q, 1)),
                                            .to = url_answer(c, db_int(q, 0), "/check"), .due = instant_end_of_day(db_text(q, 3))});
            continue;
        }
        /* What was sent back has no due date of its own any more. */
        bool returned = text_eq(state, "returned");
        todo_add(c, list, (struct todo){.text = returned ? tr(c, "差し戻された回答を直す") : tr(c, "照会に回答する"),
                                        .about = arena_printf(c->arena, "%s・%s(%s)", db_text(q, 9), db_text(q, 1), tr(c, answer_label(state, false))),
                                        .to = url_answer(c, db_int(q, 0), ""), .due = returned ? NONE : instant_end_of_day(db_text(q, 3))});
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}
