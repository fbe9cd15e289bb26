/* Handlers of /, /projects and /projects/ID. */
#include "area/register/merge.h"
#include "area/register/public.h"

#include <string.h>

#include "area/organization/organization.h"
#include "area/register/public.html.h"
#include "area/register/public_views.h"
#include "base/date.h"
#include "base/text.h"
#include "core/preset.h"
#include "core/session.h"

enum { PER_PAGE = 20, FRESH = 5, CHART_YEARS_MOST = 30 };

const char *edition_name(struct ctx *c, int64_t of_year, int64_t number)
{
    return arena_printf(c->arena, tr(c, "%s 第%lld版"), year(c, of_year), (long long)number);
}

/* --- / --- */

static enum err load_editions(struct ctx *c, struct home_view *v)
{
    size_t cap = 0;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id, year, number, published_at FROM edition WHERE state = 'published' ORDER BY published_at DESC, id DESC LIMIT 3", P0);
    while (db_next(q))
        ARENA_PUSH(c->arena, v->edition, v->editions, cap) = (struct home_edition){
            edition_name(c, db_int(q, 1), db_int(q, 2)), date(c, instant_date(c->arena, db_int(q, 3))), url_edition(c, db_int(q, 0))};
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err front_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    struct home_view v = {.signed_in = c->user->id != 0, .setup = setup_code(c) != NULL, .projects = NONE};
    int64_t edition = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM organization WHERE state = 'open'", P0, &v.organizations));
    TRY(load_editions(c, &v));
    enum err e = edition_newest(c, NONE, &edition);
    if (e == OK) {
        TRY_DB(c, db_get_int(c->db, "SELECT year FROM edition WHERE id = $1", P(edition), &v.year));
        TRY_DB(c, db_get_int(c->db, "SELECT coalesce(sum(value), 0) FROM figure WHERE edition = $1 AND name = 'projects'", P(edition), &v.projects));
        TRY(edition_partners(c, edition, &v.partners));
        struct project_filter f = {.edition = edition, .year = v.year, .continuity = "new", .department = NONE, .section = NONE};
        struct cursor start = {.id = NONE, .key_n = NONE};
        bool more;
        TRY(projects_list(c, &f, &start, FRESH, &v.fresh, &v.fresh_n, &more));
        for (size_t i = 0; i < v.fresh_n; i++)
            TRY(project_line_summary(c, &f, &v.fresh[i]));
    } else if (e == E_NOT_FOUND)
        failure_clear(&c->fail);
    else
        return e;
    v.to_projects = v.projects == NONE ? url_path(c->arena, "/projects") : url_path(c->arena, "/projects?year=%lld", (long long)v.year);
    v.to_statistics = url_path(c->arena, "/statistics");
    v.to_organizations = url_path(c->arena, "/organizations");
    const char *prefecture = setting(c, "prefecture_name");
    struct page p = {.title = tr(c, "県といっしょに地域をよくする"), .place = prefecture, .year = NONE};
    page_begin(c, w, &p);
    public_home_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* --- /projects --- */

static struct url here_without(struct ctx *c, const struct request *r, const char *name, const char *and)
{
    struct url u = {.s = r->target};
    u = url_with(c->arena, u, "at", NULL);
    u = url_with(c->arena, u, name, NULL);
    return and != NULL ? url_with(c->arena, u, and, NULL) : u;
}

static void add_chip(struct ctx *c, struct project_list_view *v, size_t *cap, const char *text, struct url off)
{
    ARENA_PUSH(c->arena, v->chip, v->chips, *cap) = (struct chip){text, off};
}

static enum err build_filter(struct ctx *c, const struct request *r, struct project_list_view *v, const struct project_filter *f)
{
    size_t cap = 0;
    TRY(filter_groups(c, f, &v->group, &v->groups));
    if (f->q != NULL)
        add_chip(c, v, &cap, arena_printf(c->arena, "「%s」", f->q), here_without(c, r, "q", NULL));
    for (size_t i = 0; i < v->groups; i++) {
        const struct option_group *g = &v->group[i];
        for (size_t k = 0; g->chosen && k < g->n; k++)
            if (g->v[k].chosen)
                add_chip(c, v, &cap, g->v[k].label, here_without(c, r, g->name, strcmp(g->name, "scheme") == 0 ? "category" : NULL));
    }
    if (f->section != NONE)
        add_chip(c, v, &cap, section_full_name(c, f->section), here_without(c, r, "section", NULL));
    v->all_off = url_path(c->arena, "/projects?year=%lld", (long long)v->year);
    return OK;
}

static void read_filter(const struct request *r, struct project_filter *f)
{
    f->scheme = form_get(&r->query, "scheme");
    f->category = form_get(&r->query, "category");
    f->relation = form_get(&r->query, "relation");
    f->domain = form_get(&r->query, "domain");
    f->continuity = form_get(&r->query, "continuity");
    f->form = form_get(&r->query, "form");
    f->field = form_get(&r->query, "field");
    f->municipality = form_get(&r->query, "municipality");
    f->q = form_get(&r->query, "q");
    f->department = form_int(&r->query, "department");
    f->section = form_int(&r->query, "section");
    f->by_name = text_eq(form_get(&r->query, "sort"), "name");
}

static void set_pager(struct ctx *c, const struct request *r, struct project_list_view *v, const struct project_filter *f, const struct cursor *at, bool more)
{
    const char *sort = f->by_name ? "name" : "order";
    struct url u = url_with(c->arena, (struct url){.s = r->target}, "at", NULL);
    struct pager *p = &v->pager;
    p->from = p->to = NONE;
    if (v->n == 0)
        return;
    const struct project_line *first = &v->line[0], *last = &v->line[v->n - 1];
    p->has_prev = at->set && (!at->back || more);
    p->has_next = at->set && at->back ? true : more;
    p->prev = url_with(c->arena, u, "at", cursor_write(c, sort, true, NULL, NONE, first->position));
    p->next = url_with(c->arena, u, "at", cursor_write(c, sort, false, NULL, NONE, last->position));
    if (!p->has_prev) {
        p->from = 1;
        p->to = (int64_t)v->n;
    }
}

static enum err list_file(struct ctx *c, struct request *r, struct response *w, const struct project_filter *f)
{
    if (!text_eq(form_get(&r->query, "format"), "json")) {
        struct listing l = projects_listing(c, f);
        return file_answer(c, r, w, &l);
    }
    return json_answer(c, w, projects_json_now, (void *)(uintptr_t)f);
}

/* Nothing published yet, or not for this year: a page that says so and what next, never a 404. */
static enum err no_edition(struct ctx *c, struct response *w, int64_t asked, const int64_t *years, size_t n)
{
    failure_clear(&c->fail);
    struct project_list_view v = {.year = asked};
    int64_t at = NONE;
    if (asked != NONE)
        (void)db_get_int(c->db, "SELECT min(publish_at) FROM edition WHERE year = $1 AND state = 'made'", P(asked), &at);
    v.empty = at != NONE ? arena_printf(c->arena, tr(c, "この年度はまだ公開していません。%sに公開します。"), date(c, instant_date(c->arena, at)))
            : asked == NONE ? tr(c, "公開した版がまだありません。照会を閉じて版を作り、公開すると、ここに事業が並びます。")
                            : tr(c, "この年度はまだ公開していません。");
    struct page p = {.title = tr(c, "協働事業"), .menu = "projects", .year = asked};
    take_years(&p, years, n);
    page_begin(c, w, &p);
    public_empty_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* Lists are in the order of their words: the line before has mostly the same one. */
struct said { const char *code, *label; };
static const char *said(struct ctx *c, const char *kind, const char *code, int64_t year, struct said *last)
{
    if (!text_eq(code, last->code))
        *last = (struct said){code, word(c, kind, code, year)};
    return last->label;
}

enum err project_list_page(struct ctx *c, struct request *r, struct response *w)
{
    struct published *published, *shown = NULL;
    size_t years_n;
    TRY(editions_published(c, &published, &years_n));
    struct project_list_view v = {.year = form_int(&r->query, "year")};
    struct project_filter f = {.department = NONE, .section = NONE};
    read_filter(r, &f);
    int64_t *years = arena_many(c->arena, int64_t, years_n + 1);
    for (size_t i = 0; i < years_n; i++) {
        years[i] = published[i].year;
        if (shown == NULL && (v.year == NONE || v.year == years[i]))
            shown = &published[i];
    }
    if (shown == NULL)
        return no_edition(c, w, v.year, years, years_n);
    f.edition = shown->edition;
    v.year = shown->year;
    f.year = v.year;
    if (f.scheme == NULL && !one_scheme(c, f.year))
        f.category = NULL; /* two schemes may have a category of the same code */
    if (file_asked(c, r))
        return list_file(c, r, w, &f);
    v.q = f.q;
    v.edition = f.edition;
    v.edition_name = edition_name(c, v.year, shown->number);
    v.to_edition = url_edition(c, f.edition);
    v.name_first = f.by_name;
    struct cursor at;
    cursor_read(c, form_get(&r->query, "at"), f.by_name ? "name" : "order", &at);
    bool more = false;
    TRY(projects_list(c, &f, &at, PER_PAGE, &v.line, &v.n, &more));
    TRY(projects_count(c, &f, &v.pager.count));
    struct said category = {0}, continuity = {0};
    for (size_t i = 0; i < v.n; i++) {
        v.line[i].category = said(c, "category", v.line[i].category, v.year, &category);
        v.line[i].continuity = said(c, "continuity", v.line[i].continuity, v.year, &continuity);
    }
    set_pager(c, r, &v, &f, &at, more);
    TRY(build_filter(c, r, &v, &f));
    v.open = v.chips > 0;
    struct url here = here_without(c, r, "sort", NULL);
    v.by_order = here;
    v.by_name = url_with(c->arena, here, "sort", "name");
    here = url_with(c->arena, url_with(c->arena, here, "sort", NULL), "year", arena_printf(c->arena, "%lld", (long long)v.year));
    v.json = url_with(c->arena, here, "format", "json");
    if (v.n == 0)
        v.empty = v.q != NULL ? arena_printf(c->arena, tr(c, "「%s」に合う事業はありません。ことばを短くするか、条件を外してください。"), v.q)
                              : tr(c, "この条件に合う事業はありません。条件を外してください。");
    struct page p = {.title = tr(c, "協働事業"), .menu = "projects", .year = v.year, .wide = true};
    if (at.set && v.n > 0)
        p.place = arena_printf(c->arena, tr(c, "%lld番から"), (long long)v.line[0].position);
    take_years(&p, years, years_n);
    page_begin(c, w, &p);
    public_project_list_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* --- /projects/ID --- */

struct shown {
    struct ctx *c;
    const struct statement *s;
    const struct frozen_words *w;
    const char *hidden;
    struct project_page_view *v;
    size_t group_cap;
    struct withheld_value *value; size_t values;
};

static const char *reason_for(struct shown *x, const char *field)
{
    return is_withheld(x->hidden, field) ? withheld_reason(x->c, "project", x->s->project, field) : NULL;
}

/* Why something in a field is not public while the rest is; NULL: all of it is. */
static const char *partly_for(struct shown *x, const char *field)
{
    struct sb b;
    if (!is_withheld_partly(x->hidden, field))
        return NULL;
    sb_init(&b, x->c->arena);
    for (size_t i = 0; i < x->values; i++) {
        bool said = !text_eq(x->value[i].field, field);
        for (size_t k = 0; k < i && !said; k++)
            said = text_eq(x->value[k].field, field) && text_eq(x->value[k].reason, x->value[i].reason);
        if (!said)
            sb_printf(&b, "%s%s", b.n > 0 ? "、" : "", x->value[i].reason);
    }
    return sb_str(&b);
}

static struct fact_group *group(struct shown *x, const char *id, const char *heading)
{
    ARENA_PUSH(x->c->arena, x->v->group, x->v->groups, x->group_cap) = (struct fact_group){.id = id, .heading = heading};
    return &x->v->group[x->v->groups - 1];
}

static void add_fact(struct shown *x, struct fact_group *g, struct fact f)
{
    if (f.text != NULL || f.html.s != NULL || f.links > 0 || f.withheld != NULL)
        ARENA_PUSH(x->c->arena, g->fact, g->facts, g->cap) = f;
}

/* One field of the statement under its own label, in the words of its year. */
static void add(struct shown *x, struct fact_group *g, const char *name)
{
    struct ctx *c = x->c;
    const struct field *f = entity_field(&statement_entity, name);
    struct fact fact = {.field = f->name, .label = tr(c, f->label), .withheld = reason_for(x, name)};
    const char *at = (const char *)x->s + f->offset;
    struct sb b;
    sb_init(&b, c->arena);
    if (f->kind == FIELD_CODE)
        fact.text = read_label(c, frozen_word(c, x->w, f->vocabulary, field_text(f, x->s)));
    else if (f->kind == FIELD_SET) {
        const struct set *s = (const void *)at;
        for (size_t i = 0; i < s->n; i++)
            sb_printf(&b, "%s%s", i > 0 ? tr(c, "、") : "", read_label(c, frozen_word(c, x->w, f->vocabulary, s->v[i])));
        fact.text = b.n > 0 ? sb_str(&b) : NULL;
    } else if (f->kind == FIELD_MEMO) {
        fact.long_text = true;
        fact.text = field_text(f, x->s);
        if (fact.text != NULL)
            fact.html = paragraphs(c, fact.text);
    } else if (f->kind == FIELD_REF)
        fact.text = frozen_section(c, x->w, field_int(f, x->s));
    else
        fact.text = field_shown(c, f, x->s, x->s->year);
    add_fact(x, g, fact);
}

static void add_partners(struct shown *x, struct fact_group *g)
{
    struct ctx *c = x->c;
    struct fact f = {.field = "partners", .label = tr(c, "協働の相手"), .withheld = reason_for(x, "partners"), .partly = partly_for(x, "partners")};
    f.link = arena_many(c->arena, struct fact_link, x->s->partners_n);
    for (size_t i = 0; i < x->s->partners_n; i++) {
        const struct statement_partner *p = &x->s->partners[i];
        const char *name = p->name != NULL ? p->name : frozen_organization(c, x->w, p->organization);
        const char *kind = read_label(c, frozen_word(c, x->w, "partner_kind", p->kind));
        if (name == NULL)
            name = kind;
        if (name == NULL)
            continue;
        const char *after = p->role != NULL ? arena_printf(c->arena, "%s%s%s", kind != NULL && kind != name ? kind : "", kind != NULL && kind != name ? " · " : "", p->role)
                          : kind != name ? kind : NULL;
        f.link[f.links++] = (struct fact_link){name, after, p->organization != NONE ? url_organization(c, p->organization) : (struct url){NULL}};
    }
    add_fact(x, g, f);
}

static void add_joint(struct shown *x, struct fact_group *g)
{
    struct sb b;
    sb_init(&b, x->c->arena);
    for (size_t i = 0; i < x->s->joint_n; i++)
        sb_printf(&b, "%s%s", i > 0 ? "、" : "", frozen_section(x->c, x->w, x->s->joint[i].section));
    add_fact(x, g, (struct fact){.label = tr(x->c, "共に担当する課"), .text = b.n > 0 ? sb_str(&b) : NULL});
}

static void add_period(struct shown *x, struct fact_group *g)
{
    struct ctx *c = x->c;
    const struct statement *s = x->s;
    if (s->starts_on != NULL || s->ends_on != NULL)
        add_fact(x, g, (struct fact){.label = tr(c, "期間"), .text = arena_printf(c->arena, tr(c, "%s〜%s"), s->starts_on ? date(c, s->starts_on) : "", s->ends_on ? date(c, s->ends_on) : "")});
    if (s->first_year != NONE)
        add_fact(x, g, (struct fact){.label = tr(c, "はじめた年度"), .text = year(c, s->first_year)});
}

static void add_money(struct shown *x, struct fact_group *g, const char *name, const char *label)
{
    const struct field *f = entity_field(&statement_entity, name);
    int64_t yen = field_int(f, x->s);
    add_fact(x, g, (struct fact){.field = name, .label = label, .withheld = reason_for(x, name), .text = yen == NONE ? NULL : arena_printf(x->c->arena, tr(x->c, "%s千円"), yen1000(x->c, yen))});
}

static void add_groups(struct shown *x)
{
    struct ctx *c = x->c;
    struct fact_group *g = group(x, "who", tr(c, "だれが"));
    add(x, g, "lead");
    add_joint(x, g);
    add_partners(x, g);
    g = group(x, "why", tr(c, "課題とねらい"));
    static const char *const why[] = {"reason", "purpose_government", "purpose_partner", "effect", "spread"};
    for (size_t i = 0; i < sizeof why / sizeof *why; i++)
        add(x, g, why[i]);
    g = group(x, "what", tr(c, "すること"));
    static const char *const what[] = {"activity", "place", "municipalities"};
    for (size_t i = 0; i < sizeof what / sizeof *what; i++)
        add(x, g, what[i]);
    add_period(x, g);
    g = group(x, "money", tr(c, "費用"));
    add_money(x, g, "budget", tr(c, "予算額"));
    add_money(x, g, "settled", tr(c, "昨年度の決算額"));
    add(x, g, "cost_sharing");
    g = group(x, "form", tr(c, "協働のかたち"));
    static const char *const form[] = {"scheme", "category", "category_other", "relation", "forms", "main_form", "form_other", "stages", "domain", "kinds", "fields"};
    for (size_t i = 0; i < sizeof form / sizeof *form; i++)
        add(x, g, form[i]);
    g = group(x, "chosen", tr(c, "相手の選び方"));
    static const char *const chosen[] = {"how_chosen", "how_chosen_grounds", "no_call_reason"};
    for (size_t i = 0; i < sizeof chosen / sizeof *chosen; i++)
        add(x, g, chosen[i]);
    g = group(x, "contact", tr(c, "連絡先"));
    add(x, g, "contact_post");
    add(x, g, "contact_phone");
}

/* One series a pair of name and unit. Every year between the first and the last stands on the axis; an unknown one stays empty. */
static void add_outcomes(struct shown *x)
{
    struct ctx *c = x->c;
    const struct statement *s = x->s;
    size_t cap = 0;
    for (size_t i = 0; i < s->outcomes_n; i++) {
        const struct statement_outcome *o = &s->outcomes[i];
        if (o->name == NULL || o->year == NONE)
            continue;
        bool seen = false;
        int64_t from = o->year, to = o->year;
        size_t known = 0;
        for (size_t k = 0; k < s->outcomes_n; k++) {
            const struct statement_outcome *p = &s->outcomes[k];
            if (!text_eq(p->name, o->name) || !text_eq(p->unit, o->unit) || p->year == NONE)
                continue;
            seen = seen || k < i;
            known += p->value != NONE;
            from = p->year < from ? p->year : from;
            to = p->year > to ? p->year : to;
        }
        if (seen || known == 0)
            continue;
        if (to - from >= CHART_YEARS_MOST)
            from = to - CHART_YEARS_MOST + 1;
        size_t n = (size_t)(to - from + 1), row_cap = 0;
        int64_t *value = arena_many(c->arena, int64_t, n);
        const char **head = arena_many(c->arena, const char *, n);
        struct outcome_view view = {.name = o->name, .unit = o->unit, .caption_id = arena_printf(c->arena, "outcome-%zu", i)};
        const char *first = NULL, *last = NULL;
        int64_t first_year = NONE, last_year = NONE;
        for (size_t k = 0; k < n; k++) {
            value[k] = NONE;
            head[k] = year_head(c, from + (int64_t)k);
            for (size_t m = 0; m < s->outcomes_n; m++)
                if (text_eq(s->outcomes[m].name, o->name) && text_eq(s->outcomes[m].unit, o->unit) && s->outcomes[m].year == from + (int64_t)k && s->outcomes[m].value != NONE)
                    value[k] = s->outcomes[m].value;
            if (value[k] == NONE)
                continue;
            last = milli(c, value[k]);
            last_year = from + (int64_t)k;
            if (first == NULL) {
                first = last;
                first_year = last_year;
            }
            bool gap = view.rows > 0 && view.row[view.rows - 1].year < last_year - 1;
            ARENA_PUSH(c->arena, view.row, view.rows, row_cap).year = last_year;
            view.row[view.rows - 1].value = last;
            view.row[view.rows - 1].gap = gap;
        }
        struct chart_series *series = arena_make(c->arena, struct chart_series);
        *series = (struct chart_series){.name = o->name, .milli = value};
        view.chart = (struct chart){.id = arena_printf(c->arena, "chart-%zu", i), .title = o->name, .x = head, .x_n = n, .series = series, .series_n = 1, .unit = o->unit};
        view.chart.finding = first_year == last_year ? arena_printf(c->arena, tr(c, "%s は%s%sです。"), year(c, last_year), last, o->unit ? o->unit : "")
            : arena_printf(c->arena, tr(c, "%sの%s%sから、%sの%s%sになりました。"), year(c, first_year), first, o->unit ? o->unit : "", year(c, last_year), last, o->unit ? o->unit : "");
        ARENA_PUSH(c->arena, x->v->outcome, x->v->outcomes, cap) = view;
    }
    x->v->outcomes_withheld = reason_for(x, "outcomes");
    x->v->outcomes_partly = partly_for(x, "outcomes");
}

static void add_contributions(struct shown *x)
{
    const struct statement *s = x->s;
    x->v->contribution = arena_many(x->c->arena, struct contribution_line, s->contributions_n);
    for (size_t i = 0; i < s->contributions_n; i++)
        x->v->contribution[x->v->contributions++] = (struct contribution_line){read_label(x->c, frozen_word(x->c, x->w, "contribution", s->contributions[i].kind)), s->contributions[i].who, s->contributions[i].what};
    x->v->contributions_withheld = reason_for(x, "contributions");
    x->v->contributions_partly = partly_for(x, "contributions");
}

/* Every published edition that has the project, newest first, and whether its statement is that of the next newer one. */
static enum err add_years(struct ctx *c, int64_t project, int64_t shown, struct project_page_view *v)
{
    size_t cap = 0;
    int64_t last_year = NONE, last_frozen = NONE;
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT e.year, e.number, e.id, i.frozen, i.project FROM edition_item i JOIN edition e ON e.id = i.edition WHERE (i.project = $1 OR i.project IN "
        "(SELECT m.other FROM project_merge m WHERE m.survivor = $1 AND m.undone_at IS NULL)) AND e.state = 'published' ORDER BY e.year DESC, e.number DESC, i.project", P(project));
    while (db_next(q)) {
        int64_t y = db_int(q, 0), id = db_int(q, 2), frozen = db_int(q, 3);
        struct url to = url_project(c, db_int(q, 4)); /* what was merged into it has its own number in older editions */
        to = y != last_year ? url_with(c->arena, to, "year", arena_printf(c->arena, "%lld", (long long)y))
                            : url_with(c->arena, to, "edition", arena_printf(c->arena, "%lld", (long long)id));
        ARENA_PUSH(c->arena, v->year, v->years, cap) = (struct year_link){
            .year = y, .current = id == shown, .to = to, .edition = edition_name(c, y, db_int(q, 1)), .to_edition = url_edition(c, id),
            .same = y == last_year && frozen == last_frozen, .older = y == last_year};
        last_year = y;
        last_frozen = frozen;
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* The statement as one edition has it; an edition that is not published is there for the secretariat alone. */
static enum err frozen_in_edition(struct ctx *c, int64_t project, int64_t edition, struct frozen *f, bool *published)
{
    struct db_rows *q = db_query(c->db, c->arena, "SELECT " FROZEN_COLUMNS ", e.state FROM edition_item i JOIN edition e ON e.id = i.edition JOIN frozen f ON f.id = i.frozen "
                                                  "WHERE i.edition = $1 AND i.project = $2", P(edition, project));
    bool found = db_next(q);
    if (found) {
        frozen_read(q, f);
        *published = text_eq(db_text(q, 18), "published");
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    return found && (*published || user_is(c->user, ROLE_SECRETARIAT)) ? OK : fail(c, E_NOT_FOUND, "%s", tr(c, "この事業は、この版に載っていません。"));
}

enum err project_contents(struct ctx *c, const struct frozen *f, struct project_page_view *v)
{
    struct statement *s = arena_make(c->arena, struct statement);
    struct frozen_words *w = arena_make(c->arena, struct frozen_words);
    struct shown x = {.c = c, .s = s, .w = w, .v = v};
    *v = (struct project_page_view){.s = s, .hash = f->hash, .shown_year = f->year};
    TRY(frozen_open(c, f, AUDIENCE_PUBLIC, s, w, &x.hidden));
    if (strchr(x.hidden, '.') != NULL) /* single values: why, beside what is left of the field */
        TRY(withheld_values(c, "project", f->project, &x.value, &x.values));
    v->continuity = read_label(c, frozen_word(c, w, "continuity", s->continuity));
    v->continuity_tag = text_eq(s->continuity, "new") ? "tag tag-blue" : "tag tag-gray";
    v->category = read_label(c, frozen_word(c, w, "category", s->category));
    v->lead = frozen_section(c, w, s->lead);
    v->lead_line = arena_printf(c->arena, tr(c, "%s・%s・%s"), year(c, f->year), v->category, v->lead);
    v->summary = s->summary;
    v->summary_withheld = reason_for(&x, "summary");
    v->name_withheld = reason_for(&x, "name");
    add_groups(&x);
    v->role = s->roles;
    v->roles = s->roles_n;
    v->roles_withheld = reason_for(&x, "roles");
    v->roles_partly = partly_for(&x, "roles");
    add_contributions(&x);
    add_outcomes(&x);
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err project_page(struct ctx *c, struct request *r, struct response *w)
{
    struct frozen f;
    int64_t edition = NONE, number = NONE, asked = form_int(&r->query, "edition");
    bool published = true;
    if (asked != NONE) {
        edition = asked;
        TRY(frozen_in_edition(c, r->param[0], asked, &f, &published));
    } else {
        int64_t to = r->param[0], asked_year = form_int(&r->query, "year");
        if (asked_year == NONE)
            TRY(project_public(c, r->param[0], &to));
        if (to != r->param[0]) {
            struct url survivor = url_project(c, to);
            response_redirect(w, text_eq(form_get(&r->query, "format"), "json") ? url_with(c->arena, survivor, "format", "json").s : survivor.s);
            return OK;
        }
        TRY(project_frozen(c, to, asked_year, &f, &edition));
    }
    if (text_eq(form_get(&r->query, "format"), "json")) {
        struct json j;
        json_init(&j, &w->body);
        w->type = "application/json; charset=utf-8";
        return project_json(c, &j, &f);
    }
    struct project_page_view v;
    TRY(project_contents(c, &f, &v));
    const struct statement s = *v.s;
    TRY_DB(c, db_get_int(c->db, "SELECT number FROM edition WHERE id = $1", P(edition), &number));
    v.edition_name = edition_name(c, f.year, number);
    TRY(add_years(c, f.project, edition, &v));
    v.unpublished = !published;
    v.older = false;
    for (size_t i = 0; i < v.years; i++) {
        v.older = v.older || (v.year[i].current && v.year[i].older);
        if (v.year[i].year == f.year && !v.year[i].older) {
            v.to_newest = v.year[i].to;
            v.newest_edition = v.year[i].edition;
        }
    }
    struct url here = asked != NONE ? url_with(c->arena, url_project(c, f.project), "edition", arena_printf(c->arena, "%lld", (long long)asked))
                                    : url_with(c->arena, url_project(c, f.project), "year", arena_printf(c->arena, "%lld", (long long)f.year));
    v.json = url_with(c->arena, here, "format", "json");
    int64_t unit = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT unit FROM section WHERE id = $1", P(f.section), &unit));
    v.may_correct = user_is(c->user, ROLE_SECRETARIAT) || user_on_unit(c->user, SECTION_ROLES, unit);
    TRY(practice_lines(c, f.project, &v.practice, &v.practices));
    v.pick = url_path(c->arena, "/projects/%lld/practice?year=%lld", (long long)f.project, (long long)f.year);
    v.request = url_path(c->arena, "/projects/%lld/request", (long long)f.project);
    v.correct = url_path(c->arena, "/projects/%lld/correct?year=%lld", (long long)f.project, (long long)f.year);
    v.may_withhold = user_is(c->user, ROLE_SECRETARIAT);
    v.withhold = url_path(c->arena, "/projects/%lld/withhold", (long long)f.project);
    struct page p = {.title = s.name != NULL ? s.name : tr(c, WITHHELD_MARK), .place = tr(c, "協働事業"), .menu = "projects", .year = NONE, .bare_title = true};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "協働事業"), url_path(c->arena, "/projects?year=%lld", (long long)f.year)};
    page_begin(c, w, &p);
    public_project_body(c, &w->body, &v, p.title);
    page_end(c, w, &p);
    return OK;
}
