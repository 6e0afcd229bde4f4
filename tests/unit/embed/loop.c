/* Tests of embed/loop.c: run by itself, and by a program that waits by itself. */
#include "berth/loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <poll.h>
#include <pthread.h>

#include "io/loop/loop.h"

static int count;

static void add(void *ctx)
{
    count++;
    if (ctx)
        berth_loop_stop(ctx);
}

static void *post_from_elsewhere(void *l)
{
    berth_loop_post(l, add, l);
    return NULL;
}

static void runs_until_it_is_stopped(void **state)
{
    (void)state;
    pthread_t thread;
    struct berth_loop *l = berth_loop_new();
    count = 0;
    assert_int_equal(pthread_create(&thread, NULL, post_from_elsewhere, l), 0);
    berth_loop_run(l);
    assert_int_equal(count, 1);
    pthread_join(thread, NULL);
    berth_loop_free(l);
    berth_loop_free(NULL);
}

static bool readable(const struct berth_loop *l, int timeout_ms)
{
    struct pollfd p = { .fd = berth_loop_fd(l), .events = POLLIN };
    return poll(&p, 1, timeout_ms) == 1;
}

static void takes_turns(void **state)
{
    (void)state;
    struct berth_loop *l = berth_loop_new();
    count = 0;
    berth_loop_turn(l);
    assert_int_equal(berth_loop_timeout_ms(l), -1);
    assert_false(readable(l, 0));
    berth_loop_post(l, add, NULL);
    assert_true(readable(l, 5000));
    assert_int_equal(count, 0);
    berth_loop_turn(l);
    assert_int_equal(count, 1);
    assert_false(readable(l, 0));
    berth_loop_free(l);
}

static void on_timer(struct timer *t)
{
    (void)t;
    count++;
}

static void on_job(struct loop_job *job)
{
    (void)job;
    count++;
}

static void says_when_a_turn_is_due(void **state)
{
    (void)state;
    struct loop *inner = loop_new();
    struct berth_loop *l = loop_public(inner);
    struct timer timer;
    struct loop_job job;
    count = 0;
    assert_int_equal(berth_loop_timeout_ms(l), 0); /* it has never looked at its descriptors */
    berth_loop_turn(l);
    timer_init(&timer, inner, on_timer);
    timer_set(&timer, instant_add(instant_now(), duration_ms(20)));
    int timeout = berth_loop_timeout_ms(l);
    assert_in_range(timeout, 1, 21);
    loop_job_init(&job, on_job);
    loop_defer(inner, &job);
    assert_int_equal(berth_loop_timeout_ms(l), 0);
    berth_loop_turn(l);
    assert_int_equal(count, 1);
    while (count == 1) {
        poll(NULL, 0, berth_loop_timeout_ms(l));
        berth_loop_turn(l);
    }
    assert_int_equal(berth_loop_timeout_ms(l), -1);
    berth_loop_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(runs_until_it_is_stopped),
        cmocka_unit_test(takes_turns),
        cmocka_unit_test(says_when_a_turn_is_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
