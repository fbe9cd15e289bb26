#include "area/search/search.html.h"

#include <stdio.h>
#include <string.h>

#include "area/search/search.h"
#include "base/text.h"
#include "core/finder.h"
#include "core/job.h"
#include "core/listing.h"

enum { PER_PAGE = 20, SNIPPET = 90, OWN_MOST = 20, FILE_PIECE = 100 };

/* What the user finds besides the index, of one kind. */
struct own { const struct finder_source *source; int64_t *record; size_t n; };

static struct url here(struct ctx *c, const char *q, const char *kind)
{
    return url_with(c->arena, url_with(c->arena, url_path(c->arena, "/search"), "q", q), "kind", kind);
}

/* A text with its matches marked, and dots where it was cut. */
static struct html with_marks(struct ctx *c, const struct search_query *q, const char *text, size_t characters, bool only_with_match)
{
    struct search_snippet s;
    struct sb o;
    sb_init(&o, c->arena);
    search_snippet(c->arena, q, text, characters, &s);
    if (only_with_match && s.n == 0)
        return (struct html){NULL};
    size_t from = 0;
    if (s.cut_before)
        sb_add(&o, "…");
    for (size_t i = 0; i < s.n; i++) {
        html_text(&o, arena_dup_n(c->arena, s.piece + from, s.from[i] - from));
        sb_add(&o, "<mark>");
        html_text(&o, arena_dup_n(c->arena, s.piece + s.from[i], s.to[i] - s.from[i]));
        sb_add(&o, "</mark>");
        from = s.to[i];
    }
    html_text(&o, s.piece + from);
    if (s.cut_after)
        sb_add(&o, "…");
    return (struct html){sb_str(&o)};
}

static enum err find_own(struct ctx *c, const struct search_query *query, struct own **out, size_t *n)
{
    const struct finder_source *s;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (size_t i = 0; finder_audience(c) == SEARCH_PUBLIC && query->terms > 0 && (s = finder_source_at(c, i)) != NULL; i++) {
        struct own one = {.source = s};
        if (s->own != NULL)
            TRY(s->own(c, query, OWN_MOST, &one.record, &one.n));
        if (one.n > 0)
            ARENA_PUSH(c->arena, *out, *n, cap) = one;
    }
    return OK;
}

static int64_t own_count(const struct own *own, size_t n, const struct finder_source *source)
{
    int64_t all = 0;
    for (size_t i = 0; i < n; i++)
        if (source == NULL || own[i].source == source)
            all += (int64_t)own[i].n;
    return all;
}

/* A number typed as a whole: its record alone is the answer. */
static enum err by_number(struct ctx *c, const char *q, const struct finder_source **source, int64_t *record)
{
    *record = NONE;
    for (size_t i = 0; *record == NONE && (*source = finder_source_at(c, i)) != NULL; i++)
        if ((*source)->exact != NULL)
            TRY((*source)->exact(c, q, record));
    return OK;
}

static enum err fill_by_number(struct ctx *c, const char *q, const struct finder_source *s, int64_t record, struct search_view *v)
{
    struct finder_hit h = {0};
    TRY(s->hit(c, record, finder_audience(c), &h));
    v->line = arena_make(c->arena, struct search_line);
    v->kind = arena_make(c->arena, struct search_kind);
    if (h.title == NULL)
        return OK;
    v->line[v->n++] = (struct search_line){.to = h.to, .kind = tr(c, s->label), .where = h.where, .title = marked(c, h.title, NULL)};
    v->kind[v->kinds++] = (struct search_kind){tr(c, s->label), here(c, q, s->kind), count_capped(c, 1), true};
    return OK;
}

static enum err fill_kinds(struct ctx *c, const struct search_query *query, const char *q, const char *kind, const struct own *own, size_t own_n,
                           struct search_view *v)
{
    const struct finder_source *s;
    size_t sources = 0;
    while (finder_source_at(c, sources) != NULL)
        sources++;
    v->kind = arena_many(c->arena, struct search_kind, sources + 1);
    int64_t all = 0, n = 0;
    TRY(finder_count(c, query, NULL, &all));
    all += own_count(own, own_n, NULL);
    v->kind[v->kinds++] = (struct search_kind){tr(c, "すべて"), here(c, q, NULL), count_capped(c, all), kind == NULL};
    for (size_t i = 0; (s = finder_source_at(c, i)) != NULL; i++) {
        TRY(finder_count(c, query, s->kind, &n));
        n += own_count(own, own_n, s);
        if (n > 0 || text_eq(kind, s->kind))
            v->kind[v->kinds++] = (struct search_kind){tr(c, s->label), here(c, q, s->kind), count_capped(c, n), text_eq(kind, s->kind)};
    }
    return OK;
}

