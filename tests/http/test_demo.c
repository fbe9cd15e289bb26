/* The invented prefecture: what there has to be, that it is marked, and that it goes without a trace but the log. */
#include "http/client.h"

#include <stdlib.h>

#include "area/demo/demo.h"
#include "area/demo/demo_data.h"
#include "area/register/register.h"
#include "base/csv.h"
#include "base/date.h"
#include "base/text.h"
#include "core/audit.h"
#include "core/command.h"
#include "core/preset.h"

enum { T0 = 1795341600 }; /* 2026-11-22 in Tokyo */

static const char *const tables[] = {
    "section", "account", "duty", "session", "invitation", "outbox", "organization", "organization_set", "inquiry", "inquiry_set", "answer", "project",
    "statement", "statement_set", "statement_partner", "statement_section", "statement_role", "statement_contribution", "statement_outcome", "edition",
    "edition_item", "frozen", "frozen_set", "frozen_partner", "figure", "withholding", "not_double", "job", "idempotency",
    "sheet_upload", "sheet_row",
};

static int64_t rows(struct client *cl, const char *table)
{
    return client_int(cl, arena_printf(client_ctx(cl)->arena, "SELECT count(*) FROM %s", table));
}

static enum err verify(struct ctx *c, void *arg)
{
    struct audit_report r;
    (void)arg;
    TRY(audit_verify(c, &r));
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id FROM edition", P0); db_next(q);)
        TRY(edition_verify(c, db_int(q, 0)));
    return OK;
}

static int enter(struct client *cl, const struct demo_account *d)
{
    client_nobody(cl);
    CHECK_INT(client_get(cl, "/login"), 200);
    CHECK(client_form(cl, "/login"));
    client_set(cl, "login", d->login);
    client_set(cl, "password", d->password);
    return client_send(cl);
}

static void unmarked(struct client *cl, const char *table, const char *column)
{
    struct arena *a = client_ctx(cl)->arena;
    CHECK_INT(client_int(cl, arena_printf(a, "SELECT count(*) FROM %s WHERE %s NOT LIKE '%%例%%'", table, column)), 0);
}

static void there_is_enough_to_see(struct client *cl)
{
    CHECK_INT(client_ctx(cl)->now, T0);
    CHECK(client_int(cl, "SELECT count(*) FROM section WHERE year = 2026 AND level <> 'section'") >= 8);
    CHECK(client_int(cl, "SELECT count(*) FROM section WHERE year = 2026 AND level = 'regional'") >= 2);
    CHECK(client_int(cl, "SELECT count(*) FROM section WHERE year = 2026 AND level = 'section'") >= 80);
    CHECK(client_int(cl, "SELECT count(*) FROM edition_item i JOIN edition e ON e.id = i.edition WHERE e.year = 2025 AND e.state = 'published'") >= 60);
    CHECK_INT(client_int(cl, "SELECT count(DISTINCT category) FROM edition_item i JOIN edition e ON e.id = i.edition WHERE e.year = 2025"), 10);
    CHECK_INT(client_int(cl, "SELECT count(DISTINCT code) FROM frozen_set WHERE field = 'forms'"), 9);
    CHECK(client_int(cl, "SELECT count(*) FROM frozen WHERE budget = 0") > 0);
    CHECK(client_int(cl, "SELECT count(*) FROM frozen WHERE budget IS NULL") > 0);
    CHECK_INT(client_int(cl, "SELECT count(*) FROM frozen WHERE name LIKE '%髙﨑𠮷%'"), 1);
    CHECK(client_int(cl, "SELECT max(length(name)) FROM frozen") > 60);
    CHECK_INT(client_int(cl, "SELECT count(*) FROM inquiry WHERE state = 'open'"), 1);
    int64_t all = client_int(cl, "SELECT count(*) FROM answer a JOIN inquiry i ON i.id = a.inquiry WHERE i.state = 'open'");
    int64_t done = client_int(cl, "SELECT count(*) FROM answer a JOIN inquiry i ON i.id = a.inquiry WHERE i.state = 'open' AND a.state IN ('submitted', 'none')");
    CHECK(done * 3 > all && done * 3 < all * 2); /* about half */
    /* What ran for years before Kyodo is not new because Kyodo is. */
    CHECK(client_int(cl, "SELECT count(*) FROM edition_item i JOIN edition e ON e.id = i.edition WHERE e.year = 2024 AND continuity = 'continued'") > 40);
    CHECK(client_int(cl, "SELECT count(*) FROM edition_item i JOIN edition e ON e.id = i.edition WHERE e.year = 2024 AND continuity = 'new'") > 0);
    /* The same name twice, told apart by the place. */
    CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE name = '例ひまわり会'"), 2);
    /* A section keeps in each year the name of that year. */
    CHECK_INT(client_int(cl, "SELECT count(DISTINCT name) FROM section WHERE unit = (SELECT unit FROM section WHERE name = '上下水道課')"), 2);
    CHECK_INT(in_read(client_ctx(cl), verify, NULL), OK);
    CHECK_INT(client_get(cl, "/"), 200);
    CHECK(client_sees(cl, "例示県"));
    CHECK_INT(client_get(cl, "/projects"), 200);
    CHECK_INT(client_get(cl, "/search?q=%E7%AB%B9%E6%9E%97"), 200); /* 竹林 */
    CHECK_INT(demo_add(client_ctx(cl)), E_CONFLICT);
}

