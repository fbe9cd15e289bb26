#include "area/register/difference.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "core/kept.h"

const char *difference_label(struct ctx *c, enum difference_kind kind)
{
    return kind == DIFFERENCE_ADDED ? tr(c, "加わった") : kind == DIFFERENCE_ENDED ? tr(c, "なくなった") : tr(c, "変わった");
}

/* --- values in the words of their year --- */

static const char *value_words(struct ctx *c, const struct frozen_words *w, const struct field *f, const void *row)
{
    const char *at = (const char *)row + f->offset;
    int64_t v;
    struct sb b;
    switch (f->kind) {
    case FIELD_CODE:
        return frozen_word(c, w, f->vocabulary, field_text(f, row));
    case FIELD_REF:
        v = field_int(f, row);
        return strcmp(f->ref, "section") == 0 ? frozen_section(c, w, v) : strcmp(f->ref, "organization") == 0 ? frozen_organization(c, w, v) : NULL;
    case FIELD_SET: {
        const struct set *s = (const void *)at;
        sb_init(&b, c->arena);
        for (size_t i = 0; i < s->n; i++)
            sb_printf(&b, "%s%s", i > 0 ? "、" : "", frozen_word(c, w, f->vocabulary, s->v[i]));
        return b.n > 0 ? sb_str(&b) : NULL;
    }
    case FIELD_YEN:
        v = field_int(f, row);
        return v == NONE ? NULL : arena_printf(c->arena, tr(c, "%s千円"), yen1000(c, v));
    case FIELD_MILLI:
        return field_int(f, row) == NONE ? NULL : milli(c, field_int(f, row));
    case FIELD_YEAR:
        return field_int(f, row) == NONE ? NULL : year(c, field_int(f, row));
    case FIELD_DATE:
        return field_text(f, row) == NULL ? NULL : date(c, field_text(f, row));
    case FIELD_TEXT: case FIELD_MEMO:
        return field_text(f, row);
    default:
        return NULL;
    }
}

static bool is_shown(const struct field *f)
{
    return !(f->flags & INTERNAL) && field_audience(f) == AUDIENCE_PUBLIC && f->kind != FIELD_ID;
}

/* --- children: row against row --- */

/* By these a row is the same row: the first that the child has. */
static bool same_row(const struct entity *e, const void *a, const void *b)
{
    static const char *const keys[][4] = {{"name", "unit", "year", NULL}, {"name", NULL}, {"task", NULL}, {"kind", "who", NULL}, {"section", NULL}};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++) {
        bool has = true, same = true;
        for (size_t i = 0; i < 4 && keys[k][i] != NULL; i++) {
            const struct field *f = entity_field(e, keys[k][i]);
            has = has && f != NULL;
            if (f != NULL)
                same = same && (f->kind == FIELD_TEXT || f->kind == FIELD_CODE ? text_eq(field_text(f, a), field_text(f, b)) : field_int(f, a) == field_int(f, b));
        }
        if (has)
            return same;
    }
    return false;
}

/* A partner that is linked says its name once. */
static const char *row_words(struct ctx *c, const struct frozen_words *w, const struct entity *e, const void *row)
{
    struct sb b;
    sb_init(&b, c->arena);
    const struct field *name = entity_field(e, "name");
    for (size_t i = 0; i < e->fields_n; i++) {
        const struct field *f = &e->fields[i];
        if (!is_shown(f) || (f->kind == FIELD_REF && name != NULL && field_text(name, row) != NULL))
            continue;
        const char *text = value_words(c, w, f, row);
        if (text != NULL)
            sb_printf(&b, "%s%s", b.n > 0 ? tr(c, "・") : "", text);
    }
    return b.n > 0 ? sb_str(&b) : NULL;
}

const char *frozen_shown(struct ctx *c, const struct frozen_words *w, const struct field *f, const struct statement *s)
{
    if (f->kind != FIELD_CHILD)
        return value_words(c, w, f, s);
    const char *rows;
    size_t n;
    struct sb b;
    memcpy(&rows, (const char *)s + f->offset, sizeof rows);
    memcpy(&n, (const char *)s + f->offset_n, sizeof n);
    sb_init(&b, c->arena);
    for (size_t i = 0; i < n; i++) {
        const char *text = row_words(c, w, f->child, rows + i * f->child->size);
        if (text != NULL)
            sb_printf(&b, "%s%s", b.n > 0 ? "\n" : "", text);
    }
    return b.n > 0 ? sb_str(&b) : NULL;
}

struct side { const struct statement *s; const struct frozen_words *w; };

/* In which order somebody ticked the boxes says nothing. */
static bool same_set(struct ctx *c, const struct field *f, const struct side *from, const struct side *to)
{
    const struct set *a = (const void *)((const char *)from->s + f->offset), *b = (const void *)((const char *)to->s + f->offset);
    if (a->n != b->n)
        return false;
    for (size_t i = 0; i < a->n; i++) {
        bool there = false;
        for (size_t k = 0; k < b->n && !there; k++)
            there = text_eq(frozen_word(c, from->w, f->vocabulary, a->v[i]), frozen_word(c, to->w, f->vocabulary, b->v[k]));
        if (!there)
            return false;
    }
    return true;
}

