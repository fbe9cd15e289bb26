/* Handlers around corrections, for the route table in publication.c. */
#ifndef KYODO_AREA_REGISTER_CORRECTION_PAGES_H
#define KYODO_AREA_REGISTER_CORRECTION_PAGES_H

#include "web/web.h"

handler correct_page, correct_post, listing_post; /* correction_pages.c */
handler changes_page;                             /* difference_pages.c */

#endif
