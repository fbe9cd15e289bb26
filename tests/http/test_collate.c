/* An answer on its way: section, approver, department, secretariat. Who sees what at which step, who may do what, and what is told to whom. */
#include "area/people/people.h"
#include "http/register_http.h"

static const char *state_of(struct town *t, size_t section) { return client_text(t->cl, SQL("SELECT state FROM answer WHERE id=%lld", (long long)answer_id(t, section))); }
static int64_t department(struct town *t, const char *name) { return client_int(t->cl, SQL("SELECT unit FROM section WHERE year=2026 AND name='%s'", name)); }

static enum err fill_all(struct ctx *c, struct town *t)
{
    for (size_t i = 0; i < 2; i++) {
        int64_t a = NONE;
        TRY(answer_of(c, t->inquiry, t->unit[i], &a));
        struct statement *v = NULL;
        size_t n = 0;
        TRY(answer_statements(c, a, &v, &n));
        for (size_t k = 0; k < n; k++)
            TRY(statement_decide(c, v[k].id, "same", NULL));
    }
    return OK;
}

/* 道路保全課 and 河川課 have decided on everything; 土木部 has a collator. */
static const char *with_collator(struct town *t, struct client *cl)
{
    town_open(t, cl);
    works(t, fill_all);
    return client_user(cl, "collator", department(t, "土木部"), NONE);
}

static int submit(struct town *t, size_t section)
{
    struct client *cl = t->cl;
    client_as(cl, t->officer[section]);
    CHECK_INT(client_get(cl, PATH("/answers/%lld/check", (long long)answer_id(t, section))), 200);
    CHECK(client_form(cl, PATH("/answers/%lld/submit", (long long)answer_id(t, section))));
    return client_send(cl);
}

static const char *collation(struct town *t, const char *rest)
{
    static char buffer[100];
    return path(buffer, sizeof buffer, "/collations/%lld/%lld%s", (long long)t->inquiry, (long long)department(t, "土木部"), rest);
}

TEST(a_department_sees_chooses_and_passes_on)
{
    EACH_ENGINE(cl) {
        struct town t;
        const char *collator = with_collator(&t, cl);
        int64_t road = answer_id(&t, ROAD), river = answer_id(&t, RIVER);
        /* Drafts are no business of the department. */
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)road)), 403);
        CHECK_INT(submit(&t, ROAD), 303);
        CHECK_TEXT(state_of(&t, ROAD), "collating");
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "2/3 部局とりまとめで止まっています"));
        int64_t letters = client_int(cl, "SELECT COUNT(*) FROM outbox WHERE why LIKE '%部局とりまとめ%'");
        CHECK_INT(letters, 0); /* one letter, once all of the department is there */
        CHECK_INT(submit(&t, RIVER), 303);
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM outbox WHERE why LIKE '%部局とりまとめ%'"), 1);
        CHECK_TEXT(client_text(cl, "SELECT subject FROM outbox WHERE why LIKE '%部局とりまとめ%'"), "部局の回答がそろいました: 令和8年度 PSプロジェクト照会");
        /* The secretariat sees where it stands, and cannot send it back yet. */
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("/inquiries/%lld", (long long)t.inquiry)), 200);
        CHECK(client_sees(cl, "2/3 部局とりまとめで止まっています"));
        CHECK(client_sees(cl, "土木部のとりまとめを見る"));
        CHECK_INT(client_get(cl, PATH("/answers/%lld/return", (long long)road)), 403);

        client_as(cl, collator);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "部局の回答を確かめて事務局に送る(2課)"));
        CHECK_INT(client_get(cl, "/collations"), 200);
        CHECK(client_sees(cl, "部局に届いた 2課"));
        CHECK_INT(client_get(cl, collation(&t, "")), 200);
        CHECK(client_sees(cl, "ロードクリーン(例)") && client_sees(cl, "川の見守り(例)"));
        CHECK_INT(client_get(cl, PATH("/answers/%lld/check", (long long)road)), 200);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/projects/%lld", (long long)road, (long long)statement_id(&t, road, "花の道づくり(例)"))), 200);
        CHECK(!client_form(cl, PATH("/answers/%lld/projects", (long long)road)));

        /* 選定は各部局: one stays out, with a reason that the section sees. */
        int64_t flowers = statement_id(&t, road, "花の道づくり(例)");
        CHECK_INT(client_get(cl, collation(&t, "")), 200);
        CHECK(client_form(cl, collation(&t, "/choose")));
        CHECK_INT(client_value(cl, "statement") != NULL, 1);
        client_set(cl, "statement", PATH("%lld", (long long)flowers));
        CHECK_INT(client_send(cl), 422); /* without a reason */
        CHECK(client_sees(cl, "載せない理由を入力してください"));
        CHECK(client_form(cl, collation(&t, "/choose")));
        client_set(cl, "statement", PATH("%lld", (long long)flowers));
        client_set(cl, PATH("reason.%lld", (long long)flowers), "部の事業として別に載せる");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "部の事業として別に載せる") && client_sees(cl, "載せる <b>2</b>件"));
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM audit WHERE what='statement.leave_out'"), 1);

        /* All at once. */
        CHECK(client_form(cl, collation(&t, "/pass")));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "2課の回答を事務局に送りました"));
        CHECK_TEXT(state_of(&t, ROAD), "submitted");
        CHECK_TEXT(state_of(&t, RIVER), "submitted");
        CHECK(client_int(cl, SQL("SELECT passed_at FROM answer WHERE id=%lld", (long long)river)) == IN_MAY);
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)road)), 200);
        CHECK(client_sees(cl, "部局が載せない") && client_sees(cl, "部の事業として別に載せる") && client_sees(cl, "3/3 事務局"));
    }
}

