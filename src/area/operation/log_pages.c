/* /office/log and /office/views: the log and the view log as lists and files. */
#include "area/operation/log.h"
#include "area/operation/log.html.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "core/listing.h"

/* A page looks at so many rows of the log at most: a rare name is found in several steps, none of which holds up anybody. */
enum { PAGE_ROWS = 20, PAGE_LOOKS = 20000, FILE_PIECE = 500, PERSONS_MOST = 50 };

struct asked {
    bool views;
    int64_t from, until;                 /* instants; NONE */
    const char *from_text, *until_text, *person, *kind;
    int64_t *account; size_t accounts;
};

/* --- the filter --- */

static int64_t day_of(struct ctx *c, const char *name, const char *typed_text, bool end)
{
    const char *day = typed_text != NULL ? date_parse(c->arena, typed_text) : NULL;
    if (typed_text == NULL)
        return NONE;
    if (day == NULL) {
        fail_field(&c->fail, name, "%s", tr(c, "日付は、R8.11.1 や 2026/11/1 のように入力してください"));
        return NONE;
    }
    return end ? instant_end_of_day(day) + 1 : instant_end_of_day(day) - 86399;
}

/* By the folded login or name; accounts are some thousands at most. */
static enum err accounts_named(struct ctx *c, struct asked *a)
{
    size_t cap = 0;
    const char *key = text_fold(c->arena, a->person);
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id, login, name FROM account ORDER BY login", P0); a->accounts < PERSONS_MOST && db_next(q);)
        if (strstr(text_fold(c->arena, arena_printf(c->arena, "%s\n%s", db_text(q, 1), db_text(q, 2))), key) != NULL)
            ARENA_PUSH(c->arena, a->account, a->accounts, cap) = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err asked_read(struct ctx *c, const struct request *r, bool views, struct asked *a)
{
    *a = (struct asked){.views = views, .from_text = form_get(&r->query, "from"), .until_text = form_get(&r->query, "until"), .person = form_get(&r->query, "person"),
                        .kind = form_get(&r->query, "kind")};
    a->from = day_of(c, "from", a->from_text, false);
    a->until = day_of(c, "until", a->until_text, true);
    if (a->from != NONE && a->until != NONE && a->until <= a->from)
        fail_field(&c->fail, "until", "%s", tr(c, "「この日まで」は、「この日から」と同じ日かあとの日にしてください"));
    if (a->person != NULL)
        TRY(accounts_named(c, a));
    return c->fail.faults_n > 0 ? E_INPUT : OK;
}

/* --- rows --- */

/* Where the reader may go from here. */
static struct url url_thing(struct ctx *c, const char *entity, int64_t id)
{
    static const struct { const char *entity, *format; uint32_t who; } to[] = {
        {"account", "/users/%s", ROLE_SECRETARIAT | ROLE_OPERATOR}, {"outbox", "/letters/%s", ROLE_SECRETARIAT | ROLE_OPERATOR}, {"inquiry", "/inquiries/%s", ROLE_SECRETARIAT},
        {"answer", "/answers/%s", ROLE_SECRETARIAT}, {"project", "/projects/%s", ROLE_SECRETARIAT}, {"organization", "/organizations/%s/staff", ROLE_SECRETARIAT},
        {"edition", "/editions/%s", ROLE_SECRETARIAT}, {"correction_request", "/requests/%s", ROLE_SECRETARIAT}, {"remark", "/office/remarks/%s", ROLE_SECRETARIAT},
    };
    for (size_t i = 0; id != NONE && i < sizeof to / sizeof *to; i++)
        if (text_eq(to[i].entity, entity) && user_is(c->user, to[i].who)) {
            const char *rest = strstr(to[i].format, "%s");
            return (struct url){arena_printf(c->arena, "%.*s%lld%s", (int)(rest - to[i].format), to[i].format, (long long)id, rest + 2)};
        }
    return (struct url){NULL};
}

/* R8.11.14 19:06: a list is dense. */
static const char *short_time(struct ctx *c, int64_t t)
{
    return arena_printf(c->arena, "%s %s", date_short(c->arena, instant_date(c->arena, t)), instant_clock(c->arena, t));
}

static const char *who_words(struct ctx *c, int64_t account, const char *who)
{
    return account == 0 && text_eq(who, "system") ? tr(c, "自動") : who;
}

static struct log_row row_of(struct ctx *c, const struct audit_entry *e)
{
    struct log_change *change = arena_many(c->arena, struct log_change, e->lines + 1);
    struct log_row row = {.when = short_time(c, e->place.at), .who = who_words(c, e->account, e->who), .login = e->login, .deed = log_deed(c, e->what),
                          .thing = e->entity == NULL ? NULL : e->record == NONE ? log_thing(c, e->entity) : arena_printf(c->arena, "%s %lld", log_thing(c, e->entity), (long long)e->record),
                          .to = url_thing(c, e->entity, e->record), .change = change};
    for (size_t i = 0; i < e->lines; i++) {
        const struct audit_line *l = &e->line[i];
        bool note = l->field == NULL;
        if (note && (l->after == NULL || *l->after == '\0' || !log_note_shown(c, e)))
            continue;
        change[row.changes++] = note ? (struct log_change){.text = log_note(c, e->what, l->after)}
                                      : (struct log_change){tr(c, l->field), log_code(c, e->entity, l->name, l->before), log_code(c, e->entity, l->name, l->after), l->instead};
    }
    return row;
}

static const char *place_label(struct ctx *c, const char *path)
{
    const char *best = NULL;
    size_t longest = 0;
    for (const struct log_place *p = log_places; p->under != NULL; p++)
        if (text_starts(path, p->under) && strlen(p->under) > longest) {
            longest = strlen(p->under);
            best = tr(c, p->label);
        }
    return best;
}

static struct log_row view_row(struct ctx *c, const struct view_entry *e)
{
    return (struct log_row){.when = short_time(c, e->at), .who = e->who != NULL ? e->who : tr(c, "(いない利用者)"), .login = e->login, .thing = place_label(c, e->path), .deed = e->path};
}

/* `out` gets the instants too, one a row. */
static enum err rows_load(struct ctx *c, const struct asked *a, struct audit_position from, bool back, size_t most, size_t look, struct log_row **out, struct audit_position **place, size_t *n,
                          struct audit_position *reached)
{
    if (a->views) {
        struct view_entry *v = NULL;
        const struct view_filter f = {.from = a->from, .until = a->until, .of = a->person != NULL, .account = a->account, .accounts = a->accounts, .under = a->kind};
        TRY(view_list(c, &f, from, back, most, look, &v, n, reached));
        *out = arena_many(c->arena, struct log_row, *n + 1);
        *place = arena_many(c->arena, struct audit_position, *n + 1);
        for (size_t i = 0; i < *n; i++) {
            (*out)[i] = view_row(c, &v[i]);
            (*place)[i] = (struct audit_position){v[i].at, 0, v[i].id};
        }
        return OK;
    }
    struct audit_entry *v = NULL;
    const struct audit_filter f = {.from = a->from, .until = a->until, .person = a->person, .account = a->account, .accounts = a->accounts, .entity = a->kind};
    TRY(audit_list(c, &f, from, back, most, look, &v, n, reached));
    *out = arena_many(c->arena, struct log_row, *n + 1);
    *place = arena_many(c->arena, struct audit_position, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        (*out)[i] = row_of(c, &v[i]);
        (*place)[i] = v[i].place;
    }
    return OK;
}

/* --- as a file --- */

struct file { const struct asked *a; struct table *t; struct audit_position at; };

static const char *changes_text(struct ctx *c, const struct log_row *r)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < r->changes; i++) {
        const struct log_change *x = &r->change[i];
        sb_printf(&b, "%s%s%s", b.n > 0 ? "\n" : "", x->field != NULL ? x->field : "", x->field != NULL ? ": " : "");
        if (x->text != NULL)
            sb_add(&b, x->text);
        else
            sb_printf(&b, "%s%s%s", x->before != NULL ? x->before : "", x->before != NULL ? " → " : "", x->after != NULL ? x->after : "");
    }
    return b.n > 0 ? sb_str(&b) : NULL;
}

