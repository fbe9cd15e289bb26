/* Editions on the demo data: every published figure follows from the rows, nothing withheld comes out anywhere, history stands as printed. */
#include "area/demo/demo.h"
#include "area/register/register.h"
#include "area/register/statistics.h"
#include "base/date.h"
#include "base/text.h"
#include "core/job.h"
#include "core/page.h"
#include "http/client.h"

static bool demo(struct client *cl)
{
    struct ctx *c = client_ctx(cl);
    enum err e = demo_add(c);
    if (e != OK)
        printf("  %s: %s\n", client_engine(cl), c->fail.message != NULL ? c->fail.message : err_name(e));
    return CHECK(e == OK);
}

static enum err run_verify(struct ctx *c, void *arg) { return edition_verify(c, *(int64_t *)arg); }

static enum err verify(struct client *cl, int64_t edition) { return in_read(client_ctx(cl), run_verify, &edition); }

static struct json_value *read_json(struct client *cl)
{
    struct ctx *c = client_ctx(cl);
    struct json_value *v = NULL;
    CHECK_INT(json_read(c->arena, client_body(cl), client_body_n(cl), &v, &c->fail), OK);
    return v;
}

/* --- figures, counted again from what everybody can download --- */

static int64_t count_where(const struct json_value *projects, const char *key, const char *value, const char *key2, const char *value2)
{
    int64_t n = 0;
    for (const struct json_value *p = projects->child; p != NULL; p = p->next) {
        const struct json_value *s = json_get(p, "statement");
        n += text_eq(json_get_text(s, key), value) && (key2 == NULL || text_eq(json_get_text(s, key2), value2));
    }
    return n;
}

static int64_t figure(struct client *cl, int64_t edition, const char *name, const char *one, const char *other)
{
    return client_int(cl, arena_printf(client_ctx(cl)->arena, "SELECT value FROM figure WHERE edition = %lld AND name = '%s' AND one = '%s' AND other = '%s'",
                                       (long long)edition, name, one, other));
}

static void check_budget(struct client *cl, int64_t edition, const struct json_value *projects, const char *scheme)
{
    int64_t sum = 0, n = 0;
    for (const struct json_value *p = projects->child; p != NULL; p = p->next) {
        const struct json_value *s = json_get(p, "statement"), *b = json_get(s, "budget");
        if (text_eq(json_get_text(s, "scheme"), scheme) && b != NULL && b->type == JSON_INT) {
            sum += b->i;
            n++;
        }
    }
    CHECK_INT(figure(cl, edition, "budget", scheme, ""), n > 0 ? sum : NONE);
}

/* Department by department, by the words that stand before the section's name. */
static void check_departments(struct client *cl, int64_t edition, int64_t year, const struct json_value *projects)
{
    struct ctx *c = client_ctx(cl);
    int64_t sum = 0, departments = client_int(cl, arena_printf(c->arena, "SELECT count(*) FROM section WHERE year = %lld AND parent IS NULL", (long long)year));
    CHECK(departments >= 8);
    for (int64_t k = 0; k < departments; k++) {
        const char *where = arena_printf(c->arena, "FROM section s WHERE s.year = %lld AND s.parent IS NULL AND %lld = (SELECT count(*) FROM section t WHERE t.year = s.year AND t.parent IS NULL AND t.id < s.id)",
                                         (long long)year, (long long)k);
        const char *name = client_text(cl, arena_printf(c->arena, "SELECT s.name %s", where));
        int64_t id = client_int(cl, arena_printf(c->arena, "SELECT s.id %s", where)), counted = 0;
        const char *prefix = arena_printf(c->arena, "%s ", name);
        for (const struct json_value *p = projects->child; p != NULL; p = p->next) {
            const char *lead = json_get_text(json_get(p, "words"), "lead");
            counted += lead != NULL && (text_starts(lead, prefix) || text_eq(lead, name));
        }
        const char *key = arena_printf(c->arena, "%lld", (long long)id);
        CHECK_INT(figure(cl, edition, "department", key, "ps") + figure(cl, edition, "department", key, "renkei"), counted);
        sum += counted;
    }
    CHECK_INT(sum, (int64_t)projects->n);
}

