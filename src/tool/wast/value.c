/* Values of scripts: see value.h. Numbers come as decimal text, floats as that of their bits. */
#include "tool/wast/value.h"

#include <string.h>

#include "base/num.h"
#include "base/utf8.h"
#include "embed/value.h"

/* --- What stands in the JSON --- */

static const struct json *payload_of(const struct json *v, const char *name)
{
    return v && v->kind == JSON_OBJECT ? json_get(v, str_of(name)) : NULL;
}

/* The text of a value that is written as one; false when it is not. */
static bool text_of(const struct json *v, str *ret)
{
    const struct json *text = payload_of(v, "value");
    if (!text || text->kind != JSON_STRING)
        return false;
    *ret = text->text;
    return true;
}

/* Decimal, with a sign if it has one, as 64 bits. */
static bool number_of(const struct json *v, uint64_t *ret)
{
    str text;
    if (!text_of(v, &text))
        return false;
    bool negative = str_starts(text, STR("-"));
    if (!num_parse_u64(negative ? str_slice(text, 1, text.len) : text, ret))
        return false;
    if (negative)
        *ret = 0 - *ret;
    return true;
}

/* "nan:canonical" and "nan:arithmetic": lifting and lowering make all NaNs the canonical one. */
static bool is_nan_pattern(const struct json *v)
{
    str text;
    return text_of(v, &text) && str_starts(text, STR("nan:"));
}

static bool scalar_of(const struct json *v, const struct type *t, uint64_t *ret)
{
    const struct json *truth = payload_of(v, "value");
    str text;
    if (t->kind == TYPE_BOOL) {
        *ret = truth && truth->kind == JSON_BOOL && truth->truth;
        return truth && truth->kind == JSON_BOOL;
    }
    if (t->kind == TYPE_CHAR) {
        if (!text_of(v, &text))
            return false;
        const uint8_t *at = (const uint8_t *)text.ptr, *end = at + text.len;
        uint32_t c = at < end ? utf8_next(&at, end) : UTF8_BAD;
        *ret = c;
        return c != UTF8_BAD && at == end;
    }
    if (t->kind == TYPE_F32 && is_nan_pattern(v))
        return *ret = 0x7fc00000, true;
    if (t->kind == TYPE_F64 && is_nan_pattern(v))
        return *ret = 0x7ff8000000000000, true;
    return number_of(v, ret);
}

/* The position of a name among the items; `len` when there is none. */
static uint32_t position(const struct type *t, str name)
{
    uint32_t i = 0;
    while (i < t->of.items.len && !str_eq(t->of.items.at[i].name, name))
        i++;
    return i;
}

/* The case that a value chooses, and its payload as the script has it (NULL: none). */
static bool case_of(const struct json *v, const struct type *t, uint32_t *ret, const struct json **ret_payload)
{
    const struct json *value = payload_of(v, "value"), *name = value;
    *ret_payload = NULL;
    if (t->kind == TYPE_OPTION) {
        *ret = value && value->kind != JSON_NULL;
        *ret_payload = *ret ? value : NULL;
        return value != NULL;
    }
    if (t->kind == TYPE_RESULT) {
        if (!value || value->kind != JSON_OBJECT || value->count != 1)
            return false;
        *ret = str_eq(value->members[0].name, STR("Err"));
        *ret_payload = value->members[0].value;
        return true;
    }
    if (t->kind == TYPE_VARIANT) {
        name = payload_of(value, "case");
        *ret_payload = payload_of(value, "payload");
    }
    *ret = name && name->kind == JSON_STRING ? position(t, name->text) : UINT32_MAX;
    return *ret < t->of.items.len;
}

/* An array of values; the elements of a record are pairs of name and value. */
static const struct json *elements_of(const struct json *v)
{
    const struct json *value = payload_of(v, "value");
    return value && value->kind == JSON_ARRAY ? value : NULL;
}

