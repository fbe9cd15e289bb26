#include "area/register/public.h"

#include <string.h>

#include "area/organization/organization.h"
#include "base/csv.h"
#include "base/date.h"
#include "base/text.h"
#include "core/finder.h"
#include "core/kept.h"
#include "core/preset.h"

enum { EXPORT_PAGE = 200, IDS_MOST = 1000, COUNT_MOST = 1001 };

/* --- the list --- */

static void where_set(struct sql *q, const char *field, const char *code)
{
    if (code != NULL)
        sql_add(q, " AND EXISTS (SELECT 1 FROM frozen_set s WHERE s.owner = i.frozen AND s.field = $ AND s.code = $)", P(field, code));
}

/* Ids in a list of 8, 64 or 1,000 places, the last one repeated: three statements to prepare instead of a thousand. */
static void where_ids(struct sql *q, const int64_t *id, size_t n)
{
    size_t places = n <= 8 ? 8 : n <= 64 ? 64 : IDS_MOST;
    sql_add(q, " AND i.project IN (", P0);
    for (size_t k = 0; k < places; k++) {
        int64_t v = n == 0 ? 0 : id[k < n ? k : n - 1];
        if (k == 0)
            sql_add(q, "$", P(v));
        else
            sql_add(q, ", $", P(v));
    }
    sql_add(q, ")", P0);
}

static enum err add_where(struct ctx *c, struct sql *q, const struct project_filter *f)
{
    sql_add(q, " WHERE i.edition = $", P(f->edition));
    if (f->scheme != NULL)
        sql_add(q, " AND i.scheme = $", P(f->scheme));
    if (f->category != NULL)
        sql_add(q, " AND i.category = $", P(f->category));
    if (f->continuity != NULL)
        sql_add(q, " AND i.continuity = $", P(f->continuity));
    if (f->department != NONE)
        sql_add(q, " AND i.department = $", P(f->department));
    if (f->section != NONE)
        sql_add(q, " AND i.section = $", P(f->section));
    where_set(q, "forms", f->form);
    where_set(q, "relation", f->relation);
    where_set(q, "domain", f->domain);
    where_set(q, "fields", f->field);
    where_set(q, "municipalities", f->municipality);
    if (f->q != NULL) {
        int64_t *id = NULL;
        size_t n = 0;
        TRY(finder_ids(c, "project", f->q, IDS_MOST, &id, &n));
        where_ids(q, id, n);
    }
    return OK;
}

/* The columns stand in the item itself: a page reads twenty rows of one table. */
#define LINE_COLUMNS "i.position, i.project, i.name, i.scheme, i.category, i.continuity, i.budget, i.partners, i.section_name, i.department_name"

static void read_line(struct ctx *c, struct db_rows *q, int64_t year, struct project_line *l)
{
    *l = (struct project_line){
        .position = db_int(q, 0), .project = db_int(q, 1), .year = year, .name = db_text(q, 2), .scheme = db_text(q, 3), .category = db_text(q, 4),
        .continuity = db_text(q, 5), .budget = db_int(q, 6), .partners = db_text(q, 7), .section = db_text(q, 8), .department = db_text(q, 9)};
    l->to = url_path(c->arena, "/projects/%lld?year=%lld", (long long)l->project, (long long)year);
}

/* Lists show columns of frozen; what was withheld since must not come out by them. */
static enum err mask_line(struct ctx *c, int64_t edition, struct project_line *l)
{
    const char *hidden = withheld(c, "project", l->project);
    if (*hidden == '\0')
        return OK;
    if (is_withheld(hidden, "name"))
        l->name = tr(c, WITHHELD_MARK);
    if (is_withheld(hidden, "partners"))
        l->partners = tr(c, WITHHELD_MARK);
    else if (is_withheld_partly(hidden, "partners")) {
        struct frozen f;
        struct statement s;
        struct frozen_words w;
        int64_t frozen = NONE;
        TRY_DB(c, db_get_int(c->db, "SELECT frozen FROM edition_item WHERE edition = $1 AND position = $2", P(edition, l->position), &frozen));
        TRY(frozen_load(c, frozen, &f));
        TRY(frozen_open(c, &f, AUDIENCE_PUBLIC, &s, &w, &hidden));
        l->partners = partners_line(c, &s);
    }
    if (is_withheld(hidden, "budget"))
        l->budget = NONE;
    return OK;
}

