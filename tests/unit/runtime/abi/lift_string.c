/* Tests of runtime/abi/lift_string.c: the three encodings and what is no text in them. */
#include "cases.h"

static void utf8(void **state)
{
    (void)state;
    static const struct abi_case cases[] = {
        { "(s: string)", .flat = "100, 5", .memory = "100: 68 65 6c 6c 6f", .value = "(\"hello\")" },
        { "(s: string)", .flat = "101, 0", .value = "(\"\")" },
        { "(s: string)", .flat = "4096, 0", .value = "(\"\")" },
        { "(s: string)", .flat = "100, 11", .memory = "100: c3 a9 e2 82 ac f0 9f 98 80 7f 41",
          .value = "(\"é€😀\x7f"
                   "A\")" },
        { "(s: string)", .flat = "100, 1", .memory = "100: ff", .error = "invalid utf-8 at byte 0 of a string" },
        { "(s: string)", .flat = "100, 2", .memory = "100: 61 80", .error = "invalid utf-8 at byte 1 of a string" },
        { "(s: string)", .flat = "100, 2", .memory = "100: c0 80", .error = "invalid utf-8 at byte 0 of a string" },
        { "(s: string)", .flat = "100, 3", .memory = "100: e0 80 80", .error = "invalid utf-8 at byte 0 of a string" },
        { "(s: string)", .flat = "100, 3", .memory = "100: ed a0 80", .error = "invalid utf-8 at byte 0 of a string" },
        { "(s: string)", .flat = "100, 4", .memory = "100: f4 90 80 80",
          .error = "invalid utf-8 at byte 0 of a string" },
        { "(s: string)", .flat = "100, 3", .memory = "100: e2 41 41", .error = "invalid utf-8 at byte 0 of a string" },
        { "(s: string)", .flat = "100, 1", .memory = "100: c3 a9",
          .error = "incomplete utf-8 byte sequence at byte 0 of a string" },
        { "(s: string)", .flat = "100, 4", .memory = "100: c3 a9 e2 82 ac",
          .error = "incomplete utf-8 byte sequence at byte 2 of a string" },
        { "(s: string)", .flat = "100, 3", .memory = "100: f0 9f 98",
          .error = "incomplete utf-8 byte sequence at byte 0 of a string" },
        { "(s: string)", .flat = "100, 3", .memory = "100: f0 41 98", .error = "invalid utf-8 at byte 0 of a string" },
        { "(s: string)", .flat = "4096, 1",
          .error = "string pointer/length out of bounds of memory: 1 bytes at 4096, memory has 4096" },
        { "(s: string)", .flat = "0xdeadbeef, 0",
          .error = "string pointer/length out of bounds of memory: 0 bytes at 3735928559, "
                   "memory has 4096" },
        { "(s: string)", .flat = "0, 0x10000000",
          .error = "string length exceeds maximum: 268435456 bytes, at most 268435455" },
        { "() -> string", .flat = "8", .memory = "8: 64 00 00 00 02 00 00 00, 100: 68 69", .value = "\"hi\"" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        case_lift(&cases[i], cases[i].func[1] == 's');
}

static void utf16(void **state)
{
    (void)state;
    static const struct abi_case cases[] = {
        { "(s: string)", .flat = "100, 2", .memory = "100: 68 00 69 00", .value = "(\"hi\")" },
        { "(s: string)", .flat = "100, 0", .value = "(\"\")" },
        { "(s: string)", .flat = "100, 5", .memory = "100: e9 00 ac 20 3d d8 00 de ff ff",
          .value = "(\"é€😀\xef\xbf\xbf\")" },
        { "(s: string)", .flat = "100, 2", .memory = "100: ff db ff df", .value = "(\"\xf4\x8f\xbf\xbf\")" },
        { "(s: string)", .flat = "100, 1", .memory = "100: 00 d8 00 dc",
          .error = "invalid utf-16: unpaired surrogate 0xd800 at code unit 0 of a string" },
        { "(s: string)", .flat = "100, 2", .memory = "100: 41 00 00 dc",
          .error = "invalid utf-16: unpaired surrogate 0xdc00 at code unit 1 of a string" },
        { "(s: string)", .flat = "100, 2", .memory = "100: 00 d8 00 d8",
          .error = "invalid utf-16: unpaired surrogate 0xd800 at code unit 0 of a string" },
        { "(s: string)", .flat = "100, 2", .memory = "100: 00 d8 00 e0",
          .error = "invalid utf-16: unpaired surrogate 0xd800 at code unit 0 of a string" },
        { "(s: string)", .flat = "101, 0",
          .error = "unaligned pointer of string: expected a multiple of 2, found 101" },
        { "(s: string)", .flat = "4094, 2",
          .error = "string pointer/length out of bounds of memory: 4 bytes at 4094, memory has 4096" },
        { "(s: string)", .flat = "0, 0x8000000",
          .error = "string length exceeds maximum: 268435456 bytes, at most 268435455" },
        { "(s: string)", .flat = "0, 0xffffffff",
          .error = "string length exceeds maximum: 8589934590 bytes, at most 268435455" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct abi_case c = cases[i];
        c.encoding = ENCODING_UTF16;
        case_lift(&c, true);
    }
}

static void latin1_utf16(void **state)
{
    (void)state;
    static const struct abi_case cases[] = {
        { "(s: string)", .flat = "100, 2", .memory = "100: 68 69", .value = "(\"hi\")" },
        { "(s: string)", .flat = "100, 3", .memory = "100: 7f 80 ff", .value = "(\"\x7f\xc2\x80ÿ\")" },
        { "(s: string)", .flat = "100, 0", .value = "(\"\")" },
        { "(s: string)", .flat = "100, 0x80000002", .memory = "100: 68 00 ac 20", .value = "(\"h€\")" },
        { "(s: string)", .flat = "100, 0x80000000", .value = "(\"\")" },
        { "(s: string)", .flat = "100, 0x80000001", .memory = "100: 00 dc",
          .error = "invalid utf-16: unpaired surrogate 0xdc00 at code unit 0 of a string" },
        { "(s: string)", .flat = "101, 0",
          .error = "unaligned pointer of string: expected a multiple of 2, found 101" },
        { "(s: string)", .flat = "101, 0x80000000",
          .error = "unaligned pointer of string: expected a multiple of 2, found 101" },
        { "(s: string)", .flat = "4094, 3",
          .error = "string pointer/length out of bounds of memory: 3 bytes at 4094, memory has 4096" },
        { "(s: string)", .flat = "4094, 0x80000002",
          .error = "string pointer/length out of bounds of memory: 4 bytes at 4094, memory has 4096" },
        { "(s: string)", .flat = "0, 0x7fffffff",
          .error = "string length exceeds maximum: 2147483647 bytes, at most 268435455" },
        { "(s: string)", .flat = "0, 0x88000000",
          .error = "string length exceeds maximum: 268435456 bytes, at most 268435455" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct abi_case c = cases[i];
        c.encoding = ENCODING_LATIN1_UTF16;
        case_lift(&c, true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(utf8), cmocka_unit_test(utf16),
                                        cmocka_unit_test(latin1_utf16) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
