/* Figures of an edition: counted from its frozen rows when it is made, kept in the table `figure`, covered by the edition's hash.
 * A scheme has figures when a round of it was closed: not asked is blank, not 0.
 *
 *   name         one           other          value
 *   projects     scheme        ""             number of projects
 *   category     scheme        category       number; every category of the year's list stands here, with 0 too
 *   continuity   scheme        new|continuing number
 *   department   department id scheme         number; every department of the year's tree, with 0 too
 *   cell         department id scheme:category number, where not 0
 *   section      section id    ""             number, where not 0
 *   sections     addressed | with             number of sections that were asked, that have a project
 *   form         form          ""             number of projects that name the form (a project may name several)
 *   budget       scheme        ""             yen, of the projects that state one
 */
#ifndef KYODO_AREA_REGISTER_FIGURES_H
#define KYODO_AREA_REGISTER_FIGURES_H

#include "area/register/register.h"

struct figure { const char *name, *one, *other; int64_t value; };
/* Counted now from the rows of the edition, in the order of (name, one, other). */
enum err figures_count(struct ctx *c, int64_t edition, int64_t year, struct figure **out, size_t *n);
enum err figures_store(struct ctx *c, int64_t edition, const struct figure *v, size_t n);
/* As stored, the same order. name NULL: all. */
enum err figures_load(struct ctx *c, int64_t edition, const char *name, struct figure **out, size_t *n);
/* NONE when there is none. */
int64_t figure_of(const struct figure *v, size_t n, const char *name, const char *one, const char *other);
/* One line a figure, for the edition's hash. */
const char *figures_text(struct ctx *c, const struct figure *v, size_t n);

#endif
