/* Answers of sections: deciding, drafting, handing in, sending back, entering for a section, and everything that must be refused. */
#include "http/register_http.h"

#define NAME_79 "髙﨑𠮷川の里山と海をつなぐ子どもから高齢者までみんなで歩いて学んで育てる防災と環境のまちづくりを進める県と市町村と地域の団体の協働モデル事業令和八年度版(例)"

static const char *to_answer(const struct town *t, size_t section, const char *rest)
{
    static char buffer[4][160];
    static int turn;
    turn = (turn + 1) % 4;
    return path(buffer[turn], sizeof buffer[0], "/answers/%lld%s", (long long)answer_id((struct town *)(uintptr_t)t, section), rest);
}

static const char *at_project(const struct town *t, size_t section, const char *name, const char *rest)
{
    static char buffer[4][160];
    static int turn;
    struct town *w = (struct town *)(uintptr_t)t;
    int64_t a = answer_id(w, section);
    turn = (turn + 1) % 4;
    return path(buffer[turn], sizeof buffer[0], "/answers/%lld/projects/%lld%s", (long long)a, (long long)statement_id(w, a, name), rest);
}

static const char *input(char what, int64_t id)
{
    static char buffer[4][60];
    static int turn;
    turn = (turn + 1) % 4;
    return path(buffer[turn], sizeof buffer[0], "%c.%lld", what, (long long)id);
}

static const char *state_of(struct town *t, size_t section) { return client_text(t->cl, SQL("SELECT state FROM answer WHERE id=%lld", (long long)answer_id(t, section))); }
static const char *receipt_of(struct town *t, size_t section) { return client_text(t->cl, SQL("SELECT receipt FROM answer WHERE id=%lld", (long long)answer_id(t, section))); }
static const char *text_of(struct town *t, const char *column, const char *name)
{
    return client_text(t->cl, SQL("SELECT %s FROM statement WHERE inquiry=%lld AND name='%s'", column, (long long)t->inquiry, name));
}

/* The form of a project, opened and filled so that it may be handed in. */
static void write_project(struct client *cl)
{
    client_set(cl, "category", "accord");
    client_set(cl, "forms", "accord");
    client_set(cl, "summary", "みんなで歩いて学ぶ");
    client_set(cl, "budget", "１，２００");
    client_set(cl, "partners.0.name", "𠮷野の会(例)");
    client_set(cl, "partners.0.kind", "volunteer");
    client_set(cl, "partners.0.role", "案内");
}

static bool add_project(struct town *t, size_t section, const char *name)
{
    struct client *cl = t->cl;
    if (!CHECK_INT(client_get(cl, to_answer(t, section, "/projects/new")), 200) || !client_form(cl, to_answer(t, section, "/projects/new")))
        return false;
    client_set(cl, "name", name);
    if (!CHECK_INT(client_send(cl), 303))
        return false;
    CHECK_INT(client_follow(cl), 200);
    return client_form(cl, at_project(t, section, name, ""));
}

