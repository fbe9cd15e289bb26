/* Handlers around corrections, for the route table in publication.c. */
#ifndef KYODO_AREA_REGISTER_CORRECTION_PAGES_H
#define KYODO_AREA_REGISTER_CORRECTION_PAGES_H

#include "web/web.h"

handler correct_page, correct_post, listing_post; /* correction_pages.c */
handler changes_page;                             /* difference_pages.c */
/* correction_request_pages.c */
handler request_project_page, request_project_post, request_organization_page, request_organization_post, request_list_page, request_page, request_post;
handler notices_page, notices_post, notice_answer_post, notice_page, notice_post; /* notice_pages.c */
handler staff_editions_page, staff_edition_page, staff_project_page, staff_tell_page, staff_tell_post; /* staff_edition_pages.c */
handler paper_page, remark_new_page, remark_new_post, remark_page, remark_post;                        /* meeting_pages.c */
handler good_practice_page, practice_page, practice_post, criteria_page, criteria_post, criterion_page, criterion_post; /* practice_pages.c */
handler unevenness_page;                                                                                                /* unevenness_pages.c */

#endif
