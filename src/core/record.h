/* Records: entities with rights, log, search and withholding around them. What an area saves goes through here. */
#ifndef KYODO_CORE_RECORD_H
#define KYODO_CORE_RECORD_H

#include "core/audit.h"
#include "core/ctx.h"
#include "db/entity.h"
#include "web/web.h"

/* Inserts (before NULL), updates (both) or deletes (after NULL) with its row in the audit log ("statement.change"), in the open transaction.
 * Returns OK without writing when nothing differs. A stale version is E_CONFLICT with the sentence of ui.md 16. */
enum err record_save(struct ctx *c, const struct entity *e, const void *before, void *after, const char *what);
enum err record_load(struct ctx *c, const struct entity *e, int64_t id, void *out); /* E_NOT_FOUND with a sentence */
/* One of the areas' entities; NULL: none of that name. */
const struct entity *entity_named(const struct ctx *c, const char *name);

/* Takes a form into a row. Only fields named in the form's hidden `shown` values ("name budget partners") are touched, so that absent
 * means off only there; without `shown` those that were sent. Children: partners.0.name; rows whose every cell is empty vanish.
 * Amounts come in 千円. Each fault is tied to its field (fail_field), nothing stops at the first one; then `E_INPUT` is returned and `row`
 * holds what could be read. Fields wider than the user's audience or READONLY are never touched. */
enum err record_from_form(struct ctx *c, const struct entity *e, const struct form *form, int64_t year, void *row);
/* Length, vocabulary of `year`, REQUIRED (only when `complete`), dates: for values that came by another way (files, JSON). */
enum err record_check(struct ctx *c, const struct entity *e, const void *row, int64_t year, bool complete);

/* --- withholding a datum at once, everywhere --- */
/* Hides `field` of the record in every edition, page, file, index and cache; reason kept and shown; logged. `id` is the project's or organization's number. */
enum err withhold_set(struct ctx *c, const char *entity, int64_t id, const char *field, const char *reason);
enum err withhold_clear(struct ctx *c, const char *entity, int64_t id, const char *field, const char *reason);
/* Names of the withheld fields of a record joined by ' ', for entity_json's `hidden`; "" when none. Single values stand among them as tokens, for
 * record_mask: what is shown to anybody goes through withheld_fields. */
const char *withheld(struct ctx *c, const char *entity, int64_t id);
bool is_withheld(const char *withheld_names, const char *field);
/* Why a field is withheld, for the place that says so; NULL: it is not. */
const char *withheld_reason(struct ctx *c, const char *entity, int64_t id, const char *field);
/* The same for one value among a record's children: a single partner, one cell of a table. `column` is the child's field. Every row of `field` that
 * holds the value, in whatever year or edition, loses it; where the row is a party's (it has a field `organization`), the whole row goes. The place says
 * WITHHELD_MARK. `value` is as entity_value gives it. It is recognised by a salted hash: nothing that leaves names it. */
#define WITHHELD_MARK "(非公開にしました)"
enum err withhold_value_set(struct ctx *c, const char *entity, int64_t id, const char *field, const char *column, const char *value, const char *reason);
/* Those of a record, newest first. `token` names it for lifting (withhold_clear). */
struct withheld_value { const char *token, *field, *column, *reason; int64_t at; };
enum err withheld_values(struct ctx *c, const char *entity, int64_t id, struct withheld_value **out, size_t *n);
/* Is this value of a child's column withheld by one of the names? */
bool is_withheld_value(struct arena *a, const char *withheld_names, const char *field, const char *column, const char *value);
bool is_withheld_partly(const char *withheld_names, const char *field); /* some value in it */
/* For outside: the fields of which all or something is withheld, each once, joined by ' '. */
const char *withheld_fields(struct ctx *c, const char *withheld_names);
/* Blanks in `row` what `who` may not see and what is withheld. */
void record_mask(const struct entity *e, void *row, enum audience who, const char *withheld_names);

/* --- idempotency: see design.md --- */
/* A random key for a form being drawn. */
const char *form_key(struct ctx *c);

#endif
