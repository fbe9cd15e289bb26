/* /statistics: the table over the years with its chart; below it the newest edition's other tables. */
#include <string.h>

#include "area/register/figures.h"
#include "area/register/public.h"
#include "area/register/public_views.h"
#include "area/register/statistics.html.h"
#include "base/csv.h"
#include "base/date.h"
#include "base/text.h"
#include "core/preset.h"

enum { SERIES_MOST = 8, OUTCOMES_MOST = 50, WITHOUT_MOST = 200 };

struct building {
    struct ctx *c;
    struct statistics_view *v;
    const struct stat_table *t;
    size_t body_cap, table_cap;
};

/* --- the table over the years --- */

static struct url to_list(struct ctx *c, int64_t year, const char *scheme, const char *category, const char *continuity)
{
    struct url u = url_path(c->arena, "/projects?year=%lld", (long long)year);
    u = url_with(c->arena, u, "scheme", scheme);
    u = url_with(c->arena, u, "category", category);
    return url_with(c->arena, u, "continuity", continuity);
}

static const char *line_css(enum stat_kind kind, bool first_of_apart)
{
    if (kind == STAT_TOTAL)
        return "total";
    return first_of_apart ? "apart" : "plain";
}

static void add_line(struct building *b, struct stat_body *body, size_t *cap, const struct stat_row *r)
{
    struct ctx *c = b->c;
    struct stat_line line = {.label = r->kind == STAT_PART ? tr(c, r->label) : read_label(c, r->label), .kind = r->kind, .css = line_css(r->kind, r->kind == STAT_SCHEME)};
    if (r->kind == STAT_TOTAL)
        line.label = arena_printf(c->arena, tr(c, "%s 計"), read_label(c, r->scheme));
    line.td = arena_many(c->arena, struct stat_td, b->t->years);
    for (size_t i = 0; i < b->t->years; i++) {
        struct stat_cell cell = r->cell[i];
        line.td[i].brk = stat_breaks(b->t, r->scheme, i);
        if (cell.value == NONE)
            continue;
        line.td[i].text = count(c, cell.value);
        if (cell.edition == NONE || cell.value == 0)
            continue;
        line.td[i].linked = true;
        line.td[i].to = to_list(c, b->t->year[i], r->scheme_code, r->category, r->kind == STAT_PART ? "new" : NULL);
    }
    ARENA_PUSH(c->arena, body->line, body->n, *cap) = line;
}

/* A body for each scheme, as printed: categories, total, parts. A scheme without categories stands below and outside. */
static void add_bodies(struct building *b)
{
    const struct stat_table *t = b->t;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < t->rows; i++) {
            bool first = true, alone = false;
            for (size_t k = 0; k < t->rows; k++)
                if (strcmp(t->row[k].scheme, t->row[i].scheme) == 0) {
                    first = first && k >= i;
                    alone = alone || t->row[k].kind == STAT_SCHEME;
                }
            if (!first || alone != (pass == 1))
                continue;
            struct stat_body body = {.scheme = t->row[i].scheme};
            size_t cap = 0;
            static const enum stat_kind order[] = {STAT_SCHEME, STAT_CATEGORY, STAT_TOTAL, STAT_PART};
            for (size_t o = 0; o < 4; o++)
                for (size_t k = 0; k < t->rows; k++)
                    if (t->row[k].kind == order[o] && strcmp(t->row[k].scheme, body.scheme) == 0)
                        add_line(b, &body, &cap, &t->row[k]);
            ARENA_PUSH(b->c->arena, b->v->body, b->v->bodies, b->body_cap) = body;
        }
}

static void add_head(struct building *b)
{
    struct ctx *c = b->c;
    const struct stat_table *t = b->t;
    b->v->head = arena_many(c->arena, struct stat_head, t->years);
    b->v->heads = t->years;
    for (size_t i = 0; i < t->years; i++) {
        b->v->head[i] = (struct stat_head){t->year[i], year_head(c, t->year[i]), arena_printf(c->arena, "(%lld)", (long long)t->year[i]), t->gap[i]};
        b->v->has_gap = b->v->has_gap || t->gap[i];
    }
    b->v->has_break = t->breaks > 0;
}

