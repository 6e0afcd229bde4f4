/* Tests of runtime/run/run_queue.c: whose item runs next, on a clock that the items turn. */
#include "base/clock.h"

static instant test_time;

static instant test_now(void)
{
    return test_time;
}

#define instant_now test_now
#include "../../../../src/runtime/run/run_queue.c"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* A task: takes `us` each time that it runs, `times` times. */
struct work {
    struct run_item item;
    struct run_share *share;
    char name;
    int us, times;
    bool goes_on; /* ahead of the others of its share */
};

static struct loop *loop;
static struct run_queue queue;
static struct run_share shares[3];
static char order[1000];
static size_t order_len;

static void on_run(struct run_item *item)
{
    struct work *w = CONTAINER_OF(item, struct work, item);
    assert_false(run_item_queued(item));
    test_time.ns += w->us * 1000;
    assert_true(order_len < sizeof(order) - 1);
    order[order_len++] = w->name;
    if (--w->times == 0)
        return;
    if (w->goes_on)
        run_item_add_first(w->share, item);
    else
        run_item_add(w->share, item);
}

static struct work work_of(char name, int share, int us, int times)
{
    return (struct work){ .share = &shares[share], .name = name, .us = us, .times = times };
}

static void begin(struct work *w)
{
    run_item_init(&w->item, on_run);
    run_item_add(w->share, &w->item);
}

static int setup(void **state)
{
    (void)state;
    loop = loop_new();
    run_queue_init(&queue, loop);
    for (int i = 0; i < 3; i++)
        run_share_init(&shares[i], &queue);
    memset(order, 0, sizeof(order));
    order_len = 0;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    run_queue_fini(&queue);
    loop_free(loop);
    return 0;
}

/* One turn, as the loop would. */
static void turn(void)
{
    loop_job_cancel(&queue.job);
    on_turn(&queue.job);
}

static int count(char name, size_t from, size_t to)
{
    int n = 0;
    for (size_t i = from; i < to; i++)
        n += order[i] == name;
    return n;
}

static void a_share_keeps_its_order(void **state)
{
    (void)state;
    struct work a = work_of('a', 0, 1, 2), b = work_of('b', 0, 1, 2), c = work_of('c', 0, 1, 3);
    c.goes_on = true;
    begin(&a);
    begin(&b);
    begin(&c);
    turn();
    assert_string_equal(order, "abcccab");
    assert_false(loop_job_queued(&queue.job));
}

static void end_share(struct run_item *item)
{
    struct work *w = CONTAINER_OF(item, struct work, item);
    run_share_fini(w->share);
    memset(w->share, 0xff, sizeof(*w->share));
}

static void a_share_ends_with_its_last_item(void **state)
{
    (void)state;
    struct run_share own, want;
    struct work last = { .share = &own, .us = 10 }, other = work_of('o', 1, 1, 1);
    memset(&want, 0xff, sizeof(want));
    run_share_init(&own, &queue);
    run_item_init(&last.item, end_share);
    run_item_add(&own, &last.item);
    begin(&other);
    turn();
    assert_string_equal(order, "o");
    assert_memory_equal(&own, &want, sizeof(own)); /* nobody has touched it since */
}

static void shares_get_the_same_time(void **state)
{
    (void)state;
    /* Many short ones beside few long ones. */
    struct work a = work_of('a', 0, 10, 1000), b = work_of('b', 1, 100, 100), c = work_of('c', 1, 100, 100);
    begin(&a);
    begin(&b);
    begin(&c);
    while (order_len < 440)
        turn();
    assert_in_range(count('a', 0, 440), 396, 404);
    assert_in_range(count('b', 0, 440), 18, 22);
    assert_in_range(count('c', 0, 440), 18, 22);
    run_item_cancel(a.share, &a.item);
    run_item_cancel(b.share, &b.item);
    run_item_cancel(c.share, &c.item);
}

static void one_that_was_idle_goes_first(void **state)
{
    (void)state;
    struct work a = work_of('a', 0, RUN_TURN_US * 3 / 4, 10), b = work_of('b', 0, RUN_TURN_US * 3 / 4, 10),
                late = work_of('!', 1, 10, 1);
    begin(&a);
    begin(&b);
    turn();
    assert_string_equal(order, "ab");
    begin(&late);
    turn();
    assert_string_equal(order, "ab!ab");
    run_item_cancel(a.share, &a.item);
    run_item_cancel(b.share, &b.item);
}

static void idling_saves_nothing_up(void **state)
{
    (void)state;
    struct work a = work_of('a', 0, 100, 1000), b = work_of('b', 1, 100, 1000);
    begin(&a);
    while (order_len < 100)
        turn();
    begin(&b);
    while (order_len < 120)
        turn();
    assert_in_range(count('b', 100, 120), 9, 11);
    run_item_cancel(a.share, &a.item);
    run_item_cancel(b.share, &b.item);
}

/* What runs is always of a share that had least, whatever comes and goes meanwhile. */
static void the_one_with_least_of_many_goes_next(void **state)
{
    (void)state;
    enum { MANY = 40, STEPS = 4000 };
    struct run_share many[MANY];
    struct work works[MANY];
    for (int i = 0; i < MANY; i++) {
        run_share_init(&many[i], &queue);
        works[i] = (struct work){ .share = &many[i], .name = 'a', .us = 1 + i * 7 % 50, .times = STEPS };
        begin(&works[i]);
    }
    uint32_t random = 1;
    for (int step = 0; step < STEPS; step++) {
        random = random * 1664525 + 1013904223;
        struct work *w = &works[(random >> 16) % MANY];
        if (random >> 30 == 0 && run_item_queued(&w->item) && queue.ready.len > 1)
            run_item_cancel(w->share, &w->item);
        else if (!run_item_queued(&w->item))
            run_item_add(w->share, &w->item);
        instant now = test_time;
        order_len = 0;
        for (int i = 0; i < MANY; i++)
            if (run_item_queued(&works[i].item))
                assert_true(queue.ready.at[0]->used.ns <= many[i].used.ns);
        run_one(&queue, &now);
    }
    for (int i = 0; i < MANY; i++)
        if (run_item_queued(&works[i].item))
            run_item_cancel(works[i].share, &works[i].item);
    assert_int_equal(queue.ready.len, 0);
}

static void on_stop(struct loop_job *job)
{
    (void)job;
    loop_stop(loop);
}

static void the_loop_looks_for_input_in_between(void **state)
{
    (void)state;
    struct work a = work_of('a', 0, RUN_TURN_US / 5, 12);
    struct loop_job stop;
    begin(&a);
    loop_job_init(&stop, on_stop);
    loop_defer_turn(loop, &stop);
    loop_run(loop);
    /* What is left comes with the next turn of the loop. */
    assert_in_range(order_len, 5, 10);
    assert_true(loop_job_queued(&queue.job));
    run_item_cancel(a.share, &a.item);
    loop_job_cancel(&queue.job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_share_keeps_its_order, setup, teardown),
        cmocka_unit_test_setup_teardown(a_share_ends_with_its_last_item, setup, teardown),
        cmocka_unit_test_setup_teardown(shares_get_the_same_time, setup, teardown),
        cmocka_unit_test_setup_teardown(one_that_was_idle_goes_first, setup, teardown),
        cmocka_unit_test_setup_teardown(idling_saves_nothing_up, setup, teardown),
        cmocka_unit_test_setup_teardown(the_one_with_least_of_many_goes_next, setup, teardown),
        cmocka_unit_test_setup_teardown(the_loop_looks_for_input_in_between, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
