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
    struct section_node *node; size_t nodes;            /* of the year shown */
    struct section_move *move; size_t moves;
    struct uneven_cell *followed[UNEVENNESS_YEARS];     /* one a node, where reorganisations are followed */
    int64_t lost[UNEVENNESS_YEARS];                     /* projects of sections that ended, or of which nobody has said where they went */
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

static struct url url_projects(struct ctx *c, int64_t year_, int64_t section)
{
    return url_path(c->arena, "/projects?year=%lld&section=%lld", (long long)year_, (long long)section);
}

static int64_t projects_of(const struct building *b, size_t k, int64_t section)
{
    int64_t n = figure_of(b->figure[k], b->figures[k], "section", arena_printf(b->c->arena, "%lld", (long long)section), "");
    return n == NONE ? 0 : n;
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
    out->n = projects_of(b, k, section);
    out->to = url_projects(c, b->edition[k].year, section);
    return OK;
}

/* --- with the reorganisations followed: each year's projects stand with the section that theirs became --- */

/* `to`: what one section brings to this cell alone; the cell leads to its projects when nothing else comes. */
static void put(struct building *b, size_t k, int64_t unit, int64_t n, struct url to)
{
    for (size_t i = 0; i < b->nodes; i++)
        if (b->node[i].s.unit == unit) {
            struct uneven_cell *at = &b->followed[k][i];
            *at = at->n == NONE ? (struct uneven_cell){n, to} : (struct uneven_cell){at->n + n, {NULL}};
            return;
        }
    b->lost[k] += n;
}

/* Of a section that was split each project goes by what was said of it. */
static enum err put_split(struct building *b, size_t k, const struct section *s)
{
    struct part { int64_t lead, n; } *v = NULL;
    size_t n = 0, cap = 0;
    for (struct db_rows *q = db_query(b->c->db, b->c->arena,
                                      "SELECT p.lead_unit, count(*) FROM edition_item i JOIN project p ON p.id = i.project WHERE i.edition = $1 AND i.section = $2 GROUP BY p.lead_unit "
                                      "ORDER BY p.lead_unit NULLS LAST", P(b->edition[k].edition, s->id));
         db_next(q);)
        ARENA_PUSH(b->c->arena, v, n, cap) = (struct part){db_int(q, 0), db_int(q, 1)};
    TRY_DB(b->c, db_error(b->c->db));
    for (size_t i = 0; i < n; i++) {
        bool several = false;
        put(b, k, unit_after(b->move, b->moves, s->unit, s->year, b->v->year, v[i].lead, &several), v[i].n, (struct url){NULL});
    }
    return OK;
}

static enum err follow_year(struct building *b, size_t k)
{
    struct section_node *was = NULL;
    size_t n = 0;
    b->followed[k] = arena_many(b->c->arena, struct uneven_cell, b->nodes + 1);
    for (size_t i = 0; i < b->nodes; i++)
        b->followed[k][i].n = NONE;
    TRY(sections_of_year(b->c, b->edition[k].year, &was, &n));
    for (size_t i = 0; i < n; i++) {
        int64_t to[UNITS_MOST];
        size_t units = units_after(b->move, b->moves, was[i].s.unit, was[i].s.year, b->v->year, to);
        if (units <= 1) {
            put(b, k, units == 1 ? to[0] : NONE, projects_of(b, k, was[i].s.id), url_projects(b->c, was[i].s.year, was[i].s.id));
            continue;
        }
        for (size_t u = 0; u < units; u++)
            put(b, k, to[u], 0, (struct url){NULL});
        TRY(put_split(b, k, &was[i].s));
    }
    return OK;
}

static enum err follow(struct building *b)
{
    TRY(section_moves(b->c, NONE, &b->move, &b->moves));
    for (size_t k = 0; k < b->editions; k++)
        TRY(follow_year(b, k));
    return OK;
}

static void add_lost(struct building *b, size_t *cap)
{
    struct uneven_row row = {.section = tr(b->c, "いまの課が決まらないもの")};
    int64_t any = 0;
    for (size_t k = 0; k < b->editions; k++) {
        row.cell[k].n = b->lost[k];
        any += b->lost[k];
    }
    if (any > 0)
        ARENA_PUSH(b->c->arena, b->v->row, b->v->n, *cap) = row;
}

/* --- rows --- */

static enum err add_row(struct building *b, size_t i, size_t *cap)
{
    struct ctx *c = b->c;
    const struct section_node *node = &b->node[i];
    const struct answered *a = answer_of(b, node->s.id);
    struct uneven_row row = {.department = node->depth > 0 ? node->department : NULL, .section = node->s.name};
    for (size_t k = 0; k < b->editions; k++)
        if (b->v->follow)
            row.cell[k] = b->followed[k][i];
        else
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
    size_t cap = 0;
    TRY(choose_years(&b));
    if (b.editions == 0)
        return OK;
    TRY(load_answers(&b, b.edition[b.editions - 1].edition));
    TRY(sections_of_year(c, v->year, &b.node, &b.nodes));
    if (v->follow)
        TRY(follow(&b));
    v->note = v->follow ? arena_printf(c->arena, tr(c, "課の分割、統合、移管をたどって、%sの課で数えています。それぞれの年度の版に載っている課とは、ちがうことがあります。"), year(c, v->year))
                        : tr(c, "課の名前は、表示している年度のものです。前の年度に同じ課がないところは空欄です。組織の変更はたどっていません。");
    for (size_t i = 0; i < b.nodes; i++)
        TRY(add_row(&b, i, &cap));
    if (!v->only_few)
        add_lost(&b, &cap);
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
    return (struct listing){.name = v->follow ? tr(c, "課ごとの事業数(組織の変更をたどったもの)") : tr(c, "課ごとの事業数"), .note = arena_printf(c->arena, "%s。%s", v->edition, v->note), .column = column, .columns = v->heads + 3, .rows = rows, .arg = v};
}

enum err unevenness_page(struct ctx *c, struct request *r, struct response *w)
{
    struct unevenness_view v = {.year = form_int(&r->query, "year"), .only_few = form_has(&r->query, "few"), .follow = text_eq(form_get(&r->query, "sections"), "follow")};
    int64_t *years;
    size_t years_n = 0;
    TRY(build(c, &v));
    if (file_asked(c, r)) {
        struct listing l = listing_of(c, &v);
        return file_answer(c, r, w, &l);
    }
    struct url here = v.year != NONE ? url_path(c->arena, "/statistics/sections?year=%lld", (long long)v.year) : url_path(c->arena, "/statistics/sections");
    v.other = url_with(c->arena, url_with(c->arena, here, "few", v.only_few ? "1" : NULL), "sections", v.follow ? NULL : "follow");
    if (v.follow)
        here = url_with(c->arena, here, "sections", "follow");
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
