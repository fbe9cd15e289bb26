/* The edition as a paper for the meeting inside the prefecture (庁内会議), and what was said of it there: by whom (a post, never a person), the answer,
 * the action that follows, by when, and when it was done. Source: spec §3.5, 002 §5. */
#ifndef KYODO_AREA_REGISTER_MEETING_H
#define KYODO_AREA_REGISTER_MEETING_H

#include "core/record.h"
#include "core/todo.h"

#define REMARK_FIELDS(F)                                                                     \
    F(ID, id, "番号", READONLY | STAFF, 0)                                                   \
    F(INT, version, "版", INTERNAL, 0)                                                       \
    F(REF, edition, "台帳の版", READONLY | STAFF, "edition")                                 \
    F(YEAR, year, "年度", READONLY | STAFF, 0)                                               \
    F(TEXT, meeting, "会議", REQUIRED | STAFF, 100)                                          \
    F(DATE, held_on, "開いた日", REQUIRED | STAFF, 0)                                        \
    F(TEXT, post, "発言した人の職", REQUIRED | STAFF, 100)                                   \
    F(MEMO, body, "意見", REQUIRED | STAFF, 2000)                                            \
    F(MEMO, answer, "答え", STAFF, 2000)                                                     \
    F(MEMO, action, "することになったこと", STAFF, 2000)                                     \
    F(DATE, due_on, "いつまでに", STAFF, 0)                                                  \
    F(DATE, done_on, "した日", STAFF, 0)                                                     \
    F(FLAG, demo, "例", INTERNAL, 0)
struct remark { struct row row; REMARK_FIELDS(FIELD_MEMBER) };
extern const struct entity remark_entity;

/* before NULL: a new one, on an edition that is made or published. Rights: the secretariat. */
enum err remark_save(struct ctx *c, const struct remark *before, struct remark *after);
/* Of the editions of a year, by meeting and order. */
enum err remarks_of_year(struct ctx *c, int64_t year, struct remark **out, size_t *n);
/* For a page about the year's inquiry: what was said of the editions of the year before, in a closed part. Nothing when there is nothing. */
void remarks_show(struct ctx *c, struct sb *o, int64_t year);
enum err remark_todos(struct ctx *c, struct todos *list);

#endif
