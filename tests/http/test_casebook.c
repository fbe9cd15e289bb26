/* The casebook: what the PDF says is in the edition, its page numbers are true, nothing is cut off, nothing withheld stays; the same in its other forms. */
#include <dirent.h>
#include <unistd.h>

#include "area/demo/demo.h"
#include "area/register/casebook.h"
#include "base/csv.h"
#include "core/job.h"
#include "core/preset.h"
#include "http/register_http.h"

/* --- a PDF as text --- */

static const char *tool(struct client *cl, const char *command)
{
    struct arena *a = client_ctx(cl)->arena;
    char name[] = "/tmp/kyodo-casebook-XXXXXX";
    int file = mkstemp(name);
    if (!CHECK(file >= 0 && write(file, client_body(cl), client_body_n(cl)) == (ssize_t)client_body_n(cl)))
        return "";
    close(file);
    FILE *p = popen(arena_printf(a, command, name), "r");
    struct sb b;
    char piece[4096];
    size_t n;
    sb_init(&b, a);
    while (p != NULL && (n = fread(piece, 1, sizeof piece, p)) > 0)
        sb_add_n(&b, piece, n);
    CHECK(p != NULL && pclose(p) == 0);
    unlink(name);
    return sb_str(&b);
}

static const char *squeezed(struct arena *a, const char *s)
{
    struct sb b;
    sb_init(&b, a);
    for (; *s != '\0'; s++)
        if ((unsigned char)*s > ' ')
            sb_char(&b, *s);
    return sb_str(&b);
}

struct paper { char **page; size_t n, cap; }; /* lines as they lie */

static struct paper read_paper(struct client *cl)
{
    struct arena *a = client_ctx(cl)->arena;
    struct paper p = {0};
    for (const char *s = tool(cl, "pdftotext -layout %s -"); *s != '\0';) {
        size_t n = strcspn(s, "\f");
        ARENA_PUSH(a, p.page, p.n, p.cap) = arena_dup_n(a, s, n);
        s += n + (s[n] == '\f');
    }
    return p;
}

static bool page_says(struct client *cl, const struct paper *p, size_t page, const char *words)
{
    struct arena *a = client_ctx(cl)->arena;
    return page >= 1 && page <= p->n && strstr(squeezed(a, p->page[page - 1]), squeezed(a, words)) != NULL;
}

/* The page on which a heading of a part stands alone: its running head says it too. 0: none. */
static size_t part_begins(struct client *cl, const struct paper *p, const char *part)
{
    for (size_t i = 0; i < p->n; i++) {
        const char *s = p->page[i] + strspn(p->page[i], " \n");
        if (strncmp(s, part, strlen(part)) == 0 && page_says(cl, p, i + 1, arena_printf(client_ctx(cl)->arena, "%s\n%s", part, part)))
            return i + 1;
    }
    return 0;
}

/* A line of the contents: number, name, section, page. */
static bool contents_line(const char *line, size_t n, int64_t *position, int64_t *page)
{
    size_t from = strspn(line, " ");
    if (from >= n || line[from] < '0' || line[from] > '9')
        return false;
    *position = strtoll(line + from, NULL, 10);
    size_t end = n;
    while (end > 0 && line[end - 1] >= '0' && line[end - 1] <= '9')
        end--;
    if (end == n || end < 2 || line[end - 1] != ' ')
        return false;
    *page = strtoll(line + end, NULL, 10);
    return true;
}

/* Every number in the contents leads to the page that begins with that case. */
static size_t check_contents(struct client *cl, const struct paper *p)
{
    struct arena *a = client_ctx(cl)->arena;
    size_t from = part_begins(cl, p, "目次"), to = part_begins(cl, p, "統計"), checked = 0;
    CHECK(from > 1 && to > from);
    for (size_t i = from; i < to; i++)
        for (const char *line = p->page[i - 1]; *line != '\0';) {
            size_t n = strcspn(line, "\n");
            int64_t position, page;
            if (contents_line(line, n, &position, &page)) {
                if (!page_says(cl, p, (size_t)page, arena_printf(a, "事例 %lld", (long long)position)))
                    test_fault(__FILE__, __LINE__, "%s: case %lld is not on page %lld", client_engine(cl), (long long)position, (long long)page);
                checked++;
            }
            line += n + (line[n] == '\n');
        }
    return checked;
}

