/* Tests of base/num.c and num.h. */
#include "base/num.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define BAD INT64_MIN

static void decimal(void **state)
{
    (void)state;
    static const struct {
        str text;
        bool u64, u32;
        uint64_t want;
    } cases[] = {
        { STR_INIT("0"), true, true, 0 },
        { STR_INIT("007"), true, true, 7 },
        { STR_INIT("4294967295"), true, true, UINT32_MAX },
        { STR_INIT("4294967296"), true, false, 4294967296 },
        { STR_INIT("18446744073709551615"), true, false, UINT64_MAX },
        { STR_INIT("18446744073709551616"), false, false, 0 },
        { STR_INIT("99999999999999999999999"), false, false, 0 },
        { STR_INIT(""), false, false, 0 },
        { STR_INIT("-1"), false, false, 0 },
        { STR_INIT("+1"), false, false, 0 },
        { STR_INIT(" 1"), false, false, 0 },
        { STR_INIT("1 "), false, false, 0 },
        { STR_INIT("1a"), false, false, 0 },
        { STR_INIT("0x1"), false, false, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint64_t v64 = 0;
        uint32_t v32 = 0;
        assert_int_equal(num_parse_u64(cases[i].text, &v64), cases[i].u64);
        assert_int_equal(num_parse_u32(cases[i].text, &v32), cases[i].u32);
        if (cases[i].u64)
            assert_true(v64 == cases[i].want);
        if (cases[i].u32)
            assert_true(v32 == cases[i].want);
    }
}

static void hexadecimal(void **state)
{
    (void)state;
    static const struct {
        str text;
        bool ok;
        uint64_t want;
    } cases[] = {
        { STR_INIT("0"), true, 0 },
        { STR_INIT("fF"), true, 255 },
        { STR_INIT("ffffffffffffffff"), true, UINT64_MAX },
        { STR_INIT("00ffffffffffffffff"), true, UINT64_MAX },
        { STR_INIT("10000000000000000"), false, 0 },
        { STR_INIT(""), false, 0 },
        { STR_INIT("g"), false, 0 },
        { STR_INIT("0x1"), false, 0 },
        { STR_INIT("-1"), false, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint64_t v = 0;
        assert_int_equal(num_parse_hex_u64(cases[i].text, &v), cases[i].ok);
        assert_true(v == cases[i].want || !cases[i].ok);
    }
}

static void sizes(void **state)
{
    (void)state;
    static const struct {
        str text;
        bool ok;
        uint64_t want;
    } cases[] = {
        { STR_INIT("1048576"), true, 1048576 },
        { STR_INIT("12b"), true, 12 },
        { STR_INIT("64k"), true, 65536 },
        { STR_INIT("64KB"), true, 65536 },
        { STR_INIT("1KiB"), true, 1024 },
        { STR_INIT("64M"), true, 67108864 },
        { STR_INIT("64mb"), true, 67108864 },
        { STR_INIT("64MiB"), true, 67108864 },
        { STR_INIT("1g"), true, 1073741824 },
        { STR_INIT("1GB"), true, 1073741824 },
        { STR_INIT("1gib"), true, 1073741824 },
        { STR_INIT("17179869183g"), true, 18446744072635809792u },
        { STR_INIT("17179869184g"), false, 0 },
        { STR_INIT(""), false, 0 },
        { STR_INIT("k"), false, 0 },
        { STR_INIT("1.5k"), false, 0 },
        { STR_INIT("1 k"), false, 0 },
        { STR_INIT("1t"), false, 0 },
        { STR_INIT("-1"), false, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        uint64_t v = 0;
        assert_int_equal(num_parse_bytes(cases[i].text, &v), cases[i].ok);
        assert_true(v == cases[i].want || !cases[i].ok);
    }
}

static void durations(void **state)
{
    (void)state;
    static const struct {
        str text;
        int64_t want;
    } cases[] = {
        { STR_INIT("500ms"), 500000000 },
        { STR_INIT("2s"), 2000000000 },
        { STR_INIT("2"), 2000000000 },
        { STR_INIT("0"), 0 },
        { STR_INIT("1.5s"), 1500000000 },
        { STR_INIT("0.25"), 250000000 },
        { STR_INIT("3m"), 180000000000 },
        { STR_INIT("1h"), 3600000000000 },
        { STR_INIT("7us"), 7000 },
        { STR_INIT("7ns"), 7 },
        { STR_INIT("0.0000000019s"), 1 },
        { STR_INIT("1.5ns"), 1 },
        { STR_INIT(""), BAD },
        { STR_INIT("s"), BAD },
        { STR_INIT(".5"), BAD },
        { STR_INIT("1."), BAD },
        { STR_INIT("1.2.3"), BAD },
        { STR_INIT("-1s"), BAD },
        { STR_INIT("1d"), BAD },
        { STR_INIT("1S"), BAD },
        { STR_INIT("1 s"), BAD },
        { STR_INIT("9999999999999999999h"), BAD },
        { STR_INIT("9223372036854775807"), BAD },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        duration d = { BAD };
        assert_int_equal(num_parse_duration(cases[i].text, &d), cases[i].want != BAD);
        assert_int_equal(d.ns, cases[i].want);
    }
}

static void formatting(void **state)
{
    (void)state;
    static const struct {
        uint64_t v;
        str decimal, hex;
    } cases[] = {
        { 0, STR_INIT("0"), STR_INIT("0") },
        { 9, STR_INIT("9"), STR_INIT("9") },
        { 10, STR_INIT("10"), STR_INIT("a") },
        { 1234567890, STR_INIT("1234567890"), STR_INIT("499602d2") },
        { UINT64_MAX, STR_INIT("18446744073709551615"), STR_INIT("ffffffffffffffff") },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char out[20];
        size_t n = num_format_u64(cases[i].v, out);
        assert_true(str_eq(str_from(out, n), cases[i].decimal));
        n = num_format_hex_u64(cases[i].v, out);
        assert_true(str_eq(str_from(out, n), cases[i].hex));
    }
}

static void checked_arithmetic(void **state)
{
    (void)state;
    uint32_t v = 0;
    assert_true(add_u32(UINT32_MAX - 1, 1, &v));
    assert_int_equal(v, UINT32_MAX);
    assert_false(add_u32(UINT32_MAX, 1, &v));
    assert_true(mul_u32(65535, 65537, &v));
    assert_int_equal(v, UINT32_MAX);
    assert_false(mul_u32(65536, 65536, &v));
    assert_int_equal(align_up_u32(0, 8), 0);
    assert_int_equal(align_up_u32(1, 8), 8);
    assert_int_equal(align_up_u32(8, 8), 8);
    assert_int_equal(align_up(17, 16), 32);
    assert_int_equal(align_up(17, 1), 17);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimal),   cmocka_unit_test(hexadecimal), cmocka_unit_test(sizes),
        cmocka_unit_test(durations), cmocka_unit_test(formatting),  cmocka_unit_test(checked_arithmetic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
