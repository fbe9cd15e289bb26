/* Pages about organizations: the public list and page, what staff see and change. The import's page is in import_pages.c. */
#include "area/organization/organization.html.h"

#include <string.h>

#include "area/organization/list.h"
#include "area/organization/pages.h"
#include "area/organization/views.h"
#include "base/date.h"
#include "base/text.h"
#include "core/audit.h"
#include "core/preset.h"
#include "core/listing.h"

enum { SAME_SHOWN = 5, LOG_SHOWN = 20 };

#define DRAW(c, w, p, template_, v)              \
    do {                                         \
        page_begin((c), (w), (p));               \
        template_((c), &(w)->body, (v));         \
        page_end((c), (w), (p));                 \
    } while (0)

/* --- the list --- */

static struct url here_without(struct ctx *c, const struct request *r, const char *name, const char *and_too)
{
    struct url u = url_with(c->arena, (struct url){r->target}, "at", NULL);
    u = url_with(c->arena, u, name, NULL);
    return and_too != NULL ? url_with(c->arena, u, and_too, NULL) : u;
}

static void filter_read(struct ctx *c, const struct request *r, struct organization_filter *f)
{
    *f = (struct organization_filter){.q = form_get(&r->query, "q"), .kind = form_get(&r->query, "kind"), .field = form_get(&r->query, "field"),
                                      .prefecture = form_get(&r->query, "prefecture"), .city = form_get(&r->query, "city"),
                                      .closed = form_get(&r->query, "closed") != NULL};
    /* The choice of cities stands for the prefecture of its own until another is chosen. */
    if (f->city != NULL && f->prefecture == NULL)
        f->prefecture = setting(c, "prefecture_name");
}

static struct org_select *add_select(struct org_list_view *v, const char *name, const char *legend, const char *any)
{
    struct org_select *s = &v->select[v->selects++];
    *s = (struct org_select){.name = name, .legend = legend, .any = any};
    return s;
}

static void add_option(struct ctx *c, struct org_select *s, const char *code, const char *label, int64_t n, const char *chosen)
{
    ARENA_PUSH(c->arena, s->v, s->n, s->cap) = (struct org_option){code, label, n, text_eq(code, chosen)};
}

static enum err fill_selects(struct ctx *c, const struct organization_filter *f, struct org_list_view *v)
{
    static const char *const kinds[][3] = {{"kind", "種類", "partner_kind"}, {"field", "活動の分野", "field"}};
    for (size_t k = 0; k < 2; k++) {
        const struct word *w = NULL;
        size_t n = 0;
        TRY(words(c, kinds[k][2], NULL, this_year(c), &w, &n));
        struct org_select *s = add_select(v, kinds[k][0], tr(c, kinds[k][1]), tr(c, "すべて"));
        for (size_t i = 0; i < n; i++)
            add_option(c, s, w[i].code, w[i].label, NONE, k == 0 ? f->kind : f->field);
    }
    struct org_select *s = add_select(v, "prefecture", tr(c, "都道府県"), tr(c, "すべて"));
    const char *prefecture;
    for (size_t i = 0; (prefecture = prefecture_at(i)) != NULL; i++)
        add_option(c, s, prefecture, prefecture, NONE, f->prefecture);
    const char *of = f->prefecture != NULL ? f->prefecture : setting(c, "prefecture_name");
    if (of == NULL)
        return OK;
    struct city_choice *city = NULL;
    size_t n = 0;
    TRY(cities_of(c, of, f->closed, &city, &n));
    if (n > 0)
        s = add_select(v, "city", arena_printf(c->arena, tr(c, "市区町村(%s)"), of), tr(c, "すべて"));
    for (size_t i = 0; i < n; i++)
        add_option(c, s, city[i].city, city[i].city, city[i].count, f->city);
    return OK;
}

static void add_chip(struct ctx *c, struct org_list_view *v, const char *text, struct url off)
{
    ARENA_PUSH(c->arena, v->chip, v->chips, v->chips_cap) = (struct chip){text, off};
}

