/* src/runtime/wasi/http/outgoing_body.c: the life of a response's body, before and after the
 * response is set. */
#include "runtime/wasi/http/outgoing.h"

#include "runtime/wasi/io/error.h"
#include "tests/unit/runtime/wasi/fake.h"

enum { FINISHED = -1, BODY_SIZE = WASI_HTTP_TYPES_ERROR_CODE_HTTP_RESPONSE_BODY_SIZE };

/* What the guest does with the body, in order:
 *   s  sets the response        w  writes "hello"      z  writes nothing
 *   d  drops the stream         f  finishes            t  finishes with a trailer
 *   x  drops the body           r  drops the response without setting it */
struct steps {
    struct stage *s;
    struct wasi_http_types_outgoing_response *response;
    struct wasi_http_types_outgoing_body *body;
    struct wasi_io_streams_output_stream *stream;
    int finish;
    bool write_failed;
};

static void step_finish(struct steps *t, bool trailer)
{
    struct wasi_http_types_fields *f = NULL;
    if (trailer) {
        f = stage_fields(t->s);
        stage_append(t->s, f, "checksum", "abc");
    }
    t->finish = stage_finish(t->s, t->body, f);
    t->body = NULL;
}

static void step(struct steps *t, char what)
{
    switch (what) {
    case 's':
        stage_set(t->s, t->response);
        t->response = NULL;
        return;
    case 'r':
        wasi_http_types_outgoing_response_drop(t->response);
        t->response = NULL;
        return;
    case 'w':
    case 'z': t->write_failed |= !stage_write(t->s, t->stream, what == 'w' ? "hello" : ""); return;
    case 'd':
        wasi_io_streams_output_stream_drop(t->stream);
        t->stream = NULL;
        return;
    case 'f':
    case 't': step_finish(t, what == 't'); return;
    case 'x':
        wasi_http_types_outgoing_body_drop(t->body);
        t->body = NULL;
        return;
    default: fail_msg("no step '%c'", what);
    }
}

/* Handles that are left are dropped, as at the end of an instance. */
static void play(struct steps *t, const char *steps)
{
    for (; *steps; steps++)
        step(t, *steps);
    if (t->stream)
        step(t, 'd');
    if (t->body)
        step(t, 'x');
    if (t->response)
        step(t, 'r');
}

static struct steps begin(struct stage *s, const char *method, uint16_t status, const char *length)
{
    struct steps t = { .s = s, .finish = FINISHED };
    stage_serve_method(s, method, NULL);
    struct wasi_http_types_fields *f = stage_fields(s);
    if (length)
        stage_append(s, f, "content-length", length);
    t.response = stage_response(s, f);
    struct wasi_http_types_outgoing_response_set_status_code_args a = { t.response, status };
    struct result_void_void ret = { 0 };
    assert_int_equal(wasi_http_types_outgoing_response_set_status_code(&s->call, &a, &ret), HOST_DONE);
    t.body = stage_body(s, t.response);
    t.stream = stage_stream(s, t.body);
    return t;
}

static void end(struct stage *s)
{
    wasi_http_types_incoming_request_drop(s->params.request);
    if (s->params.response_out)
        wasi_http_types_response_outparam_drop(s->params.response_out);
    memset(&s->params, 0, sizeof(s->params));
    assert_int_equal(s->w->object_count, s->w->serving.response_body ? 1 : 0);
    wasi_end(s->w);
    buf_reset(&s->exchange.sent);
    s->exchange.responds = s->exchange.finishes = s->exchange.aborts = 0;
    memset(&s->exchange.x, 0, sizeof(s->exchange.x));
    wasi_begin(s->w, s);
    wasi_set_task(s->w, &s->task);
}

