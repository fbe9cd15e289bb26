#include "core/session.h"

#include <string.h>
#include <strings.h>

#include "base/crypto.h"
#include "base/text.h"
#include "core/app.h"
#include "core/audit.h"
#include "core/live.h"
#include "core/page.h"

enum { UNUSED_MAX = 12 * 3600, AGE_MAX = 7 * 86400, TOKEN_BYTES = 32, FORM_TOKEN_BYTES = 16, DEVICE_MAX = 200, WRITE_LATE = 15 * 60 };

/* With the prefix the browser itself refuses the cookie on http, for a domain, or below a path. */
static const char *cookie_name(struct ctx *c, const char *plain)
{
    bool https = c->app->https || (c->request != NULL && c->request->https);
    return https ? arena_printf(c->arena, "__Host-%s", plain) : plain;
}

static bool is_token(const char *s, size_t bytes)
{
    return s != NULL && strlen(s) == 2 * bytes && strspn(s, "0123456789abcdef") == 2 * bytes;
}

static const char *token_hash(struct ctx *c, struct arena *a, const char *token)
{
    const struct part parts[] = {PART("session 1"), PART(token)};
    return hash_hex(a, crypto_hmac_with(&c->app->hmac, parts, 2));
}

const char *login_canonical(struct arena *a, const char *typed)
{
    if (typed == NULL)
        return NULL;
    char *s = arena_dup(a, text_nfkc(a, typed));
    for (char *p = s; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p - 'A' + 'a');
    return s;
}

/* --- who is it --- */

struct whose { const struct request *r; const struct user *user; };

/* NULL: no cookie, or none of ours. */
static const char *hash_of_cookie(struct ctx *c, const struct request *r)
{
    if (c->token_hash == NULL) {
        const char *token = request_cookie(r, cookie_name(c, "kyodo"));
        c->token_hash = is_token(token, TOKEN_BYTES) ? token_hash(c, r->arena, token) : NULL;
    }
    return c->token_hash;
}

/* The kinds' subjects differ in length: one can stand for no other. */
static const char *csrf_of(struct ctx *c, const char *kind, const char *subject)
{
    if (c->csrf == NULL || !text_eq_secret(subject, c->csrf_subject)) {
        struct arena *a = c->request != NULL ? c->request->arena : c->arena; /* it outlives an arena lent to c for a piece of the work */
        const struct part parts[] = {PART("csrf 1"), PART(kind), PART(subject)};
        c->csrf = hash_hex(a, crypto_hmac_with(&c->app->hmac, parts, 3));
        c->csrf_subject = arena_dup(a, subject);
    }
    return c->csrf;
}

void session_prepare(struct ctx *c, const struct request *r)
{
    const char *hash = hash_of_cookie(c, r);
    if (hash != NULL)
        csrf_of(c, "session", hash);
}

static struct duty duty_of(struct db_rows *q, int column)
{
    return (struct duty){db_int(q, column), role_from_name(db_text(q, column + 1)), db_int(q, column + 2), db_int(q, column + 3)};
}

static uint32_t duty_bits(struct duty d)
{
    return (uint32_t)d.role & SIGNED_IN;
}

enum err user_load(struct ctx *c, int64_t account, const struct user **out)
{
    struct user *u = NULL;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT name, mail FROM account WHERE id = $1 AND active", P(account)); db_next(q);) {
        u = arena_make(c->arena, struct user);
        *u = (struct user){.id = account, .name = db_text(q, 0), .mail = db_text(q, 1)};
    }
    TRY_DB(c, db_error(c->db));
    *out = &user_nobody;
    if (u == NULL)
        return OK;
    struct duty *v = NULL;
    size_t n = 0, cap = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id, role, unit, organization FROM duty"
                                      " WHERE account = $1 AND since <= $2 AND (until IS NULL OR until > $2) ORDER BY id", P(account, c->now));
         db_next(q);) {
        ARENA_PUSH(c->arena, v, n, cap) = duty_of(q, 0);
        u->roles |= duty_bits(v[n - 1]);
    }
    TRY_DB(c, db_error(c->db));
    u->duty = v;
    u->duties = n;
    if (u->roles != 0) /* nobody without a duty gets in: there would be nothing to do */
        *out = u;
    return OK;
}

