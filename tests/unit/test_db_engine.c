/* Connections, transactions, the sticky error, the statement cache, what changed: the same on both engines. */
#include "database.h"

#include <pthread.h>
#include <sys/stat.h>

static void make(struct fixture *t, const char *sql)
{
    const char **list;
    size_t n;
    struct migration m = {.number = 1, .name = "test", .text = sql, .n = strlen(sql)};
    if (!CHECK_INT(migrate_translate(t->a, t->env->engine, &m, &list, &n, &t->f), OK))
        return;
    for (size_t i = 0; i < n; i++)
        if (db_exec_text(t->db, list[i], P0) != OK)
            test_fault(__FILE__, __LINE__, "%s", db_error_text(t->db));
}

static void make_thing(struct fixture *t)
{
    make(t, "CREATE TABLE thing (id id, n int64 UNIQUE)");
}

static struct db *another(struct fixture *t, enum db_mode mode)
{
    struct db *db = NULL;
    if (db_open(t->env, mode, &db, &t->f) != OK)
        test_fault(__FILE__, __LINE__, "%s", t->f.message);
    return db;
}

static int64_t things(struct db *db)
{
    int64_t n = NONE;
    CHECK_INT(db_get_int(db, "SELECT count(*) FROM thing", P0, &n), OK);
    return n;
}

#define ADD(db, n) CHECK_INT(db_exec((db), "INSERT INTO thing (n) VALUES ($1)", P(n)), OK)
#define CLASH(db) CHECK_INT(db_exec((db), "INSERT INTO thing (n) VALUES (1), (1)", P0), E_CONFLICT)

/* --- transactions --- */

ON_BOTH(commit_keeps_and_rollback_forgets)
{
    make_thing(t);
    CHECK(!db_in_transaction(t->db));
    CHECK_INT(db_begin(t->db), OK);
    CHECK(db_in_transaction(t->db));
    ADD(t->db, 1);
    CHECK_INT(db_commit(t->db), OK);
    CHECK(!db_in_transaction(t->db));
    CHECK_INT(db_begin(t->db), OK);
    ADD(t->db, 2);
    db_rollback(t->db);
    CHECK_INT(things(t->db), 1);
    db_rollback(t->db); /* nothing open: nothing happens */
    CHECK_INT(db_commit(t->db), E_BUG);
    db_rollback(t->db);
    CHECK_INT(db_begin(t->db), OK);
    CHECK_INT(db_begin(t->db), E_BUG);
    db_rollback(t->db);
    CHECK(!db_in_transaction(t->db));
}

ON_BOTH(an_error_stays_until_the_rollback)
{
    make_thing(t);
    CHECK_INT(db_begin(t->db), OK);
    ADD(t->db, 5);
    CLASH(t->db);
    CHECK(strstr(db_error_text(t->db), "INSERT INTO thing") != NULL);
    int64_t n = 3;
    const char *s = "x";
    CHECK_INT(db_exec(t->db, "INSERT INTO thing (n) VALUES (9)", P0), E_CONFLICT);
    CHECK_INT(db_get_int(t->db, "SELECT 1", P0, &n), E_CONFLICT);
    CHECK_INT(n, NONE);
    CHECK_INT(db_get_text(t->db, t->a, "SELECT 'a'", P0, &s), E_CONFLICT);
    CHECK_TEXT(s, NULL);
    struct db_rows *q = db_query(t->db, t->a, "SELECT 1", P0);
    CHECK(q != NULL && !db_next(q));
    db_done(q);
    CHECK_INT(db_savepoint(t->db, "s"), E_CONFLICT);
    db_rollback_to(t->db, "s"); /* that savepoint does not stand */
    CHECK_INT(db_error(t->db), E_CONFLICT);
    CHECK_INT(db_commit(t->db), E_CONFLICT);
    CHECK(db_in_transaction(t->db));
    db_rollback(t->db);
    CHECK_INT(db_error(t->db), OK);
    CHECK_TEXT(db_error_text(t->db), "");
    CHECK_INT(things(t->db), 0);
}

ON_BOTH(an_error_outside_a_transaction_stays_too)
{
    make_thing(t);
    CLASH(t->db);
    CHECK_INT(db_begin(t->db), E_CONFLICT);
    db_rollback(t->db);
    CHECK_INT(db_begin(t->db), OK);
    db_rollback(t->db);
}

ON_BOTH(the_text_of_an_error_holds_no_values)
{
    make(t, "CREATE TABLE person (id id, name text UNIQUE)");
    CHECK_INT(db_exec(t->db, "INSERT INTO person (name) VALUES ($1)", P("例山花子")), OK);
    CHECK_INT(db_exec(t->db, "INSERT INTO person (name) VALUES ($1)", P("例山花子")), E_CONFLICT);
    CHECK(strstr(db_error_text(t->db), "person") != NULL);
    CHECK(strstr(db_error_text(t->db), "花子") == NULL);
    db_rollback(t->db);
}

