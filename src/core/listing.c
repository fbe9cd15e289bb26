#include "core/listing.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/text.h"
#include "core/app.h"
#include "core/page.h"

bool file_asked(struct ctx *c, const struct request *r)
{
    (void)c;
    return form_has(&r->query, "format");
}

/* --- making it --- */

static const char *format_words(enum table_format f)
{
    return f == TABLE_XLSX ? "Excel(XLSX)" : f == TABLE_CSV ? "CSV(UTF-8)" : "CSV(Shift_JIS)";
}

static enum err about_line(struct table *t, const char *what, const char *text)
{
    table_marked(t, what, TABLE_STRONG);
    table_text(t, text);
    return table_row(t);
}

/* What somebody who finds the file in three years must know. */
static enum err about_sheet(struct ctx *c, struct table *t, const struct listing *l, int64_t rows)
{
    static const struct table_column column[] = {{.title = "", .width = 16}, {.title = "", .width = 80, .wrap = true}};
    static const struct table_sheet sheet = {.name = "この表について", .column = column, .columns = 2, .aside = true, .bare = true};
    TRY(table_sheet(t, &sheet));
    TRY(about_line(t, "表", l->name));
    TRY(about_line(t, "件数", arena_printf(c->arena, "%lld件", (long long)rows)));
    TRY(about_line(t, "作成した日時", instant_long(c->arena, c->now)));
    if (c->request != NULL) {
        struct url here = url_with(c->arena, (struct url){c->request->target}, "format", NULL);
        TRY(about_line(t, "ページ", arena_printf(c->arena, "%s%s", c->app->base_url != NULL ? c->app->base_url : "", here.s)));
    }
    return l->note != NULL ? about_line(t, "注", l->note) : OK;
}

struct making { const struct listing *l; enum table_format format; struct table_result result; };

static enum err make_japanese(struct ctx *c, struct making *m)
{
    const struct listing *l = m->l;
    struct table *t = NULL;
    /* The headings are guarded against a slip of the hand: by them a list that comes back is understood. */
    const struct table_sheet sheet = {.name = l->name, .column = l->column, .columns = l->columns, .protect = true};
    TRY(table_open(c->arena, m->format, &(struct table_options){.created = c->now, .title = l->name}, &t, &c->fail));
    enum err e = table_sheet(t, &sheet);
    if (e == OK)
        e = l->rows(c, t, l->arg);
    if (e == OK)
        e = about_sheet(c, t, l, table_rows(t));
    if (e != OK) {
        table_discard(t);
        return e;
    }
    return table_close(t, &m->result);
}

/* A file goes from hand to hand and comes back: its words are those of the headings, whoever's page it was asked for on. */
static enum err make_file(struct ctx *c, struct making *m)
{
    enum locale before = c->locale;
    c->locale = LOCALE_JA;
    enum err e = make_japanese(c, m);
    c->locale = before;
    return e;
}

enum err listing_pieces(struct ctx *c, enum err (*piece)(struct ctx *c, void *arg, bool *more), void *arg)
{
    struct arena *outer = c->arena;
    ARENA struct arena *own = arena_new();
    enum err e = OK;
    for (bool more = true; more && e == OK;) {
        arena_reset(own);
        c->arena = own;
        more = false;
        e = piece(c, arg, &more);
        c->arena = outer;
    }
    return e;
}

/* --- answering --- */

static struct url as_format(struct ctx *c, struct url here, const char *format)
{
    here = url_with(c->arena, url_with(c->arena, here, "at", NULL), "format", NULL);
    return format != NULL ? url_with(c->arena, here, "format", format) : here;
}

static void one_link(struct ctx *c, struct sb *o, struct url here, enum table_format f, const char *what)
{
    sb_add(o, "<li><a href=\"");
    html_url(o, as_format(c, here, table_format_name(f)));
    sb_add(o, "\">");
    html_text(o, tr(c, format_words(f)));
    if (what != NULL) {
        sb_add(o, "<span class=\"sr\">: ");
        html_text(o, what);
        sb_add(o, "</span>");
    }
    sb_add(o, "</a></li>");
}