static void add_field(struct ctx *c, struct difference *d, size_t *cap, const struct field *f, const char *before, const char *after)
{
    ARENA_PUSH(c->arena, d->field, d->fields, *cap) =
        (struct difference_field){.name = f->name, .label = tr(c, f->label), .before = before, .after = after, .long_text = f->kind == FIELD_MEMO};
}

static void children(struct ctx *c, struct difference *d, size_t *cap, const struct field *f, const struct side *from, const struct side *to)
{
    const char *old, *new;
    size_t old_n, new_n, size = f->child->size;
    memcpy(&old, (const char *)from->s + f->offset, sizeof old);
    memcpy(&new, (const char *)to->s + f->offset, sizeof new);
    memcpy(&old_n, (const char *)from->s + f->offset_n, sizeof old_n);
    memcpy(&new_n, (const char *)to->s + f->offset_n, sizeof new_n);
    bool *gone = arena_many(c->arena, bool, old_n + 1), *there = arena_many(c->arena, bool, new_n + 1);
    for (size_t pass = 0; pass < 2; pass++) /* rows equal in all first, or two of one name would be crossed */
        for (size_t i = 0; i < old_n; i++)
            for (size_t k = 0; k < new_n && !gone[i]; k++) {
                if (there[k] || (pass == 1 && !same_row(f->child, old + i * size, new + k * size)))
                    continue;
                const char *before = row_words(c, from->w, f->child, old + i * size), *after = row_words(c, to->w, f->child, new + k * size);
                bool equal = text_eq(before, after);
                if (pass == 0 && !equal)
                    continue;
                gone[i] = there[k] = true;
                if (!equal)
                    add_field(c, d, cap, f, before, after);
            }
    for (size_t i = 0; i < old_n; i++)
        if (!gone[i])
            add_field(c, d, cap, f, row_words(c, from->w, f->child, old + i * size), NULL);
    for (size_t k = 0; k < new_n; k++)
        if (!there[k])
            add_field(c, d, cap, f, NULL, row_words(c, to->w, f->child, new + k * size));
}

enum err difference_of(struct ctx *c, const struct frozen *from, const struct frozen *to, struct difference *out)
{
    struct statement a, b;
    struct frozen_words wa, wb;
    const char *hidden;
    size_t cap = 0;
    TRY(frozen_open(c, from, AUDIENCE_PUBLIC, &a, &wa, &hidden));
    TRY(frozen_open(c, to, AUDIENCE_PUBLIC, &b, &wb, &hidden));
    const struct side x = {&a, &wa}, y = {&b, &wb};
    *out = (struct difference){.kind = DIFFERENCE_CHANGED, .project = to->project, .year = to->year, .merged_into = NONE,
                               .name = b.name != NULL ? b.name : tr(c, "(非公開にしました)"), .section = frozen_section(c, &wb, b.lead)};
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *f = &statement_entity.fields[i];
        if (!is_shown(f) || strcmp(f->name, "project") == 0 || strcmp(f->name, "year") == 0)
            continue;
        if (f->kind == FIELD_CHILD) {
            children(c, out, &cap, f, &x, &y);
            continue;
        }
        const char *before = value_words(c, &wa, f, &a), *after = value_words(c, &wb, f, &b);
        if (!text_eq(before, after) && !(f->kind == FIELD_SET && same_set(c, f, &x, &y)))
            add_field(c, out, &cap, f, before, after);
    }
    return OK;
}

/* --- editions --- */

struct asked { int64_t from, to; enum difference_kind kind; int64_t after, limit; };

static enum err count_make(struct ctx *c, const void *arg, struct sb *o)
{
    int64_t from = ((const struct asked *)arg)->from, to = ((const struct asked *)arg)->to;
    struct difference_counts counts, *out = &counts;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM edition_item t WHERE t.edition = $2 AND NOT EXISTS "
                                "(SELECT 1 FROM edition_item f WHERE f.edition = $1 AND f.project = t.project)", P(from, to), &out->added));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM edition_item f WHERE f.edition = $1 AND NOT EXISTS "
                                "(SELECT 1 FROM edition_item t WHERE t.edition = $2 AND t.project = f.project)", P(from, to), &out->ended));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM edition_item t JOIN edition_item f ON f.edition = $1 AND f.project = t.project AND f.frozen <> t.frozen "
                                "WHERE t.edition = $2", P(from, to), &out->changed));
    sb_add_n(o, (const char *)out, sizeof *out);
    return OK;
}

/* Editions do not change: two are laid side by side once, until a further one is made. */
enum err difference_count(struct ctx *c, int64_t from, int64_t to, struct difference_counts *out)
{
    const char *p;
    size_t n;
    TRY(kept(c, arena_printf(c->arena, "differences %lld %lld", (long long)from, (long long)to), count_make, &(struct asked){.from = from, .to = to}, &p, &n));
    memcpy(out, p, sizeof *out);
    return OK;
}

