/* The published half of the register as areas.c sees it: public pages, editions, statistics, search, commands. */
#include "area/register/correction.h"
#include "area/register/correction_pages.h"
#include "area/register/correction_request.h"
#include "area/register/meeting.h"
#include "area/register/notice.h"
#include "area/register/practice.h"
#include "area/register/public.h"
#include "core/job.h"

/* A project with all its rows is more than the usual 64 KiB. */
enum { FORM_BYTES = 512 * 1024 };

static const struct route routes[] = {
    {HTTP_GET, "/", ANYONE, front_page, LANE_READ, ROUTE_CACHE, 0},
    {HTTP_GET, "/projects", ANYONE, project_list_page, LANE_READ, ROUTE_CACHE | ROUTE_FILE, 0},
    {HTTP_GET, "/projects/:id", ANYONE, project_page, LANE_READ, ROUTE_CACHE, 0},
    {HTTP_GET, "/projects/:id/withhold", ROLE_SECRETARIAT, withhold_page, LANE_READ, 0, 0},
    {HTTP_POST, "/projects/:id/withhold", ROLE_SECRETARIAT, withhold_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/projects/:id/correct", STAFF_ROLES, correct_page, LANE_READ, ROUTE_VIEW_LOG, 0},
    {HTTP_POST, "/projects/:id/correct", STAFF_ROLES, correct_post, LANE_WRITE, 0, FORM_BYTES},
    {HTTP_POST, "/projects/:id/listing", STAFF_ROLES, listing_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/projects/:id/request", ANYONE, request_project_page, LANE_READ, 0, 0},
    {HTTP_POST, "/projects/:id/request", ANYONE, request_project_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/organizations/:id/request", ANYONE, request_organization_page, LANE_READ, 0, 0},
    {HTTP_POST, "/organizations/:id/request", ANYONE, request_organization_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/requests", STAFF_ROLES, request_list_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_GET, "/requests/:id", STAFF_ROLES, request_page, LANE_READ, ROUTE_VIEW_LOG, 0},
    {HTTP_POST, "/requests/:id", STAFF_ROLES, request_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/statistics", ANYONE, statistics_page, LANE_READ, ROUTE_CACHE | ROUTE_FILE, 0},
    {HTTP_GET, "/editions", ANYONE, edition_list_page, LANE_READ, ROUTE_CACHE | ROUTE_FILE, 0},
    {HTTP_GET, "/editions/new", ROLE_SECRETARIAT, edition_new_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_POST, "/editions/new", ROLE_SECRETARIAT, edition_new_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/editions/:id", ANYONE, edition_page, LANE_READ, ROUTE_CACHE | ROUTE_FILE, 0},
    {HTTP_GET, "/editions/:id/changes", ANYONE, changes_page, LANE_READ, ROUTE_CACHE | ROUTE_FILE, 0},
    {HTTP_GET, "/editions/:id/notices", ROLE_SECRETARIAT, notices_page, LANE_READ, ROUTE_VIEW_LOG | ROUTE_FILE, 0},
    {HTTP_POST, "/editions/:id/notices", ROLE_SECRETARIAT, notices_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/editions/:id/notices/:id", ROLE_SECRETARIAT, notice_answer_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/good-practice", ANYONE, good_practice_page, LANE_READ, ROUTE_CACHE | ROUTE_FILE, 0},
    {HTTP_GET, "/projects/:id/practice", ROLE_SECRETARIAT, practice_page, LANE_READ, 0, 0},
    {HTTP_POST, "/projects/:id/practice", ROLE_SECRETARIAT, practice_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/office/criteria", ROLE_SECRETARIAT, criteria_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_POST, "/office/criteria", ROLE_SECRETARIAT, criteria_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/office/criteria/:id", ROLE_SECRETARIAT, criterion_page, LANE_READ, 0, 0},
    {HTTP_POST, "/office/criteria/:id", ROLE_SECRETARIAT, criterion_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/statistics/sections", ANYONE, unevenness_page, LANE_READ, ROUTE_CACHE | ROUTE_FILE, 0},
    {HTTP_GET, "/office/editions", STAFF_ROLES, staff_editions_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_GET, "/office/editions/:id", STAFF_ROLES, staff_edition_page, LANE_READ, ROUTE_VIEW_LOG | ROUTE_FILE, 0},
    {HTTP_GET, "/office/editions/:id/projects/:id", STAFF_ROLES, staff_project_page, LANE_READ, ROUTE_VIEW_LOG, 0},
    {HTTP_GET, "/office/editions/:id/tell", ROLE_SECRETARIAT, staff_tell_page, LANE_READ, 0, 0},
    {HTTP_POST, "/office/editions/:id/tell", ROLE_SECRETARIAT, staff_tell_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/office/editions/:id/paper", STAFF_ROLES, paper_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_GET, "/office/editions/:id/remarks", ROLE_SECRETARIAT, remark_new_page, LANE_READ, 0, 0},
    {HTTP_POST, "/office/editions/:id/remarks", ROLE_SECRETARIAT, remark_new_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/office/remarks/:id", ROLE_SECRETARIAT, remark_page, LANE_READ, 0, 0},
    {HTTP_POST, "/office/remarks/:id", ROLE_SECRETARIAT, remark_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/notices/:name", ANYONE, notice_page, LANE_READ, 0, 0},
    {HTTP_POST, "/notices/:name", ANYONE, notice_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/editions/:id/publish", ROLE_SECRETARIAT, edition_publish_page, LANE_READ, 0, 0},
    {HTTP_POST, "/editions/:id/publish", ROLE_SECRETARIAT, edition_publish_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/editions/:id/discard", ROLE_SECRETARIAT, edition_discard_post, LANE_WRITE, 0, 0},
    {0},
};

static const struct menu_item menu[] = {
    {"projects", "協働事業", "/projects", ANYONE, false},
    {"statistics", "統計", "/statistics", ANYONE, false},
    {"editions", "台帳の版", "/editions", ANYONE, false},
    {"staff-editions", "職員用の台帳", "/office/editions", STAFF_ROLES, true},
    {"requests", "まちがいの知らせ", "/requests", ROLE_SECRETARIAT, true},
    {0},
};

static const struct job_kind jobs[] = {
    {.name = "edition.publish", .run = edition_publish_due},
    {.name = "requests.erase", .run = requests_erase, .every = 24 * 3600},
    {0},
};

static const struct entity *const entities[] = {&correction_entity, &correction_request_entity, &notice_entity, &remark_entity, &criterion_entity, &practice_entity, NULL};

static const struct todo_source todos[] = {
    {correction_todos},
    {request_todos},
    {notice_todos},
    {remark_todos},
    {NULL},
};

const struct area publication_area = {
    .name = "publication",
    .entities = entities,
    .todos = todos,
    .routes = routes,
    .commands = register_commands,
    .jobs = jobs,
    .menu = menu,
    .finder = register_finder,
};
