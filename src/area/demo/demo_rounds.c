/* Three years of the register: two published editions and this year's inquiry, half answered. The clock goes with the story: what is done for
 * a day in May is done with that day as "now", in the records and in the log. */
#include <string.h>

#include "area/demo/parts.h"
#include "area/organization/organization.h"
#include "area/register/register.h"
#include "base/date.h"
#include "base/text.h"
#include "core/preset.h"

enum { DAY = 24 * 3600 };

/* One inquiry as it is played through. */
struct round {
    struct demo *d;
    int64_t year, inquiry, answers_at;
    int stage;              /* 0, 1, 2: which projects are new in it (demo_project.from) */
    const char *scheme;
    bool half;              /* this year's: half of the sections have answered */
    struct section_node *section; size_t sections;
};

/* --- a project's statement --- */

static const struct demo_theme *theme_of(const char *key)
{
    for (const struct demo_theme *t = demo_themes; t->key != NULL; t++)
        if (text_eq(t->key, key))
            return t;
    return NULL;
}

static int64_t organization_of(const struct demo *d, const char *key, const struct demo_organization **out)
{
    size_t i = 0;
    for (const struct demo_organization *o = d->of->organization; o->key != NULL; o++, i++)
        if (text_eq(o->key, key)) {
            *out = o;
            return d->organization[i];
        }
    *out = NULL;
    return NONE;
}

static const char *code_of_city(const struct demo *d, const char *name)
{
    for (const struct demo_municipality *m = d->of->municipality; m->code != NULL; m++)
        if (text_eq(m->name, name))
            return m->code;
    return NULL;
}

static void partners(struct ctx *c, const struct demo *d, const struct demo_project *p, struct statement *s)
{
    static const char *const role[] = {"企画と実行", "協力と参加の呼びかけ", "場所と物の提供", "広報の協力"};
    const char **key;
    size_t n = demo_split(c->arena, p->partners, "|", &key), cap = 0;
    for (size_t i = 0; i < n; i++) {
        struct statement_partner x;
        entity_init(&statement_partner_entity, &x);
        const struct demo_organization *o = NULL;
        if (key[i][0] != '=')
            x.organization = organization_of(d, key[i], &o);
        x.name = o != NULL ? o->name : key[i] + 1;
        x.kind = o != NULL ? o->kind : d->of->partner_kind;
        x.role = role[i % 4];
        ARENA_PUSH(c->arena, s->partners, s->partners_n, cap) = x;
    }
}

static void roles_and_gifts(struct ctx *c, const struct demo_theme *t, struct statement *s)
{
    size_t cap = 0;
    for (size_t i = 0; i < 3; i++) {
        struct statement_role x;
        entity_init(&statement_role_entity, &x);
        x.task = t->task[i];
        x.who = t->who[i];
        x.strength = t->strength[i];
        ARENA_PUSH(c->arena, s->roles, s->roles_n, cap) = x;
    }
    cap = 0;
    for (size_t i = 0; i < 2; i++) {
        struct statement_contribution x;
        entity_init(&statement_contribution_entity, &x);
        x.kind = t->gives[i];
        x.who = t->giver[i];
        x.what = t->what[i];
        ARENA_PUSH(c->arena, s->contributions, s->contributions_n, cap) = x;
    }
}

static int64_t first_year_of(const struct demo *d, const struct demo_project *p)
{
    return d->last + p->since;
}

/* The measure's value in a year, in thousandths. */
static int64_t value_in(const struct demo *d, const struct demo_project *p, const struct demo_theme *t, int64_t year)
{
    int64_t base = p->from == 0 ? d->last - 2 : d->last;
    int64_t v = (p->outcome + p->step * (year - base)) * 1000;
    return text_eq(t->unit, "トン") || text_eq(t->unit, "ヘクタール") ? v + 400 : v;
}

