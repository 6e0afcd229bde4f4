/* Byte streams: what a connection reads and writes, over TCP now and with TLS in between later. A stream belongs to its
 * loop's thread; callbacks come from the loop only, except that `on_read` data is borrowed until it returns. */
#ifndef IO_NET_STREAM_H
#define IO_NET_STREAM_H

#include <sys/socket.h>

#include "base/err.h"
#include "base/str.h"

struct loop;
struct stream;

struct stream_events {
    /* `data` of length 0: the other side has sent its last byte. */
    void (*on_read)(void *owner, bytes data);
    /* Everything written so far has been taken by the system. */
    void (*on_drained)(void *owner);
    /* Reading or writing failed (ERR_CLOSED or ERR_SYSTEM): the stream is of no more use but must still be closed. */
    void (*on_error)(void *owner, const struct err *e);
    /* After stream_close: memory is the owner's again. The last callback. */
    void (*on_closed)(void *owner);
};

struct stream_ops {
    void (*read_start)(struct stream *s);
    void (*read_stop)(struct stream *s);
    /* Copies what cannot be sent at once. */
    void (*write)(struct stream *s, const bytes *parts, size_t count);
    /* See stream_send_file; NULL where bytes are not sent as they are in the file. */
    size_t (*send_file)(struct stream *s, int fd, uint64_t offset, size_t max);
    size_t (*queued_bytes)(const struct stream *s);
    void (*shut_write)(struct stream *s);
    void (*close)(struct stream *s);
    void (*abort)(struct stream *s);
    const struct sockaddr *(*peer)(const struct stream *s);
    const struct sockaddr *(*local)(const struct stream *s);
};

struct stream {
    const struct stream_ops *ops;
    const struct stream_events *events;
    void *owner;
};

static inline void stream_set_owner(struct stream *s, const struct stream_events *events, void *owner)
{
    s->events = events;
    s->owner = owner;
}

static inline void stream_read_start(struct stream *s)
{
    s->ops->read_start(s);
}

static inline void stream_read_stop(struct stream *s)
{
    s->ops->read_stop(s);
}

static inline void stream_write(struct stream *s, const bytes *parts, size_t count)
{
    s->ops->write(s, parts, count);
}

/* Sends at most `max` bytes of a file without copying them through the program, as many as the system takes now.
 * Returns how many; 0: nothing this way, which is what writing is for. */
static inline size_t stream_send_file(struct stream *s, int fd, uint64_t offset, size_t max)
{
    return s->ops->send_file ? s->ops->send_file(s, fd, offset, max) : 0;
}

/* Bytes written that the system has not taken yet. */
static inline size_t stream_queued_bytes(const struct stream *s)
{
    return s->ops->queued_bytes(s);
}

/* Tells the other side that nothing more comes, after what is queued. */
static inline void stream_shut_write(struct stream *s)
{
    s->ops->shut_write(s);
}

/* Closes after a last attempt to send what is queued; on_closed follows. */
static inline void stream_close(struct stream *s)
{
    s->ops->close(s);
}

/* Closes at once and makes the other side see a reset: nobody takes what arrived for whole. */
static inline void stream_abort(struct stream *s)
{
    s->ops->abort(s);
}

static inline const struct sockaddr *stream_peer(const struct stream *s)
{
    return s->ops->peer(s);
}

static inline const struct sockaddr *stream_local(const struct stream *s)
{
    return s->ops->local(s);
}

#endif
