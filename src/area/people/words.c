#include "area/people/words.h"

#include <string.h>

#include "area/register/register.h"
#include "base/date.h"
#include "base/text.h"
#include "core/app.h"
#include "core/record.h"

enum { POSITION_STEP = 10, KINDS_MOST = 64 };

/* --- kinds --- */

enum { ALL = WORDS_ADD | WORDS_CHANGE | WORDS_RETIRE };
/* In the order of the settings page. `grid` is the document's table and `level`, `role`, `continuity` are what the program counts by: no more of them. */
static const struct { const char *kind, *label; unsigned may; } kinds[] = {
    {"scheme", "事業の種類", ALL},      {"category", "取りまとめ区分", ALL}, {"form", "協働の形態", ALL},        {"stage", "参画の段階", ALL},
    {"kind", "種別", ALL},              {"relation", "関係", ALL},           {"domain", "領域", ALL},            {"grid", "組み合わせ", 0},
    {"partner_kind", "相手の種類", ALL}, {"how_chosen", "相手の選び方", ALL}, {"continuity", "新規と継続", WORDS_CHANGE},
    {"contribution", "出し合うもの", ALL}, {"field", "活動の分野", ALL},     {"municipality", "市町村", ALL},    {"round", "照会の時期", ALL},
    {"level", "所属の階層", WORDS_CHANGE}, {"role", "役", WORDS_CHANGE},     {"wording", "画面のことば", WORDS_CHANGE}, {"list", "一覧の名前", WORDS_CHANGE},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };
/* Kinds that the program itself does not ask for: the texts of the documents. */
static const char *const texts[] = {"viewpoint", "attitude", "characteristic", "effect", "step", "policy", "issue", "comparison", "example", "body", "duty",
                                    "channel", "channel_content", "term", NULL};

static bool is_text(const char *kind)
{
    for (size_t i = 0; texts[i] != NULL; i++)
        if (text_eq(texts[i], kind))
            return true;
    return false;
}

unsigned words_editable(const char *kind)
{
    for (size_t i = 0; i < KINDS; i++)
        if (text_eq(kinds[i].kind, kind))
            return kinds[i].may;
    return is_text(kind) ? ALL : 0;
}

static bool any_words(struct ctx *c, const char *kind)
{
    const struct word *v;
    size_t n = 0;
    return words(c, kind, NULL, NONE, &v, &n) == OK && n > 0;
}

const char *words_name(struct ctx *c, const char *kind)
{
    const char *label = is_text(kind) ? kind : NULL;
    for (size_t i = 0; i < KINDS; i++)
        if (text_eq(kinds[i].kind, kind))
            label = tr(c, kinds[i].label);
    return label != NULL && any_words(c, kind) ? words_title(c, kind, label) : NULL;
}

size_t words_kinds(struct ctx *c, const char *const **out)
{
    const char **v = arena_many(c->arena, const char *, KINDS_MOST);
    size_t n = 0;
    for (size_t i = 0; i < KINDS; i++)
        if (any_words(c, kinds[i].kind))
            v[n++] = kinds[i].kind;
    for (size_t i = 0; texts[i] != NULL; i++)
        if (any_words(c, texts[i]))
            v[n++] = texts[i];
    *out = v;
    return n;
}

/* Codes that the program gives by itself: an import makes NPO法人, a merged list the rest. */
static bool is_fixed(const struct word *w)
{
    static const char *const partner[] = {"npo", "company", "municipality", NULL}, *const chosen[] = {"nomination", "other", NULL};
    const char *const *v = text_eq(w->kind, "partner_kind") ? partner : text_eq(w->kind, "how_chosen") ? chosen : NULL;
    for (size_t i = 0; v != NULL && v[i] != NULL; i++)
        if (text_eq(v[i], w->code))
            return true;
    return word_is_other(w);
}

/* --- versions --- */

enum err word_version(struct ctx *c, int64_t id, struct word *out)
{
    return record_load(c, &word_entity, id, out);
}

