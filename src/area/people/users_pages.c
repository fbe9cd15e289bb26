/* The accounts as the secretariat and the operator see them. */
#include "area/people/account_views.h"
#include "area/people/people_files.h"
#include "area/people/users.html.h"

#include <string.h>

#include "area/organization/organization.h"
#include "base/date.h"
#include "base/text.h"
#include "core/outbox.h"
#include "core/section.h"
#include "core/listing.h"

enum { PAGE_ROWS = 20, SCAN_ROWS = 500, HISTORY_ROWS = 50, CANDIDATES = 8 };

static struct crumb users_crumb(struct ctx *c)
{
    return (struct crumb){tr(c, "利用者"), url_path(c->arena, "/users")};
}

/* --- state in words --- */

static void state_words(struct ctx *c, bool active, bool has_password, bool invited, const char **words, const char **tag)
{
    *words = !active ? tr(c, "使えない") : has_password ? tr(c, "使用中") : invited ? tr(c, "招待中") : tr(c, "未招待");
    *tag = !active ? "tag tag-gray" : has_password ? "tag tag-green" : invited ? "tag tag-blue" : "tag tag-yellow";
}

static const char *all_duties(struct ctx *c, int64_t account)
{
    struct sb o;
    size_t n = 0;
    struct duty_line *d = duty_lines(c, account, false, NULL, &n);
    sb_init(&o, c->arena);
    for (size_t i = 0; i < n; i++)
        sb_printf(&o, "%s%s", i == 0 ? "" : tr(c, "、"), d[i].label);
    return sb_str(&o);
}

/* --- list --- */

static int64_t count_users(struct ctx *c, enum role role, const char *state)
{
    struct sql s;
    int64_t n = 0;
    sql_init(&s, c->arena);
    sql_add(&s, "SELECT count(*) FROM (SELECT id FROM account WHERE TRUE", P0);
    users_where(c, &s, &(struct users_filter){.role = role, .state = state});
    sql_add(&s, " LIMIT 1001) AS counted", P0);
    for (struct db_rows *r = sql_query(c->db, &s); db_next(r);)
        n = db_int(r, 0);
    return n;
}

/* Accounts are some thousands at most: a typed name is looked for in the folded texts themselves, in pieces, until a page is full. */
static enum err list_users(struct ctx *c, const struct cursor *from, const char *q, enum role role, const char *state, struct user_line *out, char **logins, int64_t *ids,
                           size_t *n, bool *more)
{
    const struct users_filter filter = {q, state, role};
    const char *key = from->set ? from->key : "";
    bool back = from->set && from->back, end = false;
    *n = 0;
    *more = false;
    while (!end && !*more) {
        struct sql s;
        sql_init(&s, c->arena);
        sql_add(&s, "SELECT id, login, name, active, password_hash IS NOT NULL,"
                    " EXISTS (SELECT 1 FROM invitation WHERE invitation.account = account.id AND used_at IS NULL AND expires_at > $), last_login_at FROM account WHERE TRUE", P(c->now));
        if (*key != '\0' && back)
            sql_add(&s, " AND login < $", P(key));
        else if (*key != '\0')
            sql_add(&s, " AND login > $", P(key));
        users_where(c, &s, &filter);
        if (back)
            sql_add(&s, " ORDER BY login DESC LIMIT 500", P0);
        else
            sql_add(&s, " ORDER BY login LIMIT 500", P0);
        size_t read = 0;
        for (struct db_rows *r = sql_query(c->db, &s); db_next(r);) {
            read++;
            key = db_text(r, 1);
            if (!users_fit(c, &filter, key, db_text(r, 2)))
                continue;
            if (*n == PAGE_ROWS) {
                *more = true;
                db_done(r);
                break;
            }
            struct user_line *u = &out[*n];
            *u = (struct user_line){.login = key, .name = db_text(r, 2), .to = url_path(c->arena, "/users/%lld", (long long)db_int(r, 0)),
                                    .used = db_null(r, 6) ? tr(c, "まだありません") : date_era(c->arena, instant_date(c->arena, db_int(r, 6)))};
            state_words(c, db_bool(r, 3), db_bool(r, 4), db_bool(r, 5), &u->state, &u->tag);
            logins[*n] = arena_dup(c->arena, key);
            ids[(*n)++] = db_int(r, 0);
        }
        TRY_DB(c, db_error(c->db));
        end = read < SCAN_ROWS;
    }
    return OK;
}

