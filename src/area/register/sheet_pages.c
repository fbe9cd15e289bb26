/* Pages about sheets: receiving one, sending it, seeing what it would do, taking it over. */
#include "area/register/sheet.html.h"
#include "area/register/sheet_views.h"

#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/json.h"
#include "base/text.h"
#include "core/job.h"
#include "core/listing.h"
#include "core/todo.h"

enum { FAULTS_SHOWN = 200, ROWS_SHOWN = 200, LACKS_SHOWN = 50, UPLOAD_MOST = SHEET_FILE_MAX + 65536 };

/* --- addresses --- */

/* "/answers/7/sheet", "/inquiries/3/sheet?department=5" */
static struct url url_scope(struct ctx *c, const struct sheet_scope *s, const char *ending)
{
    if (s->answer != NONE)
        return (struct url){arena_printf(c->arena, "/answers/%lld/sheet%s", (long long)s->answer, ending)};
    struct url u = {arena_printf(c->arena, "/inquiries/%lld/sheet%s", (long long)s->inquiry, ending)};
    return s->department != NONE ? url_with(c->arena, u, "department", arena_printf(c->arena, "%lld", (long long)s->department)) : u;
}

static struct url url_upload(struct ctx *c, int64_t id, const char *rest)
{
    return (struct url){arena_printf(c->arena, "/sheets/%lld%s", (long long)id, rest)};
}

/* The file as it was sent. Only an XLSX has a sheet with a name. */
static struct url url_original(struct ctx *c, const struct sheet_upload *u)
{
    return url_upload(c, u->id, strstr(u->head, "\"sheet\":null") != NULL ? "/original.csv" : "/original.xlsx");
}

static struct sheet_link link_of(struct ctx *c, const struct sheet_scope *s, const char *name, const char *about)
{
    struct url csv = url_scope(c, s, ".csv");
    return (struct sheet_link){name, about, url_scope(c, s, ".xlsx"), csv, url_with(c->arena, csv, "encoding", "cp932")};
}

static struct sheet_scope scope_of(const struct request *r, bool answer)
{
    return answer ? (struct sheet_scope){NONE, r->param[0], NONE} : (struct sheet_scope){r->param[0], NONE, form_int(&r->query, "department")};
}

/* --- the frame --- */

static struct page page_of(struct ctx *c, const struct book *b, const char *title, bool inside)
{
    struct page p = {.title = title, .place = b->q.title, .menu = b->secretariat ? "inquiries" : "answers", .year = NONE, .wide = true};
    if (b->scope.answer != NONE) {
        p = answer_page_of(c, title, &b->answer[0].k, true);
        p.wide = true;
    } else if (b->secretariat) {
        p.crumb[p.crumbs++] = (struct crumb){tr(c, "照会"), url_path(c->arena, "/inquiries")};
        p.crumb[p.crumbs++] = (struct crumb){b->q.title, url_path(c->arena, "/inquiries/%lld", (long long)b->q.id)};
    } else
        p.crumb[p.crumbs++] = (struct crumb){tr(c, "照会への回答"), url_path(c->arena, "/answers")};
    if (inside && p.crumbs < sizeof p.crumb / sizeof p.crumb[0])
        p.crumb[p.crumbs++] = (struct crumb){tr(c, "Excelで回答する"), url_scope(c, &b->scope, "")};
    return p;
}

static struct url url_back_of(struct ctx *c, const struct book *b)
{
    if (b->scope.answer != NONE)
        return url_answer(c, b->scope.answer, "");
    return b->secretariat ? url_path(c->arena, "/inquiries/%lld", (long long)b->q.id) : url_path(c->arena, "/answers");
}

/* The secretariat has not yet said how the answers reached it. */
static bool needs_entry(const struct book *b)
{
    for (size_t i = 0; i < b->answers; i++)
        if (!b->answer[i].k.may_edit && answer_may(&b->answer[i].k, "enter"))
            return true;
    return false;
}

static struct sheet_form form_of(struct ctx *c, const struct book *b, const char *label)
{
    struct sheet_form f = {.action = url_scope(c, &b->scope, ""), .entry = needs_entry(b), .on = date_short(c->arena, instant_date(c->arena, c->now)), .label = label};
    for (const struct entered_how *h = entered_hows; h->code != NULL && f.hows < sizeof f.how / sizeof f.how[0]; h++)
        f.how[f.hows++] = (struct choice){h->code, tr(c, h->label), NONE, strcmp(h->code, "mail") == 0};
    return f;
}

