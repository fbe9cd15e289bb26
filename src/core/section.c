#include "core/section.h"

#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "core/app.h"
#include "core/kept.h"
#include "core/preset.h"
#include "core/record.h"

#define ENTITY section
ENTITY_DEFINE(section, "section", "所属", SECTION_FIELDS)
#undef ENTITY

enum { POSITION_STEP = 10, DEPTH_MAX = 8 };

/* --- reading --- */

struct promoters { int64_t unit, n; };

static enum err promoters_of_units(struct ctx *c, struct promoters **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (struct db_rows *q = db_query(c->db, c->arena,
             "SELECT d.unit, count(*) FROM duty d JOIN account a ON a.id = d.account WHERE d.role = 'promoter' AND d.unit IS NOT NULL AND a.active = TRUE "
             "AND (d.until IS NULL OR d.until > $1) GROUP BY d.unit ORDER BY d.unit", P(c->now));
         db_next(q);)
        ARENA_PUSH(c->arena, *out, *n, cap) = (struct promoters){db_int(q, 0), db_int(q, 1)};
    TRY_DB(c, db_error(c->db));
    return OK;
}

static int64_t promoters_of(const struct promoters *v, size_t n, int64_t unit)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (v[middle].unit < unit)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && v[low].unit == unit ? v[low].n : 0;
}

struct tree {
    const struct section *all; size_t all_n;
    struct section_node *out; size_t n;
};

/* Children of `parent` in order, each followed by its own. `all` is sorted by position and id. */
static void place(struct tree *t, int64_t parent, const struct section_node *above, int depth)
{
    if (depth > DEPTH_MAX)
        return;
    for (size_t i = 0; i < t->all_n; i++) {
        if (t->all[i].parent != parent)
            continue;
        struct section_node *node = &t->out[t->n++];
        *node = (struct section_node){.s = t->all[i], .depth = depth,
                                      .department = above != NULL ? above->department : t->all[i].name,
                                      .department_id = above != NULL ? above->department_id : t->all[i].id};
        place(t, t->all[i].id, node, depth + 1);
    }
}

enum err sections_of_year(struct ctx *c, int64_t year, struct section_node **out, size_t *n)
{
    struct section *all = NULL;
    size_t all_n = 0;
    struct sql tail;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE year = $ ORDER BY position, id", P(year));
    TRY_DB(c, entity_select(c->db, c->arena, &section_entity, &tail, false, &all, &all_n));
    struct tree t = {all, all_n, arena_many(c->arena, struct section_node, all_n > 0 ? all_n : 1), 0};
    place(&t, NONE, NULL, 0);
    struct promoters *p;
    size_t p_n;
    TRY(promoters_of_units(c, &p, &p_n));
    for (size_t i = 0; i < t.n; i++)
        t.out[i].promoters = promoters_of(p, p_n, t.out[i].s.unit);
    *out = t.out;
    *n = t.n;
    return OK;
}

const struct section_node *section_in(const struct section_node *v, size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++)
        if (v[i].s.id == id)
            return &v[i];
    return NULL;
}

enum err section_of_unit(struct ctx *c, int64_t unit, int64_t year, struct section *out)
{
    int64_t id = NONE;
    enum err e = db_get_int(c->db, "SELECT id FROM section WHERE year = $1 AND unit = $2", P(year, unit), &id);
    if (e == E_NOT_FOUND)
        return fail(c, E_NOT_FOUND, tr(c, "%sにその所属はありません。"), fiscal_year_long(c->arena, year));
    TRY_DB(c, e);
    return record_load(c, &section_entity, id, out);
}

enum err section_about_now(struct ctx *c, int64_t unit, struct section *out)
{
    int64_t id = NONE;
    enum err e = db_get_int(c->db, "SELECT id FROM section WHERE unit = $1 ORDER BY CASE WHEN year >= $2 THEN 0 ELSE 1 END, CASE WHEN year >= $2 THEN year ELSE -year END LIMIT 1",
                            P(unit, this_year(c)), &id);
    if (e == E_NOT_FOUND)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "その所属はありません。"));
    TRY_DB(c, e);
    return record_load(c, &section_entity, id, out);
}

struct unit_year { int64_t unit, year; };

static enum err make_name(struct ctx *c, const void *arg, struct sb *out)
{
    const struct unit_year *u = arg;
    const char *name = NULL;
    enum err e = db_get_text(c->db, c->arena, "SELECT name FROM section WHERE year = $1 AND unit = $2", P(u->year, u->unit), &name);
    if (e != E_NOT_FOUND)
        TRY_DB(c, e);
    sb_add(out, name);
    return OK;
}

