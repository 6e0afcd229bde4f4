/* TCP streams: tries to write at once, queues what the system does not take. */
#include "io/net/tcp.h"

#include <assert.h>
#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "io/loop/uv_loop.h"

static struct tcp *tcp_of(struct stream *s)
{
    return CONTAINER_OF(s, struct tcp, stream);
}

static void fail(struct tcp *t, int code, const char *what)
{
    struct err e;
    if (code == UV_ECONNRESET || code == UV_EPIPE || code == UV_ECANCELED)
        err_set(&e, ERR_CLOSED, "%s: the other side closed the connection", what);
    else
        err_system(&e, -code, "%s", what);
    if (!t->closing)
        t->stream.events->on_error(t->stream.owner, &e);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *ret)
{
    (void)suggested;
    struct tcp *t = handle->data;
    *ret = uv_buf_init(t->read_buffer, TCP_READ_BYTES);
}

static void on_read(uv_stream_t *handle, ssize_t n, const uv_buf_t *buffer)
{
    struct tcp *t = handle->data;
    if (n > 0) {
        t->stream.events->on_read(t->stream.owner, bytes_from(buffer->base, (size_t)n));
    } else if (n == UV_EOF) {
        uv_read_stop(handle);
        t->reading = false;
        t->stream.events->on_read(t->stream.owner, bytes_from("", 0));
    } else if (n < 0) {
        uv_read_stop(handle);
        t->reading = false;
        fail(t, (int)n, "reading");
    }
}

static void read_start(struct stream *s)
{
    struct tcp *t = tcp_of(s);
    if (t->reading || t->closing)
        return;
    t->reading = uv_read_start((uv_stream_t *)&t->handle, on_alloc, on_read) == 0;
}

static void read_stop(struct stream *s)
{
    struct tcp *t = tcp_of(s);
    if (t->reading && !t->closing)
        uv_read_stop((uv_stream_t *)&t->handle);
    t->reading = false;
}

static void on_written(uv_write_t *request, int status);

static void send_waiting(struct tcp *t)
{
    struct buf swap = t->sending;
    t->sending = t->waiting;
    t->waiting = swap;
    buf_reset(&t->waiting);
    if (!t->sending.len)
        return;
    uv_buf_t part = uv_buf_init((char *)t->sending.ptr, (unsigned)t->sending.len);
    int failed = uv_write(&t->request, (uv_stream_t *)&t->handle, &part, 1, on_written);
    if (failed) {
        buf_reset(&t->sending);
        fail(t, failed, "writing");
    }
}

static void on_written(uv_write_t *request, int status)
{
    struct tcp *t = request->data;
    buf_reset(&t->sending);
    if (t->closing)
        return;
    if (status < 0) {
        fail(t, status, "writing");
        return;
    }
    send_waiting(t);
    if (!t->sending.len)
        t->stream.events->on_drained(t->stream.owner);
}

/* What of the parts remains after `sent` bytes goes to the end of the queue. */
static bool queue_rest(struct tcp *t, const bytes *parts, size_t count, size_t sent, struct err *e)
{
    for (size_t i = 0; i < count; i++) {
        size_t skip = sent < parts[i].len ? sent : parts[i].len;
        sent -= skip;
        if (!buf_add(&t->waiting, parts[i].ptr + skip, parts[i].len - skip, e))
            return false;
    }
    return true;
}

enum { MAX_PARTS = 8 };

static void write_parts(struct stream *s, const bytes *parts, size_t count)
{
    struct tcp *t = tcp_of(s);
    size_t sent = 0;
    struct err e;
    assert(count <= MAX_PARTS);
    if (t->closing)
        return;
    if (!t->sending.len) {
        uv_buf_t vec[MAX_PARTS];
        for (size_t i = 0; i < count; i++)
            vec[i] = (uv_buf_t){ .base = (char *)(uintptr_t)parts[i].ptr, .len = parts[i].len };
        int n = uv_try_write((uv_stream_t *)&t->handle, vec, (unsigned)count);
        if (n < 0 && n != UV_EAGAIN) {
            fail(t, n, "writing");
            return;
        }
        sent = n > 0 ? (size_t)n : 0;
    }
    if (!queue_rest(t, parts, count, sent, &e))
        t->stream.events->on_error(t->stream.owner, &e);
    else if (!t->sending.len)
        send_waiting(t);
}

