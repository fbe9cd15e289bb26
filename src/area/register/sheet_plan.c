/* What a file that came back would do: read against the answers as they are now, nothing written. */
#include <stdlib.h>
#include <string.h>

#include "area/register/sheets.h"
#include "base/text.h"

enum { FAULTS_MOST = 20000 };

struct planning {
    struct book *b;
    const struct sheet_in *in;
    const struct sheet_entry *entry;
    struct sheet_plan *p;
    size_t fault_cap, row_cap, lack_cap;
    const struct plan_row **met;   /* open addressing over statements: which row has taken it */
    size_t met_cap;
};

/* --- columns of the file --- */

/* Spelling folded, blanks and what stands in brackets dropped. */
static const char *title_key(struct arena *a, const char *title)
{
    struct sb b;
    int depth = 0;
    sb_init(&b, a);
    for (const char *p = sheet_key(a, title); p != NULL && *p != '\0'; p++) {
        depth += *p == '(';
        if (depth == 0)
            sb_char(&b, *p);
        depth -= *p == ')' && depth > 0;
    }
    return sb_str(&b);
}

/* |事業名|事業の名称|名称| */
static const char *title_keys(struct arena *a, const struct answer_column *col)
{
    struct sb b;
    sb_init(&b, a);
    sb_printf(&b, "|%s|", title_key(a, col->title));
    for (const char *p = col->aliases; p != NULL && *p != '\0'; p += strcspn(p, "|"), p += *p == '|')
        sb_printf(&b, "%s|", title_key(a, arena_dup_n(a, p, strcspn(p, "|"))));
    return sb_str(&b);
}

static enum err find_columns(struct ctx *c, struct planning *g)
{
    struct sheet_plan *p = g->p;
    const char **unknown = NULL, **missing = NULL;
    size_t unknown_cap = 0, missing_cap = 0;
    TRY(answer_columns(c, g->b, SHEET_PARTNERS_MOST, &p->column, &p->columns));
    int32_t *where = arena_many(c->arena, int32_t, p->columns + 1);
    const char **keys = arena_many(c->arena, const char *, p->columns + 1);
    for (size_t i = 0; i < p->columns; i++) {
        where[i] = -1;
        keys[i] = title_keys(c->arena, &p->column[i]);
    }
    for (size_t k = 0; k < g->in->columns; k++) {
        if (g->in->head[k] == NULL || strcmp(g->in->head[k], "直し方") == 0)
            continue;
        const char *key = arena_printf(c->arena, "|%s|", title_key(c->arena, g->in->head[k]));
        size_t i = 0;
        while (i < p->columns && strstr(keys[i], key) == NULL)
            i++;
        if (i == p->columns)
            ARENA_PUSH(c->arena, unknown, p->unknown_n, unknown_cap) = g->in->head[k];
        else if (where[i] >= 0)
            return fail(c, E_FORM, tr(c, "見出し「%s」の列が2つあります。どちらかの見出しを変えて、もう一度送ってください。"), p->column[i].title);
        else
            where[i] = (int32_t)k;
    }
    bool number = false, name = false;
    for (size_t i = 0; i < p->columns; i++) {
        const struct answer_column *col = &p->column[i];
        number = number || (col->kind == COLUMN_NUMBER && where[i] >= 0);
        name = name || (col->kind == COLUMN_FIELD && strcmp(col->f->name, "name") == 0 && where[i] >= 0);
        bool asked = col->kind != COLUMN_VERSION && (col->kind != COLUMN_PARTNER || col->index == 0) && (col->kind != COLUMN_SECTION || g->b->answers > 1);
        if (where[i] < 0 && asked)
            ARENA_PUSH(c->arena, missing, p->missing_n, missing_cap) = col->title;
    }
    if (!number && !name)
        return fail(c, E_FORM, "%s", tr(c, "「事業番号」の列も「事業名」の列もありません。様式の見出しの行を残して、もう一度送ってください。"));
    p->unknown = unknown;
    p->missing = missing;
    p->where = where;
    return OK;
}

static int32_t where_of(const struct sheet_plan *p, enum answer_column_kind kind)
{
    for (size_t i = 0; i < p->columns; i++)
        if (p->column[i].kind == kind)
            return p->where[i];
    return -1;
}

static int32_t where_of_title(const struct sheet_plan *p, const char *title)
{
    for (size_t i = 0; i < p->columns; i++)
        if (text_eq(p->column[i].title, title))
            return p->where[i];
    return -1;
}

