/* Tests of server/route/range.c. */
#include "server/route/range.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static const struct validators file = { STR_INIT("\"5-a\""), STR_INIT("Sun, 06 Nov 1994 08:49:37 GMT"), 784111777 };

static void conditions(void **state)
{
    (void)state;
    static const struct {
        const char *name, *value;
        uint16_t want;
    } cases[] = {
        { "If-None-Match", "\"5-a\"", 304 },
        { "If-None-Match", "W/\"5-a\"", 304 },
        { "If-None-Match", "\"x\" , \"5-a\"", 304 },
        { "If-None-Match", "*", 304 },
        { "If-None-Match", "\"5-ab\"", 200 },
        { "If-None-Match", "", 200 },
        { "If-Match", "\"5-a\"", 200 },
        { "If-Match", "W/\"5-a\"", 412 },
        { "If-Match", "", 412 },
        { "If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT", 304 },
        { "If-Modified-Since", "Sunday, 06-Nov-94 08:49:37 GMT", 304 },
        { "If-Modified-Since", "Sun Nov  6 08:49:37 1994", 304 },
        { "If-Modified-Since", "Sun, 06 Nov 1994 08:49:36 GMT", 200 },
        { "If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT and more than fits", 200 },
        { "If-Modified-Since", "784111777", 200 },
        { "If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:36 GMT", 412 },
        { "If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT", 200 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        struct http_fields f = { 0 };
        arena_init(&a);
        http_fields_add(&f, &a, str_of(cases[i].name), str_of(cases[i].value));
        if (conditions_evaluate(&f, &file) != cases[i].want)
            fail_msg("%s: %s: want %u", cases[i].name, cases[i].value, cases[i].want);
        arena_fini(&a);
    }
}

static void ranges(void **state)
{
    (void)state;
    static const struct {
        const char *range, *condition; /* NULL: no If-Range */
        uint64_t size;
        enum range_result want;
        uint64_t first, len;
    } cases[] = {
        { "bytes=0-0", NULL, 10, RANGE_PART, 0, 1 },
        { "bytes=9-", NULL, 10, RANGE_PART, 9, 1 },
        { "bytes=0-18446744073709551615", NULL, 10, RANGE_PART, 0, 10 },
        { "bytes=-18446744073709551615", NULL, 10, RANGE_PART, 0, 10 },
        { "bytes=18446744073709551615-", NULL, 10, RANGE_UNSATISFIABLE, 0, 0 },
        { "bytes=10-", NULL, 10, RANGE_UNSATISFIABLE, 0, 0 },
        { "bytes=-1", NULL, 0, RANGE_UNSATISFIABLE, 0, 0 },
        { "bytes=0-", NULL, 0, RANGE_UNSATISFIABLE, 0, 0 },
        { "bytes=5-4", NULL, 10, RANGE_WHOLE, 0, 0 },
        { "bytes=", NULL, 10, RANGE_WHOLE, 0, 0 },
        { "bytes=0-1,2-3", NULL, 10, RANGE_WHOLE, 0, 0 },
        { "octets=0-1", NULL, 10, RANGE_WHOLE, 0, 0 },
        { "byte", NULL, 10, RANGE_WHOLE, 0, 0 },
        { "bytes=0-1", "\"5-a\"", 10, RANGE_PART, 0, 2 },
        { "bytes=0-1", "\"other\"", 10, RANGE_WHOLE, 0, 0 },
        { "bytes=0-1", "Sun, 06 Nov 1994 08:49:37 GMT", 10, RANGE_PART, 0, 2 },
        { "bytes=0-1", "Sun, 06 Nov 1994 08:49:38 GMT", 10, RANGE_WHOLE, 0, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct arena a;
        struct http_fields f = { 0 };
        uint64_t first = 0, len = 0;
        arena_init(&a);
        http_fields_add(&f, &a, STR("Range"), str_of(cases[i].range));
        if (cases[i].condition)
            http_fields_add(&f, &a, STR("If-Range"), str_of(cases[i].condition));
        assert_int_equal(range_evaluate(&f, &file, cases[i].size, &first, &len), cases[i].want);
        assert_int_equal(first, cases[i].first);
        assert_int_equal(len, cases[i].len);
        arena_fini(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(conditions), cmocka_unit_test(ranges) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
