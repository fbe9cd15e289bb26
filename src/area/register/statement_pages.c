/* The page of one project in an answer: its form, saved as a draft while one types, and what to do when somebody else saved first. */
#include "area/organization/organization.h"
#include "area/register/answer_views.h"
#include "area/register/register_pages.h"
#include "area/register/statement.html.h"
#include "base/date.h"

enum { CANDIDATES = 8, BLANK_PARTNERS = 2, PARTNERS_MOST = 200 };

/* Which fields stand in which part of the form; those before the first group are always open. */
static const char *const first_fields = "name summary category forms main_form partners budget";
static const char *const group_fields[GROUPS_N] = {
    [GROUP_WHY] = "reason spread",
    [GROUP_WHAT] = "purpose_government purpose_partner effect activity",
    [GROUP_ROLES] = "roles cost_sharing contributions",
    [GROUP_WHEN] = "starts_on ends_on first_year place municipalities",
    [GROUP_CHOICE] = "how_chosen how_chosen_grounds no_call_reason",
    [GROUP_KIND] = "stages kinds fields",
    [GROUP_OUTCOME] = "outcomes",
    [GROUP_CONTACT] = "contact_post contact_phone contact_person",
    [GROUP_INNER] = "joint lesson",
};

static bool stated(const struct statement *s, const struct field *f)
{
    const char *at = (const char *)s + f->offset;
    switch (f->kind) {
    case FIELD_SET:
        return ((const struct set *)(const void *)at)->n > 0;
    case FIELD_CHILD:
        return *(const size_t *)(const void *)((const char *)s + f->offset_n) > 0;
    case FIELD_TEXT: case FIELD_MEMO: case FIELD_DATE: case FIELD_CODE:
        return field_text(f, s) != NULL;
    default:
        return field_int(f, s) != NONE;
    }
}

static bool fault_in(struct ctx *c, const char *field)
{
    size_t n = strlen(field);
    for (const struct field_fault *f = c->fail.faults; f; f = f->next)
        if (f->field && strncmp(f->field, field, n) == 0 && (f->field[n] == '\0' || f->field[n] == '.'))
            return true;
    return false;
}

static void group_count(struct ctx *c, struct project_view *v, size_t g)
{
    for (const char *p = group_fields[g]; *p; p += strcspn(p, " "), p += *p == ' ') {
        const char *name = arena_dup_n(c->arena, p, strcspn(p, " "));
        const struct field *f = entity_field(&statement_entity, name);
        const struct word *w;
        size_t n = 1;
        if (f->vocabulary)
            words(c, f->vocabulary, NULL, v->s.year, &w, &n);
        if (n == 0 && !stated(&v->s, f)) /* this prefecture has no words for it and does not ask */
            continue;
        v->group[g].all++;
        v->group[g].filled += stated(&v->s, f);
        /* A fault inside a closed part would not be seen. */
        v->group[g].open = v->group[g].open || fault_in(c, name);
    }
}

const char *group_words(struct ctx *c, const struct form_group *g) { return arena_printf(c->arena, tr(c, "%zu/%zu 記入ずみ"), g->filled, g->all); }

static const char *last_shown(struct ctx *c, const struct project_view *v, const struct field *f, bool always)
{
    /* What last year's statement calls last year's settled amount is that of the year before. */
    if (!v->show_last || text_eq(f->name, "settled"))
        return NULL;
    const char *last = statement_shown(c, f, &v->last);
    return last && (always || !text_eq(last, statement_shown(c, f, &v->s))) ? last : NULL;
}

static bool is_first(const char *field)
{
    size_t n = strlen(field);
    for (const char *p = first_fields; *p; p += strcspn(p, " "), p += *p == ' ')
        if (strcspn(p, " ") == n && memcmp(p, field, n) == 0)
            return true;
    return false;
}

void project_field(struct ctx *c, struct sb *o, const struct project_view *v, const char *field, const char *hint, int rows)
{
    const struct field *f = entity_field(&statement_entity, field);
    form_field(c, o, &statement_entity, field, &v->s,
               &(struct control){.hint = hint, .rows = rows, .year = v->s.year, .last = last_shown(c, v, f, is_first(field)),
                                 .only = text_eq(field, "category") ? v->s.scheme : NULL, .required = text_eq(field, "relation")});
}

