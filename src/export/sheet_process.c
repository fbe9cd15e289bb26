/* The reading process and its caller.
 *
 * The child gets the file on a socket, gives the workbook back on it in the form below, and can do nothing else: seccomp leaves it reading, writing and
 * memory; limits bound its memory and time. It is the same program started anew, not a fork of a server full of keys and connections.
 *
 * The form: numbers are 32 bits, least byte first; a text is its length and its bytes.
 *   MAGIC 0 xlsx encoding sheets (name? hidden rows (number cells (column kind+formula text)*)*)* MAGIC
 *   MAGIC code message MAGIC
 * The caller believes none of it: every length and number is checked against what is there and the limits of sheet.h. */
#include <seccomp.h>

#include "export/sheet_parts.h"

#include <errno.h>
#include <iconv.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/text.h"

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

enum { MAGIC = 0x5348454Bu & 0x7FFFFFFF, MEMORY_MAX = 768 << 20, CPU_SECONDS = 15, EXIT_UNSAFE = 71, FORMULA = 0x100 };

/* --- the child --- */

struct wire { char bytes[1 << 16]; size_t n; };

static void wire_flush(struct wire *w)
{
    for (size_t at = 0; at < w->n;) {
        ssize_t n = write(STDOUT_FILENO, w->bytes + at, w->n - at);
        if (n < 0 && errno != EINTR)
            _exit(1);
        at += n > 0 ? (size_t)n : 0;
    }
    w->n = 0;
}

static void wire_bytes(struct wire *w, const void *p, size_t n)
{
    for (const char *s = p; n > 0;) {
        size_t k = sizeof w->bytes - w->n < n ? sizeof w->bytes - w->n : n;
        memcpy(w->bytes + w->n, s, k);
        w->n += k;
        s += k;
        n -= k;
        if (w->n == sizeof w->bytes)
            wire_flush(w);
    }
}

static void wire_number(struct wire *w, uint32_t v)
{
    wire_bytes(w, (const unsigned char[]){(unsigned char)v, (unsigned char)(v >> 8), (unsigned char)(v >> 16), (unsigned char)(v >> 24)}, 4);
}

static void wire_text(struct wire *w, const char *s)
{
    wire_number(w, (uint32_t)strlen(s));
    wire_bytes(w, s, strlen(s));
}

static void wire_book(struct wire *w, const struct workbook *book)
{
    wire_number(w, 0);
    wire_number(w, book->xlsx);
    wire_number(w, (uint32_t)book->encoding);
    wire_number(w, (uint32_t)book->n);
    for (size_t i = 0; i < book->n; i++) {
        const struct sheet *s = &book->sheet[i];
        wire_number(w, s->name != NULL);
        wire_text(w, s->name != NULL ? s->name : "");
        wire_number(w, s->hidden);
        wire_number(w, (uint32_t)s->n);
        for (size_t k = 0; k < s->n; k++) {
            wire_number(w, s->row[k].number);
            wire_number(w, s->row[k].n);
            for (uint32_t j = 0; j < s->row[k].n; j++) {
                const struct sheet_cell *c = &s->row[k].cell[j];
                wire_number(w, c->column);
                wire_number(w, (uint32_t)c->kind | (c->formula ? FORMULA : 0));
                wire_text(w, c->text);
            }
        }
    }
}

static void limit(int what, rlim_t most)
{
    if (setrlimit((__rlimit_resource_t)what, &(struct rlimit){most, most}) != 0)
        _exit(EXIT_UNSAFE);
}

/* From here on: reading, writing, memory, the end. Everything else is told EPERM, so that a library that asks for the time zone
 * or for random bytes goes on without. Under a sanitizer there is no limit of memory, because its shadow takes 20 TB of addresses; the rest holds. */
static void close_doors(void)
{
    static const int open_doors[] = {
        SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
        SCMP_SYS(futex), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom), SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigaction), SCMP_SYS(sigaltstack), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(lseek), SCMP_SYS(fstat),
    };
    if (!SANITIZED)
        limit(RLIMIT_AS, MEMORY_MAX);
    limit(RLIMIT_CPU, CPU_SECONDS);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NPROC, 0);
    limit(RLIMIT_NOFILE, 0);
    prctl(PR_SET_DUMPABLE, 0);
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool ok = f != NULL;
    for (size_t i = 0; ok && i < sizeof open_doors / sizeof open_doors[0]; i++)
        ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, open_doors[i], 0) == 0;
    /* memory, but none that can be executed */
    ok = ok && seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
    ok = ok && seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
    ok = ok && seccomp_load(f) == 0;
    if (!ok)
        _exit(EXIT_UNSAFE);
    seccomp_release(f);
}

