/* Dates, instants, fiscal years (年度) and eras (和暦). Source: 元号法; 地方自治法 208条 (the year begins on 1 April).
 *
 * A date is "YYYY-MM-DD". An instant is seconds since 1970-01-01 UTC. Everything shown is Asia/Tokyo, UTC+9
 * all year, no tables needed. A fiscal year is the number of the calendar year in which it begins.
 */
#ifndef KYODO_BASE_DATE_H
#define KYODO_BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"

/* Now, in seconds UTC. Use cases never call it: they read ctx->now. */
int64_t clock_now(void);

/* Reads a date as people write it: 2026-04-01, 2026/4/1, 2026年4月1日, R8.4.1, r8/4/1, 令和８年４月１日, 令和元年5月1日,
 * H31.4.30, S63-1-1, 20260401, date_long's own form, full-width digits; blanks ignored. NULL when it is no date of the calendar or lies outside its era
 * (平成 ends on 2019-04-30; 令和 begins on 2019-05-01). The result is in the arena. */
const char *date_parse(struct arena *a, const char *s);

bool date_valid(const char *iso);

/* The printers take valid dates; any other text is given back as it is, NULL gives NULL. */

/* 令和8年(2026年)4月1日(水) */
const char *date_long(struct arena *a, const char *iso);
/* 令和8年4月1日 */
const char *date_era(struct arena *a, const char *iso);
/* R8.4.1, for dense tables and date fields */
const char *date_short(struct arena *a, const char *iso);

/* Fiscal year of an instant (in Tokyo). */
int64_t instant_fiscal_year(int64_t t);

/* 令和8年度(2026年度); 平成31年度 is printed 令和元年度(2019年度), 昭和64年度 平成元年度(1989年度). */
const char *fiscal_year_long(struct arena *a, int64_t year);
/* 令和8年度 ; 令和8 (for the head of a column) */
const char *fiscal_year_era(struct arena *a, int64_t year);
const char *fiscal_year_head(struct arena *a, int64_t year);
/* 令和8年度, R8, R8年度, 2026, 2026年度, 平成14年度, full-width digits. false: not a year 1900 to 2199. */
bool fiscal_year_parse(const char *s, int64_t *year);

/* 2026-06-10 at 23:59:59 in Tokyo: the instant at which a due date passes. NONE: not a date. */
int64_t instant_end_of_day(const char *iso);
/* The date in Tokyo of an instant. */
const char *instant_date(struct arena *a, int64_t t);
/* 令和8年(2026年)6月10日(水)23:59(日本時間). An instant that ends a day is printed 23:59. */
const char *instant_long(struct arena *a, int64_t t);
/* 6月8日14:05 ; 14時05分 */
const char *instant_short(struct arena *a, int64_t t);
const char *instant_clock(struct arena *a, int64_t t);
/* 2026-06-10T23:59:59+09:00, for JSON, CSV and <time> */
const char *instant_iso(struct arena *a, int64_t t);
/* Reads instant_iso's form (any offset, or Z) and "2026-06-10 17:00" or "2026-06-10T17:00" (Tokyo). false: neither. */
bool instant_parse(const char *s, int64_t *t);
/* Midnight in Tokyo after t. */
int64_t instant_next_midnight(int64_t t);
/* Sun, 06 Nov 1994 08:49:37 GMT (RFC 9110 §5.6.7) */
const char *instant_http(struct arena *a, int64_t t);

#endif
