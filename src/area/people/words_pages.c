/* The lists of words, and the pages on which the secretariat changes them. */
#include "area/people/office_views.h"
#include "area/people/words.html.h"
#include "area/people/words_views.h"

#include "base/date.h"
#include "base/text.h"
#include "core/listing.h"
#include "core/record.h"

static bool may_edit(struct ctx *c, const char *kind)
{
    return user_is(c->user, ROLE_SECRETARIAT) && words_editable(kind) != 0;
}

static const char *preset_name(struct ctx *c)
{
    const char *name = setting(c, "preset");
    return name != NULL ? preset_label(c, name) : "";
}

static struct url url_kind(struct ctx *c, const char *kind)
{
    return url_path(c->arena, "/vocabulary/%s", kind);
}

static struct url url_word(struct ctx *c, int64_t id, const char *more)
{
    return (struct url){arena_printf(c->arena, "/words/%lld%s", (long long)id, more)};
}

enum err vocabulary_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    const char *const *kind;
    size_t n = words_kinds(c, &kind);
    struct word_kind *line = arena_many(c->arena, struct word_kind, n + 1);
    struct words_view v = {.kind = line, .preset = preset_name(c)};
    for (size_t i = 0; i < n; i++) {
        const struct word *word_v;
        size_t words_n;
        TRY(words(c, kind[i], NULL, this_year(c), &word_v, &words_n));
        line[v.kinds++] = (struct word_kind){words_name(c, kind[i]), words_remark(c, kind[i]), url_kind(c, kind[i]), words_n, words_editable(kind[i]) != 0};
    }
    struct page p = {.title = tr(c, "ことばの一覧"), .menu = "settings", .year = NONE};
    crumb_settings(c, &p);
    page_begin(c, w, &p);
    words_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* --- one list --- */

static const char *years(struct ctx *c, const struct word *w)
{
    if (w->from_year == NONE && w->to_year == NONE)
        return tr(c, "すべて");
    if (w->to_year == NONE)
        return arena_printf(c->arena, tr(c, "%sから"), year(c, w->from_year));
    if (w->from_year == NONE)
        return arena_printf(c->arena, tr(c, "%sまで"), year(c, w->to_year));
    return arena_printf(c->arena, tr(c, "%sから%sまで"), year(c, w->from_year), year(c, w->to_year));
}

static const char *aliases(struct ctx *c, const char *joined)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (const char *p = joined; p != NULL && *p != '\0'; p++) {
        if (*p == '|')
            sb_add(&b, "、");
        else
            sb_char(&b, *p);
    }
    return b.n > 0 ? sb_str(&b) : NULL;
}

/* What stands above a word: a category's scheme, a cell's domain or relation, else a word of the same list. */
static const char *parent_label(struct ctx *c, const struct word *w)
{
    static const char *const above[] = {"domain", "relation"};
    if (w->parent == NULL)
        return NULL;
    if (text_eq(w->kind, "category"))
        return word_label(c, "scheme", w->parent, NONE);
    const struct word *up = word_find(c, w->kind, w->parent, NONE);
    for (size_t i = 0; up == NULL && i < sizeof above / sizeof above[0]; i++)
        up = word_find(c, above[i], w->parent, NONE);
    return up != NULL ? up->label : w->parent;
}

static enum err kind_asked(struct ctx *c, struct request *r, const char **kind, const char **name)
{
    *kind = r->text_param;
    *name = words_name(c, *kind);
    return *name != NULL ? OK : fail(c, E_NOT_FOUND, "%s", tr(c, "この一覧はありません。"));
}

/* The year of the query; NONE: all. */
static int64_t year_asked(struct ctx *c, struct request *r)
{
    const char *typed_year = form_get(&r->query, "year");
    int64_t y = this_year(c);
    if (text_eq(typed_year, "all"))
        return NONE;
    return typed_year != NULL && fiscal_year_parse(typed_year, &y) ? y : this_year(c);
}

struct words_file { const struct word *v; size_t n; };

static enum err file_rows(struct ctx *c, struct table *t, void *arg)
{
    const struct words_file *x = arg;
    for (size_t i = 0; i < x->n; i++) {
        const struct word *w = &x->v[i];
        const char *cell[] = {w->number, w->label, aliases(c, w->alias), parent_label(c, w), w->definition, w->condition, w->source, w->note};
        for (size_t k = 0; k < sizeof cell / sizeof *cell; k++)
            table_text(t, cell[k]);
        table_int(t, w->from_year);
        table_int(t, w->to_year);
        table_text(t, w->code);
        TRY(table_row(t));
    }
    return OK;
}

