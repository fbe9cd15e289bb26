/* A datum withheld is gone from every public address, file and edition: every route that serves one is walked, and every link from there, and what
 * comes (HTML, CSV, JSON, XLSX, PDF) is searched for it, before and after. Nothing here names the formats: new pages and files are found by themselves. */
#include <stdlib.h>
#include <unistd.h>
#include <zip.h>

#include "area/organization/organization.h"
#include "area/register/correction.h"
#include "core/audit.h"
#include "core/page.h"
#include "http/register_http.h"

/* --- the text of whatever came --- */

static const char *tool_text(struct client *cl, const char *command)
{
    struct arena *a = client_ctx(cl)->arena;
    char name[] = "/tmp/kyodo-withheld-XXXXXX";
    int file = mkstemp(name);
    if (file < 0 || write(file, client_body(cl), client_body_n(cl)) != (ssize_t)client_body_n(cl)) {
        test_fault(__FILE__, __LINE__, "no temporary file");
        return "";
    }
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

/* Without what a page, a cell or a line of a PDF may put between two characters. */
static const char *squeezed(struct arena *a, const char *s, size_t n)
{
    struct sb b;
    sb_init(&b, a);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] > ' ')
            sb_char(&b, s[i]);
    return sb_str(&b);
}

/* All parts of an XLSX. */
static const char *unpacked(struct client *cl)
{
    struct sb b;
    zip_error_t error;
    sb_init(&b, client_ctx(cl)->arena);
    zip_source_t *source = zip_source_buffer_create(client_body(cl), client_body_n(cl), 0, &error);
    zip_t *z = source != NULL ? zip_open_from_source(source, ZIP_RDONLY, &error) : NULL;
    CHECK(z != NULL);
    for (zip_int64_t i = 0; z != NULL && i < zip_get_num_entries(z, 0); i++) {
        zip_file_t *part = zip_fopen_index(z, (zip_uint64_t)i, 0);
        char piece[4096];
        zip_int64_t n;
        while (part != NULL && (n = zip_fread(part, piece, sizeof piece)) > 0)
            sb_add_n(&b, piece, (size_t)n);
        if (part != NULL)
            zip_fclose(part);
    }
    if (z != NULL)
        zip_close(z);
    return sb_str(&b);
}

static const char *text_of(struct client *cl)
{
    struct arena *a = client_ctx(cl)->arena;
    const char *type = client_header_of(cl, "Content-Type"), *text = client_body(cl);
    size_t n = client_body_n(cl);
    if (type != NULL && strstr(type, "pdf") != NULL)
        n = strlen(text = tool_text(cl, "pdftotext %s -"));
    else if (type != NULL && strstr(type, "spreadsheetml") != NULL)
        n = strlen(text = unpacked(cl));
    return squeezed(a, text, n);
}

/* --- the walk --- */

struct place { const char *to; };
struct walk { struct place *v; size_t n, cap; };
enum { PLACES_MOST = 1500, NUMBERS = 5 /* the town has no more of anything that has an address */ };

static void add_place(struct client *cl, struct walk *w, const char *to)
{
    if (*to != '/' || to[1] == '/' || text_starts(to, "/assets/") || text_starts(to, "/search") || text_starts(to, "/login") || text_starts(to, "/setup") || w->n >= PLACES_MOST)
        return;
    for (size_t i = 0; i < w->n; i++)
        if (strcmp(w->v[i].to, to) == 0)
            return;
    ARENA_PUSH(client_ctx(cl)->arena, w->v, w->n, w->cap).to = to;
}

static void add_links(struct client *cl, struct walk *w)
{
    struct arena *a = client_ctx(cl)->arena;
    for (const char *p = client_body(cl); (p = strstr(p, "href=\"")) != NULL;) {
        p += 6;
        size_t n = strcspn(p, "\"#");
        struct sb b;
        sb_init(&b, a);
        for (size_t i = 0; i < n; i++) {
            sb_char(&b, p[i]);
            if (strncmp(p + i, "&amp;", 5) == 0)
                i += 4;
        }
        add_place(cl, w, sb_str(&b));
        p += n;
    }
}

