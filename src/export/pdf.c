#include "export/pdf_parts.h"

#include <assert.h>
#include <cairo-pdf.h>
#include <string.h>

#include "base/date.h"
#include "base/sb.h"

static const char *const families[PDF_FACES] = {[PDF_GOTHIC] = "IPAexGothic", [PDF_MINCHO] = "IPAexMincho"};
/* With the font that has the rare characters of names (𠮷), where it is installed. */
static const char *const family_lists[PDF_FACES] = {[PDF_GOTHIC] = "IPAexGothic,IPAmjMincho", [PDF_MINCHO] = "IPAexMincho,IPAmjMincho"};

/* Both libraries keep some words for the process's life that no pointer of theirs leads to any more: no leak of ours. */
#ifdef __SANITIZE_ADDRESS__
const char *__lsan_default_suppressions(void);
const char *__lsan_default_options(void);
const char *__lsan_default_suppressions(void) { return "leak:libfontconfig.so\nleak:libcairo.so\n"; }
const char *__lsan_default_options(void) { return "print_suppressions=0"; }
#endif

/* --- fonts --- */

static bool has_family(const char *family)
{
    FcPattern *wanted = FcPatternBuild(NULL, FC_FAMILY, FcTypeString, (const FcChar8 *)family, (char *)NULL);
    FcObjectSet *what = FcObjectSetBuild(FC_FAMILY, (char *)NULL);
    FcFontSet *found = FcFontList(NULL, wanted, what);
    bool has = found != NULL && found->nfont > 0;
    if (found != NULL)
        FcFontSetDestroy(found);
    FcObjectSetDestroy(what);
    FcPatternDestroy(wanted);
    return has;
}

/* Pango would take whatever there is, or end the process where there is nothing. */
static enum err find_fonts(struct pdf *p)
{
    for (size_t i = 0; i < PDF_FACES; i++)
        if (!has_family(families[i]))
            return fail_with(p->fail, E_CONFLICT, "PDFを作る書体(%s)がこのコンピューターにありません。Debianでは apt-get install fonts-ipaexfont-gothic fonts-ipaexfont-mincho で入ります。",
                             i == PDF_GOTHIC ? "IPAexゴシック" : "IPAex明朝");
    return OK;
}

