/* Inside core: what a process remembers of sessions and of failed logins. Bounded, behind one lock, lost at a restart without harm. */
#ifndef KYODO_CORE_LIVE_H
#define KYODO_CORE_LIVE_H

#include "core/session.h"

/* A session was used now. Returns the last use known before (0: none known). */
int64_t live_use(struct live *live, const char *token_hash, int64_t now);
void live_forget(struct live *live, const char *token_hash);
/* Uses not yet written to the database; they count as written afterwards. Those older than `before` are forgotten. */
struct live_used { const char *token_hash; int64_t at; };
size_t live_take(struct live *live, struct arena *a, int64_t before, struct live_used **out);

/* An attempt begins for each subject (a login name, an address): 0, or the seconds to wait before the next one is taken; then none was counted.
 * An attempt counts as failed until live_succeeded says otherwise, so that many at the same instant gain nothing. `free` attempts cost nothing
 * (they come back one in `mend` seconds; 0: only after a quarter of an hour of quiet); each further one doubles the wait from 1 s up to 60 s. */
struct live_subject { const char *kind, *name; int free; int64_t mend; };
int64_t live_attempt(struct live *live, const struct live_subject *s, size_t n, int64_t now);
void live_succeeded(struct live *live, const struct live_subject *s);
/* One attempt less: who signs in rightly must not slow down the hundred colleagues behind the same address, nor wipe out others' failures there. */
void live_give_back(struct live *live, const struct live_subject *s);

/* A password's hash that fits nobody, made once for each cost: work for accounts that do not exist. */
const char *live_dummy(struct live *live, struct arena *a, int cost);

#endif
