/* The outgoing half of wasi:http/types: bodies that the guest writes, and the response that carries
 * one to the exchange. */
#ifndef RUNTIME_WASI_HTTP_OUTGOING_H
#define RUNTIME_WASI_HTTP_OUTGOING_H

#include "runtime/wasi/http/fields.h"

/* How a body came to its end. */
enum wasi_body_end {
    WASI_BODY_OPEN,
    WASI_BODY_FINISHED,
    WASI_BODY_DROPPED, /* without finish */
    WASI_BODY_SHORT,   /* finished with fewer bytes than content-length */
    WASI_BODY_LONG,    /* a write went past content-length */
    WASI_BODY_REFUSED, /* its message will never be sent */
};

/* Bytes are kept until the response is set, then they go straight to the exchange. */
struct wasi_http_types_outgoing_body {
    struct wasi_object object;
    bool for_response;
    bool attached;     /* writes to the exchange of the serving */
    bool may_be_empty; /* the message announces a body that is not sent: HEAD, 304 */
    bool stream_taken, stream_live;
    enum wasi_body_end end;
    uint64_t content_length, written;
    uint8_t *pending; /* a block of the pool */
    size_t pending_len, pending_cap;
    struct wasi_http_types_fields *trailers; /* given to finish; may be NULL */
};

struct wasi_http_types_outgoing_response {
    struct wasi_object object;
    struct wasi_http_types_fields *headers;
    struct wasi_http_types_outgoing_body *body; /* once the guest asked for it */
    uint16_t status;
};

/* NULL with `e` set when there are too many objects. */
struct wasi_http_types_outgoing_body *wasi_outgoing_body_new(struct wasi *w, bool for_response, uint64_t content_length,
                                                             struct err *e) MUST_USE;

/* The response's head was sent: what the body holds follows, and its end when it is finished. */
void wasi_outgoing_body_attach(struct wasi_http_types_outgoing_body *b);

/* Nobody will read it: writes are closed from now on. */
void wasi_outgoing_body_refuse(struct wasi_http_types_outgoing_body *b);

/* Sends the response's head and what there is of its body. Before that, a response that cannot
 * become a complete message is refused: the serving's state says so. The response stays the
 * caller's. */
void wasi_serving_respond(struct wasi *w, struct wasi_http_types_outgoing_response *r);

struct wasi_http_types_response_outparam;
struct wasi_http_types_response_outparam *wasi_response_outparam_new(struct wasi *w, struct err *e) MUST_USE;

/* Sets why a body did not come to a good end. */
void wasi_outgoing_body_explain(const struct wasi_http_types_outgoing_body *b, struct err *e);

#endif
