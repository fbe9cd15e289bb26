/* Small things that many pages need and that seldom change, kept in memory while the tables they were read from are as they were: the page cache's rule
 * for a part of a page, which serves signed-in people too.
 *
 * Only a read-only snapshot may fill or use it; inside a write transaction, in commands and in tests without a server everything is made anew. What
 * another process writes is seen within 250 ms, as with kept pages. What depends on who is asking must not be kept here, or under a key that says who.
 */
#ifndef KYODO_CORE_KEPT_H
#define KYODO_CORE_KEPT_H

#include "core/ctx.h"

/* What kept bytes depend on: the tables that were read, and the commit counter before the snapshot in which they were. */
struct depends { struct table_set tables; uint64_t stamp; };

/* The bytes under the key, in c->arena; made by make(c, arg, out) when there are none that still hold. */
enum err kept(struct ctx *c, const char *key, enum err (*make)(struct ctx *c, const void *arg, struct sb *out), const void *arg, const char **p, size_t *n);

#endif
