#include "db/fields.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "db/engine.h"

/* --- fields and values --- */

int64_t field_int(const struct field *f, const void *row)
{
    assert(is_scalar(f) && !is_text(f));
    return f->kind == FIELD_FLAG ? *(const bool *)at(f, row) : *(const int64_t *)at(f, row);
}

const char *field_text(const struct field *f, const void *row)
{
    assert(is_text(f));
    return *(const char *const *)at(f, row);
}

void field_set_int(const struct field *f, void *row, int64_t v)
{
    assert(is_scalar(f) && !is_text(f));
    if (f->kind == FIELD_FLAG)
        *(bool *)at_mutable(f, row) = v != NONE && v != 0;
    else
        *(int64_t *)at_mutable(f, row) = v;
}

void field_set_text(const struct field *f, void *row, const char *v)
{
    assert(is_text(f));
    *(const char **)at_mutable(f, row) = v;
}

static bool whole(const void *row)
{
    return ((const struct row *)row)->whole;
}

enum audience field_audience(const struct field *f)
{
    if (f->flags & PUBLIC)
        return AUDIENCE_PUBLIC;
    if (f->flags & PARTY)
        return AUDIENCE_PARTY;
    return f->flags & STAFF ? AUDIENCE_STAFF : AUDIENCE_SECRETARIAT;
}

const struct field *entity_field(const struct entity *e, const char *name)
{
    for (size_t i = 0; i < e->fields_n; i++)
        if (strcmp(e->fields[i].name, name) == 0)
            return &e->fields[i];
    return NULL;
}

void entity_init(const struct entity *e, void *row)
{
    memset(row, 0, e->size);
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++)
        if (is_scalar(f) && !is_text(f) && f->kind != FIELD_FLAG)
            field_set_int(f, row, NONE);
    ((struct row *)row)->whole = true;
}

static void copy_set(struct arena *a, struct set *to, const struct set *from)
{
    to->n = from->n;
    to->v = from->n > 0 ? arena_many(a, const char *, from->n) : NULL;
    for (size_t i = 0; i < from->n; i++)
        to->v[i] = arena_dup(a, from->v[i]);
}

void entity_copy(struct arena *a, const struct entity *e, void *to, const void *from)
{
    if (to != from)
        memcpy(to, from, e->size);
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++) {
        if (is_text(f))
            field_set_text(f, to, arena_dup(a, field_text(f, from)));
        else if (f->kind == FIELD_SET) {
            struct set old = *set_of(f, from);
            copy_set(a, set_of(f, to), &old);
        } else if (f->kind == FIELD_CHILD) {
            size_t n = *children_n(f, from);
            char *old = *children_of(f, from), *copy = n > 0 ? arena_array(a, n, f->child->size) : NULL;
            for (size_t i = 0; i < n; i++)
                entity_copy(a, f->child, copy + i * f->child->size, old + i * f->child->size);
            *children_of(f, to) = copy;
        }
    }
}

/* --- reading --- */

static struct db_value value_of(const struct field *f, const void *row)
{
    if (is_text(f))
        return db_v_text(field_text(f, row));
    if (f->kind == FIELD_FLAG)
        return db_v_bool(*(const bool *)at(f, row));
    return db_v_int(field_int(f, row));
}

static void take(const struct field *f, void *row, struct db_rows *q, int column)
{
    if (is_text(f))
        field_set_text(f, row, db_text(q, column));
    else if (f->kind == FIELD_FLAG)
        field_set_int(f, row, db_bool(q, column));
    else
        field_set_int(f, row, db_int(q, column));
}

/* Appends "table.a, table.b"; with the table's name, so that a tail may join others. */
static void add_columns(struct sql *q, const struct entity *e)
{
    const char *comma = "";
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++)
        if (is_scalar(f)) {
            sql_add_text(q, comma, P0);
            sql_add_text(q, e->table, P0);
            sql_add_text(q, ".", P0);
            sql_add_text(q, f->name, P0);
            comma = ", ";
        }
}

static void take_columns(const struct entity *e, void *row, struct db_rows *q, int column)
{
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++)
        if (is_scalar(f))
            take(f, row, q, column++);
}

/* The rows of a selection by id, to hand their parts out. */
struct owner { int64_t id; char *row; };
struct owners { struct owner *v; size_t n; };

