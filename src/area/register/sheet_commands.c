/* export answers, import answers: the sheets of an inquiry by command. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "area/register/sheets.h"
#include "base/json.h"
#include "base/text.h"
#include "core/command.h"

/* --- which inquiry, department or section --- */

struct naming { struct sheet_scope scope; const char *section, *department; };

static bool named(struct ctx *c, const char *one, const char *other, const char *typed)
{
    const char *key = sheet_key(c->arena, typed);
    return strcmp(sheet_key(c->arena, one), key) == 0 || (other != NULL && strcmp(sheet_key(c->arena, other), key) == 0);
}

static enum err find_scope(struct ctx *c, void *arg)
{
    struct naming *x = arg;
    struct book b;
    size_t found = 0;
    TRY(book_load(c, &x->scope, &b));
    for (size_t i = 0; i < b.answers; i++) {
        const struct book_answer *a = &b.answer[i];
        if (x->section != NULL && named(c, a->name, a->k.section_name, x->section)) {
            x->scope.answer = a->k.answer.id;
            found++;
        } else if (x->department != NULL && named(c, a->department, NULL, x->department)) {
            x->scope.department = a->department_id;
            found = 1;
        }
    }
    if ((x->section != NULL || x->department != NULL) && found != 1)
        return fail(c, E_NOT_FOUND, tr(c, "この照会のあて先に「%s」はありません(同じ名前が2つあるときは「土木部 道路保全課」のように書きます)。"),
                    x->section != NULL ? x->section : x->department);
    return OK;
}

static enum err scope_from(struct ctx *c, const struct args *args, struct sheet_scope *out)
{
    struct naming x = {.scope = {NONE, NONE, NONE}, .section = arg_option(args, "section"), .department = arg_option(args, "department")};
    const char *inquiry = arg_option(args, "inquiry");
    if (inquiry == NULL || !text_parse_int(inquiry, &x.scope.inquiry))
        return fail(c, E_INPUT, "%s", tr(c, "--inquiry に照会の番号を書いてください(照会の画面のアドレスにある数字です)。"));
    if (x.section != NULL && x.department != NULL)
        return fail(c, E_INPUT, "%s", tr(c, "--section と --department は、どちらか1つです。"));
    TRY(in_read(c, find_scope, &x));
    *out = x.scope;
    return OK;
}

/* --- export --- */

struct exporting { struct sheet_scope scope; enum table_format format; int64_t rows; };

static enum err to_stdout(struct ctx *c, struct table_result *t)
{
    char piece[65536];
    ssize_t got = 0;
    bool ok = true;
    while (ok && (got = read(t->file, piece, sizeof piece)) > 0)
        ok = fwrite(piece, 1, (size_t)got, stdout) == (size_t)got;
    close(t->file);
    ok = ok && got == 0 && fflush(stdout) == 0;
    return ok ? OK : fail(c, E_IO, "%s", tr(c, "書き出せませんでした。ディスクの空きを確かめてください。"));
}

static enum err export_now(struct ctx *c, void *arg)
{
    struct exporting *x = arg;
    struct book b;
    struct table_result t;
    TRY(book_load(c, &x->scope, &b));
    TRY(sheet_write(c, &b, x->format, &t));
    for (size_t i = 0; i < t.lost_n; i++)
        fprintf(stderr, tr(c, "%lld行目 %s: 「%s」はシフトJISで書けないので〓にしました。\n"), (long long)t.lost[i].row, t.lost[i].title, t.lost[i].character);
    x->rows = t.rows;
    return to_stdout(c, &t);
}

static enum err run_export(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, "inquiry section department format"));
    struct exporting x = {.format = TABLE_XLSX};
    const char *format = arg_option(args, "format");
    if (format != NULL && !table_format_parse(format, &x.format))
        return fail(c, E_INPUT, "%s", tr(c, "--format は xlsx、csv、csv-cp932 のどれかです。"));
    TRY(scope_from(c, args, &x.scope));
    TRY(in_read(c, export_now, &x));
    fprintf(stderr, tr(c, "%lld 行を書き出しました。\n"), (long long)x.rows);
    return OK;
}

/* --- import --- */

enum { FAULTS_SAID = 200 };

struct importing { struct sheet_scope scope; struct book b; struct sheet_in in; struct sheet_plan p; struct sheet_entry entry; };

static enum err plan_now(struct ctx *c, void *arg)
{
    struct importing *x = arg;
    TRY(book_load(c, &x->scope, &x->b));
    return sheet_plan_make(c, &x->b, &x->in, &x->entry, &x->p);
}

