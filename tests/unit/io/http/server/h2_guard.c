/* Tests of io/http/server/h2_guard.c. */
#include "io/http/server/h2_guard.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void is_spent_and_given_back(void **state)
{
    (void)state;
    struct h2_budget b;
    h2_budget_init(&b, 3, 0);
    for (int i = 0; i < 3; i++)
        assert_true(h2_budget_take(&b));
    assert_false(h2_budget_take(&b));
    h2_budget_give(&b, 2);
    assert_true(h2_budget_take(&b));
    h2_budget_give(&b, 100); /* never more than the burst */
    assert_int_equal(b.left, 3);
}

static void fills_with_time(void **state)
{
    (void)state;
    struct h2_budget b;
    h2_budget_init(&b, 3, 10);
    b.left = 0;
    b.filled.ns -= duration_ms(200).ns; /* two are due */
    assert_true(h2_budget_take(&b));
    assert_true(b.left >= 1);
    b.left = 0;
    b.filled.ns -= duration_s(3600).ns;
    assert_true(h2_budget_take(&b));
    assert_int_equal(b.left, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_spent_and_given_back),
        cmocka_unit_test(fills_with_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
