/* The import's pages: upload, how far it is, and what came of it. */
#include "area/organization/organization.html.h"

#include <string.h>

#include "area/organization/pages.h"
#include "area/organization/views.h"
#include "base/json.h"
#include "base/text.h"
#include "core/run.h"
#include "core/listing.h"

enum { REFUSALS_SHOWN = 200, LOOK_AGAIN_SECONDS = 4 };

static void draw(struct ctx *c, struct response *w, struct org_import_view *v)
{
    struct page p = {.title = tr(c, "団体の一覧を取り込む"), .place = tr(c, "団体"), .menu = "organizations", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "団体"), url_path(c->arena, "/organizations")};
    v->action = url_path(c->arena, "/organizations/import");
    page_begin(c, w, &p);
    organization_import_body(c, &w->body, v);
    page_end(c, w, &p);
}

/* On the slow lane no transaction is open: the page's frame needs one to read words and settings. */
static enum err draw_without_file(struct ctx *c, void *arg)
{
    fail_field(&c->fail, "file", "%s", tr(c, "ファイルを選んでください")); /* said here: each transaction begins with a clean slate */
    draw(c, arg, &(struct org_import_view){0});
    return OK;
}

enum err organization_import_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    TRY(need_role(c, ROLE_SECRETARIAT));
    draw(c, w, &(struct org_import_view){0});
    return OK;
}

/* --- the work, after the answer --- */

struct upload { const char *name, *p; size_t n; bool only_npo; };

static enum err import_work(struct ctx *c, void *arg)
{
    const struct upload *u = arg;
    struct import_report report = {0};
    enum err e = organizations_import(c, u->name, u->p, u->n, NULL, u->only_npo, &report);
    if (report.refusals > REFUSALS_SHOWN)
        report.refusals = REFUSALS_SHOWN;
    struct sb text;
    struct json j;
    sb_init(&text, c->arena);
    json_init(&j, &text);
    import_report_json(&report, &j);
    run_report(c, sb_str(&text));
    return e;
}

static const struct run_kind import_run = {"organizations.import", "/organizations/import/", import_work};

enum err organization_import_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    const struct form_file *file = form_file(&r->form, "file");
    if (file == NULL || file->n == 0) {
        w->status = 422;
        return in_read(c, draw_without_file, w);
    }
    struct arena *own = arena_new();
    struct upload *u = arena_make(own, struct upload);
    *u = (struct upload){.name = arena_dup(own, file->filename), .p = arena_dup_n(own, file->p, file->n), .n = file->n,
                         .only_npo = form_get(&r->form, "only_npo") != NULL};
    int64_t id = NONE;
    TRY(run_begin(c, &import_run, arena_printf(own, tr(c, "団体の取り込み: %s"), u->name), u, own, &id));
    response_redirect(w, url_path(c->arena, "/organizations/import/%lld", (long long)id).s);
    return OK;
}

/* --- what came of it --- */

static int64_t number_at(const struct json_value *v, const char *key)
{
    int64_t n = json_get_int(v, key);
    return n != NONE ? n : 0;
}

/* What import_report_json wrote. */
static bool report_read(struct arena *a, const char *text, struct import_report *out)
{
    struct failure unread;
    failure_init(&unread, a);
    struct json_value *v = NULL;
    if (text == NULL || json_read(a, text, strlen(text), &v, &unread) != OK || v->type != JSON_OBJECT)
        return false;
    *out = (struct import_report){.format = json_get_text(v, "format"), .encoding = json_get_text(v, "encoding"), .read = number_at(v, "read"),
        .added = number_at(v, "added"), .changed = number_at(v, "changed"), .unchanged = number_at(v, "unchanged"), .closed = number_at(v, "closed"),
        .refused = number_at(v, "refused"), .skipped = number_at(v, "skipped")};
    const struct json_value *refusals = json_get(v, "refusals"), *columns = json_get(v, "not_understood");
    for (const struct json_value *x = refusals != NULL ? refusals->child : NULL; x != NULL; x = x->next)
        ARENA_PUSH(a, out->refusal, out->refusals, out->refusals_cap) =
            (struct import_refusal){number_at(x, "line"), json_get_text(x, "column"), json_get_text(x, "reason")};
    size_t cap = 0;
    for (const struct json_value *x = columns != NULL ? columns->child : NULL; x != NULL; x = x->next)
        ARENA_PUSH(a, out->not_understood, out->not_understood_n, cap) = x->text;
    return true;
}

enum err organization_import_run_page(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    struct run_line run;
    struct import_report report;
    TRY(run_load(c, r->param[0], &run));
    if (!text_eq(run.kind, import_run.kind))
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この取り込みの記録はありません。"));
    struct org_import_view v = {.run = &run, .running = text_eq(run.state, "running"), .stopped = text_eq(run.state, "broken") || text_eq(run.state, "failed"),
                                .file = run.title, .again = url_path(c->arena, "/organizations/import/%lld", (long long)run.id)};
    if (!v.running && !v.stopped && report_read(c->arena, run.report, &report)) {
        v.report = &report;
        v.broken = text_eq(run.state, "refused");
        v.shown = report.refusals;
    }
    if (file_asked(c, r)) {
        static const struct table_column column[] = {{.title = "行", .kind = TABLE_INT}, {.title = "列", .width = 24}, {.title = "理由", .width = 70, .wrap = true}};
        struct cells x = {0};
        for (size_t i = 0; i < v.shown; i++) {
            cell_int(c, &x, report.refusal[i].line);
            cell_text(c, &x, report.refusal[i].column);
            cell_text(c, &x, report.refusal[i].reason);
        }
        return file_answer_cells(c, r, w, "団体の取り込み_直すところ", TABLE_COLUMNS(column), &x);
    }
    if (v.running)
        response_header(w, "Refresh", arena_printf(c->arena, "%d", LOOK_AGAIN_SECONDS));
    w->no_cache = true;
    draw(c, w, &v);
    return OK;
}
