/* What the files that read components share: one function for an entry of each kind of section.
 * Spec: Binary.md; the names are those of its grammar. */
#ifndef RUNTIME_BINARY_SECTIONS_H
#define RUNTIME_BINARY_SECTIONS_H

#include "base/vec.h"
#include "runtime/binary/component.h"
#include "runtime/binary/core_types.h"
#include "runtime/binary/reader.h"

/* Nested components, and types declared within types. */
enum { MAX_NESTING = 100 };

enum { MAX_DEFS = 1000000, MAX_ARGS = 100000, MAX_CANON_OPTIONS = 10 };

typedef VEC(struct def) def_list;

/* One component while it is read. */
struct component_reading {
    struct arena *arena;
    struct reader r;   /* of the current section */
    unsigned features; /* component_feature */
    uint32_t nesting;  /* of components, then of types inside */
    def_list defs;
};

/* Each reads one entry of its section and appends its definitions. */
MUST_USE bool read_core_instance(struct component_reading *c, struct err *e);
MUST_USE bool read_core_type(struct component_reading *c, struct err *e);
MUST_USE bool read_instance(struct component_reading *c, struct err *e);
MUST_USE bool read_alias(struct component_reading *c, struct err *e);
MUST_USE bool read_type(struct component_reading *c, struct err *e);
MUST_USE bool read_canon(struct component_reading *c, struct err *e);
MUST_USE bool read_import(struct component_reading *c, struct err *e);
MUST_USE bool read_export(struct component_reading *c, struct err *e);

/* Parts that several of them share. */
MUST_USE bool read_extern_name(struct reader *r, struct extern_name *ret, struct err *e);
MUST_USE bool read_extern_desc(struct reader *r, struct extern_desc *ret, struct err *e);
/* sort; `what` names the place in errors. */
MUST_USE bool read_sort(struct reader *r, const char *what, enum sort *ret, struct err *e);
MUST_USE bool read_sort_idx(struct reader *r, struct sort_idx *ret, struct err *e);
MUST_USE bool read_alias_def(struct reader *r, struct alias_def *ret, struct err *e);

#endif
