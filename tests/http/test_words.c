/* Words edited by fiscal year: what a year has, an edition keeps; what is used is not deleted. */
#include "http/register_http.h"

#include "area/people/words.h"
#include "area/register/public.h"
#include "core/preset.h"

/* The year after the one whose edition stands. */
enum { LAST = 2025, NOW = 2026, NEXT = 2027 };

static enum err edition_of_last_year(struct ctx *c, struct town *t)
{
    int64_t edition;
    (void)t;
    TRY(edition_make(c, LAST, "例", &edition));
    return edition_publish(c, edition, NONE);
}

/* Last year's edition published; the secretariat is signed in. */
static void start(struct town *t, struct client *cl)
{
    town_make(t, cl);
    works(t, edition_of_last_year);
    client_as(cl, t->secretariat);
}

static int64_t word_id(struct client *cl, const char *kind, const char *code, int64_t year)
{
    const struct word *w = word_find(client_ctx(cl), kind, code, year);
    return CHECK(w != NULL) ? w->id : 0;
}

static int change(struct client *cl, int64_t id, const char *label, const char *from_year)
{
    CHECK_INT(client_get(cl, PATH("/words/%lld", (long long)id)), 200);
    if (!client_form(cl, PATH("/words/%lld", (long long)id)))
        return 0;
    client_set(cl, "label", label);
    client_set(cl, "from_year", from_year);
    return client_send(cl);
}

static int retire(struct client *cl, int64_t id, const char *to_year)
{
    CHECK_INT(client_get(cl, PATH("/words/%lld", (long long)id)), 200);
    if (!client_form(cl, PATH("/words/%lld/retire", (long long)id)))
        return 0;
    client_set(cl, "to_year", to_year);
    return client_send(cl);
}

static int add(struct client *cl, const char *kind, const char *label, const char *from_year)
{
    CHECK_INT(client_get(cl, PATH("/vocabulary/%s/new", kind)), 200);
    if (!client_form(cl, PATH("/vocabulary/%s/new", kind)))
        return 0;
    client_set(cl, "label", label);
    client_set(cl, "from_year", from_year);
    return client_send(cl);
}

static const char *label_in(struct client *cl, const char *kind, const char *code, int64_t year)
{
    return word_label(client_ctx(cl), kind, code, year);
}

static enum err verify_all(struct ctx *c, void *arg)
{
    (void)arg;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id FROM edition", P0); db_next(q);)
        TRY(edition_verify(c, db_int(q, 0)));
    return OK;
}

/* --- a label from a year on --- */

TEST(a_word_changed_next_year_leaves_the_edition_of_this_one)
{
    EACH_ENGINE(cl) {
        struct town t;
        start(&t, cl);
        CHECK_INT(client_get(cl, "/projects?year=2025"), 200);
        CHECK(client_sees(cl, "事業協定"));
        int64_t category = word_id(cl, "category", "accord", LAST), form = word_id(cl, "form", "accord", LAST), rows = client_int(cl, "SELECT count(*) FROM audit");
        CHECK_INT(change(cl, category, "事業の約束", "令和8年度"), 303);
        CHECK_INT(change(cl, form, "協働の約束", "2026"), 303);
        CHECK(client_int(cl, "SELECT count(*) FROM audit") >= rows + 4); /* one that ends and one that begins, each */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what = 'word.begin'"), 2);
        CHECK_TEXT(label_in(cl, "category", "accord", LAST), "事業協定");
        CHECK_TEXT(label_in(cl, "category", "accord", NOW), "事業の約束");
        CHECK(word_find(client_ctx(cl), "category", "accord", NOW)->source == NULL); /* the document did not say that */
        CHECK(word_find(client_ctx(cl), "category", "accord", LAST)->source != NULL);
        CHECK_INT(client_int(cl, "SELECT count(DISTINCT code) FROM vocabulary WHERE kind = 'category' AND label IN ('事業協定', '事業の約束')"), 1);
        /* The edition: list, project page, file. */
        CHECK_INT(client_get(cl, "/projects?year=2025"), 200);
        CHECK(client_sees(cl, "事業協定") && !client_sees(cl, "事業の約束"));
        int64_t project = client_int(cl, "SELECT min(project) FROM edition_item");
        CHECK_INT(client_get(cl, PATH("/projects/%lld?year=2025", (long long)project)), 200);
        CHECK(client_sees(cl, "事業協定") && !client_sees(cl, "の約束"));
        CHECK_INT(client_get(cl, "/projects?year=2025&format=csv"), 200);
        CHECK(client_sees(cl, "事業協定") && !client_sees(cl, "の約束"));
        CHECK_INT(in_read(client_ctx(cl), verify_all, NULL), OK);
        /* The form of this year shows the new ones, carried-over answers too. */
        works(&t, this_year_open);
        client_as(cl, t.officer[ROAD]);
        int64_t answer = answer_id(&t, ROAD), statement = statement_id(&t, answer, "花の道づくり(例)");
        CHECK_INT(client_get(cl, PATH("/answers/%lld/projects/%lld", (long long)answer, (long long)statement)), 200);
        CHECK(client_sees(cl, "事業の約束") && client_sees(cl, "協働の約束"));
    }
}

