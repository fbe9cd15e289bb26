/* XLSX (ECMA-376 part 1, SpreadsheetML): a zip (libzip) of XML parts (expat). Read are: the relations, the workbook's list of sheets, the number
 * formats, the shared strings, and each sheet's cells. A file that wants to hurt is refused by the limits of sheet.h before it can. */
#include <zip.h>

#include "export/sheet_parts.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

#include "base/sb.h"
#include "base/utf8.h"

static const char broken[] = "XLSXファイルとして読めません。壊れているか、途中で切れています。表計算ソフトで開いて保存し直してください。";

struct relation { const char *id, *type, *target; };
struct book_sheet { const char *name, *relation; bool hidden; };

struct reader {
    struct arena *arena;
    struct failure *fail;
    enum err failed;
    zip_t *zip;
    uint64_t unpacked;
    XML_Parser xml;
    unsigned depth;
    const char *base;                      /* folder of the relations under way: "xl/" */
    struct relation *relation; size_t relations, relations_cap;
    struct book_sheet *sheet; size_t sheets, sheets_cap;
    bool from_1904;
    /* styles */
    struct { int id; struct number_format f; } *code; size_t codes, codes_cap;
    struct number_format *look; size_t looks, looks_cap;
    bool in_looks;
    /* texts */
    const char **string; size_t strings, strings_cap;
    struct sb text;
    bool collecting;                       /* character data goes to text */
    unsigned phonetic;                     /* inside that many <rPh> */
    bool in_string;                        /* <si> or <is> */
    /* a sheet */
    struct sheet_builder *build;
    uint32_t row, column;
    char type[12];
    size_t style;
    bool formula;
    const char *inline_text, *value;
};

static void refuse(struct reader *r, enum err e, const char *sentence)
{
    if (r->failed == OK)
        r->failed = fail_with(r->fail, e, "%s", sentence);
    if (r->xml != NULL)
        XML_StopParser(r->xml, XML_FALSE);
}

static const char *local(const char *name)
{
    const char *colon = strrchr(name, ':');
    return colon != NULL ? colon + 1 : name;
}

static bool is(const char *name, const char *what) { return strcmp(local(name), what) == 0; }

static const char *attribute(const XML_Char **at, const char *name)
{
    for (; at[0] != NULL; at += 2)
        if (is(at[0], name))
            return at[1];
    return NULL;
}

static bool yes(const char *v) { return v != NULL && (strcmp(v, "1") == 0 || strcmp(v, "true") == 0); }

static bool number_of(const char *s, uint32_t most, uint32_t *out)
{
    uint64_t v = 0;
    if (s == NULL || *s == '\0')
        return false;
    for (; *s != '\0'; s++) {
        if (*s < '0' || *s > '9')
            return false;
        v = v * 10 + (uint64_t)(*s - '0');
        if (v > most)
            return false;
    }
    *out = (uint32_t)v;
    return true;
}

/* --- parts of the zip --- */

static enum err check_zip(struct reader *r)
{
    zip_int64_t n = zip_get_num_entries(r->zip, 0);
    uint64_t all = 0;
    if (n > (zip_int64_t)SHEET_PARTS_MAX)
        refuse(r, E_TOO_LARGE, arena_printf(r->arena, "XLSXの中のファイルが%u個を超えるため、読みません。表だけを新しいブックに貼り付けて保存してください。", SHEET_PARTS_MAX));
    for (zip_int64_t i = 0; i < n && r->failed == OK; i++) {
        zip_stat_t st;
        if (zip_stat_index(r->zip, (zip_uint64_t)i, 0, &st) != 0 || !(st.valid & ZIP_STAT_SIZE) || !(st.valid & ZIP_STAT_COMP_SIZE)) {
            refuse(r, E_FORM, broken);
            break;
        }
        all += st.size;
        if ((st.valid & ZIP_STAT_ENCRYPTION_METHOD) && st.encryption_method != ZIP_EM_NONE)
            refuse(r, E_FORM, "パスワードの付いたファイルは読めません。パスワードを外して保存し直してください。");
        else if (st.size > SHEET_UNPACKED_MAX || all > SHEET_UNPACKED_MAX)
            refuse(r, E_TOO_LARGE, arena_printf(r->arena, "展開すると%uMBを超えるため、読みません。表を分けて保存してください。", SHEET_UNPACKED_MAX >> 20));
        else if (st.size > 1u << 20 && st.size / (st.comp_size + 1) > SHEET_RATIO_MAX)
            refuse(r, E_TOO_LARGE, arena_printf(r->arena, "圧縮率が異常に高い(%u倍を超える)ため、読みません。表だけを新しいブックに貼り付けて保存してください。", SHEET_RATIO_MAX));
    }
    return r->failed;
}

