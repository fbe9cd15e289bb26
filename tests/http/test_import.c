/* Import of organizations: formats, encodings, counts, what is refused and what breaks a file, what is never overwritten. All rows but those of
 * KYODO_TEST_DATA (the real files, where they are at hand) are made up. */
#include "http/client.h"

#include <stdio.h>
#include <stdlib.h>

#include "area/organization/organization.h"
#include "base/csv.h"
#include "base/text.h"
#include "core/finder.h"

#define HEADER                                                                                                                                      \
    "sequenceNumber,corporateNumber,process,correct,updateDate,changeDate,name,nameImageId,kind,prefectureName,cityName,streetNumber,"              \
    "addressImageId,prefectureCode,cityCode,postCode,addressOutside,addressOutsideImageId,closeDate,closeCause,successorCorporateNumber,changeCause," \
    "assignmentDate,latest,enName,enPrefectureName,enCityName,enAddressOutside,furigana,hihyoji\n"

/* --- rows --- */

static const char *number(struct arena *a, int64_t seed)
{
    char digits[32];
    snprintf(digits, sizeof digits, "0%012lld", (long long)(999999000000 + seed));
    int sum = 0;
    for (int i = 1; i < 13; i++)
        sum += (digits[i] - '0') * (i % 2 == 0 ? 1 : 2);
    digits[0] = (char)('0' + 9 - sum % 9);
    return arena_dup(a, digits);
}

struct nta { int64_t seed; const char *name, *kana, *process, *updated, *kind, *city, *street, *closed, *latest, *number, *post; };

static void add_row(struct sb *o, struct nta r)
{
    static int sequence;
#define OR(field, otherwise) (r.field != NULL ? r.field : (otherwise))
    sb_printf(o, "%d,%s,%s,0,%s,%s,%s,,%s,熊本県,%s,%s,,43,101,%s,,,%s,%s,,,2015-10-05,%s,,,,,%s,0\n", ++sequence, OR(number, number(o->arena, r.seed)),
              OR(process, "01"), OR(updated, "2024-04-01"), OR(updated, "2024-04-01"), r.name, OR(kind, "399"), OR(city, "熊本市中央区"),
              OR(street, "例町１丁目２－３"), OR(post, "8600001"), OR(closed, ""), r.closed != NULL ? "01" : "", OR(latest, "1"), OR(kana, ""));
#undef OR
}
#define ROWS(c, ...) rows_of((c)->arena, (struct nta[]){__VA_ARGS__}, sizeof((struct nta[]){__VA_ARGS__}) / sizeof(struct nta))
static const char *rows_of(struct arena *a, const struct nta *v, size_t n)
{
    struct sb o;
    sb_init(&o, a);
    for (size_t i = 0; i < n; i++)
        add_row(&o, v[i]);
    return sb_str(&o);
}

static struct import_report report;
static enum err take_bytes(struct client *cl, const char *bytes, size_t n, const char *format, bool only_npo)
{
    struct ctx *c = client_ctx(cl);
    failure_clear(&c->fail);
    enum err e = organizations_import(c, "rei.csv", bytes, n, format, only_npo, &report);
    if (e != OK && e != E_FORM && c->fail.detail != NULL && strstr(c->fail.detail, "made to fail") == NULL)
        fprintf(stderr, "import: %s: %s\n", c->fail.message, c->fail.detail);
    return e;
}
static enum err take(struct client *cl, const char *text)
{
    return take_bytes(cl, text, strlen(text), NULL, false);
}

#define CHECK_COUNTS(read_, added_, changed_, unchanged_, closed_, refused_, skipped_) \
    do {                                                                              \
        CHECK_INT(report.read, read_);                                                \
        CHECK_INT(report.added, added_);                                              \
        CHECK_INT(report.changed, changed_);                                          \
        CHECK_INT(report.unchanged, unchanged_);                                      \
        CHECK_INT(report.closed, closed_);                                            \
        CHECK_INT(report.refused, refused_);                                          \
        CHECK_INT(report.skipped, skipped_);                                          \
    } while (0)

/* Everything that an import writes, as one text. */
static const char *everything(struct client *cl)
{
    static const char *const counts[] = {
        "SELECT count(*) FROM organization", "SELECT count(*) FROM organization_history", "SELECT count(*) FROM audit", "SELECT count(*) FROM import_run",
        "SELECT count(*) FROM organization_set", "SELECT sum(version) FROM organization", "SELECT sum(length(name)) FROM organization",
    };
    struct sb o;
    sb_init(&o, client_ctx(cl)->arena);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
        sb_printf(&o, "%lld ", (long long)client_int(cl, counts[i]));
    return sb_str(&o);
}

