#include "core/erase.h"

#include "core/audit.h"

enum err audit_erase(struct ctx *c, const char *entity, int64_t id)
{
    TRY_DB(c, db_exec(c->db, "UPDATE audit_value SET before = NULL, after = NULL, erased_at = $1 WHERE personal AND erased_at IS NULL AND EXISTS "
                             "(SELECT 1 FROM audit a WHERE a.chain = audit_value.chain AND a.n = audit_value.n AND a.entity = $2 AND a.record = $3)",
                      P(c->now, entity, id)));
    return OK;
}

enum err outbox_erase(struct ctx *c, const char *about, int64_t id)
{
    TRY_DB(c, db_exec(c->db, "UPDATE outbox SET to_name = NULL, to_mail = NULL, subject = $3, body = $3, state = CASE WHEN state = 'sent' THEN 'sent' ELSE 'handed' END "
                             "WHERE about = $1 AND about_id = $2", P(about, id, tr(c, "(保存の期間が過ぎたので消しました)"))));
    return OK;
}
