#include "area/register/freeze.h"

#include <assert.h>
#include <string.h>

#include "area/organization/organization.h"
#include "base/crypto.h"
#include "base/text.h"
#include "core/preset.h"

enum { SALT_BYTES = 16 };

void frozen_read(struct db_rows *q, struct frozen *f)
{
    *f = (struct frozen){
        .id = db_int(q, 0), .project = db_int(q, 1), .statement = db_int(q, 2), .year = db_int(q, 3), .name = db_text(q, 4), .sort_key = db_text(q, 5),
        .scheme = db_text(q, 6), .category = db_text(q, 7), .continuity = db_text(q, 8), .department = db_int(q, 9), .section = db_int(q, 10),
        .budget = db_int(q, 11), .summary = db_text(q, 12), .partners = db_text(q, 13), .body = db_text(q, 14), .salt = db_text(q, 15),
        .proof = db_text(q, 16), .hash = db_text(q, 17)};
}

enum err frozen_load(struct ctx *c, int64_t id, struct frozen *f)
{
    struct db_rows *q = db_query(c->db, c->arena, "SELECT " FROZEN_COLUMNS " FROM frozen f WHERE f.id = $1", P(id));
    bool found = db_next(q);
    if (found)
        frozen_read(q, f);
    db_done(q);
    TRY_DB(c, db_error(c->db));
    return found ? OK : fail(c, E_NOT_FOUND, "%s", tr(c, "この事業の記載が見つかりません。"));
}

/* --- body --- */

/* Members of one object, each key once: two fields may hold the same code. */
struct names { struct name_of { const char *key, *text; } *v; size_t n, cap; };

static void add_name(struct ctx *c, struct names *list, const char *key, const char *text)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->v[i].key, key) == 0)
            return;
    ARENA_PUSH(c->arena, list->v, list->n, list->cap) = (struct name_of){key, text};
}

static void add_word(struct ctx *c, struct names *list, const char *kind, const char *code, int64_t year)
{
    if (code != NULL)
        add_name(c, list, arena_printf(c->arena, "%s:%s", kind, code), word_label(c, kind, code, year));
}

static void add_record(struct ctx *c, struct names *list, int64_t id, const char *text)
{
    if (id != NONE)
        add_name(c, list, arena_printf(c->arena, "%lld", (long long)id), text);
}

/* Words of one row's codes; children have codes too. */
static void add_words(struct ctx *c, struct names *list, const struct entity *e, const void *row, int64_t year)
{
    for (size_t i = 0; i < e->fields_n; i++) {
        const struct field *f = &e->fields[i];
        const char *at = (const char *)row + f->offset;
        if (f->kind == FIELD_CODE)
            add_word(c, list, f->vocabulary, field_text(f, row), year);
        else if (f->kind == FIELD_SET) {
            const struct set *s = (const void *)at;
            for (size_t k = 0; k < s->n; k++)
                add_word(c, list, f->vocabulary, s->v[k], year);
        } else if (f->kind == FIELD_CHILD) {
            const char *child;
            size_t n;
            memcpy(&child, at, sizeof child);
            memcpy(&n, (const char *)row + f->offset_n, sizeof n);
            for (size_t k = 0; k < n; k++)
                add_words(c, list, f->child, child + k * f->child->size, year);
        }
    }
}

static void write_names(struct json *j, const char *key, const struct names *list)
{
    json_object(j, key);
    for (size_t i = 0; i < list->n; i++)
        json_text(j, list->v[i].key, list->v[i].text);
    json_end(j, '}');
}