/* One scheme's categories, stacked: a bar a year, never a line, so nothing is drawn between years. */
/* A category that nobody ever used needs no pattern of its own: a list of nine stays readable. */
static bool is_drawn(const struct stat_table *t, const struct stat_row *r)
{
    bool any = false;
    for (size_t k = 0; k < t->years; k++)
        any = any || (r->cell[k].value != NONE && r->cell[k].value != 0);
    return r->kind == STAT_CATEGORY && any;
}

static void add_chart(struct building *b, const char *scheme)
{
    struct ctx *c = b->c;
    const struct stat_table *t = b->t;
    size_t most = 0;
    for (size_t k = 0; k < t->rows; k++)
        most += is_drawn(t, &t->row[k]) && strcmp(t->row[k].scheme, scheme) == 0;
    if (most < 2 || most > SERIES_MOST || t->years == 0)
        return;
    struct chart_series *series = arena_many(c->arena, struct chart_series, most);
    const char **x = arena_many(c->arena, const char *, t->years);
    bool *brk = arena_many(c->arena, bool, t->years), any = false;
    size_t n = 0;
    const struct stat_row *total = NULL;
    for (size_t i = 0; i < t->years; i++) {
        x[i] = year_head(c, t->year[i]);
        brk[i] = i > 0 && stat_breaks(t, scheme, i);
        any = any || brk[i];
    }
    for (size_t i = 0; i < t->rows; i++) {
        const struct stat_row *r = &t->row[i];
        if (strcmp(r->scheme, scheme) != 0)
            continue;
        if (r->kind == STAT_TOTAL)
            total = r;
        if (!is_drawn(t, r))
            continue;
        int64_t *milli_ = arena_many(c->arena, int64_t, t->years);
        for (size_t k = 0; k < t->years; k++)
            milli_[k] = r->cell[k].value == NONE ? NONE : r->cell[k].value * 1000;
        series[n++] = (struct chart_series){read_label(c, r->label), milli_};
    }
    size_t first = t->years, last = 0;
    for (size_t k = 0; total != NULL && k < t->years; k++)
        if (total->cell[k].value != NONE) {
            first = first == t->years ? k : first;
            last = k;
        }
    if (first == t->years)
        return;
    struct chart *drawn = &b->v->chart[b->v->charts];
    const char *id = b->v->charts == 0 ? "chart-years" : arena_printf(c->arena, "chart-years-%zu", b->v->charts + 1);
    *drawn = (struct chart){.id = id, .title = arena_printf(c->arena, tr(c, "%s 区分ごとの事業数"), read_label(c, scheme)), .x = x, .x_n = t->years, .series = series,
                                 .series_n = n, .stacked = true, .unit = tr(c, "事業の数"), .break_before = brk,
                                 .break_note = any ? tr(c, "点線は、数え方が変わったところ、または数字のない年度を省いたところです。") : NULL};
    drawn->finding = arena_printf(c->arena, tr(c, "計は%sに%lld事業、%sに%lld事業です。"), year(c, t->year[first]), (long long)total->cell[first].value,
                                       year(c, t->year[last]), (long long)total->cell[last].value);
    b->v->charts++;
}

/* A chart for each scheme, in the table's order: what stands in the table is drawn too. */
static void add_charts(struct building *b)
{
    b->v->chart = arena_many(b->c->arena, struct chart, b->t->rows + 1);
    for (size_t i = 0; i < b->t->rows; i++) {
        bool before = false;
        for (size_t k = 0; k < i; k++)
            before = before || strcmp(b->t->row[k].scheme, b->t->row[i].scheme) == 0;
        if (!before)
            add_chart(b, b->t->row[i].scheme);
    }
}

/* --- tables of one edition --- */

