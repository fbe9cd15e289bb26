/* The book's part with figures: as the statistics page prints them, for paper. */
#include <string.h>

#include "area/register/casebook_look.h"
#include "base/date.h"
#include "base/text.h"
#include "core/chart.h"

enum { YEARS_A_TABLE = 20, COLUMNS_MOST = 30 };

static const struct pdf_style style_number = {PDF_GOTHIC, 7.5, 11, INK, PDF_END, false}, style_number_strong = {PDF_GOTHIC, 7.5, 11, STRONG, PDF_END, true},
                              style_row = {PDF_GOTHIC, 7.5, 11, INK, PDF_START, false}, style_row_strong = {PDF_GOTHIC, 7.5, 11, STRONG, PDF_START, true},
                              style_year = {PDF_GOTHIC, 6.5, 9, PRIMARY, PDF_END, false}, style_column = {PDF_GOTHIC, 6.5, 9, PRIMARY, PDF_END, false},
                              style_scheme = {PDF_GOTHIC, 8, 12, PRIMARY, PDF_START, true}, style_key = {PDF_GOTHIC, 8, 13, INK, PDF_START, false};

/* H14 over 2002: eras as one letter, so that twenty years stand side by side. */
static const char *short_year(struct ctx *c, int64_t y)
{
    const char *s = date_short(c->arena, arena_printf(c->arena, "%lld-06-01", (long long)y));
    size_t n = strcspn(s, ".");
    return arena_printf(c->arena, "%.*s\n%lld", (int)n, s, (long long)y);
}

static void key(struct book *k, const struct chart *ch)
{
    struct pdf *p = k->p;
    double column = pdf_width(p) / 3, x = pdf_left(p), y = pdf_y(p), high = 0;
    for (size_t s = 0; s < ch->series_n; s++) {
        struct drawing d;
        chart_key(k->c, ch, s, &d);
        double h = pdf_text_height(p, &style_key, column - 30, ch->series[s].name), at = x + (double)(s % 3) * column;
        if (s % 3 == 0 && s > 0) {
            y += high + 2;
            high = 0;
        }
        pdf_drawing(p, at, y + 1.5, 15, &d);
        pdf_text(p, &style_key, at + 21, y, column - 30, ch->series[s].name);
        high = h > high ? h : high;
    }
    pdf_go(p, y + high + 4);
}

static void chart(struct book *k, const struct chart *ch)
{
    struct pdf *p = k->p;
    struct drawing d;
    /* 14 units of text are 8.5 points here. */
    chart_draw(k->c, ch, pdf_width(p) * 14 / 8.5, CHART_PLOT, &d);
    double height = pdf_drawing_height(pdf_width(p), &d);
    book_heading(k, ch->title, 22, height + 60);
    pdf_tag(p, "P");
    pdf_paragraph(p, &style_plain, pdf_left(p), pdf_width(p), ch->finding);
    pdf_tag_end(p);
    pdf_go(p, pdf_y(p) + 6);
    pdf_tag(p, "Figure");
    pdf_text(p, &style_small, pdf_left(p), pdf_y(p), 100, arena_printf(k->c->arena, "(%s)", ch->unit));
    pdf_go(p, pdf_y(p) + 10);
    pdf_go(p, pdf_y(p) + pdf_drawing(p, pdf_left(p), pdf_y(p), pdf_width(p), &d) + 2);
    key(k, ch);
    pdf_tag_end(p);
    if (ch->break_note != NULL) {
        pdf_tag(p, "P");
        pdf_paragraph(p, &style_small, pdf_left(p), pdf_width(p), ch->break_note);
        pdf_tag_end(p);
    }
}

/* A table that goes on one page stays on one. */
static double whole(size_t rows)
{
    double high = 80 + (double)rows * 17;
    return high < 560 ? high : 90;
}

/* Years from `from` on, as many as stand side by side. */
static void years_table(struct book *k, const struct stat_body *body, size_t from, size_t n)
{
    const struct statistics_view *v = &k->b->statistics;
    double label = 104, each = (pdf_width(k->p) - label) / (double)(n > 8 ? n : 8), width[COLUMNS_MOST];
    struct pdf_cell head[COLUMNS_MOST] = {{.text = "", .style = &style_year}};
    width[0] = label;
    for (size_t i = 0; i < n; i++) {
        width[i + 1] = each;
        head[i + 1] = (struct pdf_cell){.text = short_year(k->c, v->head[from + i].year), .style = &style_year, .broken = from + i > 0 && v->head[from + i].brk};
    }
    struct pdf_table t = {.x = pdf_left(k->p), .width = width, .columns = n + 1, .pad_x = 2, .pad_y = 2.5, .head = head, .heads = n + 1, .head_fill = TINT, .tint = SURFACE,
                          .rule = RULE, .rule_width = 0.5};
    pdf_space(k->p, 8);
    pdf_table_begin(k->p, &t, 40);
    for (size_t r = 0; r < body->n; r++) {
        const struct stat_line *l = &body->line[r];
        bool total = l->kind == STAT_TOTAL;
        struct pdf_cell cell[COLUMNS_MOST] = {{.text = l->label, .style = total ? &style_row_strong : &style_row, .tinted = total}};
        for (size_t i = 0; i < n; i++)
            cell[i + 1] = (struct pdf_cell){.text = l->td[from + i].text, .style = total ? &style_number_strong : &style_number, .tinted = total, .broken = l->td[from + i].brk};
        pdf_table_row(k->p, cell, n + 1);
    }
    pdf_table_end(k->p);
}

