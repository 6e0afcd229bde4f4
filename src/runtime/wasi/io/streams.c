/* wasi:io/streams: the rules that every stream keeps, whatever it reads from or writes to. Blocking
 * functions consume nothing before they can finish, so they are simply called again after a wake.
 */
#include "runtime/wasi/io/streams.h"

#include "runtime/wasi/io/error.h"
#include "runtime/wasi/io/poll.h"
#include "runtime/wasi/wasi_gen.h"

/* What blocking-write-and-flush and its sister may be given at once. */
enum { BLOCKING_WRITE_MAX_BYTES = 4096 };

struct wasi_io_streams_input_stream {
    struct wasi_object object;
    const struct input_ops *ops;
    struct host_object *source;
    bool closed;
};

struct wasi_io_streams_output_stream {
    struct wasi_object object;
    const struct output_ops *ops;
    struct host_object *sink;
    size_t permit; /* left of the last check-write */
    bool closed;
};

void wasi_stream_drop_nothing(struct host_object *o)
{
    (void)o;
}

static struct wasi_io_streams_stream_error stream_error(struct wasi_io_error_error *error)
{
    struct wasi_io_streams_stream_error e = { .tag = WASI_IO_STREAMS_STREAM_ERROR_CLOSED };
    if (error) {
        e.tag = WASI_IO_STREAMS_STREAM_ERROR_LAST_OPERATION_FAILED;
        e.of.last_operation_failed = error;
    }
    return e;
}

/* --- input-stream --- */

static struct wasi_io_streams_input_stream *input_of(struct host_object *o)
{
    return CONTAINER_OF(o, struct wasi_io_streams_input_stream, object.host);
}

static void input_free(struct host_object *o)
{
    struct wasi_io_streams_input_stream *s = input_of(o);
    host_object_unref(s->source);
    wasi_object_free(&s->object, sizeof(*s));
}

static const struct host_object_ops input_object_ops = { "input-stream", input_free };

struct wasi_io_streams_input_stream *wasi_input_new(struct wasi *w, const struct input_ops *ops,
                                                    struct host_object *source, struct err *e)
{
    struct wasi_io_streams_input_stream *s = wasi_object_new(w, sizeof(*s), &input_object_ops, e);
    if (!s)
        return NULL;
    s->ops = ops;
    s->source = host_object_ref(source);
    return s;
}

void wasi_io_streams_input_stream_drop(struct wasi_io_streams_input_stream *s)
{
    s->ops->drop(s->source);
    host_object_unref(&s->object.host);
}

static enum stream_status input_read(struct wasi_io_streams_input_stream *s, uint64_t len, bytes *ret,
                                     struct wasi_io_error_error **ret_error)
{
    if (s->closed)
        return STREAM_CLOSED;
    size_t max = len > STREAM_MAX_BYTES ? STREAM_MAX_BYTES : (size_t)len;
    enum stream_status status = s->ops->read(s->source, max, ret, ret_error);
    s->closed = status == STREAM_CLOSED || status == STREAM_FAILED;
    return status;
}

static bool input_ready(struct host_object *o)
{
    struct wasi_io_streams_input_stream *s = input_of(o);
    return s->closed || s->ops->ready(s->source);
}

/* All four reading functions. Reading nothing never blocks. */
static enum host_status input_take(struct wasi_io_streams_input_stream *s, uint64_t len, bool block,
                                   struct result_bytes_wasi_io_streams_stream_error *ret)
{
    struct wasi_io_error_error *error = NULL;
    bytes data = { 0 };
    *ret = (struct result_bytes_wasi_io_streams_stream_error){ 0 };
    switch (input_read(s, len, &data, &error)) {
    case STREAM_OK: ret->of.ok = data; break;
    case STREAM_LATER:
        if (block && len > 0)
            return HOST_BLOCK;
        break;
    case STREAM_CLOSED:
    case STREAM_FAILED:
        ret->is_err = true;
        ret->of.err = stream_error(error);
        break;
    }
    return HOST_DONE;
}

