/* The context of one piece of work: a request, a command, a job. It carries everything that would otherwise be global. */
#ifndef KYODO_CORE_CTX_H
#define KYODO_CORE_CTX_H

#include "base/arena.h"
#include "base/err.h"
#include "base/none.h"
#include "core/user.h"
#include "db/db.h"

struct app;
struct run;
struct request;
enum locale { LOCALE_JA, LOCALE_EN };

struct ctx {
    struct arena *arena;      /* dies with the work */
    struct db *db;            /* in a transaction; NULL on the slow lane outside in_read and in_write */
    struct db *reader;        /* this thread's connection for in_read; NULL: the writer serves */
    uint64_t snapshot;        /* one more than the commit counter before c->db's read-only snapshot; 0: not in one (core/kept.h) */
    struct db *writer;        /* this thread's connection for in_write; NULL: in_write goes through the server's write lane */
    struct app *app;          /* core/app.h: settings, keys, vocabulary; read-only to use cases */
    const struct user *user;  /* who; never NULL: nobody signed in is user_nobody */
    int64_t now;              /* instant */
    enum locale locale;
    const char *request_id;
    const struct request *request; /* NULL in commands and jobs */
    struct run *run;          /* the long work that this is part of (core/run.h); NULL: none */
    /* core/session.h: made once a request. */
    const char *token_hash;   /* of the session's cookie */
    const char *csrf_subject, *csrf;
    const char *form_cookie;  /* made by csrf_token for somebody without a session; NULL: none */
    struct failure fail;
};

#define fail(c, code, ...) fail_with(&(c)->fail, (code), __VA_ARGS__)
/* The failure of a statement: sets the sentence for "the database refused" once; E_CONFLICT and E_BUSY keep their code. */
enum err fail_db(struct ctx *c);
#define TRY_DB(c, call)                       \
    do {                                      \
        if ((call) != OK)                     \
            return fail_db(c);                \
    } while (0)

/* A sentence in the user's language: the Japanese source is the key of the catalogue (locale/en.txt: 原文 TAB translation). */
const char *tr(const struct ctx *c, const char *japanese);

/* Runs fn(c, arg) in a write transaction and returns after its commit. On the write lane and in commands inside a transaction it is a
 * plain call (inline); on the slow lane it goes through the write lane; in a command without transaction it begins and commits one. */
enum err in_write(struct ctx *c, enum err (*fn)(struct ctx *c, void *arg), void *arg);
/* The same for reading, in a read-only snapshot. */
enum err in_read(struct ctx *c, enum err (*fn)(struct ctx *c, void *arg), void *arg);

/* Fiscal year of c->now. */
int64_t this_year(const struct ctx *c);

#endif
