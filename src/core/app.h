/* The application: one per process and instance. Opened once, read by all threads; what may change is behind its own lock. */
#ifndef KYODO_CORE_APP_H
#define KYODO_CORE_APP_H

#include <stdatomic.h>
#include "base/crypto.h"
#include "core/ctx.h"
#include "web/cache.h"
#include "web/web.h"

struct server;
struct preset;
struct search_index;
struct command;
struct job_kind;
struct menu_item;
struct finder_source;
struct todo_source;
struct args;
struct live;
struct serving;

/* An area as areas.c lists it. Any pointer may be NULL. Tables end with an all-zero entry. */
struct area {
    const char *name;
    const struct entity *const *entities; /* ended by NULL */
    const struct route *routes;
    const struct command *commands;
    const struct job_kind *jobs;
    const struct menu_item *menu;
    /* Text for the search index: see core/finder.h. */
    const struct finder_source *finder;
    /* Things for 今日やること: see core/todo.h */
    const struct todo_source *todos;
    /* A section's name or place in the tree has changed, or one above it: what shows it is to be indexed anew. */
    enum err (*section_changed)(struct ctx *c, int64_t section);
    /* What is stored beside the rows it was counted from agrees with them; E_CONFLICT names the first that does not. For `kyodo check`. */
    enum err (*check)(struct ctx *c);
};
extern const struct area *const areas[]; /* areas.c, ended by NULL */

struct app {
    struct db_env *env;
    const char *directory;       /* keys and the node's search index */
    struct key key;              /* master key: DIR/key, made by init, mode 0600, outside the database */
    struct hmac_ready hmac;      /* the same, made ready: to do that for each hash costs as much as the hash */
    struct preset *preset;       /* words and settings in memory: core/preset.h; NULL: read each time */
    const struct area *const *areas;
    struct cache *cache;         /* NULL: off */
    struct server *server;       /* NULL: not serving (commands, tests) */
    struct runs *runs;           /* long work waiting for a thread: core/run.h; NULL: not serving */
    struct serving *serving;     /* core/serve.c's own; NULL: not serving */
    int password_cost;           /* 1; tests 0 */
    bool https;                  /* cookies with __Host- and Secure */
    const char *base_url;        /* for links in letters; from the setting site_url, else what serve listens on */
    int64_t (*clock)(void);      /* clock_now; tests set their own */
    _Atomic int64_t cut_off;     /* sessions opened before are ended (restore) */
    struct live *live;           /* session use, login delays: core/session.c */
};

/* db_env_open for an instance, which needs a directory for its key and files too. E_INPUT: PostgreSQL and no KYODO_DATA. */
enum err instance_env(const char *where, struct db_env **out, struct failure *f);
/* Opens an instance: environment, key, schema check, preset. `where` as in --database. */
enum err app_open(struct arena *a, const char *where, struct app **out, struct failure *f);
/* The same with a schema of any age: to look at, back up and migrate. */
enum err app_open_any(struct arena *a, const char *where, struct app **out, struct failure *f);
void app_close(struct app *app);
void app_key_set(struct app *app, const struct key *key); /* key and hmac */
/* Tables, key and preset, nothing else. E_CONFLICT when the instance exists already. */
enum err app_init(struct arena *a, const char *where, const char *preset, struct failure *f);

/* A context for a command or a test on a connection of its own. */
enum err ctx_open(struct app *app, struct arena *a, enum db_mode mode, const struct user *user, struct ctx *out);
void ctx_close(struct ctx *c);

/* The application's side of the server (core/serve.c). */
enum err app_serve(struct app *app, const char *listen, unsigned threads, bool ready_line, struct failure *f);
/* The same without waiting for a signal. clock_work: jobs, mail, other processes' writes. listen NULL: connections by server_adopt alone. */
enum err app_start(struct app *app, const char *listen, unsigned threads, bool clock_work, struct failure *f);
void app_stop(struct app *app, int seconds);
/* One request from raw bytes, in this thread, on `db` (a writer): for tests. Returns the raw answer in the arena. */
const char *app_handle(struct app *app, struct db *db, struct arena *a, const char *raw, size_t n, size_t *answer_n);

/* --- commands --- */
struct command {
    const char *name;     /* "demo add"; the longest fitting name wins */
    const char *usage;    /* "FILE [--format auto|nta]" */
    const char *help_ja, *help_en; /* some lines, exit codes too */
    enum { COMMAND_PLAIN, COMMAND_READ, COMMAND_WRITE } needs; /* PLAIN: no instance opened */
    enum err (*run)(struct ctx *c, struct args *args);
};
/* What was typed after the command's name. Options as --name value or --name=value; "--" ends them. */
struct args {
    const char *database;          /* --database, else KYODO_DATABASE, else ./data */
    const char **word; size_t words;
    struct form option;            /* name without --; flags have the value "1" */
    int exit;                      /* set by the command when it is not the error's own (3: some refused) */
};
const char *arg_option(const struct args *a, const char *name); /* NULL: absent */
/* E_INPUT unless exactly `n` words and only the options in `allowed` ("a b c") were given. */
enum err args_check(struct ctx *c, const struct args *a, size_t least, size_t most, const char *allowed);

#endif
