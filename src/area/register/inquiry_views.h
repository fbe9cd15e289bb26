/* What the secretariat's pages about inquiries show. */
#ifndef KYODO_AREA_REGISTER_INQUIRY_VIEWS_H
#define KYODO_AREA_REGISTER_INQUIRY_VIEWS_H

#include "area/register/rounds.h"
#include "base/text.h"
#include "core/preset.h"

struct tally { int64_t all, submitted, none, returned, passing, missing, projects, last_year, late; /* passing: with an approver or a department */ };

struct inquiry_row {
    struct url to;
    const char *title, *year, *scheme, *round, *state, *tag, *due;
    struct tally t;
    bool draft, overdue;
};
struct inquiry_list_view { struct inquiry_row *rows; size_t n; struct url fresh; struct pager pager; };

struct unit_choice { const char *code, *name, *id; bool chosen, department; };
struct year_choice { const char *code, *label; bool chosen; };
struct inquiry_form_view {
    struct inquiry q;
    struct url action, back;
    bool fresh, open;          /* open: only words and the due date */
    struct year_choice year[4]; size_t years;
    const char *year_shown;
    const struct word *scheme; size_t schemes;
    const struct word *round; size_t rounds;
    struct unit_choice *unit; size_t units;
    const char *units_year;
};

struct board_line {
    const char *name, *state, *tag, *at, *receipt, *reminded, *place, *extended;
    struct url to;
    bool late, entered, no_promoter;
    int64_t projects, last_year;
};
struct board_group {
    const char *name;
    struct url at;             /* the group on the same page, open */
    struct url collation;      /* what its collator sees; .s NULL: it has none */
    bool open;                 /* something is missing or sent back here */
    struct tally t;
    struct board_line *line; size_t n;
};
struct board_count { const char *label; int64_t n; struct url to; bool on; };
struct board_view {
    struct inquiry q;
    struct board_count count[7]; size_t counts;    /* a figure leads to the sections that yield it */
    const char *chosen;                            /* what the list is cut down to; NULL: all */
    const char *year, *scheme, *round, *definition, *due, *state, *tag, *clock, *closed_at, *remind_label;
    bool draft, open, closed, overdue, has_unsent;
    struct tally t;
    struct board_group *group; size_t groups;
    struct url self, edit, send, remind, close, discard, letters;
};

struct discard_view { const char *title; struct url action, back; };

struct recipient_row { const char *name, *people; int64_t carried; };
struct recipient_group { const char *department; struct recipient_row *row; size_t n; };
struct open_view {
    struct inquiry q;
    const char *year, *scheme, *due;
    struct recipient_group *group; size_t groups;
    int64_t sections, letters, carried;
    const char **alone; size_t alone_n;            /* sections without a promoter */
    const struct carried *lost; size_t lost_n;     /* last year's projects whose section gets no inquiry */
    const char **unclosed; size_t unclosed_n;      /* last year's rounds that are still open: nothing of them is carried over */
    bool mail;
    struct url action, back, edit;
};

struct remind_row { int64_t id; const char *department, *name, *state, *people, *reminded; bool chosen; };
struct remind_view {
    struct inquiry q;
    const char *due, *text;
    struct remind_row *row; size_t n;
    bool mail;
    struct url action, back;
};

struct pair_row { const char *one, *other, *one_section, *other_section, *partner; int percent; struct url one_to, other_to, merge; int64_t one_id, other_id; };
struct close_view {
    struct inquiry q;
    const char *due;
    bool early, closed;
    struct tally t;
    struct board_line *missing; size_t missing_n;
    int64_t lost;                                  /* last year's projects of these sections */
    struct pair_row *pair; size_t pairs;
    size_t pairs_more;                             /* found, but not listed */
    const char **open; size_t open_n;              /* other rounds of the year that are still open */
    struct url action, back, remind, dismiss;
};

/* Ids as form_choices gives them: the first one has the field's own, so that the error summary leads there. */
const char *choice_id(struct ctx *c, const char *field, size_t i);

#endif
