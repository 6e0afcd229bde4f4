/* Errors of the control API, for people: see explain.h. */
#include "tool/ctl/explain.h"

#include "base/arena.h"
#include "server/json/json.h"
#include "tool/excerpt.h"

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

static str place_name(struct arena *a, struct place p, str pointer)
{
    return p.source ? excerpt_place(a, p.source->name, p.source->text, p.at, pointer) : pointer;
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
            excerpt_print(c->err, place.source->text, place.at);
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
