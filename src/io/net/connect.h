/* Connecting a stream to an address, TCP or unix, without waiting for it. */
#ifndef IO_NET_CONNECT_H
#define IO_NET_CONNECT_H

#include "io/loop/loop.h"
#include "io/net/tcp.h"

/* One attempt. Embedded beside the stream that it connects, and alive until that one is closed. */
struct connector {
    struct tcp *tcp;
    struct address to;
    uv_connect_t request;
    struct loop_job job; /* the first step is one of the loop: nobody is called back from inside of connector_start */
    struct timer timer;  /* unix sockets: the next try */
    void (*on_connected)(void *owner);
};

/* Begins. The stream's owner gets `on_connected`, from the loop, or else on_error of the stream; a unix socket whose
 * queue of connections is full is tried again, without end: time-outs are the owner's. Closing the stream ends the
 * attempt; the stream must be closed after failures, too. */
void connector_start(struct connector *c, struct tcp *tcp, struct loop *loop, const struct address *to,
                     void (*on_connected)(void *owner));

/* Before the stream is closed. */
void connector_stop(struct connector *c);

#endif
