/* Lists of staff and of sections that come back: read, compared with what is there, taken whole. */
#include "area/people/people_files.h"

#include <string.h>

#include "area/people/handover.h"
#include "base/csv.h"
#include "base/date.h"
#include "base/text.h"
#include "core/preset.h"
#include "core/user.h"
#include "export/sheet.h"

enum { FAULTS_MOST = 200, LINES_MOST = 5000 };

const char *const staff_titles[] = {"利用者名", "名前", "メール", "役割", "部局", "所属", "団体", "前任者", "引きつぎ日", "相手の同席", "終わり"};
const char *const section_titles[] = {"所属番号", "上位の所属", "階層", "名称", "電話", "メール", "照会の対象"};
enum { LOGIN, NAME, MAIL, ROLE, ABOVE, UNIT, ORGANIZATION, BEFORE, ON, PARTNER, ENDS };
enum { S_UNIT, S_ABOVE, S_LEVEL, S_NAME, S_PHONE, S_MAIL, S_ANSWERS };

/* --- reading --- */

struct taking {
    struct ctx *c;
    struct take_plan *plan;
    const struct sheet_table *table;
    const struct sheet_row *row;     /* the one under way */
    const char *const *title;
    size_t faults;
    bool bad;                        /* this row */
};

static void bad_cell(struct taking *x, size_t field, const char *what)
{
    int32_t column = x->table->column[field];
    x->bad = true;
    if (++x->faults <= FAULTS_MOST)
        fail_field(&x->c->fail, "file", "%s: %s", sheet_place(x->c->arena, x->table->sheet, x->row->number, column >= 0 ? (uint32_t)column : 0, x->title[field]), what);
}

/* What a use case says of a value, said of a cell; its own failure stays apart. */
static enum err check_cell(struct taking *x, size_t field, enum err (*check)(struct ctx *c, void *arg), void *arg)
{
    struct ctx sub = *x->c;
    failure_init(&sub.fail, x->c->arena);
    enum err e = check(&sub, arg);
    if (e == E_INPUT || e == E_FORBIDDEN) {
        bad_cell(x, field, sub.fail.faults != NULL ? sub.fail.faults->message : sub.fail.message);
        return OK;
    }
    if (e != OK)
        x->c->fail = sub.fail;
    return e;
}

static enum err read_lines(struct taking *x, const struct workbook *w, const struct sheet_field *field, size_t columns, enum err (*line)(struct taking *x, struct take_line *l))
{
    struct ctx *c = x->c;
    struct sheet_table t;
    TRY(sheet_table_find(c->arena, w, field, columns, &t, &c->fail));
    x->table = &t;
    for (size_t i = t.head + 1; i < t.sheet->n; i++) {
        struct take_line l = {0};
        bool any = false;
        x->row = &t.sheet->row[i];
        x->bad = false;
        for (size_t k = 0; k < columns; k++) {
            const struct sheet_cell *cell = t.column[k] >= 0 ? sheet_cell(x->row, (uint32_t)t.column[k]) : NULL;
            l.cell[k] = sheet_value(c->arena, &t, x->row, k);
            any = any || l.cell[k] != NULL;
            if (cell != NULL && cell->kind == SHEET_ERROR)
                bad_cell(x, k, tr(c, "計算の誤りになっています。値を入れ直してください。"));
        }
        if (!any)
            continue;
        if (x->plan->n >= LINES_MOST)
            return fail(c, E_TOO_LARGE, tr(c, "行が%d行を超えるので、一度に取り込めません。ファイルを分けてください。"), (int)LINES_MOST);
        l.place = sheet_place(c->arena, t.sheet, x->row->number, 0, NULL);
        if (!x->bad)
            TRY(line(x, &l));
        x->plan->fresh += !x->bad && l.fate == TAKE_NEW;
        x->plan->changed += !x->bad && l.fate == TAKE_CHANGE;
        ARENA_PUSH(c->arena, x->plan->v, x->plan->n, x->plan->cap) = l;
    }
    if (x->plan->n == 0)
        return fail(c, E_FORM, "%s", tr(c, "見出しの下に行がありません。"));
    if (x->faults > FAULTS_MOST)
        fail_field(&c->fail, "file", tr(c, "ほかに%zuか所あります"), x->faults - FAULTS_MOST);
    return x->faults > 0 ? E_INPUT : OK;
}

