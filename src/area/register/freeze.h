/* Frozen statements: what an edition says of a project, for ever. Used by editions, public pages, exports and search.
 *
 * body is JSON: {"statement":{…},"words":{"form:accord":"事業協定",…},"sections":{"12":"土木部 道路保全課"},"organizations":{"7":"…"}}: the entity with
 * the words of its year. proof has a line "field hash" for each field, the hash salted with the row's salt, and one for the words; hash covers the proof
 * and the columns: so a value may be withheld or erased and everything else still verifies.
 */
#ifndef KYODO_AREA_REGISTER_FREEZE_H
#define KYODO_AREA_REGISTER_FREEZE_H

#include "area/register/register.h"

struct frozen {
    int64_t id, project, statement, year;
    const char *name, *sort_key, *scheme, *category, *continuity;
    int64_t department, section, budget;
    const char *summary, *partners;
    const char *body, *salt, *proof, *hash;
};
/* The columns in this order, for a SELECT from frozen f. */
#define FROZEN_COLUMNS                                                                                                          \
    "f.id, f.project, f.statement, f.year, f.name, f.sort_key, f.scheme, f.category, f.continuity, f.department, f.section, f.budget, " \
    "f.summary, f.partners, f.body, f.salt, f.proof, f.hash"
void frozen_read(struct db_rows *q, struct frozen *f);
enum err frozen_load(struct ctx *c, int64_t id, struct frozen *f);

/* Makes the row of a statement, without id. `before`: the same project's row of an earlier edition (NULL: none); when nothing differs
 * *same is true and *out a copy of it. */
enum err frozen_make(struct ctx *c, const struct statement *s, const struct frozen *before, struct frozen *out, bool *same);
enum err frozen_insert(struct ctx *c, struct frozen *f, const struct statement *s);

/* What `who` may see of it, withheld fields blanked; *hidden names them (""). `words` answers frozen_word. */
struct frozen_words { const struct json_value *words, *sections, *organizations; };
enum err frozen_open(struct ctx *c, const struct frozen *f, enum audience who, struct statement *s, struct frozen_words *words, const char **hidden);
/* All that the row holds, whatever is withheld: for what is not shown. */
enum err frozen_whole(struct ctx *c, const struct frozen *f, struct statement *s);
/* Names of the partners on one line, as lists have them; NULL: none. */
const char *partners_line(struct ctx *c, const struct statement *s);
/* The word of its year: kind "form", code "accord"; the code itself when it was not kept. NULL code: NULL. */
const char *frozen_word(struct ctx *c, const struct frozen_words *w, const char *kind, const char *code);
const char *frozen_section(struct ctx *c, const struct frozen_words *w, int64_t section);
const char *frozen_organization(struct ctx *c, const struct frozen_words *w, int64_t organization);

/* Recomputes proof, hash and columns from the body. *fault NULL: right; else what is wrong. *section: the full name of the section that leads, as it
 * was frozen; NULL: none. */
enum err frozen_verify(struct ctx *c, const struct frozen *f, const char **fault, const char **section);

#endif
