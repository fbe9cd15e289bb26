/* The template compiler: HTML with values, conditions and loops becomes C functions that append to a string builder.
 *
 *     template IN.html OUT.c OUT.h
 *
 * A line whose first character is @ is a directive (a line that begins with @@ is text beginning with @):
 *     @include "area/register/views.h"             into the generated header
 *     @template body(const struct view *v)         void body(struct ctx *c, struct sb *o, const struct view *v)
 *     @if C-condition / @elif C-condition / @else / @end
 *     @each r in ARRAY, COUNT ... @end             r points to the element (const), r_i is its index
 *     @for i in COUNT ... @end                     size_t i
 *     @call f(c, o, ...)                           a C call that prints for itself; a directive goes on while a bracket is open
 *     @end
 * In the text: {{C-expression}} is written by the escaper of its type; {{# comment #}} is dropped.
 *
 * What is safe by type: between tags HTML_OUT, inside quotes HTML_ATTR (no markup), href, src, action and formaction take one
 * {{struct url}} or a literal that begins with / or #. Refused, with file and line: unquoted attributes, a value inside a tag but outside
 * quotes, inline script and style, on… and style attributes, elements that embed foreign documents, branches that leave the markup in
 * another state than they found it in.
 *
 * White space: blanks at the start of a line are dropped and so is a line break between two Japanese characters, because a browser would
 * print it as a gap; every other line break stays. <pre> and <textarea> are left alone.
 * Language: a text that contains Japanese is written as it stands for Japanese readers, else looked up with tr(); its key is the text without
 * blanks at its ends and with character references decoded. A text with a word that differs between prefectures (see preset_wording) always goes through tr(). The same holds for aria-label, title, alt, placeholder, label and data-l.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>

#include "wording.h"

struct buf {
    char *p;
    size_t n, cap;
};

static void put_n(struct buf *b, const char *s, size_t n)
{
    if (b->n + n + 1 > b->cap) {
        b->cap = (b->n + n + 1) * 2;
        b->p = realloc(b->p, b->cap);
        if (!b->p) {
            fprintf(stderr, "template: out of memory\n");
            exit(1);
        }
    }
    if (n)
        memcpy(b->p + b->n, s, n);
    b->n += n;
    b->p[b->n] = 0;
}

static void put(struct buf *b, const char *s)
{
    put_n(b, s, strlen(s));
}

static void put_char(struct buf *b, char c)
{
    put_n(b, &c, 1);
}

static void put_c_string(struct buf *b, const char *s, size_t n)
{
    put_char(b, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        char t[8];
        if (c == '\n') {
            /* A literal a line keeps the generated file readable. */
            put(b, i + 1 < n ? "\\n\"\n        \"" : "\\n");
        } else if (c == '"' || c == '\\') {
            put_char(b, '\\');
            put_char(b, (char)c);
        } else if (c < 0x20 || c == '?' || c == 0x7f) { /* '?' because of trigraphs */
            snprintf(t, sizeof t, "\\%03o", c);
            put(b, t);
        } else {
            put_char(b, (char)c);
        }
    }
    put_char(b, '"');
}

enum state { TEXT, TAG, NAME, AFTER_NAME, BEFORE_VALUE, VALUE, CLOSING, DECLARATION };

enum block_kind { BLOCK_TEMPLATE, BLOCK_IF, BLOCK_ELSE, BLOCK_LOOP };
struct block {
    enum block_kind kind;
    int line;
    enum state state;
    char tag[32], attr[48];
};
#define BLOCKS 64

struct compiler {
    const char *file;
    const char *p, *end;
    int line;
    struct buf c, h;         /* the two files */
    struct buf literal, run; /* written without a condition; the text being read */
    enum state state;
    char tag[32], attr[48];
    char quote;
    bool keep_blanks;      /* inside pre, textarea */
    bool tag_closes;       /* "/>" seen */
    bool script, has_src;  /* inside <script …>: src seen */
    bool attr_has_value;   /* a {{value}} stands in this attribute */
    bool in_template;
    struct block block[BLOCKS];
    size_t blocks;
};