static const struct sheet_in_cell *cell_at(const struct sheet_in_row *r, int32_t column)
{
    static const struct sheet_in_cell nothing = {0, NULL};
    return column >= 0 ? &r->cell[column] : &nothing;
}

/* --- faults --- */

static void fault(struct ctx *c, struct planning *g, const struct sheet_in_row *r, int32_t column, const char *title, const char *remedy)
{
    struct sheet_plan *p = g->p;
    if (p->faults >= FAULTS_MOST)
        return;
    const char *input = column >= 0 ? r->cell[column].text : NULL;
    const char *place = column < 0 ? "" : g->in->sheet != NULL ? arena_printf(c->arena, "%s列", sheet_column_name(c->arena, (uint32_t)column))
                                                              : arena_printf(c->arena, "%d列目", (int)column + 1);
    ARENA_PUSH(c->arena, p->fault, p->faults, g->fault_cap) = (struct plan_fault){.line = r->line, .column = column, .place = place, .title = title, .input = input, .remedy = remedy};
}

static int by_line(const void *x, const void *y)
{
    const struct plan_fault *a = x, *b = y;
    return a->line != b->line ? (a->line < b->line ? -1 : 1) : (a->column > b->column) - (a->column < b->column);
}

static void notice(struct ctx *c, struct plan_row *row, const char *sentence)
{
    const char **v = arena_many(c->arena, const char *, row->notices + 1);
    for (size_t i = 0; i < row->notices; i++)
        v[i] = row->notice[i];
    v[row->notices++] = sentence;
    row->notice = v;
}

/* --- which project a row is about --- */

struct target { size_t answer; const struct statement *s; };

static bool by_number(const struct book *b, int64_t project, struct target *out)
{
    for (size_t i = 0; i < b->answers; i++)
        for (size_t k = 0; k < b->answer[i].n; k++)
            if (b->answer[i].s[k].project == project) {
                *out = (struct target){i, &b->answer[i].s[k]};
                return true;
            }
    return false;
}

/* By the short or the whole name. */
static size_t answer_named(struct ctx *c, const struct book *b, const char *typed)
{
    const char *key = sheet_key(c->arena, typed);
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < b->answers; i++) {
        if (strcmp(sheet_key(c->arena, b->answer[i].k.section_name), key) == 0)
            return i;
        if (strcmp(sheet_key(c->arena, b->answer[i].k.section.name), key) == 0)
            found = found == SIZE_MAX ? i : SIZE_MAX - 1;
    }
    return found == SIZE_MAX - 1 ? SIZE_MAX : found;
}

static const char *names_of_answers(struct ctx *c, const struct book *b)
{
    enum { SHOWN = 6 };
    struct sb s;
    sb_init(&s, c->arena);
    for (size_t i = 0; i < b->answers && i < SHOWN; i++)
        sb_printf(&s, "%s%s", i > 0 ? "、" : "", b->answer[i].name);
    sb_add(&s, b->answers > SHOWN ? "など" : "");
    return sb_str(&s);
}

static bool number_typed(const char *typed, int64_t *out)
{
    size_t n = strcspn(typed, ".");
    return text_parse_int(typed, out) || (typed[n] == '.' && strspn(typed + n + 1, "0") == strlen(typed + n + 1) && text_parse_milli(typed, out) && (*out /= 1000, true));
}

/* false: a fault was said. */
static bool find_target(struct ctx *c, struct planning *g, const struct sheet_in_row *r, const char *name, struct target *out)
{
    const struct book *b = g->b;
    int32_t number_at = where_of(g->p, COLUMN_NUMBER), section_at = where_of(g->p, COLUMN_SECTION);
    const char *number = cell_at(r, number_at)->text, *section = cell_at(r, section_at)->text;
    size_t said = section != NULL ? answer_named(c, b, section) : SIZE_MAX;
    int64_t id = NONE;
    *out = (struct target){SIZE_MAX, NULL};
    if (section != NULL && said == SIZE_MAX) {
        fault(c, g, r, section_at, "課", arena_printf(c->arena, tr(c, "この照会であなたが回答する課ではありません。%sから選んでください。同じ名前の課があるときは部局の名前もつけます"), names_of_answers(c, b)));
        return false;
    }
    if (number != NULL) {
        if (!number_typed(number, &id) || !by_number(b, id, out)) {
            fault(c, g, r, number_at, "事業番号", tr(c, "この照会にない番号です。様式にあった番号にもどすか、新しい事業なら空けてください"));
            return false;
        }
        if (said != SIZE_MAX && said != out->answer) {
            fault(c, g, r, section_at, "課", arena_printf(c->arena, tr(c, "事業番号%sは%sの事業です。課か番号を直してください"), number, b->answer[out->answer].name));
            return false;
        }
        return true;
    }
    out->answer = said != SIZE_MAX ? said : b->answers == 1 ? 0 : SIZE_MAX;
    if (out->answer == SIZE_MAX) {
        fault(c, g, r, section_at, "課", tr(c, "課を入力してください。結合したセルは、いちばん上の行にだけ値があります"));
        return false;
    }
    for (size_t k = 0; name != NULL && k < b->answer[out->answer].n; k++)
        if (text_eq(b->answer[out->answer].s[k].name, name))
            out->s = &b->answer[out->answer].s[k];
    return true;
}

