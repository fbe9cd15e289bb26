/* Import of organizations. The whole file is read and checked first, with no transaction open; then its rows are written in pieces, each a
 * transaction that stands for itself: organizations, their history, the log and the search index. There is no staging table: every piece is
 * complete and the same file may be sent again, so an import that was cut off is finished by repeating it (docs/decisions). */
#include "area/organization/import.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "core/audit.h"
#include "core/finder.h"
#include "core/run.h"

/* In a serving process other writers wait for a piece; a command has its own connection, and others wait for its lock. */
enum { PIECE_SERVING = 200, PIECE_COMMAND = 10000, REFUSALS_KEPT = 100 };

/* --- which organizations there are --- */

struct known { int64_t number, id; };
struct nameless { const char *key, *street; int64_t id; };
struct import {
    struct ctx *c;
    struct reading *r;
    const char *file;
    struct known *known;       /* by 法人番号; open addressing */
    size_t known_n, known_cap;
    uint64_t (*seen)[2];       /* hashes of rows that are in some organization's history; open addressing, {0, 0} free */
    size_t seen_n, seen_cap;
    struct nameless *nameless; size_t nameless_n, nameless_cap; /* groups without a number, for a file that may hold such */
    int64_t *mine; size_t mine_n, mine_cap; /* those of them that a row of this file has met already */
    int64_t newest;            /* the highest id of an organization that `known` has */
    const struct incoming **order; size_t order_n;
    size_t from, to;           /* the piece being written */
    bool under_way;            /* a piece was begun and has not been committed */
    bool wrote;                /* anything at all */
    int64_t run;
    struct import_report tally; /* of the piece */
};

static size_t spread(uint64_t x, size_t cap)
{
    x ^= x >> 31;
    x *= 0x9E3779B97F4A7C15u;
    return (size_t)(x >> 20) & (cap - 1);
}

static struct known *known_slot(const struct import *im, int64_t number)
{
    size_t i = spread((uint64_t)number, im->known_cap);
    while (im->known[i].number != 0 && im->known[i].number != number)
        i = (i + 1) & (im->known_cap - 1);
    return &im->known[i];
}

static void known_add(struct import *im, int64_t number, int64_t id)
{
    if (2 * (im->known_n + 1) > im->known_cap) {
        struct known *old = im->known;
        size_t old_cap = im->known_cap;
        im->known_cap = old_cap == 0 ? 4096 : 4 * old_cap;
        im->known = arena_many(im->r->arena, struct known, im->known_cap);
        for (size_t i = 0; i < old_cap; i++)
            if (old[i].number != 0)
                *known_slot(im, old[i].number) = old[i];
    }
    struct known *k = known_slot(im, number);
    im->known_n += k->number == 0;
    *k = (struct known){number, id};
}

static int64_t known_id(const struct import *im, int64_t number)
{
    const struct known *k = im->known_cap > 0 && number != 0 ? known_slot(im, number) : NULL;
    return k != NULL && k->number != 0 ? k->id : NONE;
}

static void hash_read(const char *hex, uint64_t out[2])
{
    out[0] = out[1] = 0;
    for (size_t i = 0; i < 32 && hex[i] != '\0'; i++)
        out[i / 16] = out[i / 16] << 4 | (uint64_t)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
    if (out[0] == 0 && out[1] == 0)
        out[0] = 1;
}

static uint64_t *seen_slot(const struct import *im, const uint64_t h[2])
{
    size_t i = spread(h[0] ^ h[1], im->seen_cap);
    while ((im->seen[i][0] != 0 || im->seen[i][1] != 0) && (im->seen[i][0] != h[0] || im->seen[i][1] != h[1]))
        i = (i + 1) & (im->seen_cap - 1);
    return im->seen[i];
}

static void seen_add(struct import *im, const char *hex)
{
    if (2 * (im->seen_n + 1) > im->seen_cap) {
        uint64_t (*old)[2] = im->seen;
        size_t old_cap = im->seen_cap;
        im->seen_cap = old_cap == 0 ? 4096 : 4 * old_cap;
        im->seen = arena_array(im->r->arena, im->seen_cap, sizeof im->seen[0]);
        for (size_t i = 0; i < old_cap; i++)
            if (old[i][0] != 0 || old[i][1] != 0)
                memcpy(seen_slot(im, old[i]), old[i], sizeof old[i]);
    }
    uint64_t h[2];
    hash_read(hex, h);
    uint64_t *slot = seen_slot(im, h);
    im->seen_n += slot[0] == 0 && slot[1] == 0;
    memcpy(slot, h, sizeof h);
}

