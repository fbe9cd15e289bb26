/* A small test harness in one header.
 *
 *   TEST(dates_round_trip)
 *   {
 *       CHECK(x > 0);
 *       CHECK_INT(fiscal_year(t), 2026);       got, expected
 *       CHECK_TEXT(date_short(a, iso), "R8.4.1");
 *   }
 *   TEST_MAIN
 *
 * A test registers itself before main. A failed check is printed with its place and both values; the test goes on.
 * The program ends with the line "N passed, N failed" (tests, not checks) and exit code 1 if any failed.
 * With arguments it runs the tests whose names contain one of them.
 */
#ifndef KYODO_TESTS_UNIT_TEST_H
#define KYODO_TESTS_UNIT_TEST_H

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct test {
    const char *name;
    void (*run)(void);
    struct test *next;
};

/* One program is one test file, so this state is the program's own. */
__attribute__((unused)) static struct test *test_first, **test_end = &test_first;
static unsigned test_faults;

#define TEST(name)                                                                    \
    static void test_##name(void);                                                    \
    static struct test test_entry_##name = {#name, test_##name, NULL};                \
    __attribute__((constructor)) static void test_register_##name(void)               \
    {                                                                                 \
        *test_end = &test_entry_##name;                                               \
        test_end = &test_entry_##name.next;                                           \
    }                                                                                 \
    static void test_##name(void)

/* After a hundred faults of one test only their number is of interest. */
__attribute__((unused, format(printf, 3, 4))) static bool test_fault(const char *file, int line, const char *format, ...)
{
    if (++test_faults <= 100) {
        va_list args;
        va_start(args, format);
        printf("  %s:%d: ", file, line);
        vprintf(format, args);
        printf("\n");
        va_end(args);
    }
    return false;
}

__attribute__((unused)) static bool test_int(const char *file, int line, const char *what, int64_t got, int64_t expected)
{
    return got == expected || test_fault(file, line, "%s is %" PRId64 ", expected %" PRId64, what, got, expected);
}

__attribute__((unused)) static bool test_text(const char *file, int line, const char *what, const char *got, const char *expected)
{
    if (got && expected ? strcmp(got, expected) == 0 : got == expected)
        return true;
    return test_fault(file, line, "%s is %s%s%s, expected %s%s%s", what, got ? "\"" : "", got ? got : "NULL", got ? "\"" : "",
                      expected ? "\"" : "", expected ? expected : "NULL", expected ? "\"" : "");
}

/* Each gives true when it held, for `if (!CHECK(p)) return;`. */
#define CHECK(cond) ((cond) ? true : test_fault(__FILE__, __LINE__, "not so: %s", #cond))
#define CHECK_INT(got, expected) test_int(__FILE__, __LINE__, #got, (int64_t)(got), (int64_t)(expected))
#define CHECK_TEXT(got, expected) test_text(__FILE__, __LINE__, #got, (got), (expected))

__attribute__((unused)) static int test_main(int argc, char **argv)
{
    unsigned passed = 0, failed = 0;
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (const struct test *t = test_first; t; t = t->next) {
        bool wanted = argc < 2;
        for (int i = 1; i < argc; i++)
            wanted = wanted || strstr(t->name, argv[i]);
        if (!wanted)
            continue;
        test_faults = 0;
        t->run();
        if (test_faults) {
            printf("FAILED %s (%u faults)\n", t->name, test_faults);
            failed++;
        } else {
            passed++;
        }
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed ? 1 : 0;
}

/* A program that reads spreadsheets is its own reading process (export/sheet.h); one that does not has none. */
extern int sheet_child_main(void) __attribute__((weak));

#define TEST_MAIN                                                                              \
    int main(int argc, char **argv)                                                            \
    {                                                                                          \
        if (argc == 2 && sheet_child_main != NULL && strcmp(argv[1], "sheet-reader") == 0)     \
            return sheet_child_main();                                                         \
        return test_main(argc, argv);                                                          \
    }

#endif
