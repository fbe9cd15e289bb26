/* Entities: from the field list to rows, differences and JSON, on both engines. */
#include "database.h"

#include "db/entity.h"

#define GUEST_FIELDS(F)                    \
    F(ID, id, "番号", INTERNAL, 0)         \
    F(TEXT, name, "名前", PUBLIC, 50)      \
    F(REF, house, "家", STAFF, "house")    \
    F(MILLI, share, "持分", PUBLIC, 0)
struct house_guest { struct row row; GUEST_FIELDS(FIELD_MEMBER) };
extern const struct entity house_guest_entity;

#define HOUSE_FIELDS(F)                                  \
    F(ID, id, "番号", READONLY | PUBLIC, 0)              \
    F(INT, version, "版", INTERNAL, 0)                   \
    F(TEXT, name, "名前", REQUIRED | PUBLIC | SEARCH, 80) \
    F(MEMO, story, "話", STAFF, 0)                       \
    F(CODE, kind, "種類", PUBLIC, "kind")                \
    F(YEAR, year, "年度", PARTY, 0)                      \
    F(YEN, price, "額", PUBLIC, 0)                       \
    F(MILLI, size, "広さ", PUBLIC, 0)                    \
    F(FLAG, open, "公開", PUBLIC, 0)                     \
    F(DATE, built_on, "建てた日", PUBLIC, 0)             \
    F(INSTANT, seen_at, "見た日時", SECRETARIAT, 0)      \
    F(REF, next, "隣", PUBLIC, "house")                  \
    F(SET, colours, "色", PUBLIC, "colour")              \
    F(SET, uses, "使い道", STAFF, "use")                 \
    F(CHILD, guests, "客", PUBLIC, house_guest)          \
    F(TEXT, secret, "秘密", 0, 20)                       \
    F(FLAG, demo, "例", INTERNAL, 0)
struct house { struct row row; HOUSE_FIELDS(FIELD_MEMBER) };
extern const struct entity house_entity;

#define ENTITY house_guest
ENTITY_DEFINE(house_guest, "house_guest", "客", GUEST_FIELDS)
#undef ENTITY
#define ENTITY house
ENTITY_DEFINE(house, "house", "家", HOUSE_FIELDS)
#undef ENTITY

static void make_house(struct fixture *t)
{
    const char *sql =
        "CREATE TABLE house (id id, version int64 NOT NULL DEFAULT 1, name text, story text, kind text, year int64, price int64, size int64,"
        " open bool NOT NULL, built_on text, seen_at int64, next int64, secret text, demo bool NOT NULL);"
        "CREATE TABLE house_set (owner int64 NOT NULL REFERENCES house (id), field text NOT NULL, position int64 NOT NULL, code text NOT NULL,"
        " PRIMARY KEY (owner, field, position));"
        "CREATE TABLE house_guest (id id, owner int64 NOT NULL REFERENCES house (id), position int64 NOT NULL, name text, house int64, share int64)";
    const char **list;
    size_t n;
    struct migration m = {.number = 1, .name = "test", .text = sql, .n = strlen(sql)};
    if (!CHECK_INT(migrate_translate(t->a, t->env->engine, &m, &list, &n, &t->f), OK))
        return;
    for (size_t i = 0; i < n; i++)
        if (db_exec_text(t->db, list[i], P0) != OK)
            test_fault(__FILE__, __LINE__, "%s", db_error_text(t->db));
}

static const char *two_colours[] = {"red", "blue"};
static const char *one_use[] = {"club"};

static void fill(struct fixture *t, struct house *h)
{
    entity_init(&house_entity, h);
    h->name = "髙﨑の家";
    h->story = "一行目\n二行目";
    h->kind = "wood";
    h->year = 2026;
    h->price = 1500000;
    h->size = 150900;
    h->open = true;
    h->built_on = "2026-04-01";
    h->seen_at = 1790000000;
    h->colours = (struct set){two_colours, 2};
    h->uses = (struct set){one_use, 1};
    h->guests = arena_many(t->a, struct house_guest, 2);
    h->guests_n = 2;
    for (int i = 0; i < 2; i++)
        entity_init(&house_guest_entity, &h->guests[i]);
    h->guests[0].name = "例一";
    h->guests[1].name = "例二";
    h->guests[1].share = -500;
}

