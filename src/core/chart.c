/* Charts: laid out as a list of shapes (base/drawing.h), painted here as SVG, by export/ as PDF. 360 units wide on a page, so that 14px text stays
 * 14px on a phone. Colours and patterns: ui.md 5 (each at least 3:1 on white, told apart without colour by a pattern or a mark). */
#include "core/chart.h"

#include <string.h>

#include "base/text.h"

#define WIDTH 360
#define TOP 14
#define MARGIN 8 /* right of it */

#define MOVE(x, y) {(x), (y), true}
#define TO(x, y) {(x), (y), false}
static const struct drawing_point rising[] = {MOVE(-2, 2), TO(2, -2), MOVE(0, 8), TO(8, 0), MOVE(6, 10), TO(10, 6)};
static const struct drawing_point dots[] = {MOVE(2, 3), TO(4, 3), MOVE(6, 7), TO(8, 7)};
static const struct drawing_point level[] = {MOVE(0, 4), TO(8, 4)};
static const struct drawing_point upright[] = {MOVE(4, 0), TO(4, 8)};
static const struct drawing_point falling[] = {MOVE(-2, 6), TO(2, 10), MOVE(0, 0), TO(8, 8), MOVE(6, -2), TO(10, 2)};
static const struct drawing_point plus[] = {MOVE(4, 1), TO(4, 7), MOVE(1, 4), TO(7, 4)};
static const struct drawing_point cross[] = {MOVE(1, 1), TO(7, 7), MOVE(7, 1), TO(1, 7)};
#define STROKES(p, w) (p), sizeof (p) / sizeof *(p), (w)
static const struct drawing_tile paints[] = {
    {0x264af4, NULL, 0, 0},            /* token: primitive-blue-700 */
    {0xb78f00, STROKES(rising, 1.5)},  /* token: primitive-yellow-700 */
    {0x620000, STROKES(dots, 2)},      /* token: primitive-red-1200 */
    {0x000060, STROKES(level, 1.5)},   /* token: primitive-blue-1200 */
    {0x00a3bf, STROKES(upright, 1.5)}, /* token: primitive-cyan-600 */
    {0x004c59, STROKES(falling, 1.5)}, /* token: primitive-cyan-1100 */
    {0xac3e00, STROKES(plus, 1.5)},    /* token: primitive-orange-900 */
    {0x767676, STROKES(cross, 1.5)},   /* token: neutral-solid-gray-536 */
};
#define PAINTS (sizeof paints / sizeof paints[0])
/* Two lines: the pair that is furthest apart. */
static const uint32_t pair[] = {0x0017c1 /* token: primitive-blue-900 */, 0xac3e00 /* token: primitive-orange-900 */};
enum { WHITE = 0xffffff, GRID = 0xcccccc, AXIS = 0x333333 };

static uint32_t colour_of(const struct chart *ch, size_t i)
{
    return !ch->stacked && ch->series_n == 2 ? pair[i] : paints[i % PAINTS].colour;
}

uint32_t chart_colour(size_t series)
{
    return paints[series % PAINTS].colour;
}

static bool breaks(const struct chart *ch, size_t i)
{
    return i > 0 && ch->break_before && ch->break_before[i];
}

/* --- shapes --- */

static struct drawing_shape *add(struct ctx *c, struct drawing *d, enum drawing_kind kind)
{
    struct drawing_shape *s = &ARENA_PUSH(c->arena, d->shape, d->n, d->cap);
    *s = (struct drawing_shape){.kind = kind, .fill = DRAWING_NONE, .stroke = DRAWING_NONE};
    return s;
}

static struct drawing_shape *add_path(struct ctx *c, struct drawing *d, size_t points, struct drawing_point **at)
{
    struct drawing_shape *s = add(c, d, DRAWING_PATH);
    *at = arena_many(c->arena, struct drawing_point, points + 1);
    s->point = *at;
    s->points = points;
    return s;
}

static struct drawing_shape *add_line(struct ctx *c, struct drawing *d, double x, double y, double x2, double y2, uint32_t colour, double width)
{
    struct drawing_point *p;
    struct drawing_shape *s = add_path(c, d, 2, &p);
    p[0] = (struct drawing_point)MOVE(x, y);
    p[1] = (struct drawing_point)TO(x2, y2);
    s->stroke = (int32_t)colour;
    s->width = width;
    return s;
}

