/* The kumamoto preset, held against what the documents print, and the words in memory. KYODO_DOCUMENTS names a folder with the documents' texts
 * (000*.txt, 002*.txt); without it their wording is compared only with what stands here. */
#include "http/client.h"

#include <dirent.h>
#include <stdlib.h>

#include "base/csv.h"
#include "base/embed.h"
#include "base/sb.h"
#include "base/text.h"
#include "core/preset.h"

struct want { const char *kind, *parent; const char *const *label; };

static void check_labels(struct client *cl, const char *kind, const char *parent, const char *const *label)
{
    struct ctx *c = client_ctx(cl);
    const struct word *v;
    size_t n, i = 0;
    CHECK_INT(words(c, kind, parent, NONE, &v, &n), OK);
    for (; label[i] != NULL; i++)
        if (i < n)
            CHECK_TEXT(v[i].label, label[i]);
    CHECK_INT(n, i);
}

TEST(eight_forms_and_six_kinds_in_order)
{
    static const char *const forms[] = {"取組みの計画段階への参画", "事業協定", "実行委員会・協議会", "共催", "委託", "補助", "後援", "物的支援（公の財産の使用等）", "その他", NULL};
    static const char *const kinds[] = {"広報・啓発に関する取組み", "各種イベントに関する取組み", "講座・講習に関する取組み", "相談・助言に関する取組み",
                                        "調査研究に関する取組み", "公的施設の企画・運営に関する取組み", "その他", NULL};
    EACH_ENGINE(cl) {
        check_labels(cl, "form", NULL, forms);
        check_labels(cl, "kind", NULL, kinds);
        struct ctx *c = client_ctx(cl);
        const struct word *v;
        size_t n;
        words(c, "form", NULL, NONE, &v, &n);
        for (size_t i = 0; i + 1 < n; i++) {
            CHECK_TEXT(v[i].number, arena_printf(c->arena, "%zu", i + 1));
            CHECK(v[i].definition != NULL && v[i].condition != NULL);
            CHECK_TEXT(v[i].note, i == 0 ? "計画段階" : "実施段階");
        }
        words(c, "kind", NULL, NONE, &v, &n);
        for (size_t i = 0; i + 1 < n; i++)
            CHECK(v[i].definition != NULL);
        CHECK_TEXT(v[3].note, "資料の誤字を直したもの");
    }
}

TEST(seven_and_three_categories)
{
    static const char *const ps[] = {"取組みの計画段階への参画", "事業協定", "実行委員会・協議会・ネットワーク会議", "共催", "補助・助成", "協働型委託",
                                     "その他（PSを担う人材育成等）", NULL};
    static const char *const renkei[] = {"民間団体主導型", "水平連携型", "人的資源活用型", NULL};
    static const char *const number[] = {"①", "②", "③", "④", "⑤", "⑥", "⑦"};
    EACH_ENGINE(cl) {
        check_labels(cl, "category", "ps", ps);
        check_labels(cl, "category", "renkei", renkei);
        struct ctx *c = client_ctx(cl);
        const struct word *v;
        size_t n;
        CHECK_INT(words(c, "category", NULL, NONE, &v, &n), OK);
        CHECK_INT(n, 10);
        for (size_t i = 0; i < n; i++) {
            CHECK_TEXT(v[i].number, number[i < 7 ? i : i - 7]);
            CHECK(v[i].definition == NULL); /* no document defines them: trap 17 */
        }
        /* Only chiba has relations, only saga domains: trap 14, 21. */
        words(c, "relation", NULL, NONE, &v, &n);
        CHECK_INT(n, 0);
        words(c, "domain", NULL, NONE, &v, &n);
        CHECK_INT(n, 0);
    }
}

