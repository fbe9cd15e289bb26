/* The columns of a sheet: what they are called, what is written into their cells, and how what comes back is understood. */
#include <assert.h>
#include <string.h>

#include "area/register/sheets.h"
#include "base/date.h"
#include "base/text.h"
#include "core/page.h"

/* Parts of a line in one cell: 仕事｜受け持つ人｜生かす強み. Full-width, because that is what a Japanese keyboard gives and no text of ours contains. */
#define BAR "｜"

static const struct layout {
    const char *field, *title, *aliases, *how;
    int width;
    bool wrap;
} layouts[] = {
    {"name", "事業名", "事業の名称|名称", "事業の名前。200字まで。", 28, true},
    {"summary", "ひとこと説明", "事業概要|概要", "住民に伝わる1文。200字まで。", 34, true},
    {"category", "取りまとめ区分", "区分", "一覧から1つ。", 18, true},
    {"category_other", "区分の内容(その他のとき)", NULL, "取りまとめ区分が「その他」のときだけ。", 18, true},
    {"relation", "関係", NULL, "一覧から1つ。", 12, false},
    {"forms", "協働の形態", "協働形態|形態", "一覧から。いくつもあるときは「、」か改行で区切る。", 18, true},
    {"main_form", "主な形態", NULL, "協働の形態が2つ以上のとき、そのうちの1つ。", 16, true},
    {"form_other", "形態の内容(その他のとき)", NULL, "協働の形態が「その他」のときだけ。", 18, true},
    {"domain", "領域", NULL, "一覧から1つ。", 24, true},
    {"partners", NULL, NULL, NULL, 0, false},
    {"budget", "予算額(千円)", "予算", "千円単位の数字。予算のないときは0、わからないときは空ける。", 12, false},
    {"settled", "昨年度の決算額(千円)", "決算額|昨年度決算額", "昨年度からの事業だけ。千円単位の数字。", 12, false},
    {"outcomes", "成果の指標", "成果", "1行に1つ「指標" BAR "単位" BAR "年度" BAR "値」。例 協定団体" BAR "団体" BAR "令和7年度" BAR "70。昨年度の行は値を書き足す。", 34, true},
    {"starts_on", "はじまり", "開始日|期間(はじまり)", "日付。例 R8.4.1、2026/4/1。", 11, false},
    {"ends_on", "おわり", "終了日|期間(おわり)", "日付。決まっていないときは空ける。", 11, false},
    {"first_year", "はじめた年度", "開始年度", "例 令和6年度、R6、2024。", 12, false},
    {"place", "場所", "実施場所", "200字まで。", 18, true},
    {"municipalities", "市町村", NULL, "市町村名。いくつもあるときは「、」か改行で区切る。", 16, true},
    {"reason", "取り上げる理由", NULL, "2,000字まで。セルの中の改行は Alt+Enter。", 34, true},
    {"spread", "他への普及効果", "普及効果", "2,000字まで。", 34, true},
    {"purpose_government", "県の目的", NULL, "2,000字まで。", 30, true},
    {"purpose_partner", "相手の目的", NULL, "2,000字まで。", 30, true},
    {"effect", "ねらう効果", NULL, "2,000字まで。", 30, true},
    {"activity", "すること", "事業内容", "4,000字まで。", 34, true},
    {"roles", "役割分担", NULL, "1行に1つ「仕事" BAR "受け持つ人" BAR "生かす強み」。例 ごみの回収" BAR "県" BAR "車両がある。強みは書かなくてもよい。", 34, true},
    {"cost_sharing", "費用の分担", NULL, "1,000字まで。", 24, true},
    {"contributions", "出し合うもの", NULL, "1行に1つ「種類" BAR "出す人" BAR "内容」。例 人" BAR "美化を進める会" BAR "参加者30人。", 30, true},
    {"how_chosen", "相手の選び方", "選定方法", "一覧から1つ。", 12, false},
    {"how_chosen_grounds", "選んだ根拠", NULL, "1,000字まで。", 24, true},
    {"no_call_reason", "公募しなかった理由", NULL, "相手の選び方が「指名」か「その他」のとき。1,000字まで。", 24, true},
    {"stages", "参画の段階", NULL, "一覧から。いくつもあるときは「、」か改行で区切る。", 14, true},
    {"kinds", "取組みの種別", "種別", "一覧から。いくつもあるときは「、」か改行で区切る。", 20, true},
    {"fields", "活動の分野", "分野", "NPO法の20分野から。いくつもあるときは改行で区切る。", 24, true},
    {"joint", "共に担当する課", "共管課", "課の名前。いくつもあるときは「、」か改行で区切る。", 16, true},
    {"contact_post", "連絡先の係", NULL, "公開する。人の名前ではなく係の名前。", 16, true},
    {"contact_phone", "連絡先の電話", NULL, "公開する。例 000-000-0000。", 15, false},
    {"contact_person", "担当者の名前", NULL, "庁内だけ。", 12, false},
    {"lesson", "内部の教訓", NULL, "庁内だけ。2,000字まで。", 24, true},
    {"note", "事務局メモ", NULL, "事務局だけ。", 20, true},
};
enum { LAYOUTS = sizeof layouts / sizeof layouts[0] };

