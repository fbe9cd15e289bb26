/* The use cases of inquiries and answers when the database fails at any statement, and when people act at the same moment. */
#include "http/register_http.h"

#include <pthread.h>

/* --- the k-th statement fails, for all k: it is told, and nothing of it stays --- */

static int64_t the_answer, the_statement;

static enum err save_inquiry(struct ctx *c, struct town *t)
{
    struct inquiry q;
    (void)t;
    entity_init(&inquiry_entity, &q);
    q.year = 2026;
    q.scheme = "renkei";
    q.round = "start";
    q.due_on = DUE;
    q.scope = "all";
    return inquiry_save(c, NULL, &q);
}
static enum err open_inquiry(struct ctx *c, struct town *t)
{
    TRY(save_inquiry(c, t));
    int64_t id = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT MAX(id) FROM inquiry", P0, &id));
    return inquiry_open(c, id);
}
static enum err remind_all(struct ctx *c, struct town *t) { return inquiry_remind(c, t->inquiry, &the_answer, 1, "お願いします。"); }
static enum err find_doubles(struct ctx *c, struct town *t)
{
    struct double_pair *v = NULL;
    size_t n = 0;
    return doubles_find(c, t->inquiry, &v, &n);
}
static enum err dismiss_double(struct ctx *c, struct town *t) { (void)t; return doubles_dismiss(c, 1, 2); }
static enum err close_inquiry(struct ctx *c, struct town *t) { return inquiry_close(c, t->inquiry); }
static enum err new_project(struct ctx *c, struct town *t) { (void)t; return one_more(c, the_answer, "新しい事業(例)", true); }
static enum err change_project(struct ctx *c, struct town *t)
{
    struct statement before, after;
    (void)t;
    TRY(record_load(c, &statement_entity, the_statement, &before));
    entity_copy(c->arena, &statement_entity, &after, &before);
    after.budget = 5000000;
    return statement_save(c, &before, &after);
}
static enum err decide(struct ctx *c, struct town *t) { (void)t; return statement_decide(c, the_statement, "ended", "役目を終えたため"); }
static enum err take_away(struct ctx *c, struct town *t)
{
    int64_t id = NONE;
    TRY(new_project(c, t));
    TRY_DB(c, db_get_int(c->db, "SELECT MAX(id) FROM statement", P0, &id));
    return statement_remove(c, id);
}
static enum err enter(struct ctx *c, struct town *t) { (void)t; return answer_enter(c, the_answer, "紙で届いたため", "paper", "2026-05-09", NULL); }
static enum err hand_in(struct ctx *c, struct town *t)
{
    struct statement *v = NULL;
    size_t n = 0;
    (void)t;
    TRY(answer_statements(c, the_answer, &v, &n));
    for (size_t i = 0; i < n; i++)
        TRY(statement_decide(c, v[i].id, "same", NULL));
    return answer_submit(c, the_answer);
}
static enum err none(struct ctx *c, struct town *t)
{
    struct statement *v = NULL;
    size_t n = 0;
    (void)t;
    TRY(answer_statements(c, the_answer, &v, &n));
    for (size_t i = 0; i < n; i++)
        TRY(statement_decide(c, v[i].id, "ended", "役目を終えたため"));
    return answer_none(c, the_answer);
}
static enum err withdraw(struct ctx *c, struct town *t)
{
    TRY(hand_in(c, t));
    return answer_withdraw(c, the_answer);
}
static enum err send_back(struct ctx *c, struct town *t)
{
    TRY(hand_in(c, t));
    return answer_return(c, the_answer, "直してください");
}

struct attempt { enum err (*run)(struct ctx *, struct town *); struct town *town; int64_t k, ran; bool broke; enum err e; };

/* Always rolled back: the next attempt finds the same instance. */
static enum err attempt_run(struct ctx *c, void *arg)
{
    struct attempt *a = arg;
    db_fail_at(c->db, a->k);
    a->e = a->run(c, a->town);
    a->ran = db_fail_count(c->db);
    a->broke = db_error(c->db) != OK;
    db_fail_at(c->db, 0);
    if (!a->broke)
        failure_clear(&c->fail);
    return a->broke ? E_DB : fail_with(&c->fail, E_CONFLICT, "taken back");
}

