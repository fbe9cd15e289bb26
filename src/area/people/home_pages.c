/* 今日やること: by time left (ui.md 4.7). */
#include "area/people/home.html.h"
#include "area/people/office_views.h"

#include "base/date.h"
#include "core/preset.h"

enum { DAY = 24 * 3600, GROUPS = 6 };

/* Whole days by the calendar of Tokyo, not by hours: what is due tonight is due today. */
static int64_t days_left(struct ctx *c, int64_t due)
{
    return (instant_next_midnight(due - 1) - instant_next_midnight(c->now)) / DAY;
}

static bool belongs(struct ctx *c, int group, const struct todo *t)
{
    if (t->waiting)
        return group == 5;
    if (t->due == NONE)
        return group == 3; /* what was sent back, letters to hand over: now, and before what has weeks */
    int64_t days = days_left(c, t->due);
    return group == (t->due < c->now ? 0 : days <= 0 ? 1 : days <= 7 ? 2 : 4);
}

/* 6月10日(水)23:59まで(あと3日) ; what waits for others has been waiting, not due. */
static const char *when(struct ctx *c, const struct todo *t)
{
    if (t->due == NONE)
        return NULL;
    const char *at_text = instant_long(c->arena, t->due);
    if (t->waiting)
        return at_text;
    if (t->due < c->now)
        return arena_printf(c->arena, tr(c, "締切 %s(過ぎています)"), at_text);
    int64_t days = days_left(c, t->due);
    if (days <= 0)
        return arena_printf(c->arena, tr(c, "締切 %s(今日まで)"), at_text);
    return arena_printf(c->arena, tr(c, "締切 %s(あと%lld日)"), at_text, (long long)days);
}

static struct todo_group group_of(struct ctx *c, int number, const struct todos *all)
{
    static const char *const title[GROUPS] = {"期限超過", "今日まで", "1週間以内", "期限のないもの", "1週間より先", "相手を待っています"};
    struct todo_group g = {.title = tr(c, title[number]), .tag = number == 0 ? "tag tag-red" : number == 1 ? "tag tag-yellow" : NULL};
    struct todo_line *v = arena_many(c->arena, struct todo_line, all->n);
    for (size_t i = 0; i < all->n; i++)
        if (belongs(c, number, &all->v[i]))
            v[g.n++] = (struct todo_line){all->v[i].text, all->v[i].about, when(c, &all->v[i]), all->v[i].to};
    g.v = v;
    return g;
}

/* The work menu in words: what each page is for. */
static void links(struct ctx *c, struct today_view *v)
{
    static const struct { uint32_t who; const char *path, *text, *hint; } all[] = {
        {ROLE_SECRETARIAT, "/inquiries", "照会", "送る・回答を見る・催促する・閉じる"},
        {SECTION_ROLES, "/answers", "照会への回答", "昨年度の事業を確かめ、今年度の事業を書く"},
        {ROLE_COLLATOR, "/collations", "部局とりまとめ", "課の回答を確かめ、載せる事業を選び、事務局に送る"},
        {ROLE_APPROVER, "/answers", "照会への回答", "課の回答を確かめる"},
        {STAFF_ROLES | ROLE_OPERATOR, "/sections", "所属と推進員", "推進員のいない課がわかります"},
        {STAFF_ROLES | ROLE_OPERATOR, "/vocabulary", "ことばの一覧", "種類、区分、形態などの決まったことばと説明"},
        {ROLE_SECRETARIAT | ROLE_OPERATOR, "/letters", "手紙とメール", "送ったもの、印刷して渡すもの"},
        {ROLE_SECRETARIAT | ROLE_OPERATOR, "/settings", "設定", "県の名前、問い合わせ先、メール"},
        {ROLE_OPERATOR, "/office/operation", "運用のようす", "控え、ディスクの空き、長い仕事、夜の確かめ"},
        {ROLE_OPERATOR, "/jobs", "自動の仕事", "失敗したものと、次に動くもの"},
        {SIGNED_IN, "/account", "自分の登録", "名前、メール、パスワード、ログインしている端末"},
    };
    enum { N = sizeof all / sizeof all[0] };
    struct link_line *out = arena_many(c->arena, struct link_line, N + c->user->duties);
    for (size_t i = 0; i < c->user->duties; i++)
        if (c->user->duty[i].role == ROLE_MEMBER && c->user->duty[i].organization != NONE)
            out[v->links++] = (struct link_line){url_organization(c, c->user->duty[i].organization), tr(c, "自分の団体のページ"),
                                                 tr(c, "公開されている内容を見て、直す")};
    for (size_t i = 0; i < N; i++)
        if (user_is(c->user, all[i].who))
            out[v->links++] = (struct link_line){{all[i].path}, tr(c, all[i].text), tr(c, all[i].hint)};
    v->link = out;
}

enum err today_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    struct todos all;
    TRY(todos_of_user(c, &all));
    struct todo_group *group = arena_many(c->arena, struct todo_group, GROUPS);
    struct today_view v = {.group = group};
    for (int i = 0; i < GROUPS; i++) {
        group[v.groups] = group_of(c, i, &all);
        v.groups += group[v.groups].n > 0;
    }
    if (user_is(c->user, ROLE_SECRETARIAT)) {
        int64_t sections = 0;
        TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM section WHERE year = $1", P(this_year(c)), &sections));
        v.no_sections = sections == 0;
        v.year = fiscal_year_long(c->arena, this_year(c));
    }
    links(c, &v);
    struct page p = {.title = all.n > 0 ? arena_printf(c->arena, tr(c, "今日やること(%zu)"), all.n) : tr(c, "今日やること"), .menu = "home", .year = NONE};
    page_begin(c, w, &p);
    today_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}
