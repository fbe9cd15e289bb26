/* Each use case with its k-th statement failing, for all k: it says so, and nothing of it is kept. */
#include "area/operation/operation.h"
#include "area/organization/organization.h"
#include "area/register/correction.h"
#include "area/register/correction_request.h"
#include "area/register/meeting.h"
#include "area/register/notice.h"
#include "area/register/practice.h"
#include "area/register/staff_edition.h"
#include "area/people/people_files.h"
#include "area/people/reorganise.h"
#include "area/register/merge.h"
#include "core/preset.h"
#include "area/register/sheets.h"
#include "export/sheet.h"
#include "http/register_http.h"

struct trial { const char *name; enum err (*run)(struct ctx *c, struct town *t); };

static enum err run_open(struct ctx *c, struct town *t)
{
    int64_t id = NONE;
    (void)t;
    return open_round(c, 2026, DUE, "start", &id);
}

static enum err book_of(struct ctx *c, const char *csv, struct workbook **w) { return sheet_parse(c->arena, csv, strlen(csv), w, &c->fail); }

static enum err run_staff_file(struct ctx *c, struct town *t)
{
    struct workbook *w = NULL;
    struct take_plan plan;
    (void)t;
    TRY(book_of(c, "利用者名,名前,役割,所属\nrei.yamada,山田 例,担当者,道路保全課\nrei.yamada,山田 例,推進員,河川課\n", &w));
    TRY(staff_from_book(c, w, &plan));
    return staff_take(c, &plan);
}

static enum err run_moves(struct ctx *c, struct town *t)
{
    struct workbook *w = NULL;
    struct take_plan plan;
    TRY(book_of(c, arena_printf(c->arena, "利用者名,名前,役割,所属,前任者,引きつぎ日,終わり\nrei.suzuki,鈴木 例,推進員,道路保全課,%s,R8.5.10,\n%s,,推進員,福祉課,,,はい\n", t->officer[ROAD], t->officer[WELFARE]), &w));
    TRY(staff_from_book(c, w, &plan));
    return staff_take(c, &plan);
}

static enum err run_sections_file(struct ctx *c, struct town *t)
{
    struct workbook *w = NULL;
    struct take_plan plan;
    (void)t;
    TRY(book_of(c, "上位の所属,名称,電話\n土木部,例の課,\n土木部,河川課,000-000-0009\n", &w));
    TRY(sections_from_book(c, w, 2026, &plan));
    return sections_take(c, &plan);
}

static enum err run_new_statement(struct ctx *c, struct town *t)
{
    int64_t a = NONE;
    TRY(answer_of(c, t->inquiry, t->unit[ROAD], &a));
    return one_more(c, a, "髙﨑𠮷の道(例)", true);
}

static enum err run_decide_and_submit(struct ctx *c, struct town *t)
{
    int64_t a = NONE, s = NONE;
    TRY(answer_of(c, t->inquiry, t->unit[RIVER], &a));
    TRY_DB(c, db_get_int(c->db, "SELECT id FROM statement WHERE answer = $1", P(a), &s));
    TRY(statement_decide(c, s, "same", NULL));
    return answer_submit(c, a);
}

static enum err run_none(struct ctx *c, struct town *t)
{
    int64_t a = NONE;
    TRY(answer_of(c, t->inquiry, t->unit[WELFARE], &a));
    return answer_none(c, a);
}

static enum err run_close(struct ctx *c, struct town *t) { return inquiry_close(c, t->inquiry); }

static enum err run_edition(struct ctx *c, struct town *t)
{
    int64_t id = NONE;
    (void)t;
    TRY(edition_make(c, 2025, "はじめに(例)", &id));
    return edition_publish(c, id, NONE);
}

static enum err run_organization(struct ctx *c, struct town *t)
{
    struct organization o;
    (void)t;
    entity_init(&organization_entity, &o);
    o.name = "例の会";
    o.kind = "volunteer";
    return organization_save(c, NULL, &o);
}

static enum err run_history(struct ctx *c, struct town *t)
{
    (void)t;
    const char *text = "scheme,form,2001,2002\nX,a,1,\nX,b,,2\n※,注,,\n";
    return history_import(c, "x.csv", text, strlen(text), NULL);
}

static enum err run_withhold(struct ctx *c, struct town *t)
{
    (void)t;
    return withhold_set(c, "project", 1, "summary", "理由(例)");
}

/* A sheet as it was handed out, two rows of it changed, a new one: planned and taken over. */
static enum err run_sheet(struct ctx *c, struct town *t)
{
    static const char *const head[] = {"課", "事業名", "続けるか", "場所", "相手1 名前"};
    static const struct sheet_in_cell cell[3][5] = {
        {{'t', "道路保全課"}, {'t', "ロードクリーン(例)"}, {'t', "変更あり"}, {'t', "別の場所"}, {'t', "会(例)"}},
        {{'t', "道路保全課"}, {'t', "花の道づくり(例)"}, {'t', "終了"}, {0, NULL}, {'t', "会(例)"}},
        {{'t', "子ども課"}, {'t', "新しい川(例)"}, {'t', "新規"}, {'t', "川べり"}, {'t', "会(例)"}}};
    const struct sheet_in_row row[] = {{2, cell[0]}, {3, cell[1]}, {4, cell[2]}};
    const struct sheet_in in = {.file = "a.csv", .head = head, .columns = 5, .row = row, .rows = 3};
    struct book b;
    struct sheet_plan p;
    struct sheet_take take = {.upload = NONE};
    TRY(book_load(c, &(struct sheet_scope){t->inquiry, NONE, NONE}, &b));
    TRY(sheet_plan_make(c, &b, &in, &(struct sheet_entry){NULL, NULL, NULL}, &p));
    return sheet_plan_take(c, &b, &p, &take);
}

