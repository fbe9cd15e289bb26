/* Mail leaves through an outbox in the database, never inside a transaction. No mail server is a normal state: letters can be shown and printed.
 *
 * States of a letter: waiting (to be sent), sending (a sender has it; after ten minutes another one may take it), sent, failed (all tries used up),
 * paper (no address, or no mail server when it was written: to be shown or printed), handed (somebody noted that it was handed over).
 * A letter written while there was no mail server stays paper when one is set up later: nobody gets a flood of old mail. */
#ifndef KYODO_CORE_OUTBOX_H
#define KYODO_CORE_OUTBOX_H

#include "core/ctx.h"
#include "core/todo.h"

struct letter { const char *to_name, *to_mail; /* NULL: no address, paper only */ const char *subject, *body; const char *about; /* "inquiry" */ int64_t about_id; int64_t account; const char *why; /* why this person gets it: 道路保全課の推進員; NULL: it is clear */ };
/* Puts a letter into the outbox in the open transaction; *id its number (id may be NULL). An empty subject or body is refused (E_BUG). */
enum err outbox_put(struct ctx *c, const struct letter *l, int64_t *id);
/* Sends what is due by SMTP (settings smtp_url, smtp_from, smtp_user; password in DIR/smtp-password); retries after 1, 5, 30 min, 2, 8, 24 h, then failed: a to-do of the operator.
 * On the slow lane (no transaction open): rows are claimed, sent, and their result written, each in a transaction of its own; so a crash between the mail
 * server's OK and ours can send a letter twice, never lose it. */
enum err outbox_send_due(struct ctx *c, int64_t *sent, int64_t *failed);
bool mail_configured(struct ctx *c);
/* One @, printable ASCII, no blanks, at most 254 bytes: what may stand in an SMTP envelope. */
bool mail_address_ok(const char *address);

/* --- letters as staff see them --- */
/* Letters with about "operator" hold what makes somebody one (the code for an operator's password): only operators see them. */
struct letter_line { int64_t id, made_at, sent_at, due_at, tries; const char *to_name, *to_mail, *subject, *body, *state, *error, *about; int64_t about_id; const char *why; };
/* Newest first, before `before` (NONE: from the newest); state NULL: all; about NULL: all. Rights: secretariat or operator. */
enum err letters_list(struct ctx *c, const char *state, const char *about, int64_t about_id, int64_t before, size_t most, struct letter_line **out, size_t *n);
enum err letter_load(struct ctx *c, int64_t id, struct letter_line *out); /* E_NOT_FOUND */
enum err letter_handed(struct ctx *c, int64_t id);  /* handed over on paper: state handed */
enum err letter_again(struct ctx *c, int64_t id);   /* failed or paper with an address: waiting, due at once */

/* The message as it goes out, CRLF lines (for tests). */
const char *letter_message(struct arena *a, const char *site, const char *from, const struct letter_line *l, int64_t now, size_t *n);

enum err outbox_todos(struct ctx *c, struct todos *list);

#endif