struct finding { const char *q; int64_t n; };
static enum err count_found(struct ctx *c, void *arg)
{
    struct finding *f = arg;
    struct search_query q;
    search_parse(c->arena, f->q, &q);
    return finder_count(c, &q, "organization", &f->n);
}
static int64_t found(struct client *cl, const char *q)
{
    struct finding f = {.q = q};
    CHECK_INT(in_read(client_ctx(cl), count_found, &f), OK);
    return f.n;
}

/* --- the check digit --- */

TEST(check_digits)
{
    /* 国税庁 itself, and 熊本県: public numbers. */
    CHECK(corporate_number_ok("7000012050002"));
    CHECK(corporate_number_ok("7000020430005"));
    CHECK(!corporate_number_ok("7000020430006"));
    CHECK(!corporate_number_ok("1000020430005"));
    CHECK(!corporate_number_ok("700002043000"));
    CHECK(!corporate_number_ok("70000204300050"));
    CHECK(!corporate_number_ok("700002043000x"));
    CHECK(!corporate_number_ok(""));
    CHECK(!corporate_number_ok(NULL));
}

/* --- formats and encodings --- */

TEST(format_and_encoding_are_recognised)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        const char *rows = ROWS(c, {.seed = 1, .name = "特定非営利活動法人例の会", .kana = "レイノカイ"}, {.seed = 2, .name = "特定非営利活動法人髙﨑の森"});
        const char *with_header = arena_printf(c->arena, "%s%s", HEADER, rows), *lost = NULL;
        const char *bom = arena_printf(c->arena, "\xEF\xBB\xBF%s", with_header);
        size_t cp932_n = 0;
        const char *cp932 = encoding_to_cp932(c->arena, rows, &cp932_n, &lost);
        CHECK(lost == NULL);
        CHECK_INT(take(cl, rows), OK);
        CHECK_COUNTS(2, 2, 0, 0, 0, 0, 0);
        CHECK_TEXT(report.format, "nta");
        CHECK_TEXT(report.encoding, "UTF-8");
        const char *before = everything(cl);
        CHECK_INT(take(cl, with_header), OK);
        CHECK_COUNTS(2, 0, 0, 2, 0, 0, 0);
        CHECK_INT(take(cl, bom), OK);
        CHECK_COUNTS(2, 0, 0, 2, 0, 0, 0);
        CHECK_TEXT(report.encoding, "UTF-8 (BOM)");
        CHECK_INT(take_bytes(cl, cp932, cp932_n, NULL, false), OK);
        CHECK_COUNTS(2, 0, 0, 2, 0, 0, 0);
        CHECK_TEXT(report.encoding, "CP932");
        CHECK_INT(take_bytes(cl, rows, strlen(rows), "nta", false), OK);
        CHECK_COUNTS(2, 0, 0, 2, 0, 0, 0);
        CHECK_TEXT(everything(cl), before);
        CHECK_INT(take_bytes(cl, rows, strlen(rows), "excel", false), E_INPUT);
        CHECK_TEXT(client_text(cl, "SELECT municipality FROM organization ORDER BY id LIMIT 1"), "431010");
        CHECK_TEXT(client_text(cl, "SELECT postcode FROM organization ORDER BY id LIMIT 1"), "860-0001");
        CHECK_TEXT(client_text(cl, "SELECT kind FROM organization ORDER BY id LIMIT 1"), "npo");
        CHECK_INT(found(cl, "高崎"), 1);
        CHECK_INT(found(cl, "森"), 1);
        CHECK_INT(found(cl, "例の会"), 1);
    }
}

/* --- what changes and what does not --- */

