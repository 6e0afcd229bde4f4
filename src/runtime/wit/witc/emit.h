/* The two generated files. */
#ifndef RUNTIME_WIT_WITC_EMIT_H
#define RUNTIME_WIT_WITC_EMIT_H

#include "base/buf.h"
#include "base/map.h"
#include "base/vec.h"
#include "runtime/wit/wit.h"

/* Lines "wasi:io/poll pollable.block": an interface and a function of it. */
typedef VEC(str) func_list;

/* A function that a world exports. */
struct export_func {
    const struct wit_interface *owner; /* the interface, or the scope of the world: its name begins the C names */
    const struct wit_func *func;
    bool in_interface;
};

struct witc {
    const struct wit *wit;
    str symbol;                                   /* "wasi" → wasi_interfaces, … */
    str header_name;                              /* how the source includes the header */
    VEC(const struct wit_interface *) imports;    /* the host implements these */
    VEC(const struct wit_interface *) interfaces; /* these and those that the host calls: the embedded text */
    VEC(struct export_func) exports;              /* the library's user calls these */
    func_list blocking, constant;                 /* see struct host_func */
    struct arena *arena;
    struct map defined; /* C structs written so far, by name */
    bool library;       /* for programs that embed libberth, not for the runtime itself */
};

void emit_header(struct witc *c, struct buf *out);
void emit_source(struct witc *c, struct buf *out);
/* The source for embedders. Errors: of func_text. */
MUST_USE bool emit_library_source(struct witc *c, struct buf *out, struct err *e);
/* Of both files, what is there for exports. */
void emit_exports_header(struct witc *c, struct buf *out);
MUST_USE bool emit_exports_source(struct witc *c, struct buf *out, struct err *e);

/* The structs that a function's arguments and result are made of, and that of its arguments; each is written once. */
void emit_parts(struct witc *c, struct buf *out, const struct wit_func *f);
void emit_args(struct witc *c, struct buf *out, const struct wit_interface *i, const struct wit_func *f);

/* What both sources have: that the compiler lays the structs of a function out as the runtime does; a function that
 * drops a resource; a text as a C string, a line a line. */
void emit_asserts(struct witc *c, struct buf *out, const struct wit_interface *i, const struct wit_func *f);
void emit_drop(struct witc *c, struct buf *out, const struct resource_type *r);
void emit_text(struct buf *out, str text);

bool is_listed(const func_list *list, const struct wit_interface *i, const struct wit_func *f);

#endif
