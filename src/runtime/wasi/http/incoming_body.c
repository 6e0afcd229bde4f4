/* wasi:http/types.incoming-body and future-trailers, over the body of the request being served.
 * While the guest holds the stream it gets the bytes; once it has finished the body, what it did
 * not read is dropped on the way to the trailers. */
#include "runtime/wasi/http/error_code.h"
#include "runtime/wasi/http/fields.h"
#include "runtime/wasi/http/incoming.h"
#include "runtime/wasi/io/error.h"
#include "runtime/wasi/io/poll.h"
#include "runtime/wasi/io/streams.h"

struct wasi_http_types_incoming_body {
    struct wasi_object object;
    bool stream_taken, stream_live;
};

struct wasi_http_types_future_trailers {
    struct wasi_object object;
    bool taken;
};

static struct wasi_http_types_incoming_body *body_of(struct host_object *o)
{
    return CONTAINER_OF(o, struct wasi_http_types_incoming_body, object.host);
}

static void body_free(struct host_object *o)
{
    wasi_object_free(&body_of(o)->object, sizeof(struct wasi_http_types_incoming_body));
}

static const struct host_object_ops body_ops = { "incoming-body", body_free };

struct wasi_http_types_incoming_body *wasi_incoming_body_new(struct wasi *w, struct err *e)
{
    return wasi_object_new(w, sizeof(struct wasi_http_types_incoming_body), &body_ops, e);
}

void wasi_http_types_incoming_body_drop(struct wasi_http_types_incoming_body *b)
{
    host_object_unref(&b->object.host);
}

/* --- its stream --- */

static enum stream_status body_read(struct host_object *source, size_t max, bytes *ret,
                                    struct wasi_io_error_error **ret_error)
{
    struct wasi *w = body_of(source)->object.wasi;
    struct wasi_request_body *b = &w->serving.body;
    if (max == 0)
        return b->state == BERTH_HTTP_READ_END && b->ahead_len == 0 ? STREAM_CLOSED : STREAM_LATER;
    switch (wasi_request_body_read(w, max, ret)) {
    case BERTH_HTTP_READ_DATA: return STREAM_OK;
    case BERTH_HTTP_READ_LATER: return STREAM_LATER;
    case BERTH_HTTP_READ_END: return STREAM_CLOSED;
    case BERTH_HTTP_READ_ERROR:
        *ret_error = wasi_error_new(w, str_of(w->body_error.text), wasi_error_code_of(&w->body_error));
        return STREAM_FAILED;
    }
    __builtin_unreachable();
}

static bool body_ready(struct host_object *source)
{
    return wasi_request_body_ready(body_of(source)->object.wasi);
}

static void stream_dropped(struct host_object *source)
{
    body_of(source)->stream_live = false;
}

static const struct input_ops body_input_ops = { body_read, body_ready, stream_dropped };

enum host_status wasi_http_types_incoming_body_stream(struct host_call *c,
                                                      const struct wasi_http_types_incoming_body_stream_args *a,
                                                      struct result_wasi_io_streams_input_stream_void *ret)
{
    struct wasi_http_types_incoming_body *b = a->self;
    *ret = (struct result_wasi_io_streams_input_stream_void){ .is_err = b->stream_taken };
    if (b->stream_taken)
        return HOST_DONE;
    ret->of.ok = wasi_input_new(c->host, &body_input_ops, &b->object.host, c->err);
    if (!ret->of.ok)
        return HOST_TRAP;
    b->stream_taken = b->stream_live = true;
    return HOST_DONE;
}

/* --- its trailers --- */

static struct wasi_http_types_future_trailers *trailers_of(struct host_object *o)
{
    return CONTAINER_OF(o, struct wasi_http_types_future_trailers, object.host);
}

static void trailers_free(struct host_object *o)
{
    wasi_object_free(&trailers_of(o)->object, sizeof(struct wasi_http_types_future_trailers));
}

static const struct host_object_ops trailers_ops = { "future-trailers", trailers_free };

enum host_status wasi_http_types_incoming_body_finish(struct host_call *c,
                                                      const struct wasi_http_types_incoming_body_finish_args *a,
                                                      struct wasi_http_types_future_trailers **ret)
{
    bool live = a->this_->stream_live;
    host_object_unref(&a->this_->object.host);
    if (live)
        return wasi_trap(c, ERR_TRAP, "incoming-body finished before its input-stream was dropped");
    *ret = wasi_object_new(c->host, sizeof(**ret), &trailers_ops, c->err);
    return *ret ? HOST_DONE : HOST_TRAP;
}

void wasi_http_types_future_trailers_drop(struct wasi_http_types_future_trailers *t)
{
    host_object_unref(&t->object.host);
}

static bool trailers_ready(struct host_object *o)
{
    struct wasi_http_types_future_trailers *t = trailers_of(o);
    return t->taken || wasi_request_body_drain(t->object.wasi) != BERTH_HTTP_READ_LATER;
}

enum host_status
wasi_http_types_future_trailers_subscribe(struct host_call *c,
                                          const struct wasi_http_types_future_trailers_subscribe_args *a,
                                          struct wasi_io_poll_pollable **ret)
{
    *ret = wasi_pollable_of(c->host, &a->self->object.host, trailers_ready, c->err);
    return *ret ? HOST_DONE : HOST_TRAP;
}

typedef struct option_result_result_option_wasi_http_types_fields_wasi_http_types_error_code_void trailers_result;

/* The body was read to its end: NULL or the client's trailers, as a reference of the caller's. */
static bool trailers_take(struct wasi *w, struct wasi_http_types_fields **ret, struct err *e)
{
    if (w->serving.exchange && !wasi_serving_make_trailers(w, e))
        return false;
    *ret = w->serving.trailers;
    w->serving.trailers = NULL;
    return true;
}

enum host_status wasi_http_types_future_trailers_get(struct host_call *c,
                                                     const struct wasi_http_types_future_trailers_get_args *a,
                                                     trailers_result *ret)
{
    struct wasi *w = c->host;
    *ret = (trailers_result){ .some = true };
    if (a->self->taken) {
        ret->value.is_err = true;
        return HOST_DONE;
    }
    struct wasi_http_types_fields *trailers = NULL;
    switch (wasi_request_body_drain(w)) {
    case BERTH_HTTP_READ_DATA:
    case BERTH_HTTP_READ_LATER: ret->some = false; return HOST_DONE;
    case BERTH_HTTP_READ_END:
        if (!trailers_take(w, &trailers, c->err))
            return HOST_TRAP;
        ret->value.of.ok.of.ok.some = trailers != NULL;
        ret->value.of.ok.of.ok.value = trailers;
        break;
    case BERTH_HTTP_READ_ERROR:
        ret->value.of.ok.is_err = true;
        ret->value.of.ok.of.err = wasi_error_code_of(&w->body_error);
        break;
    }
    a->self->taken = true;
    return HOST_DONE;
}
