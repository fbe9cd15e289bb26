/* Good practice (002 §6): projects picked out by published criteria, with the reason under each criterion that they meet. No document prints criteria:
 * the first ones are ours and say so until the secretariat writes its own. */
#ifndef KYODO_AREA_REGISTER_PRACTICE_H
#define KYODO_AREA_REGISTER_PRACTICE_H

#include "core/record.h"

#define CRITERION_FIELDS(F)                                                          \
    F(ID, id, "番号", READONLY | PUBLIC, 0)                                          \
    F(INT, version, "版", INTERNAL, 0)                                               \
    F(TEXT, name, "基準", REQUIRED | PUBLIC, 100)                                    \
    F(MEMO, words, "説明", REQUIRED | PUBLIC, 1000)                                  \
    F(INT, position, "並び順", PUBLIC, 0)                                            \
    F(FLAG, ours, "このシステムの案", READONLY | PUBLIC, 0)                          \
    F(FLAG, retired, "使わない", PUBLIC, 0)                                          \
    F(FLAG, demo, "例", INTERNAL, 0)
struct criterion { struct row row; CRITERION_FIELDS(FIELD_MEMBER) };
extern const struct entity criterion_entity;

#define PRACTICE_REASON_FIELDS(F)                                                    \
    F(ID, id, "番号", INTERNAL, 0)                                                   \
    F(REF, criterion, "基準", PUBLIC, "criterion")                                   \
    F(TEXT, words, "理由", PUBLIC, 500)
struct practice_reason { struct row row; PRACTICE_REASON_FIELDS(FIELD_MEMBER) };
extern const struct entity practice_reason_entity;

/* state: draft, public, withdrawn. year: of the edition whose statement is meant. */
#define PRACTICE_FIELDS(F)                                                           \
    F(ID, id, "番号", READONLY | PUBLIC, 0)                                          \
    F(INT, version, "版", INTERNAL, 0)                                               \
    F(REF, project, "事業番号", READONLY | PUBLIC, "project")                        \
    F(YEAR, year, "年度", READONLY | PUBLIC, 0)                                      \
    F(MEMO, words, "ひとこと", PUBLIC, 1000)                                         \
    F(CHILD, reasons, "選んだ理由", REQUIRED | PUBLIC, practice_reason)              \
    F(TEXT, state, "状態", READONLY | STAFF, 10)                                     \
    F(INSTANT, made_at, "選んだ日時", READONLY | STAFF, 0)                           \
    F(INSTANT, published_at, "公開した日時", READONLY | PUBLIC, 0)                   \
    F(FLAG, demo, "例", INTERNAL, 0)
struct practice { struct row row; PRACTICE_FIELDS(FIELD_MEMBER) };
extern const struct entity practice_entity;

/* --- criteria --- */
/* In their order; without the retired ones unless all is asked for. While the secretariat has saved none: ours, with id NONE. */
enum err criteria(struct ctx *c, bool all, struct criterion **out, size_t *n);
/* Writes ours into the database if there are none, so that they can be edited and picked by. Rights: the secretariat. */
enum err criteria_ready(struct ctx *c);
/* before NULL: a new one, at the end. What is changed is the secretariat's own from then on. */
enum err criterion_save(struct ctx *c, const struct criterion *before, struct criterion *after);

/* --- picks --- */
enum err practice_of(struct ctx *c, int64_t project, int64_t year, struct practice *out); /* E_NOT_FOUND */
/* `reasons` with words only; state public or draft: at least one. The project stands in a published edition of the year. Rights: the secretariat. */
enum err practice_save(struct ctx *c, const struct practice *before, struct practice *after, const char *state);
/* Public ones, newest year first; project NONE: all. */
enum err practices_public(struct ctx *c, int64_t project, struct practice **out, size_t *n);
enum err practices_all(struct ctx *c, struct practice **out, size_t *n); /* the secretariat */
const char *practice_label(struct ctx *c, const char *state);

#endif
