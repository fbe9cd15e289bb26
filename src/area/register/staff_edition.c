#include "area/register/staff_edition.h"

#include "area/register/difference.h"
#include "area/register/public.h"
#include "area/register/rounds.h"
#include "base/text.h"
#include "core/app.h"
#include "core/outbox.h"

enum { PIECE = 100, LIST_MOST = 200, TEXT_MOST = 2000 };

static void read_edition(struct ctx *c, struct db_rows *q, struct staff_edition *e)
{
    *e = (struct staff_edition){.id = db_int(q, 0), .year = db_int(q, 1), .number = db_int(q, 2), .published = text_eq(db_text(q, 3), "published"), .hash = db_text(q, 4),
                                .projects = db_int(q, 5), .told_at = db_int(q, 6)};
    e->name = edition_name(c, e->year, e->number);
}

#define COLUMNS                                                                                                                \
    "e.id, e.year, e.number, e.state, e.hash, (SELECT coalesce(sum(g.value), 0) FROM figure g WHERE g.edition = e.id AND g.name = 'projects'), "      \
    "(SELECT max(o.made_at) FROM outbox o WHERE o.about = 'edition' AND o.about_id = e.id)"

enum err staff_edition_load(struct ctx *c, int64_t id, struct staff_edition *out)
{
    TRY(need_role(c, STAFF_ROLES));
    struct db_rows *q = db_query(c->db, c->arena, "SELECT " COLUMNS " FROM edition e WHERE e.id = $1", P(id));
    bool found = db_next(q);
    if (found)
        read_edition(c, q, out);
    db_done(q);
    TRY_DB(c, db_error(c->db));
    return found && (out->published || user_is(c->user, ROLE_SECRETARIAT)) ? OK : fail(c, E_NOT_FOUND, "%s", tr(c, "この版は見つかりません。"));
}

