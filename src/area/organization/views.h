/* What the pages about organizations show. */
#ifndef KYODO_AREA_ORGANIZATION_VIEWS_H
#define KYODO_AREA_ORGANIZATION_VIEWS_H

#include "area/organization/parts.h"
#include "area/register/register.h"
#include "base/text.h"
#include "core/run.h"

struct org_option { const char *code, *label; int64_t count; bool chosen; };
struct org_select { const char *name, *legend, *any; struct org_option *v; size_t n, cap; };
struct org_row { struct url to; const char *name, *kind, *place, *number, *fields; const char *projects_shown; bool demo; };
struct org_list_view {
    const char *q;
    struct org_select select[4]; size_t selects;
    struct chip *chip; size_t chips, chips_cap;
    struct org_row *row; size_t n;
    struct pager pager;
    struct url all_off, other, staff_file, json, fresh, import, by_name;
    const char *range, *title, *empty, *other_words;
    bool closed, staff, secretariat, by_words, listed, any_fields, any_projects;
};

struct org_fact { const char *label, *value; struct html html; struct url to; };
struct org_memo { const char *label; struct html text; };
struct org_hidden { const char *label, *reason; };
struct org_past { const char *name, *until; };
struct org_page_view {
    struct organization o;
    const char *kind, *closed, *confirmed, *source, *successor_name;
    struct url successor, edit, staff, same;
    struct org_fact *fact; size_t facts, facts_cap;
    struct org_memo *memo; size_t memos, memos_cap;
    struct org_hidden *hidden; size_t hiddens, hiddens_cap;
    struct org_past *past; size_t pasts, pasts_cap;
    struct collaboration *collaboration; size_t collaborations;
    int64_t same_names;
    bool may_edit, is_staff;
};
struct org_staff_view {
    struct organization o;
    struct url back, edit, withhold;
    struct audit_line *line; size_t lines;
    struct org_option *field; size_t fields;
    struct org_hidden *hidden; size_t hiddens;
    bool secretariat;
};
struct org_form_view { struct organization o; struct url action, back; const char *shown; bool fresh, staff; struct organization_choice *same; size_t same_n; };
struct org_import_view { const struct import_report *report; struct url action; size_t shown; bool broken, running, stopped; const char *file; const struct run_line *run; struct url again; };

#endif
