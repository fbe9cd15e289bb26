/* The template compiler: what it refuses, with file and line, and what it writes. */
#include "test.h"

#include <sys/wait.h>
#include <unistd.h>

int template_main(int argc, char **argv);
#define main template_main
#include "../../tools/template.c"
#undef main

static char said[4096], made[65536], header[8192];

static void slurp(const char *path, char *to, size_t size)
{
    FILE *f = fopen(path, "rb");
    size_t n = f ? fread(to, 1, size - 1, f) : 0;
    to[n] = 0;
    if (f)
        fclose(f);
}

/* Compiles in a process of its own, because a refusal ends it. */
static int compile(const char *text)
{
    char folder[] = "/tmp/kyodo-template-XXXXXX", in[64], c[64], h[64], err[64];
    if (!mkdtemp(folder))
        return -1;
    snprintf(in, sizeof in, "%s/x.html", folder);
    snprintf(c, sizeof c, "%s/x.html.c", folder);
    snprintf(h, sizeof h, "%s/x.html.h", folder);
    snprintf(err, sizeof err, "%s/err", folder);
    FILE *f = fopen(in, "wb");
    fputs(text, f);
    fclose(f);
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        if (!freopen(err, "wb", stderr))
            _exit(9);
        char *argv[] = {(char *)(uintptr_t)"template", in, c, h, NULL};
        int status = template_main(4, argv);
        fflush(NULL);
        _exit(status);
    }
    int status = 0;
    waitpid(pid, &status, 0);
    slurp(err, said, sizeof said);
    slurp(c, made, sizeof made);
    slurp(h, header, sizeof header);
    unlink(in), unlink(c), unlink(h), unlink(err), rmdir(folder);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The body stands in lines 2 and following of a template. */
static bool refuses(const char *body, int line, const char *why)
{
    char text[4096], place[40];
    snprintf(text, sizeof text, "@template t(const char *v)\n%s\n@end\n", body);
    snprintf(place, sizeof place, "x.html:%d: error:", line);
    bool ok = compile(text) == 1 && strstr(said, place) && strstr(said, why) && !*made;
    if (!ok)
        printf("  %s -> %s\n", body, said);
    return ok;
}

static bool takes(const char *body)
{
    char text[4096];
    snprintf(text, sizeof text, "@template t(const char *v)\n%s\n@end\n", body);
    bool ok = compile(text) == 0;
    if (!ok)
        printf("  %s -> %s\n", body, said);
    return ok;
}

TEST(refuses_unquoted_and_misplaced_values)
{
    CHECK(refuses("<a class=x>", 2, "unquoted value of attribute 'class'"));
    CHECK(refuses("<p>\n<input value={{v}}>", 3, "unquoted value of attribute 'value'"));
    CHECK(refuses("<input {{v}}>", 2, "not in the tag 'input'"));
    CHECK(refuses("<{{v}}>", 2, "write &lt; for <"));
    CHECK(refuses("<p>a < b</p>", 2, "write &lt; for <"));
    CHECK(refuses("<p>{{}}</p>", 2, "{{ }} is empty"));
    CHECK(refuses("<p>{{v", 2, "{{ is not closed"));
    CHECK(refuses("<p>{{\"abc}}</p>", 2, "a string is not closed"));
    CHECK(takes("<p title=\"{{v}}\">{{v}}</p>"));
    CHECK(takes("<p title='{{v ? \"}}\" : v}}'></p>"));
}

