/* Tests of base/date.c. */
#include "base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

static void http(void **state)
{
    (void)state;
    static const struct {
        int64_t at;
        const char *want;
    } cases[] = {
        { 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
        { 784111777, "Sun, 06 Nov 1994 08:49:37 GMT" },
        { 951827696, "Tue, 29 Feb 2000 12:34:56 GMT" },
        { 1710246536, "Tue, 12 Mar 2024 12:28:56 GMT" },
        { 4102444799, "Thu, 31 Dec 2099 23:59:59 GMT" },
        { 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT" },
        { 253402300800, "Fri, 31 Dec 9999 23:59:59 GMT" },
        { INT64_MIN, "Sat, 01 Jan 0000 00:00:00 GMT" },
        { -1, "Wed, 31 Dec 1969 23:59:59 GMT" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char out[DATE_HTTP_LEN + 1] = { 0 };
        date_http(cases[i].at, out);
        assert_string_equal(out, cases[i].want);
    }
}

static void log_is_local(void **state)
{
    (void)state;
    static const struct {
        const char *zone;
        int64_t at;
        const char *want;
    } cases[] = {
        { "UTC0", 0, "1970/01/01 00:00:00" },
        { "UTC0", 1795448728, "2026/11/23 15:45:28" },
        { "TST-2", 1795448728, "2026/11/23 17:45:28" },
        { "TST5", 0, "1969/12/31 19:00:00" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char out[DATE_LOG_LEN + 1] = { 0 };
        setenv("TZ", cases[i].zone, 1);
        tzset();
        date_log(cases[i].at, out);
        assert_string_equal(out, cases[i].want);
    }
}

/* No time is out of range: the text is odd, the memory is not. */
static void any_time(void **state)
{
    (void)state;
    static const int64_t times[] = { INT64_MIN, INT64_MAX, INT64_MAX / 2, -62200000000, 253402300800 };
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        char out[DATE_HTTP_LEN + 1];
        memset(out, 0, sizeof(out));
        date_http(times[i], out);
        assert_int_equal(strlen(out), DATE_HTTP_LEN);
        memset(out, 0, sizeof(out));
        date_log(times[i], out);
        assert_int_equal(strlen(out), DATE_LOG_LEN);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(http), cmocka_unit_test(log_is_local),
                                        cmocka_unit_test(any_time) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
