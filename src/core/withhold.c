/* Withholding: a datum published by mistake disappears everywhere at once. The record keeps its value, so that every hash still verifies;
 * each way out (page, list, search, file, API) asks withheld() when it is made. */
#include <string.h>

#include "base/crypto.h"
#include "core/app.h"
#include "core/finder.h"
#include "core/record.h"

/* The fields of a project stand in the entity that refers to it (its yearly statement): a name that is no entity's own is looked up there. */
static const struct field *field_to_withhold(const struct ctx *c, const char *entity, const char *field)
{
    for (const struct area *const *area = c->app->areas; area != NULL && *area != NULL; area++)
        for (const struct entity *const *e = (*area)->entities; e != NULL && *e != NULL; e++) {
            const struct field *owner = entity_field(*e, entity), *f = entity_field(*e, field);
            bool fits = strcmp((*e)->name, entity) == 0 || (owner != NULL && owner->kind == FIELD_REF && strcmp(owner->ref, entity) == 0);
            if (fits && f != NULL && (f->flags & WITHHOLD))
                return f;
        }
    return NULL;
}

/* "partners.name~SALT~HASH" belongs to "partners". */
static const char *field_of(struct ctx *c, const char *name) { return arena_dup_n(c->arena, name, strcspn(name, ".")); }

static enum err allowed(struct ctx *c, const char *entity, const char *field, const char *reason)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    if (field == NULL || field_to_withhold(c, entity, field_of(c, field)) == NULL)
        return fail_field(&c->fail, "field", "%s", tr(c, "伏せる項目を選んでください"));
    if (reason == NULL)
        return fail_field(&c->fail, "reason", "%s", tr(c, "理由を入力してください"));
    return OK;
}

/* Every kind of document that shows the record: the finder knows which ones it has. */
static enum err touch(struct ctx *c, const char *entity, int64_t id)
{
    for (const struct area *const *area = c->app->areas; area != NULL && *area != NULL; area++)
        for (const struct finder_source *s = (*area)->finder; s != NULL && s->kind != NULL; s++)
            if (strcmp(s->kind, entity) == 0)
                return finder_touch(c, entity, id);
    return OK;
}

enum err withhold_set(struct ctx *c, const char *entity, int64_t id, const char *field, const char *reason)
{
    TRY(allowed(c, entity, field, reason));
    if (is_withheld(withheld(c, entity, id), field))
        return OK;
    TRY_DB(c, db_exec(c->db, "INSERT INTO withholding (entity, record, field, reason, account, at) VALUES ($1, $2, $3, $4, $5, $6)",
                      P(entity, id, field, reason, c->user->id, c->now)));
    TRY(audit_note(c, "withhold.set", entity, id, arena_printf(c->arena, "%s: %s", field, reason)));
    return touch(c, entity, id);
}

enum err withhold_clear(struct ctx *c, const char *entity, int64_t id, const char *field, const char *reason)
{
    TRY(allowed(c, entity, field, reason));
    TRY_DB(c, db_exec(c->db, "UPDATE withholding SET lifted_at = $1, lifted_reason = $2"
                             " WHERE entity = $3 AND record = $4 AND field = $5 AND lifted_at IS NULL", P(c->now, reason, entity, id, field)));
    if (db_changes(c->db) == 0)
        return OK;
    TRY(audit_note(c, "withhold.clear", entity, id, arena_printf(c->arena, "%s: %s", field, reason)));
    return touch(c, entity, id);
}

const char *withheld(struct ctx *c, const char *entity, int64_t id)
{
    struct sb names;
    sb_init(&names, c->arena);
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT field FROM withholding WHERE entity = $1 AND record = $2 AND lifted_at IS NULL ORDER BY id",
                                      P(entity, id));
         db_next(q);)
        sb_printf(&names, "%s%s", names.n == 0 ? "" : " ", db_text(q, 0));
    return sb_str(&names);
}

