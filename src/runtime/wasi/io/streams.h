/* Streams of bytes: an input-stream is a table of operations over a source, an output-stream over a
 * sink. The rules of wasi:io/streams (permits, closing after a failure, blocking) are kept in
 * streams.c; sources and sinks only move bytes. */
#ifndef RUNTIME_WASI_IO_STREAMS_H
#define RUNTIME_WASI_IO_STREAMS_H

#include "runtime/wasi/state.h"

struct wasi_io_error_error;
struct wasi_io_streams_input_stream;
struct wasi_io_streams_output_stream;

enum stream_status {
    STREAM_OK,
    STREAM_LATER, /* nothing can be read now; the task is woken when that changes */
    STREAM_CLOSED,
    STREAM_FAILED, /* `ret_error` has why; the stream is closed from now on. It may be NULL: then
                      plainly closed. */
};

/* Most that one call moves. */
enum { STREAM_MAX_BYTES = 64 * 1024 };

struct input_ops {
    /* 1 … max bytes that stay valid until the next call. `max` 0 only asks whether the stream is
     * open: STREAM_LATER or STREAM_CLOSED. */
    enum stream_status (*read)(struct host_object *source, size_t max, bytes *ret,
                               struct wasi_io_error_error **ret_error);
    /* True when `read` would not say STREAM_LATER. */
    bool (*ready)(struct host_object *source);
    /* The guest dropped its handle. */
    void (*drop)(struct host_object *source);
};

struct output_ops {
    /* How many bytes may be written now, 0: wait for a wake. False when the sink is closed. */
    bool (*permit)(struct host_object *sink, size_t *ret);
    /* Takes all of `data` (at most one permit, or 4096 bytes over it). STREAM_OK, CLOSED or FAILED.
     */
    enum stream_status (*write)(struct host_object *sink, bytes data, struct wasi_io_error_error **ret_error);
    /* The guest dropped its handle. */
    void (*drop)(struct host_object *sink);
};

/* Both keep a reference to `source` or `sink`, which is the object handed to the operations. NULL
 * with `e` set when there are too many objects. */
struct wasi_io_streams_input_stream *wasi_input_new(struct wasi *w, const struct input_ops *ops,
                                                    struct host_object *source, struct err *e) MUST_USE;
struct wasi_io_streams_output_stream *wasi_output_new(struct wasi *w, const struct output_ops *ops,
                                                      struct host_object *sink, struct err *e) MUST_USE;

/* For sources and sinks that do not care. */
void wasi_stream_drop_nothing(struct host_object *o);

#endif