static void fill_chips(struct ctx *c, const struct request *r, const struct organization_filter *f, struct org_list_view *v)
{
    if (f->q != NULL)
        add_chip(c, v, arena_printf(c->arena, tr(c, "ことば「%s」"), f->q), here_without(c, r, "q", NULL));
    if (f->kind != NULL)
        add_chip(c, v, word(c, "partner_kind", f->kind, this_year(c)), here_without(c, r, "kind", NULL));
    if (f->field != NULL)
        add_chip(c, v, word(c, "field", f->field, this_year(c)), here_without(c, r, "field", NULL));
    if (f->prefecture != NULL)
        add_chip(c, v, f->prefecture, here_without(c, r, "prefecture", "city"));
    if (f->city != NULL)
        add_chip(c, v, f->city, here_without(c, r, "city", NULL));
}

static enum err fields_of(struct ctx *c, int64_t organization, const char **out)
{
    struct sb o;
    sb_init(&o, c->arena);
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT code FROM organization_set WHERE owner = $1 AND field = 'fields' ORDER BY position", P(organization));
         db_next(q);)
        sb_printf(&o, "%s%s", o.n > 0 ? "・" : "", word(c, "field", db_text(q, 0), NONE));
    TRY_DB(c, db_error(c->db));
    *out = o.n > 0 ? sb_str(&o) : NULL;
    return OK;
}

static enum err fill_rows(struct ctx *c, const struct organization_list *list, struct org_list_view *v)
{
    v->row = arena_many(c->arena, struct org_row, list->n + 1);
    for (size_t i = 0; i < list->n; i++) {
        const struct organization_line *l = &list->v[i];
        struct collaboration *projects = NULL;
        size_t projects_n = 0;
        struct org_row *row = &v->row[v->n++];
        *row = (struct org_row){.to = url_organization(c, l->id), .name = l->name, .kind = word(c, "partner_kind", l->kind, NONE),
                                .place = place_words(c->arena, l->prefecture, l->city), .number = l->number, .demo = l->demo};
        TRY(fields_of(c, l->id, &row->fields));
        TRY(collaborations_of(c, l->id, &projects, &projects_n));
        row->projects_shown = projects_n > 0 ? count(c, (int64_t)projects_n) : NULL;
        v->any_projects = v->any_projects || projects_n > 0;
        v->any_fields = v->any_fields || row->fields != NULL;
        v->listed = v->listed || l->number != NULL;
    }
    return OK;
}

static enum err list_file(struct ctx *c, struct request *r, struct response *w, const struct organization_filter *f, enum audience who)
{
    struct listing l = organizations_listing(c, f, who);
    return file_answer(c, r, w, &l);
}

