/* Two statements that are one project: made one, field by field, and parted again. */
#ifndef KYODO_AREA_REGISTER_MERGE_H
#define KYODO_AREA_REGISTER_MERGE_H

#include "area/register/rounds.h"

struct merge_side { struct statement s; struct answer_case k; const char *section; };
/* A field in which the two differ, as people read it. */
struct merge_field { const char *name, *label, *one, *other; };
struct merge_pair { struct merge_side one, other; struct merge_field *field; size_t fields; bool may_swap; /* the user may as well let the other one stay */ };
/* Both statements with what differs. Rights: the secretariat, or who answers for the lead section of the first and sees the second (its own or as joint section).
 * E_CONFLICT: of different years, one project already, or one of them merged. */
enum err merge_load(struct ctx *c, int64_t statement, int64_t other, bool lock, struct merge_pair *out);
/* The first survives; `take`: names of the fields taken from the other. The other's number becomes an alias; its section becomes a joint one; both are told.
 * *merge: its number. */
enum err project_merge(struct ctx *c, int64_t statement, int64_t other, const char *const *take, size_t n, int64_t *merge);
/* Parts them again: the survivor's statement as it was unless it was changed since. E_CONFLICT once an edition was made with it. */
enum err project_unmerge(struct ctx *c, int64_t merge);
/* The merge by which a project went into another and that holds; NONE. */
struct merge_line { int64_t id, survivor, other, statement, at; const char *name; /* of the survivor */ bool undoable; };
enum err merge_of(struct ctx *c, int64_t project, struct merge_line *out);
/* Where a project's number leads the public: itself, or what a published edition has it merged into. */
enum err project_public(struct ctx *c, int64_t project, int64_t *out);

#endif