TEST(a_section_answers_and_is_sent_back)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        int64_t clean = statement_id(&t, answer_id(&t, ROAD), "ロードクリーン(例)"), flowers = statement_id(&t, answer_id(&t, ROAD), "花の道づくり(例)");
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, "/answers"), 200);
        CHECK(client_sees(cl, to_answer(&t, ROAD, "\"")));
        CHECK(client_sees(cl, "未着手・未提出"));
        CHECK_INT(client_get(cl, to_answer(&t, ROAD, "")), 200);
        CHECK(client_sees(cl, "昨年度の事業 確認0/2"));
        CHECK(client_sees(cl, "6月10日(水)23:59"));
        CHECK(client_sees(cl, "協定団体(令和7年度、団体)")); /* last year's value is asked */
        CHECK(client_form(cl, to_answer(&t, ROAD, "")));
        client_set(cl, input('d', clean), "changed");
        client_set(cl, input('s', clean), "1,150");
        client_set(cl, PATH("o.%lld.2", (long long)clean), "182");
        client_set(cl, PATH("o.%lld.3", (long long)clean), "462.5");
        client_set(cl, input('d', flowers), "ended");
        client_set(cl, input('e', flowers), "役目を終えたため");
        CHECK_INT(client_send_with(cl, "go", PATH("edit.%lld", (long long)clean)), 303);
        CHECK_TEXT(state_of(&t, ROAD), "draft");
        CHECK_INT(client_int(cl, SQL("SELECT settled FROM statement WHERE id=%lld", (long long)clean)), 1150000);
        CHECK_INT(client_int(cl, SQL("SELECT value FROM statement_outcome WHERE owner=%lld AND year=2025 AND unit='km'", (long long)clean)), 462500);
        CHECK_TEXT(text_of(&t, "end_reason", "花の道づくり(例)"), "役目を終えたため");
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "昨年度</b> 1,200")); /* last year beside the field */
        CHECK(client_sees(cl, "ただ、そのためには、課題や目的、役割分担")); /* the condition of 事業協定 as printed */
        CHECK(client_form(cl, at_project(&t, ROAD, "ロードクリーン(例)", "")));
        client_set(cl, "budget", "1300");
        client_set(cl, "reason", "通行者のマナーが上がったため");
        CHECK_INT(client_send_with(cl, "go", "back"), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "下書きを保存しました("));
        CHECK(client_sees(cl, "変えたところ"));
        CHECK(client_sees(cl, "1,300"));
        CHECK(client_sees(cl, "昨年度の事業 確認2/2"));

        CHECK(add_project(&t, ROAD, NAME_79));
        CHECK_INT(text_length(NAME_79), 79);
        write_project(cl);
        CHECK_INT(client_send_with(cl, "go", "check"), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, NAME_79));
        CHECK(client_sees(cl, "𠮷野の会(例)"));
        CHECK(client_sees(cl, "この内容で提出する"));
        CHECK_INT(client_int(cl, SQL("SELECT budget FROM statement WHERE name='%s'", NAME_79)), 1200000);
        CHECK(client_form(cl, to_answer(&t, ROAD, "/submit")));
        client_set(cl, "approver_post", "課長");
        client_set(cl, "approved_on", "R8.5.10");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_send(cl), 303); /* a double click */
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "受付番号は<b>R8-PS-0001</b>です"));
        CHECK_TEXT(state_of(&t, ROAD), "submitted");
        CHECK_TEXT(client_text(cl, SQL("SELECT approved_on FROM answer WHERE id=%lld", (long long)answer_id(&t, ROAD))), "2026-05-10");
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM statement WHERE answer=%lld", (long long)answer_id(&t, ROAD))), 3);
        /* Handed in: nothing may be changed without taking it back. */
        CHECK_INT(client_get(cl, at_project(&t, ROAD, NAME_79, "")), 200);
        CHECK(!client_sees(cl, "下書きを保存"));
        CHECK_INT(client_get(cl, to_answer(&t, ROAD, "/projects/new")), 409);

        client_as(cl, t.secretariat);
        int64_t letters = client_int(cl, "SELECT COUNT(*) FROM outbox");
        CHECK_INT(client_get(cl, to_answer(&t, ROAD, "/return")), 200);
        CHECK(client_form(cl, to_answer(&t, ROAD, "/return")));
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "直してほしいところを入力してください"));
        CHECK(client_form(cl, to_answer(&t, ROAD, "/return")));
        client_set(cl, "comment", "予算額を確かめてください。\nロードクリーンです。");
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(state_of(&t, ROAD), "returned");
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM outbox"), letters + 1);

        /* Sent back after the due date: it is not late. */
        client_clock(cl, TOO_LATE);
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "差し戻された回答を直す"));
        CHECK_INT(client_get(cl, to_answer(&t, ROAD, "")), 200);
        CHECK(client_sees(cl, "差し戻されました"));
        CHECK(client_sees(cl, "予算額を確かめてください。"));
        CHECK(client_sees(cl, "これまでの記録"));
        CHECK(client_sees(cl, "提出しました <span"));
        CHECK_INT(client_get(cl, at_project(&t, ROAD, "ロードクリーン(例)", "")), 200);
        CHECK(client_sees(cl, "予算額を確かめてください。")); /* on top of every page of it */
        CHECK(client_form(cl, at_project(&t, ROAD, "ロードクリーン(例)", "")));
        client_set(cl, "budget", "1250");
        CHECK_INT(client_send_with(cl, "go", "check"), 303);
        CHECK_TEXT(state_of(&t, ROAD), "returned");
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_form(cl, to_answer(&t, ROAD, "/submit")));
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(receipt_of(&t, ROAD), "R8-PS-0001"); /* the number stays */
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM answer WHERE id=%lld AND late", (long long)answer_id(&t, ROAD))), 0);
        CHECK(client_text(cl, SQL("SELECT comment FROM answer WHERE id=%lld", (long long)answer_id(&t, ROAD))) == NULL);
    }
}

TEST(nothing_to_report_is_an_answer_when_it_is_true)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        /* Nothing carried over: at once. */
        client_as(cl, t.officer[WELFARE]);
        CHECK_INT(client_get(cl, to_answer(&t, WELFARE, "/none")), 200);
        CHECK(client_form(cl, to_answer(&t, WELFARE, "/none")));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "「該当なし」で回答しました。照会が閉じられるまで変えられます。"));
        CHECK_TEXT(state_of(&t, WELFARE), "none");
        CHECK_TEXT(receipt_of(&t, WELFARE), "R8-PS-0001");
        /* Undecided, kept, without a reason: refused; all ended: taken. */
        client_as(cl, t.officer[RIVER]);
        int64_t river = statement_id(&t, answer_id(&t, RIVER), "川の見守り(例)");
        static const struct { const char *decision, *reason, *says; } steps[] = {
            {NULL, NULL, "昨年度の事業が1件、まだ決まっていません"},
            {"same", NULL, "続ける事業か新しい事業が1件あります"},
            {"ended", NULL, "終わる理由が書かれていない事業が1件あります"},
            {"ended", "川の工事が終わったため", NULL},
        };
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            CHECK_INT(client_get(cl, to_answer(&t, RIVER, "")), 200);
            CHECK(client_form(cl, to_answer(&t, RIVER, "")));
            if (steps[i].decision)
                client_set(cl, input('d', river), steps[i].decision);
            if (steps[i].reason)
                client_set(cl, input('e', river), steps[i].reason);
            CHECK_INT(client_send_with(cl, "go", "none"), 303);
            CHECK_INT(client_follow(cl), 200);
            CHECK(client_form(cl, to_answer(&t, RIVER, "/none")));
            if (steps[i].says) {
                CHECK_INT(client_send(cl), 422);
                CHECK(client_sees(cl, steps[i].says));
                CHECK(receipt_of(&t, RIVER) == NULL);
            } else {
                CHECK(client_sees(cl, "川の工事が終わったため"));
                CHECK_INT(client_send(cl), 303);
            }
        }
        CHECK_TEXT(state_of(&t, RIVER), "none");
        CHECK_TEXT(receipt_of(&t, RIVER), "R8-PS-0002");
        /* An answer without any project is no submission. */
        client_as(cl, t.officer[CHILD]);
        CHECK_INT(client_get(cl, to_answer(&t, CHILD, "/check")), 200);
        CHECK(!client_sees(cl, "この内容で提出する"));
        CHECK(client_form(cl, "/logout"));
        CHECK_INT(client_post(cl, to_answer(&t, CHILD, "/submit"), SQL("csrf=%s", client_value(cl, "csrf"))), 422);
        CHECK(client_sees(cl, "「該当なしで回答する」を選んでください"));
        /* Taken back until closing. */
        client_as(cl, t.officer[RIVER]);
        CHECK_INT(client_get(cl, to_answer(&t, RIVER, "")), 200);
        CHECK(client_form(cl, to_answer(&t, RIVER, "/withdraw")));
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(state_of(&t, RIVER), "draft");
    }
}

