/* The operator's room: long work and what becomes of it, the nightly work, what is erased and what still verifies. */
#include "area/operation/operation.h"
#include "area/organization/organization.h"
#include "base/date.h"
#include "base/text.h"
#include "core/audit.h"
#include "core/job.h"
#include "core/preset.h"
#include "core/run.h"
#include "http/register_http.h"

enum { YEAR = 31556952, DAY = 86400 };

static int64_t states(struct client *cl, const char *state)
{
    return client_int(cl, arena_printf(client_ctx(cl)->arena, "SELECT count(*) FROM run WHERE state = '%s'", state));
}

/* --- long work --- */

struct rows { int64_t upto, total; enum err end; };

static enum err work(struct ctx *c, void *arg)
{
    const struct rows *r = arg;
    for (int64_t i = 1; i <= r->upto; i++)
        TRY(run_progress(c, i, r->total, arena_printf(c->arena, "%lld行目", (long long)i)));
    run_report(c, "{\"x\":1}");
    return r->end == OK ? OK : fail(c, r->end, "わざと失敗しました。");
}

static const struct run_kind kind = {"test.kind", "/test/", work};

static int64_t begin(struct client *cl, struct rows rows)
{
    struct ctx *c = client_ctx(cl);
    struct arena *own = arena_new();
    struct rows *r = arena_make(own, struct rows);
    int64_t id = NONE;
    *r = rows;
    CHECK_INT(run_begin(c, &kind, arena_dup(own, "例の取り込み"), r, own, &id), OK);
    return id;
}

TEST(long_work_says_how_far_it_is_and_how_it_ended)
{
    EACH_ENGINE(cl) {
        struct arena *a = client_ctx(cl)->arena;
        int64_t id = begin(cl, (struct rows){7, 7, OK});
        CHECK_INT(states(cl, "done"), 1);
        CHECK_TEXT(client_text(cl, arena_printf(a, "SELECT report FROM run WHERE id = %lld AND done = 7 AND total = 7", (long long)id)), "{\"x\":1}");
        /* A fault of what was sent is not the operator's; one after rows were written, or of the machine, is. */
        begin(cl, (struct rows){0, 9, E_FORM});
        CHECK_INT(states(cl, "refused"), 1);
        int64_t half = begin(cl, (struct rows){4, 9, E_CONFLICT});
        begin(cl, (struct rows){0, 9, E_DB});
        CHECK_INT(states(cl, "failed"), 2);
        client_user(cl, "operator", NONE, NONE);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "失敗した仕事を確かめる") && client_sees(cl, "4行目"));
        CHECK_INT(client_get(cl, arena_printf(a, "/runs/%lld", (long long)half)), 200);
        CHECK(client_sees(cl, "わざと失敗しました。") && client_sees(cl, "4行目"));
        CHECK(client_form(cl, arena_printf(a, "/runs/%lld/handled", (long long)half)));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(!client_sees(cl, "4行目"));
        CHECK_INT(client_get(cl, "/office/operation"), 200);
        CHECK(client_sees(cl, "例の取り込み"));
    }
}

TEST(what_a_stop_cut_off_is_broken_and_names_its_row)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        int64_t id = begin(cl, (struct rows){5, 20, OK});
        client_exec(cl, "UPDATE run SET state = 'running', ended_at = NULL"); /* as the power leaves it */
        CHECK_INT(runs_abandoned(c, c->app->clock() - DAY), OK); /* begun since: it may be under way */
        CHECK_INT(states(cl, "running"), 1);
        CHECK_INT(runs_abandoned(c, c->app->clock() + 1), OK);
        CHECK_INT(states(cl, "broken"), 1);
        client_user(cl, "operator", NONE, NONE);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "途中で止まった仕事を確かめる") && client_sees(cl, "5行目"));
        CHECK_INT(client_get(cl, arena_printf(client_ctx(cl)->arena, "/runs/%lld", (long long)id)), 200);
        CHECK(client_sees(cl, "途中で止まりました"));
        /* Another node's is its own affair for an hour. */
        client_exec(cl, "UPDATE run SET state = 'running', node = 'another', ended_at = NULL");
        c = client_ctx(cl);
        CHECK_INT(runs_abandoned(c, c->app->clock() + 1), OK);
        CHECK_INT(states(cl, "running"), 1);
        client_exec(cl, "UPDATE run SET seen_at = seen_at - 4000");
        CHECK_INT(runs_abandoned(client_ctx(cl), client_app(cl)->clock() + 1), OK);
        CHECK_INT(states(cl, "broken"), 1);
    }
}

TEST(a_run_is_for_who_began_it_and_for_the_office)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        int64_t id = begin(cl, (struct rows){1, 1, OK});
        const char *to = arena_printf(client_ctx(cl)->arena, "/runs/%lld", (long long)id);
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, to), 403);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, to), 200);
        CHECK_INT(client_get(cl, "/office/operation"), 403);
        client_nobody(cl);
        CHECK_INT(client_get(cl, to), 303);
    }
}

/* --- the nights --- */

static int64_t personal(struct client *cl) { return client_int(cl, "SELECT count(*) FROM audit_value WHERE personal AND erased_at IS NULL"); }

static bool verifies(struct client *cl)
{
    struct ctx *c = client_ctx(cl);
    struct audit_report r = {0};
    c->db = c->writer;
    enum err e = audit_verify(c, &r);
    c->db = NULL;
    if (e != OK)
        printf("  %s\n", r.fault != NULL ? r.fault : err_name(e));
    return e == OK;
}

