#include "area/register/notice.h"

#include <string.h>

#include "area/organization/organization.h"
#include "area/register/public.h"
#include "base/crypto.h"
#include "base/date.h"
#include "base/text.h"
#include "core/app.h"
#include "core/kept.h"
#include "core/outbox.h"
#include "core/preset.h"

enum { CODE_GROUPS = 4, TODOS_MOST = 100 };

#define ENTITY notice
ENTITY_DEFINE(notice, "notice", "公開前の知らせ", NOTICE_FIELDS)
#undef ENTITY

const char *notice_label(struct ctx *c, const char *state)
{
    return text_eq(state, "agreed") ? tr(c, "これでよい") : text_eq(state, "objected") ? tr(c, "直してほしい") : text_eq(state, "answered") ? tr(c, "答えた") : tr(c, "返事待ち");
}

/* --- the edition --- */

struct draft { int64_t id, year, number; bool published, demo; };

static enum err load_draft(struct ctx *c, int64_t edition, struct draft *d)
{
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id, year, number, state, demo FROM edition WHERE id = $1", P(edition));
    bool found = db_next(q);
    if (found)
        *d = (struct draft){db_int(q, 0), db_int(q, 1), db_int(q, 2), text_eq(db_text(q, 3), "published"), db_bool(q, 4)};
    db_done(q);
    TRY_DB(c, db_error(c->db));
    return found ? OK : fail(c, E_NOT_FOUND, "%s", tr(c, "この版は見つかりません。"));
}

enum err notices_of(struct ctx *c, int64_t edition, struct notice **out, size_t *n)
{
    struct draft d;
    struct sql tail;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(load_draft(c, edition, &d));
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE year = $ AND number = $ ORDER BY id", P(d.year, d.number));
    TRY_DB(c, entity_select(c->db, c->arena, &notice_entity, &tail, false, out, n));
    return OK;
}

enum err notices_count(struct ctx *c, int64_t edition, struct notice_counts *out)
{
    struct notice *v = NULL;
    size_t n = 0;
    *out = (struct notice_counts){0};
    TRY(notices_of(c, edition, &v, &n));
    for (size_t i = 0; i < n; i++) {
        out->told++;
        out->agreed += text_eq(v[i].state, "agreed");
        out->waiting += text_eq(v[i].state, "objected");
        out->silent += text_eq(v[i].state, "sent");
    }
    return OK;
}

/* --- whom to tell --- */

/* The organizations that an edition's projects name, by their sort key: found by going through the whole edition, so kept while that is the same. */
struct named { int64_t organization, projects, fresh; /* fresh: statements that no published edition has */ };

