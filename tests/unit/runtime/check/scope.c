/* Tests of runtime/check/scope.c: index spaces and their bounds. */
#include "cases.h"

static const struct check_case bounds_cases[] = {
    { "function", "unknown function 0: function index out of bounds",
      /* (component (export "a" (func 0))) */
      BYTES("\x0b\x07\x01\x00\x01\x61\x01\x00\x00") },
    { "type", "unknown type 0: type index out of bounds",
      /* (component (export "a" (type 0))) */
      BYTES("\x0b\x07\x01\x00\x01\x61\x03\x00\x00") },
    { "component", "unknown component 0",
      /* (component (export "a" (component 0))) */
      BYTES("\x0b\x07\x01\x00\x01\x61\x04\x00\x00") },
    { "instance", "unknown instance 0",
      /* (component (export "a" (instance 0))) */
      BYTES("\x0b\x07\x01\x00\x01\x61\x05\x00\x00") },
    { "module", "unknown module 0",
      /* (component (export "a" (core module 0))) */
      BYTES("\x0b\x08\x01\x00\x01\x61\x00\x11\x00\x00") },
    { "in order", "unknown type 0",
      /* (component (export "a" (type 0)) (type u8)) */
      BYTES("\x0b\x07\x01\x00\x01\x61\x03\x00\x00\x07\x02\x01\x7d") },
    { "exports add", NULL,
      /* (component (type u8) (export "a" (type 0)) (export "b" (type 1))) */
      BYTES("\x07\x02\x01\x7d\x0b\x0d\x02\x00\x01\x61\x03\x00\x00\x00\x01\x62\x03\x01\x00") },
};

static void bounds(void **state)
{
    (void)state;
    RUN_CHECK_CASES(bounds_cases);
}

/* `sections`, so many times, is read but is too much. */
static void is_too_much(str sections, uint32_t times, const char *want)
{
    struct arena a;
    struct err e = ERR_INIT;
    struct component *c = NULL;
    arena_init(&a);
    char *all = arena_alloc(&a, sections.len * times);
    for (uint32_t i = 0; i < times; i++)
        memcpy(all + i * sections.len, sections.ptr, sections.len);
    assert_true(component_read(&a, component_bytes(&a, str_from(all, sections.len * times)), &c, &e));
    assert_false(component_check(&a, c, &e));
    assert_int_equal(e.kind, ERR_LIMIT);
    assert_string_equal(e.text, want);
    assert_int_equal(e.offset, PREAMBLE_LEN + sections.len * (times - 1) + (sections.len > 8 ? 2 : 3));
    arena_fini(&a);
}

static void too_many(void **state)
{
    (void)state;
    is_too_much(STR("\x01\x08\0asm\1\0\0\0"), 1001, "more than 1000 core modules");
    is_too_much(STR("\x04\x08\0asm\x0d\0\1\0"), 1001, "more than 1000 components");
    is_too_much(STR("\x02\x03\x01\x01\x00"), 4097, "more than 4096 core instances");
    is_too_much(STR("\x05\x03\x01\x01\x00"), 4097, "more than 4096 instances");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds),
        cmocka_unit_test(too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
