/* CSV (RFC 4180) in and out, with Excel's habits. */
#ifndef KYODO_BASE_CSV_H
#define KYODO_BASE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/sb.h"

enum encoding { ENCODING_UTF8, ENCODING_UTF8_BOM, ENCODING_CP932 };
const char *encoding_name(enum encoding e); /* "UTF-8", "UTF-8 (BOM)", "CP932" */

/* Recognises the encoding of a whole file and gives it back as UTF-8 without BOM, in the arena.
 * Valid UTF-8 is UTF-8; else CP932 (Windows-31J) if every byte can be decoded and the text is not plainly UTF-8 with a few
 * broken bytes. E_FORM with the line and byte where neither holds, and for UTF-16. NUL is no text. */
enum err encoding_decode(struct arena *a, const char *p, size_t n, enum encoding *found,
                         const char **text, size_t *text_n, struct failure *f);

/* UTF-8 to CP932. What it cannot write becomes 〓 and is listed, each character once, in *lost (NULL: nothing lost; lost itself
 * may be NULL). Twins of one JIS character (〜 and ～, − and －) both go out. A variation selector is left out, and listed with
 * its character. */
const char *encoding_to_cp932(struct arena *a, const char *text, size_t *out_n, const char **lost);

struct csv_row {
    const char **cell; /* as they stand in the file, quotes undone; the formula guard taken off */
    size_t n;
    size_t line; /* 1-based line on which the row begins */
};

struct csv_reader {
    struct arena *arena; /* cells live here; the caller may give another arena for each row */
    const char *p, *end;
    size_t line;
    struct failure *fail;
};

void csv_open(struct csv_reader *r, struct arena *a, const char *text, size_t n, struct failure *f);
/* 1: a row; 0: the end; -1: broken form (an open quote at the end, text after a closing quote, NUL), said in `fail`
 * with its line. A line with nothing on it is passed over. */
int csv_next(struct csv_reader *r, struct csv_row *row);

/* One cell out: quoted when needed; text that begins with = + - @ TAB CR gets a leading ' against formulas
 * (csv_next takes it off again). Numbers go out bare. */
void csv_text(struct sb *b, const char *s);
void csv_int(struct sb *b, int64_t v);   /* NONE: empty */
void csv_milli(struct sb *b, int64_t v); /* thousandths; NONE: empty */
void csv_comma(struct sb *b);
void csv_end(struct sb *b); /* CRLF */

#endif
