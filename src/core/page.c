/* The frame of every page, pages for failures, and the sentence that is shown once after a write. */
#include "core/page.h"

#include <string.h>

#include "base/crypto.h"
#include "base/date.h"
#include "base/embed.h"
#include "base/text.h"
#include "core/app.h"
#include "core/page.html.h"
#include "core/page_view.h"
#include "core/preset.h"
#include "core/record.h"
#include "core/section.h"
#include "core/session.h"

enum { PAGE_ROOM = 32 * 1024 }; /* most pages fit: their bytes are not moved while they grow */

struct url url_asset(struct ctx *c, const char *name)
{
    const struct embedded *e = embedded_find(arena_printf(c->arena, "assets/%s", name));
    struct url u = url_path(c->arena, "/assets/%s", name);
    return e ? url_with(c->arena, u, "v", e->hash) : u;
}

/* --- the sentence shown once --- */

static const char *notice_cookie(const struct ctx *c)
{
    return c->app->https || (c->request && c->request->https) ? "__Host-notice" : "notice";
}

static int hex_digit(char d)
{
    return d >= '0' && d <= '9' ? d - '0' : d >= 'A' && d <= 'F' ? d - 'A' + 10 : -1;
}

/* The cookie comes from outside: what url_encode did not write is no sentence. */
static const char *notice_read(struct ctx *c)
{
    const char *s = c->request ? request_cookie(c->request, notice_cookie(c)) : NULL;
    if (!s || !*s || strlen(s) > 2000)
        return NULL;
    struct sb b;
    sb_init(&b, c->arena);
    for (; *s; s++) {
        if (*s != '%') {
            sb_char(&b, *s);
        } else {
            int high = hex_digit(s[1]), low = high < 0 ? -1 : hex_digit(s[2]);
            if (low < 0)
                return NULL;
            sb_char(&b, (char)(high * 16 + low));
            s += 2;
        }
    }
    bool ok = true;
    return text_clean(c->arena, sb_str(&b), b.n, true, &ok);
}

enum err page_done(struct ctx *c, struct response *w, struct url to, const char *sentence)
{
    struct sb b;
    sb_init(&b, c->arena);
    url_encode(&b, tr(c, sentence));
    response_cookie(w, notice_cookie(c), sb_str(&b), 60);
    response_redirect(w, to.s);
    return OK;
}

/* --- the frame --- */

/* A statement may fail while the frame is drawn: then the frame stands without what it needed. */
static bool can_ask(const struct ctx *c)
{
    return c->db && db_error(c->db) == OK;
}

static const char *role_label(struct ctx *c, const struct duty *d, int64_t year)
{
    const char *name = role_name(d->role);
    if (d->role == ROLE_PROMOTER) /* the document's title is longer than a line of the header */
        return tr(c, "推進員");
    const char *label = word_label(c, "role", name, year);
    return text_eq(label, name) && d->role == ROLE_OPERATOR ? tr(c, "管理者") : label;
}

/* How wide a role's rights are; the bits only number the roles. */
static int width(enum role r)
{
    static const enum role order[] = {ROLE_NOBODY, ROLE_MEMBER, ROLE_MUNICIPALITY, ROLE_OFFICER, ROLE_APPROVER, ROLE_PROMOTER, ROLE_COLLATOR, ROLE_SECRETARIAT, ROLE_OPERATOR};
    for (int i = 0; i < ROLES_N; i++)
        if (order[i] == r)
            return i;
    return 0;
}

