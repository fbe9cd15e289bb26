#include "area/register/casebook.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "area/register/figures.h"
#include "base/crypto.h"
#include "base/date.h"
#include "base/text.h"
#include "core/preset.h"
#include "core/record.h"

enum { BATCH = 20, LINES = 500 };

/* --- the book --- */

static enum err load_edition(struct ctx *c, int64_t edition, struct casebook *b)
{
    bool found = false, published = false;
    struct db_rows *q = db_query(c->db, c->arena, "SELECT year, number, state, made_at, published_at, hash, preface, demo FROM edition WHERE id = $1", P(edition));
    if (db_next(q)) {
        found = true;
        published = text_eq(db_text(q, 2), "published");
        *b = (struct casebook){.edition = edition, .year = db_int(q, 0), .number = db_int(q, 1), .made_at = db_int(q, 3), .published_at = published ? db_int(q, 4) : NONE,
                               .hash = db_text(q, 5), .preface = db_text(q, 6), .demo = db_bool(q, 7)};
    }
    db_done(q);
    TRY_DB(c, db_error(c->db));
    if (!found || (!published && !user_is(c->user, ROLE_SECRETARIAT)))
        return fail(c, E_NOT_FOUND, "%s", tr(c, "この版は見つかりません。"));
    b->name = edition_name(c, b->year, b->number);
    return OK;
}

static const char *setting_or(struct ctx *c, const char *key, const char *otherwise)
{
    const char *value = setting(c, key);
    return value != NULL && *value != '\0' ? value : otherwise;
}

static void load_words(struct ctx *c, struct casebook *b)
{
    b->prefecture = setting_or(c, "prefecture_name", "");
    b->site = setting_or(c, "site_name", "");
    b->office = setting_or(c, "secretariat_name", "");
    b->title = setting_or(c, "casebook_title", "協働事例集");
    b->licence = setting(c, "licence");
    b->address = setting(c, "site_url") != NULL ? setting(c, "site_url") : c->app->server != NULL ? c->app->base_url : NULL;
}

/* The words of the edition's year; what left the vocabulary since keeps its code's nearest word. */
static size_t group_of(struct ctx *c, struct casebook *b, const char *scheme, const char *category)
{
    for (size_t i = b->groups; i-- > 0;)
        if (text_eq(b->group[i].scheme, scheme) && text_eq(b->group[i].category, category))
            return i;
    size_t number = 0;
    const struct word *w;
    size_t n;
    if (words(c, "category", scheme, b->year, &w, &n) == OK)
        while (number < n && !text_eq(w[number].code, category))
            number++;
    ARENA_PUSH(c->arena, b->group, b->groups, b->groups_cap) =
        (struct casebook_group){scheme, category, word_label(c, "scheme", scheme, b->year), word_label(c, "category", category, b->year), 0, number};
    return b->groups - 1;
}

static enum err load_entries(struct ctx *c, struct casebook *b)
{
    struct project_filter f = {.edition = b->edition, .year = b->year, .department = NONE, .section = NONE};
    struct cursor at = {.id = NONE, .key_n = NONE};
    for (bool more = true; more;) {
        struct project_line *line;
        size_t n;
        TRY(projects_list(c, &f, &at, LINES, &line, &n, &more));
        if (b->n + n > CASEBOOK_PROJECTS_MOST)
            return fail(c, E_TOO_LARGE, tr(c, "事例集は%d事業までです。この版はCSVかJSONでお使いください。"), CASEBOOK_PROJECTS_MOST);
        for (size_t i = 0; i < n; i++) {
            const struct project_line *l = &line[i];
            size_t group = group_of(c, b, l->scheme, l->category);
            b->group[group].projects++;
            ARENA_PUSH(c->arena, b->entry, b->n, b->cap) = (struct casebook_entry){
                .position = l->position, .project = l->project, .name = l->name, .section = l->section, .department = l->department != NULL ? l->department : l->section,
                .scheme = l->scheme, .category = l->category, .continuity = l->continuity, .partners = l->partners, .summary = l->summary, .budget = l->budget, .group = group};
        }
        if (n > 0)
            at = (struct cursor){.set = true, .id = line[n - 1].position, .key_n = NONE};
    }
    return OK;
}

static struct casebook_entry *entry_at(struct casebook *b, int64_t position)
{
    /* positions are 1, 2, 3 … */
    return position >= 1 && (size_t)position <= b->n && b->entry[position - 1].position == position ? &b->entry[position - 1] : NULL;
}

