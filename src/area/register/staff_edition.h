/* The edition for the inner network: everything that staff may see, with contacts and inner lessons; as list, project by project and as file; and the
 * notice to all sections that it is there. What is withheld is withheld here too. */
#ifndef KYODO_AREA_REGISTER_STAFF_EDITION_H
#define KYODO_AREA_REGISTER_STAFF_EDITION_H

#include "area/register/freeze.h"
#include "core/listing.h"

struct staff_edition { int64_t id, year, number, projects, told_at; const char *name, *hash; bool published; };
/* Staff: published ones; the secretariat those that are made too. E_NOT_FOUND, E_FORBIDDEN. */
enum err staff_edition_load(struct ctx *c, int64_t id, struct staff_edition *out);
enum err staff_editions(struct ctx *c, struct staff_edition **out, size_t *n);

struct staff_row { int64_t position, project; struct statement s; struct frozen_words w; const char *hidden; };
/* After the position `after` (0: from the first), at most `limit`. */
enum err staff_rows(struct ctx *c, int64_t edition, int64_t after, size_t limit, struct staff_row **out, size_t *n, bool *more);
enum err staff_row(struct ctx *c, int64_t edition, int64_t project, struct staff_row *out);
/* All fields for staff, as a file. `e` must outlive it. */
struct listing staff_listing(struct ctx *c, const struct staff_edition *e);

/* --- the notice to all sections --- */
struct staff_recipient { int64_t section; const char *section_name, *name, *mail; int64_t account; };
/* The promoters of all sections that inquiries go to in this year (where there are none, the section by name). */
enum err edition_recipients(struct ctx *c, const struct staff_edition *e, struct staff_recipient **out, size_t *n);
/* A letter to each. Rights: the secretariat; E_CONFLICT: not published. */
enum err edition_tell(struct ctx *c, int64_t edition, const char *text);

#endif
