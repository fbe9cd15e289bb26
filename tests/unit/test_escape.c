/* Escaping by type, addresses of ours, links that lead out of here. */
#include "test.h"

#include "base/none.h"
#include "web/web.h"

static struct arena *a;

static const char *text(const char *s)
{
    struct sb b;
    sb_init(&b, a);
    html_text(&b, s);
    return sb_str(&b);
}

#define WRITTEN(macro, x) __extension__({ struct sb b_; sb_init(&b_, a); macro(&b_, x); sb_str(&b_); })

TEST(text_cannot_become_markup)
{
    a = arena_new();
    CHECK_TEXT(text("<script>alert('x')</script>"), "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
    CHECK_TEXT(text("\" onmouseover=\"x"), "&quot; onmouseover=&quot;x");
    CHECK_TEXT(text("a&amp;b"), "a&amp;amp;b");
    CHECK_TEXT(text("髙﨑𠮷 & 例"), "髙﨑𠮷 &amp; 例");
    CHECK_TEXT(text(""), "");
    CHECK_TEXT(text(NULL), "");
    /* every byte but the five is left as it is, and none of the five comes through */
    for (int c = 1; c < 256; c++) {
        char s[2] = {(char)c, 0};
        bool special = strchr("&<>\"'", c) != NULL;
        CHECK(special ? text(s)[0] == '&' && strlen(text(s)) > 3 : strcmp(text(s), s) == 0);
    }
    arena_free(a);
}

TEST(the_writer_follows_from_the_type)
{
    a = arena_new();
    const char *s = "<i>";
    char array[] = "<b>";
    struct html h = {"<em>x</em>"};
    struct url u = {"/a?b=1&c=2"}, none = {NULL};
    CHECK_TEXT(WRITTEN(HTML_OUT, s), "&lt;i&gt;");
    CHECK_TEXT(WRITTEN(HTML_OUT, array), "&lt;b&gt;");
    CHECK_TEXT(WRITTEN(HTML_OUT, h), "<em>x</em>");
    CHECK_TEXT(WRITTEN(HTML_ATTR, s), "&lt;i&gt;");
    CHECK_TEXT(WRITTEN(HTML_ATTR, u), "/a?b=1&amp;c=2");
    CHECK_TEXT(WRITTEN(html_url, none), "#");
    CHECK_TEXT(WRITTEN(HTML_OUT, (int64_t)-7), "-7");
    CHECK_TEXT(WRITTEN(HTML_OUT, (int64_t)NONE), "");
    CHECK_TEXT(WRITTEN(HTML_OUT, (int64_t)0), "0");
    CHECK_TEXT(WRITTEN(HTML_OUT, (size_t)18446744073709551615u), "18446744073709551615");
    CHECK_TEXT(WRITTEN(HTML_OUT, true), "1");
    arena_free(a);
}

TEST(paths_encode_what_is_put_in)
{
    a = arena_new();
    CHECK_TEXT(url_path(a, "/projects/%lld", 12LL).s, "/projects/12");
    CHECK_TEXT(url_path(a, "/x/%d/%u/%ld/%zu/%%", -1, 2u, 3L, (size_t)4).s, "/x/-1/2/3/4/%");
    CHECK_TEXT(url_path(a, "/search?q=%s", "竹林 &#+/?\"<%").s, "/search?q=%E7%AB%B9%E6%9E%97%20%26%23%2B%2F%3F%22%3C%25");
    CHECK_TEXT(url_path(a, "/a/%s/b", "../..").s, "/a/..%2F../b");
    const char *volatile nothing = NULL;
    CHECK_TEXT(url_path(a, "/a%s", nothing).s, "/a");
    CHECK_TEXT(url_path(a, "/a/%s", "aZ09-._~").s, "/a/aZ09-._~");
    arena_free(a);
}

TEST(queries_grow_and_shrink)
{
    a = arena_new();
    struct url u = {"/projects"};
    u = url_with(a, u, "form", "accord");
    CHECK_TEXT(u.s, "/projects?form=accord");
    u = url_with(a, u, "form", "共催");
    CHECK_TEXT(u.s, "/projects?form=accord&form=%E5%85%B1%E5%82%AC");
    u = url_with(a, u, "former", "1");
    CHECK_TEXT(url_with(a, u, "form", NULL).s, "/projects?former=1");
    CHECK_TEXT(url_with(a, url_with(a, u, "form", NULL), "former", NULL).s, "/projects");
    CHECK_TEXT(url_with(a, (struct url){"/x?a=1#top"}, "b", "2").s, "/x?a=1&b=2#top");
    CHECK_TEXT(url_with(a, (struct url){"/x#top"}, "b", "2").s, "/x?b=2#top");
    CHECK_TEXT(url_with(a, (struct url){"/x?a"}, "a", NULL).s, "/x");
    CHECK_TEXT(url_with(a, (struct url){"/x"}, "a", "").s, "/x?a=");
    arena_free(a);
}

TEST(links_out_of_here)
{
    a = arena_new();
    CHECK_TEXT(url_outside(a, "https://www.example.jp/a?b=1&c=2#d").s, "https://www.example.jp/a?b=1&c=2#d");
    CHECK_TEXT(url_outside(a, "HTTP://example.jp").s, "HTTP://example.jp");
    CHECK_TEXT(url_outside(a, "https://例.jp/").s, "https://%E4%BE%8B.jp/");
    static const char *const bad[] = {"javascript:alert(1)", "JavaScript://example.jp/%0aalert(1)", "data:text/html,x", "//example.jp", "/x", "example.jp", "https://",
                                      "https:///x", " https://example.jp", "https://exa mple.jp", "https://x\"onclick=", "https://x<y", "https://x\ny", "", "ftp://x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_TEXT(url_outside(a, bad[i]).s, NULL);
    CHECK_TEXT(url_outside(a, NULL).s, NULL);
    arena_free(a);
}

TEST(coming_back_stays_here)
{
    a = arena_new();
    CHECK_TEXT(url_back(a, "/answers/1?x=2").s, "/answers/1?x=2");
    static const char *const bad[] = {"//evil.example", "/\\evil.example", "https://evil.example", "evil", "", "/a b", "/a\nb", "/例", "\\\\x", "javascript:x"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK_TEXT(url_back(a, bad[i]).s, "/");
    CHECK_TEXT(url_back(a, NULL).s, "/");
    arena_free(a);
}

TEST_MAIN
