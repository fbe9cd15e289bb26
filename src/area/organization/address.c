/* An address in one piece, taken apart into prefecture, municipality and the rest. */
#include "area/organization/import.h"

#include <string.h>

#include "base/text.h"

static const char *const prefectures[] = {
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県", "千葉県", "東京都", "神奈川県", "新潟県", "富山県",
    "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県", "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県", "鳥取県", "島根県",
    "岡山県", "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県", "鹿児島県", "沖縄県",
};
enum { PREFECTURES = sizeof prefectures / sizeof prefectures[0] };

const char *prefecture_at(size_t i)
{
    return i < PREFECTURES ? prefectures[i] : NULL;
}

/* 指定都市 have wards, and are 所轄庁 of their own. Source: 地方自治法 252条の19, 政令. */
static const struct { const char *city, *prefecture; } designated[] = {
    {"札幌市", "北海道"}, {"仙台市", "宮城県"}, {"さいたま市", "埼玉県"}, {"千葉市", "千葉県"}, {"横浜市", "神奈川県"}, {"川崎市", "神奈川県"}, {"相模原市", "神奈川県"},
    {"新潟市", "新潟県"}, {"静岡市", "静岡県"}, {"浜松市", "静岡県"}, {"名古屋市", "愛知県"}, {"京都市", "京都府"}, {"大阪市", "大阪府"}, {"堺市", "大阪府"},
    {"神戸市", "兵庫県"}, {"岡山市", "岡山県"}, {"広島市", "広島県"}, {"北九州市", "福岡県"}, {"福岡市", "福岡県"}, {"熊本市", "熊本県"},
};

/* Municipalities whose names hold 市, 郡, 町 or 村 before their end. */
static const char *const knotty[] = {
    "市川市", "市原市", "四日市市", "廿日市市", "野々市市", "八日市市", "余市郡余市町", "高市郡", "郡山市", "大和郡山市", "郡上市", "小郡市", "蒲郡市", "町田市", "大町市",
    "十日町市", "村山市", "東村山市", "武蔵村山市", "羽村市", "村上市", "田村市", "大村市", "佐波郡玉村町", "杵島郡大町町", "柴田郡村田町", "田村郡", "北村山郡", "西村山郡",
    "東村山郡", "余市郡",
};

static const char *strip_prefecture(const char *address, const char **prefecture)
{
    for (size_t i = 0; i < PREFECTURES; i++)
        if (text_starts(address, prefectures[i])) {
            *prefecture = prefectures[i];
            return address + strlen(prefectures[i]);
        }
    return address;
}

const char *prefecture_of_authority(const char *authority)
{
    const char *prefecture = NULL;
    if (authority == NULL)
        return NULL;
    strip_prefecture(authority, &prefecture);
    for (size_t i = 0; prefecture == NULL && i < sizeof designated / sizeof designated[0]; i++)
        if (text_starts(authority, designated[i].city))
            prefecture = designated[i].prefecture;
    return prefecture;
}

/* The place behind the first of the characters in `ends`, looked for from the second character on. */
static const char *behind(const char *s, const char *const *ends)
{
    const char *best = NULL;
    for (size_t i = 0; ends[i] != NULL; i++) {
        const char *p = *s != '\0' ? strstr(s + 1, ends[i]) : NULL;
        if (p != NULL && (best == NULL || p + strlen(ends[i]) < best))
            best = p + strlen(ends[i]);
    }
    return best;
}

static const char *end_of_city(const char *s)
{
    static const char *const village[] = {"町", "村", NULL}, *const ward[] = {"区", NULL}, *const any[] = {"市", "区", "町", "村", NULL},
                      *const county[] = {"郡", NULL}, *const city[] = {"市", NULL};
    for (size_t i = 0; i < sizeof designated / sizeof designated[0]; i++)
        if (text_starts(s, designated[i].city)) {
            const char *rest = s + strlen(designated[i].city), *end = behind(rest, ward);
            return end != NULL && end - rest <= 15 ? end : rest;
        }
    for (size_t i = 0; i < sizeof knotty / sizeof knotty[0]; i++)
        if (text_starts(s, knotty[i]))
            return text_ends(knotty[i], "郡") ? behind(s + strlen(knotty[i]), village) : s + strlen(knotty[i]);
    const char *county_end = behind(s, county), *city_end = behind(s, city);
    if (county_end != NULL && county_end - s <= 18 && (city_end == NULL || county_end < city_end))
        return behind(county_end, village);
    return behind(s, any);
}

void address_split(struct arena *a, const char *address, const char *authority, struct organization *o)
{
    o->prefecture = prefecture_of_authority(authority);
    if (address == NULL)
        return;
    const char *rest = strip_prefecture(address, &o->prefecture);
    const char *end = end_of_city(rest);
    if (end != NULL && end - rest <= 60) {
        o->city = arena_dup_n(a, rest, (size_t)(end - rest));
        rest = end;
    }
    o->street = *rest != '\0' ? arena_dup(a, rest) : NULL;
}
