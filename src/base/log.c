#include "base/log.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/utf8.h"

/* At most this much goes out in one write: POSIX keeps a write of up to PIPE_BUF bytes in one piece. */
#define RECORD_MAX 4096u
#define VALUE_MAX 1200u

struct record {
    char b[RECORD_MAX];
    size_t n;
};

/* What a thread has gathered. */
static _Thread_local bool gathering;
static _Thread_local struct record waiting;
/* The second's text: a busy thread writes hundreds of records in one. */
static _Thread_local struct { time_t at; char text[32]; size_t n; } second;

/* Whole or not at all. The last byte is kept free for the newline. */
static int put(struct record *r, const char *s, size_t n)
{
    if (n > RECORD_MAX - 1 - r->n)
        return 0;
    memcpy(r->b + r->n, s, n);
    r->n += n;
    return 1;
}

static int put_text(struct record *r, const char *s)
{
    return put(r, s, strlen(s));
}

/* What could end the record, close the quote or steer a terminal is written as an escape. */
static int put_value(struct record *r, const char *s)
{
    if (!put(r, "\"", 1))
        return 0;
    const char *end = s + strlen(s);
    size_t start = r->n;
    while (s < end) {
        size_t plain = 0, room = r->n - start <= VALUE_MAX ? VALUE_MAX + 1 - (r->n - start) : 0;
        while (plain < room && s + plain < end && s[plain] >= 0x20 && s[plain] < 0x7F && s[plain] != '"' && s[plain] != '\\')
            plain++;
        if (plain > 0) {
            if (!put(r, s, plain))
                return 0;
            s += plain;
            continue;
        }
        if (r->n - start > VALUE_MAX) {
            if (!put_text(r, "…"))
                return 0;
            break;
        }
        uint32_t cp = 0;
        size_t n = utf8_read(s, end, &cp);
        char escape[16];
        if (n == 0) {
            snprintf(escape, sizeof escape, "\\x%02x", (unsigned)(unsigned char)*s);
            n = 1;
        } else if (cp == '"' || cp == '\\') {
            snprintf(escape, sizeof escape, "\\%c", (int)cp);
        } else if (cp == '\n') {
            snprintf(escape, sizeof escape, "\\n");
        } else if (cp == '\r') {
            snprintf(escape, sizeof escape, "\\r");
        } else if (cp == '\t') {
            snprintf(escape, sizeof escape, "\\t");
        } else if (cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069)) {
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned)cp);
        } else {
            if (!put(r, s, n))
                return 0;
            s += n;
            continue;
        }
        if (!put_text(r, escape))
            return 0;
        s += n;
    }
    return put(r, "\"", 1);
}

/* A log that cannot be written has nobody to be told about it. */
static void put_out(struct record *r)
{
    ssize_t written = write(STDERR_FILENO, r->b, r->n);
    (void)written;
    r->n = 0;
}

void log_gather(void)
{
    gathering = true;
}

void log_flush(void)
{
    if (waiting.n > 0)
        put_out(&waiting);
}

bool log_waits(void)
{
    return waiting.n > 0;
}

void log_event(enum log_level level, const char *event, ...)
{
    static const char *const names[] = {"error", "warn", "info"};
    struct record r;
    r.n = 0;
    struct timespec now = {0};
    clock_gettime(CLOCK_REALTIME, &now);
    if (second.at != now.tv_sec || second.n == 0) {
        time_t tokyo = now.tv_sec + 9 * 3600;
        struct tm tm = {0};
        gmtime_r(&tokyo, &tm);
        second.n = strftime(second.text, sizeof second.text, "at=%Y-%m-%dT%H:%M:%S.", &tm);
        second.at = now.tv_sec;
    }
    put(&r, second.text, second.n);
    int milli = (int)(now.tv_nsec / 1000000);
    put(&r, (const char[]){(char)('0' + milli / 100), (char)('0' + milli / 10 % 10), (char)('0' + milli % 10)}, 3);
    put_text(&r, "+09:00 level=");
    put_text(&r, names[level]);
    put_text(&r, " event=");
    put_text(&r, event);

    va_list args;
    va_start(args, event);
    for (const char *key; (key = va_arg(args, const char *));) {
        const char *value = va_arg(args, const char *);
        size_t before = r.n;
        if (!value)
            continue;
        if (!put(&r, " ", 1) || !put_text(&r, key) || !put(&r, "=", 1) || !put_value(&r, value)) {
            r.n = before;
            put_text(&r, " cut=1");
            break;
        }
    }
    va_end(args);
    r.b[r.n++] = '\n';

    if (!gathering) {
        put_out(&r);
        return;
    }
    if (waiting.n + r.n > RECORD_MAX)
        log_flush();
    memcpy(waiting.b + waiting.n, r.b, r.n);
    waiting.n += r.n;
    if (level < LOG_INFO)
        log_flush();
}
