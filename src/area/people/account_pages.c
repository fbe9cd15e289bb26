/* Doors: login, set-up, invitation; and one's own account. */
#include "area/people/account.html.h"
#include "area/people/account_views.h"
#include "area/people/people_take_views.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "core/outbox.h"
#include "core/section.h"

#define PAGE(c, w, p, draw, view)                 \
    do {                                          \
        page_begin((c), (w), (p));                \
        draw((c), &(w)->body, (view));            \
        page_end((c), (w), (p));                  \
        return OK;                                \
    } while (0)

/* --- login --- */

static enum err show_login(struct ctx *c, struct response *w)
{
    const char *back = typed(c, "back");
    struct login_view v = {.back = back != NULL ? url_back(c->arena, back).s : NULL};
    struct page p = {.title = tr(c, "ログイン"), .year = NONE};
    PAGE(c, w, &p, login_body, &v);
}

enum err login_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    w->no_cache = true;
    return show_login(c, w);
}

enum err login_post(struct ctx *c, struct request *r, struct response *w)
{
    enum err e = login(c, form_get(&r->form, "login"), form_get(&r->form, "password"), w);
    if (e == E_INPUT) {
        w->status = 422;
        return show_login(c, w);
    }
    TRY(e);
    if (page_continue(c, w))
        return OK;
    const char *back = form_get(&r->form, "back");
    response_redirect(w, back != NULL ? url_back(c->arena, back).s : "/home");
    return OK;
}

enum err logout_post(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    TRY(logout(c, w));
    return page_done(c, w, url_path(c->arena, "/"), "ログアウトしました。");
}

/* --- first set-up --- */

static enum err show_setup(struct ctx *c, struct request *r, struct response *w)
{
    struct setup_view v = {.code = form_get(&r->query, "code")};
    struct page p = {.title = tr(c, "はじめの設定"), .year = NONE};
    w->no_cache = true;
    if (has_accounts(c))
        PAGE(c, w, &p, setup_done_body, &v);
    PAGE(c, w, &p, setup_body, &v);
}

enum err setup_page(struct ctx *c, struct request *r, struct response *w)
{
    return show_setup(c, r, w);
}

enum err setup_post(struct ctx *c, struct request *r, struct response *w)
{
    struct account a;
    entity_init(&account_entity, &a);
    a.login = form_get(&r->form, "login");
    a.name = form_get(&r->form, "name");
    a.mail = form_get(&r->form, "mail");
    enum err e = account_setup(c, form_get(&r->form, "code"), &a, form_get(&r->form, "password"));
    if (e == E_INPUT) {
        w->status = 422;
        return show_setup(c, r, w);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/login"), "登録しました。利用者名とパスワードでログインしてください。");
}

/* --- forgotten --- */

static enum err show_forgot(struct ctx *c, struct response *w)
{
    struct login_view v = {0};
    struct page p = {.title = tr(c, "パスワードを忘れたとき"), .year = NONE, .crumb = {{tr(c, "ログイン"), url_path(c->arena, "/login")}}, .crumbs = 1};
    w->no_cache = true;
    PAGE(c, w, &p, forgot_body, &v);
}

enum err forgot_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    return show_forgot(c, w);
}

enum err forgot_post(struct ctx *c, struct request *r, struct response *w)
{
    enum err e = account_forgot(c, form_get(&r->form, "login"));
    if (e == E_INPUT) {
        w->status = 422;
        return show_forgot(c, w);
    }
    TRY(e);
    response_redirect(w, "/forgot/sent");
    return OK;
}

enum err forgot_sent_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    struct login_view v = {0};
    struct page p = {.title = tr(c, "受け付けました"), .year = NONE, .crumb = {{tr(c, "ログイン"), url_path(c->arena, "/login")}}, .crumbs = 1};
    PAGE(c, w, &p, forgot_sent_body, &v);
}

/* --- invitation --- */

static enum err show_invitation(struct ctx *c, const char *code, struct response *w)
{
    struct invitation found;
    struct failure kept = c->fail;
    struct invitation_view v = {.code = code, .action = url_path(c->arena, "/invitation")};
    if (code != NULL) {
        enum err e = invitation_find(c, code, &found);
        if (e == OK) {
            v.found = &found;
            v.until = instant_long(c->arena, found.expires_at);
            c->fail = kept;
        } else if (e != E_INPUT)
            return e;
        else
            w->status = 422;
    }
    struct page p = {.title = tr(c, "パスワードを決める"), .year = NONE, .crumb = {{tr(c, "ログイン"), url_path(c->arena, "/login")}}, .crumbs = 1};
    w->no_cache = true;
    PAGE(c, w, &p, invitation_body, &v);
}

enum err invitation_page(struct ctx *c, struct request *r, struct response *w)
{
    /* In letters the code stands in the query, which our log leaves out. */
    return show_invitation(c, r->text_param != NULL ? r->text_param : form_get(&r->query, "code"), w);
}

