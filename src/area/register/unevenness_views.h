/* What /statistics/sections shows: which sections have projects, and how that moves (002 §4). */
#ifndef KYODO_AREA_REGISTER_UNEVENNESS_VIEWS_H
#define KYODO_AREA_REGISTER_UNEVENNESS_VIEWS_H

#include "core/page.h"

enum { UNEVENNESS_YEARS = 6 };
struct uneven_cell { int64_t n; struct url to; }; /* NONE: no such section in that year; to empty: they are no one section's */
struct uneven_row { const char *department, *section, *state, *tag; struct uneven_cell cell[UNEVENNESS_YEARS]; };
struct unevenness_view {
    int64_t year;
    const char *edition;
    struct url to_edition, all, few, other;  /* other: reorganisations followed, or not */
    bool only_few, follow;
    const char *note;                        /* which of the two */
    const char *head[UNEVENNESS_YEARS]; size_t heads;
    struct uneven_row *row; size_t n;
    int64_t with, none, silent, unasked;
};

#endif
