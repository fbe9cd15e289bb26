/* A file that came back: read in its own process, and put away until somebody has decided on it. */
#include <string.h>

#include "area/register/sheets.h"
#include "base/json.h"
#include "base/text.h"
#include "core/audit.h"

/* --- reading --- */

static char kind_of(const struct sheet_cell *x)
{
    if (x->formula && *x->text == '\0')
        return 'f';
    switch (x->kind) {
    case SHEET_TEXT: return 't';
    case SHEET_NUMBER: return 'n';
    case SHEET_DATE: return 'd';
    case SHEET_BOOL: return 'b';
    case SHEET_ERROR: return 'e';
    }
    return 't';
}

/* Rows after the heading, a cell for each of its columns. */
static void take_rows(struct ctx *c, const struct sheet_table *t, struct sheet_in *out)
{
    const struct sheet *s = t->sheet;
    struct sheet_in_row *v = arena_many(c->arena, struct sheet_in_row, s->n + 1);
    out->columns = s->columns;
    const char **head = arena_many(c->arena, const char *, s->columns + 1);
    for (uint32_t k = 0; k < s->row[t->head].n; k++) {
        bool ok = true;
        const struct sheet_cell *x = &s->row[t->head].cell[k];
        if (x->column < s->columns)
            head[x->column] = text_clean(c->arena, x->text, strlen(x->text), true, &ok);
    }
    out->head = head;
    for (size_t i = t->head + 1; i < s->n; i++) {
        struct sheet_in_cell *cell = arena_many(c->arena, struct sheet_in_cell, s->columns + 1);
        bool any = false;
        for (uint32_t k = 0; k < s->row[i].n; k++) {
            const struct sheet_cell *x = &s->row[i].cell[k];
            bool ok = true;
            if (x->column >= s->columns)
                continue;
            cell[x->column] = (struct sheet_in_cell){kind_of(x), text_clean(c->arena, x->text, strlen(x->text), false, &ok)};
            any = any || cell[x->column].text != NULL || cell[x->column].kind == 'f';
        }
        if (any)
            v[out->rows++] = (struct sheet_in_row){s->row[i].number, cell};
    }
    out->row = v;
}

/* All titles that a sheet of ours can have, whatever the preset: what has no words here is told apart from what nobody knows. */
static enum err find_table(struct ctx *c, const struct workbook *w, struct sheet_table *t)
{
    static const struct sheet_field field[] = {{"事業番号", NULL, false}, {"課", "主担当課|担当課|所属|課名", false}, {"続けるか", NULL, false}, {"事業名", "事業の名称|名称", false},
                                               {"ひとこと説明", "事業概要|概要", false}, {"取りまとめ区分", "区分", false}, {"協働の形態", "協働形態|形態", false},
                                               {"相手1 名前", NULL, false}, {"予算額", "予算", false}, {"版", NULL, false}};
    return sheet_table_find(c->arena, w, field, sizeof field / sizeof field[0], t, &c->fail);
}

enum err sheet_in_read(struct ctx *c, const char *file, const char *bytes, size_t n, struct sheet_in *out)
{
    struct workbook *w = NULL;
    struct sheet_table t;
    size_t cap = 0;
    const char **ignored = NULL;
    *out = (struct sheet_in){.file = file};
    TRY(sheet_read(c->arena, bytes, n, file, &w, &c->fail));
    TRY(find_table(c, w, &t));
    out->sheet = t.sheet->name;
    out->encoding = w->xlsx ? NULL : encoding_name(w->encoding);
    for (size_t i = 0; i < w->n; i++)
        if (&w->sheet[i] != t.sheet && !w->sheet[i].hidden && w->sheet[i].n > 0 && !text_eq(w->sheet[i].name, "記入のしかた"))
            ARENA_PUSH(c->arena, ignored, out->ignored_n, cap) = w->sheet[i].name;
    out->ignored = ignored;
    take_rows(c, &t, out);
    return OK;
}

/* --- put away --- */

static const char *head_json(struct ctx *c, const struct sheet_in *in)
{
    struct sb b;
    struct json j;
    sb_init(&b, c->arena);
    json_init(&j, &b);
    json_object(&j, NULL);
    json_text(&j, "sheet", in->sheet);
    json_text(&j, "encoding", in->encoding);
    json_array(&j, "head");
    for (size_t i = 0; i < in->columns; i++)
        json_text(&j, NULL, in->head[i]);
    json_end(&j, ']');
    json_array(&j, "ignored");
    for (size_t i = 0; i < in->ignored_n; i++)
        json_text(&j, NULL, in->ignored[i]);
    json_end(&j, ']');
    json_end(&j, '}');
    return sb_str(&b);
}