static enum err run_correct(struct ctx *c, struct town *t)
{
    struct correction_case k;
    struct statement after;
    int64_t road = NONE, id = NONE;
    (void)t;
    TRY_DB(c, db_get_int(c->db, "SELECT min(project) FROM statement WHERE name = 'ロードクリーン(例)'", P0, &road));
    TRY(correction_case_load(c, road, 2025, true, &k));
    entity_copy(c->arena, &statement_entity, &after, &k.s);
    after.budget = 7000;
    TRY_DB(c, db_get_int(c->db, "SELECT min(id) FROM organization", P0, &after.partners[0].organization));
    TRY(statement_correct(c, &k.s, &after, "理由(例)"));
    return edition_make(c, 2025, NULL, &id);
}

static enum err run_request(struct ctx *c, struct town *t)
{
    struct request_subject about;
    struct correction_request r;
    (void)t;
    TRY(request_subject(c, "project", 1, &about));
    entity_init(&correction_request_entity, &r);
    r.body = "ちがいます(例)";
    r.mail = "rei@example.jp";
    TRY(request_take(c, &about, &r));
    TRY(request_answer(c, r.id, false, NONE, "確かめました(例)"));
    TRY_DB(c, db_exec(c->db, "UPDATE correction_request SET answered_at = 1 WHERE id = $1", P(r.id)));
    return requests_erase(c, NONE);
}

static enum err run_notices(struct ctx *c, struct town *t)
{
    int64_t edition = NONE;
    struct notice_line *line = NULL;
    size_t n = 0;
    (void)t;
    TRY_DB(c, db_get_int(c->db, "SELECT max(id) FROM edition WHERE state = 'made'", P0, &edition));
    TRY(notices_plan(c, edition, &line, &n));
    if (n == 0)
        return fail(c, E_BUG, "nobody to tell");
    return notices_send(c, edition, &line[0].organization, 1, "2026-12-01");
}

static enum err run_tell(struct ctx *c, struct town *t)
{
    struct remark r;
    int64_t edition = NONE;
    (void)t;
    TRY_DB(c, db_get_int(c->db, "SELECT min(id) FROM edition WHERE state = 'published'", P0, &edition));
    TRY(edition_tell(c, edition, "できました(例)"));
    entity_init(&remark_entity, &r);
    r.edition = edition;
    r.year = 2025;
    r.meeting = "会議(例)";
    r.held_on = "2026-05-01";
    r.post = "部長";
    r.body = "意見(例)";
    return remark_save(c, NULL, &r);
}

static enum err run_practice(struct ctx *c, struct town *t)
{
    struct practice p;
    struct practice_reason reason;
    (void)t;
    TRY(criteria_ready(c));
    entity_init(&practice_entity, &p);
    entity_init(&practice_reason_entity, &reason);
    TRY_DB(c, db_get_int(c->db, "SELECT min(id) FROM criterion", P0, &reason.criterion));
    TRY_DB(c, db_get_int(c->db, "SELECT min(project) FROM edition_item", P0, &p.project));
    reason.words = "理由(例)";
    p.year = 2025;
    p.reasons = &reason;
    p.reasons_n = 1;
    return practice_save(c, NULL, &p, "public");
}

/* The reason by itself, and shown again. */
static enum err run_withhold_reason(struct ctx *c, struct town *t)
{
    int64_t correction = NONE, project = NONE;
    (void)t;
    TRY_DB(c, db_get_int(c->db, "SELECT max(id) FROM correction", P0, &correction));
    TRY_DB(c, db_get_int(c->db, "SELECT project FROM correction WHERE id = $1", P(correction), &project));
    TRY(correction_reason_withhold(c, project, correction, "理由(例)"));
    return correction_reason_show(c, project, correction, "理由(例)");
}

static enum err run_withhold_value(struct ctx *c, struct town *t)
{
    (void)t;
    return withhold_value_set(c, "project", 1, "partners", "name", "美化を進める会(例)", "理由(例)");
}

static enum err run_extend(struct ctx *c, struct town *t)
{
    int64_t a = NONE;
    TRY(answer_of(c, t->inquiry, t->unit[CHILD], &a));
    return answer_extend(c, a, "2026-06-20", "理由(例)");
}

