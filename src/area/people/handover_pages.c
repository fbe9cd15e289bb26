/* Pages about handing over: one person's duties, a section's people over the years, the list of all who move. */
#include "area/people/handover.html.h"
#include "area/people/handover_views.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "core/listing.h"
#include "core/section.h"
#include "export/table.h"

static enum err spans_make(struct ctx *c, int64_t unit, int64_t account, struct spans_view *out)
{
    struct duty_span *v;
    TRY(duty_spans(c, unit, account, &v, &out->n));
    struct span_row *row = arena_many(c->arena, struct span_row, out->n + 1);
    for (size_t i = 0; i < out->n; i++) {
        const char *since = date_era(c->arena, instant_date(c->arena, v[i].since)), *partner = handover_partner_label(v[i].partner);
        row[i] = (struct span_row){.person = v[i].person, .label = v[i].label, .from = v[i].from, .to = v[i].to, .to_person = url_path(c->arena, "/users/%lld/handover", (long long)v[i].account),
                                   .now = v[i].since <= c->now && (v[i].until == NONE || v[i].until > c->now)};
        row[i].span = v[i].until == NONE ? arena_printf(c->arena, tr(c, "%sから"), since)
                      : v[i].until <= v[i].since ? arena_printf(c->arena, tr(c, "%sから(はじまる前に終わり)"), since)
                                         : arena_printf(c->arena, tr(c, "%sから%sまで"), since, date_era(c->arena, instant_date(c->arena, v[i].until - 1)));
        if (v[i].handed_on != NULL)
            row[i].note = arena_printf(c->arena, "%s %s%s%s", date_era(c->arena, v[i].handed_on), partner != NULL ? tr(c, partner) : "", v[i].note != NULL ? " " : "", v[i].note != NULL ? v[i].note : "");
    }
    out->v = row;
    out->people = account == NONE;
    return OK;
}

static enum err spans_file(struct ctx *c, struct request *r, struct response *w, const struct spans_view *v, const char *whose)
{
    static const struct table_column column[] = {{.title = "人", .width = 20}, {.title = "役割", .width = 34}, {.title = "期間", .width = 50}, {.title = "いま", .width = 6}, {.title = "だれから", .width = 20}, {.title = "だれへ", .width = 20},
                                                 {.title = "引きつぎ", .width = 50, .wrap = true}};
    struct cells x = {0};
    for (size_t i = 0; i < v->n; i++) {
        const char *const cell[] = {v->people ? v->v[i].person : whose, v->v[i].label, v->v[i].span, v->v[i].now ? "いま" : NULL, v->v[i].from, v->v[i].to, v->v[i].note};
        for (size_t k = 0; k < sizeof cell / sizeof *cell; k++)
            cell_text(c, &x, cell[k]);
    }
    return file_answer_cells(c, r, w, arena_printf(c->arena, "%s_受け持ちの記録", whose), TABLE_COLUMNS(column), &x);
}

enum err section_people_page(struct ctx *c, struct request *r, struct response *w)
{
    struct section s;
    struct spans_view v = {0};
    TRY(record_load(c, &section_entity, r->param[0], &s));
    TRY(spans_make(c, s.unit, NONE, &v));
    if (file_asked(c, r))
        return spans_file(c, r, w, &v, s.name);
    struct page p = {.title = arena_printf(c->arena, tr(c, "%sの人"), s.name), .menu = "settings", .year = NONE};
    crumb_settings(c, &p);
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "所属と推進員"), url_path(c->arena, "/sections?year=%lld", (long long)s.year)};
    page_begin(c, w, &p);
    spans_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* --- one person --- */

static bool ticked(struct ctx *c, int64_t duty)
{
    const char **v = NULL;
    size_t n = c->request->method == HTTP_POST ? form_all(c->arena, &c->request->form, "duties", &v) : 0;
    for (size_t i = 0; i < n; i++)
        if (text_eq(v[i], arena_printf(c->arena, "%lld", (long long)duty)))
            return true;
    return c->request->method != HTTP_POST;
}