const char *take_text(struct ctx *c, const struct take_plan *plan, const char *const *title, size_t columns)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i <= plan->n; i++) {
        for (size_t k = 0; k < columns; k++) {
            if (k > 0)
                csv_comma(&b);
            csv_text(&b, i == 0 ? title[k] : plan->v[i - 1].cell[k]);
        }
        csv_end(&b);
    }
    return sb_str(&b);
}

/* --- staff --- */

static const struct sheet_field staff_fields[STAFF_COLUMNS] = {
    [LOGIN] = {"利用者名", "ログイン名|login|ID", true}, [NAME] = {"名前", "氏名|name", false}, [MAIL] = {"メール", "メールアドレス|mail|email", false}, [ROLE] = {"役割", "role", true},
    [ABOVE] = {"部局", "department", false}, [UNIT] = {"所属", "課|section", false}, [ORGANIZATION] = {"団体", "organization", false}, [BEFORE] = {"前任者", "前任者の利用者名", false},
    [ON] = {"引きつぎ日", "引継日|引継ぎ日", false}, [PARTNER] = {"相手の同席", "同席", false}, [ENDS] = {"終わり", "終了", false}};

/* By its name in the program, or its word in Japanese or in the language of whoever asks. */
static enum role role_typed(struct ctx *c, const char *text)
{
    struct ctx japanese = *c;
    japanese.locale = LOCALE_JA;
    const char *key = text_fold(c->arena, text);
    for (unsigned i = 1; i < ROLES_N; i++) {
        enum role r = (enum role)(1u << i);
        if (strcmp(role_name(r), text) == 0 || strcmp(text_fold(c->arena, role_label(&japanese, r)), key) == 0 || strcmp(text_fold(c->arena, role_label(c, r)), key) == 0)
            return r;
    }
    const struct word *w = word_by_label(c, "role", NULL, text); /* the prefecture's own */
    return w != NULL ? role_from_name(w->code) : (enum role)0;
}

/* Paths as people write them: 土木部/道路保全課, 土木部 道路保全課, 土木部　道路保全課. */
static const char *path_key(struct ctx *c, const char *path)
{
    const char *s = text_fold(c->arena, path);
    char *out = arena_alloc(c->arena, strlen(s) + 1), *w = out;
    for (; *s != '\0'; s++)
        if (strchr("/ >\n\t", *s) == NULL)
            *w++ = *s;
    return out;
}

/* By its path, by its department and name, or by its name where only one section has it. NONE: none; *several: more than one. */
static int64_t unit_typed(struct ctx *c, const struct section_node *v, size_t n, const char *above, const char *text, bool *several)
{
    const char *key = path_key(c, text), *in = above != NULL ? path_key(c, above) : NULL;
    int64_t found = NONE;
    size_t hits = 0;
    for (size_t i = 0; i < n; i++) {
        const struct section_node *up = v[i].s.parent != NONE ? section_in(v, n, v[i].s.parent) : NULL;
        if (v[i].s.gone)
            continue;
        if (strcmp(path_key(c, section_path(c, v, n, &v[i])), key) == 0) {
            *several = false;
            return v[i].s.unit;
        }
        if (strcmp(path_key(c, v[i].s.name), key) == 0 && (in == NULL || strcmp(path_key(c, v[i].department), in) == 0 || (up != NULL && strcmp(path_key(c, section_path(c, v, n, up)), in) == 0))) {
            found = v[i].s.unit;
            hits++;
        }
    }
    *several = hits > 1;
    return hits == 1 ? found : NONE;
}

/* This year's sections, and next year's as soon as they are made: who moves on 1 April is written down before. */
struct staff { struct taking x; struct { struct section_node *v; size_t n; } tree[2]; };
/* What a line says of a duty, and what there is of it: held, the same of this person; theirs, of the predecessor. */
struct duty_wish { enum role role; int64_t unit, organization, held, theirs; const char *on, *partner; };

static enum err check_account_cell(struct ctx *c, void *arg) { return account_check(c, arg); }
static enum err check_duty_cell(struct ctx *c, void *arg)
{
    const struct duty_wish *d = arg;
    if (d->role == ROLE_OPERATOR)
        TRY(need_role(c, ROLE_OPERATOR));
    return duty_check(c, d->role, d->unit, d->organization);
}

