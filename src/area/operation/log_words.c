/* The log's codes in words. */
#include "area/operation/log.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/app.h"
#include "core/record.h"

/* In the order of their bytes. */
static const struct deed { const char *what, *label; } deeds[] = {
    {"account.activate", "利用者をまた使えるようにした"},
    {"account.add", "利用者を加えた"},
    {"account.change", "利用者を直した"},
    {"account.deactivate", "利用者を使えなくした"},
    {"account.invite", "招待の手紙をつくった"},
    {"account.password", "パスワードを変えた"},
    {"account.reset", "パスワードを決め直す手紙をつくった"},
    {"answer.approve", "回答を確認した"},
    {"answer.edit", "回答の下書きを保存した"},
    {"answer.enter", "回答を代わりに入力した"},
    {"answer.extend", "締切をのばした"},
    {"answer.follow", "回答を新しい所属に移した"},
    {"answer.mend", "回答のことばを直した"},
    {"answer.none", "該当なしで回答した"},
    {"answer.open", "回答の用紙をつくった"},
    {"answer.pass", "回答を先へ送った"},
    {"answer.remind", "催促した"},
    {"answer.return", "回答を差し戻した"},
    {"answer.skip", "回答を飛ばした"},
    {"answer.submit", "回答を提出した"},
    {"answer.warn", "締切の前に知らせた"},
    {"answer.withdraw", "提出を取り下げた"},
    {"answers.import", "回答をファイルから取り込んだ"},
    {"audit.day", "日ごとの控えをとった"},
    {"case_answer.edit", "事例照会への回答の下書きを保存した"},
    {"case_answer.enter", "事例照会への回答を代わりに入力した"},
    {"case_answer.open", "事例照会への回答の用紙をつくった"},
    {"case_answer.submit", "事例照会への回答を提出した"},
    {"case_answer.withdraw", "事例照会への提出を取り下げた"},
    {"case_inquiry.change", "事例照会を直した"},
    {"case_inquiry.close", "事例照会を閉じた"},
    {"case_inquiry.new", "事例照会をつくった"},
    {"case_inquiry.open", "事例照会を送った"},
    {"case_inquiry.publish", "事例を公開した"},
    {"correction.new", "訂正を記録した"},
    {"correction_request.answer", "まちがいの知らせに答えた"},
    {"correction_request.erase", "まちがいの知らせの個人の情報を消した"},
    {"correction_request.new", "まちがいの知らせを受けた"},
    {"criterion.change", "よい実践の基準を直した"},
    {"criterion.new", "よい実践の基準を加えた"},
    {"demo.remove", "例のデータを消した"},
    {"duty.add", "役割を加えた"},
    {"duty.change", "役割を直した"},
    {"duty.end", "役割を終えた"},
    {"duty.follow", "役割を新しい所属に移した"},
    {"duty.hand_over", "役割を引きついだ"},
    {"edition.discard", "版をやめた"},
    {"edition.make", "版をつくった"},
    {"edition.publish", "版を公開した"},
    {"edition.schedule", "版を公開する日時を決めた"},
    {"edition.tell", "職員用の版を知らせた"},
    {"history.import", "過去の年度の数を取り込んだ"},
    {"inquiry.change", "照会を直した"},
    {"inquiry.close", "照会を閉じた"},
    {"inquiry.discard", "照会をやめた"},
    {"inquiry.new", "照会をつくった"},
    {"inquiry.open", "照会を送った"},
    {"instance.init", "使いはじめた"},
    {"job.again", "自動の仕事をもう一度動かした"},
    {"letter.again", "手紙をもう一度送った"},
    {"letter.handed", "手紙を渡した"},
    {"login", "ログインした"},
    {"logout", "ログアウトした"},
    {"municipal_case.change", "市町村の事例を直した"},
    {"municipal_case.new", "市町村の事例を加えた"},
    {"municipal_case.remove", "市町村の事例を消した"},
    {"notice.again", "公開前の知らせをもう一度送った"},
    {"notice.agree", "公開前の知らせに同意した"},
    {"notice.answer", "公開前の知らせへの返事に答えた"},
    {"notice.new", "公開前の知らせをつくった"},
    {"notice.object", "公開前の知らせに意見を出した"},
    {"operation.now", "夜の仕事を動かした"},
    {"operation.sweep", "古いものを片付けた"},
    {"organization.change", "団体を直した"},
    {"organization.import", "団体をファイルから取り込んだ"},
    {"organization.new", "団体を加えた"},
    {"organizations.import", "団体のファイルを取り込んだ"},
    {"practice.change", "よい実践を直した"},
    {"practice.new", "よい実践に選んだ"},
    {"project.follow", "事業を新しい所属に移した"},
    {"project.merge", "事業を1つにまとめた"},
    {"project.new", "事業をつくった"},
    {"project.not_double", "別の事業だと決めた"},
    {"project.part", "まとめた事業を分けた"},
    {"project.remove", "事業を消した"},
    {"remark.change", "会議での意見を直した"},
    {"remark.new", "会議での意見を記録した"},
    {"section.add", "所属を加えた"},
    {"section.carry", "所属を新しい年度に写した"},
    {"section.change", "所属を直した"},
    {"section.gone", "所属を終わりにした"},
    {"section.move", "組織の変更を記録した"},
    {"section.remove", "所属を消した"},
    {"section.reorganise", "組織の変更で所属を直した"},
    {"sessions.end", "ログインを終わらせた"},
    {"setting.change", "設定を変えた"},
    {"sheet.discard", "送ったファイルを捨てた"},
    {"statement.carry", "前の年度の事業を引きついだ"},
    {"statement.change", "事業の記載を直した"},
    {"statement.correct", "事業の記載を訂正した"},
    {"statement.decide", "続けるか終えるかを決めた"},
    {"statement.follow", "事業の記載を新しい所属に移した"},
    {"statement.leave_out", "部局で事業を外した"},
    {"statement.mend", "事業の記載のことばを直した"},
    {"statement.merge", "事業の記載をまとめた"},
    {"statement.new", "事業の記載を加えた"},
    {"statement.part", "まとめた記載を分けた"},
    {"statement.put_back", "台帳にもどした"},
    {"statement.put_in", "部局で外した事業をもどした"},
    {"statement.remark", "共に担当する課が意見を書いた"},
    {"statement.remark_seen", "共に担当する課の意見を確かめた"},
    {"statement.remove", "事業の記載を消した"},
    {"statement.take_out", "台帳から外した"},
    {"vocabulary.add", "ことばを加えた"},
    {"vocabulary.remove", "ことばを消した"},
    {"withhold.clear", "公開に戻した"},
    {"withhold.set", "非公開にした"},
    {"word.add", "ことばを加えた"},
    {"word.begin", "ことばの始まる年度を決めた"},
    {"word.change", "ことばを直した"},
    {"word.end", "ことばの終わる年度を決めた"},
    {"word.keep", "ことばを使いつづけることにした"},
    {"word.order", "ことばの順を変えた"},
    {"word.remove", "ことばを消した"},
    {"word.retire", "ことばを使わないことにした"},
};

