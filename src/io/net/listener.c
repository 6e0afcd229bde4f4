/* Listening sockets. */
#include "io/net/listener.h"

#include <errno.h>
#include <unistd.h>

#include "io/loop/uv_loop.h"
#include "io/net/address.h"

enum { BACKLOG = 1024 };

static bool bind_failed(int code, const struct sockaddr *addr, struct err *e)
{
    char text[ADDRESS_TEXT_MAX];
    address_print(addr, text);
    if (code == EADDRINUSE) {
        err_set(e, ERR_SYSTEM, "address %s is in use by another program", text);
        e->code = code;
        return err_help(e, "stop that program or choose another address");
    }
    err_system(e, code, "address %s cannot be listened on", text);
    if (code == EACCES)
        err_help(e, "ports below 1024 need root or the capability CAP_NET_BIND_SERVICE");
    if (code == EADDRNOTAVAIL)
        err_help(e, "this machine has no such address");
    return false;
}

static int socket_bind(const struct sockaddr *addr, bool share, struct err *e)
{
    int on = 1, fd = socket(addr->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        err_system(e, errno, "making a socket");
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (share)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
    if (bind(fd, addr, address_len(addr)) < 0) {
        bind_failed(errno, addr, e);
        close(fd);
        return -1;
    }
    return fd;
}

int listener_reserve(const struct sockaddr *addr, struct sockaddr_storage *ret_bound, struct err *e)
{
    /* With SO_REUSEPORT a second server of the same user would get in unnoticed: so ask without it first. */
    int probe = socket_bind(addr, false, e);
    if (probe < 0)
        return -1;
    socklen_t len = sizeof(*ret_bound);
    bool listens = listen(probe, 1) == 0;
    int code = errno;
    getsockname(probe, (struct sockaddr *)ret_bound, &len);
    close(probe);
    if (!listens) {
        bind_failed(code, addr, e);
        return -1;
    }
    return socket_bind((const struct sockaddr *)ret_bound, true, e);
}

static void on_connection(uv_stream_t *handle, int status)
{
    struct listener *l = handle->data;
    if (status == 0)
        l->on_connection(l->owner, &l->handle);
}

bool listener_open(struct listener *l, struct loop *loop, const struct sockaddr *addr, struct err *e)
{
    int fd = socket_bind(addr, true, e);
    if (fd < 0)
        return false;
    uv_tcp_init(loop_uv(loop), &l->handle);
    l->handle.data = l;
    l->open = true;
    int failed = uv_tcp_open(&l->handle, fd);
    if (failed)
        close(fd);
    else
        failed = uv_listen((uv_stream_t *)&l->handle, BACKLOG, on_connection);
    if (failed) {
        listener_close(l);
        return bind_failed(-failed, addr, e);
    }
    return true;
}

void listener_close(struct listener *l)
{
    if (l->open)
        uv_close((uv_handle_t *)&l->handle, NULL);
    l->open = false;
}