static const char *words_of(struct ctx *c, const struct statement *s)
{
    struct names words = {0}, sections = {0}, organizations = {0};
    add_words(c, &words, &statement_entity, s, s->year);
    add_record(c, &sections, s->lead, section_full_name(c, s->lead));
    for (size_t i = 0; i < s->joint_n; i++)
        if (s->joint[i].section != NONE)
            add_record(c, &sections, s->joint[i].section, section_full_name(c, s->joint[i].section));
    for (size_t i = 0; i < s->partners_n; i++)
        if (s->partners[i].organization != NONE)
            add_record(c, &organizations, s->partners[i].organization, organization_label(c, s->partners[i].organization));
    struct sb b;
    struct json j;
    sb_init(&b, c->arena);
    json_init(&j, &b);
    json_object(&j, NULL);
    write_names(&j, "words", &words);
    write_names(&j, "sections", &sections);
    write_names(&j, "organizations", &organizations);
    json_end(&j, '}');
    return sb_str(&b);
}

static const char *statement_json(struct ctx *c, const struct statement *s)
{
    struct sb b;
    struct json j;
    sb_init(&b, c->arena);
    json_init(&j, &b);
    entity_json(&j, NULL, &statement_entity, s, AUDIENCE_STAFF, NULL);
    return sb_str(&b);
}

/* --- proof --- */

static const char *salted(struct ctx *c, const char *salt, const char *field, const char *value)
{
    struct part parts[] = {PART(salt), PART(field), {value != NULL ? "1" : "0", 1}, PART(value)};
    return hash_hex(c->arena, crypto_hash(parts, 4));
}

static bool is_kept(const struct field *f)
{
    return !(f->flags & INTERNAL) && field_audience(f) != AUDIENCE_SECRETARIAT;
}

static const char *proof_of(struct ctx *c, const struct statement *s, const char *words, const char *salt)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *f = &statement_entity.fields[i];
        if (is_kept(f))
            sb_printf(&b, "%s %s\n", f->name, salted(c, salt, f->name, entity_value(c->arena, f, s)));
    }
    sb_printf(&b, "words %s\n", salted(c, salt, "words", words));
    return sb_str(&b);
}

/* Does every line of the row's proof fit this statement and these words? A field that came to the entity after the row was frozen has no line
 * there: it may not be stated then. */
static bool proof_fits(struct ctx *c, const struct statement *s, const char *words, const struct frozen *f)
{
    struct statement blank;
    bool listed[256] = {false}, words_listed = false;
    assert(statement_entity.fields_n <= sizeof listed);
    entity_init(&statement_entity, &blank);
    for (const char *p = f->proof; *p != '\0';) {
        size_t line = strcspn(p, "\n"), name = strcspn(p, " ");
        if (name >= line || p[line] != '\n')
            return false;
        const char *key = arena_dup_n(c->arena, p, name), *hash = arena_dup_n(c->arena, p + name + 1, line - name - 1), *value = words;
        const struct field *field = entity_field(&statement_entity, key);
        if (strcmp(key, "words") == 0)
            words_listed = true;
        else if (field == NULL || !is_kept(field))
            return false;
        else {
            listed[field - statement_entity.fields] = true;
            value = entity_value(c->arena, field, s);
        }
        if (!text_eq(salted(c, f->salt, key, value), hash))
            return false;
        p += line + 1;
    }
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *field = &statement_entity.fields[i];
        if (is_kept(field) && !listed[i] && !text_eq(entity_value(c->arena, field, s), entity_value(c->arena, field, &blank)))
            return false;
    }
    return words_listed;
}

static const char *hash_of(struct ctx *c, const struct frozen *f)
{
    const char *place = arena_printf(c->arena, "%lld %lld %lld %lld %lld", (long long)f->project, (long long)f->year, (long long)f->department,
                                     (long long)f->section, (long long)f->budget);
    struct part parts[] = {PART(f->proof), PART(place), PART(f->scheme), PART(f->category), PART(f->continuity), PART(f->salt)};
    return hash_hex(c->arena, crypto_hash(parts, 6));
}

/* --- making --- */

