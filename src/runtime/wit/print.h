/* WIT as text: types, functions and whole interfaces. What is printed parses to the same again. */
#ifndef RUNTIME_WIT_PRINT_H
#define RUNTIME_WIT_PRINT_H

#include "base/buf.h"
#include "runtime/wit/wit.h"

/* The name by which a type is referred to here: of a record, variant, enum or flags type (`t`) or
 * of a resource (`r`). STR_NONE when it has none: the type is then spelled out. */
struct wit_names {
    str (*of)(const struct wit_names *names, const struct type *t, const struct resource_type *r);
};

/* An identifier, with the % that keywords need. */
void wit_print_id(struct buf *out, str name);

/* A reference to a type: its name, or its structure. */
void wit_print_type(struct buf *out, const struct wit_names *names, const struct type *t);

/* "func(a: u32) -> string"; `skip` parameters (self) are left out. */
void wit_print_func(struct buf *out, const struct wit_names *names, const struct func_type *f, uint32_t skip);

/* "    add: func(line: line);": a method, static function or constructor as it stands in its resource, and a newline.
 */
void wit_print_method(struct buf *out, const struct wit_names *names, const struct wit_func *f);

/* A definition with its name, "record x { … }" or "type x = …;", ended by a newline. */
void wit_print_definition(struct buf *out, const struct wit_names *names, str name, const struct type *t,
                          const char *indent);

/* "interface types { … }". */
void wit_print_interface(struct buf *out, const struct wit_interface *i);

#endif
