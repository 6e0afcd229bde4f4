/* Tests of tool/manual/roff.c: nothing of a text is taken for a request or a font. */
#include "tool/manual/roff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdlib.h>

static const struct {
    const char *name, *text, *want;
} cases[] = {
    { "plain", "Serve one component.", "Serve one component.\n" },
    { "hyphens", "--addr", "\\-\\-addr\n" },
    { "backslash and quotes", "a\\b 'c' `d`", "a\\eb \\(aqc\\(aq \\(gad\\(ga\n" },
    { "no request", ".SH", "\\&.SH\n" },
    { "no request in a second line", "a\n.SH", "a\n\\&.SH\n" },
    { "quote at the start of a line", "'br", "\\(aqbr\n" },
    { "paragraphs", "one\n\ntwo", "one\n.PP\ntwo\n" },
    { "example", "one\n berth serve\ntwo", "one\n.PP\n.RS 4\n.EX\nberth serve\n.EE\n.RE\n.PP\ntwo\n" },
    { "long lines", "0123456789012345678901234567890123456789012345678901234567890123456789 .a b",
      "0123456789012345678901234567890123456789012345678901234567890123456789\n\\&.a b\n" },
};

static void test_texts(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *got;
        size_t len;
        FILE *f = open_memstream(&got, &len);
        roff_paragraphs(f, str_of(cases[i].text));
        fclose(f);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("%s: want\n%s\ngot\n%s", cases[i].name, cases[i].want, got);
        free(got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_texts) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