static enum err file_of(struct ctx *c, struct request *r, struct response *w, const char *name, const struct word *v, size_t n)
{
    static const struct table_column column[] = {
        {.title = "番号", .width = 8}, {.title = "ことば", .width = 40}, {.title = "別の書き方", .width = 24}, {.title = "上位", .width = 20},
        {.title = "説明", .width = 60, .wrap = true}, {.title = "気をつけること", .width = 40, .wrap = true}, {.title = "出典", .width = 24},
        {.title = "備考", .width = 24}, {.title = "はじめの年度", .kind = TABLE_INT}, {.title = "おわりの年度", .kind = TABLE_INT}, {.title = "コード", .width = 16}};
    struct words_file x = {v, n};
    return file_answer(c, r, w, &(struct listing){.name = arena_printf(c->arena, "ことば_%s", name), .note = arena_printf(c->arena, tr(c, "ひな形: %s"), preset_name(c)),
                                                  .column = column, .columns = sizeof column / sizeof *column, .rows = file_rows, .arg = &x});
}

static void row_of(struct ctx *c, struct word_list_view *v, struct word_row *row, const struct word *x)
{
    *row = (struct word_row){.w = x, .parent = parent_label(c, x), .years = years(c, x), .alias = aliases(c, x->alias), .to = url_word(c, x->id, ""),
                             .move = url_word(c, x->id, "/move"), .ended = x->to_year != NONE && x->to_year < this_year(c),
                             .coming = x->from_year != NONE && x->from_year > this_year(c)};
    v->parents = v->parents || x->parent != NULL;
    v->numbers = v->numbers || x->number != NULL;
    v->years = v->years || x->from_year != NONE || x->to_year != NONE;
    v->texts = v->texts || x->definition != NULL || x->condition != NULL;
}

enum err vocabulary_kind_page(struct ctx *c, struct request *r, struct response *w)
{
    const char *kind, *name;
    TRY(kind_asked(c, r, &kind, &name));
    int64_t shown = year_asked(c, r);
    const struct word *word_v = NULL;
    size_t n = 0;
    TRY(words(c, kind, NULL, shown, &word_v, &n));
    if (file_asked(c, r))
        return file_of(c, r, w, name, word_v, n);
    struct word_row *row = arena_many(c->arena, struct word_row, n + 1);
    struct word_list_view v = {.v = row, .n = n, .kind = kind, .remark = words_remark(c, kind), .may_edit = may_edit(c, kind), .all = shown == NONE,
                               .may_add = may_edit(c, kind) && (words_editable(kind) & WORDS_ADD), .preset = preset_name(c), .show = url_kind(c, kind),
                               .add = url_path(c->arena, "/vocabulary/%s/new", kind), .one_year = url_kind(c, kind)};
    v.all_years = url_with(c->arena, url_kind(c, kind), "year", "all");
    v.year = shown == NONE ? NULL : year(c, shown);
    v.shown_year = fiscal_year_era(c->arena, shown == NONE ? this_year(c) : shown);
    for (size_t i = 0; i < n; i++)
        row_of(c, &v, &row[i], &word_v[i]);
    struct page p = {.title = name, .menu = "settings", .year = NONE, .wide = true};
    crumb_settings(c, &p);
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "ことばの一覧"), {"/vocabulary"}};
    page_begin(c, w, &p);
    word_list_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* --- adding --- */

/* The texts and the year as they were typed. */
static void take_typed(struct ctx *c, const struct form *f, struct word *w, int64_t *from_year)
{
    const char *typed_year = form_get(f, "from_year");
    w->label = form_get(f, "label");
    w->alias = form_get(f, "alias");
    w->number = form_get(f, "number");
    w->definition = form_get(f, "definition");
    w->condition = form_get(f, "condition");
    w->source = form_get(f, "source");
    w->note = form_get(f, "note");
    *from_year = NONE;
    if (typed_year != NULL && !fiscal_year_parse(typed_year, from_year))
        fail_field(&c->fail, "from_year", "%s", tr(c, "年度は「令和9年度」か「2027」のように入力してください"));
}

