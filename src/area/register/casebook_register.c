/* The register as offices print it: A4 landscape, one row a project, by department. Columns: formats.md, 福岡県. */
#include "area/register/casebook_look.h"
#include "base/date.h"
#include "base/text.h"

enum { COLUMNS = 9 };

static const struct pdf_style style_head = {PDF_GOTHIC, 7.5, 11, PRIMARY, PDF_START, true}, style_head_end = {PDF_GOTHIC, 7.5, 11, PRIMARY, PDF_END, true},
                              style_text = {PDF_GOTHIC, 7.5, 11, INK, PDF_START, false}, style_name = {PDF_GOTHIC, 8, 11, STRONG, PDF_START, true},
                              style_end = {PDF_GOTHIC, 7.5, 11, INK, PDF_END, false}, style_hidden = {PDF_GOTHIC, 7.5, 11, FAINT, PDF_START, false},
                              style_department = {PDF_GOTHIC, 9, 13, STRONG, PDF_START, true};
/* No., 所属名, 事業名, 区分, 事業概要, 協働形態, 協働の相手方, 期間, 予算額(千円) */
static const double widths[COLUMNS] = {24, 78, 124, 32, 160, 86, 122, 76, 56};

struct register_ { struct ctx *c; struct casebook *b; struct pdf *p; struct pdf_table t; const char *department; int64_t pages; };

static void frame(struct pdf *p, void *self)
{
    const struct register_ *k = self;
    struct ctx *c = k->c;
    static const struct pdf_style title = {PDF_GOTHIC, 10, 14, STRONG, PDF_START, true};
    double left = pdf_left(p), width = pdf_width(p), foot = PDF_A4_WIDTH - 34;
    pdf_line(p, &title, left, 26, width * 0.6, arena_printf(c->arena, "%s 協働事業台帳 %s", k->b->prefecture, k->b->name));
    pdf_line(p, &style_small_end, left + width * 0.6, 28, width * 0.4,
             arena_printf(c->arena, k->b->published_at != NONE ? "%s 公開" : "公開前 %s作成", date_era(c->arena, instant_date(c->arena, k->b->published_at != NONE ? k->b->published_at : k->b->made_at))));
    pdf_line(p, &style_small, left, foot, width - 80, arena_printf(c->arena, "%s 照合番号 %s", k->b->office, k->b->hash != NULL ? k->b->hash : ""));
    pdf_text(p, &style_page, left + width - 80, foot, 80, k->pages > 0 ? arena_printf(c->arena, "%lld / %lld", (long long)pdf_page_number(p), (long long)k->pages) : "");
}

static const struct fact *fact_of(const struct project_page_view *v, const char *field)
{
    for (size_t g = 0; g < v->groups; g++)
        for (size_t i = 0; i < v->group[g].facts; i++)
            if (text_eq(v->group[g].fact[i].field, field))
                return &v->group[g].fact[i];
    return NULL;
}

static const char *partners(struct ctx *c, const struct fact *f)
{
    struct sb s;
    sb_init(&s, c->arena);
    for (size_t i = 0; f != NULL && i < f->links; i++)
        sb_printf(&s, "%s%s", i > 0 ? "、" : "", f->link[i].text);
    return s.n > 0 ? sb_str(&s) : NULL;
}

/* R8.4.1〜R9.3.31 */
static const char *period(struct ctx *c, const struct statement *s)
{
    if (s->starts_on == NULL && s->ends_on == NULL)
        return NULL;
    return arena_printf(c->arena, "%s〜%s", s->starts_on != NULL ? date_short(c->arena, s->starts_on) : "", s->ends_on != NULL ? date_short(c->arena, s->ends_on) : "");
}

static struct pdf_cell open_or(const char *withheld, const char *text, const struct pdf_style *style)
{
    return withheld != NULL ? (struct pdf_cell){.text = "公開していません", .style = &style_hidden} : (struct pdf_cell){.text = text, .style = style};
}

