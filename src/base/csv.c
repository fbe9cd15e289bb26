#include "base/csv.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/none.h"
#include "base/utf8.h"

const char *encoding_name(enum encoding e)
{
    switch (e) {
    case ENCODING_UTF8:
        return "UTF-8";
    case ENCODING_UTF8_BOM:
        return "UTF-8 (BOM)";
    case ENCODING_CP932:
        return "CP932";
    }
    return "?";
}

/* ---- reading a file's bytes ---- */

/* How a text fares as UTF-8. Japanese characters take three bytes; Shift_JIS text hardly ever forms such a triple by chance. */
struct utf8_census {
    const char *first_bad; /* NULL: well-formed throughout */
    size_t bad, triples;
};

static struct utf8_census take_census(const char *p, const char *end)
{
    struct utf8_census c = {0};
    while (p < end) {
        uint32_t cp;
        size_t n = utf8_read(p, end, &cp);
        if (n == 0 || cp == 0) {
            if (!c.first_bad)
                c.first_bad = p;
            c.bad++;
            n = 1;
        } else if (n >= 3) {
            c.triples++;
        }
        p += n;
    }
    return c;
}

static enum err undecodable(const char *start, const char *bad, const char *as, struct failure *f)
{
    size_t line = 1;
    const char *line_start = start;
    for (const char *p = start; p < bad; p++)
        if (*p == '\n' || (*p == '\r' && (p + 1 == bad || p[1] != '\n'))) {
            line++;
            line_start = p + 1;
        }
    return fail_with(f, E_FORM, "%zu行目の%zuバイト目(値%02X)を%sの文字として読めません。CSV UTF-8(コンマ区切り)で保存し直してください。", line,
                     (size_t)(bad - line_start) + 1, (unsigned)(unsigned char)*bad, as);
}

/* iconv's output for one file; NULL with *bad set where a byte cannot be decoded. */
static const char *from_cp932(struct arena *a, const char *p, size_t n, size_t *out_n, const char **bad)
{
    iconv_t to_utf8 = iconv_open("UTF-8", "CP932");
    if (to_utf8 == (iconv_t)-1) {
        fprintf(stderr, "kyodo: iconv knows no CP932 (package libc6, directory gconv)\n");
        abort();
    }
    /* One byte of CP932 gives at most three of UTF-8 (half-width kana). */
    char *out = arena_array(a, n + 1, 3);
    char *in_at = (char *)(uintptr_t)p, *out_at = out;
    size_t in_left = n, out_left = 3 * n + 2;
    size_t result = iconv(to_utf8, &in_at, &in_left, &out_at, &out_left);
    iconv_close(to_utf8);
    if (result == (size_t)-1 || memchr(p, 0, n)) {
        const char *nul = memchr(p, 0, n);
        *bad = nul && nul < in_at ? nul : in_at;
        return NULL;
    }
    *out_n = (size_t)(out_at - out);
    *out_at = '\0';
    return out;
}

enum err encoding_decode(struct arena *a, const char *p, size_t n, enum encoding *found, const char **text, size_t *text_n,
                         struct failure *f)
{
    if (n >= 2 && (memcmp(p, "\xFF\xFE", 2) == 0 || memcmp(p, "\xFE\xFF", 2) == 0))
        return fail_with(f, E_FORM, "1行目の1バイト目から、UTF-16で書かれています。CSV UTF-8(コンマ区切り)で保存し直してください。");

    bool bom = n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0;
    const char *start = bom ? p + 3 : p;
    struct utf8_census utf8 = take_census(start, p + n);
    if (!utf8.first_bad) {
        *found = bom ? ENCODING_UTF8_BOM : ENCODING_UTF8;
        *text_n = (size_t)(p + n - start);
        *text = arena_dup_n(a, start, *text_n);
        return OK;
    }
    /* A UTF-8 file with one broken byte can often be decoded as CP932 too, as rubbish from end to end. */
    if (bom || utf8.triples > 4 * utf8.bad)
        return undecodable(p, utf8.first_bad, "UTF-8", f);

