/* Tests of io/tls/ticket.c. */
#include "io/tls/ticket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define TEN "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4v" /* bytes 0 … 47 */

static void forms(void **state)
{
    static const struct {
        const char *name;
        str text;
        enum tls_ticket_parse want;
        size_t len;
    } cases[] = {
        { "48 bytes", STR_INIT(TEN), TLS_TICKET_OK, 48 },
        { "80 bytes", STR_INIT(TEN "MDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk8="), TLS_TICKET_OK, 80 },
        { "80 bytes, no padding", STR_INIT(TEN "MDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElKS0xNTk8"), TLS_TICKET_OK, 80 },
        { "the URL's alphabet", STR_INIT(TEN "MDEyMzQ1Njc4OTo7PD0-P0BBQkNERUZHSElKS0xNTk8"), TLS_TICKET_OK, 80 },
        { "empty", STR_INIT(""), TLS_TICKET_BAD_LENGTH, 0 },
        { "47 bytes", STR_INIT("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4="),
          TLS_TICKET_BAD_LENGTH, 47 },
        { "blanks", STR_INIT("AAEC AwQF"), TLS_TICKET_NO_BASE64, 0 },
        { "one character too many", STR_INIT("AAECA"), TLS_TICKET_NO_BASE64, 0 },
        { "too much padding", STR_INIT("AAECAwQ=="), TLS_TICKET_NO_BASE64, 0 },
        { "padding inside", STR_INIT("AA==AAEC"), TLS_TICKET_NO_BASE64, 0 },
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct tls_ticket_key key = { .secret_bytes = 0 };
        size_t len = 0;
        enum tls_ticket_parse got = tls_ticket_key_parse(cases[i].text, &key, &len);
        if (got != cases[i].want || len != cases[i].len)
            fail_msg("%s: got %d, %zu bytes", cases[i].name, got, len);
        if (got != TLS_TICKET_OK)
            continue;
        /* The halves stand in another order in the short form. */
        bool is_long = len == TLS_TICKET_KEY_LONG;
        assert_int_equal(key.secret_bytes, is_long ? 32 : 16);
        assert_int_equal(key.name[15], 15);
        assert_int_equal(is_long ? key.mac[0] : key.aes[0], 16);
        assert_int_equal(is_long ? key.aes[0] : key.mac[0], is_long ? 48 : 32);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(forms) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
