#include "http/client.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/date.h"
#include "core/session.h"

struct pair { const char *name, *value; };
struct pairs { struct pair *v; size_t n, cap; };

struct client {
    struct arena *arena;       /* lives as long as the instance */
    int engine;
    char *directory, *where, *database;
    struct app *app;
    struct ctx ctx;
    struct pairs cookies, fields, headers;
    const char *action;
    const char *answer, *body;
    size_t answer_n;
    int status, users;
};

static _Thread_local int64_t standing_clock; /* the tests' own clock; 0: the real one */

static int64_t test_clock(void)
{
    return standing_clock != 0 ? standing_clock : clock_now();
}

static _Noreturn void give_up(const char *what, const struct failure *f)
{
    fprintf(stderr, "client: %s: %s (%s)\n", what, f != NULL && f->message ? f->message : "-", f != NULL && f->detail ? f->detail : "-");
    abort();
}

static void remove_tree(const char *directory)
{
    pid_t pid = fork();
    if (pid == 0) {
        execlp("rm", "rm", "-rf", "--", directory, (char *)NULL);
        _exit(127);
    }
    if (pid > 0) {
        waitpid(pid, NULL, 0);
    }
}

static void cluster(const char *sql)
{
    PGconn *pg = PQconnectdb(getenv("KYODO_TEST_POSTGRES"));
    PGresult *r = PQexec(pg, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK) {
        fprintf(stderr, "client: %s: %s\n", sql, PQerrorMessage(pg));
        abort();
    }
    PQclear(r);
    PQfinish(pg);
}

/* postgresql://user@host:port/postgres?… with another database's name. */
static char *with_database(struct arena *a, const char *url, const char *database)
{
    const char *start = strstr(url, "://");
    const char *slash = start != NULL ? strchr(start + 3, '/') : NULL;
    const char *query = strchr(url, '?');
    size_t n = slash != NULL ? (size_t)(slash - url) : query != NULL ? (size_t)(query - url) : strlen(url);
    return arena_printf(a, "%.*s/%s%s", (int)n, url, database, query != NULL ? query : "");
}

static enum err check_areas(struct ctx *c, void *arg)
{
    (void)arg;
    for (const struct area *const *a = c->app->areas; *a != NULL; a++)
        if ((*a)->check != NULL)
            TRY((*a)->check(c));
    return OK;
}

bool client_agrees(struct client *cl)
{
    if (in_read(client_ctx(cl), check_areas, NULL) == OK)
        return true;
    fprintf(stderr, "client: %s: %s\n", client_engine(cl), cl->ctx.fail.message != NULL ? cl->ctx.fail.message : "the check failed");
    return false;
}

static void close_instance(struct client *cl)
{
    ctx_close(&cl->ctx);
    app_close(cl->app);
    if (cl->database != NULL)
        cluster(arena_printf(cl->arena, "DROP DATABASE %s WITH (FORCE)", cl->database));
    remove_tree(cl->directory);
}

const char *client_preset = "kumamoto";

static struct client *open_instance(int engine)
{
    struct arena *a = arena_new();
    struct client *cl = arena_make(a, struct client);
    cl->arena = a;
    cl->engine = engine;
    standing_clock = 0;
    const char *tmp = getenv("TMPDIR");
    cl->directory = arena_printf(a, "%s/kyodo-test-XXXXXX", tmp != NULL ? tmp : "/tmp");
    if (mkdtemp(cl->directory) == NULL)
        give_up("mkdtemp", NULL);
    setenv("KYODO_DATA", cl->directory, 1);
    cl->where = cl->directory;
    if (engine == 1) {
        static int count;
        cl->database = arena_printf(a, "kyodo_test_%d_%d", (int)getpid(), ++count);
        cluster(arena_printf(a, "CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8'", cl->database));
        cl->where = with_database(a, getenv("KYODO_TEST_POSTGRES"), cl->database);
    }
    struct failure f;
    failure_init(&f, a);
    if (app_init(a, cl->where, client_preset, &f) != OK || app_open(a, cl->where, &cl->app, &f) != OK)
        give_up("init", &f);
    cl->app->password_cost = 0;
    cl->app->clock = test_clock;
    if (ctx_open(cl->app, a, DB_WRITER, &user_system, &cl->ctx) != OK)
        give_up("open", &cl->ctx.fail);
    return cl;
}

