/* wasi:http/types.outgoing-response and response-outparam: the guest's answer, and handing it to
 * the exchange. */
#include "runtime/wasi/http/error_code.h"
#include "runtime/wasi/http/outgoing.h"

struct wasi_http_types_response_outparam {
    struct wasi_object object;
};

static void response_free(struct host_object *o)
{
    struct wasi_http_types_outgoing_response *r =
        CONTAINER_OF(o, struct wasi_http_types_outgoing_response, object.host);
    host_object_unref(&r->headers->object.host);
    if (r->body)
        host_object_unref(&r->body->object.host);
    wasi_object_free(&r->object, sizeof(*r));
}

static const struct host_object_ops response_ops = { "outgoing-response", response_free };

enum host_status
wasi_http_types_outgoing_response_constructor(struct host_call *c,
                                              const struct wasi_http_types_outgoing_response_constructor_args *a,
                                              struct wasi_http_types_outgoing_response **ret)
{
    struct wasi_http_types_outgoing_response *r = wasi_object_new(c->host, sizeof(*r), &response_ops, c->err);
    if (!r) {
        host_object_unref(&a->headers->object.host);
        return HOST_TRAP;
    }
    r->headers = a->headers;
    r->headers->immutable = true;
    r->status = 200;
    *ret = r;
    return HOST_DONE;
}

/* Dropped without being set: its body has nowhere to go. */
void wasi_http_types_outgoing_response_drop(struct wasi_http_types_outgoing_response *r)
{
    if (r->body)
        wasi_outgoing_body_refuse(r->body);
    host_object_unref(&r->object.host);
}

enum host_status wasi_http_types_outgoing_response_status_code(
    struct host_call *c, const struct wasi_http_types_outgoing_response_status_code_args *a, uint16_t *ret)
{
    (void)c;
    *ret = a->self->status;
    return HOST_DONE;
}

/* 204 and 304 have no body; 304 may still say how long it would be. */
static bool status_has_no_body(uint16_t status)
{
    return status == 204 || status == 304;
}

enum host_status wasi_http_types_outgoing_response_set_status_code(
    struct host_call *c, const struct wasi_http_types_outgoing_response_set_status_code_args *a,
    struct result_void_void *ret)
{
    (void)c;
    struct wasi_http_types_outgoing_response *r = a->self;
    ret->is_err = a->status_code < 100 || a->status_code > 999;
    if (!ret->is_err)
        r->status = a->status_code;
    if (r->body)
        r->body->may_be_empty = status_has_no_body(r->status);
    return HOST_DONE;
}

enum host_status
wasi_http_types_outgoing_response_headers(struct host_call *c,
                                          const struct wasi_http_types_outgoing_response_headers_args *a,
                                          struct wasi_http_types_fields **ret)
{
    (void)c;
    *ret = host_object_ref(&a->self->headers->object.host);
    return HOST_DONE;
}

enum host_status wasi_http_types_outgoing_response_body(struct host_call *c,
                                                        const struct wasi_http_types_outgoing_response_body_args *a,
                                                        struct result_wasi_http_types_outgoing_body_void *ret)
{
    struct wasi_http_types_outgoing_response *r = a->self;
    uint64_t length = 0;
    *ret = (struct result_wasi_http_types_outgoing_body_void){ .is_err = true };
    if (r->body || !wasi_fields_content_length(r->headers, &length))
        return HOST_DONE;
    r->body = wasi_outgoing_body_new(c->host, true, length, c->err);
    if (!r->body)
        return HOST_TRAP;
    r->body->may_be_empty = status_has_no_body(r->status);
    ret->is_err = false;
    ret->of.ok = host_object_ref(&r->body->object.host);
    return HOST_DONE;
}

/* --- sending it --- */

/* The length that the head announces. False, with `e` set, when no complete message can come of the
 * response. */