/* --- receiving --- */

static enum err waiting_make(struct ctx *c, const struct book *b, struct sheet_page_view *v)
{
    struct sheet_upload *u = NULL;
    size_t n = 0;
    TRY(sheet_uploads_waiting(c, b->q.id, &u, &n));
    v->waiting = arena_many(c->arena, struct sheet_waiting, n + 1);
    for (size_t i = 0; i < n; i++)
        v->waiting[v->waiting_n++] = (struct sheet_waiting){u[i].file != NULL ? u[i].file : tr(c, "(名前のないファイル)"), instant_short(c->arena, u[i].at), url_upload(c, u[i].id, "")};
    return OK;
}

static void links_make(struct ctx *c, const struct book *b, struct sheet_page_view *v)
{
    size_t department_cap = 0, section_cap = 0;
    for (size_t i = 0; i < b->answers; i++) {
        const struct book_answer *a = &b->answer[i];
        struct sheet_scope one = {b->q.id, a->k.answer.id, NONE}, all = {b->q.id, NONE, a->department_id};
        if (i == 0 || b->answer[i - 1].department_id != a->department_id) {
            size_t n = 0;
            for (size_t k = i; k < b->answers && b->answer[k].department_id == a->department_id; k++)
                n++;
            ARENA_PUSH(c->arena, v->department, v->departments, department_cap) = link_of(c, &all, a->department, arena_printf(c->arena, tr(c, "%zu課"), n));
        }
        ARENA_PUSH(c->arena, v->section, v->sections, section_cap) = link_of(c, &one, a->k.section_name, tr(c, answer_label(a->k.answer.state, a->k.closed)));
    }
}