/* 山田さん(道路保全課・道路整備課 推進員): the duty with the widest rights speaks, with every section on which it is held. */
static const char *who(struct ctx *c)
{
    const struct duty *best = NULL;
    for (size_t i = 0; i < c->user->duties; i++)
        if (!best || width(c->user->duty[i].role) > width(best->role))
            best = &c->user->duty[i];
    const char *name = arena_printf(c->arena, tr(c, "%sさん"), c->user->name);
    if (!best)
        return name;
    int64_t year = this_year(c);
    const char *role = role_label(c, best, year), *places = NULL;
    for (size_t i = 0; i < c->user->duties && can_ask(c); i++) {
        const struct duty *d = &c->user->duty[i];
        const char *place = d->role == best->role && d->unit != NONE ? unit_name(c, d->unit, year) : NULL;
        if (place)
            places = places ? arena_printf(c->arena, "%s・%s", places, place) : place;
    }
    return places ? arena_printf(c->arena, "%s(%s %s)", name, places, role) : arena_printf(c->arena, "%s(%s)", name, role);
}

static void menu_collect(struct ctx *c, struct frame *f, const char *current)
{
    size_t most = 0;
    for (const struct area *const *a = c->app->areas; a && *a; a++)
        for (const struct menu_item *m = (*a)->menu; m && m->key; m++)
            most++;
    f->menu = arena_many(c->arena, struct frame_item, most + 1);
    f->work = arena_many(c->arena, struct frame_item, most + 1);
    for (const struct area *const *a = c->app->areas; a && *a; a++) {
        for (const struct menu_item *m = (*a)->menu; m && m->key; m++) {
            if (!user_is(c->user, m->who))
                continue;
            struct frame_item item = {tr(c, m->label), {m->path}, text_eq(current, m->key)};
            if (m->staff_menu)
                f->work[f->work_n++] = item;
            else
                f->menu[f->menu_n++] = item;
        }
    }
}

static void summary_collect(struct ctx *c, struct frame *f)
{
    f->fault = arena_many(c->arena, struct frame_fault, c->fail.faults_n + 1);
    for (const struct field_fault *x = c->fail.faults; x; x = x->next) {
        struct frame_fault out = {.message = x->message, .linked = x->field != NULL};
        if (x->field)
            out.to = (struct url){arena_printf(c->arena, "#%s", field_id(c, x->field))};
        f->fault[f->faults++] = out;
    }
    f->summary = true;
    f->summary_title = f->faults ? arena_printf(c->arena, tr(c, "%zuか所を直してください"), f->faults) : c->fail.message;
}

static void years_collect(struct ctx *c, struct frame *f, const struct page *p)
{
    if (p->year == NONE || p->year == 0 || !p->years_n)
        return;
    f->year = arena_many(c->arena, struct frame_year, p->years_n);
    for (size_t i = 0; i < p->years_n; i++)
        f->year[f->years++] = (struct frame_year){p->years[i], p->years[i] == NONE ? tr(c, "すべて") : year(c, p->years[i]),
                                                  p->years[i] == p->year};
    const struct form *q = &c->request->query;
    f->year_action = (struct url){c->request->path};
    struct form_value *keep = arena_many(c->arena, struct form_value, q->n + 1);
    for (size_t i = 0; i < q->n; i++)
        if (q->v[i].value && !text_eq(q->v[i].name, "year") && !text_eq(q->v[i].name, "after"))
            keep[f->keep_n++] = q->v[i];
    f->keep = keep;
}

static const char *window_title(struct ctx *c, const struct frame *f)
{
    struct sb b;
    sb_init(&b, c->arena);
    if (f->summary)
        sb_add(&b, tr(c, "エラー: "));
    if (!f->home) {
        sb_add(&b, f->p->title);
        sb_add(&b, " - ");
        if (f->p->place) {
            sb_add(&b, f->p->place);
            sb_add(&b, " - ");
        }
    }
    if (f->prefecture) {
        sb_add(&b, f->prefecture);
        sb_char(&b, ' ');
    }
    sb_add(&b, f->site);
    return sb_str(&b);
}

