/* Pages of a reorganisation: the old tree as a form or a file, the new one to look at, taking it, and projects of split sections. */
#include "area/people/reorganise.html.h"
#include "area/people/reorganise_views.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "core/listing.h"
#include "core/preset.h"
#include "core/todo.h"
#include "export/sheet.h"
#include "export/table.h"

enum { FRESH_MOST = 8, PROJECTS_COUNTED = 100 /* a section has some dozens at most */ };

static const char *code(struct ctx *c, int64_t v) { return arena_printf(c->arena, "%lld", (long long)v); }

/* From October on people prepare the year to come. */
static int64_t year_meant(struct ctx *c, const struct form *f)
{
    int64_t year = form_int(f, "year");
    if (year != NONE && year >= 1900 && year <= 2199)
        return year;
    const char *today = instant_date(c->arena, c->now);
    int month = (today[5] - '0') * 10 + today[6] - '0';
    return this_year(c) + (month >= 10 || month < 4 ? 1 : 0);
}

static struct page page_of(struct ctx *c, const char *title, int64_t year)
{
    struct page p = {.title = title, .menu = "settings", .year = NONE};
    crumb_settings(c, &p);
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "所属と推進員"), url_path(c->arena, "/sections?year=%lld", (long long)year)};
    return p;
}

/* --- the form --- */

static const char *as_typed(struct ctx *c, const char *input) { return c->request != NULL && c->request->method == HTTP_POST ? form_get(&c->request->form, input) : NULL; }

static enum err form_fill(struct ctx *c, const struct section_node *old, size_t n, struct reorg_form_view *v)
{
    size_t cap = 0, row_cap = 0;
    for (size_t i = 0; i < n; i++) {
        if (old[i].s.gone)
            continue;
        if (old[i].depth == 0) {
            ARENA_PUSH(c->arena, v->group, v->groups, cap) = (struct reorg_department){.name = old[i].s.name};
            row_cap = 0;
        }
        long long unit = (long long)old[i].s.unit;
        struct reorg_department *g = &v->group[v->groups - 1];
        struct reorg_row r = {.name = old[i].s.name, .unit = old[i].s.unit, .depth = old[i].depth, .kind_input = arena_printf(c->arena, "kind.%lld", unit),
                              .name_input = arena_printf(c->arena, "name.%lld", unit), .above_input = arena_printf(c->arena, "above.%lld", unit)};
        r.kind = as_typed(c, r.kind_input);
        r.names = as_typed(c, r.name_input);
        r.above = as_typed(c, r.above_input);
        if (r.kind == NULL)
            r.kind = "keep";
        TRY(register_count_of_unit(c, old[i].s.unit, PROJECTS_COUNTED, &r.projects));
        r.many = r.projects > PROJECTS_COUNTED;
        r.projects -= r.many;
        g->open = g->open || !text_eq(r.kind, "keep") || r.names != NULL;
        ARENA_PUSH(c->arena, g->v, g->n, row_cap) = r;
    }
    return OK;
}

struct drawing { struct response *w; int64_t year; };

static enum err form_draw(struct ctx *c, void *arg)
{
    const struct drawing *d = arg;
    struct section_node *old;
    size_t n;
    int64_t from = NONE, done = 0, now = this_year(c);
    TRY(reorg_old_year(c, d->year, &from));
    TRY(sections_of_year(c, from, &old, &n));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM section_move WHERE year = $1", P(d->year), &done));
    const struct choice years[] = {{code(c, now), fiscal_year_long(c->arena, now), NONE, d->year == now},
                                   {code(c, now + 1), fiscal_year_long(c->arena, now + 1), NONE, d->year == now + 1}};
    struct reorg_form_view v = {.year = fiscal_year_long(c->arena, d->year), .old_year = fiscal_year_long(c->arena, from), .year_code = code(c, d->year), .done = done > 0,
                                .fresh = as_typed(c, "fresh"), .action = url_path(c->arena, "/reorganise/check"), .file = url_path(c->arena, "/reorganise/check"),
                                .sheet = url_path(c->arena, "/reorganise/sheet.xlsx?year=%lld", (long long)d->year),
                                .sections = url_path(c->arena, "/sections?year=%lld", (long long)d->year), .years = years, .years_n = 2};
    TRY(form_fill(c, old, n, &v));
    struct page p = page_of(c, tr(c, "組織の変更"), d->year);
    page_begin(c, d->w, &p);
    reorg_form_body(c, &d->w->body, &v);
    page_end(c, d->w, &p);
    return OK;
}

