/* The register for the inner network, the meeting's paper and its remarks, good practice, and who has no project. */
#include "area/register/correction.h"
#include "area/register/meeting.h"
#include "area/register/practice.h"
#include "core/page.h"
#include "http/register_http.h"

static enum err publish_with_lesson(struct ctx *c, struct town *t)
{
    struct correction_case k;
    struct statement after;
    int64_t road = NONE, id = NONE;
    (void)t;
    TRY_DB(c, db_get_int(c->db, "SELECT project FROM statement WHERE name = 'ロードクリーン(例)'", P0, &road));
    TRY(correction_case_load(c, road, 2025, true, &k));
    entity_copy(c->arena, &statement_entity, &after, &k.s);
    after.contact_person = "例原道子";
    after.lesson = "早めに日程を決める";
    after.note = "事務局だけのメモ";
    TRY(statement_correct(c, &k.s, &after, "書きたした"));
    TRY(edition_make(c, 2025, NULL, &id));
    return edition_publish(c, id, NONE);
}

TEST(staff_see_contacts_and_lessons_and_nobody_else)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        if (!works(&t, publish_with_lesson))
            continue;
        int64_t road = client_int(cl, "SELECT max(project) FROM statement WHERE name = 'ロードクリーン(例)'");
        const char *project = PATH("/office/editions/1/projects/%lld", (long long)road);
        static const char *const secret[] = {"例原道子", "早めに日程を決める"};
        client_nobody(cl);
        const char *closed[] = {"/office/editions", "/office/editions/1", "/office/editions/1?format=csv", project, "/office/editions/1/paper"};
        for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
            int status = client_get(cl, closed[i]);
            CHECK(status == 303 || status == 401);
        }
        client_user(cl, "member", NONE, NONE);
        CHECK_INT(client_get(cl, "/office/editions/1"), 403);
        /* A section that has nothing to do with it may learn from it. */
        client_as(cl, t.officer[RIVER]);
        CHECK_INT(client_get(cl, "/office/editions"), 200);
        CHECK_INT(client_get(cl, "/office/editions/1"), 200);
        for (size_t i = 0; i < 2; i++)
            CHECK(client_sees(cl, secret[i]));
        CHECK_INT(client_get(cl, project), 200);
        for (size_t i = 0; i < 2; i++)
            CHECK(client_sees(cl, secret[i]));
        CHECK(!client_sees(cl, "事務局だけのメモ"));
        CHECK_INT(client_get(cl, "/office/editions/1?format=csv"), 200);
        for (size_t i = 0; i < 2; i++)
            CHECK(client_sees(cl, secret[i]));
        CHECK(!client_sees(cl, "事務局だけのメモ") && client_sees(cl, "1200"));
        CHECK_INT(client_get(cl, "/office/editions/1?format=xlsx"), 200);
        CHECK(client_body_n(cl) > 2000);
        CHECK(client_int(cl, "SELECT count(*) FROM view_log") > 0);
        /* What is withheld is withheld here too. */
        client_exec(cl, SQL("INSERT INTO withholding (entity, record, field, reason, account, at) VALUES ('project', %lld, 'summary', '理由', 1, 1)", (long long)road));
        CHECK_INT(client_get(cl, project), 200);
        CHECK(!client_sees(cl, "道路のごみを") && client_sees(cl, "(非公開にしました)"));
    }
}

TEST(all_sections_are_told_once_shown_who)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, publish_with_lesson);
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, "/office/editions/1/tell"), 403);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/office/editions/1/tell"), 200);
        CHECK(client_sees(cl, "手紙はすべて印刷して渡します") && !client_sees(cl, "メールで送る人")); /* there is no mail server */
        for (size_t i = 0; i < SECTIONS; i++)
            CHECK(client_sees(cl, section_names[i]));
        CHECK(client_form(cl, "/office/editions/1/tell"));
        client_set(cl, "text", NULL);
        CHECK_INT(client_send(cl), 422);
        CHECK(client_form(cl, "/office/editions/1/tell"));
        client_set(cl, "text", "台帳ができました。");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox WHERE about = 'edition' AND body LIKE '%台帳ができました。%' AND body LIKE '%/office/editions/1%'"), SECTIONS);
        CHECK_INT(client_get(cl, "/office/editions/1/tell"), 200);
        CHECK(client_sees(cl, "2通めが届きます"));
    }
}

static enum err open_2026(struct ctx *c, struct town *t) { return open_round(c, 2026, DUE, "start", &t->inquiry); }

TEST(remarks_of_the_meeting_are_followed_up)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, publish_with_lesson);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/office/editions/1/paper"), 200);
        CHECK(client_sees(cl, "ロードクリーン(例)") && client_sees(cl, "土木部") && client_sees(cl, "まだ書かれていません"));
        CHECK(client_sees(cl, "2 部局ごとの事業数") && client_sees(cl, "3 事業の一覧")); /* no remarks of last year: no gap in the numbers */
        CHECK_INT(client_get(cl, "/office/editions/1/remarks"), 200);
        CHECK(client_form(cl, "/office/editions/1/remarks"));
        client_set(cl, "meeting", "協働推進庁内会議(例)");
        client_set(cl, "held_on", "R99.1.1");
        client_set(cl, "due_on", "2026/9/1");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "協働推進庁内会議(例)"));
        CHECK(client_form(cl, "/office/editions/1/remarks"));
        client_set(cl, "held_on", "2026/5/1");
        client_set(cl, "post", "土木部長");
        client_set(cl, "body", "評価をすべての事業でしてはどうか");
        client_set(cl, "answer", "様式を作ります");
        client_set(cl, "action", "評価の様式を配る");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "評価の様式を配る") && client_sees(cl, "土木部長"));
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "会議で決まったことをする") && client_sees(cl, "評価の様式を配る"));
        /* Next year's inquiry shows it to the sections. */
        works(&t, open_2026);
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)answer_id(&t, ROAD))), 200);
        CHECK(client_sees(cl, "評価をすべての事業でしてはどうか"));
        CHECK_INT(client_get(cl, "/office/remarks/1"), 403);
        CHECK_INT(client_get(cl, "/office/editions/1/paper"), 200);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/office/remarks/1"), 200);
        CHECK(client_form(cl, "/office/remarks/1"));
        client_set(cl, "done_on", "2026/5/9");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(!client_sees(cl, "会議で決まったことをする"));
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/editions/1"), 200);
        CHECK(!client_sees(cl, "土木部長"));
    }
}

