/* Requests, responses, routes: what a handler sees. web/ knows neither database nor users: struct ctx is opaque here. */
#ifndef KYODO_WEB_WEB_H
#define KYODO_WEB_WEB_H

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"
#include "web/http.h"

struct ctx;

/* --- forms: application/x-www-form-urlencoded and multipart/form-data, and query strings --- */

struct form_value { const char *name, *value; }; /* cleaned (text_clean, lines kept); value NULL when empty */
struct form_file { const char *name, *filename, *type; const char *p; size_t n; };
struct form {
    struct form_value *v; size_t n;
    struct form_file *file; size_t files;
};
#define FORM_FIELDS_MAX 4000u
/* E_INPUT when a value is not UTF-8, E_TOO_LARGE past FORM_FIELDS_MAX; said in f. */
enum err form_parse_urlencoded(struct arena *a, const char *p, size_t n, struct form *out, struct failure *f);
enum err form_parse_multipart(struct arena *a, const char *type, const char *p, size_t n, struct form *out, struct failure *f);
const char *form_get(const struct form *f, const char *name);      /* first value; NULL: absent or empty */
bool form_has(const struct form *f, const char *name);             /* sent, even if empty */
size_t form_all(struct arena *a, const struct form *f, const char *name, const char ***values);
int64_t form_int(const struct form *f, const char *name);          /* NONE: absent or no number */
const struct form_file *form_file(const struct form *f, const char *name);

/* --- request --- */

struct request {
    struct arena *arena;
    const char *id;         /* request id, in logs and on error pages */
    enum http_method method;
    const char *path;       /* decoded, checked, without trailing slash but for "/" */
    const char *target;     /* as sent: path?query */
    const char *host;
    bool https;             /* X-Forwarded-Proto: https from a proxy on loopback or a Unix socket */
    struct form query;
    struct form form;       /* POST */
    struct slice body;
    const struct http_head *head;
    const char *peer;       /* address for the log */
    int64_t param[4];       /* :id in the pattern, decimal */
    const char *text_param; /* :name in the pattern; NULL when none */
};
const char *request_cookie(const struct request *r, const char *name); /* NULL: absent */
const char *request_header(const struct request *r, const char *name); /* copy; NULL: absent */

/* --- response --- */

struct header { const char *name, *value; };
struct response {
    struct arena *arena;
    int status;             /* 200 unless set */
    const char *type;       /* "text/html; charset=utf-8" unless set */
    struct sb body;
    struct header header[24]; size_t headers;
    int64_t valid_until;    /* page cache: instant after which it must be made again; NONE: tables alone decide */
    bool no_cache;          /* this page must never be shared */
    struct slice mapped;    /* response_file's */
};
void response_init(struct response *w, struct arena *a);
void response_header(struct response *w, const char *name, const char *value);
void response_redirect(struct response *w, const char *to); /* 303; `to` is a path of ours */
/* Set-Cookie with HttpOnly, SameSite=Lax, Path=/, and Secure where the name begins with __Host-. max_age 0: erase; NONE: session. */
void response_cookie(struct response *w, const char *name, const char *value, int64_t max_age);
/* Content-Disposition: attachment with an ASCII and a UTF-8 file name (RFC 6266). */
void response_attachment(struct response *w, const char *filename);
/* The body is a file, however long: it takes no memory of the request's. Takes the descriptor over. false: it cannot be mapped. */
bool response_file(struct response *w, int file, int64_t bytes);
/* Lets go of that file; done by the server when the answer has left, and by whoever makes another answer instead. */
void response_drop(struct response *w);

/* --- routes --- */

/* LANE_PASSWORD is a slow lane for logins and the like alone: they never wait behind an import. */
enum lane { LANE_READ, LANE_WRITE, LANE_SLOW, LANE_PASSWORD };
static inline bool lane_is_slow(enum lane l) { return l >= LANE_SLOW; } /* without a transaction; reads its forms itself */
typedef enum err handler(struct ctx *c, struct request *r, struct response *w);

struct route {
    enum http_method method;  /* GET serves HEAD too */
    const char *pattern;      /* "/organizations/:id", "/assets/:name" */
    uint32_t who;             /* roles as bits: core/user.h. 0 is refused at start */
    handler *run;
    enum lane lane;
    uint32_t flags;           /* ROUTE_… */
    uint32_t body_max;        /* bytes; 0: 64 KiB */
};
#define ROUTE_CACHE 1u        /* public page: may come from the page cache */
#define ROUTE_VIEW_LOG 2u     /* leaves a line in the view log, answered after its commit */
#define ROUTE_NO_CSRF 4u      /* a POST without session effects: none today */
#define ROUTE_FILE 8u         /* a list that is also given as a file: with ?format= it goes to the slow lane, there too in a read transaction */

/* The first route that fits; *allowed_other is true when only the method does not fit (405). Fills r->param, r->text_param. */
const struct route *route_find(const struct route *const *tables, struct request *r, bool *allowed_other);

/* --- escaping: what templates call --- */

void html_text(struct sb *o, const char *s);   /* & < > " ' ; NULL: nothing */
void html_int(struct sb *o, int64_t v);        /* NONE: nothing */
void html_size(struct sb *o, size_t v);
struct url { const char *s; };                 /* made only by the url_… functions */
void html_url(struct sb *o, struct url u);     /* for href, src, action; an empty one is "#" */
struct html { const char *s; };                /* already markup, made only in C code that escaped it */
void html_raw(struct sb *o, struct html h);
/* Between tags. */
#define HTML_OUT(o, x)                                                                              \
    _Generic((x), char *: html_text, const char *: html_text, struct url: html_url, struct html: html_raw, \
             unsigned long: html_size, unsigned long long: html_size, default: html_int)((o), (x))
/* Inside the quotes of an attribute: markup does not compile. */
#define HTML_ATTR(o, x)                                                                             \
    _Generic((x), char *: html_text, const char *: html_text, struct url: html_url,                 \
             unsigned long: html_size, unsigned long long: html_size, default: html_int)((o), (x))
/* Percent-encoding of everything but the unreserved characters of RFC 3986. */
void url_encode(struct sb *o, const char *s);
/* A path of ours with its query: url_path(a, "/projects/%lld", id). Knows %s (percent-encoded, NULL is empty), %d %u %ld %lu %lld %llu %zu, %%.
 * The format begins with '/' and not with "//". */
struct url url_path(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* u with name=value appended to its query. value NULL: every `name` is taken out of the query instead. */
struct url url_with(struct arena *a, struct url u, const char *name, const char *value);
/* An address that people typed, for a link out of here: only http and https, without blanks, quotes and control characters; else .s is NULL. */
struct url url_outside(struct arena *a, const char *typed);
/* A path from the request, e.g. to come back after the login: one of ours ("/…", no "//", no '\\', printable ASCII), else "/". */
struct url url_back(struct arena *a, const char *typed);

#endif