static enum err file_piece(struct ctx *c, void *arg, bool *more)
{
    struct file *x = arg;
    struct log_row *row;
    struct audit_position *place;
    size_t n;
    TRY(rows_load(c, x->a, x->at, false, FILE_PIECE, PAGE_LOOKS, &row, &place, &n, &x->at)); /* a rare one: in several pieces */
    for (size_t i = 0; i < n; i++) {
        table_instant(x->t, place[i].at);
        table_text(x->t, row[i].who);
        table_text(x->t, row[i].login);
        if (x->a->views) {
            table_text(x->t, row[i].thing);
            table_text(x->t, row[i].deed);
        } else {
            table_text(x->t, row[i].deed);
            table_text(x->t, row[i].thing);
            table_text(x->t, changes_text(c, &row[i]));
        }
        TRY(table_row(x->t));
    }
    *more = x->at.chain != NONE;
    return OK;
}

static enum err file_rows(struct ctx *c, struct table *t, void *arg)
{
    struct file x = {.a = arg, .t = t, .at = {.chain = NONE}};
    return listing_pieces(c, file_piece, &x);
}

static enum err log_file(struct ctx *c, struct request *r, struct response *w, struct asked *a)
{
    static const struct table_column log_column[] = {{.title = "日時", .kind = TABLE_INSTANT}, {.title = "人", .width = 20}, {.title = "利用者名", .width = 20}, {.title = "したこと", .width = 30},
                                                     {.title = "もの", .width = 24}, {.title = "変わったこと", .width = 60, .wrap = true}};
    static const struct table_column views_column[] = {{.title = "日時", .kind = TABLE_INSTANT}, {.title = "人", .width = 20}, {.title = "利用者名", .width = 20}, {.title = "見たもの", .width = 24},
                                                       {.title = "ページ", .width = 50}};
    const struct listing l = {.name = a->views ? "閲覧の記録" : "操作の記録", .column = a->views ? views_column : log_column,
                              .columns = a->views ? sizeof views_column / sizeof *views_column : sizeof log_column / sizeof *log_column, .rows = file_rows, .arg = a,
                              .note = "個人の情報なので、取り扱いに気をつけてください。"};
    return file_answer(c, r, w, &l);
}

