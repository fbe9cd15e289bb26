/* Forms as HTML: a control for each kind of field, with its label, 必須 or 任意 in words, hint, fault and last year's value. */
#include "core/page.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "core/preset.h"
#include "core/record.h"
#include "core/section.h"
#include "core/session.h"

#define RADIOS_MOST 6

/* --- what was typed --- */

static bool is_post(const struct ctx *c)
{
    return c->request && c->request->method == HTTP_POST;
}

const char *typed(struct ctx *c, const char *name)
{
    if (!c->request)
        return NULL;
    return form_get(is_post(c) ? &c->request->form : &c->request->query, name);
}

const char *fault_at(struct ctx *c, const char *name)
{
    for (const struct field_fault *f = c->fail.faults; f; f = f->next)
        if (f->field && strcmp(f->field, name) == 0)
            return f->message;
    return NULL;
}

const char *field_id(struct ctx *c, const char *name)
{
    char *id = arena_dup(c->arena, name);
    for (char *p = id; *p; p++)
        if (*p == '.')
            *p = '-';
    return id;
}

static bool word_in(const char *list, const char *word, size_t n)
{
    for (const char *p = list; p && *p; p += strcspn(p, " "), p += strspn(p, " "))
        if (strcspn(p, " ") == n && memcmp(p, word, n) == 0)
            return true;
    return false;
}

/* Was this control part of the form that came? Then an absent value means empty, off, none. */
static bool was_shown(struct ctx *c, const char *name)
{
    if (!is_post(c))
        return false;
    const struct form *f = &c->request->form;
    if (form_has(f, name))
        return true;
    const char **lists = NULL;
    size_t n = form_all(c->arena, f, FORM_SHOWN, &lists);
    for (size_t i = 0; i < n; i++)
        if (word_in(lists[i], name, strcspn(name, ".")))
            return true;
    return false;
}

/* --- pieces of markup --- */

static void attribute(struct sb *o, const char *name, const char *value)
{
    sb_char(o, ' ');
    sb_add(o, name);
    sb_add(o, "=\"");
    html_text(o, value);
    sb_char(o, '"');
}

static void hidden(struct sb *o, const char *name, const char *value)
{
    sb_add(o, "<input type=\"hidden\"");
    attribute(o, "name", name);
    attribute(o, "value", value);
    sb_add(o, ">\n");
}

static void element(struct sb *o, const char *tag, const char *class, const char *id, const char *text)
{
    sb_char(o, '<');
    sb_add(o, tag);
    if (id)
        attribute(o, "id", id);
    attribute(o, "class", class);
    sb_char(o, '>');
    html_text(o, text);
    sb_add(o, "</");
    sb_add(o, tag);
    sb_add(o, ">\n");
}

static void begin_form(struct ctx *c, struct sb *o, struct url action, const char *shown, const char *id, const char *more)
{
    sb_add(o, "<form method=\"post\" action=\"");
    html_url(o, action);
    sb_char(o, '"');
    if (id)
        attribute(o, "id", id);
    sb_add(o, more);
    sb_add(o, " novalidate>\n");
    hidden(o, FORM_CSRF, csrf_token(c));
    hidden(o, FORM_KEY, form_key(c));
    if (shown)
        hidden(o, FORM_SHOWN, shown);
}

void form_begin(struct ctx *c, struct sb *o, struct url action, const char *shown, const char *id)
{
    begin_form(c, o, action, shown, id, "");
}

void form_begin_draft(struct ctx *c, struct sb *o, struct url action, const char *shown, const char *id)
{
    begin_form(c, o, action, shown, id ? id : "draft", " data-autosave");
}

void form_begin_upload(struct ctx *c, struct sb *o, struct url action, const char *shown, const char *id)
{
    begin_form(c, o, action, shown, id, " enctype=\"multipart/form-data\"");
}

void form_end(struct ctx *c, struct sb *o)
{
    (void)c;
    sb_add(o, "</form>\n");
}

/* One labelled thing: a div with a label, or a fieldset with a legend. */
struct box {
    const char *name, *id, *label, *hint, *last, *fault;
    bool required, hide_optional, group;
};

