/* The parser of requests: what it takes, what it refuses, and that a cut changes nothing. */
#include "test.h"

#include "web/http.h"

static int parse(const char *s, struct http_head *h)
{
    return http_parse_head(s, strlen(s), h);
}

static int verdict(const char *s)
{
    struct http_head h;
    return parse(s, &h);
}

static bool is(struct slice s, const char *text)
{
    return s.n == strlen(text) && memcmp(s.p, text, s.n) == 0;
}

#define REQUEST(line, fields) line "\r\nHost: kyodo.example.jp\r\n" fields "\r\n"
#define GET(fields) REQUEST("GET / HTTP/1.1", fields)
#define POST(fields) REQUEST("POST /a HTTP/1.1", fields)

TEST(a_plain_request)
{
    struct http_head h;
    const char *s = "GET /projects/12?q=%E7%A6%8F&x=1 HTTP/1.1\r\nHost: kyodo.example.jp:8080\r\nAccept:  text/html \t\r\nX-Empty:\r\n\r\nrest";
    CHECK_INT(parse(s, &h), 0);
    CHECK_INT(h.method, HTTP_GET);
    CHECK(is(h.target, "/projects/12?q=%E7%A6%8F&x=1"));
    CHECK(is(h.path, "/projects/12"));
    CHECK(is(h.query, "q=%E7%A6%8F&x=1"));
    CHECK(is(http_field(&h, "host"), "kyodo.example.jp:8080"));
    CHECK(is(http_field(&h, "ACCEPT"), "text/html"));
    CHECK(is(http_field(&h, "x-empty"), ""));
    CHECK(http_field(&h, "x-empty").p != NULL);
    CHECK(http_field(&h, "absent").p == NULL);
    CHECK_INT(h.fields, 3);
    CHECK(h.keep_alive && !h.chunked && !h.has_length && !h.http10 && !h.expect_continue);
    CHECK(is((struct slice){s + h.size, strlen(s) - h.size}, "rest"));
}

TEST(methods_and_versions)
{
    struct http_head h;
    CHECK_INT(parse(REQUEST("HEAD / HTTP/1.1", ""), &h), 0);
    CHECK_INT(h.method, HTTP_HEAD);
    CHECK_INT(parse(POST("Content-Length: 7\r\n"), &h), 0);
    CHECK_INT(h.method, HTTP_POST);
    CHECK(h.has_length);
    CHECK_INT(h.content_length, 7);
    CHECK_INT(parse(REQUEST("PURGE / HTTP/1.1", ""), &h), 0);
    CHECK_INT(h.method, HTTP_OTHER);
    CHECK_INT(parse(REQUEST("get / HTTP/1.1", ""), &h), 0);
    CHECK_INT(h.method, HTTP_OTHER);
    CHECK_INT(parse(REQUEST("GET / HTTP/1.0", "Connection: keep-alive\r\n"), &h), 0);
    CHECK(h.http10 && !h.keep_alive);
    CHECK_INT(parse(GET("Connection: foo, Close\r\n"), &h), 0);
    CHECK(!h.keep_alive);
    CHECK_INT(parse(GET("Connection: closed\r\n"), &h), 0);
    CHECK(h.keep_alive);
}

TEST(bodies)
{
    struct http_head h;
    CHECK_INT(parse(POST("Transfer-Encoding: Chunked\r\n"), &h), 0);
    CHECK(h.chunked && !h.has_length);
    CHECK_INT(parse(POST("Content-Length: 5\r\nExpect: 100-Continue\r\n"), &h), 0);
    CHECK(h.expect_continue);
    CHECK_INT(parse(GET("Content-Length: 0\r\n"), &h), 0);
    CHECK_INT(parse(POST("Content-Length: 999999999999999999\r\n"), &h), 0);
    CHECK_INT(h.content_length, 999999999999999999);
}

