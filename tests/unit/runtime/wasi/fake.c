/* The stage for tests of WASI: see fake.h. */
#include "tests/unit/runtime/wasi/fake.h"

#include <assert.h>

#include "runtime/wasi/http/fields.h"

void task_wake(struct task *t)
{
    t->wakes++;
}

void task_wake_at(struct task *t, instant at)
{
    if (t->wake_at.ns == 0 || instant_before(at, t->wake_at))
        t->wake_at = at;
}

/* --- exchange --- */

static struct fake_exchange *fake_of(struct berth_http_exchange *x)
{
    return CONTAINER_OF(x, struct fake_exchange, x);
}

static enum berth_http_read fake_read(struct berth_http_exchange *x, size_t max, berth_bytes *ret,
                                      struct berth_error *e)
{
    struct fake_exchange *f = fake_of(x);
    const struct fake_read *r = f->reads;
    assert_true(max > 0);
    switch (r->kind) {
    case BERTH_HTTP_READ_DATA:
        ret->ptr = (const uint8_t *)r->data + f->reads_done;
        ret->len = strlen(r->data) - f->reads_done;
        if (ret->len > max) {
            ret->len = max;
            f->reads_done += max;
        } else {
            f->reads_done = 0;
            f->reads++;
        }
        return BERTH_HTTP_READ_DATA;
    case BERTH_HTTP_READ_LATER:
        if (r[1].kind != BERTH_HTTP_READ_LATER) /* an event must come before the next read */
            f->reads++;
        return BERTH_HTTP_READ_LATER;
    case BERTH_HTTP_READ_END: return BERTH_HTTP_READ_END;
    case BERTH_HTTP_READ_ERROR: {
        struct err why;
        err_set(&why, r->error, "the fake exchange failed");
        err_give(e, &why);
        return BERTH_HTTP_READ_ERROR;
    }
    }
    return BERTH_HTTP_READ_ERROR;
}

static size_t fake_trailers(struct berth_http_exchange *x, const struct berth_http_field **ret)
{
    *ret = fake_of(x)->trailers.at;
    return fake_of(x)->trailers.len;
}

static void sent_fields(struct fake_exchange *f, const struct berth_http_field *fields, size_t count)
{
    for (size_t i = 0; i < count; i++)
        buf_printf(&f->sent, " %.*s=%.*s", STR_ARG(fields[i].name), STR_ARG(fields[i].value));
}

static void fake_respond(struct berth_http_exchange *x, const struct berth_http_response *r)
{
    struct fake_exchange *f = fake_of(x);
    assert_int_equal(f->responds++, 0);
    buf_printf(&f->sent, "%u", r->status);
    if (r->content_length != BERTH_HTTP_LENGTH_UNKNOWN)
        buf_printf(&f->sent, " length=%llu", (unsigned long long)r->content_length);
    sent_fields(f, r->fields, r->field_count);
    buf_put_str(&f->sent, STR("|"));
}

static size_t fake_writable(struct berth_http_exchange *x)
{
    return fake_of(x)->room;
}

static void fake_write(struct berth_http_exchange *x, berth_bytes data)
{
    struct fake_exchange *f = fake_of(x);
    assert_int_equal(f->responds, 1);
    assert_int_equal(f->finishes + f->aborts, 0);
    buf_put(&f->sent, data.ptr, data.len);
    f->room -= data.len < f->room ? data.len : f->room;
}

static void fake_finish(struct berth_http_exchange *x, const struct berth_http_field *trailers, size_t count)
{
    struct fake_exchange *f = fake_of(x);
    assert_int_equal(f->responds, 1);
    assert_int_equal(f->finishes++ + f->aborts, 0);
    buf_put_str(&f->sent, STR("|end"));
    sent_fields(f, trailers, count);
}

static void fake_abort(struct berth_http_exchange *x)
{
    struct fake_exchange *f = fake_of(x);
    assert_int_equal(f->finishes + f->aborts++, 0);
    buf_put_str(&f->sent, STR("|abort"));
}

