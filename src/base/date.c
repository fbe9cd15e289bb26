#include "base/date.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/none.h"
#include "base/text.h"

#define TOKYO (9 * 3600)
#define DAY 86400

struct day { int64_t y, m, d; };

/* The eras in use, newest first, each from its first day (令和: 平成31年政令143号; 平成: 昭和64年政令1号; 昭和: 大正15年12月25日). */
static const struct era {
    const char *name, *letter;
    int64_t before; /* year 1 of the era is before + 1 */
    struct day from;
} eras[] = {
    {"令和", "R", 2018, {2019, 5, 1}},
    {"平成", "H", 1988, {1989, 1, 8}},
    {"昭和", "S", 1925, {1926, 12, 25}},
};
#define ERAS (sizeof eras / sizeof *eras)

int64_t clock_now(void)
{
    return (int64_t)time(NULL);
}

/* ---- the calendar ---- */

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days since 1970-01-01 and back, by eras of 400 years (146,097 days) counted from 1 March. */
static int64_t days_of(struct day t)
{
    int64_t y = t.m <= 2 ? t.y - 1 : t.y;
    int64_t cycle = floor_div(y, 400), in_cycle = y - cycle * 400;
    int64_t day_of_year = (153 * (t.m > 2 ? t.m - 3 : t.m + 9) + 2) / 5 + t.d - 1;
    return cycle * 146097 + in_cycle * 365 + in_cycle / 4 - in_cycle / 100 + day_of_year - 719468;
}

static struct day day_of(int64_t days)
{
    days += 719468;
    int64_t cycle = floor_div(days, 146097), in_cycle = days - cycle * 146097;
    int64_t year = (in_cycle - in_cycle / 1460 + in_cycle / 36524 - in_cycle / 146096) / 365;
    int64_t day_of_year = in_cycle - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    struct day t = {.d = day_of_year - (153 * month + 2) / 5 + 1, .m = month < 10 ? month + 3 : month - 9};
    t.y = cycle * 400 + year + (t.m <= 2);
    return t;
}

static bool in_calendar(struct day t)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (t.y < 1 || t.y > 9999 || t.m < 1 || t.m > 12 || t.d < 1)
        return false;
    bool leap = (t.y % 4 == 0 && t.y % 100 != 0) || t.y % 400 == 0;
    return t.d <= lengths[t.m - 1] + (t.m == 2 && leap);
}

static int compare(struct day a, struct day b)
{
    int64_t x = a.y * 10000 + a.m * 100 + a.d, y = b.y * 10000 + b.m * 100 + b.d;
    return (x > y) - (x < y);
}

static const char *weekday(int64_t days)
{
    static const char *const names[] = {"日", "月", "火", "水", "木", "金", "土"};
    return names[(days % 7 + 4 + 7) % 7]; /* 1970-01-01 was a Thursday */
}

/* Exactly YYYY-MM-DD. */
static bool read_iso(const char *s, struct day *t)
{
    if (!s)
        return false;
    for (int i = 0; i < 10; i++)
        if (i == 4 || i == 7 ? s[i] != '-' : s[i] < '0' || s[i] > '9')
            return false;
    *t = (struct day){(s[0] - '0') * 1000 + (s[1] - '0') * 100 + (s[2] - '0') * 10 + (s[3] - '0'), (s[5] - '0') * 10 + (s[6] - '0'),
                      (s[8] - '0') * 10 + (s[9] - '0')};
    return in_calendar(*t);
}

bool date_valid(const char *iso)
{
    struct day t;
    return read_iso(iso, &t) && iso[10] == '\0';
}

/* A date inside Kyodo was checked at the door. Should a broken one come here all the same, it is shown as it is. */
static bool read_date(const char *iso, struct day *t)
{
    return date_valid(iso) && read_iso(iso, t);
}

/* ---- reading ---- */

/* 1 to `most` digits. */
static int number(const char **p, int most, int64_t *v)
{
    int n = 0;
    for (*v = 0; n < most && **p >= '0' && **p <= '9'; n++, (*p)++)
        *v = *v * 10 + (**p - '0');
    return n && !(**p >= '0' && **p <= '9') ? n : 0;
}

static bool take(const char **p, const char *word)
{
    if (!text_starts(*p, word))
        return false;
    *p += strlen(word);
    return true;
}

/* An era by name, sign or letter, in folded text (small letters; U+32FF and its like were taken apart). */
static const struct era *take_era(const char **p)
{
    for (size_t i = 0; i < ERAS; i++) {
        char small[2] = {(char)(eras[i].letter[0] - 'A' + 'a'), 0};
        if (take(p, eras[i].name) || take(p, small))
            return &eras[i];
    }
    return NULL;
}

/* Folded, and without any blank. */
static const char *squeeze(struct arena *a, const char *s)
{
    const char *folded = text_fold(a, s);
    char *out = arena_alloc(a, strlen(folded) + 1), *w = out;
    for (; *folded; folded++)
        if (*folded != ' ')
            *w++ = *folded;
    return out;
}

