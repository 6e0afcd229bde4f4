/* wasi:io/error: why a stream operation failed, as text and, for HTTP bodies, as an error-code. */
#ifndef RUNTIME_WASI_IO_ERROR_H
#define RUNTIME_WASI_IO_ERROR_H

#include "runtime/wasi/state.h"
#include "runtime/wasi/wasi_gen.h"

struct wasi_io_error_error {
    struct wasi_object object;
    str text; /* own copy */
    struct wasi_http_types_error_code code;
};

/* Copies `text` (cut to a reasonable length); texts inside `code` must be static. NULL when the
 * instance has too many objects: the operation is then reported as `closed`. */
struct wasi_io_error_error *wasi_error_new(struct wasi *w, str text, struct wasi_http_types_error_code code);

#endif
