/* core/kept: small things kept in memory while their tables are as they were. Only a reader's snapshot fills or uses it, which no other test here
 * has; a reader as the server makes one is made by hand. */
#include "http/client.h"

#include "core/app.h"
#include "core/job.h"
#include "core/kept.h"
#include "core/preset.h"
#include "core/record.h"

struct asking {
    const char *key;
    int made;                 /* how often make was called */
    enum err result;          /* what make says at its end */
    bool broken;              /* a statement of make fails, and make does not notice */
    const char *got;
    struct table_set tables;  /* what the outer watch collected */
    struct client *meanwhile; /* somebody writes between the snapshot and the making */
};

static enum err make(struct ctx *c, const void *arg, struct sb *out)
{
    struct asking *x = *(struct asking *const *)arg;
    const char *greeting = NULL;
    x->made++;
    TRY_DB(c, db_get_text(c->db, c->arena, "SELECT value FROM setting WHERE key = 'test.greeting'", P0, &greeting));
    sb_add(out, greeting);
    if (x->broken)
        db_get_text(c->db, c->arena, "SELECT value FROM no_such_table", P0, &greeting);
    return x->result == OK ? OK : fail(c, x->result, "例の失敗");
}

static enum err set(struct ctx *c, void *greeting)
{
    return setting_set(c, "test.greeting", greeting);
}

static void write_greeting(struct client *cl, const char *greeting)
{
    CHECK_INT(in_write(client_ctx(cl), set, (void *)(uintptr_t)greeting), OK);
}

static enum err use(struct ctx *c, void *arg)
{
    struct asking *x = arg;
    size_t n = 0;
    int64_t seen = 0;
    if (x->meanwhile != NULL) {
        TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM setting", P0, &seen)); /* from here on the snapshot stands */
        write_greeting(x->meanwhile, "later");
    }
    enum err e = kept(c, x->key, make, &x, &x->got, &n);
    if (e == OK)
        CHECK_INT(n, strlen(x->got));
    return e;
}

/* As a request on the read lane: the counter first, then the snapshot; what the page depends on is watched. */
static enum err ask(struct ctx *c, struct asking *x)
{
    c->snapshot = db_stamp(c->app->env) + 1;
    x->got = NULL;
    db_watch_begin(c->reader);
    enum err e = in_read(c, use, x);
    x->tables = db_watch_end(c->reader);
    return e;
}

static enum err put_job(struct ctx *c, void *arg)
{
    (void)arg;
    return job_put(c, "edition.publish", 1, c->now + 100);
}

static void reader_of(struct client *cl, struct ctx *r)
{
    if (ctx_open(client_app(cl), client_ctx(cl)->arena, DB_READER, &user_system, r) != OK)
        abort();
}

TEST(made_once_and_again_after_a_write_to_its_tables)
{
    EACH_ENGINE(cl) {
        struct ctx r;
        struct asking x = {.key = "greeting"}, y = {.key = "another"};
        reader_of(cl, &r);
        write_greeting(cl, "one");
        for (int i = 0; i < 3; i++) {
            CHECK_INT(ask(&r, &x), OK);
            CHECK_TEXT(x.got, "one");
        }
        CHECK_INT(x.made, 1);
        CHECK_INT(ask(&r, &y), OK); /* another key is another thing */
        CHECK_INT(y.made, 1);
        CHECK_INT(in_write(client_ctx(cl), put_job, NULL), OK); /* another table */
        CHECK_INT(ask(&r, &x), OK);
        CHECK_INT(x.made, 1);
        write_greeting(cl, "two");
        for (int i = 0; i < 2; i++) {
            CHECK_INT(ask(&r, &x), OK);
            CHECK_TEXT(x.got, "two");
        }
        CHECK_INT(x.made, 2);
        ctx_close(&r);
    }
}

TEST(what_was_made_in_an_older_snapshot_is_old)
{
    EACH_ENGINE(cl) {
        struct ctx r;
        struct asking x = {.key = "greeting", .meanwhile = cl}, next = {.key = "greeting"};
        reader_of(cl, &r);
        write_greeting(cl, "one");
        CHECK_INT(ask(&r, &x), OK);
        CHECK_TEXT(x.got, "one"); /* its own snapshot */
        CHECK_INT(ask(&r, &next), OK);
        CHECK_TEXT(next.got, "later");
        CHECK_INT(next.made, 1);
        ctx_close(&r);
    }
}

/* In a write that is taken back: what it sees is nobody else's. */
static enum err write_and_fail(struct ctx *c, void *arg)
{
    struct asking *x = arg;
    for (int i = 0; i < 2; i++) {
        TRY(use(c, x));
        CHECK_TEXT(x->got, "one");
    }
    CHECK_INT(x->made, 2);
    TRY(set(c, (void *)(uintptr_t)"mine alone"));
    TRY(use(c, x));
    CHECK_TEXT(x->got, "mine alone");
    CHECK_INT(x->made, 3);
    return fail(c, E_INPUT, "例の失敗");
}

TEST(a_write_neither_uses_nor_fills_it)
{
    EACH_ENGINE(cl) {
        struct ctx r;
        struct asking reading = {.key = "greeting"}, writing = reading, after = reading;
        reader_of(cl, &r);
        write_greeting(cl, "one");
        CHECK_INT(ask(&r, &reading), OK);
        CHECK_INT(in_write(client_ctx(cl), write_and_fail, &writing), E_INPUT);
        CHECK_INT(ask(&r, &after), OK);
        CHECK_TEXT(after.got, "one");
        CHECK_INT(after.made, 0);
        /* What a write made first is not there either. */
        struct asking unread = {.key = "unread"};
        CHECK_INT(in_write(client_ctx(cl), use, &unread), OK);
        CHECK_INT(ask(&r, &unread), OK);
        CHECK_INT(unread.made, 2);
        ctx_close(&r);
    }
}

TEST(a_making_that_fails_leaves_nothing)
{
    EACH_ENGINE(cl) {
        struct ctx r;
        struct asking x = {.key = "greeting", .result = E_CONFLICT};
        reader_of(cl, &r);
        write_greeting(cl, "one");
        CHECK_INT(ask(&r, &x), E_CONFLICT);
        CHECK_TEXT(x.got, NULL);
        x.result = OK;
        x.broken = true;
        CHECK(ask(&r, &x) != OK);
        CHECK_TEXT(x.got, NULL);
        x.broken = false;
        CHECK_INT(ask(&r, &x), OK);
        CHECK_TEXT(x.got, "one");
        CHECK_INT(x.made, 3);
        ctx_close(&r);
    }
}

TEST(a_page_made_of_it_depends_on_its_tables)
{
    EACH_ENGINE(cl) {
        struct ctx r;
        struct db_env *env = client_app(cl)->env;
        struct asking x = {.key = "greeting"};
        reader_of(cl, &r);
        write_greeting(cl, "one");
        uint64_t stamp = db_stamp(env);
        CHECK_INT(ask(&r, &x), OK);
        CHECK(db_unchanged(env, x.tables, stamp));
        write_greeting(cl, "two");
        CHECK(!db_unchanged(env, x.tables, stamp));
        CHECK_INT(ask(&r, &x), OK);
        stamp = db_stamp(env);
        CHECK_INT(ask(&r, &x), OK); /* from memory */
        CHECK_INT(x.made, 2);
        CHECK(db_unchanged(env, x.tables, stamp));
        write_greeting(cl, "three");
        CHECK(!db_unchanged(env, x.tables, stamp));
        ctx_close(&r);
    }
}

TEST_MAIN
