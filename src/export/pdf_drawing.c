/* A drawing (base/drawing.h) on a page. */
#include "export/pdf_parts.h"

double pdf_drawing_height(double width, const struct drawing *d)
{
    return d->height * width / d->width;
}

static void points(cairo_t *cr, const struct drawing_point *p, size_t n, bool closed)
{
    for (size_t i = 0; i < n; i++)
        if (p[i].move)
            cairo_move_to(cr, p[i].x, p[i].y);
        else
            cairo_line_to(cr, p[i].x, p[i].y);
    if (closed)
        cairo_close_path(cr);
}

static void paint(struct pdf *p, const struct drawing_shape *s)
{
    if (s->fill != DRAWING_NONE) {
        pdf_colour(p, (uint32_t)s->fill);
        cairo_fill_preserve(p->cr);
    }
    if (s->stroke != DRAWING_NONE) {
        pdf_colour(p, (uint32_t)s->stroke);
        cairo_set_line_width(p->cr, s->width);
        cairo_set_dash(p->cr, (const double[]){4, 3}, s->dashed ? 2 : 0, 0);
        cairo_stroke_preserve(p->cr);
    }
    cairo_new_path(p->cr);
}

/* The tiles lie on the picture's own grid, so that neighbours meet without a seam; a tile's strokes go on in the next one. */
static void bar(struct pdf *p, const struct drawing *d, const struct drawing_shape *s)
{
    const struct drawing_tile *t = &d->tile[s->tile % d->tiles];
    cairo_t *cr = p->cr;
    cairo_save(cr);
    cairo_rectangle(cr, s->x, s->y, s->w, s->h);
    cairo_clip(cr);
    pdf_colour(p, t->colour);
    cairo_paint(cr);
    for (double y = (double)(int)(s->y / DRAWING_TILE) * DRAWING_TILE; t->points > 0 && y < s->y + s->h; y += DRAWING_TILE)
        for (double x = (double)(int)(s->x / DRAWING_TILE) * DRAWING_TILE; x < s->x + s->w; x += DRAWING_TILE)
            for (size_t i = 0; i < t->points; i++)
                if (t->point[i].move)
                    cairo_move_to(cr, x + t->point[i].x, y + t->point[i].y);
                else
                    cairo_line_to(cr, x + t->point[i].x, y + t->point[i].y);
    pdf_colour(p, 0xffffff);
    cairo_set_line_width(cr, t->width);
    cairo_set_dash(cr, NULL, 0, 0);
    cairo_stroke(cr);
    cairo_restore(cr);
}

static void label(struct pdf *p, const struct drawing_shape *s)
{
    static const enum pdf_align align[] = {[DRAWING_START] = PDF_START, [DRAWING_MIDDLE] = PDF_CENTRE, [DRAWING_END] = PDF_END};
    const struct pdf_style style = {PDF_GOTHIC, DRAWING_TEXT_SIZE, DRAWING_TEXT_SIZE, (uint32_t)s->fill, align[s->anchor], false};
    /* A box without width at the anchor: start, middle and end all come out of the alignment. */
    PangoLayout *layout = pdf_layout(p, &style, 0, s->text);
    pdf_put_line(p, &style, layout, 0, s->x, s->y - DRAWING_TEXT_SIZE * 0.88, 0);
    g_object_unref(layout);
}

double pdf_drawing(struct pdf *p, double x, double y, double width, const struct drawing *d)
{
    double scale = width / d->width;
    p->fresh = false;
    if (p->cr == NULL)
        return d->height * scale;
    cairo_save(p->cr);
    cairo_translate(p->cr, x, y);
    cairo_scale(p->cr, scale, scale);
    for (size_t i = 0; i < d->n; i++) {
        const struct drawing_shape *s = &d->shape[i];
        switch (s->kind) {
        case DRAWING_PATH:
            points(p->cr, s->point, s->points, s->closed);
            paint(p, s);
            break;
        case DRAWING_CIRCLE:
            cairo_new_sub_path(p->cr);
            cairo_arc(p->cr, s->x, s->y, s->w, 0, 6.283185307179586);
            paint(p, s);
            break;
        case DRAWING_BAR:
            bar(p, d, s);
            break;
        case DRAWING_TEXT:
            label(p, s);
            break;
        }
    }
    cairo_restore(p->cr);
    return d->height * scale;
}