/* All versions of a code, oldest first. */
static enum err versions(struct ctx *c, const char *kind, const char *code, struct word **out, size_t *n)
{
    const struct word *v;
    size_t all, cap = 0;
    *out = NULL;
    *n = 0;
    TRY(words(c, kind, NULL, NONE, &v, &all));
    for (size_t i = 0; i < all; i++)
        if (text_eq(v[i].code, code)) {
            size_t at = *n;
            ARENA_PUSH(c->arena, *out, *n, cap) = v[i];
            for (; at > 0 && (*out)[at - 1].from_year > v[i].from_year; at--)
                (*out)[at] = (*out)[at - 1];
            (*out)[at] = v[i];
        }
    return OK;
}

static const char *year_name(struct ctx *c, int64_t year)
{
    return fiscal_year_long(c->arena, year);
}

enum err words_open_from(struct ctx *c, int64_t *year)
{
    int64_t last = NONE;
    TRY(edition_last_year(c, &last));
    *year = last == NONE ? NONE : last + 1;
    return OK;
}

static enum err check_year(struct ctx *c, int64_t year)
{
    int64_t open;
    TRY(words_open_from(c, &open));
    if (year == NONE)
        return fail_field(&c->fail, "from_year", "%s", tr(c, "どの年度からかを「令和9年度」か「2027」のように入力してください"));
    if (open != NONE && year < open)
        return fail_field(&c->fail, "from_year", tr(c, "%sの版がもうあります。%s以降を入力してください"), year_name(c, open - 1), year_name(c, open));
    if (year > this_year(c) + 10)
        return fail_field(&c->fail, "from_year", "%s", tr(c, "10年より先の年度は入力できません"));
    return OK;
}

/* Lengths and what has to be said; no two words of one list may read alike (the documents' texts may: 003 prints a heading twice). */
static enum err check_word(struct ctx *c, const struct word *w, int64_t year)
{
    enum err e = record_check(c, &word_entity, w, year, true);
    const struct word *v;
    size_t n;
    TRY(words(c, w->kind, w->parent, year, &v, &n));
    for (size_t i = 0; w->label != NULL && i < n && !is_text(w->kind); i++)
        if (!text_eq(v[i].code, w->code) && text_eq(v[i].label, w->label))
            e = fail_field(&c->fail, "label", tr(c, "「%s」はもうあります"), w->label);
    return e;
}

static enum err need_may(struct ctx *c, const char *kind, unsigned what)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    return (words_editable(kind) & what) ? OK : fail(c, E_CONFLICT, "%s", tr(c, "この一覧では、それはできません。"));
}

/* --- adding --- */

/* "own1", "own2" …: no preset has such codes, and none that was given before comes again. */
static enum err code_new(struct ctx *c, const char *kind, const char **code)
{
    const struct word *v;
    size_t n;
    int64_t most = 0;
    TRY(words(c, kind, NULL, NONE, &v, &n));
    for (size_t i = 0; i < n; i++) {
        int64_t number = 0;
        if (text_starts(v[i].code, "own") && text_parse_int(v[i].code + 3, &number) && number > most)
            most = number;
    }
    int64_t ever = 0; /* one that was removed still stands in the log */
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM audit WHERE what = 'word.add'", P0, &ever));
    *code = arena_printf(c->arena, "own%lld", (long long)(most > ever ? most : ever) + 1);
    return OK;
}

/* 全国地方公共団体コード: five digits and the one that checks them. */
static bool municipality_code(const char *s)
{
    int sum = 0;
    if (s == NULL || strlen(s) != 6 || strspn(s, "0123456789") != 6)
        return false;
    for (int k = 0; k < 5; k++)
        sum += (s[k] - '0') * (6 - k);
    return s[5] - '0' == (11 - sum % 11) % 10;
}

