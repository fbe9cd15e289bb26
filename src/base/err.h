/* Errors: what went wrong, said once, where it happened.
 *
 * Every function that can fail returns enum err. The sentence for the user is set
 * in a struct failure by the function that found the fault; callers pass the code
 * up with TRY and never word it again. One table maps codes to HTTP statuses
 * (err_http), one to exit codes (err_exit).
 */
#ifndef KYODO_BASE_ERR_H
#define KYODO_BASE_ERR_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

enum err {
    OK = 0,
    E_INPUT,     /* what was typed or sent cannot be taken: 422, exit 2 (some rows refused: the command says 3 itself) */
    E_FORM,      /* a file is broken in its form: 422, exit 4 */
    E_LOGIN,     /* nobody is signed in: 401 (a page redirects to /login), exit 5 */
    E_FORBIDDEN, /* signed in, but not allowed: 403, exit 5 */
    E_NOT_FOUND, /* 404, exit 6 */
    E_CONFLICT,  /* a stale version, or a state that no longer allows it: 409, exit 7 */
    E_TOO_LARGE, /* a limit at the door: 413, exit 8 */
    E_BUSY,      /* the database asks to try again: 503 */
    E_FULL,      /* the disk has no room left, nothing was kept: 507, exit 9 */
    E_IO,        /* disk, network, mail server: 500, exit 9 */
    E_DB,        /* the database refused: 500, exit 9 */
    E_BUG        /* cannot happen: 500, exit 70 */
};

/* One fault tied to a field of a form or a cell of a file. */
struct field_fault {
    const char *field;   /* "partners.0.name"; NULL: the form as a whole */
    const char *message; /* the sentence shown at the field and in the summary */
    struct field_fault *next;
};

/* What failed, for the user and for the log. All strings live in `arena`. */
struct failure {
    struct arena *arena;
    enum err code;
    const char *message; /* for the user, in the user's language */
    const char *detail;  /* for the log only: SQL text, errno; may be NULL */
    struct field_fault *faults, **faults_end;
    size_t faults_n;
};

void failure_init(struct failure *f, struct arena *arena);

/* Forgets everything that was said (the arena keeps the bytes until its reset). */
void failure_clear(struct failure *f);

/* Sets code and sentence, unless an earlier fault stands: the first one wins. Returns the code that stands. */
enum err fail_with(struct failure *f, enum err code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a fault at a field and sets E_INPUT (an earlier code stands); several may stand. Returns E_INPUT. */
enum err fail_field(struct failure *f, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

int err_http(enum err e);
int err_exit(enum err e);
const char *err_name(enum err e); /* "E_CONFLICT", for logs */

#define TRY(call)                        \
    do {                                 \
        enum err try_err_ = (call);      \
        if (try_err_ != OK)              \
            return try_err_;             \
    } while (0)

#endif
