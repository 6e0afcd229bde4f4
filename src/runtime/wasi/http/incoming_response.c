/* wasi:http/types.future-incoming-response and incoming-response: requests of guests are denied, so
 * there are none. */
#include "runtime/wasi/absent.h"
#include "runtime/wasi/wasi_gen.h"

WASI_TRAPS(wasi_http_types_future_incoming_response_subscribe, struct wasi_io_poll_pollable *)
WASI_TRAPS(wasi_http_types_future_incoming_response_get,
           struct option_result_result_wasi_http_types_incoming_response_wasi_http_types_error_code_void)
WASI_NEVER_DROPPED(wasi_http_types_future_incoming_response)

WASI_TRAPS(wasi_http_types_incoming_response_status, uint16_t)
WASI_TRAPS(wasi_http_types_incoming_response_headers, struct wasi_http_types_fields *)
WASI_TRAPS(wasi_http_types_incoming_response_consume, struct result_wasi_http_types_incoming_body_void)
WASI_NEVER_DROPPED(wasi_http_types_incoming_response)