static enum err page_draw(struct ctx *c, struct response *w, struct book *b)
{
    struct answer_head h;
    struct sheet_page_view v = {.q = &b->q, .due = instant_long(c->arena, instant_end_of_day(b->q.due_on)), .open = text_eq(b->q.state, "open"),
                                .form = form_of(c, b, tr(c, "送って、内容を確かめる")), .back = url_back_of(c, b),
                                .back_label = b->scope.answer != NONE ? tr(c, "回答にもどる") : tr(c, "もどる")};
    if (b->scope.answer != NONE) {
        TRY(answer_head_make(c, &b->answer[0].k, &h));
        v.h = &h;
        v.due = h.due;
        size_t duties = 0;
        for (size_t i = 0; i < c->user->duties; i++)
            duties += ((uint32_t)c->user->duty[i].role & SECTION_ROLES) != 0;
        if (duties > 1)
            v.all = url_scope(c, &(struct sheet_scope){b->q.id, NONE, NONE}, "");
    }
    v.whole = link_of(c, &b->scope, b->answers == 1 ? b->answer[0].k.section_name
                                   : arena_printf(c->arena, tr(c, "%s(%zu課)"), b->scope.department != NONE ? b->answer[0].department : tr(c, "すべての課"), b->answers), NULL);
    if (b->answers > 1)
        links_make(c, b, &v);
    TRY(waiting_make(c, b, &v));
    struct page p = page_of(c, b, b->scope.answer != NONE ? arena_printf(c->arena, tr(c, "%sの回答をExcelで"), b->answer[0].k.section.name) : tr(c, "Excelで回答する"), false);
    page_begin(c, w, &p);
    sheet_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

/* What a form's page needs to be drawn in a transaction of its own; a fault is said there: each begins with a clean slate. */
struct paging { struct response *w; struct sheet_scope scope; const char *field, *message; };

static enum err draw_page(struct ctx *c, void *arg)
{
    struct paging *x = arg;
    struct book b;
    TRY(book_open(c, &x->scope, &b));
    if (x->message != NULL)
        fail_field(&c->fail, x->field, "%s", x->message);
    if (x->message != NULL && strcmp(x->field, "file") != 0) /* browsers give no file back */
        fail_field(&c->fail, "file", "%s", tr(c, "ファイルは、もう一度選んでください"));
    return page_draw(c, x->w, &b);
}

static enum err sheet_page(struct ctx *c, struct response *w, struct sheet_scope scope)
{
    TRY(need_role(c, STAFF_ROLES));
    return draw_page(c, &(struct paging){.w = w, .scope = scope});
}

static enum err answer_sheet_page(struct ctx *c, struct request *r, struct response *w) { return sheet_page(c, w, scope_of(r, true)); }
static enum err inquiry_sheet_page(struct ctx *c, struct request *r, struct response *w) { return sheet_page(c, w, scope_of(r, false)); }

/* --- the file --- */

static enum err send_file(struct ctx *c, struct response *w, const struct table_result *t, enum table_format format, const char *name)
{
    TRY(file_body(c, w, t->file, t->bytes));
    w->type = table_format_type(format);
    w->no_cache = true;
    response_attachment(w, name);
    return OK;
}

static void draw_lost(struct ctx *c, struct response *w, const struct book *b, const struct table_result *t)
{
    struct url csv = url_with(c->arena, url_scope(c, &b->scope, ".csv"), "encoding", "cp932");
    struct lost_view v = {t->lost, t->lost_n, t->lost_all, url_with(c->arena, csv, "sure", "1"), url_scope(c, &b->scope, ".xlsx"), url_scope(c, &b->scope, "")};
    struct page p = page_of(c, b, tr(c, "シフトJISで書けない文字があります"), true);
    page_begin(c, w, &p);
    sheet_lost_body(c, &w->body, &v);
    page_end(c, w, &p);
}

struct handing { struct response *w; struct sheet_scope scope; enum table_format format; bool sure; };

static enum err hand_out(struct ctx *c, void *arg)
{
    struct handing *x = arg;
    struct book b;
    struct table_result t;
    TRY(book_load(c, &x->scope, &b));
    TRY(sheet_write(c, &b, x->format, &t));
    if (t.lost_n > 0 && !x->sure) {
        close(t.file);
        draw_lost(c, x->w, &b, &t);
        return OK;
    }
    return send_file(c, x->w, &t, x->format, sheet_file_name(c, &b, x->format));
}

static enum err hand(struct ctx *c, struct request *r, struct response *w, bool answer, bool csv)
{
    TRY(need_role(c, STAFF_ROLES));
    struct handing x = {w, scope_of(r, answer), !csv ? TABLE_XLSX : text_eq(form_get(&r->query, "encoding"), "cp932") ? TABLE_CSV_CP932 : TABLE_CSV,
                        form_get(&r->query, "sure") != NULL};
    return in_read(c, hand_out, &x);
}

static enum err answer_sheet_xlsx(struct ctx *c, struct request *r, struct response *w) { return hand(c, r, w, true, false); }
static enum err answer_sheet_csv(struct ctx *c, struct request *r, struct response *w) { return hand(c, r, w, true, true); }
static enum err inquiry_sheet_xlsx(struct ctx *c, struct request *r, struct response *w) { return hand(c, r, w, false, false); }
static enum err inquiry_sheet_csv(struct ctx *c, struct request *r, struct response *w) { return hand(c, r, w, false, true); }

/* --- sending --- */

static enum err refuse(struct ctx *c, struct response *w, struct sheet_scope scope, const char *field, const char *message)
{
    struct paging x = {.w = w, .scope = scope, .field = field, .message = message};
    w->status = 422;
    return in_read(c, draw_page, &x);
}

struct receiving { struct sheet_scope scope; const struct form *form; const struct sheet_in *in; struct sheet_entry entry; const char *field, *message; };

/* Rights, and what the secretariat says beside the file. */
static enum err before_reading(struct ctx *c, void *arg)
{
    struct receiving *x = arg;
    struct book b;
    TRY(book_open(c, &x->scope, &b));
    x->scope.inquiry = b.q.id;
    if (!text_eq(b.q.state, "open"))
        return fail(c, E_CONFLICT, "%s", tr(c, "照会は閉じられました。回答は変えられません。事務局に連絡してください。"));
    if (!needs_entry(&b))
        return OK;
    x->entry = (struct sheet_entry){form_get(x->form, "entered_for"), form_get(x->form, "entered_how"), form_get(x->form, "received_on")};
    const char *on = x->entry.on != NULL ? date_parse(c->arena, x->entry.on) : NULL;
    if (entered_how_label(x->entry.how) == NULL) {
        x->field = "entered_how";
        x->message = tr(c, "受け取り方を選んでください");
    } else if (on == NULL || strcmp(on, instant_date(c->arena, c->now)) > 0) {
        x->field = "received_on";
        x->message = tr(c, "受け取った日は、R8.6.1 や 2026/6/1 のように、今日までの日を入力してください");
    } else if (x->entry.why == NULL || text_length(x->entry.why) > 200) {
        x->field = "entered_for";
        x->message = tr(c, "代わりに入力する理由を200字までで入力してください");
    }
    x->entry.on = on;
    return OK;
}

/* Are its headings ours? What its rows say is shown on the next page. */
static enum err headings_ours(struct ctx *c, void *arg)
{
    struct receiving *x = arg;
    struct book b;
    struct sheet_plan p;
    TRY(book_load(c, &x->scope, &b));
    enum err e = sheet_plan_make(c, &b, x->in, &x->entry, &p);
    if (e == E_FORM) {
        x->message = arena_dup(c->arena, c->fail.message);
        return OK;
    }
    if (e == OK && p.rows + p.faults == 0)
        x->message = tr(c, "書かれた行がありません。様式の見出しの下に書いて、保存してから送ってください");
    return e;
}

/* A mended file takes the place of the faulty one; of another inquiry's, of somebody else's, or of one that is decided on it says nothing. */
static enum err take_place(struct ctx *c, void *arg)
{
    const int64_t *pair = arg;
    struct sheet_upload old, mended;
    TRY(sheet_upload_load(c, pair[1], &mended));
    enum err e = sheet_upload_load(c, pair[0], &old);
    if (e == OK && old.scope.inquiry == mended.scope.inquiry && text_eq(old.state, "waiting"))
        return sheet_upload_discard(c, old.id);
    if (e == OK || e == E_NOT_FOUND || e == E_FORBIDDEN)
        failure_init(&c->fail, c->arena);
    return e == E_NOT_FOUND || e == E_FORBIDDEN ? OK : e;
}

static enum err receive(struct ctx *c, struct request *r, struct response *w, struct sheet_scope scope)
{
    struct receiving x = {.scope = scope, .form = &r->form};
    struct sheet_in in;
    int64_t id = NONE;
    TRY(need_role(c, STAFF_ROLES));
    TRY(in_read(c, before_reading, &x));
    if (x.message != NULL)
        return refuse(c, w, scope, x.field, x.message);
    const struct form_file *file = form_file(&r->form, "file");
    if (file == NULL || file->n == 0)
        return refuse(c, w, scope, "file", tr(c, "ファイルを選んでください"));
    enum err e = sheet_in_read(c, file->filename, file->p, file->n, &in);
    if (e == E_FORM || e == E_TOO_LARGE)
        return refuse(c, w, scope, "file", arena_dup(c->arena, c->fail.message));
    TRY(e);
    x.in = &in;
    TRY(in_read(c, headings_ours, &x));
    if (x.message != NULL)
        return refuse(c, w, scope, "file", x.message);
    TRY(sheet_upload_put(c, &x.scope, &in, file->p, file->n, &x.entry, &id));
    if (form_int(&r->form, "instead") != NONE)
        TRY(in_write(c, take_place, (int64_t[]){form_int(&r->form, "instead"), id}));
    response_redirect(w, url_upload(c, id, "").s);
    return OK;
}

static enum err answer_sheet_post(struct ctx *c, struct request *r, struct response *w) { return receive(c, r, w, scope_of(r, true)); }
static enum err inquiry_sheet_post(struct ctx *c, struct request *r, struct response *w) { return receive(c, r, w, scope_of(r, false)); }

/* --- what it would do --- */

static const char *counts_shown(struct ctx *c, const int64_t *count)
{
    static const char *const labels[PLAN_ACTIONS] = {"加わる", "変わる", "終わる", "続けるかの答えだけ", "該当なし", "変わりなし"};
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < PLAN_ACTIONS; i++)
        if (count[i] > 0)
            sb_printf(&b, "%s%s%lld%s", b.n > 0 ? "、" : "", tr(c, labels[i]), (long long)count[i], i == PLAN_NONE ? tr(c, "課") : tr(c, "件"));
    return b.n > 0 ? sb_str(&b) : tr(c, "なし");
}

