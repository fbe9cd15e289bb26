#include "core/preset.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/embed.h"
#include "base/text.h"
#include "core/app.h"
#include "core/audit.h"

/* The files of a preset, in the order in which the settings page shows them. A preset may lack any of them. */
static const char *const kinds[] = {
    "scheme", "category", "form", "stage", "kind", "relation", "domain", "partner_kind", "how_chosen", "continuity", "contribution", "field",
    "municipality", "round", "level", "role", "viewpoint", "step", "policy", "issue", "body", "term", NULL,
};
enum { POSITION_STEP = 10 }; /* leaves room for a word between two others */

/* --- one reading of the two tables --- */

struct keys { const char **v; size_t n; };
struct pair { const char *key, *value; };
struct snapshot {
    struct word *word; size_t words;   /* by kind, position, id */
    struct keys *keys;                 /* of each word: its label and aliases, spelled alike */
    const struct word **by_code;       /* by kind, code, years */
    struct pair *pair; size_t pairs;   /* by key */
};

struct preset {
    struct db_env *env;
    pthread_mutex_t lock;
    struct db *db;        /* its own reader: a stamp is worth something only when read before the snapshot it stands for */
    struct arena *arena;  /* keeps every snapshot ever current, so that nobody has to count who still reads it: one is added
                             only when a word or a setting really changed, which is work of human hands */
    struct table_set tables;
    _Atomic(const struct snapshot *) current;
    _Atomic uint64_t stamp;
    _Atomic(struct db *) writing; /* a connection that has changed words or settings and may not have committed yet … */
    _Atomic uint64_t writing_since; /* … and the stamp before it did */
};

/* One spelling for what people write differently: width, case, kana, blanks, 取組 and 取組み. */
static const char *spelled_alike(struct arena *a, const char *s)
{
    static const char with_mi[] = "取組ミ"; /* text_fold has turned み into ミ */
    const char *folded = text_fold(a, s);
    char *out = arena_alloc(a, strlen(folded) + 1), *o = out;
    for (const char *p = folded; *p != '\0';) {
        if (*p == ' ') {
            p++;
        } else if (strncmp(p, with_mi, sizeof with_mi - 1) == 0) {
            memcpy(o, p, sizeof with_mi - 1 - strlen("ミ"));
            o += sizeof with_mi - 1 - strlen("ミ");
            p += sizeof with_mi - 1;
        } else {
            *o++ = *p++;
        }
    }
    *o = '\0';
    return out;
}

static struct keys keys_of(struct arena *a, const struct word *w)
{
    struct keys k = {0};
    size_t cap = 0;
    ARENA_PUSH(a, k.v, k.n, cap) = spelled_alike(a, w->label);
    for (const char *p = w->alias; p != NULL && *p != '\0';) {
        size_t n = strcspn(p, "|");
        ARENA_PUSH(a, k.v, k.n, cap) = spelled_alike(a, arena_dup_n(a, p, n));
        p += n + (p[n] == '|');
    }
    return k;
}

static int by_code_order(const void *x, const void *y)
{
    const struct word *v = *(const struct word *const *)x, *w = *(const struct word *const *)y;
    int d = strcmp(v->kind, w->kind);
    if (d == 0)
        d = strcmp(v->code, w->code);
    if (d == 0)
        d = (v->from_year > w->from_year) - (v->from_year < w->from_year); /* NONE, the smallest number, is open to the past */
    return d;
}

static enum err snapshot_read(struct db *db, struct arena *a, struct snapshot *out)
{
    *out = (struct snapshot){0};
    size_t cap = 0;
    for (struct db_rows *q = db_query(db, a,
             "SELECT kind, code, label, alias, parent, number, definition, condition, source, note, from_year, to_year, position FROM vocabulary "
             "ORDER BY kind, position, id", P0);
         db_next(q);)
        ARENA_PUSH(a, out->word, out->words, cap) = (struct word){
            .kind = db_text(q, 0), .code = db_text(q, 1), .label = db_text(q, 2), .alias = db_text(q, 3), .parent = db_text(q, 4),
            .number = db_text(q, 5), .definition = db_text(q, 6), .condition = db_text(q, 7), .source = db_text(q, 8), .note = db_text(q, 9),
            .from_year = db_int(q, 10), .to_year = db_int(q, 11), .position = db_int(q, 12)};
    if (db_error(db) != OK)
        return db_error(db);
    cap = 0;
    for (struct db_rows *q = db_query(db, a, "SELECT key, value FROM setting ORDER BY key", P0); db_next(q);)
        ARENA_PUSH(a, out->pair, out->pairs, cap) = (struct pair){db_text(q, 0), db_text(q, 1)};
    if (db_error(db) != OK)
        return db_error(db);
    return OK;
}

