/* Merging likely doubles. */
#include "area/register/merge.h"

#include <string.h>

#include "base/text.h"
#include "core/finder.h"
#include "core/preset.h"

/* What a choice is about: content, last year's figures; not where a statement stands. */
static bool is_chosen(const struct field *f)
{
    static const char *const beside[] = {"id", "version", "project", "inquiry", "answer", "previous", "year", "decision", "end_reason", "scheme", "continuity", "lead", "note", "demo"};
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++)
        if (text_eq(f->name, beside[i]))
            return false;
    return !(f->flags & INTERNAL);
}

static enum err side_load(struct ctx *c, int64_t statement, bool lock, struct merge_side *out)
{
    TRY(record_load(c, &statement_entity, statement, &out->s));
    /* Who may see it is judged for both sides together. */
    TRY(record_load(c, &answer_entity, out->s.answer, &out->k.answer));
    TRY(record_load(c, &inquiry_entity, out->s.inquiry, &out->k.inquiry));
    TRY(record_load(c, &section_entity, out->s.lead, &out->k.section));
    out->section = out->k.section_name = section_full_name(c, out->s.lead);
    if (lock)
        TRY_DB(c, db_exec(c->db, "UPDATE project SET demo=demo WHERE id=$1", P(out->s.project)));
    return OK;
}

static enum err may_see(struct ctx *c, const struct merge_side *side, bool *may)
{
    TRY(user_on_section(c, SECTION_ROLES, side->k.section.unit, may));
    for (size_t i = 0; i < side->s.joint_n && !*may; i++) {
        struct section x;
        TRY(record_load(c, &section_entity, side->s.joint[i].section, &x));
        TRY(user_on_section(c, SECTION_ROLES, x.unit, may));
    }
    return OK;
}

/* So that `one` stays and `other` goes. */
static enum err may_merge(struct ctx *c, const struct merge_side *one, const struct merge_side *other, bool *may)
{
    bool lead = false, sees = false;
    *may = user_is(c->user, ROLE_SECRETARIAT);
    if (*may)
        return OK;
    TRY(user_on_section(c, SECTION_ROLES, one->k.section.unit, &lead));
    TRY(may_see(c, other, &sees));
    *may = lead && sees;
    return OK;
}

static enum err alone(struct ctx *c, const struct merge_side *side)
{
    int64_t into = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT merged_into FROM project WHERE id=$1", P(side->s.project), &into));
    return into == NONE ? OK : fail(c, E_CONFLICT, tr(c, "「%s」は、もうほかの事業にまとめられています。"), side->s.name ? side->s.name : "");
}

enum err merge_load(struct ctx *c, int64_t statement, int64_t other, bool lock, struct merge_pair *p)
{
    size_t cap = 0;
    *p = (struct merge_pair){0};
    if (lock) { /* the rounds in the order of their numbers, whoever asks */
        TRY_DB(c, db_exec(c->db, "UPDATE inquiry SET state=state WHERE year=(SELECT year FROM statement WHERE id=$1)", P(statement)));
    }
    TRY(side_load(c, statement, lock, &p->one));
    TRY(side_load(c, other, lock, &p->other));
    bool may = false;
    TRY(may_merge(c, &p->one, &p->other, &may));
    if (!may)
        return fail(c, E_FORBIDDEN, "%s", tr(c, "まとめられるのは、事務局の人と、両方の事業を受け持つ主担当課の人です。"));
    TRY(may_merge(c, &p->other, &p->one, &p->may_swap));
    if (p->one.s.project == p->other.s.project)
        return fail(c, E_CONFLICT, "%s", tr(c, "この2つは、もう同じ事業です。"));
    if (p->one.s.year != p->other.s.year)
        return fail(c, E_CONFLICT, "%s", tr(c, "まとめられるのは、同じ年度の事業だけです。"));
    TRY(alone(c, &p->one));
    TRY(alone(c, &p->other));
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *f = &statement_entity.fields[i];
        if (!is_chosen(f) || field_audience(f) > user_audience(c->user) || text_eq(entity_value(c->arena, f, &p->one.s), entity_value(c->arena, f, &p->other.s)))
            continue;
        ARENA_PUSH(c->arena, p->field, p->fields, cap) =
            (struct merge_field){f->name, tr(c, f->label), statement_shown(c, f, &p->one.s), statement_shown(c, f, &p->other.s)};
    }
    return OK;
}

/* --- merging --- */

static void child_ids_clear(const struct field *f, void *row)
{
    char *at = NULL;
    size_t n = 0;
    memcpy(&at, (char *)row + f->offset, sizeof at);
    memcpy(&n, (char *)row + f->offset_n, sizeof n);
    for (size_t i = 0; i < n; i++)
        field_set_int(entity_field(f->child, "id"), at + i * f->child->size, NONE);
}

