/* Kyodo's own list of organizations: the columns that `export organizations` writes, by label or by name, any of them, in any order. Groups without a
 * number are matched by name and municipality (import.c). */
#include "area/organization/import.h"

#include <string.h>

#include "base/crypto.h"
#include "base/date.h"
#include "base/text.h"

struct own {
    const struct field **field; /* of each column of the file; NULL: understood, and passed over */
    size_t n;
};

/* r->column is by the entity's field. */
static int place_of(const char *name)
{
    const struct field *f = entity_field(&organization_entity, name);
    return (int)(f - organization_entity.fields);
}

static const struct field *field_of(struct arena *a, const char *cell)
{
    const char *name = text_fold(a, cell);
    for (size_t i = 0; i < organization_entity.fields_n; i++) {
        const struct field *f = &organization_entity.fields[i];
        if (!(f->flags & INTERNAL) && (strcmp(cell, f->name) == 0 || strcmp(name, text_fold(a, f->label)) == 0))
            return f;
    }
    return NULL;
}

static bool recognise(struct arena *a, const struct csv_row *first, bool *header)
{
    *header = false;
    for (size_t i = 0; i < first->n && !*header; i++) {
        const struct field *f = field_of(a, first->cell[i]);
        *header = f != NULL && strcmp(f->name, "name") == 0;
    }
    return *header;
}

static void columns(struct reading *r, const struct csv_row *header)
{
    r->column = arena_many(r->arena, int, organization_entity.fields_n);
    for (size_t i = 0; i < organization_entity.fields_n; i++)
        r->column[i] = -1;
    if (header == NULL) {
        import_broken(r, 1, NULL, "1行目に列の名前がありません(名称、種類、市区町村など)。");
        return;
    }
    struct own *own = arena_make(r->arena, struct own);
    own->field = arena_many(r->arena, const struct field *, header->n);
    own->n = header->n;
    r->own = own;
    for (size_t k = 0; k < header->n; k++) {
        const struct field *f = field_of(r->arena, header->cell[k]);
        if (f == NULL) {
            import_broken(r, (int64_t)header->line, header->cell[k], "列「%s」は、団体の項目にありません。", header->cell[k]);
        } else if (r->column[f - organization_entity.fields] >= 0) {
            import_broken(r, (int64_t)header->line, header->cell[k], "列「%s」が2つあります。", header->cell[k]);
        } else {
            r->column[f - organization_entity.fields] = (int)k;
            own->field[k] = f->flags & READONLY ? NULL : f;
        }
    }
    if (r->column[place_of("name")] < 0)
        import_broken(r, (int64_t)header->line, "名称", "列「名称」がありません。");
}

static const char *name_of(struct reading *r, const struct csv_row *row)
{
    return import_raw(r, row, place_of("name"));
}

static const struct word *word_of(struct arena *a, const struct word *v, size_t n, const char *text)
{
    const char *folded = text_fold(a, text);
    for (size_t i = 0; i < n; i++)
        if (strcmp(v[i].code, text) == 0 || strcmp(text_fold(a, v[i].label), folded) == 0)
            return &v[i];
    return NULL;
}

/* Codes or words, joined by ';' or by lines. */
static void read_set(struct reading *r, struct incoming *in, const struct field *f, const char *text)
{
    struct set *set = (struct set *)((char *)&in->o + f->offset);
    set->v = arena_many(r->arena, const char *, strlen(text) + 1);
    const char *p = text_nfkc(r->arena, text);
    while (*p != '\0') {
        size_t n = strcspn(p, ";\n");
        bool ok = true;
        const char *one = text_clean(r->arena, p, n, true, &ok);
        const struct word *w = one != NULL ? word_of(r->arena, r->field, r->fields, one) : NULL;
        if (w != NULL)
            set->v[set->n++] = w->code;
        else if (one != NULL)
            import_refuse(r, in, f->label, "「%s」という分野はありません。", one);
        p += n + (p[n] != '\0');
    }
}

