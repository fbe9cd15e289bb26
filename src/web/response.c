/* Answers: headers made safe here, bytes made here. */
#include "web/web.h"

#include <assert.h>
#include <libdeflate.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/date.h"
#include "base/none.h"
#include "web/server.h"

enum { GZIP_LEAST = 700 }; /* about one packet: less gains nothing */

void response_init(struct response *w, struct arena *a)
{
    *w = (struct response){.arena = a, .status = 200, .type = "text/html; charset=utf-8", .valid_until = NONE};
    sb_init(&w->body, a);
}

/* A header's value never ends its line, whoever it came from. */
static const char *one_line(struct arena *a, const char *s)
{
    char *copy = arena_dup(a, s);
    for (char *c = copy; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    return copy;
}

void response_header(struct response *w, const char *name, const char *value)
{
    assert(w->headers < sizeof w->header / sizeof *w->header);
    w->header[w->headers++] = (struct header){name, one_line(w->arena, value)};
}

static void percent(struct sb *b, unsigned char c)
{
    sb_char(b, '%');
    sb_char(b, "0123456789ABCDEF"[c >> 4]);
    sb_char(b, "0123456789ABCDEF"[c & 15]);
}

void response_redirect(struct response *w, const char *to)
{
    /* "//host" and "/\host" lead out of here. */
    if (to[0] != '/' || to[1] == '/' || to[1] == '\\')
        to = "/";
    struct sb b;
    sb_init(&b, w->arena);
    for (const unsigned char *c = (const unsigned char *)to; *c != '\0'; c++) {
        if (*c <= 0x20 || *c >= 0x7f || *c == '"' || *c == '<' || *c == '>' || *c == '\\')
            percent(&b, *c);
        else
            sb_char(&b, (char)*c);
    }
    w->status = 303;
    response_header(w, "Location", sb_str(&b));
}

void response_cookie(struct response *w, const char *name, const char *value, int64_t max_age)
{
    struct sb b;
    sb_init(&b, w->arena);
    sb_printf(&b, "%s=%s; Path=/; HttpOnly; SameSite=Lax", name, value);
    if (max_age != NONE)
        sb_printf(&b, "; Max-Age=%lld", (long long)max_age);
    if (strncmp(name, "__Host-", 7) == 0)
        sb_add(&b, "; Secure");
    response_header(w, "Set-Cookie", sb_str(&b));
}

void response_attachment(struct response *w, const char *filename)
{
    struct sb ascii, full;
    sb_init(&ascii, w->arena);
    sb_init(&full, w->arena);
    for (const unsigned char *c = (const unsigned char *)filename; *c != '\0'; c++) {
        bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || strchr("-._", *c) != NULL;
        if (plain) {
            sb_char(&ascii, (char)*c);
            sb_char(&full, (char)*c);
        } else {
            if ((*c & 0xc0) != 0x80) /* one mark for a character, not for each of its bytes */
                sb_char(&ascii, '_');
            percent(&full, *c);
        }
    }
    response_header(w, "Content-Disposition", arena_printf(w->arena, "attachment; filename=\"%s\"; filename*=UTF-8''%s", sb_str(&ascii), sb_str(&full)));
}

bool response_file(struct response *w, int file, int64_t bytes)
{
    void *p = bytes > 0 ? mmap(NULL, (size_t)bytes, PROT_READ, MAP_PRIVATE, file, 0) : NULL;
    close(file);
    if (p == MAP_FAILED)
        return false;
    w->mapped = (struct slice){p, (size_t)bytes};
    return true;
}

void response_drop(struct response *w)
{
    if (w->mapped.p != NULL)
        munmap((void *)(uintptr_t)w->mapped.p, w->mapped.n);
    w->mapped = (struct slice){0};
}

static const char *reason(int status)
{
    switch (status) {
    case 200: return "OK";
    case 204: return "No Content";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 503: return "Service Unavailable";
    case 507: return "Insufficient Storage";
    case 505: return "HTTP Version Not Supported";
    default: return status < 400 ? "OK" : "Error";
    }
}

static bool compressible(const char *type)
{
    return strncmp(type, "text/", 5) == 0 || strncmp(type, "application/json", 16) == 0 || strncmp(type, "application/javascript", 22) == 0 ||
           strncmp(type, "application/geo+json", 20) == 0 || strncmp(type, "application/xml", 15) == 0 || strncmp(type, "application/atom+xml", 20) == 0 ||
           strncmp(type, "image/svg+xml", 13) == 0;
}

/* gzip with a header that says nothing of when or where, so that equal pages have equal bytes. NULL: it does not pay. */
static char *compress(struct arena *a, const char *p, size_t n, size_t *out_n)
{
    struct libdeflate_compressor *z = libdeflate_alloc_compressor(6);
    if (z == NULL)
        return NULL;
    size_t cap = libdeflate_gzip_compress_bound(z, n);
    char *out = arena_alloc(a, cap);
    *out_n = libdeflate_gzip_compress(z, p, n, out, cap);
    libdeflate_free_compressor(z);
    return *out_n > 0 && *out_n < n ? out : NULL;
}

struct slice response_head(const struct response *w, bool keep_alive, bool gzip, struct sb *out)
{
    const char *p = w->mapped.p != NULL ? w->mapped.p : w->body.p;
    size_t n = w->mapped.p != NULL ? w->mapped.n : w->body.n;
    bool may = n >= GZIP_LEAST && compressible(w->type), packed = false;
    if (gzip && may) {
        size_t packed_n;
        char *z = compress(w->arena, p, n, &packed_n);
        if (z != NULL) {
            p = z;
            n = packed_n;
            packed = true;
        }
    }
    sb_printf(out, "HTTP/1.1 %d %s\r\n", w->status, reason(w->status));
    bool bodiless = w->status == 204 || w->status == 304;
    if (!bodiless) {
        if (w->status != 303 || n > 0)
            sb_printf(out, "Content-Type: %s\r\n", w->type);
        sb_printf(out, "Content-Length: %zu\r\n", n);
    }
    if (packed)
        sb_add(out, "Content-Encoding: gzip\r\n");
    if (may)
        sb_add(out, "Vary: Accept-Encoding\r\n");
    for (size_t i = 0; i < w->headers; i++) {
        sb_add(out, w->header[i].name);
        sb_add(out, ": ");
        sb_add(out, w->header[i].value);
        sb_add(out, "\r\n");
    }
    if (!keep_alive)
        sb_add(out, "Connection: close\r\n");
    sb_add(out, "\r\n");
    return bodiless ? (struct slice){0} : (struct slice){p, n};
}

void response_bytes(const struct response *w, bool keep_alive, bool gzip, struct sb *out)
{
    struct slice body = response_head(w, keep_alive, gzip, out);
    sb_add_n(out, body.p, body.n);
}
