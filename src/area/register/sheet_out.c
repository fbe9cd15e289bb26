/* Handing out: the sheet of an inquiry with last year's projects in it, and the page that says how it is filled in. */
#include <string.h>

#include "area/register/sheets.h"
#include "base/date.h"
#include "base/text.h"
#include "core/page.h"

/* Rows for new projects, ready with their lists: for one section, for many. */
enum { SPARE_ONE = 30, SPARE_MANY = 100 };

static size_t partners_needed(const struct book *b)
{
    size_t most = SHEET_PARTNERS_LEAST;
    for (size_t i = 0; i < b->answers; i++)
        for (size_t k = 0; k < b->answer[i].n; k++)
            if (b->answer[i].s[k].partners_n > most)
                most = b->answer[i].s[k].partners_n;
    return most < SHEET_PARTNERS_MOST ? most : SHEET_PARTNERS_MOST;
}

static void choices_of(struct ctx *c, struct book *b, const struct answer_column *col, struct table_column *t)
{
    static const char *const decided[] = {"変更なし", "変更あり", "終了", "新規", "該当なし"};
    if (col->kind == COLUMN_DECISION) {
        t->choices = decided;
        t->choices_n = sizeof decided / sizeof decided[0];
        return;
    }
    if (col->kind == COLUMN_SECTION) {
        const char **names = arena_many(c->arena, const char *, b->answers);
        for (size_t i = 0; i < b->answers; i++)
            names[i] = b->answer[i].name;
        t->choices = names;
        t->choices_n = b->answers;
        return;
    }
    if (col->f == NULL || (col->f->kind != FIELD_CODE && col->f->kind != FIELD_SET) || col->f->vocabulary == NULL || *col->f->vocabulary == '\0')
        return;
    const struct book_words *w = book_words_of(c, b, col->f->vocabulary, col->kind == COLUMN_FIELD && strcmp(col->f->name, "category") == 0 ? b->q.scheme : NULL);
    const char **labels = arena_many(c->arena, const char *, w->n + 1);
    for (size_t i = 0; i < w->n; i++)
        labels[i] = w->v[i].label;
    t->choices = labels;
    t->choices_n = w->n;
    t->choices_open = col->f->kind == FIELD_SET; /* several of them in one cell */
}

static struct table_column *table_columns(struct ctx *c, struct book *b, const struct answer_column *col, size_t n)
{
    struct table_column *v = arena_many(c->arena, struct table_column, n + 1);
    for (size_t i = 0; i < n; i++) {
        v[i] = (struct table_column){.title = col[i].title, .kind = TABLE_TEXT, .width = col[i].width, .wrap = col[i].wrap,
                                     .note = col[i].must ? arena_printf(c->arena, "必須。%s", col[i].how) : col[i].how,
                                     .locked = col[i].kind == COLUMN_NUMBER || col[i].kind == COLUMN_VERSION};
        choices_of(c, b, &col[i], &v[i]);
    }
    return v;
}

/* --- 記入のしかた --- */

enum { GUIDE_TITLE = 22, GUIDE_HOW = 66, GUIDE_WORDS = 40 }; /* widths, in half-width characters */

/* How much of `s` stands in a line of `width`. A spreadsheet does not everywhere make a row as high as its text: so there is a row a line. */
static size_t line_of(const char *s, int width)
{
    size_t n = 0;
    for (int used = 0; s[n] != '\0' && s[n] != '\n';) {
        size_t k = 1;
        while (((unsigned char)s[n + k] & 0xC0) == 0x80)
            k++;
        used += k > 1 ? 2 : 1;
        if (used > width)
            break;
        n += k;
    }
    /* No line begins with one of these: it hangs over at the end of the line before. */
    static const char *const hanging[] = {"。", "、", "」", "』", "）", ")"};
    for (size_t i = 0; i < sizeof hanging / sizeof hanging[0]; i++)
        if (text_starts(s + n, hanging[i]))
            n += strlen(hanging[i]);
    return n;
}