static _Noreturn void stop(const struct compiler *t, int line, const char *message, const char *what)
{
    fprintf(stderr, "%s:%d: error: %s%s%s%s\n", t->file, line, message, what ? " '" : "", what ? what : "", what ? "'" : "");
    exit(1);
}

/* --- output --- */

static void flush_literal(struct compiler *t)
{
    if (!t->literal.n)
        return;
    char n[40];
    snprintf(n, sizeof n, ", %zu);\n", t->literal.n);
    put(&t->c, "    sb_add_n(o, ");
    put_c_string(&t->c, t->literal.p, t->literal.n);
    put(&t->c, n);
    t->literal.n = 0;
}

static void put_line(struct compiler *t, int line)
{
    char n[32];
    snprintf(n, sizeof n, "#line %d ", line);
    put(&t->c, n);
    put_c_string(&t->c, t->file, strlen(t->file));
    put_char(&t->c, '\n');
}

static bool blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

/* Character references that templates use, decoded for the catalogue's key. */
static void decode(struct compiler *t, struct buf *out, const char *s, size_t n)
{
    static const struct { const char *name, *text; } known[] = {
        {"&amp;", "&"}, {"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&nbsp;", "\u00a0"}};
    for (size_t i = 0; i < n;) {
        bool found = false;
        if (s[i] == '&') {
            for (size_t k = 0; k < sizeof known / sizeof known[0] && !found; k++) {
                size_t l = strlen(known[k].name);
                if (n - i >= l && memcmp(s + i, known[k].name, l) == 0) {
                    put(out, known[k].text);
                    i += l;
                    found = true;
                }
            }
            if (!found)
                stop(t, t->line, "in a Japanese text only &amp; &lt; &gt; &quot; &#39; &nbsp; can be used", NULL);
        } else {
            put_char(out, s[i++]);
        }
    }
}

static bool in_list(const char *const *list, const char *s)
{
    for (; *list; list++)
        if (strcmp(*list, s) == 0)
            return true;
    return false;
}

static bool attribute_is_translated(const char *name)
{
    static const char *const list[] = {"aria-label", "title", "alt", "placeholder", "label", "data-l", NULL};
    return in_list(list, name);
}

static bool attribute_is_url(const char *name)
{
    static const char *const list[] = {"href", "src", "action", "formaction", "poster", "cite", "xlink:href", NULL};
    return in_list(list, name);
}

/* The text read so far goes out: to the catalogue if it contains Japanese and stands where people read it. */
static bool prefecture_says(const char *key)
{
    static const char *const said[] = {WORDING, NULL};
    for (size_t i = 0; said[i]; i++)
        if (strstr(key, said[i]))
            return true;
    return false;
}

static void end_run(struct compiler *t)
{
    const char *s = t->run.p;
    size_t n = t->run.n, from = 0, to = n;
    if (!n)
        return;
    bool japanese = false;
    for (size_t i = 0; i < n; i++)
        japanese |= (unsigned char)s[i] >= 0x80;
    if (!japanese || (t->state == VALUE && !attribute_is_translated(t->attr))) {
        put_n(&t->literal, s, n);
        t->run.n = 0;
        return;
    }
    while (from < to && blank(s[from]))
        from++;
    while (to > from && blank(s[to - 1]))
        to--;
    put_n(&t->literal, s, from);
    flush_literal(t);
    struct buf key = {0};
    decode(t, &key, s + from, to - from);
    if (prefecture_says(key.p))
        put(&t->c, "        html_text(o, tr(c, ");
    else {
        char size[40];
        snprintf(size, sizeof size, ", %zu);\n", to - from);
        put(&t->c, "    if (c->locale == LOCALE_JA)\n        sb_add_n(o, ");
        put_c_string(&t->c, s + from, to - from);
        put(&t->c, size);
        put(&t->c, "    else\n        html_text(o, tr(c, ");
    }
    put_c_string(&t->c, key.p, key.n);
    put(&t->c, "));\n");
    free(key.p);
    put_n(&t->literal, s + to, n - to);
    t->run.n = 0;
}

static void out(struct compiler *t, char c)
{
    if (t->state == TEXT || t->state == VALUE)
        put_char(&t->run, c);
    else
        put_char(&t->literal, c);
}

