/* What the two halves of backup share. */
#ifndef KYODO_CORE_BACKUP_PARTS_H
#define KYODO_CORE_BACKUP_PARTS_H

#include <stdio.h>

#include "base/crypto.h"
#include "core/backup.h"
#include "db/schema.h"

enum { BACKUP_FORMAT = 2, BACKUP_LOOK = 500, BACKUP_SAY = 20000, FILE_PIECE = 24 * 1024 };

/* The hash of a table: each row's line is chained to what stood before it. */
static inline struct hash backup_chain(struct hash before, const char *line)
{
    struct part parts[] = {{before.b, sizeof before.b}, PART(line)};
    return crypto_hash(parts, 2);
}
static inline void backup_say(const struct backup_how *how, const char *table, int64_t rows, bool ended)
{
    if (how != NULL && how->progress != NULL)
        how->progress(how->self, table, rows, ended);
}
const char *backup_hex(struct arena *a, const void *p, size_t n);

/* A table's rows in the order of its key, line by line into `to` (NULL: only counted and hashed). */
struct backup_rows { int64_t rows; struct hash hash; };
enum err backup_table_rows(struct ctx *c, const struct schema_table *t, FILE *to, const struct backup_how *how, struct backup_rows *out);
/* Names of the files beside the database that belong to the instance, relative to its directory, sorted. */
void backup_files(struct arena *a, const char *directory, const char ***names, size_t *n);

#endif
