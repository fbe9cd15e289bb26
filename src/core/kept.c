#include "core/kept.h"

#include <string.h>

#include "core/app.h"

_Static_assert(sizeof(struct depends) <= CACHE_NOTE, "the note holds it");

static bool found(struct ctx *c, const char *key, const char **p, size_t *n)
{
    struct cache_entry *e = cache_get(c->app->cache, key);
    if (e == NULL)
        return false;
    struct depends d;
    memcpy(&d, cache_note(e), sizeof d);
    bool holds = db_unchanged(c->app->env, d.tables, d.stamp);
    if (holds) {
        const char *bytes = cache_bytes(e, n);
        *p = memcpy(arena_text(c->arena, *n + 1), bytes, *n);
        db_watch_add(c->db, d.tables); /* a page made of it depends on the same tables */
    }
    cache_release(e);
    return holds;
}

enum err kept(struct ctx *c, const char *key, enum err (*make)(struct ctx *c, const void *arg, struct sb *out), const void *arg, const char **p, size_t *n)
{
    bool may = c->snapshot != 0 && c->app->cache != NULL;
    if (may && found(c, key, p, n))
        return OK;
    struct sb out;
    sb_init(&out, c->arena);
    struct watch before = db_watch_part(c->db);
    enum err e = make(c, arg, &out);
    struct depends d = {db_watch_part_end(c->db, before), c->snapshot - 1};
    TRY(e);
    TRY_DB(c, db_error(c->db)); /* a look-up that answers without a code may have failed: what was made after that is nothing to keep */
    if (may) {
        unsigned char note[CACHE_NOTE] = {0};
        memcpy(note, &d, sizeof d);
        cache_put(c->app->cache, key, out.p, out.n, note, INT64_MAX);
    }
    *p = sb_str(&out);
    *n = out.n;
    return OK;
}