struct client *client_next(struct client *before)
{
    int engine = 0;
    if (before != NULL) {
        engine = before->engine + 1;
        close_instance(before);
        arena_free(before->arena);
    }
    const char *only = getenv("KYODO_TEST_ENGINE");
    if (engine == 0 && only != NULL && strcmp(only, "postgres") == 0)
        engine = 1;
    if (engine == 1 && (getenv("KYODO_TEST_POSTGRES") == NULL || (only != NULL && strcmp(only, "sqlite") == 0))) {
        static bool said;
        if (!said)
            fprintf(stderr, "client: KYODO_TEST_POSTGRES is not set: SQLite only\n");
        said = true;
        return NULL;
    }
    return engine <= 1 ? open_instance(engine) : NULL;
}

const char *client_engine(const struct client *cl) { return cl->engine == 0 ? "sqlite" : "postgres"; }
struct app *client_app(struct client *cl) { return cl->app; }
const char *client_where(const struct client *cl) { return cl->where; }
const char *client_body(const struct client *cl) { return cl->body != NULL ? cl->body : ""; }
size_t client_body_n(const struct client *cl) { return cl->body != NULL ? cl->answer_n - (size_t)(cl->body - cl->answer) : 0; }
bool client_sees(const struct client *cl, const char *text) { return strstr(client_body(cl), text) != NULL; }

void client_clock(struct client *cl, int64_t now)
{
    standing_clock = now;
    cl->ctx.now = now;
}

struct ctx *client_ctx(struct client *cl)
{
    failure_clear(&cl->ctx.fail);
    cl->ctx.now = cl->app->clock();
    return &cl->ctx;
}

static void in_transaction(struct client *cl, enum err (*fn)(struct ctx *, void *), void *arg)
{
    struct ctx *c = client_ctx(cl);
    if (in_write(c, fn, arg) != OK)
        give_up("statement", &c->fail);
}

static enum err run_exec(struct ctx *c, void *arg)
{
    TRY_DB(c, db_exec_text(c->db, arg, P0));
    return OK;
}

void client_exec(struct client *cl, const char *sql) { in_transaction(cl, run_exec, (void *)(uintptr_t)sql); }

struct question { const char *sql; int64_t i; const char *text; bool is_text; };

static enum err run_question(struct ctx *c, void *arg)
{
    struct question *q = arg;
    enum err e = q->is_text ? db_get_text_text(c->db, c->arena, q->sql, P0, &q->text) : db_get_int_text(c->db, q->sql, P0, &q->i);
    return e == E_NOT_FOUND ? OK : e == OK ? OK : fail_db(c);
}

int64_t client_int(struct client *cl, const char *sql)
{
    struct question q = {.sql = sql, .i = NONE};
    in_transaction(cl, run_question, &q);
    return q.i;
}

const char *client_text(struct client *cl, const char *sql)
{
    struct question q = {.sql = sql, .is_text = true};
    in_transaction(cl, run_question, &q);
    return q.text;
}

/* --- accounts --- */

struct new_user { const char *login, *name, *role; int64_t unit, organization; };

static enum err make_user(struct ctx *c, void *arg)
{
    struct new_user *u = arg;
    int64_t id = NONE;
    TRY_DB(c, db_insert(c->db, "INSERT INTO account (login, name, mail, password_hash, active, demo, made_at) VALUES ($1, $2, $3, $4, TRUE, FALSE, $5) RETURNING id",
                        P(u->login, u->name, "someone@example.jp", password_hash(c->arena, CLIENT_PASSWORD, 0), c->now), &id));
    TRY_DB(c, db_exec(c->db, "INSERT INTO duty (account, role, unit, organization, since, demo) VALUES ($1, $2, $3, $4, $5, FALSE)",
                      P(id, u->role, u->unit, u->organization, c->now)));
    return OK;
}

static void set_pair(struct client *cl, struct pairs *list, const char *name, const char *value)
{
    size_t kept = 0;
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->v[i].name, name) != 0)
            list->v[kept++] = list->v[i];
    list->n = kept;
    if (value != NULL)
        ARENA_PUSH(cl->arena, list->v, list->n, list->cap) = (struct pair){arena_dup(cl->arena, name), arena_dup(cl->arena, value)};
}

