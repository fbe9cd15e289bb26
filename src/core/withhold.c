/* Withholding: a datum published by mistake disappears everywhere at once. The record keeps its value, so that every hash still verifies;
 * each way out (page, list, search, file, API) asks withheld() when it is made. */
#include <string.h>

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

static enum err allowed(struct ctx *c, const char *entity, const char *field, const char *reason)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    if (field == NULL || field_to_withhold(c, entity, field) == NULL)
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
            for (size_t k = 0; k < n; k++)
                record_mask(f->child, rows + k * f->child->size, who, NULL);
        }
    }
}
