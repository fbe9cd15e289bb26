/* Organizations and search as a browser sees them. Everything here is made up. */
#include "http/client.h"

#include <stdlib.h>

#include "area/organization/organization.h"
#include "base/json.h"
#include "base/text.h"
#include "core/record.h"

static void take(struct client *cl, const char *text)
{
    struct import_report r;
    failure_clear(&client_ctx(cl)->fail);
    CHECK_INT(organizations_import(client_ctx(cl), "rei.csv", text, strlen(text), "kyodo", false, &r), OK);
    CHECK_INT(r.refused, 0);
}

/* 47 groups: 例一号会 … in two municipalities, two kinds, some with fields. */
static void fill(struct client *cl)
{
    struct sb o;
    sb_init(&o, client_ctx(cl)->arena);
    sb_add(&o, "名称,よみがな,種類,市区町村,活動の分野,活動の内容\n");
    for (int i = 1; i <= 45; i++)
        sb_printf(&o, "例%02d号会,レイ%02d,%s,%s,%s,%s\n", i, i, i % 3 == 0 ? "school" : "community", i % 2 == 0 ? "八代市" : "荒尾市", i % 5 == 0 ? "7" : "",
                  i == 7 ? "放置された竹林を守る" : i == 8 ? "竹を使った遊び" : "");
    sb_add(&o, "ひまわり会,ヒマワリ,volunteer,八代市,,\nひまわり会,ヒマワリ,volunteer,人吉市,,\n");
    take(cl, sb_str(&o));
}

static size_t times(const struct client *cl, const char *text)
{
    size_t n = 0;
    for (const char *p = client_body(cl); (p = strstr(p, text)) != NULL; p += strlen(text))
        n++;
    return n;
}

/* The address behind the first link with these words; "" when there is none. */
static const char *link_to(struct client *cl, const char *words)
{
    const char *end = strstr(client_body(cl), arena_printf(client_ctx(cl)->arena, ">%s</a>", words));
    if (end == NULL)
        return "";
    const char *p = end;
    while (p > client_body(cl) && strncmp(p, "href=\"", 6) != 0)
        p--;
    p += 6;
    char *to = arena_dup_n(client_ctx(cl)->arena, p, strcspn(p, "\"")), *w = to;
    for (const char *s = to; *s != '\0';) {
        if (strncmp(s, "&amp;", 5) == 0) {
            *w++ = '&';
            s += 5;
        } else {
            *w++ = *s++;
        }
    }
    *w = '\0';
    return to;
}