static enum err code_of(struct ctx *c, struct word *w)
{
    if (!text_eq(w->kind, "municipality"))
        return code_new(c, w->kind, &w->code);
    if (!municipality_code(w->code))
        return fail_field(&c->fail, "code", "%s", tr(c, "全国地方公共団体コードは、6けたの数字で入力してください"));
    if (word_find(c, "municipality", w->code, NONE) != NULL)
        return fail_field(&c->fail, "code", "%s", tr(c, "このコードの市町村はもうあります"));
    return OK;
}

/* Position of the first その他, so that new words stand before it; else the end. */
static enum err position_of(struct ctx *c, struct word *w)
{
    const struct word *v;
    size_t n;
    int64_t last = 0, other = NONE;
    TRY(words(c, w->kind, w->parent, NONE, &v, &n));
    for (size_t i = 0; i < n; i++) {
        last = v[i].position > last ? v[i].position : last;
        if (other == NONE && word_is_other(&v[i]))
            other = v[i].position;
    }
    w->position = other != NONE ? other - 1 : last + POSITION_STEP;
    return OK;
}

enum err word_new(struct ctx *c, struct word *w)
{
    TRY(need_may(c, w->kind, WORDS_ADD));
    w->row.whole = true;
    w->id = w->version = w->to_year = NONE;
    enum err dated = check_year(c, w->from_year);
    if (dated != OK && dated != E_INPUT)
        return dated;
    enum err under = OK;
    if (text_eq(w->kind, "category") && (w->parent == NULL || word_find(c, "scheme", w->parent, w->from_year) == NULL))
        under = fail_field(&c->fail, "parent", "%s", tr(c, "事業の種類を選んでください"));
    enum err coded = code_of(c, w);
    if (coded != OK && coded != E_INPUT)
        return coded;
    TRY(position_of(c, w));
    enum err said = check_word(c, w, w->from_year);
    if (said != OK && said != E_INPUT)
        return said;
    /* All faults are told at once. */
    return dated != OK || under != OK || coded != OK || said != OK ? E_INPUT : word_save(c, NULL, w, "word.add");
}

/* --- changing --- */

static void take_texts(struct word *to, const struct word *from)
{
    to->label = from->label;
    to->alias = from->alias;
    to->number = from->number;
    to->definition = from->definition;
    to->condition = from->condition;
    to->source = from->source;
    to->note = from->note;
}

static enum err put_right(struct ctx *c, const struct word *before, struct word *after)
{
    int64_t open;
    TRY(words_open_from(c, &open));
    if (open != NONE && (before->from_year == NONE || before->from_year < open))
        return fail_field(&c->fail, "from_year", tr(c, "%sの版がこのことばで作られています。%s以降のどの年度から変えるかを入力してください"), year_name(c, open - 1),
                          year_name(c, open));
    TRY(check_word(c, after, after->from_year));
    return word_save(c, before, after, "word.change");
}

enum err word_change(struct ctx *c, int64_t id, const struct word *texts_after, int64_t from_year)
{
    struct word before, after, fresh;
    TRY(word_version(c, id, &before));
    TRY(need_may(c, before.kind, WORDS_CHANGE));
    entity_copy(c->arena, &word_entity, &after, &before);
    take_texts(&after, texts_after);
    if (from_year == NONE || from_year == before.from_year)
        return put_right(c, &before, &after);
    TRY(check_year(c, from_year));
    if ((before.from_year != NONE && from_year < before.from_year) || (before.to_year != NONE && from_year > before.to_year))
        return fail_field(&c->fail, "from_year", "%s", tr(c, "このことばが使われる年度の中から入力してください"));
    TRY(check_word(c, &after, from_year));
    struct change *changes;
    if (entity_diff(c->arena, &word_entity, &before, &after, &changes) == 0)
        return OK;
    entity_copy(c->arena, &word_entity, &fresh, &after);
    fresh.id = NONE;
    fresh.version = NONE;
    fresh.from_year = from_year;
    if (text_eq(fresh.source, before.source) && (!text_eq(fresh.label, before.label) || !text_eq(fresh.definition, before.definition)))
        fresh.source = NULL; /* the document says the old word, not the new one */
    entity_copy(c->arena, &word_entity, &after, &before);
    after.to_year = from_year - 1;
    TRY(word_save(c, &before, &after, "word.end"));
    return word_save(c, NULL, &fresh, "word.begin");
}