static struct plain_table *add_table(struct building *b, const char *id, const char *caption)
{
    struct ctx *c = b->c;
    struct url u = url_path(c->arena, "/statistics?year=%lld", (long long)b->v->year);
    u = url_with(c->arena, u, "table", id);
    ARENA_PUSH(c->arena, b->v->table, b->v->tables, b->table_cap) =
        (struct plain_table){.id = id, .caption = caption, .csv = u, .json = url_with(c->arena, u, "format", "json")};
    return &b->v->table[b->v->tables - 1];
}

static void set_cell(struct ctx *c, struct stat_td *td, int64_t value, struct url to)
{
    if (value == NONE)
        return;
    td->text = count(c, value);
    td->linked = value > 0 && to.s != NULL;
    td->to = to;
}

/* The schemes that the edition has figures of: those that nobody was asked for have no row and no column. */
static enum err schemes_of(struct ctx *c, int64_t year, const struct figure *f, size_t n, const struct word **out, size_t *out_n)
{
    const struct word *all;
    size_t all_n;
    TRY(words(c, "scheme", NULL, year, &all, &all_n));
    struct word *v = arena_many(c->arena, struct word, all_n + 1);
    *out_n = 0;
    for (size_t i = 0; i < all_n; i++)
        if (figure_of(f, n, "projects", all[i].code, "") != NONE)
            v[(*out_n)++] = all[i];
    *out = v;
    return OK;
}

/* 部局 × 区分: a column for each category of each scheme, with a total a scheme. */
static enum err add_departments(struct building *b, const struct figure *f, size_t n)
{
    struct ctx *c = b->c;
    struct section_node *node;
    size_t nodes;
    const struct word *scheme, *category;
    size_t schemes, categories, cap = 0, heads_cap = 0;
    TRY(sections_of_year(c, b->v->year, &node, &nodes));
    TRY(schemes_of(c, b->v->year, f, n, &scheme, &schemes));
    struct plain_table *t = add_table(b, "departments", tr(c, "部局ごと・区分ごとの事業数"));
    for (size_t s = 0; s < schemes; s++) {
        TRY(words(c, "category", scheme[s].code, b->v->year, &category, &categories));
        for (size_t k = 0; k < categories; k++)
            ARENA_PUSH(c->arena, t->head, t->heads, heads_cap) = read_label(c, category[k].label);
        ARENA_PUSH(c->arena, t->head, t->heads, heads_cap) = arena_printf(c->arena, tr(c, "%s 計"), read_label(c, scheme[s].label));
    }
    for (size_t i = 0; i < nodes; i++) {
        if (node[i].depth != 0)
            continue;
        const char *id = arena_printf(c->arena, "%lld", (long long)node[i].s.id);
        struct plain_row row = {.label = node[i].s.name, .css = "plain", .td = arena_many(c->arena, struct stat_td, t->heads)};
        size_t col = 0;
        for (size_t s = 0; s < schemes; s++) {
            struct url to = url_with(c->arena, to_list(c, b->v->year, scheme[s].code, NULL, NULL), "department", id);
            TRY(words(c, "category", scheme[s].code, b->v->year, &category, &categories));
            for (size_t k = 0; k < categories; k++) {
                int64_t value = figure_of(f, n, "cell", id, arena_printf(c->arena, "%s:%s", scheme[s].code, category[k].code));
                set_cell(c, &row.td[col++], value == NONE ? 0 : value, url_with(c->arena, to, "category", category[k].code));
            }
            set_cell(c, &row.td[col++], figure_of(f, n, "department", id, scheme[s].code), to);
        }
        ARENA_PUSH(c->arena, t->row, t->rows, cap) = row;
    }
    return OK;
}

