/* Letters: what was sent, what could not be, what has to be printed and handed over. No mail server is a normal state. */
#include "area/people/letters.html.h"
#include "area/people/office_views.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "core/listing.h"
#include "base/text.h"
#include "core/preset.h"
#include "core/record.h"

enum { ON_PAGE = 50, ON_PAPER = 200, FILE_PIECE = 500 };

struct state { const char *code, *label, *tag; };
static const struct state states[] = {
    {"waiting", "送信待ち", "tag tag-gray"},   {"sending", "送信中", "tag tag-blue"}, {"sent", "送信ずみ", "tag tag-green"},
    {"failed", "届かず", "tag tag-red"},       {"paper", "印刷して渡す", "tag tag-yellow"}, {"handed", "渡した", "tag tag-green"},
};
enum { STATES = sizeof states / sizeof states[0] };

static const struct state *state_named(const char *code)
{
    for (size_t i = 0; i < STATES; i++)
        if (text_eq(states[i].code, code))
            return &states[i];
    return NULL;
}

/* R8.11.14 19:06: a list is dense. */
static const char *short_time(struct ctx *c, int64_t t)
{
    return arena_printf(c->arena, "%s %s", date_short(c->arena, instant_date(c->arena, t)), instant_clock(c->arena, t));
}

static struct url url_letters(struct ctx *c, const char *state)
{
    return url_with(c->arena, url_path(c->arena, "/letters"), "state", state);
}

/* Of one inquiry alone: /letters?inquiry=7 */
static struct url of_inquiry(struct ctx *c, struct url u, int64_t inquiry)
{
    return inquiry == NONE ? u : url_with(c->arena, u, "inquiry", arena_printf(c->arena, "%lld", (long long)inquiry));
}

static void filters(struct ctx *c, const char *state, int64_t inquiry, struct letters_view *v)
{
    struct letter_filter *f = arena_many(c->arena, struct letter_filter, STATES + 1);
    f[v->filters++] = (struct letter_filter){of_inquiry(c, url_letters(c, NULL), inquiry), tr(c, "すべて"), state == NULL};
    for (size_t i = 0; i < STATES; i++)
        f[v->filters++] = (struct letter_filter){of_inquiry(c, url_letters(c, states[i].code), inquiry), tr(c, states[i].label), text_eq(state, states[i].code)};
    v->filter = f;
}

struct letters_walk { const struct state *state; int64_t inquiry, before; struct table *t; };

static enum err letters_piece(struct ctx *c, void *arg, bool *more)
{
    struct letters_walk *x = arg;
    struct letter_line *line;
    size_t n;
    TRY(letters_list(c, x->state != NULL ? x->state->code : NULL, x->inquiry != NONE ? "inquiry" : NULL, x->inquiry, x->before, FILE_PIECE, &line, &n));
    for (size_t i = 0; i < n; i++) {
        const struct state *s = state_named(line[i].state);
        table_int(x->t, line[i].id);
        table_text(x->t, line[i].subject);
        table_text(x->t, line[i].to_name);
        table_text(x->t, line[i].to_mail);
        table_instant(x->t, line[i].made_at);
        table_text(x->t, s != NULL ? tr(c, s->label) : line[i].state);
        table_text(x->t, line[i].why);
        table_text(x->t, line[i].error);
        TRY(table_row(x->t));
        x->before = line[i].id;
    }
    *more = n == FILE_PIECE;
    return OK;
}

static enum err letters_rows(struct ctx *c, struct table *t, void *arg)
{
    struct letters_walk *x = arg;
    x->t = t;
    return listing_pieces(c, letters_piece, x);
}

static enum err letters_file(struct ctx *c, struct request *r, struct response *w, const struct state *state, int64_t inquiry)
{
    static const struct table_column column[] = {
        {.title = "番号", .kind = TABLE_INT}, {.title = "件名", .width = 44, .wrap = true}, {.title = "あて先", .width = 34}, {.title = "メール", .width = 30},
        {.title = "書いた日時", .kind = TABLE_INSTANT}, {.title = "状態"}, {.title = "届ける理由", .width = 30, .wrap = true}, {.title = "届かなかった理由", .width = 30, .wrap = true}};
    struct letters_walk x = {.state = state, .inquiry = inquiry, .before = NONE};
    return file_answer(c, r, w, &(struct listing){.name = "手紙とメール", .column = column, .columns = sizeof column / sizeof column[0], .rows = letters_rows, .arg = &x});
}