static const struct { const char *what, *request; size_t n; int status; } refused[] = {
#define BAD(what, s) {what, s, sizeof(s) - 1, 400}
#define BUT(what, s, status) {what, s, sizeof(s) - 1, status}
    /* how long is the body? */
    BAD("two lengths that differ", POST("Content-Length: 5\r\nContent-Length: 6\r\n")),
    BAD("two equal lengths", POST("Content-Length: 5\r\nContent-Length: 5\r\n")),
    BAD("a list of lengths", POST("Content-Length: 5, 5\r\n")),
    BAD("a blank before the colon", POST("Content-Length : 5\r\n")),
    BAD("a tab before the colon", POST("Content-Length\t: 5\r\n")),
    BAD("a sign", POST("Content-Length: +5\r\n")),
    BAD("a negative length", POST("Content-Length: -1\r\n")),
    BAD("a hexadecimal length", POST("Content-Length: 0x5\r\n")),
    BAD("an empty length", POST("Content-Length:\r\n")),
    BAD("blanks in a length", POST("Content-Length: 5 5\r\n")),
    BAD("a length past all bounds", POST("Content-Length: 18446744073709551621\r\n")),
    BAD("a quoted length", POST("Content-Length: \"5\"\r\n")),
    BAD("length and coding", POST("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n")),
    BAD("coding and length", POST("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n")),
    BAD("length and an unknown coding", POST("Content-Length: 5\r\nTransfer-Encoding: gzip\r\n")),
    BAD("two codings", POST("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")),
    BAD("two codings, one unknown", POST("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n")),
    BAD("chunked twice", POST("Transfer-Encoding: chunked, chunked\r\n")),
    BAD("chunked not last", POST("Transfer-Encoding: chunked, gzip\r\n")),
    BAD("an empty coding", POST("Transfer-Encoding:\r\n")),
    BAD("a coding with a parameter", POST("Transfer-Encoding: chunked;q=1\r\n")),
    BAD("a quoted coding", POST("Transfer-Encoding: \"chunked\"\r\n")),
    BAD("a coding in HTTP/1.0", REQUEST("POST / HTTP/1.0", "Transfer-Encoding: chunked\r\n")),
    BUT("gzip then chunked", POST("Transfer-Encoding: gzip, chunked\r\n"), 501),
    BUT("identity", POST("Transfer-Encoding: identity\r\n"), 501),
    BUT("xchunked", POST("Transfer-Encoding: xchunked\r\n"), 501),
    BAD("a GET with a body", GET("Content-Length: 5\r\n")),
    BAD("a HEAD with a body", REQUEST("HEAD / HTTP/1.1", "Content-Length: 5\r\n")),
    BAD("a GET with chunks", GET("Transfer-Encoding: chunked\r\n")),
    BUT("an unknown expectation", POST("Content-Length: 5\r\nExpect: 200-ok\r\n"), 417),
    /* where does a line end? */
    BAD("a folded value", GET("X-A: 1\r\n 2\r\n")),
    BAD("a folded value with a tab", GET("X-A: 1\r\n\t2\r\n")),
    BAD("a folded first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"),
    BAD("a bare LF after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"),
    BAD("a bare LF after a field", "GET / HTTP/1.1\r\nHost: a\n\r\n"),
    BAD("a bare LF as the last line", "GET / HTTP/1.1\r\nHost: a\r\n\n"),
    BAD("a bare CR in a value", GET("X-A: 1\r2\r\n")),
    BAD("a CR before CRLF", GET("X-A: 1\r\r\n")),
    BAD("a bare CR in the request line", "GET /\rx HTTP/1.1\r\nHost: a\r\n\r\n"),
    BAD("two empty lines before a request", "\r\n\r\n" GET("")),
    BAD("a bare LF before a request", "\n" GET("")),
    BAD("a NUL in a value", GET("X-A: 1\0002\r\n")),
    BAD("a NUL in a name", GET("X-\000A: 1\r\n")),
    BAD("a NUL in the target", "GET /\000 HTTP/1.1\r\nHost: a\r\n\r\n"),
    BAD("a control character in a value", GET("X-A: 1\0012\r\n")),
    BAD("DEL in a value", GET("X-A: 1\1772\r\n")),
    /* what is a field? */
    BAD("a line without a colon", GET("X-A\r\n")),
    BAD("an empty name", GET(": 1\r\n")),
    BAD("a blank in a name", GET("X A: 1\r\n")),
    BAD("a bracket in a name", GET("X(A): 1\r\n")),
    BAD("a byte past ASCII in a name", GET("X-\xc3\xa9: 1\r\n")),
    /* which host? */
    BAD("no host", "GET / HTTP/1.1\r\n\r\n"),
    BAD("no host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n"),
    BAD("two hosts", GET("Host: other.example.jp\r\n")),
    BAD("two equal hosts", GET("Host: kyodo.example.jp\r\n")),
    BAD("an empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    BAD("a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
    BAD("a host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n"),
    BAD("a host list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n"),
    BAD("a port that is no number", "GET / HTTP/1.1\r\nHost: a:http\r\n\r\n"),
    BAD("an open bracket", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n"),
    BAD("two content types", POST("Content-Type: text/plain\r\nContent-Type: text/html\r\n")),
    BAD("two origins", POST("Origin: http://a\r\nOrigin: http://b\r\n")),
    /* the request line */
    BAD("no target", REQUEST("GET HTTP/1.1", "")),
    BAD("two blanks", REQUEST("GET  / HTTP/1.1", "")),
    BAD("a tab for a blank", REQUEST("GET\t/ HTTP/1.1", "")),
    BAD("a blank in the target", REQUEST("GET /a b HTTP/1.1", "")),
    BAD("a blank at the end", REQUEST("GET / HTTP/1.1 ", "")),
    BAD("a blank at the start", " " GET("")),
    BAD("HTTP/0.9", "GET /\r\n\r\n"),
    BAD("a version in small letters", REQUEST("GET / http/1.1", "")),
    BAD("a version of two digits", REQUEST("GET / HTTP/1.10", "")),
    BAD("a method that is no token", REQUEST("GE(T / HTTP/1.1", "")),
    BUT("HTTP/2", REQUEST("PRI / HTTP/2.0", ""), 505),
    BUT("HTTP/1.2", REQUEST("GET / HTTP/1.2", ""), 505),
    BAD("absolute form", REQUEST("GET http://kyodo.example.jp/ HTTP/1.1", "")),
    BAD("authority form", REQUEST("CONNECT kyodo.example.jp:443 HTTP/1.1", "")),
    BAD("asterisk form", REQUEST("OPTIONS * HTTP/1.1", "")),
    BAD("a fragment", REQUEST("GET /a#b HTTP/1.1", "")),
    BAD("bytes past ASCII in the target", REQUEST("GET /\xe7\xa6\x8f HTTP/1.1", "")),
    BAD("a backslash", REQUEST("GET /a\\b HTTP/1.1", "")),
    BAD("a quotation mark in the query", REQUEST("GET /?q=\" HTTP/1.1", "")),
    BAD("half a percent code", REQUEST("GET /a%4 HTTP/1.1", "")),
    BAD("a percent code of letters", REQUEST("GET /a%zz HTTP/1.1", "")),
    BAD("a percent code cut in the query", REQUEST("GET /a?b=%e HTTP/1.1", "")),
    BAD("an encoded NUL", REQUEST("GET /a%00b HTTP/1.1", "")),
    BAD("an encoded line end", REQUEST("GET /a%0d%0ab HTTP/1.1", "")),
    BAD("an encoded slash", REQUEST("GET /a%2fb HTTP/1.1", "")),
    BAD("an encoded backslash", REQUEST("GET /a%5cb HTTP/1.1", "")),
    BAD("a path that is not UTF-8", REQUEST("GET /%ff HTTP/1.1", "")),
    BAD("overlong UTF-8", REQUEST("GET /%c0%af HTTP/1.1", "")),
    BAD("a way up", REQUEST("GET /../a HTTP/1.1", "")),
    BAD("a way up at the end", REQUEST("GET /a/.. HTTP/1.1", "")),
    BAD("an encoded way up", REQUEST("GET /%2e%2e/a HTTP/1.1", "")),
    BAD("a way up, half encoded", REQUEST("GET /a/.%2E/b HTTP/1.1", "")),
    BAD("a dot segment", REQUEST("GET /./a HTTP/1.1", "")),
    BAD("a greeting in TLS", "\x16\x03\x01\x02\x00\x01\x00\x01"),
};

TEST(what_is_refused)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct http_head h;
        int status = http_parse_head(refused[i].request, refused[i].n, &h);
        if (status != refused[i].status)
            test_fault(__FILE__, __LINE__, "%s: %d, expected %d", refused[i].what, status, refused[i].status);
    }
}