TEST(newer_rows_change_older_ones_are_kept_as_history)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        CHECK_INT(take(cl, ROWS(c, {.seed = 1, .name = "特定非営利活動法人例一"}, {.seed = 2, .name = "特定非営利活動法人例二"}, {.seed = 3, .name = "特定非営利活動法人例三"})), OK);
        CHECK_COUNTS(3, 3, 0, 0, 0, 0, 0);
        const char *second = ROWS(c, {.seed = 1, .name = "特定非営利活動法人竹林", .process = "11", .updated = "2025-05-01"},
                                  {.seed = 2, .name = "特定非営利活動法人例二", .process = "21", .updated = "2025-05-01", .closed = "2025-04-20"},
                                  {.seed = 3, .name = "特定非営利活動法人昔の三", .updated = "2023-01-01"},
                                  {.seed = 3, .name = "特定非営利活動法人もっと昔の三", .updated = "2025-05-01", .latest = "0"});
        CHECK_INT(take(cl, second), OK);
        CHECK_COUNTS(4, 0, 1, 2, 1, 0, 0);
        CHECK_TEXT(client_text(cl, "SELECT name FROM organization ORDER BY id LIMIT 1"), "特定非営利活動法人竹林");
        CHECK_TEXT(client_text(cl, "SELECT state FROM organization WHERE name LIKE '%例二'"), "closed");
        CHECK_TEXT(client_text(cl, "SELECT closed_on FROM organization WHERE name LIKE '%例二'"), "2025-04-20");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE name LIKE '%例三'"), 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization_history WHERE name LIKE '%昔の三'"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization_history"), 7);
        CHECK_INT(found(cl, "竹林"), 1);
        CHECK_INT(found(cl, "例一"), 0);
        CHECK_INT(found(cl, "昔の三"), 0);
        const char *before = everything(cl);
        CHECK_INT(take(cl, second), OK);
        CHECK_COUNTS(4, 0, 0, 4, 0, 0, 0);
        CHECK_TEXT(everything(cl), before);
        /* A row that had its day is not applied again, though nothing newer came by date. */
        CHECK_INT(take(cl, ROWS(c, {.seed = 1, .name = "特定非営利活動法人例一"})), OK);
        CHECK_COUNTS(1, 0, 0, 1, 0, 0, 0);
        CHECK_TEXT(client_text(cl, "SELECT name FROM organization ORDER BY id LIMIT 1"), "特定非営利活動法人竹林");
        /* Open again. */
        CHECK_INT(take(cl, ROWS(c, {.seed = 2, .name = "特定非営利活動法人例二", .process = "22", .updated = "2026-01-01"})), OK);
        CHECK_COUNTS(1, 0, 1, 0, 0, 0, 0);
        CHECK_TEXT(client_text(cl, "SELECT state FROM organization WHERE name LIKE '%例二'"), "open");
        CHECK(client_text(cl, "SELECT closed_on FROM organization WHERE name LIKE '%例二'") == NULL);
    }
}

TEST(old_states_before_the_newest_one_in_one_file)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        const char *text = ROWS(c, {.seed = 1, .name = "株式会社例甲", .kind = "301", .latest = "0"}, {.seed = 1, .name = "株式会社例乙", .kind = "301", .latest = "0"},
                                {.seed = 1, .name = "株式会社例丙", .kind = "301"}, {.seed = 2, .name = "特定非営利活動法人例", .latest = "0"},
                                {.seed = 2, .name = "特定非営利活動法人例の新", .latest = "0", .updated = "2025-01-01"});
        CHECK_INT(take(cl, text), OK);
        CHECK_COUNTS(5, 2, 0, 3, 0, 0, 0);
        CHECK_TEXT(client_text(cl, "SELECT name FROM organization WHERE kind = 'company'"), "株式会社例丙");
        /* Nothing newer is known of it: the newest of the old states stands for it. */
        CHECK_TEXT(client_text(cl, "SELECT name FROM organization WHERE kind = 'npo'"), "特定非営利活動法人例の新");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization_history"), 5);
        const char *before = everything(cl);
        CHECK_INT(take(cl, text), OK);
        CHECK_COUNTS(5, 0, 0, 5, 0, 0, 0);
        CHECK_TEXT(everything(cl), before);
        /* Two days in one file: the second day's closing closes what the first day's row opened. */
        CHECK_INT(take(cl, ROWS(c, {.seed = 3, .name = "特定非営利活動法人二日"}, {.seed = 3, .name = "特定非営利活動法人二日", .updated = "2024-04-02", .process = "21", .closed = "2024-04-02"})), OK);
        CHECK_COUNTS(2, 1, 0, 0, 1, 0, 0);
    }
}

struct edit { int64_t id; const char *name, *website; };
static enum err edit_one(struct ctx *c, void *arg)
{
    const struct edit *e = arg;
    struct organization before, after;
    TRY(record_load(c, &organization_entity, e->id, &before));
    entity_copy(c->arena, &organization_entity, &after, &before);
    after.name = e->name;
    after.website = e->website;
    TRY(organization_save(c, &before, &after));
    return finder_flush(c);
}