static void need(struct ctx *c, struct sb *o, const struct box *b)
{
    if (b->required || !b->hide_optional)
        sb_char(o, ' ');
    if (b->required)
        element(o, "span", "need need-must", NULL, tr(c, "必須"));
    else if (!b->hide_optional)
        element(o, "span", "need", NULL, tr(c, "任意"));
}

static void open_box(struct ctx *c, struct sb *o, struct box *b)
{
    b->id = field_id(c, b->name);
    b->fault = fault_at(c, b->name);
    sb_add(o, "<div class=\"field");
    sb_add(o, b->fault ? " wrong" : "");
    sb_add(o, b->last ? " with-last" : "");
    sb_add(o, "\">\n");
    if (b->group) {
        sb_add(o, "<fieldset");
        if (b->hint)
            attribute(o, "aria-describedby", arena_printf(c->arena, "%s-hint", b->id));
        sb_add(o, ">\n<legend>");
        html_text(o, b->label);
        need(c, o, b);
        if (b->fault) /* inside the legend, because NVDA reads no description of a fieldset */
            element(o, "span", "error", arena_printf(c->arena, "%s-error", b->id), b->fault);
        sb_add(o, "</legend>\n");
    } else {
        if (b->last)
            sb_add(o, "<div>\n");
        sb_add(o, "<label");
        attribute(o, "for", b->id);
        sb_char(o, '>');
        html_text(o, b->label);
        need(c, o, b);
        sb_add(o, "</label>\n");
    }
    if (b->hint)
        element(o, "p", "hint", arena_printf(c->arena, "%s-hint", b->id), b->hint);
    if (b->fault && !b->group)
        element(o, "p", "error", arena_printf(c->arena, "%s-error", b->id), b->fault);
}

static void close_box(struct ctx *c, struct sb *o, const struct box *b)
{
    if (b->group)
        sb_add(o, "</fieldset>\n");
    else if (b->last)
        sb_add(o, "</div>\n");
    if (b->last) {
        sb_add(o, "<p class=\"last\"");
        attribute(o, "id", arena_printf(c->arena, "%s-last", b->id));
        sb_add(o, "><b>");
        html_text(o, tr(c, "昨年度"));
        sb_add(o, "</b> ");
        html_text(o, b->last);
        sb_add(o, "</p>\n");
    }
    sb_add(o, "</div>\n");
}

/* name, id, aria-…, required: what every control says. */
static void control_attributes(struct ctx *c, struct sb *o, const struct box *b)
{
    attribute(o, "id", b->id);
    attribute(o, "name", b->name);
    struct sb d;
    sb_init(&d, c->arena);
    if (b->hint)
        sb_printf(&d, "%s-hint ", b->id);
    if (b->fault)
        sb_printf(&d, "%s-error ", b->id);
    if (b->last)
        sb_printf(&d, "%s-last ", b->id);
    if (d.n)
        attribute(o, "aria-describedby", arena_dup_n(c->arena, sb_str(&d), d.n - 1));
    if (b->fault)
        sb_add(o, " aria-invalid=\"true\"");
    if (b->required)
        sb_add(o, " required");
}

static void text_input(struct ctx *c, struct sb *o, const struct box *b, const char *type, const char *mode, const char *size, const char *autocomplete,
                       const char *value)
{
    sb_add(o, "<input");
    attribute(o, "type", type);
    control_attributes(c, o, b);
    if (mode)
        attribute(o, "inputmode", mode);
    if (size)
        attribute(o, "class", size);
    if (autocomplete)
        attribute(o, "autocomplete", autocomplete);
    if (value)
        attribute(o, "value", value);
    sb_add(o, ">\n");
}

static void memo_input(struct ctx *c, struct sb *o, const struct box *b, int rows, const char *value)
{
    sb_add(o, "<textarea");
    control_attributes(c, o, b);
    attribute(o, "rows", arena_printf(c->arena, "%d", rows > 0 ? rows : 5));
    sb_add(o, ">\n"); /* HTML drops the first line break, so that one typed by people stays */
    html_text(o, value);
    sb_add(o, "</textarea>\n");
}

static void date_echo(struct ctx *c, struct sb *o, const char *value)
{
    const char *iso = value ? date_parse(c->arena, value) : NULL;
    if (iso)
        element(o, "p", "echo", NULL, date_long(c->arena, iso));
}

/* --- choices --- */

