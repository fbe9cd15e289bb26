#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/utf8.h"

/* ---- checking and normalising ---- */

bool text_utf8_ok(const char *s, size_t n)
{
    const char *end = s + n;
    while (s < end) {
        uint32_t cp;
        size_t k = utf8_read(s, end, &cp);
        if (k == 0 || cp == 0)
            return false;
        s += k;
    }
    return true;
}

/* Characters that stand in NFC as they are and never compose with what stands before them; the marks that could compose with
 * them are not among them. Text of nothing else needs no normalising, and nearly all text is so. */
static bool inert_nfc(uint32_t cp)
{
    return cp < 0x300 || (cp >= 0x3000 && cp < 0x3029) || (cp >= 0x3030 && cp <= 0x3098) || (cp >= 0x309B && cp <= 0x312F) ||
           (cp >= 0x3190 && cp <= 0x9FFF) || (cp >= 0xFF01 && cp <= 0xFFEE) || (cp >= 0x2010 && cp <= 0x205E) ||
           (cp >= 0x2460 && cp <= 0x27BF) || (cp >= 0x20000 && cp <= 0x2EBEF);
}

/* The same for NFKC. */
static bool inert_nfkc(uint32_t cp)
{
    return cp < 0x80 || (cp >= 0x3001 && cp <= 0x3029) || (cp >= 0x3041 && cp <= 0x3096) || cp == 0x309D || cp == 0x309E ||
           (cp >= 0x30A0 && cp <= 0x30FE) || (cp >= 0x3400 && cp <= 0x4DBF) || (cp >= 0x4E00 && cp <= 0x9FFF) || cp == 0x2010;
}

/* The normal form of n well-formed bytes. */
static char *normalise(struct arena *a, const char *s, size_t n, utf8proc_option_t options, size_t *out_n)
{
    const utf8proc_uint8_t *in = (const utf8proc_uint8_t *)s;
    utf8proc_ssize_t count = utf8proc_decompose(in, (utf8proc_ssize_t)n, NULL, 0, options);
    if (count >= 0) {
        utf8proc_int32_t *cp = arena_many(a, utf8proc_int32_t, (size_t)count + 1);
        count = utf8proc_decompose(in, (utf8proc_ssize_t)n, cp, count, options);
        if (count >= 0)
            count = utf8proc_reencode(cp, count, options);
        if (count >= 0) {
            *out_n = (size_t)count;
            return (char *)cp;
        }
    }
    fprintf(stderr, "kyodo: utf8proc: %s\n", utf8proc_errmsg(count));
    abort();
}

const char *text_nfkc(struct arena *a, const char *s)
{
    if (!s)
        return NULL;
    const char *p = s, *end = s + strlen(s);
    while (p < end) {
        uint32_t cp;
        size_t k = utf8_read(p, end, &cp);
        if (k == 0)
            return arena_dup(a, s); /* not UTF-8: it did not come in by the door; nothing to normalise */
        if (!inert_nfkc(cp))
            break;
        p += k;
    }
    if (p == end)
        return arena_dup(a, s);
    if (!text_utf8_ok(p, (size_t)(end - p)))
        return arena_dup(a, s);
    size_t n;
    return normalise(a, s, (size_t)(end - s), UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT, &n);
}

/* Control characters other than newline and tab, byte order marks, bidirectional overrides and isolates (which let a text
 * read otherwise than it is), and the two code points that no XML file may hold. */
static bool unwanted(uint32_t cp)
{
    return (cp < 0x20 && cp != '\n' && cp != '\t') || (cp >= 0x7F && cp <= 0x9F) || cp == 0xFEFF || (cp >= 0x202A && cp <= 0x202E) ||
           (cp >= 0x2066 && cp <= 0x2069) || cp == 0xFFFE || cp == 0xFFFF;
}

static bool blank(uint32_t cp)
{
    return cp == ' ' || cp == '\n' || cp == '\t' || cp == 0x3000 || cp == 0x00A0 || (cp >= 0x2000 && cp <= 0x200B) || cp == 0x202F ||
           cp == 0x205F || cp == 0x1680;
}

/* Takes blanks off both ends of [*p, *end). */
static void trim(const char **p, const char **end)
{
    uint32_t cp;
    while (*p < *end) {
        size_t k = utf8_read(*p, *end, &cp);
        if (k == 0 || !blank(cp))
            break;
        *p += k;
    }
    while (*p < *end) {
        const char *q = *end - 1;
        while (q > *p && ((unsigned char)*q & 0xC0) == 0x80)
            q--;
        if (utf8_read(q, *end, &cp) == 0 || !blank(cp))
            break;
        *end = q;
    }
}

