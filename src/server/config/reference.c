/* The reference page: see reference.h. */
#include "server/config/reference.h"

#include <inttypes.h>

#include "base/buf.h"
#include "base/vec.h"

/* An object of the configuration, with the pointer to where it stands first. */
struct section {
    const struct schema *schema;
    str pointer;
    str note; /* which kind of object it is there; empty: there is one kind */
};

struct page {
    struct arena *arena;
    VEC(struct section) sections; /* in the order of the page */
};

static const char intro[] =
    "# Configuration\n"
    "\n"
    "Every option of the configuration: what it means, what it may be and what it is when it is not given. A section\n"
    "has an object's options; its heading is the place where the object stands, as error messages and the paths of\n"
    "the control API (`/config/…`) name it. Capitals stand for names of your choice, `N` for the index of an\n"
    "element.\n"
    "\n"
    "The file is JSON; comments (`//` and `/* */`) and trailing commas are allowed. `berth check FILE` checks one\n"
    "without a server, and `berth schema` prints a JSON Schema for editors. This page is printed by\n"
    "`berth schema --markdown`.\n";

/* --- Collecting sections --- */

static void collect_option(struct page *p, const struct schema_option *o, str pointer);

/* False when it has one already: objects may contain themselves. */
static bool add(struct page *p, const struct schema *s, str pointer, str note)
{
    for (uint32_t i = 0; i < p->sections.len; i++)
        if (p->sections.at[i].schema == s)
            return false;
    vec_push(&p->sections, (struct section){ s, pointer, note });
    return true;
}

static void collect_members(struct page *p, const struct schema *s, str pointer)
{
    for (size_t i = 0; i < s->count; i++)
        collect_option(p, &s->options[i], str_printf(p->arena, "%.*s/%s", STR_ARG(pointer), s->options[i].name));
}

/* The kinds of an object stand together, before what is in them. */
static void collect_variants(struct page *p, const struct schema_variants *v, str pointer)
{
    bool *is_new = arena_new(p->arena, bool, v->count);
    for (size_t i = 0; i < v->count; i++) {
        str key = v->at[i].key;
        str note = v->selector ? str_printf(p->arena, " of the %s `%.*s`", v->selector, STR_ARG(key))
                               : str_printf(p->arena, " with `%.*s`", STR_ARG(key));
        is_new[i] = add(p, v->at[i].object, pointer, note);
    }
    for (size_t i = 0; i < v->count; i++)
        if (is_new[i])
            collect_members(p, v->at[i].object, pointer);
}

static void collect_option(struct page *p, const struct schema_option *o, str pointer)
{
    if (o->refusal)
        return;
    if (o->items)
        collect_option(p, o->items, str_printf(p->arena, "%.*s/N", STR_ARG(pointer)));
    if (o->variants)
        collect_variants(p, o->variants, pointer);
    if (o->object && o->object->key) /* no section: the type says what its members are */
        collect_option(p, &o->object->options[0], str_printf(p->arena, "%.*s/%s", STR_ARG(pointer), o->object->key));
    else if (o->object && add(p, o->object, pointer, STR("")))
        collect_members(p, o->object, pointer);
}

/* --- Printing types --- */

static void put_type(struct buf *out, const struct schema_option *o, const char *plural);

static void put_object(struct buf *out, const struct schema_option *o, const char *plural)
{
    const struct schema_variants *v = o->variants;
    if (o->object && o->object->key) {
        buf_printf(out, "object%s: %s → ", plural, o->object->key);
        put_type(out, &o->object->options[0], "");
    } else if (o->object) {
        buf_printf(out, "[object%s](#%s)", plural, o->object->name);
    } else {
        buf_printf(out, "object%s", plural);
    }
    for (size_t i = 0; v && i < v->count; i++)
        buf_printf(out, "%s[%.*s](#%s)", i ? ", " : ": ", STR_ARG(v->at[i].key), v->at[i].object->name);
}

static void put_array(struct buf *out, const struct schema_option *o)
{
    buf_put_str(out, STR("array"));
    if (o->items && o->object && o->items->object == o->object) {
        buf_put_str(out, STR(" of such objects"));
    } else if (o->items) {
        buf_put_str(out, STR(" of "));
        put_type(out, o->items, "s");
    }
}

static void put_number(struct buf *out, const struct schema_option *o, const char *word, const char *plural)
{
    buf_printf(out, "%s%s", word, plural);
    if (o->range && o->range->max != INT64_MAX)
        buf_printf(out, " from %" PRId64 " to %" PRId64, o->range->min, o->range->max);
    else if (o->range)
        buf_printf(out, " of at least %" PRId64, o->range->min);
}

/* `plural`: "s" where there are several. */
static void put_kinds(struct buf *out, const struct schema_option *o, const char *plural)
{
    static const enum json_kind order[] = { JSON_NULL,   JSON_BOOL,   JSON_FRACTION, JSON_INTEGER,
                                            JSON_STRING, JSON_OBJECT, JSON_ARRAY };
    unsigned kinds = o->kinds & 1u << JSON_FRACTION ? o->kinds & ~(1u << JSON_INTEGER) : o->kinds;
    for (size_t i = 0, seen = 0; i < ARRAY_LEN(order); i++) {
        if (!(kinds & 1u << order[i]))
            continue;
        if (seen++)
            buf_put_str(out, STR(" or "));
        if (order[i] == JSON_OBJECT)
            put_object(out, o, plural);
        else if (order[i] == JSON_ARRAY)
            put_array(out, o);
        else if (order[i] == JSON_INTEGER || order[i] == JSON_FRACTION)
            put_number(out, o, schema_type_name(order[i]), plural);
        else
            buf_printf(out, "%s%s", schema_type_name(order[i]), plural);
    }
}

static void put_type(struct buf *out, const struct schema_option *o, const char *plural)
{
    put_kinds(out, o, plural);
    for (const char *const *value = o->values; value && *value; value++)
        buf_printf(out, "%s`%s`", value == o->values ? ": " : ", ", *value);
}

/* --- Printing sections --- */

static void put_row(struct buf *out, const struct schema_option *o)
{
    buf_printf(out, "| `%s` | ", o->name);
    put_type(out, o, "");
    if (o->required)
        buf_put_str(out, STR(" | required |"));
    else if (o->fallback)
        buf_printf(out, " | `%s` |", o->fallback);
    else
        buf_put_str(out, STR(" | |"));
    buf_printf(out, " %s%s |\n", o->help, o->refusal ? " **Not supported.**" : "");
}

static void put_section(struct buf *out, const struct section *s)
{
    buf_printf(out, "\n<a id=\"%s\"></a>\n## `%.*s`%.*s\n\n", s->schema->name,
               STR_ARG(s->pointer.len ? s->pointer : STR("/")), STR_ARG(s->note));
    buf_put_str(out, STR("| option | type | default | meaning |\n|---|---|---|---|\n"));
    for (size_t i = 0; i < s->schema->count; i++)
        put_row(out, &s->schema->options[i]);
}

void reference_print(struct buf *out, struct arena *a, const struct schema_option *root)
{
    struct page p = { .arena = a };
    collect_option(&p, root, STR(""));
    buf_put_str(out, str_of(intro));
    for (uint32_t i = 0; i < p.sections.len; i++)
        put_section(out, &p.sections.at[i]);
    vec_fini(&p.sections);
}
