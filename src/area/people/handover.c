/* Duties handed over, and the list of staff of a new year. */
#include "area/people/handover.h"

#include <string.h>

#include "base/csv.h"
#include "base/date.h"
#include "base/text.h"
#include "core/preset.h"
#include "core/section.h"
#include "export/sheet.h"

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

/* --- the list of staff --- */

enum { LOGIN, NAME, MAIL, ROLE, ABOVE, SECTION, BEFORE, ON, PARTNER, ENDS, FIELDS };
static const struct sheet_field fields[FIELDS] = {
    [LOGIN] = {"利用者名", "ログイン名|ID", true}, [NAME] = {"名前", "氏名", false}, [MAIL] = {"メール", "メールアドレス", false}, [ROLE] = {"役割", NULL, true},
    [ABOVE] = {"部局", NULL, false}, [SECTION] = {"所属", "課", false}, [BEFORE] = {"前任者", "前任者の利用者名", false}, [ON] = {"引きつぎ日", "引継日|引継ぎ日", false},
    [PARTNER] = {"相手の同席", "同席", false}, [ENDS] = {"終わり", "終了", false},
};

static enum err cell_fault(struct ctx *c, const struct sheet_table *t, const struct sheet_row *r, int field, const char *sentence)
{
    int32_t column = t->column[field];
    return fail_field(&c->fail, "file", "%s: %s", sheet_place(c->arena, t->sheet, r->number, column < 0 ? 0 : (uint32_t)column, column < 0 ? NULL : fields[field].title), sentence);
}

static enum role role_of_label(struct ctx *c, const char *label)
{
    for (unsigned i = 1; i < ROLES_N; i++) {
        enum role role = (enum role)(1u << i);
        if (strcmp(text_fold(c->arena, label), text_fold(c->arena, role_label(c, role))) == 0 || text_eq(label, role_name(role)))
            return role;
    }
    const struct word *w = word_by_label(c, "role", NULL, label);
    return w != NULL ? role_from_name(w->code) : (enum role)0;
}

/* This year's sections, and next year's as soon as they are made: who moves on 1 April is written down before. */
struct trees { struct { struct section_node *v; size_t n; } year[2]; };

static size_t named(struct ctx *c, const struct trees *k, size_t year, const char *above, const char *name, int64_t *unit)
{
    const struct section_node *v = k->year[year].v;
    size_t same = 0;
    for (size_t i = 0; i < k->year[year].n; i++)
        if (!v[i].s.gone && strcmp(text_fold(c->arena, v[i].s.name), text_fold(c->arena, name)) == 0 &&
            (above == NULL || strcmp(text_fold(c->arena, v[i].department), text_fold(c->arena, above)) == 0)) {
            *unit = v[i].s.unit;
            same++;
        }
    return same;
}

/* The name is one of the year of `on` (NULL: now), or else of the other one. */
static enum err unit_of_row(struct ctx *c, const struct sheet_table *t, const struct sheet_row *r, const struct trees *k, const char *on, struct transfer_line *l)
{
    const char *above = sheet_value(c->arena, t, r, ABOVE), *name = sheet_value(c->arena, t, r, SECTION);
    if (name == NULL) {
        name = above; /* a collator stands on a department */
        above = NULL;
    }
    if (name == NULL)
        return cell_fault(c, t, r, SECTION, tr(c, "所属を書いてください"));
    size_t first = on != NULL && instant_fiscal_year(instant_end_of_day(on)) > this_year(c), same = named(c, k, first, above, name, &l->unit);
    if (same == 0)
        same = named(c, k, 1 - first, above, name, &l->unit);
    if (same == 1)
        return OK;
    return cell_fault(c, t, r, SECTION, arena_printf(c->arena, same > 1 ? tr(c, "「%s」は2つ以上あります。部局も書いてください")
                                                               : k->year[1].n > 0 ? tr(c, "「%s」という所属は、今年度にも次の年度にもありません")
                                                                                  : tr(c, "「%s」という所属は、今年度にありません"), name));
}

