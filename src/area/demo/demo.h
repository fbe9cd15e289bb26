/* An invented prefecture to try things out: `kyodo demo add | remove`. It is made by the same use cases that people use, so that it shows what they do.
 * Everything is flagged, named 例, and taken out again by `remove`; the audit log keeps its rows. */
#ifndef KYODO_AREA_DEMO_H
#define KYODO_AREA_DEMO_H

#include "core/app.h"

extern const struct area demo_area;

struct demo_account { const char *role, *login, *password; };
/* One account for each role; ended by role NULL. */
extern const struct demo_account demo_accounts[];

/* E_CONFLICT when there is demo data already, or sections or inquiries that are not demo. Outside a transaction; all or nothing. */
enum err demo_add(struct ctx *c);
/* E_NOT_FOUND when there is none; E_CONFLICT when an edition mixes invented projects with others. */
enum err demo_remove(struct ctx *c);

#endif