ON_BOTH(savepoints_nest)
{
    make_thing(t);
    CHECK_INT(db_savepoint(t->db, "outside"), E_BUG);
    db_rollback(t->db);
    CHECK_INT(db_begin(t->db), OK);
    ADD(t->db, 1);
    CHECK_INT(db_savepoint(t->db, "one"), OK);
    ADD(t->db, 2);
    CHECK_INT(db_savepoint(t->db, "two"), OK);
    ADD(t->db, 3);
    CLASH(t->db);
    db_rollback_to(t->db, "two");
    CHECK_INT(db_error(t->db), OK);
    CHECK_INT(things(t->db), 2);
    ADD(t->db, 4);
    CHECK_INT(db_release(t->db, "one"), OK);
    CHECK_INT(things(t->db), 3);
    CHECK_INT(db_savepoint(t->db, "one"), OK);
    CHECK_INT(db_savepoint(t->db, "deep"), OK);
    ADD(t->db, 5);
    CLASH(t->db);
    db_rollback_to(t->db, "one"); /* over the inner one */
    CHECK_INT(db_error(t->db), OK);
    CHECK_INT(db_release(t->db, "deep"), E_BUG);
    db_rollback(t->db);
    CHECK_INT(things(t->db), 0);
    CHECK_INT(db_begin(t->db), OK);
    CHECK_INT(db_savepoint(t->db, "x; DROP TABLE thing"), E_BUG);
    db_rollback(t->db);
}

/* --- the note --- */

struct noted { int64_t n, kept; };
static enum err keep_noted(struct db *db, void *note)
{
    const struct noted *v = note;
    return db_exec(db, "INSERT INTO thing (n) VALUES ($1)", P(v->n));
}

ON_BOTH(a_note_shares_the_fate_of_its_transaction)
{
    make_thing(t);
    CHECK(db_note(t->db, keep_noted) == NULL); /* no transaction */
    CHECK_INT(db_begin(t->db), OK);
    CHECK_INT(db_savepoint(t->db, "before"), OK);
    struct noted *v = db_note(t->db, keep_noted);
    CHECK_INT(v->n, 0);
    v->n = 1;
    CHECK_INT(db_savepoint(t->db, "one"), OK);
    CHECK(db_note(t->db, keep_noted) == v);
    v->n = 2;
    db_rollback_to(t->db, "one");
    CHECK_INT(v->n, 1);
    CHECK_INT(db_savepoint(t->db, "two"), OK);
    v->n = 3;
    CHECK_INT(db_release(t->db, "two"), OK);
    CHECK_INT(v->n, 3);
    CHECK_INT(things(t->db), 0);
    CHECK_INT(db_commit(t->db), OK);
    int64_t n = 0;
    CHECK_INT(db_get_int(t->db, "SELECT n FROM thing", P0, &n), OK);
    CHECK_INT(n, 3);
    /* Asked for after a savepoint that is gone back to: nobody has asked. */
    CHECK_INT(db_begin(t->db), OK);
    CHECK_INT(db_savepoint(t->db, "one"), OK);
    v = db_note(t->db, keep_noted);
    CHECK_INT(v->n, 0);
    v->n = 4;
    db_rollback_to(t->db, "one");
    CHECK_INT(db_commit(t->db), OK);
    CHECK_INT(things(t->db), 1);
    /* What cannot be kept is not committed, nor is anything else. */
    CHECK_INT(db_begin(t->db), OK);
    ADD(t->db, 9);
    v = db_note(t->db, keep_noted);
    v->n = 3;
    CHECK_INT(db_commit(t->db), E_CONFLICT);
    db_rollback(t->db);
    CHECK_INT(things(t->db), 1);
}

/* More than waits in memory, in one transaction and pushed out of a small cache on the way: others see all of it or nothing. */
ON_BOTH(what_was_committed_is_in_the_log)
{
    make(t, "CREATE TABLE page (id id, body text NOT NULL)");
    if (t->env->engine->kind == DB_SQLITE)
        CHECK_INT(db_exec(t->db, "PRAGMA cache_size = 10", P0), OK);
    struct db *other = another(t, DB_READER);
    char *body = arena_alloc(t->a, 3001);
    memset(body, 'x', 3000);
    for (int round = 1; round <= 3; round++) {
        CHECK_INT(db_begin(t->db), OK);
        for (int i = 0; i < 400; i++)
            CHECK_INT(db_exec(t->db, "INSERT INTO page (body) VALUES ($1)", P(body)), OK);
        int64_t n = 0;
        CHECK_INT(db_get_int(t->db, "SELECT sum(length(body)) FROM page", P0, &n), OK);
        CHECK_INT(n, 400 * 3000 * (int64_t)round);
        CHECK_INT(db_get_int(other, "SELECT count(*) FROM page", P0, &n), OK);
        CHECK_INT(n, 400 * (int64_t)(round - 1));
        if (round == 2) { /* left lying */
            db_rollback(t->db);
            CHECK_INT(db_begin(t->db), OK);
            for (int i = 0; i < 400; i++)
                CHECK_INT(db_exec(t->db, "INSERT INTO page (body) VALUES ($1)", P(body)), OK);
        }
        CHECK_INT(db_commit(t->db), OK);
        CHECK_INT(db_get_int(other, "SELECT count(*) FROM page WHERE length(body) = 3000", P0, &n), OK);
        CHECK_INT(n, 400 * (int64_t)round);
    }
    db_close(other);
}

/* The write lane: many requests, each in a savepoint, one commit. */
ON_BOTH(requests_in_savepoints_share_a_commit)
{
    make_thing(t);
    CHECK_INT(db_begin(t->db), OK);
    for (int i = 0; i < 20; i++) {
        CHECK_INT(db_savepoint(t->db, "request"), OK);
        ADD(t->db, i);
        if (i % 3 == 0) {
            CLASH(t->db);
            db_rollback_to(t->db, "request");
        } else
            CHECK_INT(db_release(t->db, "request"), OK);
    }
    CHECK_INT(db_commit(t->db), OK);
    CHECK_INT(things(t->db), 13);
}

