/* 協働事業の台帳: inquiry (照会), answers, projects, editions, statistics, history. Source: document 002; spec §3. */
#ifndef KYODO_AREA_REGISTER_H
#define KYODO_AREA_REGISTER_H

#include "core/app.h"
#include "core/record.h"
#include "core/section.h"

/* --- inquiry --- */
/* state: draft, open, closed. scope: "all", "part" (then `units`: numbers of departments or sections). */
#define INQUIRY_FIELDS(F)                                                                  \
    F(ID, id, "番号", READONLY | PUBLIC, 0)                                                \
    F(INT, version, "版", INTERNAL, 0)                                                     \
    F(YEAR, year, "年度", REQUIRED | STAFF, 0)                                             \
    F(CODE, scheme, "種類", REQUIRED | STAFF, "scheme")                                    \
    F(CODE, round, "時期", REQUIRED | STAFF, "round")                                      \
    F(TEXT, title, "件名", REQUIRED | STAFF, 100)                                          \
    F(MEMO, body, "本文", STAFF, 4000)                                                     \
    F(DATE, due_on, "締切の日", REQUIRED | STAFF, 0)                                       \
    F(TEXT, scope, "あて先", REQUIRED | STAFF, 10)                                         \
    F(SET, units, "あて先の所属", STAFF, "")                                               \
    F(TEXT, state, "状態", READONLY | STAFF, 10)                                           \
    F(INSTANT, opened_at, "送った日時", READONLY | STAFF, 0)                               \
    F(INSTANT, closed_at, "閉じた日時", READONLY | STAFF, 0)                               \
    F(FLAG, demo, "例", INTERNAL, 0)
struct inquiry { struct row row; INQUIRY_FIELDS(FIELD_MEMBER) };
extern const struct entity inquiry_entity;

/* --- answer of one section --- */
/* state: open (未着手), draft, approving (with the approver), collating (with the department), submitted, none (該当なしで回答), returned.
 * extended_to: this section's own due date; passed_why: the secretariat took it without the department, and why. */
#define ANSWER_FIELDS(F)                                                                   \
    F(ID, id, "番号", READONLY | STAFF, 0)                                                 \
    F(INT, version, "版", INTERNAL, 0)                                                     \
    F(REF, inquiry, "照会", READONLY | STAFF, "inquiry")                                   \
    F(REF, section, "所属", READONLY | STAFF, "section")                                   \
    F(TEXT, state, "状態", READONLY | STAFF, 10)                                           \
    F(INSTANT, submitted_at, "提出した日時", READONLY | STAFF, 0)                          \
    F(FLAG, late, "期限後", READONLY | STAFF, 0)                                           \
    F(TEXT, receipt, "受付番号", READONLY | STAFF, 20)                                     \
    F(MEMO, comment, "差し戻しのコメント", READONLY | STAFF, 2000)                         \
    F(TEXT, approver_post, "確認した人の職", STAFF, 60)                                    \
    F(DATE, approved_on, "確認した日", STAFF, 0)                                           \
    F(TEXT, entered_for, "事務局が代わりに入力した理由", READONLY | STAFF, 200)            \
    F(TEXT, entered_how, "受け取り方", READONLY | STAFF, 20)                               \
    F(DATE, received_on, "受け取った日", READONLY | STAFF, 0)                              \
    F(TEXT, received_by, "受け取った人", READONLY | STAFF, 60)                             \
    F(INSTANT, reminded_at, "最後に催促した日時", READONLY | STAFF, 0)                     \
    F(INT, approved_by, "確認した利用者", READONLY | STAFF, 0)                             \
    F(INSTANT, passed_at, "部局から事務局に送った日時", READONLY | STAFF, 0)               \
    F(TEXT, passed_why, "部局の確認をとばした理由", READONLY | STAFF, 200)                 \
    F(DATE, extended_to, "のばした締切", READONLY | STAFF, 0)                              \
    F(TEXT, extended_why, "締切をのばした理由", READONLY | STAFF, 200)                     \
    F(INSTANT, warned_at, "締切前に知らせた日時", READONLY | INTERNAL, 0)                  \
    F(FLAG, demo, "例", INTERNAL, 0)
struct answer { struct row row; ANSWER_FIELDS(FIELD_MEMBER) };
extern const struct entity answer_entity;