static enum err close_and_make(struct ctx *c, struct town *t)
{
    int64_t id = NONE;
    TRY(inquiry_close(c, t->inquiry));
    TRY(edition_make(c, 2026, NULL, &id));
    return edition_publish(c, id, NONE);
}

static enum err pass_all(struct ctx *c, struct town *t)
{
    int64_t a[2];
    size_t passed = 0;
    TRY(answer_of(c, t->inquiry, t->unit[ROAD], &a[0]));
    TRY(answer_of(c, t->inquiry, t->unit[RIVER], &a[1]));
    return collate_pass(c, a, 2, &passed);
}

static enum err leave_flowers_out(struct ctx *c, struct town *t)
{
    int64_t s = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT id FROM statement WHERE inquiry=$1 AND name='花の道づくり(例)'", P(t->inquiry), &s));
    TRY(collate_choose(c, s, "理由(例)"));
    TRY(collate_choose(c, s, NULL));
    return collate_choose(c, s, "別に載せる(例)");
}

static enum err both_submit(struct ctx *c, struct town *t)
{
    for (size_t i = 0; i < 2; i++) {
        int64_t a = NONE;
        TRY(answer_of(c, t->inquiry, t->unit[i], &a));
        TRY(answer_submit(c, a));
    }
    return OK;
}

TEST(what_is_left_out_is_not_in_the_edition_and_comes_again_next_year)
{
    EACH_ENGINE(cl) {
        struct town t;
        with_collator(&t, cl);
        works(&t, both_submit);
        works(&t, leave_flowers_out);
        works(&t, pass_all);
        works(&t, close_and_make);
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM edition_item i JOIN edition e ON e.id=i.edition WHERE e.year=2026"), 2);
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM frozen WHERE year=2026 AND name='花の道づくり(例)'"), 0);
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/projects"), 200);
        CHECK(client_sees(cl, "川の見守り(例)") && !client_sees(cl, "花の道づくり(例)"));
        /* The section goes on with it: next year it is asked about it again. */
        client_clock(cl, IN_MAY + 365 * 86400);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/inquiries/new"), 200);
        CHECK(client_form(cl, "/inquiries/new"));
        client_set(cl, "due_on", "2027-06-10");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "引きつぐ事業</dt><dd>3件"));
    }
}