enum err organizations_page(struct ctx *c, struct request *r, struct response *w)
{
    struct organization_filter f;
    struct organization_list list;
    filter_read(c, r, &f);
    if (file_asked(c, r))
        return list_file(c, r, w, &f, AUDIENCE_PUBLIC);
    TRY(organizations_list(c, &f, form_get(&r->query, "at"), &list));
    struct org_list_view v = {.q = f.q, .closed = f.closed, .by_words = f.q != NULL, .staff = user_is(c->user, STAFF_ROLES),
                              .secretariat = user_is(c->user, ROLE_SECRETARIAT)};
    TRY(fill_selects(c, &f, &v));
    fill_chips(c, r, &f, &v);
    TRY(fill_rows(c, &list, &v));
    struct url here = url_with(c->arena, (struct url){r->target}, "at", NULL);
    v.pager = (struct pager){.has_prev = list.before, .has_next = list.after, .count = list.count, .from = NONE, .to = NONE};
    if (list.before)
        v.pager.prev = url_with(c->arena, here, "at", list.prev);
    if (list.after)
        v.pager.next = url_with(c->arena, here, "at", list.next);
    v.range = list.count <= LIST_PAGE ? count_capped(c, list.count)
                                      : arena_printf(c->arena, tr(c, "%sのうち%zu件"), count_capped(c, list.count), v.n);
    v.all_off = url_path(c->arena, f.closed ? "/organizations?closed=1" : "/organizations");
    v.other = url_with(c->arena, here, "closed", f.closed ? NULL : "1");
    v.other_words = f.closed ? tr(c, "活動している団体を見る") : tr(c, "活動を終えた団体を見る");
    const char *question = strchr(here.s, '?');
    v.staff_file = (struct url){arena_printf(c->arena, "/organizations/staff-list%s%sformat=xlsx", question != NULL ? question : "", question != NULL ? "&" : "?")};
    v.json = (struct url){arena_printf(c->arena, "/organizations.json%s", question != NULL ? question : "")};
    v.fresh = url_path(c->arena, "/organizations/new");
    v.import = url_path(c->arena, "/organizations/import");
    v.title = f.closed ? tr(c, "活動を終えた団体") : tr(c, "団体");
    v.empty = f.q != NULL ? arena_printf(c->arena, tr(c, "「%s」に合う団体はありません。ことばを短くするか、条件を外してください。"), f.q)
              : v.chips > 0 ? tr(c, "この条件に合う団体はありません。条件を外してください。")
              : f.closed  ? tr(c, "活動を終えた団体はありません。")
                          : tr(c, "団体はまだ登録されていません。");
    struct page p = {.title = v.title, .menu = "organizations", .year = NONE};
    if (f.q != NULL)
        w->no_cache = true; /* what search finds may lie in another file, which the cache does not watch */
    DRAW(c, w, &p, organization_list_body, &v);
    return OK;
}

/* --- export --- */

/* The addresses of old: /organizations.csv and .json. */
static enum err csv_now(struct ctx *c, void *arg)
{
    struct organization_filter f;
    filter_read(c, c->request, &f);
    struct listing l = organizations_listing(c, &f, AUDIENCE_PUBLIC);
    return file_answer_as(c, arg, TABLE_CSV, &l);
}

static enum err write_json(struct ctx *c, struct json_sink *s, void *arg)
{
    int64_t rows = 0;
    return organizations_write_json(c, arg, s, &rows);
}

static enum err json_now(struct ctx *c, void *arg)
{
    struct response *w = arg;
    struct organization_filter f;
    filter_read(c, c->request, &f);
    response_attachment(w, arena_printf(c->arena, "%s_%s.json", tr(c, "団体一覧"), instant_date(c->arena, c->now)));
    return json_answer(c, w, write_json, &f);
}

enum err organizations_csv(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    return in_read(c, csv_now, w);
}

enum err organizations_json(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    return in_read(c, json_now, w);
}

/* The same list with what only staff may see. */
enum err organizations_staff_list(struct ctx *c, struct request *r, struct response *w)
{
    struct organization_filter f;
    if (!file_asked(c, r)) {
        response_redirect(w, "/organizations");
        return OK;
    }
    filter_read(c, r, &f);
    return list_file(c, r, w, &f, user_audience(c->user));
}

/* --- one organization --- */

static struct page page_of(struct ctx *c, const char *title, const struct organization *o)
{
    struct page p = {.title = title, .place = tr(c, "団体"), .menu = "organizations", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "団体"), url_path(c->arena, "/organizations")};
    if (o != NULL)
        p.crumb[p.crumbs++] = (struct crumb){o->name, url_organization(c, o->id)};
    return p;
}

static const char *close_cause(struct ctx *c, const char *code)
{
    static const char *const words_of[][2] = {{"01", "清算の結了など"}, {"11", "合併による解散など"}, {"21", "登記官による閉鎖"}, {"31", "その他の清算の結了など"}};
    for (size_t i = 0; i < sizeof words_of / sizeof words_of[0]; i++)
        if (text_eq(code, words_of[i][0]))
            return tr(c, words_of[i][1]);
    return NULL;
}

