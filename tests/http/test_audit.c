/* The log's proof: whatever is done to its tables behind the program's back is found. Each damage is done in a transaction that is rolled back. */
#include "http/client.h"

#include "area/people/people.h"
#include "base/text.h"
#include "core/audit.h"

struct damage { const char *sql; enum err result; const char *fault; };

static enum err do_damage(struct ctx *c, void *arg)
{
    struct damage *d = arg;
    struct audit_report r;
    TRY_DB(c, db_exec_text(c->db, d->sql, P0));
    d->result = audit_verify(c, &r);
    d->fault = r.fault;
    failure_clear(&c->fail);
    return fail(c, E_FORBIDDEN, "back"); /* rolls the damage back */
}

/* What audit_verify says after this statement; NULL: all is well. */
static const char *after(struct client *cl, const char *sql)
{
    struct damage d = {.sql = sql, .result = E_BUG};
    CHECK_INT(in_write(client_ctx(cl), do_damage, &d), E_FORBIDDEN);
    CHECK_INT(d.result, d.fault == NULL ? OK : E_CONFLICT);
    return d.fault;
}

static enum err verify(struct ctx *c, void *arg)
{
    return audit_verify(c, arg);
}

static struct audit_report now(struct client *cl)
{
    struct audit_report r = {0};
    CHECK_INT(in_write(client_ctx(cl), verify, &r), OK);
    return r;
}

static enum err some_changes(struct ctx *c, void *arg)
{
    (void)arg;
    struct account a, b;
    entity_init(&account_entity, &a);
    a.login = "log-rei";
    a.name = "例 一";
    a.mail = "old@example.jp";
    TRY(account_save(c, NULL, &a));
    b = a;
    b.mail = "new@example.jp";
    b.name = "例 二";
    TRY(account_save(c, &a, &b));
    return audit_note(c, "test.note", "account", a.id, "ことば");
}

#define CHAIN "chain = (SELECT chain FROM audit WHERE what = 'account.change')"
#define ROW CHAIN " AND n = (SELECT n FROM audit WHERE what = 'account.change')"

