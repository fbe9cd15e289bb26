/* The lists of people and of sections as files, and those files back: own format, XLSX and CSV. */
#ifndef KYODO_AREA_PEOPLE_FILES_H
#define KYODO_AREA_PEOPLE_FILES_H

#include "area/people/people.h"
#include "core/listing.h"
#include "core/section.h"

struct workbook;

/* Accounts with their duties, a row for each duty (one without: a row too). q NULL, role 0, state NULL: all. The filter must live on. */
struct users_filter { const char *q, *state; enum role role; };
struct listing users_listing(struct ctx *c, const struct users_filter *f);
void users_where(struct ctx *c, struct sql *s, const struct users_filter *f); /* role and state; q is compared by the caller */
bool users_fit(struct ctx *c, const struct users_filter *f, const char *login, const char *name);

/* The tree of a year. only_without: the sections without a promoter, as the page shows them. */
struct sections_filter { int64_t year; bool only_without; };
struct listing sections_listing(struct ctx *c, const struct sections_filter *f);
/* 本部/課: the names from the top, by which a section is told in a file. */
const char *section_path(struct ctx *c, const struct section_node *v, size_t n, const struct section_node *s);

/* --- files back: read, looked at as a whole, taken whole or not at all --- */

/* One line of a file: what it says and what becomes of it. */
enum take_fate { TAKE_NEW, TAKE_CHANGE, TAKE_SAME };
struct take_line { const char *place; const char *cell[11]; enum take_fate fate; const char *what; /* what changes, in words */ };
struct take_plan {
    int64_t year;               /* sections */
    struct take_line *v; size_t n, cap;
    size_t fresh, changed;
    size_t letters;             /* invitations that will be written */
};

/* Staff, whoever reads a list of them: 利用者名, 名前, メール, 役割, 部局, 所属, 団体, 前任者, 引きつぎ日, 相手の同席, 終わり. An account that is there is changed, a duty that
 * it lacks is added; with a predecessor it is handed over on that day (handover.h); with something in 終わり it ends. Who is not in the list is left alone. Sections are those
 * of this year, and next year's as soon as they are made. Needs a transaction. Faults (field NULL) name sheet, row and column; all of them are looked for (at most 200). Rights: secretariat, operator. */
enum err staff_from_book(struct ctx *c, const struct workbook *w, struct take_plan *plan);
enum err staff_take(struct ctx *c, const struct take_plan *plan);
/* Sections of a year: 所属番号 (by which one is renamed or moved; empty: a new one), 上位の所属, 階層, 名称, 電話, メール, 照会の対象. What is not in the file stays as it is. Rights: the secretariat. */
enum err sections_from_book(struct ctx *c, const struct workbook *w, int64_t year, struct take_plan *plan);
enum err sections_take(struct ctx *c, const struct take_plan *plan);
/* The plan's cells as one text for the form that takes it, and the same as a workbook again. */
const char *take_text(struct ctx *c, const struct take_plan *plan, const char *const *title, size_t columns);
extern const char *const staff_titles[], *const section_titles[];
/* Behind a name that several organizations have: 例示市(団体番号 12) */
#define ORGANIZATION_NUMBER "(団体番号 "
enum { STAFF_COLUMNS = 11, SECTION_COLUMNS = 7 };

extern const struct command people_file_commands[];

#endif
