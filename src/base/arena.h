/* Arenas: memory that dies with the request.
 *
 * An arena hands out zeroed, 16-byte aligned memory and takes it back as a whole.
 * Out of memory ends the process with a message: no caller has to check for NULL.
 * An arena belongs to one thread at a time.
 */
#ifndef KYODO_BASE_ARENA_H
#define KYODO_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* A new arena; free with arena_free. */
struct arena *arena_new(void);
void arena_free(struct arena *a);
/* Forgets all that was handed out; keeps at most 1 MiB for the next use. */
void arena_reset(struct arena *a);

void *arena_alloc(struct arena *a, size_t n);
/* The same for text that the caller writes at once: not zeroed. */
char *arena_text(struct arena *a, size_t n);
/* n * size bytes; an overflow ends the process. */
void *arena_array(struct arena *a, size_t n, size_t size);
#define arena_make(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define arena_many(a, type, n) ((type *)arena_array((a), (n), sizeof(type)))

/* Copies; NULL gives NULL. */
char *arena_dup(struct arena *a, const char *s);
char *arena_dup_n(struct arena *a, const char *s, size_t n); /* n bytes and a NUL */
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprintf(struct arena *a, const char *format, va_list args)
    __attribute__((format(printf, 2, 0)));

/* `ARENA struct arena *a = arena_new();` frees it where its scope ends. */
void arena_cleanup(struct arena **a);
#define ARENA __attribute__((cleanup(arena_cleanup)))

/* Grows an array in an arena so that v[n] may be written; the old block stays until the reset.
 *   ARENA_PUSH(a, list, list_n, list_cap) = value; */
#define ARENA_PUSH(a, v, n, cap)                                                                \
    (*((v) = arena_grow((a), (v), (n), &(cap), sizeof *(v)), (n)++, &(v)[(n) - 1]))
void *arena_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size);

#endif
