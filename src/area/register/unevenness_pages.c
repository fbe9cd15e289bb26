/* /statistics/sections: departments and sections with few or no projects, over the years; who never answered is counted apart. */
#include "area/register/correction_pages.h"
#include "area/register/figures.h"
#include "area/register/public.h"
#include "area/register/unevenness.html.h"
#include "base/date.h"
#include "base/text.h"
#include "core/listing.h"
#include "core/section.h"

enum { FEW = 1 };

struct answered { int64_t section; bool ever; };
struct building {
    struct ctx *c;
    struct unevenness_view *v;
    struct published *edition; size_t editions; /* the shown years, oldest first */
    struct figure *figure[UNEVENNESS_YEARS]; size_t figures[UNEVENNESS_YEARS];
    struct answered *answered; size_t answered_n;
};

/* The year shown and those before it that are published. */
static enum err choose_years(struct building *b)
{
    struct ctx *c = b->c;
    struct published *all;
    size_t n = 0, first = 0;
    TRY(editions_published(c, &all, &n));
    while (first < n && b->v->year != NONE && all[first].year != b->v->year)
        first++;
    if (first == n)
        first = n > 0 && b->v->year == NONE ? 0 : n;
    size_t take = n - first < UNEVENNESS_YEARS ? n - first : UNEVENNESS_YEARS;
    b->edition = arena_many(c->arena, struct published, take + 1);
    for (size_t i = 0; i < take; i++) {
        size_t k = take - 1 - i;
        b->edition[k] = all[first + i];
        b->v->head[k] = year_head(c, all[first + i].year);
        TRY(figures_load(c, all[first + i].edition, "section", &b->figure[k], &b->figures[k]));
    }
    b->editions = b->v->heads = take;
    if (take > 0) {
        b->v->year = b->edition[take - 1].year;
        b->v->edition = edition_name(c, b->v->year, b->edition[take - 1].number);
        b->v->to_edition = url_edition(c, b->edition[take - 1].edition);
    }
    return OK;
}

static enum err load_answers(struct building *b, int64_t edition)
{
    size_t cap = 0;
    struct db_rows *q = db_query(b->c->db, b->c->arena,
        "SELECT a.section, max(CASE WHEN a.state IN ('submitted', 'none') THEN 1 ELSE 0 END) FROM answer a JOIN inquiry i ON i.id = a.inquiry "
        "WHERE i.year = $1 AND i.state = 'closed' AND i.closed_at <= (SELECT made_at FROM edition WHERE id = $2) GROUP BY a.section", P(b->v->year, edition));
    while (db_next(q))
        ARENA_PUSH(b->c->arena, b->answered, b->answered_n, cap) = (struct answered){db_int(q, 0), db_int(q, 1) > 0};
    TRY_DB(b->c, db_error(b->c->db));
    return OK;
}

static const struct answered *answer_of(const struct building *b, int64_t section)
{
    for (size_t i = 0; i < b->answered_n; i++)
        if (b->answered[i].section == section)
            return &b->answered[i];
    return NULL;
}

static enum err cell(struct building *b, const struct section *s, size_t k, struct uneven_cell *out)
{
    struct ctx *c = b->c;
    int64_t section = s->id;
    *out = (struct uneven_cell){.n = NONE};
    if (b->edition[k].year != s->year) {
        enum err e = db_get_int(c->db, "SELECT id FROM section WHERE unit = $1 AND year = $2", P(s->unit, b->edition[k].year), &section);
        if (e == E_NOT_FOUND)
            return OK;
        TRY_DB(c, e);
    }
    int64_t n = figure_of(b->figure[k], b->figures[k], "section", arena_printf(c->arena, "%lld", (long long)section), "");
    out->n = n == NONE ? 0 : n;
    out->to = url_path(c->arena, "/projects?year=%lld&section=%lld", (long long)b->edition[k].year, (long long)section);
    return OK;
}

