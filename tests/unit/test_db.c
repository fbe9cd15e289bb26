/* The dialect of docs/dialect.md: each of its rules on both engines, in the order in which it stands there. */
#include "database.h"

/* One number or text from a query that must give exactly one row. */
static int64_t number(struct fixture *t, const char *sql, struct db_params p)
{
    int64_t v;
    if (db_get_int_text(t->db, sql, p, &v) != OK && db_error(t->db) != OK)
        test_fault(__FILE__, __LINE__, "%s", db_error_text(t->db));
    return v;
}

static const char *words(struct fixture *t, const char *sql, struct db_params p)
{
    const char *v;
    if (db_get_text_text(t->db, t->a, sql, p, &v) != OK && db_error(t->db) != OK)
        test_fault(__FILE__, __LINE__, "%s", db_error_text(t->db));
    return v;
}

/* The first column of all rows, joined by '|'. */
static const char *column(struct fixture *t, const char *sql, struct db_params p)
{
    const char *all = "";
    struct db_rows *q = db_query_text(t->db, t->a, sql, p);
    while (db_next(q))
        all = arena_printf(t->a, "%s%s%s", all, *all ? "|" : "", db_null(q, 0) ? "NULL" : db_text(q, 0));
    if (db_error(t->db) != OK)
        test_fault(__FILE__, __LINE__, "%s", db_error_text(t->db));
    return all;
}

/* Makes tables in the portable types. */
static void make(struct fixture *t, const char *sql)
{
    const char **list;
    size_t n;
    struct migration m = {.number = 1, .name = "test", .text = sql, .n = strlen(sql)};
    if (!CHECK_INT(migrate_translate(t->a, t->env->engine, &m, &list, &n, &t->f), OK))
        return;
    for (size_t i = 0; i < n; i++)
        if (db_exec_text(t->db, list[i], P0) != OK)
            test_fault(__FILE__, __LINE__, "%s", db_error_text(t->db));
}

/* The statement fails with this error; the connection is ready again afterwards. */
#define CHECK_FAILS(call, expected)          \
    do {                                     \
        CHECK_INT(call, expected);           \
        CHECK_INT(db_error(t->db), expected); \
        db_rollback(t->db);                  \
    } while (0)
#define DO(sql, ...) CHECK_INT(db_exec(t->db, sql, P(__VA_ARGS__)), OK)
#define DO0(sql) CHECK_INT(db_exec(t->db, sql, P0), OK)

/* --- types and values --- */

ON_BOTH(types_hold_their_values)
{
    make(t, "CREATE TABLE thing (id id, n int64, s text, b bytes, f bool)");
    const char raw[] = {0, 1, (char)0xff, 'x'};
    DO("INSERT INTO thing (n, s, b, f) VALUES ($1, $2, $3, $4)", INT64_MAX, "髙﨑𠮷", ((struct bytes){raw, sizeof raw}), (bool)true);
    DO("INSERT INTO thing (n, s, b, f) VALUES ($1, $2, $3, $4)", INT64_MIN + 1, "", ((struct bytes){raw, 0}), (bool)false);
    DO("INSERT INTO thing (n, s, b, f) VALUES ($1, $2, $3, NULL)", NONE, (const char *)NULL, ((struct bytes){NULL, 0}));
    struct db_rows *q = db_query(t->db, t->a, "SELECT id, n, s, b, f FROM thing ORDER BY id", P0);
    if (!CHECK(db_next(q)))
        return;
    CHECK_INT(db_int(q, 0), 1);
    CHECK_INT(db_int(q, 1), INT64_MAX);
    CHECK_TEXT(db_text(q, 2), "髙﨑𠮷");
    CHECK(db_bytes(q, 3).n == 4 && memcmp(db_bytes(q, 3).p, raw, 4) == 0);
    CHECK(db_bool(q, 4));
    CHECK_INT(db_int(q, 4), 1);
    CHECK_TEXT(db_text(q, 4), "1");
    CHECK_TEXT(db_text(q, 0), "1");
    if (!CHECK(db_next(q)))
        return;
    CHECK_INT(db_int(q, 1), INT64_MIN + 1);
    CHECK_TEXT(db_text(q, 2), "");
    CHECK(db_bytes(q, 3).n == 0 && db_bytes(q, 3).p != NULL);
    CHECK(!db_null(q, 4) && !db_bool(q, 4));
    if (!CHECK(db_next(q)))
        return;
    CHECK_INT(db_int(q, 1), NONE);
    CHECK_TEXT(db_text(q, 2), NULL);
    CHECK(db_bytes(q, 3).p == NULL && db_null(q, 3));
    CHECK(db_null(q, 4) && !db_bool(q, 4));
    CHECK(!db_next(q));
    CHECK(!db_next(q));
}

