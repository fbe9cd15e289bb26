/* kyodo import history, export statistics, export projects, edition verify. */
#include <stdio.h>
#include <string.h>

#include "area/register/public.h"
#include "area/register/statistics.h"
#include "base/date.h"
#include "base/text.h"
#include "core/command.h"

enum { FILE_MAX = 16 * 1024 * 1024 };

struct history_work { const char *file, *bytes, *label; size_t n; };

static enum err import_history(struct ctx *c, void *arg)
{
    struct history_work *h = arg;
    const char *slash = strrchr(h->file, '/');
    return history_import(c, slash != NULL ? slash + 1 : h->file, h->bytes, h->n, h->label);
}

static enum err run_import_history(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 1, 1, "label"));
    struct history_work h = {.file = args->word[0], .label = arg_option(args, "label")};
    TRY(command_file(c, h.file, FILE_MAX, &h.bytes, &h.n));
    TRY(in_write(c, import_history, &h));
    fprintf(stderr, tr(c, "%s を取り込みました。\n"), h.file);
    return OK;
}

struct export_work { bool csv; const char *format; int64_t year; struct sb out; int64_t rows; struct project_filter filter; };

static enum err read_format(struct ctx *c, const struct args *args, struct export_work *x)
{
    const char *format = arg_option(args, "format");
    x->csv = format == NULL || strcmp(format, "csv") == 0;
    if (!x->csv && strcmp(format, "json") != 0)
        return fail(c, E_INPUT, "%s", tr(c, "--format は csv か json です。"));
    sb_init(&x->out, c->arena);
    return OK;
}

static enum err write_out(struct ctx *c, const struct export_work *x)
{
    if (fwrite(x->out.p, 1, x->out.n, stdout) != x->out.n)
        return fail(c, E_IO, "%s", tr(c, "出力できませんでした。"));
    return OK;
}

static enum err make_statistics(struct ctx *c, void *arg)
{
    struct export_work *x = arg;
    struct stat_table t;
    TRY(statistics_table(c, &t));
    sb_add(&x->out, x->csv ? statistics_csv(c, &t) : statistics_json(c, &t));
    x->rows = (int64_t)t.rows;
    return OK;
}

static enum err read_statistics(struct ctx *c, void *arg) { return statistics_table(c, arg); }

static enum err run_export_statistics(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, "format"));
    const char *format = arg_option(args, "format");
    struct export_work x = {0};
    if (!text_eq(format, "json") && !text_eq(format, "csv") && format != NULL) {
        struct stat_table t;
        TRY(in_read(c, read_statistics, &t));
        struct listing l = statistics_listing(c, &t, text_eq(format, "xlsx"));
        return listing_print(c, format, &l);
    }
    TRY(read_format(c, args, &x));
    TRY(in_read(c, make_statistics, &x));
    TRY(write_out(c, &x));
    fprintf(stderr, tr(c, "%lld 行を出力しました。\n"), (long long)x.rows);
    return OK;
}

static enum err find_edition(struct ctx *c, void *arg)
{
    struct export_work *x = arg;
    x->filter = (struct project_filter){.department = NONE, .section = NONE};
    TRY(edition_newest(c, x->year, &x->filter.edition));
    TRY_DB(c, db_get_int(c->db, "SELECT year FROM edition WHERE id = $1", P(x->filter.edition), &x->filter.year));
    return OK;
}

static enum err make_projects(struct ctx *c, struct json_sink *s, void *arg)
{
    struct export_work *x = arg;
    return projects_json(c, &x->filter, s, &x->rows);
}

static enum err run_export_projects(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, "format year"));
    struct export_work x = {.year = NONE, .format = arg_option(args, "format")};
    if (arg_option(args, "year") != NULL && !fiscal_year_parse(arg_option(args, "year"), &x.year))
        return fail(c, E_INPUT, "%s", tr(c, "--year は年度です(例: 2026 または R8)。"));
    TRY(in_read(c, find_edition, &x));
    if (!text_eq(x.format, "json")) {
        struct listing l = projects_listing(c, &x.filter);
        return listing_print(c, x.format, &l);
    }
    TRY(json_print(c, make_projects, &x));
    fprintf(stderr, tr(c, "%lld 事業を出力しました。\n"), (long long)x.rows);
    return OK;
}

static enum err verify_all(struct ctx *c, void *arg)
{
    int64_t *n = arg, id[4096];
    size_t count_ = 0;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id FROM edition ORDER BY id LIMIT 4096", P0);
    while (db_next(q))
        id[count_++] = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < count_; i++, (*n)++)
        TRY(edition_verify(c, id[i]));
    return OK;
}

static enum err run_edition_verify(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, ""));
    int64_t n = 0;
    TRY(in_read(c, verify_all, &n));
    printf("editions %lld ok\n", (long long)n);
    return OK;
}

const struct command register_commands[] = {
    {"import history", "FILE [--label TEXT]",
     "これまでの表を取り込みます。見出しは scheme,form,2002,2003,… です。\n空欄は空欄のまま。scheme が ※ の行は注、| の行は1を入れた年度の前の切れ目(form に種類)。\n"
     "form が「うち」で始まる行は内数で、足しません。同じ名前のファイルは入れ替わります。\n--label は出典の表示です。形が壊れていれば何も入れずに 4 で終わります。",
     "Imports a table from before Kyodo. Header: scheme,form,2002,2003,…\nBlank stays blank. scheme ※ = a note; | = a break before the year marked 1 (form = the scheme).\n"
     "A form beginning with うち is part of the total and not added. A file of the same name is replaced.\n--label names the source. Exits with 4 and takes nothing when the form is broken.",
     COMMAND_WRITE, run_import_history},
    {"export statistics", "[--format csv|csv-cp932|xlsx|json]", "年度ごとの表を、取り込みと同じ形で出力します(計の行つき。CSV は BOM つき UTF-8)。",
     "Prints the table over the years in the layout of the import, with total rows (CSV: UTF-8 with BOM).", COMMAND_READ, run_export_statistics},
    {"export projects", "[--format csv|csv-cp932|xlsx|json] [--year YEAR]", "公開した新しい版の事業を出力します。", "Prints the projects of the newest published edition.", COMMAND_READ, run_export_projects},
    {"edition verify", "", "すべての版の照合番号と数字を計算し直して確かめます。違いがあれば場所を示して 7 で終わります。",
     "Recomputes every edition's hashes and figures; exits with 7 and names the first difference.", COMMAND_READ, run_edition_verify},
    {NULL, NULL, NULL, NULL, COMMAND_PLAIN, NULL},
};
