/* Inquiries: making, opening with last year carried over, the board, reminding, doubles, closing. */
#include "http/register_http.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "core/outbox.h"

static const char *at_inquiry(const struct town *t, const char *rest)
{
    static char buffer[100];
    return path(buffer, sizeof buffer, "/inquiries/%lld%s", (long long)t->inquiry, rest);
}

static size_t times(const struct client *cl, const char *text)
{
    size_t n = 0;
    for (const char *p = client_body(cl); (p = strstr(p, text)) != NULL; p += strlen(text))
        n++;
    return n;
}

TEST(the_secretariat_makes_and_opens_an_inquiry)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/inquiries"), 200);
        CHECK(client_sees(cl, "新しい照会をつくる"));
        CHECK_INT(client_get(cl, "/inquiries/new"), 200);
        CHECK(client_sees(cl, "特にPSの視点を重視して")); /* the definition of the scheme is printed */
        CHECK(client_form(cl, "/inquiries/new"));
        CHECK_TEXT(client_value(cl, "scheme"), "ps");
        CHECK_TEXT(client_value(cl, "year"), "2026");
        CHECK_TEXT(client_value(cl, "scope"), "all");
        client_set(cl, "due_on", "Ｒ８．６．１０");
        client_set(cl, "body", "今年もお願いします。");
        CHECK_INT(client_send(cl), 303);
        t.inquiry = client_int(cl, "SELECT MAX(id) FROM inquiry");
        CHECK_TEXT(client_header_of(cl, "Location"), at_inquiry(&t, "/open"));
        CHECK_TEXT(client_text(cl, "SELECT title FROM inquiry ORDER BY id DESC LIMIT 1"), "令和8年度 PSプロジェクト照会");
        CHECK_TEXT(client_text(cl, "SELECT due_on FROM inquiry ORDER BY id DESC LIMIT 1"), "2026-06-10");
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "引きつぐ事業</dt><dd>3件"));
        CHECK(client_sees(cl, "推進員のいない課(2)")); /* 河川課 has an officer only, 水産課 nobody */
        CHECK(client_sees(cl, "この照会を5課に送る"));
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM answer WHERE inquiry=%lld", (long long)t.inquiry)), 0);
        int64_t letters = client_int(cl, "SELECT COUNT(*) FROM outbox");
        CHECK(client_form(cl, at_inquiry(&t, "/open")));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_send(cl), 303); /* a double click */
        CHECK_INT(client_follow(cl), 200);
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM answer WHERE inquiry=%lld", (long long)t.inquiry)), SECTIONS);
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM statement WHERE inquiry=%lld", (long long)t.inquiry)), 3);
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM outbox"), letters + SECTIONS); /* where there is no promoter, to the section itself */
        CHECK(client_sees(cl, "令和8年(2026年)6月10日(水)23:59(日本時間)"));
        CHECK(client_sees(cl, "未提出の5課へ催促"));
        CHECK(client_sees(cl, "09時00分現在") || client_sees(cl, "9時00分現在"));
        /* Sent is sent. */
        CHECK_INT(client_get(cl, at_inquiry(&t, "/open")), 409);
        CHECK_INT(client_get(cl, at_inquiry(&t, "/edit")), 200);
        CHECK(!client_sees(cl, "name=\"scheme\""));
        CHECK(client_form(cl, at_inquiry(&t, "/edit")));
        client_set(cl, "due_on", "2026/6/20");
        client_set(cl, "scope", "part"); /* not among the fields shown */
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, "SELECT due_on FROM inquiry ORDER BY id DESC LIMIT 1"), "2026-06-20");
        CHECK_TEXT(client_text(cl, "SELECT scope FROM inquiry ORDER BY id DESC LIMIT 1"), "all");
    }
}

