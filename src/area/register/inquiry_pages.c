/* Pages of the secretariat about inquiries: list, form, opening, the board, reminding, closing. */
#include "area/register/inquiry.html.h"
#include "area/register/inquiry_views.h"
#include "area/register/register_pages.h"
#include "base/date.h"
#include "base/text.h"
#include "core/listing.h"
#include "core/outbox.h"
#include "core/todo.h"

enum { PAIRS_SHOWN = 50, INQUIRIES_SHOWN = 20 };

static struct url url_inquiry(struct ctx *c, int64_t id, const char *rest)
{
    return (struct url){arena_printf(c->arena, "/inquiries/%lld%s", (long long)id, rest)};
}

static struct url url_answer(struct ctx *c, int64_t id) { return url_path(c->arena, "/answers/%lld", (long long)id); }

static struct page page_of(struct ctx *c, const char *title, const struct inquiry *q)
{
    struct page p = {.title = title, .place = tr(c, "照会"), .menu = "inquiries", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "照会"), url_path(c->arena, "/inquiries")};
    if (q)
        p.crumb[p.crumbs++] = (struct crumb){q->title, url_inquiry(c, q->id, "")};
    return p;
}

static const char *due_text(struct ctx *c, const struct inquiry *q) { return q->due_on ? instant_long(c->arena, instant_end_of_day(q->due_on)) : NULL; }
static bool is_overdue(struct ctx *c, const struct inquiry *q)
{
    return text_eq(q->state, "open") && q->due_on && instant_end_of_day(q->due_on) < c->now;
}
static const char *inquiry_tag(const char *state) { return text_eq(state, "open") ? "tag tag-blue" : "tag tag-gray"; }

/* --- the list --- */