/* --- C expressions --- */

/* Past a string or character constant of C. */
static const char *skip_quoted(struct compiler *t, const char *p, const char *end)
{
    char q = *p++;
    while (p < end && *p != q) {
        if (*p == '\n')
            stop(t, t->line, "a string is not closed", NULL);
        p += *p == '\\' && p + 1 < end ? 2 : 1;
    }
    if (p >= end)
        stop(t, t->line, "a string is not closed", NULL);
    return p + 1;
}

static void count_lines(struct compiler *t, const char *from, const char *to)
{
    for (; from < to; from++)
        t->line += *from == '\n';
}

static void trim(const char **from, const char **to)
{
    while (*from < *to && isspace((unsigned char)**from))
        ++*from;
    while (*to > *from && isspace((unsigned char)(*to)[-1]))
        --*to;
}

/* {{expression}}: p stands behind the braces. */
static void value(struct compiler *t)
{
    const char *from = t->p, *p = from;
    int line = t->line, depth = 0;
    while (p < t->end) {
        if (*p == '"' || *p == '\'') {
            p = skip_quoted(t, p, t->end);
            continue;
        }
        if (*p == '{')
            depth++;
        else if (*p == '}') {
            if (depth == 0 && p + 1 < t->end && p[1] == '}')
                break;
            depth--;
        }
        p++;
    }
    if (p >= t->end)
        stop(t, line, "{{ is not closed", NULL);
    const char *to = p;
    t->p = p + 2;
    trim(&from, &to);
    if (from == to)
        stop(t, line, "{{ }} is empty", NULL);
    const char *writer = "HTML_OUT";
    if (t->state == VALUE) {
        writer = "HTML_ATTR";
        if (attribute_is_url(t->attr)) {
            writer = "html_url";
            if (t->run.n || t->attr_has_value)
                stop(t, line, "an address is one {{struct url}} alone or a literal, in attribute", t->attr);
        }
        t->attr_has_value = true;
    } else if (t->state == BEFORE_VALUE) {
        stop(t, line, "unquoted value of attribute", t->attr);
    } else if (t->state != TEXT) {
        stop(t, line, "a value stands between tags or inside the quotes of an attribute, not in the tag", t->tag);
    } else if (t->script) {
        stop(t, line, "inline script", NULL);
    }
    end_run(t);
    flush_literal(t);
    put_line(t, line);
    put(&t->c, "    ");
    put(&t->c, writer);
    put(&t->c, "(o, ");
    put_n(&t->c, from, (size_t)(to - from));
    put(&t->c, ");\n");
    count_lines(t, from, t->p);
}

/* --- directives --- */

static void snapshot(struct compiler *t, enum block_kind kind, int line)
{
    if (t->blocks == BLOCKS)
        stop(t, line, "too many open blocks", NULL);
    struct block *b = &t->block[t->blocks++];
    b->kind = kind;
    b->line = line;
    b->state = t->state;
    memcpy(b->tag, t->tag, sizeof b->tag);
    memcpy(b->attr, t->attr, sizeof b->attr);
}

static void same_state(struct compiler *t, const struct block *b, int line)
{
    if (t->state != b->state || (t->state != TEXT && strcmp(t->tag, b->tag) != 0) ||
        (t->state == VALUE && strcmp(t->attr, b->attr) != 0))
        stop(t, line, "the branch leaves a tag or a quote open (or closed) that it found otherwise", t->tag);
}

static bool word_is(const char *p, const char *end, const char *word)
{
    size_t n = strlen(word);
    return (size_t)(end - p) >= n && memcmp(p, word, n) == 0 &&
           ((size_t)(end - p) == n || !(isalnum((unsigned char)p[n]) || p[n] == '_'));
}

static const char *identifier(const char *p, const char *end)
{
    if (p < end && (isalpha((unsigned char)*p) || *p == '_'))
        while (p < end && (isalnum((unsigned char)*p) || *p == '_'))
            p++;
    return p;
}