static void body_tables(struct book *k, const struct stat_body *body)
{
    size_t years = k->b->statistics.heads, tables = (years + YEARS_A_TABLE - 1) / YEARS_A_TABLE;
    pdf_space(k->p, 14);
    pdf_need(k->p, whole(body->n));
    pdf_tag(k->p, "H3");
    pdf_go(k->p, pdf_y(k->p) + pdf_text(k->p, &style_scheme, pdf_left(k->p), pdf_y(k->p), pdf_width(k->p), arena_printf(k->c->arena, "%s 事業数", body->scheme)));
    pdf_tag_end(k->p);
    /* Even pieces, the last year always at the end. */
    for (size_t i = 0, from = 0; i < tables; i++) {
        size_t n = (years - from + tables - i - 1) / (tables - i);
        years_table(k, body, from, n);
        from += n;
    }
}

static void plain(struct book *k, const struct plain_table *t)
{
    book_heading(k, t->caption, 24, whole(t->rows));
    pdf_tag(k->p, "P");
    pdf_paragraph(k->p, &style_small, pdf_left(k->p), pdf_width(k->p), "(単位: 事業)");
    pdf_tag_end(k->p);
    /* More columns than a page is wide go below each other. */
    const size_t most = 16;
    size_t tables = (t->heads + most - 1) / most;
    for (size_t i = 0, from = 0; i < tables; i++) {
        size_t n = (t->heads - from + tables - i - 1) / (tables - i);
        double label = 112, each = (pdf_width(k->p) - label) / (double)(n > 8 ? n : 8), width[COLUMNS_MOST];
        struct pdf_cell head[COLUMNS_MOST] = {{.text = "", .style = &style_column}};
        width[0] = label;
        for (size_t j = 0; j < n; j++) {
            width[j + 1] = each;
            head[j + 1] = (struct pdf_cell){.text = t->head[from + j], .style = &style_column};
        }
        struct pdf_table table = {.x = pdf_left(k->p), .width = width, .columns = n + 1, .pad_x = 2, .pad_y = 2.5, .head = head, .heads = n + 1, .head_fill = TINT, .tint = SURFACE,
                                  .rule = RULE, .rule_width = 0.5};
        pdf_space(k->p, 8);
        pdf_table_begin(k->p, &table, 40);
        for (size_t r = 0; r < t->rows; r++) {
            struct pdf_cell cell[COLUMNS_MOST] = {{.text = t->row[r].label, .style = &style_row}};
            for (size_t j = 0; j < n; j++)
                cell[j + 1] = (struct pdf_cell){.text = t->row[r].td[from + j].text, .style = &style_number};
            pdf_table_row(k->p, cell, n + 1);
        }
        pdf_table_end(k->p);
        from += n;
    }
}

static void note(struct book *k, const char *text)
{
    pdf_tag(k->p, "P");
    pdf_paragraph(k->p, &style_small, pdf_left(k->p), pdf_width(k->p), text);
    pdf_tag_end(k->p);
}

void book_statistics(struct book *k)
{
    const struct statistics_view *v = &k->b->statistics;
    book_part(k, "統計", "statistics");
    k->statistics = pdf_page_number(k->p);
    if (v->empty) {
        note(k, "数字はまだありません。");
        return;
    }
    for (size_t i = 0; i < v->charts; i++)
        chart(k, &v->chart[i]);
    book_heading(k, "区分ごと・年度ごとの事業数", 24, 120);
    note(k, "(単位: 事業。空欄は記載がないことを示し、0ではありません)");
    for (size_t i = 0; i < v->bodies; i++)
        body_tables(k, &v->body[i]);
    pdf_space(k->p, 8);
    for (size_t i = 0; i < v->notes; i++)
        note(k, v->note[i]);
    if (v->has_break)
        note(k, "二重線は、数え方が変わったところです。その前と後の数はくらべられません。");
    if (v->has_gap)
        note(k, "二重線は、数字のない年度を省いたところにもあります。");
    for (size_t i = 0; i < v->sources; i++)
        note(k, v->source[i].text);
    for (size_t i = 0; i < v->tables; i++)
        plain(k, &v->table[i]);
}