static enum err load_places(struct ctx *c, struct casebook *b)
{
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT i.position, s.code FROM edition_item i JOIN frozen_set s ON s.owner = i.frozen AND s.field = 'municipalities' WHERE i.edition = $1 ORDER BY i.position, s.position", P(b->edition));
    while (db_next(q)) {
        struct casebook_entry *e = entry_at(b, db_int(q, 0));
        const char *code = db_text(q, 1);
        if (e != NULL)
            ARENA_PUSH(c->arena, e->place, e->places, e->places_cap) = (struct casebook_place){code, word_label(c, "municipality", code, b->year)};
    }
    TRY_DB(c, db_error(c->db));
    TRY_DB(c, db_get_int(c->db, "SELECT count(DISTINCT w.record) FROM withholding w JOIN edition_item i ON i.project = w.record WHERE i.edition = $1 AND w.entity = 'project' AND w.lifted_at IS NULL",
                         P(b->edition), &b->withheld));
    int64_t listed = 0;
    TRY_DB(c, db_get_int(c->db, "SELECT count(*) FROM frozen_partner p JOIN edition_item i ON i.frozen = p.owner JOIN organization o ON o.id = p.organization WHERE i.edition = $1 AND o.corporate_number IS NOT NULL",
                         P(b->edition), &listed));
    b->source_note = listed > 0;
    return OK;
}

enum err casebook_load(struct ctx *c, int64_t edition, struct casebook *out)
{
    TRY(load_edition(c, edition, out));
    load_words(c, out);
    TRY(load_entries(c, out));
    TRY(load_places(c, out));
    return statistics_of_edition(c, edition, out->year, &out->statistics);
}

/* One batch of rows in an arena of its own. */
static enum err each_batch(struct ctx *c, const struct casebook *b, size_t from, size_t most, enum err (*each)(struct ctx *c, void *self, size_t i, const struct project_page_view *v), void *self, size_t *n)
{
    struct frozen row[BATCH];
    *n = 0;
    struct db_rows *q = db_query(c->db, c->arena,
        "SELECT " FROZEN_COLUMNS " FROM edition_item i JOIN frozen f ON f.id = i.frozen WHERE i.edition = $1 AND i.position > $2 ORDER BY i.position LIMIT $3",
        P(b->edition, (int64_t)from, (int64_t)(most < BATCH ? most : BATCH)));
    while (*n < BATCH && db_next(q))
        frozen_read(q, &row[(*n)++]);
    db_done(q);
    TRY_DB(c, db_error(c->db));
    for (size_t i = 0; i < *n; i++) {
        struct project_page_view v;
        TRY(project_contents(c, &row[i], &v));
        TRY(each(c, self, from + i, &v));
    }
    return OK;
}

enum err casebook_each(struct ctx *c, const struct casebook *b, size_t from, size_t to, enum err (*each)(struct ctx *c, void *self, size_t i, const struct project_page_view *v), void *self)
{
    struct arena *outer = c->arena;
    enum err e = OK;
    to = to < b->n ? to : b->n;
    for (size_t n = 1; e == OK && n > 0 && from < to; from += n) {
        ARENA struct arena *batch = arena_new();
        c->arena = batch;
        e = each_batch(c, b, from, to - from, each, self, &n);
        c->arena = outer;
    }
    return e;
}

enum err casebook_in_japanese(struct ctx *c, enum err (*fn)(struct ctx *c, void *arg), void *arg)
{
    enum locale reader = c->locale;
    c->locale = LOCALE_JA;
    enum err e = in_read(c, fn, arg);
    c->locale = reader;
    return e;
}

/* --- the kept file --- */

/* Changed by hand whenever the look of a page changes: files kept from before are made anew. */
static const char LOOK[] = "1";

enum err casebook_stamp(struct ctx *c, const struct casebook *b, const char *kind, const char **stamp)
{
    struct sb s;
    struct stat_table t;
    sb_init(&s, c->arena);
    sb_printf(&s, "%s %s %lld %s %lld\n%s\n%s\n%s\n%s\n%s\n%s\n%s\n", LOOK, kind, (long long)b->edition, b->hash != NULL ? b->hash : "", (long long)b->published_at, b->title, b->prefecture,
              b->site, b->office, b->address != NULL ? b->address : "", b->licence != NULL ? b->licence : "", b->preface != NULL ? b->preface : "");
    struct db_rows *q = db_query(c->db, c->arena, "SELECT id FROM withholding WHERE lifted_at IS NULL ORDER BY id", P0);
    while (db_next(q))
        sb_printf(&s, "%lld\n", (long long)db_int(q, 0));
    TRY_DB(c, db_error(c->db));
    TRY(statistics_table_of(c, b->edition, b->year, &t));
    sb_add(&s, statistics_csv(c, &t));
    struct part part = {s.p, s.n};
    *stamp = hash_hex(c->arena, crypto_hash(&part, 1));
    return OK;
}

/* The file's descriptor and length; E_NOT_FOUND: there is none. */
static enum err open_kept(const char *path, struct casebook_made *m)
{
    struct stat st;
    m->file = open(path, O_RDONLY | O_CLOEXEC);
    if (m->file < 0)
        return E_NOT_FOUND;
    if (fstat(m->file, &st) == 0 && st.st_size > 0) {
        m->bytes = st.st_size;
        return OK;
    }
    close(m->file);
    m->file = -1;
    return E_NOT_FOUND;
}

