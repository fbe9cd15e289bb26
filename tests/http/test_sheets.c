/* Excel as the interface: what is handed out comes back unchanged; what was written into it is shown, then taken; one fault and nothing is. */
#include "area/organization/organization.h"
#include "core/job.h"
#include "http/sheets.h"

/* --- a statement with something in every field --- */

static int64_t last_statement;

static enum err fill_all(struct ctx *c, struct town *t)
{
    static const char *forms[] = {"accord", "cohost"}, *stages[] = {"planning", "evaluation"}, *kinds[] = {"publicity", "other"}, *fields[] = {"1", "7"}, *places[] = {"431001"};
    struct organization o;
    struct statement before, s;
    int64_t a = NONE, id = NONE, joint = NONE;
    entity_init(&organization_entity, &o);
    o.name = "美化を進める会(例)";
    o.kind = "volunteer";
    TRY(organization_save(c, NULL, &o));
    TRY(answer_of(c, t->inquiry, t->unit[ROAD], &a));
    TRY_DB(c, db_get_int(c->db, "SELECT id FROM statement WHERE answer=$1 AND name='ロードクリーン(例)'", P(a), &id));
    TRY_DB(c, db_get_int(c->db, "SELECT id FROM section WHERE year=2026 AND name='河川課'", P0, &joint));
    TRY(record_load(c, &statement_entity, id, &before));
    entity_copy(c->arena, &statement_entity, &s, &before);
    s.name = "ロードクリーン(例)";
    s.summary = "髙﨑さんと𠮷田さんの道";
    s.forms = (struct set){forms, 2};
    s.main_form = "cohost";
    s.form_other = NULL;
    s.stages = (struct set){stages, 2};
    s.kinds = (struct set){kinds, 2};
    s.fields = (struct set){fields, 2};
    s.municipalities = (struct set){places, 1};
    s.budget = 1234567; /* no whole 千円 */
    s.settled = 0;
    s.starts_on = "2026-04-01";
    s.ends_on = "2027-03-31";
    s.first_year = 2002;
    s.place = "=1+1 例示市";
    s.reason = "一つ目の行\n二つ目の行、読点";
    s.spread = "-";
    s.purpose_government = "県の目的";
    s.purpose_partner = "相手の目的";
    s.effect = "ねらう効果";
    s.activity = "すること\n\n空の行のあと";
    s.cost_sharing = "半分ずつ";
    s.how_chosen = "nomination";
    s.how_chosen_grounds = "根拠";
    s.no_call_reason = "ほかにない";
    s.contact_post = "道路美化係";
    s.contact_phone = "0960000001";
    s.contact_person = "例 花子";
    s.lesson = "早めに相談する";
    s.partners = arena_many(c->arena, struct statement_partner, 4);
    for (size_t i = 0; i < 4; i++) {
        entity_init(&statement_partner_entity, &s.partners[i]);
        s.partners[i].name = i == 0 ? "美化を進める会(例)" : arena_printf(c->arena, "例の会%zu", i);
        s.partners[i].kind = i == 2 ? NULL : "volunteer";
        s.partners[i].role = i == 1 ? NULL : "清掃";
    }
    s.partners[0].organization = o.id;
    s.partners_n = 4;
    s.joint = arena_many(c->arena, struct statement_section, 1);
    entity_init(&statement_section_entity, &s.joint[0]);
    s.joint[0].section = joint;
    s.joint_n = 1;
    s.roles = arena_many(c->arena, struct statement_role, 2);
    for (size_t i = 0; i < 2; i++) {
        entity_init(&statement_role_entity, &s.roles[i]);
        s.roles[i].task = i ? "広報" : "回収｜運搬";
        s.roles[i].who = i ? "会" : "県";
        s.roles[i].strength = i ? "会員" : NULL;
    }
    s.roles_n = 2;
    s.contributions = arena_many(c->arena, struct statement_contribution, 1);
    entity_init(&statement_contribution_entity, &s.contributions[0]);
    s.contributions[0].kind = "people";
    s.contributions[0].what = "30人";
    s.contributions_n = 1;
    last_statement = id;
    return statement_save(c, &before, &s);
}

/* --- plans without pages --- */

struct trying { struct sheet_scope scope; struct book b; enum table_format format; struct bytes out; const struct sheet_in *in; struct sheet_plan p; struct sheet_entry entry; };

static enum err make_file(struct ctx *c, void *arg)
{
    struct trying *x = arg;
    struct table_result r;
    TRY(book_load(c, &x->scope, &x->b));
    TRY(sheet_write(c, &x->b, x->format, &r));
    x->out = bytes_of(c->arena, r.file, r.bytes);
    return OK;
}

