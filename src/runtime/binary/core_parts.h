/* A core module taken apart, as far as rewriting it needs (instrument.h): its sections, how many there are of what, and
 * the items that make up its state. Internal to binary/. */
#ifndef RUNTIME_BINARY_CORE_PARTS_H
#define RUNTIME_BINARY_CORE_PARTS_H

#include "base/vec.h"
#include "runtime/binary/core_data.h"
#include "runtime/binary/instrument.h"

enum { PREAMBLE_BYTES = 8 };

enum {
    ID_CUSTOM,
    ID_TYPE,
    ID_IMPORT,
    ID_FUNCTION,
    ID_TABLE,
    ID_MEMORY,
    ID_GLOBAL,
    ID_EXPORT,
    ID_START,
    ID_CODE = 10,
    ID_DATA,
    ID_DATA_COUNT,
    ID_MAX
};

struct core_parts_table {
    uint32_t index;
    uint8_t element; /* type */
    uint64_t min;
};

struct core_parts_global {
    uint32_t index;
    uint8_t type;
};

/* Points into the module's bytes. */
struct core_parts {
    bytes sections[ID_MAX + 1]; /* by id, without id and size; custom ones are apart */
    VEC(bytes) customs;         /* with id and size */
    uint32_t types, imported_funcs, funcs, imported_globals, globals, imported_tables, tables;
    uint32_t imported_memories, memories;
    VEC(struct core_parts_global) mutable_globals; /* defined here */
    VEC(struct core_parts_table) defined_tables;
    core_data_list data;
    bool has_start;
    uint32_t start; /* function */
    struct instrument_facts facts;
};

/* On false, too, core_parts_fini is the caller's to call. */
MUST_USE bool core_parts_read(bytes module, struct core_parts *ret, struct err *e);
void core_parts_fini(struct core_parts *p);

/* The items of a section; none when the module does not have it. */
MUST_USE bool core_parts_open(const struct core_parts *p, uint8_t id, struct reader *r, uint32_t *ret_count,
                              struct err *e);

#endif
