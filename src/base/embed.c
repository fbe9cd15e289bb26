#include "base/embed.h"

const struct embedded *embedded_find(const char *name)
{
    size_t from = 0, to = embedded_files_n;
    while (from < to) {
        size_t i = from + (to - from) / 2;
        int d = strcmp(name, embedded_files[i].name);
        if (d == 0)
            return &embedded_files[i];
        if (d < 0)
            to = i;
        else
            from = i + 1;
    }
    return NULL;
}

const struct embedded *embedded_at(size_t i)
{
    return i < embedded_files_n ? &embedded_files[i] : NULL;
}
