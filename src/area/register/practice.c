#include "area/register/practice.h"

#include "base/text.h"

enum { PICKS_MOST = 500 };

#define ENTITY criterion
ENTITY_DEFINE(criterion, "criterion", "よい実践の基準", CRITERION_FIELDS)
#undef ENTITY
#define ENTITY practice_reason
ENTITY_DEFINE(practice_reason, "practice_reason", "選んだ理由", PRACTICE_REASON_FIELDS)
#undef ENTITY
#define ENTITY practice
ENTITY_DEFINE(practice, "practice", "よい実践", PRACTICE_FIELDS)
#undef ENTITY

const char *practice_label(struct ctx *c, const char *state)
{
    return text_eq(state, "public") ? tr(c, "公開中") : text_eq(state, "withdrawn") ? tr(c, "取り下げ") : tr(c, "下書き");
}

/* --- criteria --- */

/* Our words, after what documents 002 §6 and 003 ask for. None of them rewards a low price (003 ★). */
static const struct { const char *name, *words; } ours[] = {
    {"課題がはっきりしている", "だれの、どんな困りごとに取り組むかが、県民にもわかることばで書かれている。"},
    {"相手の強みが生きている", "県だけではできないことを、相手の経験やつながり、知恵を生かして行っている。"},
    {"計画から評価までいっしょにしている", "計画、実施、評価のそれぞれに相手が参画し、役割分担が対等に話し合われている。"},
    {"成果が見える", "成果の指標と値が年度ごとに書かれ、よくなったところがわかる。"},
    {"ほかでも役に立つ", "ほかの課や地域、ほかの団体が、同じ考え方で取り組める。"},
    {"相手の選び方が開かれている", "相手を選んだ方法と根拠が公開され、ほかの団体も参加できた、またはこれから参加できる。"},
};

static enum err stored(struct ctx *c, bool all, struct criterion **out, size_t *n)
{
    struct sql tail;
    sql_init(&tail, c->arena);
    if (all)
        sql_add(&tail, "ORDER BY position, id", P0);
    else
        sql_add(&tail, "WHERE NOT retired ORDER BY position, id", P0);
    TRY_DB(c, entity_select(c->db, c->arena, &criterion_entity, &tail, false, out, n));
    return OK;
}

static enum err any_stored(struct ctx *c, bool *any)
{
    int64_t n = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM criterion", P0, &n));
    *any = n > 0;
    return OK;
}

enum err criteria(struct ctx *c, bool all, struct criterion **out, size_t *n)
{
    bool any = false;
    TRY(any_stored(c, &any));
    if (any)
        return stored(c, all, out, n);
    *n = sizeof ours / sizeof *ours;
    *out = arena_many(c->arena, struct criterion, *n);
    for (size_t i = 0; i < *n; i++) {
        entity_init(&criterion_entity, &(*out)[i]);
        (*out)[i].name = ours[i].name;
        (*out)[i].words = ours[i].words;
        (*out)[i].position = (int64_t)i + 1;
        (*out)[i].ours = true;
    }
    return OK;
}

enum err criteria_ready(struct ctx *c)
{
    struct criterion *v = NULL;
    size_t n = 0;
    bool any = false;
    TRY(need_role(c, ROLE_SECRETARIAT));
    /* Two at one time would write them twice. */
    TRY_DB(c, db_exec(c->db, "UPDATE setting SET value = value", P0));
    TRY(any_stored(c, &any));
    if (any)
        return OK;
    TRY(criteria(c, true, &v, &n));
    for (size_t i = 0; i < n; i++) {
        v[i].version = 1;
        TRY(record_save(c, &criterion_entity, NULL, &v[i], "criterion.new"));
    }
    return OK;
}

enum err criterion_save(struct ctx *c, const struct criterion *before, struct criterion *after)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(record_check(c, &criterion_entity, after, NONE, true));
    after->ours = before != NULL && before->ours && text_eq(before->name, after->name) && text_eq(before->words, after->words);
    if (before == NULL) {
        TRY(criteria_ready(c));
        after->version = 1;
        TRY_DB(c, db_get_int(c->db, "SELECT coalesce(max(position), 0) + 1 FROM criterion", P0, &after->position));
    }
    return record_save(c, &criterion_entity, before, after, before == NULL ? "criterion.new" : "criterion.change");
}

/* --- picks --- */

static enum err select_practices(struct ctx *c, const struct sql *tail, struct practice **out, size_t *n)
{
    TRY_DB(c, entity_select(c->db, c->arena, &practice_entity, tail, false, out, n));
    return OK;
}

enum err practice_of(struct ctx *c, int64_t project, int64_t year, struct practice *out)
{
    struct practice *v = NULL;
    size_t n = 0;
    struct sql tail;
    TRY(need_role(c, ROLE_SECRETARIAT));
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE project = $ AND year = $", P(project, year));
    TRY(select_practices(c, &tail, &v, &n));
    if (n == 0)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この事業は、まだ選ばれていません。"));
    *out = v[0];
    return OK;
}

enum err practices_public(struct ctx *c, int64_t project, struct practice **out, size_t *n)
{
    struct sql tail;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE state = 'public'", P0);
    if (project != NONE)
        sql_add(&tail, " AND project = $", P(project));
    sql_add(&tail, " ORDER BY year DESC, id LIMIT $", P((int64_t)PICKS_MOST));
    return select_practices(c, &tail, out, n);
}

enum err practices_all(struct ctx *c, struct practice **out, size_t *n)
{
    struct sql tail;
    TRY(need_role(c, ROLE_SECRETARIAT));
    sql_init(&tail, c->arena);
    sql_add(&tail, "ORDER BY year DESC, id DESC LIMIT $", P((int64_t)PICKS_MOST));
    return select_practices(c, &tail, out, n);
}

static enum err in_an_edition(struct ctx *c, int64_t project, int64_t year, bool *demo)
{
    int64_t n = 0, invented = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM edition_item i JOIN edition e ON e.id = i.edition WHERE i.project = $1 AND e.year = $2 AND e.state = 'published'", P(project, year), &n));
    if (n == 0)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この事業は、この年度の公開した版に載っていません。"));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM project WHERE id = $1 AND demo", P(project), &invented));
    *demo = invented > 0;
    return OK;
}

enum err practice_save(struct ctx *c, const struct practice *before, struct practice *after, const char *state)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    bool demo = false;
    TRY(in_an_edition(c, after->project, after->year, &demo));
    if (!text_eq(state, "draft") && !text_eq(state, "public") && !text_eq(state, "withdrawn"))
        return fail_field(&c->fail, "state", "%s", tr(c, "「公開する」「下書き」「取り下げる」から選んでください"));
    if (after->reasons_n == 0 && !text_eq(state, "withdrawn"))
        return fail_field(&c->fail, "reasons", "%s", tr(c, "あてはまる基準を1つ以上選び、理由を書いてください"));
    TRY(record_check(c, &practice_entity, after, after->year, false));
    after->state = state;
    if (text_eq(state, "public") && after->published_at == NONE)
        after->published_at = c->now;
    if (before == NULL) {
        after->version = 1;
        after->made_at = c->now;
        after->demo = demo;
    }
    return record_save(c, &practice_entity, before, after, before == NULL ? "practice.new" : "practice.change");
}
