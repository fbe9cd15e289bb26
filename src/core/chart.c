/* Charts as SVG, 360 units wide, so that 14px text stays 14px on a phone. Colours and patterns: ui.md 5 (each at least 3:1 on white, told apart
 * without colour by a pattern or a mark). */
#include "core/page.h"

#include <string.h>

#include "base/text.h"

#define WIDTH 360
#define TOP 14
#define PLOT 190 /* height of the plot */
#define RIGHT 352

struct paint { const char *colour, *pattern; /* path inside an 8 x 8 tile, white on the colour; NULL: plain */ };
static const struct paint paints[] = {
    {"#264af4", NULL},                                         /* token: primitive-blue-700 */
    {"#b78f00", "M-2 2L2 -2M0 8L8 0M6 10L10 6"},               /* token: primitive-yellow-700 */
    {"#620000", "M2 2h2v2h-2zM6 6h2v2h-2z"},                   /* token: primitive-red-1200 */
    {"#000060", "M0 4H8"},                                     /* token: primitive-blue-1200 */
    {"#00a3bf", "M4 0V8"},                                     /* token: primitive-cyan-600 */
    {"#004c59", "M-2 6L2 10M0 0L8 8M6 -2L10 2"},               /* token: primitive-cyan-1100 */
    {"#ac3e00", "M4 1V7M1 4H7"},                               /* token: primitive-orange-900 */
    {"#767676", "M1 1L7 7M7 1L1 7"},                           /* token: neutral-solid-gray-536 */
};
#define PAINTS (sizeof paints / sizeof paints[0])
/* Two lines: the pair that is furthest apart. */
static const struct paint pair[] = {{"#0017c1", NULL} /* token: primitive-blue-900 */, {"#ac3e00", NULL} /* token: primitive-orange-900 */};

static const struct paint *paint_of(const struct chart *ch, size_t i)
{
    return !ch->stacked && ch->series_n == 2 ? &pair[i] : &paints[i % PAINTS];
}

static void pattern(struct sb *o, const char *id, size_t i)
{
    const struct paint *p = &paints[i % PAINTS];
    sb_printf(o, "<pattern id=\"%s-p%zu\" width=\"8\" height=\"8\" patternUnits=\"userSpaceOnUse\"><rect width=\"8\" height=\"8\" fill=\"%s\"/>", id, i,
              p->colour);
    if (p->pattern)
        sb_printf(o, "<path d=\"%s\" fill=\"none\" stroke=\"#ffffff\" stroke-width=\"1.5\"/>", p->pattern);
    sb_add(o, "</pattern>");
}

static bool breaks(const struct chart *ch, size_t i)
{
    return i > 0 && ch->break_before && ch->break_before[i];
}

/* Marks by shape: circle, square, triangle, diamond, then hollow ones. */
static void mark(struct sb *o, const struct paint *p, size_t i, double x, double y)
{
    static const char *const shape[] = {"M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0z", "M-4 -4H4V4H-4z", "M0 -5L5 4H-5z", "M0 -5.5L5.5 0L0 5.5L-5.5 0z"};
    const char *fill = i % 8 < 4 ? p->colour : "#ffffff";
    sb_printf(o, "<path d=\"%s\" transform=\"translate(%.1f %.1f)\" fill=\"%s\" stroke=\"%s\" stroke-width=\"1.5\"/>", shape[i % 4], x, y, fill, p->colour);
}

/* Steps of 1, 2 or 5 times a power of ten, at most five of them. All in thousandths. */
static int64_t step_of(int64_t most)
{
    int64_t step = most < 5000 && most % 1000 ? 1 : 1000; /* whole numbers stay whole */
    static const int64_t factor[] = {1, 2, 5};
    for (;; step *= 10)
        for (size_t i = 0; i < 3; i++)
            if ((most + step * factor[i] - 1) / (step * factor[i]) <= 5)
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
    double left, slot;
    int64_t most;
};

static double x_at(const struct plot *p, size_t i)
{
    return p->left + p->slot * ((double)i + 0.5);
}

static double y_at(const struct plot *p, int64_t v)
{
    return TOP + PLOT - (double)v / (double)p->most * PLOT;
}

