/* Tests of base/utf8.c. */
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

/* Every scalar value there and back, each in the shortest form. */
static void all_scalar_values(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x110000; c++) {
        uint8_t out[4];
        if (c >= 0xd800 && c <= 0xdfff)
            continue;
        size_t n = utf8_encode(c, out);
        if (n != (c < 0x80 ? 1u : c < 0x800 ? 2u : c < 0x10000 ? 3u : 4u))
            fail_msg("U+%04X takes %zu bytes", c, n);
        const uint8_t *at = out;
        if (utf8_next(&at, out + n) != c || at != out + n)
            fail_msg("U+%04X does not come back", c);
        at = out;
        if (n > 1 && utf8_next(&at, out + n - 1) != UTF8_BAD)
            fail_msg("U+%04X is accepted without its last byte", c);
    }
}

/* All sequences of two bytes, and what follows three-byte leads: against table 3-7 of the standard. */
static void second_bytes(void **state)
{
    (void)state;
    for (unsigned first = 0x80; first < 0x100; first++) {
        for (unsigned second = 0; second < 0x100; second++) {
            uint8_t s[] = { (uint8_t)first, (uint8_t)second, 0x80, 0x80 };
            size_t len = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
            unsigned low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
            unsigned high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
            bool want = first >= 0xc2 && first <= 0xf4 && second >= low && second <= high;
            if (utf8_valid(str_from((const char *)s, len)) != want)
                fail_msg("%02x %02x: want %d", first, second, want);
        }
    }
}

static void texts(void **state)
{
    (void)state;
    static const struct {
        str s;
        bool valid, ascii;
    } cases[] = {
        { { NULL, 0 }, true, true },
        { STR_INIT("plain text, longer than eight"), true, true },
        { STR_INIT("\0\x7f"), true, true },
        { STR_INIT("longer than eight: é"), true, false },
        { STR_INIT("é longer than eight"), true, false },
        { STR_INIT("1234567\x80"), false, false },
        { STR_INIT("12345678\x80"), false, false },
        { STR_INIT("123456789012345\xff"), false, false },
        { STR_INIT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), true, false },
        { STR_INIT("\xf4\x8f\xbf\xbf"), true, false },
        { STR_INIT("\xf4\x90\x80\x80"), false, false },
        { STR_INIT("\xed\xa0\x80"), false, false },
        { STR_INIT("\xc0\xaf"), false, false },
        { STR_INIT("\xe2\x82"), false, false },
        { STR_INIT("\xe2\x82g"), false, false },
        { STR_INIT("\xf8\x88\x80\x80\x80"), false, false },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        assert_int_equal(utf8_valid(cases[i].s), cases[i].valid);
        assert_int_equal(utf8_is_ascii(cases[i].s), cases[i].ascii);
    }
}

/* One byte that is not ASCII, wherever it is, in strings of every length around those that are looked at at once. */
static void one_byte_is_not_ascii(void **state)
{
    (void)state;
    char text[200];
    memset(text, 'a', sizeof(text));
    for (size_t len = 0; len <= sizeof(text); len++) {
        assert_true(utf8_is_ascii(str_from(text, len)));
        for (size_t at = 0; at < len; at++) {
            text[at] = (char)0x80;
            assert_false(utf8_is_ascii(str_from(text, len)));
            assert_false(utf8_valid(str_from(text, len)));
            text[at] = 'a';
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(all_scalar_values), cmocka_unit_test(second_bytes),
                                        cmocka_unit_test(texts), cmocka_unit_test(one_byte_is_not_ascii) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
