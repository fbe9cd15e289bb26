/* Organizations: saving a profile, finding candidates for a typed name, what the search index says of them. */
#include "area/organization/organization.h"

#include <ctype.h>
#include <string.h>

#include "area/organization/parts.h"
#include "base/text.h"
#include "core/finder.h"
#include "core/preset.h"

#define ENTITY organization
ENTITY_DEFINE(organization, "organization", "団体", ORGANIZATION_FIELDS)
#undef ENTITY

bool corporate_number_ok(const char *number)
{
    if (number == NULL || strlen(number) != 13)
        return false;
    int sum = 0;
    for (size_t i = 0; i < 13; i++) {
        if (!isdigit((unsigned char)number[i]))
            return false;
        if (i > 0) /* P1 is the last digit: weight 1 at odd places from the right, 2 at even ones */
            sum += (number[i] - '0') * (i % 2 == 0 ? 1 : 2);
    }
    return number[0] - '0' == 9 - sum % 9;
}

/* --- words of a list of names: "name city" --- */

bool name_in(const char *names, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = names; p != NULL && *p != '\0'; p += strcspn(p, " "), p += *p == ' ')
        if (strcspn(p, " ") == n && memcmp(p, name, n) == 0)
            return true;
    return false;
}

/* Fields that another source may bring: what is typed into one of them stays against imports. */
static bool may_be_imported(const struct field *f)
{
    return !(f->flags & (READONLY | INTERNAL)) && f->kind != FIELD_ID && strcmp(f->name, "note") != 0;
}

static const char *local_fields_after(struct ctx *c, const struct organization *before, const struct organization *after)
{
    struct change *changes = NULL;
    size_t n = entity_diff(c->arena, &organization_entity, before, after, &changes);
    struct sb names;
    sb_init(&names, c->arena);
    sb_add(&names, before->local_fields);
    for (size_t i = 0; i < n; i++) {
        const struct field *f = changes[i].field;
        if (!may_be_imported(f) || name_in(sb_str(&names), f->name))
            continue;
        if (names.n > 0)
            sb_char(&names, ' ');
        sb_add(&names, f->name);
    }
    return names.n > 0 ? sb_str(&names) : NULL;
}

/* 自治会 and the like have a place in words only; where the preset knows the word, the code is kept for filters. */
static void place_code(struct ctx *c, struct organization *o)
{
    const char *home = setting(c, "prefecture_name");
    if (o->city == NULL) {
        o->municipality = NULL;
        return;
    }
    if (o->prefecture == NULL && word_by_label(c, "municipality", NULL, o->city) != NULL)
        o->prefecture = home;
    if (!text_eq(o->prefecture, home))
        return;
    const struct word *w = word_by_label(c, "municipality", NULL, o->city);
    if (w != NULL)
        o->municipality = w->code;
}

static enum err number_is_free(struct ctx *c, const struct organization *o)
{
    int64_t other = NONE;
    enum err e = db_get_int(c->db, "SELECT id FROM organization WHERE corporate_number = $1", P(o->corporate_number), &other);
    if (e != OK && e != E_NOT_FOUND)
        return fail_db(c);
    if (other != NONE && other != o->id)
        return fail_field(&c->fail, "corporate_number", tr(c, "この法人番号の団体はもう登録されています(%s)。"), organization_label(c, other));
    return OK;
}

static enum err check(struct ctx *c, struct organization *o)
{
    enum err e = record_check(c, &organization_entity, o, this_year(c), true);
    if (e != OK && e != E_INPUT)
        return e;
    if (o->corporate_number != NULL) {
        o->corporate_number = text_nfkc(c->arena, o->corporate_number);
        if (!corporate_number_ok(o->corporate_number))
            e = fail_field(&c->fail, "corporate_number", "%s", tr(c, "法人番号は13桁の数字です。番号をもう一度確かめてください。"));
        else if (number_is_free(c, o) != OK)
            e = c->fail.code;
    }
    if (o->website != NULL && !text_starts(o->website, "https://") && !text_starts(o->website, "http://"))
        e = fail_field(&c->fail, "website", "%s", tr(c, "ホームページは https:// から入力してください。"));
    return e;
}

