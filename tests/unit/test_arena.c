#include "base/arena.h"

#include "base/err.h"
#include "base/none.h"
#include "base/sb.h"
#include "test.h"

TEST(zeroed_and_aligned)
{
    ARENA struct arena *a = arena_new();
    for (size_t n = 0; n < 3000; n += 7) {
        unsigned char *p = arena_alloc(a, n);
        CHECK((uintptr_t)p % 16 == 0);
        for (size_t i = 0; i < n; i++)
            if (!CHECK(p[i] == 0))
                return;
        memset(p, 0xAA, n);
    }
}

TEST_MAIN