static enum err make_plan(struct ctx *c, void *arg)
{
    struct trying *x = arg;
    TRY(book_load(c, &x->scope, &x->b));
    return sheet_plan_make(c, &x->b, x->in, &x->entry, &x->p);
}

static struct bytes sheet_of(struct town *t, int64_t answer, enum table_format format)
{
    struct trying x = {.scope = {t->inquiry, answer, NONE}, .format = format};
    struct ctx *c = client_ctx(t->cl);
    if (!CHECK_INT(in_read(c, make_file, &x), OK))
        printf("  %s %s\n", c->fail.message, c->fail.detail != NULL ? c->fail.detail : "");
    return x.out;
}

static void say_plan(const struct sheet_plan *p)
{
    for (size_t i = 0; i < p->faults; i++)
        printf("  row %lld %s %s: %s (%s)\n", (long long)p->fault[i].line, p->fault[i].place, p->fault[i].title, p->fault[i].remedy, p->fault[i].input != NULL ? p->fault[i].input : "");
    for (size_t i = 0; i < p->rows; i++)
        for (size_t k = 0; k < p->row[i].changes; k++)
            printf("  row %lld %s: [%s] -> [%s]\n", (long long)p->row[i].line, p->row[i].change[k].title, p->row[i].change[k].before != NULL ? p->row[i].change[k].before : "",
                   p->row[i].change[k].after != NULL ? p->row[i].change[k].after : "");
}

static struct sheet_plan plan_of(struct town *t, const char *file, struct bytes b, int64_t answer)
{
    struct ctx *c = client_ctx(t->cl);
    struct sheet_in *in = arena_make(c->arena, struct sheet_in);
    struct trying x = {.scope = {t->inquiry, answer, NONE}, .in = in};
    if (!CHECK_INT(sheet_in_read(c, file, b.p, b.n, in), OK) || !CHECK_INT(in_read(c, make_plan, &x), OK))
        printf("  %s\n", c->fail.message != NULL ? c->fail.message : "");
    return x.p;
}

static void nothing_changes(struct town *t, const char *file, struct bytes b)
{
    struct sheet_plan p = plan_of(t, file, b, NONE);
    bool same = CHECK_INT(p.faults, 0);
    for (size_t i = 0; i < PLAN_ACTIONS; i++)
        if (i != PLAN_SAME)
            same = CHECK_INT(p.count[i], 0) && same;
    same = CHECK_INT(p.count[PLAN_SAME], 3) && CHECK_INT(p.unknown_n, 0) && same;
    if (!same) {
        printf("  %s: %s\n", client_engine(t->cl), file);
        say_plan(&p);
    }
}

TEST(what_was_handed_out_comes_back_unchanged)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        works(&t, fill_all);
        nothing_changes(&t, "a.xlsx", sheet_of(&t, NONE, TABLE_XLSX));
        nothing_changes(&t, "a.csv", sheet_of(&t, NONE, TABLE_CSV));
        /* What CP932 cannot write would come back as 〓: the page warns before handing such a file out. */
        client_exec(cl, "UPDATE statement SET summary='髙﨑さんの道'");
        nothing_changes(&t, "a.csv", sheet_of(&t, NONE, TABLE_CSV_CP932));
        /* All of it as a grid of texts, with the columns the other way round. */
        struct grid g = grid_of(client_ctx(cl), "a.xlsx", sheet_of(&t, NONE, TABLE_XLSX)), r = g;
        r.head = arena_many(g.a, const char *, g.columns + 1);
        for (size_t k = 0; k < g.columns; k++)
            r.head[k] = g.head[g.columns - 1 - k];
        r.cell = arena_many(g.a, const char **, g.rows + 1);
        for (size_t i = 0; i < g.rows; i++) {
            r.cell[i] = arena_many(g.a, const char *, g.columns + 1);
            for (size_t k = 0; k < g.columns; k++)
                r.cell[i][k] = g.cell[i][g.columns - 1 - k];
        }
        nothing_changes(&t, "b.xlsx", grid_file(client_ctx(cl), &r, TABLE_XLSX));
    }
}

static void saved_by(struct town *t, const char *what, const char *const *argv, const char *result)
{
    if (!run_program(argv)) {
        printf("  not tried: %s is absent or fails\n", what);
        return;
    }
    nothing_changes(t, result, file_get(client_ctx(t->cl)->arena, result));
}