static enum err counts(struct ctx *c, const struct inquiry *inquiry, struct tally *t)
{
    bool closed = text_eq(inquiry->state, "closed");
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT state, COUNT(*), SUM(going) FROM answer WHERE inquiry=$1 GROUP BY state", P(inquiry->id)); db_next(q);) {
        const char *state = db_text(q, 0);
        int64_t n = db_int(q, 1);
        t->all += n;
        *(text_eq(state, "submitted") ? &t->submitted : text_eq(state, "none") ? &t->none : text_eq(state, "returned") ? &t->returned
          : answer_on_the_way(state) ? &t->passing : &t->missing) += n;
        /* Of a section that never answered nothing goes into the register. */
        if (!closed || text_eq(state, "submitted"))
            t->projects += db_int(q, 2);
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

static const char *figure(struct ctx *c, int64_t n) { return arena_printf(c->arena, "%lld", (long long)n); }

static enum err list_file(struct ctx *c, struct request *r, struct response *w, const struct inquiry *q, const struct inquiry_list_view *v)
{
    static const struct table_column column[] = {
        {.title = "照会", .width = 44}, {.title = "年度", .kind = TABLE_INT}, {.title = "状態"}, {.title = "締切", .kind = TABLE_DATE}, {.title = "照会した課", .kind = TABLE_INT},
        {.title = "提出", .kind = TABLE_INT}, {.title = "該当なし", .kind = TABLE_INT}, {.title = "差し戻し", .kind = TABLE_INT}, {.title = "確認中", .kind = TABLE_INT},
        {.title = "未提出", .kind = TABLE_INT}, {.title = "事業数", .kind = TABLE_INT}};
    enum { COLUMNS = sizeof column / sizeof column[0] };
    const char **cell = arena_many(c->arena, const char *, v->n * COLUMNS + 1), **to = cell;
    for (size_t i = 0; i < v->n; i++, to += COLUMNS) {
        const struct tally *t = &v->rows[i].t;
        const int64_t n[] = {t->all, t->submitted, t->none, t->returned, t->passing, t->missing, t->projects};
        to[0] = q[i].title;
        to[1] = figure(c, q[i].year);
        to[2] = v->rows[i].state;
        to[3] = q[i].due_on;
        for (size_t k = 0; k < sizeof n / sizeof n[0] && !v->rows[i].draft; k++)
            to[4 + k] = figure(c, n[k]);
    }
    return file_answer_texts(c, r, w, "照会一覧", column, COLUMNS, cell, v->n);
}

/* A page of them, newest year first; in a file all. */
static enum err inquiries_load(struct ctx *c, const struct cursor *at, bool all, struct inquiry **out, size_t *n, bool *more)
{
    struct sql tail;
    sql_init(&tail, c->arena);
    if (at->set && at->back)
        sql_add(&tail, "WHERE (year, id) > ($, $) ORDER BY year, id", P(at->key_n, at->id));
    else if (at->set)
        sql_add(&tail, "WHERE (year, id) < ($, $) ORDER BY year DESC, id DESC", P(at->key_n, at->id));
    else
        sql_add(&tail, "ORDER BY year DESC, id DESC", P0);
    if (!all)
        sql_add(&tail, " LIMIT $", P((int64_t)INQUIRIES_SHOWN + 1));
    TRY_DB(c, entity_select(c->db, c->arena, &inquiry_entity, &tail, true, out, n));
    *more = !all && *n > INQUIRIES_SHOWN;
    *n -= *more;
    for (size_t i = 0; at->set && at->back && i < *n / 2; i++) {
        struct inquiry swap = (*out)[i];
        (*out)[i] = (*out)[*n - 1 - i];
        (*out)[*n - 1 - i] = swap;
    }
    return OK;
}

enum err inquiry_list_page(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    struct inquiry *v = NULL;
    size_t n = 0;
    struct cursor at = {0};
    bool more = false, all = file_asked(c, r);
    if (!all)
        cursor_read(c, form_get(&r->query, "at"), "year", &at);
    TRY(inquiries_load(c, &at, all, &v, &n, &more));
    struct inquiry_list_view view = {.rows = arena_many(c->arena, struct inquiry_row, n + 1), .n = n, .fresh = url_path(c->arena, "/inquiries/new"),
                                     .pager = {.count = NONE, .from = NONE, .to = NONE, .has_prev = n > 0 && (at.back ? more : at.set), .has_next = n > 0 && (at.back || more)}};
    if (n > 0) {
        struct url here = url_path(c->arena, "/inquiries");
        view.pager.prev = url_with(c->arena, here, "at", cursor_write(c, "year", true, NULL, v[0].year, v[0].id));
        view.pager.next = url_with(c->arena, here, "at", cursor_write(c, "year", false, NULL, v[n - 1].year, v[n - 1].id));
    }
    for (size_t i = 0; i < n; i++) {
        struct inquiry_row *row = &view.rows[i];
        *row = (struct inquiry_row){.to = url_inquiry(c, v[i].id, ""), .title = v[i].title, .year = fiscal_year_long(c->arena, v[i].year),
                                    .state = tr(c, inquiry_label(v[i].state)), .tag = inquiry_tag(v[i].state), .due = due_text(c, &v[i]),
                                    .draft = text_eq(v[i].state, "draft"), .overdue = is_overdue(c, &v[i])};
        TRY(counts(c, &v[i], &row->t));
    }
    if (all)
        return list_file(c, r, w, v, &view);
    struct page p = {.title = tr(c, "照会"), .menu = "inquiries", .year = NONE};
    page_begin(c, w, &p);
    inquiry_list_body(c, &w->body, &view);
    page_end(c, w, &p);
    return OK;
}

/* --- the form --- */

/* The tree from which addressees are chosen: the year's own, else the newest before it (which will be copied). */
static enum err tree_for_choice(struct ctx *c, int64_t year, struct section_node **out, size_t *n, int64_t *shown)
{
    int64_t found = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT MAX(year) FROM section WHERE year<=$1", P(year), &found));
    *shown = found == NONE ? year : found;
    return sections_of_year(c, *shown, out, n);
}

const char *choice_id(struct ctx *c, const char *field, size_t i) { return i ? arena_printf(c->arena, "%s-%zu", field, i + 1) : field; }

static bool has_code(const struct set *s, const char *code)
{
    for (size_t i = 0; i < s->n; i++)
        if (text_eq(s->v[i], code))
            return true;
    return false;
}

static enum err form_draw(struct ctx *c, struct response *w, const struct inquiry *q, bool fresh)
{
    struct inquiry_form_view v = {.q = *q, .fresh = fresh, .open = text_eq(q->state, "open")};
    struct section_node *nodes = NULL;
    size_t n = 0;
    int64_t shown = NONE, year_now = this_year(c), year = q->year == NONE ? year_now : q->year;
    v.action = fresh ? url_path(c->arena, "/inquiries/new") : url_inquiry(c, q->id, "/edit");
    v.back = fresh ? url_path(c->arena, "/inquiries") : url_inquiry(c, q->id, "");
    /* Next year too: an inquiry at the time of the budget asks about a year that has not begun. */
    for (int64_t y = year_now + 1; y >= year_now - 1; y--)
        v.year[v.years++] = (struct year_choice){arena_printf(c->arena, "%lld", (long long)y), fiscal_year_long(c->arena, y), y == year};
    TRY(words(c, "scheme", NULL, year, &v.scheme, &v.schemes));
    TRY(words(c, "round", NULL, year, &v.round, &v.rounds));
    TRY(tree_for_choice(c, year, &nodes, &n, &shown));
    v.units_year = fiscal_year_long(c->arena, shown);
    v.unit = arena_many(c->arena, struct unit_choice, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *code = arena_printf(c->arena, "%lld", (long long)nodes[i].s.unit);
        v.unit[v.units++] = (struct unit_choice){code, nodes[i].s.name, arena_printf(c->arena, "unit-%s", code), has_code(&q->units, code), nodes[i].depth == 0};
    }
    struct page p = page_of(c, fresh ? tr(c, "新しい照会をつくる") : tr(c, "照会を直す"), fresh ? NULL : q);
    page_begin(c, w, &p);
    inquiry_form_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err inquiry_new_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    struct inquiry q;
    const struct word *v = NULL;
    size_t n = 0;
    TRY(need_role(c, ROLE_SECRETARIAT));
    entity_init(&inquiry_entity, &q);
    q.year = this_year(c);
    q.scope = "all";
    TRY(words(c, "scheme", NULL, q.year, &v, &n));
    q.scheme = n ? v[0].code : NULL;
    TRY(words(c, "round", NULL, q.year, &v, &n));
    q.round = n ? v[n - 1].code : NULL;
    return form_draw(c, w, &q, true);
}

/* Which year's words a form is checked against: the year it names. */
static int64_t form_year(struct ctx *c, struct request *r)
{
    int64_t y = form_int(&r->form, "year");
    return y == NONE ? this_year(c) : y;
}

enum err inquiry_new_post(struct ctx *c, struct request *r, struct response *w)
{
    struct inquiry q;
    TRY(need_role(c, ROLE_SECRETARIAT));
    entity_init(&inquiry_entity, &q);
    enum err e = record_from_form(c, &inquiry_entity, &r->form, form_year(c, r), &q);
    if (e == OK)
        e = inquiry_save(c, NULL, &q);
    if (e == E_INPUT) {
        w->status = 422;
        return form_draw(c, w, &q, true);
    }
    TRY(e);
    return page_done(c, w, url_inquiry(c, q.id, "/open"), "下書きを保存しました。あて先を確かめて、送ってください。");
}

enum err inquiry_edit_page(struct ctx *c, struct request *r, struct response *w)
{
    struct inquiry q;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(record_load(c, &inquiry_entity, r->param[0], &q));
    if (text_eq(q.state, "closed"))
        return fail(c, E_CONFLICT, "%s", tr(c, "この照会は閉じられています。変えられません。"));
    return form_draw(c, w, &q, false);
}

enum err inquiry_edit_post(struct ctx *c, struct request *r, struct response *w)
{
    struct inquiry before, q;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(record_load(c, &inquiry_entity, r->param[0], &before));
    entity_copy(c->arena, &inquiry_entity, &q, &before);
    enum err e = record_from_form(c, &inquiry_entity, &r->form, text_eq(before.state, "open") ? before.year : form_year(c, r), &q);
    int64_t version = form_int(&r->form, "version");
    if (e == OK && version != before.version) {
        w->status = 409;
        fail(c, E_CONFLICT, "%s", tr(c, "ほかの人が先に保存しました。もう一度この画面を開いて、確かめてから直してください。入力した内容は下に残っています。"));
        return form_draw(c, w, &q, false);
    }
    if (e == OK)
        e = inquiry_save(c, &before, &q);
    if (e == E_INPUT) {
        w->status = 422;
        return form_draw(c, w, &q, false);
    }
    TRY(e);
    bool draft = text_eq(before.state, "draft");
    return page_done(c, w, url_inquiry(c, q.id, draft ? "/open" : ""), draft ? "下書きを保存しました。あて先を確かめて、送ってください。" : "変更を保存しました。");
}

/* --- opening --- */

static const char *names(struct ctx *c, const struct recipient *v, size_t n, int64_t *letters)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < n; i++) {
        sb_add(&b, i ? "、" : "");
        sb_add(&b, v[i].account ? arena_printf(c->arena, tr(c, "%sさん"), v[i].name) : tr(c, v[i].name));
        if (!v[i].mail)
            sb_add(&b, tr(c, "(メールなし)"));
    }
    *letters += (int64_t)n;
    return sb_str(&b);
}

