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
#include "core/record.h"

#define ENTITY word
ENTITY_DEFINE(word, "vocabulary", "ことば", WORD_FIELDS)
#undef ENTITY

enum { POSITION_STEP = 10 }; /* leaves room for a word between two others */

/* --- one reading of the two tables --- */

struct keys { const char **v; size_t n; };
struct pair { const char *key, *value; };
struct snapshot {
    struct word *word; size_t words;   /* by kind, position, id */
    struct keys *keys;                 /* of each word: its label and aliases, spelled alike */
    const struct word **by_code;       /* by kind, code, years */
    struct pair *pair; size_t pairs;   /* by key */
    const struct word *wording; size_t wordings; /* a part of `word` */
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
             "SELECT kind, code, label, alias, parent, number, definition, condition, source, note, from_year, to_year, position, rule, id, version FROM vocabulary "
             "ORDER BY kind, position, id", P0);
         db_next(q);)
        ARENA_PUSH(a, out->word, out->words, cap) = (struct word){
            .row = {true}, .kind = db_text(q, 0), .code = db_text(q, 1), .label = db_text(q, 2), .alias = db_text(q, 3), .parent = db_text(q, 4),
            .number = db_text(q, 5), .definition = db_text(q, 6), .condition = db_text(q, 7), .source = db_text(q, 8), .note = db_text(q, 9),
            .from_year = db_int(q, 10), .to_year = db_int(q, 11), .position = db_int(q, 12),
            .rule = db_text(q, 13), .id = db_int(q, 14), .version = db_int(q, 15)};
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
    for (size_t i = s->words; i > 0; i--)
        if (strcmp(s->word[i - 1].kind, "wording") == 0) {
            s->wording = &s->word[i - 1];
            s->wordings++;
        }
}

