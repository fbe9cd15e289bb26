/* What differs between two editions, as the public may see it: projects that came, that ended, and field by field what changed.
 * Two editions of a year, or of two years (by the project's number). What is withheld now is withheld on both sides. */
#ifndef KYODO_AREA_REGISTER_DIFFERENCE_H
#define KYODO_AREA_REGISTER_DIFFERENCE_H

#include "area/register/freeze.h"
#include "core/page.h"

enum difference_kind { DIFFERENCE_ADDED, DIFFERENCE_ENDED, DIFFERENCE_CHANGED };
/* A field; of children each row that came, went or changed has one of its own. NULL: not stated. */
struct difference_field { const char *name, *label, *before, *after; bool long_text; };
struct difference {
    enum difference_kind kind;
    int64_t project, position;   /* in the edition in which it stands; CHANGED: in `to` */
    int64_t year;                /* of that edition */
    const char *name, *section;
    struct difference_field *field; size_t fields; /* CHANGED; none: only what is not public differs */
    const char **reason; size_t reasons;           /* of corrections between the two */
    int64_t merged_into;         /* ENDED: NONE, or the project that it is part of now */
};
struct difference_counts { int64_t added, ended, changed; };
/* `changed`: of two editions of a year those frozen anew; of two years all that stand in both. */
enum err difference_count(struct ctx *c, int64_t from, int64_t to, struct difference_counts *out);
/* After the position `after` (0: from the first), in the order of the edition; at most `limit`; *more: there are others. */
enum err difference_list(struct ctx *c, int64_t from, int64_t to, enum difference_kind kind, int64_t after, size_t limit, struct difference **out, size_t *n, bool *more);
/* Of one pair of frozen rows. */
enum err difference_of(struct ctx *c, const struct frozen *from, const struct frozen *to, struct difference *out);
/* A field of a frozen statement as people read it, in the words of its year; rows of a table one a line. NULL: not stated. */
const char *frozen_shown(struct ctx *c, const struct frozen_words *w, const struct field *f, const struct statement *s);
/* The published edition that comes before one: of the same year, else the newest of the year before. NONE: none. */
enum err edition_before(struct ctx *c, int64_t edition, int64_t *id);
const char *difference_label(struct ctx *c, enum difference_kind kind); /* 加わった, なくなった, 変わった */

#endif
