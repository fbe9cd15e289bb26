/* Doors and accounts, as a browser sees them. */
#include "http/client.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "area/people/people.h"
#include "base/text.h"
#include "core/audit.h"
#include "core/job.h"
#include "core/live.h"
#include "core/session.h"

enum { T0 = 1780000000 }; /* 2026-05-29 in Tokyo */

static int try_login(struct client *cl, const char *login_name, const char *password)
{
    client_nobody(cl);
    CHECK_INT(client_get(cl, "/login"), 200);
    CHECK(client_form(cl, "/login"));
    client_set(cl, "login", login_name);
    client_set(cl, "password", password);
    return client_send(cl);
}

/* The page without what differs by design: the keys of forms. */
static const char *without_keys(struct client *cl)
{
    char *s = arena_dup(client_ctx(cl)->arena, client_body(cl));
    for (char *p = s; (p = strstr(p, "value=\"")) != NULL;) {
        p += 7;
        size_t n = strcspn(p, "\"");
        if (n >= 32 && strspn(p, "0123456789abcdef") == n)
            memset(p, '0', n);
        p += n;
    }
    return s;
}

TEST(login_and_logout)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "operator", NONE, NONE);
        CHECK_TEXT(client_header_of(cl, "Location"), "/home");
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_sees(cl, "例 operator1"));
        /* Only the hash of the token is kept. */
        CHECK_INT(client_int(cl, "SELECT length(token_hash) FROM session"), 64);
        CHECK(client_form(cl, "/logout"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM session"), 0);
        CHECK_INT(client_get(cl, "/account"), 303);
        CHECK(strstr(client_header_of(cl, "Location"), "/login") != NULL);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what = 'login' OR what = 'logout'"), 2);
    }
}

TEST(nobody_learns_whether_an_account_exists)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        const char *known = client_user(cl, "secretariat", NONE, NONE);
        client_user(cl, "operator", NONE, NONE);
        client_exec(cl, "INSERT INTO account (login, name, active, demo, made_at) VALUES ('no-password', 'x', TRUE, FALSE, 0)");
        client_exec(cl, "INSERT INTO account (login, name, password_hash, active, demo, made_at) SELECT 'shut', 'x', password_hash, FALSE, FALSE, 0 FROM account WHERE login LIKE 'operator%'");
        client_exec(cl, "INSERT INTO account (login, name, password_hash, active, demo, made_at) SELECT 'no-duty', 'x', password_hash, TRUE, FALSE, 0 FROM account WHERE login LIKE 'operator%'");
        static const struct { const char *login, *password; } wrong[] = {
            {NULL, "wrong-password"}, {"nobody-at-all", CLIENT_PASSWORD}, {"no-password", CLIENT_PASSWORD}, {"shut", CLIENT_PASSWORD}, {"no-duty", CLIENT_PASSWORD}, {"", ""},
        };
        const char *first = NULL;
        for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
            CHECK_INT(try_login(cl, wrong[i].login != NULL ? wrong[i].login : known, wrong[i].password), 422);
            CHECK(client_sees(cl, "利用者名かパスワードがちがいます"));
            /* Word for word the same but for the login name that was typed. */
            char *page = (char *)(uintptr_t)without_keys(cl), *at = strstr(page, "id=\"login\"");
            CHECK(at != NULL);
            if (at == NULL)
                continue;
            char *value = strstr(at, " value=\"");
            if (value != NULL && value < strchr(at, '>'))
                memmove(value, strchr(value + 8, '"') + 1, strlen(strchr(value + 8, '"') + 1) + 1);
            if (first == NULL)
                first = page;
            CHECK_TEXT(page, first);
        }
        CHECK_INT(try_login(cl, known, CLIENT_PASSWORD), 303);
    }
}

