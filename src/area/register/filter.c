/* The choices beside the list of projects. They are the same for everybody who looks at an edition, so they are put together once and kept. */
#include <string.h>

#include "area/register/figures.h"
#include "area/register/public_views.h"
#include "base/text.h"
#include "core/kept.h"
#include "core/preset.h"
#include "core/section.h"

bool one_scheme(struct ctx *c, int64_t y)
{
    const struct word *v;
    size_t n = 0;
    return words(c, "scheme", NULL, y, &v, &n) == OK && n == 1;
}

/* --- put together: groups and choices as a run of texts and numbers --- */

struct making {
    struct ctx *c;
    struct sb *out;
    int64_t year;
    const struct figure *figure; size_t figures;
};

static void put_text(struct sb *o, const char *s) { sb_add_n(o, s != NULL ? s : "", s != NULL ? strlen(s) + 1 : 1); }
static void put_number(struct sb *o, int64_t v) { sb_add_n(o, (const char *)&v, sizeof v); }

/* `parent`: the scheme whose categories these are; NULL: offered always. */
static void put_group(struct making *m, const char *name, const char *legend, const char *parent, size_t choices)
{
    put_text(m->out, name);
    put_text(m->out, legend);
    put_text(m->out, parent);
    put_number(m->out, (int64_t)choices);
}

static void put_choice(struct making *m, const char *code, const char *label, int64_t count)
{
    put_text(m->out, code);
    put_text(m->out, label);
    put_number(m->out, count);
}

/* The sum of the figures of a name over everything but the code, which stands first or second. */
static int64_t sum(const struct making *m, const char *name, bool second, const char *code)
{
    int64_t n = 0;
    for (size_t i = 0; i < m->figures; i++)
        if (strcmp(m->figure[i].name, name) == 0 && strcmp(second ? m->figure[i].other : m->figure[i].one, code) == 0)
            n += m->figure[i].value;
    return n;
}

/* The year's words of a kind. */
static enum err put_words(struct making *m, const char *name, const char *legend, const char *parent, const char *figure, bool second)
{
    const struct word *w;
    size_t n;
    TRY(words(m->c, name, parent, m->year, &w, &n));
    if (n == 0)
        return OK;
    put_group(m, name, legend, parent, n);
    for (size_t i = 0; i < n; i++) {
        int64_t count = NONE;
        if (figure != NULL && parent != NULL) {
            count = figure_of(m->figure, m->figures, figure, parent, w[i].code);
            count = count == NONE ? 0 : count;
        } else if (figure != NULL)
            count = sum(m, figure, second, w[i].code);
        put_choice(m, w[i].code, read_label(m->c, w[i].label), count);
    }
    return OK;
}

static enum err put_categories(struct making *m)
{
    const struct word *scheme;
    size_t n;
    TRY(words(m->c, "scheme", NULL, m->year, &scheme, &n));
    for (size_t i = 0; n > 1 && i < n; i++)
        TRY(put_words(m, "category", tr(m->c, "取りまとめ区分"), scheme[i].code, "category", false));
    return n == 1 ? put_words(m, "category", tr(m->c, "取りまとめ区分"), NULL, "category", true) : OK;
}

static enum err put_departments(struct making *m)
{
    struct ctx *c = m->c;
    struct section_node *s;
    size_t n, tops = 0;
    TRY(sections_of_year(c, m->year, &s, &n));
    for (size_t i = 0; i < n; i++)
        tops += s[i].depth == 0;
    put_group(m, "department", tr(c, "部局"), NULL, tops);
    for (size_t i = 0; i < n; i++)
        if (s[i].depth == 0) {
            const char *id = arena_printf(c->arena, "%lld", (long long)s[i].s.id);
            put_choice(m, id, s[i].s.name, sum(m, "department", false, id));
        }
    return OK;
}

static enum err make(struct ctx *c, const void *arg, struct sb *out)
{
    const struct project_filter *f = arg;
    struct making m = {.c = c, .out = out, .year = f->year};
    struct figure *figure;
    TRY(figures_load(c, f->edition, NULL, &figure, &m.figures));
    m.figure = figure;
    if (!one_scheme(c, f->year)) /* else there is nothing to choose */
        TRY(put_words(&m, "scheme", tr(c, "種類"), NULL, "projects", false));
    TRY(put_categories(&m));
    TRY(put_words(&m, "relation", tr(c, "関係"), NULL, "relation", false));
    TRY(put_words(&m, "domain", tr(c, "領域"), NULL, "domain", false));
    TRY(put_words(&m, "continuity", tr(c, "新規/継続"), NULL, "continuity", true));
    TRY(put_words(&m, "form", tr(c, "協働の形態"), NULL, "form", false));
    TRY(put_departments(&m));
    TRY(put_words(&m, "field", tr(c, "活動の分野"), NULL, NULL, false));
    return put_words(&m, "municipality", tr(c, "市町村"), NULL, NULL, false);
}

/* --- taken apart, with what was chosen --- */

static const char *take_text(const char **p)
{
    const char *s = *p;
    *p += strlen(s) + 1;
    return s;
}

static int64_t take_number(const char **p)
{
    int64_t v;
    memcpy(&v, *p, sizeof v);
    *p += sizeof v;
    return v;
}

static const char *chosen_of(struct ctx *c, const struct project_filter *f, const char *name)
{
    const struct { const char *name, *code; } chosen[] = {{"scheme", f->scheme}, {"category", f->category}, {"continuity", f->continuity}, {"form", f->form},
                                                          {"field", f->field}, {"municipality", f->municipality}, {"relation", f->relation}, {"domain", f->domain}};
    for (size_t i = 0; i < sizeof chosen / sizeof *chosen; i++)
        if (strcmp(chosen[i].name, name) == 0)
            return chosen[i].code;
    return f->department != NONE ? arena_printf(c->arena, "%lld", (long long)f->department) : NULL;
}

/* What nobody has is offered only where it is chosen already. */
static void take_group(struct ctx *c, const char **p, const struct project_filter *f, struct option_group *g, bool *offered)
{
    const char *name = take_text(p), *legend = take_text(p), *parent = take_text(p);
    size_t n = (size_t)take_number(p);
    const char *chosen = chosen_of(c, f, name);
    *offered = *parent == '\0' || text_eq(parent, f->scheme);
    *g = (struct option_group){.name = name, .legend = legend, .any = tr(c, "すべて"), .v = arena_many(c->arena, struct option, *offered ? n : 0)};
    for (size_t i = 0; i < n; i++) {
        const char *code = take_text(p), *label = take_text(p);
        struct option o = {code, label, take_number(p), text_eq(code, chosen)};
        if (!*offered || (o.count == 0 && !o.chosen))
            continue;
        g->v[g->n++] = o;
        g->chosen = g->chosen || o.chosen;
    }
}

enum err filter_groups(struct ctx *c, const struct project_filter *f, struct option_group **out, size_t *n)
{
    const char *p;
    size_t size, cap = 0;
    *out = NULL;
    *n = 0;
    TRY(kept(c, arena_printf(c->arena, "filter %lld %d", (long long)f->edition, (int)c->locale), make, f, &p, &size));
    for (const char *end = p + size; p < end;) {
        struct option_group g;
        bool offered;
        take_group(c, &p, f, &g, &offered);
        if (offered)
            ARENA_PUSH(c->arena, *out, *n, cap) = g;
    }
    return OK;
}
