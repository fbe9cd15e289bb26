/* One rule for who may see what, tried at the side doors: paging, search and its counts, statements that fail half-way. */
#include "core/page.h"
#include "http/register_http.h"

static enum err publish_last_year(struct ctx *c, struct town *t)
{
    int64_t id = NONE;
    (void)t;
    TRY(edition_make(c, 2025, NULL, &id));
    return edition_publish(c, id, NONE);
}

static int64_t project_named(struct town *t, const char *name)
{
    return client_int(t->cl, SQL("SELECT max(project) FROM statement WHERE name = '%s'", name));
}

struct hiding { int64_t project; const char *field; };
static enum err hide(struct ctx *c, void *arg)
{
    const struct hiding *h = arg;
    return withhold_set(c, "project", h->project, h->field, "個人の名前があるため");
}

static const char *encode(char *out, size_t n, const char *s)
{
    size_t at = 0;
    for (; *s != '\0' && at + 4 < n; s++)
        at += (size_t)snprintf(out + at, n - at, "%%%02X", (unsigned char)*s);
    return out;
}
#define Q(s) encode((char[600]){0}, 600, s)

/* --- the cursor --- */

static enum err many(struct ctx *c, struct town *t)
{
    int64_t q = NONE, a = NONE, id = NONE;
    TRY(open_round(c, 2024, "2026-06-10", "start", &q));
    TRY(answer_of(c, q, t->unit[ROAD], &a));
    for (int i = 0; i < 25; i++)
        TRY(one_more(c, a, i == 19 ? "Zhimitsu19" : arena_printf(c->arena, i < 19 ? "A%02d" : "Zz%02d", i), false));
    TRY(answer_submit(c, a));
    TRY(inquiry_close(c, q));
    TRY(edition_make(c, 2024, NULL, &id));
    return edition_publish(c, id, NONE);
}

static enum err earlier_tree(struct ctx *c, struct town *t)
{
    (void)t;
    /* The same units in the year before. */
    TRY_DB(c, db_exec(c->db, "INSERT INTO section (version, unit, year, parent, level, name, position, phone, mail, answers, demo)"
                             " SELECT version, unit, 2024, NULL, level, name, position, phone, mail, answers, demo FROM section WHERE year = 2025", P0));
    return OK;
}

TEST(a_withheld_name_is_not_in_the_cursor)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, earlier_tree);
        works(&t, many);
        CHECK_INT(in_write(client_ctx(cl), hide, &(struct hiding){project_named(&t, "Zhimitsu19"), "name"}), OK);
        client_nobody(cl);
        /* The hidden one is the last of the first page, where the address of the next page is cut. */
        CHECK_INT(client_get(cl, "/projects?year=2024&sort=name"), 200);
        CHECK(client_sees(cl, "A18") && !client_sees(cl, "Zz20"));
        CHECK(!client_sees(cl, "himitsu"));
        const char *next = strstr(client_body(cl), "rel=\"next\" href=\"");
        if (!CHECK(next != NULL))
            continue;
        next += strlen("rel=\"next\" href=\"");
        char to[500];
        size_t n = 0;
        for (; *next != '"' && n + 1 < sizeof to; next++)
            if (strncmp(next, "amp;", 4) == 0 && n > 0 && to[n - 1] == '&')
                next += 3;
            else
                to[n++] = *next;
        to[n] = '\0';
        CHECK_INT(client_get(cl, to), 200);
        CHECK(client_sees(cl, "Zz20") && client_sees(cl, "Zz24") && !client_sees(cl, "A18") && !client_sees(cl, "himitsu"));
        CHECK_INT(client_get(cl, "/statistics?year=2024"), 200);
        CHECK(!client_sees(cl, "himitsu"));
    }
}

/* --- search --- */

/* What the page says of a search: hits, and whether any count is shown. */
static bool finds_nothing(struct client *cl, const char *word)
{
    int status = client_get(cl, PATH("/search?q=%s", Q(word)));
    return status == 200 && client_sees(cl, "に合うものはありません") && strstr(client_body(cl), "<ol class=\"rows\">") == NULL;
}

