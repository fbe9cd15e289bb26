/* The public side in English: what is not data is English, and sentences take what their Japanese source takes. */
#include "http/client.h"

#include "area/demo/demo.h"
#include "base/embed.h"
#include "base/sb.h"
#include "base/text.h"
#include "core/page.h"

enum { T0 = 1795341600 }; /* 2026-11-22 in Tokyo */

/* --- the catalogue --- */

struct entry { const char *key, *value; };

static size_t catalogue(struct arena *a, struct entry **out)
{
    const struct embedded *file = embedded_find("locale/en.txt");
    struct entry *v = NULL;
    size_t n = 0, cap = 0;
    if (!CHECK(file != NULL))
        return 0;
    for (const char *p = (const char *)file->p, *end = p + file->n; p < end;) {
        const char *line = memchr(p, '\n', (size_t)(end - p)), *tab = memchr(p, '\t', (size_t)(end - p));
        if (!CHECK(line != NULL && tab != NULL && tab < line))
            break;
        ARENA_PUSH(a, v, n, cap) = (struct entry){arena_dup_n(a, p, (size_t)(tab - p)), arena_dup_n(a, tab + 1, (size_t)(line - tab) - 1)};
        p = line + 1;
    }
    *out = v;
    return n;
}

/* "%s %lld" of a sentence with both. */
static const char *conversions(struct arena *a, const char *s)
{
    struct sb b;
    sb_init(&b, a);
    while ((s = strchr(s, '%')) != NULL) {
        size_t n = 1 + strspn(s + 1, "-+0123456789.#lz");
        if (s[1] != '%')
            sb_printf(&b, "%.*s ", (int)n + 1, s);
        s += s[1] == '%' ? 2 : n + 1;
    }
    return sb_str(&b);
}

TEST(sentences_take_what_their_source_takes)
{
    ARENA struct arena *a = arena_new();
    struct entry *v = NULL;
    size_t n = catalogue(a, &v);
    CHECK(n > 350);
    for (size_t i = 0; i < n; i++) {
        if (!text_eq(conversions(a, v[i].key), conversions(a, v[i].value)))
            CHECK_TEXT(v[i].value, v[i].key);
        if (i > 0 && strcmp(arena_printf(a, "%s\t", v[i - 1].key), arena_printf(a, "%s\t", v[i].key)) >= 0)
            CHECK_TEXT(v[i].key, "not in order"); /* the search by halves would miss it */
    }
}

TEST(every_key_is_found)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        struct entry *v = NULL;
        size_t n = catalogue(c->arena, &v);
        c->locale = LOCALE_EN;
        for (size_t i = 0; i < n; i++)
            CHECK_TEXT(tr(c, v[i].key), v[i].value);
        CHECK_TEXT(tr(c, "だれも訳していない"), "だれも訳していない");
        CHECK_TEXT(tr(c, ""), "");
        CHECK_TEXT(tr(c, "団体 %lld\n"), "organizations %lld\n");
        c->locale = LOCALE_JA;
        CHECK_TEXT(tr(c, "統計"), "統計");
    }
}

TEST(numbers_years_and_dates)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        c->locale = LOCALE_EN;
        CHECK_TEXT(year(c, 2026), "FY2026");
        CHECK_TEXT(year_head(c, 2002), "FY2002");
        CHECK_TEXT(year_era(c, 2019), "FY2019");
        CHECK_TEXT(year(c, NONE), "");
        CHECK_TEXT(date(c, "2026-06-10"), "10 June 2026 (Wed)");
        CHECK_TEXT(date(c, "2024-02-29"), "29 February 2024 (Thu)");
        CHECK_TEXT(date(c, "2027-01-01"), "1 January 2027 (Fri)");
        CHECK_TEXT(date(c, "2026-11-22"), "22 November 2026 (Sun)");
        CHECK_TEXT(at(c, T0), "22 November 2026 (Sun), 19:00 Japan time");
        CHECK_TEXT(count_capped(c, 1001), "1,000 or more");
        CHECK_TEXT(yen1000(c, 1234500), "about 1,235");
        c->locale = LOCALE_JA;
        CHECK_TEXT(year(c, 2026), "令和8年度(2026年度)");
    }
}

/* --- pages --- */

/* Everything in Japanese that people have typed or that a preset prints, in one run of text. */
static enum err data(struct ctx *c, void *arg)
{
    struct sb *b = arg;
    struct db_rows *selects[] = {
        db_query(c->db, c->arena, "SELECT label, definition FROM vocabulary", P0),
        db_query(c->db, c->arena, "SELECT value, key FROM setting", P0),
        db_query(c->db, c->arena, "SELECT name, phone FROM section", P0),
        db_query(c->db, c->arena, "SELECT name, body FROM frozen", P0),
        db_query(c->db, c->arena, "SELECT name, coalesce(summary, '') || ' ' || coalesce(wants, '') || ' ' || coalesce(offers, '') || ' ' || coalesce(kana, '') || ' ' || "
                                  "coalesce(prefecture, '') || coalesce(city, '') || coalesce(street, '') FROM organization", P0),
        db_query(c->db, c->arena, "SELECT preface, hash FROM edition", P0),
    };
    for (size_t i = 0; i < sizeof selects / sizeof selects[0]; i++)
        while (db_next(selects[i]))
            sb_printf(b, "%s %s ", db_text(selects[i], 0) != NULL ? db_text(selects[i], 0) : "", db_text(selects[i], 1) != NULL ? db_text(selects[i], 1) : "");
    return db_error(c->db);
}

