/* Likely doubles: two sections that report one project.
 *
 * Names are compared by the Dice coefficient of their folded bigrams. Comparing every pair would be a million
 * comparisons for 1,400 projects; two names that reach the threshold must share one of their rarer bigrams, so only such pairs are looked at
 * (prefix filtering: Chaudhuri, Ganti, Kaushik 2006). Nothing is missed by it. */
#include "area/register/rounds.h"
#include "base/text.h"

struct item {
    int64_t statement, project, answer, lead;
    const char *name, *section;
    bool here;              /* stands in the inquiry asked about */
    uint64_t *gram;         /* bigrams; the second 事業 of a name is another element than the first */
    uint32_t *rank;         /* the same by rarity, ascending */
    size_t n;
    const char **partner;
    size_t partners, partners_cap;
};

enum { PAIRS_MOST = 500, FOUND_MOST = 64 * PAIRS_MOST }; /* more than anybody looks through; when all names are alike every pair is one */
#define NEAR 0.6
#define NEAR_WITH_PARTNER 0.5

static uint32_t code_point(const unsigned char **p)
{
    const unsigned char *s = *p;
    uint32_t v = s[0];
    int more = v >= 0xf0 ? 3 : v >= 0xe0 ? 2 : v >= 0xc0 ? 1 : 0;
    v = more == 3 ? v & 0x07u : more == 2 ? v & 0x0fu : more == 1 ? v & 0x1fu : v;
    s++;
    while (more-- > 0 && *s)
        v = v << 6 | (*s++ & 0x3fu);
    *p = s;
    return v;
}

static int by_u64(const void *x, const void *y)
{
    uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;
    return (a > b) - (a < b);
}

static int by_u32(const void *x, const void *y)
{
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return (a > b) - (a < b);
}

/* Two code points of 21 bits and, above them, how often the pair came before in the same name. */
static void grams(struct arena *a, struct item *t)
{
    const char *folded = text_fold(a, t->name);
    size_t length = text_length(folded);
    t->gram = arena_many(a, uint64_t, length + 1);
    t->n = 0;
    const unsigned char *p = (const unsigned char *)folded;
    uint32_t last = 0;
    for (size_t i = 0; *p; i++) {
        uint32_t now = code_point(&p);
        if (i > 0)
            t->gram[t->n++] = (uint64_t)last << 21 | now;
        last = now;
    }
    if (length == 1)
        t->gram[t->n++] = last;
    qsort(t->gram, t->n, sizeof *t->gram, by_u64);
    uint64_t before = 0, again = 0;
    for (size_t i = 0; i < t->n; i++) {
        uint64_t plain = t->gram[i];
        again = i > 0 && plain == before ? again + 1 : 0;
        before = plain;
        t->gram[i] = plain | again << 42;
    }
}

struct known { uint64_t gram; uint32_t count, rank; };
static int by_gram(const void *x, const void *y) { return by_u64(&((const struct known *)x)->gram, &((const struct known *)y)->gram); }
static int by_count(const void *x, const void *y)
{
    const struct known *a = x, *b = y;
    return a->count != b->count ? (a->count > b->count) - (a->count < b->count) : by_gram(x, y);
}

/* Numbers all bigrams by how rare they are and writes each name's numbers, rarest first. Returns how many there are. */
static size_t rank_grams(struct arena *a, struct item *v, size_t n)
{
    size_t all = 0, k = 0;
    for (size_t i = 0; i < n; i++)
        all += v[i].n;
    uint64_t *g = arena_many(a, uint64_t, all + 1);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < v[i].n; j++)
            g[k++] = v[i].gram[j];
    qsort(g, all, sizeof *g, by_u64);
    struct known *w = arena_many(a, struct known, all + 1);
    size_t w_n = 0;
    for (size_t i = 0; i < all; i++) {
        if (i == 0 || g[i] != g[i - 1])
            w[w_n++].gram = g[i];
        w[w_n - 1].count++;
    }
    qsort(w, w_n, sizeof *w, by_count);
    for (size_t i = 0; i < w_n; i++)
        w[i].rank = (uint32_t)i;
    qsort(w, w_n, sizeof *w, by_gram);
    for (size_t i = 0; i < n; i++) {
        v[i].rank = arena_many(a, uint32_t, v[i].n + 1);
        for (size_t j = 0; j < v[i].n; j++) {
            struct known key = {.gram = v[i].gram[j]};
            v[i].rank[j] = ((const struct known *)bsearch(&key, w, w_n, sizeof *w, by_gram))->rank;
        }
        qsort(v[i].rank, v[i].n, sizeof *v[i].rank, by_u32);
    }
    return w_n;
}

