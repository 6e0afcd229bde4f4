/* Bodies from files: see file_body.h. */
#include "server/route/file_body.h"

#include <errno.h>
#include <unistd.h>

#include "io/http/exchange.h"

/* Less is read and sent together with the head, in one call. */
enum { READ_BYTES = 16 * 1024 };

struct sending {
    struct http_exchange *x;
    int fd;
    uint64_t offset, left;
    uint8_t *buffer;
    size_t buffer_size; /* READ_BYTES, or as much as the file has */
};

static void advance(struct sending *s, size_t n)
{
    s->offset += n;
    s->left -= n;
}

/* Through the buffer. False when the file cannot be read. */
static bool write_some(struct sending *s, size_t room)
{
    size_t want = s->left < s->buffer_size ? (size_t)s->left : s->buffer_size;
    ssize_t n;
    do
        n = pread(s->fd, s->buffer, want < room ? want : room, (off_t)s->offset);
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return false;
    advance(s, (size_t)n);
    http_exchange_write(s->x, bytes_from(s->buffer, (size_t)n));
    return true;
}

/* The system sends what it takes at once; what it does not take any more is written, so that it tells when there is
 * room again. */
static void pump(struct sending *s)
{
    size_t room;
    while (s->left && (room = http_exchange_writable(s->x)) > 0) {
        size_t n = s->left > READ_BYTES ? http_exchange_send_file(s->x, s->fd, s->offset, (size_t)s->left) : 0;
        if (n) {
            advance(s, n);
        } else if (http_exchange_writable(s->x) && !write_some(s, room)) {
            s->left = 0; /* it became shorter: what was announced cannot be sent */
            http_exchange_abort(s->x);
            return;
        }
        if (!s->left)
            http_exchange_finish(s->x, NULL);
    }
}

static void on_readable(void *consumer)
{
    (void)consumer; /* a body is not looked at */
}

static void on_writable(void *consumer)
{
    pump(consumer);
}

static void on_end(void *consumer, bool complete)
{
    struct sending *s = consumer;
    (void)complete;
    close(s->fd);
}

static const struct http_consumer_ops sending_consumer = { on_readable, on_writable, on_end };

void file_respond(struct http_exchange *x, int fd, const struct http_response *response, uint64_t first)
{
    struct sending *s = arena_new(x->arena, struct sending, 1);
    bool body = response->content_length && !str_eq(x->request.method, STR("HEAD"));
    *s = (struct sending){ .x = x, .fd = fd, .offset = first, .left = body ? response->content_length : 0 };
    http_exchange_consume(x, &sending_consumer, s);
    http_exchange_respond(x, response);
    if (!body) {
        http_exchange_finish(x, NULL);
        return;
    }
    s->buffer_size = s->left < READ_BYTES ? (size_t)s->left : READ_BYTES;
    s->buffer = arena_alloc(x->arena, s->buffer_size);
    pump(s);
}
