/* Presets and vocabularies: the words of a prefecture, per fiscal year.
 *
 * The CSV files in presets/NAME/ are readable files, embedded in the program, copied into the table `vocabulary` by init, from then on edited in the
 * database. A code is stable; its words belong to a span of years.
 */
#ifndef KYODO_CORE_PRESET_H
#define KYODO_CORE_PRESET_H

#include "core/ctx.h"

/* Kinds of vocabulary used by the register: scheme, category (parent: scheme), form, stage, kind (種別), relation, domain, how_chosen,
 * continuity, contribution, partner_kind, field (NPO法 20, codes "1" to "20"), municipality (6 digits), role, level, viewpoint, step, round; kept for
 * later areas: policy, issue, term, body. A preset has only the kinds that its documents know. */
struct word {
    const char *kind, *code, *label;
    const char *alias;       /* other spellings accepted on import, joined by '|'; NULL: none */
    const char *parent;      /* category: the scheme; municipality: NULL */
    const char *number;      /* as printed: "①", "1", "(1)"; NULL: none */
    const char *definition;  /* the document's own words; NULL: the document gives none */
    const char *condition;   /* what the text demands of a form; NULL */
    const char *source;      /* "000 参考2, L218" */
    const char *note;        /* stage of a form, marks */
    int64_t from_year, to_year; /* NONE: open */
    int64_t position;
};
/* The words of a kind in a year (NONE: all), in their order; parent NULL: all. Good as long as c->arena. */
enum err words(struct ctx *c, const char *kind, const char *parent, int64_t year, const struct word **out, size_t *n);
/* The label of a code in a year, else of the nearest year that has the code; the code itself when unknown. NULL code: NULL. */
const char *word_label(struct ctx *c, const char *kind, const char *code, int64_t year);
const struct word *word_find(struct ctx *c, const char *kind, const char *code, int64_t year); /* NULL: unknown */
/* By label or alias, spelling folded (全角, 取組/取組み); NULL: unknown. */
const struct word *word_by_label(struct ctx *c, const char *kind, const char *parent, const char *label);

/* Copies a preset's files into the database. E_NOT_FOUND with the list of presets; E_CONFLICT when there are words already. */
enum err preset_install(struct ctx *c, const char *name);
/* Is there a preset of that name? E_NOT_FOUND names those that there are. Needs no database. */
enum err preset_known(struct ctx *c, const char *name);
/* Adds one word at the end of its kind (position and id are set here). Rights: the secretariat. E_CONFLICT when the code exists in its years. */
enum err word_add(struct ctx *c, const struct word *w);
/* Takes out the words of a kind whose note is exactly this. Rights: the operator. */
enum err words_remove_noted(struct ctx *c, const char *kind, const char *note);

/* Words and settings in memory, for all threads; read again when their tables have changed. Made by app_open, freed before the environment.
 * Without it (app->preset NULL: during init) every look-up reads the database. What it gave out stays good until preset_free. */
struct preset *preset_new(struct db_env *env);
void preset_free(struct preset *p);

/* Settings: a text per key; the preset gives the first values (prefecture_name, site_name, level_1, level_2, preset, demo, site_url, smtp_…). */
const char *setting(struct ctx *c, const char *key); /* NULL: not set */
enum err setting_set(struct ctx *c, const char *key, const char *value); /* NULL: unset. Rights: secretariat or operator */

#endif
