/* /projects/ID/correct: the form in which a statement is put right. */
#include "area/register/correction.html.h"
#include "area/register/correction_pages.h"
#include "area/register/public.h"
#include "base/text.h"

static struct url url_correct(struct ctx *c, const struct statement *s) { return url_path(c->arena, "/projects/%lld/correct?year=%lld", (long long)s->project, (long long)s->year); }

static enum err add_waiting(struct ctx *c, struct correct_view *v)
{
    struct correction_line *all;
    size_t n = 0, cap = 0;
    TRY(corrections_waiting(c, v->p.s.year, &all, &n));
    for (size_t i = 0; i < n; i++)
        if (all[i].project == v->p.s.project)
            ARENA_PUSH(c->arena, v->waiting, v->waiting_n, cap) = all[i];
    return OK;
}

/* `v->p.s` is what the fields show. */
static enum err draw(struct ctx *c, struct response *w, const struct correction_case *k, struct correct_view *v, bool posted)
{
    v->name = k->s.name;
    v->year = year(c, k->s.year);
    v->section = k->section_name;
    v->listed = k->listed;
    v->secretariat = v->p.secretariat = k->secretariat;
    v->p.settled = k->s.previous != NONE;
    v->action = url_correct(c, &k->s);
    v->listing = url_path(c->arena, "/projects/%lld/listing?year=%lld", (long long)k->s.project, (long long)k->s.year);
    v->back = k->secretariat ? url_path(c->arena, "/editions/new?year=%lld", (long long)k->s.year) : url_path(c->arena, "/answers/%lld", (long long)k->s.answer);
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id, number FROM edition WHERE year = $1 AND state = 'published' ORDER BY number DESC LIMIT 1", P(k->s.year));
    if (db_next(q)) {
        v->edition = edition_name(c, k->s.year, db_int(q, 1));
        v->to_edition = url_edition(c, db_int(q, 0));
        if (k->listed)
            v->back = url_with(c->arena, url_project(c, k->s.project), "year", arena_printf(c->arena, "%lld", (long long)k->s.year));
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    TRY(add_waiting(c, v));
    if (k->listed)
        TRY(project_form_make(c, &v->p, posted));
    struct page p = {.title = arena_printf(c->arena, tr(c, "訂正: %s"), k->s.name), .place = tr(c, "協働事業"), .menu = "projects", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "協働事業"), url_path(c->arena, "/projects?year=%lld", (long long)k->s.year)};
    page_begin(c, w, &p);
    correct_body(c, &w->body, v);
    page_end(c, w, &p);
    return OK;
}

/* The year asked for, else that of the project's newest edition. */
static enum err year_of(struct ctx *c, const struct request *r, int64_t *y)
{
    *y = form_int(&r->query, "year");
    if (*y != NONE)
        return OK;
    enum err e = db_get_int(c->db, "SELECT max(q.year) FROM statement s JOIN inquiry q ON q.id = s.inquiry WHERE s.project = $1 AND q.state = 'closed'", P(r->param[0]), y);
    if (e != E_NOT_FOUND)
        TRY_DB(c, e);
    return *y == NONE ? fail(c, E_NOT_FOUND, "%s", tr(c, "この事業は見つかりません。")) : OK;
}

enum err correct_page(struct ctx *c, struct request *r, struct response *w)
{
    struct correction_case k;
    struct correct_view v = {0};
    int64_t y = NONE;
    TRY(need_role(c, STAFF_ROLES));
    TRY(year_of(c, r, &y));
    TRY(correction_case_load(c, r->param[0], y, false, &k));
    v.p.s = k.s;
    return draw(c, w, &k, &v, false);
}

static void stored_rows(struct ctx *c, const struct statement *stored, const struct statement *typed_, struct correct_view *v)
{
    struct change *change = NULL;
    size_t cap = 0, n = entity_diff(c->arena, &statement_entity, stored, typed_, &change);
    for (size_t i = 0; i < n; i++) {
        const char *theirs = statement_shown(c, change[i].field, stored), *mine = statement_shown(c, change[i].field, typed_);
        if (!(change[i].field->flags & INTERNAL))
            ARENA_PUSH(c->arena, v->stored, v->stored_n, cap) =
                (struct stored_row){tr(c, change[i].field->label), mine != NULL ? mine : tr(c, "(記載なし)"), theirs != NULL ? theirs : tr(c, "(記載なし)")};
    }
}

enum err correct_post(struct ctx *c, struct request *r, struct response *w)
{
    struct correction_case k;
    struct correct_view v = {0};
    int64_t y = NONE;
    TRY(need_role(c, STAFF_ROLES));
    TRY(year_of(c, r, &y));
    TRY(correction_case_load(c, r->param[0], y, true, &k));
    entity_copy(c->arena, &statement_entity, &v.p.s, &k.s);
    enum err e = record_from_form(c, &statement_entity, &r->form, k.s.year, &v.p.s);
    if (e == OK && form_int(&r->form, "version") != k.s.version) {
        stored_rows(c, &k.s, &v.p.s, &v);
        w->status = 409;
        return draw(c, w, &k, &v, true);
    }
    if (e == OK)
        e = statement_correct(c, &k.s, &v.p.s, form_get(&r->form, "correction_reason"));
    if (e == E_INPUT) {
        w->status = 422;
        v.p.s.version = form_int(&r->form, "version");
        return draw(c, w, &k, &v, true);
    }
    TRY(e);
    return page_done(c, w, url_correct(c, &k.s), tr(c, "訂正を保存しました。次の版を作って公開すると、だれでも見られるようになります。"));
}

enum err listing_post(struct ctx *c, struct request *r, struct response *w)
{
    int64_t y = NONE;
    bool listed = form_has(&r->form, "listed");
    const char *reason = form_get(&r->form, "listing_reason");
    TRY(need_role(c, STAFF_ROLES));
    TRY(year_of(c, r, &y));
    enum err e = listed ? statement_put_back(c, r->param[0], y, reason) : statement_take_out(c, r->param[0], y, reason);
    if (e == E_INPUT) {
        struct correction_case k;
        struct correct_view v = {0};
        TRY(correction_case_load(c, r->param[0], y, true, &k));
        v.p.s = k.s;
        w->status = 422;
        return draw(c, w, &k, &v, false);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/projects/%lld/correct?year=%lld", (long long)r->param[0], (long long)y),
                     listed ? tr(c, "次の版に載せます。") : tr(c, "次の版から外します。公開ずみの版には残ります。"));
}
