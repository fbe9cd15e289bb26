#include "area/register/correction.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "core/app.h"
#include "core/finder.h"
#include "core/outbox.h"
#include "core/page.h"
#include "core/preset.h"

#define ENTITY correction
ENTITY_DEFINE(correction, "correction", "訂正", CORRECTION_FIELDS)
#undef ENTITY

/* --- what is corrected --- */

/* The statement that edition_make takes: of the round closed last. */
static enum err find(struct ctx *c, int64_t project, int64_t y, int64_t *statement)
{
    enum err e = db_get_int(c->db, "SELECT s.id FROM statement s JOIN inquiry q ON q.id = s.inquiry JOIN answer a ON a.id = s.answer "
                                   "WHERE s.project = $1 AND q.year = $2 AND q.state = 'closed' AND a.state IN ('submitted', 'none') "
                                   "ORDER BY q.closed_at DESC, q.id DESC LIMIT 1", P(project, y), statement);
    if (e == E_NOT_FOUND)
        return fail(c, E_NOT_FOUND, tr(c, "この事業には、%sの閉じた照会への回答がありません。"), year(c, y));
    TRY_DB(c, e);
    return OK;
}

enum err correction_case_load(struct ctx *c, int64_t project, int64_t y, bool lock, struct correction_case *k)
{
    int64_t id = NONE, merged = NONE;
    TRY(find(c, project, y, &id));
    if (lock)
        TRY_DB(c, db_exec(c->db, "UPDATE statement SET version = version WHERE id = $1", P(id)));
    TRY(record_load(c, &statement_entity, id, &k->s));
    TRY(record_load(c, &section_entity, k->s.lead, &k->section));
    TRY_DB(c, db_get_int(c->db, "SELECT merged_into FROM project WHERE id = $1", P(project), &merged));
    k->section_name = section_full_name(c, k->section.id);
    k->own = user_on_unit(c->user, SECTION_ROLES, k->section.unit);
    k->secretariat = user_is(c->user, ROLE_SECRETARIAT);
    k->listed = k->s.decision != NULL && !text_eq(k->s.decision, "ended");
    if (!k->own && !k->secretariat)
        return fail(c, E_FORBIDDEN, tr(c, "訂正できるのは、%sの推進員と担当者、事務局の人です。"), k->section_name);
    if (merged != NONE)
        return fail(c, E_CONFLICT, tr(c, "この事業は、番号%lldの事業にまとめられています。そちらを訂正してください。"), (long long)merged);
    return OK;
}

/* --- taking a correction --- */

static enum err check_reason(struct ctx *c, const char *field, const char *reason)
{
    if (reason == NULL)
        return fail_field(&c->fail, field, "%s", tr(c, "訂正の理由を入力してください"));
    if (text_length(reason) > (size_t)entity_field(&correction_entity, "reason")->max)
        return fail_field(&c->fail, field, "%s", tr(c, "訂正の理由は500字までにしてください"));
    return OK;
}

static enum err note(struct ctx *c, const struct correction_case *k, const char *kind, const char *reason)
{
    struct correction x;
    entity_init(&correction_entity, &x);
    x.version = 1;
    x.project = k->s.project;
    x.statement = k->s.id;
    x.year = k->s.year;
    x.kind = kind;
    x.reason = reason;
    x.hand = k->secretariat ? "secretariat" : "section";
    x.account = c->user->id;
    x.at = c->now;
    x.demo = k->s.demo;
    TRY(record_save(c, &correction_entity, NULL, &x, "correction.new"));
    return finder_touch(c, "project", k->s.project);
}