static int compare(const void *key, const void *deed) { return strcmp(key, ((const struct deed *)deed)->what); }

const char *log_deed(struct ctx *c, const char *what)
{
    const struct deed *d = bsearch(what, deeds, sizeof deeds / sizeof *deeds, sizeof *deeds, compare);
    return d != NULL ? tr(c, d->label) : what;
}

/* Things of the log that are no entities, or stand there under another name. */
static const struct log_kind others[] = {
    {"edition", "台帳の版"},       {"setting", "設定"},           {"outbox", "手紙"},           {"job", "自動の仕事"},     {"sheet_upload", "送ったファイル"},
    {"import_run", "団体の取り込み"}, {"history", "過去の年度の数"}, {"section_move", "組織の変更"}, {"vocabulary", "ことば"}, {"duty", "役割の引きつぎ"},
};
enum { OTHERS = sizeof others / sizeof *others };

const char *log_thing(struct ctx *c, const char *entity)
{
    const struct entity *e = entity_named(c, entity);
    for (size_t i = 0; i < OTHERS; i++)
        if (text_eq(others[i].code, entity))
            return tr(c, others[i].label);
    return e != NULL ? tr(c, e->label) : entity;
}

const struct log_kind *log_kinds(struct ctx *c)
{
    struct log_kind *v = NULL;
    size_t n = 0, cap = 0;
    for (const struct area *const *area = c->app->areas; area != NULL && *area != NULL; area++)
        for (const struct entity *const *e = (*area)->entities; e != NULL && *e != NULL; e++)
            ARENA_PUSH(c->arena, v, n, cap) = (struct log_kind){(*e)->name, tr(c, (*e)->label)};
    for (size_t i = 0; i < OTHERS; i++)
        ARENA_PUSH(c->arena, v, n, cap) = (struct log_kind){others[i].code, tr(c, others[i].label)};
    ARENA_PUSH(c->arena, v, n, cap) = (struct log_kind){NULL, NULL};
    return v;
}

