/* src/runtime/wasi/http/serving.c: a whole request, and what is left for the embedder. */
#include "runtime/wasi/http/serving.h"

#include "runtime/wasi/http/fields.h"
#include "tests/unit/runtime/wasi/fake.h"

static void a_small_response_goes_out_at_once(void **state)
{
    struct stage *s = *state;
    stage_serve(s, NULL);
    struct wasi_http_types_fields *f = stage_fields(s);
    stage_append(s, f, "Content-Type", "plain/text");
    stage_append(s, f, "Content-Length", "5");
    struct wasi_http_types_outgoing_response *r = stage_response(s, f);
    struct wasi_http_types_outgoing_body *b = stage_body(s, r);
    stage_set(s, r);
    struct wasi_io_streams_output_stream *o = stage_stream(s, b);
    assert_true(stage_write(s, o, "hello"));
    wasi_io_streams_output_stream_drop(o);
    assert_int_equal(stage_finish(s, b, NULL), -1);
    assert_text(buf_str(&s->exchange.sent), "200 length=5 Content-Type=plain/text Content-Length=5|hello|end");
    assert_int_equal(s->task.wakes, 0);
    struct err why = ERR_INIT;
    assert_int_equal(wasi_http_finish(s->w, &why), WASI_HTTP_COMPLETE);
}

static void a_guest_that_runs_on_after_its_response(void **state)
{
    struct stage *s = *state;
    stage_serve(s, NULL);
    stage_set(s, stage_response(s, NULL));
    stage_end_exchange(s, true);
    struct err why = ERR_INIT;
    assert_int_equal(wasi_http_finish(s->w, &why), WASI_HTTP_COMPLETE);
}

static void a_response_that_is_cut_after_finish(void **state)
{
    struct stage *s = *state;
    stage_serve(s, NULL);
    stage_set(s, stage_response(s, NULL));
    stage_end_exchange(s, false);
    struct err why = ERR_INIT;
    assert_int_equal(wasi_http_finish(s->w, &why), WASI_HTTP_GONE);
}

static void nothing_set(void **state)
{
    struct stage *s = *state;
    stage_serve(s, NULL);
    struct err why = ERR_INIT;
    assert_int_equal(wasi_http_finish(s->w, &why), WASI_HTTP_UNSET);
    assert_int_equal(s->exchange.sent.len, 0);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(a_small_response_goes_out_at_once),
        ROW(a_guest_that_runs_on_after_its_response),
        ROW(a_response_that_is_cut_after_finish),
        ROW(nothing_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