TEST(what_was_entered_here_is_not_overwritten)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        CHECK_INT(take(cl, ROWS(c, {.seed = 1, .name = "特定非営利活動法人れい"})), OK);
        struct edit e = {client_int(cl, "SELECT id FROM organization"), "NPO法人れいの会", "https://rei.example.jp/"};
        CHECK_INT(in_write(c, edit_one, &e), OK);
        CHECK_TEXT(client_text(cl, "SELECT local_fields FROM organization"), "name website");
        const char *text = ROWS(c, {.seed = 1, .name = "特定非営利活動法人れい改", .updated = "2025-01-01", .city = "八代市", .street = "例町９"});
        CHECK_INT(take(cl, text), OK);
        CHECK_COUNTS(1, 0, 1, 0, 0, 0, 0);
        CHECK_TEXT(client_text(cl, "SELECT name FROM organization"), "NPO法人れいの会");
        CHECK_TEXT(client_text(cl, "SELECT website FROM organization"), "https://rei.example.jp/");
        CHECK_TEXT(client_text(cl, "SELECT city FROM organization"), "八代市");
        CHECK_TEXT(client_text(cl, "SELECT source_date FROM organization"), "2025-01-01");
        CHECK_INT(found(cl, "れいの会"), 1);
        CHECK_INT(found(cl, "れい改"), 0);
        CHECK_INT(found(cl, "八代市"), 1);
        const char *before = everything(cl);
        CHECK_INT(take(cl, text), OK);
        CHECK_TEXT(everything(cl), before);
    }
}

/* --- what is refused, what breaks a file --- */

TEST(wrong_rows_are_refused_and_the_rest_is_taken)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        const char *text = ROWS(c, {.seed = 1, .name = "特定非営利活動法人例"}, {.name = "特定非営利活動法人番号違い", .number = "1234567890123"},
                                {.seed = 3, .name = ""}, {.seed = 4, .name = "特定非営利活動法人日付違い", .updated = "2024-02-30"},
                                {.seed = 5, .name = "特定非営利活動法人区分違い", .process = "99x"}, {.seed = 6, .name = "特定非営利活動法人最新違い", .latest = "2"},
                                {.seed = 7, .name = "特定非営利活動法人二つ違い", .post = "123", .kind = "3x9"}, {.seed = 8, .name = "特定非営利活動法人例二"});
        CHECK_INT(take(cl, text), OK);
        CHECK_COUNTS(8, 2, 0, 0, 0, 6, 0);
        static const struct { int64_t line; const char *column; } expected[] = {{2, "corporateNumber"}, {3, "name"}, {4, "updateDate"}, {4, "changeDate"},
            {5, "process"}, {6, "latest"}, {7, "kind"}, {7, "postCode"}};
        CHECK_INT(report.refusals, sizeof expected / sizeof expected[0]);
        for (size_t i = 0; i < report.refusals && i < sizeof expected / sizeof expected[0]; i++) {
            CHECK_INT(report.refusal[i].line, expected[i].line);
            CHECK_TEXT(report.refusal[i].column, expected[i].column);
            CHECK(report.refusal[i].reason != NULL);
        }
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization"), 2);
    }
}

TEST(only_npo)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        const char *text = ROWS(c, {.seed = 1, .name = "特定非営利活動法人例"}, {.seed = 2, .name = "ＮＰＯ法人例"}, {.seed = 3, .name = "認定NPO法人例"},
                                {.seed = 4, .name = "一般社団法人例"}, {.name = "株式会社番号違い", .number = "1234567890123"}, {.name = "NPO法人番号違い", .number = "1234567890123"});
        CHECK_INT(take_bytes(cl, text, strlen(text), "auto", true), OK);
        CHECK_COUNTS(6, 3, 0, 0, 0, 1, 2);
        CHECK_INT(report.refusals, 1);
        CHECK_INT(report.refusal[0].line, 6);
    }
}

static void check_broken(struct client *cl, const char *bytes, size_t n, const int64_t *lines, size_t lines_n)
{
    const char *before = everything(cl);
    CHECK_INT(take_bytes(cl, bytes, n, NULL, false), E_FORM);
    CHECK_INT(report.added + report.changed + report.unchanged + report.closed + report.skipped, 0);
    CHECK_INT(report.refused, report.read);
    CHECK_INT(report.refusals, lines_n);
    for (size_t i = 0; i < report.refusals && i < lines_n; i++)
        CHECK_INT(report.refusal[i].line, lines[i]);
    CHECK_TEXT(everything(cl), before);
}
#define BROKEN(cl, bytes, n, ...) check_broken((cl), (bytes), (n), (int64_t[]){__VA_ARGS__}, sizeof((int64_t[]){__VA_ARGS__}) / sizeof(int64_t))