/* By its number here (where names are not enough), its 法人番号 or its name. */
static enum err organization_typed(struct taking *x, const char *text, int64_t *id)
{
    struct ctx *c = x->c;
    size_t n = 0;
    const char *number = strstr(text, ORGANIZATION_NUMBER);
    int64_t wanted = NONE;
    if (number != NULL) {
        number += strlen(ORGANIZATION_NUMBER);
        text_parse_int(arena_dup_n(c->arena, number, strspn(number, "0123456789")), &wanted);
    }
    struct db_rows *q = wanted != NONE ? db_query(c->db, c->arena, "SELECT id FROM organization WHERE id = $1", P(wanted))
                                       : db_query(c->db, c->arena, "SELECT id FROM organization WHERE (corporate_number = $1 OR name = $2) AND state = 'open' ORDER BY id LIMIT 2",
                                                  P(text_nfkc(c->arena, text), text));
    for (; db_next(q); n++)
        *id = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    if (n == 0)
        bad_cell(x, ORGANIZATION, arena_printf(c->arena, tr(c, "団体「%s」は登録されていません。名称か法人番号を確かめてください。"), text));
    else if (n > 1)
        bad_cell(x, ORGANIZATION, arena_printf(c->arena, tr(c, "「%s」という団体は2つ以上あります。法人番号を書いてください。"), text));
    return OK;
}

/* The name is one of the year of the handover (else of this one), or else of the other one. */
static void unit_wish(struct staff *s, const struct take_line *l, struct duty_wish *d)
{
    struct ctx *c = s->x.c;
    const char *above = l->cell[ABOVE], *name = l->cell[UNIT];
    bool several = false;
    if (name == NULL) {
        name = above; /* a collator stands on a department */
        above = NULL;
    }
    if (name == NULL)
        return;
    size_t first = d->on != NULL && instant_fiscal_year(instant_end_of_day(d->on)) > this_year(c);
    for (size_t k = 0; k < 2 && d->unit == NONE && !several; k++)
        d->unit = unit_typed(c, s->tree[k == 0 ? first : 1 - first].v, s->tree[k == 0 ? first : 1 - first].n, above, name, &several);
    if (d->unit == NONE)
        bad_cell(&s->x, UNIT, arena_printf(c->arena, tr(c, several ? "「%s」という所属は2つ以上あります。「部局/課」のように書いてください。" : s->tree[1].n > 0 ? "「%s」という所属は、今年度にも次の年度にもありません。"
                                                                                                                            : "「%s」という所属は今年度にありません。"), name));
}

static const char *partner_code(struct ctx *c, const char *typed_word)
{
    const char *word = typed_word != NULL ? text_nfkc(c->arena, typed_word) : NULL;
    if (word == NULL || text_eq(word, "-"))
        return "none";
    for (const struct handover_partner *p = handover_partners; p->code != NULL; p++)
        if (text_eq(word, p->label))
            return p->code;
    return text_eq(word, "あり") || text_eq(word, "○") ? "present" : text_eq(word, "なし") || text_eq(word, "×") ? "absent" : NULL;
}

/* What it says of a handover, whether there is one or not. */
static void handover_wish(struct taking *x, const struct take_line *l, struct duty_wish *d)
{
    struct ctx *c = x->c;
    d->on = l->cell[ON] != NULL ? date_parse(c->arena, l->cell[ON]) : NULL;
    d->partner = partner_code(c, l->cell[PARTNER]);
    if (l->cell[ON] != NULL && d->on == NULL)
        bad_cell(x, ON, arena_printf(c->arena, tr(c, "「%s」は日付として読めません。R9.4.1 のように書いてください"), l->cell[ON]));
    if (l->cell[BEFORE] != NULL && l->cell[ON] == NULL)
        bad_cell(x, ON, tr(c, "前任者がいるときは、引きつぎ日を書いてください"));
    if (d->partner == NULL)
        bad_cell(x, PARTNER, tr(c, "「あり」「なし」か、空けてください"));
}

