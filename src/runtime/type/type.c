/* Making types: each constructor works out the Canonical ABI measures of what it makes from those
 * of its parts, so that nothing walks a type again to learn its size. */
#include "runtime/type/type.h"

#include <assert.h>

#include "base/num.h"

#define PRIMITIVE(k, bytes, flat) \
    [k] = { .kind = k,            \
            .size = bytes,        \
            .align = bytes,       \
            .wide_size = bytes,   \
            .wide_align = bytes,  \
            .flat_count = flat,   \
            .nodes = 1,           \
            .depth = 1 }

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
                      .wide_size = 16,
                      .wide_align = 8,
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

uint32_t type_plain_bytes(const struct type *t)
{
    uint32_t sum = 0;
    if (t->kind >= TYPE_S8 && t->kind <= TYPE_U64)
        return t->size;
    if (t->kind == TYPE_FIXED_LIST)
        return type_plain_bytes(t->of.array.elem) ? t->size : 0;
    if (t->kind != TYPE_RECORD && t->kind != TYPE_TUPLE)
        return 0;
    for (uint32_t i = 0; i < t->of.items.len; i++) {
        uint32_t one = type_plain_bytes(t->of.items.at[i].type);
        if (one == 0)
            return 0;
        sum += one;
    }
    return sum == t->size ? sum : 0;
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

/* What a value takes in linear memory. */
struct extent {
    uint64_t size;
    uint32_t align;
};

/* Payload NULL: nothing. `wide`: with 64-bit addresses. */
static struct extent extent_of(const struct type *t, bool wide)
{
    if (!t)
        return (struct extent){ 0, 1 };
    return wide ? (struct extent){ t->wide_size, t->wide_align } : (struct extent){ t->size, t->align };
}

/* Spec: CanonicalABI.md alignment_record, elem_size_record. */
static struct extent record_extent(const struct type *t, bool wide)
{
    struct extent all = { 0, 1 };
    for (uint32_t i = 0; i < t->of.items.len; i++) {
        struct extent field = extent_of(t->of.items.at[i].type, wide);
        all.size = align_up(all.size, field.align) + field.size;
        all.align = field.align > all.align ? field.align : all.align;
    }
    all.size = align_up(all.size, all.align);
    return all;
}

/* Spec: CanonicalABI.md alignment_variant, elem_size_variant. */
static struct extent variant_extent(const struct type *t, bool wide)
{
    uint32_t cases = type_case_count(t), tag = type_discriminant_size(cases);
    struct extent payload = { 0, 1 };
    for (uint32_t i = 0; i < cases; i++) {
        struct extent one = extent_of(type_case_payload(t, i), wide);
        payload.size = one.size > payload.size ? one.size : payload.size;
        payload.align = one.align > payload.align ? one.align : payload.align;
    }
    uint32_t align = payload.align > tag ? payload.align : tag;
    return (struct extent){ align_up(align_up(tag, payload.align) + payload.size, align), align };
}

static uint32_t record_flat_count(const struct type *t)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < t->of.items.len; i++)
        sum = flat_sum(sum, t->of.items.at[i].type->flat_count);
    return sum;
}

static uint32_t variant_flat_count(const struct type *t)
{
    uint32_t cases = type_case_count(t), flat = 0;
    for (uint32_t i = 0; i < cases; i++) {
        const struct type *payload = type_case_payload(t, i);
        flat = payload && payload->flat_count > flat ? payload->flat_count : flat;
    }
    return flat_sum(1, flat);
}

static void set_extents(struct type *t, struct extent narrow, struct extent wide)
{
    assert(narrow.size <= wide.size && wide.size <= UINT32_MAX);
    t->size = (uint32_t)narrow.size;
    t->align = narrow.align;
    t->wide_size = (uint32_t)wide.size;
    t->wide_align = wide.align;
}

/* Sets what memory the type takes, if it may. */
static bool measure(struct type *t, struct extent narrow, struct extent wide, struct err *e)
{
    if (wide.size >= TYPE_MAX_SIZE)
        return err_set(e, ERR_INVALID, "%s of %llu bytes exceeds maximum byte size %u", type_kind_name(t->kind),
                       (unsigned long long)wide.size, TYPE_MAX_SIZE - 1);
    set_extents(t, narrow, wide);
    return true;
}

static bool measure_record(struct type *t, struct err *e)
{
    t->flat_count = record_flat_count(t);
    return measure(t, record_extent(t, false), record_extent(t, true), e);
}

static bool measure_variant(struct type *t, struct err *e)
{
    t->flat_count = variant_flat_count(t);
    return measure(t, variant_extent(t, false), variant_extent(t, true), e);
}

