/* The log's proof: each row's HMAC covers the row, the HMAC before it and one keyed hash per changed field. The values themselves lie beside it
 * (audit_value), salted, so that a personal one can be erased without breaking the chain and without being guessable from its hash. */
#include "core/audit.h"

#include <assert.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "core/app.h"

enum { SALT_BYTES = 16, VERIFY_PAGE = 500 };

/* --- writing --- */

struct entry { const char *field, *before, *after; bool personal; };

/* "-" and "=" keep "not stated" apart from an empty text. */
static const char *value_hash(const struct hmac_ready *key, struct arena *a, const char *salt, const char *field, const char *before, const char *after)
{
    const struct part parts[] = {PART("audit value 1"), PART(salt), PART(field), PART(before == NULL ? "-" : "="), PART(before),
                                 PART(after == NULL ? "-" : "="), PART(after)};
    return hash_hex(a, crypto_hmac_with(key, parts, sizeof parts / sizeof parts[0]));
}

struct log_row {
    int64_t chain, n, at, account;
    const char *who, *what, *entity;
    int64_t record;
    const char *diff, *hash;
};

/* JSON is the canonical text: no two rows write the same one, and it is the same on both engines. */
static const char *row_hash(const struct hmac_ready *key, struct arena *a, const char *previous, const struct log_row *r)
{
    struct sb text;
    struct json j;
    sb_init(&text, a);
    json_init(&j, &text);
    json_array(&j, NULL);
    json_int(&j, NULL, r->chain);
    json_int(&j, NULL, r->n);
    json_int(&j, NULL, r->at);
    json_int(&j, NULL, r->account);
    json_text(&j, NULL, r->who);
    json_text(&j, NULL, r->what);
    json_text(&j, NULL, r->entity);
    json_int(&j, NULL, r->record);
    json_text(&j, NULL, r->diff);
    json_end(&j, ']');
    const struct part parts[] = {PART("audit row 1"), PART(previous), PART(sb_str(&text))};
    return hash_hex(a, crypto_hmac_with(key, parts, sizeof parts / sizeof parts[0]));
}

static const char *hex(struct arena *a, const unsigned char *p, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char *s = arena_alloc(a, 2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        s[2 * i] = digits[p[i] >> 4];
        s[2 * i + 1] = digits[p[i] & 15];
    }
    return s;
}

/* The end of this writer's chain, in the note of its transaction (db_note): a batch of sixteen writes, or an import's thousands, read and write the
 * head's row once. What a savepoint takes back, it takes back here too. */
struct pen { bool taken; int64_t chain, n, stored; char hash[2 * HASH_BYTES + 1]; };
static_assert(sizeof(struct pen) <= DB_NOTE, "the note holds it");

static enum err pen_keep(struct db *db, void *note)
{
    struct pen *pen = note;
    if (pen->n == pen->stored)
        return OK;
    TRY(pen->stored == 0 ? db_exec(db, "INSERT INTO audit_head (chain, n, hash) VALUES ($1, $2, $3)", P(pen->chain, pen->n, pen->hash))
                         : db_exec(db, "UPDATE audit_head SET n = $2, hash = $3 WHERE chain = $1", P(pen->chain, pen->n, pen->hash)));
    pen->stored = pen->n;
    return OK;
}

static enum err pen_take(struct ctx *c, struct pen **out)
{
    struct pen *pen = *out = db_note(c->db, pen_keep);
    assert(pen != NULL); /* a row of the log stands in the transaction of what it tells of */
    if (pen->taken)
        return OK;
    TRY_DB(c, db_writer_slot(c->db, &pen->chain));
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT n, hash FROM audit_head WHERE chain = $1", P(pen->chain)); db_next(q);) {
        pen->n = pen->stored = db_int(q, 0);
        snprintf(pen->hash, sizeof pen->hash, "%s", db_text(q, 1));
    }
    TRY_DB(c, db_error(c->db));
    pen->taken = true;
    return OK;
}

/* Before heads are read in a transaction that may have written rows. */
static enum err pen_settle(struct ctx *c)
{
    void *note = db_note(c->db, pen_keep);
    if (note != NULL)
        TRY_DB(c, pen_keep(c->db, note));
    return OK;
}