/* Words that only a preset of its own kind has: without them the column would be empty for ever. */
static bool shown(struct ctx *c, struct book *b, const struct field *f)
{
    if (field_audience(f) > user_audience(c->user))
        return false;
    bool needs_words = (f->kind == FIELD_CODE || f->kind == FIELD_SET) && f->vocabulary != NULL && *f->vocabulary != '\0';
    return !needs_words || book_words_of(c, b, f->vocabulary, text_eq(f->name, "category") ? b->q.scheme : NULL)->n > 0;
}

static void partner_columns(struct ctx *c, size_t partners, struct answer_column **v, size_t *n, size_t *cap)
{
    static const struct { const char *field, *title, *how; int width; } parts[] = {
        {"name", "名前", "相手の団体などの名前。あいた番号は詰めて読む。", 22}, {"kind", "種類", "一覧から1つ。", 14}, {"role", "役割", "200字まで。", 20}};
    for (size_t i = 0; i < partners; i++)
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++)
            ARENA_PUSH(c->arena, *v, *n, *cap) = (struct answer_column){
                .kind = COLUMN_PARTNER, .f = entity_field(&statement_partner_entity, parts[k].field), .index = i,
                .title = arena_printf(c->arena, "相手%zu %s", i + 1, parts[k].title),
                .aliases = i > 0 ? NULL : arena_printf(c->arena, "相手の%s|協働の相手の%s", parts[k].title, parts[k].title),
                .how = parts[k].how, .width = parts[k].width, .wrap = true, .must = i == 0 && k == 0};
}

enum err answer_columns(struct ctx *c, struct book *b, size_t partners, struct answer_column **out, size_t *out_n)
{
    struct answer_column *v = NULL;
    size_t n = 0, cap = 0;
    ARENA_PUSH(c->arena, v, n, cap) = (struct answer_column){.kind = COLUMN_NUMBER, .title = "事業番号", .aliases = "番号", .width = 9,
                                                             .how = "システムがつけた番号。変えない。新しい事業は空ける。"};
    ARENA_PUSH(c->arena, v, n, cap) = (struct answer_column){.kind = COLUMN_SECTION, .title = "課", .aliases = "主担当課|担当課|所属|課名", .width = 14, .wrap = true,
                                                             .how = "主担当の課。"};
    ARENA_PUSH(c->arena, v, n, cap) = (struct answer_column){.kind = COLUMN_DECISION, .title = "続けるか", .aliases = "継続の有無|今年度", .width = 11, .must = true,
                                                             .how = "変更なし、変更あり、終了、新規から。該当する事業が1つもない課は、課の名前と「該当なし」だけの行を書く。"};
    ARENA_PUSH(c->arena, v, n, cap) = (struct answer_column){.kind = COLUMN_FIELD, .f = entity_field(&statement_entity, "end_reason"), .title = "終わる理由",
                                                             .aliases = "終了の理由", .width = 18, .wrap = true, .how = "「終了」のときだけ。1,000字まで。"};
    for (size_t i = 0; i < LAYOUTS; i++) {
        const struct layout *l = &layouts[i];
        const struct field *f = entity_field(&statement_entity, l->field);
        if (f == NULL || !shown(c, b, f))
            continue;
        if (l->title == NULL)
            partner_columns(c, partners, &v, &n, &cap);
        else {
            const char *own = preset_wording(c, l->title); /* in the prefecture's words; the general ones are read as well */
            ARENA_PUSH(c->arena, v, n, cap) = (struct answer_column){.kind = COLUMN_FIELD, .f = f, .title = own, .how = l->how, .width = l->width, .wrap = l->wrap,
                                                                     .aliases = text_eq(own, l->title) ? l->aliases : arena_printf(c->arena, "%s|%s", l->title, l->aliases != NULL ? l->aliases : l->title),
                                                                     .must = (f->flags & REQUIRED) != 0};
        }
    }
    ARENA_PUSH(c->arena, v, n, cap) = (struct answer_column){.kind = COLUMN_VERSION, .title = "版", .width = 5,
                                                             .how = "変えない。様式を受け取ったあとに画面で変えられたかどうかを確かめるための番号。"};
    if (db_error(c->db) != OK)
        return fail_db(c);
    *out = v;
    *out_n = n;
    return OK;
}

