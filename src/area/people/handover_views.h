/* What the pages about handing over show. */
#ifndef KYODO_AREA_HANDOVER_VIEWS_H
#define KYODO_AREA_HANDOVER_VIEWS_H

#include "area/people/handover.h"
#include "area/people/office_views.h"

struct span_row { const char *person, *label, *span, *from, *to, *note; struct url to_person; bool now; };
struct spans_view { const struct span_row *v; size_t n; bool people; };
struct handover_view {
    const char *name, *today, *note;
    const struct choice *duty; size_t duties;
    const struct choice *partner; size_t partners;
    struct url action, back;
    struct spans_view past;
};
struct transfer_row { const char *login, *name, *what; int64_t at; bool known, changes; };
struct transfer_view {
    const char *text;
    const struct transfer_row *v; size_t n;
    int64_t changes, fresh;
    struct url action, sheet, back;
};

handler handover_page, handover_post, section_people_page, transfer_page, transfer_check_post, transfer_take_post, transfer_sheet;

#endif
