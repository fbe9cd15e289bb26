/* Pages between section and secretariat: the department's choice, the approver's click, passing over. */
#include "area/register/collate.html.h"
#include "area/register/collate_views.h"
#include "area/register/register_pages.h"
#include "base/date.h"
#include "core/listing.h"
#include "core/todo.h"

static struct url url_round(struct ctx *c, int64_t inquiry, int64_t unit, const char *rest)
{
    return (struct url){arena_printf(c->arena, "/collations/%lld/%lld%s", (long long)inquiry, (long long)unit, rest)};
}

static const char *left_of(struct ctx *c, const char *due_on)
{
    int64_t left = due_on ? instant_end_of_day(due_on) - c->now : 0;
    return left < 0 ? tr(c, "締切を過ぎました") : arena_printf(c->arena, tr(c, "あと%lld日"), (long long)(left / 86400));
}

/* --- the rounds --- */

struct round_count { int64_t inquiry, unit, all, waiting, writing, passed; const char *title, *due_on, *department; };

/* A department of the user's in one open round. */
static enum err round_of_unit(struct ctx *c, const struct round_count *round, int64_t year, int64_t unit, struct round_count *out)
{
    *out = *round;
    out->unit = unit;
    for (struct db_rows *q = db_query(c->db, c->arena,
                                      "SELECT d.name, COUNT(*), COUNT(*) FILTER (WHERE a.state='collating'), COUNT(*) FILTER (WHERE a.state IN ('submitted', 'none')) "
                                      "FROM section d JOIN section x ON x.id=d.id OR x.parent=d.id OR x.parent IN (SELECT id FROM section WHERE parent=d.id) "
                                      "JOIN answer a ON a.section=x.id AND a.inquiry=$3 WHERE d.unit=$1 AND d.year=$2 GROUP BY d.name", P(unit, year, round->inquiry));
         db_next(q);) {
        out->department = db_text(q, 0);
        out->all = db_int(q, 1);
        out->waiting = db_int(q, 2);
        out->passed = db_int(q, 3);
    }
    TRY_DB(c, db_error(c->db));
    out->writing = out->all - out->waiting - out->passed;
    return OK;
}

/* Open rounds in which a department of the user's has answers; one row a department and round. */
static enum err rounds_of_user(struct ctx *c, struct round_count **out, size_t *n)
{
    int64_t *unit = NULL, *year = NULL;
    struct round_count *open = NULL, one;
    size_t units = 0, cap = 0, opens = 0, open_cap = 0, year_cap = 0, years = 0;
    *out = NULL;
    *n = 0;
    TRY(units_of_user(c, ROLE_COLLATOR, &unit, &units));
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id, title, due_on, year FROM inquiry WHERE state='open' ORDER BY due_on, id", P0); db_next(q);) {
        ARENA_PUSH(c->arena, open, opens, open_cap) = (struct round_count){.inquiry = db_int(q, 0), .title = db_text(q, 1), .due_on = db_text(q, 2)};
        ARENA_PUSH(c->arena, year, years, year_cap) = db_int(q, 3);
    }
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < units; i++)
        for (size_t k = 0; k < opens; k++) {
            TRY(round_of_unit(c, &open[k], year[k], unit[i], &one));
            if (one.all > 0)
                ARENA_PUSH(c->arena, *out, *n, cap) = one;
        }
    return OK;
}

