#include "area/organization/list.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "core/preset.h"

enum { COUNT_MAX = 1001, CHUNK = 200, EXPORT_PIECE = 500 };

/* --- without words: sorted by name --- */

static void add_filter(struct sql *q, const struct organization_filter *f)
{
    if (f->all)
        sql_add(q, " WHERE TRUE", P0);
    else
        sql_add(q, " WHERE organization.state = $", P(f->closed ? "closed" : "open"));
    if (f->kind != NULL)
        sql_add(q, " AND organization.kind = $", P(f->kind));
    if (f->prefecture != NULL)
        sql_add(q, " AND organization.prefecture = $", P(f->prefecture));
    if (f->city != NULL)
        sql_add(q, " AND organization.city = $", P(f->city));
    if (f->field != NULL)
        sql_add(q, " AND EXISTS (SELECT 1 FROM organization_set WHERE owner = organization.id AND field = 'fields' AND code = $)", P(f->field));
}

static void add_columns(struct sql *q)
{
    sql_add(q, "SELECT id, name, sort_key, kind, prefecture, city, corporate_number, state, demo FROM organization", P0);
}

static struct organization_line line_of(struct db_rows *r)
{
    return (struct organization_line){.id = db_int(r, 0), .name = db_text(r, 1), .sort_key = db_text(r, 2), .kind = db_text(r, 3), .prefecture = db_text(r, 4),
                                      .city = db_text(r, 5), .number = db_text(r, 6), .state = db_text(r, 7), .demo = db_bool(r, 8)};
}

static void turn(struct organization_line *v, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        struct organization_line x = v[i];
        v[i] = v[n - 1 - i];
        v[n - 1 - i] = x;
    }
}

