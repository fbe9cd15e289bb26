/* A new year's tree out of a plan, and taking it in. */
#include "area/people/reorganise.h"

#include <string.h>

#include "area/people/people.h"
#include "base/date.h"
#include "base/text.h"
#include "core/preset.h"

enum { POSITION_STEP = 10, NAME_LONGEST = 100, DEPTH_MOST = 4 };

enum err reorg_old_year(struct ctx *c, int64_t year, int64_t *out)
{
    TRY_DB(c, db_get_int(c->db, "SELECT max(year) FROM section WHERE year < $1", P(year), out));
    return *out != NONE ? OK : fail(c, E_NOT_FOUND, tr(c, "%sより前の所属がありません。"), fiscal_year_long(c->arena, year));
}

int64_t reorg_from_when(struct ctx *c, int64_t year)
{
    int64_t first = instant_end_of_day(arena_printf(c->arena, "%lld-03-31", (long long)year)) + 1;
    return c->now > first ? c->now : first;
}

/* --- resolving --- */

static const char *line_place(struct ctx *c, const struct reorg_plan *plan, const struct reorg_line *l)
{
    if (l->at == NONE)
        return "";
    return plan->place != NULL ? arena_printf(c->arena, tr(c, "%sの%lld行目: "), plan->place, (long long)l->at) : arena_printf(c->arena, tr(c, "%lld行目: "), (long long)l->at);
}

static enum err fault(struct ctx *c, const struct reorg_plan *plan, const struct reorg_line *l, const char *sentence)
{
    return fail_field(&c->fail, "plan", "%s%s", line_place(c, plan, l), sentence);
}

static size_t node_at(const struct reorg *r, const char *path)
{
    for (size_t i = 0; i < r->nodes; i++)
        if (text_eq(r->node[i].path, path))
            return i;
    return SIZE_MAX;
}

/* Where an old section's children go when nothing else is said: below what their parent became. NULL and *lost: nobody knows. */
static const char *parent_path(const struct reorg *r, const struct section_node *child, const char *const *became, bool *lost)
{
    *lost = false;
    for (size_t i = 0; i < r->olds; i++)
        if (r->old[i].s.id == child->s.parent) {
            *lost = became[i] == NULL;
            return became[i];
        }
    return NULL;
}

static enum err node_add(struct ctx *c, struct reorg *r, const struct reorg_plan *plan, const struct reorg_line *l, const struct section_node *old, const char *above, size_t *out)
{
    size_t parent = above != NULL ? node_at(r, above) : SIZE_MAX;
    if (above != NULL && parent == SIZE_MAX)
        return fault(c, plan, l, arena_printf(c->arena, tr(c, "新しい上位の所属「%s」が、新しい組織にありません。先にその所属をつくるか、名前を確かめてください"), above));
    if (text_length(l->name) > NAME_LONGEST || strchr(l->name, '/') != NULL)
        return fault(c, plan, l, tr(c, "新しい名称は100字までで、「/」は使えません"));
    struct reorg_node n = {.name = l->name, .path = above != NULL ? arena_printf(c->arena, "%s/%s", above, l->name) : l->name, .parent = parent,
                           .depth = parent == SIZE_MAX ? 0 : r->node[parent].depth + 1, .unit = NONE, .fate = REORG_NEW};
    if (n.depth >= DEPTH_MOST)
        return fault(c, plan, l, tr(c, "所属の階層が深すぎます"));
    size_t at = node_at(r, n.path);
    if (at == SIZE_MAX) {
        n.level = l->level != NULL ? l->level : old != NULL ? old->s.level : n.depth == 0 ? "department" : "section";
        n.phone = l->phone != NULL ? l->phone : old != NULL ? old->s.phone : NULL;
        n.mail = l->mail != NULL ? l->mail : old != NULL ? old->s.mail : NULL;
        n.answers = old != NULL ? old->s.answers : n.depth > 0;
        n.approval = old != NULL && old->s.approval;
        n.demo = (old != NULL && old->s.demo) || (parent != SIZE_MAX && r->node[parent].demo);
        at = r->nodes;
        ARENA_PUSH(c->arena, r->node, r->nodes, r->nodes_cap) = n;
    } else if (old == NULL) {
        return fault(c, plan, l, arena_printf(c->arena, tr(c, "「%s」はもうあります"), n.path));
    }
    *out = at;
    return OK;
}

struct source { size_t old, node; }; /* an old section and what it becomes */