static enum err add_row(struct building *b, const struct section_node *node, size_t *cap)
{
    struct ctx *c = b->c;
    const struct answered *a = answer_of(b, node->s.id);
    struct uneven_row row = {.department = node->depth > 0 ? node->department : NULL, .section = node->s.name};
    for (size_t k = 0; k < b->editions; k++)
        TRY(cell(b, &node->s, k, &row.cell[k]));
    int64_t now = row.cell[b->editions - 1].n;
    if (now == 0 && a == NULL && !node->s.answers)
        return OK; /* a department's own row, which nobody asks */
    if (now > 0) {
        row.state = tr(c, "事業あり");
        row.tag = "tag tag-green";
        b->v->with++;
    } else if (a != NULL && a->ever) {
        row.state = tr(c, "事業なし");
        row.tag = "tag tag-gray";
        b->v->none++;
    } else if (a != NULL) {
        row.state = tr(c, "未回答");
        row.tag = "tag tag-yellow";
        b->v->silent++;
    } else {
        row.state = tr(c, "照会していない");
        row.tag = "tag tag-gray";
        b->v->unasked++;
    }
    if (!b->v->only_few || now <= FEW)
        ARENA_PUSH(c->arena, b->v->row, b->v->n, *cap) = row;
    return OK;
}

static enum err build(struct ctx *c, struct unevenness_view *v)
{
    struct building b = {.c = c, .v = v};
    struct section_node *node = NULL;
    size_t n = 0, cap = 0;
    TRY(choose_years(&b));
    if (b.editions == 0)
        return OK;
    TRY(load_answers(&b, b.edition[b.editions - 1].edition));
    TRY(sections_of_year(c, v->year, &node, &n));
    for (size_t i = 0; i < n; i++)
        TRY(add_row(&b, &node[i], &cap));
    return OK;
}

/* --- as a file --- */

static enum err rows(struct ctx *c, struct table *t, void *arg)
{
    const struct unevenness_view *v = arg;
    (void)c;
    for (size_t i = 0; i < v->n; i++) {
        table_text(t, v->row[i].department);
        table_text(t, v->row[i].section);
        table_text(t, v->row[i].state);
        for (size_t k = 0; k < v->heads; k++)
            table_int(t, v->row[i].cell[k].n);
        TRY(table_row(t));
    }
    return OK;
}

static struct listing listing_of(struct ctx *c, struct unevenness_view *v)
{
    struct table_column *column = arena_many(c->arena, struct table_column, v->heads + 3);
    column[0] = (struct table_column){.title = tr(c, "部局"), .width = 24};
    column[1] = (struct table_column){.title = tr(c, "課"), .width = 24};
    column[2] = (struct table_column){.title = tr(c, "状態"), .width = 14};
    for (size_t k = 0; k < v->heads; k++)
        column[3 + k] = (struct table_column){.title = v->head[k], .kind = TABLE_INT};
    return (struct listing){.name = tr(c, "課ごとの事業数"), .note = v->edition, .column = column, .columns = v->heads + 3, .rows = rows, .arg = v};
}

enum err unevenness_page(struct ctx *c, struct request *r, struct response *w)
{
    struct unevenness_view v = {.year = form_int(&r->query, "year"), .only_few = form_has(&r->query, "few")};
    int64_t *years;
    size_t years_n = 0;
    TRY(build(c, &v));
    if (file_asked(c, r)) {
        struct listing l = listing_of(c, &v);
        return file_answer(c, r, w, &l);
    }
    struct url here = v.year != NONE ? url_path(c->arena, "/statistics/sections?year=%lld", (long long)v.year) : url_path(c->arena, "/statistics/sections");
    v.all = here;
    v.few = url_with(c->arena, here, "few", "1");
    TRY(years_published(c, &years, &years_n));
    struct page p = {.title = tr(c, "課ごとの事業数"), .place = tr(c, "統計"), .menu = "statistics", .year = v.year, .wide = true};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "統計"), url_path(c->arena, "/statistics")};
    take_years(&p, years, years_n);
    page_begin(c, w, &p);
    unevenness_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}
