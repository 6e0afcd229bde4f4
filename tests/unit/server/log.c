/* Tests of server/log.c: the lines, byte for byte, behind their date. */
#include "server/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/date.h"

enum { READ_MAX = 2 * LOG_LINE_MAX };

struct capture {
    struct log log;
    int read_fd;
    char text[READ_MAX + 1];
};

static void capture_begin(struct capture *c, enum log_level level)
{
    int fds[2];
    assert_int_equal(pipe(fds), 0);
    c->read_fd = fds[0];
    c->log = (struct log){ .fd = fds[1], .level = level };
}

/* What was written, without the date and the space behind it when `dated`. */
static const char *capture_end(struct capture *c, bool dated)
{
    close(c->log.fd);
    ssize_t n = read(c->read_fd, c->text, READ_MAX);
    assert_true(n >= 0);
    c->text[n] = '\0';
    close(c->read_fd);
    return dated && n > DATE_LOG_LEN ? c->text + DATE_LOG_LEN + 1 : c->text;
}

static void events(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum log_level threshold, level;
        str message;
        struct log_field fields[2];
        size_t count;
        const char *want;
    } cases[] = {
        { "info", LOG_INFO, LOG_INFO, STR_INIT("hello"), { { 0 } }, 0, "hello\n" },
        { "error", LOG_ERROR, LOG_ERROR, STR_INIT("bad"), { { 0 } }, 0, "error: bad\n" },
        { "alert", LOG_ERROR, LOG_ALERT, STR_INIT("worse"), { { 0 } }, 0, "error: worse\n" },
        { "notice", LOG_NOTICE, LOG_NOTICE, STR_INIT("so"), { { 0 } }, 0, "so\n" },
        { "warning", LOG_WARN, LOG_WARN, STR_INIT("odd"), { { 0 } }, 0, "warning: odd\n" },
        { "below the level", LOG_WARN, LOG_INFO, STR_INIT("hello"), { { 0 } }, 0, "" },
        { "fields",
          LOG_INFO,
          LOG_INFO,
          STR_INIT("m"),
          { { "n", { NULL, 0 }, 42, true }, { "s", STR_INIT("plain"), 0, false } },
          2,
          "m n=42 s=plain\n" },
        { "quoted",
          LOG_INFO,
          LOG_INFO,
          STR_INIT("m"),
          { { "a", STR_INIT("two words"), 0, false }, { "b", STR_INIT("q\"\\"), 0, false } },
          2,
          "m a=\"two words\" b=\"q\\\"\\\\\"\n" },
        { "empty and equals",
          LOG_INFO,
          LOG_INFO,
          STR_INIT("m"),
          { { "a", STR_INIT(""), 0, false }, { "b", STR_INIT("x=y"), 0, false } },
          2,
          "m a=\"\" b=\"x=y\"\n" },
        { "controls",
          LOG_INFO,
          LOG_INFO,
          STR_INIT("a\nb\r\t\033[0m"),
          { { "k", STR_INIT("\0\177"), 0, false } },
          1,
          "a\\nb\\r\\t\\x1b[0m k=\"\\x00\\x7f\"\n" },
        { "no UTF-8", LOG_INFO, LOG_INFO, STR_INIT("a\xff\xc3\xa4\xc3"), { { 0 } }, 0, "a\\xff\xc3\xa4\\xc3\n" },
        { "C1 and bidi",
          LOG_INFO,
          LOG_INFO,
          STR_INIT("\xc2\x9b\xe2\x80\xae"),
          { { 0 } },
          0,
          "\\xc2\\x9b\\xe2\\x80\\xae\n" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct capture *c = malloc(sizeof(*c));
        capture_begin(c, cases[i].threshold);
        log_event(&c->log, cases[i].level, cases[i].message, cases[i].fields, cases[i].count);
        const char *got = capture_end(c, true);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: want '%s', got '%s'", cases[i].name, cases[i].want, got);
        free(c);
    }
}

static void macros(void **state)
{
    (void)state;
    struct capture *c = malloc(sizeof(*c));
    capture_begin(c, LOG_INFO);
    log_error(&c->log, "one", LOG_STR("k", STR("v")), LOG_NUM("n", 7));
    assert_string_equal(capture_end(c, true), "error: one k=v n=7\n");
    capture_begin(c, LOG_INFO);
    log_info(&c->log, "none");
    assert_string_equal(capture_end(c, true), "none\n");
    free(c);
}

static void unit_style(void **state)
{
    (void)state;
    struct capture *c = malloc(sizeof(*c));
    char want[80];
    capture_begin(c, LOG_INFO);
    c->log.style = LOG_STYLE_UNIT;
    log_notice(&c->log, "signal", LOG_NUM("n", 7));
    snprintf(want, sizeof(want), "[notice] %d#%d signal n=7\n", (int)getpid(), (int)gettid());
    assert_string_equal(capture_end(c, true), want);
    free(c);
}

static void output(void **state)
{
    (void)state;
    struct capture *c = malloc(sizeof(*c));
    capture_begin(c, LOG_ERROR); /* output has no level */
    log_output(&c->log, STR("stdout [1] :: "), STR("tab\tstays, bell\a does not"));
    assert_string_equal(capture_end(c, false), "stdout [1] :: tab\tstays, bell\\x07 does not\n");
    free(c);
}

static void long_lines_are_cut(void **state)
{
    (void)state;
    struct capture *c = malloc(sizeof(*c));
    static char text[LOG_LINE_MAX + 100];
    memset(text, '\xe9', sizeof(text)); /* each byte takes four on the log */
    capture_begin(c, LOG_INFO);
    log_event(&c->log, LOG_INFO, str_from(text, sizeof(text)), NULL, 0);
    const char *got = capture_end(c, true);
    size_t len = strlen(got);
    assert_true(len > LOG_LINE_MAX - 64 && len < LOG_LINE_MAX + 16);
    assert_string_equal(got + len - 8, "\\xe9...\n");
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events),
        cmocka_unit_test(macros),
        cmocka_unit_test(unit_style),
        cmocka_unit_test(output),
        cmocka_unit_test(long_lines_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