static enum err river_keeps(struct ctx *c, struct town *t)
{
    int64_t answer = NONE;
    struct statement *v = NULL;
    size_t n = 0;
    TRY(answer_of(c, t->inquiry, t->unit[RIVER], &answer));
    TRY(answer_statements(c, answer, &v, &n));
    return statement_decide(c, v[0].id, "same", NULL);
}

static enum err close_it(struct ctx *c, struct town *t) { return inquiry_close(c, t->inquiry); }

TEST(the_due_date_shuts_nothing_and_closing_does)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, river_keeps);
        client_clock(cl, LAST_SECOND);
        client_as(cl, t.officer[RIVER]);
        CHECK_INT(client_get(cl, to_answer(&t, RIVER, "")), 200);
        CHECK(client_sees(cl, "あと"));
        CHECK(!client_sees(cl, "期限超過"));
        CHECK_INT(client_get(cl, to_answer(&t, RIVER, "/check")), 200);
        CHECK(client_form(cl, to_answer(&t, RIVER, "/submit")));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM answer WHERE id=%lld AND late", (long long)answer_id(&t, RIVER))), 0);
        client_clock(cl, TOO_LATE);
        CHECK_INT(client_get(cl, to_answer(&t, RIVER, "")), 200);
        CHECK(client_form(cl, to_answer(&t, RIVER, "/withdraw")));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "期限超過"));
        CHECK_INT(client_get(cl, to_answer(&t, RIVER, "/check")), 200);
        CHECK(client_form(cl, to_answer(&t, RIVER, "/submit")));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "期限後"));
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM answer WHERE id=%lld AND late", (long long)answer_id(&t, RIVER))), 1);
        CHECK_INT(client_get(cl, to_answer(&t, RIVER, "")), 200);
        CHECK(client_form(cl, to_answer(&t, RIVER, "/withdraw")));
        works(&t, close_it);
        CHECK_INT(client_send(cl), 409);
        CHECK(client_sees(cl, "照会は閉じられました"));
        CHECK_TEXT(state_of(&t, RIVER), "submitted");
    }
}

TEST(the_secretariat_enters_for_a_section)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_clock(cl, TOO_LATE + 86400);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, to_answer(&t, SEA, "")), 200);
        CHECK(!client_sees(cl, "下書きを保存"));
        CHECK_INT(client_get(cl, to_answer(&t, SEA, "/projects/new")), 403);
        CHECK_INT(client_get(cl, to_answer(&t, SEA, "/enter")), 200);
        CHECK(client_form(cl, to_answer(&t, SEA, "/enter")));
        client_set(cl, "received_on", "2026-06-30"); /* has not come yet */
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "受け取り方を選んでください"));
        CHECK(client_sees(cl, "今日までの日"));
        CHECK(client_sees(cl, "代わりに入力する理由を入力してください"));
        CHECK(client_form(cl, to_answer(&t, SEA, "/enter")));
        client_set(cl, "entered_how", "paper");
        client_set(cl, "received_on", "令和8年6月10日");
        client_set(cl, "entered_for", "出先で庁内LANにつながらないため");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "事務局が入力しています"));
        CHECK(add_project(&t, SEA, "海のもり(例)"));
        write_project(cl);
        client_set(cl, "note", "電話で確かめた");
        CHECK_INT(client_send_with(cl, "go", "check"), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_form(cl, to_answer(&t, SEA, "/submit")));
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(state_of(&t, SEA), "submitted");
        CHECK_TEXT(text_of(&t, "note", "海のもり(例)"), "電話で確かめた");
        /* It lay on the desk by the due date. */
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM answer WHERE id=%lld AND late", (long long)answer_id(&t, SEA))), 0);
        CHECK_INT(client_get(cl, PATH("/inquiries/%lld", (long long)t.inquiry)), 200);
        CHECK(client_sees(cl, "事務局が入力"));
        /* Somebody of the section does not see the secretariat's note. */
        client_user(cl, "officer", t.unit[SEA], NONE);
        CHECK_INT(client_get(cl, at_project(&t, SEA, "海のもり(例)", "")), 200);
        CHECK(client_sees(cl, "みんなで歩いて学ぶ"));
        CHECK(!client_sees(cl, "電話で確かめた"));
    }
}

