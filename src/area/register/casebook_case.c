/* One project in the book: it begins on a page of its own and goes on over as many as it takes. */
#include <string.h>

#include "area/register/casebook_look.h"
#include "base/text.h"
#include "core/chart.h"

enum { FACTS_MOST = 64 };

/* A project that would just not go on one page is set closer; one that needs two all the same is not. */
struct book_look { struct pdf_style cell, body, hidden, head, label; double fact_pad, told_pad, row_pad, gap, chart; };
static const struct book_look looks[] = {
    {.cell = {PDF_GOTHIC, 8.5, 14, INK, PDF_START, false}, .body = {PDF_GOTHIC, 9, 15.5, INK, PDF_JUSTIFY, false}, .hidden = {PDF_GOTHIC, 8.5, 14, FAINT, PDF_START, false},
     .head = {PDF_GOTHIC, 8, 12, PRIMARY, PDF_START, true}, .label = {PDF_GOTHIC, 8, 15.5, PRIMARY, PDF_START, true}, .fact_pad = 4, .told_pad = 6, .row_pad = 4, .gap = 1, .chart = 100},
    {.cell = {PDF_GOTHIC, 8, 11.5, INK, PDF_START, false}, .body = {PDF_GOTHIC, 8.5, 13, INK, PDF_JUSTIFY, false}, .hidden = {PDF_GOTHIC, 8, 12, FAINT, PDF_START, false},
     .head = {PDF_GOTHIC, 7.5, 11, PRIMARY, PDF_START, true}, .label = {PDF_GOTHIC, 7.5, 13, PRIMARY, PDF_START, true}, .fact_pad = 1.8, .told_pad = 2.8, .row_pad = 1.6, .gap = 0.45, .chart = 56},
};

static const char *withheld_text(struct book *k, const char *reason)
{
    return arena_printf(k->c->arena, "公開していません。理由: %s", reason);
}

static const char *partly_text(struct book *k, const char *reason)
{
    return arena_printf(k->c->arena, "(一部を非公開にしました。理由: %s)", reason);
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
    pdf_go(p, pdf_y(p) + 12 + 8 * k->look->gap);
    const char *summary = v->summary_withheld != NULL ? arena_printf(c->arena, "「ひとこと説明」は%s", withheld_text(k, v->summary_withheld)) : v->summary;
    if (summary != NULL) {
        pdf_tag(p, "P");
        pdf_paragraph(p, v->summary_withheld != NULL ? &k->look->hidden : &style_lead, x, width, summary);
        pdf_tag_end(p);
        pdf_go(p, pdf_y(p) + 14 * k->look->gap);
    }
}

/* --- facts in a box --- */

struct flat { const struct fact *fact; const char *text; };

static const char *fact_text(struct book *k, const struct fact *f)
{
    if (f->withheld != NULL)
        return withheld_text(k, f->withheld);
    if (f->links == 0 && f->partly == NULL)
        return f->text;
    struct sb b;
    sb_init(&b, k->c->arena);
    for (size_t i = 0; i < f->links; i++) {
        sb_printf(&b, "%s%s", i > 0 ? "\n" : "", f->link[i].text);
        if (f->link[i].after != NULL)
            sb_printf(&b, "(%s)", f->link[i].after);
    }
    if (f->partly != NULL)
        sb_printf(&b, "%s%s", b.n > 0 ? "\n" : "", partly_text(k, f->partly));
    return sb_str(&b);
}

static bool is_short(struct book *k, const struct flat *f)
{
    return f->fact->links == 0 && strchr(f->text, '\n') == NULL && pdf_text_width(k->p, &k->look->cell, f->text) < (pdf_width(k->p) / 2 - 72 - 12) * 2;
}

static struct pdf_cell label_cell(struct book *k, const char *text) { return (struct pdf_cell){.text = text, .style = &k->look->head, .tinted = true}; }
static struct pdf_cell value_cell(struct book *k, const struct flat *f, unsigned span)
{
    return (struct pdf_cell){.text = f->text, .style = f->fact->withheld != NULL ? &k->look->hidden : &k->look->cell, .span = span};
}

static const struct fact *fact_named(const struct project_page_view *v, const char *field)
{
    for (size_t g = 0; g < v->groups; g++)
        for (size_t i = 0; i < v->group[g].facts; i++)
            if (text_eq(v->group[g].fact[i].field, field))
                return &v->group[g].fact[i];
    return NULL;
}

