/* What the files of this area share. */
#ifndef KYODO_AREA_ORGANIZATION_PARTS_H
#define KYODO_AREA_ORGANIZATION_PARTS_H

#include "area/organization/organization.h"
#include "core/finder.h"
#include "core/page.h"

/* Is `name` one of the names in "one two three"? NULL names: no. */
bool name_in(const char *names, const char *name);
/* 熊本県熊本市; NULL when neither is known. */
const char *place_words(struct arena *a, const char *prefecture, const char *city);

/* The 47 names in the order of their codes; NULL after the last. */
const char *prefecture_at(size_t i);

/* What the index and the snippet say of an organization; `hidden`: names of withheld fields; `home`: the prefecture whose groups come first. */
const char *organization_search_text(struct arena *a, const struct organization *o, const char *hidden);
void organization_document(struct arena *a, const struct organization *o, const char *hidden, const char *home, struct finder_doc *out);
extern const struct finder_source organization_finder[];

extern const struct route organization_routes[];
extern const struct command organization_commands[];

#define SOURCE_NTA "国税庁法人番号公表サイト"
#define SOURCE_PORTAL "内閣府NPO法人ポータルサイト"

#endif