static const char *get_pair(const struct pairs *list, const char *name)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->v[i].name, name) == 0)
            return list->v[i].value;
    return NULL;
}

const char *client_user(struct client *cl, const char *role, int64_t unit, int64_t organization)
{
    struct new_user u = {.role = role, .unit = unit, .organization = organization};
    u.login = arena_printf(cl->arena, "%s%d@example.jp", role, ++cl->users);
    u.name = arena_printf(cl->arena, "例 %s%d", role, cl->users);
    in_transaction(cl, make_user, &u);
    client_as(cl, u.login);
    return u.login;
}

void client_nobody(struct client *cl) { cl->cookies.n = 0; }

/* Through the login page itself, so that every test uses a real session. */
void client_as(struct client *cl, const char *login)
{
    client_nobody(cl);
    if (client_get(cl, "/login") != 200 || !client_form(cl, "/login")) {
        fprintf(stderr, "client: no login page (%d)\n%s\n", cl->status, client_body(cl));
        abort();
    }
    client_set(cl, "login", login);
    client_set(cl, "password", CLIENT_PASSWORD);
    if (client_send(cl) != 303) {
        fprintf(stderr, "client: %s cannot sign in (%d)\n%s\n", login, cl->status, client_body(cl));
        abort();
    }
}

/* --- requests --- */

static void take_cookie(struct client *cl, const char *p, size_t n)
{
    const char *line = arena_dup_n(cl->arena, p, n), *eq = strchr(line, '='), *semi = strchr(line, ';');
    if (eq == NULL)
        return;
    const char *name = arena_dup_n(cl->arena, line, (size_t)(eq - line));
    const char *value = semi != NULL ? arena_dup_n(cl->arena, eq + 1, (size_t)(semi - eq - 1)) : eq + 1;
    bool erased = strstr(line, "Max-Age=0") != NULL || *value == '\0';
    set_pair(cl, &cl->cookies, name, erased ? NULL : value);
}

const char *client_header_of(const struct client *cl, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = cl->answer; p != NULL && p < cl->body; p = strstr(p, "\r\n"), p = p != NULL ? p + 2 : NULL)
        if (strncasecmp(p, name, n) == 0 && p[n] == ':') {
            const char *v = p + n + 1 + strspn(p + n + 1, " ");
            return arena_dup_n(cl->arena, v, strcspn(v, "\r"));
        }
    return NULL;
}

int client_raw(struct client *cl, const char *bytes, size_t n)
{
    cl->answer = app_handle(cl->app, cl->ctx.writer, cl->arena, bytes, n, &cl->answer_n);
    const char *end = cl->answer != NULL ? strstr(cl->answer, "\r\n\r\n") : NULL;
    cl->body = end != NULL ? end + 4 : NULL;
    cl->status = cl->body != NULL ? (int)strtol(cl->answer + strlen("HTTP/1.1 "), NULL, 10) : 0;
    for (const char *p = cl->answer; p != NULL && p < cl->body; p = strstr(p, "\r\n"), p = p != NULL ? p + 2 : NULL)
        if (strncasecmp(p, "Set-Cookie: ", 12) == 0)
            take_cookie(cl, p + 12, strcspn(p + 12, "\r"));
    return cl->status;
}

void client_header(struct client *cl, const char *line)
{
    ARENA_PUSH(cl->arena, cl->headers.v, cl->headers.n, cl->headers.cap) = (struct pair){line, NULL};
}

static int request(struct client *cl, const char *method, const char *target, const char *body)
{
    struct sb b;
    sb_init(&b, cl->arena);
    sb_printf(&b, "%s %s HTTP/1.1\r\nHost: kyodo.example.jp\r\n", method, target);
    if (cl->cookies.n > 0)
        sb_add(&b, "Cookie: ");
    for (size_t i = 0; i < cl->cookies.n; i++)
        sb_printf(&b, "%s%s=%s", i > 0 ? "; " : "", cl->cookies.v[i].name, cl->cookies.v[i].value);
    if (cl->cookies.n > 0)
        sb_add(&b, "\r\n");
    for (size_t i = 0; i < cl->headers.n; i++)
        sb_printf(&b, "%s\r\n", cl->headers.v[i].name);
    cl->headers.n = 0;
    if (body != NULL)
        sb_printf(&b, "Origin: http://kyodo.example.jp\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n", strlen(body));
    sb_printf(&b, "\r\n%s", body != NULL ? body : "");
    return client_raw(cl, b.p, b.n);
}

