/* Excerpts of texts: see excerpt.h. */
#include "tool/excerpt.h"

#include "base/utf8.h"
#include "server/json/json.h"

enum { SHOWN_MAX = 160 /* characters of a line */ };

static str line_around(str text, size_t at, size_t *ret_column)
{
    size_t from = at, to = at;
    while (from > 0 && text.ptr[from - 1] != '\n')
        from--;
    while (to < text.len && text.ptr[to] != '\n')
        to++;
    *ret_column = at - from;
    return str_slice(text, from, to);
}

static size_t put_line(FILE *f, str line)
{
    size_t shown = 0;
    const uint8_t *at = (const uint8_t *)line.ptr, *end = at + line.len;
    for (; at < end && shown < SHOWN_MAX; shown++) {
        const uint8_t *start = at;
        uint32_t c = utf8_next(&at, end);
        if (c == UTF8_BAD)
            at = start + 1;
        if (c == UTF8_BAD || (c < 0x20 && c != '\t') || c == 0x7f)
            fputc('?', f);
        else
            fwrite(start, 1, (size_t)(at - start), f);
    }
    fputc('\n', f);
    return shown;
}

/* Tabs are kept so that both lines indent alike. */
void excerpt_print(FILE *f, str text, size_t at)
{
    size_t column;
    str line = line_around(text, at, &column);
    fputs("   | ", f);
    if (put_line(f, line) == SHOWN_MAX)
        return;
    fputs("   | ", f);
    for (size_t i = 0; i < column; i++)
        if (line.ptr[i] == '\t' || ((unsigned char)line.ptr[i] & 0xc0) != 0x80)
            fputc(line.ptr[i] == '\t' ? '\t' : ' ', f);
    fputs("^\n", f);
}

str excerpt_place(struct arena *a, str name, str text, size_t at, str pointer)
{
    size_t line = 0, column = 0;
    json_place(text, at, &line, &column);
    return str_printf(a, "%.*s:%zu:%zu%s%.*s", STR_ARG(name), line, column, pointer.len ? ", " : "", STR_ARG(pointer));
}
