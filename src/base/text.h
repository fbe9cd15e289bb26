/* Japanese text: checking, normalising, folding for search, sort keys, parsing of what people type.
 *
 * A text inside Kyodo is NUL-terminated UTF-8 in NFC without control characters
 * (newline and tab excepted). It is made so at the door, once, by text_clean.
 */
#ifndef KYODO_BASE_TEXT_H
#define KYODO_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

/* true when the n bytes are well-formed UTF-8 without NUL. */
bool text_utf8_ok(const char *s, size_t n);

/* Cleans one typed value: checks UTF-8, applies NFC, turns CRLF and CR into LF, drops other
 * control characters, U+FEFF and bidirectional overrides, trims white space (U+3000 too) at both ends;
 * with one_line, newlines and tabs become a space. "" and white space alone give NULL ("not stated").
 * *ok is false, and NULL returned, when the bytes are not UTF-8. Variation selectors are kept. */
const char *text_clean(struct arena *a, const char *s, size_t n, bool one_line, bool *ok);

size_t text_length(const char *s); /* code points */

/* NFKC alone: full-width letters and digits to ASCII, half-width kana to full width, ㈱ to (株). */
const char *text_nfkc(struct arena *a, const char *s);

/* Folds for search: NFKC, case, hiragana to katakana, every hyphen, dash and minus to '-', the wave dashes to '~',
 * the long-vowel mark after kana kept, variant characters to one form (髙 to 高, 﨑 to 崎, ヶ and ヵ to ケ and カ, 𠮷 to 吉, 邉 and 邊 to 辺 …),
 * variation selectors dropped, white space to one ' ', curved quotes to straight ones, what is not seen (soft hyphen, zero-width
 * space) dropped. variants.h has the table. Deterministic; folding twice changes nothing. NULL gives NULL. */
const char *text_fold(struct arena *a, const char *s);

/* The same, with a map: map[i] is the byte offset in s from which byte i of the result came
 * (map has one entry more than the result has bytes, the last one strlen(s)). */
const char *text_fold_map(struct arena *a, const char *s, size_t **map);

/* The sort key of an organization's or project's name: folded kana if given, else the folded name,
 * legal forms (特定非営利活動法人, NPO法人, 認定, 一般社団法人, 公益財団法人, 株式会社, 有限会社 …) and blanks taken off both ends.
 * Never NULL, never "": a name that is nothing but legal form is its own key. Sorted bytewise. */
const char *text_sort_key(struct arena *a, const char *name, const char *kana);
/* The name alone without its legal forms, for comparing; not folded otherwise. The whole name when nothing else is in it. */
const char *text_without_legal_form(struct arena *a, const char *name);

/* A whole number as people type it: full-width digits, "1,234", "１２３", "-5", "△5". false: not a number or out of range;
 * *v is then left as it was. Commas stand every three digits or nowhere. */
bool text_parse_int(const char *s, int64_t *v);
/* A decimal with at most three places as thousandths: "150.9" gives 150900, "1,234" gives 1234000. */
bool text_parse_milli(const char *s, int64_t *v);

bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);
bool text_eq(const char *x, const char *y); /* NULL equals NULL only */

#endif
