/* XLSX by libxlsxwriter in its constant-memory mode: a row is in its temporary file as soon as the next one begins. */
#include <xlsxwriter.h>

#include "export/table_parts.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/date.h"
#include "base/text.h"

enum { CELL_CHARACTERS_MAX = 32767, NAME_CHARACTERS_MAX = 31, SHEETS_MAX = 200, PAGE_CHARACTERS = 190, LINES_MOST = 6 };

/* What a cell's look is made of; each combination that occurs is one format of the workbook. */
enum number_look { LOOK_TEXT, LOOK_PLAIN, LOOK_WHOLE, LOOK_DECIMAL, LOOK_DATE, LOOK_INSTANT, LOOK_N };
enum { STYLE_N = TABLE_FAULT + 1 };
enum ground { CELL_OPEN, CELL_LOCKED, CELL_BARE, GROUND_N }; /* BARE: on a page of text, without a grid */

/* A list of choices stands in the hidden sheet of choices: in the cell's own rule it would be bound to 255 characters without commas. */
struct choice_list { const char *const *v; size_t n; };

struct xlsx {
    const char *path;
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_format *heading;
    lxw_format *look[LOOK_N][STYLE_N][2][GROUND_N]; /* [2]: wrapped */
    const char *name[SHEETS_MAX]; size_t names;
    int64_t high_row; int lines; /* the row under way: how many lines its highest cell has */
    bool active;               /* a visible sheet was begun: it is the one that opens first */
    struct choice_list *list; size_t lists_n, lists_cap;
};

static const char font[] = "游ゴシック";
static const char choices_name[] = "選択肢";
static char *loose(const char *s) { return (char *)(uintptr_t)s; } /* the library's parameters are not const; it only reads */

enum err xlsx_open(struct table *t)
{
    struct xlsx *x = arena_make(t->arena, struct xlsx);
    int fd = table_temporary(t->arena, &x->path);
    if (fd < 0)
        return table_fail(t, E_IO, "一時ファイルを作れません。ディスクの空きを確かめてください。");
    close(fd);
    const char *directory = getenv("TMPDIR");
    lxw_workbook_options o = {.constant_memory = LXW_TRUE, .tmpdir = loose(directory), .use_zip64 = LXW_FALSE};
    x->book = workbook_new_opt(x->path, &o);
    if (x->book == NULL)
        return table_fail(t, E_IO, "一時ファイルを作れません。ディスクの空きを確かめてください。");
    lxw_doc_properties p = {.title = loose(t->options.title), .created = (time_t)t->options.created};
    workbook_set_properties(x->book, &p);
    t->xlsx = x;
    return OK;
}

/* --- looks --- */

static lxw_format *new_format(struct xlsx *x)
{
    lxw_format *f = workbook_add_format(x->book);
    format_set_font_name(f, font);
    format_set_font_size(f, 10.5);
    format_set_border(f, LXW_BORDER_THIN);
    format_set_border_color(f, 0xBFBFBF);
    return f;
}

static lxw_format *heading_format(struct xlsx *x)
{
    if (x->heading == NULL) {
        x->heading = new_format(x);
        format_set_bold(x->heading);
        format_set_text_wrap(x->heading);
        format_set_align(x->heading, LXW_ALIGN_CENTER);
        format_set_align(x->heading, LXW_ALIGN_VERTICAL_CENTER);
        format_set_bg_color(x->heading, 0xD9E6FF);
        format_set_border_color(x->heading, 0x7F7F7F);
    }
    return x->heading;
}

static lxw_format *look(struct xlsx *x, enum number_look number, enum table_style style, bool wrap, enum ground ground)
{
    static const char *const number_format[LOOK_N] = {"@", "0", "#,##0", "#,##0.0##", "yyyy/mm/dd", "yyyy/mm/dd hh:mm"};
    lxw_format **known = &x->look[number][style][wrap][ground], *f = *known;
    if (f != NULL)
        return f;
    f = new_format(x);
    format_set_num_format(f, number_format[number]);
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    if (number == LOOK_DATE || number == LOOK_INSTANT)
        format_set_align(f, LXW_ALIGN_LEFT);
    if (wrap)
        format_set_text_wrap(f);
    if (ground == CELL_OPEN)
        format_set_unlocked(f);
    if (ground == CELL_BARE)
        format_set_border(f, LXW_BORDER_NONE);
    if (style == TABLE_STRONG || style == TABLE_TITLE)
        format_set_bold(f);
    if (style == TABLE_TITLE)
        format_set_font_size(f, 16);
    if (style == TABLE_FAULT) {
        format_set_bg_color(f, 0xFDE7E7);
        format_set_font_color(f, 0xCE0000);
    }
    *known = f;
    return f;
}