/* Older files of the same edition and kind go: they hold what must not be shown any more, or nobody asks for them. */
static void drop_older(struct ctx *c, const char *directory, const char *prefix, const char *but)
{
    struct dirent **list = NULL;
    int n = scandir(directory, &list, NULL, NULL);
    for (int i = 0; i < n; i++) {
        const char *path = arena_printf(c->arena, "%s/%s", directory, list[i]->d_name);
        struct stat st;
        bool older = text_starts(list[i]->d_name, prefix) && strcmp(list[i]->d_name, but) != 0;
        /* left by a process that was ended while it wrote */
        bool half = text_starts(list[i]->d_name, "new-") && stat(path, &st) == 0 && st.st_mtime < clock_now() - 3600;
        if (older || half)
            unlink(path);
        free(list[i]);
    }
    free(list);
}

struct making { int64_t edition; enum casebook_kind kind; struct casebook_made *made; };

static const char *const kind_name[] = {[CASEBOOK_BOOK] = "casebook", [CASEBOOK_REGISTER] = "register"};

static const char *kept_in(struct ctx *c) { return arena_printf(c->arena, "%s/cache", c->app->directory); }
static const char *kept_prefix(struct ctx *c, int64_t edition, enum casebook_kind kind) { return arena_printf(c->arena, "%s-%lld-", kind_name[kind], (long long)edition); }

static enum err make_file(struct ctx *c, struct making *m, struct casebook *b, const char *directory, const char *file)
{
    char *temporary = arena_printf(c->arena, "%s/new-XXXXXX", directory);
    int fd = mkostemp(temporary, O_CLOEXEC);
    FILE *out = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (out == NULL)
        return fail(c, E_IO, tr(c, "%s に書けません(%s)。"), directory, strerror(errno));
    enum err e = m->kind == CASEBOOK_BOOK ? casebook_pdf(c, b, out, NULL) : register_pdf(c, b, out, NULL);
    bool bad = fclose(out) != 0;
    if (e == OK && (bad || rename(temporary, file) != 0))
        e = fail(c, E_IO, tr(c, "%s に書けません(%s)。"), directory, strerror(errno));
    if (e != OK)
        unlink(temporary);
    return e;
}

static enum err file_of(struct ctx *c, void *arg)
{
    struct making *m = arg;
    struct casebook b;
    const char *stamp;
    TRY(casebook_load(c, m->edition, &b));
    TRY(casebook_stamp(c, &b, kind_name[m->kind], &stamp));
    const char *directory = kept_in(c), *prefix = kept_prefix(c, m->edition, m->kind);
    const char *name = arena_printf(c->arena, "%s%.32s.pdf", prefix, stamp), *file = arena_printf(c->arena, "%s/%s", directory, name);
    m->made->name = arena_printf(c->arena, "%s_%s_第%lld版.pdf", m->kind == CASEBOOK_BOOK ? b.title : "協働事業台帳", fiscal_year_era(c->arena, b.year), (long long)b.number);
    if (open_kept(file, m->made) == OK)
        return OK;
    if (mkdir(directory, 0700) != 0 && errno != EEXIST)
        return fail(c, E_IO, tr(c, "%s に書けません(%s)。"), directory, strerror(errno));
    TRY(make_file(c, m, &b, directory, file));
    drop_older(c, directory, prefix, name);
    return open_kept(file, m->made) == OK ? OK : fail(c, E_IO, tr(c, "%s が読めません。"), file);
}

enum err casebook_file(struct ctx *c, int64_t edition, enum casebook_kind kind, struct casebook_made *out)
{
    struct making m = {edition, kind, out};
    *out = (struct casebook_made){.file = -1};
    return casebook_in_japanese(c, file_of, &m);
}

/* --- made beforehand --- */

struct published_list { int64_t *edition; size_t n, cap; };

static enum err find_published(struct ctx *c, void *arg)
{
    struct published_list *p = arg;
    *p = (struct published_list){0};
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT id FROM edition WHERE state = 'published' ORDER BY year DESC, number DESC", P0); db_next(q);)
        ARENA_PUSH(c->arena, p->edition, p->n, p->cap) = db_int(q, 0);
    TRY_DB(c, db_error(c->db));
    return OK;
}

static bool is_kept(struct ctx *c, int64_t edition, enum casebook_kind kind)
{
    struct dirent **list = NULL;
    const char *prefix = kept_prefix(c, edition, kind);
    bool found = false;
    int n = scandir(kept_in(c), &list, NULL, NULL);
    for (int i = 0; i < n; i++) {
        found = found || text_starts(list[i]->d_name, prefix);
        free(list[i]);
    }
    free(list);
    return found;
}

enum err casebook_renew(struct ctx *c, int64_t subject)
{
    struct published_list p;
    (void)subject;
    TRY(in_read(c, find_published, &p));
    for (size_t i = 0; i < p.n; i++)
        for (enum casebook_kind k = CASEBOOK_BOOK; k <= CASEBOOK_REGISTER; k++) {
            struct casebook_made made;
            if (i > 0 && !is_kept(c, p.edition[i], k))
                continue;
            enum err e = casebook_file(c, p.edition[i], k, &made);
            if (e != OK && e != E_TOO_LARGE && e != E_NOT_FOUND) /* too many for a book; taken back meanwhile */
                return e;
            if (e == OK)
                close(made.file);
        }
    return OK;
}
