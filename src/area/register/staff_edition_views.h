/* What the pages of the staff edition show. */
#ifndef KYODO_AREA_REGISTER_STAFF_EDITION_VIEWS_H
#define KYODO_AREA_REGISTER_STAFF_EDITION_VIEWS_H

#include "area/register/staff_edition.h"
#include "base/text.h"
#include "core/page.h"

struct staff_edition_row { const struct staff_edition *e; struct url to, paper; const char *told; };
struct staff_editions_view { struct staff_edition_row *row; size_t n; };
struct staff_line { const char *name, *section, *post, *phone, *person, *lesson; int64_t position; struct url to; };
struct staff_edition_view {
    const struct staff_edition *e;
    struct staff_line *line; size_t n;
    struct url to_public, paper, tell, next, first;
    bool more, later, may_tell;
    const char *told;
};
struct staff_fact { const char *label, *text; bool inner; };
struct staff_project_view { const char *name, *section, *edition; struct staff_fact *fact; size_t facts; struct url back, to_public; };
struct staff_tell_view { const struct staff_edition *e; struct staff_recipient *r; size_t n, by_mail, on_paper; struct url action, back; const char *text, *told; bool mail; };

#endif
