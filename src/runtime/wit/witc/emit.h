/* The two generated files. */
#ifndef RUNTIME_WIT_WITC_EMIT_H
#define RUNTIME_WIT_WITC_EMIT_H

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "runtime/wit/wit.h"

struct witc {
    const struct wit *wit;
    str symbol;                                   /* "wasi" → wasi_interfaces, … */
    str header_name;                              /* how the source includes the header */
    VEC(const struct wit_interface *) imports;    /* the host implements these */
    VEC(const struct wit_interface *) interfaces; /* these and those that the host calls: the embedded text */
    VEC(str) blocking;                            /* "wasi:io/poll pollable.block" */
    struct arena *arena;
    struct map defined; /* C structs written so far, by name */
};

void emit_header(struct witc *c, struct buf *out);
void emit_source(struct witc *c, struct buf *out);

/* Is the function marked as one that may block? */
bool is_blocking(const struct witc *c, const struct wit_interface *i, const struct wit_func *f);

#endif
