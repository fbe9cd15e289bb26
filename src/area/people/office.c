#include "area/people/office.h"

#include "area/people/office_views.h"
#include "area/people/people_take_views.h"
#include "area/people/handover_views.h"
#include "area/people/reorganise_views.h"
#include "area/people/words_views.h"

#define EDITORS ROLE_SECRETARIAT
#define OFFICE ((uint32_t)(ROLE_SECRETARIAT | ROLE_OPERATOR))
#define STAFF_AND_OPERATOR ((uint32_t)(STAFF_ROLES | ROLE_OPERATOR))

enum { SHEET_MOST = 4 * 1024 * 1024 };

static const struct entity *const entities[] = {&section_entity, NULL};

static const struct route routes[] = {
    {HTTP_POST, "/language", ANYONE, language_post, LANE_WRITE, ROUTE_NO_CSRF, 0},
    {HTTP_GET, "/home", SIGNED_IN, today_page, LANE_READ, 0, 0},
    {HTTP_GET, "/sections", STAFF_AND_OPERATOR, sections_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_GET, "/sections/new", EDITORS, section_new_page, LANE_READ, 0, 0},
    {HTTP_POST, "/sections/new", EDITORS, section_new_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/sections/lines", EDITORS, section_lines_page, LANE_READ, 0, 0},
    {HTTP_POST, "/sections/lines", EDITORS, section_lines_post, LANE_WRITE, 0, 256 * 1024},
    {HTTP_GET, "/sections/carry", EDITORS, section_carry_page, LANE_READ, 0, 0},
    {HTTP_POST, "/sections/carry", EDITORS, section_carry_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/sections/import", EDITORS, sections_import_page, LANE_READ, 0, 0},
    {HTTP_POST, "/sections/import", EDITORS, sections_import_post, LANE_SLOW, 0, SHEET_MOST},
    {HTTP_POST, "/sections/import/take", EDITORS, sections_take_post, LANE_SLOW, 0, SHEET_MOST},
    {HTTP_GET, "/sections/:id/edit", EDITORS, section_edit_page, LANE_READ, 0, 0},
    {HTTP_POST, "/sections/:id/edit", EDITORS, section_edit_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/sections/:id/remove", EDITORS, section_remove_page, LANE_READ, 0, 0},
    {HTTP_POST, "/sections/:id/remove", EDITORS, section_remove_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/sections/:id/people", OFFICE, section_people_page, LANE_READ, ROUTE_VIEW_LOG | ROUTE_FILE, 0},
    {HTTP_GET, "/users/:id/handover", OFFICE, handover_page, LANE_READ, ROUTE_VIEW_LOG | ROUTE_FILE, 0},
    {HTTP_POST, "/users/:id/handover", OFFICE, handover_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/transfers", OFFICE, transfer_page, LANE_READ, 0, 0},
    {HTTP_GET, "/transfers/sheet.xlsx", OFFICE, transfer_sheet, LANE_SLOW, ROUTE_VIEW_LOG, 0},
    {HTTP_POST, "/transfers/check", OFFICE, transfer_check_post, LANE_SLOW, 0, SHEET_MOST},
    {HTTP_POST, "/transfers/take", OFFICE, transfer_take_post, LANE_SLOW, 0, SHEET_MOST},
    {HTTP_GET, "/reorganise", EDITORS, reorganise_page, LANE_READ, 0, 0},
    {HTTP_POST, "/reorganise/check", EDITORS, reorganise_check_post, LANE_SLOW, 0, SHEET_MOST},
    {HTTP_POST, "/reorganise/take", EDITORS, reorganise_take_post, LANE_WRITE, 0, 1024 * 1024},
    {HTTP_GET, "/reorganise/sheet.xlsx", EDITORS, reorganise_sheet, LANE_SLOW, 0, 0},
    {HTTP_GET, "/reorganise/projects", EDITORS, reorganise_projects_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_POST, "/reorganise/projects", EDITORS, reorganise_projects_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/letters", OFFICE, letters_page, LANE_READ, ROUTE_VIEW_LOG | ROUTE_FILE, 0},
    {HTTP_GET, "/letters/print", OFFICE, letters_print_page, LANE_READ, ROUTE_VIEW_LOG, 0},
    {HTTP_GET, "/letters/:id", OFFICE, letter_page, LANE_READ, ROUTE_VIEW_LOG, 0},
    {HTTP_POST, "/letters/handed", OFFICE, letters_handed_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/letters/:id/handed", OFFICE, letter_handed_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/letters/:id/again", OFFICE, letter_again_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/settings", OFFICE, settings_page, LANE_READ, 0, 0},
    {HTTP_POST, "/settings", OFFICE, settings_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/settings/mail", ROLE_OPERATOR, settings_mail_page, LANE_READ, 0, 0},
    {HTTP_POST, "/settings/mail", ROLE_OPERATOR, settings_mail_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/vocabulary", STAFF_AND_OPERATOR, vocabulary_page, LANE_READ, 0, 0},
    {HTTP_GET, "/vocabulary/:name", STAFF_AND_OPERATOR, vocabulary_kind_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_GET, "/vocabulary/:name/new", EDITORS, word_new_page, LANE_READ, 0, 0},
    {HTTP_POST, "/vocabulary/:name/new", EDITORS, word_new_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/words/:id", EDITORS, word_page, LANE_READ, 0, 0},
    {HTTP_POST, "/words/:id", EDITORS, word_change_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/words/:id/retire", EDITORS, word_retire_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/words/:id/move", EDITORS, word_move_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/words/:id/remove", EDITORS, word_remove_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/jobs", ROLE_OPERATOR, jobs_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_POST, "/jobs/:id/again", ROLE_OPERATOR, job_again_post, LANE_WRITE, 0, 0},
    {0},
};

/* Two places in the menu: what to do today comes first, the settings last (areas.c gives the order). */
static const struct menu_item home_menu[] = {
    {"home", "今日やること", "/home", SIGNED_IN, true},
    {0},
};
static const struct menu_item settings_menu[] = {
    {"settings", "設定", "/settings", OFFICE, true},
    {0},
};

static const struct todo_source todos[] = {
    {reorganise_todos},
    {NULL},
};

const struct area office_area = {.name = "office", .entities = entities, .routes = routes, .menu = home_menu, .todos = todos, .commands = people_file_commands};
const struct area settings_area = {.name = "settings", .menu = settings_menu};