/* Most pages hold nothing withheld: one look says so. */
static enum err mask_lines(struct ctx *c, int64_t edition, struct project_line *v, size_t n)
{
    int64_t least = INT64_MAX, most = 0, any = 0;
    for (size_t i = 0; i < n; i++) {
        least = v[i].project < least ? v[i].project : least;
        most = v[i].project > most ? v[i].project : most;
    }
    if (n > 0)
        TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM withholding WHERE entity = 'project' AND record >= $1 AND record <= $2 AND lifted_at IS NULL", P(least, most), &any));
    for (size_t i = 0; any > 0 && i < n; i++)
        TRY(mask_line(c, edition, &v[i]));
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* The key of a name is as good as the name, which may be withheld: it never leaves in a cursor, but is looked up by the row's place. */
static enum err key_at(struct ctx *c, int64_t edition, int64_t position, const char **key)
{
    enum err e = db_get_text(c->db, c->arena, "SELECT name_key FROM edition_item WHERE edition = $1 AND position = $2", P(edition, position), key);
    if (e != E_NOT_FOUND)
        TRY_DB(c, e);
    return OK;
}

enum err projects_list(struct ctx *c, const struct project_filter *f, const struct cursor *at, size_t limit, struct project_line **out, size_t *n, bool *more)
{
    struct sql q;
    sql_init(&q, c->arena);
    sql_add(&q, "SELECT " LINE_COLUMNS " FROM edition_item i", P0);
    TRY(add_where(c, &q, f));
    bool back = at->set && at->back;
    const char *key = NULL;
    if (at->set && f->by_name)
        TRY(key_at(c, f->edition, at->id, &key));
    if (key != NULL) {
        if (back)
            sql_add(&q, " AND (i.name_key < $ OR (i.name_key = $ AND i.position < $))", P(key, key, at->id));
        else
            sql_add(&q, " AND (i.name_key > $ OR (i.name_key = $ AND i.position > $))", P(key, key, at->id));
    } else if (at->set && !f->by_name) {
        if (back)
            sql_add(&q, " AND i.position < $", P(at->id));
        else
            sql_add(&q, " AND i.position > $", P(at->id));
    }
    if (f->by_name && back)
        sql_add(&q, " ORDER BY i.name_key DESC, i.position DESC", P0);
    else if (f->by_name)
        sql_add(&q, " ORDER BY i.name_key, i.position", P0);
    else if (back)
        sql_add(&q, " ORDER BY i.position DESC", P0);
    else
        sql_add(&q, " ORDER BY i.position", P0);
    sql_add(&q, " LIMIT $", P((int64_t)limit + 1));
    struct project_line *v = arena_many(c->arena, struct project_line, limit + 1);
    size_t got = 0;
    struct db_rows *rows = sql_query(c->db, &q);
    while (db_next(rows) && got <= limit)
        read_line(c, rows, f->year, &v[got++]);
    db_done(rows);
    TRY_DB(c, db_error(c->db));
    *more = got > limit;
    *n = *more ? limit : got;
    if (back)
        for (size_t i = 0; i < *n / 2; i++) {
            struct project_line t = v[i];
            v[i] = v[*n - 1 - i];
            v[*n - 1 - i] = t;
        }
    TRY(mask_lines(c, f->edition, v, *n));
    *out = v;
    return OK;
}

enum err project_line_summary(struct ctx *c, const struct project_filter *f, struct project_line *l)
{
    if (!is_withheld(withheld(c, "project", l->project), "summary"))
        TRY_DB(c, db_get_text(c->db, c->arena, "SELECT f.summary FROM edition_item i JOIN frozen f ON f.id = i.frozen WHERE i.edition = $1 AND i.position = $2",
                              P(f->edition, l->position), &l->summary));
    return OK;
}

static enum err count_now(struct ctx *c, const struct project_filter *f, int64_t *n)
{
    struct sql q;
    sql_init(&q, c->arena);
    sql_add(&q, "SELECT count(*) FROM (SELECT 1 AS one FROM edition_item i", P0);
    TRY(add_where(c, &q, f));
    sql_add(&q, " LIMIT $) x", P((int64_t)COUNT_MOST));
    struct db_rows *rows = sql_query(c->db, &q);
    *n = db_next(rows) ? db_int(rows, 0) : 0;
    db_done(rows);
    TRY_DB(c, db_error(c->db));
    return OK;
}

static const char *or_any(const char *s) { return s != NULL ? s : "*"; }

static enum err make_count(struct ctx *c, const void *arg, struct sb *out)
{
    int64_t n = 0;
    TRY(count_now(c, arg, &n));
    sb_add_n(out, (const char *)&n, sizeof n);
    return OK;
}

enum err projects_count(struct ctx *c, const struct project_filter *f, int64_t *n)
{
    if (f->q != NULL) /* as many keys as people have words */
        return count_now(c, f, n);
    const char *key = arena_printf(c->arena, "count %lld %s %s %s %s %s %s %s %s %lld %lld", (long long)f->edition, or_any(f->scheme), or_any(f->category),
                                   or_any(f->continuity), or_any(f->form), or_any(f->field), or_any(f->municipality), or_any(f->relation), or_any(f->domain), (long long)f->department, (long long)f->section);
    const char *p;
    size_t size;
    TRY(kept(c, key, make_count, f, &p, &size));
    memcpy(n, p, sizeof *n);
    return OK;
}

/* --- one project --- */

enum err project_frozen(struct ctx *c, int64_t project, int64_t year, struct frozen *f, int64_t *edition)
{
    struct db_rows *q = year == NONE
        ? db_query(c->db, c->arena, "SELECT " FROZEN_COLUMNS ", e.id FROM edition_item i JOIN edition e ON e.id = i.edition JOIN frozen f ON f.id = i.frozen "
                                    "WHERE f.project = $1 AND e.state = 'published' ORDER BY e.year DESC, e.number DESC LIMIT 1", P(project))
        : db_query(c->db, c->arena, "SELECT " FROZEN_COLUMNS ", e.id FROM edition_item i JOIN edition e ON e.id = i.edition JOIN frozen f ON f.id = i.frozen "
                                    "WHERE f.project = $1 AND f.year = $2 AND e.state = 'published' ORDER BY e.year DESC, e.number DESC LIMIT 1", P(project, year));
    bool found = db_next(q);
    if (found) {
        frozen_read(q, f);
        *edition = db_int(q, 18);
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    return found ? OK : fail(c, E_NOT_FOUND, "%s", tr(c, "この事業は見つかりません。"));
}

enum err editions_published(struct ctx *c, struct published **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT year, id, number FROM edition WHERE state = 'published' ORDER BY year DESC, number DESC", P0);
    while (db_next(q))
        if (*n == 0 || (*out)[*n - 1].year != db_int(q, 0))
            ARENA_PUSH(c->arena, *out, *n, cap) = (struct published){db_int(q, 0), db_int(q, 1), db_int(q, 2)};
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err years_published(struct ctx *c, int64_t **out, size_t *n)
{
    struct published *v;
    TRY(editions_published(c, &v, n));
    *out = arena_many(c->arena, int64_t, *n + 1);
    for (size_t i = 0; i < *n; i++)
        (*out)[i] = v[i].year;
    return OK;
}

void take_years(struct page *p, const int64_t *years, size_t n)
{
    for (p->years_n = 0; p->years_n < n && p->years_n < sizeof p->years / sizeof *p->years; p->years_n++)
        p->years[p->years_n] = years[p->years_n];
}

/* Of each year the newest published edition speaks; a project counts once a year. */
enum err collaborations_of(struct ctx *c, int64_t organization, struct collaboration **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    const char *linked = arena_printf(c->arena, "%lld", (long long)organization);
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT DISTINCT f.project, f.year, f.name, f.category, s.name, f.id FROM frozen_partner p JOIN frozen f ON f.id = p.owner JOIN edition_item i ON i.frozen = f.id "
        "JOIN edition e ON e.id = i.edition JOIN section s ON s.id = f.section WHERE p.organization = $1 AND e.state = 'published' "
        "AND NOT EXISTS (SELECT 1 FROM edition later WHERE later.year = e.year AND later.state = 'published' AND later.number > e.number) "
        "ORDER BY f.year DESC, f.name, f.project", P(organization));
    while (db_next(q)) {
        int64_t project = db_int(q, 0), year = db_int(q, 1);
        const char *hidden = withheld(c, "project", project);
        if (is_withheld(hidden, "partners") || is_withheld_value(c->arena, hidden, "partners", "organization", linked))
            continue;
        if (is_withheld_partly(hidden, "partners")) { /* by its name perhaps */
            struct frozen f;
            struct statement s;
            struct frozen_words w;
            bool shown = false;
            TRY(frozen_load(c, db_int(q, 5), &f));
            TRY(frozen_open(c, &f, AUDIENCE_PUBLIC, &s, &w, &hidden));
            for (size_t i = 0; i < s.partners_n; i++)
                shown = shown || s.partners[i].organization == organization;
            if (!shown)
                continue;
        }
        ARENA_PUSH(c->arena, *out, *n, cap) = (struct collaboration){
            .project = project, .year = year, .name = is_withheld(hidden, "name") ? tr(c, WITHHELD_MARK) : db_text(q, 2),
            .category = word(c, "category", db_text(q, 3), year), .section = db_text(q, 4)};
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* --- exports --- */

bool field_exported(struct ctx *c, const struct field *f)
{
    bool chosen = (f->kind == FIELD_CODE || f->kind == FIELD_SET) && f->vocabulary != NULL && *f->vocabulary != '\0';
    /* Where a prefecture has no words for a field (relation, domain, kinds), nobody is asked for it. */
    return !(f->flags & INTERNAL) && field_audience(f) == AUDIENCE_PUBLIC && (!chosen || words_any(c, f->vocabulary));
}

static const char *ref_name(struct ctx *c, const struct frozen_words *w, const struct field *f, int64_t id)
{
    if (strcmp(f->ref, "section") == 0)
        return frozen_section(c, w, id);
    if (strcmp(f->ref, "organization") == 0)
        return frozen_organization(c, w, id);
    return NULL;
}

/* A value in words, for a cell: sets joined by 、, rows of children by ／. */
const char *frozen_cell(struct ctx *c, const struct frozen_words *w, const struct field *f, const void *row)
{
    const char *at = (const char *)row + f->offset;
    struct sb b;
    sb_init(&b, c->arena);
    switch (f->kind) {
    case FIELD_CODE:
        return frozen_word(c, w, f->vocabulary, field_text(f, row));
    case FIELD_REF:
        return ref_name(c, w, f, field_int(f, row));
    case FIELD_SET: {
        const struct set *s = (const void *)at;
        for (size_t i = 0; i < s->n; i++)
            sb_printf(&b, "%s%s", i > 0 ? "、" : "", frozen_word(c, w, f->vocabulary, s->v[i]));
        return sb_str(&b);
    }
    case FIELD_CHILD: {
        const char *child;
        size_t n;
        memcpy(&child, at, sizeof child);
        memcpy(&n, (const char *)row + f->offset_n, sizeof n);
        for (size_t i = 0; i < n; i++) {
            const char *sep = i > 0 ? "／" : "";
            for (size_t k = 0; k < f->child->fields_n; k++) {
                const struct field *cf = &f->child->fields[k];
                const char *text = field_exported(c, cf) ? frozen_cell(c, w, cf, child + i * f->child->size) : NULL;
                if (text != NULL && *text != '\0') {
                    sb_printf(&b, "%s%s", sep, text);
                    sep = " ";
                }
            }
        }
        return sb_str(&b);
    }
    case FIELD_MILLI:
    case FIELD_YEN:
        if (field_int(f, row) == NONE)
            return NULL;
        csv_milli(&b, field_int(f, row)); /* a yen is a thousandth of 千円 */
        return sb_str(&b);
    default:
        return entity_value(c->arena, f, row);
    }
}

static bool is_figure(const struct field *f)
{
    return f->kind == FIELD_YEN || f->kind == FIELD_MILLI || f->kind == FIELD_INT || f->kind == FIELD_YEAR || f->kind == FIELD_ID;
}

static const struct table_column *project_columns(struct ctx *c, size_t *n)
{
    struct table_column *v = arena_many(c->arena, struct table_column, statement_entity.fields_n);
    *n = 0;
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *f = &statement_entity.fields[i];
        if (!field_exported(c, f))
            continue;
        bool long_text = f->kind == FIELD_MEMO || f->kind == FIELD_CHILD || f->kind == FIELD_SET;
        v[(*n)++] = (struct table_column){
            .title = preset_wording(c, f->label), .wrap = long_text || f->kind == FIELD_CODE || f->kind == FIELD_TEXT,
            .width = strcmp(f->name, "name") == 0 ? 30 : f->kind == FIELD_MEMO ? 60 : long_text ? 30 : f->kind == FIELD_CODE || f->kind == FIELD_TEXT ? 20 : 0,
            .kind = f->kind == FIELD_YEN ? TABLE_YEN : f->kind == FIELD_MILLI ? TABLE_MILLI : f->kind == FIELD_DATE ? TABLE_DATE
                    : f->kind == FIELD_ID || f->kind == FIELD_INT || f->kind == FIELD_YEAR || strcmp(f->name, "project") == 0 ? TABLE_INT : TABLE_TEXT};
    }
    return v;
}

static enum err project_row(struct ctx *c, struct table *t, const struct frozen *f)
{
    struct statement s;
    struct frozen_words w;
    const char *hidden;
    TRY(frozen_open(c, f, AUDIENCE_PUBLIC, &s, &w, &hidden));
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *field = &statement_entity.fields[i];
        if (!field_exported(c, field))
            continue;
        if (strcmp(field->name, "project") == 0)
            table_int(t, s.project);
        else if (field->kind == FIELD_YEN)
            table_yen(t, field_int(field, &s));
        else if (field->kind == FIELD_MILLI)
            table_milli(t, field_int(field, &s));
        else if (is_figure(field))
            table_int(t, field_int(field, &s));
        else if (is_withheld(hidden, field->name))
            table_text(t, tr(c, "(公開していません)"));
        else if (field->kind == FIELD_DATE)
            table_date(t, field_text(field, &s));
        else
            table_text(t, frozen_cell(c, &w, field, &s));
    }
    return table_row(t);
}

/* Words for the codes that are shown, so that a reader of the JSON needs no list of ours. */
static void json_words(struct ctx *c, struct json *j, const struct frozen_words *w, const struct entity *e, const void *row)
{
    for (size_t i = 0; i < e->fields_n; i++) {
        const struct field *f = &e->fields[i];
        if (!field_exported(c, f))
            continue;
        if (f->kind == FIELD_CODE || f->kind == FIELD_REF || f->kind == FIELD_SET) {
            const char *text = frozen_cell(c, w, f, row);
            if (text != NULL && *text != '\0')
                json_text(j, f->name, text);
        }
    }
}

enum err project_json(struct ctx *c, struct json *j, const struct frozen *f)
{
    struct statement s;
    struct frozen_words w;
    const char *hidden;
    TRY(frozen_open(c, f, AUDIENCE_PUBLIC, &s, &w, &hidden));
    json_object(j, NULL);
    json_int(j, "id", f->project);
    json_text(j, "url", url_with(c->arena, url_project(c, f->project), "year", arena_printf(c->arena, "%lld", (long long)f->year)).s);
    json_text(j, "hash", f->hash);
    entity_json(j, "statement", &statement_entity, &s, AUDIENCE_PUBLIC, hidden);
    json_object(j, "words");
    json_words(c, j, &w, &statement_entity, &s);
    json_end(j, '}');
    if (*hidden != '\0')
        json_text(j, "withheld", withheld_fields(c, hidden));
    json_end(j, '}');
    return OK;
}

/* Calls `each` for every row of the filter, in the order of the list, a piece at a time. */
struct walk {
    const struct project_filter *f;
    enum err (*each)(struct ctx *c, void *to, const struct frozen *f);
    void *to;
    struct arena *kept;
    int64_t rows, position; const char *key; /* the last row */
};

static enum err next_piece(struct ctx *c, void *arg, bool *more)
{
    struct walk *x = arg;
    struct sql q;
    struct frozen *v = arena_many(c->arena, struct frozen, EXPORT_PAGE);
    size_t n = 0;
    const char *key = NULL;
    sql_init(&q, c->arena);
    sql_add(&q, "SELECT " FROZEN_COLUMNS ", i.position, i.name_key FROM edition_item i JOIN frozen f ON f.id = i.frozen", P0);
    TRY(add_where(c, &q, x->f));
    if (x->rows > 0 && x->f->by_name)
        sql_add(&q, " AND (i.name_key, i.position) > ($, $)", P(x->key, x->position));
    else if (x->rows > 0)
        sql_add(&q, " AND i.position > $", P(x->position));
    if (x->f->by_name)
        sql_add(&q, " ORDER BY i.name_key, i.position LIMIT 200", P0);
    else
        sql_add(&q, " ORDER BY i.position LIMIT 200", P0);
    for (struct db_rows *rows = sql_query(c->db, &q); db_next(rows);) {
        frozen_read(rows, &v[n++]);
        x->position = db_int(rows, 18);
        key = db_text(rows, 19);
    }
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < n; i++)
        TRY(x->each(c, x->to, &v[i]));
    TRY_DB(c, db_error(c->db));
    x->rows += (int64_t)n;
    arena_reset(x->kept);
    x->key = arena_dup(x->kept, key);
    *more = n == EXPORT_PAGE;
    return OK;
}

static enum err for_each(struct ctx *c, const struct project_filter *f, enum err (*each)(struct ctx *c, void *to, const struct frozen *f), void *to, int64_t *rows)
{
    ARENA struct arena *kept = arena_new();
    struct walk x = {.f = f, .each = each, .to = to, .kept = kept};
    enum err e = listing_pieces(c, next_piece, &x);
    *rows = x.rows;
    return e;
}

static enum err each_row(struct ctx *c, void *to, const struct frozen *f) { return project_row(c, to, f); }

struct json_rows { struct json j; struct json_sink *sink; };
static enum err each_json(struct ctx *c, void *to, const struct frozen *f)
{
    struct json_rows *x = to;
    TRY(project_json(c, &x->j, f));
    json_spill(x->sink);
    return OK;
}


static enum err listing_rows(struct ctx *c, struct table *t, void *arg)
{
    int64_t rows;
    return for_each(c, arg, each_row, t, &rows);
}

struct listing projects_listing(struct ctx *c, const struct project_filter *f)
{
    struct listing l = {.name = arena_printf(c->arena, "協働事業_%s", fiscal_year_era(c->arena, f->year)), .rows = listing_rows, .arg = (void *)(uintptr_t)f};
    l.column = project_columns(c, &l.columns);
    return l;
}

enum err projects_json(struct ctx *c, const struct project_filter *f, struct json_sink *out, int64_t *rows)
{
    struct json_rows x = {.sink = out};
    json_init(&x.j, &out->out);
    json_object(&x.j, NULL);
    json_int(&x.j, "edition", f->edition);
    json_int(&x.j, "year", f->year);
    json_array(&x.j, "projects");
    TRY(for_each(c, f, each_json, &x, rows));
    json_end(&x.j, ']');
    json_int(&x.j, "count", *rows);
    json_end(&x.j, '}');
    return OK;
}

enum err projects_json_now(struct ctx *c, struct json_sink *s, void *arg)
{
    int64_t rows = 0;
    return projects_json(c, arg, s, &rows);
}
