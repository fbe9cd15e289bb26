/* 団体: organizations, with and without a 法人番号; import, public list and page, profile. */
#ifndef KYODO_AREA_ORGANIZATION_H
#define KYODO_AREA_ORGANIZATION_H

#include "core/app.h"
#include "core/record.h"

/* What staff or the group entered is not overwritten by an import: the names of such fields stand in local_fields, joined by ' '. */
#define ORGANIZATION_FIELDS(F)                                                                     \
    F(ID, id, "番号", READONLY | PUBLIC, 0)                                                        \
    F(INT, version, "版", INTERNAL, 0)                                                             \
    F(TEXT, name, "名称", REQUIRED | SEARCH | PUBLIC, 200)                                         \
    F(TEXT, kana, "よみがな", SEARCH | PUBLIC, 300)                                                \
    F(TEXT, sort_key, "並べ替えの鍵", INTERNAL, 0)                                                 \
    F(CODE, kind, "種類", REQUIRED | PUBLIC, "partner_kind")                                       \
    F(TEXT, corporate_number, "法人番号", PUBLIC, 13)                                              \
    F(TEXT, corporate_kind, "法人種別", READONLY | PUBLIC, 3)                                      \
    F(TEXT, state, "状態", READONLY | PUBLIC, 10)                                                  \
    F(DATE, closed_on, "閉鎖した日", READONLY | PUBLIC, 0)                                         \
    F(TEXT, close_cause, "閉鎖の事由", READONLY | PUBLIC, 2)                                       \
    F(TEXT, successor, "承継先の法人番号", READONLY | PUBLIC, 13)                                  \
    F(TEXT, prefecture, "都道府県", PUBLIC, 20)                                                    \
    F(TEXT, municipality, "市区町村コード", INTERNAL, 6)                                          \
    F(TEXT, city, "市区町村", PUBLIC, 40)                                                          \
    F(TEXT, street, "町名・番地", PUBLIC | WITHHOLD, 300)                                          \
    F(TEXT, postcode, "郵便番号", PUBLIC, 8)                                                       \
    F(TEXT, abroad, "国外の所在地", PUBLIC | WITHHOLD, 300)                                        \
    F(FLAG, name_is_image, "名称に表示できない文字があります", READONLY | PUBLIC, 0)               \
    F(FLAG, address_is_image, "所在地に表示できない文字があります", READONLY | PUBLIC, 0)          \
    F(TEXT, english_name, "英語の名称", PUBLIC, 300)                                               \
    F(MEMO, summary, "活動の内容", SEARCH | PUBLIC | WITHHOLD, 2000)                               \
    F(MEMO, wants, "いっしょにやりたいこと", SEARCH | PUBLIC | WITHHOLD, 2000)                     \
    F(MEMO, offers, "提供できること", SEARCH | PUBLIC | WITHHOLD, 2000)                            \
    F(SET, fields, "活動の分野", PUBLIC, "field")                                                  \
    F(TEXT, website, "ホームページ", PUBLIC | WITHHOLD, 300)                                       \
    F(TEXT, phone, "電話", PUBLIC | WITHHOLD, 40)                                                  \
    F(TEXT, mail, "メール", STAFF | WITHHOLD | PERSONAL, 200)                                      \
    F(TEXT, representative, "代表者", STAFF | WITHHOLD | PERSONAL, 100)                            \
    F(TEXT, authority, "所轄庁", PUBLIC, 40)                                                       \
    F(DATE, founded_on, "設立した日", PUBLIC, 0)                                                   \
    F(INSTANT, confirmed_at, "本人が確認した日", READONLY | PUBLIC, 0)                             \
    F(TEXT, source, "出典", READONLY | PUBLIC, 100)                                                \
    F(DATE, source_date, "出典の更新日", READONLY | PUBLIC, 0)                                     \
    F(DATE, source_changed_on, "出典の変更日", READONLY | PUBLIC, 0)                               \
    F(TEXT, local_fields, "ここで書き入れた項目", INTERNAL, 0)                                     \
    F(MEMO, note, "職員のメモ", STAFF, 2000)                                                       \
    F(INSTANT, made_at, "登録した日", READONLY | STAFF, 0)                                         \
    F(FLAG, demo, "例", INTERNAL, 0)
struct organization { struct row row; ORGANIZATION_FIELDS(FIELD_MEMBER) };
extern const struct entity organization_entity;
extern const struct area organization_area;

/* 法人番号 with its check digit (formats.md). */
bool corporate_number_ok(const char *number);

/* Saves a profile: sort key, local_fields, search. before NULL: a new one. Rights: staff, the secretariat, or a member of the organization. */
enum err organization_save(struct ctx *c, const struct organization *before, struct organization *after);
enum err organization_load(struct ctx *c, int64_t id, struct organization *out); /* masked for the user */
/* Name and what tells equal names apart: "ひまわり(熊本市)"; "" when there is no such organization. */
const char *organization_label(struct ctx *c, int64_t id);
/* Candidates for a typed name, exact folded names first. */
struct organization_choice { int64_t id; const char *name, *where, *number; };
enum err organization_candidates(struct ctx *c, const char *typed, size_t most, struct organization_choice **out, size_t *n);

/* --- import (import.c) --- */
struct import_report {
    int64_t read, added, changed, unchanged, closed, refused, skipped;
    const char *format, *encoding;
    struct import_refusal { int64_t line; const char *column, *reason; } *refusal; size_t refusals, refusals_cap;
    const char **not_understood; size_t not_understood_n; /* columns */
};
/* {"format":…,"encoding":…,"read":…, … ,"refusals":[{"line","column","reason"}],"not_understood":[…]} */
void import_report_json(const struct import_report *r, struct json *j);
/* format NULL or "auto": recognised. E_FORM: the file is broken, nothing taken, refusals tell. */
enum err organizations_import(struct ctx *c, const char *file, const char *bytes, size_t n, const char *format, bool only_npo, struct import_report *out);

#endif
