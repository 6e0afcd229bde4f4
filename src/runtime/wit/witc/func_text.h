/* A function as text that stands alone: what berth_component_func compares an export with. */
#ifndef RUNTIME_WIT_WITC_FUNC_TEXT_H
#define RUNTIME_WIT_WITC_FUNC_TEXT_H

#include "base/buf.h"
#include "runtime/wit/wit.h"

/* Appends the function behind the types that it names, wherever they are defined, as items of one interface. Types of
 * one name get others, which do not matter where types are compared. Errors: ERR_UNSUPPORTED for two resources of one
 * name: resources are compared by their names. */
MUST_USE bool func_text(struct buf *out, struct arena *a, const struct wit *w, const struct wit_func *f, struct err *e);

/* "total: func(cart: list<line>) -> u64": alone, with the names that the types have where they are defined. */
void func_line(struct buf *out, const struct wit *w, const struct wit_func *f);

#endif
