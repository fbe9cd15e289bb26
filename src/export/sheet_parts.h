/* Inside export: what the readers of a spreadsheet share. Everything here runs in the reading process. */
#ifndef KYODO_EXPORT_SHEET_PARTS_H
#define KYODO_EXPORT_SHEET_PARTS_H

#include "export/sheet.h"

/* A workbook being put together, within the limits of sheet.h. */
struct sheet_builder {
    struct arena *arena;
    struct failure *fail;
    struct sheet *sheet; size_t sheets, sheets_cap;
    struct sheet_row *row; size_t rows, rows_cap;    /* of the sheet under way */
    struct sheet_cell *cell; size_t cells, cells_cap; /* of the row under way */
    size_t all_rows, all_cells, all_text;
    bool row_sorted, sheet_sorted;
};
enum err build_sheet(struct sheet_builder *b, const char *name, bool hidden);
void build_row(struct sheet_builder *b);
/* text stays where it is. */
enum err build_cell(struct sheet_builder *b, uint32_t column, enum sheet_kind kind, bool formula, const char *text);
enum err build_row_end(struct sheet_builder *b, uint32_t number);
enum err build_sheet_end(struct sheet_builder *b);

enum err xlsx_parse(struct arena *a, const void *bytes, size_t n, struct workbook *w, struct failure *f);

/* What a number format makes of a number (sheet_number.c). */
enum number_shape { SHAPE_NUMBER, SHAPE_DATE, SHAPE_TIME, SHAPE_DATE_TIME, SHAPE_ZEROS };
struct number_format { enum number_shape shape; unsigned zeros; };
/* Of a format's number below 164 (ECMA-376 part 1, 18.8.30, and what Japanese Excel adds); code NULL. Else of its code. */
struct number_format number_format_of(int id, const char *code);
/* A stored number ("46113.5", "1E-3") as text. false: no number at all. */
bool number_text(struct arena *a, const char *stored, struct number_format f, bool from_1904, enum sheet_kind *kind, const char **text);
/* A date as ISO 8601 stored it ("2026-04-01T00:00:00"). */
const char *number_iso_text(struct arena *a, const char *stored);

#endif