static void outcome(struct ctx *c, const struct round *r, const struct demo_project *p, const struct demo_theme *t, struct statement *s)
{
    size_t cap = 0;
    struct statement_outcome x;
    entity_init(&statement_outcome_entity, &x);
    x.name = t->outcome;
    x.unit = t->unit;
    bool before = first_year_of(r->d, p) < r->year;
    x.year = before ? r->year - 1 : r->year;
    if (before)
        x.value = value_in(r->d, p, t, x.year);
    ARENA_PUSH(c->arena, s->outcomes, s->outcomes_n, cap) = x;
}

static void chosen(struct ctx *c, const struct demo *d, const struct demo_project *p, struct statement *s)
{
    s->how_chosen = p->how;
    if (text_eq(p->how, "call"))
        s->how_chosen_grounds = arena_printf(c->arena, "%sのホームページと広報紙で募集し、活動の実績と計画をもとに選びました。", d->of->name);
    else if (text_eq(p->how, "proposal"))
        s->how_chosen_grounds = "相手からの提案を受け、県の課題と合うことを確かめて決めました。";
    else if (text_eq(p->how, "nomination")) {
        s->how_chosen_grounds = "地域の事情をよく知り、同じ活動の実績があります。";
        s->no_call_reason = "県内で同じ専門をもつ団体がほかになかったため、指名しました。";
    } else {
        s->how_chosen_grounds = "これまでの成果を双方でふり返り、続けることを決めました。";
    }
}

static bool has(const char **v, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (text_eq(v[i], code))
            return true;
    return false;
}

static void set_one(struct ctx *c, struct set *s, const char *code)
{
    size_t cap = s->n;
    ARENA_PUSH(c->arena, s->v, s->n, cap) = code;
}

static enum err statement_of(struct ctx *c, const struct round *r, const struct demo_project *p, int64_t answer, struct statement *s)
{
    const struct demo_theme *t = theme_of(p->theme);
    if (t == NULL)
        return fail(c, E_BUG, "demo: no theme %s", p->theme);
    entity_init(&statement_entity, s);
    s->answer = answer;
    s->name = p->name;
    s->category = p->category;
    s->category_other = text_eq(p->category, "other") ? "協働を担う人材の育成" : NULL;
    s->forms.n = demo_split(c->arena, p->forms, " ", &s->forms.v);
    s->main_form = s->forms.v[0];
    s->form_other = has(s->forms.v, s->forms.n, "other") ? "人を出し合う、広報で協力するなど" : NULL;
    bool stages = word_find(c, "stage", "planning", r->year) != NULL; /* not every prefecture asks for them */
    if (stages && has(s->forms.v, s->forms.n, "planning"))
        set_one(c, &s->stages, "planning");
    if (stages && (s->forms.n > 1 || !has(s->forms.v, s->forms.n, "planning")))
        set_one(c, &s->stages, "implementation");
    s->kinds.n = demo_split(c->arena, p->kinds != NULL ? p->kinds : t->kinds, "|", &s->kinds.v);
    s->relation = p->relation;
    s->domain = p->domain;
    s->fields.n = demo_split(c->arena, t->fields, " ", &s->fields.v);
    s->summary = p->summary;
    s->reason = t->reason;
    s->spread = t->spread;
    s->purpose_government = t->purpose_government;
    s->purpose_partner = t->purpose_partner;
    s->effect = t->effect;
    s->activity = t->activity;
    s->cost_sharing = t->cost_sharing;
    partners(c, r->d, p, s);
    roles_and_gifts(c, t, s);
    s->budget = p->budget < 0 ? NONE : (int64_t)p->budget * 1000;
    s->place = p->place;
    if (code_of_city(r->d, p->city) != NULL)
        set_one(c, &s->municipalities, code_of_city(r->d, p->city));
    s->starts_on = arena_printf(c->arena, "%lld-04-01", (long long)r->year);
    if (has(s->forms.v, s->forms.n, "subsidy") || has(s->forms.v, s->forms.n, "commission"))
        s->ends_on = arena_printf(c->arena, "%lld-03-31", (long long)r->year + 3);
    s->first_year = first_year_of(r->d, p);
    chosen(c, r->d, p, s);
    outcome(c, r, p, t, s);
    s->contact_post = "協働担当(例)";
    s->contact_phone = "000-000-1500";
    s->contact_person = "例田 花子";
    return OK;
}