TEST(what_is_wrong_with_an_inquiry_is_said_at_its_field)
{
    static const struct { const char *field, *value, *says; } wrong[] = {
        {"due_on", "6月31日", "締切の日は"}, {"due_on", "", "締切の日を入力してください"}, {"due_on", "2026-02-30", "締切の日は"},
        {"scheme", "nothing", "種類を選び直してください"}, {"round", "", "時期を選んでください"}, {"scope", "half", "あて先を選んでください"},
        {"scope", "part", "あて先の所属を1つ以上選んでください"}, {"year", "2099", "年度は"}, {"title", NULL, "件名は100字まで"},
    };
    char long_title[100 * 3 + 4] = "";
    for (size_t i = 0; i < 101; i++)
        memcpy(long_title + i * 3, "あ", 4);
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        client_as(cl, t.secretariat);
        for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
            CHECK_INT(client_get(cl, "/inquiries/new"), 200);
            CHECK(client_form(cl, "/inquiries/new"));
            client_set(cl, "due_on", DUE);
            client_set(cl, "body", "書いた本文は残る");
            client_set(cl, wrong[i].field, wrong[i].value ? wrong[i].value : long_title);
            if (!CHECK_INT(client_send(cl), 422) || !CHECK(client_sees(cl, wrong[i].says)))
                printf("    %s=%s\n", wrong[i].field, wrong[i].value);
            CHECK(client_sees(cl, "書いた本文は残る"));
            CHECK(client_sees(cl, "<title>エラー"));
        }
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM inquiry"), 1);
        /* A due date that has passed is met when sending. */
        CHECK_INT(client_get(cl, "/inquiries/new"), 200);
        CHECK(client_form(cl, "/inquiries/new"));
        client_set(cl, "due_on", "2026-05-09");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_form(cl, "/inquiries/"));
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "締切の日が過ぎています"));
        CHECK_TEXT(client_text(cl, "SELECT state FROM inquiry ORDER BY id DESC LIMIT 1"), "draft");
    }
}

TEST(a_draft_is_thrown_away)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/inquiries/new"), 200);
        CHECK(client_form(cl, "/inquiries/new"));
        client_set(cl, "due_on", DUE);
        CHECK_INT(client_send(cl), 303);
        t.inquiry = client_int(cl, "SELECT MAX(id) FROM inquiry");
        CHECK_INT(client_get(cl, at_inquiry(&t, "")), 200);
        CHECK(client_sees(cl, "まだ送っていません"));
        CHECK_INT(client_get(cl, at_inquiry(&t, "/discard")), 200);
        CHECK(client_form(cl, at_inquiry(&t, "/discard")));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_get(cl, at_inquiry(&t, "")), 404);
        works(&t, this_year_open);
        CHECK_INT(client_get(cl, at_inquiry(&t, "/discard")), 409);
    }
}

TEST(a_part_of_the_tree_is_asked)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/inquiries/new"), 200);
        CHECK(client_form(cl, "/inquiries/new"));
        client_set(cl, "due_on", DUE);
        client_set(cl, "scope", "part");
        client_add(cl, "units", SQL("%lld", (long long)client_int(cl, "SELECT unit FROM section WHERE year=2026 AND name='健康福祉部'")));
        client_add(cl, "units", SQL("%lld", (long long)t.unit[RIVER]));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "この照会を3課に送る"));
        CHECK(!client_sees(cl, "引きつぐ先のない事業")); /* 道路保全課 is only not asked */
        CHECK(client_form(cl, "/inquiries/"));
        CHECK_INT(client_send(cl), 303);
        t.inquiry = client_int(cl, "SELECT MAX(id) FROM inquiry");
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM answer WHERE inquiry=%lld", (long long)t.inquiry)), 3);
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM statement WHERE inquiry=%lld", (long long)t.inquiry)), 1);
    }
}

static enum err check_carried(struct ctx *c, struct town *t)
{
    int64_t answer = NONE, before = NONE;
    struct statement *v = NULL, last;
    size_t n = 0;
    TRY(answer_of(c, t->inquiry, t->unit[ROAD], &answer));
    TRY(answer_statements(c, answer, &v, &n));
    CHECK_INT(n, 2);
    if (n != 2)
        return OK;
    TRY(record_load(c, &statement_entity, v[0].previous, &last));
    CHECK_TEXT(v[0].name, "ロードクリーン(例)");
    CHECK_INT(v[0].project, last.project);
    CHECK_INT(v[0].year, 2026);
    CHECK_TEXT(v[0].continuity, "continued");
    CHECK_TEXT(last.continuity, "new");
    CHECK(v[0].decision == NULL);
    CHECK_INT(v[0].settled, NONE);
    CHECK_INT(v[0].budget, 1200000);
    CHECK_TEXT(v[0].category, "accord");
    CHECK_INT(v[0].partners_n, 1);
    /* A place for last year's value of each measure; what is known stays. */
    CHECK_INT(v[0].outcomes_n, 4);
    if (v[0].outcomes_n == 4) {
        CHECK_INT(v[0].outcomes[0].value, 70000);
        CHECK_INT(v[0].outcomes[2].year, 2025);
        CHECK_INT(v[0].outcomes[2].value, NONE);
        CHECK_TEXT(v[0].outcomes[3].unit, "km");
    }
    /* The lead is this year's row of the same section. */
    CHECK(v[0].lead != last.lead);
    TRY_DB(c, db_get_int(c->db, "SELECT COUNT(*) FROM statement WHERE inquiry=$1 AND name='出されなかった事業(例)'", P(t->inquiry), &before));
    CHECK_INT(before, 0);
    return OK;
}