static enum err may_save(struct ctx *c, const struct organization *before)
{
    if (before != NULL && user_on_organization(c->user, before->id))
        return OK;
    return need_role(c, STAFF_ROLES);
}

enum err organization_save(struct ctx *c, const struct organization *before, struct organization *after)
{
    TRY(may_save(c, before));
    if (before == NULL) {
        after->state = "open";
        after->made_at = c->now;
        after->version = 1;
    }
    place_code(c, after);
    TRY(check(c, after));
    after->sort_key = text_sort_key(c->arena, after->name, after->kana);
    struct organization blank;
    if (before == NULL)
        entity_init(&organization_entity, &blank);
    after->local_fields = local_fields_after(c, before != NULL ? before : &blank, after);
    if (before != NULL && user_on_organization(c->user, before->id))
        after->confirmed_at = c->now;
    return record_save(c, &organization_entity, before, after, before == NULL ? "organization.new" : "organization.change");
}

enum err organization_load(struct ctx *c, int64_t id, struct organization *out)
{
    TRY(record_load(c, &organization_entity, id, out));
    enum audience who = user_audience(c->user);
    if (who < AUDIENCE_PARTY && user_on_organization(c->user, id))
        who = AUDIENCE_PARTY;
    record_mask(&organization_entity, out, who, withheld(c, "organization", id));
    return OK;
}

/* --- names --- */

const char *place_words(struct arena *a, const char *prefecture, const char *city)
{
    if (prefecture == NULL && city == NULL)
        return NULL;
    return arena_printf(a, "%s%s", prefecture != NULL ? prefecture : "", city != NULL ? city : "");
}

const char *organization_label(struct ctx *c, int64_t id)
{
    const char *label = "";
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT name, prefecture, city, corporate_number FROM organization WHERE id = $1", P(id));
         db_next(q);) {
        const char *where = db_text(q, 2) != NULL ? db_text(q, 2) : db_text(q, 1) != NULL ? db_text(q, 1) : db_text(q, 3);
        label = where != NULL ? arena_printf(c->arena, "%s(%s)", db_text(q, 0), where) : db_text(q, 0);
    }
    return label;
}

struct candidate { struct organization_choice choice; bool same; };

enum err organization_candidates(struct ctx *c, const char *typed_name, size_t most, struct organization_choice **out, size_t *n)
{
    *out = NULL;
    *n = 0;
    if (typed_name == NULL)
        return OK;
    int64_t *id = NULL;
    size_t ids = 0;
    /* As a phrase: what people type is one name, blanks and hyphens included. */
    const char *bare = text_without_legal_form(c->arena, typed_name), *folded = text_fold(c->arena, bare);
    TRY(finder_ids(c, "organization", arena_printf(c->arena, "\"%s\"", bare), 100, &id, &ids));
    struct candidate *v = arena_many(c->arena, struct candidate, ids + 1);
    size_t found = 0;
    for (size_t i = 0; i < ids; i++)
        for (struct db_rows *q = db_query(c->db, c->arena, "SELECT name, prefecture, city, corporate_number FROM organization WHERE id = $1", P(id[i]));
             db_next(q);)
            v[found++] = (struct candidate){{.id = id[i], .name = db_text(q, 0), .where = place_words(c->arena, db_text(q, 1), db_text(q, 2)),
                                             .number = db_text(q, 3)},
                                            strcmp(text_fold(c->arena, text_without_legal_form(c->arena, db_text(q, 0))), folded) == 0};
    TRY_DB(c, db_error(c->db));
    *out = arena_many(c->arena, struct organization_choice, found + 1);
    for (int same = 1; same >= 0; same--)
        for (size_t i = 0; i < found && *n < most; i++)
            if (v[i].same == same)
                (*out)[(*n)++] = v[i].choice;
    return OK;
}

/* --- search --- */