static const char *cut_line(struct arena *a, const char **s, int width)
{
    if (*s == NULL || **s == '\0')
        return NULL;
    size_t n = line_of(*s, width - 2);
    const char *line = arena_dup_n(a, *s, n);
    *s += n + ((*s)[n] == '\n');
    return line;
}

static enum err guide_line(struct ctx *c, struct table *t, const char *title, const char *how, const char *words, enum table_style style)
{
    do {
        table_marked(t, title, style);
        table_text(t, cut_line(c->arena, &how, GUIDE_HOW));
        table_text(t, cut_line(c->arena, &words, GUIDE_WORDS));
        TRY(table_row(t));
        title = NULL;
    } while ((how != NULL && *how != '\0') || (words != NULL && *words != '\0'));
    return OK;
}

static enum err guide_facts(struct ctx *c, const struct book *b, struct table *t)
{
    const struct word *scheme = word_find(c, "scheme", b->q.scheme, b->q.year);
    const char *base = c->app != NULL && c->app->base_url != NULL ? c->app->base_url : "";
    TRY(guide_line(c, t, arena_printf(c->arena, "%s 記入のしかた", b->q.title), NULL, NULL, TABLE_TITLE));
    TRY(table_row(t)); /* the title is higher than a row */
    TRY(guide_line(c, t, "年度", fiscal_year_long(c->arena, b->q.year), NULL, TABLE_STRONG));
    TRY(guide_line(c, t, "締切", instant_long(c->arena, instant_end_of_day(b->q.due_on)), NULL, TABLE_STRONG));
    TRY(guide_line(c, t, "課", b->answers == 1 ? b->answer[0].k.section_name : arena_printf(c->arena, "%zu課(様式の「課」の列)", b->answers), NULL, TABLE_STRONG));
    TRY(guide_line(c, t, "送り先", b->scope.answer != NONE ? arena_printf(c->arena, "%s/answers/%lld/sheet", base, (long long)b->scope.answer)
                                                      : arena_printf(c->arena, "%s/inquiries/%lld/sheet", base, (long long)b->q.id), NULL, TABLE_STRONG));
    TRY(guide_line(c, t, "受け取った日時", instant_long(c->arena, c->now), NULL, TABLE_STRONG));
    if (scheme != NULL && scheme->definition != NULL)
        TRY(guide_line(c, t, arena_printf(c->arena, "%sとは", scheme->label), scheme->definition, NULL, TABLE_STRONG));
    if (b->q.body != NULL)
        TRY(guide_line(c, t, "照会の本文", b->q.body, NULL, TABLE_STRONG));
    return OK;
}

static enum err guide_steps(struct ctx *c, struct table *t)
{
    static const char *const steps[] = {
        "シート「様式」に、昨年度からの事業が1行に1つずつ入っています。「続けるか」を全部の行で選びます。",
        "変わったところだけ書き直します。書き直した行は「変更あり」です。",
        "終わる事業は「終了」を選び、「終わる理由」を書きます。行は消しません。",
        "新しい事業は、下のあいた行に書きます。「事業番号」は空けます。「続けるか」は「新規」です。",
        "該当する事業が1つもない課は、「課」と「該当なし」だけの行を書きます。",
        "列を消したり並べ替えたりしてもかまいません。ない列の項目は変わりません。列があって空のセルは、書いてある内容を消すことになります。",
        "保存して、送り先の画面で送ります。送っても、確かめて「取り込む」を押すまで何も変わりません。取り込んでも、提出するまでは下書きです。",
    };
    TRY(table_row(t));
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        TRY(guide_line(c, t, i == 0 ? "手順" : NULL, arena_printf(c->arena, "%zu %s", i + 1, steps[i]), NULL, TABLE_STRONG));
    return OK;
}