static const struct code { const char *entity, *field, *code, *label; } codes[] = {
    {"inquiry", "state", "draft", "準備中"},           {"inquiry", "state", "open", "受付中"},           {"inquiry", "state", "closed", "閉じた"},
    {"case_inquiry", "state", "draft", "準備中"},      {"case_inquiry", "state", "open", "受付中"},      {"case_inquiry", "state", "closed", "閉じた"},
    {"organization", "state", "open", "活動中"},       {"organization", "state", "closed", "終了"},      {NULL, "state", "open", "未着手"},
    {NULL, "state", "draft", "下書き"},                {NULL, "state", "approving", "確認待ち"},         {NULL, "state", "collating", "部局のとりまとめ中"},
    {NULL, "state", "submitted", "提出ずみ"},          {NULL, "state", "none", "該当なし"},              {NULL, "state", "returned", "差し戻し"},
    {NULL, "decision", "new", "新しい"},               {NULL, "decision", "same", "そのまま続ける"},     {NULL, "decision", "changed", "変えて続ける"},
    {NULL, "decision", "ended", "終わる"},             {NULL, "entered_how", "paper", "紙"},             {NULL, "entered_how", "telephone", "電話"},
    {NULL, "entered_how", "counter", "窓口"},          {NULL, "entered_how", "mail", "メール・Excel"},   {"account_duty", "role", "member", "団体の人"},
    {"account_duty", "role", "officer", "担当者"},     {"account_duty", "role", "promoter", "推進員"},   {"account_duty", "role", "secretariat", "事務局の人"},
    {"account_duty", "role", "operator", "管理者"},    {"account_duty", "role", "collator", "部局とりまとめ"}, {"account_duty", "role", "approver", "確認者"},
    {"account_duty", "role", "municipality", "市町村の人"},
};

const char *log_code(struct ctx *c, const char *entity, const char *field, const char *value)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if ((codes[i].entity == NULL || text_eq(codes[i].entity, entity)) && text_eq(codes[i].field, field) && text_eq(codes[i].code, value))
            return tr(c, codes[i].label);
    return value;
}

const char *log_note(struct ctx *c, const char *what, const char *note)
{
    static const struct { const char *key, *label; } settings[] = {
        {"prefecture_name: ", "県の名前"}, {"site_name: ", "サイトの名前"}, {"secretariat_name: ", "事務局の名前"}, {"secretariat_phone: ", "事務局の電話"},
        {"site_url: ", "サイトのアドレス"}, {"approval: ", "確認者の確認を求める(すべての部局)"}, {"smtp_url: ", "メールサーバー"}, {"smtp_from: ", "差出人のアドレス"},
        {"smtp_user: ", "メールサーバーの利用者名"}, {"retention_years: ", "保存期間(年)"}};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if (strcmp(what, "setting.change") == 0 && text_starts(note, settings[i].key))
            return arena_printf(c->arena, "%s: %s", tr(c, settings[i].label), note + strlen(settings[i].key));
    return note;
}

bool log_note_shown(struct ctx *c, const struct audit_entry *e)
{
    static const char *const machines[] = {"audit.day", "answers.import", "organizations.import", "answer.mend"}; /* a mended answer's fields stand at its statement */
    static const char *const anybody[] = {"setting.", "operation.", "instance.", "duty.", "vocabulary.", "section.", "history.", "edition."};
    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
        if (strcmp(e->what, machines[i]) == 0)
            return false;
    for (size_t i = 0; i < sizeof anybody / sizeof *anybody; i++)
        if (text_starts(e->what, anybody[i]))
            return true;
    return user_audience(c->user) == AUDIENCE_SECRETARIAT && (!e->withheld || text_starts(e->what, "withhold."));
}

const struct log_place log_places[] = {
    {"/users", "利用者"},          {"/sections", "所属"},           {"/transfers", "異動"},           {"/letters", "手紙とメール"},      {"/organizations", "団体(職員用)"},
    {"/answers", "照会への回答"},  {"/inquiries", "照会"},          {"/sheets", "送ったファイル"},    {"/projects", "事業の訂正"},       {"/requests", "まちがいの知らせ"},
    {"/editions", "公開前の知らせ"}, {"/office/editions", "職員用の版"}, {"/office/log", "操作の記録"}, {"/office/views", "閲覧の記録"}, {NULL, NULL},
};
