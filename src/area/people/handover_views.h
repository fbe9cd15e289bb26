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
handler handover_page, handover_post, section_people_page, transfer_sheet;

#endif