TEST(refuses_scripts_styles_and_foreign_documents)
{
    CHECK(refuses("<script>alert(1)</script>", 2, "inline script"));
    CHECK(refuses("<script src=\"/a.js\">x</script>", 2, "inline script"));
    CHECK(refuses("<script src=\"/a.js\">{{v}}</script>", 2, "inline script"));
    CHECK(refuses("<script src=\"/a.js\"><b></b></script>", 2, "inline script"));
    CHECK(refuses("<style>p{}</style>", 2, "refused element 'style'"));
    CHECK(refuses("<STYLE>p{}</STYLE>", 2, "refused element 'style'"));
    CHECK(refuses("<p style=\"x\">", 2, "refused attribute 'style'"));
    CHECK(refuses("<p onclick=\"x()\">", 2, "refused attribute 'onclick'"));
    CHECK(refuses("<p ONLOAD=\"x()\">", 2, "refused attribute 'onload'"));
    CHECK(refuses("<iframe src=\"/x\"></iframe>", 2, "refused element 'iframe'"));
    CHECK(refuses("<base href=\"/\">", 2, "refused element 'base'"));
    CHECK(refuses("<object></object>", 2, "refused element 'object'"));
    CHECK(refuses("<img srcset=\"/a 2x\">", 2, "refused attribute 'srcset'"));
    CHECK(refuses("<meta http-equiv=\"refresh\" content=\"0\">", 2, "refused attribute 'http-equiv'"));
    CHECK(refuses("<!-- x -->", 2, "write a comment as"));
    CHECK(takes("<script src=\"/assets/kyodo.js\" defer></script>"));
}

TEST(addresses_are_a_url_or_a_literal_of_ours)
{
    static const char *const bad[] = {"javascript:alert(1)", "//other.example/x", "/\\other.example", "http://other.example/", "x", "", "?q=1", "data:text/html,x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        static const char *const in[] = {"<a href=\"%s\">x</a>", "<img src=\"%s\" alt=\"\">", "<form action=\"%s\">", "<button formaction=\"%s\">x</button>"};
        for (size_t k = 0; k < sizeof in / sizeof in[0]; k++) {
            char body[200];
            size_t n = (size_t)(strstr(in[k], "%s") - in[k]);
            snprintf(body, sizeof body, "%.*s%s%s", (int)n, in[k], bad[i], in[k] + n + 2);
            CHECK(refuses(body, 2, "an address is one {{struct url}} alone or a literal"));
        }
    }
    CHECK(refuses("<a href=\"/x/{{v}}\">x</a>", 2, "an address is one {{struct url}} alone"));
    CHECK(refuses("<a href=\"{{v}}/x\">x</a>", 2, "an address is one {{struct url}} alone"));
    CHECK(refuses("<a href=\"{{v}}{{v}}\">x</a>", 2, "an address is one {{struct url}} alone"));
    CHECK(refuses("<a href=\"\n@if v\n/x\n@end\n\">x</a>", 3, "an address is one {{struct url}} alone"));
    CHECK(refuses("<a href>x</a>", 2, "an address is missing"));
    CHECK(takes("<a href=\"/x?y=1\">x</a><a href=\"#main\">y</a><a href=\"/\">z</a>"));
    CHECK(takes("<a href=\"{{url_project(c, 1)}}\">x</a>"));
    /* written by a function that takes nothing but struct url, so that a text does not compile */
    CHECK(strstr(made, "html_url(o, url_project(c, 1));"));
}

TEST(blocks_must_close_and_leave_the_markup_as_they_found_it)
{
    CHECK(refuses("@if v\n<p>", 1, "has no @end"));
    CHECK(refuses("@else", 2, "@else without @if"));
    CHECK(refuses("@if v\n@else\n@elif v\n@end", 4, "@elif without @if"));
    CHECK(refuses("@if v\n<p class=\"\n@end\n\">", 4, "leaves a tag or a quote open"));
    CHECK(refuses("<p\n@if v\n>\n@end\n", 5, "leaves a tag or a quote open"));
    CHECK(refuses("@each r in v\n@end", 2, "@each NAME in ARRAY, COUNT"));
    CHECK(refuses("@each r of v, 3\n@end", 2, "@each NAME in ARRAY, COUNT"));
    CHECK(refuses("@for i in\n@end", 2, "the count is missing"));
    CHECK(refuses("@if\n@end", 2, "the condition is missing"));
    CHECK(refuses("@while v\n@end", 2, "unknown directive '@while'"));
    CHECK(refuses("<p class=\"\n@call f(c, o)\n\">", 3, "@call stands between tags"));
    CHECK(refuses("@call f(c, o", 2, "a bracket is not closed"));
    CHECK(refuses("@template u()\n@end", 2, "@template inside a template"));
    CHECK(compile("<p>x</p>\n") == 1 && strstr(said, "x.html:1: error: text outside a template"));
    CHECK(compile("\n{{v}}\n") == 1 && strstr(said, "x.html:2: error: a value outside a template"));
    CHECK(takes("<option value=\"1\"\n@if v\nselected\n@end\n>x</option>"));
    CHECK(takes("<p class=\"a\n@if v\n b\n@end\n\">x</p>"));
}

