/* The page on which the secretariat gives one section more time. */
#include "area/register/answer_views.h"
#include "area/register/extend.html.h"
#include "area/register/register_pages.h"
#include "base/date.h"

static enum err extend_draw(struct ctx *c, struct response *w, int64_t answer)
{
    struct answer_case k;
    struct step_view v = {.action = url_answer(c, answer, "/extend")};
    TRY(answer_case_load(c, answer, false, &k));
    TRY(answer_need(c, &k, "extend"));
    TRY(answer_head_make(c, &k, &v.h));
    v.today = k.answer.extended_to ? date_short(c->arena, k.answer.extended_to) : NULL;
    v.text = k.answer.extended_why;
    struct page p = answer_page_of(c, tr(c, "この課の締切をのばす"), &k, true);
    page_begin(c, w, &p);
    extend_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err answer_extend_page(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    return extend_draw(c, w, r->param[0]);
}

enum err answer_extend_post(struct ctx *c, struct request *r, struct response *w)
{
    enum err e = answer_extend(c, r->param[0], form_get(&r->form, "extended_to"), form_get(&r->form, "extended_why"));
    if (e == E_INPUT) {
        w->status = 422;
        return extend_draw(c, w, r->param[0]);
    }
    TRY(e);
    return page_done(c, w, url_answer(c, r->param[0], ""), "締切をのばしました。課に手紙を出しました。");
}