ON_BOTH(the_kth_statement_can_be_made_to_fail)
{
    make_thing(t);
    enum err results[7] = {OK};
    for (int64_t k = 1; k <= 6; k++) {
        db_fail_at(t->db, k);
        enum err e = db_begin(t->db);
        if (e == OK)
            e = db_exec(t->db, "INSERT INTO thing (n) VALUES ($1)", P(k));
        if (e == OK)
            e = db_savepoint(t->db, "s");
        if (e == OK)
            e = db_release(t->db, "s");
        if (e == OK)
            e = db_commit(t->db);
        results[k] = e;
        CHECK_INT(db_fail_count(t->db), k < 5 ? k : 5);
        if (e != OK) {
            CHECK(strstr(db_error_text(t->db), "for a test") != NULL);
            db_rollback(t->db);
        }
        db_fail_at(t->db, 0);
        CHECK_INT(things(t->db), k < 6 ? 0 : 1);
    }
    for (int k = 1; k <= 5; k++)
        CHECK_INT(results[k], E_DB);
    CHECK_INT(results[6], OK);
}

/* --- rows --- */

ON_BOTH(loops_nest_and_may_be_left_early)
{
    make_thing(t);
    for (int i = 0; i < 5; i++)
        ADD(t->db, i);
    int64_t pairs = 0;
    for (struct db_rows *q = db_query(t->db, t->a, "SELECT n FROM thing ORDER BY n", P0); db_next(q);)
        for (struct db_rows *r = db_query(t->db, t->a, "SELECT n FROM thing ORDER BY n", P0); db_next(r);) {
            if (db_int(r, 0) > db_int(q, 0)) {
                db_done(r);
                break;
            }
            pairs++;
        }
    CHECK_INT(pairs, 15);
    CHECK_INT(db_error(t->db), OK);
    CHECK(t->db->rows == NULL);
}

ON_BOTH(a_late_db_done_ends_its_own_rows_only)
{
    make_thing(t);
    ADD(t->db, 1);
    struct db_rows *old = db_query(t->db, t->a, "SELECT n FROM thing", P0);
    while (db_next(old))
        ;
    struct db_rows *q = db_query(t->db, t->a, "SELECT n FROM thing", P0);
    db_done(old);
    CHECK(!db_next(old));
    CHECK(db_next(q));
    db_done(q);
}

ON_BOTH(parameters_need_not_outlive_the_query)
{
    char word[] = "left alone";
    struct db_rows *q = db_query(t->db, t->a, "SELECT $1", P(word));
    memset(word, 'x', sizeof word - 1);
    CHECK(db_next(q));
    CHECK_TEXT(db_text(q, 0), "left alone");
    db_done(q);
}

/* Nothing to move: no lock, which would wait for every writer of the table. */
ON_BOTH(ids_given_waits_for_nobody_without_need)
{
    make_thing(t);
    if (t->env->engine->kind == DB_SQLITE)
        return;
    struct db *other = another(t, DB_WRITER);
    CHECK_INT(db_begin(other), OK);
    ADD(other, 1);
    CHECK_INT(db_exec(t->db, "SET lock_timeout = '100ms'", P0), OK);
    CHECK_INT(db_ids_given(t->db, "thing"), OK);
    CHECK_INT(db_exec(t->db, "INSERT INTO thing (id) VALUES (9)", P0), OK);
    CHECK_INT(db_ids_given(t->db, "thing"), E_BUSY);
    db_rollback(t->db);
    db_rollback(other);
    CHECK_INT(db_ids_given(t->db, "thing"), OK);
    db_close(other);
}

ON_BOTH(the_arena_may_be_emptied_between_rows)
{
    make_thing(t);
    for (int i = 0; i < 50; i++)
        ADD(t->db, i);
    ARENA struct arena *a = arena_new();
    int64_t seen = 0;
    for (struct db_rows *q = db_query(t->db, a, "SELECT n FROM thing ORDER BY n", P0); db_next(q); arena_reset(a)) {
        CHECK_TEXT(db_text(q, 0), arena_printf(a, "%d", (int)seen));
        seen++;
    }
    CHECK_INT(seen, 50);
}

/* A COMMIT ends open rows: going on with them is an error, not a silent end. */
ON_BOTH(commit_with_an_open_statement)
{
    make_thing(t);
    for (int i = 0; i < 3; i++)
        ADD(t->db, i);
    CHECK_INT(db_begin(t->db), OK);
    struct db_rows *q = db_query(t->db, t->a, "SELECT n FROM thing", P0);
    CHECK(db_next(q));
    CHECK_INT(db_commit(t->db), OK);
    CHECK(!db_next(q));
    CHECK_INT(db_error(t->db), E_BUG);
    db_rollback(t->db);
    CHECK_INT(db_begin(t->db), OK);
    q = db_query(t->db, t->a, "INSERT INTO thing (n) VALUES (8), (9) RETURNING id", P0);
    CHECK(db_next(q));
    CHECK_INT(db_commit(t->db), OK); /* the rest of what RETURNING gives was not read: all the same written */
    db_done(q);
    CHECK_INT(things(t->db), 5);
}