/* --- statement: what a section states of a project in a round --- */
#define PARTNER_FIELDS(F)                                                                  \
    F(ID, id, "番号", INTERNAL, 0)                                                         \
    F(REF, organization, "団体", PUBLIC, "organization")                                   \
    F(TEXT, name, "相手の名前", SEARCH | PUBLIC, 200)                                      \
    F(CODE, kind, "相手の種類", PUBLIC, "partner_kind")                                    \
    F(TEXT, role, "相手の役割", PUBLIC, 200)
struct statement_partner { struct row row; PARTNER_FIELDS(FIELD_MEMBER) };
#define JOINT_SECTION_FIELDS(F)                                                            \
    F(ID, id, "番号", INTERNAL, 0)                                                         \
    F(REF, section, "共に担当する所属", PUBLIC, "section")
struct statement_section { struct row row; JOINT_SECTION_FIELDS(FIELD_MEMBER) };
#define DIVISION_FIELDS(F)                                                                 \
    F(ID, id, "番号", INTERNAL, 0)                                                         \
    F(TEXT, task, "仕事", PUBLIC, 200)                                                     \
    F(TEXT, who, "受け持つ人", PUBLIC, 200)                                                \
    F(TEXT, strength, "生かす強み", PUBLIC, 200)
struct statement_role { struct row row; DIVISION_FIELDS(FIELD_MEMBER) };
#define CONTRIBUTION_FIELDS(F)                                                             \
    F(ID, id, "番号", INTERNAL, 0)                                                         \
    F(CODE, kind, "出し合うもの", PUBLIC, "contribution")                                  \
    F(TEXT, who, "出す人", PUBLIC, 200)                                                    \
    F(TEXT, what, "内容", PUBLIC, 200)
struct statement_contribution { struct row row; CONTRIBUTION_FIELDS(FIELD_MEMBER) };
#define OUTCOME_FIELDS(F)                                                                  \
    F(ID, id, "番号", INTERNAL, 0)                                                         \
    F(TEXT, name, "成果の指標", PUBLIC, 100)                                               \
    F(TEXT, unit, "単位", PUBLIC, 20)                                                      \
    F(YEAR, year, "年度", PUBLIC, 0)                                                       \
    F(MILLI, value, "値", PUBLIC, 0)
struct statement_outcome { struct row row; OUTCOME_FIELDS(FIELD_MEMBER) };
extern const struct entity statement_partner_entity, statement_section_entity, statement_role_entity, statement_contribution_entity,
    statement_outcome_entity;

