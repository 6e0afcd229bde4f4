/* Validation by tables: see schema.h. */
#include "server/config/schema.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"

bool schema_error(struct validation *v, const struct json *value, const char *fmt, ...)
{
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    v->value = value;
    return err_set(v->e, ERR_INVALID, "%s", text);
}

struct path schema_error_path(const struct validation *v)
{
    return (struct path){ v->places, v->depth };
}

void schema_kinds_text(unsigned kinds, struct buf *out)
{
    unsigned count = (unsigned)__builtin_popcount(kinds), seen = 0;
    if (count > 1)
        buf_put_str(out, STR("either "));
    for (enum json_kind k = JSON_NULL; k <= JSON_OBJECT; k++) {
        if (!(kinds & 1u << k))
            continue;
        seen++;
        if (seen > 1)
            buf_put_str(out, seen < count ? STR(", ") : count == 2 ? STR(" or ") : STR(", or "));
        buf_put_str(out, str_of(json_kind_name(k)));
    }
}

static bool wrong_kind(struct validation *v, unsigned kinds, str name, const struct json *value)
{
    struct buf wanted;
    buf_init(&wanted, BUF_NO_LIMIT);
    schema_kinds_text(kinds, &wanted);
    if (v->depth)
        schema_error(v, value, "The \"%.*s\" value must be %.*s, but not %s.", STR_ARG(name), STR_ARG(buf_str(&wanted)),
                     json_kind_name(value->kind));
    else
        schema_error(v, value, "The configuration must be %.*s, but not %s.", STR_ARG(buf_str(&wanted)),
                     json_kind_name(value->kind));
    buf_fini(&wanted);
    return false;
}

bool schema_validate_option(struct validation *v, const struct schema_option *o, str name, const struct json *value)
{
    if (!(o->kinds & 1u << value->kind))
        return wrong_kind(v, o->kinds, name, value);
    if (o->check && !o->check(v, name, value))
        return false;
    return value->kind != JSON_OBJECT || !o->object || schema_validate(v, o->object, value);
}

static const struct schema_option *find_option(const struct schema *s, str name)
{
    for (size_t i = 0; i < s->count; i++)
        if (!s->options[i].name || str_eq(str_of(s->options[i].name), name))
            return &s->options[i];
    return NULL;
}

static bool unknown(struct validation *v, const struct schema *s, const struct json_member *m)
{
    str *names = arena_new(v->arena, str, s->count);
    for (size_t i = 0; i < s->count; i++)
        names[i] = str_of(s->options[i].name);
    str near = str_nearest(m->name, names, s->count);
    schema_error(v, m->value, "Unknown parameter \"%.*s\".", STR_ARG(m->name));
    if (near.len)
        err_help(v->e, "Did you mean \"%.*s\"?", STR_ARG(near));
    return false;
}

/* The parser limits the depth of what comes here, and defaults add none. */
static void enter(struct validation *v, str name)
{
    if (v->depth < PATH_DEPTH_MAX)
        v->places[v->depth++] = name;
}

bool schema_validate(struct validation *v, const struct schema *s, const struct json *object)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->options[i].required && !json_get(object, str_of(s->options[i].name)))
            return schema_error(v, object, "Required parameter \"%s\" is missing.", s->options[i].name);
    for (uint32_t i = 0; i < object->count; i++) {
        const struct json_member *m = &object->members[i];
        const struct schema_option *o = find_option(s, m->name);
        enter(v, m->name);
        if (!o)
            return unknown(v, s, m);
        if (!schema_validate_option(v, o, m->name, m->value))
            return false;
        v->depth--;
    }
    return true;
}

bool schema_validate_items(struct validation *v, str name, const struct json *array, schema_check_fn *check)
{
    for (uint32_t i = 0; i < array->count; i++) {
        enter(v, str_printf(v->arena, "%u", i));
        if (!check(v, name, array->items[i]))
            return false;
        v->depth--;
    }
    return true;
}