static const char *people(struct ctx *c, const struct section *s, int64_t *letters)
{
    struct recipient *v = NULL;
    size_t n = 0;
    return section_recipients(c, s, &v, &n) == OK ? names(c, v, n, letters) : NULL;
}

/* Whose turn it is. */
static const char *holders(struct ctx *c, const struct answer_case *k, int64_t *letters)
{
    struct recipient *v = NULL;
    size_t n = 0;
    const char *place = NULL;
    if (answer_holders(c, k, &v, &n, &place) != OK)
        return NULL;
    return n == 0 ? tr(c, "いまはだれもいません") : arena_printf(c->arena, "%s %s", place, names(c, v, n, letters));
}

static enum err unclosed_rounds(struct ctx *c, const struct inquiry *q, struct open_view *v)
{
    size_t cap = 0;
    for (struct db_rows *r = db_query(c->db, c->arena,
                                      "SELECT title FROM inquiry WHERE scheme=$1 AND state='open' AND id<>$2 AND (year=$3 OR year=$4) ORDER BY id",
                                      P(q->scheme, q->id, q->year, q->year - 1));
         db_next(r);)
        ARENA_PUSH(c->arena, v->unclosed, v->unclosed_n, cap) = db_text(r, 0);
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err open_draw(struct ctx *c, struct response *w, const struct inquiry *q)
{
    struct open_view v = {.q = *q, .year = fiscal_year_long(c->arena, q->year), .scheme = word_label(c, "scheme", q->scheme, q->year), .due = due_text(c, q),
                          .mail = mail_configured(c), .action = url_inquiry(c, q->id, "/open"), .back = url_inquiry(c, q->id, ""),
                          .edit = url_inquiry(c, q->id, "/edit")};
    struct section_node *to = NULL;
    struct carried *lost = NULL;
    size_t n = 0, lost_n = 0, alone_cap = 0, row_cap = 0, group_cap = 0;
    TRY(inquiry_addressees(c, q, &to, &n));
    TRY(unclosed_rounds(c, q, &v));
    int64_t *carries = arena_many(c->arena, int64_t, n + 1);
    TRY(carried_shown(c, q->id, to, n, carries, &lost, &lost_n));
    for (size_t i = 0; i < n; i++)
        v.carried += carries[i];
    /* Of a part of the tree the rest is not lost, it is only not asked. */
    v.lost = lost;
    v.lost_n = text_eq(q->scope, "all") ? lost_n : 0;
    v.sections = (int64_t)n;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || to[i].department_id != to[i - 1].department_id) {
            ARENA_PUSH(c->arena, v.group, v.groups, group_cap) = (struct recipient_group){.department = to[i].department};
            row_cap = 0;
        }
        struct recipient_group *g = &v.group[v.groups - 1];
        ARENA_PUSH(c->arena, g->row, g->n, row_cap) = (struct recipient_row){to[i].s.name, people(c, &to[i].s, &v.letters), carries[i]};
        if (to[i].promoters == 0)
            ARENA_PUSH(c->arena, v.alone, v.alone_n, alone_cap) = arena_printf(c->arena, "%s %s", to[i].department, to[i].depth > 0 ? to[i].s.name : "");
    }
    struct page p = page_of(c, tr(c, "この照会を送る"), q);
    page_begin(c, w, &p);
    open_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err inquiry_open_page(struct ctx *c, struct request *r, struct response *w)
{
    struct inquiry q;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(record_load(c, &inquiry_entity, r->param[0], &q));
    if (!text_eq(q.state, "draft"))
        return fail(c, E_CONFLICT, "%s", tr(c, "この照会はもう送られています。"));
    return open_draw(c, w, &q);
}

