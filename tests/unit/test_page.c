/* Parts of pages that need no database: formatters, cursors, controls, charts. */
#include "test.h"

#include "base/embed.h"
#include "core/app.h"
#include "core/page.h"

const struct area *const areas[] = {NULL};

static struct ctx c;
static struct app app;
static struct request request;
static struct http_head head;

static void open_ctx(void)
{
    app = (struct app){.areas = areas};
    c = (struct ctx){.arena = arena_new(), .app = &app, .user = &user_nobody, .locale = LOCALE_JA, .request_id = "t"};
    failure_init(&c.fail, c.arena);
    request = (struct request){.arena = c.arena, .method = HTTP_GET, .path = "/", .target = "/", .head = &head};
    c.request = &request;
}

static void close_ctx(void)
{
    arena_free(c.arena);
}

#define DRAWN(call) __extension__({ struct sb b_, *o = &b_; sb_init(o, c.arena); call; sb_str(o); })

static size_t times(const char *s, const char *what)
{
    size_t n = 0;
    for (const char *p = s; (p = strstr(p, what)); p++)
        n++;
    return n;
}

TEST(numbers_as_people_read_them)
{
    open_ctx();
    CHECK_TEXT(count(&c, 0), "0");
    CHECK_TEXT(count(&c, 999), "999");
    CHECK_TEXT(count(&c, 1000), "1,000");
    CHECK_TEXT(count(&c, -1234567), "-1,234,567");
    CHECK_TEXT(count(&c, INT64_MAX), "9,223,372,036,854,775,807");
    CHECK_TEXT(count(&c, NONE), "");
    CHECK_TEXT(count_capped(&c, 1000), "1,000件");
    CHECK_TEXT(count_capped(&c, 1001), "1,000件以上");
    CHECK_TEXT(count_capped(&c, 0), "0件");
    /* 0 is a figure, NONE is none; what is no whole 千円 says so */
    CHECK_TEXT(yen1000(&c, 0), "0");
    CHECK_TEXT(yen1000(&c, NONE), "");
    CHECK_TEXT(yen1000(&c, 1234000), "1,234");
    CHECK_TEXT(yen1000(&c, 1234499), "約1,234");
    CHECK_TEXT(yen1000(&c, 1234500), "約1,235");
    CHECK_TEXT(yen1000(&c, 1), "約0");
    CHECK_TEXT(milli(&c, 150900), "150.9");
    CHECK_TEXT(milli(&c, 1234567), "1,234.567");
    CHECK_TEXT(milli(&c, 1005), "1.005");
    CHECK_TEXT(milli(&c, -500), "-0.5");
    CHECK_TEXT(milli(&c, 2000), "2");
    CHECK_TEXT(milli(&c, NONE), "");
    CHECK_TEXT(date(&c, "2026-04-27"), "令和8年(2026年)4月27日(月)");
    CHECK_TEXT(date(&c, NULL), "");
    CHECK_TEXT(year(&c, 2026), "令和8年度(2026年度)");
    CHECK_TEXT(at(&c, NONE), "");
    close_ctx();
}

TEST(memos_keep_their_lines_and_nothing_else)
{
    open_ctx();
    CHECK_TEXT(paragraphs(&c, "一\n二\n\n三").s, "<p>一<br>\n二</p>\n<p>三</p>");
    CHECK_TEXT(paragraphs(&c, "<b>&\n\n \n\nx").s, "<p>&lt;b&gt;&amp;</p>\n<p>x</p>");
    CHECK_TEXT(paragraphs(&c, NULL).s, "");
    CHECK_TEXT(paragraphs(&c, "\n\n").s, "");
    close_ctx();
}

TEST(matches_are_marked_where_they_stand)
{
    open_ctx();
    CHECK_TEXT(marked(&c, "里山の竹林を守る", "竹林").s, "里山の<mark>竹林</mark>を守る");
    CHECK_TEXT(marked(&c, "<竹林>", "竹林").s, "&lt;<mark>竹林</mark>&gt;");
    CHECK_TEXT(marked(&c, "髙橋ＮＰＯ", "高橋npo").s, "<mark>髙橋ＮＰＯ</mark>");
    CHECK_TEXT(marked(&c, "里山<", "福祉").s, "里山&lt;");
    CHECK_TEXT(marked(&c, "里山", NULL).s, "里山");
    CHECK_TEXT(marked(&c, NULL, "x").s, "");
    close_ctx();
}

