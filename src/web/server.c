/* Start and stop: sockets, threads, their order. */
#include "web/server_parts.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/crypto.h"

enum { BACKLOG = 1024, FILES_APART = 128, CONNECTIONS_MOST = 8192, LISTENERS_MOST = 64 };

int64_t server_now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t server_now_ms(void) { return server_now_us() / 1000; }

static void defaults(struct server_config *c)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned each = cores > 0 && cores < LISTENERS_MOST ? (unsigned)cores : LISTENERS_MOST;
    c->listeners = c->listeners > 0 ? c->listeners : each;
    c->readers = c->readers > 0 ? c->readers : each;
    c->writers = c->writers > 0 ? c->writers : 1;
    c->slow = c->slow > 0 ? c->slow : 2;
    c->batch_max = c->batch_max > 0 ? c->batch_max : 1;
    c->queue_max = c->queue_max > 0 ? c->queue_max : 1024;
    c->head_ms = c->head_ms > 0 ? c->head_ms : 10 * 1000;
    c->body_ms = c->body_ms > 0 ? c->body_ms : 30 * 1000;
    c->idle_ms = c->idle_ms > 0 ? c->idle_ms : 60 * 1000;
    if (c->connections_max == 0) {
        struct rlimit files;
        c->connections_max = CONNECTIONS_MOST;
        if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur != RLIM_INFINITY && files.rlim_cur < CONNECTIONS_MOST + FILES_APART)
            c->connections_max = files.rlim_cur > FILES_APART * 2 ? (unsigned)(files.rlim_cur - FILES_APART) : FILES_APART;
    }
}

static enum err cannot_listen(struct server *s, struct failure *f)
{
    if (errno == EADDRINUSE)
        return fail_with(f, E_CONFLICT, "%s はほかのプログラムが使っています。別の番号を選ぶか、そのプログラムを止めてください。", s->cfg.listen);
    return fail_with(f, E_IO, "%s で待ち受けられません(%s)。", s->cfg.listen, strerror(errno));
}

/* --- Unix socket --- */

/* A file left by a process that is gone refuses connections. */
static bool nobody_listens(const struct sockaddr_un *a)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    bool refused = connect(fd, (const struct sockaddr *)a, sizeof *a) != 0 && errno == ECONNREFUSED;
    close(fd);
    return refused;
}

static enum err open_unix(struct server *s, int *sock, struct failure *f)
{
    const char *path = s->cfg.listen + 5;
    struct sockaddr_un a = {.sun_family = AF_UNIX};
    if (*path == '\0' || strlen(path) >= sizeof a.sun_path)
        return fail_with(f, E_INPUT, "ソケットの場所が正しくありません: %s", s->cfg.listen);
    memcpy(a.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return cannot_listen(s, f);
    int bound = bind(fd, (struct sockaddr *)&a, sizeof a);
    if (bound != 0 && errno == EADDRINUSE) {
        struct stat there;
        if (stat(path, &there) == 0 && S_ISSOCK(there.st_mode) && nobody_listens(&a)) {
            unlink(path);
            bound = bind(fd, (struct sockaddr *)&a, sizeof a);
        } else {
            errno = EADDRINUSE;
        }
    }
    struct stat ours;
    /* The mode before listen: until then nobody can connect. */
    if (bound != 0 || chmod(path, 0660) != 0 || stat(path, &ours) != 0 || listen(fd, BACKLOG) != 0) {
        enum err e = cannot_listen(s, f);
        close(fd);
        return e;
    }
    s->unix_path = arena_dup(s->arena, path);
    s->unix_inode = ours.st_ino;
    s->address = arena_dup(s->arena, s->cfg.listen);
    *sock = fd;
    return OK;
}

/* --- TCP --- */

static enum err resolve(struct server *s, struct addrinfo **out, struct failure *f)
{
    const char *listen_on = s->cfg.listen, *colon = strrchr(listen_on, ':');
    const char *host = listen_on;
    size_t host_n = colon != NULL ? (size_t)(colon - listen_on) : 0;
    if (host_n > 2 && host[0] == '[' && host[host_n - 1] == ']') {
        host++;
        host_n -= 2;
    } else if (host_n > 0 && memchr(host, ':', host_n) != NULL) {
        host_n = 0; /* an IPv6 address needs its brackets */
    }
    size_t digits = colon != NULL ? strspn(colon + 1, "0123456789") : 0;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    if (host_n == 0 || digits == 0 || digits > 5 || colon[1 + digits] != '\0' || strtol(colon + 1, NULL, 10) > 65535 ||
        getaddrinfo(arena_dup_n(s->arena, host, host_n), colon + 1, &hints, out) != 0)
        return fail_with(f, E_INPUT, "待ち受ける場所が正しくありません: %s(例: 127.0.0.1:8080、[::1]:8080、unix:/run/kyodo/kyodo.sock)", listen_on);
    return OK;
}

static int open_tcp(const struct sockaddr *a, socklen_t n, bool probe)
{
    int fd = socket(a->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 && (probe || setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) == 0) &&
        bind(fd, a, n) == 0 && (probe || listen(fd, BACKLOG) == 0))
        return fd;
    int kept = errno;
    close(fd);
    errno = kept;
    return -1;
}

