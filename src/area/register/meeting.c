#include "area/register/meeting.h"

#include <string.h>

#include "area/register/meeting.html.h"
#include "base/date.h"
#include "base/text.h"

enum { TODOS_MOST = 100 };

#define ENTITY remark
ENTITY_DEFINE(remark, "remark", "会議での意見", REMARK_FIELDS)
#undef ENTITY

enum err remark_save(struct ctx *c, const struct remark *before, struct remark *after)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    size_t faults = c->fail.faults_n;
    enum err e = record_check(c, &remark_entity, after, after->year, true);
    if (e != OK && e != E_INPUT)
        return e;
    if (after->held_on != NULL && strcmp(after->held_on, instant_date(c->arena, c->now)) > 0)
        fail_field(&c->fail, "held_on", "%s", tr(c, "会議を開いた日は、きょうまでの日にしてください"));
    if (after->done_on != NULL && strcmp(after->done_on, instant_date(c->arena, c->now)) > 0)
        fail_field(&c->fail, "done_on", "%s", tr(c, "した日は、きょうまでの日にしてください"));
    if (after->action == NULL && (after->due_on != NULL || after->done_on != NULL))
        fail_field(&c->fail, "action", "%s", tr(c, "期限やした日を書くときは、することになったことも書いてください"));
    if (c->fail.faults_n > faults)
        return E_INPUT;
    if (before == NULL) {
        int64_t demo = 0;
        TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM edition WHERE id = $1 AND demo", P(after->edition), &demo));
        after->version = 1;
        after->demo = demo > 0;
    }
    return record_save(c, &remark_entity, before, after, before == NULL ? "remark.new" : "remark.change");
}

enum err remarks_of_year(struct ctx *c, int64_t year, struct remark **out, size_t *n)
{
    struct sql tail;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE year = $ ORDER BY held_on, meeting, id", P(year));
    TRY_DB(c, entity_select(c->db, c->arena, &remark_entity, &tail, false, out, n));
    return OK;
}

void remarks_show(struct ctx *c, struct sb *o, int64_t year)
{
    struct remark *v = NULL;
    size_t n = 0;
    if (user_is(c->user, STAFF_ROLES) && remarks_of_year(c, year - 1, &v, &n) == OK && n > 0)
        remarks_before(c, o, v, n);
}

enum err remark_todos(struct ctx *c, struct todos *list)
{
    if (!user_is(c->user, ROLE_SECRETARIAT))
        return OK;
    struct remark *v = NULL;
    size_t n = 0;
    struct sql tail;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE action IS NOT NULL AND done_on IS NULL ORDER BY due_on, id LIMIT $", P((int64_t)TODOS_MOST));
    TRY_DB(c, entity_select(c->db, c->arena, &remark_entity, &tail, true, &v, &n));
    for (size_t i = 0; i < n; i++)
        todo_add(c, list, (struct todo){.text = tr(c, "会議で決まったことをする"), .about = v[i].action, .to = url_path(c->arena, "/office/remarks/%lld", (long long)v[i].id),
                                        .due = v[i].due_on != NULL ? instant_end_of_day(v[i].due_on) : NONE});
    return OK;
}