TEST(cursors_come_back_as_they_went)
{
    open_ctx();
    struct cursor cur;
    static const char *const keys[] = {"ヒマワリ", "", "a:b:c", "=x", NULL};
    for (size_t i = 0; i < 5; i++) {
        for (int back = 0; back < 2; back++) {
            cursor_read(&c, cursor_write(&c, "name", back, keys[i], i % 2 ? NONE : -12, 77), "name", &cur);
            CHECK(cur.set);
            CHECK_INT(cur.back, back);
            CHECK_TEXT(cur.key, keys[i]);
            CHECK_INT(cur.key_n, i % 2 ? NONE : -12);
            CHECK_INT(cur.id, 77);
        }
    }
    static const char *const bad[] = {NULL, "", "name", "name:", "name:f", "name:f:", "name:f::1:", "name:x:1::", "name:f:1:", "name:f:1x::", "name:f:1:-:", "name:f:1::key",
                                      "names:f:1::", "nam:f:1::", "name:f:99999999999999999999::", "name:f:1:999999999999999999999999999:"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cursor_read(&c, bad[i], "name", &cur);
        CHECK(!cur.set);
    }
    cursor_read(&c, cursor_write(&c, "name", false, "k", NONE, 1), "year", &cur);
    CHECK(!cur.set);
    close_ctx();
}

TEST(pager_shows_only_what_is_there)
{
    open_ctx();
    struct pager p = {.prev = {"/a?x=1&y=2"}, .next = {"/b"}};
    CHECK_TEXT(DRAWN(pager_show(&c, o, &p)), "");
    p.has_prev = true;
    const char *s = DRAWN(pager_show(&c, o, &p));
    CHECK(strstr(s, "href=\"/a?x=1&amp;y=2\"") && strstr(s, "前の20件") && !strstr(s, "次の20件"));
    close_ctx();
}

TEST(controls_say_what_they_are)
{
    open_ctx();
    struct input in = {.name = "partners.0.name", .label = "名前 <1>", .hint = "例: \"x\"", .value = "<script>", .required = true};
    const char *s = DRAWN(form_input(&c, o, &in));
    CHECK(strstr(s, "<label for=\"partners-0-name\">名前 &lt;1&gt;"));
    CHECK(strstr(s, "必須") && !strstr(s, "任意"));
    CHECK(strstr(s, "id=\"partners-0-name\" name=\"partners.0.name\""));
    CHECK(strstr(s, "value=\"&lt;script&gt;\""));
    CHECK(strstr(s, "aria-describedby=\"partners-0-name-hint\""));
    CHECK(strstr(s, "id=\"partners-0-name-hint\"") && strstr(s, "例: &quot;x&quot;"));
    CHECK(!strstr(s, "aria-invalid"));
    fail_field(&c.fail, "partners.0.name", "%s", "名前を入力してください<");
    s = DRAWN(form_input(&c, o, &in));
    CHECK(strstr(s, "aria-describedby=\"partners-0-name-hint partners-0-name-error\" aria-invalid=\"true\""));
    CHECK(strstr(s, "id=\"partners-0-name-error\" class=\"error\">名前を入力してください&lt;"));
    CHECK(strstr(s, "class=\"field wrong\""));
    in = (struct input){.name = "memo", .label = "メモ", .type = "memo", .value = "\n一行目<"};
    s = DRAWN(form_input(&c, o, &in));
    CHECK(strstr(s, "任意"));
    CHECK(strstr(s, ">\n\n一行目&lt;</textarea>")); /* HTML drops the first line break */
    close_ctx();
}

TEST(what_was_typed_comes_back)
{
    open_ctx();
    struct form_value v[] = {{FORM_SHOWN, "name agree stage"}, {"name", "約300万"}, {"stage", "b"}, {"password", "geheim"}};
    request.method = HTTP_POST;
    request.form = (struct form){.v = v, .n = 4};
    struct input in = {.name = "name", .label = "名前", .value = "元の値"};
    const char *s = DRAWN(form_input(&c, o, &in));
    CHECK(strstr(s, "value=\"約300万\"") && !strstr(s, "元の値"));
    /* shown and absent: taken off */
    in = (struct input){.name = "agree", .label = "読みました", .type = "check", .value = "1"};
    CHECK(!strstr(DRAWN(form_input(&c, o, &in)), " checked"));
    /* not part of that form: the row's value */
    in = (struct input){.name = "other", .label = "ほか", .value = "元の値"};
    CHECK(strstr(DRAWN(form_input(&c, o, &in)), "元の値"));
    in = (struct input){.name = "password", .label = "パスワード", .type = "password", .value = "x"};
    s = DRAWN(form_input(&c, o, &in));
    CHECK(!strstr(s, "geheim") && !strstr(s, "value="));
    struct choice choice[] = {{"a", "一", NONE, true}, {"b", "二", 12, false}};
    struct choices ch = {.name = "stage", .label = "段階", .type = "radio", .v = choice, .n = 2, .required = true};
    s = DRAWN(form_choices(&c, o, &ch));
    CHECK_INT(times(s, " checked"), 1);
    CHECK(strstr(s, "id=\"stage-2\" name=\"stage\" value=\"b\" checked"));
    CHECK(strstr(s, "<fieldset") && strstr(s, "<legend>段階") && strstr(s, "二(12)"));
    CHECK_TEXT(typed(&c, "name"), "約300万");
    CHECK_TEXT(typed(&c, "absent"), NULL);
    close_ctx();
}