static enum err frame_fill(struct ctx *c, void *arg)
{
    struct frame *f = arg;
    const struct page *p = f->p;
    const char *path = c->request ? c->request->path : "/";
    if (can_ask(c)) {
        f->site = setting(c, "site_name");
        f->prefecture = setting(c, "prefecture_name");
        f->office = setting(c, "secretariat_name");
        const char *demo = setting(c, "demo");
        f->demo = demo && *demo && !text_eq(demo, "0");
    }
    if (!f->site)
        f->site = "Kyodo";
    f->lang = c->locale == LOCALE_EN ? "en" : "ja";
    f->signed_in = c->user->id != 0;
    /* The catalogue holds the public side: staff are not led into a page half in one language and half in the other. */
    if (c->request && c->request->method == HTTP_GET && (!f->signed_in || c->locale == LOCALE_EN)) {
        f->other_language = c->locale == LOCALE_EN ? "日本語" : "English";
        f->here = c->request->target;
    }
    f->home = text_eq(path, "/") && !p->crumbs;
    f->css = url_asset(c, "kyodo.css");
    f->js = url_asset(c, "kyodo.js");
    f->icon = url_asset(c, "icon.svg");
    f->q = c->request && text_eq(path, "/search") ? form_get(&c->request->query, "q") : NULL;
    f->may_login = !f->signed_in && !text_eq(path, "/login");
    menu_collect(c, f, p->menu);
    if (f->signed_in && !f->foot_only)
        f->who = who(c);
    if (c->request && !f->foot_only)
        years_collect(c, f, p);
    f->source_note = text_eq(p->menu, "organizations");
    f->address = arena_printf(c->arena, "%s%s", c->app->base_url ? c->app->base_url : "", c->request ? c->request->target : "");
    return OK;
}

static void frame_make(struct ctx *c, struct frame *f, const struct page *p, bool foot_only)
{
    struct failure kept = c->fail;
    *f = (struct frame){.p = p, .foot_only = foot_only};
    /* On the slow lane no transaction is open. */
    if (c->db || in_read(c, frame_fill, f) != OK) {
        *f = (struct frame){.p = p, .foot_only = foot_only};
        frame_fill(c, f);
    }
    c->fail = kept;
}

static void begin(struct ctx *c, struct response *w, const struct page *p, bool failure_page)
{
    sb_reserve(&w->body, PAGE_ROOM);
    struct frame f;
    frame_make(c, &f, p, false);
    if (!failure_page && w->status >= 400 && (c->fail.message || c->fail.faults))
        summary_collect(c, &f);
    f.title = window_title(c, &f);
    const char *notice = notice_read(c);
    f.banner = p->banner ? p->banner : notice;
    if (notice) { /* shown now: another visitor must not see it from the cache, and this one not again */
        response_cookie(w, notice_cookie(c), "", 0);
        w->no_cache = true;
    }
    if (f.signed_in)
        w->no_cache = true;
    frame_head(c, &w->body, &f);
}

void page_begin(struct ctx *c, struct response *w, const struct page *p)
{
    begin(c, w, p, false);
}

void page_end(struct ctx *c, struct response *w, const struct page *p)
{
    struct frame f;
    frame_make(c, &f, p, true);
    frame_foot(c, &w->body, &f);
}

/* --- what was typed, kept --- */

static void hidden(struct sb *o, const char *prefix, const char *name, const char *value)
{
    sb_add(o, "<input type=\"hidden\" name=\"");
    html_text(o, prefix);
    html_text(o, name);
    sb_add(o, "\" value=\"");
    html_text(o, value);
    sb_add(o, "\">\n");
}

void frame_token(struct ctx *c, struct sb *o)
{
    hidden(o, "", FORM_CSRF, csrf_token(c));
}

static bool is_secret(const char *name)
{
    return text_eq(name, FORM_CSRF) || text_eq(name, FORM_KEY) || strstr(name, "password") != NULL;
}

static bool is_post(const struct ctx *c)
{
    return c->request && c->request->method == HTTP_POST;
}

void kept_fields(struct ctx *c, struct sb *o)
{
    if (!is_post(c))
        return;
    const struct form *f = &c->request->form;
    bool again = text_eq(c->request->path, "/login");
    if (!again)
        hidden(o, "", "keep_to", c->request->target);
    for (size_t i = 0; i < f->n; i++) {
        const char *name = f->v[i].name;
        if (again ? text_starts(name, "keep.") || text_eq(name, "keep_to") : !is_secret(name))
            hidden(o, again ? "" : "keep.", name, f->v[i].value);
    }
}