/* The section is told what the secretariat changed in its words. */
static enum err tell(struct ctx *c, const struct correction_case *k, const char *what, const char *reason)
{
    struct recipient *r = NULL;
    size_t n = 0;
    if (!k->secretariat || k->own)
        return OK;
    TRY(section_recipients(c, &k->section, &r, &n));
    const char *base = c->app->base_url != NULL ? c->app->base_url : "";
    for (size_t i = 0; i < n; i++) {
        struct letter l = {.to_name = arena_printf(c->arena, "%s %s", k->section_name, r[i].name), .to_mail = r[i].mail,
                           .subject = arena_printf(c->arena, tr(c, "訂正しました: %s"), k->s.name), .about = "correction", .about_id = k->s.project,
                           .account = r[i].account != 0 ? r[i].account : NONE};
        l.body = arena_printf(c->arena, tr(c, "%s 様\n\n%sの「%s」の記載を事務局が訂正しました。次の版に載ります。\n\n理由: %s\n\n%s\n記載の画面: %s/projects/%lld/correct?year=%lld\n"),
                              l.to_name, fiscal_year_long(c->arena, k->s.year), k->s.name, reason, what, base, (long long)k->s.project, (long long)k->s.year);
        TRY(outbox_put(c, &l, NULL));
    }
    return OK;
}

static const char *changes_text(struct ctx *c, const struct statement *before, const struct statement *after)
{
    struct change *v = NULL;
    struct sb b;
    sb_init(&b, c->arena);
    size_t n = entity_diff(c->arena, &statement_entity, before, after, &v);
    for (size_t i = 0; i < n; i++) {
        if ((v[i].field->flags & INTERNAL) || field_audience(v[i].field) > AUDIENCE_STAFF)
            continue;
        const char *was = statement_shown(c, v[i].field, before), *is = statement_shown(c, v[i].field, after);
        sb_printf(&b, tr(c, "%s\n  前: %s\n  後: %s\n"), tr(c, v[i].field->label), was != NULL ? was : tr(c, "(記載なし)"), is != NULL ? is : tr(c, "(記載なし)"));
    }
    return sb_str(&b);
}

enum err statement_correct(struct ctx *c, const struct statement *before, struct statement *after, const char *reason)
{
    struct correction_case k;
    struct change *changes = NULL;
    TRY(correction_case_load(c, before->project, before->year, true, &k));
    if (!k.listed)
        return fail(c, E_CONFLICT, "%s", tr(c, "この事業は次の版に載りません。先に台帳へもどしてください。"));
    enum err e = statement_fit(c, &k.s, after), r = check_reason(c, "correction_reason", reason);
    if (e != OK)
        return e;
    TRY(r);
    if (!k.secretariat)
        after->note = before->note;
    if (entity_diff(c->arena, &statement_entity, before, after, &changes) == 0)
        return fail_field(&c->fail, "correction_reason", "%s", tr(c, "変わったところがありません。直すところを書いてから保存してください。"));
    TRY(statement_store(c, before, after, "statement.correct"));
    TRY(note(c, &k, "changed", reason));
    return tell(c, &k, changes_text(c, before, after), reason);
}

/* `ended` is what leaves a project out of an edition; the reason for it stands with the correction. */
static enum err list_or_not(struct ctx *c, int64_t project, int64_t y, bool listed, const char *reason)
{
    struct correction_case k;
    struct statement after;
    TRY(correction_case_load(c, project, y, true, &k));
    TRY(check_reason(c, "listing_reason", reason));
    if (k.listed == listed)
        return fail(c, E_CONFLICT, "%s", listed ? tr(c, "この事業はもう台帳に載っています。") : tr(c, "この事業はもう次の版から外れています。"));
    entity_copy(c->arena, &statement_entity, &after, &k.s);
    after.decision = !listed ? "ended" : k.s.previous == NONE ? "new" : "changed";
    after.end_reason = listed ? NULL : reason;
    if (listed) { /* what was ended in the round was never asked to be complete */
        TRY(statement_fit(c, &k.s, &after));
    }
    TRY(statement_store(c, &k.s, &after, listed ? "statement.put_back" : "statement.take_out"));
    TRY(note(c, &k, listed ? "restored" : "removed", reason));
    return tell(c, &k, listed ? tr(c, "次の版に載せます。") : tr(c, "次の版から外します。前の版にはそのまま残ります。"), reason);
}

