/* Errors of the control API, for people: see explain.h. */
#include "tool/ctl/explain.h"

#include "base/arena.h"
#include "base/utf8.h"
#include "server/json/json.h"

enum { SHOWN_MAX = 160 /* characters of a line */ };

struct place {
    const struct source *source; /* NULL: not known */
    size_t at;                   /* in its text */
};

static str text_of(const struct json *object, const char *name)
{
    const struct json *v = object ? json_get(object, str_of(name)) : NULL;
    return v && v->kind == JSON_STRING ? v->text : STR_NONE;
}

/* The body's offset in the part that it falls into. */
static struct place find_place(const struct json *location, const struct source *sources, size_t count)
{
    const struct json *offset = location ? json_get(location, STR("offset")) : NULL;
    if (!offset || offset->kind != JSON_INTEGER)
        return (struct place){ NULL, 0 };
    size_t at = (size_t)json_integer_of(offset);
    for (size_t i = 0; i < count; i++) {
        if (at < sources[i].text.len || (at == sources[i].text.len && i + 1 == count))
            return (struct place){ &sources[i], at };
        at -= sources[i].text.len;
    }
    return (struct place){ NULL, 0 };
}

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

/* The line, and a caret under the place; tabs are kept so that both indent alike. */
static void put_excerpt(FILE *f, struct place p)
{
    size_t column;
    str line = line_around(p.source->text, p.at, &column);
    fputs("   | ", f);
    if (put_line(f, line) == SHOWN_MAX)
        return;
    fputs("   | ", f);
    for (size_t i = 0; i < column; i++)
        if (line.ptr[i] == '\t' || ((unsigned char)line.ptr[i] & 0xc0) != 0x80)
            fputc(line.ptr[i] == '\t' ? '\t' : ' ', f);
    fputs("^\n", f);
}

static str place_name(struct arena *a, struct place p, str pointer)
{
    size_t line = 0, column = 0;
    if (!p.source)
        return pointer;
    json_place(p.source->text, p.at, &line, &column);
    return str_printf(a, "%.*s:%zu:%zu%s%.*s", STR_ARG(p.source->name), line, column, pointer.len ? ", " : "",
                      STR_ARG(pointer));
}

void explain_error(const struct console *c, str answer, const struct source *sources, size_t count)
{
    struct arena a;
    const struct json *root = NULL;
    struct json_error ignored;
    struct err e = ERR_INIT, help = ERR_INIT;
    arena_init(&a);
    if (json_parse(&a, answer, &root, &ignored) && root->kind == JSON_OBJECT) {
        const struct json *location = json_get(root, STR("location"));
        str detail = text_of(root, "detail"), suggestion = text_of(root, "suggestion");
        struct place place = find_place(location, sources, count);
        err_set(&e, ERR_INVALID, "%.*s%s%.*s", STR_ARG(text_of(root, "error")), detail.len ? " " : "", STR_ARG(detail));
        report_error(c, &e, place_name(&a, place, text_of(location, "pointer")));
        if (place.source)
            put_excerpt(c->err, place);
        if (suggestion.len) {
            err_help(&help, "%.*s", STR_ARG(suggestion));
            report_help(c, &help);
        }
    } else {
        err_set(&e, ERR_INVALID, "the control API refuses, and does not say why");
        report_error(c, &e, STR_NONE);
    }
    arena_fini(&a);
}
