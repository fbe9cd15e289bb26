/* Corrections: a statement put right after its round was closed, by the secretariat or by the section. Nothing public changes by it: the next
 * edition of the year takes it in, and shows the reason. Requests for correction from outside are in correction_request.c. */
#ifndef KYODO_AREA_REGISTER_CORRECTION_H
#define KYODO_AREA_REGISTER_CORRECTION_H

#include "area/register/rounds.h"
#include "core/todo.h"

/* kind: changed, removed (out of the next edition), restored. hand: secretariat, section. */
#define CORRECTION_FIELDS(F)                                                \
    F(ID, id, "番号", READONLY | STAFF, 0)                                  \
    F(INT, version, "版", INTERNAL, 0)                                      \
    F(REF, project, "事業番号", READONLY | STAFF, "project")                \
    F(REF, statement, "記載", READONLY | STAFF, "statement")                \
    F(YEAR, year, "年度", READONLY | STAFF, 0)                              \
    F(TEXT, kind, "訂正の種類", READONLY | STAFF, 10)                       \
    F(TEXT, reason, "訂正の理由", REQUIRED | PUBLIC | WITHHOLD, 500)        \
    F(TEXT, hand, "訂正した人", READONLY | STAFF, 20)                       \
    F(INT, account, "利用者", READONLY | STAFF, 0)                          \
    F(INSTANT, at, "訂正した日時", READONLY | STAFF, 0)                     \
    F(REF, edition, "入った版", READONLY | PUBLIC, "edition")               \
    F(FLAG, demo, "例", INTERNAL, 0)
struct correction { struct row row; CORRECTION_FIELDS(FIELD_MEMBER) };
extern const struct entity correction_entity;

/* --- what is corrected: of a project and year the statement that its editions speak by --- */
struct correction_case {
    struct statement s;
    struct section section;
    const char *section_name;
    bool own, secretariat;
    bool listed;      /* false: it was ended, or taken out by a correction */
};
/* E_NOT_FOUND: no closed round of the year has it; E_FORBIDDEN: neither the secretariat nor of the section. */
enum err correction_case_load(struct ctx *c, int64_t project, int64_t year, bool lock, struct correction_case *out);
/* `before` is the statement as the form showed it (its version), `after` what it becomes; whole and without fault, or E_INPUT.
 * E_CONFLICT: somebody else has saved, or nothing differs. The section is told what the secretariat changed. */
enum err statement_correct(struct ctx *c, const struct statement *before, struct statement *after, const char *reason);
/* Out of the next edition, and back into it. */
enum err statement_take_out(struct ctx *c, int64_t project, int64_t year, const char *reason);
enum err statement_put_back(struct ctx *c, int64_t project, int64_t year, const char *reason);

/* --- what waits for the next edition of a year, oldest first --- */
struct correction_line { int64_t id, project, at; const char *name, *kind, *reason, *hand, *section; };
enum err corrections_waiting(struct ctx *c, int64_t year, struct correction_line **out, size_t *n);
/* "changed" → 直した */
const char *correction_label(struct ctx *c, const char *kind);

/* --- a reason that says too much: withheld (core/record.h) by itself, wherever the project gives the same one. `withheld`: why; NULL: it is shown --- */
struct correction_reason { int64_t id, at; const char *reason, *withheld; int64_t hidden_at; };
/* Every reason of a project's corrections, each once, newest first. */
enum err correction_reasons(struct ctx *c, int64_t project, struct correction_reason **out, size_t *n);
/* Rights: the secretariat. E_INPUT at `correction`: not one of the project's. */
enum err correction_reason_withhold(struct ctx *c, int64_t project, int64_t correction, const char *why);
enum err correction_reason_show(struct ctx *c, int64_t project, int64_t correction, const char *why);

/* The secretariat: corrections that wait for an edition. */
enum err correction_todos(struct ctx *c, struct todos *list);

#endif
