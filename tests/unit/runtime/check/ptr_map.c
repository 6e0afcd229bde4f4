/* Tests of runtime/check/ptr_map.c. */
#include "runtime/check/ptr_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void many(void **state)
{
    (void)state;
    enum { COUNT = 5000 };
    static char keys[COUNT];
    struct ptr_map m = { 0 };
    assert_null(ptr_map_get(&m, keys));
    for (int i = 0; i < COUNT; i++)
        ptr_map_set(&m, &keys[i], &keys[COUNT - 1 - i]);
    assert_int_equal(m.len, COUNT);
    for (int i = 0; i < COUNT; i++)
        assert_ptr_equal(ptr_map_get(&m, &keys[i]), &keys[COUNT - 1 - i]);
    ptr_map_set(&m, &keys[7], &keys[1]);
    assert_ptr_equal(ptr_map_get(&m, &keys[7]), &keys[1]);
    ptr_map_set(&m, &keys[7], NULL);
    assert_null(ptr_map_get(&m, &keys[7]));
    assert_ptr_equal(ptr_map_get(&m, &keys[8]), &keys[COUNT - 9]);
    ptr_map_fini(&m);
    assert_null(ptr_map_get(&m, &keys[8]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