static const char *json_of(struct fixture *t, const void *h, enum audience who, const char *hidden)
{
    struct sb b;
    struct json j;
    sb_init(&b, t->a);
    json_init(&j, &b);
    entity_json(&j, NULL, &house_entity, h, who, hidden);
    return sb_str(&b);
}

static const char *whole_text(struct fixture *t, const struct house *h)
{
    return json_of(t, h, AUDIENCE_SECRETARIAT, NULL);
}

/* How many statements ran inside. */
#define STATEMENTS(count, ...)             \
    do {                                   \
        db_fail_at(t->db, 0);              \
        __VA_ARGS__;                       \
        (count) = db_fail_count(t->db);    \
    } while (0)

TEST(nothing_is_none)
{
    struct house h;
    memset(&h, 0xaa, sizeof h);
    entity_init(&house_entity, &h);
    CHECK(h.row.whole && h.name == NULL && !h.open && h.guests == NULL && h.guests_n == 0 && h.colours.n == 0);
    CHECK_INT(h.id, NONE);
    CHECK_INT(h.price, NONE);
    CHECK_INT(h.seen_at, NONE);
}

TEST(flags_tell_the_audience)
{
    CHECK_INT(field_audience(entity_field(&house_entity, "name")), AUDIENCE_PUBLIC);
    CHECK_INT(field_audience(entity_field(&house_entity, "year")), AUDIENCE_PARTY);
    CHECK_INT(field_audience(entity_field(&house_entity, "story")), AUDIENCE_STAFF);
    CHECK_INT(field_audience(entity_field(&house_entity, "seen_at")), AUDIENCE_SECRETARIAT);
    CHECK_INT(field_audience(entity_field(&house_entity, "secret")), AUDIENCE_SECRETARIAT); /* none: the narrowest */
    CHECK(entity_field(&house_entity, "nam") == NULL);
    CHECK_INT(entity_field(&house_entity, "name")->max, 80);
    CHECK(entity_field(&house_entity, "guests")->child == &house_guest_entity);
}

ON_BOTH(what_goes_in_comes_out)
{
    make_house(t);
    struct house h, back;
    fill(t, &h);
    CHECK_INT(entity_insert(t->db, t->a, &house_entity, &h), OK);
    CHECK_INT(h.id, 1);
    CHECK_INT(h.version, 1);
    CHECK(h.guests[0].id > 0 && h.guests[1].id > h.guests[0].id);
    CHECK_INT(entity_load(t->db, t->a, &house_entity, 1, &back), OK);
    CHECK(back.row.whole);
    CHECK_TEXT(whole_text(t, &back), whole_text(t, &h));
    CHECK_INT(back.size, 150900);
    CHECK_INT(back.next, NONE);
    CHECK_TEXT(back.secret, NULL);
    CHECK(back.open && !back.demo);
    CHECK_INT(back.guests_n, 2);
    CHECK_TEXT(back.guests[1].name, "例二");
    CHECK_INT(back.guests[0].share, NONE);
    CHECK(back.guests[0].row.whole);
    CHECK_INT(back.guests[0].id, h.guests[0].id);
    CHECK_TEXT(back.colours.v[1], "blue");
    CHECK_TEXT(back.uses.v[0], "club");
    CHECK_INT(entity_load(t->db, t->a, &house_entity, 2, &back), E_NOT_FOUND);
    CHECK_INT(db_error(t->db), OK);
    /* Parts come in the order of their positions. */
    CHECK_INT(db_exec(t->db, "UPDATE house_guest SET position = 5 - position", P0), OK);
    CHECK_INT(db_exec(t->db, "UPDATE house_set SET position = 5 - position WHERE field = 'colours'", P0), OK);
    CHECK_INT(entity_load(t->db, t->a, &house_entity, 1, &back), OK);
    CHECK_TEXT(back.guests[0].name, "例二");
    CHECK_TEXT(back.colours.v[0], "blue");
    /* Nothing stated at all. */
    entity_init(&house_entity, &h);
    CHECK_INT(entity_insert(t->db, t->a, &house_entity, &h), OK);
    CHECK_INT(entity_load(t->db, t->a, &house_entity, h.id, &back), OK);
    CHECK_TEXT(whole_text(t, &back), whole_text(t, &h));
    CHECK_INT(back.price, NONE);
    CHECK_TEXT(back.name, NULL);
}