    const char *bad = NULL;
    *text = from_cp932(a, p, n, text_n, &bad);
    if (!*text)
        return undecodable(p, bad, "UTF-8でもCP932(Shift_JIS)で", f);
    *found = ENCODING_CP932;
    return OK;
}

/* ---- writing CP932 ---- */

/* Unicode has two characters for what is one in JIS X 0208; CP932's table knows only one of the two. The yen sign and the
 * overline go to their full-width forms, because the byte 5C would come back as a backslash. */
static uint32_t cp932_twin(uint32_t cp)
{
    switch (cp) {
    case 0x301C: return 0xFF5E; /* wave dash */
    case 0x2016: return 0x2225; /* double vertical line */
    case 0x2212: return 0xFF0D; /* minus */
    case 0x2014: return 0x2015; /* em dash */
    case 0x00A2: return 0xFFE0;
    case 0x00A3: return 0xFFE1;
    case 0x00AC: return 0xFFE2;
    case 0x00A5: return 0xFFE5;
    case 0x203E: return 0xFFE3;
    case 0x00A6: return 0xFFE4;
    default: return cp;
    }
}

static bool variation_selector(uint32_t cp)
{
    return (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0100 && cp <= 0xE01EF);
}

static void add_lost(struct arena *a, struct sb *lost, const char *s, size_t n)
{
    const char *c = arena_dup_n(a, s, n);
    if (!strstr(sb_str(lost), c))
        sb_add_n(lost, s, n);
}

const char *encoding_to_cp932(struct arena *a, const char *text, size_t *out_n, const char **lost)
{
    iconv_t to_cp932 = iconv_open("CP932", "UTF-8");
    if (to_cp932 == (iconv_t)-1) {
        fprintf(stderr, "kyodo: iconv knows no CP932 (package libc6, directory gconv)\n");
        abort();
    }
    struct sb missing;
    sb_init(&missing, a);
    size_t n = strlen(text);
    /* No character is longer in CP932 than in UTF-8, and 〓 has two bytes for a character of at least two. */
    char *out = arena_alloc(a, n * 2 + 1), *w = out;
    const char *p = text, *end = text + n, *before = text;
    while (p < end) {
        if ((unsigned char)*p < 0x80) {
            before = p;
            *w++ = *p++;
            continue;
        }
        uint32_t cp = 0xFFFD;
        size_t len = utf8_read(p, end, &cp);
        if (len == 0)
            len = 1;
        if (variation_selector(cp)) {
            /* The character itself was written; its particular shape is what is lost. */
            add_lost(a, &missing, before, (size_t)(p - before) + len);
            p += len;
            continue;
        }
        char one[4];
        size_t in_left = utf8_write(one, cp932_twin(cp)), out_left = 2;
        char *in_at = one, *out_at = w;
        if (iconv(to_cp932, &in_at, &in_left, &out_at, &out_left) != 0) {
            iconv(to_cp932, NULL, NULL, NULL, NULL);
            add_lost(a, &missing, p, len);
            w[0] = (char)0x81; /* 〓 */
            w[1] = (char)0xAC;
            out_at = w + 2;
        }
        w = out_at;
        before = p;
        p += len;
    }
    iconv_close(to_cp932);
    *w = '\0';
    *out_n = (size_t)(w - out);
    if (lost)
        *lost = missing.n ? sb_str(&missing) : NULL;
    return out;
}

/* ---- rows in ---- */

void csv_open(struct csv_reader *r, struct arena *a, const char *text, size_t n, struct failure *f)
{
    *r = (struct csv_reader){.arena = a, .p = text, .end = text + n, .line = 1, .fail = f};
}

/* Text that a spreadsheet would take for a formula, with any number of guards before it: so what goes out guarded comes
 * back as it was, even when it began with the guard itself. */
static bool formula_like(const char *s)
{
    while (*s == '\'')
        s++;
    return *s == '=' || *s == '+' || *s == '-' || *s == '@' || *s == '\t' || *s == '\r';
}

static bool line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Behind a line end, CRLF being one. */
static const char *past_line_end(const char *p, const char *end)
{
    return *p == '\r' && p + 1 < end && p[1] == '\n' ? p + 2 : p + 1;
}

