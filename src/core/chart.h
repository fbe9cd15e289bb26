/* A chart as a picture, for those who paint it themselves (PDF). Pages use chart_show (core/page.h). */
#ifndef KYODO_CORE_CHART_H
#define KYODO_CORE_CHART_H

#include "base/drawing.h"
#include "core/page.h"

#define CHART_PLOT 190.0 /* the usual height of the plot without the names below it */
/* The plot with its axes, `width` units wide. Title, key, notes and the figures beside it are the caller's. */
void chart_draw(struct ctx *c, const struct chart *ch, double width, double plot, struct drawing *out);
/* The sample of a series in the key: 24 by 16 units. */
void chart_key(struct ctx *c, const struct chart *ch, size_t i, struct drawing *out);
/* The colour of a bar's piece: 0xRRGGBB. */
uint32_t chart_colour(size_t series);

#endif