TEST(last_years_projects_are_carried_over)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, check_carried);
    }
}

static enum err first_round_answered(struct ctx *c, struct town *t)
{
    int64_t answer = NONE;
    struct statement *v = NULL;
    size_t n = 0;
    TRY(answer_of(c, t->inquiry, t->unit[ROAD], &answer));
    TRY(answer_statements(c, answer, &v, &n));
    TRY(statement_decide(c, v[0].id, "same", NULL));
    TRY(statement_decide(c, v[1].id, "ended", "役目を終えたため"));
    TRY(one_more(c, answer, "新しい橋(例)", false));
    TRY(answer_submit(c, answer));
    TRY(inquiry_close(c, t->inquiry));
    return open_round(c, 2026, DUE, "budget", &t->inquiry);
}

static enum err next_year_asked(struct ctx *c, struct town *t)
{
    int64_t there = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT COUNT(*) FROM section WHERE year=2027", P0, &there));
    CHECK_INT(there, 0);
    return open_round(c, 2027, "2026-12-10", "budget", &t->inquiry);
}

TEST(a_second_round_carries_over_the_first)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, first_round_answered);
        int64_t road = answer_id(&t, ROAD);
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM statement WHERE answer=%lld", (long long)road)), 2);
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM statement WHERE answer=%lld AND name='花の道づくり(例)'", (long long)road)), 0); /* ended */
        /* New this year is new in both rounds of the year. */
        CHECK_TEXT(client_text(cl, SQL("SELECT continuity FROM statement WHERE answer=%lld AND name='新しい橋(例)'", (long long)road)), "new");
        CHECK_TEXT(client_text(cl, SQL("SELECT continuity FROM statement WHERE answer=%lld AND name='ロードクリーン(例)'", (long long)road)), "continued");
        /* 河川課 did not answer the first round: what it said last year is asked again, as its newest statement. */
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM statement WHERE answer=%lld", (long long)answer_id(&t, RIVER))), 1);
    }
}

TEST(at_the_time_of_the_budget_the_year_has_not_begun)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_clock(cl, TOO_LATE);
        works(&t, next_year_asked); /* trap 36 */
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM answer WHERE inquiry=%lld", (long long)t.inquiry)), SECTIONS);
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM section WHERE year=2027"), client_int(cl, "SELECT COUNT(*) FROM section WHERE year=2026"));
    }
}

static enum err river_answers(struct ctx *c, struct town *t)
{
    int64_t answer = NONE;
    struct statement *v = NULL;
    size_t n = 0;
    TRY(answer_of(c, t->inquiry, t->unit[RIVER], &answer));
    TRY(answer_statements(c, answer, &v, &n));
    TRY(statement_decide(c, v[0].id, "same", NULL));
    return answer_submit(c, answer);
}

