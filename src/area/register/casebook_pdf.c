/* The casebook as PDF: cover, this book, contents, figures, cases, indexes, imprint. Laid out twice: the first run finds the page numbers. */
#include <string.h>

#include "area/register/casebook_look.h"
#include "base/date.h"
#include "base/text.h"
#include "core/chart.h"
#include "core/preset.h"

static const double MARGIN_TOP = 68, MARGIN_BOTTOM = 62, MARGIN_SIDE = 58;

uint32_t group_colour(const struct casebook_group *g)
{
    return chart_colour(g->number);
}

void book_number(struct book *k, const struct pdf_style *s, double x, double y, double width, int64_t page)
{
    if (page > 0)
        pdf_text(k->p, s, x, y, width, arena_printf(k->c->arena, "%lld", (long long)page));
}

/* Head and foot of every page but the cover. */
static void frame(struct pdf *p, void *self)
{
    const struct book *k = self;
    double left = pdf_left(p), width = pdf_width(p), foot = PDF_A4_HEIGHT - 44;
    if (k->part != NULL) {
        pdf_line(p, &style_small, left, 34, width * 0.3, k->part);
        if (k->running != NULL)
            pdf_line(p, &style_small_end, left + width * 0.3, 34, width * 0.7, k->running);
        pdf_rule(p, left, 51, width, 0.5, RULE);
    }
    if (k->group != NULL) {
        double y = 88 + (double)(k->group->number % 12) * 50;
        pdf_fill(p, PDF_A4_WIDTH - 16, y, 16, 42, group_colour(k->group));
    }
    pdf_rule(p, left, foot - 8, width, 0.5, RULE);
    pdf_line(p, &style_small, left, foot, width - 40, arena_printf(k->c->arena, "%s %s %s", k->b->prefecture, k->b->title, k->b->name));
    book_number((struct book *)self, &style_page, left + width - 40, foot, 40, pdf_page_number(p));
}

int book_part(struct book *k, const char *title, const char *to)
{
    k->part = title;
    k->running = NULL;
    k->group = NULL;
    pdf_page(k->p);
    pdf_here(k->p, to, 0);
    pdf_tag(k->p, "H1");
    double y = pdf_y(k->p);
    pdf_text(k->p, &style_part, pdf_left(k->p), y, pdf_width(k->p), title);
    pdf_tag_end(k->p);
    pdf_fill(k->p, pdf_left(k->p), y + 42, 36, 3, PRIMARY);
    pdf_go(k->p, y + 66);
    return pdf_bookmark(k->p, 0, title, to);
}

void book_heading(struct book *k, const char *text, double before, double keep)
{
    double height = pdf_text_height(k->p, &style_h2, pdf_width(k->p), text);
    pdf_space(k->p, before);
    pdf_need(k->p, height + keep);
    pdf_tag(k->p, "H2");
    pdf_go(k->p, pdf_y(k->p) + pdf_text(k->p, &style_h2, pdf_left(k->p), pdf_y(k->p), pdf_width(k->p), text) + 6);
    pdf_tag_end(k->p);
}

/* --- cover --- */

static size_t distinct(const struct casebook *b, const char *(*of)(const struct casebook_entry *e))
{
    size_t n = 0;
    for (size_t i = 0; i < b->n; i++) {
        bool before = false;
        for (size_t j = 0; j < i && !before; j++)
            before = text_eq(of(&b->entry[i]), of(&b->entry[j]));
        n += !before;
    }
    return n;
}
static const char *section_name(const struct casebook_entry *e) { return e->section; }
static const char *department_name(const struct casebook_entry *e) { return e->department; }

static const char *issued(struct ctx *c, const struct casebook *b)
{
    return date_era(c->arena, instant_date(c->arena, b->published_at != NONE ? b->published_at : b->made_at));
}

static void figure(struct book *k, double x, double y, const char *number, const char *unit)
{
    static const struct pdf_style big = {PDF_GOTHIC, 34, 38, PRIMARY, PDF_START, true}, small = {PDF_GOTHIC, 10, 14, SUB, PDF_START, false};
    double w = pdf_text_width(k->p, &big, number);
    pdf_text(k->p, &big, x, y, 160, number);
    pdf_text(k->p, &small, x + w + 5, y + 18, 120, unit);
}

/* Two circles that overlap, once large and once in the corner: doing together. */
static void motif(struct pdf *p)
{
    pdf_fill(p, 0, 0, PDF_A4_WIDTH, 520, PRIMARY);
    pdf_clip(p, 0, 0, PDF_A4_WIDTH, 520);
    pdf_circle(p, 330, 452, 190, BRIGHT, 0.85);
    pdf_circle(p, 520, 368, 190, CYAN, 0.55);
    pdf_circle(p, 560, 60, 90, PAPER, 0.06);
    pdf_circle(p, 480, 10, 60, PAPER, 0.06);
    pdf_unclip(p);
}

