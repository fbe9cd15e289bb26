/* Lists as files: each file is its list, masked as it is; and the lists of staff and sections that come back. */
#include "http/client.h"

#include <stdlib.h>

#include "area/demo/demo.h"
#include "area/organization/organization.h"
#include "base/csv.h"
#include "base/json.h"
#include "base/text.h"
#include "export/sheet.h"

enum { T0 = 1795341600 }; /* 2026-11-22 in Tokyo */

/* --- files --- */

static int64_t rows_said(struct client *cl)
{
    const char *said = client_header_of(cl, "X-Rows");
    int64_t n = -1;
    if (said != NULL)
        text_parse_int(said, &n);
    return n;
}

/* The answer as a workbook; NULL and a fault when it is none. */
static const struct sheet *as_sheet(struct client *cl)
{
    struct ctx *c = client_ctx(cl);
    struct failure f;
    struct workbook *w = NULL;
    failure_init(&f, c->arena);
    enum err e = sheet_read(c->arena, client_body(cl), client_body_n(cl), NULL, &w, &f);
    if (!CHECK_INT(e, OK) || w->n == 0)
        return NULL;
    return &w->sheet[0];
}

static const char *with_format(struct client *cl, const char *target, const char *format)
{
    return arena_printf(client_ctx(cl)->arena, "%s%cformat=%s", target, strchr(target, '?') != NULL ? '&' : '?', format);
}

/* All pages of a list, one behind the other. */
static const char *all_pages(struct client *cl, const char *target)
{
    struct arena *a = client_ctx(cl)->arena;
    struct sb b;
    sb_init(&b, a);
    for (int i = 0; i < 20 && target != NULL; i++) {
        CHECK_INT(client_get(cl, target), 200);
        sb_add(&b, client_body(cl));
        const char *next = strstr(client_body(cl), "rel=\"next\" href=\"");
        if (next == NULL)
            break;
        next += strlen("rel=\"next\" href=\"");
        char *href = arena_dup_n(a, next, strcspn(next, "\"")), *to = href;
        for (const char *p = href; *p != '\0'; p++) {
            *to++ = *p;
            if (strncmp(p, "&amp;", 5) == 0)
                p += 4;
        }
        *to = '\0';
        target = href;
    }
    return sb_str(&b);
}

static const char *escaped(struct arena *a, const char *s)
{
    struct sb b;
    sb_init(&b, a);
    html_text(&b, s);
    return sb_str(&b);
}

/* The list at `target` in its three forms: as many rows, the same cells, and each row's cell in column `key` stands on the page. Returns how many rows. */
static int64_t same_as_page(struct client *cl, const char *target, uint32_t key)
{
    struct arena *a = client_ctx(cl)->arena;
    const char *page = all_pages(cl, target);
    CHECK_INT(client_get(cl, with_format(cl, target, "csv")), 200);
    CHECK_TEXT(client_header_of(cl, "Content-Type"), "text/csv; charset=utf-8");
    const char *name = client_header_of(cl, "Content-Disposition");
    CHECK(name != NULL && strstr(name, "filename*=UTF-8''") != NULL && strstr(name, "_2026-11-22.csv") != NULL);
    CHECK(text_starts(client_body(cl), "\xEF\xBB\xBF"));
    int64_t n = rows_said(cl);
    if (n > 0 && !CHECK(strstr(page, "format=xlsx") != NULL && strstr(page, "format=csv") != NULL && strstr(page, "format=csv-cp932") != NULL))
        printf("  %s offers no files\n", target);
    const struct sheet *csv = as_sheet(cl);
    CHECK_INT(client_get(cl, with_format(cl, target, "xlsx")), 200);
    CHECK_INT(rows_said(cl), n);
    const struct sheet *xlsx = as_sheet(cl);
    if (csv == NULL || xlsx == NULL)
        return n;
    CHECK_INT((int64_t)csv->n, n + 1);
    CHECK_INT((int64_t)xlsx->n, n + 1);
    CHECK(xlsx->columns == csv->columns);
    for (size_t i = 1; i < csv->n && i < xlsx->n; i++) {
        const char *text = sheet_text(&csv->row[i], key);
        if (!CHECK(text != NULL && strstr(page, escaped(a, text)) != NULL))
            printf("  %s row %zu: %s is not on the page\n", target, i, text != NULL ? text : "(empty)");
        for (uint32_t k = 0; k < csv->columns; k++) {
            const struct sheet_cell *x = sheet_cell(&xlsx->row[i], k);
            const char *y = sheet_text(&csv->row[i], k);
            if (x == NULL || x->kind != SHEET_DATE) /* an instant is written otherwise in CSV */
                CHECK_TEXT(x != NULL && x->text[0] != '\0' ? x->text : NULL, y);
        }
    }
    return n;
}