static struct url with_filter(struct ctx *c, const char *q, const char *role, const char *state)
{
    struct url u = url_path(c->arena, "/users");
    if (q != NULL)
        u = url_with(c->arena, u, "q", q);
    if (role != NULL)
        u = url_with(c->arena, u, "role", role);
    return state != NULL ? url_with(c->arena, u, "state", state) : u;
}

enum err users_page(struct ctx *c, struct request *r, struct response *w)
{
    const char *q = form_get(&r->query, "q"), *role = form_get(&r->query, "role"), *state = form_get(&r->query, "state");
    enum role wanted = role_from_name(role);
    if (file_asked(c, r)) {
        struct users_filter filter = {q, state, wanted};
        struct listing l = users_listing(c, &filter);
        return file_answer(c, r, w, &l);
    }
    struct cursor from;
    cursor_read(c, form_get(&r->query, "after"), "login", &from);
    struct user_line *line = arena_many(c->arena, struct user_line, PAGE_ROWS);
    char **login = arena_many(c->arena, char *, PAGE_ROWS);
    int64_t *id = arena_many(c->arena, int64_t, PAGE_ROWS);
    struct users_view v = {.q = q, .add = url_path(c->arena, "/users/new"), .all = url_path(c->arena, "/users"), .v = line};
    bool more = false, back = from.set && from.back;
    TRY(list_users(c, &from, q, wanted, state, line, login, id, &v.n, &more));
    if (back) /* read from the end: turned round */
        for (size_t i = 0; i < v.n / 2; i++) {
            struct user_line one = line[i];
            line[i] = line[v.n - 1 - i];
            line[v.n - 1 - i] = one;
            char *s = login[i];
            login[i] = login[v.n - 1 - i];
            login[v.n - 1 - i] = s;
            int64_t n = id[i];
            id[i] = id[v.n - 1 - i];
            id[v.n - 1 - i] = n;
        }
    for (size_t i = 0; i < v.n; i++)
        line[i].duties = all_duties(c, id[i]);
    struct url filtered = with_filter(c, q, wanted != 0 ? role : NULL, state);
    struct pager pager = {.has_next = v.n > 0 && (back || more), .has_prev = v.n > 0 && (back ? more : from.set), .count = NONE, .from = NONE, .to = NONE};
    if (pager.has_next)
        pager.next = url_with(c->arena, filtered, "after", cursor_write(c, "login", false, login[v.n - 1], NONE, id[v.n - 1]));
    if (pager.has_prev)
        pager.prev = url_with(c->arena, filtered, "after", cursor_write(c, "login", true, login[0], NONE, id[0]));
    v.pager = &pager;
    if (q == NULL)
        v.count = arena_printf(c->arena, tr(c, "%s人"), count(c, count_users(c, wanted, state)));
    struct choice *roles = arena_many(c->arena, struct choice, ROLES_N);
    roles[v.roles++] = (struct choice){"", tr(c, "すべて"), NONE, wanted == 0};
    for (unsigned i = 1; i < ROLES_N; i++)
        roles[v.roles++] = (struct choice){role_name((enum role)(1u << i)), role_label(c, (enum role)(1u << i)), NONE, wanted == (enum role)(1u << i)};
    v.role = roles;
    const struct choice states[] = {{"", tr(c, "すべて"), NONE, state == NULL},
                                    {"active", tr(c, "使用中"), NONE, text_eq(state, "active")},
                                    {"waiting", tr(c, "招待中・未招待"), NONE, text_eq(state, "waiting")},
                                    {"closed", tr(c, "使えない"), NONE, text_eq(state, "closed")}};
    v.state = states;
    v.states = sizeof states / sizeof states[0];
    struct chip *chip = arena_many(c->arena, struct chip, 3);
    if (q != NULL)
        chip[v.chips++] = (struct chip){arena_printf(c->arena, tr(c, "「%s」"), q), with_filter(c, NULL, wanted != 0 ? role : NULL, state)};
    if (wanted != 0)
        chip[v.chips++] = (struct chip){role_label(c, wanted), with_filter(c, q, NULL, state)};
    for (size_t i = 1; i < v.states; i++)
        if (states[i].on)
            chip[v.chips++] = (struct chip){states[i].label, with_filter(c, q, wanted != 0 ? role : NULL, NULL)};
    v.chip = chip;
    TRY_DB(c, db_error(c->db));
    struct page p = {.title = tr(c, "利用者"), .menu = "users", .year = NONE};
    page_begin(c, w, &p);
    users_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* --- a duty in a form --- */

static enum err fill_duty_form(struct ctx *c, struct duty_form *f)
{
    struct choice *role = arena_many(c->arena, struct choice, ROLES_N);
    for (unsigned i = 1; i < ROLES_N; i++)
        if ((1u << i) != ROLE_OPERATOR || user_is(c->user, ROLE_OPERATOR))
            role[f->roles++] = (struct choice){role_name((enum role)(1u << i)), role_label(c, (enum role)(1u << i)), NONE, false};
    f->role = role;
    struct section_node *s = NULL, *next = NULL;
    size_t n = 0, later = 0;
    TRY(sections_of_year(c, this_year(c), &s, &n));
    TRY(sections_of_year(c, this_year(c) + 1, &next, &later));
    struct choice *unit = arena_many(c->arena, struct choice, n + later + 1);
    unit[f->units++] = (struct choice){"", tr(c, "選んでください"), NONE, true};
    for (size_t i = 0; i < n; i++)
        unit[f->units++] = (struct choice){arena_printf(c->arena, "%lld", (long long)s[i].s.unit),
                                           s[i].depth == 0 || s[i].department == NULL ? s[i].s.name : arena_printf(c->arena, "%s %s", s[i].department, s[i].s.name), NONE, false};
    for (size_t i = 0; i < later; i++) { /* what 1 April brings, as soon as next year's sections are made */
        bool here = false;
        for (size_t k = 0; k < n && !here; k++)
            here = s[k].s.unit == next[i].s.unit;
        if (!here)
            unit[f->units++] = (struct choice){arena_printf(c->arena, "%lld", (long long)next[i].s.unit), section_year_name(c, &next[i].s), NONE, false};
    }
    f->unit = unit;
    const char *name = typed(c, "organization_name");
    if (name == NULL || !(role_from_name(typed(c, "role")) & ORGANIZATION_ROLES))
        return OK;
    struct organization_choice *o = NULL;
    TRY(organization_candidates(c, name, CANDIDATES, &o, &n));
    struct choice *v = arena_many(c->arena, struct choice, n + 1);
    for (size_t i = 0; i < n; i++)
        v[i] = (struct choice){arena_printf(c->arena, "%lld", (long long)o[i].id),
                               arena_printf(c->arena, "%s%s%s %s", o[i].name, o[i].where != NULL ? " " : "", o[i].where != NULL ? o[i].where : "", o[i].number != NULL ? o[i].number : ""),
                               NONE, n == 1};
    f->organization = v;
    f->organizations = n;
    f->ask_organization = n > 0;
    return OK;
}

/* The organization typed by name: the one chosen from the list, or the only one that has this name. */
static enum err read_organization(struct ctx *c, const struct form *f, int64_t *id)
{
    const char *name = form_get(f, "organization_name");
    *id = form_int(f, "organization");
    if (*id != NONE)
        return OK;
    if (name == NULL)
        return fail_field(&c->fail, "organization_name", "%s", tr(c, "団体の名前を入力してください"));
    struct organization_choice *o = NULL;
    size_t n = 0, same = 0;
    TRY(organization_candidates(c, name, CANDIDATES, &o, &n));
    for (size_t i = 0; i < n; i++)
        if (strcmp(text_fold(c->arena, o[i].name), text_fold(c->arena, name)) == 0 || text_eq(o[i].number, text_nfkc(c->arena, name))) {
            *id = o[i].id;
            same++;
        }
    if (same == 1)
        return OK;
    *id = NONE;
    if (n == 0)
        return fail_field(&c->fail, "organization_name", tr(c, "「%s」という団体は登録されていません。団体の一覧で名前を確かめてください"), name);
    return fail_field(&c->fail, "organization", "%s", tr(c, "団体を一つ選んでください"));
}

static enum err add_duty(struct ctx *c, const struct form *f, int64_t account)
{
    enum role role = role_from_name(form_get(f, "role"));
    int64_t organization = NONE;
    if (role & ORGANIZATION_ROLES)
        TRY(read_organization(c, f, &organization));
    return duty_add(c, account, role, form_int(f, "unit"), organization, false);
}

static enum err check_duty(struct ctx *c, const struct form *f)
{
    enum role role = role_from_name(form_get(f, "role"));
    int64_t organization = NONE;
    if (role & ORGANIZATION_ROLES)
        TRY(read_organization(c, f, &organization));
    return duty_check(c, role, form_int(f, "unit"), organization);
}

/* After the write that made a letter: where to go depends on how it travels. */
static enum err code_done(struct ctx *c, struct response *w, int64_t account, int64_t letter, const char *mailed, const char *paper)
{
    struct letter_line l;
    TRY(letter_load(c, letter, &l));
    if (text_eq(l.state, "paper"))
        return page_done(c, w, url_path(c->arena, "/letters/%lld", (long long)letter), paper);
    return page_done(c, w, url_path(c->arena, "/users/%lld", (long long)account), mailed);
}

/* --- a new account --- */

static enum err show_new(struct ctx *c, struct response *w)
{
    struct duty_form f = {0};
    struct failure kept = c->fail;
    TRY(fill_duty_form(c, &f));
    c->fail = kept;
    struct user_new_view v = {.duty = &f, .action = url_path(c->arena, "/users/new")};
    struct page p = {.title = tr(c, "利用者を加える"), .menu = "users", .year = NONE, .crumb = {users_crumb(c)}, .crumbs = 1};
    page_begin(c, w, &p);
    user_new_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err user_new_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    return show_new(c, w);
}

enum err user_new_post(struct ctx *c, struct request *r, struct response *w)
{
    struct account a;
    int64_t letter = NONE;
    entity_init(&account_entity, &a);
    a.login = form_get(&r->form, "login");
    a.name = form_get(&r->form, "name");
    a.mail = form_get(&r->form, "mail");
    /* All or nothing: an account whose duty is wrong must not stay behind when the form comes back. */
    TRY_DB(c, db_savepoint(c->db, "new_user"));
    enum err e = account_save(c, NULL, &a), d = OK;
    if (e == OK || e == E_INPUT) /* everything that is wrong is said at once */
        d = e == OK ? add_duty(c, &r->form, a.id) : check_duty(c, &r->form);
    e = e != OK ? e : d;
    if (e == OK)
        e = account_send_code(c, a.id, &letter);
    if (e == E_INPUT) {
        db_rollback_to(c->db, "new_user");
        w->status = 422;
        return show_new(c, w);
    }
    TRY(e);
    TRY_DB(c, db_release(c->db, "new_user"));
    return code_done(c, w, a.id, letter, "登録して、招待のメールを送ります。", "登録しました。この手紙を印刷して、本人に渡してください。");
}

/* --- one account --- */

static const char *what_words(struct ctx *c, const char *what)
{
    static const struct { const char *what, *words; } table[] = {
        {"account.add", "登録した"}, {"account.change", "変えた"}, {"account.invite", "招待した"}, {"account.reset", "決め直しの番号を作った"},
        {"account.password", "パスワードを決めた"}, {"account.deactivate", "使えなくした"}, {"account.activate", "使えるようにした"},
        {"login", "ログインした"}, {"logout", "ログアウトした"}, {"sessions.end", "すべての端末からログアウトした"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(what, table[i].what) == 0)
            return tr(c, table[i].words);
    return what;
}

static struct url end_of(struct ctx *c, int64_t account, int64_t duty)
{
    return url_path(c->arena, "/users/%lld/duties/%lld/end", (long long)account, (long long)duty);
}

static enum err count_sessions(struct ctx *c, int64_t account, int64_t *n)
{
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM session WHERE account = $1 AND used_at > $2", P(account, c->now - 12 * 3600), n));
    return OK;
}

static enum err history_file(struct ctx *c, struct response *w, const char *name, const struct audit_line *line, const struct history_line *h, size_t n)
{
    static const struct table_column column[] = {{.title = "日時", .kind = TABLE_INSTANT}, {.title = "人", .width = 20}, {.title = "したこと", .width = 30}, {.title = "項目", .width = 20}, {.title = "前", .width = 40, .wrap = true},
                                                 {.title = "後", .width = 40, .wrap = true}};
    struct cells x = {0};
    for (size_t i = 0; i < n; i++) {
        cell_at(c, &x, line[i].at);
        cell_text(c, &x, h[i].who);
        cell_text(c, &x, h[i].what);
        cell_text(c, &x, h[i].field);
        cell_text(c, &x, h[i].before);
        cell_text(c, &x, h[i].after);
    }
    return file_answer_cells(c, c->request, w, arena_printf(c->arena, "%sさんの記録", name), TABLE_COLUMNS(column), &x);
}

static enum err show_user(struct ctx *c, int64_t id, struct response *w)
{
    struct account a;
    struct failure kept = c->fail;
    failure_clear(&c->fail);
    TRY(record_load(c, &account_entity, id, &a));
    int64_t has_password = 0, invited = 0, operator = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM account WHERE id = $1 AND password_hash IS NOT NULL", P(id), &has_password));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM invitation WHERE account = $1 AND used_at IS NULL AND expires_at > $2", P(id, c->now), &invited));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM duty WHERE account = $1 AND role = 'operator' AND (until IS NULL OR until > $2)", P(id, c->now), &operator));
    struct duty_form form = {0};
    bool duty_typed = c->request != NULL && text_eq(c->request->path, arena_printf(c->arena, "/users/%lld/duties", (long long)id));
    struct user_view v = {.a = &a, .form = &form, .duty_open = duty_typed, .may_change = operator == 0 || user_is(c->user, ROLE_OPERATOR), .myself = id == c->user->id};
    state_words(c, a.active, has_password > 0, invited > 0, &v.state, &v.tag);
    v.made = instant_long(c->arena, a.made_at);
    v.used = a.last_login_at != NONE ? instant_long(c->arena, a.last_login_at) : tr(c, "まだありません");
    v.duty = duty_lines(c, id, false, end_of, &v.duties);
    v.ended = duty_lines(c, id, true, NULL, &v.endeds);
    TRY(count_sessions(c, id, &v.sessions));
    TRY(fill_duty_form(c, &form));
    v.code_button = has_password > 0 ? tr(c, "パスワードを決め直す番号を作る") : tr(c, "招待の番号を作り直す");
    v.code_note = a.mail != NULL && mail_configured(c) ? tr(c, "番号をメールで送ります。前に作った番号は使えなくなります。")
                                                       : tr(c, "番号の手紙を作るので、印刷して渡してください。前に作った番号は使えなくなります。");
    v.save = url_path(c->arena, "/users/%lld", (long long)id);
    v.duty_add = url_path(c->arena, "/users/%lld/duties", (long long)id);
    v.handover = url_path(c->arena, "/users/%lld/handover", (long long)id);
    v.code = url_path(c->arena, "/users/%lld/code", (long long)id);
    v.end_sessions = url_path(c->arena, "/users/%lld/sessions", (long long)id);
    v.deactivate = url_path(c->arena, "/users/%lld/deactivate", (long long)id);
    v.activate = url_path(c->arena, "/users/%lld/activate", (long long)id);
    v.letters = url_path(c->arena, "/letters");
    struct audit_line *line = NULL;
    TRY(audit_history(c, "account", id, HISTORY_ROWS, &line, &v.histories));
    struct history_line *h = arena_many(c->arena, struct history_line, v.histories + 1);
    for (size_t i = 0; i < v.histories; i++)
        h[i] = (struct history_line){instant_long(c->arena, line[i].at), line[i].who, what_words(c, line[i].what), line[i].field, line[i].before, line[i].after};
    v.history = h;
    TRY_DB(c, db_error(c->db));
    if (c->request != NULL && c->request->method == HTTP_GET && file_asked(c, c->request))
        return history_file(c, w, a.name, line, h, v.histories);
    c->fail = kept;
    struct page p = {.title = arena_printf(c->arena, tr(c, "%sさん"), a.name), .place = tr(c, "利用者"), .menu = "users", .year = NONE, .crumb = {users_crumb(c)}, .crumbs = 1};
    page_begin(c, w, &p);
    user_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err user_page(struct ctx *c, struct request *r, struct response *w)
{
    return show_user(c, r->param[0], w);
}

static enum err changed(struct ctx *c, struct request *r, struct response *w, enum err e, const char *sentence)
{
    if (e == E_INPUT) {
        w->status = 422;
        return show_user(c, r->param[0], w);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/users/%lld", (long long)r->param[0]), sentence);
}

enum err user_post(struct ctx *c, struct request *r, struct response *w)
{
    struct account before, after;
    TRY(record_load(c, &account_entity, r->param[0], &before));
    before.version = form_int(&r->form, "version");
    after = before;
    after.login = form_get(&r->form, "login");
    after.name = form_get(&r->form, "name");
    after.mail = form_get(&r->form, "mail");
    return changed(c, r, w, account_save(c, &before, &after), "保存しました。");
}

enum err user_duty_post(struct ctx *c, struct request *r, struct response *w)
{
    return changed(c, r, w, add_duty(c, &r->form, r->param[0]), "役割を加えました。");
}

enum err user_duty_end_post(struct ctx *c, struct request *r, struct response *w)
{
    return changed(c, r, w, duty_end(c, r->param[1]), "役割を終わりにしました。");
}

enum err user_code_post(struct ctx *c, struct request *r, struct response *w)
{
    int64_t letter = NONE;
    TRY(account_send_code(c, r->param[0], &letter));
    return code_done(c, w, r->param[0], letter, "番号をメールで送ります。", "手紙を作りました。印刷して、本人に渡してください。");
}

enum err user_sessions_post(struct ctx *c, struct request *r, struct response *w)
{
    return changed(c, r, w, account_end_sessions(c, r->param[0]), "すべての端末からログアウトさせました。");
}

enum err user_deactivate_page(struct ctx *c, struct request *r, struct response *w)
{
    struct account a;
    struct user_confirm_view v = {.action = url_path(c->arena, "/users/%lld/deactivate", (long long)r->param[0]),
                                  .back = url_path(c->arena, "/users/%lld", (long long)r->param[0])};
    TRY(record_load(c, &account_entity, r->param[0], &a));
    TRY(count_sessions(c, a.id, &v.sessions));
    v.name = a.name;
    v.login = a.login;
    struct page p = {.title = tr(c, "利用者を使えなくする"), .menu = "users", .year = NONE,
                     .crumb = {users_crumb(c), {arena_printf(c->arena, tr(c, "%sさん"), a.name), v.back}}, .crumbs = 2};
    page_begin(c, w, &p);
    user_confirm_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err user_deactivate_post(struct ctx *c, struct request *r, struct response *w)
{
    return changed(c, r, w, account_activate(c, r->param[0], false), "使えなくしました。");
}

enum err user_activate_post(struct ctx *c, struct request *r, struct response *w)
{
    return changed(c, r, w, account_activate(c, r->param[0], true), "使えるようにしました。");
}