TEST(reminders_show_their_recipients_first)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.secretariat);
        int64_t letters = client_int(cl, "SELECT COUNT(*) FROM outbox");
        CHECK_INT(client_get(cl, at_inquiry(&t, "/remind")), 200);
        CHECK(client_sees(cl, "あて先(5課)"));
        CHECK(client_sees(cl, "例 promoter")); /* by name */
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM outbox"), letters);
        CHECK(client_form(cl, at_inquiry(&t, "/remind")));
        client_set(cl, "answers", SQL("%lld", (long long)answer_id(&t, ROAD)));
        client_add(cl, "answers", SQL("%lld", (long long)answer_id(&t, RIVER)));
        client_set(cl, "text", "");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "催促の文を入力してください"));
        CHECK(client_form(cl, at_inquiry(&t, "/remind")));
        CHECK_INT(times(cl, " checked"), 2); /* the choice is still there */
        client_set(cl, "text", "至急ご返事ください。");
        works(&t, river_answers); /* meanwhile */
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT COUNT(*) FROM outbox"), letters + 1);
        CHECK(client_int(cl, SQL("SELECT reminded_at FROM answer WHERE id=%lld", (long long)answer_id(&t, ROAD))) == IN_MAY);
        CHECK(client_int(cl, SQL("SELECT reminded_at FROM answer WHERE id=%lld", (long long)answer_id(&t, RIVER))) == NONE);
        CHECK(client_int(cl, SQL("SELECT reminded_at FROM answer WHERE id=%lld", (long long)answer_id(&t, CHILD))) == NONE);
        CHECK(client_int(cl, "SELECT COUNT(*) FROM outbox WHERE body LIKE '%至急ご返事ください。%/answers/%'") == 1);
        /* Nobody chosen; somebody of another inquiry. */
        CHECK_INT(client_get(cl, at_inquiry(&t, "/remind")), 200);
        CHECK(client_form(cl, at_inquiry(&t, "/remind")));
        client_set(cl, "answers", NULL);
        CHECK_INT(client_send(cl), 422);
        CHECK(client_form(cl, at_inquiry(&t, "/remind")));
        client_set(cl, "answers", "1");
        CHECK_INT(client_send(cl), 422);
    }
}

TEST(the_board_counts_by_department)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, river_answers);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, at_inquiry(&t, "")), 200);
        CHECK(client_sees(cl, "<b>5</b>課"));
        CHECK(client_sees(cl, PATH("提出 <a href=\"/inquiries/%lld?state=submitted#sections\"", (long long)t.inquiry)));
        CHECK_INT(times(cl, "<b>4</b>課"), 1);
        CHECK(client_sees(cl, "3(3)")); /* 土木部: three projects, three of last year */
        CHECK(client_sees(cl, "R8-PS-0001"));
        /* A figure leads to the sections that yield it. */
        CHECK_INT(client_get(cl, at_inquiry(&t, "?state=submitted")), 200);
        CHECK(client_sees(cl, PATH("/answers/%lld\"", (long long)answer_id(&t, RIVER))));
        CHECK(!client_sees(cl, PATH("/answers/%lld\"", (long long)answer_id(&t, ROAD))));
        CHECK_INT(client_get(cl, at_inquiry(&t, "?state=missing")), 200);
        CHECK(!client_sees(cl, PATH("/answers/%lld\"", (long long)answer_id(&t, RIVER))));
        CHECK(client_sees(cl, PATH("/answers/%lld\"", (long long)answer_id(&t, ROAD))));
        /* A department's name opens its list. */
        CHECK_INT(client_get(cl, at_inquiry(&t, "")), 200);
        CHECK_INT(times(cl, "<details id=\"g-0\" open"), 0);
        int64_t works_department = client_int(cl, "SELECT unit FROM section WHERE year=2026 AND name='土木部'");
        CHECK(client_sees(cl, PATH("?department=%lld#g-", (long long)works_department)));
        CHECK_INT(client_get(cl, at_inquiry(&t, PATH("?department=%lld", (long long)works_department))), 200);
        CHECK_INT(times(cl, "<details id=\"g-0\" open"), 1);
        client_clock(cl, TOO_LATE);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, at_inquiry(&t, "")), 200);
        CHECK(client_sees(cl, "期限超過"));
        CHECK_INT(client_get(cl, "/inquiries"), 200);
        CHECK(client_sees(cl, "1／5"));
    }
}

static enum err two_alike(struct ctx *c, struct town *t)
{
    int64_t answer = NONE;
    TRY(answer_of(c, t->inquiry, t->unit[CHILD], &answer));
    TRY(one_more(c, answer, "ロード・クリーン運動(例)", false));
    TRY(answer_of(c, t->inquiry, t->unit[SEA], &answer));
    return one_more(c, answer, "磯焼けをなおす海のもりづくり(例)", false);
}

