#include "area/people/account_views.h"

#include <string.h>

#include "area/organization/organization.h"
#include "area/people/reorganise.h"
#include "base/date.h"
#include "base/text.h"
#include "core/job.h"
#include "core/outbox.h"
#include "core/preset.h"
#include "core/section.h"

#define ENTITY account
ENTITY_DEFINE(account, "account", "利用者", ACCOUNT_FIELDS)
#undef ENTITY
#define ENTITY account_duty
ENTITY_DEFINE(account_duty, "duty", "役割", DUTY_FIELDS)
#undef ENTITY

enum { LOGIN_SHORTEST = 3, LOGIN_LONGEST = 100, FORGOT_PAUSE = 600 };
#define MANAGERS ((uint32_t)(ROLE_SECRETARIAT | ROLE_OPERATOR))

/* --- words --- */

const char *role_label(struct ctx *c, enum role r)
{
    switch (r) {
    case ROLE_NOBODY:
        break;
    case ROLE_MEMBER:
        return tr(c, "団体");
    case ROLE_OFFICER:
        return tr(c, "担当者");
    case ROLE_PROMOTER: /* the preset's title is longer than a line */
        return tr(c, "推進員");
    case ROLE_SECRETARIAT:
        return tr(c, "事務局");
    case ROLE_OPERATOR:
        return tr(c, "管理者");
    case ROLE_COLLATOR:
        return tr(c, "部局とりまとめ");
    case ROLE_APPROVER:
        return tr(c, "確認者");
    case ROLE_MUNICIPALITY:
        return tr(c, "市町村");
    }
    return "";
}

const char *duty_label(struct ctx *c, const struct duty *d)
{
    const char *role = role_label(c, d->role), *place = NULL;
    struct section s;
    if (d->unit != NONE) {
        struct failure kept = c->fail;
        place = section_about_now(c, d->unit, &s) == OK ? section_year_name(c, &s) : tr(c, "(わからない所属)");
        c->fail = kept;
    } else if (d->organization != NONE)
        place = organization_label(c, d->organization);
    return place != NULL ? arena_printf(c->arena, "%s %s", place, role) : role;
}

/* --- rights --- */

static enum err is_operator(struct ctx *c, int64_t account, bool *out)
{
    int64_t n = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM duty WHERE account = $1 AND role = 'operator' AND (until IS NULL OR until > $2)", P(account, c->now), &n));
    *out = n > 0;
    return OK;
}

/* Whoever can set an operator's password is one. */
static enum err may_manage(struct ctx *c, int64_t account)
{
    TRY(need_role(c, MANAGERS));
    bool operator = false;
    if (account != NONE)
        TRY(is_operator(c, account, &operator));
    return operator ? need_role(c, ROLE_OPERATOR) : OK;
}

/* --- accounts --- */

static enum err check_name(struct ctx *c, const char *name)
{
    if (name == NULL)
        return fail_field(&c->fail, "name", "%s", tr(c, "名前を入力してください"));
    if (text_length(name) > 60)
        return fail_field(&c->fail, "name", tr(c, "名前は%d字までで入力してください(いまは%zu字です)"), 60, text_length(name));
    return OK;
}

static enum err check_mail(struct ctx *c, const char *mail)
{
    if (mail != NULL && !mail_address_ok(mail))
        return fail_field(&c->fail, "mail", "%s", tr(c, "メールは「name@example.jp」のように入力してください"));
    return OK;
}