int sheet_child_main(void)
{
    struct arena *a = arena_new();
    char *bytes = arena_alloc(a, SHEET_FILE_MAX + 1);
    size_t n = 0;
    struct failure f;
    failure_init(&f, a);
    /* Its tables are a file: loaded now, and kept for base/csv.c by this handle. */
    if (iconv_open("UTF-8", "CP932") == (iconv_t)-1)
        _exit(EXIT_UNSAFE);
    close_doors();
    for (ssize_t got = 1; got != 0 && n <= SHEET_FILE_MAX;) {
        got = read(STDIN_FILENO, bytes + n, SHEET_FILE_MAX + 1 - n);
        if (got < 0 && errno != EINTR)
            _exit(1);
        n += got > 0 ? (size_t)got : 0;
    }
    struct workbook *book = NULL;
    enum err e = sheet_parse(a, bytes, n, &book, &f);
    struct wire w = {.n = 0};
    wire_number(&w, MAGIC);
    if (e == OK) {
        wire_book(&w, book);
    } else {
        wire_number(&w, (uint32_t)e);
        wire_text(&w, f.message);
    }
    wire_number(&w, MAGIC);
    wire_flush(&w);
    _exit(0);
}

/* --- the caller: reading the answer --- */

struct answer { struct arena *arena; const unsigned char *p, *end; bool bad; size_t cells, rows; };

static uint32_t take_number(struct answer *s, uint32_t most)
{
    if (s->bad || s->end - s->p < 4) {
        s->bad = true;
        return 0;
    }
    uint32_t v = (uint32_t)s->p[0] | (uint32_t)s->p[1] << 8 | (uint32_t)s->p[2] << 16 | (uint32_t)s->p[3] << 24;
    s->p += 4;
    if (v > most) {
        s->bad = true;
        return 0;
    }
    return v;
}

static const char *take_text(struct answer *s)
{
    uint32_t n = take_number(s, SHEET_TEXT_MAX);
    if (s->bad || (size_t)(s->end - s->p) < n || !text_utf8_ok((const char *)s->p, n)) {
        s->bad = true;
        return "";
    }
    const char *text = arena_dup_n(s->arena, (const char *)s->p, n);
    s->p += n;
    return text;
}

static void take_row(struct answer *s, struct sheet_row *row, struct sheet *sheet)
{
    uint32_t n = take_number(s, SHEET_COLUMNS_MAX);
    struct sheet_cell *cell = arena_many(s->arena, struct sheet_cell, n);
    s->cells += n;
    s->bad = s->bad || s->cells > SHEET_CELLS_MAX;
    for (uint32_t i = 0; i < n && !s->bad; i++) {
        cell[i].column = take_number(s, SHEET_COLUMNS_MAX - 1);
        uint32_t kind = take_number(s, FORMULA | SHEET_ERROR);
        cell[i].formula = (kind & FORMULA) != 0;
        cell[i].kind = (enum sheet_kind)(kind & 0xFF);
        cell[i].text = take_text(s);
        s->bad = s->bad || cell[i].kind > SHEET_ERROR || (i > 0 && cell[i].column <= cell[i - 1].column);
        if (cell[i].column >= sheet->columns)
            sheet->columns = cell[i].column + 1;
    }
    row->cell = cell;
    row->n = n;
}

static void take_sheet(struct answer *s, struct sheet *sheet)
{
    bool named = take_number(s, 1) == 1;
    const char *name = take_text(s);
    sheet->name = named ? name : NULL;
    sheet->hidden = take_number(s, 1) == 1;
    sheet->n = take_number(s, SHEET_ROWS_MAX);
    s->rows += sheet->n;
    s->bad = s->bad || s->rows > SHEET_ROWS_MAX;
    if (s->bad)
        return;
    struct sheet_row *row = arena_many(s->arena, struct sheet_row, sheet->n);
    for (size_t i = 0; i < sheet->n && !s->bad; i++) {
        row[i].number = take_number(s, UINT32_MAX);
        take_row(s, &row[i], sheet);
        s->bad = s->bad || (i > 0 && row[i].number <= row[i - 1].number);
    }
    sheet->row = row;
}

static enum err nothing(struct failure *f) { return fail_with(f, E_FORM, "ファイルを読み取れません。表だけを新しいブックに貼り付けて、保存し直してください。"); }

static enum err take_book(struct answer *s, struct workbook *w, struct failure *f)
{
    bool magic = take_number(s, UINT32_MAX) == MAGIC;
    uint32_t code = take_number(s, E_BUG);
    if (magic && !s->bad && code != 0) {
        const char *message = take_text(s);
        bool known = code == E_FORM || code == E_TOO_LARGE;
        return !s->bad && known ? fail_with(f, (enum err)code, "%s", message) : nothing(f);
    }
    w->xlsx = take_number(s, 1) == 1;
    w->encoding = (enum encoding)take_number(s, ENCODING_CP932);
    w->n = take_number(s, SHEET_SHEETS_MAX);
    struct sheet *sheet = arena_many(s->arena, struct sheet, w->n);
    for (size_t i = 0; i < w->n && !s->bad; i++)
        take_sheet(s, &sheet[i]);
    w->sheet = sheet;
    return magic && take_number(s, UINT32_MAX) == MAGIC && !s->bad && s->p == s->end ? OK : nothing(f);
}

