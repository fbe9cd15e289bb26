#include "base/arena.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/none.h"
#include "base/sb.h"
#include "test.h"

TEST(zeroed_and_aligned)
{
    ARENA struct arena *a = arena_new();
    for (int round = 0; round < 3; round++) {
        for (size_t n = 0; n < 3000; n += 7) {
            unsigned char *p = arena_alloc(a, n);
            CHECK((uintptr_t)p % 16 == 0);
            for (size_t i = 0; i < n; i++)
                if (!CHECK(p[i] == 0))
                    return;
            memset(p, 0xAA, n);
        }
        arena_reset(a);
    }
}

/* Blocks of all sizes, large ones among them, neither overlap nor move. */
TEST(blocks_apart)
{
    ARENA struct arena *a = arena_new();
    enum { N = 400 };
    unsigned char *block[N];
    size_t size[N];
    for (size_t i = 0; i < N; i++) {
        size[i] = i % 37 == 0 ? 300000 : i * 13 % 5000;
        block[i] = arena_alloc(a, size[i]);
        memset(block[i], (int)(i & 0xFF), size[i]);
    }
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < size[i]; k++)
            if (block[i][k] != (i & 0xFF)) {
                CHECK_INT(block[i][k], i & 0xFF);
                break;
            }
}

TEST(reset_forgets)
{
    ARENA struct arena *a = arena_new();
    for (int i = 0; i < 100; i++)
        memset(arena_alloc(a, 100000), 0xA5, 100000);
    arena_reset(a);
    unsigned char *p = arena_alloc(a, 500);
    for (int i = 0; i < 500; i++)
        CHECK_INT(p[i], 0);
    arena_free(NULL);
}

TEST(copies)
{
    ARENA struct arena *a = arena_new();
    CHECK_TEXT(arena_dup(a, NULL), NULL);
    CHECK_TEXT(arena_dup(a, ""), "");
    CHECK_TEXT(arena_dup(a, "協働"), "協働");
    CHECK_TEXT(arena_dup_n(a, "abcdef", 3), "abc");
    CHECK_TEXT(arena_dup_n(a, NULL, 0), NULL);
    CHECK_TEXT(arena_printf(a, "%s-%d", "x", 7), "x-7");
    const char *many = arena_printf(a, "%0*d", 50000, 1);
    CHECK_INT(strlen(many), 50000);
}

TEST(push_grows)
{
    ARENA struct arena *a = arena_new();
    int64_t *v = NULL;
    size_t n = 0, cap = 0;
    for (int64_t i = 0; i < 10000; i++)
        ARENA_PUSH(a, v, n, cap) = i * i;
    CHECK_INT(n, 10000);
    for (int64_t i = 0; i < 10000; i++)
        CHECK_INT(v[i], i * i);
}

/* The process ends by abort and says why, when f is run in a child. */
static int ends_by(void (*f)(void), char *said, size_t said_n)
{
    int fd[2];
    if (!CHECK(pipe(fd) == 0))
        return 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        dup2(fd[1], STDERR_FILENO);
        close(fd[0]);
        f();
        _exit(0);
    }
    close(fd[1]);
    size_t n = 0;
    for (ssize_t k; n < said_n - 1 && (k = read(fd[0], said + n, said_n - 1 - n)) > 0;)
        n += (size_t)k;
    said[n] = '\0';
    close(fd[0]);
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : -WEXITSTATUS(status);
}

static void overflow(void)
{
    struct arena *a = arena_new();
    volatile size_t n = SIZE_MAX / 4;
    arena_array(a, n, 8);
}

static void too_much(void)
{
    struct arena *a = arena_new();
    volatile size_t n = SIZE_MAX - 4;
    arena_alloc(a, n);
}

TEST(out_of_memory_ends_the_process)
{
    char said[4096];
    CHECK_INT(ends_by(overflow, said, sizeof said), 6);
    CHECK(strstr(said, "out of memory"));
    CHECK_INT(ends_by(too_much, said, sizeof said), 6);
    CHECK(strstr(said, "out of memory"));
}

TEST(builder)
{
    ARENA struct arena *a = arena_new();
    struct sb b;
    sb_init(&b, a);
    CHECK_TEXT(sb_str(&b), "");
    CHECK(b.p != NULL);
    sb_add(&b, NULL);
    sb_add_n(&b, "x", 0);
    CHECK_INT(b.n, 0);
    sb_add(&b, "協働");
    sb_char(&b, ':');
    sb_int(&b, 0);
    sb_char(&b, ' ');
    sb_int(&b, -1234567);
    sb_char(&b, ' ');
    sb_int(&b, INT64_MIN);
    sb_char(&b, ' ');
    sb_int(&b, INT64_MAX);
    sb_printf(&b, " %s/%02d", "y", 5);
    CHECK_TEXT(sb_str(&b), "協働:0 -1234567 -9223372036854775808 9223372036854775807 y/05");
    CHECK_INT(b.n, strlen(b.p));
}

