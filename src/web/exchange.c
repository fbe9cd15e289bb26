/* One request under way: filled by the listener, answered by the application, sent by the listener. */
#include "web/server_parts.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct request *exchange_request(struct exchange *x) { return &x->request; }
struct response *exchange_response(struct exchange *x) { return &x->response; }
void **exchange_data(struct exchange *x) { return &x->data; }
int exchange_fault(const struct exchange *x) { return x->fault; }

void exchange_bytes(struct exchange *x, const char *p, size_t n, void (*release)(void *owner), void *owner)
{
    if (x->request.method == HTTP_HEAD) {
        const char *end = memmem(p, n, "\r\n\r\n", 4);
        n = (size_t)(end - p) + 4;
    }
    x->bytes = p;
    x->bytes_n = n;
    x->release = release;
    x->owner = owner;
}

struct exchange *exchange_new(void)
{
    struct exchange *x = calloc(1, sizeof *x);
    if (x == NULL)
        abort();
    x->arena = arena_new();
    return x;
}

void exchange_free(struct exchange *x)
{
    exchange_end(x);
    arena_free(x->arena);
    free(x);
}

/* Back to blank; memory stays for the next request. */
void exchange_end(struct exchange *x)
{
    if (x->release != NULL)
        x->release(x->owner);
    response_drop(&x->response);
    free(x->body);
    struct arena *a = x->arena;
    arena_reset(a);
    *x = (struct exchange){.arena = a};
}

void exchange_begin(struct exchange *x, const char *id)
{
    x->began = server_now_us();
    response_init(&x->response, x->arena);
    x->request = (struct request){.arena = x->arena, .head = &x->head, .id = id};
}

/* The path was checked by the parser. */
static const char *decoded(struct arena *a, struct slice s)
{
    char *out = arena_alloc(a, s.n + 1);
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%') {
            char hex[3] = {s.p[i + 1], s.p[i + 2], '\0'};
            c = (char)strtoul(hex, NULL, 16);
            i += 2;
        }
        out[n++] = c;
    }
    if (n > 1 && out[n - 1] == '/')
        n--;
    out[n] = '\0';
    return out;
}

/* Our proxy adds the address it saw as the last element; what stands before it anybody may have written. */
static const char *forwarded_for(struct exchange *x)
{
    struct slice s = http_field(&x->head, "x-forwarded-for");
    if (s.p == NULL)
        return NULL;
    const char *comma = memrchr(s.p, ',', s.n);
    const char *from = comma != NULL ? comma + 1 : s.p;
    const char *address = arena_dup_n(x->arena, from, s.n - (size_t)(from - s.p));
    address += strspn(address, " \t");
    unsigned char bytes[16];
    return inet_pton(AF_INET, address, bytes) == 1 || inet_pton(AF_INET6, address, bytes) == 1 ? address : NULL;
}

void exchange_fill(struct exchange *x, const char *peer, bool trusted)
{
    struct request *r = &x->request;
    const struct http_head *h = &x->head;
    r->method = h->method;
    r->path = decoded(x->arena, h->path);
    r->target = arena_dup_n(x->arena, h->target.p, h->target.n);
    struct slice host = http_field(h, "host");
    r->host = arena_dup_n(x->arena, host.p, host.n);
    r->peer = arena_dup(x->arena, peer);
    if (trusted) {
        struct slice proto = http_field(h, "x-forwarded-proto");
        r->https = proto.n == 5 && strncasecmp(proto.p, "https", 5) == 0;
        const char *address = forwarded_for(x);
        if (address != NULL)
            r->peer = address;
    }
}

