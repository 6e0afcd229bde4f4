/* Tests of runtime/type/type.c: measures worked out by hand from CanonicalABI.md, and what is refused. */
#include "runtime/type/type.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "parse.h"

static void measures(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t size, align, flat;
    } cases[] = {
        { "bool", 1, 1, 1 },
        { "s8", 1, 1, 1 },
        { "u8", 1, 1, 1 },
        { "s16", 2, 2, 1 },
        { "u16", 2, 2, 1 },
        { "s32", 4, 4, 1 },
        { "u32", 4, 4, 1 },
        { "s64", 8, 8, 1 },
        { "u64", 8, 8, 1 },
        { "f32", 4, 4, 1 },
        { "f64", 8, 8, 1 },
        { "char", 4, 4, 1 },
        { "string", 8, 4, 2 },
        { "list<u64>", 8, 4, 2 },
        { "own<r>", 4, 4, 1 },
        { "borrow<r>", 4, 4, 1 },
        { "tuple<u8>", 1, 1, 1 },
        { "tuple<u8, u16, u8, u32>", 12, 4, 4 },
        { "tuple<u8, u64>", 16, 8, 2 },
        { "tuple<u64, u8>", 16, 8, 2 },
        { "tuple<u8, tuple<u8, u16>, u8>", 8, 2, 4 },
        { "record { a: bool, b: string, c: bool }", 16, 4, 4 },
        { "flags #1", 1, 1, 1 },
        { "flags #8", 1, 1, 1 },
        { "flags #9", 2, 2, 1 },
        { "flags #16", 2, 2, 1 },
        { "flags #17", 4, 4, 1 },
        { "flags #32", 4, 4, 1 },
        { "enum #1", 1, 1, 1 },
        { "enum #256", 1, 1, 1 },
        { "enum #257", 2, 2, 1 },
        { "enum #65536", 2, 2, 1 },
        { "enum #65537", 4, 4, 1 },
        { "option<u8>", 2, 1, 2 },
        { "option<u16>", 4, 2, 2 },
        { "option<u64>", 16, 8, 2 },
        { "option<option<u8>>", 3, 1, 3 },
        { "result", 1, 1, 1 },
        { "result<u32>", 8, 4, 2 },
        { "result<_, u64>", 16, 8, 2 },
        { "result<string, u8>", 12, 4, 3 },
        { "variant { a, b(u8), c(string) }", 12, 4, 3 },
        { "variant { a(tuple<u8, u8, u8>), b(u32) }", 8, 4, 4 },
        { "variant { a(tuple<u64, u8>), b }", 24, 8, 3 },
        { "list<u8, 3>", 3, 1, 3 },
        { "list<tuple<u32, u8>, 3>", 24, 4, 6 },
        { "tuple<u8, list<u16, 3>>", 8, 2, 4 },
        { "list<u64, 300>", 2400, 8, TYPE_FLAT_MANY },
        { "option<list<string, 2>>", 20, 4, 5 },
        /* the tail is padded to the discriminant's own alignment at least */
        { "variant { a }", 1, 1, 1 },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct type *t = type_of(&a, cases[i].text);
        if (t->size != cases[i].size || t->align != cases[i].align || t->flat_count != cases[i].flat)
            fail_msg("%s: want size %u align %u flat %u, got %u %u %u", cases[i].text, cases[i].size, cases[i].align,
                     cases[i].flat, t->size, t->align, t->flat_count);
    }
    arena_fini(&a);
}

static void reach(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool pointer, handle, borrow;
        uint32_t nodes, depth;
    } cases[] = {
        { "u8", false, false, false, 1, 1 },
        { "string", true, false, false, 1, 1 },
        { "list<u8>", true, false, false, 2, 2 },
        { "own<r>", false, true, false, 1, 1 },
        { "borrow<r>", false, true, true, 1, 1 },
        { "tuple<u8, option<borrow<r>>>", false, true, true, 4, 3 },
        { "result<own<r>, string>", true, true, false, 3, 2 },
        { "list<own<r>>", true, true, false, 2, 2 },
        { "variant { a, b(list<string>) }", true, false, false, 4, 3 },
        { "list<string, 100>", true, false, false, 2, 2 },
        { "list<borrow<r>, 2>", false, true, true, 2, 2 },
        { "enum #5", false, false, false, 6, 1 },
        { "flags #3", false, false, false, 4, 1 },
        { "result", false, false, false, 3, 1 },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct type *t = type_of(&a, cases[i].text);
        if (t->has_pointer != cases[i].pointer || t->has_handle != cases[i].handle ||
            t->has_borrow != cases[i].borrow || t->nodes != cases[i].nodes || t->depth != cases[i].depth)
            fail_msg("%s: got pointer %d handle %d borrow %d nodes %u depth %u", cases[i].text, t->has_pointer,
                     t->has_handle, t->has_borrow, t->nodes, t->depth);
    }
    arena_fini(&a);
}

