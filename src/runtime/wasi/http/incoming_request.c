/* wasi:http/types.incoming-request: the request of the exchange being served. Its texts are the
 * exchange's, or copies when that ended first (see serving.c). */
#include "runtime/wasi/http/incoming.h"

#include "runtime/wasi/http/fields.h"
#include "runtime/wasi/wasi_gen.h"

struct wasi_http_types_incoming_request {
    struct wasi_object object;
    struct wasi_http_types_fields *headers; /* made when first asked for */
    bool consumed;
};

static void request_free(struct host_object *o)
{
    struct wasi_http_types_incoming_request *r = CONTAINER_OF(o, struct wasi_http_types_incoming_request, object.host);
    r->object.wasi->serving.request = NULL;
    if (r->headers)
        host_object_unref(&r->headers->object.host);
    wasi_object_free(&r->object, sizeof(*r));
}

static const struct host_object_ops request_ops = { "incoming-request", request_free };

struct wasi_http_types_incoming_request *wasi_incoming_request_new(struct wasi *w, struct err *e)
{
    w->serving.request = wasi_object_new(w, sizeof(*w->serving.request), &request_ops, e);
    return w->serving.request;
}

void wasi_http_types_incoming_request_drop(struct wasi_http_types_incoming_request *r)
{
    host_object_unref(&r->object.host);
}

static const struct wasi_serving *serving(const struct wasi_http_types_incoming_request *r)
{
    return &r->object.wasi->serving;
}

enum host_status wasi_http_types_incoming_request_method(struct host_call *c,
                                                         const struct wasi_http_types_incoming_request_method_args *a,
                                                         struct wasi_http_types_method *ret)
{
    (void)c;
    static const struct {
        str name;
        uint32_t tag;
    } known[] = {
        { STR_INIT("GET"), WASI_HTTP_TYPES_METHOD_GET },
        { STR_INIT("HEAD"), WASI_HTTP_TYPES_METHOD_HEAD },
        { STR_INIT("POST"), WASI_HTTP_TYPES_METHOD_POST },
        { STR_INIT("PUT"), WASI_HTTP_TYPES_METHOD_PUT },
        { STR_INIT("DELETE"), WASI_HTTP_TYPES_METHOD_DELETE },
        { STR_INIT("CONNECT"), WASI_HTTP_TYPES_METHOD_CONNECT },
        { STR_INIT("OPTIONS"), WASI_HTTP_TYPES_METHOD_OPTIONS },
        { STR_INIT("TRACE"), WASI_HTTP_TYPES_METHOD_TRACE },
        { STR_INIT("PATCH"), WASI_HTTP_TYPES_METHOD_PATCH },
    };
    str method = serving(a->self)->method;
    *ret = (struct wasi_http_types_method){ .tag = WASI_HTTP_TYPES_METHOD_OTHER };
    ret->of.other = method;
    for (size_t i = 0; i < ARRAY_LEN(known); i++)
        if (str_eq(method, known[i].name))
            ret->tag = known[i].tag;
    return HOST_DONE;
}

enum host_status
wasi_http_types_incoming_request_path_with_query(struct host_call *c,
                                                 const struct wasi_http_types_incoming_request_path_with_query_args *a,
                                                 struct option_string *ret)
{
    (void)c;
    str target = serving(a->self)->target;
    *ret = (struct option_string){ target.len > 0, target };
    return HOST_DONE;
}

enum host_status wasi_http_types_incoming_request_scheme(struct host_call *c,
                                                         const struct wasi_http_types_incoming_request_scheme_args *a,
                                                         struct option_wasi_http_types_scheme *ret)
{
    (void)c;
    str scheme = serving(a->self)->scheme;
    *ret = (struct option_wasi_http_types_scheme){ .some = scheme.len > 0 };
    ret->value.tag = WASI_HTTP_TYPES_SCHEME_OTHER;
    ret->value.of.other = scheme;
    if (str_eq(scheme, STR("http")))
        ret->value.tag = WASI_HTTP_TYPES_SCHEME_HTTP;
    else if (str_eq(scheme, STR("https")))
        ret->value.tag = WASI_HTTP_TYPES_SCHEME_HTTPS;
    return HOST_DONE;
}

enum host_status wasi_http_types_incoming_request_authority(
    struct host_call *c, const struct wasi_http_types_incoming_request_authority_args *a, struct option_string *ret)
{
    (void)c;
    str authority = serving(a->self)->authority;
    *ret = (struct option_string){ authority.len > 0, authority };
    return HOST_DONE;
}

struct wasi_http_types_fields *wasi_incoming_request_headers(struct wasi_http_types_incoming_request *r, struct err *e)
{
    struct wasi *w = r->object.wasi;
    if (r->headers)
        return r->headers;
    if (!w->serving.exchange) { /* they were asked for when it ended, too, and there was no room */
        err_set(e, ERR_LIMIT, "the request's headers could not be kept");
        return NULL;
    }
    const struct berth_http_request *request = &w->serving.exchange->request;
    r->headers = wasi_fields_borrow(w, request->fields, request->field_count, e);
    return r->headers;
}

enum host_status wasi_http_types_incoming_request_headers(struct host_call *c,
                                                          const struct wasi_http_types_incoming_request_headers_args *a,
                                                          struct wasi_http_types_fields **ret)
{
    struct wasi_http_types_fields *f = wasi_incoming_request_headers(a->self, c->err);
    if (!f)
        return HOST_TRAP;
    *ret = host_object_ref(&f->object.host);
    return HOST_DONE;
}

enum host_status wasi_http_types_incoming_request_consume(struct host_call *c,
                                                          const struct wasi_http_types_incoming_request_consume_args *a,
                                                          struct result_wasi_http_types_incoming_body_void *ret)
{
    *ret = (struct result_wasi_http_types_incoming_body_void){ .is_err = a->self->consumed };
    if (a->self->consumed)
        return HOST_DONE;
    ret->of.ok = wasi_incoming_body_new(c->host, c->err);
    a->self->consumed = ret->of.ok != NULL;
    return ret->of.ok ? HOST_DONE : HOST_TRAP;
}