static void choice_list(struct ctx *c, struct sb *o, const struct box *b, const char *type, const struct choice *v, size_t n)
{
    sb_add(o, n > 8 ? "<ul class=\"choices many\">\n" : "<ul class=\"choices\">\n");
    for (size_t i = 0; i < n; i++) {
        /* The first one has the field's own id: the summary's link leads there. */
        const char *id = i ? arena_printf(c->arena, "%s-%zu", b->id, i + 1) : b->id;
        sb_add(o, "<li><input");
        attribute(o, "type", type);
        attribute(o, "id", id);
        attribute(o, "name", b->name);
        attribute(o, "value", v[i].code);
        if (v[i].on)
            sb_add(o, " checked");
        if (b->fault) {
            sb_add(o, " aria-invalid=\"true\"");
            attribute(o, "aria-describedby", arena_printf(c->arena, "%s-error", b->id));
        }
        sb_add(o, "><label");
        attribute(o, "for", id);
        sb_char(o, '>');
        html_text(o, v[i].label);
        if (v[i].count != NONE)
            html_text(o, arena_printf(c->arena, "(%s)", count(c, v[i].count)));
        sb_add(o, "</label></li>\n");
    }
    sb_add(o, "</ul>\n");
}

static void select_list(struct ctx *c, struct sb *o, const struct box *b, const struct choice *v, size_t n)
{
    sb_add(o, "<select");
    control_attributes(c, o, b);
    sb_add(o, ">\n");
    for (size_t i = 0; i < n; i++) {
        sb_add(o, "<option");
        attribute(o, "value", v[i].code);
        sb_add(o, v[i].on ? " selected>" : ">");
        html_text(o, v[i].label);
        if (v[i].count != NONE)
            html_text(o, arena_printf(c->arena, "(%s)", count(c, v[i].count)));
        sb_add(o, "</option>\n");
    }
    sb_add(o, "</select>\n");
}

void form_choices(struct ctx *c, struct sb *o, const struct choices *ch)
{
    bool select = text_eq(ch->type, "select");
    struct box b = {.name = ch->name, .label = ch->label, .hint = ch->hint, .required = ch->required, .hide_optional = ch->hide_optional, .group = !select};
    struct choice *v = arena_many(c->arena, struct choice, ch->n + 1);
    bool shown = was_shown(c, ch->name);
    const char **sent = NULL;
    size_t sents = shown ? form_all(c->arena, &c->request->form, ch->name, &sent) : 0;
    for (size_t i = 0; i < ch->n; i++) {
        v[i] = ch->v[i];
        if (!shown)
            continue;
        v[i].on = false;
        for (size_t k = 0; k < sents; k++)
            v[i].on |= text_eq(sent[k] ? sent[k] : "", v[i].code);
    }
    open_box(c, o, &b);
    if (select)
        select_list(c, o, &b, v, ch->n);
    else
        choice_list(c, o, &b, text_eq(ch->type, "radio") ? "radio" : "checkbox", v, ch->n);
    close_box(c, o, &b);
}

/* --- a control without an entity --- */

void form_input(struct ctx *c, struct sb *o, const struct input *in)
{
    struct box b = {.name = in->name, .label = in->label, .hint = in->hint, .required = in->required, .hide_optional = in->hide_optional};
    bool secret = text_eq(in->type, "password"), file = text_eq(in->type, "file"), is_date = text_eq(in->type, "date");
    const char *value = was_shown(c, in->name) ? typed(c, in->name) : in->value;
    if (text_eq(in->type, "check")) {
        b.id = field_id(c, in->name);
        b.fault = fault_at(c, in->name);
        sb_add(o, b.fault ? "<div class=\"field wrong\">\n" : "<div class=\"field\">\n");
        if (b.fault)
            element(o, "p", "error", arena_printf(c->arena, "%s-error", b.id), b.fault);
        sb_add(o, "<div class=\"check\"><input type=\"checkbox\" value=\"1\"");
        b.hint = NULL;
        control_attributes(c, o, &b);
        sb_add(o, value ? " checked>" : ">");
        sb_add(o, "<label");
        attribute(o, "for", b.id);
        sb_char(o, '>');
        html_text(o, in->label);
        sb_add(o, "</label></div>\n");
        if (in->hint)
            element(o, "p", "hint", NULL, in->hint);
        sb_add(o, "</div>\n");
        return;
    }
    open_box(c, o, &b);
    if (text_eq(in->type, "memo")) {
        memo_input(c, o, &b, in->rows, value);
    } else {
        const char *size = in->size ? in->size : is_date ? "w-m" : in->max > 100 ? "w-l" : in->max && in->max <= 20 ? "w-m" : NULL;
        text_input(c, o, &b, is_date ? "text" : in->type ? in->type : "text", NULL, file ? NULL : size, in->autocomplete, secret || file ? NULL : value);
        if (is_date)
            date_echo(c, o, value);
    }
    close_box(c, o, &b);
}

