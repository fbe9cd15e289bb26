/* A plan for a new year's sections, from the page's table, from a file, and as the one text in which the form that takes it carries it. */
#include "area/people/reorganise.h"

#include <string.h>

#include "base/csv.h"
#include "base/date.h"
#include "base/text.h"
#include "core/preset.h"
#include "export/sheet.h"

static void line_add(struct ctx *c, struct reorg_plan *plan, struct reorg_line l)
{
    ARENA_PUSH(c->arena, plan->v, plan->n, plan->cap) = l;
}

/* One name a line; blank lines are none. */
static size_t lines_of(struct ctx *c, const char *text, const char ***out)
{
    size_t n = 0, cap = 0;
    *out = NULL;
    for (const char *p = text; p != NULL && *p != '\0';) {
        size_t l = strcspn(p, "\n");
        bool ok = true;
        const char *one = text_clean(c->arena, p, l, true, &ok);
        if (one != NULL)
            ARENA_PUSH(c->arena, *out, n, cap) = one;
        p += l + (p[l] == '\n');
    }
    return n;
}

/* --- from the page --- */

static void section_from_form(struct ctx *c, const struct form *f, const struct section_node *old, struct reorg_plan *plan)
{
    long long unit = (long long)old->s.unit;
    const char *kind = form_get(f, arena_printf(c->arena, "kind.%lld", unit)), *input = arena_printf(c->arena, "name.%lld", unit), *typed_name = form_get(f, input);
    const char *above = form_get(f, arena_printf(c->arena, "above.%lld", unit)), **name;
    size_t n = lines_of(c, typed_name, &name);
    struct reorg_line l = {.at = NONE, .from = old->s.unit, .above = above};
    if (kind == NULL || text_eq(kind, "keep")) {
        if (n > 0 || above != NULL)
            fail_field(&c->fail, input, tr(c, "「%s」: 新しい名称か部局が書かれています。「どうなるか」を選んでください"), old->s.name);
        return;
    }
    if (text_eq(kind, "abolish")) {
        if (n > 0)
            fail_field(&c->fail, input, tr(c, "「%s」: なくなる所属に、新しい名称が書かれています"), old->s.name);
        l.above = NULL;
        line_add(c, plan, l);
        return;
    }
    bool split = text_eq(kind, "split"), move = text_eq(kind, "move");
    if (move && above == NULL)
        fail_field(&c->fail, arena_printf(c->arena, "above.%lld", unit), tr(c, "「%s」: 移る先の部局を書いてください"), old->s.name);
    else if (!move && n == 0)
        fail_field(&c->fail, input, tr(c, "「%s」: 新しい名称を書いてください"), old->s.name);
    else if (split && n < 2)
        fail_field(&c->fail, input, tr(c, "「%s」: 分けた先の名称を、1行に1つ、2つ以上書いてください"), old->s.name);
    else if (!split && n > 1)
        fail_field(&c->fail, input, tr(c, "「%s」: 新しい名称は1つだけ書いてください"), old->s.name);
    else if (n == 0) {
        l.name = old->s.name;
        line_add(c, plan, l);
    }
    for (size_t i = 0; i < n; i++) {
        /* "土木部/橋梁課": another department for this part alone */
        const char *slash = strrchr(name[i], '/');
        l.name = slash != NULL ? slash + 1 : name[i];
        l.above = slash != NULL ? arena_dup_n(c->arena, name[i], (size_t)(slash - name[i])) : above;
        line_add(c, plan, l);
    }
}

/* "部局,課" or "部局" a line. */
static void fresh_from_form(struct ctx *c, const char *text, struct reorg_plan *plan)
{
    const char **line;
    size_t n = lines_of(c, text, &line);
    for (size_t i = 0; i < n; i++) {
        size_t k = strcspn(line[i], "\t,/");
        bool ok = true;
        const char *first = text_clean(c->arena, line[i], k, true, &ok), *second = line[i][k] != '\0' ? text_clean(c->arena, line[i] + k + 1, strlen(line[i] + k + 1), true, &ok) : NULL;
        if (first == NULL)
            fail_field(&c->fail, "fresh", tr(c, "新しくできる所属の%zu行目: 部局の名称を書いてください"), i + 1);
        else
            line_add(c, plan, (struct reorg_line){.at = NONE, .from = NONE, .above = second != NULL ? first : NULL, .name = second != NULL ? second : first});
    }
}

static bool same_name(struct ctx *c, const char *x, const char *y) { return x != NULL && y != NULL && strcmp(text_fold(c->arena, x), text_fold(c->arena, y)) == 0; }

