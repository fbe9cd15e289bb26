#include "area/register/statistics.h"

#include <string.h>

#include "area/register/figures.h"
#include "base/csv.h"
#include "base/text.h"
#include "core/preset.h"

static const char PART_PREFIX[] = "うち";
static const char TOTAL_LABEL[] = "計";

/* One edition that the table continues with: the newest published one of its year. */
struct own { int64_t edition, year; struct figure *v; size_t n; };

struct making {
    struct ctx *c;
    struct stat_table *t;
    int64_t edition, until; /* the table as this edition prints it, up to its year; NONE and INT64_MAX: the newest of each year */
    struct own *own; size_t owns, owns_cap;
};

/* --- years --- */

static int compare_years(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

static enum err load_own(struct making *m)
{
    struct ctx *c = m->c;
    struct db_rows *q = m->edition == NONE
        ? db_query(c->db, c->arena, "SELECT id, year FROM edition WHERE state = 'published' ORDER BY year, number DESC", P0)
        : db_query(c->db, c->arena, "SELECT id, year FROM edition WHERE (state = 'published' AND year < $2) OR id = $1 ORDER BY year, number DESC", P(m->edition, m->until));
    int64_t last = NONE;
    while (db_next(q)) {
        if (db_int(q, 1) == last)
            continue;
        last = db_int(q, 1);
        ARENA_PUSH(c->arena, m->own, m->owns, m->owns_cap) = (struct own){.edition = db_int(q, 0), .year = last};
    }
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < m->owns; i++)
        TRY(figures_load(c, m->own[i].edition, NULL, &m->own[i].v, &m->own[i].n));
    return OK;
}

/* Years in which there is any figure, in order; a step of more than one leaves a gap. */
static enum err load_years(struct making *m)
{
    struct ctx *c = m->c;
    struct stat_table *t = m->t;
    size_t cap = 0;
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT DISTINCT v.year FROM history_value v JOIN history_row r ON r.id = v.history_row WHERE r.scheme <> '|' AND v.year <= $1 ORDER BY v.year", P(m->until));
    while (db_next(q))
        ARENA_PUSH(c->arena, t->year, t->years, cap) = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < m->owns; i++) {
        bool there = false;
        for (size_t k = 0; k < t->years; k++)
            there = there || t->year[k] == m->own[i].year;
        if (!there)
            ARENA_PUSH(c->arena, t->year, t->years, cap) = m->own[i].year;
    }
    if (t->years > 1)
        qsort(t->year, t->years, sizeof *t->year, compare_years);
    t->gap = arena_many(c->arena, bool, t->years + 1);
    for (size_t i = 1; i < t->years; i++)
        t->gap[i] = t->year[i] > t->year[i - 1] + 1;
    return OK;
}

static size_t year_at(const struct stat_table *t, int64_t year)
{
    for (size_t i = 0; i < t->years; i++)
        if (t->year[i] == year)
            return i;
    return t->years;
}

static const struct own *own_of(const struct making *m, int64_t year)
{
    for (size_t i = 0; i < m->owns; i++)
        if (m->own[i].year == year)
            return &m->own[i];
    return NULL;
}

/* --- rows --- */

static struct stat_row *row_of(struct making *m, enum stat_kind kind, const char *scheme, const char *label)
{
    for (size_t i = 0; i < m->t->rows; i++) {
        struct stat_row *r = &m->t->row[i];
        if (r->kind == kind && strcmp(r->scheme, scheme) == 0 && strcmp(r->label, label) == 0)
            return r;
    }
    return NULL;
}