/* Every public GET route with every number that stands for something here. */
static void add_routes(struct client *cl, struct walk *w)
{
    struct arena *a = client_ctx(cl)->arena;
    for (size_t i = 0; areas[i] != NULL; i++)
        for (const struct route *r = areas[i]->routes; r != NULL && r->pattern != NULL; r++) {
            if (r->method != HTTP_GET || !(r->who & ROLE_NOBODY))
                continue;
            const char *id = strstr(r->pattern, ":id");
            if (id == NULL) {
                if (strchr(r->pattern, ':') == NULL)
                    add_place(cl, w, r->pattern);
                continue;
            }
            for (int64_t k = 1; k <= NUMBERS; k++)
                add_place(cl, w, arena_printf(a, "%.*s%lld%s", (int)(id - r->pattern), r->pattern, (long long)k, id + 3));
        }
}

/* How many places say each of the words. Every place is also asked for as each kind of file. */
static size_t places_that_say(struct client *cl, const char *const *secret, size_t secrets, size_t *said, bool told)
{
    struct arena *a = client_ctx(cl)->arena;
    struct walk w = {0};
    size_t served = 0;
    add_routes(cl, &w);
    for (size_t i = 0; i < secrets; i++)
        said[i] = 0;
    for (size_t i = 0; i < w.n; i++) {
        int status = client_get(cl, w.v[i].to);
        if (status != 200)
            continue;
        served++;
        const char *text = text_of(cl), *type = client_header_of(cl, "Content-Type");
        if (type != NULL && strstr(type, "html") != NULL)
            add_links(cl, &w);
        for (size_t k = 0; k < secrets; k++)
            if (strstr(text, squeezed(a, secret[k], strlen(secret[k]))) != NULL) {
                said[k]++;
                if (told)
                    printf("  %s: %s says %s\n", client_engine(cl), w.v[i].to, secret[k]);
            }
    }
    CHECK(w.n < PLACES_MOST);
    return served;
}

/* --- the town with secrets in every sort of place --- */

static const char *const secret[] = {"秘密野花子の会(例)", "内緒川太郎(例)", "隠山次郎がはじめた(例)", "例の伏せる事業名(例)", "電話000-111-2222例", "黙谷三郎(例)", "隠村八郎さんの住まいが出ていたので直した(例)"};
enum { SECRET_PARTNER, SECRET_ROLE, SECRET_SUMMARY, SECRET_NAME, SECRET_PHONE, SECRET_CONTRIBUTION, SECRET_REASON, SECRETS };

static enum err put_secrets(struct ctx *c, struct town *t)
{
    (void)t;
    struct correction_case k;
    struct statement after;
    struct organization o;
    int64_t road = NONE, flower = NONE, edition = NONE;
    entity_init(&organization_entity, &o);
    o.name = "リンクの会(例)";
    o.kind = "volunteer";
    TRY(organization_save(c, NULL, &o));
    TRY(edition_make(c, 2025, NULL, &edition));
    TRY(edition_publish(c, edition, NONE));
    TRY_DB(c, db_get_int(c->db, "SELECT project FROM statement WHERE name = 'ロードクリーン(例)'", P0, &road));
    TRY_DB(c, db_get_int(c->db, "SELECT project FROM statement WHERE name = '花の道づくり(例)'", P0, &flower));
    TRY(correction_case_load(c, road, 2025, true, &k));
    entity_copy(c->arena, &statement_entity, &after, &k.s);
    struct statement_partner partner[3] = {k.s.partners[0], k.s.partners[0], k.s.partners[0]};
    for (size_t i = 0; i < 3; i++)
        partner[i].id = NONE;
    partner[1].name = secret[SECRET_PARTNER];
    partner[1].organization = o.id;
    partner[1].role = "世話をする";
    partner[2].name = "残る会(例)";
    after.partners = partner;
    after.partners_n = 3;
    struct statement_role role[2];
    for (size_t i = 0; i < 2; i++) {
        entity_init(&statement_role_entity, &role[i]);
        role[i].task = i == 0 ? "草刈り" : "見回り";
        role[i].who = i == 0 ? secret[SECRET_ROLE] : "県";
    }
    after.roles = role;
    after.roles_n = 2;
    struct statement_contribution given;
    entity_init(&statement_contribution_entity, &given);
    given.kind = "people";
    given.who = secret[SECRET_CONTRIBUTION];
    given.what = "人手";
    after.contributions = &given;
    after.contributions_n = 1;
    after.summary = secret[SECRET_SUMMARY];
    after.contact_phone = secret[SECRET_PHONE];
    TRY(statement_correct(c, &k.s, &after, "相手を加えた"));
    TRY(correction_case_load(c, flower, 2025, true, &k));
    entity_copy(c->arena, &statement_entity, &after, &k.s);
    after.name = secret[SECRET_NAME];
    TRY(statement_correct(c, &k.s, &after, "名前を直した"));
    TRY(edition_make(c, 2025, NULL, &edition));
    TRY(edition_publish(c, edition, NONE));
    /* A third one, so that the secrets stand in an older edition too. */
    TRY(correction_case_load(c, road, 2025, true, &k));
    entity_copy(c->arena, &statement_entity, &after, &k.s);
    after.budget = 9000;
    TRY(statement_correct(c, &k.s, &after, secret[SECRET_REASON]));
    TRY(edition_make(c, 2025, NULL, &edition));
    return edition_publish(c, edition, NONE);
}

