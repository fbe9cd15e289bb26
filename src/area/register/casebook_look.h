/* How the printed casebook and register look: type, colours (the Digital Agency's tokens, as in assets/kyodo.css), and what their files share. */
#ifndef KYODO_AREA_REGISTER_CASEBOOK_LOOK_H
#define KYODO_AREA_REGISTER_CASEBOOK_LOOK_H

#include "area/register/casebook.h"
#include "export/pdf.h"

enum {
    INK = 0x333333,     /* token: neutral-solid-gray-800 */
    STRONG = 0x1a1a1a,  /* token: neutral-solid-gray-900 */
    SUB = 0x4d4d4d,     /* token: neutral-solid-gray-700 */
    FAINT = 0x7f7f7f,   /* token: neutral-solid-gray-500 */
    RULE = 0xcccccc,    /* token: neutral-solid-gray-200 */
    SURFACE = 0xf2f2f2, /* token: neutral-solid-gray-50 */
    PRIMARY = 0x0017c1, /* token: primitive-blue-900 */
    DEEP = 0x000060,    /* token: primitive-blue-1200 */
    BRIGHT = 0x264af4,  /* token: primitive-blue-700 */
    CYAN = 0x00a3bf,    /* token: primitive-cyan-600 */
    TINT = 0xe8f1fe,    /* token: primitive-blue-50 */
    PAPER = 0xffffff,   /* token: neutral-white */
};

static const struct pdf_style
    style_body = {PDF_GOTHIC, 9, 15.5, INK, PDF_JUSTIFY, false},
    style_plain = {PDF_GOTHIC, 9, 15.5, INK, PDF_START, false},
    style_lead = {PDF_MINCHO, 12, 20, STRONG, PDF_START, false},
    style_preface = {PDF_MINCHO, 11, 21, STRONG, PDF_JUSTIFY, false},
    style_part = {PDF_GOTHIC, 24, 34, PRIMARY, PDF_START, true},
    style_h2 = {PDF_GOTHIC, 13, 20, STRONG, PDF_START, true},
    style_h3 = {PDF_GOTHIC, 10, 16, PRIMARY, PDF_START, true},
    style_small = {PDF_GOTHIC, 7.5, 12, SUB, PDF_START, false},
    style_small_end = {PDF_GOTHIC, 7.5, 12, SUB, PDF_END, false},
    style_page = {PDF_GOTHIC, 10, 12, STRONG, PDF_END, true};

/* The page that is being made, and what its head says. */
struct book {
    struct ctx *c;
    struct casebook *b;
    struct pdf *p;
    const char *part, *running;  /* head: left and right */
    const struct casebook_group *group; /* whose colour stands at the edge; NULL: none */
    int64_t about, statistics, cases, index, imprint; /* pages */
    const struct book_look *look; /* of the project: casebook_case.c */
    int bookmark;                /* of the group */
    const struct casebook_group *marked;
};
/* A part begins on a page of its own: heading, bookmark, destination. */
int book_part(struct book *k, const char *title, const char *to);
void book_heading(struct book *k, const char *text, double before, double keep);
void book_number(struct book *k, const struct pdf_style *s, double x, double y, double width, int64_t page); /* "12"; nothing while it is not known */

/* casebook_case.c: one project, beginning on a page of its own */
enum err book_case(struct ctx *c, void *book, size_t i, const struct project_page_view *v);
/* casebook_tables.c: the part with figures */
void book_statistics(struct book *k);
/* casebook_index.c: contents and the three indexes */
void book_contents(struct book *k);
void book_index(struct book *k);
/* The colour that stands for a category. */
uint32_t group_colour(const struct casebook_group *g);

#endif