static void lives(void **state)
{
    struct stage *s = *state;
    static const char short_text[] = "the guest finished the response body after 5 of 10 bytes";
    static const char dropped[] = "the guest dropped the response body without finishing it";
    static const char too_long[] = "the guest wrote more than the 7 bytes that content-length says";
    static const struct {
        const char *name, *steps, *length;
        const char *sent;
        int finish;
        bool write_fails;
        enum wasi_http_outcome outcome;
        const char *why;
    } cases[] = {
        { "set first", "swdf", NULL, "200|hello|end", FINISHED, false, WASI_HTTP_COMPLETE, "" },
        { "set between", "wswdf", NULL, "200|hellohello|end", FINISHED, false, WASI_HTTP_COMPLETE, "" },
        { "set last", "wdfs", NULL, "200 length=5|hello|end", FINISHED, false, WASI_HTTP_COMPLETE, "" },
        { "nothing written", "sdf", NULL, "200||end", FINISHED, false, WASI_HTTP_COMPLETE, "" },
        { "an empty write", "szdf", NULL, "200||end", FINISHED, false, WASI_HTTP_COMPLETE, "" },
        { "finished empty, then set", "dfs", NULL, "200 length=0||end", FINISHED, false, WASI_HTTP_COMPLETE, "" },
        { "trailers", "swdt", NULL, "200|hello|end checksum=abc", FINISHED, false, WASI_HTTP_COMPLETE, "" },
        { "trailers, then set", "wdts", NULL, "200|hello|end checksum=abc", FINISHED, false, WASI_HTTP_COMPLETE, "" },
        { "exact", "swwdf", "10", "200 length=10 content-length=10|hellohello|end", FINISHED, false, WASI_HTTP_COMPLETE,
          "" },
        { "exact, then set", "wwdfs", "10", "200 length=10 content-length=10|hellohello|end", FINISHED, false,
          WASI_HTTP_COMPLETE, "" },
        { "short", "swdf", "10", "200 length=10 content-length=10|hello|abort", BODY_SIZE, false, WASI_HTTP_INCOMPLETE,
          short_text },
        { "short, then set", "wdfs", "10", "", BODY_SIZE, false, WASI_HTTP_ERROR, short_text },
        { "long", "swwdf", "7", "200 length=7 content-length=7|hello|abort", BODY_SIZE, true, WASI_HTTP_INCOMPLETE,
          too_long },
        { "long, then set", "wwdfs", "7", "", BODY_SIZE, true, WASI_HTTP_ERROR, too_long },
        { "long, not finished", "sww", "7", "200 length=7 content-length=7|hello|abort", FINISHED, true,
          WASI_HTTP_INCOMPLETE, too_long },
        { "dropped", "swdx", NULL, "200|hello|abort", FINISHED, false, WASI_HTTP_INCOMPLETE, dropped },
        { "dropped, all bytes there", "swwdx", "10", "200 length=10 content-length=10|hellohello|abort", FINISHED,
          false, WASI_HTTP_INCOMPLETE, dropped },
        { "dropped, then set", "wdxs", NULL, "", FINISHED, false, WASI_HTTP_ERROR, dropped },
        { "left behind", "sw", NULL, "200|hello|abort", FINISHED, false, WASI_HTTP_INCOMPLETE, dropped },
        { "never set", "wdf", NULL, "", FINISHED, false, WASI_HTTP_UNSET, "" },
        { "response dropped first", "rwdf", NULL, "", FINISHED, true, WASI_HTTP_UNSET, "" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct steps t = begin(s, "GET", 200, cases[i].length);
        play(&t, cases[i].steps);
        struct err why = ERR_INIT;
        enum wasi_http_outcome outcome = wasi_http_finish(s->w, &why);
        if (outcome != cases[i].outcome || t.finish != cases[i].finish || t.write_failed != cases[i].write_fails ||
            strcmp(why.text, cases[i].why) != 0 || !str_eq(buf_str(&s->exchange.sent), str_of(cases[i].sent)))
            fail_msg("%s: outcome %d, finish %d, write %d, '%s', sent '%.*s'", cases[i].name, outcome, t.finish,
                     t.write_failed, why.text, STR_ARG(buf_str(&s->exchange.sent)));
        end(s);
    }
}

/* Where the protocol sends no body, an announced length need not be written. */
static void announced_but_not_sent(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *name, *method;
        uint16_t status;
        const char *steps;
        int finish;
        const char *sent;
    } cases[] = {
        { "HEAD", "HEAD", 200, "sdf", FINISHED, "200 length=5 content-length=5||end" },
        { "HEAD, written all the same", "HEAD", 200, "swdf", FINISHED, "200 length=5 content-length=5||end" },
        { "HEAD, finished first", "HEAD", 200, "dfs", FINISHED, "200 length=5 content-length=5||end" },
        { "304", "GET", 304, "sdf", FINISHED, "304 length=5 content-length=5||end" },
        { "304, finished first", "GET", 304, "dfs", FINISHED, "304 length=5 content-length=5||end" },
        { "GET", "GET", 200, "sdf", BODY_SIZE, "200 length=5 content-length=5|" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct steps t = begin(s, cases[i].method, cases[i].status, "5");
        play(&t, cases[i].steps);
        if (t.finish != cases[i].finish || !str_eq(buf_str(&s->exchange.sent), str_of(cases[i].sent)))
            fail_msg("%s: finish %d, sent '%.*s'", cases[i].name, t.finish, STR_ARG(buf_str(&s->exchange.sent)));
        end(s);
    }
}

static void back_pressure(void **state)
{
    struct stage *s = *state;
    struct steps t = begin(s, "GET", 200, NULL);
    struct wasi_io_poll_pollable *p = NULL;
    struct wasi_io_streams_output_stream_subscribe_args a = { t.stream };
    assert_int_equal(wasi_io_streams_output_stream_subscribe(&s->call, &a, &p), HOST_DONE);
    struct wasi_io_poll_pollable_block_args block = { p };
    step(&t, 's');
    s->exchange.room = 5;
    assert_int_equal(stage_permit(s, t.stream), 5);
    assert_true(stage_write(s, t.stream, "hello"));
    assert_int_equal(stage_permit(s, t.stream), 0);
    assert_int_equal(wasi_io_poll_pollable_block(&s->call, &block), HOST_BLOCK);
    s->exchange.room = 3;
    wasi_http_writable(s->w);
    assert_int_equal(s->task.wakes, 1);
    assert_int_equal(wasi_io_poll_pollable_block(&s->call, &block), HOST_DONE);

    /* Any room is enough for a blocking write. */
    struct result_void_wasi_io_streams_stream_error ret = { 0 };
    struct wasi_io_streams_output_stream_blocking_write_and_flush_args w = { t.stream, bytes_of_str(STR("world")) };
    assert_int_equal(wasi_io_streams_output_stream_blocking_write_and_flush(&s->call, &w, &ret), HOST_DONE);
    assert_int_equal(wasi_io_streams_output_stream_blocking_write_and_flush(&s->call, &w, &ret), HOST_BLOCK);
    assert_text(buf_str(&s->exchange.sent), "200|helloworld");

    /* The client goes away: nothing blocks any more. */
    stage_end_exchange(s, false);
    assert_int_equal(s->task.wakes, 2);
    assert_int_equal(wasi_io_poll_pollable_block(&s->call, &block), HOST_DONE);
    assert_int_equal(wasi_io_streams_output_stream_blocking_write_and_flush(&s->call, &w, &ret), HOST_DONE);
    assert_true(ret.is_err);
    assert_int_equal(ret.of.err.tag, WASI_IO_STREAMS_STREAM_ERROR_CLOSED);
    assert_int_equal(stage_permit(s, t.stream), SIZE_MAX);
    wasi_io_poll_pollable_drop(p);
    play(&t, "df");
    assert_int_equal(t.finish, FINISHED); /* nobody is left to be told */
    struct err why = ERR_INIT;
    assert_int_equal(wasi_http_finish(s->w, &why), WASI_HTTP_GONE);
}

static void what_waits_for_its_response_is_limited(void **state)
{
    struct stage *s = *state;
    struct steps t = begin(s, "GET", 200, NULL);
    char *data = arena_zalloc(&s->arena, WASI_MAX_PENDING_BYTES + 1, 1);
    memset(data, 'x', WASI_MAX_PENDING_BYTES - 1);
    assert_int_equal(stage_permit(s, t.stream), WASI_MAX_PENDING_BYTES);
    assert_true(stage_write(s, t.stream, data));
    assert_int_equal(stage_permit(s, t.stream), 1);
    /* A blocking write goes over it a little, once. */
    struct result_void_wasi_io_streams_stream_error ret = { 0 };
    struct wasi_io_streams_output_stream_blocking_write_and_flush_args w = { t.stream, bytes_from(data, 4096) };
    assert_int_equal(wasi_io_streams_output_stream_blocking_write_and_flush(&s->call, &w, &ret), HOST_DONE);
    assert_int_equal(wasi_io_streams_output_stream_blocking_write_and_flush(&s->call, &w, &ret), HOST_BLOCK);

    /* Other bodies share a larger limit. */
    struct wasi_http_types_outgoing_response *more[16];
    size_t count = 0;
    for (; count < ARRAY_LEN(more); count++) {
        more[count] = stage_response(s, NULL);
        struct wasi_http_types_outgoing_body *b = stage_body(s, more[count]);
        struct wasi_io_streams_output_stream *o = stage_stream(s, b);
        size_t permit = stage_permit(s, o);
        if (permit)
            assert_true(stage_write(s, o, data));
        wasi_io_streams_output_stream_drop(o);
        wasi_http_types_outgoing_body_drop(b);
        if (!permit)
            break;
    }
    assert_in_range(count, 8, ARRAY_LEN(more) - 1);
    for (size_t i = 0; i <= count; i++)
        wasi_http_types_outgoing_response_drop(more[i]);

    play(&t, "sdf");
    assert_int_equal(s->exchange.sent.len, strlen("200||end") + WASI_MAX_PENDING_BYTES - 1 + 4096);
}

static void the_stream_is_given_once(void **state)
{
    struct stage *s = *state;
    struct steps t = begin(s, "GET", 200, NULL);
    struct result_wasi_io_streams_output_stream_void ret = { 0 };
    struct wasi_http_types_outgoing_body_write_args a = { t.body };
    assert_int_equal(wasi_http_types_outgoing_body_write(&s->call, &a, &ret), HOST_DONE);
    assert_true(ret.is_err);
    play(&t, "s");
}

static void finishing_under_a_stream_traps(void **state)
{
    struct stage *s = *state;
    struct steps t = begin(s, "GET", 200, NULL);
    struct result_void_wasi_http_types_error_code ret = { 0 };
    struct wasi_http_types_outgoing_body_finish_args a = { t.body, { true, stage_fields(s) } };
    t.body = NULL;
    assert_trap(s, wasi_http_types_outgoing_body_finish(&s->call, &a, &ret),
                "outgoing-body finished before its output-stream was dropped");
    play(&t, "");
}

static void a_write_that_is_too_long_says_so(void **state)
{
    struct stage *s = *state;
    struct steps t = begin(s, "GET", 200, "3");
    struct result_void_wasi_io_streams_stream_error ret = { 0 };
    struct wasi_io_streams_output_stream_write_args a = { t.stream, bytes_of_str(STR("hello")) };
    assert_int_equal(wasi_io_streams_output_stream_write(&s->call, &a, &ret), HOST_DONE);
    assert_true(ret.is_err);
    struct wasi_io_error_error *e = ret.of.err.of.last_operation_failed;
    assert_text(e->text, "the guest wrote more than the 3 bytes that content-length says");
    assert_int_equal(e->code.tag, BODY_SIZE);
    assert_true(e->code.of.http_response_body_size.some);
    assert_int_equal(e->code.of.http_response_body_size.value, 5);
    wasi_io_error_error_drop(e);
    assert_int_equal(stage_permit(s, t.stream), SIZE_MAX);
    play(&t, "");
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(lives),
        ROW(announced_but_not_sent),
        ROW(back_pressure),
        ROW(what_waits_for_its_response_is_limited),
        ROW(the_stream_is_given_once),
        ROW(finishing_under_a_stream_traps),
        ROW(a_write_that_is_too_long_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