static void begin_template(struct compiler *t, const char *from, const char *to, int line)
{
    if (t->in_template)
        stop(t, line, "@template inside a template: is an @end missing?", NULL);
    const char *name_end = identifier(from, to);
    const char *open = name_end;
    while (open < to && blank(*open))
        open++;
    if (name_end == from || open >= to || *open != '(' || to[-1] != ')')
        stop(t, line, "@template NAME(parameters)", NULL);
    const char *args = open + 1, *args_end = to - 1;
    trim(&args, &args_end);
    struct buf head = {0};
    put(&head, "void ");
    put_n(&head, from, (size_t)(name_end - from));
    put(&head, "(struct ctx *c, struct sb *o");
    if (args < args_end) {
        put(&head, ", ");
        put_n(&head, args, (size_t)(args_end - args));
    }
    put(&head, ")");
    put_n(&t->h, head.p, head.n);
    put(&t->h, ";\n");
    put_char(&t->c, '\n');
    put_line(t, line);
    put_n(&t->c, head.p, head.n);
    put(&t->c, "\n{\n    (void)c;\n    (void)o;\n");
    free(head.p);
    t->in_template = true;
    t->state = TEXT;
    snapshot(t, BLOCK_TEMPLATE, line);
}

static void begin_loop(struct compiler *t, const char *from, const char *to, int line, bool each)
{
    const char *name_end = identifier(from, to), *p = name_end;
    while (p < to && blank(*p))
        p++;
    if (name_end == from || !word_is(p, to, "in"))
        stop(t, line, each ? "@each NAME in ARRAY, COUNT" : "@for NAME in COUNT", NULL);
    const char *array = p + 2, *array_end = to, *n = array;
    if (each) { /* the last comma outside brackets and strings parts array and count */
        const char *comma = NULL;
        int depth = 0;
        for (p = array; p < to;) {
            if (*p == '"' || *p == '\'') {
                p = skip_quoted(t, p, to);
                continue;
            }
            if (strchr("([{", *p))
                depth++;
            else if (strchr(")]}", *p))
                depth--;
            else if (*p == ',' && depth == 0)
                comma = p;
            p++;
        }
        if (!comma)
            stop(t, line, "@each NAME in ARRAY, COUNT", NULL);
        array_end = comma;
        n = comma + 1;
        trim(&array, &array_end);
    }
    const char *n_end = to;
    trim(&n, &n_end);
    if (n == n_end || (each && array == array_end))
        stop(t, line, "the count is missing", NULL);
    int l = (int)(name_end - from), nl = (int)(n_end - n), al = (int)(array_end - array);
    size_t room = (size_t)(l * 8 + nl * 2 + al * 2) + 400;
    char *code = malloc(room);
    if (!code)
        exit(1);
    /* A count that is not stated (NONE) or negative is no turn at all. */
    const char *i = each ? "_i" : "";
    snprintf(code, room, "    for (size_t %.*s%s = 0, %.*s_end_ = (%.*s) > 0 ? (size_t)(%.*s) : 0; %.*s%s < %.*s_end_; %.*s%s++) {\n", l, from, i,
             l, from, nl, n, nl, n, l, from, i, l, from, l, from, i);
    put_line(t, line);
    put(&t->c, code);
    if (each) {
        snprintf(code, room, "    const __typeof__(*(%.*s)) *const %.*s = &(%.*s)[%.*s_i];\n    (void)%.*s;\n", al, array, l, from, al, array, l,
                 from, l, from);
        put_line(t, line);
        put(&t->c, code);
    }
    free(code);
    snapshot(t, BLOCK_LOOP, line);
}

static void condition(struct compiler *t, const char *before, const char *from, const char *to, int line)
{
    if (from == to)
        stop(t, line, "the condition is missing", NULL);
    put_line(t, line);
    put(&t->c, before);
    put_n(&t->c, from, (size_t)(to - from));
    put(&t->c, ") {\n");
}