static const char *closed_words(struct ctx *c, const struct organization *o)
{
    if (text_eq(o->state, "open"))
        return NULL;
    const char *cause = close_cause(c, o->close_cause);
    const char *when = o->closed_on != NULL ? date(c, o->closed_on) : NULL;
    if (when == NULL)
        return tr(c, "この団体は活動を終えています。");
    return cause != NULL ? arena_printf(c->arena, tr(c, "この団体は活動を終えています(%sに登記を閉鎖。理由: %s)。"), when, cause)
                         : arena_printf(c->arena, tr(c, "この団体は活動を終えています(%sに登記を閉鎖)。"), when);
}

static void add_fact(struct ctx *c, struct org_page_view *v, const char *field, const char *value)
{
    if (value != NULL)
        ARENA_PUSH(c->arena, v->fact, v->facts, v->facts_cap) = (struct org_fact){.label = tr(c, entity_field(&organization_entity, field)->label), .value = value};
}

static void add_memo(struct ctx *c, struct org_page_view *v, const char *label, const char *text)
{
    if (text != NULL)
        ARENA_PUSH(c->arena, v->memo, v->memos, v->memos_cap) = (struct org_memo){tr(c, label), paragraphs(c, text)};
}

static enum err add_hidden(struct ctx *c, int64_t id, const char *names, enum audience who, struct org_hidden **v, size_t *n, size_t *cap)
{
    for (size_t i = 0; i < organization_entity.fields_n; i++) {
        const struct field *f = &organization_entity.fields[i];
        if ((f->flags & WITHHOLD) && field_audience(f) <= who && is_withheld(names, f->name))
            ARENA_PUSH(c->arena, *v, *n, *cap) = (struct org_hidden){tr(c, f->label), withheld_reason(c, "organization", id, f->name)};
    }
    return OK;
}

static enum err add_past(struct ctx *c, struct org_page_view *v)
{
    const char *last = v->o.name;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT name, changed_on FROM organization_history WHERE organization = $1 AND name IS NOT NULL"
                                      " ORDER BY updated_on DESC, changed_on DESC, id DESC", P(v->o.id)); db_next(q);) {
        if (text_eq(db_text(q, 0), last) || text_eq(db_text(q, 0), v->o.name))
            continue;
        last = db_text(q, 0);
        ARENA_PUSH(c->arena, v->past, v->pasts, v->pasts_cap) =
            (struct org_past){last, db_text(q, 1) != NULL ? arena_printf(c->arena, tr(c, "%sから"), day_era(c, db_text(q, 1))) : NULL};
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err same_names(struct ctx *c, struct org_page_view *v)
{
    int64_t n = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM organization WHERE state IN ('open', 'closed') AND sort_key = $1 AND name = $2 AND id <> $3", P(v->o.sort_key, v->o.name, v->o.id), &n));
    v->same_names = n;
    v->same = url_with(c->arena, url_path(c->arena, "/organizations"), "q", arena_printf(c->arena, "\"%s\"", v->o.name));
    return OK;
}

static enum err successor_of(struct ctx *c, struct org_page_view *v)
{
    if (v->o.successor == NULL)
        return OK;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id, name FROM organization WHERE corporate_number = $1", P(v->o.successor)); db_next(q);) {
        v->successor = url_organization(c, db_int(q, 0));
        v->successor_name = db_text(q, 1);
    }
    TRY_DB(c, db_error(c->db));
    if (v->successor_name == NULL)
        add_fact(c, v, "successor", v->o.successor);
    return OK;
}

static bool may_edit(const struct ctx *c, int64_t id)
{
    return user_is(c->user, STAFF_ROLES) || user_on_organization(c->user, id);
}

/* The agencies' terms want their name, and that the data was worked on. */
static const char *source_words(struct ctx *c, const struct organization *o)
{
    if (o->source == NULL)
        return tr(c, "県が登録した情報");
    if (o->source_date == NULL)
        return arena_printf(c->arena, tr(c, "%s(加工して作成)"), o->source);
    return arena_printf(c->arena, tr(c, "%s(加工して作成)。%s更新の情報です。"), o->source, date(c, o->source_date));
}