static enum err guide_columns(struct ctx *c, struct book *b, struct table *t, const struct answer_column *col, size_t n)
{
    TRY(table_row(t));
    table_marked(t, "列", TABLE_STRONG);
    table_marked(t, "書き方", TABLE_STRONG);
    table_marked(t, "選ぶことば", TABLE_STRONG);
    TRY(table_row(t));
    for (size_t i = 0; i < n; i++) {
        if (col[i].kind == COLUMN_PARTNER && col[i].index > 0)
            continue;
        const char *from = col[i].f != NULL && (col[i].f->kind == FIELD_CODE || col[i].f->kind == FIELD_SET) && strcmp(col[i].f->name, "municipalities") != 0
                               ? col[i].f->vocabulary : col[i].f != NULL && strcmp(col[i].f->name, "contributions") == 0 ? "contribution" : NULL;
        struct sb words;
        sb_init(&words, c->arena);
        if (from != NULL && *from != '\0') {
            const struct book_words *w = book_words_of(c, b, from, strcmp(from, "category") == 0 ? b->q.scheme : NULL);
            for (size_t k = 0; k < w->n; k++)
                sb_printf(&words, "%s%s", k > 0 ? "、" : "", w->v[k].label);
        }
        const char *title = col[i].kind == COLUMN_PARTNER ? arena_printf(c->arena, "相手1～ %s", strchr(col[i].title, ' ') + 1) : col[i].title;
        TRY(guide_line(c, t, title, arena_printf(c->arena, "%s%s", col[i].must ? "必須。" : "", col[i].how), sb_str(&words), TABLE_STRONG));
    }
    return OK;
}

/* --- 様式 --- */

static enum err write_row(struct ctx *c, struct book *b, struct table *t, const struct answer_column *col, size_t n, const struct book_answer *a, const struct statement *s)
{
    for (size_t i = 0; i < n; i++)
        table_text(t, answer_cell(c, b, &col[i], a, s));
    return table_row(t);
}

static enum err write_rows(struct ctx *c, struct book *b, struct table *t, const struct answer_column *col, size_t n)
{
    for (size_t i = 0; i < b->answers; i++) {
        const struct book_answer *a = &b->answer[i];
        for (size_t k = 0; k < a->n; k++)
            TRY(write_row(c, b, t, col, n, a, &a->s[k]));
        /* A section without projects has a line to say 該当なし on, or to begin with. */
        if (a->n == 0)
            TRY(write_row(c, b, t, col, n, a, NULL));
    }
    return OK;
}

/* Up to the name: whoever fills in a column far to the right sees which project it is about. */
static size_t keep_in_sight(const struct answer_column *col, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (col[i].kind == COLUMN_FIELD && strcmp(col[i].f->name, "name") == 0)
            return i + 1;
    return 0;
}

enum err sheet_write(struct ctx *c, struct book *b, enum table_format format, struct table_result *out)
{
    struct answer_column *col = NULL;
    size_t n = 0;
    struct table *t = NULL;
    TRY(answer_columns(c, b, partners_needed(b), &col, &n));
    const struct table_options options = {.created = c->now, .title = b->q.title};
    static const struct table_column guide[] = {{.title = "列", .width = GUIDE_TITLE}, {.title = "書き方", .width = GUIDE_HOW}, {.title = "選ぶことば", .width = GUIDE_WORDS}};
    const struct table_sheet guide_sheet = {.name = "記入のしかた", .column = guide, .columns = 3, .protect = true, .aside = true, .bare = true};
    const struct table_sheet form = {.name = "様式", .column = table_columns(c, b, col, n), .columns = n, .protect = true, .keep = keep_in_sight(col, n),
                                     .spare = b->answers == 1 ? SPARE_ONE : SPARE_MANY};
    TRY(table_open(c->arena, format, &options, &t, &c->fail));
    enum err e = table_sheet(t, &guide_sheet);
    e = e != OK ? e : guide_facts(c, b, t);
    e = e != OK ? e : guide_steps(c, t);
    e = e != OK ? e : guide_columns(c, b, t, col, n);
    e = e != OK ? e : table_sheet(t, &form);
    e = e != OK ? e : write_rows(c, b, t, col, n);
    if (e == OK && db_error(c->db) != OK)
        e = fail_db(c);
    if (e != OK) {
        table_discard(t);
        return e;
    }
    return table_close(t, out);
}

