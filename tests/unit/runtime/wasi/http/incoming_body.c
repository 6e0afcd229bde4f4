/* src/runtime/wasi/http/incoming_body.c and request_body.c: bodies that arrive whole, in pieces,
 * late, broken, and their trailers. */
#include "runtime/wasi/http/incoming.h"

#include "runtime/wasi/http/fields.h"
#include "runtime/wasi/io/error.h"
#include "tests/unit/runtime/wasi/fake.h"

static const struct fake_read late[] = {
    { BERTH_HTTP_READ_LATER },         { BERTH_HTTP_READ_DATA, "hello" }, { BERTH_HTTP_READ_LATER },
    { BERTH_HTTP_READ_DATA, "world" }, { BERTH_HTTP_READ_END },
};
static const struct fake_read whole[] = { { BERTH_HTTP_READ_DATA, "hello" }, { BERTH_HTTP_READ_END } };
static const struct fake_read never[] = { { BERTH_HTTP_READ_LATER }, { BERTH_HTTP_READ_LATER } };

static struct wasi_http_types_incoming_body *consume(struct stage *s)
{
    struct result_wasi_http_types_incoming_body_void ret = { 0 };
    struct wasi_http_types_incoming_request_consume_args a = { s->params.request };
    assert_int_equal(wasi_http_types_incoming_request_consume(&s->call, &a, &ret), HOST_DONE);
    assert_false(ret.is_err);
    return ret.of.ok;
}

static struct wasi_io_streams_input_stream *stream(struct stage *s, struct wasi_http_types_incoming_body *b)
{
    struct result_wasi_io_streams_input_stream_void ret = { 0 };
    struct wasi_http_types_incoming_body_stream_args a = { b };
    assert_int_equal(wasi_http_types_incoming_body_stream(&s->call, &a, &ret), HOST_DONE);
    return ret.is_err ? NULL : ret.of.ok;
}

static const char *code_name(uint32_t tag)
{
    switch (tag) {
    case WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_TERMINATED: return "terminated";
    case WASI_HTTP_TYPES_ERROR_CODE_CONNECTION_READ_TIMEOUT: return "timeout";
    case WASI_HTTP_TYPES_ERROR_CODE_HTTP_REQUEST_BODY_SIZE: return "size";
    case WASI_HTTP_TYPES_ERROR_CODE_HTTP_PROTOCOL_ERROR: return "protocol";
    case WASI_HTTP_TYPES_ERROR_CODE_INTERNAL_ERROR: return "internal";
    default: return "?";
    }
}

/* The bytes, "closed", "block" or the name of the error's code. */
static const char *read_text(struct stage *s, struct wasi_io_streams_input_stream *in, uint64_t len)
{
    struct result_bytes_wasi_io_streams_stream_error ret = { 0 };
    struct wasi_io_streams_input_stream_blocking_read_args a = { in, len };
    if (wasi_io_streams_input_stream_blocking_read(&s->call, &a, &ret) == HOST_BLOCK)
        return "block";
    if (!ret.is_err)
        return str_dupz(&s->arena, str_of_bytes(ret.of.ok));
    if (ret.of.err.tag == WASI_IO_STREAMS_STREAM_ERROR_CLOSED)
        return "closed";
    struct wasi_io_error_error *e = ret.of.err.of.last_operation_failed;
    const char *name = code_name(e->code.tag);
    wasi_io_error_error_drop(e);
    return name;
}

static bool ready(struct stage *s, struct wasi_io_poll_pollable *p)
{
    struct wasi_io_poll_pollable_ready_args a = { p };
    bool ret = false;
    assert_int_equal(wasi_io_poll_pollable_ready(&s->call, &a, &ret), HOST_DONE);
    return ret;
}

static struct wasi_io_poll_pollable *subscribe(struct stage *s, struct wasi_io_streams_input_stream *in)
{
    struct wasi_io_poll_pollable *p = NULL;
    struct wasi_io_streams_input_stream_subscribe_args a = { in };
    assert_int_equal(wasi_io_streams_input_stream_subscribe(&s->call, &a, &p), HOST_DONE);
    return p;
}

static void readable(struct stage *s)
{
    wasi_http_readable(s->w);
}