static enum err named_make(struct ctx *c, const void *arg, struct sb *out)
{
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT p.organization, count(DISTINCT i.project), sum(CASE WHEN EXISTS "
        "(SELECT 1 FROM edition_item x JOIN edition e ON e.id = x.edition WHERE x.frozen = i.frozen AND e.state = 'published') THEN 0 ELSE 1 END) "
        "FROM edition_item i JOIN frozen_partner p ON p.owner = i.frozen JOIN organization o ON o.id = p.organization WHERE i.edition = $1 "
        "GROUP BY p.organization, o.sort_key ORDER BY o.sort_key, p.organization", P(*(const int64_t *)arg));
    while (db_next(q)) {
        struct named x = {db_int(q, 0), db_int(q, 1), db_int(q, 2)};
        sb_add_n(out, (const char *)&x, sizeof x);
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err notices_plan(struct ctx *c, int64_t edition, struct notice_line **out, size_t *n)
{
    struct draft d;
    struct notice *told = NULL;
    size_t told_n = 0, cap = 0;
    *out = NULL;
    *n = 0;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(load_draft(c, edition, &d));
    if (d.published)
        return fail(c, E_CONFLICT, "%s", tr(c, "この版はもう公開しています。"));
    TRY(notices_of(c, edition, &told, &told_n));
    const char *p;
    size_t size;
    TRY(kept(c, arena_printf(c->arena, "named %lld", (long long)edition), named_make, &edition, &p, &size));
    for (const char *end = p + size; p < end; p += sizeof(struct named)) {
        struct named x;
        memcpy(&x, p, sizeof x);
        struct notice_line l = {.organization = x.organization, .projects = x.projects, .as_before = x.fresh == 0};
        struct db_rows *q = db_query(c->db, c->arena, "SELECT name, mail FROM organization WHERE id = $1", P(x.organization));
        if (db_next(q)) {
            l.name = db_text(q, 0);
            l.mail = db_text(q, 1);
        }
        db_done(q);
        for (size_t i = 0; i < told_n; i++)
            if (told[i].organization == l.organization)
                l.told = &told[i];
        ARENA_PUSH(c->arena, *out, *n, cap) = l;
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

static const char *code_hash(struct ctx *c, const char *code)
{
    struct part parts[] = {PART("notice 1"), PART(code)};
    return hash_hex(c->arena, crypto_hmac(&c->app->key, parts, 2));
}

/* The rows of the organization in the edition, as the public will see them. */
static enum err rows_of(struct ctx *c, int64_t edition, int64_t organization, struct frozen **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT " FROZEN_COLUMNS " FROM edition_item i JOIN frozen f ON f.id = i.frozen WHERE i.edition = $1 AND EXISTS "
                                                  "(SELECT 1 FROM frozen_partner p WHERE p.owner = f.id AND p.organization = $2) ORDER BY i.position", P(edition, organization));
    while (db_next(q)) {
        struct frozen f;
        frozen_read(q, &f);
        ARENA_PUSH(c->arena, *out, *n, cap) = f;
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* What the edition says of the partner, in the letter itself: who has no network reads it too. */
static enum err letter_facts(struct ctx *c, const struct frozen *f, int64_t organization, struct sb *b)
{
    struct statement s;
    struct frozen_words w;
    const char *hidden;
    TRY(frozen_open(c, f, AUDIENCE_PUBLIC, &s, &w, &hidden));
    sb_printf(b, tr(c, "■ %s(%s)\n"), s.name != NULL ? s.name : tr(c, WITHHELD_MARK), frozen_section(c, &w, s.lead));
    if (s.summary != NULL)
        sb_printf(b, "  %s\n", s.summary);
    for (size_t i = 0; i < s.partners_n; i++)
        if (s.partners[i].organization == organization) {
            const char *name = s.partners[i].name != NULL ? s.partners[i].name : frozen_organization(c, &w, organization);
            sb_printf(b, tr(c, "  名前: %s\n"), name);
            if (s.partners[i].kind != NULL)
                sb_printf(b, tr(c, "  種類: %s\n"), frozen_word(c, &w, "partner_kind", s.partners[i].kind));
            if (s.partners[i].role != NULL)
                sb_printf(b, tr(c, "  役割: %s\n"), s.partners[i].role);
        }
    if (s.purpose_partner != NULL)
        sb_printf(b, tr(c, "  相手の目的: %s\n"), s.purpose_partner);
    sb_add(b, "\n");
    return OK;
}

static enum err write_letter(struct ctx *c, const struct draft *d, const struct notice_line *l, const char *code, const char *due_on, int64_t notice)
{
    struct frozen *f = NULL;
    size_t n = 0;
    struct sb facts;
    sb_init(&facts, c->arena);
    TRY(rows_of(c, d->id, l->organization, &f, &n));
    for (size_t i = 0; i < n; i++)
        TRY(letter_facts(c, &f[i], l->organization, &facts));
    const char *base = c->app->base_url != NULL ? c->app->base_url : "", *site = setting(c, "site_name"), *office = setting(c, "secretariat_name"), *phone = setting(c, "secretariat_phone");
    struct letter letter = {.to_name = l->name, .to_mail = l->mail, .subject = arena_printf(c->arena, tr(c, "%sの台帳に載せる内容をご確認ください"), fiscal_year_long(c->arena, d->year)),
                            .about = "notice", .about_id = notice, .account = NONE};
    letter.body = arena_printf(c->arena,
        tr(c, "%s 御中\n\n%sの協働事業の台帳を、まもなく公開します。貴団体について次の内容を載せます。公開の前にお確かめください。\n\n%s"
              "全部の内容を見て返事をする画面: %s/notices/%s\n(登録はいりません。この番号は貴団体だけのものです: %s)\n\n"
              "直してほしいところがあれば、%sまでにお知らせください。返事がないときは、この内容で公開します。\n\n%s%s%s%s\n"),
        l->name, fiscal_year_long(c->arena, d->year), sb_str(&facts), base, code, code, date_long(c->arena, due_on), site != NULL ? site : "", office != NULL ? "\n" : "",
        office != NULL ? office : "", phone != NULL ? arena_printf(c->arena, tr(c, " 電話 %s"), phone) : "");
    return outbox_put(c, &letter, NULL);
}

static enum err tell(struct ctx *c, const struct draft *d, const struct notice_line *l, const char *due_on)
{
    struct notice x;
    const char *code = crypto_printed_code(c->arena, CODE_GROUPS);
    if (l->told != NULL)
        entity_copy(c->arena, &notice_entity, &x, l->told);
    else {
        entity_init(&notice_entity, &x);
        x.version = 1;
        x.year = d->year;
        x.number = d->number;
        x.organization = l->organization;
        x.demo = d->demo;
    }
    x.code_hash = code_hash(c, code);
    x.due_on = due_on;
    x.sent_at = c->now;
    x.state = "sent";
    TRY(record_save(c, &notice_entity, l->told, &x, l->told != NULL ? "notice.again" : "notice.new"));
    return write_letter(c, d, l, code, due_on, x.id);
}

enum err notices_send(struct ctx *c, int64_t edition, const int64_t *organization, size_t n, const char *due_on)
{
    struct draft d;
    struct notice_line *line = NULL;
    size_t lines = 0;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY_DB(c, db_exec(c->db, "UPDATE edition SET state = state WHERE id = $1", P(edition)));
    TRY(load_draft(c, edition, &d));
    TRY(notices_plan(c, edition, &line, &lines));
    size_t faults = c->fail.faults_n;
    if (n == 0)
        fail_field(&c->fail, "organizations", "%s", tr(c, "知らせる団体を1つ以上選んでください"));
    const char *due = due_on != NULL ? date_parse(c->arena, due_on) : NULL;
    if (due == NULL)
        fail_field(&c->fail, "due_on", "%s", tr(c, "返事の期限を入力してください(例: R8.6.30、2026/6/30)"));
    else if (strcmp(due, instant_date(c->arena, c->now)) < 0)
        fail_field(&c->fail, "due_on", "%s", tr(c, "返事の期限は、きょうから後の日にしてください"));
    if (c->fail.faults_n > faults)
        return E_INPUT;
    for (size_t i = 0; i < n; i++) {
        const struct notice_line *l = NULL;
        for (size_t k = 0; k < lines; k++)
            if (line[k].organization == organization[i])
                l = &line[k];
        if (l == NULL)
            return fail(c, E_INPUT, "%s", tr(c, "この版に載っていない団体が選ばれています。"));
        TRY(tell(c, &d, l, due));
    }
    return OK;
}

/* --- the partner's side --- */

enum err notice_find(struct ctx *c, const char *code, struct notice *out)
{
    struct notice *v = NULL;
    size_t n = 0;
    struct sql tail;
    const char *typed = code != NULL ? text_nfkc(c->arena, code) : "";
    char *upper = arena_dup(c->arena, typed);
    for (char *p = upper; *p != '\0'; p++)
        *p = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE code_hash = $", P(code_hash(c, upper)));
    TRY_DB(c, entity_select(c->db, c->arena, &notice_entity, &tail, false, &v, &n));
    if (n == 0)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この番号の知らせはありません。手紙の番号をもう一度確かめてください。新しい手紙が届いているときは、新しいほうの番号を使ってください。"));
    *out = v[0];
    return OK;
}

enum err notice_frozen(struct ctx *c, const struct notice *x, int64_t *edition, bool *published, struct frozen **out, size_t *n)
{
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id, state FROM edition WHERE year = $1 AND number = $2", P(x->year, x->number));
    bool found = db_next(q);
    if (found) {
        *edition = db_int(q, 0);
        *published = text_eq(db_text(q, 1), "published");
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    if (!found)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "いま内容を直しています。"));
    return rows_of(c, *edition, x->organization, out, n);
}

enum err notice_reply(struct ctx *c, const char *code, bool agreed, const char *writer, const char *words)
{
    struct notice before, after;
    struct frozen *f = NULL;
    size_t n = 0, faults = c->fail.faults_n;
    int64_t edition = NONE;
    bool published = false;
    TRY(notice_find(c, code, &before));
    TRY_DB(c, db_exec(c->db, "UPDATE notice SET state = state WHERE id = $1", P(before.id)));
    TRY(record_load(c, &notice_entity, before.id, &before));
    enum err e = notice_frozen(c, &before, &edition, &published, &f, &n);
    if (e != OK && e != E_NOT_FOUND)
        return e;
    failure_clear(&c->fail);
    if (published)
        return fail(c, E_CONFLICT, "%s", tr(c, "この版はもう公開しました。直してほしいところは、公開のページの「まちがいを知らせる」から知らせてください。"));
    if (!agreed && words == NULL)
        fail_field(&c->fail, "words", "%s", tr(c, "直してほしいところを入力してください"));
    if (c->fail.faults_n > faults)
        return E_INPUT;
    entity_copy(c->arena, &notice_entity, &after, &before);
    after.state = agreed ? "agreed" : "objected";
    after.writer = writer;
    after.words = agreed ? NULL : words;
    after.answer = NULL;
    after.answered_at = NONE;
    after.replied_at = c->now;
    TRY(record_check(c, &notice_entity, &after, before.year, false));
    return record_save(c, &notice_entity, &before, &after, agreed ? "notice.agree" : "notice.object");
}

/* --- the secretariat's --- */

enum err notice_answer(struct ctx *c, int64_t notice, const char *answer)
{
    struct notice before, after;
    struct organization o;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY_DB(c, db_exec(c->db, "UPDATE notice SET state = state WHERE id = $1", P(notice)));
    TRY(record_load(c, &notice_entity, notice, &before));
    if (!text_eq(before.state, "objected"))
        return fail(c, E_CONFLICT, "%s", tr(c, "答えを待っている知らせではありません。"));
    if (answer == NULL)
        return fail_field(&c->fail, "answer", "%s", tr(c, "答えを入力してください"));
    entity_copy(c->arena, &notice_entity, &after, &before);
    after.state = "answered";
    after.answer = answer;
    after.answered_at = c->now;
    TRY(record_check(c, &notice_entity, &after, before.year, false));
    TRY(record_save(c, &notice_entity, &before, &after, "notice.answer"));
    TRY(organization_load(c, before.organization, &o));
    struct letter l = {.to_name = o.name, .to_mail = o.mail, .subject = tr(c, "台帳に載せる内容について、お答えします"), .about = "notice", .about_id = before.id, .account = NONE};
    l.body = arena_printf(c->arena, tr(c, "%s 御中\n\n%sの台帳に載せる内容について、お知らせいただいたことにお答えします。\n\nお知らせの内容:\n%s\n\nお答え:\n%s\n"), o.name,
                          fiscal_year_long(c->arena, before.year), before.words != NULL ? before.words : "", answer);
    return outbox_put(c, &l, NULL);
}

enum err notice_todos(struct ctx *c, struct todos *list)
{
    if (!user_is(c->user, ROLE_SECRETARIAT))
        return OK;
    struct notice *v = NULL;
    size_t n = 0;
    struct sql tail;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE state = 'objected' ORDER BY id LIMIT $", P((int64_t)TODOS_MOST));
    TRY_DB(c, entity_select(c->db, c->arena, &notice_entity, &tail, true, &v, &n));
    for (size_t i = 0; i < n; i++) {
        int64_t edition = NONE;
        enum err e = db_get_int(c->db, "SELECT id FROM edition WHERE year = $1 AND number = $2", P(v[i].year, v[i].number), &edition);
        if (e != E_NOT_FOUND)
            TRY_DB(c, e);
        todo_add(c, list, (struct todo){.text = tr(c, "公開前の知らせに答える"), .about = organization_label(c, v[i].organization),
                                        .to = edition != NONE ? url_path(c->arena, "/editions/%lld/notices", (long long)edition) : url_path(c->arena, "/editions/new?year=%lld", (long long)v[i].year),
                                        .due = NONE});
    }
    return OK;
}
