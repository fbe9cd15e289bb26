/* Cases of municipalities: asking, answering, publishing. */
#include "area/register/cases.h"

#include "area/organization/organization.h"
#include "area/register/rounds.h"
#include "base/date.h"
#include "base/text.h"
#include "core/outbox.h"
#include "core/preset.h"

#define ENTITY case_inquiry
ENTITY_DEFINE(case_inquiry, "case_inquiry", "事例照会", CASE_INQUIRY_FIELDS)
#undef ENTITY
#define ENTITY case_answer
ENTITY_DEFINE(case_answer, "case_answer", "事例照会への回答", CASE_ANSWER_FIELDS)
#undef ENTITY
#define ENTITY municipal_case
ENTITY_DEFINE(municipal_case, "municipal_case", "市町村の事例", MUNICIPAL_CASE_FIELDS)
#undef ENTITY

/* --- the inquiry --- */

enum err case_inquiry_save(struct ctx *c, const struct case_inquiry *before, struct case_inquiry *after)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    if (before && !text_eq(before->state, "draft"))
        return fail(c, E_CONFLICT, "%s", tr(c, "送った事例照会は変えられません。"));
    after->state = "draft";
    enum err e = record_check(c, &case_inquiry_entity, after, after->year, true);
    if (after->year != NONE && (after->year < 2000 || after->year > this_year(c) + 1))
        e = fail_field(&c->fail, "year", "%s", tr(c, "年度を確かめてください"));
    TRY(e);
    return record_save(c, &case_inquiry_entity, before, after, before ? "case_inquiry.change" : "case_inquiry.new");
}

static enum err case_inquiry_lock(struct ctx *c, int64_t id, const char *state, struct case_inquiry *q)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY_DB(c, db_exec(c->db, "UPDATE case_inquiry SET state=state WHERE id=$1", P(id)));
    TRY(record_load(c, &case_inquiry_entity, id, q));
    return text_eq(q->state, state) ? OK : fail(c, E_CONFLICT, "%s", tr(c, "この事例照会は、いまこの操作ができる状態ではありません。"));
}

