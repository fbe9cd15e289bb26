/* A small prefecture for the tests of the register: two departments, five sections, last year's round answered and closed. */
#ifndef KYODO_TESTS_REGISTER_HTTP_H
#define KYODO_TESTS_REGISTER_HTTP_H

#include "area/register/rounds.h"
#include "base/date.h"
#include "base/text.h"
#include "core/section.h"
#include "http/client.h"

/* 2026-05-10 09:00 and the instants around the due date 2026-06-10, Tokyo. */
#define IN_MAY 1778371200
#define DUE "2026-06-10"
#define LAST_SECOND 1781103599 /* 2026-06-10 23:59:59 */
#define TOO_LATE 1781103600
#define LAST_MAY (IN_MAY - 365 * 86400)

enum { ROAD = 0, RIVER, WELFARE, CHILD, SEA, SECTIONS };
static const char *const section_names[SECTIONS] = {"道路保全課", "河川課", "福祉課", "子ども課", "水産課"};

struct town {
    struct client *cl;
    int64_t unit[SECTIONS];
    int64_t inquiry; /* this year's, once opened */
    const char *secretariat, *officer[SECTIONS];
};

struct work { enum err (*run)(struct ctx *, struct town *); struct town *town; };
static enum err run_work(struct ctx *c, void *arg)
{
    struct work *w = arg;
    return w->run(c, w->town);
}

/* Use cases called directly; a failure fails the test and says why. */
__attribute__((unused)) static bool works(struct town *t, enum err (*run)(struct ctx *, struct town *))
{
    struct work w = {run, t};
    struct ctx *c = client_ctx(t->cl);
    enum err e = in_write(c, run_work, &w);
    if (e != OK) {
        printf("  %s: %s %s %s\n", client_engine(t->cl), err_name(e), c->fail.message ? c->fail.message : "", c->fail.detail ? c->fail.detail : "");
        for (const struct field_fault *f = c->fail.faults; f; f = f->next)
            printf("    %s: %s\n", f->field ? f->field : "", f->message);
    }
    return CHECK(e == OK);
}

static enum err make_tree(struct ctx *c, struct town *t)
{
    int64_t added = 0;
    TRY(sections_add_lines(c, 2025, "土木部\t道路保全課\t000-000-0001\n土木部\t河川課\n健康福祉部\t福祉課\n健康福祉部\t子ども課\n天草例地域振興局\t水産課", &added));
    TRY(sections_carry_over(c, 2025, 2026));
    for (size_t i = 0; i < SECTIONS; i++)
        TRY_DB(c, db_get_int(c->db, "SELECT unit FROM section WHERE year=2026 AND name=$1", P(section_names[i]), &t->unit[i]));
    return OK;
}

/* A statement that may be handed in. */
static void fill(struct ctx *c, struct statement *s, const char *name)
{
    static const char *forms[] = {"accord"};
    s->name = name;
    s->category = "accord";
    s->forms = (struct set){forms, 1};
    s->summary = "道路のごみを地域の団体といっしょに拾う";
    s->budget = 1200000;
    s->partners = arena_many(c->arena, struct statement_partner, 1);
    entity_init(&statement_partner_entity, &s->partners[0]);
    s->partners[0].name = "美化を進める会(例)";
    s->partners[0].kind = "volunteer";
    s->partners_n = 1;
}

__attribute__((unused)) static enum err answer_of(struct ctx *c, int64_t inquiry, int64_t unit, int64_t *answer)
{
    TRY_DB(c, db_get_int(c->db, "SELECT a.id FROM answer a JOIN section x ON x.id=a.section WHERE a.inquiry=$1 AND x.unit=$2", P(inquiry, unit), answer));
    return OK;
}

