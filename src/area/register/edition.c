/* Editions: made from the closed rounds of a year, frozen, hashed, published. Source: spec §3.4. */
#include <string.h>

#include "area/register/figures.h"
#include "area/register/freeze.h"
#include "area/register/register.h"
#include "base/crypto.h"
#include "base/text.h"
#include "core/finder.h"
#include "core/job.h"
#include "core/preset.h"

/* --- which statements --- */

struct candidate {
    int64_t statement, project;
    struct statement *s;
    struct frozen frozen;
    bool same;
    const char *section_name, *department_name;
    int64_t scheme_at, category_at, section_at;
};
struct candidates { struct candidate *v; size_t n, cap; };

/* Of each project the statement of the round closed last. Those of unanswered or returned sections, ended ones, what a department left
 * out and merged projects stay out. */
static enum err collect(struct ctx *c, int64_t year, struct candidates *list)
{
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT s.id, s.project, s.decision, (SELECT count(*) FROM left_out l WHERE l.statement = s.id) FROM statement s JOIN inquiry q ON q.id = s.inquiry JOIN answer a ON a.id = s.answer JOIN project p ON p.id = s.project "
        "WHERE q.year = $1 AND q.state = 'closed' AND a.state IN ('submitted', 'none') AND p.merged_into IS NULL "
        "ORDER BY s.project, q.closed_at DESC, q.id DESC", P(year));
    int64_t last = NONE;
    while (db_next(q)) {
        int64_t project = db_int(q, 1);
        const char *decision = db_text(q, 2);
        if (project == last)
            continue;
        last = project;
        if (decision == NULL || strcmp(decision, "ended") == 0 || db_int(q, 3) > 0)
            continue;
        ARENA_PUSH(c->arena, list->v, list->n, list->cap) = (struct candidate){.statement = db_int(q, 0), .project = project};
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* The project's row in the newest edition of the year, if any: what did not change is not frozen again. */
static enum err earlier(struct ctx *c, int64_t project, int64_t year, struct frozen *f, bool *found)
{
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT " FROZEN_COLUMNS " FROM frozen f JOIN edition_item i ON i.frozen = f.id JOIN edition e ON e.id = i.edition "
        "WHERE f.project = $1 AND f.year = $2 AND e.year = $2 ORDER BY e.number DESC LIMIT 1", P(project, year));
    *found = db_next(q);
    if (*found)
        frozen_read(q, f);
    db_done(q);
    TRY_DB(c, db_error(c->db));
    return OK;
}

static int64_t place_of(const struct word *v, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (text_eq(v[i].code, code))
            return (int64_t)i;
    return (int64_t)n;
}

static int compare(const void *x, const void *y)
{
    const struct candidate *a = x, *b = y;
    if (a->scheme_at != b->scheme_at)
        return a->scheme_at < b->scheme_at ? -1 : 1;
    if (a->category_at != b->category_at)
        return a->category_at < b->category_at ? -1 : 1;
    if (a->section_at != b->section_at)
        return a->section_at < b->section_at ? -1 : 1;
    int d = strcmp(a->frozen.sort_key, b->frozen.sort_key);
    return d != 0 ? d : a->project < b->project ? -1 : a->project > b->project;
}

static enum err freeze(struct ctx *c, int64_t year, struct candidates *list)
{
    const struct word *scheme, *category;
    size_t schemes, categories, sections;
    struct section_node *section;
    TRY(words(c, "scheme", NULL, year, &scheme, &schemes));
    TRY(words(c, "category", NULL, year, &category, &categories));
    TRY(sections_of_year(c, year, &section, &sections));
    for (size_t i = 0; i < list->n; i++) {
        struct candidate *k = &list->v[i];
        k->s = arena_make(c->arena, struct statement);
        TRY(record_load(c, &statement_entity, k->statement, k->s));
        struct frozen before;
        bool found = false;
        TRY(earlier(c, k->project, year, &before, &found));
        TRY(frozen_make(c, k->s, found ? &before : NULL, &k->frozen, &k->same));
        k->scheme_at = place_of(scheme, schemes, k->s->scheme);
        k->category_at = place_of(category, categories, k->s->category);
        const struct section_node *node = section_in(section, sections, k->s->lead);
        k->section_at = node != NULL ? node - section : (int64_t)sections;
        k->section_name = node != NULL ? node->s.name : NULL;
        k->department_name = node != NULL && node->department_id != node->s.id ? node->department : NULL;
    }
    if (list->n > 1)
        qsort(list->v, list->n, sizeof *list->v, compare);
    return OK;
}

