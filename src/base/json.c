#include "base/json.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/none.h"
#include "base/utf8.h"

#define DEPTH_MAX 64

/* ---- writer ---- */

void json_init(struct json *j, struct sb *out)
{
    *j = (struct json){.out = out};
    j->first[0] = true;
}

static void put_string(struct sb *o, const char *s)
{
    static const char hex[] = "0123456789abcdef";
    const char *end = s + strlen(s), *plain = s;
    sb_char(o, '"');
    while (s < end) {
        unsigned char c = (unsigned char)*s;
        if (c >= 0x20 && c < 0x80 && c != '"' && c != '\\' && c != '<') {
            s++;
            continue;
        }
        size_t n = 1;
        const char *instead = NULL;
        char escape[7] = {'\\', 'u', '0', '0', 0, 0, 0};
        if (c >= 0x80) {
            uint32_t cp;
            n = utf8_read(s, end, &cp);
            if (n) {
                s += n;
                continue;
            }
            n = 1;
            instead = "\xEF\xBF\xBD"; /* U+FFFD: the writer cannot make bad JSON of bad bytes */
        } else if (c == '"') {
            instead = "\\\"";
        } else if (c == '\\') {
            instead = "\\\\";
        } else if (c == '\n') {
            instead = "\\n";
        } else if (c == '\t') {
            instead = "\\t";
        } else if (c == '\r') {
            instead = "\\r";
        } else {
            escape[4] = hex[c >> 4];
            escape[5] = hex[c & 15];
            instead = escape;
        }
        sb_add_n(o, plain, (size_t)(s - plain));
        sb_add(o, instead);
        s += n;
        plain = s;
    }
    sb_add_n(o, plain, (size_t)(s - plain));
    sb_char(o, '"');
}

static void lead_in(struct json *j, const char *key)
{
    if (!j->first[j->depth])
        sb_char(j->out, ',');
    j->first[j->depth] = false;
    if (key) {
        put_string(j->out, key);
        sb_char(j->out, ':');
    }
}

static void open_with(struct json *j, const char *key, char c)
{
    lead_in(j, key);
    sb_char(j->out, c);
    j->depth++;
    assert(j->depth < sizeof j->first / sizeof *j->first);
    j->first[j->depth] = true;
}

void json_object(struct json *j, const char *key)
{
    open_with(j, key, '{');
}

void json_array(struct json *j, const char *key)
{
    open_with(j, key, '[');
}

void json_end(struct json *j, char close)
{
    assert(j->depth > 0 && (close == '}' || close == ']'));
    j->depth--;
    sb_char(j->out, close);
}

void json_text(struct json *j, const char *key, const char *s)
{
    lead_in(j, key);
    if (s)
        put_string(j->out, s);
    else
        sb_add(j->out, "null");
}

void json_int(struct json *j, const char *key, int64_t v)
{
    lead_in(j, key);
    if (v == NONE)
        sb_add(j->out, "null");
    else
        sb_int(j->out, v);
}

void json_milli(struct json *j, const char *key, int64_t v)
{
    lead_in(j, key);
    if (v == NONE) {
        sb_add(j->out, "null");
        return;
    }
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    if (v < 0)
        sb_char(j->out, '-');
    sb_int(j->out, (int64_t)(u / 1000));
    unsigned rest = (unsigned)(u % 1000);
    if (rest) {
        char places[4] = {(char)('0' + rest / 100), (char)('0' + rest / 10 % 10), (char)('0' + rest % 10), 0};
        size_t n = 3;
        while (places[n - 1] == '0')
            n--;
        sb_char(j->out, '.');
        sb_add_n(j->out, places, n);
    }
}

void json_bool(struct json *j, const char *key, bool v)
{
    lead_in(j, key);
    sb_add(j->out, v ? "true" : "false");
}

void json_raw(struct json *j, const char *key, const char *json_text)
{
    lead_in(j, key);
    sb_add(j->out, json_text ? json_text : "null");
}

/* ---- reader ---- */

struct reader {
    struct arena *arena;
    const char *start, *p, *end;
    struct failure *fail;
};