static enum err year_hint(struct ctx *c, const char **hint, const char **first)
{
    int64_t open;
    TRY(words_open_from(c, &open));
    int64_t y = open != NONE && open > this_year(c) ? open : this_year(c) + 1;
    *first = fiscal_year_era(c->arena, y);
    *hint = open == NONE ? arena_printf(c->arena, tr(c, "例 %s"), *first)
                         : arena_printf(c->arena, tr(c, "例 %s。版のない%s以降を入力します。"), *first, year(c, open));
    return OK;
}

static void crumbs_word(struct ctx *c, struct page *p, const char *kind, const char *name)
{
    crumb_settings(c, p);
    p->crumb[p->crumbs++] = (struct crumb){tr(c, "ことばの一覧"), {"/vocabulary"}};
    p->crumb[p->crumbs++] = (struct crumb){name, url_kind(c, kind)};
}

static enum err parents_of(struct ctx *c, struct word_form_view *v)
{
    const struct word *s;
    size_t n;
    TRY(words(c, "scheme", NULL, NONE, &s, &n));
    struct choice *choice = arena_many(c->arena, struct choice, n + 1);
    for (size_t i = 0; i < n; i++)
        choice[v->parents++] = (struct choice){s[i].code, s[i].label, NONE, text_eq(v->w->parent, s[i].code)};
    v->parent = choice;
    return OK;
}