static int by_id(const void *x, const void *y)
{
    int64_t a = ((const struct owner *)x)->id, b = ((const struct owner *)y)->id;
    return (a > b) - (a < b);
}

static struct owners owners_of(struct arena *a, const struct entity *e, char *rows, size_t n)
{
    const struct field *id = entity_field(e, "id");
    assert(id != NULL);
    struct owners o = {.v = arena_many(a, struct owner, n > 0 ? n : 1), .n = n};
    for (size_t i = 0; i < n; i++)
        o.v[i] = (struct owner){field_int(id, rows + i * e->size), rows + i * e->size};
    qsort(o.v, n, sizeof *o.v, by_id);
    return o;
}

/* The first of the rows with this id (a join may give a row twice). */
static struct owner *find_owner(const struct owners *o, int64_t id)
{
    size_t from = 0, to = o->n;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (o->v[middle].id < id)
            from = middle + 1;
        else
            to = middle;
    }
    return from < o->n && o->v[from].id == id ? &o->v[from] : NULL;
}

/* Appends " WHERE owner IN ($, …)" for the owners from *i on and moves *i. Few lengths, so that few statements are prepared; the last id fills up. */
static void add_owner_list(struct sql *q, const struct owners *o, size_t *i)
{
    static const size_t lengths[] = {1, 8, 32, 128, 512};
    size_t left = o->n - *i, length = lengths[4];
    for (size_t k = 5; k > 0; k--)
        if (lengths[k - 1] >= left)
            length = lengths[k - 1];
    sql_add(q, " WHERE owner IN (", P0);
    for (size_t k = 0; k < length; k++) {
        int64_t id = o->v[*i + (k < left ? k : left - 1)].id;
        sql_add_text(q, k > 0 ? ", $" : "$", P(id));
    }
    sql_add(q, ")", P0);
    *i += length < left ? length : left;
}

static void give_set(struct owners *o, const struct entity *e, int64_t id, const char *field, struct set set)
{
    const struct field *f = entity_field(e, field);
    if (f == NULL || f->kind != FIELD_SET)
        return; /* a set that is no longer among the fields */
    for (struct owner *w = find_owner(o, id); w != NULL && w < o->v + o->n && w->id == id; w++)
        *set_of(f, w->row) = set;
}

static enum err load_sets(struct db *db, struct arena *a, const struct entity *e, struct owners *o)
{
    for (size_t i = 0; i < o->n;) {
        struct sql q;
        sql_init(&q, a);
        sql_add(&q, "SELECT owner, field, code FROM ", P0);
        sql_add_text(&q, e->table, P0);
        sql_add(&q, "_set", P0);
        add_owner_list(&q, o, &i);
        sql_add(&q, " ORDER BY owner, field, position", P0);
        int64_t owner = NONE;
        const char *field = NULL;
        struct set set = {0};
        size_t cap = 0;
        struct db_rows *r = sql_query(db, &q);
        while (db_next(r)) {
            int64_t next_owner = db_int(r, 0);
            const char *next_field = db_text(r, 1);
            if (field != NULL && (next_owner != owner || strcmp(next_field, field) != 0)) {
                give_set(o, e, owner, field, set);
                set = (struct set){0};
                cap = 0;
            }
            owner = next_owner;
            field = next_field;
            ARENA_PUSH(a, set.v, set.n, cap) = db_text(r, 2);
        }
        TRY(db_error(db));
        if (field != NULL)
            give_set(o, e, owner, field, set);
    }
    return OK;
}

static void give_children(struct owners *o, const struct field *f, int64_t id, char *v, size_t n)
{
    for (struct owner *w = find_owner(o, id); w != NULL && w < o->v + o->n && w->id == id; w++) {
        *children_of(f, w->row) = v;
        *children_n(f, w->row) = n;
    }
}