enum err collate_rounds_page(struct ctx *c, struct request *r, struct response *w)
{
    struct round_count *v = NULL;
    struct collate_rounds_view view = {0};
    TRY(need_role(c, ROLE_COLLATOR));
    TRY(rounds_of_user(c, &v, &view.n));
    view.v = arena_many(c->arena, struct collate_round, view.n + 1);
    for (size_t i = 0; i < view.n; i++)
        view.v[i] = (struct collate_round){.to = url_round(c, v[i].inquiry, v[i].unit, ""), .title = v[i].title, .department = v[i].department,
                                           .due = instant_long(c->arena, instant_end_of_day(v[i].due_on)), .left = left_of(c, v[i].due_on), .all = v[i].all,
                                           .waiting = v[i].waiting, .writing = v[i].writing, .passed = v[i].passed,
                                           .overdue = instant_end_of_day(v[i].due_on) < c->now};
    if (file_asked(c, r)) {
        static const struct table_column column[] = {{.title = "照会", .width = 40}, {.title = "部局", .width = 24}, {.title = "締切", .kind = TABLE_DATE}, {.title = "部局に届いた課", .kind = TABLE_INT},
                                                     {.title = "課が書いている課", .kind = TABLE_INT}, {.title = "事務局に送った課", .kind = TABLE_INT}};
        struct cells x = {0};
        for (size_t i = 0; i < view.n; i++) {
            cell_text(c, &x, v[i].title);
            cell_text(c, &x, v[i].department);
            cell_text(c, &x, v[i].due_on);
            cell_int(c, &x, v[i].waiting);
            cell_int(c, &x, v[i].writing);
            cell_int(c, &x, v[i].passed);
        }
        return file_answer_cells(c, r, w, "部局とりまとめ", TABLE_COLUMNS(column), &x);
    }
    struct page p = {.title = tr(c, "部局とりまとめ"), .menu = "collations", .year = NONE};
    page_begin(c, w, &p);
    collate_rounds_body(c, &w->body, &view);
    page_end(c, w, &p);
    return OK;
}

enum err collate_todos(struct ctx *c, struct todos *list)
{
    struct round_count *v = NULL;
    size_t n = 0;
    if (!user_is(c->user, ROLE_COLLATOR))
        return OK;
    TRY(rounds_of_user(c, &v, &n));
    for (size_t i = 0; i < n; i++)
        if (v[i].waiting + v[i].writing > 0)
            todo_add(c, list, (struct todo){.text = v[i].waiting ? arena_printf(c->arena, tr(c, "部局の回答を確かめて事務局に送る(%lld課)"), (long long)v[i].waiting)
                                                                 : arena_printf(c->arena, tr(c, "課の回答を待っています(%lld課)"), (long long)v[i].writing),
                                            .about = arena_printf(c->arena, "%s・%s", v[i].title, v[i].department), .to = url_round(c, v[i].inquiry, v[i].unit, ""),
                                            .due = instant_end_of_day(v[i].due_on), .waiting = v[i].waiting == 0});
    return OK;
}

/* --- one department's round --- */

static bool was_ticked(struct ctx *c, int64_t answer)
{
    const char **v = NULL;
    size_t n = c->request ? form_all(c->arena, &c->request->form, "answers", &v) : 0;
    for (size_t i = 0; i < n; i++)
        if (text_eq(v[i], arena_printf(c->arena, "%lld", (long long)answer)))
            return true;
    return false;
}

