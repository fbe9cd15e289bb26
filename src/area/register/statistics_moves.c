/* Departments over the years with the reorganisations followed: each year's projects stand with the department into which their section went. */
#include "area/register/public.h"
#include "area/register/public_views.h"
#include "base/date.h"
#include "core/section.h"

struct counting {
    struct ctx *c;
    struct section_node *node; size_t nodes;
    struct section_move *move; size_t moves;
    int64_t base;                 /* the year whose departments are shown */
    int64_t *sum, lost;           /* one a node; lost: nobody has said which way they went, or their section ended */
};

/* The department of a section's number in the shown year, as an index into the nodes; SIZE_MAX: it has none there. */
static size_t department_of(const struct counting *k, int64_t unit)
{
    for (size_t i = 0; i < k->nodes; i++)
        if (k->node[i].s.unit == unit && !k->node[i].s.gone)
            for (size_t d = 0; d < k->nodes; d++)
                if (k->node[d].s.id == k->node[i].department_id)
                    return d;
    return SIZE_MAX;
}

static void put(struct counting *k, size_t department, int64_t n)
{
    *(department == SIZE_MAX ? &k->lost : &k->sum[department]) += n;
}

/* A section that was split over departments: each project by what was said of it. */
static enum err put_split(struct counting *k, int64_t edition, int64_t section, int64_t unit, int64_t year)
{
    struct split { int64_t lead, n; } *v = NULL;
    size_t n = 0, cap = 0;
    for (struct db_rows *q = db_query(k->c->db, k->c->arena,
                                      "SELECT p.lead_unit, count(*) FROM edition_item i JOIN project p ON p.id = i.project WHERE i.edition = $1 AND i.section = $2 GROUP BY p.lead_unit "
                                      "ORDER BY p.lead_unit NULLS LAST", P(edition, section));
         db_next(q);)
        ARENA_PUSH(k->c->arena, v, n, cap) = (struct split){db_int(q, 0), db_int(q, 1)};
    TRY_DB(k->c, db_error(k->c->db));
    for (size_t i = 0; i < n; i++) {
        bool several = false;
        put(k, department_of(k, unit_after(k->move, k->moves, unit, year, k->base, v[i].lead, &several)), v[i].n);
    }
    return OK;
}

static enum err count_year(struct counting *k, int64_t edition, int64_t year)
{
    struct group { int64_t section, unit, n; } *v = NULL;
    size_t n = 0, cap = 0;
    for (struct db_rows *q = db_query(k->c->db, k->c->arena,
                                      "SELECT i.section, x.unit, count(*) FROM edition_item i JOIN section x ON x.id = i.section WHERE i.edition = $1 GROUP BY i.section, x.unit ORDER BY i.section",
                                      P(edition));
         db_next(q);)
        ARENA_PUSH(k->c->arena, v, n, cap) = (struct group){db_int(q, 0), db_int(q, 1), db_int(q, 2)};
    TRY_DB(k->c, db_error(k->c->db));
    for (size_t i = 0; i < n; i++) {
        int64_t to[UNITS_MOST];
        size_t units = units_after(k->move, k->moves, v[i].unit, year, k->base, to), one = units > 0 ? department_of(k, to[0]) : SIZE_MAX;
        bool same = true;
        for (size_t u = 1; u < units; u++)
            same = same && department_of(k, to[u]) == one;
        if (same)
            put(k, one, v[i].n);
        else
            TRY(put_split(k, edition, v[i].section, v[i].unit, year));
    }
    return OK;
}

enum err departments_followed(struct ctx *c, struct plain_table *t)
{
    int64_t *years;
    size_t years_n, cap = 0, heads_cap = 0;
    TRY(years_published(c, &years, &years_n));
    struct counting k = {.c = c, .base = years_n > 0 ? years[0] : this_year(c)};
    TRY(sections_of_year(c, k.base, &k.node, &k.nodes));
    TRY(section_moves(c, NONE, &k.move, &k.moves));
    int64_t **sum = arena_many(c->arena, int64_t *, years_n + 1), *lost = arena_many(c->arena, int64_t, years_n + 1), any = 0;
    for (size_t y = 0; y < years_n; y++) {
        int64_t edition = NONE, year_ = years[years_n - 1 - y];
        TRY(edition_newest(c, year_, &edition));
        k.sum = sum[y] = arena_many(c->arena, int64_t, k.nodes + 1);
        k.lost = 0;
        TRY(count_year(&k, edition, year_));
        lost[y] = k.lost;
        any += k.lost;
        ARENA_PUSH(c->arena, t->head, t->heads, heads_cap) = fiscal_year_head(c->arena, year_);
    }
    for (size_t i = 0; i <= k.nodes; i++) {
        bool rest = i == k.nodes;
        if (rest ? any == 0 : k.node[i].depth != 0 || k.node[i].s.gone)
            continue;
        struct plain_row row = {.label = rest ? tr(c, "いまの部局が決まらないもの") : k.node[i].s.name, .css = "plain", .td = arena_many(c->arena, struct stat_td, years_n + 1)};
        for (size_t y = 0; y < years_n; y++)
            row.td[y].text = count(c, rest ? lost[y] : sum[y][i]);
        ARENA_PUSH(c->arena, t->row, t->rows, cap) = row;
    }
    t->note = arena_printf(c->arena, tr(c, "課の分割、統合、移管をたどって、%sの部局で数えています。それぞれの年度の版に載っている部局とは、ちがうことがあります。"), year(c, k.base));
    return OK;
}