/* A text a cell: its kind, then what it says; null: nothing. */
static const char *row_json(struct ctx *c, const struct sheet_in *in, const struct sheet_in_row *r)
{
    struct sb b;
    struct json j;
    sb_init(&b, c->arena);
    json_init(&j, &b);
    json_array(&j, NULL);
    for (size_t i = 0; i < in->columns; i++)
        json_text(&j, NULL, r->cell[i].kind == 0 ? NULL : arena_printf(c->arena, "%c%s", r->cell[i].kind, r->cell[i].text != NULL ? r->cell[i].text : ""));
    json_end(&j, ']');
    return sb_str(&b);
}

enum { PIECE = 200 };
struct putting {
    const struct sheet_scope *scope;
    const struct sheet_in *in;
    const struct sheet_entry *entry;
    struct bytes bytes;
    size_t from, to;
    int64_t id;
};

static enum err put_upload(struct ctx *c, void *arg)
{
    struct putting *p = arg;
    TRY_DB(c, db_insert(c->db, "INSERT INTO sheet_upload (inquiry, answer, department, account, at, state, file, bytes, head, entered_for, entered_how, received_on) "
                               "VALUES ($1, $2, $3, $4, $5, 'reading', $6, $7, $8, $9, $10, $11) RETURNING id",
                        P(p->scope->inquiry, p->scope->answer, p->scope->department, c->user->id, c->now, p->in->file, p->bytes, head_json(c, p->in), p->entry->why,
                          p->entry->how, p->entry->on), &p->id));
    return OK;
}

static enum err put_rows(struct ctx *c, void *arg)
{
    struct putting *p = arg;
    for (size_t i = p->from; i < p->to; i++)
        TRY_DB(c, db_exec(c->db, "INSERT INTO sheet_row (upload, position, line, cells) VALUES ($1, $2, $3, $4) ON CONFLICT (upload, position) DO NOTHING",
                          P(p->id, (int64_t)i, p->in->row[i].line, row_json(c, p->in, &p->in->row[i]))));
    if (p->to == p->in->rows)
        TRY_DB(c, db_exec(c->db, "UPDATE sheet_upload SET state='waiting' WHERE id=$1", P(p->id)));
    return OK;
}

enum err sheet_upload_put(struct ctx *c, const struct sheet_scope *scope, const struct sheet_in *in, const char *bytes, size_t n, const struct sheet_entry *entry,
                          int64_t *id)
{
    struct putting p = {.scope = scope, .in = in, .entry = entry, .bytes = {bytes, n}};
    TRY(in_write(c, put_upload, &p));
    do {
        p.to = p.from + PIECE < in->rows ? p.from + PIECE : in->rows;
        TRY(in_write(c, put_rows, &p));
        p.from = p.to;
    } while (p.from < in->rows);
    *id = p.id;
    return OK;
}

static struct sheet_upload upload_of(struct db_rows *q)
{
    return (struct sheet_upload){.id = db_int(q, 0), .scope = {db_int(q, 1), db_int(q, 2), db_int(q, 3)}, .account = db_int(q, 4), .at = db_int(q, 5), .state = db_text(q, 6),
                                 .file = db_text(q, 7), .head = db_text(q, 8), .entry = {db_text(q, 9), db_text(q, 10), db_text(q, 11)}, .done_at = db_int(q, 12),
                                 .report = db_text(q, 13)};
}
#define UPLOAD_COLUMNS "id, inquiry, answer, department, account, at, state, file, head, entered_for, entered_how, received_on, done_at, report"

enum err sheet_upload_load(struct ctx *c, int64_t id, struct sheet_upload *out)
{
    *out = (struct sheet_upload){.id = NONE};
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT " UPLOAD_COLUMNS " FROM sheet_upload WHERE id=$1 AND state<>'reading'", P(id)); db_next(q);)
        *out = upload_of(q);
    TRY_DB(c, db_error(c->db));
    if (out->id == NONE)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "送ったファイルは見つかりません。取り込んだか捨てたあと、14日で消えます。"));
    if (out->account != c->user->id && !user_is(c->user, ROLE_SECRETARIAT))
        return fail(c, E_FORBIDDEN, "%s", tr(c, "このファイルは、送った人と事務局の人だけが見られます。"));
    return OK;
}

