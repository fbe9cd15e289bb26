/* Pages about merging two statements, and remarks of joint sections. */
#include "area/register/merge.html.h"
#include "area/register/merge_views.h"
#include "area/register/register_pages.h"
#include "base/date.h"

static enum err merge_draw(struct ctx *c, struct response *w, int64_t one, int64_t other)
{
    struct merge_pair p;
    TRY(merge_load(c, one, other, false, &p));
    struct merge_view v = {.one = p.one.s.name ? p.one.s.name : tr(c, "(事業名なし)"), .other = p.other.s.name ? p.other.s.name : tr(c, "(事業名なし)"), .one_section = p.one.section,
                           .other_section = p.other.section, .one_id = arena_printf(c->arena, "%lld", (long long)one), .other_id = arena_printf(c->arena, "%lld", (long long)other),
                           .field = arena_many(c->arena, struct merge_choice, p.fields + 1), .fields = p.fields, .action = url_path(c->arena, "/merges"),
                           .swap = p.may_swap ? url_path(c->arena, "/merges?one=%lld&other=%lld", (long long)other, (long long)one) : (struct url){0},
                           .back = user_is(c->user, ROLE_SECRETARIAT) ? url_path(c->arena, "/inquiries/%lld/close", (long long)p.one.k.inquiry.id) : url_answer(c, p.one.s.answer, "")};
    for (size_t i = 0; i < p.fields; i++) {
        struct merge_choice *f = &v.field[i];
        *f = (struct merge_choice){.input = arena_printf(c->arena, "take.%s", p.field[i].name), .label = p.field[i].label, .one = p.field[i].one, .other = p.field[i].other};
        f->id_one = field_id(c, f->input);
        f->id_other = arena_printf(c->arena, "%s-other", f->id_one);
        /* What the survivor does not say is taken from the other, unless somebody chooses otherwise. */
        f->take = typed(c, f->input) ? text_eq(typed(c, f->input), "other") : f->one == NULL;
    }
    struct page page = {.title = tr(c, "1つの事業にまとめる"), .place = p.one.k.inquiry.title, .menu = user_is(c->user, ROLE_SECRETARIAT) ? "inquiries" : "answers", .year = NONE};
    page.crumb[page.crumbs++] = user_is(c->user, ROLE_SECRETARIAT) ? (struct crumb){p.one.k.inquiry.title, url_path(c->arena, "/inquiries/%lld", (long long)p.one.k.inquiry.id)}
                                                                    : (struct crumb){tr(c, "照会への回答"), url_path(c->arena, "/answers")};
    page_begin(c, w, &page);
    merge_body(c, &w->body, &v);
    page_end(c, w, &page);
    return OK;
}

enum err merge_page(struct ctx *c, struct request *r, struct response *w)
{
    int64_t one = form_int(&r->query, "one"), other = form_int(&r->query, "other");
    if (one == NONE || other == NONE)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "まとめる事業を2つ選んでください。"));
    return merge_draw(c, w, one, other);
}

enum err merge_post(struct ctx *c, struct request *r, struct response *w)
{
    int64_t one = form_int(&r->form, "one"), other = form_int(&r->form, "other"), id = NONE;
    size_t n = 0;
    if (one == NONE || other == NONE)
        return fail(c, E_INPUT, "%s", tr(c, "まとめる事業を2つ選んでください。"));
    const char **take = arena_many(c->arena, const char *, r->form.n + 1);
    for (size_t i = 0; i < r->form.n; i++)
        if (text_starts(r->form.v[i].name, "take.") && text_eq(r->form.v[i].value, "other"))
            take[n++] = r->form.v[i].name + strlen("take.");
    enum err e = project_merge(c, one, other, take, n, &id);
    if (e == E_INPUT) {
        w->status = 422;
        return merge_draw(c, w, one, other);
    }
    TRY(e);
    struct statement s;
    TRY(record_load(c, &statement_entity, one, &s));
    return page_done(c, w, url_answer(c, s.answer, ""), "1つの事業にまとめました。両方の課に手紙を出しました。");
}

enum err unmerge_post(struct ctx *c, struct request *r, struct response *w)
{
    int64_t answer = NONE;
    TRY(project_unmerge(c, r->param[0]));
    TRY_DB(c, db_get_int(c->db, "SELECT s.answer FROM project_merge m JOIN statement s ON s.id=m.other_statement WHERE m.id=$1", P(r->param[0]), &answer));
    return page_done(c, w, url_answer(c, answer, ""), "元の2つの事業にもどしました。両方の課に手紙を出しました。");
}

/* --- remarks --- */

static enum err joint_remarks_case(struct ctx *c, struct request *r, struct statement *s, bool *lead, bool *joint)
{
    struct section x;
    int64_t section = NONE;
    TRY(record_load(c, &statement_entity, r->param[1], s));
    if (s->answer != r->param[0])
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この回答に、その事業はありません。"));
    TRY(record_load(c, &section_entity, s->lead, &x));
    TRY(user_on_section(c, SECTION_ROLES, x.unit, lead));
    TRY(joint_section_of(c, s, &section));
    *joint = section != NONE;
    return *lead || *joint || user_is(c->user, ROLE_SECRETARIAT) ? OK : fail(c, E_FORBIDDEN, "%s", tr(c, "ここは、この事業を担当する課の人と事務局の人だけが見られます。"));
}

static enum err joint_remarks_draw(struct ctx *c, struct request *r, struct response *w)
{
    struct statement s;
    struct joint_remark *v = NULL;
    bool lead = false, joint = false;
    struct remarks_view view = {0};
    TRY(joint_remarks_case(c, r, &s, &lead, &joint));
    TRY(joint_remarks(c, s.id, &v, &view.n));
    view.v = arena_many(c->arena, struct remark_row, view.n + 1);
    view.name = s.name ? s.name : tr(c, "(事業名なし)");
    view.add = url_statement(c, &s, "/remarks");
    view.mark = url_statement(c, &s, "/remarks/seen");
    view.back = lead || joint ? url_statement(c, &s, "") : url_answer(c, s.answer, "");
    for (size_t i = 0; i < view.n; i++) {
        view.v[i] = (struct remark_row){v[i].section, v[i].body, instant_short(c->arena, v[i].at), v[i].seen_at != NONE};
        view.may_mark = view.may_mark || (lead && v[i].seen_at == NONE);
    }
    view.may_add = joint && !lead;
    struct page p = {.title = tr(c, "共に担当する課からのひとこと"), .place = view.name, .menu = "answers", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "照会への回答"), url_path(c->arena, "/answers")};
    page_begin(c, w, &p);
    joint_remarks_body(c, &w->body, &view);
    page_end(c, w, &p);
    return OK;
}

enum err joint_remarks_page(struct ctx *c, struct request *r, struct response *w) { return joint_remarks_draw(c, r, w); }

enum err joint_remarks_post(struct ctx *c, struct request *r, struct response *w)
{
    enum err e = joint_remark_add(c, r->param[1], form_get(&r->form, "remark"));
    if (e == E_INPUT) {
        w->status = 422;
        return joint_remarks_draw(c, r, w);
    }
    TRY(e);
    return page_done(c, w, (struct url){r->path}, "主担当課に伝えました。");
}

enum err joint_remarks_seen_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(joint_remarks_seen(c, r->param[1]));
    return page_done(c, w, url_path(c->arena, "/answers/%lld/projects/%lld/remarks", (long long)r->param[0], (long long)r->param[1]), "読んだことを伝えました。");
}