static enum err two_editions(struct ctx *c, struct town *t)
{
    int64_t a = NONE, edition;
    struct statement *v;
    size_t n;
    TRY(answer_of(c, t->inquiry, t->unit[ROAD], &a));
    TRY(answer_statements(c, a, &v, &n));
    for (size_t i = 0; i < n; i++)
        TRY(statement_decide(c, v[i].id, "same", NULL));
    TRY(answer_submit(c, a));
    TRY(inquiry_close(c, t->inquiry));
    TRY(edition_make(c, NOW, "例", &edition));
    return edition_publish(c, edition, NONE);
}

TEST(statistics_say_which_words_they_use)
{
    EACH_ENGINE(cl) {
        struct town t;
        start(&t, cl);
        CHECK_INT(change(cl, word_id(cl, "category", "accord", LAST), "事業の約束", "2026"), 303);
        CHECK_INT(client_get(cl, "/statistics"), 200);
        CHECK(!client_sees(cl, "という名前です")); /* the table does not reach that year yet */
        works(&t, this_year_open);
        works(&t, two_editions);
        CHECK_INT(client_get(cl, "/statistics"), 200);
        CHECK(client_sees(cl, "「事業協定」は、令和8年度(2026年度)から「事業の約束」という名前です。"));
        CHECK_INT(in_read(client_ctx(cl), verify_all, NULL), OK);
        CHECK_INT(client_get(cl, "/projects?year=2026"), 200);
        CHECK(client_sees(cl, "事業の約束"));
        CHECK_INT(client_get(cl, "/projects?year=2025"), 200);
        CHECK(!client_sees(cl, "事業の約束"));
    }
}

TEST(years_with_an_edition_are_shut)
{
    EACH_ENGINE(cl) {
        struct town t;
        start(&t, cl);
        int64_t id = word_id(cl, "category", "accord", LAST), words_n = client_int(cl, "SELECT count(*) FROM vocabulary");
        CHECK_INT(change(cl, id, "事業の約束", "2025"), 422);
        CHECK(client_sees(cl, "令和7年度(2025年度)の版がもうあります。令和8年度(2026年度)以降を入力してください"));
        CHECK(client_sees(cl, "value=\"事業の約束\"")); /* what was typed is not lost */
        CHECK_INT(change(cl, id, "事業の約束", NULL), 422); /* nor put right in place */
        CHECK_INT(change(cl, id, "事業の約束", "いつか"), 422);
        CHECK(client_sees(cl, "年度は「令和9年度」か「2027」のように入力してください"));
        CHECK_INT(change(cl, id, NULL, "2026"), 422);
        CHECK_INT(change(cl, id, "共催", "2026"), 422);
        CHECK(client_sees(cl, "「共催」はもうあります"));
        CHECK_INT(change(cl, id, "事業の約束", "2099"), 422);
        CHECK_INT(retire(cl, id, "2024"), 422);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM vocabulary"), words_n);
        CHECK_TEXT(label_in(cl, "category", "accord", NOW), "事業協定");
    }
}

/* --- adding, order, retiring, removing --- */

