/* Tables that flow over pages. */
#include "export/pdf_parts.h"

#include <assert.h>

enum { COLUMNS_MOST = 32 };
/* A row up to this part of a page is not torn apart. */
#define KEPT_WHOLE 0.33

/* One row laid out: where each cell stands and how much of it has been put on a page. */
struct laid {
    const struct pdf_cell *cell;
    double x, width;
    PangoLayout *layout;
    int lines, done;
};
struct row { struct laid v[COLUMNS_MOST]; size_t n; };

static void lay_out(struct pdf *p, const struct pdf_table *t, const struct pdf_cell *cell, size_t n, struct row *r)
{
    size_t column = 0;
    double x = t->x;
    assert(t->columns <= COLUMNS_MOST);
    r->n = 0;
    for (size_t i = 0; i < n && column < t->columns; i++) {
        struct laid *l = &r->v[r->n++];
        *l = (struct laid){.cell = &cell[i], .x = x};
        unsigned span = cell[i].span > 0 ? cell[i].span : 1;
        for (unsigned k = 0; k < span && column < t->columns; k++)
            l->width += t->width[column++];
        x += l->width;
        if (cell[i].text == NULL || cell[i].text[0] == '\0')
            continue;
        l->layout = pdf_layout(p, cell[i].style, l->width - 2 * t->pad_x, cell[i].text);
        l->lines = pango_layout_get_line_count(l->layout);
    }
}

static void release(struct row *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->v[i].layout != NULL)
            g_object_unref(r->v[i].layout);
}

/* Height of what is left of a row. */
static double height_left(const struct pdf_table *t, const struct row *r)
{
    double most = 0;
    for (size_t i = 0; i < r->n; i++) {
        double h = (r->v[i].lines - r->v[i].done) * r->v[i].cell->style->leading;
        most = h > most ? h : most;
    }
    return most + 2 * t->pad_y;
}

/* Puts of each cell what fits into `height`; the whole page's part of the row is that high. */
static void put_part(struct pdf *p, const struct pdf_table *t, struct row *r, double height, bool head)
{
    if (!t->cells_plain)
        pdf_tag(p, "TR");
    for (size_t i = 0; i < r->n; i++) {
        struct laid *l = &r->v[i];
        if (head)
            pdf_fill(p, l->x, p->y, l->width, height, t->head_fill);
        else if (l->cell->tinted)
            pdf_fill(p, l->x, p->y, l->width, height, t->tint);
    }
    for (size_t i = 0; i < r->n; i++) {
        struct laid *l = &r->v[i];
        double y = p->y + t->pad_y, leading = l->cell->style->leading;
        if (!t->cells_plain)
            pdf_tag(p, head ? "TH" : "TD");
        if (l->cell->to != NULL)
            pdf_link(p, l->cell->to);
        for (; l->done < l->lines && y + leading <= p->y + height - t->pad_y + 0.01; l->done++, y += leading)
            pdf_put_line(p, l->cell->style, l->layout, l->done, l->x + t->pad_x, y, l->width - 2 * t->pad_x);
        if (l->cell->to != NULL)
            pdf_link_end(p);
        if (!t->cells_plain)
            pdf_tag_end(p);
    }
    if (!t->cells_plain)
        pdf_tag_end(p);
    double right = r->n > 0 ? r->v[r->n - 1].x + r->v[r->n - 1].width : t->x;
    if (t->columns_ruled)
        for (size_t i = 0; i < r->n; i++) {
            pdf_fill(p, r->v[i].x - t->rule_width / 2, p->y, t->rule_width, height, t->rule);
            if (i + 1 == r->n)
                pdf_fill(p, right - t->rule_width / 2, p->y, t->rule_width, height, t->rule);
        }
    for (size_t i = 0; i < r->n; i++)
        if (r->v[i].cell->broken) {
            pdf_fill(p, r->v[i].x - 1.2, p->y, 0.6, height, 0x333333);
            pdf_fill(p, r->v[i].x + 0.6, p->y, 0.6, height, 0x333333);
        }
    pdf_go(p, p->y + height);
    if (t->rule_width > 0)
        pdf_rule(p, t->x, p->y, right - t->x, t->rule_width, t->rule);
}

static void put_head(struct pdf *p, const struct pdf_table *t)
{
    if (t->head == NULL)
        return;
    struct row r;
    lay_out(p, t, t->head, t->heads, &r);
    if (t->columns_ruled)
        pdf_rule(p, t->x, p->y, r.v[r.n - 1].x + r.v[r.n - 1].width - t->x, t->rule_width, t->rule);
    put_part(p, t, &r, height_left(t, &r), true);
    release(&r);
}

void pdf_table_begin(struct pdf *p, const struct pdf_table *t, double first)
{
    double head = 0;
    if (t->head != NULL)
        head = pdf_row_height(p, t, t->head, t->heads);
    pdf_need(p, head + first);
    p->table = t;
    if (!t->cells_plain)
        pdf_tag(p, "Table");
    put_head(p, t);
}

void pdf_table_keep(struct pdf *p, double height)
{
    if (pdf_need(p, height))
        put_head(p, p->table);
}

double pdf_row_height(struct pdf *p, const struct pdf_table *t, const struct pdf_cell *cell, size_t n)
{
    struct row r;
    lay_out(p, t, cell, n, &r);
    double h = height_left(t, &r);
    release(&r);
    return h;
}

static bool unfinished(const struct row *r)
{
    for (size_t i = 0; i < r->n; i++)
        if (r->v[i].done < r->v[i].lines)
            return true;
    return false;
}

void pdf_table_row(struct pdf *p, const struct pdf_cell *cell, size_t n)
{
    const struct pdf_table *t = p->table;
    struct row r;
    lay_out(p, t, cell, n, &r);
    double page = pdf_bottom(p) - p->setup.top;
    for (bool first = true; first || unfinished(&r); first = false) {
        double left = pdf_bottom(p) - p->y, need = height_left(t, &r), least = 0;
        for (size_t i = 0; i < r.n; i++)
            if (r.v[i].done < r.v[i].lines && r.v[i].cell->style->leading > least)
                least = r.v[i].cell->style->leading;
        if (need <= left + 0.01) {
            put_part(p, t, &r, need, false);
            break;
        }
        /* Two lines at least stay, or the row goes over as a whole. */
        if (need > page * KEPT_WHOLE && left >= least * 2 + 2 * t->pad_y)
            put_part(p, t, &r, left, false);
        if (unfinished(&r)) {
            pdf_page(p);
            put_head(p, t);
        }
    }
    release(&r);
}

void pdf_table_end(struct pdf *p)
{
    if (!p->table->cells_plain)
        pdf_tag_end(p);
    p->table = NULL;
}
