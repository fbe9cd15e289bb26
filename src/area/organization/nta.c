/* 国税庁 法人番号公表サイト: 30 columns, with or without a header. Source: 国税庁「リソース定義書」; formats.md. */
#include "area/organization/import.h"

#include <ctype.h>
#include <string.h>

#include "base/crypto.h"
#include "base/date.h"
#include "base/text.h"

enum column {
    SEQUENCE, NUMBER, PROCESS, CORRECT, UPDATED, CHANGED, NAME, NAME_IMAGE, KIND, PREFECTURE, CITY, STREET, ADDRESS_IMAGE, PREFECTURE_CODE, CITY_CODE,
    POSTCODE, OUTSIDE, OUTSIDE_IMAGE, CLOSE_DATE, CLOSE_CAUSE, SUCCESSOR, CHANGE_CAUSE, ASSIGNED, LATEST, EN_NAME, EN_PREFECTURE, EN_CITY, EN_OUTSIDE,
    FURIGANA, HIDDEN, COLUMNS
};
static const char *const names[COLUMNS] = {
    "sequenceNumber", "corporateNumber", "process", "correct", "updateDate", "changeDate", "name", "nameImageId", "kind", "prefectureName", "cityName",
    "streetNumber", "addressImageId", "prefectureCode", "cityCode", "postCode", "addressOutside", "addressOutsideImageId", "closeDate", "closeCause",
    "successorCorporateNumber", "changeCause", "assignmentDate", "latest", "enName", "enPrefectureName", "enCityName", "enAddressOutside", "furigana",
    "hihyoji",
};

static bool digits(const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isdigit((unsigned char)s[i]))
            return false;
    return s[n] == '\0';
}

/* A header with a column too many or too few is one of this format all the same, and what is wrong with it can be said. */
static bool recognise(struct arena *a, const struct csv_row *first, bool *header)
{
    (void)a;
    size_t known = 0;
    for (size_t k = 0; k < first->n; k++)
        for (int i = 0; i < COLUMNS; i++)
            known += strcmp(first->cell[k], names[i]) == 0;
    *header = known >= COLUMNS / 2;
    return *header || (first->n > NUMBER && strlen(first->cell[NUMBER]) == 13 && digits(first->cell[NUMBER], 13));
}

static void columns(struct reading *r, const struct csv_row *header)
{
    r->column = arena_many(r->arena, int, COLUMNS);
    for (int i = 0; i < COLUMNS; i++)
        r->column[i] = header == NULL ? i : -1;
    for (size_t k = 0; header != NULL && k < header->n; k++) {
        int found = -1;
        for (int i = 0; i < COLUMNS; i++)
            if (strcmp(header->cell[k], names[i]) == 0)
                found = i;
        if (found < 0)
            import_broken(r, (int64_t)header->line, header->cell[k], "列「%s」は、この形式にありません。", header->cell[k]);
        else if (r->column[found] >= 0)
            import_broken(r, (int64_t)header->line, header->cell[k], "列「%s」が2つあります。", header->cell[k]);
        else
            r->column[found] = (int)k;
    }
    for (int i = 0; header != NULL && i < COLUMNS; i++)
        if (r->column[i] < 0)
            import_broken(r, (int64_t)header->line, names[i], "列「%s」がありません。", names[i]);
}

static const char *name_of(struct reading *r, const struct csv_row *row)
{
    return import_raw(r, row, NAME);
}

static const char *date_cell(struct reading *r, const struct csv_row *row, struct incoming *in, enum column i, bool must)
{
    const char *s = import_raw(r, row, (int)i);
    if (*s == '\0') {
        if (must)
            import_refuse(r, in, names[i], "日付がありません。");
        return NULL;
    }
    if (!date_valid(s))
        import_refuse(r, in, names[i], "「%s」は日付(2026-04-01の形)ではありません。", s);
    return s;
}

/* Columns of fixed digits; blank is allowed unless `must`. */
static const char *code_cell(struct reading *r, const struct csv_row *row, struct incoming *in, enum column i, size_t n, bool must)
{
    const char *s = import_raw(r, row, (int)i);
    if (*s == '\0' && !must)
        return NULL;
    if (strlen(s) != n || !digits(s, n))
        import_refuse(r, in, names[i], "「%s」は%zu桁の数字ではありません。", s, n);
    return s;
}

static bool one_of(const char *s, const char *const *v)
{
    for (; *v != NULL; v++)
        if (strcmp(s, *v) == 0)
            return true;
    return false;
}

/* 21 閉鎖, 81 and 99 taken off the list; otherwise a date of closing decides. */
static bool is_closed(const char *process, const char *closed_on)
{
    static const char *const ends[] = {"21", "81", "99", NULL};
    return closed_on != NULL || one_of(process, ends);
}

static const char *row_hash(struct reading *r, const struct csv_row *row)
{
    struct part part[COLUMNS];
    for (int i = NUMBER; i < COLUMNS; i++)
        part[i] = PART(import_raw(r, row, i));
    part[SEQUENCE] = PART("nta 1");
    return arena_dup_n(r->arena, hash_hex(r->arena, crypto_hash(part, COLUMNS)), 32);
}