static bool response_length(const struct wasi_http_types_outgoing_response *r, bool is_head, uint64_t *ret,
                            struct err *e)
{
    const struct wasi_http_types_outgoing_body *b = r->body;
    if (r->status < 200)
        return err_set(e, ERR_INVALID, "the guest set the informational status %u as its response", r->status);
    if (!wasi_fields_content_length(r->headers, ret))
        return err_set(e, ERR_INVALID, "the guest set a response whose content-length is not one number");
    bool announced = *ret != BERTH_HTTP_LENGTH_UNKNOWN;
    if (b && b->end != WASI_BODY_OPEN && b->end != WASI_BODY_FINISHED) {
        wasi_outgoing_body_explain(b, e);
        return false;
    }
    if (announced || is_head)
        return b || !*ret || !announced || is_head || status_has_no_body(r->status) ||
               err_set(e, ERR_INVALID, "the guest set a response with a content-length of %llu and no body",
                       (unsigned long long)*ret);
    if (!b)
        *ret = 0;
    else if (b->end == WASI_BODY_FINISHED && !b->trailers)
        *ret = b->written;
    return true;
}

static void send_head(struct wasi *w, const struct wasi_http_types_outgoing_response *r, uint64_t length)
{
    const struct berth_http_response head = {
        .status = r->status,
        .fields = r->headers->lines.at,
        .field_count = r->headers->lines.len,
        .content_length = length,
    };
    w->serving.exchange->ops->respond(w->serving.exchange, &head);
}

void wasi_serving_respond(struct wasi *w, struct wasi_http_types_outgoing_response *r)
{
    struct wasi_serving *s = &w->serving;
    uint64_t length = BERTH_HTTP_LENGTH_UNKNOWN;
    bool right = response_length(r, s->is_head, &length, &w->response_error);
    if (!right || !s->exchange) {
        s->response = WASI_RESPONSE_REFUSED;
        if (r->body)
            wasi_outgoing_body_refuse(r->body);
        return;
    }
    send_head(w, r, length);
    s->response = WASI_RESPONSE_STARTED;
    if (r->body) {
        s->response_body = host_object_ref(&r->body->object.host);
        wasi_outgoing_body_attach(r->body);
    } else {
        s->exchange->ops->finish(s->exchange, NULL, 0);
        s->response = WASI_RESPONSE_FINISHED;
    }
}

/* --- response-outparam --- */

static void outparam_free(struct host_object *o)
{
    wasi_object_free(CONTAINER_OF(o, struct wasi_object, host), sizeof(struct wasi_http_types_response_outparam));
}

static const struct host_object_ops outparam_ops = { "response-outparam", outparam_free };

struct wasi_http_types_response_outparam *wasi_response_outparam_new(struct wasi *w, struct err *e)
{
    return wasi_object_new(w, sizeof(struct wasi_http_types_response_outparam), &outparam_ops, e);
}

void wasi_http_types_response_outparam_drop(struct wasi_http_types_response_outparam *p)
{
    host_object_unref(&p->object.host);
}

static void explain_error_code(const struct wasi_http_types_error_code *code, struct err *e)
{
    err_set(e, ERR_INVALID, "the guest answered with the error %s", wasi_error_code_name(code->tag));
    if (code->tag == WASI_HTTP_TYPES_ERROR_CODE_INTERNAL_ERROR && code->of.internal_error.some) {
        str text = code->of.internal_error.value;
        err_set(e, ERR_INVALID, "the guest answered with the error internal-error: %.*s", STR_ARG(text));
    }
}

/* There is one response-outparam for an exchange and this consumes it, so nothing is ever set
 * twice. */
enum host_status wasi_http_types_response_outparam_set(struct host_call *c,
                                                       const struct wasi_http_types_response_outparam_set_args *a)
{
    struct wasi *w = c->host;
    host_object_unref(&a->param->object.host);
    if (a->response.is_err) {
        w->serving.response = WASI_RESPONSE_REFUSED;
        explain_error_code(&a->response.of.err, &w->response_error);
        return HOST_DONE;
    }
    wasi_serving_respond(w, a->response.of.ok);
    host_object_unref(&a->response.of.ok->object.host);
    return HOST_DONE;
}
