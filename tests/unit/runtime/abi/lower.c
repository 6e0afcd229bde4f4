/* Tests of runtime/abi/lower.c: what each kind of type becomes in slots and in memory. */
#include "cases.h"

static void flat_params(void **state)
{
    (void)state;
    static const struct abi_case cases[] = {
        { "(a: bool, b: bool)", .value = "(0, 1)", .flat = "0, 1" },
        { "(a: u8, b: s8)", .value = "(255, -128)", .flat = "255, 0xffffff80" },
        { "(a: u16, b: s16)", .value = "(65535, -32768)", .flat = "65535, 0xffff8000" },
        { "(a: u32, b: s32)", .value = "(4294967295, -1)", .flat = "0xffffffff, 0xffffffff" },
        { "(a: u64, b: s64)", .value = "(18446744073709551615, -2)", .flat = "-1, -2" },
        { "(a: f32, b: f32)", .value = "(0x3f800000, 0x7f800001)", .flat = "0x3f800000, 0x7fc00000" },
        { "(a: f64, b: f64)", .value = "(0x3ff0000000000000, 0xffffffffffffffff)",
          .flat = "0x3ff0000000000000, 0x7ff8000000000000" },
        { "(a: char)", .value = "(1114111)", .flat = "0x10ffff" },
        { "(a: flags #3, b: flags #32)", .value = "(5, 4294967295)", .flat = "5, 0xffffffff" },
        { "(a: enum #300)", .value = "(299)", .flat = "299" },
        { "(a: record { x: u8, y: tuple<s8, u64> })", .value = "((1, (-1, 3)))", .flat = "1, 0xffffffff, 3" },
        { "(a: option<s8>, b: option<s8>)", .value = "(0, 1(-1))", .flat = "0, 0, 1, 0xffffffff" },
        { "(a: result, b: result)", .value = "(0, 1)", .flat = "0, 1" },
        { "(a: result<u8>, b: result<_, u8>)", .value = "(0(5), 1(6))", .flat = "0, 5, 1, 6" },
        { "(a: result<u8>, b: result<_, u8>)", .value = "(1, 0)", .flat = "1, 0, 0, 0" },
        { "(a: variant { a, b(u8), c(tuple<u16, u16>) }, z: u8)", .value = "(2((3, 4)), 5)", .flat = "2, 3, 4, 5" },
        { "(a: variant { a, b(u8), c(tuple<u16, u16>) }, z: u8)", .value = "(1(3), 5)", .flat = "1, 3, 0, 5" },
        /* joined slots: zero-extended, never sign-extended past 32 bits */
        { "(a: result<f32, u32>)", .value = "(0(0xbf800000))", .flat = "0, 0xbf800000" },
        { "(a: result<f32, u64>)", .value = "(0(0xbf800000))", .flat = "0, 0xbf800000" },
        { "(a: result<s32, u64>)", .value = "(0(-1))", .flat = "0, 0xffffffff" },
        { "(a: result<s8, u64>)", .value = "(0(-1))", .flat = "0, 0xffffffff" },
        { "(a: result<f64, u64>)", .value = "(0(0xbff0000000000000))", .flat = "0, 0xbff0000000000000" },
        { "(a: option<option<result<u8, f64>>>)", .value = "(1(1(1(0x7ff0000000000001))))",
          .flat = "1, 1, 1, 0x7ff8000000000000" },
        { "(a: own<r>, b: borrow<r>)", .value = "(#3, #4)", .flat = "3, 4", .log = "lower-own(3) lower-borrow(4)" },
        { "(a: own<r>, b: borrow<r>)", .value = "(#13, #4)", .log = "lower-own(13)",
          .error = "the handle table is full" },
        { "(a: own<r>, b: borrow<r>)", .value = "(#1, #13)", .log = "lower-own(1) lower-borrow(13)",
          .error = "the handle table is full" },
        { "(a: list<u8>, b: string)", .value = "([1, 2], \"hi\")", .flat = "1024, 2, 1026, 2",
          .log = "realloc(0,0,1,2) realloc(0,0,1,2)", .memory = "1024: 01 02 68 69" },
        { "(a: option<string>)", .value = "(0)", .flat = "0, 0, 0" },
        { "(a: option<string>)", .value = "(1(\"hi\"))", .flat = "1, 1024, 2", .log = "realloc(0,0,1,2)",
          .memory = "1024: 68 69" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        case_lower(&cases[i], true, NULL);
}

static void in_memory(void **state)
{
    (void)state;
    static const struct abi_case cases[] = {
        { "() -> tuple<bool, s8, u16, s32>", .flat = "16", .value = "(1, -1, 258, -2)",
          .memory = "15: 00 01 ff 02 01 fe ff ff ff 00" },
        { "() -> tuple<u8, u64>", .flat = "16", .value = "(1, 72623859790382856)",
          .memory = "16: 01 00 00 00 00 00 00 00 08 07 06 05 04 03 02 01 00" },
        { "() -> tuple<f32, f64>", .flat = "16", .value = "(0xffffffff, 0x7ff0000000000001)",
          .memory = "16: 00 00 c0 7f 00 00 00 00 00 00 00 00 00 00 f8 7f" },
        { "() -> tuple<char, flags #3, flags #9, flags #17>", .flat = "16", .value = "(65, 5, 511, 131071)",
          .memory = "16: 41 00 00 00 05 00 ff 01 ff ff 01 00" },
        { "() -> tuple<enum #2, enum #257, enum #65537>", .flat = "16", .value = "(1, 256, 65536)",
          .memory = "16: 01 00 00 01 00 00 01 00" },
        { "() -> option<u64>", .flat = "16", .value = "1(2)", .memory = "16: 01 00 00 00 00 00 00 00 02" },
        { "() -> option<u64>", .flat = "16", .value = "0", .memory = "16: 00" },
        { "() -> result<_, variant { a, b(u8) }>", .flat = "16", .value = "1(1(7))", .memory = "16: 01 01 07" },
        { "() -> variant { a, b(tuple<u8, s16>) }", .flat = "16", .value = "1((1, -1))",
          .memory = "16: 01 00 01 00 ff ff" },
        { "() -> tuple<own<r>, borrow<r>>", .flat = "16", .value = "(#5, #6)", .memory = "16: 05 00 00 00 06 00 00 00",
          .log = "lower-own(5) lower-borrow(6)" },
        { "() -> string", .flat = "16", .value = "\"hi\"", .log = "realloc(0,0,1,2)",
          .memory = "16: 00 04 00 00 02 00 00 00, 1024: 68 69" },
        /* memory moves before the last field is stored */
        { "() -> tuple<string, u8>", .flat = "16", .value = "(\"hi\", 7)", .log = "realloc(0,0,1,2)",
          .memory = "16: 00 04 00 00 02 00 00 00 07, 1024: 68 69" },
        { "(a: u8, b: u64) -> tuple<u8, u8>", .flat = "16", .value = "(1, 2)", .memory = "16: 01 02" },
        { "() -> tuple<u8, u8>", .flat = "4094", .value = "(1, 2)", .memory = "4094: 01 02" },
        { "() -> tuple<u8, u8>", .flat = "4095", .value = "(1, 2)",
          .error = "result pointer/length out of bounds of memory: 2 bytes at 4095, memory has 4096" },
        { "() -> tuple<u16, u8>", .flat = "3", .value = "(1, 2)",
          .error = "unaligned pointer of result: expected a multiple of 2, found 3" },
        { "() -> u8", .value = "255", .flat = "255" },
        { "() -> s16", .value = "-2", .flat = "0xfffffffe" },
        { "() -> own<r>", .value = "#9", .flat = "9", .log = "lower-own(9)" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        case_lower(&cases[i], false, NULL);
}

#define SIXTEEN                                                                                   \
    "a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8, m: u8, " \
    "n: u8, o: u8, p: u8"

static void lists(void **state)
{
    (void)state;
    static const struct abi_case cases[] = {
        { "(a: list<u8>)", .value = "([])", .flat = "1024, 0", .log = "realloc(0,0,1,0)" },
        { "(a: list<u64>)", .value = "([1, 2])", .flat = "1024, 2", .log = "realloc(0,0,8,16)",
          .memory = "1024: 01 00 00 00 00 00 00 00 02" },
        { "(a: list<tuple<u8, u32>>)", .value = "([(1, 2), (3, 4)])", .flat = "1024, 2", .log = "realloc(0,0,4,16)",
          .memory = "1024: 01 00 00 00 02 00 00 00 03 00 00 00 04 00 00 00" },
        { "(a: list<enum #2>)", .value = "([1, 0])", .flat = "1024, 2", .log = "realloc(0,0,1,2)",
          .memory = "1024: 01 00" },
        { "(a: list<f32>)", .value = "([0xffffffff])", .flat = "1024, 1", .log = "realloc(0,0,4,4)",
          .memory = "1024: 00 00 c0 7f" },
        /* memory moves between the elements */
        { "(a: list<string>)", .value = "([\"ab\", \"c\"])", .flat = "1024, 2",
          .log = "realloc(0,0,4,16) realloc(0,0,1,2) realloc(0,0,1,1)",
          .memory = "1024: 10 04 00 00 02 00 00 00 12 04 00 00 01 00 00 00 61 62 63" },
        { "(a: list<tuple<string, list<u8>>>)", .value = "([(\"k\", [7])])", .flat = "1024, 1",
          .log = "realloc(0,0,4,16) realloc(0,0,1,1) realloc(0,0,1,1)",
          .memory = "1024: 10 04 00 00 01 00 00 00 11 04 00 00 01 00 00 00 6b 07" },
        { "(a: list<list<u16>>)", .value = "([[1], []])", .flat = "1024, 2",
          .log = "realloc(0,0,4,16) realloc(0,0,2,2) realloc(0,0,2,0)",
          .memory = "1024: 10 04 00 00 01 00 00 00 12 04 00 00 00 00 00 00 01 00" },
        { "(a: list<own<r>>)", .value = "([#5, #6])", .flat = "1024, 2",
          .log = "realloc(0,0,4,8) lower-own(5) lower-own(6)", .memory = "1024: 05 00 00 00 06 00 00 00" },
        { "(a: list<own<r>>)", .value = "([#13])", .log = "realloc(0,0,4,4) lower-own(13)",
          .error = "the handle table is full" },
        /* spilled: the tuple is allocated first */
        { "(" SIXTEEN ", q: string)", .flat = "1024",
          .value = "(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, \"hi\")",
          .log = "realloc(0,0,4,24) realloc(0,0,1,2)",
          .memory = "1024: 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 18 04 00 00 02 00 00 00 68 69" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        case_lower(&cases[i], true, NULL);
}

static void too_long(void **state)
{
    (void)state;
    static const struct {
        const char *func;
        size_t len;
        const char *want;
    } cases[] = {
        { "(a: list<u8>)", (size_t)1 << 28, "list length exceeds maximum: 268435456 elements of 1 bytes" },
        { "(a: list<u64>)", (size_t)1 << 25, "list length exceeds maximum: 33554432 elements of 8 bytes" },
        { "(a: list<enum #2>)", SIZE_MAX, "list length exceeds maximum: 18446744073709551615 elements of 1 bytes" },
        { "(a: string)", (size_t)1 << 28, "string length exceeds maximum: 268435456 bytes, at most 268435455" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct fake f;
        struct err e = ERR_INIT;
        struct abi_func *func = NULL;
        union core_value flat[2];
        str never_read = { "", cases[i].len };
        fake_init(&f);
        struct func_type type = func_of(&f.arena, cases[i].func);
        assert_true(abi_compile(&f.arena, &type, NULL, &func, &e));
        assert_false(abi_lower_params(func, &f.env, &never_read, flat, &e));
        assert_string_equal(e.text, cases[i].want);
        assert_int_equal(f.calls, 0);
        fake_fini(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(flat_params), cmocka_unit_test(in_memory),
                                        cmocka_unit_test(lists), cmocka_unit_test(too_long) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
