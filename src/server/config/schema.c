/* Validation by tables: see schema.h. */
#include "server/config/schema.h"

#include <assert.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/num.h"

bool schema_error(struct validation *v, const struct json *value, const char *fmt, ...)
{
    char text[ERR_TEXT_MAX];
    va_list args;
    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    v->at = value->at;
    return err_set(v->e, ERR_INVALID, "%s", text);
}

struct path schema_error_path(const struct validation *v)
{
    return (struct path){ v->places, v->depth };
}

const char *schema_type_name(enum json_kind kind)
{
    switch (kind) {
    case JSON_NULL: return "null";
    case JSON_BOOL: return "boolean";
    case JSON_INTEGER: return "integer";
    case JSON_FRACTION: return "number";
    case JSON_STRING: return "string";
    case JSON_ARRAY: return "array";
    case JSON_OBJECT: return "object";
    }
    __builtin_unreachable();
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

/* The parser limits the depth of what comes here, and defaults add none. */
static void enter(struct validation *v, str name)
{
    if (v->depth < PATH_DEPTH_MAX)
        v->places[v->depth++] = name;
}

static bool in_range(struct validation *v, const struct schema_range *r, str name, const struct json *value)
{
    double n = json_number_of(value);
    if (n >= (double)r->min && n <= (double)r->max)
        return true;
    if (r->error)
        return schema_error(v, value, "%s", r->error);
    if (n > (double)r->max)
        return schema_error(v, value, "The \"%.*s\" number must not exceed %" PRId64 ".", STR_ARG(name), r->max);
    if (r->min == 0)
        return schema_error(v, value, "The \"%.*s\" number must not be negative.", STR_ARG(name));
    return schema_error(v, value, "The \"%.*s\" number must be equal to or greater than %" PRId64 ".", STR_ARG(name),
                        r->min);
}

/* "string", "object", … : what an array contains. */
static bool wrong_item(struct validation *v, unsigned kinds, str name, const struct json *item)
{
    static const char *const names[] = {
        [JSON_NULL] = "null",     [JSON_BOOL] = "boolean", [JSON_INTEGER] = "integer", [JSON_FRACTION] = "number",
        [JSON_STRING] = "string", [JSON_ARRAY] = "array",  [JSON_OBJECT] = "object",
    };
    return schema_error(v, item, "The \"%.*s\" array must contain only %s values.", STR_ARG(name),
                        names[__builtin_ctz(kinds)]);
}

static bool validate_items(struct validation *v, const struct schema_option *o, str name, const struct json *array)
{
    for (uint32_t i = 0; i < array->count; i++) {
        const struct json *item = array->items[i];
        enter(v, str_printf(v->arena, "%u", i));
        if (!(o->kinds & 1u << item->kind))
            return wrong_item(v, o->kinds, name, item);
        if (!schema_validate_option(v, o, name, item))
            return false;
        v->depth--;
    }
    return true;
}

static bool validate_members(struct validation *v, const struct schema_option *o, const struct json *object)
{
    const struct schema *s = o->variants ? o->variants->choose(v, o->variants, object) : o->object;
    if (o->variants && !s)
        return false;
    return !s || schema_validate(v, s, object);
}

static bool refuse(struct validation *v, const struct schema_option *o, str name, const struct json *value)
{
    schema_error(v, value, "The \"%.*s\" option is not supported: %s", STR_ARG(name), o->refusal);
    return err_help(v->e, "Remove it.");
}

bool schema_validate_option(struct validation *v, const struct schema_option *o, str name, const struct json *value)
{
    bool is_number = value->kind == JSON_INTEGER || value->kind == JSON_FRACTION;
    if (!(o->kinds & 1u << value->kind))
        return wrong_kind(v, o->kinds, name, value);
    if (o->refusal)
        return refuse(v, o, name, value);
    if (is_number && o->range && !in_range(v, o->range, name, value))
        return false;
    if (value->kind == JSON_ARRAY && o->items && !validate_items(v, o->items, name, value))
        return false;
    if (value->kind == JSON_OBJECT && !validate_members(v, o, value))
        return false;
    return !o->check || o->check(v, name, value);
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
    v->at = m->at;
    if (near.len)
        err_help(v->e, "Did you mean \"%.*s\"?", STR_ARG(near));
    return false;
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

const struct schema_option *schema_find(const struct schema *s, const char *name)
{
    const struct schema_option *o = find_option(s, str_of(name));
    assert(o);
    return o;
}

int64_t schema_integer(const struct schema *s, const struct json *object, const char *name)
{
    const struct json *v = json_get(object, str_of(name));
    uint64_t fallback = 0;
    if (v)
        return json_integer_of(v);
    bool ok = num_parse_u64(str_of(schema_find(s, name)->fallback), &fallback);
    assert(ok);
    return (int64_t)fallback;
}

bool schema_bool(const struct schema *s, const struct json *object, const char *name)
{
    const struct json *v = json_get(object, str_of(name));
    return v ? v->truth : str_eq(str_of(schema_find(s, name)->fallback), STR("true"));
}