const char *project_last(struct ctx *c, const struct project_view *v, const char *field)
{
    return last_shown(c, v, entity_field(&statement_entity, field), is_first(field));
}

void project_children(struct ctx *c, struct sb *o, const struct project_view *v, const char *field, const char *hint)
{
    const struct field *f = entity_field(&statement_entity, field);
    form_field(c, o, &statement_entity, field, &v->s, &(struct control){.hint = hint, .year = v->s.year, .last = last_shown(c, v, f, false)});
}

const char *statement_fact(struct ctx *c, const struct project_view *v, size_t i)
{
    const struct field *f = &statement_entity.fields[i];
    static const char *const hidden[] = {"id", "inquiry", "answer", "previous", "decision", "scheme"};
    if ((f->flags & INTERNAL) || field_audience(f) > user_audience(c->user))
        return NULL;
    for (size_t k = 0; k < sizeof hidden / sizeof hidden[0]; k++)
        if (text_eq(f->name, hidden[k]))
            return NULL;
    return statement_shown(c, f, &v->s);
}

/* --- partners: rows with the registered organizations of that name to choose from --- */

static size_t rows_sent(struct ctx *c)
{
    size_t most = 0;
    const struct form *f = &c->request->form;
    for (size_t i = 0; i < f->n; i++) {
        int64_t row = 0;
        const char *p = f->v[i].name, *dot;
        if (!text_starts(p, "partners.") || !(dot = strchr(p + 9, '.')) || !text_parse_int(arena_dup_n(c->arena, p + 9, (size_t)(dot - p - 9)), &row))
            continue;
        if (row >= 0 && row < PARTNERS_MOST && (size_t)row + 1 > most)
            most = (size_t)row + 1;
    }
    return most;
}

static enum err candidates(struct ctx *c, struct partner_row *p)
{
    struct organization_choice *v = NULL;
    size_t n = 0;
    const char *name = typed(c, arena_printf(c->arena, "%sname", p->prefix));
    if (!name)
        name = p->row.name;
    if (!name && p->row.organization == NONE)
        return OK;
    if (name)
        TRY(organization_candidates(c, name, CANDIDATES, &v, &n));
    p->choice = arena_many(c->arena, struct choice, n + 2);
    bool chosen = p->row.organization == NONE;
    p->choice[p->choices++] = (struct choice){"", tr(c, "結びつけない"), NONE, chosen};
    for (size_t i = 0; i < n; i++) {
        bool on = v[i].id == p->row.organization;
        chosen = chosen || on;
        /* 14 groups are called ひまわり: place and number tell them apart. */
        p->choice[p->choices++] = (struct choice){arena_printf(c->arena, "%lld", (long long)v[i].id),
                                                  arena_printf(c->arena, "%s%s%s%s%s", v[i].name, v[i].where ? " " : "", v[i].where ? v[i].where : "",
                                                               v[i].number ? " " : "", v[i].number ? v[i].number : ""), NONE, on};
    }
    if (!chosen)
        p->choice[p->choices++] = (struct choice){arena_printf(c->arena, "%lld", (long long)p->row.organization), organization_label(c, p->row.organization), NONE, true};
    else if (n == 0)
        p->choices = 0;
    return OK;
}

static enum err partner_rows_make(struct ctx *c, struct project_view *v, bool posted)
{
    size_t n = posted ? rows_sent(c) : v->s.partners_n ? v->s.partners_n + 1 : BLANK_PARTNERS;
    if (n < v->s.partners_n)
        n = v->s.partners_n;
    v->partner = arena_many(c->arena, struct partner_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct partner_row *p = &v->partner[v->partners++];
        entity_init(&statement_partner_entity, &p->row);
        if (i < v->s.partners_n)
            p->row = v->s.partners[i];
        p->number = i;
        p->prefix = arena_printf(c->arena, "partners.%zu.", i);
        p->organization = arena_printf(c->arena, "partners.%zu.organization", i);
        TRY(candidates(c, p));
    }
    return OK;
}

/* --- drawing --- */