static enum err put_items(struct ctx *c, int64_t edition, struct candidates *list)
{
    for (size_t i = 0; i < list->n; i++) {
        struct frozen *f = &list->v[i].frozen;
        if (!list->v[i].same)
            TRY(frozen_insert(c, f, list->v[i].s));
        TRY_DB(c, db_exec(c->db,
            "INSERT INTO edition_item (edition, position, project, frozen, name_key, scheme, category, continuity, department, section, name, budget, partners, "
            "section_name, department_name) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
            P(edition, (int64_t)i + 1, f->project, f->id, f->sort_key, f->scheme, f->category, f->continuity, f->department, f->section, f->name, f->budget,
              f->partners, list->v[i].section_name, list->v[i].department_name)));
    }
    return OK;
}

/* --- the edition's own hash --- */

static enum err hash_edition(struct ctx *c, int64_t edition, const struct figure *figure, size_t figures, const char **hash)
{
    struct sb b;
    sb_init(&b, c->arena);
    struct db_rows *e = db_query(c->db, c->arena, "SELECT year, number, preface, heads, previous, previous_hash FROM edition WHERE id = $1", P(edition));
    if (db_next(e)) {
        sb_printf(&b, "%lld %lld\n%s\n%s\n", (long long)db_int(e, 0), (long long)db_int(e, 1), db_text(e, 2) != NULL ? db_text(e, 2) : "",
                  db_text(e, 3) != NULL ? db_text(e, 3) : "");
        if (!db_null(e, 4))
            sb_printf(&b, "previous %lld %s\n", (long long)db_int(e, 4), db_text(e, 5) != NULL ? db_text(e, 5) : "");
    }
    db_done(e);
    TRY_DB(c, db_error(c->db));
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT i.position, i.project, f.hash FROM edition_item i JOIN frozen f ON f.id = i.frozen WHERE i.edition = $1 ORDER BY i.position", P(edition));
    while (db_next(q))
        sb_printf(&b, "%lld %lld %s\n", (long long)db_int(q, 0), (long long)db_int(q, 1), db_text(q, 2));
    TRY_DB(c, db_error(c->db));
    sb_add(&b, figures_text(c, figure, figures));
    struct part part = {b.p, b.n};
    *hash = hash_hex(c->arena, crypto_hash(&part, 1));
    return OK;
}

