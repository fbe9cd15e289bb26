/* What somebody outside says of a public entry, and what partners say before it is public. */
#include "area/organization/organization.h"
#include "area/register/correction.h"
#include "area/register/correction_request.h"
#include "area/register/notice.h"
#include "core/audit.h"
#include "core/job.h"
#include "core/page.h"
#include "http/register_http.h"

static enum err publish_2025(struct ctx *c, struct town *t)
{
    int64_t id = NONE;
    (void)t;
    TRY(edition_make(c, 2025, NULL, &id));
    return edition_publish(c, id, NONE);
}

static enum err log_holds(struct ctx *c, void *arg)
{
    struct audit_report report;
    (void)arg;
    return audit_verify(c, &report);
}

static enum err erase_now(struct ctx *c, void *arg)
{
    (void)arg;
    return requests_erase(c, NONE);
}

TEST(anybody_says_what_is_wrong_and_is_answered)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        if (!works(&t, publish_2025))
            continue;
        int64_t road = client_int(cl, "SELECT max(project) FROM statement WHERE name = 'ロードクリーン(例)'");
        const char *form = PATH("/projects/%lld/request", (long long)road);
        client_nobody(cl);
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)road)), 200);
        CHECK(client_sees(cl, PATH("href=\"%s\"", form)));
        CHECK_INT(client_get(cl, form), 200);
        CHECK(client_form(cl, form));
        client_set(cl, "mail", "まちがい");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "どこがどうちがうかを入力してください") && client_sees(cl, "value=\"まちがい\""));
        CHECK(client_form(cl, form));
        client_set(cl, "place", "budget");
        client_set(cl, "body", "予算は120万円ではなく、150万円のはずです");
        client_set(cl, "name", "例川さん");
        client_set(cl, "mail", "reikawa@example.jp");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        const char *receipt = client_text(cl, "SELECT receipt FROM correction_request WHERE id = 1");
        CHECK(client_sees(cl, "受け付けました") && client_sees(cl, receipt) && !client_sees(cl, "例川さん"));
        /* The same form again is the same request; a made-up receipt says nothing. */
        CHECK_INT(client_get(cl, PATH("%s?receipt=AAAA-BBBB", form)), 200);
        CHECK(!client_sees(cl, "受け付けました"));
        /* Flooded: told to wait, and what was typed stays. */
        int status = 303;
        for (int i = 0; i < 4 && status == 303; i++) {
            CHECK_INT(client_get(cl, form), 200);
            CHECK(client_form(cl, form));
            client_set(cl, "body", "また知らせます");
            status = client_send(cl);
        }
        CHECK_INT(status, 422);
        CHECK(client_sees(cl, "秒待って") && client_sees(cl, "また知らせます"));
        client_exec(cl, "DELETE FROM correction_request WHERE id > 1");
        /* Not there: a project that nobody may see. */
        int64_t draft = client_int(cl, "SELECT max(project) FROM statement WHERE name = '出されなかった事業(例)'");
        CHECK_INT(client_get(cl, PATH("/projects/%lld/request", (long long)draft)), 404);
        /* The section and the secretariat have it to do; another section does not even see it. */
        client_as(cl, t.officer[RIVER]);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(!client_sees(cl, "まちがいの知らせに返事をする"));
        CHECK_INT(client_get(cl, "/requests/1"), 403);
        CHECK_INT(client_get(cl, "/requests"), 200);
        CHECK(!client_sees(cl, receipt));
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "まちがいの知らせに返事をする"));
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/requests"), 200);
        CHECK(client_sees(cl, receipt) && client_sees(cl, "予算額"));
        CHECK_INT(client_get(cl, "/requests/1"), 200);
        CHECK(client_sees(cl, "150万円のはずです") && client_sees(cl, "例川さん"));
        CHECK(client_form(cl, "/requests/1"));
        CHECK_INT(client_send(cl), 422);
        CHECK(client_form(cl, "/requests/1"));
        client_set(cl, "result", "mended");
        client_set(cl, "answer", "補正後の額に直しました。");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "直した版を選んでください") && client_sees(cl, "補正後の額に直しました。"));
        CHECK(client_form(cl, "/requests/1"));
        client_set(cl, "edition", "1");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "事務局のメールで送ってください")); /* no mail server: nothing is promised that nobody does */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox WHERE about = 'correction_request' AND to_mail = 'reikawa@example.jp' AND body LIKE '%補正後の額に直しました。%' AND body LIKE '%/editions/1%'"), 1);
        CHECK_INT(client_get(cl, "/requests/1"), 200);
        CHECK(client_sees(cl, "直した") && !client_form(cl, "/requests/1"));
        /* After the period the person is gone: record, log, letters; the log still proves itself. */
        client_exec(cl, SQL("UPDATE correction_request SET answered_at = answered_at - %d", (REQUEST_KEEP_DAYS + 1) * 86400));
        CHECK_INT(in_write(client_ctx(cl), erase_now, NULL), OK);
        static const char *const gone[] = {"例川", "reikawa", "150万円のはず"};
        for (size_t i = 0; i < 3; i++) {
            CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM correction_request WHERE name LIKE '%%%s%%' OR mail LIKE '%%%s%%' OR body LIKE '%%%s%%'", gone[i], gone[i], gone[i])), 0);
            CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM audit_value WHERE before LIKE '%%%s%%' OR after LIKE '%%%s%%'", gone[i], gone[i])), 0);
            CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM outbox WHERE to_name LIKE '%%%s%%' OR to_mail LIKE '%%%s%%' OR body LIKE '%%%s%%'", gone[i], gone[i], gone[i])), 0);
        }
        CHECK_INT(in_read(client_ctx(cl), log_holds, NULL), OK);
        CHECK_INT(client_get(cl, "/requests/1"), 200);
        CHECK(client_sees(cl, "消しました"));
    }
}