static enum err new_draw(struct ctx *c, struct response *w, const char *kind, const char *name, const struct word *x)
{
    struct word_form_view v = {.w = x, .action = url_path(c->arena, "/vocabulary/%s/new", kind), .back = url_kind(c, kind), .button = tr(c, "加える"),
                               .code = text_eq(kind, "municipality"), .is_new = true, .texts = true};
    TRY(year_hint(c, &v.from_hint, &v.from_year));
    if (text_eq(kind, "category"))
        TRY(parents_of(c, &v));
    struct page p = {.title = tr(c, "ことばを加える"), .place = name, .menu = "settings", .year = NONE};
    crumbs_word(c, &p, kind, name);
    page_begin(c, w, &p);
    word_new_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err word_new_page(struct ctx *c, struct request *r, struct response *w)
{
    const char *kind, *name;
    TRY(kind_asked(c, r, &kind, &name));
    if (!(words_editable(kind) & WORDS_ADD))
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この一覧には、ことばを加えられません。"));
    struct word x = {.kind = kind};
    return new_draw(c, w, kind, name, &x);
}

enum err word_new_post(struct ctx *c, struct request *r, struct response *w)
{
    const char *kind, *name;
    TRY(kind_asked(c, r, &kind, &name));
    struct word x;
    entity_init(&word_entity, &x);
    x.kind = kind;
    x.code = form_get(&r->form, "code");
    x.parent = form_get(&r->form, "parent");
    take_typed(c, &r->form, &x, &x.from_year);
    enum err e = c->fail.code == OK ? word_new(c, &x) : E_INPUT;
    if (e == E_INPUT) {
        w->status = 422;
        return new_draw(c, w, kind, name, &x);
    }
    TRY(e);
    return page_done(c, w, url_with(c->arena, url_kind(c, kind), "year", arena_printf(c->arena, "%lld", (long long)x.from_year)), tr(c, text_eq(kind, "form") ? "ことばを加えました。取りまとめ区分は別の一覧です。同じことばが要るときは、そちらにも加えてください。" : "ことばを加えました。"));
}

/* --- one word --- */

static enum err versions_of(struct ctx *c, const struct word *w, struct word_page_view *v)
{
    const struct word *all;
    size_t n;
    TRY(words(c, w->kind, NULL, NONE, &all, &n));
    struct word_version_line *line = arena_many(c->arena, struct word_version_line, n + 1);
    for (size_t i = 0; i < n; i++)
        if (text_eq(all[i].code, w->code))
            line[v->versions++] = (struct word_version_line){&all[i], years(c, &all[i]), all[i].id == w->id, url_word(c, all[i].id, "")};
    v->version = line;
    return OK;
}

static enum err word_draw(struct ctx *c, struct response *w, const struct word *x)
{
    const char *name = words_name(c, x->kind);
    unsigned may = may_edit(c, x->kind) ? words_editable(x->kind) : 0;
    struct word_use *use;
    struct word_page_view v = {.w = x, .list = url_kind(c, x->kind), .retire = url_word(c, x->id, "/retire"), .remove = url_word(c, x->id, "/remove"),
                               .parent = parent_label(c, x), .alias = aliases(c, x->alias), .years = years(c, x), .retired = x->to_year != NONE};
    TRY(word_uses(c, x->kind, x->code, &use, &v.uses));
    v.use = use;
    TRY(versions_of(c, x, &v));
    bool newest = v.versions > 0 && v.version[v.versions - 1].current;
    v.may_change = (may & WORDS_CHANGE) != 0;
    v.may_retire = (may & WORDS_RETIRE) && newest && !word_is_other(x);
    v.may_remove = (may & WORDS_ADD) && v.uses == 0 && text_starts(x->code, "own");
    v.form = (struct word_form_view){.w = x, .action = url_word(c, x->id, ""), .back = v.list, .button = tr(c, "変える"), .texts = true};
    TRY(year_hint(c, &v.form.from_hint, &v.form.from_year));
    int64_t open;
    TRY(words_open_from(c, &open));
    if (open == NONE || (x->from_year != NONE && x->from_year >= open))
        v.form.from_hint = arena_printf(c->arena, tr(c, "%s書きまちがいを直すだけのときは空けておきます。"), v.form.from_hint);
    v.to_year = fiscal_year_era(c->arena, open != NONE && open - 1 > this_year(c) ? open - 1 : this_year(c));
    v.to_hint = arena_printf(c->arena, tr(c, "例 %s"), v.to_year);
    struct page p = {.title = x->label, .place = name, .menu = "settings", .year = NONE};
    crumbs_word(c, &p, x->kind, name);
    page_begin(c, w, &p);
    word_page_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err word_page(struct ctx *c, struct request *r, struct response *w)
{
    struct word x;
    TRY(word_version(c, r->param[0], &x));
    return word_draw(c, w, &x);
}

enum err word_change_post(struct ctx *c, struct request *r, struct response *w)
{
    struct word before, after;
    int64_t from_year;
    TRY(word_version(c, r->param[0], &before));
    entity_copy(c->arena, &word_entity, &after, &before);
    take_typed(c, &r->form, &after, &from_year);
    enum err e = c->fail.code == OK ? word_change(c, before.id, &after, from_year) : E_INPUT;
    if (e == E_INPUT) {
        w->status = 422;
        return word_draw(c, w, &before);
    }
    TRY(e);
    return page_done(c, w, url_with(c->arena, url_kind(c, before.kind), "year", from_year == NONE ? "all" : arena_printf(c->arena, "%lld", (long long)from_year)),
                     tr(c, "ことばを変えました。"));
}

enum err word_retire_post(struct ctx *c, struct request *r, struct response *w)
{
    struct word x;
    int64_t last = NONE;
    TRY(word_version(c, r->param[0], &x));
    bool keep = text_eq(form_get(&r->form, "go"), "keep");
    if (!keep && !fiscal_year_parse(form_get(&r->form, "to_year") != NULL ? form_get(&r->form, "to_year") : "", &last))
        fail_field(&c->fail, "to_year", "%s", tr(c, "年度は「令和9年度」か「2027」のように入力してください"));
    enum err e = c->fail.code == OK ? word_retire(c, x.id, last) : E_INPUT;
    if (e == E_INPUT) {
        w->status = 422;
        return word_draw(c, w, &x);
    }
    TRY(e);
    return page_done(c, w, url_word(c, x.id, ""), tr(c, keep ? "終えるのを取り消しました。" : "終える年度を決めました。"));
}

enum err word_move_post(struct ctx *c, struct request *r, struct response *w)
{
    struct word x;
    TRY(word_version(c, r->param[0], &x));
    TRY(word_move(c, x.id, !text_eq(form_get(&r->form, "go"), "down")));
    return page_done(c, w, url_kind(c, x.kind), tr(c, "並びを変えました。"));
}

enum err word_remove_post(struct ctx *c, struct request *r, struct response *w)
{
    struct word x;
    TRY(word_version(c, r->param[0], &x));
    TRY(word_remove(c, x.id));
    return page_done(c, w, url_kind(c, x.kind), tr(c, "ことばを消しました。"));
}
