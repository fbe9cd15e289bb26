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

/* Who looked at what, as a list: the same as audit_list below. `under`: only addresses that begin with it ("/users"); NULL: all. */
struct view_entry { int64_t id, at, account; const char *who, *login, *path; /* who, login: of today; NULL: no such account any more */ };
struct view_filter { int64_t from, until; bool of; const int64_t *account; size_t accounts; const char *under; /* of: only these accounts */ };
struct audit_position;
enum err view_list(struct ctx *c, const struct view_filter *f, struct audit_position from, bool back, size_t most, size_t look, struct view_entry **out, size_t *n,
                   struct audit_position *reached);

/* All heads as one text "chain:n:hash …", for editions and days. */
const char *audit_heads(struct ctx *c);

/* What happened to one record, newest first, for its page (staff). Without what the user may not see and what is withheld. */
struct audit_line { int64_t at; const char *who, *what, *field, *before, *after, *name, *instead; /* name: the field's; instead: in the place of the values, why they are not shown; NULL */ };
enum err audit_history(struct ctx *c, const char *entity, int64_t id, size_t most, struct audit_line **out, size_t *n);

/* The log as a list, newest first; page by page, in both directions. Rights: secretariat and operator. */
struct audit_filter {
    int64_t from, until;                              /* instants, the second one exclusive; NONE: open */
    const char *person;                               /* the name as the log has it, or one of the accounts; NULL: everybody */
    const int64_t *account; size_t accounts;
    const char *entity;                               /* NULL: all */
};
struct audit_position { int64_t at, chain, n; };      /* chain NONE: the end */
struct audit_entry {
    struct audit_position place;
    int64_t account, record;                          /* account 0: the system; record NONE: of none */
    const char *who, *login, *what, *entity;          /* who: the name at that time; login NULL: no such account any more */
    struct audit_line *line; size_t lines;
    bool withheld;                                    /* something of the record is: free words about it may say it */
};
/* From behind `from` (chain NONE: the newest, or with `back` the oldest) at most `most` entries that fit, looking at no more than about `look` rows: *reached is
 * where it stopped, with chain NONE when nothing lies behind it. */
enum err audit_list(struct ctx *c, const struct audit_filter *f, struct audit_position from, bool back, size_t most, size_t look, struct audit_entry **out, size_t *n,
                    struct audit_position *reached);
#endif
