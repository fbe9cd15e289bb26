/* A string builder over an arena. The bytes are always followed by a NUL. */
#ifndef KYODO_BASE_SB_H
#define KYODO_BASE_SB_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

struct sb {
    struct arena *arena;
    char *p;
    size_t n, cap;
};

void sb_init(struct sb *b, struct arena *a);
/* Room for `more` bytes without growing. */
void sb_reserve(struct sb *b, size_t more);
/* Inline: a page is a thousand of these. */
static inline void sb_add_n(struct sb *b, const char *s, size_t n)
{
    if (n == 0)
        return;
    if (b->cap - b->n <= n)
        sb_reserve(b, n);
    memcpy(b->p + b->n, s, n);
    b->n += n;
    b->p[b->n] = '\0';
}
static inline void sb_add(struct sb *b, const char *s) /* NULL adds nothing */
{
    if (s != NULL)
        sb_add_n(b, s, strlen(s));
}
static inline void sb_char(struct sb *b, char c) { sb_add_n(b, &c, 1); }
void sb_int(struct sb *b, int64_t v);
void sb_printf(struct sb *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The text so far; stays valid until the next addition. Never NULL. */
const char *sb_str(struct sb *b);

#endif
