/* Numbers in spreadsheets: most are numbers, some are dates, and only the cell's number format tells which. */
#include "export/sheet_parts.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"

/* The formats without a code. 27 to 36 and 50 to 58 are dates in Japanese, Chinese and Korean Excel; in ja they are eras and 年月日. */
static struct number_format built_in(int id)
{
    static const struct { int first, last; enum number_shape shape; } known[] = {
        {14, 17, SHAPE_DATE}, {18, 21, SHAPE_TIME}, {22, 22, SHAPE_DATE_TIME}, {27, 31, SHAPE_DATE}, {32, 33, SHAPE_TIME},
        {34, 36, SHAPE_DATE}, {45, 45, SHAPE_TIME}, {47, 47, SHAPE_TIME}, {50, 58, SHAPE_DATE},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (id >= known[i].first && id <= known[i].last)
            return (struct number_format){known[i].shape, 0};
    return (struct number_format){SHAPE_NUMBER, 0};
}

/* Steps over what a format shows as it is: "text", \c, _c, *c and [colours, conditions, locales]. NULL: nothing of the kind stands here. */
static const char *past_literal(const char *p)
{
    const char *end;
    switch (*p) {
    case '"':
        end = strchr(p + 1, '"');
        return end != NULL ? end + 1 : p + strlen(p);
    case '\\':
    case '_':
    case '*':
        return p[1] != '\0' ? p + 2 : p + 1;
    case '[':
        end = strchr(p, ']');
        return end != NULL ? end + 1 : p + strlen(p);
    default:
        return NULL;
    }
}

struct number_format number_format_of(int id, const char *code)
{
    if (code == NULL)
        return built_in(id);
    bool day = false, clock = false, month = false, digits = true;
    unsigned zeros = 0;
    for (const char *p = code; *p != '\0' && *p != ';';) {
        const char *past = past_literal(p);
        if (past != NULL) {
            if (*p == '[' && strchr("hHmMsS", p[1]) != NULL && p[1] != '\0') /* [h]:mm is a length of time, and a number to us */
                return (struct number_format){SHAPE_NUMBER, 0};
            digits = digits && *p == '[';
            p = past;
            continue;
        }
        if (strncmp(p, "General", 7) == 0 || strncmp(p, "G/", 2) == 0 || ((*p == 'E' || *p == 'e') && (p[1] == '+' || p[1] == '-')))
            return (struct number_format){SHAPE_NUMBER, 0};
        if (strncmp(p, "AM/PM", 5) == 0 || strncmp(p, "am/pm", 5) == 0) {
            clock = true;
            p += 5;
            continue;
        }
        day = day || strchr("yYdDeEgGrR", *p) != NULL || strncmp(p, "aaa", 3) == 0;
        month = month || *p == 'm' || *p == 'M';
        clock = clock || strchr("hHsS", *p) != NULL;
        digits = digits && *p == '0';
        zeros += *p == '0';
        p++;
    }
    day = day || (month && !clock);
    if (day || clock)
        return (struct number_format){day && clock ? SHAPE_DATE_TIME : day ? SHAPE_DATE : SHAPE_TIME, 0};
    return digits && zeros > 1 && zeros <= 15 ? (struct number_format){SHAPE_ZEROS, zeros} : (struct number_format){SHAPE_NUMBER, 0};
}

/* Day 0 of the common calendar is 1970-01-01. Howard Hinnant's civil_from_days, for years 1900 to 9999. */
static const char *iso_of_day(struct arena *a, int64_t day)
{
    int64_t z = day + 719468, era = z / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153, d = doy - (153 * mp + 2) / 5 + 1, m = mp < 10 ? mp + 3 : mp - 9;
    return arena_printf(a, "%04d-%02d-%02d", (int)(yoe + era * 400 + (m <= 2)), (int)m, (int)d);
}

static const char *clock_text(struct arena *a, int64_t s)
{
    return arena_printf(a, "%02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
}

/* NULL: no day of the calendar. */
static const char *date_text(struct arena *a, double serial, enum number_shape shape, bool from_1904)
{
    if (!(serial >= 0 && serial < 2958466))
        return NULL;
    int64_t day = (int64_t)floor(serial), seconds = llround((serial - (double)day) * 86400);
    if (seconds == 86400) {
        day++;
        seconds = 0;
    }
    if (shape == SHAPE_TIME && day == 0)
        return clock_text(a, seconds);
    if (from_1904)
        day -= 24107;
    else if (day == 0 || day == 60) /* 1900-01-00 and the 29 February 1900 that never was */
        return NULL;
    else
        day -= day > 60 ? 25569 : 25568;
    const char *iso = iso_of_day(a, day);
    return shape == SHAPE_DATE ? iso : arena_printf(a, "%s %s", iso, clock_text(a, seconds));
}

/* Fifteen digits are what a spreadsheet keeps of a number; behind them stands the noise of binary fractions. */
static const char *shortest(struct arena *a, double v)
{
    if (v == floor(v) && fabs(v) < 1e15)
        return arena_printf(a, "%.0f", v == 0 ? 0.0 : v);
    char digits[64];
    snprintf(digits, sizeof digits, "%.15g", v);
    if (strchr(digits, 'e') == NULL)
        return arena_dup(a, digits);
    char *wide = arena_printf(a, fabs(v) >= 1 ? "%.0f" : "%.20f", v);
    size_t n = strlen(wide);
    while (strchr(wide, '.') != NULL && n > 1 && (wide[n - 1] == '0' || wide[n - 1] == '.')) {
        bool point = wide[n - 1] == '.';
        wide[--n] = '\0';
        if (point)
            break;
    }
    return wide;
}

bool number_text(struct arena *a, const char *stored, struct number_format f, bool from_1904, enum sheet_kind *kind, const char **text)
{
    char *end;
    errno = 0;
    double v = strtod(stored, &end);
    if (end == stored || *end != '\0' || !isfinite(v) || fabs(v) >= 1e300)
        return false;
    *kind = SHEET_NUMBER;
    if (f.shape == SHAPE_ZEROS && v >= 0 && v < 1e15 && v == floor(v)) {
        *text = arena_printf(a, "%0*.0f", (int)f.zeros, v);
        return true;
    }
    const char *date = f.shape == SHAPE_DATE || f.shape == SHAPE_TIME || f.shape == SHAPE_DATE_TIME ? date_text(a, v, f.shape, from_1904) : NULL;
    if (date != NULL)
        *kind = SHEET_DATE;
    *text = date != NULL ? date : shortest(a, v);
    return true;
}

const char *number_iso_text(struct arena *a, const char *stored)
{
    char *s = arena_dup(a, stored);
    char *t = strchr(s, 'T');
    if (t == NULL)
        return s;
    *t = ' ';
    t[strspn(t + 1, "0123456789:") + 1] = '\0';
    if (strcmp(t, " 00:00:00") == 0)
        *t = '\0';
    return s;
}
