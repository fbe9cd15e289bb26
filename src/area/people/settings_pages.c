/* Settings, jobs. */
#include "area/people/office_views.h"
#include "area/people/settings.html.h"

#include "base/date.h"
#include "base/text.h"
#include "core/preset.h"
#include "core/record.h"
#include "core/listing.h"

void crumb_settings(struct ctx *c, struct page *p)
{
    if (user_is(c->user, ROLE_SECRETARIAT | ROLE_OPERATOR))
        p->crumb[p->crumbs++] = (struct crumb){tr(c, "設定"), {"/settings"}};
}

/* --- settings --- */

static const struct setting_line names[] = {
    {.key = "prefecture_name", .label = "県の名前"},
    {.key = "site_name", .label = "サイトの名前"},
    {.key = "secretariat_name", .label = "事務局の名前", .hint = "ページの下と手紙に出ます。"},
    {.key = "secretariat_phone", .label = "事務局の電話", .optional = true},
    {.key = "site_url", .label = "サイトのアドレス", .hint = "手紙の中のリンクに使います。例: https://kyodo.example.jp", .optional = true},
    {.key = "casebook_title", .label = "事例集の名前", .hint = "空にすると「協働事例集」です。", .optional = true},
    {.key = "licence", .label = "公開データと事例集の利用条件", .hint = "事例集の奥付と、データのファイルに出ます。例: クリエイティブ・コモンズ 表示 4.0 国際(CC BY 4.0)", .optional = true},
    {.key = "approval", .label = "確認者の確認を求める(すべての部局)", .optional = true, .check = true,
     .hint = "課の回答は、課の確認者が自分で「確認した」を押してから先に進みます。部局ごとに求めるときは、所属のページで部局を直します。"},
};
static const struct setting_line mail[] = {
    {.key = "smtp_url", .label = "メールサーバー", .hint = "例: smtp://mail.example.jp:25 または smtps://mail.example.jp:465。空にすると、メールを送りません。",
     .optional = true},
    {.key = "smtp_from", .label = "差出人のアドレス", .hint = "例: kyodo@example.jp", .optional = true},
    {.key = "smtp_user", .label = "メールサーバーの利用者名",
     .hint = "認証がいらなければ空にします。認証をするときは、暗号化(STARTTLSかsmtps)が必要です。", .optional = true},
};
#define COUNT(v) (sizeof(v) / sizeof(v)[0])

static enum err settings_show(struct ctx *c, struct response *w, const struct setting_line *of, size_t n, bool is_mail)
{
    struct setting_line *line = arena_many(c->arena, struct setting_line, n);
    for (size_t i = 0; i < n; i++) {
        line[i] = of[i];
        line[i].label = tr(c, of[i].label);
        line[i].hint = of[i].hint != NULL ? tr(c, of[i].hint) : NULL;
        line[i].value = w->status == 422 ? typed(c, of[i].key) : setting(c, of[i].key);
        line[i].fault = fault_at(c, of[i].key);
        line[i].described = line[i].fault == NULL  ? arena_printf(c->arena, "%s-hint", of[i].key)
                            : of[i].hint == NULL ? arena_printf(c->arena, "%s-error", of[i].key)
                                                 : arena_printf(c->arena, "%s-hint %s-error", of[i].key, of[i].key);
    }
    struct settings_view v = {.v = line, .n = n, .mail = mail_configured(c), .operator_part = is_mail, .preset = setting(c, "preset") != NULL ? preset_label(c, setting(c, "preset")) : NULL,
                              .action = {is_mail ? "/settings/mail" : "/settings"}};
    struct page p = {.title = tr(c, is_mail ? "メールの設定" : "設定"), .menu = "settings", .year = NONE};
    if (is_mail)
        crumb_settings(c, &p);
    page_begin(c, w, &p);
    settings_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

static void check(struct ctx *c, const struct setting_line *l, const char *value)
{
    if (value == NULL && !l->optional)
        fail_field(&c->fail, l->key, tr(c, "%sを入力してください"), tr(c, l->label));
    else if (value != NULL && text_length(value) > 200)
        fail_field(&c->fail, l->key, tr(c, "%sは200字までにしてください"), tr(c, l->label));
    else if (value != NULL && text_eq(l->key, "site_url") && !text_starts(value, "https://") && !text_starts(value, "http://"))
        fail_field(&c->fail, l->key, "%s", tr(c, "サイトのアドレスは https:// か http:// で始めてください"));
    else if (value != NULL && text_eq(l->key, "smtp_url") && !text_starts(value, "smtp://") && !text_starts(value, "smtps://"))
        fail_field(&c->fail, l->key, "%s", tr(c, "メールサーバーは smtp:// か smtps:// で始めてください"));
    else if (value != NULL && text_eq(l->key, "smtp_from") && !mail_address_ok(value))
        fail_field(&c->fail, l->key, "%s", tr(c, "差出人のアドレスは、kyodo@example.jp の形で書いてください"));
}

static enum err settings_take(struct ctx *c, struct request *r, struct response *w, const struct setting_line *of, size_t n, bool is_mail)
{
    for (size_t i = 0; i < n; i++)
        check(c, &of[i], form_get(&r->form, of[i].key));
    if (is_mail && form_get(&r->form, "smtp_url") != NULL && form_get(&r->form, "smtp_from") == NULL)
        fail_field(&c->fail, "smtp_from", "%s", tr(c, "差出人のアドレスを入力してください"));
    if (c->fail.faults_n > 0) {
        w->status = 422;
        return settings_show(c, w, of, n, is_mail);
    }
    for (size_t i = 0; i < n; i++)
        TRY(setting_set(c, of[i].key, form_get(&r->form, of[i].key)));
    return page_done(c, w, (struct url){is_mail ? "/settings/mail" : "/settings"}, tr(c, "設定を保存しました。"));
}

enum err settings_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    return settings_show(c, w, names, COUNT(names), false);
}