TEST(one_sections_answer_is_closed_to_the_others)
{
    static const char *const pages[] = {"", "/check", "/receipt", "/none", "/projects/new"};
    static const char *const posts[] = {"", "/submit", "/none", "/withdraw", "/projects/new"};
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[WELFARE]);
        for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
            CHECK_INT(client_get(cl, to_answer(&t, ROAD, pages[i])), 403);
        CHECK_INT(client_get(cl, at_project(&t, ROAD, "ロードクリーン(例)", "")), 403);
        CHECK_INT(client_get(cl, at_project(&t, ROAD, "ロードクリーン(例)", "/remove")), 403);
        CHECK_INT(client_get(cl, to_answer(&t, ROAD, "/return")), 403);
        CHECK_INT(client_get(cl, to_answer(&t, ROAD, "/enter")), 403);
        CHECK_INT(client_get(cl, to_answer(&t, WELFARE, "")), 200);
        CHECK(client_form(cl, "/logout"));
        const char *token = PATH("csrf=%s", client_value(cl, "csrf"));
        for (size_t i = 0; i < sizeof posts / sizeof posts[0]; i++)
            CHECK_INT(client_post(cl, to_answer(&t, ROAD, posts[i]), PATH("%s&name=x&go=save", token)), 403);
        CHECK_INT(client_post(cl, at_project(&t, ROAD, "ロードクリーン(例)", ""), PATH("%s&shown=name&name=x&version=1", token)), 403);
        CHECK_INT(client_post(cl, at_project(&t, ROAD, "ロードクリーン(例)", "/remove"), token), 403);
        CHECK_INT(client_post(cl, to_answer(&t, WELFARE, "/return"), PATH("%s&comment=x", token)), 403);
        CHECK_INT(client_post(cl, to_answer(&t, WELFARE, "/enter"), token), 403);
        CHECK_TEXT(state_of(&t, ROAD), "open");
        /* Another answer's project under one's own number. */
        int64_t clean = statement_id(&t, answer_id(&t, ROAD), "ロードクリーン(例)");
        CHECK_INT(client_get(cl, to_answer(&t, WELFARE, PATH("/projects/%lld", (long long)clean))), 404);
        CHECK_INT(client_post(cl, to_answer(&t, WELFARE, PATH("/projects/%lld", (long long)clean)), PATH("%s&shown=name&name=x&version=1", token)), 404);
        CHECK_INT(client_post(cl, to_answer(&t, WELFARE, PATH("/projects/%lld/remove", (long long)clean)), token), 404);
        /* Without a token, without a session. */
        client_as(cl, t.officer[ROAD]);
        CHECK(client_post(cl, to_answer(&t, ROAD, "/none"), "") == 403);
        client_nobody(cl);
        CHECK_INT(client_get(cl, to_answer(&t, ROAD, "")), 303);
        CHECK_TEXT(state_of(&t, ROAD), "open");
    }
}

TEST(a_double_click_makes_one_project)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[CHILD]);
        CHECK_INT(client_get(cl, to_answer(&t, CHILD, "/projects/new")), 200);
        CHECK(client_form(cl, to_answer(&t, CHILD, "/projects/new")));
        client_set(cl, "name", "二度押した事業(例)");
        CHECK_INT(client_send(cl), 303);
        const char *first = client_header_of(cl, "Location");
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_header_of(cl, "Location"), first);
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM statement WHERE name='二度押した事業(例)'"), 1);
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM project")), 5);
        /* Taken away again, with its number. */
        CHECK_INT(client_get(cl, at_project(&t, CHILD, "二度押した事業(例)", "/remove")), 200);
        CHECK(client_form(cl, "/answers/"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM project"), 4);
        /* What is carried over cannot be taken away. */
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, at_project(&t, ROAD, "ロードクリーン(例)", "/remove")), 409);
    }
}

