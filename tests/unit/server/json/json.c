/* Tests of server/json/json*.c: what is read, refused and printed. */
#include "server/json/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "base/buf.h"

static struct arena arena;

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_fini(&arena);
    return 0;
}

static const struct json *parsed(str text)
{
    const struct json *v;
    struct json_error e;
    if (!json_parse(&arena, text, &v, &e))
        fail_msg("'%.*s': %s", STR_ARG(text), e.detail);
    return v;
}

static void assert_printed(const struct json *v, bool pretty, const char *want)
{
    struct buf out;
    buf_init(&out, BUF_NO_LIMIT);
    if (pretty)
        json_print(&out, v);
    else
        json_print_compact(&out, v);
    if (!str_eq(buf_str(&out), str_of(want)))
        fail_msg("printed '%.*s', expected '%s'", STR_ARG(buf_str(&out)), want);
    buf_fini(&out);
}

static void read_and_printed(void **state)
{
    (void)state;
    static const struct {
        str text;
        const char *compact;
    } cases[] = {
        { STR_INIT("null"), "null" },
        { STR_INIT(" true\n"), "true" },
        { STR_INIT("\xef\xbb\xbf false"), "false" },
        { STR_INIT("-0"), "-0" },
        { STR_INIT("1.50"), "1.50" },
        { STR_INIT("1e3"), "1e3" },
        { STR_INIT("[1,2,]"), "[1,2]" },
        { STR_INIT("[/* a */ 1 // b\n, /**/]"), "[1]" },
        { STR_INIT("{\"a\" : {} , \"b\":[] , }"), "{\"a\":{},\"b\":[]}" },
        { STR_INIT("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\""), "\"\\\"\\\\/\\b\\f\\n\\r\\t\"" },
        { STR_INIT("\"\\u000b\\u001F\""), "\"\\u000B\\u001F\"" },
        { STR_INIT("\"\\u00e9\\u20AC\\ud83d\\ude00\""), "\"é€😀\"" },
        { STR_INIT("\"é€😀\""), "\"é€😀\"" },
        { STR_INIT("{\"a\\u0062\":1}"), "{\"ab\":1}" },
        { STR_INIT("// only\n1"), "1" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_printed(parsed(cases[i].text), false, cases[i].compact);
}

static void printed_for_people(void **state)
{
    (void)state;
    static const struct {
        str text;
        const char *pretty;
    } cases[] = {
        { STR_INIT("1"), "1\r\n" },
        { STR_INIT("{}"), "{}\r\n" },
        { STR_INIT("{\"a\":1,\"b\":2}"), "{\r\n\t\"a\": 1,\r\n\t\"b\": 2\r\n}\r\n" },
        { STR_INIT("{\"a\":{\"x\":1},\"b\":{},\"c\":[],\"d\":0}"),
          "{\r\n\t\"a\": {\r\n\t\t\"x\": 1\r\n\t},\r\n\r\n\t\"b\": {},\r\n\t\"c\": [],\r\n\t\"d\": 0\r\n}\r\n" },
        { STR_INIT("[[1],[2]]"), "[\r\n\t[\r\n\t\t1\r\n\t],\r\n\t[\r\n\t\t2\r\n\t]\r\n]\r\n" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_printed(parsed(cases[i].text), true, cases[i].pretty);
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        str text;
        enum json_kind kind;
        int64_t integer;
        double number;
    } cases[] = {
        { STR_INIT("0"), JSON_INTEGER, 0, 0 },
        { STR_INIT("-12"), JSON_INTEGER, -12, -12 },
        { STR_INIT("1.0"), JSON_INTEGER, 1, 1 },
        { STR_INIT("1e3"), JSON_INTEGER, 1000, 1000 },
        { STR_INIT("25E-1"), JSON_FRACTION, 2, 2.5 },
        { STR_INIT("0.1"), JSON_FRACTION, 0, 0.1 },
        { STR_INIT("99999999999999"), JSON_INTEGER, 99999999999999, 99999999999999.0 },
        { STR_INIT("1e-400"), JSON_INTEGER, 0, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct json *v = parsed(cases[i].text);
        if (v->kind != cases[i].kind || json_integer_of(v) != cases[i].integer || json_number_of(v) != cases[i].number)
            fail_msg("'%.*s': kind %d, %lld, %g", STR_ARG(cases[i].text), v->kind, (long long)json_integer_of(v),
                     json_number_of(v));
    }
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        str text;
        const char *begins; /* of the detail */
        size_t offset, line, column;
    } cases[] = {
        { STR_INIT(""), "An empty JSON payload isn't allowed.  It must be", 0, 1, 1 },
        { STR_INIT(" \n "), "An empty JSON payload", 3, 2, 2 },
        { STR_INIT("nul"), "A valid JSON value is expected here.", 0, 1, 1 },
        { STR_INIT("+1"), "A valid JSON value is expected here.", 0, 1, 1 },
        { STR_INIT("/ 1"), "A valid JSON value is expected here.", 0, 1, 1 },
        { STR_INIT("/* 1"), "A valid JSON value is expected here.", 0, 1, 1 },
        { STR_INIT("1 2"), "Unexpected character after the end of a valid JSON value.", 2, 1, 3 },
        { STR_INIT("{"), "Unexpected end of JSON payload.  There's an object without a closing brace (}).", 1, 1, 2 },
        { STR_INIT("{\"a\":1"), "Unexpected end of JSON payload.  There's an object without", 6, 1, 7 },
        { STR_INIT("{\"a\":1,"), "Unexpected end of JSON payload.  There's an object without", 7, 1, 8 },
        { STR_INIT("{a:1}"), "A double quote (\") is expected here.  There must be", 1, 1, 2 },
        { STR_INIT("{\"a\""), "Unexpected end of JSON payload.  There's an object member without a value.", 4, 1, 5 },
        { STR_INIT("{\"a\":"), "Unexpected end of JSON payload.  There's an object member without a value.", 5, 1, 6 },
        { STR_INIT("{\"a\" 1}"), "A colon (:) is expected here.", 5, 1, 6 },
        { STR_INIT("{\"a\":1 \"b\"}"), "Either a closing brace (}) or a comma (,) is expected here.", 7, 1, 8 },
        { STR_INIT("{\"a\":1,\n\"a\":2}"), "Duplicate object member.", 8, 2, 1 },
        { STR_INIT("["), "Unexpected end of JSON payload.  There's an array without a closing bracket (]).", 1, 1, 2 },
        { STR_INIT("[1"), "Unexpected end of JSON payload.  There's an array", 2, 1, 3 },
        { STR_INIT("[1 2]"), "Either a closing bracket (]) or a comma (,) is expected here.", 3, 1, 4 },
        { STR_INIT("[,]"), "A valid JSON value is expected here.", 1, 1, 2 },
        { STR_INIT("\"a"), "Unexpected end of JSON payload.  There's a string without a final double quote", 2, 1, 3 },
        { STR_INIT("\"a\\"), "Unexpected end of JSON payload.  There's a string", 3, 1, 4 },
        { STR_INIT("\"\\u00"), "Unexpected end of JSON payload.  There's a string", 5, 1, 6 },
        { STR_INIT("\"\xc3\xa9\t\""), "Unexpected character.  All control characters", 3, 1, 3 },
        { STR_INIT("\"a\\x\""), "Unexpected backslash.", 2, 1, 3 },
        { STR_INIT("\"\\u00g0\""), "Invalid escape sequence.", 5, 1, 6 },
        { STR_INIT("\"\\ud800\""), "Invalid JSON encoding sequence.  This 6-byte", 1, 1, 2 },
        { STR_INIT("\"\\udc00\""), "Invalid JSON encoding sequence.  This 6-byte", 1, 1, 2 },
        { STR_INIT("\"\\ud800\\u0041\""), "Invalid JSON encoding sequence.  This 12-byte", 1, 1, 2 },
        { STR_INIT("\"\\u0000\""), "Invalid JSON encoding sequence.  A NUL", 1, 1, 2 },
        { STR_INIT("\"\xff\""), "Invalid JSON encoding sequence.  The string is no valid UTF-8.", 0, 1, 1 },
        { STR_INIT("-"), "The number is invalid.  A minus sign", 0, 1, 1 },
        { STR_INIT("01"), "The number is invalid.  Leading zeros", 0, 1, 1 },
        { STR_INIT("1."), "The number is invalid.  A fraction part", 0, 1, 1 },
        { STR_INIT("1e+"), "The number is invalid.  An exponent part", 0, 1, 1 },
        { STR_INIT("123456789012345"), "The number is out of representable range.", 0, 1, 1 },
        { STR_INIT("1e19"), "The number is out of representable range.", 0, 1, 1 },
        { STR_INIT("/*\xff*/ x"), "A valid JSON value is expected here.", 6, 0, 0 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct json *v;
        struct json_error e = { 0 };
        if (json_parse(&arena, cases[i].text, &v, &e))
            fail_msg("'%.*s' was accepted", STR_ARG(cases[i].text));
        if (strncmp(e.detail, cases[i].begins, strlen(cases[i].begins)) != 0 || e.offset != cases[i].offset ||
            e.line != cases[i].line || e.column != cases[i].column)
            fail_msg("'%.*s': %s at %zu, line %zu, column %zu", STR_ARG(cases[i].text), e.detail, e.offset, e.line,
                     e.column);
    }
}

static void depth_is_limited(void **state)
{
    (void)state;
    char text[JSON_DEPTH_MAX + 2];
    memset(text, '[', sizeof(text));
    const struct json *v;
    struct json_error e;
    assert_false(json_parse(&arena, str_from(text, JSON_DEPTH_MAX + 1), &v, &e));
    assert_non_null(strstr(e.detail, "nested too deeply"));
    assert_int_equal(e.offset, JSON_DEPTH_MAX);
}

static void made(void **state)
{
    (void)state;
    struct json *o = json_new_object(&arena), *a = json_new_array(&arena);
    for (uint64_t i = 0; i < 5; i++)
        json_push(&arena, a, json_new_number(&arena, i * UINT32_MAX));
    json_add(&arena, o, STR("a"), a);
    json_add(&arena, o, STR("b"), json_new_bool(&arena, true));
    json_add(&arena, o, STR("c"), json_new_null(&arena));
    json_add(&arena, o, STR("d"), json_new_string(&arena, STR("x\ny")));
    const char *text =
        "{\"a\":[0,4294967295,8589934590,12884901885,17179869180],\"b\":true,\"c\":null,\"d\":\"x\\ny\"}";
    assert_printed(o, false, text);
    const struct json *copy = json_copy(&arena, o, false);
    assert_true(json_eq(o, copy));
    assert_true(json_eq(parsed(str_of(text)), o));
    assert_false(json_eq(json_get(o, STR("a")), json_get(o, STR("b"))));
    assert_null(json_get(o, STR("e")));
    assert_null(json_get(a, STR("a")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(read_and_printed), cmocka_unit_test(printed_for_people), cmocka_unit_test(numbers),
        cmocka_unit_test(refused),          cmocka_unit_test(depth_is_limited),   cmocka_unit_test(made),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
