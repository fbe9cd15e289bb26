/* A browser for tests, in process: no port, no thread, no sleeping. It keeps cookies, reads the forms of the last page and sends them
 * back as a person would, with every hidden field. Each test runs once an engine:
 *
 *     TEST(officer_saves_a_draft)
 *     {
 *         EACH_ENGINE(cl) {
 *             client_user(cl, "officer", 3, NONE);      // makes an account with a duty and signs it in
 *             CHECK_INT(200, client_get(cl, "/answers/1"));
 *             client_form(cl, "/answers/1/submit");     // the form with this action on the last page
 *             client_set(cl, "name", "ロードクリーン例");
 *             CHECK_INT(303, client_send(cl));
 *             CHECK_INT(200, client_follow(cl));
 *             CHECK(client_sees(cl, "提出しました"));
 *         }
 *     }
 *
 * SQLite always; PostgreSQL where KYODO_TEST_POSTGRES names a cluster (without it the run says so once).
 */
#ifndef KYODO_TESTS_CLIENT_H
#define KYODO_TESTS_CLIENT_H

#include "core/app.h"
#include "unit/test.h"

struct client;

/* Makes an instance with the preset (kumamoto unless client_preset says otherwise) for the next engine; ends the one before. NULL after the last engine. */
struct client *client_next(struct client *before);
extern const char *client_preset;
/* What `kyodo check` asks of the areas: whatever a test has done, figures stored beside the rows they were counted from still agree with them. */
bool client_agrees(struct client *cl);
#define EACH_ENGINE_OF(cl, preset) for (struct client *cl = (client_preset = (preset), client_next(NULL)); cl != NULL || (client_preset = "kumamoto", false); \
                                        CHECK(client_agrees(cl)), cl = client_next(cl))
#define EACH_ENGINE(cl) for (struct client *cl = client_next(NULL); cl != NULL; CHECK(client_agrees(cl)), cl = client_next(cl))
const char *client_engine(const struct client *cl); /* "sqlite", "postgres" */

/* For direct work beside the pages. The context has the system's rights, on the writer's connection, outside a transaction:
 * in_write(client_ctx(cl), fn, arg). A call empties what an earlier failure said. */
struct ctx *client_ctx(struct client *cl);
struct app *client_app(struct client *cl);
const char *client_where(const struct client *cl); /* as in --database */
void client_clock(struct client *cl, int64_t now);  /* the instance's clock stands still at this instant */
void client_exec(struct client *cl, const char *sql); /* one statement behind the product's back */
int64_t client_int(struct client *cl, const char *sql);
const char *client_text(struct client *cl, const char *sql);

/* Accounts. client_user makes one with a duty (role, unit, organization; NONE: the whole) and signs in; client_as signs in an existing one
 * (by login) without a password; client_nobody drops all cookies. The login name is returned. */
const char *client_user(struct client *cl, const char *role, int64_t unit, int64_t organization);
void client_as(struct client *cl, const char *login);
void client_nobody(struct client *cl);
#define CLIENT_PASSWORD "tsubaki-to-sakura-1"

/* Requests. Each returns the status; the answer stays until the next one. */
int client_get(struct client *cl, const char *target);
int client_post(struct client *cl, const char *target, const char *body);    /* as it is: without CSRF token unless body has one */
int client_raw(struct client *cl, const char *bytes, size_t n);
void client_header(struct client *cl, const char *line);                     /* for the next request alone: "Accept-Language: en" */
int client_follow(struct client *cl);                                        /* GET what Location says */
const char *client_body(const struct client *cl);
size_t client_body_n(const struct client *cl);
const char *client_header_of(const struct client *cl, const char *name);     /* NULL: absent */
bool client_sees(const struct client *cl, const char *text);                 /* the body holds it (as markup) */

/* Forms of the last page. client_form picks the first whose action begins with `action`; false and a message when there is none. */
bool client_form(struct client *cl, const char *action);
void client_set(struct client *cl, const char *name, const char *value);     /* all of that name become this one; NULL: removed */
void client_add(struct client *cl, const char *name, const char *value);     /* one more (checkboxes) */
const char *client_value(const struct client *cl, const char *name);         /* what the form holds; NULL: absent */
int client_send(struct client *cl);
int client_send_with(struct client *cl, const char *button, const char *value); /* pressing a named button */
int client_send_file(struct client *cl, const char *name, const char *filename, const char *p, size_t n); /* multipart, with one file */

#endif