bool page_continue(struct ctx *c, struct response *w)
{
    const char *to = is_post(c) ? form_get(&c->request->form, "keep_to") : NULL;
    if (!to)
        return false;
    struct page p = {.title = tr(c, "ログインしました"), .year = NONE};
    struct sb *o = &w->body;
    const struct form *f = &c->request->form;
    w->no_cache = true;
    page_begin(c, w, &p);
    sb_add(o, "<p>");
    html_text(o, tr(c, "入力した内容は残っています。続けるを押すと、送り直します。"));
    sb_add(o, "</p>\n");
    form_begin(c, o, url_back(c->arena, to), NULL, NULL);
    for (size_t i = 0; i < f->n; i++)
        if (text_starts(f->v[i].name, "keep."))
            hidden(o, "", f->v[i].name + 5, f->v[i].value);
    sb_add(o, "<div class=\"actions\"><button class=\"button\" type=\"submit\">");
    html_text(o, tr(c, "続ける"));
    sb_add(o, "</button></div>\n");
    form_end(c, o);
    page_end(c, w, &p);
    return true;
}

/* --- pages for failures --- */

void error_faults(struct ctx *c, struct sb *o, const struct field_fault *f)
{
    (void)c;
    for (; f; f = f->next) {
        sb_add(o, "<li>");
        html_text(o, f->message);
        sb_add(o, "</li>\n");
    }
}

void error_login(struct ctx *c, struct sb *o)
{
    form_begin(c, o, url_path(c->arena, "/login"), NULL, NULL);
    kept_fields(c, o);
    form_input(c, o, &(struct input){.name = "login", .label = tr(c, "利用者名"), .type = "text", .autocomplete = "username", .required = true});
    form_input(c, o, &(struct input){.name = "password", .label = tr(c, "パスワード"), .type = "password", .autocomplete = "current-password", .required = true});
    sb_add(o, "<div class=\"actions\"><button class=\"button\" type=\"submit\">");
    html_text(o, tr(c, "ログインして続ける"));
    sb_add(o, "</button></div>\n");
    form_end(c, o);
}

/* The same form once more, with its own key: if the first attempt was saved after all, the answer is the same. */
void error_again(struct ctx *c, struct sb *o)
{
    const struct form *f = &c->request->form;
    sb_add(o, "<form method=\"post\" action=\"");
    html_url(o, url_back(c->arena, c->request->target));
    sb_add(o, "\">\n");
    frame_token(c, o);
    for (size_t i = 0; i < f->n; i++)
        if (text_eq(f->v[i].name, FORM_KEY) || !is_secret(f->v[i].name))
            hidden(o, "", f->v[i].name, f->v[i].value);
    sb_add(o, "<div class=\"actions\"><button class=\"button\" type=\"submit\">");
    html_text(o, tr(c, "もう一度送る"));
    sb_add(o, "</button></div>\n</form>\n");
}

static const char *office_to_ask(struct ctx *c)
{
    const char *office = can_ask(c) ? setting(c, "secretariat_name") : NULL;
    return office ? office : tr(c, "事務局");
}

/* A form of ours that was drawn for another session of the same browser (signed in again in a second window): what was typed is not lost,
 * the person sends it once more with the token of now. Only where the browser says that the form came from here. */
static bool is_outdated_form(struct ctx *c)
{
    if (!is_post(c) || c->user->id == 0 || c->request->form.files > 0 || !request_header(c->request, "Origin"))
        return false;
    struct failure kept = c->fail;
    bool ours = csrf_origin(c, c->request) == OK;
    const char *sent = form_get(&c->request->form, FORM_CSRF);
    c->fail = kept;
    return ours && sent && !text_eq_secret(sent, csrf_token(c));
}

