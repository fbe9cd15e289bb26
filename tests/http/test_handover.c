/* Duties go to the successor, with what was said about it; the list of all who move; who had what when. */
#include "area/people/people.h"
#include "area/organization/organization.h"
#include "http/register_http.h"

static int64_t account_of(struct client *cl, const char *login) { return client_int(cl, SQL("SELECT id FROM account WHERE login='%s'", login)); }
static int64_t duty_of(struct client *cl, const char *login) { return client_int(cl, SQL("SELECT max(d.id) FROM duty d JOIN account a ON a.id=d.account WHERE a.login='%s'", login)); }

TEST(a_promoter_hands_over)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        const char *next = client_user(cl, "officer", t.unit[RIVER], NONE);
        int64_t person = account_of(cl, t.officer[ROAD]), duty = duty_of(cl, t.officer[ROAD]);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("/users/%lld", (long long)person)), 200);
        CHECK(client_sees(cl, "役割を後任に引きつぐ"));
        CHECK_INT(client_get(cl, PATH("/users/%lld/handover", (long long)person)), 200);
        CHECK(client_form(cl, PATH("/users/%lld/handover", (long long)person)));
        client_set(cl, "duties", PATH("%lld", (long long)duty));
        client_set(cl, "to", "nobody@example.jp");
        client_set(cl, "note", "団体の代表に紹介した");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "という利用者はいません") && client_sees(cl, "団体の代表に紹介した"));
        CHECK(client_form(cl, PATH("/users/%lld/handover", (long long)person)));
        client_set(cl, "to", next);
        client_set(cl, "handed_on", "6月40日");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "引きつぎの日は") && client_sees(cl, "同席したかどうかを選んでください"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM handover"), 0);
        CHECK(client_form(cl, PATH("/users/%lld/handover", (long long)person)));
        client_set(cl, "handed_on", "2026/5/10");
        client_set(cl, "partner", "present");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "役割を1件引きつぎました") && client_sees(cl, "相手も同席した") && client_sees(cl, "団体の代表に紹介した"));
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM duty WHERE id=%lld AND until=%lld", (long long)duty, (long long)IN_MAY)), 1);
        /* From now on the answer is the successor's; the other one is out. */
        client_as(cl, next);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)answer_id(&t, ROAD))), 200);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "道路保全課"));
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/login"), 200);
        /* Who had what when, by section. */
        client_as(cl, t.secretariat);
        int64_t road = client_int(cl, "SELECT id FROM section WHERE year=2026 AND name='道路保全課'");
        CHECK_INT(client_get(cl, PATH("/sections/%lld/people", (long long)road)), 200);
        CHECK(client_sees(cl, "さんへ") && client_sees(cl, "さんから") && client_sees(cl, "いま"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what='duty.hand_over'"), 1);
        CHECK_INT(client_get(cl, PATH("/users/%lld/handover", (long long)person)), 200);
        CHECK(client_sees(cl, "いま引きつげる役割がありません"));
        client_as(cl, next);
        CHECK_INT(client_get(cl, PATH("/users/%lld/handover", (long long)person)), 403);
        CHECK_INT(client_get(cl, PATH("/sections/%lld/people", (long long)road)), 403);
    }
}

/* Said in March for 1 April: until then the old one has it, from midnight the new one. */
TEST(a_day_to_come)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        const char *next = client_user(cl, "officer", t.unit[RIVER], NONE);
        int64_t person = account_of(cl, t.officer[ROAD]), road = answer_id(&t, ROAD);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("/users/%lld/handover", (long long)person)), 200);
        CHECK(client_form(cl, PATH("/users/%lld/handover", (long long)person)));
        client_set(cl, "duties", PATH("%lld", (long long)duty_of(cl, t.officer[ROAD])));
        client_set(cl, "to", next);
        client_set(cl, "handed_on", "2026-05-12");
        client_set(cl, "partner", "absent");
        CHECK_INT(client_send(cl), 303);
        client_as(cl, next);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)road)), 403);
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)road)), 200);
        client_clock(cl, IN_MAY + 2 * 86400);
        client_as(cl, next);
        CHECK_INT(client_get(cl, PATH("/answers/%lld", (long long)road)), 200);
    }
}

