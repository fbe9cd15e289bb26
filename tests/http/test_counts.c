/* What stands stored beside the rows it was counted from: after each step as many as there are, said when it is not so; lists by pages of twenty.
 * That the two agree after every use case, every test asks at its end (client_agrees). */
#include "area/register/correction.h"
#include "area/register/merge.h"
#include "http/register_http.h"

#include <stdlib.h>

#include "base/sb.h"

struct step { struct town *t; enum err (*run)(struct ctx *c, struct step *s); size_t section; const char *text; int64_t id; };

static enum err run_step(struct ctx *c, void *arg)
{
    struct step *s = arg;
    return s->run(c, s);
}

static bool step(struct town *t, enum err (*run)(struct ctx *c, struct step *s), size_t section, const char *text, int64_t id)
{
    struct step s = {t, run, section, text, id};
    struct ctx *c = client_ctx(t->cl);
    enum err e = in_write(c, run_step, &s);
    if (e != OK)
        printf("  %s\n", c->fail.message != NULL ? c->fail.message : err_name(e));
    return CHECK(e == OK) && CHECK(client_agrees(t->cl));
}

/* "going/carried" of each section's answer, in the order of the sections. */
static const char *counts(struct town *t)
{
    struct sb b;
    sb_init(&b, client_ctx(t->cl)->arena);
    for (size_t i = 0; i < SECTIONS; i++)
        sb_printf(&b, "%s%lld/%lld", i > 0 ? " " : "", (long long)client_int(t->cl, SQL("SELECT going FROM answer WHERE id=%lld", (long long)answer_id(t, i))),
                  (long long)client_int(t->cl, SQL("SELECT carried FROM answer WHERE id=%lld", (long long)answer_id(t, i))));
    return sb_str(&b);
}

static enum err answer_at(struct ctx *c, const struct step *s, int64_t *a) { return answer_of(c, s->t->inquiry, s->t->unit[s->section], a); }

static enum err do_new(struct ctx *c, struct step *s)
{
    int64_t a = NONE;
    TRY(answer_at(c, s, &a));
    return one_more(c, a, s->text, false);
}

static enum err do_decide(struct ctx *c, struct step *s)
{
    return statement_decide(c, s->id, s->text, "理由(例)");
}

static enum err do_remove(struct ctx *c, struct step *s) { return statement_remove(c, s->id); }

static enum err do_submit(struct ctx *c, struct step *s)
{
    int64_t a = NONE;
    TRY(answer_at(c, s, &a));
    return answer_submit(c, a);
}

static enum err do_withdraw(struct ctx *c, struct step *s)
{
    int64_t a = NONE;
    TRY(answer_at(c, s, &a));
    return answer_withdraw(c, a);
}

static enum err do_merge(struct ctx *c, struct step *s)
{
    int64_t merge = NONE, river = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT s.id FROM statement s JOIN section x ON x.id=s.lead WHERE s.inquiry=$1 AND x.unit=$2", P(s->t->inquiry, s->t->unit[RIVER]), &river));
    return project_merge(c, s->id, river, NULL, 0, &merge);
}

static enum err do_part(struct ctx *c, struct step *s)
{
    int64_t merge = NONE;
    (void)s;
    TRY_DB(c, db_get_int(c->db, "SELECT max(id) FROM project_merge", P0, &merge));
    return project_unmerge(c, merge);
}

static enum err do_move(struct ctx *c, struct step *s)
{
    const struct section_move move = {.year = 2026, .from = s->t->unit[s->section], .to = s->t->unit[SEA], .kind = "merge"};
    return register_follow(c, 2026, &move, 1, NULL, 0);
}

static enum err do_close(struct ctx *c, struct step *s) { return inquiry_close(c, s->t->inquiry); }

static enum err do_take_out(struct ctx *c, struct step *s) { return statement_take_out(c, s->id, 2026, "理由(例)"); }
static enum err do_put_back(struct ctx *c, struct step *s) { return statement_put_back(c, s->id, 2026, "理由(例)"); }
static enum err do_recount(struct ctx *c, struct step *s)
{
    (void)s;
    return register_recount(c);
}