/* Each project stands in one row: the row that has it already, or NULL and it is this one's from now on. */
static const struct plan_row *met_before(struct ctx *c, struct planning *g, const struct plan_row *row)
{
    if (g->met == NULL) {
        for (g->met_cap = 64; g->met_cap < 4 * (g->in->rows + 1);)
            g->met_cap *= 2;
        g->met = arena_many(c->arena, const struct plan_row *, g->met_cap);
    }
    uint64_t h = 1469598103934665603u ^ (uint64_t)row->answer;
    if (row->before != NULL)
        h = (h ^ (uint64_t)row->before->id) * 1099511628211u;
    else
        for (const char *p = row->name; *p != '\0'; p++)
            h = (h ^ (unsigned char)*p) * 1099511628211u;
    for (size_t i = (size_t)(h >> 7) & (g->met_cap - 1);; i = (i + 1) & (g->met_cap - 1)) {
        const struct plan_row *x = g->met[i];
        if (x == NULL) {
            g->met[i] = row;
            return NULL;
        }
        if (x->answer == row->answer && x->before == row->before && (row->before != NULL || text_eq(x->name, row->name)))
            return x;
    }
}

/* --- the cells of a row --- */

static enum sheet_kind kind_typed(char kind)
{
    return kind == 'n' ? SHEET_NUMBER : kind == 'd' ? SHEET_DATE : kind == 'b' ? SHEET_BOOL : kind == 'e' ? SHEET_ERROR : SHEET_TEXT;
}

static const char *clean(struct ctx *c, const char *s, bool one_line)
{
    bool ok = true;
    return s != NULL ? text_clean(c->arena, s, strlen(s), one_line, &ok) : NULL;
}

/* Says the same as what we would write there: then it was not touched, whatever its type has become on the way. */
static bool untouched(struct ctx *c, struct planning *g, const struct answer_column *col, const struct book_answer *a, const struct statement *s, const char *typed)
{
    const char *ours = answer_cell(c, g->b, col, a, s);
    bool one_line = col->f != NULL && col->f->kind == FIELD_TEXT;
    return text_eq(clean(c, ours, one_line), clean(c, typed, one_line));
}

static bool cell_sound(struct ctx *c, struct planning *g, const struct sheet_in_row *r, int32_t at, const char *title)
{
    const struct sheet_in_cell *x = cell_at(r, at);
    if (x->kind == 'f')
        fault(c, g, r, at, title, tr(c, "数式の値が保存されていません。Excelで開いて保存しなおすか、値を直接入力してください"));
    else if (x->kind == 'e')
        fault(c, g, r, at, title, tr(c, "数式がエラーになっています。値を直接入力してください"));
    return x->kind != 'f' && x->kind != 'e';
}

/* Columns of one partner: name, kind, role. */
struct partner_cells { bool there, changed; int32_t at[3]; const struct answer_column *col[3]; };
enum { PARTNER_NAME, PARTNER_KIND, PARTNER_ROLE };

static bool partner_take(struct ctx *c, struct planning *g, const struct sheet_in_row *r, const struct partner_cells *x, size_t i, const struct statement *before,
                         struct statement_partner *out, bool *empty)
{
    bool ok = true;
    entity_init(&statement_partner_entity, out);
    if (before != NULL && i < before->partners_n)
        *out = before->partners[i];
    *empty = true;
    for (size_t k = 0; k < 3; k++) {
        if (x->at[k] < 0) {
            *empty = *empty && (before == NULL || i >= before->partners_n || k == PARTNER_NAME);
            continue;
        }
        const char *typed = clean(c, cell_at(r, x->at[k])->text, true);
        *empty = *empty && typed == NULL;
        if (k == PARTNER_KIND) {
            const char *now = out->kind != NULL ? word_label(c, "partner_kind", out->kind, g->b->q.year) : NULL;
            const char *code = typed != NULL ? book_code(c, g->b, "partner_kind", NULL, typed) : NULL;
            if (typed != NULL && code == NULL && !text_eq(typed, now)) {
                fault(c, g, r, x->at[k], x->col[k]->title, arena_printf(c->arena, tr(c, "「%s」は一覧にありません。%sから選んでください"), typed, book_choices_shown(c, g->b, "partner_kind", NULL)));
                ok = false;
            } else if (!text_eq(typed, now))
                out->kind = code;
        } else if (k == PARTNER_NAME)
            out->name = typed;
        else
            out->role = typed;
    }
    /* Who is linked to a registered organization stays linked while the name stays, wherever it now stands. */
    out->organization = NONE;
    for (size_t k = 0; before != NULL && out->name != NULL && k < before->partners_n; k++)
        if (text_eq(before->partners[k].name, out->name)) {
            out->organization = before->partners[k].organization;
            if (k == i)
                break;
        }
    return ok;
}

