/* The commands that belong to no area. */
#include "core/command.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/text.h"
#include "core/audit.h"
#include "core/backup.h"
#include "core/finder.h"
#include "core/preset.h"
#include "core/run.h"
#include "core/session.h"
#include "db/schema.h"

static enum err run_init(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, "preset"));
    const char *preset = arg_option(args, "preset");
    if (preset == NULL)
        return fail(c, E_INPUT, tr(c, "--preset にひな形の名前を入れてください。あるもの: %s"), preset_names(c));
    TRY(app_init(c->arena, args->database, preset, &c->fail));
    fprintf(stderr, tr(c, "%s に用意しました。\n"), args->database);
    return OK;
}

/* --- update --- */

static enum err rebuild_index(struct ctx *c, void *arg)
{
    (void)arg;
    return finder_rebuild(c, NULL);
}

/* Before anything is changed: where it was put is said, for the way back. */
static enum err backup_first(struct ctx *c, struct args *args, int64_t number)
{
    const char *file = arg_option(args, "backup"), *directory = c->app->directory;
    if (arg_option(args, "no-backup") != NULL)
        return OK;
    if (file == NULL && directory == NULL)
        return fail(c, E_INPUT, "%s", tr(c, "控えを置く場所がありません。--backup ファイル名 を付けてください。"));
    if (file == NULL)
        file = arena_printf(c->arena, "%s/before-update-%" PRId64 "-%s-%" PRId64 ".json", directory, number, instant_date(c->arena, c->now), c->now);
    struct backup_report r;
    TRY(backup_write(c, file, NULL, &r));
    fprintf(stderr, tr(c, "先に控えを取りました: %s(%lld 行)。確かめたら消してかまいません。\n"), file, (long long)r.rows);
    return OK;
}

static enum err find_number(struct ctx *c, void *arg) { return db_schema_number(c->db, arg, &c->fail); }

static enum err bring_up(struct ctx *c, struct args *args)
{
    int64_t number = 0;
    int applied = 0;
    TRY(in_read(c, find_number, &number));
    if (number < schema_newest())
        TRY(backup_first(c, args, number));
    TRY(db_migrate(c->writer, &applied, &c->fail));
    if (applied > 0)
        TRY(in_write(c, rebuild_index, NULL));
    fprintf(stderr, tr(c, "%d 件の変更を当てました。\n"), applied);
    return OK;
}

static enum err run_migrate(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, "backup no-backup"));
    struct app *app = NULL;
    TRY(app_open_any(c->arena, args->database, &app, &c->fail));
    struct ctx own;
    enum err e = ctx_open(app, c->arena, DB_WRITER, &user_system, &own);
    own.locale = c->locale;
    if (e == OK)
        e = bring_up(&own, args);
    if (e != OK) {
        e = fail(c, e, "%s", own.fail.message != NULL ? own.fail.message : err_name(e));
        c->fail.detail = own.fail.detail;
    }
    ctx_close(&own);
    app_close(app);
    return e;
}

static enum err count_rows(struct ctx *c, void *arg)
{
    (void)arg;
    static const char *const lines[] = {"団体 %lld\n", "事業 %lld\n", "版 %lld\n", "利用者 %lld\n"};
    int64_t n[4] = {0};
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM organization", P0, &n[0]));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM project", P0, &n[1]));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM edition", P0, &n[2]));
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM account", P0, &n[3]));
    for (size_t i = 0; i < 4; i++)
        printf(tr(c, lines[i]), (long long)n[i]);
    return OK;
}

/* Schema and key were checked by opening the instance; what is left is the log. */
static enum err verify(struct ctx *c, void *arg)
{
    (void)arg;
    struct audit_report r = {0};
    enum err e = audit_verify(c, &r);
    if (e != OK)
        return e;
    printf(tr(c, "記録(監査ログ) %lld行、鎖 %lld本: 異常なし\n"), (long long)r.rows, (long long)r.chains);
    return OK;
}

static enum err check_areas(struct ctx *c, void *arg)
{
    (void)arg;
    for (const struct area *const *a = c->app->areas; *a != NULL; a++)
        if ((*a)->check != NULL)
            TRY((*a)->check(c));
    return OK;
}

static enum err run_check(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, ""));
    TRY(in_read(c, count_rows, NULL));
    TRY(in_read(c, check_areas, NULL));
    return in_read(c, verify, NULL);
}

static enum err run_audit_verify(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, ""));
    return in_read(c, verify, NULL);
}

/* Accounts with known passwords are not for a network. */
bool listens_here_alone(const char *listen)
{
    if (text_starts(listen, "127.")) /* digits and points up to the port: no name that only begins so */
        return listen[strspn(listen, "0123456789.")] == ':';
    return text_starts(listen, "[::1]:") || text_starts(listen, "localhost:") || text_starts(listen, "unix:");
}

