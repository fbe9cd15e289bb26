#include "core/record.h"

#include <inttypes.h>
#include <string.h>

#include "base/crypto.h"
#include "base/date.h"
#include "base/text.h"
#include "core/app.h"
#include "core/finder.h"
#include "core/preset.h"
#include "core/section.h"

/* --- saving and loading --- */

static bool is_whole(const void *row)
{
    return ((const struct row *)row)->whole;
}

static int64_t id_of(const struct entity *e, const void *row)
{
    const struct field *f = entity_field(e, "id");
    return f != NULL && row != NULL ? field_int(f, row) : NONE;
}

/* What the log keeps of a record that comes or goes: one JSON of everything but the personal fields, which stay apart so that they can be erased.
 * (A row for each field of each of 27,835 imported organizations would be half a million rows that nobody reads one by one.) */
static size_t whole_changes(struct ctx *c, const struct entity *e, const void *row, bool comes, struct change **out)
{
    static const struct field everything = {.name = "*", .label = "", .kind = FIELD_MEMO};
    struct change *v = arena_many(c->arena, struct change, e->fields_n + 1);
    size_t n = 1;
    struct sb personal, text;
    sb_init(&personal, c->arena);
    for (size_t i = 0; i < e->fields_n; i++) {
        const struct field *f = &e->fields[i];
        if (!(f->flags & PERSONAL))
            continue;
        sb_printf(&personal, "%s%s", personal.n == 0 ? "" : " ", f->name);
        const char *value = entity_value(c->arena, f, row);
        if (value != NULL)
            v[n++] = (struct change){.field = f, .before = comes ? NULL : value, .after = comes ? value : NULL};
    }
    struct json j;
    sb_init(&text, c->arena);
    json_init(&j, &text);
    entity_json(&j, NULL, e, row, AUDIENCE_SECRETARIAT, sb_str(&personal));
    v[0] = (struct change){.field = &everything, .before = comes ? NULL : sb_str(&text), .after = comes ? sb_str(&text) : NULL};
    *out = v;
    return n;
}

static enum err stale(struct ctx *c, const struct entity *e, int64_t id)
{
    const char *who = NULL;
    enum err found = db_get_text(c->db, c->arena, "SELECT who FROM audit WHERE entity = $1 AND record = $2 ORDER BY at DESC, n DESC LIMIT 1",
                                 P(e->name, id), &who);
    if (found != OK && found != E_NOT_FOUND)
        return fail_db(c);
    if (who == NULL || *who == '\0')
        return fail(c, E_CONFLICT, "%s", tr(c, "ほかの人が先に保存しました。違うところを見て、残すほうを選んでください。"));
    return fail(c, E_CONFLICT, tr(c, "%sさんが先に保存しました。違うところを見て、残すほうを選んでください。"), who);
}

static enum err touch(struct ctx *c, const struct entity *e, int64_t id)
{
    for (const struct area *const *area = c->app->areas; area != NULL && *area != NULL; area++)
        for (const struct finder_source *s = (*area)->finder; s != NULL && s->kind != NULL; s++)
            if (strcmp(s->kind, e->name) == 0)
                return finder_touch(c, e->name, id);
    return OK;
}

enum err record_save(struct ctx *c, const struct entity *e, const void *before, void *after, const char *what)
{
    struct change *changes = NULL;
    size_t n = 0;
    int64_t id;
    if (before == NULL && after == NULL)
        return fail(c, E_BUG, "%s: nothing to save", e->name);
    if ((before != NULL && !is_whole(before)) || (after != NULL && !is_whole(after)))
        return fail(c, E_BUG, "%s: a row that was not loaded whole cannot be saved", e->name);
    if (before == NULL) {
        TRY_DB(c, entity_insert(c->db, c->arena, e, after));
        id = id_of(e, after);
        n = whole_changes(c, e, after, true, &changes);
    } else if (after == NULL) {
        id = id_of(e, before);
        n = whole_changes(c, e, before, false, &changes);
        TRY_DB(c, entity_delete(c->db, e, id));
    } else {
        id = id_of(e, before);
        n = entity_diff(c->arena, e, before, after, &changes);
        enum err updated = entity_update(c->db, c->arena, e, before, after);
        if (updated == E_CONFLICT && db_error(c->db) == OK)
            return stale(c, e, id);
        TRY_DB(c, updated);
        if (n == 0)
            return OK;
    }
    TRY(audit_write(c, what, e->name, id, changes, n));
    return touch(c, e, id);
}