static void bodies(void **state)
{
    struct stage *s = *state;
    static const struct fake_read pieces[] = {
        { BERTH_HTTP_READ_DATA, "hello" },
        { BERTH_HTTP_READ_DATA, "world" },
        { BERTH_HTTP_READ_END },
    };
    static const struct fake_read empty[] = { { BERTH_HTTP_READ_END } };
    static const struct fake_read gone[] = { { BERTH_HTTP_READ_DATA, "he" },
                                             { BERTH_HTTP_READ_ERROR, NULL, ERR_CLOSED } };
    static const struct fake_read slow[] = { { BERTH_HTTP_READ_ERROR, NULL, ERR_TIMEOUT } };
    static const struct fake_read large[] = { { BERTH_HTTP_READ_ERROR, NULL, ERR_LIMIT } };
    static const struct fake_read broken[] = { { BERTH_HTTP_READ_ERROR, NULL, ERR_PARSE } };
    static const struct fake_read odd[] = { { BERTH_HTTP_READ_ERROR, NULL, ERR_SYSTEM } };
    static const struct {
        const char *name;
        const struct fake_read *reads;
        uint64_t len;
        const char *want[4];
    } cases[] = {
        { "none", NULL, 100, { "closed", "closed" } },
        { "empty", empty, 100, { "closed", "closed" } },
        { "whole", whole, 100, { "hello", "closed", "closed" } },
        { "in parts", whole, 3, { "hel", "lo", "closed" } },
        { "pieces", pieces, 100, { "hello", "world", "closed" } },
        { "late", late, 100, { "block", "block" } },
        { "the client goes away", gone, 100, { "he", "terminated", "closed" } },
        { "the client is slow", slow, 100, { "timeout", "closed" } },
        { "too large", large, 100, { "size", "closed" } },
        { "malformed", broken, 100, { "protocol", "closed" } },
        { "something else", odd, 100, { "internal", "closed" } },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        stage_serve(s, cases[i].reads);
        struct wasi_http_types_incoming_body *b = consume(s);
        struct wasi_io_streams_input_stream *in = stream(s, b);
        for (size_t k = 0; k < 4 && cases[i].want[k]; k++) {
            const char *got = read_text(s, in, cases[i].len);
            if (strcmp(got, cases[i].want[k]) != 0)
                fail_msg("%s (%zu): got '%s', want '%s'", cases[i].name, k, got, cases[i].want[k]);
        }
        wasi_io_streams_input_stream_drop(in);
        wasi_http_types_incoming_body_drop(b);
        wasi_http_types_incoming_request_drop(s->params.request);
        wasi_http_types_response_outparam_drop(s->params.response_out);
        wasi_end(s->w);
        memset(&s->exchange.x, 0, sizeof(s->exchange.x));
        memset(&s->params, 0, sizeof(s->params));
        wasi_begin(s->w, s);
        wasi_set_task(s->w, &s->task);
    }
}

static void blocked_reads_are_woken(void **state)
{
    struct stage *s = *state;
    stage_serve(s, late);
    struct wasi_http_types_incoming_body *b = consume(s);
    struct wasi_io_streams_input_stream *in = stream(s, b);
    const struct fake_read *before = s->exchange.reads;
    assert_string_equal(read_text(s, in, 0), ""); /* asking for nothing reads nothing */
    assert_ptr_equal(s->exchange.reads, before);
    assert_string_equal(read_text(s, in, 9), "block");
    assert_string_equal(read_text(s, in, 9), "block"); /* not read again before the event */
    assert_int_equal(s->exchange.reads - before, 1);
    readable(s);
    assert_int_equal(s->task.wakes, 1);
    assert_string_equal(read_text(s, in, 9), "hello");
    assert_string_equal(read_text(s, in, 9), "block");
    readable(s);
    assert_int_equal(s->task.wakes, 2);
    assert_string_equal(read_text(s, in, 9), "world");
    assert_string_equal(read_text(s, in, 9), "closed");
    wasi_io_streams_input_stream_drop(in);
    wasi_http_types_incoming_body_drop(b);
}

