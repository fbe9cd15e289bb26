/* A picture as a list of shapes: laid out once (core/chart.c), painted by whoever knows a medium (SVG there, PDF in export/pdf_drawing.c).
 *
 * Lengths are units of the picture's own; text is DRAWING_TEXT_SIZE units high. Shapes are painted in their order. Everything lives in the
 * arena of its maker.
 */
#ifndef KYODO_BASE_DRAWING_H
#define KYODO_BASE_DRAWING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define DRAWING_TEXT_SIZE 14.0
#define DRAWING_TILE 8.0 /* a tile is a square of this side */
#define DRAWING_NONE (-1) /* no fill, no stroke */

struct drawing_point { double x, y; bool move; }; /* move: a new piece begins here */
enum drawing_kind {
    DRAWING_PATH,   /* points */
    DRAWING_CIRCLE, /* centre x, y; radius w */
    DRAWING_BAR,    /* corner x, y, size w, h; filled with a tile */
    DRAWING_TEXT    /* baseline at x, y */
};
enum drawing_anchor { DRAWING_START, DRAWING_MIDDLE, DRAWING_END };
struct drawing_shape {
    enum drawing_kind kind;
    const struct drawing_point *point; size_t points;
    bool closed, dashed;
    double x, y, w, h;
    int32_t fill, stroke; /* 0xRRGGBB or DRAWING_NONE */
    double width;         /* of the stroke */
    size_t tile;
    enum drawing_anchor anchor;
    const char *text;
};
/* A colour with white strokes on it, so that it is told apart without colour; points NULL: plain. */
struct drawing_tile { uint32_t colour; const struct drawing_point *point; size_t points; double width; };
struct drawing {
    double width, height;
    struct drawing_shape *shape; size_t n, cap;
    const struct drawing_tile *tile; size_t tiles;
};

#endif