TEST(a_days_flood_is_turned_to_the_telephone)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, publish_2025);
        for (int i = 0; i < REQUESTS_A_DAY; i++)
            client_exec(cl, SQL("INSERT INTO correction_request (receipt, entity, record, state, made_at, demo) VALUES ('x%d', 'project', 1, 'open', %lld, FALSE)", i, (long long)IN_MAY - 10));
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/projects/1/request"), 200);
        CHECK(client_form(cl, "/projects/1/request"));
        client_set(cl, "body", "ちがいます");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "電話で知らせてください") && client_sees(cl, "ちがいます"));
    }
}

/* --- partners --- */

static enum err link_partners(struct ctx *c, struct town *t)
{
    static const char *const names[] = {"みどりの会(例)", "紙の会(例)"};
    struct correction_case k;
    struct statement after;
    struct statement_partner partner[2];
    int64_t road = NONE, edition = NONE;
    (void)t;
    TRY_DB(c, db_get_int(c->db, "SELECT project FROM statement WHERE name = 'ロードクリーン(例)'", P0, &road));
    TRY(correction_case_load(c, road, 2025, true, &k));
    entity_copy(c->arena, &statement_entity, &after, &k.s);
    for (size_t i = 0; i < 2; i++) {
        struct organization o;
        entity_init(&organization_entity, &o);
        o.name = names[i];
        o.kind = "volunteer";
        o.mail = i == 0 ? "midori@example.jp" : NULL;
        TRY(organization_save(c, NULL, &o));
        entity_init(&statement_partner_entity, &partner[i]);
        partner[i].name = names[i];
        partner[i].organization = o.id;
        partner[i].role = i == 0 ? "苗を育てる" : "ちらしを配る";
    }
    after.partners = partner;
    after.partners_n = 2;
    TRY(statement_correct(c, &k.s, &after, "相手を登録と結びつけた"));
    return edition_make(c, 2025, NULL, &edition);
}

/* The code in the letter to somebody. */
static const char *code_for(struct client *cl, const char *name)
{
    const char *body = client_text(cl, SQL("SELECT body FROM outbox WHERE about = 'notice' AND to_name = '%s' AND body LIKE '%%/notices/%%' ORDER BY id DESC LIMIT 1", name));
    const char *at = body != NULL ? strstr(body, "/notices/") : NULL;
    return CHECK(at != NULL) ? arena_dup_n(client_ctx(cl)->arena, at + 9, strcspn(at + 9, "\n")) : "";
}

static enum err make_anew(struct ctx *c, struct town *t)
{
    int64_t id = NONE;
    (void)t;
    TRY_DB(c, db_get_int(c->db, "SELECT max(id) FROM edition", P0, &id));
    TRY(edition_discard(c, id));
    return edition_make(c, 2025, NULL, &id);
}

