/* Which tables a statement names, and when each was last changed. */
#include <assert.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "db/engine.h"

/* --- the registry: a number for each table of the process's database --- */

/* More tables than numbers share the last one: then a change of one counts for all of these. */
static unsigned table_number(struct db_env *env, const char *name, size_t n)
{
    pthread_mutex_lock(&env->lock);
    size_t i = 0;
    while (i < env->tables && (strlen(env->table[i]) != n || strncasecmp(env->table[i], name, n) != 0))
        i++;
    if (i == env->tables && i < TABLES_MAX - 1) {
        env->table[i] = strndup(name, n);
        assert(env->table[i] != NULL);
        env->tables++;
    }
    pthread_mutex_unlock(&env->lock);
    return (unsigned)i;
}

static void add_table(struct db_env *env, struct table_set *set, const char *name, size_t n)
{
    unsigned i = table_number(env, name, n);
    set->bits[i / 64] |= (uint64_t)1 << i % 64;
}

/* --- the scanner --- */

struct token { enum { END, WORD, PARAM, SIGN, OTHER } kind; const char *p; size_t n; char sign; size_t param; };

static bool word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static const char *skip_quoted(const char *p)
{
    char quote = *p++;
    for (; *p != '\0'; p++)
        if (*p == quote && *++p != quote)
            return p;
    return p;
}

/* Blanks and comments are passed over; a string is OTHER, a quoted identifier WORD. */
static struct token next_token(const char **at)
{
    const char *p = *at;
    for (;;) {
        while (isspace((unsigned char)*p))
            p++;
        if (p[0] == '-' && p[1] == '-')
            p += strcspn(p, "\n");
        else if (p[0] == '/' && p[1] == '*') {
            const char *end = strstr(p + 2, "*/");
            p = end != NULL ? end + 2 : p + strlen(p);
        } else
            break;
    }
    struct token t = {.kind = OTHER, .p = p, .n = 1};
    if (*p == '\0')
        t.kind = END, t.n = 0;
    else if (*p == '\'')
        t.n = (size_t)(skip_quoted(p) - p);
    else if (*p == '"') {
        t.n = (size_t)(skip_quoted(p) - p);
        *at = p + t.n;
        return (struct token){.kind = WORD, .p = p + 1, .n = t.n >= 2 ? t.n - 2 : 0};
    } else if (*p == '$' && isdigit((unsigned char)p[1])) {
        char *end;
        t.kind = PARAM;
        t.param = (size_t)strtoul(p + 1, &end, 10);
        t.n = (size_t)(end - p);
    } else if (word_char(*p)) {
        t.kind = isdigit((unsigned char)*p) ? OTHER : WORD;
        while (word_char(p[t.n]))
            t.n++;
    } else
        t.kind = SIGN, t.sign = *p;
    *at = p + t.n;
    return t;
}

static bool is(struct token t, const char *word)
{
    return t.kind == WORD && strlen(word) == t.n && strncasecmp(t.p, word, t.n) == 0;
}

static bool is_any(struct token t, const char *const *words)
{
    for (; *words != NULL; words++)
        if (is(t, *words))
            return true;
    return false;
}

/* Words after which a comma no longer separates tables. */
static const char *const after_from[] = {"WHERE", "GROUP", "ORDER", "LIMIT", "UNION", "EXCEPT", "INTERSECT", "RETURNING", "HAVING",
                                         "WINDOW", "SET", "SELECT", "VALUES", "FETCH", "FOR", NULL};
static const char *const changes_schema[] = {"CREATE", "ALTER", "DROP", "TRUNCATE", NULL};
static const char *const transaction_words[] = {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "END", "START", "ABORT", NULL};

enum { DEPTH_MAX = 64 };

