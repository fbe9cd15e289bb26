#include "base/json.h"

#include "base/none.h"
#include "test.h"

TEST(writer)
{
    ARENA struct arena *a = arena_new();
    struct sb b;
    struct json j;
    sb_init(&b, a);
    json_init(&j, &b);
    json_object(&j, NULL);
    json_text(&j, "name", "例「協働」\"\\\n\t\r\x01\x1f</script>&\x7f");
    json_text(&j, "none", NULL);
    json_int(&j, "n", -5);
    json_int(&j, "unknown", NONE);
    json_int(&j, "big", INT64_MAX);
    json_milli(&j, "m", 150900);
    json_bool(&j, "yes", true);
    json_array(&j, "list");
    json_int(&j, NULL, 1);
    json_text(&j, NULL, "");
    json_object(&j, NULL);
    json_end(&j, '}');
    json_array(&j, NULL);
    json_end(&j, ']');
    json_raw(&j, NULL, "{\"x\":1}");
    json_raw(&j, NULL, NULL);
    json_end(&j, ']');
    json_bool(&j, "no", false);
    json_end(&j, '}');
    CHECK_TEXT(sb_str(&b), "{\"name\":\"例「協働」\\\"\\\\\\n\\t\\r\\u0001\\u001f\\u003c/script>&\x7f\",\"none\":null,\"n\":-5,\"unknown\":null,"
                           "\"big\":9223372036854775807,\"m\":150.9,\"yes\":true,\"list\":[1,\"\",{},[],{\"x\":1},null],\"no\":false}");
}