ON_BOTH(a_column_takes_its_own_type_only)
{
    make(t, "CREATE TABLE thing (id id, n int64 NOT NULL)");
    CHECK_FAILS(db_exec(t->db, "INSERT INTO thing (n) VALUES ($1)", P("twelve")), E_DB);
    CHECK_FAILS(db_exec(t->db, "INSERT INTO thing (n) VALUES (1.5)", P0), t->env->engine->kind == DB_SQLITE ? E_DB : OK);
    CHECK_FAILS(db_exec(t->db, "INSERT INTO thing (n) VALUES ($1)", P(NONE)), E_DB); /* NOT NULL is no conflict */
}

ON_BOTH(a_text_read_as_number_is_an_error)
{
    struct db_rows *q = db_query(t->db, t->a, "SELECT 'x12'", P0);
    CHECK(db_next(q));
    CHECK_INT(db_int(q, 0), NONE);
    CHECK_INT(db_error(t->db), E_BUG);
    CHECK(!db_next(q));
    db_rollback(t->db);
    CHECK_INT(db_error(t->db), OK);
}

ON_BOTH(integers_do_not_wrap)
{
    make(t, "CREATE TABLE thing (id id, n int64)");
    DO("INSERT INTO thing (n) VALUES ($1)", INT64_MAX);
    CHECK(db_exec(t->db, "UPDATE thing SET n = n + 1", P0) != OK);
    db_rollback(t->db);
    CHECK_INT(number(t, "SELECT n FROM thing", P0), INT64_MAX);
}

/* --- parameters --- */

ON_BOTH(parameters_are_numbered)
{
    CHECK_TEXT(words(t, "SELECT $2 || $1 || $2 || '$1'", P("a", "b")), "bab$1");
    CHECK_TEXT(words(t, "SELECT '-' || $2 || $1", P("a", "b")), "-ba");
    CHECK_TEXT(words(t, "SELECT $11 || $1", P("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k")), "ka");
}

ON_BOTH(the_number_of_parameters_must_fit)
{
    CHECK_FAILS(db_exec(t->db, "SELECT $1", P0), E_BUG);
    CHECK_FAILS(db_exec(t->db, "SELECT $1", P("a", "b")), E_BUG);
}

ON_BOTH(null_keeps_its_type)
{
    make(t, "CREATE TABLE thing (id id, n int64, s text, f bool)");
    DO("INSERT INTO thing (n, s) VALUES ($1, $2)", 5, "x");
    DO("INSERT INTO thing (n, s) VALUES ($1, $2)", NONE, (const char *)NULL);
    CHECK_INT(number(t, "SELECT count(*) FROM thing WHERE n = coalesce($1, 5)", P(NONE)), 1);
    CHECK_INT(number(t, "SELECT count(*) FROM thing WHERE $1 IS NULL OR s = $1", P((const char *)NULL)), 2);
    CHECK_INT(number(t, "SELECT count(*) FROM thing WHERE $1 IS NULL OR s = $1", P("x")), 1);
    CHECK_INT(number(t, "SELECT count(*) FROM thing WHERE n = $1", P(NONE)), 0);
    CHECK_INT(number(t, "SELECT count(*) FROM thing WHERE n IS NOT DISTINCT FROM $1", P(NONE)), 1);
}

