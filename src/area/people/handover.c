/* Duties handed over, and the list of staff of a new year. */
#include "area/people/handover.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "core/section.h"

enum { NOTE_LONGEST = 1000 };

const struct handover_partner handover_partners[] = {{"present", "相手も同席した"}, {"absent", "相手は同席していない"}, {"none", "相手のいない役割"}, {NULL, NULL}};

const char *handover_partner_label(const char *code)
{
    for (const struct handover_partner *p = handover_partners; p->code != NULL; p++)
        if (text_eq(p->code, code))
            return p->label;
    return NULL;
}

/* --- one duty --- */

static enum err facts_check(struct ctx *c, const struct handover_facts *f, const char **on)
{
    size_t faults = c->fail.faults_n;
    *on = f->on != NULL ? date_parse(c->arena, f->on) : NULL;
    if (*on == NULL)
        fail_field(&c->fail, "handed_on", "%s", tr(c, "引きつぎの日は、R9.4.1 や 2027/4/1 のように入力してください"));
    else if (instant_end_of_day(*on) > c->now + INT64_C(366) * 86400)
        fail_field(&c->fail, "handed_on", "%s", tr(c, "引きつぎの日は、1年先までの日にしてください"));
    if (handover_partner_label(f->partner) == NULL)
        fail_field(&c->fail, "partner", "%s", tr(c, "協働の相手が同席したかどうかを選んでください"));
    if (f->note != NULL && text_length(f->note) > NOTE_LONGEST)
        fail_field(&c->fail, "note", tr(c, "引きついだことは%d字までにしてください"), (int)NOTE_LONGEST);
    return c->fail.faults_n > faults ? E_INPUT : OK;
}

static enum err duty_of(struct ctx *c, int64_t account, const struct account_duty *like, int64_t when, int64_t *id)
{
    enum err e = db_get_int(c->db, "SELECT max(id) FROM duty WHERE account = $1 AND role = $2 AND unit IS NOT DISTINCT FROM $3 AND organization IS NOT DISTINCT FROM $4 "
                                   "AND (until IS NULL OR until > $5)", P(account, like->role, like->unit, like->organization, when), id);
    TRY_DB(c, e);
    return OK;
}

enum err duty_hand_over(struct ctx *c, int64_t duty, int64_t to, const struct handover_facts *f)
{
    struct account_duty before, after;
    struct account person;
    const char *on = NULL;
    int64_t next = NONE, id = NONE;
    /* Held, so that two who hand it on at once do it one after the other. */
    TRY_DB(c, db_exec(c->db, "UPDATE duty SET role = role WHERE id = $1", P(duty)));
    TRY(record_load(c, &account_duty_entity, duty, &before));
    if (before.until != NONE && before.until <= c->now)
        return fail(c, E_CONFLICT, "%s", tr(c, "この役割は、もう終わっています。"));
    TRY(facts_check(c, f, &on));
    if (to == before.account)
        return fail_field(&c->fail, "to", "%s", tr(c, "後任には、ほかの人を選んでください"));
    TRY(record_load(c, &account_entity, to, &person));
    if (!person.active)
        return fail_field(&c->fail, "to", tr(c, "%sさんは使えなくなっています"), person.name);
    int64_t first = instant_end_of_day(on) - 86399, when = first > c->now ? first : c->now;
    if (when < before.since) /* one that begins on 1 April is handed on before it begins */
        when = before.since;
    if (before.until != NONE && when >= before.until)
        return fail_field(&c->fail, "handed_on", tr(c, "「%s」の役割は%sまでです。それまでの日を入力してください。4月1日からの所属の役割は、別に選べます"),
                          duty_label(c, &(struct duty){before.id, role_from_name(before.role), before.unit, before.organization}), date_era(c->arena, instant_date(c->arena, before.until - 1)));
    TRY(duty_of(c, to, &before, when, &next));
    if (next == NONE) {
        /* The rights and rules of a new duty; it then begins with the handover. */
        TRY(duty_add(c, to, role_from_name(before.role), before.unit, before.organization, before.demo));
        TRY(duty_of(c, to, &before, when, &next));
        struct account_duty made, moved;
        TRY(record_load(c, &account_duty_entity, next, &made));
        moved = made;
        moved.since = when;
        moved.until = before.until;
        if (moved.since != made.since || moved.until != made.until)
            TRY(record_save(c, &account_duty_entity, &made, &moved, "duty.change"));
    }
    if (when <= c->now)
        TRY(duty_end(c, duty));
    else {
        TRY(duty_check(c, role_from_name(before.role), before.unit, before.organization));
        after = before;
        after.until = when;
        TRY(record_save(c, &account_duty_entity, &before, &after, "duty.end"));
    }
    TRY_DB(c, db_insert(c->db, "INSERT INTO handover (from_duty, to_duty, handed_on, partner, note, account, at, demo) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
                        P(duty, next, on, f->partner, f->note, c->user->id, c->now, before.demo), &id));
    return audit_note(c, "duty.hand_over", "duty", duty, arena_printf(c->arena, tr(c, "%sに役割%lldへ。%s"), date_era(c->arena, on), (long long)next, handover_partner_label(f->partner)));
}

/* --- who had what when --- */

enum err duty_spans(struct ctx *c, int64_t unit, int64_t account, struct duty_span **out, size_t *n)
{
    size_t cap = 0;
    TRY(need_role(c, (uint32_t)(ROLE_SECRETARIAT | ROLE_OPERATOR)));
    *out = NULL;
    *n = 0;
    struct duty *d = NULL;
    size_t duties = 0, duty_cap = 0;
    for (struct db_rows *q = db_query(c->db, c->arena,
                                      "SELECT d.id, d.account, d.role, d.unit, d.organization, d.since, d.until, a.name, "
                                      "(SELECT f.name FROM handover h JOIN duty x ON x.id = h.from_duty JOIN account f ON f.id = x.account WHERE h.to_duty = d.id ORDER BY h.id DESC LIMIT 1), "
                                      "(SELECT f.name FROM handover h JOIN duty x ON x.id = h.to_duty JOIN account f ON f.id = x.account WHERE h.from_duty = d.id ORDER BY h.id DESC LIMIT 1), "
                                      "(SELECT h.handed_on FROM handover h WHERE h.from_duty = d.id ORDER BY h.id DESC LIMIT 1), "
                                      "(SELECT h.partner FROM handover h WHERE h.from_duty = d.id ORDER BY h.id DESC LIMIT 1), "
                                      "(SELECT h.note FROM handover h WHERE h.from_duty = d.id ORDER BY h.id DESC LIMIT 1) "
                                      "FROM duty d JOIN account a ON a.id = d.account WHERE ($1 IS NULL OR d.unit = $1) AND ($2 IS NULL OR d.account = $2) "
                                      "ORDER BY d.since DESC, d.id DESC LIMIT 500", P(unit, account));
         db_next(q);) {
        ARENA_PUSH(c->arena, d, duties, duty_cap) = (struct duty){db_int(q, 0), role_from_name(db_text(q, 2)), db_int(q, 3), db_int(q, 4)};
        ARENA_PUSH(c->arena, *out, *n, cap) = (struct duty_span){.duty = db_int(q, 0), .account = db_int(q, 1), .since = db_int(q, 5), .until = db_int(q, 6),
            .person = db_text(q, 7), .from = db_text(q, 8), .to = db_text(q, 9), .handed_on = db_text(q, 10), .partner = db_text(q, 11), .note = db_text(q, 12)};
    }
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < *n; i++)
        (*out)[i].label = unit != NONE ? role_label(c, d[i].role) : duty_label(c, &d[i]);
    return OK;
}