static enum err handover_draw(struct ctx *c, struct response *w, int64_t account)
{
    struct account a;
    struct account_duty *d = NULL;
    size_t duties = 0;
    struct sql tail;
    TRY(record_load(c, &account_entity, account, &a));
    sql_init(&tail, c->arena); /* with those that begin on 1 April */
    sql_add(&tail, "WHERE account = $ AND (until IS NULL OR (until > $", P(account, c->now));
    sql_add(&tail, " AND until > since)) ORDER BY since, id LIMIT 200", P0);
    TRY_DB(c, entity_select(c->db, c->arena, &account_duty_entity, &tail, false, &d, &duties));
    struct choice *duty = arena_many(c->arena, struct choice, duties + 1), *partner = arena_many(c->arena, struct choice, 4);
    struct handover_view v = {.name = a.name, .today = date_short(c->arena, instant_date(c->arena, c->now)), .note = typed(c, "note"), .duty = duty, .partner = partner,
                              .action = url_path(c->arena, "/users/%lld/handover", (long long)account), .back = url_path(c->arena, "/users/%lld", (long long)account)};
    for (size_t i = 0; i < duties; i++) {
        struct duty one = {d[i].id, role_from_name(d[i].role), d[i].unit, d[i].organization};
        duty[v.duties++] = (struct choice){arena_printf(c->arena, "%lld", (long long)one.id), duty_label(c, &one), NONE, ticked(c, one.id)};
    }
    for (const struct handover_partner *p = handover_partners; p->code != NULL; p++)
        partner[v.partners++] = (struct choice){p->code, tr(c, p->label), NONE, text_eq(typed(c, "partner"), p->code)};
    TRY(spans_make(c, NONE, account, &v.past));
    struct page p = {.title = arena_printf(c->arena, tr(c, "%sさんの役割の引きつぎ"), a.name), .menu = "users", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "利用者"), url_path(c->arena, "/users")};
    p.crumb[p.crumbs++] = (struct crumb){arena_printf(c->arena, tr(c, "%sさん"), a.name), v.back};
    page_begin(c, w, &p);
    handover_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err handover_page(struct ctx *c, struct request *r, struct response *w)
{
    struct account a;
    struct spans_view v = {0};
    if (!file_asked(c, r))
        return handover_draw(c, w, r->param[0]);
    TRY(record_load(c, &account_entity, r->param[0], &a));
    TRY(spans_make(c, NONE, a.id, &v));
    return spans_file(c, r, w, &v, a.name);
}

static enum err hand_over(struct ctx *c, struct request *r, int64_t *n)
{
    const char **v = NULL, *login = login_canonical(c->arena, form_get(&r->form, "to"));
    size_t duties = form_all(c->arena, &r->form, "duties", &v);
    struct handover_facts f = {form_get(&r->form, "handed_on"), form_get(&r->form, "partner"), form_get(&r->form, "note")};
    int64_t to = NONE;
    *n = 0;
    if (duties == 0)
        return fail_field(&c->fail, "duties", "%s", tr(c, "引きつぐ役割を1つ以上選んでください"));
    if (login == NULL)
        return fail_field(&c->fail, "to", "%s", tr(c, "後任の利用者名を入力してください"));
    enum err e = db_get_int(c->db, "SELECT id FROM account WHERE login = $1", P(login), &to);
    if (e == E_NOT_FOUND)
        return fail_field(&c->fail, "to", tr(c, "「%s」という利用者はいません。先に利用者を加えてください"), login);
    TRY_DB(c, e);
    for (size_t i = 0; i < duties; i++) {
        int64_t duty = NONE, whose = NONE;
        if (v[i] == NULL || !text_parse_int(v[i], &duty) || db_get_int(c->db, "SELECT account FROM duty WHERE id = $1", P(duty), &whose) != OK || whose != r->param[0])
            return fail(c, E_INPUT, "%s", tr(c, "この人の役割ではないものが選ばれています。"));
        TRY(duty_hand_over(c, duty, to, &f));
        ++*n;
    }
    return OK;
}