TEST(saved_again_by_other_programs_it_comes_back_unchanged)
{
    EACH_ENGINE(cl) {
        struct town t;
        char folder[] = "/tmp/kyodo-sheet-XXXXXX";
        town_open(&t, cl);
        works(&t, fill_all);
        if (!CHECK(mkdtemp(folder) != NULL))
            return;
        struct arena *a = client_ctx(cl)->arena;
        const char *in = arena_printf(a, "%s/in.xlsx", folder), *out = arena_printf(a, "%s/out", folder), *py = arena_printf(a, "%s/py.xlsx", folder);
        file_put(in, sheet_of(&t, NONE, TABLE_XLSX));
        saved_by(&t, "LibreOffice", (const char *const[]){"soffice", arena_printf(a, "-env:UserInstallation=file://%s/profile", folder), "--headless", "--convert-to", "xlsx", "--outdir",
                                                          out, in, NULL}, arena_printf(a, "%s/in.xlsx", out));
        saved_by(&t, "openpyxl", (const char *const[]){"/usr/bin/python3", "-c", "import openpyxl, sys; openpyxl.load_workbook(sys.argv[1]).save(sys.argv[2])", in, py, NULL}, py);
        run_program((const char *const[]){"rm", "-rf", folder, NULL});
    }
}

/* --- what people type --- */

static const struct plan_fault *fault_in(const struct sheet_plan *p, const char *title)
{
    for (size_t i = 0; i < p->faults; i++)
        if (text_eq(p->fault[i].title, title))
            return &p->fault[i];
    return NULL;
}

static const char *after_of(const struct sheet_plan *p, const char *title)
{
    for (size_t i = 0; i < p->rows; i++)
        for (size_t k = 0; k < p->row[i].changes; k++)
            if (text_eq(p->row[i].change[k].title, title))
                return p->row[i].change[k].after;
    return NULL;
}

TEST(cells_as_people_fill_them_in)
{
    static const struct { const char *title, *typed, *shown; } good[] = {
        {"予算額(千円)", "１，５００", "1,500"}, {"予算額(千円)", "2500千円", "2,500"}, {"予算額(千円)", "0", "0"}, {"予算額(千円)", "3000.0", "3,000"},
        {"はじまり", "46143", "R8.5.1"}, {"はじまり", "令和８年５月１日", "R8.5.1"}, {"はじまり", "2026/5/1", "R8.5.1"}, {"はじまり", "2026-05-01 00:00:00", NULL},
        {"はじめた年度", "R6", "令和6年度"}, {"はじめた年度", "2024", "令和6年度"},
        {"取りまとめ区分", "共催", "共催"}, {"協働の形態", "共催、事業協定", "共催、事業協定"}, {"協働の形態", "共催\n物的支援", "共催、物的支援（公の財産の使用等）"},
        {"活動の分野", "保健、医療又は福祉の増進を図る活動、観光の振興を図る活動", "保健、医療又は福祉の増進を図る活動\n観光の振興を図る活動"},
        {"相手2 名前", "新しい相手(例)", "新しい相手(例)"}, {"相手1 種類", "特定非営利活動法人", "NPO法人"}, {"共に担当する課", "河川課、福祉課", "河川課、福祉課"},
        {"役割分担", "回収|県\n広報／会／会員", "回収｜県\n広報｜会｜会員"}, {"出し合うもの", "場所｜県｜会議室", "場所｜県｜会議室"},
        {"成果の指標", "参加者｜人｜R7｜1,234.5", "参加者｜人｜令和7年度｜1,234.5"}, {"連絡先の電話", "0961234567", "0961234567"}, {"市町村", "熊本市", "熊本市"},
    };
    static const struct { const char *title, *typed; } bad[] = {
        {"予算額(千円)", "約300万"}, {"予算額(千円)", "-5"}, {"予算額(千円)", "1.5"}, {"予算額(千円)", "なし"}, {"はじまり", "春ごろ"}, {"はじめた年度", "去年"}, {"取りまとめ区分", "協定のようなもの"},
        {"協働の形態", "共催、なにか"}, {"相手1 種類", "会"}, {"共に担当する課", "どこか"}, {"役割分担", "回収"}, {"出し合うもの", "愛｜県｜"}, {"成果の指標", "参加者｜人｜1"},
        {"続けるか", "たぶん"}, {"続けるか", "新規"}, {"事業番号", "99999"}, {"課", "水産"}, {"終わる理由", "終わらないのに"}, {"事業名", NULL}, {"続けるか", "該当なし"},
    };
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        struct ctx *c = client_ctx(cl);
        struct bytes file = sheet_of(&t, NONE, TABLE_XLSX);
        for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
            struct grid g = grid_of(c, "a.xlsx", file);
            grid_set(&g, grid_row(&g, "事業名", "花の道づくり(例)"), good[i].title, good[i].typed);
            struct sheet_plan p = plan_of(&t, "b.xlsx", grid_file(c, &g, TABLE_XLSX), NONE);
            if (good[i].shown == NULL)
                continue;
            if (!CHECK_INT(p.faults, 0) || !CHECK_TEXT(after_of(&p, good[i].title), good[i].shown) || !CHECK_INT(p.count[PLAN_CHANGE], 1)) {
                printf("  %s: %s\n", good[i].title, good[i].typed);
                say_plan(&p);
            }
        }
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            struct grid g = grid_of(c, "a.xlsx", file);
            grid_set(&g, grid_row(&g, "事業名", "花の道づくり(例)"), bad[i].title, bad[i].typed);
            struct sheet_plan p = plan_of(&t, "b.xlsx", grid_file(c, &g, TABLE_XLSX), NONE);
            const struct plan_fault *f = fault_in(&p, bad[i].title);
            if (!CHECK_INT(p.faults, 1) || !CHECK(f != NULL && f->line > 1 && *f->remedy != '\0') || !CHECK_TEXT(f->input, bad[i].typed)) {
                printf("  %s: %s\n", bad[i].title, bad[i].typed != NULL ? bad[i].typed : "(blank)");
                say_plan(&p);
            }
        }
    }
}

