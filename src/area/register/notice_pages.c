/* /editions/ID/notices: whom to tell before publishing; /notices/CODE: what a partner sees, and its answer. */
#include <string.h>

#include "area/organization/organization.h"
#include "area/register/correction_pages.h"
#include "area/register/difference.h"
#include "area/register/notice.html.h"
#include "area/register/public.h"
#include "base/date.h"
#include "base/text.h"
#include "core/listing.h"
#include "core/outbox.h"
#include "core/preset.h"

enum { DAYS_TO_REPLY = 14 };

static const char *tag_of(const char *state)
{
    return text_eq(state, "agreed") ? "tag tag-green" : text_eq(state, "objected") ? "tag tag-red" : "tag tag-gray";
}

static bool typed_in(struct ctx *c, const char *name, int64_t value)
{
    const char **v;
    size_t n = form_all(c->arena, &c->request->form, name, &v);
    for (size_t i = 0; i < n; i++)
        if (text_eq(v[i], arena_printf(c->arena, "%lld", (long long)value)))
            return true;
    return false;
}

static enum err draw_notices(struct ctx *c, const struct request *r, struct response *w)
{
    struct notice_line *line = NULL;
    size_t n = 0;
    int64_t id = r->param[0], y = NONE, number = NONE;
    TRY(notices_plan(c, id, &line, &n));
    struct db_rows *q = db_query(c->db, c->arena, "SELECT year, number FROM edition WHERE id = $1", P(id));
    if (db_next(q)) {
        y = db_int(q, 0);
        number = db_int(q, 1);
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    struct notices_view v = {.edition = edition_name(c, y, number), .to_edition = url_edition(c, id), .action = url_path(c->arena, "/editions/%lld/notices", (long long)id),
                             .letters = url_path(c->arena, "/letters"), .n = n, .mail = mail_configured(c),
                             .due = date_short(c->arena, instant_date(c->arena, c->now + (int64_t)DAYS_TO_REPLY * 24 * 3600))};
    v.row = arena_many(c->arena, struct notice_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        const struct notice *x = line[i].told;
        struct notice_row *row = &v.row[i];
        *row = (struct notice_row){.l = &line[i], .id = arena_printf(c->arena, "organization-%lld", (long long)line[i].organization), .to = url_organization(c, line[i].organization),
                                   .action = url_path(c->arena, "/editions/%lld/notices", (long long)id)};
        v.by_mail += line[i].mail != NULL;
        v.on_paper += line[i].mail == NULL;
        row->on = r->method == HTTP_POST ? typed_in(c, "organization", line[i].organization) : x == NULL && !line[i].as_before;
        if (x == NULL)
            continue;
        row->notice = x->id;
        row->state = notice_label(c, x->state);
        row->tag = tag_of(x->state);
        row->when = at(c, x->sent_at);
        row->replied = x->replied_at != NONE ? at(c, x->replied_at) : NULL;
        row->writer = x->writer;
        row->words = x->words;
        row->answer = x->answer;
        row->objected = text_eq(x->state, "objected");
        row->action = url_path(c->arena, "/editions/%lld/notices/%lld", (long long)id, (long long)x->id);
        row->field = arena_printf(c->arena, "answer-%lld", (long long)x->id);
        v.objections += row->objected;
    }
    struct page p = {.title = tr(c, "公開の前に団体に知らせる"), .place = v.edition, .menu = "editions", .year = NONE, .wide = true};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "台帳の版"), url_path(c->arena, "/editions")};
    p.crumb[p.crumbs++] = (struct crumb){v.edition, v.to_edition};
    page_begin(c, w, &p);
    notices_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

static enum err notices_file(struct ctx *c, struct request *r, struct response *w)
{
    static const struct table_column column[] = {{.title = "団体", .width = 36}, {.title = "送り先", .width = 30}, {.title = "事業", .kind = TABLE_INT}, {.title = "内容", .width = 20}, {.title = "返事", .width = 16},
                                                 {.title = "知らせた日時", .kind = TABLE_INSTANT}, {.title = "返事のあった日時", .kind = TABLE_INSTANT}, {.title = "返事のことば", .width = 50, .wrap = true},
                                                 {.title = "答え", .width = 50, .wrap = true}};
    struct notice_line *line = NULL;
    size_t n = 0;
    struct cells x = {0};
    TRY(notices_plan(c, r->param[0], &line, &n));
    for (size_t i = 0; i < n; i++) {
        const struct notice *told = line[i].told;
        cell_text(c, &x, line[i].name);
        cell_text(c, &x, line[i].mail != NULL ? line[i].mail : "紙(メールアドレスなし)");
        cell_int(c, &x, line[i].projects);
        cell_text(c, &x, line[i].as_before ? "公開ずみの版と同じ" : "新しい・変わった");
        cell_text(c, &x, told != NULL ? notice_label(c, told->state) : "まだ知らせていません");
        cell_at(c, &x, told != NULL ? told->sent_at : NONE);
        cell_at(c, &x, told != NULL ? told->replied_at : NONE);
        cell_text(c, &x, told != NULL ? told->words : NULL);
        cell_text(c, &x, told != NULL ? told->answer : NULL);
    }
    return file_answer_cells(c, r, w, "公開の前に知らせる団体", TABLE_COLUMNS(column), &x);
}

