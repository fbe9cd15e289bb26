/* Taking the invented prefecture out again. This is the one place outside the areas that knows their tables: to make real rows vanish is no use case of
 * any of them, and none should have one. What hangs on invented sections or projects goes with them, also when somebody who tried things out made it. */
#include "area/demo/parts.h"

#include "area/register/register.h"
#include "core/finder.h"
#include "core/record.h"

#define SECTIONS "SELECT id FROM section WHERE demo = TRUE"
#define ANSWERS "SELECT id FROM answer WHERE demo = TRUE OR section IN (" SECTIONS ")"
#define STATEMENTS "SELECT id FROM statement WHERE answer IN (" ANSWERS ")"
/* Every statement of it is invented. */
#define PROJECTS                                                                                                                    \
    "SELECT p.id FROM project p WHERE (p.demo = TRUE OR EXISTS (SELECT 1 FROM statement s WHERE s.project = p.id)) AND NOT EXISTS " \
    "(SELECT 1 FROM statement s JOIN answer a ON a.id = s.answer JOIN section x ON x.id = a.section WHERE s.project = p.id AND a.demo = FALSE AND x.demo = FALSE)"
#define FROZEN "SELECT id FROM frozen WHERE project IN (" PROJECTS ")"
#define EDITIONS "SELECT id FROM edition WHERE demo = TRUE OR id IN (SELECT edition FROM edition_item WHERE project IN (" PROJECTS "))"
#define ORGANIZATIONS "SELECT id FROM organization WHERE demo = TRUE"
#define DUTIES "SELECT id FROM duty WHERE account IN (" ACCOUNTS ") OR organization IN (" ORGANIZATIONS ") OR unit IN (SELECT unit FROM section WHERE demo = TRUE)"
#define CASE_ANSWERS "SELECT id FROM case_answer WHERE demo = TRUE OR organization IN (" ORGANIZATIONS ")"
#define ACCOUNTS "SELECT id FROM account WHERE demo = TRUE"

/* Files that came back from an invented inquiry, whoever sent them. */
#define UPLOADS                                                                                                                  \
    "SELECT id FROM sheet_upload WHERE inquiry IN (SELECT id FROM inquiry WHERE demo = TRUE) OR answer IN (" ANSWERS ") OR department IN (" SECTIONS \
    ") OR account IN (" ACCOUNTS ")"

#define DELETE(literal) TRY_DB(c, db_exec(c->db, literal, P0))

static enum err nothing_mixed(struct ctx *c)
{
    int64_t mixed = NONE;
    enum err e = db_get_int(c->db,
                            "SELECT i.edition FROM edition_item i WHERE i.edition IN (" EDITIONS ") AND i.project NOT IN (" PROJECTS ") ORDER BY i.edition LIMIT 1",
                            P0, &mixed);
    if (e == E_NOT_FOUND && db_error(c->db) == OK)
        return OK;
    TRY_DB(c, e);
    return fail(c, E_CONFLICT, tr(c, "版%lldには、例の事業とそうでない事業がまじっています。例のデータは消していません。"), (long long)mixed);
}

/* The index is told first: afterwards nobody knows what there was. */
static enum err forget_in_search(struct ctx *c)
{
    int64_t *project = NULL, *organization = NULL;
    size_t projects = 0, organizations = 0, cap = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, PROJECTS, P0); db_next(q);)
        ARENA_PUSH(c->arena, project, projects, cap) = db_int(q, 0);
    cap = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, ORGANIZATIONS, P0); db_next(q);)
        ARENA_PUSH(c->arena, organization, organizations, cap) = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < projects; i++)
        TRY(finder_touch(c, "project", project[i]));
    for (size_t i = 0; i < organizations; i++)
        TRY(finder_touch(c, "organization", organization[i]));
    return OK;
}

/* What came of editions: corrections, requests, notices, remarks, good practice. */
static enum err what_followed(struct ctx *c)
{
    DELETE("DELETE FROM practice_reason WHERE owner IN (SELECT id FROM practice WHERE project IN (" PROJECTS "))");
    DELETE("DELETE FROM practice WHERE project IN (" PROJECTS ")");
    DELETE("DELETE FROM withholding WHERE entity = 'correction' AND record IN (SELECT id FROM correction WHERE project IN (" PROJECTS "))");
    DELETE("DELETE FROM correction WHERE project IN (" PROJECTS ")");
    DELETE("DELETE FROM correction_request WHERE demo = TRUE OR (entity = 'project' AND record IN (" PROJECTS ")) OR (entity = 'organization' AND record IN (" ORGANIZATIONS "))");
    DELETE("DELETE FROM notice WHERE demo = TRUE OR organization IN (" ORGANIZATIONS ")");
    DELETE("DELETE FROM remark WHERE demo = TRUE OR edition IN (" EDITIONS ")");
    DELETE("DELETE FROM outbox WHERE about = 'edition' AND about_id IN (" EDITIONS ")");
    DELETE("DELETE FROM outbox WHERE about = 'correction' AND about_id IN (" PROJECTS ")");
    return OK;
}

static enum err editions(struct ctx *c)
{
    TRY(what_followed(c));
    DELETE("DELETE FROM job WHERE kind = 'edition.publish' AND subject IN (" EDITIONS ")");
    DELETE("DELETE FROM figure WHERE edition IN (" EDITIONS ")");
    DELETE("DELETE FROM edition_item WHERE edition IN (SELECT id FROM edition WHERE demo = TRUE) OR project IN (" PROJECTS ")");
    DELETE("DELETE FROM frozen_set WHERE owner IN (" FROZEN ")");
    DELETE("DELETE FROM frozen_partner WHERE owner IN (" FROZEN ")");
    DELETE("DELETE FROM frozen WHERE project IN (" PROJECTS ")");
    /* Figures went with the first statement, so an edition without them and without items is one that was emptied here. */
    DELETE("DELETE FROM edition WHERE demo = TRUE OR NOT EXISTS (SELECT 1 FROM edition_item i WHERE i.edition = edition.id) AND NOT EXISTS (SELECT 1 FROM figure f WHERE f.edition = edition.id)");
    return OK;
}

