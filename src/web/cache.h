/* Page cache: whole answers (head and body, plain and gzip) for requests without a session cookie. Key: target + language + encoding.
 * It knows no database: validity is a function that the owner gives. Bounded in bytes, least recently used out first. Thread-safe. */
#ifndef KYODO_WEB_CACHE_H
#define KYODO_WEB_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cache;
struct cache_entry; /* counted; alive while held */
#define CACHE_NOTE 32
struct cache *cache_new(size_t bytes_max);
void cache_free(struct cache *c);
/* The entry, held; NULL when absent. `note` is what was stored with it (the owner's tables and stamp): the owner checks it and calls cache_drop if stale. */
struct cache_entry *cache_get(struct cache *c, const char *key);
const void *cache_note(const struct cache_entry *e); /* CACHE_NOTE bytes */
int64_t cache_until(const struct cache_entry *e);
const char *cache_bytes(const struct cache_entry *e, size_t *n);
void cache_release(void *entry);
void cache_drop(struct cache *c, const char *key);
void cache_put(struct cache *c, const char *key, const char *p, size_t n, const void *note, int64_t until);
void cache_clear(struct cache *c);

#endif
