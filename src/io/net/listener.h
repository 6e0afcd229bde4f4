/* Listening TCP sockets. Each worker opens its own on the same address (SO_REUSEPORT): the kernel spreads the
 * connections. */
#ifndef IO_NET_LISTENER_H
#define IO_NET_LISTENER_H

#include <sys/socket.h>
#include <uv.h>

#include "base/err.h"

struct loop;

struct listener {
    uv_tcp_t handle;
    void (*on_connection)(void *owner, uv_tcp_t *listener);
    void *owner;
    bool open;
};

/* Binds a socket that is not listened on, so that a port 0 becomes a number and other programs are told apart from our
 * own workers: an address in use fails here. The caller keeps it open until all workers listen. -1 on failure. */
MUST_USE int listener_reserve(const struct sockaddr *addr, struct sockaddr_storage *ret_bound, struct err *e);

/* Listens; `on_connection` must take the connection with tcp_accept. */
MUST_USE bool listener_open(struct listener *l, struct loop *loop, const struct sockaddr *addr, struct err *e);

/* Accepts nothing more. */
void listener_close(struct listener *l);

#endif