static enum err collaborations_file(struct ctx *c, struct request *r, struct response *w, const struct org_page_view *v)
{
    static const struct table_column column[] = {{.title = "事業名", .width = 40}, {.title = "年度", .width = 20}, {.title = "取りまとめ区分", .width = 24}, {.title = "担当", .width = 30}};
    struct cells x = {0};
    for (size_t i = 0; i < v->collaborations; i++) {
        cell_text(c, &x, v->collaboration[i].name);
        cell_text(c, &x, fiscal_year_long(c->arena, v->collaboration[i].year));
        cell_text(c, &x, v->collaboration[i].category);
        cell_text(c, &x, v->collaboration[i].section);
    }
    return file_answer_cells(c, r, w, arena_printf(c->arena, "%sの協働の記録", v->o.name), TABLE_COLUMNS(column), &x);
}

enum err organization_page(struct ctx *c, struct request *r, struct response *w)
{
    struct org_page_view v = {.may_edit = may_edit(c, r->param[0]), .is_staff = user_is(c->user, STAFF_ROLES)};
    struct organization *o = &v.o;
    TRY(organization_load(c, r->param[0], o));
    v.kind = word(c, "partner_kind", o->kind, NONE);
    v.closed = closed_words(c, o);
    if (o->confirmed_at != NONE)
        v.confirmed = day_era(c, instant_date(c->arena, o->confirmed_at));
    add_memo(c, &v, "いっしょにやりたいこと", o->wants);
    add_memo(c, &v, "提供できること", o->offers);
    add_memo(c, &v, "活動の内容", o->summary);
    add_fact(c, &v, "kana", o->kana);
    add_fact(c, &v, "english_name", o->english_name);
    const char *place = place_words(c->arena, o->prefecture, o->city);
    place = o->street == NULL ? place : arena_printf(c->arena, "%s%s", place != NULL ? place : "", o->street);
    if (place != NULL)
        ARENA_PUSH(c->arena, v.fact, v.facts, v.facts_cap) =
            (struct org_fact){.label = tr(c, "所在地"), .value = o->postcode != NULL ? arena_printf(c->arena, "〒%s %s", o->postcode, place) : place};
    add_fact(c, &v, "abroad", o->abroad);
    const char *fields = NULL;
    TRY(fields_of(c, o->id, &fields));
    add_fact(c, &v, "fields", fields);
    add_fact(c, &v, "corporate_number", o->corporate_number);
    add_fact(c, &v, "authority", o->authority);
    add_fact(c, &v, "founded_on", o->founded_on != NULL ? date(c, o->founded_on) : NULL);
    add_fact(c, &v, "phone", o->phone);
    add_fact(c, &v, "website", o->website);
    TRY(successor_of(c, &v));
    TRY(add_hidden(c, o->id, withheld(c, "organization", o->id), AUDIENCE_PUBLIC, &v.hidden, &v.hiddens, &v.hiddens_cap));
    TRY(add_past(c, &v));
    TRY(same_names(c, &v));
    TRY(collaborations_of(c, o->id, &v.collaboration, &v.collaborations));
    if (file_asked(c, r))
        return collaborations_file(c, r, w, &v);
    v.source = source_words(c, o);
    v.edit = url_path(c->arena, "/organizations/%lld/edit", (long long)o->id);
    v.staff = url_path(c->arena, "/organizations/%lld/staff", (long long)o->id);
    struct page p = page_of(c, o->name, NULL);
    DRAW(c, w, &p, organization_page_body, &v);
    return OK;
}

/* --- what only staff see --- */

