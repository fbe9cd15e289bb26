/* /editions: list, one edition, making, publishing, discarding. */
#include <string.h>

#include "area/register/edition.html.h"
#include "area/register/figures.h"
#include "area/register/notice.h"
#include "area/register/public.h"
#include "area/register/public_views.h"
#include "area/register/register_pages.h"
#include "base/date.h"
#include "base/text.h"
#include "core/preset.h"

enum { LIST_MOST = 200, PER_PAGE = 50, MOVED_PERCENT = 20 };

static void read_edition(struct ctx *c, struct db_rows *q, struct edition_line *e)
{
    *e = (struct edition_line){.id = db_int(q, 0), .year = db_int(q, 1), .number = db_int(q, 2), .published_at = db_int(q, 4), .publish_at = db_int(q, 5),
                               .hash = db_text(q, 6), .projects = db_int(q, 7)};
    e->published = text_eq(db_text(q, 3), "published");
    e->name = edition_name(c, e->year, e->number);
    e->to = url_edition(c, e->id);
    e->state = e->published ? tr(c, "公開中") : e->publish_at != NONE ? tr(c, "公開の予約ずみ") : tr(c, "公開前");
}

#define EDITION_COLUMNS \
    "e.id, e.year, e.number, e.state, e.published_at, e.publish_at, e.hash, (SELECT coalesce(sum(g.value), 0) FROM figure g WHERE g.edition = e.id AND g.name = 'projects')"

static enum err list_file(struct ctx *c, struct request *r, struct response *w, const struct edition_list_view *v)
{
    static const struct table_column column[] = {
        {.title = "番号", .kind = TABLE_INT}, {.title = "版", .width = 32}, {.title = "年度", .kind = TABLE_INT}, {.title = "版数", .kind = TABLE_INT}, {.title = "状態"},
        {.title = "公開した日", .kind = TABLE_DATE}, {.title = "事業の数", .kind = TABLE_INT}, {.title = "照合番号", .width = 68}};
    enum { COLUMNS = sizeof column / sizeof column[0] };
    const char **cell = arena_many(c->arena, const char *, v->n * COLUMNS + 1), **at_cell = cell;
    for (size_t i = 0; i < v->n; i++) {
        const struct edition_line *e = &v->line[i];
        *at_cell++ = arena_printf(c->arena, "%lld", (long long)e->id);
        *at_cell++ = e->name;
        *at_cell++ = arena_printf(c->arena, "%lld", (long long)e->year);
        *at_cell++ = arena_printf(c->arena, "%lld", (long long)e->number);
        *at_cell++ = e->state;
        *at_cell++ = e->published && e->published_at != NONE ? instant_date(c->arena, e->published_at) : NULL;
        *at_cell++ = arena_printf(c->arena, "%lld", (long long)e->projects);
        *at_cell++ = e->hash;
    }
    return file_answer_texts(c, r, w, "台帳の版", column, COLUMNS, cell, v->n);
}