static const struct berth_http_exchange_ops fake_ops = {
    .read = fake_read,
    .trailers = fake_trailers,
    .respond = fake_respond,
    .writable = fake_writable,
    .write = fake_write,
    .finish = fake_finish,
    .abort = fake_abort,
};

/* Copied to the exchange's arena, as a server's slices are: they die with it. */
static str own(struct stage *s, const char *text)
{
    return str_dup(&s->exchange.arena, str_of(text));
}

void fake_add(struct fake_exchange *f, struct fake_fields *to, const char *name, const char *value)
{
    assert_true(to->len < FAKE_FIELDS_MAX);
    to->at[to->len++] =
        (struct berth_http_field){ str_dup(&f->arena, str_of(name)), str_dup(&f->arena, str_of(value)) };
}

void stage_serve_method(struct stage *s, const char *method, const struct fake_read *reads)
{
    struct fake_exchange *f = &s->exchange;
    struct berth_http_request *r = &f->x.request;
    f->x.ops = &fake_ops;
    f->reads = reads;
    f->room = 64 * 1024;
    r->method = own(s, method);
    r->scheme = own(s, "http");
    r->authority = own(s, "example.org");
    r->path = own(s, "/path?q=1");
    r->has_body = reads != NULL;
    f->fields.len = 0;
    fake_add(f, &f->fields, "Host", "example.org");
    fake_add(f, &f->fields, "Accept", "text/plain");
    fake_add(f, &f->fields, "accept", "*/*");
    r->fields = f->fields.at;
    r->field_count = f->fields.len;
    wasi_http_begin(s->w, &f->x, &s->params);
}

void stage_serve(struct stage *s, const struct fake_read *reads)
{
    stage_serve_method(s, "POST", reads);
}

void stage_end_exchange(struct stage *s, bool complete)
{
    struct fake_exchange *f = &s->exchange;
    wasi_http_ended(s->w, complete);
    arena_fini(&f->arena); /* sanitizers watch from here */
    memset(&f->x, 0xa5, sizeof(f->x));
}

/* --- stage --- */

static void on_output(void *owner, enum wasi_output which, bytes data)
{
    struct stage *s = owner;
    buf_put_str(&s->output, which == WASI_STDOUT ? STR("out:") : STR("err:"));
    buf_put(&s->output, data.ptr, data.len);
}

int stage_setup(void **state)
{
    struct stage *s = mem_new(struct stage);
    arena_init(&s->arena);
    arena_init(&s->exchange.arena);
    err_clear(&s->err);
    buf_init(&s->output, BUF_NO_LIMIT);
    buf_init(&s->exchange.sent, BUF_NO_LIMIT);
    s->options.output = on_output;
    s->w = wasi_new(&s->options);
    wasi_begin(s->w, s);
    wasi_set_task(s->w, &s->task);
    s->call = (struct host_call){ .arena = &s->arena, .host = s->w, .err = &s->err, .task = &s->task };
    *state = s;
    return 0;
}

int stage_teardown(void **state)
{
    struct stage *s = *state;
    if (s->params.request)
        wasi_http_types_incoming_request_drop(s->params.request);
    if (s->params.response_out)
        wasi_http_types_response_outparam_drop(s->params.response_out);
    /* What a serving holds until the end is one body and what it read ahead. */
    unsigned held = s->w->serving.body.ahead ? 1 : 0;
    wasi_serving_end(s->w);
    assert_int_equal(s->w->object_count, 0);
    assert_int_equal(fake_pool_live, held);
    assert_int_equal(s->w->fields_bytes + s->w->pending_bytes, 0);
    wasi_end(s->w);
    wasi_free(s->w);
    arena_fini(&s->arena);
    arena_fini(&s->exchange.arena);
    buf_fini(&s->output);
    buf_fini(&s->exchange.sent);
    mem_free(s);
    return 0;
}