static enum err list_by_name(struct ctx *c, const struct organization_filter *f, const char *typed_at, struct organization_list *out)
{
    struct cursor at;
    cursor_read(c, typed_at, "name", &at);
    struct sql q;
    sql_init(&q, c->arena);
    add_columns(&q);
    add_filter(&q, f);
    if (at.set && at.key != NULL && at.back)
        sql_add(&q, " AND (sort_key, id) < ($, $)", P(at.key, at.id));
    else if (at.set && at.key != NULL)
        sql_add(&q, " AND (sort_key, id) > ($, $)", P(at.key, at.id));
    if (at.back)
        sql_add(&q, " ORDER BY sort_key DESC, id DESC LIMIT 21", P0);
    else
        sql_add(&q, " ORDER BY sort_key, id LIMIT 21", P0);
    out->v = arena_many(c->arena, struct organization_line, LIST_PAGE + 1);
    for (struct db_rows *r = sql_query(c->db, &q); db_next(r);)
        out->v[out->n++] = line_of(r);
    TRY_DB(c, db_error(c->db));
    bool more = out->n > LIST_PAGE;
    if (more)
        out->n = LIST_PAGE;
    if (at.back)
        turn(out->v, out->n);
    out->before = at.back ? more : at.set;
    out->after = at.back ? at.set : more;
    if (out->n > 0) {
        const struct organization_line *first = &out->v[0], *last = &out->v[out->n - 1];
        out->prev = cursor_write(c, "name", true, first->sort_key, NONE, first->id);
        out->next = cursor_write(c, "name", false, last->sort_key, NONE, last->id);
    }
    struct sql n;
    sql_init(&n, c->arena);
    sql_add(&n, "SELECT count(*) FROM (SELECT 1 FROM organization", P0);
    add_filter(&n, f);
    sql_add(&n, " LIMIT 1001) AS counted", P0);
    for (struct db_rows *r = sql_query(c->db, &n); db_next(r);)
        out->count = db_int(r, 0);
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* --- with words: in search order --- */

static bool fits(const struct organization_filter *f, const struct organization_line *l, bool in_field)
{
    return (f->all || strcmp(l->state, f->closed ? "closed" : "open") == 0) && (f->kind == NULL || text_eq(l->kind, f->kind)) &&
           (f->prefecture == NULL || text_eq(l->prefecture, f->prefecture)) && (f->city == NULL || text_eq(l->city, f->city)) && (f->field == NULL || in_field);
}

struct chunk { struct organization_line line[CHUNK]; bool found[CHUNK], in_field[CHUNK]; };

/* The rows of at most CHUNK ids, in the ids' order. The statement always has CHUNK places, so that it is prepared once. */
static enum err load_chunk(struct ctx *c, const struct organization_filter *f, const int64_t *hit, size_t n, struct chunk *out)
{
    struct db_value v[CHUNK];
    struct sql q;
    memset(out->found, 0, sizeof out->found);
    memset(out->in_field, 0, sizeof out->in_field);
    for (size_t i = 0; i < CHUNK; i++)
        v[i] = db_v_int(i < n ? search_id_record(hit[i]) : 0);
    for (int pass = 0; pass < (f->field != NULL ? 2 : 1); pass++) {
        sql_init(&q, c->arena);
        if (pass == 0) {
            add_columns(&q);
            sql_add(&q, " WHERE id IN (0", P0);
        } else {
            sql_add(&q, "SELECT owner FROM organization_set WHERE field = 'fields' AND code = $ AND owner IN (0", P(f->field));
        }
        for (size_t i = 0; i < CHUNK; i++)
            sql_add(&q, ", $", ((struct db_params){&v[i], 1}));
        sql_add(&q, ")", P0);
        for (struct db_rows *r = sql_query(c->db, &q); db_next(r);) {
            int64_t id = db_int(r, 0);
            size_t i = 0;
            while (i < n && v[i].i != id)
                i++;
            if (i < n && pass == 0)
                out->line[i] = line_of(r);
            if (i < n)
                *(pass == 0 ? &out->found[i] : &out->in_field[i]) = true;
        }
        TRY_DB(c, db_error(c->db));
    }
    return OK;
}

/* Walks the hits chunk by chunk from the cursor: the index knows nothing of kinds and places. Takes the first page of those that fit; then counts on,
 * or stops at the first one past it. */
static enum err walk(struct ctx *c, const struct organization_filter *f, const struct search_query *q, struct search_cursor from, size_t take,
                     bool counting, struct organization_list *out, int64_t *count, struct search_cursor *after_last)
{
    struct chunk *chunk = arena_make(c->arena, struct chunk);
    for (bool more = true; more && *count < COUNT_MAX;) {
        struct search_hits hits;
        TRY(finder_find(c, q, "organization", from, CHUNK, &hits));
        TRY(load_chunk(c, f, hits.id, hits.n, chunk));
        for (size_t i = 0; i < hits.n && *count < COUNT_MAX; i++) {
            if (!chunk->found[i] || !fits(f, &chunk->line[i], chunk->in_field[i]))
                continue;
            ++*count;
            if (out->n == take) {
                out->after = true;
                if (!counting)
                    return OK;
                continue;
            }
            out->v[out->n++] = chunk->line[i];
            *after_last = (struct search_cursor){.past_names = i >= hits.names, .after = hits.id[i]};
        }
        from = hits.next;
        more = hits.more;
    }
    return OK;
}

static enum err list_by_words(struct ctx *c, const struct organization_filter *f, const char *typed_at, struct organization_list *out)
{
    struct search_query q;
    struct cursor at;
    struct search_cursor last = {0}, start = {0};
    search_parse(c->arena, f->q, &q);
    cursor_read(c, typed_at, "words", &at);
    if (at.set)
        start = (struct search_cursor){.past_names = at.key_n == 1, .after = at.id};
    out->v = arena_many(c->arena, struct organization_line, LIST_PAGE + 1);
    if (!at.set) {
        TRY(walk(c, f, &q, start, LIST_PAGE, true, out, &out->count, &last));
    } else {
        int64_t rest = 0;
        struct organization_list all = {0};
        struct search_cursor none;
        TRY(walk(c, f, &q, start, LIST_PAGE, false, out, &rest, &last));
        TRY(walk(c, f, &q, (struct search_cursor){0}, 0, true, &all, &out->count, &none));
    }
    if (out->after)
        out->next = cursor_write(c, "words", false, NULL, last.past_names, last.after);
    return OK;
}

/* A whole 法人番号 needs no index, and finds closed ones too. */
static enum err list_by_number(struct ctx *c, const char *number, struct organization_list *out)
{
    out->v = arena_many(c->arena, struct organization_line, 1);
    struct sql q;
    sql_init(&q, c->arena);
    add_columns(&q);
    sql_add(&q, " WHERE corporate_number = $", P(number));
    for (struct db_rows *r = sql_query(c->db, &q); db_next(r);)
        out->v[out->n++] = line_of(r);
    TRY_DB(c, db_error(c->db));
    out->count = (int64_t)out->n;
    return OK;
}

enum err organizations_list(struct ctx *c, const struct organization_filter *f, const char *at_cursor, struct organization_list *out)
{
    *out = (struct organization_list){0};
    if (f->q == NULL)
        return list_by_name(c, f, at_cursor, out);
    const char *number = text_nfkc(c->arena, f->q);
    if (corporate_number_ok(number))
        return list_by_number(c, number, out);
    return list_by_words(c, f, at_cursor, out);
}

enum err cities_of(struct ctx *c, const char *prefecture, bool closed, struct city_choice **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT city, count(*), min(municipality) FROM organization WHERE prefecture = $1 AND state = $2"
                                      " AND city IS NOT NULL GROUP BY city ORDER BY 3, 1", P(prefecture, closed ? "closed" : "open")); db_next(q);)
        ARENA_PUSH(c->arena, *out, *n, cap) = (struct city_choice){db_text(q, 0), db_int(q, 1)};
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* --- export --- */

