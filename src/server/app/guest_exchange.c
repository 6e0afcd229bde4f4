/* A connection's exchange as libberth has it: see guest_exchange.h. */
#include "server/app/guest_exchange.h"

#include <assert.h>

#include "io/http/exchange.h"

static_assert((int)BERTH_HTTP_READ_DATA == (int)HTTP_READ_DATA && (int)BERTH_HTTP_READ_LATER == (int)HTTP_READ_LATER &&
                  (int)BERTH_HTTP_READ_END == (int)HTTP_READ_END &&
                  (int)BERTH_HTTP_READ_ERROR == (int)HTTP_READ_ERROR &&
                  BERTH_HTTP_LENGTH_UNKNOWN == HTTP_LENGTH_UNKNOWN,
              "the same values");

static struct http_exchange *inner(struct berth_http_exchange *guest)
{
    return CONTAINER_OF(guest, struct guest_exchange, guest)->x;
}

static size_t copy_out(struct arena *a, const struct http_fields *from, const struct berth_http_field **ret)
{
    struct berth_http_field *at = arena_alloc(a, from->len * sizeof(*at));
    for (uint32_t i = 0; i < from->len; i++)
        at[i] = (struct berth_http_field){ from->at[i].name, from->at[i].value };
    *ret = at;
    return from->len;
}

static struct http_fields copy_in(struct arena *a, const struct berth_http_field *from, size_t count)
{
    struct http_field *at = arena_alloc(a, count * sizeof(*at));
    for (size_t i = 0; i < count; i++)
        at[i] = (struct http_field){ from[i].name, from[i].value };
    return (struct http_fields){ .at = at, .len = (uint32_t)count, .cap = (uint32_t)count };
}

static enum berth_http_read guest_read(struct berth_http_exchange *g, size_t max, berth_bytes *ret,
                                       struct berth_error *e)
{
    struct err why;
    err_clear(&why);
    enum http_read read = http_exchange_read(inner(g), max, ret, &why);
    if (read == HTTP_READ_ERROR)
        err_give(e, &why);
    return (enum berth_http_read)read;
}

static size_t guest_trailers(struct berth_http_exchange *g, const struct berth_http_field **ret)
{
    struct http_exchange *x = inner(g);
    return copy_out(x->arena, http_exchange_trailers(x), ret);
}

static void guest_respond(struct berth_http_exchange *g, const struct berth_http_response *r)
{
    struct http_exchange *x = inner(g);
    struct http_response head = {
        .status = r->status,
        .fields = copy_in(x->arena, r->fields, r->field_count),
        .content_length = r->content_length,
    };
    http_exchange_respond(x, &head);
}

static size_t guest_writable(struct berth_http_exchange *g)
{
    return http_exchange_writable(inner(g));
}

static void guest_write(struct berth_http_exchange *g, berth_bytes data)
{
    http_exchange_write(inner(g), data);
}

static void guest_finish(struct berth_http_exchange *g, const struct berth_http_field *trailers, size_t count)
{
    struct http_exchange *x = inner(g);
    const struct http_fields fields = copy_in(x->arena, trailers, count);
    http_exchange_finish(x, count ? &fields : NULL);
}

static void guest_abort(struct berth_http_exchange *g)
{
    http_exchange_abort(inner(g));
}

static const struct berth_http_exchange_ops ops = {
    .read = guest_read,
    .trailers = guest_trailers,
    .respond = guest_respond,
    .writable = guest_writable,
    .write = guest_write,
    .finish = guest_finish,
    .abort = guest_abort,
};

void guest_exchange_init(struct guest_exchange *g, struct http_exchange *x)
{
    const struct http_request *r = &x->request;
    g->x = x;
    g->guest.ops = &ops;
    g->guest.request = (struct berth_http_request){
        .method = r->method,
        .scheme = r->scheme,
        .authority = r->authority,
        .path = r->target,
        .has_body = r->has_body,
    };
    g->guest.request.field_count = copy_out(x->arena, &r->fields, &g->guest.request.fields);
}
