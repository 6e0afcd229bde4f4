/* The body of the request being served, read from the exchange when the guest reads: reading is
 * what lets the client send more. To say whether a body is ready without losing bytes, it sometimes
 * has to read ahead. */
#include "runtime/wasi/state.h"

/* The exchange has nothing now and will tell of more. */
static bool is_waiting(const struct wasi_request_body *b)
{
    return b->state == BERTH_HTTP_READ_LATER;
}

static bool is_over(const struct wasi_request_body *b)
{
    return b->state == BERTH_HTTP_READ_END || b->state == BERTH_HTTP_READ_ERROR;
}

static enum berth_http_read read_exchange(struct wasi *w, size_t max, bytes *ret)
{
    struct wasi_serving *s = &w->serving;
    struct wasi_request_body *b = &s->body;
    if (is_over(b))
        return b->state;
    if (!s->exchange) {
        err_set(&w->body_error, ERR_CLOSED, "the client went away before the request body was complete");
        b->state = BERTH_HTTP_READ_ERROR;
        return b->state;
    }
    if (is_waiting(b))
        return b->state;
    b->readable = false;
    struct berth_error why;
    b->state = s->exchange->ops->read(s->exchange, max, ret, &why);
    if (b->state == BERTH_HTTP_READ_ERROR)
        err_take(&w->body_error, &why);
    return b->state;
}

enum berth_http_read wasi_request_body_read(struct wasi *w, size_t max, bytes *ret)
{
    struct wasi_request_body *b = &w->serving.body;
    if (b->ahead_len == 0)
        return read_exchange(w, max, ret);
    size_t len = max < b->ahead_len ? max : b->ahead_len;
    *ret = bytes_from(b->ahead + b->ahead_at, len);
    b->ahead_at += len;
    b->ahead_len -= len;
    return BERTH_HTTP_READ_DATA;
}

bool wasi_request_body_ready(struct wasi *w)
{
    struct wasi_request_body *b = &w->serving.body;
    if (b->ahead_len > 0 || is_over(b) || b->readable)
        return true;
    bytes data = { 0 };
    enum berth_http_read read = read_exchange(w, WASI_READ_AHEAD_BYTES, &data);
    if (read != BERTH_HTTP_READ_DATA)
        return read != BERTH_HTTP_READ_LATER;
    if (!b->ahead)
        b->ahead = wasi_pool_take(&w->pool, WASI_READ_AHEAD_BYTES);
    memcpy(b->ahead, data.ptr, data.len);
    b->ahead_at = 0;
    b->ahead_len = data.len;
    return true;
}

enum berth_http_read wasi_request_body_drain(struct wasi *w)
{
    bytes data = { 0 };
    w->serving.body.ahead_len = 0;
    enum berth_http_read read = BERTH_HTTP_READ_DATA;
    while (read == BERTH_HTTP_READ_DATA)
        read = read_exchange(w, WASI_READ_AHEAD_BYTES, &data);
    return read;
}