static const char *partner_code(struct ctx *c, const char *typed_word)
{
    const char *word = typed_word != NULL ? text_nfkc(c->arena, typed_word) : NULL;
    return word == NULL || text_eq(word, "-") || text_eq(word, "相手のいない役割") ? "none" : text_eq(word, "あり") || text_eq(word, "○") || text_eq(word, "相手も同席した") ? "present"
         : text_eq(word, "なし") || text_eq(word, "×") || text_eq(word, "相手は同席していない") ? "absent" : NULL;
}

enum err transfer_from_book(struct ctx *c, const struct workbook *w, struct transfer_plan *plan)
{
    struct sheet_table t;
    struct trees trees;
    size_t faults = c->fail.faults_n;
    TRY(sheet_table_find(c->arena, w, fields, FIELDS, &t, &c->fail));
    for (size_t i = 0; i < 2; i++)
        TRY(sections_of_year(c, this_year(c) + (int64_t)i, &trees.year[i].v, &trees.year[i].n));
    plan->place = w->file;
    for (size_t i = t.head + 1; i < t.sheet->n; i++) {
        const struct sheet_row *r = &t.sheet->row[i];
        struct transfer_line l = {.at = r->number, .login = login_canonical(c->arena, sheet_value(c->arena, &t, r, LOGIN)), .name = sheet_value(c->arena, &t, r, NAME),
                               .mail = sheet_value(c->arena, &t, r, MAIL), .unit = NONE, .before = login_canonical(c->arena, sheet_value(c->arena, &t, r, BEFORE)),
                               .ends = sheet_value(c->arena, &t, r, ENDS) != NULL};
        const char *role = sheet_value(c->arena, &t, r, ROLE), *on = sheet_value(c->arena, &t, r, ON);
        if (l.login == NULL && l.name == NULL && role == NULL)
            continue;
        if (l.login == NULL)
            cell_fault(c, &t, r, LOGIN, tr(c, "利用者名を書いてください"));
        l.role = role != NULL ? role_of_label(c, role) : (enum role)0;
        if (role != NULL && l.role == 0)
            cell_fault(c, &t, r, ROLE, arena_printf(c->arena, tr(c, "「%s」という役割はありません"), role));
        else if (l.role & (ROLE_MEMBER | ROLE_MUNICIPALITY | ROLE_OPERATOR))
            cell_fault(c, &t, r, ROLE, tr(c, "この役割は、利用者のページで1人ずつつけてください"));
        l.on = on != NULL ? date_parse(c->arena, on) : NULL;
        if (l.role & UNIT_ROLES)
            unit_of_row(c, &t, r, &trees, l.on, &l);
        if (on != NULL && l.on == NULL)
            cell_fault(c, &t, r, ON, arena_printf(c->arena, tr(c, "「%s」は日付として読めません。R9.4.1 のように書いてください"), on));
        if (l.before != NULL && on == NULL)
            cell_fault(c, &t, r, ON, tr(c, "前任者がいるときは、引きつぎ日を書いてください"));
        l.partner = partner_code(c, sheet_value(c->arena, &t, r, PARTNER));
        if (l.partner == NULL)
            cell_fault(c, &t, r, PARTNER, tr(c, "「あり」「なし」か、空けてください"));
        ARENA_PUSH(c->arena, plan->v, plan->n, plan->cap) = l;
    }
    if (plan->n == 0 && c->fail.faults_n == faults)
        return fail_field(&c->fail, "file", "%s", tr(c, "職員の行がありません"));
    return c->fail.faults_n > faults ? E_INPUT : OK;
}

const char *transfer_text(struct ctx *c, const struct transfer_plan *plan)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < plan->n; i++) {
        const struct transfer_line *l = &plan->v[i];
        const char *cell[] = {arena_printf(c->arena, "%lld", (long long)l->at), l->login, l->name, l->mail, l->role ? role_name(l->role) : NULL,
                              l->unit != NONE ? arena_printf(c->arena, "%lld", (long long)l->unit) : NULL, l->before, l->on, l->partner, l->ends ? "1" : NULL};
        for (size_t k = 0; k < sizeof cell / sizeof cell[0]; k++) {
            if (k > 0)
                csv_comma(&b);
            csv_text(&b, cell[k]);
        }
        csv_end(&b);
    }
    return sb_str(&b);
}

