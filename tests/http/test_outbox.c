/* Mail through the outbox, against a small mail server of this program on loopback; letters on pages; jobs. */
#include "http/client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "core/job.h"
#include "core/outbox.h"
#include "core/preset.h"
#include "core/todo.h"

enum { T0 = 1780000000 };

/* --- a mail server that takes letters, or refuses them --- */

struct sink {
    int listener, port;
    pthread_t thread;
    _Atomic bool refuse, stop;
    _Atomic int taken;
    char data[65536], to[4096], from[4096]; /* of the last letter */
};

static void say(int fd, const char *line)
{
    size_t n = strlen(line);
    while (n > 0) {
        ssize_t w = write(fd, line, n);
        if (w <= 0)
            return;
        line += w;
        n -= (size_t)w;
    }
}

static bool read_line(int fd, char *out, size_t size)
{
    size_t n = 0;
    while (n + 1 < size && read(fd, out + n, 1) == 1)
        if (out[n++] == '\n')
            break;
    out[n] = '\0';
    return n > 0;
}

static void talk(struct sink *s, int fd)
{
    char line[4096];
    say(fd, "220 sink\r\n");
    while (read_line(fd, line, sizeof line)) {
        if (text_starts(line, "EHLO"))
            say(fd, "250-sink\r\n250 8BITMIME\r\n");
        else if (text_starts(line, "MAIL FROM:")) {
            snprintf(s->from, sizeof s->from, "%s", line);
            say(fd, "250 ok\r\n");
        } else if (text_starts(line, "RCPT TO:")) {
            snprintf(s->to, sizeof s->to, "%s", line);
            say(fd, s->refuse ? "550 no such box\r\n" : "250 ok\r\n");
        } else if (text_starts(line, "DATA")) {
            say(fd, "354 go on\r\n");
            size_t n = 0;
            while (read_line(fd, line, sizeof line) && strcmp(line, ".\r\n") != 0) {
                size_t l = strlen(line);
                if (n + l < sizeof s->data)
                    memcpy(s->data + n, line, l);
                n += l;
            }
            s->data[n < sizeof s->data ? n : sizeof s->data - 1] = '\0';
            s->taken++;
            say(fd, "250 taken\r\n");
        } else if (text_starts(line, "QUIT")) {
            say(fd, "221 bye\r\n");
            return;
        } else {
            say(fd, "250 ok\r\n");
        }
    }
}

static void *run_sink(void *arg)
{
    struct sink *s = arg;
    while (!s->stop) {
        int fd = accept(s->listener, NULL, NULL);
        if (fd < 0)
            continue;
        if (!s->stop)
            talk(s, fd);
        close(fd);
    }
    return NULL;
}

static void sink_start(struct sink *s)
{
    memset(s, 0, sizeof *s);
    s->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    if (bind(s->listener, (struct sockaddr *)&at, n) != 0 || listen(s->listener, 8) != 0 || getsockname(s->listener, (struct sockaddr *)&at, &n) != 0)
        abort();
    s->port = ntohs(at.sin_port);
    pthread_create(&s->thread, NULL, run_sink, s);
}

static void sink_stop(struct sink *s)
{
    s->stop = true;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)s->port)};
    connect(fd, (struct sockaddr *)&at, sizeof at);
    pthread_join(s->thread, NULL);
    close(fd);
    close(s->listener);
}

/* --- tools --- */

static void configure(struct client *cl, int port)
{
    struct arena *a = client_ctx(cl)->arena;
    client_exec(cl, arena_printf(a, "INSERT INTO setting (key, value) VALUES ('smtp_url', 'smtp://127.0.0.1:%d'), ('smtp_from', 'kyodo@rei.example')", port));
}

static enum err put(struct ctx *c, void *arg)
{
    return outbox_put(c, arg, NULL);
}

static int64_t send_due(struct client *cl, int64_t *failed)
{
    int64_t sent = 0;
    CHECK_INT(outbox_send_due(client_ctx(cl), &sent, failed), OK);
    return sent;
}

static const char *decoded(struct arena *a, const char *base64)
{
    static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = arena_alloc(a, strlen(base64) + 1);
    size_t n = 0;
    unsigned v = 0, bits = 0;
    for (const char *p = base64; *p != '\0' && *p != '?' && !(*p == '.' && p[1] == '\r'); p++) {
        const char *d = *p == '\r' || *p == '\n' ? NULL : strchr(digit, *p);
        if (d == NULL)
            continue;
        v = v << 6 | (unsigned)(d - digit);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            out[n++] = (char)(v >> bits & 0xff);
        }
    }
    return arena_dup_n(a, out, n);
}