TEST(closing_lists_the_missing_and_likely_doubles)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, river_answers);
        works(&t, two_alike);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, at_inquiry(&t, "/close")), 200);
        CHECK(client_sees(cl, "未回答の課(4)"));
        CHECK(client_sees(cl, "いま閉じると台帳に引きつがれません"));
        CHECK(client_sees(cl, "締切(")); /* before the due date: said */
        CHECK(client_sees(cl, "同じ事業かもしれないもの(1組)"));
        CHECK(client_sees(cl, "ロード・クリーン運動(例)"));
        CHECK(!client_sees(cl, "磯焼け"));
        CHECK(client_form(cl, at_inquiry(&t, "/doubles")));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "同じ事業かもしれないもの(0組)"));
        CHECK(client_form(cl, at_inquiry(&t, "/close")));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "未回答 <a href"));
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "台帳の版を作る"));
        CHECK_INT(client_get(cl, at_inquiry(&t, "")), 200);
        /* The figures are those of the register: nothing of a section that never answered. */
        CHECK(client_sees(cl, SQL("<th scope=\"row\">計</th><td class=\"num\">%lld</td>",
                                  (long long)client_int(cl, SQL("SELECT count(*) FROM answer WHERE inquiry=%lld AND state='submitted'", (long long)t.inquiry)))));
        CHECK(client_sees(cl, SQL("<td class=\"num\">%lld(", (long long)client_int(cl, SQL("SELECT count(*) FROM statement s JOIN answer a ON a.id=s.answer WHERE "
                                                                                        "a.inquiry=%lld AND a.state='submitted'", (long long)t.inquiry)))));
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM inquiry WHERE id=%lld", (long long)t.inquiry)), "closed");
        CHECK_INT(client_get(cl, at_inquiry(&t, "/remind")), 409);
        CHECK_INT(client_get(cl, at_inquiry(&t, "/edit")), 409);
        /* Closing shuts it. */
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)answer_id(&t, ROAD))), 200);
        CHECK(client_sees(cl, "未回答"));
        CHECK(!client_sees(cl, "下書きを保存"));
        CHECK_INT(client_get(cl, PATH("/answers/%lld/none", (long long)answer_id(&t, ROAD))), 409);
        CHECK_INT(client_get(cl, PATH("/answers/%lld/projects/new", (long long)answer_id(&t, ROAD))), 409);
    }
}

static int by_value(const void *x, const void *y)
{
    const uint64_t *a = x, *b = y;
    return (*a > *b) - (*a < *b);
}

/* The folded text's pairs of neighbours, sorted; blanks do not count. A single character pairs with nothing. */
static size_t bigrams(struct arena *a, const char *s, uint64_t **out)
{
    const char *folded = text_fold(a, s ? s : "");
    const char *end = folded + strlen(folded);
    uint64_t *list = arena_many(a, uint64_t, (size_t)(end - folded) + 1);
    size_t n = 0, chars = 0;
    uint64_t before = 0;
    for (const char *p = folded; p < end;) {
        uint32_t cp = 0;
        p += utf8_read(p, end, &cp);
        if (cp == ' ')
            continue;
        if (chars++)
            list[n++] = before << 32 | cp;
        before = cp;
    }
    if (chars == 1)
        list[n++] = before << 32;
    if (n > 1)
        qsort(list, n, sizeof *list, by_value);
    *out = list;
    return n;
}

/* How alike two names are, 0 to 1, by the definition itself: Dice coefficient of the folded bigrams. */
static double likeness(const char *x, const char *y)
{
    ARENA struct arena *work = arena_new();
    uint64_t *u, *v;
    size_t n = bigrams(work, x, &u), m = bigrams(work, y, &v), common = 0;
    if (n + m == 0)
        return 0;
    for (size_t i = 0, j = 0; i < n && j < m;) {
        if (u[i] == v[j]) {
            common++;
            i++;
            j++;
        } else if (u[i] < v[j]) {
            i++;
        } else {
            j++;
        }
    }
    return 2.0 * (double)common / (double)(n + m);
}