TEST(the_list_is_paged_by_key_and_filtered)
{
    EACH_ENGINE(cl) {
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/organizations"), 200);
        CHECK(client_sees(cl, "団体はまだ登録されていません"));
        fill(cl);
        CHECK_INT(client_get(cl, "/organizations"), 200);
        CHECK(client_sees(cl, "47件のうち20件"));
        CHECK_INT(times(cl, "role=\"rowheader\""), 20);
        CHECK(client_sees(cl, "ひまわり会") && client_sees(cl, "八代市") && client_sees(cl, "人吉市")); /* told apart by municipality */
        CHECK(client_sees(cl, "例18号会") && !client_sees(cl, "例19号会"));
        CHECK_INT(client_get(cl, link_to(cl, "次の20件")), 200);
        CHECK(client_sees(cl, "例19号会") && client_sees(cl, "例38号会") && !client_sees(cl, "例18号会"));
        CHECK_INT(client_get(cl, link_to(cl, "次の20件")), 200);
        CHECK_INT(times(cl, "role=\"rowheader\""), 7);
        CHECK_TEXT(link_to(cl, "次の20件"), "");
        CHECK_INT(client_get(cl, link_to(cl, "前の20件")), 200);
        CHECK(client_sees(cl, "例19号会") && client_sees(cl, "例38号会") && !client_sees(cl, "例39号会"));
        CHECK_INT(client_get(cl, link_to(cl, "前の20件")), 200);
        CHECK(client_sees(cl, "ひまわり会"));
        CHECK_TEXT(link_to(cl, "前の20件"), "");
        /* A cursor that is none is the first page. */
        CHECK_INT(client_get(cl, "/organizations?at=name%3Af%3Ax"), 200);
        CHECK(client_sees(cl, "ひまわり会"));
        CHECK_INT(client_get(cl, "/organizations?kind=school"), 200);
        CHECK(client_sees(cl, "15件") && !client_sees(cl, "例01号会") && client_sees(cl, "例03号会"));
        CHECK_INT(client_get(cl, "/organizations?field=7"), 200);
        CHECK(client_sees(cl, ">9件") && client_sees(cl, "例05号会") && !client_sees(cl, "例04号会"));
        CHECK_INT(client_get(cl, "/organizations?kind=community&city=%E5%85%AB%E4%BB%A3%E5%B8%82"), 200); /* 八代市 */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE kind = 'community' AND city = '八代市'"), 15);
        CHECK(client_sees(cl, "15件") && client_sees(cl, "条件") && client_sees(cl, "外す"));
        CHECK_INT(client_get(cl, "/organizations?prefecture=%E5%8D%83%E8%91%89%E7%9C%8C"), 200); /* 千葉県 */
        CHECK(client_sees(cl, "この条件に合う団体はありません"));
        /* Words: in the name first. */
        CHECK_INT(client_get(cl, "/organizations?q=%E7%AB%B9"), 200); /* 竹 */
        CHECK(client_sees(cl, ">2件") && client_sees(cl, "例07号会") && client_sees(cl, "例08号会"));
        CHECK_INT(client_get(cl, "/organizations?q=%E7%AB%B9&kind=school"), 200);
        CHECK(client_sees(cl, "に合う団体はありません"));
        CHECK_INT(client_get(cl, "/organizations?q=%E4%BE%8B"), 200); /* 例 */
        CHECK(client_sees(cl, "45件のうち20件"));
        const char *next = link_to(cl, "次の20件");
        CHECK_INT(client_get(cl, next), 200);
        CHECK(client_sees(cl, "45件のうち20件") && client_sees(cl, "例21号会"));
        CHECK_INT(client_get(cl, link_to(cl, "次の20件")), 200);
        CHECK(client_sees(cl, "例45号会") && client_sees(cl, "45件のうち5件"));
        CHECK_TEXT(link_to(cl, "次の20件"), "");
        CHECK_INT(client_get(cl, "/organizations?q=%E4%BE%8B&kind=school"), 200);
        CHECK(client_sees(cl, ">15件"));
    }
}