/* A header's encoded-words together. */
static const char *header_text(struct arena *a, const char *data, const char *name)
{
    const char *p = strstr(data, name);
    if (p == NULL)
        return NULL;
    struct sb b;
    sb_init(&b, a);
    for (;;) {
        const char *end = strstr(p, "\r\n"), *word = strstr(p, "=?UTF-8?B?");
        if (word == NULL || end == NULL || word > end)
            break;
        CHECK(strcspn(word, " \r\n") <= 75);
        sb_add(&b, decoded(a, word + 10));
        p = end;
        if (p[2] != ' ')
            break;
        p += 3;
    }
    return sb_str(&b);
}

/* --- tests --- */

TEST(a_letter_arrives_whole)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        struct sink *s = arena_make(client_ctx(cl)->arena, struct sink);
        sink_start(s);
        configure(cl, s->port);
        struct letter l = {.to_name = "髙﨑𠮷 様\r\nBcc: thief@rei.example", .to_mail = "suishin@rei.example",
                           .subject = "照会: とても長い件名をもつ例の照会をもう一度ここに書いて折り返しを確かめる\r\nX-Evil: 1",
                           .body = "一行目\n.\n三行目 😀\n"};
        CHECK_INT(in_write(client_ctx(cl), put, &l), OK);
        CHECK_TEXT(client_text(cl, "SELECT state FROM outbox"), "waiting");
        int64_t failed = 0;
        CHECK_INT(send_due(cl, &failed), 1);
        CHECK_INT(failed, 0);
        CHECK_TEXT(client_text(cl, "SELECT state FROM outbox"), "sent");
        CHECK_INT(client_int(cl, "SELECT sent_at FROM outbox"), T0);
        CHECK_INT(s->taken, 1);
        struct arena *a = client_ctx(cl)->arena;
        CHECK(strstr(s->to, "<suishin@rei.example>") != NULL);
        CHECK(strstr(s->from, "<kyodo@rei.example>") != NULL);
        const char *head_end = strstr(s->data, "\r\n\r\n");
        CHECK(head_end != NULL);
        const char *head = arena_dup_n(a, s->data, (size_t)(head_end - s->data));
        CHECK(strstr(head, "\nBcc:") == NULL && strstr(head, "\nX-Evil:") == NULL); /* nothing typed makes a header */
        CHECK(strstr(head, "Date: ") != NULL && strstr(head, "+0000") != NULL && strstr(head, "Message-ID: <kyodo.") != NULL);
        CHECK(strstr(head, "Auto-Submitted: auto-generated") != NULL);
        for (const char *p = head; *p != '\0'; p++)
            CHECK((unsigned char)*p < 0x80);
        CHECK_TEXT(header_text(a, head, "Subject: "), l.subject);
        CHECK_TEXT(header_text(a, head, "To: "), l.to_name);
        CHECK_TEXT(header_text(a, head, "From: "), "協働のひろば");
        CHECK_TEXT(decoded(a, head_end + 4), "一行目\r\n.\r\n三行目 😀\r\n\r\n");
        CHECK_INT(send_due(cl, &failed), 0); /* once */
        CHECK_INT(s->taken, 1);
        sink_stop(s);
    }
}

TEST(a_refused_letter_is_tried_seven_times)
{
    static const int64_t wait[] = {60, 300, 1800, 7200, 28800, 86400};
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        struct sink *s = arena_make(client_ctx(cl)->arena, struct sink);
        sink_start(s);
        s->refuse = true;
        configure(cl, s->port);
        struct letter l = {.to_name = "例田 花子", .to_mail = "nobody@rei.example", .subject = "例", .body = "例"};
        CHECK_INT(in_write(client_ctx(cl), put, &l), OK);
        int64_t now = T0, failed = 0;
        for (size_t i = 0; i < 7; i++) {
            client_clock(cl, now);
            CHECK_INT(send_due(cl, &failed), 0);
            CHECK_INT(failed, 1);
            CHECK_INT(client_int(cl, "SELECT tries FROM outbox"), (int64_t)i + 1);
            CHECK_TEXT(client_text(cl, "SELECT state FROM outbox"), i < 6 ? "waiting" : "failed");
            if (i < 6) {
                CHECK_INT(client_int(cl, "SELECT due_at FROM outbox"), now + wait[i]);
                client_clock(cl, now + wait[i] - 1);
                send_due(cl, &failed);
                CHECK_INT(failed, 0); /* not before its time */
                now += wait[i];
            }
        }
        CHECK(strstr(client_text(cl, "SELECT error FROM outbox"), "550") != NULL);
        /* The operator sees it, mends the address or the server, sends it again. */
        client_user(cl, "operator", NONE, NONE);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "届けられなかったメールを見る"));
        CHECK_INT(client_get(cl, "/letters?state=failed"), 200);
        CHECK(client_sees(cl, "例田 花子"));
        s->refuse = false;
        CHECK_INT(client_get(cl, arena_printf(client_ctx(cl)->arena, "/letters/%lld", (long long)client_int(cl, "SELECT id FROM outbox"))), 200);
        CHECK(client_form(cl, arena_printf(client_ctx(cl)->arena, "/letters/%lld/again", (long long)client_int(cl, "SELECT id FROM outbox"))));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(send_due(cl, &failed), 1);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(!client_sees(cl, "届けられなかったメールを見る"));
        sink_stop(s);
    }
}