TEST(delays_not_locks)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        const char *known = client_user(cl, "secretariat", NONE, NONE);
        const char *names[] = {known, "nobody-at-all"};
        for (size_t i = 0; i < 2; i++) { /* the same for an account that does not exist */
            int64_t now = T0 + (int64_t)i * 10000;
            client_clock(cl, now);
            CHECK_INT(try_login(cl, names[i], "wrong-1"), 422);
            CHECK_INT(try_login(cl, names[i], "wrong-2"), 422);
            CHECK(client_sees(cl, "ちがいます"));
            static const int64_t waits[] = {1, 2, 4, 8, 16, 32, 60, 60};
            for (size_t k = 0; k < sizeof waits / sizeof waits[0]; k++) {
                CHECK_INT(try_login(cl, names[i], CLIENT_PASSWORD), 422); /* too early: not even looked at */
                CHECK(client_sees(cl, arena_printf(client_ctx(cl)->arena, "%lld秒待ってから", (long long)waits[k])));
                now += waits[k];
                client_clock(cl, now);
                CHECK_INT(try_login(cl, names[i], "wrong-again"), 422);
                CHECK(client_sees(cl, "ちがいます"));
            }
        }
        client_clock(cl, T0 + 20000);
        CHECK_INT(try_login(cl, known, CLIENT_PASSWORD), 303);
        CHECK_INT(try_login(cl, known, "wrong-1"), 422); /* a success forgets what was before */
        CHECK_INT(try_login(cl, known, CLIENT_PASSWORD), 303);
    }
}

TEST(delays_of_an_address)
{
    struct live *live = live_new();
    const struct live_subject s = {.kind = "address", .name = "192.0.2.1", .free = 20, .mend = 10};
    for (int i = 0; i < 21; i++)
        CHECK_INT(live_attempt(live, &s, 1, T0), i < 21 ? 0 : 1);
    CHECK_INT(live_attempt(live, &s, 1, T0), 1);
    CHECK_INT(live_attempt(live, &s, 1, T0 + 1), 0);
    CHECK_INT(live_attempt(live, &s, 1, T0 + 1), 2);
    CHECK_INT(live_attempt(live, &s, 1, T0 + 100), 0); /* recovered */
    live_free(live);
}

/* The first morning of a round: two hundred sections behind one address sign in within a minute. */
TEST(who_signs_in_rightly_slows_nobody_down)
{
    struct live *live = live_new();
    const struct live_subject s = {.kind = "address", .name = "192.0.2.1", .free = 20, .mend = 10};
    for (int i = 0; i < 10; i++)
        CHECK_INT(live_attempt(live, &s, 1, T0), 0); /* ten that fail */
    for (int i = 0; i < 200; i++) {
        CHECK_INT(live_attempt(live, &s, 1, T0), 0);
        live_give_back(live, &s);
    }
    for (int i = 0; i < 12; i++)
        CHECK_INT(live_attempt(live, &s, 1, T0), i < 11 ? 0 : 1); /* the ten still count */
    live_free(live);
}

TEST(many_attempts_at_once_gain_nothing)
{
    struct live *live = live_new();
    const struct live_subject s = {.kind = "login", .name = "x", .free = 1};
    int taken = 0;
    for (int i = 0; i < 100; i++)
        taken += live_attempt(live, &s, 1, T0) == 0;
    CHECK_INT(taken, 2);
    live_succeeded(live, &s);
    CHECK_INT(live_attempt(live, &s, 1, T0), 0);
    /* Memory is bounded: a flood of names does not lift the delay of one that was just used. */
    CHECK_INT(live_attempt(live, &s, 1, T0 + 1), 0);
    for (int i = 0; i < 3000; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        live_attempt(live, &(struct live_subject){.kind = "login", .name = name, .free = 1}, 1, T0);
    }
    CHECK_INT(live_attempt(live, &s, 1, T0 + 1), 1);
    live_free(live);
}