static void field_take(struct ctx *c, const struct field *f, struct statement *to, const struct statement *from)
{
    struct statement copy;
    entity_copy(c->arena, &statement_entity, &copy, from);
    size_t size = f->kind == FIELD_SET ? sizeof(struct set) : f->kind == FIELD_FLAG ? sizeof(bool) : sizeof(int64_t);
    memcpy((char *)to + f->offset, (char *)&copy + f->offset, size);
    if (f->kind == FIELD_CHILD) {
        memcpy((char *)to + f->offset_n, (char *)&copy + f->offset_n, sizeof(size_t));
        child_ids_clear(f, to);
    }
}

/* The section of the one that goes stands in the survivor as joint, unless it does already; the lead never does. */
static void joint_add(struct ctx *c, struct statement *s, int64_t section)
{
    bool there = section == s->lead;
    size_t kept = 0;
    for (size_t i = 0; i < s->joint_n; i++)
        if (s->joint[i].section != s->lead)
            s->joint[kept++] = s->joint[i];
    s->joint_n = kept;
    for (size_t i = 0; i < s->joint_n; i++)
        there = there || s->joint[i].section == section;
    if (there)
        return;
    struct statement_section *v = arena_many(c->arena, struct statement_section, s->joint_n + 1);
    for (size_t i = 0; i < s->joint_n; i++)
        v[i] = s->joint[i];
    entity_init(&statement_section_entity, &v[s->joint_n]);
    v[s->joint_n].section = section;
    s->joint = v;
    s->joint_n++;
}

static const char *as_json(struct ctx *c, const struct statement *s)
{
    struct sb b;
    struct json j;
    sb_init(&b, c->arena);
    json_init(&j, &b);
    entity_json(&j, NULL, &statement_entity, s, AUDIENCE_SECRETARIAT, NULL);
    return sb_str(&b);
}

static enum err tell(struct ctx *c, const struct merge_side *to, const char *subject, const char *text)
{
    struct recipient *r = NULL;
    size_t n = 0;
    TRY(section_recipients(c, &to->k.section, &r, &n));
    return round_letters(c, &to->k, r, n, to->section, subject, text);
}

static enum err project_into(struct ctx *c, int64_t id, int64_t into)
{
    struct project before, after;
    TRY(record_load(c, &project_entity, id, &before));
    entity_copy(c->arena, &project_entity, &after, &before);
    after.merged_into = into;
    TRY(record_save(c, &project_entity, &before, &after, into == NONE ? "project.part" : "project.merge"));
    return answers_recount_of(c, id);
}

enum err project_merge(struct ctx *c, int64_t statement, int64_t other, const char *const *take, size_t n, int64_t *merge)
{
    struct merge_pair p;
    struct statement after;
    TRY(merge_load(c, statement, other, true, &p));
    entity_copy(c->arena, &statement_entity, &after, &p.one.s);
    for (size_t i = 0; i < n; i++) {
        const struct field *f = entity_field(&statement_entity, take[i]);
        if (!f || !is_chosen(f) || field_audience(f) > user_audience(c->user))
            return fail(c, E_INPUT, "%s", tr(c, "選んだ項目が読めません。もう一度はじめからやり直してください。"));
        field_take(c, f, &after, &p.other.s);
    }
    joint_add(c, &after, p.other.s.lead);
    if (text_eq(after.decision, "same"))
        after.decision = "changed";
    TRY(record_check(c, &statement_entity, &after, after.year, false));
    TRY(statement_check(c, &after));
    TRY(statement_store(c, &p.one.s, &after, "statement.merge"));
    TRY(project_into(c, p.other.s.project, p.one.s.project));
    TRY_DB(c, db_insert(c->db, "INSERT INTO project_merge (survivor, other, statement, other_statement, year, before, version, account, at) "
                               "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id",
                        P(p.one.s.project, p.other.s.project, statement, other, after.year, as_json(c, &p.one.s), after.version, c->user->id, c->now), merge));
    TRY(finder_touch(c, "project", p.one.s.project));
    TRY(finder_touch(c, "project", p.other.s.project));
    const char *subject = arena_printf(c->arena, "事業をまとめました: %s", after.name ? after.name : "");
    const char *text = arena_printf(c->arena, "%sの「%s」と、%sの「%s」を、1つの事業にまとめました。主担当は%s、共に担当する課は%sです。\n\nちがうときは、事務局に知らせてください。版をつくる前なら、元にもどせます。",
                                    p.one.section, p.one.s.name ? p.one.s.name : "", p.other.section, p.other.s.name ? p.other.s.name : "", p.one.section, p.other.section);
    TRY(tell(c, &p.one, subject, text));
    return tell(c, &p.other, subject, text);
}

/* --- parting --- */