/* The number behind a name on the pages of the index is the page where the case begins. */
static size_t check_index(struct client *cl, const struct paper *p, const char *const *name, size_t names)
{
    size_t from = part_begins(cl, p, "索引"), checked = 0;
    CHECK(from > 1);
    for (size_t k = 0; k < names; k++)
        for (size_t i = from; i <= p->n; i++)
            for (const char *at = p->page[i - 1]; (at = strstr(at, name[k])) != NULL;) {
                at += strlen(name[k]);
                size_t blank = strspn(at, " ");
                int64_t page = strtoll(at + blank, NULL, 10);
                if (blank < 1 || page == 0)
                    continue; /* part of a longer name */
                if (!page_says(cl, p, (size_t)page, name[k]))
                    test_fault(__FILE__, __LINE__, "%s: %s is not on page %lld", client_engine(cl), name[k], (long long)page);
                checked++;
            }
    return checked;
}

static size_t times(const char *s, const char *what)
{
    size_t n = 0;
    for (; (s = strstr(s, what)) != NULL; s += strlen(what))
        n++;
    return n;
}

static void check_fonts(struct client *cl)
{
    const char *s = tool(cl, "pdffonts %s");
    size_t fonts = 0;
    for (const char *line = s; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
        if (strncmp(line, "name ", 5) != 0 && line[0] != '-') {
            fonts++;
            CHECK(strstr(line, " yes yes yes ") != NULL); /* embedded, a subset, with its characters */
        }
    CHECK(fonts >= 2);
    CHECK(strstr(s, "IPAexGothic") != NULL && strstr(s, "IPAexMincho") != NULL);
}

static void demo(struct client *cl) { CHECK_INT(demo_add(client_ctx(cl)), OK); }

static const char *str(const struct json_value *object, const char *key)
{
    const struct json_value *v = object != NULL ? json_get(object, key) : NULL;
    return v != NULL && v->type == JSON_TEXT ? v->text : NULL;
}

static const struct json_value *projects_of(struct client *cl, const char *to)
{
    struct ctx *c = client_ctx(cl);
    struct json_value *v = NULL;
    CHECK_INT(client_get(cl, to), 200);
    CHECK_INT(json_read(c->arena, client_body(cl), client_body_n(cl), &v, &c->fail), OK);
    return v != NULL ? json_get(v, "projects") : NULL;
}

TEST(page_numbers_are_true)
{
    EACH_ENGINE(cl) {
        demo(cl);
        const struct json_value *projects = projects_of(cl, "/editions/2/casebook.json");
        if (!CHECK(projects != NULL && projects->n >= 50))
            continue;
        const char **name = arena_many(client_ctx(cl)->arena, const char *, projects->n);
        size_t names = 0;
        for (const struct json_value *p = projects->child; p != NULL; p = p->next)
            if (text_length(str(json_get(p, "statement"), "name")) < 16)
                name[names++] = str(json_get(p, "statement"), "name");
        client_get(cl, "/editions/2/casebook.pdf");
        CHECK_TEXT(client_header_of(cl, "Content-Type"), "application/pdf");
        CHECK(strstr(client_header_of(cl, "Content-Disposition"), ".pdf") != NULL);
        struct paper p = read_paper(cl);
        CHECK(p.n >= projects->n + 8);
        CHECK(check_contents(cl, &p) >= projects->n * 9 / 10);
        CHECK(check_index(cl, &p, name, names) >= names * 2);
        CHECK(page_says(cl, &p, 1, "協働事例集"));
        for (size_t i = 2; i <= p.n; i++) /* each page but the cover says its own number */
            CHECK(text_ends(squeezed(client_ctx(cl)->arena, p.page[i - 1]), arena_printf(client_ctx(cl)->arena, "第1版%zu", i)));
        check_fonts(cl);
        const char *info = tool(cl, "pdfinfo %s");
        CHECK(strstr(info, "協働事例集") != NULL && strstr(info, "A4") != NULL);
        CHECK(times(tool(cl, "pdfinfo -struct %s"), "H1") >= projects->n);
        CHECK(times(tool(cl, "pdfinfo -dests %s"), "case-") >= projects->n);
    }
}

/* --- the register on paper --- */

TEST(register_has_a_row_for_each_project)
{
    EACH_ENGINE(cl) {
        demo(cl);
        const struct json_value *projects = projects_of(cl, "/editions/2/casebook.json");
        CHECK_INT(client_get(cl, "/editions/2/register.pdf"), 200);
        struct arena *a = client_ctx(cl)->arena;
        struct paper p = read_paper(cl);
        const char *all = squeezed(a, tool(cl, "pdftotext %s -"));
        size_t n = 0;
        for (const struct json_value *k = projects->child; k != NULL; k = k->next)
            n += strstr(all, squeezed(a, str(json_get(k, "statement"), "name"))) != NULL;
        CHECK(n >= projects->n - 2); /* a row over two pages is torn in the text too */
        for (size_t i = 1; i <= p.n; i++) {
            CHECK(page_says(cl, &p, i, "所属名"));
            CHECK(page_says(cl, &p, i, "協働の相手方"));
            CHECK(page_says(cl, &p, i, arena_printf(a, "%zu/%zu", i, p.n)));
        }
        CHECK(strstr(tool(cl, "pdfinfo %s"), "841.89 x 595.276") != NULL);
    }
}

/* --- an edition of the town's own, with a project of the greatest lengths --- */

static const char *long_text(struct arena *a, const char *name, int64_t most)
{
    struct sb b;
    sb_init(&b, a);
    const char *head = arena_printf(a, "%sの始め。", name), *tail = arena_printf(a, "%sの終わり", name);
    sb_add(&b, head);
    for (int64_t n = (int64_t)text_length(head); n + (int64_t)text_length(tail) < most; n++)
        sb_add(&b, n % 60 == 59 ? "。" : n % 7 == 3 ? "髙" : n % 11 == 5 ? "ー" : n % 13 == 1 ? "っ" : "協");
    sb_add(&b, tail);
    return sb_str(&b);
}

static void fill_children(struct arena *a, const struct field *f, char *row)
{
    size_t n = 12;
    char *child = arena_array(a, n, f->child->size);
    for (size_t i = 0; i < n; i++) {
        char *at = child + i * f->child->size;
        entity_init(f->child, at);
        for (size_t k = 0; k < f->child->fields_n; k++)
            if (f->child->fields[k].kind == FIELD_CODE)
                field_set_text(&f->child->fields[k], at, f->child == &statement_partner_entity ? "volunteer" : "people");
            else if (f->child->fields[k].kind == FIELD_TEXT)
                field_set_text(&f->child->fields[k], at, long_text(a, arena_printf(a, "%s%zu", f->child->fields[k].label, i), f->child->fields[k].max));
    }
    memcpy(row + f->offset, &child, sizeof child);
    memcpy(row + f->offset_n, &n, sizeof n);
}

static bool fits_there(const struct field *f)
{
    static const char *const there[] = {"partners", "roles", "contributions"};
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        if (strcmp(f->name, there[i]) == 0)
            return true;
    return false;
}

static enum err long_project(struct ctx *c, struct town *t)
{
    int64_t q = NONE, answer = NONE;
    TRY(open_round(c, 2026, DUE, "start", &q));
    t->inquiry = q;
    TRY(answer_of(c, q, t->unit[SEA], &answer));
    struct statement s;
    entity_init(&statement_entity, &s);
    s.answer = answer;
    fill(c, &s, NULL);
    for (size_t i = 0; i < statement_entity.fields_n; i++) {
        const struct field *f = &statement_entity.fields[i];
        if ((f->kind == FIELD_TEXT || f->kind == FIELD_MEMO) && (f->flags & PUBLIC))
            field_set_text(f, &s, long_text(c->arena, f->label, f->max));
        else if (f->kind == FIELD_CHILD && fits_there(f))
            fill_children(c->arena, f, (char *)&s);
    }
    s.budget = 999999999000;
    TRY(statement_save(c, NULL, &s));
    TRY(one_more(c, answer, "髙﨑𠮷の見守り(例)", true));
    TRY(answer_submit(c, answer));
    return inquiry_close(c, q);
}

static enum err make_2026(struct ctx *c, struct town *t)
{
    int64_t edition = NONE;
    (void)t;
    TRY(edition_make(c, 2026, "はじめのことば。\n二行目の髙﨑𠮷。", &edition));
    return edition_publish(c, edition, NONE);
}

TEST(nothing_is_cut_off)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        if (!works(&t, long_project) || !works(&t, make_2026))
            continue;
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/editions/1/casebook.pdf"), 200);
        struct arena *a = client_ctx(cl)->arena;
        /* In the order in which it was drawn, without heads and feet. */
        const char *text = squeezed(a, tool(cl, "pdftotext -raw -x 0 -y 56 -W 596 -H 735 %s -"));
        static const char *const not_shown[] = {"担当者の名前", "内部の教訓", "終わる理由", "続けるか"};
        for (size_t i = 0; i < statement_entity.fields_n; i++) {
            const struct field *f = &statement_entity.fields[i];
            if ((f->kind != FIELD_TEXT && f->kind != FIELD_MEMO) || !(f->flags & PUBLIC) || text_ends(f->name, "_other"))
                continue; /* その他 was not chosen: its words are not kept */
            if (strstr(text, squeezed(a, arena_printf(a, "%sの始め", f->label))) == NULL || strstr(text, squeezed(a, arena_printf(a, "%sの終わり", f->label))) == NULL)
                test_fault(__FILE__, __LINE__, "%s: %s is not whole", client_engine(cl), f->label);
        }
        for (size_t i = 0; i < 12; i++) {
            CHECK(strstr(text, arena_printf(a, "相手の名前%zuの終わり", i)) != NULL);
            CHECK(strstr(text, arena_printf(a, "内容%zuの終わり", i)) != NULL);
        }
        for (size_t i = 0; i < sizeof not_shown / sizeof *not_shown; i++)
            CHECK(strstr(text, not_shown[i]) == NULL);
        CHECK(strstr(text, "髙﨑𠮷の見守り(例)") != NULL && strstr(text, "二行目の髙﨑𠮷。") != NULL);
        CHECK(strstr(text, "999,999,999千円") != NULL);
        struct paper p = read_paper(cl);
        CHECK(p.n > 12);
        /* No line begins with what may not begin one. */
        static const char *const never[] = {"。", "、", "ー", "っ", ")", "」"};
        for (const char *line = tool(cl, "pdftotext -raw -x 0 -y 56 -W 596 -H 735 %s -"); *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
            for (size_t k = 0; k < sizeof never / sizeof *never; k++)
                if (text_starts(line, never[k]))
                    test_fault(__FILE__, __LINE__, "%s: a line begins with %s: %.60s", client_engine(cl), never[k], line);
        CHECK_INT(client_get(cl, "/editions/1/register.pdf"), 200);
        text = squeezed(a, tool(cl, "pdftotext -raw -x 0 -y 46 -W 842 -H 505 %s -"));
        CHECK(strstr(text, "事業名の終わり") != NULL && strstr(text, "ひとこと説明の終わり") != NULL && strstr(text, "相手の名前11の終わり") != NULL);
        /* The page for the screen says the same. */
        CHECK_INT(client_get(cl, "/editions/1/casebook"), 200);
        CHECK(client_sees(cl, "することの終わり") && client_sees(cl, "髙﨑𠮷の見守り(例)") && client_sees(cl, "999,999,999千円"));
    }
}

