/* Tests of base/clock.h and clock.c. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "base/mem.h"

static void arithmetic(void **state)
{
    (void)state;
    static const struct {
        int64_t at, add, want;
    } cases[] = {
        { 5, 7, 12 },
        { 5, -7, -2 },
        { 1, INT64_MAX, INT64_MAX },
        { INT64_MAX, 1, INT64_MAX },
        { -1, INT64_MIN, INT64_MIN },
        { INT64_MAX, -1, INT64_MAX - 1 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(instant_add((instant){ cases[i].at }, (duration){ cases[i].add }).ns, cases[i].want);
    assert_int_equal(instant_diff((instant){ 9 }, (instant){ 4 }).ns, 5);
    assert_true(instant_before((instant){ 1 }, (instant){ 2 }));
    assert_false(instant_before((instant){ 2 }, (instant){ 2 }));
    assert_int_equal(duration_ns(3).ns, 3);
    assert_int_equal(duration_ms(3).ns, 3000000);
    assert_int_equal(duration_s(3).ns, 3000000000);
}

static void clocks_run(void **state)
{
    (void)state;
    instant a = instant_now(), b = instant_now();
    assert_false(instant_before(b, a));
    assert_true(a.ns > 0);
    /* 2024 to 2200 */
    int64_t s = wall_clock_ns() / 1000000000;
    assert_true(s > 1704067200 && s < 7258118400);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(arithmetic), cmocka_unit_test(clocks_run) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