const char *partners_line(struct ctx *c, const struct statement *s)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < s->partners_n; i++) {
        const struct statement_partner *p = &s->partners[i];
        const char *name = p->name != NULL ? p->name : organization_label(c, p->organization);
        if (name != NULL)
            sb_printf(&b, "%s%s", b.n > 0 ? "、" : "", name);
    }
    return b.n > 0 ? sb_str(&b) : NULL;
}

static enum err department_of(struct ctx *c, int64_t section, int64_t *department)
{
    *department = section;
    for (int depth = 0; depth < 10; depth++) {
        int64_t parent = NONE;
        TRY_DB(c, db_get_int(c->db, "SELECT parent FROM section WHERE id = $1", P(*department), &parent));
        if (parent == NONE)
            return OK;
        *department = parent;
    }
    return fail(c, E_BUG, "%s", tr(c, "所属の上下が輪になっています。"));
}

static void take_columns(struct ctx *c, const struct statement *s, struct frozen *f)
{
    f->project = s->project;
    f->statement = s->id;
    f->year = s->year;
    f->name = s->name;
    f->sort_key = text_sort_key(c->arena, s->name, NULL);
    f->scheme = s->scheme;
    f->category = s->category;
    f->continuity = s->continuity;
    f->section = s->lead;
    f->budget = s->budget;
    f->summary = s->summary;
    f->partners = partners_line(c, s);
}

enum err frozen_make(struct ctx *c, const struct statement *s, const struct frozen *before, struct frozen *out, bool *same)
{
    *out = (struct frozen){.id = NONE};
    take_columns(c, s, out);
    TRY(department_of(c, s->lead, &out->department));
    const char *words = words_of(c, s);
    if (before != NULL && proof_fits(c, s, words, before)) {
        out->salt = before->salt;
        out->proof = before->proof;
        if (text_eq(hash_of(c, out), before->hash)) {
            *same = true;
            *out = *before;
            return OK;
        }
    }
    *same = false;
    /* A salt is used once: equal fields of two rows must not show that they are equal. */
    out->salt = crypto_token(c->arena, SALT_BYTES);
    out->proof = proof_of(c, s, words, out->salt);
    out->hash = hash_of(c, out);
    /* words is {"words":…,"sections":…,"organizations":…}: its members follow the statement in one object. */
    out->body = arena_printf(c->arena, "{\"statement\":%s,%s", statement_json(c, s), words + 1);
    return OK;
}

static enum err insert_set(struct ctx *c, int64_t owner, const char *field, const struct set *s)
{
    for (size_t i = 0; i < s->n; i++)
        TRY_DB(c, db_exec(c->db, "INSERT INTO frozen_set (owner, field, position, code) VALUES ($1, $2, $3, $4)", P(owner, field, (int64_t)i, s->v[i])));
    return OK;
}

enum err frozen_insert(struct ctx *c, struct frozen *f, const struct statement *s)
{
    TRY_DB(c, db_insert(c->db,
        "INSERT INTO frozen (project, statement, year, name, sort_key, scheme, category, continuity, department, section, budget, summary, partners, body, salt, proof, hash) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) RETURNING id",
        P(f->project, f->statement, f->year, f->name, f->sort_key, f->scheme, f->category, f->continuity, f->department, f->section, f->budget, f->summary,
          f->partners, f->body, f->salt, f->proof, f->hash),
        &f->id));
    TRY(insert_set(c, f->id, "forms", &s->forms));
    TRY(insert_set(c, f->id, "fields", &s->fields));
    TRY(insert_set(c, f->id, "municipalities", &s->municipalities));
    TRY(insert_set(c, f->id, "stages", &s->stages));
    TRY(insert_set(c, f->id, "relation", &(struct set){(const char *[]){s->relation}, s->relation != NULL}));
    TRY(insert_set(c, f->id, "domain", &(struct set){(const char *[]){s->domain}, s->domain != NULL}));
    for (size_t i = 0; i < s->partners_n; i++)
        TRY_DB(c, db_exec(c->db, "INSERT INTO frozen_partner (owner, position, organization) VALUES ($1, $2, $3)",
                          P(f->id, (int64_t)i, s->partners[i].organization)));
    return OK;
}