TEST(whoever_saves_second_sees_both_texts)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        const char *other = client_user(cl, "officer", t.unit[CHILD], NONE);
        client_as(cl, t.officer[CHILD]);
        CHECK(add_project(&t, CHILD, "子ども食堂(例)"));
        write_project(cl);
        CHECK_INT(client_send_with(cl, "go", "save"), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_form(cl, at_project(&t, CHILD, "子ども食堂(例)", "")));
        const char *version = client_value(cl, "version");
        client_as(cl, other);
        CHECK_INT(client_get(cl, at_project(&t, CHILD, "子ども食堂(例)", "")), 200);
        CHECK(client_form(cl, at_project(&t, CHILD, "子ども食堂(例)", "")));
        CHECK_TEXT(client_value(cl, "version"), version);
        client_set(cl, "summary", "あとの人の文");
        client_set(cl, "budget", "777");
        client_set(cl, "place", "天草例市");
        const char *budget_before = "1,200";
        CHECK_TEXT(budget_before, "1,200");
        /* In between the first one saves. */
        client_as(cl, t.officer[CHILD]);
        CHECK_INT(client_get(cl, at_project(&t, CHILD, "子ども食堂(例)", "")), 200);
        CHECK(client_form(cl, at_project(&t, CHILD, "子ども食堂(例)", "")));
        client_set(cl, "summary", "さきの人の文");
        CHECK_INT(client_send_with(cl, "go", "save"), 303);
        client_as(cl, other);
        CHECK_INT(client_get(cl, at_project(&t, CHILD, "子ども食堂(例)", "")), 200);
        CHECK(client_form(cl, at_project(&t, CHILD, "子ども食堂(例)", "")));
        client_set(cl, "version", version);
        client_set(cl, "summary", "あとの人の文");
        client_set(cl, "budget", "777");
        CHECK_INT(client_send_with(cl, "go", "save"), 409);
        CHECK(client_sees(cl, "先に保存しました。違うところを見て、残すほうを選んでください。"));
        CHECK(client_sees(cl, "さきの人の文"));
        CHECK(client_sees(cl, "あとの人の文"));
        CHECK_TEXT(text_of(&t, "summary", "子ども食堂(例)"), "さきの人の文");
        CHECK(client_form(cl, at_project(&t, CHILD, "子ども食堂(例)", "")));
        CHECK_TEXT(client_value(cl, "keep.summary"), "mine");
        client_set(cl, "keep.summary", "theirs");
        CHECK_INT(client_send_with(cl, "go", "save"), 303);
        CHECK_TEXT(text_of(&t, "summary", "子ども食堂(例)"), "さきの人の文");
        CHECK_INT(client_int(cl, "SELECT budget FROM statement WHERE name='子ども食堂(例)'"), 777000);
        /* The same on the page of decisions. */
        client_as(cl, t.officer[ROAD]);
        int64_t clean = statement_id(&t, answer_id(&t, ROAD), "ロードクリーン(例)");
        CHECK_INT(client_get(cl, to_answer(&t, ROAD, "")), 200);
        CHECK(client_form(cl, to_answer(&t, ROAD, "")));
        client_exec(cl, SQL("UPDATE statement SET decision='ended', end_reason='やめた', version=version+1 WHERE id=%lld", (long long)clean));
        client_exec(cl, SQL("UPDATE answer SET going=going-1 WHERE id=%lld", (long long)answer_id(&t, ROAD)));
        client_set(cl, input('d', clean), "same");
        CHECK_INT(client_send_with(cl, "go", "save"), 409);
        CHECK(client_sees(cl, "保存されている答え: 終わる"));
        CHECK(client_form(cl, to_answer(&t, ROAD, "")));
        CHECK_TEXT(client_value(cl, input('d', clean)), "same");
        CHECK_INT(client_send_with(cl, "go", "save"), 303);
        CHECK_TEXT(text_of(&t, "decision", "ロードクリーン(例)"), "same");
    }
}

TEST(wrong_values_are_said_and_nothing_typed_is_lost)
{
    static const struct { const char *field, *value, *says; } wrong[] = {
        {"budget", "約300万", "予算額は数字で入力してください(単位は千円)"}, {"budget", "-1", "予算額は0以上の数字で入力してください(単位は千円)"},
        {"budget", "9223372036854775807", "予算額は数字で入力してください(単位は千円)"}, {"starts_on", "2026-02-30", "はじまりは"},
        {"ends_on", "平成31年5月1日", "おわりは"}, {"first_year", "昔", "はじめた年度は"}, {"category", "citizen_x", "取りまとめ区分を選び直してください"},
        {"forms", "magic", "協働の形態を選び直してください"}, {"municipalities", "999999", "市町村を選び直してください"},
        {"partners.0.kind", "alien", "相手の種類を選び直してください"}, {"partners.0.organization", "999999", "団体"},
        {"joint.0.section", "999999", "共に担当する所属を選び直してください"}, {"outcomes.0.value", "たくさん", "値は数字で入力してください"},
        {"outcomes.0.year", "去年", "年度は"}, {"name", NULL, "事業名は200字までで入力してください"}, {"summary", NULL, "ひとこと説明は200字まで"},
        {"contact_phone", NULL, "連絡先の電話は40字まで"}, {"partners.0.name", NULL, "相手の名前は200字まで"},
    };
    char long_text[201 * 4 + 1] = "";
    for (size_t i = 0; i < 201; i++)
        memcpy(long_text + i * 4, "𠮷", 5);
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[CHILD]);
        CHECK(add_project(&t, CHILD, "子ども食堂(例)"));
        for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
            CHECK_INT(client_get(cl, at_project(&t, CHILD, "子ども食堂(例)", "")), 200);
            CHECK(client_form(cl, at_project(&t, CHILD, "子ども食堂(例)", "")));
            client_set(cl, "activity", "書いた\n内容は残る");
            client_set(cl, wrong[i].field, wrong[i].value ? wrong[i].value : long_text);
            if (!CHECK_INT(client_send_with(cl, "go", "save"), 422) || !CHECK(client_sees(cl, wrong[i].says)))
                printf("    %s=%s: %s\n", wrong[i].field, wrong[i].value, strstr(client_body(cl), "class=\"error\"") ? strstr(client_body(cl), "class=\"error\"") : "");
            CHECK(client_sees(cl, "書いた\n内容は残る"));
            if (wrong[i].value && strstr("budget starts_on ends_on first_year", wrong[i].field))
                CHECK(client_sees(cl, PATH("value=\"%s\"", wrong[i].value)));
            CHECK(client_sees(cl, "<title>エラー"));
            CHECK(text_of(&t, "activity", "子ども食堂(例)") == NULL);
        }
        /* 200 characters outside the BMP are 200 characters. */
        long_text[200 * 4] = '\0';
        CHECK_INT(client_get(cl, at_project(&t, CHILD, "子ども食堂(例)", "")), 200);
        CHECK(client_form(cl, at_project(&t, CHILD, "子ども食堂(例)", "")));
        client_set(cl, "name", long_text);
        CHECK_INT(client_send_with(cl, "go", "save"), 303);
        long_text[200 * 4] = '\xf0';
    }
}