ON_BOTH(rows_from_before_a_savepoint_outlive_it)
{
    make_thing(t);
    make(t, "CREATE TABLE other (id id)");
    for (int i = 0; i < 3; i++)
        ADD(t->db, i);
    CHECK_INT(db_begin(t->db), OK);
    int seen = 0;
    struct db_rows *inner = NULL;
    for (struct db_rows *q = db_query(t->db, t->a, "SELECT n FROM thing ORDER BY n", P0); db_next(q); seen++) {
        CHECK_INT(db_savepoint(t->db, "s"), OK);
        CHECK_INT(db_exec(t->db, "INSERT INTO other (id) VALUES ($1)", P(db_int(q, 0) + 1)), OK);
        inner = db_query(t->db, t->a, "SELECT id FROM other", P0);
        CHECK(db_next(inner));
        db_rollback_to(t->db, "s");
    }
    CHECK_INT(seen, 3);
    CHECK_INT(db_error(t->db), OK);
    CHECK(!db_next(inner));
    CHECK_INT(db_error(t->db), E_BUG);
    db_rollback(t->db);
}

ON_BOTH(writing_what_is_being_read_is_refused)
{
    make_thing(t);
    make(t, "CREATE TABLE other (id id)");
    ADD(t->db, 1);
    struct db_rows *q = db_query(t->db, t->a, "SELECT n FROM thing", P0);
    CHECK(db_next(q));
    CHECK_INT(db_exec(t->db, "INSERT INTO other (id) VALUES (1)", P0), OK);
    CHECK_INT(db_exec(t->db, "UPDATE thing SET n = n + 1", P0), E_BUG);
    CHECK(strstr(db_error_text(t->db), "SELECT n FROM thing") != NULL);
    db_rollback(t->db);
    CHECK_INT(db_exec(t->db, "UPDATE thing SET n = n + 1", P0), OK);
    CHECK_INT(db_exec(t->db, "INSERT INTO thing (n) SELECT n + 10 FROM thing", P0), OK); /* within one statement it is well */
}

ON_BOTH(more_statements_than_the_cache_holds)
{
    make_thing(t);
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < STATEMENTS_MAX + 60; i++) {
            int64_t v;
            CHECK_INT(db_get_int_text(t->db, arena_printf(t->a, "SELECT %d + $1", i), P(1), &v), OK);
            CHECK_INT(v, i + 1);
            CHECK(t->db->cached <= STATEMENTS_MAX);
        }
    CHECK_INT(t->db->cached, STATEMENTS_MAX);
    size_t found = 0;
    for (size_t i = 0; i < sizeof t->db->cache / sizeof t->db->cache[0]; i++)
        found += t->db->cache[i] != NULL;
    CHECK_INT(found, STATEMENTS_MAX);
    /* Taking one out leaves no hole on the way to another. */
    size_t lost = 0;
    for (size_t i = 0; i < sizeof t->db->cache / sizeof t->db->cache[0]; i++)
        for (size_t k = i; t->db->cache[i] != NULL && k != t->db->cache[i]->hash % 512; k = (k + 511) % 512)
            lost += t->db->cache[k] == NULL;
    CHECK_INT(lost, 0);
    if (t->env->engine->kind == DB_POSTGRES) {
        int64_t there;
        CHECK_INT(db_get_int(t->db, "SELECT count(*) FROM pg_prepared_statements", P0, &there), OK);
        CHECK(there <= STATEMENTS_MAX + 1);
    }
}

ON_BOTH(evicting_in_a_spoilt_transaction)
{
    make_thing(t);
    for (int i = 0; i < STATEMENTS_MAX + 5; i++) {
        CHECK_INT(db_begin(t->db), OK);
        CHECK_INT(db_savepoint(t->db, "s"), OK);
        CHECK_INT(db_exec_text(t->db, arena_printf(t->a, "INSERT INTO thing (n) VALUES (1), (1 + %d - %d)", i, i), P0), E_CONFLICT);
        db_rollback_to(t->db, "s");
        CHECK_INT(db_commit(t->db), OK);
    }
    CHECK_INT(things(t->db), 0);
}

ON_BOTH(many_parameters)
{
    struct sql q;
    sql_init(&q, t->a);
    sql_add(&q, "SELECT 0", P0);
    for (int64_t i = 1; i <= 600; i++)
        sql_add(&q, " + $", P(i));
    struct db_rows *r = sql_query(t->db, &q);
    CHECK(db_next(r));
    CHECK_INT(db_int(r, 0), 600 * 601 / 2);
    db_done(r);
    sql_init(&q, t->a);
    sql_add(&q, "SELECT $ || $", P("x", "y"));
    sql_add(&q, " WHERE $ > $", P(2, 1));
    CHECK_TEXT(q.text, "SELECT $1 || $2 WHERE $3 > $4");
}

/* --- readers and writers --- */

ON_BOTH(a_reader_never_writes)
{
    make_thing(t);
    struct db *reader = another(t, DB_READER);
    CHECK_INT(db_exec(reader, "INSERT INTO thing (n) VALUES (1)", P0), E_DB);
    db_rollback(reader);
    CHECK_INT(db_begin(reader), OK);
    CHECK_INT(db_exec(reader, "INSERT INTO thing (n) VALUES (1)", P0), E_DB);
    db_rollback(reader);
    CHECK_INT(db_exec(reader, "DROP TABLE thing", P0), E_DB);
    db_rollback(reader);
    CHECK_INT(things(reader), 0);
    db_close(reader);
}