/* --- the page --- */

static struct url filtered(struct ctx *c, const struct asked *a, const char *without)
{
    const struct { const char *name, *value; } part[] = {{"from", a->from_text}, {"until", a->until_text}, {"person", a->person}, {"kind", a->kind}};
    struct url u = {a->views ? "/office/views" : "/office/log"};
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        if (part[i].value != NULL && !text_eq(part[i].name, without))
            u = url_with(c->arena, u, part[i].name, part[i].value);
    return u;
}

static void fill_filter(struct ctx *c, const struct asked *a, struct log_view *v)
{
    size_t n = 0, cap = 0;
    struct choice *kind = NULL;
    const char *chosen = a->kind;
    ARENA_PUSH(c->arena, kind, n, cap) = (struct choice){"", tr(c, "すべて"), NONE, a->kind == NULL};
    if (a->views)
        for (const struct log_place *p = log_places; p->under != NULL; p++)
            ARENA_PUSH(c->arena, kind, n, cap) = (struct choice){p->under, tr(c, p->label), NONE, text_eq(p->under, a->kind)};
    else
        for (const struct log_kind *k = log_kinds(c); k->code != NULL; k++)
            ARENA_PUSH(c->arena, kind, n, cap) = (struct choice){k->code, k->label, NONE, text_eq(k->code, a->kind)};
    v->kind = kind;
    v->kinds = n;
    v->kind_label = a->views ? tr(c, "見たもの") : tr(c, "もの");
    for (size_t i = 0; i < n; i++)
        if (kind[i].on)
            chosen = kind[i].label;
    struct chip *chip = arena_many(c->arena, struct chip, 4);
    if (a->from != NONE)
        chip[v->chips++] = (struct chip){arena_printf(c->arena, tr(c, "%sから"), date_era(c->arena, instant_date(c->arena, a->from))), filtered(c, a, "from")};
    if (a->until != NONE)
        chip[v->chips++] = (struct chip){arena_printf(c->arena, tr(c, "%sまで"), date_era(c->arena, instant_date(c->arena, a->until - 1))), filtered(c, a, "until")};
    if (a->person != NULL)
        chip[v->chips++] = (struct chip){arena_printf(c->arena, tr(c, "「%s」"), a->person), filtered(c, a, "person")};
    if (a->kind != NULL)
        chip[v->chips++] = (struct chip){chosen, filtered(c, a, "kind")};
    v->chip = chip;
    v->from = a->from_text;
    v->until = a->until_text;
    v->person = a->person;
}