static enum err one(struct ctx *c, void *self, size_t i, const struct project_page_view *v)
{
    struct register_ *k = self;
    const struct casebook_entry *e = &k->b->entry[i];
    const struct fact *who = fact_of(v, "partners"), *money = fact_of(v, "budget"), *forms = fact_of(v, "forms");
    const struct pdf_cell row[COLUMNS] = {
        {.text = arena_printf(c->arena, "%lld", (long long)e->position), .style = &style_end},
        {.text = e->section, .style = &style_text},
        {.text = v->s->name != NULL ? v->s->name : "(公開していません)", .style = v->s->name != NULL ? &style_name : &style_hidden},
        {.text = v->continuity, .style = &style_text},
        open_or(v->summary_withheld, v->summary, &style_text),
        {.text = forms != NULL ? forms->text : v->category, .style = &style_text},
        open_or(who != NULL ? who->withheld : NULL, partners(c, who), &style_text),
        {.text = period(c, v->s), .style = &style_text},
        open_or(money != NULL ? money->withheld : NULL, v->s->budget != NONE ? yen1000(c, v->s->budget) : NULL, &style_end),
    };
    if (!text_eq(k->department, e->department)) {
        k->department = e->department;
        const struct pdf_cell head = {.text = e->department, .style = &style_department, .span = COLUMNS, .tinted = true};
        /* a department's name never stands alone at the foot */
        pdf_table_keep(k->p, pdf_row_height(k->p, &k->t, &head, 1) + pdf_row_height(k->p, &k->t, row, COLUMNS));
        pdf_table_row(k->p, &head, 1);
    }
    pdf_table_row(k->p, row, COLUMNS);
    return OK;
}

/* The edition's order is by scheme; on this paper a department's projects stand together. */
static enum err one_department(struct register_ *k, const char *name)
{
    const struct casebook *b = k->b;
    for (size_t from = 0; from < b->n; from++) {
        size_t to = from;
        while (to < b->n && text_eq(b->entry[to].department, name))
            to++;
        if (to > from) {
            TRY(casebook_each(k->c, b, from, to, one, k));
            from = to;
        }
    }
    return OK;
}

/* In the order of the year's tree, as the table of departments has it; what is not in it comes last. */
static enum err by_department(struct register_ *k)
{
    const struct casebook *b = k->b;
    size_t n = 0;
    const char **done = arena_many(k->c->arena, const char *, b->n + 1000);
    for (size_t i = 0; i < b->statistics.tables; i++)
        for (size_t r = 0; text_eq(b->statistics.table[i].id, "departments") && r < b->statistics.table[i].rows && n < 1000; r++)
            done[n++] = b->statistics.table[i].row[r].label;
    for (size_t i = 0; i < b->n; i++) {
        bool before = false;
        for (size_t j = 0; j < n && !before; j++)
            before = text_eq(done[j], b->entry[i].department);
        if (!before)
            done[n++] = b->entry[i].department;
    }
    for (size_t i = 0; i < n; i++)
        TRY(one_department(k, done[i]));
    return OK;
}

static enum err run(struct ctx *c, struct casebook *b, FILE *out, int64_t *pages)
{
    struct register_ k = {.c = c, .b = b, .pages = out != NULL ? *pages : 0};
    const struct pdf_cell head[COLUMNS] = {
        {.text = "番号", .style = &style_head_end}, {.text = "所属名", .style = &style_head}, {.text = "事業名", .style = &style_head}, {.text = "区分", .style = &style_head},
        {.text = "事業概要", .style = &style_head}, {.text = "協働形態", .style = &style_head}, {.text = "協働の相手方", .style = &style_head}, {.text = "期間", .style = &style_head},
        {.text = "予算額\n(千円)", .style = &style_head_end}};
    struct pdf_setup s = {.file = out, .width = PDF_A4_HEIGHT, .height = PDF_A4_WIDTH, .top = 50, .right = 42, .bottom = 48, .left = 42,
                          .title = arena_printf(c->arena, "%s 協働事業台帳 %s", b->prefecture, b->name), .author = arena_printf(c->arena, "%s %s", b->prefecture, b->office),
                          .created = b->published_at != NONE ? b->published_at : b->made_at, .frame = frame, .self = &k};
    TRY(pdf_open(c->arena, &s, &k.p, &c->fail));
    k.t = (struct pdf_table){.x = 42, .width = widths, .columns = COLUMNS, .pad_x = 4, .pad_y = 3.5, .head = head, .heads = COLUMNS, .head_fill = TINT, .tint = SURFACE, .rule = RULE,
                             .rule_width = 0.5, .columns_ruled = true};
    pdf_page(k.p);
    pdf_table_begin(k.p, &k.t, 0);
    enum err e = by_department(&k);
    if (e == OK && b->n == 0)
        pdf_table_row(k.p, &(struct pdf_cell){.text = "この版に載っている事業はありません。", .style = &style_text, .span = COLUMNS}, 1);
    pdf_table_end(k.p);
    if (e != OK) {
        pdf_discard(k.p);
        return e;
    }
    return pdf_close(k.p, pages);
}

enum err register_pdf(struct ctx *c, struct casebook *b, FILE *out, int64_t *pages)
{
    int64_t all = 0;
    TRY(run(c, b, NULL, &all));
    TRY(run(c, b, out, &all));
    if (pages != NULL)
        *pages = all;
    return OK;
}
