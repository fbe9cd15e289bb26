/* One project in the book: it begins on a page of its own and goes on over as many as it takes. */
#include <string.h>

#include "area/register/casebook_look.h"
#include "base/text.h"
#include "core/chart.h"

enum { FACTS_MOST = 64 };

static const char *withheld_text(struct book *k, const char *reason)
{
    return arena_printf(k->c->arena, "公開していません。理由: %s", reason);
}

/* --- the head of the page --- */

static double tag_pill(struct book *k, double x, double y, const char *text, uint32_t paper, uint32_t ink, bool filled)
{
    const struct pdf_style style = {PDF_GOTHIC, 8, 14, ink, PDF_CENTRE, false};
    double w = pdf_text_width(k->p, &style, text) + 16;
    if (filled)
        pdf_round(k->p, x, y, w, 15, 7.5, paper);
    else
        pdf_outline_round(k->p, x + 0.4, y + 0.4, w - 0.8, 14.2, 7.1, ink, 0.8);
    pdf_text(k->p, &style, x, y + 0.5, w, text);
    return w + 6;
}

static void title(struct book *k, const struct casebook_entry *e, const struct project_page_view *v)
{
    static const struct pdf_style style_title = {PDF_GOTHIC, 20, 28, STRONG, PDF_START, true}, style_long = {PDF_GOTHIC, 15, 22, STRONG, PDF_START, true},
                                  style_no = {PDF_GOTHIC, 8, 15, SUB, PDF_END, false};
    struct pdf *p = k->p;
    struct ctx *c = k->c;
    const struct casebook_group *g = &k->b->group[e->group];
    double x = pdf_left(p), width = pdf_width(p), y = pdf_y(p);
    const char *name = v->s->name != NULL ? v->s->name : "(事業名は公開していません)";
    double at = x;
    pdf_tag(p, "P");
    at += tag_pill(k, at, y, arena_printf(c->arena, "%s %s", g->scheme_label, g->label), group_colour(g), PAPER, true);
    if (v->continuity != NULL)
        tag_pill(k, at, y, v->continuity, PAPER, text_eq(v->s->continuity, "new") ? PRIMARY : SUB, false);
    pdf_text(p, &style_no, x + width - 90, y, 90, arena_printf(c->arena, "事例 %lld", (long long)e->position));
    pdf_tag_end(p);
    y += 24;
    pdf_tag(p, "H1");
    y += pdf_text(p, text_length(name) > 50 ? &style_long : &style_title, x, y, width, name) + 4;
    pdf_tag_end(p);
    pdf_go(p, y);
    if (v->lead != NULL) {
        pdf_tag(p, "P");
        pdf_go(p, y + pdf_text(p, &style_plain, x, y, width, v->lead));
        pdf_tag_end(p);
    }
    pdf_fill(p, x, pdf_y(p) + 8, width, 1.5, group_colour(g));
    pdf_go(p, pdf_y(p) + 20);
    const char *summary = v->summary_withheld != NULL ? arena_printf(c->arena, "「ひとこと説明」は%s", withheld_text(k, v->summary_withheld)) : v->summary;
    if (summary != NULL) {
        pdf_tag(p, "P");
        pdf_paragraph(p, v->summary_withheld != NULL ? &style_withheld : &style_lead, x, width, summary);
        pdf_tag_end(p);
        pdf_go(p, pdf_y(p) + 14);
    }
}

/* --- facts in a box --- */

struct flat { const struct fact *fact; const char *text; };

static const char *fact_text(struct book *k, const struct fact *f)
{
    if (f->withheld != NULL)
        return withheld_text(k, f->withheld);
    if (f->links == 0)
        return f->text;
    struct sb b;
    sb_init(&b, k->c->arena);
    for (size_t i = 0; i < f->links; i++) {
        sb_printf(&b, "%s%s", i > 0 ? "\n" : "", f->link[i].text);
        if (f->link[i].after != NULL)
            sb_printf(&b, "(%s)", f->link[i].after);
    }
    return sb_str(&b);
}

