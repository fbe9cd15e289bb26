/* The way of an answer: from the section by its approver and its department to the secretariat. States and steps are tables. */
#include "area/register/rounds.h"
#include "base/text.h"

/* Returned answers may be handed in again after the due date; only closing ends the round. */
const struct answer_move answer_moves[] = {
    {"edit", "open", "draft", BY_SECTION, ALWAYS, "書く"},
    {"edit", "draft", "draft", BY_SECTION, ALWAYS, "書く"},
    {"edit", "returned", "returned", BY_SECTION, ALWAYS, "直す"},

    {"submit", "open", "approving", BY_SECTION, IF_APPROVAL, "確認者に出す"},
    {"submit", "open", "collating", BY_SECTION, IF_COLLATION, "部局に出す"},
    {"submit", "open", "submitted", BY_SECTION, ALWAYS, "提出する"},
    {"submit", "draft", "approving", BY_SECTION, IF_APPROVAL, "確認者に出す"},
    {"submit", "draft", "collating", BY_SECTION, IF_COLLATION, "部局に出す"},
    {"submit", "draft", "submitted", BY_SECTION, ALWAYS, "提出する"},
    {"submit", "returned", "approving", BY_SECTION, IF_APPROVAL, "確認者に出す"},
    {"submit", "returned", "collating", BY_SECTION, IF_COLLATION, "部局に出す"},
    {"submit", "returned", "submitted", BY_SECTION, ALWAYS, "提出する"},

    {"none", "open", "approving", BY_SECTION, IF_APPROVAL, "確認者に出す"},
    {"none", "open", "collating", BY_SECTION, IF_COLLATION, "部局に出す"},
    {"none", "open", "none", BY_SECTION, ALWAYS, "該当なしで回答する"},
    {"none", "draft", "approving", BY_SECTION, IF_APPROVAL, "確認者に出す"},
    {"none", "draft", "collating", BY_SECTION, IF_COLLATION, "部局に出す"},
    {"none", "draft", "none", BY_SECTION, ALWAYS, "該当なしで回答する"},
    {"none", "returned", "approving", BY_SECTION, IF_APPROVAL, "確認者に出す"},
    {"none", "returned", "collating", BY_SECTION, IF_COLLATION, "部局に出す"},
    {"none", "returned", "none", BY_SECTION, ALWAYS, "該当なしで回答する"},

    {"approve", "approving", "collating", BY_APPROVER, IF_COLLATION, "確認する"},
    {"approve", "approving", "none", BY_APPROVER, IF_NOTHING, "確認する"},
    {"approve", "approving", "submitted", BY_APPROVER, ALWAYS, "確認する"},
    {"choose", "collating", "collating", BY_COLLATOR, ALWAYS, "載せる事業を選ぶ"},
    {"pass", "collating", "none", BY_COLLATOR, IF_NOTHING, "事務局に送る"},
    {"pass", "collating", "submitted", BY_COLLATOR, ALWAYS, "事務局に送る"},
    {"skip", "approving", "collating", BY_SECRETARIAT, IF_COLLATION, "確認をとばす"},
    {"skip", "approving", "none", BY_SECRETARIAT, IF_NOTHING, "確認をとばす"},
    {"skip", "approving", "submitted", BY_SECRETARIAT, ALWAYS, "確認をとばす"},
    {"skip", "collating", "none", BY_SECRETARIAT, IF_NOTHING, "部局の確認をとばす"},
    {"skip", "collating", "submitted", BY_SECRETARIAT, ALWAYS, "部局の確認をとばす"},

    {"withdraw", "approving", "draft", BY_SECTION, ALWAYS, "取り下げる"},
    {"withdraw", "collating", "draft", BY_SECTION, ALWAYS, "取り下げる"},
    {"withdraw", "submitted", "draft", BY_SECTION, ALWAYS, "取り下げる"},
    {"withdraw", "none", "draft", BY_SECTION, ALWAYS, "取り下げる"},
    {"return", "approving", "returned", BY_APPROVER, ALWAYS, "差し戻す"},
    {"return", "collating", "returned", BY_COLLATOR, ALWAYS, "差し戻す"},
    {"return", "submitted", "returned", BY_SECRETARIAT, ALWAYS, "差し戻す"},
    {"return", "none", "returned", BY_SECRETARIAT, ALWAYS, "差し戻す"},

    {"enter", "open", "draft", BY_SECRETARIAT, ALWAYS, "代わりに入力する"},
    {"enter", "draft", "draft", BY_SECRETARIAT, ALWAYS, "代わりに入力する"},
    {"enter", "returned", "returned", BY_SECRETARIAT, ALWAYS, "代わりに入力する"},
    {"mend", "submitted", "submitted", BY_SECRETARIAT, ALWAYS, "字句を直す"},
    {"remind", "open", "open", BY_SECRETARIAT, ALWAYS, "催促する"},
    {"remind", "draft", "draft", BY_SECRETARIAT, ALWAYS, "催促する"},
    {"remind", "returned", "returned", BY_SECRETARIAT, ALWAYS, "催促する"},
    {"remind", "approving", "approving", BY_SECRETARIAT, ALWAYS, "催促する"},
    {"remind", "collating", "collating", BY_SECRETARIAT, ALWAYS, "催促する"},
    {"extend", "open", "open", BY_SECRETARIAT, ALWAYS, "締切をのばす"},
    {"extend", "draft", "draft", BY_SECRETARIAT, ALWAYS, "締切をのばす"},
    {"extend", "returned", "returned", BY_SECRETARIAT, ALWAYS, "締切をのばす"},
    {NULL, NULL, NULL, 0, ALWAYS, NULL},
};

