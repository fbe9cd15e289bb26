/* A person's duties handed to the successor, and who had what when. All who move on 1 April come in one list: people_files.h. */
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
