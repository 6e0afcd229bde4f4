/* Tests of runtime/abi/host_layout.c: against what the C compiler says about the same structs. */
#include "runtime/abi/host_layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdalign.h>
#include <cmocka.h>

#include "../type/parse.h"

struct mixed {
    bool a;
    str b;
    uint8_t c;
    uint16_t d;
};

struct option_u8 {
    bool some;
    uint8_t value;
};

struct option_u64 {
    bool some;
    uint64_t value;
};

struct option_nested {
    bool some;
    struct option_u8 value;
};

struct result_mixed {
    bool is_err;
    union {
        struct mixed ok;
        uint32_t err;
    } of;
};

struct variant_small {
    uint32_t tag;
    union {
        uint8_t b;
        struct {
            uint8_t f0, f1, f2;
        } c;
    } of;
};

struct variant_large {
    uint32_t tag;
    union {
        double b;
        void *c;
    } of;
};

static void sizes(void **state)
{
    (void)state;
#define SAME(type) sizeof(type), alignof(type)
    static const struct {
        const char *text;
        size_t size, align;
    } cases[] = {
        { "bool", SAME(bool) },
        { "s8", SAME(int8_t) },
        { "u8", SAME(uint8_t) },
        { "s16", SAME(int16_t) },
        { "u16", SAME(uint16_t) },
        { "s32", SAME(int32_t) },
        { "u32", SAME(uint32_t) },
        { "s64", SAME(int64_t) },
        { "u64", SAME(uint64_t) },
        { "f32", SAME(float) },
        { "f64", SAME(double) },
        { "char", SAME(uint32_t) },
        { "string", SAME(str) },
        { "list<u8>", SAME(bytes) },
        { "list<string>", SAME(bytes) },
        { "list<u8, 5>", SAME(uint8_t[5]) },
        { "list<tuple<bool, string, u8, u16>, 3>", SAME(struct mixed[3]) },
        { "own<r>", SAME(void *) },
        { "borrow<r>", SAME(void *) },
        { "enum #2", SAME(uint32_t) },
        { "flags #3", SAME(uint32_t) },
        { "record { a: bool, b: string, c: u8, d: u16 }", SAME(struct mixed) },
        { "tuple<bool, string, u8, u16>", SAME(struct mixed) },
        { "option<u8>", SAME(struct option_u8) },
        { "option<u64>", SAME(struct option_u64) },
        { "option<option<u8>>", SAME(struct option_nested) },
        { "result", 1, 1 },
        { "result<tuple<bool, string, u8, u16>, char>", SAME(struct result_mixed) },
        { "result<_, u64>", SAME(struct option_u64) },
        { "variant { a }", SAME(uint32_t) },
        { "variant { a, b(u8), c(tuple<u8, u8, u8>) }", SAME(struct variant_small) },
        { "variant { a, b(f64), c(own<r>) }", SAME(struct variant_large) },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct host_layout got = host_layout_of(type_of(&a, cases[i].text));
        if (got.size != cases[i].size || got.align != cases[i].align)
            fail_msg("%s: want size %zu align %zu, got %zu %zu", cases[i].text, cases[i].size, cases[i].align, got.size,
                     got.align);
    }
    arena_fini(&a);
}

static void payloads(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t want;
    } cases[] = {
        { "option<u8>", offsetof(struct option_u8, value) },
        { "option<u64>", offsetof(struct option_u64, value) },
        { "option<option<u8>>", offsetof(struct option_nested, value) },
        { "result<tuple<bool, string, u8, u16>, char>", offsetof(struct result_mixed, of) },
        { "variant { a, b(u8), c(tuple<u8, u8, u8>) }", offsetof(struct variant_small, of) },
        { "variant { a, b(f64), c(own<r>) }", offsetof(struct variant_large, of) },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(host_layout_payload_offset(type_of(&a, cases[i].text)), cases[i].want);
    arena_fini(&a);
}

static void items(void **state)
{
    (void)state;
    struct arena a;
    arena_init(&a);
    const struct type *t = type_of(&a, "record { a: bool, b: string, c: u8, d: u16 }");
    size_t offsets[4] = { 0 };
    struct host_layout all = host_layout_of_items(t->of.items.at, 4, offsets);
    assert_int_equal(all.size, sizeof(struct mixed));
    assert_int_equal(all.align, alignof(struct mixed));
    assert_int_equal(offsets[0], offsetof(struct mixed, a));
    assert_int_equal(offsets[1], offsetof(struct mixed, b));
    assert_int_equal(offsets[2], offsetof(struct mixed, c));
    assert_int_equal(offsets[3], offsetof(struct mixed, d));
    all = host_layout_of_items(NULL, 0, NULL);
    assert_int_equal(all.size, 0);
    assert_int_equal(all.align, 1);
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(sizes), cmocka_unit_test(payloads), cmocka_unit_test(items) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