enum err record_load(struct ctx *c, const struct entity *e, int64_t id, void *out)
{
    enum err loaded = entity_load(c->db, c->arena, e, id, out);
    if (loaded == E_NOT_FOUND && db_error(c->db) == OK)
        return fail(c, E_NOT_FOUND, tr(c, "お探しの%sは見つかりません。消されたか、番号がまちがっています。"), tr(c, e->label));
    TRY_DB(c, loaded);
    return OK;
}

const char *form_key(struct ctx *c)
{
    return crypto_token(c->arena, 16);
}

/* --- from a form --- */

/* 「予算額(千円)」: the unit is said elsewhere in the sentence. */
static const char *label_of(struct ctx *c, const struct field *f)
{
    const char *label = tr(c, f->label), *unit = strstr(label, "(千円)");
    return unit == NULL ? label : arena_dup_n(c->arena, label, (size_t)(unit - label));
}

struct taking {
    struct ctx *c;
    const struct form *form;
    int64_t year;
    const char *prefix; /* "partners.0." ; "" at the top */
    const char *row;    /* 「協働の相手の1行目: 」; "" at the top */
    bool fault;
};

static const char *name_of(struct taking *t, const struct field *f)
{
    return arena_printf(t->c->arena, "%s%s", t->prefix, f->name);
}

/* One message a field: the first one said stands. */
static void field_fault(struct taking *t, const struct field *f, const char *sentence)
{
    const char *name = name_of(t, f);
    t->fault = true;
    for (const struct field_fault *x = t->c->fail.faults; x != NULL; x = x->next)
        if (x->field != NULL && strcmp(x->field, name) == 0)
            return;
    fail_field(&t->c->fail, name, "%s%s", t->row, sentence);
}

#define FAULT(t, f, sentence, ...) field_fault((t), (f), arena_printf((t)->c->arena, tr((t)->c, (sentence)), ##__VA_ARGS__))

const struct entity *entity_named(const struct ctx *c, const char *name)
{
    for (const struct area *const *area = c->app->areas; area != NULL && *area != NULL; area++)
        for (const struct entity *const *e = (*area)->entities; e != NULL && *e != NULL; e++)
            if (text_eq((*e)->name, name))
                return *e;
    return text_eq(name, section_entity.name) ? &section_entity : NULL;
}

static bool ref_stands(struct ctx *c, const struct field *f, int64_t id)
{
    const struct entity *e = entity_named(c, f->ref);
    if (e == NULL)
        return true;
    struct sql tail;
    void *rows = NULL;
    size_t n = 0;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE id = $", P(id));
    return entity_select(c->db, c->arena, e, &tail, true, &rows, &n) == OK && n == 1;
}

static bool code_stands(struct ctx *c, const struct field *f, const char *code, int64_t year)
{
    return f->vocabulary == NULL || *f->vocabulary == '\0' || word_find(c, f->vocabulary, code, year) != NULL;
}

static void check_length(struct taking *t, const struct field *f, const char *v)
{
    size_t n = v != NULL ? text_length(v) : 0;
    if (f->max > 0 && n > (size_t)f->max)
        FAULT(t, f, "%sは%lld字までで入力してください(いまは%zu字です)", label_of(t->c, f), (long long)f->max, n);
}

/* Amounts are typed in 千円. One that is no whole 千円 was shown rounded: sent back as shown, it stays what it is. */
static void take_yen(struct taking *t, const struct field *f, const char *typed, void *row)
{
    int64_t v, now = field_int(f, row);
    const char *about = tr(t->c, "約");
    if (text_starts(typed, about))
        typed += strlen(about);
    if (!text_parse_int(typed, &v) || v > INT64_MAX / 1000 || v < INT64_MIN / 1000) {
        FAULT(t, f, "%sは数字で入力してください(単位は千円)", label_of(t->c, f));
        return;
    }
    if (v < 0) {
        FAULT(t, f, "%sは0以上の数字で入力してください(単位は千円)", label_of(t->c, f));
        return;
    }
    if (now != NONE && now % 1000 != 0 && (now + 500) / 1000 == v)
        return;
    field_set_int(f, row, v * 1000);
}