static const char *list(struct town *t, bool faulty)
{
    struct sb b;
    sb_init(&b, client_ctx(t->cl)->arena);
    sb_add(&b, "利用者名,名前,メール,役割,部局,所属,前任者,引きつぎ日,相手の同席,終わり\r\n");
    sb_printf(&b, "atarashii,例 新人,new@rei.example,推進員,土木部,道路保全課,%s,R8.5.10,あり,\r\n", t->officer[ROAD]);
    sb_add(&b, "torimatome,例 部,,部局とりまとめ,土木部,,,,,\r\n");
    sb_printf(&b, "%s,,,担当者,,河川課,,,,はい\r\n", t->officer[RIVER]);
    if (faulty)
        sb_add(&b, "dareka,,,推進員,,ない課,,,,\r\nsoto,例 外,,推進員,,福祉課,dareka,,たぶん,\r\n");
    return sb_str(&b);
}

TEST(all_who_move_in_one_list)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.secretariat);
        const char *bad = list(&t, true), *good = list(&t, false);
        CHECK_INT(client_get(cl, "/transfers/sheet.xlsx"), 200);
        CHECK(client_body_n(cl) > 1000);
        CHECK_INT(client_get(cl, "/transfers"), 200);
        CHECK(client_form(cl, "/transfers/check"));
        CHECK_INT(client_send_file(cl, "file", "職員.csv", bad, strlen(bad)), 422);
        CHECK(client_sees(cl, "5行目") && client_sees(cl, "ない課"));
        CHECK(client_sees(cl, "6行目") && client_sees(cl, "引きつぎ日を書いてください") && client_sees(cl, "「あり」「なし」か、空けてください"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account WHERE login='atarashii'"), 0);
        CHECK_INT(client_get(cl, "/transfers"), 200);
        CHECK(client_form(cl, "/transfers/check"));
        if (!CHECK_INT(client_send_file(cl, "file", "職員.csv", good, strlen(good)), 200))
            printf("%s\n", client_body(cl));
        CHECK(client_sees(cl, "から引きつぎます") && client_sees(cl, "加えて、招待の手紙を書きます") && client_sees(cl, "終わりにします"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account WHERE login='atarashii'"), 0); /* looked at only */
        CHECK(client_form(cl, "/transfers/take"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "招待の手紙を2通"));
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM duty d JOIN account a ON a.id=d.account WHERE a.login='atarashii' AND d.unit=%lld AND d.role='promoter'", (long long)t.unit[ROAD])), 1);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM duty d JOIN account a ON a.id=d.account WHERE a.login='%s' AND d.until IS NULL", t.officer[ROAD])), 0);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM handover WHERE partner='present'"), 1);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM duty d JOIN account a ON a.id=d.account WHERE a.login='%s' AND d.until IS NOT NULL", t.officer[RIVER])), 1);
        client_as(cl, t.officer[WELFARE]);
        CHECK_INT(client_get(cl, "/transfers"), 403);
    }
}

static int send_list(struct client *cl, const char *page, const char *action, const char *text)
{
    CHECK_INT(client_get(cl, page), 200);
    CHECK(client_form(cl, action));
    return client_send_file(cl, "file", "表.csv", text, strlen(text));
}

static enum err a_group(struct ctx *c, struct town *t)
{
    struct organization o;
    (void)t;
    entity_init(&organization_entity, &o);
    o.name = "つなぐ会(例)";
    o.kind = "volunteer";
    return organization_save(c, NULL, &o);
}