TEST(a_broken_file_takes_nothing_and_names_every_line)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        struct arena *a = c->arena;
        const char *rows = ROWS(c, {.seed = 1, .name = "特定非営利活動法人一"}, {.seed = 2, .name = "特定非営利活動法人二"}, {.seed = 3, .name = "特定非営利活動法人三"});
        size_t n = strlen(rows);
        /* Cut at every byte of the last row: broken but where the cut leaves a whole row. */
        const char *last = rows + n - 1;
        while (last[-1] != '\n')
            last--;
        for (size_t cut = (size_t)(last - rows) + 1; cut < n - 1; cut++) {
            CHECK_INT(take_bytes(cl, rows, cut, NULL, false), E_FORM);
            CHECK(report.refusals > 0 && report.refusal[report.refusals - 1].line == 3);
        }
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization"), 0);
        const char *crooked = arena_printf(a, "%s1,2,3\n%s4,5\n", rows, rows);
        BROKEN(cl, crooked, strlen(crooked), 4, 8);
        const char *unknown = arena_printf(a, "x,%s", HEADER);
        BROKEN(cl, unknown, strlen(unknown), 1);
        const char *missing = arena_printf(a, "%.*s\n", (int)(strlen(HEADER) - strlen(",hihyoji\n")), HEADER);
        BROKEN(cl, missing, strlen(missing), 1);
        const char *twice = arena_printf(a, "%.*s,name\n", (int)(strlen(HEADER) - strlen(",hihyoji\n")), HEADER);
        BROKEN(cl, twice, strlen(twice), 1, 1);
        const char *undecodable = arena_printf(a, "%s\xE3\x81,\n%sa\xFF" "b\n", rows, rows);
        BROKEN(cl, undecodable, strlen(undecodable), 4, 8);
        const char *open = arena_printf(a, "%s1,\"open\n%s", rows, rows);
        BROKEN(cl, open, strlen(open), 4);
        BROKEN(cl, "", 0, 1);
        BROKEN(cl, "\n\n", 2, 1);
        BROKEN(cl, "これは,一覧では,ありません\n1,2,3\n", strlen("これは,一覧では,ありません\n1,2,3\n"), 1);
        char *nul = arena_dup_n(a, rows, n);
        nul[n / 2] = '\0';
        CHECK_INT(take_bytes(cl, nul, n, NULL, false), E_FORM);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization"), 0);
        /* A wrong row does not make a broken file of it, nor the other way round. */
        const char *both = arena_printf(a, "%s1,2\n", ROWS(c, {.name = "特定非営利活動法人番号違い", .number = "1234567890123"}));
        BROKEN(cl, both, strlen(both), 1, 2);
    }
}

/* --- 行政入力情報 --- */

