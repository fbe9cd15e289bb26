/* Backup: the whole instance as one text file, the same for both engines, taken from one snapshot while others write.
 *
 * Lines of JSON (docs/operate.ja.md has the format in full). First {"kyodo":"backup","format":2,"schema":N,"at":…,"key":"hex",…}; for each
 * table {"table":"setting","columns":["key",…]}, its rows as arrays in the order of its key (integers, texts, true/false, null; bytes as
 * {"hex":"…"}) and {"rows":N,"hash":"…","last":M} (M: the highest id ever given); for each file {"file":"…"}, its pieces {"hex":"…"} and
 * {"bytes":N,"hash":"…"}; last {"end":true,…,"hash":"…"} over all of that. The row's line is its canonical text: the same on both engines.
 * The key that the audit log's hashes need is in it: keep the file as safe as the server (it is made with mode 0600).
 */
#ifndef KYODO_CORE_BACKUP_H
#define KYODO_CORE_BACKUP_H

#include "core/ctx.h"

struct backup_table { const char *name, *hash; int64_t rows; };
struct backup_report {
    int64_t schema, at, rows, files, bytes; /* bytes: of the backup file */
    struct backup_table *table; size_t tables, tables_cap;
};
/* How far it is: a table's name and rows (`files` and their number at the end), now and then and at each table's end. */
struct backup_how {
    void (*progress)(void *self, const char *table, int64_t rows, bool ended);
    void *self;
    bool force;       /* write over a file that is there */
    bool keep_schema; /* restore: leave the schema as it was when the backup was taken, for rehearsing an update */
};

/* Writes FILE.part, brings it to the disk, then gives it its name. The database may have an older schema than this program. E_CONFLICT: the file is
 * there already; E_FULL and E_IO name table and row, and leave nothing behind. Memory does not grow with the data. */
enum err backup_write(struct ctx *c, const char *file, const struct backup_how *how, struct backup_report *out);
/* Reads the whole file and compares every hash and count in it. E_FORM names table and line. */
enum err backup_verify(struct arena *a, const char *file, const struct backup_how *how, struct backup_report *out, struct failure *f);
/* Into an instance without tables or with empty ones. The file is verified before anything is made; what was put in is read back and its hashes
 * compared with the file's before it is kept. An older backup is restored into its own schema and migrated from there. */
enum err backup_restore(struct arena *a, const char *where, const char *file, const struct backup_how *how, struct backup_report *out, struct failure *f);

#endif
