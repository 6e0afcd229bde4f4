/* wasi:http/types.outgoing-request and request-options, and wasi:http/outgoing-handler, which
 * denies every request: guests can prepare one, none is sent. */
#include "io/http/message.h"
#include "runtime/wasi/http/outgoing.h"
#include "runtime/wasi/wasi_gen.h"

/* Its texts are blocks of the pool. */
struct wasi_http_types_outgoing_request {
    struct wasi_object object;
    struct wasi_http_types_fields *headers;
    struct wasi_http_types_outgoing_body *body;
    struct wasi_http_types_method method;
    struct option_wasi_http_types_scheme scheme;
    struct option_string path, authority;
};

struct wasi_http_types_request_options {
    struct wasi_object object;
    struct option_u64 connect_timeout, first_byte_timeout, between_bytes_timeout;
};

/* --- texts --- */

static void text_free(struct wasi *w, str *text)
{
    wasi_pool_give(&w->pool, text->ptr, text->len);
    *text = STR_NONE;
}

/* Replaces a text by a copy. Callers have checked the length. */
static void text_set(struct wasi *w, str *text, str value)
{
    text_free(w, text);
    char *copy = wasi_pool_take(&w->pool, value.len);
    if (value.len)
        memcpy(copy, value.ptr, value.len);
    *text = str_from(copy, value.len);
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Visible ASCII without `except`. RFC 3986 is stricter; what remains is the server's to refuse. */
static bool is_visible(str s, const char *except)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] > '~' || strchr(except, s.ptr[i]))
            return false;
    return true;
}

static bool path_valid(str s)
{
    return s.len <= WASI_MAX_TEXT_BYTES && is_visible(s, "#<>\"\\^`{|}");
}

static bool authority_valid(str s)
{
    return s.len > 0 && s.len <= WASI_MAX_TEXT_BYTES && is_visible(s, "/?#<>\"\\^`{|}");
}

/* RFC 3986, 3.1 */
static bool scheme_valid(str s)
{
    if (s.len == 0 || s.len > WASI_MAX_TEXT_BYTES || !is_alnum(s.ptr[0]) || s.ptr[0] <= '9')
        return false;
    for (size_t i = 1; i < s.len; i++)
        if (!is_alnum(s.ptr[i]) && s.ptr[i] != '+' && s.ptr[i] != '-' && s.ptr[i] != '.')
            return false;
    return true;
}

/* --- outgoing-request --- */

static void method_free(struct wasi_http_types_outgoing_request *r)
{
    if (r->method.tag == WASI_HTTP_TYPES_METHOD_OTHER)
        text_free(r->object.wasi, &r->method.of.other);
}

static void scheme_free(struct wasi_http_types_outgoing_request *r)
{
    if (r->scheme.some && r->scheme.value.tag == WASI_HTTP_TYPES_SCHEME_OTHER)
        text_free(r->object.wasi, &r->scheme.value.of.other);
}

static void request_free(struct host_object *o)
{
    struct wasi_http_types_outgoing_request *r = CONTAINER_OF(o, struct wasi_http_types_outgoing_request, object.host);
    host_object_unref(&r->headers->object.host);
    if (r->body)
        host_object_unref(&r->body->object.host);
    method_free(r);
    scheme_free(r);
    text_free(r->object.wasi, &r->path.value);
    text_free(r->object.wasi, &r->authority.value);
    wasi_object_free(&r->object, sizeof(*r));
}

static const struct host_object_ops request_ops = { "outgoing-request", request_free };

enum host_status
wasi_http_types_outgoing_request_constructor(struct host_call *c,
                                             const struct wasi_http_types_outgoing_request_constructor_args *a,
                                             struct wasi_http_types_outgoing_request **ret)
{
    struct wasi_http_types_outgoing_request *r = wasi_object_new(c->host, sizeof(*r), &request_ops, c->err);
    if (!r) {
        host_object_unref(&a->headers->object.host);
        return HOST_TRAP;
    }
    r->headers = a->headers;
    r->headers->immutable = true;
    r->method.tag = WASI_HTTP_TYPES_METHOD_GET;
    *ret = r;
    return HOST_DONE;
}

