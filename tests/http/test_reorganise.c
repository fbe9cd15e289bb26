/* 1 April: a new year's sections from the old ones, and all that hangs on them. */
#include "area/people/people.h"
#include "area/people/reorganise.h"
#include "http/register_http.h"

/* 2027-04-01 10:00 in Tokyo */
#define APRIL 1806541200

static enum err answer_this_year(struct ctx *c, struct town *t)
{
    for (size_t i = 0; i < 2; i++) {
        int64_t a = NONE;
        struct statement *v = NULL;
        size_t n = 0;
        TRY(answer_of(c, t->inquiry, t->unit[i], &a));
        TRY(answer_statements(c, a, &v, &n));
        for (size_t k = 0; k < n; k++)
            TRY(statement_decide(c, v[k].id, "same", NULL));
        TRY(answer_submit(c, a));
    }
    int64_t welfare = NONE, edition = NONE;
    TRY(answer_of(c, t->inquiry, t->unit[WELFARE], &welfare));
    TRY(one_more(c, welfare, "見守りの輪(例)", false));
    TRY(answer_submit(c, welfare));
    TRY(inquiry_close(c, t->inquiry));
    TRY(edition_make(c, 2026, NULL, &edition));
    return edition_publish(c, edition, NONE);
}

/* 2026 answered, closed and published; now it is 1 April 2027. */
static void a_year_later(struct town *t, struct client *cl)
{
    town_open(t, cl);
    works(t, answer_this_year);
    client_clock(cl, APRIL);
}

static int64_t unit_named(struct client *cl, int64_t year, const char *name)
{
    return client_int(cl, SQL("SELECT min(unit) FROM section WHERE year=%lld AND name='%s'", (long long)year, name));
}

