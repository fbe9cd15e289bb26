/* From a published edition to the next: corrections, what they change, who may; the chain of hashes; differences as page and file. */
#include "area/register/correction.h"
#include "area/register/difference.h"
#include "core/page.h"
#include "http/register_http.h"

static enum err publish_2025(struct ctx *c, struct town *t)
{
    int64_t id = NONE;
    (void)t;
    TRY(edition_make(c, 2025, "はじめに(例)", &id));
    return edition_publish(c, id, NONE);
}

static enum err verify_all(struct ctx *c, void *arg)
{
    int64_t *n = arg, most = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM edition", P0, &most));
    int64_t id[64];
    size_t ids = 0;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id FROM edition ORDER BY id LIMIT 64", P0);
    while (db_next(q))
        id[ids++] = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < ids; i++, (*n)++)
        TRY(edition_verify(c, id[i]));
    return OK;
}

static enum err verified(struct client *cl, int64_t editions)
{
    int64_t n = 0;
    enum err e = in_read(client_ctx(cl), verify_all, &n);
    if (e != OK)
        printf("  %s: %s\n", client_engine(cl), client_ctx(cl)->fail.message);
    CHECK_INT(n, editions);
    return e;
}

static int64_t project_of(struct client *cl, const char *name) { return client_int(cl, SQL("SELECT max(project) FROM statement WHERE name = '%s'", name)); }

TEST(a_published_edition_is_corrected_by_the_next_one)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        if (!works(&t, publish_2025))
            continue;
        int64_t road = project_of(cl, "ロードクリーン(例)"), flower = project_of(cl, "花の道づくり(例)");
        const char *form = PATH("/projects/%lld/correct", (long long)road);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/projects/1"), 200);
        CHECK_INT(client_get(cl, PATH("%s?year=2025", form)), 200);
        CHECK(client_form(cl, form));
        /* no reason, no change */
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "訂正の理由を入力してください"));
        CHECK(client_form(cl, form));
        client_set(cl, "correction_reason", "直すところがない");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "変わったところがありません"));
        CHECK(client_form(cl, form));
        client_set(cl, "correction_reason", "予算額を補正後の額に直した");
        client_set(cl, "budget", "たくさん");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "value=\"たくさん\""));
        CHECK(client_sees(cl, "value=\"予算額を補正後の額に直した\""));
        CHECK(client_form(cl, form));
        client_set(cl, "budget", "1,500");
        client_set(cl, "partners.0.role", "草を刈る");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, SQL("SELECT budget FROM statement WHERE project = %lld", (long long)road)), 1500000);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM correction WHERE edition IS NULL AND kind = 'changed' AND hand = 'secretariat'"), 1);
        /* The section is told, with what was and what is. */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox WHERE about = 'correction' AND body LIKE '%予算額を補正後の額に直した%' AND body LIKE '%1,200%' AND body LIKE '%1,500%'"), 1);
        /* Nothing public has changed, and the edition holds. */
        client_nobody(cl);
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)road)), 200);
        CHECK(client_sees(cl, "1,200千円") && !client_sees(cl, "1,500千円"));
        CHECK_INT(verified(cl, 1), OK);
        /* The section takes another one out. */
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, PATH("/projects/%lld/correct", (long long)flower)), 200);
        CHECK(client_form(cl, PATH("/projects/%lld/listing", (long long)flower)));
        client_set(cl, "listing_reason", "ほかの課の事業だったため");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "次の版に載りません"));
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "訂正を次の版に載せる"));
        CHECK_INT(client_get(cl, "/editions/new?year=2025"), 200);
        CHECK(client_sees(cl, "予算額を補正後の額に直した") && client_sees(cl, "ほかの課の事業だったため"));
        CHECK(client_form(cl, "/editions/new"));
        CHECK_INT(client_send(cl), 303);
        int64_t next = client_int(cl, "SELECT max(id) FROM edition");
        const char *page = PATH("/editions/%lld", (long long)next), *changes = PATH("/editions/%lld/changes", (long long)next);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "この版で変わったこと") && client_sees(cl, "なくなった事業1件") && client_sees(cl, "記載の変更1件"));
        /* Previewed as the public will see it; nobody else does. */
        CHECK_INT(client_get(cl, changes), 200);
        CHECK(client_sees(cl, "1,200千円") && client_sees(cl, "1,500千円") && client_sees(cl, "草を刈る"));
        CHECK_INT(client_get(cl, PATH("/projects/%lld?edition=%lld", (long long)road, (long long)next)), 200);
        CHECK(client_sees(cl, "1,500千円") && client_sees(cl, "まだ公開していない版"));
        client_nobody(cl);
        CHECK_INT(client_get(cl, page), 404);
        CHECK_INT(client_get(cl, changes), 404);
        CHECK_INT(client_get(cl, PATH("/editions/1/changes?from=%lld", (long long)next)), 404);
        CHECK_INT(client_get(cl, PATH("/projects/%lld?edition=%lld", (long long)road, (long long)next)), 404);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "台帳の版を公開する") && client_sees(cl, "令和7年度(2025年度) 第2版"));
        CHECK_INT(client_get(cl, PATH("%s/publish", page)), 200);
        CHECK(client_sees(cl, "令和7年度(2025年度) 第1版の") && client_sees(cl, "事業に減っています")); /* held against what it corrects, not against the year before */
        CHECK(client_form(cl, PATH("%s/publish", page)));
        CHECK_INT(client_send(cl), 303);
        client_nobody(cl);
        /* Both stand; the older one names the newer. */
        CHECK_INT(client_get(cl, "/editions/1"), 200);
        CHECK(client_sees(cl, PATH("href=\"%s\"", page)) && client_sees(cl, "花の道づくり(例)"));
        CHECK_INT(client_get(cl, page), 200);
        CHECK(!client_sees(cl, "花の道づくり(例)"));
        CHECK(client_sees(cl, client_text(cl, "SELECT hash FROM edition WHERE id = 1")));
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)road)), 200);
        CHECK(client_sees(cl, "1,500千円") && client_sees(cl, PATH("/projects/%lld?edition=1", (long long)road)));
        CHECK_INT(client_get(cl, PATH("/projects/%lld?edition=1", (long long)road)), 200);
        CHECK(client_sees(cl, "1,200千円") && client_sees(cl, "これは") && client_sees(cl, PATH("/projects/%lld?year=2025", (long long)road)));
        CHECK_INT(client_get(cl, changes), 200);
        CHECK(client_sees(cl, "予算額を補正後の額に直した") && client_sees(cl, "ほかの課の事業だったため") && client_sees(cl, "花の道づくり(例)"));
        static const char *const formats[] = {"csv", "json", "xlsx"};
        for (size_t i = 0; i < 3; i++) {
            CHECK_INT(client_get(cl, PATH("%s?format=%s", changes, formats[i])), 200);
            CHECK(client_body_n(cl) > 100);
            CHECK(i == 2 || (client_sees(cl, "1,500千円") && client_sees(cl, "ほかの課の事業だったため")));
        }
        CHECK_INT(verified(cl, 2), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM correction WHERE edition IS NULL"), 0);
        /* The other project of the same words was not frozen again. */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM frozen WHERE year = 2025"), 4);
        /* An edition exchanged behind the next one's back is found by the chain. */
        client_exec(cl, SQL("UPDATE edition SET previous_hash = 'x' WHERE id = %lld", (long long)next));
        int64_t n = 0;
        CHECK_INT(in_read(client_ctx(cl), verify_all, &n), E_CONFLICT);
    }
}