int client_get(struct client *cl, const char *target) { return request(cl, "GET", target, NULL); }
int client_post(struct client *cl, const char *target, const char *body) { return request(cl, "POST", target, body); }

int client_follow(struct client *cl)
{
    const char *to = client_header_of(cl, "Location");
    if (to == NULL) {
        fprintf(stderr, "client: nothing to follow, status %d\n%s\n", cl->status, client_body(cl));
        return 0;
    }
    return client_get(cl, to);
}

/* --- forms: the markup is ours, so a plain scan for tags and quoted attributes is enough --- */

static const char *unescape(struct arena *a, const char *s, size_t n)
{
    static const struct { const char *name; char c; } entities[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}, {"&#34;", '"'}};
    char *out = arena_alloc(a, n + 1);
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        bool found = false;
        for (size_t e = 0; e < sizeof entities / sizeof entities[0] && !found; e++) {
            size_t len = strlen(entities[e].name);
            if (n - i >= len && memcmp(s + i, entities[e].name, len) == 0) {
                out[k++] = entities[e].c;
                i += len - 1;
                found = true;
            }
        }
        if (!found)
            out[k++] = s[i];
    }
    out[k] = '\0';
    return out;
}

/* The attribute's value in the tag that begins at `tag`; NULL when absent; "" when it has none. */
static const char *attribute(struct arena *a, const char *tag, const char *name)
{
    size_t n = strlen(name);
    const char *p = tag + 1;
    while (*p != '\0' && *p != '>' && *p != ' ' && *p != '\n')
        p++;
    while (*p != '\0' && *p != '>') {
        while (*p == ' ' || *p == '\n' || *p == '/')
            p++;
        const char *key = p;
        while (*p != '\0' && *p != '=' && *p != ' ' && *p != '>' && *p != '\n')
            p++;
        size_t key_n = (size_t)(p - key);
        const char *value = "";
        size_t value_n = 0;
        if (*p == '=' && p[1] == '"') {
            value = p + 2;
            const char *close = strchr(value, '"');
            if (close == NULL)
                return NULL;
            value_n = (size_t)(close - value);
            p = close + 1;
        }
        if (key_n == n && memcmp(key, name, n) == 0)
            return unescape(a, value, value_n);
        if (key_n == 0 && *p != '>')
            p++;
    }
    return NULL;
}

static bool tag_is(const char *p, const char *name)
{
    size_t n = strlen(name);
    return strncmp(p + 1, name, n) == 0 && (p[1 + n] == ' ' || p[1 + n] == '>' || p[1 + n] == '\n');
}

static void take_input(struct client *cl, const char *tag)
{
    struct arena *a = cl->arena;
    const char *name = attribute(a, tag, "name"), *type = attribute(a, tag, "type"), *value = attribute(a, tag, "value");
    if (name == NULL || (type != NULL && (strcmp(type, "submit") == 0 || strcmp(type, "file") == 0 || strcmp(type, "button") == 0)))
        return;
    bool choice = type != NULL && (strcmp(type, "checkbox") == 0 || strcmp(type, "radio") == 0);
    if (choice && attribute(a, tag, "checked") == NULL)
        return;
    client_add(cl, name, value != NULL ? value : choice ? "on" : "");
}

static void take_select(struct client *cl, const char *tag, const char *end)
{
    struct arena *a = cl->arena;
    const char *name = attribute(a, tag, "name"), *first = NULL, *chosen = NULL;
    for (const char *p = strstr(tag, "<option"); p != NULL && p < end; p = strstr(p + 1, "<option")) {
        const char *value = attribute(a, p, "value");
        if (value == NULL)
            value = "";
        if (first == NULL)
            first = value;
        if (attribute(a, p, "selected") != NULL)
            chosen = value;
    }
    if (name != NULL && first != NULL)
        client_add(cl, name, chosen != NULL ? chosen : first);
}

