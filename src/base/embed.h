/* Files carried inside the program: assets/, locale/, migrations/, presets/, made at build time by tools/embed. */
#ifndef KYODO_BASE_EMBED_H
#define KYODO_BASE_EMBED_H

#include <stddef.h>

struct embedded {
    const char *name;       /* "migrations/0001_people.sql", "assets/kyodo.css" */
    const unsigned char *p; /* n bytes and a NUL */
    size_t n;
    const char *hash;       /* 16 hex digits that change with the content */
};
/* NULL: there is no file of that name. */
const struct embedded *embedded_find(const char *name);
/* All files in the order of their names (bytewise); NULL after the last. */
const struct embedded *embedded_at(size_t i);

/* The generated table; use the functions. */
extern const struct embedded embedded_files[];
extern const size_t embedded_files_n;

#endif