enum host_status wasi_io_streams_input_stream_read(struct host_call *c,
                                                   const struct wasi_io_streams_input_stream_read_args *a,
                                                   struct result_bytes_wasi_io_streams_stream_error *ret)
{
    (void)c;
    return input_take(a->self, a->len, false, ret);
}

enum host_status
wasi_io_streams_input_stream_blocking_read(struct host_call *c,
                                           const struct wasi_io_streams_input_stream_blocking_read_args *a,
                                           struct result_bytes_wasi_io_streams_stream_error *ret)
{
    (void)c;
    return input_take(a->self, a->len, true, ret);
}

static enum host_status input_skip(struct wasi_io_streams_input_stream *s, uint64_t len, bool block,
                                   struct result_u64_wasi_io_streams_stream_error *ret)
{
    struct result_bytes_wasi_io_streams_stream_error read;
    enum host_status status = input_take(s, len, block, &read);
    *ret = (struct result_u64_wasi_io_streams_stream_error){ .is_err = read.is_err };
    if (read.is_err)
        ret->of.err = read.of.err;
    else
        ret->of.ok = read.of.ok.len;
    return status;
}

enum host_status wasi_io_streams_input_stream_skip(struct host_call *c,
                                                   const struct wasi_io_streams_input_stream_skip_args *a,
                                                   struct result_u64_wasi_io_streams_stream_error *ret)
{
    (void)c;
    return input_skip(a->self, a->len, false, ret);
}

enum host_status
wasi_io_streams_input_stream_blocking_skip(struct host_call *c,
                                           const struct wasi_io_streams_input_stream_blocking_skip_args *a,
                                           struct result_u64_wasi_io_streams_stream_error *ret)
{
    (void)c;
    return input_skip(a->self, a->len, true, ret);
}

enum host_status wasi_io_streams_input_stream_subscribe(struct host_call *c,
                                                        const struct wasi_io_streams_input_stream_subscribe_args *a,
                                                        struct wasi_io_poll_pollable **ret)
{
    *ret = wasi_pollable_of(c->host, &a->self->object.host, input_ready, c->err);
    return *ret ? HOST_DONE : HOST_TRAP;
}

/* --- output-stream --- */

static struct wasi_io_streams_output_stream *output_of(struct host_object *o)
{
    return CONTAINER_OF(o, struct wasi_io_streams_output_stream, object.host);
}

static void output_free(struct host_object *o)
{
    struct wasi_io_streams_output_stream *s = output_of(o);
    host_object_unref(s->sink);
    wasi_object_free(&s->object, sizeof(*s));
}

static const struct host_object_ops output_object_ops = { "output-stream", output_free };

struct wasi_io_streams_output_stream *wasi_output_new(struct wasi *w, const struct output_ops *ops,
                                                      struct host_object *sink, struct err *e)
{
    struct wasi_io_streams_output_stream *s = wasi_object_new(w, sizeof(*s), &output_object_ops, e);
    if (!s)
        return NULL;
    s->ops = ops;
    s->sink = host_object_ref(sink);
    return s;
}

void wasi_io_streams_output_stream_drop(struct wasi_io_streams_output_stream *s)
{
    s->ops->drop(s->sink);
    host_object_unref(&s->object.host);
}

/* False when closed. Sets the stream's permit, 0 when it must wait. */
static bool output_permit(struct wasi_io_streams_output_stream *s)
{
    s->permit = 0;
    if (!s->closed && !s->ops->permit(s->sink, &s->permit))
        s->closed = true;
    if (s->permit > STREAM_MAX_BYTES)
        s->permit = STREAM_MAX_BYTES;
    return !s->closed;
}

static bool output_ready(struct host_object *o)
{
    struct wasi_io_streams_output_stream *s = output_of(o);
    size_t permit = 0;
    return s->closed || !s->ops->permit(s->sink, &permit) || permit > 0;
}

