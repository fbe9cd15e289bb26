#include "web/cache.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 4096, SHARE = 8 }; /* one page may take an eighth of the whole */

struct cache_entry {
    struct cache_entry *next;           /* in its bucket */
    struct cache_entry *newer, *older;  /* by use */
    _Atomic int held;                   /* the cache itself counts as one */
    uint64_t hash;
    int64_t until;
    size_t size, n;
    const char *bytes;
    _Alignas(16) unsigned char note[CACHE_NOTE];
    char key[]; /* then the bytes */
};

struct cache {
    pthread_mutex_t lock;
    size_t bytes, bytes_max;
    struct cache_entry *newest, *oldest;
    struct cache_entry *bucket[BUCKETS];
};

struct cache *cache_new(size_t bytes_max)
{
    struct cache *c = calloc(1, sizeof *c);
    if (c == NULL)
        abort();
    pthread_mutex_init(&c->lock, NULL);
    c->bytes_max = bytes_max;
    return c;
}

/* FNV-1a: a bad distribution costs time, nothing else, and the size of the whole is bounded. */
static uint64_t hash_of(const char *key)
{
    uint64_t h = 1469598103934665603u;
    for (; *key != '\0'; key++)
        h = (h ^ (unsigned char)*key) * 1099511628211u;
    return h ^ (h >> 32);
}

static struct cache_entry **place(struct cache *c, const char *key, uint64_t hash)
{
    struct cache_entry **at = &c->bucket[hash % BUCKETS];
    while (*at != NULL && ((*at)->hash != hash || strcmp((*at)->key, key) != 0))
        at = &(*at)->next;
    return at;
}

static void list_out(struct cache *c, struct cache_entry *e)
{
    *(e->newer != NULL ? &e->newer->older : &c->newest) = e->older;
    *(e->older != NULL ? &e->older->newer : &c->oldest) = e->newer;
}

static void list_in(struct cache *c, struct cache_entry *e)
{
    e->newer = NULL;
    e->older = c->newest;
    *(c->newest != NULL ? &c->newest->newer : &c->oldest) = e;
    c->newest = e;
}

static void remove_at(struct cache *c, struct cache_entry **at)
{
    struct cache_entry *e = *at;
    *at = e->next;
    list_out(c, e);
    c->bytes -= e->size;
    cache_release(e);
}

void cache_release(void *entry)
{
    struct cache_entry *e = entry;
    if (e != NULL && atomic_fetch_sub(&e->held, 1) == 1)
        free(e);
}

struct cache_entry *cache_get(struct cache *c, const char *key)
{
    uint64_t hash = hash_of(key);
    pthread_mutex_lock(&c->lock);
    struct cache_entry *e = *place(c, key, hash);
    if (e != NULL) {
        atomic_fetch_add(&e->held, 1);
        if (c->newest != e) {
            list_out(c, e);
            list_in(c, e);
        }
    }
    pthread_mutex_unlock(&c->lock);
    return e;
}

const void *cache_note(const struct cache_entry *e) { return e->note; }
int64_t cache_until(const struct cache_entry *e) { return e->until; }

const char *cache_bytes(const struct cache_entry *e, size_t *n)
{
    *n = e->n;
    return e->bytes;
}

void cache_drop(struct cache *c, const char *key)
{
    uint64_t hash = hash_of(key);
    pthread_mutex_lock(&c->lock);
    struct cache_entry **at = place(c, key, hash);
    if (*at != NULL)
        remove_at(c, at);
    pthread_mutex_unlock(&c->lock);
}

void cache_put(struct cache *c, const char *key, const char *p, size_t n, const void *note, int64_t until)
{
    size_t key_n = strlen(key) + 1, size = sizeof(struct cache_entry) + key_n + n;
    if (size > c->bytes_max / SHARE)
        return;
    struct cache_entry *e = malloc(size);
    if (e == NULL) /* a page that is not kept is made again */
        return;
    *e = (struct cache_entry){.hash = hash_of(key), .until = until, .size = size, .n = n, .bytes = e->key + key_n};
    atomic_init(&e->held, 1);
    memcpy(e->note, note, CACHE_NOTE);
    memcpy(e->key, key, key_n);
    memcpy(e->key + key_n, p, n);
    pthread_mutex_lock(&c->lock);
    struct cache_entry **at = place(c, key, e->hash);
    if (*at != NULL)
        remove_at(c, at);
    while (c->bytes + size > c->bytes_max)
        remove_at(c, place(c, c->oldest->key, c->oldest->hash));
    at = &c->bucket[e->hash % BUCKETS];
    e->next = *at;
    *at = e;
    list_in(c, e);
    c->bytes += size;
    pthread_mutex_unlock(&c->lock);
}

void cache_clear(struct cache *c)
{
    pthread_mutex_lock(&c->lock);
    while (c->oldest != NULL)
        remove_at(c, place(c, c->oldest->key, c->oldest->hash));
    pthread_mutex_unlock(&c->lock);
}

void cache_free(struct cache *c)
{
    if (c == NULL)
        return;
    cache_clear(c);
    pthread_mutex_destroy(&c->lock);
    free(c);
}