/* decision: NULL (not yet confirmed), same, changed, ended, new. */
#define STATEMENT_FIELDS(F)                                                                \
    F(ID, id, "番号", READONLY | STAFF, 0)                                                 \
    F(INT, version, "版", INTERNAL, 0)                                                     \
    F(REF, project, "事業番号", READONLY | PUBLIC, "project")                              \
    F(REF, inquiry, "照会", READONLY | STAFF, "inquiry")                                   \
    F(REF, answer, "回答", READONLY | STAFF, "answer")                                     \
    F(REF, previous, "昨年度の記載", READONLY | STAFF, "statement")                        \
    F(YEAR, year, "年度", READONLY | PUBLIC, 0)                                            \
    F(TEXT, decision, "続けるか", READONLY | STAFF, 10)                                    \
    F(MEMO, end_reason, "終わる理由", STAFF, 1000)                                         \
    F(TEXT, name, "事業名", REQUIRED | SEARCH | PUBLIC | WITHHOLD, 200)                    \
    F(CODE, scheme, "種類", READONLY | PUBLIC, "scheme")                                   \
    F(CODE, category, "取りまとめ区分", REQUIRED | PUBLIC, "category")                     \
    F(TEXT, category_other, "取りまとめ区分(その他の内容)", PUBLIC, 200)                   \
    F(CODE, continuity, "新規/継続", READONLY | PUBLIC, "continuity")                      \
    F(CODE, relation, "関係", PUBLIC, "relation")                                          \
    F(SET, forms, "協働の形態", REQUIRED | PUBLIC, "form")                                 \
    F(CODE, main_form, "主な形態", PUBLIC, "form")                                         \
    F(TEXT, form_other, "協働の形態(その他の内容)", PUBLIC, 200)                           \
    F(SET, stages, "参画の段階", PUBLIC, "stage")                                          \
    F(CODE, domain, "領域", PUBLIC, "domain")                                              \
    F(SET, kinds, "取組みの種別", PUBLIC, "kind")                                          \
    F(SET, fields, "活動の分野", PUBLIC, "field")                                          \
    F(REF, lead, "主担当課", READONLY | PUBLIC, "section")                                 \
    F(CHILD, joint, "共に担当する課", PUBLIC, statement_section)                           \
    F(CHILD, partners, "協働の相手", REQUIRED | SEARCH | PUBLIC | WITHHOLD, statement_partner) \
    F(TEXT, summary, "ひとこと説明", REQUIRED | SEARCH | PUBLIC | WITHHOLD, 200)             \
    F(MEMO, reason, "取り上げる理由", SEARCH | PUBLIC | WITHHOLD, 2000)                    \
    F(MEMO, spread, "他への普及効果", SEARCH | PUBLIC | WITHHOLD, 2000)                    \
    F(MEMO, purpose_government, "県の目的", SEARCH | PUBLIC | WITHHOLD, 2000)              \
    F(MEMO, purpose_partner, "相手の目的", SEARCH | PUBLIC | WITHHOLD, 2000)               \
    F(MEMO, effect, "ねらう効果", SEARCH | PUBLIC | WITHHOLD, 2000)                        \
    F(MEMO, activity, "すること", SEARCH | PUBLIC | WITHHOLD, 4000)                        \
    F(CHILD, roles, "役割分担", PUBLIC | WITHHOLD, statement_role)                         \
    F(MEMO, cost_sharing, "費用の分担", PUBLIC | WITHHOLD, 1000)                           \
    F(CHILD, contributions, "出し合うもの", PUBLIC | WITHHOLD, statement_contribution)     \
    F(YEN, budget, "予算額(千円)", PUBLIC | WITHHOLD, 0)                                   \
    F(YEN, settled, "昨年度の決算額(千円)", PUBLIC | WITHHOLD, 0)                          \
    F(TEXT, place, "場所", SEARCH | PUBLIC | WITHHOLD, 200)                                \
    F(SET, municipalities, "市町村", PUBLIC, "municipality")                               \
    F(DATE, starts_on, "はじまり", PUBLIC, 0)                                              \
    F(DATE, ends_on, "おわり", PUBLIC, 0)                                                  \
    F(YEAR, first_year, "はじめた年度", PUBLIC, 0)                                         \
    F(CODE, how_chosen, "相手の選び方", PUBLIC, "how_chosen")                              \
    F(MEMO, how_chosen_grounds, "選んだ根拠", PUBLIC | WITHHOLD, 1000)                     \
    F(MEMO, no_call_reason, "公募しなかった理由", PUBLIC | WITHHOLD, 1000)                 \
    F(CHILD, outcomes, "成果の指標", PUBLIC | WITHHOLD, statement_outcome)                 \
    F(TEXT, contact_post, "連絡先の係", PUBLIC | WITHHOLD, 100)                            \
    F(TEXT, contact_phone, "連絡先の電話", PUBLIC | WITHHOLD, 40)                          \
    F(TEXT, contact_person, "担当者の名前", STAFF | PERSONAL, 60)                          \
    F(MEMO, lesson, "内部の教訓", STAFF, 2000)                                             \
    F(MEMO, note, "事務局メモ", SECRETARIAT, 2000)                                         \
    F(FLAG, demo, "例", INTERNAL, 0)
struct statement { struct row row; STATEMENT_FIELDS(FIELD_MEMBER) };
extern const struct entity statement_entity;
extern const struct area register_area;    /* inquiries and answers */
extern const struct area publication_area; /* editions, public pages, statistics */
extern const struct area casebook_area;    /* the casebook: one edition as a book and as files */

/* Rules between fields (spec §3; 000 参考(2)②: why without a call; ends after starts; その他 needs words …). Faults tied to fields. */
enum err statement_check(struct ctx *c, const struct statement *s);

/* --- use cases: inquiry.c --- */
enum err inquiry_save(struct ctx *c, const struct inquiry *before, struct inquiry *after);
/* The sections an inquiry goes to, in tree order (of its year). */
enum err inquiry_addressees(struct ctx *c, const struct inquiry *q, struct section_node **out, size_t *n);
/* Opens: an answer for every addressee, last year's projects of each (by lead unit) carried over as statements with decision NULL, a letter to each promoter. */
enum err inquiry_open(struct ctx *c, int64_t inquiry);
enum err inquiry_remind(struct ctx *c, int64_t inquiry, const int64_t *answers, size_t n, const char *text);
/* Closing shuts it: unanswered sections stay 未回答, their carried-over projects are not carried in. */
enum err inquiry_close(struct ctx *c, int64_t inquiry);

