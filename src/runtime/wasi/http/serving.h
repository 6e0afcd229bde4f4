/* Serving one exchange: the state shared by the incoming request, its body and the response, and
 * the events of the exchange. The exchange may end before the guest does: then `exchange` is NULL,
 * what the guest can still read was copied, reads fail and writes are closed. Operations of the exchange are called by
 * its table (berth/http.h). */
#ifndef RUNTIME_WASI_HTTP_SERVING_H
#define RUNTIME_WASI_HTTP_SERVING_H

#include "base/err.h"
#include "base/str.h"
#include "berth/http.h"

struct wasi;
struct wasi_http_types_fields;
struct wasi_http_types_incoming_request;
struct wasi_http_types_outgoing_body;

enum wasi_response_state {
    WASI_RESPONSE_UNSET,
    WASI_RESPONSE_REFUSED, /* an error-code, or cannot be sent: `response_error` says why */
    WASI_RESPONSE_STARTED, /* the head is out */
    WASI_RESPONSE_FINISHED,
};

/* Reads the request body, for the input-stream and for the trailers. Looks ahead only when a guest
 * polls without having read until there was nothing. */
struct wasi_request_body {
    enum berth_http_read state; /* what the last read said; DATA, too, when it may be tried again */
    bool readable;              /* wasi_http_readable came since the last read */
    uint8_t *ahead;             /* WASI_READ_AHEAD_BYTES of the pool, once needed */
    size_t ahead_at, ahead_len;
};

enum { WASI_READ_AHEAD_BYTES = 16 * 1024 };

struct wasi_serving {
    struct berth_http_exchange *exchange;
    bool ended, ended_complete; /* wasi_http_ended came */
    bool is_head;               /* the method is HEAD: the response's body may be left out */
    str method, scheme, authority, target;
    struct wasi_http_types_incoming_request *request; /* while it lives; not a reference */
    struct wasi_request_body body;
    struct wasi_http_types_fields *trailers; /* a reference, until the guest takes them */
    bool trailers_made;
    /* Headers and trailers of the request whose slices belong to the exchange. Not references. */
    struct wasi_http_types_fields *borrowed[2];
    enum wasi_response_state response;
    struct wasi_http_types_outgoing_body *response_body; /* a reference, from STARTED on */
};

/* After BERTH_HTTP_READ_END, while the exchange lives: makes `trailers` unless the client sent none.
 * False with `e` set when there are too many objects. */
bool wasi_serving_make_trailers(struct wasi *w, struct err *e) MUST_USE;

/* At most `max` (not 0) bytes of the request body, valid until the next call. Failures are in
 * `body_error`. */
enum berth_http_read wasi_request_body_read(struct wasi *w, size_t max, bytes *ret);

/* True when reading would not say BERTH_HTTP_READ_LATER. */
bool wasi_request_body_ready(struct wasi *w);

/* Reads and drops the rest of the body; BERTH_HTTP_READ_LATER, END or ERROR. */
enum berth_http_read wasi_request_body_drain(struct wasi *w);

/* The instance is over: lets go of the exchange and of what the serving holds. */
void wasi_serving_end(struct wasi *w);

#endif
