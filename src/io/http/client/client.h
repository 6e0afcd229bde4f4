/* An HTTP/1.1 client on one loop: calls to servers at given addresses, with connections that are kept for the next
 * call. Each worker has one of its own. A call is the client's side of what an exchange is for a server: bodies stream
 * both ways with back-pressure. RFC 9112.
 *
 * Life of a call: http_call_begin → [on_writable → write … finish] → on_response → [on_readable → read …] →
 * http_call_end. Or on_failed instead of what would have come. Callbacks come from the loop only. */
#ifndef IO_HTTP_CLIENT_CLIENT_H
#define IO_HTTP_CLIENT_CLIENT_H

#include "io/http/exchange.h"
#include "io/net/address.h"

struct client_conn; /* io/http/client/client_conn.h */
struct http_call;
struct http_client;
struct loop;

struct http_call_events {
    /* A request with a body: its head is on its way, the body is welcome; then after http_call_writable was 0. */
    void (*on_writable)(void *owner);
    /* The head of the final response, once; interim ones (1xx) are skipped. What it points to is gone after. The fields
     * are as they came. */
    void (*on_response)(void *owner, const struct http_response *r);
    /* More of the response body can be read, or its end or failure was reached. */
    void (*on_readable)(void *owner);
    /* There will be no response: ERR_TIMEOUT, ERR_PARSE when it cannot be understood, ERR_CLOSED, ERR_SYSTEM. The call
     * must still be ended. */
    void (*on_failed)(void *owner, const struct err *e);
};

struct http_call_options {
    const struct address *to; /* alive until the call ends, as all of this is */
    const struct http_call_events *events;
    void *owner;
    struct arena *arena; /* takes the request's head */
    /* The fields are sent as they are, but for Host, Content-Length, Transfer-Encoding and Connection, which the call
     * makes of `authority`, `has_body` and `content_length`. */
    const struct http_request *request;
};

/* Embedded in the owner's. */
struct http_call {
    struct http_client *client;
    struct http_call_options options;
    struct client_conn *conn; /* NULL: failed, or over */
    str head;                 /* of the request, as it is sent */
    uint64_t body_left;       /* HTTP_LENGTH_UNKNOWN: chunked */
    bool repeatable;          /* may be sent twice: it changes nothing, and all of it is still there */
};

void http_call_begin(struct http_call *call, struct http_client *client, const struct http_call_options *o);

/* How many bytes of the request body are welcome now; 0: wait for on_writable. */
size_t http_call_writable(const struct http_call *call);

/* Sends body bytes (copied). Not more than the announced length: asserted. */
void http_call_write(struct http_call *call, bytes data);

/* The request body is complete. Fewer bytes than announced: asserted. */
void http_call_finish(struct http_call *call);

/* Takes at most `max` bytes of the response body, after on_response. The slice stays valid until the next read or the
 * next turn of the loop. HTTP_READ_END: the body came whole; a connection that closes earlier is HTTP_READ_ERROR. */
enum http_read http_call_read(struct http_call *call, size_t max, bytes *ret, struct err *e);

/* The response's trailers, after HTTP_READ_END and until the call is ended. */
const struct http_fields *http_call_trailers(const struct http_call *call);

/* Ends it, at any time, once or more often. A connection whose response was not read to its end is cut. */
void http_call_end(struct http_call *call);

struct http_client_limits {
    duration connect_timeout; /* ERR_TIMEOUT, as all of these */
    duration send_timeout;    /* longest time the server takes nothing of a request */
    duration head_timeout;    /* from the end of a request to the head of the response */
    duration body_timeout;    /* longest pause in a response's body that is waited for */
    duration keep_timeout;    /* a connection without a call: closed */
    uint32_t max_kept;        /* connections without a call */
};

#define HTTP_CLIENT_LIMITS_DEFAULT                                                                            \
    {                                                                                                         \
        .connect_timeout = { 60000000000 }, .send_timeout = { 30000000000 }, .head_timeout = { 60000000000 }, \
        .body_timeout = { 60000000000 }, .keep_timeout = { 60000000000 }, .max_kept = 64,                     \
    }

/* `on_idle`: after http_client_stop, the last connection is gone; may free the client. */
struct http_client *http_client_new(struct loop *loop, const struct http_client_limits *limits,
                                    void (*on_idle)(void *ctx), void *ctx);
void http_client_free(struct http_client *c);

/* Keeps no connections any more. */
void http_client_stop(struct http_client *c);

/* Whether it has no connection. */
bool http_client_idle(const struct http_client *c);

#endif