static struct url at_cursor(struct ctx *c, const struct asked *a, bool back, struct audit_position p)
{
    return url_with(c->arena, filtered(c, a, NULL), "after", cursor_write(c, "at", back, arena_printf(c->arena, "%lld", (long long)p.chain), p.at, p.n));
}

static enum err fill_rows(struct ctx *c, struct request *r, const struct asked *a, struct log_view *v, struct pager *pager)
{
    struct cursor cursor;
    struct audit_position from = {.chain = NONE}, reached, *place = NULL;
    struct log_row *row = NULL;
    cursor_read(c, form_get(&r->query, "after"), "at", &cursor);
    if (cursor.set && cursor.key_n != NONE && cursor.key != NULL && text_parse_int(cursor.key, &from.chain)) {
        from.at = cursor.key_n;
        from.n = cursor.id;
    }
    bool back = cursor.set && cursor.back, later = from.chain != NONE;
    TRY(rows_load(c, a, from, back, PAGE_ROWS, PAGE_LOOKS, &row, &place, &v->rows, &reached));
    v->row = row;
    pager->has_next = back ? later : reached.chain != NONE;
    pager->has_prev = back ? reached.chain != NONE : later;
    /* What the search passed over is not looked at again: on the side where it stopped, the page ends there. */
    if (pager->has_next)
        pager->next = at_cursor(c, a, false, !back ? reached : v->rows > 0 ? place[v->rows - 1] : from);
    if (pager->has_prev)
        pager->prev = at_cursor(c, a, true, back ? reached : v->rows > 0 ? place[0] : from);
    if (v->rows < PAGE_ROWS && reached.chain != NONE)
        v->looked = arena_printf(c->arena, tr(c, "%sの記録まで調べました。まだ続きがあります。"), instant_long(c->arena, reached.at));
    return OK;
}

static enum err draw(struct ctx *c, struct request *r, struct response *w, bool views)
{
    struct asked a;
    struct pager pager = {.count = NONE, .from = NONE, .to = NONE};
    TRY(need_role(c, ROLE_SECRETARIAT | ROLE_OPERATOR));
    enum err e = asked_read(c, r, views, &a);
    if (e != OK && e != E_INPUT)
        return e;
    if (e == OK && file_asked(c, r))
        return log_file(c, r, w, &a);
    struct log_view v = {.views = views, .action = {views ? "/office/views" : "/office/log"}, .all = {views ? "/office/views" : "/office/log"}, .pager = &pager,
                         .lead = views ? tr(c, "個人の情報がある画面やファイルを、だれがいつ見たかの記録です。") : tr(c, "だれが、いつ、何を変えたかの記録です。かくした内容と、あなたの役割では見られない項目は出しません。"),
                         .caption = views ? tr(c, "閲覧の記録") : tr(c, "操作の記録")};
    fill_filter(c, &a, &v);
    if (e == OK)
        TRY(fill_rows(c, r, &a, &v, &pager));
    else
        w->status = 422;
    struct page p = {.title = v.caption, .menu = "settings", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "設定"), {"/settings"}};
    w->no_cache = true;
    page_begin(c, w, &p);
    log_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err log_page(struct ctx *c, struct request *r, struct response *w) { return draw(c, r, w, false); }
enum err views_page(struct ctx *c, struct request *r, struct response *w) { return draw(c, r, w, true); }
