/* What the pages about merging and joint sections show, and the use cases of joint sections. */
#ifndef KYODO_AREA_REGISTER_MERGE_VIEWS_H
#define KYODO_AREA_REGISTER_MERGE_VIEWS_H

#include "area/register/answer_views.h"
#include "area/register/merge.h"
#include "core/todo.h"

/* --- merge_joint.c --- */
/* The joint section of the statement on which the user stands; NONE. */
enum err joint_section_of(struct ctx *c, const struct statement *s, int64_t *section);
struct joint_remark { int64_t id; const char *body; int64_t at, seen_at; const char *section; };
/* Rights: a joint section. Faults at remark. */
enum err joint_remark_add(struct ctx *c, int64_t statement, const char *body);
enum err joint_remarks(struct ctx *c, int64_t statement, struct joint_remark **out, size_t *n);
/* The lead has read them. */
enum err joint_remarks_seen(struct ctx *c, int64_t statement);
enum err joint_todos(struct ctx *c, struct todos *list);

/* --- pages --- */
struct merge_choice { const char *input, *label, *one, *other, *id_one, *id_other; bool take; };
struct merge_view {
    const char *one, *other, *one_section, *other_section, *one_id, *other_id;
    struct merge_choice *field; size_t fields;
    struct url action, swap, back;
};
struct remark_row { const char *section, *body, *at; bool seen; };
struct remarks_view {
    const char *name, *section;
    struct remark_row *v; size_t n;
    bool may_add, may_mark;
    struct url add, mark, back;
};

#endif