enum err inquiry_open_post(struct ctx *c, struct request *r, struct response *w)
{
    struct inquiry q;
    enum err e = inquiry_open(c, r->param[0]);
    if (e == E_INPUT) {
        w->status = 422;
        TRY(record_load(c, &inquiry_entity, r->param[0], &q));
        return open_draw(c, w, &q);
    }
    TRY(e);
    return page_done(c, w, url_inquiry(c, r->param[0], ""), "照会を送りました。回答のようすは、この画面で見られます。");
}

/* --- the board --- */

static void tally_add(struct tally *t, const struct answer_line *l, bool closed)
{
    t->all++;
    if (text_eq(l->state, "submitted"))
        t->submitted++;
    else if (text_eq(l->state, "none"))
        t->none++;
    else if (text_eq(l->state, "returned") && !closed)
        t->returned++;
    else if (answer_on_the_way(l->state) && !closed)
        t->passing++;
    else
        t->missing++;
    /* Of a section that never answered nothing goes into the register. */
    if (!closed || text_eq(l->state, "submitted"))
        t->projects += l->projects;
    t->last_year += l->last_year;
    t->late += l->late;
}

static struct board_line line_of(struct ctx *c, const struct answer_line *l, bool closed)
{
    return (struct board_line){.name = l->name, .place = l->has_collator || l->asks_approval || answer_on_the_way(l->state) ? answer_place(c, l->state, l->asks_approval, l->has_collator) : NULL,
                               .extended = l->extended_to ? date_short(c->arena, l->extended_to) : NULL, .state = tr(c, answer_label(l->state, closed)), .tag = answer_tag(l->state, closed),
                               .at = l->submitted_at == NONE ? NULL : instant_short(c->arena, l->submitted_at), .receipt = l->receipt,
                               .reminded = l->reminded_at == NONE ? NULL : instant_short(c->arena, l->reminded_at), .to = url_answer(c, l->id),
                               .late = l->late, .entered = l->entered, .no_promoter = l->promoters == 0, .projects = l->projects, .last_year = l->last_year};
}

