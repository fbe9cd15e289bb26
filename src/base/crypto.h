/* Hashes, random tokens and passwords, all from libsodium. Call crypto_init once. */
#ifndef KYODO_BASE_CRYPTO_H
#define KYODO_BASE_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"

#define HASH_BYTES 32
#define KEY_BYTES 32

struct hash { unsigned char b[HASH_BYTES]; };
struct key { unsigned char b[KEY_BYTES]; };

void crypto_init(void);
void crypto_random(void *p, size_t n);
/* n random bytes as lower-case hex (2n characters). */
const char *crypto_token(struct arena *a, size_t n);
/* A code to be printed and typed in: `groups` of four from 23456789ABCDEFGHJKMNPQRSTUVWXYZ joined by '-'. */
const char *crypto_printed_code(struct arena *a, size_t groups);

/* HMAC-SHA-512/256 (keyed) and BLAKE2b-256 (plain) over parts; each part is preceded by its length, so that no two lists collide. */
struct part { const void *p; size_t n; };
struct hash crypto_hmac(const struct key *k, const struct part *parts, size_t n);
/* A key made ready once, for many hashes in a row: half of a short one's work is the key. Wipe it when done. */
struct hmac_ready { _Alignas(16) unsigned char b[416]; };
void crypto_hmac_prepare(struct hmac_ready *ready, const struct key *k);
struct hash crypto_hmac_with(const struct hmac_ready *ready, const struct part *parts, size_t n);
void crypto_hmac_wipe(struct hmac_ready *ready);
struct hash crypto_digest(const struct part *parts, size_t n);
#define crypto_hash crypto_digest /* libsodium exports a function named crypto_hash */
static inline struct part part_of_text(const char *s)
{
    return (struct part){s, s ? strlen(s) : 0};
}
#define PART(s) part_of_text(s)
const char *hash_hex(struct arena *a, struct hash h);
bool text_eq_secret(const char *x, const char *y); /* in constant time for equal lengths */

/* argon2id. cost 0: for tests; 1: interactive (libsodium's INTERACTIVE limits, 64 MiB).
 * password_hash gives NULL when that memory is not to be had; password_verify is then false. */
const char *password_hash(struct arena *a, const char *password, int cost);
bool password_verify(const char *hash, const char *password);

#endif