TEST(a_session_ends)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "secretariat", NONE, NONE);
        client_clock(cl, T0 + 12 * 3600 - 1);
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK_INT(client_int(cl, "SELECT used_at FROM session"), T0); /* a GET writes nothing */
        client_clock(cl, T0 + 20 * 3600);
        CHECK_INT(client_get(cl, "/account"), 200); /* memory knows the last use */
        CHECK_INT(in_write(client_ctx(cl), (enum err(*)(struct ctx *, void *))(void (*)(void))sessions_flush, NULL), OK);
        CHECK_INT(client_int(cl, "SELECT used_at FROM session"), T0 + 20 * 3600);
        for (int64_t t = T0 + 30 * 3600; t < T0 + 7 * 86400; t += 10 * 3600) {
            client_clock(cl, t);
            CHECK_INT(client_get(cl, "/account"), 200);
        }
        client_clock(cl, T0 + 7 * 86400);
        CHECK_INT(client_get(cl, "/account"), 303); /* seven days at most */
        CHECK_INT(in_write(client_ctx(cl), (enum err(*)(struct ctx *, void *))(void (*)(void))sessions_flush, NULL), OK);
        client_user(cl, "secretariat", NONE, NONE);
        client_clock(cl, T0 + 7 * 86400 + 12 * 3600);
        CHECK_INT(client_get(cl, "/account"), 303); /* twelve hours unused */
        client_clock(cl, T0 + 8 * 86400);
        client_user(cl, "secretariat", NONE, NONE);
        client_app(cl)->cut_off = T0 + 8 * 86400 + 1;
        CHECK_INT(client_get(cl, "/account"), 303); /* a restore ends what was open before */
        client_app(cl)->cut_off = 0;
        CHECK_INT(client_get(cl, "/account"), 200);
        client_exec(cl, "UPDATE account SET active = FALSE");
        CHECK_INT(client_get(cl, "/account"), 303);
        client_exec(cl, "UPDATE account SET active = TRUE");
        client_exec(cl, "UPDATE duty SET until = since");
        CHECK_INT(client_get(cl, "/account"), 303);
    }
}

TEST(csrf)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "operator", NONE, NONE);
        CHECK_INT(client_post(cl, "/logout", "x=1"), 403);
        CHECK_INT(client_post(cl, "/logout", "csrf=0000000000000000000000000000000000000000000000000000000000000000"), 403);
        client_get(cl, "/account");
        CHECK(client_form(cl, "/logout"));
        client_header(cl, "Sec-Fetch-Site: cross-site");
        CHECK_INT(client_send(cl), 403);
        client_header(cl, "Sec-Fetch-Site: same-site");
        CHECK_INT(client_send(cl), 403);
        static const char *const foreign[] = {"https://kyodo.example.jp.example.com", "null", "http://kyodo.example.jp:81", "kyodo.example.jp"};
        for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
            const char *raw = arena_printf(client_ctx(cl)->arena, "POST /login HTTP/1.1\r\nHost: kyodo.example.jp\r\nOrigin: %s\r\n"
                                           "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b", foreign[i]);
            CHECK_INT(client_raw(cl, raw, strlen(raw)), 403);
            CHECK(client_sees(cl, "ほかのサイトから送られた"));
        }
        client_get(cl, "/account");
        CHECK(client_form(cl, "/logout"));
        const char *token = arena_dup(client_ctx(cl)->arena, client_value(cl, "csrf"));
        /* Without a session the token of the form's own cookie counts, and no other. */
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/login"), 200);
        CHECK(client_form(cl, "/login"));
        CHECK(strcmp(client_value(cl, "csrf"), token) != 0);
        client_set(cl, "csrf", token);
        client_set(cl, "login", "operator1@example.jp");
        client_set(cl, "password", CLIENT_PASSWORD);
        CHECK_INT(client_send(cl), 403);
        client_as(cl, "operator1@example.jp");
        client_get(cl, "/account");
        CHECK(client_form(cl, "/logout"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM session"), 2);
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM session"), 1);
    }
}