TEST(good_practice_is_picked_by_published_criteria)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, publish_with_lesson);
        int64_t road = client_int(cl, "SELECT max(project) FROM statement WHERE name = 'ロードクリーン(例)'");
        const char *form = PATH("/projects/%lld/practice", (long long)road);
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/good-practice"), 200);
        CHECK(client_sees(cl, "相手の強みが生きている") && client_sees(cl, "はじめに用意した案") && client_sees(cl, "まだ選んだ事業はありません"));
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("%s?year=2025", form)), 200);
        CHECK(client_form(cl, form));
        client_set(cl, "state", "public");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "あてはまる基準を1つ以上選び"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM criterion"), 0); /* nothing of a refused form stays */
        CHECK(client_form(cl, form));
        client_set(cl, "reason-2", "地元の会の人手が生きている");
        client_set(cl, "state", "draft");
        CHECK_INT(client_send(cl), 303);
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/good-practice"), 200);
        CHECK(!client_sees(cl, "地元の会の人手"));
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("%s?year=2025", form)), 200);
        CHECK(client_sees(cl, "地元の会の人手が生きている"));
        CHECK(client_form(cl, form));
        client_set(cl, "state", "public");
        CHECK_INT(client_send(cl), 303);
        /* A criterion reworded is the secretariat's own. */
        CHECK_INT(client_get(cl, "/office/criteria"), 200);
        const char *second = PATH("/office/criteria/%lld", (long long)client_int(cl, "SELECT id FROM criterion WHERE position = 2"));
        CHECK_INT(client_get(cl, second), 200);
        CHECK(client_form(cl, second));
        client_set(cl, "words", "県の基準に書きかえた");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM criterion WHERE ours"), 5);
        CHECK_INT(client_get(cl, "/office/criteria"), 200);
        CHECK(client_form(cl, "/office/criteria"));
        CHECK_INT(client_send(cl), 422);
        CHECK(client_form(cl, "/office/criteria"));
        client_set(cl, "name", "県民にわかる");
        client_set(cl, "words", "ことばがやさしい");
        CHECK_INT(client_send(cl), 303);
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/good-practice"), 200);
        CHECK(client_sees(cl, "地元の会の人手が生きている") && client_sees(cl, "県の基準に書きかえた") && client_sees(cl, "県民にわかる") && client_sees(cl, "ロードクリーン(例)"));
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)road)), 200);
        CHECK(client_sees(cl, "よい実践に選ばれています") && client_sees(cl, "地元の会の人手が生きている"));
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, form), 403);
    }
}

TEST(who_never_answered_is_not_counted_as_without_projects)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, publish_with_lesson);
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/statistics"), 200);
        CHECK(client_sees(cl, "事業のない課(1)") && client_sees(cl, "未回答の課(2)"));
        CHECK_INT(client_get(cl, "/statistics/sections"), 200);
        CHECK(client_sees(cl, "<b>2</b>事業のある課") && client_sees(cl, "<b>1</b>事業のない課") && client_sees(cl, "<b>2</b>未回答の課"));
        CHECK_INT(client_get(cl, "/statistics/sections?few=1"), 200);
        CHECK(!client_sees(cl, "道路保全課") && client_sees(cl, "河川課"));
        CHECK_INT(client_get(cl, "/statistics/sections?format=csv"), 200);
        CHECK(client_sees(cl, "福祉課,事業なし,0") && client_sees(cl, "水産課,未回答,0") && client_sees(cl, "道路保全課,事業あり,2"));
    }
}

/* --- before publishing --- */

static enum err make_2025(struct ctx *c, struct town *t)
{
    int64_t id = NONE, other = NONE;
    (void)t;
    TRY(edition_make(c, 2025, NULL, &id));
    return open_round(c, 2025, "2026-06-10", "budget", &other);
}

TEST(publishing_warns_of_an_open_round)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        if (!works(&t, make_2025))
            continue;
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/editions/1"), 200);
        CHECK(client_sees(cl, "第1版」を取りやめる"));
        CHECK_INT(client_get(cl, "/editions/1/publish"), 200);
        CHECK(client_sees(cl, "まだ閉じていない照会があります"));
        CHECK(client_form(cl, "/editions/1/publish"));
        CHECK_INT(client_send(cl), 422);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM edition WHERE state = 'published'"), 0);
        CHECK(client_form(cl, "/editions/1/publish"));
        client_set(cl, "anyway", "1");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM edition WHERE state = 'published'"), 1);
    }
}

TEST_MAIN