static void polling_loses_no_bytes(void **state)
{
    struct stage *s = *state;
    stage_serve(s, late);
    struct wasi_http_types_incoming_body *b = consume(s);
    struct wasi_io_streams_input_stream *in = stream(s, b);
    struct wasi_io_poll_pollable *p = subscribe(s, in);
    assert_false(ready(s, p));
    assert_false(ready(s, p));
    readable(s);
    assert_true(ready(s, p));
    assert_null(s->w->serving.body.ahead); /* the event said it: nothing had to be read */
    assert_string_equal(read_text(s, in, 3), "hel");
    assert_true(ready(s, p)); /* reads ahead */
    assert_non_null(s->w->serving.body.ahead);
    assert_string_equal(read_text(s, in, 1), "l");
    assert_true(ready(s, p));
    assert_string_equal(read_text(s, in, 9), "o");
    assert_false(ready(s, p));
    readable(s);
    assert_string_equal(read_text(s, in, 9), "world");
    assert_true(ready(s, p)); /* the end is readable */
    assert_string_equal(read_text(s, in, 9), "closed");
    wasi_io_poll_pollable_drop(p);
    wasi_io_streams_input_stream_drop(in);
    wasi_http_types_incoming_body_drop(b);
}

static void a_client_that_goes_away_is_no_end(void **state)
{
    struct stage *s = *state;
    static const struct fake_read two[] = { { BERTH_HTTP_READ_DATA, "hello" },
                                            { BERTH_HTTP_READ_LATER },
                                            { BERTH_HTTP_READ_LATER } };
    stage_serve(s, two);
    struct wasi_http_types_incoming_body *b = consume(s);
    struct wasi_io_streams_input_stream *in = stream(s, b);
    struct wasi_io_poll_pollable *p = subscribe(s, in);
    assert_true(ready(s, p)); /* "hello" is read ahead */
    stage_end_exchange(s, false);
    assert_int_equal(s->task.wakes, 1);
    assert_true(ready(s, p));
    assert_string_equal(read_text(s, in, 9), "hello");
    assert_true(ready(s, p));
    assert_string_equal(read_text(s, in, 9), "terminated");
    assert_string_equal(read_text(s, in, 9), "closed");
    wasi_io_poll_pollable_drop(p);
    wasi_io_streams_input_stream_drop(in);
    wasi_http_types_incoming_body_drop(b);
}

static void a_blocked_read_ends_with_the_exchange(void **state)
{
    struct stage *s = *state;
    stage_serve(s, never);
    struct wasi_http_types_incoming_body *b = consume(s);
    struct wasi_io_streams_input_stream *in = stream(s, b);
    assert_string_equal(read_text(s, in, 9), "block");
    stage_end_exchange(s, false);
    assert_int_equal(s->task.wakes, 1);
    assert_string_equal(read_text(s, in, 9), "terminated");
    wasi_io_streams_input_stream_drop(in);
    wasi_http_types_incoming_body_drop(b);
}

static void the_stream_is_given_once(void **state)
{
    struct stage *s = *state;
    stage_serve(s, whole);
    struct wasi_http_types_incoming_body *b = consume(s);
    struct wasi_io_streams_input_stream *in = stream(s, b);
    assert_null(stream(s, b));
    wasi_http_types_incoming_body_drop(b); /* the child lives on */
    assert_string_equal(read_text(s, in, 9), "hello");
    wasi_io_streams_input_stream_drop(in);
}

/* --- trailers --- */

static struct wasi_http_types_future_trailers *finish(struct stage *s, struct wasi_http_types_incoming_body *b)
{
    struct wasi_http_types_future_trailers *t = NULL;
    struct wasi_http_types_incoming_body_finish_args a = { b };
    assert_int_equal(wasi_http_types_incoming_body_finish(&s->call, &a, &t), HOST_DONE);
    return t;
}

/* "later", "taken", "none", the name of an error's code, or the first trailer's value. */
static const char *trailers_text(struct stage *s, struct wasi_http_types_future_trailers *t)
{
    struct option_result_result_option_wasi_http_types_fields_wasi_http_types_error_code_void ret = { 0 };
    struct wasi_http_types_future_trailers_get_args a = { t };
    assert_int_equal(wasi_http_types_future_trailers_get(&s->call, &a, &ret), HOST_DONE);
    if (!ret.some || ret.value.is_err)
        return ret.some ? "taken" : "later";
    if (ret.value.of.ok.is_err)
        return code_name(ret.value.of.ok.of.err.tag);
    if (!ret.value.of.ok.of.ok.some)
        return "none";
    struct wasi_http_types_fields *f = ret.value.of.ok.of.ok.value;
    assert_true(f->immutable);
    const char *value = str_dupz(&s->arena, f->lines.at[0].value);
    wasi_http_types_fields_drop(f);
    return value;
}

