/* The import's page: upload, and what came of it. */
#include "area/organization/organization.html.h"

#include "area/organization/pages.h"
#include "area/organization/views.h"

enum { REFUSALS_SHOWN = 200 };

static void draw(struct ctx *c, struct response *w, struct org_import_view *v)
{
    struct page p = {.title = tr(c, "団体の一覧を取り込む"), .place = tr(c, "団体"), .menu = "organizations", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "団体"), url_path(c->arena, "/organizations")};
    v->action = url_path(c->arena, "/organizations/import");
    page_begin(c, w, &p);
    organization_import_body(c, &w->body, v);
    page_end(c, w, &p);
}

struct drawing { struct response *w; struct org_import_view *v; bool no_file; };

/* On the slow lane no transaction is open: the page's frame needs one to read words and settings. */
static enum err draw_in_read(struct ctx *c, void *arg)
{
    struct drawing *d = arg;
    if (d->no_file) /* said here: each transaction begins with a clean slate */
        fail_field(&c->fail, "file", "%s", tr(c, "ファイルを選んでください"));
    draw(c, d->w, d->v);
    return OK;
}

enum err organization_import_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    TRY(need_role(c, ROLE_SECRETARIAT));
    draw(c, w, &(struct org_import_view){0});
    return OK;
}

enum err organization_import_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    struct import_report report = {0};
    struct org_import_view v = {0};
    struct drawing d = {w, &v, false};
    const struct form_file *file = form_file(&r->form, "file");
    if (file == NULL || file->n == 0) {
        d.no_file = true;
        w->status = 422;
        return in_read(c, draw_in_read, &d);
    }
    enum err e = organizations_import(c, file->filename, file->p, file->n, NULL, form_get(&r->form, "only_npo") != NULL, &report);
    if (e != OK && e != E_FORM)
        return e;
    v = (struct org_import_view){.report = &report, .broken = e == E_FORM, .file = file->filename,
                                 .shown = report.refusals < REFUSALS_SHOWN ? report.refusals : REFUSALS_SHOWN};
    if (e == E_FORM) {
        w->status = 422;
        failure_clear(&c->fail); /* the page itself says it, with every line */
    }
    return in_read(c, draw_in_read, &d);
}