enum err reorganise_page(struct ctx *c, struct request *r, struct response *w)
{
    return form_draw(c, &(struct drawing){w, year_meant(c, &r->query)});
}

/* --- the file to fill in --- */

/* "本部/課" for what lies deeper. */
static const char *above_of(struct ctx *c, const struct section_node *v, size_t n, size_t i)
{
    for (size_t k = 0; k < n; k++)
        if (v[k].s.id == v[i].s.parent) {
            const char *further = above_of(c, v, n, k);
            return further != NULL ? arena_printf(c->arena, "%s/%s", further, v[k].s.name) : v[k].s.name;
        }
    return NULL;
}

static enum err section_rows(struct ctx *c, struct table *t, const struct section_node *old, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (old[i].s.gone)
            continue;
        const char *above = above_of(c, old, n, i);
        table_int(t, old[i].s.unit);
        table_text(t, above);
        table_text(t, old[i].s.name);
        table_text(t, above);
        table_text(t, old[i].s.name);
        table_text(t, old[i].s.phone);
        table_text(t, old[i].s.mail);
        TRY(table_row(t));
    }
    return OK;
}

static enum err sheet_write(struct ctx *c, void *arg)
{
    static const struct table_column columns[] = {
        {.title = "旧番号", .locked = true, .kind = TABLE_INT}, {.title = "旧部局", .locked = true}, {.title = "旧名称", .locked = true},
        {.title = "新部局", .note = "変わるときだけ書きます。"}, {.title = "新名称", .note = "空けると廃止です。2行に同じ旧名称を書くと分割、2行に同じ新名称を書くと統合です。"},
        {.title = "電話"}, {.title = "メール"}};
    const struct drawing *d = arg;
    struct section_node *old;
    size_t n;
    int64_t from = NONE;
    TRY(reorg_old_year(c, d->year, &from));
    TRY(sections_of_year(c, from, &old, &n));
    struct table *t = NULL;
    const struct table_options about = {.title = "所属の表", .created = c->now};
    struct table_result done;
    TRY(table_open(c->arena, TABLE_XLSX, &about, &t, &c->fail));
    const struct table_sheet sheet = {.name = "所属", .column = columns, .columns = sizeof columns / sizeof columns[0], .spare = 50};
    enum err e = table_sheet(t, &sheet);
    e = e != OK ? e : section_rows(c, t, old, n);
    if (e != OK) {
        table_discard(t);
        return e;
    }
    TRY(table_close(t, &done));
    return file_body(c, d->w, done.file, done.bytes);
}

enum err reorganise_sheet(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    struct drawing d = {w, year_meant(c, &r->query)};
    TRY(in_read(c, sheet_write, &d));
    w->type = table_format_type(TABLE_XLSX);
    response_attachment(w, arena_printf(c->arena, "所属_%lld.xlsx", (long long)d.year));
    return OK;
}

/* --- looking at the whole --- */

static const struct { const char *label, *tag; } fates[] = {
    [REORG_KEEP] = {"そのまま", NULL}, [REORG_RENAME] = {"名称変更", "tag tag-blue"}, [REORG_MOVE] = {"部局を移る", "tag tag-blue"},
    [REORG_SPLIT] = {"分割", "tag tag-yellow"}, [REORG_MERGE] = {"統合", "tag tag-yellow"}, [REORG_NEW] = {"新設", "tag tag-green"},
};