static void partners_take(struct ctx *c, struct planning *g, const struct sheet_in_row *r, const struct book_answer *a, const struct statement *before, struct statement *after)
{
    struct partner_cells cells[SHEET_PARTNERS_MOST];
    struct statement_partner *v = NULL;
    size_t n = 0, cap = 0, last = before != NULL ? before->partners_n : 0;
    bool changed = false, sound = true;
    for (size_t i = 0; i < SHEET_PARTNERS_MOST; i++)
        cells[i] = (struct partner_cells){.at = {-1, -1, -1}};
    for (size_t k = 0; k < g->p->columns; k++) {
        const struct answer_column *col = &g->p->column[k];
        if (col->kind != COLUMN_PARTNER || g->p->where[k] < 0)
            continue;
        struct partner_cells *x = &cells[col->index];
        size_t part = strcmp(col->f->name, "name") == 0 ? PARTNER_NAME : strcmp(col->f->name, "kind") == 0 ? PARTNER_KIND : PARTNER_ROLE;
        x->there = true;
        x->at[part] = g->p->where[k];
        x->col[part] = col;
        sound = cell_sound(c, g, r, g->p->where[k], col->title) && sound;
        changed = changed || !untouched(c, g, col, a, before, cell_at(r, g->p->where[k])->text);
        if (cell_at(r, g->p->where[k])->text != NULL && col->index + 1 > last)
            last = col->index + 1;
    }
    if (!changed || !sound)
        return;
    for (size_t i = 0; i < last; i++) {
        struct statement_partner one;
        bool empty = false;
        if (i >= SHEET_PARTNERS_MOST || !cells[i].there) { /* without columns it stays as it is */
            if (before != NULL && i < before->partners_n)
                ARENA_PUSH(c->arena, v, n, cap) = before->partners[i];
            continue;
        }
        sound = partner_take(c, g, r, &cells[i], i, before, &one, &empty) && sound;
        if (!empty)
            ARENA_PUSH(c->arena, v, n, cap) = one;
    }
    if (sound) {
        after->partners = v;
        after->partners_n = n;
    }
}

static void cells_take(struct ctx *c, struct planning *g, const struct sheet_in_row *r, const struct book_answer *a, struct plan_row *row)
{
    for (size_t i = 0; i < g->p->columns; i++) {
        const struct answer_column *col = &g->p->column[i];
        int32_t at = g->p->where[i];
        if (col->kind != COLUMN_FIELD || at < 0 || strcmp(col->f->name, "end_reason") == 0)
            continue;
        const struct sheet_in_cell *x = cell_at(r, at);
        if (!cell_sound(c, g, r, at, col->title) || untouched(c, g, col, a, row->before, x->text))
            continue;
        const char *remedy = answer_cell_take(c, g->b, col, clean(c, x->text, false), kind_typed(x->kind), &row->after);
        if (remedy != NULL)
            fault(c, g, r, at, col->title, remedy);
    }
    partners_take(c, g, r, a, row->before, &row->after);
}

/* --- what comes of it --- */

/* Lengths and words, as saving would refuse them. */
static enum err check_row(struct ctx *c, struct planning *g, const struct sheet_in_row *r, const struct plan_row *row)
{
    struct failure kept = c->fail;
    failure_init(&c->fail, c->arena);
    enum err e = record_check(c, &statement_entity, &row->after, g->b->q.year, false);
    struct failure said = c->fail;
    c->fail = kept;
    if (e != OK && e != E_INPUT) {
        c->fail = said;
        return e;
    }
    for (const struct field_fault *f = said.faults; f != NULL; f = f->next) {
        const char *title = answer_column_title(c, g->p->column, g->p->columns, f->field);
        if (title != NULL) /* what is in no column of ours was there before and is not this file's business */
            fault(c, g, r, where_of_title(g->p, title), title, f->message);
    }
    return OK;
}