TEST(counts_follow_every_step)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        /* Carried over: two, one; 該当なし and what was not handed in carry nothing. */
        CHECK_TEXT(counts(&t), "2/2 1/1 0/0 0/0 0/0");
        step(&t, do_new, ROAD, "新しい道(例)", NONE);
        CHECK_TEXT(counts(&t), "3/2 1/1 0/0 0/0 0/0");
        int64_t road = answer_id(&t, ROAD), clean = statement_id(&t, road, "ロードクリーン(例)"), flowers = statement_id(&t, road, "花の道づくり(例)");
        step(&t, do_decide, ROAD, "same", clean);
        CHECK_TEXT(counts(&t), "3/2 1/1 0/0 0/0 0/0");
        step(&t, do_decide, ROAD, "ended", flowers);
        CHECK_TEXT(counts(&t), "2/2 1/1 0/0 0/0 0/0");
        step(&t, do_decide, ROAD, "same", flowers);
        CHECK_TEXT(counts(&t), "3/2 1/1 0/0 0/0 0/0");
        step(&t, do_decide, ROAD, "ended", flowers);
        step(&t, do_new, ROAD, "取りやめる(例)", NONE);
        step(&t, do_remove, ROAD, NULL, statement_id(&t, road, "取りやめる(例)"));
        CHECK_TEXT(counts(&t), "2/2 1/1 0/0 0/0 0/0");
        step(&t, do_submit, ROAD, NULL, NONE);
        step(&t, do_withdraw, ROAD, NULL, NONE);
        CHECK_TEXT(counts(&t), "2/2 1/1 0/0 0/0 0/0");
        /* The other one's row is asked about no more, in last year's round neither; then it is its own again. */
        step(&t, do_merge, ROAD, NULL, clean);
        CHECK_TEXT(counts(&t), "2/2 0/1 0/0 0/0 0/0");
        CHECK_INT(client_int(cl, "SELECT sum(going) FROM answer WHERE inquiry=1"), 3);
        step(&t, do_part, ROAD, NULL, NONE);
        CHECK_TEXT(counts(&t), "2/2 1/1 0/0 0/0 0/0");
        CHECK_INT(client_int(cl, "SELECT sum(going) FROM answer WHERE inquiry=1"), 4);
        /* A section that goes into another one takes its rows along; its answer is gone. */
        CHECK_INT(client_int(cl, SQL("SELECT going + carried FROM answer WHERE id=%lld", (long long)answer_id(&t, RIVER))), 2);
        step(&t, do_move, RIVER, NULL, NONE);
        CHECK_INT(client_int(cl, SQL("SELECT going FROM answer WHERE id=%lld", (long long)answer_id(&t, SEA))), 1);
        CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM answer a JOIN section x ON x.id=a.section WHERE a.inquiry=%lld AND x.unit=%lld", (long long)t.inquiry, (long long)t.unit[RIVER])), 0);
        step(&t, do_submit, ROAD, NULL, NONE);
        step(&t, do_close, ROAD, NULL, NONE);
        int64_t project = client_int(cl, SQL("SELECT project FROM statement WHERE id=%lld", (long long)clean));
        step(&t, do_take_out, ROAD, NULL, project);
        CHECK_INT(client_int(cl, SQL("SELECT going FROM answer WHERE id=%lld", (long long)road)), 1);
        step(&t, do_put_back, ROAD, NULL, project);
        CHECK_INT(client_int(cl, SQL("SELECT going FROM answer WHERE id=%lld", (long long)road)), 2);
        /* The list and the board say the same. */
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, "/inquiries"), 200);
        CHECK(client_sees(cl, "data-l=\"事業数\" class=\"num\">\n2\n"));
    }
}

static enum err run_check(struct ctx *c, void *arg)
{
    (void)arg;
    return register_check(c);
}

static bool names_answer(struct client *cl, int64_t answer)
{
    const char *words = PATH("回答%lldの", (long long)answer);
    struct ctx *c = client_ctx(cl);
    return CHECK_INT(in_read(c, run_check, NULL), E_CONFLICT) && CHECK(c->fail.message != NULL && strstr(c->fail.message, words) != NULL);
}

TEST(a_wrong_count_is_named_and_mended)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_exec(cl, SQL("UPDATE answer SET carried=carried+1 WHERE id=%lld", (long long)answer_id(&t, ROAD)));
        names_answer(cl, answer_id(&t, ROAD));
        step(&t, do_recount, ROAD, NULL, NONE);
        client_exec(cl, SQL("UPDATE answer SET going=0 WHERE id=%lld", (long long)answer_id(&t, RIVER)));
        names_answer(cl, answer_id(&t, RIVER));
        step(&t, do_recount, ROAD, NULL, NONE);
        CHECK_TEXT(counts(&t), "2/2 1/1 0/0 0/0 0/0");
    }
}

