/* Tests of server/request_log.c. */
#include "server/request_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "io/http/exchange.h"
#include "server/log.h"

static void lines(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum log_level level;
        str method, target;
        uint16_t status;
        uint64_t body_bytes;
        bool complete;
        int64_t took_ns;
        const char *want;
    } cases[] = {
        { "plain", LOG_INFO, STR_INIT("GET"), STR_INIT("/a?b"), 200, 58, true, 1240000,
          "[12] GET /a?b 200 58 bytes 1.24 ms\n" },
        { "microseconds", LOG_INFO, STR_INIT("GET"), STR_INIT("/"), 204, 0, true, 85400,
          "[12] GET / 204 0 bytes 85 us\n" },
        { "tens of milliseconds", LOG_INFO, STR_INIT("GET"), STR_INIT("/"), 200, 0, true, 12340000,
          "[12] GET / 200 0 bytes 12.3 ms\n" },
        { "hundreds of milliseconds", LOG_INFO, STR_INIT("GET"), STR_INIT("/"), 200, 0, true, 123400000,
          "[12] GET / 200 0 bytes 123 ms\n" },
        { "seconds", LOG_INFO, STR_INIT("GET"), STR_INIT("/"), 200, 0, true, 1234000000,
          "[12] GET / 200 0 bytes 1.23 s\n" },
        { "many seconds", LOG_INFO, STR_INIT("GET"), STR_INIT("/"), 200, 0, true, 12340000000,
          "[12] GET / 200 0 bytes 12.3 s\n" },
        { "cut", LOG_INFO, STR_INIT("GET"), STR_INIT("/"), 200, 5, false, 0, "[12] GET / 200 5 bytes 0 us (cut)\n" },
        { "no answer", LOG_INFO, STR_INIT("GET"), STR_INIT("/"), 0, 0, false, 0, "[12] GET / no answer 0 us (cut)\n" },
        { "controls", LOG_INFO, STR_INIT("GET"), STR_INIT("/\033[0m"), 200, 0, true, 0,
          "[12] GET /\\x1b[0m 200 0 bytes 0 us\n" },
        { "not wanted", LOG_WARN, STR_INIT("GET"), STR_INIT("/"), 200, 0, true, 0, "" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int fds[2];
        assert_int_equal(pipe(fds), 0);
        struct log log = { .fd = fds[1], .level = cases[i].level };
        struct http_exchange x = { .status = cases[i].status,
                                   .sent_body_bytes = cases[i].body_bytes,
                                   .started = { 1000 },
                                   .request = { .method = cases[i].method, .target = cases[i].target } };
        request_log(&log, 12, &x, cases[i].complete, (instant){ 1000 + cases[i].took_ns });
        close(fds[1]);
        char text[400] = "";
        ssize_t n = read(fds[0], text, sizeof(text) - 1);
        close(fds[0]);
        const char *got = n > DATE_LOG_LEN ? text + DATE_LOG_LEN + 1 : text;
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: want '%s', got '%s'", cases[i].name, cases[i].want, got);
    }
}

static void long_targets_are_cut(void **state)
{
    (void)state;
    static char target[100000];
    memset(target, 'x', sizeof(target));
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    struct log log = { .fd = fds[1], .level = LOG_INFO };
    struct http_exchange x = { .status = 200,
                               .request = { .method = STR_INIT("GET"), .target = { target, sizeof(target) } } };
    request_log(&log, 1, &x, true, (instant){ 0 });
    close(fds[1]);
    static char text[8192];
    ssize_t n = read(fds[0], text, sizeof(text) - 1);
    close(fds[0]);
    assert_true(n > 2048 && n < 2300);
    assert_non_null(strstr(text, "x 200 0 bytes"));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(lines), cmocka_unit_test(long_targets_are_cut) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
