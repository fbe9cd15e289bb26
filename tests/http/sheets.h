/* Sheets in tests: what was handed out as a grid that can be written into, and back into a file. */
#ifndef KYODO_TESTS_SHEETS_H
#define KYODO_TESTS_SHEETS_H

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "area/register/sheets.h"
#include "http/register_http.h"

struct grid { struct arena *a; const char **head; size_t columns; const char ***cell; size_t rows, rows_most; };

/* A file of a table, as bytes. */
static struct bytes bytes_of(struct arena *a, int fd, int64_t n)
{
    char *p = arena_alloc(a, (size_t)n + 1);
    int64_t got = 0;
    while (got < n) {
        ssize_t k = read(fd, p + got, (size_t)(n - got));
        if (k <= 0)
            break;
        got += k;
    }
    close(fd);
    CHECK_INT(got, n);
    return (struct bytes){p, (size_t)got};
}

static struct grid grid_of(struct ctx *c, const char *file, struct bytes b)
{
    struct sheet_in in;
    struct grid g = {.a = c->arena};
    failure_clear(&c->fail);
    if (!CHECK_INT(sheet_in_read(c, file, b.p, b.n, &in), OK)) {
        printf("  %s\n", c->fail.message != NULL ? c->fail.message : "");
        return g;
    }
    g.columns = in.columns;
    g.rows_most = in.rows + 20;
    g.head = arena_many(g.a, const char *, g.columns + 2);
    g.cell = arena_many(g.a, const char **, g.rows_most);
    for (size_t k = 0; k < g.columns; k++)
        g.head[k] = in.head[k];
    for (size_t i = 0; i < in.rows; i++) {
        g.cell[g.rows] = arena_many(g.a, const char *, g.columns + 2);
        for (size_t k = 0; k < g.columns; k++)
            g.cell[g.rows][k] = in.row[i].cell[k].text;
        g.rows++;
    }
    return g;
}

__attribute__((unused)) static size_t grid_column(const struct grid *g, const char *title)
{
    for (size_t k = 0; k < g->columns; k++)
        if (text_eq(g->head[k], title))
            return k;
    test_fault(__FILE__, __LINE__, "no column %s", title);
    return 0;
}

/* The row in which `title` says `value`. */
__attribute__((unused)) static size_t grid_row(const struct grid *g, const char *title, const char *value)
{
    size_t k = grid_column(g, title);
    for (size_t i = 0; i < g->rows; i++)
        if (text_eq(g->cell[i][k], value))
            return i;
    test_fault(__FILE__, __LINE__, "no row where %s is %s", title, value);
    return 0;
}

__attribute__((unused)) static void grid_set(struct grid *g, size_t row, const char *title, const char *value) { g->cell[row][grid_column(g, title)] = value; }

__attribute__((unused)) static size_t grid_add(struct grid *g)
{
    g->cell[g->rows] = arena_many(g->a, const char *, g->columns + 2);
    return g->rows++;
}

__attribute__((unused)) static struct bytes grid_file(struct ctx *c, const struct grid *g, enum table_format format)
{
    struct table *t = NULL;
    struct table_result r = {.file = -1};
    struct table_column *col = arena_many(c->arena, struct table_column, g->columns + 1);
    for (size_t k = 0; k < g->columns; k++)
        col[k] = (struct table_column){.title = g->head[k]};
    struct table_sheet s = {.name = "様式", .column = col, .columns = g->columns};
    CHECK_INT(table_open(c->arena, format, &(struct table_options){.created = c->now}, &t, &c->fail), OK);
    CHECK_INT(table_sheet(t, &s), OK);
    for (size_t i = 0; i < g->rows; i++) {
        for (size_t k = 0; k < g->columns; k++)
            table_text(t, g->cell[i][k]);
        CHECK_INT(table_row(t), OK);
    }
    CHECK_INT(table_close(t, &r), OK);
    return bytes_of(c->arena, r.file, r.bytes);
}

/* Is there such a program? Runs it; false when it is absent or fails. */
__attribute__((unused)) static bool run_program(const char *const *argv)
{
    int status = 0;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR);
        dup2(null, 1);
        dup2(null, 2);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

__attribute__((unused)) static void file_put(const char *path, struct bytes b)
{
    FILE *f = fopen(path, "wb");
    CHECK(f != NULL && fwrite(b.p, 1, b.n, f) == b.n);
    if (f != NULL)
        fclose(f);
}

__attribute__((unused)) static struct bytes file_get(struct arena *a, const char *path)
{
    int fd = open(path, O_RDONLY);
    off_t n = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
    if (!CHECK(n >= 0))
        return (struct bytes){"", 0};
    lseek(fd, 0, SEEK_SET);
    return bytes_of(a, fd, n);
}

#endif
