#include "area/register/correction_request.h"

#include <string.h>

#include "area/organization/organization.h"
#include "area/register/freeze.h"
#include "area/register/public.h"
#include "base/crypto.h"
#include "base/text.h"
#include "core/app.h"
#include "core/erase.h"
#include "core/outbox.h"
#include "core/preset.h"
#include "core/section.h"
#include "core/session.h"

enum { DAY = 24 * 3600, TODOS_MOST = 100 };

#define ENTITY correction_request
ENTITY_DEFINE(correction_request, "correction_request", "まちがいの知らせ", CORRECTION_REQUEST_FIELDS)
#undef ENTITY

const char *request_label(struct ctx *c, const char *state)
{
    return text_eq(state, "mended") ? tr(c, "直した") : text_eq(state, "declined") ? tr(c, "直さなかった") : tr(c, "返事待ち");
}

/* --- about what --- */

static enum err of_project(struct ctx *c, int64_t project, struct request_subject *out)
{
    struct frozen f;
    struct statement s;
    struct frozen_words w;
    const char *hidden;
    TRY(project_frozen(c, project, NONE, &f, &out->edition));
    TRY(frozen_open(c, &f, AUDIENCE_PUBLIC, &s, &w, &hidden));
    out->name = s.name != NULL ? s.name : tr(c, WITHHELD_MARK);
    out->where = frozen_section(c, &w, s.lead);
    out->to = url_project(c, project);
    TRY_DB(c, db_get_int(c->db, "SELECT unit FROM section WHERE id = $1", P(f.section), &out->unit));
    int64_t demo = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM project WHERE id = $1 AND demo", P(project), &demo));
    out->demo = demo > 0;
    return OK;
}

static enum err of_organization(struct ctx *c, int64_t id, struct request_subject *out)
{
    struct organization o;
    TRY(organization_load(c, id, &o));
    out->name = o.name != NULL ? o.name : tr(c, WITHHELD_MARK);
    out->to = url_organization(c, id);
    out->demo = o.demo;
    return OK;
}

enum err request_subject(struct ctx *c, const char *entity, int64_t record, struct request_subject *out)
{
    *out = (struct request_subject){.entity = entity, .record = record, .edition = NONE, .unit = NONE};
    return text_eq(entity, "organization") ? of_organization(c, record, out) : of_project(c, record, out);
}

/* --- taking --- */

/* A form without an account is a door for whoever wants to fill the office's list: each address waits longer from one to the next, and there is a
 * number a day past which the telephone is named. */
static enum err hold_back(struct ctx *c)
{
    int64_t today = 0;
    if (c->request != NULL)
        TRY(attempt(c, "body", arena_printf(c->arena, "correction request %s", c->request->peer != NULL ? c->request->peer : "")));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM correction_request WHERE made_at > $1", P(c->now - DAY), &today));
    if (today >= REQUESTS_A_DAY)
        return fail_field(&c->fail, "body", "%s", tr(c, "きょうは知らせがとても多いので、この画面からは受け付けられません。あしたもう一度送るか、電話で知らせてください。"));
    return OK;
}

static bool place_known(const char *entity, const char *place)
{
    const struct entity *e = text_eq(entity, "organization") ? &organization_entity : &statement_entity;
    const struct field *f = entity_field(e, place);
    return f != NULL && !(f->flags & INTERNAL) && field_audience(f) == AUDIENCE_PUBLIC;
}