static const char *const taken[] = {
    GET(""), "\r\n" GET(""), REQUEST("GET /a/...b/.c/d. HTTP/1.1", ""), REQUEST("GET /%E7%A6%8F?%00 HTTP/1.1", ""), REQUEST("GET //a HTTP/1.1", ""),
    GET("X-A: \xe7\xa6\x8f\r\n"), GET("X-A: a:b: c\r\n"), GET("Cookie: a=1; b=2\r\nCookie: c=3\r\n"), "GET / HTTP/1.1\r\nhost: [::1]:8080\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", POST("Content-Length: 5\r\nExpect: 100-continue\r\n"), POST("Transfer-Encoding: chunked\r\nTrailer: x\r\n"),
    REQUEST("GET /?a=b;c&d=!$'()*+,/:@?- HTTP/1.1", ""),
};

TEST(what_is_taken)
{
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (verdict(taken[i]) != 0)
            test_fault(__FILE__, __LINE__, "%d for %s", verdict(taken[i]), taken[i]);
}

/* Cut at every byte: "more", or the verdict of the whole; and with the whole there, the same whatever follows. */
static void check_cuts(const char *p, size_t n)
{
    struct http_head h, cut;
    int whole = http_parse_head(p, n, &h);
    for (size_t i = 0; i <= n; i++) {
        int got = http_parse_head(p, i, &cut);
        if (got != -1 && (got != whole || (got == 0 && cut.size != h.size)))
            test_fault(__FILE__, __LINE__, "cut at %zu: %d, whole %d: %.60s", i, got, whole, p);
        if (got == 0 && i < h.size)
            test_fault(__FILE__, __LINE__, "complete at %zu of %zu", i, h.size);
    }
    char longer[4096];
    memcpy(longer, p, n);
    memcpy(longer + n, "\r\nGET", 5);
    if (whole != -1 && http_parse_head(longer, n + 5, &cut) != whole)
        test_fault(__FILE__, __LINE__, "more bytes changed %d: %.60s", whole, p);
}

