/* /projects/ID/request, /organizations/ID/request: まちがいを知らせる; /requests: the office's answer. */
#include "area/organization/organization.h"
#include "area/register/correction_pages.h"
#include "area/register/correction_request.html.h"
#include "area/register/public.h"
#include "base/text.h"
#include "core/preset.h"
#include "core/listing.h"
#include "core/outbox.h"

enum { PER_PAGE = 50, EDITIONS_MOST = 30, FILE_PIECE = 200 };

/* --- the public form --- */

static const struct entity *entity_of(const struct request_subject *about) { return text_eq(about->entity, "organization") ? &organization_entity : &statement_entity; }

static void add_places(struct ctx *c, struct request_form_view *v)
{
    const struct entity *e = entity_of(&v->about);
    v->place = arena_many(c->arena, struct choice, e->fields_n + 1);
    v->place[v->places++] = (struct choice){"", tr(c, "選ばない・わからない"), NONE, v->r.place == NULL};
    for (size_t i = 0; i < e->fields_n; i++) {
        const struct field *f = &e->fields[i];
        if (field_exported(c, f) && f->kind != FIELD_ID && !text_eq(f->name, "project"))
            v->place[v->places++] = (struct choice){f->name, tr(c, f->label), NONE, text_eq(v->r.place, f->name)};
    }
}

static enum err draw(struct ctx *c, struct response *w, struct request_form_view *v)
{
    v->action = url_path(c->arena, "/%s/%lld/request", text_eq(v->about.entity, "organization") ? "organizations" : "projects", (long long)v->about.record);
    v->office = setting(c, "secretariat_name");
    v->phone = setting(c, "secretariat_phone");
    add_places(c, v);
    struct page p = {.title = tr(c, "まちがいを知らせる"), .place = v->about.name, .year = NONE};
    page_begin(c, w, &p);
    request_form_body(c, &w->body, v);
    page_end(c, w, &p);
    return OK;
}

static enum err form_page(struct ctx *c, const struct request *r, struct response *w, const char *entity)
{
    struct request_form_view v = {0};
    const char *receipt = form_get(&r->query, "receipt");
    TRY(request_subject(c, entity, r->param[0], &v.about));
    entity_init(&correction_request_entity, &v.r);
    if (receipt != NULL) {
        enum err e = db_get_text(c->db, c->arena, "SELECT receipt FROM correction_request WHERE receipt = $1 AND entity = $2 AND record = $3", P(receipt, entity, r->param[0]), &v.receipt);
        if (e != E_NOT_FOUND)
            TRY_DB(c, e);
    }
    return draw(c, w, &v);
}

static enum err form_post(struct ctx *c, const struct request *r, struct response *w, const char *entity)
{
    struct request_form_view v = {0};
    TRY(request_subject(c, entity, r->param[0], &v.about));
    entity_init(&correction_request_entity, &v.r);
    enum err e = record_from_form(c, &correction_request_entity, &r->form, NONE, &v.r);
    if (e == OK)
        e = request_take(c, &v.about, &v.r);
    if (e == E_INPUT) {
        w->status = 422;
        return draw(c, w, &v);
    }
    TRY(e);
    struct url to = url_path(c->arena, "/%s/%lld/request", text_eq(entity, "organization") ? "organizations" : "projects", (long long)r->param[0]);
    response_redirect(w, url_with(c->arena, to, "receipt", v.r.receipt).s);
    return OK;
}

enum err request_project_page(struct ctx *c, struct request *r, struct response *w) { return form_page(c, r, w, "project"); }
enum err request_project_post(struct ctx *c, struct request *r, struct response *w) { return form_post(c, r, w, "project"); }
enum err request_organization_page(struct ctx *c, struct request *r, struct response *w) { return form_page(c, r, w, "organization"); }
enum err request_organization_post(struct ctx *c, struct request *r, struct response *w) { return form_post(c, r, w, "organization"); }

/* --- the office --- */

static const char *tag_of(const struct correction_request *r)
{
    return text_eq(r->state, "open") ? "tag tag-yellow" : text_eq(r->state, "mended") ? "tag tag-green" : "tag tag-gray";
}

