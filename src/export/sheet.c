#include "export/sheet_parts.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/sb.h"
#include "base/text.h"

/* --- putting a workbook together --- */

enum err build_sheet(struct sheet_builder *b, const char *name, bool hidden)
{
    if (b->sheets >= SHEET_SHEETS_MAX)
        return fail_with(b->fail, E_TOO_LARGE, "シートが%u枚を超えるため、読みません。", SHEET_SHEETS_MAX);
    ARENA_PUSH(b->arena, b->sheet, b->sheets, b->sheets_cap) = (struct sheet){.name = name, .hidden = hidden};
    b->row = NULL;
    b->rows = b->rows_cap = 0;
    b->sheet_sorted = true;
    return OK;
}

void build_row(struct sheet_builder *b)
{
    b->cells = 0;
    b->row_sorted = true;
}

enum err build_cell(struct sheet_builder *b, uint32_t column, enum sheet_kind kind, bool formula, const char *text)
{
    if (column >= SHEET_COLUMNS_MAX)
        return fail_with(b->fail, E_TOO_LARGE, "列が%u列を超えるため、読みません。使わない列を削除して保存してください。", SHEET_COLUMNS_MAX);
    if (++b->all_cells > SHEET_CELLS_MAX)
        return fail_with(b->fail, E_TOO_LARGE, "セルが%u個を超えるため、読みません。表を分けて保存してください。", SHEET_CELLS_MAX);
    b->all_text += strlen(text);
    if (b->all_text > SHEET_TEXT_MAX)
        return fail_with(b->fail, E_TOO_LARGE, "セルの文字が合わせて%uMBを超えるため、読みません。表を分けて保存してください。", SHEET_TEXT_MAX >> 20);
    b->row_sorted = b->row_sorted && (b->cells == 0 || b->cell[b->cells - 1].column < column);
    ARENA_PUSH(b->arena, b->cell, b->cells, b->cells_cap) = (struct sheet_cell){.column = column, .kind = kind, .formula = formula, .text = text};
    return OK;
}

static int by_column(const void *x, const void *y)
{
    const struct sheet_cell *p = x, *q = y;
    return (p->column > q->column) - (p->column < q->column);
}

static int by_number(const void *x, const void *y)
{
    const struct sheet_row *p = x, *q = y;
    return (p->number > q->number) - (p->number < q->number);
}

enum err build_row_end(struct sheet_builder *b, uint32_t number)
{
    if (b->cells == 0)
        return OK;
    if (++b->all_rows > SHEET_ROWS_MAX)
        return fail_with(b->fail, E_TOO_LARGE, "行が%u行を超えるため、読みません。表を分けて保存してください。", SHEET_ROWS_MAX);
    if (!b->row_sorted) {
        qsort(b->cell, b->cells, sizeof *b->cell, by_column);
        for (size_t i = 1; i < b->cells; i++)
            if (b->cell[i].column == b->cell[i - 1].column)
                return fail_with(b->fail, E_FORM, "%u行目に同じ場所のセルが2つあります。表計算ソフトで開いて保存し直してください。", (unsigned)number);
    }
    struct sheet *s = &b->sheet[b->sheets - 1];
    struct sheet_cell *cell = arena_many(b->arena, struct sheet_cell, b->cells);
    memcpy(cell, b->cell, b->cells * sizeof *cell);
    b->sheet_sorted = b->sheet_sorted && (b->rows == 0 || b->row[b->rows - 1].number < number);
    ARENA_PUSH(b->arena, b->row, b->rows, b->rows_cap) = (struct sheet_row){.number = number, .n = (uint32_t)b->cells, .cell = cell};
    if (s->columns <= cell[b->cells - 1].column)
        s->columns = cell[b->cells - 1].column + 1;
    b->cells = 0;
    return OK;
}

enum err build_sheet_end(struct sheet_builder *b)
{
    if (!b->sheet_sorted) {
        qsort(b->row, b->rows, sizeof *b->row, by_number);
        for (size_t i = 1; i < b->rows; i++)
            if (b->row[i].number == b->row[i - 1].number)
                return fail_with(b->fail, E_FORM, "%u行目が2つあります。表計算ソフトで開いて保存し直してください。", (unsigned)b->row[i].number);
    }
    struct sheet *s = &b->sheet[b->sheets - 1];
    s->row = b->row;
    s->n = b->rows;
    return OK;
}

/* --- which kind of file --- */

