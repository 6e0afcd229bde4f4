/* Tests of io/net/address.c. */
#include "io/net/address.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void accepted(void **state)
{
    (void)state;
    static const struct {
        str text;
        const char *printed;
    } cases[] = {
        { STR_INIT("127.0.0.1:8080"), "127.0.0.1:8080" },
        { STR_INIT("0.0.0.0:0"), "0.0.0.0:0" },
        { STR_INIT("*:80"), "0.0.0.0:80" },
        { STR_INIT(":80"), "0.0.0.0:80" },
        { STR_INIT("[::1]:65535"), "[::1]:65535" },
        { STR_INIT("[::]:1"), "[::]:1" },
        { STR_INIT("[2001:DB8::1]:8"), "[2001:db8::1]:8" },
        { STR_INIT("unix:/run/a.sock"), "unix:/run/a.sock" },
        { STR_INIT("unix:@name"), "unix:@name" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct address a;
        struct err e = ERR_INIT;
        char text[ADDRESS_TEXT_MAX];
        assert_true(address_parse(cases[i].text, &a, &e));
        address_print(address_of(&a), text);
        assert_string_equal(text, cases[i].printed);
        if (text[0] != 'u')
            assert_int_equal(a.len, text[0] == '[' ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in));
    }
}

static void ip(void **state)
{
    (void)state;
    static const struct {
        str text;
        const char *printed; /* NULL: refused */
    } cases[] = {
        { STR_INIT("1.2.3.4"), "1.2.3.4:0" },
        { STR_INIT("1.2.3.4:80"), "1.2.3.4:80" },
        { STR_INIT("::1"), "[::1]:0" },
        { STR_INIT("[::1]"), "[::1]:0" },
        { STR_INIT("[::1]:80"), "[::1]:80" },
        { STR_INIT("::ffff:1.2.3.4"), "[::ffff:1.2.3.4]:0" },
        { STR_INIT(""), NULL },
        { STR_INIT("unknown"), NULL },
        { STR_INIT("1.2.3"), NULL },
        { STR_INIT("1.2.3.4:"), NULL },
        { STR_INIT("1.2.3.4:65536"), NULL },
        { STR_INIT("1.2.3.4:80x"), NULL },
        { STR_INIT("[::1"), NULL },
        { STR_INIT("[::1]80"), NULL },
        { STR_INIT("[1.2.3.4]"), NULL },
        { STR_INIT("]["), NULL },
        { STR_INIT("1.2.3.4\0"), NULL },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct address a;
        char text[ADDRESS_TEXT_MAX];
        assert_int_equal(address_parse_ip(cases[i].text, &a), cases[i].printed != NULL);
        if (!cases[i].printed)
            continue;
        address_print(address_of(&a), text);
        assert_string_equal(text, cases[i].printed);
    }
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        str text;
        const char *part, *help; /* of the message */
    } cases[] = {
        { STR_INIT(""), "has no port", "write HOST:PORT, for example 127.0.0.1:8080" },
        { STR_INIT("127.0.0.1"), "has no port", "write HOST:PORT" },
        { STR_INIT("::1"), "address '::1' has no port", "[::1]:8080" },
        { STR_INIT("fe80::"), "address 'fe80::' has no port", "[fe80::]:8080" },
        { STR_INIT("[::1]"), "address '[::1]' has no port", "for example [::1]:8080" },
        { STR_INIT("127.0.0.1:"), "port '' is no number", "" },
        { STR_INIT("127.0.0.1:http"), "port 'http' is no number", "" },
        { STR_INIT("127.0.0.1:65536"), "no number from 0 to 65535", "" },
        { STR_INIT("127.0.0.1:-1"), "no number", "" },
        { STR_INIT("::1:80"), "stands in brackets, [::1]:80", "" },
        { STR_INIT("999.1.1.1:80"), "cannot be resolved", "" },
        { STR_INIT("a\0b:80"), "too long", "" },
        { STR_INIT("unix:"), "a path of 1 to 107 bytes", "" },
        { STR_INIT("unix:@"), "a path of 1 to 107 bytes", "" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct address a;
        struct err e = ERR_INIT;
        assert_false(address_parse(cases[i].text, &a, &e));
        assert_int_equal(e.kind, ERR_USAGE);
        if (!strstr(e.text, cases[i].part) || !strstr(e.help, cases[i].help))
            fail_msg("want '%s' and '%s', got '%s' and '%s'", cases[i].part, cases[i].help, e.text, e.help);
    }
}

static void literal(void **state)
{
    (void)state;
    static const struct {
        str text;
        const char *printed, *host; /* NULL: refused */
    } cases[] = {
        { STR_INIT("127.0.0.1:8080"), "127.0.0.1:8080", "127.0.0.1" },
        { STR_INIT("*:80"), "0.0.0.0:80", "0.0.0.0" },
        { STR_INIT("[::1]:65535"), "[::1]:65535", "::1" },
        { STR_INIT("unix:/a"), "unix:/a", "unix:" },
        { STR_INIT("unix:@a"), "unix:@a", "unix:" },
        { STR_INIT("127.0.0.1:0"), NULL, NULL },
        { STR_INIT(":80"), NULL, NULL },
        { STR_INIT("localhost:80"), NULL, NULL },
        { STR_INIT("[127.0.0.1]:80"), NULL, NULL },
        { STR_INIT("[*]:80"), NULL, NULL },
        { STR_INIT("1.2.3:80"), NULL, NULL },
        { STR_INIT("127.0.0.1\0:80"), NULL, NULL },
        { STR_INIT("unix:a\0b"), NULL, NULL },
        { STR_INIT("127.0.0.1"), NULL, NULL },
        { STR_INIT(""), NULL, NULL },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct address a;
        char text[ADDRESS_TEXT_MAX];
        bool ok = address_parse_literal(cases[i].text, &a);
        if (ok != (cases[i].printed != NULL))
            fail_msg("'%.*s' was %s", STR_ARG(cases[i].text), ok ? "accepted" : "refused");
        if (!ok)
            continue;
        address_print(address_of(&a), text);
        assert_string_equal(text, cases[i].printed);
        address_print_host(address_of(&a), text);
        assert_string_equal(text, cases[i].host);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted),
        cmocka_unit_test(ip),
        cmocka_unit_test(refused),
        cmocka_unit_test(literal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
