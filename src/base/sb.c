#include "base/sb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAP 64u

void sb_init(struct sb *b, struct arena *a)
{
    b->arena = a;
    b->p = arena_text(a, FIRST_CAP);
    b->p[0] = '\0';
    b->n = 0;
    b->cap = FIRST_CAP;
}

void sb_reserve(struct sb *b, size_t more)
{
    if (b->cap - b->n > more)
        return;
    size_t cap = b->cap < FIRST_CAP ? FIRST_CAP : b->cap;
    while (cap - b->n <= more) {
        if (cap > SIZE_MAX / 4) {
            fprintf(stderr, "kyodo: text too long\n");
            abort();
        }
        cap *= 2;
    }
    char *p = arena_text(b->arena, cap);
    if (b->n)
        memcpy(p, b->p, b->n);
    p[b->n] = '\0';
    b->p = p;
    b->cap = cap;
}

void sb_int(struct sb *b, int64_t v)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (v < 0)
        digits[--at] = '-';
    sb_add_n(b, digits + at, sizeof digits - at);
}

void sb_printf(struct sb *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(b->p + b->n, b->cap - b->n, format, args);
    va_end(args);
    if (n < 0) {
        fprintf(stderr, "kyodo: cannot format \"%s\"\n", format);
        abort();
    }
    if ((size_t)n >= b->cap - b->n) {
        sb_reserve(b, (size_t)n);
        vsnprintf(b->p + b->n, b->cap - b->n, format, again);
    }
    va_end(again);
    b->n += (size_t)n;
}

const char *sb_str(struct sb *b)
{
    return b->p ? b->p : "";
}