static struct choice *targets(struct ctx *c, const struct reorg *r, int64_t from, size_t *n)
{
    struct choice *v = arena_many(c->arena, struct choice, r->links + 1);
    v[(*n)++] = (struct choice){"", tr(c, "あとで決める"), NONE, true};
    for (size_t i = 0; i < r->links; i++)
        if (r->link[i].from == from && r->link[i].node != SIZE_MAX) /* by place: numbers are given when it is taken */
            v[(*n)++] = (struct choice){r->node[r->link[i].node].path, r->node[r->link[i].node].path, NONE, false};
    return v;
}

static enum err ask_projects(struct ctx *c, const struct reorg *r, struct reorg_check_view *v)
{
    size_t cap = 0;
    for (size_t i = 0; i < r->links; i++) {
        struct followed *f;
        size_t n;
        int64_t count = 0;
        bool first = r->link[i].from != NONE;
        for (size_t k = 0; k < i; k++)
            first = first && r->link[k].from != r->link[i].from;
        if (!first)
            continue;
        TRY(register_of_unit(c, r->link[i].from, &f, &n));
        v->projects += (int64_t)n;
        TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM duty WHERE unit = $1 AND (until IS NULL OR until > $2)", P(r->link[i].from, c->now), &count));
        v->duties += count;
        TRY(register_open_answers(c, r->year, r->link[i].from, &count));
        v->answers += count;
        if (!text_eq(r->link[i].kind, "split"))
            continue;
        for (size_t k = 0; k < n; k++) {
            struct reorg_choice_row a = {.input = arena_printf(c->arena, "place.%lld", (long long)f[k].project), .name = f[k].name != NULL ? f[k].name : tr(c, "(事業名なし)"),
                                         .section = arena_printf(c->arena, tr(c, "いまの担当: %s"), r->link[i].from_name)};
            a.choice = targets(c, r, r->link[i].from, &a.choices);
            ARENA_PUSH(c->arena, v->ask, v->asks, cap) = a;
        }
    }
    return OK;
}

/* As a tree: the list has all of one level before the next. */
static void tree_below(struct ctx *c, const struct reorg *r, size_t parent, struct reorg_check_view *v)
{
    for (size_t i = 0; i < r->nodes; i++) {
        const struct reorg_node *n = &r->node[i];
        if (n->parent != parent)
            continue;
        v->node[v->nodes++] = (struct reorg_node_row){n->name, n->fate == REORG_KEEP ? NULL : n->was, tr(c, fates[n->fate].label), fates[n->fate].tag, n->depth};
        *(n->fate == REORG_KEEP ? &v->kept : &v->changed) += 1;
        tree_below(c, r, i, v); /* a node stands below its parent: not deeper than there are levels */
    }
}

static enum err check_draw(struct ctx *c, struct response *w, const struct reorg_plan *plan, const struct reorg *r)
{
    size_t cap = 0;
    int64_t there = 0;
    struct reorg_check_view v = {.year = fiscal_year_long(c->arena, r->year), .old_year = fiscal_year_long(c->arena, r->old_year), .plan = reorg_text(c, plan),
                                 .year_code = code(c, r->year), .when = date_long(c->arena, instant_date(c->arena, reorg_from_when(c, r->year))),
                                 .node = arena_many(c->arena, struct reorg_node_row, r->nodes + 1), .action = url_path(c->arena, "/reorganise/take"),
                                 .back = url_path(c->arena, "/reorganise?year=%lld", (long long)r->year)};
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM section WHERE year = $1", P(r->year), &there));
    v.there = there > 0;
    tree_below(c, r, SIZE_MAX, &v);
    for (size_t i = 0; i < r->links; i++) {
        const struct reorg_link *l = &r->link[i];
        if (l->from != NONE && (l->node == SIZE_MAX || r->node[l->node].unit != l->from || text_eq(l->kind, "split"))) /* of a split, the part that keeps the name too */
            ARENA_PUSH(c->arena, v.end, v.ends, cap) = (struct reorg_end_row){l->from_name, l->node == SIZE_MAX ? NULL : r->node[l->node].path};
    }
    TRY(ask_projects(c, r, &v));
    struct page p = page_of(c, tr(c, "新しい組織を確かめる"), r->year);
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "組織の変更"), v.back};
    page_begin(c, w, &p);
    reorg_check_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