static enum err open_fonts(struct pdf *p)
{
    TRY(find_fonts(p));
    p->map = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    p->context = pango_font_map_create_context(p->map);
    /* Shapes as they were drawn, wherever they stand: the same line breaks on every machine. */
    cairo_font_options_t *o = cairo_font_options_create();
    cairo_font_options_set_hint_style(o, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(o, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(p->context, o);
    cairo_font_options_destroy(o);
    pango_cairo_context_set_resolution(p->context, 72);
    pango_context_set_round_glyph_positions(p->context, FALSE);
    pango_context_set_language(p->context, pango_language_from_string("ja"));
    pango_context_set_base_dir(p->context, PANGO_DIRECTION_LTR);
    return OK;
}

/* --- the document --- */

static cairo_status_t put_bytes(void *self, const unsigned char *bytes, unsigned n)
{
    struct pdf *p = self;
    if (fwrite(bytes, 1, n, p->setup.file) == n)
        return CAIRO_STATUS_SUCCESS;
    p->write_failed = true;
    return CAIRO_STATUS_WRITE_ERROR;
}

static void set_metadata(struct pdf *p)
{
    const char *when = instant_iso(p->arena, p->setup.created);
    const struct { cairo_pdf_metadata_t what; const char *text; } v[] = {
        {CAIRO_PDF_METADATA_TITLE, p->setup.title},
        {CAIRO_PDF_METADATA_AUTHOR, p->setup.author},
        {CAIRO_PDF_METADATA_SUBJECT, p->setup.subject},
        {CAIRO_PDF_METADATA_CREATOR, "Kyodo"},
        {CAIRO_PDF_METADATA_CREATE_DATE, when},
        {CAIRO_PDF_METADATA_MOD_DATE, when},
    };
    for (size_t i = 0; i < sizeof v / sizeof *v; i++)
        if (v[i].text != NULL)
            cairo_pdf_surface_set_metadata(p->surface, v[i].what, v[i].text);
}

static void release(struct pdf *p)
{
    if (p->cr != NULL)
        cairo_destroy(p->cr);
    if (p->surface != NULL)
        cairo_surface_destroy(p->surface);
    if (p->context != NULL)
        g_object_unref(p->context);
    if (p->map != NULL)
        g_object_unref(p->map);
    p->cr = NULL;
    p->surface = NULL;
    p->context = NULL;
    p->map = NULL;
}

enum err pdf_open(struct arena *a, const struct pdf_setup *s, struct pdf **out, struct failure *f)
{
    struct pdf *p = arena_make(a, struct pdf);
    *p = (struct pdf){.arena = a, .fail = f, .setup = *s, .framed = true, .fresh = true};
    enum err e = open_fonts(p);
    if (e != OK) {
        release(p);
        return e;
    }
    if (s->file != NULL) {
        p->surface = cairo_pdf_surface_create_for_stream(put_bytes, p, s->width, s->height);
        set_metadata(p);
        p->cr = cairo_create(p->surface);
    }
    *out = p;
    return OK;
}

enum err pdf_close(struct pdf *p, int64_t *pages)
{
    enum err e = OK;
    if (pages != NULL)
        *pages = p->page;
    if (p->cr != NULL) {
        while (p->tags > 0)
            pdf_tag_end(p);
        cairo_show_page(p->cr);
        cairo_status_t status = cairo_status(p->cr);
        cairo_surface_finish(p->surface);
        if (status == CAIRO_STATUS_SUCCESS)
            status = cairo_surface_status(p->surface);
        if (p->write_failed || fflush(p->setup.file) != 0)
            e = fail_with(p->fail, E_IO, "PDFを書けませんでした。ディスクの空きを確かめてください。");
        else if (status != CAIRO_STATUS_SUCCESS) {
            p->fail->detail = arena_dup(p->fail->arena, cairo_status_to_string(status));
            e = fail_with(p->fail, E_BUG, "PDFを作れませんでした。");
        }
    }
    release(p);
    return e;
}

void pdf_discard(struct pdf *p)
{
    if (p != NULL)
        release(p);
}

/* --- pages and places --- */

static void open_tags(struct pdf *p)
{
    for (size_t i = 0; p->cr != NULL && i < p->tags; i++)
        cairo_tag_begin(p->cr, p->tag[i], NULL);
}

static void close_tags(struct pdf *p)
{
    for (size_t i = p->tags; p->cr != NULL && i-- > 0;)
        cairo_tag_end(p->cr, p->tag[i]);
}

void pdf_page(struct pdf *p)
{
    if (p->page > 0 && p->cr != NULL) {
        close_tags(p);
        cairo_show_page(p->cr);
    }
    p->page++;
    p->y = p->setup.top;
    p->fresh = true;
    if (p->framed && p->setup.frame != NULL) {
        double y = p->y;
        p->in_frame = true;
        p->setup.frame(p, p->setup.self);
        p->in_frame = false;
        p->y = y;
    }
    open_tags(p);
}

int64_t pdf_page_number(const struct pdf *p) { return p->page; }
void pdf_frame(struct pdf *p, bool on) { p->framed = on; }
double pdf_left(const struct pdf *p) { return p->setup.left; }
double pdf_width(const struct pdf *p) { return p->setup.width - p->setup.left - p->setup.right; }
double pdf_bottom(const struct pdf *p) { return p->setup.height - p->setup.bottom; }
double pdf_y(const struct pdf *p) { return p->y; }

void pdf_go(struct pdf *p, double y)
{
    p->y = y;
    p->fresh = false;
}

void pdf_space(struct pdf *p, double height)
{
    if (!p->fresh)
        p->y += height;
}

bool pdf_need(struct pdf *p, double height)
{
    if (p->fresh || p->y + height <= pdf_bottom(p))
        return false;
    pdf_page(p);
    return true;
}

struct pdf_mark pdf_mark(const struct pdf *p)
{
    return (struct pdf_mark){p->page, p->y, p->fresh};
}

void pdf_back(struct pdf *p, struct pdf_mark m)
{
    assert(p->cr == NULL);
    p->page = m.page;
    p->y = m.y;
    p->fresh = m.fresh;
}

/* --- text --- */

/* Small kana and the long-vowel mark: Unicode leaves it to the language whether they may begin a line; in a printed book they may not. */
static bool begins_no_line(gunichar c)
{
    static const char no[] = "ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶー々";
    if (c < 0x3005 || c > 0x30ff)
        return false;
    char utf8[7] = {0};
    g_unichar_to_utf8(c, utf8);
    return strstr(no, utf8) != NULL;
}

static void keep_together(PangoLayout *layout, const char *text)
{
    PangoAttrList *list = NULL;
    const char *before = text;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        if (at > text && *before != '\n' && begins_no_line(g_utf8_get_char(at))) {
            PangoAttribute *a = pango_attr_allow_breaks_new(FALSE);
            a->start_index = (guint)(before - text);
            a->end_index = (guint)(g_utf8_next_char(at) - text);
            if (list == NULL)
                list = pango_attr_list_new();
            pango_attr_list_insert(list, a);
        }
        before = at;
    }
    if (list == NULL)
        return;
    pango_layout_set_attributes(layout, list);
    pango_attr_list_unref(list);
}

PangoLayout *pdf_layout(struct pdf *p, const struct pdf_style *s, double width, const char *text)
{
    PangoLayout *layout = pango_layout_new(p->context);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, family_lists[s->face]);
    pango_font_description_set_absolute_size(font, s->size * PANGO_SCALE);
    if (s->strong)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_auto_dir(layout, FALSE);
    if (width > 0)
        pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text != NULL ? text : "", -1);
    if (text != NULL && width > 0)
        keep_together(layout, text);
    return layout;
}