static bool goes_out(const struct field *f, enum audience who)
{
    if (f->flags & INTERNAL)
        return false;
    return who == AUDIENCE_PUBLIC ? field_audience(f) == AUDIENCE_PUBLIC && (f->flags & PUBLIC) : field_audience(f) <= who;
}

struct organization_listing { const struct organization_filter *f; enum audience who; };

/* The columns of Kyodo's own list: what it writes it takes back (own_csv.c). */
static const struct table_column *own_columns(struct ctx *c, enum audience who, size_t *n)
{
    struct table_column *v = arena_many(c->arena, struct table_column, organization_entity.fields_n);
    *n = 0;
    for (size_t i = 0; i < organization_entity.fields_n; i++) {
        const struct field *f = &organization_entity.fields[i];
        if (!goes_out(f, who))
            continue;
        v[(*n)++] = (struct table_column){
            .title = f->label,
            .kind = f->kind == FIELD_DATE ? TABLE_DATE : f->kind == FIELD_INSTANT ? TABLE_INSTANT : f->kind == FIELD_ID || f->kind == FIELD_INT ? TABLE_INT : TABLE_TEXT,
            .wrap = f->kind == FIELD_MEMO || f->kind == FIELD_SET || f->kind == FIELD_TEXT || f->kind == FIELD_CODE,
            .width = f->kind == FIELD_MEMO ? 50 : strcmp(f->name, "name") == 0 ? 36 : f->kind == FIELD_SET ? 30 : f->kind == FIELD_TEXT || f->kind == FIELD_CODE ? 20 : 0};
    }
    return v;
}

static void own_value(struct ctx *c, struct table *t, const struct field *f, const struct organization *row)
{
    switch (f->kind) {
    case FIELD_CODE:
        table_text(t, word_label(c, f->vocabulary, field_text(f, row), NONE));
        return;
    case FIELD_DATE:
        table_date(t, field_text(f, row));
        return;
    case FIELD_TEXT: case FIELD_MEMO:
        if (strcmp(f->name, "state") == 0) /* people read the file; JSON has the code */
            table_text(t, strcmp(row->state, "open") == 0 ? "活動中" : "終了");
        else
            table_text(t, field_text(f, row));
        return;
    case FIELD_SET: {
        const struct set *set = (const struct set *)((const char *)row + f->offset);
        struct sb words_of;
        sb_init(&words_of, c->arena);
        for (size_t i = 0; i < set->n; i++)
            sb_printf(&words_of, "%s%s", i > 0 ? ";" : "", word_label(c, f->vocabulary, set->v[i], NONE));
        table_text(t, words_of.n > 0 ? sb_str(&words_of) : NULL);
        return;
    }
    case FIELD_INSTANT:
        table_instant(t, field_int(f, row));
        return;
    case FIELD_ID: case FIELD_INT: case FIELD_YEAR: case FIELD_YEN: case FIELD_MILLI: case FIELD_FLAG: case FIELD_REF: case FIELD_CHILD:
        table_int(t, field_int(f, row));
        return;
    }
}

static enum err own_row(struct ctx *c, struct table *t, enum audience who, const struct organization *row, const char *hidden)
{
    for (size_t i = 0; i < organization_entity.fields_n; i++) {
        const struct field *f = &organization_entity.fields[i];
        if (!goes_out(f, who))
            continue;
        if (is_withheld(hidden, f->name) && who < AUDIENCE_SECRETARIAT)
            table_empty(t);
        else
            own_value(c, t, f, row);
    }
    return table_row(t);
}

struct export {
    const struct organization_filter *f;
    /* for each of them, in its piece's arena */
    enum err (*each)(struct ctx *c, struct export *x, const struct organization *row);
    struct table *table; enum audience who;
    struct json_sink *json;
    int64_t rows;
    /* what q found: ids in search order, walked in chunks */
    struct search_query query;
    struct search_cursor found;
    bool found_more;
    struct arena *kept;
    const char *key; int64_t id; /* the last row written, sorted by name */
};

static enum err table_each(struct ctx *c, struct export *x, const struct organization *row)
{
    return own_row(c, x->table, x->who, row, withheld(c, "organization", row->id));
}

static enum err json_each(struct ctx *c, struct export *x, const struct organization *row)
{
    struct json j;
    sb_add(&x->json->out, x->rows > 0 ? ",\n" : "\n");
    json_init(&j, &x->json->out);
    entity_json(&j, NULL, &organization_entity, row, AUDIENCE_PUBLIC, withheld(c, "organization", row->id));
    json_spill(x->json);
    return OK;
}

