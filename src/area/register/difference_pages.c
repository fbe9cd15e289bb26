/* /editions/N/changes: this edition and another one side by side, as page, XLSX, CSV and JSON. */
#include <string.h>

#include "area/register/correction_pages.h"
#include "area/register/difference.html.h"
#include "area/register/public.h"
#include "base/date.h"
#include "base/text.h"
#include "core/listing.h"

enum { PER_PAGE = 30, LINES_MOST = 200, FILE_PIECE = 100, CHOICES_MOST = 100 };

struct one { int64_t id, year, number; const char *name; bool published; };

/* What is not published is there for the secretariat alone. */
static enum err load(struct ctx *c, int64_t id, struct one *e)
{
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id, year, number, state FROM edition WHERE id = $1", P(id));
    bool found = db_next(q);
    if (found)
        *e = (struct one){db_int(q, 0), db_int(q, 1), db_int(q, 2), edition_name(c, db_int(q, 1), db_int(q, 2)), text_eq(db_text(q, 3), "published")};
    db_done(q);
    TRY_DB(c, db_error(c->db));
    return found && (e->published || user_is(c->user, ROLE_SECRETARIAT)) ? OK : fail(c, E_NOT_FOUND, "%s", tr(c, "この版は見つかりません。"));
}

/* The edition before it: of the same year, else the newest of the year before. NONE: there is none. */
static enum err before(struct ctx *c, const struct one *e, int64_t *id)
{
    *id = NONE;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id FROM edition WHERE state = 'published' AND id <> $3 AND (year < $1 OR (year = $1 AND number < $2)) "
                                                  "ORDER BY year DESC, number DESC LIMIT 1", P(e->year, e->number, e->id));
    if (db_next(q))
        *id = db_int(q, 0);
    db_done(q);
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err edition_before(struct ctx *c, int64_t edition, int64_t *id)
{
    struct one e;
    TRY(load(c, edition, &e));
    return before(c, &e, id);
}

/* --- files --- */

struct sink { struct ctx *c; struct table *t; struct json *j; struct json_sink *out; };

static void put_json(struct sink *s, const struct difference *d)
{
    struct ctx *c = s->c;
    json_object(s->j, NULL);
    json_text(s->j, "kind", d->kind == DIFFERENCE_ADDED ? "added" : d->kind == DIFFERENCE_ENDED ? "ended" : "changed");
    json_int(s->j, "project", d->project);
    json_text(s->j, "url", url_project(c, d->project).s);
    json_text(s->j, "name", d->name);
    json_text(s->j, "section", d->section);
    if (d->merged_into != NONE)
        json_int(s->j, "merged_into", d->merged_into);
    json_array(s->j, "fields");
    for (size_t i = 0; i < d->fields; i++) {
        json_object(s->j, NULL);
        json_text(s->j, "field", d->field[i].name);
        json_text(s->j, "label", d->field[i].label);
        json_text(s->j, "before", d->field[i].before);
        json_text(s->j, "after", d->field[i].after);
        json_end(s->j, '}');
    }
    json_end(s->j, ']');
    json_array(s->j, "reasons");
    for (size_t i = 0; i < d->reasons; i++)
        json_text(s->j, NULL, d->reason[i]);
    json_end(s->j, ']');
    json_end(s->j, '}');
}

static enum err put_row(struct sink *s, const struct difference *d, const struct difference_field *f)
{
    struct sb reasons;
    sb_init(&reasons, s->c->arena);
    for (size_t i = 0; i < d->reasons; i++)
        sb_printf(&reasons, "%s%s", i > 0 ? "\n" : "", d->reason[i]);
    table_text(s->t, difference_label(s->c, d->kind));
    table_int(s->t, d->project);
    table_text(s->t, d->name);
    table_text(s->t, d->section);
    table_text(s->t, f != NULL ? f->label : NULL);
    table_text(s->t, f != NULL ? f->before : NULL);
    table_text(s->t, f != NULL ? f->after : NULL);
    table_text(s->t, d->reasons > 0 ? sb_str(&reasons) : NULL);
    return table_row(s->t);
}