TEST(who_may_correct)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, publish_2025);
        int64_t road = project_of(cl, "ロードクリーン(例)"), draft = project_of(cl, "出されなかった事業(例)");
        client_as(cl, t.officer[RIVER]);
        CHECK_INT(client_get(cl, PATH("/projects/%lld/correct?year=2025", (long long)road)), 403);
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)road)), 200);
        CHECK(!client_sees(cl, "記載を訂正する"));
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)road)), 200);
        CHECK(client_sees(cl, "記載を訂正する"));
        CHECK_INT(client_get(cl, PATH("/projects/%lld/correct?year=2025", (long long)road)), 200);
        CHECK(client_form(cl, PATH("/projects/%lld/correct", (long long)road)));
        client_set(cl, "summary", "道路のごみを拾い、花を植える");
        client_set(cl, "correction_reason", "していることが足りなかった");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM correction WHERE hand = 'section'"), 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox WHERE about = 'correction'"), 0);
        /* Two at one time: the second keeps what was typed and sees what is stored. */
        CHECK_INT(client_get(cl, PATH("/projects/%lld/correct?year=2025", (long long)road)), 200);
        CHECK(client_form(cl, PATH("/projects/%lld/correct", (long long)road)));
        client_set(cl, "summary", "私の文");
        client_set(cl, "correction_reason", "理由");
        client_exec(cl, SQL("UPDATE statement SET version = version + 1, summary = '別の人の文' WHERE project = %lld", (long long)road));
        CHECK_INT(client_send(cl), 409);
        CHECK(client_sees(cl, "別の人の文") && client_sees(cl, "私の文"));
        CHECK(client_form(cl, PATH("/projects/%lld/correct", (long long)road)));
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, SQL("SELECT summary FROM statement WHERE project = %lld", (long long)road)), "私の文");
        /* What was never handed in, or not asked in that year, is not there to be corrected. */
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, PATH("/projects/%lld/correct?year=2025", (long long)draft)), 404);
        CHECK_INT(client_get(cl, PATH("/projects/%lld/correct?year=2024", (long long)road)), 404);
    }
}