static enum err check_login(struct ctx *c, const struct account *a)
{
    size_t n = a->login != NULL ? strlen(a->login) : 0;
    if (n == 0)
        return fail_field(&c->fail, "login", "%s", tr(c, "利用者名を入力してください"));
    if (n < LOGIN_SHORTEST || n > LOGIN_LONGEST || strspn(a->login, "abcdefghijklmnopqrstuvwxyz0123456789._-+@") != n)
        return fail_field(&c->fail, "login", tr(c, "利用者名は、英字・数字・記号(. _ - + @)で%d字以上%d字までにしてください"), (int)LOGIN_SHORTEST, (int)LOGIN_LONGEST);
    int64_t other = NONE;
    if (db_get_int(c->db, "SELECT id FROM account WHERE login = $1", P(a->login), &other) == E_NOT_FOUND)
        return OK;
    TRY_DB(c, db_error(c->db));
    if (other != a->id)
        return fail_field(&c->fail, "login", "%s", tr(c, "この利用者名はもう使われています"));
    return OK;
}

enum err account_check(struct ctx *c, struct account *a)
{
    a->login = login_canonical(c->arena, a->login);
    enum err name = check_name(c, a->name), login_fault = check_login(c, a), mail = check_mail(c, a->mail); /* in the order of the forms */
    return name != OK ? name : login_fault != OK ? login_fault : mail;
}

enum err account_save(struct ctx *c, const struct account *before, struct account *after)
{
    TRY(may_manage(c, before != NULL ? before->id : NONE));
    TRY(account_check(c, after));
    if (before == NULL) {
        after->active = true;
        after->made_at = c->now;
    }
    return record_save(c, &account_entity, before, after, before == NULL ? "account.add" : "account.change");
}

enum err account_save_own(struct ctx *c, const char *name, const char *mail)
{
    if (c->user->id == 0)
        return need_role(c, SIGNED_IN);
    struct account before, after;
    TRY(record_load(c, &account_entity, c->user->id, &before));
    after = before;
    after.name = name;
    after.mail = mail;
    enum err e = check_name(c, name), m = check_mail(c, mail);
    if (e != OK || m != OK)
        return e != OK ? e : m;
    return record_save(c, &account_entity, &before, &after, "account.change");
}

enum err account_by_login(struct ctx *c, const char *login, struct account *out)
{
    int64_t id = NONE;
    if (db_get_int(c->db, "SELECT id FROM account WHERE login = $1", P(login_canonical(c->arena, login)), &id) == E_NOT_FOUND)
        return fail(c, E_NOT_FOUND, tr(c, "利用者「%s」は見つかりません。"), login);
    TRY_DB(c, db_error(c->db));
    return record_load(c, &account_entity, id, out);
}

/* --- duties --- */

enum err duty_check(struct ctx *c, enum role role, int64_t unit, int64_t organization)
{
    struct section s;
    if (!(role & SIGNED_IN))
        return fail_field(&c->fail, "role", "%s", tr(c, "役割を選んでください"));
    struct failure kept = c->fail;
    if (role & UNIT_ROLES) {
        enum err e = unit == NONE ? E_NOT_FOUND : section_about_now(c, unit, &s);
        if (e == E_NOT_FOUND || (e == OK && s.year < this_year(c))) {
            c->fail = kept;
            return fail_field(&c->fail, "unit", "%s", tr(c, "所属を選んでください"));
        }
        TRY(e);
        if (role == ROLE_COLLATOR && s.parent != NONE)
            return fail_field(&c->fail, "unit", "%s", tr(c, "部局とりまとめは、課ではなく部局につけてください"));
        return OK;
    }
    if (role & ORGANIZATION_ROLES) {
        int64_t n = 0;
        if (organization != NONE)
            TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM organization WHERE id = $1", P(organization), &n));
        if (n == 0)
            return fail_field(&c->fail, "organization", "%s", tr(c, "団体を選んでください"));
        if (role == ROLE_MUNICIPALITY)
            TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM organization WHERE id = $1 AND kind = 'municipality'", P(organization), &n));
        if (n == 0)
            return fail_field(&c->fail, "organization", "%s", tr(c, "種類が「市町村」の団体を選んでください"));
    }
    return OK;
}