void wasi_http_types_outgoing_request_drop(struct wasi_http_types_outgoing_request *r)
{
    if (r->body)
        wasi_outgoing_body_refuse(r->body);
    host_object_unref(&r->object.host);
}

enum host_status wasi_http_types_outgoing_request_body(struct host_call *c,
                                                       const struct wasi_http_types_outgoing_request_body_args *a,
                                                       struct result_wasi_http_types_outgoing_body_void *ret)
{
    struct wasi_http_types_outgoing_request *r = a->self;
    uint64_t length = 0;
    *ret = (struct result_wasi_http_types_outgoing_body_void){ .is_err = true };
    if (r->body || !wasi_fields_content_length(r->headers, &length))
        return HOST_DONE;
    r->body = wasi_outgoing_body_new(c->host, false, length, c->err);
    if (!r->body)
        return HOST_TRAP;
    ret->is_err = false;
    ret->of.ok = host_object_ref(&r->body->object.host);
    return HOST_DONE;
}

enum host_status wasi_http_types_outgoing_request_headers(struct host_call *c,
                                                          const struct wasi_http_types_outgoing_request_headers_args *a,
                                                          struct wasi_http_types_fields **ret)
{
    (void)c;
    *ret = host_object_ref(&a->self->headers->object.host);
    return HOST_DONE;
}

enum host_status wasi_http_types_outgoing_request_method(struct host_call *c,
                                                         const struct wasi_http_types_outgoing_request_method_args *a,
                                                         struct wasi_http_types_method *ret)
{
    (void)c;
    *ret = a->self->method;
    return HOST_DONE;
}

enum host_status wasi_http_types_outgoing_request_set_method(
    struct host_call *c, const struct wasi_http_types_outgoing_request_set_method_args *a, struct result_void_void *ret)
{
    (void)c;
    struct wasi_http_types_outgoing_request *r = a->self;
    bool other = a->method.tag == WASI_HTTP_TYPES_METHOD_OTHER;
    ret->is_err = other && (!http_name_valid(a->method.of.other) || a->method.of.other.len > WASI_MAX_TEXT_BYTES);
    if (ret->is_err)
        return HOST_DONE;
    method_free(r);
    r->method = (struct wasi_http_types_method){ .tag = a->method.tag };
    if (other)
        text_set(r->object.wasi, &r->method.of.other, a->method.of.other);
    return HOST_DONE;
}

enum host_status wasi_http_types_outgoing_request_scheme(struct host_call *c,
                                                         const struct wasi_http_types_outgoing_request_scheme_args *a,
                                                         struct option_wasi_http_types_scheme *ret)
{
    (void)c;
    *ret = a->self->scheme;
    return HOST_DONE;
}

enum host_status wasi_http_types_outgoing_request_set_scheme(
    struct host_call *c, const struct wasi_http_types_outgoing_request_set_scheme_args *a, struct result_void_void *ret)
{
    (void)c;
    struct wasi_http_types_outgoing_request *r = a->self;
    bool other = a->scheme.some && a->scheme.value.tag == WASI_HTTP_TYPES_SCHEME_OTHER;
    ret->is_err = other && !scheme_valid(a->scheme.value.of.other);
    if (ret->is_err)
        return HOST_DONE;
    scheme_free(r);
    r->scheme = (struct option_wasi_http_types_scheme){ .some = a->scheme.some };
    r->scheme.value.tag = a->scheme.some ? a->scheme.value.tag : 0;
    if (other)
        text_set(r->object.wasi, &r->scheme.value.of.other, a->scheme.value.of.other);
    return HOST_DONE;
}

static void option_text_set(struct wasi *w, struct option_string *text, const struct option_string *value)
{
    text->some = value->some;
    if (value->some)
        text_set(w, &text->value, value->value);
}

