/* Entities: each kind of record has its fields written once, as an X-macro list
 *
 *     #define SECTION_FIELDS(F)                                  \
 *         F(ID,   id,   "番号",   READONLY | PUBLIC, 0)          \
 *         F(TEXT, name, "名前",   REQUIRED | SEARCH | PUBLIC, 100)
 *     struct section { struct row row; SECTION_FIELDS(FIELD_MEMBER) };      // in x.h
 *     extern const struct entity section_entity;
 *
 *     #define ENTITY section                                                 // in x.c
 *     ENTITY_DEFINE(section, "section", "所属", SECTION_FIELDS)
 *     #undef ENTITY
 *
 * which is expanded twice: into the struct and into the run-time table that loading, saving, forms, validation, CSV, JSON,
 * audit differences, search text and visibility walk. The column has the field's name; the table has the columns of all scalar fields.
 *
 * Kinds                 in C                              in the database                             extra
 *   ID                  int64_t                           id                                          0
 *   INT, YEAR           int64_t (NONE)                    int64                                       0
 *   YEN                 int64_t yen (NONE; forms 千円)     int64                                       0
 *   MILLI               int64_t thousandths (NONE)        int64                                       0
 *   FLAG                bool                              bool                                        0
 *   TEXT, MEMO          const char * (NULL; MEMO: lines)  text                                        longest, in characters
 *   DATE                const char * "YYYY-MM-DD"         text                                        0
 *   INSTANT             int64_t seconds UTC (NONE)        int64                                       0
 *   CODE                const char *                      text                                        kind of vocabulary, a string ("form")
 *   REF                 int64_t id (NONE)                 int64                                       the entity's name, a string ("section")
 *   SET                 struct set                        rows of <table>_set(owner, field, position, code)   kind of vocabulary
 *   CHILD               struct <extra> *, size_t _n       rows of the child's table (owner, position, …)      the child's struct tag
 */
#ifndef KYODO_DB_ENTITY_H
#define KYODO_DB_ENTITY_H

#include "base/json.h"
#include "db/db.h"

enum field_kind { FIELD_ID, FIELD_INT, FIELD_YEAR, FIELD_YEN, FIELD_MILLI, FIELD_FLAG, FIELD_TEXT, FIELD_MEMO, FIELD_DATE,
                  FIELD_INSTANT, FIELD_CODE, FIELD_REF, FIELD_SET, FIELD_CHILD };

/* Who may see a field: each includes those before it. No bit at all = the narrowest. */
enum audience { AUDIENCE_PUBLIC = 0, AUDIENCE_PARTY = 1, AUDIENCE_STAFF = 2, AUDIENCE_SECRETARIAT = 3 };
#define PUBLIC 0x01u
#define PARTY 0x02u
#define STAFF 0x04u
#define SECRETARIAT 0x08u
#define REQUIRED 0x10u
#define SEARCH 0x20u
#define READONLY 0x40u  /* never read from a form */
#define WITHHOLD 0x80u  /* a row may hide it, with a reason */
#define PERSONAL 0x100u /* its values go into the part of the log that can be erased */
#define INTERNAL 0x200u /* bookkeeping: not in forms, exports or differences */

struct entity;
struct set { const char **v; size_t n; };
/* First member of every entity's struct. `whole` is set by entity_init and by a full load; save refuses a row without it. */
struct row { bool whole; };

struct field {
    const char *name, *label;
    enum field_kind kind;
    unsigned flags;
    size_t offset;
    size_t offset_n;            /* CHILD: where its count stands */
    int64_t max;                /* TEXT, MEMO: characters; 0: no limit of its own */
    const char *vocabulary;     /* CODE, SET */
    const char *ref;            /* REF: name of the entity */
    const struct entity *child; /* CHILD */
};

struct entity {
    const char *name, *table, *label;
    const struct field *fields;
    size_t fields_n;
    size_t size;
};

#define FIELD_MEMBER(kind, name, label, flags, extra) FIELD_MEMBER_##kind(name, extra)
#define FIELD_MEMBER_ID(name, extra) int64_t name;
#define FIELD_MEMBER_INT(name, extra) int64_t name;
#define FIELD_MEMBER_YEAR(name, extra) int64_t name;
#define FIELD_MEMBER_YEN(name, extra) int64_t name;
#define FIELD_MEMBER_MILLI(name, extra) int64_t name;
#define FIELD_MEMBER_FLAG(name, extra) bool name;
#define FIELD_MEMBER_TEXT(name, extra) const char *name;
#define FIELD_MEMBER_MEMO(name, extra) const char *name;
#define FIELD_MEMBER_DATE(name, extra) const char *name;
#define FIELD_MEMBER_INSTANT(name, extra) int64_t name;
#define FIELD_MEMBER_CODE(name, extra) const char *name;
#define FIELD_MEMBER_REF(name, extra) int64_t name;
#define FIELD_MEMBER_SET(name, extra) struct set name;
#define FIELD_MEMBER_CHILD(name, extra) struct extra *name; size_t name##_n;