/* --- every list of every page --- */

/* Lists that are no list of records: parts of one record, forms, plans of what is about to be done, menus. */
static bool is_no_list(const char *pattern)
{
    static const char *const these[] = {"/", "/home", "/settings", "/account", "/vocabulary", "/projects/:", "/answers/:", "/answers/:/check", "/inquiries/:/sheet", "/inquiries/:/close", "/inquiries/:/remind",
                                        "/office/editions/:/tell", "/case-answers/:", "/editions/:/casebook"};
    for (size_t i = 0; i < sizeof these / sizeof *these; i++)
        if (strcmp(pattern, these[i]) == 0)
            return true;
    return false;
}

struct walk { const char **to; size_t n, cap; struct seen { const char *pattern; int times; } *seen; size_t seens, seens_cap; };

/* /answers/12?x=3 → /answers/: and, with its query, /answers/:?x=: */
static const char *pattern_of(struct arena *a, const char *to, bool query)
{
    struct sb b;
    sb_init(&b, a);
    for (const char *p = to; *p != '\0' && (query || *p != '?'); p++)
        if (*p < '0' || *p > '9')
            sb_char(&b, *p);
        else if (b.n == 0 || sb_str(&b)[b.n - 1] != ':')
            sb_char(&b, ':');
    return sb_str(&b);
}

static int times(struct arena *a, struct walk *w, const char *pattern)
{
    for (size_t i = 0; i < w->seens; i++)
        if (strcmp(w->seen[i].pattern, pattern) == 0)
            return ++w->seen[i].times;
    ARENA_PUSH(a, w->seen, w->seens, w->seens_cap) = (struct seen){pattern, 1};
    return 1;
}

/* Its links: pages and files, one of a sort. */
static void take_links(struct client *cl, struct walk *w)
{
    struct arena *a = client_ctx(cl)->arena;
    for (const char *p = strstr(client_body(cl), "<main"); p != NULL && (p = strstr(p, "href=\"/")) != NULL;) {
        p += 6;
        struct sb b;
        sb_init(&b, a);
        for (; *p != '\0' && *p != '"' && *p != '#'; p++) {
            sb_char(&b, *p);
            if (strncmp(p, "&amp;", 5) == 0)
                p += 4;
        }
        const char *to = sb_str(&b);
        bool file = strstr(to, "format=") != NULL;
        if (times(a, w, pattern_of(a, to, file)) <= 1 && strstr(to, ".pdf") == NULL)
            ARENA_PUSH(a, w->to, w->n, w->cap) = to;
    }
}