enum err request_take(struct ctx *c, const struct request_subject *about, struct correction_request *r)
{
    size_t faults = c->fail.faults_n;
    if (r->body == NULL)
        fail_field(&c->fail, "body", "%s", tr(c, "どこがどうちがうかを入力してください"));
    if (r->mail != NULL && !mail_address_ok(r->mail))
        fail_field(&c->fail, "mail", "%s", tr(c, "メールアドレスは、name@example.jp のような形で入力してください"));
    if (r->place != NULL && !place_known(about->entity, r->place))
        fail_field(&c->fail, "place", "%s", tr(c, "どの項目かを一覧から選んでください"));
    enum err e = record_check(c, &correction_request_entity, r, NONE, false);
    if (e != OK)
        return e;
    if (c->fail.faults_n > faults)
        return E_INPUT;
    TRY(hold_back(c));
    r->id = NONE;
    r->version = 1;
    r->receipt = crypto_printed_code(c->arena, 2);
    r->entity = about->entity;
    r->record = about->record;
    r->edition = about->edition;
    r->unit = about->unit;
    r->state = "open";
    r->answer = NULL;
    r->made_at = c->now;
    r->answered_at = r->mended_in = r->erased_at = NONE;
    r->demo = about->demo;
    return record_save(c, &correction_request_entity, NULL, r, "correction_request.new");
}

/* --- answering --- */

static bool may_see(const struct ctx *c, const struct correction_request *r)
{
    return user_is(c->user, ROLE_SECRETARIAT) || (r->unit != NONE && user_on_unit(c->user, SECTION_ROLES, r->unit));
}

enum err request_load(struct ctx *c, int64_t id, struct correction_request *out)
{
    TRY(need_role(c, STAFF_ROLES));
    TRY(record_load(c, &correction_request_entity, id, out));
    return may_see(c, out) ? OK : fail(c, E_FORBIDDEN, "%s", tr(c, "この知らせは、担当の課の推進員と担当者、事務局の人だけが見られます。"));
}

static enum err write_back(struct ctx *c, const struct correction_request *r)
{
    if (r->mail == NULL)
        return OK;
    struct request_subject about;
    TRY(request_subject(c, r->entity, r->record, &about));
    const char *site = setting(c, "site_name"), *base = c->app->base_url != NULL ? c->app->base_url : "";
    struct letter l = {.to_name = r->name, .to_mail = r->mail, .subject = arena_printf(c->arena, tr(c, "お知らせいただいた内容について(受付番号 %s)"), r->receipt),
                       .about = "correction_request", .about_id = r->id, .account = NONE};
    const char *result = !text_eq(r->state, "mended") ? tr(c, "確かめましたが、直しませんでした。")
                       : r->mended_in != NONE         ? arena_printf(c->arena, tr(c, "確かめて、次の版で直しました: %s/editions/%lld"), base, (long long)r->mended_in)
                                                      : tr(c, "確かめて、直しました。");
    l.body = arena_printf(c->arena, tr(c, "%s%s「%s」について知らせていただき、ありがとうございました。\n\n%s\n\n%s\n\n%s%s\n\n%s\n"), r->name != NULL ? r->name : "", r->name != NULL ? tr(c, " 様\n\n") : "",
                          about.name, result, r->answer, base, about.to.s, site != NULL ? site : "");
    return outbox_put(c, &l, NULL);
}

enum err request_answer(struct ctx *c, int64_t id, bool mended, int64_t edition, const char *answer)
{
    struct correction_request before, after;
    TRY_DB(c, db_exec(c->db, "UPDATE correction_request SET state = state WHERE id = $1", P(id)));
    TRY(request_load(c, id, &before));
    if (!text_eq(before.state, "open"))
        return fail(c, E_CONFLICT, "%s", tr(c, "この知らせには、もう返事をしました。"));
    size_t faults = c->fail.faults_n;
    if (answer == NULL)
        fail_field(&c->fail, "answer", "%s", mended ? tr(c, "どう直したかを入力してください") : tr(c, "直さない理由を入力してください"));
    if (mended && text_eq(before.entity, "project")) {
        int64_t there = 0;
        TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM edition_item i JOIN edition e ON e.id = i.edition WHERE e.id = $1 AND e.state = 'published' "
                                    "AND e.year IN (SELECT f.year FROM frozen f WHERE f.project = $2)", P(edition == NONE ? 0 : edition, before.record), &there));
        if (there == 0)
            fail_field(&c->fail, "edition", "%s", tr(c, "直した版を選んでください。まだなら、記載を訂正して次の版を公開してから返事をします"));
    }
    if (c->fail.faults_n > faults)
        return E_INPUT;
    entity_copy(c->arena, &correction_request_entity, &after, &before);
    after.state = mended ? "mended" : "declined";
    after.mended_in = mended && text_eq(before.entity, "project") ? edition : NONE;
    after.answer = answer;
    after.answered_at = c->now;
    enum err e = record_check(c, &correction_request_entity, &after, NONE, false);
    if (e != OK)
        return e;
    TRY(record_save(c, &correction_request_entity, &before, &after, "correction_request.answer"));
    return write_back(c, &after);
}