void file_links_of(struct ctx *c, struct sb *o, struct url of, const char *what)
{
    sb_add(o, "<ul class=\"links no-print\"><li>");
    html_text(o, tr(c, "この表をファイルで:"));
    sb_add(o, "</li>");
    for (int f = TABLE_XLSX; f <= TABLE_CSV_CP932; f++)
        one_link(c, o, of, (enum table_format)f, what);
    sb_add(o, "</ul>\n");
}

void file_links(struct ctx *c, struct sb *o)
{
    if (c->request != NULL)
        file_links_of(c, o, (struct url){c->request->target}, NULL);
}

/* What of a text stands around the character, for people to find it. */
static const char *around(struct arena *a, const struct table_lost *l)
{
    const char *at = strstr(l->text, l->character), *from = at != NULL ? at : l->text, *to = from;
    for (int k = 0; k < 8 && from > l->text; k++)
        do
            from--;
        while (from > l->text && ((unsigned char)*from & 0xC0) == 0x80);
    for (int k = 0; k < 12 && *to != '\0'; k++)
        do
            to++;
        while (((unsigned char)*to & 0xC0) == 0x80);
    return arena_printf(a, "%s%.*s%s", from > l->text ? "…" : "", (int)(to - from), from, *to != '\0' ? "…" : "");
}

static void table_cell(struct sb *o, const char *label, const char *text)
{
    sb_printf(o, "<td role=\"cell\" data-l=\"%s\">", label);
    html_text(o, text);
    sb_add(o, "</td>");
}

static enum err lost_page(struct ctx *c, struct response *w, const struct listing *l, const struct table_result *t)
{
    struct sb *o = &w->body;
    struct page p = {.title = tr(c, "Shift_JISでは書けない文字があります"), .place = l->name, .year = NONE};
    page_begin(c, w, &p);
    sb_add(o, "<p>");
    html_text(o, arena_printf(c->arena, tr(c, "「%s」には、CSV(Shift_JIS)で書けない文字が%lldか所あります。文字が欠けるため、このファイルは作りませんでした。ExcelかCSV(UTF-8)をお使いください。"), l->name,
                              (long long)t->lost_all));
    sb_add(o, "</p>\n<ul class=\"links\">");
    struct url here = {c->request->target};
    one_link(c, o, here, TABLE_XLSX, NULL);
    one_link(c, o, here, TABLE_CSV, NULL);
    sb_add(o, "<li><a href=\"");
    html_url(o, as_format(c, here, NULL));
    sb_add(o, "\">");
    html_text(o, tr(c, "一覧に戻る"));
    sb_add(o, "</a></li></ul>\n<div class=\"table-wrap\" role=\"region\" tabindex=\"0\" aria-labelledby=\"lost-caption\"><table class=\"stack few\" role=\"table\"><caption id=\"lost-caption\">");
    html_text(o, t->lost_all > (int64_t)t->lost_n ? arena_printf(c->arena, tr(c, "書けない文字(はじめの%zuか所)"), t->lost_n) : tr(c, "書けない文字"));
    sb_add(o, "</caption>\n<thead role=\"rowgroup\"><tr role=\"row\">");
    static const char *const heads[] = {"行", "列", "文字", "前後"};
    for (size_t i = 0; i < 4; i++) {
        sb_add(o, "<th role=\"columnheader\" scope=\"col\">");
        html_text(o, tr(c, heads[i]));
        sb_add(o, "</th>");
    }
    sb_add(o, "</tr></thead>\n<tbody role=\"rowgroup\">\n");
    for (size_t i = 0; i < t->lost_n; i++) {
        const struct table_lost *x = &t->lost[i];
        sb_add(o, "<tr role=\"row\">");
        table_cell(o, tr(c, heads[0]), arena_printf(c->arena, "%lld", (long long)x->row));
        table_cell(o, tr(c, heads[1]), x->title);
        table_cell(o, tr(c, heads[2]), x->character);
        table_cell(o, tr(c, heads[3]), around(c->arena, x));
        sb_add(o, "</tr>\n");
    }
    sb_add(o, "</tbody></table></div>\n");
    page_end(c, w, &p);
    return OK;
}