TEST(a_sender_that_died_is_followed_by_another)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        struct sink *s = arena_make(client_ctx(cl)->arena, struct sink);
        sink_start(s);
        configure(cl, s->port);
        struct letter l = {.to_mail = "a@rei.example", .subject = "例", .body = "例"};
        CHECK_INT(in_write(client_ctx(cl), put, &l), OK);
        client_exec(cl, "UPDATE outbox SET state = 'sending', due_at = due_at + 600"); /* as a claim leaves it */
        int64_t failed = 0;
        CHECK_INT(send_due(cl, &failed), 0);
        client_clock(cl, T0 + 600);
        CHECK_INT(send_due(cl, &failed), 1);
        sink_stop(s);
    }
}

TEST(no_mail_server_is_a_normal_state)
{
    EACH_ENGINE(cl) {
        client_clock(cl, T0);
        struct letter l = {.to_name = "例川 太郎", .to_mail = "taro@rei.example", .subject = "例の件名", .body = "例の文面"};
        CHECK_INT(in_write(client_ctx(cl), put, &l), OK);
        CHECK_INT(in_write(client_ctx(cl), put, &l), OK);
        CHECK_TEXT(client_text(cl, "SELECT DISTINCT state FROM outbox"), "paper");
        int64_t failed = 0;
        CHECK_INT(send_due(cl, &failed), 0);
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "手紙を印刷して渡す") && client_sees(cl, "2通"));
        CHECK_INT(client_get(cl, "/letters?state=paper"), 200);
        CHECK(client_sees(cl, "例の件名") && client_sees(cl, "例川 太郎"));
        CHECK_INT(client_get(cl, "/letters/print?state=paper"), 200);
        CHECK(client_sees(cl, "例の文面"));
        CHECK(client_form(cl, "/letters/handed"));
        CHECK_INT(client_send(cl), 303);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox WHERE state = 'handed'"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit WHERE what = 'letter.handed'"), 2);
        /* A mail server set up later brings no flood of old letters. */
        configure(cl, 1);
        CHECK_INT(in_write(client_ctx(cl), put, &l), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM outbox WHERE state = 'waiting'"), 1);
        client_user(cl, "officer", 1, NONE);
        CHECK_INT(client_get(cl, "/letters"), 403);
        CHECK_INT(client_get(cl, "/letters/1"), 403);
    }
}

TEST(addresses)
{
    CHECK(mail_address_ok("a@b"));
    CHECK(mail_address_ok("ka1001@rei.example"));
    CHECK(!mail_address_ok(NULL));
    CHECK(!mail_address_ok(""));
    CHECK(!mail_address_ok("a"));
    CHECK(!mail_address_ok("@b"));
    CHECK(!mail_address_ok("a@"));
    CHECK(!mail_address_ok("a@b@c"));
    CHECK(!mail_address_ok("a b@c"));
    CHECK(!mail_address_ok("a@b>\r\nRCPT TO:<x@y"));
    CHECK(!mail_address_ok("例@rei.example"));
    EACH_ENGINE(cl) {
        configure(cl, 1);
        struct letter bad = {.to_mail = "a@b>\nX", .subject = "例", .body = "例"}, empty = {.to_mail = "a@b", .subject = "例", .body = ""};
        CHECK_INT(in_write(client_ctx(cl), put, &bad), OK);
        CHECK_TEXT(client_text(cl, "SELECT state FROM outbox"), "paper");
        CHECK(client_text(cl, "SELECT error FROM outbox") != NULL);
        CHECK_INT(in_write(client_ctx(cl), put, &empty), E_BUG);
    }
}

/* --- jobs --- */

static int runs, failures_left;

static enum err job_runs(struct ctx *c, int64_t subject)
{
    runs++;
    TRY(setting_set(c, "ran", arena_printf(c->arena, "%lld", (long long)subject)));
    return failures_left-- > 0 ? fail(c, E_IO, "例の失敗") : OK;
}

static const struct job_kind kinds[] = {{.name = "test.once", .run = job_runs}, {.name = "test.often", .run = job_runs, .every = 3600}, {.name = NULL}};
static const struct area job_area = {.name = "test", .jobs = kinds};
static const struct area *const job_areas[] = {&job_area, NULL};

static enum err put_job(struct ctx *c, void *arg)
{
    return job_put(c, arg, 7, c->now + 100);
}