enum err statement_take_out(struct ctx *c, int64_t project, int64_t y, const char *reason) { return list_or_not(c, project, y, false, reason); }
enum err statement_put_back(struct ctx *c, int64_t project, int64_t y, const char *reason) { return list_or_not(c, project, y, true, reason); }

/* --- what waits --- */

const char *correction_label(struct ctx *c, const char *kind)
{
    return text_eq(kind, "removed") ? tr(c, "台帳から外した") : text_eq(kind, "restored") ? tr(c, "台帳にもどした") : tr(c, "直した");
}

enum err corrections_waiting(struct ctx *c, int64_t y, struct correction_line **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT k.id, k.project, k.at, s.name, k.kind, k.reason, k.hand, s.lead FROM correction k JOIN statement s ON s.id = k.statement "
        "WHERE k.year = $1 AND k.edition IS NULL ORDER BY k.id", P(y));
    while (db_next(q))
        ARENA_PUSH(c->arena, *out, *n, cap) = (struct correction_line){
            .id = db_int(q, 0), .project = db_int(q, 1), .at = db_int(q, 2), .name = db_text(q, 3), .kind = db_text(q, 4), .reason = db_text(q, 5),
            .hand = text_eq(db_text(q, 6), "section") ? tr(c, "課") : tr(c, "事務局"), .section = section_full_name(c, db_int(q, 7))};
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* --- reasons withheld --- */

enum err correction_reasons(struct ctx *c, int64_t project, struct correction_reason **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT k.id, k.at, k.reason, (SELECT max(w.at) FROM withholding w WHERE w.entity = 'correction' AND w.record = k.id "
                                                  "AND w.field = 'reason' AND w.lifted_at IS NULL) FROM correction k WHERE k.project = $1 ORDER BY k.id DESC", P(project));
    while (db_next(q)) {
        struct correction_reason r = {.id = db_int(q, 0), .at = db_int(q, 1), .reason = db_text(q, 2), .hidden_at = db_int(q, 3)};
        size_t i = 0;
        while (i < *n && strcmp((*out)[i].reason, r.reason) != 0)
            i++;
        if (i == *n)
            ARENA_PUSH(c->arena, *out, *n, cap) = r;
        else if (r.hidden_at != NONE && (*out)[i].hidden_at == NONE)
            (*out)[i] = r;
    }
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < *n; i++)
        if ((*out)[i].hidden_at != NONE)
            (*out)[i].withheld = withheld_reason(c, "correction", (*out)[i].id, "reason");
    return OK;
}

static enum err of_project(struct ctx *c, int64_t project, int64_t correction)
{
    int64_t n = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM correction WHERE id = $1 AND project = $2", P(correction, project), &n));
    return n > 0 ? OK : fail_field(&c->fail, "correction", "%s", tr(c, "この事業の訂正ではありません。選び直してください"));
}

enum err correction_reason_withhold(struct ctx *c, int64_t project, int64_t correction, const char *why)
{
    TRY(of_project(c, project, correction));
    return withhold_set(c, "correction", correction, "reason", why);
}

enum err correction_reason_show(struct ctx *c, int64_t project, int64_t correction, const char *why)
{
    TRY(of_project(c, project, correction));
    return withhold_clear(c, "correction", correction, "reason", why);
}

enum err correction_todos(struct ctx *c, struct todos *list)
{
    if (!user_is(c->user, ROLE_SECRETARIAT))
        return OK;
    struct { int64_t year, n; } v[20];
    size_t n = 0;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT year, count(*) FROM correction WHERE edition IS NULL GROUP BY year ORDER BY year DESC LIMIT 20", P0);
    while (db_next(q)) {
        v[n].year = db_int(q, 0);
        v[n++].n = db_int(q, 1);
    }
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < n; i++)
        todo_add(c, list, (struct todo){.text = tr(c, "訂正を次の版に載せる"), .about = arena_printf(c->arena, tr(c, "%s 訂正%lld件"), year(c, v[i].year), (long long)v[i].n),
                                        .to = url_path(c->arena, "/editions/new?year=%lld", (long long)v[i].year), .due = NONE});
    return OK;
}