static void cover(struct book *k)
{
    static const struct pdf_style who = {PDF_GOTHIC, 17, 24, PAPER, PDF_START, false}, name = {PDF_GOTHIC, 50, 62, PAPER, PDF_START, true},
                                  year_ = {PDF_GOTHIC, 24, 34, PAPER, PDF_START, true}, edition = {PDF_GOTHIC, 12, 18, PAPER, PDF_START, false},
                                  office = {PDF_GOTHIC, 12, 18, STRONG, PDF_START, false}, hash = {PDF_GOTHIC, 6.5, 10, FAINT, PDF_START, false};
    struct ctx *c = k->c;
    const struct casebook *b = k->b;
    struct pdf *p = k->p;
    double x = 64, width = PDF_A4_WIDTH - 128;
    pdf_frame(p, false);
    pdf_page(p);
    motif(p);
    pdf_tag(p, "H1");
    double y = 84 + pdf_text(p, &who, x, 84, width, b->prefecture);
    y += pdf_text(p, &name, x, y + 8, width, b->title) + 8;
    pdf_tag_end(p);
    pdf_fill(p, x, y + 14, 48, 4, PAPER);
    pdf_tag(p, "P");
    y += 36;
    y += pdf_text(p, &year_, x, y, width, fiscal_year_era(c->arena, b->year));
    pdf_text(p, &edition, x, y + 2, width, arena_printf(c->arena, "(%lld年度) 第%lld版", (long long)b->year, (long long)b->number));
    pdf_tag_end(p);
    pdf_tag(p, "P");
    figure(k, x, 556, count(c, (int64_t)b->n), "事業");
    figure(k, x + 160, 556, count(c, (int64_t)distinct(b, department_name)), tr(c, "部局"));
    figure(k, x + 310, 556, count(c, (int64_t)distinct(b, section_name)), preset_wording(c, "課"));
    pdf_tag_end(p);
    pdf_rule(p, x, 622, width, 0.5, RULE);
    pdf_tag(p, "P");
    y = 642;
    y += pdf_text(p, &office, x, y, width, arena_printf(c->arena, "%s %s", b->prefecture, b->office));
    y += pdf_text(p, &style_plain, x, y, width, arena_printf(c->arena, b->published_at != NONE ? "%s 発行" : "公開前の確認用 %s作成", issued(c, b)));
    if (b->demo)
        pdf_text(p, &style_plain, x, y + 4, width, "これは架空の団体と事業で作った見本です。");
    pdf_text(p, &hash, x, PDF_A4_HEIGHT - 60, width, arena_printf(c->arena, "照合番号 %s", b->hash != NULL ? b->hash : ""));
    pdf_tag_end(p);
    pdf_bookmark(p, 0, "表紙", "cover");
    pdf_here(p, "cover", 0);
    pdf_frame(p, true);
}

/* --- this book --- */

static void about(struct book *k)
{
    struct ctx *c = k->c;
    const struct casebook *b = k->b;
    book_part(k, "この事例集について", "about");
    k->about = pdf_page_number(k->p);
    if (b->preface != NULL) {
        pdf_tag(k->p, "P");
        pdf_paragraph(k->p, &style_preface, pdf_left(k->p), pdf_width(k->p), b->preface);
        pdf_tag_end(k->p);
        pdf_space(k->p, 18);
    }
    book_heading(k, "のせているもの", 0, 60);
    struct sb s;
    sb_init(&s, c->arena);
    sb_printf(&s, "%sに、%sと市民団体・NPO・地域の会・会社・学校・市町村などがいっしょに取り組む%s事業をのせています。", year(c, b->year), b->prefecture[0] != '\0' ? b->prefecture : "県", count(c, (int64_t)b->n));
    sb_printf(&s, "内容は、各課が照会に答え、%sがまとめた「%s」の記載です。この版は変わりません。直したときは次の版になります。", b->office, b->name);
    pdf_tag(k->p, "P");
    pdf_paragraph(k->p, &style_body, pdf_left(k->p), pdf_width(k->p), sb_str(&s));
    pdf_tag_end(k->p);
    book_heading(k, "読み方", 20, 60);
    static const char *const how[] = {
        "事例は、種類と取りまとめ区分の順にならべています。ページのはしの色は区分を示し、統計のグラフの色と同じです。グラフは、色がなくても模様で見分けられます。",
        "金額は千円単位です。空欄や記載のない項目は、0ではなく、記載がないことを示します。",
        "あやまって公開した個人の情報などは、あとから公開をやめることがあります。その場所には「公開していません」と理由を書いています。",
        "同じ内容を、読み上げソフトで読みやすいウェブページでも公開しています。表とグラフの数もそこで読めます。",
    };
    for (size_t i = 0; i < sizeof how / sizeof *how; i++) {
        double x = pdf_left(k->p);
        pdf_space(k->p, 3);
        pdf_need(k->p, 2 * style_body.leading);
        pdf_fill(k->p, x + 1, pdf_y(k->p) + 6.2, 3.6, 3.6, PRIMARY);
        pdf_tag(k->p, "P");
        pdf_paragraph(k->p, &style_body, x + 14, pdf_width(k->p) - 14, preset_wording(k->c, how[i]));
        pdf_tag_end(k->p);
    }
    if (b->withheld > 0) {
        pdf_space(k->p, 14);
        pdf_tag(k->p, "P");
        pdf_paragraph(k->p, &style_body, pdf_left(k->p), pdf_width(k->p), arena_printf(c->arena, "この版では、いま%s事業に公開していない項目があります。", count(c, b->withheld)));
        pdf_tag_end(k->p);
    }
}

