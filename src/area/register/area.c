/* The register as areas.c sees it: records, routes, menu, things to do. */
#include "area/register/register_pages.h"
#include "area/register/rounds.h"
#include "core/job.h"
#include "core/todo.h"

static const struct entity *const register_entities[] = {
    &inquiry_entity, &answer_entity, &project_entity, &statement_entity, NULL,
};

/* A form with its tree of sections or a project with all its rows is more than the usual 64 KiB. */
enum { FORM_BYTES = 512 * 1024 };

#define RETURNERS ((uint32_t)(ROLE_SECRETARIAT | ROLE_COLLATOR | ROLE_APPROVER))
#define COLLATION_READERS ((uint32_t)(ROLE_SECRETARIAT | ROLE_COLLATOR))
#define ANSWERERS ((uint32_t)(SECTION_ROLES | ROLE_APPROVER))

static const struct route register_routes[] = {
    /* the secretariat */
    {HTTP_GET, "/inquiries", ROLE_SECRETARIAT, inquiry_list_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_GET, "/inquiries/new", ROLE_SECRETARIAT, inquiry_new_page, LANE_READ, 0, 0},
    {HTTP_POST, "/inquiries/new", ROLE_SECRETARIAT, inquiry_new_post, LANE_WRITE, 0, FORM_BYTES},
    {HTTP_GET, "/inquiries/:id", ROLE_SECRETARIAT, inquiry_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_GET, "/inquiries/:id/edit", ROLE_SECRETARIAT, inquiry_edit_page, LANE_READ, 0, 0},
    {HTTP_POST, "/inquiries/:id/edit", ROLE_SECRETARIAT, inquiry_edit_post, LANE_WRITE, 0, FORM_BYTES},
    {HTTP_GET, "/inquiries/:id/discard", ROLE_SECRETARIAT, inquiry_discard_page, LANE_READ, 0, 0},
    {HTTP_POST, "/inquiries/:id/discard", ROLE_SECRETARIAT, inquiry_discard_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/inquiries/:id/open", ROLE_SECRETARIAT, inquiry_open_page, LANE_READ, 0, 0},
    {HTTP_POST, "/inquiries/:id/open", ROLE_SECRETARIAT, inquiry_open_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/inquiries/:id/remind", ROLE_SECRETARIAT, inquiry_remind_page, LANE_READ, 0, 0},
    {HTTP_POST, "/inquiries/:id/remind", ROLE_SECRETARIAT, inquiry_remind_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/inquiries/:id/close", ROLE_SECRETARIAT, inquiry_close_page, LANE_READ, 0, 0},
    {HTTP_POST, "/inquiries/:id/close", ROLE_SECRETARIAT, inquiry_close_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/inquiries/:id/doubles", ROLE_SECRETARIAT, inquiry_double_post, LANE_WRITE, 0, 0},
    /* a section, and the secretariat for it */
    {HTTP_GET, "/answers", STAFF_ROLES, answer_list_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_GET, "/answers/:id", STAFF_ROLES, answer_page, LANE_READ, 0, 0},
    {HTTP_POST, "/answers/:id", STAFF_ROLES, answer_post, LANE_WRITE, 0, FORM_BYTES},
    {HTTP_GET, "/answers/:id/projects/new", STAFF_ROLES, answer_new_page, LANE_READ, 0, 0},
    {HTTP_POST, "/answers/:id/projects/new", STAFF_ROLES, answer_new_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/answers/:id/projects/:id", STAFF_ROLES, answer_project_page, LANE_READ, ROUTE_VIEW_LOG, 0},
    {HTTP_POST, "/answers/:id/projects/:id", STAFF_ROLES, answer_project_post, LANE_WRITE, 0, FORM_BYTES},
    {HTTP_GET, "/answers/:id/projects/:id/remove", STAFF_ROLES, answer_remove_page, LANE_READ, 0, 0},
    {HTTP_POST, "/answers/:id/projects/:id/remove", STAFF_ROLES, answer_remove_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/answers/:id/check", STAFF_ROLES, answer_check_page, LANE_READ, ROUTE_VIEW_LOG, 0},
    {HTTP_POST, "/answers/:id/submit", STAFF_ROLES, answer_submit_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/answers/:id/receipt", STAFF_ROLES, answer_receipt_page, LANE_READ, 0, 0},
    {HTTP_GET, "/answers/:id/none", STAFF_ROLES, answer_none_page, LANE_READ, 0, 0},
    {HTTP_POST, "/answers/:id/none", STAFF_ROLES, answer_none_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/answers/:id/withdraw", STAFF_ROLES, answer_withdraw_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/answers/:id/return", RETURNERS, answer_return_page, LANE_READ, 0, 0},
    {HTTP_POST, "/answers/:id/return", RETURNERS, answer_return_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/answers/:id/approve", ROLE_APPROVER, answer_approve_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/answers/:id/skip", ROLE_SECRETARIAT, answer_skip_page, LANE_READ, 0, 0},
    {HTTP_POST, "/answers/:id/skip", ROLE_SECRETARIAT, answer_skip_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/answers/:id/extend", ROLE_SECRETARIAT, answer_extend_page, LANE_READ, 0, 0},
    {HTTP_POST, "/answers/:id/extend", ROLE_SECRETARIAT, answer_extend_post, LANE_WRITE, 0, 0},
    /* a department */
    {HTTP_GET, "/collations", ROLE_COLLATOR, collate_rounds_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_GET, "/collations/:id/:id", COLLATION_READERS, collate_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_POST, "/collations/:id/:id/choose", ROLE_COLLATOR, collate_choose_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/collations/:id/:id/pass", ROLE_COLLATOR, collate_pass_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/answers/:id/enter", ROLE_SECRETARIAT, answer_enter_page, LANE_READ, 0, 0},
    {HTTP_POST, "/answers/:id/enter", ROLE_SECRETARIAT, answer_enter_post, LANE_WRITE, 0, 0},
    /* two that are one; joint sections */
    {HTTP_GET, "/merges", STAFF_ROLES, merge_page, LANE_READ, 0, 0},
    {HTTP_POST, "/merges", STAFF_ROLES, merge_post, LANE_WRITE, 0, FORM_BYTES},
    {HTTP_POST, "/merges/:id/undo", ROLE_SECRETARIAT, unmerge_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/answers/:id/projects/:id/remarks", STAFF_ROLES, joint_remarks_page, LANE_READ, 0, 0},
    {HTTP_POST, "/answers/:id/projects/:id/remarks", SECTION_ROLES, joint_remarks_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/answers/:id/projects/:id/remarks/seen", SECTION_ROLES, joint_remarks_seen_post, LANE_WRITE, 0, 0},
    {0},
};

static const struct menu_item register_menu[] = {
    {"answers", "照会への回答", "/answers", ANSWERERS, true},
    {"collations", "部局とりまとめ", "/collations", ROLE_COLLATOR, true},
    {"inquiries", "照会", "/inquiries", ROLE_SECRETARIAT, true},
    {0},
};

static const struct todo_source register_todos[] = {
    {answer_todos},
    {collate_todos},
    {joint_todos},
    {inquiry_todos},
    {edition_todos},
    {NULL},
};

static const struct job_kind register_jobs[] = {
    {.name = "answers.warn", .run = answers_warn, .every = 3600},
    {.name = NULL},
};

const struct area register_area = {
    .name = "register",
    .entities = register_entities,
    .routes = register_routes,
    .menu = register_menu,
    .todos = register_todos,
    .jobs = register_jobs,
    .section_changed = register_section_changed,
    .check = register_check,
};
