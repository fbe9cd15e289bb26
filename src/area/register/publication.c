/* The published half of the register as areas.c sees it: public pages, editions, statistics, search, commands. */
#include "area/register/public.h"
#include "core/job.h"

static const struct route routes[] = {
    {HTTP_GET, "/", ANYONE, front_page, LANE_READ, ROUTE_CACHE, 0},
    {HTTP_GET, "/projects", ANYONE, project_list_page, LANE_READ, ROUTE_CACHE, 0},
    {HTTP_GET, "/projects/:id", ANYONE, project_page, LANE_READ, ROUTE_CACHE, 0},
    {HTTP_GET, "/projects/:id/withhold", ROLE_SECRETARIAT, withhold_page, LANE_READ, 0, 0},
    {HTTP_POST, "/projects/:id/withhold", ROLE_SECRETARIAT, withhold_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/statistics", ANYONE, statistics_page, LANE_READ, ROUTE_CACHE, 0},
    {HTTP_GET, "/editions", ANYONE, edition_list_page, LANE_READ, ROUTE_CACHE, 0},
    {HTTP_GET, "/editions/new", ROLE_SECRETARIAT, edition_new_page, LANE_READ, 0, 0},
    {HTTP_POST, "/editions/new", ROLE_SECRETARIAT, edition_new_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/editions/:id", ANYONE, edition_page, LANE_READ, ROUTE_CACHE, 0},
    {HTTP_GET, "/editions/:id/publish", ROLE_SECRETARIAT, edition_publish_page, LANE_READ, 0, 0},
    {HTTP_POST, "/editions/:id/publish", ROLE_SECRETARIAT, edition_publish_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/editions/:id/discard", ROLE_SECRETARIAT, edition_discard_post, LANE_WRITE, 0, 0},
    {0},
};

static const struct menu_item menu[] = {
    {"projects", "協働事業", "/projects", ANYONE, false},
    {"statistics", "統計", "/statistics", ANYONE, false},
    {"editions", "台帳の版", "/editions", ANYONE, false},
    {0},
};

static const struct job_kind jobs[] = {
    {"edition.publish", edition_publish_due, 0},
    {0},
};

const struct area publication_area = {
    .name = "publication",
    .routes = routes,
    .commands = register_commands,
    .jobs = jobs,
    .menu = menu,
    .finder = register_finder,
};