static size_t walk_as(struct client *cl, const char *login)
{
    struct arena *a = client_ctx(cl)->arena;
    struct walk w = {0};
    size_t files = 0;
    client_nobody(cl);
    for (const struct demo_account *d = demo_accounts; login != NULL && d->role != NULL; d++)
        if (strcmp(d->login, login) == 0) {
            CHECK_INT(client_get(cl, "/login"), 200);
            CHECK(client_form(cl, "/login"));
            client_set(cl, "login", d->login);
            client_set(cl, "password", d->password);
            CHECK_INT(client_send(cl), 303);
        }
    static const char *const first[] = {"/", "/home", "/settings", "/office/operation", "/jobs", "/good-practice", "/municipal-cases", "/search?q=%E5%B7%9D"};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        ARENA_PUSH(a, w.to, w.n, w.cap) = first[i];
    for (size_t i = 0; i < w.n; i++) {
        int status = client_get(cl, w.to[i]);
        const char *type = client_header_of(cl, "Content-Type");
        if (strstr(w.to[i], "format=xlsx") != NULL || strstr(w.to[i], "format=csv") != NULL) {
            files++;
            if (status != 200 || (rows_said(cl) < 0 && !client_sees(cl, "Shift_JISでは書けない文字があります")))
                test_fault(__FILE__, __LINE__, "%s as %s: status %d, %lld rows", w.to[i], login != NULL ? login : "nobody", status, (long long)rows_said(cl));
            continue;
        }
        if (status != 200 || type == NULL || strstr(type, "text/html") == NULL)
            continue;
        const char *page = strstr(client_body(cl), "<main"), *pattern = pattern_of(a, w.to[i], false);
        bool list = page != NULL && (strstr(page, "<table") != NULL || strstr(page, "<ul class=\"rows") != NULL || strstr(page, "<ol class=\"rows") != NULL);
        if (list && !is_no_list(pattern) && strstr(page, "format=xlsx") == NULL && strstr(page, "sheet.xlsx") == NULL)
            test_fault(__FILE__, __LINE__, "%s as %s: a list without its files", w.to[i], login != NULL ? login : "nobody");
        take_links(cl, &w);
    }
    return files;
}

TEST(no_list_without_its_files)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        CHECK_INT(demo_add(client_ctx(cl)), OK);
        CHECK(walk_as(cl, "jimukyoku") > 60);
        CHECK(walk_as(cl, "kanri") > 9);
        CHECK(walk_as(cl, "torimatome") > 9);
        CHECK(walk_as(cl, "shichoson") > 9);
        CHECK(walk_as(cl, NULL) > 9);
    }
}

TEST(each_file_is_its_list)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        CHECK_INT(demo_add(client_ctx(cl)), OK);
        struct arena *a = client_ctx(cl)->arena;
        CHECK_INT(same_as_page(cl, "/organizations?kind=npo", 1), client_int(cl, "SELECT count(*) FROM organization WHERE kind = 'npo' AND state = 'open'"));
        CHECK_INT(same_as_page(cl, "/organizations", 1), client_int(cl, "SELECT count(*) FROM organization WHERE state = 'open'"));
        CHECK(same_as_page(cl, "/organizations?q=%E5%B7%9D", 1) > 0);
        int64_t edition = client_int(cl, "SELECT max(id) FROM edition WHERE state = 'published'"), projects = client_int(cl, arena_printf(a, "SELECT count(*) FROM edition_item WHERE edition = %lld", (long long)edition));
        CHECK_INT(same_as_page(cl, arena_printf(a, "/projects?year=%lld", (long long)client_int(cl, arena_printf(a, "SELECT year FROM edition WHERE id = %lld", (long long)edition))), 2), projects);
        CHECK(same_as_page(cl, "/projects?sort=name&continuity=new", 2) > 0);
        CHECK_INT(same_as_page(cl, arena_printf(a, "/editions/%lld", (long long)edition), 2), projects);
        CHECK_INT(same_as_page(cl, "/editions", 1), client_int(cl, "SELECT count(*) FROM edition WHERE state = 'published'"));
        CHECK(same_as_page(cl, "/statistics", 1) > 5);
        /* What is found, as far as the reader may see it; a number alone; nothing. */
        CHECK(same_as_page(cl, "/search?q=%E5%B7%9D&kind=organization", 2) > 0);
        CHECK(same_as_page(cl, "/search?q=%E5%B7%9D", 1) > same_as_page(cl, "/search?q=%E5%B7%9D&kind=organization", 1));
        CHECK_INT(client_get(cl, "/search?q=%E3%81%AA%E3%81%84%E3%81%93%E3%81%A8%E3%81%B0zzz&format=csv"), 200);
        CHECK_INT(rows_said(cl), 0);
        CHECK_INT(client_get(cl, "/users?format=csv"), 303); /* to the login */
        client_user(cl, "secretariat", NONE, NONE);
        int64_t accounts = client_int(cl, "SELECT count(*) FROM account");
        CHECK(same_as_page(cl, "/users", 1) >= accounts);
        CHECK(same_as_page(cl, "/users?role=promoter", 1) > 0);
        CHECK_INT(same_as_page(cl, "/sections", 3), client_int(cl, "SELECT count(*) FROM section WHERE year = 2026"));
        CHECK_INT(same_as_page(cl, "/letters?state=waiting", 1) + same_as_page(cl, "/letters?state=paper", 1),
                  client_int(cl, "SELECT count(*) FROM outbox WHERE state IN ('waiting', 'paper')"));
        CHECK_INT(same_as_page(cl, "/inquiries", 0), client_int(cl, "SELECT count(*) FROM inquiry"));
        int64_t inquiry = client_int(cl, "SELECT max(id) FROM inquiry WHERE state = 'open'");
        CHECK_INT(same_as_page(cl, arena_printf(a, "/inquiries/%lld", (long long)inquiry), 1), client_int(cl, arena_printf(a, "SELECT count(*) FROM answer WHERE inquiry = %lld", (long long)inquiry)));
        CHECK(same_as_page(cl, "/vocabulary/form", 1) > 0);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM view_log WHERE path LIKE '/users%'") > 0, 1);
    }
}