static void refuse_doctype(struct reader *r)
{
    refuse(r, E_FORM, "XMLにDOCTYPE(外部の参照や実体)があるため、読みません。表計算ソフトで開いて保存し直してください。");
}

typedef void start_handler(void *self, const XML_Char *name, const XML_Char **at);
typedef void end_handler(void *self, const XML_Char *name);

struct part { struct reader *r; start_handler *start; end_handler *end; };

static void XMLCALL on_start(void *self, const XML_Char *name, const XML_Char **at)
{
    struct part *p = self;
    if (++p->r->depth > SHEET_XML_DEPTH_MAX)
        refuse(p->r, E_FORM, arena_printf(p->r->arena, "XMLの入れ子が%u段を超えるため、読みません。表計算ソフトで開いて保存し直してください。", SHEET_XML_DEPTH_MAX));
    else
        p->start(p->r, name, at);
}

static void XMLCALL on_end(void *self, const XML_Char *name)
{
    struct part *p = self;
    p->r->depth--;
    if (p->end != NULL && p->r->failed == OK)
        p->end(p->r, name);
}

static void XMLCALL on_text(void *self, const XML_Char *s, int n)
{
    struct reader *r = ((struct part *)self)->r;
    if (!r->collecting || r->phonetic > 0)
        return;
    if (r->text.n + (size_t)n > SHEET_CELL_BYTES_MAX) {
        refuse(r, E_TOO_LARGE, arena_printf(r->arena, "一つのセルの文字が%uバイトを超えるため、読みません。", SHEET_CELL_BYTES_MAX));
        return;
    }
    sb_add_n(&r->text, s, (size_t)n);
}

static void XMLCALL on_doctype(void *self, const XML_Char *name, const XML_Char *system_id, const XML_Char *public_id, int internal)
{
    (void)name, (void)system_id, (void)public_id, (void)internal;
    refuse_doctype(((struct part *)self)->r);
}

/* Reads a part from end to end. E_NOT_FOUND: there is none, which nothing is said about. */
static enum err read_part(struct reader *r, const char *name, start_handler *start, end_handler *end)
{
    zip_int64_t at = zip_name_locate(r->zip, name, ZIP_FL_NOCASE);
    if (at < 0)
        return E_NOT_FOUND;
    zip_file_t *file = zip_fopen_index(r->zip, (zip_uint64_t)at, 0);
    if (file == NULL) {
        refuse(r, E_FORM, broken);
        return r->failed;
    }
    struct part p = {r, start, end};
    r->xml = XML_ParserCreate(NULL);
    if (r->xml == NULL)
        abort();
    r->depth = 0;
    XML_SetUserData(r->xml, &p);
    XML_SetElementHandler(r->xml, on_start, on_end);
    XML_SetCharacterDataHandler(r->xml, on_text);
    XML_SetStartDoctypeDeclHandler(r->xml, on_doctype);
    bool whole = false;
    while (r->failed == OK && !whole) {
        void *room = XML_GetBuffer(r->xml, 1 << 16);
        zip_int64_t n = room != NULL ? zip_fread(file, room, 1 << 16) : -1;
        whole = n == 0;
        if (n > 0)
            r->unpacked += (uint64_t)n;
        if (r->unpacked > SHEET_UNPACKED_MAX) /* what the directory said need not be true */
            refuse(r, E_TOO_LARGE, arena_printf(r->arena, "展開すると%uMBを超えるため、読みません。表を分けて保存してください。", SHEET_UNPACKED_MAX >> 20));
        else if (n < 0 || XML_ParseBuffer(r->xml, (int)n, whole) != XML_STATUS_OK)
            refuse(r, E_FORM, broken);
    }
    XML_ParserFree(r->xml);
    r->xml = NULL;
    zip_fclose(file);
    return r->failed;
}

/* --- relations and the workbook --- */

/* A target beside the part that names it, or from the root. */
static const char *resolved(struct arena *a, const char *base, const char *target)
{
    if (target[0] == '/')
        return arena_dup(a, target + 1);
    size_t n = strlen(base);
    while (strncmp(target, "../", 3) == 0) {
        target += 3;
        while (n > 0 && base[--n] != '/')
            ;
        while (n > 0 && base[n - 1] != '/')
            n--;
    }
    return arena_printf(a, "%.*s%s", (int)n, base, target);
}