/* Which number a new section has. Of several origins the one with its name; one that only it came from gives it its own. */
static void numbers(struct ctx *c, struct reorg *r, const struct source *v, size_t n)
{
    size_t *from = arena_many(c->arena, size_t, r->nodes + 1), *to = arena_many(c->arena, size_t, r->olds + 1);
    for (size_t i = 0; i < n; i++) {
        from[v[i].node]++;
        to[v[i].old]++;
    }
    for (size_t i = 0; i < n; i++) {
        struct reorg_node *node = &r->node[v[i].node];
        const struct section_node *old = &r->old[v[i].old];
        bool alone = from[v[i].node] == 1 && to[v[i].old] == 1;
        if (alone || text_eq(node->name, old->s.name))
            node->unit = old->s.unit;
    }
    /* One number, two sections of the same name: that can only be a split over two departments; the first keeps it. */
    for (size_t i = 0; i < r->nodes; i++)
        for (size_t k = 0; k < i; k++)
            if (r->node[i].unit != NONE && r->node[i].unit == r->node[k].unit)
                r->node[i].unit = NONE;
    for (size_t i = 0; i < n; i++) {
        struct reorg_node *node = &r->node[v[i].node];
        const struct section_node *old = &r->old[v[i].old];
        node->was = node->was == NULL ? old->s.name : arena_printf(c->arena, tr(c, "%s、%s"), node->was, old->s.name);
        const char *was_above = old->depth > 0 ? old->department : NULL, *above = node->depth > 0 ? r->node[node->parent].name : NULL;
        bool moved = node->depth <= 1 && !text_eq(was_above, above);
        node->fate = from[v[i].node] > 1 ? REORG_MERGE : to[v[i].old] > 1 ? REORG_SPLIT : !text_eq(node->name, old->s.name) ? REORG_RENAME : moved ? REORG_MOVE : REORG_KEEP;
        static const char *const kinds[] = {NULL, "rename", "move", "split", "merge", "new"};
        const char *kind = to[v[i].old] > 1 ? "split" : kinds[node->fate];
        if (kind != NULL && !(from[v[i].node] > 1 && to[v[i].old] == 1 && node->unit == old->s.unit)) /* what others are merged into goes on */
            ARENA_PUSH(c->arena, r->link, r->links, r->links_cap) = (struct reorg_link){old->s.unit, old->s.name, v[i].node, kind};
    }
}

enum err reorg_resolve(struct ctx *c, const struct reorg_plan *plan, struct reorg *r)
{
    *r = (struct reorg){.year = plan->year};
    struct source *source = NULL;
    size_t sources = 0, source_cap = 0, faults = c->fail.faults_n;
    TRY(reorg_old_year(c, plan->year, &r->old_year));
    TRY(sections_of_year(c, r->old_year, &r->old, &r->olds));
    size_t kept = 0;
    for (size_t i = 0; i < r->olds; i++)
        if (!r->old[i].s.gone)
            r->old[kept++] = r->old[i];
    r->olds = kept;
    const char **became = arena_many(c->arena, const char *, r->olds + 1);
    /* Departments that are founded come first: old sections may go below them. */
    for (size_t k = 0; k < plan->n; k++)
        if (plan->v[k].from == NONE && plan->v[k].above == NULL && plan->v[k].name != NULL) {
            size_t node = 0;
            node_add(c, r, plan, &plan->v[k], NULL, NULL, &node);
        }
    for (int depth = 0; depth < DEPTH_MOST; depth++) /* level by level: a section may go to a department that comes later in the list */
        for (size_t i = 0; i < r->olds; i++) {
            const struct section_node *old = &r->old[i];
            size_t lines = 0;
            if (old->depth != depth)
                continue;
            for (size_t k = 0; k <= plan->n; k++) {
                struct reorg_line as_it_was = {.at = NONE, .from = old->s.unit, .name = old->s.name};
                const struct reorg_line *l = k < plan->n ? &plan->v[k] : &as_it_was;
                bool lost = false;
                size_t node = 0;
                if (k == plan->n ? lines > 0 : l->from != old->s.unit)
                    continue;
                lines++;
                if (l->name == NULL) {
                    ARENA_PUSH(c->arena, r->link, r->links, r->links_cap) = (struct reorg_link){old->s.unit, old->s.name, SIZE_MAX, "abolish"};
                    continue;
                }
                /* A list in which the old department still stands means the one it became. */
                bool as_before = l->above == NULL || (old->depth > 0 && node_at(r, l->above) == SIZE_MAX && text_eq(l->above, old->department));
                const char *above = as_before ? parent_path(r, old, became, &lost) : l->above;
                if (lost) {
                    fault(c, plan, l, arena_printf(c->arena, tr(c, "「%s」の上位の所属がなくなるか分かれます。新しい部局を書いてください"), old->s.name));
                    continue;
                }
                if (node_add(c, r, plan, l, old, above, &node) != OK)
                    continue;
                became[i] = lines == 1 ? r->node[node].path : NULL;
                ARENA_PUSH(c->arena, source, sources, source_cap) = (struct source){i, node};
            }
        }
    for (size_t k = 0; k < plan->n; k++) {
        const struct reorg_line *l = &plan->v[k];
        size_t node = 0;
        if (l->from == NONE && l->above != NULL && l->name != NULL)
            node_add(c, r, plan, l, NULL, l->above, &node);
        bool known = l->from == NONE;
        for (size_t i = 0; i < r->olds && !known; i++)
            known = r->old[i].s.unit == l->from;
        if (!known)
            fault(c, plan, l, arena_printf(c->arena, tr(c, "旧番号 %lld の所属は、%sにありません"), (long long)l->from, fiscal_year_long(c->arena, r->old_year)));
    }
    if (c->fail.faults_n > faults)
        return E_INPUT;
    numbers(c, r, source, sources);
    for (size_t i = 0; i < r->nodes; i++)
        if (r->node[i].fate == REORG_NEW)
            ARENA_PUSH(c->arena, r->link, r->links, r->links_cap) = (struct reorg_link){NONE, NULL, i, "new"};
    return OK;
}