/* The edition published last: the new one names it and its hash, so that none can be exchanged unseen. NONE: this is the first. */
static enum err last_published(struct ctx *c, int64_t *id, const char **hash)
{
    *id = NONE;
    *hash = NULL;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id, hash FROM edition WHERE state = 'published' ORDER BY published_at DESC, id DESC LIMIT 1", P0);
    if (db_next(q)) {
        *id = db_int(q, 0);
        *hash = db_text(q, 1);
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err edition_make(struct ctx *c, int64_t year, const char *preface, int64_t *edition)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    int64_t closed = 0, demo = 0, number = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM inquiry WHERE year = $1 AND state = 'closed'", P(year), &closed));
    if (closed == 0)
        return fail(c, E_CONFLICT, "%s", tr(c, "この年度には閉じた照会がありません。照会を閉じてから版を作ってください。"));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM inquiry WHERE year = $1 AND state = 'closed' AND NOT demo", P(year), &demo));
    TRY_DB(c, db_get_int(c->db, "SELECT coalesce(max(number), 0) + 1 FROM edition WHERE year = $1", P(year), &number));
    struct candidates list = {0};
    TRY(collect(c, year, &list));
    TRY(freeze(c, year, &list));
    int64_t previous = NONE;
    const char *previous_hash = NULL;
    TRY(last_published(c, &previous, &previous_hash));
    TRY_DB(c, db_insert(c->db,
        "INSERT INTO edition (year, number, state, made_at, preface, heads, previous, previous_hash, demo) VALUES ($1, $2, 'made', $3, $4, $5, $6, $7, $8) RETURNING id",
        P(year, number, c->now, preface, audit_heads(c), previous, previous_hash, (bool)(demo == 0)), edition));
    TRY(put_items(c, *edition, &list));
    TRY_DB(c, db_exec(c->db, "UPDATE correction SET edition = $1 WHERE year = $2 AND edition IS NULL", P(*edition, year)));
    struct figure *figure;
    size_t figures;
    TRY(figures_count(c, *edition, year, &figure, &figures));
    TRY(figures_store(c, *edition, figure, figures));
    const char *hash = NULL;
    TRY(hash_edition(c, *edition, figure, figures, &hash));
    TRY_DB(c, db_exec(c->db, "UPDATE edition SET hash = $2 WHERE id = $1", P(*edition, hash)));
    return audit_note(c, "edition.make", "edition", *edition, hash);
}

/* --- publishing --- */

static enum err edition_state(struct ctx *c, int64_t edition, const char **state, int64_t *year)
{
    struct db_rows *q = db_query(c->db, c->arena, "SELECT state, year FROM edition WHERE id = $1", P(edition));
    bool found = db_next(q);
    if (found) {
        *state = db_text(q, 0);
        *year = db_int(q, 1);
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    return found ? OK : fail(c, E_NOT_FOUND, "%s", tr(c, "この版は見つかりません。"));
}

/* Held until the commit: of publishing and discarding at one time the second sees what the first has done. */
static enum err edition_locked(struct ctx *c, int64_t edition, const char **state, int64_t *year)
{
    TRY_DB(c, db_exec(c->db, "UPDATE edition SET state = state WHERE id = $1", P(edition)));
    return edition_state(c, edition, state, year);
}

/* Search must follow: projects of this edition, and those that stood in an earlier one of the year. */
static enum err touch_projects(struct ctx *c, int64_t year)
{
    struct db_rows *q = db_query(c->db, c->arena, "SELECT DISTINCT i.project FROM edition_item i JOIN edition e ON e.id = i.edition WHERE e.year = $1", P(year));
    while (db_next(q))
        TRY(finder_touch(c, "project", db_int(q, 0)));
    TRY_DB(c, db_error(c->db));
    q = db_query(c->db, c->arena,
        "SELECT DISTINCT p.organization FROM frozen_partner p JOIN edition_item i ON i.frozen = p.owner JOIN edition e ON e.id = i.edition "
        "WHERE e.year = $1 AND p.organization IS NOT NULL", P(year));
    while (db_next(q))
        TRY(finder_touch(c, "organization", db_int(q, 0)));
    TRY_DB(c, db_error(c->db));
    return OK;
}

static enum err publish_now(struct ctx *c, int64_t edition, int64_t year)
{
    TRY_DB(c, db_exec(c->db, "UPDATE edition SET state = 'published', published_at = $2, version = version + 1 WHERE id = $1", P(edition, c->now)));
    TRY(touch_projects(c, year));
    TRY(job_put(c, "casebook.renew", 0, c->now));
    return audit_note(c, "edition.publish", "edition", edition, NULL);
}

enum err edition_publish(struct ctx *c, int64_t edition, int64_t publish_at)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    const char *state = NULL;
    int64_t year = NONE;
    TRY(edition_locked(c, edition, &state, &year));
    if (strcmp(state, "published") == 0)
        return fail(c, E_CONFLICT, "%s", tr(c, "この版はもう公開しています。"));
    if (publish_at == NONE || publish_at <= c->now)
        return publish_now(c, edition, year);
    TRY_DB(c, db_exec(c->db, "UPDATE edition SET publish_at = $2, version = version + 1 WHERE id = $1", P(edition, publish_at)));
    TRY(job_put(c, "edition.publish", edition, publish_at));
    return audit_note(c, "edition.schedule", "edition", edition, NULL);
}

/* The job of a set instant: nothing to do when the edition was published by hand, put off or discarded meanwhile. */
enum err edition_publish_due(struct ctx *c, int64_t edition)
{
    int64_t at = NONE;
    const char *state = NULL;
    int64_t year = NONE;
    TRY_DB(c, db_exec(c->db, "UPDATE edition SET state = state WHERE id = $1", P(edition)));
    enum err e = db_get_int(c->db, "SELECT publish_at FROM edition WHERE id = $1 AND state = 'made'", P(edition), &at);
    if (e == E_NOT_FOUND || (e == OK && (at == NONE || at > c->now)))
        return OK;
    TRY_DB(c, e);
    TRY(edition_state(c, edition, &state, &year));
    return publish_now(c, edition, year);
}

enum err edition_discard(struct ctx *c, int64_t edition)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    const char *state = NULL;
    int64_t year = NONE;
    TRY(edition_locked(c, edition, &state, &year));
    if (strcmp(state, "made") != 0)
        return fail(c, E_CONFLICT, "%s", tr(c, "公開した版は消せません。直すときは次の版を作ってください。"));
    /* Corrections wait for the next one again. */
    TRY_DB(c, db_exec(c->db, "UPDATE correction SET edition = NULL WHERE edition = $1", P(edition)));
    TRY_DB(c, db_exec(c->db, "DELETE FROM figure WHERE edition = $1", P(edition)));
    TRY_DB(c, db_exec(c->db, "DELETE FROM edition_item WHERE edition = $1", P(edition)));
    /* Frozen rows that no other edition uses go too. */
    TRY_DB(c, db_exec(c->db,
        "DELETE FROM frozen_set WHERE owner IN (SELECT f.id FROM frozen f WHERE f.year = $1 AND NOT EXISTS (SELECT 1 FROM edition_item i WHERE i.frozen = f.id))", P(year)));
    TRY_DB(c, db_exec(c->db,
        "DELETE FROM frozen_partner WHERE owner IN (SELECT f.id FROM frozen f WHERE f.year = $1 AND NOT EXISTS (SELECT 1 FROM edition_item i WHERE i.frozen = f.id))", P(year)));
    TRY_DB(c, db_exec(c->db, "DELETE FROM frozen WHERE year = $1 AND NOT EXISTS (SELECT 1 FROM edition_item i WHERE i.frozen = frozen.id)", P(year)));
    TRY_DB(c, db_exec(c->db, "DELETE FROM edition WHERE id = $1", P(edition)));
    TRY(job_cancel(c, "edition.publish", edition));
    return audit_note(c, "edition.discard", "edition", edition, NULL);
}