TEST(new_words_stand_before_the_rest_and_in_the_form_of_their_year)
{
    EACH_ENGINE(cl) {
        struct town t;
        start(&t, cl);
        CHECK_INT(add(cl, "form", "見守り協定", "2027"), 303);
        const struct word *w = word_by_label(client_ctx(cl), "form", NULL, "見守り協定");
        if (!CHECK(w != NULL))
            continue;
        CHECK(text_starts(w->code, "own"));
        CHECK_INT(w->from_year, NEXT);
        const struct word *v;
        size_t n;
        CHECK_INT(words(client_ctx(cl), "form", NULL, NOW, &v, &n), OK);
        CHECK_INT(n, 9);
        CHECK_INT(words(client_ctx(cl), "form", NULL, NEXT, &v, &n), OK);
        CHECK_INT(n, 10);
        CHECK_TEXT(v[8].label, "見守り協定");
        CHECK_TEXT(v[9].label, "その他");
        CHECK_INT(client_get(cl, "/vocabulary/form"), 200);
        CHECK(!client_sees(cl, "見守り協定"));
        CHECK_INT(client_get(cl, "/vocabulary/form?year=2027"), 200);
        CHECK(client_sees(cl, "見守り協定") && client_sees(cl, "これからのことば"));
        CHECK_INT(client_get(cl, "/vocabulary/form?year=all&format=csv"), 200);
        CHECK(client_sees(cl, "見守り協定") && client_sees(cl, "はじめの年度"));
        CHECK_INT(client_get(cl, "/vocabulary/form?year=all&format=xlsx"), 200);
        CHECK(client_body_n(cl) > 2000);
        /* 上へ, and never the same code twice. */
        client_get(cl, "/vocabulary/form?year=2027");
        CHECK(client_form(cl, PATH("/words/%lld/move", (long long)w->id)));
        CHECK_INT(client_send_with(cl, "go", "up"), 303);
        CHECK_INT(words(client_ctx(cl), "form", NULL, NEXT, &v, &n), OK);
        CHECK_TEXT(v[7].label, "見守り協定");
        CHECK_TEXT(v[6].label, "後援");
        CHECK_INT(add(cl, "form", "見守り協定", "2027"), 422);
        CHECK(client_sees(cl, "「見守り協定」はもうあります"));
        /* A category belongs to a scheme. */
        CHECK_INT(add(cl, "category", "見守り", "2027"), 422);
        CHECK(client_sees(cl, "事業の種類を選んでください"));
        CHECK(client_form(cl, "/vocabulary/category/new"));
        client_set(cl, "parent", "ps");
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(word_by_label(client_ctx(cl), "category", "ps", "見守り")->parent, "ps");
        /* Lists that the document draws, or that the program counts by, take no more. */
        CHECK_INT(client_get(cl, "/vocabulary/level/new"), 404);
        CHECK_INT(client_get(cl, "/vocabulary/nothing/new"), 404);
        CHECK_INT(client_get(cl, "/vocabulary/nothing"), 404);
    }
}

TEST(a_used_word_is_retired_not_deleted)
{
    EACH_ENGINE(cl) {
        struct town t;
        start(&t, cl);
        int64_t accord = word_id(cl, "category", "accord", LAST), other = word_id(cl, "category", "other", LAST);
        CHECK_INT(client_get(cl, PATH("/words/%lld", (long long)accord)), 200);
        CHECK(client_sees(cl, "事業の記載の「取りまとめ区分」"));
        CHECK(!client_sees(cl, "このことばを消す"));
        CHECK_INT(client_post(cl, PATH("/words/%lld/remove", (long long)accord), ""), 403); /* no token */
        CHECK_INT(client_get(cl, PATH("/words/%lld", (long long)other)), 200);
        CHECK(!client_sees(cl, "このことばを終える"));
        CHECK_INT(retire(cl, accord, "2026"), 303);
        CHECK_TEXT(label_in(cl, "category", "accord", LAST), "事業協定");
        CHECK(word_find(client_ctx(cl), "category", "accord", NOW) != NULL);
        CHECK(word_find(client_ctx(cl), "category", "accord", NEXT) == NULL);
        CHECK_INT(client_get(cl, "/projects?year=2025"), 200);
        CHECK(client_sees(cl, "事業協定"));
        /* Taken back. */
        CHECK_INT(client_get(cl, PATH("/words/%lld", (long long)accord)), 200);
        CHECK(client_form(cl, PATH("/words/%lld/retire", (long long)accord)));
        CHECK_INT(client_send_with(cl, "go", "keep"), 303);
        CHECK(word_find(client_ctx(cl), "category", "accord", NEXT) != NULL);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what IN ('word.retire', 'word.keep')"), 2);
        /* One of ours that nobody used goes, and its code does not come again. */
        CHECK_INT(add(cl, "kind", "夜の見回り", "2026"), 303);
        const struct word *w = word_by_label(client_ctx(cl), "kind", NULL, "夜の見回り");
        const char *code = w->code;
        CHECK_INT(client_get(cl, PATH("/words/%lld", (long long)w->id)), 200);
        CHECK(client_sees(cl, "まだ使われていません。"));
        CHECK(client_form(cl, PATH("/words/%lld/remove", (long long)w->id)));
        CHECK_INT(client_send(cl), 303);
        CHECK(word_by_label(client_ctx(cl), "kind", NULL, "夜の見回り") == NULL);
        CHECK_INT(add(cl, "kind", "朝の見回り", "2026"), 303);
        CHECK(!text_eq(word_by_label(client_ctx(cl), "kind", NULL, "朝の見回り")->code, code));
    }
}