/* A merger has another part, or is into a section that stays: one letter typed otherwise would else make two sections without a word. */
static void mergers_check(struct ctx *c, const struct form *f, const struct section_node *old, size_t n, const struct reorg_plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        const struct reorg_line *l = &plan->v[i];
        long long unit = (long long)l->from;
        if (l->from == NONE || !text_eq(form_get(f, arena_printf(c->arena, "kind.%lld", unit)), "merge"))
            continue;
        bool found = false;
        const char *was = NULL;
        for (size_t k = 0; k < plan->n; k++)
            found = found || (plan->v[k].from != l->from && same_name(c, plan->v[k].name, l->name));
        for (size_t k = 0; k < n; k++) {
            const char *kind = form_get(f, arena_printf(c->arena, "kind.%lld", (long long)old[k].s.unit));
            if (old[k].s.unit == l->from)
                was = old[k].s.name;
            else
                found = found || ((kind == NULL || text_eq(kind, "keep")) && same_name(c, old[k].s.name, l->name));
        }
        if (!found)
            fail_field(&c->fail, arena_printf(c->arena, "name.%lld", unit), tr(c, "「%s」: 「%s」にまとまる所属がほかにありません。いっしょになる所属にも、同じ新しい名称を書いてください"), was, l->name);
    }
}

enum err reorg_from_form(struct ctx *c, const struct form *f, struct reorg_plan *plan)
{
    struct section_node *old;
    size_t n, faults = c->fail.faults_n;
    int64_t year = NONE;
    TRY(reorg_old_year(c, plan->year, &year));
    TRY(sections_of_year(c, year, &old, &n));
    for (size_t i = 0; i < n; i++)
        section_from_form(c, f, &old[i], plan);
    fresh_from_form(c, form_get(f, "fresh"), plan);
    mergers_check(c, f, old, n, plan);
    return c->fail.faults_n > faults ? E_INPUT : OK;
}

/* --- from a file --- */

enum { OLD_NUMBER, OLD_ABOVE, OLD_NAME, NEW_ABOVE, NEW_NAME, LEVEL, PHONE, MAIL, FIELDS };
static const struct sheet_field fields[FIELDS] = {
    [OLD_NUMBER] = {"旧番号", "旧所属番号|番号", false}, [OLD_ABOVE] = {"旧部局", "旧上位の所属", false}, [OLD_NAME] = {"旧名称", "旧名|旧所属|旧課", false},
    [NEW_ABOVE] = {"新部局", "新上位の所属", false},     [NEW_NAME] = {"新名称", "新名|新所属|新課", true},
    [LEVEL] = {"階層", NULL, false}, [PHONE] = {"電話", "電話番号", false}, [MAIL] = {"メール", "メールアドレス", false},
};

static enum err cell_fault(struct ctx *c, const struct sheet_table *t, const struct sheet_row *r, int field, const char *sentence)
{
    int32_t column = t->column[field];
    return fail_field(&c->fail, "file", "%s: %s", sheet_place(c->arena, t->sheet, r->number, column < 0 ? 0 : (uint32_t)column, column < 0 ? NULL : fields[field].title), sentence);
}

/* The old section of a row: by its number, else by its name, with its department where two share the name. */
static enum err old_of_row(struct ctx *c, const struct sheet_table *t, const struct sheet_row *r, const struct section_node *old, size_t n, int64_t *unit)
{
    const char *number = sheet_value(c->arena, t, r, OLD_NUMBER), *name = sheet_value(c->arena, t, r, OLD_NAME), *above = sheet_value(c->arena, t, r, OLD_ABOVE);
    size_t same = 0;
    *unit = NONE;
    if (number != NULL) {
        if (!text_parse_int(number, unit))
            return cell_fault(c, t, r, OLD_NUMBER, tr(c, "旧番号は数字で書いてください"));
        for (size_t i = 0; i < n; i++)
            if (old[i].s.unit == *unit) {
                if (name != NULL && strcmp(text_fold(c->arena, name), text_fold(c->arena, old[i].s.name)) != 0)
                    return cell_fault(c, t, r, OLD_NAME, arena_printf(c->arena, tr(c, "旧番号 %lld は「%s」です。番号か名称を直してください"), (long long)*unit, old[i].s.name));
                return OK;
            }
        return cell_fault(c, t, r, OLD_NUMBER, tr(c, "この番号の所属は、前の年度にありません"));
    }
    if (name == NULL)
        return OK;
    for (size_t i = 0; i < n; i++) {
        bool top = old[i].depth == 0;
        if (strcmp(text_fold(c->arena, old[i].s.name), text_fold(c->arena, name)) == 0 &&
            (above == NULL || (!top && strcmp(text_fold(c->arena, old[i].department), text_fold(c->arena, above)) == 0))) {
            *unit = old[i].s.unit;
            same++;
        }
    }
    if (same == 1)
        return OK;
    return cell_fault(c, t, r, OLD_NAME, same == 0 ? arena_printf(c->arena, tr(c, "「%s」は、前の年度の所属にありません。名称を確かめてください"), name)
                                                   : arena_printf(c->arena, tr(c, "「%s」は2つ以上あります。旧部局か旧番号も書いてください"), name));
}