TEST(cut_at_every_byte)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        check_cuts(refused[i].request, refused[i].n);
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        check_cuts(taken[i], strlen(taken[i]));
}

TEST(limits_of_the_head)
{
    static char b[HTTP_HEAD_MAX + 4096];
    struct http_head h;
    /* A head of exactly the limit is taken, one byte more is not. */
    for (int more = 0; more <= 1; more++) {
        int n = snprintf(b, sizeof b, "GET / HTTP/1.1\r\nHost: a\r\nX-Long: ");
        size_t pad = HTTP_HEAD_MAX - (size_t)n - 4 + (size_t)more;
        memset(b + n, 'x', pad);
        memcpy(b + (size_t)n + pad, "\r\n\r\n", 4);
        CHECK_INT(http_parse_head(b, (size_t)n + pad + 4, &h), more ? 431 : 0);
        CHECK_INT(http_parse_head(b, HTTP_HEAD_MAX - 1, &h), -1);
    }
    memset(b, 'x', sizeof b);
    memcpy(b, "GET /", 5);
    CHECK_INT(http_parse_head(b, 9000, &h), 414);
    CHECK_INT(http_parse_head(b, sizeof b, &h), 414);
    CHECK_INT(http_parse_head(b, 8000, &h), -1);
    for (int fields = 63; fields <= 65; fields++) {
        int n = snprintf(b, sizeof b, "GET / HTTP/1.1\r\nHost: a\r\n");
        for (int i = 1; i < fields; i++)
            n += snprintf(b + n, sizeof b - (size_t)n, "X-%d: 1\r\n", i);
        n += snprintf(b + n, sizeof b - (size_t)n, "\r\n");
        CHECK_INT(http_parse_head(b, (size_t)n, &h), fields <= 64 ? 0 : 431);
    }
    CHECK_INT(verdict(REQUEST("ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG / HTTP/1.1", "")), 400);
}

/* --- chunks --- */

static int chunks(const char *s, size_t n, size_t cap, char *out, size_t *used, size_t *got)
{
    bool complete;
    int status = http_parse_chunked(s, n, out, cap, used, got, &complete);
    if (complete != (status == 0))
        test_fault(__FILE__, __LINE__, "complete is %d with %d", complete, status);
    return status;
}

