/* 操作の記録 and 閲覧の記録: who reads them, what they never say, how they are cut down and paged, and that the files are the whole list. */
#include "http/register_http.h"

#include <stdlib.h>
#include <string.h>

#include "area/operation/log.h"
#include "area/register/correction.h"
#include "core/record.h"

static int64_t rows_said(struct client *cl)
{
    const char *n = client_header_of(cl, "X-Rows");
    return n != NULL ? strtoll(n, NULL, 10) : -1;
}

/* The address of a link by its words; "": none. */
static const char *link_to(struct client *cl, const char *words)
{
    struct arena *a = client_ctx(cl)->arena;
    const char *at = strstr(client_body(cl), arena_printf(a, "\">%s</a>", words)), *from = at;
    while (from != NULL && from > client_body(cl) && strncmp(from, "href=\"", 6) != 0)
        from--;
    if (from == NULL)
        return "";
    struct sb b;
    sb_init(&b, a);
    for (const char *p = from + 6; p < at; p++) {
        sb_char(&b, *p);
        if (strncmp(p, "&amp;", 5) == 0)
            p += 4;
    }
    return sb_str(&b);
}

static size_t rows_on_page(struct client *cl)
{
    size_t n = 0;
    for (const char *p = client_body(cl); (p = strstr(p, "<tr role=\"row\"><th role=\"rowheader\"")) != NULL; p++)
        n++;
    return n;
}

/* Forward to the end, then back to the beginning: both ways all rows. */
static void walk_pages(struct client *cl, const char *target)
{
    struct arena *a = client_ctx(cl)->arena;
    const char *join = strchr(target, '?') != NULL ? "&" : "?", *last = target;
    CHECK_INT(client_get(cl, arena_printf(a, "%s%sformat=csv", target, join)), 200);
    int64_t all = rows_said(cl), n = 0, back = 0;
    CHECK(all > 20);
    for (const char *to = target; *to != '\0'; to = link_to(cl, "次の20件")) {
        last = to;
        CHECK_INT(client_get(cl, to), 200);
        n += (int64_t)rows_on_page(cl);
    }
    for (const char *to = last; *to != '\0'; to = link_to(cl, "前の20件")) {
        CHECK_INT(client_get(cl, to), 200);
        back += (int64_t)rows_on_page(cl);
    }
    /* To look is logged, too: a page more each time. */
    CHECK(n >= all && n <= all + 30);
    CHECK(back >= n && back <= n + 60);
}

static enum err change(struct ctx *c, struct town *t)
{
    struct correction_case k;
    struct statement after;
    int64_t road = NONE;
    (void)t;
    TRY_DB(c, db_get_int(c->db, "SELECT project FROM statement WHERE name = 'ロードクリーン(例)'", P0, &road));
    TRY(correction_case_load(c, road, 2025, true, &k));
    entity_copy(c->arena, &statement_entity, &after, &k.s);
    after.budget = 9000000;
    after.summary = "秘密の一言(例)";
    after.note = "事務局だけの覚え(例)";
    struct statement_partner partner[2] = {k.s.partners[0], k.s.partners[0]};
    partner[0].id = partner[1].id = NONE;
    partner[1].name = "隠す相手(例)";
    after.partners = partner;
    after.partners_n = 2;
    return statement_correct(c, &k.s, &after, "秘密の一言に直した(例)");
}

static enum err hide(struct ctx *c, struct town *t)
{
    int64_t road = NONE, correction = NONE;
    (void)t;
    TRY_DB(c, db_get_int(c->db, "SELECT project FROM statement WHERE name = 'ロードクリーン(例)'", P0, &road));
    TRY_DB(c, db_get_int(c->db, "SELECT max(id) FROM correction", P0, &correction));
    TRY(withhold_set(c, "project", road, "summary", "個人の情報"));
    TRY(withhold_value_set(c, "project", road, "partners", "name", "隠す相手(例)", "個人の情報"));
    return correction_reason_withhold(c, road, correction, "個人の情報");
}

