/* Structured logs on stderr: one line a record, logfmt (at=… level=… event=… key="value" …).
 * Library code never logs; the boundary does, once, with the request's id. */
#ifndef KYODO_BASE_LOG_H
#define KYODO_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO };
/* Pairs of key and value, ended by NULL: log_event(LOG_INFO, "request", "id", id, "path", path, NULL).
 * Values are quoted and escaped; a newline in a value cannot start a second record. A pair whose value is NULL is
 * left out; only a NULL in a key's place ends the list. A record is one write of at most 4 KiB: long values end in …, a record cut short in cut=1. */
void log_event(enum log_level level, const char *event, ...) __attribute__((sentinel));

/* From here on this thread's records wait for log_flush, but for errors and warnings, which take along what waits: one write for a turn's requests. */
void log_gather(void);
void log_flush(void);
bool log_waits(void); /* is there anything to flush? */

#endif