/* 道路保全課 is split, 福祉課 and 子ども課 become one, 河川課 gets another name, 水産課 ends; こども局 is new. */
static int check_by_form(struct town *t)
{
    struct client *cl = t->cl;
    /* The second form of the page is the table; the first one takes a file. */
    CHECK_INT(client_get(cl, "/account"), 200);
    CHECK(client_form(cl, "/logout"));
    struct arena *a = client_ctx(cl)->arena;
    const char *csrf = arena_dup(a, client_value(cl, "csrf"));
    struct sb b;
    sb_init(&b, a);
    sb_printf(&b, "csrf=%s&year=2027", csrf);
    const struct { const char *old, *kind, *names; } rows[] = {
        {"道路保全課", "split", "道路保全課\n橋梁課"}, {"河川課", "rename", "河川砂防課"}, {"福祉課", "merge", "福祉子ども課"},
        {"子ども課", "merge", "福祉子ども課"},         {"水産課", "abolish", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        long long unit = (long long)unit_named(cl, 2026, rows[i].old);
        sb_printf(&b, "&kind.%lld=%s&name.%lld=", unit, rows[i].kind, unit);
        url_encode(&b, rows[i].names ? rows[i].names : "");
    }
    sb_add(&b, "&fresh=");
    url_encode(&b, "こども局\nこども局,こども政策課");
    return client_post(cl, "/reorganise/check", sb_str(&b));
}

TEST(a_year_turns_over_with_reorganised_sections)
{
    EACH_ENGINE(cl) {
        struct town t;
        a_year_later(&t, cl);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/reorganise?year=2027"), 200);
        CHECK(client_sees(cl, "道路保全課") && client_sees(cl, "事業 2件"));
        int64_t rows = client_int(cl, "SELECT count(*) FROM section");
        if (!CHECK_INT(check_by_form(&t), 200))
            printf("%s\n", client_body(cl));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section"), rows); /* looked at, nothing written */
        CHECK(client_sees(cl, "福祉子ども課") && client_sees(cl, "統合") && client_sees(cl, "河川砂防課") && client_sees(cl, "名称変更") && client_sees(cl, "こども政策課"));
        CHECK(client_sees(cl, "廃止"));
        CHECK(client_sees(cl, "道路保全課 →&nbsp;\n土木部/道路保全課") && client_sees(cl, "道路保全課 →&nbsp;\n土木部/橋梁課")); /* both parts */
        CHECK(client_sees(cl, "分かれる課の事業(2)"));
        CHECK(client_form(cl, "/reorganise/take"));
        int64_t cleaning = client_int(cl, "SELECT min(project) FROM statement WHERE name='ロードクリーン(例)'"), flowers = client_int(cl, "SELECT min(project) FROM statement WHERE name='花の道づくり(例)'");
        client_set(cl, PATH("place.%lld", (long long)cleaning), "土木部/橋梁課");
        int64_t road = t.unit[ROAD], river = t.unit[RIVER], welfare = t.unit[WELFARE], child = t.unit[CHILD], sea = t.unit[SEA];
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "組織の変更を取り込みました"));
        /* Numbers: what goes on keeps its own. */
        CHECK_INT(unit_named(cl, 2027, "道路保全課"), road);
        CHECK_INT(unit_named(cl, 2027, "河川砂防課"), river);
        int64_t bridge = unit_named(cl, 2027, "橋梁課"), both = unit_named(cl, 2027, "福祉子ども課");
        CHECK(bridge > 0 && bridge != road && both > 0 && both != welfare && both != child);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM section WHERE year=2027 AND unit=%lld", (long long)sea)), 0);
        CHECK_TEXT(client_text(cl, SQL("SELECT p.name FROM section x JOIN section p ON p.id=x.parent WHERE x.unit=%lld AND x.year=2027", (long long)both)), "健康福祉部");
        CHECK_TEXT(client_text(cl, "SELECT p.name FROM section x JOIN section p ON p.id=x.parent WHERE x.name='こども政策課'"), "こども局");
        /* Old years keep their names, and so do their editions. */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year=2026 AND name='福祉課'"), 1);
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)cleaning)), 200);
        CHECK(client_sees(cl, "道路保全課") && !client_sees(cl, "橋梁課"));
        /* Mapping. */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section_move WHERE year=2027 AND kind='split'"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section_move WHERE year=2027 AND kind='merge'"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section_move WHERE year=2027 AND kind='rename'"), 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section_move WHERE year=2027 AND kind='abolish' AND to_unit IS NULL"), 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section_move WHERE year=2027 AND kind='new' AND from_unit IS NULL"), 2);
        /* People go with their sections; the log knows. */
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM duty WHERE unit=%lld AND until IS NULL", (long long)both)), 2);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM duty WHERE unit=%lld AND until IS NULL", (long long)welfare)), 0);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM duty WHERE unit=%lld AND until IS NULL", (long long)road)), 1);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM duty WHERE unit=%lld AND until IS NULL", (long long)bridge)), 1);
        CHECK(client_int(cl, "SELECT count(*) FROM audit WHERE what='duty.follow'") > 0);
        /* Projects: one was said, one is asked about. */
        CHECK_INT(client_int(cl, SQL("SELECT lead_unit FROM project WHERE id=%lld", (long long)cleaning)), bridge);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM project WHERE id=%lld AND lead_unit IS NULL", (long long)flowers)), 1);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "分かれた課の事業の担当を決める(1件)"));
        /* Last year's answers are still there for those who came after: the officer of 子ども課 stands in 福祉子ども課 now. */
        client_as(cl, t.officer[CHILD]);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)answer_id(&t, WELFARE))), 200);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)answer_id(&t, RIVER))), 403);
        CHECK_INT(client_get(cl, "/answers"), 200);
        CHECK(client_sees(cl, "福祉課"));

        /* The next inquiry: each project with its new section, the undecided one named. */
        client_clock(cl, APRIL + 86400);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/inquiries/new"), 200);
        CHECK(client_form(cl, "/inquiries/new"));
        client_set(cl, "due_on", "2027-06-10");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "引きつぐ事業</dt><dd>3件"));
        CHECK(client_sees(cl, "分かれた先が決まっていません"));
        CHECK_INT(client_get(cl, "/reorganise/projects"), 200);
        CHECK(client_sees(cl, "花の道づくり(例)"));
        CHECK(client_form(cl, "/reorganise/projects"));
        client_set(cl, PATH("place.%lld", (long long)flowers), PATH("%lld", (long long)river)); /* not one of its parts */
        CHECK_INT(client_send(cl), 422);
        CHECK_INT(client_get(cl, "/reorganise/projects"), 200);
        CHECK(client_form(cl, "/reorganise/projects"));
        client_set(cl, PATH("place.%lld", (long long)flowers), PATH("%lld", (long long)road));
        CHECK_INT(client_send(cl), 303);
        t.inquiry = client_int(cl, "SELECT max(id) FROM inquiry");
        CHECK_INT(client_get(cl, PATH("/inquiries/%lld/open", (long long)t.inquiry)), 200);
        CHECK(client_form(cl, PATH("/inquiries/%lld/open", (long long)t.inquiry)));
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, SQL("SELECT x.name FROM statement s JOIN section x ON x.id=s.lead WHERE s.inquiry=%lld AND s.name='ロードクリーン(例)'", (long long)t.inquiry)), "橋梁課");
        CHECK_TEXT(client_text(cl, SQL("SELECT x.name FROM statement s JOIN section x ON x.id=s.lead WHERE s.inquiry=%lld AND s.name='花の道づくり(例)'", (long long)t.inquiry)), "道路保全課");
        CHECK_TEXT(client_text(cl, SQL("SELECT x.name FROM statement s JOIN section x ON x.id=s.lead WHERE s.inquiry=%lld AND s.name='見守りの輪(例)'", (long long)t.inquiry)), "福祉子ども課");
        CHECK_TEXT(client_text(cl, SQL("SELECT x.name FROM statement s JOIN section x ON x.id=s.lead WHERE s.inquiry=%lld AND s.name='川の見守り(例)'", (long long)t.inquiry)), "河川砂防課");
        /* Once is enough. */
        CHECK_INT(client_get(cl, "/reorganise?year=2027"), 200);
        CHECK(client_sees(cl, "もう取り込まれています"));
    }
}