static enum err add_continuity(struct building *b, const struct figure *f, size_t n)
{
    struct ctx *c = b->c;
    const struct word *scheme, *kind;
    size_t schemes, kinds, cap = 0, heads_cap = 0;
    TRY(schemes_of(c, b->v->year, f, n, &scheme, &schemes));
    TRY(words(c, "continuity", NULL, b->v->year, &kind, &kinds));
    struct plain_table *t = add_table(b, "continuity", tr(c, "新規と継続の事業数"));
    for (size_t k = 0; k < kinds; k++)
        ARENA_PUSH(c->arena, t->head, t->heads, heads_cap) = read_label(c, kind[k].label);
    ARENA_PUSH(c->arena, t->head, t->heads, heads_cap) = tr(c, "計");
    for (size_t s = 0; s < schemes; s++) {
        struct plain_row row = {.label = read_label(c, scheme[s].label), .css = "plain", .td = arena_many(c->arena, struct stat_td, t->heads)};
        for (size_t k = 0; k < kinds; k++) {
            int64_t value = figure_of(f, n, "continuity", scheme[s].code, kind[k].code);
            set_cell(c, &row.td[k], value == NONE ? 0 : value, to_list(c, b->v->year, scheme[s].code, NULL, kind[k].code));
        }
        set_cell(c, &row.td[kinds], figure_of(f, n, "projects", scheme[s].code, ""), to_list(c, b->v->year, scheme[s].code, NULL, NULL));
        ARENA_PUSH(c->arena, t->row, t->rows, cap) = row;
    }
    return OK;
}

/* Relation or domain × form, where the prefecture has such words. A project with several forms stands in several columns, so the total is no sum. */
static enum err add_grid(struct building *b, const struct figure *f, size_t n, const char *kind, const char *caption)
{
    struct ctx *c = b->c;
    const struct word *of, *form;
    size_t of_n, forms, cap = 0, heads_cap = 0;
    TRY(words(c, kind, NULL, b->v->year, &of, &of_n));
    TRY(words(c, "form", NULL, b->v->year, &form, &forms));
    if (of_n == 0)
        return OK;
    struct plain_table *t = add_table(b, kind, caption);
    t->note = tr(c, "形態を2つ以上選んだ事業は、それぞれの列で数えています。計は事業の数です。");
    for (size_t k = 0; k < forms; k++)
        ARENA_PUSH(c->arena, t->head, t->heads, heads_cap) = read_label(c, form[k].label);
    ARENA_PUSH(c->arena, t->head, t->heads, heads_cap) = tr(c, "計");
    for (size_t i = 0; i < of_n; i++) {
        struct plain_row row = {.label = read_label(c, of[i].label), .css = "plain", .td = arena_many(c->arena, struct stat_td, t->heads)};
        struct url to = url_with(c->arena, to_list(c, b->v->year, NULL, NULL, NULL), kind, of[i].code);
        for (size_t k = 0; k < forms; k++) {
            int64_t value = figure_of(f, n, arena_printf(c->arena, "%s:form", kind), of[i].code, form[k].code);
            set_cell(c, &row.td[k], value == NONE ? 0 : value, url_with(c->arena, to, "form", form[k].code));
        }
        int64_t all = figure_of(f, n, kind, of[i].code, "");
        set_cell(c, &row.td[forms], all == NONE ? 0 : all, to);
        ARENA_PUSH(c->arena, t->row, t->rows, cap) = row;
    }
    return OK;
}

