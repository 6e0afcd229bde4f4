/* Tests of runtime/binary/writer.c: what is written is what the reader reads. */
#include "runtime/binary/writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "runtime/binary/reader.h"

static void numbers(void **state)
{
    (void)state;
    static const int64_t cases[] = { 0, 1, 63, 64, 127, 128, 0x3fff, 0x4000, INT32_MAX, UINT32_MAX };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf b;
        struct err e = ERR_INIT;
        uint32_t number = 0;
        int64_t positive = 0, negative = 0;
        buf_init(&b, BUF_NO_LIMIT);
        put_leb(&b, (uint64_t)cases[i]);
        put_leb_signed(&b, cases[i]);
        put_leb_signed(&b, -cases[i]);
        struct reader r = reader_over(bytes_from(b.ptr, b.len), 0);
        assert_true(read_leb_u32(&r, &number, &e));
        assert_true(read_leb_s33(&r, &positive, &e) && read_leb_s33(&r, &negative, &e));
        assert_true(number == cases[i] && positive == cases[i] && negative == -cases[i]);
        assert_int_equal(reader_left(&r), 0);
        buf_fini(&b);
    }
}

static void pieces(void **state)
{
    (void)state;
    struct buf inner, b;
    buf_init(&inner, BUF_NO_LIMIT);
    buf_init(&b, BUF_NO_LIMIT);
    PUT(&inner, 1, 2);
    put_name(&inner, STR("ab"));
    put_op(&inner, 0x10, 300);
    put_sized(&b, &inner);
    static const uint8_t want[] = { 8, 1, 2, 2, 'a', 'b', 0x10, 0xac, 0x02 };
    assert_int_equal(b.len, sizeof(want));
    assert_memory_equal(b.ptr, want, sizeof(want));
    buf_fini(&inner);
    buf_fini(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(numbers), cmocka_unit_test(pieces) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
