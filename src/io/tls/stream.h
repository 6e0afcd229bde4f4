/* TLS over another stream, the server's side. It is a stream itself: io/net/stream.h says what its calls and events
 * mean. Closing tells the client with a close_notify; an end without one counts as an end, since what runs above (HTTP)
 * knows by itself whether it is whole. */
#ifndef IO_TLS_STREAM_H
#define IO_TLS_STREAM_H

#include "base/buf.h"
#include "io/loop/loop.h"
#include "io/net/stream.h"

struct tls_context; /* io/tls/context.h */
struct tls_scratch;

/* What the TLS streams of a loop use while they run, one after the other. */
struct tls_scratch *tls_scratch_new(void);
/* NULL allowed. */
void tls_scratch_free(struct tls_scratch *s);

/* Embedded in its owner and kept for reuse. */
struct tls_stream {
    struct stream stream;
    struct stream *lower;
    struct loop *loop;
    struct tls_scratch *scratch;
    struct tls_context *context;
    struct ssl_st *ssl;
    void (*on_secure)(void *owner);
    void (*on_plain_http)(void *owner);
    bytes in;            /* of the read below that is being looked at: records not yet taken */
    struct buf kept;     /* records that came while nobody read */
    struct loop_job job; /* looks at what was kept */
    bool secure, plain, reading, told_end, shut, closing, failed;
};

void tls_stream_init(struct tls_stream *t);
void tls_stream_fini(struct tls_stream *t);

struct tls_stream_options {
    struct loop *loop;
    struct tls_scratch *scratch;
    struct tls_context *context; /* retained */
    struct stream *lower;        /* gets this stream for its owner, and is closed with it */
    /* The handshake is done: from now on it may be written. Its failure is told by on_error: ERR_INVALID, or
     * ERR_CLOSED when the client left. How long it may take is the owner's affair. */
    void (*on_secure)(void *owner);
    /* Instead, when the client began with an HTTP request that is not encrypted: nothing is read from it, but what is
     * written goes out as it is. */
    void (*on_plain_http)(void *owner);
};

/* Begins the handshake. The stream's events and owner are set before. On failure the lower stream is as it was, its
 * owner excepted. */
MUST_USE bool tls_stream_open(struct tls_stream *t, const struct tls_stream_options *o, struct err *e);

/* The protocol that was agreed by ALPN; empty when the client offered none. Alive until the stream is closed. */
str tls_stream_protocol(const struct tls_stream *t);

#endif
