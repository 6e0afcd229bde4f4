/* A core module while it is being written: its sections. Internal to link/.
 *
 * Spec: WebAssembly core, "Binary Format / Modules". */
#ifndef RUNTIME_LINK_MODULE_WRITER_H
#define RUNTIME_LINK_MODULE_WRITER_H

#include "base/arena.h"
#include "runtime/link/adapter_body.h"

/* A section's items and how many they are. */
struct module_section {
    struct buf items;
    uint32_t count;
};

struct module_writer {
    struct module_section types, imports, funcs, tables, globals, exports, elements, code;
    uint32_t imported_funcs, imported_globals;
};

void module_init(struct module_writer *m);

/* Puts the sections together and frees them. */
bytes module_end(struct module_writer *m, struct arena *a);

/* Each adds something and returns its index. Imports come before functions. */
uint32_t module_type(struct module_writer *m, const struct core_signature *sig);
uint32_t module_import_func(struct module_writer *m, str module, uint32_t number, const struct core_signature *sig);
uint32_t module_import_flag(struct module_writer *m, str module, uint32_t number);
void module_import_memory(struct module_writer *m, uint32_t number);
void module_import_table(struct module_writer *m);
/* Ends the body. */
uint32_t module_func(struct module_writer *m, const struct core_signature *sig, struct adapter_body *b);

enum module_kind { MODULE_FUNC = 0, MODULE_TABLE = 1, MODULE_MEMORY = 2, MODULE_GLOBAL = 3 };

/* Exports something by a number. */
void module_export(struct module_writer *m, uint32_t number, enum module_kind kind, uint32_t index);

/* Defines and exports a table of `len` functions. */
void module_table(struct module_writer *m, uint32_t len);

/* Puts functions into table 0, from the element `at` on. */
void module_elements(struct module_writer *m, uint32_t at, const uint32_t *funcs, uint32_t count);

/* A global that begins as 1. */
uint32_t module_flag(struct module_writer *m);

#endif
