#include "area/organization/pages.h"
#include "area/organization/parts.h"

enum { UPLOAD_MOST = 32 * 1024 * 1024, FORM_MOST = 256 * 1024 };
#define EDITORS ((uint32_t)(STAFF_ROLES | ROLE_MEMBER))

static const struct entity *const entities[] = {&organization_entity, NULL};

const struct route organization_routes[] = {
    {HTTP_GET, "/organizations", ANYONE, organizations_page, LANE_READ, ROUTE_CACHE | ROUTE_FILE, 0},
    {HTTP_GET, "/organizations.csv", ANYONE, organizations_csv, LANE_SLOW, 0, 0},
    {HTTP_GET, "/organizations.json", ANYONE, organizations_json, LANE_SLOW, 0, 0},
    {HTTP_GET, "/organizations/staff-list", STAFF_ROLES, organizations_staff_list, LANE_SLOW, ROUTE_VIEW_LOG | ROUTE_FILE, 0},
    {HTTP_GET, "/organizations/new", STAFF_ROLES, organization_new_page, LANE_READ, 0, 0},
    {HTTP_POST, "/organizations/new", STAFF_ROLES, organization_new_post, LANE_WRITE, 0, FORM_MOST},
    {HTTP_GET, "/organizations/import", ROLE_SECRETARIAT, organization_import_page, LANE_READ, 0, 0},
    {HTTP_POST, "/organizations/import", ROLE_SECRETARIAT, organization_import_post, LANE_SLOW, 0, UPLOAD_MOST},
    {HTTP_GET, "/organizations/import/:id", ROLE_SECRETARIAT, organization_import_run_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_GET, "/organizations/:id", ANYONE, organization_page, LANE_READ, ROUTE_CACHE | ROUTE_FILE, 0},
    {HTTP_GET, "/organizations/:id/staff", STAFF_ROLES, organization_staff_page, LANE_READ, ROUTE_VIEW_LOG | ROUTE_FILE, 0},
    {HTTP_POST, "/organizations/:id/staff", ROLE_SECRETARIAT, organization_withhold, LANE_WRITE, 0, 0},
    {HTTP_GET, "/organizations/:id/edit", EDITORS, organization_edit_page, LANE_READ, ROUTE_VIEW_LOG, 0},
    {HTTP_POST, "/organizations/:id/edit", EDITORS, organization_edit_post, LANE_WRITE, 0, FORM_MOST},
    {0},
};

static const struct menu_item menu[] = {
    {"organizations", "団体", "/organizations", ANYONE, false},
    {0},
};

const struct area organization_area = {
    .name = "organization", .entities = entities, .routes = organization_routes, .commands = organization_commands, .menu = menu,
    .finder = organization_finder,
};
