/* Listening sockets, TCP and unix. One socket an address, shared by all workers: each watches it in its own loop and
 * takes one connection at a time, so that a burst is spread over those that are free, and a worker that ends leaves no
 * connection behind in a queue of its own. */
#ifndef IO_NET_LISTENER_H
#define IO_NET_LISTENER_H

#include <uv.h>

#include "base/err.h"
#include "io/loop/loop.h"
#include "io/net/address.h"

struct listener {
    uv_poll_t handle;
    int fd;                                     /* our own descriptor of the shared socket */
    void (*on_connection)(void *owner, int fd); /* the descriptor is the owner's */
    void (*on_closed)(void *owner);             /* after listener_close: memory is the owner's again */
    void *owner;
    struct timer pause; /* while the process has no descriptor left */
    bool open;
};

struct listener_settings {
    int backlog;  /* connections that wait to be accepted, at most; the system has a bound of its own */
    bool v6_only; /* "[::]:80" leaves IPv4 to others */
};

/* Binds and listens; `ret_bound` (may be NULL) gets the real address. A unix path that nobody serves any more is
 * replaced. The descriptor is closed on exec and does not block. -1 on failure. */
MUST_USE int listener_bind(const struct address *a, const struct listener_settings *s, struct address *ret_bound,
                           struct err *e);

/* Takes connections from the socket, which is duplicated: `fd` stays the caller's. */
MUST_USE bool listener_open(struct listener *l, struct loop *loop, int fd, struct err *e);

/* Accepts nothing more; harmless when it is not open. */
void listener_close(struct listener *l);

#endif
