/* The tree of sections: adding, renaming in one year, carrying over, coverage by promoters, who may. */
#include "http/client.h"

#include "base/date.h"
#include "core/section.h"

enum { T0 = 1780000000 }; /* 2026-05-29 in Tokyo: 令和8年度 */

static void add(struct client *cl, const char *name, const char *level, const char *parent)
{
    CHECK_INT(client_get(cl, "/sections/new?year=2026"), 200);
    CHECK(client_form(cl, "/sections/new"));
    client_set(cl, "name", name);
    client_set(cl, "level", level);
    client_set(cl, "parent", parent);
    CHECK_INT(client_send(cl), 303);
}

static const char *id_of(struct client *cl, int year, const char *name)
{
    struct arena *a = client_ctx(cl)->arena;
    return arena_printf(a, "%lld", (long long)client_int(cl, arena_printf(a, "SELECT id FROM section WHERE year = %d AND name = '%s'", year, name)));
}

static const char *path(struct client *cl, int year, const char *name, const char *verb)
{
    return arena_printf(client_ctx(cl)->arena, "/sections/%s/%s", id_of(cl, year, name), verb);
}

TEST(secretariat_builds_the_tree)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/sections"), 200);
        CHECK(client_sees(cl, "令和8年度(2026年度)の所属はまだありません。"));
        add(cl, "例土木部", "department", NULL);
        add(cl, "例道路保全課", "section", id_of(cl, 2026, "例土木部"));
        add(cl, "例北地域振興局", "regional", NULL);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year = 2026"), 3);
        CHECK_INT(client_int(cl, "SELECT count(DISTINCT unit) FROM section"), 3);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what = 'section.add'"), 3);
        CHECK_INT(client_get(cl, "/sections"), 200);
        CHECK(client_sees(cl, "「例北地域振興局」を加えました。"));
        CHECK_INT(client_get(cl, "/sections"), 200); /* the sentence is shown once */
        CHECK(client_sees(cl, "例道路保全課"));
        CHECK(strstr(client_body(cl), "例土木部") < strstr(client_body(cl), "例道路保全課"));
        CHECK(strstr(client_body(cl), "例道路保全課") < strstr(client_body(cl), "例北地域振興局"));

        /* The same name twice in one place, no name, a level that does not exist: all at their fields, and what was typed comes back. */
        CHECK_INT(client_get(cl, "/sections/new?year=2026"), 200);
        CHECK(client_form(cl, "/sections/new"));
        client_set(cl, "name", "例土木部");
        client_set(cl, "level", "department");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "同じ名称の所属が"));
        CHECK(client_sees(cl, "value=\"例土木部\""));
        CHECK(client_form(cl, "/sections/new"));
        client_set(cl, "name", "");
        CHECK_INT(client_send(cl), 422);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section"), 3);
    }
}

TEST(a_section_is_not_below_itself)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "secretariat", NONE, NONE);
        add(cl, "例一部", "department", NULL);
        add(cl, "例二課", "section", id_of(cl, 2026, "例一部"));
        CHECK_INT(client_get(cl, path(cl, 2026, "例一部", "edit")), 200);
        CHECK(client_form(cl, "/sections/"));
        client_set(cl, "parent", id_of(cl, 2026, "例二課"));
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "自分より下の所属を上位にはできません"));
        CHECK(client_int(cl, "SELECT parent FROM section WHERE name = '例一部'") == NONE);
    }
}

