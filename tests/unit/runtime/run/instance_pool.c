/* Tests of runtime/run/instance_pool.c: which instance is used next, and which ones go when they hold too much. */
#include "../../../../src/runtime/run/instance_pool.c"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static uint32_t begun, ended;
static bool recycles;
static uint64_t holds_bytes;

bool program_make_linkers(const struct program *p, struct engine_linker ***ret, struct err *e)
{
    (void)p, (void)e;
    *ret = NULL;
    return true;
}

void program_free_linkers(const struct program *p, struct engine_linker **linkers)
{
    (void)p, (void)linkers;
}

void instance_init(struct instance *i, const struct program *p, struct engine_linker **linkers)
{
    (void)p, (void)linkers;
    *i = (struct instance){ 0 };
    begun++;
}

void instance_fini(struct instance *i)
{
    (void)i;
    begun--;
}

void instance_end(struct instance *i)
{
    (void)i;
    ended++;
}

bool instance_recycle(struct instance *i)
{
    (void)i;
    return recycles;
}

uint64_t engine_store_warm_bytes(const struct engine_store *s)
{
    (void)s;
    return holds_bytes;
}

struct fixture {
    struct warm_set warm;
    struct instance_pool one, other;
};

static int setup(void **state)
{
    static struct fixture f;
    struct err e;
    begun = ended = 0;
    recycles = true;
    holds_bytes = 10;
    warm_set_init(&f.warm, 35);
    *state = &f;
    return instance_pool_init(&f.one, NULL, &f.warm, &e) && instance_pool_init(&f.other, NULL, &f.warm, &e) ? 0 : 1;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    instance_pool_fini(&f->one);
    instance_pool_fini(&f->other);
    assert_int_equal(f->warm.bytes, 0);
    assert_int_equal(begun, 0);
    return 0;
}

static struct instance *take(struct instance_pool *p, bool want_ready)
{
    bool ready = !want_ready;
    struct instance *i = instance_pool_take(p, 7, &ready);
    assert_int_equal(ready, want_ready);
    return i;
}

/* What was used last is still in the processor's cache. */
static void last_used_is_next(void **state)
{
    struct fixture *f = *state;
    struct instance *a = take(&f->one, false), *b = take(&f->one, false);
    assert_ptr_not_equal(a, b);
    instance_pool_give(&f->one, a, true);
    instance_pool_give(&f->one, b, true);
    assert_int_equal(f->warm.bytes, 20);
    assert_ptr_equal(take(&f->one, true), b);
    assert_int_equal(f->warm.bytes, 10);
    instance_pool_give(&f->one, b, true);
}

static void failed_ones_are_ended(void **state)
{
    struct fixture *f = *state;
    struct instance *a = take(&f->one, false);
    instance_pool_give(&f->one, a, false);
    assert_int_equal(ended, 1);
    assert_ptr_equal(take(&f->one, false), a);
    recycles = false; /* it ends what it cannot restore */
    instance_pool_give(&f->one, a, true);
    assert_int_equal(f->warm.bytes, 0);
    assert_ptr_equal(take(&f->one, false), a);
    instance_pool_give(&f->one, a, false);
}

static void another_limit_is_another_instance(void **state)
{
    struct fixture *f = *state;
    bool ready = true;
    instance_pool_give(&f->one, take(&f->one, false), true);
    struct instance *i = instance_pool_take(&f->one, 8, &ready);
    assert_false(ready);
    assert_int_equal(ended, 1);
    assert_int_equal(i->memory_limit, 8);
    instance_pool_give(&f->one, i, false);
}

/* Over all pools: three fit, and of four the one used longest ago goes, whosever it is. */
static void oldest_goes_first(void **state)
{
    struct fixture *f = *state;
    struct instance *a = take(&f->one, false), *b = take(&f->other, false), *c = take(&f->other, false),
                    *d = take(&f->one, false);
    instance_pool_give(&f->one, a, true);
    instance_pool_give(&f->other, b, true);
    instance_pool_give(&f->other, c, true);
    assert_int_equal(ended, 0);
    instance_pool_give(&f->one, d, true);
    assert_int_equal(ended, 1);
    assert_int_equal(f->warm.bytes, 30);
    assert_ptr_equal(take(&f->one, true), d);
    assert_ptr_equal(take(&f->one, false), a); /* ended, and begun anew */
    instance_pool_give(&f->one, a, false);
    instance_pool_give(&f->one, d, false);
}

static void one_stays_whatever_it_holds(void **state)
{
    struct fixture *f = *state;
    struct instance *a = take(&f->one, false), *b = take(&f->one, false);
    instance_pool_give(&f->one, a, true);
    holds_bytes = 1000;
    instance_pool_give(&f->one, b, true);
    assert_int_equal(ended, 1);
    assert_int_equal(f->warm.bytes, 1000);
    assert_ptr_equal(take(&f->one, true), b);
    instance_pool_give(&f->one, b, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(last_used_is_next, setup, teardown),
        cmocka_unit_test_setup_teardown(failed_ones_are_ended, setup, teardown),
        cmocka_unit_test_setup_teardown(another_limit_is_another_instance, setup, teardown),
        cmocka_unit_test_setup_teardown(oldest_goes_first, setup, teardown),
        cmocka_unit_test_setup_teardown(one_stays_whatever_it_holds, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
