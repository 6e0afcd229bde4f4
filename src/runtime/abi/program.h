/* Layout programs: what a function type is compiled into. A program moves one set of values between
 * their core form and their C struct; the same program serves both directions. Private to this
 * folder.
 *
 * The core form is linear memory or an array of flat slots. A flat slot is treated as memory too:
 * slot i lies at byte 16 * i and holds its value little-endian, so that reading a narrower or
 * joined type out of a wider slot is reading its low bytes: the wrap and reinterpretation of
 * CanonicalABI.md lift_flat_variant need no code. Lowering zeroes the slots first, so that a narrow
 * write is zero-extended and unused slots are 0. */
#ifndef RUNTIME_ABI_PROGRAM_H
#define RUNTIME_ABI_PROGRAM_H

#include <assert.h>

#include "runtime/abi/abi.h"

/* `core` and `host` are byte offsets from where the values start. A number in a name is the width
 * of the core form in bits. Numbers that look alike on both sides are just moved. */
/* clang-format off */
enum op_kind {
    OP_MOVE8, OP_MOVE16, OP_MOVE32, OP_MOVE64,
    OP_S8_IN_32, OP_S16_IN_32,          /* flat: sign-extended when lowered */
    OP_BOOL8, OP_BOOL32,
    OP_F32, OP_F64,                     /* NaNs are made canonical */
    OP_CHAR,
    OP_FLAGS8, OP_FLAGS16, OP_FLAGS32,  /* aux: mask of the flags that exist */
    OP_TAG8, OP_TAG16, OP_TAG32,        /* aux: number of cases; uint32_t on the host side */
    OP_BOOL_TAG8, OP_BOOL_TAG32,        /* two cases; bool on the host side */
    OP_SWITCH, OP_BOOL_SWITCH,          /* host: the tag; aux: index of its first entry in `targets` */
    OP_JUMP,                            /* aux: index of the next op */
    OP_STRING,                          /* aux: core offset of the length */
    OP_SLICE,                           /* aux: index in `lists`; elements look alike on both sides */
    OP_LIST,                            /* aux: index in `lists` */
    OP_COPY,                            /* aux: bytes, which look alike on both sides */
    OP_ARRAY,                           /* in memory; aux: index in `lists` */
    OP_OWN, OP_BORROW,                  /* aux: index in `resources` */
    OP_END,
};
/* clang-format on */

struct op {
    enum op_kind kind;
    uint32_t core, host, aux;
};

struct list_shape {
    uint32_t len_core; /* core offset of the length */
    uint32_t count;    /* of elements; of OP_ARRAY only, in place of a length */
    uint32_t pc;       /* first op of the elements' program; not of OP_SLICE */
    uint32_t elem_size, elem_align;
    size_t host_size; /* of one element */
};

/* The parameters or the result. */
struct side {
    uint32_t pc;
    uint32_t flat_count; /* slots; of values in memory 0 */
    bool in_memory;      /* spilled: at a pointer, as a tuple of `size` and `align` */
    uint32_t size, align;
    size_t host_size;
    bool dense; /* lifting writes every byte of the C struct */
    bool has_pointer;
};

struct abi_func {
    const struct op *ops;
    const uint32_t *targets;
    const struct list_shape *lists;
    const struct resource_type *const *resources;
    struct side params, result;
};

enum { SLOT_BYTES = sizeof(union core_value) };

/* Longest string or list, in bytes. Spec: MAX_STRING_BYTE_LENGTH, MAX_LIST_BYTE_LENGTH. */
#define ABI_MAX_BYTES ((1u << 28) - 1)

/* Marks a length in latin1+utf16 as one of UTF-16 code units. */
#define UTF16_TAG (1u << 31)

/* A list in the host layout, whatever its elements. */
struct host_list {
    const void *ptr;
    size_t len;
};

static_assert(sizeof(struct host_list) == sizeof(str) && sizeof(str) == sizeof(bytes) &&
                  offsetof(struct host_list, len) == offsetof(str, len) &&
                  offsetof(struct host_list, len) == offsetof(bytes, len),
              "slices look alike");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "linear memory is little-endian");

static inline uint16_t get_u16(const uint8_t *at)
{
    uint16_t v;
    memcpy(&v, at, sizeof(v));
    return v;
}

static inline uint32_t get_u32(const uint8_t *at)
{
    uint32_t v;
    memcpy(&v, at, sizeof(v));
    return v;
}

/* Spec: CanonicalABI.md "Loading", canonicalize_nan32, canonicalize_nan64. Moves bits, so that
 * signalling NaNs do not pass through a register that changes them. */
static inline void move_f32(uint8_t *to, const uint8_t *from)
{
    uint32_t bits = get_u32(from);
    if ((bits & 0x7fffffff) > 0x7f800000)
        bits = 0x7fc00000;
    memcpy(to, &bits, sizeof(bits));
}

static inline void move_f64(uint8_t *to, const uint8_t *from)
{
    uint64_t bits;
    memcpy(&bits, from, sizeof(bits));
    if ((bits & 0x7fffffffffffffff) > 0x7ff0000000000000)
        bits = 0x7ff8000000000000;
    memcpy(to, &bits, sizeof(bits));
}

/* Writes a str, bytes or host_list, each part from a register: a struct built in memory and copied
 * from there at once would wait for its parts. */
static inline void put_slice(uint8_t *to, const void *ptr, size_t len)
{
    memcpy(to + offsetof(struct host_list, ptr), &ptr, sizeof(ptr));
    memcpy(to + offsetof(struct host_list, len), &len, sizeof(len));
}

static inline bool is_scalar_value(uint32_t c)
{
    return c < 0x110000 && (c < 0xd800 || c > 0xdfff);
}

static inline void put_u32(uint8_t *at, uint32_t v)
{
    memcpy(at, &v, sizeof(v));
}

#endif