static const struct finder_source *source_of(struct ctx *c, int64_t id)
{
    const struct finder_source *s;
    for (size_t i = 0; (s = finder_source_at(c, i)) != NULL; i++)
        if (s->number == search_id_kind(id))
            return s;
    return NULL;
}

static enum err fill_line(struct ctx *c, const struct search_query *query, const struct finder_source *s, int64_t record, enum search_audience who,
                          struct search_view *v)
{
    struct finder_hit h = {0};
    TRY(s->hit(c, record, who, &h));
    if (h.title != NULL)
        v->line[v->n++] = (struct search_line){.to = h.to, .kind = tr(c, s->label), .where = h.where,
                                               .title = with_marks(c, query, h.title, text_length(h.title), false),
                                               .text = with_marks(c, query, h.text, SNIPPET, true)};
    return OK;
}

/* On the first page one's own first. */
static enum err fill_lines(struct ctx *c, const struct search_query *query, const struct search_hits *hits, const char *kind, const struct own *own, size_t own_n,
                           struct search_view *v)
{
    v->line = arena_many(c->arena, struct search_line, hits->n + (size_t)own_count(own, own_n, NULL) + 1);
    for (size_t i = 0; i < own_n && !v->later; i++)
        for (size_t k = 0; k < own[i].n && (kind == NULL || strcmp(kind, own[i].source->kind) == 0); k++)
            TRY(fill_line(c, query, own[i].source, own[i].record[k], SEARCH_STAFF, v));
    for (size_t i = 0; i < hits->n; i++) {
        const struct finder_source *s = source_of(c, hits->id[i]);
        if (s != NULL)
            TRY(fill_line(c, query, s, search_id_record(hits->id[i]), finder_audience(c), v));
    }
    return OK;
}

static const char *nothing_found(struct ctx *c, const char *q, const struct search_query *query)
{
    if (query->terms == 0)
        return tr(c, "除くことばだけでは探せません。探したいことばも入れてください。");
    return arena_printf(c->arena, tr(c, "「%s」に合うものはありません。ことばを短くするか、別のことばにしてください。"), q);
}

/* --- all that is found, as a file --- */

struct finding {
    const char *kind;
    struct search_query query;
    struct own *own; size_t own_n;
    const struct finder_source *numbered; int64_t record; /* a number typed as a whole: that record alone */
    struct table *t;
    struct search_cursor from;
};

/* The piece of the text that the page shows, without its marks. */
static const char *piece_of(struct ctx *c, const struct search_query *q, const char *text)
{
    struct search_snippet s;
    if (text == NULL)
        return NULL;
    search_snippet(c->arena, q, text, SNIPPET, &s);
    return s.n == 0 ? NULL : arena_printf(c->arena, "%s%s%s", s.cut_before ? "…" : "", s.piece, s.cut_after ? "…" : "");
}

static enum err file_row(struct ctx *c, struct finding *x, const struct finder_source *s, int64_t record, enum search_audience who)
{
    struct finder_hit h = {0};
    TRY(s->hit(c, record, who, &h));
    if (h.title == NULL)
        return OK;
    table_text(x->t, h.title);
    table_text(x->t, s->label);
    table_text(x->t, h.where);
    table_text(x->t, x->numbered == NULL ? piece_of(c, &x->query, h.text) : NULL);
    table_text(x->t, h.to.s);
    return table_row(x->t);
}

static enum err file_piece(struct ctx *c, void *arg, bool *more)
{
    struct finding *x = arg;
    struct search_hits hits;
    TRY(finder_find(c, &x->query, x->kind, x->from, FILE_PIECE, &hits));
    for (size_t i = 0; i < hits.n; i++) {
        const struct finder_source *s = source_of(c, hits.id[i]);
        if (s != NULL)
            TRY(file_row(c, x, s, search_id_record(hits.id[i]), finder_audience(c)));
    }
    x->from = hits.next;
    *more = hits.more;
    return OK;
}

static enum err file_rows(struct ctx *c, struct table *t, void *arg)
{
    struct finding *x = arg;
    x->t = t;
    if (x->numbered != NULL)
        return file_row(c, x, x->numbered, x->record, finder_audience(c));
    for (size_t i = 0; i < x->own_n; i++)
        for (size_t k = 0; k < x->own[i].n && (x->kind == NULL || strcmp(x->kind, x->own[i].source->kind) == 0); k++)
            TRY(file_row(c, x, x->own[i].source, x->own[i].record[k], SEARCH_STAFF));
    return listing_pieces(c, file_piece, x);
}