static const char *file_text(struct town *t, bool faulty)
{
    struct sb b;
    sb_init(&b, client_ctx(t->cl)->arena);
    sb_add(&b, "旧番号,旧部局,旧名称,新部局,新名称,電話\r\n");
    sb_printf(&b, "%lld,土木部,道路保全課,土木部,道路課,000-000-0009\r\n", (long long)t->unit[ROAD]);
    sb_add(&b, ",土木部,河川課,土木部,道路課,\r\n,健康福祉部,福祉課,健康福祉部,福祉課,\r\n,,子ども課,土木部,子ども課,\r\n");
    sb_add(&b, faulty ? ",,山の課,土木部,山の課,\r\n,,水産課,海の部,水産課,\r\n999,,,,名なし課,\r\n" : ",,水産課,,廃止,\r\n");
    return sb_str(&b);
}

/* The sections of April are made in March: the staff of April is written down then too. */
TEST(staff_is_handed_over_before_april)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, answer_this_year);
        client_clock(cl, APRIL - 31 * 86400);
        client_as(cl, t.secretariat);
        CHECK_INT(check_by_form(&t), 200);
        CHECK(client_form(cl, "/reorganise/take"));
        CHECK_INT(client_send(cl), 303);
        const int64_t midnight = APRIL - 10 * 3600, bridge = unit_named(cl, 2027, "橋梁課"), child = unit_named(cl, 2027, "こども政策課");
        int64_t person = client_int(cl, SQL("SELECT id FROM account WHERE login='%s'", t.officer[ROAD]));
        CHECK_INT(client_get(cl, PATH("/users/%lld", (long long)person)), 200);
        CHECK(client_sees(cl, "土木部 橋梁課(令和9年度から)"));
        CHECK_INT(client_get(cl, PATH("/users/%lld/handover", (long long)person)), 200);
        CHECK(client_sees(cl, "土木部 橋梁課(令和9年度から)") && client_sees(cl, "土木部 道路保全課"));
        CHECK_INT(client_get(cl, "/users/new"), 200);
        CHECK(client_sees(cl, "こども局 こども政策課(令和9年度から)"));
        /* What was handed out comes back as it is. */
        CHECK_INT(client_get(cl, "/transfers/sheet.xlsx"), 200);
        struct arena *a = client_ctx(cl)->arena;
        size_t n = client_body_n(cl);
        char *sheet = arena_dup_n(a, client_body(cl), n);
        CHECK_INT(client_get(cl, "/transfers"), 200);
        CHECK(client_form(cl, "/transfers/check"));
        if (!CHECK_INT(client_send_file(cl, "file", "職員.xlsx", sheet, n), 200))
            printf("%s\n", client_body(cl));
        CHECK(client_sees(cl, "ファイルの内容は、いまと同じです。"));
        struct sb b;
        sb_init(&b, a);
        sb_add(&b, "利用者名,名前,役割,部局,所属,前任者,引きつぎ日\r\n");
        sb_printf(&b, "atarashii,例 新人,推進員,土木部,橋梁課,%s,R9.4.1\r\n", t.officer[ROAD]);
        sb_add(&b, "kodomo,例 子,推進員,こども局,こども政策課,,\r\n");
        const char *wrong = arena_printf(a, "%sdareka,例 だれ,推進員,,ない課,,\r\n", sb_str(&b));
        CHECK_INT(client_get(cl, "/transfers"), 200);
        CHECK(client_form(cl, "/transfers/check"));
        CHECK_INT(client_send_file(cl, "file", "職員.csv", wrong, strlen(wrong)), 422);
        CHECK(client_sees(cl, "「ない課」という所属は、今年度にも次の年度にもありません"));
        CHECK(client_form(cl, "/transfers/check"));
        if (!CHECK_INT(client_send_file(cl, "file", "職員.csv", sb_str(&b), strlen(sb_str(&b))), 200))
            printf("%s\n", client_body(cl));
        CHECK(client_sees(cl, "橋梁課(令和9年度から)"));
        CHECK(client_form(cl, "/transfers/take"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM duty d JOIN account a ON a.id=d.account WHERE a.login='atarashii' AND d.unit=%lld AND d.since=%lld AND d.until IS NULL", (long long)bridge, (long long)midnight)), 1);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM duty WHERE account=%lld AND unit=%lld AND until=%lld", (long long)person, (long long)bridge, (long long)midnight)), 1);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM duty d JOIN account a ON a.id=d.account WHERE a.login='kodomo' AND d.unit=%lld AND d.since=%lld", (long long)child, (long long)midnight)), 1);
        /* A duty that ends on 31 March cannot be handed on from 1 April. */
        int64_t welfare = client_int(cl, SQL("SELECT account FROM duty WHERE unit=%lld AND role='promoter'", (long long)t.unit[WELFARE])), old = client_int(cl, SQL("SELECT id FROM duty WHERE unit=%lld AND role='promoter'", (long long)t.unit[WELFARE]));
        CHECK_INT(client_get(cl, PATH("/users/%lld/handover", (long long)welfare)), 200);
        CHECK(client_form(cl, PATH("/users/%lld/handover", (long long)welfare)));
        client_set(cl, "duties", PATH("%lld", (long long)old));
        client_set(cl, "to", "kodomo");
        client_set(cl, "handed_on", "R9.4.1");
        client_set(cl, "partner", "none");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "の役割は令和9年3月31日までです"));
    }
}

