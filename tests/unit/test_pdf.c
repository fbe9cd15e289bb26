/* PDF: pages come out alike whether measured or written; lines break by the rules; tables go over pages; a missing font is named. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/sb.h"
#include "export/pdf.h"
#include "test.h"

static const struct pdf_style body = {PDF_MINCHO, 10, 16, 0x333333, PDF_JUSTIFY, false}, cell = {PDF_GOTHIC, 8, 12, 0x333333, PDF_START, false};

static enum err open_pdf(struct arena *a, FILE *file, struct pdf **p, struct failure *f)
{
    struct pdf_setup s = {.file = file, .width = PDF_A4_WIDTH, .height = PDF_A4_HEIGHT, .top = 60, .right = 60, .bottom = 60, .left = 60, .title = "題名の髙﨑𠮷", .created = 1782000000};
    failure_init(f, a);
    return pdf_open(a, &s, p, f);
}

/* In a process of its own, which finds no font at all. */
TEST(a_missing_font_is_named)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        ARENA struct arena *a = arena_new();
        struct pdf *p;
        struct failure f;
        char config[] = "/tmp/kyodo-fonts-XXXXXX";
        int file = mkstemp(config);
        static const char nothing[] = "<?xml version=\"1.0\"?><!DOCTYPE fontconfig SYSTEM \"fonts.dtd\"><fontconfig></fontconfig>";
        bool ok = file >= 0 && write(file, nothing, sizeof nothing - 1) == (ssize_t)sizeof nothing - 1 && setenv("FONTCONFIG_FILE", config, 1) == 0;
        ok = ok && open_pdf(a, NULL, &p, &f) == E_CONFLICT && strstr(f.message, "fonts-ipaexfont-gothic fonts-ipaexfont-mincho") != NULL;
        unlink(config);
        _exit(ok ? 0 : 1);
    }
    int status = 1;
    CHECK(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void write_pages(struct pdf *p, struct arena *a)
{
    struct sb b;
    sb_init(&b, a);
    for (int i = 0; i < 2000; i++)
        sb_printf(&b, "%s", i % 40 == 39 ? "。\n" : i % 40 > 0 && i % 9 == 4 ? "っ" : i % 40 > 0 && i % 40 < 38 && i % 17 == 3 ? "「" : i % 40 > 0 && i % 17 == 5 ? "」" : "髙");
    pdf_page(p);
    pdf_tag(p, "P");
    pdf_paragraph(p, &body, pdf_left(p), pdf_width(p), sb_str(&b));
    pdf_tag_end(p);
    const double width[] = {100, pdf_width(p) - 100};
    const struct pdf_cell head[] = {{.text = "見出し", .style = &cell}, {.text = "内容", .style = &cell}};
    struct pdf_table t = {.x = pdf_left(p), .width = width, .columns = 2, .pad_x = 4, .pad_y = 3, .head = head, .heads = 2, .head_fill = 0xe8f1fe, .rule = 0xcccccc, .rule_width = 0.5};
    pdf_table_begin(p, &t, 30);
    for (int i = 0; i < 40; i++)
        pdf_table_row(p, (struct pdf_cell[]){{.text = arena_printf(a, "行%d始", i), .style = &cell}, {.text = i == 20 ? arena_printf(a, "%s行%d終", sb_str(&b), i) : arena_printf(a, "行%d終", i), .style = &cell}}, 2);
    pdf_table_end(p);
    pdf_here(p, "end", pdf_y(p));
    pdf_bookmark(p, 0, "おわり", "end");
}

static char *text_of(struct arena *a, const char *file, const char *options)
{
    FILE *p = popen(arena_printf(a, "pdftotext %s %s -", options, file), "r");
    struct sb b;
    char piece[4096];
    size_t n;
    sb_init(&b, a);
    while (p != NULL && (n = fread(piece, 1, sizeof piece, p)) > 0)
        sb_add_n(&b, piece, n);
    CHECK(p != NULL && pclose(p) == 0);
    return arena_dup(a, sb_str(&b));
}

TEST(measured_and_written_alike)
{
    ARENA struct arena *a = arena_new();
    struct pdf *p;
    struct failure f;
    int64_t measured = 0, written = 0;
    if (!CHECK_INT(open_pdf(a, NULL, &p, &f), OK))
        return;
    write_pages(p, a);
    CHECK_INT(pdf_close(p, &measured), OK);
    char name[] = "/tmp/kyodo-pdf-XXXXXX";
    FILE *file = fdopen(mkstemp(name), "wb");
    CHECK_INT(open_pdf(a, file, &p, &f), OK);
    write_pages(p, a);
    CHECK_INT(pdf_close(p, &written), OK);
    fclose(file);
    CHECK(measured > 3);
    CHECK_INT(measured, written);
    const char *text = text_of(a, name, "-raw");
    size_t pages = 0;
    for (const char *c = text; *c != '\0'; c++)
        pages += *c == '\f';
    CHECK_INT((int64_t)pages, written);
    for (int i = 0; i < 40; i++)
        CHECK(strstr(text, arena_printf(a, "行%d始", i)) != NULL && strstr(text, arena_printf(a, "行%d終", i)) != NULL);
    /* No line begins with what may not begin one, none ends with what may not end one. */
    for (const char *line = text; *line != '\0';) {
        size_t n = strcspn(line, "\n\f");
        if (strncmp(line, "。", 3) == 0 || strncmp(line, "っ", 3) == 0 || strncmp(line, "」", 3) == 0)
            test_fault(__FILE__, __LINE__, "a line begins with %.3s: %.*s", line, (int)n, line);
        CHECK(n < 3 || strncmp(line + n - 3, "「", 3) != 0);
        line += n + (line[n] != '\0');
    }
    unlink(name);
}

TEST(what_cannot_be_written_is_said)
{
    ARENA struct arena *a = arena_new();
    struct pdf *p;
    struct failure f;
    FILE *file = fopen("/dev/full", "wb");
    CHECK_INT(open_pdf(a, file, &p, &f), OK);
    write_pages(p, a);
    CHECK_INT(pdf_close(p, NULL), E_IO);
    CHECK(f.message != NULL && strstr(f.message, "ディスク") != NULL);
    fclose(file);
}

TEST_MAIN
