#include "core/command.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/log.h"

enum { EXIT_USAGE = 2, PIECE = 64 * 1024 };

static enum locale locale_of_environment(void)
{
    const char *names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *v = getenv(names[i]);
        if (v != NULL && *v != '\0')
            return strncmp(v, "ja", 2) == 0 ? LOCALE_JA : LOCALE_EN;
    }
    return LOCALE_EN;
}

/* How many of argv's words the command's name takes up, 0 when it is another one. */
static int fits(const char *name, int argc, char **argv)
{
    int words = 0;
    while (*name != '\0') {
        if (words >= argc)
            return 0;
        size_t n = strcspn(name, " ");
        if (strlen(argv[words]) != n || memcmp(argv[words], name, n) != 0)
            return 0;
        words++;
        name += n + (name[n] == ' ');
    }
    return words;
}

static void search_table(const struct command *table, int argc, char **argv, const struct command **best, int *best_words)
{
    for (; table != NULL && table->name != NULL; table++) {
        int words = fits(table->name, argc, argv);
        if (words > *best_words) {
            *best = table;
            *best_words = words;
        }
    }
}

static const struct command *find_command(int argc, char **argv, int *words)
{
    const struct command *best = NULL;
    *words = 0;
    search_table(core_commands, argc, argv, &best, words);
    for (size_t i = 0; areas[i] != NULL; i++)
        search_table(areas[i]->commands, argc, argv, &best, words);
    return best;
}

static void list_table(const struct command *table, enum locale locale, FILE *to)
{
    for (; table != NULL && table->name != NULL; table++) {
        const char *help = locale == LOCALE_JA ? table->help_ja : table->help_en;
        fprintf(to, "  kyodo %s %s\n      %.*s\n", table->name, table->usage != NULL ? table->usage : "", (int)strcspn(help, "\n"), help);
    }
}

static void overview(enum locale locale, FILE *to)
{
    fputs(locale == LOCALE_JA ? "使い方: kyodo 命令 [引数] [--database DIR|postgresql://…]\n\n"
                              : "usage: kyodo COMMAND [ARGUMENTS] [--database DIR|postgresql://…]\n\n", to);
    list_table(core_commands, locale, to);
    for (size_t i = 0; areas[i] != NULL; i++)
        list_table(areas[i]->commands, locale, to);
    fputs(locale == LOCALE_JA
              ? "\n--database がなければ環境変数 KYODO_DATABASE、それもなければ ./data を使います。\nPostgreSQL のときは、鍵とファイルを置くディレクトリを環境変数 KYODO_DATA で指定します。\n"
                "終了コード: 0 できた, 2 呼び方のまちがい, 3 一部の行を受け付けなかった, 4 ファイルの形が壊れている, 5 権限がない, 6 見つからない, 7 いまの状態ではできない, 8 大きすぎる, 9 入出力・データベース, 70 プログラムの誤り\n"
              : "\nWithout --database the variable KYODO_DATABASE is used, else ./data.\nWith PostgreSQL the variable KYODO_DATA names the directory for the key and files.\n"
                "Exit codes: 0 done, 2 wrong call, 3 some rows refused, 4 file broken in its form, 5 not allowed, 6 not found, 7 not possible in this state, 8 too large, 9 input/output or database, 70 program error\n",
          to);
}

static void explain(const struct command *cmd, enum locale locale, FILE *to)
{
    fprintf(to, "kyodo %s %s\n\n%s\n", cmd->name, cmd->usage != NULL ? cmd->usage : "", locale == LOCALE_JA ? cmd->help_ja : cmd->help_en);
}

/* An option is a flag when its --name[=value] is followed by another option, by nothing, or when the usage shows it without a value. */
static bool takes_value(const struct command *cmd, const char *name, size_t n)
{
    if (n == 8 && memcmp(name, "database", 8) == 0)
        return true;
    for (const char *p = cmd->usage; p != NULL && (p = strstr(p, "--")) != NULL; p += 2)
        if (strncmp(p + 2, name, n) == 0 && !(p[2 + n] >= 'a' && p[2 + n] <= 'z') && p[2 + n] != '-')
            return p[2 + n] == ' ' && p[3 + n] != '[' && p[3 + n] != '|' && p[3 + n] != '-' && p[3 + n] != '\0';
    return false;
}

static void read_args(struct arena *a, const struct command *cmd, int argc, char **argv, struct args *out)
{
    size_t option_cap = 0, word_cap = 0;
    bool only_words = false;
    for (int i = 0; i < argc; i++) {
        const char *s = argv[i];
        if (only_words || strncmp(s, "--", 2) != 0) {
            ARENA_PUSH(a, out->word, out->words, word_cap) = s;
            continue;
        }
        if (s[2] == '\0') {
            only_words = true;
            continue;
        }
        size_t n = strcspn(s + 2, "=");
        struct form_value v = {.name = arena_dup_n(a, s + 2, n), .value = "1"};
        if (s[2 + n] == '=')
            v.value = s + 3 + n;
        else if (takes_value(cmd, s + 2, n))
            v.value = i + 1 < argc ? argv[++i] : "";
        ARENA_PUSH(a, out->option.v, out->option.n, option_cap) = v;
    }
    out->database = form_get(&out->option, "database");
    if (out->database == NULL)
        out->database = getenv("KYODO_DATABASE");
    if (out->database == NULL || *out->database == '\0')
        out->database = "data";
}