TEST(a_page_and_what_only_staff_see)
{
    EACH_ENGINE(cl) {
        struct arena *a = client_ctx(cl)->arena;
        client_user(cl, "promoter", 1, NONE);
        CHECK_INT(client_get(cl, "/organizations/new"), 200);
        CHECK(client_form(cl, "/organizations/new"));
        client_set(cl, "name", "髙﨑𠮷の森を守る会");
        client_set(cl, "kind", "community");
        client_set(cl, "city", "八代市");
        client_set(cl, "website", "javascript:alert(1)");
        client_set(cl, "corporate_number", "1234567890123");
        client_set(cl, "mail", "rei@example.jp");
        client_set(cl, "representative", "例示 太郎");
        client_set(cl, "wants", "竹林の手入れ\n<b>いっしょに</b>");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "エラー:") && client_sees(cl, "https://") && client_sees(cl, "法人番号は13桁"));
        CHECK(client_sees(cl, "髙﨑𠮷の森を守る会")); /* all that was typed is there */
        CHECK(client_form(cl, "/organizations/new"));
        CHECK_TEXT(client_value(cl, "mail"), "rei@example.jp");
        client_set(cl, "website", "https://rei.example.jp/");
        client_set(cl, "corporate_number", NULL);
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "団体を登録しました"));
        int64_t id = client_int(cl, "SELECT id FROM organization");
        CHECK_TEXT(client_text(cl, "SELECT municipality FROM organization"), "432024");
        CHECK_TEXT(client_text(cl, "SELECT prefecture FROM organization"), "熊本県");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what = 'organization.new'"), 1);
        const char *page = arena_printf(a, "/organizations/%lld", (long long)id), *staff = arena_printf(a, "%s/staff", page);
        client_nobody(cl);
        CHECK_INT(client_get(cl, page), 200);
        CHECK(client_sees(cl, "髙﨑𠮷の森を守る会") && client_sees(cl, "竹林の手入れ"));
        CHECK(client_sees(cl, "&lt;b&gt;") && !client_sees(cl, "<b>いっしょに"));
        CHECK(!client_sees(cl, "太郎") && !client_sees(cl, "rei@example.jp"));
        CHECK(client_sees(cl, "県が登録した情報"));
        CHECK_INT(client_get(cl, staff), 303); /* to the login */
        CHECK_INT(client_get(cl, "/organizations/999999"), 404);
        CHECK_INT(client_get(cl, "/search?q=%E9%AB%98%E5%B4%8E%E5%90%89"), 200); /* 高崎吉 */
        CHECK(client_sees(cl, "<mark>髙﨑𠮷</mark>の森を守る会"));
        CHECK_INT(client_get(cl, "/search?q=rei%40example"), 200);
        CHECK(!client_sees(cl, "髙﨑"));
        client_user(cl, "officer", 1, NONE);
        CHECK_INT(client_get(cl, staff), 200);
        CHECK(client_sees(cl, "例示 太郎") && client_sees(cl, "rei@example.jp"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM view_log WHERE path LIKE '%/staff'"), 1);
        CHECK(!client_form(cl, staff)); /* withholding is the secretariat's */
        /* A member of the group changes its own page, and no other. */
        client_user(cl, "member", NONE, id);
        CHECK_INT(client_get(cl, staff), 403);
        CHECK_INT(client_get(cl, arena_printf(a, "%s/edit", page)), 200);
        CHECK(!client_sees(cl, "例示 太郎"));
        CHECK(client_form(cl, page));
        client_set(cl, "offers", "軽トラック一台");
        client_set(cl, "representative", "別の人"); /* not theirs to write */
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, "SELECT offers FROM organization"), "軽トラック一台");
        CHECK_TEXT(client_text(cl, "SELECT representative FROM organization"), "例示 太郎");
        CHECK_TEXT(client_text(cl, "SELECT kind FROM organization"), "community");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE confirmed_at IS NOT NULL"), 1);
        take(cl, "name,kind,city\n別の会,community,荒尾市\n");
        int64_t other = client_int(cl, "SELECT id FROM organization WHERE name = '別の会'");
        CHECK_INT(client_get(cl, arena_printf(a, "/organizations/%lld/edit", (long long)other)), 403);
    }
}

TEST(a_stale_form_is_told_and_keeps_what_was_typed)
{
    EACH_ENGINE(cl) {
        take(cl, "name,kind,city\n例の会,community,八代市\n");
        const char *edit = arena_printf(client_ctx(cl)->arena, "/organizations/%lld/edit", (long long)client_int(cl, "SELECT id FROM organization"));
        client_user(cl, "promoter", 1, NONE);
        CHECK_INT(client_get(cl, edit), 200);
        CHECK(client_form(cl, edit));
        client_exec(cl, "UPDATE organization SET summary = '先に保存', version = version + 1");
        client_set(cl, "wants", "あとから");
        CHECK_INT(client_send(cl), 409);
        CHECK(client_sees(cl, "あとから"));
        CHECK(client_text(cl, "SELECT wants FROM organization") == NULL);
    }
}