static const char *joined(struct ctx *c, const char *const *v, size_t n)
{
    struct sb b;
    sb_init(&b, c->arena);
    for (size_t i = 0; i < n; i++)
        sb_printf(&b, "%s%s", i > 0 ? "、" : "", v[i] != NULL ? v[i] : "");
    return n > 0 ? sb_str(&b) : NULL;
}

static struct preview_row preview_row_of(struct ctx *c, const struct plan_row *r)
{
    static const struct { const char *word, *tag; } shown[PLAN_ACTIONS] = {
        [PLAN_ADD] = {"加わる", "tag tag-blue"}, [PLAN_CHANGE] = {"変わる", "tag tag-yellow"}, [PLAN_END] = {"終わる", "tag tag-gray"},
        [PLAN_NONE] = {"該当なし", "tag tag-green"}, [PLAN_SAME] = {"変わりなし", "tag tag-gray"}};
    const char *word = r->action == PLAN_DECIDE ? decision_word(r->decision) : shown[r->action].word;
    return (struct preview_row){r->line, r->action == PLAN_NONE ? tr(c, "(該当なし)") : r->name != NULL ? r->name : tr(c, "(事業名なし)"), tr(c, word),
                                r->action == PLAN_DECIDE ? "tag tag-green" : shown[r->action].tag, r};
}

