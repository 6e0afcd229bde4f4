/* Errors of the library's insides as its users see them. */
#ifndef EMBED_ERROR_H
#define EMBED_ERROR_H

#include "base/err.h"
#include "berth/error.h"

/* Copies `from` to `to` (which may be NULL). False, for `return`. */
bool error_give(struct berth_error *to, const struct err *from);

#endif
