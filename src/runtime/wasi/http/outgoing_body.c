/* wasi:http/types.outgoing-body: what the guest writes, counted against the content-length it
 * announced. */
#include "runtime/wasi/http/error_code.h"
#include "runtime/wasi/http/outgoing.h"
#include "runtime/wasi/io/error.h"
#include "runtime/wasi/io/streams.h"

static struct wasi_http_types_outgoing_body *body_of(struct host_object *o)
{
    return CONTAINER_OF(o, struct wasi_http_types_outgoing_body, object.host);
}

static void pending_free(struct wasi_http_types_outgoing_body *b)
{
    struct wasi *w = b->object.wasi;
    wasi_pool_give(&w->pool, b->pending, b->pending_cap);
    w->pending_bytes -= b->pending_cap;
    b->pending = NULL;
    b->pending_len = b->pending_cap = 0;
}

static void trailers_free(struct wasi_http_types_outgoing_body *b)
{
    if (b->trailers)
        host_object_unref(&b->trailers->object.host);
    b->trailers = NULL;
}

static void body_free(struct host_object *o)
{
    struct wasi_http_types_outgoing_body *b = body_of(o);
    pending_free(b);
    trailers_free(b);
    wasi_object_free(&b->object, sizeof(*b));
}

static const struct host_object_ops body_ops = { "outgoing-body", body_free };

struct wasi_http_types_outgoing_body *wasi_outgoing_body_new(struct wasi *w, bool for_response, uint64_t content_length,
                                                             struct err *e)
{
    struct wasi_http_types_outgoing_body *b = wasi_object_new(w, sizeof(*b), &body_ops, e);
    if (!b)
        return NULL;
    b->for_response = for_response;
    b->content_length = content_length;
    return b;
}

/* Dropped, not finished: the message must not look complete. */
void wasi_http_types_outgoing_body_drop(struct wasi_http_types_outgoing_body *b)
{
    if (b->end == WASI_BODY_OPEN)
        b->end = WASI_BODY_DROPPED;
    host_object_unref(&b->object.host);
}

void wasi_outgoing_body_refuse(struct wasi_http_types_outgoing_body *b)
{
    if (b->end == WASI_BODY_OPEN)
        b->end = WASI_BODY_REFUSED;
    pending_free(b);
}

void wasi_outgoing_body_explain(const struct wasi_http_types_outgoing_body *b, struct err *e)
{
    unsigned long long written = b->written, announced = b->content_length;
    switch (b->end) {
    case WASI_BODY_OPEN:
    case WASI_BODY_FINISHED:
    case WASI_BODY_REFUSED: err_set(e, ERR_INVALID, "the guest ended before it finished the response body"); return;
    case WASI_BODY_DROPPED: err_set(e, ERR_INVALID, "the guest dropped the response body without finishing it"); return;
    case WASI_BODY_SHORT:
        err_set(e, ERR_INVALID, "the guest finished the response body after %llu of %llu bytes", written, announced);
        return;
    case WASI_BODY_LONG:
        err_set(e, ERR_INVALID, "the guest wrote more than the %llu bytes that content-length says", announced);
        return;
    }
    __builtin_unreachable();
}

/* --- its stream --- */

static bool body_permit(struct host_object *sink, size_t *ret)
{
    const struct wasi_http_types_outgoing_body *b = body_of(sink);
    const struct wasi *w = b->object.wasi;
    if (b->end != WASI_BODY_OPEN || (b->for_response && w->serving.ended))
        return false;
    if (b->attached) {
        *ret = w->serving.exchange->ops->writable(w->serving.exchange);
        return true;
    }
    size_t room = b->pending_len < WASI_MAX_PENDING_BYTES ? WASI_MAX_PENDING_BYTES - b->pending_len : 0;
    *ret = w->pending_bytes < WASI_MAX_ALL_PENDING_BYTES ? room : 0;
    return true;
}

/* Whether the response has no body, whatever the guest writes. RFC 9110, 6.4.1. */
static bool is_bodiless(const struct wasi_http_types_outgoing_body *b)
{
    return b->may_be_empty || (b->for_response && b->object.wasi->serving.is_head);
}

static void exchange_write(struct wasi_http_types_outgoing_body *b, bytes data)
{
    struct berth_http_exchange *x = b->object.wasi->serving.exchange;
    if (!is_bodiless(b))
        x->ops->write(x, data);
}

