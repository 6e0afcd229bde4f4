/* src/runtime/wasi/wasi.c: the life of a struct wasi, and the limit on objects. */
#include "runtime/wasi/wasi.h"

#include "runtime/wasi/http/fields.h"
#include "tests/unit/runtime/wasi/fake.h"

/* Every function that makes an object, called when there is no room for one. */
static enum host_status make(struct stage *s, size_t which)
{
    struct wasi_http_types_fields *fields = NULL;
    struct wasi_io_streams_input_stream *in = NULL;
    struct wasi_io_streams_output_stream *out = NULL;
    struct wasi_io_poll_pollable *pollable = NULL;
    struct wasi_sockets_network_network *network = NULL;
    struct wasi_http_types_request_options *options = NULL;
    struct wasi_clocks_monotonic_clock_subscribe_duration_args one = { 1 };
    switch (which) {
    case 0: return wasi_http_types_fields_constructor(&s->call, &fields);
    case 1: return wasi_cli_stdin_get_stdin(&s->call, &in);
    case 2: return wasi_cli_stdout_get_stdout(&s->call, &out);
    case 3: return wasi_clocks_monotonic_clock_subscribe_duration(&s->call, &one, &pollable);
    case 4: return wasi_sockets_instance_network_instance_network(&s->call, &network);
    case 5: return wasi_http_types_request_options_constructor(&s->call, &options);
    default: return HOST_DONE;
    }
}

static void objects_are_limited(void **state)
{
    struct stage *s = *state;
    static struct wasi_http_types_fields *all[WASI_MAX_OBJECTS];
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        all[i] = stage_fields(s);
    for (size_t which = 0; which < 6; which++) {
        err_clear(&s->err);
        assert_trap(s, make(s, which), "more than 10000 host objects (streams, fields, pollables, ...) at a time");
        assert_int_equal(s->err.kind, ERR_LIMIT);
    }
    /* With room for one, what needs two gives the first one back. */
    wasi_http_types_fields_drop(all[0]);
    assert_int_equal(make(s, 1), HOST_TRAP);
    assert_int_equal(make(s, 2), HOST_TRAP);
    all[0] = stage_fields(s);
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        wasi_http_types_fields_drop(all[i]);
}

/* Owned arguments are released even when there is no room for what they should become part of. */
static void no_room_for_a_response(void **state)
{
    struct stage *s = *state;
    struct wasi_http_types_fields *f = stage_fields(s), *g = stage_fields(s);
    s->w->object_count += WASI_MAX_OBJECTS - 2;
    struct wasi_http_types_outgoing_response *r = NULL;
    struct wasi_http_types_outgoing_response_constructor_args a = { f };
    assert_int_equal(wasi_http_types_outgoing_response_constructor(&s->call, &a, &r), HOST_TRAP);
    s->w->object_count++;
    struct wasi_http_types_outgoing_request *q = NULL;
    struct wasi_http_types_outgoing_request_constructor_args b = { g };
    assert_int_equal(wasi_http_types_outgoing_request_constructor(&s->call, &b, &q), HOST_TRAP);
    s->w->object_count -= WASI_MAX_OBJECTS - 1;
}

/* A call that never started leaves its parameters, and a guest's handles may be leaked: all goes
 * with the instance. */
static void the_end_takes_what_is_left(void **state)
{
    struct stage *s = *state;
    for (int i = 0; i < 3; i++) {
        stage_serve(s, NULL);
        assert_int_equal(make(s, 0), HOST_DONE);
        assert_int_equal(make(s, 3), HOST_DONE);
        stage_end_exchange(s, true);
        memset(&s->exchange.x, 0, sizeof(s->exchange.x));
        wasi_end(s->w);
        assert_int_equal(fake_pool_live, 0);
        wasi_begin(s->w, s);
    }
    memset(&s->params, 0, sizeof(s->params));
}

static void exits_are_remembered_for_one_instance(void **state)
{
    struct stage *s = *state;
    uint8_t status = 99;
    assert_false(wasi_exited(s->w, &status));
    assert_int_equal(status, 99);
    struct wasi_cli_exit_exit_with_code_args a = { 7 };
    assert_trap(s, wasi_cli_exit_exit_with_code(&s->call, &a), "the guest exited with status 7");
    assert_true(wasi_exited(s->w, &status));
    assert_int_equal(status, 7);
    wasi_end(s->w);
    wasi_begin(s->w, s);
    assert_false(wasi_exited(s->w, &status));
}

static void nothing_is_woken_without_a_task(void **state)
{
    struct stage *s = *state;
    wasi_wake(s->w);
    wasi_set_task(s->w, NULL);
    wasi_wake(s->w);
    assert_int_equal(s->task.wakes, 1);
}

static void free_takes_null(void **state)
{
    (void)state;
    wasi_free(NULL);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(objects_are_limited),
        ROW(no_room_for_a_response),
        ROW(the_end_takes_what_is_left),
        ROW(exits_are_remembered_for_one_instance),
        ROW(nothing_is_woken_without_a_task),
        cmocka_unit_test(free_takes_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
