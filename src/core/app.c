/* Opening and making an instance. The key lies beside the database, never in it: who can change rows cannot make hashes fit. */
#include "core/app.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "core/audit.h"
#include "core/finder.h"
#include "core/preset.h"
#include "core/section.h"
#include "core/session.h"
#include "db/search.h"

enum { CACHE_BYTES = 64 * 1024 * 1024 };

static const char *key_path(struct arena *a, const char *directory)
{
    return arena_printf(a, "%s/key", directory);
}

void app_key_set(struct app *app, const struct key *key)
{
    app->key = *key;
    crypto_hmac_prepare(&app->hmac, key);
}

static enum err key_read(struct arena *a, const char *directory, struct key *key, struct failure *f)
{
    const char *path = key_path(a, directory);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail_with(f, E_NOT_FOUND, "鍵のファイル %s が読めません(%s)。kyodo init で作るか、控えから戻してください。", path, strerror(errno));
    ssize_t n = read(fd, key->b, sizeof key->b);
    close(fd);
    if (n != (ssize_t)sizeof key->b)
        return fail_with(f, E_IO, "鍵のファイル %s が壊れています。控えから戻してください。", path);
    return OK;
}

/* O_EXCL: an existing key is never replaced. */
static enum err key_make(struct arena *a, const char *directory, struct key *key, struct failure *f)
{
    const char *path = key_path(a, directory);
    crypto_random(key->b, sizeof key->b);
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail_with(f, errno == EEXIST ? E_CONFLICT : E_IO, "鍵のファイル %s を作れません(%s)。", path, strerror(errno));
    bool written = write(fd, key->b, sizeof key->b) == (ssize_t)sizeof key->b && fsync(fd) == 0;
    close(fd);
    if (!written) {
        unlink(path);
        return fail_with(f, E_IO, "鍵のファイル %s に書けません。ディスクの空きを確かめてください。", path);
    }
    return OK;
}

enum err instance_env(const char *where, struct db_env **out, struct failure *f)
{
    TRY(db_env_open(where, out, f));
    if (db_env_directory(*out) != NULL)
        return OK;
    db_env_close(*out);
    *out = NULL;
    return fail_with(f, E_INPUT, "鍵とファイルの置き場所がありません。PostgreSQL のときは、環境変数 KYODO_DATA にディレクトリを指定してください(例: KYODO_DATA=/var/lib/kyodo-pg)。");
}

static struct app *app_blank(struct arena *a, struct db_env *env)
{
    struct app *app = arena_make(a, struct app);
    app->env = env;
    app->directory = db_env_directory(env);
    app->areas = areas;
    app->password_cost = 1;
    app->clock = clock_now;
    return app;
}

enum err ctx_open(struct app *app, struct arena *a, enum db_mode mode, const struct user *user, struct ctx *out)
{
    *out = (struct ctx){.arena = a, .app = app, .user = user, .now = app->clock(), .locale = LOCALE_JA, .request_id = "-"};
    failure_init(&out->fail, a);
    struct db *db = NULL;
    TRY(db_open(app->env, mode, &db, &out->fail));
    if (mode == DB_WRITER)
        out->writer = db;
    else
        out->reader = db;
    return OK;
}

void ctx_close(struct ctx *c)
{
    if (c->reader != NULL)
        db_close(c->reader);
    if (c->writer != NULL)
        db_close(c->writer);
    c->reader = c->writer = c->db = NULL;
}

static enum err open_app(struct arena *a, const char *where, bool any, struct app **out, struct failure *f)
{
    crypto_init();
    if (!db_exists(where))
        return fail_with(f, E_NOT_FOUND, "%s に Kyodo のデータはありません。「kyodo init」で作ってください。", where);
    struct db_env *env = NULL;
    TRY(instance_env(where, &env, f));
    struct app *app = app_blank(a, env);
    struct key key;
    struct db *db = NULL;
    enum err e = db_open(env, DB_READER, &db, f);
    if (e == OK && !any)
        e = db_schema_check(db, f);
    if (db != NULL)
        db_close(db);
    if (e == OK)
        e = key_read(a, app->directory, &key, f);
    if (e != OK) {
        db_env_close(env);
        return e;
    }
    app_key_set(app, &key);
    app->cache = cache_new(CACHE_BYTES);
    app->live = live_new();
    app->preset = preset_new(env);
    *out = app;
    return OK;
}

enum err app_open(struct arena *a, const char *where, struct app **out, struct failure *f) { return open_app(a, where, false, out, f); }
enum err app_open_any(struct arena *a, const char *where, struct app **out, struct failure *f) { return open_app(a, where, true, out, f); }

void app_close(struct app *app)
{
    if (app == NULL)
        return;
    cache_free(app->cache);
    live_free(app->live);
    preset_free(app->preset);
    db_env_close(app->env);
}

struct first_words { const char *preset; };

static enum err install(struct ctx *c, void *arg)
{
    const char *name = ((struct first_words *)arg)->preset;
    TRY(preset_install(c, name));
    TRY(audit_note(c, "instance.init", NULL, NONE, name));
    return finder_rebuild(c, NULL); /* an empty index, so that the first to write need not make it; after the log's first row, by which it knows its database */
}

enum err app_init(struct arena *a, const char *where, const char *preset, struct failure *f)
{
    crypto_init();
    struct ctx c = {.arena = a, .user = &user_system, .locale = LOCALE_JA, .request_id = "-"};
    failure_init(&c.fail, a);
    if (preset_known(&c, preset) != OK) /* before anything is made */
        return fail_with(f, E_NOT_FOUND, "%s", c.fail.message);
    struct db_env *env = NULL;
    TRY(instance_env(where, &env, f));
    struct app *app = app_blank(a, env);
    enum err e = ctx_open(app, a, DB_WRITER, &user_system, &c);
    if (e == OK)
        e = db_migrate(c.writer, NULL, &c.fail);
    int64_t settings = 0;
    if (e == OK)
        e = db_get_int(c.writer, "SELECT count(*) FROM setting", P0, &settings);
    if (e == OK && settings > 0)
        e = fail(&c, E_CONFLICT, "%s にはもう kyodo があります。何も変えていません。", where);
    struct key key;
    if (e == OK && key_read(a, app->directory, &key, &c.fail) != OK) {
        failure_clear(&c.fail);
        e = key_make(a, app->directory, &key, &c.fail);
    }
    if (e == OK)
        app_key_set(app, &key);
    if (e == OK)
        e = in_write(&c, install, &(struct first_words){preset});
    if (e != OK)
        fail_with(f, e, "%s", c.fail.message != NULL ? c.fail.message : "初期化できませんでした。");
    if (f->detail == NULL)
        f->detail = c.fail.detail;
    ctx_close(&c);
    db_env_close(env);
    return e;
}