enum host_status
wasi_http_types_outgoing_request_path_with_query(struct host_call *c,
                                                 const struct wasi_http_types_outgoing_request_path_with_query_args *a,
                                                 struct option_string *ret)
{
    (void)c;
    *ret = a->self->path;
    return HOST_DONE;
}

enum host_status wasi_http_types_outgoing_request_set_path_with_query(
    struct host_call *c, const struct wasi_http_types_outgoing_request_set_path_with_query_args *a,
    struct result_void_void *ret)
{
    (void)c;
    ret->is_err = a->path_with_query.some && !path_valid(a->path_with_query.value);
    if (!ret->is_err)
        option_text_set(a->self->object.wasi, &a->self->path, &a->path_with_query);
    return HOST_DONE;
}

enum host_status wasi_http_types_outgoing_request_authority(
    struct host_call *c, const struct wasi_http_types_outgoing_request_authority_args *a, struct option_string *ret)
{
    (void)c;
    *ret = a->self->authority;
    return HOST_DONE;
}

enum host_status
wasi_http_types_outgoing_request_set_authority(struct host_call *c,
                                               const struct wasi_http_types_outgoing_request_set_authority_args *a,
                                               struct result_void_void *ret)
{
    (void)c;
    ret->is_err = a->authority.some && !authority_valid(a->authority.value);
    if (!ret->is_err)
        option_text_set(a->self->object.wasi, &a->self->authority, &a->authority);
    return HOST_DONE;
}

/* --- request-options --- */

static void options_free(struct host_object *o)
{
    wasi_object_free(CONTAINER_OF(o, struct wasi_object, host), sizeof(struct wasi_http_types_request_options));
}

static const struct host_object_ops options_ops = { "request-options", options_free };

enum host_status wasi_http_types_request_options_constructor(struct host_call *c,
                                                             struct wasi_http_types_request_options **ret)
{
    *ret = wasi_object_new(c->host, sizeof(**ret), &options_ops, c->err);
    return *ret ? HOST_DONE : HOST_TRAP;
}

void wasi_http_types_request_options_drop(struct wasi_http_types_request_options *o)
{
    host_object_unref(&o->object.host);
}

/* One getter and one setter a time-out. */
#define TIMEOUT(name)                                                                                               \
    enum host_status wasi_http_types_request_options_##name(                                                        \
        struct host_call *c, const struct wasi_http_types_request_options_##name##_args *a, struct option_u64 *ret) \
    {                                                                                                               \
        (void)c;                                                                                                    \
        *ret = a->self->name;                                                                                       \
        return HOST_DONE;                                                                                           \
    }                                                                                                               \
    enum host_status wasi_http_types_request_options_set_##name(                                                    \
        struct host_call *c, const struct wasi_http_types_request_options_set_##name##_args *a,                     \
        struct result_void_void *ret)                                                                               \
    {                                                                                                               \
        (void)c;                                                                                                    \
        a->self->name = a->duration;                                                                                \
        ret->is_err = false;                                                                                        \
        return HOST_DONE;                                                                                           \
    }
TIMEOUT(connect_timeout)
TIMEOUT(first_byte_timeout)
TIMEOUT(between_bytes_timeout)
#undef TIMEOUT

/* --- outgoing-handler --- */

enum host_status wasi_http_outgoing_handler_handle(
    struct host_call *c, const struct wasi_http_outgoing_handler_handle_args *a,
    struct result_wasi_http_types_future_incoming_response_wasi_http_types_error_code *ret)
{
    (void)c;
    *ret = (struct result_wasi_http_types_future_incoming_response_wasi_http_types_error_code){ .is_err = true };
    ret->of.err.tag = WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_DENIED;
    wasi_http_types_outgoing_request_drop(a->request);
    if (a->options.some)
        wasi_http_types_request_options_drop(a->options.value);
    return HOST_DONE;
}
