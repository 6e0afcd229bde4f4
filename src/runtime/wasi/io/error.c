/* wasi:io/error, and its reading as an HTTP error. */
#include "runtime/wasi/io/error.h"

static void error_free(struct host_object *o)
{
    struct wasi_io_error_error *e = CONTAINER_OF(o, struct wasi_io_error_error, object.host);
    wasi_pool_give(&e->object.wasi->pool, e->text.ptr, e->text.len);
    wasi_object_free(&e->object, sizeof(*e));
}

static const struct host_object_ops error_ops = { "error", error_free };

struct wasi_io_error_error *wasi_error_new(struct wasi *w, str text, struct wasi_http_types_error_code code)
{
    struct err too_many = ERR_INIT;
    struct wasi_io_error_error *e = wasi_object_new(w, sizeof(*e), &error_ops, &too_many);
    if (!e)
        return NULL;
    text = str_slice(text, 0, ERR_TEXT_MAX);
    char *copy = wasi_pool_take(&w->pool, text.len);
    memcpy(copy, text.ptr, text.len);
    e->text = str_from(copy, text.len);
    e->code = code;
    return e;
}

enum host_status wasi_io_error_error_to_debug_string(struct host_call *c,
                                                     const struct wasi_io_error_error_to_debug_string_args *a, str *ret)
{
    (void)c;
    *ret = a->self->text;
    return HOST_DONE;
}

void wasi_io_error_error_drop(struct wasi_io_error_error *e)
{
    host_object_unref(&e->object.host);
}

/* Every error here comes from a stream of an HTTP body: no other stream fails. */
enum host_status wasi_http_types_http_error_code(struct host_call *c,
                                                 const struct wasi_http_types_http_error_code_args *a,
                                                 struct option_wasi_http_types_error_code *ret)
{
    (void)c;
    *ret = (struct option_wasi_http_types_error_code){ .some = true, .value = a->err->code };
    return HOST_DONE;
}
