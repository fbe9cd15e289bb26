/* Paging by key: the cursor says where the page before ended, so that no page is counted up to. */
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "core/page.h"

/* sort:direction:id:number:key, the number empty when there is none, the key with a leading "=" when there is one. It comes back from
 * outside, but it is only ever a parameter of a statement. */
const char *cursor_write(struct ctx *c, const char *sort, bool back, const char *key, int64_t key_n, int64_t id)
{
    struct sb b;
    sb_init(&b, c->arena);
    sb_printf(&b, "%s:%c:%" PRId64 ":", sort, back ? 'b' : 'f', id);
    if (key_n != NONE)
        sb_int(&b, key_n);
    sb_char(&b, ':');
    if (key) {
        sb_char(&b, '=');
        sb_add(&b, key);
    }
    return sb_str(&b);
}

static bool number(const char **p, int64_t *v)
{
    char t[24];
    size_t n = strcspn(*p, ":");
    if ((*p)[n] != ':' || n >= sizeof t)
        return false;
    memcpy(t, *p, n);
    t[n] = 0;
    *p += n + 1;
    *v = NONE;
    if (n == 0)
        return true;
    for (size_t i = t[0] == '-'; i < n; i++)
        if (t[i] < '0' || t[i] > '9')
            return false;
    if (n - (t[0] == '-') < 1 || n - (t[0] == '-') > 18)
        return false;
    *v = strtoll(t, NULL, 10);
    return true;
}

void cursor_read(struct ctx *c, const char *typed_text, const char *sort, struct cursor *out)
{
    *out = (struct cursor){.key_n = NONE, .id = NONE};
    size_t n = strlen(sort);
    const char *p = typed_text;
    if (!p || strncmp(p, sort, n) != 0 || p[n] != ':' || (p[n + 1] != 'f' && p[n + 1] != 'b') || p[n + 2] != ':')
        return;
    struct cursor cur = {.back = p[n + 1] == 'b'};
    p += n + 3;
    if (!number(&p, &cur.id) || cur.id == NONE || !number(&p, &cur.key_n) || (*p && *p != '='))
        return;
    cur.key = *p ? arena_dup(c->arena, p + 1) : NULL;
    cur.set = true;
    *out = cur;
}

static void link_out(struct ctx *c, struct sb *o, struct url to, const char *rel, const char *text)
{
    sb_add(o, "<a class=\"button-second\" rel=\"");
    sb_add(o, rel);
    sb_add(o, "\" href=\"");
    html_url(o, to);
    sb_add(o, "\">");
    html_text(o, tr(c, text));
    sb_add(o, "</a>\n");
}

void pager_show(struct ctx *c, struct sb *o, const struct pager *p)
{
    if (!p->has_prev && !p->has_next)
        return;
    sb_add(o, "<nav class=\"pager\" aria-label=\"");
    html_text(o, tr(c, "一覧のページ"));
    sb_add(o, "\">\n");
    if (p->has_prev)
        link_out(c, o, p->prev, "prev", "前の20件");
    if (p->has_next)
        link_out(c, o, p->next, "next", "次の20件");
    sb_add(o, "</nav>\n");
}