/* The municipality's own record: by kind and name; of several the one for which somebody answers. */
static enum err organization_named(struct ctx *c, const char *name, struct case_addressee *out)
{
    out->organization = NONE;
    out->mail = NULL;
    out->users = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id, mail, users FROM (SELECT o.id, o.mail, (SELECT COUNT(*) FROM duty d JOIN account x ON x.id=d.account WHERE d.role='municipality' "
                                                       "AND d.organization=o.id AND x.active AND d.since<=$2 AND (d.until IS NULL OR d.until>$2)) AS users "
                                                       "FROM organization o WHERE o.kind='municipality' AND o.name=$1) AS found ORDER BY users DESC, id LIMIT 1", P(name, c->now));
         db_next(q);) {
        out->organization = db_int(q, 0);
        out->mail = db_text(q, 1);
        out->users = db_int(q, 2);
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err letters_put(struct ctx *c, const struct case_inquiry *q, const struct case_answer *a, const char *name, const char *mail)
{
    struct recipient *r = NULL;
    size_t n = 0, cap = 0;
    const char *base = c->app && c->app->base_url ? c->app->base_url : "";
    for (struct db_rows *rows = db_query(c->db, c->arena, "SELECT x.id, x.name, x.mail FROM duty d JOIN account x ON x.id=d.account WHERE d.role='municipality' AND d.organization=$1 "
                                                          "AND x.active AND d.since<=$2 AND (d.until IS NULL OR d.until>$2) ORDER BY x.id", P(a->organization, c->now));
         db_next(rows);)
        ARENA_PUSH(c->arena, r, n, cap) = (struct recipient){db_int(rows, 0), db_text(rows, 1), db_text(rows, 2), arena_printf(c->arena, tr(c, "%sの担当"), name)};
    TRY_DB(c, db_error(c->db));
    if (n == 0)
        ARENA_PUSH(c->arena, r, n, cap) = (struct recipient){0, "ご担当者", mail, arena_printf(c->arena, tr(c, "%s(利用者がいないので市町村あて)"), name)};
    for (size_t i = 0; i < n; i++) {
        struct letter l = {.to_name = arena_printf(c->arena, "%s %s", name, r[i].name), .to_mail = r[i].mail, .subject = arena_printf(c->arena, "事例照会: %s", q->title),
                           .about = "case_inquiry", .about_id = q->id, .account = r[i].account ? r[i].account : NONE, .why = r[i].why};
        l.body = arena_printf(c->arena, "%s 様\n\n「%s」として、協働の事例を教えてください。%s%s\n\n回答の画面: %s/case-answers/%lld\n締切: %s\n", l.to_name, q->title, q->body ? "\n\n" : "",
                              q->body ? q->body : "", base, (long long)a->id, instant_long(c->arena, instant_end_of_day(q->due_on)));
        TRY(outbox_put(c, &l, NULL));
    }
    return OK;
}

static bool is_asked(const struct case_inquiry *q, const char *code)
{
    for (size_t i = 0; i < q->municipalities.n; i++)
        if (text_eq(q->municipalities.v[i], code))
            return true;
    return q->municipalities.n == 0;
}

enum err case_addressees(struct ctx *c, const struct case_inquiry *q, struct case_addressee **out, size_t *n)
{
    const struct word *w = NULL;
    size_t all = 0;
    *n = 0;
    TRY(words(c, "municipality", NULL, q->year, &w, &all));
    *out = arena_many(c->arena, struct case_addressee, all + 1);
    for (size_t i = 0; i < all; i++) {
        if (!is_asked(q, w[i].code))
            continue;
        struct case_addressee *x = &(*out)[(*n)++];
        *x = (struct case_addressee){.code = w[i].code, .name = w[i].label};
        TRY(organization_named(c, x->name, x));
    }
    return OK;
}

enum err case_inquiry_open(struct ctx *c, int64_t id)
{
    struct case_inquiry before, q;
    struct case_addressee *to = NULL;
    size_t n = 0;
    TRY(case_inquiry_lock(c, id, "draft", &before));
    if (instant_end_of_day(before.due_on) < c->now)
        return fail_field(&c->fail, "due_on", "%s", tr(c, "締切の日が過ぎています。これからの日にしてください"));
    TRY(case_addressees(c, &before, &to, &n));
    entity_copy(c->arena, &case_inquiry_entity, &q, &before);
    q.state = "open";
    q.opened_at = c->now;
    TRY(record_save(c, &case_inquiry_entity, &before, &q, "case_inquiry.open"));
    for (size_t i = 0; i < n; i++) {
        struct case_answer a;
        entity_init(&case_answer_entity, &a);
        a.version = 1;
        a.inquiry = q.id;
        a.municipality = to[i].code;
        a.organization = to[i].organization;
        a.state = "open";
        a.demo = q.demo;
        TRY(record_save(c, &case_answer_entity, NULL, &a, "case_answer.open"));
        TRY(letters_put(c, &q, &a, to[i].name, to[i].mail));
    }
    return n > 0 ? OK : fail(c, E_INPUT, "%s", tr(c, "あて先の市町村がありません。ことばの一覧に市町村を加えてください。"));
}

static enum err step(struct ctx *c, int64_t id, const char *from, const char *to, const char *what)
{
    struct case_inquiry before, q;
    TRY(case_inquiry_lock(c, id, from, &before));
    entity_copy(c->arena, &case_inquiry_entity, &q, &before);
    q.state = to;
    if (text_eq(to, "closed"))
        q.closed_at = c->now;
    else
        q.published_at = c->now;
    return record_save(c, &case_inquiry_entity, &before, &q, what);
}

enum err case_inquiry_close(struct ctx *c, int64_t id) { return step(c, id, "open", "closed", "case_inquiry.close"); }
enum err case_inquiry_publish(struct ctx *c, int64_t id) { return step(c, id, "closed", "published", "case_inquiry.publish"); }

/* --- answers --- */

static bool is_theirs(const struct user *u, int64_t organization)
{
    for (size_t i = 0; organization != NONE && i < u->duties; i++)
        if (u->duty[i].role == ROLE_MUNICIPALITY && u->duty[i].organization == organization)
            return true;
    return u == &user_system;
}

enum err case_answer_load(struct ctx *c, int64_t id, bool lock, struct case_answer *a, struct case_inquiry *q, bool *may_write)
{
    if (lock) { /* the inquiry first: it may be closed meanwhile */
        TRY_DB(c, db_exec(c->db, "UPDATE case_inquiry SET state=state WHERE id=(SELECT inquiry FROM case_answer WHERE id=$1)", P(id)));
        TRY_DB(c, db_exec(c->db, "UPDATE case_answer SET state=state WHERE id=$1", P(id)));
    }
    TRY(record_load(c, &case_answer_entity, id, a));
    TRY(record_load(c, &case_inquiry_entity, a->inquiry, q));
    bool mine = is_theirs(c->user, a->organization), office = user_is(c->user, ROLE_SECRETARIAT);
    if (!mine && !office)
        return fail(c, E_FORBIDDEN, "%s", tr(c, "この回答は、その市町村の人と、事務局の人だけが見られます。"));
    *may_write = text_eq(q->state, "open") && (mine || (office && a->entered_how));
    return OK;
}

static enum err writing(struct ctx *c, int64_t id, const char *need, struct case_answer *a, struct case_inquiry *q)
{
    bool may = false;
    TRY(case_answer_load(c, id, true, a, q, &may));
    if (!text_eq(q->state, "open"))
        return fail(c, E_CONFLICT, "%s", tr(c, "この事例照会は閉じられました。"));
    if (!may)
        return fail(c, E_FORBIDDEN, "%s", tr(c, "事務局が代わりに入力するときは、先に受け取り方を書いてください。"));
    bool handed = text_eq(a->state, "submitted");
    if (handed != text_eq(need, "submitted"))
        return fail(c, E_CONFLICT, "%s", handed ? tr(c, "提出ずみです。直すときは、先に取り下げてください。") : tr(c, "まだ提出していません。"));
    return OK;
}

enum err case_answer_enter(struct ctx *c, int64_t id, const char *how, const char *received_on, const char *received_by)
{
    struct case_answer before, a;
    struct case_inquiry q;
    bool may = false;
    size_t faults = c->fail.faults_n;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(case_answer_load(c, id, true, &before, &q, &may));
    if (!text_eq(q.state, "open") || text_eq(before.state, "submitted"))
        return fail(c, E_CONFLICT, "%s", tr(c, "この回答は、いま入力できる状態ではありません。"));
    const char *on = received_on ? date_parse(c->arena, received_on) : NULL;
    if (!entered_how_label(how))
        fail_field(&c->fail, "entered_how", "%s", tr(c, "受け取り方を選んでください"));
    if (!on || strcmp(on, instant_date(c->arena, c->now)) > 0)
        fail_field(&c->fail, "received_on", "%s", tr(c, "受け取った日は、今日までの日を、R8.6.1 や 2026/6/1 のように入力してください"));
    if (!received_by || text_length(received_by) > 60)
        fail_field(&c->fail, "received_by", "%s", tr(c, "受け取った人を60字までで入力してください"));
    if (c->fail.faults_n > faults)
        return E_INPUT;
    entity_copy(c->arena, &case_answer_entity, &a, &before);
    a.entered_how = how;
    a.received_on = on;
    a.received_by = received_by;
    return record_save(c, &case_answer_entity, &before, &a, "case_answer.enter");
}

enum err cases_of(struct ctx *c, int64_t answer, struct municipal_case **out, size_t *n)
{
    struct sql tail;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE answer=$ ORDER BY id", P(answer));
    TRY_DB(c, entity_select(c->db, c->arena, &municipal_case_entity, &tail, false, out, n));
    return OK;
}

static enum err state_set(struct ctx *c, const struct case_answer *before, const char *state, bool late, const char *what)
{
    struct case_answer a;
    entity_copy(c->arena, &case_answer_entity, &a, before);
    a.state = state;
    a.submitted_at = text_eq(state, "submitted") ? c->now : NONE;
    a.late = late;
    return record_save(c, &case_answer_entity, before, &a, what);
}

enum err case_answer_submit(struct ctx *c, int64_t id)
{
    struct case_answer a;
    struct case_inquiry q;
    struct municipal_case *v = NULL;
    size_t n = 0;
    TRY(writing(c, id, "draft", &a, &q));
    TRY(cases_of(c, id, &v, &n));
    for (size_t i = 0; i < n; i++)
        TRY(record_check(c, &municipal_case_entity, &v[i], q.year, true));
    /* Without a case it says that there is none: that too is an answer. */
    bool late = a.received_on ? strcmp(a.received_on, q.due_on) > 0 : instant_end_of_day(q.due_on) < c->now;
    return state_set(c, &a, "submitted", late, "case_answer.submit");
}

enum err case_answer_withdraw(struct ctx *c, int64_t id)
{
    struct case_answer a;
    struct case_inquiry q;
    TRY(writing(c, id, "submitted", &a, &q));
    return state_set(c, &a, "draft", false, "case_answer.withdraw");
}

enum err municipal_case_save(struct ctx *c, const struct municipal_case *before, struct municipal_case *after)
{
    struct case_answer a;
    struct case_inquiry q;
    TRY(writing(c, before ? before->answer : after->answer, "draft", &a, &q));
    after->answer = a.id;
    after->demo = a.demo;
    TRY(record_check(c, &municipal_case_entity, after, q.year, true));
    if (after->website && !url_outside(c->arena, after->website).s)
        return fail_field(&c->fail, "website", "%s", tr(c, "ウェブページは https:// か http:// で始めてください"));
    TRY(record_save(c, &municipal_case_entity, before, after, before ? "municipal_case.change" : "municipal_case.new"));
    return text_eq(a.state, "open") ? state_set(c, &a, "draft", false, "case_answer.edit") : OK;
}

enum err municipal_case_remove(struct ctx *c, int64_t id)
{
    struct municipal_case m;
    struct case_answer a;
    struct case_inquiry q;
    TRY(record_load(c, &municipal_case_entity, id, &m));
    TRY(writing(c, m.answer, "draft", &a, &q));
    return record_save(c, &municipal_case_entity, &m, NULL, "municipal_case.remove");
}