static bool seen(const struct import *im, const char *hex)
{
    uint64_t h[2];
    hash_read(hex, h);
    if (im->seen_cap == 0)
        return false;
    const uint64_t *slot = seen_slot(im, h);
    return slot[0] != 0 || slot[1] != 0;
}

static enum err load_known(struct import *im)
{
    struct ctx *c = im->c;
    ARENA struct arena *scratch = arena_new();
    int64_t after = im->newest;
    for (struct db_rows *q = db_query(c->db, scratch, "SELECT id, corporate_number FROM organization WHERE id > $1", P(after)); db_next(q);) {
        if (db_int(q, 0) > im->newest)
            im->newest = db_int(q, 0);
        if (!db_null(q, 1))
            known_add(im, strtoll(db_text(q, 1), NULL, 10), db_int(q, 0));
    }
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* Reading a file needs words, but no transaction: they are taken before. */
static enum err load_words(struct ctx *c, void *arg)
{
    struct reading *r = arg;
    TRY(words(c, "partner_kind", NULL, NONE, &r->kind, &r->kinds));
    TRY(words(c, "field", NULL, NONE, &r->field, &r->fields));
    TRY(words(c, "municipality", NULL, NONE, &r->municipality, &r->municipalities));
    r->home = setting(c, "prefecture_name");
    return OK;
}

static enum err load_what_is_there(struct ctx *c, void *arg)
{
    struct import *im = arg;
    im->c = c;
    TRY(load_known(im));
    ARENA struct arena *scratch = arena_new();
    for (struct db_rows *q = db_query(c->db, scratch, "SELECT row_hash FROM organization_history", P0); db_next(q);)
        seen_add(im, db_text(q, 0));
    TRY_DB(c, db_error(c->db));
    return OK;
}

/* --- the order of work --- */

/* The row that makes an organization that is not known yet: one that its source calls the newest, else the newest of the old ones, so that
 * an organization of which only old states were sent is not lost. */
static bool makes_better(const struct incoming *x, const struct incoming *best)
{
    if (best == NULL || x->latest != best->latest)
        return best == NULL || x->latest;
    if (x->latest)
        return false; /* the first of the newest; the others change it */
    int later = x->updated_on == NULL || best->updated_on == NULL ? 0 : strcmp(x->updated_on, best->updated_on);
    if (later == 0 && x->changed_on != NULL && best->changed_on != NULL)
        later = strcmp(x->changed_on, best->changed_on);
    return later >= 0;
}

struct maker { int64_t number; const struct incoming *row; };

/* Makers first, in the file's order, then all others: an old state may stand in the file before the row that makes its organization. */
static void put_in_order(struct import *im)
{
    struct reading *r = im->r;
    size_t cap = 16;
    while (cap < 2 * r->rows)
        cap *= 2;
    struct maker *maker = arena_many(r->arena, struct maker, cap);
    for (size_t i = 0; i < r->rows; i++) {
        const struct incoming *in = &r->row[i];
        if (in->number == 0 || known_id(im, in->number) != NONE)
            continue;
        size_t k = spread((uint64_t)in->number, cap);
        while (maker[k].number != 0 && maker[k].number != in->number)
            k = (k + 1) & (cap - 1);
        maker[k].number = in->number;
        if (makes_better(in, maker[k].row))
            maker[k].row = in;
    }
    im->order = arena_many(r->arena, const struct incoming *, r->rows + 1);
    for (int making = 1; making >= 0; making--)
        for (size_t i = 0; i < r->rows; i++) {
            const struct incoming *in = &r->row[i];
            bool is_maker = false;
            if (in->number != 0) {
                size_t k = spread((uint64_t)in->number, cap);
                while (maker[k].number != 0 && maker[k].number != in->number)
                    k = (k + 1) & (cap - 1);
                is_maker = maker[k].row == in;
            }
            if (is_maker == making)
                im->order[im->order_n++] = in;
        }
}

/* --- writing a piece --- */

static enum err write_history(struct ctx *c, struct import *im, const struct incoming *in, int64_t id)
{
    const char *place = place_words(c->arena, in->o.prefecture, in->o.city);
    const char *address = place == NULL ? in->o.street : in->o.street == NULL ? place : arena_printf(c->arena, "%s%s", place, in->o.street);
    im->wrote = true;
    TRY_DB(c, db_exec(c->db, "INSERT INTO organization_history (organization, source, process, updated_on, changed_on, latest, name, address, row_hash,"
                             " row, imported_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
                             " ON CONFLICT (organization, row_hash) DO NOTHING",
                      P(id, im->r->format->name, in->process, in->updated_on, in->changed_on, in->latest, in->o.name,
                        address != NULL ? address : in->o.abroad, in->hash, in->raw, c->now)));
    return OK;
}

/* The log says which row made the organization; the row itself stands in its history under the same hash. */
static enum err log_new(struct ctx *c, const struct incoming *in, int64_t id)
{
    static const struct field row = {.name = "row", .label = "取り込んだ行", .kind = FIELD_TEXT};
    struct change change[2] = {{.field = &row, .after = in->hash}};
    size_t n = 1;
    if (in->o.representative != NULL) /* personal: in the part of the log that can be erased */
        change[n++] = (struct change){.field = entity_field(&organization_entity, "representative"), .after = in->o.representative};
    return audit_write(c, "organization.import", "organization", id, change, n);
}

static enum err add(struct ctx *c, struct import *im, struct incoming *in)
{
    in->o.id = NONE;
    in->o.made_at = c->now;
    in->o.version = 1;
    TRY_DB(c, entity_insert(c->db, c->arena, &organization_entity, &in->o));
    in->id = in->o.id;
    if (in->number != 0)
        known_add(im, in->number, in->id);
    TRY(write_history(c, im, in, in->id));
    TRY(log_new(c, in, in->id));
    im->tally.added++;
    return OK;
}

static bool older_than_known(const struct incoming *in, const struct organization *o)
{
    if (!in->latest)
        return true;
    return in->updated_on != NULL && o->source_date != NULL && strcmp(in->updated_on, o->source_date) < 0;
}

static enum err update(struct ctx *c, struct import *im, const struct incoming *in, int64_t id)
{
    struct organization before, after;
    TRY_DB(c, entity_load(c->db, c->arena, &organization_entity, id, &before));
    if (older_than_known(in, &before)) {
        im->tally.unchanged++;
        return write_history(c, im, in, id);
    }
    entity_copy(c->arena, &organization_entity, &after, &before);
    im->r->format->apply(c, in, &after);
    after.sort_key = text_sort_key(c->arena, after.name, after.kana);
    struct change *changes = NULL;
    bool differs = entity_diff(c->arena, &organization_entity, &before, &after, &changes) > 0;
    if (differs)
        TRY(record_save(c, &organization_entity, &before, &after, "organization.import"));
    if (!differs)
        im->tally.unchanged++;
    else if (text_eq(before.state, "open") && !text_eq(after.state, "open"))
        im->tally.closed++;
    else
        im->tally.changed++;
    return differs || in->updated_on != NULL ? write_history(c, im, in, id) : OK;
}

/* Groups without a number: the same folded name in the same municipality. */
static const char *name_key(struct arena *a, const char *name, const char *city)
{
    return arena_printf(a, "%s\n%s", text_fold(a, name), city != NULL ? text_fold(a, city) : "");
}

static enum err load_nameless(struct ctx *c, struct import *im, struct arena *piece)
{
    size_t cap = 0;
    im->nameless = NULL;
    im->nameless_n = 0;
    for (struct db_rows *q = db_query(c->db, piece, "SELECT id, name, city, street FROM organization WHERE corporate_number IS NULL ORDER BY id", P0); db_next(q);)
        ARENA_PUSH(piece, im->nameless, im->nameless_n, cap) =
            (struct nameless){.id = db_int(q, 0), .key = name_key(piece, db_text(q, 1), db_text(q, 2)), .street = db_text(q, 3)};
    TRY_DB(c, db_error(c->db));
    im->nameless_cap = cap;
    return OK;
}

static bool is_mine(const struct import *im, int64_t id)
{
    for (size_t i = 0; i < im->mine_n; i++)
        if (im->mine[i] == id)
            return true;
    return false;
}

/* One group of that name and place is it, whatever its street; of several, or for a second row of the file, the street decides. */
static struct nameless *match_by_name(struct import *im, const struct incoming *in, struct arena *a)
{
    const char *key = name_key(a, in->o.name, in->o.city);
    struct nameless *same_street = NULL, *any = NULL;
    size_t found = 0;
    for (size_t i = 0; i < im->nameless_n; i++) {
        struct nameless *g = &im->nameless[i];
        if (strcmp(g->key, key) != 0)
            continue;
        found++;
        any = g;
        if (text_eq(g->street, in->o.street) && same_street == NULL)
            same_street = g;
    }
    if (same_street != NULL)
        return same_street;
    return found == 1 && !is_mine(im, any->id) ? any : NULL;
}

/* A row of the piece. `given` gets what the index needs to know of a new organization. */
static enum err write_one(struct ctx *c, struct import *im, struct incoming *in, struct finder_given *given, size_t *given_n, struct arena *piece)
{
    int64_t id = known_id(im, in->number);
    if (in->o.corporate_number == NULL) {
        struct nameless *g = match_by_name(im, in, c->arena);
        if (g != NULL) {
            id = g->id;
            ARENA_PUSH(im->r->arena, im->mine, im->mine_n, im->mine_cap) = id;
        }
    }
    if (id != NONE) {
        if (!im->r->format->dated || !seen(im, in->hash))
            return update(c, im, in, id);
        im->tally.unchanged++;
        return OK;
    }
    in->refused = in->o.kind == NULL; /* a list may leave the kind out for those that are known */
    if (in->refused)
        return OK;
    TRY(add(c, im, in));
    if (in->o.corporate_number == NULL) {
        ARENA_PUSH(piece, im->nameless, im->nameless_n, im->nameless_cap) =
            (struct nameless){.id = in->id, .key = name_key(piece, in->o.name, in->o.city), .street = in->o.street};
        ARENA_PUSH(im->r->arena, im->mine, im->mine_n, im->mine_cap) = in->id;
    }
    struct finder_given *g = &given[(*given_n)++];
    *g = (struct finder_given){.record = in->id};
    organization_document(piece, &in->o, "", im->r->home, &g->public);
    g->staff = g->public;
    return OK;
}

static enum err write_piece(struct ctx *c, void *arg)
{
    struct import *im = arg;
    im->c = c;
    im->tally = (struct import_report){0};
    if (im->under_way) { /* the piece is run again: what the first run added was rolled back */
        memset(im->known, 0, im->known_cap * sizeof im->known[0]);
        im->known_n = 0;
        im->newest = 0;
    }
    im->under_way = true;
    ARENA struct arena *piece = arena_new(), *scratch = arena_new();
    /* Somebody else may have added organizations since. */
    TRY(load_known(im));
    if (im->r->format == &format_own)
        TRY(load_nameless(c, im, piece));
    size_t n = im->to - im->from, given_n = 0;
    struct finder_given *given = arena_many(piece, struct finder_given, n + 1);
    for (size_t i = im->from; i < im->to; i++) {
        arena_reset(scratch);
        struct ctx sub = *c;
        sub.arena = scratch;
        failure_init(&sub.fail, scratch);
        enum err e = write_one(&sub, im, (struct incoming *)(uintptr_t)im->order[i], given, &given_n, piece);
        if (e != OK) {
            fail(c, e, "%s", sub.fail.message);
            c->fail.detail = arena_dup(c->arena, sub.fail.detail);
            return e;
        }
    }
    return given_n > 0 ? finder_give(c, "organization", given, given_n) : OK;
}

void import_report_json(const struct import_report *r, struct json *j)
{
    json_object(j, NULL);
    json_text(j, "format", r->format);
    json_text(j, "encoding", r->encoding);
    json_int(j, "read", r->read);
    json_int(j, "added", r->added);
    json_int(j, "changed", r->changed);
    json_int(j, "unchanged", r->unchanged);
    json_int(j, "closed", r->closed);
    json_int(j, "refused", r->refused);
    json_int(j, "skipped", r->skipped);
    json_array(j, "refusals");
    for (size_t i = 0; i < r->refusals; i++) {
        json_object(j, NULL);
        json_int(j, "line", r->refusal[i].line);
        json_text(j, "column", r->refusal[i].column);
        json_text(j, "reason", r->refusal[i].reason);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_array(j, "not_understood");
    for (size_t i = 0; i < r->not_understood_n; i++)
        json_text(j, NULL, r->not_understood[i]);
    json_end(j, ']');
    json_end(j, '}');
}

static enum err write_run(struct ctx *c, void *arg)
{
    struct import *im = arg;
    struct sb report;
    struct json j;
    sb_init(&report, c->arena);
    json_init(&j, &report);
    struct import_report short_report = *im->r->out;
    if (short_report.refusals > REFUSALS_KEPT)
        short_report.refusals = REFUSALS_KEPT;
    import_report_json(&short_report, &j);
    TRY_DB(c, db_insert(c->db, "INSERT INTO import_run (kind, file, format, encoding, account, at, done_at, report)"
                               " VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id",
                        P("organizations", im->file, im->r->out->format, im->r->out->encoding, c->user->id, c->now, c->app->clock(), sb_str(&report)),
                        &im->run));
    return audit_note(c, "organizations.import", "import_run", im->run, sb_str(&report));
}

static void count_piece(struct import_report *out, const struct import_report *piece)
{
    out->added += piece->added;
    out->changed += piece->changed;
    out->unchanged += piece->unchanged;
    out->closed += piece->closed;
}

/* Rows that a former import brought need no transaction at all. */
static bool nothing_new(const struct import *im, const struct incoming *in)
{
    return im->r->format->dated && known_id(im, in->number) != NONE && seen(im, in->hash);
}

static enum err write_all(struct ctx *c, struct import *im)
{
    TRY(in_read(c, load_what_is_there, im));
    put_in_order(im);
    size_t kept = 0;
    for (size_t i = 0; i < im->order_n; i++) {
        if (nothing_new(im, im->order[i]))
            im->r->out->unchanged++;
        else
            im->order[kept++] = im->order[i];
    }
    size_t most = c->app->server != NULL ? PIECE_SERVING : PIECE_COMMAND;
    for (im->from = 0; im->from < kept; im->from = im->to) {
        im->to = im->from + most < kept ? im->from + most : kept;
        TRY(in_write(c, write_piece, im));
        im->under_way = false;
        TRY(run_progress(c, (int64_t)im->to, (int64_t)kept, NULL));
        count_piece(im->r->out, &im->tally);
        for (size_t i = im->from; i < im->to; i++) {
            const struct incoming *in = im->order[i];
            if (in->refused) {
                import_fault(im->r, in->line, entity_field(&organization_entity, "kind")->label, "種類がありません。新しい団体には種類が要ります。");
                im->r->out->refused++;
            } else {
                seen_add(im, in->hash);
            }
        }
    }
    return im->wrote ? in_write(c, write_run, im) : OK;
}

/* --- the door --- */

/* By line, and within a line as they were found. */
static void sort_refusals(struct import_report *r)
{
    for (size_t i = 1; i < r->refusals; i++) {
        struct import_refusal x = r->refusal[i];
        size_t k = i;
        for (; k > 0 && r->refusal[k - 1].line > x.line; k--)
            r->refusal[k] = r->refusal[k - 1];
        r->refusal[k] = x;
    }
}

enum err organizations_import(struct ctx *c, const char *file, const char *bytes, size_t n, const char *format, bool only_npo, struct import_report *out)
{
    *out = (struct import_report){0};
    TRY(need_role(c, ROLE_SECRETARIAT));
    if (format != NULL && strcmp(format, "auto") != 0 && import_format_named(format) == NULL)
        return fail(c, E_INPUT, tr(c, "形式「%s」はありません。auto、nta、npo-portal、kyodo のどれかです。"), format);
    struct reading r = {.c = c, .arena = c->arena, .out = out, .only_npo = only_npo};
    TRY(in_read(c, load_words, &r));
    import_read_file(&r, bytes, n, format);
    sort_refusals(out);
    if (r.broken) {
        /* Nothing was taken: every row counts as refused. */
        out->refused = out->read;
        out->skipped = 0;
        return fail(c, E_FORM, "%s", tr(c, "ファイルの形が壊れているので、1行も取り込みませんでした。"));
    }
    struct import im = {.c = c, .r = &r, .file = file};
    TRY(write_all(c, &im));
    sort_refusals(out);
    return OK;
}