static enum err doubles_like_brute_force(struct ctx *c, struct town *t)
{
    static const char *const parts[] = {"里山", "海岸", "清掃", "見守り", "子ども", "防災", "まつり", "花いっぱい", "ロード", "クリーン", "事業", "運動", "支援"};
    int64_t answer[2] = {NONE, NONE}, seed = 7;
    TRY(answer_of(c, t->inquiry, t->unit[CHILD], &answer[0]));
    TRY(answer_of(c, t->inquiry, t->unit[SEA], &answer[1]));
    for (size_t i = 0; i < 60; i++) {
        struct statement s;
        char name[200] = "";
        for (int k = 0; k < 3; k++) {
            seed = (seed * 1103515245 + 12345) % 2147483648;
            const char *part = parts[(size_t)(seed >> 8) % (sizeof parts / sizeof parts[0])];
            memcpy(name + strlen(name), part, strlen(part) + 1);
        }
        entity_init(&statement_entity, &s);
        s.answer = answer[i % 2];
        fill(c, &s, arena_printf(c->arena, "%s(例)", name));
        s.partners[0].name = arena_printf(c->arena, "相手%zu(例)", i); /* names alone */
        TRY(statement_save(c, NULL, &s));
    }
    struct statement *all = NULL;
    size_t all_n = 0, expected = 0, n = 0, alike = 0;
    struct sql tail;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE inquiry=$ ORDER BY id", P(t->inquiry));
    TRY_DB(c, entity_select(c->db, c->arena, &statement_entity, &tail, false, &all, &all_n));
    CHECK_INT(all_n, 63);
    for (size_t i = 0; i < all_n; i++)
        for (size_t k = 0; k < i; k++) {
            double near = likeness(all[i].name, all[k].name);
            expected += all[i].lead != all[k].lead && (near >= 0.6 || (near >= 0.5 && text_eq(all[i].partners[0].name, all[k].partners[0].name)));
        }
    struct double_pair *v = NULL;
    TRY(doubles_find(c, t->inquiry, &v, &n));
    for (size_t i = 0; i < n; i++) {
        double near = likeness(v[i].one_name, v[i].other_name);
        CHECK(near >= (v[i].partner ? 0.5 : 0.6));
        CHECK(v[i].percent == (int)(near * 100 + 0.5));
        CHECK(v[i].one < v[i].other);
        alike += strstr(v[i].one_section, v[i].other_section) == NULL;
    }
    CHECK(expected > 10);
    CHECK_INT(n, expected);
    CHECK_INT(alike, n);
    return OK;
}

TEST(doubles_are_those_that_comparing_all_would_find)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, doubles_like_brute_force);
    }
}

TEST(a_common_partner_makes_a_lower_likeness_enough)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, two_alike);
        /* 花の道づくり(例) and 磯焼けをなおす海のもりづくり(例): the same partner, but names too far apart. */
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, at_inquiry(&t, "/close")), 200);
        CHECK(!client_sees(cl, "磯焼け"));
        client_exec(cl, "UPDATE statement SET name='花のみちづくり運動(例)' WHERE name LIKE '磯焼け%'");
        CHECK_INT(client_get(cl, at_inquiry(&t, "/close")), 200);
        CHECK(client_sees(cl, "花のみちづくり運動(例)"));
        CHECK(client_sees(cl, "相手も同じです"));
        client_exec(cl, "UPDATE statement_partner SET name='別の団体(例)' WHERE owner IN (SELECT id FROM statement WHERE name='花のみちづくり運動(例)')");
        CHECK_INT(client_get(cl, at_inquiry(&t, "/close")), 200);
        CHECK(!client_sees(cl, "花のみちづくり運動(例)"));
    }
}

TEST(only_the_secretariat_sees_inquiries)
{
    static const char *const pages[] = {"", "/edit", "/open", "/remind", "/close"};
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, "/inquiries"), 403);
        CHECK_INT(client_get(cl, "/inquiries/new"), 403);
        for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
            CHECK_INT(client_get(cl, at_inquiry(&t, pages[i])), 403);
        /* A form taken from the secretariat's page does not help. */
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, at_inquiry(&t, "/close")), 200);
        CHECK(client_form(cl, at_inquiry(&t, "/close")));
        const char *key = client_value(cl, "key");
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, "/answers"), 200);
        CHECK(client_form(cl, "/logout"));
        CHECK_INT(client_post(cl, at_inquiry(&t, "/close"), SQL("csrf=%s&key=%s", client_value(cl, "csrf"), key)), 403);
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM inquiry WHERE id=%lld", (long long)t.inquiry)), "open");
        client_nobody(cl);
        CHECK_INT(client_get(cl, at_inquiry(&t, "")), 303);
        CHECK(strstr(client_header_of(cl, "Location"), "/login") != NULL);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/inquiries/9999"), 404);
    }
}

TEST(things_to_do_name_the_inquiry)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "照会に回答する"));
        CHECK(client_sees(cl, PATH("/answers/%lld", (long long)answer_id(&t, ROAD))));
        CHECK(!client_sees(cl, PATH("/answers/%lld\"", (long long)answer_id(&t, WELFARE))));
        client_as(cl, t.secretariat);
        client_clock(cl, TOO_LATE);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "照会を閉じる(未提出 5課)"));
    }
}

TEST_MAIN