static enum err run_jobs(struct client *cl)
{
    struct failure f;
    failure_init(&f, client_ctx(cl)->arena);
    struct db *db = NULL;
    TRY(db_open(client_app(cl)->env, DB_WRITER, &db, &f));
    enum err e = jobs_run_due(client_app(cl), db);
    db_close(db);
    return e;
}

TEST(forgotten)
{
    EACH_ENGINE(cl) {
        client_app(cl)->base_url = "http://kyodo.example.jp";
        client_clock(cl, T0);
        const char *known = client_user(cl, "operator", NONE, NONE);
        const char *page = NULL;
        const char *names[] = {"nobody-at-all", known};
        for (size_t i = 0; i < 2; i++) {
            client_nobody(cl);
            CHECK_INT(client_get(cl, "/forgot"), 200);
            CHECK(client_form(cl, "/forgot"));
            client_set(cl, "login", names[i]);
            CHECK_INT(client_send(cl), 303);
            CHECK_INT(client_follow(cl), 200);
            if (page == NULL)
                page = arena_dup(client_ctx(cl)->arena, client_body(cl));
            CHECK_TEXT(client_body(cl), page);
        }
        CHECK_INT(client_int(cl, "SELECT count(*) FROM job WHERE kind = 'account.forgot'"), 2); /* the same work on the request */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox"), 0);
        CHECK_INT(run_jobs(cl), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM invitation WHERE purpose = 'reset'"), 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox"), 1);
        /* Asked again at once: the letter under way is good. */
        client_clock(cl, T0 + 100);
        client_get(cl, "/forgot");
        client_form(cl, "/forgot");
        client_set(cl, "login", known);
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(run_jobs(cl), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox"), 1);
        /* The letter's code sets a new password, once. */
        const char *body = client_text(cl, "SELECT body FROM outbox"), *at = strstr(body, "/invitation?code=");
        CHECK(at != NULL);
        if (at == NULL)
            continue;
        const char *target = arena_dup_n(client_ctx(cl)->arena, at, strcspn(at, "\n"));
        CHECK_INT(client_get(cl, target), 200);
        CHECK(client_sees(cl, known));
        CHECK(client_form(cl, "/invitation"));
        client_set(cl, "password", "short");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "パスワードは8字以上にしてください(いまは5字です)"));
        CHECK(client_form(cl, "/invitation"));
        client_set(cl, "password", "sakura2026");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "よく使われるパスワード"));
        CHECK(client_form(cl, "/invitation"));
        client_set(cl, "password", "asagao to yuugao");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM session"), 0); /* whoever was in is out */
        CHECK_INT(client_get(cl, target), 422);
        CHECK(client_sees(cl, "この番号は使えません"));
        CHECK(strstr(client_text(cl, "SELECT body FROM outbox"), "code=") == NULL);
        CHECK_INT(try_login(cl, known, CLIENT_PASSWORD), 422);
        CHECK_INT(try_login(cl, known, "asagao to yuugao"), 303);
    }
}

TEST(a_code_runs_out)
{
    EACH_ENGINE(cl) {
        client_app(cl)->base_url = "http://kyodo.example.jp";
        client_clock(cl, T0);
        const char *who = client_user(cl, "operator", NONE, NONE);
        CHECK_INT(client_get(cl, "/users/1"), 200);
        CHECK(client_form(cl, "/users/1/code"));
        CHECK_INT(client_send(cl), 303);
        CHECK(strstr(client_header_of(cl, "Location"), "/letters/") != NULL); /* no mail server: on paper */
        const char *at = strstr(client_text(cl, "SELECT body FROM outbox"), "/invitation?code=");
        CHECK(at != NULL);
        if (at == NULL)
            continue;
        const char *target = arena_dup_n(client_ctx(cl)->arena, at, strcspn(at, "\n"));
        client_nobody(cl);
        client_clock(cl, T0 + 86399);
        CHECK_INT(client_get(cl, target), 200);
        client_clock(cl, T0 + 86400);
        CHECK_INT(client_get(cl, target), 422);
        /* As typed from paper: small letters, full width, without lines. */
        client_clock(cl, T0 + 1);
        const char *code = strchr(target, '=') + 1;
        char small[64] = "";
        size_t n = 0;
        for (const char *p = code; *p != '\0'; p++)
            if (*p != '-')
                small[n++] = *p >= 'A' && *p <= 'Z' ? (char)(*p + 32) : *p;
        small[n] = '\0';
        CHECK_INT(client_get(cl, "/invitation"), 200);
        CHECK(client_form(cl, "/invitation"));
        client_set(cl, "code", small);
        client_set(cl, "password", "asagao to yuugao");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(try_login(cl, who, "asagao to yuugao"), 303);
    }
}

