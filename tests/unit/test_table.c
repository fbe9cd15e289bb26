/* Tables out, looked at in their bytes and through other programs' eyes. */
#include "test.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/csv.h"
#include "export/table.h"

static const char *const forms[] = {"事業協力", "共催, 実行委員会", "補助"};
static const struct table_column columns[] = {
    {"事業名", TABLE_TEXT, .width = 30, .wrap = true, .note = "事業の名称を書いてください。"},
    {"形態", TABLE_TEXT, .choices = forms, .choices_n = 3},
    {.title = "件数", .kind = TABLE_INT},
    {.title = "予算額（千円）", .kind = TABLE_YEN},
    {.title = "面積", .kind = TABLE_MILLI},
    {.title = "開始日", .kind = TABLE_DATE},
    {.title = "受付", .kind = TABLE_INSTANT},
    {"番号", TABLE_TEXT, .locked = true},
};
static const struct table_sheet sheet = {.name = "事業[一覧]", .column = columns, .columns = 8, .protect = true, .spare = 3};

static void fill(struct table *t)
{
    table_sheet(t, &sheet);
    table_text(t, "川の清掃\n\"二日間\", 例");
    table_text(t, "補助");
    table_int(t, 12);
    table_yen(t, 1234000);
    table_milli(t, 150900);
    table_date(t, "2026-04-01");
    table_instant(t, 1781103599); /* 2026-06-10 23:59:59 in Tokyo */
    table_text(t, "007");
    table_row(t);
    table_text(t, "=1+1");
    table_text(t, NULL);
    table_int(t, NONE);
    table_yen(t, 1500);
    table_milli(t, NONE);
    table_date(t, "平成元年ごろ");
    table_row(t);
}

static char *bytes_of(struct arena *a, const struct table_result *r)
{
    char *p = arena_alloc(a, (size_t)r->bytes + 1);
    CHECK_INT(read(r->file, p, (size_t)r->bytes), r->bytes);
    close(r->file);
    return p;
}

static char *made(struct arena *a, enum table_format format, struct table_result *r)
{
    struct failure f;
    struct table *t;
    failure_init(&f, a);
    CHECK_INT(table_open(a, format, &(struct table_options){.created = 1781103599, .title = "事業一覧"}, &t, &f), OK);
    fill(t);
    CHECK_INT(table_close(t, r), OK);
    return bytes_of(a, r);
}

TEST(csv_is_utf8_with_bom)
{
    ARENA struct arena *a = arena_new();
    struct table_result r;
    CHECK_TEXT(made(a, TABLE_CSV, &r),
               "\xEF\xBB\xBF" "事業名,形態,件数,予算額（千円）,面積,開始日,受付,番号\r\n"
               "\"川の清掃\n\"\"二日間\"\", 例\",補助,12,1234,150.9,2026-04-01,2026-06-10T23:59:59+09:00,007\r\n"
               "\"'=1+1\",,,1.5,,平成元年ごろ,,\r\n");
    CHECK_INT(r.rows, 2);
    CHECK_INT(r.lost_all, 0);
}

TEST(cp932_lists_what_it_cannot_write)
{
    ARENA struct arena *a = arena_new();
    struct failure f;
    struct table *t;
    struct table_result r;
    failure_init(&f, a);
    CHECK_INT(table_open(a, TABLE_CSV_CP932, &(struct table_options){0}, &t, &f), OK);
    table_sheet(t, &(struct table_sheet){.column = (const struct table_column[]){{.title = "氏名"}, {.title = "住所"}}, .columns = 2});
    table_text(t, "髙﨑①㈱〜−");
    table_text(t, "熊本市");
    table_row(t);
    table_text(t, "𠮷野と鷗外、𠮷井");
    table_text(t, "葛\xF3\xA0\x84\x80城の㋿");
    table_row(t);
    CHECK_INT(table_close(t, &r), OK);
    const char *p = bytes_of(a, &r), *text;
    enum encoding e;
    size_t n;
    CHECK_INT(encoding_decode(a, p, (size_t)r.bytes, &e, &text, &n, &f), OK);
    CHECK_INT(e, ENCODING_CP932);
    CHECK(strstr(text, "髙﨑①㈱") != NULL);
    CHECK_INT(r.lost_all, 4);
    if (r.lost_n == 4) {
        CHECK_INT(r.lost[0].row, 3);
        CHECK_INT((int64_t)r.lost[0].column, 0);
        CHECK_TEXT(r.lost[0].title, "氏名");
        CHECK_TEXT(r.lost[0].character, "𠮷");
        CHECK_TEXT(r.lost[0].text, "𠮷野と鷗外、𠮷井");
        CHECK_TEXT(r.lost[1].character, "鷗");
        CHECK_TEXT(r.lost[2].character, "葛\xF3\xA0\x84\x80");
        CHECK_INT((int64_t)r.lost[2].column, 1);
        CHECK_TEXT(r.lost[3].character, "㋿");
    }
}

