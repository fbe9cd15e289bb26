/* What the templates of the office show, and its handlers. */
#ifndef KYODO_AREA_OFFICE_VIEWS_H
#define KYODO_AREA_OFFICE_VIEWS_H

#include "core/job.h"
#include "core/outbox.h"
#include "core/page.h"
#include "core/preset.h"
#include "core/section.h"
#include "core/todo.h"

/* --- home --- */
struct todo_line { const char *text, *about, *when; struct url to; };
struct todo_group { const char *title, *tag; const struct todo_line *v; size_t n; };
struct link_line { struct url to; const char *text, *hint; };
struct today_view { const struct todo_group *group; size_t groups; const struct link_line *link; size_t links; bool no_sections; const char *year; };

/* --- sections --- */
struct section_line { const struct section_node *s; struct url edit, people; const char *promoters; bool covered; };
struct section_group {
    const struct section_node *department;
    const struct section_line *v; size_t n;
    int64_t covered, of;
    struct url edit;
};
struct sections_view {
    const struct section_group *group; size_t groups;
    int64_t covered, of, departments, sections;
    bool may_edit, only_without, can_carry, empty;
    const char *year, *last_year, *percent;
    struct url without, all, add, lines, carry, import, reorganise;
};
struct option { const char *value, *label; bool chosen; };
struct section_form_view {
    const struct section *s;
    struct url action, remove;
    const struct option *parent; size_t parents;
    const char *year, *parent_fault, *shown;
    bool is_new, top;
};
struct section_lines_view { struct url action, back; const char *lines, *fault, *year; };
struct confirm_view { struct url action, back; const char *question, *button, *hidden_name, *hidden_value; };

/* --- letters --- */
struct letter_row { int64_t id; struct url to; const char *subject, *to_name, *to_mail, *made, *state, *tag, *error, *why; };
struct letter_filter { struct url to; const char *label; bool current; };
struct letters_view {
    const struct letter_row *v; size_t n;
    const struct letter_filter *filter; size_t filters;
    struct url older, newest, print;
    bool has_older, has_newest, mail, can_print;
    const char *state_label, *about;               /* about: title of the inquiry to which the list is cut down; NULL: all */
};
struct letter_view {
    const struct letter_line *l;
    const char *made, *state, *tag, *sent, *next;
    bool can_hand, can_send;
    struct url hand, again;
};
struct letter_sheet { const struct letter_line *l; const char *date, *to; /* NULL: the letter itself begins with the name */ };
struct letter_sheets { const struct letter_sheet *v; size_t n; const char *ids, *prefecture, *office; };

/* --- settings, jobs --- */
struct setting_line { const char *key, *label, *hint, *value, *fault, *described; bool optional, check; };
struct settings_view { const struct setting_line *v; size_t n; struct url action; bool mail, operator_part; const char *preset; };
struct job_row { const struct job_line *j; const char *due; struct url again; bool failed; };
struct jobs_view { const struct job_row *v; size_t n; };

/* 設定 › … for those who may open the settings. */
void crumb_settings(struct ctx *c, struct page *p);

handler language_post;
handler today_page;
handler sections_page, section_new_page, section_new_post, section_edit_page, section_edit_post, section_remove_page, section_remove_post, section_lines_page,
    section_lines_post, section_carry_page, section_carry_post;
handler letters_page, letters_print_page, letter_page, letter_handed_post, letters_handed_post, letter_again_post;
handler settings_page, settings_post, settings_mail_page, settings_mail_post, jobs_page, job_again_post;

#endif
