/* What the pages between section and secretariat show. */
#ifndef KYODO_AREA_REGISTER_COLLATE_VIEWS_H
#define KYODO_AREA_REGISTER_COLLATE_VIEWS_H

#include "area/register/answer_views.h"

struct collate_round { struct url to; const char *title, *department, *due, *left; int64_t all, waiting, writing, passed; bool open, overdue; };
struct collate_rounds_view { struct collate_round *v; size_t n; };

struct collate_project {
    int64_t id;
    const char *name, *facts, *decision, *tag, *left_out, *reason_id;
    struct url to;
    bool ended;
};
struct collate_section {
    int64_t answer;
    const char *name, *state, *tag, *place, *at, *input;
    bool here, late, chosen;      /* here: with the department now; chosen: the box is ticked */
    struct collate_project *v; size_t n;
    struct url to, give_back;
};
struct collate_view {
    const char *title, *due, *left, *department;
    struct collate_section *v; size_t n;
    size_t here, projects, kept;  /* answers with the department; their projects; of these the chosen ones */
    bool may, closed;
    struct url choose, pass, back;
};

struct approve_view { struct answer_head h; struct url action; const char *post; };
struct skip_view { struct answer_head h; struct url action; const char *holder; };

#endif
