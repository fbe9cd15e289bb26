/* /good-practice; /projects/ID/practice; /office/criteria. */
#include <string.h>

#include "area/register/correction_pages.h"
#include "area/register/practice.html.h"
#include "area/register/public.h"
#include "core/listing.h"

/* --- one pick as it is shown: what is withheld is withheld here too --- */

static enum err add_line(struct ctx *c, const struct practice *p, struct practice_line *l)
{
    struct frozen f;
    struct statement s;
    struct frozen_words w;
    const char *hidden;
    int64_t edition;
    struct criterion *k = NULL;
    size_t n = 0;
    TRY(project_frozen(c, p->project, p->year, &f, &edition));
    TRY(frozen_open(c, &f, AUDIENCE_PUBLIC, &s, &w, &hidden));
    *l = (struct practice_line){.name = s.name != NULL ? s.name : tr(c, WITHHELD_MARK), .year = year(c, p->year), .section = frozen_section(c, &w, s.lead), .summary = s.summary,
                                .words = p->words, .state = practice_label(c, p->state),
                                .to = url_with(c->arena, url_project(c, p->project), "year", arena_printf(c->arena, "%lld", (long long)p->year)),
                                .edit = url_path(c->arena, "/projects/%lld/practice?year=%lld", (long long)p->project, (long long)p->year)};
    TRY(criteria(c, true, &k, &n));
    l->point = arena_many(c->arena, struct practice_point, p->reasons_n + 1);
    for (size_t i = 0; i < p->reasons_n; i++)
        for (size_t m = 0; m < n; m++)
            if (k[m].id == p->reasons[i].criterion)
                l->point[l->points++] = (struct practice_point){k[m].name, p->reasons[i].words};
    return OK;
}

/* A project that left every edition of its year is passed over. */
static enum err add_lines(struct ctx *c, const struct practice *p, size_t n, struct practice_line **out, size_t *lines)
{
    *out = arena_many(c->arena, struct practice_line, n + 1);
    *lines = 0;
    for (size_t i = 0; i < n; i++) {
        enum err e = add_line(c, &p[i], &(*out)[*lines]);
        if (e == E_NOT_FOUND)
            failure_clear(&c->fail);
        else if (e != OK)
            return e;
        else
            (*lines)++;
    }
    return OK;
}

enum err practice_lines(struct ctx *c, int64_t project, struct practice_line **out, size_t *n)
{
    struct practice *p = NULL;
    size_t found = 0;
    TRY(practices_public(c, project, &p, &found));
    return add_lines(c, p, found, out, n);
}

/* A row a project and criterion; the office's list says in which state, too. */
static enum err practice_file(struct ctx *c, struct request *r, struct response *w, const struct practice_line *line, size_t n, bool office)
{
    static const struct table_column column[] = {{.title = "事業名", .width = 40}, {.title = "年度", .width = 20}, {.title = "担当", .width = 30}, {.title = "ひとこと説明", .width = 40, .wrap = true},
                                                 {.title = "ひとこと", .width = 40, .wrap = true}, {.title = "基準", .width = 30}, {.title = "理由", .width = 50, .wrap = true}, {.title = "状態", .width = 14}};
    size_t columns = sizeof column / sizeof *column - !office;
    struct cells x = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < line[i].points || k == 0; k++) {
            const struct practice_point *p = k < line[i].points ? &line[i].point[k] : NULL;
            const char *const cell[] = {line[i].name, line[i].year, line[i].section, line[i].summary, line[i].words, p != NULL ? p->name : NULL, p != NULL ? p->words : NULL, line[i].state};
            for (size_t m = 0; m < columns; m++)
                cell_text(c, &x, cell[m]);
        }
    return file_answer_cells(c, r, w, "よい実践", column, columns, &x);
}

enum err good_practice_page(struct ctx *c, struct request *r, struct response *w)
{
    struct practices_view v = {.secretariat = user_is(c->user, ROLE_SECRETARIAT)};
    TRY(criteria(c, false, &v.criterion, &v.criteria));
    for (size_t i = 0; i < v.criteria; i++)
        v.ours = v.ours || v.criterion[i].ours;
    TRY(practice_lines(c, NONE, &v.line, &v.n));
    if (file_asked(c, r))
        return practice_file(c, r, w, v.line, v.n, false);
    struct page p = {.title = tr(c, "よい実践"), .place = tr(c, "協働事業"), .menu = "projects", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "協働事業"), url_path(c->arena, "/projects")};
    page_begin(c, w, &p);
    practices_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* --- picking --- */

