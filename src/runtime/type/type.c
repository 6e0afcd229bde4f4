/* Making types: each constructor works out the Canonical ABI measures of what it makes from those
 * of its parts, so that nothing walks a type again to learn its size. */
#include "runtime/type/type.h"

#include <assert.h>

#include "base/num.h"

/* A node takes at most 24 bytes even with 64-bit pointers (a discriminant and a string, both
 * padded). */
static_assert(24 * (uint64_t)TYPE_MAX_NODES < TYPE_MAX_SIZE, "elem_size needs a check of its own");

#define PRIMITIVE(k, bytes, flat) \
    [k] = { .kind = k, .size = bytes, .align = bytes, .flat_count = flat, .nodes = 1, .depth = 1 }

static const struct type primitives[] = {
    PRIMITIVE(TYPE_BOOL, 1, 1),
    PRIMITIVE(TYPE_S8, 1, 1),
    PRIMITIVE(TYPE_U8, 1, 1),
    PRIMITIVE(TYPE_S16, 2, 1),
    PRIMITIVE(TYPE_U16, 2, 1),
    PRIMITIVE(TYPE_S32, 4, 1),
    PRIMITIVE(TYPE_U32, 4, 1),
    PRIMITIVE(TYPE_S64, 8, 1),
    PRIMITIVE(TYPE_U64, 8, 1),
    PRIMITIVE(TYPE_F32, 4, 1),
    PRIMITIVE(TYPE_F64, 8, 1),
    PRIMITIVE(TYPE_CHAR, 4, 1),
    [TYPE_STRING] = { .kind = TYPE_STRING,
                      .size = 8,
                      .align = 4,
                      .flat_count = 2,
                      .nodes = 1,
                      .depth = 1,
                      .has_pointer = true },
};

const struct type *type_primitive(enum type_kind kind)
{
    assert(kind <= TYPE_STRING);
    return &primitives[kind];
}

const char *type_kind_name(enum type_kind kind)
{
    static const char *const names[] = {
#define NAME_ROW(name, text) [name] = text,
        TYPE_KINDS(NAME_ROW)
#undef NAME_ROW
    };
    return names[kind];
}

uint32_t type_discriminant_size(uint32_t cases)
{
    return cases <= 1u << 8 ? 1 : cases <= 1u << 16 ? 2 : 4;
}

uint32_t type_case_count(const struct type *t)
{
    if (t->kind == TYPE_OPTION || t->kind == TYPE_RESULT)
        return 2;
    assert(t->kind == TYPE_VARIANT || t->kind == TYPE_ENUM);
    return t->of.items.len;
}

const struct type *type_case_payload(const struct type *t, uint32_t i)
{
    assert(i < type_case_count(t));
    if (t->kind == TYPE_OPTION)
        return i == 0 ? NULL : t->of.elem;
    if (t->kind == TYPE_RESULT)
        return i == 0 ? t->of.result.ok : t->of.result.err;
    return t->of.items.at[i].type;
}

uint32_t type_payload_offset(const struct type *t)
{
    uint32_t align = 1, cases = type_case_count(t);
    for (uint32_t i = 0; i < cases; i++) {
        const struct type *payload = type_case_payload(t, i);
        if (payload && payload->align > align)
            align = payload->align;
    }
    return align_up_u32(type_discriminant_size(cases), align);
}

static uint32_t flat_sum(uint32_t a, uint32_t b)
{
    return a + b < TYPE_FLAT_MANY ? a + b : TYPE_FLAT_MANY;
}

/* Counts `part` into the tree of `t` and takes over what it reaches; not its size or flattening. */
static bool add_part(struct type *t, const struct type *part, struct err *e)
{
    uint32_t nodes = part ? part->nodes : 1, depth = part ? part->depth : 0;
    t->nodes += nodes; /* both are at most TYPE_MAX_NODES */
    if (t->nodes > TYPE_MAX_NODES)
        return err_set(e, ERR_LIMIT, "type of more than %d parts", TYPE_MAX_NODES);
    if (depth >= t->depth)
        t->depth = depth + 1;
    if (t->depth > TYPE_MAX_DEPTH)
        return err_set(e, ERR_LIMIT, "type nested deeper than %d", TYPE_MAX_DEPTH);
    if (part) {
        t->has_pointer |= part->has_pointer;
        t->has_handle |= part->has_handle;
        t->has_borrow |= part->has_borrow;
    }
    return true;
}

/* Spec: CanonicalABI.md alignment_record, elem_size_record, flatten_record. */
static void measure_record(struct type *t)
{
    t->align = 1;
    for (uint32_t i = 0; i < t->of.items.len; i++) {
        const struct type *field = t->of.items.at[i].type;
        t->size = align_up_u32(t->size, field->align) + field->size;
        if (field->align > t->align)
            t->align = field->align;
        t->flat_count = flat_sum(t->flat_count, field->flat_count);
    }
    t->size = align_up_u32(t->size, t->align);
}