static enum err parse_format(struct ctx *c, const char *typed, enum table_format *out)
{
    if (table_format_parse(typed, out))
        return OK;
    return fail(c, E_INPUT, "%s", tr(c, "ファイルの形は xlsx、csv、csv-cp932 のどれかです。"));
}

enum err file_answer(struct ctx *c, const struct request *r, struct response *w, const struct listing *l)
{
    enum table_format format;
    TRY(parse_format(c, form_get(&r->query, "format"), &format));
    return file_answer_as(c, w, format, l);
}

enum err file_answer_as(struct ctx *c, struct response *w, enum table_format format, const struct listing *l)
{
    struct making m = {.l = l, .format = format};
    w->no_cache = true;
    TRY(make_file(c, &m));
    if (m.result.lost_all > 0) {
        close(m.result.file);
        return lost_page(c, w, l, &m.result);
    }
    w->type = table_format_type(m.format);
    response_attachment(w, arena_printf(c->arena, "%s_%s%s", l->name, instant_date(c->arena, c->now), table_format_ending(m.format)));
    response_header(w, "X-Rows", arena_printf(c->arena, "%lld", (long long)m.result.rows));
    return file_body(c, w, m.result.file, m.result.bytes);
}

enum err file_body(struct ctx *c, struct response *w, int file, int64_t bytes)
{
    response_drop(w); /* a second try after a lost connection */
    if (!response_file(w, file, bytes))
        return fail(c, E_IO, "%s", tr(c, "ファイルを渡せません。もう一度試してください。"));
    return OK;
}

/* --- lists of texts --- */

struct texts { const struct table_column *column; size_t columns; const char *const *cell; size_t rows; };

static void text_cell(struct table *t, enum table_kind kind, const char *s)
{
    int64_t v;
    if (kind == TABLE_INT && s != NULL && text_parse_int(s, &v))
        table_int(t, v);
    else if ((kind == TABLE_MILLI || kind == TABLE_YEN) && s != NULL && text_parse_milli(s, &v)) /* a yen is a thousandth of 千円 */
        table_milli(t, v);
    else if (kind == TABLE_DATE)
        table_date(t, s);
    else if (kind == TABLE_INSTANT && s != NULL && instant_parse(s, &v))
        table_instant(t, v);
    else
        table_text(t, s);
}

static enum err text_rows(struct ctx *c, struct table *t, void *arg)
{
    (void)c;
    const struct texts *x = arg;
    for (size_t i = 0; i < x->rows; i++) {
        for (size_t k = 0; k < x->columns; k++)
            text_cell(t, x->column[k].kind, x->cell[i * x->columns + k]);
        TRY(table_row(t));
    }
    return OK;
}

struct listing listing_of_texts(struct ctx *c, const char *name, const struct table_column *column, size_t columns, const char *const *cell, size_t rows)
{
    struct texts *x = arena_make(c->arena, struct texts);
    *x = (struct texts){column, columns, cell, rows};
    return (struct listing){.name = name, .column = column, .columns = columns, .rows = text_rows, .arg = x};
}

enum err file_answer_texts(struct ctx *c, const struct request *r, struct response *w, const char *name, const struct table_column *column, size_t columns,
                           const char *const *cell, size_t rows)
{
    struct listing l = listing_of_texts(c, name, column, columns, cell, rows);
    return file_answer(c, r, w, &l);
}

void cell_text(struct ctx *c, struct cells *x, const char *s)
{
    ARENA_PUSH(c->arena, x->v, x->n, x->cap) = s;
}

void cell_int(struct ctx *c, struct cells *x, int64_t v)
{
    cell_text(c, x, v == NONE ? NULL : arena_printf(c->arena, "%lld", (long long)v));
}