enum err notices_page(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    if (file_asked(c, r))
        return notices_file(c, r, w);
    return draw_notices(c, r, w);
}

enum err notices_post(struct ctx *c, struct request *r, struct response *w)
{
    const char **v;
    size_t n = form_all(c->arena, &r->form, "organization", &v), ids = 0;
    int64_t *id = arena_many(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++)
        if (v[i] != NULL && text_parse_int(v[i], &id[ids]))
            ids++;
    enum err e = notices_send(c, r->param[0], id, ids, form_get(&r->form, "due_on"));
    if (e == E_INPUT && c->fail.faults_n > 0) {
        w->status = 422;
        return draw_notices(c, r, w);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/editions/%lld/notices", (long long)r->param[0]), arena_printf(c->arena, tr(c, "%zu団体への手紙を作りました。"), ids));
}

enum err notice_answer_post(struct ctx *c, struct request *r, struct response *w)
{
    const char *field = arena_printf(c->arena, "answer-%lld", (long long)r->param[1]);
    enum err e = notice_answer(c, r->param[1], form_get(&r->form, field));
    if (e == E_INPUT && c->fail.faults_n > 0) {
        w->status = 422;
        return draw_notices(c, r, w);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/editions/%lld/notices", (long long)r->param[0]), tr(c, "答えを書きました。"));
}

/* --- the partner --- */

static enum err add_project(struct ctx *c, const struct frozen *f, struct notice_project *p)
{
    struct statement s;
    struct frozen_words w;
    const char *hidden;
    size_t cap = 0;
    TRY(frozen_open(c, f, AUDIENCE_PUBLIC, &s, &w, &hidden));
    p->name = s.name != NULL ? s.name : tr(c, WITHHELD_MARK);
    p->section = frozen_section(c, &w, s.lead);
    p->to = url_with(c->arena, url_project(c, f->project), "year", arena_printf(c->arena, "%lld", (long long)f->year));
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *x = &statement_entity.fields[i];
        if ((x->flags & INTERNAL) || field_audience(x) != AUDIENCE_PUBLIC || text_eq(x->name, "name"))
            continue;
        const char *text = frozen_shown(c, &w, x, &s);
        if (text != NULL)
            ARENA_PUSH(c->arena, p->fact, p->facts, cap) = (struct notice_fact){tr(c, x->label), text};
    }
    return OK;
}

static enum err draw_notice(struct ctx *c, struct response *w, const char *code, const struct notice *x, bool sent)
{
    struct frozen *f = NULL;
    size_t n = 0;
    int64_t edition = NONE;
    struct notice_view v = {.x = x, .organization = organization_label(c, x->organization), .year = year(c, x->year), .due = date(c, x->due_on), .state = notice_label(c, x->state),
                            .replied = x->replied_at != NONE ? at(c, x->replied_at) : NULL, .sent = sent, .action = url_path(c->arena, "/notices/%s", code)};
    struct failure kept = c->fail;
    enum err e = notice_frozen(c, x, &edition, &v.published, &f, &n);
    if (e != OK && e != E_NOT_FOUND)
        return e;
    c->fail = kept;
    v.ready = e == OK;
    v.may_reply = !v.published;
    v.project = arena_many(c->arena, struct notice_project, n + 1);
    for (; v.projects < n; v.projects++)
        TRY(add_project(c, &f[v.projects], &v.project[v.projects]));
    struct page p = {.title = tr(c, "台帳に載せる内容の確認"), .place = v.organization, .year = NONE};
    page_begin(c, w, &p);
    notice_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err notice_page(struct ctx *c, struct request *r, struct response *w)
{
    struct notice x;
    TRY(notice_find(c, r->text_param, &x));
    w->no_cache = true;
    return draw_notice(c, w, r->text_param, &x, form_has(&r->query, "sent"));
}

enum err notice_post(struct ctx *c, struct request *r, struct response *w)
{
    struct notice x;
    const char *reply = form_get(&r->form, "reply");
    TRY(notice_find(c, r->text_param, &x));
    enum err e = !text_eq(reply, "agree") && !text_eq(reply, "object")
        ? fail_field(&c->fail, "reply", "%s", tr(c, "「これでよい」か「直してほしいところがある」を選んでください"))
        : notice_reply(c, r->text_param, text_eq(reply, "agree"), form_get(&r->form, "writer"), form_get(&r->form, "words"));
    if (e == E_INPUT) {
        w->status = 422;
        return draw_notice(c, w, r->text_param, &x, false);
    }
    TRY(e);
    response_redirect(w, url_with(c->arena, url_path(c->arena, "/notices/%s", r->text_param), "sent", "1").s);
    return OK;
}