/* --- imprint --- */

static void imprint(struct book *k)
{
    struct ctx *c = k->c;
    const struct casebook *b = k->b;
    struct pdf *p = k->p;
    book_part(k, "奥付", "imprint");
    k->imprint = pdf_page_number(p);
    static const struct pdf_style label = {PDF_GOTHIC, 8.5, 15.5, SUB, PDF_START, false};
    const double width[] = {110, pdf_width(p) - 110};
    struct pdf_table t = {.x = pdf_left(p), .width = width, .columns = 2, .pad_x = 4, .pad_y = 6, .rule = RULE, .rule_width = 0.5};
    const struct { const char *label, *text; } row[] = {
        {"書名", arena_printf(c->arena, "%s %s %s", b->prefecture, b->title, b->name)},
        {b->published_at != NONE ? "発行日" : "作成日(公開前)", issued(c, b)},
        {"編集・発行", arena_printf(c->arena, "%s %s", b->prefecture, b->office)},
        {"ウェブページ", b->address != NULL ? arena_printf(c->arena, "%s/editions/%lld/casebook", b->address, (long long)b->edition) : NULL},
        {"利用条件", b->licence},
        {"公開していない項目", b->withheld > 0 ? arena_printf(c->arena, "%s事業に、公開をやめた項目があります。その場所に理由を書いています。公開をやめても照合番号は変わりません。", count(c, b->withheld)) : NULL},
        {"出典", b->source_note ? "団体の名前の一部は、国税庁法人番号公表サイトの情報を加工して作成しました。" : NULL},
        {"照合番号", b->hash},
        {"書体", "IPAexゴシック、IPAex明朝(IPAフォントライセンスv1.0)"},
    };
    pdf_rule(p, t.x, pdf_y(p), pdf_width(p), 1, PRIMARY);
    pdf_table_begin(p, &t, 40);
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        if (row[i].text != NULL)
            pdf_table_row(p, (const struct pdf_cell[]){{.text = row[i].label, .style = &label}, {.text = row[i].text, .style = &style_plain}}, 2);
    pdf_table_end(p);
}

/* --- the whole --- */

static enum err draw(struct book *k)
{
    cover(k);
    about(k);
    book_contents(k);
    book_statistics(k);
    k->cases = pdf_page_number(k->p) + 1;
    TRY(casebook_each(k->c, k->b, 0, k->b->n, book_case, k));
    book_index(k);
    imprint(k);
    return OK;
}

static enum err run(struct ctx *c, struct casebook *b, struct book *k, FILE *out, int64_t *pages)
{
    struct pdf_setup s = {.file = out, .width = PDF_A4_WIDTH, .height = PDF_A4_HEIGHT, .top = MARGIN_TOP, .right = MARGIN_SIDE, .bottom = MARGIN_BOTTOM, .left = MARGIN_SIDE,
                          .title = arena_printf(c->arena, "%s %s %s", b->prefecture, b->title, b->name), .author = arena_printf(c->arena, "%s %s", b->prefecture, b->office),
                          .subject = arena_printf(c->arena, "照合番号 %s", b->hash != NULL ? b->hash : ""), .created = b->published_at != NONE ? b->published_at : b->made_at,
                          .frame = frame, .self = k};
    *k = (struct book){.c = c, .b = b, .about = k->about, .statistics = k->statistics, .cases = k->cases, .index = k->index, .imprint = k->imprint};
    TRY(pdf_open(c->arena, &s, &k->p, &c->fail));
    enum err e = draw(k);
    if (e != OK) {
        pdf_discard(k->p);
        return e;
    }
    return pdf_close(k->p, pages);
}

enum err casebook_pdf(struct ctx *c, struct casebook *b, FILE *out, int64_t *pages)
{
    struct book k = {0};
    int64_t measured = 0, written = 0;
    TRY(run(c, b, &k, NULL, &measured));
    TRY(run(c, b, &k, out, &written));
    if (measured != written) /* the numbers in the contents would be wrong */
        return fail(c, E_BUG, tr(c, "事例集のページが合いません(%lldと%lld)。"), (long long)measured, (long long)written);
    if (pages != NULL)
        *pages = written;
    return OK;
}