TEST(every_row_of_a_long_list)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        struct ctx *c = client_ctx(cl);
        struct sb b;
        struct import_report r = {0};
        sb_init(&b, c->arena);
        sb_add(&b, "名称,種類\n");
        for (int i = 0; i < 1200; i++) /* more than two pieces of 500 */
            sb_printf(&b, "例の会%d,NPO法人\n", i);
        CHECK_INT(organizations_import(c, "一覧.csv", sb_str(&b), b.n, NULL, false, &r), OK);
        CHECK_INT(r.added, 1200);
        CHECK_INT(client_get(cl, "/organizations?format=xlsx"), 200);
        CHECK_INT(rows_said(cl), 1200);
        const struct sheet *s = as_sheet(cl);
        CHECK_INT(s != NULL ? (int64_t)s->n : 0, 1201);
        /* JSON leaves in pieces, too: it is whole, and says how many. */
        struct json_value *list = NULL;
        CHECK_INT(client_get(cl, "/organizations.json"), 200);
        CHECK(client_body_n(cl) > 3 * 65536);
        CHECK_INT(json_read(c->arena, client_body(cl), client_body_n(cl), &list, &c->fail), OK);
        CHECK_INT(list != NULL && json_get(list, "organizations") != NULL ? (int64_t)json_get(list, "organizations")->n : 0, 1200);
        CHECK(client_sees(cl, "\n],\"count\":1200}\n"));
    }
}

/* --- what must not be lost, and what must not get out --- */

static void add_organization(struct client *cl, const char *name)
{
    CHECK_INT(client_get(cl, "/organizations/new"), 200);
    CHECK(client_form(cl, "/organizations/new"));
    client_set(cl, "name", name);
    client_set(cl, "kind", "npo");
    client_set(cl, "phone", "+81-96-000-0000");
    CHECK_INT(client_send(cl), 303);
}

TEST(cp932_says_what_it_cannot_write)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "secretariat", NONE, NONE);
        add_organization(cl, "例の髙﨑会①");
        CHECK_INT(client_get(cl, "/organizations?format=csv-cp932"), 200);
        CHECK_TEXT(client_header_of(cl, "Content-Type"), "text/csv; charset=Shift_JIS");
        CHECK(strstr(client_body(cl), "\xE3\x82\xBF") == NULL);
        const struct sheet *s = as_sheet(cl);
        CHECK_TEXT(s != NULL && s->n == 2 ? sheet_text(&s->row[1], 1) : NULL, "例の髙﨑会①");
        add_organization(cl, "例の𠮷野会");
        CHECK_INT(client_get(cl, "/organizations?format=csv-cp932"), 200);
        CHECK_TEXT(client_header_of(cl, "Content-Type"), "text/html; charset=utf-8");
        CHECK(client_header_of(cl, "Content-Disposition") == NULL);
        CHECK(client_sees(cl, "Shift_JISでは書けない文字があります"));
        CHECK(client_sees(cl, "<td role=\"cell\" data-l=\"列\">名称</td><td role=\"cell\" data-l=\"文字\">𠮷</td><td role=\"cell\" data-l=\"前後\">例の𠮷野会</td>"));
        CHECK(client_sees(cl, "href=\"/organizations?format=csv\"") && client_sees(cl, "href=\"/organizations?format=xlsx\""));
        CHECK_INT(client_get(cl, "/organizations?format=doc"), 422);
        CHECK(client_sees(cl, "xlsx、csv、csv-cp932"));
    }
}