static void add_line(struct sb *o, const char *withheld_names, const char *field, const char *text)
{
    if (text == NULL || is_withheld(withheld_names, field))
        return;
    if (o->n > 0)
        sb_char(o, '\n');
    sb_add(o, text);
}

const char *organization_search_text(struct arena *a, const struct organization *o, const char *hidden)
{
    struct sb body;
    sb_init(&body, a);
    add_line(&body, hidden, "kana", o->kana);
    const char *place = place_words(a, o->prefecture, o->city);
    if (o->street != NULL && !is_withheld(hidden, "street"))
        place = arena_printf(a, "%s%s", place != NULL ? place : "", o->street);
    add_line(&body, hidden, "prefecture", place);
    add_line(&body, hidden, "abroad", o->abroad);
    add_line(&body, hidden, "summary", o->summary);
    add_line(&body, hidden, "wants", o->wants);
    add_line(&body, hidden, "offers", o->offers);
    return sb_str(&body);
}

/* After the projects; active before ended, the prefecture's own first. */
enum { RANK_FIRST = 5000 };

void organization_document(struct arena *a, const struct organization *o, const char *hidden, const char *home, struct finder_doc *out)
{
    int64_t rank = RANK_FIRST + (text_eq(o->state, "open") ? 0 : 2) + (home != NULL && text_eq(o->prefecture, home) ? 0 : 1);
    *out = (struct finder_doc){.name = o->name, .body = organization_search_text(a, o, hidden), .rank = rank};
}

static enum err document(struct ctx *c, int64_t record, enum search_audience who, struct finder_doc *out)
{
    (void)who; /* only public fields are searched: both sides find the same */
    struct organization o;
    enum err e = entity_load(c->db, c->arena, &organization_entity, record, &o);
    if (e == E_NOT_FOUND && db_error(c->db) == OK) {
        *out = (struct finder_doc){.gone = true};
        return OK;
    }
    TRY_DB(c, e);
    organization_document(c->arena, &o, withheld(c, "organization", record), setting(c, "prefecture_name"), out);
    return OK;
}

static enum err next(struct ctx *c, int64_t after, int64_t *record)
{
    enum err e = db_get_int(c->db, "SELECT id FROM organization WHERE id > $1 ORDER BY id LIMIT 1", P(after), record);
    if (e == E_NOT_FOUND && db_error(c->db) == OK)
        return OK;
    TRY_DB(c, e);
    return OK;
}

static enum err hit(struct ctx *c, int64_t record, enum search_audience who, struct finder_hit *out)
{
    (void)who;
    *out = (struct finder_hit){0};
    struct organization o;
    enum err e = entity_load(c->db, c->arena, &organization_entity, record, &o);
    if (e == E_NOT_FOUND && db_error(c->db) == OK)
        return OK;
    TRY_DB(c, e);
    const char *place = place_words(c->arena, o.prefecture, o.city), *closed = tr(c, "活動を終えた団体");
    *out = (struct finder_hit){.title = o.name, .to = url_organization(c, record),
                               .text = organization_search_text(c->arena, &o, withheld(c, "organization", record))};
    out->where = text_eq(o.state, "open") ? place : place != NULL ? arena_printf(c->arena, "%s・%s", place, closed) : closed;
    return OK;
}

/* Digits in pairs say little and would be a fifth of the index: a number is looked up as a whole. */
static enum err exact(struct ctx *c, const char *q, int64_t *record)
{
    const char *number = text_nfkc(c->arena, q);
    *record = NONE;
    if (!corporate_number_ok(number))
        return OK;
    enum err e = db_get_int(c->db, "SELECT id FROM organization WHERE corporate_number = $1", P(number), record);
    if (e == E_NOT_FOUND && db_error(c->db) == OK)
        return OK;
    TRY_DB(c, e);
    return OK;
}

const struct finder_source organization_finder[] = {
    {.kind = "organization", .label = "団体", .number = 2, .least_rank = RANK_FIRST, .document = document, .next = next, .hit = hit, .exact = exact},
    {.kind = NULL},
};