TEST(rows_find_their_projects)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        struct ctx *c = client_ctx(cl);
        struct bytes file = sheet_of(&t, NONE, TABLE_XLSX);
        /* Without a number by its name; with neither a new one; in two rows a fault; a section by its whole name. */
        struct grid g = grid_of(c, "a.xlsx", file);
        size_t flower = grid_row(&g, "事業名", "花の道づくり(例)");
        grid_set(&g, flower, "事業番号", NULL);
        grid_set(&g, flower, "場所", "例示市");
        size_t fresh = grid_add(&g);
        grid_set(&g, fresh, "課", "土木部 河川課");
        grid_set(&g, fresh, "事業名", "川の新しい事業(例)");
        grid_set(&g, fresh, "続けるか", "新規");
        struct sheet_plan p = plan_of(&t, "b.xlsx", grid_file(c, &g, TABLE_XLSX), NONE);
        CHECK_INT(p.faults, 0);
        CHECK_INT(p.count[PLAN_CHANGE], 1);
        CHECK_INT(p.count[PLAN_ADD], 1);
        CHECK_INT(p.count[PLAN_SAME], 2);
        size_t twice = grid_add(&g);
        grid_set(&g, twice, "課", "道路保全課");
        grid_set(&g, twice, "事業名", "花の道づくり(例)");
        p = plan_of(&t, "b.xlsx", grid_file(c, &g, TABLE_XLSX), NONE);
        CHECK_INT(p.faults, 1);
        CHECK(fault_in(&p, "事業番号") != NULL || fault_in(&p, "事業名") != NULL);
        /* A new row of a whole inquiry needs its section; one that says it was there before needs its number. */
        g = grid_of(c, "a.xlsx", file);
        fresh = grid_add(&g);
        grid_set(&g, fresh, "事業名", "どこかの事業(例)");
        p = plan_of(&t, "b.xlsx", grid_file(c, &g, TABLE_XLSX), NONE);
        CHECK(p.faults == 1 && fault_in(&p, "課") != NULL);
        grid_set(&g, fresh, "課", "河川課");
        grid_set(&g, fresh, "続けるか", "変更あり");
        p = plan_of(&t, "b.xlsx", grid_file(c, &g, TABLE_XLSX), NONE);
        CHECK(p.faults == 1 && fault_in(&p, "続けるか") != NULL);
        /* Columns that are not there change nothing, those that nobody knows are named; of one section no 課 is needed. */
        g = (struct grid){.a = c->arena, .columns = 3, .rows = 1};
        g.head = (const char *[]){"事業名", "予算", "色"};
        g.cell = (const char **[]){(const char *[]){"花の道づくり(例)", "77", "赤"}};
        p = plan_of(&t, "b.csv", grid_file(c, &g, TABLE_CSV), answer_id(&t, ROAD));
        CHECK_INT(p.faults, 0);
        CHECK_INT(p.count[PLAN_CHANGE], 1);
        CHECK(p.unknown_n == 1 && text_eq(p.unknown[0], "色"));
        CHECK_TEXT(after_of(&p, "予算額(千円)"), "77");
        CHECK_INT(p.row[0].changes, 1);
    }
}