bool answer_handed_in(const char *state) { return text_eq(state, "submitted") || text_eq(state, "none"); }
bool answer_on_the_way(const char *state) { return text_eq(state, "approving") || text_eq(state, "collating"); }

static bool guard_holds(const struct answer_case *k, enum answer_guard g)
{
    switch (g) {
    case IF_APPROVAL:
        return k->asks_approval;
    case IF_COLLATION:
        return k->has_collator;
    case IF_NOTHING:
        return k->nothing;
    case ALWAYS:
        break;
    }
    return true;
}

const struct answer_move *answer_step(const struct answer_case *k, const char *action)
{
    for (const struct answer_move *m = answer_moves; m->action; m++)
        if (text_eq(m->action, action) && text_eq(m->from, k->answer.state) && guard_holds(k, m->guard))
            return m;
    return NULL;
}

static const struct state_words { const char *state, *label, *tag; } answer_words[] = {
    {"open", "未着手・未提出", "tag tag-gray"},
    {"draft", "下書き・未提出", "tag tag-gray"},
    {"approving", "確認者の確認待ち", "tag tag-blue"},
    {"collating", "部局で確認中", "tag tag-blue"},
    {"submitted", "提出ずみ", "tag tag-green"},
    {"none", "該当なし", "tag tag-green"},
    {"returned", "差し戻し", "tag tag-yellow"},
};

static const struct state_words *words_of(const char *state)
{
    for (size_t i = 0; i < sizeof answer_words / sizeof answer_words[0]; i++)
        if (text_eq(answer_words[i].state, state))
            return &answer_words[i];
    return &answer_words[0];
}

const char *answer_label(const char *state, bool closed)
{
    if (closed && answer_on_the_way(state))
        return text_eq(state, "collating") ? "部局で止まったまま閉じた" : "確認されないまま閉じた";
    return closed && !answer_handed_in(state) ? "未回答" : words_of(state)->label;
}

const char *answer_tag(const char *state, bool closed)
{
    return closed && !answer_handed_in(state) ? "tag tag-red" : words_of(state)->tag;
}

const char *answer_place(struct ctx *c, const char *state, bool asks_approval, bool has_collator)
{
    int all = 2 + asks_approval + has_collator;
    if (answer_handed_in(state))
        return arena_printf(c->arena, tr(c, "%d/%d 事務局"), all, all);
    if (text_eq(state, "collating")) /* the collator may have left since: the answer still stands there */
        return arena_printf(c->arena, tr(c, "%d/%d 部局とりまとめで止まっています"), 2 + asks_approval, has_collator ? all : all + 1);
    if (text_eq(state, "approving"))
        return arena_printf(c->arena, tr(c, "%d/%d 課の確認者で止まっています"), 2, asks_approval ? all : all + 1);
    return arena_printf(c->arena, tr(c, "%d/%d 課が書いています"), 1, all);
}
