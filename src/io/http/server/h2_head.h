/* A request's head out of the field lines of HTTP/2. RFC 9113, 8. Pure: the framing and its rules (order of
 * pseudo-header fields, forbidden names, Content-Length against what came) are nghttp2's affair. */
#ifndef IO_HTTP_SERVER_H2_HEAD_H
#define IO_HTTP_SERVER_H2_HEAD_H

#include "io/http/message.h"

struct h2_head_limits {
    size_t max_bytes;    /* names, values and 32 bytes a line: RFC 9113, 10.5.1 */
    uint32_t max_fields; /* without the pseudo-header fields */
};

/* A head being collected. */
struct h2_head {
    size_t bytes;
    uint32_t cookies; /* lines of them; RFC 9113, 8.2.3 lets a client split them */
    bool expect_continue;
    struct http_failure failure; /* the first thing that is wrong; what comes later is only counted */
};

void h2_head_init(struct h2_head *h);

/* Adds a line, copied into the arena. What goes over a limit is not kept: h2_head_finish says so. */
void h2_head_add(struct h2_head *h, str name, str value, const struct h2_head_limits *limits, struct arena *a,
                 struct http_request *r);

/* For what was found wrong elsewhere; the first refusal counts. */
void h2_head_refuse(struct h2_head *h, uint16_t status, const char *text);

/* The head is complete. `end`: no body follows. False: `failure` is set. The request has a Host, whichever way it
 * was given, and one Cookie at most. Its scheme is not touched. */
MUST_USE bool h2_head_finish(struct h2_head *h, bool end, struct arena *a, struct http_request *r);

/* A line of the trailers; false when they are over the limits. */
MUST_USE bool h2_trailer_add(size_t *total, str name, str value, const struct h2_head_limits *limits, struct arena *a,
                             struct http_fields *trailers);

#endif