static enum err conditions(struct ctx *c, struct project_view *v)
{
    TRY(words(c, "form", NULL, v->s.year, &v->form, &v->forms));
    v->condition = arena_many(c->arena, const struct word *, v->forms + 1);
    for (size_t i = 0; i < v->forms; i++)
        v->form_texts = v->form_texts || v->form[i].definition;
    for (size_t i = 0; i < v->forms; i++)
        for (size_t k = 0; k < v->s.forms.n; k++)
            if (v->form[i].condition && text_eq(v->form[i].code, v->s.forms.v[k]))
                v->condition[v->conditions++] = &v->form[i];
    return OK;
}

static enum err has_words(struct ctx *c, const char *kind, const char *parent, int64_t y, bool other, bool *out)
{
    const struct word *w = NULL;
    size_t n = 0;
    TRY(words(c, kind, parent, y, &w, &n));
    *out = n > 0 && !other;
    for (size_t i = 0; i < n && other; i++)
        *out = *out || word_is_other(&w[i]);
    return OK;
}

static enum err shown_make(struct ctx *c, struct project_view *v)
{
    struct sb b;
    TRY(has_words(c, "relation", NULL, v->s.year, false, &v->relation));
    TRY(words(c, "relation", NULL, v->s.year, &v->relation_word, &v->relation_words));
    TRY(has_words(c, "domain", NULL, v->s.year, false, &v->domain));
    TRY(has_words(c, "category", v->s.scheme, v->s.year, true, &v->category_other));
    TRY(has_words(c, "form", NULL, v->s.year, true, &v->form_other));
    sb_init(&b, c->arena);
    sb_add(&b, first_fields);
    for (size_t g = 0; g < GROUPS_N; g++) {
        sb_char(&b, ' ');
        sb_add(&b, group_fields[g]);
        group_count(c, v, g);
    }
    sb_add(&b, v->category_other ? " category_other" : "");
    sb_add(&b, v->form_other ? " form_other" : "");
    sb_add(&b, v->relation ? " relation" : "");
    sb_add(&b, v->domain ? " domain" : "");
    sb_add(&b, v->settled ? " settled" : "");
    sb_add(&b, v->secretariat ? " note" : "");
    v->shown = sb_str(&b);
    return OK;
}

enum err project_form_make(struct ctx *c, struct project_view *v, bool posted)
{
    TRY(shown_make(c, v));
    TRY(partner_rows_make(c, v, posted));
    return conditions(c, v);
}

/* `v` brings the statement (and what was typed into it) and conflicts; posted: the controls show what was typed. */
static enum err project_draw(struct ctx *c, struct response *w, const struct answer_case *k, struct project_view *v, bool posted)
{
    v->action = url_statement(c, &v->s, "");
    v->remove = url_statement(c, &v->s, "/remove");
    v->fresh = text_eq(v->s.decision, "new");
    v->carried = v->s.previous != NONE;
    v->settled = v->carried;
    v->mending = !k->may_edit && answer_may(k, "mend");
    v->may_edit = k->may_edit || v->mending;
    v->secretariat = k->secretariat;
    v->decision = v->s.decision ? tr(c, decision_label(v->s.decision)) : NULL;
    if (v->carried) {
        TRY(record_load(c, &statement_entity, v->s.previous, &v->last));
        v->show_last = v->last.year == v->s.year - 1;
    }
    TRY(answer_head_make(c, k, &v->h));
    TRY(project_form_make(c, v, posted));
    v->notices = statement_notices(c, &v->s, &v->notice);
    struct page p = answer_page_of(c, v->s.name ? v->s.name : tr(c, "新しい事業"), k, true);
    page_begin(c, w, &p);
    if (v->may_edit)
        project_body(c, &w->body, v);
    else
        project_show_body(c, &w->body, v);
    page_end(c, w, &p);
    return OK;
}

/* A section that carries the project jointly sees what the lead wrote. */
static enum err joint_reader(struct ctx *c, int64_t answer, int64_t statement, struct statement *s, bool *may)
{
    *may = false;
    TRY(record_load(c, &statement_entity, statement, s));
    for (size_t i = 0; i < s->joint_n && s->answer == answer; i++) {
        struct section x;
        TRY(record_load(c, &section_entity, s->joint[i].section, &x));
        bool mine = false;
        TRY(user_on_section(c, SECTION_ROLES, x.unit, &mine));
        *may = *may || mine;
    }
    return OK;
}