static enum err run_serve(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, "listen threads"));
    const char *listen = arg_option(args, "listen"), *threads = arg_option(args, "threads");
    if (listen != NULL && setting(c, "demo") != NULL && !listens_here_alone(listen))
        return fail(c, E_CONFLICT, tr(c, "例のデータが入っているあいだは、この機械の中だけで動きます。%s ではなく、127.0.0.1 で始まる番地にするか、kyodo demo remove で例のデータを消してください。"),
                    listen);
    return app_serve(c->app, listen != NULL ? listen : "127.0.0.1:8080", threads != NULL ? (unsigned)strtoul(threads, NULL, 10) : 0, true, &c->fail);
}

static enum err run_routes(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, ""));
    static const char *const methods[] = {"GET", "HEAD", "POST", "?"};
    static const char *const lanes[] = {"read", "write", "slow", "password"};
    for (size_t i = 0; areas[i] != NULL; i++)
        for (const struct route *r = areas[i]->routes; r != NULL && r->pattern != NULL; r++) {
            printf("%s\t%s\t%s\t", methods[r->method], r->pattern, lanes[r->lane]);
            if (r->who == ANYONE)
                printf("anyone\n");
            else {
                const char *comma = "";
                for (unsigned bit = 0; bit < ROLES_N; bit++)
                    if (r->who & (1u << bit)) {
                        printf("%s%s", comma, role_name((enum role)(1u << bit)));
                        comma = ",";
                    }
                printf("\n");
            }
        }
    return OK;
}

static const char *audience_word(enum audience a)
{
    static const char *const words[] = {"public", "party", "staff", "secretariat"};
    return words[a];
}

static enum err run_entities(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 0, 0, ""));
    static const char *const kinds[] = {"id", "int", "year", "yen", "milli", "flag", "text", "memo", "date", "instant", "code", "ref", "set", "child"};
    for (size_t i = 0; areas[i] != NULL; i++)
        for (const struct entity *const *e = areas[i]->entities; e != NULL && *e != NULL; e++)
            for (size_t k = 0; k < (*e)->fields_n; k++) {
                const struct field *f = &(*e)->fields[k];
                if (!(f->flags & INTERNAL))
                    printf("%s\t%s\t%s\t%s\t%s\t%s%s\n", (*e)->name, f->name, kinds[f->kind], audience_word(field_audience(f)), f->label,
                           f->flags & REQUIRED ? "required" : "", f->flags & WITHHOLD ? " withhold" : "");
            }
    return OK;
}

/* Each table once it is done, and a long one now and then: on stderr, so that stdout has the result alone. */
static void say_progress(void *self, const char *table, int64_t rows, bool ended)
{
    const struct ctx *c = self;
    fprintf(stderr, tr(c, ended ? "%s: %lld 行\n" : "%s: %lld 行まで\n"), table, (long long)rows);
}

static void print_report(const struct backup_report *r)
{
    for (size_t i = 0; i < r->tables; i++)
        printf("%s\t%" PRId64 "\t%s\n", r->table[i].name, r->table[i].rows, r->table[i].hash);
}

/* For the operator's page. It is written on a connection of its own: the backup only reads. A backup that is there is not lost for want of a note. */
static void note_backup(const struct ctx *c, const char *file, int64_t rows, enum err e)
{
    struct ctx own = *c;
    struct db *db = NULL;
    failure_init(&own.fail, c->arena);
    own.reader = NULL;
    enum err noted = db_open(c->app->env, DB_WRITER, &db, &own.fail);
    own.writer = db;
    if (noted == OK)
        noted = run_note(&own, "backup", arena_printf(c->arena, tr(c, "控え: %s"), file), c->now, rows, e == OK, e == OK ? NULL : c->fail.message);
    if (noted != OK)
        fprintf(stderr, "%s\n", tr(c, "控えを取ったことを、データベースに書けませんでした。"));
    if (db != NULL)
        db_close(db);
}

static enum err take_backup(struct ctx *c, const char *file, bool force)
{
    struct backup_report r;
    const struct backup_how how = {.progress = say_progress, .self = c, .force = force};
    signal(SIGXFSZ, SIG_IGN); /* a limit of the file's size is an error like a full disk */
    enum err e = backup_write(c, file, &how, &r);
    note_backup(c, file, r.rows, e);
    TRY(e);
    print_report(&r);
    fprintf(stderr, tr(c, "%s に %lld 行、ファイル %lld 個の控えを取りました(%lld バイト)。\n"), file, (long long)r.rows, (long long)r.files, (long long)r.bytes);
    return OK;
}

static enum err run_backup(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 1, 1, "force"));
    return take_backup(c, args->word[0], arg_option(args, "force") != NULL);
}