static enum err broken(struct reader *r, const char *what)
{
    size_t line = 1, column = 1;
    for (const char *p = r->start; p < r->p; p++) {
        if (*p == '\n') {
            line++;
            column = 1;
        } else if (((unsigned char)*p & 0xC0) != 0x80) {
            column++;
        }
    }
    return fail_with(r->fail, E_FORM, "JSONの%zu行目の%zu文字目が正しくありません。%s", line, column, what);
}

static void blanks(struct reader *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
        r->p++;
}

static bool hex4(struct reader *r, uint32_t *out)
{
    if (r->end - r->p < 4)
        return false;
    uint32_t v = 0;
    for (int i = 0; i < 4; i++) {
        char c = r->p[i];
        uint32_t d;
        if (c >= '0' && c <= '9')
            d = (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            d = (uint32_t)(c - 'a') + 10;
        else if (c >= 'A' && c <= 'F')
            d = (uint32_t)(c - 'A') + 10;
        else
            return false;
        v = v << 4 | d;
    }
    r->p += 4;
    *out = v;
    return true;
}

/* At the opening quote. An escape is never shorter than what it stands for, so the length as written is room enough. */
static enum err read_string(struct reader *r, const char **out)
{
    const char *q = ++r->p;
    while (q < r->end && *q != '"')
        q += *q == '\\' && q + 1 < r->end ? 2 : 1;
    if (q >= r->end) {
        r->p--;
        return broken(r, "文字列が閉じられていません。");
    }
    char *text = arena_alloc(r->arena, (size_t)(q - r->p) + 1);
    char *w = text;
    while (*r->p != '"') {
        unsigned char c = (unsigned char)*r->p;
        if (c < 0x20)
            return broken(r, "文字列の中に制御文字があります。");
        if (c >= 0x80) {
            uint32_t cp;
            size_t n = utf8_read(r->p, r->end, &cp);
            if (!n)
                return broken(r, "UTF-8として読めない文字があります。");
            memcpy(w, r->p, n);
            w += n;
            r->p += n;
            continue;
        }
        if (c != '\\') {
            *w++ = *r->p++;
            continue;
        }
        r->p++;
        static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
        const char *simple = *r->p ? strchr(from, *r->p) : NULL;
        if (simple) {
            *w++ = to[simple - from];
            r->p++;
            continue;
        }
        uint32_t cp, low;
        if (*r->p++ != 'u' || !hex4(r, &cp))
            return broken(r, "「\\」の後が正しくありません。");
        if (cp == 0)
            return broken(r, "NUL文字は使えません。");
        if (cp >= 0xD800 && cp < 0xDC00) {
            if (r->end - r->p < 6 || r->p[0] != '\\' || r->p[1] != 'u')
                return broken(r, "サロゲートの対がそろっていません。");
            r->p += 2;
            if (!hex4(r, &low) || low < 0xDC00 || low > 0xDFFF)
                return broken(r, "サロゲートの対がそろっていません。");
            cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
        } else if (cp >= 0xDC00 && cp < 0xE000) {
            return broken(r, "サロゲートの対がそろっていません。");
        }
        w += utf8_write(w, cp);
    }
    r->p++;
    *out = text;
    return OK;
}

static bool digit(const struct reader *r, const char *p)
{
    return p < r->end && *p >= '0' && *p <= '9';
}

static enum err read_number(struct reader *r, struct json_value *v)
{
    const char *p = r->p;
    bool whole = true;
    if (*p == '-')
        p++;
    if (!digit(r, p))
        return broken(r, "値を読めません。");
    if (*p == '0')
        p++;
    else
        while (digit(r, p))
            p++;
    if (p < r->end && *p == '.') {
        whole = false;
        p++;
        if (!digit(r, p))
            return broken(r, "小数点の後に数字がありません。");
        while (digit(r, p))
            p++;
    }
    if (p < r->end && (*p == 'e' || *p == 'E')) {
        whole = false;
        p++;
        if (p < r->end && (*p == '+' || *p == '-'))
            p++;
        if (!digit(r, p))
            return broken(r, "指数に数字がありません。");
        while (digit(r, p))
            p++;
    }
    v->text = arena_dup_n(r->arena, r->p, (size_t)(p - r->p));
    v->type = JSON_REAL;
    if (whole) {
        errno = 0;
        long long i = strtoll(v->text, NULL, 10);
        /* NONE is no number that a text may state; it stays readable as digits. */
        if (errno == 0 && i != NONE) {
            v->type = JSON_INT;
            v->i = i;
        }
    }
    r->p = p;
    return OK;
}

static bool word(struct reader *r, const char *w)
{
    size_t n = strlen(w);
    if ((size_t)(r->end - r->p) < n || memcmp(r->p, w, n) != 0)
        return false;
    r->p += n;
    return true;
}

static int by_key(const void *x, const void *y)
{
    const struct json_value *const *a = x, *const *b = y;
    return strcmp((*a)->key, (*b)->key);
}

/* A name that stands twice would be read differently by different readers. */
static enum err refuse_doubles(struct reader *r, const struct json_value *object)
{
    const struct json_value **list = arena_many(r->arena, const struct json_value *, object->n);
    size_t n = 0;
    for (const struct json_value *c = object->child; c; c = c->next)
        list[n++] = c;
    if (n > 1)
        qsort(list, n, sizeof *list, by_key);
    for (size_t i = 1; i < n; i++)
        if (strcmp(list[i - 1]->key, list[i]->key) == 0)
            return broken(r, arena_printf(r->arena, "「%s」が2回書かれています。", list[i]->key));
    return OK;
}

static enum err read_value(struct reader *r, struct json_value *v, int depth)
{
    blanks(r);
    if (r->p >= r->end)
        return broken(r, "途中で終わっています。");
    char c = *r->p;
    if (c == '"') {
        v->type = JSON_TEXT;
        return read_string(r, &v->text);
    }
    if (c != '{' && c != '[') {
        if (word(r, "null")) {
            v->type = JSON_NULL;
            return OK;
        }
        if (word(r, "true")) {
            v->type = JSON_BOOL;
            v->i = 1;
            return OK;
        }
        if (word(r, "false")) {
            v->type = JSON_BOOL;
            return OK;
        }
        return read_number(r, v);
    }

    if (depth >= DEPTH_MAX)
        return broken(r, "入れ子が深すぎます(64段まで)。");
    char close = c == '{' ? '}' : ']';
    v->type = c == '{' ? JSON_OBJECT : JSON_ARRAY;
    struct json_value **tail = &v->child;
    r->p++;
    blanks(r);
    if (r->p < r->end && *r->p == close) {
        r->p++;
        return OK;
    }
    for (;;) {
        struct json_value *child = arena_make(r->arena, struct json_value);
        if (c == '{') {
            blanks(r);
            if (r->p >= r->end || *r->p != '"')
                return broken(r, "項目の名前が「\"」で始まっていません。");
            TRY(read_string(r, &child->key));
            blanks(r);
            if (r->p >= r->end || *r->p != ':')
                return broken(r, "項目の名前の後に「:」がありません。");
            r->p++;
        }
        TRY(read_value(r, child, depth + 1));
        *tail = child;
        tail = &child->next;
        v->n++;
        blanks(r);
        if (r->p < r->end && *r->p == ',') {
            r->p++;
            continue;
        }
        if (r->p < r->end && *r->p == close) {
            r->p++;
            return c == '{' ? refuse_doubles(r, v) : OK;
        }
        return broken(r, r->p < r->end ? "「,」か閉じる括弧がありません。" : "途中で終わっています。");
    }
}

enum err json_read(struct arena *a, const char *text, size_t n, struct json_value **out, struct failure *f)
{
    struct reader r = {.arena = a, .start = text, .p = text, .end = text + n, .fail = f};
    struct json_value *v = arena_make(a, struct json_value);
    TRY(read_value(&r, v, 0));
    blanks(&r);
    if (r.p != r.end)
        return broken(&r, "値の後に余分な文字があります。");
    *out = v;
    return OK;
}

const struct json_value *json_get(const struct json_value *object, const char *key)
{
    if (!object || object->type != JSON_OBJECT)
        return NULL;
    for (const struct json_value *c = object->child; c; c = c->next)
        if (strcmp(c->key, key) == 0)
            return c;
    return NULL;
}

const char *json_get_text(const struct json_value *object, const char *key)
{
    const struct json_value *v = json_get(object, key);
    return v && v->type == JSON_TEXT ? v->text : NULL;
}

int64_t json_get_int(const struct json_value *object, const char *key)
{
    const struct json_value *v = json_get(object, key);
    return v && v->type == JSON_INT ? v->i : NONE;
}
