/* Tests of io/loop/timer.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "io/loop/loop.h"

enum { COUNT = 200 };

static struct fired {
    struct timer timer;
    int order; /* in which they were asked for */
} timers[COUNT];

static int fired[COUNT], fired_count, to_fire;
static struct loop *loop;

static void on_timer(struct timer *t)
{
    fired[fired_count++] = CONTAINER_OF(t, struct fired, timer)->order;
    if (fired_count == to_fire)
        loop_stop(loop);
}

static int setup(void **state)
{
    (void)state;
    loop = loop_new();
    fired_count = 0;
    for (int i = 0; i < COUNT; i++)
        timer_init(&timers[i].timer, loop, on_timer);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    loop_free(loop);
    return 0;
}

/* Whatever the order in which they are set: the earliest first, and never too early. */
static void earliest_first(void **state)
{
    (void)state;
    instant start = instant_now();
    for (int i = 0; i < COUNT; i++)
        timers[i].order = i;
    uint32_t random = 1; /* a linear congruence: the same order in every run */
    for (int i = COUNT - 1; i > 0; i--) {
        random = random * 1664525u + 1013904223u;
        int k = (int)(random >> 8) % (i + 1), order = timers[i].order;
        timers[i].order = timers[k].order;
        timers[k].order = order;
    }
    for (int i = 0; i < COUNT; i++)
        timer_set(&timers[i].timer, instant_add(start, duration_ms(20 + timers[i].order / 10)));
    to_fire = COUNT;
    loop_run(loop);
    for (int i = 1; i < COUNT; i++)
        assert_true(fired[i] / 10 >= fired[i - 1] / 10);
    assert_false(instant_before(instant_now(), instant_add(start, duration_ms(20 + (COUNT - 1) / 10))));
}

static void cleared_and_moved(void **state)
{
    (void)state;
    instant start = instant_now();
    for (int i = 0; i < 4; i++) {
        timers[i].order = i;
        timer_set(&timers[i].timer, instant_add(start, duration_ms(5 + i)));
    }
    timer_clear(&timers[1].timer);
    timer_clear(&timers[1].timer);                                    /* again: nothing happens */
    timer_set(&timers[0].timer, instant_add(start, duration_ms(40))); /* later than all */
    timer_set(&timers[3].timer, start);                               /* at once */
    to_fire = 3;
    loop_run(loop);
    assert_int_equal(fired[0], 3);
    assert_int_equal(fired[1], 2);
    assert_int_equal(fired[2], 0);
    for (int i = 0; i < 4; i++)
        assert_int_equal(timers[i].timer.heap_index, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(earliest_first, setup, teardown),
        cmocka_unit_test_setup_teardown(cleared_and_moved, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
