/* The log as people read it: what happened to one record, and all of it as a list. Values are those that the reader may see, and none that is withheld. */
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "core/app.h"
#include "core/audit.h"
#include "core/page.h"
#include "core/record.h"

/* What an insert or a delete logs in place of every single field: see core/record.c. */
#define WHOLE_RECORD "*"

/* The log keeps canonical text; people read words, 千円 and dates: one value goes through JSON back into a row and out as a page shows it. */
static const char *as_read(struct ctx *c, const struct entity *e, const struct field *f, const char *raw)
{
    if (raw == NULL)
        return NULL;
    struct sb text;
    struct json j;
    sb_init(&text, c->arena);
    json_init(&j, &text);
    json_object(&j, NULL);
    switch (f->kind) {
    case FIELD_TEXT: case FIELD_MEMO: case FIELD_DATE: case FIELD_CODE:
        json_text(&j, f->name, raw);
        break;
    case FIELD_SET:
        json_array(&j, f->name);
        for (const char *p = raw; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n')
            json_text(&j, NULL, arena_dup_n(c->arena, p, strcspn(p, "\n")));
        json_end(&j, ']');
        break;
    case FIELD_FLAG:
        json_bool(&j, f->name, strcmp(raw, "0") != 0 && strcmp(raw, "false") != 0);
        break;
    case FIELD_MILLI:
        json_milli(&j, f->name, strtoll(raw, NULL, 10));
        break;
    case FIELD_ID: case FIELD_INT: case FIELD_YEAR: case FIELD_YEN: case FIELD_INSTANT: case FIELD_REF: case FIELD_CHILD:
        json_raw(&j, f->name, raw);
        break;
    }
    json_end(&j, '}');
    struct failure unread;
    failure_init(&unread, c->arena);
    struct json_value *value = NULL;
    void *row = arena_alloc(c->arena, e->size);
    entity_init(e, row);
    if (json_read(c->arena, sb_str(&text), text.n, &value, &unread) != OK || entity_from_json(c->arena, e, value, row) != OK)
        return raw;
    const char *shown = field_shown(c, f, row, this_year(c));
    return shown != NULL ? shown : raw;
}

/* --- what of it the reader may see --- */

/* What is withheld of a record: by its own number, and by the number of what it refers to (a project's is withheld by the project's). A record that is
 * gone cannot say to what it referred: then everything of it that could be withheld is. */
static enum err hidden_of(struct ctx *c, const struct entity *e, const char *entity, int64_t id, const char **out)
{
    void *rows = NULL;
    size_t n = 0;
    struct sql tail;
    struct sb b;
    *out = "";
    if (e == NULL || id == NONE)
        return OK;
    int64_t any = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM (SELECT id FROM withholding WHERE lifted_at IS NULL LIMIT 1) AS any_row", P0, &any));
    if (any == 0)
        return OK;
    sb_init(&b, c->arena);
    sb_add(&b, withheld(c, entity, id));
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE id = $", P(id));
    TRY_DB(c, entity_select(c->db, c->arena, e, &tail, true, &rows, &n));
    for (size_t i = 0; i < e->fields_n; i++) {
        const struct field *f = &e->fields[i];
        const char *more = n == 0 && (f->flags & WITHHOLD) ? f->name : n > 0 && f->kind == FIELD_REF && field_int(f, rows) != NONE ? withheld(c, f->ref, field_int(f, rows)) : "";
        if (*more != '\0')
            sb_printf(&b, "%s%s", b.n > 0 ? " " : "", more);
    }
    TRY_DB(c, db_error(c->db));
    *out = sb_str(&b);
    return OK;
}

struct reading { const struct entity *e; const char *hidden; };

/* A value of the log as a line. `instead` says why there is none. */
static struct audit_line line_of(struct ctx *c, const struct reading *x, const struct audit_line *row, struct db_rows *q)
{
    const char *name = db_text(q, 0);
    const struct field *f = x->e != NULL ? entity_field(x->e, name) : NULL;
    struct audit_line line = *row;
    line.field = f != NULL ? f->label : name;
    line.name = name;
    if (strcmp(name, WHOLE_RECORD) == 0) {
        line.field = NULL;
        return line;
    }
    if (f != NULL && field_audience(f) > user_audience(c->user))
        line.instead = tr(c, "(見られない項目です)");
    else if (f != NULL && (is_withheld(x->hidden, name) || is_withheld_partly(x->hidden, name)))
        line.instead = tr(c, WITHHELD_MARK);
    else if (!db_null(q, 3))
        line.instead = tr(c, "(保存期間を過ぎたので消しました)");
    else {
        line.before = f != NULL ? as_read(c, x->e, f, db_text(q, 1)) : db_text(q, 1);
        line.after = f != NULL ? as_read(c, x->e, f, db_text(q, 2)) : db_text(q, 2);
    }
    if (f == NULL && strcmp(name, "note") == 0)
        line.field = NULL;
    return line;
}

static enum err lines_of(struct ctx *c, const struct reading *x, const struct audit_line *row, int64_t chain, int64_t n, struct audit_line **out, size_t *lines, size_t *cap)
{
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT field, before, after, erased_at FROM audit_value WHERE chain = $1 AND n = $2 ORDER BY position", P(chain, n)); db_next(q);)
        ARENA_PUSH(c->arena, *out, *lines, *cap) = line_of(c, x, row, q);
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* --- one record --- */

enum err audit_history(struct ctx *c, const char *entity, int64_t id, size_t most, struct audit_line **out, size_t *n)
{
    struct reading x = {.e = entity_named(c, entity)};
    struct audit_position *at = NULL;
    struct audit_line *row = NULL;
    size_t cap = 0, rows = 0, rows_cap = 0, places = 0, places_cap = 0;
    *out = NULL;
    *n = 0;
    TRY(hidden_of(c, x.e, entity, id, &x.hidden));
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT chain, n, at, who, what FROM audit WHERE entity = $1 AND record = $2"
                                      " ORDER BY at DESC, chain, n DESC LIMIT $3", P(entity, id, (int64_t)most));
         db_next(q);) {
        ARENA_PUSH(c->arena, at, places, places_cap) = (struct audit_position){.chain = db_int(q, 0), .n = db_int(q, 1), .at = db_int(q, 2)};
        ARENA_PUSH(c->arena, row, rows, rows_cap) = (struct audit_line){.at = db_int(q, 2), .who = db_text(q, 3), .what = db_text(q, 4)};
    }
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < rows && *n < most; i++) {
        struct audit_line *line = NULL;
        size_t lines = 0, lines_cap = 0, before = *n;
        TRY(lines_of(c, &x, &row[i], at[i].chain, at[i].n, &line, &lines, &lines_cap));
        for (size_t k = 0; k < lines; k++)
            if (line[k].instead == NULL)
                ARENA_PUSH(c->arena, *out, *n, cap) = line[k];
        if (*n == before)
            ARENA_PUSH(c->arena, *out, *n, cap) = row[i];
    }
    return OK;
}