static void preview_rows(struct ctx *c, const struct sheet_plan *p, size_t answer, size_t *left, struct preview_answer *a)
{
    size_t row_cap = 0, same_cap = 0;
    for (size_t i = 0; i < p->rows; i++) {
        const struct plan_row *r = &p->row[i];
        if (r->answer != answer)
            continue;
        if (r->action == PLAN_SAME) {
            if (r->name != NULL)
                ARENA_PUSH(c->arena, a->same, a->same_n, same_cap) = r->name;
        } else if (*left > 0 || r->stale) {
            ARENA_PUSH(c->arena, a->row, a->n, row_cap) = preview_row_of(c, r);
            *left -= *left > 0;
        } else
            a->more++;
    }
}

static void preview_lacks(struct ctx *c, const struct sheet_plan *p, size_t answer, struct preview_answer *a)
{
    struct plan_lack *v = NULL;
    size_t cap = 0;
    for (size_t i = 0; i < p->lacks; i++) {
        if (p->lack[i].answer != answer)
            continue;
        if (a->lacks < LACKS_SHOWN)
            ARENA_PUSH(c->arena, v, a->lacks, cap) = p->lack[i];
        else
            a->lacks_more++;
    }
    a->lack = v;
}

static void preview_make(struct ctx *c, const struct book *b, struct upload_view *v)
{
    size_t left = ROWS_SHOWN, same_cap = 0;
    v->answer = arena_many(c->arena, struct preview_answer, b->answers + 1);
    v->nothing = true;
    for (size_t i = 0; i < b->answers; i++) {
        const struct plan_answer *p = &v->p->answer[i];
        const struct book_answer *x = &b->answer[i];
        if (p->rows == 0)
            continue;
        /* What is handed in and stays so needs no part of the page. */
        if (p->handed_in && !p->touched) {
            ARENA_PUSH(c->arena, v->same, v->same_n, same_cap) = x->k.section_name;
            continue;
        }
        struct preview_answer *a = &v->answer[v->answers++];
        *a = (struct preview_answer){.name = x->k.section_name, .state = tr(c, answer_label(x->k.answer.state, x->k.closed)), .tag = answer_tag(x->k.answer.state, x->k.closed),
                                     .sum = counts_shown(c, p->count), .none = p->none && p->count[PLAN_NONE] > 0, .whole = p->whole, .handed_in = p->handed_in, .absent = p->absent,
                                     .to = url_answer(c, x->k.answer.id, "")};
        preview_rows(c, v->p, i, &left, a);
        preview_lacks(c, v->p, i, a);
        v->nothing = v->nothing && !p->touched;
        v->may_submit = v->may_submit || (p->whole && !p->none && !p->handed_in);
    }
    /* Everything is there already, but may still wait for being handed in. */
    v->nothing = v->nothing && !v->may_submit;
}

/* --- the page of a file that was sent --- */

struct showing {
    struct response *w;
    const struct request *r;
    int64_t id;
    bool compare;               /* with what the form says was seen */
    const char *failed;         /* what taking over said */
    bool conflict;
    struct book b;
    struct sheet_upload u;
    struct sheet_in in;
    struct sheet_plan p;
    struct answer approver;
    bool bad_approver;
    size_t stale;
};

static enum err plan_load(struct ctx *c, struct showing *x)
{
    TRY(sheet_upload_load(c, x->id, &x->u));
    TRY(book_load(c, &x->u.scope, &x->b));
    TRY(sheet_upload_rows(c, &x->u, &x->in));
    return sheet_plan_make(c, &x->b, &x->in, &x->u.entry, &x->p);
}

