/* The presets chiba and saga: their words held against the documents (KYODO_DOCUMENTS names the folder with the texts 001*, 003*, 004*), the traps that
 * touch them, and the register's whole day in each: inquiry, answer, closing, edition, publication, statistics. */
#include "http/client.h"

#include <dirent.h>
#include <stdlib.h>

#include "area/demo/demo.h"
#include "area/register/rounds.h"
#include "base/date.h"
#include "base/embed.h"
#include "base/sb.h"
#include "base/text.h"
#include "core/preset.h"
#include "core/section.h"
#include "../../tools/wording.h"

enum { T0 = 1795341600 }; /* 2026-11-22 in Tokyo */
#define IN_MAY 1778371200

static size_t count_of(struct client *cl, const char *kind, const char *parent)
{
    const struct word *v;
    size_t n = 0;
    CHECK_INT(words(client_ctx(cl), kind, parent, NONE, &v, &n), OK);
    return n;
}

static void check_labels(struct client *cl, const char *kind, const char *parent, const char *const *label)
{
    const struct word *v;
    size_t n, i = 0;
    CHECK_INT(words(client_ctx(cl), kind, parent, NONE, &v, &n), OK);
    for (; label[i] != NULL; i++)
        if (i < n)
            CHECK_TEXT(v[i].label, label[i]);
    CHECK_INT(n, i);
}

/* --- the lists --- */

TEST(chiba_has_the_words_of_its_documents)
{
    static const char *const relations[] = {"支援", "協働", "外部委託", NULL};
    static const char *const forms[] = {"補助金", "制度創設等の環境整備", "広報支援", "助言", "実行委員会", "共催", "委託", "事業協力", "その他", NULL};
    static const char *const points[] = {"相互理解", "公平性の確保", "対等性の確保", "役割分担の明確化", "目的の共有", "効果の可視化", NULL};
    static const char *const effects[] = {"多様化する市民ニーズに、行政がより的確にこたえられるようになる", "市民の自助力をアップする", "行政への市民参加を促進する",
                                          "行政の構造や職員の意識改革を生み出す", NULL};
    static const char *const levels[] = {"部局", "課", NULL};
    EACH_ENGINE_OF(cl, "chiba") {
        check_labels(cl, "relation", NULL, relations);
        check_labels(cl, "form", NULL, forms);
        check_labels(cl, "category", "kyodo", forms); /* our choice: the documents print no categories */
        check_labels(cl, "viewpoint", NULL, points);
        check_labels(cl, "effect", NULL, effects);
        check_labels(cl, "level", NULL, levels);
        CHECK_INT(count_of(cl, "attitude", NULL), 8);
        CHECK_INT(count_of(cl, "characteristic", "government"), 11);
        CHECK_INT(count_of(cl, "characteristic", "civic"), 6);
        CHECK_INT(count_of(cl, "domain", NULL), 0); /* traps 14 and 21: relations here, domains in saga */
        CHECK_INT(count_of(cl, "kind", NULL), 0);
        CHECK_INT(count_of(cl, "step", NULL), 0);
        CHECK_INT(count_of(cl, "municipality", NULL), 54);
        struct ctx *c = client_ctx(cl);
        const struct word *v;
        size_t n;
        words(c, "form", NULL, NONE, &v, &n);
        for (size_t i = 0; i < n; i++)
            CHECK(v[i].definition == NULL); /* trap 17: chapter 2 is not among the documents */
        words(c, "category", NULL, NONE, &v, &n);
        for (size_t i = 0; i < n; i++)
            CHECK_TEXT(v[i].note, "この一覧は形態の一覧を使っています(資料に取りまとめ区分の定めはありません)");
        CHECK_TEXT(word_find(c, "role", "promoter", NONE)->label, "協働推進員");
        CHECK_TEXT(word_by_label(c, "role", NULL, "パートナーシップ推進員")->code, "promoter"); /* trap 23: the old name is found */
        CHECK_TEXT(word_by_label(c, "body", NULL, "パートナーシップ推進員会議")->label, "協働推進員会議");
        CHECK_TEXT(setting(c, "level_1"), "部局");
        /* Trap 15: 補助金 and 委託 each under two relations; 事業協力 is not 事業協定 (trap 16). */
        CHECK(word_meets(c, "support", "subsidy", NONE) && word_meets(c, "collaboration", "subsidy", NONE) && !word_meets(c, "outsourcing", "subsidy", NONE));
        CHECK(word_meets(c, "collaboration", "commission", NONE) && word_meets(c, "outsourcing", "commission", NONE) && !word_meets(c, "support", "commission", NONE));
        CHECK(word_meets(c, "support", "other", NONE)); /* その他 stands nowhere in the table */
        CHECK(word_by_label(c, "form", NULL, "事業協定") == NULL);
        CHECK_TEXT(preset_wording(c, "推進員のいない部局"), "協働推進員のいない部局");
        CHECK_TEXT(preset_wording(c, "協働推進員のいない課"), "協働推進員のいない課");
    }
}

