/* /office/editions/ID/paper, /office/editions/ID/remarks, /office/remarks/ID. */
#include <string.h>

#include "area/register/correction_pages.h"
#include "area/register/difference.h"
#include "area/register/figures.h"
#include "area/register/meeting.html.h"
#include "area/register/public.h"
#include "area/register/staff_edition.h"
#include "base/date.h"
#include "base/text.h"
#include "core/listing.h"
#include "core/preset.h"

enum { ROWS_MOST = 2000 };

/* --- the paper --- */

static enum err last_years(struct ctx *c, int64_t y, int64_t *id, const char **name)
{
    *id = NONE;
    *name = NULL;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id, year, number FROM edition WHERE state = 'published' AND year < $1 ORDER BY year DESC, number DESC LIMIT 1", P(y));
    if (db_next(q)) {
        *id = db_int(q, 0);
        *name = edition_name(c, db_int(q, 1), db_int(q, 2));
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err add_figures(struct ctx *c, const struct staff_edition *e, int64_t before, struct paper_view *v)
{
    struct figure *now, *then = NULL;
    size_t n, m = 0, cap = 0;
    TRY(figures_load(c, e->id, NULL, &now, &n));
    if (before != NONE)
        TRY(figures_load(c, before, NULL, &then, &m));
    for (size_t i = 0; i < n; i++) {
        if (strcmp(now[i].name, "projects") != 0)
            continue;
        const struct word *category;
        size_t categories, category_cap = 0;
        int64_t budget = figure_of(now, n, "budget", now[i].one, "");
        struct paper_scheme s = {.label = word(c, "scheme", now[i].one, e->year), .now = now[i].value, .then = figure_of(then, m, "projects", now[i].one, ""),
                                 .budget = budget != NONE ? yen1000(c, budget) : NULL};
        TRY(words(c, "category", now[i].one, e->year, &category, &categories));
        for (size_t k = 0; k < categories; k++) {
            int64_t is = figure_of(now, n, "category", now[i].one, category[k].code);
            ARENA_PUSH(c->arena, s.category, s.categories, category_cap) =
                (struct paper_category){category[k].label, is == NONE ? 0 : is, figure_of(then, m, "category", now[i].one, category[k].code)};
        }
        ARENA_PUSH(c->arena, v->scheme, v->schemes, cap) = s;
    }
    return OK;
}

static int64_t of_department(const struct figure *v, size_t n, const char *id)
{
    int64_t sum = NONE;
    for (size_t i = 0; i < n; i++)
        if (strcmp(v[i].name, "department") == 0 && strcmp(v[i].one, id) == 0)
            sum = (sum == NONE ? 0 : sum) + v[i].value;
    return sum;
}

/* By the department's own number over the years. */
static enum err add_departments(struct ctx *c, const struct staff_edition *e, int64_t before, struct paper_view *v)
{
    struct figure *now, *then = NULL;
    size_t n, m = 0, cap = 0;
    TRY(figures_load(c, e->id, "department", &now, &n));
    if (before != NONE)
        TRY(figures_load(c, before, "department", &then, &m));
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT s.id, s.name, p.id FROM section s LEFT JOIN section p ON p.unit = s.unit AND p.parent IS NULL AND p.year = (SELECT year FROM edition WHERE id = $2) "
        "WHERE s.year = $1 AND s.parent IS NULL ORDER BY s.position, s.id", P(e->year, before == NONE ? 0 : before));
    while (db_next(q)) {
        int64_t count_ = of_department(now, n, arena_printf(c->arena, "%lld", (long long)db_int(q, 0)));
        ARENA_PUSH(c->arena, v->department, v->departments, cap) = (struct paper_department){
            db_text(q, 1), count_ == NONE ? 0 : count_, db_null(q, 2) ? NONE : of_department(then, m, arena_printf(c->arena, "%lld", (long long)db_int(q, 2)))};
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err add_rows(struct ctx *c, const struct staff_edition *e, struct paper_view *v)
{
    struct staff_row *row;
    bool more;
    TRY(staff_rows(c, e->id, 0, ROWS_MOST, &row, &v->n, &more));
    v->row = arena_many(c->arena, struct paper_row, v->n + 1);
    for (size_t i = 0; i < v->n; i++) {
        const struct statement *s = &row[i].s;
        const struct frozen_words *w = &row[i].w;
        v->row[i] = (struct paper_row){
            .position = row[i].position, .name = s->name != NULL ? s->name : tr(c, WITHHELD_MARK), .continuity = frozen_word(c, w, "continuity", s->continuity),
            .category = frozen_word(c, w, "category", s->category), .section = frozen_section(c, w, s->lead), .partners = partners_line(c, s), .summary = s->summary,
            .budget = s->budget != NONE ? yen1000(c, s->budget) : NULL,
            .period = s->starts_on != NULL || s->ends_on != NULL ? arena_printf(c->arena, "%s〜%s", s->starts_on != NULL ? date_short(c->arena, s->starts_on) : "",
                                                                                s->ends_on != NULL ? date_short(c->arena, s->ends_on) : "") : NULL};
    }
    return OK;
}

/* --- its tables as files: ?list=figures, departments, remarks; else the projects --- */

static void now_and_then(struct ctx *c, struct cells *x, int64_t now, int64_t then)
{
    cell_int(c, x, then);
    cell_int(c, x, now);
}

static enum err figures_file(struct ctx *c, struct request *r, struct response *w, const struct paper_view *v)
{
    static const struct table_column column[] = {{.title = "種類", .width = 24}, {.title = "取りまとめ区分", .width = 36}, {.title = "前", .kind = TABLE_INT}, {.title = "今回", .kind = TABLE_INT}, {.title = "予算額の合計(千円)", .width = 18}};
    struct cells x = {0};
    for (size_t i = 0; i < v->schemes; i++) {
        const struct paper_scheme *s = &v->scheme[i];
        for (size_t k = 0; k <= s->categories; k++) {
            cell_text(c, &x, s->label);
            cell_text(c, &x, k > 0 ? s->category[k - 1].label : NULL);
            now_and_then(c, &x, k > 0 ? s->category[k - 1].now : s->now, k > 0 ? s->category[k - 1].then : s->then);
            cell_text(c, &x, k > 0 ? NULL : s->budget);
        }
    }
    return file_answer_cells(c, r, w, "庁内会議の資料_事業数", TABLE_COLUMNS(column), &x);
}

static enum err departments_file(struct ctx *c, struct request *r, struct response *w, const struct paper_view *v)
{
    static const struct table_column column[] = {{.title = "部局", .width = 30}, {.title = "前", .kind = TABLE_INT}, {.title = "今回", .kind = TABLE_INT}};
    struct cells x = {0};
    for (size_t i = 0; i < v->departments; i++) {
        cell_text(c, &x, v->department[i].name);
        now_and_then(c, &x, v->department[i].now, v->department[i].then);
    }
    return file_answer_cells(c, r, w, "庁内会議の資料_部局ごとの事業数", TABLE_COLUMNS(column), &x);
}

static enum err remarks_file(struct ctx *c, struct request *r, struct response *w, const struct paper_view *v)
{
    static const struct table_column column[] = {{.title = "年度", .width = 14}, {.title = "会議", .width = 24}, {.title = "開いた日", .kind = TABLE_DATE}, {.title = "発言した人の職", .width = 20},
                                                 {.title = "意見", .width = 50, .wrap = true}, {.title = "答え", .width = 50, .wrap = true}, {.title = "することになったこと", .width = 40, .wrap = true},
                                                 {.title = "いつまでに", .kind = TABLE_DATE}, {.title = "した日", .kind = TABLE_DATE}};
    struct cells x = {0};
    for (size_t i = 0; i < v->earlier_n + v->remarks; i++) {
        const struct remark *m = i < v->earlier_n ? &v->earlier[i] : &v->remark[i - v->earlier_n];
        cell_text(c, &x, fiscal_year_era(c->arena, m->year));
        cell_text(c, &x, m->meeting);
        cell_text(c, &x, m->held_on);
        cell_text(c, &x, m->post);
        cell_text(c, &x, m->body);
        cell_text(c, &x, m->answer);
        cell_text(c, &x, m->action);
        cell_text(c, &x, m->due_on);
        cell_text(c, &x, m->done_on);
    }
    return file_answer_cells(c, r, w, "庁内会議の意見", TABLE_COLUMNS(column), &x);
}

static enum err paper_file(struct ctx *c, struct request *r, struct response *w, const struct paper_view *v)
{
    static const struct table_column column[] = {{.title = "番号", .kind = TABLE_INT}, {.title = "事業名", .width = 40}, {.title = "新規/継続"}, {.title = "取りまとめ区分", .width = 24}, {.title = "担当", .width = 30},
                                                 {.title = "相手", .width = 40, .wrap = true}, {.title = "期間", .width = 22}, {.title = "予算額(千円)", .width = 14}, {.title = "概要", .width = 50, .wrap = true}};
    const char *list = form_get(&r->query, "list");
    if (text_eq(list, "figures"))
        return figures_file(c, r, w, v);
    if (text_eq(list, "departments"))
        return departments_file(c, r, w, v);
    if (text_eq(list, "remarks"))
        return remarks_file(c, r, w, v);
    if (list != NULL)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この表はありません。"));
    struct cells x = {0};
    for (size_t i = 0; i < v->n; i++) {
        const struct paper_row *p = &v->row[i];
        cell_int(c, &x, p->position);
        const char *const rest[] = {p->name, p->continuity, p->category, p->section, p->partners, p->period, p->budget, p->summary};
        for (size_t k = 0; k < sizeof rest / sizeof *rest; k++)
            cell_text(c, &x, rest[k]);
    }
    return file_answer_cells(c, r, w, "庁内会議の資料_事業の一覧", TABLE_COLUMNS(column), &x);
}

static struct url paper_list(struct ctx *c, int64_t edition, const char *list)
{
    struct url u = url_path(c->arena, "/office/editions/%lld/paper", (long long)edition);
    return list != NULL ? url_with(c->arena, u, "list", list) : u;
}

enum err paper_page(struct ctx *c, struct request *r, struct response *w)
{
    struct staff_edition e;
    int64_t before = NONE;
    struct paper_view v = {.secretariat = user_is(c->user, ROLE_SECRETARIAT)};
    TRY(staff_edition_load(c, r->param[0], &e));
    v.edition = e.name;
    v.published = e.published;
    v.hash = e.hash;
    v.to_edition = url_edition(c, e.id);
    v.to_changes = url_path(c->arena, "/editions/%lld/changes", (long long)e.id);
    v.to_pdf = url_path(c->arena, "/editions/%lld/register.pdf", (long long)e.id);
    v.add = url_path(c->arena, "/office/editions/%lld/remarks", (long long)e.id);
    TRY(last_years(c, e.year, &before, &v.before));
    TRY(add_figures(c, &e, before, &v));
    TRY(add_departments(c, &e, before, &v));
    TRY(add_rows(c, &e, &v));
    TRY(remarks_of_year(c, e.year, &v.remark, &v.remarks));
    TRY(remarks_of_year(c, e.year - 1, &v.earlier, &v.earlier_n));
    if (file_asked(c, r))
        return paper_file(c, r, w, &v);
    v.files = paper_list(c, e.id, NULL);
    v.figure_files = paper_list(c, e.id, "figures");
    v.department_files = paper_list(c, e.id, "departments");
    v.remark_files = paper_list(c, e.id, "remarks");
    struct page p = {.title = arena_printf(c->arena, tr(c, "庁内会議の資料 %s"), e.name), .menu = "staff-editions", .year = NONE, .wide = true};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "職員用の台帳"), url_path(c->arena, "/office/editions")};
    p.crumb[p.crumbs++] = (struct crumb){e.name, url_path(c->arena, "/office/editions/%lld", (long long)e.id)};
    page_begin(c, w, &p);
    paper_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* --- remarks --- */

static struct url url_paper(struct ctx *c, int64_t edition)
{
    return edition == NONE ? url_path(c->arena, "/office/editions") : url_path(c->arena, "/office/editions/%lld/paper", (long long)edition);
}

static enum err draw_remark(struct ctx *c, struct response *w, const struct remark *r, struct url action)
{
    struct remark_view v = {.r = r, .action = action, .back = url_paper(c, r->edition)};
    struct page p = {.title = r->id == NONE ? tr(c, "会議で出た意見を書く") : tr(c, "会議で出た意見"), .place = year(c, r->year), .menu = "staff-editions", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "職員用の台帳"), url_path(c->arena, "/office/editions")};
    page_begin(c, w, &p);
    remark_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

static enum err fresh(struct ctx *c, int64_t edition, struct remark *out)
{
    struct staff_edition e;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(staff_edition_load(c, edition, &e));
    entity_init(&remark_entity, out);
    out->edition = e.id;
    out->year = e.year;
    return OK;
}

enum err remark_new_page(struct ctx *c, struct request *r, struct response *w)
{
    struct remark x;
    TRY(fresh(c, r->param[0], &x));
    /* The next remark is mostly of the same meeting. */
    struct db_rows *q = db_query(c->db, c->arena, "SELECT meeting, held_on FROM remark WHERE edition = $1 ORDER BY id DESC LIMIT 1", P(x.edition));
    if (db_next(q)) {
        x.meeting = db_text(q, 0);
        x.held_on = db_text(q, 1);
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    return draw_remark(c, w, &x, url_path(c->arena, "/office/editions/%lld/remarks", (long long)r->param[0]));
}

static enum err take(struct ctx *c, struct request *r, struct response *w, const struct remark *before, struct remark *x, struct url action)
{
    enum err e = record_from_form(c, &remark_entity, &r->form, x->year, x);
    if (e == OK) {
        if (before != NULL && form_int(&r->form, "version") != before->version)
            return fail(c, E_CONFLICT, "%s", tr(c, "ほかの人が先に保存しました。もう一度開いてから書いてください。"));
        e = remark_save(c, before, x);
    }
    if (e == E_INPUT) {
        w->status = 422;
        return draw_remark(c, w, x, action);
    }
    TRY(e);
    return page_done(c, w, url_paper(c, x->edition), tr(c, "意見を保存しました。"));
}

enum err remark_new_post(struct ctx *c, struct request *r, struct response *w)
{
    struct remark x;
    TRY(fresh(c, r->param[0], &x));
    return take(c, r, w, NULL, &x, url_path(c->arena, "/office/editions/%lld/remarks", (long long)r->param[0]));
}

enum err remark_page(struct ctx *c, struct request *r, struct response *w)
{
    struct remark x;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(record_load(c, &remark_entity, r->param[0], &x));
    return draw_remark(c, w, &x, url_path(c->arena, "/office/remarks/%lld", (long long)x.id));
}

enum err remark_post(struct ctx *c, struct request *r, struct response *w)
{
    struct remark before, x;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(record_load(c, &remark_entity, r->param[0], &before));
    entity_copy(c->arena, &remark_entity, &x, &before);
    return take(c, r, w, &before, &x, url_path(c->arena, "/office/remarks/%lld", (long long)x.id));
}