static enum err draw_plan(struct ctx *c, struct showing *x)
{
    struct sheet_plan *p = &x->p;
    bool bad = p->faults > 0;
    struct upload_view v = {.u = &x->u, .p = p, .file = x->u.file != NULL ? x->u.file : tr(c, "(名前のないファイル)"), .sheet = x->in.sheet, .at = instant_long(c->arena, x->u.at),
                            .counts = counts_shown(c, p->count), .shown = p->faults < FAULTS_SHOWN ? p->faults : FAULTS_SHOWN, .stale = x->stale,
                            .unknown = joined(c, p->unknown, p->unknown_n), .missing = joined(c, p->missing, p->missing_n), .ignored = joined(c, x->in.ignored, x->in.ignored_n),
                            .seen = sheet_plan_seen(c, &x->b, p), .take = url_upload(c, x->id, "/take"), .discard = url_upload(c, x->id, "/discard"),
                            .mend = url_upload(c, x->id, "/mend.xlsx"), .original = url_original(c, &x->u), .back = url_scope(c, &x->b.scope, ""),
                            .form = form_of(c, &x->b, tr(c, "直したファイルを送る")), .approver = x->approver, .lines = (int64_t)x->in.rows - p->blank,
                            .submit = x->r->method == HTTP_POST && text_eq(form_get(&x->r->form, "submit"), "yes")};
    v.form.instead = arena_printf(c->arena, "%lld", (long long)x->id);
    v.form.why = x->u.entry.why;
    v.form.on = x->u.entry.on != NULL ? date_short(c->arena, x->u.entry.on) : v.form.on;
    preview_make(c, &x->b, &v);
    struct page page = page_of(c, &x->b, bad ? tr(c, "取り込めませんでした") : tr(c, "取り込む内容を確かめる"), true);
    page_begin(c, x->w, &page);
    if (bad)
        sheet_faults_body(c, &x->w->body, &v);
    else
        sheet_preview_body(c, &x->w->body, &v);
    page_end(c, x->w, &page);
    return OK;
}

static enum err done_answers(struct ctx *c, const struct sheet_upload *u, struct done_view *v)
{
    static const char *const names[PLAN_ACTIONS] = {"added", "changed", "ended", "decided", "none", "unchanged"};
    struct json_value *report = NULL;
    int64_t count[PLAN_ACTIONS] = {0};
    size_t cap = 0;
    TRY(json_read(c->arena, u->report, strlen(u->report), &report, &c->fail));
    for (size_t i = 0; i < PLAN_ACTIONS; i++)
        count[i] = json_get(report, names[i]) != NULL ? json_get(report, names[i])->i : 0;
    v->counts = counts_shown(c, count);
    const struct json_value *list = json_get(report, "answers");
    for (const struct json_value *x = list != NULL ? list->child : NULL; x != NULL; x = x->next) {
        struct answer a;
        TRY(record_load(c, &answer_entity, x->i, &a));
        bool closed = text_eq(a.state, "closed"), draft = !answer_handed_in(a.state) && !answer_on_the_way(a.state);
        ARENA_PUSH(c->arena, v->answer, v->answers, cap) = (struct done_answer){section_full_name(c, a.section), tr(c, answer_label(a.state, closed)), answer_tag(a.state, closed), a.receipt,
                                                                                draft, url_answer(c, a.id, draft ? "/check" : "")};
        v->drafts = v->drafts || draft;
    }
    return OK;
}

static enum err draw_done(struct ctx *c, struct showing *x)
{
    struct done_view v = {.u = &x->u, .file = x->u.file != NULL ? x->u.file : tr(c, "(名前のないファイル)"), .discarded = text_eq(x->u.state, "discarded"),
                          .original = url_original(c, &x->u), .back = url_scope(c, &x->u.scope, "")};
    if (x->u.report != NULL)
        TRY(done_answers(c, &x->u, &v));
    struct page p = {.title = v.discarded ? tr(c, "捨てたファイル") : tr(c, "取り込みの結果"), .place = tr(c, "照会への回答"),
                     .menu = user_is(c->user, ROLE_SECRETARIAT) ? "inquiries" : "answers", .year = NONE};
    p.crumb[p.crumbs++] = (struct crumb){tr(c, "Excelで回答する"), v.back};
    page_begin(c, x->w, &p);
    sheet_done_body(c, &x->w->body, &v);
    page_end(c, x->w, &p);
    return OK;
}