const char *sheet_file_name(struct ctx *c, const struct book *b, enum table_format format)
{
    struct sb s;
    const char *about = b->answers == 1 ? b->answer[0].k.section_name : b->scope.department != NONE ? b->answer[0].department : NULL;
    sb_init(&s, c->arena);
    for (const char *p = b->q.title; *p != '\0'; p++)
        sb_char(&s, strchr(" /\\:*?\"<>|", *p) != NULL ? '_' : *p);
    if (about != NULL)
        sb_char(&s, '_');
    for (const char *p = about; p != NULL && *p != '\0'; p++)
        sb_char(&s, strchr(" /\\:*?\"<>|", *p) != NULL ? '_' : *p);
    sb_add(&s, table_format_ending(format));
    return sb_str(&s);
}

/* --- 直し方 --- */

/* The columns as they came, with our lists on those that are ours. */
static struct table_column *mend_columns(struct ctx *c, struct book *b, const struct sheet_plan *p)
{
    struct table_column *v = arena_many(c->arena, struct table_column, p->in->columns + 2);
    v[0] = (struct table_column){.title = "直し方", .width = 80, .wrap = true, .note = "直すところです。色のついたセルを直して、このファイルをそのまま送れます。この列は読みません。"};
    for (size_t i = 0; i < p->in->columns; i++)
        v[i + 1] = (struct table_column){.title = p->in->head[i] != NULL ? p->in->head[i] : arena_printf(c->arena, "列%zu", i + 1), .wrap = true, .width = 16};
    for (size_t k = 0; k < p->columns; k++)
        if (p->where[k] >= 0) {
            struct table_column *t = &v[p->where[k] + 1];
            t->width = p->column[k].width;
            t->wrap = p->column[k].wrap;
            t->note = p->column[k].how;
            choices_of(c, b, &p->column[k], t);
        }
    return v;
}

/* `f`: the faults of this row. */
static enum err write_mend_row(struct ctx *c, const struct sheet_plan *p, const struct sheet_in_row *r, const struct plan_fault *f, size_t n, struct table *t)
{
    struct sb say;
    sb_init(&say, c->arena);
    for (size_t i = 0; i < n; i++)
        sb_printf(&say, "%s%s%s%s", i > 0 ? "\n" : "", f[i].title != NULL ? f[i].title : "", f[i].title != NULL ? ": " : "", f[i].remedy);
    if (n > 0)
        table_marked(t, sb_str(&say), TABLE_STRONG);
    else
        table_empty(t);
    for (size_t k = 0; k < p->in->columns; k++) {
        const char *remedy = NULL;
        for (size_t i = 0; i < n && remedy == NULL; i++)
            remedy = f[i].column == (int32_t)k ? f[i].remedy : NULL;
        if (remedy != NULL) {
            table_marked(t, r->cell[k].text, TABLE_FAULT);
            table_note(t, remedy);
        } else
            table_text(t, r->cell[k].text);
    }
    return table_row(t);
}

enum err sheet_write_mend(struct ctx *c, struct book *b, const struct sheet_plan *p, struct table_result *out)
{
    struct table *t = NULL;
    const struct table_options options = {.created = c->now, .title = b->q.title};
    const struct table_sheet sheet = {.name = "様式", .column = mend_columns(c, b, p), .columns = p->in->columns + 1, .keep = 1, .spare = SPARE_ONE};
    TRY(table_open(c->arena, TABLE_XLSX, &options, &t, &c->fail));
    enum err e = table_sheet(t, &sheet);
    size_t f = 0; /* faults go by line, as the rows do */
    for (size_t i = 0; i < p->in->rows && e == OK; i++) {
        size_t from = f;
        while (f < p->faults && p->fault[f].line == p->in->row[i].line)
            f++;
        e = write_mend_row(c, p, &p->in->row[i], &p->fault[from], f - from, t);
    }
    if (e != OK) {
        table_discard(t);
        return e;
    }
    return table_close(t, out);
}