TEST(by_a_file)
{
    EACH_ENGINE(cl) {
        struct town t;
        a_year_later(&t, cl);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/reorganise/sheet.xlsx?year=2027"), 200);
        CHECK(client_body_n(cl) > 1000 && memcmp(client_body(cl), "PK", 2) == 0);
        const char *bad = file_text(&t, true), *good = file_text(&t, false);
        CHECK_INT(client_get(cl, "/reorganise?year=2027"), 200);
        CHECK(client_form(cl, "/reorganise/check"));
        CHECK_INT(client_send_file(cl, "file", "所属.csv", bad, strlen(bad)), 422);
        CHECK(client_sees(cl, "6行目") && client_sees(cl, "山の課"));
        CHECK(client_sees(cl, "8行目") && client_sees(cl, "この番号の所属は、前の年度にありません"));
        CHECK_INT(client_get(cl, "/reorganise?year=2027"), 200);
        CHECK(client_form(cl, "/reorganise/check"));
        CHECK_INT(client_send_file(cl, "file", "所属.csv", "a,b\r\n1,2\r\n", 10), 422);
        CHECK(client_sees(cl, "新名称"));
        CHECK_INT(client_get(cl, "/reorganise?year=2027"), 200);
        CHECK(client_form(cl, "/reorganise/check"));
        if (!CHECK_INT(client_send_file(cl, "file", "所属.csv", good, strlen(good)), 200))
            printf("%s\n", client_body(cl));
        CHECK(client_sees(cl, "道路課") && client_sees(cl, "統合") && client_sees(cl, "部局を移る"));
        CHECK(client_form(cl, "/reorganise/take"));
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, "SELECT phone FROM section WHERE year=2027 AND name='道路課'"), "000-000-0009");
        CHECK_INT(unit_named(cl, 2027, "子ども課"), t.unit[CHILD]);
        CHECK_TEXT(client_text(cl, "SELECT p.name FROM section x JOIN section p ON p.id=x.parent WHERE x.name='子ども課' AND x.year=2027"), "土木部");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section_move WHERE year=2027 AND kind='move'"), 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section_move WHERE year=2027 AND kind='keep'"), 0);
        /* All three projects of the merged sections stand with the new one. */
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM project WHERE lead_unit=%lld", (long long)unit_named(cl, 2027, "道路課"))), 3);
    }
}