static void relation_start(void *self, const XML_Char *name, const XML_Char **at)
{
    struct reader *r = self;
    const char *id = attribute(at, "Id"), *type = attribute(at, "Type"), *target = attribute(at, "Target"), *mode = attribute(at, "TargetMode");
    if (!is(name, "Relationship") || id == NULL || type == NULL || target == NULL || (mode != NULL && strcmp(mode, "External") == 0))
        return;
    const char *slash = strrchr(type, '/');
    if (r->relations < SHEET_PARTS_MAX)
        ARENA_PUSH(r->arena, r->relation, r->relations, r->relations_cap) = (struct relation){
            arena_dup(r->arena, id), arena_dup(r->arena, slash != NULL ? slash + 1 : type), resolved(r->arena, r->base, target)};
}

static const char *target_of(const struct reader *r, const char *id, const char *type)
{
    for (size_t i = 0; i < r->relations; i++)
        if ((id == NULL || strcmp(r->relation[i].id, id) == 0) && (type == NULL || strcmp(r->relation[i].type, type) == 0))
            return r->relation[i].target;
    return NULL;
}

static void book_start(void *self, const XML_Char *name, const XML_Char **at)
{
    struct reader *r = self;
    if (is(name, "workbookPr")) {
        r->from_1904 = yes(attribute(at, "date1904"));
    } else if (is(name, "sheet")) {
        const char *title = attribute(at, "name"), *id = NULL, *state = attribute(at, "state");
        for (const XML_Char **k = at; k[0] != NULL; k += 2)
            if (strchr(k[0], ':') != NULL && is(k[0], "id"))
                id = k[1];
        if (title == NULL || id == NULL)
            return;
        if (r->sheets >= SHEET_SHEETS_MAX)
            refuse(r, E_TOO_LARGE, arena_printf(r->arena, "シートが%u枚を超えるため、読みません。", SHEET_SHEETS_MAX));
        else
            ARENA_PUSH(r->arena, r->sheet, r->sheets, r->sheets_cap) = (struct book_sheet){
                arena_dup(r->arena, title), arena_dup(r->arena, id), state != NULL && strcmp(state, "visible") != 0};
    }
}

/* --- number formats --- */

static struct number_format format_of(const struct reader *r, int id)
{
    for (size_t i = 0; i < r->codes; i++)
        if (r->code[i].id == id)
            return r->code[i].f;
    return number_format_of(id, NULL);
}

static void styles_start(void *self, const XML_Char *name, const XML_Char **at)
{
    struct reader *r = self;
    uint32_t id = 0;
    if (is(name, "numFmt")) {
        const char *code = attribute(at, "formatCode");
        if (code != NULL && number_of(attribute(at, "numFmtId"), 1u << 30, &id) && r->codes < 5000) {
            (void)(ARENA_PUSH(r->arena, r->code, r->codes, r->codes_cap));
            r->code[r->codes - 1].id = (int)id;
            r->code[r->codes - 1].f = number_format_of((int)id, code);
        }
    } else if (is(name, "cellXfs")) {
        r->in_looks = true;
    } else if (is(name, "xf") && r->in_looks && r->looks < 100000) {
        number_of(attribute(at, "numFmtId"), 1u << 30, &id);
        ARENA_PUSH(r->arena, r->look, r->looks, r->looks_cap) = format_of(r, (int)id);
    }
}

static void styles_end(void *self, const XML_Char *name)
{
    struct reader *r = self;
    if (is(name, "cellXfs"))
        r->in_looks = false;
}

/* --- texts --- */

/* Characters that XML cannot hold are written _x000D_, and a text that looks like one has its own _ written _x005F_. */
static const char *text_of(struct reader *r)
{
    const char *p = sb_str(&r->text);
    if (strstr(p, "_x") == NULL)
        return arena_dup_n(r->arena, p, r->text.n);
    char *out = arena_alloc(r->arena, r->text.n + 1), *w = out;
    while (*p != '\0') {
        if (p[0] == '_' && p[1] == 'x' && strspn(p + 2, "0123456789abcdefABCDEF") >= 4 && p[6] == '_') {
            char hex[5] = {p[2], p[3], p[4], p[5], '\0'};
            uint32_t cp = (uint32_t)strtoul(hex, NULL, 16);
            if (cp != 0 && (cp < 0xD800 || cp > 0xDFFF))
                w += utf8_write(w, cp);
            p += 7;
        } else {
            *w++ = *p++;
        }
    }
    *w = '\0';
    return out;
}