static const char *fingerprint(struct client *cl)
{
    return client_text(cl, "SELECT 'inquiries ' || (SELECT COUNT(*) FROM inquiry) || ' answers ' || (SELECT COUNT(*) FROM answer) || ' versions ' || "
                           "(SELECT SUM(version) FROM answer) || ' statements ' || (SELECT COUNT(*) FROM statement) || ' versions ' || "
                           "(SELECT SUM(version) FROM statement) || ' partners ' || (SELECT COUNT(*) FROM statement_partner) || ' projects ' || "
                           "(SELECT COUNT(*) FROM project) || ' letters ' || (SELECT COUNT(*) FROM outbox) || ' log ' || (SELECT COUNT(*) FROM audit)");
}

TEST(whatever_statement_fails_is_told_and_leaves_nothing)
{
    static const struct { const char *name; enum err (*run)(struct ctx *, struct town *); } cases[] = {
        {"save_inquiry", save_inquiry}, {"open_inquiry", open_inquiry}, {"remind", remind_all}, {"find_doubles", find_doubles},
        {"dismiss_double", dismiss_double}, {"close", close_inquiry}, {"new_project", new_project}, {"change_project", change_project},
        {"decide", decide}, {"take_away", take_away}, {"enter", enter}, {"hand_in", hand_in}, {"none", none}, {"withdraw", withdraw}, {"send_back", send_back},
    };
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        the_answer = answer_id(&t, ROAD);
        the_statement = statement_id(&t, the_answer, "ロードクリーン(例)");
        const char *before = fingerprint(cl);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            bool whole = false;
            int64_t k = 1;
            for (; k < 2000 && !whole; k++) {
                struct attempt a = {cases[i].run, &t, k, 0, false, OK};
                struct ctx *c = client_ctx(cl);
                CHECK(in_write(c, attempt_run, &a) != OK);
                whole = !a.broke;
                if (whole ? !CHECK(a.e == OK) : !CHECK(a.e != OK))
                    printf("    %s, statement %lld: %s, %s\n", cases[i].name, (long long)k, err_name(a.e), c->fail.message ? c->fail.message : "");
            }
            if (!CHECK(whole && k > 2))
                printf("    %s\n", cases[i].name);
            CHECK_TEXT(fingerprint(cl), before);
        }
    }
}

/* --- at the same moment --- */

struct actor {
    struct client *cl;
    int64_t answer, inquiry;
    bool closes;
    enum err e;
    pthread_t thread;
};

static enum err act(struct ctx *c, void *arg)
{
    struct actor *a = arg;
    return a->closes ? inquiry_close(c, a->inquiry) : answer_none(c, a->answer);
}

static void *act_once(void *arg)
{
    struct actor *a = arg;
    struct arena *arena = arena_new();
    struct ctx c;
    a->e = ctx_open(client_app(a->cl), arena, DB_WRITER, &user_system, &c);
    /* A busy engine asks to try again, as the server would. */
    for (int i = 0; a->e == OK && i < 20; i++) {
        failure_clear(&c.fail);
        a->e = in_write(&c, act, a);
        if (a->e != E_BUSY)
            break;
        a->e = OK;
    }
    ctx_close(&c);
    arena_free(arena);
    return NULL;
}

TEST(sections_that_answer_at_once_get_numbers_of_their_own)
{
    static const size_t sections[] = {WELFARE, CHILD, SEA};
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        struct actor a[3];
        for (size_t i = 0; i < 3; i++) {
            a[i] = (struct actor){.cl = cl, .answer = answer_id(&t, sections[i])};
            CHECK(pthread_create(&a[i].thread, NULL, act_once, &a[i]) == 0);
        }
        for (size_t i = 0; i < 3; i++) {
            pthread_join(a[i].thread, NULL);
            CHECK_INT(a[i].e, OK);
        }
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(*) FROM answer WHERE inquiry=%lld AND state='none'", (long long)t.inquiry)), 3);
        CHECK_INT(client_int(cl, SQL("SELECT COUNT(DISTINCT receipt) FROM answer WHERE inquiry=%lld", (long long)t.inquiry)), 3);
    }
}

TEST(an_answer_comes_before_the_closing_or_is_refused)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        struct actor a[2] = {{.cl = cl, .answer = answer_id(&t, SEA)}, {.cl = cl, .inquiry = t.inquiry, .closes = true}};
        for (size_t i = 0; i < 2; i++)
            CHECK(pthread_create(&a[i].thread, NULL, act_once, &a[i]) == 0);
        for (size_t i = 0; i < 2; i++)
            pthread_join(a[i].thread, NULL);
        CHECK_INT(a[1].e, OK);
        CHECK(a[0].e == OK || a[0].e == E_CONFLICT);
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM answer WHERE id=%lld", (long long)a[0].answer)), a[0].e == OK ? "none" : "open");
    }
}

TEST_MAIN