static const char *const formats[] = {"", "&format=csv", "&format=csv-cp932"};

TEST(the_log_says_what_changed_and_never_what_is_withheld)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, change);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/office/log?kind=statement"), 200);
        CHECK(client_sees(cl, "事業の記載を訂正した") && client_sees(cl, "9,000") && client_sees(cl, "1,200") && client_sees(cl, "秘密の一言(例)") && client_sees(cl, "隠す相手(例)") && client_sees(cl, "事務局だけの覚え(例)"));
        CHECK_INT(client_get(cl, "/office/log?kind=correction&format=csv"), 200);
        CHECK_INT(rows_said(cl), 1);
        /* The operator sees it without what is the secretariat's and the staff's. */
        client_user(cl, "operator", NONE, NONE);
        CHECK_INT(client_get(cl, "/office/log?kind=statement"), 200);
        CHECK(client_sees(cl, "9,000") && client_sees(cl, "(見られない項目です)") && !client_sees(cl, "事務局だけの覚え(例)"));
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, "/office/log"), 403);
        CHECK_INT(client_get(cl, "/office/views"), 403);
        works(&t, hide);
        client_as(cl, t.secretariat);
        for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
            CHECK_INT(client_get(cl, PATH("/office/log?from=2020-01-01%s", formats[i])), 200);
            CHECK(!client_sees(cl, "秘密の一言") && !client_sees(cl, "隠す相手"));
        }
        CHECK_INT(client_get(cl, "/office/log?kind=statement&format=csv"), 200);
        CHECK(client_sees(cl, "ひとこと説明: (非公開にしました)") && client_sees(cl, "協働の相手: (非公開にしました)") && client_sees(cl, "9,000"));
        CHECK_INT(client_get(cl, "/office/log?kind=project"), 200);
        CHECK(client_sees(cl, "非公開にした") && client_sees(cl, "summary: 個人の情報"));
        /* Of a record that is gone nobody can say what is withheld: nothing that could be is shown. */
        client_exec(cl, "UPDATE audit SET record = 987654 WHERE what = 'statement.correct'");
        CHECK_INT(client_get(cl, "/office/log?kind=statement&format=csv"), 200);
        CHECK(client_sees(cl, "訂正した") && !client_sees(cl, "秘密の一言") && !client_sees(cl, "隠す相手"));
    }
}

TEST(lists_are_cut_down_and_paged)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        client_as(cl, t.secretariat);
        walk_pages(cl, "/office/log");
        walk_pages(cl, "/office/log?from=R7.1.1&until=2030/1/1");
        CHECK_INT(client_get(cl, "/office/log?format=csv"), 200);
        int64_t all = rows_said(cl);
        CHECK_INT(all, client_int(cl, "SELECT count(*) FROM audit"));
        CHECK_INT(client_get(cl, "/office/log?format=xlsx"), 200);
        CHECK_INT(rows_said(cl), all);
        /* A day, and all the others. */
        CHECK_INT(client_get(cl, "/office/log?until=R8.5.9&format=csv"), 200);
        int64_t before = rows_said(cl);
        CHECK_INT(client_get(cl, "/office/log?from=R8.5.10&format=csv"), 200);
        CHECK(before > 0 && rows_said(cl) > 0);
        CHECK_INT(before + rows_said(cl), all);
        /* A person, by the name, by the login, by the account that the name once had. */
        CHECK_INT(client_get(cl, PATH("/office/log?person=%s&format=csv", t.officer[ROAD])), 200);
        CHECK_INT(rows_said(cl), client_int(cl, SQL("SELECT count(*) FROM audit WHERE account = (SELECT id FROM account WHERE login = '%s')", t.officer[ROAD])));
        CHECK_INT(client_get(cl, "/office/log?person=system&format=csv"), 200);
        CHECK_INT(rows_said(cl), client_int(cl, "SELECT count(*) FROM audit WHERE who = 'system'"));
        CHECK_INT(client_get(cl, "/office/log?person=nobodyhasthisname&format=csv"), 200);
        CHECK_INT(rows_said(cl), 0);
        CHECK_INT(client_get(cl, "/office/log?person=nobodyhasthisname"), 200);
        CHECK(client_sees(cl, "条件に合う記録はありません"));
        /* What is typed wrong is said, and stays. */
        CHECK_INT(client_get(cl, "/office/log?from=%E6%98%A8%E6%97%A5"), 422);
        CHECK(client_sees(cl, "日付は、R8.11.1 や 2026/11/1 のように入力してください") && client_sees(cl, "value=\"昨日\""));
        CHECK_INT(client_get(cl, "/office/views?from=R8.5.2&until=R8.5.1"), 422);
        CHECK(client_sees(cl, "「この日まで」は、「この日から」と同じ日かあとの日にしてください"));
        CHECK_INT(client_get(cl, "/office/log?from=R8.5.2&until=R8.5.1&format=csv"), 422);
    }
}