static enum err joint_page(struct ctx *c, struct response *w, const struct statement *s)
{
    struct project_view v = {.s = *s, .decision = s->decision ? tr(c, decision_label(s->decision)) : NULL, .action = url_statement(c, s, "/remarks")};
    struct page p = {.title = s->name ? s->name : tr(c, "共に担当している事業"), .place = tr(c, "照会への回答"), .menu = "answers", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "照会への回答"), url_path(c->arena, "/answers")};
    page_begin(c, w, &p);
    joint_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err answer_project_page(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    struct project_view v = {0};
    bool joint = false;
    TRY(need_role(c, STAFF_ROLES));
    if (!user_is(c->user, ROLE_SECRETARIAT)) {
        struct answer a;
        struct section x;
        TRY(record_load(c, &answer_entity, r->param[0], &a));
        TRY(record_load(c, &section_entity, a.section, &x));
        bool mine = false;
        TRY(user_on_section(c, SECTION_ROLES | ROLE_APPROVER, x.unit, &mine));
        if (!mine)
            TRY(joint_reader(c, r->param[0], r->param[1], &v.s, &joint));
    }
    if (joint)
        return joint_page(c, w, &v.s);
    TRY(statement_case_load(c, r->param[0], r->param[1], false, &k, &v.s));
    /* From the confirmation page: the faults stand at their fields. */
    if (k.may_edit && form_has(&r->query, "check")) {
        record_check(c, &statement_entity, &v.s, v.s.year, true);
        statement_check(c, &v.s);
    }
    return project_draw(c, w, &k, &v, false);
}

/* --- saving --- */

static void field_take(const struct field *f, void *to, const void *from)
{
    size_t size = f->kind == FIELD_SET ? sizeof(struct set) : f->kind == FIELD_FLAG ? sizeof(bool) : sizeof(int64_t);
    memcpy((char *)to + f->offset, (const char *)from + f->offset, size);
    if (f->kind == FIELD_CHILD)
        memcpy((char *)to + f->offset_n, (const char *)from + f->offset_n, sizeof(size_t));
}

/* Where the stored text and the typed one differ and nobody has said which to keep; what was said is done. */
static size_t conflicts_settle(struct ctx *c, const struct request *r, const struct statement *stored, struct statement *after, bool stale, struct conflict_row **out)
{
    struct change *v = NULL;
    struct conflict_row *rows = NULL;
    size_t cap = 0, open = 0, n = entity_diff(c->arena, &statement_entity, stored, after, &v);
    for (size_t i = 0; i < n; i++) {
        const char *input = arena_printf(c->arena, "keep.%s", v[i].field->name), *said = form_get(&r->form, input);
        if (text_eq(said, "theirs"))
            field_take(v[i].field, after, stored);
        else if (stale && !text_eq(said, "mine"))
            ARENA_PUSH(c->arena, rows, open, cap) = (struct conflict_row){input, tr(c, v[i].field->label), statement_shown(c, v[i].field, after),
                                                                          statement_shown(c, v[i].field, stored)};
    }
    *out = rows;
    return open;
}

static const char *last_writer(struct ctx *c, int64_t statement)
{
    struct audit_line *v = NULL;
    size_t n = 0;
    return audit_history(c, "statement", statement, 1, &v, &n) == OK && n > 0 ? v[0].who : NULL;
}

enum err answer_project_post(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    struct statement before;
    struct project_view v = {0};
    TRY(need_role(c, STAFF_ROLES));
    TRY(statement_case_load(c, r->param[0], r->param[1], true, &k, &before));
    entity_copy(c->arena, &statement_entity, &v.s, &before);
    enum err e = record_from_form(c, &statement_entity, &r->form, before.year, &v.s);
    if (e == OK) {
        bool stale = form_int(&r->form, "version") != before.version;
        v.conflicts = conflicts_settle(c, r, &before, &v.s, stale, &v.conflict);
        if (v.conflicts) {
            const char *who = last_writer(c, before.id);
            w->status = 409;
            fail(c, E_CONFLICT, tr(c, "%sさんが先に保存しました。違うところを見て、残すほうを選んでください。"), who ? who : tr(c, "ほかの人"));
            return project_draw(c, w, &k, &v, true);
        }
        e = statement_save(c, &before, &v.s);
    }
    if (e == E_INPUT) {
        w->status = 422;
        v.unsaved = true;
        v.s.version = form_int(&r->form, "version");
        return project_draw(c, w, &k, &v, true);
    }
    TRY(e);
    const char *go = form_get(&r->form, "go");
    if (!k.may_edit)
        return page_done(c, w, url_statement(c, &v.s, ""), "字句を直しました。変えたところを、課に手紙で知らせました。");
    if (form_has(&r->form, "draft")) {
        v.saved = saved_sentence(c);
        return project_draw(c, w, &k, &v, true);
    }
    struct url to = text_eq(go, "check") ? url_answer(c, k.answer.id, "/check") : text_eq(go, "back") ? url_answer(c, k.answer.id, "") : url_statement(c, &v.s, "");
    return page_done(c, w, to, saved_sentence(c));
}

