#include "base/text.h"

#include <stdlib.h>

#include "base/csv.h"
#include "base/utf8.h"
#include "base/variants.h"
#include "test.h"

static const char *clean(struct arena *a, const char *s, bool one_line)
{
    bool ok;
    const char *r = text_clean(a, s, strlen(s), one_line, &ok);
    CHECK(ok);
    return r;
}

TEST(utf8_well_formed)
{
    CHECK(text_utf8_ok("", 0));
    CHECK(text_utf8_ok("aé髙𠮷", strlen("aé髙𠮷")));
    CHECK(text_utf8_ok("\xF4\x8F\xBF\xBF", 4));
    static const char *const bad[] = {
        "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC2", "\xC2\x41", "\xE0\x9F\xBF", "\xE3\x81", "\xE3\x81\x41", "\xED\xA0\x80",
        "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF0\x9F\x98", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF", "あ\xE3\x81",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (text_utf8_ok(bad[i], strlen(bad[i])))
            CHECK_INT(i, -1);
    CHECK(!text_utf8_ok("a\0b", 3));
}

/* Every code point, written and read back; surrogates and what lies beyond are refused. */
TEST(utf8_round_trip)
{
    for (uint32_t cp = 1; cp <= 0x110000; cp++) {
        char b[4];
        uint32_t again = 0;
        if (cp >= 0xD800 && cp < 0xE000) {
            b[0] = (char)0xED, b[1] = (char)(0x80 | (cp >> 6 & 0x3F)), b[2] = (char)(0x80 | (cp & 0x3F));
            CHECK_INT(utf8_read(b, b + 3, &again), 0);
            continue;
        }
        size_t n = utf8_write(b, cp);
        if (cp == 0x110000) {
            CHECK_INT(utf8_read(b, b + n, &again), 0);
        } else {
            CHECK_INT(utf8_read(b, b + n, &again), n);
            CHECK_INT(again, cp);
            for (size_t cut = 1; cut < n; cut++)
                CHECK_INT(utf8_read(b, b + cut, &again), 0);
        }
    }
}

TEST(clean)
{
    ARENA struct arena *a = arena_new();
    bool ok = true;
    CHECK_TEXT(clean(a, "  協働 ", true), "協働");
    CHECK_TEXT(clean(a, "\xE3\x80\x80協働\xE3\x80\x80\t\r\n", true), "協働");
    CHECK_TEXT(clean(a, "", true), NULL);
    CHECK_TEXT(clean(a, " \xE3\x80\x80\r\n\t", false), NULL);
    CHECK_TEXT(clean(a, "一行目\r\n二行目\r三行目\n", false), "一行目\n二行目\n三行目");
    CHECK_TEXT(clean(a, "一行目\r\n二行目\tと", true), "一行目 二行目 と");
    CHECK_TEXT(clean(a, "a\tb", false), "a\tb");
    CHECK_TEXT(clean(a, "a\x01\x1F\x7F" "b\xC2\x80\xC2\x9F", false), "ab");
    CHECK_TEXT(clean(a, "\xEF\xBB\xBF名", true), "名");
    CHECK_TEXT(clean(a, "a\xE2\x80\xAE" "cod.exe\xE2\x81\xA6x\xE2\x81\xA9", true), "acod.exex");
    CHECK_TEXT(clean(a, "か\xE3\x82\x99は\xE3\x82\x9A", true), "がぱ"); /* NFD, as macOS names files */
    CHECK_TEXT(clean(a, "e\xCC\x81", true), "é");
    CHECK_TEXT(clean(a, "㈱ＡＢＣ髙﨑𠮷㋿", true), "㈱ＡＢＣ髙﨑𠮷㋿"); /* NFC, not NFKC */
    CHECK_TEXT(clean(a, "葛\xF3\xA0\x84\x80城", true), "葛\xF3\xA0\x84\x80城"); /* variation selector kept */
    CHECK_TEXT(clean(a, "か\x01\xE3\x82\x99", true), "が"); /* dropped first, composed after */
    CHECK_TEXT(clean(a, "a\xE2\x80\xA8" "b", true), "a b");
    CHECK_TEXT(text_clean(a, "あ\xE3\x81", 5, true, &ok), NULL);
    CHECK(!ok);
    CHECK_TEXT(text_clean(a, "a\0b", 3, true, &ok), NULL);
    CHECK(!ok);
    CHECK_TEXT(text_clean(a, NULL, 0, true, &ok), NULL);
    CHECK(ok);
    CHECK_TEXT(text_clean(a, "abc", 2, true, &ok), "ab");
}

/* Cleaning twice changes nothing, whatever the character, alone or before a mark. */
TEST(clean_idempotent)
{
    ARENA struct arena *a = arena_new();
    static const char *const around[] = {"%s", "か%s\xE3\x82\x99", " %s\xCC\x81x"};
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp += cp < 0x30000 ? 1 : 251) {
        if (cp >= 0xD800 && cp < 0xE000)
            continue;
        char b[5] = {0}, s[32];
        utf8_write(b, cp);
        for (size_t i = 0; i < sizeof around / sizeof *around; i++) {
            if (i == 0)
                snprintf(s, sizeof s, "%s", b);
            else if (i == 1)
                snprintf(s, sizeof s, "か%s\xE3\x82\x99", b);
            else
                snprintf(s, sizeof s, " %s\xCC\x81x", b);
            bool ok;
            const char *once = text_clean(a, s, strlen(s), false, &ok);
            if (!CHECK(ok) || !once)
                continue;
            const char *twice = text_clean(a, once, strlen(once), false, &ok);
            if (!text_eq(once, twice))
                test_fault(__FILE__, __LINE__, "U+%04X in form %zu: \"%s\", then \"%s\"", (unsigned)cp, i, once, twice);
        }
        arena_reset(a);
    }
}

