#include "core/outbox.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/text.h"
#include "core/app.h"
#include "core/audit.h"
#include "core/preset.h"

static const int64_t wait_after[] = {60, 5 * 60, 30 * 60, 2 * 3600, 8 * 3600, 24 * 3600};
enum {
    TRIES = sizeof wait_after / sizeof wait_after[0] + 1,
    AT_ONCE = 20,       /* letters claimed together */
    LEASE = 10 * 60,    /* longer than AT_ONCE letters may take at LETTER_SECONDS each */
    CONNECT_SECONDS = 10,
    LETTER_SECONDS = 25,
};

bool mail_address_ok(const char *address)
{
    if (address == NULL)
        return false;
    size_t n = strlen(address), at = strcspn(address, "@");
    if (n > 254 || at == 0 || at + 1 >= n || strchr(address + at + 1, '@') != NULL)
        return false;
    for (const unsigned char *p = (const unsigned char *)address; *p != '\0'; p++)
        if (*p <= ' ' || *p >= 0x7f || strchr("<>()[],;:\\\"", *p) != NULL)
            return false;
    return true;
}

bool mail_configured(struct ctx *c)
{
    const char *url = setting(c, "smtp_url");
    return url != NULL && (text_starts(url, "smtp://") || text_starts(url, "smtps://")) && mail_address_ok(setting(c, "smtp_from"));
}

enum err outbox_put(struct ctx *c, const struct letter *l, int64_t *id)
{
    if (l->subject == NULL || l->subject[0] == '\0' || l->body == NULL || l->body[0] == '\0')
        return fail(c, E_BUG, "letter without words");
    bool address = mail_address_ok(l->to_mail);
    const char *state = address && mail_configured(c) ? "waiting" : "paper";
    const char *error = l->to_mail != NULL && !address ? tr(c, "メールアドレスの形が正しくないので、紙で渡してください。") : NULL;
    int64_t new_id = NONE;
    TRY_DB(c, db_insert(c->db,
                        "INSERT INTO outbox (account, to_name, to_mail, subject, body, about, about_id, made_at, state, due_at, tries, error, why) "
                        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $8, 0, $10, $11) RETURNING id",
                        P(l->account > 0 ? l->account : NONE, l->to_name, l->to_mail, l->subject, l->body, l->about, l->about_id, c->now, state, error, l->why),
                        &new_id));
    if (id != NULL)
        *id = new_id;
    return OK;
}

/* --- the message: RFC 5322, RFC 2045, RFC 2047 --- */

static void base64(struct sb *o, const char *s, size_t n)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *p = (const unsigned char *)s;
    for (size_t i = 0; i < n; i += 3) {
        unsigned v = (unsigned)p[i] << 16 | (i + 1 < n ? (unsigned)p[i + 1] << 8 : 0u) | (i + 2 < n ? p[i + 2] : 0u);
        sb_char(o, digit[v >> 18]);
        sb_char(o, digit[v >> 12 & 63]);
        sb_char(o, i + 1 < n ? digit[v >> 6 & 63] : '=');
        sb_char(o, i + 2 < n ? digit[v & 63] : '=');
    }
}

/* Words for a header, always as encoded-words: whatever stands in a name or subject, no line break of it reaches the header. Each word holds whole
 * characters and at most 75 bytes (RFC 2047 §2, §5): 45 bytes of text are 60 of base64. */
static void encoded_words(struct sb *o, const char *s)
{
    bool first = true;
    while (*s != '\0') {
        size_t n = 0;
        while (s[n] != '\0') {
            size_t next = n + 1;
            while (((unsigned char)s[next] & 0xc0) == 0x80)
                next++;
            if (next > 45)
                break;
            n = next;
        }
        sb_add(o, first ? "=?UTF-8?B?" : "\r\n =?UTF-8?B?");
        base64(o, s, n);
        sb_add(o, "?=");
        s += n;
        first = false;
    }
}