enum err transfer_from_text(struct ctx *c, const char *text, struct transfer_plan *plan)
{
    struct csv_reader r;
    struct csv_row row;
    int got;
    *plan = (struct transfer_plan){0};
    csv_open(&r, c->arena, text != NULL ? text : "", text != NULL ? strlen(text) : 0, &c->fail);
    while ((got = csv_next(&r, &row)) == 1) {
        const char *cell[10] = {0};
        struct transfer_line l = {.at = NONE, .unit = NONE};
        for (size_t i = 0; i < row.n && i < 10; i++)
            cell[i] = row.cell[i] != NULL && *row.cell[i] != '\0' ? row.cell[i] : NULL;
        if (cell[0] == NULL || !text_parse_int(cell[0], &l.at) || cell[1] == NULL || (cell[5] != NULL && !text_parse_int(cell[5], &l.unit)))
            return fail(c, E_INPUT, "%s", tr(c, "職員の一覧の内容が読めません。もう一度はじめからやり直してください。"));
        l.login = cell[1];
        l.name = cell[2];
        l.mail = cell[3];
        l.role = cell[4] != NULL ? role_from_name(cell[4]) : (enum role)0;
        l.before = cell[6];
        l.on = cell[7];
        l.partner = cell[8];
        l.ends = cell[9] != NULL;
        ARENA_PUSH(c->arena, plan->v, plan->n, plan->cap) = l;
    }
    return got < 0 ? E_INPUT : OK;
}

static enum err account_named(struct ctx *c, const char *login, int64_t *id)
{
    *id = NONE;
    enum err e = db_get_int(c->db, "SELECT id FROM account WHERE login = $1", P(login), id);
    if (e != E_NOT_FOUND)
        TRY_DB(c, e);
    return OK;
}

static enum err duty_held(struct ctx *c, int64_t account, enum role role, int64_t unit, int64_t *id)
{
    TRY_DB(c, db_get_int(c->db, "SELECT max(id) FROM duty WHERE account = $1 AND role = $2 AND unit IS NOT DISTINCT FROM $3 AND (until IS NULL OR until > $4)",
                         P(account, role_name(role), unit, c->now), id));
    return OK;
}

static const char *row_words(struct ctx *c, const struct transfer_plan *plan, const struct transfer_line *l)
{
    return plan->place != NULL ? arena_printf(c->arena, tr(c, "%sの%lld行目"), plan->place, (long long)l->at) : arena_printf(c->arena, tr(c, "%lld行目"), (long long)l->at);
}