/* --- the kept file; what is withheld --- */

static size_t kept(struct client *cl)
{
    struct dirent **list = NULL;
    int n = scandir(arena_printf(client_ctx(cl)->arena, "%s/cache", client_app(cl)->directory), &list, NULL, NULL);
    size_t files = 0;
    for (int i = 0; i < n; i++) {
        files += list[i]->d_name[0] != '.';
        free(list[i]);
    }
    free(list);
    return files;
}

static enum err hide_name(struct ctx *c, struct town *t)
{
    (void)t;
    int64_t project = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT project FROM frozen WHERE name = $1", P("髙﨑𠮷の見守り(例)"), &project));
    return withhold_set(c, "project", project, "name", "例の理由");
}

static enum err hide_no_more(struct ctx *c, struct town *t)
{
    (void)t;
    int64_t project = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT project FROM frozen WHERE name = $1", P("髙﨑𠮷の見守り(例)"), &project));
    return withhold_clear(c, "project", project, "name", "例の理由");
}

TEST(a_finished_file_is_kept_until_something_is_withheld)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        if (!works(&t, long_project) || !works(&t, make_2026))
            continue;
        client_nobody(cl);
        struct arena *a = client_ctx(cl)->arena;
        CHECK_INT(client_get(cl, "/editions/1/casebook.pdf"), 200);
        size_t n = client_body_n(cl);
        const char *first = arena_dup_n(a, client_body(cl), n);
        CHECK_INT((int64_t)kept(cl), 1);
        client_get(cl, "/editions/1/casebook.pdf");
        CHECK(n == client_body_n(cl) && memcmp(first, client_body(cl), n) == 0);
        CHECK(works(&t, hide_name));
        static const char *const files[] = {"/editions/1/casebook.pdf", "/editions/1/register.pdf", "/editions/1/casebook", "/editions/1/casebook.csv", "/editions/1/casebook.json"};
        for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
            CHECK_INT(client_get(cl, files[i]), 200);
            const char *text = i < 2 ? squeezed(a, tool(cl, "pdftotext %s -")) : arena_dup_n(a, client_body(cl), client_body_n(cl));
            CHECK(strstr(text, "髙﨑𠮷の見守り") == NULL);
            CHECK(strstr(text, i == 4 ? "\"withheld\"" : "公開していません") != NULL);
        }
        client_get(cl, "/editions/1/casebook.pdf");
        CHECK(strstr(squeezed(a, tool(cl, "pdftotext %s -")), "1事業に公開していない項目") != NULL);
        CHECK_INT((int64_t)kept(cl), 2); /* the book and the register, each once */
        CHECK(works(&t, hide_no_more));
        client_get(cl, "/editions/1/casebook.pdf");
        CHECK(n == client_body_n(cl) && memcmp(first, client_body(cl), n) == 0);
        /* A reader in English gets the same file. */
        client_header(cl, "Accept-Language: en");
        client_get(cl, "/editions/1/casebook.pdf");
        CHECK(n == client_body_n(cl) && memcmp(first, client_body(cl), n) == 0);
    }
}