TEST(length)
{
    CHECK_INT(text_length(""), 0);
    CHECK_INT(text_length("abc"), 3);
    CHECK_INT(text_length("髙﨑𠮷"), 3);
    CHECK_INT(text_length(NULL), 0);
}

TEST(nfkc)
{
    ARENA struct arena *a = arena_new();
    CHECK_TEXT(text_nfkc(a, "ＮＰＯ法人　ｶﾞｲﾄﾞ㈱①"), "NPO法人 ガイド(株)1");
    CHECK_TEXT(text_nfkc(a, "ひまわりの会"), "ひまわりの会");
    CHECK_TEXT(text_nfkc(a, "㋿８年"), "令和8年");
    CHECK_TEXT(text_nfkc(a, "ABC"), "ABC"); /* case stays */
    CHECK_TEXT(text_nfkc(a, ""), "");
    CHECK_TEXT(text_nfkc(a, NULL), NULL);
}

TEST(fold)
{
    ARENA struct arena *a = arena_new();
    static const char *const cases[][2] = {
        {"", ""},
        {"ＮＰＯ法人　ひまわり", "npo法人 ヒマワリ"},
        {"ﾋﾏﾜﾘｸﾗﾌﾞ", "ヒマワリクラブ"},
        {"㈱", "(株)"},
        {"がぎぐ", "ガギグ"},
        {"か\xE3\x82\x99", "ガ"},
        {"か゛は゜", "ガパ"},         /* spacing marks, as typed on phones */
        {"わ\xE3\x82\x99", "ヷ"},     /* composes as katakana only */
        {"髙﨑𠮷", "高崎吉"},
        {"渡邉 渡邊 渡辺", "渡辺 渡辺 渡辺"},
        {"齋藤 齊藤 斉藤 斎藤", "斎藤 斎藤 斎藤 斎藤"},
        {"濵田 濱田", "浜田 浜田"},
        {"宮嶋 宮嶌", "宮島 宮島"},
        {"櫻井澤國廣龍", "桜井沢国広竜"},
        {"関ヶ原 龍ケ崎 八ヵ岳 一ゖ月", "関ケ原 竜ケ崎 八カ岳 一ケ月"},
        {"葛\xF3\xA0\x84\x80城 辻\xEF\xB8\x80", "葛城 辻"},
        {"サービス", "サービス"},
        {"ｻｰﾋﾞｽ", "サービス"},
        {"Ａー１", "a-1"},            /* a long-vowel mark typed for a hyphen */
        {"１ー２ーー３", "1-2--3"},
        {"カーー", "カーー"},
        {"ー", "-"},
        {"一‐二‑三‒四–五—六―七−八－九-", "一-二-三-四-五-六-七-八-九-"},
        {"10〜12～13∼", "10~12~13~"},
        {"a  b\t\nc　　d", "a b c d"},
        {"Straße ÉCOLE", "strasse école"},
        {"⻑崎 ⾼校", "長崎 高校"},   /* radicals, as copied out of a PDF */
        {"ゝゞ", "ヽヾ"},
        {"“例”　’", "\"例\" '"},
        {"①②㋿㎡", "12令和m2"},
        {"ソフト\xC2\xADハイフン\xE2\x80\x8B", "ソフトハイフン"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(text_fold(a, cases[i][0]), cases[i][1]);
    CHECK_TEXT(text_fold(a, NULL), NULL);
    /* kept apart: alike to the eye only, or two names */
    static const char *const apart[][2] = {{"崎", "埼"}, {"サービス", "サビス"}, {"キヤノン", "キャノン"}, {"は", "ぱ"}, {"徳", "特"}, {"畑", "畠"}};
    for (size_t i = 0; i < sizeof apart / sizeof *apart; i++)
        CHECK(strcmp(text_fold(a, apart[i][0]), text_fold(a, apart[i][1])) != 0);
}

TEST(fold_variants)
{
    ARENA struct arena *a = arena_new();
    static const uint32_t pairs[][2] = {
#define V(from, to) {from, to},
        VARIANTS(V)
#undef V
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char from[5] = {0}, to[5] = {0};
        utf8_write(from, pairs[i][0]);
        utf8_write(to, pairs[i][1]);
        CHECK(pairs[i][0] != pairs[i][1]);
        CHECK_TEXT(text_fold(a, from), to);
        CHECK_TEXT(text_fold(a, to), to);
        CHECK_TEXT(text_nfkc(a, to), to);
        /* A form that Japanese keyboards cannot type would be no form to fold to. */
        size_t n;
        const char *lost;
        encoding_to_cp932(a, to, &n, &lost);
        CHECK_TEXT(lost, NULL);
    }
}

/* What text_fold and text_fold_map promise, for one text. */
static void check_fold(struct arena *a, const char *s)
{
    const char *once = text_fold(a, s), *twice = text_fold(a, once);
    if (strcmp(once, twice) != 0)
        test_fault(__FILE__, __LINE__, "\"%s\" folds to \"%s\", then to \"%s\"", s, once, twice);
    size_t *map;
    const char *mapped = text_fold_map(a, s, &map);
    if (strcmp(once, mapped) != 0)
        test_fault(__FILE__, __LINE__, "\"%s\" folds to \"%s\", with a map to \"%s\"", s, once, mapped);
    size_t n = strlen(mapped), len = strlen(s);
    bool whole = text_utf8_ok(s, len); /* of broken bytes each counts as a character */
    CHECK_INT(map[n], len);
    for (size_t i = 0; i < n; i++) {
        bool right = map[i] < len && map[i] <= map[i + 1] && (!whole || ((unsigned char)s[map[i]] & 0xC0) != 0x80);
        if (!right)
            test_fault(__FILE__, __LINE__, "\"%s\": byte %zu of its fold maps to %zu", s, i, map[i]);
    }
    CHECK(text_utf8_ok(once, strlen(once)));
}

TEST(fold_every_character)
{
    ARENA struct arena *a = arena_new();
    for (uint32_t cp = 1; cp <= 0x10FFFF; cp += cp < 0x32000 || cp >= 0xE0000 ? 1 : 127) {
        if (cp >= 0xD800 && cp < 0xE000)
            continue;
        char b[5] = {0};
        utf8_write(b, cp);
        check_fold(a, b);
        if ((cp & 0xFF) == 0)
            arena_reset(a);
    }
}

/* Each character up to U+3400 and each compatibility form, after and before what it might join. */
TEST(fold_neighbours)
{
    ARENA struct arena *a = arena_new();
    static const char *const near[] = {"か", "わ", "ｶ", "カー", "ー", "-", " ", "a", "ß", "é", "\xE3\x82\x99", "\xCC\x88", "\xCD\x85", "゛",
                                       "ﾞ", "\xEF\xB8\x80", "\xE2\x80\x8B", "\xE1\x84\x80", "\xE1\x85\xA1", "\xE1\x86\xA8", "髙"};
    for (uint32_t cp = 1; cp < 0x10000; cp++) {
        if (cp == 0x3400)
            cp = 0xAC00 - 40;
        if (cp == 0xAC00 + 100)
            cp = 0xF900;
        char b[5] = {0}, s[32];
        utf8_write(b, cp);
        for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
            snprintf(s, sizeof s, "%s%s", near[i], b);
            check_fold(a, s);
            snprintf(s, sizeof s, "%s%s%s", b, near[i], near[(i * 7 + cp) % (sizeof near / sizeof *near)]);
            check_fold(a, s);
        }
        arena_reset(a);
    }
}

TEST(fold_map)
{
    ARENA struct arena *a = arena_new();
    size_t *map;
    const char *s = "㈱ＡＢ髙ｶﾞ";
    CHECK_TEXT(text_fold_map(a, s, &map), "(株)ab高ガ");
    static const size_t expected[] = {0, 0, 0, 0, 0, 3, 6, 9, 9, 9, 12, 12, 12, 18};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        CHECK_INT(map[i], expected[i]);
}

TEST(fold_broken_bytes)
{
    ARENA struct arena *a = arena_new();
    check_fold(a, "a\xFF\xE3\x82\x99");
    check_fold(a, "\xE3\x81");
    check_fold(a, "\xCC\x81\xFF\xFF\xFF");
    CHECK_TEXT(text_fold(a, "a\xFF" "b"), "a\xEF\xBF\xBD" "b");
}

/* A long run of marks is one segment: it must neither overflow nor take more than its share of time. */
TEST(fold_long_segment)
{
    ARENA struct arena *a = arena_new();
    char *s = arena_alloc(a, 40001), *w = s;
    *w++ = 'e';
    while (w < s + 39990) {
        memcpy(w, (w - s) % 3 ? "\xCC\x81" : "\xCC\xA3", 2);
        w += 2;
    }
    check_fold(a, s);
    char *f = arena_alloc(a, 40001);
    memset(f, 0xFF, 40000);
    memcpy(f, "か", 3);
    check_fold(a, f);
}

/* Real names, where the file is at hand (KYODO_TEST_DATA names its folder). */
TEST(fold_real_names)
{
    const char *folder = getenv("KYODO_TEST_DATA");
    ARENA struct arena *a = arena_new();
    char path[512];
    snprintf(path, sizeof path, "%s/nta_npo_utf8.csv", folder ? folder : ".");
    FILE *file = fopen(path, "rb");
    if (!file) {
        CHECK(!folder); /* a folder that was named must hold it */
        return;
    }
    size_t n = 0, cap = 16u << 20;
    char *text = arena_alloc(a, cap);
    n = fread(text, 1, cap - 1, file);
    fclose(file);
    struct failure f;
    failure_init(&f, a);
    struct csv_reader r;
    csv_open(&r, a, text, n, &f);
    ARENA struct arena *row_arena = arena_new();
    r.arena = row_arena;
    struct csv_row row;
    int rows = 0;
    while (csv_next(&r, &row) == 1) {
        CHECK_INT(row.n, 30);
        for (size_t i = 0; i < row.n; i++)
            check_fold(row_arena, row.cell[i]);
        const char *key = text_sort_key(row_arena, row.cell[6], row.cell[28]);
        CHECK(*key && !strstr(key, "特定非営利活動法人"));
        CHECK_TEXT(text_fold(row_arena, key), key);
        CHECK(*text_without_legal_form(row_arena, row.cell[6]));
        rows++;
        arena_reset(row_arena);
    }
    CHECK_INT(rows, 27836);
}

TEST(sort_key)
{
    ARENA struct arena *a = arena_new();
    static const char *const cases[][3] = {
        {"特定非営利活動法人ひまわり", NULL, "ヒマワリ"},
        {"ＮＰＯ法人　ひまわり", NULL, "ヒマワリ"},
        {"認定ＮＰＯ法人ひまわり", NULL, "ヒマワリ"},
        {"認定特定非営利活動法人 髙﨑の会", "タカサキノカイ", "タカサキノカイ"},
        {"一般社団法人例", NULL, "例"},
        {"例株式会社", NULL, "例"},
        {"㈱例", NULL, "例"},
        {"例（特非）", NULL, "例"},
        {"例（NPO法人）", NULL, "例"},
        {"医療法人社団 例会", NULL, "例会"},
        {"公益財団法人　例　財団", NULL, "例 財団"},
        {"株式会社", NULL, "株式会社"},
        {"NPO法人（特非）", NULL, "npo法人(特非)"},
        {"特定非営利活動法人例", "トクテイヒエイリカツドウホウジンレイ", "レイ"},
        {"ひまわり", "", "ヒマワリ"},
        {"NPO支援センター", NULL, "npo支援センター"}, /* no legal form */
        {"認定こども園例", NULL, "認定コドモ園例"},
        {"", NULL, "~"},
        {NULL, NULL, "~"},
        {"例", "　", "例"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK_TEXT(text_sort_key(a, cases[i][0], cases[i][1]), cases[i][2]);
}

TEST(without_legal_form)
{
    ARENA struct arena *a = arena_new();
    CHECK_TEXT(text_without_legal_form(a, "特定非営利活動法人　髙﨑ひまわり"), "髙﨑ひまわり");
    CHECK_TEXT(text_without_legal_form(a, "ＮＰＯ法人ＡＢＣ"), "ＡＢＣ");
    CHECK_TEXT(text_without_legal_form(a, "ＡＢＣ㈱"), "ＡＢＣ");
    CHECK_TEXT(text_without_legal_form(a, "ひまわり"), "ひまわり");
    CHECK_TEXT(text_without_legal_form(a, "株式会社"), "株式会社");
    CHECK_TEXT(text_without_legal_form(a, " 例会 株式会社 "), "例会");
    CHECK_TEXT(text_without_legal_form(a, NULL), NULL);
}

TEST(parse_int)
{
    static const struct { const char *s; bool ok; int64_t v; } cases[] = {
        {"0", true, 0}, {"123", true, 123}, {"1,234", true, 1234}, {"１２３", true, 123}, {"１，２３４，５６７", true, 1234567},
        {" 12　", true, 12}, {"-5", true, -5}, {"−5", true, -5}, {"△5", true, -5}, {"▲1,000", true, -1000}, {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX}, {"9223372036854775808", false, 0}, {"-9223372036854775808", false, 0},
        {"99999999999999999999", false, 0}, {"", false, 0}, {" ", false, 0}, {"-", false, 0}, {"12,34", false, 0}, {"1,2345", false, 0},
        {",123", false, 0}, {"1234,567", false, 0}, {"1,234,", false, 0}, {"1.5", false, 0}, {"1 2", false, 0}, {"12円", false, 0},
        {"一", false, 0}, {"--5", false, 0}, {"5-", false, 0}, {"0x10", false, 0}, {"1e3", false, 0}, {NULL, false, 0}, {"\xFF", false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t v = 0;
        bool ok = text_parse_int(cases[i].s, &v);
        if (ok != cases[i].ok || v != cases[i].v)
            test_fault(__FILE__, __LINE__, "\"%s\": %d, %" PRId64, cases[i].s ? cases[i].s : "NULL", ok, v);
    }
}

TEST(parse_milli)
{
    static const struct { const char *s; bool ok; int64_t v; } cases[] = {
        {"150.9", true, 150900}, {"1,234", true, 1234000}, {"0.001", true, 1}, {"0.01", true, 10}, {"１５０．９", true, 150900},
        {"-0.5", true, -500}, {"9223372036854775.807", true, INT64_MAX}, {"9223372036854775.808", false, 0}, {"9223372036854776", false, 0},
        {"1.2345", false, 0}, {"1.", false, 0}, {".5", false, 0}, {"1..2", false, 0}, {"1.2.3", false, 0}, {"1.2,345", false, 0},
        {"", false, 0}, {"abc", false, 0}, {NULL, false, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t v = 0;
        bool ok = text_parse_milli(cases[i].s, &v);
        if (ok != cases[i].ok || v != cases[i].v)
            test_fault(__FILE__, __LINE__, "\"%s\": %d, %" PRId64, cases[i].s ? cases[i].s : "NULL", ok, v);
    }
}

TEST(comparing)
{
    CHECK(text_starts("協働の森", "協働") && !text_starts("協働", "協働の森") && text_starts("a", "") && !text_starts(NULL, ""));
    CHECK(text_ends("協働の森", "の森") && !text_ends("森", "の森") && text_ends("a", "") && !text_ends(NULL, ""));
    CHECK(text_eq(NULL, NULL) && !text_eq(NULL, "") && !text_eq("", NULL) && text_eq("a", "a") && !text_eq("a", "b"));
}

TEST_MAIN