TEST(every_damage_is_found)
{
    EACH_ENGINE(cl) {
        CHECK_INT(in_write(client_ctx(cl), some_changes, NULL), OK);
        struct audit_report r = now(cl);
        CHECK(r.fault == NULL);
        CHECK(r.rows >= 4);
        CHECK_INT(r.rows, client_int(cl, "SELECT count(*) FROM audit"));
        static const struct { const char *sql, *says; } table[] = {
            {"UPDATE audit SET what = 'account.other' WHERE " ROW, "書き換え"},
            {"UPDATE audit SET who = 'somebody else' WHERE " ROW, "書き換え"},
            {"UPDATE audit SET at = at + 1 WHERE " ROW, "書き換え"},
            {"UPDATE audit SET account = account + 1 WHERE " ROW, "書き換え"},
            {"UPDATE audit SET record = record + 1 WHERE " ROW, "書き換え"},
            {"UPDATE audit SET entity = NULL WHERE " ROW, "書き換え"},
            {"UPDATE audit SET diff = '[]' WHERE " ROW, "書き換え"},
            {"UPDATE audit SET hash = '00' WHERE " ROW, "書き換え"},
            {"DELETE FROM audit WHERE " ROW, "消され"},
            {"DELETE FROM audit WHERE n = 1", "消され"},
            {"DELETE FROM audit WHERE n = (SELECT max(n) FROM audit)", "切り取"},
            {"DELETE FROM audit", "切り取"},
            {"DELETE FROM audit WHERE n > 0 AND n >= (SELECT n FROM audit WHERE what = 'account.change')", "切り取"},
            {"INSERT INTO audit (chain, n, at, account, who, what, entity, record, diff, hash) "
             "SELECT chain, n + 1000, at, account, who, what, entity, record, diff, hash FROM audit WHERE n = 1", "消され"},
            {"INSERT INTO audit (chain, n, at, account, who, what, entity, record, diff, hash) "
             "SELECT audit.chain, audit_head.n + 1, at, account, who, what, entity, record, diff, audit.hash FROM audit JOIN audit_head ON audit_head.chain = audit.chain "
             "WHERE audit.n = audit_head.n", "書き換え"},
            {"INSERT INTO audit (chain, n, at, account, who, what, entity, record, diff, hash) "
             "SELECT chain + 7, n, at, account, who, what, entity, record, diff, hash FROM audit WHERE n = 1", "先頭がありません"},
            {"UPDATE audit_head SET n = n - 1", "差し込"},
            {"UPDATE audit_head SET hash = 'ff'", "先頭"},
            {"UPDATE audit_head SET n = n + 1", "切り取"},
            {"DELETE FROM audit_head", "先頭がありません"},
            {"UPDATE audit_value SET after = 'x@example.jp' WHERE field = 'mail' AND " ROW, "書き換え"},
            {"UPDATE audit_value SET before = NULL WHERE field = 'mail' AND " ROW, "書き換え"},
            {"UPDATE audit_value SET field = 'login' WHERE field = 'mail' AND " ROW, "書き換え"},
            {"UPDATE audit_value SET salt = '' WHERE field = 'mail' AND " ROW, "書き換え"},
            {"UPDATE audit_value SET personal = FALSE WHERE field = 'mail' AND " ROW, "書き換え"},
            {"DELETE FROM audit_value WHERE field = 'mail' AND " ROW, "消され"},
            {"INSERT INTO audit_value (chain, n, position, field, after, salt, personal) SELECT chain, n, 9, 'x', 'y', 'z', FALSE FROM audit WHERE " ROW, "差し込"},
            {"INSERT INTO audit_value (chain, n, position, field, after, salt, personal) SELECT chain, 100000, 0, 'x', 'y', 'z', FALSE FROM audit WHERE " ROW, "値だけ"},
            /* Erasing needs its mark, blank values, and a field that is personal. */
            {"UPDATE audit_value SET before = NULL, after = NULL WHERE field = 'mail' AND " ROW, "書き換え"},
            {"UPDATE audit_value SET erased_at = 1, after = 'x@example.jp' WHERE field = 'mail' AND " ROW, "書き換え"},
            {"UPDATE audit_value SET erased_at = 1, after = NULL WHERE field = 'note'", "書き換え"},
            {"UPDATE audit_value SET erased_at = 1, personal = TRUE, after = NULL WHERE field = 'note'", "書き換え"},
        };
        for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
            const char *fault = after(cl, table[i].sql);
            bool said = fault != NULL && strstr(fault, table[i].says) != NULL;
            if (!said)
                fprintf(stderr, "%s: %s: %s\n", client_engine(cl), table[i].sql, fault != NULL ? fault : "all is well");
            CHECK(said);
        }
        CHECK_TEXT(after(cl, "UPDATE audit_value SET before = NULL, after = NULL, salt = '', erased_at = 1 WHERE field = 'mail' AND personal"), NULL);
        CHECK_TEXT(after(cl, "UPDATE account SET name = 'other'"), NULL); /* other tables are not the log's business */
        CHECK(now(cl).fault == NULL);
    }
}

TEST(the_row_is_named)
{
    EACH_ENGINE(cl) {
        CHECK_INT(in_write(client_ctx(cl), some_changes, NULL), OK);
        const char *place = client_text(cl, "SELECT chain || ':' || n FROM audit WHERE what = 'account.change'");
        const char *fault = after(cl, "UPDATE audit SET who = 'x' WHERE " ROW);
        CHECK(fault != NULL && strstr(fault, place) != NULL);
    }
}

TEST(values_are_not_in_the_row)
{
    EACH_ENGINE(cl) {
        CHECK_INT(in_write(client_ctx(cl), some_changes, NULL), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE diff LIKE '%example.jp%'"), 0);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit_value WHERE field = 'mail' AND before = 'old@example.jp' AND after = 'new@example.jp' AND personal"), 1);
        /* The same value in two rows has two hashes: nobody can look for it. */
        CHECK_INT(client_int(cl, "SELECT count(*) - count(DISTINCT salt) FROM audit_value"), 0);
    }
}

