/* Tests of runtime/abi/lower_string.c: the bytes and the calls of realloc, which guests can see. The fake's blocks
 * always move, so each call's result is a new address. */
#include "base/utf8.h"
#include "cases.h"
#include "runtime/abi/guest.h"

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

/* Text of another guest: each pair of encodings. */
struct transcode_case {
    str text;          /* as it stands in the other memory */
    uint32_t units;    /* the length that stands beside the pointer, tagged */
    const char *log;   /* calls of realloc wanted */
    uint32_t ret;      /* tagged length wanted */
    const char *bytes; /* wanted: fake_peek */
    enum string_encoding from, to;
};

#define TAGGED(n) (UTF16_TAG | (n))

static void transcodes(void **state)
{
    (void)state;
    static const struct transcode_case cases[] = {
        { STR_INIT("h\xc3\xa9"), 3, "realloc(0,0,1,3)", 3, "1024: 68 c3 a9", ENCODING_UTF8, ENCODING_UTF8 },
        { STR_INIT("h\xc3\xa9"), 3, "realloc(0,0,2,6) realloc(1024,6,2,4)", 2, "1030: 68 00 e9 00", ENCODING_UTF8,
          ENCODING_UTF16 },
        { STR_INIT("h\xc3\xa9"), 3, "realloc(0,0,2,3) realloc(1024,3,2,2)", 2, "1028: 68 e9", ENCODING_UTF8,
          ENCODING_LATIN1_UTF16 },
        /* from utf-16: a byte for each unit, then three, then what it takes */
        { STR_INIT("h\0i\0"), 2, "realloc(0,0,1,2)", 2, "1024: 68 69", ENCODING_UTF16, ENCODING_UTF8 },
        { STR_INIT("h\0\xac\x20"), 2, "realloc(0,0,1,2) realloc(1024,2,1,6) realloc(1026,6,1,4)", 4,
          "1032: 68 e2 82 ac", ENCODING_UTF16, ENCODING_UTF8 },
        { STR_INIT("\xac\x20"), 1, "realloc(0,0,1,1) realloc(1024,1,1,3)", 3, "1025: e2 82 ac", ENCODING_UTF16,
          ENCODING_UTF8 },
        { STR_INIT("\x3d\xd8\0\xde"), 2, "realloc(0,0,1,2) realloc(1024,2,1,6) realloc(1026,6,1,4)", 4,
          "1032: f0 9f 98 80", ENCODING_UTF16, ENCODING_UTF8 },
        { STR_INIT("\x3d\xd8\0\xde"), 2, "realloc(0,0,2,4)", 2, "1024: 3d d8 00 de", ENCODING_UTF16, ENCODING_UTF16 },
        { STR_INIT("h\0\xe9\0"), 2, "realloc(0,0,2,2)", 2, "1024: 68 e9", ENCODING_UTF16, ENCODING_LATIN1_UTF16 },
        { STR_INIT("h\0\xac\x20"), 2, "realloc(0,0,2,2) realloc(1024,2,2,4)", TAGGED(2), "1026: 68 00 ac 20",
          ENCODING_UTF16, ENCODING_LATIN1_UTF16 },
        /* from Latin-1: a byte for each, then two, then what it takes */
        { STR_INIT("hi"), 2, "realloc(0,0,1,2)", 2, "1024: 68 69", ENCODING_LATIN1_UTF16, ENCODING_UTF8 },
        { STR_INIT("h\xe9"), 2, "realloc(0,0,1,2) realloc(1024,2,1,4) realloc(1026,4,1,3)", 3, "1030: 68 c3 a9",
          ENCODING_LATIN1_UTF16, ENCODING_UTF8 },
        { STR_INIT("h\xe9"), 2, "realloc(0,0,2,4)", 2, "1024: 68 00 e9 00", ENCODING_LATIN1_UTF16, ENCODING_UTF16 },
        { STR_INIT("h\xe9"), 2, "realloc(0,0,2,2)", 2, "1024: 68 e9", ENCODING_LATIN1_UTF16, ENCODING_LATIN1_UTF16 },
        /* tagged as utf-16: most likely for a reason */
        { STR_INIT("\xac\x20"), TAGGED(1), "realloc(0,0,1,1) realloc(1024,1,1,3)", 3, "1025: e2 82 ac",
          ENCODING_LATIN1_UTF16, ENCODING_UTF8 },
        { STR_INIT("\xac\x20"), TAGGED(1), "realloc(0,0,2,2)", 1, "1024: ac 20", ENCODING_LATIN1_UTF16,
          ENCODING_UTF16 },
        { STR_INIT("h\0\xac\x20"), TAGGED(2), "realloc(0,0,2,4)", TAGGED(2), "1024: 68 00 ac 20", ENCODING_LATIN1_UTF16,
          ENCODING_LATIN1_UTF16 },
        { STR_INIT("h\0\xe9\0"), TAGGED(2), "realloc(0,0,2,4) realloc(1024,4,1,2)", 2, "1028: 68 e9",
          ENCODING_LATIN1_UTF16, ENCODING_LATIN1_UTF16 },
        { STR_INIT(""), TAGGED(0), "realloc(0,0,2,0) realloc(1024,0,1,0)", 0, NULL, ENCODING_LATIN1_UTF16,
          ENCODING_LATIN1_UTF16 },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct transcode_case *c = &cases[i];
        const struct host_list text = { c->text.ptr, c->units };
        struct fake f;
        struct err e = ERR_INIT;
        uint32_t ptr = 0, units = 0;
        char room[64];
        fake_init(&f);
        f.env.encoding = c->to;
        f.env.verbatim = &c->from;
        bool ok = lower_string(&f.env, &text, &ptr, &units, &e);
        if (!ok)
            fail_msg("case %zu: %s", i, e.text);
        assert_string_equal(fake_log(&f), c->log);
        assert_int_equal(units, c->ret);
        const char *wrong = fake_peek(&f, c->bytes, room, sizeof(room));
        if (wrong)
            fail_msg("case %zu: %s", i, wrong);
        fake_fini(&f);
    }
}