static enum err put(struct sink *s, const struct difference *d)
{
    if (s->j != NULL) {
        put_json(s, d);
        json_spill(s->out);
        return OK;
    }
    if (d->fields == 0)
        return put_row(s, d, NULL);
    for (size_t i = 0; i < d->fields; i++)
        TRY(put_row(s, d, &d->field[i]));
    return OK;
}

/* All of them, a piece at a time, each in an arena of its own. */
static enum err each(struct sink *s, int64_t from, int64_t to)
{
    struct ctx *c = s->c;
    struct arena *outer = c->arena;
    enum err e = OK;
    for (int kind = DIFFERENCE_ADDED; kind <= DIFFERENCE_CHANGED && e == OK; kind++) {
        int64_t after = 0;
        for (bool more = true; more && e == OK;) {
            ARENA struct arena *piece = arena_new();
            struct difference *d;
            size_t n = 0;
            c->arena = piece;
            e = difference_list(c, from, to, (enum difference_kind)kind, after, FILE_PIECE, &d, &n, &more);
            for (size_t i = 0; i < n && e == OK; i++) {
                e = put(s, &d[i]);
                after = d[i].position;
            }
            c->arena = outer;
        }
    }
    return e;
}

struct pair { struct one from, to; };

static enum err change_rows(struct ctx *c, struct table *t, void *arg)
{
    const struct pair *x = arg;
    struct sink s = {.c = c, .t = t};
    return each(&s, x->from.id, x->to.id);
}

static struct listing changes_listing(struct ctx *c, struct pair *x)
{
    const struct table_column column[] = {
        {.title = tr(c, "変わり方"), .width = 12}, {.title = tr(c, "事業番号"), .kind = TABLE_INT}, {.title = tr(c, "事業名"), .width = 40},
        {.title = tr(c, "担当"), .width = 24}, {.title = tr(c, "項目"), .width = 20}, {.title = tr(c, "前"), .width = 40, .wrap = true},
        {.title = tr(c, "後"), .width = 40, .wrap = true}, {.title = tr(c, "訂正の理由"), .width = 30, .wrap = true}};
    struct table_column *kept = arena_many(c->arena, struct table_column, sizeof column / sizeof *column);
    memcpy(kept, column, sizeof column);
    return (struct listing){.name = tr(c, "変わったこと"), .note = arena_printf(c->arena, tr(c, "%sから%sへ"), x->from.name, x->to.name), .column = kept,
                            .columns = sizeof column / sizeof *column, .rows = change_rows, .arg = x};
}

static enum err write_json(struct ctx *c, struct json_sink *out, void *arg)
{
    const struct one *from = &((const struct pair *)arg)->from, *to = &((const struct pair *)arg)->to;
    struct json j;
    struct sink s = {.c = c, .j = &j, .out = out};
    json_init(&j, &out->out);
    json_object(&j, NULL);
    json_int(&j, "from", from->id);
    json_text(&j, "from_name", from->name);
    json_int(&j, "to", to->id);
    json_text(&j, "to_name", to->name);
    json_array(&j, "changes");
    TRY(each(&s, from->id, to->id));
    json_end(&j, ']');
    json_end(&j, '}');
    return OK;
}

/* --- the page --- */

static enum err add_choices(struct ctx *c, const struct one *to, int64_t from, struct changes_view *v)
{
    size_t cap = 0;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id, year, number FROM edition WHERE state = 'published' AND id <> $1 ORDER BY year DESC, number DESC LIMIT $2",
                                 P(to->id, (int64_t)CHOICES_MOST));
    while (db_next(q))
        ARENA_PUSH(c->arena, v->choice, v->choices, cap) =
            (struct edition_choice){db_int(q, 0), edition_name(c, db_int(q, 1), db_int(q, 2)), db_int(q, 0) == from};
    TRY_DB(c, db_error(c->db));
    return OK;
}

