/* What became of sections from year to year, and what follows from it for rights. */
#include "core/section.h"

enum err section_moves(struct ctx *c, int64_t year, struct section_move **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id, year, from_unit, to_unit, kind FROM section_move WHERE $1 IS NULL OR year = $1 ORDER BY year, id",
                                      P(year));
         db_next(q);)
        ARENA_PUSH(c->arena, *out, *n, cap) = (struct section_move){db_int(q, 0), db_int(q, 1), db_int(q, 2), db_int(q, 3), db_text(q, 4)};
    TRY_DB(c, db_error(c->db));
    return OK;
}

static void unit_put(int64_t v[UNITS_MOST], size_t *n, int64_t unit)
{
    for (size_t i = 0; i < *n; i++)
        if (v[i] == unit)
            return;
    if (*n < UNITS_MOST)
        v[(*n)++] = unit;
}

size_t units_after(const struct section_move *v, size_t n, int64_t unit, int64_t year, int64_t to_year, int64_t out[UNITS_MOST])
{
    size_t k = 0;
    out[k++] = unit;
    for (int64_t y = year + 1; y <= to_year; y++) {
        int64_t next[UNITS_MOST];
        size_t next_n = 0;
        for (size_t i = 0; i < k; i++) {
            bool moved = false;
            for (size_t m = 0; m < n; m++)
                if (v[m].year == y && v[m].from == out[i]) {
                    moved = true;
                    if (v[m].to != NONE)
                        unit_put(next, &next_n, v[m].to);
                }
            if (!moved)
                unit_put(next, &next_n, out[i]);
        }
        k = next_n;
        for (size_t i = 0; i < k; i++)
            out[i] = next[i];
    }
    return k;
}

int64_t unit_after(const struct section_move *v, size_t n, int64_t unit, int64_t year, int64_t to_year, int64_t prefer, bool *several)
{
    int64_t to[UNITS_MOST];
    size_t k = units_after(v, n, unit, year, to_year, to);
    *several = false;
    if (k == 1)
        return to[0];
    for (size_t i = 0; i < k; i++)
        if (to[i] == prefer)
            return prefer;
    *several = k > 1;
    return NONE;
}

/* Backwards from the sections of today: all that became them. */
static enum err came_from(struct ctx *c, int64_t **v, size_t *n, size_t *cap)
{
    struct section_move *m = NULL;
    size_t moves = 0;
    if (*n == 0)
        return OK;
    TRY(section_moves(c, NONE, &m, &moves));
    for (size_t i = 0; i < *n; i++)
        for (size_t k = 0; k < moves; k++) {
            bool there = m[k].to != (*v)[i] || m[k].from == NONE;
            for (size_t j = 0; j < *n && !there; j++)
                there = (*v)[j] == m[k].from;
            if (!there)
                ARENA_PUSH(c->arena, *v, *n, *cap) = m[k].from;
        }
    return OK;
}

enum err units_of_user(struct ctx *c, uint32_t roles, int64_t **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (size_t i = 0; i < c->user->duties; i++)
        if (((uint32_t)c->user->duty[i].role & roles) && c->user->duty[i].unit != NONE)
            ARENA_PUSH(c->arena, *out, *n, cap) = c->user->duty[i].unit;
    return came_from(c, out, n, &cap);
}

enum err user_on_section(struct ctx *c, uint32_t roles, int64_t unit, bool *out)
{
    int64_t *v = NULL;
    size_t n = 0;
    *out = user_on_unit(c->user, roles, unit);
    if (*out || !user_is(c->user, roles))
        return OK;
    TRY(units_of_user(c, roles, &v, &n));
    for (size_t i = 0; i < n; i++)
        *out = *out || v[i] == unit;
    return OK;
}