static void add_text(struct ctx *c, struct drawing *d, double x, double y, enum drawing_anchor anchor, const char *text)
{
    struct drawing_shape *s = add(c, d, DRAWING_TEXT);
    s->x = x;
    s->y = y;
    s->anchor = anchor;
    s->fill = AXIS;
    s->text = text;
}

static void add_bar(struct ctx *c, struct drawing *d, double x, double y, double w, double h, size_t tile)
{
    struct drawing_shape *s = add(c, d, DRAWING_BAR);
    s->x = x;
    s->y = y;
    s->w = w;
    s->h = h;
    s->tile = tile % PAINTS;
}

/* Marks by shape: circle, square, triangle, diamond, then hollow ones. */
static void add_mark(struct ctx *c, struct drawing *d, uint32_t colour, size_t i, double x, double y)
{
    static const struct { size_t n; struct drawing_point p[4]; } form[] = {
        {0, {{0, 0, false}}},
        {4, {MOVE(-4, -4), TO(4, -4), TO(4, 4), TO(-4, 4)}},
        {3, {MOVE(0, -5), TO(5, 4), TO(-5, 4)}},
        {4, {MOVE(0, -5.5), TO(5.5, 0), TO(0, 5.5), TO(-5.5, 0)}},
    };
    size_t n = form[i % 4].n;
    struct drawing_point *p;
    struct drawing_shape *s;
    if (n == 0) {
        s = add(c, d, DRAWING_CIRCLE);
        s->x = x;
        s->y = y;
        s->w = 4.5;
    } else {
        s = add_path(c, d, n, &p);
        for (size_t k = 0; k < n; k++)
            p[k] = (struct drawing_point){x + form[i % 4].p[k].x, y + form[i % 4].p[k].y, k == 0};
        s->closed = true;
    }
    s->fill = i % 8 < 4 ? (int32_t)colour : WHITE;
    s->stroke = (int32_t)colour;
    s->width = 1.5;
}

/* Steps of 1, 2 or 5 times a power of ten, at most so many of them. All in thousandths. */
static int64_t step_of(int64_t most, int64_t steps)
{
    int64_t step = most < 5000 && most % 1000 ? 1 : 1000; /* whole numbers stay whole */
    static const int64_t factor[] = {1, 2, 5};
    for (;; step *= 10)
        for (size_t i = 0; i < 3; i++)
            if ((most + step * factor[i] - 1) / (step * factor[i]) <= steps)
                return step * factor[i];
}

static double width_of(const char *s)
{
    double w = 0;
    for (; *s; s++)
        if ((*s & 0xC0) != 0x80)
            w += (unsigned char)*s < 0x80 ? 8.5 : 14;
    return w;
}

struct plot {
    const struct chart *ch;
    double left, right, slot, high;
    int64_t most;
};

static double x_at(const struct plot *p, size_t i)
{
    return p->left + p->slot * ((double)i + 0.5);
}

static double y_at(const struct plot *p, int64_t v)
{
    return TOP + p->high - (double)v / (double)p->most * p->high;
}

/* Every how many years one is named below: as many as fit, the last one always, the first one too where that costs little. */
static size_t named_every(const struct plot *p)
{
    const struct chart *ch = p->ch;
    double widest = 0;
    for (size_t i = 0; i < ch->x_n; i++)
        widest = width_of(ch->x[i]) > widest ? width_of(ch->x[i]) : widest;
    size_t every = 1;
    while (p->slot * (double)every < widest + 8)
        every++;
    for (size_t e = every; e < every * 2 && e < ch->x_n; e++)
        if ((ch->x_n - 1) % e == 0)
            return e;
    return every;
}

static void axes(struct ctx *c, struct drawing *d, const struct plot *p, int64_t step)
{
    const struct chart *ch = p->ch;
    for (int64_t v = 0; v <= p->most; v += step) {
        double y = y_at(p, v);
        add_line(c, d, p->left, y, p->right, y, v ? GRID : AXIS, 1);
        add_text(c, d, p->left - 6, y + 5, DRAWING_END, milli(c, v));
    }
    size_t every = ch->x_n > 0 ? named_every(p) : 1;
    for (size_t i = 0; i < ch->x_n; i++) {
        if ((ch->x_n - 1 - i) % every)
            continue;
        double x = x_at(p, i), half = width_of(ch->x[i]) / 2;
        x = x + half > d->width ? d->width - half : x < half ? half : x;
        add_text(c, d, x, TOP + p->high + 20, DRAWING_MIDDLE, ch->x[i]);
    }
    for (size_t i = 1; i < ch->x_n; i++)
        if (breaks(ch, i)) {
            double x = p->left + p->slot * (double)i;
            add_line(c, d, x, TOP, x, TOP + p->high, AXIS, 1.5)->dashed = true;
        }
}