/* The page's head says these already. */
static bool in_head(const struct project_page_view *v, const struct fact *f)
{
    static const char *const said[] = {"lead", "scheme", "category", "continuity"};
    if (text_eq(f->field, "main_form")) { /* the only one is the main one */
        const struct fact *all = fact_named(v, "forms");
        return all != NULL && text_eq(all->text, f->text);
    }
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (text_eq(f->field, said[i]))
            return true;
    return false;
}

/* Short ones side by side, long ones across. */
static void facts(struct book *k, const struct project_page_view *v)
{
    struct flat flat[FACTS_MOST];
    size_t n = 0;
    for (size_t g = 0; g < v->groups; g++)
        for (size_t i = 0; i < v->group[g].facts && n < FACTS_MOST; i++) {
            const struct fact *f = &v->group[g].fact[i];
            const char *text = f->long_text || in_head(v, f) || strcmp(v->group[g].id, "contact") == 0 ? NULL : fact_text(k, f);
            if (text != NULL)
                flat[n++] = (struct flat){f, text};
        }
    if (n == 0)
        return;
    double half = pdf_width(k->p) / 2, width[] = {72, half - 72, 72, half - 72};
    struct pdf_table t = {.x = pdf_left(k->p), .width = width, .columns = 4, .pad_x = 6, .pad_y = k->look->fact_pad, .tint = TINT, .rule = RULE, .rule_width = 0.5};
    pdf_rule(k->p, pdf_left(k->p), pdf_y(k->p), pdf_width(k->p), 0.5, RULE);
    pdf_table_begin(k->p, &t, 40);
    for (size_t i = 0; i < n; i++) {
        if (is_short(k, &flat[i]) && i + 1 < n && is_short(k, &flat[i + 1])) {
            pdf_table_row(k->p, (struct pdf_cell[]){label_cell(k, flat[i].fact->label), value_cell(k, &flat[i], 1), label_cell(k, flat[i + 1].fact->label), value_cell(k, &flat[i + 1], 1)}, 4);
            i++;
        } else
            pdf_table_row(k->p, (struct pdf_cell[]){label_cell(k, flat[i].fact->label), value_cell(k, &flat[i], 3)}, 2);
    }
    pdf_table_end(k->p);
}

/* --- what is told --- */

static void heading(struct book *k, const char *text, double keep)
{
    struct pdf *p = k->p;
    pdf_space(p, 13 * k->look->gap);
    pdf_need(p, 22 + keep);
    double y = pdf_y(p);
    pdf_fill(p, pdf_left(p), y + 3, 3, 12, PRIMARY);
    pdf_tag(p, "H2");
    pdf_text(p, &style_h3, pdf_left(p) + 10, y + 1, pdf_width(p) - 10, text);
    pdf_tag_end(p);
    pdf_go(p, y + 17 + 4 * k->look->gap);
}

static struct pdf_cell told(struct book *k, const struct fact *f)
{
    const char *text = f == NULL ? "(記載なし)" : fact_text(k, f);
    return (struct pdf_cell){.text = text, .style = f == NULL || f->withheld != NULL ? &k->look->hidden : &k->look->body};
}

/* The purposes of both sides beside each other, so that they can be compared. */
static void purposes(struct book *k, const struct fact *ours, const struct fact *theirs)
{
    if (ours == NULL && theirs == NULL)
        return;
    pdf_space(k->p, 14 * k->look->gap);
    double half = pdf_width(k->p) / 2, width[] = {half, half};
    struct pdf_cell head[] = {{.text = ours != NULL ? ours->label : tr(k->c, "県の目的"), .style = &k->look->head}, {.text = theirs != NULL ? theirs->label : tr(k->c, "相手の目的"), .style = &k->look->head}};
    struct pdf_table t = {.x = pdf_left(k->p), .width = width, .columns = 2, .pad_x = 8, .pad_y = k->look->fact_pad + 1, .head = head, .heads = 2, .head_fill = TINT, .rule = RULE, .rule_width = 0.5,
                          .columns_ruled = true};
    pdf_table_begin(k->p, &t, 40);
    pdf_table_row(k->p, (struct pdf_cell[]){told(k, ours), told(k, theirs)}, 2);
    pdf_table_end(k->p);
}