TEST(saga_has_the_words_of_its_document)
{
    static const char *const forms[] = {"協働型委託", "共催", "補助", "後援", "事業協力", "その他", NULL};
    static const char *const kinds[] = {"多くの人々の参加を求める事業", "きめ細かく柔軟に対応する必要がある事業", "地域の実情を踏まえて実施する必要がある事業",
                                        "県民が当事者性を発揮し、主体的に活動する事業", "特定分野において専門性が求められる事業", "これまで行政が取り組んだことのない先駆的な事業",
                                        "公的施設の企画・運営に関する事業", "その他", NULL};
    static const char *const principles[] = {"対等な関係", "相互理解", "目的の共有と明確化", "情報公開と守秘義務", NULL};
    static const char *const steps[] = {"協働に向けての協議", "協働の実施に当たっての合意", "協働の実施", "協働の振り返り（評価）", "今後への反映", NULL};
    static const char *const levels[] = {"本部", "課", "現地機関", NULL};
    static const struct { const char *domain, *forms; } grid[] = {
        {"cso_alone", ""}, {"cso_led", "cooperation patronage subsidy"}, {"joint", "cooperation cohost"}, {"gov_led", "cooperation commission"}, {"gov_alone", ""}};
    EACH_ENGINE_OF(cl, "saga") {
        check_labels(cl, "form", NULL, forms);
        check_labels(cl, "category", "kyodo", forms);
        check_labels(cl, "kind", NULL, kinds);
        check_labels(cl, "viewpoint", NULL, principles);
        check_labels(cl, "step", NULL, steps);
        check_labels(cl, "level", NULL, levels);
        CHECK_INT(count_of(cl, "effect", NULL), 5);
        CHECK_INT(count_of(cl, "domain", NULL), 5);
        CHECK_INT(count_of(cl, "grid", NULL), 7); /* trap 21: seven filled cells */
        CHECK_INT(count_of(cl, "relation", NULL), 0);
        CHECK_INT(count_of(cl, "municipality", NULL), 20);
        struct ctx *c = client_ctx(cl);
        for (size_t i = 0; i < sizeof grid / sizeof grid[0]; i++) {
            static const char *const codes[] = {"commission", "cohost", "subsidy", "patronage", "cooperation"};
            for (size_t k = 0; k < sizeof codes / sizeof codes[0]; k++)
                CHECK_INT(word_meets(c, grid[i].domain, codes[k], NONE), strstr(grid[i].forms, codes[k]) != NULL);
        }
        CHECK(word_meets(c, "joint", "other", NONE));
        CHECK_TEXT(word_find(c, "role", "promoter", NONE)->label, "県民協働推進員");
        CHECK_TEXT(setting(c, "level_1"), "本部");
        CHECK_TEXT(preset_wording(c, "部局を選ぶと、推進員に届きます"), "本部を選ぶと、県民協働推進員に届きます");
        CHECK_TEXT(words_title(c, "kind", ""), "協働になじむ事業");
        CHECK(strstr(words_remark(c, "category"), "資料に取りまとめ区分の定めはありません") != NULL);
    }
}

