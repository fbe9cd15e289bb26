/* Forms and query strings: everything typed comes through here once and is cleaned here once. */
#include "web/web.h"

#include <string.h>
#include <strings.h>

#include "base/none.h"
#include "base/text.h"

enum { PART_HEAD_MAX = 8 * 1024, BOUNDARY_MAX = 70 };

static const char not_utf8[] = "送られた文字が UTF-8 ではないため、受け取れません。";
static const char not_a_form[] = "送られたフォームの形が正しくないため、受け取れません。";

struct filling {
    struct arena *arena;
    struct form *form;
    size_t cap, file_cap;
    struct failure *fail;
};

static enum err too_many(struct filling *g)
{
    return fail_with(g->fail, E_TOO_LARGE, "入力欄が多すぎます(%uまで)。分けて送ってください。", FORM_FIELDS_MAX);
}

static enum err add_value(struct filling *g, const char *name, size_t name_n, const char *value, size_t value_n)
{
    bool name_ok, value_ok;
    const char *clean_name = text_clean(g->arena, name, name_n, true, &name_ok);
    const char *clean = text_clean(g->arena, value, value_n, false, &value_ok);
    if (!name_ok || !value_ok)
        return fail_with(g->fail, E_INPUT, "%s", not_utf8);
    if (clean_name == NULL)
        return OK;
    if (g->form->n + g->form->files >= FORM_FIELDS_MAX)
        return too_many(g);
    ARENA_PUSH(g->arena, g->form->v, g->form->n, g->cap) = (struct form_value){clean_name, clean};
    return OK;
}

/* --- application/x-www-form-urlencoded (WHATWG URL §5.1) --- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool decode(const char *p, size_t n, char *out, size_t *out_n)
{
    size_t to = 0;
    for (size_t i = 0; i < n; i++) {
        char c = p[i];
        if (c == '+') {
            c = ' ';
        } else if (c == '%') {
            int high = i + 2 < n ? hex_value(p[i + 1]) : -1, low = i + 2 < n ? hex_value(p[i + 2]) : -1;
            if (high < 0 || low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        out[to++] = c;
    }
    *out_n = to;
    return true;
}

enum err form_parse_urlencoded(struct arena *a, const char *p, size_t n, struct form *out, struct failure *f)
{
    *out = (struct form){0};
    struct filling g = {.arena = a, .form = out, .fail = f};
    char *buffer = n > 0 ? arena_alloc(a, n) : NULL;
    for (size_t i = 0; i < n;) {
        const char *ampersand = memchr(p + i, '&', n - i);
        size_t pair = ampersand != NULL ? (size_t)(ampersand - p) - i : n - i;
        if (pair > 0) {
            const char *equals = memchr(p + i, '=', pair);
            size_t name_n = equals != NULL ? (size_t)(equals - p) - i : pair, value_n = 0;
            const char *value = equals != NULL ? equals + 1 : p + i + pair;
            size_t value_raw = equals != NULL ? pair - name_n - 1 : 0;
            if (!decode(p + i, name_n, buffer, &name_n) || !decode(value, value_raw, buffer + name_n, &value_n))
                return fail_with(f, E_INPUT, "%s", not_a_form);
            TRY(add_value(&g, buffer, name_n, buffer + name_n, value_n));
        }
        i += pair + 1;
    }
    return OK;
}

/* --- multipart/form-data (RFC 7578, RFC 2046 §5.1) --- */

static bool boundary_char(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c != '\0' && strchr("'()+_,-./:=? ", c) != NULL);
}

/* A parameter of a header's value: name=token or name="quoted". Browsers write " as %22 and line ends as %0D%0A in a
 * name or file name (WHATWG HTML §4.10.21.8); others put a backslash before it. */
static const char *parameter(struct arena *a, const char *value, const char *name)
{
    size_t name_n = strlen(name);
    const char *s = value + strcspn(value, ";");
    while (*s == ';') {
        s++;
        s += strspn(s, " \t");
        bool ours = strncasecmp(s, name, name_n) == 0 && s[name_n] == '=';
        s += strcspn(s, "=;");
        if (*s != '=')
            continue;
        s++;
        struct sb b;
        sb_init(&b, a);
        if (*s == '"') {
            for (s++; *s != '"' && *s != '\0'; s++) {
                if (s[0] == '\\' && s[1] == '"')
                    s++;
                if (strncmp(s, "%22", 3) == 0) {
                    sb_char(&b, '"');
                    s += 2;
                } else if (strncmp(s, "%0D%0A", 6) == 0) {
                    sb_char(&b, ' ');
                    s += 5;
                } else {
                    sb_char(&b, *s);
                }
            }
            if (*s != '"')
                return NULL;
            s++;
            s += strspn(s, " \t");
        } else {
            size_t n = strcspn(s, "; \t");
            sb_add_n(&b, s, n);
            s += n;
            s += strspn(s, " \t");
        }
        if (ours)
            return sb_str(&b);
        if (*s != ';' && *s != '\0')
            return NULL;
    }
    return NULL;
}

