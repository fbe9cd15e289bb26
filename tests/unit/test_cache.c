/* The page cache: what is held, what goes first, and many threads at once. */
#include "test.h"

#include <pthread.h>
#include <stdatomic.h>

#include "web/cache.h"

static void put(struct cache *c, const char *key, const char *text)
{
    unsigned char note[CACHE_NOTE] = {0};
    note[0] = (unsigned char)strlen(text);
    cache_put(c, key, text, strlen(text), note, 42);
}

static bool holds(struct cache *c, const char *key, const char *text)
{
    struct cache_entry *e = cache_get(c, key);
    if (e == NULL)
        return false;
    size_t n;
    const char *p = cache_bytes(e, &n);
    bool same = n == strlen(text) && memcmp(p, text, n) == 0 && ((const unsigned char *)cache_note(e))[0] == n && cache_until(e) == 42;
    cache_release(e);
    return same;
}

TEST(put_get_drop)
{
    struct cache *c = cache_new(1 << 20);
    CHECK(cache_get(c, "a") == NULL);
    put(c, "a", "one");
    put(c, "b", "two");
    CHECK(holds(c, "a", "one") && holds(c, "b", "two"));
    put(c, "a", "three");
    CHECK(holds(c, "a", "three"));
    /* What is held outlives its place in the cache. */
    struct cache_entry *e = cache_get(c, "a");
    cache_drop(c, "a");
    CHECK(cache_get(c, "a") == NULL);
    size_t n;
    CHECK(memcmp(cache_bytes(e, &n), "three", 5) == 0 && n == 5);
    cache_release(e);
    cache_drop(c, "never there");
    cache_clear(c);
    CHECK(cache_get(c, "b") == NULL);
    cache_free(c);
}

TEST(the_longest_unused_goes_first)
{
    struct cache *c = cache_new(8 * 1024);
    char text[600], key[16];
    memset(text, 'x', sizeof text - 1);
    text[200] = '\0'; /* its length fits the note's byte */
    put(c, "kept", text);
    for (int i = 0; i < 100; i++) {
        snprintf(key, sizeof key, "page %d", i);
        put(c, key, text);
        CHECK(holds(c, "kept", text));
        CHECK(holds(c, key, text));
    }
    CHECK(cache_get(c, "page 0") == NULL);
    CHECK(cache_get(c, "page 50") == NULL);
    /* What would push everything else out is not taken. */
    static char large[4 * 1024];
    memset(large, 'x', sizeof large - 1);
    put(c, "large", large);
    CHECK(cache_get(c, "large") == NULL);
    CHECK(holds(c, "kept", text));
    cache_free(c);
}

struct crowd { struct cache *c; _Atomic int faults; };

static void *work(void *arg)
{
    struct crowd *w = arg;
    char key[16], text[16];
    for (int i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "k%d", i % 37);
        snprintf(text, sizeof text, "text %d", i % 37);
        if (i % 5 == 0)
            put(w->c, key, text);
        else if (i % 11 == 0)
            cache_drop(w->c, key);
        else {
            struct cache_entry *e = cache_get(w->c, key);
            size_t n;
            if (e != NULL && (memcmp(cache_bytes(e, &n), text, strlen(text)) != 0 || n != strlen(text)))
                atomic_fetch_add(&w->faults, 1);
            cache_release(e);
        }
    }
    return NULL;
}

TEST(many_threads)
{
    struct crowd w = {.c = cache_new(4 * 1024)};
    pthread_t t[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, work, &w);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    CHECK_INT(atomic_load(&w.faults), 0);
    cache_free(w.c);
}

TEST_MAIN
