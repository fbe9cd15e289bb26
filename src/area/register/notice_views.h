/* What the pages of notices before publishing show. */
#ifndef KYODO_AREA_REGISTER_NOTICE_VIEWS_H
#define KYODO_AREA_REGISTER_NOTICE_VIEWS_H

#include "area/register/notice.h"
#include "core/page.h"

struct notice_row {
    const struct notice_line *l;
    const char *id, *state, *tag, *replied, *when, *writer, *words, *answer, *field;
    bool on, objected;
    struct url to, action;
    int64_t notice;
};
struct notices_view {
    const char *edition;
    struct url to_edition, action, letters;
    struct notice_row *row; size_t n;
    size_t by_mail, on_paper, objections;
    bool mail;                 /* a mail server is set up */
    const char *due;
};
struct notice_fact { const char *label, *text; };
struct notice_project { const char *name, *section; struct notice_fact *fact; size_t facts; struct url to; };
struct notice_view {
    const struct notice *x;
    const char *organization, *year, *due, *state, *replied;
    struct notice_project *project; size_t projects;
    bool published, ready, may_reply, sent;
    struct url action;
};

#endif
