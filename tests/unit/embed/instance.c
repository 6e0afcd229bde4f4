/* Tests of embed/instance.c: calls both ways, limits, and what is left after a failure. */
#include <pthread.h>
#include <time.h>

#include "host.h"

static const char shout_wit[] = "shout: func(text: string) -> string";

static void calls_both_ways(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *i = fixture_instance(f, 0, 0);
    const struct berth_func *shout = fixture_func(f, shout_wit, sizeof(berth_string), sizeof(berth_string));
    const struct berth_func *posts = fixture_func(f, "posts: func() -> u32", 0, sizeof(uint32_t));
    berth_string text = berth_string_of("abc"), got = { 0 };
    uint32_t count = 0;
    host_context = 0;
    assert_ok(f, berth_instance_call(i, shout, &text, &got, &f->e));
    assert_true(str_eq(got, STR("ABC")));
    assert_string_equal(f->host.noted, "abc at 7");
    assert_int_equal(host_context, 1);
    /* The next call finishes the one before. */
    assert_ok(f, berth_instance_call(i, posts, NULL, &count, &f->e));
    assert_int_equal(count, 1);
    assert_ok(f, berth_instance_call(i, shout, &text, &got, &f->e));
    assert_ok(f, berth_instance_finish(i, &f->e));
    assert_ok(f, berth_instance_finish(i, &f->e));
    assert_ok(f, berth_instance_call(i, posts, NULL, &count, &f->e));
    assert_int_equal(count, 2);
    berth_instance_free(i);
}

static void passes_records(void **state)
{
    struct fixture *f = *state;
    struct point {
        int32_t x;
        double y;
    } p = { -3, 8 }, got = { 0 };
    struct berth_instance *i = fixture_instance(f, 0, 0);
    const struct berth_func *swap =
        fixture_func(f, "record point { x: s32, y: f64 } swap: func(p: point) -> point", sizeof(p), sizeof(p));
    assert_ok(f, berth_instance_call(i, swap, &p, &got, &f->e));
    assert_int_equal(got.x, 8);
    assert_true(got.y == -3);
    berth_instance_free(i);
}

/* More than the guest's memory has at first: its realloc grows it. */
static void passes_long_text(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *i = fixture_instance(f, 0, 0);
    const struct berth_func *shout = fixture_func(f, shout_wit, sizeof(berth_string), sizeof(berth_string));
    size_t len = 1000000;
    char *room = test_malloc(len);
    memset(room, 'x', len);
    berth_string text = { room, len }, got = { 0 };
    for (int round = 0; round < 3; round++) {
        assert_ok(f, berth_instance_call(i, shout, &text, &got, &f->e));
        assert_int_equal(got.len, len);
        assert_int_equal(got.ptr[len - 1], 'X');
    }
    assert_true(berth_instance_memory_bytes(i) > 2 * len);
    test_free(room);
    berth_instance_free(i);
}

static void instances_share_nothing(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *a = fixture_instance(f, 0, 0), *b = fixture_instance(f, 0, 0);
    const struct berth_func *shout = fixture_func(f, shout_wit, sizeof(berth_string), sizeof(berth_string));
    const struct berth_func *posts = fixture_func(f, "posts: func() -> u32", 0, sizeof(uint32_t));
    berth_string text = berth_string_of("a"), got = { 0 };
    uint32_t count = 9;
    assert_ok(f, berth_instance_call(a, shout, &text, &got, &f->e));
    assert_ok(f, berth_instance_finish(a, &f->e));
    assert_ok(f, berth_instance_call(b, posts, NULL, &count, &f->e));
    assert_int_equal(count, 0);
    berth_instance_free(a);
    berth_instance_free(b);
}

static void host_objects(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *i = fixture_instance(f, 0, 0);
    const struct berth_func *count = fixture_func(f, "count: func(from: u32) -> u32", 4, 4);
    uint32_t from = 40, got = 0;
    assert_ok(f, berth_instance_call(i, count, &from, &got, &f->e));
    assert_int_equal(got, 42);
    assert_int_equal(f->host.counters, 0);
    berth_instance_free(i);
}

/* The instance is dead after each of these. */
static void assert_dead(struct fixture *f, struct berth_instance *i)
{
    const struct berth_func *posts = fixture_func(f, "posts: func() -> u32", 0, sizeof(uint32_t));
    uint32_t count = 0;
    assert_fails(f, berth_instance_call(i, posts, NULL, &count, &f->e), BERTH_ERROR_TRAP, "a call of it failed before");
    berth_instance_free(i);
}

static void traps(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *i = fixture_instance(f, 0, 0);
    const struct berth_func *trap = fixture_func(f, "trap: func()", 0, 0);
    assert_fails(f, berth_instance_call(i, trap, NULL, NULL, &f->e), BERTH_ERROR_TRAP, "unreachable");
    assert_dead(f, i);
}