static void variants(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint32_t cases, payload_offset;
        const char *payload_kinds; /* one letter a case: first of the kind's name, - for none */
    } cases[] = {
        { "option<u64>", 2, 8, "-u" },    { "result", 2, 1, "--" },
        { "result<string>", 2, 4, "s-" }, { "result<_, char>", 2, 4, "-c" },
        { "enum #3", 3, 1, "---" },       { "variant { a, b(u16), c(bool) }", 3, 2, "-ub" },
        { "enum #300", 300, 2, "-" },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        const struct type *t = type_of(&a, cases[i].text);
        assert_int_equal(type_case_count(t), cases[i].cases);
        assert_int_equal(type_payload_offset(t), cases[i].payload_offset);
        for (uint32_t c = 0; cases[i].payload_kinds[c]; c++) {
            const struct type *payload = type_case_payload(t, c);
            assert_int_equal(payload ? type_kind_name(payload->kind)[0] : '-', cases[i].payload_kinds[c]);
        }
    }
    arena_fini(&a);
}

static void discriminants(void **state)
{
    (void)state;
    assert_int_equal(type_discriminant_size(1), 1);
    assert_int_equal(type_discriminant_size(256), 1);
    assert_int_equal(type_discriminant_size(257), 2);
    assert_int_equal(type_discriminant_size(65536), 2);
    assert_int_equal(type_discriminant_size(65537), 4);
}

static void flat_count_saturates(void **state)
{
    (void)state;
    struct named_type items[300];
    struct err e = ERR_INIT;
    const struct type *t = NULL, *option = NULL;
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(items); i++)
        items[i] = (struct named_type){ STR(""), type_primitive(TYPE_U8) };
    assert_true(type_items(&a, TYPE_TUPLE, items, 254, &t, &e));
    assert_int_equal(t->flat_count, 254);
    assert_true(type_items(&a, TYPE_TUPLE, items, 300, &t, &e));
    assert_int_equal(t->flat_count, TYPE_FLAT_MANY);
    assert_true(type_option(&a, t, &option, &e));
    assert_int_equal(option->flat_count, TYPE_FLAT_MANY);
    arena_fini(&a);
}

/* A map is a list of its pairs, of a type of its own; keys are what compares without doubt. */
static void maps(void **state)
{
    (void)state;
    struct arena a;
    struct err e = ERR_INIT;
    const struct type *map = NULL, *list = NULL, *nested = NULL;
    char text[64];
    arena_init(&a);
    for (enum type_kind key = TYPE_BOOL; key <= TYPE_STRING; key++) {
        bool ok = type_map(&a, type_primitive(key), type_primitive(TYPE_U32), &map, &e);
        assert_int_equal(ok, key != TYPE_F32 && key != TYPE_F64);
    }
    assert_int_equal(map->size, 8);
    assert_int_equal(map->align, 4);
    assert_int_equal(map->flat_count, 2);
    assert_true(map->has_pointer);
    type_print(map, text, sizeof(text));
    assert_string_equal(text, "map<string, u32>");
    assert_true(type_list(&a, map->of.elem, &list, &e));
    assert_false(type_equal(map, list, NULL, NULL, NULL));
    assert_false(type_map(&a, map, type_primitive(TYPE_U32), &nested, &e));
    assert_non_null(strstr(e.text, "map key type"));
    arena_fini(&a);
}

/* Sizes count with 64-bit addresses, where a string takes 16 bytes. A map's pair may be larger than a type. */
static void fixed_lists(void **state)
{
    (void)state;
    static const struct {
        const char *elem;
        uint32_t len;
        const char *error;
    } cases[] = {
        { "u8", 0, "fixed-length lists must have more than zero elements" },
        { "u8", 1, NULL },
        { "u8", 268435455, NULL },
        { "u8", 268435456, "exceeds maximum byte size" },
        { "u64", 33554431, NULL },
        { "u64", 33554432, "exceeds maximum byte size" },
        { "u64", UINT32_MAX, "exceeds maximum byte size" },
        { "string", 16777215, NULL },
        { "string", 16777216, "exceeds maximum byte size" },
        { "list<u8, 65536>", 4095, NULL },
        { "list<u8, 65536>", 4096, "exceeds maximum byte size" },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err e = ERR_INIT;
        const struct type *t = NULL;
        bool ok = type_fixed_list(&a, type_of(&a, cases[i].elem), cases[i].len, &t, &e);
        assert_int_equal(ok, cases[i].error == NULL);
        if (!ok && (e.kind != ERR_INVALID || !strstr(e.text, cases[i].error)))
            fail_msg("%s of %u: %s", cases[i].elem, cases[i].len, e.text);
    }
    arena_fini(&a);
}