/* --- all of it --- */

static bool fits(const struct audit_filter *f, int64_t account, const char *who, const char *entity)
{
    bool of = f->person == NULL || text_eq(f->person, who);
    for (size_t i = 0; i < f->accounts && !of; i++)
        of = f->account[i] == account;
    return of && (f->entity == NULL || text_eq(f->entity, entity));
}

enum { LOOK = 500 };

/* The filter by person and kind is no part of the statement: no index serves it, and a rare one would walk the whole log in one go. */
static struct db_rows *rows_from(struct ctx *c, const struct audit_filter *f, const struct audit_position *from, bool back, size_t most)
{
    struct sql s;
    sql_init(&s, c->arena);
    sql_add(&s, "SELECT chain, n, at, account, who, what, entity, record FROM audit WHERE TRUE", P0);
    if (f->from != NONE)
        sql_add(&s, " AND at >= $", P(f->from));
    if (f->until != NONE)
        sql_add(&s, " AND at < $", P(f->until));
    if (from->chain != NONE && back)
        sql_add(&s, " AND (at, chain, n) > ($, $, $)", P(from->at, from->chain, from->n));
    else if (from->chain != NONE)
        sql_add(&s, " AND (at, chain, n) < ($, $, $)", P(from->at, from->chain, from->n));
    if (back)
        sql_add(&s, " ORDER BY at, chain, n LIMIT $", P((int64_t)most));
    else
        sql_add(&s, " ORDER BY at DESC, chain DESC, n DESC LIMIT $", P((int64_t)most));
    return sql_query(c->db, &s);
}

static enum err fill(struct ctx *c, struct audit_entry *v, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct reading x = {.e = entity_named(c, v[i].entity)};
        const struct audit_line row = {.at = v[i].place.at, .who = v[i].who, .what = v[i].what};
        size_t cap = 0;
        TRY(hidden_of(c, x.e, v[i].entity, v[i].record, &x.hidden));
        v[i].withheld = *x.hidden != '\0';
        TRY(lines_of(c, &x, &row, v[i].place.chain, v[i].place.n, &v[i].line, &v[i].lines, &cap));
        if (v[i].account > 0 && db_get_text(c->db, c->arena, "SELECT login FROM account WHERE id = $1", P(v[i].account), &v[i].login) != OK)
            v[i].login = NULL;
        TRY_DB(c, db_error(c->db));
    }
    return OK;
}