static void check_edition(struct client *cl, int64_t edition, int64_t year)
{
    struct ctx *c = client_ctx(cl);
    CHECK_INT(client_get(cl, arena_printf(c->arena, "/editions/%lld?format=json", (long long)edition)), 200);
    const struct json_value *projects = json_get(read_json(cl), "projects");
    CHECK(projects != NULL && projects->n >= 50);
    static const char *const schemes[] = {"ps", "renkei"};
    static const char *const categories[2][8] = {{"planning", "accord", "committee", "cohost", "subsidy", "commission", "other", NULL}, {"citizen_led", "horizontal", "human_resources", NULL}};
    for (size_t s = 0; s < 2; s++) {
        int64_t total = 0;
        CHECK_INT(figure(cl, edition, "projects", schemes[s], ""), count_where(projects, "scheme", schemes[s], NULL, NULL));
        for (size_t k = 0; categories[s][k] != NULL; k++) {
            int64_t n = count_where(projects, "scheme", schemes[s], "category", categories[s][k]);
            CHECK_INT(figure(cl, edition, "category", schemes[s], categories[s][k]), n);
            total += n;
        }
        CHECK_INT(total, count_where(projects, "scheme", schemes[s], NULL, NULL));
        CHECK_INT(figure(cl, edition, "continuity", schemes[s], "new"), count_where(projects, "scheme", schemes[s], "continuity", "new"));
        check_budget(cl, edition, projects, schemes[s]);
    }
    check_departments(cl, edition, year, projects);
    CHECK_INT(verify(cl, edition), OK);
}

/* The table that everybody sees says what the figures say. */
static void check_table(struct client *cl, int64_t edition, int64_t fresh)
{
    CHECK_INT(client_get(cl, "/statistics?format=json"), 200);
    const struct json_value *t = read_json(cl), *years = json_get(t, "years");
    size_t column = 0;
    for (const struct json_value *y = years->child; y != NULL && y->i != 2025; y = y->next)
        column++;
    for (const struct json_value *r = json_get(t, "rows")->child; r != NULL; r = r->next) {
        const struct json_value *v = json_get(r, "values")->child;
        for (size_t i = 0; i < column; i++)
            v = v->next;
        if (text_eq(json_get_text(r, "form"), "事業協定"))
            CHECK_INT(v->i, figure(cl, edition, "category", "ps", "accord"));
        if (text_eq(json_get_text(r, "kind"), "total") && text_eq(json_get_text(r, "scheme"), "PSプロジェクト"))
            CHECK_INT(v->i, figure(cl, edition, "projects", "ps", ""));
        if (text_eq(json_get_text(r, "form"), "うち新規") && text_eq(json_get_text(r, "scheme"), "PSプロジェクト"))
            CHECK(v->type == JSON_INT && v->i == fresh);
    }
}