void pdf_colour(struct pdf *p, uint32_t colour)
{
    cairo_set_source_rgb(p->cr, (double)(colour >> 16 & 255) / 255, (double)(colour >> 8 & 255) / 255, (double)(colour & 255) / 255);
}

/* What a line lacks is spread between its characters: Japanese has no words to move apart. A line that ends a paragraph, or lacks too much, stays. */
static void justify(PangoLayoutLine *line, double lack, double size)
{
    int glyphs = 0;
    for (GSList *r = line->runs; r != NULL; r = r->next)
        glyphs += ((PangoGlyphItem *)r->data)->glyphs->num_glyphs;
    if (glyphs < 8 || lack <= 0 || lack > size * 2.2)
        return;
    int each = (int)(lack * PANGO_SCALE / (glyphs - 1)), k = 0;
    for (GSList *r = line->runs; r != NULL; r = r->next) {
        PangoGlyphString *g = ((PangoGlyphItem *)r->data)->glyphs;
        for (int i = 0; i < g->num_glyphs && ++k < glyphs; i++)
            g->glyphs[i].geometry.width += each;
    }
}

/* Is it the last line of its paragraph? */
static bool ends_paragraph(PangoLayout *layout, int i)
{
    PangoLayoutLine *line = pango_layout_get_line_readonly(layout, i), *next = pango_layout_get_line_readonly(layout, i + 1);
    return next == NULL || next->is_paragraph_start || line->length == 0;
}