TEST(lines_lead_back_to_the_template)
{
    CHECK(takes("<p>a</p>\n<p>{{v}}</p>\n@call f(c, o,\n    v)\n<p>{{v}}</p>"));
    CHECK(strstr(made, "#line 3 \"/tmp/") && strstr(made, "#line 4 \"/tmp/") && strstr(made, "#line 6 \"/tmp/"));
    CHECK(strstr(made, "f(c, o,\n    v);"));
    CHECK(refuses("{{# a\nb\nc #}}\n<p x=y>", 5, "unquoted"));
}

TEST(loops_and_parameters)
{
    CHECK(compile("@include \"area/x/views.h\"\n@include <math.h>\n@template body(const struct view *v)\n@each r in pick(v, 1), v->rows_n\n{{r_i}}\n@end\n@for i in 3\n{{i}}\n@end\n@end\n"
                  "@template other()\n@end\n") == 0);
    CHECK(strstr(header, "#include \"area/x/views.h\"\n#include <math.h>\n"));
    CHECK(strstr(header, "void body(struct ctx *c, struct sb *o, const struct view *v);\nvoid other(struct ctx *c, struct sb *o);\n"));
    CHECK(strstr(made, "const __typeof__(*(pick(v, 1))) *const r = &(pick(v, 1))[r_i];"));
    /* a count that is not stated is negative: no turn */
    CHECK(strstr(made, "(v->rows_n) > 0 ? (size_t)(v->rows_n) : 0"));
    CHECK(strstr(made, "for (size_t i = 0,"));
}

TEST(white_space)
{
    CHECK(takes("   <p>日本語の\n   文です。</p>\n\n   <p>ab\n  cd</p>\n<pre>\n  x\n</pre>"));
    CHECK(strstr(made, "sb_add_n(o, \"日本語の文です。\""));
    CHECK(strstr(made, "</p>\\n\"\n        \"\\n\"\n        \"<p>ab\\n\"\n        \"cd</p>"));
    CHECK(strstr(made, "<pre>\\n\"\n        \"  x\\n\"\n        \"</pre>"));
    CHECK(takes("@@home\n<p>a@b</p>"));
    CHECK(strstr(made, "\"@home\\n\""));
}

TEST(japanese_goes_through_the_catalogue)
{
    CHECK(takes("<p title=\"題\" data-x=\"値\"> 保存 &amp; 送信 </p>"));
    CHECK(strstr(made, "html_text(o, tr(c, \"題\"));"));
    CHECK(!strstr(made, "tr(c, \"値\")"));
    CHECK(strstr(made, "sb_add_n(o, \"保存 &amp; 送信\", 19);"));
    CHECK(strstr(made, "html_text(o, tr(c, \"保存 & 送信\"));"));
    CHECK(refuses("<p>日本&copy;</p>", 2, "only &amp;"));
    CHECK(takes("<p>plain &copy; text</p>"));
    CHECK(!strstr(made, "tr(c,"));
}

TEST(text_of_the_template_cannot_leave_its_c_string)
{
    CHECK(takes("<p>a \"b\" \\n ?\?/ %s</p>"));
    CHECK(strstr(made, "a \\\"b\\\" \\\\n \\077\\077/ %s"));
}

TEST_MAIN