enum err sheet_uploads_waiting(struct ctx *c, int64_t inquiry, struct sheet_upload **out, size_t *n)
{
    struct sheet_upload *v = NULL;
    size_t cap = 0;
    *n = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT " UPLOAD_COLUMNS " FROM sheet_upload WHERE account=$1 AND state='waiting' AND EXISTS (SELECT 1 FROM inquiry WHERE inquiry.id=sheet_upload.inquiry AND inquiry.state='open') ORDER BY id DESC LIMIT 20",
                                      P(c->user->id)); db_next(q);) {
        struct sheet_upload u = upload_of(q);
        if (inquiry == NONE || u.scope.inquiry == inquiry)
            ARENA_PUSH(c->arena, v, *n, cap) = u;
    }
    TRY_DB(c, db_error(c->db));
    *out = v;
    return OK;
}

static const char **texts_of(struct ctx *c, const struct json_value *list, size_t *n)
{
    const char **v = arena_many(c->arena, const char *, list != NULL ? list->n + 1 : 1);
    *n = 0;
    for (const struct json_value *x = list != NULL ? list->child : NULL; x != NULL; x = x->next)
        v[(*n)++] = x->type == JSON_TEXT ? x->text : NULL;
    return v;
}

static enum err row_read(struct ctx *c, const char *cells, size_t columns, struct sheet_in_row *out)
{
    struct json_value *list = NULL;
    size_t n = 0;
    TRY(json_read(c->arena, cells, strlen(cells), &list, &c->fail));
    struct sheet_in_cell *cell = arena_many(c->arena, struct sheet_in_cell, columns + 1);
    for (const struct json_value *x = list->child; x != NULL && n < columns; x = x->next, n++)
        if (x->type == JSON_TEXT && x->text[0] != '\0')
            cell[n] = (struct sheet_in_cell){x->text[0], x->text[1] != '\0' ? x->text + 1 : NULL};
    out->cell = cell;
    return OK;
}

enum err sheet_upload_rows(struct ctx *c, const struct sheet_upload *u, struct sheet_in *out)
{
    struct json_value *head = NULL;
    struct sheet_in_row *v = NULL;
    size_t cap = 0;
    *out = (struct sheet_in){.file = u->file};
    TRY(json_read(c->arena, u->head, strlen(u->head), &head, &c->fail));
    out->sheet = json_get_text(head, "sheet");
    out->encoding = json_get_text(head, "encoding");
    out->head = texts_of(c, json_get(head, "head"), &out->columns);
    out->ignored = texts_of(c, json_get(head, "ignored"), &out->ignored_n);
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT line, cells FROM sheet_row WHERE upload=$1 ORDER BY position", P(u->id)); db_next(q);) {
        struct sheet_in_row r = {.line = db_int(q, 0)};
        enum err e = row_read(c, db_text(q, 1), out->columns, &r);
        if (e != OK) {
            db_done(q);
            return e;
        }
        ARENA_PUSH(c->arena, v, out->rows, cap) = r;
    }
    TRY_DB(c, db_error(c->db));
    out->row = v;
    return OK;
}

enum err sheet_upload_bytes(struct ctx *c, int64_t id, struct bytes *out)
{
    *out = (struct bytes){NULL, 0};
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT bytes FROM sheet_upload WHERE id=$1", P(id)); db_next(q);)
        *out = db_bytes(q, 0);
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err sheet_upload_discard(struct ctx *c, int64_t id)
{
    struct sheet_upload u;
    TRY(sheet_upload_load(c, id, &u));
    TRY_DB(c, db_exec(c->db, "UPDATE sheet_upload SET state='discarded', done_at=$1 WHERE id=$2 AND state='waiting'", P(c->now, id)));
    if (db_changes(c->db) == 0)
        return fail(c, E_CONFLICT, "%s", tr(c, "このファイルは、もう取り込んだか捨てたものです。"));
    return audit_note(c, "sheet.discard", "sheet_upload", id, u.file);
}

/* What was decided on is kept for questions, what was forgotten long enough for a holiday. */
enum { KEPT_DONE = 14 * 86400, KEPT_WAITING = 60 * 86400 };

enum err sheet_uploads_sweep(struct ctx *c, int64_t subject)
{
    (void)subject;
    int64_t done = c->now - KEPT_DONE, waiting = c->now - KEPT_WAITING;
    TRY_DB(c, db_exec(c->db, "DELETE FROM sheet_row WHERE upload IN (SELECT id FROM sheet_upload WHERE at<$1 OR (done_at IS NOT NULL AND done_at<$2))", P(waiting, done)));
    TRY_DB(c, db_exec(c->db, "DELETE FROM sheet_upload WHERE at<$1 OR (done_at IS NOT NULL AND done_at<$2)", P(waiting, done)));
    return OK;
}