/* A year in the western count or in an era, up to before its separator. */
static bool read_year(const char **p, const struct era **era, int64_t *year)
{
    *era = take_era(p);
    int64_t n;
    if (!*era)
        return number(p, 4, year) == 4;
    if (take(p, "元"))
        n = 1;
    else if (!number(p, 3, &n) || n < 1)
        return false;
    *year = (*era)->before + n;
    return true;
}

const char *date_parse(struct arena *a, const char *s)
{
    if (!s)
        return NULL;
    ARENA struct arena *work = arena_new();
    const char *p = squeeze(work, s);
    const struct era *era;
    struct day t;
    int64_t again;

    if (strlen(p) == 8 && strspn(p, "0123456789") == 8) { /* 20260401, as in published files */
        t = (struct day){(p[0] - '0') * 1000 + (p[1] - '0') * 100 + (p[2] - '0') * 10 + (p[3] - '0'),
                         (p[4] - '0') * 10 + (p[5] - '0'), (p[6] - '0') * 10 + (p[7] - '0')};
        era = NULL;
    } else {
        if (!read_year(&p, &era, &t.y))
            return NULL;
        bool words = take(&p, "年");
        if (words) {
            /* 令和8年(2026年)4月1日(水) is how Kyodo itself prints it. */
            if (era && take(&p, "(") && !(number(&p, 4, &again) == 4 && again == t.y && take(&p, "年)")))
                return NULL;
            if (!number(&p, 2, &t.m) || !take(&p, "月") || !number(&p, 2, &t.d) || !take(&p, "日"))
                return NULL;
        } else {
            char mark[2] = {*p, 0};
            if ((*p != '-' && *p != '/' && *p != '.') || !take(&p, mark) || !number(&p, 2, &t.m) || !take(&p, mark) ||
                !number(&p, 2, &t.d))
                return NULL;
        }
        if (in_calendar(t) && take(&p, "("))
            if (!take(&p, weekday(days_of(t))) || !take(&p, ")"))
                return NULL;
        if (*p)
            return NULL;
    }

    if (!in_calendar(t) || t.y < 1000)
        return NULL;
    if (era && (compare(t, era->from) < 0 || (era > eras && compare(t, era[-1].from) >= 0)))
        return NULL;
    return arena_printf(a, "%04d-%02d-%02d", (int)t.y, (int)t.m, (int)t.d);
}

bool fiscal_year_parse(const char *s, int64_t *year)
{
    if (!s)
        return false;
    ARENA struct arena *work = arena_new();
    const char *p = squeeze(work, s);
    const struct era *era;
    int64_t y, again;
    if (!read_year(&p, &era, &y))
        return false;
    if (take(&p, "年"))
        take(&p, "度");
    if (era && take(&p, "(")) {
        if (number(&p, 4, &again) != 4 || again != y)
            return false;
        if (take(&p, "年"))
            take(&p, "度");
        if (!take(&p, ")"))
            return false;
    }
    if (*p || y < 1900 || y > 2199)
        return false;
    /* A year in which one era gives way to the next goes by both names: 平成31年度 is 令和元年度, 昭和64年度 is 平成元年度. */
    if (era && era > eras && y > era[-1].before + 1)
        return false;
    *year = y;
    return true;
}

/* ---- writing ---- */

static const struct era *era_of(struct day t)
{
    for (size_t i = 0; i < ERAS; i++)
        if (compare(t, eras[i].from) >= 0)
            return &eras[i];
    return NULL;
}

/* 令和8, 令和元, or the western year before the eras in the table. */
static const char *era_year(struct arena *a, const struct era *e, int64_t year)
{
    if (!e)
        return arena_printf(a, "%d", (int)year);
    return year == e->before + 1 ? arena_printf(a, "%s元", e->name) : arena_printf(a, "%s%d", e->name, (int)(year - e->before));
}

static const char *long_date(struct arena *a, struct day t)
{
    const struct era *e = era_of(t);
    const char *western = e ? arena_printf(a, "(%d年)", (int)t.y) : "";
    return arena_printf(a, "%s年%s%d月%d日(%s)", era_year(a, e, t.y), western, (int)t.m, (int)t.d, weekday(days_of(t)));
}

const char *date_long(struct arena *a, const char *iso)
{
    struct day t;
    return read_date(iso, &t) ? long_date(a, t) : arena_dup(a, iso);
}

const char *date_era(struct arena *a, const char *iso)
{
    struct day t;
    if (!read_date(iso, &t))
        return arena_dup(a, iso);
    return arena_printf(a, "%s年%d月%d日", era_year(a, era_of(t), t.y), (int)t.m, (int)t.d);
}