TEST(npo_portal)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        struct arena *a = c->arena;
        const char *one = number(a, 11), *two = number(a, 12), *three = number(a, 13);
        const char *text = arena_printf(a,
            "法人名称,法人名称カナ,所轄庁,主たる事務所の所在地,主たる事業所の郵便番号,代表者氏名,団体代表者名（フリガナ）,設立年月日,定款に記載された目的,"
            "活動分野１,活動分野２,活動分野１０,認定・特例認定１,ＰＳＴ基準２,解散情報,法人番号,新しい列,法人情報ＵＲＬ\r\n"
            "特定非営利活動法人れい福祉,レイフクシ,熊本県,熊本市中央区例町1-2,860-0001,例示 花子,レイジ ハナコ,平成14年4月1日,地域の福祉を進める。,○,,◯,,,,%s,x,https://portal.example.jp/1\r\n"
            "特定非営利活動法人れい環境,,熊本市,,,例示 次郎,,2003/5/6,環境を守る。,,○,,○,○,令和2年解散,%s,,\r\n"
            "特定非営利活動法人れい遠方,,福岡県,東京都千代田区例町3,1000001,,,,,,,,,,,%s,,\r\n", one, two, three);
        size_t n = 0;
        const char *lost = NULL, *cp932 = encoding_to_cp932(a, text, &n, &lost);
        CHECK_INT(take_bytes(cl, cp932, n, NULL, false), OK);
        CHECK_TEXT(report.format, "npo-portal");
        CHECK_TEXT(report.encoding, "CP932");
        CHECK_COUNTS(3, 3, 0, 0, 0, 0, 0);
        CHECK_INT(report.not_understood_n, 1);
        CHECK_TEXT(report.not_understood[0], "新しい列");
        CHECK_TEXT(client_text(cl, "SELECT prefecture FROM organization WHERE kana = 'レイフクシ'"), "熊本県");
        CHECK_TEXT(client_text(cl, "SELECT city FROM organization WHERE kana = 'レイフクシ'"), "熊本市中央区");
        CHECK_TEXT(client_text(cl, "SELECT street FROM organization WHERE kana = 'レイフクシ'"), "例町1-2");
        CHECK_TEXT(client_text(cl, "SELECT founded_on FROM organization WHERE kana = 'レイフクシ'"), "2002-04-01");
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization_set WHERE field = 'fields' AND code IN ('1', '10')"), 2);
        CHECK_TEXT(client_text(cl, "SELECT state FROM organization WHERE name LIKE '%環境'"), "closed");
        CHECK_TEXT(client_text(cl, "SELECT prefecture FROM organization WHERE name LIKE '%遠方'"), "東京都");
        const char *before = everything(cl);
        CHECK_INT(take_bytes(cl, cp932, n, NULL, false), OK);
        CHECK_COUNTS(3, 0, 0, 3, 0, 0, 0);
        CHECK_TEXT(everything(cl), before);
        /* A name of a person stands in the organization alone, not in its history, not in search, and on no public page. */
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE representative LIKE '例示%'"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization_history WHERE row LIKE '%花子%' OR row LIKE '%ハナコ%'"), 0);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM audit_value WHERE (after LIKE '%花子%' OR before LIKE '%花子%') AND NOT personal"), 0);
        CHECK_INT(found(cl, "花子"), 0);
        CHECK_INT(found(cl, "地域の福祉"), 1);
        int64_t id = client_int(cl, "SELECT id FROM organization WHERE kana = 'レイフクシ'");
        client_nobody(cl);
        CHECK_INT(client_get(cl, arena_printf(a, "/organizations/%lld", (long long)id)), 200);
        CHECK(client_sees(cl, "地域の福祉を進める"));
        CHECK(!client_sees(cl, "花子"));
        CHECK_INT(client_get(cl, "/organizations.json"), 200);
        CHECK(client_sees(cl, "レイフクシ") && !client_sees(cl, "花子"));
        CHECK_INT(client_get(cl, "/organizations.csv"), 200);
        CHECK(client_sees(cl, "レイフクシ") && !client_sees(cl, "花子"));
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, arena_printf(a, "/organizations/%lld/staff", (long long)id)), 200);
        CHECK(client_sees(cl, "例示 花子"));
        /* The agency's list takes name and seat over, the portal's own columns stay. */
        CHECK_INT(take(cl, ROWS(c, {.number = one, .name = "特定非営利活動法人れい福祉会", .city = "八代市"})), OK);
        CHECK_COUNTS(1, 0, 1, 0, 0, 0, 0);
        CHECK_TEXT(client_text(cl, "SELECT city FROM organization WHERE kana = 'レイフクシ'"), "八代市");
        CHECK_TEXT(client_text(cl, "SELECT summary FROM organization WHERE kana = 'レイフクシ'"), "地域の福祉を進める。");
        CHECK_INT(take_bytes(cl, cp932, n, NULL, false), OK);
        CHECK_COUNTS(3, 0, 0, 3, 0, 0, 0);
        CHECK_TEXT(client_text(cl, "SELECT name FROM organization WHERE kana = 'レイフクシ'"), "特定非営利活動法人れい福祉会");
        /* Fewer columns. */
        const char *few = arena_printf(a, "法人番号,所轄庁,法人名称,活動分野３\n%s,熊本県,特定非営利活動法人れい四,○\n%s,熊本県,特定非営利活動法人れい五,△\n", number(a, 14), number(a, 15));
        CHECK_INT(take(cl, few), OK);
        CHECK_COUNTS(2, 1, 0, 0, 0, 1, 0);
        CHECK_TEXT(report.refusal[0].column, "活動分野3");
        struct sb lengthy; /* 長い目的: cut, not refused */
        sb_init(&lengthy, a);
        sb_printf(&lengthy, "法人番号,所轄庁,法人名称,定款に記載された目的\n%s,熊本県,特定非営利活動法人れい六,", number(a, 16));
        for (int i = 0; i < 2500; i++)
            sb_add(&lengthy, "長");
        sb_add(&lengthy, "\n");
        CHECK_INT(take(cl, sb_str(&lengthy)), OK);
        CHECK_COUNTS(1, 1, 0, 0, 0, 0, 0);
        CHECK_INT(client_int(cl, "SELECT length(summary) FROM organization WHERE name LIKE '%れい六'"), 2000);
        CHECK_INT(take(cl, sb_str(&lengthy)), OK);
        CHECK_COUNTS(1, 0, 0, 1, 0, 0, 0);
        const char *none = "法人名称,所轄庁\nれい,熊本県\n";
        BROKEN(cl, none, strlen(none), 1);
    }
}

/* --- our own list --- */