static enum err day(struct ctx *c, void *arg)
{
    (void)arg;
    return audit_note(c, "audit.day", NULL, NONE, audit_heads(c));
}

TEST(each_writer_has_its_chain)
{
    EACH_ENGINE(cl) {
        struct arena *a = arena_new();
        struct ctx other;
        CHECK_INT(ctx_open(client_app(cl), a, DB_WRITER, &user_system, &other), OK);
        CHECK_INT(in_write(client_ctx(cl), some_changes, NULL), OK);
        CHECK_INT(in_write(&other, day, NULL), OK);
        bool sqlite = strcmp(client_engine(cl), "sqlite") == 0;
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit_head"), sqlite ? 1 : 2);
        CHECK_INT(in_write(client_ctx(cl), day, NULL), OK);
        struct audit_report r = now(cl);
        CHECK_INT(r.chains, sqlite ? 1 : 2);
        ctx_close(&other);
        arena_free(a);
        if (sqlite)
            continue;
        /* A chain taken out as a whole, head and all: the day's row remembers it. */
        const char *whole = "DELETE FROM audit_value WHERE chain = 2";
        client_exec(cl, whole);
        client_exec(cl, "DELETE FROM audit WHERE chain = 2");
        const char *fault = after(cl, "DELETE FROM audit_head WHERE chain = 2");
        CHECK(fault != NULL && strstr(fault, "2:1") != NULL);
    }
}

static enum err fails_late(struct ctx *c, void *arg)
{
    TRY(some_changes(c, arg));
    return fail(c, E_INPUT, "no");
}

TEST(what_is_rolled_back_leaves_no_gap)
{
    EACH_ENGINE(cl) {
        CHECK_INT(in_write(client_ctx(cl), fails_late, NULL), E_INPUT);
        CHECK_INT(in_write(client_ctx(cl), some_changes, NULL), OK);
        CHECK(now(cl).fault == NULL);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what = 'account.add'"), 1);
    }
}

struct history { struct audit_line *v; size_t n; const struct user *who; };

static enum err read_history(struct ctx *c, void *arg)
{
    struct history *h = arg;
    c->user = h->who;
    enum err e = audit_history(c, "account", 1, 20, &h->v, &h->n);
    c->user = &user_system;
    return e;
}

TEST(history_of_a_record)
{
    EACH_ENGINE(cl) {
        CHECK_INT(in_write(client_ctx(cl), some_changes, NULL), OK);
        struct history h = {.who = &user_system};
        CHECK_INT(in_write(client_ctx(cl), read_history, &h), OK);
        bool mail = false, made = false, note = false;
        for (size_t i = 0; i < h.n; i++) {
            mail = mail || (text_eq(h.v[i].field, "メール") && text_eq(h.v[i].before, "old@example.jp") && text_eq(h.v[i].after, "new@example.jp"));
            made = made || (text_eq(h.v[i].what, "account.add") && h.v[i].field == NULL && h.v[i].after == NULL);
            note = note || (text_eq(h.v[i].what, "test.note") && text_eq(h.v[i].after, "ことば"));
            CHECK_TEXT(h.v[i].who, "system");
        }
        CHECK(mail && made && note);
        /* Whoever may not see a field does not see what it was either. */
        h = (struct history){.who = &user_nobody};
        CHECK_INT(in_write(client_ctx(cl), read_history, &h), OK);
        CHECK(h.n > 0);
        for (size_t i = 0; i < h.n; i++)
            CHECK(h.v[i].after == NULL || strstr(h.v[i].after, "example.jp") == NULL);
    }
}

static enum err look(struct ctx *c, void *arg)
{
    return view_log(c, arg);
}

TEST(views_are_noted)
{
    EACH_ENGINE(cl) {
        CHECK_INT(in_write(client_ctx(cl), look, (void *)(uintptr_t) "/users/1"), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM view_log WHERE path = '/users/1'"), 1);
    }
}

TEST_MAIN
