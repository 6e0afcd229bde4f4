/* Exchanges: the calls of exchange.h, handed to the protocol that carries them. */
#include "io/http/exchange.h"

#include <assert.h>

#include "base/buf.h"
#include "io/http/coded_body.h"

void http_exchange_consume(struct http_exchange *x, const struct http_consumer_ops *ops, void *consumer)
{
    x->consumer_ops = ops;
    x->consumer = consumer;
}

enum http_read http_exchange_read(struct http_exchange *x, size_t max, bytes *ret, struct err *e)
{
    return x->ops->read(x, max, ret, e);
}

const struct http_fields *http_exchange_trailers(const struct http_exchange *x)
{
    return x->ops->trailers(x);
}

void http_exchange_respond(struct http_exchange *x, const struct http_response *r)
{
    assert(!x->responded);
    struct http_response final = *r;
    x->responded = true;
    if (x->on_respond)
        x->on_respond(x, &final);
    x->status = final.status;
    x->ops->respond(x, &final);
}

size_t http_exchange_writable(const struct http_exchange *x)
{
    return x->coded && !x->coded->share ? 0 : x->ops->writable(x);
}

void http_exchange_write(struct http_exchange *x, bytes data)
{
    assert(x->responded);
    if (http_response_bodiless(x->request.method, x->status))
        return;
    if (x->coded)
        data = http_coded_body_write(x->coded, data);
    x->sent_body_bytes += data.len;
    x->ops->write(x, data);
}

size_t http_exchange_send_file(struct http_exchange *x, int fd, uint64_t offset, size_t max)
{
    assert(x->responded);
    if (x->coded || !x->ops->send_file || http_response_bodiless(x->request.method, x->status))
        return 0;
    size_t n = x->ops->send_file(x, fd, offset, max);
    x->sent_body_bytes += n;
    return n;
}

void http_exchange_finish(struct http_exchange *x, const struct http_fields *trailers)
{
    assert(x->responded);
    if (x->coded) {
        bytes last = http_coded_body_finish(x->coded);
        x->sent_body_bytes += last.len;
        x->ops->write(x, last);
    }
    x->ops->finish(x, trailers);
}

void http_exchange_abort(struct http_exchange *x)
{
    x->ops->abort(x);
}

void http_exchange_refuse(struct http_exchange *x, uint16_t status, str text, uint32_t retry_after_s)
{
    struct http_response r = { .status = status };
    struct buf page;
    str type = STR("text/plain; charset=utf-8");
    buf_init(&page, BUF_NO_LIMIT);
    if (x->error_body)
        type = x->error_body(&page, status);
    else
        buf_put_str(&page, text);
    r.content_length = page.len;
    http_fields_add(&r.fields, x->arena, STR("Content-Type"), type);
    if (retry_after_s)
        http_fields_add(&r.fields, x->arena, STR("Retry-After"), str_printf(x->arena, "%u", retry_after_s));
    http_exchange_respond(x, &r);
    http_exchange_write(x, bytes_from(page.ptr, page.len));
    http_exchange_finish(x, NULL);
    buf_fini(&page);
}