/* Lines end with \n, whatever the file had. */
static const char *with_lines(char *s)
{
    char *w = s;
    for (const char *p = s; *p != '\0'; p++)
        if (*p != '\r')
            *w++ = *p;
        else if (p[1] != '\n')
            *w++ = '\n';
    *w = '\0';
    return s;
}

static void text_begin(struct reader *r)
{
    r->text.n = 0;
    r->text.p[0] = '\0';
}

/* <si> and <is>: <t>, or runs <r><t>; readings in <rPh> are not part of the text. */
static bool string_start(struct reader *r, const char *name)
{
    if (is(name, "rPh")) {
        r->phonetic++;
    } else if (is(name, "t") && r->in_string) {
        r->collecting = true;
    } else {
        return false;
    }
    return true;
}

static bool string_end(struct reader *r, const char *name)
{
    if (is(name, "rPh")) {
        r->phonetic -= r->phonetic > 0;
    } else if (is(name, "t")) {
        r->collecting = false;
    } else {
        return false;
    }
    return true;
}

static void strings_start(void *self, const XML_Char *name, const XML_Char **at)
{
    struct reader *r = self;
    (void)at;
    if (is(name, "si")) {
        text_begin(r);
        r->in_string = true;
        r->phonetic = 0;
    } else {
        string_start(r, name);
    }
}

static void strings_end(void *self, const XML_Char *name)
{
    struct reader *r = self;
    if (string_end(r, name) || !is(name, "si"))
        return;
    r->in_string = false;
    if (r->strings >= SHEET_STRINGS_MAX)
        refuse(r, E_TOO_LARGE, arena_printf(r->arena, "文字の種類(共有文字列)が%u個を超えるため、読みません。表を分けて保存してください。", SHEET_STRINGS_MAX));
    else
        ARENA_PUSH(r->arena, r->string, r->strings, r->strings_cap) = with_lines((char *)(uintptr_t)text_of(r));
}

/* --- cells --- */

/* "BC12": column 54. The row is the row's own business. false: no such place. */
static bool column_at(const char *at, uint32_t *column)
{
    uint32_t v = 0;
    size_t letters = 0;
    while ((*at >= 'A' && *at <= 'Z') || (*at >= 'a' && *at <= 'z')) {
        v = v * 26 + (uint32_t)((*at | 0x20) - 'a') + 1;
        at++;
        if (++letters > 3)
            return false;
    }
    *column = v - 1;
    return letters > 0;
}

static void cell_start(struct reader *r, const XML_Char **at)
{
    const char *place = attribute(at, "r"), *type = attribute(at, "t");
    uint32_t style = 0;
    if (place != NULL && !column_at(place, &r->column)) {
        refuse(r, E_FORM, broken);
        return;
    }
    snprintf(r->type, sizeof r->type, "%s", type != NULL ? type : "n");
    number_of(attribute(at, "s"), 1u << 30, &style);
    r->style = style;
    r->formula = false;
    r->inline_text = r->value = NULL;
    text_begin(r);
}

static void sheet_start(void *self, const XML_Char *name, const XML_Char **at)
{
    struct reader *r = self;
    if (is(name, "row")) {
        uint32_t given = 0;
        const char *place = attribute(at, "r");
        r->row++;
        if (place != NULL && !number_of(place, 1048576, &given))
            refuse(r, E_FORM, broken);
        else if (place != NULL)
            r->row = given;
        r->column = 0;
        build_row(r->build);
    } else if (is(name, "c")) {
        cell_start(r, at);
    } else if (is(name, "v")) {
        text_begin(r);
        r->collecting = true;
    } else if (is(name, "f")) {
        r->formula = true;
    } else if (is(name, "is")) {
        text_begin(r);
        r->in_string = true;
        r->phonetic = 0;
    } else {
        string_start(r, name);
    }
}

/* A cell's text and kind by its type (18.18.11). NULL: nothing in it. */
static const char *cell_text(struct reader *r, enum sheet_kind *kind)
{
    uint32_t index;
    const char *text = NULL;
    *kind = SHEET_TEXT;
    if (strcmp(r->type, "inlineStr") == 0)
        return r->inline_text;
    if (r->value == NULL || (r->value[0] == '\0' && strcmp(r->type, "str") != 0))
        return NULL;
    if (strcmp(r->type, "s") == 0) {
        if (!number_of(r->value, SHEET_STRINGS_MAX, &index) || index >= r->strings) {
            refuse(r, E_FORM, broken);
            return NULL;
        }
        return r->string[index];
    }
    if (strcmp(r->type, "str") == 0)
        return r->value;
    if (strcmp(r->type, "b") == 0) {
        *kind = SHEET_BOOL;
        return yes(r->value) ? "TRUE" : "FALSE";
    }
    if (strcmp(r->type, "e") == 0) {
        *kind = SHEET_ERROR;
        return r->value;
    }
    if (strcmp(r->type, "d") == 0) {
        *kind = SHEET_DATE;
        return number_iso_text(r->arena, r->value);
    }
    struct number_format f = r->style < r->looks ? r->look[r->style] : (struct number_format){SHAPE_NUMBER, 0};
    if (!number_text(r->arena, r->value, f, r->from_1904, kind, &text))
        refuse(r, E_FORM, broken);
    return text;
}