TEST(sent_back_withdrawn_and_passed_over)
{
    EACH_ENGINE(cl) {
        struct town t;
        const char *collator = with_collator(&t, cl);
        int64_t road = answer_id(&t, ROAD);
        works(&t, both_submit);
        client_as(cl, collator);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/return", (long long)road)), 200);
        CHECK(client_form(cl, PATH("/answers/%lld/return", (long long)road)));
        client_set(cl, "comment", "予算額を確かめてください");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "手紙は事務局が印刷して渡します")); /* a department has no page of letters */
        CHECK_TEXT(state_of(&t, ROAD), "returned");
        CHECK(strstr(client_text(cl, "SELECT body FROM outbox ORDER BY id DESC LIMIT 1"), "部局とりまとめが") != NULL);
        CHECK_INT(submit(&t, ROAD), 303);
        CHECK_TEXT(state_of(&t, ROAD), "collating");
        /* The section takes it back before the department has passed it on. */
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)road)), 200);
        CHECK(client_form(cl, PATH("/answers/%lld/withdraw", (long long)road)));
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(state_of(&t, ROAD), "draft");
        /* What the collator still sees on an old page is not passed on; the others are. */
        client_as(cl, collator);
        CHECK_INT(client_get(cl, collation(&t, "")), 200);
        CHECK(!client_sees(cl, "ロードクリーン(例)"));
        CHECK(client_form(cl, collation(&t, "/pass")));
        client_add(cl, "answers", PATH("%lld", (long long)road));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "1課の回答を事務局に送りました。ほかの1課は"));
        CHECK_TEXT(state_of(&t, RIVER), "submitted");
        CHECK_INT(submit(&t, ROAD), 303);
        /* The secretariat goes on without the department: with a reason, which both are told. */
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)road)), 200);
        CHECK(client_sees(cl, "確認を待たずに進める…"));
        CHECK_INT(client_get(cl, PATH("/answers/%lld/skip", (long long)road)), 200);
        CHECK(client_form(cl, PATH("/answers/%lld/skip", (long long)road)));
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "とばす理由を入力してください"));
        CHECK(client_form(cl, PATH("/answers/%lld/skip", (long long)road)));
        client_set(cl, "reason", "担当が休みで間に合わないため");
        int64_t letters = client_int(cl, "SELECT COUNT(*) FROM outbox");
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(state_of(&t, ROAD), "submitted");
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM outbox"), letters + 2);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "担当が休みで間に合わないため"));
        CHECK_INT(client_get(cl, PATH("/answers/%lld/skip", (long long)road)), 409);
        CHECK_INT(client_get(cl, PATH("/letters?inquiry=%lld", (long long)t.inquiry)), 200);
        CHECK(client_sees(cl, "土木部の部局とりまとめ")); /* why it came to them */
    }
}

TEST(another_department_sees_nothing)
{
    EACH_ENGINE(cl) {
        struct town t;
        with_collator(&t, cl);
        works(&t, both_submit);
        int64_t road = answer_id(&t, ROAD), cleaning = statement_id(&t, road, "ロードクリーン(例)");
        client_user(cl, "collator", department(&t, "健康福祉部"), NONE);
        CHECK_INT(client_get(cl, "/collations"), 200);
        CHECK(!client_sees(cl, "土木部") && client_sees(cl, "健康福祉部"));
        CHECK_INT(client_get(cl, collation(&t, "")), 403);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)road)), 403);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/check", (long long)road)), 403);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/projects/%lld", (long long)road, (long long)cleaning)), 403);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/return", (long long)road)), 403);
        CHECK_INT(client_get(cl, PATH("/collations/%lld/%lld", (long long)t.inquiry, (long long)department(&t, "健康福祉部"))), 200);
        CHECK(!client_sees(cl, "ロードクリーン"));
        /* With a form of their own and another's number in it. */
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_form(cl, "/logout"));
        const char *csrf = arena_dup(client_ctx(cl)->arena, client_value(cl, "csrf"));
        CHECK_INT(client_post(cl, PATH("/collations/%lld/%lld/choose", (long long)t.inquiry, (long long)department(&t, "健康福祉部")),
                              PATH("csrf=%s&statement=%lld&reason.%lld=x", csrf, (long long)cleaning, (long long)cleaning)), 403);
        CHECK_INT(client_post(cl, PATH("/collations/%lld/%lld/pass", (long long)t.inquiry, (long long)department(&t, "健康福祉部")),
                              PATH("csrf=%s&answers=%lld", csrf, (long long)road)), 403);
        CHECK_INT(client_post(cl, PATH("/answers/%lld/return", (long long)road), PATH("csrf=%s&comment=x", csrf)), 403);
        CHECK_INT(client_post(cl, PATH("/answers/%lld/withdraw", (long long)road), PATH("csrf=%s", csrf)), 403);
        CHECK_TEXT(state_of(&t, ROAD), "collating");
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM left_out"), 0);
        /* A section's officer cannot pass on either, nor can a collator write. */
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, collation(&t, "")), 403);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/skip", (long long)road)), 403);
    }
}

