/* Every kept input through its target once more, with and without a cut; a broken promise ends the program. */
#include "unit/test.h"

#include <dirent.h>

#include "sheet_target.h"
#include "targets.h"

static size_t replay(const char *kind, void (*target)(const uint8_t *data, size_t n))
{
    ARENA struct arena *a = arena_new();
    const char *directory = arena_printf(a, "%s/%s", KEPT, kind);
    DIR *d = opendir(directory);
    size_t inputs = 0;
    if (d == NULL)
        return 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        FILE *f = e->d_name[0] != '.' ? fopen(arena_printf(a, "%s/%s", directory, e->d_name), "rb") : NULL;
        if (f == NULL)
            continue;
        static uint8_t b[1 << 16];
        size_t n = fread(b, 1, sizeof b, f);
        fclose(f);
        for (size_t cut = 0; cut <= n; cut++) {
            uint8_t *exact = malloc(n - cut + 1); /* so that a read past the end is seen */
            memcpy(exact, b, n - cut);
            target(exact, n - cut);
            free(exact);
        }
        inputs++;
    }
    closedir(d);
    return inputs;
}

TEST(requests) { CHECK(replay("request", fuzz_request) > 0); }
TEST(chunks) { CHECK(replay("chunks", fuzz_chunks) > 0); }
TEST(forms) { CHECK(replay("form", fuzz_form) > 0); }
TEST(sheets) { CHECK(replay("sheet", fuzz_sheet) > 0); }

TEST_MAIN