const char *unit_name(struct ctx *c, int64_t unit, int64_t year)
{
    const char *p;
    size_t n;
    const struct unit_year u = {unit, year};
    if (kept(c, arena_printf(c->arena, "unit %lld %lld", (long long)unit, (long long)year), make_name, &u, &p, &n) != OK || n == 0)
        return NULL;
    return arena_dup_n(c->arena, p, n);
}

const char *section_full_name(struct ctx *c, int64_t id)
{
    const char *name = NULL;
    for (int depth = 0; id != NONE && depth <= DEPTH_MAX; depth++) {
        int64_t parent = NONE;
        const char *own = NULL;
        for (struct db_rows *q = db_query(c->db, c->arena, "SELECT name, parent FROM section WHERE id = $1", P(id)); db_next(q);) {
            own = db_text(q, 0);
            parent = db_int(q, 1);
        }
        if (own == NULL)
            break;
        name = name == NULL ? own : arena_printf(c->arena, "%s %s", own, name);
        id = parent;
    }
    return name;
}

const char *section_year_name(struct ctx *c, const struct section *s)
{
    const char *name = section_full_name(c, s->id), *year = fiscal_year_era(c->arena, s->year);
    return s->year == this_year(c) ? name : arena_printf(c->arena, tr(c, s->year > this_year(c) ? "%s(%sから)" : "%s(%sまで)"), name, year);
}

/* --- changing --- */

static enum err unit_new(struct ctx *c, int64_t *unit)
{
    int64_t most = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT max(unit) FROM section", P0, &most));
    *unit = (most == NONE ? 0 : most) + 1;
    return OK;
}

static enum err section_check(struct ctx *c, const struct section *s)
{
    enum err e = record_check(c, &section_entity, s, s->year, true);
    if (s->name != NULL) {
        int64_t same = NONE;
        TRY_DB(c, db_get_int(c->db,
                             "SELECT count(*) FROM section WHERE year = $1 AND name = $2 AND coalesce(parent, 0) = coalesce($3, 0) AND unit <> $4",
                             P(s->year, s->name, s->parent, s->unit), &same));
        if (same > 0)
            e = fail_field(&c->fail, "name", "%s", tr(c, "同じ名称の所属が、同じところにもうあります"));
    }
    int64_t above = s->parent;
    for (int depth = 1; above != NONE; depth++) {
        struct section up;
        if (depth > DEPTH_MAX || above == s->id)
            return fail_field(&c->fail, "parent", "%s", tr(c, "自分より下の所属を上位にはできません"));
        TRY(record_load(c, &section_entity, above, &up));
        if (up.year != s->year)
            return fail_field(&c->fail, "parent", "%s", tr(c, "同じ年度の所属を選んでください"));
        above = up.parent;
    }
    return e;
}

enum err section_save(struct ctx *c, const struct section *before, struct section *after)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    if (before == NULL) {
        if (after->unit == NONE)
            TRY(unit_new(c, &after->unit));
        if (after->parent != NONE) { /* what is added below something invented is part of the invention */
            struct section up;
            TRY(record_load(c, &section_entity, after->parent, &up));
            after->demo = after->demo || up.demo;
        }
        if (after->position == NONE) {
            int64_t last = NONE;
            TRY_DB(c, db_get_int(c->db, "SELECT max(position) FROM section WHERE year = $1", P(after->year), &last));
            after->position = (last == NONE ? 0 : last) + POSITION_STEP;
        }
    }
    TRY(section_check(c, after));
    bool renamed = before != NULL && (!text_eq(before->name, after->name) || before->parent != after->parent);
    TRY(record_save(c, &section_entity, before, after, before == NULL ? "section.add" : "section.change"));
    return renamed ? section_announce(c, after->id) : OK;
}

static enum err announce_one(struct ctx *c, int64_t id, int depth)
{
    int64_t *below = NULL;
    size_t n = 0, cap = 0;
    for (const struct area *const *a = c->app->areas; a != NULL && *a != NULL; a++)
        if ((*a)->section_changed != NULL)
            TRY((*a)->section_changed(c, id));
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id FROM section WHERE parent = $1 ORDER BY id", P(id)); db_next(q);)
        ARENA_PUSH(c->arena, below, n, cap) = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < n && depth < DEPTH_MAX; i++)
        TRY(announce_one(c, below[i], depth + 1));
    return OK;
}

enum err section_announce(struct ctx *c, int64_t id)
{
    return announce_one(c, id, 0);
}

enum err section_remove(struct ctx *c, int64_t id)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    struct section s;
    TRY(record_load(c, &section_entity, id, &s));
    /* Which areas refer to a section is not known here: the database is asked by a trial. */
    TRY_DB(c, db_savepoint(c->db, "trial"));
    bool free_of_others = db_exec(c->db, "DELETE FROM section WHERE id = $1", P(id)) == OK;
    db_rollback_to(c->db, "trial");
    if (!free_of_others)
        return fail(c, E_CONFLICT, tr(c, "「%s」には下の所属か照会への回答があるので、消せません。"), s.name);
    return record_save(c, &section_entity, &s, NULL, "section.remove");
}

