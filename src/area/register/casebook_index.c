/* Contents and indexes. Names are never cut: a long one takes more lines. */
#include <stdlib.h>
#include <string.h>

#include "area/register/casebook_look.h"
#include "base/text.h"

static const struct pdf_style style_entry = {PDF_GOTHIC, 8.5, 14, INK, PDF_START, false}, style_entry_page = {PDF_GOTHIC, 8.5, 14, STRONG, PDF_END, false},
                              style_chapter = {PDF_GOTHIC, 10, 18, STRONG, PDF_START, true}, style_chapter_page = {PDF_GOTHIC, 10, 18, STRONG, PDF_END, true},
                              style_place = {PDF_GOTHIC, 7.5, 14, SUB, PDF_START, false}, style_no = {PDF_GOTHIC, 7.5, 14, SUB, PDF_END, false};

static const char *case_name(struct book *k, const struct casebook_entry *e)
{
    return arena_printf(k->c->arena, "case-%lld", (long long)e->project);
}

/* Dots from where a text's last line ends to the page number. */
static void leaders(struct book *k, const struct pdf_style *s, const char *text, double x, double width, double y, double right)
{
    double w = pdf_text_width(k->p, s, text);
    if (w < width - 6) /* on more lines: dots would start anywhere */
        pdf_dots(k->p, x + w + 5, y + s->leading / 2 + 2, right - x - w - 10, FAINT);
}

static void chapter(struct book *k, const char *text, const char *to, int64_t page)
{
    double x = pdf_left(k->p), width = pdf_width(k->p);
    pdf_space(k->p, 6);
    pdf_need(k->p, style_chapter.leading);
    double y = pdf_y(k->p);
    pdf_tag(k->p, "TOCI");
    pdf_link(k->p, to);
    double h = pdf_text(k->p, &style_chapter, x, y, width - 40, text);
    leaders(k, &style_chapter, text, x, width - 40, y, x + width - 26);
    book_number(k, &style_chapter_page, x + width - 40, y, 40, page);
    pdf_link_end(k->p);
    pdf_tag_end(k->p);
    pdf_go(k->p, y + h + 4);
}

/* Number, name, section, page. */
static void line(struct book *k, const struct casebook_entry *e)
{
    const double no = 22, section = 116, page = 26;
    double x = pdf_left(k->p), width = pdf_width(k->p), name = width - no - 8 - section - page;
    double h = pdf_text_height(k->p, &style_entry, name - 10, e->name), h2 = pdf_text_height(k->p, &style_place, section - 8, e->section);
    double height = h > h2 ? h : h2;
    pdf_need(k->p, height);
    double y = pdf_y(k->p);
    pdf_tag(k->p, "TOCI");
    pdf_link(k->p, case_name(k, e));
    pdf_text(k->p, &style_no, x, y, no, arena_printf(k->c->arena, "%lld", (long long)e->position));
    pdf_text(k->p, &style_entry, x + no + 8, y, name - 10, e->name);
    leaders(k, &style_entry, e->name, x + no + 8, name - 10, y, x + no + 8 + name - 4);
    pdf_text(k->p, &style_place, x + no + 8 + name, y, section - 8, e->section);
    book_number(k, &style_entry_page, x + width - page, y, page, e->page);
    pdf_link_end(k->p);
    pdf_tag_end(k->p);
    pdf_go(k->p, y + height + 1.5);
}

static void group_head(struct book *k, const struct casebook_group *g)
{
    double x = pdf_left(k->p), width = pdf_width(k->p);
    pdf_space(k->p, 10);
    pdf_need(k->p, 22 + 2 * style_entry.leading);
    double y = pdf_y(k->p);
    pdf_round(k->p, x, y + 3, 8, 12, 1.5, group_colour(g));
    pdf_tag(k->p, "P");
    pdf_line(k->p, &style_chapter, x + 16, y, width - 100, arena_printf(k->c->arena, "%s %s", g->scheme_label, g->label));
    pdf_text(k->p, &style_small_end, x + width - 84, y + 3, 84, arena_printf(k->c->arena, "%lld事業", (long long)g->projects));
    pdf_tag_end(k->p);
    pdf_rule(k->p, x, y + 20, width, 0.5, RULE);
    pdf_go(k->p, y + 24);
}

void book_contents(struct book *k)
{
    struct casebook *b = k->b;
    book_part(k, "目次", "contents");
    chapter(k, "この事例集について", "about", k->about);
    chapter(k, "統計", "statistics", k->statistics);
    if (b->n > 0)
        chapter(k, "事例", case_name(k, &b->entry[0]), k->cases);
    size_t group = SIZE_MAX;
    for (size_t i = 0; i < b->n; i++) {
        if (b->entry[i].group != group) {
            group = b->entry[i].group;
            group_head(k, &b->group[group]);
        }
        line(k, &b->entry[i]);
    }
    pdf_space(k->p, 12);
    chapter(k, tr(k->c, "索引(部局・区分・市町村)"), "index", k->index);
    chapter(k, "奥付", "imprint", k->imprint);
}

/* --- indexes, in two columns --- */

struct columns { struct book *k; double top, y, width; int column; };
enum { GAP = 26 };

static double column_x(const struct columns *s)
{
    return pdf_left(s->k->p) + s->column * (s->width + GAP);
}