static bool is_short(struct book *k, const struct flat *f)
{
    return f->fact->links == 0 && strchr(f->text, '\n') == NULL && pdf_text_width(k->p, &style_cell, f->text) < (pdf_width(k->p) / 2 - 72 - 12) * 2;
}

static struct pdf_cell label_cell(const char *text) { return (struct pdf_cell){.text = text, .style = &style_head_cell, .tinted = true}; }
static struct pdf_cell value_cell(const struct flat *f, unsigned span)
{
    return (struct pdf_cell){.text = f->text, .style = f->fact->withheld != NULL ? &style_withheld : &style_cell, .span = span};
}

/* Short ones side by side, long ones across. */
static void facts(struct book *k, const struct project_page_view *v)
{
    struct flat flat[FACTS_MOST];
    size_t n = 0;
    for (size_t g = 0; g < v->groups; g++)
        for (size_t i = 0; i < v->group[g].facts && n < FACTS_MOST; i++) {
            const struct fact *f = &v->group[g].fact[i];
            const char *text = f->long_text ? NULL : fact_text(k, f);
            if (text != NULL)
                flat[n++] = (struct flat){f, text};
        }
    if (n == 0)
        return;
    double half = pdf_width(k->p) / 2, width[] = {72, half - 72, 72, half - 72};
    struct pdf_table t = {.x = pdf_left(k->p), .width = width, .columns = 4, .pad_x = 6, .pad_y = 4, .tint = TINT, .rule = RULE, .rule_width = 0.5};
    pdf_rule(k->p, pdf_left(k->p), pdf_y(k->p), pdf_width(k->p), 0.5, RULE);
    pdf_table_begin(k->p, &t, 40);
    for (size_t i = 0; i < n; i++) {
        if (is_short(k, &flat[i]) && i + 1 < n && is_short(k, &flat[i + 1])) {
            pdf_table_row(k->p, (struct pdf_cell[]){label_cell(flat[i].fact->label), value_cell(&flat[i], 1), label_cell(flat[i + 1].fact->label), value_cell(&flat[i + 1], 1)}, 4);
            i++;
        } else
            pdf_table_row(k->p, (struct pdf_cell[]){label_cell(flat[i].fact->label), value_cell(&flat[i], 3)}, 2);
    }
    pdf_table_end(k->p);
}

/* --- what is told --- */

static void heading(struct book *k, const char *text, double keep)
{
    struct pdf *p = k->p;
    pdf_space(p, 16);
    pdf_need(p, 24 + keep);
    double y = pdf_y(p);
    pdf_fill(p, pdf_left(p), y + 3, 3, 13, PRIMARY);
    pdf_tag(p, "H2");
    pdf_text(p, &style_h3, pdf_left(p) + 10, y + 1, pdf_width(p) - 10, text);
    pdf_tag_end(p);
    pdf_go(p, y + 24);
}

static const struct fact *long_fact(const struct project_page_view *v, const char *label)
{
    for (size_t g = 0; g < v->groups; g++)
        for (size_t i = 0; i < v->group[g].facts; i++)
            if (v->group[g].fact[i].long_text && strcmp(v->group[g].fact[i].label, label) == 0)
                return &v->group[g].fact[i];
    return NULL;
}

static struct pdf_cell told(struct book *k, const struct fact *f)
{
    const char *text = f == NULL ? "(記載なし)" : fact_text(k, f);
    return (struct pdf_cell){.text = text, .style = f == NULL || f->withheld != NULL ? &style_withheld : &style_body};
}

/* The purposes of both sides beside each other, so that they can be compared. */
static void purposes(struct book *k, const struct fact *ours, const struct fact *theirs)
{
    if (ours == NULL && theirs == NULL)
        return;
    heading(k, "それぞれの目的", 60);
    double half = pdf_width(k->p) / 2, width[] = {half, half};
    struct pdf_cell head[] = {{.text = "県の目的", .style = &style_head_cell}, {.text = "相手の目的", .style = &style_head_cell}};
    struct pdf_table t = {.x = pdf_left(k->p), .width = width, .columns = 2, .pad_x = 8, .pad_y = 5, .head = head, .heads = 2, .head_fill = TINT, .rule = RULE, .rule_width = 0.5,
                          .columns_ruled = true};
    pdf_table_begin(k->p, &t, 40);
    pdf_table_row(k->p, (struct pdf_cell[]){told(k, ours), told(k, theirs)}, 2);
    pdf_table_end(k->p);
}