const char *answer_column_title(struct ctx *c, const struct answer_column *v, size_t n, const char *field)
{
    size_t head = strcspn(field, ".");
    int64_t index = 0;
    const char *dot = field[head] == '.' ? strchr(field + head + 1, '.') : NULL;
    if (dot != NULL && !text_parse_int(arena_dup_n(c->arena, field + head + 1, (size_t)(dot - (field + head + 1))), &index))
        return NULL;
    for (size_t i = 0; i < n; i++) {
        if (v[i].kind == COLUMN_DECISION && strcmp(field, "decision") == 0)
            return v[i].title;
        if (v[i].kind == COLUMN_PARTNER && text_starts(field, "partners")) {
            if (dot == NULL || (v[i].index == (size_t)index && strcmp(v[i].f->name, dot + 1) == 0))
                return v[i].title;
        } else if (v[i].kind == COLUMN_FIELD && strlen(v[i].f->name) == head && strncmp(v[i].f->name, field, head) == 0)
            return v[i].title;
    }
    return NULL;
}

/* --- out --- */

static const char *section_name(struct book *b, struct ctx *c, int64_t id)
{
    for (size_t i = 0; i < b->tree_n; i++)
        if (b->tree[i].s.id == id) {
            size_t same = 0;
            for (size_t k = 0; k < b->tree_n; k++)
                same += strcmp(b->tree[k].s.name, b->tree[i].s.name) == 0;
            return same > 1 ? b->tree_name[i] : b->tree[i].s.name;
        }
    return section_full_name(c, id);
}

/* 、 is part of some words (保健、医療又は福祉…): then they stand on lines of their own. */
static const char *set_cell(struct ctx *c, const struct field *f, const struct set *s, int64_t year)
{
    struct sb b;
    const char *between = "、";
    for (size_t i = 0; i < s->n; i++)
        if (strstr(word_label(c, f->vocabulary, s->v[i], year), "、") != NULL)
            between = "\n";
    sb_init(&b, c->arena);
    for (size_t i = 0; i < s->n; i++)
        sb_printf(&b, "%s%s", i > 0 ? between : "", word_label(c, f->vocabulary, s->v[i], year));
    return s->n > 0 ? sb_str(&b) : NULL;
}

static void part(struct ctx *c, struct sb *b, const char *s, bool first)
{
    (void)c;
    sb_add(b, first ? "" : BAR);
    for (const char *p = s; p != NULL && *p != '\0';) {
        if (text_starts(p, BAR)) { /* the mark itself is no part of a text: shown as its likeness, kept as it is unless the cell is changed */
            sb_add(b, "／");
            p += strlen(BAR);
        } else
            sb_char(b, *p++);
    }
}

static const char *roles_cell(struct ctx *c, const struct statement *s)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < s->roles_n; i++) {
        sb_add(&b, i > 0 ? "\n" : "");
        part(c, &b, s->roles[i].task, true);
        part(c, &b, s->roles[i].who, false);
        if (s->roles[i].strength != NULL)
            part(c, &b, s->roles[i].strength, false);
    }
    return s->roles_n > 0 ? sb_str(&b) : NULL;
}