TEST(every_published_figure_follows_from_the_rows)
{
    EACH_ENGINE(cl) {
        if (!demo(cl))
            continue;
        check_edition(cl, 1, 2024);
        check_edition(cl, 2, 2025);
        check_table(cl, 2, figure(cl, 2, "continuity", "ps", "new"));
        /* One altered row, column, figure or line is found. */
        static const char *const harm[][2] = {
            {"UPDATE frozen SET category = 'cohost' WHERE id = 60", "UPDATE frozen SET category = (SELECT category FROM edition_item WHERE frozen = 60 LIMIT 1) WHERE id = 60"},
            {"UPDATE frozen SET body = replace(body, '\"name\":\"例', '\"name\":\"別') WHERE id = 61", "UPDATE frozen SET body = replace(body, '\"name\":\"別', '\"name\":\"例') WHERE id = 61"},
            {"UPDATE edition_item SET section_name = 'よその課' WHERE frozen = 60", "UPDATE edition_item SET section_name = (SELECT name FROM section s WHERE s.id = section) WHERE frozen = 60"},
            {"UPDATE edition_item SET department_name = 'よその部' WHERE frozen = 60",
             "UPDATE edition_item SET department_name = (SELECT name FROM section s WHERE s.id = department) WHERE frozen = 60"},
            {"UPDATE frozen SET budget = coalesce(budget, 0) + 1000 WHERE id = 62", NULL},
        };
        enum { LASTING = sizeof harm / sizeof harm[0] - 1 };
        CHECK(client_int(cl, "SELECT edition FROM edition_item WHERE frozen = 60") == 2);
        for (size_t i = 0; i < LASTING; i++) {
            client_exec(cl, harm[i][0]);
            CHECK_INT(verify(cl, 2), E_CONFLICT);
            client_exec(cl, harm[i][1]);
            CHECK_INT(verify(cl, 2), OK);
        }
        client_exec(cl, "UPDATE figure SET value = value + 1 WHERE edition = 2 AND name = 'category' AND other = 'accord'");
        CHECK_INT(verify(cl, 2), E_CONFLICT);
        client_exec(cl, "UPDATE figure SET value = value - 1 WHERE edition = 2 AND name = 'category' AND other = 'accord'");
        client_exec(cl, "DELETE FROM edition_item WHERE edition = 2 AND position = 3");
        CHECK_INT(verify(cl, 2), E_CONFLICT);
        CHECK_INT(verify(cl, 1), OK);
        client_exec(cl, harm[LASTING][0]);
        CHECK_INT(verify(cl, 2), E_CONFLICT);
        /* An edition without a new project has none of them; that is not "not stated". */
        client_exec(cl, "DELETE FROM figure WHERE edition = 2 AND name = 'continuity' AND one = 'ps' AND other = 'new'");
        check_table(cl, 2, 0);
    }
}

/* A list shows the names in the edition's items, a project's page those that were frozen: they are the same, but for editions older than the columns. */
TEST(names_of_sections_are_those_that_were_frozen)
{
    static const char *const renamed = "UPDATE section SET name = '改称した課(例)' WHERE id = (SELECT section FROM edition_item WHERE frozen = 60)";
    static const char *const as_now = "UPDATE edition_item SET section_name = (SELECT name FROM section s WHERE s.id = section) WHERE frozen = 60";
    EACH_ENGINE(cl) {
        if (!demo(cl))
            continue;
        CHECK(client_int(cl, "SELECT count(*) FROM edition_item WHERE frozen = 60 AND section <> department") > 0);
        client_exec(cl, "UPDATE schema_migration SET at = 0 WHERE number = 4");
        client_exec(cl, renamed);
        CHECK_INT(verify(cl, 2), OK); /* what the section is called since is nothing to the edition */
        client_exec(cl, as_now);
        CHECK_INT(verify(cl, 2), E_CONFLICT);
        client_exec(cl, "UPDATE schema_migration SET at = (SELECT made_at FROM edition WHERE id = 2) WHERE number = 4");
        CHECK_INT(verify(cl, 2), OK); /* so the migration filled the column */
        client_exec(cl, "UPDATE edition_item SET section_name = 'よその課' WHERE frozen = 60");
        CHECK_INT(verify(cl, 2), E_CONFLICT);
    }
}

/* --- withholding --- */


static const char *encode(struct arena *a, const char *s)
{
    struct sb b;
    sb_init(&b, a);
    for (; *s != '\0'; s++)
        sb_printf(&b, "%%%02X", (unsigned char)*s);
    return sb_str(&b);
}

static void look_everywhere(struct client *cl, int64_t project, const char *secret, bool there)
{
    struct arena *a = client_ctx(cl)->arena;
    const char *places[] = {arena_printf(a, "/projects/%lld", (long long)project), arena_printf(a, "/projects/%lld?year=2025", (long long)project),
                            arena_printf(a, "/projects/%lld?format=json", (long long)project), "/editions/2?format=csv", "/editions/2?format=json",
                            "/projects?year=2025&format=csv", "/projects?year=2025&format=json",
                            arena_printf(a, "/search?q=%%22%s%%22", encode(a, secret))};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        CHECK_INT(client_get(cl, places[i]), 200);
        bool search = i + 1 == sizeof places / sizeof *places;
        /* The search page repeats the word that was typed: what counts is whether it leads to the project. */
        const char *mark = search ? arena_printf(a, "href=\"/projects/%lld", (long long)project) : secret;
        if (client_sees(cl, mark) != there)
            test_fault(__FILE__, __LINE__, "%s %s: %s %s", client_engine(cl), places[i], there ? "does not show" : "shows", secret);
    }
}

