/* The incoming half of wasi:http/types: making the request and its body. */
#ifndef RUNTIME_WASI_HTTP_INCOMING_H
#define RUNTIME_WASI_HTTP_INCOMING_H

#include "runtime/wasi/state.h"

struct wasi_http_types_fields;
struct wasi_http_types_incoming_body;
struct wasi_http_types_incoming_request;

/* Each returns NULL with `e` set when there are too many objects. */
struct wasi_http_types_incoming_request *wasi_incoming_request_new(struct wasi *w, struct err *e) MUST_USE;
struct wasi_http_types_incoming_body *wasi_incoming_body_new(struct wasi *w, struct err *e) MUST_USE;

/* The request's own reference to its headers, which are made at the first call. */
struct wasi_http_types_fields *wasi_incoming_request_headers(struct wasi_http_types_incoming_request *r,
                                                             struct err *e) MUST_USE;

#endif