static enum err one_more(struct ctx *c, int64_t answer, const char *name, bool with_outcome)
{
    struct statement s;
    entity_init(&statement_entity, &s);
    s.answer = answer;
    fill(c, &s, name);
    if (with_outcome) {
        s.outcomes = arena_many(c->arena, struct statement_outcome, 2);
        for (size_t i = 0; i < 2; i++) {
            entity_init(&statement_outcome_entity, &s.outcomes[i]);
            s.outcomes[i].name = i ? "協定延長" : "協定団体";
            s.outcomes[i].unit = i ? "km" : "団体";
            s.outcomes[i].year = 2024;
            s.outcomes[i].value = i ? 150900 : 70000;
        }
        s.outcomes_n = 2;
    }
    return statement_save(c, NULL, &s);
}

static enum err open_round(struct ctx *c, int64_t y, const char *due, const char *round, int64_t *id)
{
    struct inquiry q;
    entity_init(&inquiry_entity, &q);
    q.year = y;
    q.scheme = "ps";
    q.round = round;
    q.due_on = due;
    q.scope = "all";
    TRY(inquiry_save(c, NULL, &q));
    *id = q.id;
    return inquiry_open(c, q.id);
}

/* Last year: 道路保全課 two projects, 河川課 one, 福祉課 該当なし, 子ども課 a draft never handed in, 水産課 nothing. */
static enum err last_year(struct ctx *c, struct town *t)
{
    int64_t q = NONE, a = NONE;
    TRY(open_round(c, 2025, "2025-06-10", "start", &q));
    TRY(answer_of(c, q, t->unit[ROAD], &a));
    TRY(one_more(c, a, "ロードクリーン(例)", true));
    TRY(one_more(c, a, "花の道づくり(例)", false));
    TRY(answer_submit(c, a));
    TRY(answer_of(c, q, t->unit[RIVER], &a));
    TRY(one_more(c, a, "川の見守り(例)", false));
    TRY(answer_submit(c, a));
    TRY(answer_of(c, q, t->unit[WELFARE], &a));
    TRY(answer_none(c, a));
    TRY(answer_of(c, q, t->unit[CHILD], &a));
    TRY(one_more(c, a, "出されなかった事業(例)", false));
    return inquiry_close(c, q);
}

static enum err this_year_open(struct ctx *c, struct town *t) { return open_round(c, 2026, DUE, "start", &t->inquiry); }

/* Everything but this year's inquiry. */
__attribute__((unused)) static void town_make(struct town *t, struct client *cl)
{
    *t = (struct town){.cl = cl};
    client_clock(cl, LAST_MAY);
    works(t, make_tree);
    works(t, last_year);
    client_clock(cl, IN_MAY);
    t->secretariat = client_user(cl, "secretariat", NONE, NONE);
    for (size_t i = 0; i < SECTIONS; i++)
        if (i != SEA) /* nobody answers for 水産課 */
            t->officer[i] = client_user(cl, i == RIVER ? "officer" : "promoter", t->unit[i], NONE);
}

/* With this year's inquiry open to all. */
__attribute__((unused)) static void town_open(struct town *t, struct client *cl)
{
    town_make(t, cl);
    works(t, this_year_open);
}

__attribute__((unused)) static int64_t answer_id(struct town *t, size_t section)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT a.id FROM answer a JOIN section x ON x.id=a.section WHERE a.inquiry=%lld AND x.unit=%lld", (long long)t->inquiry,
             (long long)t->unit[section]);
    return client_int(t->cl, sql);
}

__attribute__((unused)) static int64_t statement_id(struct town *t, int64_t answer, const char *name)
{
    char sql[400];
    snprintf(sql, sizeof sql, "SELECT id FROM statement WHERE answer=%lld AND name='%s'", (long long)answer, name);
    return client_int(t->cl, sql);
}

__attribute__((unused)) static const char *path(char *buffer, size_t n, const char *format, ...) __attribute__((format(printf, 3, 4)));
__attribute__((unused)) static const char *path(char *buffer, size_t n, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(buffer, n, format, args);
    va_end(args);
    return buffer;
}
#define PATH(...) path((char[300]){0}, 300, __VA_ARGS__)
#define SQL PATH

#endif
