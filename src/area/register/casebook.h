/* 事例集: one edition as a book (PDF, HTML), as a printed register, and as files (XLSX, CSV, JSON).
 *
 * Everything is read from the edition's frozen rows with the public's eyes (freeze.h, withholding), whoever asks. A finished PDF is kept
 * in the instance's directory under a name that changes with the edition, what is withheld, the figures and the words around it: asked for
 * again it is handed out as it is, and what was withheld meanwhile makes it anew at once. A job makes them before anybody asks.
 */
#ifndef KYODO_AREA_REGISTER_CASEBOOK_H
#define KYODO_AREA_REGISTER_CASEBOOK_H

#include <stdio.h>

#include "area/register/public.h"
#include "area/register/public_views.h"
#include "export/table.h"

enum { CASEBOOK_PROJECTS_MOST = 5000 };

struct casebook_place { const char *code, *label; };
/* A project as contents and indexes know it. */
struct casebook_entry {
    int64_t position, project, page; /* page: where it begins; 0: not known yet */
    const char *name, *section, *department, *scheme, *category, *continuity, *partners, *summary;
    int64_t budget;
    bool close;                      /* set closer, so that it takes a page less */
    size_t group;                    /* index into the book's groups */
    struct casebook_place *place; size_t places, places_cap; /* municipalities */
    struct url to;                   /* the project as this edition has it */
};
/* A scheme's category, in the edition's order. */
struct casebook_group { const char *scheme, *category; const char *scheme_label, *label; int64_t projects; size_t number; /* in its scheme, from 0 */ };
struct casebook {
    int64_t edition, year, number, made_at, published_at; /* published_at NONE: not published */
    const char *name, *hash, *preface;                    /* 令和8年度(2026年度) 第1版 */
    const char *title;                                    /* 協働事例集, or what the prefecture calls it */
    const char *prefecture, *site, *office, *address, *licence; /* address: of the pages, NULL: not set */
    bool demo;
    struct statistics_view statistics;
    struct casebook_entry *entry; size_t n, cap;
    struct casebook_group *group; size_t groups, groups_cap;
    bool source_note;                                     /* names of groups come from the National Tax Agency's list */
    int64_t withheld;                                     /* projects with something withheld */
};
/* E_NOT_FOUND: none of that number, or not published and the user is not the secretariat; E_TOO_LARGE. In a read transaction. */
enum err casebook_load(struct ctx *c, int64_t edition, struct casebook *out);
/* Calls `each` for the projects from..to-1 (counted from 0) of the book in its order, some at a time in memory. */
enum err casebook_each(struct ctx *c, const struct casebook *b, size_t from, size_t to, enum err (*each)(struct ctx *c, void *self, size_t i, const struct project_page_view *v), void *self);
/* in_read with the words of the source language: an edition's files are one for all their readers. */
enum err casebook_in_japanese(struct ctx *c, enum err (*fn)(struct ctx *c, void *arg), void *arg);
/* What the bytes of a PDF of the edition depend on, as 64 hex digits. */
enum err casebook_stamp(struct ctx *c, const struct casebook *b, const char *kind, const char **stamp);

enum casebook_kind { CASEBOOK_BOOK, CASEBOOK_REGISTER };
/* The whole PDF into a file. In a read transaction. `pages` may be NULL. */
enum err casebook_pdf(struct ctx *c, struct casebook *b, FILE *out, int64_t *pages);  /* casebook_pdf.c */
enum err register_pdf(struct ctx *c, struct casebook *b, FILE *out, int64_t *pages);  /* casebook_register.c */
struct casebook_made { int file; int64_t bytes; const char *name; }; /* name: for the reader's disk */
/* The kept file, made where it is missing, open for reading: the caller closes it. Outside a transaction or in one for reading. */
enum err casebook_file(struct ctx *c, int64_t edition, enum casebook_kind kind, struct casebook_made *out);
/* The job "casebook.renew": makes both PDFs of the newest published edition, and those anew that are kept and of which a word has changed since,
 * so that no reader waits for them and what was withheld leaves the disk too. `subject` is not used. Outside a transaction. */
enum err casebook_renew(struct ctx *c, int64_t subject);

/* The files: all public fields of all its projects. casebook_files.c */
enum err casebook_json(struct ctx *c, const struct casebook *b, struct json_sink *sink);
enum err casebook_table(struct ctx *c, const struct casebook *b, enum table_format format, struct table_result *out);

extern const struct command casebook_commands[]; /* casebook_commands.c */
/* casebook_pages.c */
handler casebook_page, casebook_pdf_file, casebook_xlsx_file, casebook_csv_file, casebook_json_file, register_pdf_file;

#endif