static void snapshot_index(struct arena *a, struct snapshot *s)
{
    s->keys = arena_many(a, struct keys, s->words);
    s->by_code = arena_many(a, const struct word *, s->words);
    for (size_t i = 0; i < s->words; i++) {
        s->keys[i] = keys_of(a, &s->word[i]);
        s->by_code[i] = &s->word[i];
    }
    if (s->words > 0)
        qsort(s->by_code, s->words, sizeof s->by_code[0], by_code_order);
}

static bool word_eq(const struct word *v, const struct word *w)
{
    return text_eq(v->kind, w->kind) && text_eq(v->code, w->code) && text_eq(v->label, w->label) && text_eq(v->alias, w->alias) &&
           text_eq(v->parent, w->parent) && text_eq(v->number, w->number) && text_eq(v->definition, w->definition) &&
           text_eq(v->condition, w->condition) && text_eq(v->source, w->source) && text_eq(v->note, w->note) && v->from_year == w->from_year &&
           v->to_year == w->to_year && v->position == w->position;
}

static bool snapshot_eq(const struct snapshot *x, const struct snapshot *y)
{
    if (x->words != y->words || x->pairs != y->pairs)
        return false;
    for (size_t i = 0; i < x->words; i++)
        if (!word_eq(&x->word[i], &y->word[i]))
            return false;
    for (size_t i = 0; i < x->pairs; i++)
        if (!text_eq(x->pair[i].key, y->pair[i].key) || !text_eq(x->pair[i].value, y->pair[i].value))
            return false;
    return true;
}

/* --- the copy in memory --- */

struct preset *preset_new(struct db_env *env)
{
    struct preset *p = calloc(1, sizeof *p);
    if (p == NULL)
        abort();
    p->env = env;
    p->arena = arena_new();
    pthread_mutex_init(&p->lock, NULL);
    return p;
}

