/* The register as areas.c sees it: records, routes, menu, things to do. */
#include "area/register/register_pages.h"
#include "area/register/rounds.h"
#include "core/todo.h"

static const struct entity *const register_entities[] = {
    &inquiry_entity, &answer_entity, &project_entity, &statement_entity, NULL,
};

const struct area register_area = {
    .name = "register",
    .entities = register_entities,
};