/* かたより over the years: departments matched by the number that a section keeps, under their name of the shown year. */
static enum err add_unevenness(struct building *b)
{
    struct ctx *c = b->c;
    struct section_node *node;
    size_t nodes, cap = 0, heads_cap = 0;
    int64_t *years;
    size_t years_n;
    TRY(years_published(c, &years, &years_n));
    TRY(sections_of_year(c, b->v->year, &node, &nodes));
    struct plain_table *t = add_table(b, "unevenness", tr(c, "部局ごとの事業数の移り変わり"));
    bool follow = c->request != NULL && text_eq(form_get(&c->request->query, "departments"), "follow");
    t->other = url_path(c->arena, "/statistics?year=%lld", (long long)b->v->year);
    if (follow) {
        t->csv = url_with(c->arena, t->csv, "departments", "follow");
        t->json = url_with(c->arena, t->json, "departments", "follow");
        t->other_label = tr(c, "組織の変更をたどらずに数える");
        return departments_followed(c, t);
    }
    t->other = url_with(c->arena, t->other, "departments", "follow");
    t->other_label = tr(c, "組織の変更をたどって数える");
    t->note = tr(c, "部局の名前は表示している年度のものです。前の年度に同じ部局がないところは空欄です。組織の変更はたどっていません。");
    int64_t *edition = arena_many(c->arena, int64_t, years_n);
    for (size_t k = 0; k < years_n; k++) {
        TRY(edition_newest(c, years[years_n - 1 - k], &edition[k]));
        ARENA_PUSH(c->arena, t->head, t->heads, heads_cap) = year_head(c, years[years_n - 1 - k]);
    }
    for (size_t i = 0; i < nodes; i++) {
        if (node[i].depth != 0)
            continue;
        struct plain_row row = {.label = node[i].s.name, .css = "plain", .td = arena_many(c->arena, struct stat_td, years_n)};
        for (size_t k = 0; k < years_n; k++) {
            int64_t department = NONE, value = NONE, y = years[years_n - 1 - k];
            enum err e = db_get_int(c->db, "SELECT id FROM section WHERE unit = $1 AND year = $2", P(node[i].s.unit, y), &department);
            if (e == E_NOT_FOUND)
                continue;
            TRY_DB(c, e);
            TRY_DB(c, db_get_int(c->db, "SELECT sum(value) FROM figure WHERE edition = $1 AND name = 'department' AND one = $2",
                                 P(edition[k], arena_printf(c->arena, "%lld", (long long)department)), &value));
            set_cell(c, &row.td[k], value, url_with(c->arena, url_path(c->arena, "/projects?year=%lld", (long long)y), "department", arena_printf(c->arena, "%lld", (long long)department)));
        }
        ARENA_PUSH(c->arena, t->row, t->rows, cap) = row;
    }
    return OK;
}

/* Sections that were asked and have no project in the edition. Who never answered has not said that it has none: counted apart. */
static enum err add_without(struct building *b, int64_t edition, const struct figure *f, size_t n)
{
    struct ctx *c = b->c;
    b->v->addressed = figure_of(f, n, "sections", "addressed", "");
    b->v->with = figure_of(f, n, "sections", "with", "");
    struct sb names, silent;
    sb_init(&names, c->arena);
    sb_init(&silent, c->arena);
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT s.position, s.id, s.name, d.position, d.name, max(CASE WHEN a.state IN ('submitted', 'none') THEN 1 ELSE 0 END) "
        "FROM answer a JOIN inquiry i ON i.id = a.inquiry JOIN section s ON s.id = a.section LEFT JOIN section d ON d.id = s.parent "
        "WHERE i.year = $1 AND i.state = 'closed' AND i.closed_at <= (SELECT made_at FROM edition WHERE id = $2) AND NOT EXISTS (SELECT 1 FROM edition_item e WHERE e.edition = $2 AND e.section = a.section) "
        "GROUP BY s.position, s.id, s.name, d.position, d.name ORDER BY d.position, s.position, s.id LIMIT $3", P(b->v->year, edition, (int64_t)WITHOUT_MOST));
    while (db_next(q)) {
        bool answered = db_int(q, 5) > 0;
        struct sb *to = answered ? &names : &silent;
        sb_printf(to, "%s%s%s%s", to->n > 0 ? "、" : "", db_text(q, 4) != NULL ? db_text(q, 4) : "", db_text(q, 4) != NULL ? " " : "", db_text(q, 2));
        b->v->without += answered;
        b->v->silent += !answered;
    }
    TRY_DB(c, db_error(c->db));
    b->v->without_names = sb_str(&names);
    b->v->silent_names = sb_str(&silent);
    return OK;
}