static enum err changes_file(struct ctx *c, struct request *r, struct response *w, const struct org_staff_view *v)
{
    static const struct table_column column[] = {{.title = "日時", .kind = TABLE_INSTANT}, {.title = "だれが", .width = 20}, {.title = "項目", .width = 20}, {.title = "前", .width = 40, .wrap = true}, {.title = "後", .width = 40, .wrap = true}};
    struct cells x = {0};
    for (size_t i = 0; i < v->lines; i++) {
        cell_at(c, &x, v->line[i].at);
        cell_text(c, &x, v->line[i].who);
        cell_text(c, &x, v->line[i].field);
        cell_text(c, &x, v->line[i].before);
        cell_text(c, &x, v->line[i].after);
    }
    return file_answer_cells(c, r, w, arena_printf(c->arena, "%sの変更の記録", v->o.name), TABLE_COLUMNS(column), &x);
}

static enum err staff_draw(struct ctx *c, struct request *r, struct response *w, int64_t id)
{
    struct org_staff_view v = {.secretariat = user_is(c->user, ROLE_SECRETARIAT)};
    TRY(organization_load(c, id, &v.o));
    const char *hidden = withheld(c, "organization", id);
    size_t cap = 0;
    TRY(add_hidden(c, id, hidden, AUDIENCE_SECRETARIAT, &v.hidden, &v.hiddens, &cap));
    v.field = arena_many(c->arena, struct org_option, organization_entity.fields_n);
    for (size_t i = 0; i < organization_entity.fields_n; i++) {
        const struct field *f = &organization_entity.fields[i];
        if (f->flags & WITHHOLD)
            v.field[v.fields++] = (struct org_option){f->name, tr(c, f->label), NONE, text_eq(typed(c, "field"), f->name)};
    }
    TRY(audit_history(c, "organization", id, LOG_SHOWN, &v.line, &v.lines));
    for (size_t i = 0; i < v.lines; i++)
        if (text_eq(v.line[i].field, "row")) { /* an import logs the number of the row that it read: see import.c */
            v.line[i].field = tr(c, "取り込み");
            v.line[i].after = arena_printf(c->arena, tr(c, "一覧のファイルから登録(行の照合番号 %.8s)"), v.line[i].after != NULL ? v.line[i].after : "");
        }
    if (file_asked(c, r))
        return changes_file(c, r, w, &v);
    v.back = url_organization(c, id);
    v.edit = url_path(c->arena, "/organizations/%lld/edit", (long long)id);
    v.withhold = url_path(c->arena, "/organizations/%lld/staff", (long long)id);
    struct page p = page_of(c, arena_printf(c->arena, tr(c, "%s: 職員だけが見られる項目"), v.o.name), &v.o);
    DRAW(c, w, &p, organization_staff_body, &v);
    return OK;
}

enum err organization_staff_page(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, STAFF_ROLES));
    return staff_draw(c, r, w, r->param[0]);
}

enum err organization_withhold(struct ctx *c, struct request *r, struct response *w)
{
    int64_t id = r->param[0];
    const char *field = form_get(&r->form, "field"), *reason = form_get(&r->form, "reason");
    struct organization o;
    TRY(record_load(c, &organization_entity, id, &o));
    bool show = text_eq(form_get(&r->form, "act"), "show");
    enum err e = show ? withhold_clear(c, "organization", id, field, reason) : withhold_set(c, "organization", id, field, reason);
    if (e == E_INPUT) {
        w->status = 422;
        return staff_draw(c, r, w, id);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/organizations/%lld/staff", (long long)id),
                     show ? tr(c, "ふたたび表示しました。") : tr(c, "表示をとめました。ページ・検索・データから見えなくなりました。"));
}

/* --- the form --- */

#define SHOWN_MEMBER "name kana prefecture city street postcode fields summary wants offers website phone"
#define SHOWN_STAFF SHOWN_MEMBER " kind corporate_number mail representative note"