static enum err wish_of(struct staff *s, const struct take_line *l, struct duty_wish *d)
{
    struct ctx *c = s->x.c;
    *d = (struct duty_wish){.unit = NONE, .organization = NONE, .held = NONE, .theirs = NONE};
    handover_wish(&s->x, l, d);
    if (l->cell[ROLE] == NULL)
        return OK;
    d->role = role_typed(c, l->cell[ROLE]);
    if (d->role == 0) {
        bad_cell(&s->x, ROLE, arena_printf(c->arena, tr(c, "「%s」という役割はありません。"), l->cell[ROLE]));
        return OK;
    }
    if (d->role & UNIT_ROLES)
        unit_wish(s, l, d);
    if ((d->role & ORGANIZATION_ROLES) && l->cell[ORGANIZATION] != NULL)
        TRY(organization_typed(&s->x, l->cell[ORGANIZATION], &d->organization));
    return OK;
}

static enum err check_wish(struct taking *x, struct duty_wish *d)
{
    return check_cell(x, d->role & UNIT_ROLES ? UNIT : d->role & ORGANIZATION_ROLES ? ORGANIZATION : ROLE, check_duty_cell, d);
}

/* The account a line speaks of: one that is there, one of an earlier line, or a new one. */
static enum err account_of(struct ctx *c, const char *login, struct account *a, bool *there)
{
    int64_t id = NONE;
    enum err e = db_get_int(c->db, "SELECT id FROM account WHERE login = $1", P(login), &id);
    *there = e == OK;
    if (e == OK)
        return record_load(c, &account_entity, id, a);
    if (e != E_NOT_FOUND)
        return fail_db(c);
    entity_init(&account_entity, a);
    return OK;
}

/* One that has begun or is to begin. */
static enum err duty_held(struct ctx *c, int64_t account, const struct duty_wish *d, int64_t *id)
{
    TRY_DB(c, db_get_int(c->db, "SELECT max(id) FROM duty WHERE account = $1 AND role = $2 AND unit IS NOT DISTINCT FROM $3 AND organization IS NOT DISTINCT FROM $4 "
                                "AND (until IS NULL OR until > $5)", P(account, role_name(d->role), d->unit, d->organization, c->now), id));
    return OK;
}

static enum err wish_meets(struct ctx *c, const struct account *a, bool there, const struct take_line *l, struct duty_wish *d)
{
    struct account before;
    bool known = false;
    if (d->role == 0)
        return OK;
    if (there)
        TRY(duty_held(c, a->id, d, &d->held));
    if (l->cell[BEFORE] == NULL || l->cell[ENDS] != NULL)
        return OK;
    TRY(account_of(c, login_canonical(c->arena, l->cell[BEFORE]), &before, &known));
    return known ? duty_held(c, before.id, d, &d->theirs) : OK;
}

/* 道路保全課 推進員; of a section that is not there yet with its year. */
static enum err duty_words(struct ctx *c, const struct duty_wish *d, const char **out)
{
    struct section s;
    if (d->unit == NONE) {
        *out = duty_label(c, &(struct duty){.role = d->role, .unit = NONE, .organization = d->organization});
        return OK;
    }
    TRY(section_about_now(c, d->unit, &s));
    *out = arena_printf(c->arena, "%s %s", s.year == this_year(c) ? s.name : arena_printf(c->arena, tr(c, "%s(%sから)"), s.name, fiscal_year_era(c->arena, s.year)), role_label(c, d->role));
    return OK;
}

