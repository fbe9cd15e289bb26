/* /projects/ID/withhold: what was published by mistake is hidden in one step, in every edition, and published again. */
#include <string.h>

#include "area/organization/organization.h"
#include "area/register/correction.h"
#include "area/register/public.h"
#include "area/register/public_views.h"
#include "area/register/public_withhold.html.h"
#include "base/crypto.h"
#include "base/text.h"
#include "core/job.h"

enum { VALUES_MOST = 400, ID_HEX = 16 };
#define REASON_OF "correction-" /* before a correction's number, among what is hidden */

/* --- what there is to hide: every value that any edition or any statement of the project has --- */

struct values {
    struct withhold_value *v; size_t n, cap;
    struct linked { const char *organization, *name; } *linked; size_t linked_n, linked_cap; /* by which names a linked partner stands */
};

static void add_value(struct ctx *c, struct values *list, const struct field *f, const struct field *column, const char *value, const char *words)
{
    struct part parts[] = {PART(f->name), PART(column->name), PART(value)};
    const char *id = arena_dup_n(c->arena, hash_hex(c->arena, crypto_hash(parts, 3)), ID_HEX);
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->v[i].id, id) == 0)
            return;
    if (list->n < VALUES_MOST)
        ARENA_PUSH(c->arena, list->v, list->n, list->cap) =
            (struct withhold_value){.id = id, .field = f->name, .column = column->name, .value = value, .text = arena_printf(c->arena, "%s・%s: %s", f->label, column->label, words)};
}

/* The texts and figures of a table's cells, and whom a partner is linked to; codes and years name nobody. Of a partner the name and the link alone: with either its whole row
 * goes, and nobody who ticks a role means that. */
static void add_cells(struct ctx *c, struct values *list, const struct field *f, const void *row)
{
    bool party = entity_field(f->child, "organization") != NULL;
    for (size_t i = 0; i < f->child->fields_n; i++) {
        const struct field *column = &f->child->fields[i];
        const char *value = entity_value(c->arena, column, row);
        if (value == NULL || field_audience(column) != AUDIENCE_PUBLIC || (party && column->kind == FIELD_TEXT && !text_eq(column->name, "name")))
            continue;
        if (column->kind == FIELD_TEXT)
            add_value(c, list, f, column, value, value);
        else if (column->kind == FIELD_MILLI)
            add_value(c, list, f, column, value, milli(c, field_int(column, row)));
        else if (column->kind == FIELD_REF && text_eq(column->ref, "organization")) {
            const struct field *name = entity_field(f->child, "name");
            add_value(c, list, f, column, value, organization_label(c, field_int(column, row)));
            if (name != NULL && field_text(name, row) != NULL)
                ARENA_PUSH(c->arena, list->linked, list->linked_n, list->linked_cap) = (struct linked){value, field_text(name, row)};
        }
    }
}

static void add_statement(struct ctx *c, struct values *list, const struct statement *s)
{
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *f = &statement_entity.fields[i];
        if (f->kind != FIELD_CHILD || !(f->flags & WITHHOLD))
            continue;
        const char *rows;
        size_t n;
        memcpy(&rows, (const char *)s + f->offset, sizeof rows);
        memcpy(&n, (const char *)s + f->offset_n, sizeof n);
        for (size_t k = 0; k < n; k++)
            add_cells(c, list, f, rows + k * f->child->size);
    }
}

static enum err collect(struct ctx *c, int64_t project, struct values *list)
{
    int64_t *id = NULL;
    size_t n = 0, cap = 0;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id FROM frozen WHERE project = $1 ORDER BY year DESC, id DESC", P(project));
    while (db_next(q))
        ARENA_PUSH(c->arena, id, n, cap) = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < n; i++) {
        struct frozen f;
        struct statement s;
        TRY(frozen_load(c, id[i], &f));
        TRY(frozen_whole(c, &f, &s));
        add_statement(c, list, &s);
    }
    struct statement *s = NULL;
    struct sql tail;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE project = $ ORDER BY id DESC", P(project));
    TRY_DB(c, entity_select(c->db, c->arena, &statement_entity, &tail, false, &s, &n));
    for (size_t i = 0; i < n; i++)
        add_statement(c, list, &s[i]);
    return OK;
}

