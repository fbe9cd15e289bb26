/* The words of the prefecture, edited by the secretariat for fiscal years to come.
 *
 * A word of a year of which there is an edition stays as it is: what changes begins with a later year. A code is never given to something else; a
 * used word is retired, not deleted; その他 stays, and so do the codes that the program knows. */
#ifndef KYODO_AREA_WORDS_H
#define KYODO_AREA_WORDS_H

#include "core/preset.h"

/* What may be done with the words of a kind, as bits. 0: the kind is only read. */
enum { WORDS_ADD = 1, WORDS_CHANGE = 2, WORDS_RETIRE = 4 };
unsigned words_editable(const char *kind);
/* The title of a kind's list; NULL: there is no such kind in this prefecture. */
const char *words_name(struct ctx *c, const char *kind);
/* Kinds that hold words here, in the order of the settings page. */
size_t words_kinds(struct ctx *c, const char *const **out);

/* The first fiscal year whose words may still be changed. */
enum err words_open_from(struct ctx *c, int64_t *year);
/* Adds a word before その他. w: kind, label, from_year, and where the kind has them parent and code (municipality); the code of all others is made here
 * and returned in w->code. */
enum err word_new(struct ctx *c, struct word *w);
/* Changes what a version says (label, alias, number, definition, condition, source, note): from a year on, in which case the version ends the year
 * before and a new one begins, or (from_year NONE) the version itself, refused while an edition holds one of its years. */
enum err word_change(struct ctx *c, int64_t id, const struct word *after, int64_t from_year);
/* The word ends with a year; NONE takes that back. */
enum err word_retire(struct ctx *c, int64_t id, int64_t last_year);
enum err word_move(struct ctx *c, int64_t id, bool up);
/* Deletes a word that the secretariat added and nobody has used; E_CONFLICT says what uses it. */
enum err word_remove(struct ctx *c, int64_t id);
/* Where a code is used: 「事業の記載 取りまとめ区分」 12. Counted to at most 1,001 a place. */
struct word_use { const char *entity, *field; int64_t n; };
enum err word_uses(struct ctx *c, const char *kind, const char *code, struct word_use **out, size_t *n);
/* The version with this id; E_NOT_FOUND. */
enum err word_version(struct ctx *c, int64_t id, struct word *out);

#endif