/* A date in one field, or in the three of 元号・年・月・日. */
static const char *typed_date(struct taking *t, const struct field *f)
{
    struct arena *a = t->c->arena;
    const char *name = name_of(t, f), *whole = form_get(t->form, name);
    if (whole != NULL)
        return whole;
    const char *era = form_get(t->form, arena_printf(a, "%s.era", name)), *y = form_get(t->form, arena_printf(a, "%s.year", name)),
               *m = form_get(t->form, arena_printf(a, "%s.month", name)), *d = form_get(t->form, arena_printf(a, "%s.day", name));
    if (y == NULL && m == NULL && d == NULL)
        return NULL;
    return arena_printf(a, "%s%s年%s月%s日", era != NULL ? era : "", y != NULL ? y : "", m != NULL ? m : "", d != NULL ? d : "");
}

static void take_number(struct taking *t, const struct field *f, const char *typed, void *row)
{
    int64_t v;
    const char *label = label_of(t->c, f);
    switch (f->kind) {
    case FIELD_YEAR:
        if (fiscal_year_parse(typed, &v))
            field_set_int(f, row, v);
        else
            FAULT(t, f, "%sは「令和8年度」か「2026」のように入力してください", label);
        return;
    case FIELD_MILLI:
        if (text_parse_milli(typed, &v))
            field_set_int(f, row, v);
        else
            FAULT(t, f, "%sは数字で入力してください(小数は3けたまで)", label);
        return;
    case FIELD_INSTANT:
        if (instant_parse(typed, &v))
            field_set_int(f, row, v);
        else
            FAULT(t, f, "%sは「2026-06-10 17:00」のように入力してください", label);
        return;
    case FIELD_REF:
        if (text_parse_int(typed, &v) && v > 0 && ref_stands(t->c, f, v))
            field_set_int(f, row, v);
        else
            FAULT(t, f, "%sを選び直してください", label);
        return;
    default:
        if (text_parse_int(typed, &v))
            field_set_int(f, row, v);
        else
            FAULT(t, f, "%sは数字で入力してください", label);
        return;
    }
}

static void take_set(struct taking *t, const struct field *f, void *row)
{
    struct ctx *c = t->c;
    const char **sent = NULL;
    size_t n = form_all(c->arena, t->form, name_of(t, f), &sent);
    struct set s = {.v = arena_many(c->arena, const char *, n + 1)};
    for (size_t i = 0; i < n; i++) {
        bool seen = sent[i] == NULL;
        for (size_t k = 0; !seen && k < s.n; k++)
            seen = strcmp(s.v[k], sent[i]) == 0;
        if (seen)
            continue;
        if (code_stands(c, f, sent[i], t->year))
            s.v[s.n++] = sent[i];
        else
            FAULT(t, f, "%sを選び直してください", label_of(c, f));
    }
    memcpy((char *)row + f->offset, &s, sizeof s);
}

static void take_field(struct taking *t, const struct field *f, void *row);

static bool from_forms(const struct field *f)
{
    return !(f->flags & (READONLY | INTERNAL)) && f->kind != FIELD_ID;
}

/* The row numbers that the form sent for a child: "partners.0.name" gives 0; in ascending order. */
static size_t sent_rows(struct taking *t, const char *name, int64_t **out)
{
    struct arena *a = t->c->arena;
    const char *start = arena_printf(a, "%s.", name);
    int64_t *v = NULL;
    size_t n = 0, cap = 0, length = strlen(start);
    for (size_t i = 0; i < t->form->n; i++) {
        const char *sent = t->form->v[i].name;
        char *end = NULL;
        if (strncmp(sent, start, length) != 0 || sent[length] < '0' || sent[length] > '9')
            continue;
        long long number = strtoll(sent + length, &end, 10);
        if (*end != '.' || number < 0 || number >= (long long)FORM_FIELDS_MAX)
            continue;
        size_t at = n;
        while (at > 0 && v[at - 1] > number)
            at--;
        if (at > 0 && v[at - 1] == number)
            continue;
        ARENA_PUSH(a, v, n, cap) = number;
        memmove(v + at + 1, v + at, (n - 1 - at) * sizeof *v);
        v[at] = number;
    }
    *out = v;
    return n;
}

