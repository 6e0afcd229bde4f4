/* Tests of embed/resource.c: resources of the component, lent, given back and dropped. */
#include "host.h"

struct fixture_funcs {
    const struct berth_func *make, *value, *consume, *last;
};

static struct fixture_funcs funcs(struct fixture *f)
{
    return (struct fixture_funcs){
        .make = fixture_func(f, "resource box { constructor(value: u32); }", 4, sizeof(struct berth_resource *)),
        .value = fixture_func(f, "resource box { value: func() -> u32; }", sizeof(struct berth_resource *), 4),
        .consume = fixture_func(f, "resource box; consume: func(box: box) -> u32", sizeof(struct berth_resource *), 4),
        .last = fixture_func(f, "last-dropped: func() -> u32", 0, 4),
    };
}

static struct berth_resource *make(struct fixture *f, struct berth_instance *i, uint32_t value)
{
    struct berth_resource *box = NULL;
    assert_ok(f, berth_instance_call(i, funcs(f).make, &value, &box, &f->e));
    assert_non_null(box);
    return box;
}

static uint32_t last(struct fixture *f, struct berth_instance *i)
{
    uint32_t got = 0;
    assert_ok(f, berth_instance_call(i, funcs(f).last, NULL, &got, &f->e));
    return got;
}

static void lends_and_drops(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *i = fixture_instance(f, 0, 0);
    struct berth_resource *a = make(f, i, 1), *b = make(f, i, 0xffffffff);
    uint32_t got = 0;
    assert_ok(f, berth_instance_call(i, funcs(f).value, &b, &got, &f->e));
    assert_int_equal(got, 0xffffffff);
    assert_ok(f, berth_instance_call(i, funcs(f).value, &a, &got, &f->e));
    assert_int_equal(got, 1);
    assert_int_equal(last(f, i), 0);
    assert_ok(f, berth_resource_drop(b, &f->e));
    assert_int_equal(last(f, i), 0xffffffff);
    assert_ok(f, berth_resource_drop(NULL, &f->e));
    berth_instance_free(i); /* `a` ends with it */
}

static void gives_back(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *i = fixture_instance(f, 0, 0);
    struct berth_resource *box = make(f, i, 5);
    uint32_t got = 0;
    assert_ok(f, berth_instance_call(i, funcs(f).consume, &box, &got, &f->e));
    assert_int_equal(got, 5);
    assert_int_equal(last(f, i), 5);
    berth_instance_free(i);
}

static void refuses(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *i = fixture_instance(f, 0, 0), *other = fixture_instance(f, 0, 0);
    struct berth_resource *box = make(f, i, 5), *none = NULL;
    uint32_t got = 0;
    assert_fails(f, berth_instance_call(other, funcs(f).value, &box, &got, &f->e), BERTH_ERROR_TRAP,
                 "the 'box' is of another instance");
    assert_fails(f, berth_instance_call(i, funcs(f).value, &none, &got, &f->e), BERTH_ERROR_TRAP,
                 "expected a 'box', found NULL");
    berth_instance_free(other);
    berth_instance_free(i);
}

static void refuses_one_twice(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *i = fixture_instance(f, 0, 0);
    const struct berth_func *merge =
        fixture_func(f, "resource box; merge: func(a: box, b: box)", 2 * sizeof(void *), 0);
    struct berth_resource *two[] = { make(f, i, 1), make(f, i, 2) };
    assert_ok(f, berth_instance_call(i, merge, two, NULL, &f->e));
    two[0] = two[1] = make(f, i, 3);
    assert_fails(f, berth_instance_call(i, merge, two, NULL, &f->e), BERTH_ERROR_TRAP,
                 "the 'box' was given away by an argument before");
    berth_instance_free(i);
}

static void destructor_traps(void **state)
{
    struct fixture *f = *state;
    struct berth_instance *i = fixture_instance(f, 0, 1000);
    struct berth_resource *box = make(f, i, 666), *kept = make(f, i, 1);
    assert_fails(f, berth_resource_drop(box, &f->e), BERTH_ERROR_TRAP, "unreachable");
    assert_fails(f, berth_resource_drop(kept, &f->e), BERTH_ERROR_TRAP, "a call of it failed before");
    berth_instance_free(i);
}

int main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, fixture_begin, fixture_end)
    const struct CMUnitTest tests[] = {
        TEST(lends_and_drops), TEST(gives_back), TEST(refuses), TEST(refuses_one_twice), TEST(destructor_traps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