static double alike(const struct item *x, const struct item *y)
{
    size_t i = 0, j = 0, both = 0;
    while (i < x->n && j < y->n) {
        if (x->rank[i] == y->rank[j]) {
            both++, i++, j++;
        } else if (x->rank[i] < y->rank[j]) {
            i++;
        } else {
            j++;
        }
    }
    return x->n + y->n == 0 ? 0.0 : 2.0 * (double)both / (double)(x->n + y->n);
}

static const char *common_partner(const struct item *x, const struct item *y)
{
    for (size_t i = 0; i < x->partners; i++)
        for (size_t j = 0; j < y->partners; j++)
            if (text_eq(x->partner[i], y->partner[j]))
                return x->partner[i];
    return NULL;
}

/* Of a name with n bigrams, a partner at the threshold t shares at least t/(2-t) of them. */
static size_t prefix_length(size_t n)
{
    double least = NEAR_WITH_PARTNER / (2.0 - NEAR_WITH_PARTNER) * (double)n;
    size_t need = (size_t)least + ((double)(size_t)least < least ? 1 : 0);
    return need == 0 ? n : n - need + 1;
}

static enum err load_items(struct ctx *c, const struct inquiry *q, struct item **out, size_t *n)
{
    struct item *v = NULL;
    size_t cap = 0, at = 0;
    *n = 0;
    for (struct db_rows *r = db_query(c->db, c->arena,
                                      "SELECT s.id, s.project, s.answer, s.lead, s.name, x.name, s.inquiry FROM statement s JOIN inquiry i ON i.id = s.inquiry "
                                      "JOIN section x ON x.id = s.lead JOIN project p ON p.id = s.project WHERE i.year=$1 AND p.merged_into IS NULL AND s.name IS NOT NULL AND (s.decision IS NULL OR s.decision<>'ended') "
                                      "ORDER BY s.id", P(q->year));
         db_next(r);) {
        struct item t = {.statement = db_int(r, 0), .project = db_int(r, 1), .answer = db_int(r, 2), .lead = db_int(r, 3), .name = db_text(r, 4),
                         .section = db_text(r, 5), .here = db_int(r, 6) == q->id};
        grams(c->arena, &t);
        ARENA_PUSH(c->arena, v, *n, cap) = t;
    }
    TRY_DB(c, db_error(c->db));
    for (struct db_rows *r = db_query(c->db, c->arena,
                                      "SELECT p.owner, p.name FROM statement_partner p JOIN statement s ON s.id = p.owner JOIN inquiry i ON i.id = s.inquiry "
                                      "WHERE i.year=$1 AND p.name IS NOT NULL ORDER BY p.owner, p.position", P(q->year));
         db_next(r);) {
        int64_t owner = db_int(r, 0);
        while (at < *n && v[at].statement < owner)
            at++;
        if (at < *n && v[at].statement == owner)
            ARENA_PUSH(c->arena, v[at].partner, v[at].partners, v[at].partners_cap) = text_fold(c->arena, db_text(r, 1));
    }
    TRY_DB(c, db_error(c->db));
    *out = v;
    return OK;
}

struct known_pair { int64_t one, other; };
static int by_pair(const void *x, const void *y)
{
    const struct known_pair *a = x, *b = y;
    if (a->one != b->one)
        return (a->one > b->one) - (a->one < b->one);
    return (a->other > b->other) - (a->other < b->other);
}

static enum err load_dismissed(struct ctx *c, struct known_pair **out, size_t *n)
{
    struct known_pair *v = NULL;
    size_t cap = 0;
    *n = 0;
    for (struct db_rows *r = db_query(c->db, c->arena, "SELECT one, other FROM not_double ORDER BY one, other", P0); db_next(r);)
        ARENA_PUSH(c->arena, v, *n, cap) = (struct known_pair){db_int(r, 0), db_int(r, 1)};
    TRY_DB(c, db_error(c->db));
    *out = v;
    return OK;
}

static int by_percent(const void *x, const void *y)
{
    const struct double_pair *a = x, *b = y;
    if (a->percent != b->percent)
        return b->percent - a->percent;
    return by_pair(&(struct known_pair){a->one, a->other}, &(struct known_pair){b->one, b->other});
}

