/* The frame of every page: head, header with search and year, menu, breadcrumb, banner, error summary, footer. */
#ifndef KYODO_CORE_PAGE_H
#define KYODO_CORE_PAGE_H

#include "core/ctx.h"
#include "db/entity.h"
#include "web/web.h"

struct crumb { const char *text; struct url to; };
struct page {
    const char *title;      /* the h1 */
    const char *place;      /* for <title>: "title - place - site"; NULL: none */
    const char *menu;       /* key of the current menu item; NULL: none */
    struct crumb crumb[4]; size_t crumbs; /* after ホーム, before the page itself */
    const char *banner;     /* after a redirect: read from the flash cookie by page_begin when NULL */
    int64_t year;           /* shows the year selector when not NONE */
    int64_t years[40]; size_t years_n;
    bool bare_title;        /* the template writes its own h1 */
    bool wide;              /* no measure on main (grids) */
};
/* Writes everything up to and with the h1, after the error summary from c->fail when there are faults (title then begins エラー:). */
void page_begin(struct ctx *c, struct response *w, const struct page *p);
void page_end(struct ctx *c, struct response *w, const struct page *p);
/* A whole page for a failure: words of ui.md §15, status by err_http; 422 is made by the handler, with its form. */
void page_error(struct ctx *c, struct response *w, enum err e);
/* After a write: 303 to `to` with a sentence shown once on the next page. */
enum err page_done(struct ctx *c, struct response *w, struct url to, const char *sentence);

struct menu_item { const char *key, *label; const char *path; uint32_t who; bool staff_menu; }; /* a table ends with key NULL */

/* Fields with which a POST that met a closed session comes back after the login: page_error(E_LOGIN) on a POST is a login form that keeps
 * what was typed as hidden fields ("keep.NAME", with "keep_to" the address). The login page calls kept_fields in its form; after a login
 * with keep_to, page_continue answers with a form that sends them on with the new session's token. */
void kept_fields(struct ctx *c, struct sb *o);
bool page_continue(struct ctx *c, struct response *w); /* false: nothing was kept */

/* --- parts of forms, used in templates: @call form_field(c, o, …) --- */
/* Names of the hidden fields of every POST form. */
#define FORM_CSRF "csrf"
#define FORM_KEY "key"     /* idempotency */
#define FORM_SHOWN "shown" /* names of the fields shown, joined by ' ' */
/* Hidden CSRF token, idempotency key, and the list of fields shown (NULL: none). id: of the form, NULL: none. */
void form_begin(struct ctx *c, struct sb *o, struct url action, const char *shown, const char *id);
/* The same, saved as a draft while one types: kyodo.js posts it with draft=1 and reads the answer's form of the same id for version and key. */
void form_begin_draft(struct ctx *c, struct sb *o, struct url action, const char *shown, const char *id);
/* The same for files (multipart/form-data). */
void form_begin_upload(struct ctx *c, struct sb *o, struct url action, const char *shown, const char *id);
void form_end(struct ctx *c, struct sb *o);
/* A labelled control for an entity's field, made from its kind: label with 必須/任意, hint, error, value; `last` is last year's value shown beside (NULL: none).
 * `prefix` for children: "partners.0.". */
struct control { const char *prefix, *hint, *last; int64_t year; bool required; const char *only; /* vocabulary's parent */ bool hide_optional; int rows; };
void form_field(struct ctx *c, struct sb *o, const struct entity *e, const char *field, const void *row, const struct control *how);
/* What was typed into the form of this request (POST: the form; GET: the query); else NULL. */
const char *typed(struct ctx *c, const char *name);
/* The id of the control of a field: "partners.0.name" has "partners-0-name". */
const char *field_id(struct ctx *c, const char *name);
/* A labelled control without an entity: one line (type "text", "password", "email", "search", "file", "date" (a date in any spelling)), "memo" (rows) or "check".
 * Value: what was typed, else `value`. */