TEST(what_is_wrong_in_the_table_is_said_and_nothing_typed_is_lost)
{
    EACH_ENGINE(cl) {
        struct town t;
        a_year_later(&t, cl);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_form(cl, "/logout"));
        struct arena *a = client_ctx(cl)->arena;
        const char *csrf = arena_dup(a, client_value(cl, "csrf"));
        struct sb b;
        sb_init(&b, a);
        sb_printf(&b, "csrf=%s&year=2027&kind.%lld=split&name.%lld=", csrf, (long long)t.unit[ROAD], (long long)t.unit[ROAD]);
        url_encode(&b, "橋梁課");
        sb_printf(&b, "&kind.%lld=abolish&kind.%lld=rename&name.%lld=", (long long)unit_named(cl, 2026, "健康福祉部"), (long long)t.unit[RIVER], (long long)t.unit[RIVER]);
        CHECK_INT(client_post(cl, "/reorganise/check", sb_str(&b)), 422);
        CHECK(client_sees(cl, "2つ以上書いてください") && client_sees(cl, "河川課」: 新しい名称を書いてください") && client_sees(cl, "橋梁課"));
        sb_init(&b, a);
        sb_printf(&b, "csrf=%s&year=2027&kind.%lld=abolish", csrf, (long long)unit_named(cl, 2026, "健康福祉部"));
        CHECK_INT(client_post(cl, "/reorganise/check", sb_str(&b)), 422);
        CHECK(client_sees(cl, "福祉課」の上位の所属がなくなるか分かれます"));
        /* A letter typed otherwise is not a second section. */
        sb_init(&b, a);
        sb_printf(&b, "csrf=%s&year=2027&kind.%lld=merge&name.%lld=", csrf, (long long)t.unit[WELFARE], (long long)t.unit[WELFARE]);
        url_encode(&b, "福祉子ども課");
        sb_printf(&b, "&kind.%lld=merge&name.%lld=", (long long)t.unit[CHILD], (long long)t.unit[CHILD]);
        url_encode(&b, "福祉こども課");
        CHECK_INT(client_post(cl, "/reorganise/check", sb_str(&b)), 422);
        CHECK(client_sees(cl, "福祉課」: 「福祉子ども課」にまとまる所属がほかにありません") && client_sees(cl, "子ども課」: 「福祉こども課」にまとまる所属がほかにありません"));
        sb_init(&b, a);
        sb_printf(&b, "csrf=%s&year=2027&kind.%lld=merge&name.%lld=", csrf, (long long)t.unit[WELFARE], (long long)t.unit[WELFARE]);
        url_encode(&b, "子ども課"); /* into one that stays */
        CHECK_INT(client_post(cl, "/reorganise/check", sb_str(&b)), 200);
        CHECK_INT(client_post(cl, "/reorganise/check", PATH("csrf=%s&year=2027", csrf)), 422);
        CHECK(client_sees(cl, "変わるところがありません"));
        CHECK_INT(client_post(cl, "/reorganise/take", PATH("csrf=%s&year=2027&plan=%%22", csrf)), 422);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year=2027"), 0);
        /* Nobody else. */
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, "/reorganise"), 403);
        CHECK_INT(client_get(cl, "/reorganise/projects"), 403);
    }
}

static enum err next_year_open(struct ctx *c, struct town *t) { return open_round(c, 2027, "2027-06-10", "budget", &t->inquiry); }

static enum err begin_next(struct ctx *c, struct town *t)
{
    int64_t a = NONE;
    TRY(answer_of(c, t->inquiry, t->unit[CHILD], &a));
    TRY(one_more(c, a, "あそび場(例)", false));
    TRY(answer_of(c, t->inquiry, t->unit[WELFARE], &a));
    struct statement *v = NULL;
    size_t n = 0;
    TRY(answer_statements(c, a, &v, &n));
    for (size_t k = 0; k < n; k++)
        TRY(statement_decide(c, v[k].id, "same", NULL));
    return answer_submit(c, a);
}