const char *letter_message(struct arena *a, const char *site, const char *from, const struct letter_line *l, int64_t now, size_t *n)
{
    struct sb o;
    sb_init(&o, a);
    const char *date = instant_http(a, now);
    sb_printf(&o, "Date: %.*s+0000\r\nFrom: ", (int)(strlen(date) - strlen("GMT")), date);
    if (site != NULL && *site != '\0') {
        encoded_words(&o, site);
        sb_char(&o, ' ');
    }
    sb_printf(&o, "<%s>\r\nTo: ", from);
    if (l->to_name != NULL && *l->to_name != '\0') {
        encoded_words(&o, l->to_name);
        sb_char(&o, ' ');
    }
    sb_printf(&o, "<%s>\r\nSubject: ", l->to_mail);
    encoded_words(&o, l->subject);
    /* The same for every try, so that a letter sent twice is shown once by programs that look. */
    sb_printf(&o, "\r\nMessage-ID: <kyodo.%lld.%lld%s>\r\n", (long long)l->made_at, (long long)l->id, strchr(from, '@'));
    sb_add(&o, "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\nAuto-Submitted: auto-generated\r\n\r\n");
    struct sb body;
    sb_init(&body, a);
    for (const char *p = l->body; *p != '\0'; p++) {
        if (*p == '\n')
            sb_add(&body, "\r\n");
        else if (*p != '\r')
            sb_char(&body, *p);
    }
    sb_add(&body, "\r\n");
    const char *text = sb_str(&body);
    for (size_t i = 0; i < body.n; i += 57) { /* 57 bytes make a line of 76 */
        base64(&o, text + i, body.n - i < 57 ? body.n - i : 57);
        sb_add(&o, "\r\n");
    }
    *n = o.n;
    return sb_str(&o);
}

/* --- sending --- */

struct mail_settings { const char *url, *from, *user, *site; bool configured; };
struct batch { struct letter_line v[AT_ONCE]; size_t n; struct mail_settings how; };

static enum err claim(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    *b = (struct batch){.how = {setting(c, "smtp_url"), setting(c, "smtp_from"), setting(c, "smtp_user"), setting(c, "site_name"), mail_configured(c)}};
    if (!b->how.configured)
        return OK;
    for (struct db_rows *q = db_query(c->db, c->arena,
             "SELECT id, to_name, to_mail, subject, body, made_at, tries FROM outbox WHERE state IN ('waiting', 'sending') AND due_at <= $1 "
             "ORDER BY due_at, id LIMIT $2", P(c->now, (int64_t)AT_ONCE));
         db_next(q);)
        b->v[b->n++] = (struct letter_line){.id = db_int(q, 0), .to_name = db_text(q, 1), .to_mail = db_text(q, 2), .subject = db_text(q, 3),
                                            .body = db_text(q, 4), .made_at = db_int(q, 5), .tries = db_int(q, 6)};
    TRY_DB(c, db_error(c->db));
    size_t kept = 0;
    for (size_t i = 0; i < b->n; i++) {
        TRY_DB(c, db_exec(c->db, "UPDATE outbox SET state = 'sending', due_at = $2 WHERE id = $1 AND state IN ('waiting', 'sending') AND due_at <= $3",
                          P(b->v[i].id, c->now + LEASE, c->now)));
        if (db_changes(c->db) > 0) /* else another node was first */
            b->v[kept++] = b->v[i];
    }
    b->n = kept;
    return OK;
}