enum err duty_add(struct ctx *c, int64_t account, enum role role, int64_t unit, int64_t organization, bool demo)
{
    TRY(may_manage(c, account));
    TRY(duty_check(c, role, unit, organization));
    if (role == ROLE_OPERATOR)
        TRY(need_role(c, ROLE_OPERATOR));
    if (!(role & UNIT_ROLES))
        unit = NONE;
    if (!(role & ORGANIZATION_ROLES))
        organization = NONE;
    struct section s;
    int64_t since = c->now, there = 0;
    if (unit != NONE) {
        TRY(section_about_now(c, unit, &s));
        since = reorg_from_when(c, s.year); /* of next year's tree: from 1 April */
    }
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM duty JOIN account ON account.id = duty.account WHERE account.active AND duty.account = $1 AND duty.role = $2 "
                                "AND duty.unit IS NOT DISTINCT FROM $3 AND duty.organization IS NOT DISTINCT FROM $4 AND duty.since <= $5 AND (duty.until IS NULL OR duty.until > $5)",
                         P(account, role_name(role), unit, organization, since), &there));
    if (there > 0)
        return OK;
    struct account_duty d;
    entity_init(&account_duty_entity, &d);
    d.account = account;
    d.role = role_name(role);
    d.unit = unit;
    d.organization = organization;
    d.since = since;
    d.demo = demo;
    if (role == ROLE_OPERATOR) /* codes in letters that others can read are void from now on */
        TRY_DB(c, db_exec(c->db, "UPDATE invitation SET used_at = $1 WHERE account = $2 AND used_at IS NULL", P(c->now, account)));
    return record_save(c, &account_duty_entity, NULL, &d, "duty.add");
}

/* How many active accounts could still manage accounts without this one (or without this duty of it). */
static enum err others_manage(struct ctx *c, int64_t account, int64_t duty, const char *role, int64_t *n)
{
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM duty JOIN account ON account.id = duty.account WHERE account.active AND duty.role = $1"
                                " AND (duty.until IS NULL OR duty.until > $2) AND duty.account <> $3 AND duty.id <> $4",
                         P(role, c->now, account, duty), n));
    return OK;
}

static enum err not_the_last(struct ctx *c, int64_t account, int64_t duty)
{
    const struct user *u = NULL;
    /* Held until the commit, or two who end each other's would both find the other still there. */
    TRY_DB(c, db_exec(c->db, "UPDATE duty SET role = role WHERE role IN ('operator', 'secretariat')", P0));
    TRY(user_load(c, account, &u));
    for (size_t i = 0; i < u->duties; i++) {
        int64_t n = 0;
        if (!(u->duty[i].role & MANAGERS) || (duty != NONE && u->duty[i].id != duty))
            continue;
        TRY(others_manage(c, account, duty == NONE ? 0 : duty, role_name(u->duty[i].role), &n));
        if (n == 0)
            return fail(c, E_CONFLICT, tr(c, "ほかに%sの人がいないので、終わりにできません。先にほかの人にその役割をつけてください。"), role_label(c, u->duty[i].role));
    }
    return OK;
}

enum err duty_end(struct ctx *c, int64_t duty)
{
    struct account_duty before, after;
    TRY(need_role(c, MANAGERS));
    TRY(record_load(c, &account_duty_entity, duty, &before));
    TRY(may_manage(c, before.account));
    if (before.until != NONE && before.until <= c->now)
        return OK;
    TRY(not_the_last(c, before.account, duty));
    after = before;
    after.until = before.since > c->now ? before.since : c->now; /* one that has not begun never does */
    return record_save(c, &account_duty_entity, &before, &after, "duty.end");
}

enum err account_activate(struct ctx *c, int64_t account, bool active)
{
    struct account before, after;
    TRY(may_manage(c, account));
    TRY(record_load(c, &account_entity, account, &before));
    if (!active && account == c->user->id)
        return fail(c, E_CONFLICT, "%s", tr(c, "自分を使えなくすることはできません。"));
    if (!active)
        TRY(not_the_last(c, account, NONE));
    after = before;
    after.active = active;
    TRY(record_save(c, &account_entity, &before, &after, active ? "account.activate" : "account.deactivate"));
    return active ? OK : sessions_end(c, account);
}

