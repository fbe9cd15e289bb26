/* A person's duties handed to the successor, one by one or with the list of all who move on 1 April; and who had what when. */
#ifndef KYODO_AREA_HANDOVER_H
#define KYODO_AREA_HANDOVER_H

#include "area/people/people.h"

/* Was the partner of the projects there (003 ④)? none: the duty has no partner. */
struct handover_partner { const char *code, *label; };
extern const struct handover_partner handover_partners[]; /* ended by code NULL */
const char *handover_partner_label(const char *code);

struct handover_facts { const char *on; /* YYYY-MM-DD, as typed */ const char *partner, *note; };
/* Ends the duty on that day and gives it to the successor from then on (today and before: at once). One that the successor has already is left as it is. Rights: as for
 * any change of duties. Faults at duties, to, handed_on, partner, note. */
enum err duty_hand_over(struct ctx *c, int64_t duty, int64_t to, const struct handover_facts *f);

/* --- the list of staff --- */
struct transfer_line {
    int64_t at;                       /* row of the file */
    const char *login, *name, *mail;
    enum role role;                   /* 0: only name and mail */
    int64_t unit;
    const char *before;               /* login of the predecessor; NULL: nobody */
    const char *on, *partner;
    bool ends;                        /* the duty ends, nobody follows */
};
struct transfer_plan { const char *place; struct transfer_line *v; size_t n, cap; };
/* What a line will do, in words; `known`: there is such an account. */
struct transfer_effect { const char *what; bool known, changes; };
struct workbook;
/* Faults name sheet, row, column (field "file"). E_INPUT: nothing of the file can be taken. */
enum err transfer_from_book(struct ctx *c, const struct workbook *w, struct transfer_plan *plan);
const char *transfer_text(struct ctx *c, const struct transfer_plan *plan);
enum err transfer_from_text(struct ctx *c, const char *text, struct transfer_plan *plan);
/* Checks every line against what there is. Faults at "file". */
enum err transfer_resolve(struct ctx *c, const struct transfer_plan *plan, struct transfer_effect **out);
/* All lines in one transaction; who is new gets a letter with a code. *letters counts. */
enum err transfer_take(struct ctx *c, const struct transfer_plan *plan, int64_t *letters);

/* --- who had what when --- */
struct duty_span {
    int64_t account, duty, since, until; /* until NONE: still */
    const char *person, *label;
    const char *from, *to;               /* from whom it came, to whom it went; NULL */
    const char *handed_on, *partner, *note; /* of the handover by which it went */
};
/* Of a section's number (unit) or of a person (account); the other is NONE. Newest first. Rights: secretariat and operator. */
enum err duty_spans(struct ctx *c, int64_t unit, int64_t account, struct duty_span **out, size_t *n);

#endif