/* The same words with other types: PostgreSQL has a prepared statement for each list of types. */
ON_BOTH(one_text_with_two_types)
{
    CHECK_TEXT(words(t, "SELECT coalesce($1, $1)", P("a")), "a");
    CHECK_INT(number(t, "SELECT coalesce($1, $1)", P(7)), 7);
    CHECK_TEXT(words(t, "SELECT coalesce($1, $1)", P("b")), "b");
}

/* true and false are int in C17: a parameter that is to be a boolean has the type bool. */
ON_BOTH(booleans_are_typed)
{
    make(t, "CREATE TABLE thing (id id, f bool NOT NULL)");
    bool yes = true;
    DO("INSERT INTO thing (f) VALUES ($1)", yes);
    DO0("INSERT INTO thing (f) VALUES (FALSE)");
    CHECK_INT(number(t, "SELECT count(*) FROM thing WHERE f", P0), 1);
    CHECK_INT(number(t, "SELECT count(*) FROM thing WHERE NOT f", P0), 1);
    CHECK_INT(number(t, "SELECT count(*) FROM thing WHERE f = TRUE", P0), 1);
    CHECK_INT(number(t, "SELECT count(*) FROM thing WHERE f = $1", P(yes)), 1);
    CHECK_INT(number(t, "SELECT CASE WHEN $1 THEN 3 ELSE 4 END", P(yes)), 3);
    struct db_rows *q = db_query(t->db, t->a, "SELECT id = 2 FROM thing ORDER BY id", P0);
    CHECK(db_next(q) && !db_bool(q, 0));
    CHECK(db_next(q) && db_bool(q, 0));
    db_done(q);
    if (t->env->engine->kind == DB_POSTGRES) /* SQLite takes a number, so only PostgreSQL finds the mistake */
        CHECK_FAILS(db_exec(t->db, "INSERT INTO thing (f) VALUES ($1)", P(1)), E_DB);
}

ON_BOTH(bytes_and_quotes_in_texts_are_data)
{
    const char *nasty = "'; DROP TABLE thing; -- \\ \" $1 ?1 %";
    CHECK_TEXT(words(t, "SELECT $1", P(nasty)), nasty);
    CHECK_TEXT(words(t, "SELECT 'it''s -- no comment; $ \\'", P0), "it's -- no comment; $ \\");
    CHECK_FAILS(db_exec(t->db, "SELECT \"no_such_column\"", P0), E_DB); /* double quotes never make a text */
}

/* --- comparing and sorting --- */

ON_BOTH(text_sorts_by_its_bytes)
{
    make(t, "CREATE TABLE word (id id, s text)");
    static const char *const list[] = {"b", "B", "a", "あ", "ア", "A", "_", "亜", "𠮷", "﨑", "aa"};
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        DO("INSERT INTO word (s) VALUES ($1)", list[i]);
    CHECK_TEXT(column(t, "SELECT s FROM word ORDER BY s", P0), "A|B|_|a|aa|b|あ|ア|亜|﨑|𠮷");
    CHECK_TEXT(column(t, "SELECT s FROM word WHERE s > $1 ORDER BY s LIMIT $2", P("a", 2)), "aa|b");
    CHECK_INT(number(t, "SELECT count(*) FROM word WHERE s = $1", P("A")), 1);
    CHECK_TEXT(words(t, "SELECT min(s) || max(s) FROM word", P0), "A𠮷");
}

ON_BOTH(the_place_of_null_is_said)
{
    make(t, "CREATE TABLE thing (id id, n int64)");
    DO0("INSERT INTO thing (n) VALUES (2), (NULL), (1)");
    CHECK_TEXT(column(t, "SELECT n FROM thing ORDER BY n NULLS FIRST", P0), "NULL|1|2");
    CHECK_TEXT(column(t, "SELECT n FROM thing ORDER BY n NULLS LAST", P0), "1|2|NULL");
    CHECK_TEXT(column(t, "SELECT n FROM thing ORDER BY n DESC NULLS LAST", P0), "2|1|NULL");
    /* Why: unsaid, they differ. */
    CHECK_TEXT(column(t, "SELECT n FROM thing ORDER BY n", P0), t->env->engine->kind == DB_SQLITE ? "NULL|1|2" : "1|2|NULL");
}

