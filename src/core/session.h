/* Sessions, login, passwords, invitations, CSRF. No function here tells by words or by time whether an account exists. */
#ifndef KYODO_CORE_SESSION_H
#define KYODO_CORE_SESSION_H

#include "core/ctx.h"
#include "web/web.h"

/* What the request and our key alone decide: the hash that its session has in the database, and the session's token for forms. For a thread that has
 * time for it, ahead of the one that writes; whoever needs them makes them otherwise. */
void session_prepare(struct ctx *c, const struct request *r);
/* The user of the request's cookie, with duties of today; user_nobody when there is none or it has ended (12 h unused, 7 days at most). */
enum err session_user(struct ctx *c, const struct request *r, const struct user **out);
/* Takes a login: verifies (argon2id, the same work when there is no such account), delays after failures (1, 2, 4 … 60 s per account name and per
 * address; never locks), opens a session; c->user is the new user then. Slow lane. E_INPUT with one sentence for every kind of failure. */
enum err login(struct ctx *c, const char *login, const char *password, struct response *w);
enum err logout(struct ctx *c, struct response *w);
/* Login names are compared so: NFKC, small letters. NULL: NULL. */
const char *login_canonical(struct arena *a, const char *typed);
/* An account with its duties of today; user_nobody when it is not active or has no duty. */
enum err user_load(struct ctx *c, int64_t account, const struct user **out);
/* A user for the log alone (no rights), for what somebody does before being signed in. */
struct user *acting_as(struct ctx *c, int64_t account, const char *name);
/* Last uses kept in memory are written, ended sessions removed; in a write transaction (a job, every 5 minutes). */
enum err sessions_flush(struct ctx *c);
enum err sessions_end(struct ctx *c, int64_t account); /* all of an account's, at will */

/* 8 to 128 characters, not among the commonest (assets/common-passwords.txt), not the login name. Faults at field `name`. */
enum err password_check(struct ctx *c, const char *field, const char *login, const char *password);
/* Is it the account's present password? Fault at `field`; delays as login does. Slow lane. */
enum err password_is(struct ctx *c, const char *field, int64_t account, const char *password);
enum err password_set(struct ctx *c, int64_t account, const char *password); /* ends all other sessions */

/* A code for a new or forgetful account: link and printed code are the same text. Purpose "invite" (14 days) or "reset" (24 h). */
enum err invitation_make(struct ctx *c, int64_t account, const char *purpose, const char **code);
enum err invitation_use(struct ctx *c, const char *code, const char *password, int64_t *account);
/* Whose code it is, while it can be used; else E_INPUT at the field "code" with one sentence for every reason. */
struct invitation { int64_t id, account, expires_at; const char *code, *login, *name, *purpose; };
enum err invitation_find(struct ctx *c, const char *code, struct invitation *out);

/* One attempt at something that must not be guessed or flooded: counted as failed until attempt_succeeded; E_INPUT at the field `kind`
 * with the seconds to wait, per `name` and per address. Never locks. */
enum err attempt(struct ctx *c, const char *kind, const char *name);
void attempt_succeeded(struct ctx *c, const char *kind, const char *name);

/* CSRF: HMAC(key, session or the anonymous form cookie); checked with Origin / Sec-Fetch-Site before any POST handler runs. */
const char *csrf_token(struct ctx *c);
/* Sets the anonymous form cookie if csrf_token made one; after every handler. */
void csrf_cookie(struct ctx *c, struct response *w);
enum err csrf_origin(struct ctx *c, const struct request *r); /* the first half: did one of our pages send it? */
enum err csrf_check(struct ctx *c, const struct request *r);

/* What is kept in memory, behind a lock: last use of sessions, delays after failed logins. */
struct live *live_new(void);
void live_free(struct live *live);

/* The one-time setup code of an instance without accounts (kept in DIR/setup-code, printed by serve). NULL when there are accounts. */
const char *setup_code(struct ctx *c);
bool setup_code_ok(struct ctx *c, const char *typed);
void setup_code_forget(struct ctx *c); /* after the first account's commit */
bool has_accounts(struct ctx *c);      /* true too when it cannot be told */

#endif
