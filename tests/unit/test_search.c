/* The index against the plain truth: for generated queries the set of hits equals a scan of the folded texts with strstr, on both engines.
 * KYODO_TEST_DATA names a directory with nta_npo_utf8.csv (real organizations); without it the texts are made up. */
#include "db/search.h"

#include <stdio.h>

#include "base/csv.h"
#include "base/text.h"
#include "database.h"

enum { REAL_DOCS = 4000, MADE_DOCS = 1500, QUERIES = 400, PAGE = 7 };

/* With PostgreSQL the index is a file of the node's own directory. */
static void in_own_directory(struct fixture *t, void (*run)(struct fixture *t, struct search_index *s))
{
    char *folder = arena_dup(t->a, "/tmp/kyodo-search-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    char *before = t->env->directory;
    if (t->env->engine->kind == DB_POSTGRES)
        t->env->directory = folder;
    struct search_index *s = NULL;
    bool fresh = false;
    CHECK_INT(search_open(t->db, &s, &t->f), OK);
    if (s != NULL) {
        CHECK_INT(db_begin(t->db), OK);
        CHECK_INT(search_begin(s), OK);
        CHECK_INT(search_prepare(s, &fresh), OK);
        run(t, s);
        CHECK_INT(search_commit(s), OK);
        CHECK_INT(db_commit(t->db), OK);
        search_close(s);
        t->db->search = NULL;
    }
    t->env->directory = before;
    empty_directory(t->a, folder);
}
#define SEARCH_ON_BOTH(name)                                                \
    static void name##_in(struct fixture *t, struct search_index *s);       \
    ON_BOTH(name) { in_own_directory(t, name##_in); }                       \
    static void name##_in(struct fixture *t, struct search_index *s)

/* --- texts --- */

struct doc { const char *name, *body, *folded_name, *folded_body; int64_t rank; int kind; unsigned audience; int64_t id; };
struct docs { struct doc *v; size_t n; };

static uint64_t state = 20261122;
static uint64_t draw(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state % below;
}

static void add(struct arena *a, struct docs *d, size_t *cap, const char *name, const char *body)
{
    ARENA_PUSH(a, d->v, d->n, *cap) = (struct doc){.name = name, .body = body, .folded_name = text_fold(a, name), .folded_body = text_fold(a, body),
                                                   .rank = (int64_t)draw(3), .kind = draw(5) == 0 ? 1 : 2,
                                                   .audience = draw(10) == 0 ? SEARCH_STAFF : draw(10) == 0 ? SEARCH_PUBLIC : SEARCH_PUBLIC | SEARCH_STAFF};
}

static void real_docs(struct arena *a, FILE *file, struct docs *d)
{
    struct sb text;
    sb_init(&text, a);
    char piece[65536];
    for (size_t n; (n = fread(piece, 1, sizeof piece, file)) > 0 && text.n < 3000000;)
        sb_add_n(&text, piece, n);
    struct failure f;
    failure_init(&f, a);
    struct csv_reader r;
    struct csv_row row;
    csv_open(&r, a, sb_str(&text), text.n, &f);
    size_t cap = 0;
    csv_next(&r, &row);
    while (d->n < REAL_DOCS && csv_next(&r, &row) > 0 && row.n == 30)
        if (draw(3) == 0) /* spread over prefectures */
            add(a, d, &cap, row.cell[6], arena_printf(a, "%s\n%s%s%s\n%s", row.cell[28], row.cell[9], row.cell[10], row.cell[11], row.cell[1]));
}

static void made_docs(struct arena *a, struct docs *d)
{
    static const char *const parts[] = {
        "福祉", "環境", "防災", "竹林", "髙橋", "高橋", "山﨑", "山崎", "𠮷野", "吉野", "ひまわり", "ヒマワリ", "ﾋﾏﾜﾘ", "ＮＰＯ", "npo", "Npo法人", "㈱例", "(株)例",
        "－", "‐", "-", "ー", "〜", "～", " ", "　", "サービス", "センター", "ｾﾝﾀｰ", "１２３", "123", "①", "の", "会", "県", "市", "区", "\n", "一ヶ丘", "一ケ丘", "渡邉", "渡邊", "渡辺",
        "\"", "'", "*", "^", "(", ")", "AND", "NEAR", "が", "か\u3099", "é", "e\u0301", "😀", "ß", "ﬁ", "葛\U000E0100飾",
    };
    size_t cap = 0;
    while (d->n < MADE_DOCS) {
        const char *text[2];
        for (int k = 0; k < 2; k++) {
            struct sb b;
            sb_init(&b, a);
            for (uint64_t n = draw(12) + (k == 0); n > 0; n--)
                sb_add(&b, parts[draw(sizeof parts / sizeof parts[0])]);
            text[k] = sb_str(&b);
        }
        add(a, d, &cap, text[0], text[1]);
    }
}

static struct docs the_docs(struct arena *a, bool *real)
{
    struct docs d = {0};
    const char *data = getenv("KYODO_TEST_DATA");
    FILE *file = data != NULL ? fopen(arena_printf(a, "%s/nta_npo_utf8.csv", data), "rb") : NULL;
    *real = file != NULL;
    if (file != NULL) {
        real_docs(a, file, &d);
        fclose(file);
    } else {
        made_docs(a, &d);
    }
    return d;
}

/* --- queries --- */

static size_t one(const char *p)
{
    size_t n = 1;
    while (((unsigned char)p[n] & 0xC0) == 0x80)
        n++;
    return n;
}

/* Some characters of some document, as they stand there or folded. */
static const char *piece_of(struct arena *a, const struct docs *d, size_t characters)
{
    const struct doc *x = &d->v[draw(d->n)];
    const char *from[] = {x->name, x->body, x->folded_name, x->folded_body};
    const char *p = from[draw(4)];
    size_t length = text_length(p);
    for (size_t skip = length > 0 ? draw(length) : 0; skip > 0; skip--)
        p += one(p);
    const char *q = p;
    while (characters-- > 0 && *q != '\0')
        q += one(q);
    return arena_dup_n(a, p, (size_t)(q - p));
}

static const char *query_for(struct arena *a, const struct docs *d, size_t i)
{
    static const char *const fixed[] = {"福祉", "環境", "防災", "福", "の", "１", "ひまわり", "ヒマワリ", "ﾋﾏﾜﾘ", "髙橋", "高橋", "ＮＰＯ", "npo", "福祉 -法人", "\"福祉 法人\"", "-福祉",
                                        "センター", "ｾﾝﾀｰ", "㈱", "1-", "－１", "特定非営利活動法人", "無い語句", "\"", "-", "*", "AND", "NOT 福祉", "name : 福祉", "福祉 環境", "“福祉”"};
    if (i < sizeof fixed / sizeof fixed[0])
        return fixed[i];
    size_t long_one = 1 + draw(8);
    switch (draw(6)) {
    case 0: return piece_of(a, d, 1);
    case 1: return piece_of(a, d, 2);
    case 2: return arena_printf(a, "\"%s\"", piece_of(a, d, long_one));
    case 3: return arena_printf(a, "%s %s", piece_of(a, d, 2), piece_of(a, d, 1 + draw(3)));
    case 4: return arena_printf(a, "%s -%s", piece_of(a, d, 1 + draw(2)), piece_of(a, d, 1 + draw(3)));
    default: return piece_of(a, d, long_one);
    }
}

static bool all_in_name(const struct search_query *q, const struct doc *d)
{
    for (size_t i = 0; i < q->terms; i++)
        if (strstr(d->folded_name, q->term[i]) == NULL)
            return false;
    return true;
}

static int by_id(const void *x, const void *y)
{
    const struct doc *a = *(const struct doc *const *)x, *b = *(const struct doc *const *)y;
    return a->rank != b->rank ? (a->rank < b->rank ? -1 : 1) : a->kind != b->kind ? a->kind - b->kind
           : a->audience != b->audience ? (int)a->audience - (int)b->audience : a->id < b->id ? -1 : a->id > b->id;
}

/* What must come out, in order. */
static size_t truth(struct arena *a, const struct docs *d, const struct search_query *q, int kind, enum search_audience who, const struct doc ***out)
{
    size_t n = 0, names = 0;
    const struct doc **v = arena_many(a, const struct doc *, d->n + 1);
    for (int in_name = 1; in_name >= 0; in_name--) {
        for (size_t i = 0; i < d->n; i++)
            if ((kind == 0 || d->v[i].kind == kind) && (d->v[i].audience & who) && search_matches(q, d->v[i].folded_name, d->v[i].folded_body) &&
                all_in_name(q, &d->v[i]) == in_name)
                v[n++] = &d->v[i];
        qsort(v + names, n - names, sizeof *v, by_id);
        names = n;
    }
    *out = v;
    return n;
}

static void compare(struct arena *a, struct search_index *s, const struct docs *d, const char *typed, int kind, enum search_audience who)
{
    struct search_query q;
    const struct doc **expected;
    search_parse(a, typed, &q);
    size_t n = truth(a, d, &q, kind, who, &expected), got = 0;
    struct search_hits h = {.more = true};
    struct search_cursor at = {0};
    bool same = true;
    /* Page by page, so that cursors are tried with every query; long lists in long pages. */
    for (size_t limit = n > 500 ? 400 : PAGE; h.more && same; at = h.next) {
        CHECK_INT(search_find(s, a, &q, kind, 0, who, at, limit, &h), OK);
        for (size_t i = 0; i < h.n && same; i++, got++)
            same = got < n && search_id_record(h.id[i]) == expected[got]->id && search_id_kind(h.id[i]) == expected[got]->kind;
    }
    int64_t count = -1;
    CHECK_INT(search_count(s, &q, kind, 0, who, &count), OK);
    if (!same || got != n || count != (int64_t)(n < 1001 ? n : 1001))
        test_fault(__FILE__, __LINE__, "\"%s\" kind %d who %d: %zu hits (count %lld), %zu by scanning", typed, kind, (int)who, got, (long long)count, n);
}

SEARCH_ON_BOTH(hits_are_what_a_scan_finds)
{
    bool real;
    struct docs d = the_docs(t->a, &real);
    if (!real)
        fprintf(stderr, "*** KYODO_TEST_DATA is not set: search is tried on made-up texts ***\n");
    CHECK(d.n >= MADE_DOCS);
    for (size_t i = 0; i < d.n; i++) {
        d.v[i].id = (int64_t)i + 1;
        const struct doc *x = &d.v[i];
        CHECK_INT(search_put(s, &(struct search_doc){.kind = x->kind, .record = x->id, .rank = x->rank, .audience = x->audience, .name = x->name, .body = x->body}), OK);
    }
    ARENA struct arena *a = arena_new();
    for (size_t i = 0; i < QUERIES; i++) {
        arena_reset(a);
        compare(a, s, &d, query_for(a, &d, i), (int)draw(3), draw(2) == 0 ? SEARCH_PUBLIC : SEARCH_STAFF);
    }
    /* Taken out and put in again changed, found as it is now. */
    for (size_t i = 0; i < d.n; i += 3) {
        struct doc *x = &d.v[i];
        CHECK_INT(search_remove(s, x->kind, x->id), OK);
        x->name = d.v[(i + 1) % d.n].name;
        x->folded_name = d.v[(i + 1) % d.n].folded_name;
        x->rank = 2 - x->rank;
        CHECK_INT(search_put(s, &(struct search_doc){.kind = x->kind, .record = x->id, .rank = x->rank, .audience = x->audience, .name = x->name, .body = x->body}), OK);
    }
    for (size_t i = 0; i < QUERIES / 4; i++) {
        arena_reset(a);
        compare(a, s, &d, query_for(a, &d, i), (int)draw(3), draw(2) == 0 ? SEARCH_PUBLIC : SEARCH_STAFF);
    }
    CHECK_INT(search_clear(s), OK);
    d.n = 0;
    compare(a, s, &d, "福祉", 0, SEARCH_PUBLIC);
}

SEARCH_ON_BOTH(spellings_are_one)
{
    static const char *const names[] = {"髙﨑𠮷男の会", "ひまわり会", "ＮＰＯ－サポート１２", "一ヶ丘コ−ポ", "渡邉事務所", "ｾﾝﾀｰ㈱"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        CHECK_INT(search_put(s, &(struct search_doc){.kind = 2, .record = (int64_t)i + 1, .audience = SEARCH_PUBLIC, .name = names[i]}), OK);
    static const struct { const char *typed; int64_t record; } cases[] = {
        {"高崎吉男", 1}, {"髙﨑𠮷", 1}, {"吉", 1}, {"ヒマワリ", 2}, {"ﾋﾏﾜﾘ会", 2}, {"npo-サポート12", 3}, {"ＮＰＯ‐サポート", 3}, {"さぽーと１２", 3},
        {"一ケ丘", 4}, {"渡辺", 5}, {"渡邊事務所", 5}, {"センター(株)", 6}, {"せんたー", 6}, {"株", 6},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct search_query q;
        struct search_hits h;
        search_parse(t->a, cases[i].typed, &q);
        CHECK_INT(search_find(s, t->a, &q, 0, 0, SEARCH_PUBLIC, (struct search_cursor){0}, 10, &h), OK);
        if (h.n != 1 || search_id_record(h.id[0]) != cases[i].record)
            test_fault(__FILE__, __LINE__, "\"%s\": %zu hits", cases[i].typed, h.n);
    }
}

TEST(what_is_typed_is_taken_apart)
{
    ARENA struct arena *a = arena_new();
    struct search_query q;
    search_parse(a, "  環境　-委託 \"道の駅 例\" －除く “竹 林” -\"二 語\" ", &q);
    CHECK_INT(q.terms, 3);
    CHECK_TEXT(q.term[0], "環境");
    CHECK_TEXT(q.term[1], text_fold(a, "道の駅 例"));
    CHECK_TEXT(q.term[2], text_fold(a, "竹 林"));
    CHECK_INT(q.withouts, 3);
    CHECK_TEXT(q.without[0], "委託");
    CHECK_TEXT(q.without[1], text_fold(a, "除く"));
    CHECK_TEXT(q.without[2], text_fold(a, "二 語"));
    search_parse(a, "- \" \"\" -", &q);
    CHECK_INT(q.terms + q.withouts, 2); /* a hyphen by itself is a term like any other */
    search_parse(a, NULL, &q);
    CHECK_INT(q.terms, 0);
    search_parse(a, "あ い う え お か き く け こ さ し す せ そ た ち つ て と", &q);
    CHECK_INT(q.terms, 16);
    CHECK(!search_matches(&(struct search_query){0}, "a", "a"));
}

static const char *marked_text(struct arena *a, const char *typed, const char *text, size_t characters)
{
    struct search_query q;
    struct search_snippet s;
    struct sb o;
    search_parse(a, typed, &q);
    search_snippet(a, &q, text, characters, &s);
    sb_init(&o, a);
    size_t at = 0;
    if (s.cut_before)
        sb_char(&o, '<');
    for (size_t i = 0; i < s.n; i++) {
        sb_add_n(&o, s.piece + at, s.from[i] - at);
        sb_char(&o, '[');
        sb_add_n(&o, s.piece + s.from[i], s.to[i] - s.from[i]);
        sb_char(&o, ']');
        at = s.to[i];
    }
    sb_add(&o, s.piece + at);
    if (s.cut_after)
        sb_char(&o, '>');
    return sb_str(&o);
}

TEST(the_match_is_shown_in_its_context)
{
    ARENA struct arena *a = arena_new();
    CHECK_TEXT(marked_text(a, "竹林", "放置竹林を守る竹林の会", 50), "放置[竹林]を守る[竹林]の会");
    CHECK_TEXT(marked_text(a, "高崎", "会長は髙﨑𠮷男です", 50), "会長は[髙﨑]𠮷男です");
    CHECK_TEXT(marked_text(a, "(株)", "㈱例と(株)例", 50), "[㈱]例と[(株)]例");
    CHECK_TEXT(marked_text(a, "株", "㈱例", 50), "[㈱]例");
    CHECK_TEXT(marked_text(a, "竹林 林の", "竹林の会", 50), "[竹林の]会");
    CHECK_TEXT(marked_text(a, "い", "あああああああああいうえおかきく", 9), "<あああ[い]うえおかき>");
    CHECK_TEXT(marked_text(a, "く", "あいうえおかきく", 6), "<うえおかき[く]");
    CHECK_TEXT(marked_text(a, "ん", "あいうえお", 3), "あいう>");
    CHECK_TEXT(marked_text(a, "ｶﾞ", "ガラスとｶﾞﾗｽ", 50), "[ガ]ラスと[ｶﾞ]ﾗｽ");
    CHECK_TEXT(marked_text(a, "a", "", 5), "");
}

TEST_MAIN