enum err audit_list(struct ctx *c, const struct audit_filter *f, struct audit_position from, bool back, size_t most, size_t look, struct audit_entry **out, size_t *n,
                    struct audit_position *reached)
{
    TRY(need_role(c, ROLE_SECRETARIAT | ROLE_OPERATOR));
    struct audit_entry *v = arena_many(c->arena, struct audit_entry, most + 1);
    size_t got = 0, looked = 0, at_once = f->person == NULL && f->entity == NULL ? most : LOOK;
    bool more = true;
    while (more && got < most && looked < look) {
        size_t piece = 0;
        struct db_rows *q = rows_from(c, f, &from, back, at_once);
        for (; got < most && db_next(q); piece++) {
            from = (struct audit_position){db_int(q, 2), db_int(q, 0), db_int(q, 1)};
            if (fits(f, db_int(q, 3), db_text(q, 4), db_text(q, 6)))
                v[got++] = (struct audit_entry){.place = from, .account = db_int(q, 3), .who = db_text(q, 4), .what = db_text(q, 5), .entity = db_text(q, 6), .record = db_int(q, 7)};
        }
        db_done(q);
        TRY_DB(c, db_error(c->db));
        looked += piece;
        more = piece == at_once || got == most;
    }
    *reached = from;
    if (more) { /* is there anything behind it? */
        struct db_rows *q = rows_from(c, f, &from, back, 1);
        more = db_next(q);
        db_done(q);
        TRY_DB(c, db_error(c->db));
    }
    if (!more)
        reached->chain = NONE;
    for (size_t i = 0; back && i < got / 2; i++) {
        struct audit_entry one = v[i];
        v[i] = v[got - 1 - i];
        v[got - 1 - i] = one;
    }
    *out = v;
    *n = got;
    return fill(c, v, got);
}

/* --- who looked at what --- */

static bool view_fits(const struct view_filter *f, int64_t account, const char *path)
{
    bool of = !f->of;
    for (size_t i = 0; i < f->accounts && !of; i++)
        of = f->account[i] == account;
    return of && (f->under == NULL || text_starts(path, f->under));
}

static struct db_rows *views_from(struct ctx *c, const struct view_filter *f, const struct audit_position *from, bool back, size_t most)
{
    struct sql s;
    sql_init(&s, c->arena);
    sql_add(&s, "SELECT v.id, v.at, v.account, v.path, a.name, a.login FROM view_log v LEFT JOIN account a ON a.id = v.account WHERE TRUE", P0);
    if (f->from != NONE)
        sql_add(&s, " AND v.at >= $", P(f->from));
    if (f->until != NONE)
        sql_add(&s, " AND v.at < $", P(f->until));
    if (from->chain != NONE && back)
        sql_add(&s, " AND (v.at, v.id) > ($, $)", P(from->at, from->n));
    else if (from->chain != NONE)
        sql_add(&s, " AND (v.at, v.id) < ($, $)", P(from->at, from->n));
    if (back)
        sql_add(&s, " ORDER BY v.at, v.id LIMIT $", P((int64_t)most));
    else
        sql_add(&s, " ORDER BY v.at DESC, v.id DESC LIMIT $", P((int64_t)most));
    return sql_query(c->db, &s);
}

enum err view_list(struct ctx *c, const struct view_filter *f, struct audit_position from, bool back, size_t most, size_t look, struct view_entry **out, size_t *n,
                   struct audit_position *reached)
{
    TRY(need_role(c, ROLE_SECRETARIAT | ROLE_OPERATOR));
    struct view_entry *v = arena_many(c->arena, struct view_entry, most + 1);
    size_t got = 0, looked = 0, at_once = !f->of && f->under == NULL ? most : LOOK;
    bool more = true;
    while (more && got < most && looked < look) {
        size_t piece = 0;
        struct db_rows *q = views_from(c, f, &from, back, at_once);
        for (; got < most && db_next(q); piece++) {
            from = (struct audit_position){db_int(q, 1), 0, db_int(q, 0)};
            if (view_fits(f, db_int(q, 2), db_text(q, 3)))
                v[got++] = (struct view_entry){db_int(q, 0), db_int(q, 1), db_int(q, 2), db_text(q, 4), db_text(q, 5), db_text(q, 3)};
        }
        db_done(q);
        TRY_DB(c, db_error(c->db));
        looked += piece;
        more = piece == at_once || got == most;
    }
    *reached = from;
    if (more) {
        struct db_rows *q = views_from(c, f, &from, back, 1);
        more = db_next(q);
        db_done(q);
        TRY_DB(c, db_error(c->db));
    }
    if (!more)
        reached->chain = NONE;
    for (size_t i = 0; back && i < got / 2; i++) {
        struct view_entry one = v[i];
        v[i] = v[got - 1 - i];
        v[got - 1 - i] = one;
    }
    *out = v;
    *n = got;
    return OK;
}
