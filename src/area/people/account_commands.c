/* kyodo user …: accounts from the command line. Data to stdout, tab separated; words to stderr. */
#include "area/people/account_views.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/outbox.h"

struct call { struct args *args; struct account a; struct letter_line letter; };

static enum err make_letter(struct ctx *c, struct call *call)
{
    int64_t id = NONE;
    TRY(account_send_code(c, call->a.id, &id));
    return letter_load(c, id, &call->letter);
}

/* After the commit: a code that is shown is one that works. */
static enum err print_letter(struct ctx *c, const struct letter_line *l)
{
    bool paper = strcmp(l->state, "paper") == 0;
    if (paper)
        printf("%s\n", l->body);
    fprintf(stderr, "%s", tr(c, paper ? "この手紙を本人に渡してください。\n" : "手紙をメールで送ります。\n"));
    return OK;
}

static enum err add(struct ctx *c, void *arg)
{
    struct call *call = arg;
    const char *role = arg_option(call->args, "role"), *unit = arg_option(call->args, "unit"), *organization = arg_option(call->args, "organization");
    int64_t unit_id = NONE, organization_id = NONE;
    if (role_from_name(role) == 0 || role_from_name(role) == ROLE_NOBODY)
        return fail(c, E_INPUT, "%s", tr(c, "--role は member, officer, promoter, secretariat, operator のどれかにしてください。"));
    if (unit != NULL && !text_parse_int(unit, &unit_id))
        return fail(c, E_INPUT, "%s", tr(c, "--unit は所属番号(数字)にしてください。"));
    if (organization != NULL && !text_parse_int(organization, &organization_id))
        return fail(c, E_INPUT, "%s", tr(c, "--organization は団体の番号(数字)にしてください。"));
    entity_init(&account_entity, &call->a);
    call->a.login = call->args->word[0];
    call->a.name = call->args->word[1];
    call->a.mail = arg_option(call->args, "mail");
    TRY(account_save(c, NULL, &call->a));
    TRY(duty_add(c, call->a.id, role_from_name(role), unit_id, organization_id, false));
    return make_letter(c, call);
}

static enum err run_add(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 2, 2, "role unit organization mail"));
    struct call call = {.args = args};
    TRY(in_write(c, add, &call));
    return print_letter(c, &call.letter);
}

static enum err list(struct ctx *c, void *arg)
{
    (void)arg;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id, login, name, active, password_hash IS NOT NULL FROM account ORDER BY login", P0); db_next(q);) {
        const struct user *u = NULL;
        printf("%" PRId64 "\t%s\t%s\t%s\t", db_int(q, 0), db_text(q, 1), db_text(q, 2), !db_bool(q, 3) ? "closed" : db_bool(q, 4) ? "active" : "waiting");
        TRY(user_load(c, db_int(q, 0), &u));
        for (size_t i = 0; i < u->duties; i++) {
            const struct duty *d = &u->duty[i];
            printf("%s%s", i == 0 ? "" : ",", role_name(d->role));
            if (d->unit != NONE || d->organization != NONE)
                printf(":%" PRId64, d->unit != NONE ? d->unit : d->organization);
        }
        printf("\n");
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err run_list(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, ""));
    return in_read(c, list, NULL);
}

static enum err send_code(struct ctx *c, void *arg)
{
    struct call *call = arg;
    TRY(account_by_login(c, call->args->word[0], &call->a));
    return make_letter(c, call);
}

static enum err run_code(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 1, 1, ""));
    struct call call = {.args = args};
    TRY(in_write(c, send_code, &call));
    return print_letter(c, &call.letter);
}

static enum err deactivate(struct ctx *c, void *arg)
{
    struct call *call = arg;
    TRY(account_by_login(c, call->args->word[0], &call->a));
    return account_activate(c, call->a.id, false);
}

static enum err run_deactivate(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 1, 1, ""));
    struct call call = {.args = args};
    TRY(in_write(c, deactivate, &call));
    fprintf(stderr, tr(c, "%s を使えなくしました。\n"), args->word[0]);
    return OK;
}

const struct command people_commands[] = {
    {"user add", "LOGIN NAME --role ROLE [--unit N] [--organization N] [--mail ADDRESS]",
     "利用者を加え、パスワードを決めるための手紙を作ります。メールがなければ手紙を表示します。\n役割: member, municipality(--organization), officer, promoter, approver, collator(--unit。collatorは部局の番号), secretariat, operator",
     "Adds an account and writes the letter with which its password is set; without mail the letter is printed.\nRoles: member (--organization), officer, promoter (--unit), secretariat, operator",
     COMMAND_WRITE, run_add},
    {"user list", "", "利用者の一覧: 番号、利用者名、名前、状態(active, waiting, closed)、役割:所属か団体の番号", "Lists accounts: id, login, name, state (active, waiting, closed), role:unit or organization",
     COMMAND_READ, run_list},
    {"user invite", "LOGIN", "招待の手紙を作り直します。前の番号は使えなくなります。", "Writes a new invitation; the code before it is void.", COMMAND_WRITE, run_code},
    {"user reset", "LOGIN", "パスワードを決め直す番号の手紙を作ります。いまのパスワードは、番号が使われるまで変わりません。",
     "Writes a letter with a code to set a new password; the present one stays until the code is used.", COMMAND_WRITE, run_code},
    {"user deactivate", "LOGIN", "ログインできなくします。記録は残ります。", "Shuts an account out; its records stay.", COMMAND_WRITE, run_deactivate},
    {NULL, NULL, NULL, NULL, COMMAND_PLAIN, NULL},
};