/* What becomes of the duty, in words (NULL: nothing), or what stands against it. */
static enum err duty_plan(struct taking *x, const struct take_line *l, struct duty_wish *d, const char **what)
{
    struct ctx *c = x->c;
    const char *duty = NULL;
    *what = NULL;
    if (d->role == 0)
        return OK;
    if ((d->role & UNIT_ROLES) && d->unit == NONE)
        return check_wish(x, d); /* says which is missing */
    TRY(duty_words(c, d, &duty));
    if (l->cell[ENDS] != NULL) {
        if (d->held == NONE)
            bad_cell(x, ENDS, arena_printf(c->arena, tr(c, "「%s」は、%sの役割をもっていません"), l->cell[LOGIN], duty));
        *what = arena_printf(c->arena, tr(c, "%sを終わりにします"), duty);
    } else if (l->cell[BEFORE] != NULL) {
        if (text_eq(login_canonical(c->arena, l->cell[BEFORE]), l->cell[LOGIN]))
            bad_cell(x, BEFORE, tr(c, "前任者には、ほかの人を書いてください"));
        else if (d->theirs == NONE)
            bad_cell(x, BEFORE, arena_printf(c->arena, tr(c, "前任者「%s」は登録されていないか、%sの役割をもっていません"), l->cell[BEFORE], duty));
        else
            *what = arena_printf(c->arena, tr(c, "%sを「%s」から引きつぎます(%s)"), duty, l->cell[BEFORE], date_era(c->arena, d->on));
    } else if (d->held == NONE) {
        *what = arena_printf(c->arena, tr(c, "%sを加えます"), duty);
        return check_wish(x, d);
    }
    return OK;
}

static const struct take_line *earlier(const struct take_plan *plan, const char *login)
{
    for (size_t i = 0; i < plan->n; i++)
        if (text_eq(plan->v[i].cell[LOGIN], login))
            return &plan->v[i];
    return NULL;
}

static bool differs(const char *is, const char *typed_text) { return typed_text != NULL && !text_eq(is, typed_text); }

/* Two lines about one person say the same of the person, where they say anything. */
static void check_earlier(struct taking *x, const struct take_line *before, const struct take_line *l)
{
    for (size_t k = NAME; k <= MAIL; k++)
        if (before->cell[k] != NULL && differs(before->cell[k], l->cell[k])) {
            bad_cell(x, k, arena_printf(x->c->arena, tr(x->c, "同じ利用者名の%sと違います。"), before->place));
            return;
        }
}

static enum err staff_line(struct taking *x, struct take_line *l)
{
    struct staff *s = (struct staff *)x;
    struct ctx *c = x->c;
    struct account a;
    struct duty_wish d;
    bool there = false;
    const char *duty = NULL;
    if (l->cell[LOGIN] == NULL) {
        bad_cell(x, LOGIN, tr(c, "利用者名を入力してください"));
        return OK;
    }
    l->cell[LOGIN] = login_canonical(c->arena, l->cell[LOGIN]);
    const struct take_line *before = earlier(x->plan, l->cell[LOGIN]);
    if (before != NULL)
        check_earlier(x, before, l);
    TRY(account_of(c, l->cell[LOGIN], &a, &there));
    bool changed = there && (differs(a.name, l->cell[NAME]) || differs(a.mail, l->cell[MAIL])), fresh = !there && before == NULL;
    a.login = l->cell[LOGIN];
    a.name = l->cell[NAME] != NULL ? l->cell[NAME] : !there && before != NULL ? before->cell[NAME] : a.name;
    a.mail = l->cell[MAIL] != NULL ? l->cell[MAIL] : a.mail;
    TRY(check_cell(x, a.name == NULL ? NAME : LOGIN, check_account_cell, &a));
    TRY(wish_of(s, l, &d));
    if (x->bad)
        return OK;
    TRY(wish_meets(c, &a, there, l, &d));
    TRY(duty_plan(x, l, &d, &duty));
    if (x->bad)
        return OK;
    const char *person = fresh ? tr(c, "加えて、招待の手紙を書きます") : changed ? tr(c, "名前かメールを直します") : NULL;
    l->fate = fresh ? TAKE_NEW : changed || duty != NULL ? TAKE_CHANGE : TAKE_SAME;
    l->what = person != NULL && duty != NULL ? arena_printf(c->arena, "%s。%s", person, duty) : person != NULL ? person : duty != NULL ? duty : tr(c, "変わりません");
    x->plan->letters += fresh;
    return OK;
}

static enum err load_trees(struct staff *s)
{
    struct ctx *c = s->x.c;
    for (size_t i = 0; i < 2; i++)
        TRY(sections_of_year(c, this_year(c) + (int64_t)i, &s->tree[i].v, &s->tree[i].n));
    return OK;
}

enum err staff_from_book(struct ctx *c, const struct workbook *w, struct take_plan *plan)
{
    TRY(need_role(c, ROLE_SECRETARIAT | ROLE_OPERATOR));
    struct staff s = {.x = {.c = c, .plan = plan, .title = staff_titles}};
    *plan = (struct take_plan){.year = this_year(c)};
    TRY(load_trees(&s));
    return read_lines(&s.x, w, staff_fields, STAFF_COLUMNS, staff_line);
}