/* The next column, or the first of a new page, unless so much is left. */
static void room(struct columns *s, double height)
{
    if (s->y + height <= pdf_bottom(s->k->p))
        return;
    if (s->column == 0) {
        s->column = 1;
        s->y = s->top;
        return;
    }
    pdf_page(s->k->p);
    s->column = 0;
    s->y = s->top = pdf_y(s->k->p);
}

static void index_head(struct columns *s, const char *text)
{
    static const struct pdf_style style = {PDF_GOTHIC, 9, 14, PRIMARY, PDF_START, true};
    struct pdf *p = s->k->p;
    double h = pdf_text_height(p, &style, s->width, text);
    if (s->y > s->top)
        s->y += 8;
    room(s, h + 5 + 2 * style_entry.leading);
    pdf_tag(p, "P");
    pdf_text(p, &style, column_x(s), s->y, s->width, text);
    pdf_tag_end(p);
    pdf_rule(p, column_x(s), s->y + h + 2, s->width, 0.5, RULE);
    s->y += h + 5;
}

static void index_line(struct columns *s, const struct casebook_entry *e)
{
    struct pdf *p = s->k->p;
    double h = pdf_text_height(p, &style_entry, s->width - 32, e->name);
    room(s, h);
    double x = column_x(s);
    pdf_tag(p, "TOCI");
    pdf_link(p, case_name(s->k, e));
    pdf_text(p, &style_entry, x, s->y, s->width - 32, e->name);
    leaders(s->k, &style_entry, e->name, x, s->width - 32, s->y, x + s->width - 20);
    book_number(s->k, &style_entry_page, x + s->width - 26, s->y, 26, e->page);
    pdf_link_end(p);
    pdf_tag_end(p);
    s->y += h;
}

static void begin(struct columns *s, struct book *k, const char *title, const char *note, double before)
{
    book_heading(k, title, before, 80);
    if (note != NULL) {
        pdf_tag(k->p, "P");
        pdf_paragraph(k->p, &style_small, pdf_left(k->p), pdf_width(k->p), note);
        pdf_tag_end(k->p);
        pdf_space(k->p, 4);
    }
    *s = (struct columns){.k = k, .top = pdf_y(k->p), .y = pdf_y(k->p), .width = (pdf_width(k->p) - GAP) / 2};
}

/* What follows stands below both columns; a second column that ran makes that the page's foot. */
static void end(struct columns *s)
{
    pdf_go(s->k->p, s->column == 1 ? pdf_bottom(s->k->p) : s->y);
}

/* In the order of the table of departments, which is that of the year's tree. */
static void by_department(struct book *k)
{
    const struct casebook *b = k->b;
    struct columns s;
    begin(&s, k, tr(k->c, "部局別"), NULL, 0);
    const struct plain_table *t = NULL;
    for (size_t i = 0; i < b->statistics.tables; i++)
        if (strcmp(b->statistics.table[i].id, "departments") == 0)
            t = &b->statistics.table[i];
    for (size_t d = 0; t != NULL && d < t->rows; d++) {
        bool headed = false;
        for (size_t i = 0; i < b->n; i++) {
            if (!text_eq(b->entry[i].department, t->row[d].label))
                continue;
            if (!headed)
                index_head(&s, t->row[d].label);
            headed = true;
            index_line(&s, &b->entry[i]);
        }
    }
    end(&s);
}

static void by_category(struct book *k)
{
    struct columns s;
    begin(&s, k, "区分別", NULL, 24);
    size_t group = SIZE_MAX;
    for (size_t i = 0; i < k->b->n; i++) {
        const struct casebook_entry *e = &k->b->entry[i];
        if (e->group != group)
            index_head(&s, arena_printf(k->c->arena, "%s %s", k->b->group[e->group].scheme_label, k->b->group[e->group].label));
        group = e->group;
        index_line(&s, e);
    }
    end(&s);
}

static int compare_places(const void *x, const void *y)
{
    const struct casebook_place *a = x, *b = y;
    return strcmp(a->code, b->code);
}

static void by_place(struct book *k)
{
    const struct casebook *b = k->b;
    struct casebook_place *place = NULL;
    size_t n = 0, cap = 0;
    for (size_t i = 0; i < b->n; i++)
        for (size_t m = 0; m < b->entry[i].places; m++) {
            bool known = false;
            for (size_t j = 0; j < n && !known; j++)
                known = strcmp(place[j].code, b->entry[i].place[m].code) == 0;
            if (!known)
                ARENA_PUSH(k->c->arena, place, n, cap) = b->entry[i].place[m];
        }
    if (n == 0)
        return;
    qsort(place, n, sizeof *place, compare_places);
    struct columns s;
    begin(&s, k, "市町村別", "市町村の記載がない事業は、ここにはのせていません。", 24);
    for (size_t j = 0; j < n; j++) {
        index_head(&s, place[j].label);
        for (size_t i = 0; i < b->n; i++)
            for (size_t m = 0; m < b->entry[i].places; m++)
                if (strcmp(b->entry[i].place[m].code, place[j].code) == 0)
                    index_line(&s, &b->entry[i]);
    }
    end(&s);
}

void book_index(struct book *k)
{
    book_part(k, "索引", "index");
    k->index = pdf_page_number(k->p);
    by_department(k);
    by_category(k);
    by_place(k);
}
