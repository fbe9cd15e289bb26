/* Entities as JSON and as canonical text: for exports, frozen bodies and the log's differences. */
#include <inttypes.h>
#include <string.h>

#include "db/fields.h"

/* --- JSON --- */

static bool named(const char *names, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = names; p != NULL && *p != '\0';) {
        size_t word = strcspn(p, " ");
        if (word == n && strncmp(p, name, n) == 0)
            return true;
        p += word + strspn(p + word, " ");
    }
    return false;
}

static void value_json(struct json *j, const struct field *f, const void *row, enum audience who);

static void fields_json(struct json *j, const struct entity *e, const void *row, enum audience who, const char *hidden)
{
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++)
        if (!(f->flags & INTERNAL) && field_audience(f) <= who && !named(hidden, f->name))
            value_json(j, f, row, who);
}

static void children_json(struct json *j, const char *key, const struct field *f, const void *row, enum audience who)
{
    json_array(j, key);
    for (size_t i = 0; i < *children_n(f, row); i++) {
        json_object(j, NULL);
        fields_json(j, f->child, child_at(f, row, i), who, NULL);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void value_json(struct json *j, const struct field *f, const void *row, enum audience who)
{
    if (f->kind == FIELD_CHILD)
        children_json(j, f->name, f, row, who);
    else if (f->kind == FIELD_SET) {
        const struct set *set = set_of(f, row);
        json_array(j, f->name);
        for (size_t i = 0; i < set->n; i++)
            json_text(j, NULL, set->v[i]);
        json_end(j, ']');
    } else if (is_text(f))
        json_text(j, f->name, field_text(f, row));
    else if (f->kind == FIELD_FLAG)
        json_bool(j, f->name, field_int(f, row) != 0);
    else if (f->kind == FIELD_MILLI)
        json_milli(j, f->name, field_int(f, row));
    else
        json_int(j, f->name, field_int(f, row));
}

void entity_json(struct json *j, const char *key, const struct entity *e, const void *row, enum audience who, const char *hidden)
{
    json_object(j, key);
    fields_json(j, e, row, who, hidden);
    json_end(j, '}');
}

/* Thousandths from the digits as written: "150.9". An exponent or a fourth decimal is no value of ours. */
static bool milli_read(const char *s, int64_t *v)
{
    bool minus = *s == '-';
    s += minus;
    int64_t n = 0;
    int decimals = -1;
    for (; *s != '\0' && decimals < 3; s++) {
        if (*s == '.' && decimals < 0)
            decimals = 0;
        else if (*s < '0' || *s > '9' || __builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, *s - '0', &n))
            return false;
        else if (decimals >= 0)
            decimals++;
    }
    for (decimals = decimals < 0 ? 0 : decimals; decimals < 3; decimals++)
        if (__builtin_mul_overflow(n, 10, &n))
            return false;
    *v = minus ? -n : n;
    return *s == '\0';
}

static enum err set_read(struct arena *a, const struct field *f, const struct json_value *v, void *row)
{
    struct set *set = set_of(f, row);
    if (v->type != JSON_ARRAY)
        return E_FORM;
    set->v = arena_many(a, const char *, v->n > 0 ? v->n : 1);
    for (const struct json_value *code = v->child; code != NULL; code = code->next) {
        if (code->type != JSON_TEXT)
            return E_FORM;
        set->v[set->n++] = arena_dup(a, code->text);
    }
    return OK;
}

static enum err children_read(struct arena *a, const struct field *f, const struct json_value *v, void *row)
{
    if (v->type != JSON_ARRAY)
        return E_FORM;
    *children_of(f, row) = arena_array(a, v->n > 0 ? v->n : 1, f->child->size);
    for (const struct json_value *child = v->child; child != NULL; child = child->next) {
        size_t i = (*children_n(f, row))++;
        TRY(entity_from_json(a, f->child, child, child_at(f, row, i)));
    }
    return OK;
}

static enum err value_read(struct arena *a, const struct field *f, const struct json_value *v, void *row)
{
    int64_t n;
    if (f->kind == FIELD_CHILD)
        return children_read(a, f, v, row);
    if (f->kind == FIELD_SET)
        return set_read(a, f, v, row);
    if (v->type == JSON_NULL)
        return OK;
    if (is_text(f)) {
        if (v->type != JSON_TEXT)
            return E_FORM;
        field_set_text(f, row, arena_dup(a, v->text));
    } else if (f->kind == FIELD_FLAG) {
        if (v->type != JSON_BOOL)
            return E_FORM;
        field_set_int(f, row, v->i);
    } else if (f->kind == FIELD_MILLI) {
        if ((v->type != JSON_INT && v->type != JSON_REAL) || !milli_read(v->text, &n))
            return E_FORM;
        field_set_int(f, row, n);
    } else {
        if (v->type != JSON_INT)
            return E_FORM;
        field_set_int(f, row, v->i);
    }
    return OK;
}

enum err entity_from_json(struct arena *a, const struct entity *e, const struct json_value *v, void *row)
{
    entity_init(e, row);
    if (v->type != JSON_OBJECT)
        return E_FORM;
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++) {
        const struct json_value *value = json_get(v, f->name);
        if (value != NULL && !(f->flags & INTERNAL))
            TRY(value_read(a, f, value, row));
    }
    return OK;
}

/* --- differences --- */

const char *entity_value(struct arena *a, const struct field *f, const void *row)
{
    struct sb b;
    sb_init(&b, a);
    if (f->kind == FIELD_CHILD) {
        if (*children_n(f, row) == 0)
            return NULL;
        struct json j;
        json_init(&j, &b);
        children_json(&j, NULL, f, row, AUDIENCE_SECRETARIAT);
        return sb_str(&b);
    }
    if (f->kind == FIELD_SET) {
        const struct set *set = set_of(f, row);
        for (size_t i = 0; i < set->n; i++) {
            if (i > 0)
                sb_char(&b, '\n');
            sb_add(&b, set->v[i]);
        }
        return set->n > 0 ? sb_str(&b) : NULL;
    }
    if (is_text(f))
        return arena_dup(a, field_text(f, row));
    int64_t v = field_int(f, row);
    return v == NONE ? NULL : arena_printf(a, "%" PRId64, v);
}

size_t entity_diff(struct arena *a, const struct entity *e, const void *before, const void *after, struct change **out)
{
    size_t n = 0, cap = 0;
    *out = NULL;
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++) {
        if (f->kind == FIELD_ID || (f->flags & INTERNAL))
            continue;
        const char *was = before != NULL ? entity_value(a, f, before) : NULL, *is = after != NULL ? entity_value(a, f, after) : NULL;
        if (!text_eq(was, is))
            ARENA_PUSH(a, *out, n, cap) = (struct change){f, was, is};
    }
    return n;
}
