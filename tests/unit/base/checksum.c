/* Tests of base/checksum.c. */
#include "base/checksum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Files stay when the library is another: it is XXH3, whose value of nothing is published. */
static void test_is_xxh3(void **state)
{
    (void)state;
    assert_int_equal(checksum((bytes){ 0 }), 0x2d06800538d394c2);
}

/* Any byte, wherever it stands among short, medium and long inputs' stripes. */
static void test_every_byte_counts(void **state)
{
    static uint8_t data[5000];
    (void)state;
    for (size_t len = 1; len <= sizeof(data); len = len * 3 + 1) {
        uint64_t whole = checksum(bytes_from(data, len));
        for (size_t i = 0; i < len; i++) {
            data[i] ^= 0x40;
            assert_int_not_equal(checksum(bytes_from(data, len)), whole);
            data[i] ^= 0x40;
        }
        assert_int_equal(checksum(bytes_from(data, len)), whole);
        assert_int_not_equal(checksum(bytes_from(data, len - 1)), whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_is_xxh3),
        cmocka_unit_test(test_every_byte_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
