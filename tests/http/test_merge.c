/* Two sections that report one project: made one field by field, parted again, followed by the public; and what joint sections say. */
#include "area/register/merge.h"
#include "http/register_http.h"

static enum err double_put(struct ctx *c, struct town *t)
{
    int64_t a = NONE;
    struct statement *v = NULL, s;
    size_t n = 0;
    TRY(answer_of(c, t->inquiry, t->unit[ROAD], &a));
    TRY(answer_statements(c, a, &v, &n));
    for (size_t k = 0; k < n; k++)
        TRY(statement_decide(c, v[k].id, "same", NULL));
    TRY(answer_submit(c, a));
    TRY(answer_of(c, t->inquiry, t->unit[RIVER], &a));
    TRY(answer_statements(c, a, &v, &n));
    for (size_t k = 0; k < n; k++)
        TRY(statement_decide(c, v[k].id, "same", NULL));
    entity_init(&statement_entity, &s);
    s.answer = a;
    fill(c, &s, "ロードクリーン(例)事業");
    s.budget = 900000;
    s.place = "河川沿い";
    TRY(statement_save(c, NULL, &s));
    return answer_submit(c, a);
}

struct two { int64_t one, other, project, gone; };
static struct two doubled(struct town *t, struct client *cl)
{
    town_open(t, cl);
    works(t, double_put);
    struct two x = {.one = statement_id(t, answer_id(t, ROAD), "ロードクリーン(例)"), .other = statement_id(t, answer_id(t, RIVER), "ロードクリーン(例)事業")};
    x.project = client_int(cl, SQL("SELECT project FROM statement WHERE id=%lld", (long long)x.one));
    x.gone = client_int(cl, SQL("SELECT project FROM statement WHERE id=%lld", (long long)x.other));
    return x;
}

static enum err close_and_publish(struct ctx *c, struct town *t)
{
    int64_t id = NONE;
    if (client_int(t->cl, SQL("SELECT count(*) FROM inquiry WHERE id=%lld AND state='open'", (long long)t->inquiry)) > 0)
        TRY(inquiry_close(c, t->inquiry));
    TRY(edition_make(c, 2026, NULL, &id));
    return edition_publish(c, id, NONE);
}

TEST(two_statements_become_one_project)
{
    EACH_ENGINE(cl) {
        struct town t;
        struct two x = doubled(&t, cl);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("/inquiries/%lld/close", (long long)t.inquiry)), 200);
        CHECK(client_sees(cl, "1つの事業にまとめる…"));
        CHECK_INT(client_get(cl, PATH("/merges?one=%lld&other=%lld", (long long)x.one, (long long)x.other)), 200);
        CHECK(client_sees(cl, "残すほうを入れかえる"));
        CHECK(client_sees(cl, "河川沿い") && client_sees(cl, "1,200") && client_sees(cl, "900"));
        CHECK(client_form(cl, "/merges"));
        CHECK_TEXT(client_value(cl, "take.name"), "one");
        CHECK_TEXT(client_value(cl, "take.place"), "other"); /* the survivor says nothing of it */
        client_set(cl, "take.budget", "other");
        int64_t letters = client_int(cl, "SELECT count(*) FROM outbox");
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, SQL("SELECT name FROM statement WHERE id=%lld", (long long)x.one)), "ロードクリーン(例)");
        CHECK_INT(client_int(cl, SQL("SELECT budget FROM statement WHERE id=%lld", (long long)x.one)), 900000);
        CHECK_TEXT(client_text(cl, SQL("SELECT place FROM statement WHERE id=%lld", (long long)x.one)), "河川沿い");
        CHECK_INT(client_int(cl, SQL("SELECT merged_into FROM project WHERE id=%lld", (long long)x.gone)), x.project);
        CHECK_TEXT(client_text(cl, SQL("SELECT s.name FROM statement_section j JOIN section s ON s.id=j.section WHERE j.owner=%lld", (long long)x.one)), "河川課");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox"), letters + 2); /* both sections are told */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what='statement.merge'"), 1);
        CHECK_INT(client_get(cl, PATH("/inquiries/%lld/close", (long long)t.inquiry)), 200);
        CHECK(!client_sees(cl, "1つの事業にまとめる…"));
        CHECK_INT(client_get(cl, PATH("/merges?one=%lld&other=%lld", (long long)x.other, (long long)x.one)), 409);
        /* The other section sees where its project went, and is not asked about it any more. */
        client_as(cl, t.officer[RIVER]);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)answer_id(&t, RIVER))), 200);
        CHECK(client_sees(cl, "ほかの事業にまとめた"));
        CHECK_INT(client_get(cl, "/answers"), 200);
        CHECK(client_sees(cl, "共に担当している事業") && client_sees(cl, "ロードクリーン(例)"));
        /* In the edition it counts once; its number leads to the survivor. */
        works(&t, close_and_publish);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM edition_item i JOIN edition e ON e.id=i.edition WHERE e.year=2026"), 3);
        client_nobody(cl);
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)x.gone)), 303);
        CHECK_TEXT(client_header_of(cl, "Location"), PATH("/projects/%lld", (long long)x.project));
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "ロードクリーン(例)") && client_sees(cl, "河川課"));
        /* Too late to part them. */
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)answer_id(&t, RIVER))), 200);
        CHECK(!client_sees(cl, "元の2つの事業にもどす"));
    }
}