/* --- reading --- */

static enum err read_body(struct ctx *c, const struct frozen *f, struct statement *s, struct json_value **body)
{
    TRY(json_read(c->arena, f->body, strlen(f->body), body, &c->fail));
    const struct json_value *statement = json_get(*body, "statement");
    if (statement == NULL)
        return fail(c, E_BUG, "%s", tr(c, "版の記載が読めません。"));
    entity_init(&statement_entity, s);
    return entity_from_json(c->arena, &statement_entity, statement, s);
}

enum err frozen_whole(struct ctx *c, const struct frozen *f, struct statement *s)
{
    struct json_value *body = NULL;
    return read_body(c, f, s, &body);
}

enum err frozen_open(struct ctx *c, const struct frozen *f, enum audience who, struct statement *s, struct frozen_words *words, const char **hidden)
{
    struct json_value *body = NULL;
    TRY(read_body(c, f, s, &body));
    *words = (struct frozen_words){json_get(body, "words"), json_get(body, "sections"), json_get(body, "organizations")};
    *hidden = withheld(c, "project", f->project);
    TRY_DB(c, db_error(c->db)); /* nothing withheld, or not known? */
    record_mask(&statement_entity, s, who, *hidden);
    return OK;
}

const char *frozen_word(struct ctx *c, const struct frozen_words *w, const char *kind, const char *code)
{
    if (code == NULL)
        return NULL;
    const char *label = json_get_text(w->words, arena_printf(c->arena, "%s:%s", kind, code));
    return label != NULL ? label : code;
}

const char *frozen_section(struct ctx *c, const struct frozen_words *w, int64_t section)
{
    return section == NONE ? NULL : json_get_text(w->sections, arena_printf(c->arena, "%lld", (long long)section));
}

const char *frozen_organization(struct ctx *c, const struct frozen_words *w, int64_t organization)
{
    return organization == NONE ? NULL : json_get_text(w->organizations, arena_printf(c->arena, "%lld", (long long)organization));
}

/* --- verifying --- */

/* The text of the body's words as words_of wrote it: what follows the statement. */
static const char *words_text(struct ctx *c, const struct frozen *f)
{
    const char *mark = strstr(f->body, ",\"words\":{");
    /* The statement may hold these bytes in a text; the last place is ours, since a text's quotes are escaped. */
    return mark != NULL ? arena_printf(c->arena, "{%s", mark + 1) : NULL;
}

/* Not the sort key: its rules may change, and an old edition must go on verifying. */
static bool columns_match(const struct frozen *f, const struct frozen *made)
{
    return f->project == made->project && f->year == made->year && f->section == made->section && f->budget == made->budget &&
           text_eq(f->name, made->name) && text_eq(f->scheme, made->scheme) &&
           text_eq(f->category, made->category) && text_eq(f->continuity, made->continuity) && text_eq(f->summary, made->summary);
}

enum err frozen_verify(struct ctx *c, const struct frozen *f, const char **fault, const char **section)
{
    *fault = NULL;
    struct statement s;
    struct json_value *body = NULL;
    TRY(read_body(c, f, &s, &body));
    const char *words = words_text(c, f);
    struct frozen made = {0};
    take_columns(c, &s, &made);
    if (words == NULL || !proof_fits(c, &s, words, f))
        *fault = tr(c, "記載が作ったときと違います");
    else if (!columns_match(f, &made))
        *fault = tr(c, "一覧の列が記載と違います");
    else if (!text_eq(hash_of(c, f), f->hash))
        *fault = tr(c, "照合番号が合いません");
    *section = frozen_section(c, &(struct frozen_words){.sections = json_get(body, "sections")}, s.lead);
    return OK;
}