static const char *contributions_cell(struct ctx *c, const struct statement *s)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < s->contributions_n; i++) {
        sb_add(&b, i > 0 ? "\n" : "");
        part(c, &b, s->contributions[i].kind != NULL ? word_label(c, "contribution", s->contributions[i].kind, s->year) : NULL, true);
        part(c, &b, s->contributions[i].who, false);
        part(c, &b, s->contributions[i].what, false);
    }
    return s->contributions_n > 0 ? sb_str(&b) : NULL;
}

static const char *outcomes_cell(struct ctx *c, const struct statement *s)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < s->outcomes_n; i++) {
        const struct statement_outcome *o = &s->outcomes[i];
        sb_add(&b, i > 0 ? "\n" : "");
        part(c, &b, o->name, true);
        part(c, &b, o->unit, false);
        part(c, &b, o->year != NONE ? fiscal_year_era(c->arena, o->year) : NULL, false);
        part(c, &b, o->value != NONE ? milli(c, o->value) : NULL, false);
    }
    return s->outcomes_n > 0 ? sb_str(&b) : NULL;
}

static const char *joint_cell(struct ctx *c, struct book *b, const struct statement *s)
{
    struct sb t;
    sb_init(&t, c->arena);
    for (size_t i = 0; i < s->joint_n; i++)
        sb_printf(&t, "%s%s", i > 0 ? "、" : "", section_name(b, c, s->joint[i].section));
    return s->joint_n > 0 ? sb_str(&t) : NULL;
}

static const char *field_cell(struct ctx *c, struct book *b, const struct field *f, const struct statement *s)
{
    switch (f->kind) {
    case FIELD_TEXT: case FIELD_MEMO:
        return field_text(f, s);
    case FIELD_CODE:
        return field_text(f, s) != NULL ? word_label(c, f->vocabulary, field_text(f, s), s->year) : NULL;
    case FIELD_SET:
        return set_cell(c, f, (const struct set *)(const void *)((const char *)s + f->offset), s->year);
    case FIELD_DATE:
        return field_text(f, s) != NULL ? date_short(c->arena, field_text(f, s)) : NULL;
    case FIELD_YEAR:
        return field_int(f, s) != NONE ? fiscal_year_era(c->arena, field_int(f, s)) : NULL;
    case FIELD_YEN:
        return field_int(f, s) != NONE ? yen1000(c, field_int(f, s)) : NULL;
    default:
        break;
    }
    return strcmp(f->name, "roles") == 0 ? roles_cell(c, s) : strcmp(f->name, "contributions") == 0 ? contributions_cell(c, s)
           : strcmp(f->name, "outcomes") == 0 ? outcomes_cell(c, s) : joint_cell(c, b, s);
}

const char *answer_cell(struct ctx *c, struct book *b, const struct answer_column *col, const struct book_answer *a, const struct statement *s)
{
    switch (col->kind) {
    case COLUMN_SECTION:
        return a->name;
    case COLUMN_NUMBER:
        return s != NULL && s->project != NONE ? arena_printf(c->arena, "%lld", (long long)s->project) : NULL;
    case COLUMN_VERSION:
        return s != NULL && s->version != NONE ? arena_printf(c->arena, "%lld", (long long)s->version) : NULL;
    case COLUMN_DECISION:
        return s != NULL ? decision_word(s->decision) : text_eq(a->k.answer.state, "none") ? decision_word("none") : NULL;
    case COLUMN_FIELD:
        return s != NULL ? field_cell(c, b, col->f, s) : NULL;
    case COLUMN_PARTNER:
        if (s == NULL || col->index >= s->partners_n)
            return NULL;
        return col->f->kind == FIELD_CODE
                   ? (s->partners[col->index].kind != NULL ? word_label(c, "partner_kind", s->partners[col->index].kind, s->year) : NULL)
                   : field_text(col->f, &s->partners[col->index]);
    case COLUMN_MEND:
        break;
    }
    return NULL;
}

/* --- in --- */

/* 46113, the day's number as Excel keeps it: days since 1899-12-30. */
static const char *date_of_serial(struct arena *a, int64_t v)
{
    enum { FIRST = 20000, LAST = 80000, UNIX = 25569 }; /* 1954 to 2119 */
    return v >= FIRST && v <= LAST ? instant_date(a, (v - UNIX) * 86400) : NULL;
}

