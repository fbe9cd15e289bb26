/* Forms, query strings, routes, cookies, answers. */
#include "test.h"

#include "base/none.h"
#include "web/server.h"
#include "web/web.h"

static enum err urlencoded(struct arena *a, const char *s, struct form *f)
{
    struct failure fail;
    failure_init(&fail, a);
    enum err e = form_parse_urlencoded(a, s, strlen(s), f, &fail);
    CHECK_INT(fail.code, e);
    return e;
}

TEST(a_form_as_browsers_send_it)
{
    ARENA struct arena *a = arena_new();
    struct form f;
    CHECK_INT(urlencoded(a, "name=%E7%A6%8F%E7%A5%89+%E4%BE%8B&empty=&kind=a&kind=b&kind=&n=%EF%BC%91%EF%BC%92&bare&&=x&text=a%0D%0Ab", &f), OK);
    CHECK_TEXT(form_get(&f, "name"), "福祉 例");
    CHECK(form_get(&f, "empty") == NULL && form_has(&f, "empty"));
    CHECK(form_get(&f, "absent") == NULL && !form_has(&f, "absent"));
    CHECK(form_has(&f, "bare"));
    CHECK_TEXT(form_get(&f, "text"), "a\nb");
    CHECK_INT(form_int(&f, "n"), 12);
    CHECK_INT(form_int(&f, "name"), NONE);
    CHECK_INT(form_int(&f, "absent"), NONE);
    const char **v;
    CHECK_INT(form_all(a, &f, "kind", &v), 2);
    CHECK_TEXT(v[0], "a");
    CHECK_TEXT(v[1], "b");
    CHECK_INT(urlencoded(a, "", &f), OK);
    CHECK_INT(f.n, 0);
}

TEST(forms_that_are_refused)
{
    ARENA struct arena *a = arena_new();
    struct form f;
    CHECK_INT(urlencoded(a, "a=%ff", &f), E_INPUT);
    CHECK_INT(urlencoded(a, "%ff=a", &f), E_INPUT);
    CHECK_INT(urlencoded(a, "a=%00", &f), E_INPUT);
    CHECK_INT(urlencoded(a, "a=%e7%a6", &f), E_INPUT);
    CHECK_INT(urlencoded(a, "a=%zz", &f), E_INPUT);
    CHECK_INT(urlencoded(a, "a=%4", &f), E_INPUT);
    struct sb b;
    sb_init(&b, a);
    for (unsigned i = 0; i < FORM_FIELDS_MAX; i++)
        sb_add(&b, "a=1&");
    CHECK_INT(urlencoded(a, sb_str(&b), &f), OK);
    sb_add(&b, "a=1");
    CHECK_INT(urlencoded(a, sb_str(&b), &f), E_TOO_LARGE);
}

#define PART_OF(headers, content) "--XyZ\r\n" headers "\r\n\r\n" content "\r\n"
static enum err multipart(struct arena *a, const char *type, const char *s, size_t n, struct form *f)
{
    struct failure fail;
    failure_init(&fail, a);
    return form_parse_multipart(a, type, s, n, f, &fail);
}

TEST(a_form_with_files)
{
    ARENA struct arena *a = arena_new();
    struct form f;
    const char body[] = PART_OF("Content-Disposition: form-data; name=\"title\"", "福祉 例")
        PART_OF("content-disposition: form-data; name=\"file\"; filename=\"C:\\dir\\団体 %22一覧%22.csv\"\r\nContent-Type: text/csv", "a,b\r\n\000--XyZ no\r\n--Xy\r\n")
        PART_OF("Content-Disposition: form-data; name=\"none\"; filename=\"\"\r\nContent-Type: application/octet-stream", "")
        PART_OF("Content-Disposition: form-data; name=\"empty\"", "")
        PART_OF("Content-Disposition: form-data; name=\"hollow\"; filename=\"a.txt\"", "") "--XyZ--\r\n";
    CHECK_INT(multipart(a, "multipart/form-data; boundary=XyZ", body, sizeof body - 1, &f), OK);
    CHECK_TEXT(form_get(&f, "title"), "福祉 例");
    CHECK(form_has(&f, "empty") && form_get(&f, "empty") == NULL);
    CHECK_INT(f.files, 2);
    const struct form_file *file = form_file(&f, "file");
    if (CHECK(file != NULL)) {
        CHECK_TEXT(file->filename, "団体 \"一覧\".csv");
        CHECK_TEXT(file->type, "text/csv");
        CHECK_INT(file->n, sizeof "a,b\r\n\000--XyZ no\r\n--Xy\r\n" - 1);
        CHECK(memcmp(file->p, "a,b\r\n\000--XyZ no\r\n--Xy\r\n", file->n) == 0);
    }
    CHECK(form_file(&f, "none") == NULL);
    CHECK(form_file(&f, "hollow") != NULL && form_file(&f, "hollow")->n == 0);
    CHECK_INT(multipart(a, "multipart/form-data; charset=utf-8; boundary=\"XyZ\"", body, sizeof body - 1, &f), OK);
    /* Cut anywhere it is refused, never half taken for whole. */
    for (size_t i = 0; i < sizeof body - 1 - 2; i++)
        if (multipart(a, "multipart/form-data; boundary=XyZ", body, i, &f) == OK)
            test_fault(__FILE__, __LINE__, "taken when cut at %zu", i);
}

