/* What the templates of the words show. */
#ifndef KYODO_AREA_WORDS_VIEWS_H
#define KYODO_AREA_WORDS_VIEWS_H

#include "area/people/words.h"
#include "core/page.h"

struct word_kind { const char *label, *remark; struct url to; size_t n; bool may_edit; };
struct words_view { const struct word_kind *kind; size_t kinds; const char *preset; };
struct word_row { const struct word *w; const char *parent, *years, *alias; struct url to, move; bool ended, coming; };
struct word_list_view {
    const struct word_row *v; size_t n;
    const char *kind, *remark, *year, *shown_year, *preset;
    bool parents, numbers, texts, years, may_edit, may_add, all;
    struct url add, show, all_years, one_year;
};
struct word_form_view { /* both for adding and for changing */
    const struct word *w;
    const struct choice *parent; size_t parents;
    struct url action, back;
    const char *from_year, *from_hint, *button;
    bool code, is_new, texts;
};
struct word_version_line { const struct word *w; const char *years; bool current; struct url to; };
struct word_page_view {
    const struct word *w;
    struct word_form_view form;
    const struct word_version_line *version; size_t versions;
    const struct word_use *use; size_t uses;
    const char *parent, *to_year, *to_hint, *years, *alias;
    bool may_change, may_retire, may_remove, retired;
    struct url retire, remove, list;
};

handler vocabulary_page, vocabulary_kind_page, word_new_page, word_new_post, word_page, word_change_post, word_retire_post, word_move_post, word_remove_post;

#endif