static const char *date_typed(struct arena *a, const char *typed, enum sheet_kind kind)
{
    int64_t v = 0;
    if (kind == SHEET_DATE)
        typed = arena_dup_n(a, typed, strcspn(typed, " "));
    if (strlen(typed) <= 5 && text_parse_int(typed, &v))
        return date_of_serial(a, v);
    return date_parse(a, typed);
}

static const char *not_one_of(struct ctx *c, struct book *b, const char *typed, const char *kind, const char *parent)
{
    return arena_printf(c->arena, tr(c, "「%s」は一覧にありません。%sから選んでください"), typed, book_choices_shown(c, b, kind, parent));
}

/* 3000, 3,000, ３０００千円, 3000.0. NULL: taken. */
static const char *take_yen(struct ctx *c, const struct field *f, const char *typed, struct statement *s)
{
    static const char *const units[] = {"千円", "約"};
    int64_t v = 0;
    const char *t = text_nfkc(c->arena, typed);
    if (text_starts(t, units[1]))
        t += strlen(units[1]);
    if (text_ends(t, units[0]))
        t = arena_dup_n(c->arena, t, strlen(t) - strlen(units[0]));
    if (!text_parse_milli(t, &v) || v > INT64_MAX / 1000)
        return tr(c, "数字で入力してください(単位は千円)。例 3000");
    if (v < 0)
        return tr(c, "0以上の数字で入力してください(単位は千円)");
    if (v % 1000 != 0)
        return tr(c, "千円単位にまるめて入力してください");
    field_set_int(f, s, v);
    return NULL;
}

static bool is_separator(const char *p, size_t *n)
{
    static const char *const separators[] = {"\n", "、", "，", ",", "；", ";"};
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++)
        if (text_starts(p, separators[i])) {
            *n = strlen(separators[i]);
            return true;
        }
    return false;
}

/* The longest beginning of `p` that ends at a separator and is known to `find`: some words hold the separator themselves. Else up to the first one. */
struct piece { const char *text, *code; size_t n; };
typedef const char *find_word(struct ctx *c, struct book *b, const char *kind, const char *typed);
static struct piece next_piece(struct ctx *c, struct book *b, const char *kind, const char *p, find_word *find)
{
    struct piece best = {NULL, NULL, 0};
    for (size_t i = 0;; i++) {
        size_t width = 0;
        bool ok = true;
        if (p[i] != '\0' && !is_separator(p + i, &width))
            continue;
        const char *text = text_clean(c->arena, p, i, true, &ok);
        const char *code = text != NULL ? find(c, b, kind, text) : NULL;
        if (best.n == 0 || code != NULL)
            best = (struct piece){text, code, i + width};
        if (p[i] == '\0')
            return best;
        if (best.n == 0)
            best.n = i + width;
        i += width - 1;
    }
}

static const char *find_code(struct ctx *c, struct book *b, const char *kind, const char *typed) { return book_code(c, b, kind, NULL, typed); }

/* Finding the longest word costs the square of the length: no honest list is as long as this. */
enum { LIST_MOST = 4000 };
static const char *too_long(struct ctx *c, const char *typed)
{
    return strlen(typed) > LIST_MOST ? tr(c, "長すぎます。一覧のことばだけを「、」か改行で区切って入力してください") : NULL;
}

static const char *take_set(struct ctx *c, struct book *b, const struct field *f, const char *typed, struct statement *s)
{
    struct set v = {NULL, 0};
    size_t cap = 0;
    if (too_long(c, typed) != NULL)
        return too_long(c, typed);
    for (const char *p = typed; *p != '\0';) {
        struct piece x = next_piece(c, b, f->vocabulary, p, find_code);
        p += x.n > 0 ? x.n : strlen(p);
        if (x.text == NULL)
            continue;
        if (x.code == NULL)
            return not_one_of(c, b, x.text, f->vocabulary, NULL);
        bool seen = false;
        for (size_t i = 0; i < v.n; i++)
            seen = seen || strcmp(v.v[i], x.code) == 0;
        if (!seen)
            ARENA_PUSH(c->arena, v.v, v.n, cap) = x.code;
    }
    memcpy((char *)s + f->offset, &v, sizeof v);
    return NULL;
}

