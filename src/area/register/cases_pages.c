/* Pages about cases of municipalities: the secretariat's, the municipality's, the public one. */
#include "area/register/cases.html.h"
#include "area/register/cases_views.h"
#include "area/register/rounds.h"
#include "base/date.h"
#include "core/preset.h"
#include "core/listing.h"

static const struct { const char *state, *label, *tag; } states[] = {
    {"draft", "下書き・未送付", "tag tag-gray"}, {"open", "受付中", "tag tag-blue"}, {"closed", "閉じた", "tag tag-gray"}, {"published", "公開した", "tag tag-green"}};
static const struct { const char *state, *label, *tag; } answer_states[] = {
    {"open", "未着手・未提出", "tag tag-gray"}, {"draft", "下書き・未提出", "tag tag-gray"}, {"submitted", "提出ずみ", "tag tag-green"}};

static size_t state_at(const char *s)
{
    for (size_t i = 0; i < 4; i++)
        if (text_eq(states[i].state, s))
            return i;
    return 0;
}
static size_t answer_state_at(const char *s) { return text_eq(s, "submitted") ? 2 : text_eq(s, "draft") ? 1 : 0; }

static struct url url_answer_case(struct ctx *c, int64_t id, const char *rest) { return (struct url){arena_printf(c->arena, "/case-answers/%lld%s", (long long)id, rest)}; }
static struct page page_in(struct ctx *c, const char *title)
{
    bool office = user_is(c->user, ROLE_SECRETARIAT);
    struct page p = {.title = title, .place = tr(c, "事例照会"), .menu = office ? "inquiries" : "cases", .year = NONE};
    p.crumb[p.crumbs++] = office ? (struct crumb){tr(c, "事例照会"), url_path(c->arena, "/case-inquiries")} : (struct crumb){tr(c, "事例照会"), url_path(c->arena, "/case-answers")};
    return p;
}

/* --- the secretariat --- */

enum err case_inquiries_page(struct ctx *c, struct request *r, struct response *w)
{
    struct case_inquiries_view v = {.fresh = url_path(c->arena, "/case-inquiries/new")};
    size_t cap = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT i.id, i.title, i.year, i.state, i.due_on, (SELECT COUNT(*) FROM case_answer a WHERE a.inquiry=i.id), "
                                      "(SELECT COUNT(*) FROM case_answer a WHERE a.inquiry=i.id AND a.state='submitted'), "
                                      "(SELECT COUNT(*) FROM municipal_case m JOIN case_answer a ON a.id=m.answer WHERE a.inquiry=i.id AND a.state='submitted') "
                                      "FROM case_inquiry i ORDER BY i.year DESC, i.id DESC LIMIT 100", P0);
         db_next(q);) {
        size_t s = state_at(db_text(q, 3));
        ARENA_PUSH(c->arena, v.v, v.n, cap) = (struct case_inquiry_row){url_path(c->arena, "/case-inquiries/%lld", (long long)db_int(q, 0)), db_text(q, 1),
            fiscal_year_long(c->arena, db_int(q, 2)), tr(c, states[s].label), states[s].tag, date_era(c->arena, db_text(q, 4)), db_int(q, 5), db_int(q, 6), db_int(q, 7)};
    }
    TRY_DB(c, db_error(c->db));
    if (file_asked(c, r)) {
        static const struct table_column column[] = {{.title = "事例照会", .width = 40}, {.title = "状態", .width = 12}, {.title = "年度", .width = 20}, {.title = "締切", .width = 20},
                                                     {.title = "回答", .kind = TABLE_INT}, {.title = "市町村", .kind = TABLE_INT}, {.title = "事例", .kind = TABLE_INT}};
        struct cells x = {0};
        for (size_t i = 0; i < v.n; i++) {
            cell_text(c, &x, v.v[i].title);
            cell_text(c, &x, v.v[i].state);
            cell_text(c, &x, v.v[i].year);
            cell_text(c, &x, v.v[i].due);
            cell_int(c, &x, v.v[i].done);
            cell_int(c, &x, v.v[i].all);
            cell_int(c, &x, v.v[i].cases);
        }
        return file_answer_cells(c, r, w, "事例照会", TABLE_COLUMNS(column), &x);
    }
    struct page p = {.title = tr(c, "事例照会(市町村)"), .menu = "inquiries", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "照会"), url_path(c->arena, "/inquiries")};
    page_begin(c, w, &p);
    case_inquiries_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