/* Reasons of corrections that editions after `from` up to `to` took in, when both are of one year. */
static enum err add_reasons(struct ctx *c, int64_t from, int64_t to, struct difference *d)
{
    size_t cap = 0;
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT k.reason, (SELECT max(w.reason) FROM withholding w JOIN correction o ON o.id = w.record WHERE w.entity = 'correction' AND w.field = 'reason' AND w.lifted_at IS NULL "
        "AND o.project = k.project AND o.reason = k.reason) FROM correction k JOIN edition e ON e.id = k.edition JOIN edition a ON a.id = $1 JOIN edition b ON b.id = $2 "
        "WHERE k.project = $3 AND e.year = b.year AND (a.year <> b.year OR e.number > a.number) AND e.number <= b.number ORDER BY k.id", P(from, to, d->project));
    while (db_next(q))
        ARENA_PUSH(c->arena, d->reason, d->reasons, cap) =
            db_null(q, 1) ? db_text(q, 0) : arena_printf(c->arena, tr(c, "%s 非公開にした理由: %s"), tr(c, WITHHELD_MARK), db_text(q, 1));
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* One that came or went: by what its edition says of it. */
static enum err single(struct ctx *c, const struct frozen *f, enum difference_kind kind, struct difference *out)
{
    struct statement s;
    struct frozen_words w;
    const char *hidden;
    TRY(frozen_open(c, f, AUDIENCE_PUBLIC, &s, &w, &hidden));
    *out = (struct difference){.kind = kind, .project = f->project, .year = f->year, .name = s.name != NULL ? s.name : tr(c, "(非公開にしました)"),
                               .section = frozen_section(c, &w, s.lead), .merged_into = NONE};
    if (kind == DIFFERENCE_ENDED)
        TRY_DB(c, db_get_int(c->db, "SELECT merged_into FROM project WHERE id = $1", P(f->project), &out->merged_into));
    return OK;
}

struct pair { int64_t position, from, to; };

static struct db_rows *rows_of(struct ctx *c, int64_t from, int64_t to, enum difference_kind kind, int64_t after, int64_t limit)
{
    switch (kind) {
    case DIFFERENCE_ADDED:
        return db_query(c->db, c->arena, "SELECT t.position, NULL, t.frozen FROM edition_item t WHERE t.edition = $2 AND t.position > $3 AND NOT EXISTS "
                                         "(SELECT 1 FROM edition_item f WHERE f.edition = $1 AND f.project = t.project) ORDER BY t.position LIMIT $4", P(from, to, after, limit));
    case DIFFERENCE_ENDED:
        return db_query(c->db, c->arena, "SELECT f.position, f.frozen, NULL FROM edition_item f WHERE f.edition = $1 AND f.position > $3 AND NOT EXISTS "
                                         "(SELECT 1 FROM edition_item t WHERE t.edition = $2 AND t.project = f.project) ORDER BY f.position LIMIT $4", P(from, to, after, limit));
    default:
        return db_query(c->db, c->arena, "SELECT t.position, f.frozen, t.frozen FROM edition_item t JOIN edition_item f ON f.edition = $1 AND f.project = t.project "
                                         "AND f.frozen <> t.frozen WHERE t.edition = $2 AND t.position > $3 ORDER BY t.position LIMIT $4", P(from, to, after, limit));
    }
}

static enum err pairs_make(struct ctx *c, const void *arg, struct sb *out)
{
    const struct asked *a = arg;
    struct db_rows *q = rows_of(c, a->from, a->to, a->kind, a->after, a->limit);
    while (db_next(q)) {
        struct pair p = {db_int(q, 0), db_int(q, 1), db_int(q, 2)};
        sb_add_n(out, (const char *)&p, sizeof p);
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err difference_list(struct ctx *c, int64_t from, int64_t to, enum difference_kind kind, int64_t after, size_t limit, struct difference **out, size_t *n, bool *more)
{
    struct pair *pair = arena_many(c->arena, struct pair, limit + 1);
    const char *p;
    size_t got;
    TRY(kept(c, arena_printf(c->arena, "differences %lld %lld %d %lld %zu", (long long)from, (long long)to, (int)kind, (long long)after, limit), pairs_make,
             &(struct asked){from, to, kind, after, (int64_t)limit + 1}, &p, &got));
    memcpy(pair, p, got);
    got /= sizeof *pair;
    *more = got > limit;
    *n = *more ? limit : got;
    *out = arena_many(c->arena, struct difference, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        struct frozen a, b;
        struct difference *d = &(*out)[i];
        if (pair[i].from != NONE)
            TRY(frozen_load(c, pair[i].from, &a));
        if (pair[i].to != NONE)
            TRY(frozen_load(c, pair[i].to, &b));
        TRY(kind == DIFFERENCE_CHANGED ? difference_of(c, &a, &b, d) : single(c, kind == DIFFERENCE_ADDED ? &b : &a, kind, d));
        d->position = pair[i].position;
        TRY(add_reasons(c, from, to, d));
    }
    return OK;
}