/* t->p stands on the @. */
static void directive(struct compiler *t)
{
    int line = t->line, depth = 0;
    const char *from = t->p + 1, *p = from;
    while (p < t->end && !(*p == '\n' && depth <= 0)) {
        if (*p == '"' || *p == '\'') {
            p = skip_quoted(t, p, t->end);
            continue;
        }
        if (*p == '(' || *p == '{' || *p == '[')
            depth++;
        else if (*p == ')' || *p == '}' || *p == ']')
            depth--;
        p++;
    }
    if (depth > 0)
        stop(t, line, "a bracket is not closed", NULL);
    const char *to = p;
    count_lines(t, from, to);
    t->p = to < t->end ? to + 1 : to;
    t->line += to < t->end;
    const char *name = from;
    from = identifier(from, to);
    const char *name_end = from;
    trim(&from, &to);

    if (word_is(name, name_end, "include")) {
        if (t->in_template || to - from < 3 || !((*from == '"' && to[-1] == '"') || (*from == '<' && to[-1] == '>')))
            stop(t, line, "@include \"folder/file.h\" stands before the templates", NULL);
        put(&t->h, "#include ");
        put_n(&t->h, from, (size_t)(to - from));
        put_char(&t->h, '\n');
        return;
    }
    if (word_is(name, name_end, "template")) {
        begin_template(t, from, to, line);
        return;
    }
    if (!t->in_template)
        stop(t, line, "outside a template only @include and @template may stand", NULL);
    if (t->state == NAME || t->state == AFTER_NAME)
        t->state = TAG;
    if (t->state != TEXT && t->state != TAG && t->state != VALUE)
        stop(t, line, "a directive inside the name of a tag or attribute", t->tag);
    if (t->state == VALUE && attribute_is_url(t->attr))
        stop(t, line, "an address is one {{struct url}} alone or a literal, in attribute", t->attr);
    end_run(t);
    flush_literal(t);
    struct block *top = &t->block[t->blocks - 1];
    if (word_is(name, name_end, "if")) {
        condition(t, "    if (", from, to, line);
        snapshot(t, BLOCK_IF, line);
    } else if (word_is(name, name_end, "elif")) {
        if (top->kind != BLOCK_IF)
            stop(t, line, "@elif without @if", NULL);
        same_state(t, top, line);
        condition(t, "    } else if (", from, to, line);
    } else if (word_is(name, name_end, "else")) {
        if (top->kind != BLOCK_IF || from != to)
            stop(t, line, "@else without @if, or with words behind it", NULL);
        same_state(t, top, line);
        top->kind = BLOCK_ELSE;
        put(&t->c, "    } else {\n");
    } else if (word_is(name, name_end, "end")) {
        if (from != to)
            stop(t, line, "words behind @end", NULL);
        same_state(t, top, line);
        put(&t->c, top->kind == BLOCK_TEMPLATE ? "}\n" : "    }\n");
        t->in_template = top->kind != BLOCK_TEMPLATE;
        t->blocks--;
    } else if (word_is(name, name_end, "each")) {
        begin_loop(t, from, to, line, true);
    } else if (word_is(name, name_end, "for")) {
        begin_loop(t, from, to, line, false);
    } else if (word_is(name, name_end, "call")) {
        if (t->state != TEXT || t->script)
            stop(t, line, "@call stands between tags", NULL);
        if (from == to || to[-1] != ')')
            stop(t, line, "@call FUNCTION(c, o, ...)", NULL);
        put_line(t, line);
        put(&t->c, "    ");
        put_n(&t->c, from, (size_t)(to - from));
        put(&t->c, ";\n");
    } else {
        char word[32];
        snprintf(word, sizeof word, "@%.*s", (int)(name_end - name), name);
        stop(t, line, "unknown directive", word);
    }
}

/* --- HTML --- */

static void open_tag(struct compiler *t)
{
    static const char *const refused[] = {"style", "base", "object", "embed", "iframe", "frame", "frameset", "applet", NULL};
    size_t n = 0;
    const char *p = t->p;
    while (p < t->end && (isalnum((unsigned char)*p) || *p == '-') && n + 1 < sizeof t->tag)
        t->tag[n++] = (char)tolower((unsigned char)*p++);
    t->tag[n] = 0;
    if (in_list(refused, t->tag))
        stop(t, t->line, "refused element", t->tag);
    put_n(&t->literal, t->p, (size_t)(p - t->p));
    t->p = p;
    t->state = TAG;
    t->tag_closes = false;
    t->has_src = false;
}

