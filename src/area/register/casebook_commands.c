/* kyodo export casebook */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "area/register/casebook.h"
#include "base/text.h"

enum output { FORM_PDF, FORM_REGISTER, FORM_JSON, FORM_TABLE };
struct work { int64_t edition; enum output form; enum table_format format; FILE *out; int64_t pages, projects; };

static enum err copy(struct ctx *c, int from, FILE *to)
{
    char buffer[65536];
    ssize_t n;
    while ((n = read(from, buffer, sizeof buffer)) > 0)
        if (fwrite(buffer, 1, (size_t)n, to) != (size_t)n)
            return fail(c, E_IO, "%s", tr(c, "出力できませんでした。"));
    return n == 0 ? OK : fail(c, E_IO, "%s", tr(c, "出力できませんでした。"));
}

static enum err write_json(struct ctx *c, struct json_sink *s, void *arg) { return casebook_json(c, arg, s); }

static enum err make(struct ctx *c, void *arg)
{
    struct work *x = arg;
    struct casebook b;
    if (x->edition == NONE)
        TRY(edition_newest(c, NONE, &x->edition));
    TRY(casebook_load(c, x->edition, &b));
    x->projects = (int64_t)b.n;
    if (x->form == FORM_PDF)
        return casebook_pdf(c, &b, x->out, &x->pages);
    if (x->form == FORM_REGISTER)
        return register_pdf(c, &b, x->out, &x->pages);
    if (x->form == FORM_JSON)
        return json_to(c, x->out, write_json, &b);
    struct table_result t;
    TRY(casebook_table(c, &b, x->format, &t));
    enum err e = copy(c, t.file, x->out);
    close(t.file);
    return e;
}

static enum err read_form(struct ctx *c, const struct args *args, struct work *x)
{
    const char *format = arg_option(args, "format");
    x->form = FORM_TABLE;
    if (format == NULL || strcmp(format, "pdf") == 0)
        x->form = FORM_PDF;
    else if (strcmp(format, "register") == 0)
        x->form = FORM_REGISTER;
    else if (strcmp(format, "json") == 0)
        x->form = FORM_JSON;
    else if (strcmp(format, "xlsx") == 0)
        x->format = TABLE_XLSX;
    else if (strcmp(format, "csv") == 0)
        x->format = TABLE_CSV;
    else
        return fail(c, E_INPUT, "%s", tr(c, "--format は pdf、register、xlsx、csv、json のどれかです。"));
    x->edition = NONE;
    if (arg_option(args, "edition") != NULL && (!text_parse_int(arg_option(args, "edition"), &x->edition) || x->edition < 1))
        return fail(c, E_INPUT, "%s", tr(c, "--edition は版の番号です(台帳の版のアドレス /editions/3 の 3)。"));
    return OK;
}

static enum err run_export_casebook(struct ctx *c, struct args *args)
{
    struct work x = {.out = stdout};
    TRY(args_check(c, args, 0, 1, "edition format"));
    TRY(read_form(c, args, &x));
    const char *file = args->words > 0 ? args->word[0] : NULL;
    if (file == NULL && isatty(STDOUT_FILENO) && x.form != FORM_JSON)
        return fail(c, E_INPUT, "%s", tr(c, "出力先のファイル名を書くか、> でファイルに送ってください。"));
    if (file != NULL && (x.out = fopen(file, "wbe")) == NULL)
        return fail(c, E_IO, tr(c, "%s に書けません(%s)。"), file, strerror(errno));
    enum err e = casebook_in_japanese(c, make, &x);
    if (file != NULL && fclose(x.out) != 0 && e == OK)
        e = fail(c, E_IO, tr(c, "%s に書けません(%s)。"), file, strerror(errno));
    if (e != OK && file != NULL)
        unlink(file);
    TRY(e);
    if (x.pages > 0)
        fprintf(stderr, tr(c, "%lld 事業、%lld ページを出力しました。\n"), (long long)x.projects, (long long)x.pages);
    else
        fprintf(stderr, tr(c, "%lld 事業を出力しました。\n"), (long long)x.projects);
    return OK;
}

const struct command casebook_commands[] = {
    {"export casebook", "[--edition N] [--format pdf|register|xlsx|csv|json] [FILE]",
     "版の事例集を出力します。--edition がなければ、公開したいちばん新しい版です。FILE がなければ標準出力です。\npdf は冊子、register は一覧表(A4横)です。公開をやめた項目は入りません。",
     "Prints an edition as a casebook; without --edition the newest published one, without FILE to standard output.\npdf is the book, register the table (A4 landscape). What is withheld is not in it.",
     COMMAND_READ, run_export_casebook},
    {NULL, NULL, NULL, NULL, COMMAND_PLAIN, NULL},
};