enum err settings_post(struct ctx *c, struct request *r, struct response *w)
{
    return settings_take(c, r, w, names, COUNT(names), false);
}

enum err settings_mail_page(struct ctx *c, struct request *r, struct response *w)
{
    (void)r;
    return settings_show(c, w, mail, COUNT(mail), true);
}

enum err settings_mail_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(need_role(c, ROLE_OPERATOR));
    return settings_take(c, r, w, mail, COUNT(mail), true);
}

/* --- jobs --- */

static enum err jobs_file(struct ctx *c, struct request *r, struct response *w, const struct job_line *line, size_t n)
{
    static const struct table_column column[] = {{.title = "仕事", .width = 30}, {.title = "番号", .kind = TABLE_INT}, {.title = "状態", .width = 14}, {.title = "次に動く日時", .kind = TABLE_INSTANT},
                                                 {.title = "やり直した回数", .kind = TABLE_INT}, {.title = "理由", .width = 60, .wrap = true}};
    struct cells x = {0};
    for (size_t i = 0; i < n; i++) {
        bool failed = text_eq(line[i].state, "failed");
        cell_text(c, &x, line[i].kind);
        cell_int(c, &x, line[i].subject > 0 ? line[i].subject : NONE);
        cell_text(c, &x, failed ? "失敗" : "待っています");
        cell_at(c, &x, failed ? NONE : line[i].due_at);
        cell_int(c, &x, line[i].tries);
        cell_text(c, &x, line[i].error);
    }
    return file_answer_cells(c, r, w, "自動の仕事", TABLE_COLUMNS(column), &x);
}

enum err jobs_page(struct ctx *c, struct request *r, struct response *w)
{
    struct job_line *line;
    size_t n;
    TRY(jobs_list(c, 100, &line, &n));
    if (file_asked(c, r))
        return jobs_file(c, r, w, line, n);
    struct job_row *row = arena_many(c->arena, struct job_row, n);
    for (size_t i = 0; i < n; i++) {
        bool failed = text_eq(line[i].state, "failed");
        row[i] = (struct job_row){&line[i], failed ? NULL : instant_long(c->arena, line[i].due_at),
                                  url_path(c->arena, "/jobs/%lld/again", (long long)line[i].id), failed};
    }
    struct jobs_view v = {.v = row, .n = n};
    struct page p = {.title = tr(c, "自動の仕事"), .menu = "settings", .year = NONE};
    crumb_settings(c, &p);
    page_begin(c, w, &p);
    jobs_body(c, &w->body, &v);
    page_end(c, w, &p);
    return OK;
}

enum err job_again_post(struct ctx *c, struct request *r, struct response *w)
{
    TRY(job_again(c, r->param[0]));
    return page_done(c, w, (struct url){"/jobs"}, tr(c, "もう一度動かします。1分ほどかかります。"));
}