TEST(the_other_lists)
{
    static const char *const viewpoints[] = {"協働の前提となる基本的な視点", "お互いが対等であることを認め合います。",
        "お互いの主体性や特性を尊重し、お互いの長所や短所を理解した上で、学び合い、補い合います。", "協働を進める段階で重要となる視点",
        "お互いに、課題や目標、検討のプロセス等を共有するとともに、それぞれの責任を明らかにした上で、課題の解決に向けて努力します。",
        "課題や目標、検討のプロセス等、お互いに共有する情報については、県民に対して、積極的に公開していきます。", NULL};
    static const char *const steps[] = {"課題の設定と協働の必要性についての検討", "協働相手の選定", "協働方法の選択と実施", "協働の評価や見直し", NULL};
    static const char *const policies[] = {"様々な主体の自主性や能力が十分発揮できるような取組みを行います。", "地域経営的な観点での取組みを行います。",
                                           "市町村の主体性を尊重します。", "県の職員の意識改革を図ります。", NULL};
    static const char *const schemes[] = {"PSプロジェクト", "熊本型県民連携事業", NULL};
    static const char *const rounds[] = {"予算編成時期", "年度当初", NULL};
    static const char *const partners[] = {"県民", "企業", "学校", "ボランティア団体", "NPO法人", "地域コミュニティ団体", "社会福祉法人", "商工団体",
                                           "その他民間非営利団体", "市町村", "実行委員会・協議会", "その他", NULL};
    EACH_ENGINE(cl) {
        check_labels(cl, "viewpoint", NULL, viewpoints);
        check_labels(cl, "step", NULL, steps);
        check_labels(cl, "policy", NULL, policies);
        check_labels(cl, "scheme", NULL, schemes);
        check_labels(cl, "round", NULL, rounds);
        check_labels(cl, "partner_kind", NULL, partners);
        struct ctx *c = client_ctx(cl);
        const struct word *v;
        size_t n, issues = 0, measures = 0;
        words(c, "issue", NULL, NONE, &v, &n);
        for (size_t i = 0; i < n; i++) {
            issues += v[i].parent == NULL;
            measures += text_ends(v[i].label, "についての施策");
        }
        CHECK_INT(issues, 5);
        CHECK_INT(measures, 5);
        words(c, "field", NULL, NONE, &v, &n);
        CHECK_INT(n, 20);
        CHECK_TEXT(word_label(c, "field", "1", NONE), "保健、医療又は福祉の増進を図る活動");
        CHECK_TEXT(word_label(c, "field", "20", NONE), "前各号に掲げる活動に準ずる活動として都道府県又は指定都市の条例で定める活動");
    }
}

TEST(municipalities_with_their_check_digits)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        const struct word *v;
        size_t n;
        words(c, "municipality", NULL, NONE, &v, &n);
        CHECK_INT(n, 45);
        for (size_t i = 0; i < n; i++) {
            int sum = 0;
            CHECK_INT(strlen(v[i].code), 6);
            CHECK(text_starts(v[i].code, "43"));
            for (int k = 0; k < 5; k++)
                sum += (v[i].code[k] - '0') * (6 - k);
            CHECK_INT(v[i].code[5] - '0', (11 - sum % 11) % 10); /* 全国地方公共団体コード */
        }
        CHECK_TEXT(word_label(c, "municipality", "431001", NONE), "熊本市");
    }
}

/* --- spelling: traps 11 to 13 --- */

TEST(words_are_found_by_name_never_by_number)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        const struct word *w = word_by_label(c, "category", "ps", "取組の計画段階への参画");
        CHECK(w != NULL);
        CHECK_TEXT(w->code, "planning");
        CHECK_TEXT(word_by_label(c, "category", "ps", "取組みの計画段階への参画")->code, "planning");
        CHECK_TEXT(word_by_label(c, "scheme", NULL, "P Sプロジェクト")->code, "ps");
        CHECK_TEXT(word_by_label(c, "scheme", NULL, "ＰＳプロジェクト")->code, "ps");
        CHECK_TEXT(word_by_label(c, "scheme", NULL, "熊本型県民連携事業(いわゆる熊本型ゼロ予算事業)")->code, "renkei");
        CHECK_TEXT(word_by_label(c, "form", NULL, "物的支援(公の財産の使用等)")->code, "in_kind");
        /* 000's number 5 is 委託, 002's ⑤ is 補助・助成. */
        CHECK_TEXT(word_find(c, "form", "commission", NONE)->number, "5");
        CHECK_TEXT(word_find(c, "category", "subsidy", NONE)->number, "⑤");
        CHECK(word_by_label(c, "category", NULL, "⑤") == NULL);
        CHECK(word_by_label(c, "form", NULL, "5") == NULL);
        /* What one list has and the other has not is not put there by likeness. */
        CHECK(word_by_label(c, "category", NULL, "委託") == NULL);
        CHECK(word_by_label(c, "category", NULL, "後援") == NULL);
        CHECK(word_by_label(c, "form", NULL, "協働型委託") == NULL);
        CHECK(word_by_label(c, "category", "renkei", "事業協定") == NULL);
    }
}