static void section(struct book *k, const struct fact *f)
{
    if (f == NULL)
        return;
    heading(k, f->label, 2 * style_body.leading);
    pdf_tag(k->p, "P");
    pdf_paragraph(k->p, f->withheld != NULL ? &style_withheld : &style_body, pdf_left(k->p) + 10, pdf_width(k->p) - 10, fact_text(k, f));
    pdf_tag_end(k->p);
}

static void table_begin(struct book *k, struct pdf_table *t, const char *title_, const double *width, const struct pdf_cell *head, size_t n)
{
    heading(k, title_, 50);
    *t = (struct pdf_table){.x = pdf_left(k->p), .width = width, .columns = n, .pad_x = 6, .pad_y = 4, .head = head, .heads = n, .head_fill = TINT, .rule = RULE, .rule_width = 0.5};
    pdf_table_begin(k->p, t, 30);
}

static void withheld_table(struct book *k, const char *title_, const char *reason)
{
    heading(k, title_, 20);
    pdf_tag(k->p, "P");
    pdf_paragraph(k->p, &style_withheld, pdf_left(k->p) + 10, pdf_width(k->p) - 10, withheld_text(k, reason));
    pdf_tag_end(k->p);
}

static void roles(struct book *k, const struct project_page_view *v)
{
    if (v->roles_withheld != NULL) {
        withheld_table(k, "役割分担", v->roles_withheld);
        return;
    }
    if (v->roles == 0)
        return;
    double w = pdf_width(k->p), width[] = {w * 0.4, w * 0.3, w * 0.3};
    const struct pdf_cell head[] = {{.text = "仕事", .style = &style_head_cell}, {.text = "受け持つ人", .style = &style_head_cell}, {.text = "生かす強み", .style = &style_head_cell}};
    struct pdf_table t;
    table_begin(k, &t, "役割分担", width, head, 3);
    for (size_t i = 0; i < v->roles; i++)
        pdf_table_row(k->p, (struct pdf_cell[]){{.text = v->role[i].task, .style = &style_cell}, {.text = v->role[i].who, .style = &style_cell}, {.text = v->role[i].strength, .style = &style_cell}}, 3);
    pdf_table_end(k->p);
}

static void contributions(struct book *k, const struct project_page_view *v)
{
    if (v->contributions_withheld != NULL) {
        withheld_table(k, "出し合うもの", v->contributions_withheld);
        return;
    }
    if (v->contributions == 0)
        return;
    double w = pdf_width(k->p), width[] = {w * 0.25, w * 0.3, w * 0.45};
    const struct pdf_cell head[] = {{.text = "何を", .style = &style_head_cell}, {.text = "だれが", .style = &style_head_cell}, {.text = "内容", .style = &style_head_cell}};
    struct pdf_table t;
    table_begin(k, &t, "出し合うもの", width, head, 3);
    for (size_t i = 0; i < v->contributions; i++)
        pdf_table_row(k->p, (struct pdf_cell[]){{.text = v->contribution[i].kind, .style = &style_cell}, {.text = v->contribution[i].who, .style = &style_cell}, {.text = v->contribution[i].what, .style = &style_cell}}, 3);
    pdf_table_end(k->p);
}

