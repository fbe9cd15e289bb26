/* What is fuzzed of spreadsheets: any bytes; those that begin with '<' are the sheet of a small workbook, so that the fuzzer need not learn to pack. */
#ifndef KYODO_TESTS_FUZZ_SHEET_TARGET_H
#define KYODO_TESTS_FUZZ_SHEET_TARGET_H

#include <zip.h>

#include "export/sheet.h"
#include "targets.h"

/* The workbook around a sheet, not compressed. Freed by the caller. */
static void *fuzz_book(const uint8_t *data, size_t n, size_t *out_n)
{
    static const struct { const char *name, *text; } part[] = {
        {"xl/workbook.xml", "<workbook xmlns:r=\"r\"><sheets><sheet name=\"a\" r:id=\"r1\"/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels", "<R><Relationship Id=\"r1\" Type=\"/worksheet\" Target=\"s.xml\"/><Relationship Id=\"r2\" Type=\"/styles\" Target=\"y.xml\"/>"
                                       "<Relationship Id=\"r3\" Type=\"/sharedStrings\" Target=\"t.xml\"/></R>"},
        {"xl/y.xml", "<s><numFmts><numFmt numFmtId=\"170\" formatCode=\"ggge\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/><xf numFmtId=\"22\"/></cellXfs></s>"},
        {"xl/t.xml", "<sst><si><t>x</t><rPh><t>y</t></rPh></si></sst>"},
    };
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *to = zip_source_buffer_create(NULL, 0, 0, &error);
    zip_source_keep(to);
    zip_t *z = zip_open_from_source(to, ZIP_TRUNCATE, &error);
    PROMISE(z != NULL);
    for (size_t i = 0; i <= sizeof part / sizeof part[0]; i++) {
        bool own = i == sizeof part / sizeof part[0];
        zip_int64_t at = zip_file_add(z, own ? "xl/s.xml" : part[i].name, zip_source_buffer(z, own ? (const void *)data : part[i].text, own ? n : strlen(part[i].text), 0), 0);
        zip_set_file_compression(z, (zip_uint64_t)at, ZIP_CM_STORE, 0);
    }
    PROMISE(zip_close(z) == 0 && zip_source_open(to) == 0);
    zip_stat_t st;
    PROMISE(zip_source_stat(to, &st) == 0);
    void *p = malloc(st.size + 1);
    PROMISE(p != NULL && zip_source_read(to, p, st.size) == (zip_int64_t)st.size);
    zip_source_close(to);
    zip_source_free(to);
    *out_n = st.size;
    return p;
}

static void fuzz_cells(const struct workbook *w)
{
    for (size_t i = 0; i < w->n; i++)
        for (size_t k = 0; k < w->sheet[i].n; k++) {
            const struct sheet_row *r = &w->sheet[i].row[k];
            PROMISE(r->n > 0 && (k == 0 || r[-1].number < r->number));
            for (uint32_t j = 0; j < r->n; j++) {
                const struct sheet_cell *c = &r->cell[j];
                PROMISE(c->column < w->sheet[i].columns && c->column < SHEET_COLUMNS_MAX && (j == 0 || r->cell[j - 1].column < c->column));
                PROMISE(c->text != NULL && text_utf8_ok(c->text, strlen(c->text)));
            }
        }
}

static void fuzz_sheet(const uint8_t *data, size_t n)
{
    struct arena *a = arena_new();
    struct failure f;
    struct workbook *w = NULL;
    size_t book_n = n;
    void *book = n > 0 && data[0] == '<' ? fuzz_book(data, n, &book_n) : NULL;
    failure_init(&f, a);
    enum err e = sheet_parse(a, book != NULL ? book : data, book_n, &w, &f);
    PROMISE(e == OK || e == E_FORM || e == E_TOO_LARGE);
    PROMISE((e == OK) == (f.message == NULL));
    if (e == OK)
        fuzz_cells(w);
    free(book);
    arena_free(a);
}

#endif