void sql_scan(struct db_env *env, const char *sql, struct sql_info *out)
{
    *out = (struct sql_info){0};
    bool in_from[DEPTH_MAX] = {false};
    size_t depth = 0;
    enum { NOTHING, READ, WRITE } expect = NOTHING;
    struct token before = {.kind = END};
    const char *p = sql;
    for (struct token t; (t = next_token(&p)).kind != END; before = t) {
        if (before.kind == END) {
            out->schema = is_any(t, changes_schema);
            out->transaction = is_any(t, transaction_words);
        }
        if (t.kind == PARAM && t.param > out->params)
            out->params = t.param;
        if (t.kind == SIGN && t.sign == '(') {
            expect = NOTHING;
            depth += depth < DEPTH_MAX - 1;
            in_from[depth] = false;
        } else if (t.kind == SIGN && t.sign == ')')
            depth -= depth > 0;
        else if (t.kind == SIGN && t.sign == ',' && in_from[depth])
            expect = READ;
        if (t.kind != WORD)
            continue;
        if (expect != NOTHING && !is(t, "SET") && !is(t, "SELECT")) {
            const char *peek = p;
            struct token after = next_token(&peek);
            if (after.kind == SIGN && after.sign == '.')
                continue; /* the name of a schema; the table follows */
            if (!(expect == READ && after.kind == SIGN && after.sign == '('))
                add_table(env, expect == READ ? &out->reads : &out->writes, t.p, t.n);
            expect = NOTHING;
        } else if (is(t, "FROM") && !is(before, "DISTINCT")) {
            expect = is(before, "DELETE") ? WRITE : READ;
            in_from[depth] = expect == READ;
        } else if (is(t, "JOIN"))
            expect = READ;
        else if (is(t, "INTO"))
            expect = WRITE;
        else if (is(t, "UPDATE"))
            expect = is(before, "DO") || is(before, "FOR") || is(before, "ON") ? NOTHING : WRITE;
        else if (is_any(t, after_from)) {
            in_from[depth] = false;
            expect = NOTHING;
        }
    }
}

/* --- what changed --- */

/* Writers of one process mark at the same time: the later stamp stays, whoever stores last. */
static void raise_to(_Atomic uint64_t *v, uint64_t to)
{
    uint64_t old = atomic_load(v);
    while (old < to && !atomic_compare_exchange_weak(v, &old, to))
        ;
}

void track_mark(struct db_env *env, struct table_set tables, bool all)
{
    if (!all && tables.bits[0] == 0 && tables.bits[1] == 0)
        return;
    uint64_t stamp = atomic_fetch_add(&env->stamp, 1) + 1;
    for (unsigned i = 0; i < TABLES_MAX; i++)
        if (all || (tables.bits[i / 64] >> i % 64 & 1) != 0)
            raise_to(&env->changed[i], stamp);
}

uint64_t db_stamp(struct db_env *env)
{
    return atomic_load(&env->stamp);
}

bool db_unchanged(struct db_env *env, struct table_set tables, uint64_t stamp)
{
    for (unsigned half = 0; half < 2; half++)
        for (uint64_t bits = tables.bits[half]; bits != 0; bits &= bits - 1)
            if (atomic_load(&env->changed[half * 64 + (unsigned)__builtin_ctzll(bits)]) > stamp)
                return false;
    return true;
}

void db_watch_begin(struct db *db)
{
    db->watching = true;
    db->watched = (struct table_set){{0}};
}

struct table_set db_watch_end(struct db *db)
{
    db->watching = false;
    return db->watched;
}

struct watch db_watch_part(struct db *db)
{
    struct watch before = {db->watching, db->watched};
    db_watch_begin(db);
    return before;
}

struct table_set db_watch_part_end(struct db *db, struct watch before)
{
    struct table_set part = db_watch_end(db);
    db->watching = before.on;
    db->watched = before.tables;
    db_watch_add(db, part);
    return part;
}

void db_watch_add(struct db *db, struct table_set tables)
{
    if (db->watching)
        tables_add(&db->watched, tables);
}

void db_touched(struct db *db, const char *table, bool written)
{
    struct table_set set = {{0}};
    add_table(db->env, &set, table, strlen(table));
    if (db->watching)
        tables_add(&db->watched, set);
    if (written && db->in_transaction)
        tables_add(&db->written, set);
    else if (written)
        track_mark(db->env, set, false);
}

