/* Accounts: who may enter, with which duties; invitations, resets, the first set-up. Sections and the staff's other rooms: office.h. */
#ifndef KYODO_AREA_PEOPLE_H
#define KYODO_AREA_PEOPLE_H

#include "core/app.h"
#include "core/record.h"
#include "core/session.h"

/* The password's hash is a column without a field: nothing here can load, log or export it. */
#define ACCOUNT_FIELDS(F)                                              \
    F(ID, id, "番号", READONLY | STAFF, 0)                             \
    F(INT, version, "版", INTERNAL, 0)                                 \
    F(TEXT, login, "利用者名", REQUIRED | STAFF | PERSONAL, 100)       \
    F(TEXT, name, "名前", REQUIRED | STAFF | PERSONAL, 60)             \
    F(TEXT, mail, "メール", STAFF | PERSONAL, 254)                     \
    F(FLAG, active, "使える", STAFF, 0)                                \
    F(FLAG, demo, "例", INTERNAL, 0)                                   \
    F(INSTANT, made_at, "登録した日時", READONLY | STAFF, 0)           \
    F(INSTANT, last_login_at, "最後のログイン", READONLY | INTERNAL, 0)
struct account { struct row row; ACCOUNT_FIELDS(FIELD_MEMBER) };
extern const struct entity account_entity;

/* A role on a section (its number that stays over the years), on an organization, or, with neither, on the whole. It ends, it is never deleted. */
#define DUTY_FIELDS(F)                                                 \
    F(ID, id, "番号", READONLY | STAFF, 0)                             \
    F(REF, account, "利用者", READONLY | STAFF, "account")             \
    F(TEXT, role, "役割", REQUIRED | STAFF, 20)                        \
    F(INT, unit, "所属番号", STAFF, 0)                                 \
    F(REF, organization, "団体", STAFF, "organization")                \
    F(INSTANT, since, "はじまり", READONLY | STAFF, 0)                 \
    F(INSTANT, until, "おわり", READONLY | STAFF, 0)                   \
    F(FLAG, demo, "例", INTERNAL, 0)
struct account_duty { struct row row; DUTY_FIELDS(FIELD_MEMBER) };
extern const struct entity account_duty_entity;
extern const struct area people_area;

/* 事務局, 推進員, 担当者, 団体, 管理者 */
const char *role_label(struct ctx *c, enum role r);
/* 道路保全課 推進員 */
const char *duty_label(struct ctx *c, const struct duty *d);

/* --- use cases. Rights: secretariat and operator; what concerns an operator's account or duty, only an operator. --- */

/* before NULL: a new account. Checks the name (small letters, digits and . _ - + @), that nobody has it, name and mail; faults at login, name, mail. */
enum err account_save(struct ctx *c, const struct account *before, struct account *after);
enum err account_check(struct ctx *c, struct account *a); /* its faults alone */
/* The user's own name and mail. */
enum err account_save_own(struct ctx *c, const char *name, const char *mail);
/* Faults at role, unit, organization. A duty that the account has already: OK, nothing is written. On a section that is there from next year only: from 1 April. */
enum err duty_add(struct ctx *c, int64_t account, enum role role, int64_t unit, int64_t organization, bool demo);
enum err duty_check(struct ctx *c, enum role role, int64_t unit, int64_t organization); /* its faults alone */
enum err duty_end(struct ctx *c, int64_t duty);
/* Not allowed to log in any more (sessions end at once), or allowed again. Never oneself, never the last one who can manage accounts. */
enum err account_activate(struct ctx *c, int64_t account, bool active);
/* A code and its letter: sent by mail, else to be printed; `letter` is its number in the outbox. The letter invites whoever has no password yet, else it resets. */
enum err account_send_code(struct ctx *c, int64_t account, int64_t *letter);
/* Ends all sessions of an account. */
enum err account_end_sessions(struct ctx *c, int64_t account);
/* Somebody says that the password is forgotten. The work and the answer are the same whether there is such an account; a job does the rest. */
enum err account_forgot(struct ctx *c, const char *typed);
/* The first account, with the code that `serve` prints: secretariat and operator. Slow lane. Faults at code, login, name, mail, password. */
enum err account_setup(struct ctx *c, const char *code, struct account *a, const char *password);
/* By its login name. E_NOT_FOUND with a sentence. */
enum err account_by_login(struct ctx *c, const char *login, struct account *out);

#endif