/* --- one answer --- */

static const struct demo_project *project_named(const struct demo *d, const char *name)
{
    for (const struct demo_project *p = d->of->project; p->section != NULL; p++)
        if (text_eq(p->name, name))
            return p;
    return NULL;
}

/* Last year's project: its values, its settled amount, whether it goes on. */
static enum err carry_on(struct ctx *c, const struct round *r, const struct statement *before, size_t i)
{
    const struct demo_project *p = project_named(r->d, before->name);
    if (p == NULL)
        return fail(c, E_BUG, "demo: unknown project %s", before->name);
    if (p->ends != 0 && p->ends == r->stage)
        return statement_decide(c, before->id, "ended", "めざした成果が得られたので、地域の団体だけで続けることにしました。");
    const struct demo_theme *t = theme_of(p->theme);
    struct statement s;
    entity_copy(c->arena, &statement_entity, &s, before);
    for (size_t k = 0; k < s.outcomes_n; k++)
        if (s.outcomes[k].year == r->year - 1 && i % 9 != 7) /* now and then nobody has counted */
            s.outcomes[k].value = value_in(r->d, p, t, r->year - 1);
    s.decision = "same";
    if (before->budget != NONE && before->budget > 0) { /* a little less than was planned, in whole 千円 */
        int64_t thousands = before->budget / 1000;
        s.settled = thousands * (97 - (int64_t)(i % 5)) / 100 * 1000;
        if (i % 4 == 1) { /* a change that one sees: the budget */
            s.budget = (thousands + thousands / 10 / 100 * 100 + 100) * 1000;
            s.decision = "changed";
        }
    }
    return statement_save(c, before, &s);
}

static enum err add_new(struct ctx *c, const struct round *r, const struct answer *a, int64_t unit, size_t *added)
{
    for (const struct demo_project *p = r->d->of->project; p->section != NULL; p++) {
        if (p->from != r->stage || !text_eq(p->scheme, r->scheme))
            continue;
        int64_t of = NONE;
        TRY(demo_unit(c, r->section, r->sections, p->section, &of));
        if (of != unit)
            continue;
        struct statement s;
        TRY(statement_of(c, r, p, a->id, &s));
        TRY(statement_save(c, NULL, &s));
        ++*added;
    }
    return OK;
}

static enum err statements_of(struct ctx *c, int64_t answer, struct statement **v, size_t *n)
{
    struct sql tail;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE answer = $ ORDER BY id", P(answer));
    TRY_DB(c, entity_select(c->db, c->arena, &statement_entity, &tail, false, v, n));
    return OK;
}

/* Which sections have not answered: this year every other one and those of the demo's accounts, in the years before one that forgot. */
static bool silent(const struct round *r, size_t i, const struct section_node *s, size_t carried)
{
    if (!r->half)
        return carried == 0 && i == r->sections * 2 / 3;
    for (size_t k = 0; k < 3; k++)
        if (text_eq(s->s.name, r->d->of->open[k]))
            return true;
    return i % 2 == 1;
}

static enum err answer_one(struct ctx *c, const struct round *r, const struct answer *a, size_t i)
{
    const struct section_node *node = section_in(r->section, r->sections, a->section);
    struct statement *v;
    size_t n, going = 0;
    if (node == NULL)
        return fail(c, E_BUG, "demo: answer without section");
    TRY(statements_of(c, a->id, &v, &n));
    if (silent(r, i, node, n))
        return OK;
    c->now = r->answers_at + (int64_t)(i % 12) * DAY + (int64_t)(i * 617 % 28000);
    for (size_t k = 0; k < n; k++) {
        const struct demo_project *p = project_named(r->d, v[k].name);
        TRY(carry_on(c, r, &v[k], i + k));
        going += p != NULL && (p->ends == 0 || p->ends != r->stage);
    }
    TRY(add_new(c, r, a, node->s.unit, &going));
    if (r->half && going > 0 && i % 14 == 6) /* begun, not yet handed in */
        return OK;
    TRY(going > 0 ? answer_submit(c, a->id) : answer_none(c, a->id));
    if (r->half && going > 0 && i % 14 == 12)
        TRY(answer_return(c, a->id, "予算額が昨年度と大きくちがいます。確かめて、もう一度提出してください。"));
    return OK;
}