/* Spec: CanonicalABI.md alignment_variant, elem_size_variant, flatten_variant. */
static void measure_variant(struct type *t)
{
    uint32_t cases = type_case_count(t), size = 0, flat = 0;
    t->align = type_discriminant_size(cases);
    for (uint32_t i = 0; i < cases; i++) {
        const struct type *payload = type_case_payload(t, i);
        if (!payload)
            continue;
        size = payload->size > size ? payload->size : size;
        flat = payload->flat_count > flat ? payload->flat_count : flat;
        t->align = payload->align > t->align ? payload->align : t->align;
    }
    t->size = align_up_u32(type_payload_offset(t) + size, t->align);
    t->flat_count = flat_sum(1, flat);
}

static const struct type *in_arena(struct arena *a, const struct type *t)
{
    struct type *copy = arena_new(a, struct type, 1);
    *copy = *t;
    return copy;
}

static bool list_of(struct arena *a, enum type_kind kind, const struct type *elem, const struct type **ret,
                    struct err *e)
{
    struct type t = { .kind = kind, .size = 8, .align = 4, .flat_count = 2, .nodes = 1, .depth = 1, .of.elem = elem };
    if (!add_part(&t, elem, e))
        return false;
    t.has_pointer = true;
    *ret = in_arena(a, &t);
    return true;
}

bool type_list(struct arena *a, const struct type *elem, const struct type **ret, struct err *e)
{
    return list_of(a, TYPE_LIST, elem, ret, e);
}

bool type_map(struct arena *a, const struct type *key, const struct type *value, const struct type **ret, struct err *e)
{
    const struct named_type items[] = { { .type = key }, { .type = value } };
    const struct type *elem = NULL;
    if (key->kind > TYPE_STRING || key->kind == TYPE_F32 || key->kind == TYPE_F64)
        return err_set(e, ERR_INVALID, "map key type must be a bool, an integer, a char or a string, found %s",
                       type_kind_name(key->kind));
    return type_items(a, TYPE_TUPLE, items, ARRAY_LEN(items), &elem, e) && list_of(a, TYPE_MAP, elem, ret, e);
}

bool type_option(struct arena *a, const struct type *elem, const struct type **ret, struct err *e)
{
    struct type t = { .kind = TYPE_OPTION, .nodes = 1, .depth = 1, .of.elem = elem };
    if (!add_part(&t, elem, e))
        return false;
    measure_variant(&t);
    *ret = in_arena(a, &t);
    return true;
}

bool type_result(struct arena *a, const struct type *ok, const struct type *err, const struct type **ret, struct err *e)
{
    struct type t = { .kind = TYPE_RESULT, .nodes = 1, .depth = 1, .of.result = { ok, err } };
    if (!add_part(&t, ok, e) || !add_part(&t, err, e))
        return false;
    measure_variant(&t);
    *ret = in_arena(a, &t);
    return true;
}

static bool items_none(enum type_kind kind, struct err *e)
{
    static const char *const least[] = {
        [TYPE_RECORD] = "record type must have at least one field",
        [TYPE_TUPLE] = "tuple type must have at least one type",
        [TYPE_VARIANT] = "variant type must have at least one case",
        [TYPE_ENUM] = "enum type must have at least one variant",
        [TYPE_FLAGS] = "flags must have at least one entry",
    };
    return err_set(e, ERR_INVALID, "%s", least[kind]);
}

static void measure_flags(struct type *t)
{
    t->size = t->align = t->of.items.len <= 8 ? 1 : t->of.items.len <= 16 ? 2 : 4;
    t->flat_count = 1;
}

bool type_items(struct arena *a, enum type_kind kind, const struct named_type *items, uint32_t len,
                const struct type **ret, struct err *e)
{
    assert(kind >= TYPE_RECORD && kind <= TYPE_FLAGS && kind != TYPE_OPTION && kind != TYPE_RESULT);
    if (len == 0)
        return items_none(kind, e);
    if (kind == TYPE_FLAGS && len > MAX_FLAGS)
        return err_set(e, ERR_INVALID, "cannot have more than %d flags, found %u", MAX_FLAGS, len);
    struct type t = { .kind = kind, .nodes = 1, .depth = 1, .of.items = { items, len } };
    for (uint32_t i = 0; i < len; i++) {
        bool has_type = items[i].type;
        assert(kind == TYPE_VARIANT || has_type == (kind == TYPE_RECORD || kind == TYPE_TUPLE));
        if (!add_part(&t, items[i].type, e))
            return false;
    }
    if (kind == TYPE_FLAGS)
        measure_flags(&t);
    else if (kind == TYPE_RECORD || kind == TYPE_TUPLE)
        measure_record(&t);
    else
        measure_variant(&t);
    struct named_type *copy = arena_new(a, struct named_type, len);
    memcpy(copy, items, len * sizeof(*copy));
    t.of.items.at = copy;
    *ret = in_arena(a, &t);
    return true;
}

const struct type *type_handle(struct arena *a, enum type_kind own_or_borrow, const struct resource_type *r)
{
    assert(own_or_borrow == TYPE_OWN || own_or_borrow == TYPE_BORROW);
    struct type t = { .kind = own_or_borrow,
                      .size = 4,
                      .align = 4,
                      .flat_count = 1,
                      .nodes = 1,
                      .depth = 1,
                      .has_handle = true,
                      .has_borrow = own_or_borrow == TYPE_BORROW,
                      .of.resource = r };
    return in_arena(a, &t);
}
