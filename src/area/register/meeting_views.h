/* What the pages of the meeting's paper and its remarks show. */
#ifndef KYODO_AREA_REGISTER_MEETING_VIEWS_H
#define KYODO_AREA_REGISTER_MEETING_VIEWS_H

#include "area/register/meeting.h"
#include "core/page.h"

struct paper_category { const char *label; int64_t now, then; /* NONE: not counted */ };
struct paper_scheme { const char *label; int64_t now, then; const char *budget; struct paper_category *category; size_t categories; };
struct paper_row { const char *name, *continuity, *category, *section, *partners, *period, *budget, *summary; int64_t position; };
struct paper_department { const char *name; int64_t now, then; };
struct paper_view {
    const char *edition, *before, *hash;  /* before: last year's newest; NULL */
    struct url to_edition, to_changes, to_pdf, add, files, figure_files, department_files, remark_files;
    bool published, secretariat;
    struct paper_scheme *scheme; size_t schemes;
    struct paper_department *department; size_t departments;
    struct paper_row *row; size_t n;
    struct remark *remark; size_t remarks; /* of this year's editions */
    struct remark *earlier; size_t earlier_n;
};
struct remark_view { const struct remark *r; struct url action, back; const char *edition; };

#endif