static enum err projects(struct ctx *c)
{
    DELETE("DELETE FROM withholding WHERE entity = 'project' AND record IN (" PROJECTS ")");
    DELETE("DELETE FROM withholding WHERE entity = 'organization' AND record IN (" ORGANIZATIONS ")");
    DELETE("DELETE FROM not_double WHERE one IN (" PROJECTS ") OR other IN (" PROJECTS ")");
    DELETE("DELETE FROM project_merge WHERE survivor IN (" PROJECTS ") OR other IN (" PROJECTS ")");
    DELETE("DELETE FROM left_out WHERE statement IN (" STATEMENTS ")");
    DELETE("DELETE FROM joint_remark WHERE statement IN (" STATEMENTS ") OR section IN (" SECTIONS ")");
    DELETE("UPDATE project SET demo = TRUE, merged_into = NULL WHERE id IN (" PROJECTS ")");
    DELETE("UPDATE statement SET previous = NULL WHERE previous IN (" STATEMENTS ")");
    DELETE("DELETE FROM statement_partner WHERE owner IN (" STATEMENTS ")");
    DELETE("DELETE FROM statement_section WHERE owner IN (" STATEMENTS ")");
    DELETE("DELETE FROM statement_role WHERE owner IN (" STATEMENTS ")");
    DELETE("DELETE FROM statement_contribution WHERE owner IN (" STATEMENTS ")");
    DELETE("DELETE FROM statement_outcome WHERE owner IN (" STATEMENTS ")");
    DELETE("DELETE FROM statement_set WHERE owner IN (" STATEMENTS ")");
    DELETE("DELETE FROM statement WHERE answer IN (" ANSWERS ")");
    DELETE("DELETE FROM project WHERE demo = TRUE");
    TRY(register_recount(c)); /* what is left of answers that are somebody's own */
    DELETE("DELETE FROM outbox WHERE about = 'inquiry' AND about_id IN (SELECT inquiry FROM answer WHERE id IN (" ANSWERS "))");
    /* An inquiry of which nothing is left but invented answers. */
    DELETE("UPDATE inquiry SET demo = TRUE WHERE id IN (SELECT inquiry FROM answer WHERE id IN (" ANSWERS ")) AND NOT EXISTS "
           "(SELECT 1 FROM answer a WHERE a.inquiry = inquiry.id AND a.id NOT IN (" ANSWERS "))");
    DELETE("DELETE FROM sheet_row WHERE upload IN (" UPLOADS ")");
    DELETE("DELETE FROM sheet_upload WHERE id IN (" UPLOADS ")");
    DELETE("DELETE FROM answer WHERE demo = TRUE OR section IN (" SECTIONS ")");
    DELETE("DELETE FROM inquiry_set WHERE owner IN (SELECT id FROM inquiry WHERE demo = TRUE)");
    DELETE("DELETE FROM inquiry WHERE demo = TRUE");
    return OK;
}

static enum err others(struct ctx *c)
{
    DELETE("DELETE FROM organization_set WHERE owner IN (" ORGANIZATIONS ")");
    DELETE("DELETE FROM organization_history WHERE organization IN (" ORGANIZATIONS ")");
    DELETE("DELETE FROM outbox WHERE account IN (" ACCOUNTS ")");
    DELETE("DELETE FROM invitation WHERE account IN (" ACCOUNTS ")");
    DELETE("DELETE FROM session WHERE account IN (" ACCOUNTS ")");
    DELETE("DELETE FROM idempotency WHERE who IN (" ACCOUNTS ")");
    DELETE("DELETE FROM handover WHERE from_duty IN (" DUTIES ") OR to_duty IN (" DUTIES ")");
    DELETE("DELETE FROM section_move WHERE demo = TRUE OR from_unit IN (SELECT unit FROM section WHERE demo = TRUE) OR to_unit IN (SELECT unit FROM section WHERE demo = TRUE)");
    DELETE("DELETE FROM municipal_case WHERE answer IN (" CASE_ANSWERS ")");
    DELETE("DELETE FROM case_answer WHERE id IN (" CASE_ANSWERS ")");
    DELETE("DELETE FROM case_inquiry_set WHERE owner IN (SELECT id FROM case_inquiry WHERE demo = TRUE)");
    DELETE("DELETE FROM case_inquiry WHERE demo = TRUE");
    DELETE("DELETE FROM duty WHERE account IN (" ACCOUNTS ") OR organization IN (" ORGANIZATIONS ") OR unit IN (SELECT unit FROM section WHERE demo = TRUE)");
    DELETE("DELETE FROM account WHERE demo = TRUE");
    DELETE("UPDATE statement_partner SET organization = NULL WHERE organization IN (" ORGANIZATIONS ")");
    DELETE("DELETE FROM organization WHERE demo = TRUE");
    DELETE("UPDATE section SET parent = NULL WHERE demo = TRUE");
    DELETE("DELETE FROM section WHERE demo = TRUE");
    return OK;
}

enum err demo_remove_all(struct ctx *c)
{
    TRY(nothing_mixed(c));
    TRY(forget_in_search(c));
    TRY(editions(c));
    TRY(projects(c));
    return others(c);
}
