#include "db/schema.h"

#include <ctype.h>
#include <string.h>

#include "base/embed.h"
#include "base/sb.h"

static bool is_migration(const struct embedded *e)
{
    return strncmp(e->name, "migrations/", 11) == 0;
}

int64_t schema_newest(void)
{
    int64_t newest = 0;
    for (size_t i = 0; embedded_at(i) != NULL; i++)
        if (is_migration(embedded_at(i))) {
            int64_t n = strtoll(embedded_at(i)->name + 11, NULL, 10);
            newest = n > newest ? n : newest;
        }
    return newest;
}

/* The next word of [*p, end): a run of name characters, or one other character. Comments and blanks are passed over. NULL at the end. */
static const char *next_word(struct arena *a, const char **p, const char *end)
{
    while (*p < end) {
        if (isspace((unsigned char)**p))
            (*p)++;
        else if (end - *p >= 2 && (*p)[0] == '-' && (*p)[1] == '-')
            while (*p < end && **p != '\n')
                (*p)++;
        else
            break;
    }
    if (*p >= end)
        return NULL;
    const char *from = *p;
    if (isalnum((unsigned char)*from) || *from == '_')
        while (*p < end && (isalnum((unsigned char)**p) || **p == '_'))
            (*p)++;
    else if (*from == '\'')
        for ((*p)++; *p < end && *(*p)++ != '\'';)
            ;
    else
        (*p)++;
    return arena_dup_n(a, from, (size_t)(*p - from));
}

static bool type_of(const char *word, enum db_type *type)
{
    static const struct { const char *name; enum db_type type; } types[] = {
        {"id", DB_INT}, {"int64", DB_INT}, {"text", DB_TEXT}, {"bytes", DB_BYTES}, {"bool", DB_BOOL}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, word) == 0) {
            *type = types[i].type;
            return true;
        }
    return false;
}

/* One definition between commas: a column, or PRIMARY KEY (…) whose columns become the order. `word` holds its words. */
static void take_definition(struct arena *a, struct schema_table *t, const char *const *word, size_t n)
{
    if (n >= 4 && strcmp(word[0], "PRIMARY") == 0) {
        struct sb order;
        sb_init(&order, a);
        for (size_t i = 3; i + 1 < n; i++)
            sb_printf(&order, strcmp(word[i], ",") == 0 ? "%s " : "%s", word[i]);
        t->order = sb_str(&order);
        return;
    }
    struct schema_column col = {.name = word[0]};
    if (n < 2 || !type_of(word[1], &col.type))
        return;
    for (size_t i = 2; i + 1 < n; i++) {
        if (strcmp(word[i], "REFERENCES") == 0)
            col.refers_to_itself = strcmp(word[i + 1], t->name) == 0;
        if (strcmp(word[i], "PRIMARY") == 0)
            t->order = col.name;
    }
    if (strcmp(word[1], "id") == 0)
        t->order = col.name;
    ARENA_PUSH(a, t->column, t->columns_n, t->columns_cap) = col;
}

static void take_table(struct arena *a, struct schema_table *t, const char **p, const char *end)
{
    const char **word = NULL;
    size_t n = 0, cap = 0, depth = 0;
    for (const char *w; (w = next_word(a, p, end)) != NULL && strcmp(w, ";") != 0;) {
        if (strcmp(w, "(") == 0 && depth++ == 0)
            continue;
        if (strcmp(w, ")") == 0 && --depth == 0)
            break;
        if (strcmp(w, ",") == 0 && depth == 1) {
            take_definition(a, t, word, n);
            n = 0;
            word = NULL;
            cap = 0;
            continue;
        }
        ARENA_PUSH(a, word, n, cap) = w;
    }
    if (n > 0)
        take_definition(a, t, word, n);
}

static struct schema_table *find(struct schema *s, const char *name)
{
    for (size_t i = 0; i < s->tables_n; i++)
        if (strcmp(s->table[i].name, name) == 0)
            return &s->table[i];
    return NULL;
}

static void take_file(struct arena *a, struct schema *s, const char *p, const char *end)
{
    const char *before = "", *w;
    while ((w = next_word(a, &p, end)) != NULL) {
        if (strcmp(w, "TABLE") == 0 && strcmp(before, "CREATE") == 0) {
            struct schema_table t = {.name = next_word(a, &p, end)};
            take_table(a, &t, &p, end);
            ARENA_PUSH(a, s->table, s->tables_n, s->tables_cap) = t;
        } else if (strcmp(w, "TABLE") == 0 && strcmp(before, "ALTER") == 0) {
            struct schema_table *t = find(s, next_word(a, &p, end));
            const char *word[16];
            size_t n = 0;
            for (; (w = next_word(a, &p, end)) != NULL && strcmp(w, ";") != 0;)
                if (n < 16 && (n > 0 || (strcmp(w, "ADD") != 0 && strcmp(w, "COLUMN") != 0)))
                    word[n++] = w;
            if (t != NULL && n > 1)
                take_definition(a, t, word, n);
        }
        before = w != NULL ? w : "";
    }
}

const struct schema *schema_read_at(struct arena *a, int64_t newest)
{
    struct schema *s = arena_make(a, struct schema);
    for (int64_t number = 1; number <= newest; number++)
        for (size_t i = 0; embedded_at(i) != NULL; i++) {
            const struct embedded *e = embedded_at(i);
            if (is_migration(e) && strtoll(e->name + 11, NULL, 10) == number)
                take_file(a, s, (const char *)e->p, (const char *)e->p + e->n);
        }
    return s;
}

const struct schema_table *schema_table(const struct schema *s, const char *name)
{
    for (size_t i = 0; i < s->tables_n; i++)
        if (strcmp(s->table[i].name, name) == 0)
            return &s->table[i];
    return NULL;
}

const char *schema_select(struct arena *a, const struct schema_table *t)
{
    struct sb b;
    sb_init(&b, a);
    sb_add(&b, "SELECT ");
    for (size_t i = 0; i < t->columns_n; i++)
        sb_printf(&b, "%s%s", i > 0 ? ", " : "", t->column[i].name);
    sb_printf(&b, " FROM %s ORDER BY %s", t->name, t->order);
    return sb_str(&b);
}

const struct schema_table *schema_narrow(struct arena *a, const struct schema_table *t, const struct json_value *columns)
{
    struct schema_table *narrow = arena_make(a, struct schema_table);
    *narrow = (struct schema_table){.name = t->name, .order = t->order};
    for (const struct json_value *v = columns->child; v != NULL; v = v->next)
        for (size_t i = 0; i < t->columns_n; i++)
            if (v->type == JSON_TEXT && strcmp(t->column[i].name, v->text) == 0)
                ARENA_PUSH(a, narrow->column, narrow->columns_n, narrow->columns_cap) = t->column[i];
    return narrow;
}