enum err edition_list_page(struct ctx *c, struct request *r, struct response *w)
{
    struct edition_list_view v = {.secretariat = user_is(c->user, ROLE_SECRETARIAT), .fresh = url_path(c->arena, "/editions/new")};
    size_t cap = 0;
    struct db_rows *q = v.secretariat
        ? db_query(c->db, c->arena, "SELECT " EDITION_COLUMNS " FROM edition e ORDER BY e.year DESC, e.number DESC LIMIT $1", P((int64_t)LIST_MOST))
        : db_query(c->db, c->arena, "SELECT " EDITION_COLUMNS " FROM edition e WHERE e.state = 'published' ORDER BY e.year DESC, e.number DESC LIMIT $1", P((int64_t)LIST_MOST));
    while (db_next(q)) {
        struct edition_line e;
        read_edition(c, q, &e);
        ARENA_PUSH(c->arena, v.line, v.n, cap) = e;
    }
    TRY_DB(c, db_error(c->db));
    if (file_asked(c, r))
        return list_file(c, r, w, &v);
    struct page p = {.title = tr(c, "台帳の版"), .menu = "editions", .year = NONE};
    page_begin(c, w, &p);
    edition_list_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* One edition; what is not published yet is there for the secretariat alone. */
static enum err load_edition(struct ctx *c, int64_t id, struct edition_line *e, const char **preface, int64_t *made_at)
{
    struct db_rows *q = db_query(c->db, c->arena, "SELECT " EDITION_COLUMNS ", e.preface, e.made_at FROM edition e WHERE e.id = $1", P(id));
    bool found = db_next(q);
    if (found) {
        read_edition(c, q, e);
        *preface = db_text(q, 8);
        *made_at = db_int(q, 9);
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    if (!found || (!e->published && !user_is(c->user, ROLE_SECRETARIAT)))
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この版は見つかりません。"));
    return OK;
}

static enum err add_schemes(struct ctx *c, struct edition_view *v)
{
    struct figure *f;
    size_t n, cap = 0;
    TRY(figures_load(c, v->e.id, NULL, &f, &n));
    for (size_t i = 0; i < n; i++) {
        if (strcmp(f[i].name, "projects") != 0)
            continue;
        struct edition_scheme s = {.label = word(c, "scheme", f[i].one, v->e.year), .projects = f[i].value};
        int64_t budget = figure_of(f, n, "budget", f[i].one, "");
        s.budget = budget == NONE ? NULL : yen1000(c, budget);
        const struct word *category;
        size_t categories, category_cap = 0;
        TRY(words(c, "category", f[i].one, v->e.year, &category, &categories));
        for (size_t k = 0; k < categories; k++) {
            int64_t value = figure_of(f, n, "category", f[i].one, category[k].code);
            struct url to = url_with(c->arena, url_path(c->arena, "/projects?year=%lld", (long long)v->e.year), "scheme", f[i].one);
            ARENA_PUSH(c->arena, s.category, s.categories, category_cap) =
                (struct edition_category){tr(c, category[k].label), value == NONE ? 0 : value, v->newest ? url_with(c->arena, to, "category", category[k].code) : (struct url){NULL}};
        }
        ARENA_PUSH(c->arena, v->scheme, v->schemes, cap) = s;
    }
    return OK;
}

/* What it is compared with, which edition it names in the chain, and what waits for the next one. */
static enum err add_history(struct ctx *c, struct edition_view *v)
{
    int64_t other = NONE, year_ = NONE;
    TRY(edition_before(c, v->e.id, &other));
    if (other != NONE) {
        struct db_rows *q = db_query(c->db, c->arena, "SELECT year, number FROM edition WHERE id = $1", P(other));
        if (db_next(q)) {
            year_ = db_int(q, 0);
            v->compared = edition_name(c, year_, db_int(q, 1));
        }
        db_done(q);
        TRY_DB(c, db_error(c->db));
        v->across_years = year_ != v->e.year;
        v->to_changes = url_path(c->arena, "/editions/%lld/changes", (long long)v->e.id);
        TRY(difference_count(c, other, v->e.id, &v->changes));
    }
    struct db_rows *q = db_query(c->db, c->arena, "SELECT p.id, p.year, p.number, e.previous_hash FROM edition e JOIN edition p ON p.id = e.previous WHERE e.id = $1", P(v->e.id));
    if (db_next(q)) {
        v->previous = edition_name(c, db_int(q, 1), db_int(q, 2));
        v->to_previous = url_edition(c, db_int(q, 0));
        v->previous_hash = db_text(q, 3);
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    if (v->secretariat && v->newest) {
        struct correction_line *w;
        TRY(corrections_waiting(c, v->e.year, &w, &v->waiting));
        v->next = url_path(c->arena, "/editions/new?year=%lld", (long long)v->e.year);
    }
    return OK;
}

enum err edition_page(struct ctx *c, struct request *r, struct response *w)
{
    struct edition_view v = {.secretariat = user_is(c->user, ROLE_SECRETARIAT), .staff = user_is(c->user, STAFF_ROLES)};
    int64_t made_at = NONE, newest = NONE;
    TRY(load_edition(c, r->param[0], &v.e, &v.preface, &made_at));
    struct project_filter f = {.edition = v.e.id, .year = v.e.year, .department = NONE, .section = NONE};
    if (text_eq(form_get(&r->query, "format"), "json"))
        return json_answer(c, w, projects_json_now, &f);
    if (file_asked(c, r)) {
        struct listing l = projects_listing(c, &f);
        l.name = arena_printf(c->arena, "協働事業_%s_第%lld版", fiscal_year_era(c->arena, v.e.year), (long long)v.e.number);
        return file_answer(c, r, w, &l);
    }
    enum err e = edition_newest(c, v.e.year, &newest);
    if (e == E_NOT_FOUND)
        failure_clear(&c->fail);
    else if (e != OK)
        return e;
    v.newest = newest == v.e.id;
    v.to_newest = newest != NONE ? url_edition(c, newest) : (struct url){NULL};
    if (newest != NONE && !v.newest) {
        int64_t number = NONE;
        TRY_DB(c, db_get_int(c->db, "SELECT number FROM edition WHERE id = $1", P(newest), &number));
        v.newest_name = edition_name(c, v.e.year, number);
    }
    TRY(add_history(c, &v));
    v.made = at(c, made_at);
    v.published = v.e.published ? at(c, v.e.published_at) : NULL;
    v.scheduled = !v.e.published && v.e.publish_at != NONE ? at(c, v.e.publish_at) : NULL;
    TRY(add_schemes(c, &v));
    struct cursor from;
    cursor_read(c, form_get(&r->query, "at"), "order", &from);
    bool more;
    TRY(projects_list(c, &f, &from, PER_PAGE, &v.line, &v.n, &more));
    for (size_t i = 0; i < v.n; i++) {
        v.line[i].category = word(c, "category", v.line[i].category, v.e.year);
        v.line[i].continuity = word(c, "continuity", v.line[i].continuity, v.e.year);
        /* An older edition's line leads to what that edition says. */
        if (!v.newest)
            v.line[i].to = url_with(c->arena, url_project(c, v.line[i].project), "edition", arena_printf(c->arena, "%lld", (long long)v.e.id));
    }
    struct url here = url_edition(c, v.e.id);
    v.pager = (struct pager){.count = v.e.projects, .from = NONE, .to = NONE};
    if (v.n > 0) {
        v.pager.from = v.line[0].position;
        v.pager.to = v.line[v.n - 1].position;
        v.pager.has_prev = v.pager.from > 1;
        v.pager.has_next = v.pager.to < v.e.projects;
        v.pager.prev = url_with(c->arena, here, "at", cursor_write(c, "order", true, NULL, NONE, v.pager.from));
        v.pager.next = url_with(c->arena, here, "at", cursor_write(c, "order", false, NULL, NONE, v.pager.to));
    }
    v.to_list = url_path(c->arena, "/projects?year=%lld", (long long)v.e.year);
    v.json = url_with(c->arena, here, "format", "json");
    v.publish = url_path(c->arena, "/editions/%lld/publish", (long long)v.e.id);
    v.discard = url_path(c->arena, "/editions/%lld/discard", (long long)v.e.id);
    struct page p = {.title = v.e.name, .place = tr(c, "台帳の版"), .menu = "editions", .year = NONE, .wide = true};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "台帳の版"), url_path(c->arena, "/editions")};
    page_begin(c, w, &p);
    edition_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* --- making --- */

static enum err add_rounds(struct ctx *c, struct edition_new_view *v)
{
    size_t closed_cap = 0, open_cap = 0;
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT i.id, i.title, i.state, i.closed_at, "
        "(SELECT count(*) FROM answer a WHERE a.inquiry = i.id AND a.state = 'submitted'), (SELECT count(*) FROM answer a WHERE a.inquiry = i.id AND a.state = 'none'), "
        "(SELECT count(*) FROM answer a WHERE a.inquiry = i.id AND a.state NOT IN ('submitted', 'none')), "
        "(SELECT coalesce(sum(a.going), 0) FROM answer a WHERE a.inquiry = i.id AND a.state = 'submitted') "
        "FROM inquiry i WHERE i.year = $1 AND i.state <> 'draft' ORDER BY i.id", P(v->year));
    while (db_next(q)) {
        struct url to = url_path(c->arena, "/inquiries/%lld", (long long)db_int(q, 0));
        if (text_eq(db_text(q, 2), "closed"))
            ARENA_PUSH(c->arena, v->round, v->rounds, closed_cap) =
                (struct closed_round){db_text(q, 1), at(c, db_int(q, 3)), db_int(q, 4), db_int(q, 5), db_int(q, 6), db_int(q, 7), to};
        else {
            ARENA_PUSH(c->arena, v->open_round, v->open_rounds, open_cap).title = db_text(q, 1);
            v->open_round[v->open_rounds - 1].to = to;
        }
    }
    TRY_DB(c, db_error(c->db));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM edition WHERE year = $1", P(v->year), &v->earlier));
    return OK;
}

static enum err new_file(struct ctx *c, struct request *r, struct response *w, const struct edition_new_view *v)
{
    static const struct table_column round[] = {{.title = "照会", .width = 40}, {.title = "閉じた日時", .width = 34}, {.title = "提出", .kind = TABLE_INT}, {.title = "該当なし", .kind = TABLE_INT},
                                                {.title = "未回答", .kind = TABLE_INT}, {.title = "事業", .kind = TABLE_INT}};
    static const struct table_column correction[] = {{.title = "事業名", .width = 40}, {.title = "課", .width = 30}, {.title = "だれが", .width = 10}, {.title = "訂正", .width = 20},
                                                     {.title = "訂正した日時", .kind = TABLE_INSTANT}, {.title = "理由", .width = 50, .wrap = true}};
    struct cells x = {0};
    if (!text_eq(form_get(&r->query, "list"), "corrections")) {
        for (size_t i = 0; i < v->rounds; i++) {
            cell_text(c, &x, v->round[i].title);
            cell_text(c, &x, v->round[i].when);
            cell_int(c, &x, v->round[i].submitted);
            cell_int(c, &x, v->round[i].none);
            cell_int(c, &x, v->round[i].missing);
            cell_int(c, &x, v->round[i].projects);
        }
        return file_answer_cells(c, r, w, "版に入る照会", TABLE_COLUMNS(round), &x);
    }
    for (size_t i = 0; i < v->waiting_n; i++) {
        cell_text(c, &x, v->waiting[i].name);
        cell_text(c, &x, v->waiting[i].section);
        cell_text(c, &x, v->waiting[i].hand);
        cell_text(c, &x, correction_label(c, v->waiting[i].kind));
        cell_at(c, &x, v->waiting[i].at);
        cell_text(c, &x, v->waiting[i].reason);
    }
    return file_answer_cells(c, r, w, "版に入る訂正", TABLE_COLUMNS(correction), &x);
}

static enum err draw_new(struct ctx *c, struct request *r, struct response *w)
{
    struct edition_new_view v = {.year = form_int(r->method == HTTP_POST ? &r->form : &r->query, "year"), .action = url_path(c->arena, "/editions/new")};
    size_t cap = 0;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT DISTINCT year FROM inquiry WHERE state <> 'draft' ORDER BY year DESC", P0);
    while (db_next(q)) {
        int64_t y = db_int(q, 0);
        if (v.year == NONE)
            v.year = y;
        ARENA_PUSH(c->arena, v.year_choice, v.year_choices, cap) = (struct option){arena_printf(c->arena, "%lld", (long long)y), year(c, y), NONE, y == v.year};
    }
    TRY_DB(c, db_error(c->db));
    if (v.year == NONE)
        v.year = this_year(c);
    TRY(add_rounds(c, &v));
    TRY(corrections_waiting(c, v.year, &v.waiting, &v.waiting_n));
    if (file_asked(c, r))
        return new_file(c, r, w, &v);
    v.round_files = url_path(c->arena, "/editions/new?year=%lld", (long long)v.year);
    v.waiting_files = url_with(c->arena, v.round_files, "list", "corrections");
    struct page p = {.title = arena_printf(c->arena, tr(c, "%sの版を作る"), year(c, v.year)), .place = tr(c, "台帳の版"), .menu = "editions", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "台帳の版"), url_path(c->arena, "/editions")};
    page_begin(c, w, &p);
    edition_new_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err edition_new_page(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    return draw_new(c, r, w);
}

enum err edition_new_post(struct ctx *c, struct request *r, struct response *w)
{
    int64_t edition = NONE, year_ = form_int(&r->form, "year");
    if (year_ == NONE) {
        fail_field(&c->fail, "year", "%s", tr(c, "年度を選んでください"));
        w->status = 422;
        return draw_new(c, r, w);
    }
    TRY(edition_make(c, year_, form_get(&r->form, "preface"), &edition));
    return page_done(c, w, url_edition(c, edition), tr(c, "版を作りました。まだ公開していません。内容を確かめてから公開してください。"));
}

/* --- 今日やること: a year whose rounds are all closed waits for its edition, a made one for being published --- */

enum err edition_todos(struct ctx *c, struct todos *list)
{
    if (!user_is(c->user, ROLE_SECRETARIAT))
        return OK;
    struct db_rows *q = db_query(c->db, c->arena,
                                 "SELECT DISTINCT i.year FROM inquiry i WHERE i.state = 'closed' AND NOT EXISTS (SELECT 1 FROM edition e WHERE e.year = i.year AND e.made_at >= i.closed_at) "
                                 "AND NOT EXISTS (SELECT 1 FROM inquiry o WHERE o.year = i.year AND o.state = 'open') ORDER BY i.year", P0);
    while (db_next(q))
        todo_add(c, list, (struct todo){.text = tr(c, "台帳の版を作る"), .about = fiscal_year_long(c->arena, db_int(q, 0)), .to = url_path(c->arena, "/editions/new?year=%lld", (long long)db_int(q, 0)), .due = NONE});
    TRY_DB(c, db_error(c->db));
    q = db_query(c->db, c->arena, "SELECT id, year, number FROM edition WHERE state <> 'published' AND publish_at IS NULL ORDER BY id", P0);
    while (db_next(q))
        todo_add(c, list, (struct todo){.text = tr(c, "台帳の版を公開する"), .about = edition_name(c, db_int(q, 1), db_int(q, 2)), .to = url_edition(c, db_int(q, 0)), .due = NONE});
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* --- publishing --- */

/* What is worth a second look before everybody sees it: partners who object, rounds still open, a number far from last year's. */
static enum err add_warnings(struct ctx *c, struct edition_publish_view *v)
{
    struct notice_counts n;
    size_t cap = 0;
    TRY(notices_count(c, v->e.id, &n));
    v->told = n.told;
    v->agreed = n.agreed;
    v->waiting = n.waiting;
    v->silent = n.silent;
    v->notices = url_path(c->arena, "/editions/%lld/notices", (long long)v->e.id);
    TRY(edition_partners(c, v->e.id, &v->partners));
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id, title FROM inquiry WHERE year = $1 AND state = 'open' ORDER BY id", P(v->e.year));
    while (db_next(q)) {
        ARENA_PUSH(c->arena, v->open_round, v->open_rounds, cap).title = db_text(q, 1);
        v->open_round[v->open_rounds - 1].to = url_path(c->arena, "/inquiries/%lld", (long long)db_int(q, 0));
    }
    TRY_DB(c, db_error(c->db));
    q = db_query(c->db, c->arena, "SELECT e.year, e.number, (SELECT coalesce(sum(g.value), 0) FROM figure g WHERE g.edition = e.id AND g.name = 'projects') FROM edition e WHERE e.state = 'published' AND e.year >= $1 AND e.year <= $2 "
                                  "ORDER BY e.year DESC, e.number DESC LIMIT 1", P(v->e.year - 1, v->e.year)); /* a correction is held against what it corrects */
    if (db_next(q)) {
        v->compared = edition_name(c, db_int(q, 0), db_int(q, 1));
        v->compared_projects = db_int(q, 2);
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    int64_t now = v->e.projects, then = v->compared_projects, far = now > then ? now - then : then - now;
    if (v->compared != NULL && far * 100 >= then * MOVED_PERCENT && far > 0)
        v->moved = arena_printf(c->arena, now > then ? tr(c, "%sの%lld事業から%lld事業に増えています。") : tr(c, "%sの%lld事業から%lld事業に減っています。"), v->compared, (long long)then,
                                (long long)now);
    v->must_confirm = v->waiting > 0 || v->open_rounds > 0;
    return OK;
}

static enum err draw_publish(struct ctx *c, const struct request *r, struct response *w)
{
    struct edition_publish_view v = {.action = url_path(c->arena, "/editions/%lld/publish", (long long)r->param[0]), .back = url_edition(c, r->param[0])};
    const char *preface;
    int64_t made_at;
    TRY(load_edition(c, r->param[0], &v.e, &preface, &made_at));
    TRY(add_warnings(c, &v));
    v.chosen_later = text_eq(typed(c, "when"), "later");
    v.date = typed(c, "date");
    v.time = typed(c, "time");
    struct page p = {.title = arena_printf(c->arena, tr(c, "%sを公開する"), v.e.name), .place = tr(c, "台帳の版"), .menu = "editions", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "台帳の版"), url_path(c->arena, "/editions")};
    p.crumb[p.crumbs++] = (struct crumb){v.e.name, v.back};
    page_begin(c, w, &p);
    edition_publish_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err edition_publish_page(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    return draw_publish(c, r, w);
}

static void read_instant(struct ctx *c, const struct request *r, int64_t *out)
{
    const char *day = form_get(&r->form, "date"), *clock = form_get(&r->form, "time");
    const char *iso = day != NULL ? date_parse(c->arena, day) : NULL;
    if (iso == NULL) {
        fail_field(&c->fail, "date", "%s", tr(c, "公開する日を入力してください(例: R8.6.30、2026/6/30)"));
        return;
    }
    clock = clock != NULL ? text_nfkc(c->arena, clock) : "09:00";
    if (!instant_parse(arena_printf(c->arena, strlen(clock) == 4 ? "%s 0%s" : "%s %s", iso, clock), out)) {
        fail_field(&c->fail, "time", "%s", tr(c, "時刻は 9:00 のように入力してください"));
        return;
    }
    if (*out <= c->now)
        fail_field(&c->fail, "date", "%s", tr(c, "公開する日時は、いまより後にしてください"));
}

enum err edition_publish_post(struct ctx *c, struct request *r, struct response *w)
{
    int64_t when = NONE;
    if (text_eq(form_get(&r->form, "when"), "later"))
        read_instant(c, r, &when);
    struct edition_publish_view check = {.e = {.id = r->param[0]}};
    const char *preface;
    int64_t made_at;
    TRY(load_edition(c, r->param[0], &check.e, &preface, &made_at));
    if (!check.e.published) {
        TRY(add_warnings(c, &check));
        if (check.must_confirm && !form_has(&r->form, "anyway"))
            fail_field(&c->fail, "anyway", "%s", tr(c, "残っていることを確かめて、公開してよければ印をつけてください"));
    }
    if (c->fail.code != OK) {
        w->status = 422;
        return draw_publish(c, r, w);
    }
    TRY(edition_publish(c, r->param[0], when));
    return page_done(c, w, url_edition(c, r->param[0]), when == NONE ? tr(c, "公開しました。だれでも見られます。")
                                                                      : arena_printf(c->arena, tr(c, "%sに公開します。"), at(c, when)));
}

enum err edition_discard_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(edition_discard(c, r->param[0]));
    return page_done(c, w, url_path(c->arena, "/editions"), tr(c, "公開前の版を取りやめました。"));
}
