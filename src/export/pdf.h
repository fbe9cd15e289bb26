/* PDF: paged documents in Japanese, by pango and cairo, with the IPAex fonts embedded.
 *
 * A document is written from its first page to its last, each page leaves memory when the next one begins; what stays grows by some words a link,
 * a bookmark and a tagged piece of text. Lengths are points, from the page's upper left corner. Text flows down from `y` between the
 * margins; what does not fit goes on the next page.
 *
 * Page numbers that are needed before their page is written (a table of contents) come from a first run with `file` NULL: it lays out
 * everything alike and writes nothing.
 *
 * Text is broken by Unicode's rules (no 。 at a line's start, no 「 at its end), justified where asked. Tags: cairo 1.16 writes a structure
 * (H1, P, Table …) and links, but neither the document's language nor texts for pictures nor scopes of headings: the HTML edition is the
 * accessible one (docs/decisions/0016).
 *
 * The fonts are looked for by their names; where they are missing pdf_open says which packages bring them. Errors are kept until pdf_close.
 */
#ifndef KYODO_EXPORT_PDF_H
#define KYODO_EXPORT_PDF_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/drawing.h"
#include "base/err.h"

#define PDF_A4_WIDTH 595.276
#define PDF_A4_HEIGHT 841.89

enum pdf_face { PDF_GOTHIC, PDF_MINCHO };
enum pdf_align { PDF_START, PDF_CENTRE, PDF_END, PDF_JUSTIFY };
struct pdf_style {
    enum pdf_face face;
    double size;
    double leading;  /* height of a line */
    uint32_t colour; /* 0xRRGGBB */
    enum pdf_align align;
    bool strong;
};

struct pdf;
struct pdf_setup {
    FILE *file;                                  /* the caller's, not closed here; NULL: measure only */
    double width, height;
    double top, right, bottom, left;             /* margins of what flows */
    const char *title, *author, *subject;        /* in the file's properties; NULL: none */
    int64_t created;                             /* instant */
    void (*frame)(struct pdf *p, void *self);    /* draws head and foot of each page when it has begun; NULL: none */
    void *self;
};
/* E_CONFLICT with the packages' names when a font is missing. */
enum err pdf_open(struct arena *a, const struct pdf_setup *s, struct pdf **out, struct failure *f);
/* Finishes the file. The first error of the document. `pages` may be NULL. */
enum err pdf_close(struct pdf *p, int64_t *pages);
/* Ends it without finishing. NULL: nothing. */
void pdf_discard(struct pdf *p);

/* --- pages and places --- */
void pdf_page(struct pdf *p);               /* begins a page */
int64_t pdf_page_number(const struct pdf *p); /* 1 is the first; 0 before it */
void pdf_frame(struct pdf *p, bool on);     /* whether the pages that begin from now on get head and foot */
double pdf_left(const struct pdf *p);
double pdf_width(const struct pdf *p);      /* between the margins */
double pdf_bottom(const struct pdf *p);     /* where what flows must end */
double pdf_y(const struct pdf *p);
void pdf_go(struct pdf *p, double y);
void pdf_space(struct pdf *p, double height); /* nothing at the top of a page */
bool pdf_need(struct pdf *p, double height);  /* begins a page unless so much is left; true: it did */

/* While measuring: back to an earlier place, to try something else. */
struct pdf_mark { int64_t page; double y; bool fresh; };
struct pdf_mark pdf_mark(const struct pdf *p);
void pdf_back(struct pdf *p, struct pdf_mark m);

/* --- text --- */
double pdf_text_height(struct pdf *p, const struct pdf_style *s, double width, const char *text);
double pdf_text_width(struct pdf *p, const struct pdf_style *s, const char *text); /* on one line */
/* At a place, its upper edge at y, on this page whatever its length; the height. */
double pdf_text(struct pdf *p, const struct pdf_style *s, double x, double y, double width, const char *text);
/* On one line, cut with … where it is longer. */
void pdf_line(struct pdf *p, const struct pdf_style *s, double x, double y, double width, const char *text);
/* Flows: from y on, over as many pages as it takes. */
void pdf_paragraph(struct pdf *p, const struct pdf_style *s, double x, double width, const char *text);

/* --- surfaces --- */
void pdf_fill(struct pdf *p, double x, double y, double width, double height, uint32_t colour);
void pdf_round(struct pdf *p, double x, double y, double width, double height, double radius, uint32_t colour);
void pdf_outline_round(struct pdf *p, double x, double y, double width, double height, double radius, uint32_t colour, double stroke);
void pdf_circle(struct pdf *p, double x, double y, double radius, uint32_t colour, double opacity);
void pdf_clip(struct pdf *p, double x, double y, double width, double height); /* until pdf_unclip nothing shows outside */
void pdf_unclip(struct pdf *p);
void pdf_rule(struct pdf *p, double x, double y, double width, double thickness, uint32_t colour);
void pdf_dots(struct pdf *p, double x, double y, double width, uint32_t colour); /* leaders of a table of contents */
/* A picture, `width` wide; the height that it takes. */
double pdf_drawing(struct pdf *p, double x, double y, double width, const struct drawing *d);
double pdf_drawing_height(double width, const struct drawing *d);

/* --- tables --- */
struct pdf_cell { const char *text; const struct pdf_style *style; unsigned span; /* 0 is 1 */ const char *to; /* destination; NULL: none */ bool tinted, broken; /* a double line before it */ };
struct pdf_table {
    double x;
    const double *width; size_t columns;
    double pad_x, pad_y;
    const struct pdf_cell *head; size_t heads; /* repeated on each page; NULL: none */
    uint32_t head_fill, tint, rule;
    double rule_width;
    bool columns_ruled;    /* lines between the columns too */
    bool cells_plain;      /* no tags of a table: a layout that is none */
};
/* Draws the heading row; a page begins first unless it and `first` points fit. */
void pdf_table_begin(struct pdf *p, const struct pdf_table *t, double first);
/* A row; it is kept whole while it is not long, else goes on the next page line by line. */
void pdf_table_row(struct pdf *p, const struct pdf_cell *cell, size_t n);
/* Begins a page, with the heading row, unless so much is left. */
void pdf_table_keep(struct pdf *p, double height);
double pdf_row_height(struct pdf *p, const struct pdf_table *t, const struct pdf_cell *cell, size_t n);
void pdf_table_end(struct pdf *p);

/* --- tags, links, bookmarks --- */
/* "H1", "P", "TOCI" …; closed at a page's end and opened again on the next. At most 8 deep. */
void pdf_tag(struct pdf *p, const char *name);
void pdf_tag_end(struct pdf *p);
/* A destination at this height; `name` of letters, digits, '-'. */
void pdf_here(struct pdf *p, const char *name, double y);
void pdf_link(struct pdf *p, const char *to);       /* what is drawn until pdf_link_end leads there, on this page */
void pdf_link_end(struct pdf *p);
/* A bookmark; its number, to hang others under it. parent 0: none. */
int pdf_bookmark(struct pdf *p, int parent, const char *text, const char *to);

#endif
