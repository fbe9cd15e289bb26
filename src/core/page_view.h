/* What the frame's templates (page.html) are given; made by page.c alone. */
#ifndef KYODO_CORE_PAGE_VIEW_H
#define KYODO_CORE_PAGE_VIEW_H

#include "core/page.h"

struct frame_item { const char *label; struct url to; bool current; };
struct frame_fault { const char *message; struct url to; bool linked; };
struct frame_year { int64_t year; const char *label; bool current; };
struct frame {
    const struct page *p;
    const char *lang, *title;            /* title: of the window */
    const char *prefecture, *site, *office;
    struct url css, js, icon;
    const char *q;                       /* what was searched for */
    struct frame_item *menu; size_t menu_n;
    struct frame_item *work; size_t work_n;
    bool signed_in, may_login, demo;
    const char *who;                     /* 山田さん(道路保全課 推進員) */
    bool home;
    const char *other_language, *here;   /* "English" or "日本語" to go to, and the address to come back to; NULL: not offered */
    const char *banner;
    bool summary;
    const char *summary_title;
    struct frame_fault *fault; size_t faults;
    struct frame_year *year; size_t years;
    struct url year_action;
    const struct form_value *keep; size_t keep_n; /* the rest of the query, kept by the year form */
    bool source_note;                    /* 出典 of the organizations */
    const char *address;                 /* for print */
    bool foot_only;                      /* what the footer needs, nothing more */
};
/* Called by page.html. */
void frame_token(struct ctx *c, struct sb *o);
void error_faults(struct ctx *c, struct sb *o, const struct field_fault *f);
void error_login(struct ctx *c, struct sb *o);
void error_again(struct ctx *c, struct sb *o);

/* A page for a failure. */
struct error_view {
    const char *heading, *message, *more, *office, *request_id;
    bool search, home, login, again, kept, files_lost;
    struct url back;
    const struct field_fault *fault;
};

#endif