static enum err edition_since(struct ctx *c, int64_t year, int64_t at, bool *out)
{
    int64_t n = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT COUNT(*) FROM edition WHERE year=$1 AND made_at>=$2", P(year, at), &n));
    *out = n > 0;
    return OK;
}

enum err project_unmerge(struct ctx *c, int64_t merge)
{
    int64_t one = NONE, other = NONE, other_project = NONE, year = NONE, version = NONE, at = NONE, undone = NONE;
    const char *before = NULL;
    bool made = false;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY_DB(c, db_exec(c->db, "UPDATE project_merge SET year=year WHERE id=$1", P(merge)));
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT statement, other_statement, other, year, version, at, undone_at, before FROM project_merge WHERE id=$1", P(merge)); db_next(q);) {
        one = db_int(q, 0);
        other = db_int(q, 1);
        other_project = db_int(q, 2);
        year = db_int(q, 3);
        version = db_int(q, 4);
        at = db_int(q, 5);
        undone = db_int(q, 6);
        before = db_text(q, 7);
    }
    TRY_DB(c, db_error(c->db));
    if (one == NONE)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "その記録は見つかりません。"));
    if (undone != NONE)
        return fail(c, E_CONFLICT, "%s", tr(c, "もう元にもどされています。"));
    TRY_DB(c, db_exec(c->db, "UPDATE inquiry SET state=state WHERE year=$1", P(year)));
    TRY(edition_since(c, year, at, &made));
    if (made)
        return fail(c, E_CONFLICT, "%s", tr(c, "まとめたあとで版がつくられたので、元にはもどせません。"));
    struct merge_side s, o;
    TRY(side_load(c, one, true, &s));
    TRY(side_load(c, other, true, &o));
    if (s.s.version == version) {
        struct statement back;
        struct json_value *v = NULL;
        entity_init(&statement_entity, &back);
        TRY(json_read(c->arena, before, strlen(before), &v, &c->fail));
        TRY(entity_from_json(c->arena, &statement_entity, v, &back));
        back.version = s.s.version;
        back.demo = s.s.demo;
        for (size_t i = 0; i < statement_entity.fields_n; i++)
            if (statement_entity.fields[i].kind == FIELD_CHILD)
                child_ids_clear(&statement_entity.fields[i], &back);
        TRY(statement_store(c, &s.s, &back, "statement.part"));
    }
    TRY(project_into(c, other_project, NONE));
    TRY_DB(c, db_exec(c->db, "UPDATE project_merge SET undone_at=$2 WHERE id=$1", P(merge, c->now)));
    TRY(finder_touch(c, "project", s.s.project));
    TRY(finder_touch(c, "project", other_project));
    const char *subject = arena_printf(c->arena, "まとめた事業を元にもどしました: %s", s.s.name ? s.s.name : "");
    const char *text = arena_printf(c->arena, "%sの事業と%sの「%s」は、また別の事業です。%s", s.section, o.section, o.s.name ? o.s.name : "",
                                    s.s.version == version ? "" : "まとめたあとで書き直されたので、文は今のままです。確かめてください。");
    TRY(tell(c, &s, subject, text));
    return tell(c, &o, subject, text);
}

enum err merge_of(struct ctx *c, int64_t project, struct merge_line *out)
{
    bool made = false;
    int64_t year = NONE;
    *out = (struct merge_line){.id = NONE};
    for (struct db_rows *q = db_query(c->db, c->arena,
                                      "SELECT m.id, m.survivor, m.other, m.statement, m.at, s.name, m.year FROM project_merge m JOIN statement s ON s.id=m.statement "
                                      "WHERE m.other=$1 AND m.undone_at IS NULL ORDER BY m.id DESC LIMIT 1", P(project));
         db_next(q);) {
        *out = (struct merge_line){.id = db_int(q, 0), .survivor = db_int(q, 1), .other = db_int(q, 2), .statement = db_int(q, 3), .at = db_int(q, 4), .name = db_text(q, 5)};
        year = db_int(q, 6);
    }
    TRY_DB(c, db_error(c->db));
    if (out->id == NONE)
        return OK;
    TRY(edition_since(c, year, out->at, &made));
    out->undoable = !made;
    return OK;
}

enum err project_public(struct ctx *c, int64_t project, int64_t *out)
{
    *out = project;
    for (int hop = 0; hop < 20; hop++) {
        int64_t next = NONE;
        enum err e = db_get_int(c->db, "SELECT m.survivor FROM project_merge m WHERE m.other=$1 AND m.undone_at IS NULL AND EXISTS "
                                       "(SELECT 1 FROM edition e WHERE e.state='published' AND e.year=m.year AND e.made_at>=m.at) ORDER BY m.id DESC LIMIT 1", P(*out), &next);
        if (e == E_NOT_FOUND)
            return OK;
        TRY_DB(c, e);
        *out = next;
    }
    return OK;
}
