/* The language of the pages: kept in a cookie of one's own, so that it works without an account. */
#include "area/people/office_views.h"

#include "base/text.h"

enum { A_YEAR = 365 * 24 * 3600 };

enum err language_post(struct ctx *c, struct request *r, struct response *w)
{
    const char *to = form_get(&r->form, "to");
    bool english = text_eq(form_get(&r->form, "lang"), "en");
    response_cookie(w, "lang", english ? "en" : "", english ? A_YEAR : 0);
    response_redirect(w, url_back(c->arena, to != NULL ? to : "/").s);
    return OK;
}
