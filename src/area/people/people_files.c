#include "area/people/people_files.h"

#include <string.h>

#include "base/text.h"
#include "core/preset.h"
#include "core/user.h"

/* --- accounts --- */

void users_where(struct ctx *c, struct sql *s, const struct users_filter *f)
{
    if (f->role != 0) {
        sql_add(s, " AND EXISTS (SELECT 1 FROM duty WHERE duty.account = account.id AND duty.role = $", P(role_name(f->role)));
        sql_add(s, " AND (duty.until IS NULL OR duty.until > $))", P(c->now));
    }
    if (text_eq(f->state, "closed"))
        sql_add(s, " AND NOT active", P0);
    else if (text_eq(f->state, "waiting"))
        sql_add(s, " AND active AND password_hash IS NULL", P0);
    else if (text_eq(f->state, "active"))
        sql_add(s, " AND active AND password_hash IS NOT NULL", P0);
}

bool users_fit(struct ctx *c, const struct users_filter *f, const char *login, const char *name)
{
    return f->q == NULL || strstr(text_fold(c->arena, arena_printf(c->arena, "%s\n%s", login, name)), text_fold(c->arena, f->q)) != NULL;
}

enum { PIECE = 500 };
struct user_row { int64_t id, used; const char *login, *name, *mail, *state; };
struct users_walk { const struct users_filter *f; struct table *t; struct arena *kept; const char *after; const struct section_node *tree; size_t tree_n; };

static const char *unit_path(struct ctx *c, const struct users_walk *x, int64_t unit)
{
    for (size_t i = 0; i < x->tree_n; i++)
        if (x->tree[i].s.unit == unit)
            return section_path(c, x->tree, x->tree_n, &x->tree[i]);
    return unit == NONE ? NULL : arena_printf(c->arena, tr(c, "(今年度にはない所属 %lld)"), (long long)unit);
}

static enum err duty_row(struct ctx *c, struct users_walk *x, const struct user_row *u, const struct duty *d)
{
    const char *organization = NULL;
    int64_t same = 0;
    if (d != NULL && d->organization != NONE) {
        TRY_DB(c, db_get_text(c->db, c->arena, "SELECT name FROM organization WHERE id = $1", P(d->organization), &organization));
        TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM organization WHERE name = $1", P(organization), &same));
    }
    if (same > 1)
        organization = arena_printf(c->arena, "%s" ORGANIZATION_NUMBER "%lld)", organization, (long long)d->organization);
    table_text(x->t, u->login);
    table_text(x->t, u->name);
    table_text(x->t, u->mail);
    table_text(x->t, d != NULL ? role_label(c, d->role) : NULL);
    table_text(x->t, d != NULL ? unit_path(c, x, d->unit) : NULL);
    table_text(x->t, organization);
    table_text(x->t, u->state);
    table_instant(x->t, u->used);
    return table_row(x->t);
}

static enum err users_piece(struct ctx *c, void *arg, bool *more)
{
    struct users_walk *x = arg;
    struct user_row *v = arena_many(c->arena, struct user_row, PIECE);
    size_t n = 0;
    struct sql s;
    sql_init(&s, c->arena);
    sql_add(&s, "SELECT id, login, name, mail, active, password_hash IS NOT NULL, last_login_at,"
                " EXISTS (SELECT 1 FROM invitation WHERE invitation.account = account.id AND used_at IS NULL AND expires_at > $) FROM account WHERE login > $", P(c->now, x->after));
    users_where(c, &s, x->f);
    sql_add(&s, " ORDER BY login LIMIT 500", P0);
    for (struct db_rows *q = sql_query(c->db, &s); db_next(q);)
        v[n++] = (struct user_row){.id = db_int(q, 0), .login = db_text(q, 1), .name = db_text(q, 2), .mail = db_text(q, 3), .used = db_int(q, 6),
                                   .state = !db_bool(q, 4) ? tr(c, "使えない") : db_bool(q, 5) ? tr(c, "使用中") : db_bool(q, 7) ? tr(c, "招待中") : tr(c, "未招待")};
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < n; i++) {
        const struct user *u = NULL;
        if (!users_fit(c, x->f, v[i].login, v[i].name))
            continue;
        TRY(user_load(c, v[i].id, &u));
        for (size_t k = 0; k < u->duties; k++)
            TRY(duty_row(c, x, &v[i], &u->duty[k]));
        if (u->duties == 0)
            TRY(duty_row(c, x, &v[i], NULL));
    }
    if (n > 0) {
        arena_reset(x->kept);
        x->after = arena_dup(x->kept, v[n - 1].login);
    }
    *more = n == PIECE;
    return OK;
}

