/* Tests of io/http/message.c. */
#include "io/http/message.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void fields(void **state)
{
    (void)state;
    struct arena a;
    struct http_fields f = { 0 };
    arena_init(&a);
    for (int i = 0; i < 100; i++)
        http_fields_add(&f, &a, i % 2 ? STR("Odd") : STR("even"), str_printf(&a, "%d", i));
    assert_int_equal(f.len, 100);
    assert_true(str_eq(http_fields_get(&f, STR("ODD")), STR("1")));
    assert_true(str_eq(http_fields_get(&f, STR("Even")), STR("0")));
    assert_null(http_fields_get(&f, STR("odd ")).ptr);
    assert_int_equal(http_fields_count(&f, STR("odd")), 50);
    assert_int_equal(http_fields_count(&f, STR("none")), 0);
    assert_true(str_eq(f.at[99].value, STR("99")));
    arena_fini(&a);
}

/* RFC 9110, 5.6.2: every byte, alone and inside. */
static void names(void **state)
{
    (void)state;
    static const char token[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int c = 0; c < 256; c++) {
        char text[3] = { 'x', (char)c, 'y' };
        bool want = c && strchr(token, c);
        assert_int_equal(http_name_valid(str_from(text, 3)), want);
        assert_int_equal(http_name_valid(str_from(text + 1, 1)), want);
    }
    assert_false(http_name_valid(STR("")));
}

/* RFC 9110, 5.5 */
static void values(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char text[3] = { 'x', (char)c, 'y' };
        assert_int_equal(http_value_valid(str_from(text, 3)), c == '\t' || (c >= 0x20 && c != 0x7f));
    }
    assert_true(http_value_valid(STR("")));
}

static void reasons(void **state)
{
    (void)state;
    assert_true(str_eq(http_reason(200), STR("OK")));
    assert_true(str_eq(http_reason(404), STR("Not Found")));
    assert_true(str_eq(http_reason(503), STR("Service Unavailable")));
    assert_int_equal(http_reason(299).len, 0);
    assert_int_equal(http_reason(0).len, 0);
}

static void bodiless(void **state)
{
    (void)state;
    assert_true(http_response_bodiless(STR("HEAD"), 200));
    assert_true(http_response_bodiless(STR("GET"), 204));
    assert_true(http_response_bodiless(STR("POST"), 304));
    assert_false(http_response_bodiless(STR("head"), 200));
    assert_false(http_response_bodiless(STR("GET"), 205));
    assert_false(http_response_bodiless(STR("GET"), 404));
}

static void hop_by_hop(void **state)
{
    (void)state;
    struct arena a;
    struct http_fields f = { 0 };
    arena_init(&a);
    http_fields_add(&f, &a, STR("Connection"), STR("close,\t X-One ,"));
    http_fields_add(&f, &a, STR("connection"), STR("x-two"));
    static const str dropped[] = { STR_INIT("Connection"), STR_INIT("TE"),    STR_INIT("transfer-encoding"),
                                   STR_INIT("Upgrade"),    STR_INIT("x-one"), STR_INIT("X-Two"),
                                   STR_INIT("Keep-Alive"), STR_INIT("close"), STR_INIT("Proxy-Connection") };
    static const str kept[] = { STR_INIT("Host"), STR_INIT("X-Three"), STR_INIT("X-On"), STR_INIT("Trailer") };
    for (size_t i = 0; i < ARRAY_LEN(dropped); i++)
        assert_true(http_field_is_hop_by_hop(&f, dropped[i]));
    for (size_t i = 0; i < ARRAY_LEN(kept); i++)
        assert_false(http_field_is_hop_by_hop(&f, kept[i]));
    assert_true(http_fields_list_has(&f, STR("CONNECTION"), STR("CLOSE")));
    assert_false(http_fields_list_has(&f, STR("connection"), STR("X-One ,")));
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(fields),   cmocka_unit_test(names),
                                        cmocka_unit_test(values),   cmocka_unit_test(reasons),
                                        cmocka_unit_test(bodiless), cmocka_unit_test(hop_by_hop) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
