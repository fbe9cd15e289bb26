/* What is fuzzed: each target takes any bytes and ends the process when a promise is broken. Built for libFuzzer with clang
 * (meson setup build/fuzz -Dfuzz=true, CC=clang); inputs that once broke something are kept in kept/ and replayed by test_kept. */
#ifndef KYODO_TESTS_FUZZ_TARGETS_H
#define KYODO_TESTS_FUZZ_TARGETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "web/server.h"

#define PROMISE(cond)                                                         \
    do {                                                                      \
        if (!(cond)) {                                                        \
            fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #cond); \
            abort();                                                          \
        }                                                                     \
    } while (0)

static bool fuzz_within(struct slice s, const char *p, size_t n)
{
    return s.p == NULL ? s.n == 0 : s.p >= p && s.p + s.n <= p + n;
}

static int64_t fuzz_limit(void *self, struct request *r)
{
    (void)self, (void)r;
    return 4096;
}

static bool fuzz_at_once(void *self, struct exchange *x, enum lane *lane)
{
    const struct request *r = exchange_request(x);
    (void)self;
    PROMISE(r->path[0] == '/' && text_utf8_ok(r->path, strlen(r->path)));
    PROMISE(strstr(r->path, "/../") == NULL);
    PROMISE(r->body.n <= 4096);
    request_cookie(r, "kyodo");
    *lane = LANE_READ;
    return false;
}

static void fuzz_run(void *self, void *worker, struct exchange *x)
{
    const struct request *r = exchange_request(x);
    (void)self, (void)worker;
    PROMISE(r->query.n + r->form.n + r->form.files <= 2 * FORM_FIELDS_MAX);
    sb_add(&exchange_response(x)->body, "ok");
}

/* Requests: the head, cut where its last byte says, then the whole way to an answer. */
__attribute__((unused)) static void fuzz_request(const uint8_t *data, size_t n)
{
    const char *p = (const char *)data;
    struct http_head h, cut;
    int whole = http_parse_head(p, n, &h);
    PROMISE(whole >= -1 && (whole <= 0 || whole >= 400));
    size_t at = n > 0 ? data[n - 1] * n / 256 : 0;
    int part = http_parse_head(p, at, &cut);
    PROMISE(part == -1 || part == whole);
    if (whole == 0) {
        PROMISE(h.size <= n && h.size <= HTTP_HEAD_MAX && h.fields <= HTTP_FIELDS_MAX);
        PROMISE(part == -1 || cut.size == h.size);
        PROMISE(!(h.chunked && h.has_length));
        PROMISE(fuzz_within(h.target, p, h.size) && fuzz_within(h.path, p, h.size) && fuzz_within(h.query, p, h.size));
        for (size_t i = 0; i < h.fields; i++)
            PROMISE(fuzz_within(h.field[i].name, p, h.size) && fuzz_within(h.field[i].value, p, h.size));
    }
    const struct server_app app = {.body_limit = fuzz_limit, .at_once = fuzz_at_once, .run = fuzz_run};
    struct arena *a = arena_new();
    size_t answer_n;
    const char *answer = server_answer(&app, NULL, a, p, n, &answer_n);
    PROMISE(answer_n > 12 && memcmp(answer, "HTTP/1.1 ", 9) == 0);
    PROMISE(whole == 0 || strncmp(answer + 9, "200", 3) != 0);
    arena_free(a);
}

/* Chunks, whole and in two pieces. */
__attribute__((unused)) static void fuzz_chunks(const uint8_t *data, size_t n)
{
    const char *p = (const char *)data;
    char out[512], again[512];
    size_t used, got, used_part, got_part, used_rest, got_rest;
    bool complete, complete_part;
    int whole = http_parse_chunked(p, n, out, sizeof out, &used, &got, &complete);
    PROMISE(used <= n && got <= sizeof out && complete == (whole == 0));
    size_t at = n > 0 ? data[n - 1] * n / 256 : 0;
    int part = http_parse_chunked(p, at, again, sizeof again, &used_part, &got_part, &complete_part);
    PROMISE(part == -1 || part == whole);
    if (part == -1) {
        int rest = http_parse_chunked(p + used_part, n - used_part, again + got_part, sizeof again - got_part, &used_rest, &got_rest, &complete_part);
        PROMISE(rest == whole);
        PROMISE(whole > 0 || (used == used_part + used_rest && got == got_part + got_rest && memcmp(out, again, got) == 0));
    }
}

/* Forms: the first line is the content type of a multipart body, or there is none and it is urlencoded. */
__attribute__((unused)) static void fuzz_form(const uint8_t *data, size_t n)
{
    const char *p = (const char *)data, *line = memchr(p, '\n', n);
    struct arena *a = arena_new();
    struct failure f;
    struct form form;
    failure_init(&f, a);
    enum err e;
    if (line != NULL)
        e = form_parse_multipart(a, arena_dup_n(a, p, (size_t)(line - p)), line + 1, n - (size_t)(line - p) - 1, &form, &f);
    else
        e = form_parse_urlencoded(a, p, n, &form, &f);
    PROMISE(e == OK || e == E_INPUT || e == E_TOO_LARGE);
    PROMISE((e == OK) == (f.message == NULL));
    for (size_t i = 0; e == OK && i < form.n; i++) {
        PROMISE(form.v[i].name[0] != '\0' && text_utf8_ok(form.v[i].name, strlen(form.v[i].name)));
        PROMISE(form.v[i].value == NULL || (form.v[i].value[0] != '\0' && text_utf8_ok(form.v[i].value, strlen(form.v[i].value))));
    }
    for (size_t i = 0; e == OK && i < form.files; i++)
        PROMISE(fuzz_within((struct slice){form.file[i].p, form.file[i].n}, p, n));
    arena_free(a);
}

#endif
