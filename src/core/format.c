/* Values as people read them: pure typed formatters for templates. */
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "core/page.h"
#include "core/preset.h"
#include "core/section.h"
#include "db/search.h"

/* 1,234 of a number that is not negative. */
static void grouped(struct sb *b, uint64_t v)
{
    char t[32];
    int n = snprintf(t, sizeof t, "%llu", (unsigned long long)v);
    for (int i = 0; i < n; i++) {
        if (i && (n - i) % 3 == 0)
            sb_char(b, ',');
        sb_char(b, t[i]);
    }
}

static uint64_t magnitude(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

const char *count(struct ctx *c, int64_t n)
{
    struct sb b;
    if (n == NONE)
        return "";
    sb_init(&b, c->arena);
    if (n < 0)
        sb_char(&b, '-');
    grouped(&b, magnitude(n));
    return sb_str(&b);
}

const char *count_capped(struct ctx *c, int64_t n)
{
    if (n == NONE)
        return "";
    return n > 1000 ? tr(c, "1,000件以上") : arena_printf(c->arena, tr(c, "%s件"), count(c, n));
}

const char *yen1000(struct ctx *c, int64_t yen)
{
    if (yen == NONE)
        return "";
    uint64_t v = magnitude(yen);
    struct sb b;
    sb_init(&b, c->arena);
    if (v % 1000)
        sb_add(&b, tr(c, "約"));
    if (yen < 0)
        sb_char(&b, '-');
    grouped(&b, (v + 500) / 1000);
    return sb_str(&b);
}

const char *milli(struct ctx *c, int64_t v)
{
    if (v == NONE)
        return "";
    struct sb b;
    uint64_t m = magnitude(v);
    sb_init(&b, c->arena);
    if (v < 0)
        sb_char(&b, '-');
    grouped(&b, m / 1000);
    unsigned part = (unsigned)(m % 1000);
    if (part) {
        sb_char(&b, '.');
        for (unsigned scale = 100; part; part %= scale, scale /= 10)
            sb_int(&b, part / scale);
    }
    return sb_str(&b);
}

/* 10 June 2026 (Wed) */
static const char *date_english(struct ctx *c, const char *iso)
{
    static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    int64_t y = 0, m = 0, d = 0;
    if (!date_valid(iso) || !text_parse_int(arena_dup_n(c->arena, iso, 4), &y) || !text_parse_int(arena_dup_n(c->arena, iso + 5, 2), &m) ||
        !text_parse_int(iso + 8, &d))
        return iso;
    /* Zeller, with January and February as months 13 and 14 of the year before. */
    int64_t a = m < 3 ? y - 1 : y, b = m < 3 ? m + 12 : m;
    int64_t h = (d + 13 * (b + 1) / 5 + a + a / 4 - a / 100 + a / 400) % 7; /* 0: Saturday */
    return arena_printf(c->arena, "%lld %s %lld (%s)", (long long)d, months[m - 1], (long long)y, days[(h + 5) % 7]);
}

const char *date(struct ctx *c, const char *iso)
{
    if (!iso)
        return "";
    return c->locale == LOCALE_EN ? date_english(c, iso) : date_long(c->arena, iso);
}

const char *day_era(struct ctx *c, const char *iso)
{
    return c->locale == LOCALE_EN ? date_english(c, iso) : date_era(c->arena, iso);
}

/* Outside Japan a fiscal year goes by the calendar year in which it begins. */
static const char *year_english(struct ctx *c, int64_t y)
{
    return arena_printf(c->arena, "FY%lld", (long long)y);
}

const char *year(struct ctx *c, int64_t y)
{
    if (y == NONE)
        return "";
    return c->locale == LOCALE_EN ? year_english(c, y) : fiscal_year_long(c->arena, y);
}

const char *year_head(struct ctx *c, int64_t y)
{
    return c->locale == LOCALE_EN ? year_english(c, y) : fiscal_year_head(c->arena, y);
}

const char *year_era(struct ctx *c, int64_t y)
{
    return c->locale == LOCALE_EN ? year_english(c, y) : fiscal_year_era(c->arena, y);
}

const char *at(struct ctx *c, int64_t t)
{
    if (t == NONE)
        return "";
    return c->locale == LOCALE_EN ? arena_printf(c->arena, "%s, %.5s Japan time", date_english(c, instant_date(c->arena, t)), instant_iso(c->arena, t) + 11)
                                  : instant_long(c->arena, t);
}

const char *word(struct ctx *c, const char *kind, const char *code, int64_t y)
{
    return read_label(c, word_label(c, kind, code, y));
}

const char *read_label(struct ctx *c, const char *label)
{
    return label && c->locale == LOCALE_EN ? tr(c, label) : label;
}

struct html paragraphs(struct ctx *c, const char *memo)
{
    struct sb b;
    sb_init(&b, c->arena);
    bool open = false;
    for (const char *p = memo; p && *p;) {
        size_t n = strcspn(p, "\n"), blanks = strspn(p, " \t");
        if (blanks >= n) {
            sb_add(&b, open ? "</p>\n" : "");
            open = false;
        } else {
            sb_add(&b, open ? "<br>\n" : "<p>");
            open = true;
            html_text(&b, arena_dup_n(c->arena, p, n));
        }
        p += n + (p[n] == '\n');
    }
    if (open)
        sb_add(&b, "</p>");
    return (struct html){sb_str(&b)};
}

struct html marked(struct ctx *c, const char *text, const char *q)
{
    struct sb b;
    sb_init(&b, c->arena);
    if (!text)
        return (struct html){""};
    struct search_query query;
    struct search_snippet s = {.piece = text};
    if (q) {
        search_parse(c->arena, q, &query);
        search_snippet(c->arena, &query, text, text_length(text) + 1, &s);
    }
    size_t from = 0;
    for (size_t i = 0; i < s.n; i++) {
        html_text(&b, arena_dup_n(c->arena, s.piece + from, s.from[i] - from));
        sb_add(&b, "<mark>");
        html_text(&b, arena_dup_n(c->arena, s.piece + s.from[i], s.to[i] - s.from[i]));
        sb_add(&b, "</mark>");
        from = s.to[i];
    }
    html_text(&b, s.piece + from);
    return (struct html){sb_str(&b)};
}

struct url url_project(struct ctx *c, int64_t id)
{
    return url_path(c->arena, "/projects/%ld", id);
}

struct url url_organization(struct ctx *c, int64_t id)
{
    return url_path(c->arena, "/organizations/%ld", id);
}

struct url url_edition(struct ctx *c, int64_t n)
{
    return url_path(c->arena, "/editions/%ld", n);
}

/* Children read as lines: 名前 / 種類 / 役割. */
static const char *children_shown(struct ctx *c, const struct field *f, const void *row, int64_t y)
{
    const struct entity *e = f->child;
    size_t n;
    const char *v;
    memcpy(&v, (const char *)row + f->offset, sizeof v);
    memcpy(&n, (const char *)row + f->offset_n, sizeof n);
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < n; i++) {
        bool first = true;
        for (size_t k = 0; k < e->fields_n; k++) {
            const struct field *g = &e->fields[k];
            bool number = g->kind == FIELD_REF && !text_eq(g->ref, "section"); /* says nothing to people; its name stands beside it */
            const char *s = number || (g->flags & INTERNAL) ? NULL : field_shown(c, g, v + i * e->size, y);
            if (!s)
                continue;
            sb_add(&b, !first ? " / " : b.n ? "\n" : "");
            sb_add(&b, s);
            first = false;
        }
    }
    return b.n ? sb_str(&b) : NULL;
}