TEST(the_office_file_with_phonetic_runs)
{
    const char *folder = getenv("KYODO_TEST_DATA");
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        struct ctx *c = client_ctx(cl);
        if (folder == NULL) {
            printf("  not tried: KYODO_TEST_DATA is not set\n");
            continue;
        }
        struct sheet_in in;
        struct bytes b = file_get(c->arena, arena_printf(c->arena, "%s/excel_with_phonetic_runs.xlsx", folder));
        failure_clear(&c->fail);
        CHECK_INT(sheet_in_read(c, "x.xlsx", b.p, b.n, &in), OK);
        bool found = false;
        for (size_t k = 0; k < in.columns; k++)
            found = found || text_eq(in.head[k], "事業名");
        CHECK(found);
    }
}

/* --- the day of somebody who answers for a department --- */

static int upload(struct client *cl, const char *page, const char *file, struct bytes b)
{
    CHECK_INT(client_get(cl, page), 200);
    if (!CHECK(client_form(cl, page)))
        return 0;
    return client_send_file(cl, "file", file, b.p, b.n);
}

static const char *login_of_department(struct town *t)
{
    const char *login = client_user(t->cl, "officer", t->unit[ROAD], NONE);
    for (size_t i = RIVER; i <= WELFARE; i++)
        client_exec(t->cl, SQL("INSERT INTO duty (account, role, unit, since, demo) SELECT id, 'officer', %lld, 0, FALSE FROM account WHERE login='%s'", (long long)t->unit[i], login));
    return login;
}