static void take_children(struct taking *t, const struct field *f, void *row)
{
    struct ctx *c = t->c;
    const struct entity *e = f->child;
    const char *name = name_of(t, f);
    int64_t *number = NULL;
    size_t sent = sent_rows(t, name, &number), kept = 0, had = *(size_t *)(void *)((char *)row + f->offset_n);
    const char *old = *(char **)(void *)((char *)row + f->offset);
    char *rows = arena_array(c->arena, sent + 1, e->size);
    for (size_t i = 0; i < sent; i++) {
        void *one = rows + kept * e->size;
        if ((size_t)number[i] < had) /* columns that this form did not show keep their values */
            entity_copy(c->arena, e, one, old + (size_t)number[i] * e->size);
        else
            entity_init(e, one);
        /* Rows that vanish close up: the number people see is the one they get. */
        struct taking inner = {.c = c, .form = t->form, .year = t->year, .prefix = arena_printf(c->arena, "%s.%lld.", name, (long long)number[i]),
                               .row = arena_printf(c->arena, tr(c, "%sの%zu行目: "), label_of(c, f), (size_t)number[i] + 1)};
        bool empty = true;
        for (size_t k = 0; k < e->fields_n; k++) {
            const struct field *cell = &e->fields[k];
            const char *cell_name = name_of(&inner, cell);
            if (!from_forms(cell) || field_audience(cell) > user_audience(c->user))
                continue;
            empty = empty && form_get(t->form, cell_name) == NULL;
            if (cell->kind == FIELD_FLAG || cell->kind == FIELD_SET || form_has(t->form, cell_name))
                take_field(&inner, cell, one);
        }
        t->fault = t->fault || (inner.fault && !empty);
        if (empty)
            memset(one, 0, e->size);
        else
            kept++;
    }
    *(char **)(void *)((char *)row + f->offset) = rows;
    *(size_t *)(void *)((char *)row + f->offset_n) = kept;
}

static void take_field(struct taking *t, const struct field *f, void *row)
{
    struct ctx *c = t->c;
    const char *typed = form_get(t->form, name_of(t, f));
    bool ok = true;
    switch (f->kind) {
    case FIELD_ID:
        return;
    case FIELD_FLAG:
        field_set_int(f, row, typed != NULL);
        return;
    case FIELD_SET:
        take_set(t, f, row);
        return;
    case FIELD_CHILD:
        take_children(t, f, row);
        return;
    case FIELD_TEXT:
        if (typed != NULL)
            typed = text_clean(c->arena, typed, strlen(typed), true, &ok);
        field_set_text(f, row, typed);
        check_length(t, f, typed);
        return;
    case FIELD_MEMO:
        field_set_text(f, row, typed);
        check_length(t, f, typed);
        return;
    case FIELD_CODE:
        if (typed != NULL && !code_stands(c, f, typed, t->year))
            FAULT(t, f, "%sを選び直してください", label_of(c, f));
        else
            field_set_text(f, row, typed);
        return;
    case FIELD_DATE:
        typed = typed_date(t, f);
        if (typed != NULL && date_parse(c->arena, typed) == NULL)
            FAULT(t, f, "%sは「R8.4.1」か「2026/4/1」のように入力してください", label_of(c, f));
        else
            field_set_text(f, row, typed != NULL ? date_parse(c->arena, typed) : NULL);
        return;
    case FIELD_YEN:
        if (typed != NULL) {
            take_yen(t, f, typed, row);
            return;
        }
        field_set_int(f, row, NONE);
        return;
    case FIELD_INT: case FIELD_YEAR: case FIELD_MILLI: case FIELD_INSTANT: case FIELD_REF:
        if (typed != NULL)
            take_number(t, f, typed, row);
        else
            field_set_int(f, row, NONE);
        return;
    }
}

static bool listed(const char *const *lists, size_t n, const char *name)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < n; i++)
        for (const char *p = lists[i]; p != NULL && *p != '\0'; p += strcspn(p, " "), p += *p == ' ')
            if (strcspn(p, " ") == length && memcmp(p, name, length) == 0)
                return true;
    return false;
}

static bool was_sent(struct taking *t, const struct field *f)
{
    int64_t *rows;
    const char *name = name_of(t, f);
    if (f->kind == FIELD_CHILD)
        return sent_rows(t, name, &rows) > 0;
    return form_has(t->form, name) || (f->kind == FIELD_DATE && form_has(t->form, arena_printf(t->c->arena, "%s.year", name)));
}

