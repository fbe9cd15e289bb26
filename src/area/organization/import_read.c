/* Reading a file of organizations: encoding, format, rows. Nothing here touches the database. */
#include "area/organization/import.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "export/sheet.h"

enum { NTA_COLUMNS = 30, ROW_BYTES = 200, FAULTS_MOST = 200000 };

static const struct import_format *const formats[] = {&format_nta, &format_portal, &format_own};
enum { FORMATS = sizeof formats / sizeof formats[0] };

/* --- what readers call --- */

void import_fault(struct reading *r, int64_t line, const char *column, const char *reason)
{
    struct import_report *out = r->out;
    ARENA_PUSH(r->arena, out->refusal, out->refusals, out->refusals_cap) =
        (struct import_refusal){.line = line, .column = arena_dup(r->arena, column), .reason = reason};
}

void import_refuse(struct reading *r, struct incoming *in, const char *column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    import_fault(r, in->line, column, arena_vprintf(r->arena, format, args));
    va_end(args);
    in->refused = true;
}

void import_broken(struct reading *r, int64_t line, const char *column, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    import_fault(r, line, column, arena_vprintf(r->arena, format, args));
    va_end(args);
    r->broken = true;
}

const char *import_raw(struct reading *r, const struct csv_row *row, int column)
{
    int place = r->column[column];
    return place < 0 || (size_t)place >= row->n ? "" : row->cell[place];
}

const char *import_cell(struct reading *r, const struct csv_row *row, int column)
{
    const char *s = import_raw(r, row, column);
    if (*s == '\0')
        return NULL;
    bool ok = true; /* the file's encoding was checked as a whole */
    return text_clean(r->arena, s, strlen(s), true, &ok);
}

void import_take(const struct organization *from, struct organization *after, const char *field, bool blank_too)
{
    const struct field *f = entity_field(&organization_entity, field);
    assert(f != NULL);
    if (name_in(after->local_fields, field))
        return;
    switch (f->kind) {
    case FIELD_TEXT: case FIELD_MEMO: case FIELD_DATE: case FIELD_CODE:
        if (blank_too || field_text(f, from) != NULL)
            field_set_text(f, after, field_text(f, from));
        return;
    case FIELD_SET:
        if (blank_too || ((const struct set *)((const char *)from + f->offset))->n > 0)
            memcpy((char *)after + f->offset, (const char *)from + f->offset, sizeof(struct set));
        return;
    case FIELD_ID: case FIELD_INT: case FIELD_YEAR: case FIELD_YEN: case FIELD_MILLI: case FIELD_FLAG: case FIELD_INSTANT: case FIELD_REF:
        if (blank_too || field_int(f, from) != NONE)
            field_set_int(f, after, field_int(f, from));
        return;
    case FIELD_CHILD:
        break;
    }
    assert(f->kind != FIELD_CHILD);
}

bool name_is_npo(struct arena *a, const char *name)
{
    if (strstr(name, "特定非営利活動法人") != NULL)
        return true;
    const char *plain = text_nfkc(a, name);
    return strstr(plain, "特定非営利活動法人") != NULL || strstr(plain, "NPO法人") != NULL;
}

const char *kind_of_name(struct arena *a, const char *name, const char *corporate_kind)
{
    static const struct { const char *part, *kind; } words[] = {
        {"社会福祉法人", "welfare"}, {"学校法人", "school"}, {"商工会", "commerce"}, {"商店街", "commerce"}, {"中小企業団体", "commerce"},
        {"広域連合", "joint_body"}, {"一部事務組合", "joint_body"}, {"一般社団法人", "nonprofit"}, {"公益社団法人", "nonprofit"},
        {"一般財団法人", "nonprofit"}, {"公益財団法人", "nonprofit"},
    };
    if (name != NULL && name_is_npo(a, name))
        return "npo";
    if (corporate_kind == NULL)
        return NULL;
    if (corporate_kind[0] == '3' && corporate_kind[1] == '0')
        return "company";
    for (size_t i = 0; name != NULL && i < sizeof words / sizeof words[0]; i++)
        if (strstr(name, words[i].part) != NULL)
            return words[i].kind;
    return strcmp(corporate_kind, "201") == 0 ? "municipality" : "other";
}

const char *municipality_code(struct arena *a, const char *prefecture, const char *city)
{
    if (prefecture == NULL || city == NULL || strlen(prefecture) != 2 || strlen(city) != 3)
        return NULL;
    char code[7];
    memcpy(code, prefecture, 2);
    memcpy(code + 2, city, 3);
    int sum = 0;
    for (int i = 0; i < 5; i++) {
        if (code[i] < '0' || code[i] > '9')
            return NULL;
        sum += (code[i] - '0') * (6 - i);
    }
    code[5] = (char)('0' + (11 - sum % 11) % 10);
    code[6] = '\0';
    return arena_dup(a, code);
}

