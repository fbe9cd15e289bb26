/* The casebook's files: JSON, XLSX and CSV of everything public in it. */
#include <string.h>

#include "area/register/casebook.h"
#include "base/text.h"
#include "core/preset.h"

enum { COLUMNS_MOST = 80 };

/* --- JSON --- */

struct rows { struct json *j; struct table *t; struct json_sink *sink; const struct field **field; size_t n; };

/* Every frozen row of the edition in its order, a batch of them in memory. */
static enum err each_row(struct ctx *c, const struct casebook *b, enum err (*each)(struct ctx *c, struct rows *r, const struct frozen *f), struct rows *r)
{
    struct arena *outer = c->arena;
    enum err e = OK;
    size_t got = 1;
    for (int64_t after = 0; e == OK && got > 0;) {
        ARENA struct arena *batch = arena_new();
        struct frozen row[20];
        c->arena = batch;
        got = 0;
        struct db_rows *q = db_query(c->db, c->arena, "SELECT " FROZEN_COLUMNS ", i.position FROM edition_item i JOIN frozen f ON f.id = i.frozen WHERE i.edition = $1 AND i.position > $2 ORDER BY i.position LIMIT 20",
                                     P(b->edition, after));
        while (got < 20 && db_next(q)) {
            after = db_int(q, 18);
            frozen_read(q, &row[got++]);
        }
        db_done(q);
        e = db_error(c->db) != OK ? fail_db(c) : OK;
        for (size_t i = 0; e == OK && i < got; i++)
            e = each(c, r, &row[i]);
        c->arena = outer;
    }
    return e;
}

static enum err one_json(struct ctx *c, struct rows *r, const struct frozen *f)
{
    TRY(project_json(c, r->j, f));
    json_spill(r->sink);
    return OK;
}

enum err casebook_json(struct ctx *c, const struct casebook *b, struct json_sink *sink)
{
    struct json j;
    struct rows r = {.j = &j, .sink = sink};
    json_init(&j, &sink->out);
    json_object(&j, NULL);
    json_text(&j, "title", b->title);
    json_text(&j, "name", b->name);
    json_text(&j, "publisher", b->prefecture);
    json_int(&j, "edition", b->edition);
    json_int(&j, "year", b->year);
    json_int(&j, "number", b->number);
    json_text(&j, "hash", b->hash);
    json_text(&j, "licence", b->licence);
    json_int(&j, "count", (int64_t)b->n);
    json_array(&j, "projects");
    TRY(each_row(c, b, one_json, &r));
    json_end(&j, ']');
    json_end(&j, '}');
    return OK;
}

/* --- tables --- */

static enum table_kind kind_of(const struct field *f)
{
    switch (f->kind) {
    case FIELD_ID: case FIELD_INT: case FIELD_YEAR:
        return TABLE_INT;
    case FIELD_YEN:
        return TABLE_YEN;
    case FIELD_MILLI:
        return TABLE_MILLI;
    case FIELD_DATE:
        return TABLE_DATE;
    default:
        return strcmp(f->name, "project") == 0 ? TABLE_INT : TABLE_TEXT;
    }
}

static enum err one_row(struct ctx *c, struct rows *r, const struct frozen *f)
{
    struct statement s;
    struct frozen_words w;
    const char *hidden;
    TRY(frozen_open(c, f, AUDIENCE_PUBLIC, &s, &w, &hidden));
    for (size_t i = 0; i < r->n; i++) {
        const struct field *field = r->field[i];
        if (is_withheld(hidden, field->name))
            table_marked(r->t, tr(c, "(公開していません)"), TABLE_PLAIN);
        else
            switch (kind_of(field)) {
            case TABLE_INT: table_int(r->t, field_int(field, &s)); break;
            case TABLE_YEN: table_yen(r->t, field_int(field, &s)); break;
            case TABLE_MILLI: table_milli(r->t, field_int(field, &s)); break;
            case TABLE_DATE: table_date(r->t, field_text(field, &s)); break;
            default: table_text(r->t, frozen_cell(c, &w, field, &s));
            }
    }
    return table_row(r->t);
}

static enum err about_sheet(struct ctx *c, const struct casebook *b, struct table *t)
{
    static const struct table_column columns[] = {{.title = "", .width = 20}, {.title = "", .width = 90, .wrap = true}};
    static const struct table_sheet sheet = {.name = "この資料について", .column = columns, .columns = 2, .aside = true, .bare = true};
    const char *const row[][2] = {
        {"資料", arena_printf(c->arena, "%s %s %s", b->prefecture, b->title, b->name)}, {"照合番号", b->hash}, {"利用条件", b->licence},
        {"空欄", "記載がないことを示し、0ではありません。金額は千円です。"},
        {"公開していない項目", "あとから公開をやめた項目には「(公開していません)」と書いています。"},
        {"出典", b->source_note ? "団体の名前の一部は、国税庁法人番号公表サイト(国税庁)の情報を加工して作成しました。" : NULL},
    };
    TRY(table_sheet(t, &sheet));
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (row[i][1] != NULL) {
            table_text(t, row[i][0]);
            table_text(t, row[i][1]);
            TRY(table_row(t));
        }
    return OK;
}

enum err casebook_table(struct ctx *c, const struct casebook *b, enum table_format format, struct table_result *out)
{
    const struct field *field[COLUMNS_MOST];
    struct table_column column[COLUMNS_MOST];
    struct rows r = {.field = field};
    for (size_t i = 0; i < statement_entity.fields_n && r.n < COLUMNS_MOST; i++) {
        const struct field *f = &statement_entity.fields[i];
        if (!field_exported(c, f))
            continue;
        field[r.n] = f;
        column[r.n++] = (struct table_column){.title = preset_wording(c, f->label), .kind = kind_of(f), .wrap = f->kind == FIELD_MEMO || f->kind == FIELD_CHILD,
                                              .width = f->kind == FIELD_MEMO || f->kind == FIELD_CHILD ? 40 : strcmp(f->name, "name") == 0 || strcmp(f->name, "summary") == 0 ? 36 : 0};
    }
    const struct table_options options = {.created = b->published_at != NONE ? b->published_at : b->made_at, .title = arena_printf(c->arena, "%s %s", b->title, b->name)};
    const struct table_sheet sheet = {.name = "事業", .column = column, .columns = r.n};
    TRY(table_open(c->arena, format, &options, &r.t, &c->fail));
    enum err e = table_sheet(r.t, &sheet);
    if (e == OK)
        e = each_row(c, b, one_row, &r);
    if (e == OK)
        e = about_sheet(c, b, r.t);
    if (e != OK) {
        table_discard(r.t);
        return e;
    }
    return table_close(r.t, out);
}