static void bars(struct ctx *c, struct drawing *d, const struct plot *p)
{
    const struct chart *ch = p->ch;
    double w = p->slot * 0.7 < 34 ? p->slot * 0.7 : 34;
    for (size_t i = 0; i < ch->x_n; i++) {
        int64_t below = 0;
        for (size_t s = 0; s < ch->series_n; s++) {
            int64_t v = ch->series[s].milli[i];
            if (v == NONE || v <= 0)
                continue;
            double y = y_at(p, below + v), h = y_at(p, below) - y;
            /* a white gap between neighbours, as long as the piece is high enough to keep something */
            double gap = below && h > 3 ? 1.5 : 0;
            add_bar(c, d, x_at(p, i) - w / 2, y, w, h - gap, s);
            below += v;
        }
    }
}

/* No line over what is not known, none over a break. */
static void lines(struct ctx *c, struct drawing *d, const struct plot *p)
{
    const struct chart *ch = p->ch;
    for (size_t s = 0; s < ch->series_n; s++) {
        const int64_t *v = ch->series[s].milli;
        struct drawing_point *at;
        struct drawing_shape *line = add_path(c, d, ch->x_n, &at);
        line->stroke = (int32_t)colour_of(ch, s);
        line->width = 2;
        line->points = 0;
        for (size_t i = 0; i < ch->x_n; i++)
            if (v[i] != NONE)
                at[line->points++] = (struct drawing_point){x_at(p, i), y_at(p, v[i]), i == 0 || v[i - 1] == NONE || breaks(ch, i)};
        for (size_t i = 0; i < ch->x_n; i++)
            if (v[i] != NONE)
                add_mark(c, d, colour_of(ch, s), s, x_at(p, i), y_at(p, v[i]));
    }
}

static int64_t highest(const struct chart *ch)
{
    int64_t most = 0;
    for (size_t i = 0; i < ch->x_n; i++) {
        int64_t sum = 0;
        for (size_t s = 0; s < ch->series_n; s++) {
            int64_t v = ch->series[s].milli[i];
            if (v == NONE || v < 0)
                continue;
            sum = ch->stacked ? sum + v : v > sum ? v : sum;
        }
        most = sum > most ? sum : most;
    }
    return most;
}

void chart_draw(struct ctx *c, const struct chart *ch, double width, double plot, struct drawing *out)
{
    *out = (struct drawing){.width = width, .height = TOP + plot + 28, .tile = paints, .tiles = PAINTS};
    int64_t most = highest(ch), step = step_of(most ? most : 1000, plot < CHART_PLOT / 1.5 ? 3 : 5);
    struct plot p = {.ch = ch, .most = most ? (most + step - 1) / step * step : step, .right = width - MARGIN, .high = plot};
    double label = 0;
    for (int64_t v = 0; v <= p.most; v += step)
        label = width_of(milli(c, v)) > label ? width_of(milli(c, v)) : label;
    p.left = label + 8;
    p.slot = ch->x_n ? (p.right - p.left) / (double)ch->x_n : 1;
    axes(c, out, &p, step);
    if (ch->stacked)
        bars(c, out, &p);
    else
        lines(c, out, &p);
}

void chart_key(struct ctx *c, const struct chart *ch, size_t i, struct drawing *out)
{
    *out = (struct drawing){.width = 24, .height = 16, .tile = paints, .tiles = PAINTS};
    if (ch->stacked) {
        add_bar(c, out, 0, 0, 24, 16, i);
        return;
    }
    add_line(c, out, 0, 8, 24, 8, colour_of(ch, i), 2);
    add_mark(c, out, colour_of(ch, i), i, 12, 8);
}

/* --- as SVG --- */

static void svg_points(struct sb *o, const struct drawing_point *p, size_t n, bool closed)
{
    sb_add(o, "<path d=\"");
    for (size_t i = 0; i < n; i++)
        sb_printf(o, "%c%.1f %.1f", p[i].move ? 'M' : 'L', p[i].x, p[i].y);
    sb_add(o, closed ? "z\"" : "\"");
}

