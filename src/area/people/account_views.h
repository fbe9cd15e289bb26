/* What the templates of accounts show, and their handlers. */
#ifndef KYODO_AREA_ACCOUNT_VIEWS_H
#define KYODO_AREA_ACCOUNT_VIEWS_H

#include "area/people/people.h"
#include "core/job.h"
#include "core/page.h"

struct login_view { const char *back; bool mail; };
struct setup_view { const char *code; };
struct invitation_view { const struct invitation *found; const char *code, *until; struct url action; };

struct device_line { const char *device, *since, *used; bool here; };
struct duty_line { const char *label, *since; struct url end; };
struct account_view {
    const struct account *a;
    const struct duty_line *duty; size_t duties;
    const struct device_line *device; size_t devices;
};

struct user_line { const char *name, *login, *duties, *state, *tag, *used; struct url to; };
struct users_view {
    const struct user_line *v; size_t n;
    const struct choice *role; size_t roles;
    const struct choice *state; size_t states;
    const char *q;
    const struct chip *chip; size_t chips;
    const char *count;                   /* NULL: not counted */
    struct url all, add;
    const struct pager *pager;
};

struct duty_form {
    const struct choice *role; size_t roles;
    const struct choice *unit; size_t units;
    const struct choice *organization; size_t organizations; /* candidates for the name typed */
    bool ask_organization;
};
struct user_new_view { const struct duty_form *duty; struct url action; };

struct history_line { const char *at, *who, *what, *field, *before, *after; };
struct user_view {
    const struct account *a;
    const char *state, *tag, *made, *used, *code_button, *code_note;
    const struct duty_line *duty; size_t duties;
    const struct duty_line *ended; size_t endeds;
    const struct duty_form *form;
    const struct history_line *history; size_t histories;
    struct url save, duty_add, handover, code, end_sessions, deactivate, activate, letters;
    int64_t sessions;
    bool may_change, myself, duty_open;
};
struct user_confirm_view { const char *name, *login; int64_t sessions; struct url action, back; };

handler login_page, login_post, logout_post, setup_page, setup_post, forgot_page, forgot_post, forgot_sent_page, invitation_page, invitation_post;
handler account_page, account_post, account_password_post, account_sessions_post;
handler users_page, user_new_page, user_new_post, user_page, user_post, user_duty_post, user_duty_end_post, user_code_post, user_sessions_post, user_deactivate_page,
    user_deactivate_post, user_activate_post;

/* account_pages.c gives to users_pages.c. */
struct duty_line *duty_lines(struct ctx *c, int64_t account, bool ended, struct url (*end)(struct ctx *c, int64_t account, int64_t duty), size_t *n);

/* Parts of the area, put together in account_pages.c. */
extern const struct job_kind people_jobs[];
extern const struct command people_commands[];

#endif