TEST(a_withheld_datum_is_gone_everywhere_and_every_hash_holds)
{
    EACH_ENGINE(cl) {
        if (!demo(cl))
            continue;
        struct arena *a = client_ctx(cl)->arena;
        int64_t project = client_int(cl, "SELECT f.project FROM frozen f WHERE f.year = 2025 AND (SELECT count(*) FROM frozen g WHERE g.summary = f.summary) = 1 ORDER BY f.id LIMIT 1");
        const char *secret = client_text(cl, arena_printf(a, "SELECT summary FROM frozen WHERE project = %lld AND year = 2025", (long long)project));
        const char *hash = client_text(cl, "SELECT hash FROM edition WHERE id = 2");
        CHECK(secret != NULL);
        look_everywhere(cl, project, secret, true);
        client_user(cl, "promoter", 1, NONE);
        CHECK_INT(client_get(cl, arena_printf(a, "/projects/%lld/withhold", (long long)project)), 403);
        const char *secretariat = client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, arena_printf(a, "/projects/%lld/withhold", (long long)project)), 200);
        CHECK(client_form(cl, arena_printf(a, "/projects/%lld/withhold", (long long)project)));
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "かくす項目を選んでください") && client_sees(cl, "理由を入力してください"));
        CHECK(client_form(cl, arena_printf(a, "/projects/%lld/withhold", (long long)project)));
        client_set(cl, "field", "summary");
        client_set(cl, "reason", "個人の名前が入っていたため");
        CHECK_INT(client_send(cl), 303);
        client_nobody(cl);
        look_everywhere(cl, project, secret, false);
        CHECK_INT(client_get(cl, arena_printf(a, "/projects/%lld", (long long)project)), 200);
        CHECK(client_sees(cl, "個人の名前が入っていたため"));
        CHECK_INT(verify(cl, 2), OK);
        CHECK_TEXT(client_text(cl, "SELECT hash FROM edition WHERE id = 2"), hash);
        client_as(cl, secretariat);
        CHECK_INT(client_get(cl, arena_printf(a, "/projects/%lld/withhold", (long long)project)), 200);
        CHECK(client_form(cl, arena_printf(a, "/projects/%lld/withhold", (long long)project)));
        client_set(cl, "hidden", "summary");
        client_set(cl, "lift_reason", "確かめたら公開してよい内容でした");
        CHECK_INT(client_send_with(cl, "lift", "1"), 303);
        client_nobody(cl);
        look_everywhere(cl, project, secret, true);
    }
}

static const char *count_text(struct client *cl, int64_t n) { return arena_printf(client_ctx(cl)->arena, "%lld件のうち", (long long)n); }

/* --- making, publishing, the older edition --- */

static enum err make(struct ctx *c, void *arg) { return edition_make(c, 2025, NULL, arg); }

