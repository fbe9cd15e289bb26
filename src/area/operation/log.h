/* 操作の記録 and 閲覧の記録: who did what, who looked at what, as lists for the secretariat and the operator. */
#ifndef KYODO_AREA_OPERATION_LOG_H
#define KYODO_AREA_OPERATION_LOG_H

#include "core/audit.h"
#include "core/page.h"

/* "inquiry.open" → 照会を出した. What is not known stays as it is. */
const char *log_deed(struct ctx *c, const char *what);
/* "inquiry" → 照会. NULL: NULL */
const char *log_thing(struct ctx *c, const char *entity);
/* The kinds of record that the log knows, for its filter: ended by code NULL. */
struct log_kind { const char *code, *label; };
const struct log_kind *log_kinds(struct ctx *c);
/* A code in words, where the field holds one of ours and no word of the prefecture's ("state" of an answer); else as it is. NULL: NULL */
const char *log_code(struct ctx *c, const char *entity, const char *field, const char *value);
/* A note that begins with a setting's key, with the setting's name instead. */
const char *log_note(struct ctx *c, const char *what, const char *note);
/* May the reader see the free words (note) of the entry? Some say what only the secretariat sees, some are for machines. */
bool log_note_shown(struct ctx *c, const struct audit_entry *e);
/* 「利用者」: what is seen under an address; NULL: unknown. The table is ended by under NULL; longer addresses stand first. */
struct log_place { const char *under, *label; };
extern const struct log_place log_places[];

struct log_change { const char *field, *before, *after, *text; }; /* text: alone, in place of the rest */
struct log_row { const char *when, *who, *login, *deed, *thing; struct url to; const struct log_change *change; size_t changes; };
struct log_view {
    struct url action, all;
    const char *from, *until, *person;
    const struct choice *kind; size_t kinds;
    const char *kind_name, *kind_label, *lead, *caption;
    const struct chip *chip; size_t chips;
    const struct log_row *row; size_t rows;
    const struct pager *pager;
    const char *looked;               /* the search stopped here, before the end: said in words; NULL */
    bool views;                       /* 閲覧の記録 */
};

handler log_page, views_page;

#endif