static enum err find_user(struct ctx *c, void *arg)
{
    struct whose *w = arg;
    w->user = &user_nobody;
    const char *hash = hash_of_cookie(c, w->r);
    if (hash == NULL)
        return OK;
    int64_t made = 0, used = 0;
    struct user *mine = NULL;
    struct duty *duty = NULL;
    size_t n = 0, cap = 0;
    /* One statement: every request of everybody signed in asks this. */
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT session.made_at, session.used_at, account.id, account.name, account.mail, duty.id, duty.role, duty.unit,"
                                      " duty.organization FROM session JOIN account ON account.id = session.account"
                                      " LEFT JOIN duty ON duty.account = account.id AND duty.since <= $2 AND (duty.until IS NULL OR duty.until > $2)"
                                      " WHERE session.token_hash = $1 AND account.active ORDER BY duty.id", P(hash, c->now));
         db_next(q);) {
        if (mine == NULL) {
            mine = arena_make(c->arena, struct user);
            *mine = (struct user){.id = db_int(q, 2), .name = db_text(q, 3), .mail = db_text(q, 4), .session = hash};
            made = db_int(q, 0);
            used = db_int(q, 1);
        }
        if (db_null(q, 5))
            continue;
        ARENA_PUSH(c->arena, duty, n, cap) = duty_of(q, 5);
        mine->roles |= duty_bits(duty[n - 1]);
    }
    TRY_DB(c, db_error(c->db));
    if (mine == NULL || mine->roles == 0 || made < c->app->cut_off || c->now - made >= AGE_MAX)
        return OK;
    mine->duty = duty;
    mine->duties = n;
    /* The database may know an older use than this process does, or, with several nodes, a newer one. */
    int64_t known = live_use(c->app->live, hash, c->now);
    if (c->now - (known > used ? known : used) >= UNUSED_MAX) {
        live_forget(c->app->live, hash);
        return OK;
    }
    w->user = mine;
    return OK;
}

enum err session_user(struct ctx *c, const struct request *r, const struct user **out)
{
    struct whose w = {.r = r};
    enum err e = in_read(c, find_user, &w);
    *out = e == OK ? w.user : &user_nobody;
    return e;
}

enum err sessions_flush(struct ctx *c)
{
    struct live_used *v = NULL;
    size_t n = live_take(c->app->live, c->arena, c->now - UNUSED_MAX, &v);
    for (size_t i = 0; i < n; i++)
        TRY_DB(c, db_exec(c->db, "UPDATE session SET used_at = $1 WHERE token_hash = $2 AND used_at < $1", P(v[i].at, v[i].token_hash)));
    TRY_DB(c, db_exec(c->db, "DELETE FROM session WHERE used_at < $1 OR made_at < $2", P(c->now - UNUSED_MAX - WRITE_LATE, c->now - AGE_MAX)));
    return OK;
}

/* --- opening and ending --- */

/* What a change by somebody not yet signed in is logged under. */
struct user *acting_as(struct ctx *c, int64_t account, const char *name)
{
    struct user *u = arena_make(c->arena, struct user);
    *u = (struct user){.id = account, .name = name, .roles = ROLE_NOBODY};
    return u;
}

struct opening { int64_t account; const char *name, *password_hash, *token; const struct user *user; };

