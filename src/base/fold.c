/* Folding for search (text_fold). The rule, in one line: NFKC with case folding, then a table a character, until nothing changes.
 *
 * Nearly all text is characters that fold one to one (kana, kanji, ASCII, full-width forms): those never enter utf8proc.
 * The rest is folded in segments: a character together with the marks that may compose with it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "base/text.h"
#include "base/utf8.h"
#include "base/variants.h"

#define DAKUTEN 0x3099u
#define HANDAKUTEN 0x309Au
#define LONG_VOWEL 0x30FCu

static uint32_t variant(uint32_t cp)
{
    switch (cp) {
#define V(from, to) \
    case from:      \
        return to;
        VARIANTS(V)
#undef V
    default:
        return cp;
    }
}

/* The fold of a character that folds to one character, never composes with what stands before it and is no mark; else 0. */
static uint32_t plain(uint32_t cp)
{
    if (cp < 0x80) {
        if (cp >= 'A' && cp <= 'Z')
            return cp + 32;
        return cp == '\n' || cp == '\t' || cp == '\r' || cp == '\v' || cp == '\f' ? ' ' : cp;
    }
    if (cp >= 0x4E00 && cp <= 0x9FFF)
        return variant(cp);
    if (cp >= 0x3041 && cp <= 0x3096) /* hiragana stands 0x60 before katakana */
        cp += 0x60;
    if (cp >= 0x30A1 && cp <= 0x30FC)
        return cp == 0x30F5 ? 0x30AB /* ヵ */ : cp == 0x30F6 ? 0x30B1 /* ヶ */ : cp;
    if (cp >= 0xFF01 && cp <= 0xFF5E)
        return plain(cp - 0xFEE0);
    if ((cp >= 0x3400 && cp <= 0x4DBF) || (cp >= 0x20000 && cp <= 0x2EBEF))
        return variant(cp);
    if (cp >= 0x2E80 && cp <= 0x2FDF) {
        uint32_t known = variant(cp);
        return known == cp ? 0 : known;
    }
    switch (cp) {
    case 0x2010: case 0x2011: case 0x2012: case 0x2013: case 0x2014: case 0x2015: /* hyphens and dashes */
    case 0x2043: case 0x2212: case 0x2500: case 0x2501:                           /* bullet, minus, ruled lines */
    case 0x2E3A: case 0x2E3B:                                                     /* two-em, three-em dash */
        return '-';
    case 0x301C: case 0x3030: case 0x223C: case 0x2053: case 0x02DC:
        return '~';
    case 0x2018: case 0x2019:
        return '\'';
    case 0x201C: case 0x201D:
        return '"';
    case 0x3000: case 0x00A0: case 0x2028: case 0x2029: case 0x0085:
        return ' ';
    case 0x309D: case 0x309E: /* ゝゞ */
        return cp + 0x60;
    case 0x3001: case 0x3002: case 0x3005: case 0x3006: case 0x3007: case 0x3008: case 0x3009: case 0x300A: case 0x300B:
    case 0x300C: case 0x300D: case 0x300E: case 0x300F: case 0x3010: case 0x3011: case 0x3012: case 0x3014: case 0x3015:
    case 0x30FD: case 0x30FE: case 0x25CB: case 0x25CF: case 0x25A0: case 0x25A1: case 0x203B:
        return cp;
    default:
        return variant(cp) == cp ? 0 : variant(cp);
    }
}

/* What is not seen, or only chooses a shape. It is dropped before composing, so that it cannot keep a mark from its letter. */
static bool dropped(uint32_t cp)
{
    return (cp >= 0xFE00 && cp <= 0xFE0F) || (cp >= 0xE0000 && cp <= 0xE0FFF) || (cp >= 0x200B && cp <= 0x200F) ||
           (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) || (cp >= 0x180B && cp <= 0x180F) || cp == 0xFEFF ||
           cp == 0x00AD || cp == 0x034F || cp == 0x061C;
}

/* ゛ and ゜ as characters of their own are typed where the combining marks are meant; NFKC would put a space before them. */
static uint32_t before_nfkc(uint32_t cp)
{
    return cp == 0x309B ? DAKUTEN : cp == 0x309C ? HANDAKUTEN : cp;
}

#define NFKC_FOLD (UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD)

/* Whether cp, which is not plain, may join the character before it, or vanish. */
static bool attaches(uint32_t cp)
{
    if (dropped(cp))
        return true;
    utf8proc_int32_t parts[32];
    int bounds = 0;
    utf8proc_ssize_t n = utf8proc_decompose_char((utf8proc_int32_t)before_nfkc(cp), parts, 32,
                                                 UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_DECOMPOSE, &bounds);
    if (n <= 0)
        return false;
    uint32_t first = (uint32_t)parts[0];
    const utf8proc_property_t *property = utf8proc_get_property(parts[0]);
    return property->combining_class != 0 || (property->category >= UTF8PROC_CATEGORY_MN && property->category <= UTF8PROC_CATEGORY_ME) ||
           (first >= 0x1160 && first <= 0x11FF); /* vowels and final consonants of Hangul */
}

struct folder {
    struct arena *arena;
    char *out;
    size_t n, cap;
    size_t *map; /* NULL: not asked for */
    uint32_t last;
};

static void grow(struct folder *f)
{
    size_t cap = f->cap * 2;
    char *out = arena_alloc(f->arena, cap);
    memcpy(out, f->out, f->n);
    if (f->map) {
        size_t *map = arena_many(f->arena, size_t, cap);
        memcpy(map, f->map, f->n * sizeof *map);
        f->map = map;
    }
    f->out = out;
    f->cap = cap;
}

