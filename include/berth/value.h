/* Dynamic values and types, for callers that learn at run time what a component exports: interpreters, command lines,
 * test tools. Those who know it beforehand use structs (component.h, instance.h): they are checked once and cost
 * nothing.
 */
#ifndef BERTH_VALUE_H
#define BERTH_VALUE_H

#include "berth/resource.h"

#ifdef __cplusplus
extern "C" {
#endif

enum berth_kind {
    BERTH_BOOL,
    BERTH_S8,
    BERTH_U8,
    BERTH_S16,
    BERTH_U16,
    BERTH_S32,
    BERTH_U32,
    BERTH_S64,
    BERTH_U64,
    BERTH_F32,
    BERTH_F64,
    BERTH_CHAR,
    BERTH_STRING,
    BERTH_LIST,
    BERTH_MAP,
    BERTH_FIXED_LIST,
    BERTH_RECORD,
    BERTH_TUPLE,
    BERTH_VARIANT,
    BERTH_ENUM,
    BERTH_OPTION,
    BERTH_RESULT,
    BERTH_FLAGS,
    BERTH_OWN,
    BERTH_BORROW
};

/* --- Types --- */

/* A type of a component; the component's. */
struct berth_type;

enum berth_kind berth_type_kind(const struct berth_type *t);

/* Fields of a record, elements of a tuple, cases of a variant, enum, option (none, some) or result (ok, error), flags;
 * 1 for a list or map; else 0. */
size_t berth_type_count(const struct berth_type *t);

/* Name of a field, case or flag; empty where there are only positions. */
berth_string berth_type_name(const struct berth_type *t, size_t i);

/* Type of a field or element, payload of a case (NULL: none), element of a list; of a map the tuple of key and value.
 */
const struct berth_type *berth_type_at(const struct berth_type *t, size_t i);

/* --- Functions --- */

/* As berth_component_func, with whatever type the component gives it. Errors: BERTH_ERROR_LINK. */
bool berth_component_export(struct berth_component *c, const char *interface, const char *name,
                            const struct berth_func **ret, struct berth_error *e);

size_t berth_func_param_count(const struct berth_func *f);
berth_string berth_func_param_name(const struct berth_func *f, size_t i);
const struct berth_type *berth_func_param(const struct berth_func *f, size_t i);
/* NULL when it has none. */
const struct berth_type *berth_func_result(const struct berth_func *f);

/* --- Values --- */

struct berth_value {
    enum berth_kind kind;
    union {
        bool boolean;
        int64_t s;  /* s8 … s64 */
        uint64_t u; /* u8 … u64 */
        float f32;
        double f64;
        uint32_t ch; /* a Unicode scalar value */
        berth_string string;
        struct {
            const struct berth_value *at;
            size_t len;
        } list; /* list; record and tuple: the fields in order; map: tuples of key and value */
        struct {
            uint32_t index;
            const struct berth_value *payload; /* NULL: none */
        } one;                                 /* variant, enum, option (0 none, 1 some), result (0 ok, 1 error) */
        uint32_t flags;                        /* bit 0 is the first flag */
        void *handle;                          /* own, borrow: as in linker.h */
    } of;
};

/* As berth_instance_call, with a value for each parameter. `result` is filled if the function has one (NULL: nobody
 * wants it) and lives as long as what it points to. Errors: also BERTH_ERROR_USAGE, for a value that is not of its
 * parameter's type, with the place of it; BERTH_ERROR_LIMIT, for a result that takes more than 256 MiB as values: the
 * instance lives on then. */
bool berth_instance_call_values(struct berth_instance *i, const struct berth_func *f, const struct berth_value *params,
                                size_t param_count, struct berth_value *result, struct berth_error *e);

#ifdef __cplusplus
}
#endif

#endif
