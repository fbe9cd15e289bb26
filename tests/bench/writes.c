/* Durable small writes: N clients, each signed in with an account of its own, change their name again and again for some seconds, each waiting for
 * its answer. Prints the number of writes acknowledged a second. Used by ./bench; loopback only.
 *
 *   writes PORT CLIENTS SECONDS      accounts bench0@… to bench(N-1)@… with the password below
 */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS_MOST = 64, ANSWER_MOST = 256 * 1024 };

struct client {
    int number, fd, port;
    char cookie[2048], csrf[256];
    char *answer;
    size_t n;
    unsigned long done, refused;
};

static double stop_at;
static atomic_int ready;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void give_up(const struct client *c, const char *what)
{
    fprintf(stderr, "writes: client %d: %s\n%.600s\n", c->number, what, c->answer != NULL ? c->answer : "");
    exit(1);
}

static void dial(struct client *c)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)c->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&a, sizeof a) != 0)
        give_up(c, "cannot connect");
}

/* One answer with its Content-Length. Returns the status. */
static int take_answer(struct client *c)
{
    size_t need = 0;
    for (c->n = 0;;) {
        ssize_t got = read(c->fd, c->answer + c->n, ANSWER_MOST - 1 - c->n);
        if (got <= 0)
            give_up(c, "the connection ended");
        c->n += (size_t)got;
        c->answer[c->n] = '\0';
        char *end = strstr(c->answer, "\r\n\r\n");
        if (end == NULL)
            continue;
        if (need == 0) {
            char *length = strcasestr(c->answer, "\r\ncontent-length:");
            need = (size_t)(end - c->answer) + 4 + (length != NULL && length < end ? strtoul(length + 17, NULL, 10) : 0);
        }
        if (c->n >= need)
            return (int)strtol(c->answer + 9, NULL, 10);
    }
}

static void take_cookies(struct client *c)
{
    for (char *p = c->answer; (p = strcasestr(p, "\r\nset-cookie: ")) != NULL; p += 14) {
        size_t n = strcspn(p + 14, ";\r"), name = strcspn(p + 14, "=");
        char pair[512];
        snprintf(pair, sizeof pair, "%.*s", (int)n, p + 14);
        char *old = strstr(c->cookie, strndupa(pair, name + 1));
        if (old != NULL)
            memmove(old, old + strcspn(old, ";") + (old[strcspn(old, ";")] == ';' ? 2 : 0), strlen(old + strcspn(old, ";")) + 1);
        size_t at = strlen(c->cookie);
        snprintf(c->cookie + at, sizeof c->cookie - at, "%s; ", pair);
    }
}

static int talk(struct client *c, const char *method, const char *path, const char *body)
{
    char request[8192];
    int n = snprintf(request, sizeof request,
                     "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: %s\r\nOrigin: http://127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %zu\r\n\r\n%s",
                     method, path, c->cookie[0] != '\0' ? c->cookie : "x=1", strlen(body), body);
    if (write(c->fd, request, (size_t)n) != n)
        give_up(c, "cannot send");
    int status = take_answer(c);
    take_cookies(c);
    return status;
}

static void take_csrf(struct client *c)
{
    char *p = strstr(c->answer, "name=\"csrf\" value=\"");
    if (p == NULL)
        give_up(c, "no token on the page");
    snprintf(c->csrf, sizeof c->csrf, "%.*s", (int)strcspn(p + 19, "\""), p + 19);
}

static void *run(void *arg)
{
    struct client *c = arg;
    char body[1024];
    c->answer = malloc(ANSWER_MOST);
    dial(c);
    if (talk(c, "GET", "/login", "") != 200)
        give_up(c, "no login page");
    take_csrf(c);
    snprintf(body, sizeof body, "csrf=%s&key=%08dlogin%08d&login=bench%d%%40example.jp&password=rei-suishin", c->csrf, getpid(), c->number, c->number);
    if (talk(c, "POST", "/login", body) != 303)
        give_up(c, "cannot sign in");
    if (talk(c, "GET", "/account", "") != 200)
        give_up(c, "no account page");
    take_csrf(c);
    atomic_fetch_add(&ready, 1);
    while (stop_at == 0)
        usleep(1000);
    while (now() < stop_at) {
        snprintf(body, sizeof body, "csrf=%s&key=%08d%04d%020lu&shown=name+mail&name=bench+%d+%lu&mail=", c->csrf, getpid(), c->number, c->done + c->refused, c->number, c->done);
        if (talk(c, "POST", "/account", body) == 303)
            c->done++;
        else if (++c->refused > 100)
            give_up(c, "writes are refused");
    }
    close(c->fd);
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return fprintf(stderr, "usage: writes PORT CLIENTS SECONDS\n"), 2;
    static struct client client[CLIENTS_MOST];
    pthread_t thread[CLIENTS_MOST];
    int n = (int)strtol(argv[2], NULL, 10);
    double seconds = strtod(argv[3], NULL);
    for (int i = 0; i < n && i < CLIENTS_MOST; i++) {
        client[i] = (struct client){.number = i, .port = (int)strtol(argv[1], NULL, 10)};
        pthread_create(&thread[i], NULL, run, &client[i]);
    }
    while (atomic_load(&ready) < n)
        usleep(1000);
    double from = now();
    stop_at = from + seconds;
    unsigned long done = 0, refused = 0;
    for (int i = 0; i < n; i++) {
        pthread_join(thread[i], NULL);
        done += client[i].done;
        refused += client[i].refused;
    }
    if (refused > 0)
        fprintf(stderr, "writes: %lu refused\n", refused);
    printf("%.1f\n", (double)done / (now() - from));
    return 0;
}