/* --- lists --- */

/* The units of the user's sections; none: a list that fits nothing. */
static void where_mine(struct ctx *c, struct sql *q)
{
    if (user_is(c->user, ROLE_SECRETARIAT))
        return;
    sql_add(q, " AND unit IN (0", P0);
    for (size_t i = 0; i < c->user->duties; i++)
        if (((uint32_t)c->user->duty[i].role & SECTION_ROLES) && c->user->duty[i].unit != NONE)
            sql_add(q, ", $", P(c->user->duty[i].unit));
    sql_add(q, ")", P0);
}

enum err requests_list(struct ctx *c, const char *state, int64_t before, size_t most, struct correction_request **out, size_t *n)
{
    struct sql tail;
    TRY(need_role(c, STAFF_ROLES));
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE id < $", P(before == NONE ? INT64_MAX : before));
    if (state != NULL)
        sql_add(&tail, " AND state = $", P(state));
    where_mine(c, &tail);
    sql_add(&tail, " ORDER BY id DESC LIMIT $", P((int64_t)most));
    TRY_DB(c, entity_select(c->db, c->arena, &correction_request_entity, &tail, true, out, n));
    return OK;
}

enum err request_todos(struct ctx *c, struct todos *list)
{
    struct correction_request *v = NULL;
    size_t n = 0;
    if (!user_is(c->user, STAFF_ROLES))
        return OK;
    TRY(requests_list(c, "open", NONE, TODOS_MOST, &v, &n));
    for (size_t i = 0; i < n; i++) {
        struct request_subject about;
        enum err e = request_subject(c, v[i].entity, v[i].record, &about);
        if (e != OK && e != E_NOT_FOUND)
            return e;
        if (e == E_NOT_FOUND)
            failure_clear(&c->fail);
        todo_add(c, list, (struct todo){.text = tr(c, "まちがいの知らせに返事をする"), .about = e == OK ? about.name : v[i].receipt,
                                        .to = url_path(c->arena, "/requests/%lld", (long long)v[i].id), .due = NONE});
    }
    return OK;
}

/* --- erasing --- */

enum err requests_erase(struct ctx *c, int64_t subject)
{
    struct correction_request *v = NULL;
    size_t n = 0;
    struct sql tail;
    (void)subject;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE state <> 'open' AND erased_at IS NULL AND answered_at < $ ORDER BY id LIMIT 500", P(c->now - (int64_t)REQUEST_KEEP_DAYS * DAY));
    TRY_DB(c, entity_select(c->db, c->arena, &correction_request_entity, &tail, false, &v, &n));
    for (size_t i = 0; i < n; i++) {
        struct correction_request after;
        entity_copy(c->arena, &correction_request_entity, &after, &v[i]);
        after.body = after.name = after.mail = NULL;
        after.erased_at = c->now;
        TRY(record_save(c, &correction_request_entity, &v[i], &after, "correction_request.erase"));
        TRY(audit_erase(c, "correction_request", v[i].id));
        TRY(outbox_erase(c, "correction_request", v[i].id));
    }
    return OK;
}
