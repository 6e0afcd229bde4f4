/* Values in the host layout as text and back, so that tests can be tables. Numbers are decimal, floats their bits
 * in hexadecimal; "abc" a string; [1, 2] a list; (1, 2) a record or tuple; 1 or 1(x) the case of a variant, enum,
 * option or result; #3 the fake's object 3. The text must be right: anything else is asserted. */
#ifndef TESTS_RUNTIME_ABI_VALUE_H
#define TESTS_RUNTIME_ABI_VALUE_H

#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "../type/parse.h"
#include "runtime/abi/host_layout.h"

/* What own and borrow point at: address n is object n. */
static inline char *value_objects(void)
{
    static char objects[64];
    return objects;
}

struct value_list {
    const uint8_t *ptr;
    size_t len;
};

static inline void value_print(const struct type *t, const void *host, struct buf *out);

static inline uint64_t value_number(const void *host, size_t size)
{
    uint64_t v = 0;
    memcpy(&v, host, size);
    return v;
}

/* Tag and, on success of the look-up, the payload's type. */
static inline uint32_t value_case(const struct type *t, const void *host, const struct type **payload)
{
    bool is_bool = t->kind == TYPE_OPTION || t->kind == TYPE_RESULT;
    uint32_t tag = (uint32_t)value_number(host, is_bool ? 1 : 4);
    assert(tag < type_case_count(t));
    *payload = type_case_payload(t, tag);
    return tag;
}

static inline void value_print_elements(const struct type *elem, const void *at, size_t len, struct buf *out)
{
    size_t step = host_layout_of(elem).size;
    buf_put_str(out, STR("["));
    for (size_t i = 0; i < len; i++) {
        if (i > 0)
            buf_put_str(out, STR(", "));
        value_print(elem, (const uint8_t *)at + i * step, out);
    }
    buf_put_str(out, STR("]"));
}

static inline void value_print_list(const struct type *t, const void *host, struct buf *out)
{
    struct value_list list;
    memcpy(&list, host, sizeof(list));
    value_print_elements(t->of.elem, list.ptr, list.len, out);
}

static inline void value_print_items(const struct named_type *items, uint32_t len, const void *host, struct buf *out)
{
    size_t *offsets = calloc(len + 1, sizeof(*offsets));
    host_layout_of_items(items, len, offsets);
    buf_put_str(out, STR("("));
    for (uint32_t i = 0; i < len; i++) {
        if (i > 0)
            buf_put_str(out, STR(", "));
        value_print(items[i].type, (const uint8_t *)host + offsets[i], out);
    }
    buf_put_str(out, STR(")"));
    free(offsets);
}

static inline void value_print_case(const struct type *t, const void *host, struct buf *out)
{
    const struct type *payload = NULL;
    buf_printf(out, "%u", value_case(t, host, &payload));
    if (!payload)
        return;
    buf_put_str(out, STR("("));
    value_print(payload, (const uint8_t *)host + host_layout_payload_offset(t), out);
    buf_put_str(out, STR(")"));
}

static inline void value_print(const struct type *t, const void *host, struct buf *out)
{
    str s;
    const char *object;
    size_t size = host_layout_of(t).size;
    switch (t->kind) {
    case TYPE_BOOL:
    case TYPE_U8:
    case TYPE_U16:
    case TYPE_U32:
    case TYPE_U64:
    case TYPE_CHAR:
    case TYPE_FLAGS: buf_printf(out, "%llu", (unsigned long long)value_number(host, size)); return;
    case TYPE_S8:
    case TYPE_S16:
    case TYPE_S32:
    case TYPE_S64:
        buf_printf(out, "%lld", (long long)(value_number(host, size) << (64 - 8 * size)) >> (64 - 8 * size));
        return;
    case TYPE_F32:
    case TYPE_F64: buf_printf(out, "0x%llx", (unsigned long long)value_number(host, size)); return;
    case TYPE_STRING:
        memcpy(&s, host, sizeof(s));
        buf_printf(out, "\"%.*s\"", STR_ARG(s));
        return;
    case TYPE_LIST:
    case TYPE_MAP: value_print_list(t, host, out); return;
    case TYPE_FIXED_LIST: value_print_elements(t->of.array.elem, host, t->of.array.len, out); return;
    case TYPE_RECORD:
    case TYPE_TUPLE: value_print_items(t->of.items.at, t->of.items.len, host, out); return;
    case TYPE_VARIANT:
    case TYPE_ENUM:
    case TYPE_OPTION:
    case TYPE_RESULT: value_print_case(t, host, out); return;
    case TYPE_OWN:
    case TYPE_BORROW:
        memcpy(&object, host, sizeof(object));
        buf_printf(out, "#%td", object - value_objects());
        return;
    }
    __builtin_unreachable();
}