/* What is told, label beside text, so that a page is read down its left edge. */
static void told_rows(struct book *k, const struct project_page_view *v, const char *const *field, size_t n)
{
    double width[] = {96, pdf_width(k->p) - 96};
    struct pdf_table t = {.x = pdf_left(k->p), .width = width, .columns = 2, .pad_x = 0, .pad_y = k->look->told_pad, .rule = RULE, .rule_width = 0.5};
    bool begun = false;
    for (size_t i = 0; i < n; i++) {
        const struct fact *f = fact_named(v, field[i]);
        if (f == NULL)
            continue;
        if (!begun) {
            pdf_space(k->p, 12 * k->look->gap);
            pdf_table_begin(k->p, &t, 2 * k->look->body.leading + 12);
        }
        begun = true;
        pdf_table_row(k->p, (struct pdf_cell[]){{.text = f->label, .style = &k->look->label}, told(k, f)}, 2);
    }
    if (begun)
        pdf_table_end(k->p);
}

/* Whom to ask, at the end. */
static void contact(struct book *k, const struct project_page_view *v)
{
    struct sb s;
    sb_init(&s, k->c->arena);
    for (size_t g = 0; g < v->groups; g++)
        for (size_t i = 0; strcmp(v->group[g].id, "contact") == 0 && i < v->group[g].facts; i++)
            sb_printf(&s, "%s%s", s.n > 0 ? "　" : "", v->group[g].fact[i].withheld != NULL ? arena_printf(k->c->arena, "%s: %s", v->group[g].fact[i].label, fact_text(k, &v->group[g].fact[i])) : fact_text(k, &v->group[g].fact[i]));
    if (s.n == 0)
        return;
    double width[] = {72, pdf_width(k->p) - 72};
    struct pdf_table t = {.x = pdf_left(k->p), .width = width, .columns = 2, .pad_x = 8, .pad_y = 3 + 4 * k->look->gap, .tint = SURFACE};
    pdf_space(k->p, 16 * k->look->gap);
    pdf_table_begin(k->p, &t, k->look->cell.leading + 14);
    pdf_table_row(k->p, (struct pdf_cell[]){{.text = "連絡先", .style = &k->look->label, .tinted = true}, {.text = sb_str(&s), .style = &k->look->cell, .tinted = true}}, 2);
    pdf_table_end(k->p);
}

static void table_begin(struct book *k, struct pdf_table *t, const char *title_, const double *width, const struct pdf_cell *head, size_t n)
{
    heading(k, title_, 50);
    *t = (struct pdf_table){.x = pdf_left(k->p), .width = width, .columns = n, .pad_x = 6, .pad_y = k->look->row_pad, .head = head, .heads = n, .head_fill = TINT, .rule = RULE, .rule_width = 0.5};
    pdf_table_begin(k->p, t, 30);
}

/* What stands below a table of which single values are withheld. */
static void partly(struct book *k, const char *reason)
{
    if (reason == NULL)
        return;
    pdf_space(k->p, 3);
    pdf_tag(k->p, "P");
    pdf_paragraph(k->p, &k->look->hidden, pdf_left(k->p), pdf_width(k->p), partly_text(k, reason));
    pdf_tag_end(k->p);
}

static void withheld_table(struct book *k, const char *title_, const char *reason)
{
    heading(k, title_, 20);
    pdf_tag(k->p, "P");
    pdf_paragraph(k->p, &k->look->hidden, pdf_left(k->p) + 10, pdf_width(k->p) - 10, withheld_text(k, reason));
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
    const struct pdf_cell head[] = {{.text = "仕事", .style = &k->look->head}, {.text = "受け持つ人", .style = &k->look->head}, {.text = "生かす強み", .style = &k->look->head}};
    struct pdf_table t;
    table_begin(k, &t, "役割分担", width, head, 3);
    for (size_t i = 0; i < v->roles; i++)
        pdf_table_row(k->p, (struct pdf_cell[]){{.text = v->role[i].task, .style = &k->look->cell}, {.text = v->role[i].who, .style = &k->look->cell}, {.text = v->role[i].strength, .style = &k->look->cell}}, 3);
    pdf_table_end(k->p);
    partly(k, v->roles_partly);
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
    const struct pdf_cell head[] = {{.text = "何を", .style = &k->look->head}, {.text = "だれが", .style = &k->look->head}, {.text = "内容", .style = &k->look->head}};
    struct pdf_table t;
    table_begin(k, &t, "出し合うもの", width, head, 3);
    for (size_t i = 0; i < v->contributions; i++)
        pdf_table_row(k->p, (struct pdf_cell[]){{.text = v->contribution[i].kind, .style = &k->look->cell}, {.text = v->contribution[i].who, .style = &k->look->cell}, {.text = v->contribution[i].what, .style = &k->look->cell}}, 3);
    pdf_table_end(k->p);
    partly(k, v->contributions_partly);
}