static struct stat_row *add_row(struct making *m, size_t at, enum stat_kind kind, const char *scheme, const char *label)
{
    struct ctx *c = m->c;
    struct stat_table *t = m->t;
    ARENA_PUSH(c->arena, t->row, t->rows, t->rows_cap) = (struct stat_row){0};
    memmove(&t->row[at + 1], &t->row[at], (t->rows - 1 - at) * sizeof *t->row);
    struct stat_row r = {.kind = kind, .scheme = scheme, .label = label, .cell = arena_many(c->arena, struct stat_cell, t->years)};
    for (size_t i = 0; i < t->years; i++)
        r.cell[i] = (struct stat_cell){NONE, NONE};
    const struct word *w = word_by_label(c, "scheme", NULL, scheme);
    r.scheme_code = w != NULL ? w->code : NULL;
    w = w != NULL && kind == STAT_CATEGORY ? word_by_label(c, "category", w->code, label) : NULL;
    r.category = w != NULL ? w->code : NULL;
    t->row[at] = r;
    return &t->row[at];
}

/* Behind the last row of the scheme that is of one of these kinds; at the end when there is none. */
static size_t place_behind(const struct stat_table *t, const char *scheme, bool parts_too)
{
    size_t at = t->rows;
    for (size_t i = 0; i < t->rows; i++)
        if (strcmp(t->row[i].scheme, scheme) == 0 && (t->row[i].kind == STAT_CATEGORY || t->row[i].kind == STAT_TOTAL || (parts_too && t->row[i].kind == STAT_PART)))
            at = i + 1;
    return at;
}

/* The name of a scheme as the imported table prints it, so that its years continue the same rows; else the preset's. */
static const char *printed_scheme(const struct making *m, const struct word *w)
{
    for (size_t i = 0; i < m->t->rows; i++)
        if (text_eq(m->t->row[i].scheme_code, w->code))
            return m->t->row[i].scheme;
    return w->label;
}

/* A scheme spelled in another way (P Sプロジェクト) is the one that a former row prints. */
static const char *known_scheme(const struct making *m, const char *scheme)
{
    const struct word *w = word_by_label(m->c, "scheme", NULL, scheme);
    for (size_t i = 0; i < m->t->rows; i++)
        if (strcmp(m->t->row[i].scheme, scheme) == 0)
            return scheme;
    for (size_t i = 0; i < m->t->rows && w != NULL; i++)
        if (text_eq(m->t->row[i].scheme_code, w->code))
            return m->t->row[i].scheme;
    return scheme;
}

static bool cells_meet(const struct making *m, const struct stat_row *row, int64_t id)
{
    bool meet = false;
    for (struct db_rows *v = db_query(m->c->db, m->c->arena, "SELECT year FROM history_value WHERE history_row = $1", P(id)); db_next(v);)
        meet = meet || (year_at(m->t, db_int(v, 0)) < m->t->years && row->cell[year_at(m->t, db_int(v, 0))].value != NONE);
    return meet;
}

/* 取組の and 取組みの計画段階への参画 are one category: two files that spell it differently fill one row, unless both have a figure for one year. */
static struct stat_row *row_of_word(struct making *m, const char *scheme, const char *label, int64_t id)
{
    const struct word *s = word_by_label(m->c, "scheme", NULL, scheme), *w = s != NULL ? word_by_label(m->c, "category", s->code, label) : NULL;
    for (size_t i = 0; i < m->t->rows && w != NULL; i++) {
        struct stat_row *r = &m->t->row[i];
        if (r->kind == STAT_CATEGORY && strcmp(r->scheme, scheme) == 0 && text_eq(r->category, w->code) && !cells_meet(m, r, id))
            return r;
    }
    return NULL;
}