static enum err deeds(struct ctx *c, void *arg)
{
    size_t n = 0;
    (void)arg;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT DISTINCT what FROM audit ORDER BY what", P0); db_next(q); n++)
        if (strcmp(log_deed(c, db_text(q, 0)), db_text(q, 0)) == 0)
            test_fault(__FILE__, __LINE__, "no words for %s", db_text(q, 0));
    CHECK(n > 10);
    return db_error(c->db);
}

TEST(every_deed_has_its_words)
{
    EACH_ENGINE(cl) {
        struct town t;
        struct ctx *c = client_ctx(cl);
        town_open(&t, cl);
        works(&t, change);
        works(&t, hide);
        CHECK_INT(in_read(c, deeds, NULL), OK);
    }
}

TEST(who_looked_at_what)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/users/1"), 200);
        CHECK_INT(client_get(cl, "/letters"), 200);
        CHECK_INT(client_get(cl, "/office/views"), 200);
        CHECK(client_sees(cl, "/users/1") && client_sees(cl, "/letters"));
        CHECK_INT(client_get(cl, "/office/views?kind=%2Fusers&format=csv"), 200);
        CHECK_INT(rows_said(cl), 1);
        CHECK(client_sees(cl, t.secretariat) && client_sees(cl, ",利用者,/users/1"));
        /* Looking at the list is looking, too. */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM view_log WHERE path = '/office/views'"), 2);
        CHECK_INT(client_get(cl, PATH("/office/views?person=%s", t.officer[ROAD])), 200);
        CHECK_INT((int64_t)rows_on_page(cl), 0);
        /* A rare one behind many others: found step by step. */
        client_exec(cl, "INSERT INTO view_log (at, account, path, request) VALUES (1000, 0, '/users/4711', 'r')");
        client_exec(cl, "INSERT INTO view_log (at, account, path, request) WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 20600) SELECT 2000 + i, 0, '/letters', 'r' FROM k");
        CHECK_INT(client_get(cl, "/office/views?kind=%2Fusers"), 200);
        CHECK(client_sees(cl, "まで調べました。まだ続きがあります。") && client_sees(cl, "/users/1<") && !client_sees(cl, "/users/4711"));
        const char *next = link_to(cl, "次の20件");
        CHECK(*next != '\0');
        CHECK_INT(client_get(cl, next), 200);
        CHECK(client_sees(cl, "/users/4711") && !client_sees(cl, "まだ続きがあります") && *link_to(cl, "次の20件") == '\0');
        CHECK_INT(client_get(cl, link_to(cl, "前の20件")), 200);
        CHECK(!client_sees(cl, "/users/4711"));
        CHECK_INT(client_get(cl, "/office/views?kind=%2Fusers&format=csv"), 200);
        CHECK_INT(rows_said(cl), 2);
        /* Of equal instants none is lost. */
        client_exec(cl, "INSERT INTO view_log (at, account, path, request) WITH RECURSIVE k (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM k WHERE i < 60) SELECT 30000, 0, '/requests/' || i, 'r' FROM k");
        walk_pages(cl, "/office/views?kind=%2Frequests");
    }
}

TEST_MAIN