static enum err correct_and_out(struct ctx *c, struct town *t)
{
    struct correction_case k;
    struct statement after;
    int64_t road = NONE, river = NONE;
    (void)t;
    TRY_DB(c, db_get_int(c->db, "SELECT project FROM statement WHERE name = 'ロードクリーン(例)'", P0, &road));
    TRY_DB(c, db_get_int(c->db, "SELECT project FROM statement WHERE name = '川の見守り(例)'", P0, &river));
    TRY(correction_case_load(c, road, 2025, true, &k));
    entity_copy(c->arena, &statement_entity, &after, &k.s);
    after.outcomes_n = 1;
    after.contact_person = "例田";
    after.name = "ロードクリーン改(例)";
    TRY(statement_correct(c, &k.s, &after, "名前が変わった"));
    TRY(statement_take_out(c, river, 2025, "川は別の台帳へ"));
    return statement_put_back(c, river, 2025, "やはりもどす");
}

TEST(differences_name_the_field_and_the_row)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, publish_2025);
        works(&t, correct_and_out);
        works(&t, publish_2025);
        int64_t next = client_int(cl, "SELECT max(id) FROM edition");
        CHECK_INT(client_get(cl, PATH("/editions/%lld/changes?from=1&format=json", (long long)next)), 200);
        CHECK(client_sees(cl, "\"before\":\"ロードクリーン(例)\",\"after\":\"ロードクリーン改(例)\""));
        CHECK(client_sees(cl, "\"field\":\"outcomes\"") && client_sees(cl, "協定延長") && client_sees(cl, "\"after\":null"));
        CHECK(!client_sees(cl, "例田") && !client_sees(cl, "contact_person") && !client_sees(cl, "協定団体"));
        /* out and back again: nothing to say but the reasons' project is as it was */
        CHECK(!client_sees(cl, "川の見守り"));
        CHECK_INT(verified(cl, 2), OK);
        /* What is withheld now is withheld on both sides. */
        client_exec(cl, SQL("INSERT INTO withholding (entity, record, field, reason, account, at) VALUES ('project', %lld, 'name', '理由', 1, 1)",
                            (long long)project_of(cl, "ロードクリーン改(例)")));
        CHECK_INT(client_get(cl, PATH("/editions/%lld/changes", (long long)next)), 200);
        CHECK(!client_sees(cl, "ロードクリーン"));
    }
}

/* The same differences across two years, by the project's number. */
static enum err next_year(struct ctx *c, struct town *t)
{
    int64_t a = NONE, id = NONE;
    TRY(open_round(c, 2026, DUE, "start", &t->inquiry));
    TRY(answer_of(c, t->inquiry, t->unit[ROAD], &a));
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id FROM statement WHERE answer = $1 ORDER BY id", P(a));
    int64_t v[2] = {NONE, NONE};
    for (size_t i = 0; i < 2 && db_next(q); i++)
        v[i] = db_int(q, 0);
    db_done(q);
    TRY(statement_decide(c, v[0], "same", NULL));
    TRY(statement_decide(c, v[1], "ended", "目的を達した"));
    TRY(one_more(c, a, "新しい道(例)", false));
    TRY(answer_submit(c, a));
    TRY(inquiry_close(c, t->inquiry));
    TRY(edition_make(c, 2026, NULL, &id));
    return edition_publish(c, id, NONE);
}

TEST(two_years_are_compared_by_the_projects_number)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, publish_2025);
        works(&t, next_year);
        CHECK_INT(client_get(cl, "/editions/2"), 200);
        CHECK(client_sees(cl, "前の年度から変わったこと"));
        CHECK_INT(client_get(cl, "/editions/2/changes"), 200);
        CHECK(client_sees(cl, "新しい道(例)") && client_sees(cl, "花の道づくり(例)") && client_sees(cl, "ロードクリーン(例)"));
        CHECK(client_sees(cl, "続いている事業"));
        CHECK(client_sees(cl, ">新規<") && client_sees(cl, ">継続<"));
        CHECK_INT(client_get(cl, "/editions/1/changes"), 200);
        CHECK(client_sees(cl, "くらべるものがありません"));
        CHECK_INT(verified(cl, 2), OK);
    }
}

TEST_MAIN