/* --- word for word --- */

static const struct { const char *printed, *mended; } corrections[] = {
    {"よりの確", "より的確"}, {"發揮", "発揮"},
};

/* Without what is layout: blanks, line breaks, width, bullets, marks; with the corrections made. */
static const char *plain(struct arena *a, const char *s)
{
    static const char *const layout[] = {" ", "\n", "\r", "\t", "*", "#", "-", "◆", "・", "<u>", "</u>", "<p>", "</p>", "<sup>いちば</sup>", "\u200b", NULL};
    s = text_nfkc(a, s);
    struct sb b;
    sb_init(&b, a);
    while (*s != '\0') {
        size_t k = 0, i = 0;
        while (k < sizeof corrections / sizeof corrections[0] && !text_starts(s, corrections[k].printed))
            k++;
        while (layout[i] != NULL && !text_starts(s, layout[i]))
            i++;
        if (k < sizeof corrections / sizeof corrections[0]) {
            sb_add(&b, corrections[k].mended);
            s += strlen(corrections[k].printed);
        } else if (layout[i] != NULL) {
            s += strlen(layout[i]);
        } else {
            sb_char(&b, *s++);
        }
    }
    return sb_str(&b);
}

static const char *document(struct arena *a, const char *folder, const char *number)
{
    DIR *d = opendir(folder);
    const char *text = NULL;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (text_starts(e->d_name, number)) {
            FILE *f = fopen(arena_printf(a, "%s/%s", folder, e->d_name), "rb");
            char *buffer = arena_alloc(a, 1 << 20);
            size_t n = f != NULL ? fread(buffer, 1, (1 << 20) - 1, f) : 0;
            buffer[n] = '\0';
            text = n > 0 ? plain(a, buffer) : NULL;
            if (f != NULL)
                fclose(f);
        }
    if (d != NULL)
        closedir(d);
    return text;
}

static void printed(const char *text, struct arena *a, const struct word *w, const char *what, const char *s)
{
    if (s != NULL && strstr(text, plain(a, s)) == NULL)
        test_fault(__FILE__, __LINE__, "%s %s: the %s is not in the document: %s", w->kind, w->code, what, s);
}

static size_t compare(struct client *cl, const char *preset, const char *const *numbers)
{
    struct ctx *c = client_ctx(cl);
    const char *text[2] = {document(c->arena, getenv("KYODO_DOCUMENTS"), numbers[0]), numbers[1] != NULL ? document(c->arena, getenv("KYODO_DOCUMENTS"), numbers[1]) : NULL};
    size_t compared = 0;
    CHECK(text[0] != NULL && (numbers[1] == NULL || text[1] != NULL));
    const char *folder = arena_printf(c->arena, "presets/%s/", preset);
    const struct embedded *e;
    for (size_t f = 0; (e = embedded_at(f)) != NULL; f++) {
        if (!text_starts(e->name, folder))
            continue;
        const char *kind = arena_dup_n(c->arena, e->name + strlen(folder), strlen(e->name) - strlen(folder) - strlen(".csv"));
        const struct word *v;
        size_t n;
        words(c, kind, NULL, NONE, &v, &n);
        for (size_t i = 0; i < n; i++) {
            if (v[i].source == NULL || text_ends(v[i].source, "による") || text_eq(kind, "field") || text_eq(kind, "municipality") || text_eq(kind, "wording"))
                continue;
            const char *of = text_starts(v[i].source, numbers[0]) ? text[0] : text[1];
            if (!CHECK(of != NULL))
                continue;
            printed(of, c->arena, &v[i], "label", v[i].label);
            printed(of, c->arena, &v[i], "condition", v[i].condition);
            /* Points of a list stand apart in print: each line for itself. */
            const char *line = v[i].definition;
            while (line != NULL && *line != '\0') {
                size_t l = strcspn(line, "\n");
                printed(of, c->arena, &v[i], "definition", arena_dup_n(c->arena, line, l));
                line += l + (line[l] == '\n');
            }
            compared++;
        }
    }
    return compared;
}

