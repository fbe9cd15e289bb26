/* The register's records: their fields, and the rules between fields. */
#include "area/register/rounds.h"
#include "base/text.h"
#include "core/preset.h"

#define ENTITY statement_partner
ENTITY_DEFINE(statement_partner, "statement_partner", "協働の相手", PARTNER_FIELDS)
#undef ENTITY
#define ENTITY statement_section
ENTITY_DEFINE(statement_section, "statement_section", "共に担当する課", JOINT_SECTION_FIELDS)
#undef ENTITY
#define ENTITY statement_role
ENTITY_DEFINE(statement_role, "statement_role", "役割分担", DIVISION_FIELDS)
#undef ENTITY
#define ENTITY statement_contribution
ENTITY_DEFINE(statement_contribution, "statement_contribution", "出し合うもの", CONTRIBUTION_FIELDS)
#undef ENTITY
#define ENTITY statement_outcome
ENTITY_DEFINE(statement_outcome, "statement_outcome", "成果の指標", OUTCOME_FIELDS)
#undef ENTITY
#define ENTITY inquiry
ENTITY_DEFINE(inquiry, "inquiry", "照会", INQUIRY_FIELDS)
#undef ENTITY
#define ENTITY answer
ENTITY_DEFINE(answer, "answer", "回答", ANSWER_FIELDS)
#undef ENTITY
#define ENTITY project
ENTITY_DEFINE(project, "project", "事業", PROJECT_FIELDS)
#undef ENTITY
#define ENTITY statement
ENTITY_DEFINE(statement, "statement", "事業の記載", STATEMENT_FIELDS)
#undef ENTITY

/* --- words for states; the states of an answer: collate_states.c --- */

const char *inquiry_label(const char *state)
{
    return text_eq(state, "draft") ? "下書き・未送付" : text_eq(state, "open") ? "受付中" : "閉じた";
}

const struct entered_how entered_hows[] = {
    {"paper", "紙"}, {"telephone", "電話"}, {"counter", "窓口"}, {"mail", "メール・Excel"}, {NULL, NULL}};

const char *entered_how_label(const char *code)
{
    for (const struct entered_how *h = entered_hows; h->code; h++)
        if (text_eq(h->code, code))
            return h->label;
    return NULL;
}

/* --- rules between fields --- */

static bool set_has(const struct set *s, const char *code)
{
    for (size_t i = 0; i < s->n; i++)
        if (text_eq(s->v[i], code))
            return true;
    return false;
}

static void check_words_for_other(struct ctx *c, const struct statement *s)
{
    if (s->category && word_is_other(word_find(c, "category", s->category, s->year)) && !s->category_other)
        fail_field(&c->fail, "category_other", "%s", tr(c, "取りまとめ区分が「その他」のときは、内容を入力してください"));
    for (size_t i = 0; i < s->forms.n; i++)
        if (word_is_other(word_find(c, "form", s->forms.v[i], s->year)) && !s->form_other) {
            fail_field(&c->fail, "form_other", "%s", tr(c, "協働の形態が「その他」のときは、内容を入力してください"));
            break;
        }
}

static void check_children(struct ctx *c, const struct statement *s)
{
    struct arena *a = c->arena;
    for (size_t i = 0; i < s->partners_n; i++)
        if (!s->partners[i].name)
            fail_field(&c->fail, arena_printf(a, "partners.%zu.name", i), "%s", tr(c, "協働の相手の名前を入力してください"));
    for (size_t i = 0; i < s->roles_n; i++) {
        if (!s->roles[i].task)
            fail_field(&c->fail, arena_printf(a, "roles.%zu.task", i), "%s", tr(c, "役割分担の仕事を入力してください"));
        if (!s->roles[i].who)
            fail_field(&c->fail, arena_printf(a, "roles.%zu.who", i), "%s", tr(c, "役割分担の受け持つ人を入力してください"));
    }
    for (size_t i = 0; i < s->contributions_n; i++)
        if (!s->contributions[i].kind)
            fail_field(&c->fail, arena_printf(a, "contributions.%zu.kind", i), "%s", tr(c, "出し合うものの種類を選んでください"));
    for (size_t i = 0; i < s->outcomes_n; i++) {
        const struct statement_outcome *o = &s->outcomes[i];
        if (!o->name)
            fail_field(&c->fail, arena_printf(a, "outcomes.%zu.name", i), "%s", tr(c, "成果の指標の名前を入力してください"));
        if (o->year == NONE)
            fail_field(&c->fail, arena_printf(a, "outcomes.%zu.year", i), "%s", tr(c, "成果の指標の年度を入力してください"));
        /* Two values of one measure in one year: no reader could tell which is meant. */
        for (size_t k = 0; k < i; k++)
            if (o->name && text_eq(o->name, s->outcomes[k].name) && text_eq(o->unit, s->outcomes[k].unit) && o->year == s->outcomes[k].year) {
                fail_field(&c->fail, arena_printf(a, "outcomes.%zu.year", i), "%s", tr(c, "同じ指標の同じ年度が2行あります。1行にしてください"));
                break;
            }
    }
    for (size_t i = 0; i < s->joint_n; i++)
        if (s->joint[i].section == s->lead)
            fail_field(&c->fail, arena_printf(a, "joint.%zu.section", i), "%s", tr(c, "共に担当する課には、主担当課と別の課を選んでください"));
}

