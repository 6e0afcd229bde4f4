/* Tests of runtime/link/adapter_code.c: the modules are well formed, and have what the linker and the recycler expect.
 */
#include "runtime/link/adapter_code.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "runtime/binary/core_module.h"
#include "runtime/binary/instrument.h"

static void read_back(struct arena *a, bytes wasm, struct core_module *ret)
{
    struct err e = ERR_INIT;
    struct instrument_facts facts = { 0 };
    if (!core_module_read(a, wasm, 0, ret, &e) || !instrument_scan(wasm, &facts, &e))
        fail_msg("%s", e.text);
    assert_null(instrument_obstacle(&facts).ptr);
}

static void flags(void **state)
{
    (void)state;
    struct arena a;
    struct core_module m;
    arena_init(&a);
    read_back(&a, adapter_flags_module(&a, 200), &m);
    assert_int_equal(m.global_count, 200);
    assert_int_equal(m.type.export_count, 200);
    assert_true(str_eq(m.type.exports[199].name, STR("199")));
    assert_true(m.type.exports[199].type.is_mutable);
    arena_fini(&a);
}

/* Every kind that adapters pass, as a parameter and as the result. */
static void every_kind(void **state)
{
    (void)state;
    struct arena a;
    struct core_module m;
    struct err e = ERR_INIT;
    const struct type *flags32 = NULL;
    struct named_type names[MAX_FLAGS] = { 0 };
    arena_init(&a);
    for (uint32_t i = 0; i < MAX_FLAGS; i++)
        names[i].name = str_printf(&a, "f%u", i);
    assert_true(type_items(&a, TYPE_FLAGS, names, MAX_FLAGS, &flags32, &e));
    for (uint32_t i = 0; i < 300; i++) {
        enum type_kind kind = (enum type_kind)(i % TYPE_STRING);
        const struct named_type params[] = { { STR("x"), type_primitive(kind) }, { STR("y"), flags32 } };
        const struct func_type type = { params, 2, params[0].type, false };
        const struct adapter_func funcs[] = { { &type, ADAPTER_NO_FLAG }, { &type, 0 } };
        assert_true(adapter_possible(&type));
        assert_false(adapter_is_plain(&type));
        read_back(&a, adapter_module(&a, funcs, 2), &m);
        assert_int_equal(adapter_checks_result(&type), kind == TYPE_CHAR);
        assert_int_equal(m.type.import_count, kind == TYPE_CHAR ? 7 : 5);
        assert_int_equal(m.type.imports[m.type.import_count - 1].type.kind, CORE_EXTERN_GLOBAL);
        assert_int_equal(m.func_count, 2);
    }
    arena_fini(&a);
}

static void what_is_possible(void **state)
{
    (void)state;
    struct arena a;
    struct err e = ERR_INIT;
    const struct type *list = NULL, *option = NULL, *pair = NULL;
    const struct type *u32 = type_primitive(TYPE_U32), *u8 = type_primitive(TYPE_U8);
    arena_init(&a);
    assert_true(type_list(&a, u8, &list, &e) && type_option(&a, u32, &option, &e));
    const struct named_type items[] = { { STR_NONE, u32 }, { STR_NONE, u32 } };
    assert_true(type_items(&a, TYPE_TUPLE, items, 2, &pair, &e));
    const struct {
        const struct type *param, *result;
        bool possible, plain;
    } rows[] = {
        { u32, u32, true, true },     { pair, u32, true, true },      { u32, NULL, true, true },
        { u8, u32, true, false },     { u32, u8, true, false },       { u32, type_primitive(TYPE_CHAR), true, false },
        { list, NULL, false, false }, { option, NULL, false, false }, { u32, pair, false, false },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct named_type params[17] = { { STR("x"), rows[i].param } };
        const struct func_type type = { params, 1, rows[i].result, false };
        assert_int_equal(adapter_possible(&type), rows[i].possible);
        if (rows[i].possible)
            assert_int_equal(adapter_is_plain(&type), rows[i].plain);
    }
    struct named_type many[MAX_FLAT_PARAMS + 1];
    for (size_t i = 0; i < ARRAY_LEN(many); i++)
        many[i] = (struct named_type){ STR("x"), u32 };
    assert_true(adapter_possible(&(struct func_type){ many, MAX_FLAT_PARAMS, NULL, false }));
    assert_false(adapter_possible(&(struct func_type){ many, MAX_FLAT_PARAMS + 1, NULL, false }));
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags),
        cmocka_unit_test(every_kind),
        cmocka_unit_test(what_is_possible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