static void end_tag(struct compiler *t)
{
    if (strcmp(t->tag, "script") == 0) {
        if (!t->has_src)
            stop(t, t->line, "inline script: a script has a src", NULL);
        t->script = true;
    }
    if (strcmp(t->tag, "pre") == 0 || strcmp(t->tag, "textarea") == 0)
        t->keep_blanks = true;
    t->state = TEXT;
}

static void attribute_name(struct compiler *t)
{
    size_t n = 0;
    const char *p = t->p;
    while (p < t->end && (isalnum((unsigned char)*p) || strchr("-_:", *p)) && n + 1 < sizeof t->attr)
        t->attr[n++] = (char)tolower((unsigned char)*p++);
    t->attr[n] = 0;
    if (!n)
        stop(t, t->line, "an attribute was expected in the tag", t->tag);
    if (strcmp(t->attr, "style") == 0 || (t->attr[0] == 'o' && t->attr[1] == 'n') || strcmp(t->attr, "srcdoc") == 0 ||
        strcmp(t->attr, "srcset") == 0 || strcmp(t->attr, "ping") == 0 || strcmp(t->attr, "http-equiv") == 0)
        stop(t, t->line, "refused attribute", t->attr);
    t->has_src |= strcmp(t->attr, "src") == 0;
    put_n(&t->literal, t->p, (size_t)(p - t->p));
    t->p = p;
    t->state = AFTER_NAME;
    t->attr_has_value = false;
}

static void end_value(struct compiler *t)
{
    if (attribute_is_url(t->attr)) {
        const char *s = t->run.p;
        size_t n = t->run.n;
        if (t->attr_has_value ? n != 0 : !(n && (s[0] == '#' || (s[0] == '/' && (n == 1 || (s[1] != '/' && s[1] != '\\'))))))
            stop(t, t->line, "an address is one {{struct url}} alone or a literal that begins with / or #, in attribute", t->attr);
    }
    end_run(t);
    put_char(&t->literal, t->quote);
    t->state = TAG;
}

/* At a line break in text: does a gap stay? Not between Japanese characters. */
static bool break_stays(const struct compiler *t)
{
    const char *p = t->p + 1;
    while (p < t->end && blank(*p))
        p++;
    bool before = t->run.n && (unsigned char)t->run.p[t->run.n - 1] >= 0x80;
    bool after = p < t->end && ((unsigned char)*p >= 0x80 || (*p == '@' && p[-1] != '@'));
    return !(before && after) && p < t->end;
}

