/* What boards and lists count of an answer's statements stands with the answer: a board of a hundred sections reads a hundred rows, however many projects
 * they have. Kept by every write of a statement, in its transaction; docs/decisions/0019-counts-with-the-answer.md. */
#include "area/register/rounds.h"
#include "base/text.h"

/* What the counts are, said once for counting anew and for checking. */
#define GOING "(SELECT count(*) FROM statement s JOIN project p ON p.id = s.project WHERE s.answer = answer.id AND (s.decision IS NULL OR s.decision <> 'ended') AND p.merged_into IS NULL)"
#define CARRIED "(SELECT count(*) FROM statement s WHERE s.answer = answer.id AND s.previous IS NOT NULL)"

static int64_t goes_on(const struct statement *s) { return s && !text_eq(s->decision, "ended"); }
static int64_t is_carried(const struct statement *s) { return s && s->previous != NONE; }

static enum err count_add(struct ctx *c, int64_t answer, int64_t project, int64_t going, int64_t carried)
{
    if (going == 0 && carried == 0)
        return OK;
    TRY_DB(c, db_exec(c->db, "UPDATE answer SET going = going + CASE WHEN EXISTS (SELECT 1 FROM project p WHERE p.id = $2 AND p.merged_into IS NOT NULL) THEN 0 ELSE $3 END, "
                             "carried = carried + $4 WHERE id = $1", P(answer, project, going, carried)));
    return OK;
}

enum err statement_store(struct ctx *c, const struct statement *before, struct statement *after, const char *what)
{
    TRY(record_save(c, &statement_entity, before, after, what));
    if (before && after && before->answer == after->answer)
        return count_add(c, after->answer, after->project, goes_on(after) - goes_on(before), is_carried(after) - is_carried(before));
    if (before)
        TRY(count_add(c, before->answer, before->project, -goes_on(before), -is_carried(before)));
    return after ? count_add(c, after->answer, after->project, goes_on(after), is_carried(after)) : OK;
}

enum err answers_recount_of(struct ctx *c, int64_t project)
{
    TRY_DB(c, db_exec(c->db, "UPDATE answer SET going = " GOING " WHERE id IN (SELECT answer FROM statement WHERE project = $1)", P(project)));
    return OK;
}

enum err register_recount(struct ctx *c)
{
    TRY_DB(c, db_exec(c->db, "UPDATE answer SET going = " GOING ", carried = " CARRIED, P0));
    return OK;
}

enum err register_check(struct ctx *c)
{
    int64_t id = NONE;
    enum err e = db_get_int(c->db, "SELECT id FROM answer WHERE going <> " GOING " OR carried <> " CARRIED " ORDER BY id LIMIT 1", P0, &id);
    if (e == E_NOT_FOUND)
        return OK;
    TRY_DB(c, e);
    return fail(c, E_CONFLICT, tr(c, "回答%lldの事業数が、その事業の記載を数えた数とちがいます。"), (long long)id);
}