enum err letters_page(struct ctx *c, struct request *r, struct response *w)
{
    const struct state *state = state_named(form_get(&r->query, "state"));
    int64_t before = form_int(&r->query, "before"), inquiry = form_int(&r->query, "inquiry");
    struct letter_line *line;
    size_t n;
    TRY(letters_list(c, state != NULL ? state->code : NULL, inquiry != NONE ? "inquiry" : NULL, inquiry, before, ON_PAGE + 1, &line, &n));
    struct letters_view v = {.mail = mail_configured(c), .state_label = tr(c, state != NULL ? state->label : "すべての手紙"), .has_older = n > ON_PAGE,
                             .has_newest = before != NONE};
    v.n = v.has_older ? ON_PAGE : n;
    if (inquiry != NONE && db_get_text(c->db, c->arena, "SELECT title FROM inquiry WHERE id = $1", P(inquiry), &v.about) == E_NOT_FOUND)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この照会は見つかりません。"));
    struct url here = of_inquiry(c, url_letters(c, state != NULL ? state->code : NULL), inquiry);
    v.newest = here;
    if (v.has_older)
        v.older = url_with(c->arena, here, "before", arena_printf(c->arena, "%lld", (long long)line[ON_PAGE - 1].id));
    v.can_print = inquiry == NONE && state != NULL && v.n > 0 && (text_eq(state->code, "paper") || text_eq(state->code, "failed"));
    if (v.can_print)
        v.print = url_path(c->arena, "/letters/print?state=%s", state->code);
    filters(c, state != NULL ? state->code : NULL, inquiry, &v);
    struct letter_row *row = arena_many(c->arena, struct letter_row, v.n);
    for (size_t i = 0; i < v.n; i++) {
        const struct state *s = state_named(line[i].state);
        row[i] = (struct letter_row){.id = line[i].id, .to = url_path(c->arena, "/letters/%lld", (long long)line[i].id), .subject = line[i].subject,
                                     .to_name = line[i].to_name, .to_mail = line[i].to_mail, .made = short_time(c, line[i].made_at),
                                     .state = s != NULL ? tr(c, s->label) : line[i].state, .tag = s != NULL ? s->tag : "tag tag-gray",
                                     .error = line[i].error, .why = line[i].why};
    }
    v.v = row;
    if (file_asked(c, r))
        return letters_file(c, r, w, state, inquiry);
    struct page p = {.title = tr(c, "手紙とメール"), .menu = "settings", .year = NONE};
    crumb_settings(c, &p);
    page_begin(c, w, &p);
    letters_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

static void crumb_letters(struct ctx *c, struct page *p)
{
    crumb_settings(c, p);
    p->crumb[p->crumbs++] = (struct crumb){tr(c, "手紙とメール"), url_path(c->arena, "/letters")};
}

enum err letter_page(struct ctx *c, struct request *r, struct response *w)
{
    struct letter_line l;
    TRY(letter_load(c, r->param[0], &l));
    const struct state *s = state_named(l.state);
    bool open = text_eq(l.state, "paper") || text_eq(l.state, "failed");
    struct letter_view v = {.l = &l, .made = instant_long(c->arena, l.made_at), .state = s != NULL ? tr(c, s->label) : l.state,
                            .tag = s != NULL ? s->tag : "tag tag-gray", .sent = l.sent_at != NONE ? instant_long(c->arena, l.sent_at) : NULL,
                            .next = text_eq(l.state, "waiting") && l.tries > 0 ? instant_long(c->arena, l.due_at) : NULL, .can_hand = open,
                            .can_send = open && mail_configured(c) && mail_address_ok(l.to_mail),
                            .hand = url_path(c->arena, "/letters/%lld/handed", (long long)l.id),
                            .again = url_path(c->arena, "/letters/%lld/again", (long long)l.id)};
    struct page p = {.title = arena_printf(c->arena, tr(c, "手紙 %lld"), (long long)l.id), .menu = "settings", .year = NONE};
    crumb_letters(c, &p);
    page_begin(c, w, &p);
    letter_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err letters_print_page(struct ctx *c, struct request *r, struct response *w)
{
    const char *state = form_get(&r->query, "state");
    struct letter_line *line;
    size_t n;
    TRY(letters_list(c, text_eq(state, "failed") ? "failed" : "paper", NULL, NONE, NONE, ON_PAPER, &line, &n));
    struct letter_sheet *sheet = arena_many(c->arena, struct letter_sheet, n);
    for (size_t i = 0; i < n; i++)
        sheet[i] = (struct letter_sheet){&line[i], date_era(c->arena, instant_date(c->arena, line[i].made_at)),
                                         line[i].to_name != NULL && text_starts(line[i].body, line[i].to_name) ? NULL : line[i].to_name};
    struct sb ids;
    sb_init(&ids, c->arena);
    for (size_t i = 0; i < n; i++)
        sb_printf(&ids, "%s%lld", i > 0 ? " " : "", (long long)line[i].id);
    struct letter_sheets v = {.v = sheet, .n = n, .ids = sb_str(&ids), .prefecture = setting(c, "prefecture_name"), .office = setting(c, "secretariat_name")};
    struct page p = {.title = tr(c, "手紙を印刷する"), .menu = "settings", .year = NONE};
    crumb_letters(c, &p);
    page_begin(c, w, &p);
    letter_sheets_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err letter_handed_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(letter_handed(c, r->param[0]));
    return page_done(c, w, url_letters(c, "paper"), tr(c, "渡したことを記録しました。"));
}

/* Those that stood on the sheet, no others: new ones may have come since. */
enum err letters_handed_post(struct ctx *c, struct request *r, struct response *w)
{
    size_t n = 0;
    for (const char *p = form_get(&r->form, "letters"); p != NULL && *p != '\0'; n++) {
        char *end;
        long long id = strtoll(p, &end, 10);
        if (end == p || id <= 0 || n >= ON_PAPER)
            return fail(c, E_INPUT, "%s", tr(c, "手紙の番号が読めません。"));
        TRY(letter_handed(c, id));
        p = end + strspn(end, " ");
    }
    return page_done(c, w, url_letters(c, "paper"), arena_printf(c->arena, tr(c, "%zu通を渡したことを記録しました。"), n));
}

enum err letter_again_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(letter_again(c, r->param[0]));
    return page_done(c, w, url_path(c->arena, "/letters/%lld", (long long)r->param[0]), tr(c, "もう一度送ります。1分ほどで送られます。"));
}