static void form_draw(struct ctx *c, struct response *w, const struct organization *o, bool fresh, struct organization_choice *same, size_t same_n)
{
    struct org_form_view v = {.o = *o, .fresh = fresh, .staff = user_is(c->user, STAFF_ROLES), .same = same, .same_n = same_n};
    v.action = fresh ? url_path(c->arena, "/organizations/new") : url_path(c->arena, "/organizations/%lld/edit", (long long)o->id);
    v.back = fresh ? url_path(c->arena, "/organizations") : url_organization(c, o->id);
    v.shown = v.staff ? SHOWN_STAFF : SHOWN_MEMBER;
    struct page p = page_of(c, fresh ? tr(c, "団体を登録する") : tr(c, "団体の内容を直す"), fresh || o->name == NULL ? NULL : o);
    DRAW(c, w, &p, organization_form_body, &v);
}

enum err organization_new_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    TRY(need_role(c, STAFF_ROLES));
    struct organization o;
    entity_init(&organization_entity, &o);
    o.prefecture = setting(c, "prefecture_name");
    form_draw(c, w, &o, true, NULL, 0);
    return OK;
}

/* Candidates are shown once; the tick says that somebody has looked. */
static enum err looks_known(struct ctx *c, const struct request *r, const struct organization *o, struct organization_choice **same, size_t *n)
{
    struct organization_choice *all = NULL;
    size_t all_n = 0;
    *n = 0;
    if (form_get(&r->form, "not_same") != NULL || o->name == NULL)
        return OK;
    TRY(organization_candidates(c, o->name, SAME_SHOWN, &all, &all_n));
    *same = arena_many(c->arena, struct organization_choice, all_n + 1);
    const char *name = text_fold(c->arena, text_without_legal_form(c->arena, o->name));
    for (size_t i = 0; i < all_n; i++)
        if (strcmp(text_fold(c->arena, text_without_legal_form(c->arena, all[i].name)), name) == 0)
            (*same)[(*n)++] = all[i];
    return OK;
}

enum err organization_new_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, STAFF_ROLES));
    struct organization o;
    struct organization_choice *same = NULL;
    size_t same_n = 0;
    entity_init(&organization_entity, &o);
    enum err e = record_from_form(c, &organization_entity, &r->form, this_year(c), &o);
    if (e == OK) {
        TRY(looks_known(c, r, &o, &same, &same_n));
        if (same_n > 0)
            e = fail_field(&c->fail, "not_same", "%s", tr(c, "同じ名前の団体があります。確かめて、別の団体なら印をつけてください"));
    }
    if (e == OK)
        e = organization_save(c, NULL, &o);
    if (e == E_INPUT) {
        w->status = 422;
        form_draw(c, w, &o, true, same, same_n);
        return OK;
    }
    TRY(e);
    return page_done(c, w, url_organization(c, o.id), tr(c, "団体を登録しました。"));
}

static enum err need_edit(struct ctx *c, int64_t id)
{
    return user_on_organization(c->user, id) ? OK : need_role(c, STAFF_ROLES);
}

enum err organization_edit_page(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_edit(c, r->param[0]));
    struct organization o;
    TRY(record_load(c, &organization_entity, r->param[0], &o));
    form_draw(c, w, &o, false, NULL, 0);
    return OK;
}

enum err organization_edit_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_edit(c, r->param[0]));
    struct organization before, after;
    TRY(record_load(c, &organization_entity, r->param[0], &before));
    entity_copy(c->arena, &organization_entity, &after, &before);
    enum err e = record_from_form(c, &organization_entity, &r->form, this_year(c), &after);
    int64_t seen = form_int(&r->form, "version");
    struct organization known = before;
    if (seen != NONE)
        known.version = seen; /* what the form was drawn from: a stale one is a conflict */
    if (e == OK)
        e = organization_save(c, &known, &after);
    if (e == E_INPUT || e == E_CONFLICT) {
        w->status = err_http(e == E_INPUT ? E_INPUT : E_CONFLICT);
        if (e == E_CONFLICT && db_error(c->db) != OK)
            return e;
        after.version = before.version;
        form_draw(c, w, &after, false, NULL, 0);
        return OK;
    }
    TRY(e);
    return page_done(c, w, url_organization(c, after.id), tr(c, "保存しました。"));
}