const char *postcode_of(struct arena *a, const char *s)
{
    if (s == NULL)
        return NULL;
    char digit[8];
    size_t n = 0;
    for (const char *p = text_nfkc(a, s); *p != '\0'; p++) {
        if (*p == '-')
            continue;
        if (*p < '0' || *p > '9' || n == 7)
            return NULL;
        digit[n++] = *p;
    }
    return n == 7 ? arena_printf(a, "%.3s-%.4s", digit, digit + 3) : NULL;
}

/* --- reading --- */

struct bytes_line { const char *p; size_t n; };

static bool next_line(struct bytes_line *l, const char *end)
{
    const char *p = l->p == NULL ? NULL : l->p + l->n;
    if (p == NULL || p >= end)
        return false;
    if (++p == end) /* nothing behind the last line end: no line of its own */
        return false;
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    *l = (struct bytes_line){p, (size_t)((stop != NULL ? stop : end) - p)};
    return true;
}

/* encoding_decode names the first place; here each line that cannot be read is named. A file is held for UTF-8 when more of its lines are. */
static void undecodable(struct reading *r, const char *p, size_t n, const char *sentence)
{
    size_t utf8 = 0, other = 0;
    const char *end = p + n;
    const char *first = memchr(p, '\n', n);
    struct bytes_line start = {p, (size_t)((first != NULL ? first : end) - p)}, l = start;
    do {
        bool ascii = true;
        for (size_t i = 0; i < l.n && ascii; i++)
            ascii = (unsigned char)l.p[i] < 0x80;
        if (!ascii)
            *(text_utf8_ok(l.p, l.n) ? &utf8 : &other) += 1;
    } while (next_line(&l, end));
    int64_t line = 1;
    l = start;
    ARENA struct arena *scratch = arena_new();
    do {
        arena_reset(scratch);
        struct failure unread;
        failure_init(&unread, scratch);
        enum encoding found;
        const char *text;
        size_t text_n;
        bool bad = utf8 > other ? !text_utf8_ok(l.p, l.n) : encoding_decode(scratch, l.p, l.n, &found, &text, &text_n, &unread) != OK;
        if (bad)
            import_broken(r, line, NULL, "文字として読めないところがあります。CSV UTF-8(コンマ区切り)で保存し直してください。");
        r->out->read++;
        line++;
    } while (next_line(&l, end) && r->out->refusals < FAULTS_MOST);
    if (!r->broken)
        import_broken(r, 1, NULL, "%s", sentence);
}

const struct import_format *import_format_named(const char *name)
{
    for (size_t i = 0; i < FORMATS; i++)
        if (strcmp(formats[i]->name, name) == 0)
            return formats[i];
    return NULL;
}

/* Takes the header, if there is one; leaves `first` as the first row of data when there is none (*has_row). */
static void choose_format(struct reading *r, const char *format, const struct csv_row *first, bool *has_row)
{
    bool header = false;
    if (format == NULL || strcmp(format, "auto") == 0) {
        for (size_t i = 0; i < FORMATS && r->format == NULL; i++)
            if (formats[i]->recognise(r->arena, first, &header))
                r->format = formats[i];
        if (r->format == NULL && first->n == NTA_COLUMNS) /* its first row may be one that is wrong */
            r->format = &format_nta;
    } else {
        r->format = import_format_named(format);
        if (r->format != NULL)
            r->format->recognise(r->arena, first, &header);
    }
    if (r->format == NULL) {
        import_broken(r, (int64_t)first->line, NULL, "どの形式のファイルか分かりません。1行目の列の名前を確かめてください。");
        return;
    }
    r->out->format = r->format->name;
    r->format->columns(r, header ? first : NULL);
    r->header_broken = r->broken;
    *has_row = !header;
}

/* The row as it stands in the file, without its line end. */
static const char *slice(struct reading *r, const char *from, const char *to)
{
    while (from < to && (*from == '\n' || *from == '\r'))
        from++;
    while (to > from && (to[-1] == '\n' || to[-1] == '\r'))
        to--;
    return arena_dup_n(r->arena, from, (size_t)(to - from));
}

/* Rows of a CSV, or of the first visible sheet of a workbook that has any. */
struct source {
    struct reading *r;
    struct csv_reader csv;
    struct failure unread;
    const struct sheet *sheet;
    size_t next;
    const char *raw; /* of the row just given */
    bool last;
};

static int next_of_sheet(struct source *s, size_t width, struct csv_row *row)
{
    struct sb raw;
    if (s->next >= s->sheet->n)
        return 0;
    const struct sheet_row *in = &s->sheet->row[s->next++];
    size_t used = in->n > 0 ? in->cell[in->n - 1].column + 1 : 0;
    const char **cell = arena_many(s->r->arena, const char *, used > width ? used : width);
    row->n = used > width ? used : width;
    sb_init(&raw, s->r->arena);
    for (size_t i = 0; i < row->n; i++) {
        const char *text = sheet_text(in, (uint32_t)i);
        cell[i] = text != NULL ? text : "";
        if (i > 0)
            csv_comma(&raw);
        csv_text(&raw, text);
    }
    row->cell = cell;
    row->line = in->number;
    s->raw = sb_str(&raw);
    s->last = s->next == s->sheet->n;
    return 1;
}