/* --- the caller: the process --- */

static enum err start_child(int theirs, pid_t *pid, struct failure *f)
{
    char *argv[] = {(char *)(uintptr_t)"kyodo", (char *)(uintptr_t)SHEET_CHILD, NULL};
    char *envp[] = {SANITIZED ? (char *)(uintptr_t)"ASAN_OPTIONS=detect_leaks=0" : NULL, NULL}; /* nothing of ours: there may be a password in it */
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    sigaddset(&usual, SIGTERM);
    sigaddset(&usual, SIGINT);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, theirs, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, theirs, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    posix_spawnattr_init(&how);
    posix_spawnattr_setsigmask(&how, &none);
    posix_spawnattr_setsigdefault(&how, &usual);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int error = posix_spawn(pid, "/proc/self/exe", &files, &how, argv, envp);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return error == 0 ? OK : fail_with(f, E_IO, "ファイルを読み取る準備ができません(%s)。", strerror(error));
}

static int64_t milliseconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

struct bytes_in { unsigned char *p; size_t n, cap; };

/* Sends the file and takes the answer, both as the child pleases. false: the time is over, or there is too much of it. */
static bool converse(int ours, const char *file, size_t n, struct bytes_in *in)
{
    int64_t until = milliseconds() + SHEET_SECONDS * 1000;
    size_t sent = 0;
    if (n == 0)
        shutdown(ours, SHUT_WR);
    /* what the largest workbook takes: its texts, and three numbers a cell */
    const size_t most = (size_t)SHEET_TEXT_MAX + (size_t)SHEET_CELLS_MAX * 12 + (size_t)SHEET_ROWS_MAX * 8 + (1u << 20);
    for (;;) {
        int64_t left = until - milliseconds();
        struct pollfd p = {.fd = ours, .events = (short)(POLLIN | (sent < n ? POLLOUT : 0))};
        if (left <= 0 || (poll(&p, 1, (int)left) < 0 && errno != EINTR))
            return false;
        if (p.revents & POLLOUT) {
            ssize_t k = send(ours, file + sent, n - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
            sent += k > 0 ? (size_t)k : 0;
            if (k < 0 && errno != EAGAIN && errno != EINTR)
                sent = n; /* it reads no more: what it has to say comes now */
            if (sent == n)
                shutdown(ours, SHUT_WR);
        }
        if (p.revents & (POLLIN | POLLHUP | POLLERR)) {
            if (in->cap - in->n < 1 << 16) {
                in->cap = in->cap == 0 ? 1 << 20 : in->cap * 2;
                in->p = realloc(in->p, in->cap);
                if (in->p == NULL)
                    abort();
            }
            ssize_t k = recv(ours, in->p + in->n, in->cap - in->n, MSG_DONTWAIT);
            if (k == 0)
                return true;
            if (k < 0 && errno != EAGAIN && errno != EINTR)
                return errno == ECONNRESET;
            in->n += k > 0 ? (size_t)k : 0;
            if (in->n > most)
                return false;
        }
    }
}

static enum err ended(int status, bool in_time, struct failure *f)
{
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_UNSAFE)
        return fail_with(f, E_IO, "ファイルを安全に読み取る準備ができません(seccompが使えません)。管理者に連絡してください。");
    if (!in_time || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
        return fail_with(f, E_TOO_LARGE, "%d秒以内に読み取れないため、やめました。表を分けて保存してください。", SHEET_SECONDS);
    if (WIFSIGNALED(status) || WEXITSTATUS(status) != 0)
        return nothing(f);
    return OK;
}

enum err sheet_read(struct arena *a, const void *bytes, size_t n, const char *file_name, struct workbook **out, struct failure *f)
{
    int pair[2];
    pid_t pid = 0;
    if (n > SHEET_FILE_MAX)
        return fail_with(f, E_TOO_LARGE, "ファイルが%uMBを超えるため、読みません。表を分けて保存してください。", SHEET_FILE_MAX >> 20);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return fail_with(f, E_IO, "ファイルを読み取る準備ができません(%s)。", strerror(errno));
    enum err e = start_child(pair[1], &pid, f);
    close(pair[1]);
    if (e != OK) {
        close(pair[0]);
        return e;
    }
    struct bytes_in in = {0};
    bool in_time = converse(pair[0], bytes, n, &in);
    int status = 0;
    if (!in_time)
        kill(pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    close(pair[0]);
    e = ended(status, in_time, f);
    if (e == OK) {
        struct answer s = {.arena = a, .p = in.p, .end = in.p + in.n};
        struct workbook *w = arena_make(a, struct workbook);
        w->file = arena_dup(a, file_name);
        e = take_book(&s, w, f);
        *out = w;
    }
    free(in.p);
    return e;
}