TEST(a_year_keeps_its_names)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "secretariat", NONE, NONE);
        add(cl, "例部", "department", NULL);
        add(cl, "例下水課", "section", id_of(cl, 2026, "例部"));
        client_clock(cl, T0 + 365 * 24 * 3600);
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/sections"), 200);
        CHECK(client_sees(cl, "令和8年度(2026年度)の所属を写す") && client_sees(cl, "/reorganise?year=2027"));
        CHECK_INT(client_get(cl, "/sections/carry?year=2027"), 200);
        CHECK(client_form(cl, "/sections/carry"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year = 2027"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section a JOIN section b ON b.unit = a.unit AND b.year = 2027 WHERE a.year = 2026 AND a.name = b.name"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section s JOIN section p ON p.id = s.parent WHERE s.year <> p.year"), 0);
        CHECK_INT(client_post(cl, "/sections/carry?year=2027", ""), 403); /* no token */
        CHECK_INT(client_get(cl, path(cl, 2027, "例下水課", "edit")), 200);
        CHECK(client_form(cl, "/sections/"));
        client_set(cl, "name", "例上下水課");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year = 2026 AND name = '例下水課'"), 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year = 2027 AND name = '例上下水課'"), 1);
        CHECK_INT(client_get(cl, "/sections?year=2026"), 200);
        CHECK(client_sees(cl, "例下水課</th>") && !client_sees(cl, "例上下水課</th>"));
        /* A second time there is nothing to copy into. */
        CHECK_INT(client_get(cl, "/sections/carry?year=2027"), 200);
        CHECK(client_form(cl, "/sections/carry"));
        CHECK_INT(client_send(cl), 409);
    }
}

TEST(coverage_by_promoters)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "secretariat", NONE, NONE);
        add(cl, "例部", "department", NULL);
        client_exec(cl, "UPDATE section SET answers = FALSE");
        add(cl, "例一課", "section", id_of(cl, 2026, "例部"));
        add(cl, "例二課", "section", id_of(cl, 2026, "例部"));
        int64_t unit = client_int(cl, "SELECT unit FROM section WHERE name = '例一課'");
        client_user(cl, "promoter", unit, NONE);
        CHECK_INT(client_get(cl, "/sections"), 200);
        CHECK(client_sees(cl, "推進員がいる課 1 / 2(50%)"));
        CHECK(!client_sees(cl, "直す</a>")); /* a promoter reads */
        CHECK_INT(client_get(cl, "/sections?without=1"), 200);
        CHECK(client_sees(cl, "例二課</th>") && !client_sees(cl, "例一課</th>"));
        /* A duty that was handed over counts no more, nor does an account that is shut. */
        client_exec(cl, "UPDATE duty SET until = 1 WHERE role = 'promoter'");
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/sections"), 200);
        CHECK(client_sees(cl, "推進員がいる課 0 / 2(0%)"));
        client_exec(cl, "UPDATE duty SET until = NULL WHERE role = 'promoter'");
        client_exec(cl, "UPDATE account SET active = FALSE WHERE login LIKE 'promoter%'");
        CHECK_INT(client_get(cl, "/sections"), 200);
        CHECK(client_sees(cl, "推進員がいる課 0 / 2(0%)"));
    }
}

TEST(many_at_once)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "所属がまだありません")); /* an empty instance says where to begin */
        CHECK_INT(client_get(cl, "/sections/lines"), 200);
        CHECK(client_form(cl, "/sections/lines"));
        client_set(cl, "lines", "例土木部,例道路課,000-000-0001\n\n例土木部\t例河川課\n例北地域振興局,例総務課");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(!client_sees(cl, "所属がまだありません"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year = 2026"), 5);
        CHECK_TEXT(client_text(cl, "SELECT level FROM section WHERE name = '例北地域振興局'"), "regional");
        CHECK_TEXT(client_text(cl, "SELECT phone FROM section WHERE name = '例道路課'"), "000-000-0001");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE answers = TRUE"), 3);
        /* Again: nothing new. A wrong line: nothing at all. */
        CHECK_INT(client_get(cl, "/sections/lines"), 200);
        CHECK(client_form(cl, "/sections/lines"));
        client_set(cl, "lines", "例土木部,例道路課\n例新部,例新課\n,例どこにもない課");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "3行目"));
        CHECK(client_sees(cl, "例どこにもない課"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year = 2026"), 5);
        /* Blanks, plain and full-width, where nothing else stands between the names. */
        CHECK_INT(client_get(cl, "/sections/lines"), 200);
        CHECK(client_form(cl, "/sections/lines"));
        client_set(cl, "lines", "例土木部 例道路課\n 例土木部　 例港湾課 000-000-0002　\n例教育庁");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year = 2026"), 7);
        CHECK_TEXT(client_text(cl, "SELECT p.name FROM section s JOIN section p ON p.id = s.parent WHERE s.name = '例港湾課'"), "例土木部");
        CHECK_TEXT(client_text(cl, "SELECT phone FROM section WHERE name = '例港湾課'"), "000-000-0002");
    }
}