/* The password stands in a file beside the key, so that no backup of the database carries it. */
static const char *smtp_password(struct ctx *c)
{
    if (c->app->directory == NULL)
        return NULL;
    int fd = open(arena_printf(c->arena, "%s/smtp-password", c->app->directory), O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    char buffer[512];
    ssize_t n = read(fd, buffer, sizeof buffer);
    close(fd);
    while (n > 0 && (buffer[n - 1] == '\n' || buffer[n - 1] == '\r'))
        n--;
    return n > 0 ? arena_dup_n(c->arena, buffer, (size_t)n) : NULL;
}

struct reading { const char *p; size_t n; };

static size_t give(char *to, size_t size, size_t many, void *arg)
{
    struct reading *r = arg;
    size_t n = size * many < r->n ? size * many : r->n;
    memcpy(to, r->p, n);
    r->p += n;
    r->n -= n;
    return n;
}

/* NULL: the mail server has taken it; else what went wrong. */
static const char *send_one(struct ctx *c, CURL *curl, const struct mail_settings *how, const char *password, const struct letter_line *l)
{
    if (!mail_address_ok(l->to_mail))
        return "no address";
    struct reading r;
    r.p = letter_message(c->arena, how->site, how->from, l, c->now, &r.n);
    struct curl_slist *to = curl_slist_append(NULL, arena_printf(c->arena, "<%s>", l->to_mail));
    char error[CURL_ERROR_SIZE] = "";
    curl_easy_setopt(curl, CURLOPT_URL, how->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)LETTER_SECONDS);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
    /* STARTTLS where the server has it; a password is never sent without. */
    curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(how->user != NULL ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    if (how->user != NULL) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, how->user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, password != NULL ? password : "");
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, arena_printf(c->arena, "<%s>", how->from));
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &r);
    CURLcode code = curl_easy_perform(curl);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    curl_slist_free_all(to);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
    if (code == CURLE_OK)
        return NULL;
    return arena_printf(c->arena, "%s%s", error[0] != '\0' ? error : curl_easy_strerror(code),
                        answer >= 400 ? arena_printf(c->arena, " (%ld)", answer) : "");
}

struct result { const struct letter_line *l; const char *error; bool last; };

/* A refusal for good (5xx) is tried again like any other: as often as not it is the mail server's setting, which somebody mends within the day. */
static enum err write_result(struct ctx *c, void *arg)
{
    struct result *r = arg;
    if (r->error == NULL) {
        TRY_DB(c, db_exec(c->db, "UPDATE outbox SET state = 'sent', sent_at = $2, tries = tries + 1, error = NULL WHERE id = $1 AND state = 'sending'",
                          P(r->l->id, c->now)));
        return OK;
    }
    int64_t tries = r->l->tries + 1;
    r->last = tries >= TRIES;
    TRY_DB(c, db_exec(c->db, "UPDATE outbox SET state = $2, tries = $3, error = $4, due_at = $5 WHERE id = $1 AND state = 'sending'",
                      P(r->l->id, r->last ? "failed" : "waiting", tries, r->error, c->now + (r->last ? 0 : wait_after[tries - 1]))));
    return OK;
}

enum err outbox_send_due(struct ctx *c, int64_t *sent, int64_t *failed)
{
    *sent = *failed = 0;
    struct batch *b = arena_make(c->arena, struct batch);
    TRY(in_write(c, claim, b));
    if (b->n == 0)
        return OK;
    CURL *curl = curl_easy_init();
    if (curl == NULL)
        return fail(c, E_IO, "libcurl");
    const char *password = b->how.user != NULL ? smtp_password(c) : NULL;
    enum err e = OK;
    for (size_t i = 0; i < b->n && e == OK; i++) {
        struct result r = {.l = &b->v[i], .error = send_one(c, curl, &b->how, password, &b->v[i])};
        e = in_write(c, write_result, &r);
        *sent += r.error == NULL;
        *failed += r.error != NULL;
    }
    curl_easy_cleanup(curl);
    return e;
}

/* --- letters as staff see them --- */

static struct letter_line line_of(struct db_rows *q)
{
    return (struct letter_line){.id = db_int(q, 0), .to_name = db_text(q, 1), .to_mail = db_text(q, 2), .subject = db_text(q, 3), .body = db_text(q, 4),
                                .about = db_text(q, 5), .about_id = db_int(q, 6), .made_at = db_int(q, 7), .state = db_text(q, 8), .due_at = db_int(q, 9),
                                .tries = db_int(q, 10), .sent_at = db_int(q, 11), .error = db_text(q, 12), .why = db_text(q, 13)};
}

