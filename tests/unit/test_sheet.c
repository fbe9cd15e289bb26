/* Spreadsheets in: good ones of several programs, odd ones, and those that want to hurt. */
#include "test.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "base/sb.h"
#include "export/sheet.h"
#include "export/table.h"

/* --- files made here --- */

struct part { const char *name; const char *p; size_t n; };

static const char *zipped(struct arena *a, const struct part *part, size_t parts, size_t *n)
{
    char path[] = "/tmp/kyodo-test-XXXXXX";
    int fd = mkstemp(path), error;
    close(fd);
    zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &error);
    CHECK(z != NULL);
    for (size_t i = 0; i < parts; i++) {
        zip_source_t *s = zip_source_buffer(z, part[i].p, part[i].n > 0 ? part[i].n : strlen(part[i].p), 0);
        CHECK(zip_file_add(z, part[i].name, s, ZIP_FL_ENC_UTF_8) >= 0);
    }
    CHECK_INT(zip_close(z), 0);
    FILE *f = fopen(path, "rb");
    struct stat st;
    fstat(fileno(f), &st);
    char *p = arena_alloc(a, (size_t)st.st_size + 1);
    *n = fread(p, 1, (size_t)st.st_size, f);
    fclose(f);
    unlink(path);
    return p;
}

#define NS "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

/* A workbook of one sheet with the given shared strings and rows. */
static const char *book(struct arena *a, const char *properties, const char *strings, const char *rows, size_t *n)
{
    struct part p[] = {
        {"_rels/.rels", "<Relationships><Relationship Id=\"a\" Type=\"" REL "officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>", 0},
        {"xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id=\"r1\" Type=\"" REL "worksheet\" Target=\"worksheets/one.xml\"/>"
         "<Relationship Id=\"r2\" Type=\"" REL "sharedStrings\" Target=\"/xl/words.xml\"/><Relationship Id=\"r3\" Type=\"" REL "styles\" Target=\"styles.xml\"/></Relationships>", 0},
        {"xl/workbook.xml", arena_printf(a, "<workbook " NS "><workbookPr %s/><sheets><sheet name=\"表&amp;図\" sheetId=\"9\" r:id=\"r1\"/></sheets></workbook>", properties), 0},
        {"xl/styles.xml", "<styleSheet " NS "><numFmts><numFmt numFmtId=\"170\" formatCode=\"[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/><numFmt numFmtId=\"171\" formatCode=\"000000\"/>"
         "<numFmt numFmtId=\"172\" formatCode=\"0.00E+00\"/><numFmt numFmtId=\"173\" formatCode=\"yyyy/m/d h:mm\"/><numFmt numFmtId=\"174\" formatCode=\"#,##0&quot;日&quot;\"/></numFmts>"
         "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"170\"/><xf numFmtId=\"171\"/><xf numFmtId=\"172\"/>"
         "<xf numFmtId=\"173\"/><xf numFmtId=\"174\"/><xf numFmtId=\"57\"/><xf numFmtId=\"20\"/></cellXfs></styleSheet>", 0},
        {"xl/words.xml", arena_printf(a, "<sst " NS ">%s</sst>", strings), 0},
        {"xl/worksheets/one.xml", arena_printf(a, "<worksheet " NS "><sheetData>%s</sheetData></worksheet>", rows), 0},
    };
    return zipped(a, p, sizeof p / sizeof p[0], n);
}

static enum err reading(struct arena *a, const char *p, size_t n, struct workbook **w, const char **message)
{
    struct failure f;
    failure_init(&f, a);
    enum err e = sheet_read(a, p, n, "表.xlsx", w, &f);
    *message = f.message;
    return e;
}

/* Every cell of the first sheet: "A1=…;B1=…"; dates have ~, numbers #, formulas =, faults ! before them. */
static const char *shown(struct arena *a, const struct workbook *w, size_t sheet)
{
    struct sb b;
    sb_init(&b, a);
    for (size_t i = 0; sheet < w->n && i < w->sheet[sheet].n; i++)
        for (uint32_t k = 0; k < w->sheet[sheet].row[i].n; k++) {
            const struct sheet_cell *c = &w->sheet[sheet].row[i].cell[k];
            sb_printf(&b, "%s%u:%s%s%s;", sheet_column_name(a, c->column), (unsigned)w->sheet[sheet].row[i].number, c->formula ? "=" : "",
                      c->kind == SHEET_DATE ? "~" : c->kind == SHEET_NUMBER ? "#" : c->kind == SHEET_ERROR ? "!" : c->kind == SHEET_BOOL ? "?" : "", c->text);
        }
    return sb_str(&b);
}