static const struct json *element_of(const struct json *elements, uint32_t i)
{
    const struct json *x = elements->items[i];
    return x->kind == JSON_ARRAY && x->count == 2 ? x->items[1] : x;
}

static bool flags_of(const struct json *v, const struct type *t, uint32_t *ret)
{
    const struct json *names = elements_of(v);
    *ret = 0;
    for (uint32_t i = 0; names && i < names->count; i++) {
        uint32_t bit = names->items[i]->kind == JSON_STRING ? position(t, names->items[i]->text) : t->of.items.len;
        if (bit == t->of.items.len)
            return false;
        *ret |= UINT32_C(1) << bit;
    }
    return names != NULL;
}

/* --- To values --- */

struct reading {
    struct arena *arena;
    bool handles; /* of a result: scripts write no more than that there is one */
    struct err *e;
};

static bool no_such(const struct reading *r, const struct type *t)
{
    return err_set(r->e, ERR_USAGE, "the script's value is no %s", type_kind_name(t->kind));
}

static bool read_value(const struct reading *r, const struct json *v, const struct type *t, struct berth_value *ret);

static bool read_elements(const struct reading *r, const struct json *v, const struct type *t, const struct type *elem,
                          struct berth_value *ret)
{
    const struct json *values = elements_of(v);
    if (!values)
        return no_such(r, t);
    struct berth_value *at = arena_new(r->arena, struct berth_value, values->count);
    for (uint32_t i = 0; i < values->count; i++)
        if (!read_value(r, values->items[i], elem, &at[i]))
            return false;
    ret->of.list.at = at;
    ret->of.list.len = values->count;
    return true;
}

static bool read_items(const struct reading *r, const struct json *values, const struct named_type *items, uint32_t len,
                       const struct berth_value **ret)
{
    if (!values || values->count != len)
        return err_set(r->e, ERR_USAGE, "the script has %u values, the type %u", values ? values->count : 0, len);
    struct berth_value *at = arena_new(r->arena, struct berth_value, len);
    for (uint32_t i = 0; i < len; i++)
        if (!read_value(r, element_of(values, i), items[i].type, &at[i]))
            return false;
    *ret = at;
    return true;
}

static bool read_case(const struct reading *r, const struct json *v, const struct type *t, struct berth_value *ret)
{
    const struct json *payload = NULL;
    if (!case_of(v, t, &ret->of.one.index, &payload))
        return no_such(r, t);
    const struct type *of = type_case_payload(t, ret->of.one.index);
    struct berth_value *value = of ? arena_new(r->arena, struct berth_value, 1) : NULL;
    ret->of.one.payload = value;
    return !of || read_value(r, payload, of, value);
}

static bool read_scalar(const struct reading *r, const struct json *v, const struct type *t, struct berth_value *ret)
{
    uint64_t number = 0;
    if (!scalar_of(v, t, &number))
        return no_such(r, t);
    memcpy(&ret->of, &number, sizeof(number)); /* little-endian: the low bytes are those of the smaller members */
    return true;
}

static bool read_value(const struct reading *r, const struct json *v, const struct type *t, struct berth_value *ret)
{
    ret->kind = (enum berth_kind)t->kind;
    switch (t->kind) {
    case TYPE_STRING: return text_of(v, &ret->of.string) || no_such(r, t);
    case TYPE_LIST:
    case TYPE_MAP: return read_elements(r, v, t, t->of.elem, ret);
    case TYPE_FIXED_LIST: return read_elements(r, v, t, t->of.array.elem, ret);
    case TYPE_RECORD:
    case TYPE_TUPLE:
        ret->of.list.len = t->of.items.len;
        return read_items(r, elements_of(v), t->of.items.at, t->of.items.len, &ret->of.list.at);
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_OPTION:
    case TYPE_RESULT: return read_case(r, v, t, ret);
    case TYPE_FLAGS: return flags_of(v, t, &ret->of.flags) || no_such(r, t);
    case TYPE_OWN:
    case TYPE_BORROW:
        return r->handles || err_set(r->e, ERR_USAGE, "scripts have no values of type %s", type_kind_name(t->kind));
    case TYPE_BOOL:
    case TYPE_S8:
    case TYPE_U8:
    case TYPE_S16:
    case TYPE_U16:
    case TYPE_S32:
    case TYPE_U32:
    case TYPE_S64:
    case TYPE_U64:
    case TYPE_F32:
    case TYPE_F64:
    case TYPE_CHAR: return read_scalar(r, v, t, ret);
    }
    __builtin_unreachable();
}

