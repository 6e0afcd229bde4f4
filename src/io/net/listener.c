/* Listening sockets. */
#include "io/net/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "io/loop/uv_loop.h"

enum { PAUSE_MS = 100 };

/* Is the path of a unix socket taken by something else than a socket? */
static bool is_other_file(const struct address *a)
{
    const struct sockaddr_un *un = (const struct sockaddr_un *)&a->storage;
    struct stat st;
    return a->storage.ss_family == AF_UNIX && un->sun_path[0] && lstat(un->sun_path, &st) == 0 && !S_ISSOCK(st.st_mode);
}

static int bind_failed(int code, const struct address *a, struct err *e)
{
    char text[ADDRESS_TEXT_MAX];
    address_print(address_of(a), text);
    if (code == EADDRINUSE && is_other_file(a)) {
        err_set(e, ERR_SYSTEM, "%s is there already, and is no socket", text);
        e->code = code;
        err_help(e, "move that file away or choose another path");
        return -1;
    }
    if (code == EADDRINUSE) {
        err_set(e, ERR_SYSTEM, "address %s is in use by another program", text);
        e->code = code;
        err_help(e, "stop that program or choose another address");
        return -1;
    }
    err_system(e, code, "address %s cannot be listened on", text);
    if (code == EACCES && a->storage.ss_family != AF_UNIX)
        err_help(e, "ports below 1024 need root or the capability CAP_NET_BIND_SERVICE");
    if (code == EADDRNOTAVAIL)
        err_help(e, "this machine has no such address");
    return -1;
}

/* Is there a socket that nobody listens on any more? A server that was killed leaves its path behind. */
static bool path_is_dead(const struct address *a)
{
    const struct sockaddr_un *un = (const struct sockaddr_un *)&a->storage;
    struct stat st;
    if (un->sun_path[0] == '\0' || lstat(un->sun_path, &st) < 0 || !S_ISSOCK(st.st_mode))
        return false;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool dead = fd >= 0 && connect(fd, address_of(a), a->len) < 0 && errno == ECONNREFUSED;
    if (fd >= 0)
        close(fd);
    return dead;
}

static bool bind_and_listen(int fd, const struct address *a, const struct listener_settings *s)
{
    int on = 1, v6_only = s->v6_only;
    if (a->storage.ss_family != AF_UNIX)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (a->storage.ss_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof(v6_only));
    if (a->storage.ss_family == AF_UNIX && path_is_dead(a))
        unlink(((const struct sockaddr_un *)&a->storage)->sun_path);
    return bind(fd, address_of(a), a->len) == 0 && listen(fd, s->backlog) == 0;
}

int listener_bind(const struct address *a, const struct listener_settings *s, struct address *ret_bound, struct err *e)
{
    int fd = socket(a->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return bind_failed(errno, a, e);
    if (!bind_and_listen(fd, a, s)) {
        int code = errno;
        close(fd);
        return bind_failed(code, a, e);
    }
    if (ret_bound) {
        *ret_bound = *a;
        ret_bound->len = sizeof(ret_bound->storage);
        getsockname(fd, (struct sockaddr *)&ret_bound->storage, &ret_bound->len);
    }
    return fd;
}

static void on_ready(uv_poll_t *handle, int status, int events);

static void on_pause_over(struct timer *t)
{
    struct listener *l = CONTAINER_OF(t, struct listener, pause);
    uv_poll_start(&l->handle, UV_READABLE, on_ready);
}

static void on_ready(uv_poll_t *handle, int status, int events)
{
    struct listener *l = handle->data;
    (void)events;
    if (status < 0)
        return;
    int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        l->on_connection(l->owner, fd);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        /* The connection waits in the queue until something has been closed; asking on would only burn the processor.
         */
        uv_poll_stop(handle);
        timer_set(&l->pause, instant_add(instant_now(), duration_ms(PAUSE_MS)));
    } /* else another worker was faster, or the client has left */
}

bool listener_open(struct listener *l, struct loop *loop, int fd, struct err *e)
{
    l->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (l->fd < 0)
        return err_system(e, errno, "duplicating a listening socket");
    int failed = uv_poll_init(loop_uv(loop), &l->handle, l->fd);
    if (failed) {
        close(l->fd);
        return err_system(e, -failed, "watching a listening socket");
    }
    timer_init(&l->pause, loop, on_pause_over);
    l->handle.data = l;
    l->open = true;
    uv_poll_start(&l->handle, UV_READABLE, on_ready);
    return true;
}

static void on_closed(uv_handle_t *handle)
{
    struct listener *l = handle->data;
    close(l->fd);
    if (l->on_closed)
        l->on_closed(l->owner);
}

void listener_close(struct listener *l)
{
    if (!l->open)
        return;
    l->open = false;
    timer_clear(&l->pause);
    uv_close((uv_handle_t *)&l->handle, on_closed);
}