TEST(the_day_of_a_department_officer)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        const char *login = login_of_department(&t);
        client_as(cl, login);
        const char *page = PATH("/inquiries/%lld/sheet", (long long)t.inquiry);
        CHECK_INT(client_get(cl, page), 200);
        CHECK(client_sees(cl, "土木部") && client_sees(cl, "福祉課") && !client_sees(cl, "子ども課"));
        CHECK_INT(client_get(cl, PATH("%s.xlsx", page)), 200);
        struct ctx *c = client_ctx(cl);
        struct grid g = grid_of(c, "a.xlsx", (struct bytes){client_body(cl), client_body_n(cl)});
        CHECK_INT(g.rows, 4);
        size_t clean = grid_row(&g, "事業名", "ロードクリーン(例)"), flower = grid_row(&g, "事業名", "花の道づくり(例)"), river = grid_row(&g, "事業名", "川の見守り(例)");
        grid_set(&g, clean, "続けるか", "変更あり");
        grid_set(&g, clean, "予算額(千円)", "約300万");
        grid_set(&g, flower, "続けるか", "変更あり");
        grid_set(&g, flower, "取りまとめ区分", "協定");
        grid_set(&g, river, "続けるか", "終了");
        grid_set(&g, river, "終わる理由", "目的を果たした");
        size_t fresh = grid_add(&g);
        grid_set(&g, fresh, "課", "道路課");
        grid_set(&g, fresh, "続けるか", "新規");
        grid_set(&g, fresh, "事業名", "髙﨑𠮷の道(例)");
        grid_set(&g, fresh, "ひとこと説明", "道をつくる");
        grid_set(&g, fresh, "取りまとめ区分", "事業協定");
        grid_set(&g, fresh, "協働の形態", "事業協定");
        grid_set(&g, fresh, "すること", "一日目\n二日目");
        grid_set(&g, fresh, "相手1 名前", "花の会(例)");
        size_t none = grid_row(&g, "課", "福祉課");
        grid_set(&g, none, "続けるか", "該当なし");
        const char *before = client_text(cl, "SELECT CAST(count(*) AS text) || ' ' || CAST(sum(version) AS text) FROM statement");
        /* three faults: nothing is taken, the places are named */
        CHECK_INT(upload(cl, page, "土木部.xlsx", grid_file(c, &g, TABLE_XLSX)), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "取り込めませんでした") && client_sees(cl, "3か所") && client_sees(cl, "約300万") && client_sees(cl, "予算額(千円)") && client_sees(cl, "道路課"));
        CHECK_TEXT(client_text(cl, "SELECT CAST(count(*) AS text) || ' ' || CAST(sum(version) AS text) FROM statement"), before);
        int64_t id = client_int(cl, "SELECT max(id) FROM sheet_upload");
        CHECK_INT(client_get(cl, PATH("/sheets/%lld/mend.xlsx", (long long)id)), 200);
        struct grid m = grid_of(c, "mend.xlsx", (struct bytes){client_body(cl), client_body_n(cl)});
        CHECK_TEXT(m.head[0], "直し方");
        CHECK_INT(m.rows, g.rows);
        /* a known project without its name is told of its other faults as well */
        grid_set(&g, clean, "事業名", NULL);
        CHECK_INT(upload(cl, page, "土木部.xlsx", grid_file(c, &g, TABLE_XLSX)), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "4か所") && client_sees(cl, "事業名を入力してください") && client_sees(cl, "約300万"));
        clean = grid_row(&m, "事業名", "ロードクリーン(例)");
        CHECK(m.cell[clean][0] != NULL && strstr(m.cell[clean][0], "予算額(千円)") != NULL);
        CHECK(m.cell[grid_row(&m, "事業名", "川の見守り(例)")][0] == NULL);
        CHECK_INT(client_get(cl, PATH("/sheets/%lld/original.xlsx", (long long)id)), 200);
        CHECK(client_body_n(cl) > 1000);
        /* mended in the workbook that came back */
        grid_set(&m, clean, "予算額(千円)", "3000");
        grid_set(&m, grid_row(&m, "事業名", "花の道づくり(例)"), "取りまとめ区分", "共催");
        grid_set(&m, grid_row(&m, "事業名", "髙﨑𠮷の道(例)"), "課", "道路保全課");
        int64_t faulty = id;
        struct bytes mended = grid_file(c, &m, TABLE_XLSX);
        CHECK_INT(client_get(cl, PATH("/sheets/%lld", (long long)faulty)), 200);
        CHECK(client_form(cl, page));
        CHECK_INT(client_send_file(cl, "file", "直した.xlsx", mended.p, mended.n), 303);
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM sheet_upload WHERE id=%lld", (long long)faulty)), "discarded"); /* it is not asked about again */
        CHECK_INT(client_get(cl, PATH("/sheets/%lld", (long long)client_int(cl, "SELECT max(id) FROM sheet_upload"))), 200);
        CHECK(client_sees(cl, "まだ取り込んでいません") && client_sees(cl, "加わる1件、変わる2件、終わる1件、該当なし1課"));
        CHECK_TEXT(client_text(cl, "SELECT CAST(count(*) AS text) || ' ' || CAST(sum(version) AS text) FROM statement"), before);
        id = client_int(cl, "SELECT max(id) FROM sheet_upload");
        if (!CHECK(client_form(cl, PATH("/sheets/%lld/take", (long long)id))))
            continue;
        client_set(cl, "submit", "yes");
        client_set(cl, "approver_post", "課長");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "取り込みました") && client_sees(cl, "まだ提出していません"));
        /* 道路保全課 lacks nothing and is handed in; 河川課 has nothing left and waits for its own 該当なし; 福祉課 has said it */
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM answer WHERE id=%lld", (long long)answer_id(&t, ROAD))), "submitted");
        CHECK_TEXT(client_text(cl, SQL("SELECT approver_post FROM answer WHERE id=%lld", (long long)answer_id(&t, ROAD))), "課長");
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM answer WHERE id=%lld", (long long)answer_id(&t, RIVER))), "draft");
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM answer WHERE id=%lld", (long long)answer_id(&t, WELFARE))), "none");
        CHECK_INT(client_int(cl, "SELECT budget FROM statement WHERE year=2026 AND name='ロードクリーン(例)'"), 3000000);
        CHECK_TEXT(client_text(cl, "SELECT category FROM statement WHERE year=2026 AND name='花の道づくり(例)'"), "cohost");
        CHECK_TEXT(client_text(cl, "SELECT end_reason FROM statement WHERE year=2026 AND name='川の見守り(例)'"), "目的を果たした");
        CHECK_TEXT(client_text(cl, "SELECT activity FROM statement WHERE name='髙﨑𠮷の道(例)'"), "一日目\n二日目");
        CHECK_TEXT(client_text(cl, "SELECT decision FROM statement WHERE name='髙﨑𠮷の道(例)'"), "new");
        /* A second press: the result, no second project. */
        client_get(cl, PATH("/sheets/%lld", (long long)id));
        CHECK(client_sees(cl, "取り込みの結果"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM statement WHERE name='髙﨑𠮷の道(例)'"), 1);
    }
}

/* --- what may go wrong in between --- */

static enum err change_clean(struct ctx *c, struct town *t)
{
    struct statement before, s;
    (void)t;
    TRY(record_load(c, &statement_entity, last_statement, &before));
    entity_copy(c->arena, &statement_entity, &s, &before);
    s.place = "別の場所(例)";
    return statement_save(c, &before, &s);
}