bool exchange_read_forms(struct exchange *x)
{
    struct request *r = &x->request;
    struct failure f;
    failure_init(&f, x->arena);
    enum err e = form_parse_urlencoded(x->arena, x->head.query.p, x->head.query.n, &r->query, &f);
    if (e == OK && r->method == HTTP_POST && x->fault == 0) {
        const char *type = request_header(r, "content-type");
        if (type != NULL && strncasecmp(type, "multipart/form-data", 19) == 0)
            e = form_parse_multipart(x->arena, type, r->body.p, r->body.n, &r->form, &f);
        else if (type != NULL && strncasecmp(type, "application/x-www-form-urlencoded", 33) == 0)
            e = form_parse_urlencoded(x->arena, r->body.p, r->body.n, &r->form, &f);
    }
    if (e == OK)
        return true;
    exchange_plain(x, e == E_TOO_LARGE ? 413 : 400, f.message);
    return false;
}

/* A short answer that needs nothing from the application. It may load nothing and be shown in no frame. */
void exchange_plain(struct exchange *x, int status, const char *sentence)
{
    struct response *w = &x->response;
    response_init(w, x->arena);
    w->status = status;
    w->type = "text/plain; charset=utf-8";
    response_header(w, "Cache-Control", "no-store");
    response_header(w, "Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    response_header(w, "X-Content-Type-Options", "nosniff");
    response_header(w, "Referrer-Policy", "same-origin");
    if (status == 503)
        response_header(w, "Retry-After", "2");
    sb_printf(&w->body, "%s\n", sentence);
}

void exchange_bytes_ready(struct exchange *x)
{
    if (x->bytes != NULL)
        return;
    sb_init(&x->out, x->arena);
    struct slice body = response_head(&x->response, true, false, &x->out);
    x->bytes = x->out.p;
    x->bytes_n = x->out.n;
    if (x->request.method != HTTP_HEAD)
        x->rest = body;
}

/* --- without a connection --- */

static int take_whole(struct exchange *x, const struct server_app *app, const char *p, size_t n)
{
    int status = http_parse_head(p, n, &x->head);
    if (status != 0)
        return status < 0 ? 400 : status;
    exchange_fill(x, "test", true);
    p += x->head.size;
    n -= x->head.size;
    if (!x->head.chunked && x->head.content_length == 0)
        return 0;
    int64_t limit = app->body_limit(app->self, &x->request);
    if (limit < 0)
        return (int)-limit;
    if (x->head.content_length > (uint64_t)limit)
        return 413;
    char *body = arena_alloc(x->arena, n + 1);
    size_t used, got = (size_t)x->head.content_length;
    bool complete = n >= got;
    if (x->head.chunked)
        status = http_parse_chunked(p, n, body, (size_t)limit, &used, &got, &complete);
    else if (complete)
        memcpy(body, p, got);
    if (status > 0 || !complete)
        return status > 0 ? status : 400;
    x->request.body = (struct slice){body, got};
    return 0;
}

const char *server_answer(const struct server_app *app, void *worker, struct arena *a, const char *p, size_t n, size_t *answer_n)
{
    struct exchange *x = arena_make(a, struct exchange);
    x->arena = a;
    exchange_begin(x, "test");
    int status = take_whole(x, app, p, n);
    if (x->request.path != NULL && (status == 413 || status == 403)) {
        x->fault = status;
        status = 0;
    }
    if (status != 0)
        exchange_plain(x, status, "refused");
    else if (!app->at_once(app->self, x, &x->lane) && exchange_read_forms(x)) {
        if (x->lane == LANE_WRITE) {
            if (app->prepare != NULL)
                app->prepare(app->self, x);
            app->run_batch(app->self, worker, &x, 1);
        } else
            app->run(app->self, worker, x);
    }
    exchange_bytes_ready(x);
    char *answer = arena_alloc(a, x->bytes_n + x->rest.n + 1);
    memcpy(answer, x->bytes, x->bytes_n);
    if (x->rest.n > 0)
        memcpy(answer + x->bytes_n, x->rest.p, x->rest.n);
    *answer_n = x->bytes_n + x->rest.n;
    if (x->release != NULL)
        x->release(x->owner);
    response_drop(&x->response);
    return answer;
}
