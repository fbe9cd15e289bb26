/* What search finds of projects: the public the newest published state, staff the working statement. */
#include "area/register/public.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "core/finder.h"
#include "core/preset.h"

enum { RANK_BASE = 4000 /* newest year first */, OWN_MOST = 500 };

static void put_text(struct sb *b, const char *s)
{
    if (s != NULL && *s != '\0')
        sb_printf(b, "%s%s", b->n > 0 ? "\n" : "", s);
}

/* The texts of all SEARCH fields but the name, which is searched beside them; a partner by its name, and by that of its record where this says more. */
static const char *body_of(struct ctx *c, const struct statement *s, const struct frozen_words *w)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *f = &statement_entity.fields[i];
        if ((f->flags & SEARCH) && (f->kind == FIELD_TEXT || f->kind == FIELD_MEMO) && !text_eq(f->name, "name"))
            put_text(&b, field_text(f, s));
    }
    for (size_t i = 0; i < s->partners_n; i++) {
        const char *name = s->partners[i].name, *record = w != NULL ? frozen_organization(c, w, s->partners[i].organization) : NULL;
        if (name == NULL || record == NULL || strstr(record, name) == NULL)
            put_text(&b, name);
        put_text(&b, record);
    }
    put_text(&b, w != NULL ? frozen_section(c, w, s->lead) : section_full_name(c, s->lead));
    return sb_str(&b);
}

static enum err public_document(struct ctx *c, int64_t project, struct finder_doc *out)
{
    struct frozen f;
    int64_t edition;
    enum err e = project_frozen(c, project, NONE, &f, &edition);
    if (e == E_NOT_FOUND) {
        failure_clear(&c->fail);
        out->gone = true;
        return OK;
    }
    TRY(e);
    struct statement s;
    struct frozen_words w;
    const char *hidden;
    TRY(frozen_open(c, &f, AUDIENCE_PUBLIC, &s, &w, &hidden));
    *out = (struct finder_doc){.name = s.name, .body = body_of(c, &s, &w), .rank = RANK_BASE - f.year};
    return OK;
}

/* The newest statement; what is withheld is withheld from staff's search too. */
static enum err newest_statement(struct ctx *c, int64_t project, struct statement *s, bool *found)
{
    int64_t id = NONE;
    enum err e = db_get_int(c->db, "SELECT id FROM statement WHERE project = $1 ORDER BY year DESC, id DESC LIMIT 1", P(project), &id);
    *found = e == OK;
    if (e == E_NOT_FOUND)
        return OK;
    TRY_DB(c, e);
    TRY(record_load(c, &statement_entity, id, s));
    record_mask(&statement_entity, s, AUDIENCE_STAFF, withheld(c, "project", project));
    return OK;
}

static enum err document(struct ctx *c, int64_t project, enum search_audience who, struct finder_doc *out)
{
    if (who == SEARCH_PUBLIC)
        return public_document(c, project, out);
    struct statement s;
    bool found;
    TRY(newest_statement(c, project, &s, &found));
    if (!found || s.name == NULL) {
        out->gone = true;
        return OK;
    }
    *out = (struct finder_doc){.name = s.name, .body = body_of(c, &s, NULL), .rank = RANK_BASE - s.year};
    return OK;
}

static enum err next(struct ctx *c, int64_t after, int64_t *record)
{
    enum err e = db_get_int(c->db, "SELECT id FROM project WHERE id > $1 ORDER BY id LIMIT 1", P(after == NONE ? 0 : after), record);
    if (e == E_NOT_FOUND) {
        *record = NONE;
        return OK;
    }
    TRY_DB(c, e);
    return OK;
}

