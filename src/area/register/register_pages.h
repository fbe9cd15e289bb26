/* Handlers of the register's pages, for the route table in area.c. */
#ifndef KYODO_AREA_REGISTER_PAGES_H
#define KYODO_AREA_REGISTER_PAGES_H

#include "web/web.h"

struct todos;

/* inquiry_pages.c: the secretariat */
handler inquiry_list_page, inquiry_new_page, inquiry_new_post, inquiry_page, inquiry_edit_page, inquiry_edit_post, inquiry_open_page, inquiry_open_post,
    inquiry_discard_page, inquiry_discard_post, inquiry_remind_page, inquiry_remind_post, inquiry_close_page, inquiry_close_post, inquiry_double_post;
enum err inquiry_todos(struct ctx *c, struct todos *list);

/* answer_pages.c: the section, and the secretariat for it */
handler answer_list_page, answer_page, answer_post, answer_new_page, answer_new_post, answer_project_page, answer_project_post, answer_remove_page,
    answer_remove_post, answer_check_page, answer_submit_post, answer_receipt_page, answer_none_page, answer_none_post, answer_withdraw_post,
    answer_return_page, answer_return_post, answer_enter_page, answer_enter_post;
enum err answer_todos(struct ctx *c, struct todos *list);

/* edition_pages.c */
enum err edition_todos(struct ctx *c, struct todos *list);

/* extend_pages.c: more time for one section */
handler answer_extend_page, answer_extend_post;

/* merge_pages.c: two that are one; what joint sections say */
handler merge_page, merge_post, unmerge_post, joint_remarks_page, joint_remarks_post, joint_remarks_seen_post;
enum err joint_todos(struct ctx *c, struct todos *list);

/* collate_pages.c: department, approver, and the secretariat passing over them */
handler collate_rounds_page, collate_page, collate_choose_post, collate_pass_post, answer_approve_post, answer_skip_page, answer_skip_post;
enum err collate_todos(struct ctx *c, struct todos *list);

#endif