static enum err draw_upload(struct ctx *c, void *arg)
{
    struct showing *x = arg;
    TRY(sheet_upload_load(c, x->id, &x->u));
    if (!text_eq(x->u.state, "waiting"))
        return draw_done(c, x);
    TRY(plan_load(c, x));
    if (x->compare)
        x->stale = sheet_plan_compare(c, &x->b, &x->p, form_get(&x->r->form, "seen"));
    if (x->conflict)
        fail(c, E_CONFLICT, "%s", tr(c, "ほかの人が先に保存しました。違うところを見て、もう一度確かめてください。"));
    else if (x->failed != NULL)
        fail_field(&c->fail, NULL, "%s", x->failed);
    entity_init(&answer_entity, &x->approver);
    if (x->bad_approver)
        record_from_form(c, &answer_entity, &x->r->form, x->b.q.year, &x->approver);
    return draw_plan(c, x);
}

static enum err upload_page(struct ctx *c, struct request *r, struct response *w)
{
    struct showing x = {.w = w, .r = r, .id = r->param[0]};
    TRY(need_role(c, STAFF_ROLES));
    return in_read(c, draw_upload, &x);
}

/* --- taking over --- */

static enum err plan_again(struct ctx *c, void *arg)
{
    struct showing *x = arg;
    TRY(sheet_upload_load(c, x->id, &x->u));
    if (!text_eq(x->u.state, "waiting"))
        return OK;
    TRY(plan_load(c, x));
    x->stale = sheet_plan_compare(c, &x->b, &x->p, form_get(&x->r->form, "seen"));
    entity_init(&answer_entity, &x->approver);
    enum err e = record_from_form(c, &answer_entity, &x->r->form, x->b.q.year, &x->approver);
    x->bad_approver = e == E_INPUT;
    return e == E_INPUT ? OK : e;
}

static const char *taken_sentence(struct ctx *c, const struct sheet_take *t)
{
    struct sb b;
    sb_init(&b, c->arena);
    sb_add(&b, tr(c, "取り込みました。"));
    if (t->submitted > 0)
        sb_printf(&b, tr(c, "%lld課を提出しました。"), (long long)t->submitted);
    if (t->none > 0)
        sb_printf(&b, tr(c, "%lld課は「該当なし」で回答しました。"), (long long)t->none);
    if (t->drafts > 0)
        sb_printf(&b, tr(c, "%lld課は下書きです。まだ提出していません。"), (long long)t->drafts);
    return sb_str(&b);
}

static enum err upload_take(struct ctx *c, struct request *r, struct response *w)
{
    struct showing x = {.w = w, .r = r, .id = r->param[0]};
    TRY(need_role(c, STAFF_ROLES));
    TRY(in_read(c, plan_again, &x));
    if (!text_eq(x.u.state, "waiting")) { /* pressed twice: the result stands there */
        response_redirect(w, url_upload(c, x.id, "").s);
        return OK;
    }
    struct sheet_take t = {.submit = text_eq(form_get(&r->form, "submit"), "yes"), .approver_post = x.approver.approver_post, .approved_on = x.approver.approved_on,
                           .entry = x.u.entry, .upload = x.id};
    enum err e = x.p.faults > 0 || x.bad_approver ? E_INPUT : x.stale > 0 ? E_CONFLICT : sheet_plan_take(c, &x.b, &x.p, &t);
    if (e != E_INPUT && e != E_CONFLICT) {
        TRY(e);
        return page_done(c, w, url_upload(c, x.id, ""), taken_sentence(c, &t));
    }
    struct showing again = {.w = w, .r = r, .id = x.id, .compare = e == E_CONFLICT, .conflict = e == E_CONFLICT, .bad_approver = x.bad_approver,
                            .failed = c->fail.message != NULL ? arena_dup(c->arena, c->fail.message) : NULL};
    w->status = e == E_CONFLICT ? 409 : 422;
    return in_read(c, draw_upload, &again);
}

static enum err upload_discard(struct ctx *c, struct request *r, struct response *w)
{
    struct sheet_upload u;
    TRY(need_role(c, STAFF_ROLES));
    TRY(sheet_upload_load(c, r->param[0], &u));
    TRY(sheet_upload_discard(c, u.id));
    return page_done(c, w, url_scope(c, &u.scope, ""), tr(c, "ファイルを捨てました。何も取り込んでいません。"));
}

/* --- the file itself, and the one that says how to mend it --- */

static enum err original_read(struct ctx *c, void *arg)
{
    struct showing *x = arg;
    struct bytes b;
    TRY(sheet_upload_load(c, x->id, &x->u));
    TRY(sheet_upload_bytes(c, x->id, &b));
    x->w->type = "application/octet-stream";
    x->w->no_cache = true;
    sb_add_n(&x->w->body, b.p, b.n);
    response_attachment(x->w, x->u.file != NULL ? x->u.file : "file");
    return OK;
}

