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

/* Counts what is imported of a kind. */
static uint32_t imports_of(const struct core_module *m, enum core_extern_kind kind)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->type.import_count; i++)
        n += m->type.imports[i].type.kind == kind;
    return n;
}

enum {
    FLAGS = 1 << ADAPTER_CONFINED | 1 << ADAPTER_CALLER_FLAG | 1 << ADAPTER_CALLEE_FLAG | 1 << ADAPTER_POST_RETURN,
    MANY = 300
};

/* Every primitive kind, as a parameter and as the result: what is imported is what was asked for. */
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
    for (uint32_t i = 0; i < MANY; i++) {
        enum type_kind kind = (enum type_kind)(i % (TYPE_STRING + 1));
        bool text = kind == TYPE_STRING;
        const struct named_type params[] = { { STR("x"), type_primitive(kind) }, { STR("y"), flags32 } };
        const struct func_type type = { params, 2, params[0].type, false };
        const struct adapter_func funcs[] = { { &type, adapter_parts(&type), 0, 1 },
                                              { &type, adapter_parts(&type) | FLAGS, 0, 1 } };
        assert_true(adapter_possible(&type));
        assert_false(adapter_is_plain(&type));
        assert_int_equal(adapter_uses_memory(&type), text);
        read_back(&a, adapter_module(&a, funcs, 2, text ? 2 : 0, (struct adapter_late){ 0 }), &m);
        assert_int_equal(imports_of(&m, CORE_EXTERN_FUNC), text ? 2 * 9 + 2 : kind == TYPE_CHAR ? 2 * 3 + 2 : 2 + 2);
        assert_int_equal(imports_of(&m, CORE_EXTERN_GLOBAL), 2);
        assert_int_equal(imports_of(&m, CORE_EXTERN_MEMORY), text ? 2 : 0);
        assert_int_equal(m.type.export_count, 2);
    }
    arena_fini(&a);
}

/* Ways that ask, and ways through the table that a late module fills. */
static void ways(void **state)
{
    (void)state;
    struct arena a;
    struct core_module m;
    arena_init(&a);
    const struct named_type x = { STR("x"), type_primitive(TYPE_STRING) };
    const struct func_type type = { &x, 1, NULL, false };
    struct core_signature sig;
    func_type_flatten(&type, true, &sig);
    const struct adapter_way all[] = { { &sig, true, true }, { &sig, false, true }, { &sig, true, false } };
    read_back(&a, adapter_ways_module(&a, all, ARRAY_LEN(all)), &m);
    assert_int_equal(imports_of(&m, CORE_EXTERN_FUNC), 3 + 2);
    assert_int_equal(imports_of(&m, CORE_EXTERN_GLOBAL), 2);
    assert_int_equal(m.table_count, 1);
    assert_int_equal(m.table_max_elements, 2);
    const struct adapter_func late = { &type, adapter_parts(&type), 0, 1 };
    read_back(&a, adapter_module(&a, &late, 1, 2, (struct adapter_late){ true, 1 }), &m);
    assert_int_equal(imports_of(&m, CORE_EXTERN_TABLE), 1);
    arena_fini(&a);
}

static void what_is_possible(void **state)
{
    (void)state;
    struct arena a;
    struct err e = ERR_INIT;
    const struct type *list = NULL, *option = NULL, *pair = NULL, *huge = NULL;
    const struct type *u32 = type_primitive(TYPE_U32), *u8 = type_primitive(TYPE_U8);
    arena_init(&a);
    assert_true(type_list(&a, u8, &list, &e) && type_option(&a, u32, &option, &e));
    const struct named_type items[] = { { STR_NONE, u32 }, { STR_NONE, u32 } };
    assert_true(type_items(&a, TYPE_TUPLE, items, 2, &pair, &e));
    static const struct resource_type resource;
    const struct type *own = type_handle(&a, TYPE_OWN, &resource), *borrow = type_handle(&a, TYPE_BORROW, &resource);
    const struct type *string = type_primitive(TYPE_STRING), *owns = NULL, *refused = NULL, *three = NULL, *last = NULL;
    const struct named_type handles[] = { { STR_NONE, borrow }, { STR_NONE, borrow }, { STR_NONE, own } };
    const struct named_type before[] = { { STR_NONE, own }, { STR_NONE, string } };
    const struct named_type after[] = { { STR_NONE, string }, { STR_NONE, own } };
    assert_true(type_list(&a, own, &owns, &e) && type_items(&a, TYPE_TUPLE, handles, 3, &three, &e));
    assert_true(type_items(&a, TYPE_TUPLE, before, 2, &refused, &e) && type_items(&a, TYPE_TUPLE, after, 2, &last, &e));
    struct named_type fields[ADAPTER_MAX_NODES];
    for (size_t i = 0; i < ARRAY_LEN(fields); i++)
        fields[i] = (struct named_type){ STR_NONE, u32 };
    assert_true(type_items(&a, TYPE_TUPLE, fields, ADAPTER_MAX_NODES, &huge, &e));
    const struct {
        const struct type *param, *result;
        bool possible, plain;
    } rows[] = {
        { u32, u32, true, true },        { pair, u32, true, true },
        { u32, NULL, true, true },       { u8, u32, true, false },
        { u32, u8, true, false },        { u32, type_primitive(TYPE_CHAR), true, false },
        { list, NULL, true, false },     { option, NULL, true, false },
        { u32, pair, true, false },      { own, own, true, false },
        { borrow, NULL, true, false },   { borrow, last, true, false },
        { refused, NULL, false, false }, { u32, refused, false, false },
        { owns, NULL, false, false },    { three, NULL, false, false },
        { u32, huge, false, false },
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
    assert_true(adapter_is_plain(&(struct func_type){ many, MAX_FLAT_PARAMS, NULL, false }));
    assert_false(adapter_is_plain(&(struct func_type){ many, MAX_FLAT_PARAMS + 1, NULL, false }));
    arena_fini(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags),
        cmocka_unit_test(every_kind),
        cmocka_unit_test(ways),
        cmocka_unit_test(what_is_possible),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
