/* The staff's own rooms: 今日やること, the tree of sections, letters, settings, words, failed jobs. An area of its own beside people.h,
 * which knows accounts and sessions. */
#ifndef KYODO_AREA_OFFICE_H
#define KYODO_AREA_OFFICE_H

#include "core/app.h"

extern const struct area office_area, settings_area;

#endif