TEST(every_word_stands_in_its_document)
{
    if (getenv("KYODO_DOCUMENTS") == NULL) {
        printf("  left out: KYODO_DOCUMENTS is not set\n");
        return;
    }
    static const char *const chiba[] = {"003", "001"}, *const saga[] = {"004", NULL};
    EACH_ENGINE_OF(cl, "chiba")
        CHECK(compare(cl, "chiba", chiba) > 120);
    EACH_ENGINE_OF(cl, "saga")
        CHECK(compare(cl, "saga", saga) > 70);
}

TEST(nothing_of_one_prefecture_stands_in_another)
{
    const struct embedded *e;
    size_t files = 0;
    for (size_t i = 0; (e = embedded_at(i)) != NULL; i++) {
        if (!text_starts(e->name, "presets/chiba/") && !text_starts(e->name, "presets/saga/"))
            continue;
        static const char *const doubts[] = {"高いとはいえ", "一つの商業的", "活かされる手法", "一緒につづけ", "よりの確", "發揮", "相乗効果生まれる", "熊本", "PSプロジェクト", "県民連携"};
        files++;
        for (size_t k = 0; k < sizeof doubts / sizeof doubts[0]; k++)
            if (strstr((const char *)e->p, doubts[k]) != NULL)
                CHECK_TEXT(e->name, doubts[k]);
        CHECK(strstr((const char *)e->p, text_starts(e->name, "presets/chiba/") ? "佐賀県" : "千葉県") == NULL || text_ends(e->name, "network.csv"));
    }
    CHECK(files > 40);
}

TEST(what_is_said_otherwise_is_known_to_the_templates)
{
    static const char *const said[] = {WORDING};
    static const char *const presets[] = {"kumamoto", "chiba", "saga"};
    for (size_t p = 0; p < 3; p++)
        EACH_ENGINE_OF(cl, presets[p]) {
            const struct word *v;
            size_t n;
            CHECK_INT(words(client_ctx(cl), "wording", NULL, NONE, &v, &n), OK);
            CHECK_INT(n, p == 0 ? 0 : p == 1 ? 1 : 3);
            for (size_t i = 0; i < n; i++) {
                bool known = false;
                for (size_t k = 0; k < sizeof said / sizeof said[0]; k++)
                    known = known || text_eq(v[i].code, said[k]);
                if (!known)
                    CHECK_TEXT(v[i].code, "in tools/wording.h");
            }
        }
}

/* --- a day of the register --- */

struct day { const char *preset, *top, *section, *local, *category, *form, *form_label, *relation, *domain; };

static enum err plant(struct ctx *c, void *arg)
{
    const struct day *d = arg;
    int64_t added = 0, parent = NONE;
    TRY(sections_add_lines(c, 2026, arena_printf(c->arena, "%s\t%s\n%s\t財政課", d->top, d->section, d->top), &added));
    if (d->local == NULL)
        return OK;
    TRY_DB(c, db_get_int(c->db, "SELECT id FROM section WHERE name = $1", P(d->section), &parent));
    struct section s;
    entity_init(&section_entity, &s);
    s.year = 2026;
    s.parent = parent;
    s.level = "regional";
    s.name = d->local;
    s.answers = true;
    return section_save(c, NULL, &s);
}

static int64_t unit_of(struct client *cl, const char *name)
{
    return client_int(cl, arena_printf(client_ctx(cl)->arena, "SELECT unit FROM section WHERE name = '%s'", name));
}

