/* What the pages about cases of municipalities show. */
#ifndef KYODO_AREA_REGISTER_CASES_VIEWS_H
#define KYODO_AREA_REGISTER_CASES_VIEWS_H

#include "area/register/cases.h"
#include "base/text.h"
#include "core/page.h"

struct case_inquiry_row { struct url to; const char *title, *year, *state, *tag, *due; int64_t all, done, cases; };
struct case_inquiries_view { struct case_inquiry_row *v; size_t n; struct url fresh; };
struct case_inquiry_form { struct case_inquiry q; struct choice *year; size_t years; struct choice *place; size_t places; struct url action, back; };
struct case_answer_row { struct url to; const char *name, *state, *tag, *at, *account; int64_t cases; bool late, entered; };
struct case_board_view {
    struct case_inquiry q;
    const char *year, *due, *state, *tag;
    struct case_answer_row *v; size_t n;
    struct case_addressee *to; size_t to_n; /* before it is sent */
    int64_t done, cases, letters;
    bool draft, open, closed, published;
    struct url step, list;
};
struct case_own_row { struct url to; const char *title, *state, *tag, *due; };
struct case_own_view { struct case_own_row *v; size_t n; };
struct case_view { const struct municipal_case *m; const char *budget, *since; struct url to, website; };
struct case_answer_view {
    struct case_answer a;
    struct case_inquiry q;
    struct municipal_case fresh;
    const char *place, *state, *tag, *due, *entered, *today;
    struct case_view *v; size_t n;
    struct choice how[8]; size_t hows;
    bool may_write, handed, closed, may_enter;
    struct url action, step;
};
struct case_edit_view { struct municipal_case m; struct url action, back; };
struct case_group { const char *place; struct case_view *v; size_t n; };
struct cases_public_view { const char *year; struct case_group *v; size_t n; int64_t cases; };

#endif