static enum err open_session(struct ctx *c, void *arg)
{
    struct opening *o = arg;
    o->user = NULL;
    const char *now = NULL;
    if (db_get_text(c->db, c->arena, "SELECT password_hash FROM account WHERE id = $1 AND active", P(o->account), &now) == E_NOT_FOUND)
        return OK;
    TRY_DB(c, db_error(c->db));
    if (!text_eq(now, o->password_hash)) /* changed or ended while the work was going on */
        return OK;
    const struct user *u = NULL;
    TRY(user_load(c, o->account, &u));
    if (u->id == 0)
        return OK;
    if (c->user->session != NULL)
        TRY_DB(c, db_exec(c->db, "DELETE FROM session WHERE token_hash = $1", P(c->user->session)));
    const char *device = c->request != NULL ? request_header(c->request, "User-Agent") : NULL;
    if (device != NULL) {
        bool ok;
        size_t n = strlen(device);
        device = text_clean(c->arena, device, n < DEVICE_MAX ? n : DEVICE_MAX, true, &ok); /* NULL when the cut leaves no whole text */
    }
    int64_t id;
    TRY_DB(c, db_insert(c->db, "INSERT INTO session (token_hash, account, made_at, used_at, device) VALUES ($1, $2, $3, $3, $4) RETURNING id",
                        P(token_hash(c, c->arena, o->token), o->account, c->now, device), &id));
    TRY_DB(c, db_exec(c->db, "UPDATE account SET last_login_at = $1 WHERE id = $2", P(c->now, o->account)));
    const struct user *before = c->user;
    c->user = acting_as(c, o->account, o->name);
    enum err e = audit_write(c, "login", "account", o->account, NULL, 0);
    c->user = before;
    struct user *in = arena_make(c->arena, struct user);
    *in = *u;
    in->session = token_hash(c, c->arena, o->token);
    o->user = in;
    return e;
}

struct finding { const char *login; int64_t account; const char *name, *password_hash; };