static void ask(struct client *cl, const char *secretariat)
{
    client_as(cl, secretariat);
    CHECK_INT(client_get(cl, "/inquiries/new"), 200);
    CHECK(!client_sees(cl, "PSプロジェクト"));
    if (!client_form(cl, "/inquiries/new"))
        return;
    client_set(cl, "year", "2026");
    client_set(cl, "scheme", "kyodo");
    client_set(cl, "round", "start");
    client_set(cl, "due_on", "2026-06-10");
    client_set(cl, "scope", "all");
    CHECK_INT(client_send(cl), 303);
    CHECK_INT(client_follow(cl), 200);
    CHECK(client_sees(cl, "令和8年度 協働事業照会"));
    int64_t id = client_int(cl, "SELECT max(id) FROM inquiry");
    CHECK_INT(client_get(cl, arena_printf(client_ctx(cl)->arena, "/inquiries/%lld/open", (long long)id)), 200);
    CHECK(client_form(cl, arena_printf(client_ctx(cl)->arena, "/inquiries/%lld/open", (long long)id)));
    CHECK_INT(client_send(cl), 303);
}

static void answer(struct client *cl, const struct day *d, const char *promoter, const char *section)
{
    struct arena *a = client_ctx(cl)->arena;
    client_as(cl, promoter);
    int64_t id = client_int(cl, arena_printf(a, "SELECT a.id FROM answer a JOIN section s ON s.id = a.section WHERE s.name = '%s'", section));
    CHECK_INT(client_get(cl, arena_printf(a, "/answers/%lld/projects/new", (long long)id)), 200);
    CHECK(client_form(cl, arena_printf(a, "/answers/%lld/projects/new", (long long)id)));
    client_set(cl, "name", "道の手入れ(例)");
    CHECK_INT(client_send(cl), 303);
    CHECK_INT(client_follow(cl), 200);
    /* The fields of this prefecture and no others. */
    CHECK_INT(client_sees(cl, "name=\"relation\""), d->relation != NULL);
    CHECK_INT(client_sees(cl, "name=\"domain\""), d->domain != NULL);
    CHECK_INT(client_sees(cl, "協働になじむ事業"), d->domain != NULL);
    CHECK(!client_sees(cl, "取組みの種別"));
    int64_t statement = client_int(cl, "SELECT max(id) FROM statement");
    const char *here = arena_printf(a, "/answers/%lld/projects/%lld", (long long)id, (long long)statement);
    CHECK(client_form(cl, here));
    client_set(cl, "summary", "道を団体といっしょに手入れします");
    client_set(cl, "category", d->category);
    client_add(cl, "forms", d->form);
    client_set(cl, "budget", "0");
    client_set(cl, "partners.0.name", "花の会(例)");
    client_set(cl, "partners.0.kind", "civic");
    if (d->domain != NULL)
        client_set(cl, "domain", "gov_alone");
    CHECK_INT(client_send(cl), 303);
    CHECK_INT(client_follow(cl), 200);
    CHECK_INT(client_sees(cl, "組み合わされていません"), d->domain != NULL); /* a hint, not a refusal */
    CHECK_INT(client_get(cl, arena_printf(a, "/answers/%lld/check", (long long)id)), 200);
    CHECK_INT(client_sees(cl, "関係を選んでください"), d->relation != NULL);
    CHECK_INT(client_get(cl, here), 200);
    CHECK(client_form(cl, here));
    if (d->relation != NULL)
        client_set(cl, "relation", d->relation);
    if (d->domain != NULL)
        client_set(cl, "domain", d->domain);
    CHECK_INT(client_send(cl), 303);
    CHECK_INT(client_follow(cl), 200);
    CHECK(!client_sees(cl, "組み合わされていません"));
    /* The sheet has the same words at its head, and is understood when it comes back. */
    const char *sheet = arena_printf(a, "/answers/%lld/sheet", (long long)id);
    CHECK_INT(client_get(cl, arena_printf(a, "%s.csv", sheet)), 200);
    CHECK_INT(client_sees(cl, "協働になじむ事業"), d->domain != NULL);
    CHECK(!client_sees(cl, "取組みの種別"));
    size_t n = client_body_n(cl);
    const char *csv = arena_dup_n(a, client_body(cl), n);
    CHECK_INT(client_get(cl, sheet), 200);
    CHECK(client_form(cl, sheet));
    CHECK_INT(client_send_file(cl, "file", "様式.csv", csv, n), 303);
    CHECK_INT(client_follow(cl), 200);
    CHECK(client_sees(cl, "取り込む内容を確かめる") && !client_sees(cl, "協働になじむ事業")); /* no heading of its is unknown */
    CHECK_INT(client_get(cl, arena_printf(a, "/answers/%lld/check", (long long)id)), 200);
    CHECK(client_form(cl, arena_printf(a, "/answers/%lld/submit", (long long)id)));
    CHECK_INT(client_send(cl), 303);
    CHECK_INT(client_follow(cl), 200);
    CHECK(client_sees(cl, "R8-KYODO-"));
}

