/* Values of scripts: see value.h. Numbers come as decimal text, floats as that of their bits. */
#include "tool/wast/value.h"

#include <string.h>

#include "base/num.h"
#include "base/utf8.h"
#include "runtime/abi/host_layout.h"

struct reading {
    struct arena *arena;
    struct err *e;
};

static bool no_such(const struct reading *r, const struct type *t)
{
    return err_set(r->e, ERR_USAGE, "the script's value is no %s", type_kind_name(t->kind));
}

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

/* --- Reading --- */

static bool read_value(const struct reading *r, const struct json *v, const struct type *t, char *to);

static bool read_items(const struct reading *r, const struct json *values, const struct named_type *items, uint32_t len,
                       char *to)
{
    if (!values || values->count != len)
        return err_set(r->e, ERR_USAGE, "the script has %u values, the type %u", values ? values->count : 0, len);
    size_t *offsets = arena_new(r->arena, size_t, len);
    host_layout_of_items(items, len, offsets);
    for (uint32_t i = 0; i < len; i++)
        if (!read_value(r, element_of(values, i), items[i].type, to + offsets[i]))
            return false;
    return true;
}

static bool read_list(const struct reading *r, const struct json *v, const struct type *t, char *to)
{
    const struct json *values = elements_of(v);
    if (!values)
        return no_such(r, t);
    size_t size = host_layout_of(t->of.elem).size;
    bytes list = { arena_zalloc(r->arena, values->count, size), values->count };
    for (uint32_t i = 0; i < values->count; i++)
        if (!read_value(r, values->items[i], t->of.elem, (char *)(uintptr_t)list.ptr + i * size))
            return false;
    memcpy(to, &list, sizeof(list));
    return true;
}

static bool read_array(const struct reading *r, const struct json *v, const struct type *t, char *to)
{
    const struct json *values = elements_of(v);
    if (!values || values->count != t->of.array.len)
        return no_such(r, t);
    size_t size = host_layout_of(t->of.array.elem).size;
    for (uint32_t i = 0; i < values->count; i++)
        if (!read_value(r, values->items[i], t->of.array.elem, to + i * size))
            return false;
    return true;
}

static bool read_case(const struct reading *r, const struct json *v, const struct type *t, char *to)
{
    uint32_t i = 0;
    const struct json *payload = NULL;
    if (!case_of(v, t, &i, &payload))
        return no_such(r, t);
    bool is_bool = t->kind == TYPE_OPTION || t->kind == TYPE_RESULT, truth = i != 0;
    if (is_bool)
        memcpy(to, &truth, sizeof(truth));
    else
        memcpy(to, &i, sizeof(i));
    const struct type *of = type_case_payload(t, i);
    return !of || read_value(r, payload, of, to + host_layout_payload_offset(t));
}

static bool read_scalar(const struct reading *r, const struct json *v, const struct type *t, char *to)
{
    uint64_t number = 0;
    if (!scalar_of(v, t, &number))
        return no_such(r, t);
    memcpy(to, &number, host_layout_of(t).size);
    return true;
}

static bool read_value(const struct reading *r, const struct json *v, const struct type *t, char *to)
{
    uint32_t flags = 0;
    str text;
    switch (t->kind) {
    case TYPE_STRING:
        if (!text_of(v, &text))
            return no_such(r, t);
        memcpy(to, &text, sizeof(text));
        return true;
    case TYPE_LIST:
    case TYPE_MAP: return read_list(r, v, t, to);
    case TYPE_FIXED_LIST: return read_array(r, v, t, to);
    case TYPE_RECORD:
    case TYPE_TUPLE: return read_items(r, elements_of(v), t->of.items.at, t->of.items.len, to);
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_OPTION:
    case TYPE_RESULT: return read_case(r, v, t, to);
    case TYPE_FLAGS:
        if (!flags_of(v, t, &flags))
            return no_such(r, t);
        memcpy(to, &flags, sizeof(flags));
        return true;
    case TYPE_OWN:
    case TYPE_BORROW: return err_set(r->e, ERR_USAGE, "scripts have no values of type %s", type_kind_name(t->kind));
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
    case TYPE_CHAR: return read_scalar(r, v, t, to);
    }
    __builtin_unreachable();
}