ON_BOTH(a_given_id_is_kept_and_never_met_again)
{
    make_house(t);
    struct house h;
    fill(t, &h);
    h.id = 40;
    CHECK_INT(entity_insert(t->db, t->a, &house_entity, &h), OK);
    CHECK_INT(h.id, 40);
    h.id = NONE;
    CHECK_INT(entity_insert(t->db, t->a, &house_entity, &h), OK);
    CHECK_INT(h.id, 41);
    h.id = 40;
    CHECK_INT(entity_insert(t->db, t->a, &house_entity, &h), E_CONFLICT);
    db_rollback(t->db);
}

ON_BOTH(update_writes_what_differs)
{
    make_house(t);
    struct house before, after, back;
    int64_t n;
    fill(t, &before);
    CHECK_INT(entity_insert(t->db, t->a, &house_entity, &before), OK);
    entity_copy(t->a, &house_entity, &after, &before);

    STATEMENTS(n, CHECK_INT(entity_update(t->db, t->a, &house_entity, &before, &after), OK));
    CHECK_INT(n, 0);
    CHECK_INT(after.version, 1);

    /* Children from a form have no ids, and are the same. */
    after.guests[0].id = after.guests[1].id = NONE;
    STATEMENTS(n, CHECK_INT(entity_update(t->db, t->a, &house_entity, &before, &after), OK));
    CHECK_INT(n, 0);

    /* A stranger's change of another column, which a version check would refuse but a wide UPDATE would undo, stays. */
    CHECK_INT(db_exec(t->db, "UPDATE house SET story = 'other' WHERE id = 1", P0), OK);
    after.name = "新しい名前";
    after.open = false;
    STATEMENTS(n, CHECK_INT(entity_update(t->db, t->a, &house_entity, &before, &after), OK));
    CHECK_INT(n, 1);
    CHECK_INT(after.version, 2);
    CHECK_INT(entity_load(t->db, t->a, &house_entity, 1, &back), OK);
    CHECK_TEXT(back.name, "新しい名前");
    CHECK_TEXT(back.story, "other");
    CHECK(!back.open);
    CHECK_INT(back.version, 2);

    /* To nothing, and from nothing. */
    before = back;
    entity_copy(t->a, &house_entity, &after, &before);
    after.price = NONE;
    after.story = NULL;
    after.next = 7;
    CHECK_INT(entity_update(t->db, t->a, &house_entity, &before, &after), OK);
    CHECK_INT(entity_load(t->db, t->a, &house_entity, 1, &back), OK);
    CHECK_INT(back.price, NONE);
    CHECK_TEXT(back.story, NULL);
    CHECK_INT(back.next, 7);

    /* A set and the children: what differs is written anew, the rest is not touched. */
    before = back;
    entity_copy(t->a, &house_entity, &after, &before);
    static const char *three[] = {"blue", "green", "red"};
    after.colours = (struct set){three, 3};
    STATEMENTS(n, CHECK_INT(entity_update(t->db, t->a, &house_entity, &before, &after), OK));
    CHECK_INT(n, 5); /* the row's version, the old set away, three codes */
    CHECK_INT(entity_load(t->db, t->a, &house_entity, 1, &back), OK);
    CHECK_TEXT(whole_text(t, &back), whole_text(t, &after));
    CHECK_INT(back.guests[0].id, before.guests[0].id);

    before = back;
    entity_copy(t->a, &house_entity, &after, &before);
    after.guests[0].share = 250;
    after.guests_n = 1;
    CHECK_INT(entity_update(t->db, t->a, &house_entity, &before, &after), OK);
    CHECK_INT(entity_load(t->db, t->a, &house_entity, 1, &back), OK);
    CHECK_TEXT(whole_text(t, &back), whole_text(t, &after));
    CHECK_INT(back.guests_n, 1);
    CHECK_INT(back.version, 5);
    CHECK_INT(after.version, 5);
}

ON_BOTH(a_stale_version_is_a_conflict)
{
    make_house(t);
    struct house before, mine, theirs, back;
    fill(t, &before);
    CHECK_INT(entity_insert(t->db, t->a, &house_entity, &before), OK);
    entity_copy(t->a, &house_entity, &mine, &before);
    entity_copy(t->a, &house_entity, &theirs, &before);
    theirs.name = "先";
    mine.guests_n = 0; /* only a part differs: the version is checked all the same */
    CHECK_INT(entity_update(t->db, t->a, &house_entity, &before, &theirs), OK);
    CHECK_INT(entity_update(t->db, t->a, &house_entity, &before, &mine), E_CONFLICT);
    CHECK_INT(db_error(t->db), OK); /* no statement has failed */
    CHECK_INT(mine.version, 1);
    CHECK_INT(entity_load(t->db, t->a, &house_entity, 1, &back), OK);
    CHECK_INT(back.guests_n, 2);
    CHECK_TEXT(back.name, "先");
}

