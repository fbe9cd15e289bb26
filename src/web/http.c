/* The parser. It reads from the first byte to the last and stops at the first fault, so that a request cut anywhere
 * gives "more" or the verdict of the whole: nothing is decided by what has not come yet. */
#include "web/http.h"

#include <string.h>

#include "base/text.h"

enum {
    LINE_MAX_REQUEST = 8 * 1024, /* past it: 414 */
    METHOD_MAX = 32,
    LENGTH_DIGITS_MAX = 18,
    CHUNK_DIGITS_MAX = 15,
    CHUNK_EXTENSION_MAX = 256,
    TRAILER_MAX = 4 * 1024,
    TRAILER_FIELDS_MAX = 16
};
enum { MORE = -1, BAD = 400, TOO_LARGE = 413, TARGET_TOO_LONG = 414, EXPECTATION = 417, FIELDS_TOO_LARGE = 431, NOT_IMPLEMENTED = 501, BAD_VERSION = 505 };

static bool is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
static bool is_alpha(unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static unsigned char lower(unsigned char c) { return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c; }

static int hex_value(unsigned char c)
{
    if (is_digit(c))
        return c - '0';
    c = lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* RFC 9110 §5.6.2 */
static bool is_token_char(unsigned char c)
{
    return is_digit(c) || is_alpha(c) || (c != 0 && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static bool is_token(struct slice s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_token_char((unsigned char)s.p[i]))
            return false;
    return s.n > 0;
}

static bool same(struct slice s, const char *word)
{
    size_t n = strlen(word);
    if (s.n != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (lower((unsigned char)s.p[i]) != lower((unsigned char)word[i]))
            return false;
    return true;
}

static struct slice trimmed(struct slice s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = (struct slice){s.p + 1, s.n - 1};
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

/* The next element of a comma list; false at the end. */
static bool list_next(struct slice *rest, struct slice *element)
{
    if (rest->p == NULL)
        return false;
    const char *comma = memchr(rest->p, ',', rest->n);
    if (comma == NULL) {
        *element = trimmed(*rest);
        rest->p = NULL;
    } else {
        size_t n = (size_t)(comma - rest->p);
        *element = trimmed((struct slice){rest->p, n});
        *rest = (struct slice){comma + 1, rest->n - n - 1};
    }
    return true;
}

/* One line from *at, ended by CRLF, in a section of at most `section_max` bytes of p, the line at most `line_max`. 0, MORE or a fault; *at moves behind it. */
static int read_line(const char *p, size_t n, size_t *at, size_t section_max, size_t line_max, int too_long, struct slice *line)
{
    size_t from = *at;
    for (size_t i = from;; i++) {
        if (i - from > line_max)
            return too_long;
        if (i >= section_max)
            return FIELDS_TOO_LARGE;
        if (i >= n)
            return MORE;
        unsigned char c = (unsigned char)p[i];
        if (c == '\r') {
            if (i + 1 >= section_max)
                return FIELDS_TOO_LARGE;
            if (i + 1 >= n)
                return MORE;
            if (p[i + 1] != '\n')
                return BAD;
            *line = (struct slice){p + from, i - from};
            *at = i + 2;
            return 0;
        }
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return BAD;
    }
}

/* --- request line --- */

static bool is_path_char(unsigned char c) /* pchar without '%', and '/' */
{
    return is_digit(c) || is_alpha(c) || (c != 0 && strchr("-._~!$&'()*+,;=:@/", c) != NULL);
}

/* Decoded it must be UTF-8 without control characters; an encoded separator or a dot segment means one thing here and another in a proxy. */
static bool path_ok(struct slice s)
{
    char decoded[LINE_MAX_REQUEST];
    size_t n = 0;
    decoded[0] = '\0';
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '%') {
            int high = i + 2 < s.n ? hex_value((unsigned char)s.p[i + 1]) : -1;
            int low = i + 2 < s.n ? hex_value((unsigned char)s.p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (unsigned char)(high * 16 + low);
            i += 2;
            if (c < 0x20 || c == 0x7f || c == '/' || c == '\\')
                return false;
        } else if (!is_path_char(c)) {
            return false;
        }
        if (n == sizeof decoded)
            return false;
        decoded[n++] = (char)c;
    }
    if (!text_utf8_ok(decoded, n))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (decoded[i] != '/')
            continue;
        size_t dots = 0;
        while (i + 1 + dots < n && decoded[i + 1 + dots] == '.')
            dots++;
        if (dots >= 1 && dots <= 2 && (i + 1 + dots == n || decoded[i + 1 + dots] == '/'))
            return false;
    }
    return true;
}

static bool query_ok(struct slice s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == '%') {
            if (i + 2 >= s.n || hex_value((unsigned char)s.p[i + 1]) < 0 || hex_value((unsigned char)s.p[i + 2]) < 0)
                return false;
            i += 2;
        } else if (!is_path_char(c) && c != '?') {
            return false;
        }
    }
    return true;
}

static int read_version(struct slice s, bool *http10)
{
    if (s.n != 8 || memcmp(s.p, "HTTP/", 5) != 0 || !is_digit((unsigned char)s.p[5]) || s.p[6] != '.' || !is_digit((unsigned char)s.p[7]))
        return BAD;
    if (s.p[5] != '1' || (s.p[7] != '0' && s.p[7] != '1'))
        return BAD_VERSION;
    *http10 = s.p[7] == '0';
    return 0;
}

static int read_request_line(struct slice line, struct http_head *h)
{
    const char *space = memchr(line.p, ' ', line.n);
    if (space == NULL)
        return BAD;
    h->method_name = (struct slice){line.p, (size_t)(space - line.p)};
    struct slice rest = {space + 1, line.n - h->method_name.n - 1};
    space = memchr(rest.p, ' ', rest.n);
    if (space == NULL || h->method_name.n > METHOD_MAX || !is_token(h->method_name))
        return BAD;
    h->target = (struct slice){rest.p, (size_t)(space - rest.p)};
    int status = read_version((struct slice){space + 1, rest.n - h->target.n - 1}, &h->http10);
    if (status != 0)
        return status;
    /* Origin-form alone: absolute-form would carry a second host, the others are for proxies. */
    if (h->target.n == 0 || h->target.p[0] != '/')
        return BAD;
    const char *question = memchr(h->target.p, '?', h->target.n);
    h->path = h->target;
    h->query = (struct slice){h->target.p + h->target.n, 0};
    if (question != NULL) {
        h->path.n = (size_t)(question - h->target.p);
        h->query = (struct slice){question + 1, h->target.n - h->path.n - 1};
    }
    if (!path_ok(h->path) || !query_ok(h->query))
        return BAD;
    /* Methods are compared with their case: "get" is another method. */
    h->method = HTTP_OTHER;
    if (h->method_name.n == 3 && memcmp(h->method_name.p, "GET", 3) == 0)
        h->method = HTTP_GET;
    else if (h->method_name.n == 4 && memcmp(h->method_name.p, "HEAD", 4) == 0)
        h->method = HTTP_HEAD;
    else if (h->method_name.n == 4 && memcmp(h->method_name.p, "POST", 4) == 0)
        h->method = HTTP_POST;
    return 0;
}

/* --- fields --- */

static int read_field(struct slice line, struct http_field *out)
{
    const char *colon = memchr(line.p, ':', line.n); /* obs-fold and "Name :" fail as names */
    if (colon == NULL)
        return BAD;
    out->name = (struct slice){line.p, (size_t)(colon - line.p)};
    out->value = trimmed((struct slice){colon + 1, line.n - out->name.n - 1});
    return is_token(out->name) ? 0 : BAD;
}

static bool host_ok(struct slice s)
{
    size_t i = 0;
    if (s.n > 0 && s.p[0] == '[') {
        for (i = 1; i < s.n && (hex_value((unsigned char)s.p[i]) >= 0 || s.p[i] == ':' || s.p[i] == '.'); i++)
            ;
        if (i == 1 || i >= s.n || s.p[i] != ']')
            return false;
        i++;
    } else {
        while (i < s.n && (is_digit((unsigned char)s.p[i]) || is_alpha((unsigned char)s.p[i]) || s.p[i] == '.' || s.p[i] == '-' || s.p[i] == '_'))
            i++;
        if (i == 0)
            return false;
    }
    if (i == s.n)
        return true;
    if (s.p[i] != ':' || s.n - i - 1 < 1 || s.n - i - 1 > 5)
        return false;
    for (i++; i < s.n; i++)
        if (!is_digit((unsigned char)s.p[i]))
            return false;
    return true;
}

static bool read_length(struct slice s, uint64_t *out)
{
    uint64_t v = 0;
    if (s.n == 0 || s.n > LENGTH_DIGITS_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        if (!is_digit((unsigned char)s.p[i]))
            return false;
        v = v * 10 + (uint64_t)(s.p[i] - '0');
    }
    *out = v;
    return true;
}

/* RFC 9112 §6.1: chunked stands last and once. */
static int read_transfer_encoding(struct slice value)
{
    bool unknown = false, chunked = false;
    struct slice element;
    while (list_next(&value, &element)) {
        if (!is_token(element) || chunked)
            return BAD;
        if (same(element, "chunked"))
            chunked = true;
        else
            unknown = true;
    }
    return unknown ? NOT_IMPLEMENTED : 0;
}

/* Fields that may stand once: two of them are two opinions. */
static bool fields_single(const struct http_head *h)
{
    static const char *const single[] = {"host", "content-length", "transfer-encoding", "content-type", "expect", "origin"};
    for (size_t k = 0; k < sizeof single / sizeof *single; k++) {
        size_t n = 0;
        for (size_t i = 0; i < h->fields; i++)
            n += same(h->field[i].name, single[k]);
        if (n > 1)
            return false;
    }
    return true;
}

/* What the fields mean together. Every 400 comes before the 501 and the 417. */
static int read_meaning(struct http_head *h)
{
    if (!fields_single(h) || !host_ok(http_field(h, "host"))) /* HTTP/1.0 may leave Host out; we answer for names */
        return BAD;
    struct slice length = http_field(h, "content-length"), coding = http_field(h, "transfer-encoding");
    h->has_length = length.p != NULL;
    h->chunked = coding.p != NULL;
    if (h->has_length && (h->chunked || !read_length(length, &h->content_length)))
        return BAD;
    if (h->chunked && h->http10)
        return BAD;
    /* A body where none has a meaning is how requests are smuggled (RFC 9110 §9.3.1). */
    if ((h->method == HTTP_GET || h->method == HTTP_HEAD) && (h->chunked || h->content_length > 0))
        return BAD;
    h->keep_alive = !h->http10;
    for (size_t i = 0; i < h->fields; i++) {
        struct slice rest = h->field[i].value, element;
        if (same(h->field[i].name, "connection"))
            while (list_next(&rest, &element))
                if (same(element, "close"))
                    h->keep_alive = false;
    }
    if (h->chunked) {
        int status = read_transfer_encoding(coding);
        if (status != 0)
            return status;
    }
    struct slice expect = http_field(h, "expect");
    if (expect.p != NULL && !h->http10) {
        if (!same(expect, "100-continue"))
            return EXPECTATION;
        h->expect_continue = true;
    }
    return 0;
}

int http_parse_head(const char *p, size_t n, struct http_head *out)
{
    *out = (struct http_head){0};
    size_t at = 0;
    /* One empty line before a request: old clients end a body so (RFC 9112 §2.2). */
    if (n > 0 && p[0] == '\r') {
        if (n < 2)
            return MORE;
        if (p[1] != '\n')
            return BAD;
        at = 2;
    }
    struct slice line;
    int status = read_line(p, n, &at, HTTP_HEAD_MAX, LINE_MAX_REQUEST, TARGET_TOO_LONG, &line);
    if (status == 0)
        status = read_request_line(line, out);
    if (status != 0)
        return status;
    for (;;) {
        status = read_line(p, n, &at, HTTP_HEAD_MAX, HTTP_HEAD_MAX, FIELDS_TOO_LARGE, &line);
        if (status != 0)
            return status;
        if (line.n == 0)
            break;
        if (out->fields == HTTP_FIELDS_MAX)
            return FIELDS_TOO_LARGE;
        status = read_field(line, &out->field[out->fields]);
        if (status != 0)
            return status;
        out->fields++;
    }
    out->size = at;
    return read_meaning(out);
}

struct slice http_field(const struct http_head *h, const char *name)
{
    for (size_t i = 0; i < h->fields; i++)
        if (same(h->field[i].name, name))
            return h->field[i].value;
    return (struct slice){NULL, 0};
}

/* --- chunked bodies --- */

/* *( ";" token [ "=" ( token / quoted-string ) ] ), without the blanks that the grammar calls bad. */
static bool extensions_ok(struct slice s)
{
    size_t i = 0;
    while (i < s.n) {
        if (s.p[i++] != ';')
            return false;
        size_t from = i;
        while (i < s.n && is_token_char((unsigned char)s.p[i]))
            i++;
        if (i == from)
            return false;
        if (i == s.n || s.p[i] != '=')
            continue;
        from = ++i;
        if (i < s.n && s.p[i] == '"') {
            for (i++; i < s.n && s.p[i] != '"'; i++)
                if (s.p[i] == '\\' && ++i == s.n)
                    return false;
            if (i == s.n)
                return false;
            i++;
        } else {
            while (i < s.n && is_token_char((unsigned char)s.p[i]))
                i++;
            if (i == from)
                return false;
        }
    }
    return true;
}

static int read_chunk_size(struct slice line, uint64_t *size)
{
    uint64_t v = 0;
    size_t i = 0;
    for (; i < line.n && hex_value((unsigned char)line.p[i]) >= 0; i++) {
        if (i == CHUNK_DIGITS_MAX)
            return BAD;
        v = v * 16 + (uint64_t)hex_value((unsigned char)line.p[i]);
    }
    if (i == 0 || !extensions_ok((struct slice){line.p + i, line.n - i}))
        return BAD;
    *size = v;
    return 0;
}

/* Trailer fields are checked and thrown away; those that speak of framing or routing have no place there. */
static int read_trailers(const char *p, size_t n, size_t *at)
{
    size_t end = *at + TRAILER_MAX;
    for (size_t fields = 0;; fields++) {
        struct slice line;
        struct http_field field;
        int status = read_line(p, n, at, end, TRAILER_MAX, FIELDS_TOO_LARGE, &line);
        if (status != 0 || line.n == 0)
            return status;
        if (fields == TRAILER_FIELDS_MAX)
            return FIELDS_TOO_LARGE;
        status = read_field(line, &field);
        if (status != 0)
            return status;
        if (same(field.name, "content-length") || same(field.name, "transfer-encoding") || same(field.name, "host"))
            return BAD;
    }
}

int http_parse_chunked(const char *p, size_t n, char *out, size_t cap, size_t *used, size_t *got, bool *complete)
{
    *used = 0;
    *got = 0;
    *complete = false;
    for (;;) {
        size_t at = *used;
        uint64_t size;
        struct slice line;
        int status = read_line(p, n, &at, SIZE_MAX, CHUNK_DIGITS_MAX + CHUNK_EXTENSION_MAX, BAD, &line);
        if (status == 0)
            status = read_chunk_size(line, &size);
        if (status != 0)
            return status;
        if (size == 0) {
            status = read_trailers(p, n, &at);
            if (status != 0)
                return status;
            *used = at;
            *complete = true;
            return 0;
        }
        if (size > cap - *got)
            return TOO_LARGE;
        size_t here = (size_t)size;
        if (n - at > here && p[at + here] != '\r')
            return BAD;
        if (n - at > here + 1 && p[at + here + 1] != '\n')
            return BAD;
        if (n - at < here + 2)
            return MORE;
        memcpy(out + *got, p + at, here);
        *got += here;
        *used = at + here + 2;
    }
}
