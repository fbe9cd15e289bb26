/* Tables from before Kyodo. The file: header scheme,form,YEAR,YEAR,…; a row a category; blank is blank; scheme ※ = a note (its text in `form`);
 * scheme | = a break before the years marked 1 (`form` names the scheme). The same file name again replaces. */
#include <string.h>

#include "area/register/register.h"
#include "base/crypto.h"
#include "base/csv.h"
#include "base/text.h"
#include "core/preset.h"

enum { YEAR_FIRST = 1868, YEAR_LAST = 2199, YEARS_MAX = 400, LENGTH_MAX = 500, ROWS_MAX = 5000 };
/* So that neither a sum over all rows nor a chart's thousandths can overflow. */
#define VALUE_MAX INT64_C(999999999999)

struct line { const char *scheme, *form; int64_t *value; size_t line; };
struct table {
    int64_t year[YEARS_MAX]; size_t years;
    struct line *row; size_t rows, rows_cap;
};

static bool is_note(const struct line *r) { return strcmp(r->scheme, "※") == 0; }
static bool is_break(const struct line *r) { return strcmp(r->scheme, "|") == 0; }
/* 計 is computed from its categories and not kept: our own export comes back with it. */
static bool is_total(const struct line *r) { return !is_note(r) && !is_break(r) && strcmp(r->form, "計") == 0; }
static bool is_category(const struct line *r) { return !is_note(r) && !is_break(r) && *r->form != '\0' && !is_total(r) && !text_starts(r->form, "うち"); }

/* A fault of the file's form: every one is told with its line, nothing is taken. */
static void fault(struct ctx *c, size_t line, const char *column, const char *what)
{
    fail_field(&c->fail, arena_printf(c->arena, "%zu行目 %s", line, column), "%s", what);
}

static void read_header(struct ctx *c, const struct csv_row *head, struct table *t)
{
    if (head->n < 3 || strcmp(head->cell[0], "scheme") != 0 || strcmp(head->cell[1], "form") != 0) {
        fault(c, head->line, tr(c, "見出し"), tr(c, "見出しは scheme,form,2002,2003,… の形にしてください"));
        return;
    }
    for (size_t i = 2; i < head->n; i++) {
        int64_t y;
        const char *cell = head->cell[i];
        if (strlen(cell) != 4 || !text_parse_int(cell, &y) || y < YEAR_FIRST || y > YEAR_LAST || t->years >= YEARS_MAX) {
            fault(c, head->line, tr(c, "見出し"), arena_printf(c->arena, tr(c, "「%s」は西暦の年度(例: 2002)ではありません"), cell));
            continue;
        }
        for (size_t k = 0; k < t->years; k++)
            if (t->year[k] == y)
                fault(c, head->line, tr(c, "見出し"), arena_printf(c->arena, tr(c, "%s が2回あります"), cell));
        t->year[t->years++] = y;
    }
}

static void read_cell(struct ctx *c, const struct table *t, const struct line *r, size_t i, const char *cell)
{
    bool ok;
    const char *typed = text_clean(c->arena, cell, strlen(cell), true, &ok);
    r->value[i] = NONE;
    if (typed == NULL)
        return;
    const char *column = arena_printf(c->arena, "%lld", (long long)t->year[i]);
    int64_t v;
    if (is_note(r))
        fault(c, r->line, column, tr(c, "※の行の数字の欄は空にしてください"));
    else if (!text_parse_int(typed, &v) || v < 0)
        fault(c, r->line, column, arena_printf(c->arena, tr(c, "「%s」は0以上の数ではありません"), typed));
    else if (v > VALUE_MAX)
        fault(c, r->line, column, arena_printf(c->arena, tr(c, "「%s」は大きすぎます(12桁まで)"), typed));
    else if (is_break(r) && v != 1)
        fault(c, r->line, column, tr(c, "|の行には、切れ目のすぐ後の年度に1だけを入れてください"));
    else
        r->value[i] = v;
}