static enum err inquiry_form_draw(struct ctx *c, struct response *w, const struct case_inquiry *q)
{
    const struct word *m = NULL;
    size_t n = 0;
    int64_t now = this_year(c);
    TRY(words(c, "municipality", NULL, now, &m, &n));
    struct choice *year = arena_many(c->arena, struct choice, 2), *place = arena_many(c->arena, struct choice, n + 1);
    struct case_inquiry_form v = {.q = *q, .year = year, .place = place, .action = url_path(c->arena, "/case-inquiries/new"), .back = url_path(c->arena, "/case-inquiries")};
    for (int64_t y = now; y <= now + 1; y++)
        year[v.years++] = (struct choice){arena_printf(c->arena, "%lld", (long long)y), fiscal_year_long(c->arena, y), NONE, q->year == y};
    for (size_t i = 0; i < n; i++) {
        bool on = false;
        for (size_t k = 0; k < q->municipalities.n; k++)
            on = on || text_eq(q->municipalities.v[k], m[i].code);
        place[v.places++] = (struct choice){m[i].code, m[i].label, NONE, on};
    }
    struct page p = page_in(c, tr(c, "新しい事例照会をつくる"));
    page_begin(c, w, &p);
    case_inquiry_form_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err case_inquiry_new_page(struct ctx *c, struct request *r, struct response *w)
{
    struct case_inquiry q;
    (void)r;
    entity_init(&case_inquiry_entity, &q);
    q.year = this_year(c);
    q.title = arena_printf(c->arena, tr(c, "%s 協働の事例の照会"), fiscal_year_era(c->arena, q.year));
    return inquiry_form_draw(c, w, &q);
}

enum err case_inquiry_new_post(struct ctx *c, struct request *r, struct response *w)
{
    struct case_inquiry q;
    entity_init(&case_inquiry_entity, &q);
    enum err e = record_from_form(c, &case_inquiry_entity, &r->form, this_year(c), &q);
    if (e == OK)
        e = case_inquiry_save(c, NULL, &q);
    if (e == E_INPUT) {
        w->status = 422;
        return inquiry_form_draw(c, w, &q);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/case-inquiries/%lld", (long long)q.id), "下書きを保存しました。");
}

enum err case_inquiry_page(struct ctx *c, struct request *r, struct response *w)
{
    struct case_board_view v = {0};
    size_t cap = 0;
    TRY(record_load(c, &case_inquiry_entity, r->param[0], &v.q));
    size_t s = state_at(v.q.state);
    v.year = fiscal_year_long(c->arena, v.q.year);
    v.due = instant_long(c->arena, instant_end_of_day(v.q.due_on));
    v.state = tr(c, states[s].label);
    v.tag = states[s].tag;
    v.draft = s == 0;
    v.open = s == 1;
    v.closed = s == 2;
    v.published = s == 3;
    v.step = url_path(c->arena, "/case-inquiries/%lld", (long long)v.q.id);
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT a.id, a.municipality, a.state, a.submitted_at, a.late, a.entered_how, (SELECT COUNT(*) FROM duty d JOIN account x ON x.id=d.account WHERE d.role='municipality' "
                                      "AND d.organization=a.organization AND x.active AND d.since<=$2 AND (d.until IS NULL OR d.until>$2)), (SELECT COUNT(*) FROM municipal_case m WHERE m.answer=a.id) "
                                      "FROM case_answer a WHERE a.inquiry=$1 ORDER BY a.id", P(v.q.id, c->now));
         db_next(q);) {
        size_t k = answer_state_at(db_text(q, 2));
        ARENA_PUSH(c->arena, v.v, v.n, cap) = (struct case_answer_row){.to = url_answer_case(c, db_int(q, 0), ""), .name = word_label(c, "municipality", db_text(q, 1), v.q.year),
            .state = tr(c, answer_states[k].label), .tag = answer_states[k].tag, .at = db_null(q, 3) ? NULL : instant_short(c->arena, db_int(q, 3)), .late = db_bool(q, 4),
            .entered = !db_null(q, 5), .account = db_int(q, 6) == 0 ? tr(c, "利用者なし") : NULL, .cases = db_int(q, 7)};
        v.done += k == 2;
        v.cases += k == 2 ? db_int(q, 7) : 0;
    }
    TRY_DB(c, db_error(c->db));
    if (v.draft)
        TRY(case_addressees(c, &v.q, &v.to, &v.to_n));
    if (file_asked(c, r)) {
        static const struct table_column column[] = {{.title = "市町村", .width = 24}, {.title = "状態", .width = 12}, {.title = "期限後", .width = 10}, {.title = "事務局が入力", .width = 14},
                                                     {.title = "提出した日時", .width = 20}, {.title = "事例", .kind = TABLE_INT}, {.title = "利用者", .width = 14}};
        struct cells x = {0};
        for (size_t i = 0; i < v.n; i++) {
            cell_text(c, &x, v.v[i].name);
            cell_text(c, &x, v.v[i].state);
            cell_text(c, &x, v.v[i].late ? "期限後" : NULL);
            cell_text(c, &x, v.v[i].entered ? "事務局が入力" : NULL);
            cell_text(c, &x, v.v[i].at);
            cell_int(c, &x, v.v[i].cases);
            cell_text(c, &x, v.v[i].account);
        }
        return file_answer_cells(c, r, w, v.q.title, TABLE_COLUMNS(column), &x);
    }
    struct page p = page_in(c, v.q.title);
    page_begin(c, w, &p);
    case_board_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err case_inquiry_step_post(struct ctx *c, struct request *r, struct response *w)
{
    const char *step = form_get(&r->form, "step");
    enum err e = text_eq(step, "open") ? case_inquiry_open(c, r->param[0]) : text_eq(step, "close") ? case_inquiry_close(c, r->param[0])
                 : text_eq(step, "publish") ? case_inquiry_publish(c, r->param[0]) : fail(c, E_INPUT, "%s", tr(c, "操作を選んでください。"));
    if (e == E_INPUT && c->fail.faults_n > 0) {
        w->status = 422;
        return case_inquiry_page(c, r, w);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/case-inquiries/%lld", (long long)r->param[0]),
                     text_eq(step, "open") ? "事例照会を送りました。" : text_eq(step, "close") ? "事例照会を閉じました。" : "事例を公開しました。");
}

/* --- the municipality --- */

static enum err own_answers(struct ctx *c, struct db_rows **out)
{
    struct sql q;
    sql_init(&q, c->arena);
    sql_add(&q, "SELECT a.id, i.title, a.state, i.due_on, i.state FROM case_answer a JOIN case_inquiry i ON i.id=a.inquiry WHERE a.organization IN ($", P((int64_t)-1));
    for (size_t i = 0; i < c->user->duties; i++)
        if (c->user->duty[i].role == ROLE_MUNICIPALITY && c->user->duty[i].organization != NONE)
            sql_add(&q, ", $", P(c->user->duty[i].organization));
    sql_add(&q, ") ORDER BY i.due_on DESC, a.id DESC LIMIT 100", P0);
    *out = sql_query(c->db, &q);
    return OK;
}

enum err case_answers_page(struct ctx *c, struct request *r, struct response *w)
{
    struct case_own_view v = {0};
    struct db_rows *q = NULL;
    size_t cap = 0;
    TRY(own_answers(c, &q));
    while (db_next(q)) {
        size_t s = answer_state_at(db_text(q, 2));
        ARENA_PUSH(c->arena, v.v, v.n, cap) = (struct case_own_row){url_answer_case(c, db_int(q, 0), ""), db_text(q, 1), tr(c, answer_states[s].label), answer_states[s].tag,
                                                                    instant_long(c->arena, instant_end_of_day(db_text(q, 3)))};
    }
    TRY_DB(c, db_error(c->db));
    if (file_asked(c, r)) {
        static const struct table_column column[] = {{.title = "事例照会", .width = 40}, {.title = "状態", .width = 12}, {.title = "締切", .width = 40}};
        struct cells x = {0};
        for (size_t i = 0; i < v.n; i++) {
            cell_text(c, &x, v.v[i].title);
            cell_text(c, &x, v.v[i].state);
            cell_text(c, &x, v.v[i].due);
        }
        return file_answer_cells(c, r, w, "事例照会", TABLE_COLUMNS(column), &x);
    }
    struct page p = {.title = tr(c, "事例照会"), .menu = "cases", .year = NONE};
    page_begin(c, w, &p);
    case_own_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err case_todos(struct ctx *c, struct todos *list)
{
    struct db_rows *q = NULL;
    if (!user_is(c->user, ROLE_MUNICIPALITY))
        return OK;
    TRY(own_answers(c, &q));
    while (db_next(q))
        if (text_eq(db_text(q, 4), "open") && !text_eq(db_text(q, 2), "submitted"))
            todo_add(c, list, (struct todo){.text = tr(c, "事例照会に回答する"), .about = db_text(q, 1), .to = url_answer_case(c, db_int(q, 0), ""), .due = instant_end_of_day(db_text(q, 3))});
    TRY_DB(c, db_error(c->db));
    return OK;
}

static struct case_view view_of(struct ctx *c, const struct municipal_case *m)
{
    return (struct case_view){m, m->budget == NONE ? NULL : yen1000(c, m->budget), m->since == NONE ? NULL : fiscal_year_era(c->arena, m->since),
                              url_path(c->arena, "/case-answers/%lld/cases/%lld", (long long)m->answer, (long long)m->id), m->website ? url_outside(c->arena, m->website) : (struct url){NULL}};
}

static enum err answer_draw(struct ctx *c, struct response *w, int64_t id, const struct municipal_case *typed_case)
{
    struct case_answer_view v = {.today = date_short(c->arena, instant_date(c->arena, c->now)), .action = url_answer_case(c, id, ""), .step = url_answer_case(c, id, "/step")};
    struct municipal_case *m = NULL;
    TRY(case_answer_load(c, id, false, &v.a, &v.q, &v.may_write));
    TRY(cases_of(c, id, &m, &v.n));
    size_t s = answer_state_at(v.a.state);
    v.place = word_label(c, "municipality", v.a.municipality, v.q.year);
    v.state = tr(c, answer_states[s].label);
    v.tag = answer_states[s].tag;
    v.due = instant_long(c->arena, instant_end_of_day(v.q.due_on));
    v.handed = s == 2;
    v.closed = !text_eq(v.q.state, "open");
    v.may_enter = user_is(c->user, ROLE_SECRETARIAT) && !v.handed && !v.a.entered_how && !v.closed;
    if (v.a.entered_how)
        v.entered = arena_printf(c->arena, tr(c, "%sに%sで%sが受け取り、事務局が入力しています。"), date_long(c->arena, v.a.received_on), tr(c, entered_how_label(v.a.entered_how)), v.a.received_by);
    if (typed_case)
        v.fresh = *typed_case;
    else
        entity_init(&municipal_case_entity, &v.fresh);
    v.v = arena_many(c->arena, struct case_view, v.n + 1);
    for (size_t i = 0; i < v.n; i++)
        v.v[i] = view_of(c, &m[i]);
    for (const struct entered_how *h = entered_hows; h->code && v.hows < 8; h++)
        v.how[v.hows++] = (struct choice){h->code, tr(c, h->label), NONE, false};
    struct page p = page_in(c, arena_printf(c->arena, tr(c, "%sの回答"), v.place));
    page_begin(c, w, &p);
    case_answer_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err case_answer_page(struct ctx *c, struct request *r, struct response *w) { return answer_draw(c, w, r->param[0], NULL); }

enum err case_answer_post(struct ctx *c, struct request *r, struct response *w)
{
    struct municipal_case m;
    entity_init(&municipal_case_entity, &m);
    m.answer = r->param[0];
    enum err e = record_from_form(c, &municipal_case_entity, &r->form, this_year(c), &m);
    if (e == OK)
        e = municipal_case_save(c, NULL, &m);
    if (e == E_INPUT) {
        w->status = 422;
        return answer_draw(c, w, r->param[0], &m);
    }
    TRY(e);
    return page_done(c, w, url_answer_case(c, r->param[0], ""), "事例を加えました。まだ提出していません。");
}

enum err case_answer_step_post(struct ctx *c, struct request *r, struct response *w)
{
    const char *step = form_get(&r->form, "step");
    enum err e = text_eq(step, "submit") ? case_answer_submit(c, r->param[0]) : text_eq(step, "withdraw") ? case_answer_withdraw(c, r->param[0])
                 : text_eq(step, "enter") ? case_answer_enter(c, r->param[0], form_get(&r->form, "entered_how"), form_get(&r->form, "received_on"), form_get(&r->form, "received_by"))
                 : fail(c, E_INPUT, "%s", tr(c, "操作を選んでください。"));
    if (e == E_INPUT && c->fail.faults_n > 0) {
        w->status = 422;
        return answer_draw(c, w, r->param[0], NULL);
    }
    TRY(e);
    return page_done(c, w, url_answer_case(c, r->param[0], ""), text_eq(step, "submit") ? "提出しました。" : text_eq(step, "withdraw") ? "提出を取り下げました。" : "市町村に代わって入力できます。");
}

static enum err edit_draw(struct ctx *c, struct response *w, const struct municipal_case *m)
{
    struct case_edit_view v = {.m = *m, .action = url_path(c->arena, "/case-answers/%lld/cases/%lld", (long long)m->answer, (long long)m->id), .back = url_answer_case(c, m->answer, "")};
    struct page p = page_in(c, m->name ? m->name : tr(c, "事例を直す"));
    page_begin(c, w, &p);
    case_edit_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

static enum err case_load(struct ctx *c, struct request *r, struct municipal_case *m)
{
    struct case_answer a;
    struct case_inquiry q;
    bool may = false;
    TRY(case_answer_load(c, r->param[0], false, &a, &q, &may));
    TRY(record_load(c, &municipal_case_entity, r->param[1], m));
    return m->answer == r->param[0] ? OK : fail(c, E_NOT_FOUND, "%s", tr(c, "この回答に、その事例はありません。"));
}

enum err case_edit_page(struct ctx *c, struct request *r, struct response *w)
{
    struct municipal_case m;
    TRY(case_load(c, r, &m));
    return edit_draw(c, w, &m);
}

enum err case_edit_post(struct ctx *c, struct request *r, struct response *w)
{
    struct municipal_case before, m;
    TRY(case_load(c, r, &before));
    if (text_eq(form_get(&r->form, "go"), "remove")) {
        TRY(municipal_case_remove(c, before.id));
        return page_done(c, w, url_answer_case(c, before.answer, ""), "事例を消しました。");
    }
    entity_copy(c->arena, &municipal_case_entity, &m, &before);
    enum err e = record_from_form(c, &municipal_case_entity, &r->form, this_year(c), &m);
    before.version = form_int(&r->form, "version");
    m.version = before.version;
    if (e == OK)
        e = municipal_case_save(c, &before, &m);
    if (e == E_INPUT) {
        w->status = 422;
        return edit_draw(c, w, &m);
    }
    TRY(e);
    return page_done(c, w, url_answer_case(c, before.answer, ""), "事例を保存しました。");
}

/* --- the public --- */

static enum err years_of_cases(struct ctx *c, struct page *p)
{
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT DISTINCT year FROM case_inquiry WHERE state='published' ORDER BY year DESC LIMIT 39", P0); db_next(q);)
        p->years[p->years_n++] = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err public_file(struct ctx *c, struct request *r, struct response *w, const struct cases_public_view *v)
{
    static const struct table_column column[] = {{.title = "年度", .width = 20}, {.title = "市町村", .width = 20}, {.title = "事例の名前", .width = 40}, {.title = "内容", .width = 50, .wrap = true},
                                                 {.title = "協働の相手", .width = 30, .wrap = true}, {.title = "成果", .width = 40, .wrap = true}, {.title = "予算額(千円)", .width = 14}, {.title = "はじめた年度", .width = 14},
                                                 {.title = "ウェブページ", .width = 30}};
    struct cells x = {0};
    for (size_t i = 0; i < v->n; i++)
        for (size_t k = 0; k < v->v[i].n; k++) {
            const struct case_view *m = &v->v[i].v[k];
            const char *const cell[] = {v->year, v->v[i].place, m->m->name, m->m->summary, m->m->partners, m->m->outcome, m->budget, m->since, m->m->website};
            for (size_t n = 0; n < sizeof cell / sizeof *cell; n++)
                cell_text(c, &x, cell[n]);
        }
    return file_answer_cells(c, r, w, "市町村の事例", TABLE_COLUMNS(column), &x);
}

enum err municipal_cases_page(struct ctx *c, struct request *r, struct response *w)
{
    struct cases_public_view v = {0};
    struct page p = {.title = tr(c, "市町村の事例"), .menu = "statistics", .year = form_int(&r->query, "year")};
    size_t cap = 0;
    TRY(years_of_cases(c, &p));
    if (p.year == NONE && p.years_n > 0)
        p.year = p.years[0];
    int64_t *answer = NULL;
    const char **place = NULL;
    size_t n = 0, answer_cap = 0, place_cap = 0, places = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT a.id, a.municipality FROM case_answer a JOIN case_inquiry i ON i.id=a.inquiry WHERE i.state='published' AND i.year=$1 AND a.state='submitted' "
                                      "AND EXISTS (SELECT 1 FROM municipal_case m WHERE m.answer=a.id) ORDER BY a.municipality, a.id", P(p.year));
         db_next(q);) {
        ARENA_PUSH(c->arena, answer, n, answer_cap) = db_int(q, 0);
        ARENA_PUSH(c->arena, place, places, place_cap) = db_text(q, 1);
    }
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < n; i++) {
        struct municipal_case *m = NULL;
        struct case_group g = {.place = word_label(c, "municipality", place[i], p.year)};
        TRY(cases_of(c, answer[i], &m, &g.n));
        g.v = arena_many(c->arena, struct case_view, g.n + 1);
        for (size_t k = 0; k < g.n; k++)
            g.v[k] = view_of(c, &m[k]);
        v.cases += (int64_t)g.n;
        ARENA_PUSH(c->arena, v.v, v.n, cap) = g;
    }
    v.year = p.year == NONE ? NULL : fiscal_year_long(c->arena, p.year);
    if (file_asked(c, r))
        return public_file(c, r, w, &v);
    if (p.years_n == 0)
        p.year = NONE;
    page_begin(c, w, &p);
    cases_public_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

#define CASE_ANSWERERS ((uint32_t)(ROLE_SECRETARIAT | ROLE_MUNICIPALITY))
static const struct entity *const entities[] = {&case_inquiry_entity, &case_answer_entity, &municipal_case_entity, NULL};
static const struct route routes[] = {
    {HTTP_GET, "/case-inquiries", ROLE_SECRETARIAT, case_inquiries_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_GET, "/case-inquiries/new", ROLE_SECRETARIAT, case_inquiry_new_page, LANE_READ, 0, 0},
    {HTTP_POST, "/case-inquiries/new", ROLE_SECRETARIAT, case_inquiry_new_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/case-inquiries/:id", ROLE_SECRETARIAT, case_inquiry_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_POST, "/case-inquiries/:id", ROLE_SECRETARIAT, case_inquiry_step_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/case-answers", ROLE_MUNICIPALITY, case_answers_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_GET, "/case-answers/:id", CASE_ANSWERERS, case_answer_page, LANE_READ, 0, 0},
    {HTTP_POST, "/case-answers/:id", CASE_ANSWERERS, case_answer_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/case-answers/:id/step", CASE_ANSWERERS, case_answer_step_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/case-answers/:id/cases/:id", CASE_ANSWERERS, case_edit_page, LANE_READ, 0, 0},
    {HTTP_POST, "/case-answers/:id/cases/:id", CASE_ANSWERERS, case_edit_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/municipal-cases", ANYONE, municipal_cases_page, LANE_READ, ROUTE_CACHE | ROUTE_FILE, 0},
    {0},
};
static const struct menu_item menu[] = {{"cases", "事例照会", "/case-answers", ROLE_MUNICIPALITY, true}, {0}};
static const struct todo_source todos[] = {{case_todos}, {NULL}};
const struct area cases_area = {.name = "cases", .entities = entities, .routes = routes, .menu = menu, .todos = todos};
