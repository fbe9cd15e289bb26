#include "base/csv.h"

#include <stdlib.h>

#include "base/none.h"
#include "base/text.h"
#include "test.h"

/* All rows of a text as "cell|cell@line;…", or the message of the fault after "!". */
static const char *all(struct arena *a, const char *s, size_t n)
{
    struct failure f;
    failure_init(&f, a);
    struct csv_reader r;
    csv_open(&r, a, s, n, &f);
    struct csv_row row;
    struct sb b;
    sb_init(&b, a);
    int got;
    while ((got = csv_next(&r, &row)) == 1) {
        for (size_t i = 0; i < row.n; i++)
            sb_printf(&b, "%s%s", i ? "|" : "", row.cell[i]);
        sb_printf(&b, "@%zu;", row.line);
    }
    if (got < 0) {
        CHECK_INT(f.code, E_FORM);
        CHECK_INT(csv_next(&r, &row), -1); /* a broken file does not end well by asking again */
        sb_printf(&b, "!%s", f.message);
    }
    return sb_str(&b);
}

static const char *rows(struct arena *a, const char *s)
{
    /* Without a NUL behind it, so that a step beyond the end is seen. */
    size_t n = strlen(s);
    char *copy = arena_alloc(a, n ? n : 1);
    memcpy(copy, s, n);
    return all(a, copy, n);
}