static const struct table_column *column_of(const struct table *t, size_t i) { return &t->sheet->column[i]; }

static enum ground ground_of(const struct table *t, const struct table_column *c)
{
    return t->sheet->bare ? CELL_BARE : c->locked ? CELL_LOCKED : CELL_OPEN;
}

/* The look of an empty cell of a column: it decides how what will be typed there is taken. */
static lxw_format *column_look(struct table *t, const struct table_column *c)
{
    enum number_look n = c->kind == TABLE_TEXT ? LOOK_TEXT : c->kind == TABLE_DATE ? LOOK_DATE : c->kind == TABLE_INSTANT ? LOOK_INSTANT
                         : c->kind == TABLE_MILLI ? LOOK_DECIMAL : c->kind == TABLE_INT ? LOOK_PLAIN : LOOK_WHOLE;
    return look(t->xlsx, n, TABLE_PLAIN, c->wrap, ground_of(t, c));
}

static int column_width(const struct table_column *c)
{
    static const int usual[] = {[TABLE_TEXT] = 14, [TABLE_INT] = 9, [TABLE_YEN] = 13, [TABLE_MILLI] = 12, [TABLE_DATE] = 12, [TABLE_INSTANT] = 18};
    int title = (int)text_length(c->title != NULL ? c->title : "") * 2 + 4; /* the filter's arrow needs its room */
    if (c->width > 0)
        return c->width;
    if (c->wrap)
        return 40;
    return title > usual[c->kind] ? (title < 30 ? title : 30) : usual[c->kind];
}

/* --- sheets --- */

static bool name_taken(const struct xlsx *x, const char *name)
{
    for (size_t i = 0; i < x->names; i++)
        if (strcasecmp(x->name[i], name) == 0)
            return true;
    return strcmp(name, choices_name) == 0;
}

static const char *cut(struct arena *a, const char *s, size_t characters)
{
    size_t n = 0;
    while (s[n] != '\0' && (characters > 0 || ((unsigned char)s[n] & 0xC0) == 0x80)) {
        if (((unsigned char)s[n] & 0xC0) != 0x80)
            characters--;
        n++;
        while (((unsigned char)s[n] & 0xC0) == 0x80)
            n++;
    }
    return arena_dup_n(a, s, n);
}

/* Excel allows 31 characters, none of []:*?/\, no ' at either end, no name twice. */
static const char *sheet_name(struct table *t)
{
    struct xlsx *x = t->xlsx;
    char *name = arena_dup(t->arena, t->sheet->name != NULL && t->sheet->name[0] != '\0' ? t->sheet->name : "一覧");
    for (char *c = name; *c != '\0'; c++)
        if (strchr("[]:*?/\\'", *c) != NULL || (unsigned char)*c < 0x20)
            *c = '_';
    const char *out = cut(t->arena, name, NAME_CHARACTERS_MAX);
    for (int k = 2; name_taken(x, out); k++) {
        const char *tail = arena_printf(t->arena, " (%d)", k);
        out = arena_printf(t->arena, "%s%s", cut(t->arena, name, NAME_CHARACTERS_MAX - strlen(tail)), tail);
    }
    return out;
}

