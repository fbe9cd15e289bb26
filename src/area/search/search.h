/* /search: one box over everything public and, signed in, over what one may see; and `reindex`. */
#ifndef KYODO_AREA_SEARCH_SEARCH_H
#define KYODO_AREA_SEARCH_SEARCH_H

#include "core/app.h"

extern const struct area search_area;

#endif