static enum err open_sockets(struct server *s, int *sock, struct failure *f)
{
    struct addrinfo *found;
    TRY(resolve(s, &found, f));
    struct sockaddr_storage a = {0};
    socklen_t a_n = found->ai_addrlen;
    memcpy(&a, found->ai_addr, a_n);
    freeaddrinfo(found);
    /* Sockets that share a port share it with any process of the same user: one that shares with nobody finds out whether it is free. */
    int probe = open_tcp((struct sockaddr *)&a, a_n, true);
    if (probe < 0)
        return cannot_listen(s, f);
    int named = getsockname(probe, (struct sockaddr *)&a, &a_n); /* port 0 became a number */
    close(probe);
    if (named != 0)
        return cannot_listen(s, f);
    for (unsigned i = 0; i < s->cfg.listeners; i++) {
        sock[i] = open_tcp((struct sockaddr *)&a, a_n, false);
        if (sock[i] < 0)
            return cannot_listen(s, f);
    }
    char host[NI_MAXHOST], port[NI_MAXSERV];
    if (getnameinfo((struct sockaddr *)&a, a_n, host, sizeof host, port, sizeof port, NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return cannot_listen(s, f);
    s->address = arena_printf(s->arena, a.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
    return OK;
}

/* --- start, stop --- */

static struct server *server_new(const struct server_config *cfg, const struct server_app *app)
{
    struct arena *a = arena_new();
    struct server *s = arena_make(a, struct server);
    s->arena = a;
    s->cfg = *cfg;
    s->app = *app;
    s->address = "";
    defaults(&s->cfg);
    pthread_mutex_init(&s->ready_lock, NULL);
    pthread_cond_init(&s->ready, NULL);
    for (int i = 0; i < LANES; i++) {
        struct lane_queue *q = &s->lane[i];
        q->server = s;
        q->lane = (enum lane)i;
        q->last = &q->first;
        pthread_mutex_init(&q->lock, NULL);
        pthread_cond_init(&q->work, NULL);
        pthread_cond_init(&q->called, NULL);
    }
    snprintf(s->run, sizeof s->run, "%s", crypto_token(a, 4));
    return s;
}

static void close_sockets(struct server *s, int *sock)
{
    for (unsigned i = 0; i < s->cfg.listeners; i++) {
        if (sock[i] != SOCKET_NONE && (i == 0 || sock[i] != sock[0]))
            close(sock[i]);
    }
    struct stat there;
    /* Only our own file: another server may have taken the place. */
    if (s->unix_path != NULL && stat(s->unix_path, &there) == 0 && there.st_ino == s->unix_inode)
        unlink(s->unix_path);
}

static enum err start(struct server *s, struct failure *f)
{
    s->sock = arena_many(s->arena, int, s->cfg.listeners);
    for (unsigned i = 0; i < s->cfg.listeners; i++)
        s->sock[i] = SOCKET_NONE;
    if (s->cfg.listen != NULL && strncmp(s->cfg.listen, "unix:", 5) == 0) {
        TRY(open_unix(s, &s->sock[0], f));
        for (unsigned i = 1; i < s->cfg.listeners; i++)
            s->sock[i] = s->sock[0];
    } else if (s->cfg.listen != NULL) {
        TRY(open_sockets(s, s->sock, f));
    }
    TRY(lanes_start(s, f));
    s->listener = listener_new(s, s->cfg.listeners);
    for (unsigned i = 0; i < s->cfg.listeners; i++)
        TRY(listener_start(s, i, s->sock[i], f));
    return OK;
}

enum err server_start(const struct server_config *cfg, const struct server_app *app, struct server **out, struct failure *f)
{
    struct server *s = server_new(cfg, app);
    *out = s;
    /* Signals are the main thread's business. */
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    enum err e = start(s, f);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (e != OK) {
        server_stop(s, 0);
        *out = NULL;
    }
    return e;
}

const char *server_address(const struct server *s) { return s->address; }

enum err server_adopt(struct server *s, int fd)
{
    if (atomic_load(&s->stopping))
        return E_CONFLICT;
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
        return E_IO;
    listener_adopt(listener_at(s, atomic_fetch_add(&s->next_adopted, 1) % s->cfg.listeners), fd);
    return OK;
}

void server_stop(struct server *s, int seconds)
{
    atomic_store(&s->stop_at, server_now_ms() + (int64_t)seconds * 1000);
    atomic_store(&s->stopping, true);
    /* Listeners first: they end when their connections have their answers, for which the lanes must still run. */
    unsigned listeners = s->listener != NULL ? s->cfg.listeners : 0;
    for (unsigned i = 0; i < listeners; i++)
        if (listener_running(s, i))
            listener_wake(listener_at(s, i));
    for (unsigned i = 0; i < listeners; i++)
        listener_join(s, i);
    /* The write lane last: a slow request may wait for it. */
    lane_stop(&s->lane[LANE_READ]);
    lane_stop(&s->lane[LANE_SLOW]);
    lane_stop(&s->lane[LANE_PASSWORD]);
    lane_stop(&s->lane[LANE_WRITE]);
    for (unsigned i = 0; i < listeners; i++)
        listener_free(s, i);
    if (s->sock != NULL)
        close_sockets(s, s->sock);
    for (int i = 0; i < LANES; i++) {
        pthread_mutex_destroy(&s->lane[i].lock);
        pthread_cond_destroy(&s->lane[i].work);
        pthread_cond_destroy(&s->lane[i].called);
    }
    pthread_mutex_destroy(&s->ready_lock);
    pthread_cond_destroy(&s->ready);
    arena_free(s->arena);
}