static void publish(struct client *cl, const char *secretariat)
{
    struct arena *a = client_ctx(cl)->arena;
    client_as(cl, secretariat);
    int64_t id = client_int(cl, "SELECT max(id) FROM inquiry");
    CHECK_INT(client_get(cl, arena_printf(a, "/inquiries/%lld/close", (long long)id)), 200);
    CHECK(client_form(cl, arena_printf(a, "/inquiries/%lld/close", (long long)id)));
    CHECK_INT(client_send(cl), 303);
    CHECK_INT(client_get(cl, "/editions/new?year=2026"), 200);
    CHECK(client_form(cl, "/editions/new"));
    CHECK_INT(client_send(cl), 303);
    int64_t edition = client_int(cl, "SELECT max(id) FROM edition");
    CHECK_INT(client_get(cl, arena_printf(a, "/editions/%lld/publish", (long long)edition)), 200);
    CHECK(client_form(cl, arena_printf(a, "/editions/%lld/publish", (long long)edition)));
    CHECK_INT(client_send(cl), 303);
    CHECK_TEXT(client_text(cl, "SELECT state FROM edition"), "published");
}

static void read_it(struct client *cl, const struct day *d)
{
    struct arena *a = client_ctx(cl)->arena;
    client_nobody(cl);
    CHECK_INT(client_get(cl, "/projects"), 200);
    CHECK(client_sees(cl, "道の手入れ(例)"));
    CHECK_INT(client_sees(cl, "id=\"filter-relation\""), d->relation != NULL);
    CHECK_INT(client_sees(cl, "id=\"filter-domain\""), d->domain != NULL);
    CHECK(client_sees(cl, "id=\"filter-category\"") && !client_sees(cl, "id=\"filter-scheme\"")); /* one scheme: nothing to choose */
    const char *by = d->relation != NULL ? arena_printf(a, "relation=%s", d->relation) : arena_printf(a, "domain=%s", d->domain);
    CHECK_INT(client_get(cl, arena_printf(a, "/projects?year=2026&%s&form=%s&category=%s", by, d->form, d->category)), 200);
    CHECK(client_sees(cl, "道の手入れ(例)") && client_sees(cl, d->form_label));
    CHECK_INT(client_get(cl, arena_printf(a, "/projects?year=2026&%s=none", d->relation != NULL ? "relation" : "domain")), 200);
    CHECK(!client_sees(cl, "道の手入れ(例)"));
    CHECK_INT(client_get(cl, arena_printf(a, "/projects/%lld", (long long)client_int(cl, "SELECT max(id) FROM project"))), 200);
    CHECK_INT(client_sees(cl, "<dt>関係</dt>"), d->relation != NULL);
    CHECK_INT(client_sees(cl, "<dt>領域</dt>"), d->domain != NULL);
    CHECK_INT(client_get(cl, "/statistics"), 200);
    CHECK(client_sees(cl, "この一覧は形態の一覧を使っています"));
    CHECK_INT(client_sees(cl, "関係ごと・形態ごとの事業数"), d->relation != NULL);
    CHECK_INT(client_sees(cl, "領域ごと・形態ごとの事業数"), d->domain != NULL);
    CHECK_INT(client_sees(cl, "本部ごと・区分ごとの事業数"), d->domain != NULL);
    CHECK_INT(client_get(cl, arena_printf(a, "/statistics?year=2026&table=%s&format=csv", d->relation != NULL ? "relation" : "domain")), 200);
    CHECK(client_sees(cl, d->form_label));
}