TEST(multipart_that_is_refused)
{
    ARENA struct arena *a = arena_new();
    struct form f;
    static const struct { const char *type, *body; } bad[] = {
        {"multipart/form-data", "--XyZ--"},
        {"multipart/form-data; boundary=", "----"},
        {"multipart/form-data; boundary=\"XyZ", "--XyZ--"},
        {"multipart/form-data; boundary=X{Z", "--X{Z--"},
        {"multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789x", "--x"},
        {"multipart/form-data; boundary=XyZ", ""},
        {"multipart/form-data; boundary=XyZ", "preamble\r\n--XyZ--"},
        {"multipart/form-data; boundary=XyZ", "--XyZ\r\n\r\nx\r\n--XyZ--"},
        {"multipart/form-data; boundary=XyZ", "--XyZ\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XyZ--"},
        {"multipart/form-data; boundary=XyZ", "--XyZ\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nx\r\n--XyZ--"},
        {"multipart/form-data; boundary=XyZ", "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\xff\r\n--XyZ--"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (multipart(a, bad[i].type, bad[i].body, strlen(bad[i].body), &f) != E_INPUT)
            test_fault(__FILE__, __LINE__, "taken: %zu %s", i, bad[i].body);
}

/* --- routes --- */

static enum err nothing(struct ctx *c, struct request *r, struct response *w)
{
    (void)c, (void)r, (void)w;
    return OK;
}

static const struct route first[] = {
    {HTTP_GET, "/", 1, nothing, LANE_READ, 0, 0},
    {HTTP_GET, "/a/new", 1, nothing, LANE_READ, 0, 0},
    {HTTP_GET, "/a/:id", 1, nothing, LANE_READ, 0, 0},
    {HTTP_POST, "/a/:id", 1, nothing, LANE_WRITE, 0, 0},
    {0},
};
static const struct route second[] = {
    {HTTP_POST, "/a/:id/b/:n", 1, nothing, LANE_WRITE, 0, 0},
    {HTTP_GET, "/w/:name", 1, nothing, LANE_READ, 0, 0},
    {0},
};
static const struct route *const tables[] = {first, second, NULL};

TEST(routes)
{
    ARENA struct arena *a = arena_new();
    static const struct { enum http_method method; const char *path; const struct route *route; bool other; } cases[] = {
        {HTTP_GET, "/", &first[0], false},          {HTTP_HEAD, "/", &first[0], false},       {HTTP_POST, "/", NULL, true},
        {HTTP_GET, "/a/new", &first[1], false},     {HTTP_GET, "/a/12", &first[2], false},    {HTTP_POST, "/a/12", &first[3], false},
        {HTTP_OTHER, "/a/12", NULL, true},          {HTTP_GET, "/a/012", NULL, false},        {HTTP_GET, "/a/x", NULL, false},
        {HTTP_GET, "/a/-1", NULL, false},           {HTTP_GET, "/a/", NULL, false},           {HTTP_GET, "/a", NULL, false},
        {HTTP_GET, "/a/12/", NULL, false},          {HTTP_POST, "/a/1/b/2", &second[0], false}, {HTTP_GET, "/a/1/b/2", NULL, true},
        {HTTP_GET, "/w/福祉", &second[1], false},   {HTTP_GET, "/w/a/b", NULL, false},        {HTTP_GET, "/a/1234567890123456789", NULL, false},
        {HTTP_GET, "/a/0", &first[2], false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct request r = {.arena = a, .method = cases[i].method, .path = cases[i].path};
        bool other;
        const struct route *t = route_find(tables, &r, &other);
        if (t != cases[i].route || other != cases[i].other)
            test_fault(__FILE__, __LINE__, "%s: %s, other %d", cases[i].path, t != NULL ? t->pattern : "none", other);
    }
    struct request r = {.arena = a, .method = HTTP_POST, .path = "/a/31/b/7"};
    bool other;
    CHECK(route_find(tables, &r, &other) != NULL);
    CHECK_INT(r.param[0], 31);
    CHECK_INT(r.param[1], 7);
    CHECK(r.text_param == NULL);
    r = (struct request){.arena = a, .method = HTTP_GET, .path = "/w/福祉"};
    CHECK(route_find(tables, &r, &other) != NULL);
    CHECK_TEXT(r.text_param, "福祉");
}

TEST(cookies_and_headers)
{
    ARENA struct arena *a = arena_new();
    struct http_head h;
    const char *s = "GET / HTTP/1.1\r\nHost: a\r\nCookie: kyodo=abc; x=1;y=2\r\ncookie: z=3; kyodo=second\r\nAccept: x\r\n\r\n";
    CHECK_INT(http_parse_head(s, strlen(s), &h), 0);
    struct request r = {.arena = a, .head = &h};
    CHECK_TEXT(request_cookie(&r, "kyodo"), "abc");
    CHECK_TEXT(request_cookie(&r, "x"), "1");
    CHECK_TEXT(request_cookie(&r, "y"), "2");
    CHECK_TEXT(request_cookie(&r, "z"), "3");
    CHECK(request_cookie(&r, "kyod") == NULL && request_cookie(&r, "yodo") == NULL);
    CHECK_TEXT(request_header(&r, "accept"), "x");
    CHECK(request_header(&r, "absent") == NULL);
}

/* --- answers --- */

static const char *header_of(const struct response *w, const char *name)
{
    for (size_t i = 0; i < w->headers; i++)
        if (strcmp(w->header[i].name, name) == 0)
            return w->header[i].value;
    return NULL;
}

static const char *redirected(struct arena *a, const char *to)
{
    struct response w;
    response_init(&w, a);
    response_redirect(&w, to);
    CHECK_INT(w.status, 303);
    return header_of(&w, "Location");
}

TEST(headers_of_answers)
{
    ARENA struct arena *a = arena_new();
    struct response w;
    CHECK_TEXT(redirected(a, "/projects/1?a=b"), "/projects/1?a=b");
    CHECK_TEXT(redirected(a, "/search?q=福"), "/search?q=%E7%A6%8F");
    CHECK_TEXT(redirected(a, "//evil.example"), "/");
    CHECK_TEXT(redirected(a, "/\\evil.example"), "/");
    CHECK_TEXT(redirected(a, "https://evil.example"), "/");
    CHECK_TEXT(redirected(a, "/a\r\nSet-Cookie: x=1"), "/a%0D%0ASet-Cookie:%20x=1");
    response_init(&w, a);
    response_header(&w, "X-A", "1\r\nX-B: 2");
    CHECK_TEXT(header_of(&w, "X-A"), "1  X-B: 2");
    response_init(&w, a);
    response_cookie(&w, "__Host-kyodo", "abc", NONE);
    CHECK_TEXT(header_of(&w, "Set-Cookie"), "__Host-kyodo=abc; Path=/; HttpOnly; SameSite=Lax; Secure");
    response_init(&w, a);
    response_cookie(&w, "kyodo", "", 0);
    CHECK_TEXT(header_of(&w, "Set-Cookie"), "kyodo=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    response_init(&w, a);
    response_attachment(&w, "事業 一覧\".csv");
    CHECK_TEXT(header_of(&w, "Content-Disposition"),
               "attachment; filename=\"______.csv\"; filename*=UTF-8''%E4%BA%8B%E6%A5%AD%20%E4%B8%80%E8%A6%A7%22.csv");
}

TEST(bytes_of_answers)
{
    ARENA struct arena *a = arena_new();
    struct response w;
    struct sb out;
    response_init(&w, a);
    sb_add(&w.body, "hello");
    sb_init(&out, a);
    response_bytes(&w, true, true, &out);
    CHECK(strncmp(out.p, "HTTP/1.1 200 OK\r\n", 17) == 0);
    CHECK(strstr(out.p, "\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 5\r\n\r\nhello") != NULL);
    CHECK(strstr(out.p, "Content-Encoding") == NULL); /* too short to pay */
    sb_init(&out, a);
    response_head(&w, false, false, &out);
    CHECK(strstr(out.p, "Content-Length: 5\r\nConnection: close\r\n\r\n") != NULL && out.p[out.n - 1] == '\n');
    for (int i = 0; i < 1000; i++)
        sb_add(&w.body, "福祉");
    sb_init(&out, a);
    response_bytes(&w, true, true, &out);
    CHECK(strstr(out.p, "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n") != NULL && out.n < 1000);
    w.type = "image/png";
    sb_init(&out, a);
    response_bytes(&w, true, true, &out);
    CHECK(strstr(out.p, "Content-Encoding") == NULL && out.n > 6000);
}

TEST_MAIN
