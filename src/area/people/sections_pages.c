/* The tree of sections of a fiscal year, and how far promoters cover it. */
#include "area/people/office_views.h"
#include "area/people/people_files.h"
#include "area/people/sections.html.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "core/preset.h"
#include "core/record.h"

static enum err years_with_sections(struct ctx *c, struct page *p)
{
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT DISTINCT year FROM section ORDER BY year DESC LIMIT 39", P0); db_next(q);)
        p->years[p->years_n++] = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    bool there = false;
    for (size_t i = 0; i < p->years_n; i++)
        there = there || p->years[i] == p->year;
    if (!there)
        p->years[p->years_n++] = p->year;
    return OK;
}

static int64_t year_asked(struct ctx *c, const struct form *f)
{
    int64_t year = form_int(f, "year");
    return year == NONE || year < 1900 || year > 2199 ? this_year(c) : year;
}

static struct url url_sections(struct ctx *c, int64_t year)
{
    return url_path(c->arena, "/sections?year=%lld", (long long)year);
}

static void groups_of(struct ctx *c, const struct section_node *node, size_t n, struct sections_view *v)
{
    struct section_group *group = arena_many(c->arena, struct section_group, n);
    struct section_line *line = arena_many(c->arena, struct section_line, n);
    size_t lines = 0;
    struct section_group *g = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct section_node *s = &node[i];
        if (s->depth == 0) {
            v->departments++;
            if (g == NULL || g->n > 0 || !v->only_without)
                g = &group[v->groups++];
            *g = (struct section_group){.department = s, .v = line + lines, .edit = url_path(c->arena, "/sections/%lld/edit", (long long)s->s.id)};
        } else {
            v->sections++;
        }
        bool covered = s->promoters > 0;
        if (s->s.answers) {
            v->of++;
            g->of++;
            v->covered += covered;
            g->covered += covered;
        }
        if (s->depth == 0 ? !s->s.answers : false)
            continue;
        if (v->only_without && (covered || !s->s.answers))
            continue;
        line[lines++] = (struct section_line){.s = s, .edit = url_path(c->arena, "/sections/%lld/edit", (long long)s->s.id), .covered = covered,
                                              .people = url_path(c->arena, "/sections/%lld/people", (long long)s->s.id),
                                              .promoters = arena_printf(c->arena, tr(c, "%lld人"), (long long)s->promoters)};
        g->n++;
    }
    if (v->only_without && v->groups > 0 && group[v->groups - 1].n == 0)
        v->groups--;
    v->group = group;
}