/* The value of a header among a part's lines (ended by NUL); NULL: absent. */
static const char *part_header(struct arena *a, const char *head, const char *name)
{
    size_t name_n = strlen(name);
    for (const char *line = head; *line != '\0';) {
        size_t n = strcspn(line, "\r");
        if (n > name_n && strncasecmp(line, name, name_n) == 0 && line[name_n] == ':') {
            const char *value = line + name_n + 1;
            size_t value_n = n - name_n - 1, blanks = strspn(value, " \t");
            blanks = blanks < value_n ? blanks : value_n;
            return arena_dup_n(a, value + blanks, value_n - blanks);
        }
        line += n;
        line += strspn(line, "\r\n");
    }
    return NULL;
}

static enum err add_part(struct filling *g, const char *head, const char *p, size_t n)
{
    struct arena *a = g->arena;
    const char *disposition = part_header(a, head, "content-disposition");
    if (disposition == NULL || strncasecmp(disposition, "form-data", 9) != 0)
        return fail_with(g->fail, E_INPUT, "%s", not_a_form);
    const char *name = parameter(a, disposition, "name"), *filename = parameter(a, disposition, "filename");
    if (name == NULL)
        return fail_with(g->fail, E_INPUT, "%s", not_a_form);
    if (filename == NULL)
        return add_value(g, name, strlen(name), p, n);
    bool ok, filename_ok;
    const char *clean_name = text_clean(a, name, strlen(name), true, &ok);
    for (const char *s = filename; *s != '\0'; s++) /* some send the whole path */
        if (*s == '/' || *s == '\\')
            filename = s + 1;
    const char *clean_filename = text_clean(a, filename, strlen(filename), true, &filename_ok);
    if (!ok || !filename_ok)
        return fail_with(g->fail, E_INPUT, "%s", not_utf8);
    if (clean_name == NULL || (clean_filename == NULL && n == 0)) /* no file was chosen */
        return OK;
    if (g->form->n + g->form->files >= FORM_FIELDS_MAX)
        return too_many(g);
    const char *type = part_header(a, head, "content-type");
    ARENA_PUSH(a, g->form->file, g->form->files, g->file_cap) = (struct form_file){
        .name = clean_name, .filename = clean_filename != NULL ? clean_filename : "", .type = type != NULL ? type : "application/octet-stream", .p = p, .n = n};
    return OK;
}

enum err form_parse_multipart(struct arena *a, const char *type, const char *p, size_t n, struct form *out, struct failure *f)
{
    *out = (struct form){0};
    struct filling g = {.arena = a, .form = out, .fail = f};
    const char *boundary = parameter(a, type, "boundary");
    size_t boundary_n = boundary != NULL ? strlen(boundary) : 0;
    bool ok = boundary_n > 0 && boundary_n <= BOUNDARY_MAX;
    for (size_t i = 0; i < boundary_n; i++)
        ok = ok && boundary_char(boundary[i]);
    const char *delimiter = ok ? arena_printf(a, "\r\n--%s", boundary) : "";
    size_t delimiter_n = boundary_n + 4;
    /* Nothing stands before the first boundary (its CRLF belongs to the head). */
    if (!ok || n < delimiter_n - 2 || memcmp(p, delimiter + 2, delimiter_n - 2) != 0)
        return fail_with(f, E_INPUT, "%s", not_a_form);
    const char *s = p + delimiter_n - 2, *end = p + n;
    for (;;) {
        if (end - s >= 2 && memcmp(s, "--", 2) == 0)
            return OK;
        if (end - s < 2 || memcmp(s, "\r\n", 2) != 0)
            break;
        s += 2;
        const char *blank = memmem(s, (size_t)(end - s), "\r\n\r\n", 4);
        if (blank == NULL || blank - s > PART_HEAD_MAX || memchr(s, '\0', (size_t)(blank - s)) != NULL)
            break;
        const char *head = arena_dup_n(a, s, (size_t)(blank - s));
        s = blank + 4;
        /* An empty part's delimiter begins with the CRLF that ends its head. */
        const char *next = memmem(s - 2, (size_t)(end - s) + 2, delimiter, delimiter_n);
        if (next == NULL)
            break;
        TRY(add_part(&g, head, s, next > s ? (size_t)(next - s) : 0));
        s = next + delimiter_n;
    }
    return fail_with(f, E_INPUT, "%s", not_a_form);
}

/* --- reading --- */

static const struct form_value *find(const struct form *f, const char *name)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->v[i].name, name) == 0)
            return &f->v[i];
    return NULL;
}

const char *form_get(const struct form *f, const char *name)
{
    const struct form_value *v = find(f, name);
    return v != NULL ? v->value : NULL;
}

bool form_has(const struct form *f, const char *name)
{
    return find(f, name) != NULL;
}

size_t form_all(struct arena *a, const struct form *f, const char *name, const char ***values)
{
    size_t n = 0, cap = 0;
    *values = NULL;
    for (size_t i = 0; i < f->n; i++)
        if (f->v[i].value != NULL && strcmp(f->v[i].name, name) == 0)
            ARENA_PUSH(a, *values, n, cap) = f->v[i].value;
    return n;
}

int64_t form_int(const struct form *f, const char *name)
{
    const char *s = form_get(f, name);
    int64_t v;
    return s != NULL && text_parse_int(s, &v) ? v : NONE;
}

const struct form_file *form_file(const struct form *f, const char *name)
{
    for (size_t i = 0; i < f->files; i++)
        if (strcmp(f->file[i].name, name) == 0)
            return &f->file[i];
    return NULL;
}