static enum err load_history(struct making *m)
{
    struct ctx *c = m->c;
    struct stat_table *t = m->t;
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT r.id, r.scheme, r.form FROM history_row r JOIN history_source s ON s.id = r.source ORDER BY s.id, r.position", P0);
    while (db_next(q)) {
        int64_t id = db_int(q, 0);
        const char *scheme = db_text(q, 1), *form = db_text(q, 2);
        if (strcmp(scheme, "※") == 0) {
            ARENA_PUSH(c->arena, t->note, t->notes, t->notes_cap) = form;
            continue;
        }
        struct stat_row *row = NULL;
        if (strcmp(scheme, "|") == 0)
            form = known_scheme(m, form);
        else {
            scheme = known_scheme(m, scheme);
            enum stat_kind kind = *form == '\0' ? STAT_SCHEME : text_starts(form, PART_PREFIX) ? STAT_PART : STAT_CATEGORY;
            const char *label = kind == STAT_SCHEME ? scheme : form;
            row = row_of(m, kind, scheme, label);
            if (row == NULL && kind == STAT_CATEGORY)
                row = row_of_word(m, scheme, label, id);
            if (row == NULL)
                row = add_row(m, t->rows, kind, scheme, label);
        }
        struct db_rows *v = db_query(c->db, c->arena, "SELECT year, value FROM history_value WHERE history_row = $1 ORDER BY year", P(id));
        while (db_next(v)) {
            if (row == NULL)
                ARENA_PUSH(c->arena, t->brk, t->breaks, t->breaks_cap) = (struct stat_break){form, db_int(v, 0)};
            else if (year_at(t, db_int(v, 0)) < t->years)
                row->cell[year_at(t, db_int(v, 0))].value = db_int(v, 1);
        }
        TRY_DB(c, db_error(c->db));
    }
    TRY_DB(c, db_error(c->db));
    q = db_query(c->db, c->arena,
        "SELECT s.label, min(y.year), max(y.year) FROM history_source s JOIN history_year y ON y.source = s.id GROUP BY s.id, s.label ORDER BY s.id", P0);
    while (db_next(q))
        if (db_int(q, 1) <= m->until)
            ARENA_PUSH(c->arena, t->source, t->sources, t->sources_cap) =
                (struct stat_source){db_text(q, 0), db_int(q, 1), db_int(q, 2) < m->until ? db_int(q, 2) : m->until};
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* An edition speaks of the schemes that were asked about; of the others an imported figure of its year stands. */
static const struct own *own_for(const struct making *m, int64_t year, const char *scheme)
{
    const struct own *own = own_of(m, year);
    return own != NULL && figure_of(own->v, own->n, "projects", scheme, "") != NONE ? own : NULL;
}

/* `absent`: what it means that an edition with this scheme has no such figure. A category may have been no word of that year; of no new project there are none. */
static void set_own(struct making *m, struct stat_row *row, const char *name, const char *one, const char *other, int64_t absent)
{
    for (size_t i = 0; i < m->t->years; i++) {
        const struct own *own = own_for(m, m->t->year[i], one);
        int64_t value = own != NULL ? figure_of(own->v, own->n, name, one, other) : NONE;
        if (own != NULL)
            row->cell[i] = (struct stat_cell){value != NONE ? value : absent, own->edition};
    }
}

static bool stands_in_own(const struct making *m, const char *name, const char *one, const char *other)
{
    for (size_t i = 0; i < m->owns; i++)
        if (figure_of(m->own[i].v, m->own[i].n, name, one, other) != NONE)
            return true;
    return false;
}

/* The register's own years: categories, new projects, and the scheme as a whole where the imported table has it without categories. */
static enum err continue_scheme(struct making *m, const struct word *scheme)
{
    struct ctx *c = m->c;
    const char *printed = printed_scheme(m, scheme);
    /* Where an edition speaks it does so for the whole scheme: no sum of imported and own figures in one year. */
    for (size_t i = 0; i < m->t->years; i++)
        for (size_t k = 0; k < m->t->rows && own_for(m, m->t->year[i], scheme->code) != NULL; k++)
            if (strcmp(m->t->row[k].scheme, printed) == 0)
                m->t->row[k].cell[i] = (struct stat_cell){NONE, NONE};
    struct stat_row *alone = row_of(m, STAT_SCHEME, printed, printed);
    if (alone != NULL && stands_in_own(m, "projects", scheme->code, ""))
        set_own(m, alone, "projects", scheme->code, "", NONE);
    const struct word *category;
    size_t n;
    TRY(words(c, "category", scheme->code, NONE, &category, &n));
    for (size_t i = 0; i < n; i++) {
        if (!stands_in_own(m, "category", scheme->code, category[i].code))
            continue;
        struct stat_row *row = NULL;
        for (size_t k = 0; k < m->t->rows && row == NULL; k++)
            if (m->t->row[k].kind == STAT_CATEGORY && strcmp(m->t->row[k].scheme, printed) == 0 && text_eq(m->t->row[k].category, category[i].code))
                row = &m->t->row[k];
        if (row == NULL) {
            row = add_row(m, place_behind(m->t, printed, false), STAT_CATEGORY, printed, category[i].label);
            row->category = category[i].code;
            row->scheme_code = scheme->code;
        }
        set_own(m, row, "category", scheme->code, category[i].code, NONE);
    }
    if (n > 0 && stands_in_own(m, "continuity", scheme->code, "new")) {
        struct stat_row *part = row_of(m, STAT_PART, printed, "うち新規");
        if (part == NULL)
            part = add_row(m, place_behind(m->t, printed, true), STAT_PART, printed, "うち新規");
        set_own(m, part, "continuity", scheme->code, "new", 0);
        part->scheme_code = scheme->code;
    }
    return OK;
}

static enum err continue_own(struct making *m)
{
    const struct word *scheme;
    size_t n;
    TRY(words(m->c, "scheme", NULL, NONE, &scheme, &n));
    const char *last = NULL; /* a code has a word for each span of years */
    for (size_t i = 0; m->owns > 0 && i < n; i++)
        if (!text_eq(scheme[i].code, last)) {
            last = scheme[i].code;
            TRY(continue_scheme(m, &scheme[i]));
        }
    return OK;
}

/* A total row behind each scheme's last category: the sum of its categories, blank where they are. */
static void add_totals(struct making *m)
{
    struct stat_table *t = m->t;
    for (size_t i = 0; i < t->rows; i++) {
        const char *scheme = t->row[i].scheme;
        if (t->row[i].kind != STAT_CATEGORY || row_of(m, STAT_TOTAL, scheme, TOTAL_LABEL) != NULL)
            continue;
        struct stat_row *total = add_row(m, place_behind(t, scheme, false), STAT_TOTAL, scheme, TOTAL_LABEL);
        for (size_t r = 0; r < t->rows; r++)
            for (size_t k = 0; t->row[r].kind == STAT_CATEGORY && strcmp(t->row[r].scheme, scheme) == 0 && k < t->years; k++)
                if (t->row[r].cell[k].value != NONE) {
                    total->cell[k].value = (total->cell[k].value == NONE ? 0 : total->cell[k].value) + t->row[r].cell[k].value;
                    total->cell[k].edition = t->row[r].cell[k].edition;
                }
        total->scheme_code = t->row[i].scheme_code;
    }
}

static enum err make_table(struct making *m)
{
    *m->t = (struct stat_table){0};
    TRY(load_own(m));
    TRY(load_years(m));
    TRY(load_history(m));
    TRY(continue_own(m));
    add_totals(m);
    return OK;
}

enum err statistics_table(struct ctx *c, struct stat_table *out)
{
    struct making m = {.c = c, .t = out, .edition = NONE, .until = INT64_MAX};
    return make_table(&m);
}

enum err statistics_table_of(struct ctx *c, int64_t edition, int64_t year, struct stat_table *out)
{
    struct making m = {.c = c, .t = out, .edition = edition, .until = year};
    return make_table(&m);
}

bool stat_breaks(const struct stat_table *t, const char *scheme, size_t i)
{
    if (t->gap[i])
        return true;
    for (size_t k = 0; k < t->breaks; k++)
        if (strcmp(t->brk[k].scheme, scheme) == 0 && t->brk[k].before <= t->year[i] && (i == 0 || t->brk[k].before > t->year[i - 1]))
            return true;
    return false;
}

/* --- out --- */

/* One row a scheme, with a mark for each of its breaks: the import takes a scheme's breaks in one row. */
static void breaks_csv(struct ctx *c, const struct stat_table *t, struct sb *b)
{
    bool *mark = arena_many(c->arena, bool, t->years + 1);
    for (size_t i = 0; i < t->breaks; i++) {
        bool first = true, any = false;
        for (size_t k = 0; k < i; k++)
            first = first && strcmp(t->brk[k].scheme, t->brk[i].scheme) != 0;
        if (!first)
            continue;
        memset(mark, 0, t->years * sizeof *mark);
        for (size_t k = i; k < t->breaks; k++) {
            size_t at = 0;
            while (at < t->years && t->year[at] < t->brk[k].before)
                at++;
            if (at < t->years && strcmp(t->brk[k].scheme, t->brk[i].scheme) == 0)
                any = mark[at] = true;
        }
        if (!any)
            continue;
        csv_text(b, "|");
        csv_comma(b);
        csv_text(b, t->brk[i].scheme);
        for (size_t k = 0; k < t->years; k++) {
            csv_comma(b);
            csv_int(b, mark[k] ? 1 : NONE);
        }
        csv_end(b);
    }
}

const char *statistics_csv(struct ctx *c, const struct stat_table *t)
{
    struct sb b;
    sb_init(&b, c->arena);
    sb_add(&b, "\xEF\xBB\xBFscheme,form");
    for (size_t k = 0; k < t->years; k++)
        sb_printf(&b, ",%lld", (long long)t->year[k]);
    csv_end(&b);
    for (size_t i = 0; i < t->rows; i++) {
        const struct stat_row *r = &t->row[i];
        csv_text(&b, r->scheme);
        csv_comma(&b);
        csv_text(&b, r->kind == STAT_SCHEME ? "" : r->label);
        for (size_t k = 0; k < t->years; k++) {
            csv_comma(&b);
            csv_int(&b, r->cell[k].value);
        }
        csv_end(&b);
    }
    for (size_t i = 0; i < t->notes; i++) {
        csv_text(&b, "※");
        csv_comma(&b);
        csv_text(&b, t->note[i]);
        for (size_t k = 0; k < t->years; k++)
            csv_comma(&b);
        csv_end(&b);
    }
    breaks_csv(c, t, &b);
    return sb_str(&b);
}

static void row_json(struct json *j, const struct stat_table *t, const struct stat_row *r)
{
    static const char *const kinds[] = {"category", "total", "scheme", "part"};
    json_object(j, NULL);
    json_text(j, "kind", kinds[r->kind]);
    json_text(j, "scheme", r->scheme);
    json_text(j, "form", r->kind == STAT_SCHEME ? NULL : r->label);
    json_array(j, "values");
    for (size_t k = 0; k < t->years; k++)
        json_int(j, NULL, r->cell[k].value);
    json_end(j, ']');
    json_end(j, '}');
}

const char *statistics_json(struct ctx *c, const struct stat_table *t)
{
    struct sb b;
    struct json j;
    sb_init(&b, c->arena);
    json_init(&j, &b);
    json_object(&j, NULL);
    json_array(&j, "years");
    for (size_t k = 0; k < t->years; k++)
        json_int(&j, NULL, t->year[k]);
    json_end(&j, ']');
    json_array(&j, "rows");
    for (size_t i = 0; i < t->rows; i++)
        row_json(&j, t, &t->row[i]);
    json_end(&j, ']');
    json_array(&j, "notes");
    for (size_t i = 0; i < t->notes; i++)
        json_text(&j, NULL, t->note[i]);
    json_end(&j, ']');
    json_array(&j, "breaks");
    for (size_t i = 0; i < t->breaks; i++) {
        json_object(&j, NULL);
        json_text(&j, "scheme", t->brk[i].scheme);
        json_int(&j, "before", t->brk[i].before);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_array(&j, "sources");
    for (size_t i = 0; i < t->sources; i++) {
        json_object(&j, NULL);
        json_text(&j, "label", t->source[i].label);
        json_int(&j, "from", t->source[i].from);
        json_int(&j, "to", t->source[i].to);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_end(&j, '}');
    return sb_str(&b);
}
