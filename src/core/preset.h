/* Presets and vocabularies: the words of a prefecture, per fiscal year.
 *
 * The CSV files in presets/NAME/ are readable files, embedded in the program, copied into the table `vocabulary` by init, from then on edited in the
 * database. A code is stable; its words belong to a span of years.
 */
#ifndef KYODO_CORE_PRESET_H
#define KYODO_CORE_PRESET_H

#include "core/ctx.h"
#include "db/entity.h"

/* Kinds of vocabulary used by the register: scheme, category (parent: scheme), form, stage, kind (種別), relation, domain, how_chosen,
 * continuity, contribution, partner_kind, field (NPO法 20, codes "1" to "20"), municipality (6 digits), role, level, viewpoint, step, round;
 * grid (code "DOMAIN.FORM" or "RELATION.FORM", parent: the domain or relation): where the two meet in the document's table;
 * wording (see preset_wording); list (code: a kind): the title of a kind's list, its definition a remark about the list. All others are only read. A preset has only the kinds
 * that its documents know.
 *   alias       other spellings accepted on import, joined by '|'; NULL: none
 *   parent      category: the scheme; grid: the domain or relation
 *   number      as printed: "①", "1", "(1)"; NULL: none
 *   definition  the document's own words; NULL: the document gives none
 *   condition   what the text demands of a form; NULL
 *   source      "000 参考2, L218"
 *   note        stage of a form, marks
 *   rule        what the register reminds of: a scheme "budget" or "no_budget", a form "ends" (a period) or "grounds"; NULL: nothing */
#define WORD_FIELDS(F)                                            \
    F(ID, id, "番号", READONLY | PUBLIC, 0)                       \
    F(INT, version, "版", INTERNAL, 0)                            \
    F(TEXT, kind, "一覧", READONLY | PUBLIC, 40)                  \
    F(TEXT, code, "コード", READONLY | PUBLIC, 60)                \
    F(TEXT, label, "ことば", REQUIRED | PUBLIC, 200)              \
    F(TEXT, alias, "別の書き方", PUBLIC, 400)                     \
    F(TEXT, parent, "上位のことば", READONLY | PUBLIC, 60)        \
    F(TEXT, number, "番号(資料のとおり)", PUBLIC, 20)             \
    F(MEMO, definition, "説明", PUBLIC, 2000)                     \
    F(MEMO, condition, "気をつけること", PUBLIC, 2000)            \
    F(TEXT, source, "出典", PUBLIC, 200)                          \
    F(TEXT, note, "備考", PUBLIC, 400)                            \
    F(TEXT, rule, "確かめること", READONLY | PUBLIC, 20)          \
    F(YEAR, from_year, "はじめの年度", READONLY | PUBLIC, 0)      \
    F(YEAR, to_year, "おわりの年度", READONLY | PUBLIC, 0)        \
    F(INT, position, "並び順", READONLY | PUBLIC, 0)
struct word { struct row row; WORD_FIELDS(FIELD_MEMBER) };
extern const struct entity word_entity;
/* The words of a kind in a year (NONE: all), in their order; parent NULL: all. Good as long as c->arena. */
enum err words(struct ctx *c, const char *kind, const char *parent, int64_t year, const struct word **out, size_t *n);
bool words_any(struct ctx *c, const char *kind); /* has the prefecture words of this kind, in any year? */
/* The label of a code in a year, else of the nearest year that has the code; the code itself when unknown. NULL code: NULL. */
const char *word_label(struct ctx *c, const char *kind, const char *code, int64_t year);
const struct word *word_find(struct ctx *c, const char *kind, const char *code, int64_t year); /* NULL: unknown */
/* By label or alias, spelling folded (全角, 取組/取組み); NULL: unknown. */
const struct word *word_by_label(struct ctx *c, const char *kind, const char *parent, const char *label);

/* The title of a kind's list as the preset names it ("協働になじむ事業"), else `otherwise`; and its remark (NULL: none). */
const char *words_title(struct ctx *c, const char *kind, const char *otherwise);
const char *words_remark(struct ctx *c, const char *kind);
/* A sentence of the screen in this prefecture's own words: what its list "wording" names (code: 部局, label: 本部) is put in its place.
 * The program's sentences say 部局, 推進員, 取組みの種別; never opens the database. */
const char *preset_wording(const struct ctx *c, const char *sentence);
/* その他: stays in every list and asks for words of one's own. */
bool word_is_other(const struct word *w);
/* Do a domain (or relation) and a form meet in the preset's grid? Also true where the grid does not speak of one of them. */
bool word_meets(struct ctx *c, const char *of, const char *form, int64_t year);

/* Copies a preset's files into the database. E_NOT_FOUND with the list of presets; E_CONFLICT when there are words already. */
enum err preset_install(struct ctx *c, const char *name);
/* "kumamoto, chiba, saga" */
const char *preset_names(struct ctx *c);
/* Is there a preset of that name? E_NOT_FOUND names those that there are. Needs no database. */
enum err preset_known(struct ctx *c, const char *name);
/* "千葉県（文書001・003）": what presets/index.csv calls a preset; the name itself when it is not listed. */
const char *preset_label(struct ctx *c, const char *name);
/* Adds one word at the end of its kind (position and id are set here). Rights: the secretariat. E_CONFLICT when the code exists in its years. */
enum err word_add(struct ctx *c, const struct word *w);
/* Writes a word with its row in the log: added (before NULL), changed, or taken out (after NULL). Whoever calls has checked the right. */
enum err word_save(struct ctx *c, const struct word *before, struct word *after, const char *what);
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