static enum err hit(struct ctx *c, int64_t project, enum search_audience who, struct finder_hit *out)
{
    struct frozen f;
    int64_t edition;
    enum err e = project_frozen(c, project, NONE, &f, &edition);
    if (e == E_NOT_FOUND)
        failure_clear(&c->fail);
    else if (e != OK)
        return e;
    struct statement s;
    if (who == SEARCH_PUBLIC || e == OK) {
        struct frozen_words w;
        const char *hidden;
        if (e != OK)
            return OK;
        TRY(frozen_open(c, &f, AUDIENCE_PUBLIC, &s, &w, &hidden));
        *out = (struct finder_hit){.title = s.name, .to = url_project(c, project), .text = body_of(c, &s, &w),
                                   .where = arena_printf(c->arena, "%s %s", year_era(c, f.year), frozen_section(c, &w, s.lead))};
        return OK;
    }
    /* Not published yet: for the secretariat and the section that answers. */
    bool found;
    int64_t unit = NONE;
    TRY(newest_statement(c, project, &s, &found));
    if (!found)
        return OK;
    TRY_DB(c, db_get_int(c->db, "SELECT unit FROM section WHERE id = $1", P(s.lead), &unit));
    if (!user_is(c->user, ROLE_SECRETARIAT) && !user_on_unit(c->user, SECTION_ROLES, unit))
        return OK;
    *out = (struct finder_hit){.title = s.name, .to = url_path(c->arena, "/answers/%lld/projects/%lld", (long long)s.answer, (long long)s.id),
                               .text = body_of(c, &s, NULL),
                               .where = arena_printf(c->arena, tr(c, "%s %s・まだ公開していません"), year_era(c, s.year), section_full_name(c, s.lead))};
    return OK;
}

/* What a section has entered and nobody has published. Some dozens at most: read, not indexed. */
static enum err own(struct ctx *c, const struct search_query *q, size_t most, int64_t **record, size_t *n)
{
    struct sql sql;
    int64_t *project = NULL;
    size_t projects = 0, cap = 0;
    bool any = false;
    *record = NULL;
    *n = 0;
    sql_init(&sql, c->arena);
    /* What was never handed in, and all of the rounds that no edition has taken up: those are few, what a section has stated over the years is not. */
    sql_add(&sql, "SELECT DISTINCT s.project FROM answer a JOIN section x ON x.id = a.section JOIN statement s ON s.answer = a.id WHERE (a.state <> 'submitted' OR a.inquiry IN (0", P0);
    for (struct db_rows *r = db_query(c->db, c->arena, "SELECT q.id FROM inquiry q WHERE q.state <> 'draft' AND NOT EXISTS "
                                                       "(SELECT 1 FROM edition e WHERE e.year = q.year AND e.state = 'published' AND e.made_at >= q.closed_at) ORDER BY q.id", P0); db_next(r);)
        sql_add(&sql, ", $", P(db_int(r, 0)));
    TRY_DB(c, db_error(c->db));
    sql_add(&sql, ")) AND x.unit IN (0", P0);
    for (size_t i = 0; i < c->user->duties; i++)
        if (((uint32_t)c->user->duty[i].role & SECTION_ROLES) && c->user->duty[i].unit != NONE) {
            sql_add(&sql, ", $", P(c->user->duty[i].unit));
            any = true;
        }
    if (!any)
        return OK;
    sql_add(&sql, ") AND NOT EXISTS (SELECT 1 FROM edition_item i JOIN edition e ON e.id = i.edition WHERE i.project = s.project AND e.state = 'published')"
                  " ORDER BY s.project DESC LIMIT $", P((int64_t)OWN_MOST));
    for (struct db_rows *r = sql_query(c->db, &sql); db_next(r);)
        ARENA_PUSH(c->arena, project, projects, cap) = db_int(r, 0);
    TRY_DB(c, db_error(c->db));
    *record = arena_many(c->arena, int64_t, projects + 1);
    for (size_t i = 0; i < projects && *n < most; i++) {
        struct statement s;
        bool found;
        TRY(newest_statement(c, project[i], &s, &found));
        if (found && s.name != NULL && search_matches(q, text_fold(c->arena, s.name), text_fold(c->arena, body_of(c, &s, NULL))))
            (*record)[(*n)++] = project[i];
    }
    return OK;
}

const struct finder_source register_finder[] = {
    {.kind = "project", .label = "事業", .number = 1, .document = document, .next = next, .hit = hit, .own = own},
    {.kind = NULL},
};