static void say_json(struct ctx *c, const struct importing *x, const struct sheet_take *t)
{
    static const char *const names[PLAN_ACTIONS] = {"added", "changed", "ended", "decided", "none", "unchanged"};
    struct sb o;
    struct json j;
    sb_init(&o, c->arena);
    json_init(&j, &o);
    json_object(&j, NULL);
    json_int(&j, "read", (int64_t)x->in.rows - x->p.blank);
    for (size_t i = 0; i < PLAN_ACTIONS; i++)
        json_int(&j, names[i], x->p.faults > 0 ? 0 : x->p.count[i]);
    json_int(&j, "submitted", t->submitted);
    json_int(&j, "drafts", t->drafts);
    json_int(&j, "refused", (int64_t)x->p.faults);
    json_array(&j, "refusals");
    for (size_t i = 0; i < x->p.faults && i < FAULTS_SAID; i++) {
        const struct plan_fault *f = &x->p.fault[i];
        json_object(&j, NULL);
        json_text(&j, "sheet", x->in.sheet);
        json_int(&j, "line", f->line);
        json_text(&j, "place", f->place);
        json_text(&j, "column", f->title);
        json_text(&j, "input", f->input);
        json_text(&j, "reason", f->remedy);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_array(&j, "not_understood");
    for (size_t i = 0; i < x->p.unknown_n; i++)
        json_text(&j, NULL, x->p.unknown[i]);
    json_end(&j, ']');
    json_end(&j, '}');
    puts(sb_str(&o));
}

static void say(struct ctx *c, const struct importing *x, const struct sheet_take *t)
{
    const struct sheet_plan *p = &x->p;
    for (size_t i = 0; i < p->unknown_n; i++)
        fprintf(stderr, tr(c, "意味の分からない列を飛ばしました: %s\n"), p->unknown[i]);
    for (size_t i = 0; i < x->in.ignored_n; i++)
        fprintf(stderr, tr(c, "読まなかったシート: %s\n"), x->in.ignored[i]);
    for (size_t i = 0; i < p->faults && i < FAULTS_SAID; i++)
        fprintf(stderr, tr(c, "%s%s%lld行目 %s %s「%s」: %s\n"), x->in.sheet != NULL ? x->in.sheet : "", x->in.sheet != NULL ? " " : "", (long long)p->fault[i].line, p->fault[i].place,
                p->fault[i].title != NULL ? p->fault[i].title : "", p->fault[i].input != NULL ? p->fault[i].input : "", p->fault[i].remedy);
    if (p->faults > 0)
        fprintf(stderr, tr(c, "直すところが%zuか所あります。1行も取り込んでいません。\n"), p->faults);
    else
        fprintf(stderr, tr(c, "加えた %lld、変えた %lld、終わる %lld、続けるかの答えだけ %lld、該当なし %lld課、変わりなし %lld。提出した課 %lld、下書きの課 %lld\n"),
                (long long)p->count[PLAN_ADD], (long long)p->count[PLAN_CHANGE], (long long)p->count[PLAN_END], (long long)p->count[PLAN_DECIDE], (long long)p->count[PLAN_NONE],
                (long long)p->count[PLAN_SAME], (long long)t->submitted, (long long)t->drafts);
}

static enum err run_import(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 1, 1, "inquiry section department submit json"));
    struct importing x = {0};
    struct sheet_take t = {.submit = arg_option(args, "submit") != NULL, .upload = NONE};
    const char *bytes = NULL, *slash = strrchr(args->word[0], '/');
    size_t n = 0;
    TRY(scope_from(c, args, &x.scope));
    TRY(command_file(c, args->word[0], SHEET_FILE_MAX, &bytes, &n));
    TRY(sheet_in_read(c, slash != NULL ? slash + 1 : args->word[0], bytes, n, &x.in));
    TRY(in_read(c, plan_now, &x));
    if (x.p.faults == 0)
        TRY(sheet_plan_take(c, &x.b, &x.p, &t));
    if (arg_option(args, "json") != NULL)
        say_json(c, &x, &t);
    else
        say(c, &x, &t);
    return x.p.faults > 0 ? fail(c, E_FORM, "%s", tr(c, "直すところがあるので、1行も取り込みませんでした。")) : OK;
}

const struct command sheet_commands[] = {
    {"export answers", "--inquiry N [--section NAME | --department NAME] [--format xlsx|csv|csv-cp932]",
     "照会の様式を標準出力に書き出します。昨年度の事業といまの回答が入っています。--inquiry は照会の番号です。",
     "Writes the sheet of an inquiry to stdout, with last year's projects and the answers as they are now.", COMMAND_READ, run_export},
    {"import answers", "FILE --inquiry N [--section NAME | --department NAME] [--submit] [--json]",
     "記入された様式(XLSX、CSV)を取り込みます。直すところが1つでもあれば1行も取り込まず、場所と直し方を示します。\n"
     "取り込んだ回答は下書きです。--submit をつけると、書くところがみな書かれている課はそのまま提出します。\n"
     "0 すべて取り込んだ、4 ファイルの形が壊れているか直すところがあるので何も取り込まなかった",
     "Takes a filled-in sheet (XLSX, CSV). One fault and nothing is taken; place and remedy are printed.\n"
     "Answers stay drafts; --submit hands in those that lack nothing.\nExit: 0 all taken, 4 file broken or faults, nothing taken.", COMMAND_WRITE, run_import},
    {NULL, NULL, NULL, NULL, COMMAND_PLAIN, NULL},
};