enum err staff_editions(struct ctx *c, struct staff_edition **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    TRY(need_role(c, STAFF_ROLES));
    struct db_rows *q = user_is(c->user, ROLE_SECRETARIAT)
        ? db_query(c->db, c->arena, "SELECT " COLUMNS " FROM edition e ORDER BY e.year DESC, e.number DESC LIMIT $1", P((int64_t)LIST_MOST))
        : db_query(c->db, c->arena, "SELECT " COLUMNS " FROM edition e WHERE e.state = 'published' ORDER BY e.year DESC, e.number DESC LIMIT $1", P((int64_t)LIST_MOST));
    while (db_next(q)) {
        struct staff_edition e;
        read_edition(c, q, &e);
        ARENA_PUSH(c->arena, *out, *n, cap) = e;
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* --- rows --- */

enum err staff_rows(struct ctx *c, int64_t edition, int64_t after, size_t limit, struct staff_row **out, size_t *n, bool *more)
{
    size_t got = 0;
    struct frozen *f = arena_many(c->arena, struct frozen, limit + 1);
    int64_t *position = arena_many(c->arena, int64_t, limit + 1);
    struct db_rows *q = db_query(c->db, c->arena, "SELECT " FROZEN_COLUMNS ", i.position FROM edition_item i JOIN frozen f ON f.id = i.frozen "
                                                  "WHERE i.edition = $1 AND i.position > $2 ORDER BY i.position LIMIT $3", P(edition, after, (int64_t)limit + 1));
    for (; got <= limit && db_next(q); got++) {
        frozen_read(q, &f[got]);
        position[got] = db_int(q, 18);
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    *more = got > limit;
    *n = *more ? limit : got;
    *out = arena_many(c->arena, struct staff_row, *n + 1);
    for (size_t i = 0; i < *n; i++) {
        struct staff_row *row = &(*out)[i];
        row->position = position[i];
        row->project = f[i].project;
        TRY(frozen_open(c, &f[i], AUDIENCE_STAFF, &row->s, &row->w, &row->hidden));
    }
    return OK;
}

enum err staff_row(struct ctx *c, int64_t edition, int64_t project, struct staff_row *out)
{
    struct staff_row *v;
    size_t n = 0;
    bool more;
    int64_t position = NONE;
    enum err e = db_get_int(c->db, "SELECT position FROM edition_item WHERE edition = $1 AND project = $2", P(edition, project), &position);
    if (e == E_NOT_FOUND)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この事業は、この版に載っていません。"));
    TRY_DB(c, e);
    TRY(staff_rows(c, edition, position - 1, 1, &v, &n, &more));
    *out = v[0];
    return OK;
}

/* --- as a file --- */

static bool is_listed(const struct field *f) { return !(f->flags & INTERNAL) && field_audience(f) <= AUDIENCE_STAFF && f->kind != FIELD_ID; }

struct pieces { struct table *t; int64_t edition, after; };

static enum err put_row(struct ctx *c, struct table *t, const struct staff_row *row)
{
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *f = &statement_entity.fields[i];
        if (!is_listed(f))
            continue;
        bool hidden = is_withheld(row->hidden, f->name);
        if (text_eq(f->name, "project"))
            table_int(t, row->project);
        else if (f->kind == FIELD_YEN)
            table_yen(t, field_int(f, &row->s));
        else if (f->kind == FIELD_REF && !text_eq(f->ref, "section"))
            table_empty(t);
        else
            table_text(t, hidden ? tr(c, WITHHELD_MARK) : frozen_shown(c, &row->w, f, &row->s));
    }
    return table_row(t);
}

static enum err piece(struct ctx *c, void *arg, bool *more)
{
    struct pieces *x = arg;
    struct staff_row *row;
    size_t n = 0;
    TRY(staff_rows(c, x->edition, x->after, PIECE, &row, &n, more));
    for (size_t i = 0; i < n; i++) {
        TRY(put_row(c, x->t, &row[i]));
        x->after = row[i].position;
    }
    return OK;
}

static enum err rows(struct ctx *c, struct table *t, void *arg)
{
    const struct staff_edition *e = arg;
    struct pieces x = {.t = t, .edition = e->id};
    return listing_pieces(c, piece, &x);
}

struct listing staff_listing(struct ctx *c, const struct staff_edition *e)
{
    struct listing l = {.name = tr(c, "職員用台帳"), .note = arena_printf(c->arena, tr(c, "%s。職員用です。担当者の名前と内部の教訓が入っています。外に出さないでください。"), e->name), .rows = rows,
                        .arg = (void *)(uintptr_t)e};
    struct table_column *column = arena_many(c->arena, struct table_column, statement_entity.fields_n);
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *f = &statement_entity.fields[i];
        if (!is_listed(f))
            continue;
        column[l.columns++] = (struct table_column){.title = tr(c, f->label), .kind = f->kind == FIELD_YEN ? TABLE_YEN : text_eq(f->name, "project") ? TABLE_INT : TABLE_TEXT,
                                                   .width = f->kind == FIELD_MEMO || f->kind == FIELD_CHILD ? 40 : 0, .wrap = f->kind == FIELD_MEMO || f->kind == FIELD_CHILD};
    }
    l.column = column;
    return l;
}

/* --- the notice to all sections --- */

enum err edition_recipients(struct ctx *c, const struct staff_edition *e, struct staff_recipient **out, size_t *n)
{
    struct section_node *node = NULL;
    size_t nodes = 0, cap = 0;
    *out = NULL;
    *n = 0;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(sections_of_year(c, e->year, &node, &nodes));
    for (size_t i = 0; i < nodes; i++) {
        struct recipient *r = NULL;
        size_t found = 0;
        if (!node[i].s.answers)
            continue;
        TRY(section_recipients(c, &node[i].s, &r, &found));
        for (size_t k = 0; k < found; k++)
            ARENA_PUSH(c->arena, *out, *n, cap) =
                (struct staff_recipient){node[i].s.id, section_full_name(c, node[i].s.id), r[k].name, r[k].mail, r[k].account != 0 ? r[k].account : NONE};
    }
    return OK;
}

enum err edition_tell(struct ctx *c, int64_t edition, const char *text)
{
    struct staff_edition e;
    struct staff_recipient *r = NULL;
    size_t n = 0;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY_DB(c, db_exec(c->db, "UPDATE edition SET state = state WHERE id = $1", P(edition)));
    TRY(staff_edition_load(c, edition, &e));
    if (!e.published)
        return fail(c, E_CONFLICT, "%s", tr(c, "公開してから、すべての課に知らせてください。"));
    if (text == NULL)
        return fail_field(&c->fail, "text", "%s", tr(c, "知らせる文を入力してください"));
    if (text_length(text) > TEXT_MOST)
        return fail_field(&c->fail, "text", "%s", tr(c, "知らせる文は2,000字までにしてください"));
    TRY(edition_recipients(c, &e, &r, &n));
    if (n == 0)
        return fail(c, E_CONFLICT, tr(c, "%sには、知らせる課がありません。"), e.name);
    const char *base = c->app->base_url != NULL ? c->app->base_url : "";
    for (size_t i = 0; i < n; i++) {
        struct letter l = {.to_name = arena_printf(c->arena, "%s %s", r[i].section_name, r[i].name), .to_mail = r[i].mail, .subject = arena_printf(c->arena, tr(c, "台帳を公開しました: %s"), e.name),
                           .about = "edition", .about_id = e.id, .account = r[i].account};
        l.body = arena_printf(c->arena, tr(c, "%s 様\n\n%s\n\n公開の台帳: %s/editions/%lld\n職員用の台帳(連絡先と内部の教訓): %s/office/editions/%lld\n"), l.to_name, text, base, (long long)e.id, base,
                              (long long)e.id);
        TRY(outbox_put(c, &l, NULL));
    }
    return audit_note(c, "edition.tell", "edition", e.id, arena_printf(c->arena, "%zu", n));
}
