/* What the files about inquiries and answers share among themselves: the project's own row, states as a table, rights, carrying over. */
#ifndef KYODO_AREA_REGISTER_ROUNDS_H
#define KYODO_AREA_REGISTER_ROUNDS_H

#include "area/register/register.h"
#include "core/page.h"

/* --- the project: a number that stays over the years; what is said of it stands in its statements --- */
#define PROJECT_FIELDS(F)                                                      \
    F(ID, id, "事業番号", READONLY | PUBLIC, 0)                                \
    F(YEAR, first_year, "はじめて載った年度", READONLY | PUBLIC, 0)            \
    F(INT, lead_unit, "主担当の所属番号", READONLY | PUBLIC, 0)                \
    F(REF, merged_into, "まとめた先の事業", READONLY | STAFF, "project")       \
    F(INSTANT, made_at, "登録した日時", READONLY | STAFF, 0)                   \
    F(FLAG, demo, "例", INTERNAL, 0)
struct project { struct row row; PROJECT_FIELDS(FIELD_MEMBER) };
extern const struct entity project_entity;
struct word;

/* --- states of an answer: action, from, to, who, when, the word for it inside. Of the rows with one action and state the first whose guard holds
 * is the step. --- */
enum { BY_SECTION = 1, BY_SECRETARIAT = 2, BY_COLLATOR = 4, BY_APPROVER = 8 };
/* The section's approver is asked for a click; the department has a collator; no project goes on or is new in the answer. */
enum answer_guard { ALWAYS, IF_APPROVAL, IF_COLLATION, IF_NOTHING };
struct answer_move { const char *action, *from, *to; unsigned who; enum answer_guard guard; const char *label; };
extern const struct answer_move answer_moves[]; /* ended by action NULL */
bool answer_handed_in(const char *state);  /* with the secretariat: submitted, none */
bool answer_on_the_way(const char *state); /* with the approver or the department */
/* 3/4 部局とりまとめで止まっています */
const char *answer_place(struct ctx *c, const char *state, bool asks_approval, bool has_collator);
/* Words inside (事務局 and the section see the same); an inquiry that is closed turns everything not handed in into 未回答. */
const char *answer_label(const char *state, bool closed);
const char *answer_tag(const char *state, bool closed); /* class of the tag */
const char *inquiry_label(const char *state);
/* Codes of the ways in which an answer reaches the secretariat outside the system. */
struct entered_how { const char *code, *label; };
extern const struct entered_how entered_hows[]; /* ended by code NULL */
const char *entered_how_label(const char *code);

/* --- one answer with all that is needed to judge it --- */
struct answer_case {
    struct inquiry inquiry;
    struct answer answer;
    struct section section;
    const char *section_name; /* 土木部 道路保全課 */
    const char *due_on;       /* the section's own: extended, else the inquiry's */
    bool closed, overdue;
    bool own;                 /* the user has a duty on the section, or on one that came after it */
    bool secretariat;
    bool collator, approver;  /* the user's roles on its department, on itself */
    struct section department; /* the section's own row where it is one */
    bool has_collator, asks_approval;
    bool nothing;             /* known after answer_case_for_step alone */
    bool may_edit;            /* state and right together: drafts may be saved */
};
/* E_NOT_FOUND, E_FORBIDDEN. With `lock` (in a write) the answer's row is held until the commit, so that what is read here still holds then. */
enum err answer_case_load(struct ctx *c, int64_t answer, bool lock, struct answer_case *out);
/* The same for handing in and what undoes it: the inquiry is held too, so that it cannot be closed meanwhile. */
enum err answer_case_for_step(struct ctx *c, int64_t answer, struct answer_case *out);
/* Holds all rounds of the answer's scheme and year until the commit: what takes a step on several answers begins with it. */
enum err rounds_lock(struct ctx *c, int64_t answer);
bool answer_may(const struct answer_case *k, const char *action);
/* E_CONFLICT or E_FORBIDDEN with a sentence, unless answer_may. */
enum err answer_need(struct ctx *c, const struct answer_case *k, const char *action);
const struct answer_move *answer_step(const struct answer_case *k, const char *action); /* the row that an action takes now; NULL */
/* Takes the step from before to after (state set here), with its row in the log. */
enum err answer_take_step(struct ctx *c, const struct answer_case *k, struct answer *after, const char *action);
/* The statements of an answer in the order in which they were carried over and added, whole. */
enum err answer_statements(struct ctx *c, int64_t answer, struct statement **out, size_t *n);
/* A statement with its case; E_NOT_FOUND when it does not belong to the answer. */
enum err statement_case_load(struct ctx *c, int64_t answer, int64_t statement, bool lock, struct answer_case *k, struct statement *s);

/* What stands against handing in, project by project. */
struct answer_fault { int64_t statement; const char *name, *field, *label, *message; };
enum err answer_faults(struct ctx *c, const struct answer_case *k, const struct statement *v, size_t n, struct answer_fault **out, size_t *faults);
/* A field as people read it; partners by name, kind and role, with the organization they are linked to. NULL: not stated. */
const char *statement_shown(struct ctx *c, const struct field *f, const struct statement *s);
/* Things worth a second look; they stop nothing. Sentences. */
size_t statement_notices(struct ctx *c, const struct statement *s, const char ***out);

/* The secretariat takes an answer by paper or telephone: from then on it may write for the section. */
enum err answer_enter(struct ctx *c, int64_t answer, const char *why, const char *how, const char *received_on, const char *received_by); /* by NULL: the user */
/* Who approved, in the section. */
enum err answer_approver(struct ctx *c, int64_t answer, const struct answer *after);