static inline void value_expect(const char **at, char c)
{
    while (**at == ' ')
        ++*at;
    bool found = **at == c;
    assert(found);
    ++*at;
}

static inline bool value_peek(const char **at, char c)
{
    while (**at == ' ')
        ++*at;
    return **at == c;
}

static inline void value_parse(const struct type *t, const char **at, void *host, struct arena *a);

/* Into the room for `most` at `elems`; returns how many there are. */
static inline size_t value_parse_elements(const struct type *elem, size_t most, const char **at, uint8_t *elems,
                                          struct arena *a)
{
    size_t step = host_layout_of(elem).size, len = 0;
    value_expect(at, '[');
    for (; !value_peek(at, ']'); len++) {
        assert(len < most);
        if (len > 0)
            value_expect(at, ',');
        value_parse(elem, at, elems + len * step, a);
    }
    ++*at;
    return len;
}

static inline void value_parse_list(const struct type *t, const char **at, void *host, struct arena *a)
{
    enum { MOST = 100 };
    uint8_t *elems = arena_zalloc(a, MOST, host_layout_of(t->of.elem).size);
    struct value_list list = { elems, value_parse_elements(t->of.elem, MOST, at, elems, a) };
    memcpy(host, &list, sizeof(list));
}

static inline void value_parse_items(const struct named_type *items, uint32_t len, const char **at, void *host,
                                     struct arena *a)
{
    size_t *offsets = arena_zalloc(a, len + 1, sizeof(*offsets));
    host_layout_of_items(items, len, offsets);
    value_expect(at, '(');
    for (uint32_t i = 0; i < len; i++) {
        if (i > 0)
            value_expect(at, ',');
        value_parse(items[i].type, at, (uint8_t *)host + offsets[i], a);
    }
    value_expect(at, ')');
}

static inline void value_parse(const struct type *t, const char **at, void *host, struct arena *a)
{
    while (**at == ' ')
        ++*at;
    if (t->kind == TYPE_STRING) {
        value_expect(at, '"');
        str s = str_from(*at, strcspn(*at, "\""));
        *at += s.len + 1;
        memcpy(host, &s, sizeof(s));
    } else if (t->kind == TYPE_LIST) {
        value_parse_list(t, at, host, a);
    } else if (t->kind == TYPE_FIXED_LIST) {
        size_t len = value_parse_elements(t->of.array.elem, t->of.array.len, at, host, a);
        assert(len == t->of.array.len);
    } else if (t->kind == TYPE_RECORD || t->kind == TYPE_TUPLE) {
        value_parse_items(t->of.items.at, t->of.items.len, at, host, a);
    } else if (t->kind == TYPE_OWN || t->kind == TYPE_BORROW) {
        value_expect(at, '#');
        char *object = value_objects() + parse_number(at, false);
        memcpy(host, &object, sizeof(object));
    } else {
        bool is_bool = t->kind == TYPE_OPTION || t->kind == TYPE_RESULT;
        uint64_t v = parse_number(at, false);
        if (!is_bool && t->kind != TYPE_VARIANT) {
            memcpy(host, &v, host_layout_of(t).size);
            return;
        }
        memcpy(host, &v, is_bool ? 1 : 4);
        const struct type *payload = type_case_payload(t, (uint32_t)v);
        if (!payload)
            return;
        value_expect(at, '(');
        value_parse(payload, at, (uint8_t *)host + host_layout_payload_offset(t), a);
        value_expect(at, ')');
    }
}

#endif