#define FIELD_INFO(kind_, name_, label_, flags_, extra)                                                     \
    {.name = #name_, .label = label_, .kind = FIELD_##kind_, .flags = (flags_),                             \
     .offset = offsetof(ENTITY_STRUCT, name_) FIELD_INFO_##kind_(name_, extra)},
#define ENTITY_STRUCT struct ENTITY
#define FIELD_INFO_ID(name, extra)
#define FIELD_INFO_INT(name, extra)
#define FIELD_INFO_YEAR(name, extra)
#define FIELD_INFO_YEN(name, extra)
#define FIELD_INFO_MILLI(name, extra)
#define FIELD_INFO_FLAG(name, extra)
#define FIELD_INFO_DATE(name, extra)
#define FIELD_INFO_INSTANT(name, extra)
#define FIELD_INFO_TEXT(name, extra) , .max = (extra)
#define FIELD_INFO_MEMO(name, extra) , .max = (extra)
#define FIELD_INFO_CODE(name, extra) , .vocabulary = extra
#define FIELD_INFO_REF(name, extra) , .ref = extra
#define FIELD_INFO_SET(name, extra) , .vocabulary = extra
#define FIELD_INFO_CHILD(name_, extra) , .child = &extra##_entity, .offset_n = offsetof(ENTITY_STRUCT, name_##_n)

#define ENTITY_DEFINE(tag, table_, label_, FIELDS)                                                          \
    static const struct field tag##_fields[] = {FIELDS(FIELD_INFO)};                                        \
    const struct entity tag##_entity = {.name = #tag, .table = table_, .label = label_, .fields = tag##_fields, \
                                        .fields_n = sizeof tag##_fields / sizeof tag##_fields[0],           \
                                        .size = sizeof(struct tag)};

/* The narrowest audience that a field's flags allow. */
enum audience field_audience(const struct field *f);
const struct field *entity_field(const struct entity *e, const char *name); /* NULL: none of that name */

/* Everything NONE, NULL, empty, false; whole. */
void entity_init(const struct entity *e, void *row);
void entity_copy(struct arena *a, const struct entity *e, void *to, const void *from); /* deep */

/* E_NOT_FOUND when there is no such row. Children and sets included. `owner` columns of children are not part of their struct. */
enum err entity_load(struct db *db, struct arena *a, const struct entity *e, int64_t id, void *out);
/* Rows in one go: `tail` is "WHERE … ORDER BY … LIMIT …" built from literals. *rows is an array of e->size structs.
 * shallow: without children and sets (such rows are not whole). Few statements whatever the number of rows. */
enum err entity_select(struct db *db, struct arena *a, const struct entity *e, const struct sql *tail, bool shallow, void *rows, size_t *n);

/* Inserts; sets row->id (a given id is kept when not NONE). */
enum err entity_insert(struct db *db, struct arena *a, const struct entity *e, void *row);
/* Writes only what differs. With a field `version` the stored one must equal before's (else E_CONFLICT) and after->version becomes one more;
 * without one, E_NOT_FOUND when the row is gone. These two are no errors of the connection: db_error stays OK. Ids of children make no difference;
 * children that differ are written anew as a whole, with new ids. */
enum err entity_update(struct db *db, struct arena *a, const struct entity *e, const void *before, void *after);
enum err entity_delete(struct db *db, const struct entity *e, int64_t id); /* children and sets too */

/* How many rows hold a code in a CODE or SET field, counted to at most 1,001. */
enum err entity_code_uses(struct db *db, struct arena *a, const struct entity *e, const struct field *f, const char *code, int64_t *n);

/* One value as canonical text, equal on both engines: integers in decimal, text as it is, sets joined by '\n', children as JSON. NULL: none. */
const char *entity_value(struct arena *a, const struct field *f, const void *row);
struct change { const struct field *field; const char *before, *after; };
size_t entity_diff(struct arena *a, const struct entity *e, const void *before, const void *after, struct change **out);

/* Canonical JSON of the fields that `audience` may see and that `hidden` (names joined by ' ', NULL: none) does not name; INTERNAL ones never.
 * Keys in the order of the list. Read back by entity_from_json (absent keys stay NONE). */
void entity_json(struct json *j, const char *key, const struct entity *e, const void *row, enum audience who, const char *hidden);
enum err entity_from_json(struct arena *a, const struct entity *e, const struct json_value *v, void *row);

/* Generic access for core's forms and checks. */
int64_t field_int(const struct field *f, const void *row); /* FLAG: 0 or 1 */
const char *field_text(const struct field *f, const void *row);
void field_set_int(const struct field *f, void *row, int64_t v);
void field_set_text(const struct field *f, void *row, const char *v);

#endif