static void sizes_refused(void **state)
{
    (void)state;
    struct arena a;
    struct err e = ERR_INIT;
    const struct type *t = NULL;
    arena_init(&a);
    const struct type *most = type_of(&a, "list<u8, 268435455>"), *byte = type_primitive(TYPE_U8);
    const struct named_type pair[] = { { STR("a"), most }, { STR("b"), byte } };
    assert_false(type_items(&a, TYPE_RECORD, pair, 2, &t, &e));
    assert_string_equal(e.text, "record of 268435456 bytes exceeds maximum byte size 268435455");
    assert_false(type_items(&a, TYPE_VARIANT, pair, 2, &t, &e));
    assert_false(type_option(&a, most, &t, &e));
    assert_false(type_result(&a, byte, most, &t, &e));
    assert_true(type_map(&a, byte, most, &t, &e));
    assert_int_equal(t->of.elem->size, TYPE_MAX_SIZE);
    arena_fini(&a);
}

static void items_refused(void **state)
{
    (void)state;
    static const struct {
        enum type_kind kind;
        uint32_t len;
        const char *want;
    } cases[] = {
        { TYPE_RECORD, 0, "record type must have at least one field" },
        { TYPE_TUPLE, 0, "tuple type must have at least one type" },
        { TYPE_VARIANT, 0, "variant type must have at least one case" },
        { TYPE_ENUM, 0, "enum type must have at least one variant" },
        { TYPE_FLAGS, 0, "flags must have at least one entry" },
        { TYPE_FLAGS, 33, "cannot have more than 32 flags, found 33" },
    };
    struct named_type items[33] = { 0 };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct err e = ERR_INIT;
        const struct type *t = NULL;
        assert_false(type_items(&a, cases[i].kind, items, cases[i].len, &t, &e));
        assert_string_equal(e.text, cases[i].want);
        assert_int_equal(e.kind, ERR_INVALID);
    }
    arena_fini(&a);
}

/* Wraps `t` with what `how` makes until that is refused, and returns how often it was not. */
static int wrap_until_refused(struct arena *a, enum type_kind how, const char *want)
{
    const struct type *t = type_primitive(TYPE_U8);
    struct err e = ERR_INIT;
    for (int i = 0;; i++) {
        struct named_type two[] = { { STR(""), t }, { STR(""), t } };
        bool ok = how == TYPE_LIST     ? type_list(a, t, &t, &e)
                  : how == TYPE_OPTION ? type_option(a, t, &t, &e)
                  : how == TYPE_RESULT ? type_result(a, t, t, &t, &e)
                                       : type_items(a, how, two, 2, &t, &e);
        if (ok)
            continue;
        assert_string_equal(e.text, want);
        assert_int_equal(e.kind, ERR_LIMIT);
        return i;
    }
}

static void limits(void **state)
{
    (void)state;
    static const struct {
        enum type_kind how;
        int want;
        const char *text;
    } cases[] = {
        { TYPE_LIST, TYPE_MAX_DEPTH - 1, "type nested deeper than 100" },
        { TYPE_OPTION, TYPE_MAX_DEPTH - 1, "type nested deeper than 100" },
        /* 2^(n+1) - 1 nodes after n doublings */
        { TYPE_TUPLE, 18, "type of more than 1000000 parts" },
        { TYPE_RESULT, 18, "type of more than 1000000 parts" },
    };
    struct arena a;
    arena_init(&a);
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        assert_int_equal(wrap_until_refused(&a, cases[i].how, cases[i].text), cases[i].want);
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(measures),
        cmocka_unit_test(reach),
        cmocka_unit_test(variants),
        cmocka_unit_test(discriminants),
        cmocka_unit_test(flat_count_saturates),
        cmocka_unit_test(maps),
        cmocka_unit_test(fixed_lists),
        cmocka_unit_test(sizes_refused),
        cmocka_unit_test(items_refused),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