/* --- taking --- */

static enum err row_of(struct ctx *c, int64_t year, int64_t unit, struct section *s, bool *found)
{
    int64_t id = NONE;
    enum err e = db_get_int(c->db, "SELECT id FROM section WHERE year = $1 AND unit = $2", P(year, unit), &id);
    *found = e == OK;
    if (e == E_NOT_FOUND)
        return OK;
    TRY_DB(c, e);
    return record_load(c, &section_entity, id, s);
}

static enum err tree_write(struct ctx *c, struct reorg *r)
{
    int64_t most = NONE, *id = arena_many(c->arena, int64_t, r->nodes + 1);
    TRY_DB(c, db_get_int(c->db, "SELECT max(unit) FROM section", P0, &most));
    for (size_t i = 0; i < r->nodes; i++) {
        struct reorg_node *n = &r->node[i];
        struct section before, after;
        bool there = false;
        if (n->unit == NONE)
            n->unit = ++most;
        TRY(row_of(c, r->year, n->unit, &before, &there));
        if (there)
            entity_copy(c->arena, &section_entity, &after, &before);
        else
            entity_init(&section_entity, &after);
        after.unit = n->unit;
        after.year = r->year;
        after.parent = n->parent == SIZE_MAX ? NONE : id[n->parent];
        after.level = n->level;
        after.name = n->name;
        after.position = ((int64_t)i + 1) * POSITION_STEP;
        after.phone = n->phone;
        after.mail = n->mail;
        after.answers = n->answers;
        after.approval = n->approval;
        after.demo = n->demo;
        after.gone = false;
        TRY(record_check(c, &section_entity, &after, r->year, true));
        TRY(record_save(c, &section_entity, there ? &before : NULL, &after, "section.reorganise"));
        id[i] = after.id;
        if (there)
            TRY(section_announce(c, after.id));
    }
    return OK;
}

static enum err moves_write(struct ctx *c, const struct reorg *r, struct section_move **out, size_t *n)
{
    struct section_move *v = arena_many(c->arena, struct section_move, r->links + 1);
    for (size_t i = 0; i < r->links; i++) {
        const struct reorg_link *l = &r->link[i];
        const struct reorg_node *node = l->node == SIZE_MAX ? NULL : &r->node[l->node];
        v[i] = (struct section_move){.year = r->year, .from = l->from, .to = node != NULL ? node->unit : NONE, .kind = l->kind};
        bool demo = node != NULL && node->demo;
        TRY_DB(c, db_insert(c->db, "INSERT INTO section_move (year, from_unit, to_unit, kind, at, demo) VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
                            P(v[i].year, v[i].from, v[i].to, v[i].kind, c->now, demo), &v[i].id));
        TRY(audit_note(c, "section.move", "section_move", v[i].id,
                       arena_printf(c->arena, "%s → %s (%s)", l->from_name != NULL ? l->from_name : "", node != NULL ? node->path : "", l->kind)));
    }
    *out = v;
    *n = r->links;
    return OK;
}