/* --- extend.c: the secretariat and one section's answer --- */
/* This section alone has time until `to`; told by letter. Faults at extended_to, extended_why. */
enum err answer_extend(struct ctx *c, int64_t answer, const char *to, const char *why);
/* Mends the wording of what was handed in; the section is told field by field. `k` was loaded with its lock. */
enum err statement_mend(struct ctx *c, const struct answer_case *k, const struct statement *before, struct statement *after);
/* The hourly job: within 48 hours of its due date a section that has not handed in is reminded, once. */
enum err answers_warn(struct ctx *c, int64_t subject);

/* Makes what was typed into `stored` fit to be published: what no form may change is taken from `stored`, then every check. E_INPUT. */
enum err statement_fit(struct ctx *c, const struct statement *stored, struct statement *s);

/* --- counts.c --- */
/* record_save for a statement (before NULL: new, after NULL: gone): what boards count of its answer follows. No statement is written otherwise. */
enum err statement_store(struct ctx *c, const struct statement *before, struct statement *after, const char *what);
/* Counts the answers anew in which a project stands: it went into another one, or came out of it. */
enum err answers_recount_of(struct ctx *c, int64_t project);

/* --- carrying over --- */
/* The statement that `previous` becomes in a round: undecided, settled amount open, a place for last year's value of every outcome measure.
 * `nodes` are the sections of the round's year. */
enum err statement_carry(struct ctx *c, const struct statement *previous, const struct inquiry *q, int64_t answer, int64_t lead,
                         const struct section_node *nodes, size_t nodes_n, struct statement *out);
/* Which of the earlier statements go into a round: the newest of each project among the closed rounds of its scheme in the year and the
 * year before, not ended. `addressee`: index into the inquiry's addressees, SIZE_MAX when its section is not among them. */
struct carried { int64_t statement, project, unit; size_t addressee; const char *name, *section; bool undecided; /* its section was split, nobody has said where it went */ };
enum err inquiry_carried(struct ctx *c, const struct inquiry *q, const struct section_node *to, size_t to_n, struct carried **out, size_t *n);
/* What the section changed against last year: label, before, after as people read them. Not: settled amount, outcomes. */
struct shown_change { const char *field, *label, *before, *after; };
enum err statement_changes(struct ctx *c, const struct statement *now, struct shown_change **out, size_t *n);

/* A draft that was never sent is taken away. */
enum err inquiry_discard(struct ctx *c, int64_t inquiry);

/* --- round_kept.c: what is found by looking at the whole year, kept until it changes --- */
/* The first `most` of doubles_find and how many it found. Rights: the secretariat. */
enum err doubles_shown(struct ctx *c, int64_t inquiry, size_t most, struct double_pair **out, size_t *n, size_t *all);
/* How many projects a draft would carry over to each of its addressees, and those that none of them gets. */
enum err carried_shown(struct ctx *c, int64_t inquiry, const struct section_node *to, size_t to_n, int64_t *count, struct carried **lost, size_t *lost_n);

/* --- an inquiry's board --- */
struct answer_line {
    int64_t id, section, unit, department_id, department_unit;
    const char *name, *department, *state;
    int64_t submitted_at, reminded_at, promoters;
    const char *receipt;
    bool late, entered, asks_approval, has_collator;
    const char *extended_to;
    int64_t projects;  /* statements of this round that go on or are new */
    int64_t last_year; /* carried over into it */
};
enum err inquiry_lines(struct ctx *c, const struct inquiry *q, struct answer_line **out, size_t *n);
/* Who gets a letter of a section: its promoters; where there is none the section itself, by name (id 0). */
struct recipient { int64_t account; const char *name, *mail, *why; /* why it comes to them */ };
enum err section_recipients(struct ctx *c, const struct section *s, struct recipient **out, size_t *n);
/* Everybody with the role on the section, or on what became of it; nobody: *n is 0. */
enum err role_recipients(struct ctx *c, enum role role, const struct section *s, struct recipient **out, size_t *n);
/* One letter each about an answer: greeting, `text`, the answer's page. Recipients and why are kept as they are now. */
enum err round_letters(struct ctx *c, const struct answer_case *k, const struct recipient *r, size_t n, const char *place, const char *subject, const char *text);
/* Who has the answer in hand now: the section, its approvers or its department's collators. */
enum err answer_holders(struct ctx *c, const struct answer_case *k, struct recipient **out, size_t *n, const char **place);

/* --- collate.c: on the way through department and approver --- */
/* After a step that brought the answer there: tells the approver; the collators once all of the department is with them. */
enum err answer_arrived(struct ctx *c, int64_t answer);
/* The approver's own click. Faults at approver_post. */
enum err answer_approve(struct ctx *c, int64_t answer, const char *post);
/* The secretariat goes on without the approver or the department, for a reason that both are told. Faults at reason. */
enum err answer_skip(struct ctx *c, int64_t answer, const char *reason);
/* Leaves a statement out of the edition (reason) or puts it in again (NULL). Faults at reason. */
enum err collate_choose(struct ctx *c, int64_t statement, const char *reason);
/* Passes the answers of one department on at once. Those that are not with the department any more are left: *passed counts. E_CONFLICT: none. */
enum err collate_pass(struct ctx *c, const int64_t *answers, size_t n, size_t *passed);
/* Projects of an answer that went into another one: they are asked about no more. */
struct merged { int64_t statement, project; };
enum err answer_merged(struct ctx *c, int64_t answer, struct merged **out, size_t *n);
bool is_merged(const struct merged *v, size_t n, int64_t statement);
/* Why a statement is left out; NULL: it is not. */
const char *left_out_reason(struct ctx *c, int64_t statement);
/* "R8-PS-0012" */
const char *receipt_number(struct arena *a, int64_t year, const char *scheme, int64_t n);

bool word_is_other(const struct word *w); /* その他: needs words of its own */

#endif
