/* What the pages of correction requests show. */
#ifndef KYODO_AREA_REGISTER_CORRECTION_REQUEST_VIEWS_H
#define KYODO_AREA_REGISTER_CORRECTION_REQUEST_VIEWS_H

#include "area/register/correction_request.h"
#include "core/page.h"

struct request_form_view {
    struct request_subject about;
    struct correction_request r;
    struct choice *place; size_t places;
    struct url action;
    const char *receipt;       /* taken: its number */
    const char *office, *phone;
};
struct request_row { const char *name, *where, *place, *state, *tag, *when, *receipt; struct url to; };
struct request_list_view { struct request_row *row; size_t n; bool all, more; struct url other, next; };
struct request_view {
    const struct correction_request *r;
    const char *name, *where, *place, *state, *tag, *when, *answered, *erased, *edition, *mended;
    struct url about, to_edition, to_mended, correct, withhold, action;
    struct choice *edition_choice; size_t editions;
    bool open, project, secretariat, mail;
};

#endif
