/* Connecting: TCP by libuv, unix sockets by trying, as they are connected at once or not at all. */
#include "io/net/connect.h"

#include <errno.h>
#include <unistd.h>

/* Between two tries while the other side's queue is full. */
enum { RETRY_MS = 5 };

static void fail(struct connector *c, int code)
{
    struct err e;
    err_system(&e, code, "connecting");
    if (!c->tcp->closing)
        c->tcp->stream.events->on_error(c->tcp->stream.owner, &e);
}

static void succeed(struct connector *c)
{
    tcp_connected(c->tcp);
    c->on_connected(c->tcp->stream.owner);
}

static void on_tcp_connected(uv_connect_t *request, int status)
{
    struct connector *c = request->data;
    if (c->tcp->closing)
        return;
    if (status < 0)
        fail(c, -status);
    else
        succeed(c);
}

static void start_tcp(struct connector *c)
{
    c->request.data = c;
    int failed = uv_tcp_connect(&c->request, &c->tcp->handle, address_of(&c->to), on_tcp_connected);
    if (failed)
        fail(c, -failed);
}

static void try_unix(struct connector *c)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int code = fd < 0 ? errno : connect(fd, address_of(&c->to), c->to.len) < 0 ? errno : 0;
    if (code == 0) {
        code = -uv_tcp_open(&c->tcp->handle, fd);
        if (code == 0) {
            succeed(c);
            return;
        }
    }
    if (fd >= 0)
        close(fd);
    if (code == EAGAIN)
        timer_set(&c->timer, instant_add(instant_now(), duration_ms(RETRY_MS)));
    else
        fail(c, code);
}

static void on_job(struct loop_job *job)
{
    struct connector *c = CONTAINER_OF(job, struct connector, job);
    if (c->to.storage.ss_family == AF_UNIX)
        try_unix(c);
    else
        start_tcp(c);
}

static void on_timer(struct timer *timer)
{
    try_unix(CONTAINER_OF(timer, struct connector, timer));
}

void connector_start(struct connector *c, struct tcp *tcp, struct loop *loop, const struct address *to,
                     void (*on_connected)(void *owner))
{
    *c = (struct connector){ .tcp = tcp, .to = *to, .on_connected = on_connected };
    loop_job_init(&c->job, on_job);
    timer_init(&c->timer, loop, on_timer);
    tcp_prepare(tcp, loop);
    loop_defer(loop, &c->job);
}

void connector_stop(struct connector *c)
{
    loop_job_cancel(&c->job);
    timer_clear(&c->timer);
}