static const char *state_group(const struct answer_line *l, bool closed)
{
    if (text_eq(l->state, "submitted") || text_eq(l->state, "none"))
        return l->state;
    return closed ? "missing" : text_eq(l->state, "returned") ? "returned" : answer_on_the_way(l->state) ? "passing" : "missing";
}

static void board_counts(struct ctx *c, struct board_view *v, const char *state)
{
    const struct { const char *code, *label; int64_t n; } all[] = {
        {NULL, "すべて", v->t.all}, {"submitted", "提出", v->t.submitted}, {"none", "該当なし", v->t.none}, {"returned", "差し戻し", v->t.returned}, {"passing", "部局や確認者で確認中", v->t.passing},
        {"missing", v->closed ? "未回答" : "未提出", v->t.missing}, {"late", "提出のうち期限後", v->t.late},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        const char *label = tr(c, all[i].label);
        bool on = text_eq(all[i].code, state);
        if (on && state)
            v->chosen = label;
        v->count[v->counts++] = (struct board_count){label, all[i].n, {arena_printf(c->arena, "/inquiries/%lld%s%s#sections", (long long)v->q.id,
                                                                                     all[i].code ? "?state=" : "", all[i].code ? all[i].code : "")}, on};
    }
}

static bool is_shown(const struct answer_line *l, const char *state, bool closed)
{
    return !state || text_eq(state, state_group(l, closed)) || (text_eq(state, "late") && l->late);
}

static enum err board_file(struct ctx *c, struct request *r, struct response *w, const struct board_view *v, const struct answer_line *l, size_t n, const char *state)
{
    static const struct table_column column[] = {
        {.title = "部局", .width = 26}, {.title = "課", .width = 30}, {.title = "状態", .width = 14}, {.title = "いまあるところ", .width = 18}, {.title = "提出した日時", .kind = TABLE_INSTANT},
        {.title = "期限後"}, {.title = "受付番号", .width = 18}, {.title = "催促した日時", .kind = TABLE_INSTANT}, {.title = "延ばした締切", .kind = TABLE_DATE}, {.title = "推進員"},
        {.title = "事業数", .kind = TABLE_INT}, {.title = "前年の事業数", .kind = TABLE_INT}};
    enum { COLUMNS = sizeof column / sizeof column[0] };
    const char **cell = arena_many(c->arena, const char *, n * COLUMNS + 1), **to = cell;
    for (size_t i = 0; i < n; i++) {
        if (!is_shown(&l[i], state, v->closed))
            continue;
        struct board_line b = line_of(c, &l[i], v->closed);
        to[0] = l[i].department;
        to[1] = b.name;
        to[2] = b.state;
        to[3] = b.place;
        to[4] = l[i].submitted_at == NONE ? NULL : instant_iso(c->arena, l[i].submitted_at);
        to[5] = b.late ? tr(c, "期限後") : NULL;
        to[6] = b.receipt;
        to[7] = l[i].reminded_at == NONE ? NULL : instant_iso(c->arena, l[i].reminded_at);
        to[8] = l[i].extended_to;
        to[9] = b.no_promoter ? tr(c, "いません") : NULL;
        to[10] = figure(c, b.projects);
        to[11] = figure(c, b.last_year);
        to += COLUMNS;
    }
    return file_answer_texts(c, r, w, arena_printf(c->arena, "回答の状態_%s", v->q.title), column, COLUMNS, cell, (size_t)(to - cell) / COLUMNS);
}

