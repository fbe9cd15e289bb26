/* Lists of staff and of sections taken in: the file is read (by its own process), looked at as a table, sent once more as text, and taken. */
#include "area/people/people_take.html.h"
#include "area/people/people_take_views.h"

#include <string.h>

#include "base/date.h"
#include "export/sheet.h"

struct kind {
    bool sections;
    const char *title, *address, *post, *take, *list, *sample; /* /users/import, where the file goes, where it is taken, /users, the file to begin with */
    const char *lead, *hint;
    const char *const *column; size_t columns;
    size_t name;                              /* the column that names a row */
};
/* New accounts, and all who move: one list, one reader; what is asked for first is another thing. */
static const struct kind staff = {
    .title = "利用者のファイルを取り込む", .address = "/users/import", .post = "/users/import", .take = "/users/import/take", .list = "/users", .sample = "/users?format=xlsx",
    .lead = "職員や団体の利用者を、ファイルからまとめて登録します。新しい利用者には招待の手紙を書きます。",
    .hint = "送ると、まず変わるところを表で確かめられます。一か所でも直すところがあれば、何も取り込みません。役割が2つある人は2行に書きます。ファイルにない人や役割は、そのまま残ります。",
    .column = staff_titles, .columns = STAFF_COLUMNS};
static const struct kind moves = {
    .title = "職員の異動をまとめて取り込む", .address = "/transfers", .post = "/transfers/check", .take = "/transfers/take", .list = "/users", .sample = "/transfers/sheet.xlsx",
    .lead = "異動した職員を、表でまとめて登録し、役割を引きつぎます。",
    .hint = "1行に1人と1つの役割を書きます。前任者の利用者名と引きつぎ日を書くと、前任者の役割が終わり、その人に移ります。「終わり」に何か書くと、その役割が終わります。まだ登録されていない人には、招待の手紙をつくります。送ると、まず変わるところを表で確かめられます。",
    .column = staff_titles, .columns = STAFF_COLUMNS};
static const struct kind sections = {
    .sections = true, .title = "所属のファイルを取り込む", .address = "/sections/import", .post = "/sections/import", .take = "/sections/import/take", .list = "/sections", .sample = "/sections?format=xlsx",
    .hint = "送ると、まず変わるところを表で確かめられます。一か所でも直すところがあれば、何も取り込みません。ファイルにない所属は、そのまま残ります。",
    .column = section_titles, .columns = SECTION_COLUMNS, .name = 3};

struct work {
    const struct kind *kind;
    struct response *w;
    int64_t year;
    const char *file, *p; size_t n;           /* what was sent */
    struct workbook *book;
    struct take_plan plan;
    struct failure faults;                     /* of the file, kept over the transaction that draws them */
};

static int64_t year_of(struct ctx *c, const struct form *f)
{
    int64_t year = form_int(f, "year");
    return year == NONE || year < 1900 || year > 2199 ? this_year(c) : year;
}

static struct url with_year(struct ctx *c, const struct work *x, const char *path)
{
    struct url u = {path};
    return x->kind->sections ? url_with(c->arena, u, "year", arena_printf(c->arena, "%lld", (long long)x->year)) : u;
}

static struct page page_of(struct ctx *c, const struct work *x, const char *title)
{
    struct page p = {.title = title, .menu = x->kind->sections ? "settings" : "users", .year = NONE};
    if (x->kind->sections) {
        crumb_settings(c, &p);
        p.place = fiscal_year_long(c->arena, x->year);
    }
    p.crumb[p.crumbs++] = (struct crumb){tr(c, x->kind->sections ? "所属と推進員" : "利用者"), with_year(c, x, x->kind->list)};
    return p;
}

