/* Two at the same time, where reading and writing are two steps: on PostgreSQL, whose transactions see what others commit in between. Each race
 * is brought about by a lock that a third connection holds until both stand before it. (With SQLite there is one writer: the second begins when the
 * first has ended.) */
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "area/demo/demo.h"
#include "area/people/people.h"
#include "area/people/reorganise.h"
#include "area/register/rounds.h"
#include "core/section.h"
#include "core/session.h"
#include "http/client.h"

struct racer {
    struct client *cl;
    enum err (*run)(struct ctx *c, struct racer *r);
    int64_t id;
    const char *text;
    pthread_t thread;
    enum err result;
    char message[500];
};

static void *race(void *arg)
{
    struct racer *r = arg;
    ARENA struct arena *a = arena_new();
    struct ctx c;
    r->result = ctx_open(client_app(r->cl), a, DB_WRITER, &user_system, &c);
    if (r->result == OK)
        r->result = r->run(&c, r);
    snprintf(r->message, sizeof r->message, "%s", c.fail.message != NULL ? c.fail.message : "");
    ctx_close(&c);
    return NULL;
}

static int64_t waiting(PGconn *pg)
{
    PGresult *r = PQexec(pg, "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database OR l.database IS NULL OR l.database = 0 "
                             "WHERE NOT l.granted AND d.datname = current_database()");
    int64_t n = PQresultStatus(r) == PGRES_TUPLES_OK ? strtoll(PQgetvalue(r, 0, 0), NULL, 10) : -1;
    PQclear(r);
    return n;
}

/* Both begin while `lock` is held; it is let go once both wait. */
static void run_both(struct racer *v, const char *lock)
{
    PGconn *pg = PQconnectdb(client_where(v[0].cl));
    PQclear(PQexec(pg, "BEGIN"));
    PGresult *held = PQexec(pg, lock);
    CHECK(PQresultStatus(held) == PGRES_COMMAND_OK);
    PQclear(held);
    for (int i = 0; i < 2; i++)
        pthread_create(&v[i].thread, NULL, race, &v[i]);
    PGconn *look = PQconnectdb(client_where(v[0].cl));
    for (int i = 0; i < 1000 && waiting(look) < 2; i++)
        usleep(10000);
    CHECK(waiting(look) >= 2);
    PQfinish(look);
    PQclear(PQexec(pg, "COMMIT"));
    PQfinish(pg);
    for (int i = 0; i < 2; i++)
        pthread_join(v[i].thread, NULL);
}

static void run_both_on_sqlite(struct racer *v)
{
    struct db *writer = client_ctx(v[0].cl)->writer;
    CHECK_INT(db_begin(writer), OK);
    for (int i = 0; i < 2; i++)
        pthread_create(&v[i].thread, NULL, race, &v[i]);
    db_rollback(writer);
    for (int i = 0; i < 2; i++)
        pthread_join(v[i].thread, NULL);
}

#define ON_POSTGRES(cl) EACH_ENGINE(cl) if (strcmp(client_engine(cl), "postgres") == 0)

/* --- the first account --- */

static enum err set_up(struct ctx *c, struct racer *r)
{
    struct account a;
    entity_init(&account_entity, &a);
    a.login = r->id == 0 ? "one" : "two";
    a.name = "はじめの人(例)";
    return account_setup(c, r->text, &a, CLIENT_PASSWORD);
}

static enum err read_code(struct ctx *c, void *arg)
{
    *(const char **)arg = setup_code(c);
    return OK;
}

TEST(of_two_first_accounts_one_is_made)
{
    ON_POSTGRES(cl) {
        const char *code = NULL;
        CHECK_INT(in_read(client_ctx(cl), read_code, &code), OK);
        struct racer v[2] = {{.cl = cl, .run = set_up, .id = 0, .text = code}, {.cl = cl, .run = set_up, .id = 1, .text = code}};
        run_both(v, "LOCK TABLE account IN EXCLUSIVE MODE");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account"), 1);
        CHECK((v[0].result == OK && v[1].result == E_CONFLICT) || (v[0].result == E_CONFLICT && v[1].result == OK));
    }
}

/* --- the last operator --- */

static enum err end_duty(struct ctx *c, void *arg) { return duty_end(c, *(int64_t *)arg); }
static enum err end_one(struct ctx *c, struct racer *r) { return in_write(c, end_duty, &r->id); }

TEST(two_who_end_each_others_duty_leave_one)
{
    ON_POSTGRES(cl) {
        client_user(cl, "operator", NONE, NONE);
        client_user(cl, "operator", NONE, NONE);
        struct racer v[2] = {{.cl = cl, .run = end_one, .id = client_int(cl, "SELECT min(id) FROM duty WHERE role = 'operator'")},
                             {.cl = cl, .run = end_one, .id = client_int(cl, "SELECT max(id) FROM duty WHERE role = 'operator'")}};
        run_both(v, "LOCK TABLE duty IN EXCLUSIVE MODE");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM duty WHERE role = 'operator' AND until IS NULL"), 1);
    }
}