enum err handover_post(struct ctx *c, struct request *r, struct response *w)
{
    int64_t n = 0;
    TRY_DB(c, db_savepoint(c->db, "handover"));
    enum err e = hand_over(c, r, &n);
    if (e == E_INPUT && c->fail.faults_n > 0) {
        db_rollback_to(c->db, "handover");
        w->status = 422;
        return handover_draw(c, w, r->param[0]);
    }
    TRY(e);
    TRY_DB(c, db_release(c->db, "handover"));
    return page_done(c, w, url_path(c->arena, "/users/%lld/handover", (long long)r->param[0]), arena_printf(c->arena, tr(c, "役割を%lld件引きつぎました。"), (long long)n));
}

/* --- the list of staff, for all who move --- */

static enum err staff_rows(struct ctx *c, struct table *t)
{
    struct section_node *node[2];
    size_t n[2];
    for (size_t k = 0; k < 2; k++) /* the duties of 1 April are there as soon as next year's sections are */
        TRY(sections_of_year(c, this_year(c) + (int64_t)k, &node[k], &n[k]));
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT a.login, a.name, a.mail, d.role, d.unit FROM duty d JOIN account a ON a.id = d.account WHERE a.active AND d.unit IS NOT NULL "
                                      "AND (d.until IS NULL OR (d.until > $1 AND d.until > d.since)) ORDER BY d.unit, a.login", P(c->now));
         db_next(q);) {
        const struct section_node *s = NULL;
        for (size_t k = 0; k < 2; k++)
            for (size_t i = 0; s == NULL && i < n[k]; i++)
                if (node[k][i].s.unit == db_int(q, 4))
                    s = &node[k][i];
        if (s == NULL) /* of a section that is no more: a row that could not come back */
            continue;
        table_text(t, db_text(q, 0));
        table_text(t, db_text(q, 1));
        table_text(t, db_text(q, 2));
        table_text(t, role_label(c, role_from_name(db_text(q, 3))));
        table_text(t, s != NULL ? s->department : NULL);
        table_text(t, s != NULL && s->depth > 0 ? s->s.name : NULL);
        TRY(table_row(t));
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err sheet_write(struct ctx *c, void *arg)
{
    static const struct table_column columns[] = {
        {.title = "利用者名"}, {.title = "名前"}, {.title = "メール"}, {.title = "役割"}, {.title = "部局"}, {.title = "所属"}, {.title = "前任者", .note = "前任者の利用者名。書くと、その人の役割が終わり、この行の人に移ります。"},
        {.title = "引きつぎ日", .note = "R9.4.1 のように書きます。"}, {.title = "相手の同席", .note = "協働の相手が引きつぎに同席したか。「あり」「なし」、相手がいなければ空けます。"},
        {.title = "終わり", .note = "何か書くと、この役割が終わります。"}};
    struct response *w = arg;
    struct table *t = NULL;
    struct table_result done;
    const struct table_options about = {.title = "職員の表", .created = c->now};
    const struct table_sheet sheet = {.name = "職員", .column = columns, .columns = sizeof columns / sizeof columns[0], .spare = 50};
    TRY(table_open(c->arena, TABLE_XLSX, &about, &t, &c->fail));
    enum err e = table_sheet(t, &sheet);
    e = e != OK ? e : staff_rows(c, t);
    if (e != OK) {
        table_discard(t);
        return e;
    }
    TRY(table_close(t, &done));
    return file_body(c, w, done.file, done.bytes);
}

enum err transfer_sheet(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    TRY(need_role(c, (uint32_t)(ROLE_SECRETARIAT | ROLE_OPERATOR)));
    TRY(in_read(c, sheet_write, w));
    w->type = table_format_type(TABLE_XLSX);
    response_attachment(w, "職員.xlsx");
    return OK;
}