ON_BOTH(a_reader_sees_one_moment)
{
    make_thing(t);
    struct db *reader = another(t, DB_READER);
    ADD(t->db, 1);
    CHECK_INT(db_begin(reader), OK);
    CHECK_INT(things(reader), 1);
    CHECK_INT(db_begin(t->db), OK);
    ADD(t->db, 2);
    CHECK_INT(things(reader), 1);
    CHECK_INT(db_commit(t->db), OK);
    CHECK_INT(things(reader), 1);
    CHECK_INT(db_commit(reader), OK);
    CHECK_INT(things(reader), 2);
    db_close(reader);
}

/* On SQLite the second writer waits for its turn and gives up; on PostgreSQL two writers wait for each other's rows. */
static void *second_writer(void *arg)
{
    struct db *db = arg;
    enum err e = db_begin(db);
    if (e == OK)
        e = db_exec(db, "UPDATE thing SET n = n + 100 WHERE id = 2", P0);
    if (e == OK)
        e = db_exec(db, "UPDATE thing SET n = n + 100 WHERE id = 1", P0);
    if (e == OK)
        e = db_commit(db);
    db_rollback(db);
    return (void *)(uintptr_t)e;
}

ON_BOTH(writers_in_each_others_way_are_busy)
{
    make_thing(t);
    ADD(t->db, 1);
    ADD(t->db, 2);
    struct db *other = another(t, DB_WRITER);
    bool sqlite = t->env->engine->kind == DB_SQLITE;
    if (sqlite)
        CHECK_INT(db_exec(other, "PRAGMA busy_timeout = 50", P0), OK);
    else
        CHECK_INT(db_exec(t->db, "SET deadlock_timeout = '20ms'", P0), OK);
    CHECK_INT(db_begin(t->db), OK);
    CHECK_INT(db_exec(t->db, "UPDATE thing SET n = n + 10 WHERE id = 1", P0), OK);
    pthread_t thread;
    pthread_create(&thread, NULL, second_writer, other);
    /* Until the other waits for row 1: then it holds row 2, and each waits for the other. */
    struct db *third = another(t, DB_WRITER);
    int64_t waiting = sqlite;
    for (int i = 0; i < 2000 && waiting == 0; i++) {
        CHECK_INT(db_get_int(third, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()", P0, &waiting), OK);
        usleep(5000);
    }
    db_close(third);
    CHECK_INT(waiting, 1);
    enum err mine = sqlite ? OK : db_exec(t->db, "UPDATE thing SET n = n + 10 WHERE id = 2", P0);
    void *result = NULL;
    if (mine == OK && !sqlite)
        mine = db_commit(t->db);
    if (mine != OK)
        db_rollback(t->db);
    pthread_join(thread, &result);
    enum err others = (enum err)(uintptr_t)result;
    CHECK((mine == OK && others == E_BUSY) || (mine == E_BUSY && others == OK));
    if (sqlite)
        CHECK_INT(db_commit(t->db), OK);
    db_close(other);
}

/* Many threads, a connection each, retrying what is busy: every write counts once. */
enum { WRITERS = 6, EACH = 25 };
struct job { struct fixture *t; enum err worst; };

static void *counting(void *arg)
{
    struct job *j = arg;
    struct failure f;
    ARENA struct arena *a = arena_new();
    failure_init(&f, a);
    struct db *db;
    if ((j->worst = db_open(j->t->env, DB_WRITER, &db, &f)) != OK)
        return NULL;
    for (int i = 0; i < EACH;) {
        enum err e = db_begin(db);
        if (e == OK)
            e = db_exec(db, "UPDATE thing SET n = n + 1 WHERE id = 1", P0);
        if (e == OK)
            e = db_commit(db);
        if (e == OK)
            i++;
        else
            db_rollback(db);
        if (e != OK && e != E_BUSY) {
            j->worst = e;
            break;
        }
    }
    db_close(db);
    return NULL;
}

ON_BOTH(writers_of_many_threads)
{
    make_thing(t);
    ADD(t->db, 0);
    pthread_t thread[WRITERS];
    struct job job[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        job[i] = (struct job){t, OK};
        pthread_create(&thread[i], NULL, counting, &job[i]);
    }
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(thread[i], NULL);
        CHECK_INT(job[i].worst, OK);
    }
    int64_t n;
    CHECK_INT(db_get_int(t->db, "SELECT n FROM thing", P0, &n), OK);
    CHECK_INT(n, WRITERS * EACH);
}

/* PostgreSQL: the server ends the connection. What ran fails as busy; after the rollback all goes on. */
ON_BOTH(a_lost_connection_is_made_anew)
{
    make_thing(t);
    if (t->env->engine->kind == DB_SQLITE)
        return;
    struct db *other = another(t, DB_WRITER);
    int64_t pid, slot, again;
    CHECK_INT(db_writer_slot(other, &slot), OK);
    CHECK_INT(db_get_int(other, "SELECT pg_backend_pid()", P0, &pid), OK);
    CHECK_INT(db_begin(other), OK);
    ADD(other, 1);
    CHECK_INT(db_savepoint(other, "s"), OK);
    CHECK_INT(db_exec(t->db, "SELECT pg_terminate_backend(CAST($1 AS int4))", P(pid)), OK);
    CHECK_INT(db_exec(other, "INSERT INTO thing (n) VALUES (2)", P0), E_BUSY);
    db_rollback_to(other, "s"); /* in vain: the transaction is gone */
    CHECK_INT(db_error(other), E_BUSY);
    db_rollback(other);
    CHECK_INT(db_error(other), OK);
    ADD(other, 3);
    CHECK_INT(things(other), 1);
    CHECK_INT(db_writer_slot(other, &again), OK);
    struct db *third = another(t, DB_WRITER);
    CHECK_INT(db_writer_slot(third, &slot), OK);
    CHECK(again > 0 && slot > 0 && slot != again); /* the number was given up with the old connection */
    db_close(third);
    db_close(other);
}

/* Another node migrates under a statement that was prepared before. */
ON_BOTH(a_prepared_statement_outlives_a_change_of_its_table)
{
    make_thing(t);
    ADD(t->db, 7);
    struct db *other = another(t, DB_READER);
    for (int round = 0; round < 3; round++) {
        struct db_rows *q = db_query(other, t->a, "SELECT * FROM thing", P0);
        bool row = db_next(q);
        if (!row && CHECK_INT(db_error(other), E_BUSY)) { /* worth another try */
            db_rollback(other);
            q = db_query(other, t->a, "SELECT * FROM thing", P0);
            row = db_next(q);
        }
        CHECK(row);
        if (row)
            CHECK_INT(db_int(q, 1), 7);
        db_done(q);
        make(t, arena_printf(t->a, "ALTER TABLE thing ADD COLUMN more_%d int64", round));
    }
    db_close(other);
}

ON_BOTH(writers_have_numbers)
{
    int64_t one, same, two, third;
    CHECK_INT(db_writer_slot(t->db, &one), OK);
    CHECK_INT(db_writer_slot(t->db, &same), OK);
    CHECK_INT(one, 1);
    CHECK_INT(same, 1);
    struct db *other = another(t, DB_WRITER);
    CHECK_INT(db_writer_slot(other, &two), OK);
    CHECK_INT(two, t->env->engine->kind == DB_SQLITE ? 1 : 2);
    CHECK_INT(db_begin(other), OK);
    db_rollback(other); /* a rollback does not give it up */
    struct db *more = another(t, DB_WRITER);
    CHECK_INT(db_writer_slot(more, &third), OK);
    CHECK_INT(third, t->env->engine->kind == DB_SQLITE ? 1 : 3);
    db_close(more);
    db_close(other);
}

/* --- what changed --- */

static bool fresh(struct fixture *t, struct db *reader, struct table_set *tables, uint64_t *stamp, const char *sql)
{
    bool unchanged = db_unchanged(t->env, *tables, *stamp);
    if (sql != NULL) {
        db_watch_begin(reader);
        *stamp = db_stamp(t->env);
        db_done(db_query_text(reader, t->a, sql, P0));
        *tables = db_watch_end(reader);
    }
    return unchanged;
}

ON_BOTH(a_page_is_stale_when_its_tables_were_written)
{
    make_thing(t);
    make(t, "CREATE TABLE other (id id); CREATE TABLE third (id id)");
    struct db *reader = another(t, DB_READER);
    struct table_set tables;
    uint64_t stamp;
#define PAGE() fresh(t, reader, &tables, &stamp, "SELECT thing.id FROM thing JOIN other ON other.id = thing.id")
#define UNCHANGED() db_unchanged(t->env, tables, stamp)
    tables = (struct table_set){{0}};
    stamp = 0;
    PAGE();
    CHECK(UNCHANGED());
    CHECK_INT(db_exec(t->db, "INSERT INTO third (id) VALUES (1)", P0), OK); /* not on the page */
    CHECK(UNCHANGED());
    ADD(t->db, 1);
    CHECK(!UNCHANGED());
    PAGE();
    CHECK_INT(db_begin(t->db), OK);
    CHECK_INT(db_exec(t->db, "DELETE FROM other", P0), OK);
    CHECK(UNCHANGED()); /* not before the commit */
    CHECK_INT(db_commit(t->db), OK);
    CHECK(!UNCHANGED());
    PAGE();
    CHECK_INT(db_begin(t->db), OK);
    ADD(t->db, 2);
    db_rollback(t->db);
    CHECK(UNCHANGED());
    CHECK_INT(db_begin(t->db), OK);
    CHECK_INT(db_exec(t->db, "INSERT INTO third (id) VALUES (2)", P0), OK);
    CHECK_INT(db_commit(t->db), OK); /* does not tell what the transaction before it took back */
    CHECK(UNCHANGED());
    int64_t id;
    CHECK_INT(db_insert(t->db, "INSERT INTO thing (n) VALUES (3) RETURNING id", P0, &id), OK);
    CHECK(!UNCHANGED());
    PAGE();
    CHECK_INT(db_begin(t->db), OK);
    struct db_rows *q = db_query(t->db, t->a, "UPDATE other SET id = id RETURNING id", P0);
    CHECK(!db_next(q));
    CHECK_INT(db_commit(t->db), OK);
    CHECK(!UNCHANGED());
    PAGE();
    make(t, "ALTER TABLE third ADD COLUMN x int64");
    CHECK(!UNCHANGED()); /* the schema: everything */
    db_close(reader);
}

/* Another process (here: another environment on the same database) writes; the poll sees it, and tells our own writes apart. */
ON_BOTH(writes_of_another_process_are_seen)
{
    make(t, "CREATE TABLE thing (id id, n int64); CREATE TABLE audit_head (chain int64 PRIMARY KEY, n int64 NOT NULL)");
    struct db_env *env;
    struct db *stranger, *poller = another(t, DB_READER);
    CHECK_INT(db_env_open(t->where, &env, &t->f), OK);
    CHECK_INT(db_open(env, DB_WRITER, &stranger, &t->f), OK);
    int64_t slot, theirs;
    CHECK_INT(db_writer_slot(t->db, &slot), OK);
    CHECK_INT(db_writer_slot(stranger, &theirs), OK);
    if (theirs != slot)
        CHECK_INT(db_exec(t->db, "INSERT INTO audit_head (chain, n) VALUES ($1, 0), ($2, 0)", P(slot, theirs)), OK);
    else
        CHECK_INT(db_exec(t->db, "INSERT INTO audit_head (chain, n) VALUES ($1, 0)", P(slot)), OK);
    struct table_set all = {{UINT64_MAX, UINT64_MAX}};
    uint64_t stamp = db_stamp(t->env);
    db_poll_foreign(poller); /* the first look knows nothing: all is taken as changed */
    CHECK(!db_unchanged(t->env, all, stamp));
    stamp = db_stamp(t->env);
    db_poll_foreign(poller);
    db_poll_foreign(poller);
    CHECK(db_unchanged(t->env, all, stamp));

#define WRITE(db, chain)                                                                                     \
    do {                                                                                                     \
        CHECK_INT(db_begin(db), OK);                                                                         \
        CHECK_INT(db_exec(db, "INSERT INTO thing (n) VALUES (1)", P0), OK);                                  \
        CHECK_INT(db_exec(db, "UPDATE audit_head SET n = n + 1 WHERE chain = $1", P(chain)), OK);            \
        CHECK_INT(db_commit(db), OK);                                                                        \
    } while (0)
    struct table_set third = {{0, UINT64_C(1) << 63}}; /* a table that nobody wrote */
    WRITE(stranger, theirs);
    db_poll_foreign(poller);
    CHECK(!db_unchanged(t->env, third, stamp));
    stamp = db_stamp(t->env);
    for (int i = 0; i < 4; i++) {
        WRITE(t->db, slot);
        db_poll_foreign(poller);
        CHECK(db_unchanged(t->env, third, stamp)); /* our own marks its own tables alone */
    }
    /* Between two of ours: our writer notices when it goes on (SQLite), or the heads tell (PostgreSQL). */
    stamp = db_stamp(t->env);
    WRITE(t->db, slot);
    WRITE(stranger, theirs);
    WRITE(t->db, slot);
    db_poll_foreign(poller);
    CHECK(!db_unchanged(t->env, third, stamp));
    /* After ours, and then silence: at the latest at the second look. */
    db_poll_foreign(poller);
    stamp = db_stamp(t->env);
    WRITE(t->db, slot);
    WRITE(stranger, theirs);
    db_poll_foreign(poller);
    db_poll_foreign(poller);
    CHECK(!db_unchanged(t->env, third, stamp));
    db_close(stranger);
    db_env_close(env);
    db_close(poller);
}

/* Readers and writers of many threads: a page whose tables are said to be unchanged shows what is there now. */
struct race { struct fixture *t; _Atomic bool stop; _Atomic int64_t wrong, looked; };

static void *looking(void *arg)
{
    struct race *r = arg;
    struct failure f;
    ARENA struct arena *a = arena_new();
    failure_init(&f, a);
    struct db *db;
    if (db_open(r->t->env, DB_READER, &db, &f) != OK)
        return NULL;
    while (!atomic_load(&r->stop)) {
        int64_t was = NONE, is = NONE;
        db_watch_begin(db);
        uint64_t stamp = db_stamp(r->t->env);
        db_get_int(db, "SELECT n FROM thing WHERE id = 1", P0, &was);
        struct table_set tables = db_watch_end(db);
        db_get_int(db, "SELECT n FROM other WHERE id = 1", P0, &is); /* the writer's promise: what it has answered for */
        if (db_unchanged(r->t->env, tables, stamp) && is > was)
            atomic_fetch_add(&r->wrong, 1);
        atomic_fetch_add(&r->looked, 1);
        db_rollback(db);
    }
    db_close(db);
    return NULL;
}

ON_BOTH(no_stale_page_is_called_fresh)
{
    make_thing(t);
    make(t, "CREATE TABLE other (id id, n int64)");
    ADD(t->db, 0);
    CHECK_INT(db_exec(t->db, "INSERT INTO other (n) VALUES (0)", P0), OK);
    struct race race = {.t = t};
    pthread_t thread[2];
    for (int i = 0; i < 2; i++)
        pthread_create(&thread[i], NULL, looking, &race);
    for (int64_t i = 1; i <= 300; i++) {
        CHECK_INT(db_exec(t->db, "UPDATE thing SET n = $1", P(i)), OK);
        CHECK_INT(db_exec(t->db, "UPDATE other SET n = $1", P(i)), OK);
    }
    atomic_store(&race.stop, true);
    for (int i = 0; i < 2; i++)
        pthread_join(thread[i], NULL);
    CHECK(race.looked > 0);
    CHECK_INT(race.wrong, 0);
}

/* --- the scanner --- */

static const char *names(struct fixture *t, struct table_set set)
{
    const char *all = "";
    for (size_t i = 0; i < t->env->tables; i++)
        if (set.bits[i / 64] >> i % 64 & 1)
            all = arena_printf(t->a, "%s%s%s", all, *all ? " " : "", t->env->table[i]);
    return all;
}

ON_BOTH(tables_are_found_in_the_sql)
{
    static const struct { const char *sql, *reads, *writes; } cases[] = {
        {"SELECT * FROM aa", "aa", ""},
        {"select x from AA join bb on aa.id = bb.id left join cc using (id) where x = 'FROM dd'", "aa bb cc", ""},
        {"SELECT 1 FROM aa a, bb AS b, (SELECT 1 FROM cc, dd) s, ee WHERE a.x IN (SELECT y FROM ff ORDER BY z, zz)", "aa bb cc dd ee ff", ""},
        {"SELECT a, b, c FROM aa GROUP BY x, y ORDER BY n, m", "aa", ""},
        {"SELECT (SELECT max(n) FROM aa), x -- FROM bb\n /* FROM cc */ FROM dd", "aa dd", ""},
        {"SELECT x IS DISTINCT FROM y FROM aa", "aa", ""},
        {"INSERT INTO aa (x, y) SELECT x, y FROM bb ON CONFLICT (x) DO UPDATE SET y = excluded.y", "bb", "aa"},
        {"INSERT INTO aa(x) VALUES ($1) RETURNING id", "", "aa"},
        {"UPDATE aa SET x = 1, y = 2 FROM bb WHERE aa.id IN (SELECT id FROM cc)", "bb cc", "aa"},
        {"DELETE FROM aa WHERE id NOT IN (SELECT aa FROM bb)", "bb", "aa"},
        {"WITH gone AS (SELECT 1) INSERT INTO aa (x) SELECT 1 FROM bb", "bb", "aa"},
        {"SELECT 1 FROM main.aa", "aa", ""},
        {"SELECT k FROM generate_series(1, 3) AS k, aa", "aa", ""},
        {"SELECT 1 UNION ALL SELECT n FROM \"aa\" UNION SELECT 1 FROM bb", "aa bb", ""},
    };
    static const char *const known[] = {"aa", "bb", "cc", "dd", "ee", "ff"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        db_touched(t->db, known[i], false);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sql_info info;
        sql_scan(t->env, cases[i].sql, &info);
        CHECK_TEXT(names(t, info.reads), cases[i].reads);
        CHECK_TEXT(names(t, info.writes), cases[i].writes);
    }
    CHECK_INT(t->env->tables, 6);
    struct sql_info info;
    sql_scan(t->env, "SELECT '$9', $3, $12 -- $20", &info);
    CHECK_INT(info.params, 12);
}

ON_BOTH(more_tables_than_numbers)
{
    struct table_set first = {{0}}, last = {{0}};
    for (int i = 0; i < 140; i++) {
        struct sql_info info;
        sql_scan(t->env, arena_printf(t->a, "SELECT 1 FROM table_%d", i), &info);
        if (i == 0)
            first = info.reads;
        last = info.reads;
        CHECK(info.reads.bits[0] != 0 || info.reads.bits[1] != 0);
    }
    uint64_t stamp = db_stamp(t->env);
    db_touched(t->db, "table_130", true); /* shares its number with table_139 */
    CHECK(!db_unchanged(t->env, last, stamp));
    CHECK(db_unchanged(t->env, first, stamp));
}

/* --- the environment --- */

TEST(a_folder_is_made_with_a_database_for_the_owner_alone)
{
    ARENA struct arena *a = arena_new();
    struct failure f;
    failure_init(&f, a);
    char *folder = arena_dup(a, "/tmp/kyodo-test-XXXXXX");
    if (!CHECK(mkdtemp(folder) != NULL))
        return;
    const char *deep = arena_printf(a, "%s/a/b", folder), *file = arena_printf(a, "%s/kyodo.db", deep);
    struct db_env *env;
    struct db *db;
    CHECK_INT(db_env_open(deep, &env, &f), OK);
    CHECK_INT(db_env_engine(env), DB_SQLITE);
    CHECK_TEXT(db_env_directory(env), deep);
    CHECK_INT(db_open(env, DB_READER, &db, &f), OK);
    struct stat st;
    CHECK(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600);
    const char *s;
    CHECK_INT(db_get_text(db, a, "PRAGMA journal_mode", P0, &s), OK);
    CHECK_TEXT(s, "wal");
    int64_t n;
    CHECK_INT(db_get_int(db, "PRAGMA synchronous", P0, &n), OK);
    CHECK_INT(n, 2);
    CHECK_INT(db_get_int(db, "PRAGMA foreign_keys", P0, &n), OK);
    CHECK_INT(n, 1);
    db_close(db);
    db_env_close(env);
    CHECK_INT(db_env_open(file, &env, &f), E_IO); /* a file where a folder should be */
    CHECK(f.message != NULL);
    empty_directory(a, deep);
    rmdir(arena_printf(a, "%s/a", folder));
    rmdir(folder);
}

TEST(no_server_no_connection)
{
    ARENA struct arena *a = arena_new();
    struct failure f;
    failure_init(&f, a);
    struct db_env *env;
    CHECK_INT(db_env_open("postgresql:///x?host=/nowhere", &env, &f), E_IO);
    CHECK(f.message != NULL && f.detail != NULL);
    CHECK(env == NULL);
}

TEST_MAIN