ON_BOTH(a_copy_with_children_becomes_a_row_of_its_own)
{
    make_house(t);
    struct house h, copy, back;
    fill(t, &h);
    CHECK_INT(entity_insert(t->db, t->a, &house_entity, &h), OK);
    entity_copy(t->a, &house_entity, &copy, &h);
    CHECK(copy.guests != h.guests && copy.colours.v != h.colours.v && copy.name != h.name);
    copy.id = NONE;
    CHECK_INT(entity_insert(t->db, t->a, &house_entity, &copy), OK);
    CHECK(copy.guests[0].id != h.guests[0].id);
    CHECK_INT(entity_load(t->db, t->a, &house_entity, h.id, &back), OK);
    CHECK_INT(back.guests_n, 2);
}

ON_BOTH(delete_takes_the_parts_along)
{
    make_house(t);
    struct house h, other;
    fill(t, &h);
    CHECK_INT(entity_insert(t->db, t->a, &house_entity, &h), OK);
    fill(t, &other);
    CHECK_INT(entity_insert(t->db, t->a, &house_entity, &other), OK);
    CHECK_INT(entity_delete(t->db, &house_entity, h.id), OK);
    CHECK_INT(entity_delete(t->db, &house_entity, h.id), E_NOT_FOUND);
    int64_t n;
    CHECK_INT(db_get_int(t->db, "SELECT count(*) FROM house_set", P0, &n), OK);
    CHECK_INT(n, 3);
    CHECK_INT(db_get_int(t->db, "SELECT count(*) FROM house_guest", P0, &n), OK);
    CHECK_INT(n, 2);
}

/* Every length of list, in the order that was asked for, each with its own parts; few statements whatever the number of rows. */
ON_BOTH(many_rows_in_few_statements)
{
    make_house(t);
    CHECK_INT(db_begin(t->db), OK);
    enum { ROWS = 1100 };
    static const char *colours[] = {"a", "b", "c"};
    for (int64_t i = 0; i < ROWS; i++) {
        struct house h;
        struct house_guest g[2];
        entity_init(&house_entity, &h);
        h.price = i;
        h.colours = (struct set){colours, (size_t)(i % 4)};
        h.guests = g;
        h.guests_n = (size_t)(i % 3);
        for (size_t k = 0; k < h.guests_n; k++) {
            entity_init(&house_guest_entity, &g[k]);
            g[k].share = i * 10 + (int64_t)k;
        }
        CHECK_INT(entity_insert(t->db, t->a, &house_entity, &h), OK);
    }
    static const int64_t limits[] = {0, 1, 2, 8, 9, 33, 129, 513, ROWS};
    for (size_t l = 0; l < sizeof limits / sizeof limits[0]; l++) {
        struct sql tail;
        sql_init(&tail, t->a);
        sql_add(&tail, "WHERE price >= $", P(0));
        sql_add(&tail, " ORDER BY price DESC LIMIT $", P(limits[l]));
        struct house *rows;
        size_t n, wrong = 0;
        int64_t statements;
        STATEMENTS(statements, CHECK_INT(entity_select(t->db, t->a, &house_entity, &tail, false, &rows, &n), OK));
        CHECK_INT(n, limits[l]);
        CHECK_INT(statements, 1 + 2 * ((limits[l] + 511) / 512));
        for (size_t i = 0; i < n; i++) {
            const struct house *h = &rows[i];
            int64_t k = ROWS - 1 - (int64_t)i;
            wrong += h->price != k || h->colours.n != (size_t)(k % 4) || h->guests_n != (size_t)(k % 3) || !h->row.whole;
            for (size_t g = 0; g < h->guests_n; g++)
                wrong += h->guests[g].share != k * 10 + (int64_t)g;
            for (size_t c = 0; c < h->colours.n; c++)
                wrong += strcmp(h->colours.v[c], colours[c]) != 0;
        }
        CHECK_INT(wrong, 0);
    }
    CHECK_INT(db_commit(t->db), OK);
}