TEST(first_set_up)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        CHECK_INT(client_get(cl, "/setup"), 200);
        CHECK(client_form(cl, "/setup"));
        client_set(cl, "code", "AAAA-BBBB-CCCC");
        client_set(cl, "login", "First.User");
        client_set(cl, "name", "例 初子");
        client_set(cl, "password", "asagao to yuugao");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "番号がちがいます"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account"), 0);
        CHECK(client_form(cl, "/setup"));
        CHECK_TEXT(client_value(cl, "login"), "First.User");
        CHECK_TEXT(client_value(cl, "name"), "例 初子");
        const char *code = setup_code(client_ctx(cl));
        CHECK(code != NULL);
        if (code == NULL)
            continue;
        struct stat st;
        CHECK_INT(stat(arena_printf(client_ctx(cl)->arena, "%s/setup-code", client_app(cl)->directory), &st), 0);
        CHECK_INT(st.st_mode & 0777, 0600);
        CHECK_TEXT(setup_code(client_ctx(cl)), code);
        client_set(cl, "code", code);
        client_set(cl, "password", "asagao to yuugao");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM duty WHERE role IN ('secretariat', 'operator')"), 2);
        CHECK(setup_code(client_ctx(cl)) == NULL);
        CHECK_INT(stat(arena_printf(client_ctx(cl)->arena, "%s/setup-code", client_app(cl)->directory), &st), -1);
        CHECK_INT(client_get(cl, "/setup"), 200);
        CHECK(client_sees(cl, "はじめの設定は終わっています"));
        CHECK_INT(try_login(cl, "first.user", "asagao to yuugao"), 303);
        CHECK_INT(client_get(cl, "/users"), 200);
        CHECK(client_sees(cl, "例 初子"));
    }
}

static void new_user(struct client *cl, const char *login_name, const char *role)
{
    CHECK_INT(client_get(cl, "/users/new"), 200);
    CHECK(client_form(cl, "/users/new"));
    client_set(cl, "login", login_name);
    client_set(cl, "name", "髙﨑 𠮷");
    client_set(cl, "role", role);
}

TEST(a_new_account)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "secretariat", NONE, NONE);
        client_exec(cl, "INSERT INTO section (unit, year, level, name, position, answers, demo) VALUES (7, 2026, 'section', '例の課', 1, TRUE, FALSE)");
        new_user(cl, "example.taro", "promoter");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "所属を選んでください"));
        CHECK(client_sees(cl, "髙﨑 𠮷"));
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account"), 1);
        CHECK(client_form(cl, "/users/new"));
        CHECK_TEXT(client_value(cl, "role"), "promoter");
        client_set(cl, "unit", "7");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM duty WHERE role = 'promoter' AND unit = 7"), 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM invitation WHERE purpose = 'invite'"), 1);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "example.taro"));
        /* A double click makes one. */
        new_user(cl, "example.hanako", "secretariat");
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account"), 3);
        new_user(cl, "Example.Hanako", "secretariat");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "この利用者名はもう使われています"));
        /* Nobody makes an operator but an operator. */
        new_user(cl, "example.jiro", "operator");
        CHECK_INT(client_send(cl), 403);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM account"), 3);
        CHECK_INT(client_get(cl, "/users?q=%E9%AB%98%E5%B4%8E"), 200); /* 高崎 finds 髙﨑 */
        CHECK(client_sees(cl, "example.taro"));
        CHECK(!client_sees(cl, "secretariat1@example.jp"));
        CHECK_INT(client_get(cl, "/users?role=promoter"), 200);
        CHECK(client_sees(cl, "例の課 推進員"));
        CHECK(!client_sees(cl, "example.hanako"));
    }
}