enum err account_end_sessions(struct ctx *c, int64_t account)
{
    if (account != c->user->id || account == 0)
        TRY(may_manage(c, account));
    return sessions_end(c, account);
}

/* --- codes and their letters --- */

static enum err put_letter(struct ctx *c, const struct account *a, const char *purpose, const char *code, int64_t *letter)
{
    bool invite = strcmp(purpose, "invite") == 0;
    const char *site = setting(c, "site_name"), *office = setting(c, "secretariat_name"), *base = c->app->base_url;
    if (site == NULL)
        site = "Kyodo";
    if (office == NULL)
        office = tr(c, "事務局");
    if (base == NULL)
        base = setting(c, "site_url");
    if (base == NULL)
        base = "";
    struct sb body;
    sb_init(&body, c->arena);
    sb_printf(&body, tr(c, "%sさん\n\n"), a->name);
    sb_printf(&body, tr(c, invite ? "%sを使えるようになりました。\n" : "%sのパスワードを決め直すための番号です。\n"), site);
    if (*base != '\0')
        sb_printf(&body, tr(c, "次のアドレスを開いて、パスワードを決めてください。\n\n%1$s/invitation?code=%2$s\n\n"
                               "アドレスを開けないときは、%1$s/invitation を開いて、次の番号を入力してください。\n\n"), base, code);
    else
        sb_add(&body, tr(c, "ログインの画面から「招待や決め直しの番号を受け取った人」を開いて、次の番号を入力してください。\n\n"));
    sb_printf(&body, tr(c, "番号: %s\n利用者名: %s\n期限: %s\n\n"), code, a->login, instant_long(c->arena, c->now + (invite ? 14 * 86400 : 86400)));
    if (invite)
        sb_printf(&body, tr(c, "おぼえがないときは、%sに知らせてください。\n"), office);
    else
        sb_printf(&body, tr(c, "頼んだおぼえがないときは、何もしなければ、パスワードは変わりません。続くときは、%sに知らせてください。\n"), office);
    bool operator = false;
    TRY(is_operator(c, a->id, &operator));
    const char *subject = arena_printf(c->arena, tr(c, invite ? "%s: 利用のご案内" : "%s: パスワードを決め直す番号"), site);
    return outbox_put(c, &(struct letter){.to_name = a->name, .to_mail = a->mail, .subject = subject, .body = sb_str(&body), .about = operator ? "operator" : "account",
                                          .about_id = a->id, .account = a->id}, letter);
}

enum err account_send_code(struct ctx *c, int64_t account, int64_t *letter)
{
    struct account a;
    const char *code = NULL;
    TRY(may_manage(c, account));
    TRY(record_load(c, &account_entity, account, &a));
    if (!a.active)
        return fail(c, E_CONFLICT, "%s", tr(c, "この利用者は使えなくなっています。先に使えるようにしてください。"));
    int64_t known = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM account WHERE id = $1 AND password_hash IS NOT NULL", P(account), &known));
    const char *purpose = known > 0 ? "reset" : "invite";
    TRY(invitation_make(c, account, purpose, &code));
    return put_letter(c, &a, purpose, code, letter);
}

/* On the request only the look-up and one row for the job, for everybody: no difference to be timed. */
enum err account_forgot(struct ctx *c, const char *typed)
{
    const char *login = login_canonical(c->arena, typed != NULL ? typed : "");
    if (*login == '\0')
        return fail_field(&c->fail, "login", "%s", tr(c, "利用者名を入力してください"));
    TRY(attempt(c, "login", arena_printf(c->arena, "forgot %s", login)));
    int64_t account = NONE;
    if (db_get_int(c->db, "SELECT id FROM account WHERE login = $1 AND active", P(login), &account) == E_NOT_FOUND)
        account = 0;
    TRY_DB(c, db_error(c->db));
    return job_put(c, "account.forgot", account, c->now);
}

