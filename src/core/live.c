#include "core/live.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/crypto.h"

enum { USE_BUCKETS = 1024, SETS = 2048, WAYS = 8, WAIT_MAX = 60, QUIET = 15 * 60, COSTS = 2 };

struct use {
    struct use *next;
    char token[2 * HASH_BYTES + 1];
    int64_t at;
    bool dirty;
};

/* Failures of one subject. The key is a hash: names of any length, and none of them lies readable in memory. */
struct tries {
    struct hash key;
    int64_t count, at; /* count 0: free */
};

struct live {
    pthread_mutex_t lock;
    struct use *bucket[USE_BUCKETS];
    struct tries set[SETS][WAYS]; /* a full set forgets its oldest: memory is bounded whatever comes in */
    char dummy[COSTS][256];
};

struct live *live_new(void)
{
    struct live *live = calloc(1, sizeof *live);
    if (live == NULL)
        abort();
    pthread_mutex_init(&live->lock, NULL);
    return live;
}

void live_free(struct live *live)
{
    if (live == NULL)
        return;
    for (size_t i = 0; i < USE_BUCKETS; i++)
        for (struct use *u = live->bucket[i], *next; u != NULL; u = next) {
            next = u->next;
            free(u);
        }
    pthread_mutex_destroy(&live->lock);
    free(live);
}

/* --- last use of sessions --- */

static struct use **place(struct live *live, const char *token)
{
    unsigned h = 0; /* a token's hash is evenly spread: its first digits choose the bucket */
    for (size_t i = 0; i < 5 && token[i] != '\0'; i++)
        h = h * 16 + (unsigned)(token[i] <= '9' ? token[i] - '0' : token[i] - 'a' + 10);
    struct use **at = &live->bucket[h % USE_BUCKETS];
    while (*at != NULL && strcmp((*at)->token, token) != 0)
        at = &(*at)->next;
    return at;
}

int64_t live_use(struct live *live, const char *token_hash, int64_t now)
{
    if (strlen(token_hash) != 2 * HASH_BYTES)
        return 0;
    pthread_mutex_lock(&live->lock);
    struct use **at = place(live, token_hash);
    int64_t before = 0;
    if (*at == NULL) {
        *at = calloc(1, sizeof **at);
        if (*at == NULL)
            abort();
        memcpy((*at)->token, token_hash, 2 * HASH_BYTES);
    } else
        before = (*at)->at;
    if (now > (*at)->at) {
        (*at)->at = now;
        (*at)->dirty = true;
    }
    pthread_mutex_unlock(&live->lock);
    return before;
}

void live_forget(struct live *live, const char *token_hash)
{
    pthread_mutex_lock(&live->lock);
    struct use **at = place(live, token_hash), *gone = *at;
    if (gone != NULL) {
        *at = gone->next;
        free(gone);
    }
    pthread_mutex_unlock(&live->lock);
}

size_t live_take(struct live *live, struct arena *a, int64_t before, struct live_used **out)
{
    size_t n = 0, cap = 0;
    *out = NULL;
    pthread_mutex_lock(&live->lock);
    for (size_t i = 0; i < USE_BUCKETS; i++)
        for (struct use **at = &live->bucket[i]; *at != NULL;) {
            struct use *u = *at;
            if (u->at < before) {
                *at = u->next;
                free(u);
                continue;
            }
            if (u->dirty) {
                ARENA_PUSH(a, *out, n, cap) = (struct live_used){arena_dup(a, u->token), u->at};
                u->dirty = false;
            }
            at = &u->next;
        }
    pthread_mutex_unlock(&live->lock);
    return n;
}

/* --- delays --- */

static struct hash key_of(const struct live_subject *s)
{
    const struct part parts[] = {PART(s->kind), PART(s->name)};
    return crypto_digest(parts, 2);
}

/* The subject's entry; with `make` the oldest of its set gives way. NULL: none. */
static struct tries *tries_of(struct live *live, const struct live_subject *s, bool make)
{
    struct hash key = key_of(s);
    struct tries *set = live->set[((unsigned)key.b[0] << 8 | key.b[1]) % SETS], *oldest = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].count > 0 && memcmp(&set[i].key, &key, sizeof key) == 0)
            return &set[i];
        if (set[i].count == 0 || (oldest->count > 0 && set[i].at < oldest->at))
            oldest = &set[i];
    }
    if (!make)
        return NULL;
    *oldest = (struct tries){.key = key};
    return oldest;
}

static void mend(struct tries *t, const struct live_subject *s, int64_t now)
{
    if (t->count > 0 && now - t->at >= QUIET)
        t->count = 0;
    else if (s->mend > 0 && t->count > 0) {
        int64_t back = (now - t->at) / s->mend;
        t->count = back < t->count ? t->count - back : 0;
    }
}

static int64_t wait_after(const struct tries *t, const struct live_subject *s, int64_t now)
{
    int64_t over = t->count - s->free, wait = WAIT_MAX;
    if (over <= 0)
        return 0;
    if (over < 7)
        wait = (int64_t)1 << (over - 1);
    if (wait > WAIT_MAX)
        wait = WAIT_MAX;
    int64_t left = t->at + wait - now;
    return left > 0 ? left : 0;
}

int64_t live_attempt(struct live *live, const struct live_subject *s, size_t n, int64_t now)
{
    int64_t wait = 0;
    pthread_mutex_lock(&live->lock);
    for (size_t i = 0; i < n; i++) {
        const struct tries *known = tries_of(live, &s[i], false);
        if (known == NULL)
            continue;
        struct tries t = *known;
        mend(&t, &s[i], now);
        int64_t one = wait_after(&t, &s[i], now);
        wait = one > wait ? one : wait;
    }
    for (size_t i = 0; wait == 0 && i < n; i++) {
        struct tries *t = tries_of(live, &s[i], true);
        mend(t, &s[i], now);
        t->count++;
        t->at = now;
    }
    pthread_mutex_unlock(&live->lock);
    return wait;
}

void live_succeeded(struct live *live, const struct live_subject *s)
{
    pthread_mutex_lock(&live->lock);
    struct tries *t = tries_of(live, s, false);
    if (t != NULL)
        t->count = 0;
    pthread_mutex_unlock(&live->lock);
}

void live_give_back(struct live *live, const struct live_subject *s)
{
    pthread_mutex_lock(&live->lock);
    struct tries *t = tries_of(live, s, false);
    if (t != NULL && t->count > 0)
        t->count--;
    pthread_mutex_unlock(&live->lock);
}

const char *live_dummy(struct live *live, struct arena *a, int cost)
{
    assert(cost >= 0 && cost < COSTS);
    pthread_mutex_lock(&live->lock);
    if (live->dummy[cost][0] == '\0') {
        const char *hash = password_hash(a, crypto_token(a, 16), cost);
        size_t n = hash != NULL ? strlen(hash) : 0; /* no memory for it: nobody's password can be verified then either */
        assert(n < sizeof live->dummy[cost]);
        memcpy(live->dummy[cost], n > 0 ? hash : "", n + 1);
    }
    const char *copy = arena_dup(a, live->dummy[cost]);
    pthread_mutex_unlock(&live->lock);
    return copy;
}