static void read_row(struct ctx *c, struct table *t, const struct csv_row *in)
{
    if (in->n != t->years + 2) {
        fault(c, in->line, tr(c, "行"), arena_printf(c->arena, tr(c, "列が%zuあります。見出しは%zu列です"), in->n, t->years + 2));
        return;
    }
    bool ok = true, ok_form = true;
    struct line r = {.line = in->line, .value = arena_many(c->arena, int64_t, t->years)};
    r.scheme = text_clean(c->arena, in->cell[0], strlen(in->cell[0]), true, &ok);
    r.form = text_clean(c->arena, in->cell[1], strlen(in->cell[1]), true, &ok_form);
    if (r.scheme == NULL || !ok || !ok_form || text_length(r.scheme) > LENGTH_MAX || (r.form != NULL && text_length(r.form) > LENGTH_MAX)) {
        fault(c, in->line, "scheme", tr(c, "種類の名前を入れてください(500字まで)"));
        return;
    }
    if (r.form == NULL)
        r.form = "";
    if ((is_note(&r) || is_break(&r)) && *r.form == '\0')
        fault(c, in->line, "form", is_note(&r) ? tr(c, "※の行には注の文を入れてください") : tr(c, "|の行には切れ目のある種類の名前を入れてください"));
    for (size_t i = 0; i < t->rows; i++)
        if (!is_note(&r) && strcmp(t->row[i].scheme, r.scheme) == 0 && strcmp(t->row[i].form, r.form) == 0)
            fault(c, in->line, "form", arena_printf(c->arena, tr(c, "%zu行目と同じ種類・区分です"), t->row[i].line));
    for (size_t i = 0; i < t->years; i++)
        read_cell(c, t, &r, i, in->cell[i + 2]);
    ARENA_PUSH(c->arena, t->row, t->rows, t->rows_cap) = r;
}

/* A break must name a scheme of the table; a total without categories would be lost. */
static void check_rows(struct ctx *c, const struct table *t)
{
    size_t figures = 0;
    for (size_t i = 0; i < t->rows; i++) {
        const struct line *r = &t->row[i];
        figures += !is_note(r) && !is_break(r);
        bool known = !is_break(r);
        for (size_t k = 0; k < t->rows; k++)
            known = known || strcmp(t->row[k].scheme, r->form) == 0;
        if (!known)
            fault(c, r->line, "form", arena_printf(c->arena, tr(c, "「%s」という種類の行がありません"), r->form));
        bool divided = !is_total(r);
        for (size_t k = 0; k < t->rows && !divided; k++)
            divided = is_category(&t->row[k]) && strcmp(t->row[k].scheme, r->scheme) == 0;
        if (!divided)
            fault(c, r->line, "form", tr(c, "計は区分の行から計算します。区分のない種類は、formの欄を空にしてください"));
    }
    if (figures == 0)
        fault(c, 1, tr(c, "行"), tr(c, "数字の行が一つもありません"));
}

static enum err parse(struct ctx *c, const char *text, size_t n, struct table *t)
{
    struct csv_reader r;
    struct csv_row row;
    csv_open(&r, c->arena, text, n, &c->fail);
    int got = csv_next(&r, &row);
    if (got == 0)
        fault(c, 1, tr(c, "見出し"), tr(c, "ファイルが空です"));
    if (got == 1)
        read_header(c, &row, t);
    if (c->fail.faults_n == 0)
        while ((got = csv_next(&r, &row)) == 1 && t->rows < ROWS_MAX)
            read_row(c, t, &row);
    if (t->rows >= ROWS_MAX)
        fault(c, row.line, tr(c, "行"), tr(c, "行が多すぎます"));
    if (c->fail.faults_n == 0 && got == 0)
        check_rows(c, t);
    if (got < 0 || c->fail.faults_n > 0) {
        c->fail.code = E_FORM;
        if (c->fail.message == NULL)
            c->fail.message = tr(c, "ファイルを取り込めませんでした。何も入っていません。");
        return E_FORM;
    }
    return OK;
}

/* --- storing --- */

static enum err remove_source(struct ctx *c, int64_t source)
{
    TRY_DB(c, db_exec(c->db, "DELETE FROM history_value WHERE history_row IN (SELECT id FROM history_row WHERE source = $1)", P(source)));
    TRY_DB(c, db_exec(c->db, "DELETE FROM history_row WHERE source = $1", P(source)));
    TRY_DB(c, db_exec(c->db, "DELETE FROM history_year WHERE source = $1", P(source)));
    TRY_DB(c, db_exec(c->db, "DELETE FROM history_source WHERE id = $1", P(source)));
    return OK;
}