/* --- a new project, and taking it away again --- */

static enum err new_draw(struct ctx *c, struct response *w, const struct answer_case *k, const struct statement *s)
{
    struct project_new_view v = {.s = *s, .action = url_answer(c, k->answer.id, "/projects/new")};
    TRY(answer_head_make(c, k, &v.h));
    struct page p = answer_page_of(c, tr(c, "新しい事業を加える"), k, true);
    page_begin(c, w, &p);
    project_new_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

static enum err need_edit(struct ctx *c, const struct answer_case *k)
{
    if (k->may_edit)
        return OK;
    if (k->closed)
        return fail(c, E_CONFLICT, "%s", tr(c, "照会は閉じられました。回答は変えられません。事務局に連絡してください。"));
    if (k->secretariat && !k->own && !k->answer.entered_how)
        return fail(c, E_FORBIDDEN, "%s", tr(c, "事務局が代わりに入力するときは、先に受け取り方を書いてください。"));
    return fail(c, E_CONFLICT, tr(c, "この回答は「%s」です。直すときは、先に提出を取り下げてください。"), tr(c, answer_label(k->answer.state, false)));
}

static enum err new_case(struct ctx *c, struct request *r, bool lock, struct answer_case *k, struct statement *s)
{
    TRY(need_role(c, STAFF_ROLES));
    TRY(answer_case_load(c, r->param[0], lock, k));
    TRY(need_edit(c, k));
    entity_init(&statement_entity, s);
    s->answer = k->answer.id;
    s->year = k->inquiry.year;
    s->scheme = k->inquiry.scheme;
    return OK;
}

enum err answer_new_page(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    struct statement s;
    TRY(new_case(c, r, false, &k, &s));
    return new_draw(c, w, &k, &s);
}

enum err answer_new_post(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    struct statement s;
    TRY(new_case(c, r, true, &k, &s));
    enum err e = record_from_form(c, &statement_entity, &r->form, s.year, &s);
    if (e == OK)
        e = statement_save(c, NULL, &s);
    if (e == E_INPUT) {
        w->status = 422;
        return new_draw(c, w, &k, &s);
    }
    TRY(e);
    return page_done(c, w, url_statement(c, &s, ""), saved_sentence(c));
}

enum err answer_remove_page(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    struct statement s;
    struct remove_view v;
    TRY(need_role(c, STAFF_ROLES));
    TRY(statement_case_load(c, r->param[0], r->param[1], false, &k, &s));
    TRY(need_edit(c, &k));
    if (!text_eq(s.decision, "new"))
        return fail(c, E_CONFLICT, "%s", tr(c, "昨年度からの事業は消せません。「終わる」を選んで理由を書いてください。"));
    v = (struct remove_view){.name = s.name, .action = url_statement(c, &s, "/remove"), .back = url_answer(c, k.answer.id, "")};
    TRY(answer_head_make(c, &k, &v.h));
    struct page p = answer_page_of(c, tr(c, "事業を消す"), &k, true);
    page_begin(c, w, &p);
    remove_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err answer_remove_post(struct ctx *c, struct request *r, struct response *w)
{
    struct answer_case k;
    struct statement s;
    TRY(need_role(c, STAFF_ROLES));
    TRY(statement_case_load(c, r->param[0], r->param[1], true, &k, &s));
    TRY(statement_remove(c, s.id));
    return page_done(c, w, url_answer(c, k.answer.id, ""), "事業を消しました。");
}
