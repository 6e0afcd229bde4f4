/* Tests of server/app/output.c: how what a guest prints becomes lines. */
#include "server/app/output.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>
#include <unistd.h>

#include "server/log.h"

enum { PARTS_MAX = 6, READ_MAX = 3 * OUTPUT_LINE_MAX };

static void read_log(int fds[2], char *text)
{
    close(fds[1]);
    ssize_t n = read(fds[0], text, READ_MAX);
    assert_true(n >= 0);
    text[n] = '\0';
    close(fds[0]);
}

static void lines(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool plain;
        struct {
            enum output_stream which;
            str data;
        } parts[PARTS_MAX];
        const char *want;
    } cases[] = {
        { "nothing", false, { { 0 } }, "" },
        { "a line", false, { { OUTPUT_STDOUT, STR_INIT("hello\n") } }, "stdout [7] :: hello\n" },
        { "stderr", false, { { OUTPUT_STDERR, STR_INIT("oh\n") } }, "stderr [7] :: oh\n" },
        { "two lines at once", false, { { OUTPUT_STDOUT, STR_INIT("a\nb\n") } }, "stdout [7] :: a\nstdout [7] :: b\n" },
        { "a line in parts",
          false,
          { { OUTPUT_STDOUT, STR_INIT("he") }, { OUTPUT_STDOUT, STR_INIT("ll") }, { OUTPUT_STDOUT, STR_INIT("o\n") } },
          "stdout [7] :: hello\n" },
        { "streams apart",
          false,
          { { OUTPUT_STDOUT, STR_INIT("out") },
            { OUTPUT_STDERR, STR_INIT("err\n") },
            { OUTPUT_STDOUT, STR_INIT("!\n") } },
          "stderr [7] :: err\nstdout [7] :: out!\n" },
        { "completed at the end",
          false,
          { { OUTPUT_STDERR, STR_INIT("b") }, { OUTPUT_STDOUT, STR_INIT("x\na") } },
          "stdout [7] :: x\nstdout [7] :: a\nstderr [7] :: b\n" },
        { "empty line", false, { { OUTPUT_STDOUT, STR_INIT("\n") } }, "stdout [7] :: \n" },
        { "CR LF", false, { { OUTPUT_STDOUT, STR_INIT("a\r\n") } }, "stdout [7] :: a\n" },
        { "controls", false, { { OUTPUT_STDOUT, STR_INIT("\033[31m\n") } }, "stdout [7] :: \\x1b[31m\n" },
        { "plain", true, { { OUTPUT_STDOUT, STR_INIT("a\n") }, { OUTPUT_STDERR, STR_INIT("b") } }, "a\nb\n" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int fds[2];
        assert_int_equal(pipe(fds), 0);
        struct log log = { .fd = fds[1], .level = LOG_ERROR };
        struct output o;
        output_init(&o, &log, cases[i].plain);
        output_begin(&o, 7);
        for (size_t k = 0; k < PARTS_MAX; k++)
            output_add(&o, cases[i].parts[k].which, bytes_of_str(cases[i].parts[k].data));
        output_end(&o);
        output_fini(&o);
        char text[READ_MAX + 1];
        read_log(fds, text);
        if (strcmp(text, cases[i].want) != 0)
            fail_msg("%s: want '%s', got '%s'", cases[i].name, cases[i].want, text);
    }
}

/* Prints `len` times 'x' in pieces of `piece`, then "\nnext\n". */
static void print_long(struct output *o, size_t len, size_t piece)
{
    char text[OUTPUT_LINE_MAX * 2];
    memset(text, 'x', sizeof(text));
    for (size_t done = 0; done < len; done += piece)
        output_add(o, OUTPUT_STDOUT, bytes_from(text, len - done < piece ? len - done : piece));
    output_add(o, OUTPUT_STDOUT, bytes_of_str(STR("\nnext\n")));
}

static void long_lines_are_cut(void **state)
{
    (void)state;
    static const struct {
        size_t len, piece;
        bool cut;
    } cases[] = {
        { OUTPUT_LINE_MAX, OUTPUT_LINE_MAX, false },
        { OUTPUT_LINE_MAX, 1000, false },
        { OUTPUT_LINE_MAX + 1, OUTPUT_LINE_MAX + 1, true },
        { OUTPUT_LINE_MAX + 1, OUTPUT_LINE_MAX, true },
        { 100000, 999, true },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        int fds[2];
        assert_int_equal(pipe(fds), 0);
        struct log log = { .fd = fds[1], .level = LOG_INFO };
        struct output o;
        output_init(&o, &log, true);
        output_begin(&o, 1);
        print_long(&o, cases[i].len, cases[i].piece);
        output_end(&o);
        output_fini(&o);
        char text[READ_MAX + 1], want[READ_MAX + 1];
        read_log(fds, text);
        memset(want, 'x', OUTPUT_LINE_MAX);
        memcpy(want + OUTPUT_LINE_MAX, cases[i].cut ? "...\nnext\n" : "\nnext\n", cases[i].cut ? 10 : 7);
        if (strcmp(text, want) != 0)
            fail_msg("case %zu: got %zu bytes ending in '%s'", i, strlen(text), text + strlen(text) - 12);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(lines), cmocka_unit_test(long_lines_are_cut) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