TEST(one_name_twice_is_asked_about)
{
    EACH_ENGINE(cl) {
        take(cl, "name,kind,city\nひまわり会,volunteer,八代市\n");
        client_user(cl, "promoter", 1, NONE);
        CHECK_INT(client_get(cl, "/organizations/new"), 200);
        CHECK(client_form(cl, "/organizations/new"));
        client_set(cl, "name", "ヒマワリ会");
        client_set(cl, "kind", "volunteer");
        client_set(cl, "city", "人吉市");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "似た名前の団体"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization"), 1);
        CHECK(client_form(cl, "/organizations/new"));
        client_set(cl, "not_same", "1");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization"), 2);
    }
}

TEST(a_withheld_field_is_gone_everywhere)
{
    EACH_ENGINE(cl) {
        struct arena *a = client_ctx(cl)->arena;
        take(cl, "名称,種類,市区町村,町名・番地,活動の内容\n例の会,community,八代市,秘密町九番地,見せてよい内容\n");
        const char *page = arena_printf(a, "/organizations/%lld", (long long)client_int(cl, "SELECT id FROM organization"));
        client_nobody(cl);
        CHECK_INT(client_get(cl, page), 200);
        CHECK(client_sees(cl, "秘密町"));
        CHECK_INT(client_get(cl, "/search?q=%E7%A7%98%E5%AF%86"), 200); /* 秘密 */
        CHECK(client_sees(cl, "例の会"));
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, arena_printf(a, "%s/staff", page)), 200);
        CHECK(client_form(cl, page));
        client_set(cl, "field", "street");
        CHECK_INT(client_send_with(cl, "act", "hide"), 422); /* no reason */
        CHECK(client_form(cl, page));
        client_set(cl, "field", "street");
        client_set(cl, "reason", "自宅のため");
        CHECK_INT(client_send_with(cl, "act", "hide"), 303);
        CHECK_INT(client_get(cl, page), 200);
        CHECK(!client_sees(cl, "秘密町")); /* staff too */
        client_nobody(cl);
        static const char *const ways[] = {"/organizations", "/organizations.csv", "/organizations.json", "/search?q=%E4%BE%8B%E3%81%AE%E4%BC%9A"};
        CHECK_INT(client_get(cl, page), 200);
        CHECK(!client_sees(cl, "秘密町") && client_sees(cl, "表示をとめています") && client_sees(cl, "自宅のため"));
        for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
            CHECK_INT(client_get(cl, ways[i]), 200);
            CHECK(client_sees(cl, "例の会") && !client_sees(cl, "秘密町"));
        }
        CHECK_INT(client_get(cl, "/search?q=%E7%A7%98%E5%AF%86"), 200);
        CHECK(!client_sees(cl, "例の会"));
        CHECK_TEXT(client_text(cl, "SELECT street FROM organization"), "秘密町九番地"); /* the record keeps it: hashes still verify */
    }
}

TEST(ended_ones_are_apart)
{
    EACH_ENGINE(cl) {
        take(cl, "name,kind,city\n続く会,community,八代市\n終わった会,community,八代市\n");
        client_exec(cl, "UPDATE organization SET state = 'closed', closed_on = '2024-03-31', close_cause = '01' WHERE name = '終わった会'");
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/organizations"), 200);
        CHECK(client_sees(cl, "続く会") && !client_sees(cl, "終わった会"));
        CHECK_INT(client_get(cl, link_to(cl, "活動を終えた団体を見る")), 200);
        CHECK(!client_sees(cl, "続く会") && client_sees(cl, "終わった会"));
        CHECK_INT(client_get(cl, arena_printf(client_ctx(cl)->arena, "/organizations/%lld",
                                              (long long)client_int(cl, "SELECT id FROM organization WHERE state = 'closed'"))), 200);
        CHECK(client_sees(cl, "活動を終えています") && client_sees(cl, "2024年") && client_sees(cl, "清算"));
    }
}

