/* Tests of tool/json.c. */
#include "tool/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        str text;
        const char *want;
    } cases[] = {
        { "plain", STR_INIT("abc"), "\"abc\"" },
        { "empty", STR_INIT(""), "\"\"" },
        { "none", { NULL, 0 }, "\"\"" },
        { "quote and backslash", STR_INIT("a\"b\\"), "\"a\\\"b\\\\\"" },
        { "controls", STR_INIT("a\n\t\0\177"), "\"a\\u000a\\u0009\\u0000\\u007f\"" },
        { "UTF-8", STR_INIT("\xc3\xa4\xf0\x9f\x98\x80"), "\"\xc3\xa4\xf0\x9f\x98\x80\"" },
        { "no UTF-8", STR_INIT("a\xff\xc3"), "\"a\xef\xbf\xbd\xef\xbf\xbd\"" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf out;
        buf_init(&out, BUF_NO_LIMIT);
        struct json j = { .out = &out };
        json_str(&j, NULL, cases[i].text);
        if (!str_eq(buf_str(&out), str_of(cases[i].want)))
            fail_msg("%s: want %s, got %.*s", cases[i].name, cases[i].want, STR_ARG(buf_str(&out)));
        buf_fini(&out);
    }
}

static void nesting(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, BUF_NO_LIMIT);
    struct json j = { .out = &out };
    json_open(&j, NULL, '{');
    json_open(&j, "empty", '[');
    json_close(&j, ']');
    json_open(&j, "list", '[');
    json_num(&j, NULL, 1);
    json_num(&j, NULL, UINT64_MAX);
    json_open(&j, NULL, '{');
    json_close(&j, '}');
    json_close(&j, ']');
    json_str(&j, "k", STR("v"));
    json_close(&j, '}');
    static const char want[] = "{\"empty\":[],\"list\":[1,18446744073709551615,{}],\"k\":\"v\"}";
    if (!str_eq(buf_str(&out), str_of(want)))
        fail_msg("want %s, got %.*s", want, STR_ARG(buf_str(&out)));
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(texts), cmocka_unit_test(nesting) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