ON_BOTH(select_joins_and_can_be_shallow)
{
    make_house(t);
    struct house h, *rows;
    size_t n;
    fill(t, &h);
    CHECK_INT(entity_insert(t->db, t->a, &house_entity, &h), OK);
    struct sql tail;
    sql_init(&tail, t->a);
    sql_add(&tail, "JOIN house_guest ON house_guest.owner = house.id WHERE house_guest.name LIKE $ ESCAPE '!'", P("例%"));
    CHECK_INT(entity_select(t->db, t->a, &house_entity, &tail, false, &rows, &n), OK);
    CHECK_INT(n, 2); /* the join gives it twice: both whole */
    CHECK(rows[0].guests_n == 2 && rows[1].guests_n == 2 && rows[1].colours.n == 2);
    CHECK_INT(entity_select(t->db, t->a, &house_entity, NULL, true, &rows, &n), OK);
    CHECK_INT(n, 1);
    CHECK(!rows[0].row.whole && rows[0].guests_n == 0);
    CHECK_TEXT(rows[0].name, h.name);
    sql_init(&tail, t->a);
    sql_add(&tail, "WHERE nothing_like_it = 1", P0);
    CHECK_INT(entity_select(t->db, t->a, &house_entity, &tail, false, &rows, &n), E_DB);
    CHECK(rows == NULL && n == 0);
    db_rollback(t->db);
}

/* With each statement failing in turn: an error comes out, and the transaction's rollback leaves nothing. */
ON_BOTH(every_statement_may_fail)
{
    make_house(t);
    enum err e = E_DB;
    int64_t k = 1;
    for (; e != OK && k < 60; k++) {
        struct house h, after;
        fill(t, &h);
        db_fail_at(t->db, k);
        e = db_begin(t->db);
        if (e == OK)
            e = entity_insert(t->db, t->a, &house_entity, &h);
        if (e == OK) {
            entity_copy(t->a, &house_entity, &after, &h);
            after.name = "x";
            after.guests_n = 1;
            after.colours.n = 1;
            e = entity_update(t->db, t->a, &house_entity, &h, &after);
        }
        if (e == OK)
            e = entity_load(t->db, t->a, &house_entity, h.id, &after);
        if (e == OK)
            e = entity_delete(t->db, &house_entity, h.id);
        if (e == OK)
            e = db_commit(t->db);
        CHECK(e == OK || e == E_DB);
        db_rollback(t->db);
        db_fail_at(t->db, 0);
        int64_t n = NONE;
        CHECK_INT(db_get_int(t->db, "SELECT count(*) FROM house", P0, &n), OK);
        CHECK_INT(n, 0);
    }
    CHECK_INT(e, OK);
    CHECK(k > 15);
}

/* --- JSON and differences --- */

ON_BOTH(json_shows_what_an_audience_may_see)
{
    (void)t;
    struct house h;
    fill(t, &h);
    h.id = 3;
    h.version = 2;
    h.secret = "s";
    CHECK_TEXT(json_of(t, &h, AUDIENCE_PUBLIC, NULL),
               "{\"id\":3,\"name\":\"髙﨑の家\",\"kind\":\"wood\",\"price\":1500000,\"size\":150.9,\"open\":true,\"built_on\":\"2026-04-01\",\"next\":null,"
               "\"colours\":[\"red\",\"blue\"],\"guests\":[{\"name\":\"例一\",\"share\":null},{\"name\":\"例二\",\"share\":-0.5}]}");
    CHECK_TEXT(json_of(t, &h, AUDIENCE_PUBLIC, "price guests nam names colour openly"),
               "{\"id\":3,\"name\":\"髙﨑の家\",\"kind\":\"wood\",\"size\":150.9,\"open\":true,\"built_on\":\"2026-04-01\",\"next\":null,"
               "\"colours\":[\"red\",\"blue\"]}");
    CHECK(strstr(json_of(t, &h, AUDIENCE_PARTY, NULL), "\"year\":2026") != NULL);
    CHECK(strstr(json_of(t, &h, AUDIENCE_PARTY, NULL), "story") == NULL);
    CHECK(strstr(json_of(t, &h, AUDIENCE_STAFF, NULL), "\"house\":null") != NULL);
    CHECK(strstr(json_of(t, &h, AUDIENCE_STAFF, NULL), "secret") == NULL);
    CHECK(strstr(json_of(t, &h, AUDIENCE_SECRETARIAT, NULL), "\"secret\":\"s\"") != NULL);
    CHECK(strstr(json_of(t, &h, AUDIENCE_SECRETARIAT, NULL), "version") == NULL);
}

