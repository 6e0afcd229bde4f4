/* Function bodies of core modules, as far as it matters what they can change: a walk over all instructions that skips
 * their immediates. Spec: WebAssembly core 3.0, "Binary Format / Instructions". */
#ifndef RUNTIME_BINARY_CORE_CODE_H
#define RUNTIME_BINARY_CORE_CODE_H

#include "runtime/binary/reader.h"

struct core_code_facts {
    bool changes_tables;  /* table.set, grow, fill, copy, init */
    bool copies_segments; /* memory.init */
    bool drops_segments;  /* data.drop, elem.drop */
    bool uses_gc;         /* instructions of the garbage collector's objects */
    bool has_unknown;     /* an instruction that this walk does not know: nothing can be said */
};

/* Walks over a code section (without its id and size) and adds to `facts`. ERR_PARSE when it is malformed. */
MUST_USE bool core_code_scan(bytes section, struct core_code_facts *facts, struct err *e);

#endif
