/* Passwords, invitations, the setup code. Argon2id takes its time, so it never runs inside a transaction of the server: hash first, then write. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/embed.h"
#include "base/text.h"
#include "core/app.h"
#include "core/audit.h"
#include "core/session.h"

enum { SHORTEST = 8, LONGEST = 128, INVITE_DAYS = 14, DAY = 86400, CODE_GROUPS = 4, SETUP_GROUPS = 3 };

/* --- which passwords are taken --- */

/* The password without the year, number or mark that people put behind a word. */
static const char *stem(struct arena *a, const char *folded)
{
    size_t n = strlen(folded);
    while (n > 0 && strchr("0123456789!?.-_@#$*+", folded[n - 1]) != NULL)
        n--;
    return arena_dup_n(a, folded, n);
}

static bool line_is(const char *p, size_t n, const char *s)
{
    return strlen(s) == n && memcmp(p, s, n) == 0;
}

/* The file holds folded texts, one a line; '#' begins a remark. */
static bool is_common(struct arena *a, const char *folded)
{
    const struct embedded *file = embedded_find("assets/common-passwords.txt");
    const char *word = stem(a, folded);
    for (const char *p = file != NULL ? (const char *)file->p : "", *end = p + strlen(p); p < end;) {
        size_t n = strcspn(p, "\n");
        if (n > 0 && *p != '#' && (line_is(p, n, folded) || line_is(p, n, word)))
            return true;
        p += n + (p[n] == '\n');
    }
    return false;
}

/* aaaaaaaa, 12345678, 98765432, abcabcabc; a date as 19800101 */
static bool is_pattern(const char *s)
{
    size_t n = strlen(s);
    bool up = true, down = true;
    if (n == 8 && strspn(s, "0123456789") == 8 && (text_starts(s, "19") || text_starts(s, "20")))
        return true;
    for (size_t i = 1; i < n; i++) {
        up = up && s[i] == s[i - 1] + 1;
        down = down && s[i] == s[i - 1] - 1;
    }
    for (size_t period = 1; period <= 4 && period * 2 <= n; period++) {
        bool repeats = true;
        for (size_t i = period; i < n && repeats; i++)
            repeats = s[i] == s[i - period];
        if (repeats)
            return true;
    }
    return n > 0 && (up || down);
}

enum err password_check(struct ctx *c, const char *field, const char *login, const char *password)
{
    size_t n = password != NULL ? text_length(password) : 0;
    if (n == 0)
        return fail_field(&c->fail, field, "%s", tr(c, "パスワードを入力してください"));
    if (n < SHORTEST)
        return fail_field(&c->fail, field, tr(c, "パスワードは%d字以上にしてください(いまは%zu字です)"), (int)SHORTEST, n);
    if (n > LONGEST)
        return fail_field(&c->fail, field, tr(c, "パスワードは%d字までにしてください(いまは%zu字です)"), (int)LONGEST, n);
    const char *folded = text_fold(c->arena, password);
    const char *name = login != NULL ? text_fold(c->arena, login) : NULL;
    if (name != NULL && *name != '\0' && (strcmp(folded, name) == 0 || strcmp(stem(c->arena, folded), stem(c->arena, name)) == 0))
        return fail_field(&c->fail, field, "%s", tr(c, "パスワードは利用者名とちがうものにしてください"));
    if (is_pattern(folded) || is_common(c->arena, folded))
        return fail_field(&c->fail, field, "%s", tr(c, "よく使われるパスワードなので、ほかの人にあてられます。別のものにしてください"));
    return OK;
}

struct setting_password { int64_t account; const char *hash; };

static enum err make_hash(struct ctx *c, const char *password, const char **hash)
{
    *hash = password_hash(c->arena, password, c->app->password_cost);
    return *hash != NULL ? OK : fail(c, E_BUSY, "%s", tr(c, "いま混み合っています。少し待って、もう一度試してください。"));
}

