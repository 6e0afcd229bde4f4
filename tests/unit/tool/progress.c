/* Tests of tool/progress.c. */
#include "tool/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <stdlib.h>

static void draws(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        bool is_terminal;
        int64_t began_ms_ago;
        size_t done[3], total;
        const char *want;
    } cases[] = {
        { "on a terminal",
          true,
          1000,
          { 0, 1, 3 },
          4,
          "\rcompiling x: 0 %\033[K\rcompiling x: 25 %\033[K\rcompiling x: 75 %\033[K\r\033[K" },
        { "the same twice", true, 1000, { 1, 1, 2 }, 4, "\rcompiling x: 25 %\033[K\rcompiling x: 50 %\033[K\r\033[K" },
        { "not on a terminal", false, 1000, { 0, 1, 3 }, 4, "" },
        { "too early", true, 0, { 0, 1, 3 }, 4, "" },
        { "nothing to do", true, 1000, { 0, 0, 0 }, 0, "" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        char *text = NULL;
        size_t len;
        struct console c = { .err = open_memstream(&text, &len), .is_terminal = cases[i].is_terminal };
        struct progress p;
        progress_begin(&p, &c, STR("compiling x"));
        p.start = instant_add(p.start, duration_ms(-cases[i].began_ms_ago));
        for (size_t k = 0; k < ARRAY_LEN(cases[i].done); k++)
            progress_update(&p, cases[i].done[k], cases[i].total);
        progress_end(&p);
        fclose(c.err);
        if (strcmp(text, cases[i].want) != 0)
            fail_msg("%s: want '%s', got '%s'", cases[i].name, cases[i].want, text);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(draws) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
