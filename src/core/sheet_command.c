/* kyodo sheet to-csv: a spreadsheet as Kyodo reads it. */
#include "core/command.h"

#include <stdio.h>
#include <string.h>

#include "export/sheet.h"

static const struct sheet *chosen(const struct workbook *w, const char *name)
{
    if (name != NULL)
        return sheet_named(w, name);
    for (size_t i = 0; i < w->n; i++)
        if (!w->sheet[i].hidden)
            return &w->sheet[i];
    return NULL;
}

enum err sheet_to_csv(struct ctx *c, struct args *args)
{
    const char *bytes = NULL;
    size_t n = 0;
    struct workbook *w = NULL;
    struct sb line;
    TRY(args_check(c, args, 1, 1, "sheet"));
    TRY(command_file(c, args->word[0], SHEET_FILE_MAX, &bytes, &n));
    TRY(sheet_read(c->arena, bytes, n, args->word[0], &w, &c->fail));
    const struct sheet *s = chosen(w, arg_option(args, "sheet"));
    if (s == NULL)
        return fail(c, E_NOT_FOUND, "%s", tr(c, "そのシートはありません。"));
    sb_init(&line, c->arena);
    for (size_t i = 0; i < s->n; i++) {
        for (uint32_t k = 0, at = 0; k < s->columns; k++) {
            if (k > 0)
                csv_comma(&line);
            if (at < s->row[i].n && s->row[i].cell[at].column == k)
                csv_text(&line, s->row[i].cell[at++].text);
        }
        csv_end(&line);
    }
    if (fwrite(sb_str(&line), 1, line.n, stdout) != line.n || fflush(stdout) != 0)
        return fail(c, E_IO, "%s", tr(c, "書き出せませんでした。ディスクの空きを確かめてください。"));
    fprintf(stderr, tr(c, "%zu 行を読みました。\n"), s->n);
    return OK;
}
