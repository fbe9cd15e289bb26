/* Inside export: what table.c (the rows, CSV) and table_xlsx.c share. */
#ifndef KYODO_EXPORT_TABLE_PARTS_H
#define KYODO_EXPORT_TABLE_PARTS_H

#include <stdio.h>

#include "base/sb.h"
#include "export/table.h"

struct xlsx;

struct table {
    struct arena *arena, *row_arena; /* row_arena is emptied after each row */
    struct failure *fail;
    enum err failed;                 /* the first error; nothing is written after it */
    enum table_format format;
    struct table_options options;
    const struct table_sheet *sheet; /* NULL: none begun */
    bool skipped;                    /* CSV: this sheet is left out */
    bool csv_taken;                  /* CSV: its one sheet was begun */
    size_t column;                   /* the next cell */
    int64_t row;                     /* the next row, 0-based, the heading counted */
    struct table_result result;
    FILE *file;                      /* CSV */
    struct sb line;                  /* CSV, in row_arena */
    size_t start[512];               /* CSV: where each cell of the line begins */
    struct xlsx *xlsx;
};
#define TABLE_COLUMNS_MAX 512u

/* A temporary file, open for writing and reading; *path is its name (in the arena), to be unlinked. */
int table_temporary(struct arena *a, const char **path);
/* Sets the table's first error. */
enum err table_fail(struct table *t, enum err e, const char *sentence);

enum err xlsx_open(struct table *t);
enum err xlsx_sheet(struct table *t);                    /* t->sheet */
void xlsx_text(struct table *t, const char *s, enum table_style style);
void xlsx_number(struct table *t, enum table_kind kind, int64_t v); /* INT; YEN; MILLI; INSTANT */
void xlsx_date(struct table *t, const char *iso);        /* a date that XLSX can hold */
void xlsx_empty(struct table *t);
void xlsx_note(struct table *t, const char *note);       /* on the cell before t->column */
enum err xlsx_sheet_end(struct table *t);
enum err xlsx_close(struct table *t, int *file);
void xlsx_discard(struct table *t);

#endif