static size_t times(const struct client *cl, const char *text)
{
    size_t n = 0;
    for (const char *p = client_body(cl); (p = strstr(p, text)) != NULL; p += strlen(text))
        n++;
    return n;
}

/* The address behind 次の20件 or 前の20件. */
static const char *link_of(struct client *cl, const char *rel)
{
    const char *p = strstr(client_body(cl), PATH("rel=\"%s\" href=\"", rel)), *end;
    if (p == NULL)
        return NULL;
    p = strstr(p, "href=\"") + strlen("href=\"");
    end = strchr(p, '"');
    return arena_dup_n(client_ctx(cl)->arena, p, (size_t)(end - p));
}

/* All pages forwards by `list`, the last one back to the first: `rows` rows in all, each page another one, the way back the same. */
static void walk(struct client *cl, const char *list, const char *row, size_t rows)
{
    size_t seen = 0, pages = 0;
    const char *at = list, *first = NULL;
    for (; at != NULL && pages < 20; pages++) {
        CHECK_INT(client_get(cl, at), 200);
        size_t n = times(cl, row);
        CHECK(n > 0 && n <= 20);
        seen += n;
        if (pages == 0)
            first = arena_dup(client_ctx(cl)->arena, client_body(cl));
        CHECK((link_of(cl, "prev") != NULL) == (pages > 0));
        at = link_of(cl, "next");
    }
    CHECK_INT((int64_t)seen, (int64_t)rows);
    CHECK_INT((int64_t)pages, (int64_t)(rows + 19) / 20);
    for (size_t i = 1; i < pages; i++) {
        const char *back = link_of(cl, "prev");
        if (!CHECK(back != NULL))
            return;
        CHECK_INT(client_get(cl, back), 200);
    }
    CHECK(link_of(cl, "prev") == NULL);
    CHECK_INT((int64_t)times(cl, row), 20);
    const char *a = strstr(first, row), *b = strstr(client_body(cl), row);
    CHECK(a != NULL && b != NULL && strncmp(a, b, 200) == 0);
}

TEST(inquiries_and_answers_go_by_pages)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        /* 45 rounds more, two or three a year, all of them answered by 道路保全課. */
        for (int i = 0; i < 45; i++) {
            int y = 2003 + i / 2;
            client_exec(cl, SQL("INSERT INTO section (unit, year, level, name, position, answers, demo) SELECT %lld, %d, 'section', '道路保全課', 10, TRUE, FALSE "
                                "WHERE NOT EXISTS (SELECT 1 FROM section WHERE year=%d AND unit=%lld)", (long long)t.unit[ROAD], y, y, (long long)t.unit[ROAD]));
            client_exec(cl, SQL("INSERT INTO inquiry (year, scheme, round, title, due_on, scope, state, closed_at, demo) VALUES (%d, 'ps', 'start', '照会その%d(例)', '2003-06-10', 'all', 'closed', 1, FALSE)", y, i));
            client_exec(cl, SQL("INSERT INTO answer (inquiry, section, state, late, demo) SELECT max(q.id), (SELECT id FROM section WHERE year=%d AND unit=%lld), 'submitted', FALSE, FALSE FROM inquiry q",
                                y, (long long)t.unit[ROAD]));
        }
        client_as(cl, t.secretariat);
        walk(cl, "/inquiries", "<th scope=\"row\" role=\"rowheader\"><a href=\"/inquiries/", 47);
        CHECK_INT(client_get(cl, "/inquiries?format=csv"), 200);
        CHECK_INT((int64_t)times(cl, "照会その"), 45);
        client_as(cl, t.officer[ROAD]);
        CHECK_INT(client_get(cl, "/answers"), 200);
        CHECK(client_sees(cl, "これまでの回答"));
        walk(cl, "/answers", "<li><a href=\"/answers/", 46);
        CHECK_INT(client_get(cl, "/answers?format=csv"), 200);
        CHECK_INT((int64_t)times(cl, "照会その"), 45);
    }
}

TEST_MAIN