/* The 47 prefectures stand in a choice of the organizations' filter. */
static bool is_prefecture(const char *s)
{
    return text_length(s) <= 4 && (text_ends(s, "県") || text_ends(s, "府") || text_ends(s, "都") || text_ends(s, "道"));
}

/* Each run of Japanese letters outside tags has to be a piece of the data. Marks between names (、・) are no words. */
static void only_data_is_japanese(struct client *cl, const char *target, const char *known)
{
    static const char *const marks[] = {"、", "・", "「", "」", "〜", "(", ")", "–", "·", "“", "”", "→", "…", NULL};
    struct arena *a = client_ctx(cl)->arena;
    client_header(cl, "Cookie: lang=en");
    CHECK_INT(client_get(cl, target), 200);
    CHECK(client_sees(cl, "<html lang=\"en\">"));
    const char *p = strstr(client_body(cl), "<body");
    struct sb run;
    sb_init(&run, a);
    for (bool tag = false; p != NULL && *p != '\0';) {
        size_t mark = 0;
        while (marks[mark] != NULL && !text_starts(p, marks[mark]))
            mark++;
        bool japanese = (unsigned char)*p >= 0x80 && marks[mark] == NULL && !tag;
        if (japanese)
            sb_char(&run, *p);
        else if (run.n > 0) {
            if (strstr(known, sb_str(&run)) == NULL && !is_prefecture(sb_str(&run)))
                test_fault(__FILE__, __LINE__, "%s %s: %s", client_engine(cl), target, sb_str(&run));
            sb_init(&run, a);
        }
        tag = *p == '<' || (tag && *p != '>');
        p += japanese || marks[mark] == NULL ? 1 : strlen(marks[mark]);
    }
}

TEST(the_public_pages)
{
    static const char *const pages[] = {"/", "/projects", "/projects?q=%E4%BE%8B&form=accord", "/projects?q=zzz", "/projects/1", "/projects/1?edition=1", "/statistics", "/editions",
                                        "/editions/1", "/editions/2", "/editions/2/changes", "/organizations", "/organizations?q=zzz", "/organizations/1", "/projects/1/request", "/organizations/1/request", "/good-practice", "/statistics/sections", "/search", "/search?q=%E4%BE%8B",
                                        "/search?q=zzz", "/login"};
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        CHECK_INT(demo_add(client_ctx(cl)), OK);
        struct sb known;
        ARENA struct arena *a = arena_new();
        sb_init(&known, a);
        CHECK_INT(in_read(client_ctx(cl), data, &known), OK);
        sb_add(&known, " 日本語 竹林 保全 環境 委託 道の駅 えがお "); /* the switch itself; examples of words to search for */
        for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
            only_data_is_japanese(cl, pages[i], sb_str(&known));
        client_header(cl, "Cookie: lang=en");
        CHECK_INT(client_get(cl, "/projects?year=2025"), 200);
        CHECK(client_sees(cl, "FY2025, edition 1"));
    }
}

TEST(the_switch)
{
    EACH_ENGINE(cl) {
        CHECK_INT(client_get(cl, "/projects?year=2026"), 200);
        CHECK(client_sees(cl, ">English</button>") && client_sees(cl, "<html lang=\"ja\">"));
        CHECK(client_form(cl, "/language"));
        CHECK_TEXT(client_value(cl, "to"), "/projects?year=2026");
        CHECK_INT(client_send_with(cl, "lang", "en"), 303);
        CHECK_TEXT(client_header_of(cl, "Location"), "/projects?year=2026");
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "<html lang=\"en\">") && client_sees(cl, ">日本語</button>"));
        CHECK(client_form(cl, "/language"));
        CHECK_INT(client_send_with(cl, "lang", "ja"), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "<html lang=\"ja\">"));
        /* It leads nowhere else. */
        CHECK_INT(client_post(cl, "/language", "lang=en&to=https://evil.example/"), 303);
        CHECK_TEXT(client_header_of(cl, "Location"), "/");
        CHECK_INT(client_post(cl, "/language", "lang=en&to=//evil.example/"), 303);
        CHECK_TEXT(client_header_of(cl, "Location"), "/");
        client_nobody(cl);
        CHECK_INT(client_post(cl, "/language", ""), 303);
        CHECK_INT(client_get(cl, "/"), 200);
        CHECK(client_sees(cl, "<html lang=\"ja\">"));
    }
}

TEST_MAIN
