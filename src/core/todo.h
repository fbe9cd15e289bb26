/* 今日やること: what waits for a user, from every area, by time left. */
#ifndef KYODO_CORE_TODO_H
#define KYODO_CORE_TODO_H

#include "core/ctx.h"
#include "web/web.h"

struct todo {
    const char *text;  /* "照会に回答する" */
    const char *about; /* "PSプロジェクト照会(令和8年度)" */
    struct url to;
    int64_t due;       /* instant; NONE: no time */
    bool waiting;      /* the other side's turn */
};
struct todos { struct todo *v; size_t n, cap; };
void todo_add(struct ctx *c, struct todos *list, struct todo t);
struct todo_source { enum err (*collect)(struct ctx *c, struct todos *list); };
/* All of the user's, sorted by due. */
enum err todos_of_user(struct ctx *c, struct todos *list);

#endif