static int broken(struct csv_reader *r, size_t line, const char *what)
{
    fail_with(r->fail, E_FORM, "%zu行目: %s", line, what);
    return -1;
}

int csv_next(struct csv_reader *r, struct csv_row *row)
{
    while (r->p < r->end && line_end(*r->p)) {
        r->p = past_line_end(r->p, r->end);
        r->line++;
    }
    if (r->p >= r->end)
        return 0;

    /* First to the end of the row, so that all its cells share one block. */
    const char *p = r->p;
    size_t cells = 1, lines = 0;
    bool start_of_cell = true;
    for (;;) {
        if (p < r->end && start_of_cell && *p == '"') {
            size_t open_line = r->line + lines;
            p++;
            for (;;) {
                if (p >= r->end)
                    return broken(r, open_line, "引用符(\")が閉じられていません。");
                if (*p == '"') {
                    if (p + 1 < r->end && p[1] == '"') {
                        p += 2;
                        continue;
                    }
                    p++;
                    break;
                }
                if (*p == '\0')
                    return broken(r, r->line + lines, "NUL文字があります。");
                if (line_end(*p)) {
                    lines++;
                    p = past_line_end(p, r->end);
                } else {
                    p++;
                }
            }
            if (p < r->end && *p != ',' && !line_end(*p))
                return broken(r, r->line + lines, "閉じる引用符(\")の後に文字があります。");
        }
        start_of_cell = false;
        if (p >= r->end || line_end(*p))
            break;
        if (*p == '\0')
            return broken(r, r->line + lines, "NUL文字があります。");
        if (*p == ',') {
            cells++;
            start_of_cell = true;
        }
        p++;
    }
    const char *stop = p;

    char *w = arena_alloc(r->arena, (size_t)(stop - r->p) + 1);
    const char **cell = arena_many(r->arena, const char *, cells);
    p = r->p;
    for (size_t i = 0; i < cells; i++) {
        char *begin = w;
        if (p < stop && *p == '"') {
            for (p++; *p != '"' || (p + 1 < stop && p[1] == '"'); p++) {
                if (*p == '"')
                    p++;
                *w++ = *p;
            }
            p++;
        } else {
            const char *comma = memchr(p, ',', (size_t)(stop - p));
            size_t n = (size_t)((comma ? comma : stop) - p);
            memcpy(w, p, n);
            w += n;
            p += n;
        }
        if (p < stop)
            p++; /* the comma */
        *w++ = '\0';
        cell[i] = *begin == '\'' && formula_like(begin) ? begin + 1 : begin;
    }

    row->cell = cell;
    row->n = cells;
    row->line = r->line;
    r->line += lines;
    if (stop < r->end) {
        stop = past_line_end(stop, r->end);
        r->line++;
    }
    r->p = stop;
    return 1;
}

/* ---- cells out ---- */

void csv_text(struct sb *b, const char *s)
{
    if (!s)
        return;
    bool guard = formula_like(s);
    if (!guard && !s[strcspn(s, "\",\r\n")]) {
        sb_add(b, s);
        return;
    }
    sb_char(b, '"');
    if (guard)
        sb_char(b, '\'');
    for (;;) {
        size_t n = strcspn(s, "\"");
        sb_add_n(b, s, n);
        s += n;
        if (!*s)
            break;
        sb_add(b, "\"\"");
        s++;
    }
    sb_char(b, '"');
}

void csv_int(struct sb *b, int64_t v)
{
    if (v != NONE)
        sb_int(b, v);
}

void csv_milli(struct sb *b, int64_t v)
{
    if (v == NONE)
        return;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    if (v < 0)
        sb_char(b, '-');
    sb_int(b, (int64_t)(u / 1000));
    unsigned rest = (unsigned)(u % 1000);
    if (!rest)
        return;
    char places[4];
    snprintf(places, sizeof places, "%03u", rest);
    size_t n = 3;
    while (places[n - 1] == '0')
        n--;
    sb_char(b, '.');
    sb_add_n(b, places, n);
}

void csv_comma(struct sb *b)
{
    sb_char(b, ',');
}

void csv_end(struct sb *b)
{
    sb_add(b, "\r\n");
}