static void svg_paint(struct sb *o, int32_t fill, int32_t stroke, double width)
{
    if (fill == DRAWING_NONE)
        sb_add(o, " fill=\"none\"");
    else
        sb_printf(o, " fill=\"#%06x\"", (unsigned)fill);
    if (stroke != DRAWING_NONE)
        sb_printf(o, " stroke=\"#%06x\" stroke-width=\"%g\"", (unsigned)stroke, width);
}

static void svg_shape(struct sb *o, const struct drawing_shape *s, const char *id)
{
    static const char *const anchor[] = {[DRAWING_START] = "start", [DRAWING_MIDDLE] = "middle", [DRAWING_END] = "end"};
    switch (s->kind) {
    case DRAWING_PATH:
        svg_points(o, s->point, s->points, s->closed);
        svg_paint(o, s->fill, s->stroke, s->width);
        sb_add(o, s->dashed ? " stroke-dasharray=\"4 3\"/>" : "/>");
        return;
    case DRAWING_CIRCLE:
        sb_printf(o, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"", s->x, s->y, s->w);
        svg_paint(o, s->fill, s->stroke, s->width);
        sb_add(o, "/>");
        return;
    case DRAWING_BAR:
        sb_printf(o, "<rect x=\"%.1f\" y=\"%.2f\" width=\"%.1f\" height=\"%.2f\" fill=\"url(#%s-p%zu)\"/>", s->x, s->y, s->w, s->h, id, s->tile);
        return;
    case DRAWING_TEXT:
        sb_printf(o, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", s->x, s->y, anchor[s->anchor]);
        html_text(o, s->text);
        sb_add(o, "</text>");
        return;
    }
}

static void svg_shapes(struct sb *o, const struct drawing *d, const char *id)
{
    for (size_t i = 0; i < d->n; i++)
        svg_shape(o, &d->shape[i], id);
}

static void svg_tile(struct sb *o, const struct drawing_tile *t, const char *id, size_t i)
{
    sb_printf(o, "<pattern id=\"%s-p%zu\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><rect width=\"8\" height=\"8\" fill=\"#%06x\"/>", id, i, (unsigned)t->colour);
    if (t->points > 0) {
        svg_points(o, t->point, t->points, false);
        svg_paint(o, DRAWING_NONE, WHITE, t->width);
        sb_add(o, "/>");
    }
    sb_add(o, "</pattern>");
}

static void key(struct ctx *c, struct sb *o, const struct chart *ch)
{
    sb_add(o, "<ul class=\"key\">\n");
    for (size_t s = 0; s < ch->series_n; s++) {
        struct drawing d;
        chart_key(c, ch, s, &d);
        sb_add(o, "<li><svg viewBox=\"0 0 24 16\" aria-hidden=\"true\" focusable=\"false\">");
        svg_shapes(o, &d, ch->id);
        sb_add(o, "</svg>");
        html_text(o, ch->series[s].name);
        sb_add(o, "</li>\n");
    }
    sb_add(o, "</ul>\n");
}

void chart_show(struct ctx *c, struct sb *o, const struct chart *ch)
{
    struct drawing d;
    chart_draw(c, ch, WIDTH, CHART_PLOT, &d);
    sb_add(o, "<figure class=\"chart\">\n<figcaption>");
    html_text(o, ch->title);
    if (ch->unit) {
        sb_add(o, " <span class=\"unit\">(");
        html_text(o, ch->unit);
        sb_add(o, ")</span>");
    }
    sb_add(o, "</figcaption>\n");
    sb_printf(o, "<svg viewBox=\"0 0 %g %g\" role=\"img\" aria-labelledby=\"%s-t %s-d\">", d.width, d.height, ch->id, ch->id);
    sb_printf(o, "<title id=\"%s-t\">", ch->id);
    html_text(o, ch->title);
    sb_printf(o, "</title><desc id=\"%s-d\">", ch->id);
    html_text(o, ch->finding ? ch->finding : tr(c, "数は表にあります。"));
    sb_add(o, "</desc>");
    if (ch->stacked) {
        sb_add(o, "<defs>");
        for (size_t s = 0; s < ch->series_n && s < PAINTS; s++)
            svg_tile(o, &paints[s], ch->id, s);
        sb_add(o, "</defs>");
    }
    svg_shapes(o, &d, ch->id);
    sb_add(o, "</svg>\n");
    if (ch->series_n > 1)
        key(c, o, ch);
    if (ch->break_note) {
        sb_add(o, "<p class=\"meta\">");
        html_text(o, ch->break_note);
        sb_add(o, "</p>\n");
    }
    sb_add(o, "</figure>\n");
}