static enum err load_children(struct db *db, struct arena *a, const struct field *f, struct owners *o)
{
    for (size_t i = 0; i < o->n;) {
        struct sql q;
        sql_init(&q, a);
        sql_add(&q, "SELECT owner, ", P0);
        add_columns(&q, f->child);
        sql_add(&q, " FROM ", P0);
        sql_add_text(&q, f->child->table, P0);
        add_owner_list(&q, o, &i);
        sql_add(&q, " ORDER BY owner, position", P0);
        int64_t owner = NONE;
        char *v = NULL;
        size_t n = 0, cap = 0;
        struct db_rows *r = sql_query(db, &q);
        while (db_next(r)) {
            int64_t next = db_int(r, 0);
            if (next != owner && n > 0) {
                give_children(o, f, owner, v, n);
                v = NULL;
                n = cap = 0;
            }
            owner = next;
            v = arena_grow(a, v, n, &cap, f->child->size);
            char *row = v + n++ * f->child->size;
            entity_init(f->child, row);
            take_columns(f->child, row, r, 1);
        }
        TRY(db_error(db));
        if (n > 0)
            give_children(o, f, owner, v, n);
    }
    return OK;
}

static enum err load_parts(struct db *db, struct arena *a, const struct entity *e, char *rows, size_t n)
{
    bool sets = false, parts = false;
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++) {
        sets = sets || f->kind == FIELD_SET;
        parts = parts || !is_scalar(f);
    }
    if (parts && n > 0) {
        struct owners o = owners_of(a, e, rows, n);
        if (sets)
            TRY(load_sets(db, a, e, &o));
        for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++)
            if (f->kind == FIELD_CHILD)
                TRY(load_children(db, a, f, &o));
    }
    return OK;
}

enum err entity_select(struct db *db, struct arena *a, const struct entity *e, const struct sql *tail, bool shallow, void *rows, size_t *n)
{
    struct sql q;
    sql_init(&q, a);
    sql_add(&q, "SELECT ", P0);
    add_columns(&q, e);
    sql_add(&q, " FROM ", P0);
    sql_add_text(&q, e->table, P0);
    sql_add(&q, " ", P0);
    if (tail != NULL)
        sql_add_text(&q, tail->text, P0); /* its $1 … stay as they are: there are none before */
    struct db_params p = tail != NULL ? (struct db_params){tail->v, tail->v_n} : P0;
    char *v = NULL;
    size_t cap = 0;
    *n = 0;
    *(void **)rows = NULL;
    struct db_rows *r = db_query_text(db, a, q.text, p);
    while (db_next(r)) {
        v = arena_grow(a, v, *n, &cap, e->size);
        char *row = v + (*n)++ * e->size;
        entity_init(e, row);
        take_columns(e, row, r, 0);
        ((struct row *)row)->whole = !shallow;
    }
    enum err err = db_error(db);
    if (err == OK && !shallow)
        err = load_parts(db, a, e, v, *n);
    if (err != OK) {
        *n = 0;
        return err;
    }
    *(void **)rows = v;
    return OK;
}

enum err entity_load(struct db *db, struct arena *a, const struct entity *e, int64_t id, void *out)
{
    struct sql tail;
    sql_init(&tail, a);
    sql_add(&tail, "WHERE ", P0);
    sql_add_text(&tail, e->table, P0);
    sql_add(&tail, ".id = $", P(id));
    void *rows;
    size_t n;
    TRY(entity_select(db, a, e, &tail, false, &rows, &n));
    if (n == 0)
        return E_NOT_FOUND;
    memcpy(out, rows, e->size);
    return OK;
}

/* --- writing --- */

static enum err insert_set(struct db *db, struct arena *a, const struct entity *e, const struct field *f, int64_t owner, const void *row)
{
    const struct set *set = set_of(f, row);
    for (size_t i = 0; i < set->n; i++) {
        struct sql q;
        sql_init(&q, a);
        sql_add(&q, "INSERT INTO ", P0);
        sql_add_text(&q, e->table, P0);
        sql_add(&q, "_set (owner, field, position, code) VALUES ($, $, $, $)", P(owner, f->name, (int64_t)i, set->v[i]));
        TRY(sql_exec(db, &q));
    }
    return OK;
}