static const char *read_as(struct arena *a, const char *p, size_t n)
{
    struct workbook *w = NULL;
    const char *message;
    enum err e = reading(a, p, n, &w, &message);
    return e == OK ? shown(a, w, 0) : arena_printf(a, "%s %s", err_name(e), message);
}

TEST(cells_of_every_kind)
{
    ARENA struct arena *a = arena_new();
    size_t n;
    const char *p = book(a, "", "<si><t>事業名</t><rPh sb=\"0\" eb=\"3\"><t>ジギョウメイ</t></rPh><phoneticPr fontId=\"1\"/></si>"
        "<si><r><rPr><b/></rPr><t xml:space=\"preserve\">太い </t></r><r><t>字_x000D_\n二行目 &lt;&amp;_x005F_x0041_</t></r></si><si><t/></si>",
        "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"s\"><v>1</v></c><c r=\"D1\" t=\"s\"><v>2</v></c></row>"
        "<row r=\"3\"><c r=\"A3\" s=\"1\"><v>46113</v></c><c r=\"B3\" s=\"2\"><v>46113</v></c><c r=\"C3\" s=\"3\"><v>10006</v></c><c r=\"D3\" s=\"4\"><v>46113</v></c>"
        "<c r=\"E3\" s=\"5\"><v>46113.5625</v></c><c r=\"F3\" s=\"6\"><v>46113</v></c><c r=\"G3\" s=\"7\"><v>59</v></c><c r=\"H3\" s=\"8\"><v>0.5</v></c></row>"
        "<row><c><v>1.1000000000000001</v></c><c><v>1E-3</v></c><c><v>1.5E+15</v></c><c t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A</v></c><c t=\"str\"><f>A1&amp;\"!\"</f><v>式の値</v></c>"
        "<c><f>SUM(A1)</f><v>0</v></c><c><f>NOW()</f></c><c t=\"inlineStr\"><is><t>直に</t></is></c><c t=\"d\"><v>2026-04-01T00:00:00</v></c><c t=\"inlineStr\"><is><t>007</t></is></c></row>", &n);
    CHECK_TEXT(read_as(a, p, n), "A1:事業名;C1:太い 字\n二行目 <&_x0041_;A3:~2026-04-01;B3:~2026-04-01;C3:#010006;D3:#46113;E3:~2026-04-01 13:30:00;F3:#46113;G3:~1900-02-28;H3:~12:00:00;"
        "A4:#1.1;B4:#0.001;C4:#1500000000000000;D4:?TRUE;E4:!#N/A;F4:=式の値;G4:=#0;H4:=;I4:直に;J4:~2026-04-01;K4:007;");
    struct workbook *w = NULL;
    const char *message;
    CHECK_INT(reading(a, p, n, &w, &message), OK);
    CHECK_TEXT(w->sheet[0].name, "表&図");
    CHECK_INT(w->sheet[0].columns, 11);
    CHECK_TEXT(sheet_place(a, &w->sheet[0], 3, 27, "事業名"), "シート「表&図」3行目AB列「事業名」");
}

TEST(days_from_1904)
{
    ARENA struct arena *a = arena_new();
    size_t n;
    const char *p = book(a, "date1904=\"1\"", "", "<row><c s=\"1\"><v>44651</v></c><c s=\"1\"><v>0</v></c><c s=\"1\"><v>-1</v></c></row>", &n);
    CHECK_TEXT(read_as(a, p, n), "A1:~2026-04-01;B1:~1904-01-01;C1:#-1;");
}

TEST(csv_in_three_encodings)
{
    ARENA struct arena *a = arena_new();
    const char *utf8 = "\xEF\xBB\xBF名称,電話\r\n\"川,\n例\",'+81\r\n,,\r\n", *cp932 = "\x96\xBC\x8F\xCC,\x93\x64\x98\x62\n\x90\xEC,096\n";
    CHECK_TEXT(read_as(a, utf8, strlen(utf8)), "A1:名称;B1:電話;A2:川,\n例;B2:+81;");
    CHECK_TEXT(read_as(a, utf8 + 3, strlen(utf8) - 3), "A1:名称;B1:電話;A2:川,\n例;B2:+81;");
    CHECK_TEXT(read_as(a, cp932, strlen(cp932)), "A1:名称;B1:電話;A2:川;B2:096;");
    CHECK_TEXT(read_as(a, "a,\"b", 4), "E_FORM 1行目: 引用符(\")が閉じられていません。");
    CHECK_TEXT(read_as(a, "", 0), "E_FORM ファイルが空です。");
    struct workbook *w = NULL;
    const char *message;
    CHECK_INT(reading(a, cp932, strlen(cp932), &w, &message), OK);
    CHECK(w->n == 1 && w->encoding == ENCODING_CP932 && !w->xlsx && w->sheet[0].name == NULL);
    CHECK_TEXT(w->file, "表.xlsx");
    CHECK_TEXT(sheet_place(a, &w->sheet[0], 2, 1, "電話"), "2行目2列目「電話」");
}

