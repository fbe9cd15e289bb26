/* 内閣府 NPO法人ポータルサイト 行政入力情報 (000_AdministrativeInputData_YYYYMMDD.csv). Columns are found by name after NFKC, the numbered ones by prefix;
 * more or fewer of them are tolerated, and those not understood are named. Source: formats.md; untried on the real file. */
#include "area/organization/import.h"

#include <string.h>

#include "base/crypto.h"
#include "base/date.h"
#include "base/text.h"

enum { FIELDS = 20 };
enum column {
    NAME, KANA, AUTHORITY, ADDRESS, POSTCODE, REPRESENTATIVE, REPRESENTATIVE_KANA, FOUNDED, PURPOSE, DISSOLVED, NUMBER, FIELD_1,
    COLUMNS = FIELD_1 + FIELDS
};
static const char *const names[FIELD_1] = {
    [NAME] = "法人名称", [KANA] = "法人名称カナ", [AUTHORITY] = "所轄庁", [ADDRESS] = "主たる事務所の所在地", [POSTCODE] = "主たる事業所の郵便番号",
    [REPRESENTATIVE] = "代表者氏名", [REPRESENTATIVE_KANA] = "団体代表者名(フリガナ)", [FOUNDED] = "設立年月日", [PURPOSE] = "定款に記載された目的",
    [DISSOLVED] = "解散情報", [NUMBER] = "法人番号",
};
/* Known, but nothing that Kyodo keeps. A trailing '*': the rest is a number or a note. */
static const char *const others[] = {
    "権限移譲先市町村", "従たる事務所の所在地", "法人設立認証年月日", "認定・特例認定*", "PST基準*", "PST条例指定*", "認定開始日", "認定満了日", "認定取消日",
    "特例認定年月日", "特例認定満了日", "特例認定取消日", "監督情報", "法人情報URL", "条例個別指定*", "特定非営利活動に係る事業", "その他の事業", "事業年度開始日",
    "事業年度終了日", NULL,
};

/* Blanks are dropped too: 「活動分野 １」. */
static const char *plain(struct arena *a, const char *s)
{
    struct sb o;
    sb_init(&o, a);
    for (const char *p = text_nfkc(a, s); *p != '\0'; p++)
        if (*p != ' ')
            sb_char(&o, *p);
    return sb_str(&o);
}

static bool recognise(struct arena *a, const struct csv_row *first, bool *header)
{
    bool name = false, authority = false;
    for (size_t i = 0; i < first->n; i++) {
        const char *s = plain(a, first->cell[i]);
        name = name || strcmp(s, names[NAME]) == 0;
        authority = authority || strcmp(s, names[AUTHORITY]) == 0 || strcmp(s, names[NUMBER]) == 0;
    }
    *header = name;
    return name && authority;
}

static int column_of(const char *name)
{
    for (int i = 0; i < FIELD_1; i++)
        if (strcmp(name, names[i]) == 0)
            return i;
    if (strcmp(name, "主たる事務所の郵便番号") == 0)
        return POSTCODE;
    int64_t n;
    if (text_starts(name, "活動分野") && text_parse_int(name + strlen("活動分野"), &n) && n >= 1 && n <= FIELDS)
        return FIELD_1 + (int)n - 1;
    return -1;
}

static bool is_other(const char *name)
{
    for (size_t i = 0; others[i] != NULL; i++) {
        size_t n = strlen(others[i]);
        if (others[i][n - 1] == '*' ? strncmp(name, others[i], n - 1) == 0 : strcmp(name, others[i]) == 0)
            return true;
    }
    return false;
}

static void columns(struct reading *r, const struct csv_row *header)
{
    r->column = arena_many(r->arena, int, COLUMNS);
    for (int i = 0; i < COLUMNS; i++)
        r->column[i] = -1;
    if (header == NULL) {
        import_broken(r, 1, NULL, "1行目に列の名前がありません(法人名称、所轄庁、法人番号など)。");
        return;
    }
    r->out->not_understood = arena_many(r->arena, const char *, header->n + 1);
    for (size_t k = 0; k < header->n; k++) {
        const char *name = plain(r->arena, header->cell[k]);
        int i = column_of(name);
        if (i < 0 && !is_other(name))
            r->out->not_understood[r->out->not_understood_n++] = header->cell[k];
        else if (i >= 0 && r->column[i] >= 0)
            import_broken(r, (int64_t)header->line, header->cell[k], "列「%s」が2つあります。", header->cell[k]);
        else if (i >= 0)
            r->column[i] = (int)k;
    }
    static const enum column must[] = {NAME, NUMBER};
    for (size_t i = 0; i < sizeof must / sizeof must[0]; i++)
        if (r->column[must[i]] < 0)
            import_broken(r, (int64_t)header->line, names[must[i]], "列「%s」がありません。", names[must[i]]);
}

static const char *name_of(struct reading *r, const struct csv_row *row)
{
    return import_raw(r, row, NAME);
}

/* The row without what names a person: that is kept in the organization alone, where it can be hidden and erased. */
static const char *raw_without_people(struct reading *r, const struct csv_row *row)
{
    struct sb o;
    sb_init(&o, r->arena);
    for (size_t k = 0; k < row->n; k++) {
        if (k > 0)
            csv_comma(&o);
        if ((int)k != r->column[REPRESENTATIVE] && (int)k != r->column[REPRESENTATIVE_KANA])
            csv_text(&o, row->cell[k]);
    }
    return sb_str(&o);
}

