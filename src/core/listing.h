/* A list as a file: every list page offers its whole list, as filtered and as masked for whoever looks, as XLSX and CSV.
 *
 * The page's handler, once it knows its filter:   if (file_asked(c, r)) return file_answer(c, r, w, &listing);
 * its template, beside the table:                 @call file_links(c, o)
 * its route:                                      flag ROUTE_FILE (with ?format= the handler runs on the slow lane, in a read transaction)
 */
#ifndef KYODO_CORE_LISTING_H
#define KYODO_CORE_LISTING_H

#include <stdio.h>

#include "core/ctx.h"
#include "export/table.h"
#include "web/web.h"

struct listing {
    const char *name;      /* of the list, the sheet and the file: "団体一覧" */
    const char *note;      /* what a reader must know of it (a source, a mark); NULL: nothing */
    const struct table_column *column; size_t columns;
    /* Writes all rows, in the order of the page. Long lists: piece by piece (listing_piece). */
    enum err (*rows)(struct ctx *c, struct table *t, void *arg);
    void *arg;
};

/* ?format=… is in the address. */
bool file_asked(struct ctx *c, const struct request *r);
/* The answer: the file, named 団体一覧_2026-11-22.xlsx; in XLSX with a second sheet that says what it is, from where and how many rows. The header
 * X-Rows has the number of rows. A CP932 file that would lose characters is not handed out: a page lists them and offers the others instead.
 * E_INPUT for an unknown format. */
enum err file_answer(struct ctx *c, const struct request *r, struct response *w, const struct listing *l);
/* The same in a format that the address says otherwise. */
enum err file_answer_as(struct ctx *c, struct response *w, enum table_format format, const struct listing *l);
/* A finished file becomes the answer's body, its descriptor is taken over; what stood there of an earlier try goes. */
enum err file_body(struct ctx *c, struct response *w, int file, int64_t bytes);
/* A short list whose cells are texts already, row after row, as the page shows them: in a column of another kind a text that is a number or a date
 * becomes one, and NULL is an empty cell. */
struct listing listing_of_texts(struct ctx *c, const char *name, const struct table_column *column, size_t columns, const char *const *cell, size_t rows);
enum err file_answer_texts(struct ctx *c, const struct request *r, struct response *w, const char *name, const struct table_column *column, size_t columns,
                           const char *const *cell, size_t rows);
/* The same, put together cell by cell, row after row. */
struct cells { const char **v; size_t n, cap; };
void cell_text(struct ctx *c, struct cells *x, const char *s);   /* NULL: empty */
void cell_int(struct ctx *c, struct cells *x, int64_t v);        /* NONE: empty */
void cell_at(struct ctx *c, struct cells *x, int64_t instant);   /* NONE: empty; the column's kind is TABLE_INSTANT */
enum err file_answer_cells(struct ctx *c, const struct request *r, struct response *w, const char *name, const struct table_column *column, size_t columns, const struct cells *x);
#define TABLE_COLUMNS(column) (column), sizeof(column) / sizeof *(column)
/* --- JSON, however long: what stands in `out` goes into a file (or to standard output) when it has grown --- */
struct json_sink { struct sb out; FILE *to; };
void json_spill(struct json_sink *s);    /* between two records */
typedef enum err json_writer(struct ctx *c, struct json_sink *s, void *arg);
/* The answer: what `write` makes. */
enum err json_answer(struct ctx *c, struct response *w, json_writer *write, void *arg);
/* Into a stream of the caller's, in its transaction. */
enum err json_to(struct ctx *c, FILE *to, json_writer *write, void *arg);
/* The same for a command, on standard output, in a read transaction. */
enum err json_print(struct ctx *c, json_writer *write, void *arg);
/* The same list for a command: written to standard output, with a line "n 件" on standard error. format NULL: csv. */
enum err listing_print(struct ctx *c, const char *format, const struct listing *l);

/* Runs `piece` until it says *more = false, each time in an arena of its own (c->arena), which is gone afterwards. */
enum err listing_pieces(struct ctx *c, enum err (*piece)(struct ctx *c, void *arg, bool *more), void *arg);

#endif