const char *field_shown(struct ctx *c, const struct field *f, const void *row, int64_t y)
{
    switch (f->kind) {
    case FIELD_CHILD:
        return children_shown(c, f, row, y);
    case FIELD_SET: {
        const struct set *s = (const void *)((const char *)row + f->offset);
        struct sb b;
        sb_init(&b, c->arena);
        for (size_t i = 0; i < s->n; i++) {
            sb_add(&b, i ? "、" : "");
            sb_add(&b, *f->vocabulary ? word_label(c, f->vocabulary, s->v[i], y) : s->v[i]);
        }
        return s->n ? sb_str(&b) : NULL;
    }
    case FIELD_TEXT:
    case FIELD_MEMO:
        return field_text(f, row);
    case FIELD_CODE:
        return word_label(c, f->vocabulary, field_text(f, row), y);
    case FIELD_DATE:
        return field_text(f, row) ? date(c, field_text(f, row)) : NULL;
    case FIELD_FLAG:
        return tr(c, field_int(f, row) ? "はい" : "いいえ");
    default:
        break;
    }
    int64_t v = field_int(f, row);
    if (v == NONE)
        return NULL;
    switch (f->kind) {
    case FIELD_YEAR: return year(c, v);
    case FIELD_YEN: return yen1000(c, v);
    case FIELD_MILLI: return milli(c, v);
    case FIELD_INSTANT: return at(c, v);
    case FIELD_REF: /* core knows sections; the names of other records are their areas' business */
        return text_eq(f->ref, "section") ? section_full_name(c, v) : arena_printf(c->arena, "%ld", v);
    default: return count(c, v);
    }
}