static void run_jobs(struct client *cl, int64_t now)
{
    client_clock(cl, now);
    struct ctx *c = client_ctx(cl);
    runs = 0;
    CHECK_INT(jobs_run_due(client_app(cl), c->writer), OK);
}

TEST(jobs_run_in_time_and_fail_in_public)
{
    EACH_ENGINE(cl) {
        const struct area *const *others = client_app(cl)->areas;
        char once[] = "test.once";
        client_clock(cl, T0);
        client_user(cl, "operator", NONE, NONE);
        client_app(cl)->areas = job_areas;
        failures_left = 0;
        CHECK_INT(in_write(client_ctx(cl), put_job, once), OK);
        CHECK_INT(in_write(client_ctx(cl), put_job, once), OK); /* an equal one moves */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM job WHERE kind = 'test.once'"), 1);
        run_jobs(cl, T0 + 99);
        CHECK_INT(runs, 0);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM job WHERE kind = 'test.often'"), 1);
        run_jobs(cl, T0 + 100);
        CHECK_INT(runs, 1);
        CHECK_TEXT(client_text(cl, "SELECT value FROM setting WHERE key = 'ran'"), "7");
        CHECK_TEXT(client_text(cl, "SELECT state FROM job WHERE kind = 'test.once'"), "done");
        run_jobs(cl, T0 + 101);
        CHECK_INT(runs, 0);
        /* The repeating one: at its time, and again an hour later. */
        run_jobs(cl, T0 + 99 + 3600);
        CHECK_INT(runs, 1);
        run_jobs(cl, T0 + 99 + 3601);
        CHECK_INT(runs, 0);
        run_jobs(cl, T0 + 99 + 7200);
        CHECK_INT(runs, 1);

        /* Five failures: 1, 5, 30 minutes and 2 hours apart; what a failed run wrote is gone. */
        static const int64_t wait[] = {60, 300, 1800, 7200};
        int64_t now = T0 + 20000;
        client_exec(cl, "DELETE FROM setting WHERE key = 'ran'");
        client_exec(cl, "DELETE FROM job");
        client_clock(cl, now - 100);
        CHECK_INT(in_write(client_ctx(cl), put_job, once), OK);
        failures_left = 5;
        client_exec(cl, "INSERT INTO job (kind, subject, due_at, state, tries) VALUES ('test.often', 0, 9999999999, 'due', 0)");
        for (size_t i = 0; i < 5; i++) {
            run_jobs(cl, now);
            CHECK_INT(runs, 1);
            CHECK_INT(client_int(cl, "SELECT tries FROM job WHERE kind = 'test.once'"), (int64_t)i + 1);
            CHECK_TEXT(client_text(cl, "SELECT state FROM job WHERE kind = 'test.once'"), i < 4 ? "due" : "failed");
            CHECK(client_text(cl, "SELECT value FROM setting WHERE key = 'ran'") == NULL);
            if (i < 4) {
                run_jobs(cl, now + wait[i] - 1);
                CHECK_INT(runs, 0);
                now += wait[i];
            }
        }
        CHECK_TEXT(client_text(cl, "SELECT error FROM job WHERE kind = 'test.once'"), "例の失敗");
        run_jobs(cl, now + 100000);
        CHECK_INT(runs, 0); /* until the operator says so */
        client_app(cl)->areas = others;
        client_user(cl, "operator", NONE, NONE);
        CHECK_INT(client_get(cl, "/home"), 200);
        CHECK(client_sees(cl, "失敗した仕事を見る") && client_sees(cl, "例の失敗"));
        CHECK_INT(client_get(cl, "/jobs"), 200);
        CHECK(client_form(cl, "/jobs/"));
        CHECK_INT(client_send(cl), 303);
        client_app(cl)->areas = job_areas;
        failures_left = 0;
        run_jobs(cl, now + 100000);
        CHECK_INT(runs, 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM job WHERE state = 'failed'"), 0);
        client_app(cl)->areas = others;
    }
}

TEST(a_repeating_job_recovers_by_itself)
{
    EACH_ENGINE(cl) {
        const struct area *const *others = client_app(cl)->areas;
        client_app(cl)->areas = job_areas;
        client_exec(cl, "INSERT INTO job (kind, subject, due_at, state, tries) VALUES ('test.often', 0, 1780000000, 'due', 4)");
        failures_left = 1;
        run_jobs(cl, T0);
        CHECK_TEXT(client_text(cl, "SELECT state FROM job"), "failed");
        CHECK_INT(client_int(cl, "SELECT due_at FROM job"), T0 + 3600);
        run_jobs(cl, T0 + 3600);
        CHECK_INT(runs, 1);
        CHECK_TEXT(client_text(cl, "SELECT state FROM job"), "due");
        CHECK_INT(client_int(cl, "SELECT tries FROM job"), 0);
        client_app(cl)->areas = others;
    }
}

TEST_MAIN
