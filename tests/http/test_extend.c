/* The secretariat and one section: more time, paper, mended wording, the reminder before the due date; two rounds that meet in one edition. */
#include "core/job.h"
#include "http/register_http.h"

static enum err warn(struct ctx *c, struct town *t) { (void)t; return answers_warn(c, 0); }

static enum err decide_road(struct ctx *c, struct town *t)
{
    int64_t a = NONE;
    struct statement *v = NULL;
    size_t n = 0;
    TRY(answer_of(c, t->inquiry, t->unit[ROAD], &a));
    TRY(answer_statements(c, a, &v, &n));
    for (size_t k = 0; k < n; k++)
        TRY(statement_decide(c, v[k].id, "same", NULL));
    return OK;
}
static enum err submit_road(struct ctx *c, struct town *t)
{
    int64_t a = NONE;
    TRY(answer_of(c, t->inquiry, t->unit[ROAD], &a));
    return answer_submit(c, a);
}
static enum err none_welfare(struct ctx *c, struct town *t)
{
    int64_t a = NONE;
    TRY(answer_of(c, t->inquiry, t->unit[WELFARE], &a));
    return answer_none(c, a);
}

TEST(one_section_has_more_time)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, decide_road);
        int64_t road = answer_id(&t, ROAD);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)road)), 200);
        CHECK(client_sees(cl, "この課の締切をのばす…"));
        CHECK_INT(client_get(cl, PATH("/answers/%lld/extend", (long long)road)), 200);
        CHECK(client_form(cl, PATH("/answers/%lld/extend", (long long)road)));
        client_set(cl, "extended_to", "2026-06-10"); /* that is the due date itself */
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "より後にしてください") && client_sees(cl, "のばす理由を入力してください"));
        CHECK(client_form(cl, PATH("/answers/%lld/extend", (long long)road)));
        client_set(cl, "extended_to", "R8.6.20");
        client_set(cl, "extended_why", "災害対応のため(例)");
        int64_t letters = client_int(cl, "SELECT count(*) FROM outbox");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox"), letters + 1);
        CHECK(strstr(client_text(cl, "SELECT body FROM outbox ORDER BY id DESC LIMIT 1"), "災害対応のため(例)") != NULL);
        CHECK_INT(client_get(cl, PATH("/inquiries/%lld", (long long)t.inquiry)), 200);
        CHECK(client_sees(cl, "締切をR8.6.20までのばした"));
        /* The section sees it: page, list, to-do. */
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)road)), 200);
        CHECK(client_sees(cl, "6月20日") && client_sees(cl, "災害対応のため(例)"));
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "6月20日") && client_sees(cl, "1週間より先"));
        /* After the others' date, before its own: not late. */
        client_clock(cl, TOO_LATE + 86400);
        works(&t, submit_road);
        works(&t, none_welfare);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM answer WHERE id=%lld AND NOT late", (long long)road)), 1);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM answer WHERE id=%lld AND late", (long long)answer_id(&t, WELFARE))), 1);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/extend", (long long)road)), 409);
        client_as(cl, t.officer[RIVER]);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/extend", (long long)answer_id(&t, RIVER))), 403);
    }
}

TEST(wording_mended_and_the_section_told)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, decide_road);
        works(&t, submit_road);
        int64_t road = answer_id(&t, ROAD), cleaning = statement_id(&t, road, "ロードクリーン(例)");
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/projects/%lld", (long long)road, (long long)cleaning)), 200);
        CHECK(client_sees(cl, "字句を直して、課に知らせる"));
        CHECK(client_form(cl, PATH("/answers/%lld/projects/%lld", (long long)road, (long long)cleaning)));
        client_set(cl, "summary", "");
        CHECK_INT(client_send_with(cl, "go", "mend"), 422); /* what was complete stays complete */
        CHECK(client_form(cl, PATH("/answers/%lld/projects/%lld", (long long)road, (long long)cleaning)));
        client_set(cl, "summary", "道路のごみを地域の団体と拾う");
        int64_t letters = client_int(cl, "SELECT count(*) FROM outbox");
        CHECK_INT(client_send_with(cl, "go", "mend"), 303);
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM answer WHERE id=%lld", (long long)road)), "submitted");
        CHECK_TEXT(client_text(cl, SQL("SELECT summary FROM statement WHERE id=%lld", (long long)cleaning)), "道路のごみを地域の団体と拾う");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox"), letters + 1);
        const char *body = client_text(cl, "SELECT body FROM outbox ORDER BY id DESC LIMIT 1");
        CHECK(strstr(body, "直す前: 道路のごみを地域の団体といっしょに拾う") != NULL && strstr(body, "直した後: 道路のごみを地域の団体と拾う") != NULL);
        CHECK(strstr(body, "予算額") == NULL); /* only what changed */
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)road)), 200);
        CHECK(client_sees(cl, "事務局が字句を直しました"));
        CHECK_INT(client_get(cl, PATH("/answers/%lld/projects/%lld", (long long)road, (long long)cleaning)), 200);
        CHECK(!client_form(cl, PATH("/answers/%lld/projects/%lld", (long long)road, (long long)cleaning)));
    }
}

