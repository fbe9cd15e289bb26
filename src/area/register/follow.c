/* A reorganisation as the register sees it: projects go with their section, open answers too; where a section is split, each project is asked which way. */
#include "area/register/rounds.h"
#include "base/text.h"
#include "core/finder.h"

enum err register_section_changed(struct ctx *c, int64_t section)
{
    int64_t *project = NULL;
    size_t n = 0, cap = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT DISTINCT s.project FROM answer a JOIN statement s ON s.answer=a.id WHERE a.section=$1 ORDER BY s.project", P(section)); db_next(q);)
        ARENA_PUSH(c->arena, project, n, cap) = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < n; i++)
        TRY(finder_touch(c, "project", project[i]));
    return OK;
}

/* --- projects --- */

static enum err project_put(struct ctx *c, int64_t id, int64_t unit)
{
    struct project before, after;
    TRY(record_load(c, &project_entity, id, &before));
    if (before.lead_unit == unit)
        return OK;
    entity_copy(c->arena, &project_entity, &after, &before);
    after.lead_unit = unit;
    return record_save(c, &project_entity, &before, &after, "project.follow");
}

static enum err projects_of_unit(struct ctx *c, int64_t unit, int64_t **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id FROM project WHERE lead_unit=$1 AND merged_into IS NULL ORDER BY id", P(unit)); db_next(q);)
        ARENA_PUSH(c->arena, *out, *n, cap) = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    return OK;
}

static bool is_target(const struct section_move *v, size_t n, int64_t from, int64_t to)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].from == from && v[i].to != NONE && v[i].to == to)
            return true;
    return false;
}

static int64_t chosen(const struct follow_choice *v, size_t n, int64_t project)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].project == project)
            return v[i].unit;
    return NONE;
}

static enum err projects_follow(struct ctx *c, const struct section_move *v, size_t n, int64_t from, const struct follow_choice *choice, size_t choices)
{
    int64_t *project = NULL, only = NONE;
    size_t projects = 0, targets = 0;
    for (size_t i = 0; i < n; i++)
        if (v[i].from == from && v[i].to != NONE) {
            only = v[i].to;
            targets++;
        }
    if (targets == 0) /* abolished: its projects are listed where the next inquiry is sent */
        return OK;
    TRY(projects_of_unit(c, from, &project, &projects));
    for (size_t i = 0; i < projects; i++) {
        int64_t to = targets == 1 ? only : chosen(choice, choices, project[i]);
        if (to != NONE && !is_target(v, n, from, to))
            return fail(c, E_INPUT, tr(c, "事業%lldは、分かれた先の所属から選んでください。"), (long long)project[i]);
        TRY(project_put(c, project[i], to)); /* NONE: not decided yet */
    }
    return OK;
}

/* --- open answers in a tree that was there before --- */

static enum err answer_in(struct ctx *c, const struct answer *like, const struct section *to, struct answer *out)
{
    int64_t id = NONE;
    enum err e = db_get_int(c->db, "SELECT id FROM answer WHERE inquiry=$1 AND section=$2", P(like->inquiry, to->id), &id);
    if (e == OK)
        return record_load(c, &answer_entity, id, out);
    if (e != E_NOT_FOUND)
        return fail_db(c);
    entity_init(&answer_entity, out);
    out->version = 1;
    out->inquiry = like->inquiry;
    out->section = to->id;
    out->state = "open";
    out->demo = like->demo;
    return record_save(c, &answer_entity, NULL, out, "answer.open");
}

static enum err statement_move(struct ctx *c, const struct statement *s, const struct answer *from, struct answer *to)
{
    struct statement after;
    struct answer changed;
    entity_copy(c->arena, &statement_entity, &after, s);
    after.answer = to->id;
    after.lead = to->section;
    TRY(statement_store(c, s, &after, "statement.follow"));
    TRY(finder_touch(c, "project", s->project));
    bool handed = answer_handed_in(from->state) || answer_on_the_way(from->state);
    if (!answer_handed_in(to->state) && !answer_on_the_way(to->state))
        return OK;
    if (handed && text_eq(to->state, from->state))
        return OK;
    /* What was handed in without it is not whole any more. */
    entity_copy(c->arena, &answer_entity, &changed, to);
    changed.state = "returned";
    changed.comment = tr(c, "組織の変更で、ほかの課の事業がこの回答に移りました。内容を確かめて、もう一度提出してください。");
    TRY(record_save(c, &answer_entity, to, &changed, "answer.follow"));
    *to = changed;
    return OK;
}

/* All statements of a section that ends go to its successor, those of a split one where their project went. */
static enum err answer_follow(struct ctx *c, const struct answer *a, const struct section *const *to, size_t n, bool stays)
{
    struct statement *s = NULL;
    size_t statements = 0, left = 0;
    struct answer *target = arena_many(c->arena, struct answer, n + 1);
    for (size_t i = 0; i < n; i++)
        TRY(answer_in(c, a, to[i], &target[i]));
    TRY(answer_statements(c, a->id, &s, &statements));
    for (size_t k = 0; k < statements; k++) {
        struct project p;
        size_t at = stays ? SIZE_MAX : 0;
        TRY(record_load(c, &project_entity, s[k].project, &p));
        for (size_t i = 0; i < n; i++)
            if (to[i]->unit == p.lead_unit)
                at = i;
        if (at == SIZE_MAX)
            left++;
        else
            TRY(statement_move(c, &s[k], a, &target[at]));
    }
    if (stays || left > 0)
        return OK;
    struct answer gone;
    TRY(record_load(c, &answer_entity, a->id, &gone));
    return record_save(c, &answer_entity, &gone, NULL, "answer.follow");
}