const char *date_short(struct arena *a, const char *iso)
{
    struct day t;
    if (!read_date(iso, &t))
        return arena_dup(a, iso);
    const struct era *e = era_of(t);
    return arena_printf(a, "%s%d.%d.%d", e ? e->letter : "", (int)(e ? t.y - e->before : t.y), (int)t.m, (int)t.d);
}

/* ---- fiscal years ---- */

static int64_t fiscal(struct day t)
{
    return t.m >= 4 ? t.y : t.y - 1;
}

static const char *fiscal_name(struct arena *a, int64_t year)
{
    for (size_t i = 0; i < ERAS; i++)
        if (year > eras[i].before)
            return era_year(a, &eras[i], year);
    return era_year(a, NULL, year);
}

const char *fiscal_year_head(struct arena *a, int64_t year)
{
    return fiscal_name(a, year);
}

const char *fiscal_year_era(struct arena *a, int64_t year)
{
    return arena_printf(a, "%s年度", fiscal_name(a, year));
}

const char *fiscal_year_long(struct arena *a, int64_t year)
{
    if (year <= eras[ERAS - 1].before)
        return fiscal_year_era(a, year);
    return arena_printf(a, "%s年度(%d年度)", fiscal_name(a, year), (int)year);
}

/* ---- instants ---- */

struct clock { struct day day; int64_t days, h, m, s; };

static struct clock clock_of(int64_t t, int64_t offset)
{
    struct clock c;
    c.days = floor_div(t + offset, DAY);
    int64_t rest = t + offset - c.days * DAY;
    c.day = day_of(c.days);
    c.h = rest / 3600;
    c.m = rest / 60 % 60;
    c.s = rest % 60;
    return c;
}

int64_t instant_fiscal_year(int64_t t)
{
    return fiscal(clock_of(t, TOKYO).day);
}

int64_t instant_end_of_day(const char *iso)
{
    struct day t;
    return read_date(iso, &t) ? (days_of(t) + 1) * DAY - TOKYO - 1 : NONE;
}

int64_t instant_next_midnight(int64_t t)
{
    return (clock_of(t, TOKYO).days + 1) * DAY - TOKYO;
}

const char *instant_date(struct arena *a, int64_t t)
{
    struct clock c = clock_of(t, TOKYO);
    return arena_printf(a, "%04d-%02d-%02d", (int)c.day.y, (int)c.day.m, (int)c.day.d);
}

const char *instant_long(struct arena *a, int64_t t)
{
    struct clock c = clock_of(t, TOKYO);
    return arena_printf(a, "%s%d:%02d(日本時間)", long_date(a, c.day), (int)c.h, (int)c.m);
}

const char *instant_short(struct arena *a, int64_t t)
{
    struct clock c = clock_of(t, TOKYO);
    return arena_printf(a, "%d月%d日%d:%02d", (int)c.day.m, (int)c.day.d, (int)c.h, (int)c.m);
}

const char *instant_clock(struct arena *a, int64_t t)
{
    struct clock c = clock_of(t, TOKYO);
    return arena_printf(a, "%d時%02d分", (int)c.h, (int)c.m);
}

const char *instant_iso(struct arena *a, int64_t t)
{
    struct clock c = clock_of(t, TOKYO);
    return arena_printf(a, "%04d-%02d-%02dT%02d:%02d:%02d+09:00", (int)c.day.y, (int)c.day.m, (int)c.day.d, (int)c.h, (int)c.m, (int)c.s);
}

static bool two(const char *p, int64_t most, int64_t *v)
{
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
        return false;
    *v = (p[0] - '0') * 10 + (p[1] - '0');
    return *v <= most;
}

bool instant_parse(const char *s, int64_t *t)
{
    struct day day;
    int64_t h, m, sec = 0, off_h = 9, off_m = 0, sign = 1;
    if (!s || !read_iso(s, &day) || (s[10] != 'T' && s[10] != ' ') || !two(s + 11, 23, &h) || s[13] != ':' || !two(s + 14, 59, &m))
        return false;
    const char *p = s + 16;
    if (*p == ':') {
        if (!two(p + 1, 59, &sec))
            return false;
        p += 3;
    }
    if (*p == 'Z') {
        off_h = 0;
        p++;
    } else if (*p == '+' || *p == '-') {
        sign = *p == '+' ? 1 : -1;
        if (!two(p + 1, 23, &off_h) || p[3] != ':' || !two(p + 4, 59, &off_m))
            return false;
        p += 6;
    }
    if (*p)
        return false;
    *t = days_of(day) * DAY + h * 3600 + m * 60 + sec - sign * (off_h * 3600 + off_m * 60);
    return true;
}

const char *instant_http(struct arena *a, int64_t t)
{
    static const char *const days[] = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct clock c = clock_of(t, 0);
    return arena_printf(a, "%s, %02d %s %04d %02d:%02d:%02d GMT", days[((c.days % 7) + 7) % 7], (int)c.day.d, months[c.day.m - 1],
                        (int)c.day.y, (int)c.h, (int)c.m, (int)c.s);
}