static bool content_differs(struct ctx *c, const struct statement *before, const struct statement *after)
{
    struct change *v = NULL;
    return entity_diff(c->arena, &statement_entity, before, after, &v) > 0;
}

static enum err decide(struct ctx *c, struct planning *g, const struct sheet_in_row *r, struct plan_row *row, const char *said, const char *reason)
{
    const struct statement *before = row->before;
    int32_t at = where_of(g->p, COLUMN_DECISION), reason_at = where_of_title(g->p, "終わる理由");
    const char *title = "続けるか";
    row->content = before == NULL || content_differs(c, before, &row->after);
    row->decision = before != NULL ? before->decision : "new";
    row->end_reason = before != NULL ? before->end_reason : NULL;
    if (before == NULL || before->previous == NONE) {
        row->decision = "new";
        if (said != NULL && strcmp(said, "new") != 0)
            fault(c, g, r, at, title, before == NULL ? tr(c, "昨年度の一覧に、この番号や名前の事業がありません。事業番号を様式のとおりにもどすか、新しい事業なら「新規」にしてください")
                                                    : tr(c, "これは新しい事業です。「新規」にしてください。取りやめるときは画面で消します"));
    } else if (said != NULL && strcmp(said, "new") == 0)
        fault(c, g, r, at, title, tr(c, "昨年度からの事業です。変更なし、変更あり、終了から選んでください"));
    else {
        bool changed = text_eq(before->decision, "changed");
        if (row->content) {
            struct shown_change *v = NULL;
            size_t n = 0;
            TRY(statement_changes(c, &row->after, &v, &n));
            changed = n > 0;
        }
        if (said == NULL ? changed && (before->decision == NULL || strcmp(before->decision, "same") == 0) : strcmp(said, "same") == 0 && changed) {
            row->decision = "changed";
            if (said != NULL)
                notice(c, row, tr(c, "「変更なし」とありますが、変わった項目があるので「変更あり」にします。"));
        } else if (said != NULL)
            row->decision = said;
        if (text_eq(said, "changed") && !changed)
            notice(c, row, tr(c, "「変更あり」とありますが、変わった項目がありません。提出する前に、変えるところを書くか「変更なし」にしてください。"));
        if (text_eq(said, "ended"))
            row->end_reason = reason;
    }
    if (reason_at >= 0 && reason != NULL && !text_eq(row->decision, "ended"))
        fault(c, g, r, reason_at, "終わる理由", tr(c, "終わるときだけの欄です。「続けるか」を「終了」にするか、ここを空けてください"));
    if (reason != NULL && text_length(reason) > 1000)
        fault(c, g, r, reason_at, "終わる理由", tr(c, "1,000字までで入力してください"));
    return OK;
}

static enum plan_action action_of(const struct plan_row *row)
{
    const struct statement *b = row->before;
    bool decided = b == NULL || !text_eq(row->decision, b->decision), ended = text_eq(row->decision, "ended");
    if (b == NULL)
        return PLAN_ADD;
    if (ended && (decided || !text_eq(row->end_reason, b->end_reason)))
        return PLAN_END;
    return row->content ? PLAN_CHANGE : decided ? PLAN_DECIDE : PLAN_SAME;
}

static void changes_make(struct ctx *c, struct planning *g, const struct book_answer *a, struct plan_row *row)
{
    size_t cap = 0;
    if (!row->content)
        return;
    for (size_t i = 0; i < g->p->columns; i++) {
        const struct answer_column *col = &g->p->column[i];
        if (col->kind != COLUMN_FIELD && col->kind != COLUMN_PARTNER)
            continue;
        const char *before = row->before != NULL ? answer_cell(c, g->b, col, a, row->before) : NULL, *after = answer_cell(c, g->b, col, a, &row->after);
        if (!text_eq(before, after))
            ARENA_PUSH(c->arena, row->change, row->changes, cap) = (struct plan_change){col->title, before, after};
    }
}

/* Why nothing of this answer can be changed now; NULL: it can. As the form says it. */
static const char *not_now(struct ctx *c, const struct planning *g, const struct answer_case *k)
{
    if (k->may_edit || (g->entry->how != NULL && answer_may(k, "enter")))
        return NULL;
    if (k->closed)
        return tr(c, "照会は閉じられました。回答は変えられません。事務局に連絡してください");
    if (answer_handed_in(k->answer.state) || answer_on_the_way(k->answer.state))
        return arena_printf(c->arena, tr(c, "%sの回答は「%s」です。変えるときは、先に画面で提出を取り下げてください"), k->section.name, answer_label(k->answer.state, false));
    if (k->secretariat)
        return tr(c, "事務局が代わりに入力するときは、先に受け取り方を書いてください");
    return arena_printf(c->arena, tr(c, "%sの回答は、いまあなたは変えられません。課の推進員か担当者に頼んでください"), k->section.name);
}