const char *text_clean(struct arena *a, const char *s, size_t n, bool one_line, bool *ok)
{
    *ok = true;
    if (!s || n == 0)
        return NULL;
    size_t plain = 0;
    while (plain < n && s[plain] >= 0x20 && s[plain] < 0x7F)
        plain++;
    if (plain == n) { /* most of what a form sends besides its texts: nothing to clean but the ends */
        const char *p = s, *end = s + n;
        trim(&p, &end);
        return p == end ? NULL : arena_dup_n(a, p, (size_t)(end - p));
    }
    if (!text_utf8_ok(s, n)) {
        *ok = false;
        return NULL;
    }
    char *out = arena_alloc(a, n + 1), *w = out;
    bool normal = true;
    for (const char *p = s, *end = s + n; p < end;) {
        uint32_t cp = 0;
        size_t k = utf8_read(p, end, &cp);
        if (cp == '\r' || cp == 0x85 || cp == 0x2028 || cp == 0x2029) {
            if (cp == '\r' && p + 1 < end && p[1] == '\n')
                k = 2;
            cp = '\n';
        }
        p += k;
        if (unwanted(cp))
            continue;
        if (one_line && (cp == '\n' || cp == '\t'))
            cp = ' ';
        normal = normal && inert_nfc(cp);
        w += utf8_write(w, cp);
    }
    size_t out_n = (size_t)(w - out);
    if (!normal)
        out = normalise(a, out, out_n, UTF8PROC_STABLE | UTF8PROC_COMPOSE, &out_n);
    const char *p = out, *end = out + out_n;
    trim(&p, &end);
    if (p == end)
        return NULL;
    out[end - out] = '\0';
    return p;
}

size_t text_length(const char *s)
{
    size_t n = 0;
    if (s)
        for (; *s; s++)
            n += ((unsigned char)*s & 0xC0) != 0x80;
    return n;
}

/* ---- names ---- */

/* Legal forms as they stand in folded text, longer ones before those they begin with. */
static const char *const legal_forms[] = {
    "特例認定特定非営利活動法人", "仮認定特定非営利活動法人", "認定特定非営利活動法人", "特定非営利活動法人", "特例認定npo法人",
    "仮認定npo法人", "認定npo法人", "npo法人", "一般社団法人", "一般財団法人", "公益社団法人", "公益財団法人", "特例社団法人",
    "特例財団法人", "医療法人社団", "医療法人財団", "社会医療法人社団", "社会医療法人財団", "社会医療法人", "特定医療法人社団",
    "特定医療法人財団", "特定医療法人", "医療法人", "社団法人", "財団法人", "社会福祉法人", "更生保護法人", "準学校法人", "学校法人",
    "宗教法人", "国立大学法人", "公立大学法人", "地方独立行政法人", "独立行政法人", "株式会社", "有限会社", "合同会社", "合資会社",
    "合名会社", "農事組合法人", "管理組合法人", "労働者協同組合", "認可地縁団体", "任意団体",
    /* as they are read */
    "ニンテイトクテイヒエイリカツドウホウジン", "トクテイヒエイリカツドウホウジン", "ニンテイエヌピーオーホウジン", "エヌピーオーホウジン",
    "イッパンシャダンホウジン", "イッパンザイダンホウジン", "コウエキシャダンホウジン", "コウエキザイダンホウジン", "シャダンホウジン",
    "ザイダンホウジン", "シャカイフクシホウジン", "ガッコウホウジン", "シュウキョウホウジン", "イリョウホウジンシャダン",
    "イリョウホウジンザイダン", "イリョウホウジン", "カブシキガイシャ", "ユウゲンガイシャ", "ゴウドウガイシャ", "ゴウシガイシャ",
    "ゴウメイガイシャ",
};

/* Short for a legal form only in brackets; NFKC has made ㈱ and its like so. */
static const char *const short_forms[] = {
    "特非", "認定特非", "認特非", "npo", "認定npo", "一社", "一財", "公社", "公財", "社", "財", "社福", "福", "学", "医", "医社",
    "宗", "独", "株", "有", "同", "合", "資", "名", "農", "労",
};

struct span { const char *p, *end; };

/* Takes `word` off one end of a span, within `open` and `close`. */
static bool take_off(struct span *s, const char *open, const char *word, const char *close)
{
    size_t no = strlen(open), nw = strlen(word), nc = strlen(close), n = no + nw + nc;
    if ((size_t)(s->end - s->p) < n)
        return false;
    const char *at[2] = {s->p, s->end - n};
    char first = no ? *open : *word;
    for (int i = 0; i < 2; i++)
        if (*at[i] == first && memcmp(at[i], open, no) == 0 && memcmp(at[i] + no, word, nw) == 0 && memcmp(at[i] + no + nw, close, nc) == 0) {
            if (i == 0)
                s->p += n;
            else
                s->end -= n;
            return true;
        }
    return false;
}

