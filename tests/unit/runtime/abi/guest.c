/* Tests of runtime/abi/guest.c: a guest whose realloc misbehaves. What guests name themselves is in lift.c. */
#include "cases.h"

static void returns_odd(struct fake *f)
{
    f->misbehave = true;
    f->bad = 1025;
}

static void returns_last(struct fake *f)
{
    f->misbehave = true;
    f->bad = 0xffffffff;
}

static void returns_last_aligned(struct fake *f)
{
    f->misbehave = true;
    f->bad = 0xfffffff8;
}

static void returns_end(struct fake *f)
{
    f->misbehave = true;
    f->bad = FAKE_MEMORY;
}

static void fails_first(struct fake *f)
{
    f->fail_at = 1;
}

static void fails_second(struct fake *f)
{
    f->fail_at = 2;
}

static void misbehaving_realloc(void **state)
{
    (void)state;
    static const struct {
        void (*prepare)(struct fake *f);
        struct abi_case c;
    } cases[] = {
        { returns_odd,
          { "(a: list<u16>)", .value = "([1])", .log = "realloc(0,0,2,2)",
            .error = "realloc return: result not aligned: unaligned pointer 1025, "
                     "expected a multiple of 2" } },
        { returns_odd,
          { "(a: string)", .value = "(\"hi\")", .log = "realloc(0,0,2,4)", .encoding = ENCODING_UTF16,
            .error = "realloc return: result not aligned: unaligned pointer 1025, "
                     "expected a multiple of 2" } },
        { returns_odd, { "(a: string)", .value = "(\"hi\")", .log = "realloc(0,0,1,2)", .flat = "1025, 2" } },
        /* the alignment is checked before the end */
        { returns_last,
          { "(a: list<u32>)", .value = "([1])", .log = "realloc(0,0,4,4)",
            .error = "realloc return: result not aligned: unaligned pointer 4294967295, "
                     "expected a multiple of 4" } },
        { returns_last_aligned,
          { "(a: list<u32>)", .value = "([1, 2])", .log = "realloc(0,0,4,8)",
            .error = "realloc return: beyond end of memory: 8 bytes at 4294967288, memory has 4096" } },
        /* also for nothing */
        { returns_last_aligned,
          { "(a: list<u32>)", .value = "([])", .log = "realloc(0,0,4,0)",
            .error = "realloc return: beyond end of memory: 0 bytes at 4294967288, memory has 4096" } },
        { returns_end, { "(a: string)", .value = "(\"\")", .log = "realloc(0,0,1,0)", .flat = "4096, 0" } },
        { returns_end,
          { "(a: string)", .value = "(\"x\")", .log = "realloc(0,0,1,1)",
            .error = "realloc return: beyond end of memory: 1 bytes at 4096, memory has 4096" } },
        { fails_first,
          { "(a: string)", .value = "(\"x\")", .log = "realloc(0,0,1,1)", .error = "the guest's realloc trapped" } },
        { fails_second,
          { "(a: list<string>)", .value = "([\"x\"])", .log = "realloc(0,0,4,8) realloc(0,0,1,1)",
            .error = "the guest's realloc trapped" } },
        { fails_second,
          { "(a: string)", .value = "(\"é\")", .log = "realloc(0,0,2,4) realloc(1024,4,2,2)",
            .encoding = ENCODING_UTF16, .error = "the guest's realloc trapped" } },
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        case_lower(&cases[i].c, true, cases[i].prepare);
}

/* The block of spilled parameters. */
static void misbehaving_spill(void **state)
{
    (void)state;
#define TEN       "string, string, string, string, string, string, string, string, string, string"
#define TEN_EMPTY "\"\", \"\", \"\", \"\", \"\", \"\", \"\", \"\", \"\", \"\""
    static const struct abi_case odd = {
        "(a: tuple<" TEN ">)", .value = "((" TEN_EMPTY "))", .log = "realloc(0,0,4,80)",
        .error = "realloc return: result not aligned: unaligned pointer 1025, expected a multiple of 4"
    };
    static const struct abi_case end = {
        "(a: tuple<" TEN ">)", .value = "((" TEN_EMPTY "))", .log = "realloc(0,0,4,80)",
        .error = "realloc return: beyond end of memory: 80 bytes at 4096, memory has 4096"
    };
    case_lower(&odd, true, returns_odd);
    case_lower(&end, true, returns_end);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(misbehaving_realloc), cmocka_unit_test(misbehaving_spill) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