void cell_at(struct ctx *c, struct cells *x, int64_t instant)
{
    cell_text(c, x, instant == NONE ? NULL : instant_iso(c->arena, instant));
}

enum err file_answer_cells(struct ctx *c, const struct request *r, struct response *w, const char *name, const struct table_column *column, size_t columns, const struct cells *x)
{
    return file_answer_texts(c, r, w, name, column, columns, x->v, x->n / columns);
}

/* --- JSON --- */

enum { SPILL = 1 << 16 };

static void spill_all(struct json_sink *s)
{
    if (s->out.n > 0)
        fwrite(s->out.p, 1, s->out.n, s->to);
    s->out.n = 0;
}

void json_spill(struct json_sink *s)
{
    if (s->out.n >= SPILL)
        spill_all(s);
}

enum err json_to(struct ctx *c, FILE *to, json_writer *write, void *arg)
{
    struct json_sink s = {.to = to};
    sb_init(&s.out, c->arena);
    TRY(write(c, &s, arg));
    spill_all(&s);
    return fflush(to) == 0 && !ferror(to) ? OK : fail(c, E_IO, "%s", tr(c, "書き出せませんでした。ディスクの空きを確かめてください。"));
}

enum err json_answer(struct ctx *c, struct response *w, json_writer *write, void *arg)
{
    int fd = table_scratch(c->arena), file = fd >= 0 ? dup(fd) : -1;
    FILE *to = file >= 0 ? fdopen(fd, "wb") : NULL;
    w->no_cache = true;
    if (to == NULL) {
        close(fd);
        close(file);
        return fail(c, E_IO, "%s", tr(c, "書き出せませんでした。ディスクの空きを確かめてください。"));
    }
    enum err e = json_to(c, to, write, arg);
    off_t bytes = ftello(to);
    fclose(to);
    if (e != OK) {
        close(file);
        return e;
    }
    w->type = "application/json; charset=utf-8";
    return file_body(c, w, file, (int64_t)bytes);
}

struct printing { json_writer *write; void *arg; };
static enum err print_now(struct ctx *c, void *arg)
{
    const struct printing *p = arg;
    return json_to(c, stdout, p->write, p->arg);
}

enum err json_print(struct ctx *c, json_writer *write, void *arg)
{
    return in_read(c, print_now, &(struct printing){write, arg});
}

/* --- commands --- */

static enum err make_now(struct ctx *c, void *arg) { return make_file(c, arg); }

static enum err copy_out(struct ctx *c, int file)
{
    char bytes[1 << 16];
    for (ssize_t n; (n = read(file, bytes, sizeof bytes)) != 0;) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 || fwrite(bytes, 1, (size_t)n, stdout) != (size_t)n)
            return fail(c, E_IO, "%s", tr(c, "書き出せませんでした。ディスクの空きを確かめてください。"));
    }
    return fflush(stdout) == 0 ? OK : fail(c, E_IO, "%s", tr(c, "書き出せませんでした。ディスクの空きを確かめてください。"));
}

enum err listing_print(struct ctx *c, const char *format, const struct listing *l)
{
    struct making m = {.l = l};
    TRY(parse_format(c, format != NULL ? format : "csv", &m.format));
    TRY(in_read(c, make_now, &m));
    for (size_t i = 0; i < m.result.lost_n; i++)
        fprintf(stderr, tr(c, "%lld行目「%s」: Shift_JISでは書けない文字「%s」\n"), (long long)m.result.lost[i].row, m.result.lost[i].title, m.result.lost[i].character);
    enum err e = m.result.lost_all > 0 ? fail(c, E_INPUT, tr(c, "Shift_JISでは書けない文字が%lldか所あります。csv か xlsx で出力してください。"), (long long)m.result.lost_all)
                                       : copy_out(c, m.result.file);
    close(m.result.file);
    if (e == OK)
        fprintf(stderr, tr(c, "%lld 件を出力しました。\n"), (long long)m.result.rows);
    return e;
}