static bool sees_login(struct client *cl, const char *login_name)
{
    return client_sees(cl, arena_printf(client_ctx(cl)->arena, ">%s</span>", login_name));
}

TEST(a_list_of_many)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "secretariat", NONE, NONE);
        for (int i = 0; i < 50; i++)
            client_exec(cl, arena_printf(client_ctx(cl)->arena, "INSERT INTO account (login, name, active, demo, made_at) VALUES ('m%03d', '例', TRUE, FALSE, 0)", i));
        CHECK_INT(client_get(cl, "/users?state=waiting"), 200);
        CHECK(sees_login(cl, "m000") && sees_login(cl, "m019") && !sees_login(cl, "m020"));
        const char *next = strstr(client_body(cl), "after=");
        CHECK(next != NULL);
        if (next == NULL)
            continue;
        const char *target = arena_printf(client_ctx(cl)->arena, "/users?state=waiting&%.*s", (int)strcspn(next, "\"&"), next);
        CHECK_INT(client_get(cl, target), 200);
        CHECK(sees_login(cl, "m020") && sees_login(cl, "m039") && !sees_login(cl, "m019") && !sees_login(cl, "m040"));
        const char *prev = strstr(client_body(cl), "after=");
        CHECK(prev != NULL);
        if (prev == NULL)
            continue;
        target = arena_printf(client_ctx(cl)->arena, "/users?state=waiting&%.*s", (int)strcspn(prev, "\"&"), prev);
        CHECK_INT(client_get(cl, target), 200);
        CHECK(sees_login(cl, "m000") && sees_login(cl, "m019") && !sees_login(cl, "m020"));
    }
}

TEST(an_account_is_shut_and_opened)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        const char *officer = client_user(cl, "officer", 7, NONE);
        client_user(cl, "operator", NONE, NONE);
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/users/1/deactivate"), 200);
        CHECK(client_sees(cl, "1台の端末"));
        CHECK(client_form(cl, "/users/1/deactivate"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM session WHERE account = 1"), 0);
        CHECK_INT(try_login(cl, officer, CLIENT_PASSWORD), 422);
        client_as(cl, "secretariat3@example.jp");
        CHECK_INT(client_get(cl, "/users/1"), 200);
        CHECK(client_form(cl, "/users/1/activate"));
        CHECK_INT(client_send(cl), 303);
        /* Never oneself, never the last one; an operator's account is the operators' business. */
        CHECK_INT(client_get(cl, "/users/3/deactivate"), 200);
        CHECK(client_form(cl, "/users/3/deactivate"));
        CHECK_INT(client_send(cl), 409);
        CHECK_INT(client_get(cl, "/users/2/deactivate"), 200);
        CHECK(client_form(cl, "/users/2/deactivate"));
        CHECK_INT(client_send(cl), 403);
        CHECK_INT(client_get(cl, "/users/2"), 200);
        CHECK(client_sees(cl, "変えられるのは管理者だけです"));
        CHECK_INT(client_get(cl, "/users/3"), 200);
        CHECK(client_form(cl, "/users/3/duties/"));
        CHECK_INT(client_send(cl), 409);
        client_as(cl, officer);
        CHECK_INT(client_get(cl, "/users"), 403);
        CHECK_INT(client_get(cl, "/users/1"), 403);
    }
}

static enum err make_operator(struct ctx *c, void *arg)
{
    (void)arg;
    return duty_add(c, 2, ROLE_OPERATOR, NONE, NONE, false);
}