TEST(reader)
{
    ARENA struct arena *a = arena_new();
    static const char *const cases[][2] = {
        {"", ""},
        {"\r\n\n\r", ""},
        {"a,b\r\nc,d\r\n", "a|b@1;c|d@2;"},
        {"a,b\nc,d", "a|b@1;c|d@2;"},
        {"a,b\rc,d\r", "a|b@1;c|d@2;"},
        {"a\n\nb\r\n\r\nc", "a@1;b@3;c@5;"},
        {",\n,,", "|@1;||@2;"},
        {"a,", "a|@1;"},
        {"\"\"\n", "@1;"},
        {"\"a,b\",\"c\"\"d\",\"\"\"\"", "a,b|c\"d|\"@1;"},
        {"\"一\r\n二\n三\r四\",x\ny", "一\r\n二\n三\r四|x@1;y@5;"},
        {"a\"b,c\"\"d", "a\"b|c\"\"d@1;"}, /* quotes inside a bare cell are text */
        {" \"a\"", " \"a\"@1;"},
        {"'=1+1,'-5,'abc,'@x,'+,''=1,'\tq,''", "=1+1|-5|'abc|@x|+|'=1|\tq|''@1;"},
        {"\"'=HYPERLINK(\"\"x\"\")\"", "=HYPERLINK(\"x\")@1;"},
        {"\"abc", "!1行目: 引用符(\")が閉じられていません。"},
        {"a\nb,\"c\nd\ne", "a@1;!2行目: 引用符(\")が閉じられていません。"},
        {"a\n\n\"b\nc\"d,e", "a@1;!4行目: 閉じる引用符(\")の後に文字があります。"},
        {"\"a\" ,b", "!1行目: 閉じる引用符(\")の後に文字があります。"},
        {"\"\"\"", "!1行目: 引用符(\")が閉じられていません。"},
        {"\"", "!1行目: 引用符(\")が閉じられていません。"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(rows(a, cases[i][0]), cases[i][1]);
    CHECK_TEXT(all(a, "a\nb\0c", 5), "a@1;!2行目: NUL文字があります。");
    CHECK_TEXT(all(a, "\"b\n\0\"", 5), "!2行目: NUL文字があります。");
}

TEST(reader_arena_per_row)
{
    ARENA struct arena *a = arena_new();
    ARENA struct arena *row_arena = arena_new();
    struct sb b;
    sb_init(&b, a);
    for (int i = 0; i < 2000; i++)
        sb_printf(&b, "%d,\"x\n%d\"\r\n", i, i);
    struct failure f;
    failure_init(&f, a);
    struct csv_reader r;
    csv_open(&r, row_arena, sb_str(&b), b.n, &f);
    struct csv_row row;
    int64_t n = 0;
    while (csv_next(&r, &row) == 1) {
        int64_t v = -1;
        CHECK_INT(row.n, 2);
        CHECK(text_parse_int(row.cell[0], &v));
        CHECK_INT(v, n);
        CHECK_INT(row.line, 2 * n + 1);
        n++;
        arena_reset(row_arena);
    }
    CHECK_INT(n, 2000);
}

TEST(writer)
{
    ARENA struct arena *a = arena_new();
    struct sb b;
    sb_init(&b, a);
    static const char *const cells[] = {"協働", "a,b", "c\"d", "e\nf", "=1+1", "-5", "+81", "@x", "'=x", "'quoted'", NULL, "\tz", "\"", "\r"};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        if (i)
            csv_comma(&b);
        csv_text(&b, cells[i]);
    }
    csv_end(&b);
    CHECK_TEXT(sb_str(&b), "協働,\"a,b\",\"c\"\"d\",\"e\nf\",\"'=1+1\",\"'-5\",\"'+81\",\"'@x\",\"''=x\",'quoted',,\"'\tz\",\"\"\"\",\"'\r\"\r\n");

    sb_init(&b, a);
    csv_int(&b, -12), csv_comma(&b), csv_int(&b, NONE), csv_comma(&b), csv_int(&b, 0), csv_comma(&b);
    csv_milli(&b, 150900), csv_comma(&b), csv_milli(&b, -1), csv_comma(&b), csv_milli(&b, NONE), csv_comma(&b), csv_milli(&b, 2000);
    CHECK_TEXT(sb_str(&b), "-12,,0,150.9,-0.001,,2");
}

/* Whatever text goes out comes back. */
TEST(round_trip)
{
    ARENA struct arena *a = arena_new();
    static const char letters[] = "a,\"'=-+@\t\r\n ";
    uint32_t seed = 12345;
    for (int round = 0; round < 20000; round++) {
        char text[3][8];
        struct sb b;
        sb_init(&b, a);
        for (int i = 0; i < 3; i++) {
            size_t n = seed % 7;
            for (size_t k = 0; k < n; k++) {
                seed = seed * 1103515245u + 12345u;
                text[i][k] = letters[(seed >> 16) % (sizeof letters - 1)];
            }
            text[i][n] = '\0';
            seed = seed * 1103515245u + 12345u;
            if (i)
                csv_comma(&b);
            csv_text(&b, text[i]);
        }
        csv_end(&b);
        struct failure f;
        failure_init(&f, a);
        struct csv_reader r;
        struct csv_row row;
        csv_open(&r, a, b.p, b.n, &f);
        if (!CHECK_INT(csv_next(&r, &row), 1) || !CHECK_INT(row.n, 3))
            continue;
        for (size_t i = 0; i < 3; i++)
            CHECK_TEXT(row.cell[i], text[i]);
        CHECK_INT(csv_next(&r, &row), 0);
        if (round % 100 == 0)
            arena_reset(a);
    }
}

static const char *decode(struct arena *a, const char *s, size_t n, enum encoding *e, const char **message)
{
    struct failure f;
    failure_init(&f, a);
    const char *text = NULL;
    size_t text_n = 0;
    char *copy = arena_alloc(a, n ? n : 1);
    memcpy(copy, s, n);
    *message = NULL;
    if (encoding_decode(a, copy, n, e, &text, &text_n, &f) != OK) {
        CHECK_INT(f.code, E_FORM);
        *message = f.message;
        return NULL;
    }
    CHECK_INT(strlen(text), text_n);
    return text;
}

TEST(encodings_in)
{
    ARENA struct arena *a = arena_new();
    enum encoding e = ENCODING_CP932;
    const char *m;
    CHECK_TEXT(decode(a, "", 0, &e, &m), "");
    CHECK_INT(e, ENCODING_UTF8);
    CHECK_TEXT(decode(a, "\xEF\xBB\xBF事業名,髙﨑𠮷", strlen("\xEF\xBB\xBF事業名,髙﨑𠮷"), &e, &m), "事業名,髙﨑𠮷");
    CHECK_INT(e, ENCODING_UTF8_BOM);
    CHECK_TEXT(decode(a, "事業名", 9, &e, &m), "事業名");
    CHECK_INT(e, ENCODING_UTF8);
    /* 事業名,ﾃｽﾄ,髙﨑,①㈱,～－ in CP932 */
    static const char sjis[] = "\x8E\x96\x8B\xC6\x96\xBC,\xC3\xBD\xC4,\xFB\xFC\xFA\xB1,\x87\x40\x87\x8A,\x81\x60\x81\x7C";
    CHECK_TEXT(decode(a, sjis, sizeof sjis - 1, &e, &m), "事業名,ﾃｽﾄ,髙﨑,①㈱,～－");
    CHECK_INT(e, ENCODING_CP932);
    CHECK_TEXT(encoding_name(ENCODING_UTF8), "UTF-8");
    CHECK_TEXT(encoding_name(ENCODING_UTF8_BOM), "UTF-8 (BOM)");
    CHECK_TEXT(encoding_name(ENCODING_CP932), "CP932");
}

TEST(encodings_refused)
{
    ARENA struct arena *a = arena_new();
    enum encoding e;
    const char *m;
    /* cut in the middle of a character, after two lines */
    CHECK_TEXT(decode(a, "a\r\nb\r\nx\x8E", 8, &e, &m), NULL);
    CHECK(m && strstr(m, "3行目の2バイト目"));
    CHECK_TEXT(decode(a, "\x8E\x96\n\xFD\xFE", 5, &e, &m), NULL);
    CHECK(m && strstr(m, "2行目の1バイト目"));
    CHECK_TEXT(decode(a, "\x8E\x96\n\0x", 5, &e, &m), NULL);
    CHECK(m && strstr(m, "2行目の1バイト目"));
    CHECK_TEXT(decode(a, "a\0b", 3, &e, &m), NULL);
    CHECK(m && strstr(m, "1行目の2バイト目"));
    /* one broken byte in a UTF-8 file: not taken for CP932, although every byte of it could be */
    const char *broken = "特定非営利活動法人\n熊本県熊本\xE5市\n";
    CHECK_TEXT(decode(a, broken, strlen(broken), &e, &m), NULL);
    CHECK(m && strstr(m, "2行目の16バイト目(値E5)をUTF-8の"));
    const char *bom = "\xEF\xBB\xBF" "a\x8E\x96";
    CHECK_TEXT(decode(a, bom, strlen(bom), &e, &m), NULL);
    CHECK(m && strstr(m, "1行目の5バイト目"));
    CHECK_TEXT(decode(a, "\xFF\xFE" "a\0", 4, &e, &m), NULL);
    CHECK(m && strstr(m, "UTF-16"));
    /* an old Mac's file: line ends are CR alone */
    CHECK_TEXT(decode(a, "a\rb\r\xFD", 5, &e, &m), NULL);
    CHECK(m && strstr(m, "3行目の1バイト目"));
}

TEST(cp932_out)
{
    ARENA struct arena *a = arena_new();
    size_t n;
    const char *lost = "x";
    const char *out = encoding_to_cp932(a, "事業名,ﾃｽﾄ,髙﨑,①㈱", &n, &lost);
    CHECK_TEXT(out, "\x8E\x96\x8B\xC6\x96\xBC,\xC3\xBD\xC4,\xFB\xFC\xFA\xB1,\x87\x40\x87\x8A");
    CHECK_INT(n, strlen(out));
    CHECK_TEXT(lost, NULL);
    /* both twins go out, as the one CP932 has */
    CHECK_TEXT(encoding_to_cp932(a, "〜～−－—―‖∥¢£¬¥‾¦", &n, &lost),
               "\x81\x60\x81\x60\x81\x7C\x81\x7C\x81\x5C\x81\x5C\x81\x61\x81\x61\x81\x91\x81\x92\x81\xCA\x81\x8F\x81\x50\xFA\x55");
    CHECK_TEXT(lost, NULL);
    /* each lost character once, in the order met */
    CHECK_TEXT(encoding_to_cp932(a, "𠮷田㋿8年𠮷é😀", &n, &lost), "\x81\xAC\x93\x63\x81\xAC" "8\x94\x4E\x81\xAC\x81\xAC\x81\xAC");
    CHECK_TEXT(lost, "𠮷㋿é😀");
    /* a variation selector: the character is written, its shape is what is lost */
    CHECK_TEXT(encoding_to_cp932(a, "葛\xF3\xA0\x84\x80城", &n, &lost), "\x8A\x8B\x8F\xE9");
    CHECK_TEXT(lost, "葛\xF3\xA0\x84\x80");
    CHECK_TEXT(encoding_to_cp932(a, "", &n, &lost), "");
    CHECK_INT(n, 0);
    encoding_to_cp932(a, "𠮷", &n, NULL);
    CHECK_INT(n, 2);
}

/* Every pair of bytes that CP932 knows: decoded, written and decoded again it is the same character. (The bytes may differ:
 * NEC and IBM gave some characters a second place.) */
TEST(cp932_every_character)
{
    ARENA struct arena *a = arena_new();
    int known = 0;
    for (int lead = 0x81; lead <= 0xFC; lead++) {
        if (lead >= 0xA0 && lead < 0xE0)
            continue;
        for (int trail = 0x40; trail <= 0xFC; trail++) {
            char pair[5] = {'"', (char)lead, (char)trail, '"', 0};
            struct failure f;
            failure_init(&f, a);
            enum encoding e;
            const char *text, *again;
            size_t n, back_n;
            if (encoding_decode(a, pair, 4, &e, &text, &n, &f) != OK || e != ENCODING_CP932)
                continue;
            known++;
            const char *lost, *back = encoding_to_cp932(a, text, &back_n, &lost);
            CHECK_TEXT(lost, NULL);
            CHECK_INT(back_n, 4);
            if (encoding_decode(a, back, back_n, &e, &again, &n, &f) != OK)
                CHECK_TEXT(f.message, "");
            else
                CHECK_TEXT(again, text);
        }
        arena_reset(a);
    }
    CHECK(known > 9000 && known < 12000);
}

/* The real file of the tax agency in CP932, where it is at hand (KYODO_TEST_DATA names its folder). */
TEST(real_cp932_file)
{
    const char *folder = getenv("KYODO_TEST_DATA");
    ARENA struct arena *a = arena_new();
    char path[512];
    snprintf(path, sizeof path, "%s/nta_diff_20260821_cp932.csv", folder ? folder : ".");
    FILE *file = fopen(path, "rb");
    if (!file) {
        CHECK(!folder);
        return;
    }
    char *bytes = arena_alloc(a, 1u << 20);
    size_t n = fread(bytes, 1, 1u << 20, file);
    fclose(file);
    struct failure f;
    failure_init(&f, a);
    enum encoding e;
    const char *text, *lost;
    size_t text_n, back_n;
    if (!CHECK_INT(encoding_decode(a, bytes, n, &e, &text, &text_n, &f), OK))
        return;
    CHECK_INT(e, ENCODING_CP932);
    const char *back = encoding_to_cp932(a, text, &back_n, &lost);
    CHECK_TEXT(lost, NULL);
    CHECK_INT(back_n, n);
    CHECK(memcmp(back, bytes, n) == 0);
    struct csv_reader r;
    struct csv_row row;
    csv_open(&r, a, text, text_n, &f);
    int count = 0;
    for (; csv_next(&r, &row) == 1; count++)
        CHECK_INT(row.n, 30);
    CHECK_INT(count, 2181);
    CHECK_INT(f.code, OK);
}

TEST_MAIN
