/* What the operator's pages show. */
#ifndef KYODO_AREA_OPERATION_VIEWS_H
#define KYODO_AREA_OPERATION_VIEWS_H

#include "area/operation/operation.h"
#include "core/page.h"
#include "core/run.h"

struct run_row { const struct run_line *l; const char *state, *tag, *when, *how_far; struct url page, to; };
struct operation_view {
    const struct condition *c;
    const char *size, *disk, *backup, *verify, *sweep;
    bool disk_low, backup_old, verify_old;
    const struct run_row *run; size_t runs;
    struct url verify_now, sweep_now, retention;
    const char *years;
};
struct run_view { struct run_row row; bool open, running; struct url handled, again; };

#endif
