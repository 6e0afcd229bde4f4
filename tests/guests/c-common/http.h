/* What the test guests in C share: short forms of wasi:http over the generated bindings. */
#ifndef HTTP_H
#define HTTP_H

#include <stddef.h>

#include "guest.h"

typedef exports_wasi_http_incoming_handler_own_incoming_request_t request_t;
typedef exports_wasi_http_incoming_handler_own_response_outparam_t outparam_t;
typedef wasi_http_types_own_outgoing_body_t body_t;
typedef wasi_http_types_own_output_stream_t stream_t;

wasi_http_types_own_fields_t fields_new(void);
/* False when the host refuses the name or the value. */
bool fields_append(wasi_http_types_own_fields_t fields, const char *name, const char *value);

/* Sets the response: a status, fields (owned), and its body to be written. */
body_t respond(outparam_t out, uint16_t status, wasi_http_types_own_fields_t fields);
stream_t body_stream(body_t body);
/* All of it, in pieces that the stream takes; false when it is closed. */
bool write_all(stream_t stream, const void *data, size_t len);
/* Ends the stream and the body; trailers may be NULL. */
bool finish(body_t body, stream_t stream, wasi_http_types_own_fields_t *trailers);

/* A whole response. */
void reply(outparam_t out, uint16_t status, const char *type, const char *text, size_t len);

/* Path with query, NUL-terminated, and the value of a query parameter. */
const char *request_target(request_t request);
bool target_is(const char *target, const char *path);
uint64_t target_number(const char *target, const char *name, uint64_t otherwise);

/* What a guest does at a path. */
struct route {
    const char *path;
    void (*run)(const char *target, request_t request, outparam_t out);
};

/* Runs the route of the request's path; without one the answer is 404. */
void run_route(const struct route *routes, size_t count, request_t request, outparam_t out);
#define RUN_ROUTE(routes, request, out) run_route((routes), sizeof(routes) / sizeof((routes)[0]), (request), (out))

#endif