/* --- doubts and corrections --- */

static const struct { const char *printed, *mended; } corrections[] = {
    {"よりの確", "より的確"}, {"發揮", "発揮"}, {"その時々県民", "その時々の県民"}, {"どちらかと言え、", "どちらかと言えば、"},
};

TEST(doubtful_words_stand_nowhere)
{
    static const char *const doubts[] = {"高いとはいえ", "割合は高い", "一つの商業的", "活かされる手法", "一緒につづけ", "よりの確", "發揮", "その時々県民", "どちらかと言え、"};
    size_t files = 0, mended = 0;
    const struct embedded *e;
    for (size_t i = 0; (e = embedded_at(i)) != NULL; i++) {
        if (!text_starts(e->name, "presets/"))
            continue;
        files++;
        for (size_t k = 0; k < sizeof doubts / sizeof doubts[0]; k++)
            if (strstr((const char *)e->p, doubts[k]) != NULL)
                CHECK_TEXT(e->name, doubts[k]);
        for (size_t k = 0; k < sizeof corrections / sizeof corrections[0]; k++)
            mended += strstr((const char *)e->p, corrections[k].mended) != NULL;
    }
    CHECK(files > 20);
    CHECK(mended >= 4);
}

/* --- word for word --- */

/* Without what is layout: blanks, line breaks, width; with the corrections made. */
static const char *plain(struct arena *a, const char *s)
{
    s = text_nfkc(a, s);
    struct sb b;
    sb_init(&b, a);
    for (const char *p = s; *p != '\0';) {
        size_t k = 0, known = sizeof corrections / sizeof corrections[0];
        while (k < known && !text_starts(p, corrections[k].printed))
            k++;
        if (k < known) {
            sb_add(&b, corrections[k].mended);
            p += strlen(corrections[k].printed);
        } else if (strchr(" \n\r\t*#-", *p) != NULL) {
            p++;
        } else {
            sb_char(&b, *p++);
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
            if (f != NULL && fread(buffer, 1, (1 << 20) - 1, f) > 0)
                text = plain(a, buffer);
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

TEST(every_word_stands_in_its_document)
{
    const char *folder = getenv("KYODO_DOCUMENTS");
    if (folder == NULL) {
        printf("  left out: KYODO_DOCUMENTS is not set\n");
        return;
    }
    static const char *const kinds[] = {"scheme", "category", "form", "kind", "viewpoint", "step", "policy", "issue", "term", "body", "partner_kind", "level", "round"};
    struct client *cl = client_next(NULL);
    struct ctx *c = client_ctx(cl);
    const char *guideline = document(c->arena, folder, "000"), *inquiry = document(c->arena, folder, "002");
    CHECK(guideline != NULL && inquiry != NULL);
    size_t compared = 0;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0] && guideline != NULL && inquiry != NULL; k++) {
        const struct word *v;
        size_t n;
        words(c, kinds[k], NULL, NONE, &v, &n);
        for (size_t i = 0; i < n; i++) {
            if (v[i].source == NULL || text_ends(v[i].source, "による")) /* ours, after the words that the source names */
                continue;
            const char *text = text_starts(v[i].source, "000") ? guideline : inquiry;
            printed(text, c->arena, &v[i], "label", v[i].label);
            printed(text, c->arena, &v[i], "definition", v[i].definition);
            printed(text, c->arena, &v[i], "condition", v[i].condition);
            /* What a form is, what it gives and what it asks for follow one another. */
            if (v[i].condition != NULL && text_eq(kinds[k], "form"))
                printed(text, c->arena, &v[i], "whole", arena_printf(c->arena, "%s%s", v[i].definition, v[i].condition));
            compared++;
        }
    }
    CHECK(compared > 80);
    while (cl != NULL)
        cl = client_next(cl);
}

/* --- years, memory --- */

static enum err add_word(struct ctx *c, void *arg)
{
    return word_add(c, arg);
}

static enum err add_and_fail(struct ctx *c, void *arg)
{
    TRY(word_add(c, arg));
    CHECK_TEXT(word_label(c, "form", "net", 2030), "新しい形"); /* one's own change is seen at once */
    return fail(c, E_INPUT, "no");
}

TEST(a_code_has_the_words_of_each_year)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        struct word old = {.kind = "form", .code = "net", .label = "古い形", .from_year = 2010, .to_year = 2019};
        struct word new = {.kind = "form", .code = "net", .label = "新しい形", .from_year = 2020, .to_year = NONE};
        CHECK_INT(in_write(c, add_word, &old), OK);
        CHECK_TEXT(word_label(c, "form", "net", 2030), "古い形"); /* the nearest */
        CHECK(word_find(c, "form", "net", 2030) == NULL);
        CHECK_INT(in_write(c, add_and_fail, &new), E_INPUT);
        c = client_ctx(cl);
        CHECK_TEXT(word_label(c, "form", "net", 2030), "古い形"); /* what was rolled back is not remembered */
        CHECK_INT(in_write(c, add_word, &new), OK);
        CHECK_TEXT(word_label(c, "form", "net", 2030), "新しい形");
        CHECK_TEXT(word_label(c, "form", "net", 2015), "古い形");
        CHECK_TEXT(word_label(c, "form", "net", 1999), "古い形");
        CHECK_TEXT(word_find(c, "form", "net", 2019)->label, "古い形");
        CHECK(word_find(c, "form", "net", 2009) == NULL);
        CHECK_INT(in_write(c, add_word, &new), E_CONFLICT);
        c = client_ctx(cl);
        CHECK_TEXT(word_label(c, "form", "no-such", 2030), "no-such");
        CHECK(word_label(c, "form", NULL, 2030) == NULL);
        CHECK(word_find(c, "scheme", "renkei", 2005) == NULL); /* gathered since 平成18年度 */
        CHECK(word_find(c, "scheme", "renkei", 2006) != NULL);
        const struct word *v;
        size_t n;
        words(c, "form", NULL, 2015, &v, &n);
        CHECK_INT(n, 10);
        words(c, "form", NULL, NONE, &v, &n);
        CHECK_INT(n, 11);
    }
}

