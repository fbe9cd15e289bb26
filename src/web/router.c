/* Routes, and what a request says of itself. */
#include "web/web.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

/* A decimal number as we write it ourselves: no sign, no leading zero. */
static bool segment_number(const char *s, size_t n, int64_t *out)
{
    int64_t v = 0;
    if (n == 0 || n > 18 || (n > 1 && s[0] == '0'))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        v = v * 10 + (s[i] - '0');
    }
    *out = v;
    return true;
}

static bool fits(const char *pattern, const char *path, struct request *r)
{
    size_t numbers = 0;
    while (*pattern != '\0' && *path != '\0') {
        if (*pattern != ':') {
            if (*pattern++ != *path++)
                return false;
            continue;
        }
        size_t name_n = strcspn(pattern, "/"), value_n = strcspn(path, "/");
        if (name_n == 5 && memcmp(pattern, ":name", 5) == 0) {
            if (value_n == 0)
                return false;
            r->text_param = arena_dup_n(r->arena, path, value_n);
        } else {
            if (numbers == sizeof r->param / sizeof *r->param || !segment_number(path, value_n, &r->param[numbers]))
                return false;
            numbers++;
        }
        pattern += name_n;
        path += value_n;
    }
    return *pattern == '\0' && *path == '\0';
}

const struct route *route_find(const struct route *const *tables, struct request *r, bool *allowed_other)
{
    enum http_method method = r->method == HTTP_HEAD ? HTTP_GET : r->method;
    *allowed_other = false;
    for (; *tables != NULL; tables++) {
        for (const struct route *t = *tables; t->pattern != NULL; t++) {
            r->text_param = NULL;
            memset(r->param, 0, sizeof r->param);
            if (!fits(t->pattern, r->path, r))
                continue;
            if (t->method == method) {
                *allowed_other = false;
                return t;
            }
            *allowed_other = true;
        }
    }
    return NULL;
}

const char *request_header(const struct request *r, const char *name)
{
    struct slice s = http_field(r->head, name);
    return s.p == NULL ? NULL : arena_dup_n(r->arena, s.p, s.n);
}

const char *request_cookie(const struct request *r, const char *name)
{
    size_t name_n = strlen(name);
    for (size_t i = 0; i < r->head->fields; i++) {
        struct slice f = r->head->field[i].name, v = r->head->field[i].value;
        if (f.n != 6 || strncasecmp(f.p, "cookie", 6) != 0)
            continue;
        while (v.n > 0) {
            const char *semicolon = memchr(v.p, ';', v.n);
            struct slice pair = {v.p, semicolon != NULL ? (size_t)(semicolon - v.p) : v.n};
            size_t gone = pair.n + (semicolon != NULL);
            v = (struct slice){v.p + gone, v.n - gone};
            while (pair.n > 0 && (pair.p[0] == ' ' || pair.p[0] == '\t'))
                pair = (struct slice){pair.p + 1, pair.n - 1};
            if (pair.n > name_n && memcmp(pair.p, name, name_n) == 0 && pair.p[name_n] == '=')
                return arena_dup_n(r->arena, pair.p + name_n + 1, pair.n - name_n - 1);
        }
    }
    return NULL;
}
