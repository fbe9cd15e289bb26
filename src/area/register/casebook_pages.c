/* /editions/N/casebook and its files; /editions/N/register.pdf. */
#include <string.h>

#include "area/register/casebook_pages.h"
#include "area/register/casebook.h"
#include "area/register/casebook.html.h"
#include "base/date.h"
#include "base/text.h"
#include "core/job.h"
#include "core/listing.h"

enum { PART = 100 };

/* --- files --- */

static enum err pdf_file(struct ctx *c, struct request *r, struct response *w, enum casebook_kind kind)
{
    struct casebook_made made;
    TRY(casebook_file(c, r->param[0], kind, &made));
    TRY(file_body(c, w, made.file, made.bytes));
    w->type = "application/pdf";
    response_attachment(w, made.name);
    return OK;
}

enum err casebook_pdf_file(struct ctx *c, struct request *r, struct response *w) { return pdf_file(c, r, w, CASEBOOK_BOOK); }
enum err register_pdf_file(struct ctx *c, struct request *r, struct response *w) { return pdf_file(c, r, w, CASEBOOK_REGISTER); }

struct wanted { int64_t edition; enum table_format format; bool json; struct response *w; };

static const char *file_name(struct ctx *c, const struct casebook *b, const char *ending)
{
    return arena_printf(c->arena, "%s_%s_第%lld版%s", b->title, fiscal_year_era(c->arena, b->year), (long long)b->number, ending);
}

static enum err write_json(struct ctx *c, struct json_sink *s, void *arg) { return casebook_json(c, arg, s); }

static enum err make(struct ctx *c, void *arg)
{
    struct wanted *x = arg;
    struct casebook b;
    TRY(casebook_load(c, x->edition, &b));
    x->w->body.n = 0;
    if (x->json)
        return json_answer(c, x->w, write_json, &b);
    struct table_result t;
    TRY(casebook_table(c, &b, x->format, &t));
    TRY(file_body(c, x->w, t.file, t.bytes));
    response_attachment(x->w, file_name(c, &b, table_format_ending(x->format)));
    return OK;
}

enum err casebook_xlsx_file(struct ctx *c, struct request *r, struct response *w)
{
    struct wanted x = {.edition = r->param[0], .format = TABLE_XLSX, .w = w};
    TRY(casebook_in_japanese(c, make, &x));
    w->type = table_format_type(TABLE_XLSX);
    return OK;
}

enum err casebook_csv_file(struct ctx *c, struct request *r, struct response *w)
{
    struct wanted x = {.edition = r->param[0], .format = TABLE_CSV, .w = w};
    TRY(casebook_in_japanese(c, make, &x));
    w->type = table_format_type(TABLE_CSV);
    return OK;
}

enum err casebook_json_file(struct ctx *c, struct request *r, struct response *w)
{
    struct wanted x = {.edition = r->param[0], .json = true, .w = w};
    return casebook_in_japanese(c, make, &x);
}

/* --- the HTML edition --- */

static struct url part_url(struct ctx *c, const struct casebook *b, size_t part)
{
    struct url u = url_path(c->arena, "/editions/%lld/casebook", (long long)b->edition);
    return part > 0 ? url_with(c->arena, u, "part", arena_printf(c->arena, "%zu", part + 1)) : u;
}

static struct url case_url(struct ctx *c, const struct casebook *b, size_t i)
{
    return (struct url){arena_printf(c->arena, "%s#case-%lld", part_url(c, b, i / PART).s, (long long)b->entry[i].project)};
}

/* Ids of a page are its own; those of a project's parts get its number. */
static void own_ids(struct ctx *c, struct project_page_view *v)
{
    const char *prefix = arena_printf(c->arena, "case-%lld-", (long long)v->s->project);
    for (size_t i = 0; i < v->outcomes; i++) {
        v->outcome[i].caption_id = arena_printf(c->arena, "%s%s", prefix, v->outcome[i].caption_id);
        v->outcome[i].chart.id = arena_printf(c->arena, "%s%s", prefix, v->outcome[i].chart.id);
    }
    for (size_t i = 0; i < v->groups; i++)
        v->group[i].id = arena_printf(c->arena, "%s%s", prefix, v->group[i].id);
}

struct drawing_cases { struct casebook_page_view *v; struct sb *o; };

static enum err one_case(struct ctx *c, void *to, size_t i, const struct project_page_view *p)
{
    struct drawing_cases *d = to;
    struct project_page_view own = *p;
    own_ids(c, &own);
    struct casebook_case_view v = {.v = &own, .id = arena_printf(c->arena, "case-%lld", (long long)own.s->project), .position = d->v->b->entry[i].position,
                                   .name = own.s->name != NULL ? own.s->name : tr(c, "(事業名は公開していません)"), .to = d->v->b->entry[i].to};
    casebook_case_body(c, d->o, &v);
    return OK;
}

static void add_contents(struct ctx *c, struct casebook_page_view *v)
{
    const struct casebook *b = v->b;
    v->group = arena_many(c->arena, struct casebook_contents, b->groups + 1);
    size_t group = SIZE_MAX;
    for (size_t i = 0; i < b->n; i++) {
        if (b->entry[i].group != group) {
            group = b->entry[i].group;
            v->group[v->groups++] = (struct casebook_contents){.label = arena_printf(c->arena, "%s %s", b->group[group].scheme_label, b->group[group].label),
                                                               .first = b->entry[i].position, .line = arena_many(c->arena, struct casebook_link, b->n - i)};
        }
        struct casebook_contents *g = &v->group[v->groups - 1];
        g->line[g->n++] = (struct casebook_link){b->entry[i].name, b->entry[i].section, case_url(c, b, i)};
    }
}