TEST(two_days_before_those_who_have_not_handed_in_are_reminded_once)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, decide_road); /* a draft */
        works(&t, none_welfare);
        int64_t letters = client_int(cl, "SELECT count(*) FROM outbox");
        client_clock(cl, LAST_SECOND - 49 * 3600);
        works(&t, warn);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox"), letters); /* not yet */
        client_clock(cl, LAST_SECOND - 47 * 3600);
        works(&t, warn);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox"), letters + 4); /* all but 福祉課 */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox WHERE subject LIKE '締切まで2日です%' AND why LIKE '道路保全課%'"), 1);
        CHECK(strstr(client_text(cl, "SELECT body FROM outbox WHERE subject LIKE '締切まで2日です%' AND why LIKE '道路保全課%'"), "下書きがあります") != NULL);
        CHECK(strstr(client_text(cl, "SELECT body FROM outbox WHERE subject LIKE '締切まで2日です%' AND why LIKE '河川課%'"), "決まっていない昨年度の事業が1件") != NULL);
        works(&t, warn);
        client_clock(cl, LAST_SECOND - 3600);
        works(&t, warn);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox"), letters + 4); /* once */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox WHERE body='' OR subject=''"), 0);
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "今日まで"));
    }
}

TEST(paper_says_who_received_it_and_when)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.secretariat);
        int64_t sea = answer_id(&t, SEA);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/enter", (long long)sea)), 200);
        CHECK(client_form(cl, PATH("/answers/%lld/enter", (long long)sea)));
        client_set(cl, "entered_how", "telephone");
        client_set(cl, "received_on", "2026/5/9");
        client_set(cl, "received_by", "例木 事務子");
        client_set(cl, "entered_for", "停電のため電話で聞いた(例)");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "電話で例木 事務子が受け取り") && client_sees(cl, "5月9日"));
    }
}

static enum err second_round(struct ctx *c, struct town *t)
{
    int64_t budget = t->inquiry, start = NONE, a = NONE, edition = NONE;
    struct statement *v = NULL, s;
    size_t n = 0;
    TRY(decide_road(c, t));
    TRY(submit_road(c, t));
    TRY(inquiry_close(c, budget));
    c->now += 60;
    TRY(open_round(c, 2026, DUE, "start", &start));
    TRY(answer_of(c, start, t->unit[ROAD], &a));
    TRY(answer_statements(c, a, &v, &n));
    for (size_t i = 0; i < n; i++) {
        if (!text_eq(v[i].name, "ロードクリーン(例)")) {
            TRY(statement_decide(c, v[i].id, "same", NULL));
            continue;
        }
        entity_copy(c->arena, &statement_entity, &s, &v[i]);
        s.budget = 5000000;
        TRY(statement_save(c, &v[i], &s));
    }
    TRY(answer_submit(c, a));
    c->now += 60;
    TRY(inquiry_close(c, start));
    return edition_make(c, 2026, NULL, &edition);
}

static enum err budget_round(struct ctx *c, struct town *t) { return open_round(c, 2026, DUE, "budget", &t->inquiry); }

/* 予算編成時期 and 年度当初 meet in one edition: one project, the later statement. */
TEST(what_two_rounds_report_is_one_project)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, budget_round);
        works(&t, second_round);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM statement s JOIN inquiry i ON i.id=s.inquiry WHERE i.year=2026 AND s.name='ロードクリーン(例)'"), 2);
        CHECK_INT(client_int(cl, "SELECT count(DISTINCT s.project) FROM statement s JOIN inquiry i ON i.id=s.inquiry WHERE i.year=2026 AND s.name='ロードクリーン(例)'"), 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM edition_item i JOIN edition e ON e.id=i.edition JOIN frozen f ON f.id=i.frozen WHERE e.year=2026 AND f.name='ロードクリーン(例)'"), 1);
        CHECK_INT(client_int(cl, "SELECT budget FROM frozen WHERE year=2026 AND name='ロードクリーン(例)'"), 5000000);
    }
}

/* Closing one of two open rounds says that the other one is still open. */
TEST(closing_names_the_other_open_rounds)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, budget_round);
        works(&t, this_year_open);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("/inquiries/%lld/close", (long long)t.inquiry)), 200);
        CHECK(client_sees(cl, "まだ受付中のもの(1)"));
    }
}

TEST_MAIN