static void print_settings(struct table *t)
{
    lxw_worksheet *s = t->xlsx->sheet;
    worksheet_set_landscape(s);
    worksheet_set_paper(s, 9); /* A4 */
    int wide = 0;
    for (size_t i = 0; i < t->sheet->columns; i++)
        wide += t->sheet->column[i].hidden ? 0 : column_width(&t->sheet->column[i]);
    int pages = (wide + PAGE_CHARACTERS - 1) / PAGE_CHARACTERS; /* side by side, so that the letters stay large enough to be read */
    worksheet_fit_to_pages(s, (uint16_t)(pages > 0 ? pages : 1), 0);
    if (pages > 1)
        worksheet_repeat_columns(s, 0, t->sheet->columns > 2 && column_width(&t->sheet->column[0]) <= 12 ? 1 : 0);
    worksheet_set_margins(s, 0.4, 0.4, 0.5, 0.7);
    struct sb foot; /* & begins a code there; 255 characters are the most */
    sb_init(&foot, t->arena);
    sb_add(&foot, "&L");
    for (const char *c = cut(t->arena, t->options.title != NULL ? t->options.title : "", 60); *c != '\0'; c++) {
        sb_char(&foot, *c);
        if (*c == '&')
            sb_char(&foot, '&');
    }
    sb_add(&foot, t->sheet->name == NULL || text_eq(t->options.title, t->sheet->name) ? "&R&P / &N" : "&C&A&R&P / &N");
    worksheet_set_footer(s, sb_str(&foot));
    if (!t->sheet->bare)
        worksheet_repeat_rows(s, 0, 0);
}

static void note_at(struct xlsx *x, int64_t row, size_t column, const char *note)
{
    size_t lines = 1, n = text_length(note);
    for (const char *c = note; *c != '\0'; c++)
        lines += *c == '\n';
    lines += n / 18;
    lxw_comment_options o = {.author = loose(""), .width = 260, .height = (uint16_t)(24 + 18 * (lines < 20 ? lines : 20)), .font_size = 9, .font_name = loose(font)};
    worksheet_write_comment_opt(x->sheet, (lxw_row_t)row, (lxw_col_t)column, note, &o);
}

enum err xlsx_sheet(struct table *t)
{
    struct xlsx *x = t->xlsx;
    const struct table_sheet *s = t->sheet;
    const char *name = x->names < SHEETS_MAX ? sheet_name(t) : NULL;
    x->sheet = name != NULL ? workbook_add_worksheet(x->book, name) : NULL;
    if (x->sheet == NULL)
        return table_fail(t, E_BUG, "シートを作れません。");
    x->name[x->names++] = name;
    if (s->hidden) {
        worksheet_hide(x->sheet);
    } else if (!x->active) {
        worksheet_activate(x->sheet);
        worksheet_set_first_sheet(x->sheet);
        x->active = true;
    }
    for (size_t i = 0; i < s->columns; i++) {
        lxw_row_col_options hide = {.hidden = LXW_TRUE};
        const struct table_column *c = &s->column[i];
        worksheet_set_column_opt(x->sheet, (lxw_col_t)i, (lxw_col_t)i, column_width(c), s->bare ? NULL : column_look(t, c), c->hidden ? &hide : NULL);
    }
    print_settings(t);
    x->high_row = -1;
    if (s->bare) {
        worksheet_gridlines(x->sheet, LXW_HIDE_ALL_GRIDLINES);
        return OK;
    }
    for (size_t i = 0; i < s->columns; i++) {
        worksheet_write_string(x->sheet, 0, (lxw_col_t)i, s->column[i].title, heading_format(x));
        if (s->column[i].note != NULL)
            note_at(x, 0, i, s->column[i].note);
    }
    worksheet_freeze_panes(x->sheet, 1, (lxw_col_t)s->keep);
    t->row = 1;
    return OK;
}

static size_t choice_list(struct table *t, const struct table_column *c)
{
    struct xlsx *x = t->xlsx;
    for (size_t i = 0; i < x->lists_n; i++)
        if (x->list[i].v == c->choices && x->list[i].n == c->choices_n)
            return i;
    ARENA_PUSH(t->arena, x->list, x->lists_n, x->lists_cap) = (struct choice_list){c->choices, c->choices_n};
    return x->lists_n - 1;
}

static const char *letters(struct arena *a, size_t column)
{
    return column < 26 ? arena_printf(a, "%c", (char)('A' + column)) : arena_printf(a, "%c%c", (char)('A' + column / 26 - 1), (char)('A' + column % 26));
}

/* The rule is hung into the sheet by hand: worksheet_data_validation_range of libxlsxwriter 1.1.4 copies a list's formula twice and forgets
 * one copy, with every column of every file. */