/* Projects of the edition that report an outcome measure. The bodies are read, not counted: an edition has some hundreds. */
static enum err add_outcomes(struct building *b, int64_t edition)
{
    struct ctx *c = b->c;
    size_t cap = 0;
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT " FROZEN_COLUMNS " FROM edition_item i JOIN frozen f ON f.id = i.frozen JOIN statement_outcome o ON o.owner = f.statement AND o.position = 0 "
        "WHERE i.edition = $1 ORDER BY i.position LIMIT $2", P(edition, (int64_t)OUTCOMES_MOST));
    while (db_next(q)) {
        struct frozen f;
        struct statement s;
        struct frozen_words w;
        const char *hidden;
        frozen_read(q, &f);
        TRY(frozen_open(c, &f, AUDIENCE_PUBLIC, &s, &w, &hidden));
        for (size_t i = 0; i < s.outcomes_n; i++) {
            const struct statement_outcome *o = &s.outcomes[i], *first = NULL, *last = NULL;
            bool seen = o->name == NULL;
            for (size_t k = 0; k < s.outcomes_n; k++) {
                const struct statement_outcome *p = &s.outcomes[k];
                if (!text_eq(p->name, o->name) || !text_eq(p->unit, o->unit) || p->year == NONE || p->value == NONE)
                    continue;
                seen = seen || k < i;
                if (first == NULL || p->year < first->year)
                    first = p;
                if (last == NULL || p->year > last->year)
                    last = p;
            }
            if (seen || first == NULL)
                continue;
            const char *unit = o->unit != NULL ? o->unit : "";
            ARENA_PUSH(c->arena, b->v->outcome, b->v->outcomes, cap) = (struct outcome_link){
                s.name != NULL ? s.name : tr(c, WITHHELD_MARK), o->name,
                first == last ? arena_printf(c->arena, "%s %s%s", year_era(c, last->year), milli(c, last->value), unit)
                              : arena_printf(c->arena, "%s %s%s → %s %s%s", year_era(c, first->year), milli(c, first->value), unit,
                                             year_era(c, last->year), milli(c, last->value), unit),
                url_path(c->arena, "/projects/%lld?year=%lld#outcomes", (long long)f.project, (long long)f.year)};
        }
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* --- files --- */

static enum err table_file(struct ctx *c, struct request *r, struct response *w, const struct plain_table *t, const char *first)
{
    size_t columns = t->heads + 1;
    struct table_column *column = arena_many(c->arena, struct table_column, columns);
    const char **cell = arena_many(c->arena, const char *, t->rows * columns + 1);
    column[0] = (struct table_column){.title = first, .width = 30};
    for (size_t k = 0; k < t->heads; k++)
        column[k + 1] = (struct table_column){.title = t->head[k], .kind = TABLE_INT};
    for (size_t i = 0; i < t->rows; i++) {
        cell[i * columns] = t->row[i].label;
        for (size_t k = 0; k < t->heads; k++)
            cell[i * columns + k + 1] = t->row[i].td[k].text;
    }
    return file_answer_texts(c, r, w, t->caption, column, columns, cell, t->rows);
}

struct listing statistics_listing(struct ctx *c, const struct stat_table *t, bool people)
{
    const char *csv = statistics_csv(c, t) + strlen("\xEF\xBB\xBF");
    struct csv_reader reader;
    struct csv_row row;
    size_t columns = t->years + 2, n = 0, cap = 0;
    const char **cell = NULL;
    struct table_column *column = arena_many(c->arena, struct table_column, columns);
    csv_open(&reader, c->arena, csv, strlen(csv), &c->fail);
    csv_next(&reader, &row); /* the headings */
    column[0] = (struct table_column){.title = people ? "種別" : row.cell[0], .width = 26};
    column[1] = (struct table_column){.title = people ? "区分" : row.cell[1], .width = 40};
    for (size_t k = 0; k < t->years; k++)
        column[k + 2] = (struct table_column){.title = people ? fiscal_year_long(c->arena, t->year[k]) : row.cell[k + 2], .kind = TABLE_INT, .width = 12};
    while (csv_next(&reader, &row) == 1)
        for (size_t k = 0; k < columns; k++)
            ARENA_PUSH(c->arena, cell, n, cap) = k < row.n ? row.cell[k] : NULL;
    return listing_of_texts(c, "区分ごと・年度ごとの事業数", column, columns, cell, n / columns);
}

static enum err years_file(struct ctx *c, struct request *r, struct response *w, const struct stat_table *t)
{
    struct listing l = statistics_listing(c, t, text_eq(form_get(&r->query, "format"), "xlsx"));
    return file_answer(c, r, w, &l);
}

static void table_json(const struct plain_table *t, int64_t year_, struct sb *out)
{
    struct json j;
    json_init(&j, out);
    json_object(&j, NULL);
    json_text(&j, "table", t->id);
    json_int(&j, "year", year_);
    json_array(&j, "columns");
    for (size_t k = 0; k < t->heads; k++)
        json_text(&j, NULL, t->head[k]);
    json_end(&j, ']');
    json_array(&j, "rows");
    for (size_t i = 0; i < t->rows; i++) {
        json_object(&j, NULL);
        json_text(&j, "label", t->row[i].label);
        json_array(&j, "values");
        for (size_t k = 0; k < t->heads; k++) {
            int64_t v = NONE;
            if (t->row[i].td[k].text == NULL || !text_parse_int(t->row[i].td[k].text, &v))
                v = NONE;
            json_int(&j, NULL, v);
        }
        json_end(&j, ']');
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_end(&j, '}');
}

static enum err outcomes_file(struct ctx *c, struct request *r, struct response *w, const struct statistics_view *v)
{
    static const struct table_column column[] = {{.title = "事業名", .width = 40}, {.title = "指標", .width = 30}, {.title = "値", .width = 50}};
    struct cells x = {0};
    for (size_t i = 0; i < v->outcomes; i++) {
        cell_text(c, &x, v->outcome[i].name);
        cell_text(c, &x, v->outcome[i].indicator);
        cell_text(c, &x, v->outcome[i].span);
    }
    return file_answer_cells(c, r, w, "成果の指標のある事業", TABLE_COLUMNS(column), &x);
}

static enum err send_file(struct ctx *c, struct request *r, struct response *w, const struct statistics_view *v, const struct stat_table *t)
{
    const char *table = form_get(&r->query, "table");
    bool json = text_eq(form_get(&r->query, "format"), "json");
    if (json)
        w->type = "application/json; charset=utf-8";
    if (table == NULL) {
        if (!json)
            return years_file(c, r, w, t);
        sb_add(&w->body, statistics_json(c, t));
        return OK;
    }
    if (!json && strcmp(table, "outcomes") == 0)
        return outcomes_file(c, r, w, v);
    for (size_t i = 0; i < v->tables; i++)
        if (strcmp(v->table[i].id, table) == 0) {
            if (!json)
                return table_file(c, r, w, &v->table[i], tr(c, "部局・種類"));
            table_json(&v->table[i], v->year, &w->body);
            return OK;
        }
    return fail(c, E_NOT_FOUND, "%s", tr(c, "この表はありません。"));
}

/* In which words the table speaks: the prefecture's remark on its list, and what a category was called since when. Makes room for the sources too. */
static void add_words_said(struct building *b)
{
    struct ctx *c = b->c;
    const struct stat_table *t = b->t;
    const struct word *w;
    size_t n;
    if (words(c, "category", NULL, NONE, &w, &n) != OK)
        n = 0;
    b->v->source = arena_array(c->arena, t->sources + n + 1, sizeof *b->v->source);
    if (words_remark(c, "category") != NULL)
        b->v->source[b->v->sources++].text = arena_printf(c->arena, "%s: %s", words_title(c, "category", ""), words_remark(c, "category"));
    for (size_t i = 0; i < n; i++) {
        if (w[i].from_year == NONE || t->years == 0 || w[i].from_year > t->year[t->years - 1])
            continue;
        const struct word *before = word_find(c, "category", w[i].code, w[i].from_year - 1);
        if (before != NULL && !text_eq(before->label, w[i].label))
            b->v->source[b->v->sources++].text = arena_printf(c->arena, tr(c, "「%s」は、%sから「%s」という名前です。"), before->label, year(c, w[i].from_year), w[i].label);
    }
}

static void add_table_over_years(struct building *b)
{
    struct ctx *c = b->c;
    const struct stat_table *t = b->t;
    b->v->empty = t->years == 0;
    add_head(b);
    add_bodies(b);
    add_charts(b);
    b->v->note = t->note;
    b->v->notes = t->notes;
    add_words_said(b);
    for (size_t i = 0; i < t->sources; i++)
        b->v->source[b->v->sources++].text = arena_printf(c->arena, tr(c, "%s〜%s: %s"), year_era(c, t->source[i].from), year_era(c, t->source[i].to), t->source[i].label);
}

enum err statistics_of_edition(struct ctx *c, int64_t edition, int64_t year_, struct statistics_view *v)
{
    struct stat_table *t = arena_make(c->arena, struct stat_table);
    struct building b = {.c = c, .v = v, .t = t};
    struct figure *f;
    size_t n;
    *v = (struct statistics_view){.year = year_, .addressed = NONE, .with = NONE};
    TRY(statistics_table_of(c, edition, year_, t));
    add_table_over_years(&b);
    TRY(figures_load(c, edition, NULL, &f, &n));
    TRY(add_continuity(&b, f, n));
    TRY(add_grid(&b, f, n, "relation", tr(c, "関係ごと・形態ごとの事業数")));
    TRY(add_grid(&b, f, n, "domain", tr(c, "領域ごと・形態ごとの事業数")));
    return add_departments(&b, f, n);
}

enum err statistics_page(struct ctx *c, struct request *r, struct response *w)
{
    struct stat_table t;
    struct statistics_view v = {.year = form_int(&r->query, "year"), .addressed = NONE, .with = NONE};
    struct building b = {.c = c, .v = &v, .t = &t};
    int64_t *years, edition = NONE, number = NONE;
    size_t years_n;
    TRY(statistics_table(c, &t));
    TRY(years_published(c, &years, &years_n));
    add_table_over_years(&b);
    enum err e = edition_newest(c, v.year, &edition);
    if (e == E_NOT_FOUND)
        failure_clear(&c->fail);
    else if (e != OK)
        return e;
    else {
        struct figure *f;
        size_t n;
        TRY_DB(c, db_get_int(c->db, "SELECT year FROM edition WHERE id = $1", P(edition), &v.year));
        TRY_DB(c, db_get_int(c->db, "SELECT number FROM edition WHERE id = $1", P(edition), &number));
        v.edition_name = edition_name(c, v.year, number);
        TRY(figures_load(c, edition, NULL, &f, &n));
        TRY(add_continuity(&b, f, n));
        TRY(add_grid(&b, f, n, "relation", tr(c, "関係ごと・形態ごとの事業数")));
        TRY(add_grid(&b, f, n, "domain", tr(c, "領域ごと・形態ごとの事業数")));
        TRY(add_departments(&b, f, n));
        TRY(add_unevenness(&b));
        TRY(add_without(&b, edition, f, n));
        TRY(add_outcomes(&b, edition));
    }
    if (file_asked(c, r))
        return send_file(c, r, w, &v, &t);
    v.csv = url_path(c->arena, "/statistics");
    v.json = url_path(c->arena, "/statistics?format=json");
    v.outcome_files = url_path(c->arena, "/statistics?year=%lld&table=outcomes", (long long)v.year);
    struct page p = {.title = tr(c, "統計"), .menu = "statistics", .year = v.year, .wide = true};
    take_years(&p, years, years_n);
    page_begin(c, w, &p);
    public_statistics_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}