/* The newest version of the code; others are history. */
static enum err newest(struct ctx *c, const struct word *w, struct word *out)
{
    struct word *v;
    size_t n;
    TRY(versions(c, w->kind, w->code, &v, &n));
    if (n == 0)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "このことばはありません。"));
    return word_version(c, v[n - 1].id, out);
}

static enum err last_of_its_list(struct ctx *c, const struct word *w, int64_t year, bool *last)
{
    const struct word *v;
    size_t n, others = 0;
    TRY(words(c, w->kind, w->parent, year, &v, &n));
    for (size_t i = 0; i < n; i++)
        others += !text_eq(v[i].code, w->code);
    *last = others == 0;
    return OK;
}

enum err word_retire(struct ctx *c, int64_t id, int64_t last_year)
{
    struct word w, before, after;
    TRY(word_version(c, id, &w));
    TRY(need_may(c, w.kind, WORDS_RETIRE));
    TRY(newest(c, &w, &before));
    entity_copy(c->arena, &word_entity, &after, &before);
    after.to_year = last_year;
    if (last_year != NONE) {
        int64_t open;
        bool last;
        if (is_fixed(&w))
            return fail(c, E_CONFLICT, tr(c, "「%s」は、この一覧からなくせません。"), w.label);
        TRY(words_open_from(c, &open));
        if (open != NONE && last_year < open - 1)
            return fail_field(&c->fail, "to_year", tr(c, "%sの版がもうあります。%s以降を入力してください"), year_name(c, open - 1), year_name(c, open - 1));
        if (before.from_year != NONE && last_year < before.from_year)
            return fail_field(&c->fail, "to_year", tr(c, "このことばは%sからです。それより前には終えられません"), year_name(c, before.from_year));
        if (last_year > this_year(c) + 10)
            return fail_field(&c->fail, "to_year", "%s", tr(c, "10年より先の年度は入力できません"));
        TRY(last_of_its_list(c, &w, last_year + 1, &last));
        if (last)
            return fail(c, E_CONFLICT, tr(c, "「%s」は一覧に残る最後のことばです。先にほかのことばを加えてください。"), w.label);
    } else {
        TRY(check_word(c, &after, after.from_year));
    }
    return word_save(c, &before, &after, last_year != NONE ? "word.retire" : "word.keep");
}

/* --- order --- */

/* The places of the codes, each once, in their order. */
struct place { const char *code; int64_t id; };
static enum err places(struct ctx *c, const struct word *w, struct place **out, size_t *n)
{
    const struct word *v;
    size_t all, cap = 0;
    *out = NULL;
    *n = 0;
    TRY(words(c, w->kind, w->parent, NONE, &v, &all));
    for (size_t i = 0; i < all; i++) {
        bool seen = false;
        for (size_t k = 0; k < *n; k++)
            seen = seen || text_eq((*out)[k].code, v[i].code);
        if (!seen)
            ARENA_PUSH(c->arena, *out, *n, cap) = (struct place){v[i].code, v[i].id};
    }
    return OK;
}

static enum err set_position(struct ctx *c, const char *kind, const char *code, int64_t position)
{
    struct word *v;
    size_t n;
    TRY(versions(c, kind, code, &v, &n));
    for (size_t i = 0; i < n; i++) {
        struct word before, after;
        TRY(word_version(c, v[i].id, &before));
        entity_copy(c->arena, &word_entity, &after, &before);
        after.position = position;
        TRY(word_save(c, &before, &after, "word.order"));
    }
    return OK;
}