/* What it is about, even when that is not public any more. */
static enum err subject_or_number(struct ctx *c, const struct correction_request *r, struct request_subject *out)
{
    enum err e = request_subject(c, r->entity, r->record, out);
    if (e != E_NOT_FOUND)
        return e;
    failure_clear(&c->fail);
    *out = (struct request_subject){.entity = r->entity, .record = r->record, .edition = NONE, .unit = NONE, .name = arena_printf(c->arena, tr(c, "番号%lld(いまは公開していません)"), (long long)r->record),
                                    .to = url_path(c->arena, "/requests")};
    return OK;
}

static const char *place_label(struct ctx *c, const struct correction_request *r)
{
    const struct field *f = r->place != NULL ? entity_field(text_eq(r->entity, "organization") ? &organization_entity : &statement_entity, r->place) : NULL;
    return f != NULL ? tr(c, f->label) : NULL;
}

/* All of them, a piece at a time. */
struct requests_walk { const char *state; int64_t before; struct table *t; };

static enum err requests_piece(struct ctx *c, void *arg, bool *more)
{
    struct requests_walk *x = arg;
    struct correction_request *q = NULL;
    size_t n = 0;
    TRY(requests_list(c, x->state, x->before, FILE_PIECE, &q, &n));
    for (size_t i = 0; i < n; i++) {
        struct request_subject about;
        TRY(subject_or_number(c, &q[i], &about));
        table_text(x->t, about.name);
        table_text(x->t, about.where);
        table_text(x->t, place_label(c, &q[i]));
        table_text(x->t, request_label(c, q[i].state));
        table_instant(x->t, q[i].made_at);
        table_text(x->t, q[i].receipt);
        TRY(table_row(x->t));
        x->before = q[i].id;
    }
    *more = n == FILE_PIECE;
    return OK;
}

static enum err requests_rows(struct ctx *c, struct table *t, void *arg)
{
    struct requests_walk x = {.state = arg, .before = NONE, .t = t};
    return listing_pieces(c, requests_piece, &x);
}

static enum err requests_file(struct ctx *c, struct request *r, struct response *w, bool all)
{
    static const struct table_column column[] = {{.title = "何について", .width = 40}, {.title = "所在", .width = 30}, {.title = "項目", .width = 20}, {.title = "状態", .width = 14},
                                                 {.title = "受け付けた日時", .kind = TABLE_INSTANT}, {.title = "受付番号", .width = 16}};
    static const char open[] = "open";
    return file_answer(c, r, w, &(struct listing){.name = "まちがいの知らせ", .column = column, .columns = sizeof column / sizeof *column, .rows = requests_rows,
                                                 .arg = all ? NULL : (void *)(uintptr_t)open});
}