TEST(builder_grows)
{
    ARENA struct arena *a = arena_new();
    struct sb b;
    sb_init(&b, a);
    for (int i = 0; i < 50000; i++)
        sb_printf(&b, "%05d,", i);
    CHECK_INT(b.n, 300000);
    CHECK(strncmp(sb_str(&b) + 6 * 4321, "04321,", 6) == 0);
    /* Exactly at the edge of what is there. */
    for (size_t n = 0; n < 300; n++) {
        sb_init(&b, a);
        for (size_t i = 0; i < n; i++)
            sb_char(&b, 'x');
        sb_printf(&b, "%s", "");
        sb_printf(&b, "%d", 7);
        CHECK_INT(strlen(sb_str(&b)), n + 1);
        CHECK_INT(b.n, n + 1);
    }
}

TEST(failure)
{
    ARENA struct arena *a = arena_new();
    struct failure f;
    failure_init(&f, a);
    CHECK_INT(f.code, OK);
    CHECK_INT(fail_with(&f, E_CONFLICT, "%sは締め切られています。", "照会"), E_CONFLICT);
    CHECK_TEXT(f.message, "照会は締め切られています。");
    /* The first fault stands, and its code goes up. */
    CHECK_INT(fail_with(&f, E_DB, "x"), E_CONFLICT);
    CHECK_INT(f.code, E_CONFLICT);
    CHECK_TEXT(f.message, "照会は締め切られています。");
    failure_clear(&f);
    CHECK_INT(f.code, OK);
    CHECK_TEXT(f.message, NULL);
    CHECK_INT(fail_field(&f, "name", "事業名を入力してください。"), E_INPUT);
    CHECK_INT(fail_field(&f, NULL, "%d件", 2), E_INPUT);
    CHECK_INT(f.faults_n, 2);
    CHECK_INT(f.code, E_INPUT);
    CHECK_TEXT(f.message, "事業名を入力してください。");
    CHECK_TEXT(f.faults->field, "name");
    CHECK_TEXT(f.faults->next->field, NULL);
    CHECK_TEXT(f.faults->next->message, "2件");
    CHECK(f.faults->next->next == NULL);
    failure_clear(&f);
    CHECK_INT(f.faults_n, 0);
    CHECK(f.faults == NULL);
    fail_field(&f, "budget", "数で入力してください。");
    CHECK_TEXT(f.faults->field, "budget");
}

TEST(error_tables)
{
    static const struct { enum err e; const char *name; int http, exit; } rows[] = {
        {OK, "OK", 200, 0}, {E_INPUT, "E_INPUT", 422, 2}, {E_FORM, "E_FORM", 422, 4}, {E_LOGIN, "E_LOGIN", 401, 5},
        {E_FORBIDDEN, "E_FORBIDDEN", 403, 5}, {E_NOT_FOUND, "E_NOT_FOUND", 404, 6}, {E_CONFLICT, "E_CONFLICT", 409, 7},
        {E_TOO_LARGE, "E_TOO_LARGE", 413, 8}, {E_BUSY, "E_BUSY", 503, 9}, {E_IO, "E_IO", 500, 9}, {E_DB, "E_DB", 500, 9},
        {E_BUG, "E_BUG", 500, 70}, {(enum err)99, "E_BUG", 500, 70},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_TEXT(err_name(rows[i].e), rows[i].name);
        CHECK_INT(err_http(rows[i].e), rows[i].http);
        CHECK_INT(err_exit(rows[i].e), rows[i].exit);
    }
}

static void log_some(void)
{
    log_event(LOG_INFO, "request", "id", "r1", "path", "/projects", "none", (const char *)NULL, NULL);
    log_event(LOG_WARN, "seen", "v", "a\"b\\c\nat=forged\r\t\x1b[31m\x7f\xff協働\xe2\x80\xae", NULL);
    static char huge[200001];
    memset(huge, 'x', sizeof huge - 1);
    log_event(LOG_ERROR, "big", "a", huge, "b", huge, "c", huge, "d", huge, "e", "small", NULL);
}

TEST(log_lines)
{
    char said[20000];
    CHECK_INT(ends_by(log_some, said, sizeof said), 0);
    char *line[5] = {0};
    size_t lines = 0;
    for (char *p = said; *p && lines < 5; lines++) {
        line[lines] = p;
        p += strcspn(p, "\n");
        if (*p)
            *p++ = '\0';
    }
    if (!CHECK_INT(lines, 3))
        return;
    CHECK(strncmp(line[0], "at=20", 5) == 0);
    CHECK_TEXT(strstr(line[0], "+09:00 "), "+09:00 level=info event=request id=\"r1\" path=\"/projects\"");
    CHECK_TEXT(strstr(line[1], " level"),
               " level=warn event=seen v=\"a\\\"b\\\\c\\nat=forged\\r\\t\\u001b[31m\\u007f\\xff協働\\u202e\"");
    CHECK(strlen(line[2]) < 4096);
    CHECK(strstr(line[2], "event=big a=\"xxx"));
    CHECK(strstr(line[2], "…\""));
    CHECK(strstr(line[2], " cut=1"));
}

TEST_MAIN