static const char *kept_name(struct client *cl, const char *prefix)
{
    struct dirent **list = NULL;
    const char *found = NULL;
    int n = scandir(arena_printf(client_ctx(cl)->arena, "%s/cache", client_app(cl)->directory), &list, NULL, NULL);
    for (int i = 0; i < n; i++) {
        if (strncmp(list[i]->d_name, prefix, strlen(prefix)) == 0)
            found = arena_dup(client_ctx(cl)->arena, list[i]->d_name);
        free(list[i]);
    }
    free(list);
    return found;
}

static enum err run_jobs(struct client *cl) { return jobs_run_due(client_app(cl), client_ctx(cl)->writer); }

TEST(nobody_waits_for_a_file)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        if (!works(&t, long_project) || !works(&t, make_2026))
            continue;
        client_nobody(cl);
        CHECK_INT((int64_t)kept(cl), 0);
        CHECK(run_jobs(cl) == OK); /* publishing has put it */
        const char *book = kept_name(cl, "casebook-1-"), *register_file = kept_name(cl, "register-1-");
        if (!CHECK(book != NULL && register_file != NULL))
            continue;
        CHECK_INT(client_get(cl, "/editions/1/casebook.pdf"), 200);
        CHECK_INT((int64_t)kept(cl), 2);
        /* What is withheld leaves the disk though nobody has asked again. */
        CHECK(works(&t, hide_name));
        client_clock(cl, client_ctx(cl)->now + 601);
        CHECK(run_jobs(cl) == OK);
        const char *next = kept_name(cl, "casebook-1-");
        CHECK(next != NULL && strcmp(next, book) != 0 && strcmp(kept_name(cl, "register-1-"), register_file) != 0);
        CHECK_INT((int64_t)kept(cl), 2);
        /* Nothing has changed: nothing is made. */
        client_clock(cl, client_ctx(cl)->now + 601);
        CHECK(run_jobs(cl) == OK);
        CHECK(strcmp(kept_name(cl, "casebook-1-"), next) == 0);
    }
}