struct input { const char *name, *label, *type, *value, *hint, *autocomplete; bool required, hide_optional; int rows; int64_t max; const char *size; /* "w-s" */ };
void form_input(struct ctx *c, struct sb *o, const struct input *in);
/* Radios ("radio"), checkboxes ("check") or a select ("select") over choices. Empty-coded choices are allowed ("すべて"). */
struct choice { const char *code, *label; int64_t count; /* shown behind the label; NONE: none */ bool on; };
struct choices { const char *name, *label, *type, *hint; const struct choice *v; size_t n; bool required, hide_optional; };
void form_choices(struct ctx *c, struct sb *o, const struct choices *ch);
/* The message at a field; NULL: none. */
const char *fault_at(struct ctx *c, const char *name);
/* A field's value as people read it: words for codes, 千円 for amounts, dates in both calendars. NULL when not stated. */
const char *field_shown(struct ctx *c, const struct field *f, const void *row, int64_t year);

/* --- typed formatters for templates --- */
const char *yen1000(struct ctx *c, int64_t yen);          /* "1,234" in 千円; a part is rounded and marked 約; NONE: "" */
const char *count(struct ctx *c, int64_t n);              /* "1,234"; NONE: "" */
const char *count_capped(struct ctx *c, int64_t n);       /* 1,001: "1,000件以上", else "132件" */
const char *milli(struct ctx *c, int64_t v);              /* "150.9" */
const char *date(struct ctx *c, const char *iso);         /* date_long */
const char *day_era(struct ctx *c, const char *iso);      /* date_era */
const char *year(struct ctx *c, int64_t y);               /* fiscal_year_long; in English FY2026 */
const char *year_head(struct ctx *c, int64_t y);          /* 令和8: over a column */
const char *year_era(struct ctx *c, int64_t y);           /* 令和8年度 */
const char *at(struct ctx *c, int64_t t);                 /* instant_long */
const char *word(struct ctx *c, const char *kind, const char *code, int64_t y); /* read_label of its label */
const char *read_label(struct ctx *c, const char *label); /* a prefecture's word for the reader: in English where the catalogue has it; NULL: NULL */
struct html paragraphs(struct ctx *c, const char *memo);  /* lines and blank lines as <br> and <p> */
struct html marked(struct ctx *c, const char *text, const char *q); /* matches in <mark> */
struct url url_project(struct ctx *c, int64_t id);
struct url url_organization(struct ctx *c, int64_t id);
struct url url_edition(struct ctx *c, int64_t n);
struct url url_asset(struct ctx *c, const char *name);    /* /assets/NAME?v=HASH */

/* --- paging by key --- */
/* One declared sort with its index, then id. The cursor is opaque text: sort name, key, id, direction. */
struct cursor { bool back; const char *key; int64_t key_n; int64_t id; bool set; };
void cursor_read(struct ctx *c, const char *typed, const char *sort, struct cursor *out); /* a cursor of another sort is no cursor */
const char *cursor_write(struct ctx *c, const char *sort, bool back, const char *key, int64_t key_n, int64_t id);
struct pager { struct url prev, next; bool has_prev, has_next; int64_t count; int64_t from, to; /* NONE: not known */ };
void pager_show(struct ctx *c, struct sb *o, const struct pager *p);
/* What a list is narrowed to, each with the address without it; nothing when it is not. */
struct chip { const char *text; struct url off; };
void chips_show(struct ctx *c, struct sb *o, const struct chip *chip, size_t n, struct url all_off);
/* この表をファイルで: Excel(XLSX) CSV …: links to the page's own address with ?format= (core/listing.h). */
void file_links(struct ctx *c, struct sb *o);
/* The same for one table of several on a page: `of` its address, `what` its name for those who hear the links alone. */
void file_links_of(struct ctx *c, struct sb *o, struct url of, const char *what);

/* --- charts: SVG made on the server, with role=img, title, desc; the table stands beside it --- */
struct chart_series { const char *name; const int64_t *milli; /* thousandths; NONE: unknown, no line over it */ };
struct chart {
    const char *id, *title, *finding;
    const char **x; size_t x_n;
    const struct chart_series *series; size_t series_n;
    const bool *break_before; /* one an x: the series breaks before it (a mark, or years left out); NULL: nowhere */
    const char *break_note, *unit;
    bool stacked;        /* bars; else lines with marks */
};
void chart_show(struct ctx *c, struct sb *o, const struct chart *ch);

#endif