const char *withheld_reason(struct ctx *c, const char *entity, int64_t id, const char *field)
{
    const char *reason = NULL;
    if (db_get_text(c->db, c->arena, "SELECT reason FROM withholding WHERE entity = $1 AND record = $2 AND field = $3 AND lifted_at IS NULL"
                                     " ORDER BY id DESC LIMIT 1", P(entity, id, field), &reason) != OK)
        return NULL;
    return reason;
}

bool is_withheld(const char *withheld_names, const char *field)
{
    size_t n = strlen(field);
    for (const char *p = withheld_names; p != NULL && *p != '\0'; p += strcspn(p, " "), p += *p == ' ')
        if (strcspn(p, " ") == n && memcmp(p, field, n) == 0)
            return true;
    return false;
}

static void blank(const struct field *f, void *row)
{
    switch (f->kind) {
    case FIELD_FLAG:
        field_set_int(f, row, 0);
        return;
    case FIELD_TEXT: case FIELD_MEMO: case FIELD_DATE: case FIELD_CODE:
        field_set_text(f, row, NULL);
        return;
    case FIELD_SET:
        memset((char *)row + f->offset, 0, sizeof(struct set));
        return;
    case FIELD_CHILD:
        memset((char *)row + f->offset, 0, sizeof(void *));
        memset((char *)row + f->offset_n, 0, sizeof(size_t));
        return;
    default:
        field_set_int(f, row, NONE);
        return;
    }
}

/* --- single values --- */

enum { TOKEN_SALT = 8, TOKEN_HASH = 32 /* hex digits */ };

static const char *value_hash(struct arena *a, const char *salt, const char *field, const char *column, const char *value)
{
    const struct part parts[] = {PART("withheld value 1"), PART(salt), PART(field), PART(column), PART(value)};
    return arena_dup_n(a, hash_hex(a, crypto_hash(parts, sizeof parts / sizeof *parts)), TOKEN_HASH);
}

/* The next token of the field in `names`; false: none. Parts point into the arena. */
struct token { const char *column, *salt, *hash; };
static bool next_token(struct arena *a, const char **names, const char *field, struct token *out)
{
    size_t n = strlen(field);
    while (*names != NULL && **names != '\0') {
        const char *p = *names;
        size_t length = strcspn(p, " ");
        *names = p + length + (p[length] == ' ');
        if (length <= n + 1 || memcmp(p, field, n) != 0 || p[n] != '.')
            continue;
        const char *column = p + n + 1, *salt = memchr(column, '~', (size_t)(p + length - column));
        const char *hash = salt != NULL ? memchr(salt + 1, '~', (size_t)(p + length - salt - 1)) : NULL;
        if (hash == NULL)
            continue;
        *out = (struct token){arena_dup_n(a, column, (size_t)(salt - column)), arena_dup_n(a, salt + 1, (size_t)(hash - salt - 1)),
                              arena_dup_n(a, hash + 1, (size_t)(p + length - hash - 1))};
        return true;
    }
    return false;
}

bool is_withheld_value(struct arena *a, const char *withheld_names, const char *field, const char *column, const char *value)
{
    struct token t;
    const char *p = withheld_names;
    while (value != NULL && next_token(a, &p, field, &t))
        if (strcmp(t.column, column) == 0 && strcmp(t.hash, value_hash(a, t.salt, field, column, value)) == 0)
            return true;
    return false;
}

bool is_withheld_partly(const char *withheld_names, const char *field)
{
    size_t n = strlen(field);
    for (const char *p = withheld_names; p != NULL && *p != '\0'; p += strcspn(p, " "), p += *p == ' ')
        if (strncmp(p, field, n) == 0 && p[n] == '.')
            return true;
    return false;
}

const char *withheld_fields(struct ctx *c, const char *withheld_names)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (const char *p = withheld_names; p != NULL && *p != '\0'; p += strcspn(p, " "), p += *p == ' ') {
        const char *name = arena_dup_n(c->arena, p, strcspn(p, " ."));
        if (!is_withheld(sb_str(&b), name))
            sb_printf(&b, "%s%s", b.n > 0 ? " " : "", name);
    }
    return sb_str(&b);
}