const char *arg_option(const struct args *a, const char *name)
{
    return form_get(&a->option, name);
}

enum err args_check(struct ctx *c, const struct args *a, size_t least, size_t most, const char *allowed)
{
    if (a->words < least || a->words > most)
        return fail(c, E_INPUT, "%s", tr(c, "引数の数が合いません。--help で使い方を見てください。"));
    for (size_t i = 0; i < a->option.n; i++) {
        const char *name = a->option.v[i].name;
        size_t n = strlen(name);
        bool known = strcmp(name, "database") == 0;
        for (const char *p = allowed; !known && p != NULL && *p != '\0'; p += strcspn(p, " "), p += *p == ' ')
            known = strcspn(p, " ") == n && memcmp(p, name, n) == 0;
        if (!known)
            return fail(c, E_INPUT, tr(c, "--%s は使えません。--help で使い方を見てください。"), name);
    }
    return OK;
}

/* What is no plain file (a pipe) does not say its size before it ends. */
static enum err read_on(struct ctx *c, int fd, const char *path, size_t most, struct sb *b)
{
    struct stat st;
    bool sized = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    size_t room = sized && (uint64_t)st.st_size <= most ? (size_t)st.st_size + 1 : PIECE;
    bool large = sized && (uint64_t)st.st_size > most;
    for (ssize_t got = 1; got > 0 && !large; large = b->n > most, room = PIECE) {
        sb_reserve(b, room);
        do
            got = read(fd, b->p + b->n, room);
        while (got < 0 && errno == EINTR);
        if (got < 0)
            return fail(c, E_IO, tr(c, "ファイル %s を終わりまで読めません(%s)。"), path, strerror(errno));
        b->n += (size_t)got;
        b->p[b->n] = '\0';
    }
    return large ? fail(c, E_TOO_LARGE, tr(c, "ファイル %s が大きすぎます(%zuMBまで)。"), path, most >> 20) : OK;
}

enum err command_file(struct ctx *c, const char *path, size_t most, const char **bytes, size_t *n)
{
    struct sb b;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return fail(c, E_NOT_FOUND, tr(c, "ファイル %s が開けません(%s)。"), path, strerror(errno));
    sb_init(&b, c->arena);
    enum err e = read_on(c, fd, path, most, &b);
    close(fd);
    *n = b.n;
    *bytes = sb_str(&b);
    return e;
}

static enum err run_command(const struct command *cmd, struct arena *a, struct args *args, enum locale locale, struct failure *f)
{
    if (cmd->needs == COMMAND_PLAIN) {
        struct ctx c = {.arena = a, .user = &user_system, .now = clock_now(), .locale = locale, .request_id = "-"};
        failure_init(&c.fail, a);
        enum err e = cmd->run(&c, args);
        *f = c.fail;
        return e;
    }
    struct app *app = NULL;
    TRY(app_open(a, args->database, &app, f));
    struct ctx c;
    enum err e = ctx_open(app, a, cmd->needs == COMMAND_WRITE ? DB_WRITER : DB_READER, &user_system, &c);
    c.locale = locale;
    if (e == OK)
        e = cmd->run(&c, args);
    *f = c.fail;
    ctx_close(&c);
    app_close(app);
    return e;
}

int command_main(int argc, char **argv)
{
    ARENA struct arena *a = arena_new();
    enum locale locale = locale_of_environment();
    struct failure f;
    failure_init(&f, a);
    int words = 0;
    const struct command *cmd = argc > 1 ? find_command(argc - 1, argv + 1, &words) : NULL;
    bool help = false;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        help = help || strcmp(argv[i], "--help") == 0;
    if (cmd == NULL) {
        overview(locale, help ? stdout : stderr);
        return help ? 0 : EXIT_USAGE;
    }
    if (help) {
        explain(cmd, locale, stdout);
        return 0;
    }
    struct args args = {0};
    read_args(a, cmd, argc - 1 - words, argv + 1 + words, &args);
    enum err e = run_command(cmd, a, &args, locale, &f);
    if (fflush(stdout) != 0 && e == OK)
        e = fail_with(&f, E_IO, "出力できませんでした。");
    if (e != OK) {
        fprintf(stderr, "kyodo %s: %s\n", cmd->name, f.message != NULL ? f.message : err_name(e));
        for (const struct field_fault *x = f.faults; x != NULL; x = x->next)
            fprintf(stderr, "  %s%s%s\n", x->field != NULL ? x->field : "", x->field != NULL ? ": " : "", x->message);
        if (f.detail != NULL)
            fprintf(stderr, "  (%s)\n", f.detail);
        if (args.exit == 0)
            return err_exit(e);
    }
    return args.exit;
}
