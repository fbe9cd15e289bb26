/* What a sheet is about: the inquiry, the answers that the user may see, the words of its year. */
#include <assert.h>
#include <string.h>

#include "area/register/sheets.h"
#include "base/text.h"

const char *sheet_key(struct arena *a, const char *s)
{
    struct sb b;
    if (s == NULL)
        return NULL;
    sb_init(&b, a);
    for (const char *p = text_fold(a, s); *p != '\0'; p++)
        if (*p != ' ' && *p != '\n')
            sb_char(&b, *p);
    return sb_str(&b);
}

/* --- words --- */

const struct book_words *book_words_of(struct ctx *c, struct book *b, const char *kind, const char *parent)
{
    for (size_t i = 0; i < b->words_n; i++)
        if (text_eq(b->words[i].kind, kind) && text_eq(b->words[i].parent, parent))
            return &b->words[i];
    assert(b->words_n < sizeof b->words / sizeof b->words[0]);
    struct book_words *w = &b->words[b->words_n++];
    *w = (struct book_words){.kind = kind, .parent = parent};
    if (words(c, kind, parent, b->q.year, &w->v, &w->n) != OK)
        w->n = 0; /* the error stays with the connection: whoever reads next meets it */
    const char **key = arena_many(c->arena, const char *, w->n + 1);
    for (size_t i = 0; i < w->n; i++)
        key[i] = sheet_key(c->arena, w->v[i].label);
    w->key = key;
    return w;
}

static bool is_alias(struct arena *a, const char *aliases, const char *key)
{
    for (const char *p = aliases; p != NULL && *p != '\0'; p += strcspn(p, "|"), p += *p == '|')
        if (strcmp(sheet_key(a, arena_dup_n(a, p, strcspn(p, "|"))), key) == 0)
            return true;
    return false;
}

const char *book_code(struct ctx *c, struct book *b, const char *kind, const char *parent, const char *typed)
{
    const struct book_words *w = book_words_of(c, b, kind, parent);
    const char *key = sheet_key(c->arena, typed);
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->key[i], key) == 0)
            return w->v[i].code;
    for (size_t i = 0; i < w->n; i++)
        if (is_alias(c->arena, w->v[i].alias, key))
            return w->v[i].code;
    return NULL;
}

const char *book_choices_shown(struct ctx *c, struct book *b, const char *kind, const char *parent)
{
    enum { SHOWN = 8 };
    const struct book_words *w = book_words_of(c, b, kind, parent);
    struct sb s;
    sb_init(&s, c->arena);
    for (size_t i = 0; i < w->n && i < SHOWN; i++)
        sb_printf(&s, "%s%s", i > 0 ? "、" : "", w->v[i].label);
    if (w->n > SHOWN)
        sb_add(&s, tr(c, "など"));
    return sb_str(&s);
}

/* --- decisions --- */

static const struct decision { const char *code, *word, *others; } decisions[] = {
    {"same", "変更なし", "変わりなし|そのまま続ける|継続"},
    {"changed", "変更あり", "変更|変えて続ける"},
    {"ended", "終了", "終わる|廃止"},
    {"new", "新規", "新しい事業|追加"},
    {"none", "該当なし", NULL},
};

const char *decision_typed(struct arena *a, const char *typed)
{
    const char *key = sheet_key(a, typed);
    for (size_t i = 0; i < sizeof decisions / sizeof decisions[0]; i++)
        if (strcmp(sheet_key(a, decisions[i].word), key) == 0 || is_alias(a, decisions[i].others, key))
            return decisions[i].code;
    return NULL;
}

const char *decision_word(const char *decision)
{
    for (size_t i = 0; i < sizeof decisions / sizeof decisions[0]; i++)
        if (text_eq(decisions[i].code, decision))
            return decisions[i].word;
    return NULL;
}

/* --- answers --- */

struct listed { int64_t answer; const struct section_node *node; };