/* A line under its heading, which is made where it is missing. */
static void file_under(struct ctx *c, struct casebook_contents **list, size_t *n, size_t *cap, const char *key, const char *label, struct casebook_link line)
{
    size_t i = 0;
    while (i < *n && strcmp((*list)[i].key, key) != 0)
        i++;
    if (i == *n)
        ARENA_PUSH(c->arena, *list, *n, *cap) = (struct casebook_contents){.key = key, .label = label};
    struct casebook_contents *at = &(*list)[i];
    ARENA_PUSH(c->arena, at->line, at->n, at->cap) = line;
}

static int by_key(const void *x, const void *y)
{
    const struct casebook_contents *a = x, *b = y;
    return strcmp(a->key, b->key);
}

static void add_index(struct ctx *c, struct casebook_page_view *v)
{
    const struct casebook *b = v->b;
    size_t cap = 0, place_cap = 0;
    for (size_t i = 0; i < b->n; i++) {
        struct casebook_link link = {b->entry[i].name, NULL, case_url(c, b, i)};
        file_under(c, &v->department, &v->departments, &cap, b->entry[i].department, b->entry[i].department, link);
        for (size_t m = 0; m < b->entry[i].places; m++)
            file_under(c, &v->place, &v->places, &place_cap, b->entry[i].place[m].code, b->entry[i].place[m].label, link);
    }
    if (v->places > 1)
        qsort(v->place, v->places, sizeof *v->place, by_key);
}

enum err casebook_page(struct ctx *c, struct request *r, struct response *w)
{
    struct casebook b;
    TRY(casebook_load(c, r->param[0], &b));
    int64_t part = form_int(&r->query, "part");
    size_t parts = b.n > 0 ? (b.n + PART - 1) / PART : 1, at = part >= 1 && (size_t)part <= parts ? (size_t)part - 1 : 0;
    struct url here = url_path(c->arena, "/editions/%lld/casebook", (long long)b.edition);
    struct casebook_page_view v = {.b = &b, .part = at, .parts = parts, .first = at == 0, .statistics = &b.statistics,
                                   .to_edition = url_edition(c, b.edition), .pdf = {arena_printf(c->arena, "%s.pdf", here.s)}, .xlsx = {arena_printf(c->arena, "%s.xlsx", here.s)},
                                   .csv = {arena_printf(c->arena, "%s.csv", here.s)}, .json = {arena_printf(c->arena, "%s.json", here.s)},
                                   .register_pdf = url_path(c->arena, "/editions/%lld/register.pdf", (long long)b.edition)};
    for (size_t i = 0; i < b.n; i++)
        b.entry[i].to = url_with(c->arena, url_project(c, b.entry[i].project), "edition", arena_printf(c->arena, "%lld", (long long)b.edition));
    v.issued = date(c, instant_date(c->arena, b.published_at != NONE ? b.published_at : b.made_at));
    v.prev = part_url(c, &b, at > 0 ? at - 1 : 0);
    v.next = part_url(c, &b, at + 1);
    v.has_prev = at > 0;
    v.has_next = at + 1 < parts;
    v.to_first = part_url(c, &b, 0);
    v.from = at * PART + 1;
    v.to = (at + 1) * PART < b.n ? (at + 1) * PART : b.n;
    if (v.first) {
        add_contents(c, &v);
        add_index(c, &v);
    }
    struct page p = {.title = arena_printf(c->arena, "%s %s", b.title, b.name), .place = tr(c, "台帳の版"), .menu = "editions", .year = NONE, .wide = true};
    if (at > 0)
        p.title = arena_printf(c->arena, tr(c, "%s (%zu/%zu)"), p.title, at + 1, parts);
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "台帳の版"), url_path(c->arena, "/editions")};
    p.crumb[p.crumbs++] = (struct crumb){b.name, v.to_edition};
    page_begin(c, w, &p);
    casebook_begin_body(c, &w->body, &v);
    struct drawing_cases d = {.v = &v, .o = &w->body};
    TRY(casebook_each(c, &b, v.from - 1, v.to, one_case, &d));
    casebook_end_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* --- for the table of areas --- */

static const struct route routes[] = {
    {HTTP_GET, "/editions/:id/casebook", ANYONE, casebook_page, LANE_READ, ROUTE_CACHE, 0},
    {HTTP_GET, "/editions/:id/casebook.pdf", ANYONE, casebook_pdf_file, LANE_SLOW, 0, 0},
    {HTTP_GET, "/editions/:id/casebook.xlsx", ANYONE, casebook_xlsx_file, LANE_SLOW, 0, 0},
    {HTTP_GET, "/editions/:id/casebook.csv", ANYONE, casebook_csv_file, LANE_SLOW, 0, 0},
    {HTTP_GET, "/editions/:id/casebook.json", ANYONE, casebook_json_file, LANE_SLOW, 0, 0},
    {HTTP_GET, "/editions/:id/register.pdf", ANYONE, register_pdf_file, LANE_SLOW, 0, 0},
    {0},
};

/* Often: a file that a withholding has made old leaves the disk though nobody asks. */
static const struct job_kind jobs[] = {{.name = "casebook.renew", .run = casebook_renew, .every = 600, .alone = true}, {0}};

const struct area casebook_area = {.name = "casebook", .routes = routes, .commands = casebook_commands, .jobs = jobs};