static enum err users_rows(struct ctx *c, struct table *t, void *arg)
{
    ARENA struct arena *kept = arena_new();
    struct section_node *tree = NULL;
    struct users_walk x = {.f = arg, .t = t, .kept = kept, .after = ""};
    TRY(sections_of_year(c, this_year(c), &tree, &x.tree_n));
    x.tree = tree;
    return listing_pieces(c, users_piece, &x);
}

struct listing users_listing(struct ctx *c, const struct users_filter *f)
{
    static const struct table_column column[] = {
        {.title = "利用者名", .width = 24}, {.title = "名前", .width = 20}, {.title = "メール", .width = 32}, {.title = "役割", .width = 16},
        {.title = "所属", .width = 34}, {.title = "団体", .width = 30}, {.title = "状態"}, {.title = "最後のログイン", .kind = TABLE_INSTANT}};
    (void)c;
    return (struct listing){.name = "利用者一覧", .column = column, .columns = sizeof column / sizeof column[0], .rows = users_rows, .arg = (void *)(uintptr_t)f,
                            .note = "役割ごとに1行です。「利用者名」から「団体」までの列は、そのまま利用者の取り込みに使えます。個人の情報なので、取り扱いに気をつけてください。"};
}

/* --- sections --- */

const char *section_path(struct ctx *c, const struct section_node *v, size_t n, const struct section_node *s)
{
    const struct section_node *up = s->s.parent != NONE ? section_in(v, n, s->s.parent) : NULL;
    return up != NULL && up != s ? arena_printf(c->arena, "%s/%s", section_path(c, v, n, up), s->s.name) : s->s.name;
}

static enum err sections_rows(struct ctx *c, struct table *t, void *arg)
{
    const struct sections_filter *f = arg;
    struct section_node *v = NULL;
    size_t n = 0;
    TRY(sections_of_year(c, f->year, &v, &n));
    for (size_t i = 0; i < n; i++) {
        const struct section *s = &v[i].s;
        const struct section_node *up = s->parent != NONE ? section_in(v, n, s->parent) : NULL;
        if (f->only_without && (v[i].promoters > 0 || !s->answers))
            continue;
        table_int(t, s->unit);
        table_text(t, up != NULL ? section_path(c, v, n, up) : NULL);
        table_text(t, word_label(c, "level", s->level, f->year));
        table_text(t, s->name);
        table_text(t, s->phone);
        table_text(t, s->mail);
        table_text(t, s->answers ? "対象" : "対象外");
        table_int(t, v[i].promoters);
        TRY(table_row(t));
    }
    return OK;
}

struct listing sections_listing(struct ctx *c, const struct sections_filter *f)
{
    static const char *const yes_no[] = {"対象", "対象外"};
    static const struct table_column column[] = {
        {.title = "所属番号", .kind = TABLE_INT, .locked = true}, {.title = "上位の所属", .width = 30, .note = "上から順に / でつなぎます(例: 土木部/道路局)。いちばん上の所属は空けておきます。"},
        {.title = "階層"}, {.title = "名称", .width = 30}, {.title = "電話", .width = 16}, {.title = "メール", .width = 32},
        {.title = "照会の対象", .choices = yes_no, .choices_n = 2}, {.title = "推進員", .kind = TABLE_INT}};
    return (struct listing){.name = arena_printf(c->arena, "所属_%lld年度", (long long)f->year), .column = column, .columns = sizeof column / sizeof column[0], .rows = sections_rows,
                            .arg = (void *)(uintptr_t)f, .note = "「上位の所属」から「照会の対象」までの列は、そのまま所属の取り込みに使えます。"};
}
