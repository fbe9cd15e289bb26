/* Excel as the interface: the sheets that an inquiry hands out, and what comes back in them.
 *
 * One row a project; the columns of answer_columns. A row is matched by 事業番号, else by the exact name within its section; a row that matches
 * nothing is a new project. A cell that says what we wrote into it changes nothing; a column that is missing changes nothing; a blank cell in a
 * column that is there clears the field. What a file would do is a plan, made without writing; taking it over runs the use cases of answer.c, all
 * in one transaction. docs/decisions/0013-sheets-of-an-inquiry.md says why the sheet looks as it does.
 */
#ifndef KYODO_AREA_REGISTER_SHEETS_H
#define KYODO_AREA_REGISTER_SHEETS_H

#include "area/register/rounds.h"
#include "core/preset.h"
#include "export/sheet.h"
#include "export/table.h"

/* --- what a sheet is about: an inquiry, or one department or section of it --- */
struct sheet_scope { int64_t inquiry, answer, department; }; /* answer: of one section; department: its section's id; NONE: not cut down */

struct book_answer {
    struct answer_case k;
    const char *name;      /* as in the column 課: short where no other section of the inquiry is called so */
    const char *department;
    int64_t department_id;
    struct statement *s; size_t n;
};
struct book_words { const char *kind, *parent; const struct word *v; size_t n; const char *const *key; };
/* An inquiry with the answers in scope that the user may see, in tree order, and the words of its year. */
struct book {
    struct inquiry q;
    struct sheet_scope scope;
    const struct section_node *tree; size_t tree_n;
    const char *const *tree_name, *const *tree_key; /* of each: 土木部 道路保全課; the same as a key */
    struct book_answer *answer; size_t answers;
    struct book_words words[16]; size_t words_n;
    bool secretariat;
    bool whole; /* all answers of the inquiry */
};
/* E_NOT_FOUND, E_FORBIDDEN (no answer in scope is the user's business), E_CONFLICT (the inquiry was never sent). */
enum err book_load(struct ctx *c, const struct sheet_scope *scope, struct book *out);
/* The same without the statements: for pages that say which answers there are. */
enum err book_open(struct ctx *c, const struct sheet_scope *scope, struct book *out);

/* --- columns --- */
enum { SHEET_PARTNERS_LEAST = 3, SHEET_PARTNERS_MOST = 40 };
enum answer_column_kind { COLUMN_NUMBER, COLUMN_SECTION, COLUMN_DECISION, COLUMN_FIELD, COLUMN_PARTNER, COLUMN_VERSION, COLUMN_MEND };
struct answer_column {
    enum answer_column_kind kind;
    const struct field *f;   /* of the statement; COLUMN_PARTNER: of the partner */
    size_t index;            /* COLUMN_PARTNER: which partner, from 0 */
    const char *title, *aliases;
    const char *how;         /* how it is filled in */
    int width;
    bool wrap, must;
};
/* The columns with room for `partners` partners. Columns that the preset has no words for, or that are not for this user, are left out. */
enum err answer_columns(struct ctx *c, struct book *b, size_t partners, struct answer_column **out, size_t *n);
/* The title under which a field of a statement stands ("partners.0.name": 相手1 名前); NULL: in no column. */
const char *answer_column_title(struct ctx *c, const struct answer_column *v, size_t n, const char *field);
/* What stands in a cell; NULL: nothing. */
const char *answer_cell(struct ctx *c, struct book *b, const struct answer_column *col, const struct book_answer *a, const struct statement *s);
/* Takes what somebody typed into a cell of a COLUMN_FIELD. NULL: taken; else what is to be done, as a sentence. */
const char *answer_cell_take(struct ctx *c, struct book *b, const struct answer_column *col, const char *typed, enum sheet_kind kind, struct statement *s);
/* The code of a word as typed; NULL: unknown. */
const char *book_code(struct ctx *c, struct book *b, const char *kind, const char *parent, const char *typed);
/* 「A、B、C」: the words to choose from, at most `most` characters. */
const char *book_choices_shown(struct ctx *c, struct book *b, const char *kind, const char *parent);
/* Words of a kind in the inquiry's year. */
const struct book_words *book_words_of(struct ctx *c, struct book *b, const char *kind, const char *parent);
/* same, changed, ended, new, none from 変更なし …; NULL: unknown. And back. */
const char *decision_typed(struct arena *a, const char *typed);
const char *decision_word(const char *decision);
/* Spelling folded, blanks dropped: for comparing what people typed. */
const char *sheet_key(struct arena *a, const char *s);

/* --- handing out --- */
/* Writes the sheet; rows: of projects. The file's descriptor is in the result (the caller closes it). */
enum err sheet_write(struct ctx *c, struct book *b, enum table_format format, struct table_result *out);
/* 令和8年度_PSプロジェクト照会_道路保全課.xlsx */
const char *sheet_file_name(struct ctx *c, const struct book *b, enum table_format format);