enum err statement_check(struct ctx *c, const struct statement *s)
{
    size_t before = c->fail.faults_n;
    check_words_for_other(c, s);
    if (s->main_form && !set_has(&s->forms, s->main_form))
        fail_field(&c->fail, "main_form", "%s", tr(c, "主な形態は、選んだ協働の形態の中から選んでください"));
    if (s->category) {
        const struct word *w = word_find(c, "category", s->category, s->year);
        if (w && w->parent && s->scheme && !text_eq(w->parent, s->scheme))
            fail_field(&c->fail, "category", "%s", tr(c, "取りまとめ区分は、この照会の区分から選んでください"));
    }
    if (s->starts_on && s->ends_on && strcmp(s->ends_on, s->starts_on) < 0)
        fail_field(&c->fail, "ends_on", "%s", tr(c, "おわりの日は、はじまりの日と同じか後の日にしてください"));
    if (s->first_year != NONE && s->year != NONE && s->first_year > s->year)
        fail_field(&c->fail, "first_year", "%s", tr(c, "はじめた年度は、この年度と同じか前の年度にしてください"));
    /* 000 参考(2)②: できる限り公募等の方法も活用しながら: who was named without a call, and why. */
    if (s->how_chosen && (text_eq(s->how_chosen, "nomination") || text_eq(s->how_chosen, "other")) && !s->no_call_reason)
        fail_field(&c->fail, "no_call_reason", "%s", tr(c, "公募しなかった理由を入力してください"));
    if (s->how_chosen && text_eq(s->how_chosen, "other") && !s->how_chosen_grounds)
        fail_field(&c->fail, "how_chosen_grounds", "%s", tr(c, "相手の選び方が「その他」のときは、選んだ根拠を入力してください"));
    if (s->budget != NONE && s->budget < 0)
        fail_field(&c->fail, "budget", "%s", tr(c, "予算額は0以上の数で入力してください(単位は千円)"));
    if (s->settled != NONE && s->settled < 0)
        fail_field(&c->fail, "settled", "%s", tr(c, "昨年度の決算額は0以上の数で入力してください(単位は千円)"));
    /* 「支援」や「外部委託」と重なる形態もあるので区別が必要 (003 §3(3)): where a prefecture knows relations, each project says its own. */
    const struct word *relation;
    size_t relations = 0;
    TRY(words(c, "relation", NULL, s->year, &relation, &relations));
    if (relations > 0 && !s->relation)
        fail_field(&c->fail, "relation", "%s", tr(c, "関係を選んでください"));
    check_children(c, s);
    return c->fail.faults_n > before ? E_INPUT : OK;
}

/* The words say what to remind of: 補助 of a period, 後援 of the judgement behind it. */
static const char *form_notice(struct ctx *c, const struct statement *s, const struct word *w)
{
    if (text_eq(w->rule, "ends") && !s->ends_on)
        return arena_printf(c->arena, tr(c, "「%s」は期間をあらかじめ限定します。おわりの日を確かめてください。"), w->label);
    if (text_eq(w->rule, "grounds") && !s->how_chosen_grounds)
        return arena_printf(c->arena, tr(c, "「%s」は取組みごとに判断します。選んだ根拠に、判断の理由と基準を書いてください。"), w->label);
    return NULL;
}

/* The document's table says with what a form goes together. It is open, so this is a hint. */
static const char *grid_notice(struct ctx *c, const struct statement *s, const char *kind, const char *of, const struct word *form)
{
    return word_meets(c, of, form->code, s->year) ? NULL
        : arena_printf(c->arena, tr(c, "資料の表では、「%s」と「%s」は組み合わされていません。合っているか確かめてください。"), word_label(c, kind, of, s->year), form->label);
}

size_t statement_notices(struct ctx *c, const struct statement *s, const char ***out)
{
    const char **v = NULL;
    size_t n = 0, cap = 0;
    const struct word *scheme = word_find(c, "scheme", s->scheme, s->year);
    /* Whether money is needed is a state of the project, not of the scheme alone: so these are questions, not faults. */
    if (scheme && text_eq(scheme->rule, "no_budget") && s->budget != NONE && s->budget > 0)
        ARENA_PUSH(c->arena, v, n, cap) = tr(c, "この照会は、事業予算を必要としない事業が対象です。予算額を確かめてください。");
    if (scheme && text_eq(scheme->rule, "budget") && (s->budget == NONE || s->budget == 0))
        ARENA_PUSH(c->arena, v, n, cap) = tr(c, "この照会は、予算化された事業が対象です。予算額を確かめてください。");
    for (size_t i = 0; i < s->forms.n; i++) {
        const struct word *w = word_find(c, "form", s->forms.v[i], s->year);
        const char *said[3] = {w ? form_notice(c, s, w) : NULL, w ? grid_notice(c, s, "domain", s->domain, w) : NULL, w ? grid_notice(c, s, "relation", s->relation, w) : NULL};
        for (size_t k = 0; k < 3; k++)
            if (said[k])
                ARENA_PUSH(c->arena, v, n, cap) = said[k];
    }
    *out = v;
    return n;
}

const char *receipt_number(struct arena *a, int64_t year, const char *scheme, int64_t n)
{
    char upper[24];
    size_t i = 0;
    for (; scheme && scheme[i] && i + 1 < sizeof upper; i++)
        upper[i] = scheme[i] >= 'a' && scheme[i] <= 'z' ? (char)(scheme[i] - 'a' + 'A') : scheme[i];
    upper[i] = '\0';
    /* The fiscal year that begins in April 2019 is 令和元年度. */
    return year >= 2019 ? arena_printf(a, "R%lld-%s-%04lld", (long long)(year - 2018), upper, (long long)n)
                        : arena_printf(a, "H%lld-%s-%04lld", (long long)(year - 1988), upper, (long long)n);
}
