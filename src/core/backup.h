/* Backup: the whole instance as one text file, the same for both engines, taken from one snapshot while others write.
 *
 * Lines of JSON. First {"kyodo":"backup","schema":N,"at":…,"key":"hex"}; then for each table {"table":"setting","columns":["key",…]},
 * its rows as arrays (integers, texts, true/false, null; bytes as {"hex":"…"}), and {"rows":N,"hash":"…"} over them; last {"end":true}.
 * The key that the audit log's hashes need is in it: keep the file as safe as the server (it is made with mode 0600).
 */
#ifndef KYODO_CORE_BACKUP_H
#define KYODO_CORE_BACKUP_H

#include "core/ctx.h"

/* Writes to FILE.part, then renames. `rows`: how many. E_IO when the disk says no: nothing is left behind. */
enum err backup_write(struct ctx *c, const char *file, int64_t *rows);
/* Into an instance without tables or with empty ones; checks every table's hash before anything is kept. E_FORM names the line. */
enum err backup_restore(struct arena *a, const char *where, const char *file, int64_t *rows, struct failure *f);

#endif