/* --- use cases: answer.c (section's promoter or officer; the secretariat for a section, with why, how and when received) --- */
enum err statement_save(struct ctx *c, const struct statement *before, struct statement *after); /* draft; before NULL: a new project */
enum err statement_decide(struct ctx *c, int64_t statement, const char *decision, const char *end_reason);
enum err statement_remove(struct ctx *c, int64_t statement); /* a new one not yet submitted */
enum err answer_submit(struct ctx *c, int64_t answer);       /* every statement complete and decided; marks late ones; receipt */
enum err answer_none(struct ctx *c, int64_t answer);         /* 該当なし: refused while projects are carried over undecided or new ones stand */
enum err answer_withdraw(struct ctx *c, int64_t answer);     /* back to draft until closing */
enum err answer_return(struct ctx *c, int64_t answer, const char *comment); /* the secretariat */

/* --- counts.c --- */
/* The counts that stand with the answers, all anew: for who has written the tables past the use cases. */
enum err register_recount(struct ctx *c);
enum err register_check(struct ctx *c); /* area.check */

/* --- use cases: follow.c: what a reorganisation of sections means here. Rights: the secretariat --- */
struct follow_choice { int64_t project, unit; };
/* Projects go where their section went; of a split one by choice, else undecided. Open answers of the year go with them. In the open transaction. */
enum err register_follow(struct ctx *c, int64_t year, const struct section_move *moves, size_t n, const struct follow_choice *choice, size_t choices);
/* Projects of a section that go on; of all split sections those of which nobody has said where they went (unit, year: where they were). */
struct followed { int64_t project; const char *name; int64_t unit, year; const char *section; };
/* How many there are, counted to one past `most`. */
enum err register_count_of_unit(struct ctx *c, int64_t unit, int64_t most, int64_t *n);
enum err register_of_unit(struct ctx *c, int64_t unit, struct followed **out, size_t *n);
enum err register_undecided(struct ctx *c, struct followed **out, size_t *n);
/* Answers of open rounds that stand on the section's row of a year. */
enum err register_open_answers(struct ctx *c, int64_t year, int64_t unit, int64_t *n);
enum err register_decide(struct ctx *c, const struct follow_choice *choice, size_t n);
enum err register_section_changed(struct ctx *c, int64_t section); /* area.section_changed */

/* --- use cases: doubles.c --- */
/* Two projects (one < other) of different sections that may be one; their statements of the year and the answers in which these stand. */
struct double_pair {
    int64_t one, other;
    const char *one_name, *other_name, *one_section, *other_section;
    int percent;         /* how alike the names are */
    const char *partner; /* a partner that both name; NULL */
    int64_t one_statement, other_statement, one_answer, other_answer;
};
/* Pairs in the inquiry's year of which at least one stands in the inquiry: names alike to 60 %, or to half with a partner in common; the most alike
 * first, at most 500; not those that were dismissed. */
enum err doubles_find(struct ctx *c, int64_t inquiry, struct double_pair **out, size_t *n);
enum err doubles_dismiss(struct ctx *c, int64_t one, int64_t other);

/* --- use cases: edition.c --- */
/* Freezes the statements of all closed rounds of the year, figures counted, hashed; state "made". */
enum err edition_make(struct ctx *c, int64_t year, const char *preface, int64_t *edition);
enum err edition_publish(struct ctx *c, int64_t edition, int64_t publish_at); /* NONE: now; else a job */
enum err edition_publish_due(struct ctx *c, int64_t edition);                  /* the job of publish_at */
enum err edition_discard(struct ctx *c, int64_t edition);                      /* a made one that was never published */
/* Recomputes hashes and figures from the frozen rows: E_CONFLICT names the first fault. */
enum err edition_verify(struct ctx *c, int64_t edition);
/* The newest published edition of a year (NONE: of all). E_NOT_FOUND. */
enum err edition_newest(struct ctx *c, int64_t year, int64_t *edition);
/* How many registered organizations its projects name. */
enum err edition_partners(struct ctx *c, int64_t edition, int64_t *n);
/* The newest fiscal year of which there is an edition, published or not; NONE: of none. */
enum err edition_last_year(struct ctx *c, int64_t *year);

/* --- use cases: history.c --- */
enum err history_import(struct ctx *c, const char *file, const char *bytes, size_t n, const char *label);
/* The whole table, imported and from editions, ready to print: see statistics.h */

/* The history of collaboration that published editions know of an organization, newest first. */
struct collaboration { int64_t project, year; const char *name, *category, *section; };
enum err collaborations_of(struct ctx *c, int64_t organization, struct collaboration **out, size_t *n);

#endif
