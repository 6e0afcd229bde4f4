/* Tests of runtime/abi/lift.c: what each kind of type looks like in slots and in memory, and every trap. */
#include "cases.h"

static void flat_params(void **state)
{
    (void)state;
    static const struct abi_case cases[] = {
        { "(a: bool, b: bool, c: bool)", .flat = "0, 1, 0x100", .value = "(0, 1, 1)" },
        /* what is above 32 bits is no part of an i32 */
        { "(a: bool, b: bool)", .flat = "0x100000000, 0x80000000", .value = "(0, 1)" },
        { "(a: u8, b: s8)", .flat = "0x1ff, 0x180", .value = "(255, -128)" },
        { "(a: u16, b: s16)", .flat = "0x1ffff, 0x18000", .value = "(65535, -32768)" },
        { "(a: u32, b: s32)", .flat = "0xffffffff, 0xffffffff", .value = "(4294967295, -1)" },
        { "(a: u64, b: s64)", .flat = "-1, -1", .value = "(18446744073709551615, -1)" },
        { "(a: f32)", .flat = "0x3f800000", .value = "(0x3f800000)" },
        { "(a: f32, b: f32)", .flat = "0x7f800001, 0xffc12345", .value = "(0x7fc00000, 0x7fc00000)" },
        { "(a: f32, b: f32)", .flat = "0x7f800000, 0xff800000", .value = "(0x7f800000, 0xff800000)" },
        { "(a: f64)", .flat = "0x3ff0000000000000", .value = "(0x3ff0000000000000)" },
        { "(a: f64, b: f64)", .flat = "0x7ff0000000000001, -1", .value = "(0x7ff8000000000000, 0x7ff8000000000000)" },
        { "(a: f64)", .flat = "0xfff0000000000000", .value = "(0xfff0000000000000)" },
        { "(a: char, b: char, c: char)", .flat = "0x10ffff, 0xd7ff, 0xe000", .value = "(1114111, 55295, 57344)" },
        { "(a: char)", .flat = "0xd800", .error = "invalid `char` bit pattern: 0xd800 is no Unicode scalar value" },
        { "(a: char)", .flat = "0xdfff", .error = "invalid `char` bit pattern: 0xdfff is no Unicode scalar value" },
        { "(a: char)", .flat = "0x110000", .error = "invalid `char` bit pattern: 0x110000 is no Unicode scalar value" },
        { "(a: flags #3)", .flat = "0xffffffff", .value = "(7)" },
        { "(a: flags #32)", .flat = "0xffffffff", .value = "(4294967295)" },
        { "(a: enum #3)", .flat = "2", .value = "(2)" },
        { "(a: enum #3)", .flat = "3", .error = "invalid variant discriminant: expected less than 3, found 3" },
        /* flat discriminants have 32 bits however few the cases are */
        { "(a: enum #3)", .flat = "0x100", .error = "invalid variant discriminant: expected less than 3, found 256" },
        { "(a: option<u8>, b: option<u8>)", .flat = "0, 9, 1, 9", .value = "(0, 1(9))" },
        { "(a: option<u8>)", .flat = "2, 9", .error = "invalid variant discriminant: expected less than 2, found 2" },
        { "(a: option<u8>)", .flat = "0x100, 9",
          .error = "invalid variant discriminant: expected less than 2, found 256" },
        { "(a: result, b: result)", .flat = "0, 1", .value = "(0, 1)" },
        { "(a: result<u8>, b: result<_, u8>, c: u8)", .flat = "0, 5, 1, 6, 7", .value = "(0(5), 1(6), 7)" },
        { "(a: variant { a, b(u8), c(tuple<u16, u16>) }, z: u8)", .flat = "2, 3, 4, 5", .value = "(2((3, 4)), 5)" },
        { "(a: variant { a, b(u8), c(tuple<u16, u16>) }, z: u8)", .flat = "0, 3, 4, 5", .value = "(0, 5)" },
        { "(a: variant { a, b(u8) })", .flat = "2, 0",
          .error = "invalid variant discriminant: expected less than 2, found 2" },
        /* joined slots: f32 in i32, f32 in i64, i32 in i64, f64 in i64 */
        { "(a: result<f32, u32>)", .flat = "0, 0x3f800000", .value = "(0(0x3f800000))" },
        { "(a: result<f32, u64>)", .flat = "0, 0x993f800000", .value = "(0(0x3f800000))" },
        { "(a: result<u32, u64>)", .flat = "0, 0x9900000001", .value = "(0(1))" },
        { "(a: result<s8, u64>)", .flat = "0, 0x99000001ff", .value = "(0(-1))" },
        { "(a: result<f64, u32>)", .flat = "0, 0x3ff0000000000000", .value = "(0(0x3ff0000000000000))" },
        { "(a: result<bool, u64>)", .flat = "0, 0x100000000", .value = "(0(0))" },
        { "(a: result<char, u64>)", .flat = "0, 0x9900000041", .value = "(0(65))" },
        { "(a: option<option<result<u8, f64>>>)", .flat = "1, 1, 1, -1", .value = "(1(1(1(0x7ff8000000000000))))" },
        { "(a: record { x: u8, y: tuple<u8, u64> }, z: s8)", .flat = "1, 2, 3, -4", .value = "((1, (2, 3)), -4)" },
        { "(a: own<r>, b: borrow<r>)", .flat = "3, 4", .value = "(#3, #4)", .log = "lift-own(3) lift-borrow(4)" },
        { "(a: own<r>, b: borrow<r>)", .flat = "0, 4", .log = "lift-own(0)", .error = "unknown handle index 0" },
        { "(a: own<r>, b: borrow<r>)", .flat = "1, 4000000000", .log = "lift-own(1) lift-borrow(4000000000)",
          .error = "unknown handle index 4000000000" },
        { "(a: option<own<r>>)", .flat = "0, 5", .value = "(0)" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        case_lift(&cases[i], true);
}

static void in_memory(void **state)
{
    (void)state;
    static const struct abi_case cases[] = {
        { "() -> tuple<bool, bool, bool>", .flat = "16", .memory = "16: 00 01 80", .value = "(0, 1, 1)" },
        { "() -> tuple<u8, s8, u16, s16>", .flat = "16", .memory = "16: ff 80 ff ff 00 80",
          .value = "(255, -128, 65535, -32768)" },
        { "() -> tuple<s8, u32, s64>", .flat = "8", .memory = "8: 01 99 99 99 04 03 02 01 ff ff ff ff ff ff ff ff",
          .value = "(1, 16909060, -1)" },
        { "() -> tuple<f32, f64>", .flat = "8", .memory = "8: 01 00 80 7f 99 99 99 99 00 00 00 00 00 00 f0 3f",
          .value = "(0x7fc00000, 0x3ff0000000000000)" },
        { "() -> tuple<char, char>", .flat = "8", .memory = "8: ff ff 10 00 41 00 00 00", .value = "(1114111, 65)" },
        { "() -> tuple<char, char>", .flat = "8", .memory = "8: 00 d8 00 00 41 00 00 00",
          .error = "invalid `char` bit pattern: 0xd800 is no Unicode scalar value" },
        { "() -> tuple<flags #3, flags #9, flags #17>", .flat = "8", .memory = "8: ff 99 ff ff ff ff ff ff",
          .value = "(7, 511, 131071)" },
        { "() -> tuple<enum #2, enum #257, enum #65537>", .flat = "8", .memory = "8: 01 99 00 01 00 00 01 00",
          .value = "(1, 256, 65536)" },
        { "() -> tuple<enum #2, u8>", .flat = "8", .memory = "8: 02 00",
          .error = "invalid variant discriminant: expected less than 2, found 2" },
        { "() -> tuple<enum #257, u8>", .flat = "8", .memory = "8: 01 01 00",
          .error = "invalid variant discriminant: expected less than 257, found 257" },
        { "() -> tuple<enum #65537, u8>", .flat = "8", .memory = "8: 01 00 01 00",
          .error = "invalid variant discriminant: expected less than 65537, found 65537" },
        { "() -> option<u64>", .flat = "8", .memory = "8: 01 99 99 99 99 99 99 99 02", .value = "1(2)" },
        { "() -> option<u64>", .flat = "8", .memory = "8: 00 99 99 99 99 99 99 99 02", .value = "0" },
        { "() -> option<u64>", .flat = "8", .memory = "8: 02",
          .error = "invalid variant discriminant: expected less than 2, found 2" },
        { "() -> result<u8, u32>", .flat = "8", .memory = "8: 01 00 00 00 ff 00 00 00", .value = "1(255)" },
        { "() -> variant { a, b(u8), c(tuple<u8, u16>) }", .flat = "8", .memory = "8: 02 00 03 99 04 00",
          .value = "2((3, 4))" },
        { "() -> variant { a, b(u8), c(tuple<u8, u16>) }", .flat = "8", .memory = "8: 00", .value = "0" },
        { "() -> tuple<own<r>, borrow<r>>", .flat = "8", .memory = "8: 05 00 00 00 06", .value = "(#5, #6)",
          .log = "lift-own(5) lift-borrow(6)" },
        { "() -> tuple<u8, u8>", .flat = "4094", .value = "(0, 0)" },
        { "() -> tuple<u8, u8>", .flat = "4095",
          .error = "result pointer/length out of bounds of memory: 2 bytes at 4095, memory has 4096" },
        { "() -> tuple<u8, u8>", .flat = "0xffffffff",
          .error = "result pointer/length out of bounds of memory: 2 bytes at 4294967295, memory has 4096" },
        { "() -> tuple<u8, u64>", .flat = "4",
          .error = "unaligned pointer of result: expected a multiple of 8, found 4" },
        /* a single slot is no pointer */
        { "() -> u8", .flat = "0x1ff", .value = "255" },
        { "() -> enum #2", .flat = "2", .error = "invalid variant discriminant: expected less than 2, found 2" },
        { "() -> record { a: s8 }", .flat = "0x80", .value = "(-128)" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        case_lift(&cases[i], false);
}

#define SEVENTEEN                                                                                  \
    "(a: u8, b: u8, c: u8, d: u8, e: u8, f: u8, g: u8, h: u8, i: u8, j: u8, k: u8, l: u8, m: u8, " \
    "n: u8, o: u8, p: u8, q: u32)"

static void spilled_params(void **state)
{
    (void)state;
    static const struct abi_case cases[] = {
        { SEVENTEEN, .flat = "8", .memory = "8: 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11",
          .value = "(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17)" },
        { SEVENTEEN, .flat = "10", .error = "unaligned pointer of parameters: expected a multiple of 4, found 10" },
        { SEVENTEEN, .flat = "4080",
          .error = "parameters pointer/length out of bounds of memory: 20 bytes at 4080, "
                   "memory has 4096" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        case_lift(&cases[i], true);
}

static void lists(void **state)
{
    (void)state;
    static const struct abi_case cases[] = {
        { "(a: list<u8>)", .flat = "100, 3", .memory = "100: 01 02 ff", .value = "([1, 2, 255])" },
        { "(a: list<s16>)", .flat = "100, 2", .memory = "100: 01 00 ff ff", .value = "([1, -1])" },
        { "(a: list<u64>)", .flat = "104, 1", .memory = "104: 01", .value = "([1])" },
        { "(a: list<tuple<u32, u32>>)", .flat = "100, 2", .memory = "100: 01 00 00 00 02",
          .value = "([(1, 2), (0, 0)])" },
        { "(a: list<tuple<u8, u32>>)", .flat = "100, 2", .memory = "100: 01 99 99 99 02, 108: 03",
          .value = "([(1, 2), (3, 0)])" },
        { "(a: list<bool>)", .flat = "100, 3", .memory = "100: 00 01 ff", .value = "([0, 1, 1])" },
        { "(a: list<f32>)", .flat = "100, 1", .memory = "100: 01 00 80 7f", .value = "([0x7fc00000])" },
        { "(a: list<char>)", .flat = "100, 1", .memory = "100: 00 d8 00 00",
          .error = "invalid `char` bit pattern: 0xd800 is no Unicode scalar value" },
        { "(a: list<enum #2>)", .flat = "100, 3", .memory = "100: 01 00 01", .value = "([1, 0, 1])" },
        { "(a: list<enum #2>)", .flat = "100, 3", .memory = "100: 01 00 02",
          .error = "invalid variant discriminant: expected less than 2, found 2" },
        { "(a: list<flags #3>)", .flat = "100, 2", .memory = "100: ff 02", .value = "([7, 2])" },
        { "(a: list<option<u16>>)", .flat = "100, 2", .memory = "100: 01 99 05 00 00", .value = "([1(5), 0])" },
        { "(a: list<own<r>>)", .flat = "100, 2", .memory = "100: 05 00 00 00 06", .value = "([#5, #6])",
          .log = "lift-own(5) lift-own(6)" },
        { "(a: list<borrow<r>>)", .flat = "100, 2", .memory = "100: 05 00 00 00 00",
          .log = "lift-borrow(5) lift-borrow(0)", .error = "unknown handle index 0" },
        { "(a: list<list<u8>>)", .flat = "100, 2",
          .memory = "100: 80 00 00 00 02 00 00 00 82 00 00 00 00 00 00 00, 128: 07 08", .value = "([[7, 8], []])" },
        { "(a: list<tuple<string, list<u8>>>)", .flat = "100, 1",
          .memory = "100: 80 00 00 00 02 00 00 00 82 00 00 00 01 00 00 00, 128: 68 69 07",
          .value = "([(\"hi\", [7])])" },
        { "(a: list<list<u8, 2>>)", .flat = "100, 2", .memory = "100: 01 02 03 04", .value = "([[1, 2], [3, 4]])" },
        { "(a: list<list<bool, 2>>)", .flat = "100, 2", .memory = "100: 01 00 ff 00", .value = "([[1, 0], [1, 0]])" },
        { "(a: list<u8, 3>, b: bool)", .flat = "1, 0x102, 3, 1", .value = "([1, 2, 3], 1)" },
        { "(a: list<enum #2, 2>)", .flat = "1, 2",
          .error = "invalid variant discriminant: expected less than 2, found 2" },
        { "(a: list<string, 2>)", .flat = "100, 1, 101, 2", .memory = "100: 61 62 63", .value = "([\"a\", \"bc\"])" },
        { "(a: option<list<u16, 2>>)", .flat = "1, 5, 6", .value = "(1([5, 6]))" },
        { "(a: list<u8, 17>)", .flat = "100", .memory = "100: 01 02",
          .value = "([1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])" },
        { "(a: list<enum #2, 17>)", .flat = "100", .memory = "100: 01 00 01",
          .value = "([1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])" },
        { "(a: list<enum #2, 17>)", .flat = "100", .memory = "110: 02",
          .error = "invalid variant discriminant: expected less than 2, found 2" },
        { "(a: list<u8>)", .flat = "4096, 0", .value = "([])" },
        { "(a: list<enum #2>)", .flat = "4096, 0", .value = "([])" },
        { "(a: list<u8>)", .flat = "4095, 1", .value = "([0])" },
        { "(a: list<u8>)", .flat = "4095, 2",
          .error = "list pointer/length out of bounds of memory: 2 bytes at 4095, memory has 4096" },
        { "(a: list<u8>)", .flat = "4097, 0",
          .error = "list pointer/length out of bounds of memory: 0 bytes at 4097, memory has 4096" },
        { "(a: list<u8>)", .flat = "0xffffffff, 0xfffffff",
          .error = "list pointer/length out of bounds of memory: 268435455 bytes at 4294967295, "
                   "memory has 4096" },
        { "(a: list<u8>)", .flat = "0, 0x10000000",
          .error = "list length exceeds maximum: 268435456 bytes, at most 268435455" },
        { "(a: list<u64>)", .flat = "0, 0xffffffff",
          .error = "list length exceeds maximum: 34359738360 bytes, at most 268435455" },
        /* the length is checked before the alignment, and that before the end */
        { "(a: list<u64>)", .flat = "1, 0xffffffff",
          .error = "list length exceeds maximum: 34359738360 bytes, at most 268435455" },
        { "(a: list<u64>)", .flat = "4100, 0",
          .error = "unaligned pointer of list: expected a multiple of 8, found 4100" },
        { "(a: list<string>)", .flat = "2, 0",
          .error = "unaligned pointer of list: expected a multiple of 4, found 2" },
        { "(a: list<list<u16>>)", .flat = "100, 1", .memory = "100: 01 00 00 00 00 00 00 00",
          .error = "unaligned pointer of list: expected a multiple of 2, found 1" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        case_lift(&cases[i], true);
}

/* What no case fills is 0, whatever was there before: equal values are equal bytes. */
static void rest_is_zero(void **state)
{
    (void)state;
    struct {
        bool some;
        uint64_t value;
    } want = { 0 }, got;
    struct fake f;
    struct err e = ERR_INIT;
    struct abi_func *func = NULL;
    union core_value flat[2] = { { .i32 = 0 }, { .i64 = 77 } };
    fake_init(&f);
    struct func_type type = func_of(&f.arena, "(a: option<u64>)");
    assert_true(abi_compile(&f.arena, &type, NULL, &func, &e));
    memset(&want, 0, sizeof(want));
    memset(&got, 0xaa, sizeof(got));
    assert_int_equal(abi_params_size(func), sizeof(got));
    assert_true(abi_lift_params(func, &f.env, flat, &got, &e));
    assert_memory_equal(&got, &want, sizeof(got));
    fake_fini(&f);
}

static void slices_are_not_copied(void **state)
{
    (void)state;
    struct {
        bytes a;
        str b;
    } got = { 0 };
    struct fake f;
    struct err e = ERR_INIT;
    struct abi_func *func = NULL;
    union core_value flat[4] = { { .i32 = 100 }, { .i32 = 3 }, { .i32 = 200 }, { .i32 = 2 } };
    fake_init(&f);
    struct func_type type = func_of(&f.arena, "(a: list<tuple<u8, u8>>, b: string)");
    assert_true(abi_compile(&f.arena, &type, NULL, &func, &e));
    size_t used = f.arena.used_bytes;
    assert_true(abi_lift_params(func, &f.env, flat, &got, &e));
    assert_ptr_equal(got.a.ptr, f.env.memory + 100);
    assert_int_equal(got.a.len, 3);
    assert_ptr_equal(got.b.ptr, f.env.memory + 200);
    assert_int_equal(f.arena.used_bytes, used);
    fake_fini(&f);
}

/* 4096 bytes that describe far more: 512 lists that are each the whole memory, of elements 8 times as large on
 * the host, thrice nested. */
static void amplification_ends(void **state)
{
    (void)state;
    struct host_list {
        const void *ptr;
        size_t len;
    } got;
    struct fake f;
    struct err e = ERR_INIT;
    struct abi_func *func = NULL;
    union core_value flat[2] = { { .i32 = 0 }, { .i32 = 512 } };
    fake_init(&f);
    struct func_type type = func_of(&f.arena, "(a: list<list<list<string>>>)");
    assert_true(abi_compile(&f.arena, &type, NULL, &func, &e));
    for (size_t i = 0; i < FAKE_MEMORY; i += 8)
        memcpy(f.env.memory + i, &(uint32_t[]){ 0, 512 }, 8);
    assert_false(abi_lift_params(func, &f.env, flat, &got, &e));
    assert_string_equal(e.text, "values of one call exceed the limit of 268435456 bytes");
    assert_int_equal(e.kind, ERR_TRAP);
    fake_fini(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flat_params),        cmocka_unit_test(in_memory),
        cmocka_unit_test(spilled_params),     cmocka_unit_test(lists),
        cmocka_unit_test(rest_is_zero),       cmocka_unit_test(slices_are_not_copied),
        cmocka_unit_test(amplification_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