TEST(readings_are_not_part_of_the_text)
{
    ARENA struct arena *a = arena_new();
    const char *data = getenv("KYODO_TEST_DATA");
    FILE *f = data != NULL ? fopen(arena_printf(a, "%s/excel_with_phonetic_runs.xlsx", data), "rb") : NULL;
    if (f == NULL) {
        printf("  skipped: no KYODO_TEST_DATA\n");
        return;
    }
    char *p = arena_alloc(a, 1 << 20);
    size_t n = fread(p, 1, 1 << 20, f);
    fclose(f);
    struct workbook *w = NULL;
    const char *message;
    CHECK_INT(reading(a, p, n, &w, &message), OK);
    bool found = false, reading_seen = false;
    for (size_t i = 0; w != NULL && i < w->n; i++)
        for (size_t k = 0; k < w->sheet[i].n; k++)
            for (uint32_t j = 0; j < w->sheet[i].row[k].n; j++) {
                found = found || strcmp(w->sheet[i].row[k].cell[j].text, "事業名") == 0;
                reading_seen = reading_seen || strstr(w->sheet[i].row[k].cell[j].text, "ジギョウメイ") != NULL;
            }
    CHECK(found);
    CHECK(!reading_seen);
}

/* --- what other programs save --- */

static char *whole_file(struct arena *a, const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return NULL;
    char *p = arena_alloc(a, 1 << 20);
    *n = fread(p, 1, 1 << 20, f);
    fclose(f);
    return p;
}

static bool shell(const char *command)
{
    FILE *f = popen(command, "r");
    char line[512];
    while (f != NULL && fgets(line, sizeof line, f) != NULL)
        ;
    return f != NULL && pclose(f) == 0;
}

static const char ours[] = "A1:名称;B1:件数;C1:予算額（千円）;D1:開始日;E1:受付;F1:番号;A2: 川の\n清掃;B2:#12;C2:#1234.5;D2:~2026-04-01;E2:~2026-06-10 23:59:59;F2:007;A3:=1+1;F3:_x0041_;";

static char *our_file(struct arena *a, size_t *n)
{
    struct failure f;
    struct table *t;
    struct table_result r;
    failure_init(&f, a);
    CHECK_INT(table_open(a, TABLE_XLSX, &(struct table_options){.created = 1781103599}, &t, &f), OK);
    const struct table_column c[] = {{.title = "名称", .note = "説明"}, {.title = "件数", .kind = TABLE_INT}, {.title = "予算額（千円）", .kind = TABLE_YEN},
                                     {.title = "開始日", .kind = TABLE_DATE}, {.title = "受付", .kind = TABLE_INSTANT}, {.title = "番号"}};
    const struct table_sheet s = {.name = "一覧", .column = c, .columns = 6, .protect = true, .spare = 2};
    table_sheet(t, &s);
    table_text(t, " 川の\n清掃");
    table_int(t, 12);
    table_yen(t, 1234500);
    table_date(t, "2026-04-01");
    table_instant(t, 1781103599);
    table_text(t, "007");
    table_row(t);
    table_text(t, "=1+1");
    table_int(t, NONE), table_yen(t, NONE), table_date(t, NULL), table_instant(t, NONE);
    table_text(t, "_x0041_");
    table_row(t);
    const struct table_column k[] = {{.title = "鍵"}};
    const struct table_sheet keys = {.name = "kyodo", .column = k, .columns = 1, .hidden = true, .aside = true};
    table_sheet(t, &keys);
    CHECK_INT(table_close(t, &r), OK);
    char *p = arena_alloc(a, (size_t)r.bytes);
    *n = (size_t)read(r.file, p, (size_t)r.bytes);
    close(r.file);
    return p;
}

TEST(our_own_file_comes_back)
{
    ARENA struct arena *a = arena_new();
    size_t n;
    const char *p = our_file(a, &n);
    CHECK_TEXT(read_as(a, p, n), ours);
    struct workbook *w = NULL;
    const char *message;
    CHECK_INT(reading(a, p, n, &w, &message), OK);
    CHECK(w->n == 2 && !w->sheet[0].hidden && w->sheet[1].hidden && sheet_named(w, "kyodo") == &w->sheet[1]);
}

