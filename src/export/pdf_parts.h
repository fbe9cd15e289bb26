/* Inside export: what the files about PDF share. */
#ifndef KYODO_EXPORT_PDF_PARTS_H
#define KYODO_EXPORT_PDF_PARTS_H

#include <cairo.h>
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>

#include "export/pdf.h"

enum { PDF_TAGS = 8, PDF_FACES = 2 };

struct pdf {
    struct arena *arena;
    struct failure *fail;
    struct pdf_setup setup;
    PangoFontMap *map;
    PangoContext *context;
    cairo_surface_t *surface;
    cairo_t *cr;            /* NULL: measuring */
    int64_t page;
    double y;
    bool fresh;             /* nothing has been put on the page yet */
    bool framed, in_frame;
    const char *tag[PDF_TAGS]; size_t tags;
    const struct pdf_table *table;
    bool write_failed;
};

PangoLayout *pdf_layout(struct pdf *p, const struct pdf_style *s, double width, const char *text);
/* One line of a layout, its box's upper edge at y. */
void pdf_put_line(struct pdf *p, const struct pdf_style *s, PangoLayout *layout, int i, double x, double y, double width);
void pdf_colour(struct pdf *p, uint32_t colour);

#endif