enum err sections_page(struct ctx *c, struct request *r, struct response *w)
{
    struct page p = {.title = tr(c, "所属と推進員"), .menu = "settings", .year = year_asked(c, &r->query)};
    crumb_settings(c, &p);
    if (file_asked(c, r)) {
        struct sections_filter f = {p.year, form_get(&r->query, "without") != NULL};
        struct listing l = sections_listing(c, &f);
        return file_answer(c, r, w, &l);
    }
    TRY(years_with_sections(c, &p));
    struct section_node *node;
    size_t n;
    TRY(sections_of_year(c, p.year, &node, &n));
    struct sections_view v = {.may_edit = user_is(c->user, ROLE_SECRETARIAT), .only_without = form_get(&r->query, "without") != NULL, .empty = n == 0,
                              .year = fiscal_year_long(c->arena, p.year), .last_year = fiscal_year_long(c->arena, p.year - 1)};
    groups_of(c, node, n, &v);
    v.percent = v.of > 0 ? arena_printf(c->arena, "%lld%%", (long long)(v.covered * 100 / v.of)) : "―";
    v.all = url_sections(c, p.year);
    v.without = url_with(c->arena, v.all, "without", "1");
    v.add = url_path(c->arena, "/sections/new?year=%lld", (long long)p.year);
    v.import = url_path(c->arena, "/sections/import?year=%lld", (long long)p.year);
    v.lines = url_path(c->arena, "/sections/lines?year=%lld", (long long)p.year);
    v.carry = url_path(c->arena, "/sections/carry?year=%lld", (long long)p.year);
    v.reorganise = url_path(c->arena, "/reorganise?year=%lld", (long long)(n == 0 ? p.year : p.year + 1));
    if (v.empty && v.may_edit) {
        int64_t before = 0;
        TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM section WHERE year = $1", P(p.year - 1), &before));
        v.can_carry = before > 0;
    }
    page_begin(c, w, &p);
    sections_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* --- one section --- */

static void crumb_sections(struct ctx *c, struct page *p, int64_t year)
{
    crumb_settings(c, p);
    p->crumb[p->crumbs++] = (struct crumb){tr(c, "所属と推進員"), url_sections(c, year)};
}

static enum err form_show(struct ctx *c, struct response *w, const struct section *s, bool is_new)
{
    struct section_form_view v = {.s = s, .is_new = is_new, .year = fiscal_year_long(c->arena, s->year), .parent_fault = fault_at(c, "parent"),
                                  .shown = s->parent == NONE && !is_new ? "name level parent phone mail answers approval" : "name level parent phone mail answers",
                                  .top = s->parent == NONE && !is_new};
    v.action = is_new ? url_path(c->arena, "/sections/new?year=%lld", (long long)s->year) : url_path(c->arena, "/sections/%lld/edit", (long long)s->id);
    v.remove = url_path(c->arena, "/sections/%lld/remove", (long long)s->id);
    struct section_node *node;
    size_t n;
    TRY(sections_of_year(c, s->year, &node, &n));
    struct option *option = arena_many(c->arena, struct option, n + 1);
    for (size_t i = 0; i < n; i++)
        if (node[i].s.id != s->id && node[i].depth < 2)
            option[v.parents++] = (struct option){arena_printf(c->arena, "%lld", (long long)node[i].s.id),
                                                  arena_printf(c->arena, "%s%s", node[i].depth > 0 ? "　" : "", node[i].s.name), node[i].s.id == s->parent};
    v.parent = option;
    struct page p = {.title = is_new ? tr(c, "所属を加える") : arena_printf(c->arena, tr(c, "%sを直す"), s->name != NULL ? s->name : ""),
                     .menu = "settings", .year = NONE};
    crumb_sections(c, &p, s->year);
    page_begin(c, w, &p);
    section_form_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* The select's own name; record_from_form takes the rest. "" is "none". */
static void parent_from_form(const struct form *f, struct section *s)
{
    s->parent = form_int(f, "parent");
}

/* A form that could not be taken is drawn again; any other failure goes up. */
static enum err again(struct ctx *c, struct response *w, enum err e, const struct section *s, bool is_new)
{
    if (e != E_INPUT)
        return e;
    w->status = 422;
    return form_show(c, w, s, is_new);
}

enum err section_new_page(struct ctx *c, struct request *r, struct response *w)
{
    struct section s;
    entity_init(&section_entity, &s);
    s.year = year_asked(c, &r->query);
    s.level = "section";
    s.answers = true;
    return form_show(c, w, &s, true);
}

enum err section_new_post(struct ctx *c, struct request *r, struct response *w)
{
    struct section s;
    entity_init(&section_entity, &s);
    s.year = year_asked(c, &r->query);
    enum err e = record_from_form(c, &section_entity, &r->form, s.year, &s);
    parent_from_form(&r->form, &s);
    if (e == OK)
        e = section_save(c, NULL, &s);
    if (e != OK)
        return again(c, w, e, &s, true);
    return page_done(c, w, url_sections(c, s.year), arena_printf(c->arena, tr(c, "「%s」を加えました。"), s.name));
}

enum err section_edit_page(struct ctx *c, struct request *r, struct response *w)
{
    struct section s;
    TRY(record_load(c, &section_entity, r->param[0], &s));
    return form_show(c, w, &s, false);
}

enum err section_edit_post(struct ctx *c, struct request *r, struct response *w)
{
    struct section before, s;
    TRY(record_load(c, &section_entity, r->param[0], &before));
    entity_copy(c->arena, &section_entity, &s, &before);
    enum err e = record_from_form(c, &section_entity, &r->form, s.year, &s);
    parent_from_form(&r->form, &s);
    if (e == OK)
        e = section_save(c, &before, &s);
    if (e != OK)
        return again(c, w, e, &s, false);
    return page_done(c, w, url_sections(c, s.year), arena_printf(c->arena, tr(c, "「%s」を保存しました。"), s.name));
}

/* --- pages that ask once more --- */

static enum err confirm_show(struct ctx *c, struct response *w, const char *title, int64_t year, const struct confirm_view *v)
{
    struct page p = {.title = title, .menu = "settings", .year = NONE};
    crumb_sections(c, &p, year);
    page_begin(c, w, &p);
    confirm_body(c, &w->body, v);
    page_end(c, w, &p);
    return OK;
}

enum err section_remove_page(struct ctx *c, struct request *r, struct response *w)
{
    struct section s;
    TRY(record_load(c, &section_entity, r->param[0], &s));
    struct confirm_view v = {
        .action = url_path(c->arena, "/sections/%lld/remove", (long long)s.id), .back = url_path(c->arena, "/sections/%lld/edit", (long long)s.id),
        .question = arena_printf(c->arena, tr(c, "%sから「%s」を消します。ほかの年度には残ります。"), fiscal_year_long(c->arena, s.year), s.name),
        .button = tr(c, "この所属を消す")};
    return confirm_show(c, w, arena_printf(c->arena, tr(c, "%sを消す"), s.name), s.year, &v);
}

enum err section_remove_post(struct ctx *c, struct request *r, struct response *w)
{
    struct section s;
    TRY(record_load(c, &section_entity, r->param[0], &s));
    TRY(section_remove(c, s.id));
    return page_done(c, w, url_sections(c, s.year), arena_printf(c->arena, tr(c, "「%s」を消しました。"), s.name));
}

enum err section_carry_page(struct ctx *c, struct request *r, struct response *w)
{
    int64_t year = year_asked(c, &r->query);
    struct confirm_view v = {
        .action = url_path(c->arena, "/sections/carry?year=%lld", (long long)year), .back = url_sections(c, year),
        .question = arena_printf(c->arena, tr(c, "%sの所属を、%sにそのまま写します。写したあとで、名前を直したり、加えたり消したりできます。"),
                                 fiscal_year_long(c->arena, year - 1), fiscal_year_long(c->arena, year)),
        .button = tr(c, "写す")};
    return confirm_show(c, w, tr(c, "昨年度の所属を写す"), year, &v);
}

enum err section_carry_post(struct ctx *c, struct request *r, struct response *w)
{
    int64_t year = year_asked(c, &r->query);
    TRY(sections_carry_over(c, year - 1, year));
    return page_done(c, w, url_sections(c, year), tr(c, "所属を写しました。組織が変わったところを直してください。"));
}

/* --- many at once --- */

static enum err lines_show(struct ctx *c, struct response *w, int64_t year, const char *typed_lines)
{
    struct section_lines_view v = {.action = url_path(c->arena, "/sections/lines?year=%lld", (long long)year), .back = url_sections(c, year),
                                   .lines = typed_lines, .fault = fault_at(c, "lines"), .year = fiscal_year_long(c->arena, year)};
    struct page p = {.title = tr(c, "所属をまとめて加える"), .menu = "settings", .year = NONE};
    crumb_sections(c, &p, year);
    page_begin(c, w, &p);
    section_lines_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err section_lines_page(struct ctx *c, struct request *r, struct response *w)
{
    return lines_show(c, w, year_asked(c, &r->query), NULL);
}

enum err section_lines_post(struct ctx *c, struct request *r, struct response *w)
{
    int64_t year = year_asked(c, &r->query), added = 0;
    const char *lines = form_get(&r->form, "lines");
    enum err e = lines == NULL ? fail_field(&c->fail, "lines", "%s", tr(c, "所属を1行に1つ書いてください")) : sections_add_lines(c, year, lines, &added);
    if (e == E_INPUT) {
        w->status = 422;
        return lines_show(c, w, year, lines);
    }
    TRY(e);
    return page_done(c, w, url_sections(c, year), arena_printf(c->arena, tr(c, "所属を%lld件加えました。"), (long long)added));
}