enum err record_from_form(struct ctx *c, const struct entity *e, const struct form *form, int64_t year, void *row)
{
    struct taking t = {.c = c, .form = form, .year = year, .prefix = "", .row = ""};
    const char **shown = NULL;
    size_t lists = form_all(c->arena, form, "shown", &shown);
    for (size_t i = 0; i < e->fields_n; i++) {
        const struct field *f = &e->fields[i];
        if (from_forms(f) && field_audience(f) <= user_audience(c->user) && (lists > 0 ? listed(shown, lists, f->name) : was_sent(&t, f)))
            take_field(&t, f, row);
    }
    if (db_error(c->db) != OK)
        return fail_db(c);
    return t.fault ? E_INPUT : OK;
}

/* --- values that came by another way --- */

static void check_row(struct taking *t, const struct entity *e, const void *row, bool complete);

static void check_children(struct taking *t, const struct field *f, const void *row, bool complete)
{
    struct ctx *c = t->c;
    size_t n = *(const size_t *)(const void *)((const char *)row + f->offset_n);
    const char *rows = *(char *const *)(const void *)((const char *)row + f->offset);
    for (size_t i = 0; i < n; i++) {
        struct taking inner = {.c = c, .year = t->year, .prefix = arena_printf(c->arena, "%s%s.%zu.", t->prefix, f->name, i),
                               .row = arena_printf(c->arena, tr(c, "%sの%zu行目: "), label_of(c, f), i + 1)};
        check_row(&inner, f->child, rows + i * f->child->size, complete);
        t->fault = t->fault || inner.fault;
    }
}

static bool stated(const struct field *f, const void *row)
{
    const char *at = (const char *)row + f->offset;
    switch (f->kind) {
    case FIELD_FLAG:
        return true;
    case FIELD_TEXT: case FIELD_MEMO: case FIELD_DATE: case FIELD_CODE:
        return field_text(f, row) != NULL;
    case FIELD_SET:
        return ((const struct set *)(const void *)at)->n > 0;
    case FIELD_CHILD:
        return *(const size_t *)(const void *)((const char *)row + f->offset_n) > 0;
    default:
        return field_int(f, row) != NONE;
    }
}

static void check_field(struct taking *t, const struct field *f, const void *row)
{
    struct ctx *c = t->c;
    const char *label = label_of(c, f), *text = NULL;
    switch (f->kind) {
    case FIELD_TEXT: case FIELD_MEMO:
        check_length(t, f, field_text(f, row));
        return;
    case FIELD_DATE:
        text = field_text(f, row);
        if (text != NULL && !date_valid(text))
            FAULT(t, f, "%sは「R8.4.1」か「2026/4/1」のように入力してください", label);
        return;
    case FIELD_CODE:
        text = field_text(f, row);
        if (text != NULL && !code_stands(c, f, text, t->year))
            FAULT(t, f, "%sを選び直してください", label);
        return;
    case FIELD_SET: {
        const struct set *s = (const struct set *)(const void *)((const char *)row + f->offset);
        for (size_t i = 0; i < s->n; i++)
            if (!code_stands(c, f, s->v[i], t->year)) {
                FAULT(t, f, "%sを選び直してください", label);
                return;
            }
        return;
    }
    case FIELD_YEN:
        if (field_int(f, row) != NONE && field_int(f, row) < 0)
            FAULT(t, f, "%sは0以上の数字で入力してください(単位は千円)", label);
        return;
    default:
        return;
    }
}

static void check_row(struct taking *t, const struct entity *e, const void *row, bool complete)
{
    for (size_t i = 0; i < e->fields_n; i++) {
        const struct field *f = &e->fields[i];
        if (f->flags & INTERNAL)
            continue;
        if (complete && (f->flags & REQUIRED) && !stated(f, row)) {
            bool chosen = f->kind == FIELD_CODE || f->kind == FIELD_SET || f->kind == FIELD_REF;
            FAULT(t, f, chosen ? "%sを選んでください" : "%sを入力してください", label_of(t->c, f));
            continue;
        }
        check_field(t, f, row);
        if (f->kind == FIELD_CHILD)
            check_children(t, f, row, complete);
    }
}

enum err record_check(struct ctx *c, const struct entity *e, const void *row, int64_t year, bool complete)
{
    struct taking t = {.c = c, .year = year, .prefix = "", .row = ""};
    check_row(&t, e, row, complete);
    if (c->db != NULL && db_error(c->db) != OK)
        return fail_db(c);
    return t.fault ? E_INPUT : OK;
}