struct wasi_http_types_fields *stage_fields(struct stage *s)
{
    struct wasi_http_types_fields *f = NULL;
    assert_int_equal(wasi_http_types_fields_constructor(&s->call, &f), HOST_DONE);
    return f;
}

void stage_append(struct stage *s, struct wasi_http_types_fields *f, const char *name, const char *value)
{
    struct result_void_wasi_http_types_header_error ret = { 0 };
    struct wasi_http_types_fields_append_args a = { f, str_of(name), bytes_of_str(str_of(value)) };
    assert_int_equal(wasi_http_types_fields_append(&s->call, &a, &ret), HOST_DONE);
    assert_false(ret.is_err);
}

struct wasi_http_types_outgoing_response *stage_response(struct stage *s, struct wasi_http_types_fields *f)
{
    struct wasi_http_types_outgoing_response *r = NULL;
    struct wasi_http_types_outgoing_response_constructor_args a = { f ? f : stage_fields(s) };
    assert_int_equal(wasi_http_types_outgoing_response_constructor(&s->call, &a, &r), HOST_DONE);
    return r;
}

struct wasi_http_types_outgoing_body *stage_body(struct stage *s, struct wasi_http_types_outgoing_response *r)
{
    struct result_wasi_http_types_outgoing_body_void ret = { 0 };
    struct wasi_http_types_outgoing_response_body_args a = { r };
    assert_int_equal(wasi_http_types_outgoing_response_body(&s->call, &a, &ret), HOST_DONE);
    assert_false(ret.is_err);
    return ret.of.ok;
}

struct wasi_io_streams_output_stream *stage_stream(struct stage *s, struct wasi_http_types_outgoing_body *b)
{
    struct result_wasi_io_streams_output_stream_void ret = { 0 };
    struct wasi_http_types_outgoing_body_write_args a = { b };
    assert_int_equal(wasi_http_types_outgoing_body_write(&s->call, &a, &ret), HOST_DONE);
    assert_false(ret.is_err);
    return ret.of.ok;
}

void stage_set(struct stage *s, struct wasi_http_types_outgoing_response *r)
{
    struct wasi_http_types_response_outparam_set_args a = { .param = s->params.response_out };
    a.response.of.ok = r;
    s->params.response_out = NULL;
    assert_int_equal(wasi_http_types_response_outparam_set(&s->call, &a), HOST_DONE);
}

bool stage_write(struct stage *s, struct wasi_io_streams_output_stream *o, const char *text)
{
    struct result_void_wasi_io_streams_stream_error ret = { 0 };
    struct wasi_io_streams_output_stream_write_args a = { o, bytes_of_str(str_of(text)) };
    assert_int_equal(wasi_io_streams_output_stream_write(&s->call, &a, &ret), HOST_DONE);
    if (ret.is_err && ret.of.err.tag == WASI_IO_STREAMS_STREAM_ERROR_LAST_OPERATION_FAILED)
        wasi_io_error_error_drop(ret.of.err.of.last_operation_failed);
    return !ret.is_err;
}

size_t stage_permit(struct stage *s, struct wasi_io_streams_output_stream *o)
{
    struct result_u64_wasi_io_streams_stream_error ret = { 0 };
    struct wasi_io_streams_output_stream_check_write_args a = { o };
    assert_int_equal(wasi_io_streams_output_stream_check_write(&s->call, &a, &ret), HOST_DONE);
    return ret.is_err ? SIZE_MAX : (size_t)ret.of.ok;
}

int stage_finish(struct stage *s, struct wasi_http_types_outgoing_body *b, struct wasi_http_types_fields *trailers)
{
    struct result_void_wasi_http_types_error_code ret = { 0 };
    struct wasi_http_types_outgoing_body_finish_args a = { .this_ = b };
    a.trailers.some = trailers != NULL;
    a.trailers.value = trailers;
    assert_int_equal(wasi_http_types_outgoing_body_finish(&s->call, &a, &ret), HOST_DONE);
    return ret.is_err ? (int)ret.of.err.tag : -1;
}