static void add_trailer(struct stage *s)
{
    fake_add(&s->exchange, &s->exchange.trailers, "checksum", "abc");
}

static void trailers(void **state)
{
    struct stage *s = *state;
    stage_serve(s, late); /* of which the guest reads nothing */
    add_trailer(s);
    struct wasi_http_types_future_trailers *t = finish(s, consume(s));
    struct wasi_io_poll_pollable *p = NULL;
    struct wasi_http_types_future_trailers_subscribe_args a = { t };
    assert_int_equal(wasi_http_types_future_trailers_subscribe(&s->call, &a, &p), HOST_DONE);
    assert_false(ready(s, p));
    assert_string_equal(trailers_text(s, t), "later");
    readable(s);
    assert_false(ready(s, p));
    readable(s);
    assert_true(ready(s, p));
    assert_string_equal(trailers_text(s, t), "abc");
    assert_true(ready(s, p));
    assert_string_equal(trailers_text(s, t), "taken");
    wasi_io_poll_pollable_drop(p);
    wasi_http_types_future_trailers_drop(t);
}

static void no_trailers(void **state)
{
    struct stage *s = *state;
    stage_serve(s, whole);
    struct wasi_http_types_future_trailers *t = finish(s, consume(s));
    assert_string_equal(trailers_text(s, t), "none");
    assert_string_equal(trailers_text(s, t), "taken");
    wasi_http_types_future_trailers_drop(t);
}

static void broken_trailers(void **state)
{
    struct stage *s = *state;
    static const struct fake_read broken[] = { { BERTH_HTTP_READ_DATA, "x" },
                                               { BERTH_HTTP_READ_ERROR, NULL, ERR_PARSE } };
    stage_serve(s, broken);
    struct wasi_http_types_future_trailers *t = finish(s, consume(s));
    assert_string_equal(trailers_text(s, t), "protocol");
    wasi_http_types_future_trailers_drop(t);
}

static void trailers_outlive_the_exchange(void **state)
{
    struct stage *s = *state;
    stage_serve(s, whole);
    add_trailer(s);
    struct wasi_http_types_incoming_body *b = consume(s);
    struct wasi_io_streams_input_stream *in = stream(s, b);
    assert_string_equal(read_text(s, in, 9), "hello");
    assert_string_equal(read_text(s, in, 9), "closed");
    wasi_io_streams_input_stream_drop(in);
    struct wasi_http_types_future_trailers *t = finish(s, b);
    stage_end_exchange(s, true);
    assert_string_equal(trailers_text(s, t), "abc");
    wasi_http_types_future_trailers_drop(t);
}

static void trailers_never_taken(void **state)
{
    struct stage *s = *state;
    stage_serve(s, NULL);
    add_trailer(s);
    stage_end_exchange(s, true); /* kept for a guest that does not ask */
    assert_non_null(s->w->serving.trailers);
}

static void finishing_under_a_stream_traps(void **state)
{
    struct stage *s = *state;
    stage_serve(s, whole);
    struct wasi_http_types_incoming_body *b = consume(s);
    struct wasi_io_streams_input_stream *in = stream(s, b);
    struct wasi_http_types_future_trailers *t = NULL;
    struct wasi_http_types_incoming_body_finish_args a = { b };
    assert_trap(s, wasi_http_types_incoming_body_finish(&s->call, &a, &t),
                "incoming-body finished before its input-stream was dropped");
    wasi_io_streams_input_stream_drop(in);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(bodies),
        ROW(blocked_reads_are_woken),
        ROW(polling_loses_no_bytes),
        ROW(a_client_that_goes_away_is_no_end),
        ROW(a_blocked_read_ends_with_the_exchange),
        ROW(the_stream_is_given_once),
        ROW(trailers),
        ROW(no_trailers),
        ROW(broken_trailers),
        ROW(trailers_outlive_the_exchange),
        ROW(trailers_never_taken),
        ROW(finishing_under_a_stream_traps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