struct checking { struct request *r; struct response *w; int64_t year; const struct workbook *book; bool again; };

static enum err check_in_read(struct ctx *c, void *arg)
{
    struct checking *k = arg;
    struct reorg_plan plan = {.year = k->year};
    struct reorg r;
    enum err e = k->book != NULL ? reorg_from_book(c, k->book, &plan) : reorg_from_form(c, &k->r->form, &plan);
    if (e == OK)
        e = reorg_resolve(c, &plan, &r);
    if (e == OK && r.links == 0)
        e = fail_field(&c->fail, "plan", "%s", tr(c, "変わるところがありません。変わる所属を書いてください"));
    if (e == E_INPUT || e == E_FORM) {
        k->w->status = 422;
        return form_draw(c, &(struct drawing){k->w, k->year});
    }
    TRY(e);
    return check_draw(c, k->w, &plan, &r);
}

static enum err fault_in_read(struct ctx *c, void *arg)
{
    struct checking *k = arg;
    const struct failure *said = (const void *)k->book;
    for (const struct field_fault *f = said->faults; f != NULL; f = f->next)
        fail_field(&c->fail, f->field, "%s", f->message);
    if (said->faults == NULL)
        fail_field(&c->fail, "file", "%s", said->message);
    return form_draw(c, &(struct drawing){k->w, k->year});
}

enum err reorganise_check_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    const struct form_file *file = form_file(&r->form, "file");
    struct checking k = {.r = r, .w = w, .year = year_meant(c, &r->form)};
    bool upload = file != NULL;
    struct workbook *book = NULL;
    enum err e = OK;
    if (upload && file->n == 0)
        e = fail_field(&c->fail, "file", "%s", tr(c, "ファイルを選んでください"));
    else if (upload)
        e = sheet_read(c->arena, file->p, file->n, file->filename, &book, &c->fail);
    if (e == E_INPUT || e == E_FORM || e == E_TOO_LARGE) {
        struct failure said = c->fail;
        failure_init(&c->fail, c->arena);
        w->status = 422;
        k.book = (const void *)&said;
        return in_read(c, fault_in_read, &k);
    }
    TRY(e);
    k.book = book;
    return in_read(c, check_in_read, &k);
}

/* --- taking --- */

/* "place.N" with something chosen. */
static bool place_of(const struct form_value *v, int64_t *project)
{
    return v->value != NULL && text_starts(v->name, "place.") && text_parse_int(v->name + strlen("place."), project);
}

enum err reorganise_take_post(struct ctx *c, struct request *r, struct response *w)
{
    struct reorg_plan plan;
    struct reorg_choice *choice = arena_many(c->arena, struct reorg_choice, r->form.n + 1);
    size_t n = 0;
    int64_t year = form_int(&r->form, "year");
    if (year == NONE)
        return fail(c, E_INPUT, "%s", tr(c, "年度がわかりません。もう一度はじめからやり直してください。"));
    TRY(reorg_from_text(c, form_get(&r->form, "plan"), year, &plan));
    for (size_t i = 0; i < r->form.n; i++)
        if (place_of(&r->form.v[i], &choice[n].project))
            choice[n++].path = r->form.v[i].value;
    TRY(reorg_take(c, &plan, choice, n));
    return page_done(c, w, url_path(c->arena, "/sections?year=%lld", (long long)year), arena_printf(c->arena, tr(c, "%sの組織の変更を取り込みました。"), fiscal_year_long(c->arena, year)));
}

/* --- projects of split sections --- */

