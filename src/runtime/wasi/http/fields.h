/* wasi:http/types.fields: field lines in order, with the case they were given in. A `fields` handed
 * to a request or a response becomes immutable, so that the guest's further handles may name the
 * same object. */
#ifndef RUNTIME_WASI_HTTP_FIELDS_H
#define RUNTIME_WASI_HTTP_FIELDS_H

#include "berth/http.h"
#include "runtime/wasi/state.h"

struct wasi_http_types_fields {
    struct wasi_object object;
    struct {
        struct berth_http_field *at;
        uint32_t len, cap;
    } lines;      /* unless borrowed, `at` is a block of the pool, and so is each line, name and value in one */
    size_t bytes; /* counted against WASI_MAX_FIELDS_BYTES; 0 when borrowed */
    bool immutable;
    bool borrowed; /* names and values belong to the exchange; listed in its serving */
};

/* An immutable view of what a client sent, without the fields that guests may not set (they belong
 * to the connection), so that a guest can hand them on. NULL with `e` set when there are too many
 * objects. */
struct wasi_http_types_fields *wasi_fields_borrow(struct wasi *w, const struct berth_http_field *lines, size_t count,
                                                  struct err *e) MUST_USE;

/* Copies what belongs to the exchange, which is about to end. */
void wasi_fields_keep(struct wasi_http_types_fields *f);

/* The `content-length` among `f`: false when there are several or it is no number;
 * BERTH_HTTP_LENGTH_UNKNOWN when there is none. */
bool wasi_fields_content_length(const struct wasi_http_types_fields *f, uint64_t *ret) MUST_USE;

#endif
