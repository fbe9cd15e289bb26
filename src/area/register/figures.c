#include "area/register/figures.h"

#include <string.h>

#include "core/preset.h"
#include "core/section.h"

struct tally { struct figure *v; size_t n, cap; };

static void put(struct ctx *c, struct tally *t, const char *name, const char *one, const char *other, int64_t value)
{
    ARENA_PUSH(c->arena, t->v, t->n, t->cap) = (struct figure){name, one, other, value};
}

static int compare(const void *x, const void *y)
{
    const struct figure *a = x, *b = y;
    int d = strcmp(a->name, b->name);
    if (d == 0)
        d = strcmp(a->one, b->one);
    return d != 0 ? d : strcmp(a->other, b->other);
}

/* The rows of a query with three columns: one, other, value. */
static enum err take(struct ctx *c, struct tally *t, const char *name, struct db_rows *q)
{
    while (db_next(q)) {
        const char *one = db_text(q, 0), *other = db_text(q, 1);
        put(c, t, name, one != NULL ? one : "", other != NULL ? other : "", db_int(q, 2));
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

static bool has(const struct tally *t, const char *name, const char *one, const char *other)
{
    return figure_of(t->v, t->n, name, one, other) != NONE;
}

/* A scheme nobody was asked for yet has no figures: a 0 would say that there is nothing. */
static enum err asked(struct ctx *c, const struct tally *t, int64_t year, const char *scheme, bool *yes)
{
    int64_t rounds = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM inquiry WHERE year = $1 AND scheme = $2 AND state = 'closed'", P(year, scheme), &rounds));
    *yes = rounds > 0 || has(t, "projects", scheme, "");
    return OK;
}

/* What the year's lists name and nobody has is a 0, which is a figure, not a blank. */
static enum err put_zeros(struct ctx *c, struct tally *t, int64_t year)
{
    const struct word *scheme, *category;
    size_t schemes, categories;
    TRY(words(c, "scheme", NULL, year, &scheme, &schemes));
    bool *of = arena_many(c->arena, bool, schemes + 1);
    for (size_t i = 0; i < schemes; i++) {
        TRY(asked(c, t, year, scheme[i].code, &of[i]));
        if (!of[i])
            continue;
        if (!has(t, "projects", scheme[i].code, ""))
            put(c, t, "projects", scheme[i].code, "", 0);
        TRY(words(c, "category", scheme[i].code, year, &category, &categories));
        for (size_t k = 0; k < categories; k++)
            if (!has(t, "category", scheme[i].code, category[k].code))
                put(c, t, "category", scheme[i].code, category[k].code, 0);
    }
    struct section_node *section;
    size_t sections;
    TRY(sections_of_year(c, year, &section, &sections));
    for (size_t i = 0; i < sections; i++)
        for (size_t k = 0; section[i].depth == 0 && k < schemes; k++) {
            const char *id = arena_printf(c->arena, "%lld", (long long)section[i].s.id);
            if (of[k] && !has(t, "department", id, scheme[k].code))
                put(c, t, "department", id, scheme[k].code, 0);
        }
    return OK;
}

enum err figures_count(struct ctx *c, int64_t edition, int64_t year, struct figure **out, size_t *n)
{
    struct tally t = {0};
    TRY(take(c, &t, "projects", db_query(c->db, c->arena,
        "SELECT f.scheme, '', count(*) FROM edition_item i JOIN frozen f ON f.id = i.frozen WHERE i.edition = $1 GROUP BY f.scheme", P(edition))));
    TRY(take(c, &t, "category", db_query(c->db, c->arena,
        "SELECT f.scheme, f.category, count(*) FROM edition_item i JOIN frozen f ON f.id = i.frozen WHERE i.edition = $1 GROUP BY f.scheme, f.category", P(edition))));
    TRY(take(c, &t, "continuity", db_query(c->db, c->arena,
        "SELECT f.scheme, f.continuity, count(*) FROM edition_item i JOIN frozen f ON f.id = i.frozen WHERE i.edition = $1 GROUP BY f.scheme, f.continuity", P(edition))));
    TRY(take(c, &t, "department", db_query(c->db, c->arena,
        "SELECT CAST(f.department AS text), f.scheme, count(*) FROM edition_item i JOIN frozen f ON f.id = i.frozen WHERE i.edition = $1 GROUP BY f.department, f.scheme",
        P(edition))));
    TRY(take(c, &t, "cell", db_query(c->db, c->arena,
        "SELECT CAST(f.department AS text), f.scheme || ':' || f.category, count(*) FROM edition_item i JOIN frozen f ON f.id = i.frozen WHERE i.edition = $1 "
        "GROUP BY f.department, f.scheme, f.category", P(edition))));
    TRY(take(c, &t, "section", db_query(c->db, c->arena,
        "SELECT CAST(f.section AS text), '', count(*) FROM edition_item i JOIN frozen f ON f.id = i.frozen WHERE i.edition = $1 GROUP BY f.section", P(edition))));
    TRY(take(c, &t, "sections", db_query(c->db, c->arena,
        "SELECT 'with', '', count(DISTINCT f.section) FROM edition_item i JOIN frozen f ON f.id = i.frozen WHERE i.edition = $1", P(edition))));
    TRY(take(c, &t, "sections", db_query(c->db, c->arena,
        "SELECT 'addressed', '', count(DISTINCT a.section) FROM answer a JOIN inquiry q ON q.id = a.inquiry WHERE q.year = $1 AND q.state = 'closed'", P(year))));
    TRY(take(c, &t, "form", db_query(c->db, c->arena,
        "SELECT s.code, '', count(*) FROM edition_item i JOIN frozen_set s ON s.owner = i.frozen AND s.field = 'forms' WHERE i.edition = $1 GROUP BY s.code", P(edition))));
    /* Relation and domain: each alone, and with the forms. Only prefectures that have such words get any. */
    for (size_t i = 0; i < 2; i++) {
        const char *field = i == 0 ? "relation" : "domain";
        TRY(take(c, &t, field, db_query(c->db, c->arena,
            "SELECT s.code, '', count(*) FROM edition_item i JOIN frozen_set s ON s.owner = i.frozen AND s.field = $2 WHERE i.edition = $1 GROUP BY s.code", P(edition, field))));
        TRY(take(c, &t, i == 0 ? "relation:form" : "domain:form", db_query(c->db, c->arena,
            "SELECT s.code, f.code, count(*) FROM edition_item i JOIN frozen_set s ON s.owner = i.frozen AND s.field = $2 "
            "JOIN frozen_set f ON f.owner = i.frozen AND f.field = 'forms' WHERE i.edition = $1 GROUP BY s.code, f.code", P(edition, field))));
    }
    TRY(take(c, &t, "budget", db_query(c->db, c->arena,
        "SELECT f.scheme, '', CAST(sum(f.budget) AS bigint) FROM edition_item i JOIN frozen f ON f.id = i.frozen WHERE i.edition = $1 AND f.budget IS NOT NULL GROUP BY f.scheme",
        P(edition))));
    TRY(put_zeros(c, &t, year));
    if (t.n > 1)
        qsort(t.v, t.n, sizeof *t.v, compare);
    *out = t.v;
    *n = t.n;
    return OK;
}

enum err figures_store(struct ctx *c, int64_t edition, const struct figure *v, size_t n)
{
    for (size_t i = 0; i < n; i++)
        TRY_DB(c, db_exec(c->db, "INSERT INTO figure (edition, name, one, other, value) VALUES ($1, $2, $3, $4, $5)",
                          P(edition, v[i].name, v[i].one, v[i].other, v[i].value)));
    return OK;
}

enum err figures_load(struct ctx *c, int64_t edition, const char *name, struct figure **out, size_t *n)
{
    struct tally t = {0};
    struct db_rows *q = name == NULL
        ? db_query(c->db, c->arena, "SELECT name, one, other, value FROM figure WHERE edition = $1 ORDER BY name, one, other", P(edition))
        : db_query(c->db, c->arena, "SELECT name, one, other, value FROM figure WHERE edition = $1 AND name = $2 ORDER BY name, one, other", P(edition, name));
    while (db_next(q))
        put(c, &t, db_text(q, 0), db_text(q, 1), db_text(q, 2), db_int(q, 3));
    TRY_DB(c, db_error(c->db));
    *out = t.v;
    *n = t.n;
    return OK;
}

int64_t figure_of(const struct figure *v, size_t n, const char *name, const char *one, const char *other)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(v[i].name, name) == 0 && strcmp(v[i].one, one) == 0 && strcmp(v[i].other, other) == 0)
            return v[i].value;
    return NONE;
}

const char *figures_text(struct ctx *c, const struct figure *v, size_t n)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < n; i++)
        sb_printf(&b, "%s %s %s %lld\n", v[i].name, v[i].one, v[i].other, (long long)v[i].value);
    return sb_str(&b);
}
