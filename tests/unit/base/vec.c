/* Tests of base/vec.h and vec.c. */
#include "base/vec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

struct pair {
    int a, b;
};

static void pushing(void **state)
{
    (void)state;
    VEC(struct pair) v = { 0 };
    for (int i = 0; i < 1000; i++) {
        vec_push(&v, (struct pair){ i, -i });
        assert_int_equal(v.len, i + 1);
        assert_true(v.cap >= v.len);
        assert_int_equal(vec_last(&v).a, i);
    }
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(v.at[i].a, i);
        assert_int_equal(v.at[i].b, -i);
    }
    vec_fini(&v);
    assert_null(v.at);
    assert_int_equal(v.len, 0);
    assert_int_equal(v.cap, 0);
    vec_fini(&v);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(pushing) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