static void axes(struct ctx *c, struct sb *o, const struct plot *p, int64_t step)
{
    const struct chart *ch = p->ch;
    for (int64_t v = 0; v <= p->most; v += step) {
        double y = y_at(p, v);
        sb_printf(o, "<path d=\"M%.1f %.1fH%d\" stroke=\"%s\"/>", p->left, y, RIGHT, v ? "#cccccc" : "#333333");
        sb_printf(o, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%s</text>", p->left - 6, y + 5, milli(c, v));
    }
    /* As many names below as fit, the last one always: counted from the right. */
    double widest = 0;
    for (size_t i = 0; i < ch->x_n; i++)
        widest = width_of(ch->x[i]) > widest ? width_of(ch->x[i]) : widest;
    size_t every = 1;
    while (p->slot * (double)every < widest + 8)
        every++;
    for (size_t e = every; e < every * 2 && e < ch->x_n; e++)
        if ((ch->x_n - 1) % e == 0) { /* then the first one is named too */
            every = e;
            break;
        }
    for (size_t i = 0; i < ch->x_n; i++) {
        if ((ch->x_n - 1 - i) % every)
            continue;
        double x = x_at(p, i), half = width_of(ch->x[i]) / 2;
        x = x + half > WIDTH ? WIDTH - half : x < half ? half : x;
        sb_printf(o, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">", x, TOP + PLOT + 20);
        html_text(o, ch->x[i]);
        sb_add(o, "</text>");
    }
    for (size_t i = 1; i < ch->x_n; i++) {
        if (!breaks(ch, i))
            continue;
        double x = p->left + p->slot * (double)i;
        sb_printf(o, "<path d=\"M%.1f %dV%d\" stroke=\"#333333\" stroke-width=\"1.5\" stroke-dasharray=\"4 3\"/>", x, TOP, TOP + PLOT);
    }
}

static void bars(struct sb *o, const struct plot *p)
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
            sb_printf(o, "<rect x=\"%.1f\" y=\"%.2f\" width=\"%.1f\" height=\"%.2f\" fill=\"url(#%s-p%zu)\"/>", x_at(p, i) - w / 2, y, w, h - gap, ch->id, s);
            below += v;
        }
    }
}

/* No line over what is not known, none over a break. */
static void lines(struct sb *o, const struct plot *p)
{
    const struct chart *ch = p->ch;
    for (size_t s = 0; s < ch->series_n; s++) {
        const int64_t *v = ch->series[s].milli;
        const struct paint *paint = paint_of(ch, s);
        sb_add(o, "<path d=\"");
        for (size_t i = 0; i < ch->x_n; i++) {
            if (v[i] == NONE)
                continue;
            bool joined = i && v[i - 1] != NONE && !breaks(ch, i);
            sb_printf(o, "%c%.1f %.1f", joined ? 'L' : 'M', x_at(p, i), y_at(p, v[i]));
        }
        sb_printf(o, "\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>", paint->colour);
        for (size_t i = 0; i < ch->x_n; i++)
            if (v[i] != NONE)
                mark(o, paint, s, x_at(p, i), y_at(p, v[i]));
    }
}

static void key(struct sb *o, const struct chart *ch)
{
    sb_add(o, "<ul class=\"key\">\n");
    for (size_t s = 0; s < ch->series_n; s++) {
        sb_add(o, "<li><svg viewBox=\"0 0 24 16\" aria-hidden=\"true\" focusable=\"false\">");
        if (ch->stacked) {
            sb_printf(o, "<rect width=\"24\" height=\"16\" fill=\"url(#%s-p%zu)\"/>", ch->id, s);
        } else {
            sb_printf(o, "<path d=\"M0 8H24\" stroke=\"%s\" stroke-width=\"2\"/>", paint_of(ch, s)->colour);
            mark(o, paint_of(ch, s), s, 12, 8);
        }
        sb_add(o, "</svg>");
        html_text(o, ch->series[s].name);
        sb_add(o, "</li>\n");
    }
    sb_add(o, "</ul>\n");
}

void chart_show(struct ctx *c, struct sb *o, const struct chart *ch)
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
    int64_t step = step_of(most ? most : 1000);
    struct plot p = {.ch = ch, .most = most ? (most + step - 1) / step * step : step};
    double label = 0;
    for (int64_t v = 0; v <= p.most; v += step)
        label = width_of(milli(c, v)) > label ? width_of(milli(c, v)) : label;
    p.left = label + 8;
    p.slot = ch->x_n ? (RIGHT - p.left) / (double)ch->x_n : 1;

    sb_add(o, "<figure class=\"chart\">\n<figcaption>");
    html_text(o, ch->title);
    if (ch->unit) {
        sb_add(o, " <span class=\"unit\">(");
        html_text(o, ch->unit);
        sb_add(o, ")</span>");
    }
    sb_add(o, "</figcaption>\n");
    sb_printf(o, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"%s-t %s-d\">", WIDTH, TOP + PLOT + 28, ch->id, ch->id);
    sb_printf(o, "<title id=\"%s-t\">", ch->id);
    html_text(o, ch->title);
    sb_printf(o, "</title><desc id=\"%s-d\">", ch->id);
    html_text(o, ch->finding ? ch->finding : tr(c, "数は表にあります。"));
    sb_add(o, "</desc>");
    if (ch->stacked) {
        sb_add(o, "<defs>");
        for (size_t s = 0; s < ch->series_n; s++)
            pattern(o, ch->id, s);
        sb_add(o, "</defs>");
    }
    axes(c, o, &p, step);
    if (ch->stacked)
        bars(o, &p);
    else
        lines(o, &p);
    sb_add(o, "</svg>\n");
    if (ch->series_n > 1)
        key(o, ch);
    if (ch->break_note) {
        sb_add(o, "<p class=\"meta\">");
        html_text(o, ch->break_note);
        sb_add(o, "</p>\n");
    }
    sb_add(o, "</figure>\n");
}
