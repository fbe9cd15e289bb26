/* The operator's pages and commands. */
#include "area/operation/operation.html.h"

#include <inttypes.h>
#include <stdio.h>

#include "area/operation/log.h"
#include "area/operation/views.h"
#include "base/date.h"
#include "base/text.h"
#include "core/version.h"
#include "db/schema.h"
#include "core/listing.h"

enum { RUNS_SHOWN = 30, LOOK_AGAIN_SECONDS = 4, TWO_DAYS = 2 * 86400 };

static handler operation_page, operation_post, operation_now_post, run_page, run_handled_post;

/* 1,234 MB: what people compare with a disk. */
static const char *megabytes(struct ctx *c, int64_t bytes)
{
    return bytes == NONE ? NULL : arena_printf(c->arena, "%s MB", count(c, (bytes + 999999) / 1000000));
}

static struct run_row row_of(struct ctx *c, const struct run_line *l)
{
    static const struct { const char *state, *label, *tag; } states[] = {
        {"running", "動いています", "tag-blue"}, {"done", "終わりました", "tag-green"},      {"refused", "受け付けませんでした", "tag-gray"},
        {"failed", "失敗", "tag-red"},           {"broken", "途中で止まりました", "tag-red"}};
    struct run_row r = {.l = l, .state = l->state, .tag = "tag-gray", .when = instant_long(c->arena, l->started_at), .page = user_is(c->user, ROLE_SECRETARIAT) ? l->to : (struct url){NULL}, /* who began such work */
                        .to = url_path(c->arena, "/runs/%lld", (long long)l->id)};
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (text_eq(states[i].state, l->state)) {
            r.state = tr(c, states[i].label);
            r.tag = l->handled ? "tag-gray" : states[i].tag;
        }
    r.how_far = l->total != NONE ? arena_printf(c->arena, tr(c, "%s行のうち%s行"), count(c, l->total), count(c, l->done))
                                 : arena_printf(c->arena, tr(c, "%s行"), count(c, l->done));
    if (l->place != NULL)
        r.how_far = arena_printf(c->arena, "%s(%s)", r.how_far, l->place);
    return r;
}

static const char *backup_words(struct ctx *c, const struct condition *k)
{
    if (k->backup_at == NONE)
        return tr(c, "まだ取っていません");
    return arena_printf(c->arena, tr(c, k->backup_ok ? "%s、%s行、%s" : "%s に失敗しました(%s行まで、%s)"), instant_long(c->arena, k->backup_at),
                        count(c, k->backup_rows), k->backup_file);
}

static const char *fact_words(struct ctx *c, const struct fact *f)
{
    if (f->at == NONE)
        return tr(c, "まだしていません(夜のうちにします)");
    return arena_printf(c->arena, "%s、%s", instant_long(c->arena, f->at), f->words != NULL ? f->words : "");
}

static enum err runs_file(struct ctx *c, struct request *r, struct response *w)
{
    static const struct table_column column[] = {{.title = "仕事", .width = 44}, {.title = "状態", .width = 20}, {.title = "進み", .width = 30}, {.title = "はじめた日時", .kind = TABLE_INSTANT}, {.title = "はじめた人", .width = 20}};
    struct run_line *line;
    size_t n;
    struct cells x = {0};
    TRY(need_role(c, ROLE_OPERATOR));
    TRY(runs_list(c, RUNS_SHOWN, &line, &n));
    for (size_t i = 0; i < n; i++) {
        struct run_row row = row_of(c, &line[i]);
        cell_text(c, &x, line[i].title);
        cell_text(c, &x, row.state);
        cell_text(c, &x, row.how_far);
        cell_at(c, &x, line[i].started_at);
        cell_text(c, &x, line[i].who);
    }
    return file_answer_cells(c, r, w, "長い仕事", TABLE_COLUMNS(column), &x);
}

static enum err draw(struct ctx *c, struct response *w)
{
    struct condition k;
    struct run_line *line;
    size_t n;
    TRY(condition_load(c, &k));
    TRY(runs_list(c, RUNS_SHOWN, &line, &n));
    struct run_row *row = arena_many(c->arena, struct run_row, n + 1);
    for (size_t i = 0; i < n; i++)
        row[i] = row_of(c, &line[i]);
    struct operation_view v = {
        .c = &k, .size = megabytes(c, k.size), .backup = backup_words(c, &k), .verify = fact_words(c, &k.verify), .sweep = fact_words(c, &k.sweep),
        .disk = k.disk_free == NONE ? NULL : arena_printf(c->arena, "%s / %s", megabytes(c, k.disk_free), megabytes(c, k.disk_total)),
        .disk_low = k.disk_free != NONE && (k.disk_free < k.disk_total / 20 || k.disk_free < 2 * k.size),
        .backup_old = k.backup_at == NONE || !k.backup_ok || k.backup_at < c->now - TWO_DAYS,
        .verify_old = k.verify.at != NONE && k.verify.at < c->now - TWO_DAYS, .run = row, .runs = n,
        .verify_now = url_path(c->arena, "/office/operation/%s", "verify"), .sweep_now = url_path(c->arena, "/office/operation/%s", "sweep"),
        .retention = url_path(c->arena, "/office/operation/%s", "retention"), .years = arena_printf(c->arena, "%lld", (long long)k.years)};
    struct page p = {.title = tr(c, "運用のようす"), .menu = "settings", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "設定"), {"/settings"}};
    w->no_cache = true;
    page_begin(c, w, &p);
    operation_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

