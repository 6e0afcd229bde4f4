/* Tests of runtime/engine/ticker.c, with an engine that only counts. */
#include "../../../../src/runtime/engine/ticker.c"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static _Atomic int ticks;

void engine_tick(struct engine *engine)
{
    (void)engine;
    atomic_fetch_add(&ticks, 1);
}

static void sleep_ms(long ms)
{
    const struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
    nanosleep(&t, NULL);
}

/* Waits until the count has passed `more`; false after five seconds. */
static bool ticks_pass(int more)
{
    for (int i = 0; i < 500 && atomic_load(&ticks) <= more; i++)
        sleep_ms(10);
    return atomic_load(&ticks) > more;
}

static char engine_places[2];

static struct engine *engine_of(int i)
{
    return (struct engine *)(void *)&engine_places[i];
}

static struct ticker_client clients[3];

static struct ticker *start(void)
{
    struct ticker *t = NULL;
    struct err e = ERR_INIT;
    atomic_store(&ticks, 0);
    if (!ticker_new(&t, &e))
        fail_msg("%s", e.text);
    ticker_add_engine(t, engine_of(0));
    for (size_t i = 0; i < ARRAY_LEN(clients); i++)
        ticker_add_client(t, &clients[i]);
    return t;
}

static void end(struct ticker *t)
{
    ticker_remove_engine(t, engine_of(0));
    for (size_t i = 0; i < ARRAY_LEN(clients); i++)
        ticker_remove_client(&clients[i]);
    ticker_free(t);
}

static void ticks_only_while_busy(void **state)
{
    (void)state;
    struct ticker *t = start();
    sleep_ms(50);
    assert_int_equal(atomic_load(&ticks), 0);
    ticker_begin(&clients[1]);
    assert_true(ticks_pass(2));
    ticker_end(&clients[1]);
    sleep_ms(30);
    int seen = atomic_load(&ticks);
    sleep_ms(60);
    assert_int_equal(atomic_load(&ticks), seen);
    end(t);
}

static void one_of_several_is_enough(void **state)
{
    (void)state;
    struct ticker *t = start();
    ticker_begin(&clients[0]);
    ticker_begin(&clients[2]);
    ticker_end(&clients[0]);
    assert_true(ticks_pass(2));
    ticker_end(&clients[2]);
    end(t);
}

static void wakes_from_sleep(void **state)
{
    (void)state;
    struct ticker *t = start();
    for (int i = 0; i < 500 && !atomic_load(&t->asleep); i++)
        sleep_ms(10);
    assert_true(atomic_load(&t->asleep));
    ticker_begin(&clients[0]);
    assert_true(ticks_pass(1));
    ticker_end(&clients[0]);
    end(t);
}

static void ends_asleep(void **state)
{
    (void)state;
    struct ticker *t = start();
    for (int i = 0; i < 500 && !atomic_load(&t->asleep); i++)
        sleep_ms(10);
    assert_true(atomic_load(&t->asleep));
    end(t); /* and freeing nothing is fine */
    ticker_free(NULL);
}

static void engines_come_and_go(void **state)
{
    (void)state;
    struct ticker *t = start();
    ticker_begin(&clients[0]);
    ticker_begin(&clients[0]); /* a second guest of the same worker */
    ticker_end(&clients[0]);
    ticker_add_engine(t, engine_of(1));
    assert_true(ticks_pass(2));
    ticker_remove_engine(t, engine_of(0));
    ticker_remove_engine(t, engine_of(1));
    int seen = atomic_load(&ticks);
    sleep_ms(50);
    assert_int_equal(atomic_load(&ticks), seen);
    ticker_add_engine(t, engine_of(0));
    assert_true(ticks_pass(seen + 1));
    ticker_end(&clients[0]);
    end(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ticks_only_while_busy), cmocka_unit_test(one_of_several_is_enough),
        cmocka_unit_test(wakes_from_sleep),      cmocka_unit_test(ends_asleep),
        cmocka_unit_test(engines_come_and_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