static void cell_end(struct reader *r)
{
    enum sheet_kind kind;
    const char *text = cell_text(r, &kind);
    if (r->failed == OK && ((text != NULL && text[0] != '\0') || r->formula)) {
        enum err e = build_cell(r->build, r->column, kind, r->formula, text != NULL ? text : "");
        if (e != OK)
            refuse(r, e, r->fail->message);
    }
    r->column++;
}

static void sheet_end(void *self, const XML_Char *name)
{
    struct reader *r = self;
    if (string_end(r, name))
        return;
    if (is(name, "v")) {
        r->collecting = false;
        r->value = with_lines((char *)(uintptr_t)text_of(r));
    } else if (is(name, "is")) {
        r->in_string = false;
        r->inline_text = with_lines((char *)(uintptr_t)text_of(r));
    } else if (is(name, "c")) {
        cell_end(r);
    } else if (is(name, "row")) {
        enum err e = build_row_end(r->build, r->row);
        if (e != OK)
            refuse(r, e, r->fail->message);
    }
}

static enum err read_sheet(struct reader *r, const struct book_sheet *s, struct sheet_builder *b)
{
    const char *target = target_of(r, s->relation, "worksheet");
    if (target == NULL) /* a sheet that is a chart, or a dialogue of old */
        return OK;
    TRY(build_sheet(b, s->name, s->hidden));
    r->build = b;
    r->row = r->column = 0;
    enum err e = read_part(r, target, sheet_start, sheet_end);
    if (e == E_NOT_FOUND)
        refuse(r, E_FORM, broken);
    TRY(r->failed);
    return build_sheet_end(b);
}

/* --- the whole --- */

static const char *folder_of(struct arena *a, const char *part)
{
    const char *slash = strrchr(part, '/');
    return slash != NULL ? arena_dup_n(a, part, (size_t)(slash - part) + 1) : "";
}

static enum err optional(enum err e) { return e == E_NOT_FOUND ? OK : e; }

static enum err read_book(struct reader *r, struct sheet_builder *b)
{
    TRY(check_zip(r));
    r->base = "";
    TRY(optional(read_part(r, "_rels/.rels", relation_start, NULL)));
    const char *book = target_of(r, NULL, "officeDocument");
    if (book == NULL)
        book = "xl/workbook.xml";
    r->base = folder_of(r->arena, book);
    r->relations = 0;
    TRY(optional(read_part(r, arena_printf(r->arena, "%s_rels/%s.rels", r->base, book + strlen(r->base)), relation_start, NULL)));
    if (read_part(r, book, book_start, NULL) == E_NOT_FOUND)
        refuse(r, E_FORM, "XLSXファイルではありません(ブックがありません)。表計算ソフトで「Excelブック(.xlsx)」として保存してください。");
    TRY(r->failed);
    const char *styles = target_of(r, NULL, "styles"), *strings = target_of(r, NULL, "sharedStrings");
    if (styles != NULL)
        TRY(optional(read_part(r, styles, styles_start, styles_end)));
    if (strings != NULL)
        TRY(optional(read_part(r, strings, strings_start, strings_end)));
    for (size_t i = 0; i < r->sheets; i++)
        TRY(read_sheet(r, &r->sheet[i], b));
    return OK;
}

enum err xlsx_parse(struct arena *a, const void *bytes, size_t n, struct workbook *w, struct failure *f)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = zip_source_buffer_create(bytes, n, 0, &error);
    zip_t *zip = source != NULL ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    zip_error_fini(&error);
    if (zip == NULL) {
        if (source != NULL)
            zip_source_free(source);
        return fail_with(f, E_FORM, "%s", broken);
    }
    struct reader r = {.arena = a, .fail = f, .zip = zip};
    struct sheet_builder b = {.arena = a, .fail = f};
    sb_init(&r.text, a);
    enum err e = read_book(&r, &b);
    zip_discard(zip);
    w->xlsx = true;
    w->sheet = b.sheet;
    w->n = b.sheets;
    return e;
}
