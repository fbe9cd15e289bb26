/* Every route × every role, from the route tables themselves: who may not is turned away before the handler, who may is not; a POST without
 * its token is refused for everybody; nothing that a role may open ends in a 500. */
#include "base/date.h"
#include "base/text.h"
#include "core/page.h"
#include "http/register_http.h"

static const enum role every_role[] = {ROLE_NOBODY, ROLE_MEMBER, ROLE_OFFICER, ROLE_PROMOTER, ROLE_SECRETARIAT, ROLE_OPERATOR,
                                       ROLE_COLLATOR, ROLE_APPROVER, ROLE_MUNICIPALITY};

/* The pattern with ids that exist in the town: 1 everywhere. Names by what stands there. */
static const char *address(struct arena *a, const char *pattern)
{
    struct sb b;
    sb_init(&b, a);
    for (const char *p = pattern; *p != '\0';) {
        if (*p != ':') {
            sb_char(&b, *p++);
            continue;
        }
        size_t n = strcspn(p, "/");
        sb_add(&b, n == 5 && strncmp(p, ":name", 5) == 0 ? (text_starts(pattern, "/vocabulary") ? "form" : "XXXX-YYYY") : "1");
        p += n;
    }
    return sb_str(&b);
}

static const char *token(struct client *cl)
{
    client_get(cl, "/login");
    if (client_form(cl, "/login") && client_value(cl, FORM_CSRF) != NULL)
        return client_value(cl, FORM_CSRF);
    client_get(cl, "/account");
    return client_form(cl, "/logout") ? client_value(cl, FORM_CSRF) : "";
}

static bool turned_away(int status, const struct client *cl, enum role role)
{
    const char *to = client_header_of(cl, "Location");
    if (role == ROLE_NOBODY)
        return status == 401 || (status == 303 && to != NULL && text_starts(to, "/login"));
    return status == 403;
}

static void try_route(struct client *cl, const struct route *r, enum role role, const char *csrf)
{
    struct arena *a = client_ctx(cl)->arena;
    const char *to = address(a, r->pattern);
    bool post = r->method == HTTP_POST, may = (r->who & (uint32_t)role) != 0;
    int status = post ? client_post(cl, to, arena_printf(a, FORM_CSRF "=%s", csrf)) : client_get(cl, to);
    bool away = turned_away(status, cl, role);
    /* Who may enter can still be turned away by the record itself (another section's answer): only the role's own door is meant here,
     * and for the secretariat and the operator, whose duty is the whole, there is no other. */
    bool whole = role == ROLE_SECRETARIAT || role == ROLE_OPERATOR;
    bool invited = text_starts(r->pattern, "/setup"); /* a page that closes for good once there is an account */
    if (!may && !away)
        test_fault(__FILE__, __LINE__, "%s: %s %s lets %s in (%d)", client_engine(cl), post ? "POST" : "GET", to, role_name(role), status);
    if (may && away && whole && !invited)
        test_fault(__FILE__, __LINE__, "%s: %s %s turns %s away (%d)", client_engine(cl), post ? "POST" : "GET", to, role_name(role), status);
    if (status >= 500 || status == 0)
        test_fault(__FILE__, __LINE__, "%s: %s %s as %s: %d", client_engine(cl), post ? "POST" : "GET", to, role_name(role), status);
}

/* What would end the visit itself. */
static bool ends_the_visit(const struct route *r)
{
    return strcmp(r->pattern, "/logout") == 0 || strcmp(r->pattern, "/account/sessions") == 0;
}

TEST(every_route_for_every_role)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        for (size_t k = 0; k < sizeof every_role / sizeof *every_role; k++) {
            enum role role = every_role[k];
            if (role == ROLE_NOBODY)
                client_nobody(cl);
            else
                client_user(cl, role_name(role), role == ROLE_OFFICER || role == ROLE_PROMOTER ? t.unit[ROAD] : NONE, NONE);
            const char *csrf = token(cl);
            for (size_t i = 0; areas[i] != NULL; i++)
                for (const struct route *r = areas[i]->routes; r != NULL && r->pattern != NULL; r++)
                    if (!ends_the_visit(r))
                        try_route(cl, r, role, csrf);
        }
    }
}

TEST(no_post_without_its_token_or_from_elsewhere)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_user(cl, "secretariat", NONE, NONE);
        const char *csrf = token(cl);
        struct arena *a = client_ctx(cl)->arena;
        for (size_t i = 0; areas[i] != NULL; i++)
            for (const struct route *r = areas[i]->routes; r != NULL && r->pattern != NULL; r++) {
                if (r->method != HTTP_POST || !(r->who & ROLE_SECRETARIAT) || ends_the_visit(r) || (r->flags & ROUTE_NO_CSRF))
                    continue;
                const char *to = address(a, r->pattern);
                int64_t rows = client_int(cl, "SELECT count(*) FROM audit");
                CHECK_INT(client_post(cl, to, "a=b"), 403);
                client_header(cl, "Sec-Fetch-Site: cross-site");
                CHECK_INT(client_post(cl, to, arena_printf(a, FORM_CSRF "=%s", csrf)), 403);
                CHECK_INT(client_int(cl, "SELECT count(*) FROM audit"), rows);
            }
    }
}

/* A GET changes nothing: every one that the secretariat may open leaves every table but the view log as it was. */
TEST(no_get_writes)
{
    EACH_ENGINE(cl) {
        struct town t;
        town_open(&t, cl);
        client_user(cl, "secretariat", NONE, NONE);
        struct arena *a = client_ctx(cl)->arena;
        static const char *const tables[] = {"audit", "outbox", "statement", "answer", "inquiry", "idempotency", "account", "invitation", "organization", "edition", "job", "setting", "session"};
        for (size_t i = 0; areas[i] != NULL; i++)
            for (const struct route *r = areas[i]->routes; r != NULL && r->pattern != NULL; r++) {
                if (r->method != HTTP_GET)
                    continue;
                int64_t before = 0, after = 0;
                for (size_t k = 0; k < sizeof tables / sizeof *tables; k++)
                    before += client_int(cl, arena_printf(a, "SELECT count(*) FROM %s", tables[k]));
                client_get(cl, address(a, r->pattern));
                for (size_t k = 0; k < sizeof tables / sizeof *tables; k++)
                    after += client_int(cl, arena_printf(a, "SELECT count(*) FROM %s", tables[k]));
                if (before != after)
                    test_fault(__FILE__, __LINE__, "%s: GET %s writes", client_engine(cl), r->pattern);
            }
    }
}

TEST_MAIN
