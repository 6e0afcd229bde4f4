/* Tests of base/map.c. */
#include "base/map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>

static void add_and_get(void **state)
{
    (void)state;
    struct map m;
    int a, b, c;
    map_init(&m);
    assert_null(map_get(&m, STR("a")));
    assert_true(map_add(&m, STR("a"), &a));
    assert_true(map_add(&m, STR("b"), &b));
    assert_true(map_add(&m, STR(""), &c));
    assert_false(map_add(&m, STR("a"), &c));
    assert_ptr_equal(map_get(&m, STR("a")), &a);
    assert_ptr_equal(map_get(&m, STR("b")), &b);
    assert_ptr_equal(map_get(&m, STR_NONE), &c);
    assert_null(map_get(&m, STR("A")));
    assert_int_equal(m.len, 3);
    map_fini(&m);
    assert_null(map_get(&m, STR("a")));
}

static void many_in_order(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    static char keys[MANY][16];
    static int values[MANY];
    struct map m;
    map_init(&m);
    for (int i = 0; i < MANY; i++) {
        snprintf(keys[i], sizeof(keys[i]), "k%d", i);
        assert_true(map_add(&m, str_of(keys[i]), &values[i]));
    }
    for (int i = 0; i < MANY; i++) {
        assert_ptr_equal(map_get(&m, str_of(keys[i])), &values[i]);
        assert_true(str_eq(m.entries[i].key, str_of(keys[i])));
        assert_ptr_equal(m.entries[i].value, &values[i]);
    }
    assert_null(map_get(&m, STR("k5000")));
    map_fini(&m);
}

static void hash(void **state)
{
    (void)state;
    assert_true(str_hash(STR("abc")) == str_hash(str_from("abcd", 3)));
    assert_true(str_hash(STR("abc")) != str_hash(STR("abd")));
    assert_true(str_hash(STR("")) == str_hash(STR_NONE));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(add_and_get), cmocka_unit_test(many_in_order),
                                        cmocka_unit_test(hash) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