static void everything_is_marked(struct client *cl)
{
    static const char *const flagged[] = {"section", "account", "duty", "organization", "inquiry", "answer", "project", "statement", "edition"};
    for (size_t i = 0; i < sizeof flagged / sizeof flagged[0]; i++) {
        CHECK(rows(cl, flagged[i]) > 0);
        CHECK_INT(client_int(cl, arena_printf(client_ctx(cl)->arena, "SELECT count(*) FROM %s WHERE demo = FALSE", flagged[i])), 0);
    }
    unmarked(cl, "organization", "name");
    unmarked(cl, "statement", "name");
    unmarked(cl, "statement_partner", "name");
    unmarked(cl, "account", "name");
    unmarked(cl, "inquiry", "title");
    CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE corporate_number IS NOT NULL"), 0);
    CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE phone NOT LIKE '000-000-%'"), 0);
    CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE phone NOT LIKE '000-000-%'"), 0);
    CHECK_INT(client_int(cl, "SELECT count(*) FROM account WHERE mail NOT LIKE '%@rei.example'"), 0);
    CHECK_TEXT(client_text(cl, "SELECT value FROM setting WHERE key = 'demo'"), "1");
}

/* KYODO_NPO_LIST: a file of the tax agency with real names, which none of ours may be. */
TEST(no_real_organization)
{
    const char *file = getenv("KYODO_NPO_LIST");
    if (file == NULL) {
        printf("  left out: KYODO_NPO_LIST is not set\n");
        return;
    }
    ARENA struct arena *a = arena_new();
    FILE *f = fopen(file, "rb");
    if (!CHECK(f != NULL))
        return;
    char line[8192];
    size_t lines = 0;
    while (fgets(line, sizeof line, f) != NULL) {
        lines++;
        for (const struct demo_organization *o = demo_organizations; o->key != NULL; o++)
            if (strstr(line, text_without_legal_form(a, o->name)) != NULL)
                CHECK_TEXT(o->name, line);
        arena_reset(a);
    }
    fclose(f);
    CHECK(lines > 1000);
}

static void accounts_for_each_role(struct client *cl)
{
    uint32_t roles = 0;
    for (const struct demo_account *d = demo_accounts; d->role != NULL; d++) {
        roles |= (uint32_t)role_from_name(d->role);
        CHECK_INT(enter(cl, d), 303);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(!client_sees(cl, "ログイン</a>"));
    }
    CHECK_INT(roles, SIGNED_IN);
}

/* Files that wait to be taken: one of an invented person, one of a real one who tried it out. They go with the inquiry, or the to-do would lead nowhere. */
static void send_sheet(struct client *cl)
{
    char path[100], page[100];
    int64_t inquiry = client_int(cl, "SELECT max(id) FROM inquiry WHERE state = 'open'");
    snprintf(path, sizeof path, "/inquiries/%lld/sheet.csv", (long long)inquiry);
    snprintf(page, sizeof page, "/inquiries/%lld/sheet", (long long)inquiry);
    CHECK_INT(client_get(cl, path), 200);
    size_t n = client_body_n(cl);
    char *bytes = arena_dup_n(client_ctx(cl)->arena, client_body(cl), n);
    CHECK_INT(client_get(cl, page), 200);
    CHECK(client_form(cl, page));
    client_set(cl, "entered_for", "紙で受け取ったため");
    client_set(cl, "entered_how", "paper");
    client_set(cl, "received_on", "2026-11-20");
    CHECK_INT(client_send_file(cl, "file", "例.csv", bytes, n), 303);
}

