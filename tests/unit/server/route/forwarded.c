/* Tests of server/route/forwarded.c. */
#include "server/route/forwarded.h"

#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "io/net/address.h"
#include "server/route/request.h"

static const struct sockaddr_in peer = { .sin_family = AF_INET, .sin_addr = { 0x0100007f } };

static void applied(void **state)
{
    (void)state;
    static const struct {
        const char *options, *field, *value, *source, *scheme;
    } cases[] = {
        { "\"client_ip\": \"F\"", "f", "1.1.1.1,2.2.2.2 , ", "2.2.2.2", "http" },
        { "\"client_ip\": \"F\", \"recursive\": true", "F", "1.1.1.1,10.0.0.1", "1.1.1.1", "http" },
        { "\"client_ip\": \"F\", \"recursive\": true", "F", "10.0.0.2,10.0.0.1", "10.0.0.2", "http" },
        { "\"client_ip\": \"F\", \"recursive\": true", "F", "1.1.1.1,?,10.0.0.1", "10.0.0.1", "http" },
        { "\"client_ip\": \"F\"", "F", ", ,", "127.0.0.1", "http" },
        { "\"client_ip\": \"F\"", "G", "1.1.1.1", "127.0.0.1", "http" },
        { "\"header\": \"F\"", "F", "::1", "::1", "http" },
        { "\"protocol\": \"F\"", "F", "On", "127.0.0.1", "https" },
        { "\"protocol\": \"F\"", "F", "https ", "127.0.0.1", "http" },
        { "\"protocol\": \"F\"", "F", "", "127.0.0.1", "http" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        const struct json *options;
        struct json_error ignored;
        struct forwarded f;
        struct err e = ERR_INIT;
        char source[ADDRESS_TEXT_MAX];
        arena_init(&a);
        struct http_exchange x = { .arena = &a, .peer = (const struct sockaddr *)&peer };
        struct request r = { 0 };
        x.request.target = STR("/");
        x.request.scheme = STR("http");
        http_fields_add(&x.request.fields, &a, str_of(cases[i].field), str_of(cases[i].value));
        assert_true(request_begin(&r, &x));
        str text = str_printf(&a, "{\"source\": [\"127.0.0.1\", \"10.0.0.0/8\"], %s}", cases[i].options);
        assert_true(json_parse(&a, text, &options, &ignored));
        assert_true(forwarded_compile(&a, options, &f, &e));
        forwarded_apply(&f, &r);
        address_print_host(r.source, source);
        assert_string_equal(source, cases[i].source);
        assert_true(str_eq(x.request.scheme, str_of(cases[i].scheme)));
        arena_fini(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(applied) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