enum err edition_last_year(struct ctx *c, int64_t *year)
{
    TRY_DB(c, db_get_int(c->db, "SELECT max(year) FROM edition", P0, year));
    return OK;
}

enum err edition_newest(struct ctx *c, int64_t year, int64_t *edition)
{
    enum err e = year == NONE
        ? db_get_int(c->db, "SELECT id FROM edition WHERE state = 'published' ORDER BY year DESC, number DESC LIMIT 1", P0, edition)
        : db_get_int(c->db, "SELECT id FROM edition WHERE state = 'published' AND year = $1 ORDER BY number DESC LIMIT 1", P(year), edition);
    if (e == E_NOT_FOUND)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この年度の版はまだ公開していません。"));
    TRY_DB(c, e);
    return OK;
}

/* --- verifying --- */

/* full is "土木部 … 道路保全課"; a department that leads by itself stands alone. */
static bool names_fit(const char *full, const char *department, const char *section)
{
    if (full == NULL || section == NULL || department == NULL)
        return text_eq(full, section) && department == NULL;
    size_t n = strlen(full), first = strlen(department), last = strlen(section);
    return n > first + last && text_starts(full, department) && full[first] == ' ' && full[n - last - 1] == ' ' && strcmp(full + n - last, section) == 0;
}

/* Editions made before their items held names were given, by the migration, those of its day: after a renaming they are not the frozen ones. */
static enum err had_no_names(struct ctx *c, int64_t edition, bool *out)
{
    int64_t n = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM edition e JOIN schema_migration m ON m.number = 4 AND m.at >= e.made_at WHERE e.id = $1", P(edition), &n));
    *out = n > 0;
    return OK;
}