bool values_read(struct arena *a, const struct json *values, const struct func_type *f, void *params, struct err *e)
{
    const struct reading r = { a, e };
    return read_items(&r, values, f->params, f->param_count, params);
}

/* --- Comparing --- */

static bool differ(struct err *e, const struct type *t)
{
    return err_set(e, ERR_INVALID, "%s differs", type_kind_name(t->kind));
}

static bool match_scalar(const struct json *want, const struct type *t, const void *got, struct err *e)
{
    uint64_t number = 0, found = 0;
    size_t size = host_layout_of(t).size;
    if (!scalar_of(want, t, &number))
        return differ(e, t);
    memcpy(&found, got, size);
    if (size < sizeof(number))
        number &= (UINT64_C(1) << 8 * size) - 1;
    return number == found || err_set(e, ERR_INVALID, "%s: expected 0x%llx, found 0x%llx", type_kind_name(t->kind),
                                      (unsigned long long)number, (unsigned long long)found);
}

static bool match_string(const struct json *want, const void *got, struct err *e)
{
    str text, found;
    memcpy(&found, got, sizeof(found));
    return (text_of(want, &text) && str_eq(text, found)) ||
           err_set(e, ERR_INVALID, "string: found '%.*s'", STR_ARG(found));
}

static bool match_items(const struct json *want, const struct type *t, const char *got, struct err *e)
{
    const struct json *values = elements_of(want);
    if (!values || values->count != t->of.items.len)
        return differ(e, t);
    size_t at = 0;
    for (uint32_t i = 0; i < values->count; i++) {
        const struct type *of = t->of.items.at[i].type;
        struct host_layout layout = host_layout_of(of);
        at = align_up(at, layout.align);
        if (!value_match(element_of(values, i), of, got + at, e))
            return err_wrap(e, "element %u", i);
        at += layout.size;
    }
    return true;
}

static bool match_elements(const struct json *want, const struct type *elem, const void *at, size_t len, struct err *e)
{
    const struct json *values = elements_of(want);
    if (!values || values->count != len)
        return err_set(e, ERR_INVALID, "list: found %zu elements", len);
    size_t size = host_layout_of(elem).size;
    for (uint32_t i = 0; i < values->count; i++)
        if (!value_match(values->items[i], elem, (const char *)at + i * size, e))
            return err_wrap(e, "element %u", i);
    return true;
}

static bool match_list(const struct json *want, const struct type *t, const void *got, struct err *e)
{
    bytes list;
    memcpy(&list, got, sizeof(list));
    return match_elements(want, t->of.elem, list.ptr, list.len, e);
}

static bool match_case(const struct json *want, const struct type *t, const char *got, struct err *e)
{
    uint32_t wanted = 0, found = 0;
    const struct json *payload = NULL;
    bool is_bool = t->kind == TYPE_OPTION || t->kind == TYPE_RESULT, truth = false;
    memcpy(&truth, got, sizeof(truth));
    if (!is_bool)
        memcpy(&found, got, sizeof(found));
    if (!case_of(want, t, &wanted, &payload) || wanted != (is_bool ? truth : found))
        return differ(e, t);
    const struct type *of = type_case_payload(t, wanted);
    return !of || value_match(payload, of, got + host_layout_payload_offset(t), e);
}

bool value_match(const struct json *want, const struct type *t, const void *got, struct err *e)
{
    uint32_t flags = 0, found = 0;
    switch (t->kind) {
    case TYPE_STRING: return match_string(want, got, e);
    case TYPE_LIST:
    case TYPE_MAP: return match_list(want, t, got, e);
    case TYPE_FIXED_LIST: return match_elements(want, t->of.array.elem, got, t->of.array.len, e);
    case TYPE_RECORD:
    case TYPE_TUPLE: return match_items(want, t, got, e);
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_OPTION:
    case TYPE_RESULT: return match_case(want, t, got, e);
    case TYPE_FLAGS:
        memcpy(&found, got, sizeof(found));
        return (flags_of(want, t, &flags) && flags == found) || differ(e, t);
    case TYPE_OWN:
    case TYPE_BORROW: return true; /* scripts write no more than that there is one */
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
    case TYPE_CHAR: return match_scalar(want, t, got, e);
    }
    __builtin_unreachable();
}
