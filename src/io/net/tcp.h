/* TCP streams over libuv, embedded in their owner and kept for reuse. */
#ifndef IO_NET_TCP_H
#define IO_NET_TCP_H

#include <uv.h>

#include "base/buf.h"
#include "io/net/stream.h"

/* One read at most: shared by all streams of a loop, since data is borrowed for the callback only. */
enum { TCP_READ_BYTES = 64 * 1024 };

struct tcp {
    struct stream stream;
    uv_tcp_t handle;
    uv_write_t request;
    uv_shutdown_t shutdown;
    struct sockaddr_storage peer;
    struct buf sending, waiting; /* handed to the system; written meanwhile */
    char *read_buffer;           /* the loop's */
    bool reading, shut, closing;
};

/* `read_buffer` has TCP_READ_BYTES and belongs to the loop's thread. `max_queue` bounds what may wait to be sent: a
 * writer that goes beyond gets on_error. */
void tcp_init(struct tcp *t, char *read_buffer, size_t max_queue);
void tcp_fini(struct tcp *t);

/* Takes the next connection of a listening handle. */
MUST_USE bool tcp_accept(struct tcp *t, uv_tcp_t *listener, struct err *e);

#endif