/* --- an edition --- */

static enum err make(struct ctx *c, void *arg) { return edition_make(c, 2025, NULL, arg); }
static enum err publish(struct ctx *c, void *arg) { return edition_publish(c, *(int64_t *)arg, NONE); }
static enum err discard(struct ctx *c, void *arg) { return edition_discard(c, *(int64_t *)arg); }
static enum err publish_one(struct ctx *c, struct racer *r) { return in_write(c, publish, &r->id); }
static enum err discard_one(struct ctx *c, struct racer *r) { return in_write(c, discard, &r->id); }
static enum err make_one(struct ctx *c, struct racer *r) { return in_write(c, make, &r->id); }

TEST(what_is_published_is_not_discarded_at_the_same_time)
{
    ON_POSTGRES(cl) {
        struct ctx *c = client_ctx(cl);
        CHECK_INT(demo_add(c), OK);
        int64_t id = NONE;
        CHECK_INT(in_write(client_ctx(cl), make, &id), OK);
        struct racer v[2] = {{.cl = cl, .run = publish_one, .id = id}, {.cl = cl, .run = discard_one, .id = id}};
        run_both(v, "LOCK TABLE edition IN EXCLUSIVE MODE");
        int64_t there = client_int(cl, "SELECT count(*) FROM edition WHERE number = 2"), items = client_int(cl, "SELECT count(*) FROM edition_item i JOIN edition e ON e.id = i.edition WHERE e.number = 2");
        CHECK((v[0].result == OK) != (v[1].result == OK)); /* one of them was told that it cannot be */
        CHECK_INT(there, v[0].result == OK);
        CHECK_INT(items > 0, v[0].result == OK);
        /* Nobody can give two editions one number. */
        struct racer m[2] = {{.cl = cl, .run = make_one}, {.cl = cl, .run = make_one}};
        run_both(m, "LOCK TABLE edition IN EXCLUSIVE MODE");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM edition WHERE state = 'made'"), (m[0].result == OK) + (m[1].result == OK));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM (SELECT year, number FROM edition GROUP BY year, number HAVING count(*) > 1) AS twice"), 0);
    }
}

/* --- a department passes on what its section takes back --- */

static enum err collating(struct ctx *c, void *arg)
{
    struct racer *r = arg;
    int64_t department = NONE, account = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT p.unit FROM answer a JOIN section x ON x.id = a.section JOIN section p ON p.id = x.parent WHERE a.id = $1", P(r->id), &department));
    TRY_DB(c, db_get_int(c->db, "SELECT min(id) FROM account", P0, &account));
    TRY(duty_add(c, account, ROLE_COLLATOR, department, NONE, false));
    TRY_DB(c, db_exec(c->db, "UPDATE statement SET decision = 'same' WHERE answer = $1", P(r->id)));
    TRY_DB(c, db_exec(c->db, "UPDATE duty SET since = since - 10 WHERE role = 'collator'", P0));
    return answer_submit(c, r->id);
}
static enum err pass_on(struct ctx *c, void *arg)
{
    size_t passed = 0;
    return collate_pass(c, arg, 1, &passed);
}
static enum err take_back(struct ctx *c, void *arg) { return answer_withdraw(c, *(int64_t *)arg); }
static enum err pass_one(struct ctx *c, struct racer *r) { return in_write(c, pass_on, &r->id); }
static enum err take_one(struct ctx *c, struct racer *r) { return in_write(c, take_back, &r->id); }

TEST(what_is_taken_back_is_not_passed_on)
{
    ON_POSTGRES(cl) {
        CHECK_INT(demo_add(client_ctx(cl)), OK);
        int64_t id = client_int(cl, "SELECT min(a.id) FROM answer a JOIN inquiry i ON i.id = a.inquiry WHERE i.state = 'open' AND a.state = 'open' AND EXISTS "
                                    "(SELECT 1 FROM statement s WHERE s.answer = a.id)");
        struct racer r = {.cl = cl, .id = id};
        CHECK_INT(in_write(client_ctx(cl), collating, &r), OK);
        CHECK_TEXT(client_text(cl, arena_printf(client_ctx(cl)->arena, "SELECT state FROM answer WHERE id = %lld", (long long)id)), "collating");
        struct racer v[2] = {{.cl = cl, .run = pass_one, .id = id}, {.cl = cl, .run = take_one, .id = id}};
        run_both(v, "LOCK TABLE inquiry IN EXCLUSIVE MODE");
        /* Either the department was first, and the section then took back what stood with the secretariat; or the section, and nothing was passed on. */
        const char *state = client_text(cl, arena_printf(client_ctx(cl)->arena, "SELECT state FROM answer WHERE id = %lld", (long long)id));
        CHECK_TEXT(state, "draft");
        CHECK_INT(v[1].result, OK);
        CHECK(v[0].result == OK || v[0].result == E_CONFLICT);
        CHECK_INT(client_int(cl, arena_printf(client_ctx(cl)->arena, "SELECT count(*) FROM answer WHERE id = %lld AND passed_at IS NOT NULL", (long long)id)), 0);
    }
}

