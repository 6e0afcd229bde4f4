/* One request and its response, whichever protocol version carries them. The connection (h1, later h2) creates an
 * exchange when a request head is complete and hands it to the server's `on_request`; whoever handles it becomes
 * its consumer. Everything belongs to one worker thread; callbacks never come from inside the calls below,
 * only from the loop.
 *
 * Life: on_request → [consumer attached] → respond → write … → finish | abort → on_end → the exchange is gone.
 * `on_end` is the last callback and comes exactly once, also after abort or when the client goes away; the
 * request's slices and the arena are valid until it returns. Between the end and `on_end`, which comes from the loop,
 * the consumer cannot know: respond, write and finish do nothing then. */
#ifndef IO_HTTP_EXCHANGE_H
#define IO_HTTP_EXCHANGE_H

#include "base/err.h"
#include "base/clock.h"
#include "io/http/message.h"

struct buf;             /* base/buf.h */
struct http_coded_body; /* io/http/coded_body.h */
struct http_exchange;
struct sockaddr;

struct http_consumer_ops {
    /* More of the request body can be read, or its end or failure has been reached. */
    void (*on_readable)(void *consumer);
    /* After http_exchange_writable was 0: there is room again. */
    void (*on_writable)(void *consumer);
    /* The exchange is over. `complete`: the response was sent whole; else the client went away, a time-out of the
     * connection passed, or the exchange was aborted. */
    void (*on_end)(void *consumer, bool complete);
};

struct http_exchange_ops;

/* Puts the body of an answer that says what went wrong into `out` and gives its media type. */
typedef str http_error_body_fn(struct buf *out, uint16_t status);

struct http_exchange {
    const struct http_exchange_ops *ops;
    struct http_request request;
    struct arena *arena;          /* dies with the exchange */
    const struct sockaddr *peer;  /* client address; NULL for tests */
    const struct sockaddr *local; /* ours */
    uint64_t number;              /* names the request in logs; set by whoever takes on_request */
    void *context;                /* of whoever takes on_request */
    instant started;              /* when its first byte came */
    bool responded;               /* http_exchange_respond was called */
    bool ends_with_client;        /* set by the consumer: it is aborted when the client sends its last byte (HTTP/1) */
    uint16_t status;              /* status sent, 0 before */
    bool closes;                  /* HTTP/1: the response says that the connection ends with it */
    uint64_t sent_body_bytes;
    uint64_t sent_framing_bytes; /* around them in HTTP/1: chunk sizes and trailers */
    /* Sees each response before it is sent, and may change it; set by whoever takes on_request, or NULL. */
    void (*on_respond)(struct http_exchange *x, struct http_response *r);
    /* Of the server's settings, see io/http/server/server.h; or NULL. */
    http_error_body_fn *error_body;
    struct http_coded_body *coded;                /* what the body goes through; NULL: it is sent as it comes */
    const struct http_consumer_ops *consumer_ops; /* set by http_exchange_consume */
    void *consumer;
};

void http_exchange_consume(struct http_exchange *x, const struct http_consumer_ops *ops, void *consumer);

enum http_read {
    HTTP_READ_DATA,  /* `ret` holds 1 … max bytes */
    HTTP_READ_LATER, /* nothing yet: on_readable will be called */
    HTTP_READ_END,   /* the body is complete; trailers are known */
    HTTP_READ_ERROR, /* malformed, too large, timed out, or the client went away; `e` says which */
};

/* Takes at most `max` bytes of the request body. The slice stays valid until the next read or the next turn
 * of the loop. Reading is what grants the client more window (back-pressure). An `Expect: 100-continue` is
 * answered at the first read. */
enum http_read http_exchange_read(struct http_exchange *x, size_t max, bytes *ret, struct err *e);

/* The request's trailers, after HTTP_READ_END; empty when there were none. */
const struct http_fields *http_exchange_trailers(const struct http_exchange *x);

/* Sends the response head (kept back until the first write, finish or the end of this turn of the loop, so that
 * a small response is one system call). Once per exchange. Fields are copied. */
void http_exchange_respond(struct http_exchange *x, const struct http_response *r);

/* How many body bytes are welcome now; 0: wait for on_writable. */
size_t http_exchange_writable(const struct http_exchange *x);

/* Sends body bytes (copied). More than writable is accepted, too (it only grows the buffer), but more than
 * the announced content length is the caller's error: asserted. HEAD and 204/304 drop the bytes. */
void http_exchange_write(struct http_exchange *x, bytes data);

/* Sends at most `max` body bytes from a file, without a copy where that can be done. Returns how many it has sent; 0:
 * none this way, and http_exchange_write is to be used, when there is room. */
size_t http_exchange_send_file(struct http_exchange *x, int fd, uint64_t offset, size_t max);

/* The body is complete. `trailers` may be NULL; they are dropped where the version or the client cannot take them.
 * Fewer bytes than the announced content length: the caller's error, asserted. */
void http_exchange_finish(struct http_exchange *x, const struct http_fields *trailers);

/* The response cannot be completed: the connection is cut so that nobody takes it for whole (HTTP/1) or the
 * stream reset (HTTP/2). Before respond: the connection closes without an answer. */
void http_exchange_abort(struct http_exchange *x);

/* A complete answer in place of an application's, for people: the page that the server's settings have for the status,
 * or else `text`, one line. `retry_after_s`: when another try may succeed; 0: not said. Not after respond. */
void http_exchange_refuse(struct http_exchange *x, uint16_t status, str text, uint32_t retry_after_s);

struct http_exchange_ops {
    enum http_read (*read)(struct http_exchange *x, size_t max, bytes *ret, struct err *e);
    const struct http_fields *(*trailers)(const struct http_exchange *x);
    void (*respond)(struct http_exchange *x, const struct http_response *r);
    size_t (*writable)(const struct http_exchange *x);
    void (*write)(struct http_exchange *x, bytes data);
    size_t (*send_file)(struct http_exchange *x, int fd, uint64_t offset, size_t max); /* NULL: never */
    void (*finish)(struct http_exchange *x, const struct http_fields *trailers);
    void (*abort)(struct http_exchange *x);
};

#endif