/* LibreOffice and openpyxl open our file and save it again. */
static void saved_again(const char *by, const char *command)
{
    ARENA struct arena *a = arena_new();
    char directory[] = "/tmp/kyodo-test-XXXXXX";
    CHECK(mkdtemp(directory) != NULL);
    size_t n;
    const char *p = our_file(a, &n);
    FILE *f = fopen(arena_printf(a, "%s/in.xlsx", directory), "wb");
    CHECK(f != NULL && fwrite(p, 1, n, f) == n && fclose(f) == 0);
    bool ran = shell(arena_printf(a, "cd %s && %s >/dev/null 2>&1", directory, command));
    p = ran ? whole_file(a, arena_printf(a, "%s/out.xlsx", directory), &n) : NULL;
    if (p == NULL)
        printf("  skipped: no %s\n", by);
    else
        CHECK_TEXT(read_as(a, p, n), ours);
    CHECK(shell(arena_printf(a, "rm -rf %s", directory)));
}

TEST(openpyxl_saves_our_file)
{
    saved_again("openpyxl", "/usr/bin/python3 -c \"import openpyxl; openpyxl.load_workbook('in.xlsx').save('out.xlsx')\"");
}

TEST(libreoffice_saves_our_file)
{
    saved_again("LibreOffice", "mkdir o && soffice --headless -env:UserInstallation=file://$PWD/profile --convert-to xlsx --outdir o in.xlsx && mv o/in.xlsx out.xlsx");
}

/* --- those that want to hurt --- */