enum err invitation_post(struct ctx *c, struct request *r, struct response *w)
{
    const char *code = form_get(&r->form, "code");
    int64_t account;
    if (code == NULL) {
        fail_field(&c->fail, "code", "%s", tr(c, "番号を入力してください"));
        w->status = 422;
        return show_invitation(c, NULL, w);
    }
    enum err e = invitation_use(c, code, form_get(&r->form, "password"), &account);
    if (e == E_INPUT) {
        bool wrong_code = fault_at(c, "code") != NULL;
        w->status = 422;
        return show_invitation(c, wrong_code ? NULL : code, w);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/login"), "パスワードを決めました。ログインしてください。");
}

/* --- one's own account --- */

struct duty_line *duty_lines(struct ctx *c, int64_t account, bool ended, struct url (*end)(struct ctx *c, int64_t account, int64_t duty), size_t *n)
{
    struct account_duty *d = NULL;
    struct sql tail;
    size_t rows = 0, kept = 0;
    void *v = NULL;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE account = $", P(account));
    sql_add(&tail, " ORDER BY since, id LIMIT 200", P0);
    *n = 0;
    if (entity_select(c->db, c->arena, &account_duty_entity, &tail, true, &v, &rows) != OK)
        return NULL;
    d = v;
    struct duty_line *out = arena_many(c->arena, struct duty_line, rows + 1);
    for (size_t i = 0; i < rows; i++) {
        bool over = d[i].until != NONE && (d[i].until <= c->now || d[i].until <= d[i].since);
        if (over != ended)
            continue;
        struct duty one = {d[i].id, role_from_name(d[i].role), d[i].unit, d[i].organization};
        const char *since = date_era(c->arena, instant_date(c->arena, d[i].since));
        out[kept++] = (struct duty_line){.label = duty_label(c, &one),
                                         .since = d[i].until == NONE ? arena_printf(c->arena, tr(c, "%sから"), since)
                                                                           : arena_printf(c->arena, tr(c, "%sから%sまで"), since, date_era(c->arena, instant_date(c->arena, d[i].until - 1))),
                                         .end = end != NULL ? end(c, account, d[i].id) : url_path(c->arena, "/account")};
    }
    *n = kept;
    return out;
}

/* What a browser says of itself, in two words; the whole text helps nobody. */
static const char *device_words(struct ctx *c, const char *agent)
{
    static const struct { const char *mark, *name; } systems[] = {{"Windows", "Windows"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"},
                                                                  {"Mac OS", "Mac"}, {"CrOS", "Chromebook"}, {"Linux", "Linux"}},
                 browsers[] = {{"Edg", "Edge"}, {"Firefox", "Firefox"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}};
    const char *kind = NULL, *browser = NULL;
    for (size_t i = 0; agent != NULL && kind == NULL && i < sizeof systems / sizeof systems[0]; i++)
        if (strstr(agent, systems[i].mark) != NULL)
            kind = systems[i].name;
    for (size_t i = 0; agent != NULL && browser == NULL && i < sizeof browsers / sizeof browsers[0]; i++)
        if (strstr(agent, browsers[i].mark) != NULL)
            browser = browsers[i].name;
    if (kind == NULL && browser == NULL)
        return tr(c, "名前のわからない端末");
    return arena_printf(c->arena, "%s%s%s", kind != NULL ? kind : "", kind != NULL && browser != NULL ? " " : "", browser != NULL ? browser : "");
}

struct own { struct account a; struct account_view v; };

static enum err fill_account(struct ctx *c, void *arg)
{
    struct own *own = arg;
    struct account_view *v = &own->v;
    TRY(record_load(c, &account_entity, c->user->id, &own->a));
    v->a = &own->a;
    v->duty = duty_lines(c, c->user->id, false, NULL, &v->duties);
    struct device_line *d = NULL;
    size_t cap = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT token_hash, made_at, used_at, device FROM session WHERE account = $1 ORDER BY used_at DESC, id DESC LIMIT 50",
                                      P(c->user->id));
         db_next(q);)
        ARENA_PUSH(c->arena, d, v->devices, cap) = (struct device_line){.device = device_words(c, db_text(q, 3)), .since = instant_long(c->arena, db_int(q, 1)),
            .used = instant_long(c->arena, text_eq(db_text(q, 0), c->user->session) ? c->now : db_int(q, 2)), .here = text_eq(db_text(q, 0), c->user->session)};
    TRY_DB(c, db_error(c->db));
    v->device = d;
    return OK;
}

static enum err show_account(struct ctx *c, struct response *w)
{
    struct own own = {0};
    struct failure kept = c->fail;
    TRY(in_read(c, fill_account, &own));
    c->fail = kept;
    struct page p = {.title = tr(c, "自分の設定"), .year = NONE};
    PAGE(c, w, &p, account_body, &own.v);
}

