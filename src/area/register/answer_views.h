/* What the pages of a section's answer show. */
#ifndef KYODO_AREA_REGISTER_ANSWER_VIEWS_H
#define KYODO_AREA_REGISTER_ANSWER_VIEWS_H

#include "area/register/rounds.h"
#include "base/text.h"
#include "core/preset.h"

/* The head of every page of an answer: state, deadline, what the secretariat said. */
struct answer_head {
    const struct answer_case *k;
    const char *state, *tag, *due, *left, *soon, *year, *scheme, *definition, *entered, *submitted;
    const char *place, *by, *skipped, *extended; /* 3/4 部局とりまとめ…; who sent it back; why somebody was passed over; its own due date and why */
    bool overdue, returned, unsent;
    struct url to, check, receipt, withdraw, give_back, enter, list, skip, extend;
};

struct answer_row { int64_t id, of; /* the fiscal year */ struct url to; const char *title, *year, *section, *state, *tag, *due, *receipt; bool late, overdue; };
struct joint_row { struct url to, remarks; const char *name, *section, *year; };
struct answer_list_view {
    struct answer_row *now; size_t now_n;
    struct answer_row *past; size_t past_n;
    struct joint_row *joint; size_t joint_n;
    struct pager pager; /* of the past */
};

struct outcome_ask { const char *input, *label, *value; };
struct carried_row {
    const struct statement *s;
    const char *facts;              /* 事業協定・予算額 1,200千円・相手 里山の会(例) */
    const char *decision, *tag;
    const char *radio, *reason, *settled, *version, *edit, *stored; /* names of the inputs; stored: what somebody else saved meanwhile */
    const char *settled_value;
    bool changed, ended;
    struct shown_change *change; size_t changes;
    struct outcome_ask *ask; size_t asks;
    const char *left_out;           /* why the department does not put it in; NULL */
    const char *merged;             /* the project into which it went; NULL */
    struct url to, part;            /* part: to undo that; .s NULL: not any more, or not theirs */
};
struct new_row { const struct statement *s; const char *name, *state, *left_out, *merged; struct url to, remove, part; bool complete; };

struct event_row { const char *at, *what, *who, *words; };
struct answer_view {
    struct answer_head h;
    struct event_row *event; size_t events;
    struct carried_row *carried; size_t carried_n;
    struct new_row *fresh; size_t fresh_n;
    size_t decided;
    bool may_edit, may_withdraw, may_return, may_enter, may_none, may_skip, may_extend;
    const char *saved;
    struct url action;
};

/* The form of one project. */
struct form_group { size_t filled, all; bool open; };
struct partner_row { size_t number; struct statement_partner row; const char *prefix, *organization; struct choice *choice; size_t choices; };
struct conflict_row { const char *input, *label, *mine, *theirs; };
enum { GROUP_WHY, GROUP_WHAT, GROUP_ROLES, GROUP_WHEN, GROUP_CHOICE, GROUP_KIND, GROUP_OUTCOME, GROUP_CONTACT, GROUP_INNER, GROUPS_N };
struct project_view {
    struct answer_head h;
    struct statement s, last;
    bool fresh, carried, show_last, may_edit, mending, unsaved, secretariat, relation, domain, form_texts, settled, category_other, form_other;
    const char *shown, *decision;
    struct form_group group[GROUPS_N];
    struct partner_row *partner; size_t partners;
    struct conflict_row *conflict; size_t conflicts;
    const char **notice; size_t notices;
    const struct word *form; size_t forms;           /* all, with what the text says of each */
    const struct word *relation_word; size_t relation_words;
    const struct word **condition; size_t conditions; /* of the chosen ones */
    const char *saved;
    struct url action, remove;
};
struct project_new_view { struct answer_head h; struct statement s; struct url action; };
struct remove_view { struct answer_head h; const char *name; struct url action, back; };

struct fact_row { const char *label, *value; };
struct fault_row { const char *id, *label, *message; struct url to; };
struct check_project {
    const struct statement *s;
    const char *name, *brief, *decision, *tag, *reason, *left_out, *id; /* brief: the name cut for the list of faults */
    bool ended, whole;                               /* whole: all facts shown open */
    struct shown_change *change; size_t changes;
    struct fact_row *fact; size_t facts;
    struct fault_row *fault; size_t faults;
    const char **notice; size_t notices;
    struct url edit;
};
struct check_view {
    struct answer_head h;
    struct check_project *project; size_t projects;
    size_t faults, going;
    bool posted, may_submit, may_edit, may_approve;
    struct url action, none;
};
struct receipt_view { struct answer_head h; const char *at, *office; size_t projects; struct check_project *project; bool none; };
struct step_view { struct answer_head h; struct check_project *ended; size_t ended_n; struct url action; const char *text; struct choice how[8]; size_t hows; const char *today; };

enum err answer_head_make(struct ctx *c, const struct answer_case *k, struct answer_head *h);
/* The approver's form (collate_pages.c). */
void approve_form(struct ctx *c, struct sb *o, const struct answer_head *h);
struct page answer_page_of(struct ctx *c, const char *title, const struct answer_case *k, bool inside);
struct url url_answer(struct ctx *c, int64_t id, const char *rest);
struct url url_statement(struct ctx *c, const struct statement *s, const char *rest);
const char *decision_label(const char *decision);
const char *decision_tag(const char *decision);
/* 協定・予算額 1,200千円・相手 …: what tells a project from others in a list. */
const char *statement_facts(struct ctx *c, const struct statement *s);
const char *saved_sentence(struct ctx *c); /* 下書きを保存しました(10時42分)。まだ提出していません。 */
/* What project_fields (statement.html) needs beside v->s, secretariat, settled, show_last and last; posted: the rows are those that were sent. */
enum err project_form_make(struct ctx *c, struct project_view *v, bool posted);
/* One field of the project's form, with last year's value where there is one. */
void project_field(struct ctx *c, struct sb *o, const struct project_view *v, const char *field, const char *hint, int rows);
const char *project_last(struct ctx *c, const struct project_view *v, const char *field); /* NULL: none */
/* Children but partners. */
void project_children(struct ctx *c, struct sb *o, const struct project_view *v, const char *field, const char *hint);
/* The i-th field as people read it, for a page without a form; NULL: not stated, or not for this user. */
const char *statement_fact(struct ctx *c, const struct project_view *v, size_t i);
const char *group_words(struct ctx *c, const struct form_group *g); /* 3/5 記入ずみ */

#endif