static enum err take_merge(struct ctx *c, struct town *t)
{
    struct reorg_plan plan = {.year = 2027};
    const int64_t from[] = {t->unit[CHILD], t->unit[SEA]};
    const char *const to[] = {"福祉課", NULL};
    size_t cap = 0;
    for (size_t i = 0; i < 2; i++)
        ARENA_PUSH(c->arena, plan.v, plan.n, cap) = (struct reorg_line){.at = NONE, .from = from[i], .name = to[i]};
    return reorg_take(c, &plan, NULL, 0);
}

/* The budget's round asked about 2027 in winter, with the tree of 2026; in spring that tree changes under it. */
TEST(open_answers_follow_their_section)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, answer_this_year);
        client_clock(cl, APRIL - 100 * 86400);
        works(&t, next_year_open);
        works(&t, begin_next);
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM answer WHERE id=%lld", (long long)answer_id(&t, WELFARE))), "submitted");
        client_clock(cl, APRIL);
        works(&t, take_merge);
        /* 子ども課's draft stands in 福祉課's answer, which is open again and says why; 水産課's empty one is closed with its section. */
        int64_t welfare = answer_id(&t, WELFARE);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM statement WHERE answer=%lld", (long long)welfare)), 2);
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM answer WHERE id=%lld", (long long)welfare)), "returned");
        CHECK(strstr(client_text(cl, SQL("SELECT comment FROM answer WHERE id=%lld", (long long)welfare)), "組織の変更") != NULL);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM section WHERE year=2027 AND unit=%lld", (long long)t.unit[CHILD])), 0);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM section WHERE year=2027 AND unit=%lld AND gone", (long long)t.unit[SEA])), 1);
        client_as(cl, t.officer[CHILD]);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)welfare)), 200);
        CHECK(client_sees(cl, "あそび場(例)"));
    }
}

static enum err edition_of_2027(struct ctx *c, struct town *t)
{
    int64_t q = NONE, a = NONE, edition = NONE;
    struct statement *v = NULL;
    size_t n = 0;
    TRY(open_round(c, 2027, "2027-06-10", "start", &q));
    TRY(answer_of(c, q, t->unit[ROAD], &a));
    TRY(answer_statements(c, a, &v, &n));
    for (size_t i = 0; i < n; i++)
        TRY(statement_decide(c, v[i].id, "same", NULL));
    TRY(answer_submit(c, a));
    TRY(inquiry_close(c, q));
    TRY(edition_make(c, 2027, NULL, &edition));
    return edition_publish(c, edition, NONE);
}

/* 福祉課 goes to 土木部: last year's figures stand with 健康福祉部, or with 土木部 where its sections went. The page says which. */
TEST(statistics_follow_or_not)
{
    EACH_ENGINE(cl) {
        struct town t;
        a_year_later(&t, cl);
        struct arena *a = client_ctx(cl)->arena;
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/statistics?table=unevenness&format=json"), 200);
        const char *as_was = arena_dup(a, client_body(cl));
        CHECK(strstr(as_was, "土木部") != NULL);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_form(cl, "/logout"));
        const char *csrf = arena_dup(a, client_value(cl, "csrf"));
        struct sb b;
        sb_init(&b, a);
        sb_printf(&b, "csrf=%s&year=2027&kind.%lld=move&above.%lld=", csrf, (long long)t.unit[WELFARE], (long long)t.unit[WELFARE]);
        url_encode(&b, "土木部");
        CHECK_INT(client_post(cl, "/reorganise/check", sb_str(&b)), 200);
        CHECK(client_form(cl, "/reorganise/take"));
        CHECK_INT(client_send(cl), 303);
        works(&t, edition_of_2027);
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/statistics?departments=follow"), 200);
        CHECK(client_sees(cl, "組織の変更をたどらずに数える") && client_sees(cl, "課の分割、統合、移管をたどって、令和9年度(2027年度)の部局で数えています"));
        CHECK_INT(client_get(cl, "/statistics"), 200);
        CHECK(client_sees(cl, "組織の変更をたどって数える") && client_sees(cl, "組織の変更はたどっていません"));
        CHECK_INT(client_get(cl, "/statistics?table=unevenness&format=json"), 200);
        CHECK(client_sees(cl, "\"土木部\",\"values\":[3,2]") && client_sees(cl, "\"健康福祉部\",\"values\":[1,0]"));
        CHECK_INT(client_get(cl, "/statistics?table=unevenness&departments=follow&format=json"), 200);
        CHECK(client_sees(cl, "\"土木部\",\"values\":[4,2]") && client_sees(cl, "\"健康福祉部\",\"values\":[0,0]"));
    }
}