TEST(an_edition_is_made_looked_at_and_published_later)
{
    EACH_ENGINE(cl) {
        if (!demo(cl))
            continue;
        struct arena *a = client_ctx(cl)->arena;
        int64_t rows = client_int(cl, "SELECT count(*) FROM frozen"), next = NONE;
        CHECK_INT(in_write(client_ctx(cl), make, &next), OK);
        /* Nothing has changed since: nothing is frozen twice. */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM frozen"), rows);
        CHECK_INT(client_int(cl, arena_printf(a, "SELECT number FROM edition WHERE id = %lld", (long long)next)), 2);
        const char *page = arena_printf(a, "/editions/%lld", (long long)next), *publish = arena_printf(a, "%s/publish", page);
        CHECK_INT(client_get(cl, page), 404);
        CHECK_INT(client_get(cl, "/editions"), 200);
        CHECK(!client_sees(cl, "第2版"));
        const char *secretariat = client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, page), 200);
        CHECK(client_sees(cl, "まだ公開していません"));
        CHECK_INT(client_get(cl, publish), 200);
        CHECK(client_form(cl, publish));
        client_set(cl, "when", "later");
        client_set(cl, "date", "きのう");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "value=\"きのう\""));
        int64_t now = client_app(cl)->clock(), due = instant_next_midnight(now) + 9 * 3600;
        CHECK(client_form(cl, publish));
        client_set(cl, "date", date_short(a, instant_date(a, due)));
        client_set(cl, "time", "９：００");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(jobs_run_due(client_app(cl), client_ctx(cl)->writer), OK);
        client_nobody(cl);
        CHECK_INT(client_get(cl, page), 404);
        client_clock(cl, due + 1);
        CHECK_INT(jobs_run_due(client_app(cl), client_ctx(cl)->writer), OK);
        CHECK_INT(client_get(cl, page), 200);
        CHECK_INT(client_get(cl, "/editions/2"), 200);
        CHECK(client_sees(cl, page)); /* the older one points to the newer */
        CHECK_INT(verify(cl, next), OK);
        /* A published edition is not taken back. */
        client_as(cl, secretariat);
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_form(cl, "/logout"));
        const char *token = client_value(cl, FORM_CSRF);
        CHECK_INT(client_post(cl, arena_printf(a, "%s/discard", page), arena_printf(a, FORM_CSRF "=%s", token)), 409);
        CHECK_INT(client_int(cl, arena_printf(a, "SELECT count(*) FROM edition WHERE id = %lld", (long long)next)), 1);
    }
}

static enum err discard(struct ctx *c, void *arg) { return edition_discard(c, *(int64_t *)arg); }

/* The log, the view log and public addresses name records by their number. */
TEST(a_number_is_never_given_twice)
{
    EACH_ENGINE(cl) {
        if (!demo(cl))
            continue;
        int64_t one = NONE, other = NONE;
        CHECK_INT(in_write(client_ctx(cl), make, &one), OK);
        CHECK_INT(in_write(client_ctx(cl), discard, &one), OK);
        CHECK_INT(in_write(client_ctx(cl), make, &other), OK);
        CHECK(other > one);
        /* nor are counts of a published edition mixed up with another's */
        CHECK_INT(client_get(cl, "/projects?year=2025&scheme=ps&category=accord"), 200);
        CHECK(client_sees(cl, count_text(cl, client_int(cl, "SELECT value FROM figure WHERE edition = 2 AND name = 'category' AND other = 'accord'"))));
        CHECK_INT(client_get(cl, "/projects?year=2024&scheme=ps&category=accord"), 200);
        CHECK(client_sees(cl, count_text(cl, client_int(cl, "SELECT value FROM figure WHERE edition = 1 AND name = 'category' AND other = 'accord'"))));
    }
}

/* --- tables from before Kyodo --- */

struct table { const char *file, *text; };

static enum err import(struct ctx *c, void *arg)
{
    struct table *t = arg;
    return history_import(c, t->file, t->text, strlen(t->text), NULL);
}

static enum err import_table(struct client *cl, const char *file, const char *text)
{
    return in_write(client_ctx(cl), import, &(struct table){file, text});
}

