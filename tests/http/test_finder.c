/* The index kept up with the records: flushed with the transaction, rolled back with it; on PostgreSQL by each node from lines that become visible
 * out of order. */
#include "http/client.h"

#include <stdio.h>
#include <unistd.h>

#include "area/organization/organization.h"
#include "core/finder.h"

struct named { const char *name; int64_t id; };

static enum err make_one(struct ctx *c, void *arg)
{
    struct named *n = arg;
    struct organization o;
    entity_init(&organization_entity, &o);
    o.name = n->name;
    o.kind = "community";
    TRY(organization_save(c, NULL, &o));
    n->id = o.id;
    return OK;
}

static enum err make_and_fail(struct ctx *c, void *arg)
{
    TRY(make_one(c, arg));
    return fail(c, E_CONFLICT, "made to fail");
}

struct finding { const char *q; int64_t n; };
static enum err count_found(struct ctx *c, void *arg)
{
    struct finding *f = arg;
    struct search_query q;
    search_parse(c->arena, f->q, &q);
    return finder_count(c, &q, NULL, &f->n);
}
static int64_t found(struct ctx *c, const char *q)
{
    struct finding f = {.q = q};
    CHECK_INT(in_read(c, count_found, &f), OK);
    return f.n;
}

static enum err rebuild(struct ctx *c, void *arg)
{
    return finder_rebuild(c, arg);
}

static enum err catch_up_all(struct ctx *c, void *arg)
{
    (void)arg;
    return finder_catch_up(c);
}

TEST(what_is_saved_is_found_and_what_is_rolled_back_is_not)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        struct named one = {.name = "竹林を守る会"}, two = {.name = "海岸を守る会"};
        CHECK_INT(in_write(c, make_one, &one), OK);
        CHECK_INT(in_write(c, make_and_fail, &two), E_CONFLICT);
        CHECK_INT(found(c, "竹林"), 1);
        CHECK_INT(found(c, "海岸"), 0);
        CHECK_INT(found(c, "守る会"), 1);
        CHECK_INT(in_write(c, make_one, &two), OK);
        CHECK_INT(found(c, "守る会"), 2);
        int64_t documents = 0;
        CHECK_INT(in_write(c, rebuild, &documents), OK);
        CHECK_INT(documents, 2);
        CHECK_INT(found(c, "守る会"), 2);
    }
}

TEST(many_records_in_one_transaction)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        for (int i = 0; i < 60; i++) {
            struct named n = {.name = arena_printf(c->arena, "例%d番の会", i)};
            CHECK_INT(in_write(c, make_one, &n), OK);
        }
        CHECK_INT(found(c, "番の会"), 60);
        client_exec(cl, "UPDATE organization SET name = '改めた名前の会' WHERE id % 2 = 0");
        client_exec(cl, "INSERT INTO finder_touched (kind, record, at) SELECT 'organization', id, 0 FROM organization");
        client_exec(cl, "INSERT INTO finder_touched (kind, record, at) VALUES ('no-such-kind', 1, 0), ('organization', 999999, 0)");
        struct named last = {.name = "最後の会"};
        CHECK_INT(in_write(c, make_one, &last), OK);
        CHECK_INT(found(c, "改めた"), client_int(cl, "SELECT count(*) FROM organization WHERE name LIKE '改めた%'"));
        CHECK_INT(found(c, "番の会"), client_int(cl, "SELECT count(*) FROM organization WHERE name LIKE '%番の会'"));
        CHECK_INT(found(c, "会"), 61);
        /* More lines than one search takes in; and gaps without end (ids that were rolled back). */
        if (strcmp(client_engine(cl), "postgres") == 0) {
            for (int i = 0; i < 120; i++) {
                client_exec(cl, "SELECT nextval(pg_get_serial_sequence('finder_touched', 'id'))");
                client_exec(cl, "INSERT INTO finder_touched (kind, record, at) SELECT 'organization', id, 0 FROM organization LIMIT 5");
                if (i % 30 == 0)
                    CHECK_INT(found(c, "会"), 61);
            }
            client_exec(cl, "UPDATE organization SET name = '皆おなじ名' WHERE TRUE");
            client_exec(cl, "INSERT INTO finder_touched (kind, record, at) SELECT 'organization', o.id, 0 FROM organization o CROSS JOIN vocabulary v ORDER BY v.id, o.id LIMIT 3000");
            CHECK_INT(in_read(c, catch_up_all, NULL), OK);
            CHECK_INT(found(c, "皆おなじ名"), 61);
        }
    }
}

/* A transaction that took its line's number first and commits last: a cursor that only moves forward would never see it. */
TEST(lines_that_become_visible_out_of_order)
{
    EACH_ENGINE(cl) {
        if (strcmp(client_engine(cl), "postgres") != 0)
            continue; /* one writer: nothing can be out of order */
        struct ctx *c = client_ctx(cl), slow[3];
        struct named n[3] = {{.name = "遅い会一"}, {.name = "遅い会二"}, {.name = "遅い会三"}};
        for (int i = 0; i < 3; i++) {
            CHECK_INT(ctx_open(client_app(cl), c->arena, DB_WRITER, &user_system, &slow[i]), OK);
            slow[i].db = slow[i].writer;
            CHECK_INT(db_begin(slow[i].db), OK);
            /* The line alone: a whole save would wait for the other's place in the log. */
            CHECK_INT(db_insert(slow[i].db, "INSERT INTO organization (name, sort_key, kind, state, name_is_image, address_is_image, made_at, demo)"
                                " VALUES ($1, $1, 'community', 'open', FALSE, FALSE, 0, FALSE) RETURNING id", P(n[i].name), &n[i].id), OK);
            CHECK_INT(finder_touch(&slow[i], "organization", n[i].id), OK);
        }
        struct named quick = {.name = "速い会"};
        CHECK_INT(in_write(c, make_one, &quick), OK);
        CHECK_INT(found(c, "速い会"), 1);
        CHECK_INT(found(c, "遅い会"), 0);
        CHECK_INT(db_commit(slow[1].db), OK);
        CHECK_INT(found(c, "遅い会"), 1);
        db_rollback(slow[0].db);
        struct named later = {.name = "次の会"};
        CHECK_INT(in_write(c, make_one, &later), OK);
        CHECK_INT(found(c, "次の会"), 1);
        CHECK_INT(db_commit(slow[2].db), OK);
        CHECK_INT(found(c, "遅い会"), 2);
        for (int i = 0; i < 3; i++)
            ctx_close(&slow[i]);
        /* A node without its file makes it anew; one that slept too long, too. */
        CHECK_INT(found(c, "会"), 4);
        unlink(arena_printf(c->arena, "%s/search.db", client_app(cl)->directory));
        struct ctx fresh;
        CHECK_INT(ctx_open(client_app(cl), c->arena, DB_READER, &user_system, &fresh), OK);
        CHECK_INT(found(&fresh, "会"), 4);
        ctx_close(&fresh);
        client_clock(cl, c->now + 30 * 24 * 3600);
        CHECK_INT(ctx_open(client_app(cl), c->arena, DB_READER, &user_system, &fresh), OK);
        client_exec(cl, "DELETE FROM finder_touched");
        client_exec(cl, "UPDATE organization SET name = '寝ていた会' WHERE name = '速い会'");
        CHECK_INT(found(&fresh, "寝ていた"), 1);
        ctx_close(&fresh);
    }
}

TEST_MAIN