static enum err operation_page(struct ctx *c, struct request *r, struct response *w)
{
    return file_asked(c, r) ? runs_file(c, r, w) : draw(c, w);
}

static enum err operation_post(struct ctx *c, struct request *r, struct response *w)
{
    enum err e = retention_set(c, form_get(&r->form, "retention_years"));
    if (e == E_INPUT) {
        w->status = 422;
        return draw(c, w);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/office/operation"), tr(c, "保存期間を保存しました。"));
}

static enum err operation_now_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(operation_now(c, arena_printf(c->arena, "operation.%s", r->text_param)));
    return page_done(c, w, url_path(c->arena, "/office/operation"), tr(c, "始めます。しばらくしてから、このページを開き直してください。"));
}

static enum err run_page(struct ctx *c, struct request *r, struct response *w)
{
    struct run_line l;
    TRY(run_load(c, r->param[0], &l));
    struct run_view v = {.row = row_of(c, &l), .running = text_eq(l.state, "running"), .open = !l.handled && (text_eq(l.state, "broken") || text_eq(l.state, "failed")),
                         .handled = url_path(c->arena, "/runs/%lld/handled", (long long)l.id), .again = url_path(c->arena, "/runs/%lld", (long long)l.id)};
    if (v.running)
        response_header(w, "Refresh", arena_printf(c->arena, "%d", LOOK_AGAIN_SECONDS));
    struct page p = {.title = l.title, .menu = "settings", .year = NONE};
    if (user_is(c->user, ROLE_OPERATOR))
        p.crumb[p.crumbs++] = (struct crumb){tr(c, "運用のようす"), {"/office/operation"}};
    w->no_cache = true;
    page_begin(c, w, &p);
    run_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

static enum err run_handled_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(run_handled(c, r->param[0]));
    return page_done(c, w, url_path(c->arena, "/runs/%lld", (long long)r->param[0]), tr(c, "「今日やること」から外しました。"));
}

#define OFFICE ((uint32_t)(ROLE_SECRETARIAT | ROLE_OPERATOR)) /* who begins long work, and who answers for what was done */

static const struct route routes[] = {
    {HTTP_GET, "/office/operation", ROLE_OPERATOR, operation_page, LANE_READ, ROUTE_FILE, 0},
    {HTTP_POST, "/office/operation/retention", ROLE_OPERATOR, operation_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/office/operation/:name", ROLE_OPERATOR, operation_now_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/office/log", OFFICE, log_page, LANE_READ, ROUTE_VIEW_LOG | ROUTE_FILE, 0},
    {HTTP_GET, "/office/views", OFFICE, views_page, LANE_READ, ROUTE_VIEW_LOG | ROUTE_FILE, 0},
    {HTTP_GET, "/runs/:id", OFFICE, run_page, LANE_READ, 0, 0},
    {HTTP_POST, "/runs/:id/handled", OFFICE, run_handled_post, LANE_WRITE, 0, 0},
    {0},
};

/* --- commands --- */

static enum err command_sweep(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, ""));
    struct swept s;
    TRY(sweep(c, &s));
    printf("values %" PRId64 "\nviews %" PRId64 "\nletters %" PRId64 "\nruns %" PRId64 "\njobs %" PRId64 "\n", s.values, s.views, s.letters, s.runs, s.jobs);
    return OK;
}

static enum err command_version(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, ""));
    printf("kyodo %s\nschema %" PRId64 "\n", KYODO_VERSION, schema_newest());
    return OK;
}

static const struct command commands[] = {
    {"sweep", "", "保存期間を過ぎたもの(記録の個人の値、閲覧の記録、手紙の本文と宛先)を消し、終わった仕事の記録を片付けます。動いているサーバーは毎晩自分でします。",
     "Erases what is past the retention period (personal values of the log, the view log, letters) and old jobs; a serving instance does it every night.",
     COMMAND_WRITE, command_sweep},
    {"version", "", "版を表示します。", "Prints the version.", COMMAND_PLAIN, command_version},
    {NULL, NULL, NULL, NULL, COMMAND_PLAIN, NULL},
};

const struct area operation_area = {.name = "operation", .routes = routes, .commands = commands, .jobs = operation_jobs};
