#include "base/arena.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

/* Under the address sanitizer what was not handed out is poisoned, and a gap is left behind each block,
 * so that running off a block is found although all blocks come from one malloc. */
#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define GAP 16u
#define HIDE(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define SHOW(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#else
#define GAP 0u
#define HIDE(p, n) ((void)(p), (void)(n))
#define SHOW(p, n) ((void)(p), (void)(n))
#endif

#define ALIGN 16u
#define FIRST_CHUNK (8u * 1024)
#define LAST_CHUNK (1024u * 1024)
#define KEEP (1024u * 1024)

struct chunk {
    struct chunk *next;
    size_t cap, used;
    size_t pad; /* keeps the bytes behind the head aligned */
};
_Static_assert(sizeof(struct chunk) % ALIGN == 0, "chunk head breaks the alignment");

/* chunks: the first one is filled; the others are full, or hold one large block each. */
struct arena {
    struct chunk *chunks;
    size_t handed_out;
    size_t next_cap;
};

static _Noreturn void out_of_memory(size_t n)
{
    fprintf(stderr, "kyodo: out of memory (%zu bytes asked for)\n", n);
    abort();
}

static char *chunk_bytes(struct chunk *k)
{
    return (char *)(k + 1);
}

static struct chunk *chunk_new(size_t cap)
{
    struct chunk *k = malloc(sizeof *k + cap);
    if (!k)
        out_of_memory(cap);
    k->next = NULL;
    k->cap = cap;
    k->used = 0;
    k->pad = 0;
    HIDE(chunk_bytes(k), cap);
    return k;
}

static void chunk_free(struct chunk *k)
{
    SHOW(chunk_bytes(k), k->cap);
    free(k);
}

struct arena *arena_new(void)
{
    struct arena *a = calloc(1, sizeof *a);
    if (!a)
        out_of_memory(sizeof *a);
    a->next_cap = FIRST_CHUNK;
    return a;
}

void arena_free(struct arena *a)
{
    if (!a)
        return;
    for (struct chunk *k = a->chunks, *next; k; k = next) {
        next = k->next;
        chunk_free(k);
    }
    free(a);
}

void arena_cleanup(struct arena **a)
{
    arena_free(*a);
    *a = NULL;
}

void arena_reset(struct arena *a)
{
    struct chunk *kept = NULL;
    size_t kept_bytes = 0;
    for (struct chunk *k = a->chunks, *next; k; k = next) {
        next = k->next;
        if (kept_bytes + k->cap <= KEEP && (!kept || k->cap > kept->cap)) {
            /* One chunk is kept, the largest that fits: a second one would only be reached after the first is full. */
            if (kept)
                chunk_free(kept);
            kept = k;
        } else {
            chunk_free(k);
        }
    }
    if (kept) {
        kept->next = NULL;
        kept->used = 0;
        HIDE(chunk_bytes(kept), kept->cap);
    }
    a->chunks = kept;
    a->handed_out = 0;
    a->next_cap = kept ? kept->cap : FIRST_CHUNK;
}

static char *take(struct arena *a, size_t n)
{
    if (n > SIZE_MAX / 2)
        out_of_memory(n);
    size_t size = n ? (n + ALIGN - 1) / ALIGN * ALIGN : ALIGN;
    size_t need = size + GAP;
    struct chunk *k = a->chunks;
    if (!k || k->cap - k->used < need) {
        if (k && need > a->next_cap / 4) {
            /* A large block gets a chunk of its own, behind the one being filled, whose rest stays in use. */
            struct chunk *own = chunk_new(need);
            own->next = k->next;
            k->next = own;
            k = own;
        } else {
            if (k && a->next_cap < LAST_CHUNK)
                a->next_cap *= 2;
            struct chunk *fresh = chunk_new(need > a->next_cap ? need : a->next_cap);
            fresh->next = k;
            a->chunks = fresh;
            k = fresh;
        }
    }
    char *p = chunk_bytes(k) + k->used;
    k->used += need;
    a->handed_out += size;
    SHOW(p, n ? n : 1);
    return p;
}

void *arena_alloc(struct arena *a, size_t n)
{
    return memset(take(a, n), 0, n ? n : 1);
}

char *arena_text(struct arena *a, size_t n)
{
    return take(a, n);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        out_of_memory(SIZE_MAX);
    return arena_alloc(a, bytes);
}

char *arena_dup_n(struct arena *a, const char *s, size_t n)
{
    if (!s)
        return NULL;
    if (n > SIZE_MAX / 2 - 1)
        out_of_memory(n);
    char *p = take(a, n + 1);
    if (n)
        memcpy(p, s, n);
    p[n] = '\0';
    return p;
}

char *arena_dup(struct arena *a, const char *s)
{
    return s ? arena_dup_n(a, s, strlen(s)) : NULL;
}

char *arena_vprintf(struct arena *a, const char *format, va_list args)
{
    char first[256]; /* most texts are short: formatted once, not twice */
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(first, sizeof first, format, args);
    if (n < 0) {
        /* Only a broken format or more than INT_MAX bytes lead here. */
        fprintf(stderr, "kyodo: cannot format \"%s\"\n", format);
        abort();
    }
    char *p = take(a, (size_t)n + 1);
    if ((size_t)n < sizeof first)
        memcpy(p, first, (size_t)n + 1);
    else
        vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return p;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *p = arena_vprintf(a, format, args);
    va_end(args);
    return p;
}

void *arena_grow(struct arena *a, void *v, size_t n, size_t *cap, size_t size)
{
    if (n < *cap)
        return v;
    size_t wanted = n < 4 ? 8 : n * 2;
    if (wanted < n)
        out_of_memory(SIZE_MAX);
    void *fresh = arena_array(a, wanted, size);
    if (n)
        memcpy(fresh, v, n * size);
    *cap = wanted;
    return fresh;
}