static enum err project_row(struct ctx *c, struct planning *g, const struct sheet_in_row *r, const char *name, const char *decision, const char *reason, struct target t)
{
    struct sheet_plan *p = g->p;
    const struct book_answer *a = &g->b->answer[t.answer];
    size_t faults = p->faults;
    struct plan_row *row = arena_make(c->arena, struct plan_row);
    *row = (struct plan_row){.line = r->line, .answer = t.answer, .before = t.s, .name = name != NULL ? name : t.s != NULL ? t.s->name : NULL};
    int32_t name_at = where_of_title(p, "事業名");
    if (name == NULL && (t.s == NULL || name_at >= 0)) {
        fault(c, g, r, name_at, "事業名", tr(c, "事業名を入力してください"));
        if (t.s == NULL) /* nobody knows which project it is; of a known one all faults are told at once */
            return OK;
    }
    const struct plan_row *other = met_before(c, g, row);
    if (other != NULL) {
        fault(c, g, r, t.s != NULL && cell_at(r, where_of(p, COLUMN_NUMBER))->text != NULL ? where_of(p, COLUMN_NUMBER) : name_at, t.s != NULL ? "事業番号" : "事業名",
              arena_printf(c->arena, tr(c, "%lld行目と同じ事業です。どちらかの行を消してください"), (long long)other->line));
        return OK;
    }
    if (t.s != NULL)
        entity_copy(c->arena, &statement_entity, &row->after, t.s);
    else {
        entity_init(&statement_entity, &row->after);
        row->after.answer = a->k.answer.id;
        row->after.inquiry = g->b->q.id;
        row->after.lead = a->k.section.id;
        row->after.year = g->b->q.year;
        row->after.scheme = g->b->q.scheme;
        row->after.name = name;
    }
    cells_take(c, g, r, a, row);
    TRY(check_row(c, g, r, row));
    TRY(decide(c, g, r, row, decision, reason));
    row->action = action_of(row);
    const char *why = row->action != PLAN_SAME ? not_now(c, g, &a->k) : NULL;
    if (why != NULL)
        fault(c, g, r, where_of(p, COLUMN_SECTION), "課", why);
    changes_make(c, g, a, row);
    const char *version = cell_at(r, where_of(p, COLUMN_VERSION))->text;
    int64_t v = NONE;
    if (version != NULL && t.s != NULL && row->action != PLAN_SAME && number_typed(version, &v) && v != t.s->version)
        notice(c, row, tr(c, "様式を受け取ったあとに、この事業は画面で変えられました。下の「いま」の内容が、ファイルの内容に置きかわります。"));
    if (p->faults == faults)
        ARENA_PUSH(c->arena, p->row, p->rows, g->row_cap) = *row;
    p->answer[t.answer].rows++;
    p->answer[t.answer].count[row->action]++;
    p->answer[t.answer].touched = p->answer[t.answer].touched || row->action != PLAN_SAME;
    return OK;
}

static void none_row(struct ctx *c, struct planning *g, const struct sheet_in_row *r, const char *name, struct target t)
{
    struct sheet_plan *p = g->p;
    const struct book_answer *a = &g->b->answer[t.answer];
    int32_t at = where_of(p, COLUMN_DECISION);
    if (name != NULL || t.s != NULL) {
        fault(c, g, r, at, "続けるか", tr(c, "「該当なし」は、事業が1つもない課の行に書きます。この事業をやめるときは「終了」を選んでください"));
        return;
    }
    if (p->answer[t.answer].none)
        return; /* said twice */
    p->answer[t.answer].none = true;
    p->answer[t.answer].rows++;
    bool already = text_eq(a->k.answer.state, "none");
    const char *why = already ? NULL : not_now(c, g, &a->k);
    if (why != NULL)
        fault(c, g, r, where_of(p, COLUMN_SECTION), "課", why);
    struct plan_row row = {.line = r->line, .answer = t.answer, .action = already ? PLAN_SAME : PLAN_NONE, .decision = "none"};
    p->answer[t.answer].count[row.action]++;
    p->answer[t.answer].touched = p->answer[t.answer].touched || !already;
    ARENA_PUSH(c->arena, p->row, p->rows, g->row_cap) = row;
}