/* The text of an entity's INSERT, put together once a connection: imports would spend a tenth of their time on it. */
static const char *insert_text(struct db *db, struct arena *a, const struct entity *e, bool child, bool with_id)
{
    size_t slot = 0;
    for (; slot < INSERTS_MAX && db->insert[slot].text != NULL; slot++)
        if (db->insert[slot].e == e && db->insert[slot].child == child && db->insert[slot].with_id == with_id)
            return db->insert[slot].text;
    struct sb columns, values;
    sb_init(&columns, a);
    sb_init(&values, a);
    sb_add(&columns, child ? "owner, position" : "");
    sb_add(&values, child ? "$1, $2" : "");
    size_t n = child ? 2 : 0;
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++) {
        if (!is_scalar(f) || (f->kind == FIELD_ID && !with_id))
            continue;
        sb_printf(&columns, "%s%s", n > 0 ? ", " : "", f->name);
        sb_printf(&values, "%s$%zu", n > 0 ? ", " : "", n + 1);
        n++;
    }
    const char *text = arena_printf(a, "INSERT INTO %s (%s) VALUES (%s) RETURNING id", e->table, sb_str(&columns), sb_str(&values));
    if (slot < INSERTS_MAX) {
        db->insert[slot].e = e;
        db->insert[slot].child = child;
        db->insert[slot].with_id = with_id;
        db->insert[slot].text = strdup(text);
        assert(db->insert[slot].text != NULL);
    }
    return text;
}

/* `place`: a child's owner and position, else none. Without its id the engine gives one. */
static enum err insert_scalars(struct db *db, struct arena *a, const struct entity *e, struct db_params place, bool with_id, const void *row, int64_t *id)
{
    struct db_value *v = arena_many(a, struct db_value, place.n + e->fields_n);
    size_t n = 0;
    while (n < place.n) {
        v[n] = place.v[n];
        n++;
    }
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++)
        if (is_scalar(f) && (f->kind != FIELD_ID || with_id))
            v[n++] = value_of(f, row);
    return db_get_int_text(db, insert_text(db, a, e, place.n > 0, with_id), (struct db_params){v, n}, id);
}

static enum err insert_children(struct db *db, struct arena *a, const struct field *f, int64_t owner, void *row)
{
    const struct field *id = entity_field(f->child, "id");
    for (size_t i = 0; i < *children_n(f, row); i++) {
        void *child = child_at(f, row, i);
        int64_t new_id;
        /* Never with the id it came with: a copy of another owner's child has that one's. */
        TRY(insert_scalars(db, a, f->child, P(owner, (int64_t)i), false, child, &new_id));
        field_set_int(id, child, new_id);
    }
    return OK;
}

enum err entity_insert(struct db *db, struct arena *a, const struct entity *e, void *row)
{
    assert(whole(row));
    const struct field *id = entity_field(e, "id"), *version = entity_field(e, "version");
    bool given = field_int(id, row) != NONE;
    int64_t new_id;
    if (version != NULL && field_int(version, row) == NONE)
        field_set_int(version, row, 1);
    TRY(insert_scalars(db, a, e, P0, given, row, &new_id));
    if (given)
        TRY(db_ids_given(db, e->table));
    field_set_int(id, row, new_id);
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++) {
        if (f->kind == FIELD_SET)
            TRY(insert_set(db, a, e, f, new_id, row));
        else if (f->kind == FIELD_CHILD)
            TRY(insert_children(db, a, f, new_id, row));
    }
    return OK;
}

static bool same(const struct field *f, const void *x, const void *y);

static bool same_children(const struct field *f, const void *x, const void *y)
{
    if (*children_n(f, x) != *children_n(f, y))
        return false;
    for (size_t i = 0; i < *children_n(f, x); i++)
        for (const struct field *c = f->child->fields; c < f->child->fields + f->child->fields_n; c++)
            if (c->kind != FIELD_ID && !same(c, child_at(f, x, i), child_at(f, y, i)))
                return false;
    return true;
}

static bool same(const struct field *f, const void *x, const void *y)
{
    if (f->kind == FIELD_CHILD)
        return same_children(f, x, y);
    if (f->kind == FIELD_SET) {
        const struct set *p = set_of(f, x), *q = set_of(f, y);
        bool equal = p->n == q->n;
        for (size_t i = 0; equal && i < p->n; i++)
            equal = strcmp(p->v[i], q->v[i]) == 0;
        return equal;
    }
    return is_text(f) ? text_eq(field_text(f, x), field_text(f, y)) : field_int(f, x) == field_int(f, y);
}