TEST(a_made_up_table_comes_out_as_it_went_in)
{
    EACH_ENGINE(cl) {
        const char *text = "scheme,form,2012,2010,2011,2014\r\nみどり事業,共催,,1,3,2\r\nみどり事業,委託,4,,0,\r\nみどり事業,うち新規,,1,,\r\n"
                           "ゼロ予算事業,,7,,,\r\n※,※平成24年度から数え方を変えた。,,,,\r\n|,みどり事業,1,,,\r\n";
        CHECK_INT(import_table(cl, "a.csv", text), OK);
        CHECK_INT(import_table(cl, "a.csv", text), OK); /* again: replaces */
        CHECK_INT(client_get(cl, "/statistics?format=csv"), 200);
        CHECK_TEXT(client_body(cl), "\xEF\xBB\xBFscheme,form,2010,2011,2012,2014\r\nみどり事業,共催,1,3,,2\r\nみどり事業,委託,,0,4,\r\nみどり事業,計,1,3,4,2\r\n"
                                    "みどり事業,うち新規,1,,,\r\nゼロ予算事業,,,,7,\r\n※,※平成24年度から数え方を変えた。,,,,\r\n|,みどり事業,,,1,\r\n");
        CHECK_INT(client_get(cl, "/statistics"), 200);
        CHECK(client_sees(cl, "※平成24年度から数え方を変えた。") && client_sees(cl, "平成26") && !client_sees(cl, "平成25"));
        CHECK(!client_sees(cl, "href=\"/projects?year=2011")); /* imported figures carry no link */
        CHECK_INT(import_table(cl, "b.csv", "scheme,form,2011\nみどり事業,共催,9\n"), E_CONFLICT);
        CHECK_INT(import_table(cl, "b.csv", "scheme,form,2011\nみどり事業,共催,-1\n"), E_FORM);
        CHECK_INT(import_table(cl, "b.csv", "scheme,form\nみどり事業,共催\n"), E_FORM);
        CHECK_INT(import_table(cl, "b.csv", "scheme,form,2011\n|,どこにもない事業,1\nX,a,1\n"), E_FORM);
        CHECK_INT(import_table(cl, "b.csv", "scheme,form,2011,2012\nX,a,1\n"), E_FORM);
        CHECK_INT(import_table(cl, "b.csv", ""), E_FORM);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM history_source"), 1);
    }
}

static enum err export(struct ctx *c, void *arg)
{
    struct stat_table t;
    enum err e = statistics_table(c, &t);
    if (e == OK)
        *(const char **)arg = statistics_csv(c, &t);
    return e;
}

static const char *exported(struct client *cl)
{
    const char *text = NULL;
    CHECK_INT(in_read(client_ctx(cl), export, &text), OK);
    return text != NULL ? text : "";
}

TEST(an_export_comes_back_as_the_same_table)
{
    EACH_ENGINE(cl) {
        /* Two files of one scheme with other years, breaks in both, one of them before a year without figures; 計 and うち with blanks around. */
        CHECK_INT(import_table(cl, "a.csv", "\xEF\xBB\xBFscheme,form,1999,2001,2002,2004,2010\r\n\"連携,事業\",共催,１２,,\"1,200\",3,\r\n\"連携,事業\", 計 ,99,,,,\r\n"
                                            "\"連携,事業\",うち県,1,,,,\r\nまなび,,,5,,0,\r\n|,\"連携,事業\",1,,1,,1\r\n|,まなび,,,1,,\r\n※,\"注1, \"\"引用\"\"\",,,,,\r\n"), OK);
        CHECK_INT(import_table(cl, "b.csv", "scheme,form,2011,2012\n\"連携,事業\",共催,4,5\n\"連携,事業\",委託,,\n|,\"連携,事業\",1,\n"), OK);
        const char *first = exported(cl);
        CHECK_TEXT(first, "\xEF\xBB\xBFscheme,form,1999,2001,2002,2004,2011,2012\r\n\"連携,事業\",共催,12,,1200,3,4,5\r\n"
                          "\"連携,事業\",うち県,1,,,,,\r\nまなび,,,5,,0,,\r\n\"連携,事業\",委託,,,,,,\r\n\"連携,事業\",計,12,,1200,3,4,5\r\n※,\"注1, \"\"引用\"\"\",,,,,,\r\n"
                          "|,\"連携,事業\",1,,1,,1,\r\n|,まなび,,,1,,,\r\n");
        client_exec(cl, "DELETE FROM history_value");
        client_exec(cl, "DELETE FROM history_row");
        client_exec(cl, "DELETE FROM history_year");
        client_exec(cl, "DELETE FROM history_source");
        CHECK_INT(import_table(cl, "c.csv", first), OK);
        CHECK_TEXT(exported(cl), first);
        /* A total without categories would be lost; figures that no sum can hold are refused. */
        CHECK_INT(import_table(cl, "d.csv", "scheme,form,2011\nX,計,5\nY,a,1\n"), E_FORM);
        CHECK_INT(import_table(cl, "d.csv", "scheme,form,2011\nX,a,9223372036854775807\nX,b,9223372036854775807\n"), E_FORM);
        CHECK_TEXT(exported(cl), first);
    }
}