TEST(partners_see_it_before_it_is_public)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        if (!works(&t, link_partners))
            continue;
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/editions/1/publish"), 200);
        CHECK(client_sees(cl, "まだ内容を知らせていません"));
        CHECK_INT(client_get(cl, "/editions/1/notices"), 200);
        CHECK(client_sees(cl, "みどりの会(例)") && client_sees(cl, "midori@example.jp") && client_sees(cl, "紙(メールアドレスなし)"));
        CHECK(client_form(cl, "/editions/1/notices"));
        client_set(cl, "due_on", "令和元年");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "value=\"令和元年\""));
        CHECK(client_form(cl, "/editions/1/notices"));
        client_set(cl, "due_on", "2026/5/24");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM notice WHERE year = 2025 AND number = 1"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox WHERE about = 'notice' AND body LIKE '%苗を育てる%' AND body LIKE '%ロードクリーン(例)%' AND to_mail = 'midori@example.jp'"), 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox WHERE about = 'notice' AND body LIKE '%ちらしを配る%' AND to_mail IS NULL AND state = 'paper'"), 1);
        const char *code = code_for(cl, "みどりの会(例)"), *other = code_for(cl, "紙の会(例)");
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM notice WHERE code_hash LIKE '%%%s%%'", code)), 0);
        /* The partner, without an account. */
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/notices/AAAA-BBBB-CCCC-DDDD"), 404);
        CHECK_INT(client_get(cl, "/editions/1"), 404);
        const char *page = PATH("/notices/%s", code);
        CHECK_INT(client_get(cl, page), 200);
        CHECK(client_sees(cl, "苗を育てる") && client_sees(cl, "5月24日") && !client_sees(cl, "担当者の名前"));
        CHECK(client_form(cl, page));
        client_set(cl, "reply", "object");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "直してほしいところを入力してください"));
        CHECK(client_form(cl, page));
        client_set(cl, "reply", "object");
        client_set(cl, "words", "役割は「苗を配る」です");
        client_set(cl, "writer", "例野");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "返事を受け取りました") && client_sees(cl, "苗を配る"));
        CHECK_INT(client_get(cl, PATH("/notices/%s", other)), 200);
        CHECK(!client_sees(cl, "苗を配る"));
        CHECK(client_form(cl, PATH("/notices/%s", other)));
        client_set(cl, "reply", "agree");
        CHECK_INT(client_send(cl), 303);
        /* The objection is to be done, and stands before publishing. */
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "公開前の知らせに答える"));
        CHECK_INT(client_get(cl, "/editions/1/publish"), 200);
        CHECK(client_sees(cl, "これでよい 1") && client_sees(cl, "直してほしい(答え待ち) 1"));
        CHECK(client_form(cl, "/editions/1/publish"));
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "残っていることを確かめて"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM edition WHERE state = 'published'"), 0);
        /* The draft is made anew: the notices stay with it. */
        works(&t, make_anew);
        int64_t draft = client_int(cl, "SELECT max(id) FROM edition");
        CHECK_INT(client_get(cl, PATH("/editions/%lld/notices", (long long)draft)), 200);
        CHECK(client_sees(cl, "苗を配る"));
        CHECK(client_form(cl, PATH("/editions/%lld/notices/", (long long)draft)));
        CHECK_INT(client_send(cl), 422);
        CHECK(client_form(cl, PATH("/editions/%lld/notices/", (long long)draft)));
        client_set(cl, PATH("answer-%lld", (long long)client_int(cl, "SELECT id FROM notice WHERE state = 'objected'")), "直しました。");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox WHERE about = 'notice' AND body LIKE '%直しました。%'"), 1);
        CHECK_INT(client_get(cl, PATH("/editions/%lld/publish", (long long)draft)), 200);
        CHECK(client_form(cl, PATH("/editions/%lld/publish", (long long)draft)));
        CHECK_INT(client_send(cl), 303);
        client_nobody(cl);
        CHECK_INT(client_get(cl, page), 200);
        CHECK(client_sees(cl, "もう公開しました") && client_sees(cl, "直しました。") && !client_form(cl, page));
        /* Nobody but the secretariat sends. */
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, PATH("/editions/%lld/notices", (long long)draft)), 403);
    }
}

TEST_MAIN
