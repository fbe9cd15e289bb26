/* 事例照会: municipalities tell of their own collaboration. Published beside the register and counted apart (spec §2: 市町村の事例は別に並べ、数に入れない).
 *
 * A municipality answers by an account with the role on its organization; the secretariat can enter what came otherwise, with who received it and when. */
#ifndef KYODO_AREA_REGISTER_CASES_H
#define KYODO_AREA_REGISTER_CASES_H

#include "core/record.h"
#include "core/todo.h"
#include "web/web.h"

/* state: draft, open, closed, published. municipalities: none chosen means all. */
#define CASE_INQUIRY_FIELDS(F)                                                             \
    F(ID, id, "番号", READONLY | STAFF, 0)                                                 \
    F(INT, version, "版", INTERNAL, 0)                                                     \
    F(YEAR, year, "年度", REQUIRED | STAFF, 0)                                             \
    F(TEXT, title, "件名", REQUIRED | STAFF, 100)                                          \
    F(MEMO, body, "本文", STAFF, 4000)                                                     \
    F(DATE, due_on, "締切の日", REQUIRED | STAFF, 0)                                       \
    F(SET, municipalities, "あて先の市町村", STAFF, "municipality")                        \
    F(TEXT, state, "状態", READONLY | STAFF, 10)                                           \
    F(INSTANT, opened_at, "送った日時", READONLY | STAFF, 0)                               \
    F(INSTANT, closed_at, "閉じた日時", READONLY | STAFF, 0)                               \
    F(INSTANT, published_at, "公開した日時", READONLY | STAFF, 0)                          \
    F(FLAG, demo, "例", INTERNAL, 0)
struct case_inquiry { struct row row; CASE_INQUIRY_FIELDS(FIELD_MEMBER) };
/* state: open, draft, submitted. */
#define CASE_ANSWER_FIELDS(F)                                                              \
    F(ID, id, "番号", READONLY | STAFF, 0)                                                 \
    F(INT, version, "版", INTERNAL, 0)                                                     \
    F(REF, inquiry, "事例照会", READONLY | STAFF, "case_inquiry")                          \
    F(CODE, municipality, "市町村", READONLY | STAFF, "municipality")                      \
    F(REF, organization, "団体", READONLY | STAFF, "organization")                         \
    F(TEXT, state, "状態", READONLY | STAFF, 10)                                           \
    F(INSTANT, submitted_at, "提出した日時", READONLY | STAFF, 0)                          \
    F(FLAG, late, "期限後", READONLY | STAFF, 0)                                           \
    F(TEXT, contact, "連絡先", STAFF, 200)                                                 \
    F(TEXT, entered_how, "受け取り方", READONLY | STAFF, 20)                               \
    F(DATE, received_on, "受け取った日", READONLY | STAFF, 0)                              \
    F(TEXT, received_by, "受け取った人", READONLY | STAFF, 60)                             \
    F(FLAG, demo, "例", INTERNAL, 0)
struct case_answer { struct row row; CASE_ANSWER_FIELDS(FIELD_MEMBER) };
#define MUNICIPAL_CASE_FIELDS(F)                                                           \
    F(ID, id, "番号", READONLY | STAFF, 0)                                                 \
    F(INT, version, "版", INTERNAL, 0)                                                     \
    F(REF, answer, "回答", READONLY | STAFF, "case_answer")                                \
    F(TEXT, name, "事例の名前", REQUIRED | PUBLIC, 200)                                    \
    F(MEMO, summary, "内容", REQUIRED | PUBLIC, 1000)                                      \
    F(TEXT, partners, "協働の相手", PUBLIC, 300)                                           \
    F(MEMO, outcome, "成果", PUBLIC, 1000)                                                 \
    F(YEN, budget, "予算額(千円)", PUBLIC, 0)                                              \
    F(YEAR, since, "はじめた年度", PUBLIC, 0)                                              \
    F(TEXT, website, "ウェブページ", PUBLIC, 300)                                          \
    F(FLAG, demo, "例", INTERNAL, 0)
struct municipal_case { struct row row; MUNICIPAL_CASE_FIELDS(FIELD_MEMBER) };
extern const struct entity case_inquiry_entity, case_answer_entity, municipal_case_entity;

/* --- use cases. Rights: the secretariat for inquiries; for answers the municipality, or the secretariat once it has said how it came. --- */
enum err case_inquiry_save(struct ctx *c, const struct case_inquiry *before, struct case_inquiry *after);
/* Whom it asks: the municipalities chosen (none chosen: all), each with its record and how many users answer for it. */
struct case_addressee { const char *code, *name, *mail; int64_t organization, users; };
enum err case_addressees(struct ctx *c, const struct case_inquiry *q, struct case_addressee **out, size_t *n);
enum err case_inquiry_open(struct ctx *c, int64_t id);    /* an answer and a letter for each municipality */
enum err case_inquiry_close(struct ctx *c, int64_t id);
enum err case_inquiry_publish(struct ctx *c, int64_t id); /* what was submitted is public from now on */
enum err case_answer_load(struct ctx *c, int64_t id, bool lock, struct case_answer *a, struct case_inquiry *q, bool *may_write);
enum err case_answer_enter(struct ctx *c, int64_t id, const char *how, const char *received_on, const char *received_by);
enum err case_answer_submit(struct ctx *c, int64_t id);
enum err case_answer_withdraw(struct ctx *c, int64_t id);
enum err municipal_case_save(struct ctx *c, const struct municipal_case *before, struct municipal_case *after);
enum err municipal_case_remove(struct ctx *c, int64_t id);
enum err cases_of(struct ctx *c, int64_t answer, struct municipal_case **out, size_t *n);

handler case_inquiries_page, case_inquiry_new_page, case_inquiry_new_post, case_inquiry_page, case_inquiry_step_post, case_answers_page, case_answer_page, case_answer_post,
    case_answer_step_post, case_edit_page, case_edit_post, municipal_cases_page;
enum err case_todos(struct ctx *c, struct todos *list);
extern const struct area cases_area;

#endif