static enum err csv_parse(struct arena *a, const char *p, size_t n, struct workbook *w, struct failure *f)
{
    const char *text;
    size_t text_n;
    struct sheet_builder b = {.arena = a, .fail = f};
    struct csv_reader r;
    struct csv_row row;
    int got;
    TRY(encoding_decode(a, p, n, &w->encoding, &text, &text_n, f));
    TRY(build_sheet(&b, NULL, false));
    csv_open(&r, a, text, text_n, f);
    while ((got = csv_next(&r, &row)) == 1) {
        build_row(&b);
        for (size_t i = 0; i < row.n; i++) {
            if (strlen(row.cell[i]) > SHEET_CELL_BYTES_MAX)
                return fail_with(f, E_TOO_LARGE, "%zu行目: 一つのセルの文字が%uバイトを超えるため、読みません。", row.line, SHEET_CELL_BYTES_MAX);
            if (row.cell[i][0] != '\0')
                TRY(build_cell(&b, (uint32_t)(i < SHEET_COLUMNS_MAX ? i : SHEET_COLUMNS_MAX), SHEET_TEXT, false, row.cell[i]));
        }
        TRY(build_row_end(&b, (uint32_t)row.line));
    }
    if (got < 0)
        return f->code;
    TRY(build_sheet_end(&b));
    w->sheet = b.sheet;
    w->n = b.sheets;
    return OK;
}

static bool begins(const char *p, size_t n, const char *magic, size_t magic_n)
{
    return n >= magic_n && memcmp(p, magic, magic_n) == 0;
}

enum err sheet_parse(struct arena *a, const void *bytes, size_t n, struct workbook **out, struct failure *f)
{
    struct workbook *w = arena_make(a, struct workbook);
    const char *p = bytes;
    if (n == 0)
        return fail_with(f, E_FORM, "ファイルが空です。");
    if (begins(p, n, "\xD0\xCF\x11\xE0", 4))
        return fail_with(f, E_FORM, "古い形式(.xls)か、パスワードの付いたファイルです。パスワードを外し、「Excelブック(.xlsx)」として保存し直してください。");
    if (begins(p, n, "%PDF", 4))
        return fail_with(f, E_FORM, "PDFファイルです。元の表を「Excelブック(.xlsx)」かCSVで保存したものを選んでください。");
    enum err e = begins(p, n, "PK", 2) ? xlsx_parse(a, bytes, n, w, f) : csv_parse(a, p, n, w, f);
    *out = w;
    return e;
}

/* --- what is where --- */

const struct sheet_cell *sheet_cell(const struct sheet_row *r, uint32_t column)
{
    for (uint32_t i = 0; i < r->n && r->cell[i].column <= column; i++)
        if (r->cell[i].column == column)
            return &r->cell[i];
    return NULL;
}

const char *sheet_text(const struct sheet_row *r, uint32_t column)
{
    const struct sheet_cell *c = sheet_cell(r, column);
    return c != NULL && c->text[0] != '\0' ? c->text : NULL;
}

const struct sheet *sheet_named(const struct workbook *w, const char *name)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->sheet[i].name != NULL && strcmp(w->sheet[i].name, name) == 0)
            return &w->sheet[i];
    return NULL;
}

const char *sheet_column_name(struct arena *a, uint32_t column)
{
    char letters[8];
    size_t at = sizeof letters - 1;
    letters[at] = '\0';
    for (uint64_t v = (uint64_t)column + 1; v > 0 && at > 0; v = (v - 1) / 26)
        letters[--at] = (char)('A' + (v - 1) % 26);
    return arena_dup(a, letters + at);
}

const char *sheet_place(struct arena *a, const struct sheet *s, uint32_t row, uint32_t column, const char *title)
{
    const char *named = title != NULL ? arena_printf(a, "「%s」", title) : "";
    if (s->name == NULL)
        return arena_printf(a, "%u行目%u列目%s", (unsigned)row, (unsigned)column + 1, named);
    return arena_printf(a, "シート「%s」%u行目%s列%s", s->name, (unsigned)row, sheet_column_name(a, column), named);
}

/* --- the table in a workbook --- */

enum { HEAD_ROWS = 20 };

/* A title as it is compared: folded, without blanks and marks, with or without what stands in brackets. */
static const char *title_key(struct arena *a, const char *title, bool brackets)
{
    const char *s = text_fold(a, title);
    char *out = arena_alloc(a, strlen(s) + 1), *w = out;
    int depth = 0;
    for (; *s != '\0'; s++) {
        if (!brackets && *s == '(')
            depth++;
        bool inside = depth > 0;
        if (!brackets && *s == ')' && depth > 0)
            depth--;
        if (!inside && strchr(" \n\t*:", *s) == NULL)
            *w++ = *s;
    }
    *w = '\0';
    if (text_starts(out, "※"))
        out += strlen("※");
    if (text_ends(out, "※"))
        out[strlen(out) - strlen("※")] = '\0';
    return out;
}