/* --- one inquiry --- */

/* Nobody has to print the letters of years gone by; of this year's those stay that no promoter will read. */
static enum err letters_done(struct ctx *c, const struct round *r)
{
    if (r->half)
        TRY_DB(c, db_exec(c->db, "UPDATE outbox SET state = 'handed', sent_at = $2 WHERE about = 'inquiry' AND about_id = $1 AND account IS NOT NULL",
                          P(r->inquiry, c->now)));
    else
        TRY_DB(c, db_exec(c->db, "UPDATE outbox SET state = 'handed', sent_at = $2 WHERE about = 'inquiry' AND about_id = $1", P(r->inquiry, c->now)));
    return OK;
}

static enum err ask(struct ctx *c, struct round *r, int64_t opened, const char *due_on)
{
    c->now = opened;
    struct inquiry q;
    entity_init(&inquiry_entity, &q);
    q.year = r->year;
    q.scheme = r->scheme;
    q.round = "start";
    q.title = arena_printf(c->arena, "%s %s照会(例)", fiscal_year_era(c->arena, r->year), word_label(c, "scheme", r->scheme, r->year));
    q.body = "今年度の事業について回答してください。昨年度の事業は、続けるかどうかを選んでください。事業がないときは「該当なし」で回答してください。";
    q.due_on = due_on;
    q.scope = "all";
    q.demo = true;
    TRY(inquiry_save(c, NULL, &q));
    TRY(inquiry_open(c, q.id));
    r->inquiry = q.id;
    TRY(letters_done(c, r));
    TRY(sections_of_year(c, r->year, &r->section, &r->sections));
    struct answer *a = NULL;
    size_t n = 0;
    struct sql tail;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE inquiry = $ ORDER BY id", P(q.id));
    TRY_DB(c, entity_select(c->db, c->arena, &answer_entity, &tail, false, &a, &n));
    for (size_t i = 0; i < n; i++)
        TRY(answer_one(c, r, &a[i], i));
    return OK;
}

static enum err year_done(struct ctx *c, struct demo *d, int64_t year, int stage)
{
    for (size_t i = 0; i < 2 && d->of->schemes[i] != NULL; i++) {
        struct round r = {.d = d, .year = year, .stage = stage, .scheme = d->of->schemes[i], .answers_at = demo_noon(c->arena, year, "04-22") - 3 * 3600};
        TRY(ask(c, &r, demo_noon(c->arena, year, "04-10"), arena_printf(c->arena, "%lld-05-15", (long long)year)));
        c->now = demo_noon(c->arena, year, "05-20");
        TRY(inquiry_close(c, r.inquiry));
    }
    c->now = demo_noon(c->arena, year, "06-12");
    int64_t edition = NONE;
    TRY(edition_make(c, year, arena_printf(c->arena, "%sの各課が、県民、団体、会社、学校といっしょに行う事業をまとめました。この版は例です。", d->of->name), &edition));
    c->now = demo_noon(c->arena, year, "06-30");
    return edition_publish(c, edition, NONE);
}

enum err demo_rounds(struct ctx *c, struct demo *d)
{
    TRY(year_done(c, d, d->last - 1, 0));
    TRY(year_done(c, d, d->last, 1));
    struct round r = {.d = d, .year = d->last + 1, .stage = 2, .scheme = d->of->schemes[0], .half = true, .answers_at = d->real_now - 14 * DAY};
    return ask(c, &r, d->real_now - 20 * DAY, instant_date(c->arena, d->real_now + 10 * DAY));
}