/* --- fields of entities --- */

/* What the row holds, as it is typed. */
static const char *as_typed(struct ctx *c, const struct field *f, const void *row)
{
    switch (f->kind) {
    case FIELD_TEXT: case FIELD_MEMO: case FIELD_CODE:
        return field_text(f, row);
    case FIELD_DATE:
        return field_text(f, row) ? date_short(c->arena, field_text(f, row)) : NULL;
    default:
        break;
    }
    int64_t v = field_int(f, row);
    if (v == NONE)
        return NULL;
    switch (f->kind) {
    case FIELD_YEN: return yen1000(c, v);
    case FIELD_MILLI: return milli(c, v);
    case FIELD_YEAR: return fiscal_year_era(c->arena, v);
    case FIELD_INT: return count(c, v);
    case FIELD_INSTANT: return arena_printf(c->arena, "%s %.5s", instant_date(c->arena, v), instant_iso(c->arena, v) + 11);
    default: return arena_printf(c->arena, "%lld", (long long)v);
    }
}

static void vocabulary_choices(struct ctx *c, const struct field *f, const struct control *how, const struct set *on, bool blank, struct choice **out, size_t *n)
{
    const struct word *w = NULL;
    size_t ws = 0;
    *n = 0;
    *out = NULL;
    if (words(c, f->vocabulary, how->only, how->year, &w, &ws) != OK)
        ws = 0;
    struct choice *v = arena_many(c->arena, struct choice, ws + on->n + 2);
    if (blank)
        v[(*n)++] = (struct choice){"", NULL, NONE, on->n == 0};
    for (size_t i = 0; i < ws; i++) {
        v[*n] = (struct choice){w[i].code, w[i].label, NONE, false};
        for (size_t k = 0; k < on->n; k++)
            v[*n].on |= text_eq(on->v[k], w[i].code);
        (*n)++;
    }
    /* A code that this year no longer knows stays until somebody takes it off. */
    for (size_t k = 0; k < on->n; k++) {
        bool known = false;
        for (size_t i = 0; i < ws; i++)
            known |= text_eq(on->v[k], w[i].code);
        if (!known && on->v[k] && word_find(c, f->vocabulary, on->v[k], NONE))
            v[(*n)++] = (struct choice){on->v[k], word_label(c, f->vocabulary, on->v[k], NONE), NONE, true};
    }
    *out = v;
}

/* A code: radios while they can be taken in at a glance, else a select. */
static void code_control(struct ctx *c, struct sb *o, struct box *b, const struct field *f, const struct control *how, const char *value)
{
    const char *one[1] = {value};
    struct set on = {one, value ? 1 : 0};
    struct choice *v;
    size_t n;
    bool compact = how->prefix && *how->prefix; /* rows of children stay low */
    vocabulary_choices(c, f, how, &on, true, &v, &n);
    if (n == 1) /* this prefecture has no words for it: nothing to ask */
        return;
    if (!compact && n - 1 <= RADIOS_MOST) {
        v[0].label = tr(c, "選ばない");
        b->group = true;
        open_box(c, o, b);
        if (b->required)
            choice_list(c, o, b, "radio", v + 1, n - 1);
        else
            choice_list(c, o, b, "radio", v, n);
    } else {
        v[0].label = tr(c, "選んでください");
        open_box(c, o, b);
        select_list(c, o, b, v, n);
    }
    close_box(c, o, b);
}