/* A row with nothing but its section, or with nothing at all, says nothing. */
static bool says_nothing(const struct sheet_plan *p, const struct sheet_in_row *r)
{
    for (size_t i = 0; i < p->columns; i++)
        if (p->where[i] >= 0 && p->column[i].kind != COLUMN_SECTION && p->column[i].kind != COLUMN_VERSION &&
            (r->cell[p->where[i]].text != NULL || r->cell[p->where[i]].kind == 'f'))
            return false;
    return true;
}

static enum err row_read(struct ctx *c, struct planning *g, const struct sheet_in_row *r)
{
    struct sheet_plan *p = g->p;
    struct target t;
    int32_t decision_at = where_of(p, COLUMN_DECISION);
    const char *name = clean(c, cell_at(r, where_of_title(p, "事業名"))->text, true), *decision_text = clean(c, cell_at(r, decision_at)->text, true);
    const char *reason = clean(c, cell_at(r, where_of_title(p, "終わる理由"))->text, false);
    if (says_nothing(p, r)) {
        p->blank++;
        return OK;
    }
    if (!find_target(c, g, r, name, &t))
        return OK;
    const char *decision = decision_text != NULL ? decision_typed(c->arena, decision_text) : NULL;
    if (decision_text != NULL && decision == NULL) {
        fault(c, g, r, decision_at, "続けるか", tr(c, "変更なし、変更あり、終了、新規、該当なしから選んでください"));
        return OK;
    }
    if (text_eq(decision, "none")) {
        none_row(c, g, r, name, t);
        return OK;
    }
    return project_row(c, g, r, name, decision, reason, t);
}

/* --- what is lacking before it can be handed in --- */

static const struct plan_row *row_of(const struct sheet_plan *p, size_t answer, const struct statement *s)
{
    for (size_t i = 0; i < p->rows; i++)
        if (p->row[i].answer == answer && p->row[i].before == s)
            return &p->row[i];
    return NULL;
}

/* The answer as it would be: statements with what the file says of them, then the new ones. New ones have no number yet: -1, -2 … by row. */
static struct statement *answer_then(struct ctx *c, const struct sheet_plan *p, const struct book_answer *a, size_t answer, size_t *n)
{
    struct statement *v = arena_many(c->arena, struct statement, a->n + p->rows + 1);
    *n = 0;
    for (size_t k = 0; k < a->n; k++) {
        const struct plan_row *r = row_of(p, answer, &a->s[k]);
        v[*n] = r != NULL ? r->after : a->s[k];
        if (r != NULL) {
            v[*n].decision = r->decision;
            v[*n].end_reason = r->end_reason;
        }
        (*n)++;
    }
    for (size_t i = 0; i < p->rows; i++)
        if (p->row[i].answer == answer && p->row[i].action == PLAN_ADD) {
            v[*n] = p->row[i].after;
            v[*n].decision = "new";
            v[(*n)++].id = -(int64_t)(i + 1);
        }
    return v;
}

static int64_t line_of_statement(const struct sheet_plan *p, int64_t id)
{
    if (id < 0)
        return p->row[-id - 1].line;
    for (size_t i = 0; i < p->rows; i++)
        if (p->row[i].before != NULL && p->row[i].before->id == id)
            return p->row[i].line;
    return NONE;
}

static void lack(struct ctx *c, struct planning *g, size_t answer, int64_t line, const char *name, const char *title, const char *message)
{
    g->p->answer[answer].whole = false;
    ARENA_PUSH(c->arena, g->p->lack, g->p->lacks, g->lack_cap) = (struct plan_lack){answer, line, name, title, message};
}

