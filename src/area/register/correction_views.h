/* What the pages of corrections and differences show. */
#ifndef KYODO_AREA_REGISTER_CORRECTION_VIEWS_H
#define KYODO_AREA_REGISTER_CORRECTION_VIEWS_H

#include "area/register/answer_views.h"
#include "area/register/correction.h"
#include "area/register/difference.h"

/* --- /projects/ID/correct --- */
struct stored_row { const char *label, *mine, *theirs; };
struct correct_view {
    struct project_view p;          /* the fields of the form */
    const char *name, *year, *section, *edition; /* edition: the newest of the year; NULL: none yet */
    struct url action, listing, to_edition, back;
    bool listed, secretariat;
    struct stored_row *stored; size_t stored_n; /* what somebody else saved meanwhile */
    struct correction_line *waiting; size_t waiting_n;
};

/* --- /editions/N/changes --- */
struct change_line { const struct difference *d; struct url to; const char *merged; struct url to_merged; };
struct edition_choice { int64_t id; const char *name; bool chosen; };
struct changes_view {
    int64_t edition;
    const char *from_name, *to_name;
    struct url to_from, to_to, action, files, json;
    bool across_years, published;
    struct edition_choice *choice; size_t choices;
    struct difference_counts n;
    struct change_line *added, *ended, *changed; size_t added_n, ended_n, changed_n;
    bool added_more, ended_more, has_next, has_first;
    struct url next, first;
};

#endif