static enum err verify_all(struct ctx *c, void *arg)
{
    (void)arg;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id FROM edition", P0); db_next(q);)
        TRY(edition_verify(c, db_int(q, 0)));
    return OK;
}

static void whole_day(struct client *cl, const struct day *d)
{
    client_clock(cl, IN_MAY);
    CHECK_INT(in_write(client_ctx(cl), plant, (void *)(uintptr_t)d), OK);
    const char *section = d->local != NULL ? d->local : d->section;
    const char *secretariat = client_user(cl, "secretariat", NONE, NONE), *promoter = client_user(cl, "promoter", unit_of(cl, section), NONE);
    ask(cl, secretariat);
    answer(cl, d, promoter, section);
    publish(cl, secretariat);
    read_it(cl, d);
    CHECK_INT(in_read(client_ctx(cl), verify_all, NULL), OK);
}

TEST(the_day_in_chiba)
{
    static const struct day d = {.preset = "chiba", .top = "県土整備部", .section = "道路環境課", .category = "cooperation", .form = "cooperation", .form_label = "事業協力",
                                 .relation = "collaboration"};
    EACH_ENGINE_OF(cl, "chiba")
        whole_day(cl, &d);
}

TEST(the_day_in_saga)
{
    static const struct day d = {.preset = "saga", .top = "県土づくり本部", .section = "道路課", .local = "例北土木事務所", .category = "cooperation", .form = "cooperation",
                                 .form_label = "事業協力", .domain = "joint"};
    EACH_ENGINE_OF(cl, "saga")
        whole_day(cl, &d);
}

/* --- demo data --- */

static void demo(struct client *cl, const char *name, const char *kumamoto)
{
    client_clock(cl, T0);
    CHECK_INT(demo_add(client_ctx(cl)), OK);
    CHECK_TEXT(setting(client_ctx(cl), "prefecture_name"), name);
    CHECK_INT(client_int(cl, "SELECT count(*) FROM edition WHERE state = 'published'"), 2);
    CHECK(client_int(cl, "SELECT count(*) FROM edition_item") > 45);
    CHECK_INT(client_int(cl, "SELECT count(*) FROM statement WHERE name NOT LIKE '%例%'"), 0);
    CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE name NOT LIKE '%例%'"), 0);
    CHECK_INT(client_int(cl, "SELECT count(*) FROM inquiry WHERE state = 'open'"), 1);
    CHECK_INT(in_read(client_ctx(cl), verify_all, NULL), OK);
    static const char *const pages[] = {"/", "/projects", "/statistics", "/organizations", "/editions", "/projects/1"};
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        CHECK_INT(client_get(cl, pages[i]), 200);
        CHECK(!client_sees(cl, "熊本型") && !client_sees(cl, "PSプロジェクト") && !client_sees(cl, "県民連携"));
        CHECK(!client_sees(cl, kumamoto));
    }
    CHECK_INT(demo_remove(client_ctx(cl)), OK);
    CHECK_INT(client_int(cl, "SELECT (SELECT count(*) FROM statement) + (SELECT count(*) FROM organization) + (SELECT count(*) FROM section)"), 0);
}

TEST(demo_data_of_their_own)
{
    EACH_ENGINE_OF(cl, "chiba")
        demo(cl, "例海県", "例示県");
    EACH_ENGINE_OF(cl, "saga")
        demo(cl, "例坂県", "例示県");
}

TEST_MAIN