static enum err verify(struct ctx *c, void *arg)
{
    struct audit_report report;
    (void)arg;
    for (int64_t id = 1; id <= 3; id++)
        TRY(edition_verify(c, id));
    return audit_verify(c, &report);
}

static void pick(struct client *cl, const char *label)
{
    /* the checkbox whose label holds these words */
    struct arena *a = client_ctx(cl)->arena;
    const char *at = strstr(client_body(cl), label);
    CHECK(at != NULL);
    if (at == NULL)
        return;
    const char *id = NULL;
    for (const char *p = client_body(cl); (p = strstr(p, "<label for=\"")) != NULL && p < at; p += 12)
        id = arena_dup_n(a, p + 12, strcspn(p + 12, "\""));
    CHECK(id != NULL);
    const char *input = strstr(client_body(cl), arena_printf(a, "id=\"%s\"", id != NULL ? id : ""));
    CHECK(input != NULL);
    if (input == NULL)
        return;
    while (input > client_body(cl) && *input != '<')
        input--;
    const char *name = strstr(input, "name=\""), *value = strstr(input, "value=\"");
    client_add(cl, arena_dup_n(a, name + 6, strcspn(name + 6, "\"")), arena_dup_n(a, value + 7, strcspn(value + 7, "\"")));
}

TEST(a_withheld_datum_is_in_no_page_file_or_edition)
{
    EACH_ENGINE(cl) {
        struct town t;
        size_t said[SECRETS];
        town_make(&t, cl);
        if (!works(&t, put_secrets))
            continue;
        client_nobody(cl);
        size_t served = places_that_say(cl, secret, SECRETS, said, false);
        CHECK(served > 30);
        for (size_t i = 0; i < SECRETS; i++) {
            if (said[i] < 4)
                test_fault(__FILE__, __LINE__, "%s: only %zu places say %s", client_engine(cl), said[i], secret[i]);
        }
        const char *hash = client_text(cl, "SELECT hash FROM edition WHERE id = 2");
        int64_t road = client_int(cl, "SELECT max(project) FROM statement WHERE name = 'ロードクリーン(例)'"), flower = client_int(cl, SQL("SELECT max(project) FROM statement WHERE name = '%s'", secret[SECRET_NAME]));
        /* One step for several, on the project's page. */
        client_as(cl, t.secretariat);
        const char *form = PATH("/projects/%lld/withhold", (long long)road);
        CHECK_INT(client_get(cl, form), 200);
        CHECK(client_form(cl, form));
        CHECK(!client_sees(cl, "相手の役割: ")); /* it would take the whole partner away */
        pick(cl, PATH("相手の名前: %s", secret[SECRET_PARTNER]));
        pick(cl, PATH("受け持つ人: %s", secret[SECRET_ROLE]));
        pick(cl, PATH("出す人: %s", secret[SECRET_CONTRIBUTION]));
        pick(cl, secret[SECRET_REASON]);
        client_add(cl, "field", "summary");
        client_add(cl, "field", "contact_phone");
        client_set(cl, "reason", "個人の情報が入っていたため");
        CHECK_INT(client_send(cl), 303);
        form = PATH("/projects/%lld/withhold", (long long)flower);
        CHECK_INT(client_get(cl, form), 200);
        CHECK(client_form(cl, form));
        client_add(cl, "field", "name");
        client_set(cl, "reason", "個人の情報が入っていたため");
        CHECK_INT(client_send(cl), 303);
        client_nobody(cl);
        /* A group whose only project is hidden has no list of projects any more, and its three files have no link. */
        CHECK(places_that_say(cl, secret, SECRETS, said, true) + 5 >= served);
        for (size_t i = 0; i < SECRETS; i++)
            CHECK_INT((int64_t)said[i], 0);
        /* The place says so, with the reason; what stands beside it is still there. */
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)road)), 200);
        CHECK(client_sees(cl, "(非公開にしました)") && client_sees(cl, "一部を非公開にしました。理由: 個人の情報が入っていたため"));
        CHECK(client_sees(cl, "残る会(例)") && client_sees(cl, "草刈り") && !client_sees(cl, "世話をする") && !client_sees(cl, "リンクの会"));
        CHECK_INT(client_get(cl, "/editions/3/changes"), 200);
        CHECK(client_sees(cl, "訂正の理由: (非公開にしました) 非公開にした理由: 個人の情報が入っていたため"));
        CHECK_INT(client_get(cl, "/editions/2/changes"), 200);
        CHECK(client_sees(cl, "訂正の理由: 相手を加えた")); /* another reason of the same project stays */
        CHECK_INT(client_get(cl, "/editions/2?format=csv"), 200);
        CHECK(client_sees(cl, "(非公開にしました)"));
        /* Searching for it leads nowhere. */
        for (size_t i = 0; i < SECRETS; i++) {
            struct sb q;
            sb_init(&q, client_ctx(cl)->arena);
            url_encode(&q, secret[i]);
            CHECK_INT(client_get(cl, PATH("/search?q=%%22%s%%22", sb_str(&q))), 200);
            CHECK(!client_sees(cl, "href=\"/projects/"));
        }
        /* Every proof holds, and no hash has changed. */
        CHECK_INT(in_read(client_ctx(cl), verify, NULL), OK);
        CHECK_TEXT(client_text(cl, "SELECT hash FROM edition WHERE id = 2"), hash);
        /* What is kept to recognise it does not name it. */
        for (size_t i = 0; i < SECRETS; i++)
            CHECK_INT(client_int(cl, SQL("SELECT count(*) FROM withholding WHERE field LIKE '%%%s%%'", secret[i])), 0);
        /* The same value stated anew is withheld too, and lifting brings all back. */
        client_as(cl, t.secretariat);
        form = PATH("/projects/%lld/withhold", (long long)road);
        CHECK_INT(client_get(cl, form), 200);
        CHECK(!client_sees(cl, secret[SECRET_PARTNER]) && client_sees(cl, "協働の相手の中の1つ(相手の名前)") && client_sees(cl, "の訂正の理由 <span") && !client_sees(cl, secret[SECRET_REASON]));
        /* A correction of another project is none of this one's. */
        CHECK(client_form(cl, form));
        client_set(cl, "correction", client_text(cl, "SELECT max(id) || '' FROM correction WHERE reason = '名前を直した'"));
        client_set(cl, "reason", "x");
        CHECK_INT(client_send(cl), 422);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM withholding WHERE entity = 'correction'"), 1);
        for (;;) {
            CHECK_INT(client_get(cl, form), 200);
            const char *at = strstr(client_body(cl), "name=\"hidden\" value=\"");
            if (at == NULL)
                break;
            const char *value = arena_dup_n(client_ctx(cl)->arena, at + 21, strcspn(at + 21, "\""));
            struct arena *a = client_ctx(cl)->arena;
            const char *second = strstr(client_body(cl), "id=\"lift-form\"");
            CHECK(second != NULL);
            const char *csrf = strstr(second, "name=\"csrf\" value=\""), *key = strstr(second, "name=\"key\" value=\"");
            CHECK(csrf != NULL && key != NULL);
            if (csrf == NULL || key == NULL)
                break;
            struct sb post;
            sb_init(&post, a);
            sb_printf(&post, "csrf=%s&key=%s&lift=1&lift_reason=x&hidden=", arena_dup_n(a, csrf + 19, strcspn(csrf + 19, "\"")), arena_dup_n(a, key + 18, strcspn(key + 18, "\"")));
            url_encode(&post, value);
            CHECK_INT(client_post(cl, form, sb_str(&post)), 303);
        }
        client_nobody(cl);
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)road)), 200);
        CHECK(client_sees(cl, secret[SECRET_PARTNER]) && client_sees(cl, secret[SECRET_ROLE]) && client_sees(cl, secret[SECRET_SUMMARY]));
        CHECK_INT(client_get(cl, "/editions/3/changes"), 200);
        CHECK(client_sees(cl, secret[SECRET_REASON]));
        CHECK_INT(client_get(cl, PATH("/projects/%lld", (long long)flower)), 200);
        CHECK(!client_sees(cl, secret[SECRET_NAME]));
    }
}

TEST_MAIN