static enum err upload_file(struct ctx *c, struct request *r, struct response *w)
{
    struct showing x = {.w = w, .r = r, .id = r->param[0]};
    TRY(need_role(c, STAFF_ROLES));
    return in_read(c, original_read, &x);
}

static enum err mend_make(struct ctx *c, void *arg)
{
    struct showing *x = arg;
    struct table_result t;
    TRY(plan_load(c, x));
    TRY(sheet_write_mend(c, &x->b, &x->p, &t));
    return send_file(c, x->w, &t, TABLE_XLSX, tr(c, "直し方.xlsx"));
}

static enum err upload_mend(struct ctx *c, struct request *r, struct response *w)
{
    struct showing x = {.w = w, .r = r, .id = r->param[0]};
    TRY(need_role(c, STAFF_ROLES));
    return in_read(c, mend_make, &x);
}

/* --- 今日やること --- */

static enum err waiting_todos(struct ctx *c, struct todos *list)
{
    struct sheet_upload *u = NULL;
    size_t n = 0;
    if (!user_is(c->user, STAFF_ROLES))
        return OK;
    TRY(sheet_uploads_waiting(c, NONE, &u, &n));
    for (size_t i = 0; i < n; i++)
        todo_add(c, list, (struct todo){.text = tr(c, "送ったExcelを確かめる(まだ取り込んでいません)"), .about = u[i].file, .to = url_upload(c, u[i].id, ""), .due = NONE});
    return OK;
}

static const struct route routes[] = {
    {HTTP_GET, "/answers/:id/sheet", STAFF_ROLES, answer_sheet_page, LANE_READ, 0, 0},
    {HTTP_POST, "/answers/:id/sheet", STAFF_ROLES, answer_sheet_post, LANE_SLOW, 0, UPLOAD_MOST},
    {HTTP_GET, "/answers/:id/sheet.xlsx", STAFF_ROLES, answer_sheet_xlsx, LANE_SLOW, ROUTE_VIEW_LOG, 0},
    {HTTP_GET, "/answers/:id/sheet.csv", STAFF_ROLES, answer_sheet_csv, LANE_SLOW, ROUTE_VIEW_LOG, 0},
    {HTTP_GET, "/inquiries/:id/sheet", STAFF_ROLES, inquiry_sheet_page, LANE_READ, 0, 0},
    {HTTP_POST, "/inquiries/:id/sheet", STAFF_ROLES, inquiry_sheet_post, LANE_SLOW, 0, UPLOAD_MOST},
    {HTTP_GET, "/inquiries/:id/sheet.xlsx", STAFF_ROLES, inquiry_sheet_xlsx, LANE_SLOW, ROUTE_VIEW_LOG, 0},
    {HTTP_GET, "/inquiries/:id/sheet.csv", STAFF_ROLES, inquiry_sheet_csv, LANE_SLOW, ROUTE_VIEW_LOG, 0},
    {HTTP_GET, "/sheets/:id", STAFF_ROLES, upload_page, LANE_SLOW, ROUTE_VIEW_LOG, 0},
    {HTTP_POST, "/sheets/:id/take", STAFF_ROLES, upload_take, LANE_SLOW, 0, 256 * 1024},
    {HTTP_POST, "/sheets/:id/discard", STAFF_ROLES, upload_discard, LANE_WRITE, 0, 0},
    {HTTP_GET, "/sheets/:id/mend.xlsx", STAFF_ROLES, upload_mend, LANE_SLOW, ROUTE_VIEW_LOG, 0},
    {HTTP_GET, "/sheets/:id/original.xlsx", STAFF_ROLES, upload_file, LANE_SLOW, ROUTE_VIEW_LOG, 0},
    {HTTP_GET, "/sheets/:id/original.csv", STAFF_ROLES, upload_file, LANE_SLOW, ROUTE_VIEW_LOG, 0},
    {0},
};

static const struct todo_source todos[] = {{waiting_todos}, {NULL}};
static const struct job_kind jobs[] = {{.name = "sheets.sweep", .run = sheet_uploads_sweep, .every = 86400}, {0}};

const struct area sheets_area = {.name = "sheets", .routes = routes, .commands = sheet_commands, .jobs = jobs, .todos = todos};
