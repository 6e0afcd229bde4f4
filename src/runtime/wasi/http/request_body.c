/* The body of the request being served, read from the exchange when the guest reads: reading is
 * what lets the client send more. To say whether a body is ready without losing bytes, it sometimes
 * has to read ahead. */
#include "runtime/wasi/state.h"

/* The exchange has nothing now and will call on_readable. */
static bool is_waiting(const struct wasi_request_body *b)
{
    return b->state == HTTP_READ_LATER;
}

static bool is_over(const struct wasi_request_body *b)
{
    return b->state == HTTP_READ_END || b->state == HTTP_READ_ERROR;
}

static enum http_read read_exchange(struct wasi *w, size_t max, bytes *ret)
{
    struct wasi_serving *s = &w->serving;
    struct wasi_request_body *b = &s->body;
    if (is_over(b))
        return b->state;
    if (!s->exchange) {
        err_set(&w->body_error, ERR_CLOSED, "the client went away before the request body was complete");
        b->state = HTTP_READ_ERROR;
        return b->state;
    }
    if (is_waiting(b))
        return b->state;
    b->readable = false;
    b->state = http_exchange_read(s->exchange, max, ret, &w->body_error);
    return b->state;
}

enum http_read wasi_request_body_read(struct wasi *w, size_t max, bytes *ret)
{
    struct wasi_request_body *b = &w->serving.body;
    if (b->ahead_len == 0)
        return read_exchange(w, max, ret);
    size_t len = max < b->ahead_len ? max : b->ahead_len;
    *ret = bytes_from(b->ahead + b->ahead_at, len);
    b->ahead_at += len;
    b->ahead_len -= len;
    return HTTP_READ_DATA;
}

bool wasi_request_body_ready(struct wasi *w)
{
    struct wasi_request_body *b = &w->serving.body;
    if (b->ahead_len > 0 || is_over(b) || b->readable)
        return true;
    bytes data = { 0 };
    enum http_read read = read_exchange(w, WASI_READ_AHEAD_BYTES, &data);
    if (read != HTTP_READ_DATA)
        return read != HTTP_READ_LATER;
    if (!b->ahead)
        b->ahead = wasi_pool_take(&w->pool, WASI_READ_AHEAD_BYTES);
    memcpy(b->ahead, data.ptr, data.len);
    b->ahead_at = 0;
    b->ahead_len = data.len;
    return true;
}

enum http_read wasi_request_body_drain(struct wasi *w)
{
    bytes data = { 0 };
    w->serving.body.ahead_len = 0;
    enum http_read read = HTTP_READ_DATA;
    while (read == HTTP_READ_DATA)
        read = read_exchange(w, WASI_READ_AHEAD_BYTES, &data);
    return read;
}
