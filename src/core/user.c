#include "core/user.h"

#include <string.h>

#include "core/ctx.h"

/* In the order of the bits. The labels are the plain ones; a preset's own names stand in the vocabulary "role". */
static const struct { const char *name, *label; } roles[ROLES_N] = {
    {"nobody", "だれでも"}, {"member", "団体の人"}, {"officer", "担当者"}, {"promoter", "推進員"}, {"secretariat", "事務局の人"}, {"operator", "管理者"},
    {"collator", "部局とりまとめ"}, {"approver", "確認者"}, {"municipality", "市町村の人"},
};

const struct user user_nobody = {.id = 0, .name = "", .roles = ROLE_NOBODY};
const struct user user_system = {.id = 0, .name = "system", .roles = SIGNED_IN};

const char *role_name(enum role r)
{
    for (unsigned i = 0; i < ROLES_N; i++)
        if (r == (enum role)(1u << i))
            return roles[i].name;
    return "";
}

enum role role_from_name(const char *name)
{
    for (unsigned i = 0; name != NULL && i < ROLES_N; i++)
        if (strcmp(name, roles[i].name) == 0)
            return (enum role)(1u << i);
    return (enum role)0;
}

bool user_is(const struct user *u, uint32_t wanted)
{
    return (u->roles & wanted) != 0;
}

/* Jobs and commands act for the whole; they have no duties that could say so. */
static bool is_system(const struct user *u)
{
    return u == &user_system;
}

bool user_on_unit(const struct user *u, uint32_t wanted, int64_t unit)
{
    if (is_system(u))
        return true;
    for (size_t i = 0; unit != NONE && i < u->duties; i++)
        if ((u->duty[i].role & wanted) && u->duty[i].unit == unit)
            return true;
    return false;
}

bool user_on_organization(const struct user *u, int64_t organization)
{
    if (is_system(u))
        return true;
    for (size_t i = 0; organization != NONE && i < u->duties; i++)
        if (u->duty[i].role == ROLE_MEMBER && u->duty[i].organization == organization)
            return true;
    return false;
}

enum audience user_audience(const struct user *u)
{
    if (user_is(u, ROLE_SECRETARIAT))
        return AUDIENCE_SECRETARIAT;
    return user_is(u, STAFF_ROLES) ? AUDIENCE_STAFF : AUDIENCE_PUBLIC;
}

enum err need_role(struct ctx *c, uint32_t wanted)
{
    if (user_is(c->user, wanted))
        return OK;
    if (user_is(c->user, ROLE_NOBODY))
        return fail(c, E_LOGIN, "%s", tr(c, "ログインしてください。"));
    const char *who = "";
    for (unsigned i = 1; i < ROLES_N; i++)
        if (wanted & (1u << i))
            who = arena_printf(c->arena, "%s%s%s", who, *who == '\0' ? "" : tr(c, "、"), tr(c, roles[i].label));
    return fail(c, E_FORBIDDEN, tr(c, "ここは%sだけが使えます。使いたいときは事務局に聞いてください。"), who);
}
