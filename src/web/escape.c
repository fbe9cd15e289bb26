/* Escaping for HTML and URLs. Sources: WHATWG HTML 13.1.2.3 and 13.3 (what must be written as a character reference), RFC 3986 §2. */
#include "base/none.h"
#include "web/web.h"

#include <stdarg.h>

static const char *reference(unsigned char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    default: return "&#39;";
    }
}

/* Most texts are short and hold nothing of the kind: one table look-up a byte costs less than a search made for long ones. */
void html_text(struct sb *o, const char *s)
{
    static const bool stop[256] = {['\0'] = true, ['&'] = true, ['<'] = true, ['>'] = true, ['"'] = true, ['\''] = true};
    if (!s)
        return;
    for (;;) {
        const char *from = s;
        while (!stop[(unsigned char)*s])
            s++;
        sb_add_n(o, from, (size_t)(s - from));
        if (*s == '\0')
            return;
        sb_add(o, reference((unsigned char)*s++));
    }
}

void html_int(struct sb *o, int64_t v)
{
    if (v != NONE)
        sb_int(o, v);
}

void html_size(struct sb *o, size_t v)
{
    sb_printf(o, "%zu", v);
}

void html_url(struct sb *o, struct url u)
{
    html_text(o, u.s && *u.s ? u.s : "#");
}

void html_raw(struct sb *o, struct html h)
{
    sb_add(o, h.s);
}

static bool unreserved(unsigned char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

void url_encode(struct sb *o, const char *s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (; s && *s; s++) {
        unsigned char c = (unsigned char)*s;
        if (unreserved(c)) {
            sb_char(o, (char)c);
        } else {
            char t[3] = {'%', hex[c >> 4], hex[c & 15]};
            sb_add_n(o, t, 3);
        }
    }
}

/* A format of our own rather than vsnprintf, because %s is encoded. What it does not know is a fault of the program. */
struct url url_path(struct arena *a, const char *format, ...)
{
    struct sb b;
    va_list args;
    sb_init(&b, a);
    if (format[0] != '/' || format[1] == '/')
        abort();
    va_start(args, format);
    for (const char *p = format; *p; p++) {
        if (*p != '%') {
            const char *end = strchrnul(p, '%');
            sb_add_n(&b, p, (size_t)(end - p));
            p = end - 1;
            continue;
        }
        int longs = 0;
        bool size = false;
        for (p++; *p == 'l' || *p == 'z'; p++) {
            longs += *p == 'l';
            size |= *p == 'z';
        }
        switch (*p) {
        case '%': sb_char(&b, '%'); break;
        case 's': url_encode(&b, va_arg(args, const char *)); break;
        case 'd':
            sb_int(&b, longs == 2 ? va_arg(args, long long) : longs == 1 ? va_arg(args, long) : va_arg(args, int));
            break;
        case 'u':
            if (size)
                sb_printf(&b, "%zu", va_arg(args, size_t));
            else if (longs == 2)
                sb_printf(&b, "%llu", va_arg(args, unsigned long long));
            else if (longs == 1)
                sb_printf(&b, "%lu", va_arg(args, unsigned long));
            else
                sb_printf(&b, "%u", va_arg(args, unsigned));
            break;
        default: abort();
        }
    }
    va_end(args);
    return (struct url){sb_str(&b)};
}

static bool is_name(const char *piece, size_t n, const char *encoded)
{
    size_t l = strlen(encoded);
    return n >= l && memcmp(piece, encoded, l) == 0 && (n == l || piece[l] == '=');
}

struct url url_with(struct arena *a, struct url u, const char *name, const char *value)
{
    struct sb b, key;
    const char *s = u.s ? u.s : "/", *fragment = s + strcspn(s, "#"), *query = memchr(s, '?', (size_t)(fragment - s));
    sb_init(&b, a);
    sb_init(&key, a);
    url_encode(&key, name);
    sb_add_n(&b, s, (size_t)((query ? query : fragment) - s));
    char join = '?';
    for (const char *p = query; p && p < fragment;) {
        const char *piece = p + 1, *end = piece;
        while (end < fragment && *end != '&')
            end++;
        if (end > piece && (value || !is_name(piece, (size_t)(end - piece), sb_str(&key)))) {
            sb_char(&b, join);
            sb_add_n(&b, piece, (size_t)(end - piece));
            join = '&';
        }
        p = end;
    }
    if (value) {
        sb_char(&b, join);
        sb_add(&b, sb_str(&key));
        sb_char(&b, '=');
        url_encode(&b, value);
    }
    sb_add(&b, fragment);
    return (struct url){sb_str(&b)};
}

struct url url_outside(struct arena *a, const char *typed)
{
    if (!typed)
        return (struct url){0};
    size_t scheme = strncasecmp(typed, "https://", 8) == 0 ? 8 : strncasecmp(typed, "http://", 7) == 0 ? 7 : 0;
    if (!scheme || !typed[scheme] || typed[scheme] == '/')
        return (struct url){0};
    struct sb b;
    sb_init(&b, a);
    for (const char *p = typed; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c <= 0x20 || c == 0x7f || strchr("\"'<>\\^`{|}", c))
            return (struct url){0};
        if (c >= 0x80)
            sb_printf(&b, "%%%02X", c);
        else
            sb_char(&b, (char)c);
    }
    return (struct url){sb_str(&b)};
}

struct url url_back(struct arena *a, const char *typed)
{
    if (!typed || typed[0] != '/' || typed[1] == '/')
        return (struct url){"/"};
    for (const char *p = typed; *p; p++)
        if (*p <= 0x20 || *p == 0x7f || *p == '\\')
            return (struct url){"/"};
    return (struct url){arena_dup(a, typed)};
}