static struct change_line *lines(struct ctx *c, const struct difference *d, size_t n, int64_t edition)
{
    struct change_line *v = arena_many(c->arena, struct change_line, n + 1);
    const char *in = arena_printf(c->arena, "%lld", (long long)edition);
    for (size_t i = 0; i < n; i++) {
        v[i] = (struct change_line){.d = &d[i], .to = url_with(c->arena, url_project(c, d[i].project), "edition", in)};
        if (d[i].merged_into != NONE) {
            v[i].merged = arena_printf(c->arena, tr(c, "番号%lldの事業"), (long long)d[i].merged_into);
            v[i].to_merged = url_project(c, d[i].merged_into);
        }
    }
    return v;
}

static enum err add_differences(struct ctx *c, const struct one *from, const struct one *to, int64_t after, struct changes_view *v)
{
    struct difference *d;
    TRY(difference_count(c, from->id, to->id, &v->n));
    if (after == 0) {
        TRY(difference_list(c, from->id, to->id, DIFFERENCE_ADDED, 0, LINES_MOST, &d, &v->added_n, &v->added_more));
        v->added = lines(c, d, v->added_n, to->id);
        TRY(difference_list(c, from->id, to->id, DIFFERENCE_ENDED, 0, LINES_MOST, &d, &v->ended_n, &v->ended_more));
        v->ended = lines(c, d, v->ended_n, from->id);
    }
    TRY(difference_list(c, from->id, to->id, DIFFERENCE_CHANGED, after, PER_PAGE, &d, &v->changed_n, &v->has_next));
    v->changed = lines(c, d, v->changed_n, to->id);
    v->has_first = after > 0;
    if (v->changed_n > 0)
        v->next = url_with(c->arena, v->action, "after", arena_printf(c->arena, "%lld", (long long)d[v->changed_n - 1].position));
    return OK;
}

static enum err no_other(struct ctx *c, struct response *w, const struct one *to, struct page *p)
{
    struct changes_view v = {.to_name = to->name, .to_to = url_edition(c, to->id)};
    page_begin(c, w, p);
    changes_none_body(c, &w->body, &v);
    page_end(c, w, p);
    return OK;
}

enum err changes_page(struct ctx *c, struct request *r, struct response *w)
{
    struct one to, from;
    int64_t other = form_int(&r->query, "from"), after = form_int(&r->query, "after");
    TRY(load(c, r->param[0], &to));
    if (other == NONE)
        TRY(before(c, &to, &other));
    struct page p = {.title = tr(c, "この版で変わったこと"), .place = to.name, .menu = "editions", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "台帳の版"), url_path(c->arena, "/editions")};
    p.crumb[p.crumbs++] = (struct crumb){to.name, url_edition(c, to.id)};
    if (other == NONE)
        return no_other(c, w, &to, &p);
    TRY(load(c, other, &from));
    const char *format = form_get(&r->query, "format");
    struct pair x = {from, to};
    if (text_eq(format, "json"))
        return json_answer(c, w, write_json, &x);
    if (file_asked(c, r)) {
        struct listing l = changes_listing(c, &x);
        return file_answer(c, r, w, &l);
    }
    struct changes_view v = {.edition = to.id, .from_name = from.name, .to_name = to.name, .to_from = url_edition(c, from.id), .to_to = url_edition(c, to.id),
                             .across_years = from.year != to.year, .published = to.published};
    struct url here = url_path(c->arena, "/editions/%lld/changes", (long long)to.id);
    v.action = here;
    TRY(add_choices(c, &to, from.id, &v));
    here = url_with(c->arena, here, "from", arena_printf(c->arena, "%lld", (long long)from.id));
    v.action = v.first = here;
    v.files = here;
    v.json = url_with(c->arena, here, "format", "json");
    TRY(add_differences(c, &from, &to, after == NONE || after < 0 ? 0 : after, &v));
    v.action = url_path(c->arena, "/editions/%lld/changes", (long long)to.id);
    page_begin(c, w, &p);
    changes_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}
