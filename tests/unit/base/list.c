/* Tests of base/list.h. */
#include "base/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

struct item {
    int value;
    struct list node;
};

/* The values in order as decimal digits. */
static int digits(const struct list *l)
{
    int v = 0;
    for (const struct list *n = l->next; n != l; n = n->next) {
        assert_ptr_equal(n->next->prev, n);
        v = v * 10 + ((const struct item *)(const void *)((const char *)n - offsetof(struct item, node)))->value;
    }
    return v;
}

static void order(void **state)
{
    (void)state;
    struct list l;
    struct item items[] = { { .value = 1 }, { .value = 2 }, { .value = 3 } };
    list_init(&l);
    assert_true(list_empty(&l));
    for (size_t i = 0; i < ARRAY_LEN(items); i++)
        list_push(&l, &items[i].node);
    assert_int_equal(digits(&l), 123);
    assert_int_equal(list_first(&l, struct item, node)->value, 1);
    list_remove(&items[1].node);
    assert_int_equal(digits(&l), 13);
    list_remove(&items[1].node);
    assert_int_equal(digits(&l), 13);
    list_push(&l, &items[1].node);
    assert_int_equal(digits(&l), 132);
    for (size_t i = 0; i < ARRAY_LEN(items); i++)
        list_remove(&items[i].node);
    assert_true(list_empty(&l));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(order) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