static void character(struct compiler *t)
{
    char c = *t->p;
    if (t->p + 1 < t->end && c == '{' && t->p[1] == '{') {
        if (t->p + 2 < t->end && t->p[2] == '#') {
            const char *close = strstr(t->p, "#}}");
            if (!close)
                stop(t, t->line, "{{# is not closed", NULL);
            count_lines(t, t->p, close);
            t->p = close + 3;
            return;
        }
        if (!t->in_template)
            stop(t, t->line, "a value outside a template", NULL);
        t->p += 2;
        value(t);
        return;
    }
    if (!t->in_template) {
        if (!blank(c))
            stop(t, t->line, "text outside a template", NULL);
        t->line += c == '\n';
        t->p++;
        return;
    }
    switch (t->state) {
    case TEXT:
        if (c == '<') {
            end_run(t);
            if (t->script && strncmp(t->p, "</script", 8) != 0)
                stop(t, t->line, "inline script", NULL);
            if (t->p + 1 < t->end && t->p[1] == '!') {
                if (strncasecmp(t->p, "<!doctype", 9) != 0)
                    stop(t, t->line, "write a comment as {{# ... #}}", NULL);
                t->state = DECLARATION;
            } else if (t->p + 1 < t->end && t->p[1] == '/') {
                t->state = CLOSING;
                t->keep_blanks = t->script = false;
            } else if (t->p + 1 < t->end && isalpha((unsigned char)t->p[1])) {
                put_char(&t->literal, c);
                t->p++;
                open_tag(t);
                return;
            } else {
                stop(t, t->line, "write &lt; for <", NULL);
            }
            put_char(&t->literal, c);
            t->p++;
            return;
        }
        if (t->script && !blank(c))
            stop(t, t->line, "inline script", NULL);
        if (c == '\n' && !t->keep_blanks && !break_stays(t))
            break;
        out(t, c);
        break;
    case TAG:
        if (c == '>') {
            put_char(&t->literal, c);
            end_tag(t);
        } else if (c == '/') {
            put_char(&t->literal, c);
        } else if (blank(c)) {
            put_char(&t->literal, ' ');
        } else {
            attribute_name(t);
            return;
        }
        break;
    case NAME:
    case AFTER_NAME:
        if (c == '=') {
            put_char(&t->literal, c);
            t->state = BEFORE_VALUE;
        } else if (blank(c) || c == '>' || c == '/') {
            if (attribute_is_url(t->attr))
                stop(t, t->line, "an address is missing in attribute", t->attr);
            t->state = TAG;
            return;
        } else {
            stop(t, t->line, "a character that has no place in the attribute", t->attr);
        }
        break;
    case BEFORE_VALUE:
        if (c != '"' && c != '\'')
            stop(t, t->line, "unquoted value of attribute", t->attr);
        t->quote = c;
        put_char(&t->literal, c);
        t->state = VALUE;
        break;
    case VALUE:
        if (c == t->quote) {
            end_value(t);
        } else {
            if (t->attr_has_value && attribute_is_url(t->attr))
                stop(t, t->line, "an address is one {{struct url}} alone or a literal, in attribute", t->attr);
            out(t, c == '\n' ? ' ' : c);
        }
        break;
    case CLOSING:
    case DECLARATION:
        put_char(&t->literal, c);
        if (c == '>')
            t->state = TEXT;
        break;
    }
    t->line += c == '\n';
    t->p++;
}

static char *read_all(const char *file, size_t *n)
{
    FILE *f = fopen(file, "rb");
    struct buf b = {0};
    char piece[8192];
    size_t got;
    if (!f) {
        perror(file);
        exit(1);
    }
    while ((got = fread(piece, 1, sizeof piece, f)) > 0)
        put_n(&b, piece, got);
    put_n(&b, "", 0);
    fclose(f);
    *n = b.n;
    return b.p;
}

static void write_all(const char *file, const struct buf *b)
{
    FILE *f = fopen(file, "wb");
    if (!f || fwrite(b->p, 1, b->n, f) != b->n || fclose(f) != 0) {
        perror(file);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: template IN.html OUT.c OUT.h\n");
        return 2;
    }
    size_t n;
    char *text = read_all(argv[1], &n);
    struct compiler t = {.file = argv[1], .p = text, .end = text + n, .line = 1};
    const char *slash = strrchr(argv[3], '/'), *header = slash ? slash + 1 : argv[3];

    put(&t.h, "/* Made by tools/template. */\n#pragma once\nstruct ctx;\nstruct sb;\n");
    put(&t.c, "/* Made by tools/template. */\n#include \"core/page.h\"\n#include \"");
    put(&t.c, header);
    put(&t.c, "\"\n#pragma GCC diagnostic ignored \"-Wunused-parameter\"\n");

    bool line_start = true;
    while (t.p < t.end) {
        if (line_start) {
            const char *p = t.p;
            while (p < t.end && (*p == ' ' || *p == '\t'))
                p++;
            if (p + 1 < t.end && *p == '@' && isalpha((unsigned char)p[1])) {
                t.p = p;
                directive(&t);
                continue;
            }
            if (p + 1 < t.end && *p == '@' && p[1] == '@')
                t.p = p + 1;
            else if (!t.keep_blanks)
                t.p = p;
            line_start = false;
            continue;
        }
        const char *before = t.p;
        bool at_break = *before == '\n';
        character(&t);
        line_start = at_break && t.p == before + 1;
    }
    if (t.blocks)
        stop(&t, t.block[t.blocks - 1].line, "this block has no @end", NULL);
    write_all(argv[2], &t.c);
    write_all(argv[3], &t.h);
    free(text);
    free(t.c.p);
    free(t.h.p);
    free(t.literal.p);
    free(t.run.p);
    return 0;
}