bool client_form(struct client *cl, const char *action)
{
    struct arena *a = cl->arena;
    cl->fields.n = 0;
    cl->action = NULL;
    for (const char *f = strstr(client_body(cl), "<form"); f != NULL; f = strstr(f + 1, "<form")) {
        const char *to = attribute(a, f, "action");
        if (to == NULL || strncmp(to, action, strlen(action)) != 0)
            continue;
        cl->action = to;
        const char *end = strstr(f, "</form>");
        if (end == NULL)
            end = f + strlen(f);
        for (const char *p = strchr(f + 1, '<'); p != NULL && p < end; p = strchr(p + 1, '<')) {
            if (tag_is(p, "input"))
                take_input(cl, p);
            else if (tag_is(p, "select")) {
                const char *close = strstr(p, "</select>");
                take_select(cl, p, close != NULL ? close : end);
            } else if (tag_is(p, "textarea")) {
                const char *name = attribute(a, p, "name"), *from = strchr(p, '>'), *to_ = strstr(p, "</textarea>");
                if (name != NULL && from != NULL && to_ != NULL) {
                    from += from[1] == '\n' ? 2 : 1;
                    client_add(cl, name, unescape(a, from, (size_t)(to_ - from)));
                }
            }
        }
        return true;
    }
    fprintf(stderr, "client: the page has no form for %s\n", action);
    return false;
}

void client_set(struct client *cl, const char *name, const char *value) { set_pair(cl, &cl->fields, name, value); }

void client_add(struct client *cl, const char *name, const char *value)
{
    ARENA_PUSH(cl->arena, cl->fields.v, cl->fields.n, cl->fields.cap) = (struct pair){arena_dup(cl->arena, name), arena_dup(cl->arena, value)};
}

const char *client_value(const struct client *cl, const char *name) { return get_pair(&cl->fields, name); }

static void add_encoded(struct sb *b, const char *s)
{
    for (; *s != '\0'; s++) {
        unsigned char ch = (unsigned char)*s;
        if ((ch >= '0' && ch <= '9') || (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '.' || ch == '_' || ch == '-')
            sb_char(b, (char)ch);
        else
            sb_printf(b, "%%%02X", ch);
    }
}

int client_send(struct client *cl)
{
    if (cl->action == NULL) {
        fprintf(stderr, "client: no form to send\n");
        return 0;
    }
    struct sb b;
    sb_init(&b, cl->arena);
    for (size_t i = 0; i < cl->fields.n; i++) {
        if (i > 0)
            sb_char(&b, '&');
        add_encoded(&b, cl->fields.v[i].name);
        sb_char(&b, '=');
        add_encoded(&b, cl->fields.v[i].value);
    }
    return client_post(cl, cl->action, sb_str(&b));
}

int client_send_with(struct client *cl, const char *button, const char *value)
{
    client_set(cl, button, value);
    return client_send(cl);
}

static void add_cookies(struct client *cl, struct sb *b)
{
    for (size_t i = 0; i < cl->cookies.n; i++)
        sb_printf(b, "%s%s=%s%s", i == 0 ? "Cookie: " : "; ", cl->cookies.v[i].name, cl->cookies.v[i].value, i + 1 == cl->cookies.n ? "\r\n" : "");
}

int client_send_file(struct client *cl, const char *name, const char *filename, const char *p, size_t n)
{
    static const char boundary[] = "kyodo-test-boundary-7f3a";
    struct sb body, b;
    sb_init(&body, cl->arena);
    for (size_t i = 0; i < cl->fields.n; i++)
        sb_printf(&body, "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", boundary, cl->fields.v[i].name, cl->fields.v[i].value);
    sb_printf(&body, "--%s\r\nContent-Disposition: form-data; name=\"%s\"; filename=\"%s\"\r\nContent-Type: text/csv\r\n\r\n", boundary, name, filename);
    sb_add_n(&body, p, n);
    sb_printf(&body, "\r\n--%s--\r\n", boundary);
    sb_init(&b, cl->arena);
    sb_printf(&b, "POST %s HTTP/1.1\r\nHost: kyodo.example.jp\r\n", cl->action);
    add_cookies(cl, &b);
    sb_printf(&b, "Origin: http://kyodo.example.jp\r\nContent-Type: multipart/form-data; boundary=%s\r\nContent-Length: %zu\r\n\r\n", boundary, body.n);
    sb_add_n(&b, sb_str(&body), body.n);
    return client_raw(cl, b.p, b.n);
}