void preset_free(struct preset *p)
{
    if (p == NULL)
        return;
    if (p->db != NULL)
        db_close(p->db);
    arena_free(p->arena);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

static const struct snapshot *unchanged(struct preset *p)
{
    const struct snapshot *s = atomic_load(&p->current);
    return s != NULL && db_unchanged(p->env, p->tables, atomic_load(&p->stamp)) ? s : NULL;
}

/* With the lock held. NULL: could not be read now. */
static const struct snapshot *read_again(struct preset *p, struct arena *scratch)
{
    struct failure f;
    failure_init(&f, scratch);
    if (p->db == NULL && db_open(p->env, DB_READER, &p->db, &f) != OK)
        return NULL;
    uint64_t stamp = db_stamp(p->env);
    struct snapshot fresh;
    enum err e = db_begin(p->db);
    if (e == OK) {
        db_watch_begin(p->db);
        e = snapshot_read(p->db, scratch, &fresh);
        struct table_set tables = db_watch_end(p->db);
        if (atomic_load(&p->current) == NULL)
            p->tables = tables;
    }
    db_rollback(p->db);
    if (e != OK) {
        db_close(p->db);
        p->db = NULL;
        return NULL;
    }
    const struct snapshot *current = atomic_load(&p->current);
    if (current == NULL || !snapshot_eq(current, &fresh)) {
        struct snapshot *s = arena_make(p->arena, struct snapshot);
        *s = fresh;
        s->word = arena_many(p->arena, struct word, fresh.words);
        for (size_t i = 0; i < fresh.words; i++) {
            const struct word *w = &fresh.word[i];
            s->word[i] = (struct word){
                .kind = arena_dup(p->arena, w->kind), .code = arena_dup(p->arena, w->code), .label = arena_dup(p->arena, w->label),
                .alias = arena_dup(p->arena, w->alias), .parent = arena_dup(p->arena, w->parent), .number = arena_dup(p->arena, w->number),
                .definition = arena_dup(p->arena, w->definition), .condition = arena_dup(p->arena, w->condition),
                .source = arena_dup(p->arena, w->source), .note = arena_dup(p->arena, w->note), .from_year = w->from_year, .to_year = w->to_year,
                .position = w->position};
        }
        s->pair = arena_many(p->arena, struct pair, fresh.pairs);
        for (size_t i = 0; i < fresh.pairs; i++)
            s->pair[i] = (struct pair){arena_dup(p->arena, fresh.pair[i].key), arena_dup(p->arena, fresh.pair[i].value)};
        snapshot_index(p->arena, s);
        atomic_store(&p->current, s);
        current = s;
    }
    atomic_store(&p->stamp, stamp);
    return current;
}

/* Whether c->db has changed words or settings that it has not committed yet. A rollback leaves this true, which only costs time. */
static bool written_here(struct ctx *c)
{
    struct preset *p = c->app->preset;
    if (c->db == NULL || atomic_load(&p->writing) != c->db)
        return false;
    if (atomic_load(&p->current) == NULL || db_unchanged(p->env, p->tables, atomic_load(&p->writing_since)))
        return true;
    struct db *mine = c->db; /* the commit has marked the tables */
    atomic_compare_exchange_strong(&p->writing, &mine, NULL);
    return false;
}

/* The words and settings as this piece of work has to see them: its own uncommitted changes included. */
static const struct snapshot *snapshot(struct ctx *c)
{
    struct preset *p = c->app->preset;
    if (p != NULL && !written_here(c)) {
        const struct snapshot *s = unchanged(p);
        if (s == NULL) {
            pthread_mutex_lock(&p->lock);
            s = unchanged(p);
            if (s == NULL)
                s = read_again(p, c->arena);
            pthread_mutex_unlock(&p->lock);
        }
        if (s != NULL) {
            if (c->db != NULL)
                db_watch_add(c->db, p->tables); /* a kept page depends on the words that it shows */
            return s;
        }
    }
    struct snapshot *s = arena_make(c->arena, struct snapshot);
    if (c->db != NULL && snapshot_read(c->db, c->arena, s) == OK)
        snapshot_index(c->arena, s);
    else
        *s = (struct snapshot){0};
    return s;
}

/* Words or settings are about to be changed on c->db. Until that is committed only this connection may see it, and it has to. */
static void changed_here(struct ctx *c)
{
    struct preset *p = c->app->preset;
    if (p == NULL || atomic_load(&p->writing) == c->db)
        return;
    atomic_store(&p->writing_since, db_stamp(p->env));
    atomic_store(&p->writing, c->db);
}

/* --- words --- */

static bool in_year(const struct word *w, int64_t year)
{
    return year == NONE || ((w->from_year == NONE || w->from_year <= year) && (w->to_year == NONE || w->to_year >= year));
}

enum err words(struct ctx *c, const char *kind, const char *parent, int64_t year, const struct word **out, size_t *n)
{
    const struct snapshot *s = snapshot(c);
    size_t first = 0, cap = 0;
    while (first < s->words && strcmp(s->word[first].kind, kind) != 0)
        first++;
    struct word *v = NULL;
    *n = 0;
    for (size_t i = first; i < s->words && strcmp(s->word[i].kind, kind) == 0; i++)
        if (in_year(&s->word[i], year) && (parent == NULL || text_eq(s->word[i].parent, parent)))
            ARENA_PUSH(c->arena, v, *n, cap) = s->word[i];
    *out = v;
    return c->db != NULL && db_error(c->db) != OK ? fail_db(c) : OK;
}

/* The versions of a code stand side by side; *n of them from the one returned. */
static const struct word *const *versions(const struct snapshot *s, const char *kind, const char *code, size_t *n)
{
    size_t low = 0, high = s->words;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int d = strcmp(s->by_code[middle]->kind, kind);
        if (d == 0)
            d = strcmp(s->by_code[middle]->code, code);
        if (d < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *n = 0;
    while (low + *n < s->words && strcmp(s->by_code[low + *n]->kind, kind) == 0 && strcmp(s->by_code[low + *n]->code, code) == 0)
        ++*n;
    return s->by_code + low;
}

const struct word *word_find(struct ctx *c, const char *kind, const char *code, int64_t year)
{
    if (code == NULL)
        return NULL;
    size_t n;
    const struct word *const *v = versions(snapshot(c), kind, code, &n);
    const struct word *found = NULL;
    for (size_t i = 0; i < n; i++)
        if (in_year(v[i], year))
            found = v[i]; /* the newest that fits */
    return found;
}

const char *word_label(struct ctx *c, const char *kind, const char *code, int64_t year)
{
    if (code == NULL)
        return NULL;
    size_t n;
    const struct word *const *v = versions(snapshot(c), kind, code, &n);
    if (n == 0)
        return code;
    const struct word *best = v[0]; /* before its time: the first wording */
    for (size_t i = 0; i < n; i++)
        if (in_year(v[i], year) || year == NONE || v[i]->from_year == NONE || v[i]->from_year <= year)
            best = v[i];
    return best->label;
}

const struct word *word_by_label(struct ctx *c, const char *kind, const char *parent, const char *label)
{
    if (label == NULL)
        return NULL;
    const struct snapshot *s = snapshot(c);
    const char *key = spelled_alike(c->arena, label);
    for (size_t i = 0; i < s->words; i++) {
        if (strcmp(s->word[i].kind, kind) != 0 || (parent != NULL && !text_eq(s->word[i].parent, parent)))
            continue;
        for (size_t k = 0; k < s->keys[i].n; k++)
            if (strcmp(s->keys[i].v[k], key) == 0)
                return &s->word[i];
    }
    return NULL;
}

static enum err word_insert(struct ctx *c, const struct word *w)
{
    int64_t id;
    changed_here(c);
    TRY_DB(c, db_insert(c->db,
                        "INSERT INTO vocabulary (version, kind, code, from_year, to_year, position, label, alias, parent, number, definition, condition, "
                        "source, note) VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id",
                        P(w->kind, w->code, w->from_year, w->to_year, w->position, w->label, w->alias, w->parent, w->number, w->definition,
                          w->condition, w->source, w->note),
                        &id));
    return OK;
}

enum err word_add(struct ctx *c, const struct word *w)
{
    TRY(need_role(c, ROLE_SECRETARIAT));
    size_t n;
    const struct word *const *v = versions(snapshot(c), w->kind, w->code, &n);
    for (size_t i = 0; i < n; i++) {
        bool before = v[i]->to_year != NONE && w->from_year != NONE && v[i]->to_year < w->from_year;
        bool after = w->to_year != NONE && v[i]->from_year != NONE && w->to_year < v[i]->from_year;
        if (!before && !after)
            return fail(c, E_CONFLICT, tr(c, "「%s」(%s)は、その年度にもうあります。"), w->label, w->code);
    }
    int64_t last = NONE;
    TRY_DB(c, db_get_int(c->db, "SELECT max(position) FROM vocabulary WHERE kind = $1", P(w->kind), &last));
    struct word placed = *w;
    placed.position = (last == NONE ? 0 : last) + POSITION_STEP;
    TRY(word_insert(c, &placed));
    return audit_note(c, "vocabulary.add", "vocabulary", NONE, arena_printf(c->arena, "%s %s %s", w->kind, w->code, w->label));
}

enum err words_remove_noted(struct ctx *c, const char *kind, const char *note)
{
    TRY(need_role(c, ROLE_OPERATOR));
    changed_here(c);
    TRY_DB(c, db_exec(c->db, "DELETE FROM vocabulary WHERE kind = $1 AND note = $2", P(kind, note)));
    return audit_note(c, "vocabulary.remove", "vocabulary", NONE, arena_printf(c->arena, "%s %s", kind, note));
}

/* --- the preset's files --- */

struct table { struct csv_reader reader; struct csv_row head; };

static enum err table_open(struct ctx *c, const char *path, struct table *t, bool *there)
{
    const struct embedded *file = embedded_find(path);
    *there = file != NULL;
    if (file == NULL)
        return OK;
    csv_open(&t->reader, c->arena, (const char *)file->p, file->n, &c->fail);
    if (csv_next(&t->reader, &t->head) != 1)
        return fail(c, E_BUG, "%s: no head", path);
    return OK;
}

/* The cell under a heading; NULL: empty. A heading that the file lacks is a fault of the file, which a test reads. */
static const char *cell(const struct table *t, const struct csv_row *row, const char *heading)
{
    for (size_t i = 0; i < t->head.n; i++)
        if (strcmp(t->head.cell[i], heading) == 0)
            return i < row->n && row->cell[i] != NULL && row->cell[i][0] != '\0' ? row->cell[i] : NULL;
    assert(false && "a preset's file lacks a column");
    return NULL;
}

static int64_t year_cell(const struct table *t, const struct csv_row *row, const char *heading)
{
    const char *s = cell(t, row, heading);
    int64_t year = NONE;
    bool ok = s == NULL || text_parse_int(s, &year);
    assert(ok);
    (void)ok;
    return year;
}

static enum err install_words(struct ctx *c, const char *name, const char *kind)
{
    struct table t;
    bool there;
    const char *path = arena_printf(c->arena, "presets/%s/%s.csv", name, kind);
    TRY(table_open(c, path, &t, &there));
    if (!there)
        return OK;
    struct csv_row row;
    int got;
    for (int64_t position = POSITION_STEP; (got = csv_next(&t.reader, &row)) == 1; position += POSITION_STEP)
        TRY(word_insert(c, &(struct word){.kind = kind, .code = cell(&t, &row, "code"), .label = cell(&t, &row, "label"),
                                          .alias = cell(&t, &row, "alias"), .parent = cell(&t, &row, "parent"),
                                          .number = cell(&t, &row, "number"), .definition = cell(&t, &row, "definition"),
                                          .condition = cell(&t, &row, "condition"), .source = cell(&t, &row, "source"),
                                          .note = cell(&t, &row, "note"), .from_year = year_cell(&t, &row, "from_year"),
                                          .to_year = year_cell(&t, &row, "to_year"), .position = position}));
    return got == 0 ? OK : fail(c, E_BUG, "%s: broken", path);
}

static enum err setting_write(struct ctx *c, const char *key, const char *value)
{
    changed_here(c);
    if (value == NULL)
        TRY_DB(c, db_exec(c->db, "DELETE FROM setting WHERE key = $1", P(key)));
    else
        TRY_DB(c, db_exec(c->db, "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                          P(key, value)));
    return OK;
}

enum err preset_known(struct ctx *c, const char *name)
{
    struct table t;
    struct csv_row row;
    bool there;
    TRY(table_open(c, "presets/index.csv", &t, &there));
    struct sb known;
    sb_init(&known, c->arena);
    bool found = false;
    while (there && csv_next(&t.reader, &row) == 1) {
        sb_printf(&known, "%s%s", known.n > 0 ? ", " : "", cell(&t, &row, "name"));
        found = found || text_eq(cell(&t, &row, "name"), name);
    }
    if (!found)
        return fail(c, E_NOT_FOUND, tr(c, "「%s」という設定のひな形はありません。あるもの: %s"), name != NULL ? name : "", sb_str(&known));
    return OK;
}

enum err preset_install(struct ctx *c, const char *name)
{
    TRY(need_role(c, ROLE_OPERATOR));
    TRY(preset_known(c, name));
    struct table t;
    struct csv_row row;
    bool there;
    int64_t words_n = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM vocabulary", P0, &words_n));
    if (words_n > 0)
        return fail(c, E_CONFLICT, "%s", tr(c, "ひな形のことばはもう入っています。"));
    for (size_t i = 0; kinds[i] != NULL; i++)
        TRY(install_words(c, name, kinds[i]));
    TRY(table_open(c, arena_printf(c->arena, "presets/%s/setting.csv", name), &t, &there));
    while (there && csv_next(&t.reader, &row) == 1)
        TRY(setting_write(c, cell(&t, &row, "key"), cell(&t, &row, "value")));
    return OK;
}

/* --- settings --- */

static int pair_order(const void *key, const void *pair)
{
    return strcmp(key, ((const struct pair *)pair)->key);
}

const char *setting(struct ctx *c, const char *key)
{
    const struct snapshot *s = snapshot(c);
    const struct pair *p = s->pairs > 0 ? bsearch(key, s->pair, s->pairs, sizeof s->pair[0], pair_order) : NULL;
    return p != NULL ? p->value : NULL;
}

enum err setting_set(struct ctx *c, const char *key, const char *value)
{
    TRY(need_role(c, ROLE_SECRETARIAT | ROLE_OPERATOR));
    const char *before = setting(c, key);
    if (text_eq(before, value))
        return OK;
    TRY(setting_write(c, key, value));
    return audit_note(c, "setting.change", "setting", NONE,
                      arena_printf(c->arena, "%s: %s → %s", key, before != NULL ? before : "", value != NULL ? value : ""));
}