/* --- writes by other processes --- */

void track_own_slot(struct db_env *env, int64_t slot, bool own)
{
    pthread_mutex_lock(&env->lock);
    size_t i = 0;
    while (i < env->own_slots && env->own_slot[i] != slot)
        i++;
    if (own && i == env->own_slots && i < CHAINS_MAX)
        env->own_slot[env->own_slots++] = slot;
    if (!own && i < env->own_slots)
        env->own_slot[i] = env->own_slot[--env->own_slots];
    pthread_mutex_unlock(&env->lock);
}

static bool is_own(struct db_env *env, int64_t slot)
{
    bool own = false;
    pthread_mutex_lock(&env->lock);
    for (size_t i = 0; i < env->own_slots; i++)
        own = own || env->own_slot[i] == slot;
    pthread_mutex_unlock(&env->lock);
    return own;
}

static void mark_all(struct db_env *env)
{
    track_mark(env, (struct table_set){{0}}, true);
}

void track_begun(struct db *writer)
{
    int64_t version = writer->env->engine->foreign_version(writer);
    if (version == NONE)
        return;
    /* When another connection of this process has committed too, whose it was cannot be told: then as if a stranger's. */
    if (writer->begun && version != writer->own_version)
        mark_all(writer->env);
    writer->begun = true;
    writer->own_version = version;
}

/* PostgreSQL: a writer's chain of the audit log has its slot as its number. Has the head of a chain that no writer of this process holds
 * moved since the last look? More chains than are kept: yes, to be safe. */
static bool heads_moved(struct db *db)
{
    ARENA struct arena *a = arena_new();
    struct poll *was = &db->poll;
    int64_t chain[CHAINS_MAX], n[CHAINS_MAX];
    size_t heads = 0;
    bool too_many = false;
    struct db_rows *q = db_query(db, a, "SELECT chain, n FROM audit_head ORDER BY chain", P0);
    while (db_next(q)) {
        if (is_own(db->env, db_int(q, 0)))
            continue;
        too_many = heads == CHAINS_MAX;
        if (too_many)
            break;
        chain[heads] = db_int(q, 0);
        n[heads++] = db_int(q, 1);
    }
    db_done(q);
    if (db_error(db) != OK) {
        db_rollback(db);
        return true;
    }
    bool moved = too_many || heads != was->heads || memcmp(chain, was->chain, heads * sizeof *chain) != 0 ||
                 memcmp(n, was->n, heads * sizeof *n) != 0;
    memcpy(was->chain, chain, heads * sizeof *chain);
    memcpy(was->n, n, heads * sizeof *n);
    was->heads = heads;
    return moved;
}

/* SQLite's data_version moves at every commit of another connection, those of this process among them. When none of ours was under way
 * since the last look, it was a stranger's. Else it is in doubt: a writer that goes on tells at its next transaction (track_begun), and
 * when none does, the doubt is resolved at the next look. */
static bool version_moved(struct db *db, uint64_t done, int64_t version)
{
    struct poll *was = &db->poll;
    uint64_t started = atomic_load(&db->env->commits_started);
    bool idle = started == was->started && !was->in_flight, moved = version != was->version;
    bool foreign = idle && (moved || was->doubt);
    was->doubt = was->done && moved && !idle;
    was->started = started;
    was->in_flight = done != started;
    was->version = version;
    return foreign;
}

void db_poll_foreign(struct db *db)
{
    if (db->in_transaction || db->error != OK)
        return;
    bool watching = db->watching;
    db->watching = false;
    uint64_t done = atomic_load(&db->env->commits_done);
    int64_t version = db->env->engine->foreign_version(db);
    bool foreign = version == NONE ? heads_moved(db) : version_moved(db, done, version);
    /* The first look has nothing to compare with: pages may have been kept before it. */
    if (foreign || !db->poll.done)
        mark_all(db->env);
    db->poll.done = true;
    db->watching = watching;
}
