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

static void too_many(void **state)
{
    (void)state;
    uint8_t sections[5 + 2 * 4097] = { 0x05, 0x84, 0x40, 0x81, 0x20 }; /* 4097 times (instance) */
    struct arena a;
    struct err e = ERR_INIT;
    struct component *c = NULL;
    arena_init(&a);
    for (size_t i = 5; i < sizeof(sections); i += 2)
        sections[i] = 0x01;
    bool ok = component_read(&a, component_bytes(&a, str_from((char *)sections, sizeof(sections))), &c, &e);
    assert_true(ok);
    assert_false(component_check(&a, c, &e));
    assert_int_equal(e.kind, ERR_LIMIT);
    assert_string_equal(e.text, "more than 4096 instances");
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds),
        cmocka_unit_test(too_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