TEST(nobody_becomes_an_operator_by_a_letter)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "operator", NONE, NONE);
        client_user(cl, "officer", 7, NONE);
        client_user(cl, "secretariat", NONE, NONE);
        client_nobody(cl);
        const char *names[] = {"operator1@example.jp", "officer2@example.jp"};
        for (size_t i = 0; i < 2; i++) {
            client_get(cl, "/forgot");
            CHECK(client_form(cl, "/forgot"));
            client_set(cl, "login", names[i]);
            CHECK_INT(client_send(cl), 303);
        }
        CHECK_INT(run_jobs(cl), OK);
        int64_t theirs = client_int(cl, "SELECT id FROM outbox WHERE account = 1"), officers = client_int(cl, "SELECT id FROM outbox WHERE account = 2");
        const char *target = arena_printf(client_ctx(cl)->arena, "/letters/%lld", (long long)theirs);
        client_as(cl, "secretariat3@example.jp");
        CHECK_INT(client_get(cl, target), 404);
        CHECK_INT(client_get(cl, arena_printf(client_ctx(cl)->arena, "/letters/%lld", (long long)officers)), 200);
        CHECK_INT(client_get(cl, "/letters"), 200);
        CHECK(!client_sees(cl, target));
        client_as(cl, "operator1@example.jp");
        CHECK_INT(client_get(cl, target), 200);
        /* A code given out before is void when its holder becomes an operator. */
        CHECK_INT(client_get(cl, "/users/2"), 200);
        CHECK(client_form(cl, "/users/2/code"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM invitation WHERE account = 2 AND used_at IS NULL"), 1);
        CHECK_INT(in_write(client_ctx(cl), make_operator, NULL), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM invitation WHERE account = 2 AND used_at IS NULL"), 0);
    }
}

TEST(own_account)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        const char *login_name = client_user(cl, "officer", 7, NONE);
        client_as(cl, login_name); /* a second device */
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_form(cl, "/account"));
        client_set(cl, "name", "");
        client_set(cl, "mail", "no address");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "名前を入力してください"));
        CHECK(client_sees(cl, "value=\"no address\""));
        CHECK(client_form(cl, "/account"));
        client_set(cl, "name", "例 改");
        client_set(cl, "mail", "kai@example.jp");
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, "SELECT name FROM account"), "例 改");
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_form(cl, "/account/password"));
        client_set(cl, "password_now", "not it");
        client_set(cl, "password", "asagao to yuugao");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_sees(cl, "いまのパスワードがちがいます"));
        CHECK(client_form(cl, "/account/password"));
        client_set(cl, "password_now", CLIENT_PASSWORD);
        client_set(cl, "password", "officer1@example.jp");
        CHECK_INT(client_send(cl), 422);
        CHECK(client_form(cl, "/account/password"));
        client_set(cl, "password_now", CLIENT_PASSWORD);
        client_set(cl, "password", "asagao to yuugao");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM session"), 2);
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM session"), 1); /* the others are out, this one stays */
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_form(cl, "/account/sessions"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM session"), 0);
        CHECK_INT(client_get(cl, "/account"), 303);
    }
}

static const char *refused(struct client *cl, const char *login_name, const char *password)
{
    struct ctx *c = client_ctx(cl);
    return password_check(c, "password", login_name, password) == OK ? NULL : c->fail.faults->message;
}