TEST(handing_in_asks_for_what_is_missing)
{
    /* field, value, what is said when handing in */
    static const struct { const char *field, *value, *says; } rules[] = {
        {"category", "citizen_led", "取りまとめ区分は、この照会の区分から選んでください"}, /* of the other scheme */
        {"category", "other", "取りまとめ区分が「その他」のときは、内容を入力してください"},
        {"forms", "other", "協働の形態が「その他」のときは、内容を入力してください"},
        {"main_form", "cohost", "主な形態は、選んだ協働の形態の中から選んでください"},
        {"starts_on", "R8.6.2", "おわりの日は、はじまりの日と同じか後の日にしてください"},
        {"first_year", "令和9年度", "はじめた年度は、この年度と同じか前の年度にしてください"},
        {"how_chosen", "nomination", "公募しなかった理由を入力してください"},
        {"outcomes.0.value", "3", "成果の指標の名前を入力してください"},
        {"roles.0.who", "県", "役割分担の仕事を入力してください"},
        {"contributions.0.what", "会議室", "出し合うものの種類を選んでください"},
        {"partners.1.role", "広報", "協働の相手の名前を入力してください"},
        {"name", "", "事業名を入力してください"}, {"category", "", "取りまとめ区分を選んでください"}, {"forms", NULL, "協働の形態を選んでください"},
        {"summary", "", "ひとこと説明を入力してください"}, {"partners.0.name", "", "協働の相手"},
    };
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[CHILD]);
        CHECK(add_project(&t, CHILD, "子ども食堂(例)"));
        const char *form = at_project(&t, CHILD, "子ども食堂(例)", "");
        char to[160];
        path(to, sizeof to, "%s", form);
        /* Nothing but the name: a draft, and a list of what is missing with links to the fields. */
        CHECK_INT(client_get(cl, to_answer(&t, CHILD, "/check")), 200);
        CHECK(client_sees(cl, "4か所を直してください")); /* category, forms, partners, summary */
        CHECK(client_sees(cl, PATH("%s?check=1#summary", to)));
        CHECK(!client_sees(cl, "この内容で提出する"));
        CHECK_INT(client_get(cl, PATH("%s?check=1", to)), 200);
        CHECK(client_sees(cl, "ひとこと説明を入力してください"));
        CHECK(client_form(cl, "/logout"));
        CHECK_INT(client_post(cl, to_answer(&t, CHILD, "/submit"), PATH("csrf=%s", client_value(cl, "csrf"))), 422);
        CHECK(client_sees(cl, "子ども食堂(例): 取りまとめ区分を選んでください"));
        for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
            CHECK_INT(client_get(cl, to), 200);
            CHECK(client_form(cl, to));
            client_set(cl, "name", "子ども食堂(例)");
            write_project(cl);
            client_set(cl, "starts_on", "R8.4.1");
            client_set(cl, "ends_on", "R8.6.1");
            client_set(cl, "partners.0.role", ""); /* so that an empty name empties the row */
            client_set(cl, "partners.0.kind", "");
            client_set(cl, rules[i].field, rules[i].value);
            if (!CHECK_INT(client_send_with(cl, "go", "check"), 303))
                printf("    %s: %s\n", rules[i].field, strstr(client_body(cl), "class=\"error\""));
            CHECK_INT(client_follow(cl), 200);
            if (!CHECK(client_sees(cl, rules[i].says)))
                printf("    %s=%s\n", rules[i].field, rules[i].value);
            CHECK(!client_sees(cl, "この内容で提出する"));
            /* Undone for the next one. */
            CHECK_INT(client_get(cl, to), 200);
            CHECK(client_form(cl, to));
            static const char *const clear[] = {"main_form", "first_year", "how_chosen", "outcomes.0.value", "roles.0.who", "contributions.0.what", "partners.1.role"};
            for (size_t k = 0; k < sizeof clear / sizeof clear[0]; k++)
                client_set(cl, clear[k], "");
            CHECK_INT(client_send_with(cl, "go", "save"), 303);
        }
        /* Complete at last. */
        CHECK_INT(client_get(cl, to), 200);
        CHECK(client_form(cl, to));
        write_project(cl);
        CHECK_INT(client_send_with(cl, "go", "check"), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "この内容で提出する"));
        /* One carried-over project without a decision keeps everything back. */
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, to_answer(&t, ROAD, "/check")), 200);
        CHECK(client_sees(cl, "2か所を直してください"));
        CHECK(client_sees(cl, "「そのまま続ける」「変えて続ける」「終わる」から選んでください"));
        int64_t clean = statement_id(&t, answer_id(&t, ROAD), "ロードクリーン(例)"), flowers = statement_id(&t, answer_id(&t, ROAD), "花の道づくり(例)");
        CHECK(client_sees(cl, PATH("/answers/%lld#d-%lld", (long long)answer_id(&t, ROAD), (long long)clean)));
        CHECK_INT(client_get(cl, to_answer(&t, ROAD, "")), 200);
        CHECK(client_form(cl, to_answer(&t, ROAD, "")));
        client_set(cl, input('d', clean), "changed");
        client_set(cl, input('d', flowers), "ended");
        CHECK_INT(client_send_with(cl, "go", "check"), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "変えたところがありません"));
        CHECK(client_sees(cl, "終わる理由を入力してください"));
    }
}