/* The most alike first, each pair once, at most PAIRS_MOST: a project that two rounds report may meet the same other one twice, the order puts them side
 * by side. */
static size_t best_of(struct double_pair *v, size_t n)
{
    size_t k = 0;
    if (n)
        qsort(v, n, sizeof *v, by_percent);
    for (size_t i = 0; i < n && k < PAIRS_MOST; i++)
        if (k == 0 || v[k - 1].percent != v[i].percent || v[k - 1].one != v[i].one || v[k - 1].other != v[i].other)
            v[k++] = v[i];
    return k;
}

static struct double_pair pair_of(const struct item *x, const struct item *y, double near, const char *partner)
{
    const struct item *one = x->project < y->project ? x : y, *other = one == x ? y : x;
    return (struct double_pair){.one = one->project, .other = other->project, .one_name = one->name, .other_name = other->name,
                                .one_section = one->section, .other_section = other->section, .percent = (int)(near * 100.0 + 0.5), .partner = partner,
                                .one_statement = one->statement, .other_statement = other->statement, .one_answer = one->answer, .other_answer = other->answer};
}

enum err doubles_find(struct ctx *c, int64_t inquiry, struct double_pair **out, size_t *out_n)
{
    struct inquiry q;
    struct item *v = NULL;
    struct known_pair *no = NULL;
    struct double_pair *found = NULL;
    size_t n = 0, no_n = 0, found_n = 0, cap = 0;
    int worst = 0;
    TRY(need_role(c, ROLE_SECRETARIAT));
    TRY(record_load(c, &inquiry_entity, inquiry, &q));
    TRY(load_items(c, &q, &v, &n));
    TRY(load_dismissed(c, &no, &no_n));
    size_t ranks = rank_grams(c->arena, v, n);
    struct list { size_t *v, n, cap; } *having = arena_many(c->arena, struct list, ranks + 1);
    size_t *seen = arena_many(c->arena, size_t, n + 1); /* i + 1 when already a candidate of i */
    for (size_t i = 0; i < n; i++) {
        size_t prefix = prefix_length(v[i].n);
        for (size_t k = 0; k < prefix && k < v[i].n; k++) {
            struct list *l = &having[v[i].rank[k]];
            for (size_t m = 0; m < l->n; m++) {
                const struct item *x = &v[l->v[m]], *y = &v[i];
                if (seen[l->v[m]] == i + 1)
                    continue;
                seen[l->v[m]] = i + 1;
                if (x->project == y->project || x->lead == y->lead || (!x->here && !y->here))
                    continue;
                double near = alike(x, y);
                const char *partner = near >= NEAR_WITH_PARTNER ? common_partner(x, y) : NULL;
                if (near < NEAR && !partner)
                    continue;
                struct double_pair p = pair_of(x, y, near, partner);
                if (no_n && bsearch(&(struct known_pair){p.one, p.other}, no, no_n, sizeof *no, by_pair))
                    continue;
                /* Where all names are alike, nearly all pairs are found: only the best are held on to. */
                if (p.percent < worst)
                    continue;
                if (found_n == FOUND_MOST) {
                    found_n = best_of(found, found_n);
                    worst = found_n == PAIRS_MOST ? found[found_n - 1].percent : 0;
                }
                ARENA_PUSH(c->arena, found, found_n, cap) = p;
            }
            ARENA_PUSH(c->arena, l->v, l->n, l->cap) = i;
        }
    }
    *out = found;
    *out_n = best_of(found, found_n);
    return OK;
}

enum err doubles_dismiss(struct ctx *c, int64_t one, int64_t other)
{
    struct project p;
    TRY(need_role(c, ROLE_SECRETARIAT));
    int64_t small = one < other ? one : other, large = one < other ? other : one;
    if (small == large)
        return fail(c, E_INPUT, "%s", tr(c, "別の事業を2つ選んでください。"));
    TRY(record_load(c, &project_entity, small, &p));
    TRY(record_load(c, &project_entity, large, &p));
    TRY_DB(c, db_exec(c->db, "INSERT INTO not_double (one, other) VALUES ($1, $2) ON CONFLICT (one, other) DO NOTHING", P(small, large)));
    return audit_note(c, "project.not_double", "project", small, arena_printf(c->arena, "%lld", (long long)large));
}
