/* The JSON Schema of the tables: see schema_json.h. */
#include "server/config/schema_json.h"

#include <assert.h>
#include <inttypes.h>

struct schema_printer {
    struct arena *arena;
    struct json *defs;
};

static const struct json *text_json(struct arena *a, const char *text)
{
    return json_new_string(a, str_of(text));
}

static const struct json *integer_json(struct arena *a, int64_t n)
{
    struct json_error ignored;
    const struct json *v = NULL;
    bool ok = json_parse(a, str_printf(a, "%" PRId64, n), &v, &ignored);
    assert(ok);
    return v;
}

/* --- Types --- */

static void add_type(struct arena *a, struct json *o, unsigned kinds)
{
    struct json *names = json_new_array(a);
    for (enum json_kind k = JSON_NULL; k <= JSON_OBJECT; k++)
        if (kinds & 1u << k && !(k == JSON_INTEGER && kinds & 1u << JSON_FRACTION)) /* a number may be an integer */
            json_push(a, names, text_json(a, schema_type_name(k)));
    json_add(a, o, STR("type"), names->count == 1 ? names->items[0] : names);
}

/* Bounds that are only those of the number's type are not told. */
static void add_range(struct arena *a, struct json *o, const struct schema_range *r)
{
    if (r->min != INT64_MIN)
        json_add(a, o, STR("minimum"), integer_json(a, r->min));
    if (r->max != INT64_MAX)
        json_add(a, o, STR("maximum"), integer_json(a, r->max));
}

static void add_values(struct arena *a, struct json *o, const char *const *values)
{
    struct json *list = json_new_array(a);
    for (; *values; values++)
        json_push(a, list, text_json(a, *values));
    json_add(a, o, STR("enum"), list);
}

/* --- Objects --- */

static void define(struct schema_printer *p, const struct schema *s);

static struct json *reference_json(struct schema_printer *p, const struct schema *s)
{
    struct json *o = json_new_object(p->arena);
    define(p, s);
    json_add(p->arena, o, STR("$ref"), json_new_string(p->arena, str_printf(p->arena, "#/$defs/%s", s->name)));
    return o;
}

/* The key of a kind must be there; without it no other kind fits either. */
static const struct json *variants_json(struct schema_printer *p, const struct schema_variants *v)
{
    struct json *list = json_new_array(p->arena);
    for (size_t i = 0; i < v->count; i++) {
        struct json *o = reference_json(p, v->at[i].object), *required = json_new_array(p->arena);
        json_push(p->arena, required,
                  v->selector ? text_json(p->arena, v->selector) : json_new_string(p->arena, v->at[i].key));
        json_add(p->arena, o, STR("required"), required);
        json_push(p->arena, list, o);
    }
    return list;
}

static struct json *option_json(struct schema_printer *p, const struct schema_option *o)
{
    struct arena *a = p->arena;
    struct json_error ignored;
    const struct json *fallback = NULL;
    struct json *ret = o->object && o->kinds == SCHEMA_OBJECT ? reference_json(p, o->object) : json_new_object(a);
    if (o->help)
        json_add(a, ret, STR("description"), text_json(a, o->help));
    if (!o->object || o->kinds != SCHEMA_OBJECT)
        add_type(a, ret, o->kinds);
    if (o->range)
        add_range(a, ret, o->range);
    if (o->values)
        add_values(a, ret, o->values);
    if (o->variants)
        json_add(a, ret, STR("oneOf"), variants_json(p, o->variants));
    if (o->items)
        json_add(a, ret, STR("items"), option_json(p, o->items));
    if (o->object && o->kinds != SCHEMA_OBJECT) {
        struct json *object = json_new_object(a), *both = json_new_array(a);
        add_type(a, object, o->kinds & ~SCHEMA_OBJECT);
        json_push(a, both, object);
        json_push(a, both, reference_json(p, o->object));
        json_add(a, ret, STR("anyOf"), both);
    }
    if (o->fallback) {
        bool ok = json_parse(a, str_of(o->fallback), &fallback, &ignored);
        assert(ok);
        json_add(a, ret, STR("default"), fallback);
    }
    return ret;
}

static void add_properties(struct schema_printer *p, const struct schema *s, struct json *object)
{
    struct arena *a = p->arena;
    struct json *properties = json_new_object(a), *required = json_new_array(a);
    for (size_t i = 0; i < s->count; i++) {
        const struct schema_option *o = &s->options[i];
        if (o->refusal)
            continue;
        json_add(a, properties, str_of(o->name), option_json(p, o));
        if (o->required)
            json_push(a, required, text_json(a, o->name));
    }
    json_add(a, object, STR("properties"), properties);
    if (required->count)
        json_add(a, object, STR("required"), required);
    json_add(a, object, STR("additionalProperties"), json_new_bool(a, false));
}

/* Once: an object may contain itself. */
static void define(struct schema_printer *p, const struct schema *s)
{
    if (json_get(p->defs, str_of(s->name)))
        return;
    struct json *object = json_new_object(p->arena);
    json_add(p->arena, p->defs, str_of(s->name), object);
    json_add(p->arena, object, STR("type"), text_json(p->arena, "object"));
    if (s->key)
        json_add(p->arena, object, STR("additionalProperties"), option_json(p, &s->options[0]));
    else
        add_properties(p, s, object);
}

const struct json *schema_json(struct arena *a, const struct schema_option *root)
{
    struct schema_printer p = { a, json_new_object(a) };
    struct json *o = json_new_object(a);
    json_add(a, o, STR("$schema"), text_json(a, "https://json-schema.org/draft/2020-12/schema"));
    json_add(a, o, STR("title"), text_json(a, "Berth's configuration"));
    json_add(a, o, STR("$ref"), json_get(reference_json(&p, root->object), STR("$ref")));
    json_add(a, o, STR("$defs"), p.defs);
    return o;
}
