/* Tests of runtime/binary/reader.c: numbers at their limits, names, counts. */
#include "runtime/binary/reader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct reader over(str s)
{
    return reader_over(bytes_of_str(s), 100);
}

static void numbers(void **state)
{
    (void)state;
    static const struct {
        str in;
        uint32_t want;
    } u32[] = {
        { STR_INIT("\x00"), 0 },
        { STR_INIT("\x7f"), 127 },
        { STR_INIT("\x80\x01"), 128 },
        { STR_INIT("\x81\x80\x80\x80\x00"), 1 },
        { STR_INIT("\xff\xff\xff\xff\x0f"), UINT32_MAX },
    };
    for (size_t i = 0; i < ARRAY_LEN(u32); i++) {
        struct reader r = over(u32[i].in);
        struct err e = ERR_INIT;
        uint32_t got = 0;
        assert_true(read_leb_u32(&r, &got, &e));
        assert_int_equal(got, u32[i].want);
        assert_int_equal(reader_left(&r), 0);
    }
    static const struct {
        str in;
        int64_t want;
    } s33[] = {
        { STR_INIT("\x00"), 0 },
        { STR_INIT("\x7f"), -1 },
        { STR_INIT("\x40"), -64 },
        { STR_INIT("\xc0\x00"), 64 },
        { STR_INIT("\xff\xff\xff\xff\x0f"), UINT32_MAX },
        { STR_INIT("\x80\x80\x80\x80\x70"), -((int64_t)1 << 32) },
    };
    for (size_t i = 0; i < ARRAY_LEN(s33); i++) {
        struct reader r = over(s33[i].in);
        struct err e = ERR_INIT;
        int64_t got = 0;
        assert_true(read_leb_s33(&r, &got, &e));
        assert_int_equal(got, s33[i].want);
    }
    struct reader r = over(STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
    struct err e = ERR_INIT;
    uint64_t got = 0;
    assert_true(read_leb_u64(&r, &got, &e));
    assert_true(got == UINT64_MAX);
}

enum form { U32, U64, S33, SKIP, NAME, COUNT };

static bool read_form(struct reader *r, enum form form, struct err *e)
{
    uint32_t u32 = 0;
    uint64_t u64 = 0;
    int64_t s33 = 0;
    str name = STR_NONE;
    switch (form) {
    case U32: return read_leb_u32(r, &u32, e);
    case U64: return read_leb_u64(r, &u64, e);
    case S33: return read_leb_s33(r, &s33, e);
    case SKIP: return skip_leb(r, e);
    case NAME: return read_name(r, &name, e);
    case COUNT: return read_count(r, "shops", 5, &u32, e);
    }
    __builtin_unreachable();
}

static void errors(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        enum form form;
        str in;
        enum err_kind kind;
        uint64_t offset;
        const char *text;
    } cases[] = {
        { "u32 cut", U32, STR_INIT("\x80\x80"), ERR_PARSE, 102, "unexpected end-of-file" },
        { "u32 of 33 bits", U32, STR_INIT("\xff\xff\xff\xff\x1f"), ERR_PARSE, 100,
          "integer too large: LEB128 number of more than 32 bits" },
        { "u32 of six bytes", U32, STR_INIT("\x80\x80\x80\x80\x80\x00"), ERR_PARSE, 100,
          "integer representation too long: LEB128 number of more than 32 bits" },
        { "u64 of 65 bits", U64, STR_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02"), ERR_PARSE, 100,
          "integer too large: LEB128 number of more than 64 bits" },
        { "u64 of eleven bytes", U64, STR_INIT("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00"), ERR_PARSE, 100,
          "integer representation too long: LEB128 number of more than 64 bits" },
        { "s33 with odd sign bits", S33, STR_INIT("\x80\x80\x80\x80\x20"), ERR_PARSE, 100,
          "integer too large: LEB128 number of more than 33 bits" },
        { "s33 of six bytes", S33, STR_INIT("\x80\x80\x80\x80\x80\x00"), ERR_PARSE, 100,
          "integer representation too long: LEB128 number of more than 33 bits" },
        { "skipped, eleven bytes", SKIP, STR_INIT("\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00"), ERR_PARSE, 100,
          "integer representation too long: LEB128 number of more than 64 bits" },
        { "name longer than the rest", NAME, STR_INIT("\x05shop"), ERR_PARSE, 101,
          "unexpected end-of-file: expected 5 bytes, found 4" },
        { "name of 2 GB", NAME, STR_INIT("\xff\xff\xff\xff\x07x"), ERR_PARSE, 105,
          "unexpected end-of-file: expected 2147483647 bytes, found 1" },
        { "name that is no UTF-8", NAME, STR_INIT("\x02\xc3("), ERR_PARSE, 100, "malformed UTF-8 encoding in a name" },
        { "count past the limit", COUNT, STR_INIT("\x06......"), ERR_LIMIT, 100, "6 shops; at most 5 are supported" },
        { "count past the rest", COUNT, STR_INIT("\x04.."), ERR_PARSE, 100,
          "unexpected end-of-file: 4 shops announced, 2 bytes left" },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct reader r = over(cases[i].in);
        struct err e = ERR_INIT;
        if (read_form(&r, cases[i].form, &e) || e.kind != cases[i].kind || e.offset != cases[i].offset ||
            strcmp(e.text, cases[i].text) != 0)
            fail_msg("%s: want '%s' at %d, got '%s' at %d", cases[i].name, cases[i].text, (int)cases[i].offset, e.text,
                     (int)e.offset);
    }
}

static void long_name(void **state)
{
    (void)state;
    static char text[100005];
    memset(text, 'a', sizeof(text));
    memcpy(text, "\xa1\x8d\x06", 3); /* 100001 */
    struct reader r = over(str_from(text, sizeof(text) - 1));
    struct err e = ERR_INIT;
    str name = STR_NONE;
    assert_false(read_name(&r, &name, &e));
    assert_int_equal(e.kind, ERR_LIMIT);
    assert_string_equal(e.text, "name of 100001 bytes; at most 100000 are supported");
}

static void ends(void **state)
{
    (void)state;
    struct reader r = over(STR("\x05z"));
    struct err e = ERR_INIT;
    uint8_t byte = 0;
    assert_true(read_u8(&r, &byte, &e));
    assert_false(reader_bad_byte(&r, byte, "alias", &e));
    assert_string_equal(e.text, "invalid leading byte (0x5) for alias");
    assert_int_equal(e.offset, 100);
    assert_false(reader_gated(&r, "stream types", "async", &e));
    assert_string_equal(e.text, "stream types (component-model async) are not supported yet");
    assert_int_equal(e.kind, ERR_UNSUPPORTED);
    assert_false(reader_expect_end(&r, &e));
    assert_string_equal(e.text, "section size mismatch: 1 bytes left over at its end");
    assert_int_equal(e.offset, 101);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(errors),
        cmocka_unit_test(long_name),
        cmocka_unit_test(ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
