/* Sections: the tree of a fiscal year, with the preset's level names (部局 › 課, 地域振興局 › 課). */
#ifndef KYODO_CORE_SECTION_H
#define KYODO_CORE_SECTION_H

#include "core/ctx.h"
#include "db/entity.h"

/* `unit` is the number that a section keeps over the years; a row is its state in one year. */
#define SECTION_FIELDS(F)                                                             \
    F(ID, id, "番号", READONLY | PUBLIC, 0)                                           \
    F(INT, version, "版", INTERNAL, 0)                                                \
    F(INT, unit, "所属番号", READONLY | PUBLIC, 0)                                    \
    F(YEAR, year, "年度", READONLY | PUBLIC, 0)                                       \
    F(REF, parent, "上位の所属", PUBLIC, "section")                                   \
    F(CODE, level, "階層", REQUIRED | PUBLIC, "level")                                \
    F(TEXT, name, "名称", REQUIRED | SEARCH | PUBLIC, 100)                            \
    F(INT, position, "並び順", PUBLIC, 0)                                             \
    F(TEXT, phone, "電話", PUBLIC, 40)                                                \
    F(TEXT, mail, "メール", STAFF, 200)                                               \
    F(FLAG, answers, "照会の対象", STAFF, 0)                                          \
    F(FLAG, approval, "確認者の確認を求める", STAFF, 0)                               \
    F(FLAG, gone, "年度の途中でなくなった", READONLY | STAFF, 0)                      \
    F(FLAG, demo, "例", INTERNAL, 0)
struct section { struct row row; SECTION_FIELDS(FIELD_MEMBER) };
extern const struct entity section_entity;

/* All sections of a year, parents before children, in order. `depth` 0 for departments. */
struct section_node { struct section s; int depth; const char *department; int64_t department_id; int64_t promoters; };
enum err sections_of_year(struct ctx *c, int64_t year, struct section_node **out, size_t *n);
const struct section_node *section_in(const struct section_node *v, size_t n, int64_t id);
/* The row of a unit in a year; E_NOT_FOUND. */
enum err section_of_unit(struct ctx *c, int64_t unit, int64_t year, struct section *out);
/* Its row in the year nearest to now: this year's; one that is not there yet, or not any more, is taken from the year that has it. E_NOT_FOUND: no such number. */
enum err section_about_now(struct ctx *c, int64_t unit, struct section *out);
/* What a unit is called in a year; NULL: it is not there then. For every page's head, so it is kept in memory. */
const char *unit_name(struct ctx *c, int64_t unit, int64_t year);
/* 土木部 道路保全課 */
const char *section_full_name(struct ctx *c, int64_t id);
/* The same of a row of any year: 土木部 橋梁課(令和9年度から), 土木部 用地課(令和7年度まで) when it is not of this year. */
const char *section_year_name(struct ctx *c, const struct section *s);
/* Adds (before NULL; unit NONE: a new number) or changes a section. Rights: the secretariat. Checks name, level, parent (of the same year, no circle). */
enum err section_save(struct ctx *c, const struct section *before, struct section *after);
/* Tells all areas that the names of a section and of those below it read differently now (area.section_changed). */
enum err section_announce(struct ctx *c, int64_t id);
/* Takes a section out of its year. E_CONFLICT when sections, answers or projects hang on it. */
enum err section_remove(struct ctx *c, int64_t id);
/* Adds many at once: lines "部局<TAB or ,>課<TAB or ,>電話"; what is there already stays. *added counts. Faults name the line (field "lines"). */
enum err sections_add_lines(struct ctx *c, int64_t year, const char *lines, int64_t *added);
/* --- what became of a section: table section_move, written when a year's tree is made from the one before (people/reorganise.c) --- */
/* kind: rename, move (to another department), split, merge, abolish (`to` NONE), new (`from` NONE). A section without a row went on as it was. */
struct section_move { int64_t id, year, from, to; const char *kind; };
enum err section_moves(struct ctx *c, int64_t year, struct section_move **out, size_t *n); /* NONE: of all years, oldest first */
/* The number under which a section of `year` goes on in `to_year`. Of several successors the one that is `prefer`; NONE when there is none or it is not
 * known which; *several: that is why. */
int64_t unit_after(const struct section_move *v, size_t n, int64_t unit, int64_t year, int64_t to_year, int64_t prefer, bool *several);
/* All numbers under which it goes on. Returns how many; `out` holds at least UNITS_MOST. */
enum { UNITS_MOST = 64 };
size_t units_after(const struct section_move *v, size_t n, int64_t unit, int64_t year, int64_t to_year, int64_t out[UNITS_MOST]);
/* Has the user one of the roles on the section, or on one that came after it? */
enum err user_on_section(struct ctx *c, uint32_t roles, int64_t unit, bool *out);
/* Sections on which the user has one of the roles, with those from which they came. */
enum err units_of_user(struct ctx *c, uint32_t roles, int64_t **out, size_t *n);
/* Copies a year's tree to another one. E_CONFLICT when that has sections. Rights: the secretariat. */
enum err sections_carry_over(struct ctx *c, int64_t from_year, int64_t to_year);

#endif