static enum err write_password(struct ctx *c, void *arg)
{
    const struct setting_password *s = arg;
    TRY_DB(c, db_exec(c->db, "UPDATE account SET password_hash = $1 WHERE id = $2", P(s->hash, s->account)));
    if (db_changes(c->db) != 1)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この利用者は見つかりません。"));
    TRY_DB(c, db_exec(c->db, "DELETE FROM session WHERE account = $1 AND token_hash <> $2",
                      P(s->account, c->user->session != NULL ? c->user->session : "")));
    return audit_write(c, "account.password", "account", s->account, NULL, 0);
}

enum err password_set(struct ctx *c, int64_t account, const char *password)
{
    if (c->user->id == 0 || c->user->id != account)
        TRY(need_role(c, ROLE_SECRETARIAT | ROLE_OPERATOR));
    struct setting_password s = {.account = account};
    TRY(make_hash(c, password, &s.hash));
    return in_write(c, write_password, &s);
}

struct right { int64_t account; const char *hash; };

static enum err read_hash(struct ctx *c, void *arg)
{
    struct right *r = arg;
    if (db_get_text(c->db, c->arena, "SELECT password_hash FROM account WHERE id = $1 AND active", P(r->account), &r->hash) == E_NOT_FOUND)
        return OK;
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err password_is(struct ctx *c, const char *field, int64_t account, const char *password)
{
    const char *name = arena_printf(c->arena, "%lld", (long long)account);
    TRY(attempt(c, field, name));
    struct right r = {.account = account};
    TRY(in_read(c, read_hash, &r));
    if (r.hash == NULL || password == NULL || !password_verify(r.hash, password))
        return fail_field(&c->fail, field, "%s", tr(c, "いまのパスワードがちがいます"));
    attempt_succeeded(c, field, name);
    return OK;
}

/* --- codes --- */

/* What people type from paper: small letters, full width, blanks, missing or other hyphens. */
static const char *code_normal(struct arena *a, const char *typed)
{
    if (typed == NULL)
        return "";
    const char *s = text_nfkc(a, typed);
    char *out = arena_alloc(a, strlen(s) + 1), *p = out;
    for (; *s != '\0'; s++)
        if (*s >= 'a' && *s <= 'z')
            *p++ = (char)(*s - 'a' + 'A');
        else if ((*s >= 'A' && *s <= 'Z') || (*s >= '0' && *s <= '9'))
            *p++ = *s;
    *p = '\0';
    return out;
}

static const char *code_hash(struct ctx *c, const char *code)
{
    const struct part parts[] = {PART("invitation 1"), PART(code_normal(c->arena, code))};
    return hash_hex(c->arena, crypto_hmac_with(&c->app->hmac, parts, 2));
}

enum err invitation_make(struct ctx *c, int64_t account, const char *purpose, const char **code)
{
    TRY(need_role(c, ROLE_SECRETARIAT | ROLE_OPERATOR));
    bool invite = strcmp(purpose, "invite") == 0;
    *code = crypto_printed_code(c->arena, CODE_GROUPS);
    /* A newer letter replaces the older ones: a lost one cannot be used by its finder. */
    TRY_DB(c, db_exec(c->db, "UPDATE invitation SET used_at = $1 WHERE account = $2 AND used_at IS NULL", P(c->now, account)));
    int64_t id;
    TRY_DB(c, db_insert(c->db, "INSERT INTO invitation (code_hash, purpose, account, made_at, expires_at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
                        P(code_hash(c, *code), purpose, account, c->now, c->now + (invite ? INVITE_DAYS * DAY : DAY)), &id));
    return audit_write(c, invite ? "account.invite" : "account.reset", "account", account, NULL, 0);
}

static enum err find_invitation(struct ctx *c, void *arg)
{
    struct invitation *v = arg;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT invitation.id, account.id, account.login, account.name, invitation.purpose, invitation.expires_at"
                                      " FROM invitation JOIN account ON account.id = invitation.account"
                                      " WHERE invitation.code_hash = $1 AND invitation.used_at IS NULL AND invitation.expires_at > $2 AND account.active",
                                      P(code_hash(c, v->code), c->now));
         db_next(q);) {
        v->id = db_int(q, 0);
        v->account = db_int(q, 1);
        v->login = db_text(q, 2);
        v->name = db_text(q, 3);
        v->purpose = db_text(q, 4);
        v->expires_at = db_int(q, 5);
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err unknown_code(struct ctx *c)
{
    return fail_field(&c->fail, "code", "%s", tr(c, "この番号は使えません。番号を確かめるか、事務局に新しい番号を頼んでください"));
}

enum err invitation_find(struct ctx *c, const char *code, struct invitation *out)
{
    *out = (struct invitation){.id = NONE, .code = code};
    TRY(in_read(c, find_invitation, out));
    return out->id == NONE ? unknown_code(c) : OK;
}

struct using { struct invitation found; const char *hash; };

static enum err use(struct ctx *c, void *arg)
{
    struct using *u = arg;
    const struct invitation *v = &u->found;
    TRY_DB(c, db_exec(c->db, "UPDATE invitation SET used_at = $1 WHERE id = $2 AND used_at IS NULL AND expires_at > $1", P(c->now, v->id)));
    if (db_changes(c->db) != 1)
        return unknown_code(c);
    TRY_DB(c, db_exec(c->db, "UPDATE invitation SET used_at = $1 WHERE account = $2 AND used_at IS NULL", P(c->now, v->account)));
    /* The letter is kept, the code in it is not. */
    TRY_DB(c, db_exec(c->db, "UPDATE outbox SET body = $1 WHERE about IN ('account', 'operator') AND about_id = $2 AND made_at <= $3",
                      P(tr(c, "(番号は使われました)"), v->account, c->now)));
    const struct user *before = c->user;
    c->user = acting_as(c, v->account, v->name);
    enum err e = write_password(c, &(struct setting_password){v->account, u->hash});
    c->user = before;
    return e;
}

enum err invitation_use(struct ctx *c, const char *code, const char *password, int64_t *account)
{
    struct using u = {.hash = NULL};
    TRY(invitation_find(c, code, &u.found));
    TRY(password_check(c, "password", u.found.login, password));
    TRY(make_hash(c, password, &u.hash));
    TRY(in_write(c, use, &u));
    attempt_succeeded(c, "login", u.found.login);
    *account = u.found.account;
    return OK;
}

/* --- the first account --- */

static enum err count_accounts(struct ctx *c, void *arg)
{
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM account", P0, (int64_t *)arg));
    return OK;
}

bool has_accounts(struct ctx *c)
{
    int64_t n = 0;
    struct failure kept = c->fail; /* what was said about the form that is being drawn */
    bool some = in_read(c, count_accounts, &n) != OK || n > 0;
    c->fail = kept;
    return some;
}

static const char *setup_path(struct ctx *c)
{
    return arena_printf(c->arena, "%s/setup-code", c->app->directory);
}

static const char *read_code(struct ctx *c)
{
    char text[64];
    int fd = open(setup_path(c), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    ssize_t n = read(fd, text, sizeof text);
    close(fd);
    if (n <= 0)
        return NULL;
    size_t length = 0;
    while (length < (size_t)n && text[length] != '\n')
        length++;
    return arena_dup_n(c->arena, text, length);
}

const char *setup_code(struct ctx *c)
{
    if (c->app->directory == NULL || has_accounts(c))
        return NULL;
    const char *code = read_code(c);
    if (code != NULL)
        return code;
    code = crypto_printed_code(c->arena, SETUP_GROUPS);
    int fd = open(setup_path(c), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) /* two that start at once: the other one's code stands */
        return errno == EEXIST ? read_code(c) : NULL;
    const char *line = arena_printf(c->arena, "%s\n", code);
    bool written = write(fd, line, strlen(line)) == (ssize_t)strlen(line) && fsync(fd) == 0;
    close(fd);
    if (!written) {
        unlink(setup_path(c));
        return NULL;
    }
    return code;
}

bool setup_code_ok(struct ctx *c, const char *typed)
{
    const char *code = setup_code(c);
    return code != NULL && typed != NULL && text_eq_secret(code_normal(c->arena, typed), code_normal(c->arena, code));
}

void setup_code_forget(struct ctx *c)
{
    if (c->app->directory != NULL)
        unlink(setup_path(c));
}
