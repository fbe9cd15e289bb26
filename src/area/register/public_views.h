/* What the templates of the public pages are given. */
#ifndef KYODO_AREA_REGISTER_PUBLIC_VIEWS_H
#define KYODO_AREA_REGISTER_PUBLIC_VIEWS_H

#include "area/register/correction.h"
#include "area/register/difference.h"
#include "area/register/practice_views.h"
#include "area/register/public.h"
#include "area/register/statistics.h"
#include "base/text.h"

/* --- home --- */
struct home_view {
    bool setup, signed_in, demo;
    int64_t year, projects, partners, organizations;
    struct url to_projects, to_statistics, to_organizations;
    struct home_edition { const char *title, *when; struct url to; } *edition; size_t editions;
    struct project_line *fresh; size_t fresh_n; /* new projects of the year, some */
};

/* --- a filter's choices, as links and controls --- */
struct option { const char *code, *label; int64_t count; /* NONE: not counted */ bool chosen; };
struct option_group { const char *name, *legend, *any; struct option *v; size_t n; bool chosen; };
/* filter.c: the choices of the list of the filter's edition, with what the filter has chosen. Good as long as c->arena. */
enum err filter_groups(struct ctx *c, const struct project_filter *f, struct option_group **out, size_t *n);

struct project_list_view {
    int64_t year, edition;
    const char *edition_name;
    struct url to_edition;
    const char *q;
    const char *hash_year;
    struct option_group *group; size_t groups;
    struct chip *chip; size_t chips;
    struct url all_off;
    struct project_line *line; size_t n;
    struct pager pager;
    struct url by_order, by_name, csv, json;
    bool name_first;
    bool open;                  /* the filter stands open */
    const char *empty;
};

/* --- one project --- */
struct fact { const char *field, *label, *text; struct html html; bool long_text; const char *withheld, *partly; /* reasons */ struct fact_link { const char *text, *after; struct url to; } *link; size_t links; };
struct fact_group { const char *id, *heading; struct fact *fact; size_t facts, cap; };
struct outcome_view { const char *name, *unit; struct chart chart; struct { int64_t year; const char *value; bool gap; } *row; size_t rows; const char *caption_id; };
struct year_link { int64_t year; struct url to; bool current, same, older; /* same: as the next newer edition of the year */ const char *edition; struct url to_edition; };
struct project_page_view {
    const struct statement *s;
    const char *lead_line;      /* 事業協定・土木部 道路保全課 */
    const char *category, *lead;
    const char *continuity_tag, *continuity, *summary, *summary_withheld, *name_withheld;
    struct fact_group *group; size_t groups;
    struct statement_role *role; size_t roles;
    struct contribution_line { const char *kind, *who, *what; } *contribution; size_t contributions;
    const char *roles_withheld, *contributions_withheld, *outcomes_withheld, *roles_partly, *contributions_partly, *outcomes_partly;
    struct outcome_view *outcome; size_t outcomes;
    struct year_link *year; size_t years;
    struct url json, withhold, correct, request, to_newest, pick;
    struct practice_line *practice; size_t practices;
    bool may_withhold, may_correct;
    bool older, unpublished;    /* the statement of an edition that has a newer one, or of one that is not published */
    const char *newest_edition;
    int64_t shown_year;
    const char *edition_name, *hash;
};

/* What the public may see of a frozen statement, in the page's order: everything of the view up to the outcomes. public_pages.c */
enum err project_contents(struct ctx *c, const struct frozen *f, struct project_page_view *v);

/* --- /projects/ID/withhold --- */
struct withhold_row { const char *input, *code, *label, *id; bool on; };
struct withhold_value { const char *id, *field, *column, *text, *value; }; /* value: as the record has it */
struct withhold_view {
    const char *name;
    struct url action, back;
    struct withhold_row *field; size_t fields;   /* whole fields that may be hidden */
    struct withhold_row *value; size_t values;   /* single values of tables */
    struct withhold_row *correction; size_t corrections; /* reasons of corrections */
    struct { const char *id, *code, *label, *reason, *when; } *hidden; size_t hiddens, hiddens_cap;
};

/* --- statistics --- */
struct stat_head { int64_t year; const char *era, *western; bool brk; };
struct stat_line { const char *label, *heading; enum stat_kind kind; const char *css; struct stat_td { const char *text; struct url to; bool linked, brk; } *td; };
struct stat_body { const char *scheme; struct stat_line *line; size_t n; };
struct plain_table { const char *id, *caption; const char **head; size_t heads; struct plain_row { const char *label; const char *css; struct stat_td *td; } *row; size_t rows; struct url csv, json; const char *note; struct url other; const char *other_label; /* the same counted otherwise; NULL */ };
/* statistics_moves.c: rows for the departments of the newest year. */
enum err departments_followed(struct ctx *c, struct plain_table *t);
struct outcome_link { const char *name, *indicator, *span; struct url to; };
struct statistics_view {
    bool empty;
    struct stat_head *head; size_t heads;
    struct stat_body *body; size_t bodies;
    const char **note; size_t notes;
    struct { const char *text; } *source; size_t sources;
    bool has_break, has_gap;
    struct chart *chart; size_t charts;            /* one for each scheme */
    struct url csv, json;
    int64_t year;
    const char *edition_name;
    struct plain_table *table; size_t tables;
    struct outcome_link *outcome; size_t outcomes; struct url outcome_files;
    int64_t addressed, with, without, silent; /* silent: asked, never answered */
    const char *without_names, *silent_names;
};

/* --- editions --- */
struct edition_line { int64_t id, year, number, projects, published_at, publish_at; const char *name, *state, *hash; struct url to; bool published; };
struct edition_list_view { struct edition_line *line; size_t n; bool secretariat; struct url fresh; };
struct edition_view {
    struct edition_line e;
    const char *preface, *made, *published;
    struct edition_scheme { const char *label; int64_t projects; const char *budget; struct edition_category { const char *label; int64_t n; struct url to; } *category; size_t categories; } *scheme; size_t schemes;
    struct project_line *line; size_t n;
    struct pager pager;
    struct url to_list, csv, json;
    bool secretariat, staff, newest;
    struct url to_newest;
    const char *newest_name;
    struct url publish, discard;
    const char *scheduled;
    /* against the published edition before it; compared NULL: there is none */
    const char *compared;
    bool across_years;
    struct difference_counts changes;
    struct url to_changes;
    const char *previous, *previous_hash; /* named in the chain */
    struct url to_previous, next;
    size_t waiting;             /* corrections for the next edition */
};
struct edition_new_view {
    int64_t year;
    struct url action;
    struct closed_round { const char *title, *when; int64_t submitted, none, missing, projects; struct url to; } *round; size_t rounds, open;
    struct { const char *title; struct url to; } *open_round; size_t open_rounds;
    int64_t projects, earlier;
    struct correction_line *waiting; size_t waiting_n;
    struct url round_files, waiting_files;
    struct option *year_choice; size_t year_choices;
};
struct edition_publish_view {
    struct edition_line e;
    struct url action, back, notices;
    bool chosen_later;
    const char *date, *time;
    int64_t told, agreed, waiting, silent; /* of notices to partners */
    int64_t partners;                      /* linked organizations in it */
    struct { const char *title; struct url to; } *open_round; size_t open_rounds;
    const char *compared;                  /* last year's newest edition; NULL: none */
    int64_t compared_projects;
    const char *moved;                     /* a sentence when the number moved much; NULL */
    bool must_confirm;
};

#endif
