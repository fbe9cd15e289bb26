/* まちがいを知らせる: what somebody outside says is wrong in a public entry of a project or an organization, without an account. It becomes a to-do of
 * the secretariat and of the section that has the project, and is answered: mended in an edition, or not, and why. What it says of the person is
 * erased REQUEST_KEEP_DAYS after the answer. */
#ifndef KYODO_AREA_REGISTER_CORRECTION_REQUEST_H
#define KYODO_AREA_REGISTER_CORRECTION_REQUEST_H

#include "core/record.h"
#include "core/todo.h"

enum { REQUEST_KEEP_DAYS = 90, REQUESTS_A_DAY = 200 };

/* entity: project, organization. place: a field's name, or NULL. state: open, mended, declined. */
#define CORRECTION_REQUEST_FIELDS(F)                                                   \
    F(ID, id, "番号", READONLY | STAFF, 0)                                             \
    F(INT, version, "版", INTERNAL, 0)                                                 \
    F(TEXT, receipt, "受付番号", READONLY | STAFF, 20)                                 \
    F(TEXT, entity, "知らせの対象", READONLY | STAFF, 20)                              \
    F(INT, record, "対象の番号", READONLY | STAFF, 0)                                  \
    F(REF, edition, "見ていた版", READONLY | STAFF, "edition")                         \
    F(INT, unit, "担当の所属番号", READONLY | STAFF, 0)                                \
    F(TEXT, place, "どの項目", PUBLIC, 40)                                             \
    F(MEMO, body, "どこがどうちがうか", REQUIRED | PUBLIC | PERSONAL, 2000)            \
    F(TEXT, name, "お名前", PUBLIC | PERSONAL, 60)                                     \
    F(TEXT, mail, "メールアドレス", PUBLIC | PERSONAL, 200)                            \
    F(TEXT, state, "状態", READONLY | STAFF, 10)                                       \
    F(MEMO, answer, "返事", STAFF, 2000)                                               \
    F(INSTANT, answered_at, "返事をした日時", READONLY | STAFF, 0)                     \
    F(REF, mended_in, "直した版", READONLY | STAFF, "edition")                         \
    F(INSTANT, made_at, "受け付けた日時", READONLY | STAFF, 0)                         \
    F(INSTANT, erased_at, "個人の情報を消した日時", READONLY | STAFF, 0)               \
    F(FLAG, demo, "例", INTERNAL, 0)
struct correction_request { struct row row; CORRECTION_REQUEST_FIELDS(FIELD_MEMBER) };
extern const struct entity correction_request_entity;

/* What the request is about as the public may see it. E_NOT_FOUND: nothing public of that number. */
struct request_subject { const char *entity; int64_t record, edition, unit; const char *name, *where; struct url to; bool demo; };
enum err request_subject(struct ctx *c, const char *entity, int64_t record, struct request_subject *out);

/* Anybody. `r`: place, body, name, mail; the rest is set here, receipt too. E_INPUT also when too many come in a row. */
enum err request_take(struct ctx *c, const struct request_subject *about, struct correction_request *r);
/* The secretariat, or the section. mended: an edition that shows it right, or NONE (an organization's entry has none); answer: what is written to the sender. */
enum err request_answer(struct ctx *c, int64_t id, bool mended, int64_t edition, const char *answer);
/* Those that the user may see; NULL state: all. Newest first, before `before` (NONE: from the newest). */
enum err requests_list(struct ctx *c, const char *state, int64_t before, size_t most, struct correction_request **out, size_t *n);
/* E_FORBIDDEN unless the secretariat or of the section. */
enum err request_load(struct ctx *c, int64_t id, struct correction_request *out);
const char *request_label(struct ctx *c, const char *state);

enum err request_todos(struct ctx *c, struct todos *list);
enum err requests_erase(struct ctx *c, int64_t subject); /* the job of every day */

#endif