static void uploads_wait(struct client *cl)
{
    CHECK_INT(enter(cl, &demo_accounts[0]), 303);
    send_sheet(cl);
    const char *real = client_user(cl, "secretariat", NONE, NONE);
    send_sheet(cl);
    CHECK_INT(rows(cl, "sheet_upload"), 2);
    CHECK(rows(cl, "sheet_row") > 0);
    CHECK_INT(client_get(cl, "/home"), 200);
    CHECK(client_sees(cl, "送ったExcelを確かめる"));
    CHECK_INT(demo_remove(client_ctx(cl)), OK);
    CHECK_INT(client_get(cl, "/home"), 200);
    CHECK(!client_sees(cl, "送ったExcelを確かめる"));
    client_nobody(cl);
    static const char *const theirs[] = {"DELETE FROM session WHERE account IN (SELECT id FROM account WHERE login = '%s')", "DELETE FROM duty WHERE account IN (SELECT id FROM account WHERE login = '%s')",
                                         "DELETE FROM idempotency WHERE who IN (SELECT id FROM account WHERE login = '%s')", "DELETE FROM account WHERE login = '%s'"};
    for (size_t i = 0; i < sizeof theirs / sizeof *theirs; i++) {
        struct sb sql;
        sb_init(&sql, client_ctx(cl)->arena);
        const char *at = strstr(theirs[i], "%s");
        sb_add_n(&sql, theirs[i], (size_t)(at - theirs[i]));
        sb_add(&sql, real);
        sb_add(&sql, at + 2);
        client_exec(cl, sb_str(&sql));
    }
}

/* Making it takes seconds: so one prefecture for all that is asked of it. */
TEST(it_comes_and_goes_without_a_trace)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        int64_t before[sizeof tables / sizeof tables[0]], words_before = rows(cl, "vocabulary"), settings_before = rows(cl, "setting");
        for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
            before[i] = rows(cl, tables[i]);
        CHECK_INT(demo_remove(client_ctx(cl)), E_NOT_FOUND);
        CHECK_INT(demo_add(client_ctx(cl)), OK);
        there_is_enough_to_see(cl);
        everything_is_marked(cl);
        accounts_for_each_role(cl);

        /* Somebody tries things out: what hangs on invented sections goes with them. */
        CHECK_INT(enter(cl, &demo_accounts[0]), 303);
        CHECK_INT(client_get(cl, "/sections/new"), 200);
        CHECK(client_form(cl, "/sections/new"));
        client_set(cl, "name", "例のためしの課");
        client_set(cl, "parent", client_text(cl, "SELECT id || '' FROM section WHERE year = 2026 AND name = '土木部'"));
        CHECK_INT(client_send(cl), 303);
        int64_t log = rows(cl, "audit");
        uploads_wait(cl);
        client_exec(cl, "DELETE FROM job WHERE kind = 'casebook.renew'"); /* repeats in every instance, invented data or not */
        for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
            test_int(__FILE__, __LINE__, tables[i], rows(cl, tables[i]), before[i]);
        CHECK_INT(rows(cl, "vocabulary"), words_before);
        CHECK_INT(rows(cl, "setting"), settings_before);
        CHECK_TEXT(client_text(cl, "SELECT value FROM setting WHERE key = 'prefecture_name'"), "熊本県");
        CHECK(rows(cl, "audit") > log); /* the log keeps its rows and says that they went */
        CHECK_INT(in_read(client_ctx(cl), verify, NULL), OK);
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/search?q=%E4%BE%8B"), 200);
        CHECK(!client_sees(cl, "例川"));
        CHECK_INT(client_get(cl, "/projects"), 200);
        CHECK(!client_sees(cl, "例川"));
    }
}

TEST(known_passwords_stay_on_the_machine)
{
    CHECK(listens_here_alone("127.0.0.1:8080"));
    CHECK(listens_here_alone("[::1]:8080"));
    CHECK(listens_here_alone("localhost:80"));
    CHECK(listens_here_alone("unix:/run/kyodo/kyodo.sock"));
    CHECK(!listens_here_alone("0.0.0.0:8080"));
    CHECK(!listens_here_alone("[::]:8080"));
    CHECK(!listens_here_alone("192.0.2.1:8080"));
    CHECK(!listens_here_alone("127.example:80"));
    CHECK(!listens_here_alone("kyodo.example:8080"));
}

TEST(real_data_is_never_mixed)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_exec(cl, "INSERT INTO section (unit, year, level, name, position, answers, demo) VALUES (1, 2026, 'department', '本物の部', 10, FALSE, FALSE)");
        CHECK_INT(demo_add(client_ctx(cl)), E_CONFLICT);
        CHECK_INT(rows(cl, "section"), 1);
        CHECK_TEXT(client_text(cl, "SELECT value FROM setting WHERE key = 'prefecture_name'"), "熊本県");
    }
}

TEST_MAIN