static void set_control(struct ctx *c, struct sb *o, struct box *b, const struct field *f, const void *row, const struct control *how, bool posted)
{
    struct set on = *(const struct set *)(const void *)((const char *)row + f->offset);
    struct choice *v;
    size_t n;
    if (posted)
        on.n = form_all(c->arena, &c->request->form, b->name, &on.v);
    vocabulary_choices(c, f, how, &on, false, &v, &n);
    if (n == 0)
        return;
    b->group = true;
    open_box(c, o, b);
    choice_list(c, o, b, "checkbox", v, n);
    close_box(c, o, b);
}

/* Sections of the year in their departments. */
static void section_control(struct ctx *c, struct sb *o, struct box *b, int64_t y, const char *value)
{
    struct section_node *v = NULL;
    size_t n = 0;
    if (sections_of_year(c, y, &v, &n) != OK)
        n = 0;
    open_box(c, o, b);
    sb_add(o, "<select");
    control_attributes(c, o, b);
    sb_add(o, ">\n<option value=\"\">");
    html_text(o, tr(c, "選んでください"));
    sb_add(o, "</option>\n");
    bool open = false;
    for (size_t i = 0; i < n; i++) {
        if (v[i].depth == 0) {
            sb_add(o, open ? "</optgroup>\n<optgroup" : "<optgroup");
            attribute(o, "label", v[i].s.name);
            sb_add(o, ">\n");
            open = true;
            continue;
        }
        const char *id = arena_printf(c->arena, "%lld", (long long)v[i].s.id);
        sb_add(o, "<option");
        attribute(o, "value", id);
        sb_add(o, text_eq(id, value) ? " selected>" : ">");
        html_text(o, v[i].s.name);
        sb_add(o, "</option>\n");
    }
    sb_add(o, open ? "</optgroup>\n</select>\n" : "</select>\n");
    close_box(c, o, b);
}

/* How many rows of a child the form sent: one more than the highest number. */
static size_t rows_sent(struct ctx *c, const char *name)
{
    const struct form *f = &c->request->form;
    size_t n = strlen(name), most = 0;
    for (size_t i = 0; i < f->n; i++) {
        const char *p = f->v[i].name;
        if (strncmp(p, name, n) != 0 || p[n] != '.' || p[n + 1] < '0' || p[n + 1] > '9' || strlen(p + n + 1) > 40)
            continue;
        char *end;
        unsigned long row = strtoul(p + n + 1, &end, 10);
        if (*end == '.' && row < 500 && row + 1 > most)
            most = row + 1;
    }
    return most;
}

/* Rows that are there and two blank ones, so that it works without JavaScript; with it, a button adds a row. */
static void child_control(struct ctx *c, struct sb *o, struct box *b, const struct field *f, const void *row, const struct control *how, bool posted)
{
    const struct entity *e = f->child;
    size_t have, rows;
    const char *v;
    memcpy(&have, (const char *)row + f->offset_n, sizeof have);
    memcpy(&v, (const char *)row + f->offset, sizeof v);
    rows = posted ? rows_sent(c, b->name) : have + 2;
    if (rows == 0)
        rows = 2;
    void *blank = arena_alloc(c->arena, e->size);
    entity_init(e, blank);
    b->group = true;
    b->id = field_id(c, b->name);
    b->fault = fault_at(c, b->name);
    sb_add(o, b->fault ? "<div class=\"field wrong\">\n<fieldset tabindex=\"-1\"" : "<div class=\"field\">\n<fieldset tabindex=\"-1\"");
    attribute(o, "id", b->id);
    sb_add(o, ">\n<legend>");
    html_text(o, b->label);
    need(c, o, b);
    if (b->fault)
        element(o, "span", "error", NULL, b->fault);
    sb_add(o, "</legend>\n");
    if (b->hint)
        element(o, "p", "hint", NULL, b->hint);
    if (b->last) {
        sb_add(o, "<p class=\"last\"><b>");
        html_text(o, tr(c, "昨年度"));
        sb_add(o, "</b>\n");
        html_text(o, b->last);
        sb_add(o, "</p>\n");
    }
    sb_add(o, "<div class=\"children\"");
    attribute(o, "data-name", b->name);
    attribute(o, "data-label", b->label);
    attribute(o, "data-add", tr(c, "行を加える"));
    sb_add(o, ">\n");
    for (size_t i = 0; i < rows; i++) {
        const void *one = i < have ? v + i * e->size : blank;
        struct control inner = {.prefix = arena_printf(c->arena, "%s.%zu.", b->name, i), .year = how->year, .hide_optional = true, .rows = 2};
        sb_add(o, "<fieldset class=\"child\">\n<legend>");
        html_text(o, arena_printf(c->arena, "%s %zu", b->label, i + 1));
        sb_add(o, "</legend>\n<div class=\"child-fields\">\n");
        for (size_t k = 0; k < e->fields_n; k++) {
            const struct field *g = &e->fields[k];
            if (!(g->flags & (INTERNAL | READONLY)) && g->kind != FIELD_ID && field_audience(g) <= user_audience(c->user))
                form_field(c, o, e, g->name, one, &inner);
        }
        sb_add(o, "</div>\n</fieldset>\n");
    }
    sb_add(o, "</div>\n</fieldset>\n</div>\n");
}