static enum err renkei_open(struct ctx *c, struct town *t)
{
    struct inquiry q;
    entity_init(&inquiry_entity, &q);
    q.year = 2026;
    q.scheme = "renkei";
    q.round = "start";
    q.due_on = DUE;
    q.scope = "all";
    TRY(inquiry_save(c, NULL, &q));
    t->inquiry = q.id;
    return inquiry_open(c, q.id);
}

TEST(traps_of_the_documents)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[CHILD]);
        CHECK(add_project(&t, CHILD, "子ども食堂(例)"));
        /* 11, 12: categories and forms look alike, are two fields and two lists, each with the words of its own document. */
        CHECK(client_sees(cl, ">実行委員会・協議会・ネットワーク会議</option>"));
        CHECK(client_sees(cl, ">実行委員会・協議会</label>"));
        CHECK(client_sees(cl, ">協働型委託</option>"));
        CHECK(client_sees(cl, ">委託</label>"));
        CHECK(client_sees(cl, ">補助・助成</option>"));
        CHECK(client_sees(cl, ">後援</label>")); /* has no category */
        CHECK(client_sees(cl, ">取組みの計画段階への参画</option>")); /* 13: the spelling of the table */
        CHECK(!client_sees(cl, "民間団体主導型")); /* a category of the other scheme */
        CHECK(!client_sees(cl, "name=\"relation\"")); /* 14: 支援 / 協働 / 外部委託 is Chiba's */
        write_project(cl);
        client_set(cl, "forms", "patronage");
        client_set(cl, "category", "commission"); /* no document maps one to the other */
        client_set(cl, "budget", "0");            /* 34: whether money is needed is a state of the project */
        client_set(cl, "how_chosen", "proposal"); /* 35: in any order */
        CHECK_INT(client_send_with(cl, "go", "check"), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "この内容で提出する"));
        CHECK(client_sees(cl, "予算化された事業が対象です")); /* asked, not refused */
        CHECK(client_sees(cl, "「後援」は取組みごとに判断します"));
        CHECK(client_sees(cl, "新規/継続"));
        CHECK(client_form(cl, to_answer(&t, CHILD, "/submit")));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT budget FROM statement WHERE name='子ども食堂(例)'"), 0); /* 0 is not "not stated" */
        works(&t, renkei_open);
        CHECK(add_project(&t, CHILD, "見守り(例)"));
        CHECK(client_sees(cl, "民間団体主導型"));
        CHECK(!client_sees(cl, "協働型委託"));
        write_project(cl);
        client_set(cl, "category", "horizontal");
        CHECK_INT(client_send_with(cl, "go", "check"), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "事業予算を必要としない事業が対象です"));
        CHECK(client_form(cl, to_answer(&t, CHILD, "/submit")));
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(receipt_of(&t, CHILD), "R8-RENKEI-0001");
    }
}

TEST(words_for_other_go_with_the_choice)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[CHILD]);
        CHECK(add_project(&t, CHILD, "子ども食堂(例)"));
        write_project(cl);
        client_set(cl, "category", "other");
        client_set(cl, "category_other", "人材育成");
        client_add(cl, "forms", "other");
        client_set(cl, "form_other", "勉強会");
        CHECK_INT(client_send_with(cl, "go", "save"), 303);
        CHECK_TEXT(text_of(&t, "category_other", "子ども食堂(例)"), "人材育成");
        CHECK_TEXT(text_of(&t, "form_other", "子ども食堂(例)"), "勉強会");
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_form(cl, at_project(&t, CHILD, "子ども食堂(例)", "")));
        client_set(cl, "category", "accord");
        client_set(cl, "forms", "accord");
        CHECK_INT(client_send_with(cl, "go", "save"), 303);
        CHECK(text_of(&t, "category_other", "子ども食堂(例)") == NULL);
        CHECK(text_of(&t, "form_other", "子ども食堂(例)") == NULL);
    }
}

TEST(as_last_year_means_as_last_year)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[ROAD]);
        int64_t clean = statement_id(&t, answer_id(&t, ROAD), "ロードクリーン(例)");
        char to[160];
        path(to, sizeof to, "%s", at_project(&t, ROAD, "ロードクリーン(例)", ""));
        CHECK_INT(client_get(cl, to), 200);
        CHECK(client_form(cl, to));
        client_set(cl, "budget", "999");
        client_set(cl, "settled", "1,100");
        client_set(cl, "outcomes.2.value", "182");
        CHECK_INT(client_send_with(cl, "go", "save"), 303);
        CHECK_TEXT(text_of(&t, "decision", "ロードクリーン(例)"), "changed"); /* what was written decides */
        CHECK_INT(client_get(cl, to_answer(&t, ROAD, "")), 200);
        CHECK(client_sees(cl, "変えたところは昨年度の内容にもどります"));
        CHECK(client_form(cl, to_answer(&t, ROAD, "")));
        client_set(cl, input('d', clean), "same");
        CHECK_INT(client_send_with(cl, "go", "save"), 303);
        CHECK_INT(client_int(cl, SQL("SELECT budget FROM statement WHERE id=%lld", (long long)clean)), 1200000);
        CHECK_INT(client_int(cl, SQL("SELECT settled FROM statement WHERE id=%lld", (long long)clean)), 1100000);
        CHECK_INT(client_int(cl, SQL("SELECT value FROM statement_outcome WHERE owner=%lld AND year=2025 AND unit='団体'", (long long)clean)), 182000);
        /* Settled amount and outcomes alone are no change. */
        CHECK_INT(client_get(cl, to), 200);
        CHECK(client_form(cl, to));
        client_set(cl, "settled", "1,090");
        CHECK_INT(client_send_with(cl, "go", "save"), 303);
        CHECK_TEXT(text_of(&t, "decision", "ロードクリーン(例)"), "same");
        CHECK_INT(client_int(cl, SQL("SELECT settled FROM statement WHERE id=%lld", (long long)clean)), 1090000);
        /* A wrong figure beside a right decision: nothing is saved, everything comes back. */
        CHECK_INT(client_get(cl, to_answer(&t, ROAD, "")), 200);
        CHECK(client_form(cl, to_answer(&t, ROAD, "")));
        int64_t flowers = statement_id(&t, answer_id(&t, ROAD), "花の道づくり(例)");
        client_set(cl, input('d', flowers), "ended");
        client_set(cl, input('e', flowers), "理由は残る");
        client_set(cl, input('s', clean), "百万");
        CHECK_INT(client_send_with(cl, "go", "save"), 422);
        CHECK(client_sees(cl, "昨年度の決算額は数字で入力してください(単位は千円)"));
        CHECK(client_sees(cl, "理由は残る"));
        CHECK(client_sees(cl, "value=\"百万\""));
        CHECK(text_of(&t, "decision", "花の道づくり(例)") == NULL);
    }
}