bool values_read(struct arena *a, const struct json *values, const struct func_type *f, void *params, struct err *e)
{
    const struct reading r = { a, false, e };
    const struct berth_value *read = NULL;
    return read_items(&r, values, f->params, f->param_count, &read) &&
           values_store(a, f, read, f->param_count, params, e);
}

/* --- Comparing --- */

static bool differ(struct err *e, const struct berth_value *v)
{
    return err_set(e, ERR_INVALID, "%s differs", type_kind_name((enum type_kind)v->kind));
}

static bool match(const struct berth_value *want, const struct berth_value *got, struct err *e);

static bool match_list(const struct berth_value *want, const struct berth_value *got, struct err *e)
{
    if (want->of.list.len != got->of.list.len)
        return err_set(e, ERR_INVALID, "list: found %zu elements", got->of.list.len);
    for (size_t i = 0; i < got->of.list.len; i++)
        if (!match(&want->of.list.at[i], &got->of.list.at[i], e))
            return err_wrap(e, "element %zu", i);
    return true;
}

static bool match_case(const struct berth_value *want, const struct berth_value *got, struct err *e)
{
    if (want->of.one.index != got->of.one.index)
        return differ(e, got);
    return !got->of.one.payload || match(want->of.one.payload, got->of.one.payload, e);
}

static bool match_scalar(const struct berth_value *want, const struct berth_value *got, struct err *e)
{
    const struct type *t = type_primitive((enum type_kind)got->kind);
    uint64_t number = 0, found = 0;
    memcpy(&number, &want->of, t->size);
    memcpy(&found, &got->of, t->size);
    return number == found || err_set(e, ERR_INVALID, "%s: expected 0x%llx, found 0x%llx", type_kind_name(t->kind),
                                      (unsigned long long)number, (unsigned long long)found);
}

/* Both of one type. */
static bool match(const struct berth_value *want, const struct berth_value *got, struct err *e)
{
    switch (got->kind) {
    case BERTH_STRING:
        return str_eq(want->of.string, got->of.string) ||
               err_set(e, ERR_INVALID, "string: found '%.*s'", STR_ARG(got->of.string));
    case BERTH_LIST:
    case BERTH_MAP:
    case BERTH_FIXED_LIST:
    case BERTH_RECORD:
    case BERTH_TUPLE: return match_list(want, got, e);
    case BERTH_VARIANT:
    case BERTH_ENUM:
    case BERTH_OPTION:
    case BERTH_RESULT: return match_case(want, got, e);
    case BERTH_FLAGS: return want->of.flags == got->of.flags || differ(e, got);
    case BERTH_OWN:
    case BERTH_BORROW: return true;
    case BERTH_BOOL:
    case BERTH_S8:
    case BERTH_U8:
    case BERTH_S16:
    case BERTH_U16:
    case BERTH_S32:
    case BERTH_U32:
    case BERTH_S64:
    case BERTH_U64:
    case BERTH_F32:
    case BERTH_F64:
    case BERTH_CHAR: return match_scalar(want, got, e);
    }
    __builtin_unreachable();
}

bool value_match(struct arena *a, const struct json *want, const struct type *t, const void *got, struct err *e)
{
    const struct reading r = { a, true, e };
    struct berth_value wanted = { 0 }, found = { 0 };
    return read_value(&r, want, t, &wanted) && value_load(a, t, got, &found, e) && match(&wanted, &found, e);
}