static enum err draw_form(struct ctx *c, void *arg)
{
    struct work *x = arg;
    struct take_form_view v = {
        .action = {x->kind->post}, .back = with_year(c, x, x->kind->list), .sample = with_year(c, x, x->kind->sample),
        .title = x->kind->column, .titles = x->kind->columns, .hint = tr(c, x->kind->hint),
        .lead = x->kind->sections ? arena_printf(c->arena, tr(c, "%sの所属を、ファイルからまとめて加えたり直したりします。"), fiscal_year_long(c->arena, x->year)) : tr(c, x->kind->lead),
        .year = x->kind->sections ? arena_printf(c->arena, "%lld", (long long)x->year) : NULL};
    if (x->faults.faults_n > 0 || x->faults.message != NULL) {
        c->fail = x->faults;
        if (c->fail.faults_n == 0)
            fail_field(&c->fail, "file", "%s", x->faults.message);
        x->w->status = 422;
    }
    struct page p = page_of(c, x, tr(c, x->kind->title));
    page_begin(c, x->w, &p);
    take_form_body(c, &x->w->body, &v);
    page_end(c, x->w, &p);
    return OK;
}

/* Columns in which no line says anything are left out: most lists have only some of them. */
static bool column_used(const struct take_plan *plan, size_t k)
{
    for (size_t i = 0; i < plan->n; i++)
        if (plan->v[i].cell[k] != NULL)
            return true;
    return false;
}

static void fill_rows(struct ctx *c, const struct work *x, struct take_check_view *v)
{
    const struct take_plan *plan = &x->plan;
    struct take_row *row = arena_many(c->arena, struct take_row, plan->n + 1);
    const char **title = arena_many(c->arena, const char *, x->kind->columns);
    size_t *used = arena_many(c->arena, size_t, x->kind->columns), n = 0;
    title[v->titles++] = x->kind->column[x->kind->name];
    for (size_t k = 0; k < x->kind->columns; k++)
        if (k != x->kind->name && column_used(plan, k)) {
            title[v->titles++] = x->kind->column[k];
            used[n++] = k;
        }
    for (size_t i = 0; i < plan->n; i++) {
        const struct take_line *l = &plan->v[i];
        if (l->fate == TAKE_SAME) {
            v->same++;
            continue;
        }
        struct take_cell *cell = arena_many(c->arena, struct take_cell, n + 1);
        struct take_row *r = &row[v->rows++];
        *r = (struct take_row){.name = l->cell[x->kind->name], .what = l->what, .state = l->fate == TAKE_NEW ? tr(c, "加える") : tr(c, "直す"), .tag = l->fate == TAKE_NEW ? "tag tag-green" : "tag tag-blue", .cell = cell};
        for (size_t k = 0; k < n; k++)
            cell[r->cells++] = (struct take_cell){x->kind->column[used[k]], l->cell[used[k]]};
    }
    v->row = row;
    v->title = title;
}

/* Reads the plan, and draws it, or the form with what is wrong. */
static enum err look(struct ctx *c, void *arg)
{
    struct work *x = arg;
    enum err e = x->kind->sections ? sections_from_book(c, x->book, x->year, &x->plan) : staff_from_book(c, x->book, &x->plan);
    if (e == E_INPUT || e == E_FORM || e == E_TOO_LARGE) {
        x->faults = c->fail;
        failure_clear(&c->fail);
        return draw_form(c, x);
    }
    TRY(e);
    struct take_check_view v = {.action = {x->kind->take}, .back = {x->kind->address},
                                .text = take_text(c, &x->plan, x->kind->column, x->kind->columns),
                                .year = x->kind->sections ? arena_printf(c->arena, "%lld", (long long)x->year) : NULL};
    fill_rows(c, x, &v);
    v.sum = v.rows == 0 ? tr(c, "ファイルの内容は、いまと同じです。")
            : x->plan.letters > 0 ? arena_printf(c->arena, tr(c, "加えるもの%zu、直すもの%zu、書く手紙%zu通です。"), x->plan.fresh, x->plan.changed, x->plan.letters)
                                  : arena_printf(c->arena, tr(c, "加えるもの%zu、直すもの%zuです。"), x->plan.fresh, x->plan.changed);
    struct page p = page_of(c, x, tr(c, "取り込む内容を確かめる"));
    p.wide = true;
    page_begin(c, x->w, &p);
    take_check_body(c, &x->w->body, &v);
    page_end(c, x->w, &p);
    return OK;
}