static const char *stored_words(const struct practice *p, int64_t criterion)
{
    for (size_t i = 0; i < p->reasons_n; i++)
        if (p->reasons[i].criterion == criterion)
            return p->reasons[i].words;
    return NULL;
}

/* The project in the year asked for, else in its newest; before with id NONE: not picked yet. */
static enum err load(struct ctx *c, const struct request *r, struct frozen *f, struct practice *before)
{
    int64_t edition;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(project_frozen(c, r->param[0], form_int(&r->query, "year"), f, &edition));
    enum err e = practice_of(c, r->param[0], f->year, before);
    if (e == E_NOT_FOUND) {
        failure_clear(&c->fail);
        entity_init(&practice_entity, before);
        before->project = r->param[0];
        before->year = f->year;
        return OK;
    }
    return e;
}

static enum err draw(struct ctx *c, const struct request *r, struct response *w, const struct frozen *f, const struct practice *p)
{
    struct statement s;
    struct frozen_words words_of_year;
    const char *hidden;
    struct criterion *k = NULL;
    size_t n = 0;
    TRY(frozen_open(c, f, AUDIENCE_PUBLIC, &s, &words_of_year, &hidden));
    TRY(criteria(c, true, &k, &n));
    struct practice_view v = {.project = s.name != NULL ? s.name : tr(c, WITHHELD_MARK), .year = year(c, f->year), .section = frozen_section(c, &words_of_year, s.lead), .words = p->words,
                              .state = r->method == HTTP_POST ? form_get(&r->form, "state") : p->state != NULL ? p->state : "draft", .version = p->version == NONE ? 0 : p->version,
                              .action = url_path(c->arena, "/projects/%lld/practice?year=%lld", (long long)f->project, (long long)f->year),
                              .back = url_with(c->arena, url_project(c, f->project), "year", arena_printf(c->arena, "%lld", (long long)f->year))};
    v.field = arena_many(c->arena, struct practice_field, n + 1);
    /* Ours have no number before they are first used: their place stands for it. A refused form takes back what it stored, so it goes on by place. */
    v.by_place = (n > 0 && k[0].id == NONE) || (r->method == HTTP_POST && form_has(&r->form, "by_place"));
    for (size_t i = 0; i < n; i++) {
        const char *value = k[i].id != NONE ? stored_words(p, k[i].id) : NULL;
        if (k[i].retired && value == NULL)
            continue;
        v.field[v.fields++] = (struct practice_field){arena_printf(c->arena, "reason-%lld", (long long)(v.by_place ? k[i].position : k[i].id)), k[i].name, k[i].words, value};
    }
    struct page page = {.title = tr(c, "よい実践に選ぶ"), .place = v.project, .menu = "projects", .year = NONE};
    page.crumb[page.crumbs++] = (struct crumb){v.project, v.back};
    page_begin(c, w, &page);
    practice_body(c, &w->body, &v);
    page_end(c, w, &page);
    return OK;
}

enum err practice_page(struct ctx *c, struct request *r, struct response *w)
{
    struct frozen f;
    struct practice p;
    TRY(load(c, r, &f, &p));
    return draw(c, r, w, &f, &p);
}

/* The form names ours by their place while they were not stored: then their numbers are looked up by it. */
static enum err take_reasons(struct ctx *c, const struct request *r, bool fresh, struct practice *after)
{
    struct criterion *k = NULL;
    size_t n = 0;
    TRY(criteria(c, true, &k, &n));
    after->reasons = arena_many(c->arena, struct practice_reason, n + 1);
    after->reasons_n = 0;
    for (size_t i = 0; i < n; i++) {
        const char *words_ = form_get(&r->form, arena_printf(c->arena, "reason-%lld", (long long)(fresh ? k[i].position : k[i].id)));
        if (words_ == NULL)
            continue;
        struct practice_reason *x = &after->reasons[after->reasons_n++];
        entity_init(&practice_reason_entity, x);
        x->criterion = k[i].id;
        x->words = words_;
    }
    return OK;
}