enum err word_move(struct ctx *c, int64_t id, bool up)
{
    struct word w;
    struct place *v;
    size_t n, at = 0;
    TRY(word_version(c, id, &w));
    TRY(need_may(c, w.kind, WORDS_ADD));
    TRY(places(c, &w, &v, &n));
    while (at < n && !text_eq(v[at].code, w.code))
        at++;
    if (at == n || (up ? at == 0 : at + 1 == n))
        return OK; /* it stands there already */
    struct place moved = v[at];
    v[at] = v[up ? at - 1 : at + 1];
    v[up ? at - 1 : at + 1] = moved;
    int64_t first = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT min(position) FROM vocabulary WHERE kind = $1 AND (parent = $2 OR ($2 IS NULL AND parent IS NULL))", P(w.kind, w.parent), &first));
    for (size_t i = 0; i < n; i++)
        TRY(set_position(c, w.kind, v[i].code, first + (int64_t)i * POSITION_STEP));
    return OK;
}

/* --- where it is used --- */

static enum err uses_in(struct ctx *c, const struct entity *e, const char *kind, const char *code, struct word_use **v, size_t *n, size_t *cap)
{
    for (size_t i = 0; i < e->fields_n; i++) {
        const struct field *f = &e->fields[i];
        int64_t found = 0;
        if (f->kind == FIELD_CHILD) {
            TRY(uses_in(c, f->child, kind, code, v, n, cap));
            continue;
        }
        if ((f->kind != FIELD_CODE && f->kind != FIELD_SET) || !text_eq(f->vocabulary, kind))
            continue;
        TRY_DB(c, entity_code_uses(c->db, c->arena, e, f, code, &found));
        if (found > 0)
            ARENA_PUSH(c->arena, *v, *n, *cap) = (struct word_use){tr(c, e->label), tr(c, f->label), found};
    }
    return OK;
}

/* A category stands under its scheme, a cell of the grid under its domain. */
static enum err words_under(struct ctx *c, const char *code, const char *kind, struct word_use **v, size_t *n, size_t *cap)
{
    const struct word *w;
    size_t words_n;
    TRY(words(c, kind, code, NONE, &w, &words_n));
    if (words_n > 0)
        ARENA_PUSH(c->arena, *v, *n, *cap) = (struct word_use){tr(c, "ことば"), words_title(c, kind, kind), (int64_t)words_n};
    return OK;
}

enum err word_uses(struct ctx *c, const char *kind, const char *code, struct word_use **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (const struct area *const *a = c->app->areas; a != NULL && *a != NULL; a++)
        for (const struct entity *const *e = (*a)->entities; e != NULL && *e != NULL; e++)
            TRY(uses_in(c, *e, kind, code, out, n, &cap));
    if (text_eq(kind, "scheme"))
        TRY(words_under(c, code, "category", out, n, &cap));
    if (is_text(kind))
        TRY(words_under(c, code, kind, out, n, &cap));
    return OK;
}

enum err word_remove(struct ctx *c, int64_t id)
{
    struct word w;
    struct word *v;
    struct word_use *use;
    size_t n, uses;
    TRY(word_version(c, id, &w));
    TRY(need_may(c, w.kind, WORDS_ADD));
    TRY(versions(c, w.kind, w.code, &v, &n));
    if (!text_starts(w.code, "own") && !text_eq(w.kind, "municipality"))
        return fail(c, E_CONFLICT, tr(c, "「%s」はひな形のことばなので、消せません。使わない年度の前の年度で終えてください。"), w.label);
    TRY(word_uses(c, w.kind, w.code, &use, &uses));
    if (uses > 0)
        return fail(c, E_CONFLICT, tr(c, "「%s」は%sの「%s」で使われているので、消せません。使わない年度の前の年度で終えてください。"), w.label, use[0].entity, use[0].field);
    for (size_t i = 0; i < n; i++) {
        struct word one;
        TRY(word_version(c, v[i].id, &one));
        TRY(word_save(c, &one, NULL, "word.remove"));
    }
    return OK;
}