static enum err run_forgot(struct ctx *c, int64_t account)
{
    int64_t recent = 0, letter = NONE;
    if (account == 0)
        return OK;
    struct account a;
    TRY(record_load(c, &account_entity, account, &a));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM invitation WHERE account = $1 AND used_at IS NULL AND made_at > $2",
                         P(account, c->now - FORGOT_PAUSE), &recent));
    if (!a.active || recent > 0) /* asked twice: the letter under way is good */
        return OK;
    return account_send_code(c, account, &letter);
}

static enum err run_flush(struct ctx *c, int64_t subject)
{
    (void)subject;
    return sessions_flush(c);
}

/* Invitations long past, keys of forms after a week, and the day's heads of the log, which show a chain that was taken out as a whole. */
static enum err run_day(struct ctx *c, int64_t subject)
{
    (void)subject;
    TRY_DB(c, db_exec(c->db, "DELETE FROM invitation WHERE expires_at < $1", P(c->now - 30 * (int64_t)86400)));
    TRY_DB(c, db_exec(c->db, "DELETE FROM idempotency WHERE at < $1", P(c->now - 7 * (int64_t)86400)));
    return audit_note(c, "audit.day", NULL, NONE, audit_heads(c));
}

const struct job_kind people_jobs[] = {
    {.name = "account.forgot", .run = run_forgot},
    {.name = "session.flush", .run = run_flush, .every = 300},
    {.name = "audit.day", .run = run_day, .every = 86400},
    {0},
};

/* --- the first account --- */

struct setting_up { struct account *a; const char *hash; };

static enum err write_setup(struct ctx *c, void *arg)
{
    const struct setting_up *s = arg;
    int64_t n = 0;
    /* There is no row yet that could be held: the settings stand in for it, so that of two who send the code at once one comes second. */
    TRY_DB(c, db_exec(c->db, "UPDATE setting SET value = value", P0));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM account", P0, &n));
    if (n > 0)
        return fail(c, E_CONFLICT, "%s", tr(c, "はじめの設定は、もう終わっています。ログインしてください。"));
    const struct user *before = c->user;
    c->user = &user_system; /* the code's holder acts for the whole; there is nobody else yet */
    enum err e = account_save(c, NULL, s->a);
    if (e == OK)
        e = duty_add(c, s->a->id, ROLE_SECRETARIAT, NONE, NONE, false);
    if (e == OK)
        e = duty_add(c, s->a->id, ROLE_OPERATOR, NONE, NONE, false);
    c->user = before;
    TRY(e);
    TRY_DB(c, db_exec(c->db, "UPDATE account SET password_hash = $1 WHERE id = $2", P(s->hash, s->a->id)));
    return OK;
}

static enum err check_setup(struct ctx *c, void *arg)
{
    return account_check(c, arg);
}

enum err account_setup(struct ctx *c, const char *code, struct account *a, const char *password)
{
    if (has_accounts(c))
        return fail(c, E_CONFLICT, "%s", tr(c, "はじめの設定は、もう終わっています。ログインしてください。"));
    TRY(attempt(c, "code", "setup"));
    if (!setup_code_ok(c, code))
        return fail_field(&c->fail, "code", "%s", tr(c, "番号がちがいます。kyodo serve を動かした画面に出ている番号を入力してください"));
    attempt_succeeded(c, "code", "setup");
    enum err checked = in_read(c, check_setup, a), good = password_check(c, "password", a->login, password);
    if (checked != OK || good != OK)
        return checked != OK ? checked : good;
    struct setting_up s = {a, password_hash(c->arena, password, c->app->password_cost)};
    if (s.hash == NULL)
        return fail(c, E_BUSY, "%s", tr(c, "いま混み合っています。少し待って、もう一度試してください。"));
    TRY(in_write(c, write_setup, &s));
    setup_code_forget(c);
    return OK;
}