void form_field(struct ctx *c, struct sb *o, const struct entity *e, const char *field, const void *row, const struct control *how)
{
    static const struct control plain = {.year = NONE};
    const struct field *f = entity_field(e, field);
    if (!how)
        how = &plain;
    if (!f)
        abort(); /* a template names a field that is not in the list */
    struct box b = {
        .name = arena_printf(c->arena, "%s%s", how->prefix ? how->prefix : "", f->name),
        .label = tr(c, f->label),
        .hint = how->hint,
        .last = how->last,
        .required = how->required || (f->flags & REQUIRED),
        .hide_optional = how->hide_optional,
    };
    bool posted = was_shown(c, b.name);
    if (f->kind == FIELD_CHILD) {
        child_control(c, o, &b, f, row, how, posted);
        return;
    }
    if (f->kind == FIELD_SET) {
        set_control(c, o, &b, f, row, how, posted);
        return;
    }
    if (f->kind == FIELD_FLAG) {
        bool on = posted ? typed(c, b.name) != NULL : field_int(f, row) == 1;
        form_input(c, o, &(struct input){.name = b.name, .label = b.label, .type = "check", .hint = b.hint, .value = on ? "1" : NULL});
        return;
    }
    const char *value = posted ? typed(c, b.name) : as_typed(c, f, row);
    switch (f->kind) {
    case FIELD_CODE:
        if (*f->vocabulary) {
            code_control(c, o, &b, f, how, value);
            return;
        }
        break;
    case FIELD_REF:
        if (text_eq(f->ref, "section"))
            section_control(c, o, &b, how->year, value);
        else /* chosen on a page of the area; the form only carries it */
            hidden(o, b.name, value);
        return;
    case FIELD_MEMO:
        if (!b.hint && f->max && !(how->prefix && *how->prefix))
            b.hint = arena_printf(c->arena, tr(c, "%s字まで"), count(c, f->max));
        open_box(c, o, &b);
        memo_input(c, o, &b, how->rows, value);
        close_box(c, o, &b);
        return;
    case FIELD_TEXT:
        if (how->rows > 0) { /* a sentence in one line would not be seen whole */
            open_box(c, o, &b);
            memo_input(c, o, &b, how->rows, value);
            close_box(c, o, &b);
            return;
        }
        break;
    case FIELD_DATE:
        if (!b.hint)
            b.hint = tr(c, "R8.4.1や2026/4/1のように");
        break;
    case FIELD_INSTANT:
        if (!b.hint)
            b.hint = tr(c, "2026-06-10 17:00のように");
        break;
    default:
        break;
    }
    open_box(c, o, &b);
    switch (f->kind) {
    case FIELD_YEN:
    case FIELD_INT:
        text_input(c, o, &b, "text", "numeric", "w-s", "off", value);
        break;
    case FIELD_MILLI:
        text_input(c, o, &b, "text", "decimal", "w-s", "off", value);
        break;
    case FIELD_YEAR:
    case FIELD_DATE:
    case FIELD_INSTANT:
        text_input(c, o, &b, "text", NULL, "w-m", "off", value);
        if (f->kind == FIELD_DATE)
            date_echo(c, o, value);
        break;
    default:
        text_input(c, o, &b, "text", NULL, f->max > 60 || !f->max ? "w-l" : f->max <= 20 ? "w-m" : NULL, "off", value);
        break;
    }
    close_box(c, o, &b);
}
