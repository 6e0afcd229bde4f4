/* The Component Model's value, function and resource types, as both WIT text and component binaries produce
 * them. Types are immutable, live in the arena of whoever made them, and are shared by pointer; each carries
 * its Canonical ABI measures. Type names (aliases) are not part of a type: `(type (eq $t))` is `$t`.
 *
 * Spec: Explainer.md "Type Definitions"; CanonicalABI.md "Alignment", "Element Size", "Flattening". */
#ifndef RUNTIME_TYPE_TYPE_H
#define RUNTIME_TYPE_TYPE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

#define TYPE_KINDS(X)                       \
    X(TYPE_BOOL, "bool")                    \
    X(TYPE_S8, "s8")                        \
    X(TYPE_U8, "u8")                        \
    X(TYPE_S16, "s16")                      \
    X(TYPE_U16, "u16")                      \
    X(TYPE_S32, "s32")                      \
    X(TYPE_U32, "u32")                      \
    X(TYPE_S64, "s64")                      \
    X(TYPE_U64, "u64")                      \
    X(TYPE_F32, "f32")                      \
    X(TYPE_F64, "f64")                      \
    X(TYPE_CHAR, "char")                    \
    X(TYPE_STRING, "string")                \
    X(TYPE_LIST, "list")                    \
    X(TYPE_MAP, "map")                      \
    X(TYPE_FIXED_LIST, "fixed-length list") \
    X(TYPE_RECORD, "record")                \
    X(TYPE_TUPLE, "tuple")                  \
    X(TYPE_VARIANT, "variant")              \
    X(TYPE_ENUM, "enum")                    \
    X(TYPE_OPTION, "option")                \
    X(TYPE_RESULT, "result")                \
    X(TYPE_FLAGS, "flags")                  \
    X(TYPE_OWN, "own")                      \
    X(TYPE_BORROW, "borrow")

/* Kinds up to TYPE_STRING are the primitive ones. */
enum type_kind {
#define TYPE_ENUM_ROW(name, text) name,
    TYPE_KINDS(TYPE_ENUM_ROW)
#undef TYPE_ENUM_ROW
};

struct type;

/* A resource type. Identity is the pointer: two types with one name are different types.
 * In a WIT interface it is the interface's resource; in a component's types it stands for one imported
 * (`sub resource`) or locally defined resource of that component definition, numbered by `index` within it. */
struct resource_type {
    str name;       /* for messages: "fields", "wasi:http/types.fields" */
    uint32_t index; /* dense within the component definition or interface that owns it */
    bool local;     /* defined here with a representation, not imported */
};

/* Name and type: of a record's field, a variant's case (type NULL without payload), a parameter. Tuples have
 * empty names; enum cases and flags have no type. */
struct named_type {
    str name;
    const struct type *type;
};

struct type {
    enum type_kind kind;
    uint32_t size;                  /* elem_size in linear memory, in bytes */
    uint32_t align;                 /* alignment in linear memory: 1, 2, 4, 8 */
    uint32_t wide_size, wide_align; /* the same with 64-bit addresses: only whether the type is valid depends on them */
    uint32_t flat_count;            /* core values of flatten_type; saturates at TYPE_FLAT_MANY */
    uint32_t nodes;   /* types in its tree, shared ones counted each time; cases and flags count one each */
    uint32_t depth;   /* of its tree; a primitive is 1 */
    bool has_pointer; /* reaches a string or list: lifting and lowering need memory */
    bool has_handle;  /* reaches own or borrow */
    bool has_borrow;  /* reaches borrow */
    union {
        const struct type *elem; /* list, option; of a map the tuple of key and value: it is a list of these */
        struct {
            const struct type *elem;
            uint32_t len; /* at least 1 */
        } array;          /* fixed-length list */
        struct {
            const struct type *ok, *err;
        } result; /* either may be NULL */
        struct {
            const struct named_type *at;
            uint32_t len;
        } items;                              /* record, tuple, variant, enum, flags */
        const struct resource_type *resource; /* own, borrow */
    } of;
};

struct func_type {
    const struct named_type *params;
    uint32_t param_count;
    const struct type *result; /* NULL: none */
    bool async;
};

enum {
    TYPE_FLAT_MANY = 255,
    MAX_FLAT_PARAMS = 16, /* CanonicalABI.md "Flattening" */
    MAX_FLAT_RESULTS = 1,
    MAX_FLAGS = 32,
};

/* A type at or above this elem_size, with 64-bit addresses, is invalid. Spec: CanonicalABI.md "Element Size". The tuple
 * of a map's key and value is no type of its own and may be larger. */
#define TYPE_MAX_SIZE (1u << 28)

/* What keeps work on a type bounded: a few bytes of binary can share types into trees of any size.
 * TYPE_MAX_DEPTH bounds recursion, here and in everything that walks a type. */