static void pending_add(struct wasi_http_types_outgoing_body *b, bytes data)
{
    struct wasi *w = b->object.wasi;
    size_t need = b->pending_len + data.len, cap = b->pending_cap ? b->pending_cap : 1024;
    while (cap < need)
        cap *= 2;
    if (cap != b->pending_cap) {
        uint8_t *at = wasi_pool_take(&w->pool, cap);
        if (b->pending_len)
            memcpy(at, b->pending, b->pending_len);
        wasi_pool_give(&w->pool, b->pending, b->pending_cap);
        w->pending_bytes += cap - b->pending_cap;
        b->pending = at;
        b->pending_cap = cap;
    }
    memcpy(b->pending + b->pending_len, data.ptr, data.len);
    b->pending_len = need;
}

static enum stream_status body_too_long(struct wasi_http_types_outgoing_body *b, size_t len,
                                        struct wasi_io_error_error **ret_error)
{
    struct err why = ERR_INIT;
    b->end = WASI_BODY_LONG;
    wasi_outgoing_body_explain(b, &why);
    *ret_error =
        wasi_error_new(b->object.wasi, str_of(why.text), wasi_error_code_body_size(b->for_response, b->written + len));
    return STREAM_FAILED;
}

static enum stream_status body_write(struct host_object *sink, bytes data, struct wasi_io_error_error **ret_error)
{
    struct wasi_http_types_outgoing_body *b = body_of(sink);
    size_t permit = 0;
    if (!body_permit(sink, &permit))
        return STREAM_CLOSED;
    if (b->content_length != BERTH_HTTP_LENGTH_UNKNOWN && data.len > b->content_length - b->written)
        return body_too_long(b, data.len, ret_error);
    b->written += data.len;
    if (b->attached)
        exchange_write(b, data);
    else
        pending_add(b, data);
    return STREAM_OK;
}

static void stream_dropped(struct host_object *sink)
{
    body_of(sink)->stream_live = false;
}

static const struct output_ops body_output_ops = { body_permit, body_write, stream_dropped };

enum host_status wasi_http_types_outgoing_body_write(struct host_call *c,
                                                     const struct wasi_http_types_outgoing_body_write_args *a,
                                                     struct result_wasi_io_streams_output_stream_void *ret)
{
    struct wasi_http_types_outgoing_body *b = a->self;
    *ret = (struct result_wasi_io_streams_output_stream_void){ .is_err = b->stream_taken };
    if (b->stream_taken)
        return HOST_DONE;
    ret->of.ok = wasi_output_new(c->host, &body_output_ops, &b->object.host, c->err);
    if (!ret->of.ok)
        return HOST_TRAP;
    b->stream_taken = b->stream_live = true;
    return HOST_DONE;
}

/* --- its end --- */

/* The end goes to the exchange, which may be gone: nobody is told then, as with any late failure of
 * the network. */
static void send_end(struct wasi_http_types_outgoing_body *b)
{
    struct wasi_serving *s = &b->object.wasi->serving;
    if (s->exchange)
        s->exchange->ops->finish(s->exchange, b->trailers ? b->trailers->lines.at : NULL,
                                 b->trailers ? b->trailers->lines.len : 0);
    trailers_free(b);
    s->response = WASI_RESPONSE_FINISHED;
}

void wasi_outgoing_body_attach(struct wasi_http_types_outgoing_body *b)
{
    b->attached = true;
    if (b->pending_len)
        exchange_write(b, bytes_from(b->pending, b->pending_len));
    pending_free(b);
    if (b->end == WASI_BODY_FINISHED)
        send_end(b);
}

static bool is_short(const struct wasi_http_types_outgoing_body *b)
{
    if (b->content_length == BERTH_HTTP_LENGTH_UNKNOWN || b->written == b->content_length)
        return false;
    return !(b->written == 0 && is_bodiless(b));
}

/* The guest gives up the body (and the trailers) in any case. */
enum host_status wasi_http_types_outgoing_body_finish(struct host_call *c,
                                                      const struct wasi_http_types_outgoing_body_finish_args *a,
                                                      struct result_void_wasi_http_types_error_code *ret)
{
    struct wasi_http_types_outgoing_body *b = a->this_;
    enum host_status status = HOST_DONE;
    *ret = (struct result_void_wasi_http_types_error_code){ .is_err = false };
    trailers_free(b);
    if (a->trailers.some)
        b->trailers = a->trailers.value;
    if (b->stream_live) {
        status = wasi_trap(c, ERR_TRAP, "outgoing-body finished before its output-stream was dropped");
    } else if (b->end == WASI_BODY_LONG || is_short(b)) {
        if (b->end == WASI_BODY_OPEN)
            b->end = WASI_BODY_SHORT;
        ret->is_err = true;
        ret->of.err = wasi_error_code_body_size(b->for_response, b->written);
    } else if (b->end == WASI_BODY_OPEN) {
        b->end = WASI_BODY_FINISHED;
        if (b->attached)
            send_end(b);
    }
    host_object_unref(&b->object.host);
    return status;
}