static enum err next_by_name(struct ctx *c, struct export *x, struct organization **v, size_t *n)
{
    struct sql tail;
    sql_init(&tail, c->arena);
    add_filter(&tail, x->f);
    if (x->f->all) { /* no index has both states in the order of names */
        sql_add(&tail, " AND id > $ ORDER BY id LIMIT 500", P(x->id));
    } else {
        if (x->key != NULL)
            sql_add(&tail, " AND (sort_key, id) > ($, $)", P(x->key, x->id));
        sql_add(&tail, " ORDER BY sort_key, id LIMIT 500", P0);
    }
    TRY_DB(c, entity_select(c->db, c->arena, &organization_entity, &tail, false, v, n));
    return OK;
}

/* A whole 法人番号 finds its organization, closed or not, as the page does. */
static enum err by_number(struct ctx *c, struct export *x, const char *number, struct organization **v, size_t *n)
{
    struct organization_list list = {0};
    TRY(list_by_number(c, number, &list));
    *v = arena_many(c->arena, struct organization, list.n + 1);
    for (*n = 0; *n < list.n; ++*n)
        TRY_DB(c, entity_load(c->db, c->arena, &organization_entity, list.v[*n].id, &(*v)[*n]));
    x->found_more = false;
    return OK;
}

static enum err next_by_words(struct ctx *c, struct export *x, struct organization **v, size_t *n)
{
    const char *number = text_nfkc(c->arena, x->f->q);
    *n = 0;
    if (corporate_number_ok(number))
        return by_number(c, x, number, v, n);
    while (x->found_more && *n == 0) {
        struct search_hits hits;
        struct chunk *chunk = arena_make(c->arena, struct chunk);
        TRY(finder_find(c, &x->query, "organization", x->found, CHUNK, &hits));
        TRY(load_chunk(c, x->f, hits.id, hits.n, chunk));
        *v = arena_many(c->arena, struct organization, hits.n + 1);
        for (size_t i = 0; i < hits.n; i++)
            if (chunk->found[i] && fits(x->f, &chunk->line[i], chunk->in_field[i]))
                TRY_DB(c, entity_load(c->db, c->arena, &organization_entity, chunk->line[i].id, &(*v)[(*n)++]));
        x->found = hits.next;
        x->found_more = hits.more;
    }
    return OK;
}

static enum err next_piece(struct ctx *c, void *arg, bool *more)
{
    struct export *x = arg;
    struct organization *v = NULL;
    size_t n = 0;
    TRY(x->f->q != NULL ? next_by_words(c, x, &v, &n) : next_by_name(c, x, &v, &n));
    for (size_t i = 0; i < n; i++) {
        TRY(x->each(c, x, &v[i]));
        x->rows++;
    }
    TRY_DB(c, db_error(c->db));
    *more = x->f->q != NULL ? x->found_more : n == EXPORT_PIECE;
    if (n > 0) {
        arena_reset(x->kept);
        x->key = arena_dup(x->kept, v[n - 1].sort_key);
        x->id = v[n - 1].id;
    }
    return OK;
}

static enum err walk_all(struct ctx *c, struct export *x)
{
    ARENA struct arena *kept = arena_new();
    x->found_more = true;
    x->kept = kept;
    search_parse(c->arena, x->f->q, &x->query);
    return listing_pieces(c, next_piece, x);
}

static enum err listing_rows(struct ctx *c, struct table *t, void *arg)
{
    const struct organization_listing *l = arg;
    struct export x = {.f = l->f, .each = table_each, .table = t, .who = l->who};
    return walk_all(c, &x);
}

struct listing organizations_listing(struct ctx *c, const struct organization_filter *f, enum audience who)
{
    struct organization_listing *l = arena_make(c->arena, struct organization_listing);
    *l = (struct organization_listing){f, who};
    struct listing out = {.name = who >= AUDIENCE_STAFF ? "団体一覧(職員用)" : "団体一覧", .rows = listing_rows, .arg = l,
                          .note = "この表は、そのまま団体の取り込みに使えます。出典: 国税庁法人番号公表サイト(加工して作成)。くわしくは団体のページにあります。"};
    out.column = own_columns(c, who, &out.columns);
    return out;
}

enum err organizations_write_json(struct ctx *c, const struct organization_filter *f, struct json_sink *out, int64_t *rows)
{
    struct export x = {.f = f, .each = json_each, .json = out};
    sb_add(&out->out, "{\"organizations\":[");
    TRY(walk_all(c, &x));
    *rows = x.rows;
    /* The count at the end tells a whole file from one that was cut. */
    sb_printf(&out->out, "\n],\"count\":%lld}\n", (long long)x.rows);
    return OK;
}