/* A section's people go where it goes; where it is split, to each part, until somebody says otherwise. */
static enum err duties_follow(struct ctx *c, const struct section_move *v, size_t n, int64_t unit, int64_t when)
{
    struct account_duty *d = NULL;
    size_t duties = 0;
    struct sql tail;
    bool stays = false;
    for (size_t i = 0; i < n; i++)
        stays = stays || (v[i].from == unit && v[i].to == unit);
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE unit = $ AND (until IS NULL OR until > $) ORDER BY id", P(unit, when));
    TRY_DB(c, entity_select(c->db, c->arena, &account_duty_entity, &tail, false, &d, &duties));
    for (size_t k = 0; k < duties; k++) {
        for (size_t i = 0; i < n; i++) {
            int64_t there = 0;
            if (v[i].from != unit || v[i].to == NONE || v[i].to == unit)
                continue;
            TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM duty WHERE account = $1 AND role = $2 AND unit = $3 AND (until IS NULL OR until > $4)",
                                 P(d[k].account, d[k].role, v[i].to, when), &there));
            if (there > 0)
                continue;
            struct account_duty next = d[k];
            next.id = NONE;
            next.unit = v[i].to;
            next.since = when;
            next.until = NONE;
            TRY(record_save(c, &account_duty_entity, NULL, &next, "duty.follow"));
        }
        struct account_duty after = d[k];
        after.until = when;
        if (!stays)
            TRY(record_save(c, &account_duty_entity, &d[k], &after, "duty.end"));
    }
    return OK;
}

/* What the new tree does not have any more, of a tree that was there before. */
static enum err rows_end(struct ctx *c, const struct reorg *r)
{
    struct section *v = NULL;
    size_t n = 0;
    struct sql tail;
    sql_init(&tail, c->arena);
    sql_add(&tail, "WHERE year = $ ORDER BY position DESC, id DESC", P(r->year));
    TRY_DB(c, entity_select(c->db, c->arena, &section_entity, &tail, false, &v, &n));
    for (size_t i = 0; i < n; i++) {
        bool stays = false, was = false;
        for (size_t k = 0; k < r->nodes; k++)
            stays = stays || r->node[k].unit == v[i].unit;
        for (size_t k = 0; k < r->olds; k++)
            was = was || r->old[k].s.unit == v[i].unit;
        if (stays || !was) /* what was added to the new year by hand is no business of the plan */
            continue;
        /* A closed round's answer keeps its section's row; without one it goes. */
        TRY_DB(c, db_savepoint(c->db, "free_row"));
        bool free_of_others = db_exec(c->db, "DELETE FROM section WHERE id = $1", P(v[i].id)) == OK;
        db_rollback_to(c->db, "free_row");
        struct section after = v[i];
        after.gone = true;
        after.answers = false;
        TRY(record_save(c, &section_entity, &v[i], free_of_others ? NULL : &after, free_of_others ? "section.remove" : "section.gone"));
    }
    return OK;
}

enum err reorg_take(struct ctx *c, const struct reorg_plan *plan, const struct reorg_choice *choice, size_t choices)
{
    struct reorg r;
    struct section_move *move = NULL;
    size_t moves = 0;
    int64_t done = 0;
    TRY(need_role(c, ROLE_SECRETARIAT));
    /* Two who take it at once: the rows that both read are held first. */
    TRY_DB(c, db_exec(c->db, "UPDATE section SET version = version WHERE year = (SELECT max(year) FROM section WHERE year < $1)", P(plan->year)));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM section_move WHERE year = $1", P(plan->year), &done));
    if (done > 0)
        return fail(c, E_CONFLICT, tr(c, "%sの組織の変更は、もう取り込まれています。直すところは、所属のページで1つずつ直してください。"), fiscal_year_long(c->arena, plan->year));
    TRY(reorg_resolve(c, plan, &r));
    if (r.links == 0)
        return fail(c, E_INPUT, "%s", tr(c, "変わるところがありません。そのまま写すときは、所属のページの「昨年度の所属を写す」を使ってください。"));
    int64_t when = reorg_from_when(c, plan->year);
    TRY(tree_write(c, &r));
    TRY(moves_write(c, &r, &move, &moves));
    struct follow_choice *to = arena_many(c->arena, struct follow_choice, choices + 1);
    for (size_t i = 0; i < choices; i++) {
        size_t node = node_at(&r, choice[i].path);
        if (node == SIZE_MAX)
            return fail(c, E_INPUT, tr(c, "「%s」という所属は、新しい組織にありません。もう一度はじめからやり直してください。"), choice[i].path);
        to[i] = (struct follow_choice){choice[i].project, r.node[node].unit};
    }
    TRY(register_follow(c, plan->year, move, moves, to, choices));
    for (size_t i = 0; i < moves; i++) {
        bool first = move[i].from != NONE;
        for (size_t k = 0; k < i; k++)
            first = first && move[k].from != move[i].from;
        if (first)
            TRY(duties_follow(c, move, moves, move[i].from, when));
    }
    return rows_end(c, &r);
}
