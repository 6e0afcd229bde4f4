/* Tests of runtime/abi/lower_string.c: the bytes and the calls of realloc, which guests can see. The fake's blocks
 * always move, so each call's result is a new address. */
#include "cases.h"

static void encodings(void **state)
{
    (void)state;
    static const struct abi_case cases[] = {
        { "(s: string)", .value = "(\"\")", .flat = "1024, 0", .log = "realloc(0,0,1,0)" },
        { "(s: string)", .value = "(\"é€😀\")", .flat = "1024, 9", .log = "realloc(0,0,1,9)",
          .memory = "1024: c3 a9 e2 82 ac f0 9f 98 80" },
        /* utf-16: twice the bytes, then what was used */
        { "(s: string)", .value = "(\"\")", .flat = "1024, 0", .log = "realloc(0,0,2,0)", .encoding = ENCODING_UTF16 },
        { "(s: string)", .value = "(\"hi\")", .flat = "1024, 2", .log = "realloc(0,0,2,4)",
          .memory = "1024: 68 00 69 00", .encoding = ENCODING_UTF16 },
        { "(s: string)", .value = "(\"hé\")", .flat = "1030, 2", .log = "realloc(0,0,2,6) realloc(1024,6,2,4)",
          .memory = "1030: 68 00 e9 00", .encoding = ENCODING_UTF16 },
        { "(s: string)", .value = "(\"😀\")", .flat = "1032, 2", .log = "realloc(0,0,2,8) realloc(1024,8,2,4)",
          .memory = "1032: 3d d8 00 de", .encoding = ENCODING_UTF16 },
        { "(s: string)", .value = "(\"\xf4\x8f\xbf\xbf\")", .flat = "1032, 2",
          .log = "realloc(0,0,2,8) realloc(1024,8,2,4)", .memory = "1032: ff db ff df", .encoding = ENCODING_UTF16 },
        /* latin-1 while it lasts */
        { "(s: string)", .value = "(\"\")", .flat = "1024, 0", .log = "realloc(0,0,2,0)",
          .encoding = ENCODING_LATIN1_UTF16 },
        { "(s: string)", .value = "(\"hi\")", .flat = "1024, 2", .log = "realloc(0,0,2,2)", .memory = "1024: 68 69 00",
          .encoding = ENCODING_LATIN1_UTF16 },
        { "(s: string)", .value = "(\"hÿ\")", .flat = "1028, 2", .log = "realloc(0,0,2,3) realloc(1024,3,2,2)",
          .memory = "1028: 68 ff", .encoding = ENCODING_LATIN1_UTF16 },
        /* U+0100 is the first that does not fit */
        { "(s: string)", .value = "(\"hÿĀ\")", .flat = "1040, 0x80000003",
          .log = "realloc(0,0,2,5) realloc(1024,5,2,10) realloc(1030,10,2,6)", .memory = "1040: 68 00 ff 00 00 01",
          .encoding = ENCODING_LATIN1_UTF16 },
        { "(s: string)", .value = "(\"€\")", .flat = "1034, 0x80000001",
          .log = "realloc(0,0,2,3) realloc(1024,3,2,6) realloc(1028,6,2,2)", .memory = "1034: ac 20",
          .encoding = ENCODING_LATIN1_UTF16 },
        { "(s: string)", .value = "(\"é😀h\")", .flat = "1046, 0x80000004",
          .log = "realloc(0,0,2,7) realloc(1024,7,2,14) realloc(1032,14,2,8)",
          .memory = "1046: e9 00 3d d8 00 de 68 00", .encoding = ENCODING_LATIN1_UTF16 },
        { "(s: string)", .value = "(\"h\xff\")", .error = "invalid utf-8 in a string from the host" },
        { "(s: string)", .value = "(\"\xc3\")", .error = "invalid utf-8 in a string from the host",
          .encoding = ENCODING_UTF16 },
        { "(s: string)", .value = "(\"\xed\xa0\x80\")", .error = "invalid utf-8 in a string from the host",
          .encoding = ENCODING_LATIN1_UTF16 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        case_lower(&cases[i], true, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(encodings) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