TEST(a_draft_is_saved_as_one_types)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[CHILD]);
        CHECK(add_project(&t, CHILD, "子ども食堂(例)"));
        char to[160];
        path(to, sizeof to, "%s", at_project(&t, CHILD, "子ども食堂(例)", ""));
        client_set(cl, "summary", "一");
        CHECK_INT(client_send_with(cl, "draft", "1"), 200);
        CHECK_TEXT(text_of(&t, "summary", "子ども食堂(例)"), "一");
        /* The answer carries the version and the key of the next save; with them it goes on and on. */
        CHECK(client_form(cl, to));
        client_set(cl, "summary", "一二");
        CHECK_INT(client_send_with(cl, "draft", "1"), 200);
        CHECK_TEXT(text_of(&t, "summary", "子ども食堂(例)"), "一二");
        CHECK(client_form(cl, to));
        client_set(cl, "budget", "書きかけ");
        client_set(cl, "summary", "一二三");
        CHECK_INT(client_send_with(cl, "draft", "1"), 422);
        CHECK_TEXT(text_of(&t, "summary", "子ども食堂(例)"), "一二");
        client_as(cl, t.officer[ROAD]);
        int64_t clean = statement_id(&t, answer_id(&t, ROAD), "ロードクリーン(例)");
        CHECK_INT(client_get(cl, to_answer(&t, ROAD, "")), 200);
        CHECK(client_form(cl, to_answer(&t, ROAD, "")));
        client_set(cl, input('d', clean), "same");
        CHECK_INT(client_send_with(cl, "draft", "1"), 200);
        CHECK_TEXT(text_of(&t, "decision", "ロードクリーン(例)"), "same");
        CHECK(client_form(cl, to_answer(&t, ROAD, "")));
        client_set(cl, input('d', clean), "ended");
        CHECK_INT(client_send_with(cl, "draft", "1"), 200);
        CHECK_TEXT(text_of(&t, "decision", "ロードクリーン(例)"), "ended");
    }
}

TEST(a_joint_section_sees_what_the_lead_wrote)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[CHILD]);
        CHECK(add_project(&t, CHILD, "子ども食堂(例)"));
        write_project(cl);
        client_set(cl, "joint.0.section", SQL("%lld", (long long)client_int(cl, "SELECT id FROM section WHERE year=2026 AND name='福祉課'")));
        client_set(cl, "contact_person", "例野 例子");
        client_set(cl, "lesson", "内部の話");
        CHECK_INT(client_send_with(cl, "go", "save"), 303);
        client_as(cl, t.officer[WELFARE]);
        CHECK_INT(client_get(cl, "/answers"), 200);
        CHECK(client_sees(cl, "共に担当している事業"));
        CHECK_INT(client_get(cl, at_project(&t, CHILD, "子ども食堂(例)", "")), 200);
        CHECK(client_sees(cl, "みんなで歩いて学ぶ"));
        CHECK(!client_sees(cl, "下書きを保存"));
        CHECK(!client_sees(cl, "事務局メモ"));
        CHECK_INT(client_get(cl, to_answer(&t, CHILD, "")), 403);
        client_as(cl, t.officer[RIVER]);
        CHECK_INT(client_get(cl, at_project(&t, CHILD, "子ども食堂(例)", "")), 403);
    }
}

TEST(what_people_type_is_never_markup)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[CHILD]);
        CHECK_INT(client_get(cl, to_answer(&t, CHILD, "/projects/new")), 200);
        CHECK(client_form(cl, to_answer(&t, CHILD, "/projects/new")));
        client_set(cl, "name", "<script>alert(1)</script>\"'&事業(例)");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(!client_sees(cl, "<script>alert"));
        CHECK_INT(client_get(cl, to_answer(&t, CHILD, "")), 200);
        CHECK(!client_sees(cl, "<script>alert"));
        CHECK_INT(client_get(cl, to_answer(&t, CHILD, "/check")), 200);
        CHECK(client_sees(cl, "&lt;script&gt;"));
        CHECK(!client_sees(cl, "<script>alert"));
    }
}

TEST_MAIN