/* The figures as a small table, and from the second year on a chart beside it. */
static void outcome(struct book *k, const struct outcome_view *u, bool first, bool only)
{
    struct pdf *p = k->p;
    struct drawing d;
    static const struct pdf_style number = {PDF_GOTHIC, 8.5, 14, INK, PDF_END, false}, number_head = {PDF_GOTHIC, 8, 12, PRIMARY, PDF_END, true};
    const double table = 168, gap = 20;
    double chart_width = pdf_width(p) - table - gap - 10, chart_high = 0;
    bool drawn = u->rows > 1;
    if (drawn) {
        chart_draw(k->c, &u->chart, chart_width * 14 / 7.5, k->look->chart, &d);
        chart_high = pdf_drawing_height(chart_width, &d);
    }
    double high = 20 + (double)u->rows * 22;
    high = drawn && chart_high > high ? chart_high : high;
    const char *name = u->unit != NULL ? arena_printf(k->c->arena, "%s(単位: %s)", u->name, u->unit) : u->name;
    only = only && text_length(name) < 40;
    if (only)
        heading(k, arena_printf(k->c->arena, "成果　%s", name), high);
    else if (first)
        heading(k, "成果", 20 + high);
    else {
        pdf_space(p, 10 * k->look->gap);
        pdf_need(p, 20 + high);
    }
    double x = pdf_left(p) + 10;
    if (!only) {
        pdf_tag(p, "H3");
        pdf_go(p, pdf_y(p) + pdf_text(p, &style_plain, x, pdf_y(p), pdf_width(p) - 10, name) + 4);
        pdf_tag_end(p);
    }
    double top = pdf_y(p);
    int64_t page = pdf_page_number(p);
    if (drawn) {
        pdf_tag(p, "Figure");
        pdf_drawing(p, x + table + gap, top, chart_width, &d);
        pdf_tag_end(p);
    }
    double width[] = {table * 0.62, table * 0.38};
    const struct pdf_cell head[] = {{.text = "年度", .style = &k->look->head}, {.text = "値", .style = &number_head}};
    struct pdf_table t = {.x = x, .width = width, .columns = 2, .pad_x = 6, .pad_y = k->look->row_pad - 0.5, .head = head, .heads = 2, .head_fill = TINT, .rule = RULE, .rule_width = 0.5};
    pdf_table_begin(p, &t, 0);
    for (size_t i = 0; i < u->rows; i++)
        pdf_table_row(p, (struct pdf_cell[]){{.text = year(k->c, u->row[i].year), .style = &k->look->cell}, {.text = u->row[i].value, .style = &number}}, 2);
    pdf_table_end(p);
    if (pdf_page_number(p) == page && pdf_y(p) < top + chart_high)
        pdf_go(p, top + chart_high);
}

static void contents(struct book *k, struct casebook_entry *e, const struct project_page_view *v)
{
    static const char *const before[] = {"reason"}, *const doing[] = {"activity", "effect", "spread"}, *const after[] = {"cost_sharing", "how_chosen_grounds", "no_call_reason"};
    k->look = &looks[e->close];
    title(k, e, v);
    facts(k, v);
    told_rows(k, v, before, 1);
    purposes(k, fact_named(v, "purpose_government"), fact_named(v, "purpose_partner"));
    told_rows(k, v, doing, 3);
    roles(k, v);
    contributions(k, v);
    if (v->outcomes_withheld != NULL)
        withheld_table(k, "成果", v->outcomes_withheld);
    for (size_t o = 0; o < v->outcomes; o++)
        outcome(k, &v->outcome[o], o == 0, v->outcomes == 1);
    partly(k, v->outcomes_partly);
    told_rows(k, v, after, 3);
    contact(k, v);
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
    bool measuring = e->page == 0;
    e->page = pdf_page_number(k->p);
    const char *here = arena_printf(c->arena, "case-%lld", (long long)e->project);
    if (k->marked != g) {
        k->bookmark = pdf_bookmark(k->p, 0, k->running, here);
        k->marked = g;
    }
    pdf_here(k->p, here, 0);
    pdf_bookmark(k->p, k->bookmark, v->s->name != NULL ? v->s->name : "(事業名は公開していません)", here);
    struct pdf_mark start = pdf_mark(k->p);
    contents(k, e, v);
    int64_t pages = pdf_page_number(k->p) - e->page;
    if (measuring && pages > 0) {
        e->close = true;
        pdf_back(k->p, start);
        contents(k, e, v);
        if (pdf_page_number(k->p) - e->page == pages) { /* closer gains nothing */
            e->close = false;
            pdf_back(k->p, start);
            contents(k, e, v);
        }
    }
    k->group = NULL;
    return OK;
}