static enum err verify_rows(struct ctx *c, int64_t edition)
{
    bool named_later = false;
    TRY(had_no_names(c, edition, &named_later));
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT " FROZEN_COLUMNS ", i.project, i.scheme, i.category, i.continuity, i.department, i.section, i.name_key, i.name, i.budget, i.partners, "
        "i.department_name, i.section_name, d.name, s.name FROM edition_item i JOIN frozen f ON f.id = i.frozen LEFT JOIN section s ON s.id = i.section "
        "LEFT JOIN section d ON d.id = i.department AND d.id <> i.section WHERE i.edition = $1 ORDER BY i.position", P(edition));
    while (db_next(q)) {
        struct frozen f;
        frozen_read(q, &f);
        const char *fault = NULL, *section = NULL;
        TRY(frozen_verify(c, &f, &fault, &section));
        if (fault == NULL && (db_int(q, 18) != f.project || !text_eq(db_text(q, 19), f.scheme) || !text_eq(db_text(q, 20), f.category) ||
                              !text_eq(db_text(q, 21), f.continuity) || db_int(q, 22) != f.department || db_int(q, 23) != f.section ||
                              !text_eq(db_text(q, 24), f.sort_key) || !text_eq(db_text(q, 25), f.name) || db_int(q, 26) != f.budget ||
                              !text_eq(db_text(q, 27), f.partners)))
            fault = tr(c, "版の目次が記載と違います");
        if (fault == NULL && !names_fit(section, db_text(q, 28), db_text(q, 29)) &&
            !(named_later && text_eq(db_text(q, 28), db_text(q, 30)) && text_eq(db_text(q, 29), db_text(q, 31))))
            fault = tr(c, "版の目次の所属の名前が記載と違います");
        if (fault != NULL)
            return fail(c, E_CONFLICT, tr(c, "版%lld 事業%lld: %s"), (long long)edition, (long long)f.project, fault);
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err edition_verify(struct ctx *c, int64_t edition)
{
    const char *state = NULL, *stored = NULL, *hash = NULL;
    int64_t year = NONE;
    TRY(edition_state(c, edition, &state, &year));
    TRY(verify_rows(c, edition));
    struct figure *counted, *kept;
    size_t counted_n, kept_n;
    TRY(figures_load(c, edition, NULL, &kept, &kept_n));
    TRY(figures_count(c, edition, year, &counted, &counted_n));
    /* Vocabulary, tree and rounds may have moved on since: only what was kept is compared, figure by figure. */
    for (size_t i = 0; i < kept_n; i++) {
        if (strcmp(kept[i].name, "sections") == 0 && strcmp(kept[i].one, "addressed") == 0)
            continue;
        int64_t now = figure_of(counted, counted_n, kept[i].name, kept[i].one, kept[i].other);
        if ((now == NONE ? 0 : now) != kept[i].value)
            return fail(c, E_CONFLICT, tr(c, "版%lld の数字「%s %s %s」は %lld ですが、数え直すと %lld です。"), (long long)edition, kept[i].name, kept[i].one,
                        kept[i].other, (long long)kept[i].value, (long long)(now == NONE ? 0 : now));
    }
    TRY_DB(c, db_get_text(c->db, c->arena, "SELECT hash FROM edition WHERE id = $1", P(edition), &stored));
    TRY(hash_edition(c, edition, kept, kept_n, &hash));
    if (!text_eq(stored, hash))
        return fail(c, E_CONFLICT, tr(c, "版%lld の照合番号が合いません。"), (long long)edition);
    int64_t broken = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM edition e WHERE e.id = $1 AND e.previous IS NOT NULL AND NOT EXISTS "
                                "(SELECT 1 FROM edition p WHERE p.id = e.previous AND p.hash = e.previous_hash)", P(edition), &broken));
    if (broken > 0)
        return fail(c, E_CONFLICT, tr(c, "版%lld が名指す前の版の照合番号が、いまの前の版と違います。"), (long long)edition);
    return OK;
}
