/* Reading the file of a component. */
#ifndef SERVER_APP_WASM_FILE_H
#define SERVER_APP_WASM_FILE_H

#include "base/err.h"
#include "base/str.h"

#define WASM_FILE_MAX_BYTES ((uint64_t)1 << 31)

/* The whole file, in memory of its own: a mapped file would change under a running server when it is built anew.
 * Freed by wasm_file_free. Errors: ERR_SYSTEM; ERR_LIMIT above WASM_FILE_MAX_BYTES; ERR_INVALID when it is no file. */
MUST_USE bool wasm_file_read(str path, bytes *ret, struct err *e);
void wasm_file_free(bytes b);

/* Completes an error about what the file holds by what to do about it, where the error does not say so itself. */
void wasm_file_help(struct err *e, str path);

#endif