/* How often the line of the only series starts anew. */
static size_t pieces(const struct chart *ch)
{
    const char *s = DRAWN(chart_show(&c, o, ch)), *line = strstr(s, "stroke-width=\"2\"/>");
    const char *d = line;
    while (d && d > s && strncmp(d, "<path d=\"", 9) != 0)
        d--;
    size_t n = 0;
    for (; d && d < line; d++)
        n += *d == 'M';
    return n;
}

TEST(no_line_over_what_is_unknown_or_broken)
{
    open_ctx();
    static const char *x[] = {"令和3", "令和4", "令和5", "令和6", "令和7"};
    int64_t v[] = {70000, 96500, 131000, 150900, 182000};
    struct chart_series series = {"参加した団体", v};
    struct chart ch = {.id = "t", .title = "団体の<数>", .finding = "70から182に", .x = x, .x_n = 5, .series = &series, .series_n = 1, .unit = "団体"};
    CHECK_INT(pieces(&ch), 1);
    v[2] = NONE;
    CHECK_INT(pieces(&ch), 2);
    v[3] = NONE;
    CHECK_INT(pieces(&ch), 2);
    v[2] = 131000;
    v[3] = 150900;
    ch.break_before = (const bool[]){false, false, false, true, false, false, false, false};
    ch.break_note = "数え方が変わりました";
    CHECK_INT(pieces(&ch), 2);
    const char *s = DRAWN(chart_show(&c, o, &ch));
    CHECK(strstr(s, "stroke-dasharray") && strstr(s, "数え方が変わりました"));
    CHECK(strstr(s, "role=\"img\" aria-labelledby=\"t-t t-d\"") && strstr(s, "<title id=\"t-t\">団体の&lt;数&gt;</title><desc id=\"t-d\">70から182に</desc>"));
    CHECK(!strstr(s, "style=") && strstr(s, "viewBox=\"0 0 360 "));
    /* nothing known at all, and no years at all */
    for (size_t i = 0; i < 5; i++)
        v[i] = NONE;
    ch.break_before = 0;
    CHECK_INT(pieces(&ch), 0);
    ch.x_n = 0;
    CHECK(strstr(DRAWN(chart_show(&c, o, &ch)), "</svg>"));
    close_ctx();
}

TEST(bars_stack_to_the_total)
{
    open_ctx();
    static const char *x[] = {"平成14", "平成15"};
    static const int64_t one[] = {1000, NONE}, two[] = {4000, 33000};
    static const struct chart_series series[] = {{"事業協定", one}, {"共催", two}};
    struct chart ch = {.id = "b", .title = "形態", .x = x, .x_n = 2, .series = series, .series_n = 2, .stacked = true};
    const char *s = DRAWN(chart_show(&c, o, &ch));
    CHECK_INT(times(s, "<pattern "), 2);
    CHECK_INT(times(s, "fill=\"url(#b-p0)\""), 2); /* one bar and the key: an unknown count is no bar */
    CHECK_INT(times(s, "fill=\"url(#b-p1)\""), 3);
    CHECK(strstr(s, ">40</text>")); /* the axis ends above 33 */
    close_ctx();
}

/* %s, %zu, %lld … in their order: a translation that has others would read what is not there. */
static const char *conversions(const char *p, size_t n)
{
    struct sb b;
    sb_init(&b, c.arena);
    for (size_t i = 0; i < n; i++) {
        if (p[i] != '%')
            continue;
        size_t end = i + 1;
        while (end < n && strchr("lzh", p[end]))
            end++;
        sb_add_n(&b, p + i, end < n ? end + 1 - i : end - i);
        i = end;
    }
    return sb_str(&b);
}

TEST(translations_keep_the_conversions_of_their_source)
{
    open_ctx();
    const struct embedded *file = embedded_find("locale/en.txt");
    if (!CHECK(file != NULL))
        return;
    size_t lines = 0;
    for (const char *p = (const char *)file->p; *p; lines++) {
        size_t n = strcspn(p, "\n"), key = strcspn(p, "\t");
        CHECK(key > 0 && key < n && !memchr(p + key + 1, '\t', n - key - 1)); /* nothing behind the tab: a word that English leaves out */
        CHECK_TEXT(conversions(p + key + 1, n - key - 1), conversions(p, key));
        const char *line = arena_printf(c.arena, "\n%.*s", (int)key + 1, p);
        CHECK(!strstr(p + n, line)); /* no key stands twice */
        p += n + (p[n] == '\n');
    }
    CHECK(lines > 50);
    c.locale = LOCALE_EN;
    CHECK_TEXT(count_capped(&c, 1001), "1,000 or more");
    CHECK_TEXT(tr(&c, "目録にないことば"), "目録にないことば");
    close_ctx();
}

TEST_MAIN