static enum err section_fill(struct ctx *c, int64_t answer, bool posted, struct collate_view *v, struct collate_section *s)
{
    struct answer_case k;
    struct statement *st = NULL;
    size_t n = 0;
    TRY(answer_case_load(c, answer, false, &k));
    s->here = text_eq(k.answer.state, "collating");
    s->late = k.answer.late;
    s->at = k.answer.submitted_at == NONE ? NULL : instant_short(c->arena, k.answer.submitted_at);
    s->chosen = posted ? was_ticked(c, answer) : true;
    s->to = url_answer(c, answer, "/check");
    s->give_back = url_answer(c, answer, "/return");
    v->here += s->here;
    if (text_eq(k.answer.state, "returned"))
        return OK; /* the section is at work on it */
    TRY(answer_statements(c, answer, &st, &n));
    s->v = arena_many(c->arena, struct collate_project, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct collate_project *p = &s->v[s->n++];
        *p = (struct collate_project){.id = st[i].id, .name = st[i].name, .facts = statement_facts(c, &st[i]), .decision = tr(c, decision_label(st[i].decision)),
                                      .tag = decision_tag(st[i].decision), .left_out = left_out_reason(c, st[i].id), .to = url_statement(c, &st[i], ""),
                                      .ended = text_eq(st[i].decision, "ended"), .reason_id = arena_printf(c->arena, "reason.%lld", (long long)st[i].id)};
        v->projects += s->here && !p->ended;
        v->kept += s->here && !p->ended && !p->left_out;
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* A row a project; a section without one has a row of its own. */
static enum err round_file(struct ctx *c, struct request *r, struct response *w, const struct collate_view *v)
{
    static const struct table_column column[] = {{.title = "課", .width = 24}, {.title = "状態", .width = 18}, {.title = "いまどこに", .width = 24}, {.title = "期限後", .width = 8}, {.title = "事業名", .width = 40},
                                                 {.title = "続けるか", .width = 12}, {.title = "内容", .width = 40, .wrap = true}, {.title = "載せない理由", .width = 40, .wrap = true}};
    struct cells x = {0};
    for (size_t i = 0; i < v->n; i++)
        for (size_t k = 0; k < v->v[i].n || k == 0; k++) {
            const struct collate_section *s = &v->v[i];
            const struct collate_project *p = k < s->n ? &s->v[k] : NULL;
            cell_text(c, &x, s->name);
            cell_text(c, &x, s->state);
            cell_text(c, &x, s->place);
            cell_text(c, &x, s->late ? "期限後" : NULL);
            cell_text(c, &x, p ? p->name : NULL);
            cell_text(c, &x, p ? p->decision : NULL);
            cell_text(c, &x, p ? p->facts : NULL);
            cell_text(c, &x, p ? p->left_out : NULL);
        }
    return file_answer_cells(c, r, w, arena_printf(c->arena, "%sの回答", v->department), TABLE_COLUMNS(column), &x);
}

static enum err round_draw(struct ctx *c, struct request *r, struct response *w)
{
    struct inquiry q;
    struct section department;
    struct answer_line *line = NULL;
    size_t n = 0;
    int64_t unit = r->param[1];
    bool mine = false;
    TRY(user_on_section(c, ROLE_COLLATOR, unit, &mine));
    if (!mine && !user_is(c->user, ROLE_SECRETARIAT))
        return fail(c, E_FORBIDDEN, "%s", tr(c, "ここは、この部局のとりまとめと、事務局の人だけが見られます。"));
    TRY(record_load(c, &inquiry_entity, r->param[0], &q));
    TRY(section_of_unit(c, unit, q.year, &department));
    TRY(inquiry_lines(c, &q, &line, &n));
    struct collate_view v = {.title = q.title, .department = department.name, .due = instant_long(c->arena, instant_end_of_day(q.due_on)), .left = left_of(c, q.due_on),
                             .may = mine, .closed = !text_eq(q.state, "open"), .choose = url_round(c, q.id, unit, "/choose"), .pass = url_round(c, q.id, unit, "/pass"),
                             .back = url_path(c->arena, "/collations"), .v = arena_many(c->arena, struct collate_section, n + 1)};
    for (size_t i = 0; i < n; i++) {
        if (line[i].department_id != department.id)
            continue;
        struct collate_section *s = &v.v[v.n++];
        *s = (struct collate_section){.answer = line[i].id, .name = line[i].name, .state = tr(c, answer_label(line[i].state, v.closed)),
                                      .tag = answer_tag(line[i].state, v.closed), .input = arena_printf(c->arena, "answers-%lld", (long long)line[i].id),
                                      .place = answer_place(c, line[i].state, line[i].asks_approval, line[i].has_collator)};
        if (text_eq(line[i].state, "collating") || answer_handed_in(line[i].state))
            TRY(section_fill(c, line[i].id, r->method == HTTP_POST, &v, s));
    }
    if (file_asked(c, r))
        return round_file(c, r, w, &v);
    struct page p = {.title = arena_printf(c->arena, tr(c, "%sの回答"), department.name), .place = q.title, .menu = mine ? "collations" : "inquiries", .year = NONE};
    p.crumb[p.crumbs++] = mine ? (struct crumb){tr(c, "部局とりまとめ"), v.back}
                               : (struct crumb){q.title, url_path(c->arena, "/inquiries/%lld", (long long)q.id)};
    page_begin(c, w, &p);
    collate_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err collate_page(struct ctx *c, struct request *r, struct response *w) { return round_draw(c, r, w); }

enum err collate_choose_post(struct ctx *c, struct request *r, struct response *w)
{
    int64_t statement = form_int(&r->form, "statement");
    const char *input = arena_printf(c->arena, "reason.%lld", (long long)statement), *reason = form_get(&r->form, input);
    enum err e = OK;
    if (statement == NONE)
        return fail(c, E_INPUT, "%s", tr(c, "事業を選んでください。"));
    if (!form_has(&r->form, "put_in") && !reason)
        e = fail_field(&c->fail, input, "%s", tr(c, "載せない理由を入力してください"));
    if (e == OK)
        e = collate_choose(c, statement, form_has(&r->form, "put_in") ? NULL : reason);
    if (e == E_INPUT) {
        w->status = 422;
        return round_draw(c, r, w);
    }
    TRY(e);
    return page_done(c, w, url_round(c, r->param[0], r->param[1], ""), reason ? "載せない事業にしました。" : "載せる事業にしました。");
}

enum err collate_pass_post(struct ctx *c, struct request *r, struct response *w)
{
    const char **v = NULL;
    size_t n = form_all(c->arena, &r->form, "answers", &v), k = 0, passed = 0;
    int64_t *answers = arena_many(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++)
        if (v[i] && text_parse_int(v[i], &answers[k]))
            k++;
    enum err e = collate_pass(c, answers, k, &passed);
    if (e == E_INPUT) {
        w->status = 422;
        return round_draw(c, r, w);
    }
    TRY(e);
    return page_done(c, w, url_round(c, r->param[0], r->param[1], ""),
                     passed == k ? arena_printf(c->arena, tr(c, "%zu課の回答を事務局に送りました。"), passed)
                                 : arena_printf(c->arena, tr(c, "%zu課の回答を事務局に送りました。ほかの%zu課は、取り下げられたか、もう送られています。"), passed, k - passed));
}

/* --- the approver --- */

void approve_form(struct ctx *c, struct sb *o, const struct answer_head *h)
{
    struct approve_view v = {.h = *h, .action = url_answer(c, h->k->answer.id, "/approve"), .post = h->k->answer.approver_post};
    if (typed(c, "approver_post"))
        v.post = typed(c, "approver_post");
    approve_body(c, o, &v);
}

enum err answer_approve_post(struct ctx *c, struct request *r, struct response *w)
{
    enum err e = answer_approve(c, r->param[0], form_get(&r->form, "approver_post"));
    if (e == E_INPUT) {
        w->status = 422;
        return answer_check_page(c, r, w);
    }
    TRY(e);
    return page_done(c, w, url_answer(c, r->param[0], "/check"), "確認を記録しました。回答は次に進みました。");
}

/* --- passing over --- */

static enum err skip_draw(struct ctx *c, struct response *w, int64_t answer)
{
    struct answer_case k;
    struct skip_view v = {.action = url_answer(c, answer, "/skip")};
    TRY(answer_case_load(c, answer, false, &k));
    TRY(answer_need(c, &k, "skip"));
    TRY(answer_head_make(c, &k, &v.h));
    v.holder = text_eq(k.answer.state, "collating") ? arena_printf(c->arena, tr(c, "%sの部局とりまとめ"), k.department.name)
                                                    : arena_printf(c->arena, tr(c, "%sの確認者"), k.section.name);
    struct page p = answer_page_of(c, tr(c, "確認を待たずに進める"), &k, true);
    page_begin(c, w, &p);
    skip_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err answer_skip_page(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    return skip_draw(c, w, r->param[0]);
}

enum err answer_skip_post(struct ctx *c, struct request *r, struct response *w)
{
    enum err e = answer_skip(c, r->param[0], form_get(&r->form, "reason"));
    if (e == E_INPUT) {
        w->status = 422;
        return skip_draw(c, w, r->param[0]);
    }
    TRY(e);
    return page_done(c, w, url_answer(c, r->param[0], ""), "確認を待たずに進めました。課と、待っていた人に手紙を出しました。");
}
