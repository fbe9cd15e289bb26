/* Users, roles, and the sections or organizations on which they hold them. */
#ifndef KYODO_CORE_USER_H
#define KYODO_CORE_USER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "db/entity.h"

struct ctx;

/* Roles as bits: a route says with them who may. */
enum role {
    ROLE_NOBODY = 1,       /* not signed in */
    ROLE_MEMBER = 2,       /* 団体: on an organization */
    ROLE_OFFICER = 4,      /* 担当者: on a section */
    ROLE_PROMOTER = 8,     /* 協働推進員: on a section */
    ROLE_SECRETARIAT = 16, /* 事務局: on the whole */
    ROLE_OPERATOR = 32,    /* 管理者: on the whole */
    ROLE_COLLATOR = 64,    /* 部局とりまとめ: on a department */
    ROLE_APPROVER = 128,   /* 確認者: on a section */
    ROLE_MUNICIPALITY = 256 /* 市町村: on an organization of that kind */
};
#define ROLES_N 9
#define ANYONE 511u
#define SIGNED_IN 510u
#define STAFF_ROLES ((uint32_t)(ROLE_OFFICER | ROLE_PROMOTER | ROLE_SECRETARIAT | ROLE_COLLATOR | ROLE_APPROVER))
#define SECTION_ROLES ((uint32_t)(ROLE_OFFICER | ROLE_PROMOTER)) /* who writes a section's answer */
#define UNIT_ROLES ((uint32_t)(SECTION_ROLES | ROLE_COLLATOR | ROLE_APPROVER))
#define ORGANIZATION_ROLES ((uint32_t)(ROLE_MEMBER | ROLE_MUNICIPALITY))

const char *role_name(enum role r);                  /* "promoter" */
enum role role_from_name(const char *name);          /* 0: none of that name */

/* A duty ends when it is handed over (until); unit: a section's number that stays over the years. */
struct duty { int64_t id; enum role role; int64_t unit, organization; /* NONE: the whole */ };
struct user {
    int64_t id;              /* 0: nobody */
    const char *name, *mail;
    uint32_t roles;          /* ROLE_NOBODY alone for nobody */
    const struct duty *duty; size_t duties;
    const char *session;     /* its token's hash; NULL: none */
};
extern const struct user user_nobody;
extern const struct user user_system; /* jobs and commands: every role; the log says "system" or the operator's login name */

bool user_is(const struct user *u, uint32_t roles);
bool user_on_unit(const struct user *u, uint32_t roles, int64_t unit);
bool user_on_organization(const struct user *u, int64_t organization);
/* What this user may see of things in general: AUDIENCE_PUBLIC, STAFF or SECRETARIAT. */
enum audience user_audience(const struct user *u);
/* E_FORBIDDEN with a sentence that names the role and whom to ask, unless the user has one of the roles. */
enum err need_role(struct ctx *c, uint32_t roles);

#endif