static const char *date_cell(struct reading *r, const struct csv_row *row, struct incoming *in, enum column i)
{
    const char *s = import_cell(r, row, (int)i);
    if (s == NULL)
        return NULL;
    const char *iso = date_parse(r->arena, s);
    if (iso == NULL)
        import_refuse(r, in, names[i], "「%s」は日付ではありません。", s);
    return iso;
}

static void read_fields(struct reading *r, const struct csv_row *row, struct incoming *in)
{
    static const char *const codes[FIELDS] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19", "20"};
    static const char *const circles[] = {"○", "◯", "〇", "●", "1"};
    in->o.fields.v = arena_many(r->arena, const char *, FIELDS);
    for (int i = 0; i < FIELDS; i++) {
        const char *s = import_cell(r, row, FIELD_1 + i);
        if (s == NULL)
            continue;
        bool circle = false;
        for (size_t k = 0; k < sizeof circles / sizeof circles[0]; k++)
            circle = circle || strcmp(text_nfkc(r->arena, s), circles[k]) == 0;
        if (circle)
            in->o.fields.v[in->o.fields.n++] = codes[i];
        else
            import_refuse(r, in, arena_printf(r->arena, "活動分野%d", i + 1), "「%s」は○か空白です。", s);
    }
}

/* Articles of association can be long; the whole text stays in the row of the history. */
static const char *cut_to(struct arena *a, const char *s, size_t characters)
{
    if (s == NULL || text_length(s) <= characters)
        return s;
    const char *p = s;
    for (size_t i = 1; i < characters; i++)
        for (p++; ((unsigned char)*p & 0xC0) == 0x80; p++)
            ;
    return arena_printf(a, "%.*s…", (int)(p - s), s);
}

static void read(struct reading *r, const struct csv_row *row, bool last, struct incoming *in)
{
    (void)last;
    struct organization *o = &in->o;
    in->raw = raw_without_people(r, row);
    struct part part[2] = {PART("portal 1"), PART(in->raw)};
    in->hash = arena_dup_n(r->arena, hash_hex(r->arena, crypto_hash(part, 2)), 32);
    o->name = import_cell(r, row, NAME);
    if (o->name == NULL)
        import_refuse(r, in, names[NAME], "名称がありません。");
    else if (text_length(o->name) > 200)
        import_refuse(r, in, names[NAME], "名称が200文字をこえています。");
    o->kana = import_cell(r, row, KANA);
    const char *number = import_cell(r, row, NUMBER);
    o->corporate_number = number != NULL ? text_nfkc(r->arena, number) : NULL;
    if (!corporate_number_ok(o->corporate_number))
        import_refuse(r, in, names[NUMBER], number == NULL ? "法人番号がありません。" : "法人番号「%s」の検査数字が合いません。", number);
    o->authority = import_cell(r, row, AUTHORITY);
    address_split(r->arena, import_cell(r, row, ADDRESS), o->authority, o);
    const char *postcode = import_cell(r, row, POSTCODE);
    o->postcode = postcode_of(r->arena, postcode);
    if (postcode != NULL && o->postcode == NULL)
        import_refuse(r, in, names[POSTCODE], "「%s」は郵便番号ではありません。", postcode);
    o->representative = import_cell(r, row, REPRESENTATIVE);
    o->founded_on = date_cell(r, row, in, FOUNDED);
    const char *purpose = import_raw(r, row, PURPOSE);
    bool ok = true;
    o->summary = cut_to(r->arena, text_clean(r->arena, purpose, strlen(purpose), false, &ok), (size_t)entity_field(&organization_entity, "summary")->max);
    read_fields(r, row, in);
    o->state = import_cell(r, row, DISSOLVED) != NULL ? "closed" : "open";
    o->kind = "npo";
}

/* The agency's list knows better about name, seat and end; the portal adds what that list has not. */
static void apply(struct ctx *c, const struct incoming *in, struct organization *after)
{
    (void)c;
    static const char *const shared[] = {"name", "kind", "prefecture", "city", "street", "postcode", NULL};
    static const char *const own[] = {"kana", "representative", "authority", "founded_on", "summary", "fields", NULL};
    bool listed = after->source != NULL && strstr(after->source, SOURCE_NTA) != NULL;
    for (size_t i = 0; shared[i] != NULL; i++) {
        const struct field *f = entity_field(&organization_entity, shared[i]);
        if (!listed || field_text(f, after) == NULL)
            import_take(&in->o, after, shared[i], false);
    }
    for (size_t i = 0; own[i] != NULL; i++)
        import_take(&in->o, after, own[i], false);
    if (!listed)
        import_take(&in->o, after, "state", true);
    after->source = listed ? SOURCE_NTA "・" SOURCE_PORTAL : SOURCE_PORTAL;
}

const struct import_format format_portal = {
    .name = "npo-portal", .source = SOURCE_PORTAL, .recognise = recognise, .columns = columns, .name_of = name_of, .read = read, .apply = apply,
};