static const char *level_code(struct ctx *c, const struct sheet_table *t, const struct sheet_row *r, int64_t year)
{
    const char *typed_level = sheet_value(c->arena, t, r, LEVEL);
    if (typed_level == NULL)
        return NULL;
    if (word_find(c, "level", typed_level, year) != NULL)
        return typed_level;
    const struct word *w = word_by_label(c, "level", NULL, typed_level);
    if (w == NULL)
        cell_fault(c, t, r, LEVEL, arena_printf(c->arena, tr(c, "「%s」という階層はありません。空けておくと、前と同じになります"), typed_level));
    return w != NULL ? w->code : NULL;
}

enum err reorg_from_book(struct ctx *c, const struct workbook *w, struct reorg_plan *plan)
{
    struct sheet_table t;
    struct section_node *old;
    size_t n, faults = c->fail.faults_n;
    int64_t year = NONE;
    TRY(sheet_table_find(c->arena, w, fields, FIELDS, &t, &c->fail));
    TRY(reorg_old_year(c, plan->year, &year));
    TRY(sections_of_year(c, year, &old, &n));
    plan->place = w->file;
    for (size_t i = t.head + 1; i < t.sheet->n; i++) {
        const struct sheet_row *r = &t.sheet->row[i];
        struct reorg_line l = {.at = r->number, .above = sheet_value(c->arena, &t, r, NEW_ABOVE), .name = sheet_value(c->arena, &t, r, NEW_NAME),
                               .phone = sheet_value(c->arena, &t, r, PHONE), .mail = sheet_value(c->arena, &t, r, MAIL)};
        bool named = sheet_value(c->arena, &t, r, OLD_NUMBER) != NULL || sheet_value(c->arena, &t, r, OLD_NAME) != NULL;
        if (!named && l.name == NULL)
            continue;
        if (old_of_row(c, &t, r, old, n, &l.from) != OK)
            continue;
        l.level = level_code(c, &t, r, plan->year);
        if (text_eq(l.name, "廃止") || text_eq(l.name, "-") || text_eq(l.name, "ー"))
            l.name = NULL;
        if (l.name == NULL)
            l.above = NULL;
        line_add(c, plan, l);
    }
    if (plan->n == 0 && c->fail.faults_n == faults)
        return fail_field(&c->fail, "file", "%s", tr(c, "所属の行がありません"));
    return c->fail.faults_n > faults ? E_INPUT : OK;
}

/* --- as one text --- */

static void number(struct sb *b, int64_t v)
{
    if (v != NONE)
        sb_printf(b, "%lld", (long long)v);
    csv_comma(b);
}

const char *reorg_text(struct ctx *c, const struct reorg_plan *plan)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < plan->n; i++) {
        const struct reorg_line *l = &plan->v[i];
        const char *cell[] = {l->above, l->name, l->level, l->phone, l->mail};
        number(&b, l->at);
        number(&b, l->from);
        for (size_t k = 0; k < sizeof cell / sizeof cell[0]; k++) {
            csv_text(&b, cell[k]);
            if (k + 1 < sizeof cell / sizeof cell[0])
                csv_comma(&b);
        }
        csv_end(&b);
    }
    return sb_str(&b);
}

enum err reorg_from_text(struct ctx *c, const char *text, int64_t year, struct reorg_plan *plan)
{
    struct csv_reader r;
    struct csv_row row;
    int got;
    *plan = (struct reorg_plan){.year = year};
    csv_open(&r, c->arena, text != NULL ? text : "", text != NULL ? strlen(text) : 0, &c->fail);
    while ((got = csv_next(&r, &row)) == 1) {
        const char *cell[7] = {0};
        struct reorg_line l = {.at = NONE, .from = NONE};
        for (size_t i = 0; i < row.n && i < 7; i++)
            cell[i] = row.cell[i] != NULL && *row.cell[i] != '\0' ? row.cell[i] : NULL;
        if ((cell[0] != NULL && !text_parse_int(cell[0], &l.at)) || (cell[1] != NULL && !text_parse_int(cell[1], &l.from)))
            return fail(c, E_INPUT, "%s", tr(c, "組織の変更の内容が読めません。もう一度はじめからやり直してください。"));
        l.above = cell[2];
        l.name = cell[3];
        l.level = cell[4];
        l.phone = cell[5];
        l.mail = cell[6];
        line_add(c, plan, l);
    }
    return got < 0 ? E_INPUT : OK;
}
