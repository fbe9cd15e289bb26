#include "base/date.h"

#include <time.h>

#include "base/none.h"
#include "test.h"

/* The calendar by the C library, from an instant in Tokyo. */
static struct tm tokyo(int64_t t)
{
    time_t shifted = (time_t)(t + 9 * 3600);
    struct tm tm = {0};
    gmtime_r(&shifted, &tm);
    return tm;
}

TEST(parse)
{
    ARENA struct arena *a = arena_new();
    static const char *const cases[][2] = {
        {"2026-04-01", "2026-04-01"}, {"2026/4/1", "2026-04-01"}, {"2026年4月1日", "2026-04-01"}, {"R8.4.1", "2026-04-01"},
        {"r8/4/1", "2026-04-01"}, {"令和８年４月１日", "2026-04-01"}, {"令和元年5月1日", "2019-05-01"}, {"H31.4.30", "2019-04-30"},
        {"S63-1-1", "1988-01-01"}, {"２０２６／４／１", "2026-04-01"}, {"2026．4．1", "2026-04-01"}, {"２０２６－０４－０１", "2026-04-01"},
        {"2026ー4ー1", "2026-04-01"}, {" 令和 8 年 4 月 1 日　", "2026-04-01"}, {"㋿8年4月1日", "2026-04-01"}, {"㍻元年1月8日", "1989-01-08"},
        {"㍼64年1月7日", "1989-01-07"}, {"昭和元年12月25日", "1926-12-25"}, {"S1.12.25", "1926-12-25"}, {"平成元年1月8日", "1989-01-08"},
        {"R01.05.01", "2019-05-01"}, {"2024-2-29", "2024-02-29"}, {"2000-2-29", "2000-02-29"}, {"20260401", "2026-04-01"},
        {"1873年1月1日", "1873-01-01"}, {"令和8年(2026年)4月1日(水)", "2026-04-01"}, {"2026/4/1(水)", "2026-04-01"},
        {"令和８年（２０２６年）４月１日（水）", "2026-04-01"}, {"Ｒ８．４．１", "2026-04-01"}, {"H元.1.8", "1989-01-08"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = date_parse(a, cases[i][0]);
        if (!got || strcmp(got, cases[i][1]) != 0)
            test_fault(__FILE__, __LINE__, "\"%s\" gives %s, expected %s", cases[i][0], got ? got : "NULL", cases[i][1]);
    }
}

TEST(parse_refuses)
{
    ARENA struct arena *a = arena_new();
    static const char *const bad[] = {
        "", " ", "x", "2026", "2026-4", "2026-13-1", "2026-0-1", "2026-4-0", "2026-4-31", "2025-2-29", "1900-2-29", "2026-2-30", "26-4-1",
        "02026-4-1", "2026-4-001", "2026-4-1x", "2026-4/1", "2026年4月1", "2026年4/1", "令和8/4/1日", "8年4月1日", "令和0年5月1日",
        "H31.5.1", "平成31年5月1日", "R1.4.30", "令和元年4月30日", "H1.1.7", "平成元年1月7日", "S64.1.8", "昭和64年1月8日", "S1.12.24",
        "昭和元年12月24日", "H32.1.1", "S65.1.1", "T15.1.1", "大正15年1月1日", "M1.1.1", "R-8.4.1", "R8.4.-1", "2026--4-1", "2026-4-1(木)",
        "令和8年(2025年)4月1日", "令和8年(2026)4月1日", "20260431", "2026041", "202604011", "0999-01-01", "0000-00-00", "元年4月1日",
        "R8.4", "令和8年", "4月1日", "2026-04-01T00:00", "2026-4-1 -", "+2026-4-1", "10000-1-1", "R8.4.1.2", "二〇二六年四月一日", "\xFF",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const char *got = date_parse(a, bad[i]);
        if (got)
            test_fault(__FILE__, __LINE__, "\"%s\" gives %s", bad[i], got);
    }
    CHECK_TEXT(date_parse(a, NULL), NULL);
}

TEST(valid)
{
    CHECK(date_valid("2026-04-01") && date_valid("2024-02-29") && date_valid("0001-01-01") && date_valid("9999-12-31"));
    CHECK(!date_valid("2026-4-1") && !date_valid("2025-02-29") && !date_valid("2026-04-01 ") && !date_valid("2026/04/01"));
    CHECK(!date_valid("") && !date_valid(NULL) && !date_valid("2026-04-0") && !date_valid("0000-01-01") && !date_valid("2026-00-10"));
}

TEST(print)
{
    ARENA struct arena *a = arena_new();
    CHECK_TEXT(date_long(a, "2026-04-01"), "令和8年(2026年)4月1日(水)");
    CHECK_TEXT(date_long(a, "2019-05-01"), "令和元年(2019年)5月1日(水)");
    CHECK_TEXT(date_long(a, "2019-04-30"), "平成31年(2019年)4月30日(火)");
    CHECK_TEXT(date_long(a, "1989-01-08"), "平成元年(1989年)1月8日(日)");
    CHECK_TEXT(date_long(a, "1989-01-07"), "昭和64年(1989年)1月7日(土)");
    CHECK_TEXT(date_long(a, "1926-12-25"), "昭和元年(1926年)12月25日(土)");
    CHECK_TEXT(date_long(a, "1926-12-24"), "1926年12月24日(金)");
    CHECK_TEXT(date_era(a, "2026-04-01"), "令和8年4月1日");
    CHECK_TEXT(date_era(a, "2019-05-01"), "令和元年5月1日");
    CHECK_TEXT(date_era(a, "1900-04-01"), "1900年4月1日");
    CHECK_TEXT(date_short(a, "2026-04-01"), "R8.4.1");
    CHECK_TEXT(date_short(a, "2019-05-01"), "R1.5.1");
    CHECK_TEXT(date_short(a, "1900-04-01"), "1900.4.1");
    CHECK_TEXT(date_long(a, NULL), NULL);
    CHECK_TEXT(date_short(a, "broken"), "broken");
}

/* Every day from the first of 昭和 to the end of 2100, through every form in which a date is printed or typed. */
TEST(every_day_round_trip)
{
    ARENA struct arena *a = arena_new();
    int64_t t = instant_end_of_day("1926-12-25");
    int days = 0;
    for (const char *iso; (iso = instant_date(a, t)) && strcmp(iso, "2101-01-01") < 0; t += 86400, days++) {
        struct tm tm = tokyo(t);
        char expected[160];
        int y = tm.tm_year + 1900, m = tm.tm_mon + 1, d = tm.tm_mday;
        snprintf(expected, sizeof expected, "%04d-%02d-%02d", y, m, d);
        CHECK_TEXT(iso, expected);
        CHECK(date_valid(iso));
        CHECK_INT(instant_end_of_day(iso), t);

        static const char *const weekdays[] = {"日", "月", "火", "水", "木", "金", "土"};
        int stamp = y * 10000 + m * 100 + d;
        const char *era = stamp >= 20190501 ? "令和" : stamp >= 19890108 ? "平成" : "昭和";
        int n = stamp >= 20190501 ? y - 2018 : stamp >= 19890108 ? y - 1988 : y - 1925;
        char year[32];
        if (n == 1)
            snprintf(year, sizeof year, "%s元", era);
        else
            snprintf(year, sizeof year, "%s%d", era, n);
        snprintf(expected, sizeof expected, "%s年(%d年)%d月%d日(%s)", year, y, m, d, weekdays[tm.tm_wday]);
        CHECK_TEXT(date_long(a, iso), expected);
        CHECK_TEXT(date_parse(a, expected), iso);
        snprintf(expected, sizeof expected, "%s年%d月%d日", year, m, d);
        CHECK_TEXT(date_era(a, iso), expected);
        CHECK_TEXT(date_parse(a, expected), iso);
        snprintf(expected, sizeof expected, "%c%d.%d.%d", stamp >= 20190501 ? 'R' : stamp >= 19890108 ? 'H' : 'S', n, m, d);
        CHECK_TEXT(date_short(a, iso), expected);
        CHECK_TEXT(date_parse(a, expected), iso);
        snprintf(expected, sizeof expected, "%d/%d/%d", y, m, d);
        CHECK_TEXT(date_parse(a, expected), iso);
        snprintf(expected, sizeof expected, "%d年%d月%d日", y, m, d);
        CHECK_TEXT(date_parse(a, expected), iso);
        CHECK_TEXT(date_parse(a, iso), iso);
        CHECK_INT(instant_fiscal_year(t), m >= 4 ? y : y - 1);
        CHECK_INT(instant_fiscal_year(t - 86399), m >= 4 ? y : y - 1);
        arena_reset(a);
    }
    CHECK_INT(days, 63560);
}

TEST(fiscal_years)
{
    ARENA struct arena *a = arena_new();
    CHECK_TEXT(fiscal_year_long(a, 2026), "令和8年度(2026年度)");
    CHECK_TEXT(fiscal_year_long(a, 2019), "令和元年度(2019年度)");
    CHECK_TEXT(fiscal_year_long(a, 2018), "平成30年度(2018年度)");
    CHECK_TEXT(fiscal_year_long(a, 1989), "平成元年度(1989年度)");
    CHECK_TEXT(fiscal_year_long(a, 1988), "昭和63年度(1988年度)");
    CHECK_TEXT(fiscal_year_long(a, 1920), "1920年度");
    CHECK_TEXT(fiscal_year_era(a, 2007), "平成19年度");
    CHECK_TEXT(fiscal_year_era(a, 2019), "令和元年度");
    CHECK_TEXT(fiscal_year_head(a, 2026), "令和8");
    CHECK_TEXT(fiscal_year_head(a, 2019), "令和元");
    static const struct { const char *s; int64_t year; } cases[] = {
        {"令和8年度", 2026}, {"R8", 2026}, {"R8年度", 2026}, {"2026", 2026}, {"2026年度", 2026}, {"平成14年度", 2002}, {"令和８年度", 2026},
        {"Ｒ８", 2026}, {"２０２６", 2026}, {"令和元年度", 2019}, {"平成31年度", 2019}, {"令和1年度", 2019}, {"昭和64年度", 1989},
        {"平成元年度", 1989}, {"h19", 2007}, {"令和8年", 2026}, {"令和8年度(2026年度)", 2026}, {"令和8年度（2026年度）", 2026}, {"1900", 1900},
        {"2199", 2199}, {"令和181年度", 2199}, {" 令和 8 年度 ", 2026}, {"㍻19年度", 2007},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t y = 0;
        if (!fiscal_year_parse(cases[i].s, &y) || y != cases[i].year)
            test_fault(__FILE__, __LINE__, "\"%s\" gives %" PRId64, cases[i].s, y);
    }
    static const char *const bad[] = {"", "8", "R", "令和", "1899", "2200", "令和182年度", "平成32年度", "昭和65年度", "令和0年度", "R8.4", "26年度",
                                      "令和8年度(2025年度)", "大正10年度", "2026年度分", "2026-04", "20260", NULL, "年度"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t y = 0;
        if (fiscal_year_parse(bad[i], &y))
            test_fault(__FILE__, __LINE__, "\"%s\" gives %" PRId64, bad[i] ? bad[i] : "NULL", y);
    }
    for (int64_t y = 1926; y <= 2199; y++) {
        int64_t again = 0;
        CHECK(fiscal_year_parse(fiscal_year_long(a, y), &again) && again == y);
        CHECK(fiscal_year_parse(fiscal_year_era(a, y), &again) && again == y);
        CHECK(fiscal_year_parse(fiscal_year_head(a, y), &again) && again == y);
    }
}

TEST(instants)
{
    ARENA struct arena *a = arena_new();
    int64_t t = instant_end_of_day("2026-06-10");
    CHECK_INT(t, 1781103599); /* 2026-06-10T14:59:59Z */
    CHECK_TEXT(instant_iso(a, t), "2026-06-10T23:59:59+09:00");
    CHECK_TEXT(instant_long(a, t), "令和8年(2026年)6月10日(水)23:59(日本時間)");
    CHECK_TEXT(instant_date(a, t), "2026-06-10");
    CHECK_TEXT(instant_date(a, t + 1), "2026-06-11");
    CHECK_INT(instant_next_midnight(t), t + 1);
    CHECK_INT(instant_next_midnight(t + 1), t + 1 + 86400);
    CHECK_TEXT(instant_short(a, t), "6月10日23:59");
    CHECK_TEXT(instant_clock(a, t - 3600 * 9 - 60 * 54), "14時05分");
    CHECK_TEXT(instant_short(a, t - 3600 * 9 - 60 * 54 - 86400 * 2), "6月8日14:05");
    CHECK_TEXT(instant_http(a, 784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK_TEXT(instant_http(a, 0), "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK_TEXT(instant_iso(a, 0), "1970-01-01T09:00:00+09:00");
    CHECK_TEXT(instant_iso(a, -1), "1970-01-01T08:59:59+09:00");
    CHECK_TEXT(instant_iso(a, -32401), "1969-12-31T23:59:59+09:00");
    CHECK_INT(instant_fiscal_year(instant_end_of_day("2026-03-31")), 2025);
    CHECK_INT(instant_fiscal_year(instant_end_of_day("2026-03-31") + 1), 2026);
    CHECK_INT(instant_end_of_day("nonsense"), NONE);
    CHECK(clock_now() > 1700000000);
}

TEST(instant_parse)
{
    static const struct { const char *s; int64_t t; } cases[] = {
        {"2026-06-10T23:59:59+09:00", 1781103599}, {"2026-06-10T14:59:59Z", 1781103599}, {"2026-06-10T14:59:59+00:00", 1781103599},
        {"2026-06-10T09:29:59-05:30", 1781103599}, {"2026-06-10 17:00", 1781103599 + 1 - 7 * 3600}, {"2026-06-10T17:00", 1781103599 + 1 - 7 * 3600},
        {"2026-06-10 17:00:05", 1781103599 + 6 - 7 * 3600}, {"1970-01-01T00:00:00Z", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t t = NONE;
        CHECK(instant_parse(cases[i].s, &t));
        CHECK_INT(t, cases[i].t);
    }
    static const char *const bad[] = {"", "2026-06-10", "2026-06-10 ", "2026-06-10 1", "2026-06-10 17", "2026-06-10 17:", "2026-06-10 17:0",
                                      "2026-06-10 24:00", "2026-06-10 17:60", "2026-06-10 17:00:60", "2026-06-10 17:00:", "2026-06-10 17:00x",
                                      "2026-06-10T17:00+9", "2026-06-10T17:00+09", "2026-06-10T17:00+09:0", "2026-02-30 17:00", "2026-06-10x17:00",
                                      "2026-06-10T17:00+09:00x", "2026-06-10T17:00ZZ", "26-06-10 17:00", NULL};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        int64_t t = 5;
        if (instant_parse(bad[i], &t))
            test_fault(__FILE__, __LINE__, "\"%s\" gives %" PRId64, bad[i] ? bad[i] : "NULL", t);
        CHECK_INT(t, 5);
    }
    ARENA struct arena *a = arena_new();
    for (int64_t t = -2000000000; t < 4200000000; t += 86399 * 7 + 1) {
        int64_t again = NONE;
        CHECK(instant_parse(instant_iso(a, t), &again));
        CHECK_INT(again, t);
        struct tm tm = tokyo(t);
        char expected[64];
        strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%S+09:00", &tm);
        CHECK_TEXT(instant_iso(a, t), expected);
        time_t plain = (time_t)t;
        gmtime_r(&plain, &tm);
        strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S GMT", &tm);
        CHECK_TEXT(instant_http(a, t), expected);
        arena_reset(a);
    }
}

TEST_MAIN
