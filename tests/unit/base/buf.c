/* Tests of base/buf.c. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void grows_up_to_the_limit(void **state)
{
    (void)state;
    static const struct {
        size_t limit, first, second;
        const char *error;
    } cases[] = {
        { 10, 4, 6, NULL },
        { 10, 10, 0, NULL },
        { 10, 4, 7, "more than 10 bytes" },
        { 10, 11, 0, "more than 10 bytes" },
        { 0, 0, 1, "more than 0 bytes" },
        { 1000, 65, 935, NULL },
        { 1000, 1000, 1, "more than 1000 bytes" },
        { 1000, 1, SIZE_MAX, "more than 1000 bytes" },
    };
    static const char data[1000] = "abcdef";
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b;
        struct err e = ERR_INIT;
        buf_init(&b, cases[i].limit);
        bool ok = buf_add(&b, data, cases[i].first, &e) && buf_add(&b, data, cases[i].second, &e);
        assert_string_equal(e.text, cases[i].error ? cases[i].error : "");
        assert_int_equal(ok, cases[i].error == NULL);
        assert_int_equal(e.kind, ok ? ERR_NONE : ERR_LIMIT);
        if (ok)
            assert_int_equal(b.len, cases[i].first + cases[i].second);
        assert_true(b.cap <= cases[i].limit);
        buf_fini(&b);
    }
}

static void contents(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, BUF_NO_LIMIT);
    assert_true(str_eq(buf_str(&b), STR("")));
    buf_put(&b, "ab", 2);
    buf_put_str(&b, STR("cd"));
    buf_put_u8(&b, 'e');
    buf_printf(&b, "%d-%s", 12, "x");
    buf_put(&b, NULL, 0);
    assert_true(str_eq(buf_str(&b), STR("abcde12-x")));
    buf_consume(&b, 3);
    assert_true(str_eq(buf_str(&b), STR("de12-x")));
    buf_consume(&b, 6);
    assert_int_equal(b.len, 0);
    buf_fini(&b);
    assert_null(b.ptr);
}

static void reset_keeps_memory(void **state)
{
    (void)state;
    struct buf b;
    struct err e = ERR_INIT;
    buf_init(&b, 100);
    assert_true(buf_reserve(&b, 80, &e));
    uint8_t *ptr = b.ptr;
    b.len = 80;
    buf_reset(&b);
    assert_int_equal(b.len, 0);
    assert_true(buf_reserve(&b, 80, &e));
    assert_ptr_equal(b.ptr, ptr);
    buf_fini(&b);
    /* usable again, with the same limit */
    assert_false(buf_reserve(&b, 101, &e));
    assert_true(buf_reserve(&b, 100, &e));
    buf_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(grows_up_to_the_limit), cmocka_unit_test(contents),
                                        cmocka_unit_test(reset_keeps_memory) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