/* Where a line has neither tab nor comma, people have typed blanks, plain or full-width, between the names: no name of a section holds one. */
static void blanks_to_tabs(char *line)
{
    if (line[strcspn(line, "\t,")] != '\0')
        return;
    char *to = line;
    for (const char *p = line; *p != '\0';) {
        size_t blank = *p == ' ' ? 1 : strncmp(p, "\u3000", 3) == 0 ? 3 : 0;
        if (blank == 0)
            *to++ = *p++;
        else if (to > line && to[-1] != '\t') {
            *to++ = '\t';
            p += blank;
        } else
            p += blank;
    }
    *to = '\0';
}

/* One cell of a pasted line: up to a tab or comma. */
static const char *next_cell(struct ctx *c, const char **line)
{
    if (*line == NULL)
        return NULL;
    size_t n = strcspn(*line, "\t,");
    bool ok = true;
    const char *cell = text_clean(c->arena, *line, n, true, &ok);
    *line = (*line)[n] == '\0' ? NULL : *line + n + 1;
    return cell;
}

static enum err section_named(struct ctx *c, int64_t year, int64_t parent, const char *level, const char *name, const char *phone, int64_t *id, int64_t *added)
{
    enum err e = db_get_int(c->db, "SELECT id FROM section WHERE year = $1 AND name = $2 AND coalesce(parent, 0) = coalesce($3, 0)",
                            P(year, name, parent), id);
    if (e == OK)
        return OK;
    if (e != E_NOT_FOUND)
        return fail_db(c);
    struct section s;
    entity_init(&section_entity, &s);
    s.year = year;
    s.parent = parent;
    s.level = level;
    s.name = name;
    s.phone = phone;
    s.answers = parent != NONE;
    TRY(section_save(c, NULL, &s));
    *id = s.id;
    ++*added;
    return OK;
}

enum err sections_add_lines(struct ctx *c, int64_t year, const char *lines, int64_t *added)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    *added = 0;
    int64_t line_n = 0;
    for (const char *p = lines; p != NULL && *p != '\0';) {
        size_t n = strcspn(p, "\n");
        char *copy = arena_dup_n(c->arena, p, n);
        const char *line = copy;
        blanks_to_tabs(copy);
        p += n + (p[n] == '\n');
        line_n++;
        const char *department = next_cell(c, &line), *section = next_cell(c, &line), *phone = next_cell(c, &line);
        if (department == NULL && section == NULL && phone == NULL)
            continue;
        if (department == NULL)
            return fail_field(&c->fail, "lines", tr(c, "%lld行目: 部局の名称を書いてください"), (long long)line_n);
        if (text_length(department) > 100 || (section != NULL && text_length(section) > 100) || (phone != NULL && text_length(phone) > 40))
            return fail_field(&c->fail, "lines", tr(c, "%lld行目: 長すぎます(名称は100字、電話は40字まで)"), (long long)line_n);
        /* A 地域振興局 is told by its name, which is how the prefecture itself writes it. */
        const struct word *regional = word_find(c, "level", "regional", year);
        bool is_regional = regional != NULL && text_ends(department, regional->label);
        int64_t department_id = NONE, section_id = NONE;
        TRY(section_named(c, year, NONE, is_regional ? "regional" : "department", department, section == NULL ? phone : NULL, &department_id, added));
        if (section != NULL)
            TRY(section_named(c, year, department_id, "section", section, phone, &section_id, added));
    }
    return OK;
}

enum err sections_carry_over(struct ctx *c, int64_t from_year, int64_t to_year)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    int64_t there = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM section WHERE year = $1", P(to_year), &there));
    if (there > 0)
        return fail(c, E_CONFLICT, tr(c, "%sの所属はもうあります。"), fiscal_year_long(c->arena, to_year));
    struct section_node *v;
    size_t n;
    TRY(sections_of_year(c, from_year, &v, &n));
    if (n == 0)
        return fail(c, E_NOT_FOUND, tr(c, "%sの所属がありません。"), fiscal_year_long(c->arena, from_year));
    int64_t *new_id = arena_many(c->arena, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        struct section s = v[i].s;
        s.id = NONE;
        s.version = NONE;
        s.year = to_year;
        for (size_t k = 0; k < i; k++) /* parents come first */
            if (v[k].s.id == v[i].s.parent)
                s.parent = new_id[k];
        TRY(record_save(c, &section_entity, NULL, &s, "section.carry"));
        new_id[i] = s.id;
    }
    return OK;
}