/* The same section by section: one that was split, two that were merged, one that was renamed. */
TEST(sections_are_counted_with_or_without_their_reorganisation)
{
    EACH_ENGINE(cl) {
        struct town t;
        a_year_later(&t, cl);
        client_as(cl, t.secretariat);
        CHECK_INT(check_by_form(&t), 200);
        CHECK(client_form(cl, "/reorganise/take"));
        client_set(cl, PATH("place.%lld", (long long)client_int(cl, "SELECT min(project) FROM statement WHERE name='ロードクリーン(例)'")), "土木部/橋梁課");
        client_set(cl, PATH("place.%lld", (long long)client_int(cl, "SELECT min(project) FROM statement WHERE name='花の道づくり(例)'")), "土木部/道路保全課");
        CHECK_INT(client_send(cl), 303);
        works(&t, edition_of_2027);
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/statistics/sections?year=2027"), 200);
        CHECK(client_sees(cl, "組織の変更はたどっていません") && client_sees(cl, "組織の変更をたどって数える"));
        CHECK_INT(client_get(cl, "/statistics/sections?year=2027&format=csv"), 200);
        CHECK(client_sees(cl, "土木部,道路保全課,事業あり,2,1\r\n") && client_sees(cl, "土木部,橋梁課,未回答,,0\r\n"));
        CHECK(client_sees(cl, "土木部,河川砂防課,未回答,1,0\r\n") && client_sees(cl, "健康福祉部,福祉子ども課,未回答,,0\r\n"));
        CHECK_INT(client_get(cl, "/statistics/sections?year=2027&sections=follow"), 200);
        CHECK(client_sees(cl, "課の分割、統合、移管をたどって、令和9年度(2027年度)の課で数えています") && client_sees(cl, "組織の変更をたどらずに数える"));
        /* Only what is one section's own leads to its projects. */
        CHECK(client_sees(cl, PATH("/projects?year=2026&amp;section=%lld", (long long)client_int(cl, "SELECT id FROM section WHERE year=2026 AND name='河川課'"))));
        CHECK(!client_sees(cl, PATH("/projects?year=2026&amp;section=%lld", (long long)client_int(cl, "SELECT id FROM section WHERE year=2026 AND name='道路保全課'"))));
        CHECK_INT(client_get(cl, "/statistics/sections?year=2027&sections=follow&format=csv"), 200);
        CHECK(client_sees(cl, "土木部,道路保全課,事業あり,1,1\r\n") && client_sees(cl, "土木部,橋梁課,未回答,1,0\r\n"));
        CHECK(client_sees(cl, "土木部,河川砂防課,未回答,1,0\r\n") && client_sees(cl, "健康福祉部,福祉子ども課,未回答,1,0\r\n"));
        CHECK(!client_sees(cl, "いまの課が決まらないもの"));
        CHECK(strstr(client_header_of(cl, "Content-Disposition"), "%E7%B5%84%E7%B9%94") != NULL); /* 組織の変更を…: the file says which, too */
        /* Nobody has said which part it belongs to: counted, and shown for what it is. */
        client_exec(cl, "UPDATE project SET lead_unit = NULL");
        CHECK_INT(client_get(cl, "/statistics/sections?year=2027&sections=follow&format=csv"), 200);
        CHECK(client_sees(cl, ",いまの課が決まらないもの,,2,0\r\n"));
    }
}

/* Renamed by hand, a section's projects are found under the new name. */
TEST(a_renamed_section_is_found)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.secretariat);
        int64_t id = client_int(cl, "SELECT id FROM section WHERE year=2026 AND name='河川課'");
        CHECK_INT(client_get(cl, "/search?q=%E7%A0%82%E9%98%B2"), 200); /* 砂防 */
        CHECK(!client_sees(cl, "川の見守り(例)"));
        CHECK_INT(client_get(cl, PATH("/sections/%lld/edit", (long long)id)), 200);
        CHECK(client_form(cl, PATH("/sections/%lld/edit", (long long)id)));
        client_set(cl, "name", "砂防課");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_get(cl, "/search?q=%E7%A0%82%E9%98%B2"), 200);
        CHECK(client_sees(cl, "川の見守り(例)"));
    }
}

TEST_MAIN