TEST(a_section_that_is_used_stays)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "secretariat", NONE, NONE);
        add(cl, "例部", "department", NULL);
        add(cl, "例一課", "section", id_of(cl, 2026, "例部"));
        CHECK_INT(client_get(cl, path(cl, 2026, "例部", "remove")), 200);
        CHECK(client_form(cl, "/sections/"));
        CHECK_INT(client_send(cl), 409);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section"), 2);
        CHECK_INT(client_get(cl, path(cl, 2026, "例一課", "remove")), 200);
        CHECK(client_form(cl, "/sections/"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section"), 1);
    }
}

TEST(only_the_secretariat_edits)
{
    static const char *const others[] = {"promoter", "officer", "operator", "member"};
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
            bool member = i == 3;
            if (member)
                client_exec(cl, "INSERT INTO organization (name, sort_key, kind, state, name_is_image, address_is_image, made_at, demo) VALUES ('例会', 'x', 'npo', 'open', FALSE, FALSE, 0, FALSE)");
            client_user(cl, others[i], i < 2 ? 1 : NONE, member ? client_int(cl, "SELECT id FROM organization") : NONE);
            CHECK_INT(client_get(cl, "/sections"), member ? 403 : 200);
            CHECK_INT(client_get(cl, "/sections/new"), 403);
            CHECK_INT(client_get(cl, "/sections/lines"), 403);
            CHECK_INT(client_get(cl, "/home"), 200);
        }
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/sections"), 303);
        CHECK_INT(client_get(cl, "/home"), 303);
    }
}

TEST(settings_and_words_on_pages)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/settings"), 200);
        CHECK(client_form(cl, "/settings"));
        client_set(cl, "site_name", "");
        client_set(cl, "site_url", "ftp://x");
        client_set(cl, "secretariat_phone", "000-000-0000");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "サイトの名前を入力してください") && client_sees(cl, "サイトのアドレスは https://") && client_sees(cl, "value=\"000-000-0000\""));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM setting WHERE key = 'secretariat_phone'"), 0);
        CHECK(client_form(cl, "/settings"));
        client_set(cl, "site_name", "例のひろば");
        client_set(cl, "site_url", "https://kyodo.example");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "設定を保存しました。") && client_sees(cl, "例のひろば"));
        CHECK_INT(client_get(cl, "/vocabulary"), 200);
        CHECK(client_sees(cl, "協働の形態"));
        CHECK(!client_sees(cl, "/vocabulary/relation"));
        CHECK_INT(client_get(cl, "/vocabulary/category"), 200);
        CHECK(client_sees(cl, "民間団体主導型"));
        CHECK_INT(client_get(cl, "/vocabulary/relation"), 404);
        CHECK_INT(client_get(cl, "/settings/mail"), 403);
        CHECK_INT(client_get(cl, "/jobs"), 403);
        client_user(cl, "operator", NONE, NONE);
        CHECK_INT(client_get(cl, "/settings/mail"), 200);
        CHECK(client_form(cl, "/settings/mail"));
        client_set(cl, "smtp_url", "smtp://mail.example:25");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_form(cl, "/settings/mail"));
        client_set(cl, "smtp_from", "kyodo@rei.example");
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, "SELECT value FROM setting WHERE key = 'smtp_from'"), "kyodo@rei.example");
        CHECK_INT(client_get(cl, "/jobs"), 200);
    }
}

TEST_MAIN
