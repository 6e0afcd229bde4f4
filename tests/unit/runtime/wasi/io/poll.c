/* src/runtime/wasi/io/poll.c: readiness of several pollables, timers among them. */
#include "runtime/wasi/io/poll.h"

#include "tests/unit/runtime/wasi/fake.h"

/* A source whose readiness the test sets. */
struct source {
    struct host_object object;
    bool ready;
};

static void source_free(struct host_object *o)
{
    (void)o;
}

static const struct host_object_ops source_ops = { "source", source_free };

static bool source_ready(struct host_object *o)
{
    return CONTAINER_OF(o, struct source, object)->ready;
}

enum { COUNT = 4 };

static void poll_finds_what_is_ready(void **state)
{
    struct stage *s = *state;
    static const struct {
        const char *name;
        bool ready[COUNT];
        const char *want; /* indices; "" blocks */
    } cases[] = {
        { "none", { false, false, false, false }, "" }, { "first", { true, false, false, false }, "0" },
        { "last", { false, false, false, true }, "3" }, { "several, in order", { false, true, false, true }, "13" },
        { "all", { true, true, true, true }, "0123" },
    };
    struct source sources[COUNT];
    struct wasi_io_poll_pollable *all[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        host_object_init(&sources[i].object, &source_ops);
        all[i] = wasi_pollable_of(s->w, &sources[i].object, source_ready, &s->err);
        assert_int_equal(sources[i].object.refs, 2);
    }
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        for (size_t k = 0; k < COUNT; k++)
            sources[k].ready = cases[i].ready[k];
        struct wasi_io_poll_poll_args a = { .in = { all, COUNT } };
        struct list_u32 ret = { 0 };
        enum host_status status = wasi_io_poll_poll(&s->call, &a, &ret);
        char got[COUNT + 1] = "";
        for (size_t k = 0; k < ret.len; k++)
            got[k] = (char)('0' + ret.ptr[k]);
        if (status != (cases[i].want[0] ? HOST_DONE : HOST_BLOCK) || strcmp(got, cases[i].want) != 0)
            fail_msg("%s: got '%s', want '%s'", cases[i].name, got, cases[i].want);
    }
    assert_int_equal(s->task.wake_at.ns, 0);
    for (size_t i = 0; i < COUNT; i++) {
        wasi_io_poll_pollable_drop(all[i]);
        assert_int_equal(sources[i].object.refs, 1);
    }
}

static void an_empty_poll_traps(void **state)
{
    struct stage *s = *state;
    struct wasi_io_poll_poll_args a = { 0 };
    struct list_u32 ret = { 0 };
    assert_trap(s, wasi_io_poll_poll(&s->call, &a, &ret), "poll of an empty list");
    a.in.len = (size_t)UINT32_MAX + 1;
    assert_trap(s, wasi_io_poll_poll(&s->call, &a, &ret), "poll of more than 2^32 pollables");
}

static void a_blocked_poll_takes_no_memory(void **state)
{
    struct stage *s = *state;
    struct wasi_io_poll_pollable *never = wasi_pollable_at(s->w, (instant){ INT64_MAX }, &s->err);
    struct wasi_io_poll_poll_args a = { .in = { &never, 1 } };
    struct list_u32 ret = { 0 };
    assert_int_equal(wasi_io_poll_poll(&s->call, &a, &ret), HOST_BLOCK);
    assert_int_equal(s->arena.used_bytes, 0);
    assert_int_equal(s->task.wake_at.ns, 0); /* never is no time to wake at */
    wasi_io_poll_pollable_drop(never);
}

static bool is_ready(struct stage *s, struct wasi_io_poll_pollable *p)
{
    struct wasi_io_poll_pollable_ready_args a = { p };
    bool ret = false;
    assert_int_equal(wasi_io_poll_pollable_ready(&s->call, &a, &ret), HOST_DONE);
    return ret;
}

static void timers_wake_the_task(void **state)
{
    struct stage *s = *state;
    instant soon = instant_add(instant_now(), duration_s(100));
    struct wasi_io_poll_pollable *all[] = {
        wasi_pollable_at(s->w, instant_add(soon, duration_s(1)), &s->err),
        wasi_pollable_at(s->w, soon, &s->err),
        wasi_pollable_at(s->w, instant_add(soon, duration_s(2)), &s->err),
    };
    struct wasi_io_poll_poll_args a = { .in = { all, ARRAY_LEN(all) } };
    struct list_u32 ret = { 0 };
    assert_int_equal(wasi_io_poll_poll(&s->call, &a, &ret), HOST_BLOCK);
    assert_int_equal(s->task.wake_at.ns, soon.ns);
    assert_false(is_ready(s, all[1]));

    s->task.wake_at.ns = 0;
    struct wasi_io_poll_pollable_block_args block = { all[1] };
    assert_int_equal(wasi_io_poll_pollable_block(&s->call, &block), HOST_BLOCK);
    assert_int_equal(s->task.wake_at.ns, soon.ns);
    for (size_t i = 0; i < ARRAY_LEN(all); i++)
        wasi_io_poll_pollable_drop(all[i]);

    struct wasi_io_poll_pollable *past = wasi_pollable_at(s->w, instant_now(), &s->err);
    block.self = past;
    assert_true(is_ready(s, past));
    assert_int_equal(wasi_io_poll_pollable_block(&s->call, &block), HOST_DONE);
    wasi_io_poll_pollable_drop(past);
}

static void blocking_on_a_source(void **state)
{
    struct stage *s = *state;
    struct source source = { .ready = false };
    host_object_init(&source.object, &source_ops);
    struct wasi_io_poll_pollable *p = wasi_pollable_of(s->w, &source.object, source_ready, &s->err);
    struct wasi_io_poll_pollable_block_args a = { p };
    assert_int_equal(wasi_io_poll_pollable_block(&s->call, &a), HOST_BLOCK);
    assert_int_equal(s->task.wake_at.ns, 0);
    source.ready = true;
    assert_int_equal(wasi_io_poll_pollable_block(&s->call, &a), HOST_DONE);
    wasi_io_poll_pollable_drop(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(poll_finds_what_is_ready, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(an_empty_poll_traps, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(a_blocked_poll_takes_no_memory, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(timers_wake_the_task, stage_setup, stage_teardown),
        cmocka_unit_test_setup_teardown(blocking_on_a_source, stage_setup, stage_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
