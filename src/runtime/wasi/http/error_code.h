/* wasi:http/types.error-code: their names, and which one says what a struct err says. */
#ifndef RUNTIME_WASI_HTTP_ERROR_CODE_H
#define RUNTIME_WASI_HTTP_ERROR_CODE_H

#include "base/err.h"
#include "runtime/wasi/wasi_gen.h"

/* As in WIT: "DNS-timeout". */
const char *wasi_error_code_name(uint32_t tag);

/* For a request body that could not be read. Without texts of the error itself. */
struct wasi_http_types_error_code wasi_error_code_of(const struct err *e);

/* A body that differs from its content-length. */
struct wasi_http_types_error_code wasi_error_code_body_size(bool response, uint64_t count);

#endif
