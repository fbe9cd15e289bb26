/* HTTP/1.1 messages: the parser is a pure function over const bytes. Source: RFC 9112, RFC 9110.
 *
 * Allow-list: what the grammar does not name is refused. A framing fault is 400 (501 for a transfer coding other than chunked)
 * and the connection is closed, before route, session or CSRF see anything.
 */
#ifndef KYODO_WEB_HTTP_H
#define KYODO_WEB_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_HEAD_MAX (16u * 1024u)
#define HTTP_FIELDS_MAX 64u

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_OTHER };

struct slice { const char *p; size_t n; };

struct http_field { struct slice name, value; };

struct http_head {
    enum http_method method;
    struct slice method_name, target, path, query; /* path still percent-encoded; query without '?' */
    struct http_field field[HTTP_FIELDS_MAX];
    size_t fields;
    bool http10, keep_alive, expect_continue, chunked;
    uint64_t content_length; /* 0 when none */
    bool has_length;
    size_t size; /* bytes of the head, with the empty line */
};

/* 0: head is complete; -1: more bytes needed; else the status to answer before closing (400, 414, 417, 431, 501, 505).
 * Of the target forms origin-form alone is taken. A GET or HEAD with a body is 400. HTTP/1.0 is never kept alive. */
int http_parse_head(const char *p, size_t n, struct http_head *out);
/* Chunked body: copies data into out (at most cap). Returns like http_parse_head; *used and *got tell how far; *complete at the last chunk.
 * 413 when cap is passed. Restartable: call again with more bytes, from the beginning or from *used (then with what stands behind *got of out):
 * *used lies between two chunks. A chunk is copied once it is whole. Trailers are checked and dropped. */
int http_parse_chunked(const char *p, size_t n, char *out, size_t cap, size_t *used, size_t *got, bool *complete);
/* Value of a field (name compared without case); {NULL, 0} when absent. */
struct slice http_field(const struct http_head *h, const char *name);

#endif
