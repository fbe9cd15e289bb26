/* What the pages of a reorganisation show. */
#ifndef KYODO_AREA_REORGANISE_VIEWS_H
#define KYODO_AREA_REORGANISE_VIEWS_H

#include "area/people/office_views.h"
#include "area/people/reorganise.h"
#include "base/text.h"

struct reorg_row {
    const char *name, *kind_input, *name_input, *above_input, *kind, *names, *above, *fault;
    int64_t unit, projects;
    bool many; /* that many or more */
    int depth;
};
struct reorg_department { const char *name; struct reorg_row *v; size_t n; bool open; };
struct reorg_form_view {
    const char *year, *old_year, *fresh, *year_code;
    struct url action, file, sheet, sections;
    struct reorg_department *group; size_t groups;
    const struct choice *years; size_t years_n;
    bool done;
};

struct reorg_node_row { const char *name, *was, *fate, *tag; int depth; };
struct reorg_end_row { const char *name, *to; };
struct reorg_choice_row { const char *input, *name, *section; struct choice *choice; size_t choices; };
struct reorg_check_view {
    const char *year, *old_year, *plan, *year_code, *when;
    struct reorg_node_row *node; size_t nodes;
    struct reorg_end_row *end; size_t ends;
    struct reorg_choice_row *ask; size_t asks;
    int64_t kept, changed, projects, duties, answers;
    struct url action, back;
    bool there;                        /* the new year has a tree already: it is changed */
};
struct reorg_projects_view { struct reorg_choice_row *ask; size_t asks; struct url action; };

handler reorganise_page, reorganise_check_post, reorganise_take_post, reorganise_sheet, reorganise_projects_page, reorganise_projects_post;
enum err reorganise_todos(struct ctx *c, struct todos *list);

#endif
