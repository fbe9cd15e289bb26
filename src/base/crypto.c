/* Before our header, which gives a name of libsodium's to a function of ours. */
#include <sodium.h>

#include "base/crypto.h"

#include <stdio.h>
#include <stdlib.h>
#include <assert.h>
#include <string.h>

_Static_assert(KEY_BYTES == crypto_auth_hmacsha512256_KEYBYTES, "key size");
_Static_assert(HASH_BYTES == crypto_auth_hmacsha512256_BYTES, "hash size");
_Static_assert(HASH_BYTES == crypto_generichash_BYTES, "hash size");

void crypto_init(void)
{
    /* ChaCha20 in this process, keyed by the system and keyed anew after every draw: a system call for each would be felt (a row of the log draws). */
    randombytes_set_implementation(&randombytes_internal_implementation);
    if (sodium_init() < 0) {
        fprintf(stderr, "kyodo: libsodium cannot be started\n");
        abort();
    }
}

void crypto_random(void *p, size_t n)
{
    randombytes_buf(p, n);
}

const char *crypto_token(struct arena *a, size_t n)
{
    unsigned char *raw = arena_alloc(a, n);
    char *hex = arena_alloc(a, n * 2 + 1);
    randombytes_buf(raw, n);
    sodium_bin2hex(hex, n * 2 + 1, raw, n);
    sodium_memzero(raw, n);
    return hex;
}

const char *crypto_printed_code(struct arena *a, size_t groups)
{
    /* Without 0 O 1 I L, which look alike on paper. */
    static const char letters[] = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";
    char *code = arena_alloc(a, groups * 5 + 1);
    char *p = code;
    for (size_t i = 0; i < groups; i++) {
        if (i)
            *p++ = '-';
        for (int k = 0; k < 4; k++)
            *p++ = letters[randombytes_uniform(sizeof letters - 1)];
    }
    return code;
}

/* Little-endian, so that a hash made on one machine verifies on every other. */
static void put_length(unsigned char out[8], size_t n)
{
    for (int i = 0; i < 8; i++)
        out[i] = (unsigned char)((uint64_t)n >> (8 * i) & 0xFF);
}

static_assert(sizeof(crypto_auth_hmacsha512256_state) <= sizeof(struct hmac_ready), "struct hmac_ready holds libsodium's state");

void crypto_hmac_prepare(struct hmac_ready *ready, const struct key *k)
{
    crypto_auth_hmacsha512256_state state;
    crypto_auth_hmacsha512256_init(&state, k->b, sizeof k->b);
    memcpy(ready->b, &state, sizeof state);
    sodium_memzero(&state, sizeof state);
}

struct hash crypto_hmac_with(const struct hmac_ready *ready, const struct part *parts, size_t n)
{
    crypto_auth_hmacsha512256_state state;
    memcpy(&state, ready->b, sizeof state);
    for (size_t i = 0; i < n; i++) {
        unsigned char length[8];
        put_length(length, parts[i].n);
        crypto_auth_hmacsha512256_update(&state, length, sizeof length);
        if (parts[i].n)
            crypto_auth_hmacsha512256_update(&state, parts[i].p, parts[i].n);
    }
    struct hash h;
    crypto_auth_hmacsha512256_final(&state, h.b);
    sodium_memzero(&state, sizeof state);
    return h;
}

void crypto_hmac_wipe(struct hmac_ready *ready)
{
    sodium_memzero(ready, sizeof *ready);
}

struct hash crypto_hmac(const struct key *k, const struct part *parts, size_t n)
{
    struct hmac_ready ready;
    crypto_hmac_prepare(&ready, k);
    struct hash h = crypto_hmac_with(&ready, parts, n);
    crypto_hmac_wipe(&ready);
    return h;
}

struct hash crypto_digest(const struct part *parts, size_t n)
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
    for (size_t i = 0; i < n; i++) {
        unsigned char length[8];
        put_length(length, parts[i].n);
        crypto_generichash_update(&state, length, sizeof length);
        if (parts[i].n)
            crypto_generichash_update(&state, parts[i].p, parts[i].n);
    }
    struct hash h;
    crypto_generichash_final(&state, h.b, sizeof h.b);
    return h;
}

const char *hash_hex(struct arena *a, struct hash h)
{
    char *hex = arena_alloc(a, sizeof h.b * 2 + 1);
    return sodium_bin2hex(hex, sizeof h.b * 2 + 1, h.b, sizeof h.b);
}

bool text_eq_secret(const char *x, const char *y)
{
    if (!x || !y)
        return false;
    size_t n = strlen(x);
    return n == strlen(y) && sodium_memcmp(x, y, n) == 0;
}

const char *password_hash(struct arena *a, const char *password, int cost)
{
    unsigned long long ops = cost > 0 ? crypto_pwhash_argon2id_OPSLIMIT_INTERACTIVE : crypto_pwhash_argon2id_OPSLIMIT_MIN;
    size_t memory = cost > 0 ? crypto_pwhash_argon2id_MEMLIMIT_INTERACTIVE : crypto_pwhash_argon2id_MEMLIMIT_MIN;
    char *out = arena_alloc(a, crypto_pwhash_argon2id_STRBYTES);
    if (crypto_pwhash_argon2id_str(out, password, strlen(password), ops, memory) != 0)
        return NULL;
    return out;
}

bool password_verify(const char *hash, const char *password)
{
    if (!hash || !password)
        return false;
    /* libsodium reads the whole fixed-size string; a shorter buffer from the database must not be read beyond its end. */
    char fixed[crypto_pwhash_argon2id_STRBYTES] = {0};
    size_t n = strlen(hash);
    if (n >= sizeof fixed)
        return false;
    memcpy(fixed, hash, n);
    return crypto_pwhash_argon2id_str_verify(fixed, password, strlen(password)) == 0;
}
