/* An HTTP server on one loop: accepts connections and hands out exchanges. Each worker has one of its own. Which
 * protocol version a connection speaks is its own affair. */
#ifndef IO_HTTP_SERVER_H
#define IO_HTTP_SERVER_H

#include "base/clock.h"
#include "base/err.h"
#include "io/http/exchange.h"

struct loop;
struct http_server;

struct http_limits {
    size_t max_head_bytes;     /* request line and fields, and trailers: 431 (414 for the line) */
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

struct http_server_options {
    struct loop *loop;
    struct http_limits limits;
    /* A request's head is complete. The handler calls http_exchange_consume or replies, now or later. */
    void (*on_request)(void *ctx, struct http_exchange *x);
    /* After http_server_stop: the last connection is gone. */
    void (*on_idle)(void *ctx);
    void *ctx;
};

struct http_server *http_server_new(const struct http_server_options *o);

/* Only after on_idle, or before any http_server_listen; closes what is left of the listener. The loop must turn once
 * more before it is freed. */
void http_server_free(struct http_server *s);

/* `addr` should be one that listener_reserve (io/net/listener.h) holds. */
MUST_USE bool http_server_listen(struct http_server *s, const struct sockaddr *addr, struct err *e);

/* Accepts nothing more, closes idle connections, lets running exchanges end; then on_idle. */
void http_server_stop(struct http_server *s);

/* Cuts every connection; on_end of each exchange and, when stopped, on_idle follow. */
void http_server_cut(struct http_server *s);

#endif