enum err practice_post(struct ctx *c, struct request *r, struct response *w)
{
    struct frozen f;
    struct practice before, after;
    TRY(load(c, r, &f, &before));
    if (form_int(&r->form, "version") != (before.id == NONE ? 0 : before.version))
        return fail(c, E_CONFLICT, "%s", tr(c, "ほかの人が先に保存しました。もう一度開いてから書いてください。"));
    TRY(criteria_ready(c));
    entity_copy(c->arena, &practice_entity, &after, &before);
    after.words = form_get(&r->form, "words");
    TRY(take_reasons(c, r, form_has(&r->form, "by_place"), &after));
    enum err e = practice_save(c, before.id == NONE ? NULL : &before, &after, form_get(&r->form, "state"));
    if (e == E_INPUT) {
        w->status = 422;
        return draw(c, r, w, &f, &after);
    }
    TRY(e);
    return page_done(c, w, url_with(c->arena, url_project(c, f.project), "year", arena_printf(c->arena, "%lld", (long long)f.year)),
                     text_eq(after.state, "public") ? tr(c, "よい実践として公開しました。") : tr(c, "保存しました。公開していません。"));
}

/* --- criteria --- */

static enum err criteria_file(struct ctx *c, struct request *r, struct response *w, const struct criterion *k, size_t n)
{
    static const struct table_column column[] = {{.title = "基準", .width = 30}, {.title = "説明", .width = 60, .wrap = true}, {.title = "このシステムの案", .width = 16}, {.title = "使わない", .width = 10}};
    struct cells x = {0};
    for (size_t i = 0; i < n; i++) {
        cell_text(c, &x, k[i].name);
        cell_text(c, &x, k[i].words);
        cell_text(c, &x, k[i].ours ? "案" : NULL);
        cell_text(c, &x, k[i].retired ? "使わない" : NULL);
    }
    return file_answer_cells(c, r, w, "よい実践の基準", TABLE_COLUMNS(column), &x);
}

static enum err draw_criteria(struct ctx *c, struct request *r, struct response *w)
{
    struct criteria_view v = {.action = url_path(c->arena, "/office/criteria")};
    struct practice *p = NULL;
    size_t n = 0;
    TRY(criteria(c, true, &v.criterion, &v.n));
    TRY(practices_all(c, &p, &n));
    TRY(add_lines(c, p, n, &v.line, &v.lines));
    if (file_asked(c, r))
        return text_eq(form_get(&r->query, "list"), "criteria") ? criteria_file(c, r, w, v.criterion, v.n) : practice_file(c, r, w, v.line, v.lines, true);
    struct page page = {.title = tr(c, "よい実践の基準"), .menu = "staff-editions", .year = NONE};
    page.crumb[page.crumbs++] = (struct crumb){tr(c, "よい実践"), url_path(c->arena, "/good-practice")};
    page_begin(c, w, &page);
    criteria_body(c, &w->body, &v);
    page_end(c, w, &page);
    return OK;
}

enum err criteria_page(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    return draw_criteria(c, r, w);
}

enum err criteria_post(struct ctx *c, struct request *r, struct response *w)
{
    struct criterion k;
    TRY(need_role(c, ROLE_SECRETARIAT));
    entity_init(&criterion_entity, &k);
    k.name = form_get(&r->form, "name");
    k.words = form_get(&r->form, "words");
    enum err e = criterion_save(c, NULL, &k);
    if (e == E_INPUT) {
        w->status = 422;
        return draw_criteria(c, r, w);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/office/criteria"), tr(c, "基準を加えました。"));
}

static enum err draw_criterion(struct ctx *c, struct response *w, const struct criterion *k)
{
    struct criterion_view v = {.k = k, .action = url_path(c->arena, "/office/criteria/%lld", (long long)k->id)};
    struct page p = {.title = tr(c, "よい実践の基準を直す"), .menu = "staff-editions", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "よい実践の基準"), url_path(c->arena, "/office/criteria")};
    page_begin(c, w, &p);
    criterion_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err criterion_page(struct ctx *c, struct request *r, struct response *w)
{
    struct criterion k;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(record_load(c, &criterion_entity, r->param[0], &k));
    return draw_criterion(c, w, &k);
}

enum err criterion_post(struct ctx *c, struct request *r, struct response *w)
{
    struct criterion before, k;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(record_load(c, &criterion_entity, r->param[0], &before));
    if (form_int(&r->form, "version") != before.version)
        return fail(c, E_CONFLICT, "%s", tr(c, "ほかの人が先に保存しました。もう一度開いてから書いてください。"));
    entity_copy(c->arena, &criterion_entity, &k, &before);
    enum err e = record_from_form(c, &criterion_entity, &r->form, NONE, &k);
    if (e == OK)
        e = criterion_save(c, &before, &k);
    if (e == E_INPUT) {
        w->status = 422;
        return draw_criterion(c, w, &k);
    }
    TRY(e);
    return page_done(c, w, url_path(c->arena, "/office/criteria"), tr(c, "基準を保存しました。"));
}
