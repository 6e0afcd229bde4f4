/* An HTTP server on one loop: accepts connections and hands out exchanges. Each worker has one of its own. Which
 * protocol version a connection speaks is its own affair. */
#ifndef IO_HTTP_SERVER_SERVER_H
#define IO_HTTP_SERVER_SERVER_H

#include "base/buf.h"
#include "base/clock.h"
#include "io/http/exchange.h"

struct loop;
struct http_server;
struct tls_context; /* io/tls/context.h */

struct http_limits {
    size_t max_head_bytes;     /* request line and fields, and trailers: 431 (414 for the line) */
    size_t max_line_bytes;     /* HTTP/1: a line of it: 431; 0: no bound of its own */
    uint32_t max_fields;       /* 431 */
    uint64_t max_body_bytes;   /* 413; UINT64_MAX: none */
    size_t write_buffer_bytes; /* response bytes held for a slow client before the writer must wait */
    duration head_timeout;     /* from a head's first byte to its end: 408 */
    duration idle_timeout;     /* between requests: closed */
    duration body_timeout;     /* longest pause in a request body that is waited for: 408 */
    duration send_timeout;     /* longest time a client takes nothing: cut */
};

#define HTTP_LIMITS_DEFAULT                                                                                            \
    {                                                                                                                  \
        .max_head_bytes = 32 * 1024, .max_fields = 128, .max_body_bytes = UINT64_MAX, .write_buffer_bytes = 64 * 1024, \
        .head_timeout = { 30000000000 }, .idle_timeout = { 60000000000 }, .body_timeout = { 30000000000 },             \
        .send_timeout = { 30000000000 },                                                                               \
    }

/* What may change while it serves; each exchange keeps to what was set when it began, but for the time-outs. */
struct http_settings {
    struct http_limits limits;
    bool one_request;               /* a connection: it closes after the answer */
    bool answer_idle;               /* HTTP/1: says 408 before it closes a connection for its silence */
    str server_field;               /* value of the field Server, alive as long as the server; empty: none is sent */
    http_error_body_fn *error_body; /* of refusals, HTTP's own (400, 408, 413 …) included; NULL: a line of text */
};

struct http_server_options {
    struct loop *loop;
    struct http_settings settings;
    /* A request's head is complete. The handler calls http_exchange_consume or replies, now or later. */
    void (*on_request)(void *ctx, struct http_exchange *x);
    /* An exchange is over, after its consumer was told; the last that is heard of it. `complete`: as in on_end of the
     * consumer. Answers that HTTP itself made before on_request come here, too, with what was parsed. May be NULL. */
    void (*on_end)(void *ctx, struct http_exchange *x, bool complete);
    /* After http_server_stop: the listener and the last connection are gone. May free the server. */
    void (*on_idle)(void *ctx);
    void *ctx;
};

struct http_server *http_server_new(const struct http_server_options *o);

/* Only after on_idle, or when nothing listens. */
void http_server_free(struct http_server *s);

/* Takes connections from a listening socket (io/net/listener.h), which stays the caller's. */
MUST_USE bool http_server_listen(struct http_server *s, int fd, struct err *e);

void http_server_configure(struct http_server *s, const struct http_settings *settings);

/* Connections that are accepted from now on speak TLS; NULL: they do not. Those that are open keep what they began
 * with. The context is retained. */
void http_server_use_tls(struct http_server *s, struct tls_context *c);

/* Since the server was made; `idle` is a number of now: connections without a request. */
struct http_counters {
    uint64_t accepted, closed, idle, requests;
};
struct http_counters http_server_counters(const struct http_server *s);

/* Accepts nothing more, lets running exchanges end, closes connections that stay idle for half a second: a request that
 * was on its way is still answered. Then on_idle. */
void http_server_stop(struct http_server *s);

/* Cuts every connection; on_end of each exchange and, when stopped, on_idle follow. */
void http_server_cut(struct http_server *s);

#endif