void pdf_put_line(struct pdf *p, const struct pdf_style *s, PangoLayout *layout, int i, double x, double y, double width)
{
    if (p->cr == NULL)
        return;
    PangoLayoutLine *line = pango_layout_get_line(layout, i);
    PangoRectangle box;
    pango_layout_line_get_extents(line, NULL, &box);
    double own = (double)box.width / PANGO_SCALE;
    if (s->align == PDF_JUSTIFY && !ends_paragraph(layout, i))
        justify(line, width - own, s->size);
    if (s->align == PDF_CENTRE)
        x += (width - own) / 2;
    else if (s->align == PDF_END)
        x += width - own;
    pdf_colour(p, s->colour);
    /* The fonts' em box: 0.88 above the baseline. */
    cairo_move_to(p->cr, x, y + (s->leading - s->size) / 2 + s->size * 0.88);
    pango_cairo_show_layout_line(p->cr, line);
}

double pdf_text_height(struct pdf *p, const struct pdf_style *s, double width, const char *text)
{
    if (text == NULL || *text == '\0')
        return 0;
    PangoLayout *layout = pdf_layout(p, s, width, text);
    int n = pango_layout_get_line_count(layout);
    g_object_unref(layout);
    return n * s->leading;
}

double pdf_text_width(struct pdf *p, const struct pdf_style *s, const char *text)
{
    PangoLayout *layout = pdf_layout(p, s, 0, text);
    PangoRectangle box;
    pango_layout_get_extents(layout, NULL, &box);
    g_object_unref(layout);
    return (double)box.width / PANGO_SCALE;
}

double pdf_text(struct pdf *p, const struct pdf_style *s, double x, double y, double width, const char *text)
{
    if (text == NULL || *text == '\0')
        return 0;
    PangoLayout *layout = pdf_layout(p, s, width, text);
    int n = pango_layout_get_line_count(layout);
    for (int i = 0; i < n; i++)
        pdf_put_line(p, s, layout, i, x, y + i * s->leading, width);
    g_object_unref(layout);
    if (!p->in_frame)
        p->fresh = false;
    return n * s->leading;
}

void pdf_line(struct pdf *p, const struct pdf_style *s, double x, double y, double width, const char *text)
{
    PangoLayout *layout = pdf_layout(p, s, width, text);
    pango_layout_set_single_paragraph_mode(layout, TRUE);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    pdf_put_line(p, s, layout, 0, x, y, width);
    g_object_unref(layout);
    if (!p->in_frame)
        p->fresh = false;
}

void pdf_paragraph(struct pdf *p, const struct pdf_style *s, double x, double width, const char *text)
{
    if (text == NULL || *text == '\0')
        return;
    PangoLayout *layout = pdf_layout(p, s, width, text);
    int n = pango_layout_get_line_count(layout);
    pdf_need(p, s->leading * (n < 3 ? n : 2)); /* no line alone at the foot */
    for (int i = 0; i < n; i++) {
        int left = n - i;
        /* two lines at least go over */
        if (p->y + s->leading > pdf_bottom(p) + 0.01 || (left == 2 && n > 3 && !p->fresh && p->y + 2 * s->leading > pdf_bottom(p) + 0.01))
            pdf_page(p);
        pdf_put_line(p, s, layout, i, x, p->y, width);
        p->y += s->leading;
        p->fresh = false;
    }
    g_object_unref(layout);
}

/* --- surfaces --- */

void pdf_fill(struct pdf *p, double x, double y, double width, double height, uint32_t colour)
{
    if (p->cr == NULL)
        return;
    pdf_colour(p, colour);
    cairo_rectangle(p->cr, x, y, width, height);
    cairo_fill(p->cr);
}

static void round_path(cairo_t *cr, double x, double y, double w, double h, double r)
{
    static const double quarter = 1.5707963267948966;
    cairo_new_sub_path(cr);
    cairo_arc(cr, x + w - r, y + r, r, -quarter, 0);
    cairo_arc(cr, x + w - r, y + h - r, r, 0, quarter);
    cairo_arc(cr, x + r, y + h - r, r, quarter, 2 * quarter);
    cairo_arc(cr, x + r, y + r, r, 2 * quarter, 3 * quarter);
    cairo_close_path(cr);
}

void pdf_round(struct pdf *p, double x, double y, double width, double height, double radius, uint32_t colour)
{
    if (p->cr == NULL)
        return;
    pdf_colour(p, colour);
    round_path(p->cr, x, y, width, height, radius);
    cairo_fill(p->cr);
}