static bool kana(uint32_t cp)
{
    return (cp >= 0x30A1 && cp <= 0x30FA) || (cp >= LONG_VOWEL && cp <= 0x30FE) || (cp >= 0x31F0 && cp <= 0x31FF) || cp == DAKUTEN ||
           cp == HANDAKUTEN;
}

/* The two rules that look back look at what was written, so that a second folding sees the same. */
static void emit(struct folder *f, uint32_t cp, size_t from)
{
    if (cp == ' ' && f->last == ' ')
        return;
    if (cp == LONG_VOWEL && !kana(f->last))
        cp = '-';
    if (f->cap - f->n < 8)
        grow(f);
    size_t n = utf8_write(f->out + f->n, cp);
    if (f->map)
        for (size_t i = 0; i < n; i++)
            f->map[f->n + i] = from;
    f->n += n;
    f->last = cp;
}

/* One segment: fold until it stays as it is. In practice the second round finds nothing to do; kana like わ with a mark, which
 * composes only as katakana, needs a third. */
static void fold_segment(struct folder *f, const char *p, const char *end, size_t from)
{
    utf8proc_int32_t near[256], *cp = near;
    size_t room = sizeof near / sizeof *near - 1; /* utf8proc wants one more than it counts */
    char near_text[512], *text = near_text;
    size_t text_room = sizeof near_text, n = 0;

    if ((size_t)(end - p) > text_room) {
        text_room = (size_t)(end - p);
        text = arena_alloc(f->arena, text_room);
    }
    while (p < end) {
        uint32_t c = 0xFFFD;
        size_t k = utf8_read(p, end, &c);
        p += k ? k : 1;
        c = before_nfkc(c);
        if (plain(c))
            c = plain(c);
        if (!dropped(c)) {
            if (text_room - n < 4) { /* broken bytes grow: U+FFFD has three */
                char *more = arena_alloc(f->arena, text_room * 3 + 8);
                memcpy(more, text, n);
                text = more;
                text_room = text_room * 3 + 8;
            }
            n += utf8_write(text + n, c);
        }
    }

    size_t cps = 0;
    for (int round = 0; round < 8; round++) {
        utf8proc_ssize_t got = utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)n, cp, (utf8proc_ssize_t)room, NFKC_FOLD);
        if (got > (utf8proc_ssize_t)room) {
            room = (size_t)got;
            cp = arena_many(f->arena, utf8proc_int32_t, room + 1);
            got = utf8proc_decompose((const utf8proc_uint8_t *)text, (utf8proc_ssize_t)n, cp, (utf8proc_ssize_t)room, NFKC_FOLD);
        }
        if (got >= 0)
            got = utf8proc_normalize_utf32(cp, got, NFKC_FOLD);
        if (got < 0) {
            fprintf(stderr, "kyodo: utf8proc: %s\n", utf8proc_errmsg(got));
            abort();
        }
        cps = 0;
        for (size_t i = 0; i < (size_t)got; i++) {
            uint32_t c = (uint32_t)cp[i], simple = plain(c);
            if (!dropped(c))
                cp[cps++] = (utf8proc_int32_t)(simple ? simple : before_nfkc(c));
        }
        /* Unchanged? */
        size_t at = 0, i = 0;
        for (; i < cps && at < n; i++) {
            uint32_t c = 0;
            size_t k = utf8_read(text + at, text + n, &c);
            if (k == 0 || c != (uint32_t)cp[i])
                break;
            at += k;
        }
        if (i == cps && at == n)
            break;
        if (cps * 4 > text_room) {
            text_room = cps * 4;
            text = arena_alloc(f->arena, text_room);
        }
        n = 0;
        for (i = 0; i < cps; i++)
            n += utf8_write(text + n, (uint32_t)cp[i]);
    }
    for (size_t i = 0; i < cps; i++)
        emit(f, (uint32_t)cp[i], from);
}

/* The character at p: its bytes, and its fold where it is plain. A byte that is not UTF-8 counts as U+FFFD. */
struct ahead { uint32_t cp, plain; size_t n; };

static inline struct ahead look(const char *p, const char *end)
{
    struct ahead c = {0, 0, 0};
    if (p == end)
        return c;
    c.n = utf8_read(p, end, &c.cp);
    if (c.n == 0) {
        c.cp = 0xFFFD;
        c.n = 1;
    }
    c.plain = plain(c.cp);
    return c;
}

static const char *fold(struct arena *a, const char *s, size_t **map)
{
    size_t len = strlen(s);
    struct folder f = {.arena = a, .cap = len + 16};
    f.out = arena_alloc(a, f.cap);
    if (map)
        f.map = arena_many(a, size_t, f.cap);

    const char *p = s, *end = s + len;
    struct ahead this = look(p, end);
    while (p < end) {
        const char *q = p + this.n;
        struct ahead next = look(q, end);
        bool marked = false;
        while (q < end && !next.plain && attaches(next.cp)) {
            marked = true;
            q += next.n;
            next = look(q, end);
        }
        if (this.plain && !marked)
            emit(&f, this.plain, (size_t)(p - s));
        else
            fold_segment(&f, p, q, (size_t)(p - s));
        p = q;
        this = next;
    }
    f.out[f.n] = '\0';
    if (map) {
        f.map[f.n] = len;
        *map = f.map;
    }
    return f.out;
}

const char *text_fold(struct arena *a, const char *s)
{
    return s ? fold(a, s, NULL) : NULL;
}

const char *text_fold_map(struct arena *a, const char *s, size_t **map)
{
    return s ? fold(a, s, map) : NULL;
}