static const struct { const char *body; int status; const char *data; } chunked[] = {
    {"5\r\nhello\r\n0\r\n\r\n", 0, "hello"},
    {"5\r\nhello\r\n7;a=b;c=\"d \\\" e\";f\r\n, world\r\n000\r\n\r\n", 0, "hello, world"},
    {"A\r\n0123456789\r\n0\r\nX-Trailer: 1\r\nX-Other: 2\r\n\r\n", 0, "0123456789"},
    {"0\r\n\r\n", 0, ""},
    {"\r\n", 400, NULL},
    {"5 \r\nhello\r\n0\r\n\r\n", 400, NULL},
    {" 5\r\nhello\r\n0\r\n\r\n", 400, NULL},
    {"0x5\r\nhello\r\n0\r\n\r\n", 400, NULL},
    {"-5\r\nhello\r\n0\r\n\r\n", 400, NULL},
    {"5\nhello\r\n0\r\n\r\n", 400, NULL},
    {"5\r\nhello\n0\r\n\r\n", 400, NULL},
    {"5\r\nhellox\r\n0\r\n\r\n", 400, NULL},
    {"5\r\nhell\r\n0\r\n\r\n", 400, NULL},
    {"5;\r\nhello\r\n0\r\n\r\n", 400, NULL},
    {"5 ;a\r\nhello\r\n0\r\n\r\n", 400, NULL},
    {"5;a=\r\nhello\r\n0\r\n\r\n", 400, NULL},
    {"5;a=\"b\r\nhello\r\n0\r\n\r\n", 400, NULL},
    {"5;a\001\r\nhello\r\n0\r\n\r\n", 400, NULL},
    {"5g\r\nhello\r\n0\r\n\r\n", 400, NULL},
    {"FFFFFFFFFFFFFFFFF\r\n", 400, NULL},
    {"0\r\nX Trailer: 1\r\n\r\n", 400, NULL},
    {"0\r\nContent-Length: 5\r\n\r\n", 400, NULL},
    {"0\r\nTransfer-Encoding: chunked\r\n\r\n", 400, NULL},
    {"0\r\nHost: a\r\n\r\n", 400, NULL},
    {"0\r\nX: 1\r\n 2\r\n\r\n", 400, NULL},
    {"0\r\nX: 1\n\r\n", 400, NULL},
    {"0\r\n\n", 400, NULL},
};

TEST(chunked_bodies_cut_at_every_byte)
{
    for (size_t i = 0; i < sizeof chunked / sizeof *chunked; i++) {
        const char *s = chunked[i].body;
        size_t n = strlen(s), used, got;
        char out[64];
        int whole = chunks(s, n, sizeof out, out, &used, &got);
        if (whole != chunked[i].status)
            test_fault(__FILE__, __LINE__, "%d, expected %d for %s", whole, chunked[i].status, s);
        if (whole == 0) {
            CHECK_INT(used, n);
            CHECK(got == strlen(chunked[i].data) && memcmp(out, chunked[i].data, got) == 0);
        }
        for (size_t k = 0; k < n; k++) {
            int cut = chunks(s, k, sizeof out, out, &used, &got);
            if (cut != -1 && cut != whole)
                test_fault(__FILE__, __LINE__, "cut at %zu: %d, whole %d: %s", k, cut, whole, s);
            if (cut == 0)
                test_fault(__FILE__, __LINE__, "complete at %zu of %s", k, s);
            if (whole != 0)
                continue;
            /* Going on from *used gives what the whole gives. */
            size_t before = got, from = used;
            CHECK_INT(chunks(s + from, n - from, sizeof out - before, out + before, &used, &got), 0);
            CHECK_INT(from + used, n);
            CHECK(before + got == strlen(chunked[i].data) && memcmp(out, chunked[i].data, before + got) == 0);
        }
    }
}

TEST(limits_of_chunked_bodies)
{
    char out[16], b[8192];
    size_t used, got;
    CHECK_INT(chunks("5\r\nhello\r\n0\r\n\r\n", 15, 5, out, &used, &got), 0);
    CHECK_INT(chunks("5\r\nhello\r\n0\r\n\r\n", 15, 4, out, &used, &got), 413);
    CHECK_INT(chunks("5\r\nhello\r\n5\r\n", 13, 9, out, &used, &got), 413);
    CHECK_INT(chunks("7fffffffffffffe\r\n", 17, sizeof out, out, &used, &got), 413);
    int n = snprintf(b, sizeof b, "1;");
    memset(b + n, 'a', 400);
    CHECK_INT(chunks(b, 402, sizeof out, out, &used, &got), 400);
    n = snprintf(b, sizeof b, "0\r\n");
    for (int i = 0; i < 20; i++)
        n += snprintf(b + n, sizeof b - (size_t)n, "X-%d: 1\r\n", i);
    CHECK_INT(chunks(b, (size_t)n, sizeof out, out, &used, &got), 431);
    n = snprintf(b, sizeof b, "0\r\nX: ");
    memset(b + n, 'a', 5000);
    CHECK_INT(chunks(b, 5000, sizeof out, out, &used, &got), 431);
}

TEST_MAIN