static const struct type *in_arena(struct arena *a, const struct type *t)
{
    struct type *copy = arena_new(a, struct type, 1);
    *copy = *t;
    return copy;
}

static const struct type *items_in_arena(struct arena *a, const struct type *t)
{
    struct type copy = *t;
    struct named_type *items = arena_new(a, struct named_type, t->of.items.len);
    memcpy(items, t->of.items.at, t->of.items.len * sizeof(*items));
    copy.of.items.at = items;
    return in_arena(a, &copy);
}

static bool list_of(struct arena *a, enum type_kind kind, const struct type *elem, const struct type **ret,
                    struct err *e)
{
    struct type t = *type_primitive(TYPE_STRING); /* measures alike: a pointer and a length */
    t.kind = kind;
    t.of.elem = elem;
    if (!add_part(&t, elem, e))
        return false;
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
    struct type elem = { .kind = TYPE_TUPLE, .nodes = 1, .depth = 1, .of.items = { items, ARRAY_LEN(items) } };
    if (key->kind > TYPE_STRING || key->kind == TYPE_F32 || key->kind == TYPE_F64)
        return err_set(e, ERR_INVALID, "map key type must be a bool, an integer, a char or a string, found %s",
                       type_kind_name(key->kind));
    if (!add_part(&elem, key, e) || !add_part(&elem, value, e))
        return false;
    elem.flat_count = record_flat_count(&elem);
    set_extents(&elem, record_extent(&elem, false), record_extent(&elem, true));
    return list_of(a, TYPE_MAP, items_in_arena(a, &elem), ret, e);
}

/* Spec: CanonicalABI.md alignment_list, elem_size_list, flatten_list. */
bool type_fixed_list(struct arena *a, const struct type *elem, uint32_t len, const struct type **ret, struct err *e)
{
    struct type t = { .kind = TYPE_FIXED_LIST, .nodes = 1, .depth = 1, .of.array = { elem, len } };
    if (len == 0)
        return err_set(e, ERR_INVALID, "fixed-length lists must have more than zero elements");
    uint64_t flat = (uint64_t)elem->flat_count * len;
    t.flat_count = flat < TYPE_FLAT_MANY ? (uint32_t)flat : TYPE_FLAT_MANY;
    struct extent narrow = extent_of(elem, false), wide = extent_of(elem, true);
    narrow.size *= len;
    wide.size *= len;
    if (!add_part(&t, elem, e) || !measure(&t, narrow, wide, e))
        return false;
    *ret = in_arena(a, &t);
    return true;
}

bool type_option(struct arena *a, const struct type *elem, const struct type **ret, struct err *e)
{
    struct type t = { .kind = TYPE_OPTION, .nodes = 1, .depth = 1, .of.elem = elem };
    if (!add_part(&t, elem, e) || !measure_variant(&t, e))
        return false;
    *ret = in_arena(a, &t);
    return true;
}

bool type_result(struct arena *a, const struct type *ok, const struct type *err, const struct type **ret, struct err *e)
{
    struct type t = { .kind = TYPE_RESULT, .nodes = 1, .depth = 1, .of.result = { ok, err } };
    if (!add_part(&t, ok, e) || !add_part(&t, err, e) || !measure_variant(&t, e))
        return false;
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

static bool measure_flags(struct type *t)
{
    uint32_t size = t->of.items.len <= 8 ? 1 : t->of.items.len <= 16 ? 2 : 4;
    t->flat_count = 1;
    set_extents(t, (struct extent){ size, size }, (struct extent){ size, size });
    return true;
}

static bool measure_items(struct type *t, struct err *e)
{
    if (t->kind == TYPE_FLAGS)
        return measure_flags(t);
    return t->kind == TYPE_RECORD || t->kind == TYPE_TUPLE ? measure_record(t, e) : measure_variant(t, e);
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
    if (!measure_items(&t, e))
        return false;
    *ret = items_in_arena(a, &t);
    return true;
}

const struct type *type_handle(struct arena *a, enum type_kind own_or_borrow, const struct resource_type *r)
{
    assert(own_or_borrow == TYPE_OWN || own_or_borrow == TYPE_BORROW);
    struct type t = { .kind = own_or_borrow,
                      .size = 4,
                      .align = 4,
                      .wide_size = 4,
                      .wide_align = 4,
                      .flat_count = 1,
                      .nodes = 1,
                      .depth = 1,
                      .has_handle = true,
                      .has_borrow = own_or_borrow == TYPE_BORROW,
                      .of.resource = r };
    return in_arena(a, &t);
}
