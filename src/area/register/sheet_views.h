/* What the pages about sheets show. */
#ifndef KYODO_AREA_REGISTER_SHEET_VIEWS_H
#define KYODO_AREA_REGISTER_SHEET_VIEWS_H

#include "area/register/answer_views.h"
#include "area/register/sheets.h"

struct sheet_link { const char *name, *about; struct url xlsx, csv, cp932; };
struct sheet_waiting { const char *file, *at; struct url to; };
/* The form for sending a file; the secretariat says how it came. */
struct sheet_form { struct url action; bool entry; struct choice how[8]; size_t hows; const char *why, *on; const char *label; const char *instead; /* the file that waits no more */ };
struct sheet_page_view {
    const struct answer_head *h;         /* of one section; NULL: of many */
    const struct inquiry *q;
    const char *due, *left, *about;
    bool open;
    struct sheet_link whole;
    struct sheet_link *department; size_t departments;
    struct sheet_link *section; size_t sections;
    struct sheet_waiting *waiting; size_t waiting_n;
    struct sheet_form form;
    struct url back, all;                /* all: the sheet of all sections for which the user answers; NULL: there is only this one */
    const char *back_label;
};

struct preview_row { int64_t line; const char *name, *word, *tag; const struct plan_row *r; };
struct preview_answer {
    const char *name, *state, *tag, *sum;
    bool none, whole, handed_in;
    int64_t absent;
    struct preview_row *row; size_t n, more;
    const char **same; size_t same_n;
    const struct plan_lack *lack; size_t lacks, lacks_more;
    struct url to;
};
struct upload_view {
    const struct sheet_upload *u;
    const struct sheet_plan *p;
    const char *title, *file, *sheet, *at, *counts;
    struct preview_answer *answer; size_t answers;
    const char **same; size_t same_n;    /* sections that have handed in and of which nothing changes */
    size_t shown;                        /* faults shown */
    size_t stale;
    const char *unknown, *missing, *ignored, *seen;
    bool may_submit, nothing, submit;
    struct url take, discard, mend, original, back;
    struct sheet_form form;
    struct answer approver;
    int64_t lines;
};
struct done_answer { const char *name, *state, *tag, *receipt; bool draft; struct url to; };
struct done_view { const struct sheet_upload *u; const char *file, *counts; bool discarded, drafts; struct done_answer *answer; size_t answers; struct url original, back; };
struct lost_view { const struct table_lost *lost; size_t n; int64_t all; struct url sure, xlsx, back; };

#endif
