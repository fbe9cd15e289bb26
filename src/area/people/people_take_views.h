/* What the pages show on which lists of staff and sections are taken in. */
#ifndef KYODO_AREA_PEOPLE_TAKE_VIEWS_H
#define KYODO_AREA_PEOPLE_TAKE_VIEWS_H

#include "area/people/office_views.h"
#include "area/people/people_files.h"

struct take_form_view { struct url action, sample, back; const char *lead, *hint, *year; const char *const *title; size_t titles; };
struct take_cell { const char *label, *text; };
struct take_row { const char *name, *what, *state, *tag; const struct take_cell *cell; size_t cells; };
struct take_check_view {
    struct url action, back;
    const char *text, *year, *sum;
    const char *const *title; size_t titles;  /* behind the name */
    const struct take_row *row; size_t rows, same; /* same: rows that change nothing, not listed */
};

handler staff_import_page, staff_import_post, staff_take_post, transfer_page, transfer_check_post, transfer_take_post, sections_import_page, sections_import_post, sections_take_post;

#endif