static void read(struct reading *r, const struct csv_row *row, bool last, struct incoming *in)
{
    static const char *const processes[] = {"01", "11", "12", "13", "21", "22", "71", "72", "81", "99", NULL};
    static const char *const flags[] = {"0", "1", NULL};
    struct organization *o = &in->o;
    const char *hidden = import_raw(r, row, HIDDEN);
    if (last && r->cut && *hidden == '\0') {
        import_broken(r, in->line, names[HIDDEN], "最後の行が途中で切れています。ファイルを取り直してください。");
        return;
    }
    in->hash = row_hash(r, row);
    o->corporate_number = import_raw(r, row, NUMBER);
    if (!corporate_number_ok(o->corporate_number))
        import_refuse(r, in, names[NUMBER], "法人番号「%s」の検査数字が合いません。", o->corporate_number);
    in->process = import_raw(r, row, PROCESS);
    if (!one_of(in->process, processes))
        import_refuse(r, in, names[PROCESS], "処理区分「%s」は知られていません。", in->process);
    in->updated_on = date_cell(r, row, in, UPDATED, true);
    in->changed_on = date_cell(r, row, in, CHANGED, false);
    const char *latest = import_raw(r, row, LATEST);
    if (!one_of(latest, flags))
        import_refuse(r, in, names[LATEST], "最新履歴「%s」は0か1です。", latest);
    in->latest = strcmp(latest, "1") == 0;
    if (*hidden != '\0' && !one_of(hidden, flags))
        import_refuse(r, in, names[HIDDEN], "検索対象除外「%s」は0か1です。", hidden);

    o->name = import_cell(r, row, NAME);
    if (o->name == NULL)
        import_refuse(r, in, names[NAME], "名称がありません。");
    else if (text_length(o->name) > 200)
        import_refuse(r, in, names[NAME], "名称が200文字をこえています。");
    o->kana = import_cell(r, row, FURIGANA);
    o->english_name = import_cell(r, row, EN_NAME);
    o->corporate_kind = code_cell(r, row, in, KIND, 3, true);
    o->name_is_image = *import_raw(r, row, NAME_IMAGE) != '\0';
    o->address_is_image = *import_raw(r, row, ADDRESS_IMAGE) != '\0' || *import_raw(r, row, OUTSIDE_IMAGE) != '\0';
    o->prefecture = import_cell(r, row, PREFECTURE);
    o->city = import_cell(r, row, CITY);
    o->street = import_cell(r, row, STREET);
    o->abroad = import_cell(r, row, OUTSIDE);
    const char *prefecture_code = code_cell(r, row, in, PREFECTURE_CODE, 2, false), *city_code = code_cell(r, row, in, CITY_CODE, 3, false);
    o->municipality = municipality_code(r->arena, prefecture_code, city_code);
    const char *postcode = code_cell(r, row, in, POSTCODE, 7, false);
    o->postcode = postcode_of(r->arena, postcode);
    o->closed_on = date_cell(r, row, in, CLOSE_DATE, false);
    o->close_cause = code_cell(r, row, in, CLOSE_CAUSE, 2, false);
    const char *successor = import_raw(r, row, SUCCESSOR);
    if (*successor != '\0' && !corporate_number_ok(successor))
        import_refuse(r, in, names[SUCCESSOR], "承継先の法人番号「%s」の検査数字が合いません。", successor);
    o->successor = *successor != '\0' ? successor : NULL;
    o->state = is_closed(in->process, o->closed_on) ? "closed" : "open";
    if (!in->refused)
        o->kind = kind_of_name(r->arena, o->name, o->corporate_kind);
    o->source_date = in->updated_on;
    o->source_changed_on = in->changed_on;
}

/* The agency is the authority for name, seat and end of a corporation; for the kana, which it lacks for many, others may know better. */
static void apply(struct ctx *c, const struct incoming *in, struct organization *after)
{
    static const char *const erased_too[] = {"name", "kind", "corporate_kind", "state", "closed_on", "close_cause", "successor", "prefecture", "city",
                                             "street", "postcode", "abroad", "name_is_image", "address_is_image", "source_date", "source_changed_on",
                                             NULL};
    for (size_t i = 0; erased_too[i] != NULL; i++)
        import_take(&in->o, after, erased_too[i], true);
    import_take(&in->o, after, "kana", false);
    import_take(&in->o, after, "english_name", false);
    if (!name_in(after->local_fields, "city") && !name_in(after->local_fields, "prefecture"))
        after->municipality = in->o.municipality;
    if (after->source != NULL && strstr(after->source, SOURCE_PORTAL) != NULL)
        after->source = SOURCE_NTA "・" SOURCE_PORTAL;
    else
        after->source = SOURCE_NTA;
    (void)c;
}

const struct import_format format_nta = {
    .name = "nta", .source = SOURCE_NTA, .recognise = recognise, .columns = columns, .name_of = name_of, .read = read, .apply = apply,
    .dated = true,
};