/* Writes what the permit covers (or a blocking write, which may exceed it by a little). */
static enum stream_status output_write(struct wasi_io_streams_output_stream *s, bytes data,
                                       struct wasi_io_error_error **ret_error)
{
    if (s->closed)
        return STREAM_CLOSED;
    s->permit -= data.len < s->permit ? data.len : s->permit;
    if (data.len == 0)
        return STREAM_OK;
    enum stream_status status = s->ops->write(s->sink, data, ret_error);
    s->closed = status != STREAM_OK;
    return status;
}

static enum stream_status output_write_zeroes(struct wasi_io_streams_output_stream *s, uint64_t len,
                                              struct wasi_io_error_error **ret_error)
{
    static const uint8_t zeroes[BLOCKING_WRITE_MAX_BYTES];
    enum stream_status status = STREAM_OK;
    do {
        size_t part = len < sizeof(zeroes) ? (size_t)len : sizeof(zeroes);
        status = output_write(s, bytes_from(zeroes, part), ret_error);
        len -= part;
    } while (len > 0 && status == STREAM_OK);
    return status;
}

static enum host_status output_done(enum stream_status status, struct wasi_io_error_error *error,
                                    struct result_void_wasi_io_streams_stream_error *ret)
{
    *ret = (struct result_void_wasi_io_streams_stream_error){ .is_err = status != STREAM_OK };
    if (ret->is_err)
        ret->of.err = stream_error(error);
    return HOST_DONE;
}

/* A guest that writes without asking first gets what check-write would have told it. */
static bool output_permits(struct wasi_io_streams_output_stream *s, uint64_t len)
{
    return len <= s->permit || !output_permit(s) || len <= s->permit;
}

enum host_status
wasi_io_streams_output_stream_check_write(struct host_call *c,
                                          const struct wasi_io_streams_output_stream_check_write_args *a,
                                          struct result_u64_wasi_io_streams_stream_error *ret)
{
    (void)c;
    *ret = (struct result_u64_wasi_io_streams_stream_error){ .is_err = !output_permit(a->self) };
    if (ret->is_err)
        ret->of.err = stream_error(NULL);
    else
        ret->of.ok = a->self->permit;
    return HOST_DONE;
}

enum host_status wasi_io_streams_output_stream_write(struct host_call *c,
                                                     const struct wasi_io_streams_output_stream_write_args *a,
                                                     struct result_void_wasi_io_streams_stream_error *ret)
{
    if (!output_permits(a->self, a->contents.len))
        return wasi_trap(c, ERR_TRAP, "write of %zu bytes to an output-stream, check-write permits %zu",
                         a->contents.len, a->self->permit);
    struct wasi_io_error_error *error = NULL;
    enum stream_status status = output_write(a->self, a->contents, &error);
    return output_done(status, error, ret);
}

enum host_status
wasi_io_streams_output_stream_write_zeroes(struct host_call *c,
                                           const struct wasi_io_streams_output_stream_write_zeroes_args *a,
                                           struct result_void_wasi_io_streams_stream_error *ret)
{
    if (!output_permits(a->self, a->len))
        return wasi_trap(c, ERR_TRAP, "write of %llu zeroes to an output-stream, check-write permits %zu",
                         (unsigned long long)a->len, a->self->permit);
    struct wasi_io_error_error *error = NULL;
    enum stream_status status = output_write_zeroes(a->self, a->len, &error);
    return output_done(status, error, ret);
}

/* Before a blocking write: true when it can go on. As soon as there is any room all is written at
 * once: it may exceed the permit by less than 4096 bytes, and needs no memory of how far it came.
 */
static bool output_may_write(struct wasi_io_streams_output_stream *s)
{
    return !output_permit(s) || s->permit > 0;
}

enum host_status wasi_io_streams_output_stream_blocking_write_and_flush(
    struct host_call *c, const struct wasi_io_streams_output_stream_blocking_write_and_flush_args *a,
    struct result_void_wasi_io_streams_stream_error *ret)
{
    if (a->contents.len > BLOCKING_WRITE_MAX_BYTES)
        return wasi_trap(c, ERR_TRAP, "blocking-write-and-flush of %zu bytes, the most is 4096", a->contents.len);
    if (!output_may_write(a->self))
        return HOST_BLOCK;
    struct wasi_io_error_error *error = NULL;
    enum stream_status status = output_write(a->self, a->contents, &error);
    return output_done(status, error, ret);
}

