/* wasi:cli/stdin, stdout and stderr. Input is at its end from the start; output goes to the
 * embedder as it comes. */
#include "runtime/wasi/io/streams.h"
#include "runtime/wasi/wasi.h"
#include "runtime/wasi/wasi_gen.h"

/* Source or sink of a stdio stream; it has nothing to release but its memory. */
struct stdio {
    struct wasi_object object;
    enum wasi_output output;
};

static struct stdio *stdio_of(struct host_object *o)
{
    return CONTAINER_OF(o, struct stdio, object.host);
}

static void stdio_free(struct host_object *o)
{
    wasi_object_free(&stdio_of(o)->object, sizeof(struct stdio));
}

static const struct host_object_ops stdio_ops = { "stdio", stdio_free };

static enum stream_status stdin_read(struct host_object *source, size_t max, bytes *ret,
                                     struct wasi_io_error_error **ret_error)
{
    (void)source, (void)max, (void)ret, (void)ret_error;
    return STREAM_CLOSED;
}

static bool stdin_ready(struct host_object *source)
{
    (void)source;
    return true;
}

static const struct input_ops stdin_ops = { stdin_read, stdin_ready, wasi_stream_drop_nothing };

static bool output_permit(struct host_object *sink, size_t *ret)
{
    (void)sink;
    *ret = STREAM_MAX_BYTES;
    return true;
}

static enum stream_status output_write(struct host_object *sink, bytes data, struct wasi_io_error_error **ret_error)
{
    (void)ret_error;
    const struct stdio *s = stdio_of(sink);
    const struct wasi *w = s->object.wasi;
    if (w->options->output)
        w->options->output(w->owner, s->output, data);
    return STREAM_OK;
}

static const struct output_ops output_ops = { output_permit, output_write, wasi_stream_drop_nothing };

enum host_status wasi_cli_stdin_get_stdin(struct host_call *c, struct wasi_io_streams_input_stream **ret)
{
    struct stdio *s = wasi_object_new(c->host, sizeof(*s), &stdio_ops, c->err);
    if (!s)
        return HOST_TRAP;
    *ret = wasi_input_new(c->host, &stdin_ops, &s->object.host, c->err);
    host_object_unref(&s->object.host);
    return *ret ? HOST_DONE : HOST_TRAP;
}

static enum host_status output_get(struct host_call *c, enum wasi_output output,
                                   struct wasi_io_streams_output_stream **ret)
{
    struct stdio *s = wasi_object_new(c->host, sizeof(*s), &stdio_ops, c->err);
    if (!s)
        return HOST_TRAP;
    s->output = output;
    *ret = wasi_output_new(c->host, &output_ops, &s->object.host, c->err);
    host_object_unref(&s->object.host);
    return *ret ? HOST_DONE : HOST_TRAP;
}

enum host_status wasi_cli_stdout_get_stdout(struct host_call *c, struct wasi_io_streams_output_stream **ret)
{
    return output_get(c, WASI_STDOUT, ret);
}

enum host_status wasi_cli_stderr_get_stderr(struct host_call *c, struct wasi_io_streams_output_stream **ret)
{
    return output_get(c, WASI_STDERR, ret);
}