TEST(somebody_saved_in_between)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[ROAD]);
        int64_t answer = answer_id(&t, ROAD);
        const char *page = PATH("/answers/%lld/sheet", (long long)answer);
        last_statement = statement_id(&t, answer, "ロードクリーン(例)");
        CHECK_INT(client_get(cl, PATH("%s.xlsx", page)), 200);
        struct ctx *c = client_ctx(cl);
        struct grid g = grid_of(c, "a.xlsx", (struct bytes){client_body(cl), client_body_n(cl)});
        grid_set(&g, grid_row(&g, "事業名", "ロードクリーン(例)"), "場所", "ファイルの場所(例)");
        struct bytes file = grid_file(c, &g, TABLE_XLSX);
        CHECK_INT(upload(cl, page, "a.xlsx", file), 303);
        CHECK_INT(client_follow(cl), 200);
        int64_t id = client_int(cl, "SELECT max(id) FROM sheet_upload");
        CHECK(client_form(cl, PATH("/sheets/%lld/take", (long long)id)));
        works(&t, change_clean);
        CHECK_INT(client_send(cl), 409);
        CHECK(client_sees(cl, "別の場所(例)") && client_sees(cl, "ファイルの場所(例)") && client_sees(cl, "ほかの人が"));
        CHECK_TEXT(client_text(cl, SQL("SELECT place FROM statement WHERE id=%lld", (long long)last_statement)), "別の場所(例)");
        /* Having seen both, the file's. */
        if (CHECK(client_form(cl, PATH("/sheets/%lld/take", (long long)id))))
            CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, SQL("SELECT place FROM statement WHERE id=%lld", (long long)last_statement)), "ファイルの場所(例)");
        CHECK_TEXT(client_text(cl, SQL("SELECT decision FROM statement WHERE id=%lld", (long long)last_statement)), "changed");
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM answer WHERE id=%lld", (long long)answer)), "draft");
        /* The same file again says nothing new, but that it is older than what stands on the page is said where it would change something. */
        grid_set(&g, grid_row(&g, "事業名", "ロードクリーン(例)"), "場所", "三つ目(例)");
        CHECK_INT(upload(cl, page, "a.xlsx", grid_file(c, &g, TABLE_XLSX)), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "様式を受け取ったあとに"));
        id = client_int(cl, "SELECT max(id) FROM sheet_upload");
        CHECK(client_form(cl, PATH("/sheets/%lld/discard", (long long)id)));
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM sheet_upload WHERE id=%lld", (long long)id)), "discarded");
    }
}

TEST(files_are_for_those_they_concern)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[ROAD]);
        const char *page = PATH("/answers/%lld/sheet", (long long)answer_id(&t, ROAD));
        struct bytes file = sheet_of(&t, answer_id(&t, ROAD), TABLE_XLSX);
        CHECK_INT(upload(cl, page, "a.xlsx", file), 303);
        int64_t id = client_int(cl, "SELECT max(id) FROM sheet_upload");
        client_as(cl, t.officer[RIVER]);
        CHECK_INT(client_get(cl, PATH("/sheets/%lld", (long long)id)), 403);
        CHECK_INT(client_get(cl, PATH("/sheets/%lld/original.xlsx", (long long)id)), 403);
        CHECK_INT(client_get(cl, PATH("/sheets/%lld/mend.xlsx", (long long)id)), 403);
        CHECK_INT(client_get(cl, PATH("%s.xlsx", page)), 403);
        CHECK_INT(client_get(cl, PATH("%s.csv", page)), 403);
        CHECK_INT(client_get(cl, PATH("/inquiries/%lld/sheet.csv", (long long)t.inquiry)), 200);
        CHECK(client_sees(cl, "川の見守り(例)") && !client_sees(cl, "ロードクリーン(例)"));
        /* What is no spreadsheet, what is empty, no file at all: said at the field. */
        page = PATH("/answers/%lld/sheet", (long long)answer_id(&t, RIVER));
        CHECK_INT(upload(cl, page, "a.xlsx", (struct bytes){"PK\3\4 nothing", 12}), 422);
        CHECK(client_sees(cl, "エラー"));
        CHECK_INT(upload(cl, page, "a.csv", (struct bytes){"事業名,予算\n", strlen("事業名,予算\n")}), 422);
        CHECK_INT(upload(cl, page, "a.csv", (struct bytes){"色,形\n赤,丸\n", strlen("色,形\n赤,丸\n")}), 422);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM sheet_upload"), 1);
        /* Another section's number in the file of one's own. */
        struct grid g = grid_of(client_ctx(cl), "a.xlsx", file);
        CHECK_INT(upload(cl, page, "a.xlsx", grid_file(client_ctx(cl), &g, TABLE_XLSX)), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "取り込めませんでした"));
    }
}

static enum err close_now(struct ctx *c, struct town *t) { return inquiry_close(c, t->inquiry); }