TEST(before_the_edition_they_are_parted_again)
{
    EACH_ENGINE(cl) {
        struct town t;
        struct two x = doubled(&t, cl);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("/merges?one=%lld&other=%lld", (long long)x.one, (long long)x.other)), 200);
        CHECK(client_form(cl, "/merges"));
        client_set(cl, "take.budget", "other");
        client_set(cl, "take.name", "other");
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, SQL("SELECT name FROM statement WHERE id=%lld", (long long)x.one)), "ロードクリーン(例)事業");
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)answer_id(&t, RIVER))), 200);
        CHECK(client_sees(cl, "元の2つの事業にもどす"));
        CHECK(client_form(cl, "/merges/"));
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, SQL("SELECT name FROM statement WHERE id=%lld", (long long)x.one)), "ロードクリーン(例)");
        CHECK_INT(client_int(cl, SQL("SELECT budget FROM statement WHERE id=%lld", (long long)x.one)), 1200000);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM statement WHERE id=%lld AND place IS NULL AND decision='same'", (long long)x.one)), 1);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM statement_section WHERE owner=%lld", (long long)x.one)), 0);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM statement_partner WHERE owner=%lld", (long long)x.one)), 1);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM project WHERE id=%lld AND merged_into IS NULL", (long long)x.gone)), 1);
        works(&t, close_and_publish);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM edition_item i JOIN edition e ON e.id=i.edition WHERE e.year=2026"), 4);
    }
}

static enum err merge_both(struct ctx *c, struct town *t)
{
    int64_t one = NONE, other = NONE, id = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT id FROM statement WHERE inquiry=$1 AND name='ロードクリーン(例)'", P(t->inquiry), &one));
    TRY_DB(c, db_get_int(c->db, "SELECT id FROM statement WHERE inquiry=$1 AND name='ロードクリーン(例)事業'", P(t->inquiry), &other));
    return project_merge(c, one, other, NULL, 0, &id);
}

/* Merged after the first edition has both: the second has one; the first stays as it is, and the project's page knows both pasts. */
TEST(merged_between_two_editions)
{
    EACH_ENGINE(cl) {
        struct town t;
        struct two x = doubled(&t, cl);
        works(&t, close_and_publish);
        client_nobody(cl);
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)x.gone)), 200);
        client_clock(cl, IN_MAY + 60);
        works(&t, merge_both);
        client_nobody(cl);
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)x.gone)), 200); /* nothing unpublished shows */
        works(&t, close_and_publish);
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)x.gone)), 303);
        int64_t first = client_int(cl, "SELECT min(id) FROM edition WHERE year=2026");
        CHECK_INT(client_get(cl, PATH("/projects/%lld?edition=%lld", (long long)x.gone, (long long)first)), 200);
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)x.project)), 200);
        CHECK(client_sees(cl, PATH("/projects/%lld?edition=%lld", (long long)x.gone, (long long)first)) || client_sees(cl, PATH("/projects/%lld?", (long long)x.gone)));
    }
}

