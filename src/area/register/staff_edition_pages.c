/* /office/editions: the staff edition as list, project and file, and the notice to all sections. */
#include "area/register/correction_pages.h"
#include "area/register/difference.h"
#include "area/register/public.h"
#include "area/register/staff_edition.html.h"
#include "core/outbox.h"

enum { PER_PAGE = 50 };

static struct crumb to_list(struct ctx *c) { return (struct crumb){tr(c, "職員用の台帳"), url_path(c->arena, "/office/editions")}; }

enum err staff_editions_page(struct ctx *c, struct request *r, struct response *w)
{
    struct staff_edition *e = NULL;
    struct staff_editions_view v = {0};
    TRY(staff_editions(c, &e, &v.n));
    v.row = arena_many(c->arena, struct staff_edition_row, v.n + 1);
    for (size_t i = 0; i < v.n; i++)
        v.row[i] = (struct staff_edition_row){&e[i], url_path(c->arena, "/office/editions/%lld", (long long)e[i].id), url_path(c->arena, "/office/editions/%lld/paper", (long long)e[i].id),
                                              e[i].told_at != NONE ? at(c, e[i].told_at) : NULL};
    if (file_asked(c, r)) {
        static const struct table_column column[] = {{.title = "版", .width = 30}, {.title = "事業", .kind = TABLE_INT}, {.title = "状態", .width = 12}, {.title = "すべての課に知らせた日時", .kind = TABLE_INSTANT}};
        struct cells x = {0};
        for (size_t i = 0; i < v.n; i++) {
            cell_text(c, &x, e[i].name);
            cell_int(c, &x, e[i].projects);
            cell_text(c, &x, e[i].published ? "公開ずみ" : "公開前");
            cell_at(c, &x, e[i].told_at);
        }
        return file_answer_cells(c, r, w, "職員用の台帳", TABLE_COLUMNS(column), &x);
    }
    struct page p = {.title = tr(c, "職員用の台帳"), .menu = "staff-editions", .year = NONE};
    page_begin(c, w, &p);
    staff_editions_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err staff_edition_page(struct ctx *c, struct request *r, struct response *w)
{
    struct staff_edition e;
    struct staff_row *row;
    int64_t after = form_int(&r->query, "after");
    TRY(staff_edition_load(c, r->param[0], &e));
    if (file_asked(c, r)) {
        struct listing l = staff_listing(c, &e);
        return file_answer(c, r, w, &l);
    }
    struct url here = url_path(c->arena, "/office/editions/%lld", (long long)e.id);
    struct staff_edition_view v = {.e = &e, .to_public = url_edition(c, e.id), .paper = url_path(c->arena, "/office/editions/%lld/paper", (long long)e.id), .first = here, .later = after > 0,
                                   .tell = url_path(c->arena, "/office/editions/%lld/tell", (long long)e.id), .may_tell = e.published && user_is(c->user, ROLE_SECRETARIAT),
                                   .told = e.told_at != NONE ? at(c, e.told_at) : NULL};
    TRY(staff_rows(c, e.id, after == NONE || after < 0 ? 0 : after, PER_PAGE, &row, &v.n, &v.more));
    v.line = arena_many(c->arena, struct staff_line, v.n + 1);
    for (size_t i = 0; i < v.n; i++) {
        const struct statement *s = &row[i].s;
        v.line[i] = (struct staff_line){.name = s->name != NULL ? s->name : tr(c, WITHHELD_MARK), .section = frozen_section(c, &row[i].w, s->lead), .post = s->contact_post, .phone = s->contact_phone,
                                        .person = s->contact_person, .lesson = s->lesson, .position = row[i].position,
                                        .to = url_path(c->arena, "/office/editions/%lld/projects/%lld", (long long)e.id, (long long)row[i].project)};
    }
    if (v.more)
        v.next = url_with(c->arena, here, "after", arena_printf(c->arena, "%lld", (long long)row[v.n - 1].position));
    struct page p = {.title = arena_printf(c->arena, tr(c, "%s 職員用"), e.name), .place = tr(c, "職員用の台帳"), .menu = "staff-editions", .year = NONE, .wide = true};
    p.crumb[p.crumbs++] = to_list(c);
    page_begin(c, w, &p);
    staff_edition_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err staff_project_page(struct ctx *c, struct request *r, struct response *w)
{
    struct staff_edition e;
    struct staff_row row;
    size_t cap = 0;
    TRY(staff_edition_load(c, r->param[0], &e));
    TRY(staff_row(c, e.id, r->param[1], &row));
    struct staff_project_view v = {.name = row.s.name != NULL ? row.s.name : tr(c, WITHHELD_MARK), .section = frozen_section(c, &row.w, row.s.lead), .edition = e.name,
                                   .back = url_path(c->arena, "/office/editions/%lld", (long long)e.id),
                                   .to_public = url_with(c->arena, url_project(c, row.project), "edition", arena_printf(c->arena, "%lld", (long long)e.id))};
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *f = &statement_entity.fields[i];
        if ((f->flags & INTERNAL) || field_audience(f) > AUDIENCE_STAFF || text_eq(f->name, "name"))
            continue;
        const char *text = is_withheld(row.hidden, f->name) ? tr(c, WITHHELD_MARK) : frozen_shown(c, &row.w, f, &row.s);
        if (text != NULL)
            ARENA_PUSH(c->arena, v.fact, v.facts, cap) = (struct staff_fact){tr(c, f->label), text, field_audience(f) != AUDIENCE_PUBLIC};
    }
    struct page p = {.title = v.name, .place = tr(c, "職員用の台帳"), .menu = "staff-editions", .year = NONE};
    p.crumb[p.crumbs++] = to_list(c);
    p.crumb[p.crumbs++] = (struct crumb){e.name, v.back};
    page_begin(c, w, &p);
    staff_project_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

static enum err draw_tell(struct ctx *c, struct response *w, int64_t edition)
{
    struct staff_edition e;
    TRY(staff_edition_load(c, edition, &e));
    struct staff_tell_view v = {.e = &e, .action = url_path(c->arena, "/office/editions/%lld/tell", (long long)e.id), .back = url_path(c->arena, "/office/editions/%lld", (long long)e.id),
                                .told = e.told_at != NONE ? at(c, e.told_at) : NULL, .mail = mail_configured(c),
                                .text = arena_printf(c->arena, tr(c, "%sの協働事業の台帳を公開しました。%lld事業が載っています。ほかの課の取組みも、次の事業の参考にしてください。"), e.name, (long long)e.projects)};
    TRY(edition_recipients(c, &e, &v.r, &v.n));
    for (size_t i = 0; i < v.n; i++) {
        v.by_mail += v.r[i].mail != NULL;
        v.on_paper += v.r[i].mail == NULL;
    }
    struct page p = {.title = tr(c, "すべての課に知らせる"), .place = e.name, .menu = "staff-editions", .year = NONE};
    p.crumb[p.crumbs++] = to_list(c);
    p.crumb[p.crumbs++] = (struct crumb){e.name, v.back};
    page_begin(c, w, &p);
    staff_tell_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err staff_tell_page(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    return draw_tell(c, w, r->param[0]);
}

enum err staff_tell_post(struct ctx *c, struct request *r, struct response *w)
{
    enum err e = edition_tell(c, r->param[0], form_get(&r->form, "text"));
    if (e == E_INPUT && c->fail.faults_n > 0) {
        w->status = 422;
        return draw_tell(c, w, r->param[0]);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/office/editions/%lld", (long long)r->param[0]), tr(c, "すべての課への手紙を作りました。"));
}
