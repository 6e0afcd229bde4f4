/* How WIT values look as C objects: natural alignment, members in order, as the C compiler lays
 * structs out. */
#include "runtime/abi/host_layout.h"

#include <assert.h>
#include <stdalign.h>

#include "base/num.h"

#define LAYOUT(type) ((struct host_layout){ sizeof(type), alignof(type) })

/* The payloads of all cases, overlaid; size 0 when there is none. */
static struct host_layout payload_union(const struct type *t)
{
    struct host_layout all = { 0, 1 };
    uint32_t cases = type_case_count(t);
    for (uint32_t i = 0; i < cases; i++) {
        const struct type *payload = type_case_payload(t, i);
        if (!payload)
            continue;
        struct host_layout one = host_layout_of(payload);
        all.size = one.size > all.size ? one.size : all.size;
        all.align = one.align > all.align ? one.align : all.align;
    }
    all.size = align_up(all.size, all.align);
    return all;
}

/* What stands before the payload: a C bool for option and result, else a number. */
static struct host_layout tag_layout(const struct type *t)
{
    return t->kind == TYPE_OPTION || t->kind == TYPE_RESULT ? LAYOUT(bool) : LAYOUT(uint32_t);
}

static struct host_layout cases_layout(const struct type *t)
{
    struct host_layout tag = tag_layout(t), of = payload_union(t);
    size_t align = tag.align > of.align ? tag.align : of.align;
    return (struct host_layout){ align_up(align_up(tag.size, of.align) + of.size, align), align };
}

size_t host_layout_payload_offset(const struct type *t)
{
    return align_up(tag_layout(t).size, payload_union(t).align);
}

struct host_layout host_layout_of_items(const struct named_type *items, uint32_t len, size_t *ret_offsets)
{
    struct host_layout all = { 0, 1 };
    for (uint32_t i = 0; i < len; i++) {
        struct host_layout one = host_layout_of(items[i].type);
        all.size = align_up(all.size, one.align);
        if (ret_offsets)
            ret_offsets[i] = all.size;
        all.size += one.size;
        all.align = one.align > all.align ? one.align : all.align;
    }
    all.size = align_up(all.size, all.align);
    return all;
}

static struct host_layout array_layout(const struct type *t)
{
    struct host_layout all = host_layout_of(t->of.array.elem);
    all.size *= t->of.array.len;
    return all;
}

struct host_layout host_layout_of(const struct type *t)
{
    switch (t->kind) {
    case TYPE_BOOL: return LAYOUT(bool);
    case TYPE_S8:
    case TYPE_U8: return LAYOUT(uint8_t);
    case TYPE_S16:
    case TYPE_U16: return LAYOUT(uint16_t);
    case TYPE_S32:
    case TYPE_U32:
    case TYPE_CHAR:
    case TYPE_ENUM:
    case TYPE_FLAGS: return LAYOUT(uint32_t);
    case TYPE_S64:
    case TYPE_U64: return LAYOUT(uint64_t);
    case TYPE_F32: return LAYOUT(float);
    case TYPE_F64: return LAYOUT(double);
    case TYPE_STRING: return LAYOUT(str);
    case TYPE_LIST:
    case TYPE_MAP: return LAYOUT(bytes);
    case TYPE_FIXED_LIST: return array_layout(t);
    case TYPE_RECORD:
    case TYPE_TUPLE: return host_layout_of_items(t->of.items.at, t->of.items.len, NULL);
    case TYPE_VARIANT:
    case TYPE_OPTION:
    case TYPE_RESULT: return cases_layout(t);
    case TYPE_OWN:
    case TYPE_BORROW: return LAYOUT(void *);
    }
    __builtin_unreachable();
}
