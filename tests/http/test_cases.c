/* 事例照会: municipalities asked, answering by account or on paper, published beside the register and counted apart. */
#include "area/register/cases.h"
#include "http/register_http.h"

TEST(a_city_answers_and_is_published_apart)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.secretariat);
        /* The city's own record, by the page. */
        const char *city = client_text(cl, "SELECT label FROM vocabulary WHERE kind='municipality' ORDER BY position, id LIMIT 1");
        const char *code = client_text(cl, "SELECT code FROM vocabulary WHERE kind='municipality' ORDER BY position, id LIMIT 1");
        const char *other = client_text(cl, "SELECT max(code) FROM vocabulary WHERE kind='municipality'");
        CHECK_INT(client_get(cl, "/organizations/new"), 200);
        CHECK(client_form(cl, "/organizations/new"));
        client_set(cl, "name", city);
        client_set(cl, "kind", "municipality");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_get(cl, "/organizations/new"), 200); /* and a second record of the same city: the one with a user counts */
        CHECK(client_form(cl, "/organizations/new"));
        client_set(cl, "name", city);
        client_set(cl, "kind", "municipality");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_form(cl, "/organizations/new"));
        client_add(cl, "not_same", "1");
        CHECK_INT(client_send(cl), 303);
        int64_t organization = client_int(cl, "SELECT max(id) FROM organization WHERE kind='municipality'");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE kind='municipality'"), 2);
        const char *user = client_user(cl, "municipality", NONE, organization);

        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/case-inquiries/new"), 200);
        CHECK(client_form(cl, "/case-inquiries/new"));
        CHECK_INT(client_send(cl), 422); /* no due date */
        CHECK(client_sees(cl, "締切の日を入力してください"));
        CHECK(client_form(cl, "/case-inquiries/new"));
        client_set(cl, "due_on", "2026-06-10");
        client_add(cl, "municipalities", code);
        client_add(cl, "municipalities", other);
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "あて先(2市町村)") && client_sees(cl, city) && client_sees(cl, "利用者1人") && client_sees(cl, "利用者なし")); /* before it goes */
        int64_t letters = client_int(cl, "SELECT count(*) FROM outbox");
        CHECK(client_form(cl, "/case-inquiries/"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM case_answer"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox"), letters + 2); /* the one without an account by its name */
        int64_t inquiry = client_int(cl, "SELECT max(id) FROM case_inquiry"), mine = client_int(cl, SQL("SELECT id FROM case_answer WHERE organization=%lld", (long long)organization));
        int64_t theirs = client_int(cl, SQL("SELECT id FROM case_answer WHERE id<>%lld", (long long)mine));

        client_as(cl, user);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "事例照会に回答する"));
        CHECK_INT(client_get(cl, PATH("/case-answers/%lld", (long long)theirs)), 403);
        CHECK_INT(client_get(cl, "/inquiries"), 403);
        CHECK_INT(client_get(cl, PATH("/case-answers/%lld", (long long)mine)), 200);
        CHECK(client_sees(cl, "事例はないと回答する") && !client_sees(cl, "件で提出する")); /* what is only typed is not handed in: said on the button */
        CHECK(client_form(cl, PATH("/case-answers/%lld", (long long)mine)));
        client_set(cl, "name", "町の花いっぱい運動(例)");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "内容を入力してください") && client_sees(cl, "町の花いっぱい運動(例)"));
        CHECK(client_form(cl, PATH("/case-answers/%lld", (long long)mine)));
        client_set(cl, "summary", "自治会と花を植える(例)");
        client_set(cl, "website", "javascript:alert(1)");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_form(cl, PATH("/case-answers/%lld", (long long)mine)));
        client_set(cl, "website", "https://machi.rei.example/");
        client_set(cl, "budget", "120");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT budget FROM municipal_case"), 120000);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "この1件で提出する"));
        CHECK(client_form(cl, PATH("/case-answers/%lld/step", (long long)mine)));
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM case_answer WHERE id=%lld", (long long)mine)), "submitted");

        /* The other one by telephone. */
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("/case-answers/%lld", (long long)theirs)), 200);
        CHECK(client_form(cl, PATH("/case-answers/%lld/step", (long long)theirs)));
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "受け取り方を選んでください"));
        CHECK(client_form(cl, PATH("/case-answers/%lld/step", (long long)theirs)));
        client_set(cl, "entered_how", "telephone");
        client_set(cl, "received_on", "2026-05-09");
        client_set(cl, "received_by", "例木 事務子");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "電話で例木 事務子が受け取り"));
        CHECK(client_form(cl, PATH("/case-answers/%lld", (long long)theirs)));
        client_set(cl, "name", "見守り(例)");
        client_set(cl, "summary", "声をかけあう(例)");
        CHECK_INT(client_send(cl), 303);
        /* Not handed in: not published. Nothing shows before publishing. */
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/municipal-cases"), 200);
        CHECK(!client_sees(cl, "町の花いっぱい運動"));
        client_as(cl, t.secretariat);
        int64_t items = client_int(cl, "SELECT count(*) FROM edition_item");
        for (size_t i = 0; i < 2; i++) {
            CHECK_INT(client_get(cl, PATH("/case-inquiries/%lld", (long long)inquiry)), 200);
            CHECK(client_form(cl, PATH("/case-inquiries/%lld", (long long)inquiry)));
            CHECK_INT(client_send(cl), 303);
        }
        CHECK_TEXT(client_text(cl, "SELECT state FROM case_inquiry"), "published");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM edition_item"), items);
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/municipal-cases"), 200);
        CHECK(client_sees(cl, "町の花いっぱい運動(例)") && client_sees(cl, "県の事業の数には入れていません") && client_sees(cl, "https://machi.rei.example/"));
        CHECK(!client_sees(cl, "見守り(例)") && !client_sees(cl, "例木"));
        /* Closed is closed. */
        client_as(cl, user);
        CHECK_INT(client_get(cl, PATH("/case-answers/%lld", (long long)mine)), 200);
        CHECK(client_sees(cl, "この事例照会は閉じられました"));
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_form(cl, "/logout"));
        CHECK_INT(client_post(cl, PATH("/case-answers/%lld", (long long)mine), PATH("csrf=%s&shown=name+summary&name=x&summary=y", client_value(cl, "csrf"))), 409);
    }
}

TEST_MAIN