/* Whichever page it is sent to: the same columns, the same faults, the same work. */
TEST(one_reader_for_lists_of_staff)
{
    static const struct { const char *page, *check, *take; } at[] = {{"/users/import", "/users/import", "/users/import/take"}, {"/transfers", "/transfers/check", "/transfers/take"}};
    EACH_ENGINE(cl) {
        struct town t;
        struct arena *a = client_ctx(cl)->arena;
        town_open(&t, cl);
        client_as(cl, t.secretariat);
        works(&t, a_group);
        const char *wrong = arena_printf(a, "利用者名,名前,役割,部局,所属,団体,前任者,引きつぎ日,終わり\r\nrei.a,例 あ,推進員,,道路保全課,,%s,R8.5.10,\r\nrei.a,例 い,担当者,,道路保全課,,,,\r\n"
                                            "%s,,推進員,,道路保全課,,%s,R8.5.10,\r\n%s,,担当者,,福祉課,,,,はい\r\nrei.b,例 び,推進員,,道路保全課,,,いつか,\r\nrei.c,例 し,団体,,,ない会,,,\r\n"
                                            "rei.d,例 で,管理者,,,,,,\r\nrei.e,例 え,推進員,健康福祉部,道路保全課,,,,\r\nrei.f,例 ふ,推進員,,,,,,\r\n", t.officer[WELFARE], t.officer[ROAD], t.officer[ROAD], t.officer[RIVER]);
        for (size_t i = 0; i < 2; i++) {
            CHECK_INT(send_list(cl, at[i].page, at[i].check, wrong), 422);
            static const char *const said[] = {"2行目7列目「前任者」: 前任者「", "3行目2列目「名前」: 同じ利用者名の", "4行目7列目「前任者」: 前任者には、ほかの人を書いてください", "5行目9列目「終わり」: 「",
                                               "6行目8列目「引きつぎ日」: 「いつか」は日付として読めません", "7行目6列目「団体」: 団体「ない会」は登録されていません", "8行目3列目「役割」: ",
                                               "9行目5列目「所属」: 「道路保全課」という所属は今年度にありません", "10行目5列目「所属」: 所属を選んでください"};
            for (size_t k = 0; k < sizeof said / sizeof *said; k++)
                if (!client_sees(cl, said[k]))
                    test_fault(__FILE__, __LINE__, "%s: not said: %s", at[i].page, said[k]);
            CHECK_INT(client_int(cl, "SELECT count(*) FROM account WHERE login LIKE 'rei.%'"), 2 * (int64_t)i);
            /* A successor, somebody of a group, and a duty more for the first one, whose name need not be said again. */
            const char *new = i == 0 ? "rei.new" : "rei.other", *from = i == 0 ? t.officer[ROAD] : "rei.new";
            const char *good = arena_printf(a, "利用者名,名前,役割,部局,所属,団体,前任者,引きつぎ日,相手の同席,終わり\r\n%s,例 新,推進員,土木部,道路保全課,,%s,R8.5.10,あり,\r\n%s,,担当者,,土木部/河川課,,,,,\r\n"
                                               "rei.group%zu,例 団,団体,,,つなぐ会(例),,,,\r\n", new, from, new, i);
            CHECK_INT(send_list(cl, at[i].page, at[i].check, good), 200);
            CHECK(client_sees(cl, "加えるもの2、直すもの1、書く手紙2通です。") && client_sees(cl, "から引きつぎます(令和8年5月10日)") && client_sees(cl, "つなぐ会(例)"));
            CHECK(client_form(cl, at[i].take));
            CHECK_INT(client_send(cl), 303);
            CHECK_INT(client_follow(cl), 200);
            CHECK(client_sees(cl, "取り込みました。加えたもの2、直したもの1。招待の手紙を2通つくりました。"));
            CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM duty d JOIN account a ON a.id=d.account WHERE a.login='%s' AND d.until IS NULL", new)), 2);
            CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM duty d JOIN account a ON a.id=d.account WHERE a.login='%s' AND d.until IS NULL AND d.role='promoter'", from)), 0);
            CHECK_INT(client_int(cl, "SELECT count(*) FROM handover WHERE partner='present'"), (int64_t)i + 1);
            /* Who has handed on has nothing left to hand on. */
            CHECK_INT(send_list(cl, at[i].page, at[i].check, good), 422);
        }
    }
}

TEST_MAIN