/* --- Runs of ASCII, with something else at each place --- */

enum { RUN_MAX = 40 };

/* `c` of the Basic Multilingual Plane, as a code unit or two of the encoding; tagged text is UTF-16 where `wide`. */
static size_t encode(uint8_t *to, uint32_t c, enum string_encoding encoding, bool wide)
{
    if (encoding == ENCODING_UTF8)
        return utf8_encode(c, to);
    to[0] = (uint8_t)c;
    to[1] = (uint8_t)(c >> 8);
    return encoding == ENCODING_UTF16 || wide ? 2 : 1;
}

static size_t encode_run(uint8_t *to, uint32_t len, uint32_t at, uint32_t c, enum string_encoding encoding)
{
    size_t used = 0;
    for (uint32_t i = 0; i < len; i++)
        used += encode(to + used, i == at ? c : 'a' + i % 26, encoding, c > 0xff);
    return used;
}

static void check_run(uint32_t len, uint32_t at, uint32_t c, enum string_encoding from, enum string_encoding to)
{
    uint8_t text[3 * RUN_MAX], want[3 * RUN_MAX];
    size_t size = encode_run(text, len, at, c, from), wanted = encode_run(want, len, at, c, to);
    bool wide = from == ENCODING_UTF16 || (from == ENCODING_LATIN1_UTF16 && c > 0xff);
    uint32_t units = (uint32_t)(wide ? size / 2 : size);
    const struct host_list given = { text, from == ENCODING_LATIN1_UTF16 && wide ? TAGGED(units) : units };
    struct fake f;
    struct err e = ERR_INIT;
    uint32_t ptr = 0, got = 0;
    fake_init(&f);
    f.env.encoding = to;
    f.env.verbatim = &from;
    assert_true(lower_string(&f.env, &given, &ptr, &got, &e));
    bool two = to == ENCODING_UTF16 || (to == ENCODING_LATIN1_UTF16 && c > 0xff);
    assert_int_equal(got & ~UTF16_TAG, two ? wanted / 2 : wanted);
    if (memcmp(f.env.memory + ptr, want, wanted) != 0)
        fail_msg("U+%04x at %u of %u, encoding %d to %d", c, at, len, (int)from, (int)to);
    fake_fini(&f);
}

static void runs(void **state)
{
    (void)state;
    static const enum string_encoding all[] = { ENCODING_UTF8, ENCODING_UTF16, ENCODING_LATIN1_UTF16 };
    static const uint32_t others[] = { 'x', 0x80, 0xff, 0x100, 0x7f80, 0xffff };
    for (uint32_t len = 1; len <= RUN_MAX; len++)
        for (uint32_t at = 0; at < len; at++)
            for (size_t i = 0; i < ARRAY_LEN(others) * ARRAY_LEN(all) * ARRAY_LEN(all); i++)
                check_run(len, at, others[i / 9], all[i / 3 % 3], all[i % 3]);
}

/* The longest string, and what transcoding it would need at worst. */
static void too_long(void **state)
{
    (void)state;
    const enum string_encoding latin1 = ENCODING_LATIN1_UTF16;
    const struct host_list text = { "", ABI_MAX_BYTES };
    struct fake f;
    struct err e = ERR_INIT;
    uint32_t ptr = 0, units = 0;
    fake_init(&f);
    f.env.encoding = ENCODING_UTF16;
    f.env.verbatim = &latin1;
    assert_false(lower_string(&f.env, &text, &ptr, &units, &e));
    assert_non_null(strstr(e.text, "string length exceeds maximum"));
    assert_int_equal(f.calls, 0);
    fake_fini(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(encodings), cmocka_unit_test(transcodes),
                                        cmocka_unit_test(runs), cmocka_unit_test(too_long) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