TEST(two_spellings_in_two_files_are_one_row)
{
    EACH_ENGINE(cl) {
        CHECK_INT(import_table(cl, "a.csv", "scheme,form,2006\nPSプロジェクト,取組の計画段階への参画,3\n"), OK);
        CHECK_INT(import_table(cl, "b.csv", "scheme,form,2007\nPSプロジェクト,取組みの計画段階への参画,4\n"), OK);
        CHECK_TEXT(exported(cl), "\xEF\xBB\xBFscheme,form,2006,2007\r\nPSプロジェクト,取組の計画段階への参画,3,4\r\nPSプロジェクト,計,3,4\r\n");
    }
}

/* The edition of 2025 speaks for the schemes that were asked about: an imported figure of another scheme stands, one of the same gives way. */
TEST(imported_figures_of_an_editions_year)
{
    EACH_ENGINE(cl) {
        if (!demo(cl))
            continue;
        CHECK_INT(import_table(cl, "t.csv", "scheme,form,2025\nPSプロジェクト,事業協定,1000\nPSプロジェクト,むかしの区分,500\n熊本型県民連携事業,,700\n"), OK);
        client_exec(cl, "DELETE FROM figure WHERE one = 'renkei' OR other LIKE 'renkei%'");
        client_exec(cl, "INSERT INTO edition (year, number, state, made_at, published_at, demo) VALUES (2024, 9, 'published', 1, 1, TRUE)");
        client_exec(cl, "INSERT INTO figure (edition, name, one, other, value) SELECT max(id), 'projects', 'renkei', '', 8 FROM edition");
        CHECK_INT(client_get(cl, "/statistics?format=json"), 200);
        const struct json_value *table = read_json(cl);
        int64_t at = 0, sum = 0, seen = 0;
        for (const struct json_value *y = json_get(table, "years")->child; y != NULL && y->i != 2025; y = y->next)
            at++;
        for (const struct json_value *r = json_get(table, "rows")->child; r != NULL; r = r->next) {
            const struct json_value *v = json_get(r, "values")->child;
            for (int64_t i = 0; i < at; i++)
                v = v->next;
            if (text_eq(json_get_text(r, "kind"), "scheme")) {
                CHECK_INT(v->i, 700);
                seen++;
            }
            if (text_eq(json_get_text(r, "scheme"), "PSプロジェクト") && text_eq(json_get_text(r, "kind"), "category") && v->type == JSON_INT)
                sum += v->i;
        }
        CHECK_INT(seen, 1);
        CHECK_INT(sum, figure(cl, 2, "projects", "ps", ""));
    }
}

TEST(the_registers_years_continue_the_imported_rows)
{
    EACH_ENGINE(cl) {
        if (!demo(cl))
            continue;
        /* 取組の (text) and 取組みの (table) are one category: the other spelling must not make a second row. */
        CHECK_INT(import_table(cl, "t.csv", "scheme,form,2006,2007\nPSプロジェクト,取組の計画段階への参画,3,4\nPSプロジェクト,事業協定,29,29\n熊本型県民連携事業,,151,141\n"), OK);
        CHECK_INT(client_get(cl, "/statistics?format=json"), 200);
        int planning = 0, renkei = 0;
        for (const struct json_value *r = json_get(read_json(cl), "rows")->child; r != NULL; r = r->next) {
            const struct json_value *v = json_get(r, "values")->child;
            if (text_eq(json_get_text(r, "form"), "取組の計画段階への参画") || text_eq(json_get_text(r, "form"), "取組みの計画段階への参画")) {
                planning++;
                CHECK_INT(v->i, 3);
                CHECK_INT(v->next->next->next->i, figure(cl, 2, "category", "ps", "planning"));
            }
            if (text_eq(json_get_text(r, "kind"), "scheme")) {
                renkei++;
                CHECK_INT(v->i, 151);
                CHECK_INT(v->next->next->next->i, figure(cl, 2, "projects", "renkei", ""));
            }
        }
        CHECK_INT(planning, 1);
        CHECK_INT(renkei, 1);
        CHECK_INT(client_get(cl, "/statistics"), 200);
        CHECK(client_sees(cl, "href=\"/projects?year=2025&amp;scheme=ps&amp;category=accord\""));
    }
}

TEST_MAIN
