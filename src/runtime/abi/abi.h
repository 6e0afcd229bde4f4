/* The Canonical ABI between guest memory and C structs: a function type is compiled once into an `abi_func`, which
 * then lifts flat core values and linear memory into the host layout (host_layout.h) and lowers host values
 * back. Pure: guest memory is a pointer and a length, everything else goes through `abi_env`.
 *
 * Spec: CanonicalABI.md "Loading", "Storing", "Lifting/Lowering Flat Values", "Lifting and Lowering Values". */
#ifndef RUNTIME_ABI_ABI_H
#define RUNTIME_ABI_ABI_H

#include "base/arena.h"
#include "base/err.h"
#include "runtime/type/type.h"

enum string_encoding { ENCODING_UTF8, ENCODING_UTF16, ENCODING_LATIN1_UTF16 };

/* One core value, as wide as a v128: the form in which engines hand values over, so that none is copied. What a
 * narrower value leaves over is ignored when read. */
union core_value {
    uint32_t i32;
    uint64_t i64;
    float f32;
    double f64;
    uint64_t v128[2];
};

/* What lifting and lowering ask of the instance. One per call; all callbacks get the env itself, which is embedded
 * in the caller's own struct. Callbacks that fail have set `e`. */
struct abi_env {
    const struct abi_env_ops *ops;
    uint8_t *memory; /* linear memory of the canon options; refreshed by realloc */
    size_t memory_len;
    enum string_encoding encoding;
    /* From one guest to another, set on both sides: a string's host value is a slice of the memory that it comes from,
     * in the encoding that stands here, with the length that stands there (code units, tagged). Lifting checks it and
     * lowering turns it into the other encoding, so that no copy of it is made in between. NULL: it is a str. */
    const enum string_encoding *verbatim;
    struct arena *arena; /* for lists of non-scalars and transcoded strings; host values may point here */
};

struct abi_env_ops {
    /* Calls the guest's realloc(old, old_size, align, new_size); must refresh env->memory and memory_len.
     * The result is checked (alignment, range) by the caller, lib abi. */
    bool (*realloc)(struct abi_env *env, uint32_t old, uint32_t old_size, uint32_t align, uint32_t new_size,
                    uint32_t *ret, struct err *e);
    /* lift_own: takes the handle out of the table; the host object's reference moves to the caller. */
    bool (*lift_own)(struct abi_env *env, const struct resource_type *r, uint32_t handle, void **ret, struct err *e);
    /* lift_borrow: the object, lent until the call ends. */
    bool (*lift_borrow)(struct abi_env *env, const struct resource_type *r, uint32_t handle, void **ret, struct err *e);
    /* lower_own: gives the reference to the guest as a new handle. */
    bool (*lower_own)(struct abi_env *env, const struct resource_type *r, void *object, uint32_t *ret, struct err *e);
    /* lower_borrow: a handle that must be dropped before the call returns. */
    bool (*lower_borrow)(struct abi_env *env, const struct resource_type *r, void *object, uint32_t *ret,
                         struct err *e);
};

struct abi_func;

/* What the C struct of the parameters, or of the result, may take: it is made anew for each call, and fixed-length
 * lists lie in it. */
#define ABI_MAX_HOST_BYTES (1u << 24)

/* Compiles `f` for use with flat values. The arena owns the result; `f` must live as long. `resources`, by index, are
 * what the env is to be asked for in place of those of `f`; NULL: these themselves. Fails with ERR_LIMIT for what is
 * too large. */
MUST_USE bool abi_compile(struct arena *a, const struct func_type *f, const struct resource_type *const *resources,
                          struct abi_func **ret, struct err *e);

/* Bytes of the C struct of the parameters and of the result (0: no result), both aligned to at most 8. */
size_t abi_params_size(const struct abi_func *f);
size_t abi_result_size(const struct abi_func *f);

/* True when lifting the parameters or lowering the result touches linear memory / calls realloc: the canon
 * options must name them. */
bool abi_needs_memory(const struct abi_func *f);
bool abi_needs_realloc(const struct abi_func *f, bool lower);

/* What one call may lift: bytes of strings, and bytes of host values in lists that are not slices. Guest lists may
 * overlap, so a small memory can describe any amount. Spec: CanonicalABI.md "Implementation-Defined Limits". */
#define ABI_MAX_LIFT_BYTES (1u << 28)

/* The host is called (canon lower): flat arguments → C struct; C result → flat results or memory.
 * `flat` holds the core parameters, including the trailing result pointer when results are spilled.
 * abi_lower_result writes `flat[0]` when there is one flat result.
 * When lowering fails midway, own handles already lowered stay in the table (the instance is dead: it trapped).
 * When lifting fails midway, objects that lift_own took out already are still the env's to release: it saw each. */
MUST_USE bool abi_lift_params(const struct abi_func *f, struct abi_env *env, const union core_value *flat, void *params,
                              struct err *e);
MUST_USE bool abi_lower_result(const struct abi_func *f, struct abi_env *env, const void *result,
                               union core_value *flat, struct err *e);

/* The host calls (canon lift): C struct → flat arguments (spilled through realloc when more than 16); the
 * callee's flat result → C struct. Strings and lists in the result point into guest memory or the env's arena. */
MUST_USE bool abi_lower_params(const struct abi_func *f, struct abi_env *env, const void *params,
                               union core_value *flat, struct err *e);
MUST_USE bool abi_lift_result(const struct abi_func *f, struct abi_env *env, const union core_value *flat, void *result,
                              struct err *e);

/* For those who lift and lower without the programs, by the same rules: whether the result, if it is
 * spilled, may be stored at `ptr`; whether realloc may return `ptr` for a block; whether a string that lies in memory
 * is UTF-8. */
MUST_USE bool abi_check_result_pointer(const struct abi_func *f, const struct abi_env *env, uint32_t ptr,
                                       struct err *e);
MUST_USE bool abi_check_block(const struct abi_env *env, uint32_t ptr, uint32_t align, uint32_t size, struct err *e);
bool abi_is_utf8(const struct abi_env *env, uint32_t ptr, uint32_t len);

#endif
