/* Databases for tests: a fresh one of each engine, gone at the end of the program.
 *
 *   ON_BOTH(upsert)
 *   {
 *       CHECK_INT(db_exec(t->db, "CREATE TABLE …", P0), OK);
 *   }
 * is a TEST that runs on SQLite and, when KYODO_TEST_POSTGRES holds the URL of a cluster (tests/postgres), on PostgreSQL; without it
 * what was left out is said, with the count. Each run has a database of its own.
 */
#ifndef KYODO_TESTS_UNIT_DATABASE_H
#define KYODO_TESTS_UNIT_DATABASE_H

#include <assert.h>
#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "db/db.h"
#include "db/engine.h"
#include "test.h"

struct fixture {
    struct arena *a;
    struct failure f;
    const char *where;
    struct db_env *env;
    struct db *db; /* a writer */
};

static unsigned skipped_on_postgres;

/* The URL of another database of the same cluster. */
static const char *url_of(struct arena *a, const char *cluster, const char *name)
{
    const char *host = strstr(cluster, "//") + 2, *path = strchr(host, '/');
    if (path == NULL)
        path = host + strcspn(host, "?");
    const char *query = strchr(path, '?');
    return arena_printf(a, "%.*s/%s%s", (int)(path - cluster), cluster, name, query != NULL ? query : "");
}

static void in_cluster(struct arena *a, const char *cluster, const char *sql)
{
    struct failure f;
    struct db_env *env;
    struct db *db;
    failure_init(&f, a);
    enum err e = db_env_open(cluster, &env, &f);
    assert(e == OK);
    e = db_open(env, DB_WRITER, &db, &f);
    assert(e == OK);
    if (db_exec_text(db, sql, P0) != OK)
        test_fault(__FILE__, __LINE__, "%s", db_error_text(db));
    db_close(db);
    db_env_close(env);
}

__attribute__((unused)) static void empty_directory(struct arena *a, const char *name)
{
    DIR *d = opendir(name);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (e->d_name[0] != '.')
            unlink(arena_printf(a, "%s/%s", name, e->d_name));
    if (d != NULL)
        closedir(d);
    rmdir(name);
}

static void on_engine(void (*run)(struct fixture *t), const char *cluster)
{
    static unsigned count;
    ARENA struct arena *a = arena_new();
    struct fixture t = {.a = a};
    failure_init(&t.f, a);
    const char *name = arena_printf(a, "test_%ld_%u", (long)getpid(), ++count);
    if (cluster != NULL) {
        in_cluster(a, cluster, arena_printf(a, "CREATE DATABASE %s TEMPLATE template0", name));
        t.where = url_of(a, cluster, name);
    } else {
        const char *tmp = getenv("TMPDIR");
        char *folder = arena_printf(a, "%s/kyodo-test-XXXXXX", tmp != NULL ? tmp : "/tmp");
        t.where = mkdtemp(folder);
        assert(t.where != NULL);
    }
    unsigned before = test_faults;
    if (db_env_open(t.where, &t.env, &t.f) == OK && db_open(t.env, DB_WRITER, &t.db, &t.f) == OK)
        run(&t);
    else
        test_fault(__FILE__, __LINE__, "%s: %s", t.where, t.f.message);
    if (test_faults > before)
        printf("  (on %s)\n", cluster != NULL ? "PostgreSQL" : "SQLite");
    db_close(t.db);
    db_env_close(t.env);
    if (cluster != NULL)
        in_cluster(a, cluster, arena_printf(a, "DROP DATABASE %s WITH (FORCE)", name));
    else
        empty_directory(a, t.where);
}

static void say_skipped(void)
{
    fprintf(stderr, "*** %u tests were NOT run on PostgreSQL: KYODO_TEST_POSTGRES is not set (see tests/postgres) ***\n", skipped_on_postgres);
}

__attribute__((unused)) static void on_both(void (*run)(struct fixture *t))
{
    on_engine(run, NULL);
    const char *cluster = getenv("KYODO_TEST_POSTGRES");
    if (cluster != NULL && *cluster != '\0')
        on_engine(run, cluster);
    else if (skipped_on_postgres++ == 0)
        atexit(say_skipped);
}

#define ON_BOTH(name)                        \
    static void name##_on(struct fixture *t); \
    TEST(name) { on_both(name##_on); }       \
    static void name##_on(struct fixture *t)

#endif