static enum err read_json(struct fixture *t, const char *text, struct house *out)
{
    struct json_value *v;
    if (!CHECK_INT(json_read(t->a, text, strlen(text), &v, &t->f), OK))
        return E_BUG;
    return entity_from_json(t->a, &house_entity, v, out);
}

ON_BOTH(json_comes_back)
{
    struct house h, back;
    fill(t, &h);
    h.id = 3;
    CHECK_INT(read_json(t, whole_text(t, &h), &back), OK);
    CHECK_TEXT(whole_text(t, &back), whole_text(t, &h));
    CHECK_INT(back.size, 150900);
    CHECK(back.row.whole && back.guests[0].row.whole);
    CHECK_INT(read_json(t, "{\"name\":\"x\",\"unknown\":[1]}", &back), OK);
    CHECK_TEXT(back.name, "x");
    CHECK_INT(back.price, NONE);
    static const struct { const char *text; int64_t milli; } sizes[] = {
        {"1", 1000}, {"-1", -1000}, {"0.001", 1}, {"-0.5", -500}, {"12.34", 12340}, {"9223372036854775.807", INT64_MAX}, {"null", NONE}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        CHECK_INT(read_json(t, arena_printf(t->a, "{\"size\":%s}", sizes[i].text), &back), OK);
        CHECK_INT(back.size, sizes[i].milli);
    }
    static const char *const bad[] = {"{\"name\":1}", "{\"price\":\"1\"}", "{\"price\":1.5}", "{\"size\":0.0001}", "{\"size\":1e3}", "{\"size\":9223372036854775.808}",
                                      "{\"size\":99999999999999999999}", "{\"open\":1}", "{\"colours\":\"red\"}", "{\"colours\":[1]}", "{\"guests\":{}}",
                                      "{\"guests\":[1]}", "{\"guests\":[{\"name\":2}]}", "[]", "null"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (read_json(t, bad[i], &back) != E_FORM)
            test_fault(__FILE__, __LINE__, "taken: %s", bad[i]);
}

ON_BOTH(differences_in_canonical_text)
{
    struct house h, after;
    struct change *c;
    fill(t, &h);
    CHECK_TEXT(entity_value(t->a, entity_field(&house_entity, "colours"), &h), "red\nblue");
    CHECK_TEXT(entity_value(t->a, entity_field(&house_entity, "size"), &h), "150900");
    CHECK_TEXT(entity_value(t->a, entity_field(&house_entity, "open"), &h), "1");
    CHECK_TEXT(entity_value(t->a, entity_field(&house_entity, "next"), &h), NULL);
    CHECK_TEXT(entity_value(t->a, entity_field(&house_entity, "guests"), &h),
               "[{\"name\":\"例一\",\"house\":null,\"share\":null},{\"name\":\"例二\",\"house\":null,\"share\":-0.5}]");
    entity_copy(t->a, &house_entity, &after, &h);
    after.version = 9; /* bookkeeping is no difference */
    after.demo = true;
    after.guests[0].id = 77;
    CHECK_INT(entity_diff(t->a, &house_entity, &h, &after, &c), 0);
    after.name = NULL;
    after.open = false;
    after.uses.n = 0;
    after.guests[1].share = 0;
    if (CHECK_INT(entity_diff(t->a, &house_entity, &h, &after, &c), 4)) {
        CHECK_TEXT(c[0].field->name, "name");
        CHECK_TEXT(c[0].before, "髙﨑の家");
        CHECK_TEXT(c[0].after, NULL);
        CHECK_TEXT(c[1].after, "0");
        CHECK_TEXT(c[2].before, "club");
        CHECK_TEXT(c[2].after, NULL);
        CHECK(strstr(c[3].after, "\"share\":0}") != NULL);
    }
    /* A new row against nothing, and nothing against a row that goes. */
    size_t made = entity_diff(t->a, &house_entity, NULL, &h, &c);
    CHECK(made > 8 && c[0].before == NULL);
    CHECK_INT(entity_diff(t->a, &house_entity, &h, NULL, &c), made);
}

TEST_MAIN
