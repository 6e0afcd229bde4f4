/* Types from WIT text, so that tests can be tables: "list<tuple<u8, option<string>>>". Besides WIT, `enum #300`
 * and `flags #9` stand for that many made-up names. The text must be right: anything else is asserted. */
#ifndef TESTS_RUNTIME_TYPE_PARSE_H
#define TESTS_RUNTIME_TYPE_PARSE_H

#include <assert.h>
#include <stdlib.h>

#include "base/num.h"
#include "runtime/type/type.h"

enum { PARSE_ITEMS = 70000 };

struct parser {
    struct arena *arena;
    const char *at;
};

/* "12", "-12" or "0xff"; all digits are hexadecimal when `hex`. Moves `*at` past it. */
static inline uint64_t parse_number(const char **at, bool hex)
{
    uint64_t v = 0;
    *at += strspn(*at, " ");
    bool negative = **at == '-', prefix = strncmp(*at + negative, "0x", 2) == 0;
    *at += negative + (prefix ? 2 : 0);
    hex = hex || prefix;
    str digits = str_from(*at, strspn(*at, hex ? "0123456789abcdef" : "0123456789"));
    bool ok = hex ? num_parse_hex_u64(digits, &v) : num_parse_u64(digits, &v);
    assert(ok);
    *at += digits.len;
    return negative ? -v : v;
}

static inline bool parse_token(struct parser *p, const char *token)
{
    while (*p->at == ' ')
        p->at++;
    size_t len = strlen(token);
    if (strncmp(p->at, token, len) != 0)
        return false;
    p->at += len;
    return true;
}

static inline str parse_name(struct parser *p)
{
    while (*p->at == ' ')
        p->at++;
    const char *start = p->at;
    while (*p->at && !strchr(" <>(){},:#", *p->at))
        p->at++;
    return str_from(start, (size_t)(p->at - start));
}

static inline const struct type *parse_type(struct parser *p);

static inline const struct type *parse_result(struct parser *p)
{
    const struct type *ok = NULL, *err = NULL, *t = NULL;
    struct err e = ERR_INIT;
    if (parse_token(p, "<")) {
        if (!parse_token(p, "_"))
            ok = parse_type(p);
        if (parse_token(p, ","))
            err = parse_type(p);
        bool closed = parse_token(p, ">");
        assert(closed);
    }
    bool made = type_result(p->arena, ok, err, &t, &e);
    assert(made);
    return t;
}

/* One resource type a name, so that equal texts give equal types. */
static inline const struct type *parse_handle(struct parser *p, enum type_kind kind)
{
    static struct resource_type resources[26];
    bool opened = parse_token(p, "<");
    str name = parse_name(p);
    bool closed = parse_token(p, ">");
    assert(opened && closed && name.len > 0 && name.ptr[0] >= 'a' && name.ptr[0] <= 'z');
    struct resource_type *r = &resources[name.ptr[0] - 'a'];
    r->name = name;
    return type_handle(p->arena, kind, r);
}

static inline uint32_t parse_item_list(struct parser *p, enum type_kind kind, struct named_type *items)
{
    uint32_t len = 0;
    const char *close = kind == TYPE_TUPLE ? ">" : "}";
    if (parse_token(p, "#")) {
        return (uint32_t)parse_number(&p->at, false);
    }
    bool opened = parse_token(p, kind == TYPE_TUPLE ? "<" : "{");
    assert(opened);
    for (; !parse_token(p, close); len++) {
        items[len] = (struct named_type){ 0 };
        if (kind != TYPE_TUPLE)
            items[len].name = parse_name(p);
        if (kind == TYPE_TUPLE || parse_token(p, ":"))
            items[len].type = parse_type(p);
        if (parse_token(p, "(")) {
            items[len].type = parse_type(p);
            bool closed = parse_token(p, ")");
            assert(closed);
        }
        parse_token(p, ",");
    }
    return len;
}

static inline const struct type *parse_items(struct parser *p, enum type_kind kind)
{
    struct err e = ERR_INIT;
    const struct type *t = NULL;
    struct named_type *items = calloc(PARSE_ITEMS, sizeof(*items));
    uint32_t len = parse_item_list(p, kind, items);
    bool made = type_items(p->arena, kind, items, len, &t, &e);
    assert(made);
    free(items);
    return t;
}

static inline const struct type *parse_elem(struct parser *p, enum type_kind kind)
{
    struct err e = ERR_INIT;
    const struct type *t = NULL;
    bool opened = parse_token(p, "<");
    const struct type *elem = parse_type(p);
    bool fixed = parse_token(p, ",");
    uint32_t len = fixed ? (uint32_t)parse_number(&p->at, false) : 0;
    bool closed = parse_token(p, ">");
    bool made = fixed               ? type_fixed_list(p->arena, elem, len, &t, &e)
                : kind == TYPE_LIST ? type_list(p->arena, elem, &t, &e)
                                    : type_option(p->arena, elem, &t, &e);
    assert(opened && closed && made);
    return t;
}

static inline const struct type *parse_type(struct parser *p)
{
    str name = parse_name(p);
    enum type_kind kind = TYPE_BOOL;
    while (!str_eq(name, str_of(type_kind_name(kind)))) {
        assert(kind != TYPE_BORROW);
        kind++;
    }
    if (kind <= TYPE_STRING)
        return type_primitive(kind);
    if (kind == TYPE_LIST || kind == TYPE_OPTION)
        return parse_elem(p, kind);
    if (kind == TYPE_RESULT)
        return parse_result(p);
    return kind >= TYPE_OWN ? parse_handle(p, kind) : parse_items(p, kind);
}

static inline const struct type *type_of(struct arena *a, const char *text)
{
    struct parser p = { a, text };
    const struct type *t = parse_type(&p);
    assert(*p.at == '\0');
    return t;
}

/* "(a: u32, b: string) -> bool" without the result or with it; the text is borrowed. */
static inline struct func_type func_of(struct arena *a, const char *text)
{
    struct parser p = { a, text };
    struct named_type params[64];
    struct func_type f = { .async = parse_token(&p, "async") };
    bool opened = parse_token(&p, "(");
    assert(opened);
    for (; !parse_token(&p, ")"); f.param_count++) {
        assert(f.param_count < 64);
        params[f.param_count].name = parse_name(&p);
        bool colon = parse_token(&p, ":");
        assert(colon);
        params[f.param_count].type = parse_type(&p);
        parse_token(&p, ",");
    }
    if (parse_token(&p, "->"))
        f.result = parse_type(&p);
    assert(*p.at == '\0');
    struct named_type *copy = arena_new(a, struct named_type, f.param_count);
    memcpy(copy, params, f.param_count * sizeof(*copy));
    f.params = copy;
    return f;
}

#endif