enum err inquiry_page(struct ctx *c, struct request *r, struct response *w)
{
    const char *state = form_get(&r->query, "state");
    struct board_view v = {.clock = instant_clock(c->arena, c->now)};
    struct answer_line *l = NULL;
    size_t n = 0, group_cap = 0, line_cap = 0;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(record_load(c, &inquiry_entity, r->param[0], &v.q));
    TRY(inquiry_lines(c, &v.q, &l, &n));
    v.draft = text_eq(v.q.state, "draft");
    v.open = text_eq(v.q.state, "open");
    v.closed = text_eq(v.q.state, "closed");
    v.overdue = is_overdue(c, &v.q);
    v.state = tr(c, inquiry_label(v.q.state));
    v.tag = inquiry_tag(v.q.state);
    v.year = fiscal_year_long(c->arena, v.q.year);
    v.scheme = word_label(c, "scheme", v.q.scheme, v.q.year);
    v.round = word_label(c, "round", v.q.round, v.q.year);
    const struct word *scheme = word_find(c, "scheme", v.q.scheme, v.q.year);
    v.definition = scheme ? scheme->definition : NULL;
    v.due = due_text(c, &v.q);
    v.closed_at = v.q.closed_at == NONE ? NULL : instant_long(c->arena, v.q.closed_at);
    v.self = url_inquiry(c, v.q.id, "");
    v.edit = url_inquiry(c, v.q.id, "/edit");
    v.send = url_inquiry(c, v.q.id, "/open");
    v.remind = url_inquiry(c, v.q.id, "/remind");
    v.close = url_inquiry(c, v.q.id, "/close");
    v.discard = url_inquiry(c, v.q.id, "/discard");
    v.letters = url_path(c->arena, "/letters?inquiry=%lld", (long long)v.q.id);
    int64_t opened = form_int(&r->query, "department");
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || l[i].department_id != l[i - 1].department_id) {
            ARENA_PUSH(c->arena, v.group, v.groups, group_cap) =
                (struct board_group){.name = l[i].department, .open = l[i].department_unit == opened,
                                     .at = {arena_printf(c->arena, "/inquiries/%lld?department=%lld#g-%zu", (long long)v.q.id, (long long)l[i].department_unit, v.groups)}};
            line_cap = 0;
        }
        struct board_group *g = &v.group[v.groups - 1];
        if (l[i].has_collator && !g->collation.s)
            g->collation = url_path(c->arena, "/collations/%lld/%lld", (long long)v.q.id, (long long)l[i].department_unit);
        tally_add(&g->t, &l[i], v.closed);
        tally_add(&v.t, &l[i], v.closed);
        if (!is_shown(&l[i], state, v.closed))
            continue;
        ARENA_PUSH(c->arena, g->line, g->n, line_cap) = line_of(c, &l[i], v.closed);
        /* Of 90 sections only what was asked for lies open, and what waits for the section's correction. */
        g->open = g->open || state || g->t.returned > 0;
    }
    if (file_asked(c, r))
        return board_file(c, r, w, &v, l, n, state);
    board_counts(c, &v, state);
    v.remind_label = arena_printf(c->arena, tr(c, v.t.passing > 0 ? "未提出と確認中の%lld課へ催促…" : "未提出の%lld課へ催促…"), (long long)(v.t.missing + v.t.returned + v.t.passing));
    struct page p = page_of(c, v.q.title, NULL);
    page_begin(c, w, &p);
    board_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err inquiry_discard_page(struct ctx *c, struct request *r, struct response *w)
{
    struct inquiry q;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(record_load(c, &inquiry_entity, r->param[0], &q));
    if (!text_eq(q.state, "draft"))
        return fail(c, E_CONFLICT, "%s", tr(c, "送った照会は消せません。"));
    struct discard_view v = {q.title, url_inquiry(c, q.id, "/discard"), url_inquiry(c, q.id, "")};
    struct page p = page_of(c, tr(c, "照会の下書きを消す"), &q);
    page_begin(c, w, &p);
    discard_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err inquiry_discard_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(inquiry_discard(c, r->param[0]));
    return page_done(c, w, url_path(c->arena, "/inquiries"), "下書きを消しました。");
}

/* --- reminding --- */

static bool is_missing(const struct answer_line *l) { return !text_eq(l->state, "submitted") && !text_eq(l->state, "none"); }