static enum err take_duty(struct ctx *c, int64_t account, const struct take_line *l, const struct duty_wish *d)
{
    if (d->role == 0)
        return OK;
    if (l->cell[ENDS] != NULL)
        return duty_end(c, d->held);
    if (l->cell[BEFORE] != NULL)
        return duty_hand_over(c, d->theirs, account, &(struct handover_facts){.on = d->on, .partner = d->partner});
    return d->held != NONE ? OK : duty_add(c, account, d->role, d->unit, d->organization, false);
}

static enum err staff_take_line(struct ctx *c, struct staff *s, const struct take_line *l)
{
    struct account before, after;
    struct duty_wish d;
    bool there = false;
    int64_t letter = NONE;
    const char *duty = NULL;
    TRY(account_of(c, l->cell[LOGIN], &before, &there));
    after = before;
    after.login = l->cell[LOGIN];
    after.name = l->cell[NAME] != NULL ? l->cell[NAME] : before.name;
    after.mail = l->cell[MAIL] != NULL ? l->cell[MAIL] : before.mail;
    TRY(wish_of(s, l, &d));
    TRY(wish_meets(c, &before, there, l, &d));
    TRY(duty_plan(&s->x, l, &d, &duty));
    if (s->x.bad) /* what was looked at has changed meanwhile */
        return E_INPUT;
    if (!there || !text_eq(before.name, after.name) || !text_eq(before.mail, after.mail))
        TRY(account_save(c, there ? &before : NULL, &after));
    TRY(take_duty(c, after.id, l, &d));
    return there ? OK : account_send_code(c, after.id, &letter);
}

enum err staff_take(struct ctx *c, const struct take_plan *plan)
{
    const struct sheet nowhere = {0};
    const struct sheet_row none = {0};
    const int32_t column[STAFF_COLUMNS] = {0};
    const struct sheet_table table = {.sheet = &nowhere, .column = column};
    struct staff s = {.x = {.c = c, .title = staff_titles, .table = &table, .row = &none}};
    TRY(load_trees(&s));
    for (size_t i = 0; i < plan->n; i++)
        if (plan->v[i].fate != TAKE_SAME)
            TRY(staff_take_line(c, &s, &plan->v[i]));
    return OK;
}

/* --- sections --- */

static const struct sheet_field section_fields[SECTION_COLUMNS] = {
    {"所属番号", "番号|unit", false}, {"上位の所属", "上位|部局|parent", true}, {"階層", "level", false}, {"名称", "所属|課|name", true},
    {"電話", "電話番号|phone", false}, {"メール", "メールアドレス|mail", false}, {"照会の対象", "対象", false}};

struct tree { struct taking x; int64_t year; struct section_node *v; size_t n; };

static const char *line_path(struct ctx *c, const struct take_line *l)
{
    return l->cell[S_ABOVE] != NULL ? arena_printf(c->arena, "%s/%s", l->cell[S_ABOVE], l->cell[S_NAME]) : l->cell[S_NAME];
}

static const struct section_node *node_at(struct ctx *c, const struct tree *t, const char *path)
{
    const char *key = path_key(c, path);
    for (size_t i = 0; i < t->n; i++)
        if (strcmp(path_key(c, section_path(c, t->v, t->n, &t->v[i])), key) == 0)
            return &t->v[i];
    return NULL;
}

/* The section a line speaks of: by its number, else by where it stands. NULL: a new one. */
static const struct section_node *node_of(struct ctx *c, const struct tree *t, const struct take_line *l)
{
    int64_t unit;
    if (l->cell[S_UNIT] != NULL && text_parse_int(l->cell[S_UNIT], &unit)) {
        for (size_t i = 0; i < t->n; i++)
            if (t->v[i].s.unit == unit)
                return &t->v[i];
        return NULL;
    }
    return node_at(c, t, line_path(c, l));
}

