/* Inside the import: what the readers of the three formats give to import.c. */
#ifndef KYODO_AREA_ORGANIZATION_IMPORT_H
#define KYODO_AREA_ORGANIZATION_IMPORT_H

#include "area/organization/parts.h"
#include "base/csv.h"
#include "core/preset.h"

/* One row of a file, read and checked. */
struct incoming {
    int64_t line;
    int64_t number;         /* 法人番号; 0: none */
    const char *raw;        /* the row as it stands in the file */
    const char *hash;       /* of what the row says, without its number in the file */
    const char *process;    /* NTA: 処理区分 */
    const char *updated_on; /* NULL: the source has no date for a row */
    const char *changed_on;
    bool latest;            /* false: an older state of the organization */
    bool refused;
    struct organization o;  /* what the source says; local fields and bookkeeping empty */
    int64_t id;             /* set by import.c: the organization in the database; NONE: a new one */
};

struct import_format;
struct reading {
    struct ctx *c;
    struct arena *arena;    /* the file, its cells and rows */
    struct import_report *out;
    const struct import_format *format;
    bool only_npo;
    const struct word *kind, *field, *municipality; /* words of today, read before the file */
    size_t kinds, fields, municipalities;
    const char *home;       /* the prefecture's own name */
    int *column;            /* of each of the format's columns: its place in the file; -1: absent */
    void *own;              /* the format's */
    bool broken, header_broken;
    bool cut;               /* the text does not end with a line end */
    struct incoming *row;
    size_t rows, rows_cap;
};

struct import_format {
    const char *name;
    const char *source;     /* words for organization.source */
    /* Does the first row look like this format's? *header: it is a header. */
    bool (*recognise)(struct arena *a, const struct csv_row *first, bool *header);
    /* Reads the header (NULL: there is none) into r->column; what is wrong with it goes to import_broken. */
    void (*columns)(struct reading *r, const struct csv_row *header);
    /* The organization's name in a row, as it stands there, for --only-npo. */
    const char *(*name_of)(struct reading *r, const struct csv_row *row);
    /* Reads one row; what is wrong goes to import_refuse (this row) or import_broken (the file). */
    void (*read)(struct reading *r, const struct csv_row *row, bool last, struct incoming *in);
    /* Lays what the row says over an organization that is known. Local fields are kept by import_take. */
    void (*apply)(struct ctx *c, const struct incoming *in, struct organization *after);
    bool dated;             /* its rows carry a date: one that an organization's history has already is never applied again */
};
extern const struct import_format format_nta, format_portal, format_own;

/* Reads the file into r->row; what is wrong with it is in r->out and r->broken. */
void import_read_file(struct reading *r, const char *bytes, size_t n, const char *format);
const struct import_format *import_format_named(const char *name); /* NULL: there is none */

void import_fault(struct reading *r, int64_t line, const char *column, const char *reason);
/* A fault of this row; the rest of the file is taken. */
void import_refuse(struct reading *r, struct incoming *in, const char *column, const char *format, ...) __attribute__((format(printf, 4, 5)));
/* A fault of the file's form: nothing is taken. */
void import_broken(struct reading *r, int64_t line, const char *column, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A cell cleaned; NULL: blank. `column` indexes the format's columns; an absent one is blank. */
const char *import_cell(struct reading *r, const struct csv_row *row, int column);
/* The cell as it stands in the file, "" when absent. */
const char *import_raw(struct reading *r, const struct csv_row *row, int column);
/* Copies a field from what the source says, unless it was written here. blank_too: a blank of the source erases. */
void import_take(const struct organization *from, struct organization *after, const char *field, bool blank_too);

/* A name that after NFKC holds 特定非営利活動法人 or NPO法人. */
bool name_is_npo(struct arena *a, const char *name);
/* The kind of partner (codes of the vocabulary partner_kind) that a name and a 法人種別 tell; kind NULL: unknown. */
const char *kind_of_name(struct arena *a, const char *name, const char *corporate_kind);
/* "43" and "100" give "431001": with the check digit of formats.md. NULL when either is no code. */
const char *municipality_code(struct arena *a, const char *prefecture, const char *city);
/* Lays prefecture, city and street into o; a prefecture that the address leaves out is taken from 所轄庁 (also a 指定都市). NULL address: the prefecture alone. */
void address_split(struct arena *a, const char *address, const char *authority, struct organization *o);
const char *prefecture_of_authority(const char *authority); /* NULL: unknown */
/* "8600862" and "860-0862" give "860-0862"; NULL: neither. */
const char *postcode_of(struct arena *a, const char *s);

#endif