TEST(secretariat_closed_and_handed_in)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        struct ctx *c = client_ctx(cl);
        int64_t answer = answer_id(&t, RIVER);
        struct grid g = grid_of(c, "a.xlsx", sheet_of(&t, answer, TABLE_XLSX));
        grid_set(&g, grid_row(&g, "事業名", "川の見守り(例)"), "続けるか", "変更なし");
        struct bytes file = grid_file(c, &g, TABLE_CSV_CP932);
        const char *page = PATH("/answers/%lld/sheet", (long long)answer);
        /* The secretariat says how the file reached it. */
        client_as(cl, t.secretariat);
        CHECK_INT(upload(cl, page, "様式.csv", file), 422);
        CHECK(client_sees(cl, "代わりに入力する理由を") && client_sees(cl, "ファイルは、もう一度選んでください"));
        CHECK(client_form(cl, page));
        client_set(cl, "entered_how", "mail");
        client_set(cl, "received_on", "R8.5.9");
        client_set(cl, "entered_for", "課からメールで届いた(例)");
        CHECK_INT(client_send_file(cl, "file", "様式.csv", file.p, file.n), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "川の見守り(例)") && client_sees(cl, "変更なし"));
        int64_t id = client_int(cl, "SELECT max(id) FROM sheet_upload");
        CHECK(client_form(cl, PATH("/sheets/%lld/take", (long long)id)));
        client_set(cl, "submit", "yes");
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, SQL("SELECT state FROM answer WHERE id=%lld", (long long)answer)), "submitted");
        CHECK_TEXT(client_text(cl, SQL("SELECT entered_how FROM answer WHERE id=%lld", (long long)answer)), "mail");
        /* Handed in: another sheet changes nothing until it is withdrawn. */
        client_as(cl, t.officer[RIVER]);
        grid_set(&g, grid_row(&g, "事業名", "川の見守り(例)"), "場所", "川べり(例)");
        CHECK_INT(upload(cl, page, "様式.xlsx", grid_file(c, &g, TABLE_XLSX)), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "取り込めませんでした") && client_sees(cl, "取り下げ"));
        works(&t, close_now);
        CHECK_INT(client_get(cl, page), 200);
        CHECK(client_sees(cl, "閉じられました"));
        CHECK_INT(client_get(cl, PATH("%s.xlsx", page)), 200);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM statement WHERE place='川べり(例)'"), 0);
    }
}

/* Nothing to change, but to hand in: the secretariat's word of how it came is written all the same. */
TEST(a_whole_draft_is_handed_in_by_its_sheet)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        int64_t answer = answer_id(&t, RIVER);
        client_exec(cl, SQL("UPDATE statement SET decision='same' WHERE answer=%lld", (long long)answer));
        struct bytes file = sheet_of(&t, answer, TABLE_XLSX);
        const char *page = PATH("/inquiries/%lld/sheet", (long long)t.inquiry);
        client_as(cl, t.secretariat);
        CHECK_INT(client_get(cl, page), 200);
        CHECK(client_form(cl, page));
        client_set(cl, "entered_for", "課からメールで届いた(例)");
        CHECK_INT(client_send_file(cl, "file", "a.xlsx", file.p, file.n), 303);
        CHECK_INT(client_follow(cl), 200);
        if (!CHECK(client_form(cl, PATH("/sheets/%lld/take", (long long)client_int(cl, "SELECT max(id) FROM sheet_upload")))))
            continue;
        client_set(cl, "submit", "yes");
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, SQL("SELECT state || entered_how FROM answer WHERE id=%lld", (long long)answer)), "submittedmail");
    }
}

TEST(files_are_swept_after_some_days)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_as(cl, t.officer[ROAD]);
        const char *page = PATH("/answers/%lld/sheet", (long long)answer_id(&t, ROAD));
        struct bytes file = sheet_of(&t, answer_id(&t, ROAD), TABLE_XLSX);
        CHECK_INT(upload(cl, page, "a.xlsx", file), 303);
        CHECK_INT(upload(cl, page, "b.xlsx", file), 303);
        int64_t id = client_int(cl, "SELECT max(id) FROM sheet_upload");
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_form(cl, PATH("/sheets/%lld/discard", (long long)id)));
        CHECK_INT(client_send(cl), 303);
        client_get(cl, "/home");
        CHECK(client_sees(cl, "送ったExcelを確かめる(まだ取り込んでいません)"));
        struct ctx *c = client_ctx(cl);
        CHECK_INT(jobs_run_due(client_app(cl), c->writer), OK); /* puts the repeating ones */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM sheet_upload"), 2);
        client_clock(cl, IN_MAY + 15 * 86400);
        CHECK_INT(jobs_run_due(client_app(cl), c->writer), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM sheet_upload"), 1);
        client_clock(cl, IN_MAY + 61 * 86400);
        CHECK_INT(jobs_run_due(client_app(cl), c->writer), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM sheet_upload"), 0);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM sheet_row"), 0);
    }
}

TEST_MAIN