static enum err run_merge(struct ctx *c, struct town *t)
{
    int64_t one = NONE, other = NONE, id = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT min(s.id) FROM statement s JOIN section x ON x.id = s.lead WHERE s.inquiry = $1 AND x.unit = $2", P(t->inquiry, t->unit[ROAD]), &one));
    TRY_DB(c, db_get_int(c->db, "SELECT min(s.id) FROM statement s JOIN section x ON x.id = s.lead WHERE s.inquiry = $1 AND x.unit = $2", P(t->inquiry, t->unit[RIVER]), &other));
    return project_merge(c, one, other, NULL, 0, &id);
}

static enum err run_warn(struct ctx *c, struct town *t)
{
    (void)t;
    int64_t now = c->now;
    c->now = LAST_SECOND - 3600;
    enum err e = answers_warn(c, 0);
    c->now = now;
    return e;
}

static enum err run_reorganise(struct ctx *c, struct town *t)
{
    struct reorg_line line[] = {{.at = NONE, .from = t->unit[ROAD], .name = "道路課"}, {.at = NONE, .from = t->unit[RIVER], .name = "道路課"}, {.at = NONE, .from = t->unit[SEA], .name = NULL}};
    struct reorg_plan plan = {.year = 2027, .v = line, .n = 3};
    return reorg_take(c, &plan, NULL, 0);
}

static enum err run_verify_now(struct ctx *c, struct town *t)
{
    (void)t;
    return operation_now(c, "operation.verify");
}

static const struct trial trials[] = {
    {"verify now", run_verify_now},
    {"staff from a file", run_staff_file}, {"staff who move", run_moves}, {"sections from a file", run_sections_file},
    {"more time", run_extend}, {"remind before the due date", run_warn},
    {"open an inquiry", run_open}, {"a new statement", run_new_statement}, {"decide and submit", run_decide_and_submit}, {"該当なし", run_none},
    {"a sheet taken over", run_sheet}, {"close", run_close}, {"make and publish an edition", run_edition}, {"an organization", run_organization}, {"history", run_history}, {"withhold", run_withhold},
    {"correct and make the next edition", run_correct}, {"a request for correction", run_request}, {"tell partners", run_notices}, {"tell sections, a remark", run_tell},
    {"good practice", run_practice}, {"withhold a value", run_withhold_value}, {"withhold a reason", run_withhold_reason},
    {"merge two projects", run_merge}, {"reorganise", run_reorganise},
};

/* All that a half-done use case could leave behind. */
static const char *fingerprint(struct client *cl)
{
    static const char *const tables[] = {"inquiry", "answer", "project", "statement", "statement_partner", "statement_set", "statement_outcome", "edition", "frozen", "frozen_set",
                                         "frozen_partner", "edition_item", "figure", "organization", "organization_set", "history_source", "history_row", "history_value",
                                         "withholding", "correction", "correction_request", "notice", "remark", "criterion", "practice", "practice_reason", "outbox", "job", "audit", "audit_value", "section", "section_move", "project_merge", "duty"};
    struct arena *a = client_ctx(cl)->arena;
    struct sb b;
    sb_init(&b, a);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++)
        sb_printf(&b, "%s %lld, ", tables[i], (long long)client_int(cl, arena_printf(a, "SELECT count(*) FROM %s", tables[i])));
    sb_printf(&b, "head %s", client_text(cl, "SELECT hash FROM audit_head ORDER BY n DESC LIMIT 1"));
    sb_printf(&b, " states %s", client_text(cl, "SELECT min(state) || max(state) FROM answer"));
    sb_printf(&b, " counts %lld %lld", (long long)client_int(cl, "SELECT sum(going) FROM answer"), (long long)client_int(cl, "SELECT sum(carried) FROM answer"));
    return sb_str(&b);
}

enum { STATEMENTS_MOST = 3000 };

TEST(whatever_statement_fails_nothing_is_kept)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        for (size_t i = 0; i < sizeof trials / sizeof *trials; i++) {
            const char *before = fingerprint(cl);
            struct work w = {trials[i].run, &t};
            bool done = false;
            int64_t k = 1, step = 1;
            for (; !done && k < STATEMENTS_MOST; k += step) {
                struct ctx *c = client_ctx(cl);
                db_fail_at(c->writer, k);
                enum err e = in_write(c, run_work, &w);
                int64_t ran = db_fail_count(c->writer);
                db_fail_at(c->writer, 0);
                done = e == OK;
                if (done) {
                    CHECK(ran < k);
                    if (!client_agrees(cl))
                        test_fault(__FILE__, __LINE__, "%s: %s leaves counts that do not agree", client_engine(cl), trials[i].name);
                    break;
                }
                CHECK(e != OK && c->fail.message != NULL);
                if (strcmp(fingerprint(cl), before) != 0)
                    test_fault(__FILE__, __LINE__, "%s: %s keeps something when statement %lld fails", client_engine(cl), trials[i].name, (long long)k);
                step = k > 60 ? 7 : 1; /* long loops over rows repeat themselves */
            }
            if (!done)
                test_fault(__FILE__, __LINE__, "%s: %s never came to its end", client_engine(cl), trials[i].name);
            if (strcmp(fingerprint(cl), before) == 0)
                test_fault(__FILE__, __LINE__, "%s: %s changes nothing", client_engine(cl), trials[i].name);
        }
    }
}

TEST_MAIN