enum host_status wasi_io_streams_output_stream_blocking_write_zeroes_and_flush(
    struct host_call *c, const struct wasi_io_streams_output_stream_blocking_write_zeroes_and_flush_args *a,
    struct result_void_wasi_io_streams_stream_error *ret)
{
    if (a->len > BLOCKING_WRITE_MAX_BYTES)
        return wasi_trap(c, ERR_TRAP, "blocking-write-zeroes-and-flush of %llu bytes, the most is 4096",
                         (unsigned long long)a->len);
    if (!output_may_write(a->self))
        return HOST_BLOCK;
    struct wasi_io_error_error *error = NULL;
    enum stream_status status = output_write_zeroes(a->self, a->len, &error);
    return output_done(status, error, ret);
}

/* Sinks pass on at once what they take, so that there is never anything left to flush;
 * back-pressure is check-write's. */
enum host_status wasi_io_streams_output_stream_flush(struct host_call *c,
                                                     const struct wasi_io_streams_output_stream_flush_args *a,
                                                     struct result_void_wasi_io_streams_stream_error *ret)
{
    (void)c;
    return output_done(output_permit(a->self) ? STREAM_OK : STREAM_CLOSED, NULL, ret);
}

enum host_status
wasi_io_streams_output_stream_blocking_flush(struct host_call *c,
                                             const struct wasi_io_streams_output_stream_blocking_flush_args *a,
                                             struct result_void_wasi_io_streams_stream_error *ret)
{
    (void)c;
    if (!output_may_write(a->self))
        return HOST_BLOCK;
    return output_done(a->self->closed ? STREAM_CLOSED : STREAM_OK, NULL, ret);
}

enum host_status wasi_io_streams_output_stream_subscribe(struct host_call *c,
                                                         const struct wasi_io_streams_output_stream_subscribe_args *a,
                                                         struct wasi_io_poll_pollable **ret)
{
    *ret = wasi_pollable_of(c->host, &a->self->object.host, output_ready, c->err);
    return *ret ? HOST_DONE : HOST_TRAP;
}

static enum host_status splice(struct wasi_io_streams_output_stream *to, struct wasi_io_streams_input_stream *from,
                               uint64_t len, bool block, struct result_u64_wasi_io_streams_stream_error *ret)
{
    *ret = (struct result_u64_wasi_io_streams_stream_error){ 0 };
    struct wasi_io_error_error *error = NULL;
    bytes data = { 0 };
    enum stream_status status = output_permit(to) ? STREAM_LATER : STREAM_CLOSED;
    if (status == STREAM_LATER && (to->permit > 0 || len == 0))
        status = input_read(from, len < to->permit ? len : to->permit, &data, &error);
    if (status == STREAM_LATER && block && len > 0)
        return HOST_BLOCK;
    if (status == STREAM_OK)
        status = output_write(to, data, &error);
    if (status == STREAM_OK) {
        ret->of.ok = data.len;
    } else if (status != STREAM_LATER) {
        ret->is_err = true;
        ret->of.err = stream_error(error);
    }
    return HOST_DONE;
}

enum host_status wasi_io_streams_output_stream_splice(struct host_call *c,
                                                      const struct wasi_io_streams_output_stream_splice_args *a,
                                                      struct result_u64_wasi_io_streams_stream_error *ret)
{
    (void)c;
    return splice(a->self, a->src, a->len, false, ret);
}

enum host_status
wasi_io_streams_output_stream_blocking_splice(struct host_call *c,
                                              const struct wasi_io_streams_output_stream_blocking_splice_args *a,
                                              struct result_u64_wasi_io_streams_stream_error *ret)
{
    (void)c;
    return splice(a->self, a->src, a->len, true, ret);
}
