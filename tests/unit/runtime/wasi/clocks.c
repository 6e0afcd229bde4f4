/* src/runtime/wasi/clocks_monotonic.c and clocks_wall.c */
#include "tests/unit/runtime/wasi/fake.h"

static void monotonic_time_does_not_go_back(void **state)
{
    struct stage *s = *state;
    uint64_t a = 0, b = 0, resolution = 0;
    int64_t before = instant_now().ns;
    assert_int_equal(wasi_clocks_monotonic_clock_now(&s->call, &a), HOST_DONE);
    assert_int_equal(wasi_clocks_monotonic_clock_now(&s->call, &b), HOST_DONE);
    assert_in_range(a, before, b);
    assert_int_equal(wasi_clocks_monotonic_clock_resolution(&s->call, &resolution), HOST_DONE);
    assert_in_range(resolution, 1, 1000000000);
}

static bool ready(struct stage *s, struct wasi_io_poll_pollable *p)
{
    struct wasi_io_poll_pollable_ready_args a = { p };
    bool ret = false;
    assert_int_equal(wasi_io_poll_pollable_ready(&s->call, &a, &ret), HOST_DONE);
    return ret;
}

static int64_t wakes_at(struct stage *s, struct wasi_io_poll_pollable *p)
{
    struct wasi_io_poll_pollable_block_args a = { p };
    s->task.wake_at.ns = 0;
    assert_int_equal(wasi_io_poll_pollable_block(&s->call, &a), HOST_BLOCK);
    return s->task.wake_at.ns;
}

static void instants_and_durations(void **state)
{
    struct stage *s = *state;
    int64_t now = instant_now().ns, hour = 3600 * (int64_t)1000000000;
    const struct {
        const char *name;
        bool duration;
        uint64_t when;
        bool ready;
        int64_t wake_from, wake_to; /* 0: never */
    } cases[] = {
        { "an instant long ago", false, 0, true, 0, 0 },
        { "no duration", true, 0, true, 0, 0 },
        { "a later instant", false, (uint64_t)(now + hour), false, now + hour, now + hour },
        { "a duration", true, (uint64_t)hour, false, now + hour, now + hour + 60 * (int64_t)1000000000 },
        { "never, as an instant", false, UINT64_MAX, false, 0, 0 },
        { "never, as a duration", true, UINT64_MAX, false, 0, 0 },
        { "beyond 63 bits", true, (uint64_t)INT64_MAX + 1, false, 0, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct wasi_io_poll_pollable *p = NULL;
        struct wasi_clocks_monotonic_clock_subscribe_duration_args d = { cases[i].when };
        struct wasi_clocks_monotonic_clock_subscribe_instant_args at = { cases[i].when };
        enum host_status status = cases[i].duration ? wasi_clocks_monotonic_clock_subscribe_duration(&s->call, &d, &p)
                                                    : wasi_clocks_monotonic_clock_subscribe_instant(&s->call, &at, &p);
        assert_int_equal(status, HOST_DONE);
        if (ready(s, p) != cases[i].ready)
            fail_msg("%s", cases[i].name);
        if (!cases[i].ready)
            assert_in_range(wakes_at(s, p), cases[i].wake_from, cases[i].wake_to);
        wasi_io_poll_pollable_drop(p);
    }
}

static void wall_time_is_now(void **state)
{
    struct stage *s = *state;
    struct wasi_clocks_wall_clock_datetime now = { 0 }, resolution = { 0 };
    uint64_t before = (uint64_t)wall_clock_ns() / 1000000000;
    assert_int_equal(wasi_clocks_wall_clock_now(&s->call, &now), HOST_DONE);
    assert_in_range(now.seconds, before, before + 60);
    assert_true(now.nanoseconds < 1000000000);
    assert_int_equal(wasi_clocks_wall_clock_resolution(&s->call, &resolution), HOST_DONE);
    assert_true(resolution.seconds > 0 || resolution.nanoseconds > 0);
    assert_true(resolution.nanoseconds < 1000000000);
}

#define ROW(f) cmocka_unit_test_setup_teardown(f, stage_setup, stage_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW(monotonic_time_does_not_go_back),
        ROW(instants_and_durations),
        ROW(wall_time_is_now),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
