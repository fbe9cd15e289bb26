/* JSON (RFC 8259): a writer that cannot produce bad JSON, and a reader into an arena. */
#ifndef KYODO_BASE_JSON_H
#define KYODO_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"

/* Writer. Commas are put by the writer. `key` is NULL inside an array. Integers are written in full, NONE and NULL as null.
 * Text is escaped so that it may stand inside <script type="application/json"> too ('<' as \u003c). Canonical: no blanks.
 * Bytes that are not UTF-8 become U+FFFD. */
struct json {
    struct sb *out;
    unsigned depth;
    bool first[32];
};
void json_init(struct json *j, struct sb *out);
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_end(struct json *j, char close); /* '}' or ']' */
void json_text(struct json *j, const char *key, const char *s);
void json_int(struct json *j, const char *key, int64_t v);
void json_milli(struct json *j, const char *key, int64_t v); /* thousandths as a number: 150.9 */
void json_bool(struct json *j, const char *key, bool v);
void json_raw(struct json *j, const char *key, const char *json_text);

enum json_type { JSON_NULL, JSON_BOOL, JSON_INT, JSON_REAL, JSON_TEXT, JSON_ARRAY, JSON_OBJECT };
struct json_value {
    enum json_type type;
    const char *key;  /* inside an object */
    int64_t i;        /* JSON_INT; 0/1 for JSON_BOOL */
    const char *text; /* JSON_TEXT; for JSON_INT and JSON_REAL the digits as written */
    struct json_value *child, *next;
    size_t n; /* number of children */
};
/* Reads a whole text, at most 64 levels deep. E_FORM with the place of the fault; a name twice in one object is one.
 * A whole number outside int64_t, or equal to NONE, is JSON_REAL. */
enum err json_read(struct arena *a, const char *text, size_t n, struct json_value **out, struct failure *f);
const struct json_value *json_get(const struct json_value *object, const char *key); /* NULL: absent */
const char *json_get_text(const struct json_value *object, const char *key);         /* NULL: absent, or no text */
int64_t json_get_int(const struct json_value *object, const char *key);              /* NONE: absent, or no whole number */

#endif
