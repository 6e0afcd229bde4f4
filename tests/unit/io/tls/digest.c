/* Tests of io/tls/digest.c: the examples of FIPS 180-4. */
#include "io/tls/digest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void vectors(void **state)
{
    (void)state;
    static const struct {
        str text;
        const char *want;
    } cases[] = {
        { STR_INIT(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        { STR_INIT("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
        { STR_INIT("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char hex[DIGEST_HEX_LEN + 1] = "";
        uint8_t raw[DIGEST_SHA256_BYTES];
        digest_hex(bytes_of_str(cases[i].text), hex);
        assert_string_equal(hex, cases[i].want);
        digest_sha256(bytes_of_str(cases[i].text), raw);
        for (size_t k = 0; k < sizeof(raw); k++) {
            unsigned byte = (unsigned)(hex[2 * k] <= '9' ? hex[2 * k] - '0' : hex[2 * k] - 'a' + 10) << 4 |
                            (unsigned)(hex[2 * k + 1] <= '9' ? hex[2 * k + 1] - '0' : hex[2 * k + 1] - 'a' + 10);
            assert_int_equal(raw[k], byte);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(vectors) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
