/* Inside db/: the values of a row by its fields, for entity.c and entity_json.c. */
#ifndef KYODO_DB_FIELDS_H
#define KYODO_DB_FIELDS_H

#include "base/text.h"
#include "db/entity.h"

static inline bool is_text(const struct field *f)
{
    return f->kind == FIELD_TEXT || f->kind == FIELD_MEMO || f->kind == FIELD_DATE || f->kind == FIELD_CODE;
}

static inline bool is_scalar(const struct field *f)
{
    return f->kind != FIELD_SET && f->kind != FIELD_CHILD;
}

static inline const void *at(const struct field *f, const void *row)
{
    return (const char *)row + f->offset;
}

static inline void *at_mutable(const struct field *f, void *row)
{
    return (char *)row + f->offset;
}

static inline struct set *set_of(const struct field *f, const void *row)
{
    return (struct set *)(uintptr_t)at(f, row);
}

/* The array of children: its address and its length stand in the owner's struct. */
static inline char **children_of(const struct field *f, const void *row)
{
    return (char **)(uintptr_t)at(f, row);
}

static inline size_t *children_n(const struct field *f, const void *row)
{
    return (size_t *)((uintptr_t)row + f->offset_n);
}

static inline void *child_at(const struct field *f, const void *row, size_t i)
{
    return *children_of(f, row) + i * f->child->size;
}

#endif