static void host_traps(void **state)
{
    struct fixture *f = *state;
    const struct berth_func *shout = fixture_func(f, shout_wit, sizeof(berth_string), sizeof(berth_string));
    berth_string text = berth_string_of("abc"), got = { 0 };
    struct berth_instance *i = fixture_instance(f, 0, 0);
    f->host.fail = true;
    assert_fails(f, berth_instance_call(i, shout, &text, &got, &f->e), BERTH_ERROR_TRAP,
                 "test:host/things@1.0.0.note: no room for 'abc'");
    assert_dead(f, i);
    f->host.mute = true;
    i = fixture_instance(f, 0, 0);
    assert_fails(f, berth_instance_call(i, shout, &text, &got, &f->e), BERTH_ERROR_TRAP, "without saying why");
    assert_dead(f, i);
    f->host.waits = 1;
    i = fixture_instance(f, 0, 0);
    assert_fails(f, berth_instance_call(i, shout, &text, &got, &f->e), BERTH_ERROR_TRAP, "which only tasks can");
    assert_dead(f, i);
}

/* What is in the embedder's structs is not trusted to be of its type. */
static void values_that_are_none(void **state)
{
    struct fixture *f = *state;
    struct {
        uint32_t color;
        struct {
            bool some;
            uint32_t value;
        } maybe;
    } keep = { .color = 9 };
    struct {
        uint32_t color;
        struct {
            bool some;
            uint32_t value;
        } maybe;
    } kept = { 0 };
    const struct berth_func *func =
        fixture_func(f,
                     "enum color { red, green } keep: func(color: color, maybe: option<u32>) -> "
                     "tuple<color, option<u32>>",
                     sizeof(keep), sizeof(kept));
    const struct berth_func *shout = fixture_func(f, shout_wit, sizeof(berth_string), sizeof(berth_string));
    berth_string text = berth_string_of("\xff"), got = { 0 };
    struct berth_instance *i = fixture_instance(f, 0, 0);
    assert_fails(f, berth_instance_call(i, func, &keep, &kept, &f->e), BERTH_ERROR_TRAP,
                 "the host gave 0x9 for a value of type enum");
    assert_dead(f, i);
    i = fixture_instance(f, 0, 0);
    assert_fails(f, berth_instance_call(i, shout, &text, &got, &f->e), BERTH_ERROR_TRAP, "invalid utf-8");
    assert_dead(f, i);
}

static void time_limit(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *i = fixture_instance(f, 0, 50);
    const struct berth_func *spin = fixture_func(f, "spin: func()", 0, 0);
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    assert_fails(f, berth_instance_call(i, spin, NULL, NULL, &f->e), BERTH_ERROR_TIMEOUT, "time-out of 50 ms");
    clock_gettime(CLOCK_MONOTONIC, &end);
    assert_in_range((end.tv_sec - begin.tv_sec) * 1000 + (end.tv_nsec - begin.tv_nsec) / 1000000, 49, 5000);
    assert_dead(f, i);
}

static void *interrupt(void *instance)
{
    const struct timespec pause = { .tv_nsec = 20000000 };
    nanosleep(&pause, NULL);
    berth_instance_interrupt(instance);
    return NULL;
}

static void interrupted(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *i = fixture_instance(f, 0, 0);
    const struct berth_func *spin = fixture_func(f, "spin: func()", 0, 0);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, interrupt, i), 0);
    assert_fails(f, berth_instance_call(i, spin, NULL, NULL, &f->e), BERTH_ERROR_CLOSED, "interrupted");
    pthread_join(thread, NULL);
    assert_dead(f, i);
}

static void memory_limit(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *i = fixture_instance(f, 10 * 65536, 0);
    const struct berth_func *grow = fixture_func(f, "grow: func(pages: u32) -> s32", 4, 4);
    uint32_t pages = 9;
    int32_t got = 0;
    assert_int_equal(berth_instance_memory_bytes(i), 65536);
    assert_ok(f, berth_instance_call(i, grow, &pages, &got, &f->e));
    assert_int_equal(got, 1);
    assert_int_equal(berth_instance_memory_bytes(i), 10 * 65536);
    pages = 1;
    assert_ok(f, berth_instance_call(i, grow, &pages, &got, &f->e));
    assert_int_equal(got, -1);
    berth_instance_free(i);
}

static void memory_limit_at_start(void **state)
{
    struct fixture *f = *state;
    const struct berth_instance_options o = { .memory_bytes = 65535 };
    struct berth_instance *i = NULL;
    assert_fails(f, berth_instance_new(f->component, &o, &i, &f->e), BERTH_ERROR_LIMIT,
                 "the component starts with 64 KiB of memory, more than the limit of 65535 bytes");
}

static void of_another_component(void **state)
{
    struct fixture *f = *state;
    struct berth_component *other = NULL;
    const struct berth_func *trap = NULL;
    struct berth_instance *i = fixture_instance(f, 0, 0);
    assert_ok(f, berth_component_open(f->linker, fixture_wasm(f), NULL, &other, &f->e));
    assert_ok(f, berth_component_func(other, NULL, "trap: func()", 0, 0, &trap, &f->e));
    assert_fails(f, berth_instance_call(i, trap, NULL, NULL, &f->e), BERTH_ERROR_USAGE, "of another component");
    berth_component_free(other);
    berth_instance_free(i);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_begin, fixture_end)
    const struct CMUnitTest tests[] = {
        TEST(calls_both_ways),      TEST(passes_records), TEST(passes_long_text), TEST(instances_share_nothing),
        TEST(host_objects),         TEST(traps),          TEST(host_traps),       TEST(time_limit),
        TEST(values_that_are_none), TEST(interrupted),    TEST(memory_limit),     TEST(memory_limit_at_start),
        TEST(of_another_component),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
