/* A stage for tests of WASI: an instance without a guest, an exchange that plays a script, a task
 * that only counts its wakes. The pool is the heap's (fake_pool.c), so that sanitizers see every
 * object. */
#ifndef TESTS_UNIT_RUNTIME_WASI_FAKE_H
#define TESTS_UNIT_RUNTIME_WASI_FAKE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "berth/http.h"
#include "runtime/wasi/state.h"
#include "runtime/wasi/wasi.h"
#include "runtime/wasi/wasi_gen.h"

/* What the exchange answers to one read. */
struct fake_read {
    enum berth_http_read kind;
    const char *data;    /* of BERTH_HTTP_READ_DATA; longer than asked for: the rest comes next */
    enum err_kind error; /* of BERTH_HTTP_READ_ERROR */
};

enum { FAKE_FIELDS_MAX = 8 };

/* Texts are the exchange's. */
struct fake_fields {
    struct berth_http_field at[FAKE_FIELDS_MAX];
    size_t len;
};

struct fake_exchange {
    struct berth_http_exchange x;
    struct arena arena;
    const struct fake_read
        *reads; /* ends with BERTH_HTTP_READ_END, BERTH_HTTP_READ_ERROR or BERTH_HTTP_READ_LATER, which repeat */
    size_t reads_done;
    struct fake_fields fields, trailers;
    size_t room;     /* what writable answers */
    struct buf sent; /* "200 length=5 name=value|body|end name=value" or "|abort" */
    unsigned responds, finishes, aborts;
};

struct task {
    unsigned wakes;
    instant wake_at; /* 0: never asked for */
};

struct stage {
    struct wasi_options options;
    struct wasi *w;
    struct arena arena;
    struct err err;
    struct host_call call;
    struct task task;
    struct fake_exchange exchange;
    struct wasi_http_handle_params params; /* NULLs once given away or dropped */
    struct buf output;                     /* "out:…" and "err:…" */
};

/* cmocka's setup and teardown. The teardown drops the parameters that are left and asserts that
 * every object is gone. */
int stage_setup(void **state);
int stage_teardown(void **state);

/* Begins serving "POST /path?q=1" with a body that plays `reads` (NULL: no body). */
void stage_serve(struct stage *s, const struct fake_read *reads);
/* The same for another method. */
void stage_serve_method(struct stage *s, const char *method, const struct fake_read *reads);
void fake_add(struct fake_exchange *f, struct fake_fields *to, const char *name, const char *value);
/* The exchange ends; its memory is overwritten and freed. */
void stage_end_exchange(struct stage *s, bool complete);

/* Blocks of the pool that were not given back. */
extern unsigned fake_pool_live;

struct wasi_http_types_fields *stage_fields(struct stage *s); /* empty, mutable */
void stage_append(struct stage *s, struct wasi_http_types_fields *f, const char *name, const char *value);
/* A response with these fields (or NULL), owned by the caller. */
struct wasi_http_types_outgoing_response *stage_response(struct stage *s, struct wasi_http_types_fields *f);
struct wasi_http_types_outgoing_body *stage_body(struct stage *s, struct wasi_http_types_outgoing_response *r);
struct wasi_io_streams_output_stream *stage_stream(struct stage *s, struct wasi_http_types_outgoing_body *b);
void stage_set(struct stage *s, struct wasi_http_types_outgoing_response *r);
/* True when the write succeeded. */
bool stage_write(struct stage *s, struct wasi_io_streams_output_stream *o, const char *text);
/* check-write; SIZE_MAX: closed. */
size_t stage_permit(struct stage *s, struct wasi_io_streams_output_stream *o);
/* finish; the tag of the error-code, or -1. */
int stage_finish(struct stage *s, struct wasi_http_types_outgoing_body *b, struct wasi_http_types_fields *trailers);

#define assert_text(s, want)                                                    \
    do {                                                                        \
        str got_ = (s), want_ = str_of(want);                                   \
        if (!str_eq(got_, want_))                                               \
            fail_msg("got '%.*s', want '%.*s'", STR_ARG(got_), STR_ARG(want_)); \
    } while (0)

/* The call trapped with this text. */
#define assert_trap(s, status, want)                \
    do {                                            \
        assert_int_equal((status), HOST_TRAP);      \
        assert_string_equal((s)->err.text, (want)); \
    } while (0)

#endif