/* A group whose representative is a person. */
static enum err add_group(struct ctx *c, struct town *t)
{
    struct organization o;
    (void)t;
    entity_init(&organization_entity, &o);
    o.name = "例の会";
    o.kind = "volunteer";
    o.representative = "例田 花子";
    o.mail = "rei@example.jp";
    return organization_save(c, NULL, &o);
}

TEST(personal_values_go_after_their_time_and_the_log_still_verifies)
{
    EACH_ENGINE(cl) {
        struct town t;
        struct swept s;
        town_open(&t, cl);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/letters"), 200); /* leaves a line in the view log */
        CHECK(works(&t, add_group));
        int64_t before = personal(cl), all = client_int(cl, "SELECT count(*) FROM audit_value"), views = client_int(cl, "SELECT count(*) FROM view_log"),
                letters = client_int(cl, "SELECT count(*) FROM outbox");
        CHECK(before > 0 && views > 0 && letters > 0);

        client_clock(cl, IN_MAY + 5 * (int64_t)YEAR - 40 * DAY);
        CHECK_INT(sweep(client_ctx(cl), &s), OK);
        CHECK_INT(s.values, 0);
        CHECK_INT(s.views, 0);
        int64_t young = personal(cl);
        CHECK_INT(young, before);
        CHECK(verifies(cl));

        client_clock(cl, IN_MAY + 6 * (int64_t)YEAR);
        CHECK_INT(sweep(client_ctx(cl), &s), OK);
        CHECK_INT(s.values, young);
        CHECK_INT(s.views, views);
        CHECK_INT(personal(cl), 0);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit_value WHERE personal AND (before IS NOT NULL OR after IS NOT NULL OR salt <> '')"), 0);
        CHECK(client_int(cl, "SELECT count(*) FROM audit_value") >= all); /* erased, not removed */
        CHECK(client_int(cl, "SELECT count(*) FROM audit_value WHERE NOT personal AND after IS NOT NULL") > 0);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM view_log"), 0);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox WHERE state <> 'waiting' AND (to_name IS NOT NULL OR body LIKE '%http%')"), 0);
        CHECK(verifies(cl));

        CHECK_INT(sweep(client_ctx(cl), &s), OK); /* again: nothing left to do */
        CHECK_INT(s.values + s.views + s.letters, 0);
        CHECK(verifies(cl));

        /* What is not personal cannot be passed off as erased. */
        client_exec(cl, "UPDATE audit_value SET before = NULL, after = NULL, salt = '', erased_at = 1 WHERE NOT personal AND position = 0 AND n = 1");
        CHECK(!verifies(cl));
    }
}

TEST(the_retention_period_is_a_setting)
{
    EACH_ENGINE(cl) {
        struct town t;
        struct swept s;
        town_open(&t, cl);
        client_user(cl, "operator", NONE, NONE);
        static const char *const wrong[] = {"", "0", "31", "五", "5年", "-1", "99999999999999999999"};
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            CHECK_INT(client_get(cl, "/office/operation"), 200);
            CHECK(client_form(cl, "/office/operation/retention"));
            client_set(cl, "retention_years", wrong[i]);
            CHECK_INT(client_send(cl), 422);
            CHECK(client_sees(cl, "保存期間は1から30まで"));
        }
        CHECK_INT(client_get(cl, "/office/operation"), 200);
        CHECK(client_form(cl, "/office/operation/retention"));
        client_set(cl, "retention_years", "１０");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK_TEXT(client_text(cl, "SELECT value FROM setting WHERE key = 'retention_years'"), "10");
        CHECK(works(&t, add_group));
        int64_t before = personal(cl);
        CHECK(before > 0);
        client_clock(cl, IN_MAY + 8 * (int64_t)YEAR);
        CHECK_INT(sweep(client_ctx(cl), &s), OK);
        CHECK_INT(personal(cl), before);
        client_clock(cl, IN_MAY + 12 * (int64_t)YEAR);
        CHECK_INT(sweep(client_ctx(cl), &s), OK);
        CHECK_INT(personal(cl), 0);
    }
}

TEST(the_log_is_verified_at_night)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        int64_t now = client_app(cl)->clock();
        CHECK_INT(jobs_run_due(client_app(cl), client_ctx(cl)->writer), OK); /* puts what repeats */
        int64_t due = client_int(cl, "SELECT due_at FROM job WHERE kind = 'operation.verify'");
        CHECK(due > now && due <= now + DAY);
        CHECK_INT((due + 9 * 3600) % DAY, 3 * 3600); /* at three in the morning, in Tokyo */
        client_clock(cl, due);
        CHECK_INT(jobs_run_due(client_app(cl), client_ctx(cl)->writer), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM operation_fact WHERE name = 'verify' AND ok"), 1);
        CHECK_INT(client_int(cl, "SELECT due_at FROM job WHERE kind = 'operation.verify'"), due + DAY);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM operation_fact WHERE name = 'sweep' AND ok"), 1);
        client_user(cl, "operator", NONE, NONE);
        CHECK_INT(client_get(cl, "/office/operation"), 200);
        CHECK(client_sees(cl, "列") && !client_sees(cl, "合いません"));

        client_exec(cl, "UPDATE audit SET who = 'somebody else' WHERE n = 3");
        CHECK_INT(client_get(cl, "/office/operation"), 200);
        CHECK(client_form(cl, "/office/operation/verify")); /* now, not tonight */
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(jobs_run_due(client_app(cl), client_ctx(cl)->writer), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM operation_fact WHERE name = 'verify' AND NOT ok"), 1);
        CHECK_INT(client_get(cl, "/office/operation"), 200);
        CHECK(client_sees(cl, "合いません") && client_sees(cl, "記録 1:3 が書き換えられています"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM job WHERE kind = 'operation.verify' AND error IS NOT NULL"), 1);
    }
}

TEST_MAIN