static bool holds(const char *p, size_t n, const char *text) { return memmem(p, n, text, strlen(text)) != NULL; }

TEST(formulas_stay_text_both_ways)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        struct ctx *c = client_ctx(cl);
        client_user(cl, "secretariat", NONE, NONE);
        add_organization(cl, "=HYPERLINK(例)");
        CHECK_INT(client_get(cl, "/organizations?format=csv"), 200);
        CHECK(holds(client_body(cl), client_body_n(cl), "\"'=HYPERLINK(例)\"") && holds(client_body(cl), client_body_n(cl), "\"'+81-96-000-0000\""));
        CHECK_INT(client_get(cl, "/organizations?format=xlsx"), 200);
        const struct sheet *s = as_sheet(cl);
        const struct sheet_cell *cell = s != NULL && s->n == 2 ? sheet_cell(&s->row[1], 1) : NULL;
        CHECK(cell != NULL && cell->kind == SHEET_TEXT && !cell->formula && strcmp(cell->text, "=HYPERLINK(例)") == 0);
        /* and back: nothing has changed */
        char *p = arena_dup_n(c->arena, client_body(cl), client_body_n(cl));
        size_t n = client_body_n(cl);
        struct import_report r = {0};
        failure_clear(&c->fail);
        CHECK_INT(organizations_import(c, "一覧.xlsx", p, n, NULL, false, &r), OK);
        CHECK_TEXT(r.format, "kyodo");
        CHECK_TEXT(r.encoding, "XLSX");
        CHECK_INT(r.unchanged, 1);
        CHECK_INT(r.added + r.changed + r.refused, 0);
    }
}

TEST(staff_fields_are_for_staff)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        CHECK_INT(demo_add(client_ctx(cl)), OK);
        CHECK_INT(client_get(cl, "/organizations?format=csv"), 200);
        size_t columns = as_sheet(cl)->columns;
        CHECK_INT(client_get(cl, "/organizations/staff-list?format=csv"), 303);
        client_user(cl, "member", NONE, client_int(cl, "SELECT min(id) FROM organization"));
        CHECK_INT(client_get(cl, "/organizations/staff-list?format=csv"), 403);
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/organizations/staff-list?format=csv"), 200);
        CHECK(as_sheet(cl)->columns > columns);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM view_log WHERE path = '/organizations/staff-list'"), 1);
        /* the public file is the same for everybody */
        CHECK_INT(client_get(cl, "/organizations?format=csv"), 200);
        CHECK_INT((int64_t)as_sheet(cl)->columns, (int64_t)columns);
    }
}

/* --- files back --- */

static int send(struct client *cl, const char *address, const char *text)
{
    CHECK_INT(client_get(cl, address), 200);
    CHECK(client_form(cl, strchr(address, '?') != NULL ? "/sections/import" : address));
    return client_send_file(cl, "file", "表.csv", text, strlen(text));
}

