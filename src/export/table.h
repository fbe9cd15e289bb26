/* Tables out: described once, written row by row, as XLSX, CSV (UTF-8 with BOM, or CP932).
 *
 *   table_open → table_sheet → (table_text, table_int … one call a column, from left to right; table_row)* → [table_sheet …] → table_close
 *
 * One record a row, one heading row, no merged cells. Memory is bounded: rows go to a temporary file as they come. Texts are always
 * strings, never formulas; in CSV a text that a spreadsheet would calculate is prefixed (base/csv.h). What is not stated (NULL, NONE) is an
 * empty cell. The bytes depend on nothing but the rows, the description and `created`: equal tables are equal files.
 */
#ifndef KYODO_EXPORT_TABLE_H
#define KYODO_EXPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/none.h"

enum table_format { TABLE_XLSX, TABLE_CSV, TABLE_CSV_CP932 };
/* "xlsx", "csv", "csv-cp932". false: none of them. */
bool table_format_parse(const char *name, enum table_format *out);
const char *table_format_name(enum table_format f);
const char *table_format_ending(enum table_format f); /* ".xlsx", ".csv" */
const char *table_format_type(enum table_format f);   /* for Content-Type */

enum table_kind {
    TABLE_TEXT,
    TABLE_INT,
    TABLE_YEN,    /* given in yen, written in 千円 (the title says so); what is no whole 千円 keeps its decimals */
    TABLE_MILLI,  /* given in thousandths */
    TABLE_DATE,   /* "YYYY-MM-DD"; in XLSX a date cell, in CSV as given */
    TABLE_INSTANT /* seconds UTC; in XLSX date and time of Tokyo, in CSV 2026-06-10T23:59:59+09:00 */
};

struct table_column {
    const char *title;
    enum table_kind kind;
    int width;                 /* in half-width characters; 0: by kind and title */
    const char *note;          /* comment on the heading cell; NULL: none */
    const char *const *choices; size_t choices_n; /* a list to choose from, in the cells of this column; 0: none */
    bool choices_open;         /* other words are allowed too (a warning only) */
    bool locked;               /* its cells cannot be changed while the sheet is protected */
    bool wrap;                 /* long text: several lines in the cell */
    bool hidden;               /* keys of ours, e.g. a project's number */
};

struct table_sheet {
    const char *name;          /* at most 31 characters; what Excel forbids in it is replaced. NULL: 一覧 */
    const struct table_column *column; size_t columns;
    bool protect;              /* headings and locked columns cannot be changed (no password: it guards against slips) */
    bool hidden;
    bool aside;                /* explanations and the like: left out of CSV */
    bool bare;                 /* no heading row, no filter: a page of text */
    size_t keep;               /* columns at the left that stay in sight; 0: none */
    int64_t spare;             /* empty rows after the last one that take entries: unlocked, with their choices */
};

/* How a cell stands out. */
enum table_style { TABLE_PLAIN, TABLE_STRONG, TABLE_TITLE, TABLE_FAULT };

struct table;

struct table_options {
    int64_t created;           /* the instant in the file's properties: the context's now */
    const char *title;         /* in the properties and in the printed foot; NULL: none */
};

/* A temporary file without a name, in TMPDIR; -1: there is no place for it. */
int table_scratch(struct arena *a);
/* A table in a temporary file without a name. Close it with table_close or table_discard. */
enum err table_open(struct arena *a, enum table_format format, const struct table_options *o, struct table **out, struct failure *f);
/* Begins the next sheet; what the description points to must live until the close. CSV holds the first sheet that is not `aside`. */
enum err table_sheet(struct table *t, const struct table_sheet *s);

/* One cell each, from left to right. More cells than columns is a bug. */
void table_text(struct table *t, const char *s);
void table_int(struct table *t, int64_t v);
void table_yen(struct table *t, int64_t yen);
void table_milli(struct table *t, int64_t v);
void table_date(struct table *t, const char *iso); /* what is no date is written as the text it is */
void table_instant(struct table *t, int64_t at);
void table_empty(struct table *t);
/* A text that stands out; on any column. */
void table_marked(struct table *t, const char *s, enum table_style style);
/* A comment on the cell written last (XLSX only). */
void table_note(struct table *t, const char *note);
/* Ends the row; cells not written are empty. E_TOO_LARGE past the rows that a spreadsheet has (XLSX: 1,048,576), E_IO when the disk is full. */
enum err table_row(struct table *t);
/* Records so far, over all sheets that are not aside. */
int64_t table_rows(const struct table *t);

/* A character that CP932 does not have, where it stood. */
struct table_lost { int64_t row; size_t column; const char *title, *character, *text; }; /* row: of the file, the heading is 1; column: 0-based */
#define TABLE_LOST_MAX 200
struct table_result {
    int file;                  /* the finished file, at its beginning; the caller closes it */
    int64_t bytes;
    int64_t rows;              /* of records, over all sheets that are not aside */
    struct table_lost *lost; size_t lost_n; /* the first TABLE_LOST_MAX; the file then has 〓 in their places and must not be handed out unasked */
    int64_t lost_all;
};
enum err table_close(struct table *t, struct table_result *out);
/* Ends it without a file. NULL: nothing. */
void table_discard(struct table *t);

#endif