TEST(own_list_with_groups_without_a_number)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        struct arena *a = c->arena;
        const char *text = "名称,種類,都道府県,市区町村,活動の内容,活動の分野\n"
                           "ひまわり自治会,地域コミュニティ団体,熊本県,八代市,清掃,環境の保全を図る活動\n"
                           "ひまわり自治会,community,,荒尾市,,7;13\n"
                           "例PTA,地域コミュニティ団体,熊本県,人吉市,\"二行の\n内容\",\n"
                           "特定非営利活動法人種類なし,,,,,\n"
                           "種類なしの会,,,,,\n"
                           "種類違いの会,宇宙,,,,\n";
        CHECK_INT(take(cl, text), OK);
        CHECK_TEXT(report.format, "kyodo");
        CHECK_COUNTS(6, 4, 0, 0, 0, 2, 0);
        CHECK_INT(report.refusal[0].line, 7);
        CHECK_INT(report.refusal[1].line, 8);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE name = 'ひまわり自治会'"), 2);
        CHECK_TEXT(client_text(cl, "SELECT municipality FROM organization WHERE city = '荒尾市'"), "432041");
        CHECK_TEXT(client_text(cl, "SELECT prefecture FROM organization WHERE city = '荒尾市'"), "熊本県");
        const char *before = everything(cl);
        CHECK_INT(take(cl, text), OK);
        CHECK_COUNTS(6, 0, 0, 4, 0, 2, 0);
        CHECK_TEXT(everything(cl), before);
        CHECK_INT(take(cl, "name,city,wants\nヒマワリ自治会,八代市,\nひまわり自治会,八代市,花だんを増やしたい\n"), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE name = 'ひまわり自治会'"), 2);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE wants = '花だんを増やしたい'"), 1);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE summary = '清掃'"), 1); /* a list without the column says nothing of it */
        /* What is written out comes back in, and changes nothing. */
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/organizations.csv"), 200);
        const char *out = arena_dup_n(a, client_body(cl), client_body_n(cl));
        before = everything(cl);
        CHECK_INT(take(cl, out), OK);
        CHECK_TEXT(report.format, "kyodo");
        CHECK_TEXT(report.encoding, "UTF-8 (BOM)");
        CHECK_INT(report.unchanged, report.read);
        CHECK_TEXT(everything(cl), before);
        BROKEN(cl, "名称,知らない列\nあ,い\n", strlen("名称,知らない列\nあ,い\n"), 1);
        /* One name twice in one municipality: the street tells them apart, on the second run too. */
        const char *twins = "名称,種類,市区町村,町名・番地\n双葉会,volunteer,水俣市,例町1\n双葉会,volunteer,水俣市,例町2\n";
        CHECK_INT(take(cl, twins), OK);
        CHECK_COUNTS(2, 2, 0, 0, 0, 0, 0);
        CHECK_INT(take(cl, twins), OK);
        CHECK_COUNTS(2, 0, 0, 2, 0, 0, 0);
    }
}

/* --- faults --- */

TEST(a_failing_statement_leaves_nothing_half_done)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        const char *first = ROWS(c, {.seed = 1, .name = "特定非営利活動法人例一"}, {.seed = 2, .name = "特定非営利活動法人例二"});
        const char *text = ROWS(c, {.seed = 1, .name = "特定非営利活動法人例一改", .updated = "2025-01-01"}, {.seed = 2, .name = "昔", .latest = "0"},
                                {.seed = 3, .name = "特定非営利活動法人例三"}, {.seed = 4, .name = "特定非営利活動法人例四"});
        CHECK_INT(take(cl, first), OK);
        const char *before = everything(cl);
        bool done = false;
        for (int64_t k = 1; k < 300 && !done; k++) {
            db_fail_at(c->writer, k);
            enum err e = take(cl, text);
            db_fail_at(c->writer, 0);
            done = e == OK;
            if (!done) {
                CHECK(e == E_DB);
                /* Either nothing, or (the run's own record failed) all of the rows. */
                bool rows_in = client_int(cl, "SELECT count(*) FROM organization") == 4;
                if (!rows_in)
                    CHECK_TEXT(everything(cl), before);
                if (rows_in)
                    break;
                CHECK_INT(found(cl, "例三"), 0);
                CHECK_INT(found(cl, "例一改"), 0);
            }
        }
        CHECK_INT(take(cl, text), OK);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization"), 4);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization_history"), 6);
        CHECK_INT(found(cl, "例三"), 1);
        CHECK_INT(found(cl, "例一改"), 1);
    }
}

/* --- the page --- */

