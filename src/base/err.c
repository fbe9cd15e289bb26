#include "base/err.h"

#include <stdarg.h>

static const struct {
    const char *name;
    int http, exit;
} table[] = {
    [OK] = {"OK", 200, 0},
    [E_INPUT] = {"E_INPUT", 422, 2},
    [E_FORM] = {"E_FORM", 422, 4},
    [E_LOGIN] = {"E_LOGIN", 401, 5},
    [E_FORBIDDEN] = {"E_FORBIDDEN", 403, 5},
    [E_NOT_FOUND] = {"E_NOT_FOUND", 404, 6},
    [E_CONFLICT] = {"E_CONFLICT", 409, 7},
    [E_TOO_LARGE] = {"E_TOO_LARGE", 413, 8},
    [E_FULL] = {"E_FULL", 507, 9},
    [E_BUSY] = {"E_BUSY", 503, 9},
    [E_IO] = {"E_IO", 500, 9},
    [E_DB] = {"E_DB", 500, 9},
    [E_BUG] = {"E_BUG", 500, 70},
};

static size_t row(enum err e)
{
    size_t i = (size_t)e;
    return i < sizeof table / sizeof *table ? i : (size_t)E_BUG;
}

int err_http(enum err e)
{
    return table[row(e)].http;
}

int err_exit(enum err e)
{
    return table[row(e)].exit;
}

const char *err_name(enum err e)
{
    return table[row(e)].name;
}

void failure_init(struct failure *f, struct arena *arena)
{
    *f = (struct failure){.arena = arena};
    f->faults_end = &f->faults;
}

void failure_clear(struct failure *f)
{
    failure_init(f, f->arena);
}

enum err fail_with(struct failure *f, enum err code, const char *format, ...)
{
    /* The code that stands goes up, so that status and sentence always belong together. */
    if (f->code != OK)
        return f->code;
    va_list args;
    va_start(args, format);
    f->message = arena_vprintf(f->arena, format, args);
    va_end(args);
    f->code = code;
    return code;
}

enum err fail_field(struct failure *f, const char *field, const char *format, ...)
{
    struct field_fault *fault = arena_make(f->arena, struct field_fault);
    fault->field = arena_dup(f->arena, field);
    va_list args;
    va_start(args, format);
    fault->message = arena_vprintf(f->arena, format, args);
    va_end(args);
    *f->faults_end = fault;
    f->faults_end = &fault->next;
    f->faults_n++;
    if (f->code == OK) {
        f->code = E_INPUT;
        f->message = fault->message;
    }
    return E_INPUT;
}
