/* The areas, one line each. Only this file and main.c see them from above. */
#include <stddef.h>

#include "area/demo/demo.h"
#include "area/operation/operation.h"
#include "area/organization/organization.h"
#include "area/people/office.h"
#include "area/people/people.h"
#include "area/register/cases.h"
#include "area/register/register.h"
#include "area/register/sheets.h"
#include "area/search/search.h"
#include "core/app.h"

const struct area *const areas[] = {
    &office_area,
    &people_area,
    &register_area,
    &sheets_area,
    &cases_area,
    &publication_area,
    &casebook_area,
    &organization_area,
    &search_area,
    &demo_area,
    &operation_area,
    &settings_area,
    NULL,
};