static enum err run_backup_verify(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 1, 1, ""));
    struct backup_report r;
    TRY(backup_verify(c->arena, args->word[0], NULL, &r, &c->fail));
    print_report(&r);
    fprintf(stderr, tr(c, "%s は正しい控えです。%s に取ったもの、%lld 行、ファイル %lld 個。\n"), args->word[0], instant_long(c->arena, r.at), (long long)r.rows,
            (long long)r.files);
    return OK;
}

static enum err run_restore(struct ctx *c, struct args *args)
{
    TRY(args_check(c, args, 1, 1, "keep-schema"));
    struct backup_report r;
    const struct backup_how how = {.progress = say_progress, .self = c, .keep_schema = arg_option(args, "keep-schema") != NULL};
    TRY(backup_restore(c->arena, args->database, args->word[0], &how, &r, &c->fail));
    print_report(&r);
    fprintf(stderr, tr(c, "%s から %lld 行、ファイル %lld 個を戻しました。\n"), args->word[0], (long long)r.rows, (long long)r.files);
    return OK;
}

const struct command core_commands[] = {
    {"init", "--preset NAME", "表と県のことば(プリセット)だけを用意します。何も尋ねません。\nすでにあれば何も変えずに 7 で終わります。",
     "Makes the tables and the preset's words, nothing else; asks nothing.\nExits with 7 and changes nothing when the instance exists.", COMMAND_PLAIN, run_init},
    {"serve", "[--listen HOST:PORT|unix:PATH] [--threads N]", "画面を開けるようにします。SIGTERM で、受け付けた仕事を終えてから止まります。\n利用者が一人もいなければ、はじめの設定に使う番号を表示します。",
     "Serves the pages. Stops on SIGTERM after finishing what is under way.\nWhile there are no accounts it prints the code for the first set-up.", COMMAND_READ, run_serve},
    {"migrate", "[--backup FILE] [--no-backup]", "データベースの形を、このプログラムに合わせます。先に自分で控えを取り、置いた場所を示します(--backup で名前を決め、--no-backup で省きます)。\nもう合っていれば何もしません。何度動かしてもかまいません。",
     "Brings the database's schema up to this program. It makes a backup first and says where (--backup names it, --no-backup leaves it out).\nWhen there is nothing to do it does nothing.", COMMAND_PLAIN, run_migrate},
    {"check", "", "データベース、鍵、記録を確かめ、件数を表示します。", "Checks database, key and log, and prints the counts.", COMMAND_READ, run_check},
    {"routes", "", "画面のアドレスと、見られる役割の一覧を表示します。", "Lists the addresses and the roles that may use them.", COMMAND_PLAIN, run_routes},
    {"entities", "", "記録する項目の一覧(種類と公開の範囲)を表示します。", "Lists the fields of every entity with kind and audience.", COMMAND_PLAIN, run_entities},
    {"audit verify", "", "記録(ログ)に、書き換え・抜け・差し込みがないかを確かめます。あれば場所を示して 7 で終わります。",
     "Finds changed, removed and inserted rows of the log; exits with 7 and names the place.", COMMAND_READ, run_audit_verify},
    {"backup", "FILE [--force]",
     "動いたままで、全体の控えを一つのファイルに取り、表ごとの行数と照合番号を表示します。鍵も入るので、大切に保管してください。\nFILE がもうあれば 7 で終わります。--force は書きかえます。",
     "Writes a backup of everything into one file, while serving, and prints rows and hash of each table. It holds the key: keep it safe.\n"
     "Exits with 7 when FILE exists; --force writes over it.", COMMAND_READ, run_backup},
    {"backup verify", "FILE", "控えのファイルを終わりまで読み、すべての行数と照合番号を確かめて表示します。変わっていれば場所を示して 4 で終わります。",
     "Reads a backup to its end and compares every count and hash; exits with 4 and names the place when it was changed.", COMMAND_PLAIN, run_backup_verify},
    {"restore", "FILE [--keep-schema]",
     "空のところに控えを戻します。SQLite の控えを PostgreSQL に、その逆にも戻せます。ファイルが壊れていれば何も入れずに 4 で終わります。\n--keep-schema は、控えを取ったときの形のまま戻します(更新の予行のため)。",
     "Restores a backup into an empty place, of either engine; takes nothing and exits with 4 when the file is broken.\n"
     "--keep-schema leaves the schema as it was then, to rehearse an update.", COMMAND_PLAIN, run_restore},
    {"sheet to-csv", "FILE [--sheet NAME]", "表計算のファイル(XLSX、CSV)を、このプログラムが読んだとおりのCSV(UTF-8)にします。--sheet がなければ、はじめの見えているシートです。",
     "Prints a spreadsheet (XLSX, CSV) as this program reads it, as CSV in UTF-8; without --sheet the first visible one.", COMMAND_PLAIN, sheet_to_csv},
    {NULL, NULL, NULL, NULL, COMMAND_PLAIN, NULL},
};