TEST(who_may_merge)
{
    EACH_ENGINE(cl) {
        struct town t;
        struct two x = doubled(&t, cl);
        client_as(cl, t.officer[ROAD]); /* the lead of one does not see the other's */
        CHECK_INT(client_get(cl, PATH("/merges?one=%lld&other=%lld", (long long)x.one, (long long)x.other)), 403);
        client_as(cl, t.officer[WELFARE]);
        CHECK_INT(client_get(cl, PATH("/merges?one=%lld&other=%lld", (long long)x.one, (long long)x.other)), 403);
        client_exec(cl, SQL("INSERT INTO statement_section (owner, position, section) SELECT %lld, 0, id FROM section WHERE year=2026 AND unit=%lld", (long long)x.other, (long long)t.unit[ROAD]));
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, PATH("/merges?one=%lld&other=%lld", (long long)x.one, (long long)x.other)), 200);
        CHECK(!client_sees(cl, "残すほうを入れかえる")); /* the other lead section would have to */
        CHECK(client_form(cl, "/merges"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, SQL("SELECT merged_into FROM project WHERE id=%lld", (long long)x.gone)), x.project);
        /* Parting is the secretariat's. */
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_form(cl, "/logout"));
        CHECK_INT(client_post(cl, "/merges/1/undo", PATH("csrf=%s", client_value(cl, "csrf"))), 403);
    }
}

TEST(a_joint_section_sees_and_says)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        int64_t road = answer_id(&t, ROAD), cleaning = statement_id(&t, road, "ロードクリーン(例)");
        client_exec(cl, SQL("INSERT INTO statement_section (owner, position, section) SELECT %lld, 0, id FROM section WHERE year=2026 AND unit=%lld", (long long)cleaning, (long long)t.unit[WELFARE]));
        client_as(cl, t.officer[WELFARE]);
        CHECK_INT(client_get(cl, "/answers"), 200);
        CHECK(client_sees(cl, "共に担当している事業") && client_sees(cl, "主担当の課の1件と数えます"));
        CHECK_INT(client_get(cl, PATH("/answers/%lld/projects/%lld", (long long)road, (long long)cleaning)), 200);
        CHECK(client_sees(cl, "主担当の課が回答に書いた内容です") && !client_form(cl, PATH("/answers/%lld/projects/%lld", (long long)road, (long long)cleaning)));
        CHECK_INT(client_get(cl, PATH("/answers/%lld/projects/%lld/remarks", (long long)road, (long long)cleaning)), 200);
        CHECK(client_form(cl, PATH("/answers/%lld/projects/%lld/remarks", (long long)road, (long long)cleaning)));
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "主担当課へのひとことを入力してください"));
        CHECK(client_form(cl, PATH("/answers/%lld/projects/%lld/remarks", (long long)road, (long long)cleaning)));
        client_set(cl, "remark", "福祉の部分を書き足してください(例)");
        CHECK_INT(client_send(cl), 303);
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "共に担当する課からのひとことを読む"));
        CHECK_INT(client_get(cl, PATH("/answers/%lld/projects/%lld/remarks", (long long)road, (long long)cleaning)), 200);
        CHECK(client_sees(cl, "福祉の部分を書き足してください(例)") && client_sees(cl, "まだ読まれていません"));
        CHECK(client_form(cl, PATH("/answers/%lld/projects/%lld/remarks/seen", (long long)road, (long long)cleaning)));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(!client_sees(cl, "共に担当する課からのひとことを読む"));
        /* Nobody else. */
        client_as(cl, t.officer[CHILD]);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/projects/%lld/remarks", (long long)road, (long long)cleaning)), 403);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/projects/%lld", (long long)road, (long long)cleaning)), 403);
    }
}

TEST_MAIN