TEST(the_approver_clicks_where_it_is_asked_for)
{
    EACH_ENGINE(cl) {
        struct town t;
        const char *collator = with_collator(&t, cl), *approver = client_user(cl, "approver", t.unit[ROAD], NONE);
        int64_t road = answer_id(&t, ROAD);
        client_as(cl, t.secretariat);
        int64_t id = client_int(cl, "SELECT id FROM section WHERE year=2026 AND name='土木部'");
        CHECK_INT(client_get(cl, PATH("/sections/%lld/edit", (long long)id)), 200);
        CHECK(client_form(cl, PATH("/sections/%lld/edit", (long long)id)));
        client_set(cl, "approval", "1");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(submit(&t, ROAD), 303);
        CHECK_TEXT(state_of(&t, ROAD), "approving");
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "2/4 課の確認者で止まっています"));
        client_as(cl, collator); /* not theirs yet */
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)road)), 403);
        client_as(cl, approver);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "課の回答を確かめる"));
        CHECK_INT(client_get(cl, PATH("/answers/%lld/check", (long long)road)), 200);
        CHECK(client_form(cl, PATH("/answers/%lld/approve", (long long)road)));
        client_set(cl, "approver_post", NULL);
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "確認した人の職を入力してください"));
        CHECK(client_form(cl, PATH("/answers/%lld/approve", (long long)road)));
        client_set(cl, "approver_post", "課長");
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(state_of(&t, ROAD), "collating");
        CHECK_TEXT(client_text(cl, SQL("SELECT approver_post FROM answer WHERE id=%lld", (long long)road)), "課長");
        CHECK_TEXT(client_text(cl, SQL("SELECT approved_on FROM answer WHERE id=%lld", (long long)road)), "2026-05-10");
        CHECK(client_int(cl, SQL("SELECT approved_by FROM answer WHERE id=%lld", (long long)road)) > 0);
        /* Another section's approver has no say; nobody approves twice. */
        client_user(cl, "approver", t.unit[RIVER], NONE);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/check", (long long)road)), 403);
        /* 該当なし goes the same way, and ends as 該当なし. */
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/settings"), 200);
        CHECK(client_form(cl, "/settings"));
        client_set(cl, "approval", "1");
        CHECK_INT(client_send(cl), 303);
        client_as(cl, t.officer[WELFARE]);
        int64_t welfare = answer_id(&t, WELFARE);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/none", (long long)welfare)), 200);
        CHECK(client_form(cl, PATH("/answers/%lld/none", (long long)welfare)));
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(state_of(&t, WELFARE), "approving");
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "該当なし"));
        client_user(cl, "approver", t.unit[WELFARE], NONE);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/check", (long long)welfare)), 200);
        CHECK(client_form(cl, PATH("/answers/%lld/approve", (long long)welfare)));
        client_set(cl, "approver_post", "課長");
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(state_of(&t, WELFARE), "none");
    }
}

TEST(without_a_collator_all_is_as_before)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, fill_all);
        CHECK_INT(submit(&t, ROAD), 303);
        CHECK_TEXT(state_of(&t, ROAD), "submitted");
        CHECK_INT(client_follow(cl), 200);
        CHECK(!client_sees(cl, "いまの場所"));
        /* A duty that has ended holds nothing back. */
        client_user(cl, "collator", department(&t, "土木部"), NONE);
        client_exec(cl, "UPDATE duty SET until=since WHERE role='collator'");
        CHECK_INT(submit(&t, RIVER), 303);
        CHECK_TEXT(state_of(&t, RIVER), "submitted");
    }
}

/* Every row of the table leads to a state that the table knows, and from each state on the way somebody can go on. */
TEST(the_table_of_states_is_whole)
{
    static const char *const states[] = {"open", "draft", "approving", "collating", "submitted", "none", "returned"};
    for (const struct answer_move *m = answer_moves; m->action; m++) {
        bool from = false, to = false;
        for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
            from = from || strcmp(m->from, states[i]) == 0;
            to = to || strcmp(m->to, states[i]) == 0;
        }
        CHECK(from && to && m->who != 0 && m->label != NULL);
        /* The last row of an action from a state holds always: nothing is stuck for want of a guard. */
        const struct answer_move *last = m;
        for (const struct answer_move *o = m; o->action; o++)
            if (strcmp(o->action, m->action) == 0 && strcmp(o->from, m->from) == 0)
                last = o;
        CHECK(last->guard == ALWAYS);
    }
}

TEST_MAIN