static bool was_chosen(struct request *r, struct ctx *c, int64_t id)
{
    const char **v = NULL;
    size_t n = form_all(c->arena, &r->form, "answers", &v);
    for (size_t i = 0; i < n; i++)
        if (text_eq(v[i], arena_printf(c->arena, "%lld", (long long)id)))
            return true;
    return false;
}

static enum err remind_draw(struct ctx *c, struct request *r, struct response *w)
{
    struct remind_view v = {.mail = mail_configured(c), .action = url_inquiry(c, r->param[0], "/remind"), .back = url_inquiry(c, r->param[0], "")};
    struct answer_line *l = NULL;
    size_t n = 0;
    int64_t letters = 0;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(record_load(c, &inquiry_entity, r->param[0], &v.q));
    if (!text_eq(v.q.state, "open"))
        return fail(c, E_CONFLICT, "%s", tr(c, "受付中の照会だけ催促できます。"));
    TRY(inquiry_lines(c, &v.q, &l, &n));
    v.due = due_text(c, &v.q);
    v.text = r->method == HTTP_POST ? form_get(&r->form, "text")
             : is_overdue(c, &v.q)
                 ? arena_printf(c->arena, tr(c, "「%s」の回答がまだ届いていません。締切を過ぎましたが、まだ回答できます。該当する事業がないときは、「該当なし」と回答してください。"), v.q.title)
                 : arena_printf(c->arena, tr(c, "「%s」の回答がまだ届いていません。締切までに回答をお願いします。該当する事業がないときは、「該当なし」と回答してください。"), v.q.title);
    v.row = arena_many(c->arena, struct remind_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct answer_case k;
        if (!is_missing(&l[i]))
            continue;
        TRY(answer_case_load(c, l[i].id, false, &k));
        bool passing = answer_on_the_way(l[i].state);
        v.row[v.n++] = (struct remind_row){.id = l[i].id, .department = l[i].department, .name = l[i].name, .state = tr(c, answer_label(l[i].state, false)),
                                           .people = holders(c, &k, &letters), .reminded = l[i].reminded_at == NONE ? NULL : instant_short(c->arena, l[i].reminded_at),
                                           .chosen = r->method == HTTP_POST ? was_chosen(r, c, l[i].id) : !passing || k.overdue};
    }
    struct page p = page_of(c, tr(c, "未提出の課へ催促する"), &v.q);
    page_begin(c, w, &p);
    remind_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err inquiry_remind_page(struct ctx *c, struct request *r, struct response *w) { return remind_draw(c, r, w); }

enum err inquiry_remind_post(struct ctx *c, struct request *r, struct response *w)
{
    const char **v = NULL;
    size_t n = form_all(c->arena, &r->form, "answers", &v), k = 0;
    int64_t *answers = arena_many(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++)
        if (v[i] && text_parse_int(v[i], &answers[k]))
            k++;
    enum err e = inquiry_remind(c, r->param[0], answers, k, form_get(&r->form, "text"));
    if (e == E_INPUT) {
        w->status = 422;
        return remind_draw(c, r, w);
    }
    TRY(e);
    return page_done(c, w, url_inquiry(c, r->param[0], ""), mail_configured(c) ? "催促を送りました。" : "催促の手紙をつくりました。メールの設定がないので、印刷して配ってください。");
}

/* --- closing --- */

/* An edition takes the rounds that are closed by then: what is still open of the year would be missing. */
static enum err other_rounds(struct ctx *c, const struct inquiry *q, struct close_view *v)
{
    size_t cap = 0;
    for (struct db_rows *r = db_query(c->db, c->arena, "SELECT title FROM inquiry WHERE year=$1 AND state='open' AND id<>$2 ORDER BY id", P(q->year, q->id)); db_next(r);)
        ARENA_PUSH(c->arena, v->open, v->open_n, cap) = db_text(r, 0);
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err close_draw(struct ctx *c, struct request *r, struct response *w)
{
    struct close_view v = {.action = url_inquiry(c, r->param[0], "/close"), .back = url_inquiry(c, r->param[0], ""),
                           .remind = url_inquiry(c, r->param[0], "/remind"), .dismiss = url_inquiry(c, r->param[0], "/doubles")};
    struct answer_line *l = NULL;
    struct double_pair *d = NULL;
    size_t n = 0, d_n = 0;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(record_load(c, &inquiry_entity, r->param[0], &v.q));
    if (text_eq(v.q.state, "draft"))
        return fail(c, E_CONFLICT, "%s", tr(c, "この照会はまだ送られていません。"));
    v.closed = text_eq(v.q.state, "closed");
    v.due = due_text(c, &v.q);
    v.early = !v.closed && !is_overdue(c, &v.q);
    TRY(inquiry_lines(c, &v.q, &l, &n));
    TRY(doubles_shown(c, v.q.id, PAIRS_SHOWN, &d, &v.pairs, &d_n));
    TRY(other_rounds(c, &v.q, &v));
    v.missing = arena_many(c->arena, struct board_line, n + 1);
    for (size_t i = 0; i < n; i++) {
        tally_add(&v.t, &l[i], v.closed);
        if (is_missing(&l[i])) {
            v.missing[v.missing_n] = line_of(c, &l[i], v.closed);
            v.missing[v.missing_n++].name = arena_printf(c->arena, "%s %s", l[i].department, l[i].name);
            v.lost += l[i].last_year;
        }
    }
    v.pairs_more = d_n - v.pairs;
    v.pair = arena_many(c->arena, struct pair_row, v.pairs + 1);
    for (size_t i = 0; i < v.pairs; i++)
        v.pair[i] = (struct pair_row){.one = d[i].one_name, .other = d[i].other_name, .one_section = d[i].one_section, .other_section = d[i].other_section,
                                      .partner = d[i].partner, .percent = d[i].percent, .one_id = d[i].one, .other_id = d[i].other,
                                      .merge = url_path(c->arena, "/merges?one=%lld&other=%lld", (long long)d[i].one_statement, (long long)d[i].other_statement),
                                      .one_to = url_path(c->arena, "/answers/%lld/projects/%lld", (long long)d[i].one_answer, (long long)d[i].one_statement),
                                      .other_to = url_path(c->arena, "/answers/%lld/projects/%lld", (long long)d[i].other_answer, (long long)d[i].other_statement)};
    struct page p = page_of(c, tr(c, "照会を閉じる"), &v.q);
    page_begin(c, w, &p);
    close_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err inquiry_close_page(struct ctx *c, struct request *r, struct response *w) { return close_draw(c, r, w); }

enum err inquiry_close_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(inquiry_close(c, r->param[0]));
    return page_done(c, w, url_inquiry(c, r->param[0], ""), "照会を閉じました。次は版をつくります。");
}

enum err inquiry_double_post(struct ctx *c, struct request *r, struct response *w)
{
    int64_t one = form_int(&r->form, "one"), other = form_int(&r->form, "other");
    if (one == NONE || other == NONE)
        return fail(c, E_INPUT, "%s", tr(c, "別の事業を2つ選んでください。"));
    TRY(doubles_dismiss(c, one, other));
    return page_done(c, w, url_inquiry(c, r->param[0], "/close"), "別の事業として記録しました。");
}

/* --- 今日やること --- */

enum err inquiry_todos(struct ctx *c, struct todos *list)
{
    struct inquiry *v = NULL;
    size_t n = 0;
    struct sql tail;
    if (!user_is(c->user, ROLE_SECRETARIAT))
        return OK;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE state='open' OR state='draft' ORDER BY id", P0);
    TRY_DB(c, entity_select(c->db, c->arena, &inquiry_entity, &tail, true, &v, &n));
    for (size_t i = 0; i < n; i++) {
        struct tally t = {0};
        int64_t due = instant_end_of_day(v[i].due_on);
        if (text_eq(v[i].state, "draft")) {
            todo_add(c, list, (struct todo){.text = tr(c, "照会を送る"), .about = v[i].title, .to = url_inquiry(c, v[i].id, "/open"), .due = NONE});
            continue;
        }
        TRY(counts(c, &v[i], &t));
        int64_t missing = t.missing + t.returned + t.passing;
        if (is_overdue(c, &v[i]) || missing == 0)
            todo_add(c, list, (struct todo){.text = missing ? arena_printf(c->arena, tr(c, "照会を閉じる(未提出 %lld課)"), (long long)missing) : tr(c, "照会を閉じる(すべて回答ずみ)"),
                                            .about = v[i].title, .to = url_inquiry(c, v[i].id, ""), .due = due});
        else
            todo_add(c, list, (struct todo){.text = arena_printf(c->arena, tr(c, "回答 %lld/%lld課"), (long long)(t.all - missing), (long long)t.all),
                                            .about = v[i].title, .to = url_inquiry(c, v[i].id, ""), .due = due, .waiting = true});
    }
    return OK;
}