/* The figures as a small table, and from the second year on a chart beside it. */
static void outcome(struct book *k, const struct outcome_view *u, bool first)
{
    struct pdf *p = k->p;
    struct drawing d;
    static const struct pdf_style number = {PDF_GOTHIC, 8.5, 14, INK, PDF_END, false}, number_head = {PDF_GOTHIC, 8, 12, PRIMARY, PDF_END, true};
    const double table = 168, gap = 20;
    double chart_width = pdf_width(p) - table - gap - 10, chart_high = 0;
    bool drawn = u->rows > 1;
    if (drawn) {
        chart_draw(k->c, &u->chart, chart_width * 14 / 8, &d);
        chart_high = pdf_drawing_height(chart_width, &d);
    }
    double high = 20 + (double)u->rows * 22;
    high = drawn && chart_high > high ? chart_high : high;
    if (first)
        heading(k, "成果", 20 + high);
    else {
        pdf_space(p, 10);
        pdf_need(p, 20 + high);
    }
    double x = pdf_left(p) + 10;
    pdf_tag(p, "H3");
    pdf_go(p, pdf_y(p) + pdf_text(p, &style_plain, x, pdf_y(p), pdf_width(p) - 10, u->unit != NULL ? arena_printf(k->c->arena, "%s(単位: %s)", u->name, u->unit) : u->name) + 4);
    pdf_tag_end(p);
    double top = pdf_y(p);
    int64_t page = pdf_page_number(p);
    if (drawn) {
        pdf_tag(p, "Figure");
        pdf_drawing(p, x + table + gap, top, chart_width, &d);
        pdf_tag_end(p);
    }
    double width[] = {table * 0.62, table * 0.38};
    const struct pdf_cell head[] = {{.text = "年度", .style = &style_head_cell}, {.text = "値", .style = &number_head}};
    struct pdf_table t = {.x = x, .width = width, .columns = 2, .pad_x = 6, .pad_y = 3, .head = head, .heads = 2, .head_fill = TINT, .rule = RULE, .rule_width = 0.5};
    pdf_table_begin(p, &t, 0);
    for (size_t i = 0; i < u->rows; i++)
        pdf_table_row(p, (struct pdf_cell[]){{.text = year(k->c, u->row[i].year), .style = &style_cell}, {.text = u->row[i].value, .style = &number}}, 2);
    pdf_table_end(p);
    if (pdf_page_number(p) == page && pdf_y(p) < top + chart_high)
        pdf_go(p, top + chart_high);
}

enum err book_case(struct ctx *c, void *self, size_t i, const struct project_page_view *v)
{
    struct book *k = self;
    struct casebook_entry *e = &k->b->entry[i];
    struct casebook_group *g = &k->b->group[e->group];
    if (v->s->project != e->project)
        return fail(c, E_BUG, "%s", tr(c, "版の並びが合いません。"));
    k->part = "事例";
    k->running = arena_printf(c->arena, "%s %s", g->scheme_label, g->label);
    k->group = g;
    pdf_page(k->p);
    e->page = pdf_page_number(k->p);
    if (k->marked != g) {
        k->bookmark = pdf_bookmark(k->p, 0, k->running, arena_printf(c->arena, "case-%lld", (long long)e->project));
        k->marked = g;
        g->page = e->page;
    }
    const char *here = arena_printf(c->arena, "case-%lld", (long long)e->project);
    pdf_here(k->p, here, 0);
    pdf_bookmark(k->p, k->bookmark, v->s->name != NULL ? v->s->name : "(事業名は公開していません)", here);
    title(k, e, v);
    facts(k, v);
    section(k, long_fact(v, "取り上げる理由"));
    purposes(k, long_fact(v, "県の目的"), long_fact(v, "相手の目的"));
    section(k, long_fact(v, "すること"));
    roles(k, v);
    section(k, long_fact(v, "費用の分担"));
    contributions(k, v);
    section(k, long_fact(v, "ねらう効果"));
    if (v->outcomes_withheld != NULL)
        withheld_table(k, "成果", v->outcomes_withheld);
    for (size_t o = 0; o < v->outcomes; o++)
        outcome(k, &v->outcome[o], o == 0);
    section(k, long_fact(v, "他への普及効果"));
    section(k, long_fact(v, "選んだ根拠"));
    section(k, long_fact(v, "公募しなかった理由"));
    k->group = NULL;
    return OK;
}