enum err request_list_page(struct ctx *c, struct request *r, struct response *w)
{
    if (file_asked(c, r))
        return requests_file(c, r, w, form_has(&r->query, "all"));
    struct correction_request *q = NULL;
    size_t n = 0;
    struct request_list_view v = {.all = form_has(&r->query, "all")};
    TRY(requests_list(c, v.all ? NULL : "open", form_int(&r->query, "before"), PER_PAGE + 1, &q, &n));
    v.more = n > PER_PAGE;
    v.n = v.more ? PER_PAGE : n;
    v.row = arena_many(c->arena, struct request_row, v.n + 1);
    for (size_t i = 0; i < v.n; i++) {
        struct request_subject about;
        TRY(subject_or_number(c, &q[i], &about));
        v.row[i] = (struct request_row){about.name, about.where, place_label(c, &q[i]), request_label(c, q[i].state), tag_of(&q[i]), at(c, q[i].made_at), q[i].receipt,
                                        url_path(c->arena, "/requests/%lld", (long long)q[i].id)};
    }
    v.other = url_path(c->arena, v.all ? "/requests" : "/requests?all=1");
    if (v.more)
        v.next = url_with(c->arena, url_path(c->arena, v.all ? "/requests?all=1" : "/requests"), "before", arena_printf(c->arena, "%lld", (long long)q[v.n - 1].id));
    struct page p = {.title = tr(c, "まちがいの知らせ"), .menu = "requests", .year = NONE, .wide = true};
    page_begin(c, w, &p);
    request_list_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

static enum err name_of(struct ctx *c, int64_t edition, const char **name)
{
    *name = NULL;
    struct db_rows *q = edition == NONE ? NULL : db_query(c->db, c->arena, "SELECT year, number FROM edition WHERE id = $1", P(edition));
    if (q != NULL && db_next(q))
        *name = edition_name(c, db_int(q, 0), db_int(q, 1));
    if (q != NULL)
        db_done(q);
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* Editions published since the request came, that have the project. */
static enum err add_editions(struct ctx *c, const struct correction_request *r, struct request_view *v)
{
    v->edition_choice = arena_many(c->arena, struct choice, EDITIONS_MOST + 1);
    v->edition_choice[v->editions++] = (struct choice){"", tr(c, "(選んでください)"), NONE, true};
    struct db_rows *q = db_query(c->db, c->arena, "SELECT e.id, e.year, e.number FROM edition e JOIN edition_item i ON i.edition = e.id WHERE i.project = $1 AND e.state = 'published' "
                                                  "ORDER BY e.year DESC, e.number DESC LIMIT $2", P(r->record, (int64_t)EDITIONS_MOST));
    while (db_next(q))
        v->edition_choice[v->editions++] = (struct choice){arena_printf(c->arena, "%lld", (long long)db_int(q, 0)), edition_name(c, db_int(q, 1), db_int(q, 2)), NONE, false};
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err draw_request(struct ctx *c, struct response *w, const struct correction_request *r)
{
    struct request_subject about;
    struct request_view v = {.r = r, .place = place_label(c, r), .state = request_label(c, r->state), .tag = tag_of(r), .when = at(c, r->made_at),
                             .answered = r->answered_at != NONE ? at(c, r->answered_at) : NULL, .erased = r->erased_at != NONE ? at(c, r->erased_at) : NULL,
                             .open = text_eq(r->state, "open"), .project = text_eq(r->entity, "project"), .secretariat = user_is(c->user, ROLE_SECRETARIAT), .mail = r->mail != NULL};
    TRY(subject_or_number(c, r, &about));
    v.name = about.name;
    v.where = about.where;
    v.about = about.to;
    TRY(name_of(c, r->edition, &v.edition));
    TRY(name_of(c, r->mended_in, &v.mended));
    v.to_edition = v.edition != NULL ? url_edition(c, r->edition) : (struct url){NULL};
    v.to_mended = v.mended != NULL ? url_edition(c, r->mended_in) : (struct url){NULL};
    v.correct = v.project ? url_path(c->arena, "/projects/%lld/correct", (long long)r->record) : url_path(c->arena, "/organizations/%lld/edit", (long long)r->record);
    v.withhold = url_path(c->arena, "/projects/%lld/withhold", (long long)r->record);
    v.action = url_path(c->arena, "/requests/%lld", (long long)r->id);
    if (v.project)
        TRY(add_editions(c, r, &v));
    struct page p = {.title = arena_printf(c->arena, tr(c, "まちがいの知らせ %s"), r->receipt), .menu = "requests", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "まちがいの知らせ"), url_path(c->arena, "/requests")};
    page_begin(c, w, &p);
    request_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err request_page(struct ctx *c, struct request *r, struct response *w)
{
    struct correction_request x;
    TRY(request_load(c, r->param[0], &x));
    return draw_request(c, w, &x);
}

enum err request_post(struct ctx *c, struct request *r, struct response *w)
{
    struct correction_request x;
    const char *result = form_get(&r->form, "result");
    TRY(request_load(c, r->param[0], &x));
    enum err e = OK;
    if (!text_eq(result, "mended") && !text_eq(result, "declined"))
        e = fail_field(&c->fail, "result", "%s", tr(c, "「直した」か「直さない」を選んでください"));
    else
        e = request_answer(c, x.id, text_eq(result, "mended"), form_int(&r->form, "edition"), form_get(&r->form, "answer"));
    if (e == E_INPUT) {
        w->status = 422;
        return draw_request(c, w, &x);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/requests"), x.mail == NULL ? tr(c, "返事を書きました。") : mail_configured(c) ? tr(c, "返事を書きました。メールで送ります。")
                                                                                                    : tr(c, "返事を書きました。「手紙とメール」に残っています。事務局のメールで送ってください。"));
}