enum err letters_list(struct ctx *c, const char *state, const char *about, int64_t about_id, int64_t before, size_t most, struct letter_line **out, size_t *n)
{
    TRY(need_role(c, ROLE_SECRETARIAT | ROLE_OPERATOR));
    struct sql q;
    sql_init(&q, c->arena);
    sql_add(&q, "SELECT id, to_name, to_mail, subject, body, about, about_id, made_at, state, due_at, tries, sent_at, error, why FROM outbox WHERE id < $",
            P(before == NONE ? INT64_MAX : before));
    if (state != NULL)
        sql_add(&q, " AND state = $", P(state));
    if (about != NULL)
        sql_add(&q, " AND about = $ AND about_id = $", P(about, about_id));
    if (!user_is(c->user, ROLE_OPERATOR))
        sql_add(&q, " AND (about IS NULL OR about <> 'operator')", P0);
    sql_add(&q, " ORDER BY id DESC LIMIT $", P((int64_t)most));
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (struct db_rows *rows = sql_query(c->db, &q); db_next(rows);)
        ARENA_PUSH(c->arena, *out, *n, cap) = line_of(rows);
    TRY_DB(c, db_error(c->db));
    return OK;
}

enum err letter_load(struct ctx *c, int64_t id, struct letter_line *out)
{
    TRY(need_role(c, ROLE_SECRETARIAT | ROLE_OPERATOR));
    bool found = false;
    for (struct db_rows *q = db_query(c->db, c->arena,
             "SELECT id, to_name, to_mail, subject, body, about, about_id, made_at, state, due_at, tries, sent_at, error, why FROM outbox WHERE id = $1", P(id));
         db_next(q);) {
        *out = line_of(q);
        found = user_is(c->user, ROLE_OPERATOR) || out->about == NULL || strcmp(out->about, "operator") != 0;
    }
    TRY_DB(c, db_error(c->db));
    return found ? OK : fail(c, E_NOT_FOUND, "%s", tr(c, "この手紙はありません。"));
}

enum err letter_handed(struct ctx *c, int64_t id)
{
    TRY(need_role(c, ROLE_SECRETARIAT | ROLE_OPERATOR));
    TRY_DB(c, db_exec(c->db, "UPDATE outbox SET state = 'handed', sent_at = $2 WHERE id = $1 AND state IN ('paper', 'failed')", P(id, c->now)));
    if (db_changes(c->db) == 0)
        return fail(c, E_CONFLICT, "%s", tr(c, "この手紙は、もう渡したか、送っているところです。"));
    return audit_note(c, "letter.handed", "outbox", id, "");
}

enum err letter_again(struct ctx *c, int64_t id)
{
    struct letter_line l;
    TRY(letter_load(c, id, &l));
    if (!mail_configured(c))
        return fail(c, E_CONFLICT, "%s", tr(c, "メールサーバーが設定されていません。印刷して渡してください。"));
    if (!mail_address_ok(l.to_mail))
        return fail(c, E_CONFLICT, "%s", tr(c, "あて先のメールアドレスがありません。印刷して渡してください。"));
    TRY_DB(c, db_exec(c->db, "UPDATE outbox SET state = 'waiting', tries = 0, error = NULL, due_at = $2 WHERE id = $1 AND state IN ('paper', 'failed')",
                      P(id, c->now)));
    if (db_changes(c->db) == 0)
        return fail(c, E_CONFLICT, "%s", tr(c, "この手紙は、もう渡したか、送っているところです。"));
    return audit_note(c, "letter.again", "outbox", id, "");
}

enum err outbox_todos(struct ctx *c, struct todos *list)
{
    if (!user_is(c->user, ROLE_SECRETARIAT | ROLE_OPERATOR))
        return OK;
    int64_t failed = 0, paper = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM outbox WHERE state = 'failed'", P0, &failed));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM outbox WHERE state = 'paper'", P0, &paper));
    if (failed > 0 && user_is(c->user, ROLE_OPERATOR))
        todo_add(c, list, (struct todo){.text = tr(c, "届けられなかったメールを見る"), .about = arena_printf(c->arena, tr(c, "%lld通"), (long long)failed),
                                        .to = url_path(c->arena, "/letters?state=failed"), .due = NONE});
    if (paper > 0 && user_is(c->user, ROLE_SECRETARIAT))
        todo_add(c, list, (struct todo){.text = tr(c, "手紙を印刷して渡す"), .about = arena_printf(c->arena, tr(c, "%lld通"), (long long)paper),
                                        .to = url_path(c->arena, "/letters?state=paper"), .due = NONE});
    return OK;
}