static void choices(struct table *t, size_t i, lxw_row_t last)
{
    const struct table_column *c = column_of(t, i);
    const char *at = letters(t->arena, choice_list(t, c)), *here = letters(t->arena, i);
    lxw_data_val_obj *v = calloc(1, sizeof *v);
    if (v == NULL)
        abort();
    v->validate = LXW_VALIDATION_TYPE_LIST_FORMULA;
    v->ignore_blank = v->show_input = v->show_error = 1;
    v->error_type = c->choices_open ? LXW_VALIDATION_ERROR_TYPE_WARNING : LXW_VALIDATION_ERROR_TYPE_STOP;
    v->value_formula = strdup(arena_printf(t->arena, "%s!$%s$1:$%s$%zu", choices_name, at, at, c->choices_n));
    v->error_title = strdup("一覧にない言葉です");
    v->error_message = strdup(c->choices_open ? "一覧にない言葉です。このまま入れますか。" : "一覧から選んでください。");
    const char *range = arena_printf(t->arena, "%s2:%s%u", here, here, (unsigned)last + 1);
    memcpy(v->sqref, range, strnlen(range, sizeof v->sqref - 1));
    STAILQ_INSERT_TAIL(t->xlsx->sheet->data_validations, v, list_pointers);
    t->xlsx->sheet->num_validations++;
}

enum err xlsx_sheet_end(struct table *t)
{
    struct xlsx *x = t->xlsx;
    const struct table_sheet *s = t->sheet;
    if (x->sheet == NULL || s->bare)
        return t->failed;
    for (int64_t k = 0; k < s->spare; k++, t->row++)
        for (t->column = 0; t->column < s->columns; t->column++)
            xlsx_empty(t);
    int64_t last = t->row - 1;
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].choices_n > 0 && last > 0)
            choices(t, i, (lxw_row_t)last);
    worksheet_autofilter(x->sheet, 0, 0, (lxw_row_t)(last > 0 ? last : 0), (lxw_col_t)(s->columns - 1));
    if (s->protect) {
        lxw_protection may = {.format_cells = 1, .format_columns = 1, .format_rows = 1, .insert_rows = 1, .delete_rows = 1, .sort = 1, .autofilter = 1};
        worksheet_protect(x->sheet, NULL, &may);
    }
    return t->failed;
}

/* --- cells --- */

static void written(struct table *t, lxw_error e)
{
    if (e == LXW_NO_ERROR)
        return;
    table_fail(t, e == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED ? E_INPUT : E_IO,
               e == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED
                   ? arena_printf(t->arena, "%lld行目の「%s」が、表計算ソフトのセルの上限(%d文字)を超えます。CSVで出力してください。", (long long)t->row + 1,
                                  column_of(t, t->column)->title, CELL_CHARACTERS_MAX)
                   : "一時ファイルに書けません。ディスクの空きを確かめてください。");
}

#define HERE(t) (t)->xlsx->sheet, (lxw_row_t)(t)->row, (lxw_col_t)(t)->column

/* In XLSX _x0041_ means "A" (22.4.2.4 of ECMA-376 part 1), so a text that has just that has its first _ written _x005F_. */
static const char *escaped(struct arena *a, const char *s)
{
    if (strstr(s, "_x") == NULL)
        return s;
    struct sb b;
    sb_init(&b, a);
    for (; *s != '\0'; s++) {
        bool code = s[0] == '_' && s[1] == 'x' && strspn(s + 2, "0123456789abcdefABCDEF") >= 4 && s[6] == '_';
        sb_add(&b, code ? "_x005F_" : (char[]){*s, '\0'});
    }
    return sb_str(&b);
}

/* How many lines a text takes in a cell of so many half-width characters. */
static int lines_of(const char *s, int width)
{
    int lines = 1, at = 0;
    for (; *s != '\0'; s++) {
        if (((unsigned char)*s & 0xC0) == 0x80)
            continue;
        int wide = (unsigned char)*s < 0x80 ? 1 : 2;
        if (*s == '\n' || at + wide > width) {
            lines++;
            at = 0;
        }
        at += *s == '\n' ? 0 : wide;
    }
    return lines;
}