static enum err delete_parts(struct db *db, struct arena *a, const struct entity *e, const struct field *f, int64_t owner)
{
    struct sql q;
    sql_init(&q, a);
    sql_add(&q, "DELETE FROM ", P0);
    sql_add_text(&q, f->kind == FIELD_SET ? e->table : f->child->table, P0);
    sql_add_text(&q, f->kind == FIELD_SET ? "_set WHERE owner = $" : " WHERE owner = $", P(owner));
    if (f->kind == FIELD_SET)
        sql_add(&q, " AND field = $", P(f->name));
    return sql_exec(db, &q);
}

/* One statement for the row itself; even when only its parts differ, so that the version is checked and moves. */
static enum err update_scalars(struct db *db, struct arena *a, const struct entity *e, const void *before, void *after)
{
    const struct field *id = entity_field(e, "id"), *version = entity_field(e, "version");
    struct sql q;
    sql_init(&q, a);
    sql_add(&q, "UPDATE ", P0);
    sql_add_text(&q, e->table, P0);
    const char *comma = " SET ";
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++) {
        if (!is_scalar(f) || f == id || f == version || same(f, before, after))
            continue;
        struct db_value v = value_of(f, after);
        sql_add_text(&q, comma, P0);
        sql_add_text(&q, f->name, P0);
        sql_add_text(&q, " = $", (struct db_params){&v, 1});
        comma = ", ";
    }
    if (version != NULL) {
        sql_add_text(&q, comma, P0);
        sql_add(&q, "version = $ WHERE id = $ AND version = $",
                P(field_int(version, before) + 1, field_int(id, before), field_int(version, before)));
    } else if (*comma == ',')
        sql_add(&q, " WHERE id = $", P(field_int(id, before)));
    else
        return OK; /* parts alone, and no version to move */
    TRY(sql_exec(db, &q));
    if (db_changes(db) == 0)
        return version != NULL ? E_CONFLICT : E_NOT_FOUND;
    if (version != NULL)
        field_set_int(version, after, field_int(version, before) + 1);
    return OK;
}

enum err entity_update(struct db *db, struct arena *a, const struct entity *e, const void *before, void *after)
{
    assert(whole(before) && whole(after));
    const struct field *id = entity_field(e, "id"), *version = entity_field(e, "version");
    int64_t owner = field_int(id, before);
    assert(owner == field_int(id, after));
    bool differs = false;
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++)
        differs = differs || (f != version && !same(f, before, after));
    if (!differs)
        return OK;
    TRY(update_scalars(db, a, e, before, after));
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++) {
        if (is_scalar(f) || same(f, before, after))
            continue;
        TRY(delete_parts(db, a, e, f, owner));
        TRY(f->kind == FIELD_SET ? insert_set(db, a, e, f, owner, after) : insert_children(db, a, f, owner, after));
    }
    return OK;
}

enum err entity_delete(struct db *db, const struct entity *e, int64_t id)
{
    ARENA struct arena *a = arena_new();
    for (const struct field *f = e->fields; f < e->fields + e->fields_n; f++)
        if (!is_scalar(f))
            TRY(delete_parts(db, a, e, f, id));
    struct sql q;
    sql_init(&q, a);
    sql_add(&q, "DELETE FROM ", P0);
    sql_add_text(&q, e->table, P0);
    sql_add(&q, " WHERE id = $", P(id));
    TRY(sql_exec(db, &q));
    return db_changes(db) == 0 ? E_NOT_FOUND : OK;
}

/* --- where a code stands --- */

enum err entity_code_uses(struct db *db, struct arena *a, const struct entity *e, const struct field *f, const char *code, int64_t *n)
{
    struct sql q;
    sql_init(&q, a);
    sql_add(&q, "SELECT count(*) FROM (SELECT 1 AS one FROM ", P0);
    sql_add_text(&q, e->table, P0);
    if (f->kind == FIELD_SET)
        sql_add(&q, "_set WHERE field = $ AND code = $", P(f->name, code));
    else {
        sql_add(&q, " WHERE ", P0);
        sql_add_text(&q, f->name, P0);
        sql_add(&q, " = $", P(code));
    }
    sql_add(&q, " LIMIT 1001) x", P0);
    struct db_rows *r = sql_query(db, &q);
    *n = db_next(r) ? db_int(r, 0) : 0;
    db_done(r);
    return db_error(db);
}