/* --- a table from before Kyodo --- */

static enum err import(struct ctx *c, void *arg)
{
    const struct racer *r = arg;
    return history_import(c, "a.csv", r->text, strlen(r->text), NULL);
}
static enum err import_one(struct ctx *c, struct racer *r) { return in_write(c, import, r); }

TEST(a_file_sent_twice_at_once_is_there_once)
{
    ON_POSTGRES(cl) {
        const char *text = "scheme,form,2001\nX,a,1\n";
        struct racer v[2] = {{.cl = cl, .run = import_one, .text = text}, {.cl = cl, .run = import_one, .text = text}};
        run_both(v, "LOCK TABLE history_source IN EXCLUSIVE MODE");
        CHECK_INT(v[0].result, OK);
        CHECK_INT(v[1].result, OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM history_source"), 1);
        CHECK_INT(client_int(cl, "SELECT sum(value) FROM history_value"), 1);
    }
}

/* --- the year turned over --- */

static enum err sections_of_last_year(struct ctx *c, void *arg)
{
    return sections_add_lines(c, 2025, "土木部\t道路保全課\n土木部\t河川課\n健康福祉部\t福祉課", arg);
}

/* 道路保全課 is split in two, 福祉課 renamed. Both have the same page before them. */
static enum err turn_over(struct ctx *c, void *arg)
{
    const struct racer *r = arg;
    int64_t road = NONE, welfare = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT unit FROM section WHERE year = 2025 AND name = '道路保全課'", P0, &road));
    TRY_DB(c, db_get_int(c->db, "SELECT unit FROM section WHERE year = 2025 AND name = '福祉課'", P0, &welfare));
    struct form_value v[] = {{.name = arena_printf(c->arena, "kind.%lld", (long long)road), .value = "split"},
                             {.name = arena_printf(c->arena, "name.%lld", (long long)road), .value = arena_printf(c->arena, "道路第一課%s\n道路第二課", r->text)},
                             {.name = arena_printf(c->arena, "kind.%lld", (long long)welfare), .value = "rename"},
                             {.name = arena_printf(c->arena, "name.%lld", (long long)welfare), .value = "くらし福祉課"}};
    const struct form form = {.v = v, .n = sizeof v / sizeof v[0]};
    struct reorg_plan plan = {.year = 2026};
    TRY(reorg_from_form(c, &form, &plan));
    return reorg_take(c, &plan, NULL, 0);
}
static enum err turn_over_one(struct ctx *c, struct racer *r) { return in_write(c, turn_over, r); }

TEST(of_two_who_turn_the_year_over_one_does)
{
    EACH_ENGINE(cl) {
        int64_t added = 0;
        client_clock(cl, 1774915200); /* 2026-03-31 in Tokyo */
        CHECK_INT(in_write(client_ctx(cl), sections_of_last_year, &added), OK);
        CHECK_INT(added, 5);
        /* The second has written another name: nothing of it stands there, whoever was first. */
        struct racer v[2] = {{.cl = cl, .run = turn_over_one, .text = ""}, {.cl = cl, .run = turn_over_one, .text = "(別)"}};
        if (strcmp(client_engine(cl), "postgres") == 0)
            run_both(v, "LOCK TABLE section IN EXCLUSIVE MODE");
        else
            run_both_on_sqlite(v);
        CHECK((v[0].result == OK && v[1].result == E_CONFLICT) || (v[0].result == E_CONFLICT && v[1].result == OK));
        const struct racer *lost = v[0].result == OK ? &v[1] : &v[0], *won = lost == &v[0] ? &v[1] : &v[0];
        CHECK(strstr(lost->message, "令和8年度(2026年度)の組織の変更は、もう取り込まれています") != NULL);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year = 2026 AND name LIKE '道路第%'"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year = 2026 AND name = '道路第一課(別)'"), *won->text != '\0');
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year = 2026 AND name = '河川課'"), 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year = 2026"), 6);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section_move WHERE year = 2026"), 3);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM (SELECT unit FROM section WHERE year = 2026 GROUP BY unit HAVING count(*) > 1) AS twice"), 0);
    }
}

TEST_MAIN