static enum err resolve_one(struct ctx *c, const struct transfer_plan *plan, const struct transfer_line *l, struct transfer_effect *out)
{
    int64_t account = NONE, before = NONE, held = NONE, theirs = NONE;
    struct section s;
    TRY(account_named(c, l->login, &account));
    out->known = account != NONE;
    for (const struct transfer_line *o = plan->v; o < l; o++) /* a line above makes the account */
        out->known = out->known || text_eq(o->login, l->login);
    const char *row = row_words(c, plan, l);
    if (!out->known && l->name == NULL)
        return fail_field(&c->fail, "file", tr(c, "%s: 「%s」はまだ登録されていません。名前も書いてください"), row, l->login);
    if (l->role == 0) {
        out->what = tr(c, account == NONE ? "登録します" : "名前とメールを確かめます");
        out->changes = true;
        return OK;
    }
    if (l->unit != NONE)
        TRY(section_about_now(c, l->unit, &s));
    const char *place = l->unit == NONE ? "" : s.year == this_year(c) ? s.name : arena_printf(c->arena, tr(c, "%s(%sから)"), s.name, fiscal_year_era(c->arena, s.year));
    const char *duty = arena_printf(c->arena, "%s %s", place, role_label(c, l->role));
    if (account != NONE)
        TRY(duty_held(c, account, l->role, l->unit, &held));
    if (l->ends) {
        if (held == NONE)
            return fail_field(&c->fail, "file", tr(c, "%s: 「%s」は、%sの役割をもっていません"), row, l->login, duty);
        out->what = arena_printf(c->arena, tr(c, "%sを終わりにします"), duty);
        out->changes = true;
        return OK;
    }
    if (l->before != NULL) {
        TRY(account_named(c, l->before, &before));
        if (before == NONE)
            return fail_field(&c->fail, "file", tr(c, "%s: 前任者「%s」は登録されていません"), row, l->before);
        TRY(duty_held(c, before, l->role, l->unit, &theirs));
        if (theirs == NONE)
            return fail_field(&c->fail, "file", tr(c, "%s: 前任者「%s」は、%sの役割をもっていません"), row, l->before, duty);
        out->what = arena_printf(c->arena, tr(c, "%sを「%s」から引きつぎます(%s)"), duty, l->before, date_era(c->arena, l->on));
        out->changes = true;
        return OK;
    }
    out->changes = held == NONE;
    out->what = held != NONE ? tr(c, "変わりません") : arena_printf(c->arena, tr(c, "%sをつけます"), duty);
    return OK;
}

enum err transfer_resolve(struct ctx *c, const struct transfer_plan *plan, struct transfer_effect **out)
{
    size_t faults = c->fail.faults_n;
    *out = arena_many(c->arena, struct transfer_effect, plan->n + 1);
    for (size_t i = 0; i < plan->n; i++) {
        enum err e = resolve_one(c, plan, &plan->v[i], &(*out)[i]);
        if (e != OK && e != E_INPUT)
            return e;
    }
    return c->fail.faults_n > faults ? E_INPUT : OK;
}

static enum err account_of_line(struct ctx *c, const struct transfer_line *l, int64_t *id, bool *is_new)
{
    struct account before, after;
    TRY(account_named(c, l->login, id));
    *is_new = *id == NONE;
    if (*is_new) {
        entity_init(&account_entity, &after);
        after.login = l->login;
    } else {
        TRY(record_load(c, &account_entity, *id, &before));
        if ((l->name == NULL || text_eq(l->name, before.name)) && (l->mail == NULL || text_eq(l->mail, before.mail)))
            return OK;
        entity_copy(c->arena, &account_entity, &after, &before);
    }
    if (l->name != NULL)
        after.name = l->name;
    if (l->mail != NULL)
        after.mail = l->mail;
    TRY(account_save(c, *is_new ? NULL : &before, &after));
    *id = after.id;
    return OK;
}

enum err transfer_take(struct ctx *c, const struct transfer_plan *plan, int64_t *letters)
{
    struct transfer_effect *effect;
    *letters = 0;
    TRY(need_role(c, (uint32_t)(ROLE_SECRETARIAT | ROLE_OPERATOR)));
    TRY(transfer_resolve(c, plan, &effect));
    for (size_t i = 0; i < plan->n; i++) {
        const struct transfer_line *l = &plan->v[i];
        int64_t account = NONE, before = NONE, duty = NONE;
        bool is_new = false;
        TRY(account_of_line(c, l, &account, &is_new));
        if (l->role != 0 && l->ends) {
            TRY(duty_held(c, account, l->role, l->unit, &duty));
            TRY(duty_end(c, duty));
        } else if (l->role != 0 && l->before != NULL) {
            TRY(account_named(c, l->before, &before));
            TRY(duty_held(c, before, l->role, l->unit, &duty));
            TRY(duty_hand_over(c, duty, account, &(struct handover_facts){.on = l->on, .partner = l->partner}));
        } else if (l->role != 0)
            TRY(duty_add(c, account, l->role, l->unit, NONE, false));
        if (is_new) {
            TRY(account_send_code(c, account, NULL));
            ++*letters;
        }
    }
    return OK;
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