enum err account_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    return show_account(c, w);
}

enum err account_post(struct ctx *c, struct request *r, struct response *w)
{
    enum err e = account_save_own(c, form_get(&r->form, "name"), form_get(&r->form, "mail"));
    if (e == E_INPUT) {
        w->status = 422;
        return show_account(c, w);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/account"), "保存しました。");
}

static enum err read_own(struct ctx *c, void *arg)
{
    return record_load(c, &account_entity, c->user->id, arg);
}

enum err account_password_post(struct ctx *c, struct request *r, struct response *w)
{
    struct account a;
    const char *wanted = form_get(&r->form, "password");
    TRY(in_read(c, read_own, &a));
    enum err e = password_check(c, "password", a.login, wanted);
    if (e == OK)
        e = password_is(c, "password_now", c->user->id, form_get(&r->form, "password_now"));
    if (e == OK)
        e = password_set(c, c->user->id, wanted);
    if (e == E_INPUT) {
        w->status = 422;
        return show_account(c, w);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/account"), "パスワードを変えました。ほかの端末ではログインし直してください。");
}

enum err account_sessions_post(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    TRY(account_end_sessions(c, c->user->id));
    TRY(logout(c, w));
    return page_done(c, w, url_path(c->arena, "/login"), "すべての端末からログアウトしました。");
}

/* --- the area --- */

#define MANAGERS ((uint32_t)(ROLE_SECRETARIAT | ROLE_OPERATOR))

static const struct entity *const entities[] = {&account_entity, &account_duty_entity, NULL};

static const struct route routes[] = {
    {HTTP_GET, "/login", ANYONE, login_page, LANE_READ, 0, 0},
    {HTTP_POST, "/login", ANYONE, login_post, LANE_PASSWORD, 0, 1024 * 1024}, /* carries on a form that met a closed session */
    {HTTP_POST, "/logout", SIGNED_IN, logout_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/setup", ANYONE, setup_page, LANE_READ, 0, 0},
    {HTTP_POST, "/setup", ANYONE, setup_post, LANE_PASSWORD, 0, 0},
    {HTTP_GET, "/forgot", ANYONE, forgot_page, LANE_READ, 0, 0},
    {HTTP_POST, "/forgot", ANYONE, forgot_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/forgot/sent", ANYONE, forgot_sent_page, LANE_READ, 0, 0},
    {HTTP_GET, "/invitation", ANYONE, invitation_page, LANE_READ, 0, 0},
    {HTTP_GET, "/invitation/:name", ANYONE, invitation_page, LANE_READ, 0, 0},
    {HTTP_POST, "/invitation", ANYONE, invitation_post, LANE_PASSWORD, 0, 0},
    {HTTP_GET, "/account", SIGNED_IN, account_page, LANE_READ, 0, 0},
    {HTTP_POST, "/account", SIGNED_IN, account_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/account/password", SIGNED_IN, account_password_post, LANE_PASSWORD, 0, 0},
    {HTTP_POST, "/account/sessions", SIGNED_IN, account_sessions_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/users", MANAGERS, users_page, LANE_READ, ROUTE_VIEW_LOG | ROUTE_FILE, 0},
    {HTTP_GET, "/users/new", MANAGERS, user_new_page, LANE_READ, 0, 0},
    {HTTP_POST, "/users/new", MANAGERS, user_new_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/users/import", MANAGERS, staff_import_page, LANE_READ, 0, 0},
    {HTTP_POST, "/users/import", MANAGERS, staff_import_post, LANE_SLOW, 0, 4 * 1024 * 1024},
    {HTTP_POST, "/users/import/take", MANAGERS, staff_take_post, LANE_SLOW, 0, 4 * 1024 * 1024},
    {HTTP_GET, "/users/:id", MANAGERS, user_page, LANE_READ, ROUTE_VIEW_LOG | ROUTE_FILE, 0},
    {HTTP_POST, "/users/:id", MANAGERS, user_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/users/:id/duties", MANAGERS, user_duty_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/users/:id/duties/:id/end", MANAGERS, user_duty_end_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/users/:id/code", MANAGERS, user_code_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/users/:id/sessions", MANAGERS, user_sessions_post, LANE_WRITE, 0, 0},
    {HTTP_GET, "/users/:id/deactivate", MANAGERS, user_deactivate_page, LANE_READ, ROUTE_VIEW_LOG, 0},
    {HTTP_POST, "/users/:id/deactivate", MANAGERS, user_deactivate_post, LANE_WRITE, 0, 0},
    {HTTP_POST, "/users/:id/activate", MANAGERS, user_activate_post, LANE_WRITE, 0, 0},
    {0},
};

static const struct menu_item menu[] = {
    {"users", "利用者", "/users", MANAGERS, true},
    {0},
};

const struct area people_area = {.name = "people", .entities = entities, .routes = routes, .commands = people_commands, .jobs = people_jobs, .menu = menu};
