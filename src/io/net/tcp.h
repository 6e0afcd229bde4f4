/* TCP and unix streams over libuv, embedded in their owner and kept for reuse. */
#ifndef IO_NET_TCP_H
#define IO_NET_TCP_H

#include <uv.h>

#include "base/buf.h"
#include "io/net/address.h"
#include "io/net/stream.h"

/* One read at most: shared by all streams of a loop, since data is borrowed for the callback only. */
enum { TCP_READ_BYTES = 64 * 1024 };

struct tcp {
    struct stream stream;
    uv_tcp_t handle;
    uv_write_t request;
    uv_shutdown_t shutdown;
    struct address peer, local;
    struct buf sending, waiting; /* handed to the system; written meanwhile */
    char *read_buffer;           /* the loop's */
    bool reading, shut, closing;
};

/* `read_buffer` has TCP_READ_BYTES and belongs to the loop's thread. `max_queue` bounds what may wait to be sent: a
 * writer that goes beyond gets on_error. */
void tcp_init(struct tcp *t, char *read_buffer, size_t max_queue);
void tcp_fini(struct tcp *t);

/* Begins with a connected socket, which becomes the stream's, also on failure: then it must still be closed. */
MUST_USE bool tcp_open(struct tcp *t, struct loop *loop, int fd, struct err *e);

/* The two halves of tcp_open, for a socket that connects meanwhile (io/net/connect.h): after the first, the stream can
 * be closed; after the second, used. */
void tcp_prepare(struct tcp *t, struct loop *loop);
void tcp_connected(struct tcp *t);

#endif