ON_BOTH(like_tells_case_apart_and_says_its_escape)
{
    make(t, "CREATE TABLE word (id id, s text)");
    DO0("INSERT INTO word (s) VALUES ('Abc'), ('abc'), ('a_c'), ('a\\c'), ('50%'), ('500')");
    CHECK_TEXT(column(t, "SELECT s FROM word WHERE s LIKE $1 ESCAPE '!' ORDER BY id", P("a%c")), "abc|a_c|a\\c");
    CHECK_TEXT(column(t, "SELECT s FROM word WHERE s LIKE $1 ESCAPE '!' ORDER BY id", P("A%")), "Abc");
    CHECK_TEXT(column(t, "SELECT s FROM word WHERE s LIKE $1 ESCAPE '!' ORDER BY id", P("a!_c")), "a_c");
    CHECK_TEXT(column(t, "SELECT s FROM word WHERE s LIKE $1 ESCAPE '!' ORDER BY id", P("50!%")), "50%");
    CHECK_TEXT(column(t, "SELECT s FROM word WHERE s LIKE $1 ESCAPE '!' ORDER BY id", P("a\\c")), "a\\c");
}

ON_BOTH(row_values_page_by_key)
{
    make(t, "CREATE TABLE thing (id id, s text NOT NULL)");
    DO0("INSERT INTO thing (s) VALUES ('b'), ('a'), ('b'), ('c')");
    CHECK_TEXT(column(t, "SELECT id FROM thing WHERE (s, id) > ($1, $2) ORDER BY s, id LIMIT $3", P("b", 1, 10)), "3|4");
    CHECK_TEXT(column(t, "SELECT id FROM thing WHERE (s, id) < ($1, $2) ORDER BY s DESC, id DESC LIMIT $3", P("b", 3, 10)), "1|2");
    CHECK_TEXT(column(t, "SELECT id FROM thing ORDER BY id LIMIT $1", P(0)), "");
}

ON_BOTH(lists_are_never_empty)
{
    CHECK_INT(number(t, "SELECT CASE WHEN $1 IN ($2, $3) THEN 1 ELSE 0 END", P(2, 1, 2)), 1);
    if (t->env->engine->kind == DB_POSTGRES)
        CHECK_FAILS(db_exec(t->db, "SELECT 1 WHERE 1 IN ()", P0), E_DB);
}

/* --- arithmetic and texts --- */

ON_BOTH(integer_division_cuts_off)
{
    CHECK_INT(number(t, "SELECT $1 / $2", P(7, 2)), 3);
    CHECK_INT(number(t, "SELECT $1 / $2", P(-7, 2)), -3);
    CHECK_INT(number(t, "SELECT $1 % $2", P(-7, 2)), -1);
}

ON_BOTH(sums_are_cast)
{
    make(t, "CREATE TABLE thing (id id, n int64)");
    CHECK_INT(number(t, "SELECT CAST(sum(n) AS int8) FROM thing", P0), NONE); /* of nothing: NULL, not 0 */
    CHECK_INT(number(t, "SELECT count(*) FROM thing", P0), 0);
    DO0("INSERT INTO thing (n) VALUES (5), (2), (NULL)");
    CHECK_INT(number(t, "SELECT CAST(sum(n) AS int8) FROM thing", P0), 7);
    CHECK_INT(number(t, "SELECT CAST(sum(n) AS int8) / count(n) FROM thing", P0), 3);
    CHECK_INT(number(t, "SELECT sum(n) FROM thing", P0), 7);
    CHECK_INT(number(t, "SELECT count(*) FILTER (WHERE n > 2) FROM thing", P0), 1);
}