enum err withhold_value_set(struct ctx *c, const char *entity, int64_t id, const char *field, const char *column, const char *value, const char *reason)
{
    TRY(allowed(c, entity, field, reason));
    const struct field *f = field_to_withhold(c, entity, field);
    if (f->kind != FIELD_CHILD || entity_field(f->child, column) == NULL || value == NULL)
        return fail_field(&c->fail, "field", "%s", tr(c, "伏せる項目を選んでください"));
    if (is_withheld_value(c->arena, withheld(c, entity, id), field, column, value))
        return OK;
    const char *salt = crypto_token(c->arena, TOKEN_SALT);
    return withhold_set(c, entity, id, arena_printf(c->arena, "%s.%s~%s~%s", field, column, salt, value_hash(c->arena, salt, field, column, value)), reason);
}

enum err withheld_values(struct ctx *c, const char *entity, int64_t id, struct withheld_value **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT field, reason, at FROM withholding WHERE entity = $1 AND record = $2 AND lifted_at IS NULL ORDER BY id DESC", P(entity, id));
    while (db_next(q)) {
        const char *token = db_text(q, 0), *dot = strchr(token, '.');
        if (dot != NULL)
            ARENA_PUSH(c->arena, *out, *n, cap) = (struct withheld_value){.token = token, .field = field_of(c, token), .column = arena_dup_n(c->arena, dot + 1, strcspn(dot + 1, "~")),
                                                                        .reason = db_text(q, 1), .at = db_int(q, 2)};
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* A party's row is about the party: nothing of it stays but the mark. Of other rows the value goes; a figure has no place for the mark, its unit has. */
static void blank_value(const struct field *column, const struct entity *child, void *row)
{
    const struct field *name = entity_field(child, "name"), *unit = entity_field(child, "unit");
    if (name != NULL && entity_field(child, "organization") != NULL) {
        for (size_t i = 0; i < child->fields_n; i++)
            if (child->fields[i].kind != FIELD_ID && !(child->fields[i].flags & INTERNAL))
                blank(&child->fields[i], row);
        field_set_text(name, row, WITHHELD_MARK);
        return;
    }
    blank(column, row);
    if (column->kind == FIELD_TEXT || column->kind == FIELD_MEMO)
        field_set_text(column, row, WITHHELD_MARK);
    else if (unit != NULL)
        field_set_text(unit, row, WITHHELD_MARK);
}

static void mask_values(struct arena *a, const struct field *f, char *rows, size_t n, const char *names)
{
    for (size_t k = 0; k < n; k++) {
        char *row = rows + k * f->child->size;
        for (size_t i = 0; i < f->child->fields_n; i++) {
            const struct field *column = &f->child->fields[i];
            if (column->kind != FIELD_ID && is_withheld_value(a, names, f->name, column->name, entity_value(a, column, row))) {
                blank_value(column, f->child, row);
                ((struct row *)(void *)row)->whole = false;
            }
        }
    }
}

/* A row with something blanked is no longer whole: it cannot be saved back by mistake. INTERNAL fields are no data about anybody and stay. */
void record_mask(const struct entity *e, void *row, enum audience who, const char *withheld_names)
{
    for (size_t i = 0; i < e->fields_n; i++) {
        const struct field *f = &e->fields[i];
        if (f->kind == FIELD_ID || (f->flags & INTERNAL))
            continue;
        if (field_audience(f) > who || is_withheld(withheld_names, f->name)) {
            blank(f, row);
            ((struct row *)row)->whole = false;
        } else if (f->kind == FIELD_CHILD) {
            char *rows = *(char **)(void *)((char *)row + f->offset);
            size_t n = *(size_t *)(void *)((char *)row + f->offset_n);
            if (is_withheld_partly(withheld_names, f->name)) {
                ARENA struct arena *a = arena_new();
                mask_values(a, f, rows, n, withheld_names);
                ((struct row *)row)->whole = false;
            }
            for (size_t k = 0; k < n; k++)
                record_mask(f->child, rows + k * f->child->size, who, NULL);
        }
    }
}