/* A cell that another file has filled already: two figures for one place must be put right by hand. */
static enum err check_overlap(struct ctx *c, const struct table *t)
{
    for (size_t i = 0; i < t->rows; i++) {
        const struct line *r = &t->row[i];
        if (is_note(r) || is_break(r) || is_total(r))
            continue;
        struct db_rows *q = db_query(c->db, c->arena,
            "SELECT v.year, s.file FROM history_value v JOIN history_row r ON r.id = v.history_row JOIN history_source s ON s.id = r.source "
            "WHERE r.scheme = $1 AND r.form = $2 ORDER BY v.year", P(r->scheme, r->form));
        while (db_next(q))
            for (size_t k = 0; k < t->years; k++)
                if (t->year[k] == db_int(q, 0) && r->value[k] != NONE)
                    fault(c, r->line, arena_printf(c->arena, "%lld", (long long)t->year[k]),
                          arena_printf(c->arena, tr(c, "同じ欄の数字がファイル「%s」からもう入っています"), db_text(q, 1)));
        TRY_DB(c, db_error(c->db));
    }
    if (c->fail.faults_n == 0)
        return OK;
    c->fail.code = E_CONFLICT;
    c->fail.message = tr(c, "ほかのファイルの数字と重なるので、取り込みませんでした。何も入っていません。");
    return E_CONFLICT;
}

static enum err store(struct ctx *c, int64_t source, const struct table *t)
{
    for (size_t k = 0; k < t->years; k++)
        TRY_DB(c, db_exec(c->db, "INSERT INTO history_year (source, position, year) VALUES ($1, $2, $3)", P(source, (int64_t)k, t->year[k])));
    for (size_t i = 0; i < t->rows; i++) {
        const struct line *r = &t->row[i];
        int64_t id = NONE;
        if (is_total(r))
            continue;
        TRY_DB(c, db_insert(c->db, "INSERT INTO history_row (source, position, scheme, form) VALUES ($1, $2, $3, $4) RETURNING id",
                            P(source, (int64_t)i, r->scheme, r->form), &id));
        for (size_t k = 0; k < t->years; k++)
            if (r->value[k] != NONE)
                TRY_DB(c, db_exec(c->db, "INSERT INTO history_value (history_row, year, value) VALUES ($1, $2, $3)", P(id, t->year[k], r->value[k])));
    }
    return OK;
}

enum err history_import(struct ctx *c, const char *file, const char *bytes, size_t n, const char *label)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    enum encoding encoding;
    const char *text;
    size_t text_n;
    TRY(encoding_decode(c->arena, bytes, n, &encoding, &text, &text_n, &c->fail));
    struct table t = {0};
    TRY(parse(c, text, text_n, &t));
    int64_t old = NONE;
    /* A file that is not there yet has no row to hold: the settings stand in for it, or two at once would both find no overlap. */
    TRY_DB(c, db_exec(c->db, "UPDATE setting SET value = value", P0));
    enum err e = db_get_int(c->db, "SELECT id FROM history_source WHERE file = $1", P(file), &old);
    if (e != OK && e != E_NOT_FOUND)
        return fail_db(c);
    if (e == OK)
        TRY(remove_source(c, old));
    TRY(check_overlap(c, &t));
    if (label == NULL)
        label = setting(c, "history_label");
    if (label == NULL)
        label = file;
    int64_t source = NONE;
    struct part part = {text, text_n};
    const char *hash = hash_hex(c->arena, crypto_hash(&part, 1));
    TRY_DB(c, db_insert(c->db, "INSERT INTO history_source (file, label, hash, imported_at, account) VALUES ($1, $2, $3, $4, $5) RETURNING id",
                        P(file, label, hash, c->now, c->user->id), &source));
    TRY(store(c, source, &t));
    return audit_note(c, "history.import", "history", source, arena_printf(c->arena, "%s %s", file, hash));
}