/* --- the page --- */

static bool chosen(struct ctx *c, const char *name, const char *code)
{
    const char **v;
    if (c->request == NULL || c->request->method != HTTP_POST)
        return false;
    size_t n = form_all(c->arena, &c->request->form, name, &v);
    for (size_t i = 0; i < n; i++)
        if (text_eq(v[i], code))
            return true;
    return false;
}

static enum err add_hidden(struct ctx *c, int64_t project, struct withhold_view *v)
{
    struct db_rows *q = db_query(c->db, c->arena, "SELECT field, reason, at FROM withholding WHERE entity = 'project' AND record = $1 AND lifted_at IS NULL ORDER BY id DESC", P(project));
    while (db_next(q)) {
        const char *code = db_text(q, 0), *column = strchr(code, '.');
        const struct field *f = entity_field(&statement_entity, arena_dup_n(c->arena, code, strcspn(code, "."))), *cell = NULL;
        if (f == NULL)
            continue;
        if (column != NULL && f->kind == FIELD_CHILD)
            cell = entity_field(f->child, arena_dup_n(c->arena, column + 1, strcspn(column + 1, "~")));
        size_t k = v->hiddens;
        ARENA_PUSH(c->arena, v->hidden, v->hiddens, v->hiddens_cap).code = code;
        v->hidden[k].id = arena_printf(c->arena, "hidden-%zu", k);
        v->hidden[k].label = cell != NULL ? arena_printf(c->arena, tr(c, "%sの中の1つ(%s)"), f->label, cell->label) : f->label;
        v->hidden[k].reason = db_text(q, 1);
        v->hidden[k].when = at(c, db_int(q, 2));
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* Reasons of corrections: those to hide, and those hidden. */
static enum err add_reasons(struct ctx *c, int64_t project, struct withhold_view *v)
{
    struct correction_reason *r = NULL;
    size_t n = 0;
    TRY(correction_reasons(c, project, &r, &n));
    v->correction = arena_many(c->arena, struct withhold_row, n + 1);
    for (size_t i = 0; i < n; i++) {
        const char *code = arena_printf(c->arena, "%lld", (long long)r[i].id);
        if (r[i].withheld == NULL)
            v->correction[v->corrections++] = (struct withhold_row){.code = code, .label = arena_printf(c->arena, "%s: %s", at(c, r[i].at), r[i].reason),
                                                                  .id = arena_printf(c->arena, "correction-%s", code), .on = chosen(c, "correction", code)};
        else {
            ARENA_PUSH(c->arena, v->hidden, v->hiddens, v->hiddens_cap).code = arena_printf(c->arena, REASON_OF "%s", code);
            v->hidden[v->hiddens - 1].id = arena_printf(c->arena, "hidden-" REASON_OF "%s", code);
            v->hidden[v->hiddens - 1].label = arena_printf(c->arena, tr(c, "%sの訂正の理由"), at(c, r[i].at));
            v->hidden[v->hiddens - 1].reason = r[i].withheld;
            v->hidden[v->hiddens - 1].when = at(c, r[i].hidden_at);
        }
    }
    return OK;
}

static enum err draw(struct ctx *c, struct response *w, int64_t project)
{
    struct withhold_view v = {.action = url_path(c->arena, "/projects/%lld/withhold", (long long)project), .back = url_project(c, project)};
    const char *names = withheld(c, "project", project);
    struct values list = {0};
    size_t cap = 0, value_cap = 0;
    int64_t edition;
    struct frozen f;
    TRY(project_frozen(c, project, NONE, &f, &edition));
    v.name = is_withheld(names, "name") ? tr(c, WITHHELD_MARK) : f.name;
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *x = &statement_entity.fields[i];
        if ((x->flags & WITHHOLD) && !is_withheld(names, x->name))
            ARENA_PUSH(c->arena, v.field, v.fields, cap) =
                (struct withhold_row){.code = x->name, .label = x->label, .id = arena_printf(c->arena, "field-%s", x->name), .on = chosen(c, "field", x->name)};
    }
    TRY(collect(c, project, &list));
    for (size_t i = 0; i < list.n; i++)
        if (!is_withheld(names, list.v[i].field) && !is_withheld_value(c->arena, names, list.v[i].field, list.v[i].column, list.v[i].value))
            ARENA_PUSH(c->arena, v.value, v.values, value_cap) =
                (struct withhold_row){.code = list.v[i].id, .label = list.v[i].text, .id = arena_printf(c->arena, "value-%zu", i), .on = chosen(c, "value", list.v[i].id)};
    TRY(add_hidden(c, project, &v));
    TRY(add_reasons(c, project, &v));
    struct page p = {.title = tr(c, "公開した内容をかくす"), .place = tr(c, "協働事業"), .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "協働事業"), url_path(c->arena, "/projects")};
    page_begin(c, w, &p);
    public_withhold_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err withhold_page(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    return draw(c, w, r->param[0]);
}

/* --- hiding and lifting --- */

/* Fields of the public statement that still say one of the words: somebody's name seldom stands in one place only. */
static enum err still_says(struct ctx *c, int64_t project, const char **words, size_t n, const char **fields)
{
    struct sb b;
    int64_t *id = NULL;
    size_t ids = 0, cap = 0;
    sb_init(&b, c->arena);
    struct db_rows *q = db_query(c->db, c->arena, "SELECT DISTINCT f.id FROM frozen f JOIN edition_item i ON i.frozen = f.id JOIN edition e ON e.id = i.edition "
                                                  "WHERE f.project = $1 AND e.state = 'published'", P(project));
    while (db_next(q))
        ARENA_PUSH(c->arena, id, ids, cap) = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < ids; i++) {
        struct frozen f;
        struct statement s;
        struct frozen_words w;
        const char *hidden;
        TRY(frozen_load(c, id[i], &f));
        TRY(frozen_open(c, &f, AUDIENCE_PUBLIC, &s, &w, &hidden));
        for (size_t k = 0; k < statement_entity.fields_n; k++) {
            const struct field *x = &statement_entity.fields[k];
            const char *text = entity_value(c->arena, x, &s);
            for (size_t m = 0; m < n && text != NULL; m++)
                if (strstr(text, words[m]) != NULL && strstr(sb_str(&b), x->label) == NULL)
                    sb_printf(&b, "%s%s", b.n > 0 ? "、" : "", x->label);
        }
    }
    struct correction_reason *r = NULL;
    TRY(correction_reasons(c, project, &r, &ids));
    bool told = false;
    for (size_t i = 0; i < ids; i++)
        for (size_t m = 0; m < n && !told; m++)
            told = r[i].withheld == NULL && strstr(r[i].reason, words[m]) != NULL;
    if (told)
        sb_printf(&b, "%s%s", b.n > 0 ? "、" : "", tr(c, "訂正の理由"));
    *fields = b.n > 0 ? sb_str(&b) : NULL;
    return OK;
}