ON_BOTH(texts_join_and_measure)
{
    CHECK_TEXT(words(t, "SELECT $1 || $2 || '!'", P("協働", "x")), "協働x!");
    CHECK_TEXT(words(t, "SELECT $1 || $2", P("a", (const char *)NULL)), NULL); /* NULL swallows all: use coalesce */
    CHECK_INT(number(t, "SELECT length($1)", P("髙﨑𠮷a")), 4);
    CHECK_TEXT(words(t, "SELECT substr($1, 2, 2)", P("髙﨑𠮷a")), "﨑𠮷");
    CHECK_TEXT(words(t, "SELECT lower($1)", P("ABC")), "abc");
    CHECK_TEXT(words(t, "SELECT replace($1, 'b', 'x')", P("abcb")), "axcx");
    CHECK_TEXT(words(t, "SELECT trim($1)", P("  a ")), "a");
    CHECK_TEXT(words(t, "SELECT coalesce(NULLIF($1, ''), 'none')", P("")), "none");
    CHECK_TEXT(words(t, "SELECT CAST($1 AS text)", P(12)), "12");
}

ON_BOTH(lower_knows_ascii_in_columns)
{
    make(t, "CREATE TABLE word (id id, s text)");
    DO0("INSERT INTO word (s) VALUES ('ÀBC')");
    CHECK_TEXT(words(t, "SELECT lower(s) FROM word", P0), "Àbc");
}

/* --- selecting --- */

ON_BOTH(with_recursive_walks_a_tree)
{
    make(t, "CREATE TABLE node (id id, parent int64)");
    DO0("INSERT INTO node (parent) VALUES (NULL), (1), (2), (NULL)");
    CHECK_TEXT(column(t, "WITH RECURSIVE below(id) AS (SELECT id FROM node WHERE id = $1 UNION ALL SELECT n.id FROM node n JOIN below b ON n.parent = b.id) "
                         "SELECT id FROM below ORDER BY id", P(1)), "1|2|3");
}

ON_BOTH(windows_count_beside_the_rows)
{
    make(t, "CREATE TABLE thing (id id, s text)");
    DO0("INSERT INTO thing (s) VALUES ('a'), ('b'), ('a')");
    CHECK_TEXT(column(t, "SELECT row_number() OVER (PARTITION BY s ORDER BY id) FROM thing ORDER BY id", P0), "1|1|2");
    CHECK_TEXT(column(t, "SELECT s FROM thing GROUP BY s HAVING count(*) > 1", P0), "a");
}

ON_BOTH(what_is_selected_is_grouped_by)
{
    make(t, "CREATE TABLE thing (id id, s text, n int64)");
    DO0("INSERT INTO thing (s, n) VALUES ('a', 1), ('a', 2), ('b', 3)");
    CHECK_TEXT(column(t, "SELECT s || max(n) FROM thing GROUP BY s ORDER BY s", P0), "a2|b3");
    CHECK_INT(number(t, "SELECT CASE WHEN $1 > $2 THEN $1 ELSE $2 END", P(3, 4)), 4); /* for want of a common max(a, b) */
    if (t->env->engine->kind == DB_POSTGRES) { /* SQLite takes any row's value */
        CHECK_FAILS(db_exec(t->db, "SELECT s, n FROM thing GROUP BY s", P0), E_DB);
        CHECK_FAILS(db_exec(t->db, "SELECT max($1, $2)", P(1, 2)), E_DB);
    }
}

ON_BOTH(exists_and_union)
{
    make(t, "CREATE TABLE thing (id id, s text)");
    DO0("INSERT INTO thing (s) VALUES ('a'), ('b')");
    CHECK_INT(number(t, "SELECT count(*) FROM thing x WHERE EXISTS (SELECT 1 FROM thing y WHERE y.id = x.id + 1)", P0), 1);
    CHECK_TEXT(column(t, "SELECT s FROM thing WHERE id = 1 UNION ALL SELECT s FROM thing ORDER BY 1", P0), "a|a|b");
}

/* --- writing --- */