static enum err list_answers(struct ctx *c, struct book *b, struct listed **out, size_t *n)
{
    struct section_node *tree = NULL;
    int64_t (*found)[2] = NULL;
    size_t found_n = 0, cap = 0, out_cap = 0;
    TRY(sections_of_year(c, b->q.year, &tree, &b->tree_n));
    b->tree = tree;
    const char **name = arena_many(c->arena, const char *, b->tree_n + 1), **key = arena_many(c->arena, const char *, b->tree_n + 1);
    for (size_t i = 0; i < b->tree_n; i++) {
        size_t up = i; /* parents come before children */
        while (up > 0 && tree[i].s.parent != NONE && tree[up].s.id != tree[i].s.parent)
            up--;
        name[i] = tree[i].s.parent == NONE ? tree[i].s.name : arena_printf(c->arena, "%s %s", name[up], tree[i].s.name);
        key[i] = sheet_key(c->arena, name[i]);
    }
    b->tree_name = name;
    b->tree_key = key;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id, section FROM answer WHERE inquiry=$1 ORDER BY id", P(b->q.id)); db_next(q);) {
        int64_t id = db_int(q, 0), section = db_int(q, 1);
        if (b->scope.answer != NONE && id != b->scope.answer)
            continue;
        found = arena_grow(c->arena, found, found_n, &cap, sizeof *found);
        found[found_n][0] = id;
        found[found_n++][1] = section;
    }
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < b->tree_n; i++)
        for (size_t k = 0; k < found_n; k++)
            if (found[k][1] == tree[i].s.id && (b->scope.department == NONE || tree[i].department_id == b->scope.department))
                ARENA_PUSH(c->arena, *out, *n, out_cap) = (struct listed){found[k][0], &tree[i]};
    return OK;
}

/* The rule that serves the page serves the sheet: what answer_case_load refuses is left out. */
static enum err take_answer(struct ctx *c, struct book *b, const struct listed *l)
{
    struct failure kept = c->fail;
    struct book_answer *a = &b->answer[b->answers];
    failure_init(&c->fail, c->arena);
    enum err e = answer_case_load(c, l->answer, false, &a->k);
    struct failure said = c->fail;
    c->fail = kept;
    if (e == E_FORBIDDEN)
        return OK;
    if (e != OK) {
        c->fail = said;
        return e;
    }
    a->department = l->node->department != NULL ? l->node->department : l->node->s.name;
    a->department_id = l->node->department_id;
    b->answers++;
    return OK;
}

/* 総務課 stands in every 地域振興局: where a name is not alone in the inquiry, the whole name is written. */
static void name_sections(const struct listed *l, size_t n, struct book *b)
{
    for (size_t i = 0; i < b->answers; i++) {
        size_t same = 0;
        for (size_t k = 0; k < n; k++)
            same += strcmp(l[k].node->s.name, b->answer[i].k.section.name) == 0;
        b->answer[i].name = same > 1 ? b->answer[i].k.section_name : b->answer[i].k.section.name;
    }
}

static enum err take_statements(struct ctx *c, struct book *b)
{
    struct statement *s = NULL;
    size_t n = 0;
    struct sql tail;
    for (size_t i = 0; !b->whole && i < b->answers; i++)
        TRY(answer_statements(c, b->answer[i].k.answer.id, &b->answer[i].s, &b->answer[i].n));
    if (!b->whole)
        return OK;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE inquiry=$ ORDER BY answer, id", P(b->q.id));
    TRY_DB(c, entity_select(c->db, c->arena, &statement_entity, &tail, false, &s, &n));
    for (size_t i = 0; i < b->answers; i++)
        for (size_t k = 0; k < n; k++)
            if (s[k].answer == b->answer[i].k.answer.id) {
                b->answer[i].s = &s[k];
                while (k < n && s[k].answer == b->answer[i].k.answer.id) {
                    b->answer[i].n++;
                    k++;
                }
                break;
            }
    return OK;
}

enum err book_load(struct ctx *c, const struct sheet_scope *scope, struct book *b)
{
    TRY(book_open(c, scope, b));
    return take_statements(c, b);
}

enum err book_open(struct ctx *c, const struct sheet_scope *scope, struct book *b)
{
    struct listed *l = NULL;
    size_t n = 0;
    *b = (struct book){.scope = *scope, .secretariat = user_is(c->user, ROLE_SECRETARIAT)};
    if (scope->answer != NONE) {
        struct answer_case k;
        TRY(answer_case_load(c, scope->answer, false, &k));
        b->scope.inquiry = k.inquiry.id;
    }
    TRY(record_load(c, &inquiry_entity, b->scope.inquiry, &b->q));
    if (text_eq(b->q.state, "draft"))
        return fail(c, E_CONFLICT, "%s", tr(c, "この照会はまだ送られていません。"));
    TRY(list_answers(c, b, &l, &n));
    b->answer = arena_many(c->arena, struct book_answer, n + 1);
    for (size_t i = 0; i < n; i++)
        TRY(take_answer(c, b, &l[i]));
    if (b->answers == 0)
        return fail(c, E_FORBIDDEN, "%s", tr(c, "この照会で、あなたが回答する課はありません。見たいときは事務局に聞いてください。"));
    name_sections(l, n, b);
    b->whole = b->answers == n && scope->answer == NONE && scope->department == NONE;
    return OK;
}
