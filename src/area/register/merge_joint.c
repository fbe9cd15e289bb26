/* What a joint section says to the lead about a project that both carry: read by the lead, who marks it as seen. */
#include "area/register/merge_views.h"
#include "base/text.h"

enum { REMARK_LONGEST = 1000 };

enum err joint_section_of(struct ctx *c, const struct statement *s, int64_t *section)
{
    *section = NONE;
    for (size_t i = 0; i < s->joint_n && *section == NONE; i++) {
        struct section x;
        bool mine = false;
        if (s->joint[i].section == NONE)
            continue;
        TRY(record_load(c, &section_entity, s->joint[i].section, &x));
        TRY(user_on_section(c, SECTION_ROLES, x.unit, &mine));
        if (mine)
            *section = x.id;
    }
    return OK;
}

enum err joint_remark_add(struct ctx *c, int64_t statement, const char *body)
{
    struct statement s;
    int64_t section = NONE, id = NONE;
    TRY(record_load(c, &statement_entity, statement, &s));
    TRY(joint_section_of(c, &s, &section));
    if (section == NONE)
        return fail(c, E_FORBIDDEN, "%s", tr(c, "ひとこと書けるのは、この事業を共に担当している課の人です。"));
    if (!body)
        return fail_field(&c->fail, "remark", "%s", tr(c, "主担当課へのひとことを入力してください"));
    if (text_length(body) > REMARK_LONGEST)
        return fail_field(&c->fail, "remark", tr(c, "ひとことは%d字までにしてください"), (int)REMARK_LONGEST);
    TRY_DB(c, db_insert(c->db, "INSERT INTO joint_remark (statement, section, body, account, at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
                        P(statement, section, body, c->user->id, c->now), &id));
    return audit_note(c, "statement.remark", "statement", statement, body);
}

enum err joint_remarks(struct ctx *c, int64_t statement, struct joint_remark **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT r.id, r.body, r.at, r.seen_at, x.name FROM joint_remark r JOIN section x ON x.id=r.section WHERE r.statement=$1 ORDER BY r.id",
                                      P(statement));
         db_next(q);)
        ARENA_PUSH(c->arena, *out, *n, cap) = (struct joint_remark){db_int(q, 0), db_text(q, 1), db_int(q, 2), db_int(q, 3), db_text(q, 4)};
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err joint_remarks_seen(struct ctx *c, int64_t statement)
{
    struct statement s;
    struct section x;
    bool mine = false;
    int64_t open = 0;
    TRY(record_load(c, &statement_entity, statement, &s));
    TRY(record_load(c, &section_entity, s.lead, &x));
    TRY(user_on_section(c, SECTION_ROLES, x.unit, &mine));
    if (!mine)
        return fail(c, E_FORBIDDEN, "%s", tr(c, "この操作は、主担当課の人だけができます。"));
    TRY_DB(c, db_get_int(c->db, "SELECT COUNT(*) FROM joint_remark WHERE statement=$1 AND seen_at IS NULL", P(statement), &open));
    if (open == 0)
        return OK;
    TRY_DB(c, db_exec(c->db, "UPDATE joint_remark SET seen_at=$2 WHERE statement=$1 AND seen_at IS NULL", P(statement, c->now)));
    return audit_note(c, "statement.remark_seen", "statement", statement, NULL);
}

enum err joint_todos(struct ctx *c, struct todos *list)
{
    int64_t *unit = NULL;
    size_t n = 0;
    if (!user_is(c->user, SECTION_ROLES))
        return OK;
    TRY(units_of_user(c, SECTION_ROLES, &unit, &n));
    struct sql q;
    sql_init(&q, c->arena);
    sql_add(&q, "SELECT s.id, s.answer, s.name, max(x.name) FROM joint_remark r JOIN statement s ON s.id=r.statement JOIN section l ON l.id=s.lead JOIN section x ON x.id=r.section "
                "WHERE r.seen_at IS NULL AND l.unit IN ($", P((int64_t)-1));
    for (size_t i = 0; i < n; i++)
        sql_add(&q, ", $", P(unit[i]));
    sql_add(&q, ") GROUP BY s.id, s.answer, s.name ORDER BY s.id LIMIT 50", P0);
    for (struct db_rows *r = sql_query(c->db, &q); db_next(r);)
        todo_add(c, list, (struct todo){.text = tr(c, "共に担当する課からのひとことを読む"), .about = arena_printf(c->arena, "%s・%s", db_text(r, 3), db_text(r, 2) ? db_text(r, 2) : ""),
                                        .to = url_path(c->arena, "/answers/%lld/projects/%lld/remarks", (long long)db_int(r, 1), (long long)db_int(r, 0)), .due = NONE});
    TRY_DB(c, db_error(c->db));
    return OK;
}