/* What is left of folded text without legal forms and blanks at its ends; the whole, trimmed, when nothing is left. */
static struct span core_of(const char *folded)
{
    struct span whole = {folded, folded + strlen(folded)};
    trim(&whole.p, &whole.end);
    struct span s = whole;
    bool again = true;
    while (again && s.p < s.end) {
        again = false;
        bool brackets = *s.p == '(' || s.end[-1] == ')';
        for (size_t i = 0; !again && i < sizeof legal_forms / sizeof *legal_forms; i++)
            again = take_off(&s, "", legal_forms[i], "") || (brackets && take_off(&s, "(", legal_forms[i], ")"));
        for (size_t i = 0; !again && brackets && i < sizeof short_forms / sizeof *short_forms; i++)
            again = take_off(&s, "(", short_forms[i], ")");
        if (again)
            trim(&s.p, &s.end);
    }
    return s.p < s.end ? s : whole;
}

const char *text_sort_key(struct arena *a, const char *name, const char *kana)
{
    const char *folded = text_fold(a, kana && *kana ? kana : name ? name : "");
    struct span s = core_of(folded);
    if (s.p == s.end && kana && *kana && name) {
        folded = text_fold(a, name);
        s = core_of(folded);
    }
    /* Nothing but blanks: "never empty" is kept by a sign that stands behind all letters. */
    if (s.p == s.end)
        return "~";
    return arena_dup_n(a, s.p, (size_t)(s.end - s.p));
}

const char *text_without_legal_form(struct arena *a, const char *name)
{
    if (!name)
        return NULL;
    ARENA struct arena *work = arena_new();
    size_t *map;
    const char *folded = text_fold_map(work, name, &map);
    struct span s = core_of(folded);
    const char *p = name + map[s.p - folded], *end = name + map[s.end - folded];
    trim(&p, &end);
    return arena_dup_n(a, p, (size_t)(end - p));
}

/* ---- numbers ---- */

/* A number as typed, in ASCII: width folded, any minus to '-', blanks off both ends. false: something else stands there. */
static bool plain_number(const char *s, char out[64])
{
    if (!s)
        return false;
    const char *end = s + strlen(s);
    trim(&s, &end);
    size_t n = 0;
    while (s < end) {
        uint32_t cp;
        size_t k = utf8_read(s, end, &cp);
        if (k == 0 || n == 63)
            return false;
        s += k;
        if (cp >= 0xFF01 && cp <= 0xFF5E)
            cp -= 0xFEE0;
        if ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212 || cp == 0x30FC || cp == 0xFF70 || cp == 0x25B3 || cp == 0x25B2)
            cp = '-'; /* △ and ▲ are how Japanese accounts print a minus */
        if (!(cp >= '0' && cp <= '9') && cp != ',' && cp != '.' && cp != '-')
            return false;
        out[n++] = (char)cp;
    }
    out[n] = '\0';
    return n > 0;
}

/* Digits, with commas either nowhere or after every third from the right. Goes up to the first other sign. */
static bool whole_part(const char **p, uint64_t *v)
{
    size_t digits = 0, since_comma = 0;
    bool commas = false;
    for (*v = 0;; (*p)++) {
        char c = **p;
        if (c >= '0' && c <= '9') {
            if (__builtin_mul_overflow(*v, 10u, v) || __builtin_add_overflow(*v, (uint64_t)(c - '0'), v))
                return false;
            digits++;
            since_comma++;
            if (commas && since_comma > 3)
                return false;
        } else if (c == ',') {
            if (digits == 0 || (commas ? since_comma != 3 : digits > 3))
                return false;
            commas = true;
            since_comma = 0;
        } else {
            return digits > 0 && (!commas || since_comma == 3);
        }
    }
}

bool text_parse_int(const char *s, int64_t *v)
{
    char number[64];
    if (!plain_number(s, number))
        return false;
    const char *p = number;
    bool minus = *p == '-';
    p += minus;
    uint64_t u;
    if (!whole_part(&p, &u) || *p || u > INT64_MAX)
        return false;
    *v = minus ? -(int64_t)u : (int64_t)u;
    return true;
}

bool text_parse_milli(const char *s, int64_t *v)
{
    char number[64];
    if (!plain_number(s, number))
        return false;
    const char *p = number;
    bool minus = *p == '-';
    p += minus;
    uint64_t u;
    if (!whole_part(&p, &u) || __builtin_mul_overflow(u, 1000u, &u))
        return false;
    if (*p == '.') {
        p++;
        uint64_t worth = 100;
        int places = 0;
        for (; *p >= '0' && *p <= '9' && places < 3; p++, places++, worth /= 10)
            if (__builtin_add_overflow(u, (uint64_t)(*p - '0') * worth, &u))
                return false;
        if (places == 0)
            return false;
    }
    if (*p || u > INT64_MAX)
        return false;
    *v = minus ? -(int64_t)u : (int64_t)u;
    return true;
}

/* ---- comparing ---- */

bool text_starts(const char *s, const char *prefix)
{
    return s && strncmp(s, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *s, const char *suffix)
{
    size_t n = s ? strlen(s) : 0, k = strlen(suffix);
    return s && n >= k && memcmp(s + n - k, suffix, k) == 0;
}

bool text_eq(const char *x, const char *y)
{
    return x && y ? strcmp(x, y) == 0 : x == y;
}