static enum err find_account(struct ctx *c, void *arg)
{
    struct finding *f = arg;
    f->account = NONE;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id, name, password_hash FROM account WHERE login = $1 AND active", P(f->login)); db_next(q);) {
        f->account = db_int(q, 0);
        f->name = db_text(q, 1);
        f->password_hash = db_text(q, 2);
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* NULL behind a proxy that does not say: nobody's address stands for everybody's. */
static const char *peer_of(const struct ctx *c)
{
    const char *peer = c->request != NULL ? c->request->peer : NULL;
    return peer != NULL && *peer != '\0' ? peer : NULL;
}

enum err attempt(struct ctx *c, const char *kind, const char *name)
{
    const char *peer = peer_of(c);
    /* A prefecture's staff share one address: it is slowed down only after many failures, and recovers. */
    const struct live_subject s[] = {
        {.kind = kind, .name = name, .free = 1},
        {.kind = "address", .name = peer, .free = 20, .mend = 10},
    };
    int64_t wait = live_attempt(c->app->live, s, peer != NULL ? 2 : 1, c->now);
    if (wait > 0)
        return fail_field(&c->fail, kind, tr(c, "続けて試したので、%lld秒待ってから、もう一度試してください"), (long long)wait);
    return OK;
}

void attempt_succeeded(struct ctx *c, const char *kind, const char *name)
{
    live_succeeded(c->app->live, &(struct live_subject){.kind = kind, .name = name});
    if (peer_of(c) != NULL)
        live_give_back(c->app->live, &(struct live_subject){.kind = "address", .name = peer_of(c)});
}

enum err login(struct ctx *c, const char *typed, const char *password, struct response *w)
{
    struct finding f = {.login = login_canonical(c->arena, typed != NULL ? typed : "")};
    TRY(attempt(c, "login", f.login));
    const char *dummy = live_dummy(c->app->live, c->arena, c->app->password_cost);
    TRY(in_read(c, find_account, &f));
    /* The same work whether the account exists or not, and whatever is wrong with it. */
    bool known = f.account != NONE && f.password_hash != NULL;
    bool right = password_verify(known ? f.password_hash : dummy, password != NULL ? password : "");
    struct opening o = {.account = f.account, .name = f.name, .password_hash = f.password_hash, .token = crypto_token(c->arena, TOKEN_BYTES)};
    if (known && right && password != NULL)
        TRY(in_write(c, open_session, &o));
    if (o.user == NULL)
        return fail_field(&c->fail, "login", "%s", tr(c, "利用者名かパスワードがちがいます"));
    attempt_succeeded(c, "login", f.login);
    if (c->user->session != NULL)
        live_forget(c->app->live, c->user->session);
    response_cookie(w, cookie_name(c, "kyodo"), o.token, NONE);
    c->user = o.user;
    return OK;
}

enum err logout(struct ctx *c, struct response *w)
{
    if (c->user->session != NULL) {
        TRY_DB(c, db_exec(c->db, "DELETE FROM session WHERE token_hash = $1", P(c->user->session)));
        TRY(audit_write(c, "logout", "account", c->user->id, NULL, 0));
        live_forget(c->app->live, c->user->session);
    }
    response_cookie(w, cookie_name(c, "kyodo"), "", 0);
    c->user = &user_nobody;
    return OK;
}

enum err sessions_end(struct ctx *c, int64_t account)
{
    if (c->user->id == 0 || c->user->id != account)
        TRY(need_role(c, ROLE_SECRETARIAT | ROLE_OPERATOR));
    TRY_DB(c, db_exec(c->db, "DELETE FROM session WHERE account = $1", P(account)));
    return audit_write(c, "sessions.end", "account", account, NULL, 0);
}

/* --- CSRF --- */

const char *csrf_token(struct ctx *c)
{
    if (c->user->session != NULL)
        return csrf_of(c, "session", c->user->session);
    const char *cookie = c->request != NULL ? request_cookie(c->request, cookie_name(c, "kyodo-form")) : NULL;
    if (is_token(cookie, FORM_TOKEN_BYTES))
        return csrf_of(c, "form", cookie);
    if (c->form_cookie == NULL)
        c->form_cookie = crypto_token(c->arena, FORM_TOKEN_BYTES);
    return csrf_of(c, "form", c->form_cookie);
}

void csrf_cookie(struct ctx *c, struct response *w)
{
    if (c->form_cookie == NULL)
        return;
    w->no_cache = true;
    const char *name = cookie_name(c, "kyodo-form");
    for (size_t i = 0; i < w->headers; i++)
        if (strcmp(w->header[i].name, "Set-Cookie") == 0 && text_starts(w->header[i].value, arena_printf(c->arena, "%s=", name)))
            return;
    response_cookie(w, name, c->form_cookie, NONE);
}

/* The authority of "http://host:port/…" is ours: browsers name there what they put into Host. */
static bool is_ours(struct arena *a, const char *url, const char *host)
{
    const char *p = strstr(url, "://");
    if (p == NULL || host == NULL)
        return false;
    p += 3;
    return strcasecmp(arena_dup_n(a, p, strcspn(p, "/?#")), host) == 0;
}

enum err csrf_origin(struct ctx *c, const struct request *r)
{
    const char *site = request_header(r, "Sec-Fetch-Site"), *origin = request_header(r, "Origin"), *referer = request_header(r, "Referer");
    bool ours = site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
    if (origin != NULL)
        ours = ours && is_ours(c->arena, origin, r->host);
    else if (referer != NULL)
        ours = ours && is_ours(c->arena, referer, r->host);
    if (!ours)
        return fail(c, E_FORBIDDEN, "%s", tr(c, "ほかのサイトから送られたので、受け取りませんでした。このサイトの画面からやり直してください。"));
    return OK;
}

enum err csrf_check(struct ctx *c, const struct request *r)
{
    TRY(csrf_origin(c, r));
    const char *sent = form_get(&r->form, FORM_CSRF);
    if (sent == NULL || !text_eq_secret(sent, csrf_token(c)))
        return fail(c, E_FORBIDDEN, "%s", tr(c, "画面を開いてから時間がたったか、ログインが切れました。画面を開き直して、もう一度送ってください。"));
    return OK;
}