/* Lays what the line says over the section. A cell that is not there says nothing. */
static enum err section_of_line(struct ctx *c, const struct take_line *l, int64_t year, bool fresh, struct section *s, const char **fault, size_t *field)
{
    *fault = NULL;
    if (l->cell[S_NAME] == NULL) {
        *fault = tr(c, "名称を入力してください");
        *field = S_NAME;
        return OK;
    }
    s->name = l->cell[S_NAME];
    s->phone = l->cell[S_PHONE] != NULL ? l->cell[S_PHONE] : s->phone;
    s->mail = l->cell[S_MAIL] != NULL ? l->cell[S_MAIL] : s->mail;
    if (l->cell[S_LEVEL] != NULL) {
        const struct word *w = word_by_label(c, "level", NULL, l->cell[S_LEVEL]);
        if (w == NULL)
            w = word_find(c, "level", l->cell[S_LEVEL], year);
        if (w == NULL) {
            *fault = arena_printf(c->arena, tr(c, "「%s」という階層はありません。"), l->cell[S_LEVEL]);
            *field = S_LEVEL;
            return OK;
        }
        s->level = w->code;
    } else if (fresh) {
        s->level = l->cell[S_ABOVE] == NULL ? "department" : "section";
    }
    if (l->cell[S_ANSWERS] != NULL) {
        const char *v = text_fold(c->arena, l->cell[S_ANSWERS]);
        bool yes = strcmp(v, text_fold(c->arena, "対象")) == 0 || strcmp(v, "○") == 0 || strcmp(v, "1") == 0, no = strcmp(v, text_fold(c->arena, "対象外")) == 0 || strcmp(v, "×") == 0 || strcmp(v, "0") == 0;
        if (!yes && !no) {
            *fault = tr(c, "「対象」か「対象外」と書いてください。");
            *field = S_ANSWERS;
        }
        s->answers = yes;
    } else if (fresh) {
        s->answers = l->cell[S_ABOVE] != NULL;
    }
    if (text_length(s->name) > 100 || (s->phone != NULL && text_length(s->phone) > 40) || (s->mail != NULL && text_length(s->mail) > 200)) {
        *fault = tr(c, "長すぎます(名称は100字、電話は40字、メールは200字まで)");
        *field = text_length(s->name) > 100 ? S_NAME : s->phone != NULL && text_length(s->phone) > 40 ? S_PHONE : S_MAIL;
    }
    return OK;
}

static bool section_differs(const struct section *x, const struct section *y)
{
    return !text_eq(x->name, y->name) || !text_eq(x->phone, y->phone) || !text_eq(x->mail, y->mail) || !text_eq(x->level, y->level) || x->answers != y->answers;
}

static enum err section_line(struct taking *x, struct take_line *l)
{
    struct tree *t = (struct tree *)x;
    struct ctx *c = x->c;
    int64_t unit = NONE, known = 0;
    const char *fault = NULL;
    size_t field = 0;
    if (l->cell[S_UNIT] != NULL && !text_parse_int(l->cell[S_UNIT], &unit)) {
        bad_cell(x, S_UNIT, tr(c, "所属番号は数字です。新しい所属では空けておきます。"));
        return OK;
    }
    if (unit != NONE)
        TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM section WHERE unit = $1", P(unit), &known));
    if (unit != NONE && known == 0) {
        bad_cell(x, S_UNIT, tr(c, "この所属番号の所属はありません。新しい所属では空けておきます。"));
        return OK;
    }
    struct section s;
    const struct section_node *there = l->cell[S_NAME] != NULL ? node_of(c, t, l) : NULL;
    entity_init(&section_entity, &s);
    if (there != NULL)
        s = there->s;
    TRY(section_of_line(c, l, t->year, there == NULL, &s, &fault, &field));
    if (fault != NULL) {
        bad_cell(x, field, fault);
        return OK;
    }
    for (size_t i = 0; i < x->plan->n; i++)
        if (strcmp(path_key(c, line_path(c, &x->plan->v[i])), path_key(c, line_path(c, l))) == 0) {
            bad_cell(x, S_NAME, arena_printf(c->arena, tr(c, "%sにも同じ所属があります。"), x->plan->v[i].place));
            return OK;
        }
    const struct section_node *up = there != NULL && there->s.parent != NONE ? section_in(t->v, t->n, there->s.parent) : NULL;
    bool moved = there != NULL && strcmp(path_key(c, up != NULL ? section_path(c, t->v, t->n, up) : ""), path_key(c, l->cell[S_ABOVE] != NULL ? l->cell[S_ABOVE] : "")) != 0;
    l->fate = there == NULL ? TAKE_NEW : moved || section_differs(&s, &there->s) ? TAKE_CHANGE : TAKE_SAME;
    l->what = there == NULL ? tr(c, "加えます") : moved ? tr(c, "上位の所属を変えます") : l->fate == TAKE_SAME ? tr(c, "変わりません")
              : !text_eq(s.name, there->s.name) ? arena_printf(c->arena, tr(c, "「%s」から名称を変えます"), there->s.name) : tr(c, "直します");
    return OK;
}