/* --- a file that came back --- */
struct sheet_in_cell { char kind; const char *text; }; /* kind: t text, n number, d date, b yes or no, e error, f formula without a value */
struct sheet_in_row { int64_t line; const struct sheet_in_cell *cell; };
struct sheet_in {
    const char *file, *sheet;          /* sheet NULL: CSV */
    const char *encoding;              /* CSV */
    const char *const *head; size_t columns;
    const char *const *ignored; size_t ignored_n; /* other sheets */
    const struct sheet_in_row *row; size_t rows;
};
/* Reads a file with no transaction open. E_FORM, E_TOO_LARGE with a sentence. */
enum err sheet_in_read(struct ctx *c, const char *file, const char *bytes, size_t n, struct sheet_in *out);

/* --- what it would do --- */
enum plan_action { PLAN_ADD, PLAN_CHANGE, PLAN_END, PLAN_DECIDE, PLAN_NONE, PLAN_SAME, PLAN_ACTIONS };
struct plan_fault { int64_t line; int32_t column; const char *place, *title, *input, *remedy; }; /* column -1: of the row */
struct plan_change { const char *title, *before, *after; };
struct plan_row {
    int64_t line;
    size_t answer;
    enum plan_action action;
    const struct statement *before;    /* NULL: a new one */
    struct statement after;
    const char *name, *decision, *end_reason;
    bool content;                      /* more than the decision differs */
    struct plan_change *change; size_t changes;
    const char **notice; size_t notices;
    bool stale;                        /* changed by somebody after the plan that the user saw */
};
struct plan_lack { size_t answer; int64_t line; const char *name, *title, *message; }; /* line NONE: of a project that is not in the file */
struct plan_answer {
    int64_t count[PLAN_ACTIONS], absent; /* absent: its projects that are not in the file */
    int64_t rows;
    bool none, touched, whole;         /* whole: nothing is lacking, it may be handed in */
    bool handed_in;                    /* already, and nothing of it changes */
};
struct sheet_plan {
    const struct sheet_in *in;
    struct plan_row *row; size_t rows;
    struct plan_answer *answer;        /* one an answer of the book */
    struct plan_fault *fault; size_t faults;
    struct plan_lack *lack; size_t lacks;
    const char *const *unknown; size_t unknown_n; /* titles that were not understood */
    const char *const *missing; size_t missing_n; /* columns that are not there: left as they are */
    int64_t count[PLAN_ACTIONS], blank;
    struct answer_column *column; size_t columns;
    const int32_t *where;              /* of each: its column in the file; -1: not there */
};
/* What the secretariat says of a file that it takes for a section; how NULL: nothing was said. */
struct sheet_entry { const char *why, *how, *on; };
/* E_FORM when the file has no heading that is ours; else OK, the faults in the plan. Reads only. */
enum err sheet_plan_make(struct ctx *c, struct book *b, const struct sheet_in *in, const struct sheet_entry *entry, struct sheet_plan *out);
/* Versions of all that the plan touches, as text: what the user has seen. */
const char *sheet_plan_seen(struct ctx *c, const struct book *b, const struct sheet_plan *p);
/* Marks what was changed since; the number of such rows and answers. */
size_t sheet_plan_compare(struct ctx *c, const struct book *b, struct sheet_plan *p, const char *seen);

/* --- taking it over --- */
struct sheet_take {
    bool submit;                       /* hand in at once what lacks nothing */
    const char *approver_post, *approved_on;
    struct sheet_entry entry;
    int64_t upload;                    /* NONE: from a command */
    int64_t submitted, drafts, none;   /* sections afterwards */
};
/* One transaction. E_CONFLICT when something was changed since the plan was made. */
enum err sheet_plan_take(struct ctx *c, struct book *b, const struct sheet_plan *p, struct sheet_take *t);

/* --- files that wait --- */
struct sheet_upload {
    int64_t id, account, at, done_at;
    struct sheet_scope scope;
    const char *state, *file, *head, *report;
    struct sheet_entry entry;
};
/* Puts a file with its rows; no transaction open (rows go in pieces). */
enum err sheet_upload_put(struct ctx *c, const struct sheet_scope *scope, const struct sheet_in *in, const char *bytes, size_t n, const struct sheet_entry *entry,
                          int64_t *id);
/* E_NOT_FOUND; E_FORBIDDEN unless it is the user's own or the user is the secretariat. */
enum err sheet_upload_load(struct ctx *c, int64_t id, struct sheet_upload *out);
enum err sheet_upload_rows(struct ctx *c, const struct sheet_upload *u, struct sheet_in *out);
enum err sheet_upload_bytes(struct ctx *c, int64_t id, struct bytes *out);
enum err sheet_upload_discard(struct ctx *c, int64_t id);
/* Those of the user that wait while their inquiry is open, newest first; inquiry NONE: of all. */
enum err sheet_uploads_waiting(struct ctx *c, int64_t inquiry, struct sheet_upload **out, size_t *n);
/* The job: done ones go after 14 days, forgotten ones after 60. */
enum err sheet_uploads_sweep(struct ctx *c, int64_t subject);

/* A new workbook of ours: the rows as they came, the column 直し方 first, the cells in question coloured. */
enum err sheet_write_mend(struct ctx *c, struct book *b, const struct sheet_plan *p, struct table_result *out);

/* --- the door of commands: read, plan, take --- */
extern const struct command sheet_commands[];
extern const struct area sheets_area;

#endif