enum { TYPE_MAX_NODES = 1000000, TYPE_MAX_DEPTH = 100 };

/* The one object of a primitive kind (TYPE_BOOL … TYPE_STRING); static storage. */
const struct type *type_primitive(enum type_kind kind);

/* Constructors. Arrays given are copied into the arena, names are borrowed. They fail with ERR_INVALID for what
 * the specification forbids about the type itself (no fields, more than 32 flags, TYPE_MAX_SIZE) and with ERR_LIMIT
 * past TYPE_MAX_NODES or TYPE_MAX_DEPTH. */
MUST_USE bool type_list(struct arena *a, const struct type *elem, const struct type **ret, struct err *e);
MUST_USE bool type_fixed_list(struct arena *a, const struct type *elem, uint32_t len, const struct type **ret,
                              struct err *e);
/* The key must be a bool, an integer, a char or a string. */
MUST_USE bool type_map(struct arena *a, const struct type *key, const struct type *value, const struct type **ret,
                       struct err *e);
MUST_USE bool type_option(struct arena *a, const struct type *elem, const struct type **ret, struct err *e);
MUST_USE bool type_result(struct arena *a, const struct type *ok, const struct type *err, const struct type **ret,
                          struct err *e);
MUST_USE bool type_items(struct arena *a, enum type_kind kind, const struct named_type *items, uint32_t len,
                         const struct type **ret, struct err *e);
const struct type *type_handle(struct arena *a, enum type_kind own_or_borrow, const struct resource_type *r);

/* Bytes of `t` in memory when it consists of integers without padding, so that any bytes are a value; else 0. Floats
 * are not among these: NaNs are made canonical. */
uint32_t type_plain_bytes(const struct type *t);

/* Bytes of the discriminant of a variant, enum, option or result with `cases` cases: 1, 2 or 4. */
uint32_t type_discriminant_size(uint32_t cases);

/* Cases of a variant, enum, option or result, and the payload of one (NULL: none). Option: none, some. */
uint32_t type_case_count(const struct type *t);
const struct type *type_case_payload(const struct type *t, uint32_t i);

/* Offset of the payload behind the discriminant. */
uint32_t type_payload_offset(const struct type *t);

const char *type_kind_name(enum type_kind kind);

/* Core value types as flattening produces them. */
enum core_type { CORE_I32, CORE_I64, CORE_F32, CORE_F64 };

/* Writes the flattening of `t` to `out` (room for `t->flat_count`, which must be below TYPE_FLAT_MANY)
 * and returns how many. Spec: CanonicalABI.md flatten_type, join. */
uint32_t type_flatten(const struct type *t, enum core_type *out);

/* The core signature of a function lifted or lowered synchronously.
 * Spec: CanonicalABI.md flatten_functype. */
struct core_signature {
    enum core_type params[MAX_FLAT_PARAMS + 1];
    uint32_t param_count;
    enum core_type results[MAX_FLAT_RESULTS];
    uint32_t result_count;
    bool params_spilled;  /* one pointer to a tuple of the parameters */
    bool results_spilled; /* lower: last parameter is a pointer; lift: the result is one */
};
void func_type_flatten(const struct func_type *f, bool lower, struct core_signature *ret);

/* Structural equality. Resources are compared by `same(ctx, a, b)`, by pointer when `same` is NULL.
 * On inequality `e` (may be NULL) says where and what differs: "field 'x': expected u32, found string"
 * (`want` expected, `got` found); its kind is ERR_INVALID. */
typedef bool resource_same_fn(void *ctx, const struct resource_type *want, const struct resource_type *got);
bool type_equal(const struct type *want, const struct type *got, resource_same_fn *same, void *ctx, struct err *e);
bool func_type_equal(const struct func_type *want, const struct func_type *got, resource_same_fn *same, void *ctx,
                     struct err *e);

/* The same where the two come from different hands; on inequality `e` has both as WIT text, and the way to the place
 * where they differ if it is deeper: "parameter 'n' is u64 where the host offers u32". `where` is what comes before the
 * wanted one ("the host offers"), `what` what the type is of ("type 'point'"). The kind is ERR_LINK. */
MUST_USE bool type_expect(const struct type *want, const struct type *got, resource_same_fn *same, void *ctx,
                          const char *what, const char *where, struct err *e);
MUST_USE bool func_type_expect(const struct func_type *want, const struct func_type *got, resource_same_fn *same,
                               void *ctx, const char *where, struct err *e);

/* WIT text of a type or function for messages and `inspect`: named types are spelled out. NUL-terminated, cut with
 * "..." to `size` bytes, which must be at least 4. */
void type_print(const struct type *t, char *out, size_t size);
void func_type_print(const struct func_type *f, char *out, size_t size);

#endif