TEST(equal_tables_are_equal_files)
{
    ARENA struct arena *a = arena_new();
    struct table_result r, s;
    char *p = made(a, TABLE_XLSX, &r), *q = made(a, TABLE_XLSX, &s);
    CHECK_INT(r.bytes, s.bytes);
    CHECK(r.bytes == s.bytes && memcmp(p, q, (size_t)r.bytes) == 0);
    CHECK_INT(r.rows, 2);
}

/* What Python's openpyxl reads; skipped where it is not installed. */
TEST(openpyxl_reads_it)
{
    ARENA struct arena *a = arena_new();
    struct table_result r;
    char *p = made(a, TABLE_XLSX, &r);
    char path[] = "/tmp/kyodo-test-XXXXXX.xlsx", script[] = "/tmp/kyodo-test-XXXXXX";
    int fd = mkstemps(path, 5), fs = mkstemp(script);
    CHECK_INT(write(fd, p, (size_t)r.bytes), r.bytes);
    close(fd);
    dprintf(fs, "import sys\ntry:\n import openpyxl\nexcept ImportError:\n print('absent'); sys.exit()\n"
                "w=openpyxl.load_workbook('%s'); s=w.worksheets[0]\n"
                "print(w.sheetnames, s.freeze_panes, s.auto_filter.ref, s.print_title_rows, s.page_setup.paperSize, s.page_setup.orientation, s.protection.sheet)\n"
                "print([c.value for c in s[2]])\nprint([(c.value, c.data_type) for c in s[3]][:4])\n"
                "print(s['A1'].comment.text, s['A1'].protection.locked, s['A2'].protection.locked, s['H2'].protection.locked, s['A5'].protection.locked)\n"
                "print([(str(v.sqref), v.formula1) for v in s.data_validations.dataValidation], w.worksheets[1].sheet_state, w.worksheets[1]['A2'].value)\n"
                "print(w.properties.created, w.properties.title)\n", path);
    close(fs);
    FILE *out = popen(arena_printf(a, "/usr/bin/python3 %s 2>&1", script), "r");
    char got[4096];
    size_t n = out != NULL ? fread(got, 1, sizeof got - 1, out) : 0;
    got[n] = '\0';
    CHECK(out != NULL && pclose(out) == 0);
    unlink(path);
    unlink(script);
    if (strcmp(got, "absent\n") == 0 || strstr(got, "not found") != NULL) {
        printf("  skipped: no openpyxl\n");
        return;
    }
    CHECK_TEXT(got, "['事業_一覧_', '選択肢'] A2 A1:H6 $1:$1 9 landscape True\n"
                    "['川の清掃\\n\"二日間\", 例', '補助', 12, 1234, 150.9, datetime.datetime(2026, 4, 1, 0, 0), datetime.datetime(2026, 6, 10, 23, 59, 59), '007']\n"
                    "[('=1+1', 's'), (None, 'n'), (None, 'n'), (1.5, 'n')]\n"
                    "事業の名称を書いてください。 True False True False\n"
                    "[('B2:B6', '選択肢!$A$1:$A$3')] hidden 共催, 実行委員会\n"
                    "2026-06-10 14:59:59 事業一覧\n");
}

TEST_MAIN
