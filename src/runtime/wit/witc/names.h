/* How WIT names become C names; the rules stand at the top of the generated header and in docs/internals/witc.md. */
#ifndef RUNTIME_WIT_WITC_NAMES_H
#define RUNTIME_WIT_WITC_NAMES_H

#include "base/buf.h"
#include "runtime/wit/wit.h"

/* "set-body" → "set_body"; with `upper` "SET_BODY". Keywords of C and C++ get a trailing underscore unless they are
 * part of more. */
void put_snake(struct buf *out, str kebab, bool upper);
void put_member(struct buf *out, str kebab);

/* "wasi:http/types@0.2.12" → "wasi_http_types" */
void put_prefix(struct buf *out, str interface, bool upper);

/* The interface or world that defines a record, variant, enum or flags type, and its name there. */
const struct wit_type *defining_type(const struct wit *w, const struct type *t);
const struct wit_type *defining_resource(const struct wit *w, const struct resource_type *r);

/* "wasi_http_types_method": of a named type. */
void put_tag(struct buf *out, const struct wit_type *t, bool upper);

/* The name of a type as part of another's: "bytes", "tuple_string_bytes", "wasi_io_poll_pollable", "void" for NULL. */
void put_mangled(struct buf *out, const struct wit *w, const struct type *t);

/* The C type: "uint32_t", "struct list_string", "struct wasi_io_poll_pollable *". */
void put_c_type(struct buf *out, const struct wit *w, const struct type *t);

/* "wasi_http_types_fields_append" */
void put_func(struct buf *out, const struct wit_interface *i, const struct wit_func *f);

/* Is this type one that the header defines as a struct of its own? */
bool has_struct(const struct type *t);

#endif