TEST(upload)
{
    EACH_ENGINE(cl) {
        struct ctx *c = client_ctx(cl);
        const char *text = ROWS(c, {.seed = 1, .name = "特定非営利活動法人アップロード例"}, {.name = "特定非営利活動法人違い", .number = "1234567890123"});
        client_user(cl, "promoter", 1, NONE);
        CHECK_INT(client_get(cl, "/organizations/import"), 403);
        client_user(cl, "secretariat", NONE, NONE);
        CHECK_INT(client_get(cl, "/organizations/import"), 200);
        CHECK(client_form(cl, "/organizations/import"));
        CHECK_INT(client_send_file(cl, "file", "rei.csv", text, strlen(text)), 303);
        CHECK_INT(client_follow(cl), 200); /* its own page, which says how far it is */
        CHECK(client_sees(cl, "国税庁 法人番号公表サイトのファイル") && client_sees(cl, "UTF-8"));
        CHECK(client_sees(cl, "検査数字が合いません"));
        CHECK_INT(client_get(cl, "/organizations/import"), 200);
        CHECK(client_form(cl, "/organizations/import"));
        CHECK_INT(client_send_file(cl, "file", "rei.csv", "1,2,3\n", 6), 303);
        CHECK_INT(client_follow(cl), 200);
        CHECK(client_sees(cl, "1行も入っていません"));
        CHECK_INT(client_get(cl, "/organizations/import"), 200);
        CHECK(client_form(cl, "/organizations/import"));
        CHECK_INT(client_send_file(cl, "file", "", "", 0), 422);
        CHECK(client_sees(cl, "ファイルを選んでください"));
        client_nobody(cl);
        CHECK_INT(client_get(cl, "/search?q=%E3%82%A2%E3%83%83"), 200); /* アッ */
        CHECK(client_sees(cl, "<mark>アッ</mark>プロード例"));
        CHECK_INT(client_get(cl, arena_printf(c->arena, "/search?q=%s", number(c->arena, 1))), 200);
        CHECK(client_sees(cl, "アップロード例") && client_sees(cl, "団体 1件"));
        CHECK_INT(client_get(cl, arena_printf(c->arena, "/organizations?q=%s", number(c->arena, 1))), 200);
        CHECK(client_sees(cl, "アップロード例"));
        CHECK_INT(client_get(cl, arena_printf(c->arena, "/search?q=%s", number(c->arena, 77))), 200);
        CHECK(client_sees(cl, "に合うものはありません"));
    }
}

/* --- the real files --- */

static const char *whole_file(struct arena *a, const char *name, size_t *n)
{
    const char *data = getenv("KYODO_TEST_DATA");
    FILE *f = data != NULL ? fopen(arena_printf(a, "%s/%s", data, name), "rb") : NULL;
    if (f == NULL)
        return NULL;
    struct sb o;
    char piece[65536];
    sb_init(&o, a);
    for (size_t k; (k = fread(piece, 1, sizeof piece, f)) > 0;)
        sb_add_n(&o, piece, k);
    fclose(f);
    *n = o.n;
    return sb_str(&o);
}

TEST(real_files)
{
    EACH_ENGINE(cl) {
        struct arena *a = client_ctx(cl)->arena;
        size_t n = 0, diff_n = 0;
        const char *list = whole_file(a, "nta_npo_utf8.csv", &n), *diff = whole_file(a, "nta_diff_20260821_cp932.csv", &diff_n);
        if (list == NULL || diff == NULL) {
            fprintf(stderr, "*** KYODO_TEST_DATA is not set: the real files were not tried ***\n");
            continue;
        }
        CHECK_INT(take_bytes(cl, diff, diff_n, NULL, false), OK);
        CHECK_TEXT(report.encoding, "CP932");
        CHECK_COUNTS(2181, 1943, 0, 238, 0, 0, 0);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization_history WHERE NOT latest"), 238);
        const char *before = everything(cl);
        CHECK_INT(take_bytes(cl, diff, diff_n, NULL, false), OK);
        CHECK_COUNTS(2181, 0, 0, 2181, 0, 0, 0);
        CHECK_TEXT(everything(cl), before);
        if (strcmp(client_engine(cl), "sqlite") != 0)
            continue; /* the long list once is enough */
        CHECK_INT(take_bytes(cl, list, n, NULL, true), OK);
        CHECK_INT(report.read, 27835);
        CHECK_INT(report.added + report.unchanged + report.changed + report.closed, 27835);
        CHECK_INT(report.refused + report.skipped, 0);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE name LIKE '%特定非営利活動法人%' AND kind <> 'npo'"), 0);
        before = everything(cl);
        CHECK_INT(take_bytes(cl, list, n, NULL, true), OK);
        CHECK_COUNTS(27835, 0, 0, 27835, 0, 0, 0);
        CHECK_TEXT(everything(cl), before);
        CHECK_INT(client_int(cl, "SELECT count(*) FROM organization WHERE name = '特定非営利活動法人ひまわり'"), 14);
        CHECK_INT(found(cl, "福祉"), client_int(cl, "SELECT count(*) FROM organization WHERE name LIKE '%福祉%' OR street LIKE '%福祉%' OR kana LIKE '%福祉%'"));
    }
}

TEST_MAIN