static enum err answers_follow(struct ctx *c, int64_t year, const struct section_move *v, size_t n, int64_t from)
{
    struct answer *a = NULL;
    size_t answers = 0, targets = 0;
    int64_t row = NONE;
    bool stays = false;
    struct sql tail;
    const struct section **to = arena_many(c->arena, const struct section *, n + 1);
    enum err e = db_get_int(c->db, "SELECT id FROM section WHERE year=$1 AND unit=$2", P(year, from), &row);
    if (e == E_NOT_FOUND)
        return OK;
    TRY_DB(c, e);
    for (size_t i = 0; i < n; i++) {
        if (v[i].from != from || v[i].to == NONE)
            continue;
        stays = stays || v[i].to == from;
        if (v[i].to == from)
            continue;
        struct section *s = arena_make(c->arena, struct section);
        TRY(section_of_unit(c, v[i].to, year, s));
        to[targets++] = s;
    }
    if (targets == 0)
        return OK;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE section=$ AND inquiry IN (SELECT id FROM inquiry WHERE state='open') ORDER BY id", P(row));
    TRY_DB(c, entity_select(c->db, c->arena, &answer_entity, &tail, false, &a, &answers));
    for (size_t i = 0; i < answers; i++)
        TRY(answer_follow(c, &a[i], to, targets, stays));
    return OK;
}

enum err register_follow(struct ctx *c, int64_t year, const struct section_move *v, size_t n, const struct follow_choice *choice, size_t choices)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY_DB(c, db_exec(c->db, "UPDATE inquiry SET state=state WHERE year=$1", P(year)));
    for (size_t i = 0; i < n; i++) {
        bool first = v[i].from != NONE;
        for (size_t k = 0; k < i; k++)
            first = first && v[k].from != v[i].from;
        if (!first)
            continue;
        TRY(projects_follow(c, v, n, v[i].from, choice, choices));
        TRY(answers_follow(c, year, v, n, v[i].from));
    }
    return OK;
}

enum err register_open_answers(struct ctx *c, int64_t year, int64_t unit, int64_t *n)
{
    TRY_DB(c, db_get_int(c->db, "SELECT COUNT(*) FROM answer a JOIN inquiry i ON i.id=a.inquiry JOIN section x ON x.id=a.section WHERE i.state='open' AND x.year=$1 AND x.unit=$2",
                         P(year, unit), n));
    return OK;
}

/* --- what is to be decided --- */

#define NEWEST "JOIN statement s ON s.id=(SELECT max(t.id) FROM statement t WHERE t.project=p.id AND t.year=(SELECT max(u.year) FROM statement u WHERE u.project=p.id)) "
#define GOES_ON "AND p.merged_into IS NULL AND (s.decision IS NULL OR s.decision<>'ended') "

enum err register_count_of_unit(struct ctx *c, int64_t unit, int64_t most, int64_t *n)
{
    TRY_DB(c, db_get_int(c->db, "SELECT COUNT(*) FROM (SELECT p.id FROM project p " NEWEST "WHERE p.lead_unit=$1 " GOES_ON "LIMIT $2) x", P(unit, most + 1), n));
    return OK;
}

enum err register_of_unit(struct ctx *c, int64_t unit, struct followed **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (struct db_rows *q = db_query(c->db, c->arena,
                                      "SELECT p.id, s.name FROM project p " NEWEST "WHERE p.lead_unit=$1 " GOES_ON "ORDER BY p.id", P(unit));
         db_next(q);)
        ARENA_PUSH(c->arena, *out, *n, cap) = (struct followed){.project = db_int(q, 0), .name = db_text(q, 1), .unit = unit};
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err register_undecided(struct ctx *c, struct followed **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (struct db_rows *q = db_query(c->db, c->arena,
                                      "SELECT p.id, s.name, x.unit, x.year, x.name FROM project p " NEWEST "JOIN section x ON x.id=s.lead WHERE p.lead_unit IS NULL " GOES_ON
                                      "AND EXISTS (SELECT 1 FROM section_move m WHERE m.kind='split') ORDER BY x.unit, p.id LIMIT 1000", P0);
         db_next(q);)
        ARENA_PUSH(c->arena, *out, *n, cap) = (struct followed){db_int(q, 0), db_text(q, 1), db_int(q, 2), db_int(q, 3), db_text(q, 4)};
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err register_decide(struct ctx *c, const struct follow_choice *choice, size_t n)
{
    struct section_move *v = NULL;
    struct followed *open = NULL;
    size_t moves = 0, opens = 0;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(section_moves(c, NONE, &v, &moves));
    TRY(register_undecided(c, &open, &opens));
    for (size_t i = 0; i < n; i++) {
        int64_t to[UNITS_MOST];
        bool may = false;
        for (size_t k = 0; k < opens; k++) {
            if (open[k].project != choice[i].project)
                continue;
            size_t units = units_after(v, moves, open[k].unit, open[k].year, INT64_C(9999), to);
            for (size_t u = 0; u < units; u++)
                may = may || to[u] == choice[i].unit;
        }
        if (!may)
            return fail(c, E_INPUT, "%s", tr(c, "どの課の事業かは、分かれた先の所属から選んでください。"));
        TRY(project_put(c, choice[i].project, choice[i].unit));
    }
    return OK;
}