static enum err hide(struct ctx *c, int64_t project, const struct form *form, const char *reason, const char ***words, size_t *words_n)
{
    const char **field, **value, **correction;
    size_t fields = form_all(c->arena, form, "field", &field), values = form_all(c->arena, form, "value", &value), corrections = form_all(c->arena, form, "correction", &correction), cap = 0;
    struct values list = {0};
    TRY(collect(c, project, &list));
    for (size_t i = 0; i < fields; i++)
        TRY(withhold_set(c, "project", project, field[i], reason));
    for (size_t i = 0; i < corrections; i++) {
        int64_t id = NONE;
        if (correction[i] != NULL)
            text_parse_int(correction[i], &id);
        TRY(correction_reason_withhold(c, project, id, reason));
    }
    for (size_t i = 0; i < values; i++)
        for (size_t k = 0; k < list.n; k++)
            if (text_eq(list.v[k].id, value[i])) {
                const struct field *f = entity_field(&statement_entity, list.v[k].field);
                TRY(withhold_value_set(c, "project", project, list.v[k].field, list.v[k].column, list.v[k].value, reason));
                if (entity_field(f->child, list.v[k].column)->kind == FIELD_TEXT)
                    ARENA_PUSH(c->arena, *words, *words_n, cap) = list.v[k].value;
                /* A partner hidden by its record is hidden by its names too: another year may have it without the link. */
                for (size_t m = 0; m < list.linked_n && text_eq(list.v[k].column, "organization"); m++)
                    if (text_eq(list.linked[m].organization, list.v[k].value)) {
                        TRY(withhold_value_set(c, "project", project, list.v[k].field, "name", list.linked[m].name, reason));
                        ARENA_PUSH(c->arena, *words, *words_n, cap) = list.linked[m].name;
                    }
            }
    return OK;
}

