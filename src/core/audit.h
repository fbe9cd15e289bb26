/* The audit log is the change log: who changed what, when, from what to what; a chain of keyed hashes per writer. */
#ifndef KYODO_CORE_AUDIT_H
#define KYODO_CORE_AUDIT_H

#include "base/crypto.h"
#include "core/ctx.h"
#include "db/entity.h"

/* Writes one row in the open transaction; the chain's head is read before a transaction's first row and written before its commit. `what`:
 * "statement.change", "inquiry.open", "login". changes may be NULL. */
enum err audit_write(struct ctx *c, const char *what, const char *entity, int64_t id, const struct change *changes, size_t n);
/* The same for words alone: field `note`. */
enum err audit_note(struct ctx *c, const char *what, const char *entity, int64_t id, const char *note);

struct audit_report { int64_t rows, chains; const char *fault; /* NULL: all is well; else chain, number and what is wrong */ };
/* Recomputes every hash, compares every head, finds changed, removed and inserted rows and values. E_CONFLICT when something is wrong. */
enum err audit_verify(struct ctx *c, struct audit_report *out);

/* One line for the view log: who looked at which record with personal data. Committed before the answer leaves. */
enum err view_log(struct ctx *c, const char *path);

/* All heads as one text "chain:n:hash …", for editions and days. */
const char *audit_heads(struct ctx *c);

/* What happened to one record, newest first, for its page (staff). */
struct audit_line { int64_t at; const char *who, *what, *field, *before, *after; };
enum err audit_history(struct ctx *c, const char *entity, int64_t id, size_t most, struct audit_line **out, size_t *n);

#endif