static enum err read_book(struct ctx *c, struct work *x)
{
    enum err e = sheet_read(c->arena, x->p, x->n, x->file, &x->book, &c->fail);
    if (e == E_FORM || e == E_TOO_LARGE) {
        x->faults = c->fail;
        failure_clear(&c->fail);
        return in_read(c, draw_form, x);
    }
    return e;
}

static enum err import_page(struct ctx *c, struct request *r, struct response *w, const struct kind *kind)
{
    struct work x = {.kind = kind, .w = w, .year = year_of(c, &r->query)};
    TRY(need_role(c, kind->sections ? ROLE_SECRETARIAT : ROLE_SECRETARIAT | ROLE_OPERATOR));
    return draw_form(c, &x);
}

static enum err import_post(struct ctx *c, struct request *r, struct response *w, const struct kind *kind)
{
    const struct form_file *f = form_file(&r->form, "file");
    struct work x = {.kind = kind, .w = w, .year = year_of(c, &r->form)};
    if (f == NULL || f->n == 0) {
        failure_init(&x.faults, c->arena);
        fail_field(&x.faults, "file", "%s", tr(c, "ファイルを選んでください"));
        return in_read(c, draw_form, &x);
    }
    x.file = f->filename;
    x.p = f->p;
    x.n = f->n;
    TRY(read_book(c, &x));
    return x.book != NULL ? in_read(c, look, &x) : OK;
}

static enum err take(struct ctx *c, void *arg)
{
    struct work *x = arg;
    if (x->kind->sections) {
        TRY(sections_from_book(c, x->book, x->year, &x->plan));
        return sections_take(c, &x->plan);
    }
    TRY(staff_from_book(c, x->book, &x->plan));
    return staff_take(c, &x->plan);
}

static enum err take_post(struct ctx *c, struct request *r, struct response *w, const struct kind *kind)
{
    const char *text = form_get(&r->form, "text");
    struct work x = {.kind = kind, .w = w, .year = year_of(c, &r->form), .p = text != NULL ? text : "", .n = text != NULL ? strlen(text) : 0};
    TRY(read_book(c, &x));
    if (x.book == NULL)
        return OK;
    enum err e = in_write(c, take, &x);
    if (e == E_INPUT || e == E_FORM) { /* something has changed since it was looked at */
        x.faults = c->fail;
        failure_clear(&c->fail);
        return in_read(c, draw_form, &x);
    }
    TRY(e);
    const char *done = arena_printf(c->arena, tr(c, "取り込みました。加えたもの%zu、直したもの%zu。"), x.plan.fresh, x.plan.changed);
    return page_done(c, w, with_year(c, &x, kind->list), x.plan.letters > 0 ? arena_printf(c->arena, tr(c, "%s招待の手紙を%zu通つくりました。"), done, x.plan.letters) : done);
}

enum err staff_import_page(struct ctx *c, struct request *r, struct response *w) { return import_page(c, r, w, &staff); }
enum err staff_import_post(struct ctx *c, struct request *r, struct response *w) { return import_post(c, r, w, &staff); }
enum err staff_take_post(struct ctx *c, struct request *r, struct response *w) { return take_post(c, r, w, &staff); }
enum err transfer_page(struct ctx *c, struct request *r, struct response *w) { return import_page(c, r, w, &moves); }
enum err transfer_check_post(struct ctx *c, struct request *r, struct response *w) { return import_post(c, r, w, &moves); }
enum err transfer_take_post(struct ctx *c, struct request *r, struct response *w) { return take_post(c, r, w, &moves); }
enum err sections_import_page(struct ctx *c, struct request *r, struct response *w) { return import_page(c, r, w, &sections); }
enum err sections_import_post(struct ctx *c, struct request *r, struct response *w) { return import_post(c, r, w, &sections); }
enum err sections_take_post(struct ctx *c, struct request *r, struct response *w) { return take_post(c, r, w, &sections); }