static bool field_has(struct arena *a, const struct sheet_field *f, const char *title, bool brackets)
{
    const char *key = title_key(a, title, brackets);
    if (key[0] == '\0')
        return false;
    if (strcmp(title_key(a, f->title, brackets), key) == 0)
        return true;
    for (const char *p = f->aliases; p != NULL && *p != '\0';) {
        size_t n = strcspn(p, "|");
        if (strcmp(title_key(a, arena_dup_n(a, p, n), brackets), key) == 0)
            return true;
        p += n + (p[n] == '|');
    }
    return false;
}

/* The field that a title means: an exact one before one that is so but for its brackets. n: none. */
static size_t field_of(struct arena *a, const struct sheet_field *field, size_t n, const char *title)
{
    for (int brackets = 1; brackets >= 0; brackets--)
        for (size_t i = 0; i < n; i++)
            if (field_has(a, &field[i], title, brackets == 1))
                return i;
    return n;
}

static size_t hits_in(struct arena *a, const struct sheet_row *r, const struct sheet_field *field, size_t n)
{
    size_t hits = 0;
    for (uint32_t i = 0; i < r->n; i++)
        hits += field_of(a, field, n, r->cell[i].text) < n;
    return hits;
}

static const char *listed(struct arena *a, const char *const *v, size_t n)
{
    struct sb b;
    sb_init(&b, a);
    for (size_t i = 0; i < n && i < 20; i++)
        sb_printf(&b, "「%s」", v[i]);
    if (n > 20)
        sb_printf(&b, "ほか%zu列", n - 20);
    return sb_str(&b);
}

/* Which column is which; said where one is there twice. */
static enum err name_columns(struct arena *a, const struct sheet_field *field, size_t n, struct sheet_table *t, struct failure *f)
{
    const struct sheet_row *head = &t->sheet->row[t->head];
    int32_t *column = arena_many(a, int32_t, n);
    const char **unknown = arena_many(a, const char *, head->n), **missing = arena_many(a, const char *, n), **lacking = arena_many(a, const char *, n);
    size_t lacking_n = 0;
    for (size_t i = 0; i < n; i++)
        column[i] = -1;
    for (uint32_t i = 0; i < head->n; i++) {
        const struct sheet_cell *c = &head->cell[i];
        size_t k = field_of(a, field, n, c->text);
        if (k == n)
            unknown[t->unknown_n++] = c->text;
        else if (column[k] >= 0)
            return fail_with(f, E_FORM, "%s: 見出し「%s」が2つあります。どちらかの列を消してください。", sheet_place(a, t->sheet, head->number, c->column, NULL), c->text);
        else
            column[k] = (int32_t)c->column;
    }
    for (size_t i = 0; i < n; i++) {
        if (column[i] < 0 && field[i].required)
            lacking[lacking_n++] = field[i].title;
        else if (column[i] < 0)
            missing[t->missing_n++] = field[i].title;
    }
    t->column = column;
    t->unknown = unknown;
    t->missing = missing;
    if (lacking_n > 0)
        return fail_with(f, E_FORM, "必要な列%sがありません。%s%u行目を見出しとして読みました。%s", listed(a, lacking, lacking_n),
                         t->sheet->name != NULL ? arena_printf(a, "シート「%s」の", t->sheet->name) : "", (unsigned)head->number,
                         t->unknown_n > 0 ? arena_printf(a, "わからなかった見出し: %s", listed(a, unknown, t->unknown_n)) : "");
    return OK;
}

enum err sheet_table_find(struct arena *a, const struct workbook *w, const struct sheet_field *field, size_t n, struct sheet_table *out,
                          struct failure *f)
{
    size_t best = 0;
    *out = (struct sheet_table){0};
    for (size_t i = 0; i < w->n; i++) {
        const struct sheet *s = &w->sheet[i];
        for (size_t k = 0; !s->hidden && k < s->n && k < HEAD_ROWS; k++) {
            size_t hits = hits_in(a, &s->row[k], field, n);
            if (hits > best) {
                best = hits;
                out->sheet = s;
                out->head = k;
            }
        }
    }
    if (best == 0) {
        const char **titles = arena_many(a, const char *, n);
        size_t wanted = 0;
        for (size_t i = 0; i < n; i++)
            if (field[i].required)
                titles[wanted++] = field[i].title;
        return fail_with(f, E_FORM, "見出しの行が見つかりません。%sなどの見出しがある表を選んでください。", wanted > 0 ? listed(a, titles, wanted) : arena_printf(a, "「%s」", field[0].title));
    }
    return name_columns(a, field, n, out, f);
}

const char *sheet_value(struct arena *a, const struct sheet_table *t, const struct sheet_row *r, size_t field)
{
    bool ok;
    const char *s = t->column[field] >= 0 ? sheet_text(r, (uint32_t)t->column[field]) : NULL;
    return s != NULL ? text_clean(a, s, strlen(s), false, &ok) : NULL;
}
