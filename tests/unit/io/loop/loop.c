/* Tests of io/loop/loop.c. */
#include "io/loop/loop.h"

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "base/date.h"

static struct loop *loop;

static int setup(void **state)
{
    (void)state;
    loop = loop_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    loop_free(loop);
    return 0;
}

/* --- Jobs --- */

static struct loop_job jobs[4];
static char order[16];
static size_t order_len;

static void on_job(struct loop_job *job)
{
    order[order_len++] = (char)('0' + (job - jobs));
    if (job == &jobs[0] && order_len == 1) {
        assert_false(loop_job_queued(&jobs[0]));
        loop_defer(loop, &jobs[2]); /* in this turn, behind those that wait */
    }
    if (job == &jobs[3])
        loop_stop(loop);
}

static void jobs_in_order(void **state)
{
    (void)state;
    memset(order, 0, sizeof(order));
    order_len = 0;
    for (int i = 0; i < 4; i++)
        loop_job_init(&jobs[i], on_job);
    loop_defer_turn(loop, &jobs[3]); /* the next turn */
    loop_defer(loop, &jobs[0]);
    loop_defer(loop, &jobs[1]);
    assert_true(loop_job_queued(&jobs[0]) && loop_job_queued(&jobs[3]) && !loop_job_queued(&jobs[2]));
    loop_run(loop);
    assert_string_equal(order, "0123");
}

static void cancelled_job(void **state)
{
    (void)state;
    memset(order, 0, sizeof(order));
    order_len = 1; /* nothing more is deferred */
    for (int i = 0; i < 4; i++)
        loop_job_init(&jobs[i], on_job);
    loop_defer(loop, &jobs[1]);
    loop_defer(loop, &jobs[2]);
    loop_job_cancel(&jobs[1]);
    loop_job_cancel(&jobs[1]); /* again: nothing happens */
    loop_defer_turn(loop, &jobs[3]);
    loop_run(loop);
    assert_string_equal(order + 1, "23");
}

/* --- Other threads --- */

enum { THREADS = 4, POSTS = 1000 };
static int posted;

static void on_post(void *ctx)
{
    assert_ptr_equal(ctx, &posted);
    assert_true(loop_is_current(loop));
    if (++posted == THREADS * POSTS)
        loop_stop(loop);
}

static void *post_many(void *arg)
{
    (void)arg;
    for (int i = 0; i < POSTS; i++)
        loop_post(loop, on_post, &posted);
    return NULL;
}

static void posts_of_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, post_many, NULL), 0);
    loop_run(loop);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(posted, THREADS * POSTS);
}

/* --- Signals and the date --- */

static int caught;

static void on_signal(void *ctx, int signum)
{
    *(int *)ctx = signum;
    loop_stop(loop);
}

static void raise_it(void *ctx)
{
    (void)ctx;
    raise(SIGUSR1);
}

static void signals(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    assert_true(loop_on_signal(loop, SIGUSR1, on_signal, &caught, &e));
    loop_post(loop, raise_it, NULL);
    loop_run(loop);
    assert_int_equal(caught, SIGUSR1);
    assert_true(loop_on_signal(loop, SIGUSR1, NULL, NULL, &e));
}

static void stop_now(void *ctx)
{
    (void)ctx;
    const char *date = loop_http_date(loop);
    assert_ptr_equal(date, loop_http_date(loop)); /* made once */
    assert_memory_equal(date + 3, ", ", 2);
    assert_memory_equal(date + DATE_HTTP_LEN - 4, " GMT", 4);
    loop_stop(loop);
}

static void date(void **state)
{
    (void)state;
    loop_post(loop, stop_now, NULL);
    loop_run(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(jobs_in_order, setup, teardown),
        cmocka_unit_test_setup_teardown(cancelled_job, setup, teardown),
        cmocka_unit_test_setup_teardown(posts_of_threads, setup, teardown),
        cmocka_unit_test_setup_teardown(signals, setup, teardown),
        cmocka_unit_test_setup_teardown(date, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