static enum err lift(struct ctx *c, int64_t project, const struct form *form, const char *reason)
{
    const char **name;
    size_t n = form_all(c->arena, form, "hidden", &name);
    for (size_t i = 0; i < n; i++) {
        int64_t correction = NONE;
        if (text_starts(name[i], REASON_OF) && text_parse_int(name[i] + strlen(REASON_OF), &correction))
            TRY(correction_reason_show(c, project, correction, reason));
        else
            TRY(withhold_clear(c, "project", project, name[i], reason));
    }
    return OK;
}

enum err withhold_post(struct ctx *c, struct request *r, struct response *w)
{
    bool lifting = form_has(&r->form, "lift");
    const char *reason = form_get(&r->form, lifting ? "lift_reason" : "reason"), **words = NULL, *elsewhere = NULL;
    size_t words_n = 0;
    if (lifting ? form_get(&r->form, "hidden") == NULL : form_get(&r->form, "field") == NULL && form_get(&r->form, "value") == NULL && form_get(&r->form, "correction") == NULL)
        fail_field(&c->fail, lifting ? "hidden" : "field", "%s", lifting ? tr(c, "公開に戻す項目を選んでください") : tr(c, "かくす項目を選んでください"));
    if (reason == NULL)
        fail_field(&c->fail, lifting ? "lift_reason" : "reason", "%s", tr(c, "理由を入力してください"));
    enum err e = c->fail.code;
    if (e == OK)
        e = lifting ? lift(c, r->param[0], &r->form, reason) : hide(c, r->param[0], &r->form, reason, &words, &words_n);
    if (e == E_INPUT) {
        w->status = 422;
        return draw(c, w, r->param[0]);
    }
    TRY(e);
    TRY(job_put(c, "casebook.renew", 0, c->now)); /* kept files lose it now, not when somebody asks */
    if (lifting)
        return page_done(c, w, url_project(c, r->param[0]), tr(c, "選んだ内容を公開に戻しました。"));
    TRY(still_says(c, r->param[0], words, words_n, &elsewhere));
    if (elsewhere != NULL)
        return page_done(c, w, url_path(c->arena, "/projects/%lld/withhold", (long long)r->param[0]),
                         arena_printf(c->arena, tr(c, "かくしました。同じことばがほかの項目にも残っています: %s。その項目もかくすか、記載を訂正してください。"), elsewhere));
    return page_done(c, w, url_project(c, r->param[0]), tr(c, "選んだ内容を、すべての版と画面とファイルでかくしました。"));
}