/* A parent must be there, or be in the file itself. */
static void check_parents(struct tree *t)
{
    struct ctx *c = t->x.c;
    struct take_plan *plan = t->x.plan;
    for (size_t i = 0; i < plan->n; i++) {
        const char *above = plan->v[i].cell[S_ABOVE];
        bool found = above == NULL || node_at(c, t, above) != NULL;
        for (size_t k = 0; k < plan->n && !found; k++)
            found = plan->v[k].cell[S_NAME] != NULL && strcmp(path_key(c, line_path(c, &plan->v[k])), path_key(c, above)) == 0;
        if (!found && ++t->x.faults <= FAULTS_MOST)
            fail_field(&c->fail, "file", tr(c, "%s「上位の所属」: 「%s」という所属がありません。上から順に / でつないで書いてください。"), plan->v[i].place, above);
    }
}

enum err sections_from_book(struct ctx *c, const struct workbook *w, int64_t year, struct take_plan *plan)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    struct tree t = {.x = {.c = c, .plan = plan, .title = section_titles}, .year = year};
    *plan = (struct take_plan){.year = year};
    TRY(sections_of_year(c, year, &t.v, &t.n));
    enum err e = read_lines(&t.x, w, section_fields, SECTION_COLUMNS, section_line);
    if (e != OK && e != E_INPUT)
        return e;
    check_parents(&t);
    return t.x.faults > 0 ? E_INPUT : OK;
}

static size_t depth_of(const char *path)
{
    size_t n = 0;
    for (const char *p = path; p != NULL && *p != '\0'; p++)
        n += *p == '/';
    return path != NULL ? n + 1 : 0;
}

static enum err section_take_line(struct ctx *c, struct tree *t, const struct take_line *l)
{
    struct section before, after;
    const char *fault;
    size_t field;
    TRY(sections_of_year(c, t->year, &t->v, &t->n)); /* what was renamed has other paths now */
    const struct section_node *there = node_of(c, t, l), *up = l->cell[S_ABOVE] != NULL ? node_at(c, t, l->cell[S_ABOVE]) : NULL;
    if (l->cell[S_ABOVE] != NULL && up == NULL)
        return fail_field(&c->fail, "file", tr(c, "%s「上位の所属」: 「%s」という所属がありません。"), l->place, l->cell[S_ABOVE]);
    entity_init(&section_entity, &before);
    if (there != NULL)
        TRY(record_load(c, &section_entity, there->s.id, &before));
    after = before;
    TRY(section_of_line(c, l, t->year, there == NULL, &after, &fault, &field));
    if (fault != NULL)
        return fail_field(&c->fail, "file", "%s: %s", l->place, fault);
    after.parent = up != NULL ? up->s.id : NONE;
    after.year = t->year;
    if (there == NULL && l->cell[S_UNIT] != NULL)
        text_parse_int(l->cell[S_UNIT], &after.unit);
    return section_save(c, there != NULL ? &before : NULL, &after);
}

enum err sections_take(struct ctx *c, const struct take_plan *plan)
{
    struct tree t = {.x = {.c = c}, .year = plan->year};
    for (size_t depth = 0, done = 0; done < plan->n && depth < 16; depth++) /* those above first */
        for (size_t i = 0; i < plan->n; i++) {
            if (depth_of(plan->v[i].cell[S_ABOVE]) != depth)
                continue;
            done++;
            if (plan->v[i].fate != TAKE_SAME)
                TRY(section_take_line(c, &t, &plan->v[i]));
        }
    return OK;
}
