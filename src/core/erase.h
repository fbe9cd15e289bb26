/* Erasing what was kept about a person once it is no longer needed: the log's proof goes on to verify without the values. */
#ifndef KYODO_CORE_ERASE_H
#define KYODO_CORE_ERASE_H

#include "core/ctx.h"

/* The personal values that the log keeps of one record. */
enum err audit_erase(struct ctx *c, const char *entity, int64_t id);
/* The letters about one record: addressee and words; that there was a letter, and when, stays. What waits to be sent is not sent. */
enum err outbox_erase(struct ctx *c, const char *about, int64_t id);

#endif