ON_BOTH(upsert)
{
    make(t, "CREATE TABLE setting (key text PRIMARY KEY, value text NOT NULL)");
    for (int i = 0; i < 2; i++)
        DO("INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = setting.value || excluded.value", "k", i == 0 ? "a" : "b");
    CHECK_TEXT(words(t, "SELECT value FROM setting", P0), "ab");
    DO("INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING", "k", "z");
    CHECK_INT(db_changes(t->db), 0);
    DO("INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", "l", "z");
    CHECK_INT(db_changes(t->db), 1);
    /* From a SELECT the WHERE must stand: SQLite would read ON as a join's. */
    DO0("INSERT INTO setting (key, value) SELECT key, 'n' FROM setting WHERE TRUE ON CONFLICT (key) DO UPDATE SET value = excluded.value");
    CHECK_INT(db_changes(t->db), 2);
    CHECK_TEXT(words(t, "SELECT value FROM setting WHERE key = 'k'", P0), "n");
    int64_t id;
    CHECK_INT(db_get_int(t->db, "INSERT INTO setting (key, value) VALUES ('k', 'x') ON CONFLICT (key) DO NOTHING RETURNING 1", P0, &id), E_NOT_FOUND);
}

ON_BOTH(returning)
{
    make(t, "CREATE TABLE thing (id id, n int64)");
    int64_t id;
    CHECK_INT(db_insert(t->db, "INSERT INTO thing (n) VALUES ($1) RETURNING id", P(5), &id), OK);
    CHECK_INT(id, 1);
    CHECK_INT(db_insert(t->db, "UPDATE thing SET n = n + 1 WHERE id = $1 RETURNING n", P(id), &id), OK);
    CHECK_INT(id, 6);
    CHECK_INT(db_insert(t->db, "DELETE FROM thing WHERE id = $1 RETURNING n", P(9), &id), E_NOT_FOUND);
    CHECK_INT(id, NONE);
    CHECK_INT(db_error(t->db), OK);
    /* However the rows are written, each id comes. */
    static const char *const inserts[] = {"INSERT INTO thing (n) VALUES (1), (2) RETURNING id", "INSERT INTO thing (n) VALUES (1),(2) RETURNING id",
                                          "INSERT INTO thing (n) SELECT 1 UNION ALL SELECT 2 RETURNING id"};
    for (size_t i = 0; i < sizeof inserts / sizeof inserts[0]; i++)
        CHECK_TEXT(column(t, inserts[i], P0), arena_printf(t->a, "%d|%d", (int)(2 + 2 * i), (int)(3 + 2 * i)));
    CHECK_TEXT(words(t, "INSERT INTO thing (n) VALUES ($1) RETURNING id", P(5)), "8");
    CHECK_TEXT(column(t, "INSERT INTO thing (n) VALUES (length(')(''')) RETURNING id", P0), "9");
    CHECK_TEXT(column(t, "INSERT INTO thing (n) VALUES ((SELECT max(n) FROM thing)) RETURNING id", P0), "10");
    CHECK_TEXT(column(t, "INSERT INTO thing (n) VALUES (1) RETURNING n", P0), "1");
    CHECK_INT(db_insert(t->db, "INSERT INTO thing (id, n) VALUES (50, 1) RETURNING id", P0, &id), OK);
    CHECK_INT(id, 50);
    CHECK_TEXT(column(t, "INSERT INTO thing (id, n) VALUES (50, 1) ON CONFLICT (id) DO NOTHING RETURNING id", P0), "");
    DO0("DELETE FROM thing WHERE id > 1");
    CHECK_INT(db_changes(t->db), 11);
    DO0("INSERT INTO thing (n) SELECT n FROM thing UNION ALL SELECT n FROM thing");
    CHECK_INT(db_changes(t->db), 2);
    DO0("UPDATE thing SET n = 1");
    CHECK_INT(db_changes(t->db), 3);
    DO0("DELETE FROM thing WHERE n = 9");
    CHECK_INT(db_changes(t->db), 0);
}