static enum err set_name(struct ctx *c, void *arg)
{
    TRY(setting_set(c, "site_name", arg));
    CHECK_TEXT(setting(c, "site_name"), arg);
    return OK;
}

static enum err set_and_fail(struct ctx *c, void *arg)
{
    TRY(set_name(c, arg));
    return fail(c, E_INPUT, "no");
}

TEST(settings_follow_commits_alone)
{
    EACH_ENGINE(cl) {
        char one[] = "ひろば一", two[] = "ひろば二";
        struct ctx *c = client_ctx(cl);
        CHECK_TEXT(setting(c, "prefecture_name"), "熊本県");
        CHECK(setting(c, "demo") == NULL);
        CHECK_INT(in_write(c, set_name, one), OK);
        CHECK_TEXT(setting(c, "site_name"), one);
        CHECK_INT(in_write(c, set_and_fail, two), E_INPUT);
        c = client_ctx(cl);
        CHECK_TEXT(setting(c, "site_name"), one);
        CHECK_INT(in_write(c, set_name, two), OK);
        CHECK_TEXT(setting(c, "site_name"), two);
        /* A page says it too, and the page cache does not keep the old name. */
        CHECK_INT(client_get(cl, "/"), 200);
        CHECK(client_sees(cl, two));
        CHECK_INT(in_write(client_ctx(cl), set_name, one), OK);
        CHECK_INT(client_get(cl, "/"), 200);
        CHECK(client_sees(cl, one) && !client_sees(cl, two));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what = 'setting.change'"), 3);
    }
}

static enum err install(struct ctx *c, void *arg)
{
    return preset_install(c, arg);
}

TEST(a_preset_is_installed_once)
{
    EACH_ENGINE(cl) {
        char kumamoto[] = "kumamoto", other[] = "atlantis";
        struct ctx *c = client_ctx(cl);
        CHECK_INT(in_write(c, install, kumamoto), E_CONFLICT);
        c = client_ctx(cl);
        CHECK_INT(in_write(c, install, other), E_NOT_FOUND);
        CHECK(strstr(c->fail.message, "kumamoto") != NULL);
    }
}

TEST_MAIN
