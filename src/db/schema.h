/* The schema as the migrations write it: tables in the order in which they may be filled, for backup and restore. The same for both engines. */
#ifndef KYODO_DB_SCHEMA_H
#define KYODO_DB_SCHEMA_H

#include "base/json.h"
#include "db/db.h"

struct schema_column { const char *name; enum db_type type; bool refers_to_itself; /* REFERENCES its own table */ };
struct schema_table {
    const char *name;
    struct schema_column *column; size_t columns_n, columns_cap;
    const char *order; /* columns of the primary key, for ORDER BY */
};
struct schema { struct schema_table *table; size_t tables_n, tables_cap; };

/* As it is after migration `number`, read from the embedded migrations: CREATE TABLE and ALTER TABLE … ADD COLUMN. */
const struct schema *schema_read_at(struct arena *a, int64_t number);
/* Number of the newest migration. */
int64_t schema_newest(void);
const struct schema_table *schema_table(const struct schema *s, const char *name); /* NULL: none */
/* "SELECT a, b FROM t ORDER BY key" */
const char *schema_select(struct arena *a, const struct schema_table *t);
/* The table with the named columns alone (a JSON array of texts), in that order. Unknown names are left out. */
const struct schema_table *schema_narrow(struct arena *a, const struct schema_table *t, const struct json_value *columns);

#endif