TEST(writer_milli)
{
    ARENA struct arena *a = arena_new();
    static const struct { int64_t v; const char *s; } cases[] = {
        {0, "0"}, {1, "0.001"}, {10, "0.01"}, {100, "0.1"}, {1000, "1"}, {1234567, "1234.567"}, {-500, "-0.5"}, {-1, "-0.001"},
        {1010, "1.01"}, {1001, "1.001"}, {NONE, "null"}, {INT64_MAX, "9223372036854775.807"}, {-INT64_MAX, "-9223372036854775.807"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sb b;
        struct json j;
        sb_init(&b, a);
        json_init(&j, &b);
        json_milli(&j, NULL, cases[i].v);
        CHECK_TEXT(sb_str(&b), cases[i].s);
    }
}

TEST(writer_bad_bytes)
{
    ARENA struct arena *a = arena_new();
    struct sb b;
    struct json j;
    sb_init(&b, a);
    json_init(&j, &b);
    json_text(&j, NULL, "a\xFF" "b\xE3\x81");
    CHECK_TEXT(sb_str(&b), "\"a\xEF\xBF\xBD" "b\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static const struct json_value *read_ok(struct arena *a, const char *s)
{
    struct failure f;
    failure_init(&f, a);
    struct json_value *v = NULL;
    if (json_read(a, s, strlen(s), &v, &f) != OK) {
        test_fault(__FILE__, __LINE__, "%s: %s", s, f.message);
        static const struct json_value nothing;
        return &nothing;
    }
    return v;
}

TEST(reader)
{
    ARENA struct arena *a = arena_new();
    const struct json_value *v = read_ok(a, " { \"a\" : 1 , \"b\":[true,false,null,\"x\"],\"c\":-2.50e+1, \"\":{} }\r\n");
    CHECK_INT(v->type, JSON_OBJECT);
    CHECK_INT(v->n, 4);
    CHECK_INT(json_get(v, "a")->type, JSON_INT);
    CHECK_INT(json_get(v, "a")->i, 1);
    CHECK_TEXT(json_get(v, "a")->text, "1");
    const struct json_value *b = json_get(v, "b");
    CHECK_INT(b->type, JSON_ARRAY);
    CHECK_INT(b->n, 4);
    CHECK(b->child->type == JSON_BOOL && b->child->i == 1);
    CHECK(b->child->next->type == JSON_BOOL && b->child->next->i == 0);
    CHECK_INT(b->child->next->next->type, JSON_NULL);
    CHECK_TEXT(b->child->next->next->next->text, "x");
    CHECK(b->child->next->next->next->next == NULL);
    CHECK_INT(json_get(v, "c")->type, JSON_REAL);
    CHECK_TEXT(json_get(v, "c")->text, "-2.50e+1");
    CHECK_INT(json_get(v, "")->n, 0);
    CHECK(json_get(v, "d") == NULL);
    CHECK(json_get(b, "a") == NULL);
    CHECK(json_get(NULL, "a") == NULL);
    CHECK(json_get_int(v, "a") == 1 && json_get_int(v, "c") == NONE && json_get_int(v, "d") == NONE && json_get_int(NULL, "a") == NONE);
    const struct json_value *words = read_ok(a, "{\"word\":\"例\"}");
    CHECK(json_get_text(v, "a") == NULL && json_get_text(v, "d") == NULL && json_get_text(NULL, "a") == NULL);
    CHECK_TEXT(json_get_text(words, "word"), "例");
    CHECK_TEXT(read_ok(a, "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u3042\\uD842\\uDFB7\\ud867\\uDE3d髙\"")->text, "\"\\/\b\f\n\r\tあ𠮷𩸽髙");
    CHECK_TEXT(read_ok(a, "\"\"")->text, "");
    CHECK_INT(read_ok(a, "0")->i, 0);
    CHECK_INT(read_ok(a, "-0")->i, 0);
    CHECK_INT(read_ok(a, "9223372036854775807")->i, INT64_MAX);
    CHECK_INT(read_ok(a, "9223372036854775808")->type, JSON_REAL);
    CHECK_TEXT(read_ok(a, "9223372036854775808")->text, "9223372036854775808");
    CHECK_INT(read_ok(a, "-9223372036854775807")->i, -INT64_MAX);
    CHECK_INT(read_ok(a, "-9223372036854775808")->type, JSON_REAL); /* would be NONE */
}

TEST(reader_refuses)
{
    ARENA struct arena *a = arena_new();
    static const char *const bad[] = {
        "", " ", "{", "[", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "[1,]", "[,1]", "[1 2]", "{a:1}", "{'a':1}", "{1:1}",
        "\"", "\"abc", "\"\\", "\"\\\"", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\u0000\"", "\"\\uD842\"", "\"\\uD842\\u0041\"",
        "\"\\uDFB7\"", "\"\\uD842x\"", "\"a\nb\"", "\"\x01\"", "\"\xFF\"", "\"\xE3\x81\"", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1",
        "nul", "nullx", "True", "NaN", "Infinity", "1 2", "{} {}", "[1]]", "// c\n1", "{\"a\":1,\"a\":2}", "\xEF\xBB\xBF{}", "tru",
        "{\"a\":1,\"b\":{\"c\":1,\"d\":2,\"c\":3}}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct failure f;
        failure_init(&f, a);
        struct json_value *v;
        enum err e = json_read(a, bad[i], strlen(bad[i]), &v, &f);
        if (e != E_FORM || !f.message || !strstr(f.message, "文字目"))
            test_fault(__FILE__, __LINE__, "%s was taken, or refused without a place (%d)", bad[i], (int)e);
    }
    struct failure f;
    failure_init(&f, a);
    struct json_value *v;
    CHECK_INT(json_read(a, "[\"\0\"]", 5, &v, &f), E_FORM);
}

TEST(reader_place)
{
    ARENA struct arena *a = arena_new();
    struct failure f;
    failure_init(&f, a);
    struct json_value *v;
    const char *s = "{\n \"名\": \"例\",\n \"値\": 協\n}";
    CHECK_INT(json_read(a, s, strlen(s), &v, &f), E_FORM);
    CHECK(f.message && strncmp(f.message, "JSONの3行目の7文字目", strlen("JSONの3行目の7文字目")) == 0);
}

TEST(reader_depth)
{
    ARENA struct arena *a = arena_new();
    char s[200];
    for (int depth = 63; depth <= 66; depth++) {
        memset(s, '[', (size_t)depth);
        memset(s + depth, ']', (size_t)depth);
        struct failure f;
        failure_init(&f, a);
        struct json_value *v;
        CHECK_INT(json_read(a, s, (size_t)depth * 2, &v, &f), depth <= 64 ? OK : E_FORM);
    }
}

/* Cut at every byte, a text is refused and nothing beyond its end is read. */
TEST(reader_cut)
{
    ARENA struct arena *a = arena_new();
    static const char s[] = "{\"名\":[1,-2.5e3,\"\\u3042\\uD842\\uDFB7\",true,null,{\"x\":false}]}";
    for (size_t n = 0; n < sizeof s - 1; n++) {
        char *cut = arena_alloc(a, n ? n : 1); /* no NUL behind it */
        memcpy(cut, s, n);
        struct failure f;
        failure_init(&f, a);
        struct json_value *v;
        CHECK_INT(json_read(a, cut, n, &v, &f), E_FORM);
    }
    read_ok(a, s);
}

static void write_again(struct json *j, const struct json_value *v)
{
    switch (v->type) {
    case JSON_NULL: json_text(j, v->key, NULL); break;
    case JSON_BOOL: json_bool(j, v->key, v->i); break;
    case JSON_INT: json_int(j, v->key, v->i); break;
    case JSON_REAL: json_raw(j, v->key, v->text); break;
    case JSON_TEXT: json_text(j, v->key, v->text); break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        if (v->type == JSON_ARRAY)
            json_array(j, v->key);
        else
            json_object(j, v->key);
        for (const struct json_value *c = v->child; c; c = c->next)
            write_again(j, c);
        json_end(j, v->type == JSON_ARRAY ? ']' : '}');
    }
}

TEST(round_trip)
{
    ARENA struct arena *a = arena_new();
    static const char s[] = "{\"a\":[1,-2,3.5,\"\\u003c\\n\\\"髙﨑𠮷\",true,false,null,[],{}],\"b\":{\"c\":\"\",\"d\":{\"e\":[[[0]]]}}}";
    struct sb b;
    struct json j;
    sb_init(&b, a);
    json_init(&j, &b);
    write_again(&j, read_ok(a, s));
    CHECK_TEXT(sb_str(&b), s);
}

TEST_MAIN
