/* Partners are told what will be published of them before it is: a letter to each organization that an edition links to, with what it says and an
 * address by code, under which the partner sees it and says whether it is right, without an account. An objection is the secretariat's to-do. */
#ifndef KYODO_AREA_REGISTER_NOTICE_H
#define KYODO_AREA_REGISTER_NOTICE_H

#include "area/register/freeze.h"
#include "core/record.h"
#include "core/todo.h"

/* By year and number of the edition: a draft that is taken back and made anew keeps its notices.
 * state: sent, agreed, objected (waits for us), answered. */
#define NOTICE_FIELDS(F)                                                            \
    F(ID, id, "番号", READONLY | STAFF, 0)                                          \
    F(INT, version, "版", INTERNAL, 0)                                              \
    F(YEAR, year, "年度", READONLY | STAFF, 0)                                      \
    F(INT, number, "版の番号", READONLY | STAFF, 0)                                 \
    F(REF, organization, "団体", READONLY | STAFF, "organization")                  \
    F(TEXT, code_hash, "符号", READONLY | INTERNAL, 80)                             \
    F(DATE, due_on, "返事の期限", REQUIRED | STAFF, 0)                              \
    F(INSTANT, sent_at, "知らせた日時", READONLY | STAFF, 0)                        \
    F(TEXT, state, "状態", READONLY | STAFF, 10)                                    \
    F(INSTANT, replied_at, "返事のあった日時", READONLY | STAFF, 0)                 \
    F(TEXT, writer, "返事をした人", PUBLIC | PERSONAL, 60)                          \
    F(MEMO, words, "直してほしいところ", PUBLIC, 2000)                              \
    F(MEMO, answer, "事務局の答え", STAFF, 2000)                                    \
    F(INSTANT, answered_at, "答えた日時", READONLY | STAFF, 0)                      \
    F(FLAG, demo, "例", INTERNAL, 0)
struct notice { struct row row; NOTICE_FIELDS(FIELD_MEMBER) };
extern const struct entity notice_entity;

/* --- whom to tell --- */
struct notice_line {
    int64_t organization, projects;
    const char *name, *mail;      /* mail NULL: on paper */
    struct notice *told;          /* NULL: not yet */
    bool as_before;               /* every statement that names it stands in a published edition already, word for word */
};
/* The organizations that a made edition links to, by name. E_CONFLICT: it is published. */
enum err notices_plan(struct ctx *c, int64_t edition, struct notice_line **out, size_t *n);
/* One letter each; who has been told gets a new code, and the old one goes on to work no more. due_on: "YYYY-MM-DD", from today on. */
enum err notices_send(struct ctx *c, int64_t edition, const int64_t *organization, size_t n, const char *due_on);

/* --- the partner's side --- */
/* E_NOT_FOUND: no such code. A code has some 80 bits and its hash is keyed: nobody guesses one. */
enum err notice_find(struct ctx *c, const char *code, struct notice *out);
/* What the edition of that year and number says now of the organization: E_NOT_FOUND while there is none. */
enum err notice_frozen(struct ctx *c, const struct notice *x, int64_t *edition, bool *published, struct frozen **out, size_t *n);
enum err notice_reply(struct ctx *c, const char *code, bool agreed, const char *writer, const char *words);

/* --- the secretariat's --- */
enum err notice_answer(struct ctx *c, int64_t notice, const char *answer);
/* Of an edition: how many were told, how many have agreed, how many objections wait. */
struct notice_counts { int64_t told, agreed, waiting, silent; };
enum err notices_count(struct ctx *c, int64_t edition, struct notice_counts *out);
enum err notices_of(struct ctx *c, int64_t edition, struct notice **out, size_t *n);
const char *notice_label(struct ctx *c, const char *state);
enum err notice_todos(struct ctx *c, struct todos *list);

#endif