static enum err answer_lacks(struct ctx *c, struct planning *g, size_t i)
{
    struct sheet_plan *p = g->p;
    const struct book_answer *a = &g->b->answer[i];
    struct answer_fault *f = NULL;
    size_t n = 0, faults = 0, going = 0, undecided = 0;
    p->answer[i].whole = not_now(c, g, &a->k) == NULL;
    struct statement *v = answer_then(c, p, a, i, &n);
    for (size_t k = 0; k < n; k++) {
        going += v[k].decision != NULL && !text_eq(v[k].decision, "ended");
        undecided += v[k].decision == NULL;
    }
    for (size_t k = 0; k < a->n; k++)
        p->answer[i].absent += row_of(p, i, &a->s[k]) == NULL;
    TRY(answer_faults(c, &a->k, v, n, &f, &faults));
    for (size_t k = 0; k < faults; k++) {
        const char *title = f[k].field != NULL ? answer_column_title(c, p->column, p->columns, f[k].field) : NULL;
        bool undecided_row = text_eq(f[k].field, "decision") && strstr(f[k].message, "変えたところ") == NULL; /* in the sheet's own words */
        lack(c, g, i, line_of_statement(p, f[k].statement), f[k].name, title != NULL ? title : f[k].label,
             undecided_row ? tr(c, "「続けるか」を選んでください") : f[k].message);
    }
    if (p->answer[i].none && going + undecided > 0) {
        for (size_t k = 0; k < p->rows; k++)
            if (p->row[k].answer == i && text_eq(p->row[k].decision, "none"))
                for (size_t r = 0; r < g->in->rows; r++)
                    if (g->in->row[r].line == p->row[k].line)
                        fault(c, g, &g->in->row[r], where_of(p, COLUMN_DECISION), "続けるか",
                              arena_printf(c->arena, tr(c, "%sには、続ける事業かまだ決めていない事業が%zu件あります。「該当なし」の行を消すか、その事業を「終了」にしてください"), a->name, going + undecided));
    } else if (!p->answer[i].none && going + undecided == 0 && n > 0)
        lack(c, g, i, NONE, a->name, "続けるか", tr(c, "続ける事業も新しい事業もありません。課の名前と「該当なし」の行を加えるか、画面で「該当なしで回答する」を選んでください"));
    if (n == 0 && !p->answer[i].none)
        p->answer[i].whole = false;
    return OK;
}

enum err sheet_plan_make(struct ctx *c, struct book *b, const struct sheet_in *in, const struct sheet_entry *entry, struct sheet_plan *p)
{
    struct planning g = {.b = b, .in = in, .entry = entry, .p = p};
    *p = (struct sheet_plan){.in = in, .answer = arena_many(c->arena, struct plan_answer, b->answers + 1)};
    TRY(find_columns(c, &g));
    for (size_t i = 0; i < in->rows; i++)
        TRY(row_read(c, &g, &in->row[i]));
    for (size_t i = 0; i < b->answers; i++) {
        p->answer[i].handed_in = answer_handed_in(b->answer[i].k.answer.state) || answer_on_the_way(b->answer[i].k.answer.state);
        if (p->answer[i].rows > 0 && !p->answer[i].handed_in)
            TRY(answer_lacks(c, &g, i));
        for (size_t k = 0; k < PLAN_ACTIONS; k++)
            p->count[k] += p->answer[i].count[k];
    }
    if (p->faults > 1)
        qsort(p->fault, p->faults, sizeof *p->fault, by_line);
    if (db_error(c->db) != OK)
        return fail_db(c);
    return OK;
}

/* --- what the user has seen --- */

const char *sheet_plan_seen(struct ctx *c, const struct book *b, const struct sheet_plan *p)
{
    struct sb s;
    sb_init(&s, c->arena);
    for (size_t i = 0; i < b->answers; i++)
        if (p->answer[i].touched || p->answer[i].whole)
            sb_printf(&s, "a%lld:%lld ", (long long)b->answer[i].k.answer.id, (long long)b->answer[i].k.answer.version);
    for (size_t i = 0; i < p->rows; i++)
        if (p->row[i].before != NULL && p->row[i].action != PLAN_SAME)
            sb_printf(&s, "s%lld:%lld ", (long long)p->row[i].before->id, (long long)p->row[i].before->version);
    return sb_str(&s);
}

static bool was_seen(struct arena *a, const char *seen, char what, int64_t id, int64_t version)
{
    const char *mark = arena_printf(a, "%c%lld:%lld ", what, (long long)id, (long long)version);
    const char *at = strstr(seen, mark);
    return at != NULL && (at == seen || at[-1] == ' ');
}

size_t sheet_plan_compare(struct ctx *c, const struct book *b, struct sheet_plan *p, const char *seen)
{
    /* Sent back by a form: its value has lost the blank at the end. */
    const char *list = arena_printf(c->arena, "%s ", seen != NULL ? seen : "");
    size_t n = 0;
    for (size_t i = 0; i < p->rows; i++) {
        const struct plan_row *r = &p->row[i];
        p->row[i].stale = r->before != NULL && r->action != PLAN_SAME && !was_seen(c->arena, list, 's', r->before->id, r->before->version);
        n += p->row[i].stale;
    }
    for (size_t i = 0; i < b->answers; i++)
        n += (p->answer[i].touched || p->answer[i].whole) && !was_seen(c->arena, list, 'a', b->answer[i].k.answer.id, b->answer[i].k.answer.version);
    return n;
}