TEST(search_over_everything)
{
    EACH_ENGINE(cl) {
        fill(cl);
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/search"), 200);
        CHECK(client_sees(cl, "一文字でも探せます"));
        CHECK_INT(client_get(cl, "/search?q=%E7%AB%B9%E6%9E%97"), 200); /* 竹林 */
        CHECK(client_sees(cl, "すべて 1件") && client_sees(cl, "団体 1件") && client_sees(cl, "放置された<mark>竹林</mark>を守る"));
        CHECK_INT(client_get(cl, "/search?q=%E7%AB%B9%20-%E6%9E%97"), 200); /* 竹 -林 */
        CHECK(client_sees(cl, "例08号会") && !client_sees(cl, "例07号会"));
        CHECK_INT(client_get(cl, "/search?q=%22%E7%AB%B9%E3%82%92%E4%BD%BF%22"), 200); /* "竹を使" */
        CHECK(client_sees(cl, "例08号会") && client_sees(cl, "すべて 1件"));
        CHECK_INT(client_get(cl, "/search?q=%E4%BE%8B&kind=organization"), 200);
        CHECK(client_sees(cl, "45件"));
        CHECK_INT(client_get(cl, link_to(cl, "次の20件")), 200);
        CHECK(client_sees(cl, "21号会"));
        CHECK_INT(client_get(cl, link_to(cl, "次の20件")), 200);
        CHECK(client_sees(cl, "45</mark>号会") || client_sees(cl, "45号会"));
        CHECK_TEXT(link_to(cl, "次の20件"), "");
        CHECK_INT(client_get(cl, "/search?q=%E7%84%A1%E3%81%84%E8%A8%80%E8%91%89"), 200); /* 無い言葉 */
        CHECK(client_sees(cl, "「無い言葉」に合うものはありません"));
        CHECK_INT(client_get(cl, "/search?q=-%E7%AB%B9"), 200);
        CHECK(client_sees(cl, "除くことばだけでは探せません"));
        CHECK_INT(client_get(cl, "/search?q=%3Cscript%3E&kind=nothing"), 200);
        CHECK(!client_sees(cl, "<script>") && client_sees(cl, "&lt;script&gt;"));
        CHECK_INT(client_get(cl, "/search?q=%22%20%2A%20AND%20%28"), 200);
        CHECK_INT(client_get(cl, "/search?q=%FF"), 400);
    }
}

TEST(lists_go_out_as_csv_and_json)
{
    EACH_ENGINE(cl) {
        struct arena *a = client_ctx(cl)->arena;
        fill(cl);
        take(cl, "名称,種類,市区町村,活動の内容\n\"=式,\"\"の会\",community,八代市,=1+1\n");
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/organizations.json?city=%E5%85%AB%E4%BB%A3%E5%B8%82"), 200);
        struct json_value *v = NULL;
        CHECK_INT(json_read(a, client_body(cl), client_body_n(cl), &v, &client_ctx(cl)->fail), OK);
        const struct json_value *all = json_get(v, "organizations"), *n = json_get(v, "count");
        CHECK(all != NULL && n != NULL);
        CHECK_INT(all->n, 24);
        CHECK_INT(n->i, 24);
        for (const struct json_value *o = all->child; o != NULL; o = o->next)
            CHECK(json_get(o, "name") != NULL && json_get(o, "note") == NULL && json_get(o, "mail") == NULL && json_get(o, "representative") == NULL && json_get(o, "local_fields") == NULL);
        CHECK_INT(client_get(cl, "/organizations.csv"), 200);
        CHECK(text_starts(client_body(cl), "\xEF\xBB\xBF番号,"));
        CHECK(client_sees(cl, "\"'=式,\"\"の会\"") && client_sees(cl, "\"'=1+1\"")); /* no formula */
        CHECK(text_starts(client_header_of(cl, "Content-Disposition"), "attachment"));
        CHECK_INT(times(cl, "\r\n"), 49);
        CHECK_INT(client_get(cl, "/organizations.json?q=%E7%AB%B9"), 200);
        CHECK(client_sees(cl, "\"count\":2"));
    }
}

TEST_MAIN
