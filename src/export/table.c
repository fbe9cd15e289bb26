#include "export/table_parts.h"

#include <assert.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/csv.h"
#include "base/date.h"
#include "base/text.h"

static const struct { const char *name, *ending, *type; } formats[] = {
    [TABLE_XLSX] = {"xlsx", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    [TABLE_CSV] = {"csv", ".csv", "text/csv; charset=utf-8"},
    [TABLE_CSV_CP932] = {"csv-cp932", ".csv", "text/csv; charset=Shift_JIS"},
};

bool table_format_parse(const char *name, enum table_format *out)
{
    for (size_t i = 0; name != NULL && i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(formats[i].name, name) == 0) {
            *out = (enum table_format)i;
            return true;
        }
    return false;
}

const char *table_format_name(enum table_format f) { return formats[f].name; }
const char *table_format_ending(enum table_format f) { return formats[f].ending; }
const char *table_format_type(enum table_format f) { return formats[f].type; }

enum err table_fail(struct table *t, enum err e, const char *sentence)
{
    if (t->failed == OK)
        t->failed = fail_with(t->fail, e, "%s", sentence);
    return t->failed;
}

int table_temporary(struct arena *a, const char **path)
{
    const char *directory = getenv("TMPDIR");
    char *name = arena_printf(a, "%s/kyodo-table-XXXXXX", directory != NULL && directory[0] == '/' ? directory : "/tmp");
    *path = name;
    return mkostemp(name, O_CLOEXEC);
}

int table_scratch(struct arena *a)
{
    const char *path;
    int fd = table_temporary(a, &path);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static const char no_room[] = "一時ファイルに書けません。ディスクの空きを確かめてください。";

static enum err csv_begin(struct table *t)
{
    int fd = table_scratch(t->arena);
    if (fd < 0)
        return table_fail(t, E_IO, no_room);
    t->file = fdopen(fd, "w+");
    if (t->file == NULL) {
        close(fd);
        return table_fail(t, E_IO, no_room);
    }
    if (t->format == TABLE_CSV)
        fputs("\xEF\xBB\xBF", t->file);
    return OK;
}

enum err table_open(struct arena *a, enum table_format format, const struct table_options *o, struct table **out, struct failure *f)
{
    struct table *t = arena_make(a, struct table);
    *t = (struct table){.arena = a, .fail = f, .format = format, .options = *o, .result = {.file = -1}};
    enum err e = format == TABLE_XLSX ? xlsx_open(t) : csv_begin(t);
    if (e != OK)
        return e;
    t->row_arena = arena_new();
    *out = t;
    return OK;
}

/* --- rows --- */

static void line_begin(struct table *t)
{
    t->column = 0;
    arena_reset(t->row_arena);
    sb_init(&t->line, t->row_arena);
}

/* Makes room for the next cell. false: nothing is to be written. */
static bool cell_begin(struct table *t)
{
    assert(t->sheet != NULL && t->column < t->sheet->columns);
    if (t->failed != OK || t->skipped) {
        t->column++;
        return false;
    }
    if (t->format != TABLE_XLSX) {
        if (t->column > 0)
            csv_comma(&t->line);
        t->start[t->column] = t->line.n;
    }
    return true;
}

static enum err heading(struct table *t)
{
    for (size_t i = 0; i < t->sheet->columns; i++)
        table_text(t, t->sheet->column[i].title);
    t->result.rows--; /* a heading is no record */
    return table_row(t);
}

enum err table_sheet(struct table *t, const struct table_sheet *s)
{
    assert(s->columns > 0 && s->columns <= TABLE_COLUMNS_MAX);
    if (t->format == TABLE_XLSX && t->sheet != NULL && t->failed == OK)
        xlsx_sheet_end(t);
    t->sheet = s;
    t->row = 0;
    t->skipped = t->format != TABLE_XLSX && (s->aside || s->hidden || t->csv_taken);
    t->csv_taken = t->csv_taken || !t->skipped;
    line_begin(t);
    if (t->failed != OK)
        return t->failed;
    if (t->format == TABLE_XLSX)
        return xlsx_sheet(t); /* with its heading */
    return t->skipped || s->bare ? OK : heading(t);
}

void table_marked(struct table *t, const char *s, enum table_style style)
{
    if (!cell_begin(t))
        return;
    if (t->format != TABLE_XLSX)
        csv_text(&t->line, s);
    else if (s != NULL && s[0] != '\0')
        xlsx_text(t, s, style);
    else
        xlsx_empty(t);
    t->column++;
}

void table_text(struct table *t, const char *s) { table_marked(t, s, TABLE_PLAIN); }
void table_empty(struct table *t) { table_marked(t, NULL, TABLE_PLAIN); }

static void number(struct table *t, enum table_kind kind, int64_t v)
{
    if (!cell_begin(t))
        return;
    if (t->format == TABLE_XLSX && v != NONE)
        xlsx_number(t, kind, v);
    else if (t->format == TABLE_XLSX)
        xlsx_empty(t);
    else if (kind == TABLE_INT)
        csv_int(&t->line, v);
    else if (kind == TABLE_INSTANT)
        csv_text(&t->line, v == NONE ? NULL : instant_iso(t->row_arena, v));
    else
        csv_milli(&t->line, v); /* yen are thousandths of 千円 */
    t->column++;
}

void table_int(struct table *t, int64_t v) { number(t, TABLE_INT, v); }
void table_yen(struct table *t, int64_t yen) { number(t, TABLE_YEN, yen); }
void table_milli(struct table *t, int64_t v) { number(t, TABLE_MILLI, v); }
void table_instant(struct table *t, int64_t at) { number(t, TABLE_INSTANT, at); }

/* Spreadsheets count days from 1900 and get January and February of that year wrong. */
static bool xlsx_can_hold(const char *iso)
{
    return iso != NULL && date_valid(iso) && strcmp(iso, "1900-03-01") >= 0;
}

void table_date(struct table *t, const char *iso)
{
    if (t->format != TABLE_XLSX || !xlsx_can_hold(iso)) {
        table_text(t, iso);
        return;
    }
    if (!cell_begin(t))
        return;
    xlsx_date(t, iso);
    t->column++;
}

void table_note(struct table *t, const char *note)
{
    if (t->format == TABLE_XLSX && t->failed == OK && note != NULL && t->column > 0)
        xlsx_note(t, note);
}

/* Which cells of the line CP932 cannot write, and what of them. */
static void list_lost(struct table *t)
{
    for (size_t i = 0; i < t->column; i++) {
        size_t end = i + 1 < t->column ? t->start[i + 1] - 1 : t->line.n, n;
        const char *cell = arena_dup_n(t->row_arena, t->line.p + t->start[i], end - t->start[i]), *lost;
        encoding_to_cp932(t->row_arena, cell, &n, &lost);
        for (const char *c = lost; c != NULL && *c != '\0';) {
            /* a character with the variation selectors behind it (U+FE00 …: EF B8 80; U+E0100 …: F3 A0 84 80) */
            size_t k = 1;
            while (((unsigned char)c[k] & 0xC0) == 0x80 || strncmp(c + k, "\xEF\xB8", 2) == 0 || strncmp(c + k, "\xF3\xA0", 2) == 0)
                k++;
            t->result.lost_all++;
            if (t->result.lost_n < TABLE_LOST_MAX) {
                if (t->result.lost == NULL)
                    t->result.lost = arena_many(t->arena, struct table_lost, TABLE_LOST_MAX);
                t->result.lost[t->result.lost_n++] = (struct table_lost){.row = t->row + 1, .column = i, .title = t->sheet->column[i].title,
                    .character = arena_dup_n(t->arena, c, k), .text = arena_dup(t->arena, cell)};
            }
            c += k;
        }
    }
}

static void line_out(struct table *t)
{
    const char *p = sb_str(&t->line);
    size_t n = t->line.n;
    if (t->format == TABLE_CSV_CP932) {
        const char *lost;
        p = encoding_to_cp932(t->row_arena, p, &n, &lost);
        if (lost != NULL)
            list_lost(t);
    }
    if (fwrite(p, 1, n, t->file) != n || fwrite("\r\n", 1, 2, t->file) != 2)
        table_fail(t, E_IO, no_room);
}

enum err table_row(struct table *t)
{
    while (t->column < t->sheet->columns)
        table_empty(t);
    if (t->failed == OK && !t->skipped) {
        if (t->format != TABLE_XLSX)
            line_out(t);
        else if (t->row >= 1048576)
            table_fail(t, E_TOO_LARGE, "表計算ソフトの上限(1,048,576行)を超えます。条件でしぼるか、CSVで出力してください。");
        t->row++;
        if (!t->sheet->aside)
            t->result.rows++;
    }
    line_begin(t);
    return t->failed;
}

int64_t table_rows(const struct table *t) { return t->result.rows; }

/* --- the end --- */

static enum err csv_close(struct table *t, int *file)
{
    bool written = fflush(t->file) == 0 && !ferror(t->file);
    if (written)
        *file = dup(fileno(t->file));
    fclose(t->file);
    t->file = NULL;
    return written && *file >= 0 ? OK : table_fail(t, E_IO, no_room);
}

enum err table_close(struct table *t, struct table_result *out)
{
    int file = -1;
    enum err e = t->failed;
    if (e == OK && t->format == TABLE_XLSX && t->sheet != NULL)
        e = xlsx_sheet_end(t);
    if (e == OK)
        e = t->format == TABLE_XLSX ? xlsx_close(t, &file) : csv_close(t, &file);
    struct stat st;
    if (e == OK && (fstat(file, &st) != 0 || lseek(file, 0, SEEK_SET) != 0)) {
        close(file);
        e = table_fail(t, E_IO, no_room);
    }
    if (e == OK) {
        t->result.file = file;
        t->result.bytes = st.st_size;
        *out = t->result;
    }
    table_discard(t);
    return e;
}

void table_discard(struct table *t)
{
    if (t == NULL)
        return;
    if (t->file != NULL)
        fclose(t->file);
    t->file = NULL;
    if (t->xlsx != NULL)
        xlsx_discard(t);
    t->xlsx = NULL;
    if (t->row_arena != NULL)
        arena_free(t->row_arena);
    t->row_arena = NULL;
}
