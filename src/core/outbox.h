/* Mail leaves through an outbox in the database, never inside a transaction. No mail server is a normal state: letters can be shown and printed. */
#ifndef KYODO_CORE_OUTBOX_H
#define KYODO_CORE_OUTBOX_H

#include "core/ctx.h"

struct letter { const char *to_name, *to_mail; /* NULL: no address, paper only */ const char *subject, *body; const char *about; /* "inquiry" */ int64_t about_id; int64_t account; };
/* Puts a letter into the outbox in the open transaction; *id its number. An empty body is refused (E_BUG). */
enum err outbox_put(struct ctx *c, const struct letter *l, int64_t *id);
/* Sends what is due by SMTP (settings smtp_url, smtp_from, smtp_user; password in DIR/smtp-password); retries after 1, 5, 30 min, 2, 8, 24 h, then failed: a to-do of the operator. */
enum err outbox_send_due(struct ctx *c, int64_t *sent, int64_t *failed);
bool mail_configured(struct ctx *c);

#endif