/* width: of the heading; 0: this is the heading. */
static int next_row(struct source *s, size_t width, struct csv_row *row)
{
    if (s->sheet != NULL)
        return next_of_sheet(s, width, row);
    const char *from = s->csv.p;
    int more = csv_next(&s->csv, row);
    s->raw = more > 0 ? slice(s->r, from, s->csv.p) : NULL;
    s->last = s->csv.p >= s->csv.end;
    return more;
}

static bool open_workbook(struct source *s, const char *bytes, size_t n)
{
    struct workbook *book = NULL;
    if (sheet_read(s->r->arena, bytes, n, NULL, &book, &s->unread) != OK) {
        import_broken(s->r, 1, NULL, "%s", s->unread.message);
        return false;
    }
    s->r->out->encoding = "XLSX";
    for (size_t i = 0; i < book->n && s->sheet == NULL; i++)
        if (!book->sheet[i].hidden && book->sheet[i].n > 0)
            s->sheet = &book->sheet[i];
    if (s->sheet == NULL)
        import_broken(s->r, 1, NULL, "ファイルが空です。");
    return s->sheet != NULL;
}

static bool open_text(struct source *s, const char *bytes, size_t n)
{
    struct reading *r = s->r;
    enum encoding encoding;
    const char *text = NULL;
    size_t text_n = 0;
    if (encoding_decode(r->arena, bytes, n, &encoding, &text, &text_n, &s->unread) != OK) {
        undecodable(r, bytes, n, s->unread.message);
        return false;
    }
    r->out->encoding = encoding_name(encoding);
    r->cut = text_n > 0 && text[text_n - 1] != '\n' && text[text_n - 1] != '\r';
    /* Room for the rows that such a text can hold, so that a long list is not moved again and again. */
    r->rows_cap = text_n / ROW_BYTES + 1;
    r->row = arena_many(r->arena, struct incoming, r->rows_cap);
    csv_open(&s->csv, r->arena, text, text_n, &s->unread);
    return true;
}

static void read_row(struct reading *r, const struct csv_row *row, size_t width, bool last, const char *raw)
{
    r->out->read++;
    if (r->header_broken)
        return;
    if (row->n != width) {
        import_broken(r, (int64_t)row->line, NULL, "列が%zuあります(%zuのはずです)。%s", row->n, width,
                      last && r->cut && row->n < width ? "ファイルが途中で切れています。" : "");
        return;
    }
    const char *name = r->format->name_of(r, row);
    if (r->only_npo && !name_is_npo(r->arena, name)) {
        r->out->skipped++;
        return;
    }
    struct incoming in = {.line = (int64_t)row->line, .raw = raw, .latest = true, .id = NONE};
    entity_init(&organization_entity, &in.o);
    r->format->read(r, row, last, &in);
    if (in.refused) {
        r->out->refused++;
        return;
    }
    in.o.source = r->format->source;
    if (in.o.state == NULL)
        in.o.state = "open";
    in.number = in.o.corporate_number != NULL ? strtoll(in.o.corporate_number, NULL, 10) : 0;
    in.o.sort_key = text_sort_key(r->arena, in.o.name, in.o.kana);
    ARENA_PUSH(r->arena, r->row, r->rows, r->rows_cap) = in;
}

static int64_t line_in(const char *sentence)
{
    char *end = NULL;
    long long line = sentence != NULL ? strtoll(sentence, &end, 10) : 0;
    return line > 0 ? line : 1;
}

void import_read_file(struct reading *r, const char *bytes, size_t n, const char *format)
{
    struct source s = {.r = r};
    struct csv_row row;
    failure_init(&s.unread, r->arena);
    if (n == 0) {
        import_broken(r, 1, NULL, "ファイルが空です。");
        return;
    }
    if (!(n > 1 && memcmp(bytes, "PK", 2) == 0 ? open_workbook(&s, bytes, n) : open_text(&s, bytes, n)))
        return;
    int more = next_row(&s, 0, &row);
    if (more > 0) {
        size_t width = row.n;
        bool has_row = false;
        choose_format(r, format, &row, &has_row);
        if (r->format == NULL)
            return;
        if (has_row && r->format == &format_nta)
            width = NTA_COLUMNS;
        if (!has_row)
            more = next_row(&s, width, &row);
        while (more > 0) {
            if (r->out->refusals >= FAULTS_MOST) { /* a file of another kind: memory is not spent on every line of it */
                import_broken(r, (int64_t)row.line, NULL, "直すところが多すぎるので、ここで読むのをやめました。");
                break;
            }
            read_row(r, &row, width, s.last, s.raw);
            more = next_row(&s, width, &row);
        }
    } else if (more == 0) {
        import_broken(r, 1, NULL, "ファイルが空です。");
    }
    if (more < 0)
        import_broken(r, line_in(s.unread.message), NULL, "%s", s.unread.message);
}