static enum err make_only(struct ctx *c, struct town *t)
{
    int64_t edition = NONE;
    (void)t;
    return edition_make(c, 2025, NULL, &edition);
}

TEST(before_it_is_published_it_is_for_the_secretariat)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        works(&t, make_only);
        static const char *const files[] = {"casebook", "casebook.pdf", "casebook.xlsx", "casebook.csv", "casebook.json", "register.pdf"};
        for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
            const char *to = PATH("/editions/1/%s", files[i]);
            client_nobody(cl);
            CHECK_INT(client_get(cl, to), 404);
            client_as(cl, t.officer[ROAD]);
            CHECK_INT(client_get(cl, to), 404);
            client_as(cl, t.secretariat);
            CHECK_INT(client_get(cl, to), 200);
        }
        client_get(cl, "/editions/1/casebook.pdf");
        CHECK(strstr(squeezed(client_ctx(cl)->arena, tool(cl, "pdftotext %s -")), "公開前の確認用") != NULL);
        CHECK_INT(client_get(cl, "/editions/99/casebook.pdf"), 404);
    }
}

/* --- the files --- */

TEST(files_have_every_project_and_every_public_field)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        if (!works(&t, long_project) || !works(&t, make_2026))
            continue;
        client_nobody(cl);
        struct arena *a = client_ctx(cl)->arena;
        const struct json_value *projects = projects_of(cl, "/editions/1/casebook.json");
        CHECK_INT((int64_t)projects->n, 2);
        CHECK_INT(client_get(cl, "/editions/1/casebook.csv"), 200);
        struct csv_reader r;
        struct csv_row row;
        struct failure f;
        failure_init(&f, a);
        csv_open(&r, a, client_body(cl) + 3, client_body_n(cl) - 3, &f);
        CHECK_INT(csv_next(&r, &row), 1);
        size_t columns = row.n, public_fields = 0;
        for (size_t i = 0; i < statement_entity.fields_n; i++)
            public_fields += field_exported(client_ctx(cl), &statement_entity.fields[i]);
        CHECK_INT((int64_t)columns, (int64_t)public_fields);
        int64_t rows = 0;
        while (csv_next(&r, &row) == 1) {
            CHECK_INT((int64_t)row.n, (int64_t)columns);
            rows++;
        }
        CHECK_INT(rows, 2);
        CHECK_INT(client_get(cl, "/editions/1/casebook.xlsx"), 200);
        const char *cells = tool(cl, "/usr/bin/python3 -c 'import sys, openpyxl\nw = openpyxl.load_workbook(open(sys.argv[1], \"rb\"))\ns = w.worksheets[0]\nprint(s.max_row, s.max_column)\nfor r in s.iter_rows(values_only=True):\n for v in r: print(v)' %s");
        CHECK(text_starts(cells, arena_printf(a, "3 %zu\n", columns)));
        CHECK(strstr(cells, "\n髙﨑𠮷の見守り(例)\n") != NULL && strstr(cells, "\n999999999\n") != NULL && strstr(cells, "すること") != NULL);
        for (size_t i = 0; i < statement_entity.fields_n; i++)
            if (field_exported(client_ctx(cl), &statement_entity.fields[i]))
                CHECK(strstr(cells, statement_entity.fields[i].label) != NULL);
    }
}

/* --- many --- */

enum { MANY = 300 };

static enum err many_projects(struct ctx *c, struct town *t)
{
    int64_t q = NONE, answer = NONE;
    TRY(open_round(c, 2026, DUE, "start", &q));
    TRY(answer_of(c, q, t->unit[SEA], &answer));
    for (int i = 0; i < MANY; i++)
        TRY(one_more(c, answer, arena_printf(c->arena, "海の見守り第%d号(例)", i + 1), i % 3 == 0));
    TRY(answer_submit(c, answer));
    return inquiry_close(c, q);
}

TEST(three_hundred_projects)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_make(&t, cl);
        if (!works(&t, many_projects) || !works(&t, make_2026))
            continue;
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/editions/1/casebook.pdf"), 200);
        struct paper p = read_paper(cl);
        CHECK(p.n >= MANY + 10);
        CHECK_INT((int64_t)check_contents(cl, &p), MANY);
        CHECK_INT(client_get(cl, "/editions/1/casebook?part=3"), 200);
        CHECK(client_sees(cl, "201〜300") && !client_sees(cl, "id=\"statistics\""));
    }
}

TEST_MAIN