static enum err write_row(struct ctx *c, const char *what, const char *entity, int64_t id, const struct entry *v, size_t n)
{
    struct pen *pen = NULL;
    TRY(pen_take(c, &pen));
    struct log_row r = {.chain = pen->chain, .n = pen->n + 1, .at = c->now, .account = c->user->id, .who = c->user->name, .what = what, .entity = entity,
                        .record = id};
    /* One draw of randomness for the row: a system call for each field would be felt by imports. */
    unsigned char *random = arena_alloc(c->arena, n * SALT_BYTES + 1);
    crypto_random(random, n * SALT_BYTES);
    const char **salt = arena_many(c->arena, const char *, n + 1);
    struct sb diff;
    struct json j;
    sb_init(&diff, c->arena);
    json_init(&j, &diff);
    json_array(&j, NULL);
    for (size_t i = 0; i < n; i++) {
        salt[i] = hex(c->arena, random + i * SALT_BYTES, SALT_BYTES);
        json_object(&j, NULL);
        json_text(&j, "field", v[i].field);
        json_text(&j, "hash", value_hash(&c->app->hmac, c->arena, salt[i], v[i].field, v[i].before, v[i].after));
        if (v[i].personal) /* within the proof: what is not personal cannot be passed off as erased */
            json_bool(&j, "personal", true);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    r.diff = sb_str(&diff);
    r.hash = row_hash(&c->app->hmac, c->arena, pen->hash, &r);

    TRY_DB(c, db_exec(c->db, "INSERT INTO audit (chain, n, at, account, who, what, entity, record, diff, hash)"
                             " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                      P(r.chain, r.n, r.at, r.account, r.who, r.what, r.entity, r.record, r.diff, r.hash)));
    for (size_t i = 0; i < n; i++)
        TRY_DB(c, db_exec(c->db, "INSERT INTO audit_value (chain, n, position, field, before, after, salt, personal)"
                                 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                          P(r.chain, r.n, (int64_t)i, v[i].field, v[i].before, v[i].after, salt[i], v[i].personal)));
    pen->n = r.n;
    memcpy(pen->hash, r.hash, sizeof pen->hash); /* hash_hex's length, with its NUL */
    return OK;
}

static struct entry *entries(struct ctx *c, const struct change *changes, size_t n)
{
    struct entry *v = arena_many(c->arena, struct entry, n + 1);
    for (size_t i = 0; i < n; i++)
        v[i] = (struct entry){changes[i].field->name, changes[i].before, changes[i].after, (changes[i].field->flags & PERSONAL) != 0};
    return v;
}

enum err audit_write(struct ctx *c, const char *what, const char *entity, int64_t id, const struct change *changes, size_t n)
{
    return write_row(c, what, entity, id, entries(c, changes, n), n);
}

enum err audit_note(struct ctx *c, const char *what, const char *entity, int64_t id, const char *note)
{
    const struct entry v = {.field = "note", .after = note};
    return write_row(c, what, entity, id, &v, 1);
}

static enum err insert_view(struct ctx *c, void *arg)
{
    const char *path = arg;
    TRY_DB(c, db_exec(c->db, "INSERT INTO view_log (at, account, path, request) VALUES ($1, $2, $3, $4)",
                      P(c->now, c->user->id, path, c->request_id)));
    return OK;
}

enum err view_log(struct ctx *c, const char *path)
{
    return in_write(c, insert_view, arena_dup(c->arena, path));
}

const char *audit_heads(struct ctx *c)
{
    struct sb o;
    sb_init(&o, c->arena);
    if (pen_settle(c) != OK)
        return sb_str(&o);
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT chain, n, hash FROM audit_head ORDER BY chain", P0); db_next(q);)
        sb_printf(&o, "%s%lld:%lld:%s", o.n == 0 ? "" : " ", (long long)db_int(q, 0), (long long)db_int(q, 1), db_text(q, 2));
    return sb_str(&o);
}

/* --- verifying --- */

struct head { int64_t chain, n; const char *hash; };

struct verify {
    struct ctx *c;
    struct audit_report *out;
    struct arena *scratch; /* one page of rows */
    struct head *days;     /* heads that daily rows recorded: they must still stand */
    size_t days_n, days_cap;
};

static enum err found(struct verify *v, const char *fault)
{
    v->out->fault = arena_dup(v->c->arena, fault);
    return fail(v->c, E_CONFLICT, "%s", v->out->fault);
}

#define FOUND(v, sentence, chain, n) found((v), arena_printf((v)->c->arena, tr((v)->c, (sentence)), (long long)(chain), (long long)(n)))

struct log_value {
    int64_t n, position;
    const char *field, *before, *after, *salt;
    bool personal, erased;
};

/* "chain:n:hash …" as audit_heads wrote it. */
static void take_heads(struct verify *v, const char *text)
{
    while (text != NULL && *text != '\0') {
        char *end = NULL;
        struct head h = {.chain = strtoll(text, &end, 10)};
        if (*end != ':')
            return;
        h.n = strtoll(end + 1, &end, 10);
        if (*end != ':')
            return;
        size_t n = strcspn(end + 1, " ");
        h.hash = arena_dup_n(v->c->arena, end + 1, n);
        ARENA_PUSH(v->c->arena, v->days, v->days_n, v->days_cap) = h;
        text = end + 1 + n;
        text += *text == ' ';
    }
}

/* The diff's hashes against the values that lie beside the row. */
static enum err verify_values(struct verify *v, const struct log_row *r, const struct log_value *value, size_t n)
{
    struct failure unread;
    failure_init(&unread, v->scratch);
    struct json_value *diff = NULL;
    if (json_read(v->scratch, r->diff, strlen(r->diff), &diff, &unread) != OK || diff->type != JSON_ARRAY)
        return FOUND(v, "記録 %lld:%lld の変更の内容が読めません。", r->chain, r->n);
    size_t i = 0;
    for (const struct json_value *e = diff->child; e != NULL; e = e->next, i++) {
        const struct json_value *field = json_get(e, "field"), *hash = json_get(e, "hash");
        bool personal = json_get(e, "personal") != NULL;
        if (field == NULL || hash == NULL)
            return FOUND(v, "記録 %lld:%lld の変更の内容が読めません。", r->chain, r->n);
        if (i >= n || value[i].position != (int64_t)i)
            return FOUND(v, "記録 %lld:%lld の値が消されています。", r->chain, r->n);
        bool erased = value[i].erased && personal && value[i].before == NULL && value[i].after == NULL;
        bool same = text_eq(value[i].field, field->text) && value[i].personal == personal &&
                    (erased || text_eq_secret(value_hash(&v->c->app->hmac, v->scratch, value[i].salt, field->text, value[i].before, value[i].after), hash->text));
        if (!same)
            return FOUND(v, "記録 %lld:%lld の値が書き換えられています。", r->chain, r->n);
        if (strcmp(r->what, "audit.day") == 0)
            take_heads(v, value[i].after);
    }
    if (i < n)
        return FOUND(v, "記録 %lld:%lld に値が差し込まれています。", r->chain, r->n);
    return OK;
}

static enum err read_values(struct verify *v, int64_t chain, int64_t after, int64_t upto, struct log_value **out, size_t *n)
{
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    for (struct db_rows *q = db_query(v->c->db, v->scratch, "SELECT n, position, field, before, after, salt, personal, erased_at FROM audit_value"
                                      " WHERE chain = $1 AND n > $2 AND n <= $3 ORDER BY n, position", P(chain, after, upto));
         db_next(q);)
        ARENA_PUSH(v->scratch, *out, *n, cap) = (struct log_value){.n = db_int(q, 0), .position = db_int(q, 1), .field = db_text(q, 2),
            .before = db_text(q, 3), .after = db_text(q, 4), .salt = db_text(q, 5), .personal = db_bool(q, 6), .erased = !db_null(q, 7)};
    TRY_DB(v->c, db_error(v->c->db));
    return OK;
}

/* Walks one chain in pages, so that a log of any length needs the same memory. `last` gets the chain's last row. */
static enum err verify_chain(struct verify *v, int64_t chain, struct head *last)
{
    struct ctx *c = v->c;
    char previous[2 * HASH_BYTES + 1] = "";
    int64_t n = 0;
    for (bool more = true; more;) {
        arena_reset(v->scratch);
        struct log_row *rows = arena_many(v->scratch, struct log_row, VERIFY_PAGE);
        size_t rows_n = 0;
        for (struct db_rows *q = db_query(c->db, v->scratch, "SELECT n, at, account, who, what, entity, record, diff, hash FROM audit"
                                          " WHERE chain = $1 AND n > $2 ORDER BY n LIMIT 500", P(chain, n));
             db_next(q);)
            rows[rows_n++] = (struct log_row){.chain = chain, .n = db_int(q, 0), .at = db_int(q, 1), .account = db_int(q, 2), .who = db_text(q, 3),
                .what = db_text(q, 4), .entity = db_text(q, 5), .record = db_int(q, 6), .diff = db_text(q, 7), .hash = db_text(q, 8)};
        TRY_DB(c, db_error(c->db));
        more = rows_n == VERIFY_PAGE;
        struct log_value *value;
        size_t values = 0, at = 0;
        if (rows_n > 0)
            TRY(read_values(v, chain, n, rows[rows_n - 1].n, &value, &values));
        for (size_t i = 0; i < rows_n; i++) {
            const struct log_row *r = &rows[i];
            if (r->n != n + 1)
                return FOUND(v, "記録 %lld:%lld がありません。消されています。", chain, n + 1);
            if (!text_eq_secret(row_hash(&c->app->hmac, v->scratch, previous, r), r->hash))
                return FOUND(v, "記録 %lld:%lld が書き換えられています。", chain, r->n);
            size_t from = at;
            while (at < values && value[at].n == r->n)
                at++;
            TRY(verify_values(v, r, values > 0 ? value + from : NULL, at - from));
            memcpy(previous, r->hash, sizeof previous - 1); /* its length was just compared with a hash of ours */
            n = r->n;
            v->out->rows++;
        }
    }
    *last = (struct head){.chain = chain, .n = n, .hash = arena_dup(c->arena, previous)};
    return OK;
}

static enum err verify_all(struct verify *v)
{
    struct ctx *c = v->c;
    struct head *head = NULL;
    size_t heads = 0, cap = 0;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT chain, n, hash FROM audit_head ORDER BY chain", P0); db_next(q);)
        ARENA_PUSH(c->arena, head, heads, cap) = (struct head){db_int(q, 0), db_int(q, 1), db_text(q, 2)};
    TRY_DB(c, db_error(c->db));
    int64_t stray = NONE;
    if (db_get_int(c->db, "SELECT chain FROM audit WHERE NOT EXISTS (SELECT 1 FROM audit_head WHERE audit_head.chain = audit.chain)"
                          " ORDER BY chain LIMIT 1", P0, &stray) == E_NOT_FOUND)
        stray = NONE;
    TRY_DB(c, db_error(c->db));
    if (stray != NONE)
        return FOUND(v, "記録の列 %lld に先頭がありません(%lld列を調べました)。", stray, heads);
    if (heads == 0)
        return found(v, tr(c, "記録が一つもありません。消されています。")); /* init writes the first one */
    for (size_t i = 0; i < heads; i++) {
        struct head last = {0};
        TRY(verify_chain(v, head[i].chain, &last));
        v->out->chains++;
        if (last.n < head[i].n)
            return FOUND(v, "記録の列 %lld の終わり(%lldより後)が切り取られています。", last.chain, last.n);
        if (last.n > head[i].n)
            return FOUND(v, "記録 %lld:%lld が差し込まれています。", last.chain, head[i].n + 1);
        if (strcmp(last.hash, head[i].hash) != 0)
            return FOUND(v, "記録の列 %lld の先頭(%lld)が書き換えられています。", last.chain, last.n);
    }
    int64_t chain = NONE, n = NONE;
    for (struct db_rows *q = db_query(c->db, c->arena, "SELECT chain, n FROM audit_value WHERE NOT EXISTS (SELECT 1 FROM audit"
                                      " WHERE audit.chain = audit_value.chain AND audit.n = audit_value.n) LIMIT 1", P0); db_next(q);) {
        chain = db_int(q, 0);
        n = db_int(q, 1);
    }
    TRY_DB(c, db_error(c->db));
    if (chain != NONE)
        return FOUND(v, "記録 %lld:%lld がないのに、値だけがあります。", chain, n);
    for (size_t i = 0; i < v->days_n; i++) {
        const char *hash = NULL;
        if (db_get_text(c->db, c->arena, "SELECT hash FROM audit WHERE chain = $1 AND n = $2", P(v->days[i].chain, v->days[i].n), &hash) == E_NOT_FOUND)
            hash = NULL;
        TRY_DB(c, db_error(c->db));
        if (!text_eq(hash, v->days[i].hash))
            return FOUND(v, "日ごとの控えにある記録 %lld:%lld が消されたか、書き換えられています。", v->days[i].chain, v->days[i].n);
    }
    return OK;
}

enum err audit_verify(struct ctx *c, struct audit_report *out)
{
    ARENA struct arena *scratch = arena_new();
    *out = (struct audit_report){0};
    TRY(pen_settle(c));
    return verify_all(&(struct verify){.c = c, .out = out, .scratch = scratch});
}