TEST(passwords)
{
    EACH_ENGINE(cl) {
        static const char *const bad[] = {"", "1234567", "12345678", "87654321", "password", "PASSWORD1", "Passw0rd!", "aaaaaaaa", "abcabcabc", "qwertyuiop", "sakura123", "kumamoto2026",
                                          "ｐａｓｓｗｏｒｄ", "さくら2026!!", "パスワード１２３", "19800401", "taro.rei", "Taro.Rei1", "１２３４５６７８"};
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
            if (refused(cl, "taro.rei", bad[i]) == NULL)
                fprintf(stderr, "taken: %s\n", bad[i]);
            CHECK(refused(cl, "taro.rei", bad[i]) != NULL);
        }
        char longest[130];
        memset(longest, 'a', 129);
        for (int i = 0; i < 129; i += 3)
            longest[i] = (char)('b' + i % 11);
        longest[128] = '\0';
        CHECK_TEXT(refused(cl, "taro.rei", longest), NULL);
        longest[128] = 'x';
        longest[129] = '\0';
        CHECK_TEXT(refused(cl, "taro.rei", longest), "パスワードは128字までにしてください(いまは129字です)");
        CHECK_TEXT(refused(cl, "taro.rei", "朝顔と夕顔の咲く庭"), NULL);
        CHECK_TEXT(refused(cl, "taro.rei", "asagao to yuugao"), NULL);
        CHECK_TEXT(refused(cl, "taro.rei", CLIENT_PASSWORD), NULL);
    }
}

TEST(roles_and_places)
{
    static const struct duty d[] = {{1, ROLE_PROMOTER, 7, NONE}, {2, ROLE_MEMBER, NONE, 40}};
    static const struct user u = {.id = 5, .name = "例", .roles = ROLE_PROMOTER | ROLE_MEMBER, .duty = d, .duties = 2};
    CHECK(user_on_unit(&u, SECTION_ROLES, 7) && user_on_unit(&u, ROLE_PROMOTER, 7));
    CHECK(!user_on_unit(&u, ROLE_OFFICER, 7) && !user_on_unit(&u, SECTION_ROLES, 8) && !user_on_unit(&u, SECTION_ROLES, NONE));
    CHECK(user_on_organization(&u, 40) && !user_on_organization(&u, 41) && !user_on_organization(&u, NONE));
    CHECK_INT(user_audience(&u), AUDIENCE_STAFF);
    CHECK_INT(user_audience(&user_nobody), AUDIENCE_PUBLIC);
    CHECK_INT(user_audience(&user_system), AUDIENCE_SECRETARIAT);
    CHECK(user_on_unit(&user_system, ROLE_OFFICER, 7) && !user_is(&user_system, ROLE_NOBODY) && user_is(&user_nobody, ANYONE));
    for (unsigned i = 0; i < ROLES_N; i++)
        CHECK_INT(role_from_name(role_name((enum role)(1u << i))), 1u << i);
    CHECK_INT(role_from_name("chief"), 0);
    CHECK_INT(role_from_name(NULL), 0);
}

TEST(what_was_typed_survives_a_closed_session)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        const char *login_name = client_user(cl, "officer", 7, NONE);
        CHECK_INT(client_get(cl, "/account"), 200);
        CHECK(client_form(cl, "/account"));
        client_set(cl, "name", "例 続き");
        client_exec(cl, "DELETE FROM session");
        CHECK_INT(client_send(cl), 401);
        CHECK(client_form(cl, "/login"));
        client_set(cl, "login", login_name);
        client_set(cl, "password", CLIENT_PASSWORD);
        CHECK_INT(client_send(cl), 200);
        CHECK(client_form(cl, "/account"));
        CHECK_TEXT(client_value(cl, "name"), "例 続き");
        CHECK_INT(client_send(cl), 303);
        CHECK_TEXT(client_text(cl, "SELECT name FROM account"), "例 続き");
    }
}

TEST(the_log_still_proves)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        client_user(cl, "operator", NONE, NONE);
        new_user(cl, "example.taro", "secretariat");
        CHECK_INT(client_send(cl), 303);
        struct audit_report r = {0};
        CHECK_INT(in_write(client_ctx(cl), (enum err(*)(struct ctx *, void *))(void (*)(void))audit_verify, &r), OK);
        CHECK_TEXT(r.fault, NULL);
        /* No password, no hash of one and no code is in the log. */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit_value WHERE after LIKE '%argon2%' OR after LIKE '%code=%'"), 0);
    }
}

TEST_MAIN