static void read_field(struct reading *r, const struct csv_row *row, struct incoming *in, const struct field *f)
{
    const char *raw = import_raw(r, row, (int)(f - organization_entity.fields)), *value;
    bool ok = true;
    const char *text = text_clean(r->arena, raw, strlen(raw), f->kind != FIELD_MEMO && f->kind != FIELD_SET, &ok);
    if (text == NULL)
        return;
    switch (f->kind) {
    case FIELD_TEXT: case FIELD_MEMO:
        if (f->max > 0 && text_length(text) > (size_t)f->max)
            import_refuse(r, in, f->label, "%sは%lld文字までです。", f->label, (long long)f->max);
        field_set_text(f, &in->o, text);
        return;
    case FIELD_DATE:
        value = date_parse(r->arena, text);
        if (value == NULL)
            import_refuse(r, in, f->label, "「%s」は日付ではありません。", text);
        field_set_text(f, &in->o, value);
        return;
    case FIELD_CODE: {
        const struct word *w = word_of(r->arena, r->kind, r->kinds, text);
        if (w == NULL)
            import_refuse(r, in, f->label, "「%s」という種類はありません。", text);
        field_set_text(f, &in->o, w != NULL ? w->code : NULL);
        return;
    }
    case FIELD_SET:
        read_set(r, in, f, text);
        return;
    case FIELD_ID: case FIELD_INT: case FIELD_YEAR: case FIELD_YEN: case FIELD_MILLI: case FIELD_FLAG: case FIELD_INSTANT: case FIELD_REF: case FIELD_CHILD:
        return;
    }
}

static void read(struct reading *r, const struct csv_row *row, bool last, struct incoming *in)
{
    (void)last;
    const struct own *own = r->own;
    struct organization *o = &in->o;
    for (size_t k = 0; k < own->n; k++)
        if (own->field[k] != NULL)
            read_field(r, row, in, own->field[k]);
    if (o->name == NULL)
        import_refuse(r, in, "名称", "名称がありません。");
    if (o->corporate_number != NULL) {
        o->corporate_number = text_nfkc(r->arena, o->corporate_number);
        if (!corporate_number_ok(o->corporate_number))
            import_refuse(r, in, "法人番号", "法人番号「%s」の検査数字が合いません。", o->corporate_number);
    }
    if (o->website != NULL && !text_starts(o->website, "https://") && !text_starts(o->website, "http://"))
        import_refuse(r, in, "ホームページ", "「%s」は https:// から始まりません。", o->website);
    if (o->kind == NULL && o->name != NULL)
        o->kind = kind_of_name(r->arena, o->name, NULL);
    const struct word *place = o->city != NULL ? word_of(r->arena, r->municipality, r->municipalities, o->city) : NULL;
    if (place != NULL && (o->prefecture == NULL || text_eq(o->prefecture, r->home))) {
        o->prefecture = r->home;
        o->municipality = place->code;
    }
    struct part part[2] = {PART("kyodo 1"), PART(in->raw)};
    in->hash = arena_dup_n(r->arena, hash_hex(r->arena, crypto_hash(part, 2)), 32);
}

/* A blank cell says nothing; a list that has not the column, neither. */
static void apply(struct ctx *c, const struct incoming *in, struct organization *after)
{
    (void)c;
    for (size_t i = 0; i < organization_entity.fields_n; i++) {
        const struct field *f = &organization_entity.fields[i];
        if (!(f->flags & (READONLY | INTERNAL)) && f->kind != FIELD_ID)
            import_take(&in->o, after, f->name, false);
    }
    if (in->o.municipality != NULL && !name_in(after->local_fields, "city"))
        after->municipality = in->o.municipality;
}

const struct import_format format_own = {
    .name = "kyodo", .source = NULL, .recognise = recognise, .columns = columns, .name_of = name_of, .read = read, .apply = apply,
};