static const char *find_section(struct ctx *c, struct book *b, const char *kind, const char *typed)
{
    const char *key = sheet_key(c->arena, typed);
    const struct section_node *found = NULL;
    (void)kind;
    for (size_t i = 0; i < b->tree_n; i++)
        if (strcmp(b->tree_key[i], key) == 0)
            return arena_printf(c->arena, "%lld", (long long)b->tree[i].s.id);
    for (size_t i = 0; i < b->tree_n; i++)
        if (strcmp(sheet_key(c->arena, b->tree[i].s.name), key) == 0) {
            if (found != NULL)
                return NULL; /* two of that name: the department is needed */
            found = &b->tree[i];
        }
    return found != NULL ? arena_printf(c->arena, "%lld", (long long)found->s.id) : NULL;
}

static const char *take_joint(struct ctx *c, struct book *b, const char *typed, struct statement *s)
{
    struct statement_section *v = NULL;
    size_t n = 0, cap = 0;
    if (too_long(c, typed) != NULL)
        return too_long(c, typed);
    for (const char *p = typed; *p != '\0';) {
        struct piece x = next_piece(c, b, NULL, p, find_section);
        p += x.n > 0 ? x.n : strlen(p);
        int64_t id = NONE;
        if (x.text == NULL)
            continue;
        if (x.code == NULL || !text_parse_int(x.code, &id))
            return arena_printf(c->arena, tr(c, "「%s」という課は、%sの所属にありません。同じ名前の課があるときは部局の名前もつけてください"), x.text,
                                fiscal_year_era(c->arena, b->q.year));
        struct statement_section one;
        entity_init(&statement_section_entity, &one);
        one.section = id;
        ARENA_PUSH(c->arena, v, n, cap) = one;
    }
    s->joint = v;
    s->joint_n = n;
    return NULL;
}

/* --- lines of parts --- */

enum { PARTS_MOST = 4 };
struct line { const char *part[PARTS_MOST]; size_t parts; const char *whole; };

/* The next line that says something, cut at its bars; a line without one is cut at its slashes. */
static bool next_line(struct ctx *c, const char **p, size_t most, struct line *out)
{
    static const char *const bars[] = {"｜", "|", "│", "\t"}, *const slashes[] = {"／", "/"};
    while (**p != '\0') {
        size_t n = strcspn(*p, "\n");
        bool ok = true, barred = false;
        const char *text = arena_dup_n(c->arena, *p, n);
        *p += n + ((*p)[n] == '\n');
        for (size_t i = 0; i < sizeof bars / sizeof bars[0]; i++)
            barred = barred || strstr(text, bars[i]) != NULL;
        const char *const *marks = barred ? bars : slashes;
        size_t marks_n = barred ? sizeof bars / sizeof bars[0] : sizeof slashes / sizeof slashes[0];
        *out = (struct line){.whole = text_clean(c->arena, text, n, true, &ok)};
        if (out->whole == NULL)
            continue;
        const char *from = text;
        for (const char *q = text;; q++) {
            size_t width = 0;
            for (size_t i = 0; i < marks_n && out->parts + 1 < most; i++)
                if (*q != '\0' && text_starts(q, marks[i]))
                    width = strlen(marks[i]);
            if (width == 0 && *q != '\0')
                continue;
            out->part[out->parts++] = text_clean(c->arena, from, (size_t)(q - from), true, &ok);
            if (*q == '\0')
                break;
            from = q + width;
            q = from - 1;
        }
        return true;
    }
    return false;
}

static const char *take_roles(struct ctx *c, const char *typed, struct statement *s)
{
    struct statement_role *v = NULL;
    size_t n = 0, cap = 0;
    struct line l;
    while (next_line(c, &typed, 3, &l)) {
        struct statement_role one;
        entity_init(&statement_role_entity, &one);
        one.task = l.part[0];
        one.who = l.part[1];
        one.strength = l.part[2];
        if (one.task == NULL || one.who == NULL)
            return arena_printf(c->arena, tr(c, "「%s」の行は「仕事" BAR "受け持つ人」の形にしてください"), l.whole);
        ARENA_PUSH(c->arena, v, n, cap) = one;
    }
    s->roles = v;
    s->roles_n = n;
    return NULL;
}

