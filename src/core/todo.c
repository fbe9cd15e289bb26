#include "core/todo.h"

#include <stdlib.h>

#include "core/app.h"
#include "core/job.h"
#include "core/outbox.h"
#include "core/run.h"

void todo_add(struct ctx *c, struct todos *list, struct todo t)
{
    ARENA_PUSH(c->arena, list->v, list->n, list->cap) = t;
}

struct placed { struct todo t; size_t i; };

/* By time left; what has no time after that; what waits for others last. Equal ones stay as their areas gave them. */
static int by_time_left(const void *x, const void *y)
{
    const struct placed *a = x, *b = y;
    if (a->t.waiting != b->t.waiting)
        return a->t.waiting ? 1 : -1;
    int64_t p = a->t.due == NONE ? INT64_MAX : a->t.due, q = b->t.due == NONE ? INT64_MAX : b->t.due;
    if (p != q)
        return p < q ? -1 : 1;
    return (a->i > b->i) - (a->i < b->i);
}

enum err todos_of_user(struct ctx *c, struct todos *list)
{
    *list = (struct todos){0};
    TRY(job_todos(c, list));
    TRY(run_todos(c, list));
    TRY(outbox_todos(c, list));
    for (const struct area *const *a = c->app->areas; a != NULL && *a != NULL; a++)
        for (const struct todo_source *s = (*a)->todos; s != NULL && s->collect != NULL; s++)
            TRY(s->collect(c, list));
    if (list->n < 2)
        return OK;
    struct placed *v = arena_many(c->arena, struct placed, list->n);
    for (size_t i = 0; i < list->n; i++)
        v[i] = (struct placed){list->v[i], i};
    qsort(v, list->n, sizeof *v, by_time_left);
    for (size_t i = 0; i < list->n; i++)
        list->v[i] = v[i].t;
    return OK;
}