static bool finds(struct client *cl, const char *word, const char *href)
{
    return client_get(cl, PATH("/search?q=%s", Q(word))) == 200 && client_sees(cl, href);
}

static enum err change_draft(struct ctx *c, struct town *t)
{
    int64_t a = NONE, id = NONE;
    struct statement before, after;
    TRY(answer_of(c, t->inquiry, t->unit[ROAD], &a));
    TRY_DB(c, db_get_int(c->db, "SELECT id FROM statement WHERE answer = $1 AND name = 'ロードクリーン(例)'", P(a), &id));
    TRY(record_load(c, &statement_entity, id, &before));
    entity_copy(c->arena, &statement_entity, &after, &before);
    after.reason = "まだだれにも話していない計画";
    return statement_save(c, &before, &after);
}

TEST(a_sections_draft_is_found_by_itself_and_the_secretariat)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, publish_last_year);
        works(&t, this_year_open);
        works(&t, change_draft);
        int64_t road = project_named(&t, "ロードクリーン(例)");
        /* Never published: 子ども課 did not hand it in. */
        client_as(cl, t.officer[CHILD]);
        CHECK(finds(cl, "出されなかった", "/projects/"));
        CHECK(client_sees(cl, "まだ公開していません") && client_sees(cl, "事業 1"));
        client_as(cl, t.secretariat);
        CHECK(finds(cl, "出されなかった", "/answers/"));
        CHECK(finds(cl, "話していない計画", PATH("/projects/%lld", (long long)road)));
        const char *others[] = {t.officer[ROAD], t.officer[RIVER], t.officer[WELFARE]};
        for (size_t i = 0; i < 3; i++) {
            client_as(cl, others[i]);
            CHECK(finds_nothing(cl, "出されなかった"));
            CHECK(finds(cl, "ロードクリーン", PATH("/projects/%lld", (long long)road)));
        }
        client_as(cl, t.officer[RIVER]);
        CHECK(finds_nothing(cl, "話していない計画"));
        client_nobody(cl);
        CHECK(finds_nothing(cl, "出されなかった"));
        CHECK(finds_nothing(cl, "話していない計画"));
        /* The public list is filtered by what it shows, whoever looks. */
        const char *looking[] = {NULL, t.officer[RIVER], t.secretariat};
        for (size_t i = 0; i < 3; i++) {
            if (looking[i] != NULL)
                client_as(cl, looking[i]);
            CHECK_INT(client_get(cl, PATH("/projects?q=%s", Q("話していない計画"))), 200);
            CHECK(client_sees(cl, "に合う事業はありません"));
            CHECK_INT(client_get(cl, PATH("/projects?q=%s", Q("ロードクリーン"))), 200);
            CHECK(client_sees(cl, PATH("href=\"/projects/%lld", (long long)road)));
        }
    }
}

/* --- a look-up that fails --- */

TEST(a_page_whose_statement_failed_is_not_shown)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, publish_last_year);
        int64_t road = project_named(&t, "ロードクリーン(例)");
        CHECK_INT(in_write(client_ctx(cl), hide, &(struct hiding){road, "partners"}), OK);
        client_nobody(cl);
        const char *pages[] = {"/", "/projects?year=2025", "/projects?year=2025&format=csv", "/projects?year=2025&format=json", "/editions/1", "/editions/1?format=csv",
                               "/statistics", PATH("/projects/%lld", (long long)road), PATH("/projects/%lld?format=json", (long long)road),
                               PATH("/search?q=%s", Q("ロードクリーン"))};
        for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
            bool whole = false;
            for (int64_t k = 1; !whole && k < 500; k++) {
                struct db *db = client_ctx(cl)->writer;
                db_fail_at(db, k);
                int status = client_get(cl, pages[i]);
                whole = db_fail_count(db) < k;
                db_fail_at(db, 0);
                if (!whole && status < 500)
                    test_fault(__FILE__, __LINE__, "%s %s: %d although statement %lld failed", client_engine(cl), pages[i], status, (long long)k);
            }
            CHECK(whole);
            CHECK_INT(client_get(cl, pages[i]), 200);
        }
    }
}

TEST_MAIN
