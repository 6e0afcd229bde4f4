/* Tests of io/http/accept.c. */
#include "io/http/accept.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char *const names[] = { "gzip", "br" };
enum { NONE = -1, NOTHING = -2, GZIP = 0, BR = 1 };

static const struct {
    const char *value;
    int want;
} rows[] = {
    { "", NONE },
    { "gzip", GZIP },
    { "GZip", GZIP },
    { "br", BR },
    { "gzip, br", BR },
    { "br,gzip", GZIP },
    { "br;q=1.0, gzip;q=0.9", BR },
    { "br;q=0.9 , gzip ; q=0.95", GZIP },
    { "gzip;q=0", NONE },
    { "gzip;q=0.001", GZIP },
    { "gzip;q=0.5, identity", NONE },
    { "gzip;q=0.5, identity;q=0.4", GZIP },
    { "gzip, identity", NONE },
    { "identity, gzip", GZIP },
    { "*", NONE },
    { "*;q=0", NOTHING },
    { "identity;q=0", NOTHING },
    { "identity;q=0, br;q=0.1", BR },
    { "zstd", NONE },
    { "zstd, *;q=0", NOTHING },
    { "gzip;q=x", GZIP },
    { "gzip;x=y;q=0", NONE },
    { "gzip;q=0.0000", NONE },
    { "gzip;q=", GZIP },
    { ",, ;q=0,gzip,", GZIP },
    { "x-gzip", NONE },
};

static void test_choice(void **state)
{
    struct arena a;
    (void)state;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct http_fields f = { 0 };
        size_t index = 99;
        http_fields_add(&f, &a, STR("Accept-Encoding"), str_of(rows[i].value));
        enum http_accepted got = http_accept_encoding(&f, names, ARRAY_LEN(names), &index);
        int code = got == HTTP_ACCEPTED_CODING ? (int)index : got == HTTP_ACCEPTED_NOTHING ? NOTHING : NONE;
        if (code != rows[i].want)
            fail_msg("'%s': want %d, got %d", rows[i].value, rows[i].want, code);
    }
    arena_fini(&a);
}

static void test_fields(void **state)
{
    struct arena a;
    struct http_fields f = { 0 };
    size_t index = 99;
    (void)state;
    arena_init(&a);
    assert_int_equal(http_accept_encoding(&f, names, ARRAY_LEN(names), &index), HTTP_ACCEPTED_IDENTITY);
    http_fields_add(&f, &a, STR("accept-encoding"), STR("br;q=0.2"));
    http_fields_add(&f, &a, STR("ACCEPT-ENCODING"), STR("gzip;q=0.3"));
    assert_int_equal(http_accept_encoding(&f, names, ARRAY_LEN(names), &index), HTTP_ACCEPTED_CODING);
    assert_int_equal(index, GZIP);
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_choice), cmocka_unit_test(test_fields) };
    return cmocka_run_group_tests_name("io/http/accept", tests, NULL, NULL);
}