void pdf_outline_round(struct pdf *p, double x, double y, double width, double height, double radius, uint32_t colour, double stroke)
{
    if (p->cr == NULL)
        return;
    pdf_colour(p, colour);
    round_path(p->cr, x, y, width, height, radius);
    cairo_set_line_width(p->cr, stroke);
    cairo_stroke(p->cr);
}

void pdf_circle(struct pdf *p, double x, double y, double radius, uint32_t colour, double opacity)
{
    if (p->cr == NULL)
        return;
    cairo_set_source_rgba(p->cr, (double)(colour >> 16 & 255) / 255, (double)(colour >> 8 & 255) / 255, (double)(colour & 255) / 255, opacity);
    cairo_new_sub_path(p->cr);
    cairo_arc(p->cr, x, y, radius, 0, 6.283185307179586);
    cairo_fill(p->cr);
}

void pdf_clip(struct pdf *p, double x, double y, double width, double height)
{
    if (p->cr == NULL)
        return;
    cairo_save(p->cr);
    cairo_rectangle(p->cr, x, y, width, height);
    cairo_clip(p->cr);
}

void pdf_unclip(struct pdf *p)
{
    if (p->cr != NULL)
        cairo_restore(p->cr);
}

void pdf_rule(struct pdf *p, double x, double y, double width, double thickness, uint32_t colour)
{
    pdf_fill(p, x, y - thickness / 2, width, thickness, colour);
}

void pdf_dots(struct pdf *p, double x, double y, double width, uint32_t colour)
{
    if (p->cr == NULL || width < 8)
        return;
    cairo_save(p->cr);
    pdf_colour(p, colour);
    cairo_set_line_width(p->cr, 0.8);
    cairo_set_line_cap(p->cr, CAIRO_LINE_CAP_ROUND);
    cairo_set_dash(p->cr, (const double[]){0, 4}, 2, 0);
    cairo_move_to(p->cr, x + width, y);
    cairo_line_to(p->cr, x, y);
    cairo_stroke(p->cr);
    cairo_restore(p->cr);
}

/* --- tags, links, bookmarks --- */

void pdf_tag(struct pdf *p, const char *name)
{
    if (p->tags == PDF_TAGS)
        return;
    p->tag[p->tags++] = name;
    if (p->cr != NULL)
        cairo_tag_begin(p->cr, name, NULL);
}

void pdf_tag_end(struct pdf *p)
{
    if (p->tags == 0)
        return;
    p->tags--;
    if (p->cr != NULL)
        cairo_tag_end(p->cr, p->tag[p->tags]);
}

/* Attributes are quoted with '; what we put there holds neither that nor a backslash. */
static const char *attribute(struct pdf *p, const char *name, const char *value)
{
    return arena_printf(p->arena, "%s='%s'", name, value);
}

void pdf_here(struct pdf *p, const char *name, double y)
{
    if (p->cr == NULL)
        return;
    cairo_tag_begin(p->cr, CAIRO_TAG_DEST, arena_printf(p->arena, "name='%s' x=0 y=%d", name, (int)y));
    cairo_tag_end(p->cr, CAIRO_TAG_DEST);
}

void pdf_link(struct pdf *p, const char *to)
{
    if (p->cr != NULL)
        cairo_tag_begin(p->cr, CAIRO_TAG_LINK, attribute(p, "dest", to));
}

void pdf_link_end(struct pdf *p)
{
    if (p->cr != NULL)
        cairo_tag_end(p->cr, CAIRO_TAG_LINK);
}

int pdf_bookmark(struct pdf *p, int parent, const char *text, const char *to)
{
    if (p->cr == NULL)
        return 1;
    return cairo_pdf_surface_add_outline(p->surface, parent, text, attribute(p, "dest", to), parent == 0 ? CAIRO_PDF_OUTLINE_FLAG_OPEN : 0);
}