TEST(no_document_type)
{
    ARENA struct arena *a = arena_new();
    size_t n;
    struct part p[] = {{"xl/workbook.xml", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><workbook>&e;</workbook>", 0}};
    const char *z = zipped(a, p, 1, &n);
    CHECK_TEXT(read_as(a, z, n), "E_FORM XMLにDOCTYPE(外部の参照や実体)があるため、読みません。表計算ソフトで開いて保存し直してください。");
}

TEST(bombs_are_refused)
{
    ARENA struct arena *a = arena_new();
    size_t n, big = 8 << 20;
    char *zeros = arena_alloc(a, big);
    struct part p[] = {{"xl/workbook.xml", "<workbook/>", 0}, {"xl/media/a.bin", zeros, big}};
    const char *z = zipped(a, p, 2, &n);
    CHECK(strstr(read_as(a, z, n), "圧縮率が異常に高い") != NULL);
    struct part *many = arena_many(a, struct part, SHEET_PARTS_MAX + 1);
    for (size_t i = 0; i <= SHEET_PARTS_MAX; i++)
        many[i] = (struct part){arena_printf(a, "f%zu", i), "x", 1};
    z = zipped(a, many, SHEET_PARTS_MAX + 1, &n);
    CHECK(strstr(read_as(a, z, n), "XLSXの中のファイルが2000個を超えるため") != NULL);
}

TEST(deep_xml)
{
    ARENA struct arena *a = arena_new();
    struct sb b;
    size_t n;
    sb_init(&b, a);
    for (int i = 0; i < 100; i++)
        sb_add(&b, "<g>");
    struct part p[] = {{"xl/workbook.xml", sb_str(&b), 0}};
    const char *z = zipped(a, p, 1, &n);
    CHECK(strstr(read_as(a, z, n), "XMLの入れ子が64段を超える") != NULL);
}

TEST(huge_sheets)
{
    ARENA struct arena *a = arena_new();
    size_t n;
    const char *z = book(a, "", "", "<row><c r=\"AML1\"><v>1</v></c></row>", &n);
    CHECK_TEXT(read_as(a, z, n), "E_TOO_LARGE 列が1000列を超えるため、読みません。使わない列を削除して保存してください。");
    z = book(a, "", "", "<row r=\"1048577\"><c><v>1</v></c></row>", &n);
    CHECK(strstr(read_as(a, z, n), "E_FORM") != NULL);
    struct sb b;
    sb_init(&b, a);
    for (size_t i = 0; i <= SHEET_ROWS_MAX; i++)
        sb_printf(&b, "<row><c><v>%zu</v></c></row>", i * 7919);
    z = book(a, "", "", sb_str(&b), &n);
    CHECK_TEXT(read_as(a, z, n), "E_TOO_LARGE 行が200000行を超えるため、読みません。表を分けて保存してください。");
    /* one long shared text in very many cells: small on disk, without end in memory */
    char *text = arena_alloc(a, 120001);
    memset(text, 'x', 120000);
    sb_init(&b, a);
    for (size_t i = 0; i < 900; i++)
        sb_add(&b, "<row><c t=\"s\"><v>0</v></c></row>");
    z = book(a, "", arena_printf(a, "<si><t>%s</t></si>", text), sb_str(&b), &n);
    CHECK_TEXT(read_as(a, z, n), "E_TOO_LARGE セルの文字が合わせて100MBを超えるため、読みません。表を分けて保存してください。");
}

TEST(broken_files)
{
    ARENA struct arena *a = arena_new();
    size_t n;
    const char *p = our_file(a, &n);
    for (size_t cut = 2; cut < n; cut += n / 37 + 1) {
        const char *got = read_as(a, p, cut);
        CHECK(strstr(got, "E_FORM") == got);
    }
    for (size_t i = 0; i < 60; i++) {
        char *bent = arena_alloc(a, n);
        memcpy(bent, p, n);
        bent[(i * 7919) % n] ^= (char)(1 + i % 200);
        struct workbook *w = NULL;
        const char *message;
        enum err e = reading(a, bent, n, &w, &message);
        CHECK(e == OK || e == E_FORM || e == E_TOO_LARGE);
    }
    CHECK(strstr(read_as(a, "\xD0\xCF\x11\xE0\xA1\xB1", 6), "古い形式(.xls)") != NULL);
    CHECK(strstr(read_as(a, "%PDF-1.7", 8), "PDF") != NULL);
    CHECK(strstr(read_as(a, "PK\x05\x06", 4), "E_FORM") != NULL);
    struct part doc[] = {{"word/document.xml", "<x/>", 0}};
    p = zipped(a, doc, 1, &n);
    CHECK_TEXT(read_as(a, p, n), "E_FORM XLSXファイルではありません(ブックがありません)。表計算ソフトで「Excelブック(.xlsx)」として保存してください。");
    p = book(a, "", "<si><t>a</t></si>", "<row><c t=\"s\"><v>1</v></c></row>", &n);
    CHECK(strstr(read_as(a, p, n), "E_FORM") != NULL);
    p = book(a, "", "", "<row><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>", &n);
    CHECK_TEXT(read_as(a, p, n), "E_FORM 1行目に同じ場所のセルが2つあります。表計算ソフトで開いて保存し直してください。");
}

/* --- the table in a workbook --- */

static const struct sheet_field fields[] = {
    {"事業名", "事業の名称|名称", true}, {"予算額（千円）", NULL, true}, {"予算額（円）", NULL, false}, {"備考", NULL, false}};

static enum err finding(struct arena *a, const char *csv, struct sheet_table *t, const char **message)
{
    struct workbook *w = NULL;
    struct failure f;
    failure_init(&f, a);
    CHECK_INT(sheet_parse(a, csv, strlen(csv), &w, &f), OK);
    enum err e = sheet_table_find(a, w, fields, 4, t, &f);
    *message = f.message;
    return e;
}

TEST(columns_by_their_titles)
{
    ARENA struct arena *a = arena_new();
    struct sheet_table t;
    const char *m;
    CHECK_INT(finding(a, "令和8年度の照会\n\n予算額(千円), 事業名 ※,その他\n12,\"　川 \n\",x\n", &t, &m), OK);
    CHECK(t.head == 1 && t.column[0] == 1 && t.column[1] == 0 && t.column[2] == -1 && t.column[3] == -1);
    CHECK(t.unknown_n == 1 && strcmp(t.unknown[0], "その他") == 0 && t.missing_n == 2);
    CHECK_TEXT(sheet_value(a, &t, &t.sheet->row[2], 0), "川");
    CHECK_TEXT(sheet_value(a, &t, &t.sheet->row[2], 3), NULL);
    CHECK_INT(finding(a, "名称,備考,担当\n", &t, &m), E_FORM);
    CHECK_TEXT(m, "必要な列「予算額（千円）」がありません。1行目を見出しとして読みました。わからなかった見出し: 「担当」");
    CHECK_INT(finding(a, "名称,予算額,事業名\n", &t, &m), E_FORM);
    CHECK_TEXT(m, "1行目3列目: 見出し「事業名」が2つあります。どちらかの列を消してください。");
    CHECK_INT(finding(a, "a,b\n", &t, &m), E_FORM);
    CHECK_TEXT(m, "見出しの行が見つかりません。「事業名」「予算額（千円）」などの見出しがある表を選んでください。");
}

TEST_MAIN