static enum err search_file(struct ctx *c, const struct request *r, struct response *w, const char *q, const char *kind)
{
    static const struct table_column column[] = {{.title = "名前", .width = 44}, {.title = "種類", .width = 14}, {.title = "どこ", .width = 40}, {.title = "ことばのあるところ", .width = 60, .wrap = true}, {.title = "ページ", .width = 40}};
    struct finding x = {.kind = kind, .record = NONE};
    TRY(by_number(c, q, &x.numbered, &x.record));
    if (x.record == NONE)
        x.numbered = NULL;
    search_parse(c->arena, q, &x.query);
    TRY(find_own(c, &x.query, &x.own, &x.own_n));
    return file_answer(c, r, w, &(struct listing){.name = "検索の結果", .note = q, .column = column, .columns = sizeof column / sizeof *column, .rows = file_rows, .arg = &x});
}

static enum err search_page(struct ctx *c, struct request *r, struct response *w)
{
    const char *q = form_get(&r->query, "q"), *kind = form_get(&r->query, "kind");
    struct search_view v = {.q = q, .asked = q != NULL};
    w->no_cache = true;
    if (kind != NULL && finder_source(c, kind) == NULL)
        kind = NULL;
    if (q != NULL && file_asked(c, r))
        return search_file(c, r, w, q, kind);
    const struct finder_source *numbered = NULL;
    int64_t record = NONE;
    if (q != NULL)
        TRY(by_number(c, q, &numbered, &record));
    if (record != NONE) {
        TRY(fill_by_number(c, q, numbered, record, &v));
    } else if (q != NULL) {
        struct search_query query;
        struct search_hits hits;
        struct cursor at;
        struct search_cursor from = {0};
        search_parse(c->arena, q, &query);
        cursor_read(c, form_get(&r->query, "at"), "found", &at);
        if (at.set)
            from = (struct search_cursor){.past_names = at.key_n == 1, .after = at.id};
        v.later = at.set;
        struct own *own;
        size_t own_n;
        TRY(find_own(c, &query, &own, &own_n));
        TRY(fill_kinds(c, &query, q, kind, own, own_n, &v));
        TRY(finder_find(c, &query, kind, from, PER_PAGE, &hits));
        TRY(fill_lines(c, &query, &hits, kind, own, own_n, &v));
        v.first = here(c, q, kind);
        v.pager = (struct pager){.has_next = hits.more, .from = NONE, .to = NONE};
        if (hits.more)
            v.pager.next = url_with(c->arena, here(c, q, kind), "at",
                                    cursor_write(c, "found", false, NULL, hits.next.past_names, hits.next.after));
        v.empty = nothing_found(c, q, &query);
    }
    if (v.empty == NULL && q != NULL)
        v.empty = arena_printf(c->arena, tr(c, "「%s」に合うものはありません。ことばを短くするか、別のことばにしてください。"), q);
    struct page p = {.title = q != NULL ? arena_printf(c->arena, tr(c, "「%s」の検索"), q) : tr(c, "検索"), .year = NONE};
    page_begin(c, w, &p);
    search_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

static const struct route routes[] = {
    {HTTP_GET, "/search", ANYONE, search_page, LANE_READ, ROUTE_FILE, 0},
    {0},
};

/* --- reindex --- */

static enum err rebuild(struct ctx *c, void *arg)
{
    return finder_rebuild(c, arg);
}

static enum err run_reindex(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, ""));
    int64_t documents = 0;
    TRY(db_env_engine(c->app->env) == DB_SQLITE ? in_write(c, rebuild, &documents) : in_read(c, rebuild, &documents));
    fprintf(stderr, tr(c, "検索の索引を作り直しました(%lld件)。\n"), (long long)documents);
    return OK;
}

static const struct command commands[] = {
    {"reindex", "", "検索の索引を作り直します。動いたままで使えます。", "Makes the search index anew; may be used while serving.", COMMAND_WRITE, run_reindex},
    {NULL, NULL, NULL, NULL, COMMAND_PLAIN, NULL},
};

/* --- lines that every node has long taken in --- */

static enum err sweep(struct ctx *c, int64_t subject)
{
    (void)subject;
    TRY_DB(c, db_exec(c->db, "DELETE FROM finder_touched WHERE at < $1", P(c->now - 7 * 24 * 3600)));
    return OK;
}

static const struct job_kind jobs[] = {
    {.name = "search.sweep", .run = sweep, .every = 24 * 3600},
    {0},
};

const struct area search_area = {.name = "search", .routes = routes, .commands = commands, .jobs = jobs};
