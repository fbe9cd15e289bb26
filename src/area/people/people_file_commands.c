/* kyodo export|import staff, kyodo export|import sections. */
#include "area/people/people_files.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "core/command.h"
#include "export/sheet.h"

struct work { bool sections; int64_t year; struct workbook *book; struct take_plan plan; bool dry; };

static enum err year_option(struct ctx *c, const struct args *args, int64_t *year)
{
    const char *typed_year = arg_option(args, "year");
    *year = this_year(c);
    if (typed_year != NULL && !fiscal_year_parse(typed_year, year))
        return fail(c, E_INPUT, "%s", tr(c, "--year は年度です(例: 2026 または R8)。"));
    return OK;
}

static enum err look(struct ctx *c, void *arg)
{
    struct work *x = arg;
    return x->sections ? sections_from_book(c, x->book, x->year, &x->plan) : staff_from_book(c, x->book, &x->plan);
}

static enum err take(struct ctx *c, void *arg)
{
    struct work *x = arg;
    TRY(look(c, x));
    return x->sections ? sections_take(c, &x->plan) : staff_take(c, &x->plan);
}

static enum err run_import(struct ctx *c, struct args *args, bool of_sections)
{
    struct work x = {.sections = of_sections};
    const char *bytes = NULL;
    size_t size = 0;
    TRY(args_check(c, args, 1, 1, of_sections ? "year dry-run" : "dry-run"));
    const char *slash = strrchr(args->word[0], '/');
    TRY(year_option(c, args, &x.year));
    TRY(command_file(c, args->word[0], SHEET_FILE_MAX, &bytes, &size));
    TRY(sheet_read(c->arena, bytes, size, slash != NULL ? slash + 1 : args->word[0], &x.book, &c->fail));
    x.dry = arg_option(args, "dry-run") != NULL;
    TRY(x.dry ? in_read(c, look, &x) : in_write(c, take, &x));
    for (size_t i = 0; x.dry && i < x.plan.n; i++)
        if (x.plan.v[i].fate != TAKE_SAME)
            printf("%s\t%s\t%s\n", x.plan.v[i].place, x.plan.v[i].cell[of_sections ? 3 : 0], x.plan.v[i].what);
    fprintf(stderr, tr(c, x.dry ? "加えるもの%zu、直すもの%zuです。まだ取り込んでいません。\n" : "取り込みました。加えたもの%zu、直したもの%zu。\n"), x.plan.fresh, x.plan.changed);
    return OK;
}

static enum err run_import_staff(struct ctx *c, struct args *args) { return run_import(c, args, false); }
static enum err run_import_sections(struct ctx *c, struct args *args) { return run_import(c, args, true); }

static enum err run_export_staff(struct ctx *c, struct args *args)
{
    static const struct users_filter all = {0};
    TRY(args_check(c, args, 0, 0, "format"));
    struct listing l = users_listing(c, &all);
    return listing_print(c, arg_option(args, "format"), &l);
}

static enum err run_export_sections(struct ctx *c, struct args *args)
{
    struct sections_filter f = {0};
    TRY(args_check(c, args, 0, 0, "format year"));
    TRY(year_option(c, args, &f.year));
    struct listing l = sections_listing(c, &f);
    return listing_print(c, arg_option(args, "format"), &l);
}

const struct command people_file_commands[] = {
    {"export staff", "[--format csv|csv-cp932|xlsx]", "利用者の一覧(役割ごとに1行)を標準出力に書き出します。個人の情報なので、取り扱いに気をつけてください。",
     "Writes all accounts, a line for each duty, to stdout. Personal data.", COMMAND_READ, run_export_staff},
    {"import staff", "FILE [--dry-run]",
     "利用者の一覧(Excel か CSV)を取り込みます。列: 利用者名、名前、メール、役割、部局、所属、団体、前任者、引きつぎ日、相手の同席、終わり(利用者名と役割のほかは、なくてもかまいません)。\nすべて取り込むか、まったく取り込まないかのどちらかです。新しい利用者には招待の手紙を書きます。--dry-run は変わるところを表示するだけです。",
     "Takes in a list of accounts (XLSX or CSV) as a whole or not at all; who is new gets a letter of invitation. --dry-run only shows what would change.", COMMAND_WRITE, run_import_staff},
    {"export sections", "[--year YEAR] [--format csv|csv-cp932|xlsx]", "年度の所属の一覧を標準出力に書き出します。", "Writes the sections of a year to stdout.", COMMAND_READ, run_export_sections},
    {"import sections", "FILE [--year YEAR] [--dry-run]",
     "年度の所属の一覧(Excel か CSV)を取り込みます。列: 所属番号、上位の所属、階層、名称、電話、メール、照会の対象。\nすべて取り込むか、まったく取り込まないかのどちらかです。--dry-run は変わるところを表示するだけです。",
     "Takes in the sections of a year (XLSX or CSV) as a whole or not at all. --dry-run only shows what would change.", COMMAND_WRITE, run_import_sections},
    {NULL, NULL, NULL, NULL, COMMAND_PLAIN, NULL},
};