struct try { int64_t id; const char *what; };
static enum err try_it(struct ctx *c, void *arg)
{
    struct try *t = arg;
    struct word w;
    if (text_eq(t->what, "retire"))
        return word_retire(c, t->id, NEXT);
    if (text_eq(t->what, "remove"))
        return word_remove(c, t->id);
    TRY(word_version(c, t->id, &w));
    w.label = "別のことば";
    return word_change(c, t->id, &w, NEXT);
}

TEST(what_the_program_needs_stays)
{
    EACH_ENGINE(cl) {
        static const struct { const char *kind, *code, *what; } refused[] = {
            {"form", "other", "retire"}, {"category", "other", "retire"}, {"partner_kind", "npo", "retire"}, {"how_chosen", "nomination", "retire"},
            {"form", "accord", "remove"}, {"level", "department", "retire"}, {"level", "department", "remove"}, {"field", "1", "remove"},
        };
        for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
            struct try t = {word_id(cl, refused[i].kind, refused[i].code, NOW), refused[i].what};
            CHECK_INT(in_write(client_ctx(cl), try_it, &t), E_CONFLICT);
        }
        /* A level's name may be another one; a list keeps its last word. */
        struct try level = {word_id(cl, "level", "department", NOW), "change"};
        CHECK_INT(in_write(client_ctx(cl), try_it, &level), OK);
        struct try round = {word_id(cl, "round", "budget", NOW), "retire"}, last = {word_id(cl, "round", "start", NOW), "retire"};
        CHECK_INT(in_write(client_ctx(cl), try_it, &round), OK);
        CHECK_INT(in_write(client_ctx(cl), try_it, &last), E_CONFLICT);
        struct try gone = {999999, "remove"};
        CHECK_INT(in_write(client_ctx(cl), try_it, &gone), E_NOT_FOUND);
    }
}

TEST(only_the_secretariat_edits)
{
    EACH_ENGINE(cl) {
        struct town t;
        start(&t, cl);
        int64_t id = word_id(cl, "form", "accord", NOW);
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, "/vocabulary"), 200);
        CHECK_INT(client_get(cl, "/vocabulary/form"), 200);
        CHECK(client_sees(cl, "事業協定") && !client_sees(cl, PATH("/words/%lld", (long long)id)) && !client_sees(cl, "ことばを加える"));
        CHECK_INT(client_get(cl, PATH("/words/%lld", (long long)id)), 403);
        CHECK_INT(client_get(cl, "/vocabulary/form/new"), 403);
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/vocabulary"), 303);
    }
}

/* --- the k-th statement fails, for all k --- */

static enum err do_add(struct ctx *c, void *arg)
{
    struct word w;
    (void)arg;
    entity_init(&word_entity, &w);
    w.kind = "form";
    w.label = "新しい形";
    w.from_year = NEXT;
    return word_new(c, &w);
}
static enum err do_change(struct ctx *c, void *arg) { return try_it(c, &(struct try){*(int64_t *)arg, "change"}); }
static enum err do_move(struct ctx *c, void *arg) { return word_move(c, *(int64_t *)arg, false); }
static enum err do_retire(struct ctx *c, void *arg) { return word_retire(c, *(int64_t *)arg, NEXT); }

static const char *kept(struct client *cl)
{
    return client_text(cl, "SELECT (SELECT count(*) FROM vocabulary) || ' ' || (SELECT sum(version) FROM vocabulary) || ' ' || (SELECT sum(position * id) FROM vocabulary) || ' ' || "
                           "(SELECT count(*) FROM audit) || ' ' || (SELECT count(*) FROM audit_value)");
}

TEST(whatever_statement_fails_nothing_of_a_word_is_kept)
{
    EACH_ENGINE(cl) {
        static const struct { const char *name; enum err (*run)(struct ctx *, void *); } trials[] = {{"add", do_add}, {"change", do_change}, {"move", do_move}, {"retire", do_retire}};
        struct town t;
        start(&t, cl);
        int64_t id = word_id(cl, "form", "cohost", NOW);
        for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
            const char *before = kept(cl);
            bool done = false;
            for (int64_t k = 1; !done && k < 500; k++) {
                struct ctx *c = client_ctx(cl);
                db_fail_at(c->writer, k);
                enum err e = in_write(c, trials[i].run, &id);
                db_fail_at(c->writer, 0);
                done = e == OK;
                CHECK(done || c->fail.message != NULL);
                if (!done && strcmp(kept(cl), before) != 0)
                    test_fault(__FILE__, __LINE__, "%s: %s keeps something when statement %lld fails", client_engine(cl), trials[i].name, (long long)k);
            }
            CHECK(done && strcmp(kept(cl), before) != 0);
            if (i == 1) /* the newest version is the one that goes on */
                id = word_id(cl, "form", "cohost", NEXT);
        }
    }
}

TEST_MAIN