/* Excel makes rows high enough when it opens a file, LibreOffice does not: so their height stands in it where a cell needs more than a line. */
static void row_height(struct table *t, const struct table_column *c, const char *s, enum table_style style)
{
    struct xlsx *x = t->xlsx;
    int lines = style == TABLE_TITLE ? 2 : lines_of(s, column_width(c));
    if (x->high_row != t->row) {
        x->high_row = t->row;
        x->lines = 1;
    }
    if (lines <= x->lines)
        return;
    x->lines = lines;
    worksheet_set_row(x->sheet, (lxw_row_t)t->row, (lines < LINES_MOST ? lines : LINES_MOST) * 14.5 + 2, NULL);
}

void xlsx_text(struct table *t, const char *s, enum table_style style)
{
    const struct table_column *c = column_of(t, t->column);
    bool wrap = c->wrap || strchr(s, '\n') != NULL;
    if (wrap || style == TABLE_TITLE)
        row_height(t, c, s, style);
    written(t, worksheet_write_string(HERE(t), escaped(t->row_arena, s), look(t->xlsx, LOOK_TEXT, style, wrap, ground_of(t, c))));
}

void xlsx_number(struct table *t, enum table_kind kind, int64_t v)
{
    const struct table_column *c = column_of(t, t->column);
    bool thousandths = kind == TABLE_YEN || kind == TABLE_MILLI;
    /* a year or the number of a record has no thousands */
    enum number_look n = kind == TABLE_INSTANT ? LOOK_INSTANT : kind == TABLE_INT ? LOOK_PLAIN : v % 1000 != 0 ? LOOK_DECIMAL : LOOK_WHOLE;
    double number = kind == TABLE_INSTANT ? (double)(v + 9 * 3600) / 86400 + 25569 : thousandths ? (double)v / 1000 : (double)v;
    written(t, worksheet_write_number(HERE(t), number, look(t->xlsx, n, TABLE_PLAIN, c->wrap, ground_of(t, c))));
}

void xlsx_date(struct table *t, const char *iso)
{
    const struct table_column *c = column_of(t, t->column);
    int64_t day = (instant_end_of_day(iso) + 1 + 9 * 3600) / 86400 - 1; /* since 1970-01-01 */
    written(t, worksheet_write_number(HERE(t), (double)(day + 25569), look(t->xlsx, LOOK_DATE, TABLE_PLAIN, c->wrap, ground_of(t, c))));
}

/* With the look of its column: so the grid is drawn, and the row is there for a protected sheet's unlocked cells. */
void xlsx_empty(struct table *t)
{
    if (!t->sheet->bare)
        written(t, worksheet_write_blank(HERE(t), column_look(t, column_of(t, t->column))));
}

void xlsx_note(struct table *t, const char *note) { note_at(t->xlsx, t->row, t->column - 1, note); }

/* --- the end --- */

static void choices_sheet(struct table *t)
{
    struct xlsx *x = t->xlsx;
    size_t most = 0;
    if (x->lists_n == 0)
        return;
    lxw_worksheet *s = workbook_add_worksheet(x->book, choices_name);
    if (s == NULL) {
        table_fail(t, E_BUG, "シートを作れません。");
        return;
    }
    for (size_t i = 0; i < x->lists_n; i++)
        most = x->list[i].n > most ? x->list[i].n : most;
    for (size_t row = 0; row < most; row++)
        for (size_t i = 0; i < x->lists_n; i++)
            if (row < x->list[i].n)
                written(t, worksheet_write_string(s, (lxw_row_t)row, (lxw_col_t)i, x->list[i].v[row], NULL));
    worksheet_hide(s);
}

enum err xlsx_close(struct table *t, int *file)
{
    struct xlsx *x = t->xlsx;
    if (x->names == 0)
        return table_fail(t, E_BUG, "シートがありません。");
    choices_sheet(t);
    lxw_error e = workbook_close(x->book); /* frees it, whatever comes of it */
    x->book = NULL;
    if (e != LXW_NO_ERROR)
        return table_fail(t, E_IO, "一時ファイルに書けません。ディスクの空きを確かめてください。");
    *file = open(x->path, O_RDONLY | O_CLOEXEC);
    return t->failed != OK ? t->failed : *file >= 0 ? OK : table_fail(t, E_IO, "一時ファイルを読めません。");
}

void xlsx_discard(struct table *t)
{
    struct xlsx *x = t->xlsx;
    if (x->book != NULL)
        lxw_workbook_free(x->book);
    unlink(x->path);
}