static enum err undecided_rows(struct ctx *c, struct reorg_projects_view *v)
{
    struct followed *f;
    struct section_move *m;
    size_t n, moves, cap = 0;
    TRY(register_undecided(c, &f, &n));
    TRY(section_moves(c, NONE, &m, &moves));
    for (size_t i = 0; i < n; i++) {
        int64_t unit[UNITS_MOST], newest = NONE;
        size_t units = units_after(m, moves, f[i].unit, f[i].year, INT64_C(9999), unit);
        struct reorg_choice_row a = {.input = arena_printf(c->arena, "place.%lld", (long long)f[i].project), .name = f[i].name,
                                     .section = arena_printf(c->arena, tr(c, "前の担当: %s"), f[i].section), .choice = arena_many(c->arena, struct choice, units + 1)};
        a.choice[a.choices++] = (struct choice){"", tr(c, "あとで決める"), NONE, true};
        for (size_t k = 0; k < units; k++) {
            TRY_DB(c, db_get_int(c->db, "SELECT id FROM section WHERE unit = $1 ORDER BY year DESC LIMIT 1", P(unit[k]), &newest));
            a.choice[a.choices++] = (struct choice){code(c, unit[k]), section_full_name(c, newest), NONE, false};
        }
        ARENA_PUSH(c->arena, v->ask, v->asks, cap) = a;
    }
    return OK;
}

static enum err undecided_file(struct ctx *c, struct request *r, struct response *w, const struct reorg_projects_view *v)
{
    static const struct table_column column[] = {{.title = "事業名", .width = 40}, {.title = "前の担当", .width = 34}, {.title = "選べる課", .width = 60, .wrap = true}};
    struct cells x = {0};
    for (size_t i = 0; i < v->asks; i++) {
        struct sb b;
        sb_init(&b, c->arena);
        for (size_t k = 1; k < v->ask[i].choices; k++)
            sb_printf(&b, "%s%s", k > 1 ? "\n" : "", v->ask[i].choice[k].label);
        cell_text(c, &x, v->ask[i].name);
        cell_text(c, &x, v->ask[i].section);
        cell_text(c, &x, sb_str(&b));
    }
    return file_answer_cells(c, r, w, "分かれた課の事業", TABLE_COLUMNS(column), &x);
}

enum err reorganise_projects_page(struct ctx *c, struct request *r, struct response *w)
{
    struct reorg_projects_view v = {.action = url_path(c->arena, "/reorganise/projects")};
    TRY(undecided_rows(c, &v));
    if (file_asked(c, r))
        return undecided_file(c, r, w, &v);
    struct page p = page_of(c, tr(c, "分かれた課の事業"), this_year(c));
    page_begin(c, w, &p);
    reorg_projects_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err reorganise_projects_post(struct ctx *c, struct request *r, struct response *w)
{
    struct follow_choice *choice = arena_many(c->arena, struct follow_choice, r->form.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->form.n; i++)
        if (place_of(&r->form.v[i], &choice[n].project) && text_parse_int(r->form.v[i].value, &choice[n].unit))
            n++;
    if (n == 0)
        return fail(c, E_INPUT, "%s", tr(c, "課を選んでください。"));
    TRY(register_decide(c, choice, n));
    return page_done(c, w, url_path(c->arena, "/reorganise/projects"), arena_printf(c->arena, tr(c, "%zu件の事業の課を決めました。"), n));
}

enum err reorganise_todos(struct ctx *c, struct todos *list)
{
    struct followed *f;
    size_t n;
    if (!user_is(c->user, ROLE_SECRETARIAT))
        return OK;
    TRY(register_undecided(c, &f, &n));
    if (n > 0)
        todo_add(c, list, (struct todo){.text = arena_printf(c->arena, tr(c, "分かれた課の事業の担当を決める(%zu件)"), n), .about = tr(c, "決まるまで、次の照会に引きつがれません"),
                                        .to = url_path(c->arena, "/reorganise/projects"), .due = NONE});
    return OK;
}
