/* The frame of pages, what is shown once, pages for failures: nothing that was typed is lost. */
#include "http/client.h"

#include <stdlib.h>

static size_t times(const char *s, const char *what)
{
    size_t n = 0;
    for (const char *p = s; (p = strstr(p, what)); p++)
        n++;
    return n;
}

/* Where a text stands in the page; a page without it ends the check with a fault. */
static ptrdiff_t place(const struct client *cl, const char *text)
{
    const char *p = strstr(client_body(cl), text);
    CHECK(p != NULL);
    return p ? p - client_body(cl) : -1;
}

TEST(every_page_has_its_frame)
{
    EACH_ENGINE(cl) {
        static const char *const pages[] = {"/", "/projects", "/statistics", "/organizations", "/editions", "/login", "/search?q=%E7%A6%8F%E7%A5%89"};
        for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
            CHECK_INT(client_get(cl, pages[i]), 200);
            const char *s = client_body(cl);
            CHECK(strncmp(s, "<!DOCTYPE html>\n<html lang=\"ja\">", 32) == 0);
            CHECK_INT(times(s, "<h1"), 1);
            CHECK_INT(times(s, "<main id=\"main\""), 1);
            CHECK_INT(times(s, "<title>"), 1);
            CHECK(client_sees(cl, "熊本県 協働のひろば</title>"));
            CHECK(place(cl, "<a class=\"skip\" href=\"#main\">") < place(cl, "<header"));
            CHECK(place(cl, "<header") < place(cl, "<main"));
            CHECK(place(cl, "</main>") < place(cl, "<footer"));
            CHECK(client_sees(cl, "role=\"search\" action=\"/search\""));
            CHECK(!client_sees(cl, "style=\"") && !client_sees(cl, "<style") && !client_sees(cl, " onclick"));
            CHECK(!client_sees(cl, "class=\"summary\""));
            if (i > 0)
                CHECK(place(cl, "class=\"crumbs\"") < place(cl, "<main"));
        }
        CHECK_INT(client_get(cl, "/search?q=%3Cscript%3E%22x"), 200);
        CHECK(client_sees(cl, "value=\"&lt;script&gt;&quot;x\"") && !client_sees(cl, "<script>"));
    }
}

TEST(assets_are_addressed_by_content)
{
    EACH_ENGINE(cl) {
        CHECK_INT(client_get(cl, "/"), 200);
        const char *p = strstr(client_body(cl), "/assets/kyodo.css?v=");
        if (!CHECK(p != NULL))
            continue;
        char path[80];
        snprintf(path, sizeof path, "%.*s", (int)strcspn(p, "\""), p);
        CHECK_INT((int)strlen(path), (int)strlen("/assets/kyodo.css?v=") + 16);
    }
}

TEST(faults_are_summed_up_with_links_and_nothing_typed_is_lost)
{
    EACH_ENGINE(cl) {
        CHECK_INT(client_get(cl, "/login"), 200);
        CHECK(client_form(cl, "/login"));
        client_set(cl, "login", "例の\"人\"<b>");
        client_set(cl, "password", "falsch-falsch");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "<title>エラー: ログイン - 熊本県 協働のひろば</title>"));
        CHECK(client_sees(cl, "<div class=\"summary\" tabindex=\"-1\" autofocus>\n<div role=\"alert\">\n<h2>1か所を直してください</h2>"));
        CHECK(place(cl, "class=\"summary\"") < place(cl, "<h1"));
        /* the link leads to a control that exists, and the control names its message */
        CHECK(client_sees(cl, "<a href=\"#login\">利用者名かパスワードがちがいます</a>"));
        CHECK_INT(times(client_body(cl), " id=\"login\""), 1);
        CHECK(client_sees(cl, "aria-describedby=\"login-error\" aria-invalid=\"true\""));
        CHECK(client_sees(cl, "id=\"login-error\" class=\"error\">利用者名かパスワードがちがいます<"));
        CHECK(client_sees(cl, "value=\"例の&quot;人&quot;&lt;b&gt;\""));
        CHECK(!client_sees(cl, "falsch-falsch"));
    }
}

TEST(failures_say_what_to_do)
{
    EACH_ENGINE(cl) {
        CHECK_INT(client_get(cl, "/nowhere"), 404);
        CHECK(client_sees(cl, "<h1>ページが見つかりません</h1>") && client_sees(cl, "id=\"page-search\""));
        CHECK(!client_sees(cl, "class=\"summary\"") && !client_sees(cl, "404"));
        CHECK_INT(client_get(cl, "/organizations/999999999"), 404);
        client_user(cl, "operator", NONE, NONE);
        client_user(cl, "member", NONE, 1);
        CHECK_INT(client_get(cl, "/inquiries"), 403);
        CHECK(client_sees(cl, "男女共同参画・パートナーシップ推進課") && !client_sees(cl, "403"));
        /* nobody: to the login, and back to where one wanted to go */
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/inquiries?x=1"), 303);
        CHECK_TEXT(client_header_of(cl, "Location"), "/login?back=%2Finquiries%3Fx%3D1");
    }
}

