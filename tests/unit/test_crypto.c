#include "base/crypto.h"

#include "test.h"

TEST(start)
{
    crypto_init();
    crypto_init(); /* again: nothing */
}

TEST(tokens)
{
    ARENA struct arena *a = arena_new();
    const char *x = crypto_token(a, 32), *y = crypto_token(a, 32);
    CHECK_INT(strlen(x), 64);
    CHECK_INT(strspn(x, "0123456789abcdef"), 64);
    CHECK(strcmp(x, y) != 0);
    CHECK_TEXT(crypto_token(a, 0), "");
    unsigned char b[64] = {0}, zero[64] = {0};
    crypto_random(b, sizeof b);
    CHECK(memcmp(b, zero, sizeof b) != 0);
}

TEST(printed_codes)
{
    ARENA struct arena *a = arena_new();
    bool seen[128] = {false};
    for (int i = 0; i < 400; i++) {
        const char *code = crypto_printed_code(a, 4);
        CHECK_INT(strlen(code), 19);
        for (size_t k = 0; code[k]; k++) {
            CHECK(k % 5 == 4 ? code[k] == '-' : strchr("23456789ABCDEFGHJKMNPQRSTUVWXYZ", code[k]) != NULL);
            seen[(unsigned char)code[k]] = true;
        }
    }
    for (const char *c = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"; *c; c++)
        CHECK(seen[(unsigned char)*c]);
    CHECK_TEXT(crypto_printed_code(a, 0), "");
}

/* Reference values were computed with Python: hashlib.blake2b(digest_size=32), and HMAC-SHA-512 cut to 32 bytes, over
 * parts each preceded by its length as eight bytes, little-endian. */
TEST(known_hashes)
{
    ARENA struct arena *a = arena_new();
    struct part parts[] = {PART("register"), PART("令和8年度"), {"\0\1\2", 3}};
    CHECK_TEXT(hash_hex(a, crypto_hash(parts, 3)), "559383c858d32060d5f3bd79b9dbce77d7731e39cbbbbf7e03a271f78e298005");
    CHECK_TEXT(hash_hex(a, crypto_hash(NULL, 0)), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8");
    struct key k;
    for (size_t i = 0; i < sizeof k.b; i++)
        k.b[i] = (unsigned char)i;
    CHECK_TEXT(hash_hex(a, crypto_hmac(&k, parts, 3)), "eb477123af69a4fd954ceed07a85aba166692e6648d97c95cccfbfcf97b7e371");
    CHECK_TEXT(hash_hex(a, crypto_hmac(&k, NULL, 0)), "b04a70f45e9529968060f0026344d5f4da59f1c3ce228245f6bb088d7b8aa9fc");
}

static bool same(struct hash x, struct hash y) { return memcmp(x.b, y.b, sizeof x.b) == 0; }

TEST(parts_do_not_collide)
{
    struct key k = {{0}};
    struct part ab_c[] = {PART("ab"), PART("c")}, a_bc[] = {PART("a"), PART("bc")}, abc[] = {PART("abc")}, abc_[] = {PART("abc"), PART("")};
    struct part nothing[] = {PART((const char *)NULL)}, empty[] = {PART("")};
    CHECK(!same(crypto_hash(ab_c, 2), crypto_hash(a_bc, 2)));
    CHECK(!same(crypto_hash(abc, 1), crypto_hash(abc_, 2)));
    CHECK(!same(crypto_hmac(&k, ab_c, 2), crypto_hmac(&k, a_bc, 2)));
    CHECK(!same(crypto_hmac(&k, abc, 1), crypto_hmac(&k, abc_, 2)));
    CHECK(same(crypto_hash(nothing, 1), crypto_hash(empty, 1)));
    CHECK(!same(crypto_hash(empty, 1), crypto_hash(NULL, 0)));
    struct key other = {{1}};
    CHECK(!same(crypto_hmac(&k, abc, 1), crypto_hmac(&other, abc, 1)));
}

TEST(comparing)
{
    CHECK(text_eq_secret("abc", "abc") && text_eq_secret("", ""));
    CHECK(!text_eq_secret("abc", "abd") && !text_eq_secret("abc", "ab") && !text_eq_secret("", "a"));
    CHECK(!text_eq_secret(NULL, NULL) && !text_eq_secret(NULL, "") && !text_eq_secret("", NULL));
}

TEST(passwords)
{
    ARENA struct arena *a = arena_new();
    const char *h = password_hash(a, "例のパスワード 8", 0), *again = password_hash(a, "例のパスワード 8", 0);
    if (!CHECK(h && again))
        return;
    CHECK(strncmp(h, "$argon2id$", 10) == 0);
    CHECK(strcmp(h, again) != 0); /* salted */
    CHECK(password_verify(h, "例のパスワード 8") && password_verify(again, "例のパスワード 8"));
    CHECK(!password_verify(h, "例のパスワード 9") && !password_verify(h, "") && !password_verify(h, "例のパスワード 8 "));
    CHECK(!password_verify(NULL, "x") && !password_verify(h, NULL) && !password_verify("", "x") && !password_verify("$argon2id$", "x"));
    char *cut = arena_dup(a, h); /* a block of the arena ends behind its NUL: reading on would be seen */
    cut[strlen(cut) - 1] = '\0';
    CHECK(!password_verify(cut, "例のパスワード 8"));
    char *long_one = arena_alloc(a, 300);
    memset(long_one, 'x', 299);
    CHECK(!password_verify(long_one, "x"));
    const char *strong = password_hash(a, "x", 1);
    if (!CHECK(strong))
        return;
    CHECK(strstr(strong, "$m=65536,t=2,p=1$"));
    CHECK(password_verify(strong, "x") && !password_verify(strong, "y"));
}

TEST_MAIN
