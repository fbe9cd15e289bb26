/* import organizations, export organizations. */
#include <stdio.h>

#include "area/organization/list.h"
#include "base/json.h"
#include "base/text.h"
#include "core/command.h"

enum { FILE_MOST = 512 * 1024 * 1024 };

static void say(struct ctx *c, const struct import_report *r)
{
    fprintf(stderr, tr(c, "形式 %s、文字コード %s\n"), r->format != NULL ? r->format : "?", r->encoding != NULL ? r->encoding : "?");
    fprintf(stderr, tr(c, "読んだ行 %lld: 新しく加えた %lld、変わった %lld、活動を終えた %lld、変わりなし %lld、飛ばした %lld、取り込めなかった %lld\n"),
            (long long)r->read, (long long)r->added, (long long)r->changed, (long long)r->closed, (long long)r->unchanged, (long long)r->skipped,
            (long long)r->refused);
    for (size_t i = 0; i < r->not_understood_n; i++)
        fprintf(stderr, tr(c, "意味の分からない列を飛ばしました: %s\n"), r->not_understood[i]);
    for (size_t i = 0; i < r->refusals; i++)
        fprintf(stderr, tr(c, "%lld行目%s%s: %s\n"), (long long)r->refusal[i].line, r->refusal[i].column != NULL ? " " : "",
                r->refusal[i].column != NULL ? r->refusal[i].column : "", r->refusal[i].reason);
}

static enum err run_import(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 1, 1, "format only-npo json"));
    const char *bytes = NULL;
    size_t n = 0;
    struct import_report report;
    TRY(command_file(c, args->word[0], FILE_MOST, &bytes, &n));
    enum err e = organizations_import(c, args->word[0], bytes, n, arg_option(args, "format"), arg_option(args, "only-npo") != NULL, &report);
    if (e != OK && e != E_FORM)
        return e;
    if (arg_option(args, "json") != NULL) {
        struct sb o;
        struct json j;
        sb_init(&o, c->arena);
        json_init(&j, &o);
        import_report_json(&report, &j);
        puts(sb_str(&o));
    } else {
        say(c, &report);
    }
    if (e == OK && report.refused > 0)
        args->exit = 3;
    return e;
}

static const struct organization_filter everybody = {.all = true};

static enum err export_now(struct ctx *c, struct json_sink *s, void *arg)
{
    int64_t *rows = arg;
    return organizations_write_json(c, &everybody, s, rows);
}

static enum err run_export(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, "format"));
    const char *format = arg_option(args, "format");
    int64_t rows = 0;
    if (format == NULL || strcmp(format, "json") != 0) {
        struct listing l = organizations_listing(c, &everybody, AUDIENCE_PUBLIC);
        return listing_print(c, format, &l);
    }
    TRY(json_print(c, export_now, &rows));
    fprintf(stderr, tr(c, "%lld 団体を書き出しました。\n"), (long long)rows);
    return OK;
}

const struct command organization_commands[] = {
    {"import organizations", "FILE [--format auto|nta|npo-portal|kyodo] [--only-npo] [--json]",
     "団体の一覧を取り込みます。国税庁の法人番号のファイル、内閣府の行政入力情報、このシステムの団体一覧(Excel か CSV)を、形式と文字コードを見分けて読みます。\n"
     "同じファイルをもう一度取り込んでも何も変わりません。職員や団体が書き入れた項目は上書きしません。\n"
     "0 すべて取り込んだ、3 一部を取り込めなかった、4 ファイルの形が壊れているので何も取り込まなかった",
     "Imports organizations; format and encoding are recognised.\n"
     "The National Tax Agency's file, the Cabinet Office's list of NPOs, or this system's own list (XLSX or CSV). The same file again changes nothing; what staff or a group entered is not overwritten.\n"
     "Exit: 0 all taken, 3 some refused, 4 file broken, nothing taken.", COMMAND_WRITE, run_import},
    {"export organizations", "[--format csv|csv-cp932|xlsx|json]", "公開している団体の一覧を標準出力に書き出します(csvはBOMつきUTF-8)。活動を終えた団体も入ります。",
     "Writes the public fields of all organizations, closed ones too, to stdout.", COMMAND_READ, run_export},
    {NULL, NULL, NULL, NULL, COMMAND_PLAIN, NULL},
};