static size_t send_file(struct stream *s, int file, uint64_t offset, size_t max)
{
    struct tcp *t = tcp_of(s);
    uv_os_fd_t socket;
    off_t at = (off_t)offset;
    if (t->closing || t->sending.len || uv_fileno((const uv_handle_t *)&t->handle, &socket))
        return 0;
    ssize_t n = sendfile(socket, file, &at, max);
    return n > 0 ? (size_t)n : 0; /* what is wrong with the socket, a write will find out */
}

static size_t queued_bytes(const struct stream *s)
{
    const struct tcp *t = (const struct tcp *)(const void *)s;
    static_assert(offsetof(struct tcp, stream) == 0, "the stream is the first member");
    return t->sending.len + t->waiting.len;
}

static void shut_write(struct stream *s)
{
    struct tcp *t = tcp_of(s);
    if (t->shut || t->closing)
        return;
    t->shut = true;
    uv_shutdown(&t->shutdown, (uv_stream_t *)&t->handle, NULL);
}

static void on_closed(uv_handle_t *handle)
{
    struct tcp *t = handle->data;
    t->stream.events->on_closed(t->stream.owner);
}

static void close_stream(struct stream *s)
{
    struct tcp *t = tcp_of(s);
    if (t->closing)
        return;
    t->closing = true;
    uv_close((uv_handle_t *)&t->handle, on_closed);
}

static void abort_stream(struct stream *s)
{
    struct tcp *t = tcp_of(s);
    if (t->closing)
        return;
    t->closing = true;
    /* Refused after a shutdown: then a plain close is all that is left. */
    if (uv_tcp_close_reset(&t->handle, on_closed))
        uv_close((uv_handle_t *)&t->handle, on_closed);
}

static const struct sockaddr *peer(const struct stream *s)
{
    return address_of(&((const struct tcp *)(const void *)s)->peer);
}

static const struct sockaddr *local(const struct stream *s)
{
    return address_of(&((const struct tcp *)(const void *)s)->local);
}

static const struct stream_ops tcp_ops = {
    .read_start = read_start,
    .read_stop = read_stop,
    .write = write_parts,
    .send_file = send_file,
    .queued_bytes = queued_bytes,
    .shut_write = shut_write,
    .close = close_stream,
    .abort = abort_stream,
    .peer = peer,
    .local = local,
};

void tcp_init(struct tcp *t, char *read_buffer, size_t max_queue)
{
    *t = (struct tcp){ .stream.ops = &tcp_ops, .read_buffer = read_buffer };
    buf_init(&t->sending, max_queue);
    buf_init(&t->waiting, max_queue);
}

void tcp_fini(struct tcp *t)
{
    buf_fini(&t->sending);
    buf_fini(&t->waiting);
}

/* The system holds this much that it has not sent yet; more waits where it is, in a file or with whoever makes it. That
 * costs memory for slow clients only, and lets the processor that sends a large file also carry its packets. */
enum { UNSENT_BYTES = 64 * 1024 };

static void tune(struct tcp *t, int fd)
{
    int unsent = UNSENT_BYTES;
    uv_tcp_nodelay(&t->handle, 1);
    setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof(unsent)); /* only for speed */
}

void tcp_prepare(struct tcp *t, struct loop *loop)
{
    t->reading = t->shut = t->closing = false;
    buf_reset(&t->sending);
    buf_reset(&t->waiting);
    t->peer.storage.ss_family = t->local.storage.ss_family = AF_UNSPEC;
    uv_tcp_init(loop_uv(loop), &t->handle);
    t->handle.data = t->request.data = t->shutdown.data = t;
}

void tcp_connected(struct tcp *t)
{
    uv_os_fd_t fd = -1;
    uv_fileno((const uv_handle_t *)&t->handle, &fd);
    t->peer.len = sizeof(t->peer.storage);
    t->local.len = sizeof(t->local.storage);
    getpeername(fd, (struct sockaddr *)&t->peer.storage, &t->peer.len);
    getsockname(fd, (struct sockaddr *)&t->local.storage, &t->local.len);
    if (t->local.storage.ss_family != AF_UNIX)
        tune(t, fd);
}

bool tcp_open(struct tcp *t, struct loop *loop, int fd, struct err *e)
{
    tcp_prepare(t, loop);
    int failed = uv_tcp_open(&t->handle, fd);
    if (failed) {
        close(fd);
        return err_system(e, -failed, "opening a connection");
    }
    tcp_connected(t);
    return true;
}
