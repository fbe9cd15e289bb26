/* Handlers of this area, for its route table. */
#ifndef KYODO_AREA_ORGANIZATION_PAGES_H
#define KYODO_AREA_ORGANIZATION_PAGES_H

#include "web/web.h"

handler organizations_page, organizations_csv, organizations_json, organizations_staff_list, organization_page, organization_staff_page, organization_withhold,
    organization_new_page, organization_new_post, organization_edit_page, organization_edit_post, organization_import_page, organization_import_post, organization_import_run_page;

#endif
