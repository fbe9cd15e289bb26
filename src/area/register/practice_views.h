/* What the pages of good practice show. */
#ifndef KYODO_AREA_REGISTER_PRACTICE_VIEWS_H
#define KYODO_AREA_REGISTER_PRACTICE_VIEWS_H

#include "area/register/practice.h"
#include "base/text.h"
#include "core/page.h"

struct practice_point { const char *name, *words; };
struct practice_line { const char *name, *year, *section, *summary, *words, *state; struct practice_point *point; size_t points; struct url to, edit; };
struct practices_view { struct criterion *criterion; size_t criteria; bool ours, secretariat; struct practice_line *line; size_t n; };
struct practice_field { const char *input, *name, *hint, *value; };
struct practice_view { const char *project, *year, *section; struct practice_field *field; size_t fields; const char *words, *state; int64_t version; bool by_place; /* ours, not stored yet */ struct url action, back; };
struct criteria_view { struct criterion *criterion; size_t n; struct practice_line *line; size_t lines; struct url action; };
struct criterion_view { const struct criterion *k; struct url action; };

/* Public picks of a project (NONE: of all), as shown. */
enum err practice_lines(struct ctx *c, int64_t project, struct practice_line **out, size_t *n);

#endif