void page_error(struct ctx *c, struct response *w, enum err e)
{
    struct error_view v = {.message = c->fail.message, .fault = c->fail.faults, .home = true};
    bool post = is_post(c), files = post && c->request->form.files > 0;
    const char *back = c->request ? request_header(c->request, "Referer") : NULL;
    if (e == E_LOGIN && !post && c->request) {
        response_redirect(w, url_with(c->arena, url_path(c->arena, "/login"), "back", c->request->target).s);
        return;
    }
    if (w->status < 400 || w->status == 422)
        w->status = err_http(e);
    w->no_cache = true;
    switch (e) {
    case E_LOGIN:
        v.heading = tr(c, "ログインの時間が切れました");
        v.message = tr(c, "入力した内容は残っています。");
        v.login = v.kept = true;
        v.files_lost = files;
        break;
    case E_FORBIDDEN:
        if (is_outdated_form(c)) {
            v.heading = tr(c, "もう一度送ってください");
            v.message = tr(c, "ログインし直したので、この画面は古くなりました。入力した内容は残っています。");
            v.again = true;
            break;
        }
        v.heading = post ? tr(c, "受け付けられません") : tr(c, "このページは見られません");
        if (!v.message)
            v.message = arena_printf(c->arena, tr(c, "このページを見られる人は決まっています。見たいときは%sに聞いてください。"), office_to_ask(c));
        break;
    case E_NOT_FOUND:
        v.heading = w->status == 405 ? tr(c, "このページは、この開き方では見られません") : tr(c, "ページが見つかりません");
        if (!v.message)
            v.message = tr(c, "アドレスが変わったか、まだ公開していないページです。ことばで探せます。");
        v.search = true;
        break;
    case E_INPUT:
    case E_FORM:
        v.heading = tr(c, "直すところがあります");
        if (!v.message)
            v.message = tr(c, "送られた内容を受け取れませんでした。");
        break;
    case E_CONFLICT:
        v.heading = tr(c, "いまの状態ではできません");
        if (!v.message)
            v.message = tr(c, "ほかの人が先に変えました。もう一度開いて、確かめてください。");
        break;
    case E_TOO_LARGE:
        v.heading = tr(c, "送られた内容が大きすぎます");
        if (!v.message)
            v.message = tr(c, "小さく分けて、もう一度送ってください。");
        break;
    case E_BUSY:
        v.heading = tr(c, "いま混み合っています");
        v.message = tr(c, "少し待ってから、もう一度試してください。");
        response_header(w, "Retry-After", "5");
        v.again = post && !files;
        break;
    case E_FULL:
        v.heading = tr(c, "いま保存できません");
        v.message = files ? tr(c, "サーバーのディスクがいっぱいです。保存されていません。管理者に知らせて、空いてから、もう一度ファイルを送ってください。")
                          : tr(c, "サーバーのディスクがいっぱいです。保存されていませんが、入力した内容は下に残っています。管理者に知らせて、空いてから、もう一度送ってください。");
        v.fault = NULL;
        v.request_id = c->request_id;
        v.again = post && !files;
        break;
    default:
        v.heading = tr(c, post ? "いま受け付けられません" : "いま表示できません");
        v.message = !post ? tr(c, "少し待ってから、もう一度開いてください。")
                    : files ? tr(c, "保存されていません。少し待ってから、もう一度ファイルを送ってください。")
                            : tr(c, "入力した内容は残っています。少し待ってから、もう一度送ってください。");
        v.fault = NULL;
        v.request_id = c->request_id;
        v.again = post && !files;
        break;
    }
    /* Back to the form: only to a page of ours. */
    if (back && post && !v.login && !v.again) {
        const char *host = c->request->host, *p = strstr(back, "://");
        size_t n = host ? strlen(host) : 0;
        if (p && n && strncmp(p + 3, host, n) == 0 && p[3 + n] == '/')
            v.back = url_back(c->arena, p + 3 + n);
    }
    struct page p = {.title = v.heading, .year = NONE};
    begin(c, w, &p, true);
    error_body(c, &w->body, &v);
    page_end(c, w, &p);
}
