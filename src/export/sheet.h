/* Spreadsheets in: XLSX and CSV (UTF-8 with or without BOM, CP932) as sheets of rows of cells of text.
 *
 * The file is read by a process of its own that may neither open files nor reach the network and has little memory and time
 * (sheet_child.c): whatever a hostile file does to the parser stays there. The program itself is that process: its main calls
 * sheet_child_main when argv[1] is SHEET_CHILD (src/main.c; in tests TEST_MAIN).
 */
#ifndef KYODO_EXPORT_SHEET_H
#define KYODO_EXPORT_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/csv.h"
#include "base/err.h"

/* What a file may be; past it it is refused with a sentence that names the limit. */
#define SHEET_FILE_MAX (20u << 20)      /* bytes as sent */
#define SHEET_UNPACKED_MAX (200u << 20) /* bytes of all parts of an XLSX together */
#define SHEET_RATIO_MAX 200u            /* unpacked : packed, of a part larger than 1 MiB */
#define SHEET_PARTS_MAX 2000u           /* files in the zip */
#define SHEET_SHEETS_MAX 100u
#define SHEET_ROWS_MAX 200000u          /* of all sheets, with something in them */
#define SHEET_COLUMNS_MAX 1000u
#define SHEET_CELLS_MAX 2000000u
#define SHEET_STRINGS_MAX 1000000u      /* shared strings */
#define SHEET_TEXT_MAX (100u << 20)     /* bytes of all cells together; a shared text counts wherever it stands */
#define SHEET_CELL_BYTES_MAX 131072u    /* one cell: 32,767 characters is Excel's own limit */
#define SHEET_XML_DEPTH_MAX 64u
#define SHEET_SECONDS 20                /* by the clock on the wall */

enum sheet_kind {
    SHEET_TEXT,
    SHEET_NUMBER, /* text: as short as it can be written, no exponent, no thousands: "1234.5"; with leading zeros where the cell's format shows them */
    SHEET_DATE,   /* text: "2026-04-01", with a time "2026-04-01 13:30:00", a time alone "13:30:00" */
    SHEET_BOOL,   /* text: "TRUE", "FALSE" */
    SHEET_ERROR   /* text: "#N/A", "#REF!" … */
};
struct sheet_cell {
    uint32_t column;  /* 0-based: 0 is A */
    enum sheet_kind kind;
    bool formula;     /* text is the value it had when the file was saved; "" when it was saved without one */
    const char *text; /* UTF-8, never NULL; lines end with \n; white space at the ends as in the file */
};
struct sheet_row {
    uint32_t number;  /* 1-based, as the spreadsheet shows it; for CSV the line on which the row begins */
    uint32_t n;
    const struct sheet_cell *cell; /* those with something in them, by column */
};
struct sheet {
    const char *name; /* NULL: CSV, which has no name */
    bool hidden;
    size_t n;
    const struct sheet_row *row;   /* those with something in them, by number */
    uint32_t columns; /* one more than the last column used */
};
struct workbook {
    const char *file; /* its name as given; NULL: none */
    bool xlsx;
    enum encoding encoding; /* CSV */
    size_t n;
    const struct sheet *sheet;
};

/* Reads a file. E_FORM: broken, or of a kind that is not read (.xls, .ods, with a password); E_TOO_LARGE: past a limit; the sentence names what to do. */
enum err sheet_read(struct arena *a, const void *bytes, size_t n, const char *file_name, struct workbook **out, struct failure *f);

/* The text of a row's cell; NULL: empty. */
const char *sheet_text(const struct sheet_row *r, uint32_t column);
const struct sheet_cell *sheet_cell(const struct sheet_row *r, uint32_t column); /* NULL: empty */
const struct sheet *sheet_named(const struct workbook *w, const char *name);     /* NULL: none */
/* 0: "A", 26: "AA". */
const char *sheet_column_name(struct arena *a, uint32_t column);
/* For messages: シート「所属」5行目B列「名称」; without the sheet's name for CSV, where columns are counted (2列目). title NULL: left out. */
const char *sheet_place(struct arena *a, const struct sheet *s, uint32_t row, uint32_t column, const char *title);

/* --- the table in a workbook: which sheet, which row is the heading, which column is which --- */

struct sheet_field {
    const char *title;   /* as we write it */
    const char *aliases; /* other titles that mean it, joined by '|'; NULL: none */
    bool required;       /* the file cannot be taken without this column */
};
struct sheet_table {
    const struct sheet *sheet;
    size_t head;          /* index of the heading row in sheet->row; records follow it */
    const int32_t *column; /* one a field: the sheet's column, -1: not there */
    const char *const *unknown; size_t unknown_n; /* titles that no field has */
    const char *const *missing; size_t missing_n; /* fields that are not required and not there */
};
/* Finds the visible sheet and the row (among its first 20) that hold most of the fields' titles; titles are compared folded, without blanks and
 * what stands in brackets. E_FORM: no such sheet, a required column missing, or a title twice, with what was looked for and what was found. */
enum err sheet_table_find(struct arena *a, const struct workbook *w, const struct sheet_field *field, size_t n, struct sheet_table *out,
                          struct failure *f);
/* A field's text in a record's row, white space at its ends taken off; NULL: empty or no such column. Control characters are gone, NFC. */
const char *sheet_value(struct arena *a, const struct sheet_table *t, const struct sheet_row *r, size_t field);

/* --- the reading process --- */
#define SHEET_CHILD "sheet-reader"
/* Reads the file from standard input, writes the workbook to standard output. The process's exit code. */
int sheet_child_main(void);
/* The parser itself, in this process: for the child and for the fuzzer. */
enum err sheet_parse(struct arena *a, const void *bytes, size_t n, struct workbook **out, struct failure *f);

#endif