TEST(staff_come_from_a_file)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        CHECK_INT(demo_add(client_ctx(cl)), OK);
        client_user(cl, "secretariat", NONE, NONE);
        int64_t accounts = client_int(cl, "SELECT count(*) FROM account"), letters = client_int(cl, "SELECT count(*) FROM outbox");
        /* faults: each with its place, and nothing taken */
        CHECK_INT(send(cl, "/users/import", "利用者名,名前,メール,役割,所属\nyamada.rei,山田 例,yamada@rei.example,担当者,ない課\nxx,例 子,x,社長,\nsato.rei,,,,\n"), 422);
        CHECK(client_sees(cl, "2行目5列目「所属」: 「ない課」という所属は今年度にありません。"));
        CHECK(client_sees(cl, "3行目4列目「役割」: 「社長」という役割はありません。"));
        CHECK(client_sees(cl, "4行目2列目「名前」: 名前を入力してください"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account"), accounts);
        /* good: looked at first */
        const char *good = "利用者名,名前,メール,役割,所属\nyamada.rei,山田 例,yamada@rei.example,担当者,土木部/道路整備課\nyamada.rei,山田 例,yamada@rei.example,推進員,道路整備課\n";
        CHECK_INT(send(cl, "/users/import", good), 200);
        CHECK(client_sees(cl, "加えるもの1、直すもの1、書く手紙1通です。"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account"), accounts);
        CHECK(client_form(cl, "/users/import/take"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "取り込みました。加えたもの1、直したもの1。"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account"), accounts + 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox"), letters + 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM duty WHERE account = (SELECT id FROM account WHERE login = 'yamada.rei')"), 2);
        /* the same again, and what the system itself writes: nothing to do */
        CHECK_INT(send(cl, "/users/import", good), 200);
        CHECK(client_sees(cl, "ファイルの内容は、いまと同じです。"));
        CHECK_INT(client_get(cl, "/users?format=xlsx"), 200);
        struct ctx *c = client_ctx(cl);
        size_t n = client_body_n(cl);
        char *p = arena_dup_n(c->arena, client_body(cl), n);
        CHECK_INT(client_get(cl, "/users/import"), 200);
        CHECK(client_form(cl, "/users/import"));
        CHECK_INT(client_send_file(cl, "file", "利用者一覧.xlsx", p, n), 200);
        CHECK(client_sees(cl, "ファイルの内容は、いまと同じです。"));
    }
}

TEST(sections_come_from_a_file)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "secretariat", NONE, NONE);
        const char *tree = "上位の所属,階層,名称,電話,照会の対象\n例部/例局,課,例一課,096-000-0000,\n例部,,例局,,対象外\n,部局,例部,,\n";
        CHECK_INT(send(cl, "/sections/import?year=2027", "上位の所属,階層,名称\n例部,課,例一課\n,どこか,例部\n"), 422);
        CHECK(client_sees(cl, "3行目2列目「階層」: 「どこか」という階層はありません。"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section"), 0);
        CHECK_INT(send(cl, "/sections/import?year=2027", tree), 200);
        CHECK(client_sees(cl, "加えるもの3、直すもの0です。"));
        CHECK(client_form(cl, "/sections/import/take"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE year = 2027"), 3);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE name = '例一課' AND answers = TRUE AND parent = (SELECT id FROM section WHERE name = '例局')"), 1);
        /* the file we write, renamed by number */
        CHECK_INT(client_get(cl, "/sections?year=2027&format=csv"), 200);
        CHECK_INT(rows_said(cl), 3);
        int64_t unit = client_int(cl, "SELECT unit FROM section WHERE name = '例局'");
        CHECK_INT(send(cl, "/sections/import?year=2027", arena_printf(client_ctx(cl)->arena, "所属番号,上位の所属,名称\n%lld,例部,例新局\n,例部/例新局,例二課\n", (long long)unit)), 200);
        CHECK(client_sees(cl, "「例局」から名称を変えます"));
        CHECK(client_form(cl, "/sections/import/take"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section WHERE parent = (SELECT id FROM section WHERE name = '例新局')"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM section"), 4);
        /* a parent that is nowhere */
        CHECK_INT(send(cl, "/sections/import?year=2027", "上位の所属,名称\nない部,例三課\n"), 422);
        CHECK(client_sees(cl, "「ない部」という所属がありません。"));
        CHECK_INT(send(cl, "/sections/import?year=2027", "%PDF-1.7"), 422);
        CHECK(client_sees(cl, "PDFファイルです"));
    }
}

TEST_MAIN