static const char *take_contributions(struct ctx *c, struct book *b, const char *typed, struct statement *s)
{
    struct statement_contribution *v = NULL;
    size_t n = 0, cap = 0;
    struct line l;
    while (next_line(c, &typed, 3, &l)) {
        struct statement_contribution one;
        entity_init(&statement_contribution_entity, &one);
        one.kind = l.part[0] != NULL ? book_code(c, b, "contribution", NULL, l.part[0]) : NULL;
        if (one.kind == NULL)
            return arena_printf(c->arena, tr(c, "「%s」の行は「種類" BAR "出す人" BAR "内容」の形にしてください。種類は%sから選びます"), l.whole,
                                book_choices_shown(c, b, "contribution", NULL));
        one.who = l.part[1];
        one.what = l.part[2];
        ARENA_PUSH(c->arena, v, n, cap) = one;
    }
    s->contributions = v;
    s->contributions_n = n;
    return NULL;
}

static const char *take_outcomes(struct ctx *c, const char *typed, struct statement *s)
{
    struct statement_outcome *v = NULL;
    size_t n = 0, cap = 0;
    struct line l;
    while (next_line(c, &typed, 4, &l)) {
        struct statement_outcome one;
        entity_init(&statement_outcome_entity, &one);
        one.name = l.part[0];
        one.unit = l.part[1];
        if (one.name == NULL || l.parts < 3 || l.part[2] == NULL)
            return arena_printf(c->arena, tr(c, "「%s」の行は「指標" BAR "単位" BAR "年度" BAR "値」の形にしてください"), l.whole);
        if (!fiscal_year_parse(l.part[2], &one.year))
            return arena_printf(c->arena, tr(c, "「%s」の行の年度は「令和7年度」か「2025」のように入力してください"), l.whole);
        if (l.part[3] != NULL && !text_parse_milli(l.part[3], &one.value))
            return arena_printf(c->arena, tr(c, "「%s」の行の値は数字で入力してください(小数は3けたまで)"), l.whole);
        ARENA_PUSH(c->arena, v, n, cap) = one;
    }
    s->outcomes = v;
    s->outcomes_n = n;
    return NULL;
}

static const char *take_child(struct ctx *c, struct book *b, const struct field *f, const char *typed, struct statement *s)
{
    typed = typed != NULL ? typed : "";
    return strcmp(f->name, "roles") == 0 ? take_roles(c, typed, s) : strcmp(f->name, "contributions") == 0 ? take_contributions(c, b, typed, s)
           : strcmp(f->name, "outcomes") == 0 ? take_outcomes(c, typed, s) : take_joint(c, b, typed, s);
}

const char *answer_cell_take(struct ctx *c, struct book *b, const struct answer_column *col, const char *typed, enum sheet_kind kind, struct statement *s)
{
    const struct field *f = col->f;
    bool ok = true;
    int64_t v = NONE;
    switch (f->kind) {
    case FIELD_TEXT: case FIELD_MEMO:
        field_set_text(f, s, typed != NULL ? text_clean(c->arena, typed, strlen(typed), f->kind == FIELD_TEXT, &ok) : NULL);
        return NULL;
    case FIELD_CODE: {
        const char *parent = strcmp(f->name, "category") == 0 ? b->q.scheme : NULL;
        const char *code = typed != NULL ? book_code(c, b, f->vocabulary, parent, typed) : NULL;
        if (typed != NULL && code == NULL)
            return not_one_of(c, b, typed, f->vocabulary, parent);
        field_set_text(f, s, code);
        return NULL;
    }
    case FIELD_SET:
        return take_set(c, b, f, typed != NULL ? typed : "", s);
    case FIELD_CHILD:
        return take_child(c, b, f, typed, s);
    case FIELD_DATE: {
        const char *iso = typed != NULL ? date_typed(c->arena, typed, kind) : NULL;
        if (typed != NULL && iso == NULL)
            return tr(c, "日付を「R8.4.1」か「2026/4/1」のように入力してください");
        field_set_text(f, s, iso);
        return NULL;
    }
    case FIELD_YEAR:
        if (typed != NULL && !fiscal_year_parse(typed, &v))
            return tr(c, "年度を「令和8年度」か「2026」のように入力してください");
        field_set_int(f, s, v);
        return NULL;
    case FIELD_YEN:
        if (typed != NULL)
            return take_yen(c, f, typed, s);
        field_set_int(f, s, NONE);
        return NULL;
    default:
        assert(false && "no column of this kind");
        return NULL;
    }
}