TEST(a_closed_session_gives_the_form_back_after_the_login)
{
    EACH_ENGINE(cl) {
        const char *login = client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_form(cl, "/account"));
        client_set(cl, "name", "髙﨑<𠮷>");
        client_exec(cl, "DELETE FROM session");
        CHECK_INT(client_send(cl), 401);
        CHECK(client_sees(cl, "入力した内容は残っています。"));
        CHECK(client_sees(cl, "name=\"keep.name\" value=\"髙﨑&lt;𠮷&gt;\"") && client_sees(cl, "name=\"keep_to\" value=\"/account\""));
        CHECK(!client_sees(cl, "keep.csrf"));
        CHECK(client_form(cl, "/login"));
        client_set(cl, "login", login);
        client_set(cl, "password", "falsch-falsch");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "name=\"keep.name\" value=\"髙﨑&lt;𠮷&gt;\"")); /* a slip of the password loses nothing either */
        client_clock(cl, client_ctx(cl)->now + 120);
        CHECK(client_form(cl, "/login"));
        client_set(cl, "login", login);
        client_set(cl, "password", CLIENT_PASSWORD);
        CHECK_INT(client_send(cl), 200);
        CHECK(client_sees(cl, "続ける"));
        CHECK(client_form(cl, "/account"));
        CHECK_TEXT(client_value(cl, "name"), "髙﨑<𠮷>");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "value=\"髙﨑&lt;𠮷&gt;\""));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account WHERE name = '髙﨑<𠮷>'"), 1);
    }
}

TEST(a_form_of_an_earlier_session_can_be_sent_again)
{
    EACH_ENGINE(cl) {
        const char *login = client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_form(cl, "/account"));
        char body[400];
        snprintf(body, sizeof body, "csrf=%s&key=%s&shown=name+mail&name=Hanako&mail=h%%40example.jp", client_value(cl, "csrf"), client_value(cl, "key"));
        client_as(cl, login); /* signed in again in a second window */
        CHECK_INT(client_post(cl, "/account", body), 403);
        CHECK(client_sees(cl, "<h1>もう一度送ってください</h1>"));
        CHECK(client_form(cl, "/account"));
        CHECK_TEXT(client_value(cl, "name"), "Hanako");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account WHERE name = 'Hanako'"), 1);
        /* from another site nothing is offered */
        static const char foreign[] = "POST /account HTTP/1.1\r\nHost: kyodo.example.jp\r\nOrigin: http://evil.example\r\n"
                                      "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\nname=Evil";
        CHECK_INT(client_raw(cl, foreign, sizeof foreign - 1), 403);
        CHECK(!client_sees(cl, "Evil"));
    }
}

TEST(a_sentence_is_shown_once)
{
    EACH_ENGINE(cl) {
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_form(cl, "/logout"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "<div class=\"banner\" role=\"status\"><p>ログアウトしました。</p></div>"));
        CHECK(place(cl, "class=\"banner\"") < place(cl, "<h1"));
        CHECK_INT(client_get(cl, "/"), 200);
        CHECK(!client_sees(cl, "class=\"banner\""));
        /* a cookie from elsewhere is text at most, and what is no sentence is nothing */
        client_header(cl, "Cookie: notice=%3Cb%3Ex%3C/b%3E");
        CHECK_INT(client_get(cl, "/"), 200);
        CHECK(client_sees(cl, "&lt;b&gt;x&lt;/b&gt;") && !client_sees(cl, "<b>x</b>"));
        client_header(cl, "Cookie: notice=%FF%FE");
        CHECK_INT(client_get(cl, "/"), 200);
        CHECK(!client_sees(cl, "class=\"banner\""));
        client_header(cl, "Cookie: notice=%E3%8");
        CHECK_INT(client_get(cl, "/"), 200);
        CHECK(!client_sees(cl, "class=\"banner\""));
    }
}

TEST(the_line_of_who_is_signed_in)
{
    EACH_ENGINE(cl) {
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/projects"), 200);
        CHECK(client_sees(cl, "さん(事務局)</a>") && client_sees(cl, "action=\"/logout\"") && !client_sees(cl, ">ログイン</a>"));
        CHECK(client_sees(cl, "aria-label=\"しごと\""));
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/projects"), 200);
        CHECK(client_sees(cl, "<a href=\"/login\">ログイン</a>") && !client_sees(cl, "aria-label=\"しごと\"") && !client_sees(cl, "/logout"));
    }
}

TEST_MAIN
