/* The data segments of a core module. Spec: WebAssembly core 3.0, "Binary Format / Modules / Data Section". */
#ifndef RUNTIME_BINARY_CORE_DATA_H
#define RUNTIME_BINARY_CORE_DATA_H

#include "base/vec.h"
#include "runtime/binary/reader.h"

struct buf; /* base/buf.h */

struct core_data {
    bool active;     /* copied into a memory when the module is instantiated */
    uint32_t memory; /* of an active one */
    bytes offset;    /* there: a constant expression without its `end` */
    bytes content;
};

typedef VEC(struct core_data) core_data_list;

/* Reads a data section (without its id and size) and appends to `ret`, which the caller frees. */
MUST_USE bool core_data_read(bytes section, core_data_list *ret, struct err *e);

/* The section with all segments passive. */
void core_data_put_passive(struct buf *out, const core_data_list *l);

/* Instructions that do with the passive segments what instantiation does with the active ones. */
void core_data_put_copies(struct buf *code, const core_data_list *l);

#endif