static bool word_eq(const struct word *v, const struct word *w)
{
    return text_eq(v->kind, w->kind) && text_eq(v->code, w->code) && text_eq(v->label, w->label) && text_eq(v->alias, w->alias) &&
           text_eq(v->parent, w->parent) && text_eq(v->number, w->number) && text_eq(v->definition, w->definition) &&
           text_eq(v->condition, w->condition) && text_eq(v->source, w->source) && text_eq(v->note, w->note) && v->from_year == w->from_year &&
           v->to_year == w->to_year && v->position == w->position && text_eq(v->rule, w->rule) && v->id == w->id && v->version == w->version;
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
        for (size_t i = 0; i < fresh.words; i++)
            entity_copy(p->arena, &word_entity, &s->word[i], &fresh.word[i]);
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

bool words_any(struct ctx *c, const char *kind)
{
    const struct snapshot *s = snapshot(c);
    size_t low = 0, high = s->words;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(s->by_code[middle]->kind, kind) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < s->words && strcmp(s->by_code[low]->kind, kind) == 0;
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

const char *words_title(struct ctx *c, const char *kind, const char *otherwise)
{
    const struct word *w = kind != NULL ? word_find(c, "list", kind, NONE) : NULL;
    return w != NULL ? w->label : otherwise;
}

const char *words_remark(struct ctx *c, const char *kind)
{
    const struct word *w = word_find(c, "list", kind, NONE);
    return w != NULL ? w->definition : NULL;
}

bool word_is_other(const struct word *w)
{
    return w != NULL && (text_eq(w->code, "other") || text_starts(w->label, "その他"));
}

bool word_meets(struct ctx *c, const char *of, const char *form, int64_t year)
{
    if (of == NULL || form == NULL || word_find(c, "grid", arena_printf(c->arena, "%s.%s", of, form), year) != NULL)
        return true;
    const struct word *v;
    size_t n;
    bool form_there = false;
    if (words(c, "grid", NULL, year, &v, &n) != OK)
        return true;
    for (size_t i = 0; i < n; i++) {
        const char *dot = strchr(v[i].code, '.');
        form_there = form_there || (dot != NULL && strcmp(dot + 1, form) == 0);
    }
    return !form_there; /* a form of one's own stands nowhere in the document's table */
}

/* `to` holds `from` itself (県民協働推進員 and 推進員): where the sentence says it already, nothing is to be done. */
static bool says_it(const char *sentence, const char *at, const char *from, const char *to)
{
    const char *inner = strstr(to, from);
    size_t before = inner != NULL ? (size_t)(inner - to) : 0;
    return inner != NULL && (size_t)(at - sentence) >= before && strncmp(at - before, to, strlen(to)) == 0;
}

static const char *replaced(struct arena *a, const char *sentence, const char *from, const char *to)
{
    const char *at = strstr(sentence, from);
    if (at == NULL)
        return sentence;
    struct sb b;
    sb_init(&b, a);
    const char *p = sentence;
    for (; at != NULL; at = strstr(p, from)) {
        sb_add_n(&b, p, (size_t)(at - p));
        sb_add(&b, says_it(sentence, at, from, to) ? from : to);
        p = at + strlen(from);
    }
    sb_add(&b, p);
    return sb_str(&b);
}

const char *preset_wording(const struct ctx *c, const char *sentence)
{
    const struct preset *p = c->app != NULL ? c->app->preset : NULL;
    const struct snapshot *s = p != NULL ? atomic_load(&p->current) : NULL;
    for (size_t i = 0; s != NULL && sentence != NULL && i < s->wordings; i++)
        sentence = replaced(c->arena, sentence, s->wording[i].code, s->wording[i].label);
    return sentence;
}

/* The preset's own words: thousands of rows that the log need not hold, since the program holds them. */
static enum err word_insert(struct ctx *c, const struct word *w)
{
    struct word row = *w;
    row.row.whole = true;
    row.id = NONE;
    row.version = NONE;
    changed_here(c);
    TRY_DB(c, entity_insert(c->db, c->arena, &word_entity, &row));
    return OK;
}

enum err word_save(struct ctx *c, const struct word *before, struct word *after, const char *what)
{
    changed_here(c);
    return record_save(c, &word_entity, before, after, what);
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

/* The cell under a heading; NULL: empty, or a heading that this file does without. */
static const char *cell(const struct table *t, const struct csv_row *row, const char *heading)
{
    for (size_t i = 0; i < t->head.n; i++)
        if (strcmp(t->head.cell[i], heading) == 0)
            return i < row->n && row->cell[i] != NULL && row->cell[i][0] != '\0' ? row->cell[i] : NULL;
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

static enum err install_words(struct ctx *c, const char *path, const char *kind)
{
    struct table t;
    bool there;
    TRY(table_open(c, path, &t, &there));
    struct csv_row row;
    int got;
    for (int64_t position = POSITION_STEP; (got = csv_next(&t.reader, &row)) == 1; position += POSITION_STEP) {
        const char *code = cell(&t, &row, "code"), *label = cell(&t, &row, "label");
        if (code == NULL || label == NULL)
            return fail(c, E_BUG, "%s: a line without code or label", path);
        TRY(word_insert(c, &(struct word){.kind = kind, .code = code, .label = label,
                                          .alias = cell(&t, &row, "alias"), .parent = cell(&t, &row, "parent"),
                                          .number = cell(&t, &row, "number"), .definition = cell(&t, &row, "definition"),
                                          .condition = cell(&t, &row, "condition"), .source = cell(&t, &row, "source"),
                                          .note = cell(&t, &row, "note"), .rule = cell(&t, &row, "rule"), .from_year = year_cell(&t, &row, "from_year"),
                                          .to_year = year_cell(&t, &row, "to_year"), .position = position}));
    }
    return got == 0 ? OK : fail(c, E_BUG, "%s: broken", path);
}

/* Every file of the preset is a list of words named after the file; setting.csv alone is not. */
static enum err install_files(struct ctx *c, const char *name)
{
    const char *folder = arena_printf(c->arena, "presets/%s/", name);
    const struct embedded *e;
    for (size_t i = 0; (e = embedded_at(i)) != NULL; i++) {
        if (!text_starts(e->name, folder) || !text_ends(e->name, ".csv"))
            continue;
        const char *file = e->name + strlen(folder);
        const char *kind = arena_dup_n(c->arena, file, strlen(file) - strlen(".csv"));
        if (!text_eq(kind, "setting"))
            TRY(install_words(c, e->name, kind));
    }
    return OK;
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

const char *preset_names(struct ctx *c)
{
    struct table t;
    struct csv_row row;
    bool there;
    struct sb known;
    sb_init(&known, c->arena);
    if (table_open(c, "presets/index.csv", &t, &there) == OK && there)
        while (csv_next(&t.reader, &row) == 1)
            sb_printf(&known, "%s%s", known.n > 0 ? ", " : "", cell(&t, &row, "name"));
    return sb_str(&known);
}

enum err preset_known(struct ctx *c, const char *name)
{
    struct table t;
    struct csv_row row;
    bool there, found = false;
    TRY(table_open(c, "presets/index.csv", &t, &there));
    while (there && csv_next(&t.reader, &row) == 1)
        found = found || text_eq(cell(&t, &row, "name"), name);
    if (!found)
        return fail(c, E_NOT_FOUND, tr(c, "「%s」という設定のひな形はありません。あるもの: %s"), name != NULL ? name : "", preset_names(c));
    return OK;
}

const char *preset_label(struct ctx *c, const char *name)
{
    struct table t;
    struct csv_row row;
    bool there;
    if (table_open(c, "presets/index.csv", &t, &there) != OK || !there)
        return name;
    while (csv_next(&t.reader, &row) == 1)
        if (text_eq(cell(&t, &row, "name"), name))
            return arena_dup(c->arena, cell(&t, &row, "label"));
    return name;
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
    TRY(install_files(c, name));
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
