/* The exchange that an instance serves, from its beginning to what became of the response. */
#include "runtime/wasi/http/serving.h"

#include "runtime/wasi/http/fields.h"
#include "runtime/wasi/http/incoming.h"
#include "runtime/wasi/http/outgoing.h"
#include "runtime/wasi/wasi.h"

/* --- events --- */

void wasi_http_readable(struct wasi *w)
{
    struct wasi_request_body *b = &w->serving.body;
    if (b->state == BERTH_HTTP_READ_LATER)
        b->state = BERTH_HTTP_READ_DATA;
    b->readable = true;
    wasi_wake(w);
}

void wasi_http_writable(struct wasi *w)
{
    wasi_wake(w);
}

/* The last moment at which the exchange's slices are valid: what the guest can still ask for is
 * copied. Seldom: most guests are done before their response is sent. */
static void keep_request(struct wasi *w)
{
    struct wasi_serving *s = &w->serving;
    struct arena *a = &w->pool.arena;
    struct err no_room = ERR_INIT; /* then the guest hears of it when it asks */
    if (s->request) {
        s->method = str_dup(a, s->method);
        s->scheme = str_dup(a, s->scheme);
        s->authority = str_dup(a, s->authority);
        s->target = str_dup(a, s->target);
        if (!wasi_incoming_request_headers(s->request, &no_room))
            err_clear(&no_room);
    }
    if (s->body.state == BERTH_HTTP_READ_END && !wasi_serving_make_trailers(w, &no_room))
        err_clear(&no_room);
    for (size_t i = 0; i < ARRAY_LEN(s->borrowed); i++)
        if (s->borrowed[i])
            wasi_fields_keep(s->borrowed[i]);
}

void wasi_http_ended(struct wasi *w, bool complete)
{
    struct wasi_serving *s = &w->serving;
    keep_request(w);
    s->exchange = NULL;
    s->ended = true;
    s->ended_complete = complete;
    if (s->body.state == BERTH_HTTP_READ_LATER)
        s->body.state = BERTH_HTTP_READ_DATA; /* the next read fails instead of waiting */
    wasi_wake(w);
}

bool wasi_serving_make_trailers(struct wasi *w, struct err *e)
{
    struct wasi_serving *s = &w->serving;
    const struct berth_http_field *lines = NULL;
    size_t count = s->trailers_made ? 0 : s->exchange->ops->trailers(s->exchange, &lines);
    if (!count)
        return true;
    s->trailers = wasi_fields_borrow(w, lines, count, e);
    s->trailers_made = s->trailers != NULL;
    return s->trailers_made;
}

/* --- for the embedder --- */

void wasi_http_begin(struct wasi *w, struct berth_http_exchange *x, struct wasi_http_handle_params *ret)
{
    struct wasi_serving *s = &w->serving;
    struct err unused = ERR_INIT; /* a fresh instance has room for two objects */
    s->exchange = x;
    s->method = x->request.method;
    s->scheme = x->request.scheme;
    s->authority = x->request.authority;
    s->target = x->request.path;
    s->is_head = str_eq(s->method, STR("HEAD"));
    s->body.state = x->request.has_body ? BERTH_HTTP_READ_DATA : BERTH_HTTP_READ_END;
    ret->request = wasi_incoming_request_new(w, &unused);
    ret->response_out = wasi_response_outparam_new(w, &unused);
}

enum wasi_http_outcome wasi_http_finish(struct wasi *w, struct err *e)
{
    struct wasi_serving *s = &w->serving;
    if (s->ended)
        return s->ended_complete ? WASI_HTTP_COMPLETE : WASI_HTTP_GONE;
    switch (s->response) {
    case WASI_RESPONSE_UNSET: return WASI_HTTP_UNSET;
    case WASI_RESPONSE_REFUSED: *e = w->response_error; return WASI_HTTP_ERROR;
    case WASI_RESPONSE_STARTED:
        wasi_outgoing_body_explain(s->response_body, e);
        s->exchange->ops->abort(s->exchange);
        return WASI_HTTP_INCOMPLETE;
    case WASI_RESPONSE_FINISHED: return WASI_HTTP_COMPLETE;
    }
    __builtin_unreachable();
}

/* --- the end --- */

void wasi_serving_end(struct wasi *w)
{
    struct wasi_serving *s = &w->serving;
    if (s->trailers)
        host_object_unref(&s->trailers->object.host);
    if (s->response_body)
        host_object_unref(&s->response_body->object.host);
    s->trailers = NULL;
    s->response_body = NULL;
    s->exchange = NULL;
}