ON_BOTH(update_from)
{
    make(t, "CREATE TABLE one (id id, n int64); CREATE TABLE two (id id, n int64)");
    DO0("INSERT INTO one (n) VALUES (1), (2)");
    DO0("INSERT INTO two (n) VALUES (10), (20)");
    DO0("UPDATE one SET n = two.n FROM two WHERE two.id = one.id AND two.n > 10");
    CHECK_TEXT(column(t, "SELECT n FROM one ORDER BY id", P0), "1|20");
    DO0("DELETE FROM one WHERE id IN (SELECT id FROM two WHERE n = 10)");
    CHECK_TEXT(column(t, "SELECT n FROM one ORDER BY id", P0), "20");
}

ON_BOTH(ids_after_ids_that_were_given)
{
    make(t, "CREATE TABLE thing (id id, s text); CREATE TABLE bare (key text PRIMARY KEY)");
    int64_t id;
    CHECK_INT(db_ids_given(t->db, "thing"), OK);
    DO0("INSERT INTO thing (id, s) VALUES (7, 'seven'), (3, 'three')");
    CHECK_INT(db_ids_given(t->db, "thing"), OK);
    CHECK_INT(db_insert(t->db, "INSERT INTO thing (s) VALUES ('next') RETURNING id", P0, &id), OK);
    CHECK_INT(id, 8);
    CHECK_INT(db_ids_given(t->db, "thing"), OK); /* nothing to move: nothing is */
    CHECK_INT(db_insert(t->db, "INSERT INTO thing (s) VALUES ('next') RETURNING id", P0, &id), OK);
    CHECK_INT(id, 9);
    DO0("INSERT INTO thing (id, s) VALUES (5, 'below')");
    CHECK_INT(db_ids_given(t->db, "thing"), OK);
    CHECK_INT(db_insert(t->db, "INSERT INTO thing (s) VALUES ('next') RETURNING id", P0, &id), OK);
    CHECK_INT(id, 10);
    CHECK_INT(db_ids_given(t->db, "bare"), OK); /* no id there */
}

ON_BOTH(unique_is_a_conflict_and_the_rest_is_not)
{
    make(t, "CREATE TABLE one (id id, s text UNIQUE); CREATE TABLE two (id id, one int64 NOT NULL REFERENCES one (id)); CREATE TABLE pair (a int64, b int64, PRIMARY KEY (a, b))");
    DO0("INSERT INTO one (s) VALUES ('a')");
    DO0("INSERT INTO pair (a, b) VALUES (1, 1)");
    CHECK_FAILS(db_exec(t->db, "INSERT INTO one (s) VALUES ('a')", P0), E_CONFLICT);
    CHECK_FAILS(db_exec(t->db, "INSERT INTO one (id, s) VALUES (1, 'b')", P0), E_CONFLICT);
    CHECK_FAILS(db_exec(t->db, "INSERT INTO pair (a, b) VALUES (1, 1)", P0), E_CONFLICT);
    CHECK_FAILS(db_exec(t->db, "INSERT INTO two (one) VALUES (99)", P0), E_DB);
    DO0("INSERT INTO two (one) VALUES (1)");
    CHECK_FAILS(db_exec(t->db, "DELETE FROM one WHERE id = 1", P0), E_DB);
    CHECK_FAILS(db_exec(t->db, "SELEKT 1", P0), E_DB);
    CHECK_FAILS(db_exec(t->db, "SELECT 1 FROM nowhere", P0), E_DB);
    DO0("INSERT INTO one (s) VALUES (NULL), (NULL)"); /* NULL equals nothing: UNIQUE lets two stand */
}

ON_BOTH(transactions_are_not_begun_by_sql)
{
    CHECK_FAILS(db_exec(t->db, "BEGIN", P0), E_BUG);
    CHECK_FAILS(db_exec(t->db, "SELECT 1; SELECT 2", P0), t->env->engine->kind == DB_SQLITE ? E_BUG : E_DB);
}

TEST_MAIN
