/* Types of core modules in binary form, as modules, core type sections and module types share them.
 * Spec: WebAssembly core 3.0, "Binary Format / Types". */
#ifndef RUNTIME_BINARY_CORE_TYPES_H
#define RUNTIME_BINARY_CORE_TYPES_H

#include "base/vec.h"
#include "runtime/binary/core_module.h"
#include "runtime/binary/reader.h"

typedef VEC(struct core_type_def) core_type_list;

/* Value or reference type as its byte, 0 for what needs more than one. */
MUST_USE bool read_core_valtype(struct reader *r, uint8_t *ret, struct err *e);
MUST_USE bool read_core_table_type(struct reader *r, struct core_extern_type *ret, struct err *e);
/* An entry of a module's table section: a type, and perhaps an initial value, which is skipped. */
MUST_USE bool read_core_table(struct reader *r, struct core_extern_type *ret, bool *ret_with_value, struct err *e);
MUST_USE bool read_core_memory_type(struct reader *r, struct core_extern_type *ret, struct err *e);
MUST_USE bool read_core_global_type(struct reader *r, struct core_extern_type *ret, struct err *e);

/* externtype: kind byte and type. For functions and tags `*ret_index` is the type index and `ret->func` NULL. */
MUST_USE bool read_core_extern_type(struct reader *r, struct core_extern_type *ret, uint32_t *ret_index, struct err *e);

/* rectype: one type, or a group of them; appended to `ret`, which the caller frees. */
MUST_USE bool read_core_rectype(struct reader *r, struct arena *a, core_type_list *ret, struct err *e);

/* The same where `lead`, the first byte, has been read already. */
MUST_USE bool read_core_rectype_after(struct reader *r, struct arena *a, uint8_t lead, core_type_list *ret,
                                      struct err *e);

/* What follows the 0x50 of a core module type. Spec: Binary.md core:moduletype. */
MUST_USE bool read_core_module_type(struct reader *r, struct arena *a, struct core_type_def *ret, struct err *e);

/* Skips a constant expression up to and with its `end`. */
MUST_USE bool skip_core_const_expr(struct reader *r, struct err *e);

#endif
